//! What the rules cannot read: an office teaches a reason once, or posts one item by hand. Both can be taken back, and the
//! books are then what they were.

use serde_json::Value;

use crate::office::{Billed, Office, claims, remittance};

/// Claims of 200 dollars in two lines, 150 and 50; the patient of each has a name and a member number of its own.
fn bill(numbers: &[&str]) -> String {
    let billed: Vec<Billed<'_>> = numbers
        .iter()
        .map(|number| Billed {
            number,
            charge: "200",
            lines: &[("99214", "150"), ("81003", "50")],
            secondary: false,
            frequency: '1',
            service: "20260302",
        })
        .collect();
    claims(1, "20260305", &billed)
}

fn remit(control: u32, day: &str, paid: &str, claims: &str) -> String {
    let bpr = format!("BPR*I*{paid}*C*ACH");
    remittance(control, "PAYER ONE", &bpr, day, &format!("EFT{control}"), claims)
}

/// 120 paid on the first line of 150; the second line of 50 is refused for `pair` such as `CO*318`.
fn refused_line(number: &str, pair: &str) -> String {
    format!(
        "CLP*{number}*1*200*120**12*ICN{number}~SVC*HC:99214*150*120**1~CAS*CO*45*30~\
         SVC*HC:81003*50*0**1~CAS*{pair}*50~LQ*HE*N989~"
    )
}

pub fn import(office: &Office, name: &str, text: &str) -> Value {
    let path = office.write(name, text);
    let report = office.import(&[&path]);
    office.check();
    report
}

pub fn waiting(office: &Office) -> Vec<String> {
    let list = office.json(&["unapplied", "list"]);
    let rows = list["rows"].as_array().expect("rows").iter();
    rows.map(|row| row["reason"].as_str().expect("a reason").to_owned()).collect()
}

fn bucket(office: &Office, claim: &str, name: &str) -> String {
    let shown = office.json(&["claim", "show", claim]);
    shown["balances"]["buckets"][name].as_str().expect("an amount").to_owned()
}

fn teach(office: &Office, pair: &str, treatment: &str) {
    office.done(&["code", "set", pair, "--as", treatment, "--reason", "the payer's bulletin of May"]);
    office.check();
}

#[test]
fn a_reason_newer_than_the_list_is_taught_once() {
    let office = Office::new();
    import(&office, "a.837", &bill(&["H1", "H2"]));
    import(&office, "b.835", &remit(2, "20260320", "120", &refused_line("H1", "CO*318")));
    assert_eq!(waiting(&office), ["unknown-code"]);
    let fix = office.json(&["unapplied", "list"])["rows"][0]["fix"].to_string();
    assert!(fix.contains("`code set"), "{fix}");
    let untaught = office.json(&["code", "list"]);
    assert_eq!(untaught["rows"][0]["code"], "CO-318", "{untaught:#}");
    assert_eq!(untaught["rows"][0]["waiting"], 1, "{untaught:#}");
    let before = office.books();

    let set = ["code", "set", "co-318", "--as", "denied", "--reason", "the payer's bulletin of May"];
    office.done(&[&set[..], &["--dry-run"]].concat());
    assert_eq!(office.books(), before);
    // Nobody says from when: a reason that means nothing before means the same in what came before.
    office.done(&set);
    office.check();
    assert_eq!(waiting(&office), Vec::<String>::new());
    assert_eq!(bucket(&office, "H1", "denied"), "50.00");
    let denials = office.json(&["report", "denials", "--by", "reason"]);
    assert_eq!(denials["rows"][0]["reason"], "CO-318", "{denials:#}");
    let taught = office.json(&["code", "list"]);
    assert_eq!(taught["rows"].as_array().map(Vec::len), Some(1), "{taught:#}");
    assert_eq!(taught["rows"][0]["treatment"], "denied");
    assert_eq!(taught["rows"][0]["from"], Value::Null, "always");
    assert!(office.json(&["code", "show", "CO-318"]).to_string().contains("bulletin of May"));
    // What comes later with it posts at once.
    import(&office, "c.835", &remit(3, "20260321", "120", &refused_line("H2", "CO*318")));
    assert_eq!(waiting(&office), Vec::<String>::new());
    assert_eq!(bucket(&office, "H2", "denied"), "50.00");

    let unset = ["code", "unset", "CO-318", "--reason", "it meant something else"];
    let stood = office.books();
    office.done(&[&unset[..], &["--dry-run"]].concat());
    assert_eq!(office.books(), stood);
    office.done(&unset);
    office.check();
    assert_eq!(waiting(&office), ["unknown-code", "unknown-code"]);
    assert_eq!(bucket(&office, "H1", "open"), "200.00");
    assert_eq!(office.json(&["report", "denials"])["rows"].as_array().map(Vec::len), Some(0));
    assert!(office.done(&["audit", "log"]).contains("it meant something else"));
    // There is nothing more to take back.
    assert_eq!(office.run(&unset).status.code(), Some(4));
    // Taught otherwise, it is otherwise, and what was first set leaves no trace.
    teach(&office, "CO-318", "contractual");
    assert_eq!(bucket(&office, "H1", "denied"), "0.00");
    assert_eq!(office.json(&["claim", "show", "H1"])["claim"]["balance"], "0.00");
}

