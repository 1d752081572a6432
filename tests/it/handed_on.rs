//! What a person decided about a claim payment survives what becomes of its remittance: taken out and put back, replaced by
//! a corrected copy and back, keyed and then told by its 835.

use serde_json::Value;

use crate::denial_work::{answer, denied, refused};
use crate::office::{Office, remittance, two_claims};

/// An 835 over 270 of both claims. `icn` tells copies apart, A1 is paid `paid` of its 200.
fn era(office: &Office, control: u32, trace: &str, icn: &str, paid: u32) -> Value {
    let answers = format!(
        "CLP*A1*1*200*{paid}**12*{icn}1*11*1~CAS*CO*45*{}~NM1*QC*1*ASPEN0*RED****MI*MA1~\
         CLP*A2*1*200*{}**12*{icn}2*11*1~CAS*CO*45*{}~NM1*QC*1*ASPEN1*RED****MI*MA2~",
        200 - paid,
        270 - paid,
        paid - 70
    );
    let text = remittance(control, "PAYER ONE", "BPR*I*270*C*CHK", "20260110", trace, &answers);
    office.import(&[&office.write(&format!("{control}.835"), text)])
}

fn claim(office: &Office, number: &str) -> [String; 2] {
    let listed = office.json(&["claim", "list"]);
    let row = listed["rows"].as_array().expect("rows").iter().find(|row| row["control_number"] == number);
    ["paid", "balance"].map(|field| row.expect("the claim")[field].as_str().expect("text").to_owned())
}

fn unapplied(office: &Office) -> Vec<(u64, String)> {
    let listed = office.json(&["unapplied", "list"]);
    let rows = listed["rows"].as_array().expect("rows").iter();
    rows.map(|row| (row["item_id"].as_u64().expect("id"), row["reason"].as_str().expect("text").to_owned()))
        .collect()
}

fn item(office: &Office, remit: &str, at: usize) -> Value {
    office.json(&["remit", "show", remit])["claim_payments"][at].clone()
}

fn refunds(office: &Office) -> Vec<(String, String)> {
    let listed = office.json(&["report", "refunds", "--period", "2026-02"]);
    let rows = listed["rows"].as_array().expect("rows").iter().filter(|row| row["status"] != "undone");
    let text = |row: &Value, key: &str| row[key].as_str().expect("text").to_owned();
    rows.map(|row| (text(row, "posted_on"), text(row, "open"))).collect()
}

/// What a command says besides tables, on one line.
fn said(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stderr).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The same of one that must succeed.
fn done(office: &Office, args: &[&str]) -> String {
    let output = office.run(args);
    assert!(output.status.success(), "{args:?}: {}", said(&output));
    said(&output)
}

/// What somebody decides about the first claim payment, and how that is seen.
const DECIDED: [(&[&[&str]], &str); 5] = [
    (&[&["unapplied", "unmatch", "1", "--reason", "wrong"]], "taken-off"),
    (
        &[
            &["unapplied", "unmatch", "1", "--reason", "wrong"],
            &["unapplied", "release", "1", "--why", "not ours", "--on", "2026-02-03", "--yes"],
        ],
        "released",
    ),
    (
        &[
            &["unapplied", "unmatch", "1", "--reason", "wrong"],
            &["unapplied", "release", "1", "--foreign", "--why", "not ours", "--on", "2026-02-03"],
        ],
        "released-foreign",
    ),
    (
        &[&["claim", "move-payment", "A2", "1", "--against-evidence", "--displace", "--reason", "hers"]],
        "person:moved",
    ),
    (
        &[
            &["unapplied", "unmatch", "1", "--reason", "wrong"],
            &[
                "unapplied",
                "post",
                "1",
                "A1",
                "--paid",
                "120",
                "--contractual",
                "50",
                "--patient",
                "30",
                "--reason",
                "letter",
            ],
        ],
        "person:by-hand",
    ),
];

fn decided(what: usize) -> (Office, &'static str) {
    let office = two_claims();
    era(&office, 2, "T2", "I", 120);
    let (acts, seen) = DECIDED[what];
    acts.iter().for_each(|act| drop(office.done(act)));
    (office, seen)
}

