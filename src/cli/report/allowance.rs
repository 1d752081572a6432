//! `report allowance`: what of the receivables will not come, by the office's own past.

use std::collections::HashMap;

use crate::books::credits::financial_class;
use crate::domain::book::{ClaimState, PayerRecord};
use crate::domain::{ClaimId, Date, Money, PayerId};
use crate::report::allowance::{Allowance, Outcome, Place};
use crate::report::{Buckets, Table};
use crate::store::{Read, ReadPeriods, Snapshot, StoreError};

/// What of the receivables will not come: contractual and price concession, by payer and age
///
/// The shares are the office's own: what became of the balances that stood a look-back ago. The estimate of that day is tested
/// against what came of it.
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

/// What was taken off a claim and given up: until the look-back day, and since.
type Lost = [(Money, Money); 2];

pub fn table(tables: &Snapshot, args: &Args, as_of: Date) -> Result<Table, StoreError> {
    of(tables, args.look_back, args.buckets.clone(), as_of)
}

/// The same, for a look-back.
pub fn of(tables: &Snapshot, months: u32, buckets: Buckets, as_of: Date) -> Result<Table, StoreError> {
    let then = as_of.minus_months(months);
    let before = then.minus_months(months);
    let payers: HashMap<PayerId, PayerRecord> =
        tables.payers()?.into_iter().map(|payer| (payer.id, payer)).collect();
    let lost = lost(tables, before, then, as_of)?;
    let mut allowance = Allowance::new(as_of, then, months, buckets);
    for item in tables.claim_states()? {
        let (claim, state) = item?;
        let [(contractual_then, conceded_then), (contractual, conceded)] =
            lost.get(&claim).copied().unwrap_or_default();
        let place = |day: Date| place(&state, payers.get(&state.billed_payer), &allowance.buckets, day);
        let stood = |day: Date| -> Money { state.holdings_as_of(day).iter().map(|h| h.amount).sum() };
        let (now, at_then, at_before) = (stood(as_of), stood(then), stood(before));
        let places = (place(as_of), place(then), place(before));
        if now.is_positive() {
            allowance.stands(places.0, now);
        }
        if at_then.is_positive() {
            allowance.stood(places.1, Outcome::of(at_then, contractual, conceded));
        }
        if at_before.is_positive() {
            let outcome = Outcome::of(at_before, contractual_then, conceded_then);
            allowance.seen_then.add(&places.2, outcome);
        }
    }
    Ok(allowance.finish())
}

/// The claim's payer, and its age on a day. A claim without a day of service counts as young.
fn place(state: &ClaimState, payer: Option<&PayerRecord>, buckets: &Buckets, day: Date) -> Place {
    let age = state.service_from.map_or(0, |from| day.days_since(from));
    Place {
        payer: payer.map_or_else(
            || "(no payer named)".to_owned(),
            |payer| if payer.name.is_empty() { payer.ident.clone() } else { payer.name.clone() },
        ),
        payer_id: payer.map(|payer| payer.ident.clone()).filter(|ident| !ident.is_empty()),
        class: payer.map_or("unknown", financial_class).to_owned(),
        bucket: buckets.of_age(u32::try_from(age).unwrap_or(0)),
    }
}

/// Of the entries since `before`: what each claim lost.
fn lost(
    tables: &Snapshot,
    before: Date,
    then: Date,
    as_of: Date,
) -> Result<HashMap<ClaimId, Lost>, StoreError> {
    let mut lost: HashMap<ClaimId, Lost> = HashMap::new();
    for item in tables.entries_of_days(Some(before.plus_days(1)), as_of)? {
        let (_, entry) = item?;
        let Some(claim) = entry.claim else { continue };
        for posting in &entry.postings {
            let (adjusts, gives_up) = (posting.account.is_adjustment(), posting.account.is_writeoff());
            if !adjusts && !gives_up {
                continue;
            }
            let of = &mut lost.entry(claim).or_default()[usize::from(entry.posted_on > then)];
            if adjusts {
                of.0 += posting.amount;
            } else {
                of.1 += posting.amount;
            }
        }
    }
    Ok(lost)
}
