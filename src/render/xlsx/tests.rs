//! Workbooks, read back by another program's reader.

use std::io::Cursor;

use calamine::{Data, DataType, Reader, Xlsx, open_workbook_from_rs};

use super::*;
use crate::domain::{Money, Percent};
use crate::report::{Cell, Column};

fn money(cents: i64) -> Cell {
    Cell::Money(Money::from_cents(cents))
}

fn day(text: &str) -> Date {
    Date::parse_iso(text).expect(text)
}

fn sample() -> Table {
    let columns = vec![
        Column::text("payer", "Payer"),
        Column::count("claims", "Claims"),
        Column::id("remit_id", "Remit"),
        Column::money("credit", "Credit"),
        Column::percent("share", "Share"),
        Column::date("last", "Last paid"),
        Column::flag("open", "Open"),
    ];
    let mut table = Table::new("sample", "Aging: by [payer]", columns).as_of(day("2024-03-31"));
    let share = Percent::of(Money::from_cents(1), Money::from_cents(8));
    let first: [Cell; 7] = [
        "=HYPERLINK(\"x\")\u{1b}[31m".into(),
        12_345u64.into(),
        7u64.into(),
        money(-1_234_567),
        share.into(),
        day("2024-02-29").into(),
        true.into(),
    ];
    table.push(first.to_vec());
    let second: [Cell; 7] = [
        "_x0041_ & <b>".into(),
        2u64.into(),
        u64::MAX.into(),
        money(10),
        Cell::Empty,
        day("1899-12-31").into(),
        false.into(),
    ];
    table.push(second.to_vec());
    table.sum_up();
    table.note("@what a reader must know");
    table
}

fn written(tables: &[Table], about: &About) -> Vec<u8> {
    let sheets: Vec<Sheet<'_>> = tables.iter().map(|table| Sheet { name: &table.title, table }).collect();
    let mut out = Vec::new();
    write(&sheets, about, &mut out).expect("memory");
    out
}

fn opened(bytes: Vec<u8>) -> Xlsx<Cursor<Vec<u8>>> {
    open_workbook_from_rs(Cursor::new(bytes)).expect("a workbook")
}

#[test]
fn cells_are_what_they_are() {
    let mut book = opened(written(&[sample()], &About::default()));
    assert_eq!(book.sheet_names(), ["Aging by payer", "About"]);
    let sheet = book.worksheet_range("Aging by payer").expect("a sheet");
    let at = |row, column| sheet.get_value((row, column)).cloned().unwrap_or(Data::Empty);
    assert_eq!(at(0, 3), Data::String("Credit".to_owned()));
    assert_eq!(at(1, 0), Data::String("=HYPERLINK(\"x\")\u{fffd}[31m".to_owned()));
    assert_eq!(at(2, 0), Data::String("_x0041_ & <b>".to_owned()));
    assert_eq!((at(1, 1).as_i64(), at(1, 2).as_i64()), (Some(12_345), Some(7)));
    assert_eq!(at(2, 2), Data::String(u64::MAX.to_string()), "what a number cannot hold is text");
    assert_eq!(format!("{:.2}", at(1, 3).get_float().expect("a number")), "-12345.67");
    assert_eq!(at(1, 4).get_float().map(|share| share.to_string()).as_deref(), Some("0.125"));
    assert_eq!(at(2, 4), Data::Empty);
    let last = at(1, 5).get_datetime().map(|when| when.as_f64().to_string());
    assert_eq!(last.as_deref(), Some("45351"), "a real day");
    assert_eq!(at(2, 5), Data::String("1899-12-31".to_owned()));
    assert_eq!((at(1, 6), at(2, 6)), (Data::Bool(true), Data::Bool(false)));
}

#[test]
fn totals_are_formulas_with_the_tables_values() {
    let mut book = opened(written(&[sample()], &About::default()));
    let formulas = book.worksheet_formula("Aging by payer").expect("a sheet");
    assert_eq!(formulas.get_value((3, 3)).map(String::as_str), Some("SUBTOTAL(9,D2:D3)"));
    assert!(formulas.get_value((3, 2)).is_none_or(String::is_empty), "numbers of things are not added up");
    let sheet = book.worksheet_range("Aging by payer").expect("a sheet");
    assert_eq!(sheet.get_value((3, 0)), Some(&Data::String("Total".to_owned())));
    let credit = sheet.get_value((3, 3)).and_then(Data::get_float).expect("a number");
    assert_eq!(format!("{credit:.2}"), "-12345.57");
}

