//! Proof that the books are true: every invariant of `docs/ledger.md`, and everything derived against the journal.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::dossier::Dossier;
use super::{acks, audit, case_check, charged, index_check, join_check, periods, retell, sums};
use crate::denial;
use crate::domain::book::{ClaimRecord, ClaimState, Handling, PaymentRecord, PaymentStatus, RemitStatus};
use crate::domain::brief::{CaseBrief, ClaimBrief, ClaimNames, LineBrief};
use crate::domain::entry::Entry;
use crate::domain::merge::Merged;
use crate::domain::{Account, ClaimId, Date, EntryId, Money, PayerId, RemitId};
use crate::posting::entries::{RESEQUENCED, missing, net};
use crate::posting::history::tell;
use crate::store::{Changes, Read, ReadJoins, ReadPeriods, Run, Snapshot, StoreError};

/// At most so many problems of one check are named.
const MOST_PROBLEMS: usize = 20;

/// One check: how much it looked at, and what it found.
#[derive(Debug)]
pub struct Check {
    /// Its stable name.
    pub name: &'static str,
    /// How many things were looked at.
    pub checked: u64,
    /// What is wrong; empty when all is well.
    pub problems: Vec<String>,
}

impl Check {
    pub(super) fn new(name: &'static str) -> Check {
        Check { name, checked: 0, problems: Vec::new() }
    }

    pub(super) fn see(&mut self, fine: bool, problem: impl FnOnce() -> String) {
        self.checked += 1;
        if !fine && self.problems.len() < MOST_PROBLEMS {
            self.problems.push(problem());
        }
    }
}

/// Runs every check.
///
/// # Errors
/// Whatever the store says; a record that cannot be read is an error, not a problem.
pub fn check(tables: &Snapshot) -> Result<Vec<Check>, StoreError> {
    let mut journal = Journal::read(tables)?;
    let mut claims = Claims::check(tables, &journal)?;
    let mut changes = std::mem::take(&mut claims.sums);
    changes.absorb(std::mem::take(&mut journal.sums));
    let mut sums = Check::new("sums");
    sums.checked = changes.len() as u64;
    sums.problems = changes.differences(tables)?;
    sums.problems.truncate(MOST_PROBLEMS);
    let remits = remits(tables, &journal)?;
    let unapplied = unapplied(tables, &journal)?;
    let plb = provider_level(tables, &journal)?;
    let heard = acknowledgments(tables)?;
    let deadlines = deadlines(tables)?;
    let days = days(tables, &journal.runs)?;
    let sealed = periods::verify(tables)?;
    let log = audit::verify(tables)?;
    let acts = audit::acts(tables)?;
    let followups = followups(tables)?;
    let deposits = super::deposits::check(tables)?;
    let Journal { balance, reversals, order, .. } = journal;
    let mut checks = vec![
        balance,
        order,
        reversals,
        claims.buckets,
        claims.equation,
        claims.story,
        claims.index,
        claims.cases,
        claims.case_dollars,
        claims.case_states,
        claims.days,
        claims.briefs,
        cases_in_short(tables)?,
        sums,
        remits,
        unapplied,
        plb,
        heard,
        deadlines,
        super::payer_check::check(tables)?,
        days,
        sealed,
        log,
        acts,
        followups,
        deposits,
    ];
    checks.extend(case_check::work(tables)?);
    checks.extend(index_check::check(tables)?);
    checks.extend(join_check::check(tables)?);
    Ok(checks)
}

/// What the journal alone says.
struct Journal {
    balance: Check,
    order: Check,
    reversals: Check,
    /// Receivables by claim, account and payer.
    holdings: HashMap<ClaimId, Vec<(Account, PayerId, Money)>>,
    /// Insurance cash by remittance and accounting day.
    cash: HashMap<RemitId, BTreeMap<Date, Money>>,
    unapplied: Money,
    /// Clearing by PLB code.
    plb: Money,
    /// Every account by day.
    sums: Changes,
    /// The entries of each accounting day, in runs as long as they can be.
    runs: Vec<Run>,
}

