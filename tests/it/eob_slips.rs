//! Slips of whoever keys an insurer's payment from paper: another payer's name, a claim by its ledger number, a reason that
//! there is not, sums that are off. Nothing posts without a word.

use std::process::Output;

use crate::office::{Office, two_claims};

const A1: &str = "A1 paid=120 contractual=50 patient=30";

fn enter(office: &Office, payer: &str, more: &[&str]) -> Output {
    let check =
        ["remit", "enter", "--payer", payer, "--check", "K31", "--on", "2026-01-12", "--amount", "120"];
    office.run(&[&check[..], more].concat())
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned()
}

fn refused(office: &Office, output: &Output, words: &[&str]) {
    assert_eq!(output.status.code(), Some(4), "{}", said(output));
    words.iter().for_each(|word| assert!(said(output).contains(word), "{word}: {}", said(output)));
    assert_eq!(office.json(&["remit", "list"])["rows"].as_array().map(Vec::len), Some(0));
}

fn payers(office: &Office) -> Vec<String> {
    let listed = office.json(&["payer", "list"]);
    let rows = listed["rows"].as_array().expect("rows");
    rows.iter().map(|row| row["payer"].as_str().expect("a name").to_owned()).collect()
}

fn claim(office: &Office, field: &str) -> String {
    let listed = office.json(&["claim", "list"]);
    let row = listed["rows"].as_array().expect("rows").iter().find(|row| row["control_number"] == "A1");
    row.expect("the claim")[field].as_str().expect("text").to_owned()
}

#[test]
fn a_payer_that_the_ledger_does_not_know_is_refused_with_those_that_it_may_be() {
    let office = two_claims();
    let before = payers(&office);
    for name in ["Payer", "PAYRE ONE", "Summit Mutual"] {
        let output = enter(&office, name, &["--claim", A1]);
        refused(&office, &output, &[name, "A1", "PAYER ONE (P1)", "--new-payer"]);
    }
    assert_eq!(payers(&office), before);

    // A payer that is new indeed.
    let output = enter(&office, "Summit Mutual", &["--claim", A1, "--new-payer"]);
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(payers(&office).len(), before.len() + 1);
    assert_eq!(claim(&office, "paid"), "120.00");
    office.check();
}

#[test]
fn a_payer_goes_by_its_name_its_other_names_and_its_identifier() {
    for said_as in ["payer one", "P1", "First Payer"] {
        let office = two_claims();
        let first = office.json(&["payer", "list"])["rows"]
            .as_array()
            .and_then(|rows| rows.iter().find(|row| row["payer"] == "PAYER ONE"))
            .expect("the payer")["payer_no"]
            .to_string();
        office.done(&["payer", "set", &first, "--alias", "First Payer"]);
        let before = payers(&office);
        let output = enter(&office, said_as, &["--claim", A1]);
        assert!(output.status.success(), "{said_as}: {}", said(&output));
        assert_eq!(payers(&office), before, "{said_as}");
        assert_eq!(office.json(&["remit", "list"])["rows"][0]["payer"], "PAYER ONE");
        office.check();
    }
}

#[test]
fn another_payers_money_goes_on_a_claim_only_with_a_word() {
    let office = two_claims();
    office.done(&["payer", "add", "--name", "OTHER HEALTH", "--ident", "OH7"]);
    let output = enter(&office, "OTHER HEALTH", &["--claim", A1, "--claim", "A2 CO-197=200"]);
    refused(&office, &output, &["A1", "A2", "OTHER HEALTH", "PAYER ONE (P1)", "--other-payer"]);
    let output = enter(&office, "OH7", &["--claim", A1, "--other-payer"]);
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(claim(&office, "paid"), "120.00");
    office.check();
}

/// Their names alone do not tell two payers apart: the claim does, or their identifiers.
#[test]
fn of_two_payers_of_one_name_the_claims_is_meant() {
    let office = Office::new();
    let bill = |number, payer: &str, file: &str| {
        let text = crate::office::claims(
            5,
            "20260105",
            &[crate::office::Billed {
                number,
                charge: "200",
                lines: &[("99213", "200")],
                secondary: false,
                frequency: '1',
                service: "20260102",
            }],
        );
        office.import(&[&office.write(file, text.replace("*PI*P1", &format!("*PI*{payer}")))]);
    };
    bill("A0", "P0", "0.837");
    bill("A1", "P1", "1.837");
    let output = enter(&office, "PAYER ONE", &["--claim", A1]);
    assert!(output.status.success(), "{}", said(&output));
    office.done(&["remit", "reverse", "1", "--reason", "it pays another claim too"]);
    let two = ["--claim", "A1 paid=70 contractual=130", "--claim", "A0 paid=50 contractual=150"];
    let output = enter(&office, "PAYER ONE", &two);
    assert_eq!(output.status.code(), Some(4), "{}", said(&output));
    assert!(said(&output).contains("PAYER ONE (P0), PAYER ONE (P1)"), "{}", said(&output));
    let output = enter(&office, "P1", &two);
    assert_eq!(output.status.code(), Some(4), "{}", said(&output));
    assert!(said(&output).contains("claim A0 is with PAYER ONE (P0)"), "{}", said(&output));
    office.check();
}

