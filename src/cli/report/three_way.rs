//! `report three-way`: bank = remittances = posted, and where it is not so.

use std::collections::HashMap;

use crate::books::balances::on_accounts;
use crate::books::deposits::{Standing, awaits_money, difference};
use crate::cli::{names, parse};
use crate::domain::book::RemitRecord;
use crate::domain::{Account, Date, Money, Month, RemitId};
use crate::report::Table;
use crate::report::three_way::{self, Item};
use crate::store::{Read, ReadDeposits, Snapshot, StoreError, Visit};

/// Where the bank, the remittances and the books do not say the same
///
/// Money without a remittance, remittances without money, sums that differ, and what is not in the books; each with its age.
/// Everything is as it was on the as-of day; of a month, as it was at the month's end.
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears report three-way
  arrears report three-way --period 2024-03
  arrears report three-way --all -o three-way.xlsx

`arrears deposit match` and `deposit explain` settle what stands here.")]
pub(super) struct Args {
    /// Only what happened in this month
    #[arg(long, value_name = "MONTH", value_parser = parse::month)]
    pub(super) period: Option<Month>,
    /// Also what agrees
    #[arg(long)]
    pub(super) all: bool,
}

pub fn table(tables: &Snapshot, args: &Args, as_of: Date) -> Result<Table, StoreError> {
    let as_of = args.period.map_or(as_of, |period| period.last_day().min(as_of));
    let span = Span { period: args.period, as_of };
    let standing = Standing::read(tables, as_of)?;
    let payers = names::Payers::read(tables)?;
    let mut items = Vec::new();
    let mut posted_by_remits = Money::ZERO;
    let journal = posted_in(tables, &span)?;
    for item in tables.remits()? {
        let remit = item?;
        let posted = match &journal {
            Some(journal) => journal.get(&remit.id).copied().unwrap_or_default(),
            None => remit.cash(|day| span.holds(day)),
        };
        posted_by_remits += posted;
        let payer = payers.name(remit.payer);
        if !span.holds(remit.held_on.unwrap_or(remit.posted_on)) && !span.holds(remit.posted_on) {
            items.extend(turned(&remit, payer, posted, &span));
        } else if standing.of_remit(remit.id).is_none() {
            items.extend(unseen(&remit, payer, posted, as_of));
        }
    }
    for item in tables.deposits()? {
        let deposit = item?;
        if span.holds(deposit.posted_on) && standing.of_deposit(deposit.id).is_none() {
            items.push(Item {
                what: "money without a remittance",
                deposits: deposit.id.to_string(),
                trace: deposit.trace.clone(),
                on: Some(deposit.on),
                bank: deposit.amount,
                ..Item::default()
            });
        }
    }
    for settlement in standing.all().iter().filter(|by| !by.remits.is_empty() && span.holds(by.on)) {
        let mut item = Item { what: "matched", on: Some(settlement.on), ..Item::default() };
        item.deposits = list(&settlement.deposits);
        item.remits = list(&settlement.remits);
        for id in &settlement.deposits {
            item.bank += tables.deposit(*id)?.map(|deposit| deposit.amount).unwrap_or_default();
        }
        for id in &settlement.remits {
            let Some(remit) = tables.remit(*id)? else { continue };
            payers.name(remit.payer).clone_into(&mut item.payer);
            item.trace = remit.header.trace.to_string();
            item.remitted += remit.header.paid;
            if remit.stands(as_of) {
                item.posted += remit.header.paid;
            }
        }
        if let Some(booked) = difference::booked(tables, settlement)? {
            item.what = "matched, the difference is booked";
            item.posted += booked;
        } else if !item.agrees() {
            item.what = "matched, and not the same";
        }
        items.push(item);
    }
    let differences = difference::cash(tables, |day| span.holds(day))?;
    let by_hand = cash(tables, &span)? - posted_by_remits - differences;
    if !by_hand.is_zero() {
        items.push(Item { what: "posted without a remittance", posted: by_hand, ..Item::default() });
    }
    items.sort_by_key(|item| (item.what, item.on));
    let table = three_way::table(as_of, items, args.all);
    Ok(match args.period {
        Some(period) => table.parameter("period", period.to_string()),
        None => table,
    })
}

/// Which days count.
struct Span {
    period: Option<Month>,
    as_of: Date,
}

impl Span {
    fn holds(&self, day: Date) -> bool {
        day <= self.as_of && self.period.is_none_or(|period| day.month() == period)
    }
}

/// A remittance of an earlier month that was taken out of the books in this one, or put back.
fn turned(remit: &RemitRecord, payer: &str, posted: Money, span: &Span) -> Option<Item> {
    let on = remit.turns.iter().copied().filter(|day| span.holds(*day)).max();
    (!posted.is_zero()).then(|| Item {
        what: if posted.is_negative() == remit.header.paid.is_negative() {
            "put back into the books"
        } else {
            "taken out of the books"
        },
        remits: remit.id.to_string(),
        payer: payer.to_owned(),
        trace: remit.header.trace.to_string(),
        on,
        posted,
        ..Item::default()
    })
}

/// What the month's entries post of each remittance; nothing where the whole book is asked for.
fn posted_in(tables: &Snapshot, span: &Span) -> Result<Option<HashMap<RemitId, Money>>, StoreError> {
    let Some(period) = span.period else { return Ok(None) };
    let mut posted: HashMap<RemitId, Money> = HashMap::new();
    tables.visit_entries_of_days(Some(period.first_day()), span.as_of, |_, entry| {
        let Some(remit) = entry.remit else { return };
        *posted.entry(remit).or_default() += entry.sum_of(Account::CashInsurance);
    })?;
    Ok(Some(posted))
}

/// A remittance whose money was not seen.
fn unseen(remit: &RemitRecord, payer: &str, posted: Money, as_of: Date) -> Option<Item> {
    let item = Item {
        remits: remit.id.to_string(),
        payer: payer.to_owned(),
        trace: remit.header.trace.to_string(),
        on: Some(remit.posted_on),
        remitted: remit.header.paid,
        ..Item::default()
    };
    if awaits_money(remit, as_of) {
        return Some(Item { what: "remittance without money", posted, ..item });
    }
    let held = remit.is_held(as_of) && !remit.header.paid.is_zero();
    let on = remit.held_on;
    held.then_some(Item { what: "held, and without money", on, ..item })
}

/// What stands on the account of insurance cash, as far as it is of those days.
fn cash(tables: &Snapshot, span: &Span) -> Result<Money, StoreError> {
    let until = |day| on_accounts(tables, day, |account| account == Account::CashInsurance);
    match span.period {
        None => until(span.as_of),
        Some(period) => {
            let before = period.first_day().minus_days(1);
            Ok(until(period.last_day().min(span.as_of))? - until(before)?)
        }
    }
}

fn list<T: ToString>(ids: &[T]) -> String {
    ids.iter().map(T::to_string).collect::<Vec<_>>().join(" ")
}
