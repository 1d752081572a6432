//! A claim's first adjudication and first payment: what first-pass figures count. `domain/kpi.md` sections 5 and 6.
//!
//! An answer counts on the accounting day on which it took its place on the claim. So a late answer with an earlier date of
//! its own changes no month that was closed before it came.

use super::balances;
use super::scan::take;
use crate::domain::book::{ClaimState, PaymentStatus};
use crate::domain::brief::PaymentBrief;
use crate::domain::entry::{Entry, Source};
use crate::domain::{Account, ClaimId, ClaimSet, Date, EntryId, Money, Month, PaymentId, RemitId};
use crate::posting::entries::RESEQUENCED;
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
    by_remit: bool,
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
            by_remit: entry.source == Source::Remit,
            resequenced: entry.rule == RESEQUENCED,
            undecided: postings.any(|p| p.account == Account::Pending && p.amount.is_positive()),
        }
    }
}

/// An answer that adjudicates.
struct Answer {
    id: PaymentId,
    remit: RemitId,
    status: PaymentStatus,
    posted_on: Date,
    charge: Money,
    paid: Money,
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
        if is_adjudication(payment) {
            let PaymentBrief { id, remit, status, posted_on, charge, paid, .. } = *payment;
            answers.push((claim, Answer { id, remit, status, posted_on, charge, paid }));
        }
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
    let mut taken: Vec<(Date, &Answer)> = Vec::new();
    for (_, answer) in answers {
        let on = match taken_on(steps, answer.id) {
            Some(on) if stands(steps, answer.id) => on,
            // A person had taken its remittance out of the books.
            Some(_) => continue,
            None if !stood(answer.status) => continue,
            // It never moved anything: a later answer stood there already when it came, or both had waited for the claim.
            None => {
                let Some(first) = steps.iter().map(|(_, step)| step.on).min() else { continue };
                let own = tables.remit(answer.remit)?.map_or(answer.posted_on, |remit| remit.posted_on);
                own.max(first)
            }
        };
        if on <= until {
            taken.push((on, answer));
        }
    }
    taken.sort_by_key(|(on, answer)| (*on, answer.posted_on, answer.id));
    let paid = taken.iter().find(|(_, answer)| answer.paid.is_positive());
    let paid = paid.map(|(on, answer)| (*on, answer.paid));
    let Some((on, first)) = taken.first() else { return Ok(FirstPass { answer: None, paid }) };
    let cases = balances::cases_as_of(tables, claim, state, until, closed)?;
    let events = cases.iter().flat_map(|case| &case.events);
    let denied: Money = events.filter(|event| event.payment == first.id).map(|event| event.amount).sum();
    let undecided = own(steps, first.id).any(|step| step.undecided);
    let ended = denied.is_zero() && !undecided && !taken_back(steps, first.id);
    Ok(FirstPass { answer: Some(FirstAnswer { on: *on, charge: first.charge, denied, ended }), paid })
}

/// Whether a claim payment is one of those that adjudicate.
fn is_adjudication(payment: &PaymentBrief<'_>) -> bool {
    let adjudicates = matches!(payment.said, "1" | "2" | "3" | "4" | "19" | "20" | "21");
    adjudicates && !payment.charge.is_negative() && !payment.paid.is_negative()
}

/// Whether an answer is on the claim, or was before another.
fn stood(status: PaymentStatus) -> bool {
    matches!(status, PaymentStatus::Posted | PaymentStatus::Reversed | PaymentStatus::Superseded)
}

/// Whether something that an answer moved is in the books, whatever other answers did to it: only a person who takes its
/// remittance out leaves nothing.
fn stands(steps: &[(usize, Step)], payment: PaymentId) -> bool {
    let negated = |id: EntryId| steps.iter().any(|(_, step)| step.resequenced && step.reverses == Some(id));
    own(steps, payment).filter(|step| step.by_remit).any(|step| !negated(step.id))
}

/// The first accounting day on which an answer moved something on the claim.
fn taken_on(steps: &[(usize, Step)], payment: PaymentId) -> Option<Date> {
    own(steps, payment).filter(|step| step.by_remit).map(|step| step.on).min()
}

fn own(steps: &[(usize, Step)], payment: PaymentId) -> impl Iterator<Item = &Step> {
    steps.iter().map(|(_, step)| step).filter(move |step| step.payment == Some(payment))
}

/// Whether a later answer negated it.
fn taken_back(steps: &[(usize, Step)], payment: PaymentId) -> bool {
    let of_it = |id: EntryId| own(steps, payment).any(|step| step.id == id);
    let mut others = steps.iter().map(|(_, step)| step).filter(|step| step.payment != Some(payment));
    others.any(|step| !step.resequenced && step.reverses.is_some_and(of_it))
}

/// The claims on which an answer of some days never moved anything, because a later one stood there already. Of all others
/// the journal says when they were answered.
///
/// # Errors
/// Whatever the store says.
pub fn superseded_between(tables: &impl Visit, from: Date, to: Date) -> Result<ClaimSet, StoreError> {
    let mut claims = ClaimSet::default();
    for remit in tables.remits()? {
        let remit = remit?;
        if (from..=to).contains(&remit.posted_on) {
            let ids: Vec<PaymentId> =
                (0..remit.claims).map(|at| PaymentId(remit.first_payment.0 + at)).collect();
            tables.visit_payments(&ids, |payment| {
                if payment.remit == remit.id && payment.status == PaymentStatus::Superseded {
                    claims.extend(payment.claim);
                }
            })?;
        }
    }
    Ok(claims)
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
                | Account::RefundInsurance
                | Account::RefundPatient => self.collected += posting.amount,
                _ => {}
            }
        }
    }
}
