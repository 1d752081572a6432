//! Every page of help fits a terminal of 80 columns: what stands as it was written is no wider, examples least of all.

use clap::{Command, CommandFactory};

use super::Cli;
use crate::domain::deed::DeedVerb;

const COLUMNS: usize = 80;

fn visit(command: &Command, path: &str, wide: &mut Vec<String>) {
    let path = format!("{path} {}", command.get_name());
    let help = command.get_after_long_help().map(ToString::to_string).unwrap_or_default();
    // Sentences are wrapped; lines that stand in are as they were written.
    let written = help.lines().filter(|line| line.starts_with("  "));
    wide.extend(written.filter(|line| line.chars().count() > COLUMNS).map(|line| format!("{path}: {line}")));
    command.get_subcommands().for_each(|sub| visit(sub, &path, wide));
}

#[test]
fn no_example_is_wider_than_a_terminal() {
    let mut command = Cli::command();
    command.build();
    let mut wide = Vec::new();
    visit(&command, "", &mut wide);
    assert!(wide.is_empty(), "{}", wide.join("\n"));
}

#[test]
fn help_names_what_a_map_may_name() {
    let mut command = Cli::command();
    for (path, names) in [
        (
            &["import"][..],
            &["payer_claim_number", "denial_code", "adjustment_code_1", "claims-csv:", "opening-csv:"][..],
        ),
        (&["deposit", "import"], &["bank_reference", "deposit_date"]),
    ] {
        let found =
            path.iter().fold(&mut command, |at, name| at.find_subcommand_mut(name).expect("a command"));
        let help = found.render_long_help().to_string();
        names.iter().for_each(|name| assert!(help.contains(name), "{path:?}: {name}: {help}"));
    }
}

/// Commands that change nothing.
const READING: &[&str] = &[
    "account list",
    "audit log",
    "audit verify",
    "claim list",
    "claim show",
    "clock amounts list",
    "clock holidays list",
    "clock list",
    "code list",
    "code show",
    "completions",
    "db check",
    "db info",
    "denial list",
    "denial show",
    "deposit list",
    "followup list",
    "man",
    "payer list",
    "payer show",
    "period check",
    "period list",
    "plb list",
    "plb show",
    "practice show",
    "rejection list",
    "remit list",
    "remit show",
    "status",
    "synth",
    "template list",
    "template show",
    "unapplied list",
    "unapplied show",
];

/// Commands that are logged as another one, or as two.
const CALLED: &[(&str, &str)] = &[
    ("clock amounts set", "clock amounts"),
    ("clock amounts unset", "clock amounts"),
    ("clock holidays add", "clock holidays"),
    ("clock holidays remove", "clock holidays"),
    // What is done on the screen are acts on denials.
    ("work", "denial next"),
];

fn leaves(command: &Command, path: &str, found: &mut Vec<String>) {
    let mut subs = command.get_subcommands().filter(|sub| sub.get_name() != "help").peekable();
    if subs.peek().is_none() {
        found.push(path.trim().to_owned());
    }
    subs.for_each(|sub| leaves(sub, &format!("{path} {}", sub.get_name()), found));
}

#[test]
fn every_command_is_an_act_that_is_logged_or_changes_nothing() {
    let mut command = Cli::command();
    command.build();
    let mut found = Vec::new();
    leaves(&command, "", &mut found);
    let is_known = |path: &str| {
        let called = CALLED.iter().find(|(known, _)| *known == path).map_or(path, |(_, logged)| logged);
        let reads = READING.contains(&path) || path.starts_with("report ");
        let logged = DeedVerb::ALL.iter().any(|verb| verb.as_str() == called);
        reads != logged
    };
    let unknown: Vec<&String> = found.iter().filter(|path| !is_known(path)).collect();
    assert!(unknown.is_empty(), "neither reading nor an act: {unknown:?}");
}
