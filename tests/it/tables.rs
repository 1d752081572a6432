//! Spreadsheets through the real binary: claims, paper EOBs and opening balances take the same way as X12 files.

use serde_json::Value;

use crate::office::{Billed, Office, claims, remittance};

const CLAIMS: &str = "\
Claim,Patient,DOB,Payer,Payer ID,Secondary Insurance,Member ID,DOS,Bill Date,CPT,Mod,Charge,Dx
V1,\"Birch, Ann\",02/03/1961,PAYER ONE,P1,PAYER TWO,M1,06/01/2026,06/03/2026,99213,25,$150.00,J06.9
V1,\"Birch, Ann\",02/03/1961,PAYER ONE,P1,PAYER TWO,M1,06/01/2026,06/03/2026,81002,,50,J06.9
V2,\"Cedar, Bo\",11/30/1999,PAYER ONE,P1,,M2,6/2/26,06/03/2026,99214,,\"1,200.00\",E11.9
";

const PAYMENTS_HEAD: &str = "Payer,Payer ID,Check #,Check Date,Check Amount,Account,Patient,Member ID,DOS,CPT,Charge,Paid,Contractual,Deductible,Coinsurance,Copay,Denied,Denial Code";

fn payments(rows: &[&str]) -> String {
    format!("{PAYMENTS_HEAD}\n{}\n", rows.join("\n"))
}

fn claim(office: &Office, number: &str) -> Value {
    office.json(&["claim", "show", number])
}

fn account(office: &Office, name: &str) -> String {
    let accounts = office.json(&["report", "trial-balance"]);
    let rows = accounts["rows"].as_array().expect("rows");
    let found = rows.iter().find(|row| row["account"] == name);
    found.map_or("0.00", |row| row["balance"].as_str().expect("an amount")).to_owned()
}

/// Two paper EOBs of one payer, their rows mixed: V1 paid line by line, V2 denied in part.
fn two_checks() -> String {
    payments(&[
        "PAYER ONE,P1,1001,06/20/2026,130.00,V1,\"Birch, Ann\",M1,06/01/2026,99213,150.00,100.00,30.00,,20.00,,,",
        "PAYER ONE,P1,1002,06/21/2026,900.00,V2,\"Cedar, Bo\",M2,06/02/2026,99214,\"1,200.00\",900.00,100.00,,,,200.00,CO-197",
        "PAYER ONE,P1,1001,06/20/2026,130.00,V1,\"Birch, Ann\",M1,06/01/2026,81002,50.00,30.00,20.00,,,,,",
    ])
}

#[test]
fn claims_then_payments_then_an_835_for_the_same_claim() {
    let office = Office::new();
    let report = office.import(&[&office.write("claims.csv", CLAIMS)]);
    assert_eq!(report["files"][0]["kind"], "claims-csv", "{report:#}");
    assert_eq!(report["totals"]["claims_added"], 2);
    assert_eq!(report["files"][0]["transactions"][0]["charge"], "1400.00");
    office.check();

    let report = office.import(&[&office.write("eobs.csv", two_checks())]);
    let file = &report["files"][0];
    assert_eq!((&file["kind"], &file["status"]), (&"payments-csv".into(), &"imported".into()), "{report:#}");
    assert_eq!(file["transactions"].as_array().map(Vec::len), Some(2));
    assert_eq!(file["transactions"][0]["control"], "2");
    assert_eq!(file["transactions"][0]["trace"], "1001");
    assert_eq!(file["transactions"][0]["paid"], "130.00");
    assert_eq!(file["transactions"][1]["posted_on"], "2026-06-21");
    assert_eq!(report["totals"]["matched"], 2);
    assert_eq!(account(&office, "cash:insurance"), "1030.00");
    let v1 = claim(&office, "V1");
    assert_eq!(v1["balances"]["buckets"]["next"], "20.00", "the coinsurance goes to the secondary: {v1:#}");
    assert_eq!(v1["claim"]["lines"][1]["paid"], "30.00");
    let v2 = claim(&office, "V2");
    assert_eq!(v2["balances"]["buckets"]["denied"], "200.00");
    assert_eq!(v2["denials"][0]["reason"], "CO-197");
    office.check();

    // The secondary answers electronically.
    let second = "CLP*V1*2*200*20**12*ICN9~NM1*QC*1*BIRCH*ANN****MI*S1~CAS*OA*23*180";
    let file = office.write("b.835", remittance(9, "PAYER TWO", "BPR*I*20*C*CHK", "20260701", "T9", second));
    let report = office.import(&[&file]);
    assert_eq!(report["totals"]["matched"], 1, "{report:#}");
    assert_eq!(claim(&office, "V1")["claim"]["balance"], "0.00");
    office.check();
}

