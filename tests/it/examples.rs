//! The 32 worked examples of the posting rules through files, the real import and the real binary.
//! `tests/data/posting-examples.json`: each step's buckets, money, denials and provider-level items.

use serde_json::Value;

use crate::office::{Billed, Office, claims, remittance};

/// The day of each step's remittance.
pub const DAYS: [&str; 4] = ["20260110", "20260210", "20260310", "20260410"];

fn cents(text: &str) -> i64 {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |t| (true, t));
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let cents = whole.parse::<i64>().expect("dollars") * 100
        + format!("{part:0<2}")[..2].parse::<i64>().expect("cents");
    if negative { -cents } else { cents }
}

fn amount(value: &Value) -> i64 {
    cents(value.as_str().unwrap_or_else(|| panic!("an amount: {value}")))
}

/// The SVC loops of the first answer, where they make up the whole charge: then the claim has these lines.
fn lines_of(example: &Value) -> Vec<(String, String)> {
    let first = example["steps"]
        .as_array()
        .expect("steps")
        .iter()
        .find_map(|s| s["edi"].as_str())
        .expect("an answer");
    let number = example["id"].as_str().expect("id");
    let mut own = false;
    let mut lines = Vec::new();
    for segment in first.split('~') {
        let e: Vec<&str> = segment.split('*').collect();
        match e[0] {
            "CLP" => own = e[1] == number || e[1] == "E07",
            "SVC" if own => {
                let code = e.get(6).filter(|c| !c.is_empty()).unwrap_or(&e[1]);
                lines.push((code.split(':').nth(1).expect("a code").to_owned(), e[2].to_owned()));
            }
            _ => {}
        }
    }
    let total: i64 = lines.iter().map(|(_, charge)| cents(charge)).sum();
    if total == amount(&example["charge"]) {
        lines
    } else {
        vec![("99999".to_owned(), example["charge"].as_str().expect("charge").to_owned())]
    }
}

/// E08 reuses the claim number of E07.
pub fn number_of(example: &Value) -> &str {
    let first = example["steps"]
        .as_array()
        .expect("steps")
        .iter()
        .find_map(|s| s["edi"].as_str())
        .expect("an answer");
    first.split("CLP*").nth(1).and_then(|rest| rest.split('*').next()).expect("a number")
}

/// Imports the 837 of an example.
pub fn bill(office: &Office, example: &Value) {
    let lines = lines_of(example);
    let lines: Vec<(&str, &str)> = lines.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let billed = Billed {
        number: number_of(example),
        charge: example["charge"].as_str().expect("charge"),
        lines: &lines,
        secondary: example["payers"] == 2,
        frequency: '1',
        service: "20260102",
    };
    let file = office.write("claims.837", claims(1, "20260105", &[billed]));
    let report = office.import(&[&file]);
    assert_eq!(report["totals"]["claims_added"], 1, "{report:#}");
}

/// The file of a step, on the step's own day.
pub fn answer(example: &Value, at: usize) -> Option<String> {
    let edi = example["steps"][at]["edi"].as_str()?;
    let (bpr, rest) = edi.split_once('~').expect("BPR first");
    let payer = if example["steps"][at]["payer_level"] == 2 { "PAYER TWO" } else { "PAYER ONE" };
    let trace = format!("TRN{}{}", example["id"].as_str().expect("id"), 2001 + at);
    Some(remittance(10 + at as u32, payer, bpr, DAYS[at], &trace, rest))
}

fn check_step(office: &Office, example: &Value, at: usize) {
    let step = &example["steps"][at];
    let id = example["id"].as_str().expect("id");
    let shown = office.json(&["claim", "show", number_of(example)]);
    let buckets = &shown["balances"]["buckets"];
    let want = &step["buckets"];
    for (ours, theirs) in [
        ("open", "insurance_open"),
        ("denied", "denied"),
        ("pending", "pending"),
        ("next", "next_payer"),
        ("due", "patient"),
        ("hold", "patient_hold"),
    ] {
        assert_eq!(amount(&buckets[ours]), amount(&want[theirs]), "{id} step {at}: {theirs}\n{shown:#}");
    }
    assert_eq!(amount(&shown["claim"]["balance"]), amount(&want["balance"]), "{id} step {at}: balance");
    if let Some(ledger) = step["ledger_so_far"].as_array() {
        let kinds = [
            ("payment", "cash:insurance"),
            ("contractual", "adj:contractual"),
            ("reduction", "adj:reduction"),
            ("contra", "adj:contra"),
        ];
        for (kind, account) in kinds {
            let wanted: i64 = ledger.iter().filter(|row| row[0] == kind).map(|row| amount(&row[1])).sum();
            let postings = shown["postings"].as_array().expect("postings");
            let of = |name: &str| -> i64 {
                postings.iter().filter(|p| p["account"] == name).map(|p| amount(&p["amount"])).sum()
            };
            // Cash that still waits is on no claim yet.
            let posted = if kind == "payment" { of(account) + of("unapplied") } else { of(account) };
            assert_eq!(posted, wanted, "{id} step {at}: {kind}");
        }
    }
    office.check();
}

