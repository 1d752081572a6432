//! Key figures with their formulas: `domain/kpi.md` sections 2 to 6. Exact arithmetic; one decimal, rounded half away from
//! zero.
//!
//! What cannot be answered is left out; what can be but has nothing to count has no value. Reading and counting is the
//! caller's; here stands what is divided by what.

use super::column::{Column, Kind};
use super::table::{Cell, Table};
use crate::domain::{Date, Money, Percent, Tenths};

/// The charges of so many days are the yardstick of receivables.
pub const CHARGE_DAYS: u32 = 90;

/// What was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question {
    /// First accounting day.
    pub from: Date,
    /// Last accounting day; balances are those of its end.
    pub to: Date,
}

/// What the journal's sums say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Books {
    /// Sum of positive claim balances.
    pub receivables: Money,
    /// Claims with a positive balance.
    pub owing: u64,
    /// Sum of negative claim balances, above zero.
    pub credits: Money,
    /// Claims in credit.
    pub in_credit: u64,
    /// Receivables more than 90 days after service.
    pub over_90: Money,
    /// Charges of the last [`CHARGE_DAYS`] days.
    pub recent_charges: Money,
    /// Charges of the period.
    pub charges: Money,
    /// Claims charged in the period.
    pub charged: u64,
    /// Payments applied to claims in the period, less refunds.
    pub collected: Money,
    /// Contractual, reduction and contra adjustments of the period.
    pub contractual: Money,
    /// Charity of the period.
    pub charity: Money,
    /// Bad debt of the period.
    pub bad_debt: Money,
    /// Denied and untimely balances given up in the period.
    pub denial_write_offs: Money,
    /// Payments by patients in the period, less refunds.
    pub patient_payments: Money,
    /// Moved to the patient in the period.
    pub to_patient: Money,
    /// Claims of which something was moved to the patient.
    pub moved: u64,
    /// Of what was moved to the patient: refused by the payer, under a code of denial, as the patient's to pay.
    pub patient_non_covered: Money,
    /// Claims of which that was so.
    pub non_covered: u64,
}

/// Claims of three months of service, at least 90 days old, with what came of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cohort {
    /// Claims.
    pub claims: u64,
    /// Their charges.
    pub charges: Money,
    /// Contractual, reduction and contra adjustments.
    pub contractual: Money,
    /// Payments less refunds.
    pub collected: Money,
}

/// Claims first submitted in the period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Submitted {
    /// Claims.
    pub claims: u64,
    /// Those with a service day.
    pub dated: u64,
    /// Days from the service to the submission, of those.
    pub lag_days: i64,
    /// What acknowledgments said, where the office has any: accepted by the first answer of a 277CA; sent back by a 277CA or 999.
    pub acknowledged: Option<(u64, u64)>,
}

/// Claims of the three months before a month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Before {
    /// First submitted in them.
    pub claims: u64,
    /// Their charges.
    pub charges: Money,
}

/// Claims whose first adjudication was posted in the period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FirstPass {
    /// Claims.
    pub claims: u64,
    /// Their charges (CLP03).
    pub charges: Money,
    /// Those with at least one denial.
    pub denied: u64,
    /// The charges of those.
    pub denied_charges: Money,
    /// The denied amounts.
    pub denied_amount: Money,
    /// Those wholly denied.
    pub wholly_denied: u64,
    /// Those that this answer ended: no denial, nothing pending, nothing taken back since.
    pub ended: u64,
}

/// Claims whose first payment by a payer was posted in the period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FirstPayments {
    /// Claims.
    pub claims: u64,
    /// Days from the first submission.
    pub days: i64,
    /// Paid.
    pub paid: Money,
    /// Days, each times the cents paid.
    pub cent_days: i64,
}

/// Denial cases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Denials {
    /// First denied in the period.
    pub cases: u64,
    /// Of these: for a reason that better work before billing could have avoided.
    pub preventable: u64,
    /// Resolved in the period: won or lost now, and not before.
    pub resolved: u64,
    /// Of the resolved: paid in part or whole, or won by letter.
    pub overturned: u64,
    /// Settled in the period: nothing of them is open or awaited now, and something was before.
    pub settled: u64,
    /// What was denied on those.
    pub settled_denied: Money,
    /// What was recovered on those.
    pub recovered: Money,
}

