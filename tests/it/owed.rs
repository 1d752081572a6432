//! Money that payers owe and are owed: what is announced, taken, sent, acknowledged, and comes to an end once
//! (`domain/posting-rules.md` section 7c). After every step the books are proved.

use serde_json::Value;

use crate::office::{Billed, Office, claims, remittance};

const PAYER: &str = "BIRCH MUTUAL";

/// Claims of 150 each, one visit for each number, as a file.
fn bill(office: &Office, control: u32, numbers: &[&str]) -> std::path::PathBuf {
    let billed: Vec<Billed<'_>> = numbers
        .iter()
        .map(|number| Billed {
            number,
            charge: "150",
            lines: &[("99214", "150")],
            secondary: false,
            frequency: '1',
            service: "20260107",
        })
        .collect();
    let text = claims(control, "20260109", &billed).replace("PAYER ONE", PAYER);
    office.write(&format!("bill{control}.837"), text)
}

/// A remittance with claims and provider-level items, as a file; `paid` is what they add up to.
fn remit(office: &Office, control: u32, day: &str, paid: &str, body: &str) -> std::path::PathBuf {
    let method = if paid == "0" { "BPR*H*0*C*NON".to_owned() } else { format!("BPR*I*{paid}*C*ACH") };
    let text = remittance(control, PAYER, &method, day, &format!("TX{control}"), body);
    office.write(&format!("answer{control}.835"), text)
}

/// 100 of 150 paid, 50 taken off.
fn paid(number: &str, icn: &str) -> String {
    format!("CLP*{number}*1*150*100**12*{icn}~SVC*HC:99214*150*100**1~DTM*472*20260107~CAS*CO*45*50~")
}

/// The payment of 100 taken back, and the claim denied.
fn taken_back(number: &str, icn: &str) -> String {
    format!(
        "CLP*{number}*22*-150*-100**12*{icn}~SVC*HC:99214*-150*-100**1~DTM*472*20260107~CAS*CO*45*-50~\
         CLP*{number}*1*150*0**12*{icn}R~SVC*HC:99214*150*0**1~DTM*472*20260107~CAS*CO*29*150~"
    )
}

/// Provider-level items as one PLB.
fn plb(items: &[&str]) -> String {
    format!("PLB*1234567893*20261231*{}~", items.join("*"))
}

/// What is open of the items, by reference.
fn open(office: &Office) -> Vec<(String, String)> {
    let items = office.json(&["plb", "list"]);
    let rows = items["rows"].as_array().expect("rows");
    let word = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let mut found: Vec<_> = rows.iter().map(|row| (word(row, "reference"), word(row, "open"))).collect();
    found.retain(|(_, open)| open != "0.00");
    found.sort();
    found
}

fn account(office: &Office, name: &str) -> String {
    let accounts = office.json(&["report", "trial-balance"]);
    let row = accounts["rows"].as_array().expect("rows").iter().find(|row| row["account"] == name);
    row.map_or("0.00".to_owned(), |row| row["balance"].as_str().expect("a balance").to_owned())
}

/// One debt under two names, five times: our number and the payer's, two digits of Medicare before it, all in one with
/// dashes and run together, the trace of the remittance that took the claim back, the number of the reversal and that of
/// the new answer.
fn by_other_names(office: &Office) -> Vec<std::path::PathBuf> {
    let claims = [("D101", "8801"), ("D102", "8802"), ("D103", "8803"), ("D104", "8804"), ("D105", "8805")];
    let all = |each: fn(&str, &str) -> String| claims.map(|(number, icn)| each(number, icn)).concat();
    let first = remit(office, 11, "20260120", "500", &all(paid));
    let announced =
        plb(&["WO:D101", "-100", "WO:998802", "-100", "FB:D103-8803-TX12", "-100", "WO:8805", "-100"]);
    let back: String =
        claims.iter().filter(|(n, _)| *n != "D104").map(|(n, icn)| taken_back(n, icn)).collect();
    let second = remit(office, 12, "20260220", "0", &format!("{back}{announced}"));
    let alone = plb(&["FB:TX13", "-100"]);
    let third = remit(office, 13, "20260221", "0", &format!("{}{alone}", taken_back("D104", "8804")));
    let taken = plb(&[
        "CS:8801",
        "100",
        "WO:D102",
        "100",
        "WO:D1038803TX12",
        "100",
        "WO:8804",
        "100",
        "FB:8805R",
        "100",
    ]);
    let more: String = ["E1", "E2", "E3", "E4", "E5", "E6"].map(|n| paid(n, &format!("77{n}"))).concat();
    let fourth = remit(office, 14, "20260320", "100", &format!("{more}{taken}"));
    let billed = bill(office, 1, &claims.map(|(number, _)| number));
    let others = bill(office, 2, &["E1", "E2", "E3", "E4", "E5", "E6"]);
    vec![billed, others, first, second, third, fourth]
}

#[test]
fn one_debt_is_one_whatever_it_is_called() {
    let orders: [[usize; 6]; 4] =
        [[0, 1, 2, 3, 4, 5], [5, 4, 3, 2, 1, 0], [2, 5, 3, 1, 4, 0], [3, 5, 0, 2, 4, 1]];
    for order in orders {
        let office = Office::new();
        let files = by_other_names(&office);
        for at in order {
            office.import(&[&files[at]]);
            office.check();
        }
        assert_eq!(open(&office), [], "files in the order {order:?}");
        assert_eq!(
            account(&office, "plb:WO"),
            "-100.00",
            "codes of one family are kept apart in the accounts"
        );
        assert_eq!(account(&office, "cash:insurance"), "600.00");
    }
}

#[test]
fn what_was_paired_is_open_without_its_remittance_and_paired_with_it() {
    let office = Office::new();
    let files = by_other_names(&office);
    let paths: Vec<&std::path::Path> = files.iter().map(AsRef::as_ref).collect();
    office.import(&paths);
    let remits = office.json(&["remit", "list"]);
    let rows = remits["rows"].as_array().expect("rows");
    let third = rows.iter().find(|row| row["trace"] == "TX13").expect("it is there")["remit_id"].to_string();
    let before = office.json(&["plb", "list"]);
    office.done(&["remit", "reverse", &third, "--reason", "not ours"]);
    office.check();
    assert_eq!(open(&office), [("8804".to_owned(), "100.00".to_owned())]);
    office.done(&["remit", "repost", &third, "--reason", "ours after all"]);
    office.check();
    assert_eq!(office.json(&["plb", "list"]), before);
}

#[test]
fn two_debts_of_one_amount_are_not_one() {
    let office = Office::new();
    let first = format!("{}{}", paid("D1", "9101"), paid("D10", "9102"));
    let back = format!("{}{}", taken_back("D1", "9101"), plb(&["WO:D1", "-100"]));
    // The reference names another claim, though the number of the first is its beginning.
    let taken = format!("{}{}", paid("E1", "9103"), plb(&["WO:D10", "100"]));
    office.import(&[
        &bill(&office, 1, &["D1", "D10", "E1"]),
        &remit(&office, 2, "20260120", "200", &first),
        &remit(&office, 3, "20260220", "0", &back),
        &remit(&office, 4, "20260320", "0", &taken),
    ]);
    office.check();
    let left = |reference: &str, open: &str| (reference.to_owned(), open.to_owned());
    assert_eq!(open(&office), [left("D1", "-100.00"), left("D10", "100.00")]);
}