/// How a claim payment stands, but for its number.
fn stands(office: &Office, remit: &str, at: usize) -> [String; 4] {
    let item = item(office, remit, at);
    ["claim_id", "status", "rule", "matched_by"].map(|key| item[key].to_string())
}

/// The books as they do not depend on numbers and on what took its turns.
fn books(office: &Office) -> (Value, Vec<(String, String)>) {
    let mut books = office.books();
    let accounts = books["accounts"]["rows"].as_array_mut().expect("rows");
    accounts.retain(|row| row["balance"] != "0.00");
    accounts.iter_mut().for_each(|row| {
        row.as_object_mut().expect("a row").retain(|key, _| key == "account" || key == "balance")
    });
    (books, refunds(office))
}

#[test]
fn what_a_person_decided_holds_when_the_remittance_comes_back() {
    for what in 0..DECIDED.len() {
        let (office, seen) = decided(what);
        let (before, stood) = (books(&office), stands(&office, "1", 0));
        assert!(stood.concat().contains(seen), "{stood:?}");
        let out = done(&office, &["remit", "reverse", "1", "--reason", "wrong month"]);
        assert!(out.contains("about 1 claim payment is kept"), "{out}");
        office.check();
        let back = done(&office, &["remit", "repost", "1", "--reason", "right month"]);
        assert!(back.contains("about 1 claim payment holds again"), "{back}");
        assert_eq!((books(&office), stands(&office, "1", 0)), (before, stood), "{seen}");
        office.check();
        // And can be taken back as before.
        if seen.starts_with("released") {
            assert_eq!(unapplied(&office), []);
            office.done(&["unapplied", "unrelease", "1", "--reason", "ours"]);
            assert_eq!(claim(&office, "A1"), ["120.00", "0.00"]);
        } else if seen == "person:by-hand" {
            office.done(&["unapplied", "unmatch", "1", "--reason", "no letter"]);
            assert_eq!(unapplied(&office)[0].1, "taken-off");
        }
        office.check();
    }
}

#[test]
fn what_a_person_decided_goes_on_to_a_corrected_copy_and_back() {
    for what in 0..DECIDED.len() {
        let (office, seen) = decided(what);
        let (before, stood) = (books(&office), stands(&office, "1", 0));
        era(&office, 3, "T2", "J", 120);
        let words = done(&office, &["remit", "replace", "1", "2", "--reason", "a corrected copy"]);
        assert!(words.contains("Claim payment 1 was") && words.contains("that holds for 3,"), "{words}");
        assert_eq!((books(&office), stands(&office, "2", 0)), (before.clone(), stood.clone()), "{seen}");
        office.check();
        office.done(&["remit", "replace", "2", "1", "--reason", "it was right"]);
        assert_eq!((books(&office), stands(&office, "1", 0)), (before.clone(), stood.clone()), "{seen}");
        office.check();
        // A decision on the way counts, and goes on too.
        office.done(&["remit", "replace", "1", "2", "--reason", "a corrected copy"]);
        if seen.starts_with("released") {
            office.done(&["unapplied", "unrelease", "3", "--reason", "ours"]);
            office.done(&["remit", "replace", "2", "1", "--reason", "it was right"]);
            assert_eq!(
                (claim(&office, "A1"), unapplied(&office)),
                (["120.00".to_owned(), "0.00".to_owned()], vec![])
            );
        }
        office.check();
    }
}

#[test]
fn a_decision_that_cannot_hold_for_a_corrected_copy_lets_it_wait_and_is_said() {
    for what in [1, 4] {
        let (office, seen) = decided(what);
        era(&office, 3, "T2", "J", 130);
        let words = done(&office, &["remit", "replace", "1", "2", "--reason", "a corrected copy"]);
        assert!(words.contains("3 takes its place and waits, for it pays 130.00"), "{seen}: {words}");
        assert_eq!(unapplied(&office), [(3, "taken-off".to_owned())]);
        let shown = done(&office, &["unapplied", "show", "3"]);
        assert!(shown.contains("claim payment 1 was"), "{shown}");
        assert_eq!(
            (claim(&office, "A1"), refunds(&office)),
            (["0.00".to_owned(), "200.00".to_owned()], vec![])
        );
        office.check();
    }
    // None of the copy speaks of the claim.
    let (office, _) = decided(1);
    let one = "CLP*A2*1*200*270**12*K2*11*1~CAS*CO*45*-70~NM1*QC*1*ASPEN1*RED****MI*MA2~";
    let text = remittance(3, "PAYER ONE", "BPR*I*270*C*CHK", "20260110", "T2", one);
    office.import(&[&office.write("3.835", text)]);
    let words = done(&office, &["remit", "replace", "1", "2", "--reason", "a corrected copy"]);
    assert!(
        words.contains("Claim payment 1 was released") && words.contains("none of remittance 2"),
        "{words}"
    );
    office.check();
}

