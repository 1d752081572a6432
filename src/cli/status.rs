//! `arrears status`: the state of the receivables on one screen.

use super::{Context, Failure, Outcome, names};
use crate::books::{plausible, rejections, standing, sums, undone};
use crate::domain::book::RemitStatus;
use crate::domain::{Account, Money};
use crate::report::{Column, Table};
use crate::store::{Cube, Place, Read, ReadJoins, Snapshot, StoreError};

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
        let accounts = tables.sums(Cube::Accounts, as_of)?;
        let own = accounts.iter().filter(|(place, _)| place.what >> 32 == Account::Unapplied as u64);
        let balance: Money = own.map(|(_, [cents, ..])| Money::from_cents(*cents)).sum();
        let waiting = tables.unapplied()?.try_fold(0, |count, id| id.map(|_| count + 1))?;
        return Ok((waiting, -balance));
    }
    let waiting = standing::waiting(tables, context.past())?;
    Ok((waiting.len() as u64, waiting.values().copied().sum()))
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
    let standing = tables.sums(Cube::Standing, as_of)?;
    let of = |what: u64| -> (u64, Money) {
        let [cents, claims, ..] = standing.get(&Place { what, day: None }).copied().unwrap_or_default();
        (claims.unsigned_abs(), Money::from_cents(cents))
    };
    let buckets = Account::BUCKETS.map(|account| of(account as u64));
    let (debits, credits) = (of(sums::DEBIT), of(sums::CREDIT));
    let (mut held, mut held_paid) = (0u64, Money::ZERO);
    let (mut posted, mut cash) = (0u64, Money::ZERO);
    for item in tables.remits()? {
        let remit = item?;
        match standing::status(&remit, context.past()) {
            Some(RemitStatus::Held) => {
                held += 1;
                held_paid += remit.header.paid;
            }
            Some(RemitStatus::Posted) => {
                posted += 1;
                cash += remit.header.paid;
            }
            _ => {}
        }
    }
    let (waiting, unapplied) = unapplied(tables, context)?;
    let (mut plb, mut plb_open) = (0u64, Money::ZERO);
    for item in tables.plbs()? {
        let item = item?;
        if !item.open.is_zero() && item.posted_on <= as_of {
            plb += 1;
            plb_open += item.open;
        }
    }
    let sent_back: Vec<_> = rejections::open(tables, as_of)?.into_iter().filter(|r| !r.resent).collect();
    let (mut doubles, mut doubled) = (0u64, Money::ZERO);
    for pair in tables.possible_doubles()? {
        let state = tables.claim_state(tables.lead_of(pair.later)?)?.unwrap_or_default();
        doubles += 1;
        doubled += state.charge;
    }
    let to_review = undone::count(tables)?;
    let columns = vec![
        Column::text("item", "What"),
        Column::count("count", "Count"),
        Column::money("amount", "Amount"),
        Column::text("look", "Look closer: arrears ..."),
    ];
    let mut table = Table::new("status", "The state of the receivables", columns).as_of(as_of);
    let mut row = |item: &str, count: u64, amount: Money, look: &str| {
        table.push(vec![item.into(), count.into(), amount.into(), look.into()]);
    };
    row("Total A/R", debits.0 + credits.0, debits.1 + credits.1, "report aging");
    let looks = [
        "claim list --status open",
        "claim list --status denied",
        "claim list --status pending",
        "claim list --status next-payer",
        "claim list --status patient",
        "claim list --status patient-hold",
    ];
    for ((account, look), (count, amount)) in Account::BUCKETS.iter().zip(looks).zip(buckets) {
        row(&format!("  {}", names::bucket(*account)), count, amount, look);
    }
    let charges = sent_back.iter().map(|r| r.state.charge).sum();
    row("Rejections to work", sent_back.len() as u64, charges, "rejection list --not-resent");
    row("Possible doubles", doubles, doubled, "claim doubles");
    row("Acts undone by answers", to_review.0, to_review.1, "claim review");
    row("Credit balances", credits.0, credits.1, "claim list --status credit");
    if let Some((claims, amount)) = implausible(tables)? {
        row("Implausible balances", claims, amount, "db check");
    }
    row("Remittances posted", posted, cash, "remit list");
    row("Remittances held", held, held_paid, "remit list --held");
    row("Unapplied money", waiting, unapplied, "unapplied list");
    row("Open provider-level items", plb, plb_open, "plb list --open");
    Ok(table)
}
