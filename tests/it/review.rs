//! Claims to review: what somebody did and a payer's later word undid is listed until somebody has looked.

use serde_json::Value;

use crate::office::{Billed, Office, claims, remittance};

/// Visits of 6 April over 310.00 on two lines, billed two days later.
fn practice(numbers: &[&str]) -> Office {
    let lines: &[(&str, &str)] = &[("99204", "220"), ("81002", "90")];
    let bill = |number| Billed {
        number,
        charge: "310",
        lines,
        secondary: false,
        frequency: '1',
        service: "20260406",
    };
    let office = Office::new();
    let bills: Vec<Billed<'_>> = numbers.iter().copied().map(bill).collect();
    office.import(&[&office.write("bills.837", claims(61, "20260408", &bills))]);
    office
}

/// A remittance with one answer to each of several claims: `number`, `status`, `paid`, and the segments behind the CLP.
fn answered(office: &Office, control: u32, date: &str, answers: &[(&str, &str, u32, &str)]) {
    let total: u32 = answers.iter().map(|(_, _, paid, _)| paid).sum();
    let loops: Vec<String> = answers
        .iter()
        .map(|(number, status, paid, rest)| {
            format!("CLP*{number}*{status}*310*{paid}**12*{number}X{control}*11~{rest}~")
        })
        .collect();
    let bpr = if total == 0 { "BPR*H*0*C*NON".to_owned() } else { format!("BPR*I*{total}*C*ACH") };
    let text = remittance(control, "PAYER ONE", &bpr, date, &format!("RV{control}"), &loops.concat());
    let report = office.import(&[&office.write(&format!("{control}.835"), text)]);
    assert_eq!(report["totals"]["matched"], answers.len(), "{report:#}");
}

const DENIED: &str = "SVC*HC:99204*220*0**1~CAS*CO*197*220~SVC*HC:81002*90*0**1~CAS*CO*197*90";
const PAID: &str = "SVC*HC:99204*220*150**1~CAS*CO*45*70~SVC*HC:81002*90*40**1~CAS*CO*45*50";
const PART_PAID: &str = "SVC*HC:99204*220*150**1~CAS*CO*45*70~SVC*HC:81002*90*0**1~CAS*CO*197*90";

fn listed(office: &Office, args: &[&str]) -> Vec<Value> {
    let table = office.json(&[&["claim", "review"], args].concat());
    table["rows"].as_array().expect("rows").clone()
}

fn counted(office: &Office) -> (Value, Value) {
    let status = office.json(&["status"]);
    let rows = status["rows"].as_array().expect("rows");
    let row = rows.iter().find(|row| row["look"] == "claim review").expect("counted in status");
    (row["count"].clone(), row["amount"].clone())
}

#[test]
fn what_was_billed_to_the_patient_and_is_paid_after_all_is_listed_until_somebody_looked() {
    let office = practice(&["RV1"]);
    answered(&office, 71, "20260420", &[("RV1", "1", 0, DENIED)]);
    let moved = ["claim", "transfer", "RV1", "310", "--from", "denied", "--to", "due"];
    let why =
        ["--waiver", "notice of 6 April", "--reason", "wanted it", "--on", "2026-04-25", "--user", "ida"];
    office.done(&[&moved[..], &why[..]].concat());
    office.done(&["claim", "pay", "RV1", "60", "--on", "2026-05-02"]);
    assert_eq!(listed(&office, &[]), Vec::<Value>::new());
    assert_eq!(counted(&office), (0.into(), "0.00".into()));
    answered(&office, 72, "20260511", &[("RV1", "1", 190, PAID)]);
    let rows = listed(&office, &[]);
    let [row] = rows.as_slice() else { panic!("{rows:#?}") };
    let of = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
    assert_eq!(
        (row["claim_id"].clone(), of("control_number"), of("payer")),
        (1.into(), "RV1".into(), "PAYER ONE".into())
    );
    assert_eq!(
        (of("act"), of("done_on"), of("done_by")),
        ("billed-patient".into(), "2026-04-25".into(), "ida".into())
    );
    assert_eq!(
        (of("amount"), of("undone_on"), of("trace")),
        ("310.00".into(), "2026-05-11".into(), "RV72".into())
    );
    assert_eq!(of("patient_paid"), "60.00");
    assert!(
        of("about").contains("a statement may have gone to the patient; the patient has paid 60.00"),
        "{row:#}"
    );
    assert_eq!(counted(&office), (1.into(), "310.00".into()));

    let dry = office.run(&["claim", "review", "--done", "RV1", "--dry-run"]);
    assert!(String::from_utf8_lossy(&dry.stderr).contains("Nothing was changed"), "{dry:?}");
    assert_eq!(listed(&office, &[]).len(), 1);
    office.done(&["claim", "review", "--done", "RV1", "--why", "called, refund follows", "--user", "olu"]);
    assert_eq!(listed(&office, &[]), Vec::<Value>::new());
    assert_eq!(counted(&office), (0.into(), "0.00".into()));
    let all = listed(&office, &["--all"]);
    assert_eq!(all[0]["reviewed_by"], "olu", "{all:#?}");
    assert_eq!(
        (&all[0]["reviewed_on"], &all[0]["words"]),
        (&"2026-09-30".into(), &"called, refund follows".into())
    );
    let shown = office.json(&["claim", "show", "RV1"]);
    let events = shown["events"].as_array().expect("events");
    assert!(
        events.iter().any(|e| e["by"] == "olu"
            && e["about"].as_str().is_some_and(|a| a.ends_with("310.00: called, refund follows"))),
        "{events:#?}"
    );

    let twice = office.run(&["claim", "review", "--done", "RV1"]);
    assert_eq!(twice.status.code(), Some(4));
    assert!(
        String::from_utf8_lossy(&twice.stderr).contains("was reviewed already, by olu on 2026-09-30"),
        "{twice:?}"
    );
    office.done(&["claim", "review", "--again", "RV1"]);
    assert_eq!(listed(&office, &[]).len(), 1);
    assert_eq!(office.run(&["claim", "review", "--again", "RV1"]).status.code(), Some(4));
    office.check();
}

