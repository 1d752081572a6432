//! A year of a practice closed month by month, with files that come after their month was closed and persons who date
//! things into it: what each month said stays what it said, to the cent; and one cent changed in it is found.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::office::{Billed, Office, claims, remittance};

/// The last day of each month of the practice.
const MONTHS: [(&str, &str); 12] = [
    ("2025-10", "2025-10-31"),
    ("2025-11", "2025-11-30"),
    ("2025-12", "2025-12-31"),
    ("2026-01", "2026-01-31"),
    ("2026-02", "2026-02-28"),
    ("2026-03", "2026-03-31"),
    ("2026-04", "2026-04-30"),
    ("2026-05", "2026-05-31"),
    ("2026-06", "2026-06-30"),
    ("2026-07", "2026-07-31"),
    ("2026-08", "2026-08-31"),
    ("2026-09", "2026-09-30"),
];

const ACCEPTING: [&str; 4] = ["held-remittances", "unapplied-items", "plb-items", "credits-past-clock"];

/// Runs a command on a day that counts as today.
fn on(office: &Office, today: &str, args: &[&str]) -> (bool, String) {
    let output = office.command(args).env("ARREARS_TODAY", today).output().expect("it runs");
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

/// Closes a month over whatever fails but the proof.
fn close(office: &Office, month: &str) {
    let mut accept = Vec::new();
    for row in office.json(&["period", "check", month])["rows"].as_array().expect("rows") {
        let check = row["check"].as_str().expect("a word");
        // No file of the bank came: nobody says whether it has the money.
        let unlooked = row["ok"].is_null() && ["open-deposits", "money-not-seen"].contains(&check);
        assert!(row["ok"] == true || unlooked || ACCEPTING.contains(&check), "{month}: {row}");
        if row["ok"] == false {
            accept.extend([
                "--accept".to_owned(),
                check.to_owned(),
                "--reason".to_owned(),
                "known".to_owned(),
            ]);
        }
    }
    let args: Vec<&str> =
        ["period", "close", month].into_iter().chain(accept.iter().map(String::as_str)).collect();
    let (done, said) = on(office, "2026-10-20", &args);
    assert!(done, "{month}: {said}");
}

/// Everything that a month says.
fn said(office: &Office, month: &str, end: &str) -> BTreeMap<String, Value> {
    let of_month: [&[&str]; 12] = [
        &["rollforward"],
        &["rollforward", "--by", "payer"],
        &["rollforward", "--by", "financial-class"],
        &["journal"],
        &["day-sheet"],
        &["write-offs"],
        &["refunds"],
        &["adjustments"],
        &["collections"],
        &["kpi"],
        &["plb"],
        &["three-way"],
    ];
    let of_day: [&[&str]; 13] = [
        &["aging"],
        &["aging", "--by", "responsibility"],
        &["aging", "--by", "claim"],
        &["aging", "--basis", "responsibility"],
        &["trial-balance"],
        &["denials"],
        &["denials", "--by", "payer"],
        &["credits"],
        &["unapplied"],
        &["plb"],
        &["three-way"],
        &["deposits"],
        &["allowance"],
    ];
    let month = of_month.iter().map(|args| [&["report"], *args, &["--period", month]].concat());
    let day = of_day.iter().map(|args| [&["report"], *args, &["--as-of", end]].concat());
    month.chain(day).map(|args| (args.join(" "), office.json(&args))).collect()
}

/// The month a file is of: BHT04 of claims, BPR16 of a remittance.
fn month_of(file: &Path) -> String {
    let text = std::fs::read_to_string(file).expect("a file");
    let of = |segment: &str, at: usize| {
        let found = text.split('~').map(str::trim).find(|s| s.starts_with(segment))?;
        found.split('*').nth(at).map(str::to_owned)
    };
    let day = of("BPR*", 16).or_else(|| of("BHT*", 4)).expect("a date");
    format!("{}-{}", &day[..4], &day[4..6])
}

fn rows(report: &Value) -> Vec<Value> {
    report["rows"].as_array().expect("rows").clone()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    files
}

fn amount(rollforward: &Value, line: &str) -> String {
    let rows = rollforward["rows"].as_array().expect("rows");
    let row = rows.iter().find(|row| row["line"] == line).unwrap_or_else(|| panic!("{line}"));
    row["amount"].as_str().expect("an amount").to_owned()
}

/// What persons do after a month was closed, dated into it.
fn meddle(office: &Office, at: usize, end: &str) {
    let claim = (at + 1).to_string();
    office.run(&["claim", "pay", &claim, "3.50", "--on", end]);
    office.run(&["claim", "write-off", &(at + 5).to_string(), "1", "--on", end, "--reason", "small"]);
    if at % 3 == 1 {
        let remit = (at * 2).to_string();
        office.run(&["remit", "reverse", &remit, "--reason", "not ours"]);
        office.run(&["remit", "repost", &remit, "--reason", "ours after all"]);
    }
    if at % 4 == 2 {
        office.run(&["remit", "reverse", &(at * 3).to_string(), "--reason", "not ours"]);
    }
}

#[test]
fn what_a_closed_month_said_it_says_a_year_later() {
    let office = Office::new();
    office.done(&[
        "synth",
        "--claims",
        "160",
        "--months",
        "12",
        "--claims-per-837",
        "6",
        "--payments-per-835",
        "3",
        "files",
    ]);
    let mut by_month: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for folder in ["files/837", "files/835"] {
        for file in files(&office.path(folder)) {
            by_month.entry(month_of(&file)).or_default().push(file);
        }
    }
    let (mut told, mut late) = (Vec::new(), Vec::new());
    for (at, (month, end)) in MONTHS.into_iter().enumerate() {
        let mut now: Vec<PathBuf> = std::mem::take(&mut late);
        let own: Vec<PathBuf> = by_month.remove(month).unwrap_or_default();
        for (n, file) in own.into_iter().enumerate() {
            if n % 5 == 3 { late.push(file) } else { now.push(file) }
        }
        if !now.is_empty() {
            office.import(&now.iter().map(PathBuf::as_path).collect::<Vec<_>>());
        }
        for (when, name, day, frequency, service) in
            [(3, "rr1.837", "20260105", '1', "20260102"), (6, "rr2.837", "20260410", '7', "20251203")]
        {
            if when == at {
                let lines: &[(&str, &str)] = &[("99213", "150")];
                let bill =
                    Billed { number: "RR1", charge: "150", lines, secondary: false, frequency, service };
                office.write(name, claims(900 + at as u32, day, &[bill]));
                office.import(&[Path::new(name)]);
            }
        }
        close(&office, month);
        told.push((month, end, said(&office, month, end)));
        meddle(&office, at, end);
    }
    office.import(&late.iter().map(PathBuf::as_path).collect::<Vec<_>>());
    office.check();
    let restated = office.json(&["report", "restate", "--period", "2026-03"]);
    assert!(!restated["rows"].as_array().expect("rows").is_empty(), "something came late for March");
    for (month, end, before) in &told {
        for (report, now) in said(&office, month, end) {
            let differing: Vec<_> =
                rows(&now).into_iter().filter(|row| !rows(&before[&report]).contains(row)).collect();
            assert!(now == before[&report], "{report}: {differing:#?}");
        }
    }
    for pair in told.windows(2) {
        let key = |month: &str| format!("report rollforward --period {month}");
        let (one, next) = (&pair[0].2[&key(pair[0].0)], &pair[1].2[&key(pair[1].0)]);
        assert_eq!(amount(one, "closing"), amount(next, "opening"), "{}", pair[1].0);
        assert_eq!(amount(one, "difference"), "0.00");
    }
    for (_, end, before) in &told {
        let aging = &before[&format!("report aging --as-of {end}")]["totals"]["total"];
        let roll = before
            .iter()
            .find(|(name, _)| name.starts_with("report rollforward --period") && !name.contains("--by"))
            .expect("a roll-forward")
            .1;
        assert_eq!(*aging, Value::from(amount(roll, "closing")), "{end}");
    }
}

#[test]
fn what_comes_late_is_posted_in_the_open_month_whatever_the_order() {
    let bill = |number| Billed {
        number,
        charge: "200",
        lines: &[("99213", "150"), ("87880", "50")],
        secondary: false,
        frequency: '1',
        service: "20260102",
    };
    let paid = "CLP*A1*1*200*120*30*12*ICN1*11~SVC*HC:99213*150*100**1~CAS*CO*45*50~SVC*HC:87880*50*20**1~CAS*PR*2*30~";
    let denied = "CLP*A2*4*200*0**12*ICN2*11~SVC*HC:99213*150*0**1~CAS*CO*16*150~LQ*HE*M119~SVC*HC:87880*50*0**1~CAS*CO*16*50~";
    let files = [
        ("1.837", claims(1, "20260105", &[bill("A1"), bill("A2")])),
        ("2.835", remittance(2, "PAYER ONE", "BPR*I*120*C*ACH", "20260120", "T2", paid)),
        ("3.835", remittance(3, "PAYER ONE", "BPR*H*0*C*NON", "20260121", "T3", denied)),
    ];
    let balances = |order: [usize; 3], close_after: usize| {
        let office = Office::new();
        for (n, at) in order.into_iter().enumerate() {
            let (name, content) = &files[at];
            office.write(name, content);
            office.run(&["import", name]);
            if n == close_after {
                close(&office, "2026-01");
            }
        }
        office.check();
        let mut claims: Vec<String> = office.json(&["claim", "list"])["rows"]
            .as_array()
            .expect("rows")
            .iter()
            .map(|row| {
                format!("{} {} {} {}", row["control_number"], row["balance"], row["paid"], row["status"])
            })
            .collect();
        claims.sort();
        let accounts = office.json(&["report", "trial-balance"])["rows"].clone();
        (claims, accounts.to_string())
    };
    let wanted = balances([0, 1, 2], 9);
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2], [2, 0, 1]] {
        for close_after in 0..3 {
            assert_eq!(balances(order, close_after), wanted, "{order:?}, closed after {close_after}");
        }
    }
}

