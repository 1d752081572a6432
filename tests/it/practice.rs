//! A generated practice with known answers: what the generator decided, the books must say, to the cent.

use std::path::{Path, PathBuf};

use arrears::domain::{Date, Money};
use arrears::synth::{Expected, Plan, write_practice};
use serde_json::Value;

use crate::office::Office;

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    files
}

/// A practice of some hundred claims in an office of its own.
pub fn practice(office: &Office, claims: u64, seed: u64) -> (PathBuf, Expected) {
    let folder = office.path("practice");
    let last_day = Date::parse_iso(crate::office::TODAY).expect("a day");
    let plan = Plan { seed, claims_per_837: 60, claim_payments_per_835: 40, ..Plan::new(claims, last_day) };
    let expected = write_practice(&plan, &folder).expect("a practice");
    (folder, expected)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("a text: {value}"))
}

/// Compares every cell that the generator knows.
pub fn compare(office: &Office, folder: &Path) {
    let expected: Value =
        serde_json::from_str(&std::fs::read_to_string(folder.join("expected.json")).expect("expected"))
            .expect("JSON");
    let aging = office.json(&["report", "aging"]);
    let rows = aging["rows"].as_array().expect("rows");
    let known = expected["aging_by_payer"].as_object().expect("aging");
    let wanted = known.values().filter(|row| row["claims"] != 0).count();
    assert_eq!(rows.len(), wanted, "{aging:#}\n{known:#?}");
    for row in rows {
        let want = &known[text(&row["payer_id"])];
        for (ours, theirs) in [
            ("d0_30", "0-30"),
            ("d31_60", "31-60"),
            ("d61_90", "61-90"),
            ("d91_120", "91-120"),
            ("d121_plus", "121+"),
            ("credit", "credit"),
            ("total", "total"),
            ("claims", "claims"),
        ] {
            assert_eq!(row[ours], want[theirs], "{}: {theirs}", row["payer"]);
        }
    }
    assert_eq!(aging["totals"]["total"], expected["balance"]);
    let denials = office.json(&["report", "denials"]);
    let rows = denials["rows"].as_array().expect("rows");
    let known = expected["denials"].as_object().expect("denials");
    assert_eq!(rows.len(), known.len(), "{denials:#}");
    for row in rows {
        let want = &known[text(&row["reason"])];
        for key in ["denied", "recovered", "open", "claims"] {
            assert_eq!(row[key], want[key], "{}: {key}", row["reason"]);
        }
    }
    let accounts = office.json(&["report", "trial-balance"]);
    let of = |name: &str| -> i64 {
        let rows = accounts["rows"].as_array().expect("rows");
        let cents = |row: &Value| Money::parse(text(&row["balance"]).as_bytes()).expect("money").cents();
        rows.iter().filter(|row| row["account"] == name).map(cents).sum()
    };
    let cents = |value: &Value| Money::parse(text(value).as_bytes()).expect("money").cents();
    assert_eq!(of("cash:insurance"), cents(&expected["cash"]), "cash");
    assert_eq!(-of("unapplied"), cents(&expected["unapplied"]), "unapplied");
    assert_eq!(-of("revenue:charges"), cents(&expected["charges"]), "charges");
    for (account, amount) in expected["buckets"].as_object().expect("buckets") {
        assert_eq!(of(account), cents(amount), "{account}");
    }
    for (account, amount) in expected["adjustments"].as_object().expect("adjustments") {
        assert_eq!(of(account), cents(amount), "{account}");
    }
    for (code, amounts) in expected["plb"].as_object().expect("plb") {
        let items = office.json(&["plb", "list"]);
        let net: i64 = items["rows"]
            .as_array()
            .expect("rows")
            .iter()
            .filter(|row| row["code"] == code.as_str())
            .map(|row| cents(&row["amount"]))
            .sum();
        assert_eq!(net, cents(&amounts["net"]), "PLB {code}");
    }
    assert_eq!(accounts["totals"]["balance"], "0.00");
    office.check();
}

#[test]
fn every_known_total_to_the_cent() {
    let office = Office::new();
    let (folder, expected) = practice(&office, 600, 7);
    let report = office.import(&[&folder.join("837"), &folder.join("835")]);
    assert_eq!(report["totals"]["claims_added"], 600, "{:#}", report["totals"]);
    assert_eq!(report["totals"]["remits_held"], 0);
    assert_eq!(report["totals"]["unapplied"], expected.unmatched, "{:#}", report["totals"]);
    compare(&office, &folder);
}

#[test]
fn in_any_order_and_again_the_same_books() {
    let office = Office::new();
    let (folder, _) = practice(&office, 250, 11);
    let mut all = [files(&folder.join("837")), files(&folder.join("835"))].concat();
    // Remittances first, latest first; every file on its own; then everything again at once.
    all.reverse();
    for file in &all {
        office.import(&[file]);
    }
    compare(&office, &folder);
    let before = office.books();
    let again = office.import(&[&folder.join("837"), &folder.join("835")]);
    assert_eq!(again["totals"]["duplicate"], again["totals"]["files"], "{:#}", again["totals"]);
    assert_eq!(office.books(), before);
    compare(&office, &folder);
}

/// The same in many small remittance files, and 837 files of exactly so many claims.
pub fn in_small_files(office: &Office, claims: u64, seed: u64, claims_per_837: u64) -> PathBuf {
    let folder = office.path("practice");
    let last_day = Date::parse_iso(crate::office::TODAY).expect("a day");
    let plan = Plan {
        seed,
        claims_per_837,
        claim_payments_per_835: 2,
        gather_days: 999,
        ..Plan::new(claims, last_day)
    };
    write_practice(&plan, &folder).expect("a practice");
    folder
}
