//! A practice in which everything has happened that figures must tie over: a generated one with acts of persons, credits,
//! rejections, possible doubles, held and reversed remittances, answers that undid acts, provider-level items.

use arrears::domain::Money;
use serde_json::Value;

use crate::acks::status;
use crate::office::{Billed, Office, claims, remittance};
use crate::practice::practice;

/// The cents of an amount in JSON; nothing of what is not there.
pub fn cents(value: &Value) -> i64 {
    let Some(text) = value.as_str() else { return 0 };
    Money::parse(text.as_bytes()).unwrap_or_else(|why| panic!("{text}: {why}")).cents()
}

/// The rows of a list or report.
pub fn rows(office: &Office, args: &[&str]) -> Vec<Value> {
    let table = office.json(args);
    table["rows"].as_array().unwrap_or_else(|| panic!("{args:?}: {table:#}")).clone()
}

/// What a column of rows comes to.
pub fn sum<'r>(rows: impl IntoIterator<Item = &'r Value>, key: &str) -> i64 {
    rows.into_iter().map(|row| cents(&row[key])).sum()
}

fn billed<'a>(number: &'a str, frequency: char) -> Billed<'a> {
    let lines = &[("99214", "180"), ("81003", "45")];
    Billed {
        number,
        charge: "225",
        lines,
        secondary: number.starts_with("TWO"),
        frequency,
        service: "20260511",
    }
}

fn refused(number: &str, group: &str, code: &str) -> String {
    format!("CLP*{number}*1*225*0**12*I{number}~CAS*{group}*{code}*225~")
}

fn settled(number: &str, icn: &str) -> String {
    format!("CLP*{number}*1*225*150*35*12*{icn}~CAS*CO*45*40~CAS*PR*2*35~")
}

fn answers(office: &Office, control: u32, on: &str, paid: &str, claims: &str) {
    let bpr = format!("BPR*I*{paid}*C*ACH");
    let text = remittance(control, "PAYER ONE", &bpr, on, &format!("EV{control}"), claims);
    office.import(&[&office.write(&format!("{control}.835"), text)]);
}

/// The claims that are billed beside those of the generated practice.
const NUMBERS: [&str; 12] =
    ["LOST", "WON", "HALF", "PATIENT", "TWO1", "TWO2", "BACK", "CREDIT", "VOIDED", "AGAIN", "UNSURE", "HELD"];

/// That practice.
pub fn everything(claims_of_practice: u64, seed: u64) -> Office {
    let office = Office::new();
    let (folder, _) = practice(&office, claims_of_practice, seed);
    office.import(&[&folder.join("837"), &folder.join("835")]);
    let billed_now: Vec<Billed<'_>> = NUMBERS.iter().map(|number| billed(number, '1')).collect();
    office.import(&[&office.write("more.837", claims(901, "20260515", &billed_now))]);
    let first = [
        refused("LOST", "CO", "197"),
        refused("WON", "CO", "16"),
        refused("HALF", "CO", "50"),
        refused("PATIENT", "PR", "27"),
        settled("TWO1", "ITWO1"),
        refused("TWO2", "CO", "97"),
        refused("BACK", "CO", "197"),
        settled("CREDIT", "ICREDIT"),
        refused("UNSURE", "OA", "133"),
    ];
    let plb = "PLB*1234567893*20261231*WO:ITWO1*-40*72:REFUND*12.5*L6:INTEREST*-3.25~";
    answers(&office, 902, "20260601", "330.75", &(first.concat() + plb));
    // The same visit under another number, and one that the clearinghouse sent back.
    office.import(&[&office.write("double.837", claims(903, "20260603", &[billed("LOST-B", '1')]))]);
    office.import(&[&office.write("sent.837", claims(904, "20260604", &[billed("SENTBACK", '1')]))]);
    let back = ["SENTBACK|STC*A7:562*20260605*U*225|DTP*472*D8*20260511"];
    office.import(&[&status(&office, "back.277", "AY", "20260605", "B904", "", &back)]);
    let do_it = |args: &[&str]| {
        office.done(args);
    };
    let denial = |number: &str| -> String {
        let shown = office.json(&["claim", "show", number]);
        shown["denials"][0]["denial_id"].to_string()
    };
    // Written off in part, and paid in the end: the payer undoes what it covers.
    do_it(&["claim", "write-off", "BACK", "100", "--reason", "hopeless", "--on", "2026-06-20"]);
    answers(&office, 905, "20260701", "150", &settled("BACK", "IBACK2"));
    answers(&office, 906, "20260702", "150", &settled("WON", "IWON2"));
    do_it(&["denial", "propose-write-off", &denial("LOST"), "--on", "2026-07-03", "--note", "no proof"]);
    do_it(&["claim", "write-off", "HALF", "60", "--reason", "a part of it", "--on", "2026-07-04"]);
    do_it(&["claim", "pay", "CREDIT", "90", "--on", "2026-07-05"]);
    do_it(&["claim", "void", "VOIDED", "--reason", "never happened", "--on", "2026-07-06"]);
    do_it(&["claim", "transfer", "PATIENT", "25", "--from", "hold", "--to", "due", "--reason", "her words"]);
    // Left from the deposit: a check that does not add up, one that was taken out, one of nobody.
    answers(&office, 907, "20260707", "500", &settled("HELD", "IHELD"));
    answers(&office, 908, "20260708", "150", &settled("AGAIN", "IAGAIN"));
    let listed = rows(&office, &["remit", "list"]);
    let of =
        |trace: &str| listed.iter().find(|row| row["trace"] == trace).expect(trace)["remit_id"].to_string();
    do_it(&["remit", "reverse", &of("EV908"), "--reason", "another office's"]);
    answers(&office, 909, "20260709", "150", &settled("NOBODY", "INOBODY"));
    office.check();
    office
}
