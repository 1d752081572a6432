//! What a claim adds to the sums that reports read, day by day.
//!
//! A claim owes or is in credit as a whole, so a posting moves more than its own amount: the claim's share of a day is
//! what stands at its end, less what stood the day before. The days are in the claim's state, so that what it added
//! before can be taken back whatever changed.

use super::balances;
use crate::domain::book::{ClaimState, Holding, Standing};
use crate::domain::entry::Entry;
use crate::domain::{Account, Date, EntryId};
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
    let mut by_day: Vec<&Entry> = entries.iter().map(|(_, e)| e).filter(|e| e.claim.is_some()).collect();
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
pub fn restate(changes: &mut Changes, before: &ClaimState, now: &ClaimState) {
    let same_places = before.service_from == now.service_from && before.billed_payer == now.billed_payer;
    let kept =
        if same_places { before.days.iter().zip(&now.days).take_while(|(a, b)| a == b).count() } else { 0 };
    add(changes, before, kept, -1);
    add(changes, now, kept, 1);
}

/// Adds all that a claim adds.
pub fn state(changes: &mut Changes, now: &ClaimState) {
    add(changes, now, 0, 1);
}

fn add(changes: &mut Changes, state: &ClaimState, from: usize, sign: i64) {
    let mut before = from.checked_sub(1).map_or(&[][..], |at| &state.days[at].holdings);
    for Standing { on, holdings } in &state.days[from..] {
        for (stood, sign) in [(before, -sign), (holdings, sign)] {
            shares(state, stood, |cube, place, amounts| {
                changes.add(cube, *on, place, amounts.map(|amount| sign * amount));
            });
        }
        before = holdings;
    }
}

/// The places in which a claim counts while this stands on it.
fn shares(state: &ClaimState, holdings: &[Holding], mut share: impl FnMut(Cube, Place, Amounts)) {
    let mut any = 0;
    for (payer, amount) in balances::by_payer(holdings, state.billed_payer, |_| true) {
        let cents = amount.cents();
        let amounts = match cents {
            0 => continue,
            1.. => [cents, 1, 0, 0],
            _ => [0, 0, cents, 1],
        };
        any = 1;
        share(Cube::Aging, Place { what: u64::from(payer.0), day: state.service_from }, amounts);
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
