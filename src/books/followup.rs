//! Claims that nobody answered: not within the payer's usual days, not by the day it promised, or sent back and not sent
//! again. What a payer promised about a denial counts too. Found from all claims in short; only what may be listed is read
//! whole.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::promises::{self, Promise};
use super::{briefs, clocks, rejections, scan};
use crate::acks::lag::Lag;
use crate::denial::clock::{Clock, Rules, filing, nearest, of_case};
use crate::denial::work::facts;
use crate::domain::ack::AckOutcome;
use crate::domain::book::{ClaimRecord, Holding};
use crate::domain::brief::ClaimBrief;
use crate::domain::claim::{Person, Provider};
use crate::domain::followup::FollowUp;
use crate::domain::{Account, CaseId, ClaimId, Date, Money, PatientControlNumber, PayerId, PaymentId};
use crate::store::{Read, Snapshot, StoreError, Visit, WriteTables};

/// So many of the latest answers are looked at to learn how long payers take.
const LATEST_ANSWERS: u64 = 20_000;

/// So many claims are read whole at once.
const AT_ONCE: usize = 512;

/// Why a claim is on the list. In the order of urgency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// It was sent back and not sent again.
    Rejected,
    /// The payer promised an answer by a day that has passed.
    PromisePassed,
    /// Nobody has said anything of the latest submission.
    NoAnswer,
    /// It was acknowledged, and no remittance came.
    NoRemittance,
    /// An answer left a part open, or took one back.
    PartAnswered,
    /// It waits for the next payer.
    NextPayer,
}

impl Why {
    /// All of them.
    pub const ALL: [Why; 6] = [
        Why::Rejected,
        Why::PromisePassed,
        Why::NoAnswer,
        Why::NoRemittance,
        Why::PartAnswered,
        Why::NextPayer,
    ];

    /// Its word in lists.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Why::Rejected => "rejected",
            Why::PromisePassed => "promise-passed",
            Why::NoAnswer => "no-answer",
            Why::NoRemittance => "no-remittance",
            Why::PartAnswered => "part-answered",
            Why::NextPayer => "next-payer",
        }
    }
}

/// One claim of the list.
#[derive(Debug)]
pub struct Item<'r> {
    /// The claim.
    pub claim: ClaimId,
    /// CLM01.
    pub control_number: PatientControlNumber,
    /// Who was treated.
    pub patient: Person,
    /// Who rendered the service.
    pub provider: Provider,
    /// First service day.
    pub service_from: Option<Date>,
    /// Who should have answered.
    pub payer: PayerId,
    /// Why it is on the list.
    pub why: Why,
    /// Since when it waits: sent, rejected, answered last, or promised for.
    pub since: Date,
    /// What it waits for, in dollars.
    pub waiting: Money,
    /// How long this payer usually takes.
    pub lag: Lag,
    /// Until when something can be done: the filing clock, or for a denial the first of its own to end.
    pub clock: Clock<'r>,
    /// What was done last about it.
    pub last: Option<FollowUp>,
    /// What the payer promised last.
    pub promise: Option<Promise>,
    /// Put off until then.
    pub next_on: Option<Date>,
}

impl Item<'_> {
    /// Whether somebody put it off beyond a day.
    #[must_use]
    pub fn is_put_off(&self, as_of: Date) -> bool {
        self.next_on.is_some_and(|next| next > as_of)
    }
}

/// What is known in short of a claim: it waits, and for whom.
#[derive(Clone, Copy)]
struct Waits {
    claim: ClaimId,
    /// Some payer answered it, whenever that was.
    answered: bool,
    owed: Owed,
    /// The same as if nothing had been promised.
    unpromised: Option<Owed>,
}

/// Money that waits for a payer.
#[derive(Clone, Copy)]
struct Owed {
    payer: PayerId,
    amount: Money,
    /// Waits for a payer that is billed after another.
    next: bool,
}

