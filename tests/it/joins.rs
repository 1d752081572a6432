//! One visit, one receivable: bills under several numbers through the real binary, in every order of their files.

use std::path::PathBuf;

use serde_json::Value;

use crate::acks::status;
use crate::office::{Office, professional, remittance};

/// One claim of an 837P for the visit of 2 March 2026.
#[derive(Clone, Copy)]
struct Bill {
    number: &'static str,
    frequency: char,
    /// REF*F8, or nothing.
    original: &'static str,
    procedure: &'static str,
    charge: &'static str,
    patient: &'static str,
}

const FIRST: Bill = Bill {
    number: "V100",
    frequency: '1',
    original: "",
    procedure: "99214",
    charge: "180",
    patient: "WILLA",
};

fn billed(office: &Office, name: &str, date: &str, bills: &[Bill]) -> PathBuf {
    let control: u32 = name.bytes().map(u32::from).sum();
    let mut segments = Vec::new();
    for (at, bill) in bills.iter().enumerate() {
        segments.push(format!("HL*{}*1*22*0", at + 2));
        segments.push("SBR*P*18*******CI".to_owned());
        segments.push(format!("NM1*IL*1*MARSH*{}****MI*MEM{}", bill.patient, bill.patient));
        segments.push("NM1*PR*2*PAYER ONE*****PI*P1".to_owned());
        segments.push(format!("CLM*{}*{}***11:B:{}*Y*A*Y*Y", bill.number, bill.charge, bill.frequency));
        if !bill.original.is_empty() {
            segments.push(format!("REF*F8*{}", bill.original));
        }
        segments.push("HI*ABK:J069".to_owned());
        segments.push("LX*1".to_owned());
        segments.push(format!("SV1*HC:{}*{}*UN*1***1", bill.procedure, bill.charge));
        segments.push("DTP*472*D8*20260302".to_owned());
    }
    office.write(name, professional(control, name, date, &segments))
}

/// A remittance without cash that denies a claim, with a remark of its own; or one that pays it.
fn answered(office: &Office, name: &str, date: &str, paid: &str, segments: &str) -> PathBuf {
    let control: u32 = name.bytes().map(u32::from).sum();
    let bpr = if paid == "0" { "BPR*H*0*C*NON".to_owned() } else { format!("BPR*I*{paid}*C*ACH") };
    office.write(name, remittance(control, "PAYER ONE", &bpr, date, &format!("T{name}"), segments))
}

fn denied(number: &str, icn: &str, remark: &str) -> String {
    format!(
        "CLP*{number}*1*180*0**12*{icn}*11~NM1*QC*1*MARSH*WILLA****MI*MEMWILLA~{remark}SVC*HC:99214*180*0**1~\
         DTM*472*20260302~CAS*CO*16*180~LQ*HE*M51~"
    )
}

fn paid(number: &str, icn: &str) -> String {
    format!(
        "CLP*{number}*1*180*130**12*{icn}*11~NM1*QC*1*MARSH*WILLA****MI*MEMWILLA~SVC*HC:99214*180*130**1~\
         DTM*472*20260302~CAS*CO*45*50~"
    )
}

fn rejection(office: &Office, name: &str, date: &str, number: &str) -> PathBuf {
    status(office, name, "PR", date, "", "", &[&format!("{number}|STC*A3:562*{date}*U*180")])
}

/// The possible doubles, by number.
fn doubles(office: &Office) -> Vec<String> {
    let report = office.json(&["claim", "doubles"]);
    let row =
        |row: &Value| format!("{}~{}:{}", row["earlier_number"], row["control_number"], row["likeness"]);
    let mut rows: Vec<String> =
        report["rows"].as_array().expect("rows").iter().map(|r| row(r).replace('"', "")).collect();
    rows.sort();
    rows
}

/// The claims: number, charge, paid, balance.
fn shown(office: &Office) -> Vec<String> {
    let report = office.json(&["claim", "list"]);
    let row = |r: &Value| {
        format!("{} {} {} {} {}", r["control_number"], r["charge"], r["paid"], r["balance"], r["status"])
    };
    let mut rows: Vec<String> =
        report["rows"].as_array().expect("rows").iter().map(|r| row(r).replace('"', "")).collect();
    rows.sort();
    rows
}

