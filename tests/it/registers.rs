//! The registers of a month against the accounts, and the key figures against what was put in: every figure has a second way
//! to it that does not go through the report.

use arrears::domain::{Date, Money};
use serde_json::Value;

use crate::office::{Billed, Office, claims, remittance};
use crate::practice;

fn cents(value: &Value) -> i64 {
    let text = value.as_str().unwrap_or_else(|| panic!("an amount: {value}"));
    Money::parse(text.as_bytes()).unwrap_or_else(|why| panic!("{text}: {why}")).cents()
}

/// What stands on an account at the end of a day, or on all whose names begin so where the name ends in a colon.
fn stands(office: &Office, day: &str, prefix: &str) -> i64 {
    let accounts = office.json(&["report", "trial-balance", "--as-of", day]);
    let rows = accounts["rows"].as_array().expect("rows");
    let meant = |name: &str| if prefix.ends_with(':') { name.starts_with(prefix) } else { name == prefix };
    let of = rows.iter().filter(|row| row["account"].as_str().is_some_and(meant));
    of.map(|row| cents(&row["balance"])).sum()
}

/// What moved on them from one day to another.
fn moved(office: &Office, from: &str, to: &str, prefix: &str) -> i64 {
    let before = Date::parse_iso(from).expect("a day").minus_days(1).to_string();
    stands(office, to, prefix) - stands(office, &before, prefix)
}

fn report(office: &Office, name: &str, from: &str, to: &str, more: &[&str]) -> Value {
    office.json(&[&["report", name, "--from", from, "--to", to], more].concat())
}

/// The registers of some days say what moved on their accounts in them.
fn tie(office: &Office, from: &str, to: &str) {
    let said = |name: &str, column: &str, more: &[&str]| {
        cents(&report(office, name, from, to, more)["totals"][column])
    };
    let cash = moved(office, from, to, "cash:");
    assert_eq!(said("collections", "amount", &[]), cash, "collections {from} {to}");
    assert_eq!(said("collections", "amount", &["--matrix"]), cash, "matrix {from} {to}");
    assert_eq!(said("collections", "patient", &[]), moved(office, from, to, "cash:patient"));
    assert_eq!(said("collections", "refunds", &[]), moved(office, from, to, "refund:"), "{from} {to}");
    assert_eq!(said("write-offs", "amount", &[]), moved(office, from, to, "writeoff:"), "{from} {to}");
    for by in ["reason", "payer", "account"] {
        let adjustments = report(office, "adjustments", from, to, &["--by", by]);
        for (column, account) in [
            ("total", "adj:"),
            ("contractual", "adj:contractual"),
            ("reduction", "adj:reduction"),
            ("contra", "adj:contra"),
            ("other", "adj:other"),
        ] {
            let wanted = moved(office, from, to, account);
            assert_eq!(cents(&adjustments["totals"][column]), wanted, "{by} {column} {from} {to}");
        }
    }
    let owed = -stands(office, to, "refund:");
    assert_eq!(said("refunds", "open", &[]), owed, "refunds {from} {to}");
}

const SPANS: [(&str, &str); 5] = [
    ("2025-04-01", "2026-09-30"),
    ("2025-11-01", "2025-11-30"),
    ("2026-03-01", "2026-03-31"),
    ("2026-07-01", "2026-09-30"),
    ("2026-09-15", "2026-09-15"),
];

