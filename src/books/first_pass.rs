//! A claim's first adjudication and first payment: what first-pass figures count. `docs/rules/kpi.md` sections 5 and 6.
//!
//! An answer counts on the accounting day on which it first moved something on the claim, be it that it refused or put off
//! everything; waiting money has moved nothing yet. Nothing but the journal up to a day says what was answered by that day,
//! so that nothing that comes later changes a closed month: neither a late answer with an earlier date of its own, nor a
//! person who takes an answer out or puts it on another claim.

use super::balances;
use super::scan::take;
use crate::domain::book::ClaimState;
use crate::domain::brief::PaymentBrief;
use crate::domain::entry::{Entry, Source};
use crate::domain::{Account, ClaimId, Date, EntryId, Money, Month, PaymentId};
use crate::posting::entries::{HELD, RESEQUENCED};
use crate::store::{StoreError, Visit};

/// What the payers first did with a claim.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FirstPass {
    /// The first adjudication.
    pub answer: Option<FirstAnswer>,
    /// The first payment: the day, and how much.
    pub paid: Option<(Date, Money)>,
}

/// A first adjudication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstAnswer {
    /// The accounting day.
    pub on: Date,
    /// CLP03.
    pub charge: Money,
    /// What it denied.
    pub denied: Money,
    /// Whether it ended the claim: nothing denied, nothing pending, nothing taken back or replaced since.
    pub ended: bool,
}

/// The entries and answers of so many claims are held at once: those of neighbours lie far apart, and few at once would read the
/// same blocks again and again.
const AT_ONCE: usize = 1 << 16;

/// What of an entry tells what an answer did.
struct Step {
    id: EntryId,
    on: Date,
    payment: Option<PaymentId>,
    reverses: Option<EntryId>,
    /// An answer moved this on the claim.
    answers: bool,
    resequenced: bool,
    /// The payer had not decided something.
    undecided: bool,
}

impl Step {
    fn of(id: EntryId, entry: &Entry) -> Step {
        let mut postings = entry.postings.iter();
        Step {
            id,
            on: entry.posted_on,
            payment: entry.payment,
            reverses: entry.reverses,
            answers: entry.source == Source::Remit && entry.rule != HELD,
            resequenced: entry.rule == RESEQUENCED,
            undecided: postings.any(|p| p.account == Account::Pending && p.amount.is_positive()),
        }
    }
}

/// What of a claim payment tells whether it was first, and what it said.
#[derive(Clone, Copy)]
struct Answer {
    id: PaymentId,
    adjudicates: bool,
    posted_on: Date,
    charge: Money,
    paid: Money,
}

impl Answer {
    fn of(payment: &PaymentBrief<'_>) -> Answer {
        let PaymentBrief { id, posted_on, charge, paid, .. } = *payment;
        Answer { id, adjudicates: is_adjudication(payment), posted_on, charge, paid }
    }
}

/// What the payers first did with each of some claims, as the books were at the end of a day. The claims stand in order, with
/// at least the [`ClaimState::outline`] of each. `closed` is the closed month that the day ended: [`balances::closed_month`].
///
/// # Errors
/// Whatever the store says.
pub fn of_claims(
    tables: &impl Visit,
    claims: &[(ClaimId, ClaimState)],
    until: Date,
    closed: Option<Month>,
) -> Result<Vec<FirstPass>, StoreError> {
    let mut passes = Vec::with_capacity(claims.len());
    for claims in claims.chunks(AT_ONCE) {
        passes.extend(of_some(tables, claims, until, closed)?);
    }
    Ok(passes)
}

fn of_some(
    tables: &impl Visit,
    claims: &[(ClaimId, ClaimState)],
    until: Date,
    closed: Option<Month>,
) -> Result<Vec<FirstPass>, StoreError> {
    let (mut steps, mut answers) = (Vec::new(), Vec::new());
    tables.visit_chains(claims.iter().map(|(_, state)| state.last_entry), |claim, id, entry| {
        if entry.posted_on <= until {
            steps.push((claim, Step::of(id, entry)));
        }
    })?;
    tables.visit_answers(claims.iter().map(|(_, state)| state.last_payment), |claim, payment| {
        answers.push((claim, Answer::of(payment)));
    })?;
    steps.sort_unstable_by_key(|(claim, step)| (*claim, step.id));
    answers.sort_unstable_by_key(|(claim, answer)| (*claim, answer.id));
    let (mut steps, mut answers) = (steps.as_slice(), answers.as_slice());
    let of = |(place, (claim, state)): (usize, &(ClaimId, ClaimState))| {
        let (own_steps, own_answers) = (take(&mut steps, &place), take(&mut answers, &place));
        of_claim(tables, (*claim, state), own_steps, own_answers, until, closed)
    };
    claims.iter().enumerate().map(of).collect()
}

