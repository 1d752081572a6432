//! What became of denied dollars, where payers make it hard to tell: lines answered by name and as part of a claim, money
//! paid, taken back and given up.

use serde_json::Value;

use crate::denial_work::{answer, fields, list, shown};
use crate::office::{Billed, Office, claims};

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
