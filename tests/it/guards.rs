//! Who may be billed, and what a person may type: the guards of sections 4a and 10 of the posting rules, through the real
//! binary. Each refusal leaves the books as they were and says what to do.

use serde_json::Value;

use crate::office::{Billed, Office, TODAY, claims, remittance};

/// One claim V1 of 240 dollars, served on May 4th 2026 and billed on the 6th.
fn billed(filing: &str, secondary: Option<&str>) -> Office {
    let office = Office::new();
    let claim = Billed {
        number: "V1",
        charge: "240",
        lines: &[("99214", "160"), ("93000", "80")],
        secondary: secondary.is_some(),
        frequency: '1',
        service: "20260504",
    };
    let mut text =
        claims(1, "20260506", &[claim]).replace("SBR*P*18*******CI", &format!("SBR*P*18*******{filing}"));
    if let Some(secondary) = secondary {
        text = text.replace("SBR*S*18*******CI", &format!("SBR*S*18*******{secondary}"));
    }
    let path = office.write("claims.837", text);
    office.import(&[&path]);
    office
}

/// PAYER ONE answers V1 with 160 dollars for the first line, and refuses or splits the second as said.
fn answered(office: &Office, filing: &str, second: &str) -> Value {
    let claims = format!(
        "CLP*V1*1*240*100**{filing}*K1*11*1~SVC*HC:99214*160*100**1~DTM*472*20260504~CAS*CO*45*60~\
         SVC*HC:93000*80*0**1~DTM*472*20260504~{second}"
    );
    let text = remittance(2, "PAYER ONE", "BPR*I*100*C*ACH", "20260520", "T2", &claims);
    let path = office.write("remit.835", text);
    office.import(&[&path])
}

fn bucket(office: &Office, name: &str) -> String {
    let shown = office.json(&["claim", "show", "V1"]);
    shown["balances"]["buckets"][name].as_str().expect("an amount").to_owned()
}

/// Nothing was done, and the words say so.
fn refused(office: &Office, args: &[&str], words: &str) {
    let before = office.books();
    let output = office.run(args);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(4), "{args:?}: {said}");
    assert!(said.contains(words), "{args:?}: {said}");
    assert!(said.contains("hint: "), "{args:?} says what to do: {said}");
    assert_eq!(office.books(), before, "{args:?}");
}

const TO_PATIENT: [&str; 10] =
    ["claim", "transfer", "V1", "80", "--from", "denied", "--to", "due", "--reason", "asked her"];

#[test]
fn what_a_payer_does_not_leave_to_the_patient_takes_a_waiver() {
    for group in ["CO", "PI", "OA"] {
        let office = billed("CI", None);
        answered(&office, "12", &format!("CAS*{group}*50*80~"));
        assert_eq!(bucket(&office, "denied"), "80.00", "{group}");
        refused(&office, &["denial", "bill-patient", "1"], "takes a notice that they signed");
        refused(&office, &["denial", "bill-patient", "1", "--waiver", "  "], "--waiver TEXT");
        refused(&office, &TO_PATIENT, "a notice that the patient signed");
        // By a detour it is the same money.
        let aside =
            ["claim", "transfer", "V1", "80", "--from", "denied", "--to", "open", "--reason", "aside"];
        office.done(&aside);
        let back = ["claim", "transfer", "V1", "80", "--from", "open", "--to", "due", "--reason", "and on"];
        refused(&office, &back, "a notice that the patient signed");
        office.done(&[&back[..], &["--waiver", "ABN 4417"]].concat());
        assert_eq!(bucket(&office, "due"), "80.00", "{group}");
        office.check();
    }
}

#[test]
fn a_waiver_is_kept_with_the_act() {
    let office = billed("CI", None);
    answered(&office, "12", "CAS*CO*50*80~");
    office.done(&["denial", "bill-patient", "1", "--waiver", "ABN 4417", "--note", "called her"]);
    assert_eq!(bucket(&office, "due"), "80.00");
    let shown = office.json(&["denial", "show", "1"]);
    assert!(shown["events"].to_string().contains("waiver: ABN 4417"), "{shown:#}");
    let claim = office.json(&["claim", "show", "V1"]);
    assert!(claim["events"].to_string().contains("called her; waiver: ABN 4417"), "{claim:#}");
    office.done(&["denial", "reopen", "1"]);
    office.done(&[&TO_PATIENT[..], &["--waiver", "ABN 4417"]].concat());
    let claim = office.json(&["claim", "show", "V1"]);
    assert!(claim["events"].to_string().contains("asked her; waiver: ABN 4417"), "{claim:#}");
    office.check();
}

