//! `arrears report plb`: an aging of the provider-level items that nothing had offset on a day, and how what was open of
//! them moved within a month.

use std::collections::HashMap;

use super::super::{names, parse};
use crate::books::balances::on_accounts;
use crate::books::provider_level::{self, OFFICE};
use crate::domain::book::PlbRecord;
use crate::domain::{Account, ClaimId, Date, Money, Month, PlbId};
use crate::posting::provider_level::stays_open;
use crate::report::aging::{self, AgingItem, Basis, Responsibility};
use crate::report::{Buckets, Cell, Column, Table};
use crate::store::{Read, Snapshot, StoreError};

/// Open provider-level items by payer and age, or how they moved within a month
///
/// Amounts have the sign of the items, as in `plb list`: below zero is what the payer has announced and will still take, by
/// age; above zero, under Taken, what it took off its payments without a counterpart.
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears report plb --as-of 2024-03-31
  arrears report plb --period 2024-03")]
pub struct Args {
    /// What was open before this month, came, was settled, and is open at its end, item by item
    #[arg(long, value_parser = parse::month, value_name = "YYYY-MM")]
    period: Option<Month>,
}

pub fn table(tables: &Snapshot, args: &Args, as_of: Date) -> Result<Table, StoreError> {
    match args.period {
        Some(month) => movement(tables, month),
        None => open(tables, as_of),
    }
}

/// What was open on a day.
pub fn open(tables: &Snapshot, as_of: Date) -> Result<Table, StoreError> {
    let payers = names::Payers::read(tables)?;
    let question = aging::Question {
        by: aging::By::Payer,
        responsibility: Responsibility::Insurance,
        basis: Basis::Billed,
        buckets: Buckets::default(),
        as_of,
    };
    let item = |plb: PlbRecord| AgingItem {
        // Each item stands for itself.
        claim: ClaimId(plb.id.0),
        key: payers.name(plb.payer).into(),
        key_id: payers.ident(plb.payer).map(Into::into),
        balance: -plb.open,
        basis_date: Some(plb.posted_on),
    };
    let items: Vec<AgingItem<'_>> = provider_level::as_of(tables, as_of)?.into_iter().map(item).collect();
    let mut table = aging::table(question, items);
    table.name = "plb";
    table.title = "Open provider-level items by payer".to_owned();
    table.basis = Some("posted".to_owned());
    table.parameters.clear();
    table.empty = "No provider-level item is open.";
    for column in &mut table.columns {
        if column.key == "claims" {
            (column.key, column.title) = ("items".into(), "Items".into());
        } else if column.key == "credit" {
            column.title = "Taken".into();
        }
    }
    // By age stands what is still to come, whatever its sign; it is told with the sign that the items have everywhere.
    let rows = table.rows.iter_mut().map(|row| &mut row.cells).chain(&mut table.totals);
    for cell in rows.flatten() {
        if let Cell::Money(amount) = cell {
            *amount = -*amount;
        }
    }
    table.note("Signs as in `plb list`. Below zero: what the payer will still take. Taken: what it took without a counterpart.");
    Ok(table)
}

/// How what is open moved within a month: what is open at its end is what was open before it, and what came, less what was
/// settled.
pub fn movement(tables: &Snapshot, month: Month) -> Result<Table, StoreError> {
    let columns = vec![
        Column::id("plb_id", "Item"),
        Column::text("payer", "Payer").flexible(),
        Column::text("code", "Code"),
        Column::text("reference", "Reference").flexible(),
        Column::date("posted_on", "Posted"),
        Column::money("opening", "Open before"),
        Column::money("came", "Came"),
        Column::money("settled", "Settled"),
        Column::money("closing", "Open after"),
    ];
    let mut table = Table::new("plb", format!("Provider-level items in {month}"), columns)
        .as_of(month.last_day())
        .basis("posted")
        .parameter("period", month.to_string())
        .empty("No provider-level item was open in this month.");
    let payers = names::Payers::read(tables)?;
    let before = Date::from_number(month.first_day().number() - 1);
    let opening = provider_level::as_of(tables, before)?;
    let opening: HashMap<PlbId, Money> = opening.into_iter().map(|item| (item.id, item.open)).collect();
    for item in provider_level::as_of(tables, month.last_day())? {
        if !stays_open(item.code) {
            continue;
        }
        let opened = opening.get(&item.id).copied().unwrap_or_default();
        let came = came(tables, &item, month)?;
        let settled = opened + came - item.open;
        if [opened, came, settled, item.open].iter().all(|amount| amount.is_zero()) {
            continue;
        }
        table.push(vec![
            item.id.0.into(),
            payers.name(item.payer).into(),
            item.item.reason.as_str().into(),
            item.item.reference.as_str().into(),
            item.posted_on.into(),
            opened.into(),
            came.into(),
            settled.into(),
            item.open.into(),
        ]);
    }
    table.sum_up();
    let cleared = on_accounts(tables, month.last_day(), |account| account == Account::Plb)?;
    table.note(format!("The clearing accounts of provider-level items hold {cleared} at the month's end."));
    table
        .note("Settled: by other items of the payer, or by a person. A positive amount lowered the payment.");
    Ok(table)
}

/// What a month brought of an item: the whole of it with its remittance, and its opposite where that was taken out.
fn came(tables: &Snapshot, item: &PlbRecord, month: Month) -> Result<Money, StoreError> {
    if item.remit == OFFICE {
        return Ok(if item.posted_on.month() == month { item.item.amount } else { Money::ZERO });
    }
    let Some(remit) = tables.remit(item.remit)? else { return Ok(Money::ZERO) };
    let moves = remit.moves().filter(|(on, _)| on.month() == month);
    Ok(moves.map(|(_, into)| if into { item.item.amount } else { -item.item.amount }).sum())
}
