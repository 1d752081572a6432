//! The key figures against the worked example of `docs/rules/kpi.md` section 8.

use super::*;

fn dollars(amount: i64) -> Money {
    Money::from_cents(amount * 100)
}

/// The worked example of `docs/rules/kpi.md` section 8.
fn example() -> Figures {
    Figures {
        books: Books {
            receivables: dollars(420_000),
            owing: 900,
            credits: dollars(12_000),
            in_credit: 40,
            recent_charges: dollars(900_000),
            charges: dollars(900_000),
            charged: 2_500,
            collected: dollars(520_000 - 5_000),
            contractual: dollars(340_000),
            denial_write_offs: dollars(9_600),
            ..Books::default()
        },
        submitted: Submitted { claims: 2_500, acknowledged: Some((2_440, 60)), ..Submitted::default() },
        first_pass: FirstPass {
            claims: 2_400,
            charges: dollars(870_000),
            denied: 264,
            denied_amount: dollars(81_000),
            ended: 2_040,
            ..FirstPass::default()
        },
        denials: Denials { resolved: 240, overturned: 156, ..Denials::default() },
        ..Figures::default()
    }
}

fn asked(figures: &Figures) -> Table {
    let day = |text| Date::parse_iso(text).expect("a day");
    table(Question { from: day("2026-01-01"), to: day("2026-03-31") }, figures)
}

fn row<'t>(table: &'t Table, kpi: &str) -> &'t [Cell] {
    let found = table.rows.iter().find(|row| row.cells[0] == kpi.into());
    &found.unwrap_or_else(|| panic!("{kpi} is missing")).cells
}

fn value(table: &Table, kpi: &str) -> String {
    match &row(table, kpi)[1] {
        Cell::Percent(share) => format!("{share}%"),
        Cell::Tenths(days) => days.to_string(),
        Cell::Money(amount) => amount.to_string(),
        Cell::Empty => "-".to_owned(),
        other => panic!("{kpi}: {other:?}"),
    }
}

#[test]
fn the_worked_example_comes_out() {
    let table = asked(&example());
    for (kpi, wanted) in [
        ("days_in_ar_gross", "42.0"),
        ("days_in_ar_credits_removed", "40.8"),
        ("days_in_credit_balance", "1.2"),
        ("gross_collection_rate", "57.2%"),
        ("net_collection_rate", "92.0%"),
        ("initial_denial_rate_claims", "11.0%"),
        ("initial_denial_rate_dollars", "9.3%"),
        ("final_denial_rate", "1.7%"),
        ("overturn_rate_count", "65.0%"),
        ("first_pass_resolution_rate", "85.0%"),
        ("first_pass_acceptance_rate", "97.6%"),
        ("rejection_rate", "2.4%"),
    ] {
        assert_eq!(value(&table, kpi), wanted, "{kpi}");
    }
    let acceptance = row(&table, "first_pass_acceptance_rate");
    assert_eq!(acceptance[3..6], [Cell::Count(2_440), Cell::Count(2_500), Cell::Count(2_500)]);
}

#[test]
fn nothing_to_divide_by_is_no_zero() {
    let table = asked(&Figures::default());
    assert!(
        table
            .rows
            .iter()
            .all(|row| row.cells[0] == "patient_liable_non_covered".into() || row.cells[1] == Cell::Empty)
    );
    let known = |kpi: &str| table.rows.iter().any(|row| row.cells[0] == kpi.into());
    assert!(!known("first_pass_acceptance_rate"), "nobody acknowledged anything");
    assert!(!known("initial_denial_rate_submitted_claims"), "the period is no month");
}

#[test]
fn averages_and_submission_bases() {
    let figures = Figures {
        first_payments: FirstPayments {
            claims: 2,
            days: 20 + 50,
            paid: dollars(400),
            cent_days: 20 * 30_000 + 50 * 10_000,
        },
        before: Some(Before { claims: 700, charges: dollars(90_000) }),
        first_pass: FirstPass {
            claims: 240,
            denied: 21,
            denied_charges: dollars(3_300),
            ..FirstPass::default()
        },
        ..Figures::default()
    };
    let table = asked(&figures);
    assert_eq!(value(&table, "average_days_to_pay"), "35.0");
    assert_eq!(value(&table, "average_days_to_pay_by_dollars"), "27.5");
    assert_eq!(value(&table, "initial_denial_rate_submitted_claims"), "9.0%");
    assert_eq!(value(&table, "initial_denial_rate_submitted_dollars"), "11.0%");
}