#[test]
fn the_order_of_files_does_not_matter() {
    let (one, other) = (Office::new(), Office::new());
    for (office, order) in [(&one, ["c.csv", "p.csv"]), (&other, ["p.csv", "c.csv"])] {
        office.write("c.csv", CLAIMS);
        office.write("p.csv", two_checks());
        for name in order {
            office.import(&[&office.path(name)]);
        }
        office.check();
    }
    assert_eq!(one.books(), other.books());
}

#[test]
fn a_paper_eob_answers_an_electronic_claim() {
    let office = Office::new();
    let billed = Billed {
        number: "E1",
        charge: "200",
        lines: &[("99213", "150"), ("81002", "50")],
        secondary: false,
        frequency: '1',
        service: "20260601",
    };
    office.import(&[&office.write("a.837", claims(1, "20260603", &[billed]))]);
    let eob = payments(&[
        "Payer One,,77,2026-06-20,,E1,\"Aspen0, Red\",ME1,06/01/2026,99213,150,90,40,,,20,,",
        "Payer One,,77,2026-06-20,,E1,\"Aspen0, Red\",ME1,06/01/2026,81002,50,0,,50,,,,",
    ]);
    let report = office.import(&[&office.write("eob.csv", eob)]);
    assert_eq!(report["totals"]["matched"], 1, "{report:#}");
    let e1 = claim(&office, "E1");
    assert_eq!(e1["balances"]["patient"], "70.00");
    assert_eq!(e1["claim"]["lines"][0]["balance"], "20.00");
    office.check();

    // The same check as an 835, later: it takes the place of what was keyed where both say the same of the claim in dollars,
    // else a person decides.
    let answer = |adjustments: &str, patient| {
        let said = format!("CLP*E1*1*200*90*{patient}*12*ICN1~NM1*QC*1*ASPEN0*RED****MI*ME1~{adjustments}");
        office.write("late.835", remittance(5, "PAYER ONE", "BPR*I*90*C*CHK", "20260620", "77", &said))
    };
    let report = office.import(&[&answer("CAS*CO*45*50~CAS*PR*1*40**3*20", 60)]);
    assert_eq!(report["files"][0]["transactions"][0]["status"], "held");
    assert!(report.to_string().contains("possible-reissue"), "{report:#}");
    assert_eq!(account(&office, "cash:insurance"), "90.00");
    let report = office.import(&[&answer("CAS*CO*45*40~CAS*PR*1*50**3*20", 70)]);
    assert_eq!(report["files"][0]["transactions"][0]["status"], "posted");
    assert_eq!(account(&office, "cash:insurance"), "90.00");
    assert_eq!(claim(&office, "E1")["balances"]["patient"], "70.00");
    office.check();
}

