//! An insurer's payment on paper, keyed by hand, and its 835 that comes later (section 10a of the posting rules).

use serde_json::Value;

use crate::office::{Office, remittance, two_claims};

const CHECK: [&str; 10] =
    ["remit", "enter", "--payer", "PAYER ONE", "--check", "T7", "--on", "2026-01-10", "--amount", "120"];
const A1: &str = "A1 paid=120 contractual=50 patient=30";

fn keyed<'a>(claims: &[&'a str]) -> Vec<&'a str> {
    let each = claims.iter().flat_map(|claim| ["--claim", claim]);
    CHECK.iter().copied().chain(each).collect()
}

fn accounts(office: &Office) -> Vec<(String, String)> {
    let report = office.json(&["report", "trial-balance"]);
    let rows = report["rows"].as_array().expect("rows");
    let text = |row: &Value, field: &str| row[field].as_str().expect("text").to_owned();
    rows.iter().map(|row| (text(row, "account"), text(row, "balance"))).collect()
}

fn claim(office: &Office, number: &str, field: &str) -> String {
    let listed = office.json(&["claim", "list"]);
    let row = listed["rows"].as_array().expect("rows").iter().find(|row| row["control_number"] == number);
    row.expect("the claim")[field].as_str().expect("text").to_owned()
}

fn status(office: &Office, id: u64) -> String {
    let listed = office.json(&["remit", "list"]);
    let row = listed["rows"].as_array().expect("rows").iter().find(|row| row["remit_id"] == id);
    row.unwrap_or_else(|| panic!("{listed:#}"))["status"].as_str().expect("text").to_owned()
}

/// Both claims in an 835 of the same check: the patient's 30 as deductible and copay, A2 refused for `reason`.
fn electronic(office: &Office, reason: &str) -> Value {
    let answers = format!(
        "CLP*A1*1*200*120*30*12*ICN1*11*1~CAS*CO*45*50~CAS*PR*1*20**3*10~NM1*QC*1*ASPEN0*RED****MI*MA1~\
         CLP*A2*4*200*0**12*ICN2*11*1~CAS*{reason}~NM1*QC*1*ASPEN1*RED****MI*MA2~"
    );
    let text = remittance(5, "PAYER ONE", "BPR*I*120*C*CHK", "20260110", "T7", &answers);
    let path = office.write("late.835", text);
    office.import(&[&path])
}

#[test]
fn a_payment_on_paper_is_keyed_once_it_adds_up() {
    let office = two_claims();
    let before = accounts(&office);
    for (claims, said) in [
        (
            &["A1 paid=120 contractual=50"][..],
            "claim A1: its parts are 170.00 of a charge of 200.00, 30.00 is missing",
        ),
        (
            &["A1 paid=100 contractual=50 patient=50"],
            "the claims are paid 100.00 of a check over 120.00, 20.00 is missing",
        ),
    ] {
        let output = office.run(&keyed(claims));
        assert_eq!(output.status.code(), Some(4));
        let why = String::from_utf8(output.stderr).expect("text");
        assert!(why.contains(said), "{why}");
    }
    for wrong in ["A1 paid", "A1 paidd=120", "paid=120"] {
        assert_eq!(office.run(&keyed(&[wrong])).status.code(), Some(2), "{wrong}");
    }
    let all = keyed(&[A1, "A2 CO-197=200"]);
    let said = office.done(&[&all[..], &["--dry-run"]].concat());
    assert!(said.contains("dry run"), "{said}");
    assert_eq!(accounts(&office), before);

    office.done(&all);
    assert_eq!(claim(&office, "A1", "paid"), "120.00");
    assert_eq!(claim(&office, "A1", "balance"), "30.00");
    assert_eq!(claim(&office, "A2", "balance"), "200.00");
    let denied = office.json(&["denial", "list"]);
    assert_eq!(
        (denied["rows"][0]["reason"].as_str(), denied["rows"].as_array().map(Vec::len)),
        (Some("CO-197"), Some(1))
    );
    office.check();

    // Keyed again it is the same payment; taken out, the books are as before.
    let booked = accounts(&office);
    let said = office.done(&all);
    assert!(said.contains("duplicate"), "{said}");
    assert_eq!(accounts(&office), booked);
    office.done(&["remit", "reverse", "1", "--reason", "keyed for the wrong office"]);
    let again = String::from_utf8_lossy(&office.run(&all).stderr).into_owned();
    assert!(again.contains("remit repost 1"), "{again}");
    let zero = |accounts: Vec<(String, String)>| {
        accounts.into_iter().filter(|(_, balance)| balance != "0.00").collect::<Vec<_>>()
    };
    assert_eq!(zero(accounts(&office)), zero(before));
    office.check();
}

