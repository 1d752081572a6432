//! Key figures at their edges: what is given away, what first answers were none, which claims are a cohort.

use serde_json::Value;

use crate::office::{Billed, Office, claims, remittance};

fn billed<'a>(number: &'a str, service: &'a str) -> Billed<'a> {
    Billed { number, charge: "200", lines: &[("99213", "200")], secondary: false, frequency: '1', service }
}

fn paid(number: &str) -> String {
    format!("CLP*{number}*1*200*120*30*12*I{number}~SVC*HC:99213*200*120**1~CAS*CO*45*50~CAS*PR*2*30~")
}

fn unpaid(number: &str, cas: &str) -> String {
    format!("CLP*{number}*1*200*0**12*I{number}~SVC*HC:99213*200*0**1~CAS*{cas}*200~")
}

fn answer(office: &Office, control: u32, date: &str, bpr: &str, claims: &str) {
    let text = remittance(control, "PAYER ONE", bpr, date, &format!("T{control}"), claims);
    let report = office.import(&[&office.write(&format!("{control}.835"), text)]);
    assert_eq!(report["files"][0]["transactions"][0]["unapplied"], 0, "{report:#}");
    office.check();
}

/// Value, numerator, denominator and count of a figure.
fn figure(kpi: &Value, name: &str) -> [String; 4] {
    let rows = kpi["rows"].as_array().expect("rows");
    let row = rows.iter().find(|row| row["kpi"] == name).unwrap_or_else(|| panic!("{name} is missing"));
    ["value", "numerator", "denominator", "n"].map(|key| match &row[key] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    })
}

/// Nine claims of 200 dollars, four of them served on the edges of the cohort of September the 28th.
fn practice() -> Office {
    let office = Office::new();
    let served = [
        ("K180", "20260401"),
        ("K179", "20260402"),
        ("K90", "20260630"),
        ("K89", "20260701"),
        ("GIVEN", "20260702"),
        ("LATE", "20260702"),
        ("UNSURE", "20260702"),
        ("BACK", "20260702"),
        ("PLAN", "20260702"),
    ];
    let claim = served.map(|(number, service)| billed(number, service));
    office.import(&[&office.write("c.837", claims(1, "20260706", &claim))]);
    let first: String = ["K180", "K179", "K90", "K89", "GIVEN", "BACK"].map(paid).concat()
        + &unpaid("LATE", "CO*29")
        + &unpaid("UNSURE", "OA*133")
        + &unpaid("PLAN", "PR*96");
    answer(&office, 2, "20260720", "BPR*I*720*C*ACH", &first);
    let give =
        ["claim", "write-off", "GIVEN", "12", "--from", "due", "--kind", "charity", "--reason", "hardship"];
    office.done(&[&give[..], &["--on", "2026-08-10"]].concat());
    office.done(&["denial", "propose-write-off", "1", "--on", "2026-08-11"]);
    let back = "CLP*BACK*22*-200*-120**12*IBACK~SVC*HC:99213*-200*-120**-1~CAS*CO*45*-50~CAS*PR*2*-30~\
                PLB*1234567893*20261231*WO:IBACK*-120~";
    answer(&office, 3, "20260820", "BPR*H*0*C*NON", back);
    office
}

#[test]
fn what_was_given_away_and_what_was_no_end_is_counted_apart() {
    let office = practice();
    let kpi = office.json(&["report", "kpi", "--from", "2026-07-01", "--to", "2026-09-28"]);
    for (name, wanted) in [
        // 1800 charged, 250 by contract, 12 of charity.
        ("net_collection_rate", ["38.7", "600.00", "1550.00", "9"]),
        ("cash_of_net_revenue", ["39.0", "600.00", "1538.00", "9"]),
        ("final_denial_rate", ["13.0", "200.00", "1538.00", "9"]),
        // Refused, put off, and taken back since: three of nine did not end.
        ("first_pass_resolution_rate", ["66.7", "6", "9", "9"]),
        ("initial_denial_rate_claims", ["11.1", "1", "9", "9"]),
        // Served from 179 to 90 days before, these days counted in.
        ("net_collection_rate_cohort", ["80.0", "240.00", "300.00", "2"]),
        ("patient_liable_non_covered", ["200.00", "200.00", "null", "1"]),
    ] {
        assert_eq!(figure(&kpi, name), wanted, "{name}");
    }
}