#[test]
fn the_same_rows_post_once_in_whatever_file() {
    let office = Office::new();
    office.import(&[&office.write("c.csv", CLAIMS), &office.write("p.csv", two_checks())]);
    let before = office.books();
    let again = office.import(&[&office.path("c.csv"), &office.path("p.csv")]);
    assert_eq!(again["totals"]["duplicate"], 2, "{again:#}");
    assert_eq!(again["totals"]["remits_duplicate"], 2);
    // Other bytes, other separator, other order of rows.
    let rows: Vec<String> =
        two_checks().lines().map(|line| line.replace("1,200", "1200").replace(", ", "~")).collect();
    let other = format!("\u{feff}{}\r\n{}\r\n{}\r\n{}\r\n", rows[0], rows[3], rows[2], rows[1]);
    let other = other.replace(',', ";").replace('~', ", ");
    let again =
        office.import(&[&office.write("p2.csv", other), &office.write("c2.csv", format!("\n{CLAIMS}"))]);
    assert_eq!(again["totals"]["remits_duplicate"], 2, "{again:#}");
    assert_eq!(again["totals"]["duplicate"], 2);
    assert_eq!(office.books(), before);
    // The same check with other content waits for a person.
    let changed = two_checks().replace("V2,\"Cedar", "V1,\"Cedar");
    let again = office.import(&[&office.write("p3.csv", changed)]);
    assert_eq!(again["totals"]["remits_held"], 1, "{again:#}");
    assert_eq!(account(&office, "cash:insurance"), "1030.00");
    office.check();
}

#[test]
fn a_bad_row_stops_its_file_or_its_check() {
    let office = Office::new();
    office.import(&[&office.write("c.csv", CLAIMS)]);
    let bad = two_checks().replace("50.00,30.00,20.00", "50.00,\"3,0.00\",20.00");
    let path = office.write("bad.csv", bad);
    let report = office.import(&[&path]);
    let file = &report["files"][0];
    assert_eq!(file["status"], "rejected");
    assert_eq!(
        (&file["issues"][0]["segment"], &file["issues"][0]["text"]),
        (&4.into(), &"Paid 3,0.00".into()),
        "{file:#}"
    );
    assert_eq!(account(&office, "cash:insurance"), "0.00");
    let said = office.run(&["import", "bad.csv"]);
    assert_eq!(said.status.code(), Some(1));
    let said = String::from_utf8(said.stderr).expect("text");
    assert!(said.contains("line 4 (Paid 3,0.00): paid is not a plain number; expected dollars"), "{said}");
    assert!(!said.contains("Birch"), "{said}");

    // The other rows: check 1001 has a row that cannot be read, so nothing of that check is taken.
    let report = office.json(&["import", "--partial", "bad.csv"]);
    let file = &report["files"][0];
    assert_eq!(file["status"], "partial", "{report:#}");
    assert_eq!(file["transactions"][0]["status"], "held");
    assert_eq!(file["transactions"][1]["status"], "posted");
    assert_eq!(account(&office, "cash:insurance"), "900.00");
    office.check();

    // Corrected, the rest goes in, and what is in stays once.
    let report = office.import(&[&office.write("good.csv", two_checks())]);
    assert_eq!(
        (&report["totals"]["remits_posted"], &report["totals"]["remits_duplicate"]),
        (&1.into(), &1.into())
    );
    assert_eq!(account(&office, "cash:insurance"), "1030.00");
    office.check();

    let half = CLAIMS.replace("V2,", "V3,").replace("V1,", "V4,").replace("$150.00", "free");
    office.write("half.csv", half);
    assert_eq!(office.import(&[&office.path("half.csv")])["totals"]["claims_added"], 0);
    let report = office.json(&["import", "--partial", "half.csv"]);
    assert_eq!(report["totals"]["claims_added"], 1, "{report:#}");
    assert_eq!(report["files"][0]["status"], "partial");
    office.check();
}

#[test]
fn what_does_not_add_up_is_held() {
    let office = Office::new();
    office.import(&[&office.write("c.csv", CLAIMS)]);
    let rows = payments(&[
        "PAYER ONE,P1,1,6/20/26,99.00,V1,\"Birch, Ann\",M1,6/1/26,,200,100,100,,,,,",
        "PAYER ONE,P1,2,6/20/26,,V2,\"Cedar, Bo\",M2,6/2/26,,1200,900,100,,,,,",
    ]);
    let report = office.import(&[&office.write("p.csv", rows)]);
    let sets = report["files"][0]["transactions"].as_array().expect("two").clone();
    assert_eq!((&sets[0]["status"], &sets[0]["balanced"]), (&"held".into(), &false.into()), "{report:#}");
    assert_eq!((&sets[1]["status"], &sets[1]["unapplied"]), (&"posted".into(), &1.into()));
    let waiting = office.json(&["unapplied", "list"]);
    assert!(
        waiting["rows"][0]["reason"].as_str().expect("a reason").contains("claim-out-of-balance"),
        "{waiting:#}"
    );
    assert_eq!(account(&office, "cash:insurance"), "900.00");
    office.check();
}