impl Denials {
    /// Adds what was counted of other cases.
    pub fn absorb(&mut self, more: &Denials) {
        self.cases += more.cases;
        self.preventable += more.preventable;
        self.resolved += more.resolved;
        self.settled += more.settled;
        self.settled_denied += more.settled_denied;
        self.overturned += more.overturned;
        self.recovered += more.recovered;
    }
}

/// Everything that was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// The journal's sums.
    pub books: Books,
    /// An older cohort; nothing where there are no such claims.
    pub cohort: Cohort,
    /// Submissions.
    pub submitted: Submitted,
    /// The three months before, where the period is a month.
    pub before: Option<Before>,
    /// First adjudications.
    pub first_pass: FirstPass,
    /// First payments.
    pub first_payments: FirstPayments,
    /// Denials.
    pub denials: Denials,
}

/// One key figure.
struct Measure {
    kpi: &'static str,
    value: Cell,
    unit: &'static str,
    numerator: Cell,
    denominator: Cell,
    n: u64,
    basis: &'static str,
    formula: &'static str,
}

/// The table.
#[must_use]
pub fn table(question: Question, figures: &Figures) -> Table {
    let columns = vec![
        Column::text("kpi", "Figure"),
        Column::new(Kind::Mixed, "value", "Value"),
        Column::text("unit", "Unit"),
        Column::new(Kind::Mixed, "numerator", "Numerator"),
        Column::new(Kind::Mixed, "denominator", "Denominator"),
        Column::count("n", "n"),
        Column::text("basis", "By"),
        Column::text("formula", "Formula").wrapping(),
    ];
    let mut table = Table::new("kpi", "Key figures", columns)
        .as_of(question.to)
        .parameter("from", question.from.to_string())
        .parameter("to", question.to.to_string())
        .empty("Nothing to measure.");
    for m in measures(figures) {
        let cells = vec![
            m.kpi.into(),
            m.value,
            m.unit.into(),
            m.numerator,
            m.denominator,
            m.n.into(),
            m.basis.into(),
            m.formula.into(),
        ];
        table.push(cells);
    }
    table.note(
        "No value: nothing to divide by. Interest, capitation and provider-level items are in no rate.",
    );
    table.note("One decimal, rounded half away from zero. Figures under one name differ between programs: compare formulas first.");
    table
}

fn measures(figures: &Figures) -> Vec<Measure> {
    let mut all = receivables(&figures.books);
    all.extend(collection(&figures.books, &figures.cohort));
    all.extend(front_end(&figures.submitted, &figures.first_pass));
    all.extend(speed(&figures.submitted, &figures.first_payments));
    all.extend(denials(figures));
    all
}

/// An amount in days of charges.
fn in_days(kpi: &'static str, amount: Money, n: u64, books: &Books, formula: &'static str) -> Measure {
    let value = Tenths::of(amount.cents(), i64::from(CHARGE_DAYS), books.recent_charges.cents());
    Measure {
        kpi,
        value: value.into(),
        unit: "days",
        numerator: amount.into(),
        denominator: books.recent_charges.into(),
        n,
        basis: "posted",
        formula,
    }
}

/// One amount as a share of another.
fn share(
    kpi: &'static str,
    (part, whole): (Money, Money),
    n: u64,
    basis: &'static str,
    formula: &'static str,
) -> Measure {
    let (value, unit) = (Percent::of(part, whole).into(), "percent");
    Measure { kpi, value, unit, numerator: part.into(), denominator: whole.into(), n, basis, formula }
}

/// One count as a share of another, which is `n` too.
fn rate(kpi: &'static str, (part, whole): (u64, u64), basis: &'static str, formula: &'static str) -> Measure {
    let (value, unit) = (Percent::of_counts(part, whole).into(), "percent");
    Measure { kpi, value, unit, numerator: part.into(), denominator: whole.into(), n: whole, basis, formula }
}

/// Days on average.
fn average(kpi: &'static str, (days, n): (i64, u64), basis: &'static str, formula: &'static str) -> Measure {
    let by = i64::try_from(n).unwrap_or(i64::MAX);
    Measure {
        kpi,
        value: Tenths::of(days, 1, by).into(),
        unit: "days",
        numerator: Tenths::of(days, 1, 1).into(),
        denominator: n.into(),
        n,
        basis,
        formula,
    }
}

