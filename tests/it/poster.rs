//! The payment poster's day: everything that does not post by itself. After every step the books are proved.

use serde_json::Value;

use crate::office::{Billed, Office, claims, remittance};

fn bill(office: &Office, control: u32, numbers: &[&str]) {
    let billed: Vec<Billed<'_>> = numbers
        .iter()
        .map(|number| Billed {
            number,
            charge: "200",
            lines: &[("99213", "200")],
            secondary: false,
            frequency: '1',
            service: "20260102",
        })
        .collect();
    let file = office.write(&format!("claims{control}.837"), claims(control, "20260105", &billed));
    let report = office.import(&[&file]);
    assert_eq!(report["totals"]["claims_added"], numbers.len(), "{report:#}");
}

/// An answer that pays 120 of 200 and leaves 30 to the patient.
fn paid(number: &str, icn: &str) -> String {
    format!("CLP*{number}*1*200*120*30*12*{icn}~SVC*HC:99213*200*120**1~CAS*CO*45*50~CAS*PR*2*30~")
}

fn pay(office: &Office, control: u32, date: &str, bpr: &str, claims: &str) -> Value {
    let text = remittance(control, "PAYER ONE", bpr, date, &format!("TRN{control}"), claims);
    let file = office.write(&format!("remit{control}.835"), text);
    let report = office.import(&[&file]);
    office.check();
    report
}

fn balance(office: &Office, claim: &str) -> String {
    office.json(&["claim", "show", claim])["claim"]["balance"].as_str().expect("a balance").to_owned()
}

fn account(office: &Office, name: &str) -> String {
    let accounts = office.json(&["report", "trial-balance"]);
    let rows = accounts["rows"].as_array().expect("rows");
    let row = rows.iter().find(|row| row["account"] == name);
    row.map_or("0.00".to_owned(), |row| row["balance"].as_str().expect("a balance").to_owned())
}

#[test]
fn an_unmatched_payment_is_matched_by_hand_and_moved_again() {
    let office = Office::new();
    bill(&office, 1, &["A1001", "A1002"]);
    // The payer made the number unrecognisable.
    pay(&office, 2, "20260120", "BPR*I*120*C*ACH", &paid("ZZ77", "ICN1"));
    let items = office.json(&["unapplied", "list"]);
    assert_eq!(items["rows"][0]["reason"], "no-match");
    let item = items["rows"][0]["item_id"].to_string();
    assert_eq!(account(&office, "unapplied"), "-120.00");

    office.done(&["unapplied", "match", &item, "A1001", "--dry-run"]);
    assert_eq!(balance(&office, "A1001"), "200.00", "a dry run changes nothing");
    office.done(&["unapplied", "match", &item, "A1001"]);
    office.check();
    assert_eq!(balance(&office, "A1001"), "30.00");
    assert_eq!(account(&office, "unapplied"), "0.00");
    assert_eq!(account(&office, "cash:insurance"), "120.00");

    office.done(&["claim", "move-payment", "A1002", &item, "--reason", "it was the other visit"]);
    office.check();
    assert_eq!(balance(&office, "A1001"), "200.00");
    assert_eq!(balance(&office, "A1002"), "30.00");
    assert_eq!(account(&office, "cash:insurance"), "120.00");
}

#[test]
fn a_wrong_match_is_refused_by_the_rules_and_leaves_no_trace() {
    let office = Office::new();
    bill(&office, 1, &["A1001"]);
    pay(&office, 2, "20260120", "BPR*I*120*C*ACH", &paid("A1001", "ICN1"));
    pay(&office, 3, "20260121", "BPR*I*120*C*ACH", &paid("ZZ77", "ICN2"));
    let item = office.json(&["unapplied", "list"])["rows"][0]["item_id"].to_string();
    let before = office.books();
    let output = office.run(&["unapplied", "match", &item, "A1001"]);
    assert_eq!(output.status.code(), Some(4));
    assert!(String::from_utf8_lossy(&output.stderr).contains("answered before"), "{output:?}");
    assert_eq!(office.books(), before);
    office.check();
}