#[test]
fn a_patients_denial_takes_a_look_and_no_waiver() {
    let office = billed("CI", None);
    answered(&office, "12", "CAS*PR*27*80~");
    assert_eq!(bucket(&office, "hold"), "80.00");
    office.done(&["denial", "bill-patient", "1", "--amount", "30"]);
    let rest =
        ["claim", "transfer", "V1", "50", "--from", "hold", "--to", "due", "--reason", "no cover, she says"];
    office.done(&rest);
    assert_eq!(bucket(&office, "due"), "80.00");
    office.check();
}

#[test]
fn nothing_lifts_what_protects_a_patient() {
    for (filing, second, words) in [
        ("12", "CAS*CO*50*80~LQ*HE*N781~", "a remark protects the patient"),
        ("12", "CAS*PR*27*80~LQ*HE*N192~", "a remark protects the patient"),
        ("12", "CAS*CO*29*80~", "filed too late"),
        ("12", "CAS*PR*29*80~", "filed too late"),
        ("12", "CAS*CO*50*80~LQ*HE*N864~", "surprise bills"),
        ("12", "CAS*CO*197*80~LQ*HE*N830~", "surprise bills"),
        ("WC", "CAS*PI*50*80~", "workers' compensation"),
        ("MC", "CAS*CO*50*80~", "Medicaid"),
        ("MC", "CAS*PR*27*80~", "Medicaid"),
    ] {
        let office = billed("CI", None);
        answered(&office, filing, second);
        refused(&office, &["denial", "bill-patient", "1", "--waiver", "signed"], words);
        let from = if bucket(&office, "hold") == "0.00" { "denied" } else { "hold" };
        let mut transfer = TO_PATIENT;
        transfer[5] = from;
        refused(&office, &[&transfer[..], &["--waiver", "signed"]].concat(), words);
        office.check();
    }
}

/// The remittance does not say what the claim and the office know.
#[test]
fn a_program_is_known_from_the_claim_and_from_the_office() {
    for (first, second) in [("MC", None), ("CI", Some("MC"))] {
        let office = billed(first, second);
        answered(&office, "12", "CAS*CO*50*80~");
        refused(&office, &["denial", "bill-patient", "1", "--waiver", "signed"], "Medicaid");
    }
    let office = billed("HM", None);
    answered(&office, "HM", "CAS*CO*50*80~");
    office.done(&["payer", "set", "1", "--class", "medicaid"]);
    refused(&office, &["denial", "bill-patient", "1", "--waiver", "signed"], "Medicaid");
}

#[test]
fn the_next_payer_may_always_be_billed() {
    for second in ["CAS*CO*50*80~LQ*HE*N781~", "CAS*CO*29*80~", "CAS*CO*197*80~LQ*HE*N830~", "CAS*PI*50*80~"]
    {
        let office = billed("WC", Some("CI"));
        answered(&office, "WC", second);
        office.done(&["denial", "bill-next-payer", "1"]);
        assert_eq!(bucket(&office, "next"), "80.00", "{second}");
        // From there it does not come to the patient either.
        let on = ["claim", "transfer", "V1", "80", "--from", "next", "--to", "due", "--reason", "no answer"];
        refused(&office, &[&on[..], &["--waiver", "signed"]].concat(), "may not be billed");
        office.check();
    }
}

