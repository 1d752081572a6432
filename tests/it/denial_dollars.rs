//! What became of denied dollars, where payers make it hard to tell: lines answered by name and as part of a claim, money
//! paid, taken back and given up.

use serde_json::Value;

use crate::denial_work::{answer, billed, denied, fields, list, refused, shown};
use crate::office::{Billed, Office, claims, remittance};

/// The denied lines of a case: number, denied, open.
fn lines(office: &Office, case: &str) -> Vec<(u64, String, String)> {
    let said = office.json(&["denial", "show", case]);
    let word = |row: &Value, key: &str| row[key].as_str().expect("an amount").to_owned();
    let of = |row: &Value| (row["line"].as_u64().expect("a line"), word(row, "denied"), word(row, "open"));
    said["lines"].as_array().expect("lines").iter().map(of).collect()
}

/// Two parts of a split claim that are denied without naming lines: one of them may be the line that was denied by name
/// before, the other is not.
#[test]
fn parts_of_a_claim_do_not_share_a_line() {
    let office = Office::new();
    let lines_billed = [("99213", "100"), ("87880", "117.65"), ("36415", "310.10")];
    let claim = Billed {
        number: "C1",
        charge: "527.75",
        lines: &lines_billed,
        secondary: false,
        frequency: '1',
        service: "20260601",
    };
    let batch = office.write("claims.837", claims(1, "20260603", &[claim]));
    office.import(&[&batch]);
    let line = "SVC*HC:99213*100*0~DTM*472*20260601~CAS*CO*16*100~";
    answer(&office, 2, "20260620", "0", &format!("CLP*C1*1*100*0**12*ICN0~{line}"));
    assert_eq!(lines(&office, "1"), [(1, "100.00".into(), "100.00".into())]);
    answer(&office, 3, "20260621", "0", "CLP*C1*1*117.65*0**12*ICN1~CAS*CO*16*117.65~");
    let back = "SVC*HC:99213*-100*0~DTM*472*20260601~CAS*CO*16*-100~";
    answer(&office, 4, "20260622", "0", &format!("CLP*C1*22*-100*0**12*ICN0~{back}"));
    answer(&office, 5, "20260623", "0", "CLP*C1*1*410.10*0**12*ICN0~CAS*CO*16*100**45*310.10~");
    let denial = shown(&office, "C1");
    assert_eq!(fields(&denial, &["denied", "open_amount"]), ["217.65", "217.65"]);
    assert_eq!(
        lines(&office, "1"),
        [(1, "100.00".into(), "100.00".into()), (0, "117.65".into(), "117.65".into())]
    );
    assert_eq!(list(&office, &[]).len(), 1);
}

const PAID: &str = "CLP*C1*1*150*110**12*P1~SVC*HC:99213*150*110~DTM*472*20260601~CAS*CO*45*40~";
const BACK: &str = "CLP*C1*22*-150*-110**12*P1~SVC*HC:99213*-150*-110~DTM*472*20260601~CAS*CO*45*-40~\
                    PLB*1234567893*20261231*FB:X*-110~";

/// An office whose claim was denied, paid after all, and whose payment was taken back without another answer.
fn taken_back(on: &str) -> Office {
    let office = denied(&["C1"], "CO*197");
    answer(&office, 3, "20260710", "110", PAID);
    answer(&office, 4, on, "0", BACK);
    assert_eq!(ends(&office), ["reopened", "150.00", "0.00", "0.00"]);
    office
}

/// How the denial stands: status, open, written off, recovered; the reports must say the same.
fn ends(office: &Office) -> [String; 4] {
    office.check();
    let denials = office.json(&["report", "denials"])["totals"].clone();
    let recovery = office.json(&["report", "recovery"])["totals"].clone();
    let said = |report: &Value| {
        ["open", "written_off", "recovered"].map(|key| report[key].as_str().expect("an amount").to_owned())
    };
    assert_eq!(said(&denials), said(&recovery));
    let [open, written_off, recovered] = said(&denials);
    let denial = shown(office, "C1");
    assert_eq!(fields(&denial, &["open_amount", "recovered"]), [&open, &recovered]);
    [denial["status"].as_str().expect("a word").to_owned(), open, written_off, recovered]
}

/// The number of the entry that wrote something off last.
fn written_off(office: &Office) -> String {
    let register = office.json(&["report", "write-offs"]);
    register["rows"].as_array().expect("rows").last().expect("a write-off")["entry"].to_string()
}

fn give_up(office: &Office, amount: &str, on: &str) {
    let what = ["claim", "write-off", "C1", amount, "--from", "denied"];
    office.done(&[&what[..], &["--on", on, "--reason", "no use"]].concat());
}

