//! `arrears report`: one file for each report, which reads what it needs and lets `report` answer.
//!
//! A new report is a variant with its arguments here, and a file with a function from tables and day to a table.

mod aging;
mod denials;
mod plb;
mod trial_balance;

use super::{Context, Failure, Outcome};

pub(super) use aging::by_payer as aging_by_payer;
pub(super) use denials::by_reason as denials_by_reason;

/// Print a report
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    report: Report,
}

#[derive(clap::Subcommand, Debug)]
enum Report {
    Aging(aging::Args),
    Denials(denials::Args),
    TrialBalance(trial_balance::Args),
    Plb(plb::Args),
}

/// Prints a report.
pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    let tables = context.read()?;
    let table = match &args.report {
        Report::Aging(args) => aging::table(&tables, args, context.as_of),
        Report::Denials(args) => denials::table(&tables, args, context.as_of),
        Report::TrialBalance(_) => trial_balance::table(&tables, context.as_of),
        Report::Plb(_) => plb::table(&tables, context.as_of),
    };
    context.printer.table(table.map_err(|error| context.refuse(error))?)?;
    Ok(Outcome::Done)
}