fn permutations(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let shorter = permutations(count - 1);
    let insert = |order: &Vec<usize>| {
        (0..count).map(|at| [&order[..at], &[count - 1], &order[at..]].concat()).collect::<Vec<_>>()
    };
    shorter.iter().flat_map(insert).collect()
}

type Files = fn(&Office) -> Vec<PathBuf>;

/// The files of a situation, brought in every order, one at a time: the books must be the same.
fn in_every_order(files: Files, claims: &[&str], listed: &[&str]) {
    let mut books: Option<(Value, Vec<usize>)> = None;
    let count = files(&Office::new()).len();
    for order in permutations(count) {
        let office = Office::new();
        let files = files(&office);
        for at in &order {
            office.import(&[&files[*at]]);
        }
        office.check();
        assert_eq!(shown(&office), claims, "{order:?}");
        assert_eq!(doubles(&office), listed, "{order:?}");
        let now = office.books();
        match &books {
            None => books = Some((now, order)),
            Some((first, as_in)) => assert_eq!(&now, first, "{order:?} is not as {as_in:?}"),
        }
    }
}

#[test]
fn a_rejected_claim_sent_again_under_a_new_number_is_one_receivable() {
    let files: Files = |office| {
        vec![
            billed(office, "a.837", "20260304", &[FIRST]),
            rejection(office, "a.277", "20260306", "V100"),
            billed(office, "b.837", "20260309", &[Bill { number: "V100B", ..FIRST }]),
            answered(office, "b.835", "20260323", "130", &paid("V100B", "ICN2")),
        ]
    };
    in_every_order(files, &["V100B 180.00 130.00 0.00 closed"], &[]);
}

#[test]
fn a_claim_denied_as_unprocessable_and_sent_again_is_one_receivable() {
    let files: Files = |office| {
        vec![
            billed(office, "a.837", "20260304", &[FIRST]),
            answered(office, "a.835", "20260316", "0", &denied("V100", "ICN1", "MOA***MA130~")),
            billed(office, "b.837", "20260318", &[Bill { number: "V100B", ..FIRST }]),
            answered(office, "b.835", "20260330", "130", &paid("V100B", "ICN2")),
        ]
    };
    in_every_order(files, &["V100B 180.00 130.00 0.00 closed"], &[]);
}

#[test]
fn a_replacement_finds_its_claim_once_the_payer_tells_the_number() {
    let by_remittance: Files = |office| {
        let replacement = Bill { number: "V200", frequency: '7', original: "ICN1", ..FIRST };
        vec![
            billed(office, "a.837", "20260304", &[FIRST]),
            answered(office, "a.835", "20260316", "0", &denied("V100", "ICN1", "")),
            billed(office, "b.837", "20260318", &[replacement]),
            answered(office, "b.835", "20260330", "130", &paid("V200", "ICN2")),
        ]
    };
    in_every_order(by_remittance, &["V200 180.00 130.00 0.00 closed"], &[]);
    let by_acknowledgment: Files = |office| {
        let replacement = Bill { number: "V200", frequency: '7', original: "DCN77", ..FIRST };
        let accepted = "V100|STC*A2:20*20260306*WQ*180|REF*1K*DCN77";
        vec![
            billed(office, "a.837", "20260304", &[FIRST]),
            status(office, "a.277", "PR", "20260306", "", "", &[accepted]),
            billed(office, "b.837", "20260318", &[replacement]),
        ]
    };
    in_every_order(by_acknowledgment, &["V200 180.00 0.00 180.00 open"], &[]);
}

#[test]
fn a_bill_sent_before_the_rejection_is_a_possible_double() {
    let files: Files = |office| {
        vec![
            billed(office, "a.837", "20260304", &[FIRST]),
            billed(office, "b.837", "20260309", &[Bill { number: "V100B", ..FIRST }]),
            rejection(office, "a.277", "20260311", "V100"),
        ]
    };
    let claims = ["V100 180.00 0.00 180.00 open", "V100B 180.00 0.00 180.00 open"];
    in_every_order(files, &claims, &["V100~V100B:same"]);
}