#[test]
fn what_is_undone_later_asks_for_another_look_and_what_stands_again_for_none() {
    let office = practice(&["RV2", "RV3", "RV4"]);
    answered(
        &office,
        73,
        "20260420",
        &[("RV2", "1", 0, DENIED), ("RV3", "1", 0, DENIED), ("RV4", "1", 0, DENIED)],
    );
    for claim in ["RV2", "RV3"] {
        office.done(&[
            "claim",
            "write-off",
            claim,
            "310",
            "--reason",
            "no authorization",
            "--on",
            "2026-04-21",
        ]);
    }
    // The one is paid in part, the other denied again: what was given up of that stays given up.
    answered(
        &office,
        74,
        "20260511",
        &[("RV2", "1", 150, PART_PAID), ("RV3", "1", 0, DENIED), ("RV4", "1", 190, PAID)],
    );
    let rows = listed(&office, &[]);
    let [row] = rows.as_slice() else { panic!("{rows:#?}") };
    assert_eq!((&row["control_number"], &row["act"]), (&"RV2".into(), &"written-off".into()));
    assert_eq!(row["amount"], "220.00", "90.00 stays denied, and given up");
    assert_eq!(
        office.run(&["claim", "review", "--done", "RV4"]).status.code(),
        Some(4),
        "nobody did anything"
    );
    office.done(&["claim", "review", "--done", "RV2"]);
    // More of it is paid after all.
    let back = "CLP*RV2*22*-310*-150**12*RV2X74*11~SVC*HC:99204*-220*-150**-1~CAS*CO*45*-70~SVC*HC:81002*-90*0**-1~CAS*CO*197*-90~\
        CLP*RV2*1*310*190**12*RV2X75*11~SVC*HC:99204*220*150**1~CAS*CO*45*70~SVC*HC:81002*90*40**1~CAS*CO*45*50~";
    let text = remittance(75, "PAYER ONE", "BPR*I*40*C*ACH", "20260601", "RV75", back);
    office.import(&[&office.write("75.835", text)]);
    let rows = listed(&office, &[]);
    let [row] = rows.as_slice() else { panic!("{rows:#?}") };
    assert_eq!((&row["control_number"], &row["amount"]), (&"RV2".into(), &"310.00".into()));
    office.done(&["claim", "review", "--done", "RV2", "--why", "seen"]);
    // Without the payment it stands again, and nothing is left to look at.
    let remits = office.json(&["remit", "list"]);
    let of = |trace: &str| {
        let rows = remits["rows"].as_array().expect("rows");
        let row = rows.iter().find(|row| row["trace"] == trace).expect("posted");
        row["remit_id"].to_string()
    };
    for trace in ["RV75", "RV74"] {
        office.done(&["remit", "reverse", &of(trace), "--reason", "bank returned it"]);
    }
    assert_eq!(listed(&office, &["--all"]), Vec::<Value>::new());
    office.check();
}

#[test]
fn bad_debt_that_the_patient_pays_is_no_payers_word() {
    let office = practice(&["RV5"]);
    let share = "SVC*HC:99204*220*0**1~CAS*CO*45*70~CAS*PR*1*150~SVC*HC:81002*90*0**1~CAS*CO*45*90";
    answered(&office, 76, "20260420", &[("RV5", "1", 0, share)]);
    let bad_debt =
        ["claim", "write-off", "RV5", "150", "--from", "due", "--kind", "bad_debt", "--reason", "moved"];
    office.done(&[&bad_debt[..], &["--on", "2026-04-30"]].concat());
    office.done(&["claim", "pay", "RV5", "40", "--on", "2026-05-20"]);
    assert_eq!(listed(&office, &["--all"]), Vec::<Value>::new());
    office.check();
}
