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
        [
            "SHA256SUMS",
            "gl-2026-07.csv",
            "journal-2026-07.csv",
            "manifest.json",
            "month-end-2026-07.html",
            "month-end-2026-07.xlsx"
        ]
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
        ("Tie-out", &["report", "tie-out", "--month", "2026-07"]),
        ("Trial balance", &["report", "trial-balance", "--period", "2026-07"]),
        ("Roll-forward", &["report", "rollforward", "--period", "2026-07"]),
        ("Day sheet", &["report", "day-sheet", "--period", "2026-07"]),
        ("Deposits", &["report", "deposits"]),
        ("Three-way", &["report", "three-way"]),
        ("Credits", &["report", "credits"]),
        ("Unapplied", &["report", "unapplied"]),
        ("Journal", &["report", "journal", "--period", "2026-07"]),
        ("Provider-level movement", &["report", "plb", "--period", "2026-07"]),
        ("Three-way of the month", &["report", "three-way", "--period", "2026-07"]),
        ("Allowance", &["report", "allowance"]),
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
    let journal = String::from_utf8_lossy(&found["journal-2026-07.csv"]).into_owned();
    assert_eq!(journal, office.done(&["report", "journal", "--period", "2026-07", "--format", "csv"]));
    // The form of the ledger's lines is CSV unless somebody says another.
    let form = |more: &[&str]| {
        let output = office.run(&[&["export", "gl", "--period", "2026-07"], more].concat());
        String::from_utf8(output.stdout).expect("text")
    };
    assert_eq!(form(&[]), gl);
    assert!(form(&["--format", "table"]).contains("\u{2500}"), "a table");
    assert!(form(&["--format", "json"]).starts_with('{'));
    form(&["-o", "gl.txt"]);
    assert_eq!(std::fs::read_to_string(office.path("gl.txt")).expect("a file"), gl);
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

fn rows(report: &Value) -> &Vec<Value> {
    report["rows"].as_array().expect("rows")
}

/// Closes July over whatever is open.
fn close_july(office: &Office) {
    let mut close = ["period", "close", "2026-07"].map(str::to_owned).to_vec();
    for row in rows(&office.json(&["period", "check", "2026-07"])).iter().filter(|row| row["ok"] == false) {
        close.extend(
            ["--accept", row["check"].as_str().expect("a word"), "--reason", "known"].map(str::to_owned),
        );
    }
    office.done(&close.iter().map(String::as_str).collect::<Vec<_>>());
}

/// July with a takeback of 20 announced, one of 8 that nobody knows, and a remittance whose money never came.
fn with_items() -> Office {
    let office = office();
    let items = "PLB*1234567893*20261231*WO:ICN7*-20*WO:ICN8*8*L6*-1.50~";
    office.write("items.835", remittance(3, "PAYER ONE", "BPR*I*13.50*C*ACH", "20260720", "EFT3", items));
    let stray = "CLP*Z1*1*75*60**12*I9*11~SVC*HC:99213*75*60**1~CAS*CO*45*15~";
    office.write("stray.835", remittance(4, "PAYER ONE", "BPR*I*60*C*ACH", "20260721", "EFT4", stray));
    office.json(&["import", "items.835", "stray.835"]);
    office
}

#[test]
fn a_past_month_keeps_its_provider_level_items_and_its_three_way() {
    let office = with_items();
    close_july(&office);
    let questions: [&[&str]; 6] = [
        &["report", "plb", "--as-of", "2026-07-31"],
        &["report", "plb", "--period", "2026-07"],
        &["plb", "list", "--as-of", "2026-07-31"],
        &["report", "three-way", "--as-of", "2026-07-31"],
        &["report", "three-way", "--period", "2026-07"],
        &["report", "deposits", "--as-of", "2026-07-31"],
    ];
    let ask = || questions.map(|question| office.json(question));
    let before = ask();
    assert_eq!(before[0]["totals"]["total"], "-12.00");
    let moved = &before[1]["totals"];
    assert_eq!(
        [&moved["opening"], &moved["came"], &moved["settled"], &moved["closing"]],
        ["0.00", "-12.00", "0.00", "-12.00"]
    );

    // In August one is offset, one is settled by hand, and two remittances are taken out of the books; one comes back.
    let offset =
        "CLP*M2*1*200*90**12*I2B*11~SVC*HC:99213*200*90**1~CAS*CO*45*110~PLB*1234567893*20261231*WO:ICN7*20~";
    office.write("offset.835", remittance(5, "PAYER ONE", "BPR*I*70*C*ACH", "20260805", "EFT5", offset));
    office.json(&["import", "offset.835"]);
    office.done(&["plb", "settle", "2", "--on", "2026-08-07", "--reason", "our error"]);
    office.done(&["remit", "reverse", "1", "--reason", "not ours"]);
    office.done(&["remit", "reverse", "3", "--reason", "not ours"]);
    assert_eq!(ask(), before, "July stays July");
    let august = office.json(&["report", "plb", "--period", "2026-08"]);
    let moved = &august["totals"];
    assert_eq!(
        [&moved["opening"], &moved["came"], &moved["settled"], &moved["closing"]],
        ["-12.00", "20.00", "8.00", "0.00"]
    );
    assert!(august["notes"][0].as_str().is_some_and(|note| note.contains(" hold 0.00 at ")), "{august:#}");
    let august = office.json(&["report", "three-way", "--period", "2026-08"]);
    let out: Vec<_> = rows(&august).iter().filter(|row| row["what"] == "taken out of the books").collect();
    let of = |row: &Value| (row["remits"].clone(), row["posted"].clone(), row["on"].clone());
    assert_eq!(
        out.iter().map(|row| of(row)).collect::<Vec<_>>(),
        [
            ("1".into(), "-120.00".into(), "2026-08-01".into()),
            ("3".into(), "-60.00".into(), "2026-08-01".into())
        ],
        "{august:#}"
    );
    assert!(rows(&august).iter().all(|row| row["what"] != "posted without a remittance"), "{august:#}");
    office.done(&["remit", "repost", "3", "--reason", "ours after all"]);
    let all = office.json(&["report", "three-way", "--as-of", "2026-08-31"]);
    let what: Vec<_> = rows(&all).iter().map(|row| (row["what"].clone(), row["posted"].clone())).collect();
    assert!(what.contains(&("matched, and not the same".into(), "0.00".into())), "{all:#}");
    assert!(what.contains(&("remittance without money".into(), "60.00".into())), "{all:#}");
    assert_eq!(ask(), before, "July stays July");
    office.check();
}