#[test]
fn registers_say_what_moved_on_their_accounts() {
    let office = Office::new();
    let (folder, _) = practice::practice(&office, 400, 5);
    office.import(&[&folder.join("837"), &folder.join("835")]);
    let denied = office.json(&["claim", "list", "--status", "denied", "--sort", "claim_id"]);
    let denied: Vec<String> =
        denied["rows"].as_array().expect("rows").iter().map(|r| r["claim_id"].to_string()).collect();
    assert!(denied.len() > 4, "a practice with denials");
    let give_up = |claim: &str, amount: &str, kind: &str, on: &str| {
        office.done(&[
            "claim",
            "write-off",
            claim,
            amount,
            "--kind",
            kind,
            "--on",
            on,
            "--reason",
            "no use",
            "--user",
            "ann",
        ]);
    };
    give_up(&denied[0], "5", "denial", "2026-03-05");
    give_up(&denied[1], "7.25", "timely_filing", "2026-03-31");
    give_up(&denied[2], "1", "small_balance", "2026-09-15");
    let register = report(&office, "write-offs", "2026-03-01", "2026-03-31", &[]);
    let rows = register["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), 2, "{register:#}");
    assert_eq!(rows[0]["kind"], "denial");
    assert_eq!(
        (&rows[0]["amount"], &rows[0]["user"], &rows[0]["reason"]),
        (&"5.00".into(), &"ann".into(), &"no use".into())
    );
    assert_eq!((&rows[0]["approver"], &rows[0]["undoes"]), (&Value::Null, &Value::Null));
    assert_ne!(rows[0]["payer"], Value::Null);
    // Undone later: March stays as it was, and the day of the undoing takes it back.
    let entry = rows[0]["entry"].to_string();
    office.done(&["claim", "undo", &denied[0], &entry, "--reason", "paid after all", "--on", "2026-09-15"]);
    assert_eq!(report(&office, "write-offs", "2026-03-01", "2026-03-31", &[]), register);
    let later = report(&office, "write-offs", "2026-09-15", "2026-09-15", &[]);
    let undone: Vec<&Value> =
        later["rows"].as_array().expect("rows").iter().filter(|r| r["undoes"] != Value::Null).collect();
    assert_eq!(undone.len(), 1, "{later:#}");
    assert_eq!((&undone[0]["amount"], undone[0]["undoes"].to_string()), (&"-5.00".into(), entry));
    office.done(&[
        "claim",
        "adjust",
        &denied[3],
        "2.50",
        "--from",
        "denied",
        "--kind",
        "other",
        "--reason",
        "goodwill",
        "--on",
        "2026-03-20",
    ]);
    let by_hand = report(&office, "adjustments", "2026-03-01", "2026-03-31", &[]);
    let by_hand =
        by_hand["rows"].as_array().expect("rows").iter().find(|r| r["reason"] == "(by hand)").cloned();
    assert_eq!(by_hand.expect("the adjustment")["other"], "2.50");
    for (from, to) in SPANS {
        tie(&office, from, to);
    }
    office.check();
}

const TWO_CLAIMS: [Billed<'_>; 2] = [
    Billed {
        number: "R1",
        charge: "200",
        lines: &[("99213", "200")],
        secondary: false,
        frequency: '1',
        service: "20260105",
    },
    Billed {
        number: "R2",
        charge: "100",
        lines: &[("99213", "100")],
        secondary: false,
        frequency: '1',
        service: "20260210",
    },
];

fn row<'v>(report: &'v Value, key: &str, value: &str) -> &'v Value {
    let rows = report["rows"].as_array().expect("rows");
    rows.iter().find(|row| row[key] == value).unwrap_or_else(|| panic!("{key} {value}: {report:#}"))
}

