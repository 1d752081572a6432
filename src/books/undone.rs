//! Claims to review: what persons did and a payer's later word undid, until somebody says that they looked.
//! `docs/rules/posting-rules.md` section 7b.
//!
//! That an act is undone follows from the claim's story, whatever came first. What is kept is who looked, and at how much:
//! what is undone later is listed again.

use super::retell::{self, Hand};
use crate::domain::book::{ClaimRecord, Handling, Note, PaymentRecord};
use crate::domain::entry::Entry;
use crate::domain::merge::Merged;
use crate::domain::review::ActReview;
use crate::domain::{Account, ClaimId, Date, EntryId, Money, PaymentId};
use crate::posting::undone::{UndoneAct, undone_acts};
use crate::store::{Read, ReadReviews, StoreError, WriteTables};

/// What an act had done with the money that it no longer has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// The patient was to pay it.
    BilledPatient,
    /// The next payer was to pay it.
    BilledNextPayer,
    /// It was given up.
    WrittenOff,
    /// It was taken off, or put back.
    Adjusted,
    /// It was moved to another bucket.
    Moved,
    /// A provider-level item was put on the claim.
    PutOnClaim,
    /// A refund became due.
    RefundDue,
}

impl Done {
    /// Its stable word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Done::BilledPatient => "billed-patient",
            Done::BilledNextPayer => "billed-next-payer",
            Done::WrittenOff => "written-off",
            Done::Adjusted => "adjusted",
            Done::Moved => "moved",
            Done::PutOnClaim => "put-on-claim",
            Done::RefundDue => "refund-due",
        }
    }

    fn of(act: &Entry) -> Done {
        let to = act.postings.iter().find(|leg| leg.amount.is_positive()).map(|leg| leg.account);
        match to {
            _ if act.plb.is_some() => Done::PutOnClaim,
            _ if act.postings.iter().any(|leg| leg.account.is_refund()) => Done::RefundDue,
            Some(Account::Due) => Done::BilledPatient,
            Some(Account::Next) => Done::BilledNextPayer,
            Some(account) if account.is_writeoff() => Done::WrittenOff,
            _ if act.postings.iter().any(|leg| leg.account.is_adjustment()) => Done::Adjusted,
            _ => Done::Moved,
        }
    }
}

/// One act of which something stands undone.
#[derive(Clone, Debug)]
pub struct Finding {
    /// How much of it, since when and after which answer.
    pub undone: UndoneAct,
    /// What it had done.
    pub done: Done,
    /// Its entry.
    pub act: Entry,
    /// The answer after which it is so.
    pub answer: Option<PaymentRecord>,
    /// Whether somebody has looked at so much of it.
    pub is_reviewed: bool,
}

/// A claim with acts that stand undone.
#[derive(Clone, Debug)]
pub struct Reviewable {
    /// The claim.
    pub record: ClaimRecord,
    /// Its acts, oldest first.
    pub findings: Vec<Finding>,
    /// Who looked last.
    pub review: Option<ActReview>,
    /// What the patient has paid on it.
    pub paid_patient: Money,
    /// What was given back, or is to be given back.
    pub refunded: Money,
}

/// Why a review cannot be kept or taken back.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// There is nothing to look at.
    #[error("claim {0} has nothing to review: no answer undid what a person did on it")]
    Nothing(ClaimId),
    /// Somebody has looked at all of it.
    #[error("claim {0} was reviewed already, by {1} on {2}")]
    Already(ClaimId, String, Date),
    /// Nobody has.
    #[error("claim {0} was not reviewed")]
    NotReviewed(ClaimId),
    /// The ledger refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Every claim with acts that stand undone, reviewed or not, by number.
///
/// # Errors
/// Whatever the store says.
pub fn all(tables: &impl Read) -> Result<Vec<Reviewable>, StoreError> {
    let (merged, handlings) = retell::payers_now(tables)?;
    let mut found = Vec::new();
    for claim in tables.undone()? {
        found.extend(told(tables, claim, &merged, &handlings)?);
    }
    Ok(found)
}

