//! `arrears report trial-balance`: from the sums that the journal keeps of every account.

use std::collections::BTreeMap;

use super::super::parse;
use super::journal::account_name;
use crate::books::balances;
use crate::domain::{Date, Month};
use crate::report::{Table, trial_balance};
use crate::store::{Snapshot, StoreError};

/// Every account with its debits, credits and balance
///
/// Of a month: what stood before it, what it moved, what the year moved until then, and what stands at its end.
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears report trial-balance
  arrears report trial-balance --period 2024-03")]
pub struct Args {
    /// Opening, month, year to date and closing of this month
    #[arg(long, value_parser = parse::month, value_name = "YYYY-MM")]
    period: Option<Month>,
}

/// The trial balance that was asked for.
pub fn table(tables: &Snapshot, args: &Args, as_of: Date) -> Result<Table, StoreError> {
    of(tables, args.period, as_of)
}

/// The trial balance of a month, or of a day.
pub fn of(tables: &Snapshot, period: Option<Month>, as_of: Date) -> Result<Table, StoreError> {
    let day = period.map_or(as_of, Month::last_day);
    let month = day.month().first_day();
    let year = Date::from_ymd(day.year(), 1, 1).unwrap_or(month);
    let [now, before_month, before_year] =
        [day, month.minus_days(1), year.minus_days(1)].map(|day| balances::accounts(tables, day));
    let (now, before_month, before_year) = (now?, before_month?, before_year?);
    let mut lines = BTreeMap::new();
    for place in now.keys().chain(before_month.keys()).chain(before_year.keys()) {
        let (account, code) = *place;
        let name = account_name(account, code);
        let [now, before_month, before_year] =
            [&now, &before_month, &before_year].map(|sums| sums.get(place).copied().unwrap_or_default());
        let line = trial_balance::AccountLine {
            account: name.clone(),
            opening: before_month,
            month: now - before_month,
            year: now - before_year,
            balance: now,
        };
        // In the order of the chart.
        lines.insert((account, name), line);
    }
    Ok(trial_balance::table(day, period, lines.into_values()))
}
