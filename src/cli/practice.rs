//! `arrears practice`: who the books belong to, and the limits the office set.

use super::{Context, Failure, Outcome, ledger, parse};
use crate::domain::deed::{Deed, DeedVerb, Object};
use crate::domain::{Money, Npi};
use crate::report::{Cell, Column, Table};
use crate::store::Read;

/// Look at the practice and its limits, or change them
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand, Debug)]
enum Verb {
    /// Show who the books belong to
    Show,
    Set(SetArgs),
}

/// Change what is known about the practice
#[derive(clap::Args, Debug)]
struct SetArgs {
    /// Its name
    #[arg(long)]
    name: Option<String>,
    /// Its NPIs, in place of those known; remittances that pay another are held
    #[arg(long)]
    npi: Vec<String>,
    /// Its tax ids, in place of those known
    #[arg(long)]
    tin: Vec<String>,
    /// A line of its address, in place of those known; give it again for each. Letters bear it; "" forgets it
    #[arg(long, value_name = "LINE")]
    address: Vec<String>,
    /// The most that may be written off at once
    #[arg(long, value_name = "AMOUNT", value_parser = parse::money, conflicts_with = "no_write_off_limit")]
    write_off_limit: Option<Money>,
    /// No limit on write-offs
    #[arg(long)]
    no_write_off_limit: bool,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Shows or changes.
pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    match &args.verb {
        Verb::Show => show(context)?,
        Verb::Set(args) => {
            let replaced = set(args, context)?;
            context.printer.say(if args.dry_run {
                "Would change it. Nothing was changed."
            } else {
                "Changed."
            });
            for (what, was) in replaced {
                let now = if args.dry_run { "would be gone" } else { "is gone" };
                context
                    .printer
                    .say(&format!("{what} {was} was known before and {now}: what is given takes its place."));
            }
        }
    }
    Ok(Outcome::Done)
}

fn show(context: &Context) -> Result<(), Failure> {
    let practice = context.read()?.practice().map_err(|error| context.refuse(error))?;
    let columns = vec![
        Column::text("name", "Name"),
        Column::text("npis", "NPI"),
        Column::text("tax_ids", "Tax id"),
        Column::text("address", "Address").wrapping(),
        Column::money("write_off_limit", "Write-off limit"),
    ];
    let mut table = Table::new("practice", "The practice", columns);
    table.push(vec![
        practice.name.as_str().into(),
        practice.npis.join(" ").into(),
        practice.tax_ids.join(" ").into(),
        practice.address.join(", ").into(),
        practice.write_off_limit.map_or(Cell::Empty, Cell::Money),
    ]);
    context.printer.table(table)
}

/// Changes it, and gives the numbers that were known and are no more.
fn set(args: &SetArgs, context: &Context) -> Result<Vec<(&'static str, String)>, Failure> {
    if let Some(wrong) = args.npi.iter().find(|npi| Npi::parse(npi).is_none()) {
        return Err(Failure::usage(format!("{wrong} is not an NPI"))
            .hint("An NPI has ten digits, and the last one proves the others."));
    }
    ledger::change(context, args.dry_run, |tables| {
        let mut practice = tables.practice().map_err(|error| context.refuse(error))?;
        let before = practice.clone();
        if let Some(name) = &args.name {
            practice.name.clone_from(name);
        }
        if !args.npi.is_empty() {
            practice.npis.clone_from(&args.npi);
        }
        if !args.tin.is_empty() {
            practice.tax_ids.clone_from(&args.tin);
        }
        if !args.address.is_empty() {
            practice.address = parse::lines(&args.address);
        }
        if args.write_off_limit.is_some() || args.no_write_off_limit {
            practice.write_off_limit = args.write_off_limit;
        }
        let limit = practice.write_off_limit.map_or_else(|| "none".to_owned(), |limit| limit.to_string());
        let details = format!(
            "name {}; NPI {}; tax id {}; address {}; write-off limit {limit}",
            practice.name,
            practice.npis.join(" "),
            practice.tax_ids.join(" "),
            practice.address.join(", ")
        );
        tables.set_practice(&practice).map_err(|error| context.refuse(error))?;
        let gone = |what, was: &[String], now: &[String]| -> Vec<(&'static str, String)> {
            was.iter().filter(|old| !now.contains(old)).map(|old| (what, old.clone())).collect()
        };
        let npis = gone("NPI", &before.npis, &practice.npis);
        let gone = [npis, gone("Tax id", &before.tax_ids, &practice.tax_ids)].concat();
        Ok((gone, Deed::new(DeedVerb::PracticeSet, Object::Practice).says(details)))
    })
}