#[test]
fn money_of_others_is_released() {
    let office = Office::new();
    let two = format!("{}{}", paid("ZZ1", "I1"), paid("ZZ2", "I2"));
    pay(&office, 2, "20260120", "BPR*I*240*C*ACH", &two);
    let nobody = office.run(&["unapplied", "release", "--reason", "no-match", "--why", "the hospital's"]);
    assert_eq!(nobody.status.code(), Some(4), "nobody can be asked");
    office.done(&[
        "unapplied",
        "release",
        "--reason",
        "no-match",
        "--foreign",
        "--why",
        "the hospital's",
        "--yes",
    ]);
    office.check();
    assert_eq!(account(&office, "unapplied"), "0.00");
    assert_eq!(account(&office, "refund:insurance"), "-240.00");
    assert_eq!(office.json(&["unapplied", "list"])["rows"].as_array().map(Vec::len), Some(0));
}

#[test]
fn a_remittance_is_taken_out_and_put_back() {
    let office = Office::new();
    bill(&office, 1, &["A1001", "A1002", "A1003"]);
    let denied = "CLP*A1002*1*200*0**12*ICN2~SVC*HC:99213*200*0**1~CAS*CO*16*200~LQ*HE*M119~";
    let set = format!(
        "{}{denied}{}PLB*1234567893*20261231*WO:ICN9*-40*L6*-2.5~",
        paid("A1001", "ICN1"),
        paid("NOBODY", "ICN3")
    );
    let before = office.books();
    let report = pay(&office, 2, "20260120", "BPR*I*282.5*C*ACH", &set);
    assert_eq!(report["files"][0]["transactions"][0]["unapplied"], 1, "{report:#}");
    // A later answer builds on it: the correction needs the original.
    let correction = concat!(
        "CLP*A1001*22*-200*-120**12*ICN1~SVC*HC:99213*-200*-120**-1~CAS*CO*45*-50~CAS*PR*2*-30~",
        "CLP*A1001*1*200*135*20*12*ICN1A~SVC*HC:99213*200*135**1~CAS*CO*45*45~CAS*PR*2*20~",
        "PLB*1234567893*20261231*WO:ICN9*40~"
    );
    pay(&office, 3, "20260220", "BPR*H*-25*C*NON", correction);
    let with = office.books();
    let open = |office: &Office| office.json(&["plb", "list", "--open"])["rows"].as_array().map(Vec::len);
    assert_eq!(open(&office), Some(0), "WO offset WO");

    office.done(&["remit", "reverse", "1", "--reason", "posted to the wrong office"]);
    office.check();
    assert_eq!(open(&office), Some(1), "what it had offset is open again");
    let listed = office.json(&["remit", "list"]);
    assert!(listed["rows"].as_array().expect("rows").iter().any(|r| r["status"] == "reversed"));
    office.done(&["remit", "repost", "1", "--reason", "it was ours after all"]);
    office.check();
    for (part, wanted) in with.as_object().expect("books") {
        assert_eq!(&office.books()[part]["rows"], &wanted["rows"], "{part}");
    }

    // Both out, latest first: as if nothing had come.
    for id in ["2", "1"] {
        office.done(&["remit", "reverse", id, "--reason", "all wrong"]);
        office.check();
    }
    for part in ["aging", "denials", "claims", "accounts"] {
        assert_eq!(office.books()[part]["rows"], before[part]["rows"], "{part}");
    }
    let again = office.import(&[&office.path("remit2.835")]);
    assert_eq!(again["files"][0]["status"], "duplicate", "what was taken out does not come back by itself");
}

#[test]
fn provider_level_items_are_settled_by_hand() {
    let office = Office::new();
    pay(&office, 1, "20260110", "BPR*I*30*C*ACH", "PLB*1234567893*20261231*WO:GARBAGE1*-30~");
    pay(
        &office,
        2,
        "20260210",
        "BPR*I*0*C*NON",
        &format!("{}PLB*1234567893*20261231*FB:OTHER*120~", paid("X", "I1")),
    );
    pay(&office, 3, "20260211", "BPR*I*7*C*ACH", "PLB*1234567893*20261231*CS:ASK*-7~");
    let settle =
        |args: &[&str]| office.done(&[&["plb", "settle"], args, &["--reason", "found out"]].concat());
    settle(&["1", "--with", "2"]);
    office.check();
    let item = |id: usize| office.json(&["plb", "list"])["rows"][id - 1]["open"].clone();
    assert_eq!((item(1), item(2)), ("0.00".into(), "90.00".into()));
    settle(&["3", "--account", "income:interest"]);
    office.check();
    assert_eq!(item(3), "0.00");
    assert_eq!(account(&office, "income:interest"), "-7.00");
    let refused = office.run(&["plb", "settle", "3", "--reason", "again"]);
    assert_eq!(refused.status.code(), Some(4));
    let refused = office.run(&["remit", "reverse", "1", "--reason", "no"]);
    assert_eq!(refused.status.code(), Some(4), "its item was settled by hand");
}