#[test]
fn a_claim_that_is_not_there_yet_waits() {
    let office = two_claims();
    let output = office.run(&keyed(&["Z9 paid=120 contractual=10"]));
    assert_eq!(output.status.code(), Some(1));
    let waiting = office.json(&["unapplied", "list"]);
    assert_eq!(waiting["rows"][0]["control_number"], "Z9", "{waiting:#}");
    office.check();
}

#[test]
fn the_835_of_a_keyed_payment_takes_its_place_and_cash_counts_once() {
    let office = two_claims();
    office.done(&keyed(&[A1, "A2 CO-197=200"]));
    let before = accounts(&office);
    let report = electronic(&office, "CO*197*200");
    let set = &report["files"][0]["transactions"][0];
    assert_eq!(
        (set["status"].as_str(), set["issues"][0]["code"].as_str()),
        (Some("posted"), Some("keyed-before"))
    );
    assert_eq!((status(&office, 1).as_str(), status(&office, 2).as_str()), ("reversed", "posted"));
    assert_eq!(set["remit_id"], 2, "{set:#}");
    let cash = |all: &[(String, String)]| {
        all.iter().find(|(name, _)| name == "cash:insurance").expect("cash").1.clone()
    };
    assert_eq!(cash(&accounts(&office)), cash(&before));
    assert_eq!(claim(&office, "A1", "balance"), "30.00");
    assert_eq!(office.json(&["denial", "list"])["rows"].as_array().map(Vec::len), Some(1));
    office.check();
    // What is out is out; and the same file again changes nothing.
    let twice = office.run(&["remit", "reverse", "1", "--reason", "keep the 835"]);
    assert_eq!(twice.status.code(), Some(4));
    let again = electronic(&office, "CO*197*200");
    assert_eq!(again["files"][0]["status"], "duplicate");
}

#[test]
fn an_835_that_says_something_else_is_held_beside_what_was_keyed() {
    for reason in ["CO*45*200", "PR*2*200", "CO*16*200"] {
        let office = two_claims();
        office.done(&keyed(&[A1, "A2 CO-197=200"]));
        let before = accounts(&office);
        let report = electronic(&office, reason);
        let set = &report["files"][0]["transactions"][0];
        if reason == "CO*16*200" {
            // Refused for another reason is refused all the same.
            assert_eq!(set["status"], "posted", "{report:#}");
            continue;
        }
        assert_eq!(set["status"], "held", "{report:#}");
        assert_eq!(accounts(&office), before);
        let message = set["issues"][0]["message"].as_str().expect("a message");
        let shown = office.done(&["remit", "show", "2"]);
        assert!(shown.contains("A1") && shown.contains("A2"), "{shown}");
        assert!(message.contains("remit replace 1 2"), "{message}");
        office.done(&["remit", "replace", "1", "2", "--reason", "the paper was misread"]);
        assert_eq!((status(&office, 1).as_str(), status(&office, 2).as_str()), ("reversed", "posted"));
        office.check();
    }
}

