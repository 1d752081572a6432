//! `arrears report allowance`: what of the receivables will not come, by the office's own past.

use std::collections::HashMap;

use crate::books::credits::financial_class;
use crate::domain::book::{ClaimState, Footing, PayerRecord};
use crate::domain::entry::Entry;
use crate::domain::{Account, ClaimId, Date, Money, PayerId};
use crate::report::allowance::{Allowance, Days, Ended, PATIENT, Place, outcomes, owed};
use crate::report::{Buckets, Table};
use crate::store::{Read, ReadPeriods, Snapshot, StoreError};

/// What of the receivables will not come: contractual and price concession, by payer and age
///
/// The shares are the office's own: what became of the balances that stood a look-back ago, as contractual adjustment, price
/// concession and cash. The estimate of the month before is tested against what came of it since.
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears report allowance
  arrears report allowance --look-back 12 --as-of 2024-03-31")]
pub struct Args {
    /// How many months to look back
    #[arg(long, value_name = "MONTHS", default_value_t = LOOK_BACK, value_parser = clap::value_parser!(u32).range(1..=60))]
    look_back: u32,
    /// The last day of each bucket but the last
    #[arg(long, default_value = "30,60,90,120", value_name = "DAYS")]
    buckets: Buckets,
}

/// Long enough for most balances to end.
pub const LOOK_BACK: u32 = 6;

/// Who owes a part of a claim: a payer, or with [`None`] the patient.
type Who = Option<PayerId>;

/// What ended of a claim, by who owed it: until the look-back day of the day, until the end of the month before, and since.
type Stages = Vec<(Who, [Ended; 3])>;

pub fn table(tables: &Snapshot, args: &Args, as_of: Date) -> Result<Table, StoreError> {
    of(tables, args.look_back, args.buckets.clone(), as_of)
}

/// The same, for a look-back.
pub fn of(tables: &Snapshot, months: u32, buckets: Buckets, as_of: Date) -> Result<Table, StoreError> {
    let days = Days::of(as_of, months);
    let payers: HashMap<PayerId, PayerRecord> =
        tables.payers()?.into_iter().map(|payer| (payer.id, payer)).collect();
    let ended = ended(tables, &days)?;
    let mut footings: HashMap<ClaimId, Vec<Footing>> = HashMap::new();
    for item in tables.all_footings()? {
        let (claim, footing) = item?;
        footings.entry(claim).or_default().push(footing);
    }
    let mut allowance = Allowance::new(days, buckets);
    for item in tables.claim_states()? {
        let (claim, state) = item?;
        let stages = ended.get(&claim).map_or(&[][..], Vec::as_slice);
        let footings = footings.get(&claim).map_or(&[][..], Vec::as_slice);
        let place = |who: Who, day: Date| {
            let served = state.footing(day, footings).service_from;
            place(who.map(|payer| (payer, payers.get(&payer))), served, &allowance.buckets, day)
        };
        let now: Vec<_> =
            parts(&state, days.as_of).into_iter().map(|(w, m)| (place(w, days.as_of), m)).collect();
        let then = became(&state, days.then, stages, 1..3, place);
        let last = became(&state, days.last, stages, 2..3, place);
        let last_then = became(&state, days.last_then, stages, 0..2, place);
        now.into_iter().for_each(|(place, balance)| allowance.stands(place, balance));
        then.into_iter().for_each(|(place, balance, ended)| allowance.seen.add(&place, balance, ended));
        last.into_iter().for_each(|(place, balance, ended)| allowance.stood(place, balance, ended));
        last_then
            .into_iter()
            .for_each(|(place, balance, ended)| allowance.seen_last.add(&place, balance, ended));
    }
    Ok(allowance.finish())
}

/// What a claim's balance of a day consists of, by who owes it.
fn parts(state: &ClaimState, day: Date) -> Vec<(Who, Money)> {
    let who = |account: Account, payer| (!account.is_patient()).then_some(payer);
    let parts: Vec<_> =
        state.holdings_as_of(day).iter().map(|h| (who(h.account, h.payer), h.amount)).collect();
    owed(&parts)
}