/// A remittance that the office takes back takes its denial along, and what somebody had given up of that is there again.
#[test]
fn a_denial_that_is_taken_back_after_a_part_was_given_up_is_no_more() {
    let office = denied(&["C1"], "CO*197");
    give_up(&office, "60", "2026-07-10");
    office.check();
    office.done(&["remit", "reverse", "1", "--reason", "not ours"]);
    office.check();
    assert!(list(&office, &[]).is_empty(), "nothing is denied");
    let claim = office.json(&["claim", "show", "C1"]);
    assert_eq!(claim["claim"]["balance"], "150.00");
    office.done(&["remit", "repost", "1", "--reason", "it was ours"]);
    office.check();
    assert_eq!(fields(&shown(&office, "C1"), &["denied", "open_amount"]), ["150.00", "90.00"]);
}

#[test]
fn what_was_paid_taken_back_and_given_up_counts_as_written_off() {
    let office = taken_back("20260801");
    give_up(&office, "60", "2026-09-10");
    assert_eq!(ends(&office), ["reopened", "90.00", "60.00", "0.00"]);
    let part = written_off(&office);
    give_up(&office, "90", "2026-09-20");
    assert_eq!(ends(&office), ["written-off", "0.00", "150.00", "0.00"]);
    assert!(list(&office, &[]).is_empty(), "nothing is left to do");
    // A write-off that is undone gives its own dollars back, and is no new taking back.
    office.done(&["claim", "undo", "C1", &part, "--reason", "too early"]);
    assert_eq!(ends(&office), ["reopened", "60.00", "90.00", "0.00"]);
    let events = office.json(&["denial", "show", "1"])["events"].clone();
    let acts: Vec<(&str, &str)> = events
        .as_array()
        .expect("events")
        .iter()
        .map(|e| (e["event"].as_str().expect("a word"), e["amount"].as_str().expect("an amount")))
        .collect();
    assert_eq!(
        acts,
        [
            ("denied", "150.00"),
            ("paid", "110.00"),
            ("taken-back", "110.00"),
            ("given-up", "60.00"),
            ("given-up", "90.00"),
            ("undone", "60.00")
        ]
    );
    // Before the write-offs it stood as it stood.
    let then = office.json(&["report", "recovery", "--as-of", "2026-08-31"])["totals"].clone();
    assert_eq!(fields(&then, &["denied", "written_off", "open"]), ["150.00", "0.00", "150.00"]);
}

/// The payer denies again after a part was given up: what was given up stays so, and the rest is open.
#[test]
fn an_answer_after_a_write_off_leaves_it_written_off() {
    let office = taken_back("20260801");
    give_up(&office, "60", "2026-08-15");
    answer(&office, 5, "20260901", "0", &refused("C1", "Q", "CO*197"));
    assert_eq!(ends(&office), ["reopened", "90.00", "60.00", "0.00"]);
}

/// On the very day on which the payer took it back, too.
#[test]
fn what_was_taken_back_is_worked_like_the_rest() {
    let office = taken_back("20260930");
    office.done(&["denial", "propose-write-off", "1", "--amount", "50"]);
    assert_eq!(ends(&office), ["reopened", "100.00", "50.00", "0.00"]);
    let said = office.run(&["denial", "propose-write-off", "1", "--amount", "100.01"]);
    assert_eq!(said.status.code(), Some(4));
    let words = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(words.contains("denial 1 has 100.00 open, not 100.01"), "{words}");
    office.done(&["denial", "bill-patient", "1", "--waiver", "signed notice"]);
    assert_eq!(ends(&office), ["patient-billed", "0.00", "50.00", "0.00"]);
    let buckets = office.json(&["claim", "show", "C1"])["balances"]["buckets"].clone();
    assert_eq!(fields(&buckets, &["open", "due"]), ["0.00", "100.00"]);
    office.done(&["denial", "reopen", "1"]);
    assert_eq!(ends(&office), ["reopened", "150.00", "0.00", "0.00"]);
    office.done(&["denial", "bill-next-payer", "1"]);
    assert_eq!(ends(&office), ["next-payer-billed", "0.00", "0.00", "0.00"]);
}

/// Once its payment is taken back, the payer's denial stands again: the same dollars in the same case.
#[test]
fn what_was_taken_back_is_the_same_denial() {
    let office = taken_back("20260801");
    assert_eq!(ends(&office), ["reopened", "150.00", "0.00", "0.00"]);
    assert_eq!(lines(&office, "1"), [(1, "150.00".into(), "150.00".into())]);
    assert_eq!(office.json(&["denial", "list", "--all"])["rows"].as_array().expect("rows").len(), 1);
    give_up(&office, "40", "2026-09-30");
    assert_eq!(ends(&office), ["reopened", "110.00", "40.00", "0.00"]);
    office.done(&["denial", "propose-write-off", "1"]);
    assert_eq!(ends(&office), ["written-off", "0.00", "150.00", "0.00"]);
}

