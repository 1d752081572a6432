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

fn import(office: &Office, name: &str, text: &str) -> Value {
    let path = office.write(name, text);
    let report = office.import(&[&path]);
    office.check();
    report
}

fn waiting(office: &Office) -> Vec<String> {
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
    assert!(fix.contains("arrears code set"), "{fix}");
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
