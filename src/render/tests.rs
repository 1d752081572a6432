//! One table with everything awkward in it, in every format.

use super::*;
use crate::domain::{Date, Money, Percent};
use crate::report::{Cell, Column};

fn money(cents: i64) -> Cell {
    Cell::Money(Money::from_cents(cents))
}

fn sample() -> Table {
    let columns = vec![
        Column::text("payer", "Payer").flexible(),
        Column::text("payer_id", "Identifier").machine_only(),
        Column::count("claims", "Claims"),
        Column::money("credit", "Credit"),
        Column::money("written_off", "Written off"),
        Column::percent("share", "Share"),
        Column::date("last", "Last paid"),
        Column::flag("open", "Open"),
    ];
    let mut table = Table::new("sample", "Sample <by> payer", columns)
        .as_of(Date::parse_iso("2024-03-31").expect("a day"))
        .basis("service")
        .parameter("by", "payer");
    let share = Percent::of(Money::from_cents(1), Money::from_cents(8));
    let last = Date::parse_iso("2024-03-01");
    let name = "Blue Cross & \"Blue\" Shield of <South> Carolina | West";
    table.push(vec![
        name.into(),
        "00570".into(),
        1234u64.into(),
        money(-1200),
        money(123_450),
        share.into(),
        last.into(),
        true.into(),
    ]);
    let hostile = "=1+1\u{1b}[31m";
    table.push(vec![
        hostile.into(),
        Cell::Empty,
        2u64.into(),
        money(0),
        money(5),
        Cell::Empty,
        Cell::Empty,
        false.into(),
    ]);
    table.push_subtotal(vec![
        "Both".into(),
        Cell::Empty,
        1236u64.into(),
        money(-1200),
        money(123_455),
        Cell::Empty,
        Cell::Empty,
        Cell::Empty,
    ]);
    table.sum_up();
    table.note("A note that says what a reader must know to trust the figures above.");
    table
}

fn rendered(table: &Table, format: Format, style: Style) -> String {
    let mut out = Vec::new();
    render(table, format, style, &mut out).expect("memory");
    String::from_utf8(out).expect("UTF-8")
}