/// Every claim that nobody answered, as of a day, in working order: what ends soonest first, then the most dollars.
///
/// # Errors
/// Whatever the store says.
pub fn list<'r>(tables: &Snapshot, rules: &'r Rules, as_of: Date) -> Result<Vec<Item<'r>>, StoreError> {
    let lags = lags(tables, as_of)?;
    let done = done(tables, as_of)?;
    let mut found: BTreeMap<ClaimId, Item<'r>> = BTreeMap::new();
    for rejection in rejections::open(tables, as_of)?.into_iter().filter(|rejection| !rejection.resent) {
        let payer = rejection
            .record
            .versions
            .get(rejection.submission)
            .map_or(rejection.state.billed_payer, |version| version.billed_payer);
        let (id, waiting) = (rejection.record.id, rejection.state.balance());
        let whose = (payer, waiting, rejection.ack.on);
        let item = item(tables, rules, rejection.record, Why::Rejected, whose, &lags, done.get(&id))?;
        found.insert(id, item);
    }
    let promise = |claim: ClaimId| {
        let promise = done.get(&claim).and_then(|done| done.promise.as_ref());
        promise.filter(|promise| promise.by < as_of)
    };
    let look = |candidates: &mut Vec<Waits>, claim: &ClaimBrief<'_>| {
        let promise = promise(claim.id);
        let Some(waits) = waits(claim, promise, as_of) else { return };
        // When nobody promised anything, what is too young is not looked at again: the first day is the oldest.
        let oldest = claim.standing.billed_on.map_or(0, |on| as_of.days_since(on));
        if !found.contains_key(&claim.id) && (promise.is_some() || oldest > days(lags.of(waits.owed.payer))) {
            candidates.push(waits);
        }
    };
    let candidates = briefs::as_of(tables, as_of, Vec::new, look)?.concat();
    let read = |candidates: &[Waits]| -> Result<Vec<Item<'r>>, StoreError> {
        let mut items = Vec::new();
        for candidates in candidates.chunks(AT_ONCE) {
            let answered = answered(tables, candidates, as_of)?;
            let claims: Vec<ClaimId> = candidates.iter().map(|waits| waits.claim).collect();
            let records = tables.claims_with(&claims)?;
            for ((record, waits), answered) in records.into_iter().zip(candidates).zip(answered) {
                let (heard, last) = ((promise(waits.claim), answered), done.get(&waits.claim));
                items.extend(waiting(tables, rules, (record, waits), heard, &lags, last, as_of)?);
            }
        }
        Ok(items)
    };
    let waiting = scan::in_halves(&candidates, read)?;
    let mut list: Vec<Item<'r>> = found.into_values().chain(waiting.into_iter().flatten()).collect();
    let due = |item: &Item<'_>| item.clock.deadline().map(|deadline| deadline.due);
    list.sort_by_cached_key(|item| {
        (due(item).is_none(), due(item), std::cmp::Reverse(item.waiting), item.claim)
    });
    Ok(list)
}

fn days(lag: Lag) -> i32 {
    i32::try_from(lag.days).unwrap_or(i32::MAX)
}

/// Whether money of a claim waits for a payer. Where one promised something, what it denied or has not decided waits too:
/// that first, where the promise was about a denial.
fn waits(claim: &ClaimBrief<'_>, promise: Option<&Promise>, as_of: Date) -> Option<Waits> {
    let standing = &claim.standing;
    if standing.billed_on.is_none_or(|on| on > as_of) {
        return None;
    }
    let held = |account: Account| {
        let of = standing.holdings.iter().filter(move |h| h.account == account);
        of.filter(|h| h.amount.is_positive()).max_by_key(|h| h.amount)
    };
    let owed = |holding: &Holding, next| Owed { payer: holding.payer, amount: holding.amount, next };
    let unpromised = held(Account::Open)
        .map(|open| owed(open, false))
        .or(held(Account::Next).map(|next| owed(next, true)));
    let refused = || held(Account::Denied).or(held(Account::Hold)).or(held(Account::Pending));
    let refused = || refused().map(|refused| owed(refused, false));
    let owed = match promise {
        Some(promise) if promise.denial.is_some() => refused().or(unpromised),
        Some(_) => unpromised.or_else(refused),
        None => unpromised,
    };
    Some(Waits { claim: claim.id, answered: standing.answered, owed: owed?, unpromised })
}

/// When each of some claims was answered last.
fn answered(tables: &Snapshot, claims: &[Waits], as_of: Date) -> Result<Vec<Option<Date>>, StoreError> {
    let last = |waits: &Waits| match waits.answered {
        true => Ok(tables.claim_state(waits.claim)?.and_then(|state| state.last_payment)),
        false => Ok(None),
    };
    let last: Vec<Option<PaymentId>> = claims.iter().map(last).collect::<Result<_, StoreError>>()?;
    let mut answered = vec![None; claims.len()];
    tables.visit_answers(last, |claim, payment| {
        if payment.status.is_heard() && payment.posted_on <= as_of {
            answered[claim] = answered[claim].max(Some(payment.posted_on));
        }
    })?;
    Ok(answered)
}

