//! Acts of persons on a claim, re-applied after every adjudication. `docs/rules/posting-rules.md` section 7b.
//!
//! What a person moved (billed to somebody, written off, adjusted) stays moved as far as the money is still in the bucket
//! that it was taken from; what is no longer there is undone by an entry of its own, and done again where the money comes
//! back. Cash is a fact of the world: what a patient paid, and what was given back, is never undone.
//!
//! What was written off as bad debt and is paid after all was recovered: the write-off stays, and its opposite is booked.

use super::billing::protection;
use super::buckets::Parts;
use super::position::{Answered, Deed, Fate, Position, Terms};
use crate::domain::entry::Posting;
use crate::domain::{Account, Date, EntryId, Few, Money, PayerId, PaymentId, PlbId};

/// What a person did to the claim, as the journal has it; or what was brought in when the books began.
#[derive(Clone, Debug)]
pub struct Act {
    /// Its entry.
    pub id: EntryId,
    /// The accounting date.
    pub on: Date,
    /// The act that it undoes.
    pub undoes: Option<EntryId>,
    /// The provider-level item that it put on the claim, or took from it.
    pub item: Option<PlbId>,
    /// Its postings.
    pub postings: Vec<Posting>,
}

/// What an act is, as far as later answers change what it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It brought in a balance from older books.
    Opening,
    /// It took the claim's charge away, or brought it back.
    Charge,
    /// Cash came or went: never undone.
    Cash,
    /// Money of the claim was moved, a refund became due, or what a payer took at provider level was put on it.
    Move,
}

impl Act {
    pub(super) fn kind(&self) -> Kind {
        let has = |wanted: fn(Account) -> bool| self.postings.iter().any(|p| wanted(p.account));
        let moves = |account: Account| {
            account.bucket().is_some()
                || account.is_adjustment()
                || account.is_writeoff()
                || account == Account::Plb
                || account.is_refund()
        };
        match () {
            () if has(|account| account == Account::OpeningCharges) => Kind::Opening,
            () if has(|account| account == Account::Charges) => Kind::Charge,
            () if self.postings.iter().all(|p| moves(p.account)) => Kind::Move,
            () => Kind::Cash,
        }
    }

    /// What it moved, from where to where.
    fn moves(&self) -> Few<Move, 2> {
        let mut moves = Few::new();
        let mut targets = self.postings.iter().filter(|p| p.amount.is_positive()).copied();
        let mut target = targets.next();
        for from in self.postings.iter().filter(|p| p.amount.is_negative()) {
            let mut left = -from.amount;
            while let Some(to) = target.filter(|_| left.is_positive()) {
                let amount = left.min(to.amount);
                moves.push(Move { from: *from, to, amount, booked: amount, recovered: Money::ZERO });
                left -= amount;
                let rest = Posting { amount: to.amount - amount, ..to };
                target = if rest.amount.is_zero() { targets.next() } else { Some(rest) };
            }
        }
        moves
    }
}

/// One amount that a person moved.
#[derive(Clone, Debug)]
struct Move {
    from: Posting,
    to: Posting,
    amount: Money,
    /// As far as the journal has it moved by now.
    booked: Money,
    /// How much of it the journal has as recovered.
    recovered: Money,
}

impl Move {
    /// The legs that carry on the move by so much, of which so much as recovered.
    fn legs(&self, moved: Money, recovered: Money) -> [Posting; 3] {
        let leg = |posting: Posting, amount| Posting { amount, ..posting };
        [
            leg(self.from, -moved),
            leg(self.to, moved + recovered),
            leg(Posting { account: Account::BadDebtRecovered, ..self.to }, -recovered),
        ]
    }
}

/// A person's act while the history is told.
#[derive(Clone, Debug)]
struct Applied {
    id: EntryId,
    on: Date,
    item: Option<PlbId>,
    moves: Few<Move, 2>,
    /// All that payers and patient had paid on the claim when it was done.
    paid_by_then: Option<Money>,
    /// Whether a person undid it.
    undone: bool,
}

/// What an act moved and is there no more, or is there again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// The day.
    pub on: Date,
    /// The act.
    pub act: EntryId,
    /// The provider-level item that it put on the claim, of which so much less or more stands there.
    pub item: Option<PlbId>,
    /// The adjudication after which it is so: the last of the day; nothing where none came.
    pub after: Option<PaymentId>,
    /// Whether it is undone (in part), or done again.
    pub undone: bool,
    /// Sums to zero.
    pub postings: Vec<Posting>,
}

