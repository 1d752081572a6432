//! Official code lists that the office loads: whole, with what is newer than this program, and never the wrong columns.

use crate::everything::{everything, rows};
use crate::office::Office;

fn fact(office: &Office, code: &str, list: &str, fact: &str) -> Option<String> {
    let shown = office.json(&["code", "show", code]);
    let rows = shown["rows"].as_array().expect("rows");
    let row = rows.iter().find(|row| row["list"] == list && row["fact"] == fact)?;
    row["value"].as_str().map(str::to_owned)
}

/// What a command says beside its result.
fn said(office: &Office, args: &[&str]) -> String {
    let output = office.run(args);
    assert!(output.status.success(), "{args:?}");
    String::from_utf8(output.stderr).expect("text")
}

#[test]
fn an_official_list_is_loaded_whole() {
    let office = Office::new();
    let list = office.write(
        "carc.csv",
        "Code,Description,Start Date,Stop Date\n16,\"What it says,\nin two lines\",1995-01-01,\n\
         399,Came later,2027-03-01,\nEnd of list,,,\n",
    );
    let path = list.to_str().expect("a path");
    let said = said(&office, &["code", "load", path, "--dry-run"]);
    assert!(said.contains("Would load the official texts of 2 codes"), "{said}");
    assert_eq!(fact(&office, "16", "CARC", "official text"), None);
    let said = self::said(&office, &["code", "load", path]);
    assert!(said.contains("1 code is newer than the list of this program: 399"), "{said}");
    assert_eq!(fact(&office, "CO-16", "CARC", "official dates").as_deref(), Some("since 1995-01-01"));
    assert_eq!(fact(&office, "399", "CARC", "official text").as_deref(), Some("Came later"));
    assert!(fact(&office, "16", "CARC", "official text").is_some_and(|text| text.contains("in two lines")));
}

#[test]
fn a_file_of_combinations_is_no_list_of_texts() {
    let office = Office::new();
    let list = office.write("core.csv", "Scenario,CARC,RARC,CAGC\n1,16,M76,CO\n1,16,N29,CO\n2,31,,PR\n");
    let path = list.to_str().expect("a path");
    let output = office.run(&["code", "load", path]);
    assert_eq!(output.status.code(), Some(4));
    assert_eq!(fact(&office, "16", "CARC", "official text"), None);
    office.done(&["code", "load", path, "--list", "CORE-360"]);
    let goes = fact(&office, "16", "CORE-360", "goes with");
    assert_eq!(goes.as_deref(), Some("scenario 1: CO with M76; scenario 1: CO with N29"));
    assert_eq!(
        fact(&office, "31", "CORE-360", "goes with").as_deref(),
        Some("scenario 2: PR no remark needed")
    );
}

/// What a command says that was typed wrong.
fn refused(office: &Office, args: &[&str]) -> String {
    let output = office.run(args);
    let text = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(2), "{args:?}: {text}");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_mistyped_filter_names_what_there_is() {
    let office = everything(60, 51);
    for (args, there) in [
        (&["claim", "list", "--status", "deniedd"][..], "patient-hold, credit, closed."),
        (&["claim", "list", "--payer", "nosuch"], "PAYER ONE (P1)"),
        (&["claim", "list", "--provider", "nosuch"], "MAPLE STREET (1234567893)"),
        (&["claim", "list", "--bucket", "denid"], "open, denied, pending, next, due, hold"),
        (&["denial", "list", "--reason", "CO-9999"], "such as CO-197"),
        (&["denial", "list", "--status", "opne"], "There are open, appealed"),
        (&["rejection", "list", "--status", "nosuch"], "There are rejected, not_found."),
        (&["rejection", "list", "--provider", "nosuch"], "MAPLE STREET (1234567893)"),
        (&["followup", "list", "--status", "nosuch"], "promise-passed"),
        (&["followup", "list", "--provider", "nosuch"], "MAPLE STREET (1234567893)"),
        (&["remit", "list", "--status", "nosuch"], "posted, held, reversed, set-aside"),
        (&["plb", "list", "--payer", "nosuch"], "PAYER ONE"),
        (&["unapplied", "list", "--reason", "nosuch"], "no-match"),
        (&["unapplied", "release", "--reason", "nosuch", "--why", "x", "--dry-run"], "no-match"),
        (&["unapplied", "release", "--payer", "nosuch", "--why", "x", "--dry-run"], "PAYER ONE"),
        (&["deposit", "list", "--status", "nosuch"], "open, matched, explained"),
        (&["denial", "appeal", "--payer", "nosuch", "--dry-run"], "PAYER ONE"),
        (&["followup", "note", "--status", "nosuch", "--words", "x", "--dry-run"], "promise-passed"),
    ] {
        let said = refused(&office, args);
        assert!(said.contains(there), "{args:?}: {said}");
    }
    // A part of a name, the number, and a code of whichever group find what there is.
    for args in [
        &["claim", "list", "--provider", "maple"][..],
        &["claim", "list", "--provider", "123456"],
        &["claim", "list", "--payer", "p1"],
        &["denial", "list", "--reason", "co-197", "--all"],
    ] {
        assert!(!rows(&office, args).is_empty(), "{args:?}");
    }
    let bare = rows(&office, &["denial", "list", "--reason", "27", "--all"]);
    let whole = rows(&office, &["denial", "list", "--reason", "PR-27", "--all"]);
    assert!(!whole.is_empty() && bare.len() >= whole.len());
    assert!(bare.iter().all(|row| row["reason"].as_str().is_some_and(|reason| reason.ends_with("-27"))));
}

#[test]
fn acts_choose_records_whatever_columns_are_shown() {
    let office = everything(60, 52);
    let done = |more: &[&str]| {
        let act = ["denial", "note", "--payer", "payer one", "--note", "x", "--dry-run"];
        said(&office, &[&act[..], more].concat())
    };
    let wanted = done(&[]);
    assert!(wanted.contains("denial"), "{wanted}");
    for columns in ["payer", "claim_id,denial_id", "claim_id"] {
        assert_eq!(done(&["--columns", columns]), wanted, "{columns}");
    }
    let noted = |more: &[&str]| {
        let act = ["followup", "note", "--payer", "p1", "--words", "x", "--dry-run"];
        said(&office, &[&act[..], more].concat())
    };
    assert_eq!(noted(&["--columns", "age_days"]), noted(&[]));
}
