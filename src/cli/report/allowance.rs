//! `arrears report allowance`: what of the receivables will not come, by the office's own past.

use std::collections::HashMap;
use std::ops::Range;

use crate::books::credits::financial_class;
use crate::books::{balances, scan};
use crate::domain::book::{ClaimState, Footing, PayerRecord};
use crate::domain::entry::Entry;
use crate::domain::{Account, ClaimId, Date, Money, PayerId};
use crate::report::allowance::{Allowance, Days, Ended, PATIENT, Place, Sum, outcomes, owed};
use crate::report::{Buckets, Table};
use crate::store::{Read, Snapshot, StoreError};

/// What of the receivables will not come: contractual and price concession, by payer and age
///
/// The shares are the office's own: what became of the balances that stood a look-back ago, as contractual adjustment, price
/// concession and cash; what still stands counts as not collected. The estimate that was to be made then is tested against what
/// came since, and the report says whether it may be booked.
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

/// Part of what ended of a claim, under whose name it did, and when: see [`stage`].
type Part = (ClaimId, (Who, usize, Ended));

/// What ended of a claim, by who owed it and stage.
type Stages = Vec<(Who, [Ended; 2])>;

pub fn table(tables: &Snapshot, args: &Args, as_of: Date) -> Result<Table, StoreError> {
    of(tables, args.look_back, args.buckets.clone(), as_of)
}

/// The same, for a look-back.
pub fn of(tables: &Snapshot, months: u32, buckets: Buckets, as_of: Date) -> Result<Table, StoreError> {
    let days = Days::of(as_of, months);
    let ended = ended(tables, &days)?;
    let footings = balances::footings(tables)?;
    let begin = || Seen { sums: HashMap::new(), ended: &ended };
    let add = |seen: &mut Seen<'_>, claim: ClaimId, state: &ClaimState| {
        let parts = scan::take(&mut seen.ended, &claim);
        let footings = footings.get(&claim).map_or(&[][..], Vec::as_slice);
        seen.add(&days, &buckets, (state, footings), &stages(parts));
        Ok(())
    };
    let seen = scan::states(tables, begin, add)?;
    let payers: HashMap<PayerId, PayerRecord> =
        tables.payers()?.into_iter().map(|payer| (payer.id, payer)).collect();
    let mut allowance = Allowance::new(days, buckets);
    for ((who, bucket), sums) in seen.into_iter().flat_map(|seen| seen.sums) {
        let place = || place(who.map(|payer| payers.get(&payer)), bucket);
        if sums.balances > 0 {
            allowance.stands(place(), sums.balances, sums.balance);
        }
        sums.then.into_iter().for_each(|sum| allowance.stood(place(), sum));
        sums.before.into_iter().for_each(|sum| allowance.seen_before.add(&place(), sum));
    }
    Ok(allowance.finish())
}

/// What one thread has seen.
struct Seen<'e> {
    /// Of those who owe, by the bucket of the balance's age.
    sums: HashMap<(Who, usize), Sums>,
    /// What ended of this claim and the later ones.
    ended: &'e [Part],
}

/// Balances of the three days.
#[derive(Default)]
struct Sums {
    balances: u64,
    balance: Money,
    then: Option<Sum>,
    before: Option<Sum>,
}

impl Seen<'_> {
    fn add(
        &mut self,
        days: &Days,
        buckets: &Buckets,
        (state, footings): (&ClaimState, &[Footing]),
        stages: &[(Who, [Ended; 2])],
    ) {
        let mut each = |day: Date, after: Range<usize>, add: fn(&mut Sums, Money, Ended)| {
            let stood = parts(state, day);
            if stood.is_empty() {
                return;
            }
            // A claim without a day of service counts as young.
            let age = state.footing(day, footings).service_from.map_or(0, |from| day.days_since(from));
            let bucket = buckets.of_age(u32::try_from(age).unwrap_or(0));
            let became = if stages.is_empty() { Vec::new() } else { became(&stood, stages, after) };
            for (part, (who, balance)) in stood.into_iter().enumerate() {
                let ended = became.get(part).copied().unwrap_or_default();
                add(self.sums.entry((who, bucket)).or_default(), balance, ended);
            }
        };
        each(days.as_of, 2..2, |sums, balance, _| {
            sums.balances += 1;
            sums.balance += balance;
        });
        each(days.then, 1..2, |sums, balance, ended| {
            sums.then.get_or_insert_default().add(Sum::of(balance, ended));
        });
        each(days.before, 0..1, |sums, balance, ended| {
            sums.before.get_or_insert_default().add(Sum::of(balance, ended));
        });
    }
}

/// What a claim's balance of a day consists of, by who owes it.
fn parts(state: &ClaimState, day: Date) -> Vec<(Who, Money)> {
    let who = |account: Account, payer| (!account.is_patient()).then_some(payer);
    let parts: Vec<_> =
        state.holdings_as_of(day).iter().map(|h| (who(h.account, h.payer), h.amount)).collect();
    owed(&parts)
}

/// What became of the parts of a claim's balance in some stages.
fn became(stood: &[(Who, Money)], stages: &[(Who, [Ended; 2])], of: Range<usize>) -> Vec<Ended> {
    let sum = |stages: &[Ended; 2]| {
        let mut sum = Ended::default();
        stages[of.clone()].iter().for_each(|stage| sum.add(*stage));
        sum
    };
    let ended: Vec<(Who, Ended)> = stages.iter().map(|(who, stages)| (*who, sum(stages))).collect();
    outcomes(stood, &ended)
}

/// Who owes it.
fn place(who: Option<Option<&PayerRecord>>, bucket: usize) -> Place {
    let (payer, payer_id, class) = match who {
        None => ("patients".to_owned(), None, PATIENT),
        Some(None) => ("(no payer named)".to_owned(), None, "unknown"),
        Some(Some(payer)) => {
            let name = if payer.name.is_empty() { &payer.ident } else { &payer.name };
            let ident = Some(payer.ident.clone()).filter(|ident| !ident.is_empty());
            (name.clone(), ident, financial_class(payer))
        }
    };
    Place { payer, payer_id, class: class.to_owned(), bucket }
}

/// Of the entries since the first day that matters: what ended of each claim, by claim, and of each in the order of the days.
fn ended(tables: &Snapshot, days: &Days) -> Result<Vec<Part>, StoreError> {
    let add = |parts: &mut Vec<Part>, _, entry: &Entry| {
        if let (Some(claim), Some((who, part))) = (entry.claim, ending(entry)) {
            parts.push((claim, (who, stage(days, entry.posted_on), part)));
        }
    };
    let from = days.before.plus_days(1);
    let mut parts = scan::entries(tables, Some(from), days.as_of, Vec::new, add)?.concat();
    parts.sort_by_key(|part| part.0);
    Ok(parts)
}

/// 0 until the look-back day, 1 since.
fn stage(days: &Days, on: Date) -> usize {
    usize::from(on > days.then)
}

/// The parts of one claim, by who owed them in the order in which they were told.
fn stages(parts: &[Part]) -> Stages {
    let mut stages = Stages::new();
    for (_, (who, stage, part)) in parts {
        let at = stages.iter().position(|(of, _)| of == who).unwrap_or_else(|| {
            stages.push((*who, [Ended::default(); 2]));
            stages.len() - 1
        });
        stages[at].1[*stage].add(*part);
    }
    stages
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
            | Account::Plb
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
