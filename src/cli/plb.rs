//! `arrears plb`: provider-level items, open until offset.

use super::{Context, Failure, Outcome, names};
use crate::codes;
use crate::domain::book::PlbRecord;
use crate::report::{Column, Table};
use crate::store::{Read, Snapshot, StoreError};

/// Look at provider-level items
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand, Debug)]
enum Verb {
    /// List items: takebacks, forwarding balances, interest, withholds
    List {
        /// Only those that nothing has offset yet
        #[arg(long)]
        open: bool,
    },
}

/// Looks.
pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    let tables = context.read()?;
    let Verb::List { open } = args.verb;
    let mut table =
        table(&tables, |plb| !open || !plb.open.is_zero()).map_err(|error| context.refuse(error))?;
    table.note("A positive amount lowered the payment. `open` is what no other item has offset yet.");
    context.printer.table(table)?;
    Ok(Outcome::Done)
}

/// The items that `wanted` chooses.
pub(super) fn table(tables: &Snapshot, wanted: impl Fn(&PlbRecord) -> bool) -> Result<Table, StoreError> {
    let columns = vec![
        Column::id("plb_id", "Item"),
        Column::id("remit_id", "Remit"),
        Column::text("trace", "Trace"),
        Column::text("payer", "Payer").flexible(),
        Column::text("code", "Code"),
        Column::text("reference", "Reference").flexible(),
        Column::money("amount", "Amount"),
        Column::money("open", "Open"),
        Column::date("posted_on", "Posted"),
        Column::text("about", "About").machine_only(),
        Column::text("review", "Review").wrapping(),
    ];
    let payers = names::Payers::read(tables)?;
    let mut table = Table::new("plb", "Provider-level items", columns).empty("No provider-level items.");
    for item in tables.plbs()? {
        let plb = item?;
        if !wanted(&plb) {
            continue;
        }
        let trace = tables.remit(plb.remit)?.map(|remit| remit.header.trace).unwrap_or_default();
        let review = if plb.open.is_zero() { "" } else { plb.review.as_str() };
        table.push(vec![
            plb.id.0.into(),
            plb.remit.0.into(),
            trace.into(),
            payers.name(plb.payer).into(),
            plb.item.reason.as_str().into(),
            plb.item.reference.as_str().into(),
            plb.item.amount.into(),
            plb.open.into(),
            plb.posted_on.into(),
            codes::plb(plb.code).map(|code| code.summary).into(),
            review.into(),
        ]);
    }
    table.sum_up();
    Ok(table)
}