#[test]
fn a_month_is_closed_in_order_over_what_somebody_accepts_and_reopened_with_a_reason() {
    let office = Office::new();
    let stray = "CLP*Z9*1*75*60**12*ICN9*11~SVC*HC:99213*75*60**1~CAS*CO*45*15~";
    office.write("1.835", remittance(1, "PAYER ONE", "BPR*I*60*C*ACH", "20260120", "T1", stray));
    office.run(&["import", "1.835"]);
    let refused = office.run(&["period", "close", "2026-01"]);
    assert_eq!(refused.status.code(), Some(4));
    let words = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(words.contains("unapplied-items") && words.contains("arrears unapplied list"), "{words}");
    assert_eq!(office.run(&["period", "check", "2026-01"]).status.code(), Some(1));
    let closing =
        ["period", "close", "2026-01", "--accept", "unapplied-items", "--reason", "waits for a call"];
    office.done(&[&closing[..], &["--dry-run"]].concat());
    assert!(office.json(&["period", "list"])["rows"].as_array().expect("rows").is_empty());
    office.done(&closing);
    assert_eq!(office.run(&["period", "close", "2026-03"]).status.code(), Some(4), "February comes first");
    assert_eq!(office.run(&["period", "close", "2026-09"]).status.code(), Some(4), "it is not over");
    office.done(&["period", "close", "2026-02", "--accept", "unapplied-items", "--reason", "still"]);
    assert_eq!(
        office.run(&["period", "reopen", "2026-01", "--reason", "x"]).status.code(),
        Some(4),
        "nobody was asked"
    );
    office.done(&["period", "reopen", "2026-01", "--reason", "a wrong deposit", "--yes"]);
    let acts: Vec<Value> = office.json(&["period", "list"])["rows"].as_array().expect("rows").clone();
    let words: Vec<_> = acts.iter().map(|row| row["act"].as_str().expect("a word")).collect();
    assert_eq!(words, ["closed", "reopened", "closed", "reopened"]);
    let log = office.json(&["audit", "log", "--what", "period"]);
    assert_eq!(log["rows"].as_array().expect("rows").len(), 4, "{log:#}");
    office.done(&["audit", "verify"]);
    office.check();
}
