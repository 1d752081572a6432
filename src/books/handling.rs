//! The office's own handling of a reason code, and what it changes in the books.

use super::retell::{Hand, retell};
use crate::domain::book::{Handling, Holding};
use crate::domain::{ClaimId, Few};
use crate::store::{Read, StoreError, WriteTables};

/// A claim that stands otherwise under a handling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The claim.
    pub claim: ClaimId,
    /// Its control number.
    pub control_number: String,
    /// Its buckets before.
    pub before: Few<Holding, 4>,
    /// Its buckets after.
    pub after: Few<Holding, 4>,
}

/// Sets a handling and tells every claim anew that heard the reason on its first day or later.
///
/// # Errors
/// Whatever the store says.
pub fn set(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    handling: &Handling,
) -> Result<Vec<Difference>, StoreError> {
    tables.add_handling(handling)?;
    let mut claims = std::collections::BTreeSet::new();
    for payment in tables.payments()? {
        let payment = payment?;
        let named = |a: &crate::domain::remit::Adjustment| {
            a.group == Some(handling.group) && a.reason == handling.code
        };
        if payment.posted_on >= handling.from && payment.payment.all_adjustments().any(|(_, a)| named(a)) {
            claims.extend(payment.claim);
        }
    }
    let mut differences = Vec::new();
    for claim in claims {
        let Some(record) = tables.claim(claim)? else { continue };
        let before = tables.claim_state(claim)?.unwrap_or_default().holdings;
        retell(tables, hand, &record)?;
        let after = tables.claim_state(claim)?.unwrap_or_default().holdings;
        if before != after {
            let control_number = record.claim.control_number.to_string();
            differences.push(Difference { claim, control_number, before, after });
        }
    }
    Ok(differences)
}