/// All acts of persons on a claim so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Acts {
    cash: Few<Posting, 2>,
    moves: Vec<Applied>,
}

impl Acts {
    /// One more, other than those that change the charge.
    pub(super) fn add(&mut self, act: &Act) {
        if act.kind() == Kind::Cash {
            self.cash.extend(act.postings.iter().copied());
            return;
        }
        if let Some(undone) = self.moves.iter_mut().find(|a| Some(a.id) == act.undoes && !a.undone) {
            undone.undone = true;
            // The journal has the whole act taken back now, also what had been undone of it before.
            undone.moves.iter_mut().for_each(|m| m.booked -= m.amount);
            return;
        }
        let (id, on, item) = (act.id, act.on, act.item);
        let (paid_by_then, undone) = (None, false);
        self.moves.push(Applied { id, on, item, moves: act.moves(), paid_by_then, undone });
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.cash.is_empty() && self.moves.is_empty()
    }

    /// What of refunds went out, by their accounts.
    fn sent(&self) -> [(Account, Money); 2] {
        let went_out = |account: Account| {
            let legs = self.cash.iter().filter(|leg| leg.account == account);
            (account, legs.map(|leg| leg.amount).sum::<Money>().max(Money::ZERO))
        };
        [Account::RefundInsurance, Account::RefundPatient].map(went_out)
    }

    /// Re-applies them on what the adjudications in force leave, when all of a day has happened.
    pub(super) fn settle(
        &mut self,
        position: &mut Position<'_>,
        terms: Terms<'_>,
        today: Date,
        after: Option<PaymentId>,
    ) -> Vec<Correction> {
        let mut parts = position.parts.clone();
        position.forget_persons();
        for leg in &self.cash {
            count(position, leg);
            if leg.account.bucket().is_some() {
                put(&mut parts, leg);
                position.persons.add(leg.account, leg.payer, leg.amount);
            }
        }
        let paid = position.paid_insurance() + position.paid_patient;
        let mut sent = self.sent();
        let mut corrections = Vec::new();
        for act in &mut self.moves {
            let paid_since = paid - *act.paid_by_then.get_or_insert(paid);
            let mut postings = Vec::new();
            let mut undone = false;
            for m in &mut act.moves {
                let mut there =
                    if act.undone { Money::ZERO } else { there(&parts, position, terms, m, act.on) };
                // A refund that went out is not taken back by what a payer says later.
                if let Some((_, out)) = sent.iter_mut().find(|(account, _)| *account == m.from.account) {
                    there = there.max(m.amount.min(*out));
                    *out -= m.amount.min(there).min(*out);
                }
                let moved = m.amount.min(there);
                let bad_debt = m.to.account == Account::WriteoffBadDebt && !act.undone;
                let recovered = match bad_debt {
                    true => (m.amount - moved).min(paid_since).max(Money::ZERO),
                    false => Money::ZERO,
                };
                postings.extend(m.legs(moved - m.booked, recovered - m.recovered));
                undone |= moved < m.booked;
                (m.booked, m.recovered) = (moved, recovered);
                for leg in m.legs(moved, recovered) {
                    // A refund is booked for nobody: the credit says whose it is.
                    let payer = if leg.payer == PayerId::NONE { m.to.payer } else { leg.payer };
                    count(position, &Posting { payer, ..leg });
                    if leg.account.bucket().is_some() {
                        put(&mut parts, &leg);
                        position.persons.add(leg.account, leg.payer, leg.amount);
                    }
                }
                // What was paid and taken back was never refused.
                if act.item.is_none() {
                    position.deeds.extend(deeds(m, act.on));
                }
            }
            postings.retain(|p: &Posting| !p.amount.is_zero());
            if !postings.is_empty() {
                let (act, item) = (act.id, act.item);
                corrections.push(Correction { on: today, act, item, after, undone, postings });
            }
        }
        corrections
    }
}

