//! All claims in short as of a day, on two threads.
//!
//! Today's standing is in the blocks. Only for a claim with entries after the day is its state read too, which knows what
//! stood at the end of each of its days.

use super::{balances, scan, sums};
use crate::domain::brief::{ClaimBrief, ClaimNames, StandingBrief};
use crate::domain::{ClaimId, Date};
use crate::store::{Read, Snapshot, StoreError};

/// Looks at every claim that was there on a day, and hands out what the threads made of it, those of smaller numbers
/// first. What was charged, paid and adjusted is always that of now.
///
/// # Errors
/// Whatever the store says.
pub fn as_of<T: Send>(
    tables: &Snapshot,
    day: Date,
    begin: impl Fn() -> T + Sync,
    visit: impl Fn(&mut T, &ClaimBrief<'_>) + Sync,
) -> Result<Vec<T>, StoreError> {
    let earlier = balances::footings(tables)?;
    scan::of_claims(tables, |claims| {
        let mut made = begin();
        tables.visit_claims(claims, |claim| {
            let stood = earlier.get(&claim.id).and_then(|all| all.iter().find(|f| day <= f.until));
            let footed = |claim: &ClaimBrief<'_>| match stood {
                None => visit(&mut made, claim),
                Some(footing) => {
                    let standing = StandingBrief {
                        billed_payer: footing.billed_payer,
                        service_from: footing.service_from,
                        billed_on: footing.billed_on,
                        ..claim.standing
                    };
                    visit(&mut made, &ClaimBrief { standing, ..*claim });
                }
            };
            one(tables, day, claim, footed)
        })?;
        Ok(made)
    })
}

/// Looks at the names of claims, which stand in order, each once, and hands out what the threads made of them, in order.
///
/// # Errors
/// Whatever the store says.
pub fn names<T: Send>(
    tables: &Snapshot,
    claims: &[ClaimId],
    begin: impl Fn() -> T + Sync,
    visit: impl Fn(&mut T, &ClaimNames<'_>) + Sync,
) -> Result<Vec<T>, StoreError> {
    scan::in_halves(claims, |claims| {
        let (mut made, mut seen) = (begin(), 0);
        tables.visit_names(claims, |names| {
            seen += 1;
            visit(&mut made, names);
        })?;
        if seen < claims.len() {
            return Err(StoreError::corrupt("claim_names", "all", "lacks the names of a claim"));
        }
        Ok(made)
    })
}

/// The claims with entries after a day, by number.
///
/// # Errors
/// Whatever the store says.
pub fn moved_since(tables: &Snapshot, day: Date) -> Result<Vec<ClaimId>, StoreError> {
    let mut moved = Vec::new();
    if tables.is_posted_after(day)? {
        tables.visit_claims(ClaimId(0)..=ClaimId(u64::MAX), |claim| {
            if claim.standing.last_posted_on.is_some_and(|last| last > day) {
                moved.push(claim.id);
            }
            Ok(())
        })?;
    }
    Ok(moved)
}

fn one(
    tables: &Snapshot,
    day: Date,
    claim: &ClaimBrief<'_>,
    mut visit: impl FnMut(&ClaimBrief<'_>),
) -> Result<(), StoreError> {
    if claim.standing.last_posted_on.is_none_or(|last| last <= day) {
        visit(claim);
        return Ok(());
    }
    let days = tables.claim_state(claim.id)?.unwrap_or_default().days;
    let before = &days[..days.partition_point(|standing| standing.on <= day)];
    if let Some(last) = before.last() {
        let standing = StandingBrief {
            responsible_since: sums::responsible_since(before),
            last_posted_on: Some(last.on),
            holdings: &last.holdings,
            ..claim.standing
        };
        visit(&ClaimBrief { standing, ..*claim });
    }
    Ok(())
}
