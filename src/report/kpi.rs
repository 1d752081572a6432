//! Key figures, each with its numerator, denominator, count, date basis and formula. `domain/kpi.md`.
//!
//! Two systems that both say "denial rate" seldom mean the same: so nothing here is a number alone. Adding up is the
//! caller's.

use super::column::{Column, Kind};
use super::table::{Cell, Table};
use crate::domain::{Date, Money, Percent};

/// What the figures are made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Days of the span.
    pub days: u64,
    /// Σ of positive claim balances at the end, and of how many claims.
    pub gross: (Money, u64),
    /// Σ of negative claim balances at the end, above zero, and of how many claims.
    pub credit: (Money, u64),
    /// The part of `gross` that is older than 90 days by service date, and of how many claims.
    pub old: (Money, u64),
    /// Gross charges of the span.
    pub charges: Money,
    /// Money applied to claims in the span, above zero.
    pub payments: Money,
    /// Credits given back in the span, above zero.
    pub refunds: Money,
    /// Contractual, reduction and contra adjustments of the span, above zero.
    pub contractual: Money,
    /// Denied and untimely balances given up in the span.
    pub denial_write_offs: Money,
    /// Bad debt of the span.
    pub bad_debt: Money,
    /// Charity of the span.
    pub charity: Money,
    /// Claims first adjudicated in the span, and their CLP03.
    pub first: (u64, Money),
    /// Of these: with at least one denial, and what was denied then.
    pub first_denied: (u64, Money),
    /// Of these: with everything denied.
    pub first_denied_whole: u64,
    /// Of these: still as the first answer left them, without a denial.
    pub first_resolved: u64,
    /// Denials first made in the span of which nothing is open now: how many, and their dollars.
    pub resolved: (u64, Money),
    /// Of these: with anything paid after all, and how much.
    pub overturned: (u64, Money),
    /// Claims that were paid in the span, and the days from billing to the first payment, added up.
    pub paid: (u64, u64),
    /// Claims billed in the span, and the days from service to billing, added up.
    pub billed: (u64, u64),
}

/// A figure before it is a row.
struct Kpi {
    name: &'static str,
    unit: &'static str,
    numerator: Cell,
    denominator: Cell,
    value: Option<String>,
    n: u64,
    basis: &'static str,
    formula: &'static str,
}

/// The table.
#[must_use]
pub fn table(from: Date, to: Date, figures: &Figures) -> Table {
    let columns = vec![
        Column::text("kpi", "Figure"),
        Column::new(Kind::Mixed, "value", "Value"),
        Column::text("unit", "Unit"),
        Column::new(Kind::Mixed, "numerator", "Numerator"),
        Column::new(Kind::Mixed, "denominator", "Denominator"),
        Column::count("n", "n"),
        Column::text("basis", "Basis"),
        Column::text("formula", "Formula").wrapping(),
    ];
    let mut table = Table::new("kpi", "Key figures", columns)
        .as_of(to)
        .parameter("from", from.to_string())
        .parameter("to", to.to_string());
    let all = receivables(figures)
        .into_iter()
        .chain(collection(figures))
        .chain(denials(figures))
        .chain(speed(figures));
    for kpi in all {
        table.push(vec![
            kpi.name.into(),
            kpi.value.map_or(Cell::Empty, Cell::Text),
            kpi.unit.into(),
            kpi.numerator,
            kpi.denominator,
            kpi.n.into(),
            kpi.basis.into(),
            kpi.formula.into(),
        ]);
    }
    table.note("A figure without a value has a denominator of zero. Interest, capitation and provider-level money are in none.");
    table.note("What became of denials, and whether a first answer still stands, is as known today.");
    table
}

fn share(
    name: &'static str,
    (numerator, denominator): (Money, Money),
    n: u64,
    (basis, formula): (&'static str, &'static str),
) -> Kpi {
    let value = Percent::of(numerator, denominator).map(|share| share.to_string());
    let (numerator, denominator) = (numerator.into(), denominator.into());
    Kpi { name, unit: "percent", numerator, denominator, value, n, basis, formula }
}

fn share_of(
    name: &'static str,
    (part, whole): (u64, u64),
    (basis, formula): (&'static str, &'static str),
) -> Kpi {
    let money = |count: u64| Money::from_cents(i64::try_from(count).unwrap_or(i64::MAX));
    let value = Percent::of(money(part), money(whole)).map(|share| share.to_string());
    Kpi {
        name,
        unit: "percent",
        numerator: part.into(),
        denominator: whole.into(),
        value,
        n: whole,
        basis,
        formula,
    }
}

/// Money over the charges of an average day.
fn days_of(
    name: &'static str,
    amount: Money,
    figures: &Figures,
    n: u64,
    (basis, formula): (&'static str, &'static str),
) -> Kpi {
    let value =
        tenths(i128::from(amount.cents()) * i128::from(figures.days), i128::from(figures.charges.cents()));
    let (numerator, denominator) = (amount.into(), figures.charges.into());
    Kpi { name, unit: "days", numerator, denominator, value, n, basis, formula }
}

fn mean_days(
    name: &'static str,
    (n, days): (u64, u64),
    (basis, formula): (&'static str, &'static str),
) -> Kpi {
    let value = tenths(i128::from(days), i128::from(n));
    Kpi { name, unit: "days", numerator: days.into(), denominator: n.into(), value, n, basis, formula }
}

/// A quotient with one decimal, rounded half away from zero.
fn tenths(numerator: i128, denominator: i128) -> Option<String> {
    if denominator == 0 {
        return None;
    }
    let (sign, over) = ((numerator < 0) != (denominator < 0), numerator.abs() * 10);
    let rounded = (over * 2 + denominator.abs()) / (denominator.abs() * 2);
    let minus = if sign && rounded != 0 { "-" } else { "" };
    Some(format!("{minus}{}.{}", rounded / 10, rounded % 10))
}