#[test]
fn a_rejection_that_was_answered_by_an_acceptance_makes_no_version() {
    let files: Files = |office| {
        vec![
            billed(office, "a.837", "20260304", &[FIRST]),
            rejection(office, "a.277", "20260306", "V100"),
            status(office, "c.277", "PR", "20260308", "", "", &["V100|STC*A2:20*20260308*WQ*180"]),
            billed(office, "b.837", "20260310", &[Bill { number: "V100B", ..FIRST }]),
        ]
    };
    let claims = ["V100 180.00 0.00 180.00 open", "V100B 180.00 0.00 180.00 open"];
    in_every_order(files, &claims, &["V100~V100B:same"]);
}

#[test]
fn what_changed_after_a_rejection_or_has_no_known_original_is_listed() {
    let files: Files = |office| {
        let changed = Bill { number: "V100B", procedure: "99215", charge: "240", ..FIRST };
        let other = Bill { number: "W1", patient: "BEA", ..FIRST };
        let unnamed = Bill { number: "W2", frequency: '7', ..other };
        vec![
            billed(office, "a.837", "20260304", &[FIRST, other]),
            rejection(office, "a.277", "20260306", "V100"),
            billed(office, "b.837", "20260309", &[changed, unnamed]),
        ]
    };
    let claims = [
        "V100 180.00 0.00 180.00 open",
        "V100B 240.00 0.00 240.00 open",
        "W1 180.00 0.00 180.00 open",
        "W2 180.00 0.00 180.00 open",
    ];
    in_every_order(files, &claims, &["V100~V100B:changed", "W1~W2:amends"]);
}

#[test]
fn visits_of_one_day_by_other_providers_patients_or_for_other_things_are_let_be() {
    let office = Office::new();
    let lab = Bill { number: "V101", procedure: "80053", charge: "40", ..FIRST };
    let sister = Bill { number: "V102", patient: "WANDA", ..FIRST };
    let file = billed(&office, "a.837", "20260304", &[FIRST, lab, sister]);
    let report = office.import(&[&file]);
    assert_eq!(report["files"][0]["claims_added"], 3, "{report:#}");
    assert_eq!(doubles(&office), Vec::<String>::new());
    office.check();
}

/// Two claims that a person knows to be one: the first denied and paid on by the patient, the second paid.
fn two_claims(office: &Office) {
    let other = Bill { number: "Q7", procedure: "99213", charge: "120", ..FIRST };
    let answer = denied("V100", "ICN1", "");
    let files = [
        billed(office, "a.837", "20260304", &[FIRST]),
        billed(office, "b.837", "20260309", &[other]),
        answered(office, "a.835", "20260316", "0", &answer),
    ];
    for file in &files {
        office.import(&[file]);
    }
    office.done(&["claim", "pay", "Q7", "15", "--on", "2026-03-20"]);
    office.done(&["claim", "note", "Q7", "called"]);
}

fn money(office: &Office) -> Value {
    let mut books = office.books();
    books["roll"] = office.json(&["report", "rollforward", "--period", "2026-03"]);
    books["work"] = office.json(&["denial", "list"]);
    books
}

#[test]
fn a_person_joins_two_claims_and_parts_them_and_the_books_are_what_they_were() {
    for closed in [false, true] {
        let office = Office::new();
        two_claims(&office);
        if closed {
            office.done(&["period", "close", "2026-03"]);
        }
        let before = money(&office);
        let tried = office.done(&["claim", "join", "V100", "Q7", "--reason", "one visit", "--dry-run"]);
        assert!(tried.is_empty(), "results go to standard error: {tried}");
        assert_eq!(money(&office), before);
        office.done(&["claim", "join", "V100", "Q7", "--reason", "one visit"]);
        office.check();
        let joined = office.json(&["claim", "list"]);
        assert_eq!(joined["rows"].as_array().expect("rows").len(), 1, "{joined:#}");
        assert_eq!(
            joined["rows"][0]["balance"], "105.00",
            "the later bill's charge less what the patient paid"
        );
        // Either number finds it, and so does either number of the ledger.
        for name in ["V100", "Q7", "1", "2"] {
            assert_eq!(office.json(&["claim", "show", name])["claim"]["claim_id"], 1, "{name}");
        }
        let again = office.run(&["claim", "join", "V100", "Q7", "--reason", "again"]);
        assert_eq!(again.status.code(), Some(4));
        office.done(&["claim", "part", "Q7", "--reason", "two visits after all"]);
        office.check();
        let after = money(&office);
        for (report, was) in before.as_object().expect("reports") {
            assert_eq!(&after[report], was, "{report}, closed: {closed}");
        }
        let alone = office.run(&["claim", "part", "Q7", "--reason", "again"]);
        assert_eq!(alone.status.code(), Some(4));
    }
}