/// Says of a claim that may have waited too long whether it has.
fn waiting<'r>(
    tables: &Snapshot,
    rules: &'r Rules,
    (record, waits): (ClaimRecord, &Waits),
    (promise, answered): (Option<&Promise>, Option<Date>),
    lags: &Lags,
    last: Option<&Done>,
    as_of: Date,
) -> Result<Option<Item<'r>>, StoreError> {
    // Where it was answered since, what waits now waits as if nothing had been promised.
    let standing = promise.filter(|promise| answered.is_none_or(|on| on <= promise.call.on));
    let owed = if promise.is_some() && standing.is_none() { waits.unpromised } else { Some(waits.owed) };
    let (Some(owed), promise) = (owed, standing) else { return Ok(None) };
    let sent = record.versions.iter().map(|version| version.billed_on).filter(|on| *on <= as_of).max();
    let (why, since) = match (promise, answered, sent) {
        (Some(promise), ..) => (Why::PromisePassed, Some(promise.by)),
        (None, Some(on), _) if owed.next => (Why::NextPayer, Some(on)),
        // Sent again since: that submission is the one to be answered.
        (None, Some(on), Some(sent)) if sent <= on => (Why::PartAnswered, Some(on)),
        (None, _, sent) => match rejections::latest(tables, &record, as_of)? {
            Some(AckOutcome::Accepted | AckOutcome::Received) => (Why::NoRemittance, sent),
            _ => (Why::NoAnswer, sent),
        },
    };
    let Some(since) = since else { return Ok(None) };
    let waited = as_of.days_since(since);
    if why != Why::PromisePassed && waited <= days(lags.of(owed.payer)) {
        return Ok(None);
    }
    let mut item = item(tables, rules, record, why, (owed.payer, owed.amount, since), lags, last)?;
    if let Some(denial) = promise.and_then(|promise| promise.denial) {
        item.clock = denial_clock(tables, rules, denial, as_of)?.unwrap_or(item.clock);
    }
    Ok(Some(item))
}

/// The clock of a denial that ends first; that of its appeal where none runs.
fn denial_clock<'r>(
    tables: &impl Read,
    rules: &'r Rules,
    id: CaseId,
    as_of: Date,
) -> Result<Option<Clock<'r>>, StoreError> {
    let Some(case) = tables.case(id)? else { return Ok(None) };
    let mut events = tables.case_events(id)?;
    events.retain(|event| event.on <= as_of);
    let claim = clocks::claim_facts_of(tables, case.claim, case.payer)?;
    let clocks = of_case(case.payer, &facts(&case, &events, claim), rules, as_of);
    Ok(Some(nearest(&clocks).copied().unwrap_or(clocks[0])))
}

fn item<'r>(
    tables: &impl Read,
    rules: &'r Rules,
    record: ClaimRecord,
    why: Why,
    (payer, waiting, since): (PayerId, Money, Date),
    lags: &Lags,
    last: Option<&Done>,
) -> Result<Item<'r>, StoreError> {
    let secondary = clocks::is_secondary(&record, payer);
    // Only the clock of a later payer asks when an earlier one answered.
    let payments = if secondary { tables.payments_of_claim(record.id)? } else { Vec::new() };
    let facts = clocks::claim_facts(&record, &payments, payer);
    Ok(Item {
        payer,
        why,
        since,
        waiting,
        lag: lags.of(payer),
        clock: filing(payer, secondary, &facts, rules),
        last: last.map(|done| done.last.clone()),
        promise: last.and_then(|done| done.promise.clone()),
        next_on: last.and_then(|done| done.next_on),
        claim: record.id,
        provider: record.claim.provider().clone(),
        service_from: record.claim.service_from,
        control_number: record.claim.control_number,
        patient: record.claim.patient,
    })
}

/// What was done about a claim, added up.
#[derive(Clone, Debug)]
pub struct Done {
    /// The last act.
    pub last: FollowUp,
    /// The last promise.
    pub promise: Option<Promise>,
    /// Put off until then.
    pub next_on: Option<Date>,
}

