//! A month's books in one folder: what it holds, that it is what the reports say, and that a closed month never changes.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Output;

use calamine::Reader;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::office::{Billed, Office, claims, remittance};
use crate::workbooks::{compare, opened};

fn bill<'a>(number: &'a str, service: &'a str) -> Billed<'a> {
    Billed { number, charge: "200", lines: &[("99213", "200")], secondary: false, frequency: '1', service }
}

/// A small July: two claims, one paid, one denied, and the money of the first at the bank.
fn office() -> Office {
    let office = Office::new();
    let bills = [bill("M1", "20260601"), bill("M2", "20260602")];
    office.write("claims.837", claims(1, "20260702", &bills));
    let answers = "CLP*M1*1*200*120**12*I1*11~SVC*HC:99213*200*120**1~CAS*CO*45*80~\
        CLP*M2*1*200*0**12*I2*11~SVC*HC:99213*200*0**1~CAS*CO*16*200~";
    office.write("july.835", remittance(2, "PAYER ONE", "BPR*I*120*C*ACH", "20260715", "EFT1", answers));
    office.json(&["import", "claims.837", "july.835"]);
    office.write("bank.csv", "date,amount,description\n2026-07-16,120.00,TRN*1*EFT1*1999999999\n");
    office.done(&["deposit", "import", "bank.csv"]);
    office.done(&["deposit", "match"]);
    office
}

/// Every file of a folder by its name.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("a file").path());
    entries
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read(&path).expect("a file"))
        })
        .collect()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn the_folder_holds_what_the_reports_say() {
    let office = office();
    let output = office.run(&["export", "month-end", "2026-07", "-o", "july"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(said(&output).contains("NOT CLOSED"), "{}", said(&output));
    let found = files(&office.path("july"));
    let names: Vec<&str> = found.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        ["SHA256SUMS", "gl-2026-07.csv", "manifest.json", "month-end-2026-07.html", "month-end-2026-07.xlsx"]
    );
    let manifest: Value = serde_json::from_slice(&found["manifest.json"]).expect("JSON");
    assert_eq!((&manifest["closed"], &manifest["as_of"]), (&false.into(), &"2026-07-31".into()));
    let sums = String::from_utf8_lossy(&found["SHA256SUMS"]).into_owned();
    for file in manifest["files"].as_array().expect("files") {
        let name = file["file"].as_str().expect("a name");
        let hash: String = Sha256::digest(&found[name]).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(file["sha256"], hash.as_str());
        assert!(sums.contains(&format!("{hash}  {name}\n")));
    }
    let mut book = opened(&office.path("july/month-end-2026-07.xlsx"));
    for (sheet, report) in [
        ("Aging by payer", &["report", "aging"][..]),
        ("Aging, patient", &["report", "aging", "--by", "patient", "--responsibility", "patient"]),
        ("Trial balance", &["report", "trial-balance"]),
        ("Roll-forward", &["report", "rollforward", "--period", "2026-07"]),
        ("Day sheet", &["report", "day-sheet", "--period", "2026-07"]),
        ("Deposits", &["report", "deposits"]),
        ("Three-way", &["report", "three-way"]),
        ("Credits", &["report", "credits"]),
        ("Unapplied", &["report", "unapplied"]),
        ("General ledger", &["export", "gl", "--period", "2026-07"]),
    ] {
        let json = office.json(&[report, &["--as-of", "2026-07-31"]].concat());
        let cells = book.worksheet_range(sheet).unwrap_or_else(|why| panic!("{sheet}: {why}"));
        let formulas = book.worksheet_formula(sheet).expect("a sheet");
        compare(&cells, &formulas, &json);
    }
    let html = String::from_utf8_lossy(&found["month-end-2026-07.html"]).into_owned();
    for part in ["NOT CLOSED", "<a href=\"#t0\">Period</a>", "break-before:page", "Trial balance"] {
        assert!(html.contains(part), "{part}");
    }
    let gl = String::from_utf8_lossy(&found["gl-2026-07.csv"]).into_owned();
    assert!(gl.starts_with("date,number,account,debit,credit\n2026-07-"), "{gl}");
    // The same question, the same bytes; another month is not written over it.
    office.done(&["export", "month-end", "2026-07", "-o", "july"]);
    assert_eq!(files(&office.path("july")), found);
    let other = office.run(&["export", "month-end", "2026-08", "-o", "july"]);
    assert_eq!(other.status.code(), Some(4), "{}", said(&other));
    assert_eq!(files(&office.path("july")), found);
    office.done(&["export", "month-end", "2026-08", "-o", "july", "--replace"]);
    assert!(files(&office.path("july")).contains_key("gl-2026-08.csv"));
    assert_eq!(office.run(&["export", "month-end", "2026-08"]).status.code(), Some(2), "it needs a folder");
    assert_eq!(office.run(&["export", "month-end", "2027-01", "-o", "x"]).status.code(), Some(2));
}

#[test]
fn a_closed_month_gives_the_same_files_a_year_later() {
    let office = office();
    let findings = office.json(&["period", "check", "2026-07"]);
    let rows = findings["rows"].as_array().expect("rows");
    let open: Vec<&str> = rows
        .iter()
        .filter(|row| row["items"] != 0)
        .map(|row| row["check"].as_str().expect("a word"))
        .collect();
    let mut close = vec!["period", "close", "2026-07"];
    for check in &open {
        close.extend(["--accept", check, "--reason", "known"]);
    }
    office.done(&close);
    let output = office.run(&["export", "month-end", "2026-07", "-o", "july"]);
    assert!(!said(&output).contains("NOT CLOSED"), "{}", said(&output));
    let before = files(&office.path("july"));
    let manifest: Value = serde_json::from_slice(&before["manifest.json"]).expect("JSON");
    assert_eq!(manifest["closed"], true);
    assert_eq!(manifest["seal"].as_str().map(str::len), Some(64));

    // Late claims, late payments, late money, and what was matched taken apart: all of it falls in August.
    office.write("late.837", claims(7, "20260720", &[bill("M3", "20260610")]));
    let answers = "CLP*M2*1*200*90**12*I2B*11~SVC*HC:99213*200*90**1~CAS*CO*45*110~";
    office.write("late.835", remittance(8, "PAYER ONE", "BPR*I*90*C*ACH", "20260728", "EFT2", answers));
    office.json(&["import", "late.837", "late.835"]);
    office.write("late.csv", "date,amount,description\n2026-07-30,90.00,TRN*1*EFT2*1999999999\n");
    office.done(&["deposit", "import", "late.csv"]);
    office.done(&["deposit", "match"]);
    office.done(&["deposit", "unmatch", "1", "--reason", "another payer's"]);
    office.check();
    let mut later = office.command(&["export", "month-end", "2026-07", "-o", "again"]);
    let output = later.env("ARREARS_TODAY", "2027-10-01").output().expect("it runs");
    assert!(output.status.success(), "{}", said(&output));
    let after = files(&office.path("again"));
    for (name, bytes) in &before {
        assert_eq!(Some(bytes), after.get(name), "{name} changed");
    }
    assert_eq!(before.len(), after.len());
    let august = office.json(&["report", "three-way", "--as-of", "2026-08-01"]);
    assert_eq!(august["totals"]["bank"], "120.00", "{august:#}");
}