fn receivables(books: &Books) -> Vec<Measure> {
    vec![
        in_days(
            "days_in_ar_gross",
            books.receivables,
            books.owing,
            books,
            "positive claim balances × 90 ÷ charges of the last 90 days",
        ),
        in_days(
            "days_in_ar_credits_removed",
            books.receivables - books.credits,
            books.owing + books.in_credit,
            books,
            "(positive claim balances − credits) × 90 ÷ charges of the last 90 days",
        ),
        in_days(
            "days_in_credit_balance",
            books.credits,
            books.in_credit,
            books,
            "credits × 90 ÷ charges of the last 90 days",
        ),
        share(
            "ar_over_90",
            (books.over_90, books.receivables),
            books.owing,
            "service",
            "positive balances more than 90 days after service ÷ positive claim balances",
        ),
    ]
}

fn collection(books: &Books, cohort: &Cohort) -> Vec<Measure> {
    let revenue = books.charges - books.contractual - books.charity;
    let money = |kpi, part, whole, formula| share(kpi, (part, whole), books.charged, "posted", formula);
    vec![
        money(
            "gross_collection_rate",
            books.collected,
            books.charges,
            "(payments − refunds) ÷ charges, all of the period",
        ),
        money(
            "net_collection_rate",
            books.collected,
            books.charges - books.contractual,
            "(payments − refunds) ÷ (charges − contractual, reduction and contra adjustments), all of the period",
        ),
        share(
            "net_collection_rate_cohort",
            (cohort.collected, cohort.charges - cohort.contractual),
            cohort.claims,
            "service",
            "the same of claims served from 179 to 90 days before the last day, with all that was posted on them until then",
        ),
        money(
            "cash_of_net_revenue",
            books.collected,
            revenue,
            "(payments − refunds) ÷ (charges − contractual, reduction and contra adjustments − charity), all of the period",
        ),
        money("bad_debt_rate", books.bad_debt, books.charges, "bad debt ÷ charges, both of the period"),
        share(
            "patient_collection_rate",
            (books.patient_payments, books.to_patient),
            books.moved,
            "posted",
            "(patients' payments − refunds) ÷ amounts moved to patients, both of the period",
        ),
    ]
}

fn front_end(submitted: &Submitted, first: &FirstPass) -> Vec<Measure> {
    let mut all = Vec::new();
    if let Some((accepted, rejected)) = submitted.acknowledged {
        all.push(rate(
            "first_pass_acceptance_rate",
            (accepted, submitted.claims),
            "billed",
            "claims whose first decision in a 277CA was acceptance ÷ claims first submitted in the period",
        ));
        all.push(rate(
            "rejection_rate",
            (rejected, submitted.claims),
            "billed",
            "claims whose first submission a 277CA or 999 sent back ÷ claims first submitted in the period",
        ));
    }
    all.push(rate(
        "first_pass_resolution_rate",
        (first.ended, first.claims),
        "adjudicated",
        "claims whose first adjudication ended them (no denial, nothing pending, nothing taken back since) ÷ claims first adjudicated in the period",
    ));
    all
}

fn speed(submitted: &Submitted, payments: &FirstPayments) -> Vec<Measure> {
    let by_dollars = Measure {
        value: Tenths::of(payments.cent_days, 1, payments.paid.cents()).into(),
        numerator: Tenths::of(payments.cent_days, 1, 100).into(),
        denominator: payments.paid.into(),
        ..average(
            "average_days_to_pay_by_dollars",
            (0, payments.claims),
            "paid",
            "the same, each claim's days weighted by what it was first paid",
        )
    };
    vec![
        average(
            "average_days_to_pay",
            (payments.days, payments.claims),
            "paid",
            "days from first submission to first payment by a payer ÷ claims first paid in the period",
        ),
        by_dollars,
        average(
            "charge_lag",
            (submitted.lag_days, submitted.dated),
            "billed",
            "days from earliest service to first submission ÷ claims first submitted in the period",
        ),
    ]
}

fn denials(figures: &Figures) -> Vec<Measure> {
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
    all.extend([
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

#[cfg(test)]
#[path = "kpi_tests.rs"]
mod tests;
