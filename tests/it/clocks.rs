//! Deadlines through the program: nothing runs before somebody confirmed it, and what is confirmed says by whom.

use serde_json::Value;

use crate::office::{Billed, Office, TODAY, claims};

/// An office with one claim to PAYER ONE, and PAYER TWO behind it.
fn office() -> Office {
    let office = Office::new();
    let billed = Billed {
        number: "C1",
        charge: "200",
        lines: &[("99213", "200")],
        secondary: true,
        frequency: '1',
        service: "20260105",
    };
    let file = office.write("claims.837", claims(1, "20260106", &[billed]));
    office.import(&[&file]);
    office
}

fn rules(office: &Office, payer: &str) -> Vec<(String, String, Value)> {
    let list = office.json(&["clock", "list", "--payer", payer]);
    let text = |row: &Value, key: &str| row[key].as_str().unwrap_or("-").to_owned();
    let rows = list["rows"].as_array().expect("rows");
    rows.iter().map(|row| (text(row, "kind"), text(row, "status"), row.clone())).collect()
}

fn refused(office: &Office, args: &[&str]) -> (i32, String) {
    let output = office.run(args);
    (output.status.code().expect("a code"), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn suggestions_wait_for_somebody_to_confirm_them() {
    let office = office();
    let kinds: Vec<(String, String)> =
        rules(&office, "P1").into_iter().map(|(kind, status, _)| (kind, status)).collect();
    let all = ["filing", "secondary", "corrected", "appeal-1"];
    assert_eq!(kinds, all.map(|kind| (kind.to_owned(), "suggested".to_owned())));

    // What is only usual needs its source.
    let (code, said) = refused(&office, &["clock", "confirm", "1", "appeal-1"]);
    assert_eq!(code, 4, "{said}");
    assert!(said.contains("--source"), "{said}");
    let confirm = ["clock", "confirm", "1", "appeal-1", "--source", "contract 7.3", "--user", "ann"];
    office.done(&[&confirm[..], &["--dry-run"]].concat());
    assert!(rules(&office, "P1").iter().all(|(_, status, _)| status == "suggested"));
    office.done(&confirm);
    let after = rules(&office, "P1");
    let (_, status, row) = after.iter().find(|(kind, ..)| kind == "appeal-1").expect("there");
    assert_eq!(status, "confirmed");
    assert_eq!((&row["confirmed_by"], &row["confirmed_on"]), (&"ann".into(), &TODAY.into()));
    assert_eq!(
        (&row["source"], &row["limit"], &row["unit"]),
        (&"contract 7.3".into(), &180.into(), &"days".into())
    );
    office.check();
}

#[test]
fn an_own_rule_takes_the_place_of_the_suggestion() {
    let office = office();
    let set = ["clock", "set", "1", "filing", "180", "days", "--from", "service", "--source", "contract 4"];
    office.done(&set);
    let status = |office: &Office| {
        let all = rules(office, "P1");
        all.iter()
            .find(|(kind, ..)| kind == "filing")
            .map(|(_, status, row)| (status.clone(), row["limit"].clone()))
    };
    assert_eq!(status(&office), Some(("not confirmed".to_owned(), 180.into())));
    office.done(&["clock", "confirm", "1", "filing"]);
    assert_eq!(status(&office), Some(("confirmed".to_owned(), 180.into())));
    office.done(&["clock", "remove", "1", "filing", "--dry-run"]);
    assert_eq!(status(&office), Some(("confirmed".to_owned(), 180.into())));
    office.done(&["clock", "remove", "1", "filing"]);
    assert_eq!(status(&office), Some(("suggested".to_owned(), 90.into())));
    office.check();
}

#[test]
fn what_cannot_be_a_rule_is_refused() {
    let office = office();
    fn set<'a>(rest: &[&'a str]) -> Vec<&'a str> {
        [&["clock", "set"], rest].concat()
    }
    for (args, code) in [
        (set(&["1", "filing", "90", "days", "--from", "decision", "--source", "x"]), 2),
        (set(&["1", "filing", "90", "days", "--from", "service", "--source", " "]), 2),
        (set(&["1", "appeal-6", "90", "days", "--from", "denial", "--source", "x"]), 2),
        (set(&["1", "filing", "0", "days", "--from", "service", "--source", "x"]), 2),
        (set(&["9", "filing", "90", "days", "--from", "service", "--source", "x"]), 4),
        (vec!["clock", "confirm", "9"], 4),
        (vec!["clock", "confirm", "1", "appeal-4"], 4),
        (vec!["clock", "confirm", "--class", "medicare"], 4),
        (vec!["clock", "remove", "1", "appeal-2"], 4),
    ] {
        let (was, said) = refused(&office, &args);
        assert_eq!(was, code, "{args:?}: {said}");
        assert!(said.starts_with("error: "), "{said}");
    }
    office.check();
}

#[test]
fn a_class_is_confirmed_at_once_and_only_when_asked() {
    let office = office();
    office.done(&["payer", "set", "1", "--class", "Medicare"]);
    // Nobody can be asked here.
    let (code, said) = refused(&office, &["clock", "confirm", "--class", "medicare"]);
    assert_eq!(code, 4, "{said}");
    office.done(&["clock", "confirm", "--class", "medicare", "--yes"]);
    let all = rules(&office, "P1");
    assert_eq!(all.len(), 8);
    assert!(all.iter().all(|(_, status, _)| status == "confirmed"));
    let first = all.iter().find(|(kind, ..)| kind == "appeal-1").expect("there");
    assert_eq!((&first.2["receipt_days"], &first.2["except"]), (&5.into(), &"29".into()));
    let shown = office.done(&["payer", "show", "1"]);
    assert!(
        shown.contains("120 days from the denial, received 5 days later (confirmed; 42 CFR 405.942)"),
        "{shown}"
    );
}

#[test]
fn a_merged_payer_takes_its_rules_along_unconfirmed() {
    let office = office();
    let set =
        ["clock", "set", "2", "appeal-1", "30", "days", "--from", "denial", "--source", "x", "--confirm"];
    office.done(&set);
    office.done(&["payer", "merge", "2", "1", "--yes"]);
    let all = rules(&office, "P1");
    let (_, status, row) = all.iter().find(|(kind, ..)| kind == "appeal-1").expect("there");
    assert_eq!((status.as_str(), &row["limit"]), ("not confirmed", &30.into()));
    office.check();
}

#[test]
fn amounts_in_controversy_stand_by_year() {
    let office = office();
    let answer = office.json(&["clock", "amounts"]);
    let rows = answer[0]["rows"].clone();
    let of = |kind: &str, year: u64| {
        let rows = rows.as_array().expect("rows");
        rows.iter().find(|row| row["kind"] == kind && row["year"] == year).map(|row| row["amount"].clone())
    };
    assert_eq!(of("appeal-3", 2026), Some("200.00".into()));
    assert_eq!(of("appeal-5", 2025), Some("1900.00".into()));
    assert_eq!(of("appeal-3", 2027), None);
}
