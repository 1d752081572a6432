//! Remittances that are held whole, and the ways out (sections 9, 10 and 10a of the posting rules): each arises, its message
//! names a command, the command is typed as it stands there, and the books are right; then it is taken back.

use serde_json::Value;

use crate::office::{Office, remittance, two_claims};

fn import(office: &Office, name: &str, content: &str) -> Value {
    let path = office.write(name, content);
    office.import(&[&path])
}

/// A remittance of January the 10th: BPR02 with its sign, and what it pays of A1 and A2, less a contract's 50.
fn remit(control: u32, bpr: &str, paid: &[(&str, i64)], more: &str) -> String {
    let mut text = String::new();
    for (number, paid) in paid {
        let share = 150 - paid;
        let patient = if share == 0 { String::new() } else { format!("CAS*PR*2*{share}~") };
        let person = if *number == "A1" { "ASPEN0*RED****MI*MA1" } else { "ASPEN1*RED****MI*MA2" };
        text.push_str(&format!(
            "CLP*{number}*1*200*{paid}**12*I{number}*11*1~CAS*CO*45*50~{patient}NM1*QC*1*{person}~"
        ));
    }
    remittance(control, "PAYER ONE", bpr, "20260110", "T7", &format!("{text}{more}"))
}

/// The message of the one issue that holds the first set.
fn held(report: &Value) -> String {
    let set = &report["files"][0]["transactions"][0];
    assert_eq!(set["status"], "held", "{report:#}");
    set["issues"][0]["message"].as_str().expect("a message").to_owned()
}

fn account(office: &Office, name: &str) -> String {
    let report = office.json(&["report", "trial-balance"]);
    let rows = report["rows"].as_array().expect("rows");
    let row = rows.iter().find(|row| row["account"] == name);
    row.map_or("0.00".to_owned(), |row| row["balance"].as_str().expect("an amount").to_owned())
}

fn paid(office: &Office, claim: &str) -> String {
    let listed = office.json(&["claim", "list"]);
    let row = listed["rows"].as_array().expect("rows").iter().find(|row| row["control_number"] == claim);
    row.expect("the claim")["paid"].as_str().expect("an amount").to_owned()
}

fn refused(office: &Office, args: &[&str]) -> String {
    let output = office.run(args);
    assert_eq!(output.status.code(), Some(4), "{args:?}");
    String::from_utf8(output.stderr).expect("text")
}

/// The command in backquotes after some words.
fn command<'m>(message: &'m str, wanted: &str) -> &'m str {
    let found = message.split('`').find(|part| part.starts_with(wanted));
    found.unwrap_or_else(|| panic!("`{wanted}...` is not named: {message}"))
}

fn typed(office: &Office, command: &str) {
    let mut words: Vec<&str> = command.split(' ').collect();
    if !words.contains(&"--reason") {
        words.push("--reason");
    }
    words.push("the payer said so");
    office.done(&words);
}

#[test]
fn a_corrected_copy_takes_the_place_of_the_one_that_it_corrects() {
    let office = two_claims();
    import(&office, "1.835", &remit(11, "BPR*I*180*C*ACH", &[("A1", 100), ("A2", 80)], ""));
    let before = office.books();
    let message =
        held(&import(&office, "2.835", &remit(12, "BPR*I*180*C*ACH", &[("A1", 80), ("A2", 100)], "")));
    assert_eq!(office.books(), before, "nothing of a held remittance is in the books");
    let shown = office.json(&["remit", "show", "2"]);
    assert_eq!(shown["claim_payments"][0]["status"], "held");
    assert_eq!(shown["compared"][0][0]["difference"], "-20.00", "{shown:#}");
    typed(&office, command(&message, "remit replace"));
    assert_eq!([paid(&office, "A1"), paid(&office, "A2")], ["80.00", "100.00"]);
    assert_eq!(account(&office, "cash:insurance"), "180.00");
    office.check();
    // The other way round it undoes itself.
    office.done(&["remit", "replace", "2", "1", "--reason", "the first was right"]);
    assert_eq!([paid(&office, "A1"), paid(&office, "A2")], ["100.00", "80.00"]);
    assert_eq!(account(&office, "cash:insurance"), "180.00");
    office.check();
}

