//! `arrears report trial-balance`: from the sums that the journal keeps of every account.

use crate::domain::{Account, Code, Date, Money};
use crate::report::{Table, trial_balance};
use crate::store::{Cube, Read, Snapshot, StoreError};

/// Every account with its debits, credits and balance
#[derive(clap::Args, Debug)]
pub struct Args {}

/// The trial balance of a day.
pub fn table(tables: &Snapshot, as_of: Date) -> Result<Table, StoreError> {
    let sums = tables.sums(Cube::Accounts, as_of)?;
    let mut lines: Vec<_> = sums
        .into_iter()
        .filter_map(|(place, [cents, ..])| {
            let account = Account::from_number(u8::try_from(place.what >> 32).ok()?)?;
            let name = match Code::from_number(place.what as u32) {
                Code::NONE => account.to_string(),
                code => format!("{account}:{code}"),
            };
            Some((account, trial_balance::AccountLine { account: name, balance: Money::from_cents(cents) }))
        })
        .collect();
    // In the order of the chart.
    lines.sort_by(|(a, one), (b, other)| (a, &one.account).cmp(&(b, &other.account)));
    let lines = lines.into_iter().map(|(_, line)| line);
    Ok(trial_balance::table(as_of, lines))
}
