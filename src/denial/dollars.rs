//! What became of the dollars of denied lines: still denied, paid, written off, moved, taken back. Each dollar of the
//! claim's buckets and of its payments is counted for one line at most.

use super::cases::{At, Drafts, held, paid};
use crate::domain::case::DeniedLine;
use crate::domain::{Account, Date, Money, PayerId};
use crate::posting::position::{Answered, Deed, Fate, Position, Standing};

/// What a live answer denies of a slot, in the bucket where it waits.
pub(super) struct Share {
    pub(super) at: At,
    /// The answer's place in the story; nothing where no answer denied it.
    pub(super) by: Option<usize>,
    pub(super) account: Account,
    pub(super) payer: PayerId,
    pub(super) amount: Money,
}

/// What persons took off a slot, as far as they did not put it back.
pub(super) struct Taken {
    at: At,
    fate: Fate,
    amount: Money,
}

/// Fills in what became of every slot.
pub(super) fn settle(drafts: &mut Drafts, position: &Position<'_>) {
    if drafts.cases.is_empty()
        && position.payers.of(Account::Denied).next().is_none()
        && refused_deeds(position).next().is_none()
    {
        return;
    }
    as_payers_left_it(drafts, position);
    split(drafts);
    recover(drafts, position);
    for deed in refused_deeds(position) {
        match deed.amount.is_negative() {
            true => drafts.take_off(deed),
            false => put_back(drafts, position, deed),
        }
    }
    for share in &drafts.shares {
        drafts.cases[share.at.0].slots[share.at.1].line.open += share.amount;
    }
    for taken in drafts.taken.iter().filter(|t| t.fate == Fate::Other && t.amount.is_positive()) {
        drafts.cases[taken.at.0].set_back = true;
    }
}

/// What persons took out of the buckets of refusals, or put there.
fn refused_deeds<'a>(position: &'a Position<'_>) -> impl Iterator<Item = &'a Deed> {
    position.deeds.iter().filter(|d| matches!(d.account, Account::Denied | Account::Hold))
}

/// The buckets of refusals on this claim, payer by payer.
fn pockets(drafts: &Drafts, position: &Position<'_>) -> Vec<(Account, PayerId)> {
    let shares = drafts.shares.iter().map(|s| (s.account, s.payer));
    let deeds = refused_deeds(position).map(|d| (d.account, d.payer));
    let denied = position.payers.of(Account::Denied).map(|h| (h.account, h.payer));
    let mut pockets: Vec<_> = shares.chain(deeds).chain(denied).collect();
    pockets.sort_unstable();
    pockets.dedup();
    pockets
}

/// A later payer restates the whole claim, and a reversal may have taken a bucket along: more cannot be denied than
/// stands in the bucket. Less than stands there is what nobody explains.
fn as_payers_left_it(drafts: &mut Drafts, position: &Position<'_>) {
    for (account, payer) in pockets(drafts, position) {
        let mut stands = held(position, account, payer).max(Money::ZERO);
        let in_pocket = |s: &Share| (s.account, s.payer) == (account, payer);
        // The latest refusals are the ones that still stand.
        for share in drafts.shares.iter_mut().filter(|s| in_pocket(s)).rev() {
            share.amount = share.amount.min(stands);
            stands -= share.amount;
        }
        if account == Account::Denied && stands.is_positive() {
            let brought = drafts.places().into_iter().find(|at| {
                let draft = &drafts.cases[at.0];
                draft.payer == payer && draft.began_unexplained()
            });
            let at = match brought {
                Some(at) => at,
                None => drafts.unexplained(payer, last_day(position), stands),
            };
            drafts.shares.push(Share { at, by: None, account, payer, amount: stands });
        }
    }
    // What waits for the next payer or the patient, the payer itself moved on.
    let shares = std::mem::take(&mut drafts.shares);
    for share in shares.into_iter().filter(|s| s.amount.is_positive()) {
        match share.account {
            Account::Denied | Account::Hold => drafts.shares.push(share),
            Account::Next => drafts.slot(share.at).line.to_next += share.amount,
            _ => drafts.slot(share.at).line.to_patient += share.amount,
        }
    }
}

/// Answers to parts of a split claim stand beside each other: what they deny under one name are different dollars.
fn split(drafts: &mut Drafts) {
    for place in drafts.places() {
        let stands = drafts.stands(place);
        let line = &mut drafts.slot(place).line;
        line.denied = line.denied.max(stands);
    }
}

fn last_day(position: &Position<'_>) -> Date {
    let answers = position.answers.iter().map(|a| a.answer.on);
    let deeds = refused_deeds(position).map(|d| d.on);
    answers.chain(deeds).max().unwrap_or(Date::from_number(1))
}

/// Payments of live answers after the denial, by the payers that denied the line. One of the claim as a whole goes to
/// its denied lines in turn.
fn recover(drafts: &mut Drafts, position: &Position<'_>) {
    for (at, answered) in position.answers.iter().enumerate() {
        if answered.standing != Standing::Live {
            continue;
        }
        for (line, mut left) in paid(answered) {
            for place in claimants(drafts, at, answered, line) {
                let still = drafts.stands(place);
                let slot = &mut drafts.slot(place).line;
                let part = left.min(slot.denied - slot.recovered - still).max(Money::ZERO);
                slot.recovered += part;
                left -= part;
            }
        }
    }
}