/// An amount or a day misread, leading zeros left out: the number says that it is one check, and a person says which is right.
#[test]
fn an_835_of_a_keyed_number_over_another_amount_or_of_another_day_is_held() {
    let of_a1 = |paid: &str, patient: &str| {
        format!(
            "CLP*A1*1*200*{paid}*{patient}*12*ICN1*11*1~CAS*CO*45*50~CAS*PR*2*{patient}~NM1*QC*1*ASPEN0*RED****MI*MA1~"
        )
    };
    for (amount, patient, day, trace) in
        [("115", "35", "20260110", "T7"), ("120", "30", "20260109", "T7"), ("115", "35", "20260109", "00T7")]
    {
        let office = two_claims();
        office.done(&keyed(&[A1]));
        let before = accounts(&office);
        let (paid, answers) = (format!("BPR*I*{amount}*C*CHK"), of_a1(amount, patient));
        let text = remittance(5, "PAYER ONE", &paid, day, trace, &answers);
        let report = office.import(&[&office.write("late.835", text)]);
        let set = &report["files"][0]["transactions"][0];
        let message = set["issues"][0]["message"].as_str().expect("a message");
        assert!(message.contains("same check number") && message.contains("remit replace 1 2"), "{set:#}");
        assert_eq!((set["status"].as_str(), accounts(&office)), (Some("held"), before));
        let shown = office.json(&["remit", "show", "2"]);
        assert_eq!(
            shown["compared"][0][0]["differs"].as_str().is_some_and(|said| said.contains("patient 35.00")),
            amount == "115",
            "{shown:#}"
        );
        office.done(&["remit", "replace", "1", "2", "--reason", "misread"]);
        assert_eq!(claim(&office, "A1", "paid"), format!("{amount}.00"));
        office.check();
        // And back: what went out does not come in beside what took its place.
        let twice = office.run(&["remit", "repost", "1", "--reason", "x"]);
        assert_eq!(twice.status.code(), Some(4));
        assert!(String::from_utf8_lossy(&twice.stderr).contains("remit replace 2 1"), "{twice:?}");
        office.done(&["remit", "replace", "2", "1", "--reason", "the paper was right"]);
        assert_eq!(claim(&office, "A1", "paid"), "120.00");
        office.check();
    }
    // Another payer's check may bear the number.
    let office = two_claims();
    office.done(&keyed(&[A1]));
    let text = remittance(5, "PAYER TWO", "BPR*I*115*C*CHK", "20260112", "T7", &of_a1("115", "35"));
    let report = office.import(&[&office.write("other.835", text)]);
    assert_eq!(report["files"][0]["transactions"][0]["status"], "posted", "{report:#}");
    office.check();
}

#[test]
fn what_is_keyed_after_its_835_is_held() {
    let office = two_claims();
    electronic(&office, "CO*197*200");
    let before = accounts(&office);
    for a1 in [A1, "A1 paid=120 contractual=45 patient=35"] {
        let said = office.run(&keyed(&[a1, "A2 CO-197=200"]));
        assert_eq!((said.status.code(), accounts(&office)), (Some(1), before.clone()), "{said:?}");
        assert!(
            String::from_utf8_lossy(&said.stderr)
                .contains("remittance 1 of 2026-01-10 over 120.00 has the same check number"),
            "{said:?}"
        );
    }
    office.check();
}

#[test]
fn a_keyed_refusal_without_money_gives_way_to_its_835() {
    let office = two_claims();
    let check =
        ["remit", "enter", "--payer", "PAYER ONE", "--check", "N1", "--on", "2026-01-10", "--amount", "0"];
    office.done(&[&check[..], &["--claim", "A2 CO-197=200"]].concat());
    let answer = "CLP*A2*4*200*0**12*ICN2*11*1~CAS*CO*197*200~NM1*QC*1*ASPEN1*RED****MI*MA2~";
    let text = remittance(5, "PAYER ONE", "BPR*H*0*C*NON", "20260110", "N1", answer);
    let report = office.import(&[&office.write("late.835", text)]);
    assert_eq!(report["files"][0]["transactions"][0]["status"], "posted", "{report:#}");
    let case = office.json(&["denial", "show", "1"]);
    let denials = case["events"].as_array().expect("events").iter();
    assert_eq!(denials.filter(|event| event["event"] == "denied").count(), 1, "{case:#}");
    assert_eq!(office.json(&["denial", "list"])["rows"].as_array().map(Vec::len), Some(1));
    office.check();
}

