//! The accountant's bank: files in, money matched with remittances, what is left explained, every figure in three places.

use serde_json::Value;

use crate::office::{Billed, Office, claims, remittance};

/// Four remittances: an EFT, a check, another check of that day, and a notice of nothing.
fn office() -> Office {
    let office = Office::new();
    let bill = |number| Billed {
        number,
        charge: "200",
        lines: &[("99213", "200")],
        secondary: false,
        frequency: '1',
        service: "20260601",
    };
    office.write("claims.837", claims(1, "20260602", &["B1", "B2", "B3", "B4"].map(bill)));
    let clp = |number: &str, paid: &str, rest: &str| {
        format!("CLP*{number}*1*200*{paid}**12*ICN{number}*11~SVC*HC:99213*200*{paid}**1~CAS*CO*45*{rest}~")
    };
    let day = "20260701";
    let files = [
        remittance(2, "BLUEBELL HEALTH", "BPR*I*120*C*ACH", day, "EFT00001", &clp("B1", "120", "80")),
        remittance(3, "ORCHARD PLAN", "BPR*I*50*C*CHK", day, "778001", &clp("B2", "50", "150")),
        remittance(4, "ORCHARD PLAN", "BPR*I*70*C*CHK", day, "778002", &clp("B3", "70", "130")),
        remittance(5, "CEDAR", "BPR*H*0*C*NON", day, "NOTICE1", &clp("B4", "0", "200")),
    ];
    for (at, content) in files.iter().enumerate() {
        office.write(&format!("r{at}.835"), content);
    }
    office.json(&["import", "claims.837", "r0.835", "r1.835", "r2.835", "r3.835"]);
    office
}

/// The EFT with its addenda over two lines, a lockbox with both checks, a day's cards, rent.
const BANK: &str = "\
01,122099999,123456789,260703,0200,1,80,1,2/
02,123456789,122099999,1,260703,,USD,2/
03,000987654321,USD,010,500000,,/
16,142,12000,Z,REF1,,BLUEBELL HCCLAIMPMT/
88,TRN*1*EFT000
88,01*1999999999\\
16,115,12000,Z,REF2,,LOCKBOX 42/
16,169,4210,Z,REF3,,MERCHANT CARDS/
16,475,90000,Z,REF4,,RENT/
49,618210,8/
98,618210,1,10/
99,618210,1,12/
";

fn column(report: &Value, name: &str) -> Vec<String> {
    let rows = report["rows"].as_array().expect("rows");
    rows.iter().map(|row| row[name].as_str().map_or_else(|| row[name].to_string(), str::to_owned)).collect()
}

