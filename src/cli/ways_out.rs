//! Every hold names a command that ends it: the command exists, and takes what is named (`docs/rules/posting-rules.md` section 10a).

use clap::CommandFactory;

use super::Cli;
use crate::posting::hold::Hold;

/// The commands of a text: what stands between backticks.
fn commands(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// What is wrong with a command as it is named.
fn wrong(named: &str) -> Option<String> {
    let mut command = Cli::command();
    command.build();
    let mut words = named.trim_start_matches("arrears ").split_whitespace().peekable();
    let mut at = &command;
    while let Some(sub) = words.peek().and_then(|word| at.find_subcommand(word)) {
        at = sub;
        words.next();
    }
    if at.has_subcommands() {
        return Some(format!("`{named}`: there is no such command"));
    }
    let (mut operands, several) =
        (0, at.get_positionals().any(|arg| arg.get_num_args().is_some_and(|n| n.max_values() > 1)));
    while let Some(word) = words.next() {
        let Some(option) = word.strip_prefix("--") else {
            operands += 1;
            continue;
        };
        let Some(known) = at.get_arguments().find(|arg| arg.get_long() == Some(option)) else {
            return Some(format!("`{named}`: it takes no --{option}"));
        };
        if known.get_action().takes_values() {
            words.next();
        }
    }
    let most = at.get_positionals().count();
    (operands > most && !several).then(|| format!("`{named}`: it takes {most} operands"))
}

#[test]
fn every_hold_names_a_command_that_exists() {
    for hold in Hold::ALL {
        let named = commands(hold.fix());
        assert!(!named.is_empty(), "{hold}: no way out: {}", hold.fix());
        let wrong: Vec<String> = named.into_iter().filter_map(wrong).collect();
        assert!(wrong.is_empty(), "{hold}: {wrong:?}");
    }
}

#[test]
fn a_command_that_does_not_exist_is_found_out() {
    for (named, why) in [
        ("unapplied vanish ITEM", "no such command"),
        ("unapplied", "no such command"),
        ("unapplied match ITEM CLAIM --on-trust", "takes no --on-trust"),
        ("unapplied match ITEM CLAIM AMOUNT", "takes 2 operands"),
    ] {
        let found = wrong(named).unwrap_or_default();
        assert!(found.contains(why), "{named}: {found}");
    }
    assert_eq!(wrong("arrears unapplied post ITEM CLAIM --reason TEXT --denied REASON=AMOUNT"), None);
}