impl Done {
    /// The same after one more act: what it does not speak of stays as it was said.
    fn after(before: Option<Done>, act: FollowUp) -> Done {
        Done {
            promise: Promise::of_call(&act).or_else(|| before.as_ref()?.promise.clone()),
            next_on: act.next_on.or_else(|| before.as_ref()?.next_on),
            last: act,
        }
    }

    /// The same with what was promised about a denial of the claim, if that was later.
    fn and_denial(before: Option<Done>, promise: Promise) -> Done {
        let later = |done: &Done| (done.last.on, done.last.recorded_at) > promise.given();
        let call = promise.call.clone();
        let next_on = call.next_on;
        match before {
            Some(done) if done.promise.as_ref().is_some_and(|own| own.given() > promise.given()) => done,
            Some(done) if later(&done) => Done { promise: Some(promise), ..done },
            _ => Done { promise: Some(promise), next_on, last: call },
        }
    }
}

/// What was done about each claim until a day, calls about its denials that brought a promise among it.
///
/// # Errors
/// Whatever the store says.
pub fn done(tables: &impl Read, as_of: Date) -> Result<HashMap<ClaimId, Done>, StoreError> {
    let mut done: HashMap<ClaimId, Done> = HashMap::new();
    for item in tables.followups()? {
        let (claim, act) = item?;
        if act.on <= as_of {
            let before = done.remove(&claim);
            done.insert(claim, Done::after(before, act));
        }
    }
    for (claim, promise) in promises::on_denials(tables, as_of)? {
        let before = done.remove(&claim);
        done.insert(claim, Done::and_denial(before, promise));
    }
    Ok(done)
}

/// How long payers take.
pub struct Lags {
    known: HashMap<PayerId, Lag>,
}

impl Lags {
    /// The usual days of a payer.
    #[must_use]
    pub fn of(&self, payer: PayerId) -> Lag {
        self.known.get(&payer).copied().unwrap_or_else(|| Lag::of(None, Vec::new()))
    }
}

/// Learns how long payers take: days from billing to the first answer, and for a later payer from the answer before.
///
/// # Errors
/// Whatever the store says.
pub fn lags(tables: &Snapshot, as_of: Date) -> Result<Lags, StoreError> {
    let mut answers: HashMap<PayerId, Vec<u32>> = HashMap::new();
    let mut add = |payer: PayerId, from: Date, on: Date| {
        answers.entry(payer).or_default().push(u32::try_from(on.days_since(from)).unwrap_or(0));
    };
    // What began before the answers that are looked at is left out: which of its answers was the first nobody sees here.
    let (mut heard, mut earlier, mut since) = (Vec::new(), HashSet::new(), None);
    tables.visit_latest_payments(LATEST_ANSWERS, |payment| {
        let since = *since.get_or_insert(payment.id);
        let Some(claim) = payment.claim.filter(|_| payment.posted_on <= as_of && payment.status.is_heard())
        else {
            return;
        };
        heard.push((claim, payment.posted_on, payment.payer));
        earlier.extend(payment.previous_of_claim.filter(|before| *before < since).map(|_| claim));
    })?;
    heard.sort_unstable();
    // By their days, whatever file came first: the first answer, and the next one where another payer gave it. Later answers
    // say nothing about a payer's lag.
    for answers in heard.chunk_by_mut(|one, other| one.0 == other.0) {
        let Some((claim, ..)) = answers.first().copied().filter(|(claim, ..)| !earlier.contains(claim))
        else {
            continue;
        };
        let Some(state) = tables.claim_state(claim)? else { continue };
        answers.sort_by_key(|(_, on, payer)| (*on, *payer != state.billed_payer));
        let Some(billed_on) = state.billed_on else { continue };
        if let [(_, on, first), rest @ ..] = answers {
            add(state.billed_payer, billed_on, *on);
            if let Some((_, next, payer)) = rest.first().filter(|(.., payer)| payer != first) {
                add(*payer, *on, *next);
            }
        }
    }
    let mut known = HashMap::new();
    for payer in tables.payers()? {
        let of = answers.remove(&payer.id).unwrap_or_default();
        known.insert(payer.id, Lag::of(payer.expected_days, of));
    }
    Ok(Lags { known })
}

/// Writes down what was done about claims.
///
/// # Errors
/// Whatever the store says.
pub fn record(tables: &mut WriteTables<'_>, claims: &[ClaimId], done: &FollowUp) -> Result<(), StoreError> {
    for claim in claims {
        tables.add_followup(*claim, done)?;
    }
    Ok(())
}
