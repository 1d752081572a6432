//! Proof that claims of one visit are found, that joined claims are whole, and that possible doubles are listed.

use std::collections::{BTreeMap, BTreeSet};

use super::check::Check;
use super::doubles;
use crate::domain::ClaimId;
use crate::domain::join::{VisitKey, original_number};
use crate::store::{Read, ReadJoins, Snapshot, StoreError};

/// Runs the checks.
pub(super) fn check(tables: &Snapshot) -> Result<Vec<Check>, StoreError> {
    Ok(vec![joined(tables)?, found(tables)?, listed(tables)?])
}

/// A part stands under one lead, which stands under none; nothing is left on the part.
fn joined(tables: &Snapshot) -> Result<Check, StoreError> {
    let mut check = Check::new("claims-joined");
    let joins = tables.joins()?;
    let parts: BTreeSet<ClaimId> = joins.iter().map(|(_, join)| join.part).collect();
    let indexed = tables.count_of_parts()?;
    check.see(indexed == joins.len() as u64, || {
        format!("{indexed} claims are found as parts of others, {} are", joins.len())
    });
    for (lead, join) in joins {
        let part = join.part;
        let right = lead == join.lead && tables.lead_of(part)? == lead && !parts.contains(&lead);
        let there = tables.claim_alone(part)?.is_some() && tables.claim_alone(lead)?.is_some();
        check.see(right && there && part != lead, || {
            format!("claim {part} is not found as part of claim {lead}")
        });
        let state = tables.claim_state(part)?.unwrap_or_default();
        let bare = state.last_payment.is_none() && state.cases.is_empty() && state.holdings.is_empty();
        check.see(bare && state.charge.is_zero(), || {
            format!("claim {part} is part of claim {lead}, and something still stands on it")
        });
        let whole = tables.claim(lead)?.is_some_and(|shown| !shown.versions.is_empty());
        check.see(whole, || format!("claim {lead} leads others and shows nothing submitted"));
    }
    Ok(check)
}

/// Every claim is found by its visit and by the number of its original, and nothing else is.
fn found(tables: &Snapshot) -> Result<Check, StoreError> {
    let mut check = Check::new("claims-by-visit");
    let mut by_visit: BTreeMap<ClaimId, VisitKey> = BTreeMap::new();
    let mut before = None;
    for item in tables.visits()? {
        let (key, claim) = item?;
        if before.replace(key) > Some(key) {
            check.see(false, || format!("claim {claim} stands among the visits of others"));
        }
        let once = by_visit.insert(claim, key).is_none();
        check.see(once, || format!("claim {claim} is found under two visits"));
    }
    let mut originals = 0;
    for item in tables.claims_alone()? {
        let record = item?;
        let id = record.id;
        let same = by_visit.remove(&id) == VisitKey::of(&record.claim);
        let mut named = true;
        if let Some(number) = original_number(&record.claim) {
            originals += 1;
            named = tables.claims_by_original(number)?.contains(&id);
        }
        check.see(same && named, || format!("claim {id} is not found by its visit or its original"));
    }
    for (claim, _) in by_visit {
        check.see(false, || format!("claim {claim} is found by a visit, and is not there"));
    }
    let indexed = tables.count_of_originals()?;
    check.see(indexed == originals, || {
        format!("{indexed} replacements and voids are found by their original, {originals} name one")
    });
    Ok(check)
}

/// Every pair of possible doubles is listed, and no other; what waits to be compared is not asked.
fn listed(tables: &Snapshot) -> Result<Check, StoreError> {
    let mut check = Check::new("possible-doubles");
    if !tables.to_compare()?.is_empty() {
        return Ok(check);
    }
    let listed = tables.possible_doubles()?;
    let mut claims: BTreeSet<ClaimId> = listed.iter().map(|pair| pair.later).collect();
    let mut last: Option<(VisitKey, ClaimId)> = None;
    for item in tables.visits()? {
        let (key, claim) = item?;
        if let Some((_, other)) = last.filter(|(before, _)| *before == key) {
            claims.extend([other, claim]);
        }
        last = Some((key, claim));
    }
    for (_, join) in tables.joins()? {
        claims.extend([join.part, join.lead]);
    }
    for claim in claims {
        let verdict = doubles::verdict(tables, claim)?;
        let wanted = doubles::listed(tables, claim, &verdict)?;
        let there: Vec<_> = listed.iter().filter(|pair| pair.later == claim).copied().collect();
        let one = match verdict.version_of {
            Some((earlier, _)) => tables.lead_of(earlier)? == tables.lead_of(claim)?,
            None => true,
        };
        check.see(wanted == there && one, || {
            format!("claim {claim}: what it may be a double of is not what is known of its visit")
        });
    }
    Ok(check)
}
