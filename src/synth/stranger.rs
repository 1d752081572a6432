//! Claim payments for claims that no 837 of the practice holds: another system billed them.

use super::Plan;
use super::cast::{COLOURS, TREES};
use super::random::{Random, Stream};
use super::schedule::{ENTRY_DELAY, Schedule};
use crate::domain::{Date, Money};

/// Of 1,000 claim payments, how many belong to no claim.
const PER_MILLE: u64 = 5;

/// A claim payment that nothing will match.
pub(super) struct Stranger {
    /// CLP01. The practice's own numbers begin with `A`.
    pub(super) number: String,
    pub(super) last: String,
    pub(super) member: u64,
    pub(super) charge: Money,
    pub(super) paid: Money,
    pub(super) served: Date,
}

impl Stranger {
    /// Whether one stands beside the first answer to claim `beside`. Cheap, as it is asked of every claim.
    pub(super) fn stands_beside(plan: &Plan, beside: u64) -> bool {
        Random::new(plan.seed, Stream::Stranger, beside).per_mille(PER_MILLE)
    }

    pub(super) fn new(plan: &Plan, schedule: &Schedule, beside: u64) -> Stranger {
        let mut random = Random::new(plan.seed, Stream::Stranger, beside);
        random.below(1000); // spent on the question whether there is one
        let charge = random.between(1_000, 3_000) * 5;
        Stranger {
            number: format!("ZX{beside:08}"),
            last: format!("{}{}", random.pick(&TREES), random.pick(&COLOURS)),
            member: random.below(900_000_000) + 1,
            charge: Money::from_cents(charge),
            paid: Money::from_cents(charge * random.between(40, 75) / 100),
            served: schedule.served(beside, random.below(ENTRY_DELAY)),
        }
    }
}
