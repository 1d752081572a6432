//! `arrears payer`: who pays.

use super::{Context, Failure, Outcome};
use crate::codes;
use crate::domain::Money;
use crate::report::{Column, Table};
use crate::store::{Read, Snapshot, StoreError};

/// Look at payers
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand, Debug)]
enum Verb {
    /// List payers with what they owe
    ///
    /// Payers appear by themselves from claims and remittances.
    List,
}

/// Looks.
pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    let Verb::List = args.verb;
    let tables = context.read()?;
    context.printer.table(list(&tables).map_err(|error| context.refuse(error))?)?;
    Ok(Outcome::Done)
}

fn list(tables: &Snapshot) -> Result<Table, StoreError> {
    let columns = vec![
        Column::id("payer", "No."),
        Column::text("name", "Name").flexible(),
        Column::text("payer_id", "Identifier"),
        Column::text("filing", "Filing"),
        Column::text("kind", "Kind").flexible(),
        Column::count("claims", "Open claims"),
        Column::money("balance", "Balance"),
    ];
    let payers = tables.payers()?;
    let mut owed = vec![(0u64, Money::ZERO); payers.iter().map(|p| p.id.0 as usize + 1).max().unwrap_or(0)];
    for item in tables.claim_states()? {
        for (payer, amount) in crate::books::balances::by_payer(&item?.1, |_| true) {
            if let Some(sum) = owed.get_mut(payer.0 as usize) {
                sum.0 += 1;
                sum.1 += amount;
            }
        }
    }
    let mut table =
        Table::new("payers", "Payers", columns).empty("No payers yet: they appear with the first claims.");
    for payer in &payers {
        let (claims, balance) = owed.get(payer.id.0 as usize).copied().unwrap_or_default();
        table.push(vec![
            u64::from(payer.id.0).into(),
            payer.name.as_str().into(),
            payer.ident.as_str().into(),
            payer.filing.as_str().into(),
            codes::filing_indicator(&payer.filing).into(),
            claims.into(),
            balance.into(),
        ]);
    }
    table.sum_up();
    Ok(table)
}
