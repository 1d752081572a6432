//! The follow-up specialist's day: denials taken, worked, paid, taken back, given up; two people at once.

use std::collections::BTreeSet;
use std::process::Stdio;

use serde_json::Value;

use crate::office::{Billed, Office, claims, remittance};

/// An office with claims of one line each, of two payers.
pub fn billed(numbers: &[&str]) -> Office {
    let office = Office::new();
    let billed: Vec<Billed<'_>> = numbers
        .iter()
        .map(|number| Billed {
            number,
            charge: "150",
            lines: &[("99213", "150")],
            secondary: true,
            frequency: '1',
            service: "20260601",
        })
        .collect();
    let batch = office.write("claims.837", claims(1, "20260603", &billed));
    office.import(&[&batch]);
    office
}

/// The same, all denied.
pub fn denied(numbers: &[&str], cas: &str) -> Office {
    let office = billed(numbers);
    answer(&office, 2, "20260620", "0", &numbers.iter().map(|n| refused(n, "A", cas)).collect::<String>());
    office
}

pub fn refused(number: &str, icn: &str, cas: &str) -> String {
    format!("CLP*{number}*1*150*0**12*{icn}{number}~SVC*HC:99213*150*0~DTM*472*20260601~CAS*{cas}*150~")
}

pub fn answer(office: &Office, control: u32, date: &str, paid: &str, claims: &str) -> Value {
    let bpr = if paid == "0" {
        "BPR*H*0*C*NON".to_owned()
    } else {
        format!("BPR*I*{paid}*{}*CHK", if paid.starts_with('-') { "D" } else { "C" })
    };
    let text = remittance(control, "PAYER ONE", &bpr, date, &format!("TRACE{control}"), claims);
    let path = office.write(&format!("{control}.835"), text);
    let said = office.import(&[&path]);
    office.check();
    said
}

pub fn list(office: &Office, more: &[&str]) -> Vec<Value> {
    office.json(&[&["denial", "list"], more].concat())["rows"].as_array().expect("rows").clone()
}

pub fn shown(office: &Office, claim: &str) -> Value {
    office.json(&["claim", "show", claim])["denials"][0].clone()
}

pub fn fields<'a>(denial: &'a Value, keys: &[&str]) -> Vec<&'a str> {
    keys.iter().map(|key| denial[*key].as_str().unwrap_or("null")).collect()
}

#[test]
fn denied_three_times_paid_and_taken_back() {
    let office = denied(&["C1"], "CO*197");
    for (control, icn, times) in [(3, "B", 2), (4, "C", 3)] {
        office.done(&["denial", "appeal", "1", "--method", "fax", "--proof", "77"]);
        assert_eq!(shown(&office, "C1")["status"], "appealed");
        answer(&office, control, &format!("202607{control:02}"), "0", &refused("C1", icn, "CO*197"));
        let denial = shown(&office, "C1");
        assert_eq!(
            fields(&denial, &["status", "denied", "open_amount", "recovered"]),
            ["open", "150.00", "150.00", "0.00"]
        );
        assert_eq!(denial["events"], times);
    }
    let paid = "CLP*C1*1*150*110**12*DC1~SVC*HC:99213*150*110~DTM*472*20260601~CAS*CO*45*40~";
    answer(&office, 5, "20260810", "110", paid);
    let denial = shown(&office, "C1");
    assert_eq!(
        fields(&denial, &["status", "denied", "open_amount", "recovered"]),
        ["recovered", "150.00", "0.00", "110.00"]
    );
    assert!(list(&office, &[]).is_empty(), "nothing is left to do");
    let back = "CLP*C1*22*-150*-110**12*DC1~SVC*HC:99213*-150*-110~DTM*472*20260601~CAS*CO*45*-40~";
    answer(&office, 6, "20260901", "0", &format!("{back}PLB*1234567893*20261231*FB:X*-110~"));
    let denial = shown(&office, "C1");
    assert_eq!(
        fields(&denial, &["status", "denied", "open_amount", "recovered"]),
        ["reopened", "150.00", "150.00", "0.00"]
    );
    assert_eq!(denial["events"], 3);
    let report = office.json(&["report", "denials"]);
    assert_eq!(fields(&report["totals"], &["denied", "recovered", "open"]), ["150.00", "0.00", "150.00"]);
    assert_eq!(list(&office, &[])[0]["status"], "reopened");
}