#[test]
fn what_is_taught_is_the_same_in_any_order_of_files() {
    let (bill, pay) = (bill(&["H1"]), remit(2, "20260320", "120", &refused_line("H1", "PI*318")));
    let steps: [&dyn Fn(&Office); 3] = [
        &|office| drop(import(office, "a.837", &bill)),
        &|office| drop(import(office, "b.835", &pay)),
        &|office| teach(office, "PI-318", "reduction"),
    ];
    let mut books = Vec::new();
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let office = Office::new();
        order.iter().for_each(|step| steps[*step](&office));
        assert_eq!(waiting(&office), Vec::<String>::new(), "{order:?}");
        books.push(office.books());
    }
    assert_eq!(books[0]["claims"]["rows"][0]["balance"], "0.00");
    assert!(books.iter().all(|other| *other == books[0]), "{books:#?}");
}

#[test]
fn a_reason_that_only_informs_and_an_old_group_are_taught_too() {
    for (pair, typed) in [("CO*225", "CO-225"), ("CR*45", "CR-45")] {
        let office = Office::new();
        import(&office, "a.837", &bill(&["H1"]));
        import(&office, "b.835", &remit(2, "20260320", "120", &refused_line("H1", pair)));
        assert_eq!(waiting(&office).len(), 1, "{typed}");
        let before = office.books();
        teach(&office, typed, "patient-check");
        assert_eq!(waiting(&office), Vec::<String>::new(), "{typed}");
        assert_eq!(bucket(&office, "H1", "hold"), "50.00", "{typed}");
        office.done(&["code", "unset", typed, "--reason", "we asked the payer"]);
        office.check();
        assert_eq!(waiting(&office).len(), 1, "{typed}");
        assert_eq!(office.books(), before, "{typed}");
    }
    // A group that is none cannot be taught; the error names what can be done.
    let office = Office::new();
    let wrong = office.run(&["code", "set", "ZZ-45", "--as", "denied", "--reason", "no group"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("unapplied post"));
    let nobody = ["code", "set", "CO-318", "--as", "denied", "--payer", "77", "--reason", "no such payer"];
    assert_eq!(office.run(&nobody).status.code(), Some(4));
}

#[test]
fn an_unknown_remark_never_holds() {
    let office = Office::new();
    import(&office, "a.837", &bill(&["H1"]));
    let answer = refused_line("H1", "CO*16").replace("N989", "N9999");
    import(&office, "b.835", &remit(2, "20260320", "120", &format!("{answer}MOA***XX99~")));
    assert_eq!(waiting(&office), Vec::<String>::new());
    assert_eq!(bucket(&office, "H1", "denied"), "50.00");
}

/// The claim of the table below: H1, 200 dollars in one line, with a second payer where one is wanted.
pub fn one_line(secondary: bool) -> String {
    let lines: &[(&str, &str)] = &[("99214", "200")];
    let claim = Billed { number: "H1", charge: "200", lines, secondary, frequency: '1', service: "20260302" };
    claims(1, "20260305", &[claim])
}

pub fn clp(status: &str, charge: &str, paid: &str, icn: &str, cas: &str) -> String {
    format!("CLP*H1*{status}*{charge}*{paid}**12*{icn}~{cas}NM1*QC*1*ASPEN0*RED****MI*MH1~DTM*232*20260302~")
}

pub fn from(payer: &str, control: u32, day: &str, paid: &str, claims: &str) -> String {
    remittance(control, payer, &format!("BPR*I*{paid}*C*ACH"), day, &format!("EFT{control}"), claims)
}

/// What stands in the buckets of H1, as `open 200.00, due 30.00`.
pub fn buckets(office: &Office, claim: &str) -> String {
    let filled = ["open", "denied", "pending", "next", "due", "hold"].into_iter().filter_map(|name| {
        let amount = bucket(office, claim, name);
        (amount != "0.00").then(|| format!("{name} {amount}"))
    });
    filled.collect::<Vec<_>>().join(", ")
}

pub fn account(office: &Office, name: &str) -> String {
    let report = office.json(&["report", "trial-balance"]);
    let rows = report["rows"].as_array().expect("rows");
    let row = rows.iter().find(|row| row["account"] == name);
    row.map_or("0.00".to_owned(), |row| row["balance"].as_str().expect("an amount").to_owned())
}

pub const EXPECTED: &str = "CAS*CO*45*50~CAS*PR*2*30~";

/// One hold of a claim payment: how it arises, and how it is posted by hand.
pub struct Held {
    pub hold: &'static str,
    /// Whether a second payer stands behind the first.
    pub secondary: bool,
    /// What came before.
    pub before: Vec<String>,
    /// The remittance with the payment that is held.
    pub item: String,
    /// What is typed after item and claim.
    typed: &'static str,
    /// The buckets then.
    buckets: &'static str,
}

fn held(hold: &'static str, item: String, typed: &'static str, buckets: &'static str) -> Held {
    Held { hold, secondary: false, before: Vec::new(), item, typed, buckets }
}

/// After the first payer paid 120 and left 30.
fn held_after(
    hold: &'static str,
    secondary: bool,
    item: String,
    typed: &'static str,
    then: &'static str,
) -> Held {
    let first = from("PAYER ONE", 2, "20260315", "120", &clp("1", "200", "120", "ICN1", EXPECTED));
    Held { before: vec![first], secondary, ..held(hold, item, typed, then) }
}

pub fn holds() -> Vec<Held> {
    let of = |paid: &str, claim: &str| from("PAYER ONE", 3, "20260320", paid, claim);
    let usual = |cas: &str| of("120", &clp("1", "200", "120", "ICN2", cas));
    let all = "--paid 120 --contractual 50 --patient 30";
    let second = |cas: &str| from("PAYER TWO", 3, "20260420", "20", &clp("2", "200", "20", "S1", cas));
    let elsewhere = |wrong: &str, right: &str| usual(EXPECTED).replace(right, wrong);
    vec![
        held("claim-out-of-balance", usual("CAS*CO*45*50~CAS*PR*2*20~"), all, "due 30.00"),
        held("no-match", elsewhere("CLP*Q77*1*", "CLP*H1*1*"), all, "due 30.00"),
        held(
            "patient-differs",
            elsewhere("ROWAN*IDA****MI*Z5", "ASPEN0*RED****MI*MH1"),
            "--paid 120 --contractual 50 --patient 30 --against-evidence",
            "due 30.00",
        ),
        held(
            "date-differs",
            elsewhere("DTM*232*20250606", "DTM*232*20260302"),
            "--paid 120 --contractual 50 --patient 30 --against-evidence",
            "due 30.00",
        ),
        held(
            "charge-differs",
            of("120", &clp("1", "207.77", "120", "ICN2", "CAS*CO*45*87.77~")),
            "--paid 120 --contractual 50 --denied CO-197=30",
            "denied 30.00",
        ),
        held("unknown-status", of("120", &clp("13", "200", "120", "ICN2", EXPECTED)), all, "due 30.00"),
        held("unknown-code", usual("CAS*ZZ*45*50~CAS*PR*2*30~"), all, "due 30.00"),
        held("bad-data", usual("CAS*CO*45*5O~CAS*PR*2*30~"), all, "due 30.00"),
        held("contradiction", usual("CAS*CO*45*50~CAS*CO*3*30~"), all, "due 30.00"),
        held("admin-reason", usual("CAS*CO*45*50~CAS*OA*225*30~"), "--contractual 80", ""),
        held(
            "whole-charge-written-off",
            of("0", &clp("1", "200", "0", "ICN2", "CAS*CO*45*200~")),
            "--denied co-50:200",
            "denied 200.00",
        ),
        held("positive-reversal", of("120", &clp("22", "200", "120", "ICN2", EXPECTED)), all, "due 30.00"),
        held("prior-payer-on-primary", usual("CAS*OA*23*50~CAS*PR*2*30~"), all, "due 30.00"),
        held(
            "negative-denial",
            of("220", &clp("1", "200", "220", "ICN2", "CAS*CO*16*-20~")),
            "--paid 220 --contractual=-20",
            "",
        ),
        held_after(
            "second-adjudication",
            false,
            of("25", &clp("1", "200", "25", "ICN2", "CAS*CO*45*170~CAS*PR*2*5~")),
            "--paid 25 --patient 5",
            "due 5.00",
        ),
        // A supplement on top of what was paid (24).
        held_after(
            "second-adjudication",
            false,
            of("10", &clp("1", "200", "10", "ICN2", "CAS*OA*B13*120~CAS*CO*45*50~CAS*PR*2*20~")),
            "--paid 10 --patient 20",
            "due 20.00",
        ),
        held_after(
            "prior-payer-differs",
            true,
            second("CAS*OA*23*150~CAS*PR*2*30~"),
            "--paid 20 --patient 10",
            "due 10.00",
        ),
        held_after(
            "below-zero",
            true,
            second("CAS*OA*23*170~CAS*CO*45*30~CAS*OA*101*-20~"),
            "--paid 20 --contractual 10",
            "",
        ),
    ]
}

/// Section 10a: it arises, by hand it posts, the books are right, and taken back they are what they were.
#[test]
fn every_hold_of_a_claim_payment_is_posted_by_hand_and_taken_back() {
    for Held { hold, secondary, before, item, typed, buckets: then } in holds() {
        let office = Office::new();
        import(&office, "a.837", &one_line(secondary));
        for (at, text) in before.iter().enumerate() {
            import(&office, &format!("before{at}.835"), text);
        }
        import(&office, "item.835", &item);
        assert_eq!(waiting(&office), [hold], "{hold}");
        let waits = office.json(&["unapplied", "list"]);
        let fix = waits["rows"][0]["fix"].to_string();
        assert!(fix.contains('`'), "{hold} names no command: {fix}");
        let number = waits["rows"][0]["item_id"].to_string();
        let (books, cash) = (office.books(), account(&office, "cash:insurance"));

        let mut post = vec!["unapplied", "post", &number, "H1", "--reason", "the EOB on paper"];
        post.extend(typed.split(' '));
        office.done(&[&post[..], &["--dry-run"]].concat());
        assert_eq!(office.books(), books, "{hold}: a dry run changes nothing");
        office.done(&post);
        office.check();
        assert_eq!(waiting(&office), Vec::<String>::new(), "{hold}");
        assert_eq!(buckets(&office, "H1"), then, "{hold}");
        assert_eq!(account(&office, "unapplied"), "0.00", "{hold}");
        assert_eq!(account(&office, "cash:insurance"), cash, "{hold}: the item's money and no other");
        let shown = office.json(&["claim", "show", "H1"]).to_string();
        assert!(shown.contains("the EOB on paper"), "{hold}: {shown}");
        assert!(office.done(&["audit", "log"]).contains("the EOB on paper"), "{hold}");

        // Once is enough.
        assert_eq!(office.run(&post).status.code(), Some(4), "{hold}");
        office.done(&["unapplied", "unmatch", &number, "--reason", "the wrong EOB"]);
        office.check();
        assert_eq!(office.json(&["unapplied", "list"]), waits, "{hold}");
        assert_eq!(office.books(), books, "{hold}: taken back exactly");
    }
}

fn post(office: &Office, item: &str, typed: &[&str]) -> (Option<i32>, String) {
    let output = office.run(&[&["unapplied", "post", item, "H1"], typed].concat());
    office.check();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// H1 with one item of 120 that the rules cannot read.
fn office_with_item() -> Office {
    let office = Office::new();
    import(&office, "a.837", &one_line(true));
    let cas = "CAS*ZZ*45*50~CAS*PR*2*30~";
    import(&office, "b.835", &from("PAYER ONE", 2, "20260320", "120", &clp("1", "200", "120", "ICN1", cas)));
    office
}

#[test]
fn a_split_must_be_the_items_and_within_the_claim() {
    let office = office_with_item();
    let books = office.books();
    for (typed, why) in [
        ("--paid 119 --contractual 80", "it pays 120.00, and not 119.00"),
        ("--contractual 79", "add up to 199.00; the item's charge is 200.00"),
        ("--contractual 81", "add up to 201.00"),
        ("--contractual 90 --answers 210", "is left of the claim"),
        ("--contractual 40 --answers 170", "and not to 170.00"),
        ("", "add up to 120.00"),
        ("--contractual 120 --denied CO-50=-40", "not below zero"),
        ("--accept", "takes nothing back"),
    ] {
        let mut args = if typed == "--accept" { vec!["--accept"] } else { vec!["--reason"] };
        args.push("the EOB on paper");
        args.extend(typed.split(' ').filter(|word| !word.is_empty() && *word != "--accept"));
        let (code, said) = post(&office, "1", &args);
        assert_eq!((code, said.contains(why)), (Some(4), true), "{typed}: {said}");
        assert_eq!(office.books(), books, "{typed}");
    }
    for typed in [&["--contractual", "80"][..], &["--reason", "x", "--denied", "50=3"]] {
        assert_eq!(post(&office, "1", typed).0, Some(2), "{typed:?}");
    }
    // A part of the charge, said so: the rest is still to be answered.
    assert_eq!(
        post(&office, "1", &["--contractual", "30", "--answers", "150", "--reason", "one of two"]).0,
        Some(0)
    );
    assert_eq!(buckets(&office, "H1"), "open 50.00");
}

/// What a person posted is an adjudication like another: later payers, reversals, corrections and whole remittances treat it so.
#[test]
fn what_was_posted_by_hand_goes_on_as_any_other() {
    let by_hand = |office: &Office| {
        let typed = ["--contractual", "50", "--patient", "30", "--reason", "the EOB on paper"];
        assert_eq!(post(office, "1", &typed).0, Some(0));
        assert_eq!(buckets(office, "H1"), "next 30.00");
    };
    // The second payer answers.
    let office = office_with_item();
    by_hand(&office);
    let second = clp("2", "200", "20", "S1", "CAS*OA*23*170~CAS*PR*3*10~");
    import(&office, "c.835", &from("PAYER TWO", 3, "20260420", "20", &second));
    assert_eq!(buckets(&office, "H1"), "due 10.00");
    // The remittance goes out of the books and comes back with what the person said.
    let books = office.books();
    office.done(&["remit", "reverse", "1", "--reason", "a test of ours"]);
    office.check();
    office.done(&["remit", "repost", "1", "--reason", "it was right"]);
    office.check();
    assert_eq!(office.books(), books);
    // The payer takes its answer back in its own words.
    let taken = clp("22", "-200", "-120", "ICN1", "CAS*ZZ*45*-50~CAS*PR*2*-30~");
    import(&office, "d.835", &from("PAYER ONE", 4, "20260520", "-120", &taken));
    assert_eq!(waiting(&office), Vec::<String>::new());
    assert_eq!(account(&office, "cash:insurance"), "20.00");

    // A claim that comes after its payment was posted by hand elsewhere does not pull it away.
    let office = Office::new();
    import(&office, "a.837", &one_line(false));
    let other = clp("1", "200", "120", "ICN1", EXPECTED).replace("CLP*H1", "CLP*H9");
    import(&office, "b.835", &from("PAYER ONE", 2, "20260320", "120", &other));
    let typed = ["--contractual", "50", "--patient", "30", "--reason", "the payer mistyped it"];
    assert_eq!(post(&office, "1", &typed).0, Some(0));
    import(
        &office,
        "c.837",
        &one_line(false).replace("CLM*H1*", "CLM*H9*").replace("*MH1", "*MH9").replace("B1*", "B2*"),
    );
    assert_eq!(buckets(&office, "H1"), "due 30.00");

    // A denial by hand is worked, and a paid answer takes its place.
    let office = office_with_item();
    office.done(&["unapplied", "post", "1", "H1", "--denied", "CO-197=80", "--reason", "by phone"]);
    office.check();
    assert_eq!(buckets(&office, "H1"), "denied 80.00");
    let case = office.json(&["denial", "list"])["rows"][0].clone();
    assert_eq!((&case["reason"], &case["open_amount"]), (&"CO-197".into(), &"80.00".into()), "{case:#}");
}

/// Below the charge, twice, or on a claim that has none: by hand no more than by itself. The named way out works.
#[test]
fn by_hand_nothing_goes_beyond_the_claim() {
    let first = from("PAYER ONE", 2, "20260315", "120", &clp("1", "200", "120", "ICN1", EXPECTED));
    let again = from("PAYER ONE", 3, "20260320", "120", &clp("1", "200", "120", "ICN1", EXPECTED));
    let office = Office::new();
    import(&office, "a.837", &one_line(false));
    import(&office, "b.835", &first);
    import(&office, "c.835", &again);
    assert_eq!(waiting(&office), ["duplicate-result"]);
    let all = ["--contractual", "50", "--patient", "30", "--reason", "again"];
    let (code, said) = post(&office, "2", &all);
    assert_eq!((code, said.contains("is left of the claim")), (Some(4), true), "{said}");
    office.done(&["unapplied", "release", "2", "--why", "paid twice, sent back"]);
    office.check();
    assert_eq!(
        (account(&office, "unapplied").as_str(), buckets(&office, "H1").as_str()),
        ("0.00", "due 30.00")
    );

    let office = Office::new();
    import(&office, "a.837", &one_line(false));
    office.done(&["claim", "void", "H1", "--reason", "billed in error", "--on", "2026-03-10"]);
    import(&office, "b.835", &first);
    assert_eq!(waiting(&office), ["claim-closed"]);
    let (code, said) = post(&office, "1", &all);
    assert_eq!((code, said.contains("voided")), (Some(4), true), "{said}");
    let entries = office.json(&["claim", "show", "H1"])["postings"].clone();
    let void = entries.as_array().expect("postings").iter().find(|p| p["rule"] == "void").expect("the void");
    office.done(&["claim", "undo", "H1", &void["entry"].to_string(), "--reason", "it was right"]);
    office.check();
    assert_eq!((waiting(&office).len(), buckets(&office, "H1").as_str()), (0, "due 30.00"));
}

/// A takeback that is nearly the opposite of an answer is accepted with its difference named; the correction that waited for
/// it posts by itself, in any order of the files.
#[test]
fn a_takeback_that_is_nearly_exact_is_accepted_with_its_difference() {
    let files = [
        ("a.837", one_line(false)),
        ("b.835", from("PAYER ONE", 2, "20260320", "120", &clp("1", "200", "120", "ICN1", EXPECTED))),
        (
            "c.835",
            from(
                "PAYER ONE",
                3,
                "20260420",
                "-119.98",
                &clp("22", "-200", "-119.98", "ICN1", "CAS*CO*45*-50.02~CAS*PR*2*-30~"),
            ),
        ),
        ("d.835", from("PAYER ONE", 4, "20260421", "135", &clp("1", "200", "135", "ICN3", "CAS*CO*45*65~"))),
    ];
    let mut all = Vec::new();
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]] {
        let office = Office::new();
        for at in order {
            import(&office, files[at].0, &files[at].1);
        }
        let items = office.json(&["unapplied", "list"]);
        let rows = items["rows"].as_array().expect("rows");
        assert_eq!(rows.len(), 2, "{items:#}");
        let item = rows.iter().find(|row| row["reason"] == "no-original").expect("the takeback");
        let number = item["item_id"].to_string();
        let books = office.books();
        let split = office.run(&["unapplied", "post", &number, "H1", "--contractual", "5", "--reason", "no"]);
        assert_eq!(split.status.code(), Some(4));
        let (code, said) = post(&office, &number, &["--accept", "two cents of interest"]);
        assert_eq!(code, Some(0), "{said}");
        let difference =
            "accepted though it takes back a payment of 119.98 against 120.00: two cents of interest";
        assert!(said.contains(difference), "{said}");
        assert!(office.json(&["report", "journal", "--from", "2026-04-01"]).to_string().contains(difference));
        assert_eq!(waiting(&office), Vec::<String>::new());
        let claim = office.json(&["claim", "show", "H1"])["claim"].clone();
        assert_eq!((&claim["paid"], &claim["adjusted"]), (&"135.02".into(), &"65.00".into()), "{claim:#}");
        assert_eq!(account(&office, "cash:insurance"), "135.02");
        all.push(office.books());
        office.done(&["unapplied", "unmatch", &number, "--reason", "it was another's"]);
        office.check();
        assert_eq!(office.books(), books, "{order:?}");
    }
    assert!(all.iter().all(|books| *books == all[0]), "{all:#?}");
}