/// The second of two copies that both came in: what was decided of the first holds for the one that stays, too.
#[test]
fn a_decision_goes_on_to_a_copy_that_is_in_the_books_already() {
    for what in 0..DECIDED.len() {
        let (office, seen) = decided(what);
        let (before, stood) = (books(&office), stands(&office, "1", 0));
        office.run(&["remit", "reverse", "1", "--reason", "twice"]);
        era(&office, 3, "T3", "J", 120);
        office.done(&["remit", "repost", "1", "--also", "--reason", "both"]);
        office.done(&["remit", "replace", "1", "2", "--reason", "one payment"]);
        let after = stands(&office, "2", 0);
        let same = |of: &[String; 4]| of.iter().skip(1).cloned().collect::<Vec<_>>();
        assert_eq!(same(&after), same(&stood), "{seen}");
        assert_eq!(books(&office).1, before.1, "{seen}");
        office.check();
    }
}

/// A copy that comes while the first one is out takes nobody's place by itself: what was decided is named, and handed on.
#[test]
fn a_decision_about_a_remittance_that_is_out_is_named_when_another_copy_comes() {
    for what in 0..DECIDED.len() {
        let (office, seen) = decided(what);
        let (before, stood) = (books(&office), stands(&office, "1", 0));
        office.done(&["remit", "reverse", "1", "--reason", "a better copy comes"]);
        let report = era(&office, 3, "T2", "J", 120);
        let set = &report["files"][0]["transactions"][0];
        let issue = set["issues"].as_array().expect("issues").iter().find(|i| i["code"] == "decided-before");
        let message = issue.unwrap_or_else(|| panic!("{report:#}"))["message"].as_str().expect("words");
        assert!(set["status"] == "posted" && message.contains("remit replace 1 2"), "{set:#}");
        let words = done(&office, &["remit", "replace", "1", "2", "--reason", "this is it"]);
        assert!(words.contains("was out of the books") && words.contains("that holds for 3,"), "{words}");
        assert_eq!((books(&office), stands(&office, "2", 0)), (before, stood), "{seen}");
        office.check();
    }
    // Where nothing was decided there is nothing to say, and nothing to do.
    let office = two_claims();
    era(&office, 2, "T2", "I", 120);
    office.done(&["remit", "reverse", "1", "--reason", "a better copy comes"]);
    let report = era(&office, 3, "T2", "J", 120);
    assert!(!report.to_string().contains("decided-before"), "{report:#}");
}

#[test]
fn remittances_that_have_nothing_to_do_with_one_another_do_not_change_places() {
    let office = two_claims();
    era(&office, 2, "T2", "I", 120);
    let other = "CLP*Z9*1*90*90**12*Q9*11*1~NM1*QC*1*BIRCH*BLUE****MI*MZ9~";
    let text = remittance(3, "PAYER ONE", "BPR*I*90*C*CHK", "20260111", "T3", other);
    office.import(&[&office.write("3.835", text)]);
    let before = books(&office);
    let output = office.run(&["remit", "replace", "1", "2", "--reason", "a slip"]);
    let words = said(&output);
    assert_eq!(output.status.code(), Some(4));
    for part in
        ["not one payment", "check numbers are T2 and T3", "no claim is in both", "--against-evidence"]
    {
        assert!(words.contains(part), "{words}");
    }
    assert!(!words.contains("the payers are"), "{words}");
    assert_eq!(books(&office), before);
    office.done(&["remit", "replace", "1", "2", "--against-evidence", "--reason", "the bank says so"]);
    assert_eq!(claim(&office, "A1"), ["0.00", "200.00"]);
    office.check();
}