#[test]
fn money_finds_its_remittances_and_the_rest_is_explained() {
    let office = office();
    office.write("july.bai", BANK);
    let dry = office.json(&["deposit", "import", "--dry-run", "july.bai"]);
    assert_eq!(
        (&dry["rows"][0]["status"], &dry["rows"][0]["added"]),
        (&"dry-run".into(), &3.into()),
        "{dry:#}"
    );
    assert_eq!(office.json(&["deposit", "list"])["rows"].as_array().map(Vec::len), Some(0));
    let brought = office.json(&["deposit", "import", "july.bai"]);
    let row = &brought["rows"][0];
    assert_eq!((&row["status"], &row["added"], &row["left_out"]), (&"imported".into(), &3.into(), &1.into()));
    assert_eq!(row["amount"], "282.10");

    let open = office.json(&["deposit", "list", "--open"]);
    assert_eq!(column(&open, "trace"), ["EFT00001", "", ""]);
    assert_eq!(column(&open, "age_days"), ["89", "89", "89"]);

    // The wrong day of a dry run changes nothing.
    let would = office.json(&["deposit", "match", "--dry-run"]);
    assert_eq!(column(&would[0], "rule"), ["trace", "checks-of-a-day"], "{would:#}");
    assert_eq!(office.json(&["deposit", "list", "--open"])["rows"].as_array().map(Vec::len), Some(3));
    let found = office.json(&["deposit", "match"]);
    assert_eq!(column(&found[0], "remits"), ["1", "2, 3"]);
    assert_eq!(found[0]["totals"]["amount"], "240.00");

    let three = office.json(&["report", "three-way"]);
    assert_eq!(
        column(&three, "what"),
        ["money without a remittance"],
        "the notice of nothing needs no money"
    );
    assert_eq!(three["totals"]["bank_less_remitted"], "42.10");
    office.done(&["deposit", "explain", "3", "--reason", "a day's cards"]);
    let three = office.json(&["report", "three-way"]);
    assert_eq!(three["rows"].as_array().map(Vec::len), Some(0), "{three:#}");
    assert_eq!(
        three["notes"][0],
        "2 payments are the same at the bank, in remittances and in the books: 240.00."
    );
    let months = office.json(&["report", "deposits"]);
    assert_eq!(column(&months, "month"), ["2026-07"]);
    for (name, wanted) in [
        ("deposited", "282.10"),
        ("matched", "240.00"),
        ("explained", "42.10"),
        ("open", "0.00"),
        ("awaited", "0.00"),
    ] {
        assert_eq!(months["totals"][name], wanted, "{name}");
    }
    office.check();

    // Before the bank booked it, nothing of it was there.
    let before = office.json(&["report", "three-way", "--as-of", "2026-07-02"]);
    assert_eq!(column(&before, "what"), ["remittance without money"; 3]);
    assert_eq!(column(&before, "age_days"), ["1"; 3]);

    // A reversed remittance is not in the books, and its money still is at the bank.
    office.done(&["remit", "reverse", "1", "--reason", "wrong practice"]);
    let three = office.json(&["report", "three-way"]);
    assert_eq!(column(&three, "what"), ["matched, and not the same"]);
    assert_eq!(three["totals"]["remitted_less_posted"], "120.00");
    office.check();
}

#[test]
fn a_person_decides_and_takes_it_back() {
    let office = office();
    office.write("july.bai", BANK);
    office.done(&["deposit", "import", "july.bai"]);
    let refused = |args: &[&str], said: &str| {
        let output = office.run(args);
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(4), "{args:?}: {words}");
        assert!(words.contains(said), "{words}");
    };
    refused(&["deposit", "match", "2", "--remit", "2"], "the difference is -70.00");
    refused(&["deposit", "match", "9", "--remit", "2"], "there is no deposit 9");
    refused(&["deposit", "match", "2", "--remit", "9"], "there is no remittance 9");
    refused(&["deposit", "unmatch", "2", "--reason", "x"], "belongs to nothing");
    refused(&["deposit", "explain", "3", "--reason", " "], "a reason is needed");
    office.done(&["deposit", "match", "2", "--remit", "2", "--remit", "3", "--dry-run"]);
    office.done(&["deposit", "match", "2", "--remit", "2", "--remit", "3"]);
    refused(&["deposit", "match", "2", "--remit", "1"], "deposit 2 is matched already");
    refused(
        &["deposit", "match", "1", "--remit", "3"],
        "the money of remittance 3 was found already, in deposit 2",
    );
    office.done(&["deposit", "match", "1", "3", "--remit", "1", "--reason", "the cards came with it"]);
    let three = office.json(&["report", "three-way"]);
    assert_eq!(three["totals"]["bank_less_remitted"], "42.10");
    office.done(&["deposit", "unmatch", "3", "--reason", "they did not"]);
    let open = office.json(&["deposit", "list", "--open"]);
    assert_eq!(column(&open, "deposit_id"), ["1", "3"]);
    office.check();
    let wrong = office.run(&["deposit", "match", "1"]);
    assert_eq!(wrong.status.code(), Some(2));
}