/// How much of what a move takes is there to be taken. What comes out of an adjustment was taken off before. The patient
/// is not billed for what the latest answers protect, whatever was signed or said before them (section 4a). What was to wait
/// for the payer again waits until the payer answers: a denial of a later day is a new one.
fn there(parts: &Parts, position: &Position<'_>, terms: Terms<'_>, m: &Move, on: Date) -> Money {
    let from = (m.from.account, m.from.payer);
    match m.from.account {
        // A takeback without a reversal goes no further than the payer's payments: a reversal takes the same money.
        Account::Plb => position.paid_by(m.from.payer).max(Money::ZERO),
        // A refund is due as long as there is a credit.
        account if account.is_refund() => (-parts.total(m.to.account, m.to.payer)).max(Money::ZERO),
        // And what went on the claim so comes back no further than more was taken than paid.
        _ if m.to.account == Account::Plb => (-position.paid_by(m.to.payer)).max(Money::ZERO),
        account if account.bucket().is_some() => {
            let available = parts.available(account, m.from.payer, m.from.line);
            match m.to.account {
                Account::Due => (available - protected(position, terms, from, m.from.line)).max(Money::ZERO),
                Account::Open => {
                    (available - refused_since(position, from, m.from.line, on)).max(Money::ZERO)
                }
                _ => available,
            }
        }
        account if account.is_adjustment() => position.adjusted().max(Money::ZERO),
        _ => m.amount,
    }
}

/// What stands in a bucket and is never the patient's to pay.
fn protected(position: &Position<'_>, terms: Terms<'_>, bucket: (Account, PayerId), line: u16) -> Money {
    let of_answer = |a: &Answered<'_>| -> Money {
        let cover = terms.cover(a.level, &a.answer.payment.filing);
        let lines = a.lines.iter().filter(|l| line == 0 || l.line == line);
        let waiting = lines.flat_map(|l| &l.waiting).filter(|w| w.stands_in == bucket);
        let kept = waiting.filter(|w| protection(w.reason, &w.remarks, cover).is_some());
        kept.map(|w| w.stands).sum()
    };
    position.live().map(of_answer).sum()
}

/// What stands in a bucket by answers of days after one.
fn refused_since(position: &Position<'_>, bucket: (Account, PayerId), line: u16, on: Date) -> Money {
    let since = position.live().filter(|a| a.answer.on > on);
    let lines = since.flat_map(|a| &a.lines).filter(|l| line == 0 || l.line == line);
    lines.flat_map(|l| &l.waiting).filter(|w| w.stands_in == bucket).map(|w| w.stands).sum()
}

fn put(parts: &mut Parts, leg: &Posting) {
    if leg.amount.is_negative() {
        parts.take(leg.account, leg.payer, leg.line, -leg.amount);
    } else {
        parts.add(leg.account, leg.payer, leg.line, leg.amount);
    }
}

/// Adds a leg to what the claim says of itself besides its buckets.
fn count(position: &mut Position<'_>, leg: &Posting) {
    match leg.account {
        Account::CashPatient | Account::RefundPatient => position.paid_patient += leg.amount,
        // A refund that goes out leaves what was refunded as it is: both legs cancel. What a payer took at provider level,
        // and a person put on the claim, is taken back here.
        Account::RefundInsurance | Account::CashInsurance | Account::Plb => {
            position.give_back(leg.payer, leg.amount);
        }
        account if account.is_writeoff() => position.written_off += leg.amount,
        account if account.is_adjustment() => position.adjusted_by_persons += leg.amount,
        _ => {}
    }
}

/// What becomes of money that comes to an account.
fn fate(account: Account) -> Fate {
    match account {
        account if account.is_writeoff() => Fate::WrittenOff,
        Account::Due => Fate::Patient,
        Account::Next => Fate::NextPayer,
        _ => Fate::Other,
    }
}

/// What a move took out of the buckets of insurance, and what it put there.
fn deeds(m: &Move, on: Date) -> impl Iterator<Item = Deed> {
    let of = |leg: &Posting, amount, into| Deed {
        on,
        account: leg.account,
        payer: leg.payer,
        line: leg.line,
        amount,
        into,
    };
    let both = [of(&m.from, -m.booked, fate(m.to.account)), of(&m.to, m.booked, fate(m.from.account))];
    let of_insurance =
        |account| matches!(account, Account::Denied | Account::Hold | Account::Open | Account::Next);
    both.into_iter().filter(move |d| of_insurance(d.account) && !d.amount.is_zero())
}

#[cfg(test)]
mod tests;