#[test]
fn a_day_shows_what_came_to_the_bank_beside_what_was_posted() {
    let office = with_items();
    let sheet = office.json(&["report", "day-sheet", "--period", "2026-07"]);
    let bank: Vec<_> = rows(&sheet).iter().filter(|row| row["source"] == "bank").collect();
    let of = |row: &Value| ["day", "deposited", "deposited_less_posted"].map(|key| row[key].clone());
    assert_eq!(
        bank.iter().map(|row| of(row)).collect::<Vec<_>>(),
        [
            ["2026-07-15", "0.00", "-120.00"].map(Value::from),
            ["2026-07-16", "120.00", "120.00"].map(Value::from),
            ["2026-07-20", "0.00", "-13.50"].map(Value::from),
            ["2026-07-21", "0.00", "-60.00"].map(Value::from),
        ]
    );
    let totals = &sheet["totals"];
    assert_eq!((&totals["deposited"], &totals["insurance_payments"]), (&"120.00".into(), &"193.50".into()));
    assert_eq!(totals["deposited_less_posted"], "-73.50");
}

#[test]
fn a_write_off_that_waits_for_a_second_person_is_settled_before_the_month_is_closed() {
    let office = office();
    office.done(&["practice", "set", "--write-off-limit", "10"]);
    office.done(&["denial", "propose-write-off", "1", "--user", "maria", "--on", "2026-07-30"]);
    let waiting = || {
        let check = office.json(&["period", "check", "2026-07"]);
        let row = rows(&check).iter().find(|row| row["check"] == "awaiting-approval").expect("a row").clone();
        (row["items"].clone(), row["amount"].clone(), row["settle"].clone())
    };
    let command = "arrears denial approve --status write-off-proposed";
    assert_eq!(waiting(), (1.into(), "200.00".into(), command.into()));
    let early = office.json(&["period", "check", "2026-06"]);
    assert!(rows(&early).iter().all(|row| row["check"] != "awaiting-approval" || row["items"] == 0));
    let refused = office.run(&["period", "close", "2026-07"]);
    assert!(said(&refused).contains("awaiting-approval"), "{}", said(&refused));
    let mut approve: Vec<&str> = command.split(' ').skip(1).collect();
    approve.extend(["--user", "boss", "--on", "2026-07-31", "--yes"]);
    office.done(&approve);
    assert_eq!(waiting(), (0.into(), "0.00".into(), command.into()));
}

#[test]
fn settings_stand_in_the_audit_log() {
    let office = office();
    office.write("codes.csv", "16,Lacks something\n45,Above the fee\n");
    let before = rows(&office.json(&["audit", "log"])).len();
    for dry in [true, false] {
        for act in [
            &["payer", "add", "--name", "BLUEBELL", "--class", "commercial"][..],
            &["payer", "set", "1", "--expected-days", "21"],
            &["practice", "set", "--write-off-limit", "25"],
            &["code", "load", "codes.csv"],
        ] {
            office.done(&[act, if dry { &["--dry-run"][..] } else { &[] }].concat());
        }
        let log = office.json(&["audit", "log"]);
        assert!(!dry || rows(&log).len() == before, "{log:#}");
    }
    let log = office.json(&["audit", "log"]);
    let of = |row: &Value| ["what", "subject"].map(|key| row[key].as_str().expect("a word").to_owned());
    let found: Vec<_> = rows(&log)[before..].iter().map(of).collect();
    let wanted = [
        ["payer add", "payer 2"],
        ["payer set", "payer 1"],
        ["practice set", "practice"],
        ["code load", "CARC"],
    ];
    assert_eq!(found, wanted);
    assert_eq!(rows(&log)[before + 1]["details"], "expected days 21");
    office.done(&["audit", "verify"]);
}
