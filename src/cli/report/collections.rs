//! `arrears report collections`: cash by month of service and month of payment.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use super::span::Span;
use crate::books::{balances, scan};
use crate::domain::book::ClaimState;
use crate::domain::entry::Entry;
use crate::domain::{Account, ClaimId, ClaimSet, Date, EntryId, Money, Month};
use crate::report::Table;
use crate::report::collections::{Cash, Cohort, Collections, Place, What};
use crate::store::{Snapshot, StoreError, Visit};

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
    let claims = Claims::read(tables, to)?;
    let add = |found: &mut Collections, _, entry: &Entry| {
        let (mut applied, waits) = cash(entry);
        // What a payer took at provider level, and a person put on a claim: it is the claim's now.
        let levied = if entry.claim.is_some() { at_provider_level(entry) } else { Money::ZERO };
        applied.insurance += levied;
        if [applied, waits] == [Cash::default(); 2] {
            return;
        }
        let payment = entry.posted_on.month();
        let (what, service) = match entry.claim {
            Some(claim) => (What::Claims, claims.served(claim)),
            None => (What::NoClaim, None),
        };
        found.add(Place { what, service, payment }, applied);
        let elsewhere = Cash { insurance: -levied, ..Cash::default() };
        found.add(Place { what: What::NoClaim, service: None, payment }, elsewhere);
        found.add(Place { what: What::Unapplied, service: None, payment }, waits);
    };
    let mut found = Collections::default();
    for part in scan::entries(tables, Some(from), to, Collections::default, add)? {
        part.cash.into_iter().for_each(|(place, cash)| found.add(place, cash));
    }
    let months: BTreeSet<Month> = found.cash.keys().filter_map(|place| place.service).collect();
    if !months.is_empty() {
        found.cohorts = claims.cohorts(tables, to)?;
        found.cohorts.retain(|month, _| months.contains(month));
    }
    let table = if matrix { found.matrix() } else { found.list() };
    Ok(span.name(table, as_of))
}

/// What an entry moved on the accounts of provider-level items.
fn at_provider_level(entry: &Entry) -> Money {
    entry
        .postings
        .iter()
        .filter(|posting| posting.account == Account::Plb)
        .map(|posting| posting.amount)
        .sum()
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

/// What the claims say of themselves.
#[derive(Default)]
struct Claims {
    /// The month of service of each claim, by its number.
    served: Vec<Option<Month>>,
    /// The charges and payments of claims to which nothing was posted after the last day.
    settled: BTreeMap<Month, Cohort>,
    /// The others.
    moved: ClaimSet,
}

impl Claims {
    fn read(tables: &Snapshot, to: Date) -> Result<Claims, StoreError> {
        let footings = balances::footings(tables)?;
        let read = |numbers: RangeInclusive<ClaimId>| {
            let (mut served, mut claims) = (Vec::new(), Claims::default());
            tables.visit_claims(numbers, |claim| {
                let standing = &claim.standing;
                let footing = footings.get(&claim.id).and_then(|all| all.iter().find(|f| to <= f.until));
                let from = footing.map_or(standing.service_from, |footing| footing.service_from);
                let month = from.map(Date::month);
                served.push((claim.id, month));
                if standing.last_posted_on.is_some_and(|last| last > to) {
                    claims.moved.insert(claim.id);
                } else if let Some(month) = month {
                    add_to(&mut claims.settled, month, standing.charge, standing.paid);
                }
                Ok(())
            })?;
            Ok((served, claims))
        };
        let mut whole = Claims::default();
        for (served, part) in scan::of_claims(tables, read)? {
            whole.served.resize(served.last().map_or(0, |(last, _)| place(*last) + 1), None);
            served.into_iter().for_each(|(claim, month)| whole.served[place(claim)] = month);
            whole.moved.absorb(&part.moved);
            absorb(&mut whole.settled, part.settled);
        }
        Ok(whole)
    }

    /// The month of a claim's earliest service day.
    fn served(&self, claim: ClaimId) -> Option<Month> {
        self.served.get(place(claim)).copied().flatten()
    }

    /// The charges and payments of every claim by month of service, as of the last day.
    fn cohorts(&self, tables: &Snapshot, to: Date) -> Result<BTreeMap<Month, Cohort>, StoreError> {
        let mut cohorts = self.settled.clone();
        if self.moved.is_empty() {
            return Ok(cohorts);
        }
        let last = |last: &mut Vec<(ClaimId, EntryId)>, claim: ClaimId, state: &ClaimState| {
            last.extend(state.last_entry.filter(|_| self.moved.contains(claim)).map(|entry| (claim, entry)));
            Ok(())
        };
        let moved = scan::states(tables, Vec::new, last)?.concat();
        let add_up = |moved: &[(ClaimId, EntryId)]| {
            let mut cohorts = BTreeMap::new();
            tables.visit_chains(moved.iter().map(|(_, last)| Some(*last)), |claim, _, entry| {
                if let Some(month) = self.served(moved[claim].0).filter(|_| entry.posted_on <= to) {
                    let mut state = ClaimState::default();
                    balances::count(&mut state, &entry.postings);
                    add_to(&mut cohorts, month, state.charge, state.paid_insurance + state.paid_patient);
                }
            })?;
            Ok(cohorts)
        };
        scan::in_halves(&moved, add_up)?.into_iter().for_each(|part| absorb(&mut cohorts, part));
        Ok(cohorts)
    }
}

fn place(claim: ClaimId) -> usize {
    usize::try_from(claim.0).unwrap_or(usize::MAX)
}

fn add_to(cohorts: &mut BTreeMap<Month, Cohort>, month: Month, charges: Money, collected: Money) {
    let cohort = cohorts.entry(month).or_default();
    cohort.charges += charges;
    cohort.collected += collected;
}

fn absorb(cohorts: &mut BTreeMap<Month, Cohort>, more: BTreeMap<Month, Cohort>) {
    for (month, more) in more {
        let cohort = cohorts.entry(month).or_default();
        cohort.charges += more.charges;
        cohort.collected += more.collected;
    }
}
