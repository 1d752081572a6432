//! The proof that payers which became others are named nowhere any more: what was theirs is the payer's that there is now.

use super::check::Check;
use crate::domain::PayerId;
use crate::domain::merge::Merged;
use crate::store::{Read, Snapshot, StoreError};

/// Looks at every record that names a payer, and at every balance that stands under one.
///
/// # Errors
/// Whatever the store says.
pub fn check(tables: &Snapshot) -> Result<Check, StoreError> {
    let mut check = Check::new("merged-payers");
    let payers = tables.payers()?;
    let merged = Merged::of(&payers);
    for payer in payers.iter().filter(|payer| payer.merged_into.is_some()) {
        let now = payers.iter().find(|other| other.id == merged.now(payer.id));
        check.see(now.is_some_and(|now| now.merged_into.is_none()), || {
            format!("payer {} was merged into one that is not there, or round in a circle", payer.id)
        });
    }
    if merged.is_empty() {
        return Ok(check);
    }
    let gone = |payer: &PayerId| merged.is_gone(*payer);
    for record in tables.claims()? {
        let record = record?;
        let named = record.payers.iter().chain(record.versions.iter().map(|version| &version.billed_payer));
        check.see(!named.clone().any(gone), || {
            format!("claim {} names a payer that was merged into another", record.id)
        });
    }
    for state in tables.claim_states()? {
        let (claim, state) = state?;
        check.see(!state.holdings.iter().any(|holding| gone(&holding.payer)), || {
            format!("a balance of claim {claim} stands under a payer that was merged into another")
        });
    }
    for payment in tables.payments()? {
        let payment = payment?;
        check.see(![payment.payer, payment.forwarded_to].iter().any(gone), || {
            format!("claim payment {} names a payer that was merged into another", payment.id)
        });
    }
    for remit in tables.remits()? {
        let remit = remit?;
        check.see(!gone(&remit.payer), || {
            format!("remittance {} names a payer that was merged into another", remit.id)
        });
    }
    for item in tables.plbs()? {
        let item = item?;
        check.see(!gone(&item.payer), || {
            format!("provider-level item {} names a payer that was merged into another", item.id)
        });
    }
    Ok(check)
}
