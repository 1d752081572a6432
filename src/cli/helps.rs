//! Every page of help fits a terminal of 80 columns: what stands as it was written is no wider, examples least of all.

use clap::{Command, CommandFactory};

use super::Cli;

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