#[test]
fn shares_go_where_the_rule_says() {
    for (filing, secondary, second, bucket_of, amount) in [
        ("12", None, "CAS*PR*2*80~", "due", "80.00"),
        ("12", None, "CAS*PR*2*80~LQ*HE*N782~", "hold", "80.00"),
        ("12", Some("CI"), "CAS*PR*2*80~LQ*HE*N782~", "next", "80.00"),
        ("12", None, "CAS*PR*45*80~LQ*HE*N859~", "hold", "80.00"),
        ("12", None, "CAS*PR*1*80~LQ*HE*N859~", "due", "80.00"),
        ("12", None, "CAS*PR*275*80~", "due", "80.00"),
        ("MC", None, "CAS*PR*178*50*1*142*30~", "due", "80.00"),
        ("MC", None, "CAS*PR*3*80~", "due", "80.00"),
        ("MC", None, "CAS*PR*2*80~", "hold", "80.00"),
        ("12", None, "CAS*CO*186*80~", "denied", "80.00"),
    ] {
        let office = billed("CI", secondary);
        answered(&office, filing, second);
        assert_eq!(bucket(&office, bucket_of), amount, "{filing} {second}");
        office.check();
    }
}

/// Sixty days from the denial, confirmed.
const APPEAL_CLOCK: [&str; 11] = [
    "clock",
    "set",
    "1",
    "appeal-1",
    "60",
    "days",
    "--from",
    "denial",
    "--source",
    "contract 7",
    "--confirm",
];

#[test]
fn some_denials_have_no_appeal() {
    for remark in ["MA130", "N211", "N704"] {
        let office = billed("CI", None);
        office.done(&APPEAL_CLOCK);
        answered(&office, "12", &format!("CAS*CO*16*80~LQ*HE*{remark}~"));
        let listed = office.json(&["denial", "list"])["rows"][0].clone();
        assert_eq!(listed["deadline"], Value::Null, "{remark}: {listed}");
        assert_eq!(listed["next_action"], "send a new claim: no appeal is taken", "{remark}");
        let shown = office.json(&["denial", "show", "1"]);
        assert!(shown["clocks"].to_string().contains("send a new claim"), "{shown:#}");
        assert!(!shown["moves"].to_string().contains("appeal"), "{shown:#}");
        refused(&office, &["denial", "appeal", "1"], "send a new claim");
        office.done(&["denial", "resubmit", "1"]);
        office.check();
    }
    let office = billed("CI", None);
    office.done(&APPEAL_CLOCK);
    answered(&office, "12", "CAS*CO*16*80~LQ*HE*M76~");
    assert_eq!(office.json(&["denial", "list"])["rows"][0]["deadline"], "2026-07-19");
    office.done(&["denial", "appeal", "1"]);
}

#[test]
fn days_that_are_seldom_meant_take_a_yes() {
    let office = billed("CI", None);
    answered(&office, "12", "CAS*CO*50*80~");
    for (on, words) in [
        ("2026-05-03", "2026-05-03 lies before the service of 2026-05-04"),
        ("1926-09-30", "before the service"),
        ("2026-10-01", "2026-10-01 is still to come"),
    ] {
        refused(&office, &["claim", "pay", "V1", "5", "--on", on], words);
    }
    office.done(&["claim", "pay", "V1", "5", "--on", "2026-05-04"]);
    office.done(&["claim", "pay", "V1", "5", "--on", TODAY]);
    office.done(&["claim", "pay", "V1", "5", "--on", "2026-05-03", "--yes"]);
    refused(&office, &["claim", "note", "V1", "looked at it", "--on", "2026-10-01"], "still to come");
    refused(
        &office,
        &["denial", "bill-patient", "1", "--waiver", "x", "--on", "2026-10-01"],
        "still to come",
    );
    // A denial is not worked before it came; a yes does not help.
    let early = ["denial", "propose-write-off", "1", "--on", "2026-05-19", "--yes"];
    refused(&office, &early, "denial 1 came on 2026-05-20");
    let early = ["claim", "write-off", "V1", "80", "--reason", "x", "--on", "2026-05-19", "--yes"];
    refused(&office, &early, "holds 80.00 from 2026-05-20 on");
    assert_eq!(office.run(&["denial", "snooze", "1", "--until", TODAY]).status.code(), Some(2));
    office.check();
}

