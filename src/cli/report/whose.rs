//! Whose a leg of an entry is: the payer and the claim that registers show.

use crate::domain::entry::{Entry, Posting};
use crate::domain::{ClaimId, PayerId};
use crate::store::{Read, StoreError};

/// The payer of a leg; where it names none, that of the largest receivable on the other side.
pub fn payer(entry: &Entry, posting: &Posting) -> Option<PayerId> {
    if posting.payer != PayerId::NONE {
        return Some(posting.payer);
    }
    let receivables = entry.postings.iter().filter(|p| p.account.bucket().is_some());
    let largest = receivables.filter(|p| p.payer != PayerId::NONE).max_by_key(|p| p.amount.abs());
    largest.map(|p| p.payer)
}

/// The control number of a claim.
pub fn control_number(tables: &impl Read, claim: Option<ClaimId>) -> Result<Option<String>, StoreError> {
    let Some(claim) = claim else { return Ok(None) };
    Ok(tables.claim(claim)?.map(|record| record.claim.control_number.as_str().to_owned()))
}
