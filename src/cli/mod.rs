//! The edge: arguments, clock, terminal, exit codes. Knows everyone; known by no one but `main`.
//!
//! One file for each command. A new command is four lines here: its module, its variant with a one-line help,
//! its arm in `run`, and where it belongs its section of the long help.

mod account;
mod ask;
mod audit;
mod by_hand;
mod choose;
mod claim;
mod clock;
mod code;
mod completions;
pub mod context;
mod db;
mod demo;
mod denial;
mod deposit;
mod export;
pub mod failure;
mod followup;
pub mod global;
#[cfg(test)]
mod helps;
mod import;
mod init;
mod ledger;
mod man;
mod names;
pub mod output;
mod panics;
pub mod parse;
mod payer;
mod period;
mod placing;
mod plb;
mod practice;
pub mod printer;
mod refund_check;
mod rejection;
mod remit;
mod remit_enter;
mod report;
mod screen;
mod status;
mod synth;
mod tables;
mod template;
mod unapplied;
mod undo;
#[cfg(test)]
mod ways_out;
mod written;
// Modules of further commands go above, in the order of the alphabet.

use std::process::ExitCode;

use clap::Parser;

pub use context::Context;
pub use failure::Failure;
pub use global::GlobalArgs;
pub use printer::Printer;

use crate::render::terminal;

/// Track accounts receivable and denials for US medical billing
///
/// arrears keeps an office's claims, payments and denials in one file on its own computer, reconciles
/// remittances against open claims, and reports what is owed, by whom and for how long.
#[derive(Parser, Debug)]
#[command(name = "arrears", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "`arrears COMMAND --help` shows a command with examples.")]
#[command(after_long_help = LONG_HELP)]
pub struct Cli {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(subcommand)]
    command: Command,
}

const LONG_HELP: &str = "\
Examples:
  arrears demo                     a sample practice, its aging and its denials
  arrears init                     make the ledger
  arrears import inbox/            claims, remittances, acknowledgments
  arrears status                   the receivables on one screen
  arrears report aging             what is owed, by how long
  arrears report denials           what was refused, by reason

Exit codes:
  0  done
  1  done, but some input was rejected or held, or a check found problems
  2  wrong usage
  3  the ledger is busy
  4  nothing was done: the ledger or the request cannot be used
  5  it may have been done: look before you repeat it

Environment:
  ARREARS_DB     the ledger, where --db is not given
  NO_COLOR       no colour
  ARREARS_TODAY  the day that counts as today; for tests and documents";

/// What can be asked for. In the order of a day's work.
#[derive(clap::Subcommand, Debug)]
enum Command {
    Init(init::Args),
    Demo(demo::Args),
    Import(import::Args),
    Status(status::Args),
    Claim(claim::Args),
    Remit(remit::Args),
    Unapplied(unapplied::Args),
    Plb(plb::Args),
    Deposit(deposit::Args),
    Rejection(rejection::Args),
    Denial(denial::Args),
    Work(screen::Args),
    Followup(followup::Args),
    Template(template::Args),
    Payer(payer::Args),
    Clock(clock::Args),
    Practice(practice::Args),
    Code(code::Args),
    Report(report::Args),
    Export(export::Args),
    Account(account::Args),
    Period(period::Args),
    Undo(undo::Args),
    Audit(audit::Args),
    Db(db::Args),
    #[command(hide = true)]
    Synth(synth::Args),
    // Further commands go here.
    Completions(completions::Args),
    Man(man::Args),
}

/// How a command that did its work ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Everything was done.
    Done,
    /// What could be done was done; the output says what was rejected, held or found wrong.
    WithProblems,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> ExitCode {
        match outcome {
            Outcome::Done => ExitCode::SUCCESS,
            Outcome::WithProblems => ExitCode::from(1),
        }
    }
}

/// Reads the command line, does what it says, and gives the exit code.
#[must_use]
pub fn main() -> ExitCode {
    let Cli { global, command } = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(said) => {
            // Help is an answer, everything else is wrong usage. Whoever does not read it has read enough.
            let _ = said.print();
            return ExitCode::from(if said.use_stderr() { 2 } else { 0 });
        }
    };
    let colour = terminal::stderr_colour(global.color.into());
    let done = Context::new(global).and_then(|context| {
        let ledger = context.ledger().map_or_else(|_| String::new(), |path| path.display().to_string());
        panics::caught(&ledger, || run(&command, &context))
    });
    match done {
        Ok(outcome) => outcome.into(),
        Err(failure) => failure.report(colour),
    }
}

fn run(command: &Command, context: &Context) -> Result<Outcome, Failure> {
    // A month's books go to a folder, which is looked at there.
    if !matches!(command, Command::Export(_)) {
        context.printer.may_write()?;
    }
    // Letters, packets, scripts and pages of the manual are no tables.
    let others = matches!(
        command,
        Command::Export(_)
            | Command::Denial(_)
            | Command::Template(_)
            | Command::Completions(_)
            | Command::Man(_)
    );
    if !others {
        context.printer.takes_tables()?;
    }
    match command {
        Command::Init(args) => init::run(args, context),
        Command::Demo(args) => demo::run(args, context),
        Command::Import(args) => import::run(args, context),
        Command::Status(args) => status::run(args, context),
        Command::Claim(args) => claim::run(args, context),
        Command::Remit(args) => remit::run(args, context),
        Command::Unapplied(args) => unapplied::run(args, context),
        Command::Plb(args) => plb::run(args, context),
        Command::Deposit(args) => deposit::run(args, context),
        Command::Rejection(args) => rejection::run(args, context),
        Command::Denial(args) => denial::run(args, context),
        Command::Work(args) => screen::run(args, context),
        Command::Followup(args) => followup::run(args, context),
        Command::Template(args) => template::run(args, context),
        Command::Payer(args) => payer::run(args, context),
        Command::Clock(args) => clock::run(args, context),
        Command::Practice(args) => practice::run(args, context),
        Command::Code(args) => code::run(args, context),
        Command::Report(args) => report::run(args, context),
        Command::Export(args) => export::run(args, context),
        Command::Account(args) => account::run(args, context),
        Command::Period(args) => period::run(args, context),
        Command::Undo(args) => undo::run(args, context),
        Command::Audit(args) => audit::run(args, context),
        Command::Db(args) => db::run(args, context),
        Command::Synth(args) => synth::run(args, context),
        // Further commands go here.
        Command::Completions(args) => completions::run(args, context),
        Command::Man(args) => man::run(args, context),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definitions_hold_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn global_options_may_follow_the_command() {
        let typed = ["arrears", "man", "--as-of", "2024-03-31", "-q", "--wait", "0"];
        let cli = Cli::try_parse_from(typed).expect("a command line");
        assert_eq!(cli.global.as_of.map(|day| day.to_string()).as_deref(), Some("2024-03-31"));
        assert!(cli.global.quiet);
        for wrong in [&["man", "--as-of", "2024-02-30"][..], &["man", "-q", "-v"], &["mann"], &[]] {
            let said = Cli::try_parse_from(["arrears"].iter().chain(wrong)).expect_err("wrong");
            assert_eq!(said.exit_code(), 2, "{wrong:?}");
        }
    }
}