fn check_case(office: &Office, example: &Value) {
    let case = &example["case"];
    if case.is_null() {
        return;
    }
    let id = example["id"].as_str().expect("id");
    let shown = office.json(&["claim", "show", number_of(example)]);
    let denials = shown["denials"].as_array().expect("denials");
    assert_eq!(denials.len(), 1, "{id}: one case");
    assert_eq!(denials[0]["events"], case["events"], "{id}: events");
    for (ours, theirs) in [("denied", "denied"), ("recovered", "recovered"), ("open_amount", "open")] {
        assert_eq!(amount(&denials[0][ours]), amount(&case[theirs]), "{id}: {theirs}");
    }
}

pub fn examples() -> Vec<Value> {
    let examples: Vec<Value> =
        serde_json::from_str(include_str!("../data/posting-examples.json")).expect("the examples");
    assert_eq!(examples.len(), 32);
    examples
}

#[test]
fn every_step_of_every_example() {
    for example in examples() {
        let office = Office::new();
        bill(&office, &example);
        for at in 0..example["steps"].as_array().expect("steps").len() {
            let Some(file) = answer(&example, at) else {
                office.done(&["claim", "pay", number_of(&example), "25", "--on", "2026-01-10"]);
                check_step(&office, &example, at);
                continue;
            };
            let path = office.write(&format!("{at}.835"), file);
            let report = office.import(&[&path]);
            let set = &report["files"][0]["transactions"][0];
            let step = &example["steps"][at];
            assert_eq!(set["status"], "posted", "{report:#}");
            assert_eq!(set["balanced"], true);
            assert_eq!(amount(&set["paid"]), amount(&step["bpr"]));
            let held = step["result"]
                .as_array()
                .expect("result")
                .iter()
                .filter(|r| r.as_str().is_some_and(|r| r.starts_with("hold")))
                .count();
            let others =
                step["result"].as_array().expect("result").iter().filter(|r| *r == "other claim").count();
            assert_eq!(set["unapplied"], held + others, "{report:#}");
            check_step(&office, &example, at);
        }
        let plb = office.json(&["plb", "list"]);
        let wanted: i64 = example["steps"]
            .as_array()
            .expect("steps")
            .iter()
            .filter_map(|s| s["plb"].as_array())
            .flatten()
            .map(|p| amount(&p[2]))
            .sum();
        let have: i64 = plb["rows"].as_array().expect("rows").iter().map(|p| amount(&p["amount"])).sum();
        assert_eq!(have, wanted, "{}: provider-level items", example["id"]);
        check_case(&office, &example);
    }
}

#[test]
fn the_same_files_in_any_order_and_twice_give_the_same_books() {
    for example in examples() {
        let steps = example["steps"].as_array().expect("steps").len();
        let run = |order: &[usize], claims_first: bool| {
            let office = Office::new();
            if claims_first {
                bill(&office, &example);
            }
            for at in order.iter().copied() {
                if let Some(file) = answer(&example, at) {
                    let path = office.write(&format!("{at}.835"), file);
                    office.import(&[&path]);
                    let again = office.import(&[&path]);
                    assert_eq!(again["files"][0]["status"], "duplicate", "{again:#}");
                }
            }
            if !claims_first {
                bill(&office, &example);
            }
            office.check();
            office.books()
        };
        let forwards: Vec<usize> = (0..steps).collect();
        let backwards: Vec<usize> = (0..steps).rev().collect();
        let books = run(&forwards, true);
        for (name, other) in [
            ("backwards", run(&backwards, true)),
            ("claims last", run(&forwards, false)),
            ("backwards, claims last", run(&backwards, false)),
        ] {
            for (part, wanted) in books.as_object().expect("books") {
                assert_eq!(&other[part]["rows"], &wanted["rows"], "{}: {name}: {part}", example["id"]);
            }
        }
    }
}