#[test]
fn impossible_moves_are_refused_and_the_allowed_ones_named() {
    let office = denied(&["C1"], "CO*197");
    office.done(&["denial", "resolve", "1"]);
    let said = office.run(&["denial", "appeal", "1"]);
    let words = String::from_utf8_lossy(&said.stderr).into_owned();
    assert_eq!(said.status.code(), Some(4), "{words}");
    assert!(
        words.contains("resolved has no appeal; it allows note, call, decide, undecide, reopen, letter"),
        "{words}"
    );
    assert_eq!(office.run(&["denial", "approve", "1"]).status.code(), Some(4));
    assert_eq!(office.run(&["denial", "note", "99", "--note", "x"]).status.code(), Some(4));
    office.done(&["denial", "reopen", "1"]);
    assert_eq!(shown(&office, "C1")["status"], "reopened");
    office.check();
}

#[test]
fn money_moves_through_the_journal_and_comes_back() {
    let office = denied(&["C1", "C2", "C3"], "CO*50");
    office.done(&["denial", "bill-next-payer", "1"]);
    office.done(&["denial", "bill-patient", "2", "--waiver", "ABN of March"]);
    office.done(&["denial", "propose-write-off", "3", "--amount", "60"]);
    office.check();
    let buckets = |claim: &str| office.json(&["claim", "show", claim])["balances"]["buckets"].clone();
    assert_eq!(buckets("C1")["next"], "150.00");
    assert_eq!(buckets("C2")["due"], "150.00");
    assert_eq!(buckets("C3")["denied"], "90.00");
    let states: Vec<Value> = ["C1", "C2", "C3"].iter().map(|c| shown(&office, c)["status"].clone()).collect();
    assert_eq!(states, ["next-payer-billed", "patient-billed", "open"]);
    let report = office.json(&["report", "denials"]);
    assert_eq!(fields(&report["totals"], &["denied", "written_off", "open"]), ["450.00", "60.00", "90.00"]);
    office.done(&["denial", "reopen", "2"]);
    assert_eq!(
        (buckets("C2")["denied"].clone(), shown(&office, "C2")["status"].clone()),
        ("150.00".into(), "reopened".into())
    );
    office.check();
    // A write-off taken back on the claim gives the dollars back to the denial.
    let postings = office.json(&["claim", "show", "C3"])["postings"].clone();
    let entry = postings.as_array().expect("postings").iter().find(|p| p["account"] == "writeoff:denial");
    let entry = entry.expect("a write-off")["entry"].to_string();
    office.done(&["claim", "undo", "C3", &entry, "--reason", "too early"]);
    assert_eq!(fields(&shown(&office, "C3"), &["open_amount"]), ["150.00"]);
    let report = office.json(&["report", "denials"]);
    assert_eq!(fields(&report["totals"], &["written_off", "open"]), ["0.00", "300.00"]);
    office.check();
}

#[test]
fn a_large_write_off_needs_somebody_else() {
    let office = denied(&["C1"], "CO*29");
    office.done(&["practice", "set", "--write-off-limit", "100"]);
    office.done(&["denial", "propose-write-off", "1", "--user", "maria"]);
    assert_eq!(shown(&office, "C1")["status"], "write-off-proposed");
    let said = office.run(&["denial", "approve", "1", "--user", "Maria"]);
    assert_eq!(said.status.code(), Some(4));
    assert!(String::from_utf8_lossy(&said.stderr).contains("somebody else must approve it"));
    assert_eq!(shown(&office, "C1")["open_amount"], "150.00");
    office.done(&["denial", "reject", "1", "--user", "boss"]);
    assert_eq!(shown(&office, "C1")["status"], "open");
    office.done(&["denial", "propose-write-off", "1", "--user", "maria"]);
    office.done(&["denial", "approve", "1", "--user", "boss"]);
    let register = office.json(&["report", "write-offs"]);
    assert_eq!(
        (&register["rows"][0]["user"], &register["rows"][0]["approver"]),
        (&"maria".into(), &"boss".into())
    );
    assert_eq!(fields(&shown(&office, "C1"), &["status", "open_amount"]), ["written-off", "0.00"]);
    let accounts = office.json(&["report", "trial-balance"]);
    let rows = accounts["rows"].as_array().expect("rows");
    assert!(rows.iter().any(|row| row["account"] == "writeoff:timely_filing" && row["balance"] == "150.00"));
    assert_eq!(office.run(&["denial", "bill-patient", "1"]).status.code(), Some(4));
    office.check();
}

