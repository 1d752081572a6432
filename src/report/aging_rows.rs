//! The rows of an aging by patient or claim: hundreds of thousands, each made when it is printed.
//!
//! What is kept of a row are some numbers; the names lie one after another in one text.

use std::cmp::Ordering;

use super::aging::{Question, Sums};
use super::names::Names;
use super::table::{Cell, Supply};
use crate::domain::{ClaimId, Date, Money};

/// What one claim owes.
#[derive(Clone, Copy, Debug)]
pub struct Owed {
    /// The claim.
    pub claim: ClaimId,
    /// The selected share of its balance; not zero.
    pub balance: Money,
    /// The selected date.
    pub basis_date: Option<Date>,
}

/// The claims of an aging, and the groups of another: largest total first, then by name, then by number.
pub(super) struct Rows<T> {
    pub(super) question: Question,
    pub(super) items: Vec<T>,
    pub(super) names: Names,
    /// The places of the items.
    order: Vec<u32>,
}

impl<T> Rows<T> {
    /// Puts items in order; the name of each stands in its place. `ties` orders those of one total and name.
    pub(super) fn new(
        question: Question,
        items: Vec<T>,
        names: Names,
        total: impl Fn(&T) -> Money,
        ties: impl Fn(&T, &T) -> Ordering,
    ) -> Rows<T> {
        // Where the names stand in order already, as control numbers mostly do, places say as much.
        let in_order = names.are_in_order();
        let begins = |place| if in_order { 0 } else { names.begins(place) };
        let place = |(place, item): (usize, &T)| (total(item), begins(place), place as u32);
        let mut places: Vec<(Money, u64, u32)> = items.iter().enumerate().map(place).collect();
        places.sort_unstable_by(|(a, begins, one), (b, begun, other)| {
            let further = || match in_order {
                true => one.cmp(other),
                false => {
                    let (one, other) = (*one as usize, *other as usize);
                    names
                        .get(one)
                        .cmp(names.get(other))
                        .then_with(|| ties(&items[one], &items[other]))
                        .then(one.cmp(&other))
                }
            };
            b.cmp(a).then(begins.cmp(begun)).then_with(further)
        });
        let order = places.into_iter().map(|(.., place)| place).collect();
        Rows { question, items, names, order }
    }
}

impl Supply for Rows<Owed> {
    fn count(&self) -> usize {
        self.order.len()
    }

    fn fill(&self, place: usize, cells: &mut [Cell]) {
        let at = self.order[place] as usize;
        let owed = self.items[at];
        let mut sums = Sums::default();
        sums.add(&self.question, owed.balance, owed.basis_date);
        let [name, id, figures @ ..] = cells else { return };
        name.set_text(&[self.names.get(at)]);
        id.set_text(&[&owed.claim.to_string()]);
        sums.fill(&self.question, figures);
    }
}

impl Supply for Rows<Sums> {
    fn count(&self) -> usize {
        self.order.len()
    }

    fn fill(&self, place: usize, cells: &mut [Cell]) {
        let at = self.order[place] as usize;
        let [name, figures @ ..] = cells else { return };
        name.set_text(&[self.names.get(at)]);
        self.items[at].fill(&self.question, figures);
    }
}

#[cfg(test)]
mod tests {
    use super::super::aging::{Basis, By, Responsibility, by_claim};
    use super::super::table::Table;
    use super::*;

    fn aged(claims: &[(u64, &str, i64)]) -> Table {
        let day = Date::parse_iso("2024-03-31").expect("a day");
        let question = Question {
            by: By::Claim,
            responsibility: Responsibility::All,
            basis: Basis::Service,
            buckets: crate::report::Buckets::default(),
            as_of: day,
        };
        let mut numbers = Names::default();
        let owed = |(claim, number, cents): &(u64, &str, i64)| {
            numbers.push(&[number]);
            Owed { claim: ClaimId(*claim), balance: Money::from_cents(*cents), basis_date: Some(day) }
        };
        let owed = claims.iter().map(owed).collect();
        by_claim(question, owed, numbers)
    }

    #[test]
    fn largest_first_then_by_number_whatever_the_order_in_the_ledger() {
        let sorted = [(1, "A1", 500), (2, "A2", 900), (3, "A3", 500), (4, "A4", -100)];
        let mixed = [(1, "CLAIM-0003", 500), (2, "CLAIM-0001", 900), (3, "CLAIM-0002", 500), (4, "A", 500)];
        let ids = |table: Table| -> Vec<Cell> { table.rows.iter().map(|row| row.cells[1].clone()).collect() };
        assert_eq!(ids(aged(&sorted)), ["2", "1", "3", "4"].map(Cell::from));
        assert_eq!(ids(aged(&mixed)), ["2", "4", "3", "1"].map(Cell::from));
    }

    #[test]
    fn many_rows_are_made_when_they_are_looked_at() {
        let many: Vec<(u64, &str, i64)> = (1..=20_000).map(|id| (id, "SAME", 100)).collect();
        let mut table = aged(&many);
        assert_eq!((table.rows.len(), table.len()), (0, 20_000));
        table.redact();
        let mut seen = 0;
        let done = table.each(|_, cells| {
            seen += 1;
            if cells[2] == Cell::Count(1) { Ok(()) } else { Err("a claim is one claim") }
        });
        assert_eq!((done, seen), (Ok(()), 20_000));
        assert_eq!(table.made().rows.len(), 20_000);
    }
}
