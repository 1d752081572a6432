//! Claims that nobody answered, through the program: who is late by the payer's own habit, what was promised, what was
//! sent back, and what was put off.

use std::path::PathBuf;

use serde_json::Value;

use crate::acks::status;
use crate::office::{Billed, Office, claims, remittance};

const BPR: &str = "BPR*I*{paid}*C*ACH*CCP*01*999*DA*1*1999999999**01*999*DA*2*";

fn billed(number: &str) -> Billed<'_> {
    Billed {
        number,
        charge: "100",
        lines: &[("99213", "100")],
        secondary: number.starts_with('S'),
        frequency: '1',
        service: "20260705",
    }
}

fn bill(office: &Office, control: u32, date: &str, numbers: &[&str]) -> PathBuf {
    let all: Vec<Billed<'_>> = numbers.iter().map(|number| billed(number)).collect();
    let file = office.write(&format!("{control}.837"), claims(control, date, &all));
    office.import(&[&file]);
    file
}

/// PAYER ONE pays 60 of 100 on each claim and takes 40 off.
fn pay(office: &Office, control: u32, date: &str, numbers: &[&str]) {
    let paid = numbers.len() * 60;
    let answers: String = numbers
        .iter()
        .map(|n| format!("CLP*{n}*1*100*60**12*ICN{n}*11*1~CAS*CO*45*40~NM1*QC*1*ASPEN*RED****MI*M{n}~"))
        .collect();
    let bpr = BPR.replace("{paid}", &paid.to_string());
    let text = remittance(control, "PAYER ONE", &bpr, date, &format!("T{control}"), &answers);
    let file = office.write(&format!("{control}.835"), text);
    let report = office.import(&[&file]);
    assert_eq!(report["totals"]["matched"], numbers.len(), "{report:#}");
}

fn listed(office: &Office, more: &[&str]) -> Vec<Value> {
    let list = office.json(&[&["followup", "list"], more].concat());
    list["rows"].as_array().expect("rows").clone()
}

fn words(office: &Office, more: &[&str]) -> Vec<String> {
    let word = |row: &Value, key: &str| row[key].as_str().unwrap_or("-").to_owned();
    let row = |row: &Value| {
        format!("{} {} {}", word(row, "control_number"), word(row, "status"), word(row, "since"))
    };
    listed(office, more).iter().map(row).collect()
}

#[test]
fn a_payer_is_late_by_its_own_habit() {
    let office = Office::new();
    let answered: Vec<String> = (0..20).map(|n| format!("A{n}")).collect();
    let answered: Vec<&str> = answered.iter().map(String::as_str).collect();
    bill(&office, 1, "20260706", &answered);
    bill(&office, 2, "20260801", &["LATE"]);
    bill(&office, 3, "20260920", &["YOUNG"]);
    // Without history: 30 days.
    assert!(words(&office, &["--as-of", "2026-08-31"]).iter().all(|row| !row.starts_with("LATE")));
    let early = listed(&office, &["--as-of", "2026-09-01"]);
    let late = early.iter().find(|row| row["control_number"] == "LATE").expect("late");
    assert_eq!((&late["usual"], &late["usual_basis"]), (&30.into(), &"default, n=0".into()));
    // Nineteen answers after 10 days, one after 40: the habit is 10 days.
    pay(&office, 4, "20260716", &answered[..19]);
    pay(&office, 5, "20260815", &answered[19..]);
    assert_eq!(words(&office, &[]), ["LATE no-answer 2026-08-01"]);
    let row = &listed(&office, &[])[0];
    assert_eq!((&row["usual"], &row["usual_basis"]), (&10.into(), &"90% of 20 answers".into()));
    assert_eq!((&row["waited"], &row["open_amount"]), (&60.into(), &"100.00".into()));
    assert_eq!((&row["left"], &row["deadline"]), (&"no rule".into(), &Value::Null));
    // What was not known on a day does not count on it.
    assert_eq!(words(&office, &["--as-of", "2026-08-14"]), ["A19 no-answer 2026-07-06"]);
    assert_eq!(words(&office, &["--as-of", "2026-08-15"]), ["LATE no-answer 2026-08-01"]);
    // The office knows better.
    office.done(&["payer", "set", "1", "--expected-days", "90"]);
    assert!(listed(&office, &[]).is_empty());
    office.check();
}