#[test]
fn filters_find_what_the_list_shows_and_all_or_nothing_happens() {
    let office = denied(&["C1", "C2", "C3"], "CO*197");
    office.done(&["denial", "assign", "1", "2", "--who", "maria"]);
    assert_eq!(list(&office, &["--assignee", "maria"]).len(), 2);
    let mine = ["--user", "maria"];
    let appeal = [&["denial", "appeal", "--assignee", "maria"], &mine[..]].concat();
    let unasked = office.run(&appeal);
    assert_eq!(unasked.status.code(), Some(4), "nobody was asked");
    assert!(!String::from_utf8_lossy(&unasked.stderr).contains("assigned to"));
    assert_eq!(office.run(&["denial", "appeal"]).status.code(), Some(2), "nothing was named");
    office.done(&[&appeal[..], &["--yes", "--dry-run"]].concat());
    assert_eq!(list(&office, &["--status", "appealed"]).len(), 0);
    office.done(&[&appeal[..], &["--yes"]].concat());
    assert_eq!(list(&office, &["--status", "appealed"]).len(), 2);
    // One of them cannot be rejected: none is.
    office.done(&["practice", "set", "--write-off-limit", "1"]);
    office.done(&["denial", "propose-write-off", "3"]);
    assert_eq!(office.run(&["denial", "reject", "3", "1"]).status.code(), Some(4));
    assert_eq!(list(&office, &["--status", "write-off-proposed"]).len(), 1);
    let call = ["denial", "call", "1", "--promised", "2026-09-20", "--rep", "Kim", "--reference", "9"];
    office.done(&[&call[..], &mine].concat());
    assert_eq!(list(&office, &["--overdue"]).len(), 1);
    office.done(&[&["denial", "snooze", "1", "--until", "2026-10-20"], &mine[..]].concat());
    let snoozed = &list(&office, &["--text", "C1"])[0];
    assert!(snoozed["why"].as_str().expect("words").contains("waits until 2026-10-20"), "{snoozed}");
    assert_eq!(snoozed["deadline_rule"], "no rule");
    office.check();
}

/// Several processes at once, again and again: nobody gets what another has.
#[test]
fn two_people_never_get_the_same_denial() {
    let names: Vec<String> = (1..=12).map(|n| format!("C{n}")).collect();
    let office = denied(&names.iter().map(String::as_str).collect::<Vec<_>>(), "CO*197");
    let mut seen = BTreeSet::new();
    for _ in 0..3 {
        let children: Vec<_> = ["ann", "bob", "cem", "dia"]
            .iter()
            .map(|user| {
                let mut command = office.command(&["denial", "next", "--format", "json", "--user", user]);
                command.stdout(Stdio::piped()).spawn().expect("it runs")
            })
            .collect();
        for child in children {
            let output = child.wait_with_output().expect("it ends");
            let answer: Value = serde_json::from_slice(&output.stdout).expect("an answer");
            let id = answer["rows"][0]["denial_id"].as_u64().expect("a denial");
            assert!(seen.insert(id), "denial {id} was handed out twice");
        }
    }
    assert_eq!(seen.len(), 12);
    assert!(office.json(&["denial", "next"])["rows"].as_array().expect("rows").is_empty());
    // Done is done: it does not come back before its time; a lease that ran out does.
    office.done(&["denial", "appeal", "1", "--user", "ann", "--step-in"]);
    let mut tomorrow = office.command(&["denial", "next", "--format", "json", "--user", "eve"]);
    let output = tomorrow.env("ARREARS_TODAY", "2026-10-01").output().expect("it runs");
    let answer: Value = serde_json::from_slice(&output.stdout).expect("an answer");
    assert_eq!(answer["rows"][0]["denial_id"], 2, "the first is with the payer");
    office.check();
}

