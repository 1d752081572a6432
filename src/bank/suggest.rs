//! What may belong together and is not proved: for a person to look at.

use super::reassociate::{Awaited, Movement, Open, Window, contradicts, names_payer};
use crate::domain::{DepositId, Money, RemitId};

/// At most so many suggestions for one movement.
const MOST: usize = 3;
/// Sums are looked for among so many remittances nearest in time, of so many at once.
const CANDIDATES: usize = 16;
const PARTS: usize = 4;

/// Remittances whose money a movement may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The movement.
    pub deposit: DepositId,
    /// The remittances.
    pub remits: Vec<RemitId>,
    /// What they paid less what came.
    pub difference: Money,
    /// What speaks for it.
    pub why: &'static str,
}

/// Suggestions for each movement, best first. Give it only what is open after [`matches`](super::reassociate::matches).
#[must_use]
pub fn suggestions(deposits: &[Movement], remits: &[Awaited], window: Window) -> Vec<Suggestion> {
    let open = Open { deposits: deposits.iter().collect(), remits: remits.iter().collect(), window };
    let mut all = Vec::new();
    for deposit in &open.deposits {
        let mut own = traced(&open, deposit);
        own.extend(equal(&open, deposit));
        own.extend(sums(&open, deposit));
        own.dedup_by(|a, b| a.remits == b.remits);
        own.truncate(MOST);
        all.extend(own);
    }
    all
}

fn suggestion(deposit: &Movement, remits: &[&Awaited], why: &'static str) -> Suggestion {
    let paid: Money = remits.iter().map(|remit| remit.amount).sum();
    let mut ids: Vec<RemitId> = remits.iter().map(|remit| remit.id).collect();
    ids.sort_unstable();
    Suggestion { deposit: deposit.id, remits: ids, difference: paid - deposit.amount, why }
}

/// The same number, and yet not the same money.
fn traced(open: &Open<'_>, deposit: &Movement) -> Vec<Suggestion> {
    let same = open.remits.iter().filter(|remit| !remit.trace.is_empty() && remit.trace == deposit.trace);
    let why = |remit: &Awaited| match remit.amount == deposit.amount {
        true => "same number and amount; payer or day differs, or it is not the only one",
        false => "same number, another amount",
    };
    same.map(|remit| suggestion(deposit, &[remit], why(remit))).collect()
}

/// The same amount at the same time.
fn equal(open: &Open<'_>, deposit: &Movement) -> Vec<Suggestion> {
    let fits = |remit: &&&Awaited| {
        remit.amount == deposit.amount && open.near(deposit, remit) && !contradicts(deposit, remit)
    };
    let mut found: Vec<&Awaited> = open.remits.iter().filter(fits).copied().collect();
    found.sort_by_key(|r| (!names_payer(deposit, r), deposit.on.days_since(r.on).abs(), r.id));
    let why = |remit: &Awaited| match names_payer(deposit, remit) {
        true => "same amount and payer; not the only one",
        false => "same amount; nothing names the payer",
    };
    found.into_iter().map(|remit| suggestion(deposit, &[remit], why(remit))).collect()
}

/// A few remittances that add up to it. Any of many sums fits by chance, so only one that is alone is worth a look.
fn sums(open: &Open<'_>, deposit: &Movement) -> Option<Suggestion> {
    let fits = |remit: &&&Awaited| {
        open.near(deposit, remit) && !contradicts(deposit, remit) && remit.amount.is_positive()
    };
    let mut near: Vec<&Awaited> = open.remits.iter().filter(fits).copied().collect();
    near.sort_by_key(|remit| (deposit.on.days_since(remit.on).abs(), remit.id));
    near.truncate(CANDIDATES);
    let mut found = Vec::new();
    choose(&near, deposit.amount, &mut Vec::new(), &mut found);
    match &found[..] {
        [one] => Some(suggestion(deposit, one, "they add up to it, and no others nearby do")),
        _ => None,
    }
}

/// Every choice of two to [`PARTS`] that adds up to what is left; two found are enough to know that none is alone.
fn choose<'a>(
    from: &[&'a Awaited],
    left: Money,
    taken: &mut Vec<&'a Awaited>,
    found: &mut Vec<Vec<&'a Awaited>>,
) {
    if left.is_zero() && taken.len() > 1 {
        found.push(taken.clone());
        return;
    }
    if found.len() > 1 || taken.len() == PARTS {
        return;
    }
    for (at, remit) in from.iter().enumerate().filter(|(_, remit)| remit.amount <= left) {
        taken.push(remit);
        choose(&from[at + 1..], left - remit.amount, taken, found);
        taken.pop();
    }
}
