//! Key figures of denials: how often, why, how long, and what came of them.

use super::{Before, Figures, FirstPass, Measure, average, rate, share};
use crate::domain::{Money, Percent, Tenths};
use crate::report::Cell;

/// The figures of denials.
pub(super) fn measures(figures: &Figures) -> Vec<Measure> {
    let (first, cases, books) = (&figures.first_pass, &figures.denials, &figures.books);
    let revenue = books.charges - books.contractual - books.charity;
    let mut all = vec![
        rate(
            "initial_denial_rate_claims",
            (first.denied, first.claims),
            "adjudicated",
            "claims with a denial in their first adjudication ÷ claims first adjudicated in the period",
        ),
        share(
            "initial_denial_rate_dollars",
            (first.denied_amount, first.charges),
            first.claims,
            "adjudicated",
            "denied amounts of first adjudications ÷ their charges (CLP03)",
        ),
        rate(
            "full_denial_rate",
            (first.wholly_denied, first.claims),
            "adjudicated",
            "claims whose whole charge was denied in their first adjudication ÷ claims first adjudicated in the period",
        ),
    ];
    if let Some(before) = figures.before {
        all.extend(by_submission(first, before));
    }
    let (days, remitted) = (&figures.denial_days, &figures.remitted);
    all.extend([
        rate(
            "primary_denial_rate",
            (remitted.unpaid, remitted.primary),
            "posted",
            "results of first payers with nothing paid, deductibles among them ÷ all of them, each once, of the last 28 days",
        ),
        rate(
            "final_denial_rate_claims",
            (first.given_up, first.claims),
            "adjudicated",
            "claims of which a denial was given up since ÷ claims first adjudicated in the period",
        ),
        rate(
            "appeal_success",
            (cases.appeals_won, cases.appealed),
            "resolved",
            "appealed denials overturned ÷ appealed denials overturned or upheld in the period",
        ),
        average(
            "days_denial_to_appeal",
            (days.to_appeal, days.appeals),
            "appealed",
            "days from the latest denial before it ÷ appeals sent in the period",
        ),
        average(
            "days_denial_to_resolution",
            (cases.days_to_end, cases.resolved),
            "resolved",
            "days from the first denial to the last posting on the claim, or until somebody closed it ÷ denials overturned or upheld in the period",
        ),
        share(
            "final_denial_rate",
            (books.denial_write_offs, revenue),
            books.charged,
            "posted",
            "write-offs of denied and untimely balances ÷ (charges − contractual, reduction and contra adjustments − charity), all of the period",
        ),
        rate(
            "overturn_rate_count",
            (cases.overturned, cases.resolved),
            "resolved",
            "denials overturned ÷ denials overturned or upheld in the period, as in `report recovery`",
        ),
        share(
            "overturn_rate_dollars",
            (cases.recovered, cases.settled_denied),
            cases.settled,
            "resolved",
            "recovered ÷ denied, of denials overturned or upheld in the period; one won by letter counts once it is paid",
        ),
        rate(
            "preventable_share",
            (cases.preventable, cases.cases),
            "denied",
            "denials for a preventable reason ÷ denials, first denied in the period",
        ),
        Measure {
            kpi: "patient_liable_non_covered",
            value: books.patient_non_covered.into(),
            unit: "dollars",
            numerator: books.patient_non_covered.into(),
            denominator: Cell::Empty,
            n: books.non_covered,
            basis: "posted",
            formula: "moved to patients in the period under group PR and a code of denial",
        },
    ]);
    all
}

/// Against what was submitted in a month on average, in the three months before.
fn by_submission(first: &FirstPass, before: Before) -> Vec<Measure> {
    let basis = "submitted";
    let count = |count: u64| i64::try_from(count).map_or(Money::ZERO, Money::from_cents);
    let times = |amount: Money| Money::from_cents(amount.cents().saturating_mul(3));
    vec![
        Measure {
            kpi: "initial_denial_rate_submitted_claims",
            value: Percent::of(times(count(first.denied)), count(before.claims)).into(),
            unit: "percent",
            numerator: first.denied.into(),
            denominator: Tenths::of(count(before.claims).cents(), 1, 3).into(),
            n: before.claims,
            basis,
            formula: "claims with a denial in a first adjudication of the month ÷ claims first submitted in a month, on average of the three months before",
        },
        Measure {
            kpi: "initial_denial_rate_submitted_dollars",
            value: Percent::of(times(first.denied_charges), before.charges).into(),
            unit: "percent",
            numerator: times(first.denied_charges).into(),
            denominator: before.charges.into(),
            n: before.claims,
            basis,
            formula: "charges of those claims × 3 ÷ charges first submitted in the three months before",
        },
    ]
}