/// The first pass of a claim, from its steps and answers; with each stands the claim's place, which matters no more.
fn of_claim(
    tables: &impl Visit,
    (claim, state): (ClaimId, &ClaimState),
    steps: &[(usize, Step)],
    answers: &[(usize, Answer)],
    until: Date,
    closed: Option<Month>,
) -> Result<FirstPass, StoreError> {
    let moved_on = moved_on(tables, steps, answers)?;
    let adjudicated = answers.iter().map(|(_, answer)| *answer).chain(moved_on).filter(|a| a.adjudicates);
    let stood = adjudicated.filter(|answer| stands(steps, answer.id));
    let mut taken: Vec<(Date, Answer)> =
        stood.filter_map(|answer| Some((taken_on(steps, answer.id)?, answer))).collect();
    taken.sort_by_key(|(on, answer)| (*on, answer.posted_on, answer.id));
    let paid = taken.iter().find(|(_, answer)| answer.paid.is_positive());
    let paid = paid.map(|(on, answer)| (*on, answer.paid));
    let Some((on, first)) = taken.first() else { return Ok(FirstPass { answer: None, paid }) };
    let cases = balances::cases_as_of(tables, claim, state, until, closed)?;
    let events = cases.iter().flat_map(|case| &case.events);
    let denied: Money = events.filter(|event| event.payment == first.id).map(|event| event.amount).sum();
    let undecided = own(steps, first.id).any(|step| step.undecided);
    let ended = denied.is_zero() && !undecided && !taken_back(steps, answers, first);
    Ok(FirstPass { answer: Some(FirstAnswer { on: *on, charge: first.charge, denied, ended }), paid })
}

/// Whether a claim payment is one of those that adjudicate.
fn is_adjudication(payment: &PaymentBrief<'_>) -> bool {
    let adjudicates = matches!(payment.said, "1" | "2" | "3" | "4" | "19" | "20" | "21");
    adjudicates && !payment.charge.is_negative() && !payment.paid.is_negative()
}

/// The answers that moved something on the claim and that a person has put on another one since.
fn moved_on(
    tables: &impl Visit,
    steps: &[(usize, Step)],
    answers: &[(usize, Answer)],
) -> Result<Vec<Answer>, StoreError> {
    let is_here = |id: PaymentId| answers.iter().any(|(_, answer)| answer.id == id);
    let of_answers = steps.iter().filter(|(_, step)| step.answers).filter_map(|(_, step)| step.payment);
    let mut ids: Vec<PaymentId> = of_answers.filter(|id| !is_here(*id)).collect();
    let mut gone = Vec::new();
    if !ids.is_empty() {
        ids.sort_unstable();
        ids.dedup();
        tables.visit_payments(&ids, |payment| gone.push(Answer::of(payment)))?;
    }
    Ok(gone)
}

/// Whether something that an answer moved is in the books, whatever other answers did to it: only a person who takes its
/// remittance out leaves nothing.
fn stands(steps: &[(usize, Step)], payment: PaymentId) -> bool {
    let negated = |id: EntryId| steps.iter().any(|(_, step)| step.resequenced && step.reverses == Some(id));
    own(steps, payment).filter(|step| step.answers).any(|step| !negated(step.id))
}

/// The first accounting day on which an answer moved something on the claim.
fn taken_on(steps: &[(usize, Step)], payment: PaymentId) -> Option<Date> {
    own(steps, payment).filter(|step| step.answers).map(|step| step.on).min()
}

fn own(steps: &[(usize, Step)], payment: PaymentId) -> impl Iterator<Item = &Step> {
    steps.iter().map(|(_, step)| step).filter(move |step| step.payment == Some(payment))
}

/// Whether a later answer negated it: an entry says so, or, where its money had waited before and no entry is the exact
/// opposite of another, what the payer said.
fn taken_back(steps: &[(usize, Step)], answers: &[(usize, Answer)], first: &Answer) -> bool {
    let of_it = |id: EntryId| own(steps, first.id).any(|step| step.id == id);
    let mut others = steps.iter().map(|(_, step)| step).filter(|step| step.payment != Some(first.id));
    let opposite = |a: &Answer| !a.adjudicates && (a.charge, a.paid) == (-first.charge, -first.paid);
    others.any(|step| !step.resequenced && step.reverses.is_some_and(of_it))
        || answers.iter().any(|(_, answer)| opposite(answer) && stands(steps, answer.id))
}

/// What a claim's entries come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Gross charges.
    pub charges: Money,
    /// Contractual, with reduction and contra.
    pub contractual: Money,
    /// Payments less refunds.
    pub collected: Money,
    /// The claim is older than these books, which do not know all of it.
    pub is_older: bool,
}

impl Settled {
    /// Adds an entry.
    pub fn add(&mut self, entry: &Entry) {
        for posting in &entry.postings {
            match posting.account {
                Account::OpeningCharges => self.is_older = true,
                Account::Charges => self.charges -= posting.amount,
                Account::Contractual | Account::Reduction | Account::Contra => {
                    self.contractual += posting.amount;
                }
                Account::CashInsurance
                | Account::CashPatient
                | Account::Unapplied
                | Account::Plb
                | Account::RefundInsurance
                | Account::RefundPatient => self.collected += posting.amount,
                _ => {}
            }
        }
    }
}