#[test]
fn a_refund_from_the_credit_to_the_check() {
    let office = Office::new();
    office.import(&[&office.write("c.837", claims(1, "20260215", &TWO_CLAIMS))]);
    // The patient paid too much at the desk; the payer leaves a share of 20.
    office.done(&["claim", "pay", "R1", "50", "--on", "2026-02-16"]);
    let answer = "CLP*R1*1*200*130*20*12*I1~CAS*CO*45*50~CAS*PR*2*20~CLP*X9*1*75*75**12*I9~";
    office.import(&[
        &office.write("1.835", remittance(1, "PAYER ONE", "BPR*I*205*C*CHK", "20260305", "T1", answer))
    ]);
    office.done(&[
        "claim",
        "refund",
        "R1",
        "30",
        "--to",
        "patient",
        "--reason",
        "paid too much",
        "--on",
        "2026-03-10",
        "--user",
        "bo",
    ]);
    let item = office.json(&["unapplied", "list"])["rows"][0]["item_id"].to_string();
    office.done(&["unapplied", "release", &item, "--why", "not ours", "--on", "2026-03-11"]);
    let march = report(&office, "refunds", "2026-03-01", "2026-03-31", &[]);
    let due = row(&march, "to", "patient");
    assert_eq!((&due["status"], &due["open"], &due["user"]), (&"due".into(), &"30.00".into(), &"bo".into()));
    assert_eq!((&due["control_number"], &due["reason"]), (&"R1".into(), &"paid too much".into()));
    let released = row(&march, "to", "insurance");
    assert_eq!(
        (&released["status"], &released["control_number"], &released["open"]),
        (&"due".into(), &"X9".into(), &"75.00".into())
    );

    // More than is due does not go out; a dry run changes nothing.
    let too_much = office.run(&["claim", "send-refund", "R1", "30.01", "--to", "patient"]);
    assert_eq!(too_much.status.code(), Some(4));
    assert!(String::from_utf8_lossy(&too_much.stderr).contains("refunds of 30.00 are due"));
    let send =
        ["claim", "send-refund", "R1", "30", "--to", "patient", "--check", "501", "--on", "2026-04-02"];
    office.done(&[&send[..], &["--dry-run"]].concat());
    assert_eq!(stands(&office, "2026-04-30", "refund:"), -10_500);
    office.done(&send);
    let balance = |office: &Office| office.json(&["claim", "show", "R1"])["claim"]["balance"].clone();
    assert_eq!(balance(&office), "0.00");
    let april = report(&office, "refunds", "2026-04-01", "2026-04-30", &[]);
    assert_eq!(
        (&row(&april, "to", "patient")["status"], &row(&april, "to", "patient")["sent_on"]),
        (&"sent".into(), &"2026-04-02".into())
    );
    assert_eq!(report(&office, "refunds", "2026-03-01", "2026-03-31", &[]), march, "March is what it was");

    // The payer takes its money back by itself.
    let takeback = "CLP*R2*1*100*90**12*I2~CAS*CO*45*10~PLB*1234567893*20261231*WO:X*75~";
    office.import(&[
        &office.write("2.835", remittance(2, "PAYER ONE", "BPR*I*15*C*CHK", "20260505", "T2", takeback))
    ]);
    let plb = office.json(&["plb", "list"])["rows"][0]["plb_id"].to_string();
    office.done(&[
        "plb",
        "settle",
        &plb,
        "--account",
        "refund:insurance",
        "--reason",
        "X9",
        "--on",
        "2026-05-06",
    ]);
    let may = report(&office, "refunds", "2026-05-01", "2026-05-31", &[]);
    assert_eq!(may["rows"].as_array().map(Vec::len), Some(1), "what was sent in April is done: {may:#}");
    assert_eq!(
        (&may["rows"][0]["status"], &may["rows"][0]["taken_back"]),
        (&"cleared".into(), &"75.00".into())
    );
    for (from, to) in [
        ("2026-02-01", "2026-02-28"),
        ("2026-03-01", "2026-03-31"),
        ("2026-04-01", "2026-04-30"),
        ("2026-02-01", "2026-05-31"),
    ] {
        tie(&office, from, to);
    }
    // A check that came back is owed again.
    let shown = office.json(&["claim", "show", "R1"]);
    let sent = shown["postings"]
        .as_array()
        .expect("postings")
        .iter()
        .find(|p| p["account"] == "cash:patient" && p["amount"] == "-30.00");
    let entry = sent.expect("the check")["entry"].to_string();
    office.done(&["claim", "undo", "R1", &entry, "--reason", "came back", "--on", "2026-05-20"]);
    let may = report(&office, "refunds", "2026-05-01", "2026-05-31", &[]);
    assert_eq!(
        (&row(&may, "to", "patient")["status"], &row(&may, "to", "patient")["open"]),
        (&"due".into(), &"30.00".into())
    );
    tie(&office, "2026-05-01", "2026-05-31");
    office.check();
}