#[test]
fn amounts_that_are_seldom_meant_take_a_yes() {
    let office = billed("CI", None);
    answered(&office, "12", "CAS*CO*50*80~");
    refused(&office, &["claim", "pay", "V1", "240.01"], "more than the whole charge of 240.00");
    office.done(&["claim", "pay", "V1", "240"]);
    office.done(&["claim", "pay", "V1", "240.01", "--yes"]);
    // What the payer took off can be put back, and no more.
    let back = |amount: &'static str, kind: &'static str| {
        ["claim", "adjust", "V1", amount, "--kind", kind, "--reason", "wrong"]
    };
    for (amount, kind, words) in [
        (
            "-60.01",
            "contractual",
            "60.00 stands on the claim as contractual adjustments, which is less than 60.01",
        ),
        ("-0.01", "other", "0.00 stands on the claim as other adjustments"),
    ] {
        let output = office.run(&back(amount, kind));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(4), "{said}");
        assert!(said.contains(words), "{said}");
    }
    // Onto the patient only with a signature.
    refused(&office, &[&back("-20", "contractual")[..], &["--from", "due"]].concat(), "the patient signed");
    office.done(&back("-60", "contractual"));
    office.check();
}

#[test]
fn an_act_of_a_closed_month_says_where_it_went() {
    let office = billed("CI", None);
    answered(&office, "12", "CAS*CO*50*80~");
    office.done(&["period", "close", "2026-05"]);
    let on = ["claim", "pay", "V1", "5", "--on", "2026-05-25"];
    let said = office.run(&on);
    let words = String::from_utf8_lossy(&said.stderr).into_owned() + &String::from_utf8_lossy(&said.stdout);
    assert!(
        words.contains("2026-05-25 lies in a closed month, so the entry counts on 2026-06-01"),
        "{words}"
    );
    let said = office.run(&["denial", "propose-write-off", "1", "--on", "2026-05-25"]);
    let words = String::from_utf8_lossy(&said.stderr).into_owned() + &String::from_utf8_lossy(&said.stdout);
    assert!(
        words.contains("2026-05-25 lies in a closed month, so the entry counts on 2026-06-01"),
        "{words}"
    );
    let said = office.run(&["claim", "pay", "V1", "5", "--on", "2026-06-25"]);
    let words = String::from_utf8_lossy(&said.stderr).into_owned() + &String::from_utf8_lossy(&said.stdout);
    assert!(!words.contains("closed"), "{words}");
    office.check();
}

/// The payer dates its payment some days ahead.
#[test]
fn acts_on_a_denial_that_lies_ahead_stand_on_its_day() {
    let act = |args: &[&str]| {
        let office = billed("CI", None);
        answered(&office, "12", "CAS*CO*50*80~");
        let mut command = office.command(args);
        let output = command.env("ARREARS_TODAY", "2026-05-18").output().expect("it runs");
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{args:?}: {words}");
        let said = words + &String::from_utf8_lossy(&output.stdout);
        assert!(said.contains("2026-05-20, the day from which the money is there"), "{args:?}: {said}");
        let shown = office.json(&["claim", "show", "V1"]);
        let posted =
            shown["postings"].as_array().expect("postings").last().expect("one")["posted_on"].clone();
        assert_eq!(posted, "2026-05-20", "{args:?}");
        assert_eq!(office.json(&["denial", "list", "--all"])["rows"].as_array().map(Vec::len), Some(1));
        office.check();
        office
    };
    act(&["claim", "write-off", "V1", "80", "--reason", "not worth it"]);
    act(&["denial", "propose-write-off", "1"]);
    act(&["denial", "bill-patient", "1", "--waiver", "ABN"]);
    act(&["claim", "transfer", "V1", "80", "--from", "denied", "--to", "open", "--reason", "again"]);
}

#[test]
fn reasons_that_only_inform_have_no_amounts() {
    let office = billed("CI", None);
    let report = answered(&office, "12", "CAS*CO*225*80~");
    assert_eq!(report["files"][0]["transactions"][0]["unapplied"], 1);
    assert_eq!(office.json(&["unapplied", "list"])["rows"][0]["reason"], "admin-reason");
    office.check();
    office.done(&[
        "code",
        "set",
        "CO-225",
        "--as",
        "reduction",
        "--from",
        "2026-05-01",
        "--reason",
        "the payer said so",
    ]);
    assert_eq!(office.json(&["claim", "show", "V1"])["claim"]["balance"], "0.00");
    assert_eq!(office.json(&["unapplied", "list"])["rows"].as_array().map(Vec::len), Some(0));
    office.check();
}

