//! Official code lists that the office loads: whole, with what is newer than this program, and never the wrong columns.

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
