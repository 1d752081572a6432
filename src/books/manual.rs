//! What persons do to a claim: patient payments and write-offs. Dated, reasoned, with the user, through the journal.

use super::retell::{Hand, retell};
use crate::domain::book::ClaimRecord;
use crate::domain::entry::{Entry, Posting, Source};
use crate::domain::{Account, ClaimId, Date, EntryId, Money, PayerId};
use crate::store::{Read, StoreError, WriteTables};

/// An act that cannot be done.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// There is no such claim.
    #[error("there is no claim {0}")]
    NoClaim(ClaimId),
    /// The amount is zero or below.
    #[error("the amount must be above zero, not {0}")]
    NotPositive(Money),
    /// The bucket holds less.
    #[error("{account} of the claim holds {held}, which is less than {asked}")]
    TooMuch {
        /// The bucket.
        account: Account,
        /// What stands there.
        held: Money,
        /// What was asked.
        asked: Money,
    },
    /// The ledger refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is done, and why.
#[derive(Clone, Debug)]
pub struct Act<'a> {
    /// The accounting date.
    pub on: Date,
    /// How much, above zero.
    pub amount: Money,
    /// Why, in a person's words.
    pub memo: &'a str,
    /// A word for the kind of act, kept with the entry.
    pub rule: &'static str,
}

/// The patient pays. Before any payer answered, or above the patient's share, it is a credit of the patient
/// (`domain/posting-rules.md` section 8).
///
/// # Errors
/// See [`Refusal`].
pub fn pay(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    claim: ClaimId,
    act: &Act<'_>,
) -> Result<EntryId, Refusal> {
    let record = tables.claim(claim)?.ok_or(Refusal::NoClaim(claim))?;
    let payer = record.versions.first().map_or(PayerId::NONE, |v| v.billed_payer);
    let postings = vec![
        Posting::new(Account::CashPatient, PayerId::NONE, act.amount),
        Posting::new(Account::Due, payer, -act.amount),
    ];
    write(tables, hand, &record, act, postings)
}

/// The office gives up what stands in a bucket.
///
/// # Errors
/// See [`Refusal`].
pub fn write_off(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    claim: ClaimId,
    bucket: Account,
    account: Account,
    act: &Act<'_>,
) -> Result<EntryId, Refusal> {
    let record = tables.claim(claim)?.ok_or(Refusal::NoClaim(claim))?;
    let state = tables.claim_state(claim)?.unwrap_or_default();
    let held = state.bucket(bucket);
    if held < act.amount {
        return Err(Refusal::TooMuch { account: bucket, held, asked: act.amount });
    }
    let mut left = act.amount;
    let mut postings = vec![Posting::new(account, PayerId::NONE, act.amount)];
    for holding in state.holdings.iter().filter(|h| h.account == bucket && h.amount.is_positive()) {
        let part = left.min(holding.amount);
        if part.is_positive() {
            postings.push(Posting::new(bucket, holding.payer, -part));
            left -= part;
        }
    }
    write(tables, hand, &record, act, postings)
}

fn write(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    record: &ClaimRecord,
    act: &Act<'_>,
    postings: Vec<Posting>,
) -> Result<EntryId, Refusal> {
    if !act.amount.is_positive() {
        return Err(Refusal::NotPositive(act.amount));
    }
    let mut state = tables.claim_state(record.id)?.unwrap_or_default();
    let entry = Entry {
        posted_on: act.on,
        recorded_at: hand.now,
        source: Source::Manual,
        claim: Some(record.id),
        remit: None,
        payment: None,
        plb: None,
        reverses: None,
        rule: act.rule.to_owned(),
        memo: act.memo.to_owned(),
        user: hand.user.to_owned(),
        postings,
    };
    let id = tables.append_entry(&entry, state.last_entry)?;
    state.last_entry = Some(id);
    state.last_posted_on = state.last_posted_on.max(Some(act.on));
    tables.put_claim_state(record.id, &state)?;
    retell(tables, hand, record)?;
    Ok(id)
}
