//! What was denied of a claim and what came of it: dollars count once, however often they are denied (sections 5 and 7a of
//! the rules).

use std::collections::BTreeMap;

use super::Cents;
use super::answers::{Standing, Told, is_denied};
use super::position::{Bucket, Position};

/// The denials of a claim together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Denials {
    /// How often a payer said no.
    pub events: u64,
    pub denied: Cents,
    pub recovered: Cents,
    pub open: Cents,
}

/// Adds them up: by line the most that was ever denied, and what answers in force paid on it after a denial.
pub fn denials(told: &Told, position: &Position) -> Denials {
    let mut lines: BTreeMap<Option<&String>, (Cents, Cents)> = BTreeMap::new();
    let mut events = 0;
    for judged in &told.answers {
        if !matches!(judged.standing, Standing::InForce | Standing::Superseded) {
            continue;
        }
        for part in judged.in_force() {
            let denied = lines.get_mut(&part.line.as_ref()).filter(|(denied, _)| *denied > 0);
            if let Some((_, recovered)) = denied {
                *recovered += part.paid;
            }
        }
        let mut now: BTreeMap<Option<&String>, Cents> = BTreeMap::new();
        for part in &judged.parts {
            *now.entry(part.line.as_ref()).or_default() += part.sum(is_denied);
        }
        events += u64::from(now.values().any(|denied| *denied > 0));
        for (line, denied) in now {
            let (most, _) = lines.entry(line).or_default();
            *most = (*most).max(denied);
        }
    }
    Denials {
        events,
        denied: lines.values().map(|(denied, _)| denied).sum(),
        recovered: lines.values().map(|(denied, recovered)| recovered.min(denied)).sum(),
        open: position.bucket(Bucket::Denied) + position.bucket(Bucket::Hold),
    }
}
