//! `arrears report`: one file for each report, which reads what it needs and lets `report` answer.
//!
//! A new report is a variant with its arguments here, and a file with a function from tables and day to a table.

mod aging;
mod denials;
mod deposits;
pub(super) mod journal;
mod kpi;
mod open_items;
mod plb;
mod registers;
mod rollforward;
pub(super) mod span;
mod three_way;
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
    Kpi(kpi::Args),
    Rollforward(rollforward::Args),
    Journal(journal::Args),
    Restate(journal::RestateArgs),
    DaySheet(registers::DaySheetArgs),
    Credits(open_items::CreditArgs),
    Unapplied(open_items::UnappliedArgs),
    WriteOffs(registers::WriteOffArgs),
    Refunds(registers::RefundArgs),
    Adjustments(registers::AdjustmentArgs),
    Collections(open_items::CollectionArgs),
    Deposits(deposits::Args),
    ThreeWay(three_way::Args),
}

/// Prints a report.
pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    let tables = context.read()?;
    let table = match &args.report {
        Report::Aging(args) => aging::table(&tables, args, context.as_of),
        Report::Denials(args) => denials::table(&tables, args, context.as_of),
        Report::TrialBalance(_) => trial_balance::table(&tables, context.as_of),
        Report::Plb(_) => plb::table(&tables, context.as_of),
        Report::Kpi(args) => kpi::table(&tables, args, context.as_of),
        Report::Rollforward(args) => rollforward::table(&tables, args, context.as_of),
        Report::Journal(args) => journal::table(&tables, args, context.as_of),
        Report::Restate(args) => journal::restate(&tables, args),
        Report::DaySheet(args) => registers::day_sheet(&tables, args, context.as_of),
        Report::Credits(_) => open_items::credits(&tables, context.as_of),
        Report::Unapplied(_) => open_items::unapplied(&tables, context.as_of),
        Report::WriteOffs(args) => registers::write_offs(&tables, args, context.as_of),
        Report::Refunds(args) => registers::refunds(&tables, args, context.as_of),
        Report::Adjustments(args) => registers::adjustments(&tables, args, context.as_of),
        Report::Collections(args) => open_items::collections(&tables, args, context.as_of),
        Report::Deposits(_) => deposits::table(&tables, context.as_of),
        Report::ThreeWay(args) => three_way::table(&tables, args, context.as_of),
    };
    context.printer.table(table.map_err(|error| context.refuse(error))?)?;
    Ok(Outcome::Done)
}