impl Journal {
    fn read(tables: &Snapshot) -> Result<Journal, StoreError> {
        let mut read = Journal {
            balance: Check::new("entries-balance"),
            order: Check::new("journal-complete"),
            reversals: Check::new("reversals-exact"),
            holdings: HashMap::new(),
            cash: HashMap::new(),
            unapplied: Money::ZERO,
            plb: Money::ZERO,
            sums: Changes::default(),
            runs: Vec::new(),
        };
        let (mut next, mut reversed, mut taken_back) = (1, Vec::new(), HashSet::new());
        for item in tables.journal()? {
            let (id, entry) = item?;
            read.balance.see(entry.imbalance().is_zero() && !entry.postings.is_empty(), || {
                format!("entry {id} sums to {}", entry.imbalance())
            });
            read.order.see(id.0 == next, || format!("entry {next} is missing; the next is {id}"));
            next = id.0 + 1;
            extend(&mut read.runs, Run { on: entry.posted_on, first: id, count: 1 });
            if let Some(of) = entry.reverses {
                reversed.push((id, of));
                if entry.rule == RESEQUENCED {
                    taken_back.insert(of);
                }
            }
            read.add(&entry);
        }
        read.check_reversals(tables, &reversed, &taken_back)?;
        Ok(read)
    }

    fn add(&mut self, entry: &Entry) {
        self.sums.add_entry(entry);
        for posting in &entry.postings {
            match posting.account {
                Account::CashInsurance => {
                    if let Some(remit) = entry.remit {
                        let days = self.cash.entry(remit).or_default();
                        *days.entry(entry.posted_on).or_default() += posting.amount;
                    }
                }
                Account::Unapplied => self.unapplied += posting.amount,
                Account::Plb => self.plb += posting.amount,
                account if account.bucket().is_some() => {
                    let Some(claim) = entry.claim else { continue };
                    let holdings = self.holdings.entry(claim).or_default();
                    match holdings.iter_mut().find(|h| h.0 == account && h.1 == posting.payer) {
                        Some(holding) => holding.2 += posting.amount,
                        None => holdings.push((account, posting.payer, posting.amount)),
                    }
                }
                _ => {}
            }
        }
    }

    /// A reversal negates exactly, and nothing is reversed twice while the first reversal stands.
    fn check_reversals(
        &mut self,
        tables: &Snapshot,
        reversed: &[(EntryId, EntryId)],
        taken_back: &HashSet<EntryId>,
    ) -> Result<(), StoreError> {
        let mut standing = HashSet::new();
        for (id, of) in reversed {
            let (Some((one, _)), Some((other, _))) = (tables.entry(*id)?, tables.entry(*of)?) else {
                self.reversals.see(false, || format!("entry {id} reverses entry {of}, which is missing"));
                continue;
            };
            let back: Vec<_> = other.postings.iter().map(|p| p.negated()).collect();
            self.reversals.see(net(&one.postings) == net(&back), || {
                format!("entry {id} is not the negation of entry {of}")
            });
            if !taken_back.contains(id) {
                self.reversals.see(standing.insert(*of), || format!("entry {of} is reversed twice"));
            }
        }
        Ok(())
    }
}

/// What is derived for claims, against the journal and against the story told anew.
struct Claims {
    buckets: Check,
    equation: Check,
    story: Check,
    index: Check,
    cases: Check,
    case_dollars: Check,
    case_states: Check,
    days: Check,
    briefs: Check,
    sums: Changes,
    handlings: Vec<Handling>,
    merged: Merged,
}