/// The parts of a claim's balance of a day, and what became of each in some stages after it.
fn became(
    state: &ClaimState,
    day: Date,
    stages: &[(Who, [Ended; 3])],
    after: std::ops::Range<usize>,
    place: impl Fn(Who, Date) -> Place,
) -> Vec<(Place, Money, Ended)> {
    let stood = parts(state, day);
    if stood.is_empty() {
        return Vec::new();
    }
    let sum = |stages: &[Ended; 3]| {
        let mut sum = Ended::default();
        stages[after.clone()].iter().for_each(|stage| sum.add(*stage));
        sum
    };
    let ended: Vec<(Who, Ended)> = stages.iter().map(|(who, stages)| (*who, sum(stages))).collect();
    let outcomes = outcomes(&stood, &ended);
    stood.into_iter().zip(outcomes).map(|((who, balance), ended)| (place(who, day), balance, ended)).collect()
}

/// Who owes it, and its age on a day. A claim without a day of service counts as young.
fn place(
    who: Option<(PayerId, Option<&PayerRecord>)>,
    served: Option<Date>,
    buckets: &Buckets,
    day: Date,
) -> Place {
    let age = served.map_or(0, |from| day.days_since(from));
    let (payer, payer_id, class) = match who {
        None => ("patients".to_owned(), None, PATIENT),
        Some((_, None)) => ("(no payer named)".to_owned(), None, "unknown"),
        Some((_, Some(payer))) => {
            let name = if payer.name.is_empty() { &payer.ident } else { &payer.name };
            let ident = Some(payer.ident.clone()).filter(|ident| !ident.is_empty());
            (name.clone(), ident, financial_class(payer))
        }
    };
    let bucket = buckets.of_age(u32::try_from(age).unwrap_or(0));
    Place { payer, payer_id, class: class.to_owned(), bucket }
}

/// Of the entries since the first day that matters: what ended of each claim.
fn ended(tables: &Snapshot, days: &Days) -> Result<HashMap<ClaimId, Stages>, StoreError> {
    let mut ended: HashMap<ClaimId, Stages> = HashMap::new();
    for item in tables.entries_of_days(Some(days.last_then.plus_days(1)), days.as_of)? {
        let (_, entry) = item?;
        let Some(claim) = entry.claim else { continue };
        let Some((who, part)) = ending(&entry) else { continue };
        let stage = usize::from(entry.posted_on > days.then) + usize::from(entry.posted_on > days.last);
        let stages = ended.entry(claim).or_default();
        match stages.iter_mut().find(|(of, _)| *of == who) {
            Some((_, stages)) => stages[stage].add(part),
            None => {
                let mut new = [Ended::default(); 3];
                new[stage] = part;
                stages.push((who, new));
            }
        }
    }
    Ok(ended)
}

/// What an entry ended of its claim, and who owed that: whoever's share it lowered most (raised most, where it takes an ending
/// back).
fn ending(entry: &Entry) -> Option<(Who, Ended)> {
    let mut part = Ended::default();
    let mut shares: Vec<(Who, Money)> = Vec::new();
    for posting in &entry.postings {
        let amount = posting.amount;
        match posting.account {
            Account::CashInsurance
            | Account::CashPatient
            | Account::Unapplied
            | Account::RefundInsurance
            | Account::RefundPatient => part.cash += amount,
            account if account.is_adjustment() => part.contractual += amount,
            account if account.is_writeoff() => part.conceded += amount,
            account if account.bucket().is_some() => {
                let who = (!account.is_patient()).then_some(posting.payer);
                match shares.iter_mut().find(|(of, _)| *of == who) {
                    Some((_, sum)) => *sum += amount,
                    None => shares.push((who, amount)),
                }
            }
            _ => {}
        }
    }
    if part == Ended::default() {
        return None;
    }
    let lowered = |sum: Money| if part.all().is_negative() { -sum } else { sum };
    let (who, _) = shares.into_iter().min_by_key(|(who, sum)| (lowered(*sum), *who))?;
    Some((who, part))
}
