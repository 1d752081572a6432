//! Plausibility through the binary: a practice whose books are sound raises no doubt, and a visit that was billed twice does.

use arrears::books::plausible::{Implausible, doubts};
use arrears::domain::book::Holding;
use arrears::domain::{Account, ClaimId, Money, PaymentId};
use arrears::store::{Book, Read};

use crate::office::{Billed, Office, claims, remittance};
use crate::practice;

fn bill(office: &Office, control: u32, number: &str, service: &str) {
    let claim = Billed {
        number,
        charge: "200",
        lines: &[("99213", "200")],
        secondary: false,
        frequency: '1',
        service,
    };
    office.import(&[&office.write(&format!("{control}.837"), claims(control, "20260105", &[claim]))]);
}

/// The findings of `db check`, as claim number and word; the proof must hold.
fn found(office: &Office) -> Vec<(String, String)> {
    let proof = office.json(&["db", "check"]);
    assert_eq!(proof["ok"], true, "{proof:#}");
    let word = |row: &serde_json::Value, key: &str| row[key].as_str().expect("a word").to_owned();
    let rows = proof["plausibility"].as_array().expect("a list").iter();
    rows.map(|row| (word(row, "control_number"), word(row, "finding"))).collect()
}

/// The number in `status`.
fn counted(office: &Office) -> serde_json::Value {
    let status = office.json(&["status"]);
    let rows = status["rows"].as_array().expect("rows");
    rows.iter().find(|row| row["item"] == "Implausible balances").expect("the row")["count"].clone()
}

#[test]
fn sound_books_raise_no_doubt() {
    let office = Office::new();
    let (folder, _) = practice::practice(&office, 200, 7);
    office.import(&[&folder.join("837"), &folder.join("835")]);
    assert_eq!(found(&office), []);
    assert_eq!(counted(&office), 0);
}

#[test]
fn a_visit_under_two_numbers_is_named_and_breaks_no_proof() {
    let office = Office::new();
    bill(&office, 1, "A1", "20260102");
    bill(&office, 2, "A2", "20260103");
    assert_eq!(found(&office), []);
    // The helper draws the member number from the claim's: the same patient has the same one.
    let again = std::fs::read_to_string(office.path("1.837")).expect("written");
    let again = again.replace("CLM*A1*", "CLM*B7*").replace("*B1*", "*B9*").replace("000000001", "000000009");
    office.import(&[&office.write("9.837", again)]);
    let twice = ("B7".to_owned(), "visit-twice".to_owned());
    assert_eq!(found(&office), [twice]);
    let words = office.done(&["db", "check"]);
    assert!(words.contains("one visit may stand here twice"), "{words}");
    assert!(words.trim_end().ends_with("Everything agrees."), "{words}");
    // A claim that asks for nothing any more is no second receivable.
    office.done(&["claim", "void", "B7", "--reason", "billed twice"]);
    assert_eq!(found(&office), []);
}

#[test]
fn a_hold_that_nothing_ends_is_named() {
    let office = Office::new();
    let paid = "CLP*NOBODY*1*200*120**12*I1~SVC*HC:99213*200*120**1~CAS*CO*45*80~";
    let text = remittance(2, "PAYER ONE", "BPR*I*120*C*ACH", "20260120", "T2", paid);
    office.import(&[&office.write("2.835", text)]);
    assert_eq!(found(&office), []);
    let wait = std::time::Duration::from_secs(1);
    let book = Book::open(&office.ledger(), wait).expect("opens");
    crate::office::update(&book, wait, |tables| {
        let mut payment = tables.payment(PaymentId(1))?.expect("the item");
        payment.rule = "hold:the-moon".into();
        tables.put_payment(&payment)
    })
    .expect("written");
    let (named, _) = doubts(&book.read().expect("read")).expect("looked");
    assert_eq!(named.iter().map(|doubt| doubt.what).collect::<Vec<_>>(), [Implausible::NoWayOut]);
    assert!(named[0].sentence.contains("120.00"), "{named:?}");
}

/// What a person moved to the patient is explained by the act; what nobody said is not.
#[test]
fn a_share_that_nobody_gave_the_patient_is_named() {
    let office = Office::new();
    bill(&office, 1, "A1", "20260102");
    let paid = "CLP*A1*1*200*120*30*12*I1~SVC*HC:99213*200*120**1~CAS*CO*45*50~CAS*PR*2*30~";
    let text = remittance(2, "PAYER ONE", "BPR*I*120*C*ACH", "20260120", "T2", paid);
    office.import(&[&office.write("2.835", text)]);
    assert_eq!(found(&office), []);
    let wait = std::time::Duration::from_secs(1);
    let book = Book::open(&office.ledger(), wait).expect("opens");
    let words = |book: &Book| -> Vec<Implausible> {
        let (named, _) = doubts(&book.read().expect("read")).expect("looked");
        named.into_iter().map(|doubt| doubt.what).collect()
    };
    // The payer's answer, made to say less than what was posted from it.
    crate::office::update(&book, wait, |tables| {
        let mut payment = tables.payment(PaymentId(1))?.expect("the answer");
        payment.payment.lines[0].adjustments.retain(|a| a.amount.cents() != 3_000);
        tables.put_payment(&payment)
    })
    .expect("written");
    assert_eq!(words(&book), [Implausible::ShareAboveWord]);
}

/// A credit of a payer that paid nothing, and a balance on both sides: books as an earlier program may have left them.
#[test]
fn a_credit_of_who_paid_nothing_is_named_and_counted() {
    let office = Office::new();
    bill(&office, 1, "A1", "20260102");
    let wait = std::time::Duration::from_secs(1);
    let damage = |buckets: &[(Account, i64)]| {
        let book = Book::open(&office.ledger(), wait).expect("opens");
        crate::office::update(&book, wait, |tables| {
            let mut state = tables.claim_state(ClaimId(1))?.expect("the claim");
            let payer = state.billed_payer;
            let holding = |(account, cents): &(Account, i64)| Holding {
                account: *account,
                payer,
                amount: Money::from_cents(*cents),
            };
            state.holdings = buckets.iter().map(holding).collect();
            let holdings = state.holdings.clone();
            state.days.last_mut().expect("the charge").holdings = holdings;
            tables.put_claim_state(ClaimId(1), &state)
        })
        .expect("written");
        let (named, _) = doubts(&book.read().expect("read")).expect("looked");
        named.into_iter().map(|doubt| (doubt.what, doubt.amount.cents())).collect::<Vec<_>>()
    };
    assert_eq!(damage(&[(Account::Open, -5_000)]), [(Implausible::CreditOfNobody, 5_000)]);
    assert_eq!(counted(&office), 0, "a credit alone shows nothing in the balance");
    let both = [(Account::Denied, -2_000), (Account::Open, 22_000)];
    assert_eq!(damage(&both), [(Implausible::CreditBesideDebt, -2_000)]);
    assert_eq!(counted(&office), 1);
}