/// Two copies were held beside what was keyed; the third says the same and takes its place.
#[test]
fn a_held_copy_that_is_set_aside_is_named() {
    let office = two_claims();
    let keyed =
        ["remit", "enter", "--payer", "PAYER ONE", "--check", "T2", "--on", "2026-01-10", "--amount", "270"];
    let claims = ["--claim", "A1 paid=120 contractual=80", "--claim", "A2 paid=150 contractual=50"];
    office.done(&[&keyed[..], &claims].concat());
    era(&office, 2, "T2", "I", 130);
    let report = era(&office, 3, "T2", "J", 120);
    let issues = report["files"][0]["transactions"][0]["issues"].as_array().expect("issues").clone();
    let codes: Vec<&str> = issues.iter().filter_map(|issue| issue["code"].as_str()).collect();
    assert_eq!(codes, ["keyed-before", "held-copy-set-aside"], "{report:#}");
    assert!(issues[1]["message"].as_str().expect("words").contains("remittance 2"), "{report:#}");
    office.check();
}

/// An 835 that is held though its dollars are those that were keyed says why.
#[test]
fn what_contradicts_the_claim_is_shown_beside_what_was_keyed() {
    let office = two_claims();
    let keyed =
        ["remit", "enter", "--payer", "PAYER ONE", "--check", "T2", "--on", "2026-01-10", "--amount", "120"];
    office.done(&[&keyed[..], &["--claim", "A1 paid=120 contractual=80"]].concat());
    let other = "CLP*A1*1*200*120**12*I1*11*1~CAS*CO*45*80~NM1*QC*1*BIRCH*BLUE****MI*MZ9~";
    let text = remittance(2, "PAYER ONE", "BPR*I*120*C*CHK", "20260110", "T2", other);
    office.import(&[&office.write("2.835", text)]);
    let shown = office.json(&["remit", "show", "2"]);
    let differs = shown["compared"][0][0]["differs"].as_str().expect("words");
    assert!(differs.contains("another patient's"), "{shown:#}");
}

fn denial(office: &Office, id: &str) -> [String; 4] {
    let shown = office.json(&["denial", "show", id])["denial"].clone();
    ["status", "assignee", "next_action", "next_action_on"].map(|key| shown[key].to_string())
}

#[test]
fn a_denial_keeps_its_number_and_work_whichever_remittance_goes_first() {
    for (out, back) in [(["1", "2"], ["1", "2"]), (["1", "2"], ["2", "1"]), (["2", "1"], ["1", "2"])] {
        let office = denied(&["C1"], "CO*16");
        answer(&office, 3, "20260710", "0", &refused("C1", "B", "CO*50"));
        office.done(&["denial", "appeal", "1", "--on", "2026-07-15", "--proof", "P1"]);
        office.done(&["denial", "assign", "1", "--who", "bob"]);
        let before = (denial(&office, "1"), office.books());
        out.iter().for_each(|remit| drop(office.done(&["remit", "reverse", remit, "--reason", "x"])));
        office.check();
        back.iter().for_each(|remit| drop(office.done(&["remit", "repost", remit, "--reason", "x"])));
        assert_eq!((denial(&office, "1"), office.books()), before);
        office.check();
    }
}

#[test]
fn a_case_is_not_called_reopened_for_a_remittance_that_went_and_came_back() {
    let office = denied(&["C1"], "CO*197");
    office.done(&["denial", "propose-write-off", "1", "--amount", "30", "--on", "2026-06-25", "--yes"]);
    office.done(&["denial", "call", "1", "--next", "send the chart", "--next-on", "2026-10-05"]);
    answer(&office, 3, "20260710", "0", &refused("C1", "B", "CO*197"));
    office.done(&["denial", "call", "1", "--next", "call again", "--next-on", "2026-10-06"]);
    let before = denial(&office, "1");
    office.done(&["remit", "reverse", "2", "--reason", "x"]);
    assert_eq!(denial(&office, "1")[0], "\"open\"");
    office.done(&["remit", "repost", "2", "--reason", "x"]);
    assert_eq!(denial(&office, "1"), before);
    let events = office.json(&["denial", "show", "1"])["events"].clone();
    let of =
        |event: &str| events.as_array().expect("events").iter().filter(|row| row["event"] == event).count();
    assert_eq!((of("denied-again"), of("told-anew")), (1, 2), "{events:#}");
    office.check();
}