/// Older books had settled it: the payer takes that back here, and pays anew.
#[test]
fn a_takeback_of_what_older_books_had_settled_is_accepted() {
    let office = Office::new();
    let opening = "claim,patient,payer,payer id,dos,billed on,charge,paid,adjusted,balance,bucket\n\
                   H1,\"Aspen0, Red\",PAYER ONE,P1,03/02/2026,03/05/2026,200.00,120.00,50.00,30.00,patient\n";
    office.write("open.csv", opening);
    office.json(&["import", "open.csv", "--as", "opening", "--posting-date", "2026-06-30"]);
    office.check();
    let opened = buckets(&office, "H1");
    let taken = clp("22", "-200", "-120", "ICN1", "CAS*CO*45*-50~CAS*PR*2*-30~");
    import(&office, "b.835", &from("PAYER ONE", 2, "20260720", "-120", &taken));
    let anew = clp("1", "200", "100", "ICN2", "CAS*CO*45*60~CAS*PR*2*40~");
    import(&office, "c.835", &from("PAYER ONE", 3, "20260721", "100", &anew));
    let mut waits = waiting(&office);
    waits.sort_unstable();
    assert_eq!(waits, ["no-original", "second-adjudication"]);
    let books = office.books();
    let (code, said) = post(&office, "1", &["--accept", "paid in our old system"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("takes back 120.00 paid and 50.00 taken off before these books began"), "{said}");
    assert_eq!(waiting(&office), Vec::<String>::new());
    assert_eq!(buckets(&office, "H1"), "due 40.00");
    let claim = office.json(&["claim", "show", "H1"])["claim"].clone();
    assert_eq!((&claim["paid"], &claim["adjusted"]), (&"100.00".into(), &"60.00".into()), "{claim:#}");
    assert_eq!(account(&office, "cash:insurance"), "-20.00");
    office.done(&["unapplied", "unmatch", "1", "--reason", "it was another claim"]);
    office.check();
    assert_eq!((office.books(), buckets(&office, "H1")), (books, opened));
}
