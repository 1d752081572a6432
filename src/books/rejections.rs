//! Claims that were sent back before anybody adjudicated them, and that nobody has answered since.
//!
//! They are work, not denials: no remittance will come of the submission, and the filing clock runs on.

use super::{acks, balances};
use crate::acks::{standing, submission_of};
use crate::domain::ack::{AckOutcome, AckRecord};
use crate::domain::book::{ClaimRecord, ClaimState};
use crate::domain::{ClaimId, Date};
use crate::store::{Read, StoreError};

/// A claim that was sent back.
#[derive(Clone, Debug)]
pub struct Rejection {
    /// The claim.
    pub record: ClaimRecord,
    /// Where it stands.
    pub state: ClaimState,
    /// The answer that sent it back.
    pub ack: AckRecord,
    /// Place in the claim's list of the submission that was sent back.
    pub submission: usize,
    /// The claim was sent again since, and nobody has answered that yet.
    pub resent: bool,
}

/// What became of the latest submission of a claim, as far as anybody acknowledged it.
///
/// # Errors
/// Whatever the store says.
pub fn latest(tables: &impl Read, record: &ClaimRecord, day: Date) -> Result<Option<AckOutcome>, StoreError> {
    let said = acks::of_claim(tables, record.id, day)?;
    let (heard, submissions) = acks::heard(&said, record, day);
    Ok(standing(&heard, submissions).latest)
}

/// Every rejection that waits for somebody, as of a day; the oldest service first, what was sent again last.
///
/// # Errors
/// Whatever the store says.
pub fn open(tables: &impl Read, day: Date) -> Result<Vec<Rejection>, StoreError> {
    let mut candidates: Vec<ClaimId> = Vec::new();
    for event in tables.ack_events()? {
        let (claim, _, outcome) = event?;
        if outcome.needs_work() && candidates.last() != Some(&claim) {
            candidates.push(claim);
        }
    }
    let mut found = Vec::new();
    for id in candidates {
        found.extend(of_claim(tables, id, day)?);
    }
    found.sort_by_key(|r: &Rejection| (r.resent, r.record.claim.service_from, r.record.id));
    Ok(found)
}

fn of_claim(tables: &impl Read, id: ClaimId, day: Date) -> Result<Option<Rejection>, StoreError> {
    let (Some(record), Some(now)) = (tables.claim(id)?, tables.claim_state(id)?) else { return Ok(None) };
    let Some(state) = balances::state_as_of(tables, id, now, day)? else { return Ok(None) };
    let said = acks::of_claim(tables, id, day)?;
    let (heard, submissions) = acks::heard(&said, &record, day);
    let standing = standing(&heard, submissions);
    let Some(ack) = standing.rejected else { return Ok(None) };
    // Written off, voided or paid: nothing is left to send again for.
    if state.balance().is_zero() {
        return Ok(None);
    }
    // A payer that adjudicates a claim has it after all.
    let answered = |on: Date| on >= ack.on && on <= day;
    let payments = tables.payments_of_claim(id)?;
    if payments.iter().any(|payment| payment.status.is_heard() && answered(payment.posted_on)) {
        return Ok(None);
    }
    let (ack, resent) = (ack.clone(), standing.resent);
    let submission = submission_of(&ack, &record);
    Ok(Some(Rejection { record, state, ack, submission, resent }))
}