fn receivables(f: &Figures) -> Vec<Kpi> {
    let net = f.gross.0 - f.credit.0;
    vec![
        days_of(
            "days_in_ar_gross",
            f.gross.0,
            f,
            f.gross.1,
            ("posted", "positive claim balances at the end / (gross charges of the span / its days)"),
        ),
        days_of(
            "days_in_ar_credits_removed",
            net,
            f,
            f.gross.1 + f.credit.1,
            ("posted", "(positive balances - credit balances) / (gross charges of the span / its days)"),
        ),
        days_of(
            "days_in_credit_balance",
            f.credit.0,
            f,
            f.credit.1,
            ("posted", "credit balances at the end / (gross charges of the span / its days)"),
        ),
        share(
            "ar_over_90",
            (f.old.0, f.gross.0),
            f.gross.1,
            ("service", "positive balances aged over 90 days / positive balances"),
        ),
    ]
}

fn collection(f: &Figures) -> Vec<Kpi> {
    let kept = f.payments - f.refunds;
    let revenue = f.charges - f.contractual - f.charity;
    vec![
        share(
            "gross_collection_rate",
            (kept, f.charges),
            0,
            ("posted", "(payments - refunds) / gross charges, all of the span"),
        ),
        share(
            "net_collection_rate",
            (kept, f.charges - f.contractual),
            0,
            ("posted", "(payments - refunds) / (gross charges - contractual adjustments), all of the span"),
        ),
        share("bad_debt_rate", (f.bad_debt, f.charges), 0, ("posted", "bad debt / gross charges")),
        share(
            "final_denial_rate",
            (f.denial_write_offs, revenue),
            0,
            ("posted", "denial write-offs / (gross charges - contractual adjustments - charity)"),
        ),
    ]
}

fn denials(f: &Figures) -> Vec<Kpi> {
    let first = "first adjudication";
    vec![
        share_of(
            "initial_denial_rate_claims",
            (f.first_denied.0, f.first.0),
            (first, "first-adjudicated claims with a denial / first-adjudicated claims"),
        ),
        share(
            "initial_denial_rate_dollars",
            (f.first_denied.1, f.first.1),
            f.first.0,
            (first, "amounts denied at first adjudication / CLP03 of first adjudications"),
        ),
        share_of(
            "full_denial_rate",
            (f.first_denied_whole, f.first.0),
            (first, "claims denied whole at first / first-adjudicated claims"),
        ),
        share_of(
            "first_pass_resolution_rate",
            (f.first_resolved, f.first.0),
            (first, "claims without a denial whose first answer still stands / first-adjudicated claims"),
        ),
        share_of(
            "overturn_rate_count",
            (f.overturned.0, f.resolved.0),
            ("first denied", "denials with anything paid after all / denials of which nothing is open"),
        ),
        share(
            "overturn_rate_dollars",
            (f.overturned.1, f.resolved.1),
            f.resolved.0,
            ("first denied", "paid after all / denied, of denials of which nothing is open"),
        ),
    ]
}

fn speed(f: &Figures) -> Vec<Kpi> {
    vec![
        mean_days(
            "average_days_to_pay",
            f.paid,
            (
                "first payment",
                "days from first billing to first payment, added up / claims first paid in the span",
            ),
        ),
        mean_days(
            "charge_lag",
            f.billed,
            ("billed", "days from service to first billing, added up / claims first billed in the span"),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The worked example of `domain/kpi.md` section 8.
    #[test]
    fn the_worked_example_comes_out() {
        let money = |dollars: i64| Money::from_cents(dollars * 100);
        let figures = Figures {
            days: 90,
            gross: (money(420_000), 900),
            credit: (money(12_000), 30),
            charges: money(900_000),
            payments: money(520_000),
            refunds: money(5_000),
            contractual: money(340_000),
            denial_write_offs: money(9_600),
            first: (2_400, money(870_000)),
            first_denied: (264, money(81_000)),
            first_resolved: 2_040,
            resolved: (240, money(70_000)),
            overturned: (156, money(30_000)),
            ..Figures::default()
        };
        let day = |text| Date::parse_iso(text).expect(text);
        let table = table(day("2024-01-01"), day("2024-03-30"), &figures);
        let value = |name: &str| {
            let row = table.rows.iter().find(|row| row.cells[0] == Cell::from(name)).expect(name);
            match &row.cells[1] {
                Cell::Text(text) => text.clone(),
                other => panic!("{name}: {other:?}"),
            }
        };
        for (name, expected) in [
            ("days_in_ar_gross", "42.0"),
            ("days_in_ar_credits_removed", "40.8"),
            ("days_in_credit_balance", "1.2"),
            ("gross_collection_rate", "57.2"),
            ("net_collection_rate", "92.0"),
            ("initial_denial_rate_claims", "11.0"),
            ("initial_denial_rate_dollars", "9.3"),
            ("final_denial_rate", "1.7"),
            ("overturn_rate_count", "65.0"),
            ("first_pass_resolution_rate", "85.0"),
        ] {
            assert_eq!(value(name), expected, "{name}");
        }
        assert!(table.rows.iter().any(|row| row.cells[1] == Cell::Empty), "nobody was paid: no mean");
    }

    #[test]
    fn quotients_round_half_away_from_zero() {
        assert_eq!(tenths(125, 100).as_deref(), Some("1.3"));
        assert_eq!(tenths(-125, 100).as_deref(), Some("-1.3"));
        assert_eq!(tenths(1, 0), None);
    }
}