/// A denial appealed and a payment found in the bank: the 835 leaves that as it is.
#[test]
fn what_was_done_about_a_keyed_payment_stands_when_its_835_comes() {
    let office = two_claims();
    office.done(&keyed(&[A1, "A2 CO-197=200"]));
    office.done(&["denial", "appeal", "1", "--on", "2026-01-20"]);
    office.done(&["denial", "note", "1", "--note", "records went by fax"]);
    office.write("bank.csv", "Date,Amount,Description\n2026-01-12,120.00,CHECK T7\n");
    let bank = office.path("bank.csv");
    office.done(&["deposit", "import", bank.to_str().expect("a path"), "--account", "1234"]);
    office.run(&["deposit", "match", "1", "--remit", "1"]);
    let look = || {
        let mut case = office.json(&["denial", "show", "1"]);
        case.as_object_mut().expect("a case").remove("adjudications");
        let deposits = office.json(&["deposit", "list"]);
        let of = |name: &str| deposits["rows"][0][name].as_str().expect("a text").to_owned();
        // The remittance that denied, and that the bank paid, has another number now.
        let case = case.to_string().replace("remittance 2", "remittance 1");
        (case, of("status"), of("remits"))
    };
    let before = look();
    assert_eq!((before.1.as_str(), before.2.as_str()), ("matched", "1"));
    electronic(&office, "CO*197*200");
    let after = look();
    assert_eq!(after, (before.0, before.1, "2".to_owned()));
    // Taken out by its own number it is in nobody's place any more, and what was keyed can come back.
    office.done(&["remit", "reverse", "2", "--reason", "not ours"]);
    office.check();
    office.done(&["remit", "repost", "1", "--reason", "the paper was right"]);
    office.check();
    assert_eq!(claim(&office, "A1", "paid"), "120.00");
    office.check();
}

/// Put on another claim by a person, or sent back by check: as it was, so it stays.
#[test]
fn where_a_person_put_a_keyed_payment_its_835_lies() {
    let late = |number: &str| {
        let answer =
            format!("CLP*{number}*1*200*120*30*12*ICN1*11*1~CAS*CO*45*50~CAS*PR*2*30~NM1*QC*1*ASPEN0*RED~");
        remittance(5, "PAYER ONE", "BPR*I*120*C*CHK", "20260110", "T7", &answer)
    };
    let office = two_claims();
    office.done(&keyed(&[A1]));
    let elsewhere = ["claim", "move-payment", "A2", "1", "--against-evidence", "--reason", "says the payer"];
    office.done(&elsewhere);
    assert_eq!(
        (claim(&office, "A1", "paid"), claim(&office, "A2", "paid")),
        ("0.00".into(), "120.00".into())
    );
    let before = accounts(&office);
    let report = office.import(&[&office.write("late.835", late("A1"))]);
    assert_eq!(report["files"][0]["transactions"][0]["status"], "posted", "{report:#}");
    assert_eq!((claim(&office, "A2", "paid"), accounts(&office)), ("120.00".into(), before));
    office.check();

    let office = two_claims();
    office.run(&keyed(&["Z9 paid=120 contractual=50 patient=30"]));
    office.done(&[
        "unapplied",
        "send",
        "1",
        "120",
        "--check",
        "88",
        "--reason",
        "not ours",
        "--on",
        "2026-02-01",
    ]);
    let before = (accounts(&office), office.json(&["report", "refunds"]));
    let report = office.import(&[&office.write("late.835", late("Z9"))]);
    assert_eq!(report["files"][0]["transactions"][0]["status"], "posted", "{report:#}");
    assert_eq!((accounts(&office), office.json(&["report", "refunds"])), before);
    office.check();
}