#[test]
fn a_total_that_is_no_sum_is_a_value() {
    let mut table = sample();
    let totals = table.totals.as_mut().expect("totals");
    totals[1] = Cell::Count(9);
    let mut book = opened(written(&[table], &About::default()));
    let formulas = book.worksheet_formula("Aging by payer").expect("a sheet");
    assert!(formulas.get_value((3, 1)).is_none_or(String::is_empty));
    let sheet = book.worksheet_range("Aging by payer").expect("a sheet");
    assert_eq!(sheet.get_value((3, 1)).and_then(DataType::as_i64), Some(9));
}

#[test]
fn subtotals_are_not_counted_twice() {
    let mut table = sample();
    let sums = table.totals.clone().expect("totals");
    table.push_subtotal(sums);
    let third = table.rows[1].cells.clone();
    table.push(third);
    table.sum_up();
    let mut book = opened(written(&[table], &About::default()));
    let formulas = book.worksheet_formula("Aging by payer").expect("a sheet");
    let of = |row| formulas.get_value((row, 3)).map(String::as_str);
    assert_eq!((of(3), of(5)), (Some("SUBTOTAL(9,D2:D3)"), Some("SUBTOTAL(9,D2:D5)")));
    let sheet = book.worksheet_range("Aging by payer").expect("a sheet");
    let credit = sheet.get_value((5, 3)).and_then(Data::get_float).expect("a number");
    assert_eq!(format!("{credit:.2}"), "-12345.47");
}

#[test]
fn the_last_sheet_says_what_the_others_are() {
    let about = About {
        practice: Some("Alder Family Practice".to_owned()),
        as_of: Some(day("2024-03-31")),
        lines: vec![("Period".to_owned(), "2024-03, closed".to_owned())],
    };
    let mut book = opened(written(&[sample()], &about));
    let sheet = book.worksheet_range("About").expect("a sheet");
    let lines: Vec<String> =
        sheet.rows().map(|row| row.iter().map(ToString::to_string).collect::<Vec<_>>().join("|")).collect();
    for line in [
        concat!("Written by|arrears ", env!("CARGO_PKG_VERSION")),
        "Practice|Alder Family Practice",
        "Period|2024-03, closed",
        "Sheet: Aging by payer|",
        "Report|sample",
        "Note|@what a reader must know",
        "Column: Credit|credit (money)",
    ] {
        assert!(lines.iter().any(|l| l == line), "{line} is not in {lines:#?}");
    }
}

#[test]
fn the_same_tables_are_the_same_bytes() {
    let about = About { as_of: Some(day("2024-03-31")), ..About::default() };
    let tables = [sample(), sample()];
    assert_eq!(written(&tables, &about), written(&tables, &about));
    // Without a day too: the clock is never asked.
    let mut undated = sample();
    undated.as_of = None;
    let once = written(std::slice::from_ref(&undated), &About::default());
    std::thread::sleep(std::time::Duration::from_millis(1100));
    assert_eq!(once, written(&[undated], &About::default()));
}

#[test]
fn names_of_sheets_are_what_excel_takes() {
    let long = "Provider-level items of Blue Cross, by age and by code";
    assert_eq!(
        names(["A/R: by [payer]?", "a r by payer", "'", "", "About", long, long].into_iter()),
        [
            "A R by payer",
            "a r by payer (2)",
            "Table",
            "Table (2)",
            "About (2)",
            "Provider-level items of Blue Cr",
            "Provider-level items of Blu (2)",
        ]
    );
    assert_eq!(cut("ab𝒳d", 3), "ab", "a sign of two units is not halved");
}

#[test]
fn a_table_without_rows_and_one_without_columns_are_written() {
    let empty = Table::new("nothing", "Nothing", vec![Column::money("amount", "Amount")]);
    let none = Table::new("none", "None", Vec::new());
    let mut book = opened(written(&[empty, none], &About::default()));
    let sheet = book.worksheet_range("Nothing").expect("a sheet");
    assert_eq!(sheet.rows().count(), 1);
}

#[test]
fn more_rows_than_a_sheet_holds_do_not_fit() {
    let mut table = Table::new("long", "Long", Vec::new());
    let row = crate::report::Row { kind: crate::report::RowKind::Item, cells: Vec::new() };
    table.rows = vec![row; MOST_ROWS - 2];
    assert!(fits(&table));
    table.push(Vec::new());
    assert!(!fits(&table));
}