/// A later payer's own denial, paid and taken back: it waits where that payer had paid it from.
#[test]
fn a_later_payer_takes_back_too() {
    let office = billed(&["C1"]);
    let line = "SVC*HC:99213*150*100~DTM*472*20260601~CAS*CO*45*20~CAS*PR*2*30~";
    answer(&office, 2, "20260620", "100", &format!("CLP*C1*1*150*100*30*12*A1~{line}"));
    let second = |control: u32, date: &str, paid: &str, claims: String| {
        let bpr = if paid == "0" { "BPR*H*0*C*NON".to_owned() } else { format!("BPR*I*{paid}*C*CHK") };
        let text = remittance(control, "PAYER TWO", &bpr, date, &format!("TRACE{control}"), &claims);
        let path = office.write(&format!("{control}.835"), text);
        office.import(&[&path]);
        office.check();
    };
    let said = |status: &str, icn: &str, sign: &str, paid: &str, more: &str| {
        let head = format!("CLP*C1*{status}*{sign}150*{paid}**12*{icn}~");
        format!("{head}SVC*HC:99213*{sign}150*{paid}~DTM*472*20260601~CAS*OA*23*{sign}120~{more}")
    };
    second(3, "20260701", "0", said("2", "B1", "", "0", "CAS*CO*197*30~"));
    assert_eq!(ends(&office), ["open", "30.00", "0.00", "0.00"]);
    second(4, "20260715", "30", said("2", "B2", "", "30", ""));
    assert_eq!(ends(&office), ["recovered", "0.00", "0.00", "30.00"]);
    let taken = "PLB*1234567893*20261231*FB:X*-30~";
    second(5, "20260801", "0", said("22", "B2", "-", "-30", "") + taken);
    assert_eq!(ends(&office), ["reopened", "30.00", "0.00", "0.00"]);
    office.done(&["denial", "propose-write-off", "1"]);
    assert_eq!(ends(&office), ["written-off", "0.00", "30.00", "0.00"]);
}

/// Dollars that a person let go and put back are the same dollars, whichever way they took: no second denial beside the first.
#[test]
fn what_comes_back_is_no_second_denial() {
    for way in [&["due"][..], &["next"], &["open"], &["due", "open"]] {
        let office = denied(&["C1"], "CO*197");
        let stops: Vec<&str> = [&["denied"], way, &["denied"]].concat();
        for (at, pair) in stops.windows(2).enumerate() {
            let on = format!("2026-07-0{}", at + 1);
            let said = ["--on", &on, "--reason", "no, again", "--waiver", "ABN 7"];
            let act = ["claim", "transfer", "C1", "100", "--from", pair[0], "--to", pair[1]];
            office.done(&[&act[..], &said].concat());
        }
        assert_eq!(ends(&office)[1..], ["150.00", "0.00", "0.00"], "{way:?}");
        let denials = office.json(&["denial", "list", "--all"])["rows"].clone();
        assert_eq!(denials.as_array().map(Vec::len), Some(1), "{way:?}: {denials:#}");
        assert_eq!(office.json(&["report", "denials"])["totals"]["denied"], "150.00", "{way:?}");
    }
}

/// What older books had denied and the payer denied again is one denial; it stands as it stood when that answer is reversed.
#[test]
fn what_older_books_had_denied_stands_again_once() {
    let office = Office::new();
    let table = "claim,patient,payer,payer id,dos,billed on,charge,paid,adjusted,balance,bucket\n\
                 C1,\"Gum, Ed\",PAYER ONE,P1,06/01/2026,06/03/2026,150.00,0,0,150.00,denied\n";
    office.write("open.csv", table);
    office.json(&["import", "open.csv", "--as", "opening", "--posting-date", "2026-06-10"]);
    let claims = "CLP*C1*1*150*0**12*A1~NM1*QC*1*GUM*ED~DTM*232*20260601~CAS*CO*16*150~";
    answer(&office, 3, "20260710", "0", claims);
    assert_eq!(ends(&office), ["open", "150.00", "0.00", "0.00"]);
    let back = claims.replace("*1*150*0*", "*22*-150*0*").replace("*16*150", "*16*-150");
    answer(&office, 4, "20260801", "0", &back);
    assert_eq!(ends(&office), ["open", "150.00", "0.00", "0.00"]);
    assert_eq!(office.json(&["report", "denials"])["totals"]["denied"], "150.00");
    assert_eq!(list(&office, &[]).len(), 1);
}