#[test]
fn two_payments_of_one_number_day_and_amount_are_both_real_when_a_person_says_so() {
    let office = two_claims();
    import(&office, "1.835", &remit(11, "BPR*I*100*C*CHK", &[("A1", 100)], ""));
    let message = held(&import(&office, "2.835", &remit(12, "BPR*I*100*C*CHK", &[("A2", 100)], "")));
    let refusal = refused(&office, &["remit", "repost", "2", "--reason", "both"]);
    assert!(refusal.contains("`arrears remit post 2 --also --reason TEXT`"), "{refusal}");
    typed(&office, command(&message, "remit post"));
    assert_eq!([paid(&office, "A1"), paid(&office, "A2")], ["100.00", "100.00"]);
    assert_eq!(account(&office, "cash:insurance"), "200.00");
    office.check();
    let posted = office.books();
    office.done(&["remit", "reverse", "2", "--reason", "one was a copy"]);
    assert_eq!(account(&office, "cash:insurance"), "100.00");
    // Put back beside the other one it is said once more: cash counts twice.
    let refusal = refused(&office, &["remit", "repost", "2", "--reason", "no, it was not"]);
    assert!(refusal.contains("remittance 1, which is in the books"), "{refusal}");
    office.done(&["remit", "repost", "2", "--also", "--reason", "no, it was not"]);
    assert_eq!(office.books(), posted);
    office.check();
    // It is in the books: the same file is known.
    let again = import(&office, "3.835", &remit(12, "BPR*I*100*C*CHK", &[("A2", 100)], ""));
    assert_eq!(again["files"][0]["transactions"][0]["status"], "duplicate");
}

#[test]
fn once_the_other_one_is_gone_a_held_copy_posts_by_its_file_or_its_number() {
    for by_file in [true, false] {
        let office = two_claims();
        let copy = remit(12, "BPR*I*100*C*CHK", &[("A2", 100)], "");
        import(&office, "1.835", &remit(11, "BPR*I*100*C*CHK", &[("A1", 100)], ""));
        held(&import(&office, "2.835", &copy));
        office.done(&["remit", "reverse", "1", "--reason", "the payer corrected it"]);
        if by_file {
            let report = import(&office, "3.835", &copy);
            assert_eq!(report["files"][0]["transactions"][0]["status"], "posted", "{report:#}");
        } else {
            office.done(&["remit", "repost", "2", "--reason", "the corrected one"]);
        }
        assert_eq!([paid(&office, "A1"), paid(&office, "A2")], ["0.00", "100.00"]);
        assert_eq!(office.json(&["remit", "show", "2"])["claim_payments"].as_array().map(Vec::len), Some(1));
        office.check();
    }
}

#[test]
fn a_payer_that_takes_money_is_posted_once_the_bank_shows_it() {
    let office = two_claims();
    import(&office, "1.835", &remit(11, "BPR*I*100*C*ACH", &[("A1", 100)], "").replace("*T7*", "*T6*"));
    let back = "CLP*A1*22*-200*-100**12*IA1*11*1~CAS*CO*45*-50~CAS*PR*2*-50~NM1*QC*1*ASPEN0*RED****MI*MA1~";
    let message = held(&import(&office, "2.835", &remit(12, "BPR*I*100*D*ACH", &[], back)));
    let refusal = refused(&office, &["remit", "post", "2", "--reason", "x"]);
    assert!(refusal.contains("--accept debit"), "{refusal}");
    typed(&office, command(&message, "remit post"));
    assert_eq!(paid(&office, "A1"), "0.00");
    assert_eq!(account(&office, "cash:insurance"), "0.00");
    office.check();
}

#[test]
fn a_check_in_two_files_is_posted_part_by_part() {
    let office = two_claims();
    let message = held(&import(&office, "1.835", &remit(11, "BPR*I*180*C*CHK", &[("A1", 100)], "")));
    held(&import(&office, "2.835", &remit(12, "BPR*I*180*C*CHK", &[("A2", 80)], "")));
    let post = command(&message, "remit post");
    let refusal = refused(&office, &[post.split(' ').collect::<Vec<_>>(), vec!["--reason", "x"]].concat());
    assert!(refusal.contains("80.00 more") && refusal.contains("--part"), "{refusal}");
    typed(&office, &format!("{post} --part"));
    typed(&office, "remit post 2 --accept transaction-out-of-balance --part");
    assert_eq!([paid(&office, "A1"), paid(&office, "A2")], ["100.00", "80.00"]);
    assert_eq!(account(&office, "cash:insurance"), "180.00");
    let shown = office.json(&["remit", "show", "1"]);
    assert_eq!(shown["paid"], "100.00", "it brings its part");
    office.check();
    office.done(&["remit", "reverse", "1", "--reason", "another site's"]);
    assert_eq!(account(&office, "cash:insurance"), "80.00");
    office.check();
}