/// Paper says less than the 835: a claim of that number that is another patient's is for a person to see.
#[test]
fn an_835_that_contradicts_the_claim_on_which_paper_was_keyed_is_held() {
    let office = two_claims();
    office.done(&keyed(&[A1]));
    let answer = "CLP*A1*1*200*120*30*12*ICN1*11*1~CAS*CO*45*50~CAS*PR*2*30~NM1*QC*1*BIRCH*BLUE****MI*QQ7~";
    let text = remittance(5, "PAYER ONE", "BPR*I*120*C*CHK", "20260110", "T7", answer);
    let report = office.import(&[&office.write("late.835", text)]);
    assert_eq!(report["files"][0]["transactions"][0]["status"], "held", "{report:#}");
    assert_eq!(claim(&office, "A1", "paid"), "120.00");
    office.done(&["remit", "replace", "1", "2", "--reason", "the 835 is right"]);
    assert_eq!(claim(&office, "A1", "paid"), "0.00");
    assert_eq!(office.json(&["unapplied", "list"])["rows"][0]["paid"], "120.00");
    office.check();
}

/// A takeback on paper was settled by a person: that stands on the item of the 835.
#[test]
fn what_was_settled_of_a_keyed_item_stands_when_its_835_comes() {
    let office = two_claims();
    let check =
        ["remit", "enter", "--payer", "PAYER ONE", "--check", "T9", "--on", "2026-01-10", "--claim", A1];
    office.done(&[&check[..], &["--amount", "100", "--taken-back", "20 ICN9"]].concat());
    office.done(&[
        "plb",
        "settle",
        "1",
        "--account",
        "expense:plb_other",
        "--reason",
        "known",
        "--on",
        "2026-01-12",
    ]);
    let before = accounts(&office);
    let answer = "CLP*A1*1*200*120*30*12*ICN1*11*1~CAS*CO*45*50~CAS*PR*2*30~NM1*QC*1*ASPEN0*RED****MI*MA1~\
         PLB*1234567893*20261231*WO:ICN9*20~";
    let text = remittance(5, "PAYER ONE", "BPR*I*100*C*CHK", "20260110", "T9", answer);
    let report = office.import(&[&office.write("late.835", text)]);
    assert_eq!(report["files"][0]["transactions"][0]["status"], "posted", "{report:#}");
    assert_eq!(accounts(&office), before);
    office.check();
    office.done(&["plb", "unsettle", "1", "--reason", "not known"]);
    office.check();
    let open = office.json(&["plb", "list", "--open"]);
    assert_eq!(
        (&open["rows"][0]["remit_id"], &open["rows"][0]["open"]),
        (&2.into(), &"20.00".into()),
        "{open:#}"
    );
}

/// A dollar more than the claims was said to be a fee by who posted it: that item is of another kind than the 835's, which waits
/// for a person.
#[test]
fn a_keyed_payment_with_an_item_that_somebody_settled_is_not_replaced() {
    let office = two_claims();
    let table = "claim,payer,check number,check date,check amount,charge,paid,contractual,coinsurance\n\
        A1,PAYER ONE,T7,2026-01-10,121,200,120,50,30\n";
    office.import(&[&office.write("eob.csv", table)]);
    let words = ["--accept", "transaction-out-of-balance", "--difference-to", "expense:plb_other"];
    office.done(&[&["remit", "post", "1"], &words[..], &["--reason", "interest"]].concat());
    let before = accounts(&office);
    let answer = "CLP*A1*1*200*120*30*12*ICN1*11*1~CAS*CO*45*50~CAS*PR*2*30~NM1*QC*1*ASPEN0*RED****MI*MA1~\
         PLB*1234567893*20261231*L6*-1~";
    let text = remittance(5, "PAYER ONE", "BPR*I*121*C*CHK", "20260110", "T7", answer);
    let report = office.import(&[&office.write("late.835", text)]);
    assert_eq!(report["files"][0]["transactions"][0]["status"], "held", "{report:#}");
    assert_eq!(accounts(&office), before);
    office.check();
}

