//! Lists of remittances and of what waits say how it is today, or how it was on the day that was asked for; what is not in
//! the books is in no total.

use serde_json::Value;

use crate::office::{Billed, Office, claims, remittance};

const LINES: &[(&str, &str)] = &[("99214", "190")];

fn bill(number: &str) -> Billed<'_> {
    Billed { number, charge: "190", lines: LINES, secondary: false, frequency: '1', service: "20260302" }
}

/// A remittance of the 12th of March over two claims, one of which is billed only later, and one of the 20th.
fn practice() -> Office {
    let office = Office::new();
    office.import(&[&office.write("1.837", claims(61, "20260304", &[bill("ST1"), bill("ST3")]))]);
    let answer = |number: &str, paid: &str| {
        format!(
            "CLP*{number}*1*190*{paid}**12*I{number}*11~CAS*CO*45*{}~",
            190 - paid.parse::<i32>().expect("whole")
        )
    };
    let both = answer("ST1", "110") + &answer("ST2", "95");
    let text = remittance(62, "PAYER ONE", "BPR*I*205*C*ACH", "20260312", "E1", &both);
    office.import(&[&office.write("1.835", text)]);
    let text = remittance(63, "PAYER ONE", "BPR*I*40*C*ACH", "20260320", "E2", &answer("QX", "40"));
    office.import(&[&office.write("2.835", text)]);
    office
}

/// Trace, matched, left over and status of each row, and the totals of paid, claims, matched and left over.
fn remits(office: &Office, args: &[&str]) -> (Vec<String>, String) {
    let listed = office.json(&[&["remit", "list", "--sort", "remit_id"], args].concat());
    let row =
        |row: &Value| format!("{} {} {} {}", row["trace"], row["matched"], row["unapplied"], row["status"]);
    let rows = listed["rows"].as_array().expect("rows").iter().map(row);
    let totals = &listed["totals"];
    let totals =
        format!("{} {} {} {}", totals["paid"], totals["claims"], totals["matched"], totals["unapplied"]);
    (rows.map(|row| row.replace('"', "")).collect(), totals.replace('"', ""))
}

#[test]
fn what_found_its_claim_since_is_matched() {
    let office = practice();
    let (rows, totals) = remits(&office, &[]);
    assert_eq!(rows, ["E1 1 1 posted", "E2 0 1 posted"]);
    assert_eq!(totals, "245.00 3 1 2");
    office.import(&[&office.write("2.837", claims(64, "20260304", &[bill("ST2")]))]);
    let (rows, totals) = remits(&office, &[]);
    assert_eq!(rows, ["E1 2 0 posted", "E2 0 1 posted"]);
    assert_eq!(totals, "245.00 3 2 1");
    office.done(&["unapplied", "release", "3", "--why", "sent back"]);
    let (rows, totals) = remits(&office, &[]);
    assert_eq!(rows, ["E1 2 0 posted", "E2 0 0 posted"]);
    assert_eq!(totals, "245.00 3 2 0");
    office.check();
}

#[test]
fn what_is_not_in_the_books_is_in_no_total() {
    let office = practice();
    office.done(&["remit", "reverse", "2", "--reason", "another office's"]);
    let (rows, totals) = remits(&office, &[]);
    assert_eq!(rows, ["E1 1 1 posted", "E2 0 0 reversed"]);
    assert_eq!(totals, "205.00 2 1 1");
    assert!(office.done(&["remit", "list"]).contains("The totals count what is in the books"));
    // Of those that are not in the books alone, they are the totals.
    assert_eq!(remits(&office, &["--status", "reversed"]).1, "40.00 1 0 0");
    let other = remittance(
        65,
        "PAYER ONE",
        "BPR*I*205*C*ACH",
        "20260312",
        "E1",
        "CLP*ST1*1*190*205**12*I9*11~CAS*CO*45*-15~",
    );
    office.import(&[&office.write("other.835", other)]);
    assert_eq!(remits(&office, &["--held"]).1, "205.00 1 0 0");
    assert_eq!(remits(&office, &[]).1, "205.00 2 1 1");
}

#[test]
fn a_past_day_is_shown_as_it_was() {
    let office = practice();
    office.done(&["unapplied", "release", "3", "--why", "sent back", "--on", "2026-04-02"]);
    // What finds its claim by now counts on the day of the remittance, unless its month is closed: then it waited.
    let closed = ["period", "close", "2026-03", "--accept", "unapplied-items", "--reason", "nobody knew"];
    office.done(&closed);
    office.done(&["unapplied", "match", "2", "ST3", "--against-evidence", "--reason", "theirs"]);
    office.done(&["remit", "reverse", "2", "--reason", "another office's"]);
    let waits = |args: &[&str]| {
        let listed = office.json(&[&["unapplied", "list"], args].concat());
        let items = listed["rows"].as_array().expect("rows").iter().map(|row| row["item_id"].to_string());
        (items.collect::<Vec<_>>().join(" "), listed["totals"]["paid"].as_str().expect("paid").to_owned())
    };
    for (day, rows, total, items, waiting) in [
        ("2026-03-11", &[][..], "0.00 0 0 0", "", "0.00"),
        ("2026-03-19", &["E1 1 1 posted"], "205.00 2 1 1", "2", "95.00"),
        ("2026-03-31", &["E1 1 1 posted", "E2 0 1 posted"], "245.00 3 1 2", "2 3", "135.00"),
        ("2026-04-02", &["E1 2 0 posted", "E2 0 0 reversed"], "205.00 2 2 0", "", "0.00"),
    ] {
        let (shown, totals) = remits(&office, &["--as-of", day]);
        assert_eq!(shown, rows, "{day}");
        assert_eq!(totals, total, "{day}");
        assert_eq!(waits(&["--as-of", day]), (items.to_owned(), waiting.to_owned()), "{day}");
        let status = office.json(&["status", "--as-of", day]);
        let row = |what: &str| {
            let found = status["rows"].as_array().expect("rows").iter().find(|row| row["item"] == what);
            found.expect("the row")["amount"].as_str().expect("an amount").to_owned()
        };
        assert_eq!(row("Unapplied money"), waiting, "{day}");
        assert_eq!(
            format!("{} {}", row("Remittances posted"), totals.split_once(' ').expect("totals").1),
            totals
        );
    }
    let told = office.done(&["unapplied", "list", "--as-of", "2026-03-31"]);
    assert!(told.contains("since"), "{told}");
}

#[test]
fn what_held_a_remittance_that_is_posted_is_told_without_advice() {
    let office = practice();
    let copy = remittance(
        66,
        "PAYER ONE",
        "BPR*I*205*C*ACH",
        "20260312",
        "E1",
        "CLP*ST1*1*190*205**12*I9*11~CAS*CO*45*-15~",
    );
    office.import(&[&office.write("copy.835", copy)]);
    assert!(office.done(&["remit", "show", "3"]).contains("remit replace 1 3"));
    office.done(&["remit", "replace", "1", "3", "--reason", "the payer corrected it"]);
    let shown = office.done(&["remit", "show", "3"]);
    assert!(shown.contains("has the same trace number") && !shown.contains("remit replace"), "{shown}");
    assert!(!office.json(&["remit", "show", "3"]).to_string().contains("remit replace"));
}
