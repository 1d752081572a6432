//! Claims of one file are entered together; what comes of them is what would have come of one after the other.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::office::{Billed, Office, claims, remittance};

fn billed<'a>(
    number: &'a str,
    charge: &'a str,
    frequency: char,
    lines: &'a [(&'a str, &'a str)],
) -> Billed<'a> {
    Billed { number, charge, lines, secondary: false, frequency, service: "20260105" }
}

/// What each claim number has open.
fn balances(office: &Office) -> BTreeMap<String, String> {
    let list = office.json(&["claim", "list"]);
    let rows = list["rows"].as_array().expect("rows").iter();
    let text = |row: &Value, field: &str| row[field].as_str().expect("text").to_owned();
    rows.map(|row| (text(row, "control_number"), text(row, "balance"))).collect()
}

#[test]
fn versions_of_one_file_and_payments_that_wait_find_their_claims() {
    let office = Office::new();
    let early = "CLP*B200*1*100*80**12*ICN1*11*1~NM1*QC*1*ASPEN6*RED****MI*MB200~SVC*HC:99213*100*80**1~\
                 DTM*472*20260105~CAS*CO*45*20~";
    let paid = remittance(1, "PAYER ONE", "BPR*I*80*C*CHK", "20260201", "T1", early);
    office.import(&[&office.write("early.835", paid)]);
    let one = |charge| [("99213", charge)];
    let (c60, c70, c100, c200, c250) = (one("60"), one("70"), one("100"), one("200"), one("250"));
    let file = claims(
        2,
        "20260110",
        &[
            billed("A100", "200", '1', &c200),
            billed("A101", "100", '1', &c100),
            // Two versions of claims that the ledger does not have when the file begins.
            billed("A100", "250", '7', &c250),
            billed("A101", "100", '1', &c100),
            // Two claims that one place of the index holds.
            billed("00102", "60", '1', &c60),
            billed("102", "70", '1', &c70),
            billed("B200", "100", '1', &c100),
            billed("V300", "100", '8', &c100),
        ],
    );
    let report = office.import(&[&office.write("claims.837", file)]);
    let file = &report["files"][0];
    assert_eq!((&file["claims_added"], &file["claims_replaced"]), (&5.into(), &2.into()), "{file:#}");
    assert_eq!(file["transactions"][0]["matched"], 1);
    let issues = file["transactions"][0]["issues"].as_array().expect("issues");
    assert!(issues.iter().any(|issue| issue["code"] == "void-of-unknown-claim"), "{issues:?}");
    office.check();
    let open = balances(&office);
    let wanted =
        [("A100", "250.00"), ("A101", "100.00"), ("00102", "60.00"), ("102", "70.00"), ("B200", "0.00")];
    for (number, balance) in wanted {
        assert_eq!(open[number], balance, "{number}");
    }
}

#[test]
fn a_version_far_behind_its_claim_joins_it() {
    let office = Office::new();
    let (first, second) = ([("99213", "100")], [("99213", "130")]);
    let numbers: Vec<String> = (0..700).map(|n| format!("N{n:04}")).collect();
    let mut all: Vec<Billed<'_>> = numbers.iter().map(|number| billed(number, "100", '1', &first)).collect();
    all.extend(numbers.iter().step_by(7).map(|number| billed(number, "130", '7', &second)));
    let report = office.import(&[&office.write("claims.837", claims(3, "20260110", &all))]);
    let file = &report["files"][0];
    assert_eq!((&file["claims_added"], &file["claims_replaced"]), (&700.into(), &100.into()));
    office.check();
    let list = office.json(&["claim", "list"]);
    assert_eq!(list["totals"]["balance"], "73000.00", "{:#}", list["totals"]);
}

#[test]
fn an_import_that_brings_payments_and_then_their_claims_calls_nothing_left_over() {
    let office = Office::new();
    let answer = "CLP*B200*1*100*80**12*ICN1*11*1~NM1*QC*1*ASPEN0*RED****MI*MB200~SVC*HC:99213*100*80**1~\
                  DTM*472*20260105~CAS*CO*45*20~";
    office.write("1.835", remittance(1, "PAYER ONE", "BPR*I*80*C*CHK", "20260201", "T1", answer));
    office.write("2.837", claims(2, "20260110", &[billed("B200", "100", '1', &[("99213", "100")])]));
    let said = office.run(&["import", "1.835", "2.837"]);
    let said = [said.stdout, said.stderr].map(|text| String::from_utf8(text).expect("text")).concat();
    assert!(said.contains("1 claim payment that waited found its claim."), "{said}");
    assert!(!said.contains("unapplied"), "{said}");
}

/// What one file leaves over and a later one of the same import settles is no advice and no exit code.
#[test]
fn an_import_says_at_its_end_what_is_still_open() {
    let answer = |number: &str| {
        format!(
            "CLP*{number}*1*100*80**12*ICN{number}*11*1~NM1*QC*1*ASPEN0*RED****MI*M{number}~SVC*HC:99213*100*80**1~\
             DTM*472*20260105~CAS*CO*45*20~"
        )
    };
    for dry_run in [&["--dry-run"][..], &[]] {
        for (files, left) in [(&["1.835", "2.837"][..], 1), (&["1.835", "2.837", "3.837"], 0)] {
            let office = Office::new();
            let both = answer("C7") + &answer("C8");
            office.write("1.835", remittance(1, "PAYER ONE", "BPR*I*160*C*CHK", "20260201", "T1", &both));
            office.write("2.837", claims(2, "20260110", &[billed("C7", "100", '1', &[("99213", "100")])]));
            office.write("3.837", claims(3, "20260110", &[billed("C8", "100", '1', &[("99213", "100")])]));
            let args = [&["import"], files, dry_run].concat();
            let output = office.run(&[&args[..], &["--format", "json"]].concat());
            assert_eq!(output.status.code(), Some(i32::from(left > 0)), "{args:?}");
            let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
            let set = &report["files"][0]["transactions"][0];
            assert_eq!(
                (&set["matched"], &set["unapplied"]),
                (&(2 - left).into(), &left.into()),
                "{report:#}"
            );
            assert_eq!(report["totals"]["unapplied"], left, "{report:#}");
            let issues: Vec<&str> =
                set["issues"].as_array().expect("issues").iter().filter_map(|i| i["text"].as_str()).collect();
            let wanted: &[&str] = if left > 0 { &["CLP*C8*1*100.00*80.00"] } else { &[] };
            assert_eq!(issues, wanted, "{report:#}");
        }
    }
}

/// A dry run promises no number: nothing that it would bring has one.
#[test]
fn a_dry_run_names_no_number_that_there_will_not_be() {
    let office = Office::new();
    office.import(&[
        &office.write("1.837", claims(2, "20260110", &[billed("D1", "100", '1', &[("99213", "100")])]))
    ]);
    let answer = |paid: u32| format!("CLP*D1*1*100*{paid}**12*ICN1*11*1~CAS*CO*45*{}~", 100 - paid);
    let text = |paid| remittance(paid, "PAYER ONE", "BPR*I*80*C*CHK", "20260201", "T1", &answer(paid));
    office.import(&[&office.write("1.835", text(80))]);
    let other = office.write("2.835", text(80).replace("CO*45*20", "CO*253*20"));
    let said = |args: &[&str]| {
        let output = office.run(&[&["import", other.to_str().expect("a path")], args].concat());
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    };
    let dry = said(&["--dry-run"]);
    assert!(dry.contains("`remit replace 1 NEW`") && !dry.contains("remit show 2"), "{dry}");
    assert!(said(&[]).contains("`remit replace 1 2`"));
}
