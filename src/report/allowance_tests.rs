//! Rates, estimates, their test and whether they may be booked.

use super::*;

fn cents(amount: i64) -> Money {
    Money::from_cents(amount)
}

fn ended(contractual: i64, conceded: i64, cash: i64) -> Ended {
    Ended { contractual: cents(contractual), conceded: cents(conceded), cash: cents(cash) }
}

fn place(payer: &str, class: &str, bucket: usize) -> Place {
    Place { payer: payer.to_owned(), payer_id: None, class: class.to_owned(), bucket }
}

fn day(text: &str) -> Date {
    Date::parse_iso(text).expect(text)
}

fn allowance() -> Allowance {
    Allowance::new(Days::of(day("2026-09-30"), 6), Buckets::default())
}

fn cell(table: &Table, payer: &str, key: &str) -> Cell {
    let row = table.rows.iter().find(|row| row.cells[0] == Cell::from(payer)).expect("a row");
    let at = table.columns.iter().position(|column| column.key == key).expect(key);
    row.cells[at].clone()
}

/// The row of a payer: contractual, concession, not collected, cash, n, whose.
fn row(table: &Table, payer: &str) -> [Cell; 6] {
    ["contractual", "concession", "uncollected", "expected_cash", "n", "from"]
        .map(|key| cell(table, payer, key))
}

#[test]
fn shares_of_what_stood_are_applied_to_today() {
    let mut allowance = allowance();
    for _ in 0..ENOUGH {
        // Of 4.00 a fourth still stands, and was not collected.
        allowance.stood(place("A", "commercial", 0), Sum::of(cents(400), ended(100, 50, 150)));
    }
    allowance.stands(place("A", "commercial", 0), 1, cents(1_000));
    // Too few of its own: the class speaks.
    allowance.stood(place("B", "commercial", 0), Sum::of(cents(400), Ended::default()));
    allowance.stands(place("B", "commercial", 0), 1, cents(12_400));
    // Neither its own nor its class's: the book.
    allowance.stands(place("C", "medicaid", 0), 1, cents(12_400));
    // What patients owe is not judged by what insurance paid.
    allowance.stands(place("patients", PATIENT, 0), 1, cents(40));
    // Of an age of which one was seen, and never moved.
    allowance.stood(place("D", "medicaid", 3), Sum::of(cents(700), Ended::default()));
    allowance.stands(place("D", "medicaid", 3), 1, cents(500));
    let table = allowance.finish();
    let cells = |a, b, open, cash, n: u64, from: &str| {
        [cents(a).into(), cents(b).into(), cents(open).into(), cents(cash).into(), n.into(), from.into()]
    };
    assert_eq!(row(&table, "A"), cells(250, 125, 250, 375, 30, "payer"));
    // 30 * 100, 30 * 50, and 30 * 100 + 400, of 31 * 400.
    assert_eq!(row(&table, "B"), cells(3_000, 1_500, 3_400, 4_500, 31, "class"));
    assert_eq!(row(&table, "C"), cells(3_000, 1_500, 3_400, 4_500, 31, "book"));
    assert_eq!(row(&table, "D"), cells(0, 0, 500, 0, 1, "book"));
    // Nobody knows what will come of these.
    let [unknown @ .., n, from] = row(&table, "patients");
    assert_eq!(
        (unknown, n, from),
        ([Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty], 0u64.into(), "nothing".into())
    );
    assert!(
        table.notes.iter().any(|note| note.contains("speak for 0.40 of the balance")),
        "{:?}",
        table.notes
    );
}

/// An estimate of the look-back day that promised a half in cash, and what came of 100.00.
fn tested(cash: i64) -> Table {
    let mut allowance = allowance();
    for _ in 0..ENOUGH {
        allowance.seen_before.add(&place("A", "x", 1), Sum::of(cents(100), ended(40, 0, 50)));
        allowance.stood(place("A", "x", 1), Sum::of(cents(100), ended(20, 5, cash)));
    }
    allowance.stands(place("A", "x", 1), 1, cents(1_000));
    allowance.finish()
}

#[test]
fn the_estimate_of_the_look_back_day_is_tested_and_can_fail() {
    let table = tested(55);
    // Of 30.00, 15.00 were to come, and 16.50 did.
    let told = ["last_balance", "last_allowance", "cash_estimated", "cash_since", "lost_since", "off_by"];
    assert_eq!(
        told.map(|key| cell(&table, "A", key)),
        [3_000, 1_500, 1_500, 1_650, 1_350, 150].map(|amount| cents(amount).into())
    );
    let bookable =
        |table: &Table| table.parameters.iter().find(|(name, _)| *name == "bookable").map(|p| p.1.clone());
    assert_eq!(bookable(&table).as_deref(), Some("yes"), "{:?}", table.notes);
    for failed in [56, 44, 0] {
        let table = tested(failed);
        assert_eq!(bookable(&table).as_deref(), Some("no"));
        assert!(
            table.notes[0].starts_with("It should not be booked: the estimate of 2026-03-31 was off by"),
            "{:?}",
            table.notes
        );
    }
}

#[test]
fn what_cannot_be_tested_or_has_too_little_behind_it_is_not_booked() {
    let mut allowance = allowance();
    allowance.stood(place("A", "x", 1), Sum::of(cents(100), ended(20, 5, 75)));
    allowance.stands(place("A", "x", 1), 1, cents(1_000));
    let table = allowance.finish();
    let said = &table.notes[0];
    assert!(said.contains("fewer than 30 balances speak for 10.00 of 10.00"), "{said}");
    assert!(said.contains("no estimate of 2026-03-31 can be tested"), "{said}");
}

#[test]
fn months_end_on_their_last_days() {
    let days = Days::of(day("2026-08-31"), 6);
    assert_eq!((days.then, days.before), (day("2026-02-28"), day("2025-08-31")));
    let days = Days::of(day("2026-09-15"), 6);
    assert_eq!((days.then, days.before), (day("2026-03-15"), day("2025-09-15")));
}

#[test]
fn what_ends_is_told_of_who_owed_it() {
    // The payer's 70 end under its own name; of the patient's 30, 10 do, and 20 moved on to the payer and were given up.
    let stood = [("payer", cents(70)), ("patient", cents(30))];
    let found = outcomes(&stood, &[("patient", ended(0, 0, 10)), ("payer", ended(50, 20, 20))]);
    assert_eq!(found, [ended(50, 20, 0), ended(0, 0, 30)]);
    assert_eq!(
        outcomes(&stood[..1], &[("payer", ended(80, 50, -5))]),
        [ended(70, 0, 0)],
        "no more than stood"
    );
    assert_eq!(outcomes(&stood[..1], &[("payer", ended(-5, 0, 0))]), [Ended::default()]);
}

#[test]
fn a_part_in_credit_lowers_the_largest() {
    let parts = [(1, cents(50)), (2, cents(80)), (3, cents(-90)), (1, cents(10))];
    assert_eq!(owed(&parts), [(1, cents(50))]);
    assert_eq!(owed(&[(1, cents(50)), (2, cents(-50))]), []);
    assert_eq!(share(cents(5), cents(1), cents(2)), cents(3), "half away from zero");
    assert_eq!(share(cents(5), cents(1), cents(0)), Money::ZERO);
}