const OPENING: &str = "\
claim,patient,payer,payer id,secondary payer,dos,billed on,charge,paid,adjusted,balance,bucket
O1,\"Elm, Cy\",PAYER ONE,P1,,04/01/2026,04/02/2026,200.00,120.00,50.00,30.00,patient
O2,\"Fir, Di\",PAYER ONE,P1,,05/01/2026,05/02/2026,300.00,,,300.00,
O3,\"Gum, Ed\",PAYER ONE,P1,,05/05/2026,05/06/2026,100.00,0,0,100.00,denied
O4,\"Haw, Fi\",PAYER ONE,P1,PAYER TWO,03/05/2026,03/06/2026,400.00,200.00,120.00,80.00,secondary
";

#[test]
fn an_office_starts_in_the_middle_of_the_year() {
    let office = Office::new();
    office.write("open.csv", OPENING);
    let opening = |extra: &[&str]| office.json(&[&["import", "open.csv", "--as", "opening"], extra].concat());
    let report = opening(&[]);
    assert!(report["files"][0]["error"].as_str().expect("why").contains("--posting-date"), "{report:#}");
    let report = opening(&["--posting-date", "2026-06-30", "--total", "511"]);
    assert!(
        report["files"][0]["error"].as_str().expect("why").contains("the difference is -1.00"),
        "{report:#}"
    );
    let report = opening(&["--posting-date", "2026-06-30", "--total", "510.00"]);
    assert_eq!(report["files"][0]["kind"], "opening-csv", "{report:#}");
    assert_eq!(report["files"][0]["transactions"][0]["balance"], "510.00");
    assert_eq!(report["totals"]["claims_added"], 4);
    assert_eq!(report["totals"]["paid"], "0.00");
    for (name, balance) in [
        ("cash:insurance", "0.00"),
        ("revenue:charges", "0.00"),
        ("adj:contractual", "0.00"),
        ("opening:charges", "-1000.00"),
        ("opening:payments", "320.00"),
        ("opening:adjustments", "170.00"),
        ("ar:insurance:open", "300.00"),
        ("ar:insurance:denied", "100.00"),
        ("ar:insurance:next", "80.00"),
        ("ar:patient:due", "30.00"),
    ] {
        assert_eq!(account(&office, name), balance, "{name}");
    }
    let o1 = claim(&office, "O1");
    assert_eq!(
        (&o1["claim"]["paid"], &o1["claim"]["adjusted"]),
        (&"120.00".into(), &"50.00".into()),
        "{o1:#}"
    );
    assert_eq!(
        office.json(&["report", "aging", "--as-of", "2026-06-29"])["rows"].as_array().map(Vec::len),
        Some(0)
    );
    office.check();
    // Again, as it is and in another file.
    let report = opening(&["--posting-date", "2026-06-30"]);
    assert_eq!(report["totals"]["duplicate"], 1);
    office.write("open.csv", format!("{OPENING}\n"));
    assert_eq!(opening(&["--posting-date", "2026-07-31"])["totals"]["duplicate"], 1);
    office.write("open.csv", OPENING.replace("300.00,,,300.00", "300.00,1,,299.00"));
    let report = opening(&["--posting-date", "2026-06-30"]);
    assert_eq!(report["files"][0]["transactions"][0]["issues"][0]["code"], "claim-known", "{report:#}");
    assert_eq!(account(&office, "ar:insurance:open"), "300.00");

    // Life goes on: an answer to what was open, an appeal won, the secondary; a patient pays.
    let one = "CLP*O2*1*300*200**12*I2~CAS*CO*45*70~CAS*PR*3*30~CLP*O3*1*100*60**12*I3~CAS*CO*45*40";
    let first = office.write("1.835", remittance(1, "PAYER ONE", "BPR*I*260*C*CHK", "20260710", "T1", one));
    let two = "CLP*O4*2*400*80**12*I4~CAS*OA*23*320";
    let second = office.write("2.835", remittance(2, "PAYER TWO", "BPR*I*80*C*CHK", "20260711", "T2", two));
    let report = office.import(&[&first, &second]);
    assert_eq!(report["totals"]["matched"], 3, "{report:#}");
    office.done(&["claim", "pay", "O1", "30"]);
    let balances: Vec<Value> =
        ["O1", "O2", "O3", "O4"].map(|n| claim(&office, n)["claim"]["balance"].clone()).to_vec();
    assert_eq!(balances, ["0.00", "30.00", "0.00", "0.00"]);
    assert_eq!(account(&office, "cash:insurance"), "340.00");
    office.check();

    // What older books may count already, and what they had settled, waits for a person.
    let old = office.write(
        "3.835",
        remittance(
            3,
            "PAYER ONE",
            "BPR*I*120*C*CHK",
            "20260420",
            "T3",
            "CLP*O1*1*200*120**12*I1~CAS*CO*45*50~CAS*PR*2*30",
        ),
    );
    let new = office.write(
        "4.835",
        remittance(
            4,
            "PAYER ONE",
            "BPR*I*130*C*CHK",
            "20260720",
            "T4",
            "CLP*O1*1*200*130**12*I1~CAS*CO*45*50~CAS*PR*2*20",
        ),
    );
    office.import(&[&old, &new]);
    let waiting = office.json(&["unapplied", "list"]);
    let reasons: Vec<&str> =
        waiting["rows"].as_array().expect("rows").iter().filter_map(|r| r["reason"].as_str()).collect();
    assert!(reasons.iter().any(|r| r.contains("before-opening")), "{reasons:?}");
    assert!(reasons.iter().any(|r| r.contains("second-adjudication")), "{reasons:?}");
    office.check();
}

