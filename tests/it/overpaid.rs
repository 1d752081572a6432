//! What a payer overpaid: the clock of Medicare at its edges, and the way of a refund to insurance through accounts,
//! register and credits. And a month at its own edge: its last day, and the day after.

use arrears::domain::Money;
use serde_json::Value;

use crate::office::{Office, TODAY, remittance, two_claims};

/// An office that brings along what older books had too much from a payer, by claim and day.
fn brings(credits: &[(&str, &str, &str)]) -> Office {
    let office = Office::new();
    for (claim, credit, on) in credits {
        let dollars = |text: &str| Money::parse(text.as_bytes()).expect("dollars");
        let paid = dollars("150") + dollars(credit);
        let table = format!(
            "claim,patient,payer,payer id,dos,billed on,charge,paid,adjusted,balance,bucket\n\
             {claim},\"Rowan, Al\",PAYER ONE,P1,03/02/2026,03/04/2026,200.00,{paid},50.00,-{credit},\n"
        );
        let name = format!("{claim}.csv");
        office.write(&name, table);
        office.done(&["import", &name, "--as", "opening", "--posting-date", on]);
    }
    office.check();
    office
}

fn rows(report: &Value) -> Vec<Value> {
    report["rows"].as_array().expect("rows").clone()
}

/// Credits at the end of a day: claim, how much, days since, last day, days left.
fn credits(office: &Office, on: &str) -> Vec<[String; 5]> {
    let keys = ["control_number", "credit", "age_days", "deadline", "days_left"];
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    rows(&office.json(&["report", "credits", "--as-of", on]))
        .iter()
        .map(|row| keys.map(|key| text(&row[key])))
        .collect()
}

fn account(office: &Office, name: &str, on: &str) -> String {
    let balance = rows(&office.json(&["report", "trial-balance", "--as-of", on]));
    let found = balance.iter().find(|row| row["account"] == name);
    found.map_or("0.00".to_owned(), |row| row["balance"].as_str().expect("an amount").to_owned())
}

/// Whether a check of a month is passed, over how many items and dollars.
fn check(office: &Office, month: &str, name: &str) -> (bool, String, String) {
    let findings = rows(&office.json(&["period", "check", month]));
    let found = findings.iter().find(|row| row["check"] == name).expect(name);
    (found["ok"] == true, found["items"].to_string(), found["amount"].as_str().expect("dollars").to_owned())
}

#[test]
fn the_clock_of_a_credit_on_its_day_and_on_its_last() {
    let office = brings(&[("CR1", "41.50", "2026-05-11")]);
    let unnamed = [["CR1", "41.50", "61", "null", "null"].map(str::to_owned)];
    assert_eq!(credits(&office, "2026-07-11"), unnamed, "a commercial payer's contract says it");
    office.done(&["payer", "set", "1", "--class", "Medicare"]);
    assert!(credits(&office, "2026-05-10").is_empty(), "the day before");
    for (on, age, left) in [
        ("2026-05-11", "0", "60"),
        ("2026-05-12", "1", "59"),
        ("2026-07-09", "59", "1"),
        ("2026-07-10", "60", "0"),
        ("2026-07-11", "61", "-1"),
    ] {
        let wanted = [["CR1", "41.50", age, "2026-07-10", left].map(str::to_owned)];
        assert_eq!(credits(&office, on), wanted, "{on}");
    }
}

/// The last day of one is the last day of the month, that of the other the day before: only this one is late by then.
#[test]
fn a_month_fails_over_a_credit_from_the_day_after_its_last() {
    let of = |on: &str| {
        let office = brings(&[("CR1", "41.50", on)]);
        office.done(&["payer", "set", "1", "--class", "medicaid"]);
        office
    };
    let passed = (true, "0".to_owned(), "0.00".to_owned());
    let failed = (false, "1".to_owned(), "41.50".to_owned());
    let in_time = of("2026-07-02");
    assert_eq!(check(&in_time, "2026-08", "credits-past-clock"), passed, "August the 31st is the 60th day");
    let late = of("2026-07-01");
    assert_eq!(check(&late, "2026-07", "credits-past-clock"), passed);
    assert_eq!(check(&late, "2026-08", "credits-past-clock"), failed, "August the 31st is the 61st day");
    // What is given back is not late.
    late.done(&[
        "claim",
        "refund",
        "CR1",
        "41.50",
        "--to",
        "insurance",
        "--reason",
        "audit",
        "--on",
        "2026-08-31",
    ]);
    assert_eq!(check(&late, "2026-08", "credits-past-clock"), passed);
}

