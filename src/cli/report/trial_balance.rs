//! `arrears report trial-balance`: from the sums that the journal keeps of every account.

use std::collections::BTreeMap;

use super::super::parse;
use crate::domain::{Account, Code, Date, Money, Month};
use crate::report::{Table, trial_balance};
use crate::store::{Cube, Read, Snapshot, StoreError};

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
        [day, month.minus_days(1), year.minus_days(1)].map(|day| tables.sums(Cube::Accounts, day));
    let (now, before_month, before_year) = (now?, before_month?, before_year?);
    let mut lines = BTreeMap::new();
    for place in now.keys().chain(before_month.keys()).chain(before_year.keys()) {
        let Some(account) = u8::try_from(place.what >> 32).ok().and_then(Account::from_number) else {
            continue;
        };
        let name = match Code::from_number(place.what as u32) {
            Code::NONE => account.to_string(),
            code => format!("{account}:{code}"),
        };
        let [now, before_month, before_year] = [&now, &before_month, &before_year]
            .map(|sums| sums.get(place).map_or(Money::ZERO, |[cents, ..]| Money::from_cents(*cents)));
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
