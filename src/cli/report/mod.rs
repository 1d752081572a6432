//! `arrears report`: one file for each report, which reads what it needs and lets `report` answer.
//!
//! A new report is a variant with its arguments here, and a file with a function from tables and day to a table.

mod adjustments;
mod aging;
mod allowance;
mod collections;
mod day_sheet;
mod denial_days;
mod denials;
mod deposits;
pub(super) mod journal;
mod kpi;
mod month;
mod open_items;
mod plb;
mod productivity;
mod recovery;
mod refunds;
mod rollforward;
pub(super) mod span;
mod takebacks;
mod three_way;
mod tie_out;
mod trial_balance;
mod whose;
mod write_offs;

use super::{Context, Failure, Outcome};

pub(super) use aging::by_payer as aging_by_payer;
pub(super) use denials::by_reason as denials_by_reason;
pub(super) use month::of_month;

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
    Rollforward(rollforward::Args),
    Journal(journal::Args),
    Restate(journal::RestateArgs),
    DaySheet(day_sheet::Args),
    Credits(open_items::CreditArgs),
    Unapplied(open_items::UnappliedArgs),
    Deposits(deposits::Args),
    ThreeWay(three_way::Args),
    TieOut(tie_out::Args),
    WriteOffs(write_offs::Args),
    Refunds(refunds::Args),
    Takebacks(takebacks::Args),
    Adjustments(adjustments::Args),
    Collections(collections::Args),
    Kpi(kpi::Args),
    Recovery(recovery::Args),
    Productivity(productivity::Args),
    Allowance(allowance::Args),
}

/// Prints a report.
pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    let tables = context.read()?;
    let table = match &args.report {
        Report::Aging(args) => aging::table(&tables, args, context.as_of),
        Report::Denials(args) => denials::table(&tables, args, context.as_of),
        Report::TrialBalance(args) => trial_balance::table(&tables, args, context.as_of),
        Report::Plb(args) => plb::table(&tables, args, context.as_of),
        Report::Rollforward(args) => rollforward::table(&tables, args, context.as_of),
        Report::Journal(args) => journal::table(&tables, args, context.as_of),
        Report::Restate(args) => journal::restate(&tables, args),
        Report::DaySheet(args) => day_sheet::table(&tables, args, context.as_of),
        Report::Credits(_) => open_items::credits(&tables, context.as_of),
        Report::Unapplied(_) => open_items::unapplied(&tables, context.as_of),
        Report::Deposits(_) => deposits::table(&tables, context.as_of),
        Report::ThreeWay(args) => three_way::table(&tables, args, context.as_of),
        Report::TieOut(args) => tie_out::table(&tables, args, context.as_of),
        Report::WriteOffs(args) => write_offs::table(&tables, args, context.as_of),
        Report::Refunds(args) => refunds::table(&tables, args, context.as_of),
        Report::Takebacks(args) => takebacks::table(&tables, args, context.as_of),
        Report::Adjustments(args) => adjustments::table(&tables, args, context.as_of),
        Report::Collections(args) => collections::table(&tables, args, context.as_of),
        Report::Kpi(args) => kpi::table(&tables, args, context.as_of),
        Report::Recovery(args) => recovery::table(&tables, args, context.as_of),
        Report::Productivity(args) => productivity::table(&tables, args, context.as_of),
        Report::Allowance(args) => allowance::table(&tables, args, context.as_of),
    };
    context.printer.table(table.map_err(|error| context.refuse(error))?)?;
    Ok(Outcome::Done)
}
