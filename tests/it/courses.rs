//! Where a denial stands: the same whatever order its files came in, and whatever was joined and parted meanwhile. What
//! persons did is told with what payers said.

use std::path::PathBuf;

use crate::denial_work::{answer, billed, denied, fields, list, refused, shown};
use crate::office::{Billed, Office, claims, remittance};

const PAID: &str = "CLP*C1*1*150*110**12*P1~SVC*HC:99213*150*110~DTM*472*20260601~CAS*CO*45*40~";
const BACK: &str = "CLP*C1*22*-150*-110**12*P1~SVC*HC:99213*-150*-110~DTM*472*20260601~CAS*CO*45*-40~\
                    PLB*1234567893*20261231*FB:X*-110~";

/// Status, dollars open and recovered of the first denial of C1.
fn stands(office: &Office) -> [String; 3] {
    office.check();
    let denial = shown(office, "C1");
    [0, 1, 2].map(|at| fields(&denial, &["status", "open_amount", "recovered"])[at].to_owned())
}

fn words(said: [&str; 3]) -> [String; 3] {
    said.map(str::to_owned)
}

#[test]
fn a_case_stands_where_it_would_had_its_files_come_in_time() {
    let stories: [(&[&str], [&str; 3]); 4] = [
        (&["denied", "paid"], ["recovered", "0.00", "110.00"]),
        (&["denied", "paid", "back"], ["reopened", "150.00", "0.00"]),
        (&["denied", "again"], ["open", "150.00", "0.00"]),
        (&["denied", "paid", "back", "again"], ["reopened", "150.00", "0.00"]),
    ];
    let all = |name: &str| match name {
        "denied" => ("20260620", "0", refused("C1", "A", "CO*197")),
        "paid" => ("20260710", "110", PAID.to_owned()),
        "back" => ("20260801", "0", BACK.to_owned()),
        _ => ("20260820", "0", refused("C1", "B", "CO*16")),
    };
    for (story, wanted) in stories {
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 0, 3, 2], [2, 0, 1, 3], [1, 3, 2, 0], [2, 3, 0, 1]] {
            let office = billed(&["C1"]);
            for at in order.into_iter().filter(|at| *at < story.len()) {
                let (on, paid, text) = all(story[at]);
                answer(&office, 2 + at as u32, on, paid, &text);
            }
            assert_eq!(stands(&office), words(wanted), "{story:?} in the order {order:?}");
        }
    }
}

/// What was given up stays given up when the payer denies again: nothing is open, and nothing is to do.
#[test]
fn an_act_that_stands_on_another_denial_closes_that_too() {
    for (act, state) in [
        (&["claim", "write-off", "C1", "150", "--from", "denied"][..], "written-off"),
        (&["claim", "transfer", "C1", "150", "--from", "denied", "--to", "next"], "next-payer-billed"),
        (&["denial", "propose-write-off", "1"], "written-off"),
        (&["denial", "bill-next-payer", "1"], "next-payer-billed"),
    ] {
        let office = denied(&["C1"], "CO*197");
        let why = if act[0] == "denial" { "--note" } else { "--reason" };
        office.done(&[act, &["--on", "2026-07-01", why, "no use"]].concat());
        assert_eq!(stands(&office), words([state, "0.00", "0.00"]));
        answer(&office, 3, "20260801", "0", &refused("C1", "B", "CO*16"));
        assert_eq!(stands(&office), words([state, "0.00", "0.00"]));
        assert!(list(&office, &[]).is_empty(), "nothing is left to do");
        assert_eq!(shown(&office, "C1")["events"], 2, "the payer said no twice");
    }
}

/// A person lets it wait for the payer once more; the payer did not reverse it, and what it denies then is denied.
#[test]
fn what_waits_for_the_payer_again_is_denied_anew() {
    let office = denied(&["C1"], "CO*197");
    let again = ["claim", "transfer", "C1", "150", "--from", "denied", "--to", "open"];
    office.done(&[&again[..], &["--on", "2026-07-01", "--reason", "sent again"]].concat());
    assert_eq!(stands(&office), words(["resolved", "0.00", "0.00"]));
    answer(&office, 3, "20260801", "0", &refused("C1", "B", "CO*16"));
    assert_eq!(stands(&office), words(["reopened", "150.00", "0.00"]));
    assert_eq!(list(&office, &[]).len(), 1, "somebody must work it");
}