#[test]
fn a_table_of_payments_says_whose_payer_is_another() {
    let office = two_claims();
    let table = "claim,payer,check number,check date,charge,paid,contractual,coinsurance\n\
        A1,Payer 1,T7,2026-01-10,200,120,50,30\n";
    let report = office.import(&[&office.write("eob.csv", table)]);
    let set = &report["files"][0]["transactions"][0];
    assert_eq!(set["status"], "posted", "{report:#}");
    let issues = set["issues"].to_string();
    for words in ["other-payer", "A1", "PAYER ONE (P1)", "payer merge"] {
        assert!(issues.contains(words), "{words}: {issues}");
    }
    let own = "claim,payer,check number,check date,charge,paid,contractual,coinsurance\n\
        A2,Payer One,T8,2026-01-10,200,120,50,30\n";
    let report = office.import(&[&office.write("own.csv", own)]);
    assert_eq!(
        report["files"][0]["transactions"][0]["issues"].as_array().map(Vec::len),
        Some(0),
        "{report:#}"
    );
}

#[test]
fn a_claim_goes_by_the_ledgers_number_too() {
    for number in ["1", "#1"] {
        let office = two_claims();
        let text = format!("{number} paid=120 contractual=50 patient=30");
        let output = enter(&office, "PAYER ONE", &["--claim", &text]);
        assert!(output.status.success(), "{number}: {}", said(&output));
        assert!(said(&output).contains("A1"), "{number}: {}", said(&output));
        assert_eq!(claim(&office, "paid"), "120.00", "{number}");
        office.check();
    }
    let office = two_claims();
    assert!(office.done(&["claim", "show", "#2"]).contains("A2"));
    assert_eq!(office.run(&["claim", "show", "#9"]).status.code(), Some(4));
}

/// Where a claim's own number is the ledger's number of another one, the claim's own number is meant, and # says otherwise.
#[test]
fn a_claims_own_number_goes_before_the_ledgers() {
    let office = Office::new();
    let claim = |number| crate::office::Billed {
        number,
        charge: "200",
        lines: &[("99213", "200")],
        secondary: false,
        frequency: '1',
        service: "20260102",
    };
    office
        .import(&[&office.write("1.837", crate::office::claims(1, "20260105", &[claim("2"), claim("X9")]))]);
    let paid = |number: &str| {
        let listed = office.json(&["claim", "list"]);
        let row =
            listed["rows"].as_array().and_then(|rows| rows.iter().find(|r| r["control_number"] == number));
        row.expect("the claim")["paid"].as_str().expect("text").to_owned()
    };
    let output = enter(&office, "PAYER ONE", &["--claim", "2 paid=120 contractual=80"]);
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!((paid("2"), paid("X9")), ("120.00".to_owned(), "0.00".to_owned()));
    office.done(&["remit", "reverse", "1", "--reason", "the other one"]);
    let output = enter(&office, "PAYER ONE", &["--claim", "#2 paid=120 contractual=80"]);
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!((paid("2"), paid("X9")), ("0.00".to_owned(), "120.00".to_owned()));
    office.check();
}

#[test]
fn a_number_of_several_claims_is_asked_about() {
    let office = two_claims();
    let again = crate::office::claims(
        2,
        "20260220",
        &[crate::office::Billed {
            number: "A1",
            charge: "170",
            lines: &[("99212", "170")],
            secondary: false,
            frequency: '1',
            service: "20260216",
        }],
    );
    office.import(&[&office.write("2.837", again.replace("MA1", "MA7").replace("ASPEN0", "ROWAN"))]);
    let output = enter(&office, "PAYER ONE", &["--claim", A1]);
    refused(&office, &output, &["2 claims", "claim 1", "claim 3"]);
    let output = enter(&office, "PAYER ONE", &["--claim", "#3 paid=120 contractual=50"]);
    assert!(output.status.success(), "{}", said(&output));
    let row = office.json(&["claim", "show", "3"])["claim"]["paid"].clone();
    assert_eq!(row, "120.00");
    office.check();
}

#[test]
fn a_reason_that_there_is_not_is_refused_with_those_that_are_near() {
    let office = two_claims();
    let output = enter(&office, "PAYER ONE", &["--claim", "A1 paid=120 CO-917=80"]);
    refused(&office, &output, &["CO-917", "CO-197", "--new-reason"]);
    let output = enter(&office, "PAYER ONE", &["--claim", "A1 paid=120 CR-45=80"]);
    refused(&office, &output, &["CR-45"]);
    // The office has taught it.
    office.done(&["code", "set", "CO-Z77", "--as", "contractual", "--reason", "their bulletin"]);
    let output = enter(&office, "PAYER ONE", &["--claim", "A1 paid=120 CO-Z77=80"]);
    assert!(output.status.success(), "{}", said(&output));
    office.check();

    // It stands on the paper: it waits to be taught, as in a table.
    let office = two_claims();
    let output = enter(&office, "PAYER ONE", &["--claim", "A1 paid=120 CO-Z77=80", "--new-reason"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    office.done(&["code", "set", "CO-Z77", "--as", "contractual", "--reason", "their bulletin"]);
    assert_eq!(claim(&office, "balance"), "0.00");
    office.check();
}

#[test]
fn what_is_too_much_is_not_said_to_be_missing() {
    let office = two_claims();
    let output = enter(&office, "PAYER ONE", &["--claim", "A1 paid=120 contractual=95.50"]);
    refused(&office, &output, &["215.50 of a charge of 200.00, 15.50 too much"]);
    let output = enter(&office, "PAYER ONE", &["--claim", "A1 paid=150 contractual=50"]);
    refused(&office, &output, &["150.00 of a check over 120.00, 30.00 too much"]);
    let output = enter(&office, "PAYER ONE", &["--claim", "A1 paid=120 contractual=49"]);
    refused(&office, &output, &["31.00 is missing"]);
}