#[test]
fn what_came_while_they_were_one_goes_to_the_claim_whose_number_it_bears() {
    let office = Office::new();
    two_claims(&office);
    office.done(&["claim", "join", "Q7", "V100", "--reason", "one visit"]);
    let answer = "CLP*Q7*1*120*90**12*ICN9*11~NM1*QC*1*MARSH*WILLA****MI*MEMWILLA~SVC*HC:99213*120*90**1~\
                  DTM*472*20260302~CAS*CO*45*30~";
    let file = answered(&office, "b.835", "20260325", "90", answer);
    office.import(&[&file]);
    office.check();
    office.done(&["claim", "part", "Q7", "--reason", "two visits after all"]);
    office.check();
    assert_eq!(shown(&office), ["Q7 120.00 105.00 -15.00 credit", "V100 180.00 0.00 180.00 denied"]);
}

#[test]
fn a_person_parts_what_the_rules_joined_and_no_rule_joins_it_again() {
    let office = Office::new();
    let files = [
        billed(&office, "a.837", "20260304", &[FIRST]),
        rejection(&office, "a.277", "20260306", "V100"),
        billed(&office, "b.837", "20260309", &[Bill { number: "V100B", ..FIRST }]),
    ];
    let report = office.import(&files.iter().map(PathBuf::as_path).collect::<Vec<_>>());
    let said = &report["files"][2]["transactions"][0]["issues"][0];
    assert_eq!(said["code"], "sent-again", "{report:#}");
    assert!(said["message"].as_str().expect("words").contains("claim part V100B"), "{said:#}");
    let resent = office.json(&["rejection", "list"]);
    assert_eq!(resent["rows"][0]["resent"], true, "{resent:#}");
    office.done(&["claim", "part", "V100B", "--reason", "she came twice"]);
    let accepted = status(&office, "c.277", "PR", "20260312", "", "", &["V100B|STC*A2:20*20260312*WQ*180"]);
    office.import(&[&accepted]);
    office.check();
    let apart = ["V100 180.00 0.00 180.00 open", "V100B 180.00 0.00 180.00 open"];
    assert_eq!(shown(&office), apart);
    assert_eq!(doubles(&office), Vec::<String>::new());
    office.done(&["claim", "join", "V100", "V100B", "--reason", "once after all"]);
    office.check();
    assert_eq!(shown(&office), ["V100B 180.00 0.00 180.00 open"]);
}

#[test]
fn possible_doubles_are_counted_until_somebody_says_what_they_are() {
    let office = Office::new();
    let again = [Bill { number: "V100B", ..FIRST }, Bill { number: "V100C", ..FIRST }];
    let files =
        [billed(&office, "a.837", "20260304", &[FIRST]), billed(&office, "b.837", "20260309", &again)];
    let report = office.import(&files.iter().map(PathBuf::as_path).collect::<Vec<_>>());
    let issues = &report["files"][1]["transactions"][0]["issues"];
    assert_eq!(issues[0]["code"], "possible-double", "{report:#}");
    let counted = || {
        let status = office.json(&["status"]);
        let rows = status["rows"].as_array().expect("rows").clone();
        rows.iter().find(|row| row["item"] == "Possible doubles").expect("a row")["count"].clone()
    };
    assert_eq!(doubles(&office), ["V100B~V100C:same", "V100~V100B:same", "V100~V100C:same"]);
    assert_eq!(counted(), 3);
    office.done(&["claim", "doubles", "--confirm", "V100", "V100B", "--dry-run"]);
    assert_eq!(counted(), 3);
    office.done(&["claim", "doubles", "--confirm", "V100", "V100B"]);
    assert_eq!(doubles(&office), ["V100B~V100C:same", "V100~V100C:same"]);
    office.done(&["claim", "join", "V100C", "V100B", "--reason", "one visit"]);
    office.check();
    // Claim V100B now stands for both, and was said to be another visit than V100.
    assert_eq!(doubles(&office), Vec::<String>::new());
    assert_eq!(counted(), 0);
}