/// The slots that a payment on a line may win back: the line's own, else the one of the claim as a whole; all of them
/// for a payment that names no line.
fn claimants(drafts: &Drafts, at: usize, answered: &Answered<'_>, line: u16) -> Vec<At> {
    let may = |place: &At| {
        let slot = &drafts.cases[place.0].slots[place.1];
        slot.since.iter().any(|(level, since)| *level == answered.level && *since <= at)
    };
    let number = |place: &At| drafts.cases[place.0].slots[place.1].line.line;
    let mut all: Vec<At> = drafts.places().into_iter().filter(may).collect();
    if line != 0 {
        let own = all.iter().any(|place| number(place) == line);
        all.retain(|place| number(place) == if own { line } else { 0 });
    }
    all
}

/// What a person says stands as denied again: what was taken from a denial before, by the way on which it went; dollars of
/// lines that were denied before, as far as nobody has got them; the rest is what no answer denied. On hold stands other
/// money, too: there only what was taken comes back.
fn put_back(drafts: &mut Drafts, position: &Position<'_>, deed: &Deed) {
    let Deed { account, payer, .. } = *deed;
    let mut left = drafts.give_back(deed, deed.into, deed.amount);
    if account != Account::Denied {
        return;
    }
    for at in drafts.places() {
        let line = &drafts.slot(at).line;
        let gone = line.recovered + line.written_off + line.to_patient + line.to_next;
        let room = line.denied - gone - drafts.stands(at);
        let part = left.min(room).max(Money::ZERO);
        drafts.shares.push(Share { at, by: None, account, payer, amount: part });
        left -= part;
    }
    // By the detour of the open bucket.
    for fate in [Fate::Patient, Fate::NextPayer].into_iter().filter(|other| *other != deed.into) {
        let passed = position.deeds.iter().filter(|d| d.account == Account::Open && d.into == fate);
        let passed: Money = passed.map(|d| d.amount.max(Money::ZERO)).sum();
        let part = left.min(passed);
        left -= part - drafts.give_back(deed, fate, part);
    }
    if left.is_positive() {
        let at = drafts.put_there(payer, deed.on, left);
        drafts.shares.push(Share { at, by: None, account, payer, amount: left });
    }
}

impl Drafts {
    /// What is still denied of a slot.
    fn stands(&self, at: At) -> Money {
        self.shares.iter().filter(|s| s.at == at).map(|s| s.amount).sum()
    }

    /// Takes off what a person wrote off or moved. They may have named the line; what names none comes from the oldest
    /// refusals first.
    fn take_off(&mut self, deed: &Deed) {
        let own = if deed.line == 0 { None } else { self.find(|slot| slot.line.line == deed.line) };
        match own {
            Some(at) => self.take(at, deed, -deed.amount),
            None => self.take_in_turn(deed),
        }
    }

    /// Takes an amount of one slot's share, and says what became of it. It may be more than is still denied: the payer
    /// paid what had been given up.
    fn take(&mut self, at: At, deed: &Deed, amount: Money) {
        if !amount.is_positive() {
            return;
        }
        let mut left = amount;
        let ours = |s: &&mut Share| s.at == at && (s.account, s.payer) == (deed.account, deed.payer);
        for share in self.shares.iter_mut().filter(ours) {
            let part = left.min(share.amount);
            share.amount -= part;
            left -= part;
        }
        let line = &mut self.slot(at).line;
        if deed.account == Account::Denied {
            line.excess += left;
        }
        if let Some(sum) = sum_of(line, deed.into) {
            *sum += amount;
        }
        self.taken.push(Taken { at, fate: deed.into, amount });
    }

    /// The same for what names no line: from what is still denied, oldest first; what the payer has paid since stays with
    /// the lines that were denied.
    fn take_in_turn(&mut self, deed: &Deed) {
        let (account, payer, mut left) = (deed.account, deed.payer, -deed.amount);
        for place in self.places() {
            let shares =
                self.shares.iter().filter(|s| s.at == place && (s.account, s.payer) == (account, payer));
            let part = left.min(shares.map(|s| s.amount).sum());
            self.take(place, deed, part);
            left -= part;
        }
        if account != Account::Denied {
            return;
        }
        for place in self.places() {
            let line = &self.slot(place).line;
            let room = line.denied - line.written_off - line.to_patient - line.to_next;
            let part = left.min(room).max(Money::ZERO);
            self.take(place, deed, part);
            left -= part;
        }
        if let Some(first) = self.places().first() {
            self.take(*first, deed, left);
        }
    }

    /// Gives an amount that a person put back to the slots that it was taken from on that way, the latest first. Comes back
    /// with what nobody had taken so.
    fn give_back(&mut self, deed: &Deed, fate: Fate, amount: Money) -> Money {
        let (account, payer, mut left) = (deed.account, deed.payer, amount);
        for taken in self.taken.iter_mut().rev().filter(|taken| taken.fate == fate) {
            let part = left.min(taken.amount);
            taken.amount -= part;
            left -= part;
            let (at, line) = (taken.at, &mut self.cases[taken.at.0].slots[taken.at.1].line);
            if let Some(sum) = sum_of(line, fate) {
                *sum -= part;
            }
            let too_much = if account == Account::Denied { part.min(line.excess) } else { Money::ZERO };
            line.excess -= too_much;
            self.shares.push(Share { at, by: None, account, payer, amount: part - too_much });
        }
        left
    }
}

/// Where a line counts what went on a way; nothing for what waits for the payer again.
fn sum_of(line: &mut DeniedLine, fate: Fate) -> Option<&mut Money> {
    match fate {
        Fate::WrittenOff => Some(&mut line.written_off),
        Fate::Patient => Some(&mut line.to_patient),
        Fate::NextPayer => Some(&mut line.to_next),
        Fate::Other => None,
    }
}