#[test]
fn cash_by_month_of_service() {
    let office = Office::new();
    office.import(&[&office.write("c.837", claims(1, "20260215", &TWO_CLAIMS))]);
    let first = "CLP*R1*1*200*120*30*12*I1~CAS*CO*45*50~CAS*PR*2*30~CLP*R9*1*75*75**12*I9~";
    office.import(&[
        &office.write("1.835", remittance(1, "PAYER ONE", "BPR*I*195*C*CHK", "20260305", "T1", first))
    ]);
    let second = "CLP*R2*1*100*90**12*I2~CAS*CO*45*10~PLB*1234567893*20261231*L6*-1.25~";
    office.import(&[
        &office.write("2.835", remittance(2, "PAYER ONE", "BPR*I*91.25*C*CHK", "20260410", "T2", second))
    ]);
    office.done(&["claim", "pay", "R1", "30", "--on", "2026-04-11"]);
    let list = report(&office, "collections", "2026-03-01", "2026-04-30", &[]);
    let rows: Vec<String> = list["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| {
            [
                "what",
                "service_month",
                "payment_month",
                "insurance",
                "patient",
                "charges",
                "collected",
                "collected_share",
            ]
            .map(|key| row[key].as_str().unwrap_or("-").to_owned())
            .join(" ")
        })
        .collect();
    assert_eq!(
        rows,
        [
            "claims 2026-01 2026-03 120.00 0.00 200.00 120.00 60.0",
            "claims 2026-01 2026-04 0.00 30.00 200.00 150.00 75.0",
            "claims 2026-02 2026-04 90.00 0.00 100.00 90.00 90.0",
            "unapplied - 2026-03 75.00 0.00 - - -",
            "no_claim - 2026-04 1.25 0.00 - - -",
        ]
    );
    // What was collected by the end of March is the same in March's own report.
    let march = report(&office, "collections", "2026-03-01", "2026-03-31", &[]);
    assert_eq!(march["rows"][0], list["rows"][0]);
    tie(&office, "2026-03-01", "2026-04-30");
    let shown = office.done(&["report", "collections", "--period", "2026-04", "--matrix"]);
    assert!(shown.contains("2026-04") && !shown.contains("2026-03"), "{shown}");
    let nothing = office.done(&["report", "collections", "--period", "2025-04"]);
    assert!(nothing.contains("No cash moved on these days."), "{nothing}");
    assert_eq!(
        office.run(&["report", "collections", "--period", "2025-04", "--from", "2025-04-01"]).status.code(),
        Some(2)
    );
}

fn billed(number: &'static str, service: &'static str) -> Billed<'static> {
    Billed { number, charge: "200", lines: &[("99213", "200")], secondary: false, frequency: '1', service }
}