#[test]
fn a_refund_to_insurance_from_the_credit_to_the_check() {
    let office = brings(&[("CR1", "41.50", "2026-05-11"), ("CR2", "8.25", "2026-05-12")]);
    office.done(&["payer", "set", "1", "--class", "medicare"]);
    let refund = |amount: &str, on: &str, more: &[&str]| {
        let act =
            ["claim", "refund", "CR1", amount, "--to", "insurance", "--reason", "their letter", "--on", on];
        office.run(&[&act[..], more].concat())
    };
    let too_much = refund("41.51", "2026-06-03", &[]);
    assert_eq!(too_much.status.code(), Some(4), "not what another claim has");
    assert!(String::from_utf8_lossy(&too_much.stderr).contains("41.50"));
    assert_eq!(refund("40", "2026-06-03", &["--dry-run"]).status.code(), Some(0));
    assert_eq!(account(&office, "refund:insurance", TODAY), "0.00", "a dry run owes nothing");
    assert_eq!(refund("40", "2026-06-03", &[]).status.code(), Some(0));
    assert_eq!(refund("1.51", "2026-06-03", &[]).status.code(), Some(4), "1.50 is left");
    office.check();

    // Owed since the day of the refund; the credit is smaller since then, and its clock runs on.
    assert_eq!(account(&office, "refund:insurance", "2026-06-02"), "0.00");
    assert_eq!(account(&office, "refund:insurance", "2026-06-03"), "-40.00");
    assert_eq!(account(&office, "cash:insurance", TODAY), "0.00", "nothing has gone out");
    let credit = |on: &str| credits(&office, on)[0].clone();
    assert_eq!(credit("2026-06-02"), ["CR1", "41.50", "22", "2026-07-10", "38"].map(str::to_owned));
    assert_eq!(credit("2026-06-03"), ["CR1", "1.50", "23", "2026-07-10", "37"].map(str::to_owned));
    let register = |from: &str, to: &str| -> Vec<Vec<String>> {
        let keys = ["control_number", "to", "amount", "sent", "open", "status", "sent_on"];
        let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        rows(&office.json(&["report", "refunds", "--from", from, "--to", to]))
            .iter()
            .map(|row| keys.iter().map(|key| text(&row[*key])).collect())
            .collect()
    };
    let due = vec![["CR1", "insurance", "40.00", "0.00", "40.00", "due", "-"].map(str::to_owned).to_vec()];
    assert!(register("2026-05-01", "2026-05-31").is_empty());
    assert_eq!(register("2026-06-01", "2026-06-30"), due);

    // The check leaves the bank, and nothing is owed twice.
    let send = |amount: &str, to: &str| {
        let act =
            ["claim", "send-refund", "CR1", amount, "--to", to, "--check", "9031", "--on", "2026-07-08"];
        office.run(&act).status.code()
    };
    assert_eq!((send("40.01", "insurance"), send("40", "patient")), (Some(4), Some(4)));
    assert_eq!(send("40", "insurance"), Some(0));
    assert_eq!(send("0.01", "insurance"), Some(4), "it is on its way");
    assert_eq!(account(&office, "refund:insurance", "2026-07-07"), "-40.00");
    assert_eq!(account(&office, "refund:insurance", "2026-07-08"), "0.00");
    assert_eq!(account(&office, "cash:insurance", "2026-07-08"), "-40.00");
    assert_eq!(register("2026-06-01", "2026-06-30"), due, "June is what it was");
    let july = register("2026-07-01", "2026-07-31");
    assert_eq!((july.len(), july[0][3].as_str(), july[0][6].as_str()), (1, "40.00", "2026-07-08"));
    let left: Vec<String> = credits(&office, TODAY).iter().map(|row| row[..2].join(" ")).collect();
    assert_eq!(left, ["CR1 1.50", "CR2 8.25"]);
    office.check();
}

#[test]
fn a_month_on_its_last_day_and_the_day_after() {
    let office = brings(&[("CR1", "41.50", "2026-05-31"), ("CR2", "8.25", "2026-06-01")]);
    let on = |today: &str, args: &[&str]| {
        let mut command = office.command(args);
        command.env("ARREARS_TODAY", today).output().expect("it runs")
    };
    let early = on("2026-05-31", &["period", "close", "2026-05"]);
    assert_eq!(early.status.code(), Some(4));
    assert!(String::from_utf8_lossy(&early.stderr).contains("2026-05 is not over"));
    assert_eq!(on("2026-06-01", &["period", "close", "2026-05"]).status.code(), Some(0));
    assert_eq!(account(&office, "ar:insurance:open", "2026-05-31"), "-41.50");
    // What is dated into its last day counts on the first of the next month; so does what is dated there.
    let refund = |day: &str| {
        let act = ["claim", "refund", "CR1", "1.50", "--to", "insurance", "--reason", "audit", "--on", day];
        on("2026-06-01", &act).status.code()
    };
    assert_eq!(refund("2026-05-31"), Some(0));
    assert_eq!(account(&office, "ar:insurance:open", "2026-05-31"), "-41.50");
    assert_eq!(account(&office, "ar:insurance:open", "2026-06-01"), "-48.25");
    assert_eq!(refund("2026-06-01"), Some(0));
    assert_eq!(account(&office, "refund:insurance", "2026-05-31"), "0.00");
    assert_eq!(account(&office, "refund:insurance", "2026-06-01"), "-3.00");
    office.check();
}

