//! What a claim adds to the sums that reports read, day by day.
//!
//! A claim owes or is in credit as a whole, so a posting moves more than its own amount: the claim's share of a day is
//! what stands at its end, less what stood the day before. The days are in the claim's state, so that what it added
//! before can be taken back whatever changed.

use super::balances;
use crate::domain::book::{ClaimState, Footing, Holding, Standing};
use crate::domain::entry::Entry;
use crate::domain::{Account, Date, EntryId, Few, PayerId};
use crate::posting::position::Holdings;
use crate::store::{Amounts, Changes, Cube, Place};

/// [`Cube::Standing`]: claims that owe as a whole, and their balance.
pub const DEBIT: u64 = 100;
/// [`Cube::Standing`]: claims in credit.
pub const CREDIT: u64 = 101;
/// [`Cube::Standing`]: claims on which any payer's part is open.
pub const ANY: u64 = 102;

/// What stood at the end of each day with an entry.
#[must_use]
pub fn days(entries: &[(EntryId, Entry)]) -> Vec<Standing> {
    // An entry that booked a payment before it found its claim moves nothing on the claim.
    let mut by_day: Few<&Entry, 4> = entries.iter().map(|(_, e)| e).filter(|e| e.claim.is_some()).collect();
    by_day.sort_by_key(|entry| entry.posted_on);
    let mut holdings = Holdings::default();
    let mut days: Vec<Standing> = Vec::new();
    for entry in by_day {
        holdings.apply(&entry.postings);
        match days.last_mut().filter(|day| day.on == entry.posted_on) {
            Some(day) => day.holdings = holdings.sorted(),
            None => days.push(Standing { on: entry.posted_on, holdings: holdings.sorted() }),
        }
    }
    days
}

/// When the balance came to whoever owes most of it at the end of these days: the last day on which that bucket went from
/// nothing to something. A day on which a payer takes a share back and gives it again moves nothing.
#[must_use]
pub fn responsible_since(days: &[Standing]) -> Option<Date> {
    let most = days.last()?.holdings.iter().max_by_key(|h| h.amount.abs())?;
    let stood =
        |day: &&Standing| day.holdings.iter().any(|h| (h.account, h.payer) == (most.account, most.payer));
    days.iter().rev().take_while(stood).last().map(|day| day.on)
}

/// Takes back what a claim added, and adds what it adds now. Days that stayed as they were cost nothing.
pub fn restate(changes: &mut Changes, before: (&ClaimState, &[Footing]), now: (&ClaimState, &[Footing])) {
    let (before, now) = (steps(before.0, before.1), steps(now.0, now.1));
    let kept = before.iter().zip(&now).take_while(|(a, b)| a == b).count();
    add(changes, &before, kept, -1);
    add(changes, &now, kept, 1);
}

/// Adds all that a claim adds. `earlier` says what it aged from on closed days.
pub fn state(changes: &mut Changes, now: &ClaimState, earlier: &[Footing]) {
    add(changes, &steps(now, earlier), 0, 1);
}

/// What the claim had from a day on: its holdings, and where they count.
#[derive(PartialEq)]
struct Step<'s> {
    on: Date,
    holdings: &'s [Holding],
    service_from: Option<Date>,
    billed_payer: PayerId,
}

/// Every day on which something changed: the days with entries, and the day after a closed one until which the claim aged
/// from elsewhere.
fn steps<'s>(state: &'s ClaimState, earlier: &[Footing]) -> Few<Step<'s>, 3> {
    let step = |on: Date, holdings: &'s [Holding]| {
        let footing = state.footing(on, earlier);
        Step { on, holdings, service_from: footing.service_from, billed_payer: footing.billed_payer }
    };
    let mut steps: Few<Step<'s>, 3> = state.days.iter().map(|day| step(day.on, &day.holdings)).collect();
    for footing in earlier {
        let on = footing.until.plus_days(1);
        let at = steps.partition_point(|step| step.on < on);
        let there = steps.get(at).is_some_and(|step| step.on == on);
        if let Some(before) = at.checked_sub(1).filter(|_| !there) {
            let holdings = steps[before].holdings;
            steps.insert(at, step(on, holdings));
        }
    }
    steps
}

fn add(changes: &mut Changes, steps: &[Step<'_>], from: usize, sign: i64) {
    let mut before = from.checked_sub(1).map(|at| &steps[at]);
    for step in &steps[from..] {
        for (stood, sign) in [(before, -sign), (Some(step), sign)] {
            let Some(stood) = stood else { continue };
            shares(stood, |cube, place, amounts| {
                changes.add(cube, step.on, place, amounts.map(|amount| sign * amount));
            });
        }
        before = Some(step);
    }
}

/// The places in which a claim counts while this stands on it.
fn shares(stood: &Step<'_>, mut share: impl FnMut(Cube, Place, Amounts)) {
    let holdings = stood.holdings;
    let mut any = 0;
    for (payer, amount) in balances::by_payer(holdings, stood.billed_payer, |_| true) {
        let cents = amount.cents();
        let amounts = match cents {
            0 => continue,
            1.. => [cents, 1, 0, 0],
            _ => [0, 0, cents, 1],
        };
        any = 1;
        share(Cube::Aging, Place { what: u64::from(payer.0), day: stood.service_from }, amounts);
    }
    let mut standing =
        |what, cents, claims| share(Cube::Standing, Place { what, day: None }, [cents, claims, 0, 0]);
    standing(ANY, 0, any);
    let mut balance = 0;
    for account in Account::BUCKETS {
        let cents: i64 = holdings.iter().filter(|h| h.account == account).map(|h| h.amount.cents()).sum();
        if cents != 0 {
            standing(account as u64, cents, 1);
            balance += cents;
        }
    }
    if balance != 0 {
        standing(if balance < 0 { CREDIT } else { DEBIT }, balance, 1);
    }
}