#[test]
fn what_comes_again_is_known() {
    let office = office();
    office.write("july.bai", BANK);
    office.done(&["deposit", "import", "july.bai"]);
    office.write("copy.bai", BANK);
    let again = office.json(&["deposit", "import", "copy.bai"]);
    assert_eq!((&again["rows"][0]["status"], &again["rows"][0]["added"]), (&"duplicate".into(), &0.into()));
    // Another file with one movement more, the same account named in full.
    let more = BANK
        .replace("16,475,90000,Z,REF4,,RENT/", "16,142,500,Z,REF5,,INTEREST/")
        .replace("618210", "528710")
        .replace("260703,0200,1,", "260703,0300,2,");
    office.write("more.bai", more);
    let more = office.json(&["deposit", "import", "more.bai"]);
    let row = &more["rows"][0];
    assert_eq!(
        (&row["added"], &row["duplicates"], &row["amount"]),
        (&1.into(), &3.into(), &"5.00".into()),
        "{more:#}"
    );
    office.check();
}

#[test]
fn a_table_of_the_bank_is_read_by_its_columns() {
    let office = office();
    let table = "Posted Date,Description,Deposits,Withdrawals,Check #\n\
        07/03/2026,BLUEBELL HEALTH HCCLAIMPMT,120.00,,\n\
        07/03/2026,CARDS,21.00,,\n\
        07/03/2026,CARDS,21.00,,\n\
        07/03/2026,ORCHARD,50.00,,778001\n\
        07/05/2026,RENT,,\"1,900.00\",\n";
    office.write("checking.csv", table);
    let shown = office.done(&["deposit", "import", "--explain", "checking.csv"]);
    assert!(shown.contains("Deposits") && shown.contains("credit"), "{shown}");
    let brought = office.json(&["deposit", "import", "--account", "9876", "checking.csv"]);
    let row = &brought["rows"][0];
    assert_eq!(
        (&row["kind"], &row["added"], &row["left_out"], &row["amount"]),
        (&"deposits-csv".into(), &4.into(), &1.into(), &"212.00".into()),
        "two equal movements of one file are two: {brought:#}"
    );
    let found = office.json(&["deposit", "match"]);
    assert_eq!(column(&found[0], "rule"), ["amount-payer", "trace"], "{found:#}");
    // The same rows with others around them.
    office.write("longer.csv", format!("{table}07/06/2026,CARDS,21.00,,\n"));
    let longer = office.json(&["deposit", "import", "--account", "9876", "longer.csv"]);
    assert_eq!((&longer["rows"][0]["added"], &longer["rows"][0]["duplicates"]), (&1.into(), &4.into()));
    // A map, saved and used again.
    office.write("my.map", "kind = deposits-csv\ndeposit_date = Tag\namount = Betrag\n");
    office.write("odd.csv", "Tag,Betrag\n2026-07-09,12.00\n");
    assert_eq!(office.run(&["deposit", "import", "odd.csv"]).status.code(), Some(1));
    office.done(&["deposit", "import", "--map", "my.map", "--save-map", "odd", "--dry-run", "odd.csv"]);
    office.done(&["deposit", "import", "--map", "my.map", "--save-map", "odd", "odd.csv"]);
    assert_eq!(office.run(&["import", "--map", "odd", "odd.csv"]).status.code(), Some(2));
    office.check();
}

