//! Agings small enough to add up by eye.

use super::*;
use crate::report::table::Row;

fn day(text: &str) -> Date {
    Date::parse_iso(text).expect(text)
}

fn question(by: By) -> Question {
    Question {
        by,
        responsibility: Responsibility::All,
        basis: Basis::Service,
        buckets: Buckets::default(),
        as_of: day("2024-03-31"),
    }
}

fn item<'a>(claim: u64, key: &'a str, id: &'a str, cents: i64, date: &str) -> AgingItem<'a> {
    AgingItem {
        claim: ClaimId(claim),
        key: key.into(),
        key_id: (!id.is_empty()).then(|| id.into()),
        balance: Money::from_cents(cents),
        basis_date: Date::parse_iso(date),
    }
}

/// A row as a person would write it: label, identifier, counts and cents.
fn line(cells: &[Cell]) -> String {
    let word = |cell: &Cell| match cell {
        Cell::Empty => "-".to_owned(),
        Cell::Text(text) => text.clone(),
        Cell::Count(n) => n.to_string(),
        Cell::Money(amount) => amount.cents().to_string(),
        other => format!("{other:?}"),
    };
    cells.iter().map(word).collect::<Vec<_>>().join(" ")
}

fn lines(table: &Table) -> Vec<String> {
    let rows = table.rows.iter().map(|row: &Row| line(&row.cells));
    rows.chain(table.totals.iter().map(|cells| line(cells))).collect()
}

#[test]
fn ages_run_from_the_basis_date() {
    let items = [
        item(1, "Aetna", "60054", 100, "2024-03-31"),
        item(2, "Aetna", "60054", 200, "2024-03-01"),
        item(3, "Aetna", "60054", 400, "2024-02-29"),
        item(4, "Medicare", "00882", 5000, "2023-01-01"),
        item(5, "Medicare", "00882", -700, "2023-01-01"),
        item(6, "Medicare", "00882", 0, "2023-01-01"),
        item(7, "Aetna", "99999", 800, "2024-01-01"),
    ];
    let table = table(question(By::Payer), items);
    assert_eq!(
        lines(&table),
        [
            "Medicare 00882 2 0 0 0 0 5000 -700 4300",
            "Aetna 99999 1 0 0 800 0 0 0 800",
            "Aetna 60054 3 300 400 0 0 0 0 700",
            "- - 6 300 400 800 0 5000 -700 5800",
        ]
    );
    assert!(table.notes.is_empty());
}

#[test]
fn the_columns_are_the_contracts() {
    let keys = |by| -> Vec<String> {
        table(question(by), []).columns.into_iter().map(|column| column.key.into_owned()).collect()
    };
    let money = ["d0_30", "d31_60", "d61_90", "d91_120", "d121_plus", "credit", "total"];
    assert_eq!(keys(By::Payer), [&["payer", "payer_id", "claims"][..], &money].concat());
    assert_eq!(keys(By::Patient), [&["patient", "claims"][..], &money].concat());
}

#[test]
fn dates_ahead_and_no_dates_are_new() {
    let items = [item(1, "Doe", "", 100, "2025-01-01"), item(2, "Doe", "", 200, "")];
    let table = table(question(By::Patient), items);
    assert_eq!(lines(&table)[0], "Doe 2 300 0 0 0 0 0 300");
    assert_eq!(table.notes, ["1 balance has no date to age from and counts as new."]);
}

#[test]
fn equal_totals_stand_in_the_order_of_their_names() {
    let items = [item(1, "b", "", 100, ""), item(2, "a", "", 100, ""), item(3, "c", "", 101, "")];
    let labels: Vec<String> =
        lines(&table(question(By::Patient), items)).iter().map(|l| l[..1].to_owned()).collect();
    assert_eq!(labels, ["c", "a", "b", "-"]);
}

#[test]
fn a_claim_in_two_groups_is_one_claim() {
    let items =
        [item(1, "insurance", "", 100, ""), item(1, "patient", "", 50, ""), item(2, "patient", "", 50, "")];
    let table = table(question(By::Responsibility), items);
    assert_eq!(lines(&table)[2], "- 2 200 0 0 0 0 0 200");
}

#[test]
fn claims_of_one_control_number_stay_apart() {
    let items = [item(7, "A1", "", 100, ""), item(8, "A1", "", 90, "")];
    let rows = lines(&table(question(By::Claim), items));
    assert_eq!(rows[..2], ["A1 7 1 100 0 0 0 0 0 100", "A1 8 1 90 0 0 0 0 0 90"]);
}

#[test]
fn other_buckets_have_other_columns() {
    let mut question = question(By::Patient);
    question.buckets = Buckets::parse("10").expect("one edge");
    let table = table(question, [item(1, "Doe", "", 100, "2024-03-20")]);
    assert_eq!(lines(&table)[0], "Doe 1 0 100 0 100");
    assert_eq!(table.columns[3].key, "d11_plus");
}

#[test]
fn words_are_read_and_written() {
    for by in By::ALL {
        assert_eq!(by.as_str().parse(), Ok(*by));
    }
    assert_eq!("week".parse::<Basis>(), Err("`week` is none of service, billed, responsibility".to_owned()));
}
