//! What the adjudications in force leave of a claim, bucket by bucket and line by line. `docs/rules/posting-rules.md` sections 6 and 7.
//!
//! A pure function of the charge, of what stood when the books began, and of the adjudications that are in force: in whatever
//! order they came or were taken back, the same ones leave the same buckets. So a reversal takes back only what is still
//! there, and no bucket is below zero while another one holds the same money.
//!
//! - The payer furthest back that answered says what the patient owes, and what it denied or left undecided itself.
//! - What is left of the balance stays denied with the earlier payers that denied it, up to their denials.
//! - The rest waits for the payer that the claim was billed to.

use super::position::{Holdings, Position, Standing, Terms};
use crate::domain::{Account, Few, Money, PayerId};

/// An amount in a bucket, and the service line that it is for: 0 for the claim as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The bucket.
    pub account: Account,
    /// Its payer.
    pub payer: PayerId,
    /// The line.
    pub line: u16,
    /// How much.
    pub amount: Money,
}

/// A claim's buckets, line by line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts(Few<Part, 4>);

impl Parts {
    /// Adds an amount.
    pub fn add(&mut self, account: Account, payer: PayerId, line: u16, amount: Money) {
        if amount.is_zero() {
            return;
        }
        let same = |p: &&mut Part| (p.account, p.payer, p.line) == (account, payer, line);
        match self.0.iter_mut().find(same) {
            Some(part) => part.amount += amount,
            None => self.0.push(Part { account, payer, line, amount }),
        }
    }

    /// The same without the lines.
    #[must_use]
    pub fn holdings(&self) -> Holdings {
        let mut holdings = Holdings::default();
        for part in &self.0 {
            holdings.add(part.account, part.payer, part.amount);
        }
        holdings
    }

    fn of(&self, account: Account, payer: PayerId) -> impl Iterator<Item = &Part> {
        self.0.iter().filter(move |p| (p.account, p.payer) == (account, payer))
    }

    /// What stands in a bucket; below zero for a credit.
    #[must_use]
    pub fn total(&self, account: Account, payer: PayerId) -> Money {
        self.of(account, payer).map(|p| p.amount).sum()
    }

    /// What can be taken out of a bucket: never more than stands in it. What a line has is its own, and what stands there
    /// for no line.
    #[must_use]
    pub fn available(&self, account: Account, payer: PayerId, line: u16) -> Money {
        let all = self.total(account, payer);
        let of_line = self.of(account, payer).filter(|p| line == 0 || p.line == line || p.line == 0);
        let positive: Money = of_line.map(|p| p.amount.max(Money::ZERO)).sum();
        positive.min(all).max(Money::ZERO)
    }

    /// Takes an amount out of a bucket: what stands for the line, then what stands for no line, then (where no line is named)
    /// for the others; what is not there leaves the bucket below zero.
    pub fn take(&mut self, account: Account, payer: PayerId, line: u16, amount: Money) {
        let mut left = amount;
        let ours = |p: &Part| (p.account, p.payer) == (account, payer);
        for wanted in [Some(line), Some(0), None] {
            if wanted.is_none() && line != 0 {
                break;
            }
            for part in self.0.iter_mut().filter(|p| ours(p) && wanted.is_none_or(|line| p.line == line)) {
                let taken = left.min(part.amount).max(Money::ZERO);
                part.amount -= taken;
                left -= taken;
            }
        }
        self.add(account, payer, line, -left);
        self.0.retain(|p| !p.amount.is_zero());
    }
}

/// What an adjudication leaves waiting, on its way into a bucket.
struct Item {
    /// Adjudication, line and place within the line; nothing for what stood when the books began.
    from: Option<(usize, usize, usize)>,
    part: Part,
}