/// An appeal answers the denials that were known; one that comes to light later is news.
#[test]
fn an_appeal_stands_between_what_was_known_and_what_came_later() {
    let office = denied(&["C1"], "CO*197");
    office.done(&["denial", "appeal", "1", "--method", "fax", "--proof", "77", "--on", "2026-07-10"]);
    assert_eq!(stands(&office)[0], "appealed");
    answer(&office, 3, "20260801", "0", &refused("C1", "B", "CO*16"));
    assert_eq!(stands(&office)[0], "open");
    // Noted later, and sent before the second denial: it was answered.
    office.done(&["denial", "appeal", "1", "--method", "fax", "--proof", "78", "--on", "2026-07-20"]);
    assert_eq!(stands(&office)[0], "open");
}

#[test]
fn a_case_of_a_claim_that_was_joined_and_parted_is_what_it_was() {
    let office = Office::new();
    let bill = |number| Billed {
        number,
        charge: "150",
        lines: &[("99213", "150")],
        secondary: false,
        frequency: '1',
        service: "20260601",
    };
    let write = |control: u32, number| -> PathBuf {
        office.write(&format!("{number}.837"), claims(control, "20260603", &[bill(number)]))
    };
    office.import(&[&write(1, "C1"), &write(2, "C2")]);
    // Both were denied: the one that leads keeps its case, that of the other is none while they are one.
    answer(&office, 3, "20260620", "0", &refused("C1", "A", "CO*197"));
    answer(&office, 4, "20260621", "0", &refused("C2", "A", "CO*197"));
    let states = || ["C1", "C2"].map(|claim| shown(&office, claim)["status"].clone());
    assert_eq!(states(), ["open", "open"]);
    let joined = office.run(&["claim", "join", "C1", "C2", "--reason", "one visit"]);
    assert!(joined.status.success(), "{}", String::from_utf8_lossy(&joined.stderr));
    office.done(&["claim", "part", "C2", "--reason", "two after all"]);
    office.check();
    assert_eq!(states(), ["open", "open"]);
}

/// Whether the first answer ended a claim does not depend on whether its payment had to wait for the claim.
#[test]
fn a_first_pass_that_was_taken_back_is_none_in_any_order() {
    let text = ["1 837", "2 paid", "3 back"];
    for order in [[0, 1, 2], [1, 0, 2], [0, 2, 1], [2, 1, 0], [1, 2, 0], [2, 0, 1]] {
        let office = Office::new();
        for at in order {
            match at {
                0 => {
                    let bill = Billed {
                        number: "C1",
                        charge: "150",
                        lines: &[("99213", "150")],
                        secondary: false,
                        frequency: '1',
                        service: "20260601",
                    };
                    let batch = office.write("claims.837", claims(1, "20260603", &[bill]));
                    office.import(&[&batch]);
                }
                1 => drop(answer(&office, 2, "20260620", "110", PAID)),
                _ => drop(answer(&office, 3, "20260801", "0", BACK)),
            }
        }
        let figures =
            office.done(&["report", "kpi", "--from", "2026-01-01", "--to", "2026-12-31", "--format", "csv"]);
        let rate = figures.lines().find(|line| line.starts_with("first_pass_resolution_rate"));
        let order = order.map(|at| text[at]);
        assert!(rate.is_some_and(|line| line.contains(",0.0,percent,0,1,")), "{order:?}: {rate:?}");
    }
}

