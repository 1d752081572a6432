//! `report three-way`: bank = remittances = posted, and where it is not so.

use crate::books::deposits::{Standing, awaits_money};
use crate::cli::{names, parse};
use crate::domain::book::{RemitRecord, RemitStatus};
use crate::domain::{Account, Code, Date, Money, Month};
use crate::report::Table;
use crate::report::three_way::{self, Item};
use crate::store::{Cube, Read, Snapshot, StoreError};

/// Where the bank, the remittances and the books do not say the same
///
/// Money without a remittance, remittances without money, sums that differ, and what is not in the books; each with its age.
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
    let span = Span { period: args.period, as_of };
    let standing = Standing::read(tables, as_of)?;
    let payers = names::Payers::read(tables)?;
    let mut items = Vec::new();
    let mut posted_by_remits = Money::ZERO;
    for item in tables.remits()? {
        let remit = item?;
        if remit.status == RemitStatus::Posted && span.holds(remit.posted_on) {
            posted_by_remits += remit.header.paid;
        }
        if standing.of_remit(remit.id).is_none() && span.holds(remit.posted_on) {
            items.extend(unseen(&remit, payers.name(remit.payer), as_of));
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
            item.trace.clone_from(&remit.header.trace);
            item.remitted += remit.header.paid;
            if remit.status == RemitStatus::Posted {
                item.posted += remit.header.paid;
            }
        }
        if !item.agrees() {
            item.what = "matched, and not the same";
        }
        items.push(item);
    }
    let by_hand = cash(tables, &span)? - posted_by_remits;
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

/// A remittance whose money was not seen.
fn unseen(remit: &RemitRecord, payer: &str, as_of: Date) -> Option<Item> {
    let item = Item {
        remits: remit.id.to_string(),
        payer: payer.to_owned(),
        trace: remit.header.trace.clone(),
        on: Some(remit.posted_on),
        remitted: remit.header.paid,
        ..Item::default()
    };
    if awaits_money(remit, as_of) {
        return Some(Item { what: "remittance without money", posted: remit.header.paid, ..item });
    }
    let held = remit.status == RemitStatus::Held && !remit.header.paid.is_zero();
    held.then_some(Item { what: "held, and without money", ..item })
}

/// What stands on the account of insurance cash, as far as it is of those days.
fn cash(tables: &Snapshot, span: &Span) -> Result<Money, StoreError> {
    let until = |day: Date| -> Result<Money, StoreError> {
        let sums = tables.sums(Cube::Accounts, day)?;
        let of_cash = sums.into_iter().filter(|(place, _)| {
            let account = u8::try_from(place.what >> 32).ok().and_then(Account::from_number);
            account == Some(Account::CashInsurance) && Code::from_number(place.what as u32) == Code::NONE
        });
        Ok(of_cash.map(|(_, [cents, ..])| Money::from_cents(cents)).sum())
    };
    match span.period {
        None => until(span.as_of),
        Some(period) => {
            let before = Date::from_number(period.first_day().number() - 1);
            Ok(until(period.last_day().min(span.as_of))? - until(before)?)
        }
    }
}

fn list<T: ToString>(ids: &[T]) -> String {
    ids.iter().map(T::to_string).collect::<Vec<_>>().join(" ")
}