/// A claim's acts that stand undone; nothing where there are none.
///
/// # Errors
/// Whatever the store says.
pub fn of_claim(tables: &impl Read, claim: ClaimId) -> Result<Option<Reviewable>, StoreError> {
    let (merged, handlings) = retell::payers_now(tables)?;
    told(tables, claim, &merged, &handlings)
}

fn told(
    tables: &impl Read,
    claim: ClaimId,
    merged: &Merged,
    handlings: &[Handling],
) -> Result<Option<Reviewable>, StoreError> {
    let Some(record) = tables.claim(claim)? else { return Ok(None) };
    let review = tables.act_review(claim)?;
    let (findings, paid_patient, refunded) = retell::asked(tables, &record, (merged, handlings), |told| {
        let entry = |id: EntryId| told.entries.iter().find(|(known, _)| *known == id).map(|(_, e)| e.clone());
        let payment = |id: PaymentId| told.payments.iter().find(|payment| payment.id == id).cloned();
        let finding = |undone: UndoneAct| {
            let act = entry(undone.act)?;
            let is_reviewed = review.as_ref().is_some_and(|review| review.covers(undone.act, undone.amount));
            let answer = undone.after.and_then(payment);
            Some(Finding { done: Done::of(&act), act, answer, is_reviewed, undone })
        };
        let findings: Vec<Finding> = undone_acts(&told.story).into_iter().filter_map(finding).collect();
        let legs = told.entries.iter().flat_map(|(_, entry)| &entry.postings);
        let refunds = legs.filter(|leg| leg.account.is_refund());
        let refunded: Money = refunds.map(|leg| (-leg.amount).max(Money::ZERO)).sum();
        Ok((findings, told.story.position.paid_patient, refunded))
    })?;
    Ok((!findings.is_empty()).then_some(Reviewable { record, findings, review, paid_patient, refunded }))
}

impl Reviewable {
    /// What nobody has looked at.
    pub fn open(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| !finding.is_reviewed)
    }
}

/// Undone acts that wait for somebody to look, as `claim review` lists them, and how much of them stands undone.
///
/// # Errors
/// Whatever the store says.
pub fn count(tables: &impl Read) -> Result<(u64, Money), StoreError> {
    let (mut acts, mut amount) = (0, Money::ZERO);
    for finding in all(tables)?.iter().flat_map(Reviewable::open) {
        acts += 1;
        amount += finding.undone.amount;
    }
    Ok((acts, amount))
}

/// Somebody has looked at a claim: it is not listed again until more of it is undone. Gives how much they looked at.
///
/// # Errors
/// [`Refusal`], where there is nothing to look at.
pub fn review(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    claim: ClaimId,
    on: Date,
    words: &str,
) -> Result<Money, Refusal> {
    let found = of_claim(tables, claim)?.ok_or(Refusal::Nothing(claim))?;
    let amount: Money = found.open().map(|finding| finding.undone.amount).sum();
    if amount.is_zero() {
        let before = found.review.ok_or(Refusal::Nothing(claim))?;
        return Err(Refusal::Already(claim, before.user, before.on));
    }
    let acts = found.findings.iter().map(|finding| (finding.undone.act, finding.undone.amount)).collect();
    let review =
        ActReview { on, recorded_at: hand.now, user: hand.user.to_owned(), words: words.to_owned(), acts };
    tables.put_act_review(claim, &review)?;
    let what = format!("reviewed what answers undid, {amount}");
    tables.add_note(claim, &note(hand, on, &what, words))?;
    Ok(amount)
}

/// Lists a claim again that somebody looked at.
///
/// # Errors
/// [`Refusal`], where nobody did.
pub fn list_again(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    claim: ClaimId,
    on: Date,
    words: &str,
) -> Result<(), Refusal> {
    tables.act_review(claim)?.ok_or(Refusal::NotReviewed(claim))?;
    tables.remove_act_review(claim)?;
    Ok(tables.add_note(claim, &note(hand, on, "to be reviewed again", words))?)
}

fn note(hand: &Hand<'_>, on: Date, what: &str, words: &str) -> Note {
    let text = if words.is_empty() { what.to_owned() } else { format!("{what}: {words}") };
    Note { on, recorded_at: hand.now, user: hand.user.to_owned(), text }
}