/// Works out the buckets anew, and what still stands of each amount that a payer denied, left undecided or gave to somebody.
pub(super) fn settle(position: &mut Position<'_>, terms: Terms<'_>) {
    let balance = position.balance();
    let in_force = || position.answers.iter().enumerate().filter(|(_, a)| a.standing == Standing::Live);
    let last = in_force().map(|(_, a)| a.level).max();
    let (mut items, mut earlier): (Few<Item, 4>, Few<Item, 4>) = (Few::new(), Few::new());
    for (at, answered) in in_force() {
        for (l, line) in answered.lines.iter().enumerate().filter(|(_, line)| !line.is_superseded()) {
            for (w, waiting) in line.waiting.iter().enumerate() {
                let own = Some(answered.level) == last;
                // Its next payer has answered since: what it denied with the patient liable is for a person to check.
                let account = match waiting.account {
                    Account::Next if !own => Account::Hold,
                    account => account,
                };
                let payer = if account == Account::Hold { terms.billed } else { waiting.payer };
                let part = Part { account, payer, line: line.line, amount: waiting.amount };
                let item = Item { from: Some((at, l, w)), part };
                if own {
                    items.push(item);
                } else if waiting.denial {
                    earlier.push(item);
                }
            }
        }
    }
    // Of several denials the latest, of the payer furthest back, are the ones that still stand.
    earlier.reverse();
    let level = |item: &Item| item.from.map_or(0, |(at, ..)| position.answers[at].level);
    earlier.sort_by_key(|item| std::cmp::Reverse(level(item)));
    if let Some(opening) = &position.opening {
        for holding in opening.holdings.all().iter().filter(|h| h.account != Account::Open) {
            let denied = holding.account == Account::Denied;
            let part =
                Part { account: holding.account, payer: holding.payer, line: 0, amount: holding.amount };
            match last {
                _ if denied && opening.superseded_by.is_some() => {}
                None => items.push(Item { from: None, part }),
                Some(_) if denied => earlier.push(Item { from: None, part }),
                Some(_) => {}
            }
        }
    }
    let mut left = balance - items.iter().map(|i| i.part.amount).sum::<Money>();
    for item in &mut earlier {
        item.part.amount = item.part.amount.min(left).max(Money::ZERO);
        left -= item.part.amount;
    }
    // What a person split is what waits now: what earlier adjudications left waiting gives way to it, what was refused first.
    if in_force().any(|(_, a)| Some(a.level) == last && a.answer.is_split_by_hand()) {
        let split =
            |item: &Item| item.from.is_some_and(|(at, ..)| position.answers[at].answer.is_split_by_hand());
        for account in [Account::Denied, Account::Pending, Account::Hold, Account::Due, Account::Next] {
            for item in items.iter_mut().filter(|i| i.part.account == account && !split(i)) {
                let gone = item.part.amount.min(-left).max(Money::ZERO);
                item.part.amount -= gone;
                left += gone;
            }
        }
    }
    // More waits than is left, as where a replacement lowered the charge: nobody owes what is not there.
    for account in [Account::Next, Account::Due, Account::Hold, Account::Pending, Account::Denied] {
        for item in items.iter_mut().filter(|i| i.part.account == account) {
            let gone = item.part.amount.min(-left).max(Money::ZERO);
            item.part.amount -= gone;
            left += gone;
        }
    }
    let mut parts = Parts::default();
    let open = if left.is_negative() { overpaid_by(position).unwrap_or(terms.billed) } else { terms.billed };
    parts.add(Account::Open, open, 0, left);
    for answered in &mut position.answers {
        for waiting in answered.lines.iter_mut().flat_map(|line| &mut line.waiting) {
            waiting.stands = Money::ZERO;
        }
    }
    for Item { from, part } in items.iter().chain(&earlier) {
        parts.add(part.account, part.payer, part.line, part.amount);
        if let Some((at, line, w)) = *from {
            let waiting = &mut position.answers[at].lines[line].waiting[w];
            (waiting.stands, waiting.stands_in) = (part.amount, (part.account, part.payer));
        }
    }
    position.payers = parts.holdings();
    position.parts = parts;
}

/// Whose the credit is: the first payer, in the order of payment, with which payments and adjustments pass the charge.
fn overpaid_by(position: &Position<'_>) -> Option<PayerId> {
    let mut in_force: Few<_, 2> = position.live().collect();
    in_force.sort_by_key(|a| a.level);
    let mut done = Money::ZERO;
    in_force.iter().find_map(|a| {
        done += a.answer.payment.paid + a.taken_off - a.superseded_adjustments();
        (done > position.charge).then_some(a.payer)
    })
}

#[cfg(test)]
mod tests;