#[test]
fn the_filing_clock_says_what_is_left() {
    let office = Office::new();
    bill(&office, 1, "20260706", &["C1"]);
    let set = ["clock", "set", "1", "filing", "90", "days", "--from", "service", "--source", "contract 4"];
    office.done(&set);
    assert_eq!(listed(&office, &[])[0]["left"], "no rule", "nobody has confirmed it");
    office.done(&["clock", "confirm", "1", "filing"]);
    let row = &listed(&office, &[])[0];
    assert_eq!((&row["left"], &row["deadline"]), (&"3 days".into(), &"2026-10-03".into()));
    assert_eq!(row["work_by"], "2026-09-19");
    assert_eq!(listed(&office, &["--as-of", "2026-10-03"])[0]["left"], "last day");
    assert_eq!(listed(&office, &["--as-of", "2026-10-13"])[0]["left"], "10 days over");
}

#[test]
fn acknowledged_rejected_and_sent_again() {
    let office = Office::new();
    bill(&office, 1, "20260706", &["C1", "C2", "C3"]);
    let answers = [
        "C1|STC*A2:20*20260708*WQ*100|REF*1K*ICN1|DTP*472*D8*20260705",
        "C2|STC*A7:164:IL*20260708*U*100|DTP*472*D8*20260705",
    ];
    let file = status(&office, "one.277", "PR", "20260708", "B1", "STC*A1:19:PR*20260708*WQ*300", &answers);
    office.import(&[&file]);
    let expected = ["C1 no-remittance 2026-07-06", "C2 rejected 2026-07-08", "C3 no-remittance 2026-07-06"];
    let mut rows = words(&office, &[]);
    rows.sort();
    assert_eq!(rows, expected);
    // Rejections do not wait for anybody's habit.
    assert_eq!(words(&office, &["--as-of", "2026-07-10"]), ["C2 rejected 2026-07-08"]);
    bill(&office, 2, "20260925", &["C2"]);
    assert!(words(&office, &[]).iter().all(|row| !row.starts_with("C2")), "it was sent again five days ago");
    assert!(words(&office, &["--as-of", "2026-10-31"]).contains(&"C2 no-answer 2026-09-25".to_owned()));
    office.check();
}

#[test]
fn the_next_payer_is_waited_for_from_the_answer_before() {
    let office = Office::new();
    bill(&office, 1, "20260706", &["S1"]);
    let answer = "CLP*S1*19*100*60*20*12*ICN1*11*1~CAS*CO*45*20~CAS*PR*2*20~NM1*QC*1*ASPEN*RED****MI*MS1~";
    let text = remittance(2, "PAYER ONE", &BPR.replace("{paid}", "60"), "20260720", "T2", answer);
    let file = office.write("2.835", text);
    office.import(&[&file]);
    assert!(listed(&office, &["--as-of", "2026-08-19"]).is_empty());
    let rows = listed(&office, &[]);
    assert_eq!(words(&office, &[]), ["S1 next-payer 2026-07-20"]);
    assert_eq!((&rows[0]["payer"], &rows[0]["open_amount"]), (&"PAYER TWO".into(), &"20.00".into()));
}

