//! What of the receivables will not come: what nobody paid within the look-back, and an estimate that its test can refute.

use serde_json::Value;

use crate::everything::cents;
use crate::office::{Billed, Office, claims, remittance};

/// So many visits of a day of which the plan leaves 80 dollars to each patient, and how many of these pay, on which day.
fn visits(
    office: &Office,
    control: u32,
    (name, count): (&str, usize),
    days: [&str; 3],
    paying: Option<(usize, &str)>,
) {
    let numbers: Vec<String> = (0..count).map(|at| format!("{name}{at:02}")).collect();
    let bill = |number| Billed {
        number,
        charge: "80",
        lines: &[("99212", "80")],
        secondary: false,
        frequency: '1',
        service: days[0],
    };
    let billed: Vec<Billed<'_>> = numbers.iter().map(|number| bill(number.as_str())).collect();
    let answers: Vec<String> = numbers
        .iter()
        .map(|number| format!("CLP*{number}*1*80*0*80*12*I{number}~SVC*HC:99212*80*0**1~CAS*PR*1*80~"))
        .collect();
    let trace = format!("D{control}");
    let answer = remittance(control + 1, "PAYER ONE", "BPR*H*0*C*NON", days[2], &trace, &answers.concat());
    let claim_file = office.write(&format!("{control}.837"), claims(control, days[1], &billed));
    office.import(&[&claim_file, &office.write(&format!("{control}.835"), answer)]);
    let (count, on) = paying.unwrap_or_default();
    for number in &numbers[..count] {
        office.done(&["claim", "pay", number, "80", "--on", on]);
    }
}

/// Forty balances of a year ago, of which ten were paid; forty of half a year ago, of which so many were; twenty new ones.
fn practice(paid_since: usize) -> Office {
    let office = Office::new();
    visits(&office, 10, ("OLD", 40), ["20250905", "20250908", "20250920"], Some((10, "2025-12-01")));
    visits(&office, 20, ("MID", 40), ["20260305", "20260308", "20260320"], Some((paid_since, "2026-06-01")));
    visits(&office, 30, ("NEW", 20), ["20260905", "20260908", "20260920"], None);
    office
}

fn row<'a>(report: &'a Value, age: &str) -> &'a Value {
    let rows = report["rows"].as_array().expect("rows");
    rows.iter()
        .find(|row| row["payer"] == "patients" && row["age"] == age)
        .unwrap_or_else(|| panic!("{report:#}"))
}

#[test]
fn what_never_moves_is_not_cash_to_come() {
    let office = practice(10);
    let report = office.json(&["report", "allowance"]);
    let young = row(&report, "0-30");
    // A fourth of those that were as young half a year ago came.
    let told = ["balance", "uncollected", "expected_cash", "cash_estimated", "cash_since", "off_by"];
    assert_eq!(told.map(|key| cents(&young[key])), [160_000, 120_000, 40_000, 80_000, 80_000, 0]);
    assert_eq!((&young["n"], &young["cash_share"]), (&40.into(), &"25.0".into()), "{young:#}");
    // Of those that were old already none did.
    let old = row(&report, "121+");
    let told = ["balance", "uncollected", "expected_cash", "cash_since"].map(|key| cents(&old[key]));
    assert_eq!(told, [480_000, 480_000, 0, 0], "{old:#}");
    assert_eq!(
        (&old["n"], &old["cash_estimated"]),
        (&30.into(), &Value::Null),
        "nothing so old stood a year ago"
    );
    assert_eq!(report["parameters"]["bookable"], "no");
    let text = office.done(&["report", "allowance"]);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let why =
        "It should not be booked: of 5600.00 that stood on 2026-03-31 only 3200.00 had an estimate to test.";
    assert!(text.contains(why), "{text}");
    assert!(text.contains("had 6 months until 2026-09-30 to run out"), "{text}");
}

#[test]
fn an_estimate_that_was_wrong_fails_its_test() {
    let office = practice(1);
    let report = office.json(&["report", "allowance"]);
    let young = row(&report, "0-30");
    assert_eq!(
        ["cash_estimated", "cash_since", "off_by"].map(|key| cents(&young[key])),
        [80_000, 8_000, -72_000]
    );
    let text = office.done(&["report", "allowance"]).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("the estimate of 2026-03-31 was off by -720.00 in cash, of 3200.00"), "{text}");
}
