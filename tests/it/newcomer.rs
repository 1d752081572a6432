//! What somebody meets who is new here: lists that a filter empties, words that there are not, files that nothing writes,
//! days that are seldom meant.

use std::process::Output;

use crate::office::{Billed, Office, claims, remittance};

/// Two visits, one denied for an authorization and one unanswered, and a payment that finds no claim.
fn practice() -> Office {
    let lines: &[(&str, &str)] = &[("99203", "175")];
    let bill = |number| Billed {
        number,
        charge: "175",
        lines,
        secondary: false,
        frequency: '1',
        service: "20260511",
    };
    let office = Office::new();
    office.import(&[&office.write("1.837", claims(41, "20260513", &[bill("NU1"), bill("NU2")]))]);
    let answers = "CLP*NU1*1*175*0**12*NUX1*11~SVC*HC:99203*175*0**1~CAS*CO*197*175~\
        CLP*QQ9*1*90*65**12*NUX2*11~SVC*HC:99212*90*65**1~CAS*CO*45*25~PLB*1234567893*20261231*WO:OLD7*2.50~";
    let text = remittance(42, "PAYER ONE", "BPR*I*62.50*C*ACH", "20260601", "NU42", answers);
    office.import(&[&office.write("2.835", text)]);
    office
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned()
}

#[test]
fn a_filter_that_nothing_matches_is_no_all_clear() {
    let office = practice();
    for (args, option) in [
        (&["claim", "list", "--min", "5000"][..], "--min 5000.00"),
        (
            &["claim", "list", "--status", "credit", "--text", "nobody here"],
            "--status credit --text \"nobody here\"",
        ),
        (&["claim", "list", "--open", "--to", "2020-01-01"], "--open --to 2020-01-01"),
        (&["denial", "list", "--reason", "16"], "--reason 16"),
        (&["denial", "list", "--category", "duplicate"], "--category duplicate"),
        (&["denial", "list", "--overdue"], "--overdue"),
        (&["unapplied", "list", "--reason", "ambiguous-match"], "--reason ambiguous-match"),
        (&["followup", "list", "--status", "rejected"], "--status rejected"),
        (&["remit", "list", "--status", "reversed"], "--status reversed"),
        (&["plb", "list", "--text", "nothing"], "--text nothing"),
        (&["audit", "log", "--what", "period"], "--what period"),
        (&["rejection", "list", "--min", "1"], "--min 1.00"),
    ] {
        let output = office.run(args);
        assert!(output.status.success(), "{args:?}: {}", said(&output));
        assert!(said(&output).contains(&format!("Nothing matches {option}.")), "{args:?}: {}", said(&output));
    }
    // What holds for all is said as before.
    assert!(office.done(&["rejection", "list"]).contains("No claim waits to be corrected"));
}