/// Ten claims of 200.00: six paid 120.00 after 10 days and two after 30, one denied whole, one denied and paid on the second try.
#[test]
fn key_figures_of_a_small_practice() {
    let office = Office::new();
    let numbers = ["K0", "K1", "K2", "K3", "K4", "K5", "K6", "K7", "K8", "K9"];
    let batch: Vec<Billed<'_>> = numbers.iter().map(|number| billed(number, "20260701")).collect();
    office.import(&[&office.write("c.837", claims(1, "20260706", &batch))]);
    let paid =
        |number: &str, icn: &str| format!("CLP*{number}*1*200*120*30*12*{icn}~CAS*CO*45*50~CAS*PR*2*30~");
    let denied = |number: &str, carc: &str| format!("CLP*{number}*1*200*0**12*D{number}~CAS*CO*{carc}*200~");
    let pay = |control, on: &str, bpr: &str, text: String| {
        let name = format!("{control}.835");
        let trace = format!("T{control}");
        let bpr = format!("BPR*I*{bpr}*C*CHK");
        office.import(&[&office.write(&name, remittance(control, "PAYER ONE", &bpr, on, &trace, &text))]);
    };
    let first: String = numbers[..6].iter().map(|number| paid(number, &format!("A{number}"))).collect();
    pay(1, "20260716", "720", first + &denied("K8", "16") + &denied("K9", "40"));
    pay(2, "20260805", "240", paid("K6", "AK6") + &paid("K7", "AK7"));
    pay(3, "20260825", "120", paid("K9", "SK9"));
    office.done(&["claim", "pay", "K0", "30", "--on", "2026-09-01"]);
    office.done(&["claim", "write-off", "K8", "200", "--reason", "too late", "--on", "2026-09-10"]);
    office.done(&[
        "claim",
        "write-off",
        "K1",
        "30",
        "--from",
        "due",
        "--kind",
        "bad_debt",
        "--reason",
        "gone",
        "--on",
        "2026-09-11",
    ]);
    let kpi = office.json(&["report", "kpi", "--from", "2026-07-01", "--to", "2026-09-28"]);
    let said = |name: &str| {
        let row = row(&kpi, "kpi", name);
        ["value", "unit", "numerator", "denominator", "n"].map(|key| match &row[key] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        })
    };
    for (name, wanted) in [
        // 7 claims stand at 30.00.
        ("days_in_ar_gross", ["9.5", "days", "210.00", "2000.00", "7"]),
        ("days_in_credit_balance", ["0.0", "days", "0.00", "2000.00", "0"]),
        ("ar_over_90", ["0.0", "percent", "0.00", "210.00", "7"]),
        ("gross_collection_rate", ["55.5", "percent", "1110.00", "2000.00", "10"]),
        ("net_collection_rate", ["71.6", "percent", "1110.00", "1550.00", "10"]),
        ("net_collection_rate_cohort", ["null", "percent", "0.00", "0.00", "0"]),
        ("bad_debt_rate", ["1.5", "percent", "30.00", "2000.00", "10"]),
        ("patient_collection_rate", ["11.1", "percent", "30.00", "270.00", "9"]),
        ("first_pass_resolution_rate", ["80.0", "percent", "8", "10", "10"]),
        ("initial_denial_rate_claims", ["20.0", "percent", "2", "10", "10"]),
        ("initial_denial_rate_dollars", ["20.0", "percent", "400.00", "2000.00", "10"]),
        ("full_denial_rate", ["20.0", "percent", "2", "10", "10"]),
        ("final_denial_rate", ["12.9", "percent", "200.00", "1550.00", "10"]),
        ("average_days_to_pay", ["18.9", "days", "170.0", "9", "9"]),
        ("average_days_to_pay_by_dollars", ["18.9", "days", "20400.0", "1080.00", "9"]),
        ("charge_lag", ["5.0", "days", "50.0", "10", "10"]),
        ("preventable_share", ["50.0", "percent", "1", "2", "2"]),
    ] {
        assert_eq!(said(name), wanted, "{name}");
    }
    let overturned = said("overturn_rate_count");
    assert_eq!(overturned[2], "1", "K9 was paid: {overturned:?}");
    assert!(kpi["rows"].as_array().expect("rows").iter().all(|row| row["kpi"] != "rejection_rate"));
    // In August nothing was denied first, and what was denied in July was overturned.
    let august = office.json(&["report", "kpi", "--period", "2026-08"]);
    let of = |name: &str, key: &str| row(&august, "kpi", name)[key].clone();
    assert_eq!(of("initial_denial_rate_claims", "value"), "0.0");
    assert_eq!(of("initial_denial_rate_claims", "n"), 2);
    assert_eq!(
        (of("overturn_rate_count", "value"), of("overturn_rate_count", "n")),
        ("100.0".into(), 1.into())
    );
    assert_eq!(
        (of("overturn_rate_dollars", "value"), of("preventable_share", "value")),
        ("60.0".into(), Value::Null)
    );
    assert_eq!(of("initial_denial_rate_submitted_claims", "n"), 10);
    let empty = Office::new();
    let nothing = empty.json(&["report", "kpi"]);
    assert!(
        nothing["rows"]
            .as_array()
            .expect("rows")
            .iter()
            .filter(|row| row["unit"] != "dollars")
            .all(|row| row["value"].is_null())
    );
}