#[test]
fn acts_by_hand_and_their_undoing() {
    let office = Office::new();
    bill(&office, 1, &["A1001", "A1002"]);
    pay(&office, 2, "20260120", "BPR*I*120*C*ACH", &paid("A1001", "ICN1"));
    let done = |args: &[&str]| {
        office.done(args);
        office.check();
    };
    done(&["claim", "pay", "A1001", "50", "--receipt", "R-17", "--on", "2026-02-01"]);
    assert_eq!(balance(&office, "A1001"), "-20.00");
    done(&["claim", "refund", "A1001", "20", "--to", "patient", "--reason", "paid too much"]);
    assert_eq!(balance(&office, "A1001"), "0.00");
    assert_eq!(account(&office, "refund:patient"), "-20.00");

    done(&[
        "claim",
        "transfer",
        "A1002",
        "80",
        "--from",
        "open",
        "--to",
        "due",
        "--reason",
        "no coverage that day",
    ]);
    done(&[
        "claim",
        "write-off",
        "A1002",
        "30",
        "--from",
        "due",
        "--kind",
        "small_balance",
        "--reason",
        "small",
    ]);
    done(&["claim", "adjust", "A1002", "20", "--from", "open", "--reason", "fee schedule"]);
    let shown = office.json(&["claim", "show", "A1002"]);
    assert_eq!(shown["balances"]["buckets"]["open"], "100.00");
    assert_eq!(shown["balances"]["buckets"]["due"], "50.00");
    assert_eq!(shown["claim"]["adjusted"], "50.00");
    let entry = shown["postings"]
        .as_array()
        .expect("postings")
        .iter()
        .find(|p| p["account"] == "writeoff:small_balance")
        .expect("the write-off")["entry"]
        .to_string();
    done(&["claim", "undo", "A1002", &entry, "--reason", "not small at all"]);
    assert_eq!(balance(&office, "A1002"), "180.00");
    let twice = office.run(&["claim", "undo", "A1002", &entry, "--reason", "again"]);
    assert_eq!(twice.status.code(), Some(4), "nothing is undone twice");

    let too_much = office.run(&["claim", "write-off", "A1002", "999", "--from", "due", "--reason", "x"]);
    assert_eq!(too_much.status.code(), Some(4));
    done(&["claim", "note", "A1002", "called the payer"]);
    let events = office.json(&["claim", "show", "A1002"])["events"].to_string();
    assert!(events.contains("called the payer"));
}

#[test]
fn a_limit_on_write_offs_and_a_void() {
    let office = Office::new();
    office.done(&["practice", "set", "--write-off-limit", "25"]);
    bill(&office, 1, &["A1001"]);
    let refused = office.run(&["claim", "write-off", "A1001", "25.01", "--from", "open", "--reason", "x"]);
    assert_eq!(refused.status.code(), Some(4));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("25.00 at most"));
    office.done(&["claim", "void", "A1001", "--reason", "billed twice"]);
    office.check();
    assert_eq!(balance(&office, "A1001"), "0.00");
    assert_eq!(account(&office, "revenue:charges"), "0.00");
}

#[test]
fn claims_that_come_after_their_payment_say_so() {
    let office = Office::new();
    pay(&office, 2, "20260120", "BPR*I*120*C*ACH", &paid("A1001", "ICN1"));
    let billed = [Billed {
        number: "A1001",
        charge: "200",
        lines: &[("99213", "200")],
        secondary: false,
        frequency: '1',
        service: "20260102",
    }];
    let file = office.write("claims.837", claims(1, "20260105", &billed));
    let output = office.run(&["import", file.to_str().expect("a name")]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("1 claim payment that waited found its claim"), "{said}");
    assert_eq!(balance(&office, "A1001"), "30.00");
    office.check();
}

