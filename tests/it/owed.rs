//! Money that payers owe and are owed: what is announced, taken, sent, acknowledged, and comes to an end once
//! (`docs/rules/posting-rules.md` section 7c). After every step the books are proved.

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
    let claims =
        [("D101", "26881"), ("D102", "26882"), ("D103", "26883"), ("D104", "26884"), ("D105", "26885")];
    let all = |each: fn(&str, &str) -> String| claims.map(|(number, icn)| each(number, icn)).concat();
    let first = remit(office, 11, "20260120", "500", &all(paid));
    let announced =
        plb(&["WO:D101", "-100", "WO:9926882", "-100", "FB:D103-26883-TX12", "-100", "WO:26885", "-100"]);
    let back: String =
        claims.iter().filter(|(n, _)| *n != "D104").map(|(n, icn)| taken_back(n, icn)).collect();
    let second = remit(office, 12, "20260220", "0", &format!("{back}{announced}"));
    let alone = plb(&["FB:TX13", "-100"]);
    let third = remit(office, 13, "20260221", "0", &format!("{}{alone}", taken_back("D104", "26884")));
    let taken = plb(&[
        "CS:26881",
        "100",
        "WO:D102",
        "100",
        "WO:D10326883TX12",
        "100",
        "WO:26884",
        "100",
        "FB:26885R",
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
        let family = ["plb:WO", "plb:FB", "plb:CS"].map(|name| account(&office, name));
        assert_eq!(family, ["0.00", "-100.00", "100.00"], "each code keeps its account");
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
    assert_eq!(open(&office), [("26884".to_owned(), "100.00".to_owned())]);
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

/// An item's number by its reference.
fn item(office: &Office, reference: &str) -> String {
    let items = office.json(&["plb", "list"]);
    let row = items["rows"].as_array().expect("rows").iter().find(|row| row["reference"] == reference);
    row.expect("it came")["plb_id"].to_string()
}

fn claim(office: &Office, number: &str) -> Value {
    office.json(&["claim", "show", number])
}

/// The payer took 40 of another payment, names a claim, and reverses nothing.
fn taken_silently(office: &Office) {
    office.import(&[
        &bill(office, 1, &["L1", "L2"]),
        &remit(office, 2, "20260120", "100", &paid("L1", "45501")),
        &remit(
            office,
            3,
            "20260320",
            "60",
            &format!("{}{}", paid("L2", "45502"), plb(&["WO:9945501", "40"])),
        ),
    ]);
    office.check();
}

#[test]
fn what_a_payer_took_without_a_reversal_goes_on_its_claim_and_off_again() {
    let office = Office::new();
    taken_silently(&office);
    let shown = office.done(&["plb", "show", "1"]);
    assert!(shown.contains("It names claim L1, on which payers paid 100.00"), "{shown}");
    assert!(shown.contains("arrears plb apply 1 L1 40.00"), "{shown}");
    assert_eq!(office.json(&["plb", "list"])["rows"][0]["claims"], "L1");
    let before = office.books();

    let apply = ["plb", "apply", "1", "L1", "40", "--reason", "letter of 2 March", "--on", "2026-03-21"];
    office.done(&[&apply[..], &["--dry-run"]].concat());
    assert_eq!(office.books(), before, "a dry run changes nothing");
    let said = office.run(&apply).stderr;
    let said = String::from_utf8_lossy(&said);
    assert!(said.contains("payers paid 60.00 on it, and its balance is 40.00"), "{said}");
    office.check();
    let stands = claim(&office, "L1");
    assert_eq!((&stands["claim"]["paid"], &stands["claim"]["balance"]), (&"60.00".into(), &"40.00".into()));
    assert_eq!(stands["balances"]["buckets"]["open"], "40.00");
    assert_eq!(open(&office), []);
    assert_eq!(
        (account(&office, "plb:WO"), account(&office, "cash:insurance")),
        ("0.00".into(), "160.00".into())
    );

    // Coverage had ended: the patient owes it.
    let moved = ["claim", "transfer", "L1", "40", "--from", "open", "--to", "due", "--reason", "no coverage"];
    office.done(&moved);
    office.check();
    assert_eq!(claim(&office, "L1")["balances"]["patient"], "40.00");
    let entry = claim(&office, "L1")["postings"]
        .as_array()
        .expect("postings")
        .iter()
        .rfind(|posting| posting["account"] == "ar:patient:due")
        .expect("it was moved")["entry"]
        .to_string();
    office.done(&["claim", "undo", "L1", &entry, "--reason", "covered after all"]);

    // In March the claim says what it said in March; the act is undone from its own day on.
    office.done(&["plb", "unapply", "1", "L1", "--reason", "it was L2", "--on", "2026-04-02"]);
    office.check();
    assert_eq!(office.books(), before);
    assert_eq!(open(&office), [("9945501".to_owned(), "40.00".to_owned())]);
    let march = office.json(&["plb", "list", "--as-of", "2026-03-31"]);
    assert_eq!(march["rows"][0]["open"], "0.00");
    let nothing = office.run(&["plb", "unapply", "1", "L1", "--reason", "again"]);
    assert_eq!(nothing.status.code(), Some(4));
}

#[test]
fn an_item_goes_on_several_claims_and_no_further_than_payers_paid() {
    let office = Office::new();
    taken_silently(&office);
    let before = office.books();
    for (wrong, why) in [
        (["plb", "apply", "1", "L1", "41", "--reason", "x"], "40.00 of item 1 is open"),
        (["plb", "apply", "1", "L1", "0", "--reason", "x"], "must be above zero"),
        (["plb", "apply", "9", "L1", "4", "--reason", "x"], "no provider-level item 9"),
    ] {
        let output = office.run(&wrong);
        assert_eq!(output.status.code(), Some(4), "{wrong:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(why), "{output:?}");
    }
    let early = office.run(&["plb", "apply", "1", "L1", "4", "--reason", "x", "--on", "2026-03-19"]);
    assert!(String::from_utf8_lossy(&early.stderr).contains("came on 2026-03-20"), "{early:?}");
    assert_eq!(office.books(), before);

    office.done(&["plb", "apply", "1", "L1", "15", "--reason", "first part"]);
    office.check();
    assert_eq!(open(&office), [("9945501".to_owned(), "25.00".to_owned())]);
    office.done(&["plb", "apply", "1", "L2", "25", "--reason", "second part"]);
    office.check();
    assert_eq!(open(&office), []);
    assert_eq!(claim(&office, "L2")["claim"]["balance"], "25.00");
    // Its remittance does not go before what stands on it.
    let reverse = office.run(&["remit", "reverse", "2", "--reason", "x"]);
    assert_eq!(reverse.status.code(), Some(4));
    // Undone as an act on the claim, it is the same.
    let entry = claim(&office, "L1")["postings"]
        .as_array()
        .expect("postings")
        .iter()
        .find(|posting| posting["amount"] == "15.00")
        .expect("the part")["entry"]
        .to_string();
    office.done(&["claim", "undo", "L1", &entry, "--reason", "not this one"]);
    office.check();
    assert_eq!(open(&office), [("9945501".to_owned(), "15.00".to_owned())]);
    assert_eq!(claim(&office, "L1")["claim"]["balance"], "0.00");
}

#[test]
fn a_takeback_on_its_claim_stays_when_the_payer_answers_anew() {
    let office = Office::new();
    taken_silently(&office);
    office.done(&["plb", "apply", "1", "L1", "40", "--reason", "letter", "--on", "2026-03-21"]);
    // The payer pays the claim once more, right this time.
    let again = format!(
        "CLP*L1*22*-150*-100**12*45501~SVC*HC:99214*-150*-100**1~DTM*472*20260107~CAS*CO*45*-50~{}",
        paid("L1", "45509")
    );
    office.import(&[&remit(&office, 4, "20260420", "0", &again)]);
    office.check();
    let stands = claim(&office, "L1");
    assert_eq!((&stands["claim"]["paid"], &stands["claim"]["balance"]), (&"60.00".into(), &"40.00".into()));
}

/// Paid, balance of the claim, what is open of the items.
fn owed(office: &Office, number: &str) -> (String, String, Vec<String>) {
    let stands = claim(office, number);
    let of = |field: &str| stands["claim"][field].as_str().expect("an amount").to_owned();
    (of("paid"), of("balance"), open(office).into_iter().map(|(_, open)| open).collect())
}

fn stand(paid: &str, balance: &str, open: &[&str]) -> (String, String, Vec<String>) {
    (paid.into(), balance.into(), open.iter().map(|&open| open.to_owned()).collect())
}

#[test]
fn a_takeback_on_its_claim_goes_off_it_when_the_payer_reverses_the_payment_itself() {
    let office = Office::new();
    taken_silently(&office);
    office.done(&["plb", "apply", "1", "L1", "40", "--reason", "letter", "--on", "2026-03-21"]);
    assert_eq!(owed(&office, "L1"), stand("60.00", "40.00", &[]));
    // Now the payer says itself that it takes back the 100, of which it has taken 40.
    let back = format!("{}{}", taken_back("L1", "45501"), plb(&["WO:45501", "-100"]));
    office.import(&[&remit(&office, 4, "20260420", "0", &back)]);
    office.check();
    assert_eq!(owed(&office, "L1"), stand("0.00", "150.00", &["-60.00"]), "60 are to come");
    let shown = office.done(&["claim", "review"]);
    assert!(shown.contains("L1") && shown.contains("put-on-claim"), "{shown}");
    let off = office.run(&["plb", "unapply", "1", "L1", "--reason", "x"]);
    assert_eq!(off.status.code(), Some(4), "nothing stands on the claim: {off:?}");

    // Without the reversal it is what it was, without the payment as well nothing was paid that could be taken.
    office.done(&["remit", "reverse", "3", "--reason", "not ours"]);
    office.check();
    assert_eq!(owed(&office, "L1"), stand("60.00", "40.00", &[]));
    office.done(&["remit", "reverse", "1", "--reason", "not ours"]);
    office.check();
    assert_eq!(owed(&office, "L1"), stand("0.00", "150.00", &["40.00"]));
    office.done(&["remit", "repost", "1", "--reason", "ours"]);
    office.check();
    assert_eq!(owed(&office, "L1"), stand("60.00", "40.00", &[]));
    office.done(&["plb", "unapply", "1", "L1", "--reason", "x"]);
    office.check();
    assert_eq!(owed(&office, "L1"), stand("100.00", "0.00", &["40.00"]));
}

#[test]
fn two_takebacks_on_a_claim_go_off_it_as_far_as_the_payer_paid_less() {
    let office = Office::new();
    taken_silently(&office);
    office.done(&["plb", "apply", "1", "L1", "15", "--reason", "letter", "--on", "2026-03-21"]);
    office.done(&["plb", "apply", "1", "L1", "25", "--reason", "letter", "--on", "2026-03-22"]);
    // The payer reverses, and pays 20 on another day.
    let back = format!("{}{}", taken_back("L1", "45501"), plb(&["WO:45501", "-100"]));
    office.import(&[&remit(&office, 4, "20260420", "0", &back)]);
    let less = "CLP*L1*1*150*20**12*45503~SVC*HC:99214*150*20**1~DTM*472*20260107~CAS*CO*45*130~";
    office.import(&[&remit(&office, 5, "20260421", "20", less)]);
    office.check();
    assert_eq!(owed(&office, "L1"), stand("0.00", "20.00", &["-80.00"]), "of 40 that went on it 20 stand");
    let said = office.run(&["plb", "unapply", "1", "L1", "--reason", "x"]).stderr;
    assert!(String::from_utf8_lossy(&said).contains("Took 5.00"), "{}", String::from_utf8_lossy(&said));
    office.check();
    let said = office.run(&["plb", "unapply", "1", "L1", "--reason", "x"]).stderr;
    assert!(String::from_utf8_lossy(&said).contains("Took 15.00"), "{}", String::from_utf8_lossy(&said));
    office.check();
    assert_eq!(owed(&office, "L1"), stand("20.00", "0.00", &["-60.00"]));
}

#[test]
fn what_was_settled_is_open_again() {
    let office = Office::new();
    taken_silently(&office);
    let before = (office.books(), office.json(&["plb", "list"]));
    let settle =
        ["plb", "settle", "1", "--account", "refund:insurance", "--reason", "x", "--on", "2026-03-25"];
    office.done(&settle);
    office.check();
    office.done(&["plb", "unsettle", "1", "--reason", "wrong", "--on", "2026-04-01"]);
    office.check();
    assert_eq!((office.books(), office.json(&["plb", "list"])), before);
    let twice = office.run(&["plb", "unsettle", "1", "--reason", "wrong"]);
    assert_eq!(twice.status.code(), Some(4), "there is nothing more to open");

    // Two items of two codes whose references are garbage, of two amounts.
    let garbage = plb(&["PI:Q1", "-30", "IS:Q2", "30"]);
    office.import(&[&remit(&office, 5, "20260420", "0", &garbage)]);
    let before = (office.books(), office.json(&["plb", "list"]));
    let (one, other) = (item(&office, "Q1"), item(&office, "Q2"));
    for undone in [&one, &other] {
        office.done(&["plb", "settle", &one, "--with", &other, "--reason", "one thing"]);
        office.check();
        assert_eq!(account(&office, "plb:PI"), "0.00");
        office.done(&["plb", "unsettle", undone, "--reason", "two things"]);
        office.check();
        assert_eq!((office.books(), office.json(&["plb", "list"])), before);
    }
}

/// The register of the year: amount, status and what is still owed, row by row.
fn register(office: &Office) -> Vec<(String, String, String, String)> {
    let table = office.json(&["report", "refunds", "--from", "2026-01-01", "--to", "2026-09-30"]);
    let word = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let of =
        |row: &Value| (word(row, "amount"), word(row, "status"), word(row, "open"), word(row, "elsewhere"));
    table["rows"].as_array().expect("rows").iter().map(of).collect()
}

fn row(amount: &str, status: &str, open: &str, elsewhere: &str) -> (String, String, String, String) {
    (amount.to_owned(), status.to_owned(), open.to_owned(), elsewhere.to_owned())
}

/// 100 paid, taken back for 70, and 30 announced.
fn announced(office: &Office) {
    let less = format!(
        "CLP*L1*22*-150*-100**12*45501~SVC*HC:99214*-150*-100**1~DTM*472*20260107~CAS*CO*45*-50~\
         CLP*L1*1*150*70**12*45509~SVC*HC:99214*150*70**1~DTM*472*20260107~CAS*CO*45*80~{}",
        plb(&["WO:45501", "-30"])
    );
    office.import(&[
        &bill(office, 1, &["L1", "L2"]),
        &remit(office, 2, "20260120", "100", &paid("L1", "45501")),
        &remit(office, 3, "20260220", "0", &less),
    ]);
    office.check();
}

/// The payer acknowledges a check of 30.
fn acknowledged(office: &Office) {
    let body = format!("{}{}", paid("L2", "45502"), plb(&["72:K7", "-30", "WO:45501", "30"]));
    office.import(&[&remit(office, 4, "20260320", "100", &body)]);
    office.check();
}

#[test]
fn a_check_for_what_a_payer_announced_is_recorded_and_acknowledged_once() {
    let checks = [
        ["plb", "send", "1", "30", "--check", "K7", "--on", "2026-02-26", "--reason", "letter"].as_slice(),
        &["claim", "send-refund", "L1", "30", "--to", "insurance", "--check", "K7", "--on", "2026-02-26"],
    ];
    for check in checks {
        for late in [false, true] {
            let office = Office::new();
            announced(&office);
            assert_eq!(register(&office), [row("30.00", "announced", "0.00", "30.00")]);
            if late {
                acknowledged(&office);
                let not_recorded = row("30.00", "check not recorded", "0.00", "30.00");
                assert_eq!(register(&office), [not_recorded], "the payer has one, the books have none");
            }
            office.done(&[check, &["--dry-run"]].concat());
            assert_eq!(account(&office, "cash:insurance"), if late { "200.00" } else { "100.00" });
            office.done(check);
            office.check();
            assert_eq!(open(&office), [], "{check:?}");
            if !late {
                acknowledged(&office);
            }
            assert_eq!(open(&office), [], "{check:?}");
            assert_eq!(account(&office, "cash:insurance"), "170.00");
            assert_eq!(account(&office, "refund:insurance"), "0.00");
            assert_eq!(register(&office), [row("30.00", "cleared", "0.00", "0.00")]);
            assert_eq!(claim(&office, "L1")["claim"]["paid"], "70.00");
        }
    }
}

#[test]
fn a_check_that_was_never_sent_is_taken_back() {
    let office = Office::new();
    announced(&office);
    let before = office.books();
    office.done(&["plb", "send", "1", "20", "--check", "K7", "--reason", "part"]);
    office.check();
    assert_eq!(open(&office), [("45501".to_owned(), "-10.00".to_owned())]);
    let check = item(&office, "K7 45501");
    let still = office.run(&["plb", "unsend", &check, "--reason", "x"]);
    assert_eq!(still.status.code(), Some(4), "what it settled goes first");
    office.done(&["plb", "unsettle", "1", "--reason", "no check"]);
    office.check();
    office.done(&["plb", "unsend", &check, "--reason", "no check"]);
    office.check();
    assert_eq!(open(&office), [("45501".to_owned(), "-30.00".to_owned())]);
    assert_eq!(office.books(), before);
    for wrong in [["plb", "send", "1", "31"], ["plb", "send", "1", "0"], ["plb", "send", &check, "1"]] {
        let output = office.run(&[&wrong[..], &["--check", "K8", "--reason", "x"]].concat());
        assert_eq!(output.status.code(), Some(4), "{wrong:?}");
    }
}

#[test]
fn a_check_before_the_payers_word_meets_its_reversal() {
    let office = Office::new();
    let send =
        ["claim", "send-refund", "L1", "100", "--to", "insurance", "--check", "K9", "--on", "2026-02-03"];
    office.import(&[
        &bill(&office, 1, &["L1", "L2"]),
        &remit(&office, 2, "20260120", "100", &paid("L1", "45501")),
    ]);
    office.done(&send);
    office.check();
    assert_eq!(register(&office), [row("100.00", "on the way", "0.00", "0.00")]);
    let twice = office.run(&send);
    assert_eq!(twice.status.code(), Some(4), "no more goes back than was paid");
    // The payer reverses the claim for it and names the check, with nothing against it.
    let reversal = "CLP*L1*22*-150*-100**12*45501~SVC*HC:99214*-150*-100**1~DTM*472*20260107~CAS*CO*45*-50~";
    let body = format!("{reversal}{}{}", paid("L2", "45502"), plb(&["72:K9", "-100"]));
    office.import(&[&remit(&office, 3, "20260220", "100", &body)]);
    office.check();
    assert_eq!(open(&office), []);
    assert_eq!(
        (account(&office, "plb:72"), account(&office, "cash:insurance")),
        ("0.00".into(), "100.00".into())
    );
    let stands = claim(&office, "L1");
    assert_eq!((&stands["claim"]["paid"], &stands["claim"]["balance"]), (&"0.00".into(), &"150.00".into()));
    assert_eq!(register(&office), [row("100.00", "cleared", "0.00", "0.00")]);
}

#[test]
fn a_check_by_letter_goes_on_its_claim_when_the_payer_acknowledges_it() {
    let office = Office::new();
    office.import(&[
        &bill(&office, 1, &["L1", "L2"]),
        &remit(&office, 2, "20260120", "100", &paid("L1", "45501")),
    ]);
    office.done(&["claim", "send-refund", "L1", "30", "--to", "insurance", "--check", "K7"]);
    acknowledged(&office);
    let left = open(&office);
    assert_eq!(left.len(), 1, "the claim still says that it was paid: {left:?}");
    let one = item(&office, &left[0].0);
    office.done(&["plb", "apply", &one, "L1", "30", "--reason", "letter"]);
    office.check();
    assert_eq!(open(&office), []);
    assert_eq!((account(&office, "plb:72"), account(&office, "plb:WO")), ("0.00".into(), "0.00".into()));
    assert_eq!(claim(&office, "L1")["claim"]["balance"], "30.00");
}

#[test]
fn what_a_payer_paid_twice_is_in_the_register_until_it_went_back() {
    let sends = [
        ["unapplied", "send", "2", "100", "--check", "K7", "--reason", "paid twice"].as_slice(),
        &["claim", "send-refund", "L1", "100", "--to", "insurance", "--check", "K7"],
    ];
    for (at, send) in sends.into_iter().enumerate() {
        let office = Office::new();
        office.import(&[
            &bill(&office, 1, &["L1", "L2", "L3"]),
            &remit(&office, 2, "20260120", "100", &paid("L1", "45501")),
            &remit(&office, 3, "20260127", "100", &paid("L1", "45508")),
        ]);
        assert_eq!(register(&office), [row("100.00", "in unapplied", "0.00", "100.00")]);
        let table = office.json(&["report", "refunds", "--to", "2026-09-30"]);
        assert_eq!(table["rows"][0]["return_by"], "2026-03-28");
        if at == 1 {
            office.done(&["unapplied", "release", "2", "--why", "paid twice"]);
            assert_eq!(register(&office), [row("100.00", "due", "100.00", "0.00")]);
        }
        office.done(send);
        office.check();
        assert_eq!(register(&office), [row("100.00", "on the way", "0.00", "0.00")], "{send:?}");
        assert_eq!(
            (account(&office, "unapplied"), account(&office, "refund:insurance")),
            ("0.00".into(), "0.00".into())
        );
        let more = format!(
            "{}{}{}",
            paid("L2", "45502"),
            paid("L3", "45503"),
            plb(&["72:K7", "-100", "WO:45508", "100"])
        );
        office.import(&[&remit(&office, 4, "20260925", "200", &more)]);
        office.check();
        assert_eq!(open(&office), []);
    }
}
