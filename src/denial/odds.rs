//! How often a denial is won: counted from the office's own history by payer, reason and appeal level, and drawn toward
//! what is usual where there is little of it. Whole numbers only: shares are ten-thousandths.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::decided::{Attempt, by_letter, standing, whose};
use crate::codes;
use crate::domain::case::{CaseAct, CaseEvent, DenialCase};
use crate::domain::{Code, Money, PayerId};

/// Ten thousand ten-thousandths: all of it.
pub const ALL: u64 = 10_000;

/// What a payer, reason and level know counts against the category as if the category had decided this often.
const WEIGHT_OF_CATEGORY: u64 = 5;
/// The same for a category against the whole book.
const WEIGHT_OF_BOOK: u64 = 10;
/// The same for the book against the stated share of the category.
const WEIGHT_OF_USUAL: u64 = 20;

/// Decisions, and what they brought in ten-thousandths of what was denied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many decisions.
    pub decided: u64,
    /// The sum of their shares: a case won whole adds [`ALL`].
    pub brought: u64,
}

impl Tally {
    fn add(&mut self, other: Tally) {
        self.decided += other.decided;
        self.brought += other.brought;
    }

    /// The share, drawn toward `usual` as if that had been seen `weight` times.
    fn share(self, usual: u64, weight: u64) -> u64 {
        (self.brought + usual * weight) / (self.decided + weight)
    }
}

/// What the decisions about one case say, by appeal level. A second denial says no to what was tried before it; a payment
/// says yes to its share; what the office gives up is a no; what a payer takes back no longer counts. An attempt that a
/// letter decided counts once, whatever remittances say of it besides.
#[must_use]
pub fn of_case(case: &DenialCase, events: &[CaseEvent]) -> Vec<(u8, Tally)> {
    let denied = case.denied();
    let mut tallies: Vec<(u8, Tally)> = Vec::new();
    let standing = standing(events);
    let attempts = by_letter(&standing);
    for event in standing.iter().filter(|event| whose(&attempts, event).is_none()) {
        let share = share(event.about.amount.unwrap_or_default(), denied);
        let tally = of_level(&mut tallies, event.level);
        match event.act {
            CaseAct::DeniedAgain | CaseAct::WriteOff | CaseAct::Approve | CaseAct::GivenUp => {
                tally.decided += 1
            }
            CaseAct::Paid | CaseAct::PaidInPart => {
                tally.decided += 1;
                tally.brought += share;
            }
            CaseAct::TakenBack => tally.brought = tally.brought.saturating_sub(share),
            _ => {}
        }
    }
    for (at, attempt) in attempts.iter().enumerate() {
        let own = standing.iter().copied().filter(|event| whose(&attempts, event) == Some(at));
        let brought = brought(attempt, own, denied);
        let tally = of_level(&mut tallies, attempt.letter.level);
        tally.add(Tally { decided: 1, brought });
    }
    tallies.retain(|(_, tally)| tally.decided > 0);
    tallies
}

fn of_level(tallies: &mut Vec<(u8, Tally)>, level: u8) -> &mut Tally {
    let place = tallies.iter().position(|(of, _)| *of == level).unwrap_or_else(|| {
        tallies.push((level, Tally::default()));
        tallies.len() - 1
    });
    &mut tallies[place].1
}

/// What an attempt that a letter decided brought: what was paid of it; while nothing was, what the letter promises, unless
/// the payer denied it again or the office gave it up.
fn brought<'e>(attempt: &Attempt<'_>, own: impl Iterator<Item = &'e CaseEvent>, denied: Money) -> u64 {
    let letter = attempt.letter;
    let (mut paid, mut has_paid, mut refused) = (0u64, false, !attempt.outcome.is_won());
    for event in own {
        let share = share(event.about.amount.unwrap_or_default(), denied);
        match event.act {
            CaseAct::Paid | CaseAct::PaidInPart => (paid, has_paid) = (paid + share, true),
            CaseAct::TakenBack => paid = paid.saturating_sub(share),
            CaseAct::DeniedAgain | CaseAct::WriteOff | CaseAct::Approve | CaseAct::GivenUp => {
                refused |= event.on >= letter.on;
            }
            _ => {}
        }
    }
    match has_paid || refused {
        true => paid.min(ALL),
        false => share(letter.about.amount.unwrap_or_default(), denied),
    }
}

fn share(part: Money, whole: Money) -> u64 {
    let (part, whole) = (part.cents().max(0).unsigned_abs(), whole.cents().max(0).unsigned_abs());
    if whole == 0 {
        0
    } else {
        (u128::from(part) * u128::from(ALL) / u128::from(whole)).min(u128::from(ALL)) as u64
    }
}

/// How likely a case is won, and on how many decisions of the same payer, reason and level that rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chance {
    /// In ten-thousandths of the open dollars.
    pub share: u64,
    /// Decisions.
    pub n: u64,
}

/// The history of an office.
#[derive(Clone, Debug, Default)]
pub struct Odds {
    cells: HashMap<(PayerId, Code, u8), Tally>,
    categories: HashMap<(&'static str, u8), Tally>,
    book: HashMap<u8, Tally>,
}

impl Odds {
    /// From how cases ended.
    #[must_use]
    pub fn new(cells: impl IntoIterator<Item = ((PayerId, Code, u8), (u64, u64))>) -> Odds {
        let mut odds = Odds::default();
        for ((payer, code, level), (decided, brought)) in cells {
            let tally = Tally { decided, brought };
            let category = codes::carc(code).map_or("other", |carc| carc.category);
            odds.cells.entry((payer, code, level)).or_default().add(tally);
            odds.categories.entry((category, level)).or_default().add(tally);
            odds.book.entry(level).or_default().add(tally);
        }
        odds
    }

    /// The chance of a case at a level: what its payer did with its reason, drawn toward the category, that toward the
    /// whole book, and that toward what is usual for the category.
    #[must_use]
    pub fn chance(&self, payer: PayerId, code: Code, category: &str, level: u8) -> Chance {
        let book = self.book.get(&level).copied().unwrap_or_default();
        let categories: &HashMap<(&str, u8), Tally> = &self.categories;
        let of_category = categories.get(&(category, level)).copied().unwrap_or_default();
        let cell = self.cells.get(&(payer, code, level)).copied().unwrap_or_default();
        let share = book.share(usual(category, level), WEIGHT_OF_USUAL);
        let share = of_category.share(share, WEIGHT_OF_BOOK);
        Chance { share: cell.share(share, WEIGHT_OF_CATEGORY), n: cell.decided }
    }
}

/// The stated share of a category before there is any history, in ten-thousandths: `data/usual.tsv`.
#[must_use]
pub fn usual(category: &str, level: u8) -> u64 {
    static TABLE: LazyLock<HashMap<&'static str, [u64; 3]>> = LazyLock::new(|| {
        let rows = include_str!("data/usual.tsv").lines().skip(1).map(|line| line.split('\t').collect());
        rows.filter_map(|row: Vec<&'static str>| {
            let number = |at: usize| row.get(at)?.parse::<u64>().ok().filter(|n| *n <= ALL);
            Some((*row.first()?, [number(1)?, number(2)?, number(3)?]))
        })
        .collect()
    });
    let row = TABLE.get(category).or_else(|| TABLE.get("other"));
    row.map_or(0, |row| row[usize::from(level.min(2))])
}

#[cfg(test)]
mod tests;
