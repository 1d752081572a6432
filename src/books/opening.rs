//! Balances that an office brings along when it starts with this ledger.
//!
//! The entry books what is left, and tells how it came about on accounts of its own: `opening:charges`,
//! `opening:payments`, `opening:adjustments`. So charges = payments + adjustments + balance holds for the claim and for
//! the whole book, while revenue, cash and contra income, which older books have counted, stay untouched.

use super::retell::Hand;
use crate::domain::book::ClaimRecord;
use crate::domain::claim::Brought;
use crate::domain::entry::{Entry, Posting, Source};
use crate::domain::{Account, Date, Money, PayerId, Text};
use crate::store::{Read, StoreError, WriteTables};

/// The name of the rule.
pub const RULE: &str = "opening-balance";

/// What an opening balance posts.
#[must_use]
pub fn postings(record: &ClaimRecord, brought: &Brought) -> Vec<Posting> {
    let billed = record.versions.first().map_or(PayerId::NONE, |v| v.billed_payer);
    let owes = if brought.bucket == Account::Next {
        record.payers.get(1).copied().unwrap_or(billed)
    } else {
        billed
    };
    let mut postings = vec![
        Posting::new(brought.bucket, owes, brought.balance),
        Posting::new(Account::OpeningCharges, billed, -brought.charge),
        Posting::new(Account::OpeningPayments, billed, brought.paid),
        Posting::new(Account::OpeningAdjustments, billed, brought.adjusted),
    ];
    postings.retain(|p| !p.amount.is_zero());
    postings
}

/// Books a new claim's opening balance. The claim must then be told anew.
///
/// # Errors
/// Whatever the store says.
pub fn bring(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    record: &ClaimRecord,
    brought: &Brought,
    on: Date,
) -> Result<(), StoreError> {
    let postings = postings(record, brought);
    if postings.is_empty() {
        return Ok(());
    }
    let entry = Entry {
        posted_on: on,
        effective_on: None,
        recorded_at: hand.now,
        source: Source::Opening,
        claim: Some(record.id),
        remit: None,
        payment: None,
        plb: None,
        reverses: None,
        rule: RULE.into(),
        memo: Text::default(),
        user: hand.user.into(),
        postings,
    };
    let entry = tables.admit(entry);
    let mut state = tables.claim_state(record.id)?.unwrap_or_default();
    let id = tables.append_entry(&entry, state.last_entry)?;
    state.entered(id, entry.posted_on);
    tables.put_claim_state(record.id, &state)
}

/// Whether exactly this was brought in before.
///
/// # Errors
/// Whatever the store says.
pub fn is_in(tables: &impl Read, record: &ClaimRecord, brought: &Brought) -> Result<bool, StoreError> {
    let wanted = postings(record, brought);
    let entries = tables.entries_of_claim(record.id)?;
    let same = |e: &Entry| e.source == Source::Opening && e.postings == wanted;
    Ok(entries.iter().any(|(_, e)| same(e)) || brought.charge == Money::ZERO && wanted.is_empty())
}