/// An answer counts when it moves something on its claim: money that waits because nobody knows the reason yet does not.
#[test]
fn an_answer_that_waits_is_no_first_adjudication_yet() {
    let office = Office::new();
    office.import(&[&office.write("c.837", claims(1, "20260706", &[billed("K0", "20260701")]))]);
    let text = "CLP*K0*1*200*120*30*12*A0~CAS*CO*45*50~CAS*PR*QQQ*30~";
    let file = remittance(1, "PAYER ONE", "BPR*I*120*C*CHK", "20260716", "T1", text);
    office.import(&[&office.write("1.835", file)]);
    let unapplied = office.json(&["unapplied", "list"]);
    assert_eq!(unapplied["rows"].as_array().map(Vec::len), Some(1), "{unapplied:#}");
    let kpi = office.json(&["report", "kpi", "--period", "2026-07"]);
    for name in ["first_pass_resolution_rate", "initial_denial_rate_claims", "average_days_to_pay"] {
        assert_eq!(row(&kpi, "kpi", name)["n"], 0, "{name}");
    }
}

#[test]
fn key_figures_of_a_practice_are_what_other_reports_say() {
    let office = Office::new();
    let (folder, _) = practice::practice(&office, 300, 9);
    office.import(&[&folder.join("837"), &folder.join("835")]);
    for (from, to) in [("2026-04-01", "2026-06-29"), ("2026-07-03", "2026-09-30")] {
        let kpi = report(&office, "kpi", from, to, &[]);
        let of = |name: &str, key: &str| cents(&row(&kpi, "kpi", name)[key]);
        let aging = office.json(&["report", "aging", "--by", "claim", "--as-of", to]);
        let total = |key: &str| cents(&aging["totals"][key]);
        assert_eq!(of("days_in_ar_gross", "numerator"), total("total") - total("credit"));
        assert_eq!(of("ar_over_90", "numerator"), total("d91_120") + total("d121_plus"));
        assert_eq!(of("days_in_credit_balance", "numerator"), -total("credit"));
        let charges = -moved(&office, from, to, "revenue:charges");
        assert_eq!(of("gross_collection_rate", "denominator"), charges);
        assert_eq!(of("days_in_ar_gross", "denominator"), charges, "the span has 90 days");
        let collections = report(&office, "collections", from, to, &[]);
        let rows = collections["rows"].as_array().expect("rows").iter().filter(|row| row["what"] == "claims");
        let applied: i64 = rows.map(|row| cents(&row["amount"]) + cents(&row["refunds"])).sum();
        assert_eq!(of("gross_collection_rate", "numerator"), applied);
        let taken_off = cents(&report(&office, "adjustments", from, to, &[])["totals"]["total"]);
        assert_eq!(of("net_collection_rate", "denominator"), charges - taken_off);
    }
    let whole = report(&office, "kpi", "2020-01-01", "2026-09-30", &[]);
    let denials = office.json(&["report", "denials"]);
    let cases = &row(&whole, "kpi", "preventable_share")["n"];
    assert_eq!(cases, &denials["totals"]["cases"]);
}