#[test]
fn text_for_a_pipe_is_whole() {
    let text = rendered(&sample(), Format::Table, Style::PLAIN);
    let expected = "\
Sample <by> payer · as of 2024-03-31 · basis: service

Payer                                                  Claims   Credit  Written off  Share  Last paid   Open
────────────────────────────────────────────────────────────────────────────────────────────────────────────
Blue Cross & \"Blue\" Shield of <South> Carolina | West   1,234  (12.00)     1,234.50  12.5%  2024-03-01  yes
=1+1\u{fffd}[31m                                                   2    0.00          0.05                     no
Both                                                    1,236  (12.00)     1,234.55
────────────────────────────────────────────────────────────────────────────────────────────────────────────
Total                                                   1,236  (12.00)     1,234.55

Note: A note that says what a reader must know to trust the figures above.
";
    assert_eq!(text, expected);
}

#[test]
fn text_fits_by_cutting_names_only() {
    for width in [60, 70, 80, 90] {
        let style = Style { width: Some(width), colour: false };
        let text = rendered(&sample(), Format::Table, style);
        for line in text.lines() {
            assert!(line.chars().count() <= width, "{width}: {line}");
        }
        for whole in ["(12.00)", "1,234.50", "2024-03-01", "12.5%", "1,236"] {
            assert!(text.contains(whole), "{width}: {whole}\n{text}");
        }
        assert!(text.contains('…'), "{width}\n{text}");
    }
}

#[test]
fn names_without_room_stand_above_their_figures() {
    let narrow = |colour| rendered(&sample(), Format::Table, Style { width: Some(55), colour });
    let lines = "\
Payer
                    Written
  Claims   Credit       off  Share  Last paid   Open";
    assert!(narrow(false).contains(lines), "{}", narrow(false));
    assert!(narrow(true).contains("\u{1b}[1mTotal\u{1b}[22m\n"), "{}", narrow(true));
    let whole = "\nBlue Cross & \"Blue\" Shield of <South> Carolina | West\n   1,234  (12.00)";
    assert!(narrow(false).contains(whole), "{}", narrow(false));
}

#[test]
fn sentences_go_on_in_the_next_line() {
    let columns = vec![Column::text("why", "Why").wrapping(), Column::money("amount", "Amount")];
    let mut table = Table::new("sample", "Sample", columns);
    table.push(vec!["ask the payer for a corrected remittance".into(), money(100)]);
    let text = rendered(&table, Format::Table, Style { width: Some(34), colour: false });
    assert!(text.contains("ask the payer for a     1.00\ncorrected remittance\n"), "{text}");
}

#[test]
fn several_tables_are_one_answer() {
    let all = |format| {
        let mut out = Vec::new();
        render_all(&[sample(), sample()], format, Style::PLAIN, &mut out).expect("memory");
        String::from_utf8(out).expect("UTF-8")
    };
    assert_eq!(all(Format::Table).matches("figures above.\n\nSample <by> payer").count(), 1);
    assert_eq!(all(Format::Html).matches("<!DOCTYPE html>").count(), 1);
    assert_eq!(all(Format::Html).matches("<table>").count(), 2);
    let read: serde_json::Value = serde_json::from_str(&all(Format::Json)).expect("JSON");
    assert_eq!(read.as_array().map(Vec::len), Some(2));
}

#[test]
fn colour_marks_headings_and_sums() {
    let text = rendered(&sample(), Format::Table, Style { width: None, colour: true });
    let bold = text.lines().filter(|line| line.contains("\u{1b}[1m")).count();
    assert_eq!(bold, 4, "title, headings, subtotal, totals\n{text}");
    assert!(!text.contains("\u{1b}[31m"));
}

#[test]
fn no_rows_are_said_in_a_line() {
    let table = Table::new("aging", "Aging", vec![Column::text("payer", "Payer")]).empty("No open balances.");
    assert_eq!(rendered(&table, Format::Table, Style::PLAIN), "Aging\n\nNo open balances.\n");
    assert_eq!(rendered(&table, Format::Csv, Style::PLAIN), "payer\n");
    let json = rendered(&table, Format::Json, Style::PLAIN);
    let read: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(read["rows"], serde_json::json!([]));
    assert_eq!(read["totals"], serde_json::json!({}));
    assert_eq!(read["as_of"], serde_json::Value::Null);
}

#[test]
fn csv_is_data_and_cannot_run() {
    let csv = rendered(&sample(), Format::Csv, Style::PLAIN);
    let expected = "\
payer,payer_id,claims,credit,written_off,share,last,open
\"Blue Cross & \"\"Blue\"\" Shield of <South> Carolina | West\",00570,1234,-12.00,1234.50,12.5,2024-03-01,true
'=1+1\u{fffd}[31m,,2,0.00,0.05,,,false
";
    assert_eq!(csv, expected);
}

#[test]
fn csv_guards_every_way_to_start_a_formula() {
    for (text, field) in [
        ("=A1", "'=A1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "\"'\r=1\""),
        ("CO-16", "CO-16"),
        ("", "\"\""),
    ] {
        let mut table = Table::new("t", "T", vec![Column::text("a", "A")]);
        table.push(vec![text.into()]);
        assert_eq!(rendered(&table, Format::Csv, Style::PLAIN), format!("a\n{field}\n"), "{text:?}");
    }
}

#[test]
fn json_keeps_the_order_and_the_cents() {
    let json = rendered(&sample(), Format::Json, Style::PLAIN);
    let row = "{\"payer\":\"=1+1\\u001b[31m\",\"payer_id\":null,\"claims\":2,\"credit\":\"0.00\",\
               \"written_off\":\"0.05\",\"share\":null,\"last\":null,\"open\":false}";
    assert!(json.contains(row), "{json}");
    let head = "{\"report\":\"sample\",\"as_of\":\"2024-03-31\",\"basis\":\"service\",\
                \"parameters\":{\"by\":\"payer\"},";
    assert!(json.starts_with(head), "{json}");
    let read: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(read["rows"].as_array().map(Vec::len), Some(2), "subtotals are for people");
    assert_eq!(read["rows"][0]["share"], "12.5");
    assert_eq!(read["columns"][3], serde_json::json!({"name": "credit", "type": "money"}));
    assert_eq!(read["totals"]["written_off"], "1234.55");
    assert_eq!(read["totals"]["claims"], 1236);
}

#[test]
fn markdown_and_html_escape_markup() {
    let md = rendered(&sample(), Format::Md, Style::PLAIN);
    assert!(
        md.contains("| Blue Cross &amp; \"Blue\" Shield of &lt;South&gt; Carolina \\| West | 1,234 |"),
        "{md}"
    );
    assert!(md.contains("| --- | ---: | ---: | ---: | ---: | --- | --- |"), "{md}");
    assert!(md.contains("| **Total** | **1,236** |"), "{md}");

    let html = rendered(&sample(), Format::Html, Style::PLAIN);
    assert!(html.contains("Blue Cross &amp; &quot;Blue&quot; Shield of &lt;South&gt; Carolina"), "{html}");
    assert!(html.contains("<td class=\"n\">(12.00)</td>"), "{html}");
    assert!(!html.contains('\u{1b}'));
}
