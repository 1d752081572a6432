//! A deadline is one and the same wherever it is shown: in the list of denials, in the next one, and in the one denial.

use serde_json::Value;

use crate::denial_work::billed;
use crate::office::{Billed, Office, claims, remittance};

/// An office with denials of one line each, and confirmed rules for both payers.
fn office(numbers: &[&str]) -> Office {
    let office = billed(numbers);
    for (payer, kind, days, start) in [
        ("1", "appeal-1", "120", "denial"),
        ("1", "appeal-2", "60", "decision"),
        ("1", "corrected", "400", "through"),
        ("2", "appeal-1", "90", "prior-remittance"),
    ] {
        let rule = ["clock", "set", payer, kind, days, "days", "--from", start];
        office.done(&[&rule[..], &["--source", "contract 7", "--confirm"]].concat());
    }
    office
}

fn answer(office: &Office, control: u32, payer: &str, date: &str, claims: &str, more: &[&str]) {
    let text = remittance(control, payer, "BPR*H*0*C*NON", date, &format!("TRACE{control}"), claims);
    let path = office.write(&format!("{control}.835"), text);
    office.json(&[&["import", path.to_str().expect("a name")], more].concat());
    office.check();
}

fn refused(number: &str, icn: &str, cas: &str, remark: &str) -> String {
    let remark = if remark.is_empty() { String::new() } else { format!("MOA***{remark}~") };
    format!(
        "CLP*{number}*1*150*0**12*{icn}{number}~{remark}SVC*HC:99213*150*0~DTM*472*20260601~CAS*{cas}*150~"
    )
}

/// The deadline and the rule of a denial; wherever it is shown, it is the same.
fn deadline(office: &Office, id: u64) -> (String, String) {
    let of =
        |row: &Value| (row["deadline"].as_str().unwrap_or("none").to_owned(), row["deadline_rule"].clone());
    let list = office.json(&["denial", "list", "--all"]);
    let listed = list["rows"].as_array().expect("rows").iter().find(|row| row["denial_id"] == id).map(of);
    let listed = listed.expect("it is listed");
    let show = office.json(&["denial", "show", &id.to_string()]);
    assert_eq!(of(&show["denial"]), listed, "the denial itself says otherwise than the list");
    let clocks = show["clocks"].as_array().expect("clocks");
    let nearest =
        clocks.iter().filter(|clock| !clock["deadline"].is_null()).min_by_key(|c| c["deadline"].to_string());
    let nearest =
        nearest.map(|clock| (clock["deadline"].as_str().expect("a day").to_owned(), clock["rule"].clone()));
    assert_eq!(nearest.unwrap_or_else(|| ("none".to_owned(), "no rule".into())), listed);
    let next = office.json(&["denial", "next", "--user", "looker"])["rows"][0].clone();
    if next["denial_id"] == id {
        assert_eq!(of(&next), listed, "what is handed out says otherwise than the list");
    }
    office.run(&["denial", "next", "--user", "looker", "--release", &next["denial_id"].to_string()]);
    (listed.0, listed.1.as_str().expect("words").split(" (").next().expect("a rule").to_owned())
}

const APPEAL: &str = "appeal-1: 120 days from the denial";

#[test]
fn a_clock_counts_from_the_payers_own_day() {
    let office = office(&["C1", "C2"]);
    for month in ["2026-06", "2026-07"] {
        office.done(&["period", "close", month]);
    }
    // It came late for a closed month; its journal is of August, its clock is not.
    answer(&office, 2, "PAYER ONE", "20260720", &refused("C1", "A", "CO*197", ""), &[]);
    assert_eq!(deadline(&office, 1), ("2026-11-17".to_owned(), APPEAL.to_owned()));
    // Somebody moved the accounting date: the payer does not care.
    let moved = ["--posting-date", "2026-09-15"];
    answer(&office, 3, "PAYER ONE", "20260820", &refused("C2", "B", "CO*197", ""), &moved);
    let list = office.json(&["denial", "list", "--text", "C2"]);
    assert_eq!(list["rows"][0]["denied_on"], "2026-09-15", "the books have the accounting date");
    assert_eq!(deadline(&office, 2), ("2026-12-18".to_owned(), APPEAL.to_owned()));
    // Its appeal is decided by an answer whose accounting date was moved too.
    office.done(&["denial", "appeal", "2", "--on", "2026-08-25"]);
    assert_eq!(deadline(&office, 2).1, "corrected: 400 days from the last day of service");
    answer(
        &office,
        4,
        "PAYER ONE",
        "20260901",
        &refused("C2", "D", "CO*197", ""),
        &["--posting-date", "2026-09-28"],
    );
    let second = ("2026-10-31".to_owned(), "appeal-2: 60 days from the decision before".to_owned());
    assert_eq!(deadline(&office, 2), second);
}

#[test]
fn a_notice_starts_no_clock_and_closed_denials_keep_theirs() {
    let office = office(&["C1"]);
    answer(&office, 2, "PAYER ONE", "20260620", &refused("C1", "A", "CO*197", ""), &[]);
    let first = ("2026-10-18".to_owned(), APPEAL.to_owned());
    assert_eq!(deadline(&office, 1), first);
    answer(&office, 3, "PAYER ONE", "20260905", &refused("C1", "B", "CO*197", "MA74"), &[]);
    assert_eq!(deadline(&office, 1), first, "the second answer only repeats the first");
    office.done(&["denial", "resolve", "1"]);
    assert_eq!(deadline(&office, 1), first);
    office.done(&["denial", "reopen", "1"]);
    assert_eq!(deadline(&office, 1), first);
}

#[test]
fn what_else_starts_a_clock_reaches_the_list() {
    let office = office(&["C1"]);
    // The second payer's denial comes first: how it counts is known when the first payer's answer is there.
    let by_second = "CLP*C1*2*150*0**12*S1~SVC*HC:99213*150*0~DTM*472*20260601~CAS*CO*197*150~";
    answer(&office, 2, "PAYER TWO", "20260720", by_second, &[]);
    let unknown = "appeal-1: 90 days from the payer before's remittance, start not known";
    assert_eq!(deadline(&office, 1), ("2026-08-30".to_owned(), unknown.to_owned()));
    let by_first = "CLP*C1*1*150*0*150*12*F1~SVC*HC:99213*150*0~DTM*472*20260601~CAS*PR*1*150~";
    answer(&office, 3, "PAYER ONE", "20260705", by_first, &[]);
    let known = "appeal-1: 90 days from the payer before's remittance";
    assert_eq!(deadline(&office, 1), ("2026-10-03".to_owned(), known.to_owned()));
    // A corrected claim names other days of service.
    let office = self::office(&["C1"]);
    answer(&office, 2, "PAYER ONE", "20260901", &refused("C1", "A", "CO*197", ""), &[]);
    office.done(&["denial", "appeal", "1"]);
    let corrected = "corrected: 400 days from the last day of service".to_owned();
    assert_eq!(deadline(&office, 1), ("2027-07-06".to_owned(), corrected.clone()));
    let again = Billed {
        number: "C1",
        charge: "150",
        lines: &[("99213", "150")],
        secondary: true,
        frequency: '7',
        service: "20260611",
    };
    let batch = office.write("again.837", claims(9, "20260910", &[again]));
    office.import(&[&batch]);
    office.check();
    assert_eq!(deadline(&office, 1), ("2027-07-16".to_owned(), corrected));
}