#[test]
fn a_cent_off_stands_on_the_account_that_a_person_names() {
    let office = two_claims();
    held(&import(&office, "1.835", &remit(11, "BPR*I*180.01*C*CHK", &[("A1", 100), ("A2", 80)], "")));
    let to = [
        "--accept",
        "transaction-out-of-balance",
        "--difference-to",
        "income:interest",
        "--reason",
        "a cent",
    ];
    office.done(&[&["remit", "post", "1", "--dry-run"], to.as_slice()].concat());
    assert_eq!(account(&office, "cash:insurance"), "0.00", "a dry run posts nothing");
    office.done(&[&["remit", "post", "1"], to.as_slice()].concat());
    assert_eq!(account(&office, "cash:insurance"), "180.01");
    assert_eq!(account(&office, "income:interest"), "-0.01");
    assert_eq!(office.json(&["plb", "list", "--open"])["rows"].as_array().map(Vec::len), Some(0));
    office.check();
}

#[test]
fn a_corrected_remittance_takes_the_place_of_one_out_of_balance_by_itself() {
    let office = two_claims();
    held(&import(&office, "1.835", &remit(11, "BPR*I*180*C*CHK", &[("A1", 100)], "")));
    import(&office, "2.835", &remit(12, "BPR*I*180*C*CHK", &[("A1", 100), ("A2", 80)], ""));
    let listed = office.json(&["remit", "list"]);
    let statuses: Vec<&str> =
        listed["rows"].as_array().expect("rows").iter().filter_map(|row| row["status"].as_str()).collect();
    assert_eq!(statuses, ["posted", "set-aside"]);
    office.check();
}

#[test]
fn what_is_wrong_with_a_payment_is_wrong_with_it_when_its_remittance_comes_back() {
    let office = two_claims();
    let broken = "CLP*A2*1*200*80**12*IA2*11*1~CAS*CO*45*50~NM1*QC*1*ASPEN1*RED****MI*MA2~";
    import(&office, "1.835", &remit(11, "BPR*I*180*C*ACH", &[("A1", 100)], broken));
    let before = office.books();
    office.done(&["remit", "reverse", "1", "--reason", "look"]);
    office.done(&["remit", "repost", "1", "--reason", "looked"]);
    assert_eq!(office.books(), before);
    assert_eq!(office.json(&["unapplied", "list"])["rows"][0]["reason"], "claim-out-of-balance");
    office.check();
}

#[test]
fn the_number_of_a_payment_over_another_amount_posts_and_is_said() {
    let office = two_claims();
    import(&office, "1.835", &remit(11, "BPR*I*100*C*CHK", &[("A1", 100)], ""));
    let report = import(&office, "2.835", &remit(12, "BPR*I*80*C*CHK", &[("A2", 80)], ""));
    let message = said(&report, "same-number").expect("it is said");
    assert_eq!([paid(&office, "A1"), paid(&office, "A2")], ["100.00", "80.00"]);
    office.check();
    typed(&office, command(&message, "remit replace"));
    assert_eq!([paid(&office, "A1"), paid(&office, "A2")], ["0.00", "80.00"]);
    assert_eq!(account(&office, "cash:insurance"), "80.00");
    office.check();
    // Another payer's number says nothing.
    let other = remit(13, "BPR*I*50*C*CHK", &[("A1", 50)], "").replace("PAYER ONE", "PAYER TWO");
    let other = other.replace("*T7*1", "*T7*9");
    assert_eq!(said(&import(&office, "3.835", &other), "same-number"), None);
}

/// What the issue of a code says of the first set.
fn said(report: &Value, code: &str) -> Option<String> {
    let set = &report["files"][0]["transactions"][0];
    assert_eq!(set["status"], "posted", "{report:#}");
    let issues = set["issues"].as_array().expect("issues");
    let found = issues.iter().find(|issue| issue["code"] == code)?;
    Some(found["message"].as_str().expect("a message").to_owned())
}