#[test]
fn a_word_that_there_is_not_is_refused_with_those_that_there_are() {
    let office = practice();
    for (args, there_are) in [
        (&["claim", "list", "--status", "denid"][..], "open, denied, pending, next-payer, patient"),
        (&["claim", "list", "--payer", "zzz"], "PAYER ONE (P1)"),
        (&["denial", "list", "--payer", "zzz"], "PAYER ONE (P1)"),
        (&["denial", "list", "--status", "opn"], "appealed"),
        (&["denial", "list", "--reason", "CO-9999"], "CO-197, or the code alone"),
        (&["denial", "list", "--category", "xyz"], "authorization"),
        (&["followup", "list", "--status", "foo"], "promise-passed, no-answer"),
        (&["remit", "list", "--status", "post"], "posted, held, reversed, set-aside"),
        (&["unapplied", "list", "--reason", "no-claim"], "no-match"),
        (&["plb", "list", "--payer", "zzz"], "PAYER ONE (P1)"),
        (&["deposit", "list", "--status", "x"], "open, matched, explained"),
        (&["claim", "review", "--payer", "zzz"], "PAYER ONE (P1)"),
    ] {
        let output = office.run(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", said(&output));
        assert!(said(&output).contains(there_are), "{args:?}: {}", said(&output));
    }
    for reason in ["197", "co-197", "CO-197"] {
        let found = office.json(&["denial", "list", "--reason", reason]);
        assert_eq!(found["rows"][0]["reason"], "CO-197", "{reason}");
    }
    assert_eq!(office.json(&["claim", "list", "--payer", "p1"])["rows"].as_array().map(Vec::len), Some(2));
}

#[test]
fn what_is_written_has_an_ending_that_says_so_and_has_the_item_too() {
    let office = practice();
    for name in ["claims.pdf", "claims.xls"] {
        let output = office.run(&["claim", "list", "-o", name]);
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert!(said(&output).contains(".txt, .csv, .json, .md, .html"), "{}", said(&output));
        assert!(!office.path(name).exists());
    }
    office.done(&["unapplied", "show", "2", "-o", "item.txt"]);
    let written = std::fs::read_to_string(office.path("item.txt")).expect("written");
    for words in ["Item 2", "QQ9", "65.00", "no claim has this number"] {
        assert!(written.contains(words), "{words}: {written}");
    }
}

#[test]
fn days_are_asked_for_by_every_verb_that_takes_one() {
    let office = practice();
    for (args, words) in [
        (
            &["unapplied", "release", "2", "--why", "sent back", "--on", "2026-05-31"][..],
            "before 2026-06-01, the day on which the money came",
        ),
        (&["unapplied", "release", "2", "--why", "sent back", "--on", "2026-10-01"], "still to come"),
        (&["plb", "settle", "1", "--reason", "theirs", "--on", "2062-09-30"], "still to come"),
        (&["unapplied", "match", "2", "NU2", "--on", "1926-09-30"], "the day on which the money came"),
        (&["followup", "note", "NU2", "--words", "called", "--on", "2026-05-10"], "before the service"),
        (&["followup", "note", "NU2", "--words", "called", "--on", "2026-10-01"], "still to come"),
        (&["followup", "call", "NU2", "--promised", "2062-10-15"], "more than a year ahead"),
        (&["followup", "snooze", "NU2", "--until", "2062-10-15"], "more than a year ahead"),
        (&["denial", "call", "1", "--promised", "2062-10-15"], "more than a year ahead"),
        (&["denial", "call", "1", "--promised", "2020-01-01"], "before the service"),
        (&["denial", "snooze", "1", "--until", "2062-10-15"], "more than a year ahead"),
        (&["denial", "note", "1", "--note", "x", "--next-on", "2062-10-15"], "more than a year ahead"),
        (&["claim", "move-payment", "NU2", "1", "--reason", "x", "--on", "2026-10-01"], "still to come"),
    ] {
        let before = office.books();
        let output = office.run(args);
        assert_eq!(output.status.code(), Some(4), "{args:?}: {}", said(&output));
        assert!(
            said(&output).contains(words) && said(&output).contains("`--yes`"),
            "{args:?}: {}",
            said(&output)
        );
        assert_eq!(office.books(), before, "{args:?}");
    }
    office.done(&["denial", "call", "1", "--promised", "2026-10-15"]);
    office.done(&["plb", "settle", "1", "--reason", "theirs", "--on", "2026-06-01"]);
    office.done(&["unapplied", "release", "2", "--why", "sent back", "--on", "2026-06-01"]);
    office.check();
}

#[test]
fn messages_speak_of_buckets_and_counts_as_people_do() {
    let office = practice();
    let output = office.run(&["claim", "write-off", "NU1", "200", "--reason", "x", "--yes"]);
    assert_eq!(output.status.code(), Some(4));
    let words = said(&output);
    assert!(
        words.contains("\"Insurance: denied\" of the claim holds 175.00, which is less than 200.00"),
        "{words}"
    );
    assert!(!words.contains("ar:insurance") && words.contains("hint: "), "{words}");
    let limited = office.done(&["claim", "list", "--limit", "1"]);
    assert!(limited.contains("1 of 2 rows"), "{limited}");
    let released = office.run(&["unapplied", "release", "2", "--why", "sent back", "--dry-run"]);
    assert!(said(&released).contains("Would release 1 item with 65.00"), "{}", said(&released));
    office.done(&["denial", "bill-patient", "1", "--waiver", "notice of 11 May"]);
    let reopened = office.run(&["denial", "reopen", "1"]);
    assert!(said(&reopened).contains("reopen on 1 denial with $175.00 open"), "{}", said(&reopened));
}

#[test]
fn what_practice_set_replaces_is_said() {
    let office = Office::new();
    office.done(&["practice", "set", "--npi", "1234567893"]);
    let output = office.run(&["practice", "set", "--npi", "1245319599"]);
    assert!(said(&output).contains("NPI 1234567893 was known before and is gone"), "{}", said(&output));
    let both = office.run(&["practice", "set", "--npi", "1245319599", "--npi", "1234567893"]);
    assert!(!said(&both).contains("is gone"), "{}", said(&both));
}

#[test]
fn a_joined_claim_shows_all_its_numbers_and_what_was_noted_on_each() {
    let office = practice();
    office.done(&["claim", "note", "NU2", "the card was copied twice"]);
    office.done(&["claim", "join", "NU1", "NU2", "--reason", "one visit", "--against-evidence"]);
    for number in ["NU1", "NU2"] {
        let shown = office.done(&["claim", "show", number]);
        assert!(shown.contains("NU1") && shown.contains("NU2"), "{shown}");
        assert!(shown.contains("the card was copied twice"), "{shown}");
    }
    let shown = office.json(&["claim", "show", "NU1"]);
    assert_eq!(shown["other_numbers"].as_array().map(Vec::len), Some(1), "{shown:#}");
}

#[test]
fn what_falls_into_a_closed_month_says_where_it_counts() {
    let office = practice();
    office.done(&["period", "close", "2026-05"]);
    let output = office.run(&["claim", "pay", "NU2", "10", "--on", "2026-05-15"]);
    let words = said(&output);
    assert!(
        words.contains("2026-05-15 lies in a closed month, so the entry counts on 2026-06-01"),
        "{words}"
    );
    assert!(words.contains("report restate --period 2026-05"), "{words}");
}
