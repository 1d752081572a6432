//! `report deposits`: the bank's money and the remittances' money, month by month, and what of each is open.

use std::collections::BTreeMap;

use crate::books::deposits::{Standing, awaits_money};
use crate::domain::{Date, Money, Month};
use crate::report::{Column, Table};
use crate::store::{Read, ReadDeposits, Snapshot, StoreError};

/// What came to the bank and what remittances paid, by month, and what of each is open
#[derive(clap::Args, Debug)]
pub(super) struct Args {}

/// One month.
#[derive(Default)]
struct Sums {
    deposits: u64,
    matched: Money,
    explained: Money,
    open: Money,
    remits: u64,
    received: Money,
    awaited: Money,
}

pub(super) fn table(tables: &Snapshot, as_of: Date) -> Result<Table, StoreError> {
    let standing = Standing::read(tables, as_of)?;
    let mut months: BTreeMap<Month, Sums> = BTreeMap::new();
    for item in tables.deposits()? {
        let deposit = item?;
        if deposit.posted_on > as_of {
            continue;
        }
        let month = months.entry(deposit.posted_on.month()).or_default();
        month.deposits += 1;
        match standing.status(deposit.id) {
            "matched" => month.matched += deposit.amount,
            "explained" => month.explained += deposit.amount,
            _ => month.open += deposit.amount,
        }
    }
    for item in tables.remits()? {
        let remit = item?;
        if !awaits_money(&remit, as_of) {
            continue;
        }
        let month = months.entry(remit.posted_on.month()).or_default();
        month.remits += 1;
        match standing.of_remit(remit.id) {
            Some(_) => month.received += remit.header.paid,
            None => month.awaited += remit.header.paid,
        }
    }
    Ok(shown(as_of, months))
}

fn shown(as_of: Date, months: BTreeMap<Month, Sums>) -> Table {
    let columns = vec![
        Column::text("month", "Month"),
        Column::count("deposits", "Deposits"),
        Column::money("deposited", "Came to the bank"),
        Column::money("matched", "Matched"),
        Column::money("explained", "Explained"),
        Column::money("open", "Open"),
        Column::count("remits", "Remits"),
        Column::money("remitted", "Remitted"),
        Column::money("received", "Money seen"),
        Column::money("awaited", "Money not seen"),
    ];
    let mut table = Table::new("deposits", "Deposits and remittances by month", columns)
        .as_of(as_of)
        .empty("No deposits and no remittances yet.");
    for (month, sums) in months {
        table.push(vec![
            month.to_string().into(),
            sums.deposits.into(),
            (sums.matched + sums.explained + sums.open).into(),
            sums.matched.into(),
            sums.explained.into(),
            sums.open.into(),
            sums.remits.into(),
            (sums.received + sums.awaited).into(),
            sums.received.into(),
            sums.awaited.into(),
        ]);
    }
    table.sum_up();
    table.note("Remittances over zero need no money and are not counted.");
    table
}
