//! When things happen in a generated practice: services, billing, answers.
//!
//! Every day is computed from the plan and a number, so nothing has to be remembered. What happens on
//! those days is decided elsewhere.

use super::Plan;
use super::cast::PAYERS;
use crate::domain::Date;

/// Days between one round of answers and the next; more than the spread of the payers' lags.
const ROUND: u32 = 35;
/// The least days from billing to an answer.
const FASTEST: u32 = 9;
/// A charge is entered up to this many days after the service.
pub(super) const ENTRY_DELAY: u64 = 9;
/// Five payers times three billing providers, less than fifteen because some pairs are rare: with so many
/// remittances' worth of claims in a band, a common remittance is nearly full.
const REMITTANCES_PER_BAND: u64 = 12;

/// The plan, worked out in days and in ranges of claims.
pub(super) struct Schedule {
    claims: u64,
    first: Date,
    /// Days over which claims are entered.
    span: u64,
    last_day: Date,
    /// Claims of one 837 file.
    pub(super) per_file: u64,
    /// Claims whose answers are gathered together.
    pub(super) per_band: u64,
    /// The text of every day that can appear, from `text_from`.
    texts: Vec<String>,
    text_from: Date,
}

impl Schedule {
    pub(super) fn new(plan: &Plan) -> Schedule {
        let first = plan.last_day.minus_months(plan.months.max(1));
        // Two days of preparation and one of transmission lie between the last service and the last day.
        let last_entry = back(plan.last_day, plan.settle_days.saturating_add(3));
        let span = u64::try_from(last_entry.days_since(first)).unwrap_or(0).max(1);
        let gathered = plan.claims.saturating_mul(u64::from(plan.gather_days)) / span;
        let remittances = if plan.one_file_a_round { 1 } else { REMITTANCES_PER_BAND };
        let per_band = plan.claim_payments_per_835.saturating_mul(remittances);
        let text_from = back(first, 30);
        let days = plan.last_day.days_since(text_from).max(0);
        Schedule {
            claims: plan.claims,
            first,
            span,
            last_day: plan.last_day,
            per_file: plan.claims_per_837.min(gathered).max(1),
            per_band: per_band.min(gathered).max(1),
            texts: (0..=days).map(|n| Date::from_number(text_from.number() + n).ccyymmdd()).collect(),
            text_from,
        }
    }

    /// The day a claim's charges were ready.
    fn entered(&self, claim: u64) -> Date {
        let days = u128::from(claim) * u128::from(self.span) / u128::from(self.claims.max(1));
        self.first.plus_days(u32::try_from(days).unwrap_or(0))
    }

    /// The day of service: `delay` days before the charges were ready, and never a Sunday.
    pub(super) fn served(&self, claim: u64, delay: u64) -> Date {
        let day = back(self.entered(claim), u32::try_from(delay.min(ENTRY_DELAY)).unwrap_or(0));
        if day.number().rem_euclid(7) == 0 { back(day, 2) } else { day }
    }

    /// The day an 837 file was sent: after its last charge was ready.
    pub(super) fn billed(&self, file: u64) -> Date {
        let last = ((file + 1) * self.per_file).min(self.claims).saturating_sub(1);
        self.entered(last).plus_days(2)
    }

    /// The day a payer pays a round of answers for a band of claims, if that is not after the last day.
    pub(super) fn paid(&self, band: u64, round: u8, payer: usize) -> Option<Date> {
        let last = ((band + 1) * self.per_band).min(self.claims).saturating_sub(1);
        let billed = self.billed(last / self.per_file);
        let day = billed.plus_days(FASTEST + PAYERS[payer].lag + ROUND * u32::from(round));
        // Payers pay on working days: Saturday and Sunday move to Monday.
        let day = match day.number().rem_euclid(7) {
            6 => day.plus_days(2),
            0 => day.plus_days(1),
            _ => day,
        };
        (day <= self.last_day).then_some(day)
    }

    /// `CCYYMMDD`. Kept ready, because a practice of ten million claims writes a hundred million dates.
    pub(super) fn text(&self, day: Date) -> &str {
        usize::try_from(day.days_since(self.text_from))
            .ok()
            .and_then(|place| self.texts.get(place))
            .map_or("", String::as_str)
    }
}

/// The day `days` before another.
pub(super) fn back(day: Date, days: u32) -> Date {
    Date::from_number(day.number() - i32::try_from(days).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_follow_one_another() {
        for (claims, per_file, gather) in
            [(5, 1_000, 14), (2_000, 300, 14), (90_000, 1_000, 14), (700, 700, 999)]
        {
            let last_day = Date::parse_iso("2026-09-30").expect("a day");
            let mut plan = Plan::new(claims, last_day);
            plan.claims_per_837 = per_file;
            plan.gather_days = gather;
            let schedule = Schedule::new(&plan);
            for claim in (0..claims).step_by(37) {
                let file = claim / schedule.per_file;
                let served = schedule.served(claim, claim % 10);
                assert!(served < schedule.billed(file) && schedule.billed(file) < last_day);
                assert_eq!(schedule.text(served), served.ccyymmdd());
                let band = claim / schedule.per_band;
                let mut before = schedule.billed(file);
                for round in 0..4 {
                    let days: Vec<Date> = (0..6).filter_map(|p| schedule.paid(band, round, p)).collect();
                    assert!(days.iter().all(|day| *day > before && *day <= last_day));
                    before = days.into_iter().max().unwrap_or(before);
                }
            }
        }
    }
}