/// A reason that is newer than any list.
#[test]
fn a_new_reason_is_taught_once() {
    let office = billed("CI", None);
    answered(&office, "12", "CAS*CO*347*80~LQ*HE*N9999~");
    assert_eq!(office.json(&["unapplied", "list"])["rows"][0]["reason"], "unknown-code");
    office.done(&[
        "code",
        "set",
        "CO-347",
        "--as",
        "denied",
        "--from",
        "2026-05-01",
        "--reason",
        "the payer's notice",
    ]);
    assert_eq!(bucket(&office, "denied"), "80.00");
    assert_eq!(office.json(&["unapplied", "list"])["rows"].as_array().map(Vec::len), Some(0));
    assert_eq!(office.json(&["denial", "list"])["rows"][0]["reason"], "CO-347");
    office.check();
}

/// What a remark says of a paid line, and what persons did to a line, stand in the table of lines; it adds up to the claim.
#[test]
fn the_table_of_lines_says_what_the_claim_says() {
    let totals = |office: &Office| {
        let shown = office.json(&["claim", "show", "V1"]);
        let claim = &shown["claim"];
        let lines = claim["lines"].as_array().expect("lines").clone();
        for key in ["charge", "paid", "adjusted", "balance"] {
            let cents = |value: &Value| {
                value.as_str().expect("an amount").replace('.', "").parse::<i64>().expect("cents")
            };
            let sum: i64 = lines.iter().map(|line| cents(&line[key])).sum();
            assert_eq!(sum, cents(&claim[key]), "{key}: {shown:#}");
        }
        lines
    };
    let office = billed("CI", None);
    let claims = "CLP*V1*1*240*100*20*12*K1*11*1~MOA***MA01~SVC*HC:99214*160*100**1~DTM*472*20260504~CAS*CO*45*40~\
                  CAS*PR*2*20~LQ*HE*N859~SVC*HC:93000*80*0**1~DTM*472*20260504~CAS*CO*50*80~LQ*HE*N130~";
    let text = remittance(2, "PAYER ONE", "BPR*I*100*C*ACH", "20260520", "T2", claims);
    office.import(&[&office.write("remit.835", text)]);
    let lines = totals(&office);
    assert_eq!((&lines[0]["remarks"], &lines[1]["remarks"]), (&"N859".into(), &"N130".into()));
    let shown = office.json(&["claim", "show", "V1"])["events"].to_string();
    assert!(
        shown.contains("N859 (Federal surprise-billing law applied)") && shown.contains("MA01"),
        "{shown}"
    );
    let people = office.done(&["claim", "show", "V1"]);
    assert!(people.contains("Remarks"), "{people}");
    // Given up of the second line, by its denial and on the claim as a whole; paid by the patient, too much; given back.
    office.done(&["denial", "propose-write-off", "1", "--amount", "50"]);
    assert_eq!(totals(&office)[1]["balance"], "30.00");
    office.done(&["claim", "write-off", "V1", "30", "--reason", "the rest"]);
    totals(&office);
    office.done(&["claim", "pay", "V1", "25"]);
    totals(&office);
    office.done(&["claim", "refund", "V1", "5", "--to", "patient", "--reason", "too much"]);
    totals(&office);
    office.check();
}

#[test]
fn a_posting_date_to_come_takes_a_yes() {
    let office = Office::new();
    let claim = Billed {
        number: "V1",
        charge: "240",
        lines: &[("99214", "240")],
        secondary: false,
        frequency: '1',
        service: "20260504",
    };
    let path = office.write("claims.837", claims(1, "20260506", &[claim]));
    let args = ["import", "--posting-date", "2026-10-01", path.to_str().expect("a name")];
    refused(&office, &args, "2026-10-01 is still to come");
    office.done(&[&args[..], &["--yes"]].concat());
    assert_eq!(office.json(&["claim", "show", "V1"])["postings"][0]["posted_on"], "2026-10-01");
}