impl Claims {
    fn check(tables: &Snapshot, journal: &Journal) -> Result<Claims, StoreError> {
        let (merged, handlings) = retell::payers_now(tables)?;
        let mut claims = Claims {
            buckets: Check::new("claim-balances"),
            equation: Check::new("claim-equation"),
            story: Check::new("journal-tells-the-story"),
            index: Check::new("indexes"),
            cases: Check::new("denial-cases"),
            case_dollars: Check::new("case-dollars"),
            case_states: Check::new("case-states"),
            days: Check::new("claim-days"),
            briefs: Check::new("claims-in-short"),
            sums: Changes::default(),
            handlings,
            merged,
        };
        for item in tables.claims()? {
            let record = item?;
            let id = record.id;
            let Some(state) = tables.claim_state(id)? else {
                claims.buckets.see(false, || format!("claim {id} has no balance"));
                continue;
            };
            claims.buckets(&state, id, journal);
            let payments = tables.payments_of_claim(id)?;
            claims.told(tables, &record, &state, &payments)?;
            claims.brief(tables, &record, &state)?;
            let number = record.claim.control_number.index_form();
            let mut found = match record.is_part_of_another() {
                true => tables.claims_alone_by_number(&number)?.contains(&id),
                false => tables.claims_by_number(&number)?.contains(&id),
            };
            for payment in &payments {
                found &= tables.is_known_to_payer(id, payment.payment.payer_number.as_str())?;
            }
            claims.index.see(found, || format!("claim {id} is not found by its numbers"));
        }
        let (mut short, every) = (0, ClaimId(0)..=ClaimId(u64::MAX));
        tables.visit_claims(every, |_| {
            short += 1;
            Ok(())
        })?;
        let checked = claims.briefs.checked;
        claims.briefs.see(short == checked, || format!("{short} claims are in short, {checked} are there"));
        Ok(claims)
    }

    /// What reports read of a claim is what its record and its state say.
    fn brief(
        &mut self,
        tables: &Snapshot,
        record: &ClaimRecord,
        state: &ClaimState,
    ) -> Result<(), StoreError> {
        let (id, mut same) = (record.id, false);
        let wanted = ClaimBrief { standing: state.into(), ..ClaimBrief::of(record) };
        tables.visit_claims(id..=id, |found| {
            same = *found == wanted;
            Ok(())
        })?;
        let (services, mut named) = (ClaimNames::services(record), false);
        tables.visit_names(&[id], |found| named = *found == ClaimNames::of(record, &services))?;
        self.briefs.see(same && named, || {
            format!("claim {id}: reports read of it what its record and balance do not say")
        });
        Ok(())
    }

    fn buckets(&mut self, state: &ClaimState, id: ClaimId, journal: &Journal) {
        let mut derived: Vec<_> = state.holdings.iter().map(|h| (h.account, h.payer, h.amount)).collect();
        let mut posted = journal.holdings.get(&id).cloned().unwrap_or_default();
        posted.retain(|h| !h.2.is_zero());
        derived.sort_unstable();
        posted.sort_unstable();
        self.buckets.see(derived == posted, || {
            let sum: Money = posted.iter().map(|h| h.2).sum();
            format!("claim {id} has a balance of {}, its entries say {sum}", state.balance())
        });
        let explained =
            state.paid_insurance + state.paid_patient + state.adjusted + state.written_off + state.balance();
        self.equation.see(state.charge == explained || state.charge.is_zero(), || {
            format!(
                "claim {id}: charges {} are not payments, adjustments, write-offs and balance, {explained}",
                state.charge
            )
        });
    }

    fn told(
        &mut self,
        tables: &Snapshot,
        record: &ClaimRecord,
        state: &ClaimState,
        payments: &[PaymentRecord],
    ) -> Result<(), StoreError> {
        let existing = retell::entries(tables, record.id, payments)?;
        let charges: Vec<Money> = record.versions.iter().map(|v| v.charge).collect();
        let (answers, set_aside) = retell::heard(payments);
        let terms = retell::terms(record, &charges, &self.handlings);
        let story =
            tell(terms, &retell::versions(record), &retell::acts(&existing, &self.merged), answers.clone());
        let open = missing(&existing, &story, &answers, &set_aside, &self.merged);
        let id = record.id;
        self.story.see(open.is_empty(), || {
            format!("claim {id}: {} entries are missing from the journal", open.len())
        });
        let (days, only) = (sums::days(&existing), charged::is_all(id, state, &existing));
        self.days.see(state.days == days && state.only_charged == only, || match state.days == days {
            false => format!("claim {id}: what stood on earlier days is not what its entries say"),
            true => format!("claim {id}: whether its charge is its only entry is not what its entries say"),
        });
        sums::state(&mut self.sums, state, &tables.footings(id)?);
        self.story.see(state.holdings == story.position.holdings().sorted(), || {
            format!("claim {id}: its buckets are not what its story says")
        });
        let mut known = Vec::new();
        for case in &state.cases {
            known.extend(tables.case(*case)?);
        }
        let told = denial::of_story(id, &story, &known);
        if !known.is_empty() {
            let courses = Dossier::open(tables, record)?.courses(&self.handlings, &self.merged);
            case_check::states(tables, &mut self.case_states, &known, &courses)?;
        }
        known.retain(|case| !case.events.is_empty());
        case_check::dollars(&mut self.case_dollars, id, &known, &existing);
        self.cases.see(told == known, || format!("claim {id}: its denial cases are not what its story says"));
        Ok(())
    }
}