#[test]
fn two_names_of_one_payer_are_merged() {
    let office = Office::new();
    bill(&office, 1, &["A1001", "A1002"]);
    // A remittance under a name that no claim knows.
    let text = remittance(2, "PAYER THE FIRST", "BPR*I*120*C*ACH", "20260120", "T2", &paid("A1001", "ICN1"));
    let file = office.write("remit.835", text);
    office.import(&[&file]);
    let payers = office.json(&["payer", "list"]);
    assert_eq!(payers["rows"].as_array().map(Vec::len), Some(2), "{payers:#}");
    let before = office.books();
    office.done(&["payer", "merge", "1", "2", "--yes"]);
    office.check();
    let payers = office.json(&["payer", "list"]);
    assert_eq!(payers["rows"].as_array().map(Vec::len), Some(1));
    assert_eq!(payers["rows"][0]["payer_id"], "P1");
    let after = office.books();
    assert_eq!(after["aging"]["totals"], before["aging"]["totals"]);
    assert_eq!(after["accounts"]["rows"], before["accounts"]["rows"]);
    // What comes later under either name is the same payer.
    bill(&office, 3, &["A1003"]);
    assert_eq!(office.json(&["payer", "list"])["rows"].as_array().map(Vec::len), Some(1));
    let taken = office.run(&["payer", "add", "--name", "payer one"]);
    assert_eq!(taken.status.code(), Some(4));
}

#[test]
fn the_office_handles_a_code_in_its_own_way() {
    let office = Office::new();
    bill(&office, 1, &["A1001", "A1002"]);
    let bundled = |number: &str| {
        format!("CLP*{number}*1*200*120**12*I{number}~SVC*HC:99213*200*120**1~CAS*CO*45*50**97*30~")
    };
    pay(&office, 2, "20260120", "BPR*I*120*C*ACH", &bundled("A1001"));
    assert_eq!(balance(&office, "A1001"), "30.00");
    let set =
        ["code", "set", "CO-97", "--as", "contractual", "--from", "2026-01-01", "--reason", "our contract"];
    let tried = office.json(&[&set[..], &["--dry-run"]].concat());
    assert_eq!(tried["rows"].as_array().map(Vec::len), Some(1), "{tried:#}");
    assert_eq!(balance(&office, "A1001"), "30.00", "a dry run changes nothing");
    office.done(&set);
    office.check();
    assert_eq!(balance(&office, "A1001"), "0.00");
    assert_eq!(office.json(&["report", "denials"])["rows"].as_array().map(Vec::len), Some(0));
    pay(&office, 3, "20260121", "BPR*I*120*C*ACH", &bundled("A1002"));
    assert_eq!(balance(&office, "A1002"), "0.00");
    let shown = office.json(&["code", "show", "CO-97"]).to_string();
    assert!(shown.contains("our contract"), "{shown}");
    let texts = office.write("carc.csv", "97,\"The official words\"\nXYZ,none\n");
    office.done(&["code", "load", texts.to_str().expect("a name")]);
    assert!(office.json(&["code", "show", "97"]).to_string().contains("The official words"));
}

#[test]
fn lists_are_chosen_sorted_and_cut() {
    let office = Office::new();
    bill(&office, 1, &["A1001", "A1002", "A1003"]);
    pay(&office, 2, "20260120", "BPR*I*120*C*ACH", &paid("A1002", "ICN1"));
    let list = |args: &[&str]| office.json(&[&["claim", "list"], args].concat());
    let numbers = |report: &Value| -> Vec<String> {
        let rows = report["rows"].as_array().expect("rows").iter();
        rows.map(|row| row["control_number"].as_str().expect("a number").to_owned()).collect()
    };
    assert_eq!(numbers(&list(&["--status", "patient"])), ["A1002"]);
    assert_eq!(numbers(&list(&["--sort", "balance", "--limit", "1"])), ["A1002"]);
    assert_eq!(numbers(&list(&["--payer", "p1", "--min", "100"])), ["A1001", "A1003"]);
    assert_eq!(numbers(&list(&["--from", "2026-01-03"])), Vec::<String>::new());
    let cut = list(&["--columns", "control_number,balance", "--text", "a1003"]);
    assert_eq!(cut["rows"][0].as_object().map(serde_json::Map::len), Some(2));
    assert_eq!(cut["totals"]["balance"], "200.00");
    assert_eq!(office.run(&["claim", "list", "--sort", "nonsense"]).status.code(), Some(2));
}
