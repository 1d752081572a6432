//! `arrears deposit`: what the bank says, and which remittances its money belongs to.

mod bring;
mod settle;

use super::choose::{Choose, Speaks};
use super::{Context, Failure, Outcome};
use crate::books::deposits::Standing;
use crate::domain::Date;
use crate::report::{Cell, Column, Table};
use crate::store::{ReadDeposits, Snapshot, StoreError};

/// Match the bank's money with remittances
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand, Debug)]
enum Verb {
    Import(bring::ImportArgs),
    /// List deposits: each is open, matched or explained
    List {
        /// Only those that belong to nothing yet
        #[arg(long)]
        open: bool,
        #[command(flatten)]
        choose: Choose,
    },
    Match(settle::MatchArgs),
    /// Undo what a deposit belongs to
    Unmatch(settle::UnmatchArgs),
    Explain(settle::ExplainArgs),
}

/// Looks or acts.
pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    match &args.verb {
        Verb::Import(args) => return bring::run(args, context),
        Verb::Match(args) => settle::match_money(args, context)?,
        Verb::Unmatch(args) => settle::unmatch(args, context)?,
        Verb::Explain(args) => settle::explain(args, context)?,
        Verb::List { open, choose } => {
            let table =
                list(&context.read()?, context.as_of, *open).map_err(|error| context.refuse(error))?;
            let table = choose.apply(table, &Speaks { date: "on", amount: "amount" })?;
            context.printer.table(table)?;
        }
    }
    Ok(Outcome::Done)
}

fn columns() -> Vec<Column> {
    vec![
        Column::id("deposit_id", "Deposit"),
        Column::date("on", "Booked"),
        Column::text("account", "Account"),
        Column::money("amount", "Amount"),
        Column::text("kind", "Kind"),
        Column::text("trace", "Trace"),
        Column::text("payer_trace_id", "Payer's number").machine_only(),
        Column::text("reference", "Bank's number").machine_only(),
        // A patient's card or check may name the patient.
        Column::text("text", "Text").flexible().personal(),
        Column::text("status", "Status").one_of(["open", "matched", "explained"]),
        Column::text("remits", "Remits"),
        Column::money("difference", "Difference").machine_only(),
        Column::text("rule", "Rule"),
        Column::text("reason", "Reason").wrapping(),
        Column::count("age_days", "Days"),
    ]
}

/// Deposits as they stand on a day.
pub(super) fn list(tables: &Snapshot, as_of: Date, open: bool) -> Result<Table, StoreError> {
    let standing = Standing::read(tables, as_of)?;
    let mut table = Table::new("deposits", "Deposits", columns()).as_of(as_of);
    table.empty = if open { "Every deposit belongs to something." } else { "No deposits yet." };
    for item in tables.deposits()? {
        let deposit = item?;
        let by = standing.of_deposit(deposit.id);
        if deposit.posted_on > as_of || open && by.is_some() {
            continue;
        }
        let remits = by.map(|by| by.remits.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "));
        let age = u64::try_from(as_of.days_since(deposit.on)).unwrap_or(0);
        table.push(vec![
            deposit.id.0.into(),
            deposit.on.into(),
            deposit.account.as_str().into(),
            deposit.amount.into(),
            deposit.kind.as_str().into(),
            deposit.trace.as_str().into(),
            deposit.payer_trace_id.as_str().into(),
            deposit.reference.as_str().into(),
            deposit.text.as_str().into(),
            standing.status(deposit.id).into(),
            remits.unwrap_or_default().into(),
            by.map(|by| by.difference).into(),
            by.map_or("", |by| by.rule.as_str()).into(),
            by.map_or("", |by| by.reason.as_str()).into(),
            if by.is_none() { Cell::Count(age) } else { Cell::Empty },
        ]);
    }
    table.sum_up();
    table.blank_total("age_days");
    table.blank_total("difference");
    Ok(table)
}