/// How long payers take is told by the days of their answers, whichever file came first.
#[test]
fn a_habit_does_not_depend_on_the_order_of_files() {
    let office_in = |second_first: bool| {
        let office = Office::new();
        bill(&office, 1, "20260706", &["S1", "S2", "A1"]);
        let second = |office: &Office| {
            let claims = "CLP*S1*2*100*10**12*SEC1*11*1~CAS*OA*23*90~NM1*QC*1*ASPEN*RED****MI*MS1~";
            let bpr = BPR.replace("{paid}", "10");
            let text = remittance(9, "PAYER TWO", &bpr, "20260805", "T9", claims);
            office.import(&[&office.write("9.835", text)]);
        };
        if second_first {
            second(&office);
        }
        let share = |n: &str| {
            format!(
                "CLP*{n}*1*100*60*30*12*ICN{n}*11*1~CAS*CO*45*10~CAS*PR*2*30~NM1*QC*1*ASPEN*RED****MI*M{n}~"
            )
        };
        let bpr = BPR.replace("{paid}", "120");
        let text = remittance(2, "PAYER ONE", &bpr, "20260720", "T2", &(share("S1") + &share("S2")));
        office.import(&[&office.write("2.835", text)]);
        if !second_first {
            second(&office);
        }
        office.check();
        office
    };
    let habits = |office: &Office| -> Vec<(String, String, String)> {
        let word =
            |row: &Value, key: &str| row[key].as_str().map_or_else(|| row[key].to_string(), str::to_owned);
        let all = listed(office, &[]);
        all.iter().map(|r| (word(r, "control_number"), word(r, "usual"), word(r, "usual_basis"))).collect()
    };
    let as_it_came = habits(&office_in(false));
    let of = |number: &str| as_it_came.iter().find(|(own, ..)| own == number).expect(number).2.clone();
    assert_eq!([of("A1"), of("S2")], ["default, n=2", "default, n=1"]);
    assert_eq!(habits(&office_in(true)), as_it_came);
}

#[test]
fn calls_promises_and_what_was_put_off() {
    let office = Office::new();
    bill(&office, 1, "20260706", &["C1", "C2"]);
    let call = [
        "followup",
        "call",
        "C1",
        "--representative",
        "Kim",
        "--reference",
        "R7",
        "--promised",
        "2026-10-05",
    ];
    office.done(&[&call[..], &["--dry-run"]].concat());
    assert_eq!(listed(&office, &[]).len(), 2, "a dry run writes nothing");
    office.done(&[&call[..], &["--user", "ann"]].concat());
    assert_eq!(words(&office, &[]), ["C2 no-answer 2026-07-06"]);
    let all = listed(&office, &["--all"]);
    let row = all.iter().find(|row| row["control_number"] == "C1").expect("there");
    assert_eq!((&row["last_act"], &row["next_action_on"]), (&"call 2026-09-30".into(), &"2026-10-06".into()));
    assert_eq!((&row["assignee"], &row["reference"]), (&"ann".into(), &"R7".into()));
    // The day passes without an answer.
    let passed = words(&office, &["--as-of", "2026-10-06"]);
    assert!(passed.contains(&"C1 promise-passed 2026-10-05".to_owned()), "{passed:?}");
    // A word about it changes no promise.
    office.done(&["followup", "note", "C1", "--words", "faxed again", "--on", "2026-10-07", "--yes"]);
    assert!(words(&office, &["--as-of", "2026-10-08"]).contains(&"C1 promise-passed 2026-10-05".to_owned()));
    pay(&office, 2, "20261009", &["C1"]);
    assert!(words(&office, &["--as-of", "2026-10-10"]).iter().all(|row| !row.starts_with("C1")));

    // By the options of the list; nobody can be asked here.
    let snooze = ["followup", "snooze", "--payer", "P1", "--until", "2026-12-01"];
    assert_eq!(office.run(&snooze).status.code(), Some(2), "all of the list, and no --yes");
    office.done(&[&snooze[..], &["--yes"]].concat());
    assert!(listed(&office, &[]).is_empty());
    assert_eq!(words(&office, &["--as-of", "2026-12-01"]), ["C2 no-answer 2026-07-06"]);
    office.check();
}