/// What reports read of a denial case is what its record says.
fn cases_in_short(tables: &Snapshot) -> Result<Check, StoreError> {
    let (mut check, mut short) = (Check::new("cases-in-short"), 0);
    tables.visit_cases(|found| {
        short += 1;
        let case = tables.case(found.id)?;
        let same = case.is_some_and(|case| CaseBrief::of(&case, &LineBrief::of(&case)) == *found);
        check.see(same, || format!("denial {}: reports read of it what its record does not say", found.id));
        Ok(())
    })?;
    let every = tables.cases()?.count();
    check.see(short == every, || format!("{short} denials are in short, {every} are there"));
    Ok(check)
}

/// Σ cash of a remittance is what it paid on the day it was booked, its opposite on the day it was taken out, and so on.
fn remits(tables: &Snapshot, journal: &Journal) -> Result<Check, StoreError> {
    let mut check = Check::new("remittance-cash");
    // What came for a closed month goes home, a claim at a time, when that month is open again.
    let reopened = tables.periods()?.iter().any(|period| period.acts.iter().any(|act| !act.closed));
    for item in tables.remits()? {
        let remit = item?;
        let mut days = journal.cash.get(&remit.id).cloned().unwrap_or_default();
        let wanted = if remit.status == RemitStatus::Posted { remit.header.paid } else { Money::ZERO };
        let posted: Money = days.values().copied().sum();
        check.see(wanted == posted, || {
            format!("remittance {} paid {wanted}, its entries say {posted}", remit.id)
        });
        remit.moves().for_each(|(on, _)| {
            days.entry(on).or_default();
        });
        let differs = days.iter().find(|(on, cash)| remit.cash(|day| day == **on) != **cash);
        check.see(reopened || differs.is_none(), || match differs {
            Some((on, cash)) => format!("remittance {}: its entries of {on} say {cash}", remit.id),
            None => String::new(),
        });
    }
    Ok(check)
}

/// The list of unapplied items is what the claim payments say, and their money is what stands in `unapplied`.
fn unapplied(tables: &Snapshot, journal: &Journal) -> Result<Check, StoreError> {
    let mut check = Check::new("unapplied-items");
    let listed: HashSet<u64> = tables.unapplied()?.map(|id| id.map(|id| id.0)).collect::<Result<_, _>>()?;
    let (mut waiting, mut money) = (0, Money::ZERO);
    for item in tables.payments()? {
        let payment = item?;
        let waits = payment.status == PaymentStatus::Unapplied;
        check.see(waits == listed.contains(&payment.id.0), || {
            format!("claim payment {} is wrongly listed", payment.id)
        });
        if waits {
            waiting += 1;
            money += payment.payment.paid;
        } else if payment.rule == "cancelled-pair" {
            money += payment.payment.paid;
        }
    }
    check.see(waiting == listed.len(), || format!("{} items are listed, {waiting} wait", listed.len()));
    check.see(journal.unapplied == -money, || {
        format!("items hold {money}, the account holds {}", -journal.unapplied)
    });
    Ok(check)
}

/// What the clearing accounts hold is what the items leave open.
fn provider_level(tables: &Snapshot, journal: &Journal) -> Result<Check, StoreError> {
    let mut check = Check::new("provider-level-items");
    let mut open = Money::ZERO;
    for item in tables.plbs()? {
        let plb = item?;
        check.see(plb.open.abs() <= plb.item.amount.abs(), || {
            format!("item {} is more open than it was", plb.id)
        });
        open += plb.open;
    }
    check.see(open == journal.plb, || format!("items leave {open} open, the accounts hold {}", journal.plb));
    // What past days are told by, told of the last day.
    for told in super::provider_level::as_of(tables, Date::from_number(i32::MAX))? {
        let kept = tables.plb(told.id)?.map(|item| item.open);
        check.see(kept == Some(told.open), || {
            format!(
                "item {} is open with {}, not with what others leave of it, {}",
                told.id,
                kept.unwrap_or_default(),
                told.open
            )
        });
    }
    Ok(check)
}