/// Two payers turn out to be one: nobody waits for itself. Under two policies it is asked twice all the same.
#[test]
fn a_payer_is_not_the_next_after_itself() {
    let share = "CLP*C1*1*150*90*30*12*P1~SVC*HC:99213*150*90~DTM*472*20260601~CAS*CO*45*30~CAS*PR*2*30~";
    for (one_policy, bucket) in [(true, "due"), (false, "next")] {
        let office = Office::new();
        let bill = Billed {
            number: "C1",
            charge: "150",
            lines: &[("99213", "150")],
            secondary: true,
            frequency: '1',
            service: "20260601",
        };
        let text = claims(1, "20260603", &[bill]);
        let text = if one_policy { text.replace("MI*SC1", "MI*MC1") } else { text };
        let batch = office.write("claims.837", text);
        office.import(&[&batch]);
        let paid = remittance(2, "PAYER ONE", "BPR*I*90*C*ACH", "20260620", "T2", share);
        let paid = office.write("2.835", paid);
        office.import(&[&paid]);
        let payers = office.json(&["payer", "list"]);
        let id = |name: &str| {
            let payer = payers["rows"].as_array().expect("rows").iter().find(|row| row["payer"] == name);
            payer.expect("a payer")["payer_no"].to_string()
        };
        office.done(&["payer", "merge", &id("PAYER TWO"), &id("PAYER ONE"), "--yes"]);
        office.check();
        let buckets = office.json(&["claim", "show", "C1"])["balances"]["buckets"].clone();
        assert_eq!(buckets[bucket], "30.00", "{buckets}");
    }
}

/// A payer says no twice under one number on one day: which of the two stands does not hang on their places in the file.
#[test]
fn two_refusals_of_one_number_and_day_stand_the_same_in_any_order() {
    let said = [refused("C1", "A", "CO*16"), refused("C1", "A", "CO*197")];
    let stand = |claims: String| {
        let office = billed(&["C1"]);
        answer(&office, 2, "20260620", "0", &claims);
        assert_eq!(stands(&office), words(["open", "150.00", "0.00"]));
        (fields(&shown(&office, "C1"), &["reason"])[0].to_owned(), office.books()["accounts"].clone())
    };
    assert_eq!(stand(said.concat()), stand([said[1].clone(), said[0].clone()].concat()));
}

/// The first denial comes late, and either is taken out and put back: it is the same case, with the work on it.
#[test]
fn a_case_keeps_its_number_and_its_work_whichever_denial_began_it() {
    let work = |office: &Office| {
        office.check();
        let case = office.json(&["denial", "show", "1"]);
        let listed = list(office, &["--all"]);
        assert_eq!(listed.len(), 1, "{listed:#?}");
        let of = |name: &str| case["denial"][name].clone();
        ["denial_id", "status", "next_action", "next_action_on", "assignee"].map(of)
    };
    let office = billed(&["C1"]);
    answer(&office, 3, "20260820", "0", &refused("C1", "B", "CO*16"));
    let out = |remit: &str| office.done(&["remit", "reverse", remit, "--reason", "not ours"]);
    let back = |remit: &str| office.done(&["remit", "repost", remit, "--reason", "ours"]);
    office.done(&["denial", "assign", "1", "--who", "mary"]);
    office.done(&["denial", "appeal", "1", "--on", "2026-08-25", "--next-on", "2026-10-01", "--step-in"]);
    let before = work(&office);
    assert_eq!(before[1], "appealed");
    answer(&office, 2, "20260620", "0", &refused("C1", "A", "CO*197"));
    assert_eq!(work(&office)[..2], before[..2], "told anew, with a denial before the one that was known");
    let clocks = office.json(&["denial", "show", "1"])["clocks"].to_string();
    assert!(clocks.contains("appeal-1 was sent and is not decided"), "{clocks}");
    out("2");
    assert_eq!(work(&office)[..2], before[..2]);
    back("2");
    let both = work(&office);
    out("1");
    assert_eq!(work(&office)[0], before[0]);
    back("1");
    assert_eq!(work(&office)[..2], both[..2]);

    // Alone on the claim, it is no denial without its remittance, and the same one with it.
    let office = denied(&["C1"], "CO*197");
    office.done(&["denial", "assign", "1", "--who", "mary"]);
    office.done(&["denial", "appeal", "1", "--on", "2026-07-01", "--next-on", "2026-08-01", "--step-in"]);
    let shown = || office.json(&["denial", "show", "1"]);
    let (before, odds) = (shown(), office.json(&["report", "denials", "--by", "reason"]));
    office.done(&["remit", "reverse", "1", "--reason", "not ours"]);
    office.check();
    assert!(list(&office, &["--all"]).is_empty());
    office.done(&["remit", "repost", "1", "--reason", "ours"]);
    office.check();
    assert_eq!((shown(), office.json(&["report", "denials", "--by", "reason"])), (before, odds));
}
