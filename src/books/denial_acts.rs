//! What a person does about a denial case: allowed by the table of moves, money through the journal, everything noted.

use super::billing;
use super::denials::{self, with_work};
use super::manual::{self, Act, Ground};
use super::retell::Hand;
use crate::denial::moves::{self, Impossible};
use crate::denial::recourse::why_no_appeal;
use crate::denial::work::facts;
use crate::denial::{clock, decided, steps};
use crate::domain::book::{ClaimState, Holding};
use crate::domain::case::{
    CaseAct, CaseEvent, CaseState, CaseWork, DenialCase, Outcome, Particulars, same_person,
};
use crate::domain::claim::payer_after;
use crate::domain::clock::ClaimFacts;
use crate::domain::deed::{DeedVerb, Fact, Object};
use crate::domain::entry::{Posting, Reason, Source};
use crate::domain::{Account, CaseId, Date, EntryId, GroupCode, Money, PayerId};
use crate::posting::billing::{Patient, Protection};
use crate::store::{Read, StoreError, WriteTables};

/// Why something cannot be done to a case.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// There is no such case.
    #[error("there is no denial {0}")]
    NoCase(CaseId),
    /// The table of moves does not allow it.
    #[error("denial {0}: {1}")]
    Impossible(CaseId, Impossible),
    /// The case has less to be won.
    #[error("denial {0} has {1} open, not {2}")]
    NotSoMuch(CaseId, Money, Money),
    /// The claim names no payer after the one that denied.
    #[error("denial {0}: the claim names no next payer")]
    NoNextPayer(CaseId),
    /// The patient may not be billed for it.
    #[error("denial {0}: the patient may not be billed: {1}")]
    NeverThePatient(CaseId, Protection),
    /// The patient may be billed for it only where something was signed.
    #[error("denial {0}: {1} does not leave it to the patient: billing them takes a notice that they signed")]
    NeedsWaiver(CaseId, Reason),
    /// The payer takes no appeal of it.
    #[error("denial {0} has no appeal: {1}")]
    NoAppeal(CaseId, &'static str),
    /// Nothing was sent that a letter could decide.
    #[error("denial {0}: {sent} was sent by {2}", sent = sent(*.1))]
    NotSent(CaseId, u8, Date),
    /// A letter decided it before.
    #[error("denial {0}: the letter of {2} decided {it} as {3}", it = it(*.1))]
    Decided(CaseId, u8, Date, Outcome),
    /// No letter was written down.
    #[error("denial {0} has no decision by letter that could be taken back")]
    NotDecided(CaseId),
    /// The letter is of a later day.
    #[error("denial {0}: the letter is of {1}")]
    BeforeLetter(CaseId, Date),
    /// A level before it was not sent, or is not decided.
    #[error("denial {0}: level {1} comes first, and {why}", why = if *.2 { "is not decided" } else { "was not sent" })]
    Skips(CaseId, u8, bool),
    /// It was not denied yet on the day that was named.
    #[error("denial {0} came on {2}, not by {1}")]
    NotYet(CaseId, Date, Date),
    /// Whoever proposes does not approve.
    #[error("denial {0}: {1} proposed the write-off, so somebody else must approve it")]
    SamePerson(CaseId, String),
    /// It was handed to somebody else, who works on it now.
    #[error("denial {0} is with {1} for {2} more minutes")]
    HandedOut(CaseId, String, i64),
    /// It is somebody else's.
    #[error("denial {0} is assigned to {1}")]
    Assigned(CaseId, String),
    /// The claim refused.
    #[error(transparent)]
    Claim(#[from] manual::Refusal),
    /// The ledger refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn it(level: u8) -> String {
    if level == 0 { "the reconsideration".to_owned() } else { format!("the appeal of level {level}") }
}

fn sent(level: u8) -> String {
    if level == 0 { "no reconsideration".to_owned() } else { format!("no appeal of level {level}") }
}

/// What a person says about what was done.
#[derive(Clone, Debug)]
pub struct Said {
    /// What.
    pub act: CaseAct,
    /// When.
    pub on: Date,
    /// The appeal level; the next one where nobody said.
    pub level: Option<u8>,
    /// More about it. All the money that is open is meant where no amount is said, the account follows from the reason, and
    /// what is done next is what is usual.
    pub about: Particulars,
    /// Said although somebody else has the case.
    pub step_in: bool,
    /// Said although a level of appeal before it was not sent, or not decided.
    pub skip: bool,
    /// What the patient signed, where that lets them be billed.
    pub waiver: String,
    /// Whether the person named the day; else it is today, or the day of a denial that lies ahead.
    pub dated: bool,
}

impl Said {
    /// Nothing but what was done, and when.
    #[must_use]
    pub fn new(act: CaseAct, on: Date) -> Said {
        Said {
            act,
            on,
            level: None,
            about: Particulars::default(),
            step_in: false,
            skip: false,
            waiver: String::new(),
            dated: false,
        }
    }
}

/// What became of it.
#[derive(Clone, Debug)]
pub struct Done {
    /// The case now.
    pub case: DenialCase,
    /// The work now.
    pub work: CaseWork,
    /// The dollars that moved.
    pub moved: Money,
    /// The day of the act.
    pub on: Date,
    /// The entry that moved them.
    pub entry: Option<EntryId>,
    /// What of it goes into the audit log.
    pub fact: Fact,
}

/// Does it. The lease of the case ends.
///
/// # Errors
/// See [`Refusal`]; the transaction must then be dropped.
pub fn perform(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    id: CaseId,
    said: &Said,
) -> Result<Done, Refusal> {
    let (case, work) = with_work(tables, id)?.ok_or(Refusal::NoCase(id))?;
    if !said.step_in {
        not_with_another(tables, hand, &work, id, said.act)?;
    }
    let said = &Said { on: day_of(&case, said)?, ..said.clone() };
    let mut act = said.act;
    let asked = said.about.amount.unwrap_or_else(|| case.open());
    if act == CaseAct::ProposeWriteOff
        && tables.practice()?.write_off_limit.is_none_or(|limit| asked <= limit)
    {
        act = CaseAct::WriteOff;
    }
    let to = moves::after(work.state, act).map_err(|why| Refusal::Impossible(id, why))?;
    let account = said.about.account.unwrap_or_else(|| write_off_account(&case));
    // The dollars that were asked for are noted where they move.
    let about = Particulars { amount: None, account: None, ..said.about.clone() };
    let mut event = CaseEvent { about, ..CaseEvent::new(act, to, said.on, hand.now, hand.user) };
    let proposal = work.proposal.as_ref();
    match act {
        CaseAct::BillPatient => {
            may_be_billed(tables, &case, &said.waiver)?;
            said.waiver.trim().clone_into(&mut event.about.proof);
            let billed = tables.claim_state(case.claim)?.unwrap_or_default().billed_payer;
            move_money(tables, hand, &case, said, asked, (Account::Due, billed), &mut event)?;
        }
        CaseAct::BillNextPayer => {
            let next = next_payer(tables, &case)?.ok_or(Refusal::NoNextPayer(id))?;
            move_money(tables, hand, &case, said, asked, (Account::Next, next), &mut event)?;
        }
        CaseAct::WriteOff => {
            event.about.account = Some(account);
            move_money(tables, hand, &case, said, asked, (account, PayerId::NONE), &mut event)?;
        }
        CaseAct::ProposeWriteOff => {
            enough(&case, asked)?;
            (event.about.amount, event.about.account) = (Some(asked), Some(account));
        }
        CaseAct::Approve => {
            let by = proposal.map_or("", |p| p.by.as_str());
            if same_person(by, hand.user) {
                return Err(Refusal::SamePerson(id, by.to_owned()));
            }
            let amount = proposal.map_or(asked, |p| p.amount);
            let account = proposal.map_or(account, |p| p.account);
            event.about.account = Some(account);
            move_money(tables, hand, &case, said, amount, (account, PayerId::NONE), &mut event)?;
        }
        CaseAct::Reopen => put_back(tables, hand, &case, said)?,
        CaseAct::Appeal => {
            let recourse = case.events.last().map(|event| event.recourse).unwrap_or_default();
            if let Some(why) = why_no_appeal(recourse) {
                return Err(Refusal::NoAppeal(id, why));
            }
        }
        CaseAct::Undecide => event.level = taken_back(tables, id, said)?,
        act => {
            if let Some(outcome) = act.outcome() {
                event.level = said.level.unwrap_or_default();
                may_be_decided(tables, &case, said, event.level)?;
                event.about.amount = promised(&case, outcome, said.about.amount)?;
            }
        }
    }
    // What came of the money is told by now.
    let (case, work) = with_work(tables, id)?.ok_or(Refusal::NoCase(id))?;
    event.level = match act {
        CaseAct::Appeal => level_of(tables, &case, said)?,
        CaseAct::Undecide => event.level,
        act if act.outcome().is_some() => event.level,
        _ => work.level,
    };
    let habit = tables.payer(case.payer)?.and_then(|payer| payer.expected_days);
    if let Some((step, on)) = steps::after(act, said.on, said.about.promised, habit) {
        if event.about.next_action.is_empty() {
            step.clone_into(&mut event.about.next_action);
        }
        event.about.next_on.get_or_insert(on);
    }
    let work = denials::note(tables, &case, &event)?;
    // What somebody else remarks does not take a case out of the hands of who has it.
    if act != CaseAct::Note || tables.lease(id)?.is_none_or(|lease| lease.is_of(hand.user)) {
        tables.remove_lease(id)?;
    }
    let fact = fact(id, &event, work.state);
    let moved = event.entry.and(event.about.amount).unwrap_or_default();
    Ok(Done { case, work, moved, on: said.on, entry: event.entry, fact })
}

/// Every act goes into the audit log, by whatever face it came. What people wrote stands in the case alone: it may name
/// patients.
fn fact(id: CaseId, event: &CaseEvent, state: CaseState) -> Fact {
    let about = &event.about;
    let parts = [
        event.act.outcome().map(|outcome| outcome.to_string()),
        (event.level > 0).then(|| format!("level {}", event.level)),
        about.amount.map(|amount| amount.to_string()),
        about.account.map(|account| account.to_string()),
        event.entry.map(|entry| format!("entry {entry}")),
        (event.act == CaseAct::Assign).then(|| format!("to {}", about.whom)),
        (event.act == CaseAct::Snooze).then(|| about.next_on.map(|on| format!("until {on}"))).flatten(),
        Some(format!("on {}", event.on)),
        Some(format!("now {state}")),
    ];
    let details: Vec<String> = parts.into_iter().flatten().collect();
    Fact { verb: DeedVerb::of_case(event.act), on: Object::Denial(id), details: details.join(", ") }
}

/// The level of an appeal: the next, or a named one that goes over none unless that is meant.
fn level_of(tables: &impl Read, case: &DenialCase, said: &Said) -> Result<u8, Refusal> {
    let facts = facts(case, &tables.case_events(case.id)?, ClaimFacts::default());
    let next = clock::next_level(&facts, said.on);
    match said.level {
        Some(level) if level > next && !said.skip => Err(Refusal::Skips(case.id, next, false)),
        level => Ok(level.unwrap_or(next)),
    }
}

/// A letter decides what was sent before it, once, and no level while one below it is open, unless that is meant.
fn may_be_decided(tables: &impl Read, case: &DenialCase, said: &Said, level: u8) -> Result<(), Refusal> {
    let events = tables.case_events(case.id)?;
    let sent = decided::sent(case, &events, level == 0);
    let own = sent.iter().filter(|appeal| appeal.level == level && appeal.sent <= said.on);
    let own = own.max_by_key(|appeal| appeal.sent).ok_or(Refusal::NotSent(case.id, level, said.on))?;
    if let (Some(on), Some(outcome)) = (own.decided, own.by_letter) {
        return Err(Refusal::Decided(case.id, level, on, outcome));
    }
    let waits = |below: &u8| sent.iter().any(|appeal| appeal.level == *below && appeal.decided.is_none());
    match (1..level).find(waits).filter(|_| !said.skip) {
        Some(below) => Err(Refusal::Skips(case.id, below, true)),
        None => Ok(()),
    }
}

/// The dollars of which a letter says that they will be paid: all that stand as denied where no amount was said.
fn promised(case: &DenialCase, outcome: Outcome, said: Option<Money>) -> Result<Option<Money>, Refusal> {
    match said {
        _ if !outcome.is_won() => Ok(None),
        None => Ok(Some(case.open()).filter(|open| open.is_positive())),
        Some(amount) => enough(case, amount).map(|()| Some(amount)),
    }
}

/// The level of the decision that is taken back: the last one, or the last of a level.
fn taken_back(tables: &impl Read, id: CaseId, said: &Said) -> Result<u8, Refusal> {
    let events = tables.case_events(id)?;
    let standing = decided::standing(&events);
    let letter = decided::last_decision(&standing, said.level).map(|at| standing[at]);
    let letter = letter.ok_or(Refusal::NotDecided(id))?;
    match said.on < letter.on {
        true => Err(Refusal::BeforeLetter(id, letter.on)),
        false => Ok(letter.level),
    }
}

/// Two people do not work on one case without knowing it. Anybody may remark something and give a case to somebody; a
/// proposal waits for another person anyway.
fn not_with_another(
    tables: &impl Read,
    hand: &Hand<'_>,
    work: &CaseWork,
    id: CaseId,
    act: CaseAct,
) -> Result<(), Refusal> {
    if matches!(act, CaseAct::Note | CaseAct::Assign | CaseAct::Approve | CaseAct::Reject) {
        return Ok(());
    }
    let lease = tables.lease(id)?.filter(|lease| lease.until > hand.now);
    if let Some(lease) = &lease {
        return match lease.is_of(hand.user) {
            true => Ok(()),
            false => {
                let minutes = (lease.until - hand.now + 59) / 60;
                Err(Refusal::HandedOut(id, lease.user.clone(), minutes))
            }
        };
    }
    match work.assignee.as_str() {
        "" => Ok(()),
        whose if same_person(whose, hand.user) => Ok(()),
        whose => Err(Refusal::Assigned(id, whose.to_owned())),
    }
}

/// Timely filing where the reason says so, a denial otherwise.
fn write_off_account(case: &DenialCase) -> Account {
    match crate::denial::category(case.reason, &case.remarks) {
        "timely_filing" => Account::WriteoffTimelyFiling,
        _ => Account::WriteoffDenial,
    }
}

/// The day of an act: as it was said, but not before the denial, which may lie some days ahead. Money moves from the
/// accounting day on, what is sent to the payer counts from the payer's own. Notes and the like have no such bound.
fn day_of(case: &DenialCase, said: &Said) -> Result<Date, Refusal> {
    if matches!(said.act, CaseAct::Note | CaseAct::Assign | CaseAct::Call | CaseAct::Snooze | CaseAct::Letter)
    {
        return Ok(said.on);
    }
    let sends = said.act.asks_again() || said.act.outcome().is_some();
    let days = case.events.iter().map(|event| if sends { event.answered_on.min(event.on) } else { event.on });
    match (days.clone().min(), days.max()) {
        (Some(first), _) if said.dated && said.on < first => Err(Refusal::NotYet(case.id, said.on, first)),
        (_, Some(last)) if !said.dated => Ok(said.on.max(last)),
        _ => Ok(said.on),
    }
}

/// `docs/rules/posting-rules.md` section 4a.
fn may_be_billed(tables: &impl Read, case: &DenialCase, waiver: &str) -> Result<(), Refusal> {
    match billing::of_case(tables, case)? {
        Patient::Never(protection) => Err(Refusal::NeverThePatient(case.id, protection)),
        Patient::WithWaiver if waiver.trim().is_empty() => Err(Refusal::NeedsWaiver(case.id, case.reason)),
        Patient::May | Patient::AfterReview | Patient::WithWaiver => Ok(()),
    }
}

fn next_payer(tables: &impl Read, case: &DenialCase) -> Result<Option<PayerId>, StoreError> {
    let Some(record) = tables.claim(case.claim)? else { return Ok(None) };
    let at = record.payers.iter().position(|payer| *payer == case.payer);
    Ok(at.and_then(|at| payer_after(&record.payers, &record.claim.payers, at + 1)))
}

fn enough(case: &DenialCase, amount: Money) -> Result<(), Refusal> {
    if amount.is_positive() && amount <= case.open() {
        return Ok(());
    }
    Err(Refusal::NotSoMuch(case.id, case.open(), amount))
}

/// Takes an amount off the lines of the case, and names each line, so that undoing it gives it back to the line.
fn move_money(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    case: &DenialCase,
    said: &Said,
    amount: Money,
    (account, payer): (Account, PayerId),
    event: &mut CaseEvent,
) -> Result<(), Refusal> {
    enough(case, amount)?;
    let state = tables.claim_state(case.claim)?.unwrap_or_default();
    let mut refused = refused(case, &state);
    let mut postings = vec![Posting::new(account, payer, amount)];
    let mut left = amount;
    for line in &case.lines {
        let mut of_line = left.min(line.open);
        for pocket in &mut refused {
            let part = of_line.min(pocket.amount);
            if part.is_positive() {
                let from = Posting::new(pocket.account, pocket.payer, -part);
                postings.push(Posting { line: line.line, ..from });
                (pocket.amount, of_line, left) = (pocket.amount - part, of_line - part, left - part);
            }
        }
    }
    if left.is_positive() {
        return Err(Refusal::NotSoMuch(case.id, amount - left, amount));
    }
    let rule = format!("{}{}", denials::BY_CASE, event.act);
    let source = if account.is_writeoff() { Source::Manual } else { Source::Transfer };
    let memo =
        if said.about.text.is_empty() { format!("denial {}", case.id) } else { said.about.text.clone() };
    let ground = Ground { on: said.on, memo: &memo, waiver: &said.waiver };
    event.entry = Some(manual::post(tables, hand, (case.claim, case.id), (&rule, source), postings, ground)?);
    event.about.amount = Some(amount);
    Ok(())
}

/// Where refused dollars stand: the case's own payer first, and the hold bucket first where the payer says that the
/// patient owes.
fn refused(case: &DenialCase, state: &ClaimState) -> Vec<Holding> {
    let hold_first = case.reason.group == Some(GroupCode::Pr);
    let refused = |h: &&Holding| matches!(h.account, Account::Denied | Account::Hold);
    let mut pockets: Vec<Holding> = state.holdings.iter().filter(refused).cloned().collect();
    pockets.sort_by_key(|h| ((h.account == Account::Hold) != hold_first, h.payer != case.payer));
    pockets
}

/// Undoes what acts on this case moved, as far as nobody has undone it before.
fn put_back(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    case: &DenialCase,
    said: &Said,
) -> Result<(), Refusal> {
    let entries: Vec<EntryId> =
        tables.case_events(case.id)?.into_iter().filter_map(|event| event.entry).collect();
    for entry in entries {
        let memo = format!("denial {} opened again", case.id);
        let ground = Ground::new(said.on, &memo);
        match manual::act(tables, hand, case.claim, Act::Undo(entry), ground) {
            Ok(_) | Err(manual::Refusal::NotUndoable(_)) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Ok(())
}
