//! Claims that nobody answered: not within the payer's usual days, not by the day it promised, or sent back and not sent
//! again. What a payer promised about a denial counts too. Found from the small rows of all claims; only what is listed is
//! read whole.

use std::collections::{BTreeMap, HashMap};

use super::promises::{self, Promise};
use super::{clocks, rejections};
use crate::acks::lag::Lag;
use crate::denial::clock::{Clock, Rules, filing, nearest, of_case};
use crate::denial::work::facts;
use crate::domain::ack::AckOutcome;
use crate::domain::book::{ClaimRecord, ClaimState, PaymentRecord};
use crate::domain::followup::FollowUp;
use crate::domain::{Account, CaseId, ClaimId, Date, Money, PayerId};
use crate::store::{Read, StoreError, WriteTables};

/// So many of the latest answers are looked at to learn how long payers take.
const LATEST_ANSWERS: usize = 20_000;

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
    pub record: ClaimRecord,
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

/// What the small row of a claim says: it waits, for whom, since when at the earliest.
struct Waits {
    claim: ClaimId,
    state: ClaimState,
    payer: PayerId,
    amount: Money,
    /// Waits for a payer that is billed after another.
    next: bool,
}

/// Every claim that nobody answered, as of a day, in working order: what ends soonest first, then the most dollars.
///
/// # Errors
/// Whatever the store says.
pub fn list<'r>(tables: &impl Read, rules: &'r Rules, as_of: Date) -> Result<Vec<Item<'r>>, StoreError> {
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
    for item in tables.claim_states()? {
        let (claim, state) = item?;
        let last = done.get(&claim);
        let promise = last.and_then(|done| done.promise.as_ref()).filter(|promise| promise.by < as_of);
        let Some(waits) = waits(claim, state, promise, as_of) else { continue };
        let lag = lags.of(waits.payer);
        // When nobody promised anything, what is too young is not looked at again: the first day is the oldest.
        let oldest = waits.state.billed_on.map_or(0, |on| as_of.days_since(on));
        if found.contains_key(&claim) || (promise.is_none() && oldest <= days(lag)) {
            continue;
        }
        if let Some(item) = waiting(tables, rules, waits, promise, &lags, last, as_of)? {
            found.insert(claim, item);
        }
    }
    let mut list: Vec<Item<'r>> = found.into_values().collect();
    let due = |item: &Item<'_>| item.clock.deadline().map(|deadline| deadline.due);
    list.sort_by_key(|item| {
        (due(item).is_none(), due(item), std::cmp::Reverse(item.waiting), item.record.id)
    });
    Ok(list)
}

fn days(lag: Lag) -> i32 {
    i32::try_from(lag.days).unwrap_or(i32::MAX)
}

/// Whether money of a claim waits for a payer. Where one promised something, what it denied or has not decided waits too:
/// that first, where the promise was about a denial.
fn waits(claim: ClaimId, state: ClaimState, promise: Option<&Promise>, as_of: Date) -> Option<Waits> {
    if state.billed_on.is_none_or(|on| on > as_of) {
        return None;
    }
    let held = |account: Account| {
        let of = state.holdings_as_of(as_of).iter().filter(move |h| h.account == account);
        of.filter(|h| h.amount.is_positive()).max_by_key(|h| h.amount).copied()
    };
    let refused = || held(Account::Denied).or(held(Account::Hold)).or(held(Account::Pending));
    let of_denial = promise.filter(|promise| promise.denial.is_some()).and_then(|_| refused());
    let (holding, next) = match (of_denial, held(Account::Open), held(Account::Next)) {
        (Some(refused), ..) => (refused, false),
        (None, Some(open), _) => (open, false),
        (None, None, Some(next)) => (next, true),
        (None, None, None) if promise.is_some() => (refused()?, false),
        (None, None, None) => return None,
    };
    Some(Waits { claim, payer: holding.payer, amount: holding.amount, next, state })
}

/// Reads a claim that may have waited too long, and says whether it has.
fn waiting<'r>(
    tables: &impl Read,
    rules: &'r Rules,
    waits: Waits,
    promise: Option<&Promise>,
    lags: &Lags,
    last: Option<&Done>,
    as_of: Date,
) -> Result<Option<Item<'r>>, StoreError> {
    let mut payments = tables.payments_until(waits.state.last_payment)?;
    payments.retain(|payment| payment.status.is_heard() && payment.posted_on <= as_of);
    let answered = payments.iter().map(|payment| payment.posted_on).max();
    let Some(record) = tables.claim(waits.claim)? else { return Ok(None) };
    let standing = promise.filter(|promise| answered.is_none_or(|on| on <= promise.call.on));
    if promise.is_some() && standing.is_none() {
        // It was answered: what waits now, waits as if nothing had been promised.
        let Some(again) = self::waits(waits.claim, waits.state, None, as_of) else { return Ok(None) };
        return waiting(tables, rules, again, None, lags, last, as_of);
    }
    let sent = record.versions.iter().map(|version| version.billed_on).filter(|on| *on <= as_of).max();
    let (why, since) = match (promise, answered, sent) {
        (Some(promise), ..) => (Why::PromisePassed, Some(promise.by)),
        (None, Some(on), _) if waits.next => (Why::NextPayer, Some(on)),
        // Sent again since: that submission is the one to be answered.
        (None, Some(on), Some(sent)) if sent <= on => (Why::PartAnswered, Some(on)),
        (None, _, sent) => match rejections::latest(tables, &record, as_of)? {
            Some(AckOutcome::Accepted | AckOutcome::Received) => (Why::NoRemittance, sent),
            _ => (Why::NoAnswer, sent),
        },
    };
    let Some(since) = since else { return Ok(None) };
    let waited = as_of.days_since(since);
    if why != Why::PromisePassed && waited <= days(lags.of(waits.payer)) {
        return Ok(None);
    }
    let mut item = item(tables, rules, record, why, (waits.payer, waits.amount, since), lags, last)?;
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
        record,
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
pub fn lags(tables: &impl Read, as_of: Date) -> Result<Lags, StoreError> {
    let mut answers: HashMap<PayerId, Vec<u32>> = HashMap::new();
    for item in tables.latest_payments()?.take(LATEST_ANSWERS) {
        let payment = item?;
        if payment.posted_on > as_of || !payment.status.is_heard() {
            continue;
        }
        if let Some((payer, from)) = asked(tables, &payment)? {
            let took = u32::try_from(payment.posted_on.days_since(from)).unwrap_or(0);
            answers.entry(payer).or_default().push(took);
        }
    }
    let mut known = HashMap::new();
    for payer in tables.payers()? {
        let of = answers.remove(&payer.id).unwrap_or_default();
        known.insert(payer.id, Lag::of(payer.expected_days, of));
    }
    Ok(Lags { known })
}

/// Which payer a first answer is of, and when it was asked. Later answers of the same payer say nothing about its lag.
fn asked(tables: &impl Read, payment: &PaymentRecord) -> Result<Option<(PayerId, Date)>, StoreError> {
    let Some(claim) = payment.claim else { return Ok(None) };
    match payment.previous_of_claim {
        None => {
            let state = tables.claim_state(claim)?;
            Ok(state.and_then(|state| Some((state.billed_payer, state.billed_on?))))
        }
        Some(before) => {
            let before = tables.payment(before)?.filter(|before| before.payer != payment.payer);
            let first = before.filter(|before| before.previous_of_claim.is_none());
            Ok(first.map(|before| (payment.payer, before.posted_on)))
        }
    }
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
