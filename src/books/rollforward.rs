//! How receivables moved between two days, for the whole book and by payer: from the sums that the journal keeps, so
//! that a month costs the same whatever the ledger's size.

use std::collections::BTreeMap;

use super::balances::on_accounts;
use crate::domain::movement::Line;
use crate::domain::{Date, Money, PayerId};
use crate::store::{Cube, ReadPeriods, StoreError};

/// A roll-forward: what stood, what moved it, what stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roll {
    /// Receivables at the end of the day before.
    pub opening: Money,
    /// What moved them, with the sign of its effect. [`Line::Receivable`] is not among them.
    pub lines: BTreeMap<Line, Money>,
    /// Receivables at the end of the last day.
    pub closing: Money,
}

impl Roll {
    /// What a line moved.
    #[must_use]
    pub fn line(&self, line: Line) -> Money {
        self.lines.get(&line).copied().unwrap_or_default()
    }

    /// What the lines do not explain. Anything but zero is a defect or damage.
    #[must_use]
    pub fn difference(&self) -> Money {
        self.closing - self.opening - self.lines.values().copied().sum::<Money>()
    }

    /// Words and amounts, as a closed month keeps them.
    #[must_use]
    pub fn words(&self) -> Vec<(String, Money)> {
        let line = |line: &Line| (line.as_str().to_owned(), self.line(*line));
        let lines = Line::ALL.iter().filter(|line| **line != Line::Receivable).map(line);
        let opening = ("opening".to_owned(), self.opening);
        std::iter::once(opening).chain(lines).chain([("closing".to_owned(), self.closing)]).collect()
    }

    /// Adds another.
    pub fn add(&mut self, other: &Roll) {
        self.opening += other.opening;
        self.closing += other.closing;
        for (line, amount) in &other.lines {
            *self.lines.entry(*line).or_default() += *amount;
        }
    }
}

/// By payer: opening and closing are what that payer's receivables sum to.
///
/// # Errors
/// Whatever the store says.
pub fn by_payer(
    tables: &impl ReadPeriods,
    from: Option<Date>,
    to: Date,
) -> Result<BTreeMap<PayerId, Roll>, StoreError> {
    let mut rolls: BTreeMap<PayerId, Roll> = BTreeMap::new();
    for (place, [cents, ..]) in tables.sums(Cube::Movement, to)? {
        if let Some((Line::Receivable, payer)) = place.line() {
            rolls.entry(payer).or_default().closing += Money::from_cents(cents);
        }
    }
    for (_, place, [cents, ..]) in tables.sums_between(Cube::Movement, from, to)? {
        let Some((line, payer)) = place.line() else { continue };
        let (roll, amount) = (rolls.entry(payer).or_default(), Money::from_cents(cents));
        match line {
            Line::Receivable => roll.opening -= amount,
            line => *roll.lines.entry(line).or_default() += amount,
        }
    }
    for roll in rolls.values_mut() {
        // What stands at the end less what moved is what stood before.
        roll.opening += roll.closing;
    }
    Ok(rolls)
}

/// For the whole book. What stands comes from the accounts, what moved from the lines: each proves the other.
///
/// # Errors
/// Whatever the store says.
pub fn whole(tables: &impl ReadPeriods, from: Option<Date>, to: Date) -> Result<Roll, StoreError> {
    let mut whole = Roll::default();
    for roll in by_payer(tables, from, to)?.values() {
        whole.add(roll);
    }
    whole.lines.retain(|_, amount| !amount.is_zero());
    let stands = |day| on_accounts(tables, day, |account| account.bucket().is_some());
    whole.closing = stands(to)?;
    whole.opening = match from {
        Some(from) => stands(from.minus_days(1))?,
        None => Money::ZERO,
    };
    Ok(whole)
}
