//! `arrears report collections`: cash by month of service and month of payment.

use std::collections::{BTreeSet, HashMap};

use super::span::Span;
use crate::books::balances;
use crate::domain::entry::Entry;
use crate::domain::{Account, ClaimId, Date, Money, Month};
use crate::report::Table;
use crate::report::collections::{Cash, Collections, Place, What};
use crate::store::{Read, ReadPeriods, Snapshot, StoreError};

/// Cash by month of service and month of payment
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears report collections --period 2024-03
  arrears report collections --from 2024-01-01 --to 2024-06-30 --matrix

Without days: twelve months until that of the as-of date. A claim is of the month of its earliest service day, as its latest submission states it.")]
pub struct Args {
    #[command(flatten)]
    span: Span,
    /// One row for each month of service, one column for each month of payment
    #[arg(long)]
    matrix: bool,
}

/// The collections that were asked for.
pub fn table(tables: &Snapshot, args: &Args, as_of: Date) -> Result<Table, StoreError> {
    let span = match (args.span.period, args.span.from, args.span.to) {
        (None, None, to) => {
            let last = to.unwrap_or_else(|| as_of.month().last_day());
            let from = last.month().first_day().minus_months(11);
            Span { period: None, from: Some(from), to: Some(last) }
        }
        _ => args.span,
    };
    of(tables, &span, args.matrix, as_of)
}

/// The collections of a span.
pub fn of(tables: &Snapshot, span: &Span, matrix: bool, as_of: Date) -> Result<Table, StoreError> {
    let (from, to) = span.days(as_of);
    let mut found = Collections::default();
    let mut served: HashMap<ClaimId, Option<Month>> = HashMap::new();
    for item in tables.entries_of_days(Some(from), to)? {
        let (_, entry) = item?;
        let (applied, waits) = cash(&entry);
        let payment = entry.posted_on.month();
        let (what, service) = match entry.claim.filter(|_| applied != Cash::default()) {
            Some(claim) => (What::Claims, month(tables, &mut served, claim, to)?),
            None => (What::NoClaim, None),
        };
        found.add(Place { what, service, payment }, applied);
        found.add(Place { what: What::Unapplied, service: None, payment }, waits);
    }
    cohorts(tables, &mut found, to)?;
    let table = if matrix { found.matrix() } else { found.list() };
    Ok(span.name(table, as_of))
}

/// What an entry's cash was applied to, and what more of it waits than before. Together they are what moved on the cash
/// accounts: money that leaves `unapplied` for a claim came in when it was put there.
fn cash(entry: &Entry) -> (Cash, Cash) {
    let (mut applied, mut waits) = (Cash::default(), Cash::default());
    for posting in &entry.postings {
        match posting.account {
            Account::CashInsurance => applied.insurance += posting.amount,
            Account::CashPatient => applied.patient += posting.amount,
            Account::RefundInsurance | Account::RefundPatient => applied.refunds += posting.amount,
            Account::Unapplied => {
                applied.insurance += posting.amount;
                waits.insurance -= posting.amount;
            }
            _ => {}
        }
    }
    (applied, waits)
}

fn month(
    tables: &Snapshot,
    served: &mut HashMap<ClaimId, Option<Month>>,
    claim: ClaimId,
    to: Date,
) -> Result<Option<Month>, StoreError> {
    if let Some(month) = served.get(&claim) {
        return Ok(*month);
    }
    let state = tables.claim_state(claim)?.unwrap_or_default();
    let month = state.footing(to, &tables.footings(claim)?).service_from.map(Date::month);
    served.insert(claim, month);
    Ok(month)
}

/// The charges and payments of every claim of the months of service that were found, as of the last day.
fn cohorts(tables: &Snapshot, found: &mut Collections, to: Date) -> Result<(), StoreError> {
    let months: BTreeSet<Month> = found.cash.keys().filter_map(|place| place.service).collect();
    if months.is_empty() {
        return Ok(());
    }
    for item in tables.claim_states()? {
        let (claim, state) = item?;
        let served = state.footing(to, &tables.footings(claim)?).service_from;
        let Some(month) = served.map(Date::month).filter(|month| months.contains(month)) else {
            continue;
        };
        let Some(state) = balances::state_as_of(tables, claim, state, to)? else { continue };
        let cohort = found.cohorts.entry(month).or_default();
        cohort.charges += state.charge;
        cohort.collected += [state.paid_insurance, state.paid_patient].into_iter().sum::<Money>();
    }
    Ok(())
}