#[test]
fn a_promise_about_a_denial_is_followed_up_too() {
    let office = Office::new();
    bill(&office, 1, "20260706", &["D1", "D2"]);
    let deny = |control: u32, date: &str, icn: &str| {
        let refused = format!("CLP*D1*1*100*0**12*{icn}*11*1~CAS*CO*197*100~NM1*QC*1*ASPEN*RED****MI*MD1~");
        let text = remittance(control, "PAYER ONE", "BPR*H*0*C*NON", date, &format!("T{control}"), &refused);
        let file = office.write(&format!("{control}.835"), text);
        office.import(&[&file]);
        office.check();
    };
    deny(2, "20260720", "A");
    pay(&office, 3, "20260720", &["D2"]);
    let rule = ["clock", "set", "1", "appeal-1", "120", "days", "--from", "denial", "--source", "x"];
    office.done(&[&rule[..], &["--confirm"]].concat());
    let call = ["denial", "call", "1", "--rep", "Kim", "--user", "ann", "--note", "will pay"];
    let first = ["--reference", "55-9", "--promised", "2026-09-20", "--on", "2026-09-10"];
    office.done(&[&call[..], &first].concat());
    assert!(listed(&office, &["--as-of", "2026-09-20"]).is_empty(), "its day is not over");
    assert_eq!(words(&office, &["--as-of", "2026-09-21"]), ["D1 promise-passed 2026-09-20"]);
    let row = &listed(&office, &[])[0];
    let expected = "Kim, 55-9, denial 1";
    assert_eq!((&row["promise"], &row["denial_id"]), (&expected.into(), &1.into()));
    assert_eq!((&row["representative"], &row["reference"]), (&"Kim".into(), &"55-9".into()));
    assert_eq!((&row["assignee"], &row["last_act"]), (&"ann".into(), &"call 2026-09-10".into()));
    assert_eq!((&row["open_amount"], &row["left"]), (&"100.00".into(), &"48 days".into()));
    let denial = &office.json(&["denial", "list"])["rows"][0];
    assert_eq!((&row["deadline"], &row["deadline_rule"]), (&denial["deadline"], &denial["deadline_rule"]));
    // Put off with the denial, or with the claim.
    office.done(&["denial", "snooze", "1", "--until", "2026-10-02"]);
    assert!(listed(&office, &[]).is_empty());
    assert_eq!(listed(&office, &["--all"]).len(), 1);
    assert_eq!(words(&office, &["--as-of", "2026-10-02"]), ["D1 promise-passed 2026-09-20"]);
    // A later promise stands in its place.
    office.done(&[&call[..], &["--promised", "2026-10-15", "--on", "2026-10-02", "--yes"]].concat());
    assert!(listed(&office, &["--as-of", "2026-10-15"]).is_empty());
    assert_eq!(words(&office, &["--as-of", "2026-10-16"]), ["D1 promise-passed 2026-10-15"]);
    // One on the claim itself, later still.
    office.done(&["followup", "call", "D1", "--promised", "2026-10-25", "--on", "2026-10-16", "--yes"]);
    assert!(listed(&office, &["--as-of", "2026-10-25"]).is_empty());
    assert_eq!(listed(&office, &["--as-of", "2026-10-26"])[0]["denial_id"], Value::Null);
    // An answer ends it, and what was so before it came stays so.
    deny(4, "20261030", "B");
    assert!(listed(&office, &["--as-of", "2026-10-31"]).is_empty());
    assert_eq!(words(&office, &["--as-of", "2026-10-29"]), ["D1 promise-passed 2026-10-25"]);
    // So does closing the denial.
    office.done(&[&call[..], &["--promised", "2026-11-05", "--on", "2026-11-01", "--yes"]].concat());
    assert_eq!(words(&office, &["--as-of", "2026-11-06"]), ["D1 promise-passed 2026-11-05"]);
    office.done(&["denial", "resolve", "1", "--on", "2026-11-06", "--yes"]);
    assert!(listed(&office, &["--as-of", "2026-11-07"]).is_empty());
    office.check();
}

#[test]
fn what_makes_no_sense_is_refused_and_changes_nothing() {
    let office = Office::new();
    bill(&office, 1, "20260706", &["C1"]);
    for (args, code) in [
        (&["followup", "note", "C9", "--words", "x"][..], 4),
        (&["followup", "snooze", "C1", "--until", "2026-09-01"], 2),
        (&["followup", "call", "C1", "--promised", "2026-09-01"], 2),
        (&["followup", "note", "--payer", "nobody", "--words", "x"], 2),
        (&["followup", "note", "C1", "C9", "--words", "x"], 4),
    ] {
        assert_eq!(office.run(args).status.code(), Some(code), "{args:?}");
    }
    assert_eq!(listed(&office, &[])[0]["last_act"], Value::Null);
    office.check();
}