#[test]
fn what_somebody_has_nobody_else_works_without_saying_so() {
    let office = denied(&["C1", "C2", "C3"], "CO*197");
    let run = |args: &[&str], user: &str| office.run(&[&["denial"], args, &["--user", user]].concat());
    let done = |args: &[&str], user: &str| {
        let said = run(args, user);
        assert!(said.status.success(), "{args:?}: {}", String::from_utf8_lossy(&said.stderr));
    };
    let refused = |args: &[&str], user: &str, why: &str| {
        let said = run(args, user);
        let words = String::from_utf8_lossy(&said.stderr).into_owned();
        assert_eq!(said.status.code(), Some(4), "{args:?}: {words}");
        assert!(words.contains(why) && words.contains("--step-in"), "{words}");
    };
    let next = run(&["next", "--format", "json", "--lease", "20"], "ann");
    let next: Value = serde_json::from_slice(&next.stdout).expect("an answer");
    assert_eq!(next["rows"][0]["denial_id"], 1);
    // In her hands: nobody else acts on it, alone or among others, and nothing is done by halves.
    refused(&["appeal", "1"], "bob", "denial 1 is with ann for 20 more minutes");
    refused(&["resolve", "3", "1"], "bob", "denial 1 is with ann");
    refused(&["snooze", "--payer", "payer", "--until", "2026-10-20", "--yes"], "bob", "denial 1 is with ann");
    assert_eq!(list(&office, &["--status", "open"]).len(), 3);
    // A remark does not take it away.
    done(&["note", "1", "--note", "the patient called"], "bob");
    refused(&["call", "1"], "bob", "denial 1 is with ann");
    done(&["call", "1", "--rep", "Kim"], "Ann");
    // It was done: now anybody may.
    done(&["appeal", "1"], "bob");
    // Assigned is assigned, until the manager gives it to somebody else.
    done(&["assign", "2", "3", "--who", "ann"], "boss");
    refused(&["appeal", "2"], "bob", "denial 2 is assigned to ann");
    done(&["appeal", "2"], "ann");
    done(&["assign", "3", "--who", "bob"], "boss");
    refused(&["appeal", "3"], "ann", "denial 3 is assigned to bob");
    done(&["resubmit", "3", "--step-in"], "ann");
    assert_eq!(list(&office, &["--assignee", "bob"])[0]["status"], "resubmitted", "it stays his");
    // What ran out binds nobody, and giving a case away takes it from whoever had it.
    let office = denied(&["D1", "D2"], "CO*197");
    office.done(&["denial", "next", "--user", "ann"]);
    let tomorrow = |args: &[&str]| {
        let mut command = office.command(&[&["denial"], args].concat());
        command.env("ARREARS_TODAY", "2026-10-01").output().expect("it runs").status.code()
    };
    assert_eq!(tomorrow(&["appeal", "1", "--user", "bob"]), Some(0));
    office.done(&["denial", "next", "--user", "ann"]);
    office.done(&["denial", "assign", "2", "--who", "bob", "--user", "boss"]);
    office.done(&["denial", "appeal", "2", "--user", "bob"]);
    office.check();
}

/// What was denied in older books is a denial here too: its dollars came with it, its answer did not.
#[test]
fn what_older_books_had_denied_is_worked_like_the_rest() {
    let office = Office::new();
    let table = "claim,patient,payer,payer id,dos,billed on,charge,paid,adjusted,balance,bucket\n\
                 O1,\"Gum, Ed\",PAYER ONE,P1,05/05/2026,05/06/2026,150.00,0,0,150.00,denied\n\
                 O2,\"Elm, Cy\",PAYER ONE,P1,05/05/2026,05/06/2026,80.00,0,0,80.00,denied\n";
    office.write("open.csv", table);
    office.json(&["import", "open.csv", "--as", "opening", "--posting-date", "2026-06-30"]);
    office.check();
    let rows = list(&office, &[]);
    let seen: Vec<Vec<&str>> = rows
        .iter()
        .map(|row| fields(row, &["control_number", "denied", "open_amount", "status", "denied_on"]))
        .collect();
    let expected =
        [["O1", "150.00", "150.00", "open", "2026-06-30"], ["O2", "80.00", "80.00", "open", "2026-06-30"]];
    assert_eq!(seen, expected);
    let rule =
        ["clock", "set", "1", "appeal-1", "120", "days", "--from", "denial", "--source", "x", "--confirm"];
    office.done(&rule);
    // When it was denied nobody knows: the clock counts from the earliest day on which it can have been.
    let row = &list(&office, &["--text", "O1"])[0];
    assert_eq!(row["deadline"], "2026-09-02");
    assert!(row["deadline_rule"].as_str().expect("words").contains("start not known"), "{row}");
    office.done(&["denial", "appeal", "1", "--on", "2026-07-10"]);
    let letter = office.done(&["denial", "letter", "1", "--template", "appeal-1"]);
    assert!(letter.contains("\nDenied, $150.00.\n"), "{letter}");
    answer(&office, 2, "20260801", "110", "CLP*O1*1*150*110**12*I1~CAS*CO*45*40~");
    assert_eq!(
        fields(&shown(&office, "O1"), &["status", "recovered", "open_amount"]),
        ["recovered", "110.00", "0.00"]
    );
    office.done(&["denial", "propose-write-off", "2", "--on", "2026-08-20"]);
    office.check();
    let totals = |day: &str| {
        let report = office.json(&["report", "denials", "--as-of", day]);
        fields(&report["totals"], &["denied", "recovered", "written_off", "open"]).join(" ")
    };
    assert_eq!(totals("2026-06-29"), "0.00 0.00 0.00 0.00");
    assert_eq!(totals("2026-07-31"), "230.00 0.00 0.00 230.00");
    assert_eq!(totals("2026-08-19"), "230.00 110.00 0.00 80.00");
    assert_eq!(totals("2026-08-20"), "230.00 110.00 80.00 0.00");
}