/// The patient gets back what the patient overpaid, a payer what the payer did; and nobody before it was overpaid.
#[test]
fn a_credit_goes_back_to_whoever_overpaid() {
    let office = brings(&[("CR1", "41.50", "2026-05-11")]);
    let refused = |args: &[&str], words: &[&str]| {
        let before = office.books();
        let output = office.run(args);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(4), "{args:?}: {said}");
        assert!(words.iter().all(|word| said.contains(word)), "{said}");
        assert_eq!(office.books(), before, "{args:?}");
    };
    let refund = |amount, to| ["claim", "refund", "CR1", amount, "--to", to, "--reason", "asked for it"];
    refused(
        &refund("41.50", "patient"),
        &["the patient's, which is less than 41.50", "PAYER ONE overpaid 41.50"],
    );
    office.done(&["claim", "pay", "CR1", "10", "--on", "2026-05-20"]);
    refused(&refund("12", "patient"), &["claim's credit 10.00 is the patient's", "`--to insurance`"]);
    refused(
        &refund("51.50", "insurance"),
        &["claim's credit 41.50 is a payer's", "the patient overpaid 10.00"],
    );
    let early = [&refund("41.50", "insurance")[..], &["--on", "2026-05-10"]].concat();
    refused(&early, &["2026-05-10 lies before 2026-05-11, the day on which the money came"]);
    let early = [&refund("10", "patient")[..], &["--on", "2026-05-19"]].concat();
    refused(&early, &["2026-05-19 lies before 2026-05-20"]);
    office.done(&[&early[..], &["--yes"]].concat());
    office.done(&[&refund("41.50", "insurance")[..], &["--on", "2026-05-11"]].concat());
    let owed = |name| account(&office, name, TODAY);
    assert_eq!([owed("refund:patient"), owed("refund:insurance")], ["-10.00", "-41.50"]);
    assert_eq!(owed("ar:patient:due"), "0.00");
    office.check();
}

/// What was to go back to the patient is owed again: the refund is due no more, and nobody is asked to send it. What went out
/// stays.
#[test]
fn a_refund_that_is_due_ends_when_the_payer_says_that_the_patient_owes_it() {
    for sent in [false, true] {
        let office = two_claims();
        let paid = "CLP*A1*1*200*120**12*E1~CAS*CO*45*80~NM1*QC*1*ASPEN0*RED****MI*MA1~";
        let file = remittance(2, "PAYER ONE", "BPR*I*120*C*CHK", "20260110", "T7", paid);
        office.import(&[&office.write("1.835", file)]);
        office.done(&["claim", "pay", "A1", "30", "--on", "2026-01-12"]);
        office.done(&[
            "claim",
            "refund",
            "A1",
            "30",
            "--to",
            "patient",
            "--on",
            "2026-01-13",
            "--reason",
            "all is paid",
        ]);
        if sent {
            office.done(&["claim", "send-refund", "A1", "30", "--to", "patient", "--on", "2026-01-14"]);
        }
        let right = "CLP*A1*22*-200*-120**12*E1~CAS*CO*45*-80~NM1*QC*1*ASPEN0*RED****MI*MA1~\
             CLP*A1*1*200*90*30*12*E2~CAS*CO*45*80~CAS*PR*2*30~NM1*QC*1*ASPEN0*RED****MI*MA1~\
             PLB*1234567893*20261231*FB:E1*-30~";
        let file = remittance(3, "PAYER ONE", "BPR*H*0*C*NON", "20260210", "T8", right);
        office.import(&[&office.write("2.835", file)]);
        office.check();
        let report = office.json(&["report", "refunds", "--from", "2026-01-01", "--to", "2026-02-28"]);
        let row = &rows(&report)[0];
        let open = |row: &Value| row["open"].as_str().expect("an amount").to_owned();
        assert_eq!(
            (open(row), account(&office, "refund:patient", TODAY)),
            ("0.00".into(), "0.00".into()),
            "{report:#}"
        );
        let claims = office.json(&["claim", "list"]);
        let balance =
            &rows(&claims).into_iter().find(|row| row["control_number"] == "A1").expect("A1")["balance"];
        assert_eq!(balance, if sent { "30.00" } else { "0.00" }, "{claims:#}");
        let again =
            office.run(&["claim", "send-refund", "A1", "30", "--to", "patient", "--on", "2026-02-11"]);
        assert_eq!(again.status.code(), Some(4), "nothing is due");
        let review = office.done(&["claim", "review"]);
        assert_eq!(review.contains("refund-due"), !sent, "{review}");
        // Without the correction it is due again, and the register has one row of it all the way.
        office.done(&["remit", "reverse", "2", "--reason", "not ours"]);
        let report = office.json(&["report", "refunds", "--from", "2026-01-01", "--to", "2026-02-28"]);
        let found: Vec<String> = rows(&report).iter().map(open).collect();
        assert_eq!(found, [if sent { "0.00" } else { "30.00" }], "{report:#}");
        office.check();
    }
}