/// Adds a run to others before it, as part of the last one where it goes on with its day.
fn extend(runs: &mut Vec<Run>, run: Run) {
    match runs.last_mut() {
        Some(last) if last.on == run.on && last.first.0 + last.count == run.first.0 => {
            last.count += run.count
        }
        _ => runs.push(run),
    }
}

/// The list of entries by accounting day names each entry once, under its own day.
fn days(tables: &Snapshot, wanted: &[Run]) -> Result<Check, StoreError> {
    let mut check = Check::new("journal-days");
    let mut listed = tables.runs(None, Date::from_number(i32::MAX))?;
    listed.sort_by_key(|run| run.first);
    let mut found = Vec::new();
    listed.into_iter().for_each(|run| extend(&mut found, run));
    for at in 0..wanted.len().max(found.len()) {
        let (want, have) = (wanted.get(at), found.get(at));
        check.see(want == have, || match (want, have) {
            (Some(run), _) => format!("entry {} of {} is not listed under its day", run.first, run.on),
            (None, _) => "more entries are listed by day than there are".to_owned(),
        });
    }
    Ok(check)
}

/// Every acknowledgment is known to the claims it speaks of, and to no others.
fn acknowledgments(tables: &Snapshot) -> Result<Check, StoreError> {
    let mut check = Check::new("acknowledgments");
    let mut links = 0;
    for item in tables.acks()? {
        let ack = item?;
        let (told, _) = acks::reach(tables, ack.clone())?;
        check.see(told == ack, || format!("acknowledgment {} reaches other claims than noted", ack.id));
        for claim in &ack.claims {
            let heard = tables.acks_of_claim(*claim)?.contains(&ack.id);
            check.see(heard, || format!("claim {claim} has not heard acknowledgment {}", ack.id));
        }
        links += ack.claims.len();
    }
    let noted = tables.ack_events()?.count();
    check.see(noted == links, || format!("claims heard {noted} answers, {links} were given"));
    Ok(check)
}

/// Every rule of deadlines is a present payer's, has a source, and says who confirmed it where a day says when; so have
/// amounts in controversy and holidays that the office wrote down.
fn deadlines(tables: &Snapshot) -> Result<Check, StoreError> {
    let mut check = Check::new("deadline-rules");
    for rule in tables.clock_rules()? {
        let (payer, kind) = (rule.payer, rule.kind);
        let present = tables.payer(payer)?.is_some_and(|record| record.merged_into.is_none());
        check.see(present, || format!("{kind} of payer {payer}: there is no such payer"));
        check.see(!rule.source.is_empty(), || format!("{kind} of payer {payer} has no source"));
        check.see(rule.confirmed_on.is_some() != rule.confirmed_by.is_empty(), || {
            format!("{kind} of payer {payer}: who confirmed it, or when, is missing")
        });
    }
    for amount in tables.clock_amounts()? {
        let (table, level, year) = (&amount.table, amount.level, amount.year);
        check.see(amount.amount.is_positive() && !amount.written.source.is_empty(), || {
            format!("the amount of {table} {level} in {year} is not above zero, or has no source")
        });
    }
    for holiday in tables.clock_holidays()? {
        check.see(!holiday.written.source.is_empty(), || format!("holiday {} has no source", holiday.on));
    }
    Ok(check)
}

/// What was done about claims is about claims that are there.
fn followups(tables: &Snapshot) -> Result<Check, StoreError> {
    let mut check = Check::new("follow-ups");
    for item in tables.followups()? {
        let (claim, _) = item?;
        let there = tables.claim_state(claim)?.is_some();
        check.see(there, || format!("something was done about claim {claim}, which is not there"));
    }
    Ok(check)
}