#[test]
fn columns_that_nothing_is_read_from_are_named() {
    let office = two_claims();
    let table = "claim,payer,check number,check date,charge,paid,contractual,Sequestration,Comment\n\
        A1,PAYER ONE,T7,2026-01-10,200,150,50,3.00,call back\n";
    let path = office.write("eob.csv", table);
    let report = office.import(&[&path]);
    assert_eq!(report["files"][0]["status"], "imported", "{report:#}");
    let message = report["files"][0]["issues"][0]["message"].as_str().expect("a message");
    assert!(message.contains("these columns: Sequestration, Comment"), "{message}");
    let said = office.run(&["import", "--dry-run", path.to_str().expect("a path")]);
    assert!(said.status.success());
}

/// Interest and money taken back stand on paper too; the 835 says the same of them, or waits.
#[test]
fn provider_level_items_are_keyed_with_their_check() {
    let check =
        ["remit", "enter", "--payer", "PAYER ONE", "--check", "T9", "--on", "2026-01-10", "--claim", A1];
    let keyed = |more: &[&'static str]| [&check[..], more].concat();
    let whole = ["--amount", "43", "--interest", "3", "--taken-back", "80 ICN77"];
    for taken_back in ["80", "70"] {
        let office = two_claims();
        for (wrong, code) in [
            (keyed(&["--amount", "44", "--interest", "3", "--taken-back", "80 ICN77"]), 4),
            (keyed(&["--amount", "43", "--item", "QQ=80 ICN77"]), 2),
            (keyed(&["--amount", "43", "--taken-back", "ICN77"]), 2),
        ] {
            assert_eq!(office.run(&wrong).status.code(), Some(code), "{wrong:?}");
        }
        office.done(&keyed(&whole));
        let balance = |name: &str| {
            let all = accounts(&office);
            all.into_iter()
                .find(|(account, _)| account == name)
                .map_or_else(String::new, |(_, balance)| balance)
        };
        let stands = || ["cash:insurance", "income:interest", "plb:WO"].map(balance);
        assert_eq!(stands(), ["43.00", "-3.00", "80.00"]);
        office.check();
        // Keyed in the other words it is the same payment.
        let said = office.done(&keyed(&["--amount", "43", "--item", "L6=-3", "--item", "WO=80 ICN77"]));
        assert!(said.contains("duplicate"), "{said}");

        let answer = format!(
            "CLP*A1*1*200*120*30*12*ICN1*11*1~CAS*CO*45*50~CAS*PR*2*30~NM1*QC*1*ASPEN0*RED****MI*MA1~\
             PLB*1234567893*20261231*WO:ICN77 X*{taken_back}*L6*{}~",
            if taken_back == "80" { "-3" } else { "7" }
        );
        let text = remittance(5, "PAYER ONE", "BPR*I*43*C*CHK", "20260110", "T9", &answer);
        let report = office.import(&[&office.write("late.835", text)]);
        let status = &report["files"][0]["transactions"][0]["status"];
        assert_eq!(status, if taken_back == "80" { "posted" } else { "held" }, "{report:#}");
        assert_eq!(stands(), ["43.00", "-3.00", "80.00"]);
        office.check();
        let items = office.json(&["plb", "list"]);
        let references: Vec<&str> = items["rows"]
            .as_array()
            .expect("rows")
            .iter()
            .filter_map(|row| row["reference"].as_str())
            .collect();
        let wanted = if taken_back == "80" { "ICN77 X" } else { "ICN77" };
        assert!(references.contains(&wanted), "{references:?}");
    }
    // In a spreadsheet they are rows of their own.
    let office = two_claims();
    let table = "claim,payer,check number,check date,check amount,charge,paid,contractual,coinsurance,plb code,plb reference,plb amount\n\
        A1,PAYER ONE,T9,2026-01-10,43,200,120,50,30,,,\n,PAYER ONE,T9,2026-01-10,43,,,,,WO,ICN77,80\n\
        ,PAYER ONE,T9,2026-01-10,43,,,,,L6,,-3\n";
    office.import(&[&office.write("eob.csv", table)]);
    assert_eq!(accounts(&office).iter().find(|(name, _)| name == "cash:insurance").expect("cash").1, "43.00");
    let wrong = table.replace(",PAYER ONE,T9,2026-01-10,43,,,,,L6", ",PAYER ONE,T9,2026-01-10,43,200,,,,L6");
    let report = office.import(&[&office.write("wrong.csv", wrong)]);
    assert!(report.to_string().contains("is of no claim"), "{report:#}");
    office.check();
}

const HEADER: &str = "claim,payer,check number,check date,charge,paid,contractual";

/// What a claim lacks stands in a column that nothing is read from: the payer is not to blame.
#[test]
fn a_column_that_is_not_read_and_has_what_a_claim_lacks_is_named() {
    let office = two_claims();
    let before = accounts(&office);
    let table = format!(
        "{HEADER},Clerk,Denied Amt,Deny Code\nA1,PAYER ONE,T7,2026-01-10,200,150,50,kim,0,\n\
         A2,PAYER ONE,T7,2026-01-10,200,0,0,kim,200.00,CO-197\n"
    );
    let path = office.write("eob.csv", table);
    let report = office.import(&[&path]);
    let issues = report["files"][0]["issues"].as_array().expect("issues");
    let said = issues.iter().find(|issue| issue["code"] == "unread-amount").expect("it is said");
    let message = said["message"].as_str().expect("a message");
    assert!(message.contains("\"Denied Amt\"") && message.contains("--map"), "{message}");
    assert_eq!((&said["segment"], &report["totals"]["unapplied"]), (&3.into(), &1.into()), "{report:#}");
    office.done(&["remit", "reverse", "1", "--reason", "the map lacked a column"]);
    let settled = |all: Vec<(String, String)>| -> Vec<_> {
        all.into_iter().filter(|(_, balance)| balance != "0.00").collect()
    };
    assert_eq!(settled(accounts(&office)), settled(before));

    let map = office.write("eob.map", "kind = payments-csv\ndenied = Denied Amt\ndenial_code = Deny Code\n");
    let [path, map] = [path, map].map(|path| path.to_str().expect("a path").to_owned());
    let report = office.json(&["import", "--map", &map, &path]);
    assert_eq!(report["totals"]["matched"], 2, "{report:#}");
    assert_eq!(office.json(&["denial", "list"])["rows"][0]["reason"], "CO-197");
    office.check();
}

#[test]
fn two_columns_together_may_have_what_a_claim_lacks() {
    let office = two_claims();
    let table = format!("{HEADER},Seq,Withheld\nA1,PAYER ONE,T7,2026-01-10,200,120,50,2.40,27.60\n");
    let report = office.import(&[&office.write("eob.csv", table)]);
    let issues = report["files"][0]["issues"].to_string();
    assert!(issues.contains("Seq\\\" and \\\"Withheld"), "{issues}");
}

#[test]
fn a_claim_that_does_not_add_up_for_no_column_waits_and_the_columns_are_named_first() {
    let office = two_claims();
    let table = format!("{HEADER},Balance Due,Note\nA1,PAYER ONE,T7,2026-01-10,200,120,50,12,see p. 30\n");
    let report = office.import(&[&office.write("eob.csv", table)]);
    assert_eq!(report["totals"]["unapplied"], 1, "{report:#}");
    let issues = report["files"][0]["transactions"][0]["issues"].as_array().expect("issues");
    let message = issues[0]["message"].as_str().expect("a message");
    let (columns, payer) = (message.find("(Balance Due, Note)"), message.find("ask the payer"));
    assert!(columns.is_some() && columns < payer, "{message}");
    office.check();
}
