//! `arrears status`: the state of the receivables on one screen.

use super::{Context, Failure, Outcome, names};
use crate::books::balances::on_accounts;
use crate::books::{doubles, plausible, provider_level, rejections, standing, sums, undone};
use crate::domain::book::{PlbRecord, RemitStatus};
use crate::domain::{Account, Date, Money};
use crate::report::{Column, Table};
use crate::store::{Cube, Place, Read, Snapshot, StoreError};

/// Show the state of the receivables on one screen
#[derive(clap::Args, Debug)]
pub struct Args {}

/// Shows.
pub(super) fn run(_args: &Args, context: &Context) -> Result<Outcome, Failure> {
    let tables = context.read()?;
    let table = status(&tables, context).map_err(|error| context.refuse(error))?;
    context.printer.table(table)?;
    Ok(Outcome::Done)
}

/// Claim payments that wait for their claim, and their money. Where nothing was posted after the day, that is what stands in
/// the account; `db check` proves it. Else it is what the list of them says.
fn unapplied(tables: &Snapshot, context: &Context) -> Result<(u64, Money), StoreError> {
    let as_of = context.as_of;
    if !tables.is_posted_after(as_of)? {
        let balance = on_accounts(tables, as_of, |account| account == Account::Unapplied)?;
        let waiting = tables.unapplied()?.try_fold(0, |count, id| id.map(|_| count + 1))?;
        return Ok((waiting, -balance));
    }
    let waiting = standing::waiting(tables, context.past())?;
    Ok((waiting.len() as u64, waiting.values().copied().sum()))
}

/// Provider-level items that are open, or were at the end of a past day, and what was open of them.
fn items(tables: &Snapshot, past: Option<Date>) -> Result<(u64, Money), StoreError> {
    let mut open = (0, Money::ZERO);
    let mut add = |item: &PlbRecord| {
        open.0 += u64::from(!item.open.is_zero());
        open.1 += item.open;
    };
    match past {
        Some(day) => provider_level::as_of(tables, day)?.iter().for_each(add),
        None => tables.plbs()?.try_for_each(|item| item.map(|item| add(&item)))?,
    }
    Ok(open)
}

/// Up to so many claims are looked through at once: some ten milliseconds.
const MOST_LOOKED_THROUGH: u64 = 200_000;

/// Claims whose balances cannot be right although they add up, as they stand now. Of more claims than can be looked through
/// at once nothing is said: `db check` says it.
fn implausible(tables: &Snapshot) -> Result<Option<(u64, Money)>, StoreError> {
    match tables.last_claim()? {
        Some(last) if last.0 > MOST_LOOKED_THROUGH => Ok(None),
        _ => plausible::count(tables).map(Some),
    }
}

fn status(tables: &Snapshot, context: &Context) -> Result<Table, StoreError> {
    let as_of = context.as_of;
    let past = context.past();
    let standing = tables.sums(Cube::Standing, as_of)?;
    let of = |what: u64| -> (u64, Money) {
        let [cents, claims, ..] = standing.get(&Place { what, day: None }).copied().unwrap_or_default();
        (claims.unsigned_abs(), Money::from_cents(cents))
    };
    let (debits, credits) = (of(sums::DEBIT), of(sums::CREDIT));
    let [mut posted, mut held] = [(0u64, Money::ZERO); 2];
    for item in tables.remits()? {
        let remit = item?;
        let kind = match standing::status(&remit, past) {
            Some(RemitStatus::Posted) => &mut posted,
            Some(RemitStatus::Held) => &mut held,
            _ => continue,
        };
        kind.0 += 1;
        kind.1 += remit.header.paid;
    }
    let sent_back: Vec<_> = rejections::open(tables, as_of)?.into_iter().filter(|r| !r.resent).collect();
    let doubles = doubles::to_decide(tables)?;
    let columns = vec![
        Column::text("item", "What"),
        Column::count("count", "Count"),
        Column::money("amount", "Amount"),
        Column::text("look", "Look closer: arrears ..."),
    ];
    let mut table = Table::new("status", "The state of the receivables", columns).as_of(as_of);
    let day = past.map_or_else(String::new, |day| format!(" --as-of {day}"));
    let mut row = |item: &str, (count, amount): (u64, Money), look: String| {
        table.push(vec![item.into(), count.into(), amount.into(), look.into()]);
    };
    let now = |look: &str| look.to_owned();
    let then = |look: &str| format!("{look}{day}");
    row("Total A/R", (debits.0 + credits.0, debits.1 + credits.1), then("report aging"));
    for (account, word) in Account::BUCKETS.into_iter().zip(names::BUCKETS) {
        let item = format!("  {}", names::bucket(account));
        row(&item, of(account as u64), then(&format!("claim list --bucket {word}")));
    }
    let charges = sent_back.iter().map(|r| r.state.charge).sum();
    row("Rejections to work", (sent_back.len() as u64, charges), then("rejection list --not-resent"));
    let doubled = doubles.iter().map(|double| double.later.claim.charge).sum();
    row("Possible doubles", (doubles.len() as u64, doubled), now("claim doubles"));
    row("Acts undone by answers", undone::count(tables)?, now("claim review"));
    row("Credit balances", credits, then("claim list --status credit"));
    if let Some(found) = implausible(tables)? {
        row("Implausible balances", found, now("db check"));
    }
    row("Remittances posted", posted, then("remit list --status posted"));
    row("Remittances held", held, then("remit list --held"));
    row("Unapplied money", unapplied(tables, context)?, then("unapplied list"));
    row("Open provider-level items", items(tables, past)?, then("plb list --open"));
    if past.is_some() {
        table.note("Possible doubles, undone acts and implausible balances are those of today.");
    }
    Ok(table)
}
