//! Key figures with their formulas: `docs/rules/kpi.md` sections 2 to 6. Exact arithmetic; one decimal, rounded half away from
//! zero.
//!
//! What cannot be answered is left out; what can be but has nothing to count has no value. Reading and counting is the
//! caller's; here stands what is divided by what.

mod denials;

use super::column::{Column, Kind};
use super::table::{Cell, Table};
use crate::domain::{Date, Money, Percent, Tenths};

/// A figure with fewer behind it says little.
pub const ENOUGH: u64 = 30;

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
    /// What waits for a payer's first answer.
    pub unanswered: Money,
    /// Contractual, reduction and contra adjustments of the last [`CHARGE_DAYS`] days.
    pub recent_contractual: Money,
    /// Charity of the last [`CHARGE_DAYS`] days.
    pub recent_charity: Money,
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
    /// Those of which a denial was given up since.
    pub given_up: u64,
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
    /// Of the resolved: appealed before.
    pub appealed: u64,
    /// Of these: paid in part or whole.
    pub appeals_won: u64,
    /// Days from the first denial to the end of the resolved.
    pub days_to_end: i64,
}

/// How long appeals took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DenialDays {
    /// Appeals sent in the period.
    pub appeals: u64,
    /// Days from the denial to each.
    pub to_appeal: i64,
}

/// What remittances of the last four weeks say as the first payer's, and how long they took into the books.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Remitted {
    /// Results of a first payer, each once.
    pub primary: u64,
    /// Of these: nothing was paid.
    pub unpaid: u64,
    /// Remittances posted in the period.
    pub posted: u64,
    /// Days from the import of its file to the posting of each.
    pub lag_days: i64,
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
        self.appealed += more.appealed;
        self.appeals_won += more.appeals_won;
        self.days_to_end += more.days_to_end;
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
    /// How long appeals took.
    pub denial_days: DenialDays,
    /// Remittances.
    pub remitted: Remitted,
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
        Column::text("caution", "Caution").machine_only(),
        Column::text("formula", "Formula").wrapping(),
    ];
    let mut table = Table::new("kpi", "Key figures", columns)
        .as_of(question.to)
        .parameter("from", question.from.to_string())
        .parameter("to", question.to.to_string())
        .empty("Nothing to measure.");
    let mut few = Vec::new();
    for m in measures(figures) {
        let says_little = m.n < ENOUGH && m.value != Cell::Empty;
        if says_little {
            few.push(format!("{} ({})", m.kpi, m.n));
        }
        let cells = vec![
            m.kpi.into(),
            m.value,
            m.unit.into(),
            m.numerator,
            m.denominator,
            m.n.into(),
            m.basis.into(),
            Some("few").filter(|_| says_little).into(),
            m.formula.into(),
        ];
        table.push(cells);
    }
    if !few.is_empty() {
        table.note(format!(
            "Fewer than {ENOUGH} stand behind these (n), so they say little: {}.",
            few.join(", ")
        ));
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
    all.extend(speed(&figures.submitted, &figures.first_payments, &figures.remitted));
    all.extend(denials::measures(figures));
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
        net_days(books),
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

/// What receivables come to where contracts still take their part of what nobody has answered.
fn net_days(books: &Books) -> Measure {
    let (open, off, charged) = (books.unanswered, books.recent_contractual, books.recent_charges);
    let expected = Tenths::of(open.cents(), off.cents(), charged.cents());
    let expected = Money::from_cents(expected.map_or(0, |cents| (cents.tenths() + 5).div_euclid(10)));
    let (net, revenue) = (
        books.receivables - expected,
        books.recent_charges - books.recent_contractual - books.recent_charity,
    );
    let value = Tenths::of(net.cents(), i64::from(CHARGE_DAYS), revenue.cents());
    Measure {
        kpi: "net_days_in_ar",
        value: value.into(),
        unit: "days",
        numerator: net.into(),
        denominator: revenue.into(),
        n: books.owing,
        basis: "posted",
        formula: "(positive claim balances − what no payer has answered × contractual, reduction and contra adjustments ÷ charges) × 90 ÷ (charges − these adjustments − charity), all of the last 90 days; `report allowance` estimates what else will not come",
    }
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

fn speed(submitted: &Submitted, payments: &FirstPayments, remitted: &Remitted) -> Vec<Measure> {
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
        average(
            "era_to_post_lag",
            (remitted.lag_days, remitted.posted),
            "posted",
            "days from the import of its file to the posting ÷ remittances posted in the period",
        ),
    ]
}

#[cfg(test)]
#[path = "kpi_tests.rs"]
mod tests;