#[test]
fn a_file_that_does_not_add_up_is_not_taken() {
    let office = office();
    office.write("bad.bai", BANK.replace("16,142,12000", "16,142,12001"));
    let output = office.run(&["deposit", "import", "bad.bai"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("line 10") && said.contains("618211 cents"), "{said}");
    assert_eq!(office.json(&["deposit", "list"])["rows"].as_array().map(Vec::len), Some(0));
    office.done(&["deposit", "import", "--accept-wrong-totals", "bad.bai"]);
    office.write("bad.csv", "date,amount\n2026-07-03,12.00\nBalance forward,1.00\n");
    assert_eq!(office.run(&["deposit", "import", "bad.csv"]).status.code(), Some(1));
    let partial = office.json(&["deposit", "import", "--partial", "bad.csv"]);
    assert_eq!((&partial["rows"][0]["status"], &partial["rows"][0]["added"]), (&"partial".into(), &1.into()));
    office.write("no.txt", "nothing of a bank");
    let nothing = office.json(&["deposit", "import", "no.txt"]);
    assert_eq!(nothing["rows"][0]["status"], "rejected");
    office.check();
}

#[test]
fn money_that_a_notice_says_did_not_move_must_be_seen_all_the_same() {
    let office = office();
    let checked = |name: &str| {
        let found = office.json(&["period", "check", "2026-07"]);
        let rows = found["rows"].as_array().expect("rows").clone();
        rows.into_iter().find(|row| row["check"] == name).expect("the check")
    };
    assert_eq!(checked("money-not-seen")["ok"], Value::Null, "no file of the bank, no word about it");
    let by_card = "CLP*ZZ9*1*60*60**12*I9*11*1~";
    office.write("card.835", remittance(9, "CEDAR", "BPR*I*60*C*NON", "20260701", "CARD9", by_card));
    office.run(&["import", "card.835"]);
    office.write("july.bai", BANK);
    office.done(&["deposit", "import", "july.bai"]);
    office.done(&["deposit", "match"]);
    let three = office.json(&["report", "three-way"]);
    let card = three["rows"].as_array().expect("rows").iter().find(|row| row["trace"] == "CARD9");
    assert_eq!(card.expect("it is not the same")["what"], "remittance without money", "{three:#}");
    assert_eq!(checked("money-not-seen")["amount"], "60.00");
}

/// A card processor keeps its fee, a payer adds interest that no remittance names: with the difference booked, cash in the
/// books is the bank's; taken back, it is what the remittances say.
#[test]
fn a_difference_at_the_bank_is_booked_and_cash_is_the_banks() {
    let office = Office::new();
    let bill = |number| Billed {
        number,
        charge: "200",
        lines: &[("99213", "200")],
        secondary: false,
        frequency: '1',
        service: "20260601",
    };
    office.write("claims.837", claims(1, "20260602", &["B1", "B2"].map(bill)));
    let clp = |number: &str, paid: &str, rest: &str| {
        format!("CLP*{number}*1*200*{paid}**12*ICN{number}*11~SVC*HC:99213*200*{paid}**1~CAS*CO*45*{rest}~")
    };
    let card = "5555555555554444";
    office.write(
        "1.835",
        remittance(2, "BLUEBELL", "BPR*I*160*C*BOP", "20260701", card, &clp("B1", "160", "40")),
    );
    office
        .write("2.835", remittance(3, "CEDAR", "BPR*I*70*C*ACH", "20260701", "E2", &clp("B2", "70", "130")));
    office.json(&["import", "claims.837", "1.835", "2.835"]);
    let listed = office.json(&["remit", "list"]).to_string() + &office.done(&["remit", "show", "1"]);
    assert!(listed.contains("555555******4444") && !listed.contains(card), "{listed}");
    office.write("bank.csv", "Date,Amount,Description\n2026-07-03,155.20,CARDS\n2026-07-03,72.50,EFT E2\n");
    office.done(&["deposit", "import", "bank.csv", "--account", "1234"]);
    let account = |name: &str| {
        let accounts = office.json(&["report", "trial-balance"]);
        let rows = accounts["rows"].as_array().expect("rows");
        let row = rows.iter().find(|row| row["account"] == name);
        row.map_or_else(|| "0.00".to_owned(), |row| row["balance"].as_str().expect("a balance").to_owned())
    };
    let cash = |wanted: [&str; 3]| {
        assert_eq!(["cash:insurance", "expense:payment_fees", "income:other_receipts"].map(account), wanted);
        office.check();
    };
    let refused = office.run(&["deposit", "match", "1", "--remit", "1"]);
    assert_eq!(refused.status.code(), Some(4));
    let still =
        ["deposit", "match", "1", "--remit", "1", "--reason", "the rest comes", "--difference-to", "open"];
    office.done(&still);
    cash(["230.00", "0.00", "0.00"]);
    office.done(&["deposit", "unmatch", "1", "--reason", "it was the fee"]);
    let said = office.run(&["deposit", "match", "1", "--remit", "1", "--reason", "card fee"]).stderr;
    let said = String::from_utf8_lossy(&said);
    assert!(said.contains("a difference of 4.80 booked as expense:payment_fees"), "{said}");
    cash(["225.20", "4.80", "0.00"]);
    office.done(&["deposit", "match", "2", "--remit", "2", "--reason", "interest"]);
    cash(["227.70", "4.80", "-2.50"]);
    let report = office.json(&["report", "three-way", "--all"]);
    assert_eq!(column(&report, "what"), ["matched, the difference is booked"; 2], "{report:#}");
    assert_eq!(
        (&report["totals"]["bank"], &report["totals"]["posted"]),
        (&"227.70".into(), &"227.70".into())
    );
    office.done(&["deposit", "unmatch", "2", "--reason", "another account"]);
    cash(["225.20", "4.80", "0.00"]);
    let other =
        ["deposit", "match", "2", "--remit", "2", "--reason", "x", "--difference-to", "income:interest"];
    office.done(&other);
    cash(["227.70", "4.80", "0.00"]);
    for wrong in
        [&["deposit", "match", "1"][..], &[&still[..7], &["--difference-to", "ar:patient:due"]].concat()]
    {
        assert_eq!(office.run(wrong).status.code(), Some(2), "{wrong:?}");
    }
}

/// An EFT comes and goes back: the remittance waits for its money from that day on, until it is paid again.
#[test]
fn a_deposit_that_the_bank_took_back_opens_its_remittance_again() {
    let office = office();
    let line = |day: &str, amount: &str, text: &str| {
        format!("2026-07-{day},{amount},{text} TRN*1*EFT00001*1999999999\n")
    };
    let head = "Date,Amount,Description\n";
    let bring = |name: &str, lines: String| {
        office.write(name, format!("{head}{lines}"));
        office.done(&["deposit", "import", name, "--account", "1234"]);
        office.json(&["deposit", "match"])
    };
    bring("1.csv", line("03", "120.00", "PAY"));
    assert_eq!(column(&office.json(&["deposit", "list"]), "status"), ["matched"]);
    let found = bring("2.csv", line("10", "-120.00", "RETURN"));
    assert!(found.to_string().contains("\"returned\""), "{found:#}");
    let what = |day: &str| column(&office.json(&["report", "three-way", "--as-of", day]), "what");
    let without = "remittance without money".to_owned();
    assert_eq!(what("2026-07-09").iter().filter(|what| **what == without).count(), 2, "the two checks");
    assert_eq!(what("2026-07-10").iter().filter(|what| **what == without).count(), 3);
    assert_eq!(column(&office.json(&["deposit", "list"]), "status"), ["explained", "explained"]);
    office.check();
    bring("3.csv", line("20", "120.00", "PAY"));
    assert_eq!(what("2026-07-20").iter().filter(|what| **what == without).count(), 2);
    office.check();
    // By hand, where the bank wrote no number; and back.
    office.write("4.csv", format!("{head}2026-07-25,-120.00,CHARGEBACK\n"));
    office.done(&["deposit", "import", "4.csv", "--account", "1234", "--debits"]);
    office.done(&["deposit", "match", "4", "--returns", "3", "--reason", "says the bank"]);
    assert_eq!(what("2026-07-25").iter().filter(|what| **what == without).count(), 3);
    office.check();
    assert_eq!(office.run(&["deposit", "match", "4", "--returns", "1"]).status.code(), Some(4), "settled");
}

/// A corrected copy takes the place of a remittance that was found at the bank: the deposit is that one's.
#[test]
fn a_deposit_passes_on_to_the_remittance_that_takes_the_place_of_its_own() {
    let office = office();
    office.write("july.bai", BANK);
    office.done(&["deposit", "import", "july.bai"]);
    office.done(&["deposit", "match"]);
    let remits = |deposit: usize| column(&office.json(&["deposit", "list"]), "remits")[deposit].clone();
    assert_eq!(remits(0), "1");
    let copy = "CLP*B1*1*200*120**12*ICNB1*11~SVC*HC:99213*200*120**1~CAS*CO*45*70~CAS*CO*253*10~";
    office
        .write("copy.835", remittance(9, "BLUEBELL HEALTH", "BPR*I*120*C*ACH", "20260701", "EFT00001", copy));
    let held = office.json(&["import", "copy.835"]);
    assert_eq!(held["files"][0]["transactions"][0]["status"], "held", "{held:#}");
    office.done(&["remit", "replace", "1", "5", "--reason", "the payer corrected it"]);
    office.check();
    assert_eq!(remits(0), "5");
    office.done(&["remit", "replace", "5", "1", "--reason", "no"]);
    office.check();
    assert_eq!(remits(0), "1");
}

/// A match that another one ended counts again when that one is taken back, its booked difference too.
#[test]
fn a_match_that_a_return_or_the_rest_ended_comes_back_with_its_undoing() {
    let office = crate::office::two_claims();
    let answer = "CLP*A1*1*200*120**12*I1*11~CAS*CO*45*80~NM1*QC*1*ASPEN0*RED****MI*MA1~";
    office.write("1.835", remittance(2, "PAYER ONE", "BPR*I*120*C*CHK", "20260110", "T2", answer));
    office.done(&["import", "1.835"]);
    let lines = "2026-01-12,117.50,CHECK\n2026-01-20,-117.50,RETURN\n2026-02-02,2.50,REST\n";
    office.write("bank.csv", format!("Date,Amount,Description\n{lines}"));
    office.done(&["deposit", "import", "bank.csv", "--account", "1234", "--debits"]);
    let status = || column(&office.json(&["deposit", "list"]), "status");
    let said = |args: &[&str]| {
        let output = office.run(args);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{args:?}: {said}");
        said.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let what = |day: &str| column(&office.json(&["report", "three-way", "--all", "--as-of", day]), "what");
    office.done(&["deposit", "match", "1", "--remit", "1", "--reason", "a fee"]);
    let booked = ["matched, the difference is booked"];
    assert_eq!(what("2026-01-31")[..1], booked);
    office.done(&["deposit", "match", "2", "--returns", "1", "--reason", "it bounced"]);
    assert_eq!(status(), ["explained", "explained", "open"]);
    let words = said(&["deposit", "unmatch", "2", "--reason", "another check did"]);
    assert!(words.contains("Deposit 1 belongs to remittance 1 again."), "{words}");
    assert_eq!(status(), ["matched", "open", "open"]);
    for day in ["2026-01-15", "2026-01-31", "2026-02-28"] {
        assert_eq!(what(day)[..1], booked, "{day}");
    }
    office.check();
    // Not where the remittance has its money otherwise by then.
    office.done(&["deposit", "match", "2", "--returns", "1", "--reason", "it did"]);
    office.done(&["remit", "reverse", "1", "--reason", "no money"]);
    let words = said(&["deposit", "unmatch", "2", "--reason", "no"]);
    assert!(words.contains("stays open: remittance 1 is out of the books"), "{words}");
    office.done(&["remit", "repost", "1", "--reason", "it came"]);
    // The rest of a payment comes later, and with the first part is all of it.
    let open = ["deposit", "match", "1", "--remit", "1", "--reason", "short", "--difference-to", "open"];
    office.done(&open);
    office.done(&["deposit", "match", "3", "--remit", "1"]);
    assert_eq!(status(), ["matched", "open", "matched"]);
    assert_eq!(what("2026-01-31")[..1], ["matched, and not the same"]);
    office.check();
    let whole = office.json(&["report", "three-way", "--as-of", "2026-02-28"]);
    assert!(!whole.to_string().contains("\"matched"), "{whole:#}");
    let words = said(&["deposit", "unmatch", "3", "--reason", "another's"]);
    assert!(words.contains("Deposit 1 belongs to remittance 1 again."), "{words}");
    assert_eq!(status(), ["matched", "open", "open"]);
    office.check();
    // What is settled whole takes no more.
    office.done(&["deposit", "unmatch", "1", "--reason", "a fee after all"]);
    office.done(&["deposit", "match", "1", "--remit", "1", "--reason", "a fee"]);
    assert_eq!(office.run(&["deposit", "match", "3", "--remit", "1"]).status.code(), Some(4));
}
