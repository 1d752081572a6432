//! Denied dollars that a payer paid and took back without another answer: they wait for it in the bucket that it had paid
//! them from. What persons give up or move on from there is told here, and what is left; all else is in [`super::dollars`].

use super::cases::{At, Drafts, Slot, paid};
use crate::domain::{Account, Money, PayerId};
use crate::posting::position::{Answered, Deed, Fate, Position};

/// What a person took from where taken-back dollars wait, and which slots had it. What no slot had is told under none:
/// putting it back gives nothing to a slot.
struct Taken<'a> {
    deed: &'a Deed,
    parts: Vec<(Option<At>, Money)>,
}

/// Fills in what persons made of such dollars, and what still waits.
pub(super) fn settle(drafts: &mut Drafts, position: &Position<'_>) {
    let mut taken: Vec<Taken<'_>> = Vec::new();
    for deed in position.deeds.iter().filter(|d| matches!(d.account, Account::Open | Account::Next)) {
        if deed.amount.is_negative() {
            let parts = take(drafts, position, &taken, deed);
            taken.push(Taken { deed, parts });
        } else {
            put_back(drafts, &mut taken, deed);
        }
    }
    let mut left = position.holdings();
    for place in drafts.places() {
        let waits = waits_in(drafts.slot(place), position, position.answers.len());
        for (account, payer) in waits {
            let stands: Money = left.of(account).filter(|h| h.payer == payer).map(|h| h.amount).sum();
            let part = lost(drafts, &taken, place).min(stands).max(Money::ZERO);
            drafts.slot(place).line.unanswered += part;
            left.add(account, payer, -part);
        }
    }
}

/// The buckets in which the dollars of a slot waited again when so many answers were heard; none where the payer had not
/// taken back what it paid after the denial, or had answered since.
fn waits_in(slot: &Slot, position: &Position<'_>, heard: usize) -> Vec<(Account, PayerId)> {
    let (number, level) = (slot.line.line, slot.level);
    let since = slot.since.iter().find(|(of, _)| *of == level).map_or(0, |(_, since)| *since);
    let speaks = |a: &Answered<'_>| {
        number == 0 || a.lines.iter().any(|l| (l.line == number || l.line == 0) && !l.superseded)
    };
    let paid_on = |a: &Answered<'_>| {
        paid(a).any(|(line, paid)| (number == 0 || line == 0 || line == number) && paid.is_positive())
    };
    let answers = || position.answers.iter().take(heard).enumerate().filter(|(_, a)| a.level == level);
    if answers().any(|(_, a)| a.stood(heard) && speaks(a)) {
        return Vec::new();
    }
    let taken_back = answers().filter(|(at, a)| *at >= since && !a.stood(heard) && paid_on(a));
    let from = taken_back.flat_map(|(_, a)| &a.postings).filter(|p| p.amount.is_negative());
    let mut waits: Vec<_> = from
        .filter(|p| matches!(p.account, Account::Open | Account::Next))
        .map(|p| (p.account, p.payer))
        .collect();
    waits.sort_unstable();
    waits.dedup();
    waits
}

/// Whether what a person put somewhere came from where dollars of a slot waited.
pub(super) fn were_moved(slot: &Slot, position: &Position<'_>, deed: &Deed) -> bool {
    let waited = waits_in(slot, position, deed.heard);
    let from =
        |d: &Deed| d.on == deed.on && d.amount == -deed.amount && waited.contains(&(d.account, d.payer));
    position.deeds.iter().any(from)
}

/// Dollars of a slot of which nothing else is known: neither paid nor denied, given up nor moved on.
fn lost(drafts: &mut Drafts, taken: &[Taken<'_>], place: At) -> Money {
    let line = &drafts.slot(place).line;
    line.denied - line.recovered - line.open - line.unanswered - gone(drafts, taken, place)
}

/// What persons took of a slot's dollars, and what payers moved on.
fn gone(drafts: &mut Drafts, taken: &[Taken<'_>], place: At) -> Money {
    let line = &drafts.slot(place).line;
    let otherwise = taken.iter().filter(|t| t.deed.into == Fate::Other).flat_map(|t| &t.parts);
    let otherwise: Money = otherwise.filter(|(at, _)| *at == Some(place)).map(|(_, part)| *part).sum();
    line.written_off + line.to_patient + line.to_next + otherwise
}

/// A person takes dollars from where taken-back ones wait: those come first, of the line that was named or of the oldest
/// denials.
fn take(
    drafts: &mut Drafts,
    position: &Position<'_>,
    taken: &[Taken<'_>],
    deed: &Deed,
) -> Vec<(Option<At>, Money)> {
    let mut left = -deed.amount;
    let mut parts = Vec::new();
    for place in drafts.places() {
        let slot = drafts.slot(place);
        let meant = deed.line == 0 || deed.line == slot.line.line;
        let waited = waits_in(slot, position, deed.heard).contains(&(deed.account, deed.payer));
        if !meant || !waited {
            continue;
        }
        // What payers said afterwards does not undo what a person did.
        let room = match waits_in(slot, position, position.answers.len()).is_empty() {
            true => slot.line.denied - gone(drafts, taken, place),
            false => lost(drafts, taken, place),
        };
        let part = left.min(room).max(Money::ZERO);
        count(drafts, place, deed.into, part);
        parts.push((Some(place), part));
        left -= part;
    }
    parts.push((None, left));
    parts
}

/// A person puts dollars back: what one act took, if it is undone to the cent; else what was taken last.
fn put_back(drafts: &mut Drafts, taken: &mut [Taken<'_>], deed: &Deed) {
    let alike =
        |t: &Taken<'_>| (t.deed.account, t.deed.payer, t.deed.into) == (deed.account, deed.payer, deed.into);
    let sum = |t: &Taken<'_>| t.parts.iter().map(|(_, part)| *part).sum::<Money>();
    let undone = taken.iter().rposition(|t| alike(t) && t.deed.line == deed.line && sum(t) == deed.amount);
    let mut left = deed.amount;
    let from = match undone {
        Some(at) => &mut taken[at..=at],
        None => taken,
    };
    for (place, part) in from.iter_mut().rev().filter(|t| alike(t)).flat_map(|t| t.parts.iter_mut().rev()) {
        let back = left.min(*part);
        *part -= back;
        left -= back;
        if let Some(place) = place {
            count(drafts, *place, deed.into, -back);
        }
    }
}

fn count(drafts: &mut Drafts, place: At, fate: Fate, amount: Money) {
    let line = &mut drafts.slot(place).line;
    match fate {
        Fate::WrittenOff => line.written_off += amount,
        Fate::Patient => line.to_patient += amount,
        Fate::NextPayer => line.to_next += amount,
        Fate::Other => {}
    }
}