#[test]
fn a_map_says_which_column_is_which() {
    let office = Office::new();
    office.import(&[&office.write("c.csv", CLAIMS)]);
    let theirs = "Zahler\tBeleg\tTag\tKonto\tName\tSoll\tIst\tRest\n\
                  PAYER ONE\t55\t6/20/26\tV2\tCedar, Bo\t1200\t1000\t200\n";
    office.write("theirs.txt", theirs);
    office.write(
        "acme.map",
        "# the old system\nkind = payments-csv\npayer = Zahler\ncheck_number = Beleg\ncheck_date = Tag\n\
         control_number = Konto\npatient = Name\ncharge = Soll\npaid = Ist\ncontractual = rest\n",
    );
    let report = office.import(&[&office.path("theirs.txt")]);
    assert_eq!(report["files"][0]["status"], "rejected", "{report:#}");
    let shown = office.done(&[
        "import",
        "--explain",
        "--map",
        "acme.map",
        "--redact",
        "theirs.txt",
        "--format",
        "csv",
    ]);
    assert!(shown.contains("Beleg,check_number,55"), "{shown}");
    assert!(shown.contains("Name,patient,***") && !shown.contains("Cedar"), "{shown}");
    assert_eq!(account(&office, "cash:insurance"), "0.00");
    let report =
        office.json(&["import", "--map", "acme.map", "--save-map", "acme", "--dry-run", "theirs.txt"]);
    assert_eq!(report["files"][0]["status"], "dry-run", "{report:#}");
    assert_eq!(office.run(&["import", "--map", "acme", "theirs.txt"]).status.code(), Some(4));
    office.done(&["import", "--map", "acme.map", "--save-map", "acme", "--explain", "theirs.txt"]);
    assert_eq!(
        office.run(&["import", "--map", "acme", "theirs.txt"]).status.code(),
        Some(4),
        "--explain does nothing"
    );
    office.json(&["import", "--map", "acme.map", "--save-map", "acme", "c.csv", "--as", "claims"]);
    let report = office.json(&["import", "--map", "acme", "theirs.txt"]);
    assert_eq!(report["totals"]["matched"], 1, "{report:#}");
    assert_eq!(claim(&office, "V2")["claim"]["balance"], "0.00");
    office.check();
}