#[test]
fn what_the_plan_leaves_to_the_patient_goes_with_its_answer() {
    let office = practice();
    let back = "CLP*PLAN*22*-200*0**12*IPLAN~SVC*HC:99213*-200*0**-1~CAS*PR*96*-200~";
    answer(&office, 4, "20260910", "BPR*H*0*C*NON", back);
    let of = |from: &str, to: &str| {
        let kpi = office.json(&["report", "kpi", "--from", from, "--to", to]);
        figure(&kpi, "patient_liable_non_covered")[0].clone()
    };
    assert_eq!(of("2026-07-01", "2026-07-31"), "200.00");
    assert_eq!(of("2026-09-01", "2026-09-28"), "-200.00");
    assert_eq!(of("2026-07-01", "2026-09-28"), "0.00");
}

/// Six claims: three denied, of which two are appealed and one of these won; one paid, one left to the patient, one that
/// nobody answered.
fn denied_and_worked() -> Office {
    let office = Office::new();
    let claim = ["D1", "D2", "D3", "PAID", "SHARE", "SILENT"].map(|number| billed(number, "20260702"));
    office.import(&[&office.write("c.837", claims(1, "20260706", &claim))]);
    let first = ["D1", "D2", "D3"].map(|number| unpaid(number, "CO*197")).concat() + &paid("PAID");
    answer(&office, 2, "20260720", "BPR*I*120*C*ACH", &first);
    let case = |number: &str| office.json(&["claim", "show", number])["denials"][0]["denial_id"].to_string();
    office.done(&["denial", "appeal", &case("D1"), "--on", "2026-08-01"]);
    office.done(&["denial", "appeal", &case("D2"), "--on", "2026-08-09"]);
    let won = "CLP*D1*1*200*120*30*12*IWON~SVC*HC:99213*200*120**1~CAS*CO*45*50~CAS*PR*2*30~";
    answer(&office, 3, "20260901", "BPR*I*120*C*ACH", won);
    office.done(&["denial", "propose-write-off", &case("D3"), "--on", "2026-09-05"]);
    office.done(&["denial", "propose-write-off", &case("D2"), "--on", "2026-09-10"]);
    answer(&office, 4, "20260915", "BPR*H*0*C*NON", &unpaid("SHARE", "PR*1"));
    office
}

#[test]
fn the_work_on_denials_is_timed_and_what_few_say_is_named() {
    let office = denied_and_worked();
    let kpi = office.json(&["report", "kpi", "--from", "2026-07-01", "--to", "2026-09-28"]);
    for (name, wanted) in [
        // From July the 20th to August the 1st and 9th.
        ("days_denial_to_appeal", ["16.0", "32.0", "2", "2"]),
        // To September the 1st, 5th and 10th.
        ("days_denial_to_resolution", ["47.3", "142.0", "3", "3"]),
        ("appeal_success", ["50.0", "1", "2", "2"]),
        ("overturn_rate_count", ["33.3", "1", "3", "3"]),
        ("final_denial_rate_claims", ["40.0", "2", "5", "5"]),
        // In the last four weeks one was paid, and one left to the patient's deductible.
        ("primary_denial_rate", ["50.0", "1", "2", "2"]),
        // 460 are owed; of 200 that nobody answered contracts take 100 of 1200; 1100 is the revenue of 90 days.
        ("net_days_in_ar", ["36.3", "443.33", "1100.00", "4"]),
        ("era_to_post_lag", ["0.0", "0.0", "3", "3"]),
    ] {
        assert_eq!(figure(&kpi, name), wanted, "{name}");
    }
    let rows = kpi["rows"].as_array().expect("rows");
    for row in rows {
        let few = row["n"].as_u64().is_some_and(|n| n < 30) && !row["value"].is_null();
        assert_eq!(row["caution"] == "few", few, "{row:#}");
    }
    let notes = kpi["notes"].to_string();
    assert!(
        notes.contains("Fewer than 30 stand behind these (n)") && notes.contains("appeal_success (2)"),
        "{notes}"
    );
    // In August two appeals went out, and nothing ended.
    let august = office.json(&["report", "kpi", "--period", "2026-08"]);
    assert_eq!(figure(&august, "days_denial_to_appeal")[3], "2");
    assert_eq!(figure(&august, "days_denial_to_resolution"), ["null", "0.0", "0", "0"]);
    assert_eq!(figure(&august, "appeal_success"), ["null", "0", "0", "0"]);
}
