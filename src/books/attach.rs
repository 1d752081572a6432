//! Tying claim payments to claims, and untying them: the claim's chain of payments, and what it is known by.
//!
//! Money moves when the claim is told anew; see [`super::retell`].

use crate::domain::ClaimId;
use crate::domain::book::{ClaimState, PaymentRecord};
use crate::posting::entries::RESEQUENCED;
use crate::store::{Read, StoreError, WriteTables};

/// Ties a claim payment to its claim: it joins the claim's chain, and the payer's number becomes known.
///
/// # Errors
/// Whatever the store says.
pub fn attach(
    tables: &mut WriteTables<'_>,
    mut payment: PaymentRecord,
    claim: ClaimId,
    step: &str,
) -> Result<(), StoreError> {
    let mut state: ClaimState = tables.claim_state(claim)?.unwrap_or_default();
    payment.claim = Some(claim);
    payment.matched_by = step.into();
    payment.previous_of_claim = state.last_payment.replace(payment.id);
    if !payment.payment.payer_number.is_empty() {
        tables.index_payer_number(payment.payment.payer_number.as_str(), claim)?;
    }
    tables.put_payment(&payment)?;
    tables.put_claim_state(claim, &state)
}

/// Unties a claim payment from its claim: the chain closes behind it. What it booked there is negated when the claim is
/// told anew.
///
/// # Errors
/// Whatever the store says.
pub fn detach(tables: &mut WriteTables<'_>, payment: &mut PaymentRecord) -> Result<(), StoreError> {
    let Some(claim) = payment.claim.take() else { return Ok(()) };
    // Earlier versions let a claim negate the entry of the waiting money: then what the claim booked instead is negated
    // now, and the cash comes anew.
    if let Some(held) = payment.held_entry {
        let entries = tables.entries_of_claim(claim)?;
        if entries.iter().any(|(_, e)| e.rule == RESEQUENCED && e.reverses == Some(held)) {
            payment.held_entry = None;
        }
    }
    let mut state: ClaimState = tables.claim_state(claim)?.unwrap_or_default();
    let mut previous = None;
    for mut other in tables.payments_of_claim(claim)? {
        if other.id == payment.id {
            continue;
        }
        if other.previous_of_claim != previous {
            other.previous_of_claim = previous;
            tables.put_payment(&other)?;
        }
        previous = Some(other.id);
    }
    state.last_payment = previous;
    tables.put_claim_state(claim, &state)?;
    payment.previous_of_claim = None;
    payment.matched_by.clear();
    tables.put_payment(payment)
}
