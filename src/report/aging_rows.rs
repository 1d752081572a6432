//! The rows of an aging by patient or claim: hundreds of thousands, each made when it is printed.
//!
//! What is kept of a row are some numbers; the names lie one after another in one text.

use std::cmp::Reverse;
use std::fmt::Write as _;

use super::aging::{Question, Sums};
use super::names::Names;
use super::table::{Cell, Supply};
use crate::domain::brief::NameKey;
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

/// What the claims of patients owe, patient by patient.
///
/// The claims are in two lists, as two threads have made them, and stay there: a million are neither copied nor joined.
#[derive(Debug, Default)]
pub struct Patients {
    lists: [Vec<(NameKey, Owed)>; 2],
    /// In the order of their first claims.
    patients: Vec<Patient>,
}

/// A patient: where his claims begin in each list, and how many they are.
#[derive(Clone, Copy, Debug)]
struct Patient {
    first: ClaimId,
    parts: [(u32, u32); 2],
    total: Money,
}

impl Patients {
    /// Puts patients together. Each list is in the order of patients and claims.
    #[must_use]
    pub fn of(lists: [Vec<(NameKey, Owed)>; 2]) -> Patients {
        let mut patients = Vec::new();
        let mut rest = [0usize; 2];
        let next = |at: usize, rest: &[usize; 2]| lists[at].get(rest[at]);
        while let Some((key, _)) = [next(0, &rest), next(1, &rest)].into_iter().flatten().min_by_key(|n| n.0)
        {
            let mut patient = Patient { first: ClaimId(u64::MAX), parts: [(0, 0); 2], total: Money::ZERO };
            for (at, list) in lists.iter().enumerate() {
                let own = list[rest[at]..].iter().take_while(|(of, _)| of == key);
                for (_, owed) in own {
                    patient.first = patient.first.min(owed.claim);
                    patient.total += owed.balance;
                    patient.parts[at].1 += 1;
                }
                patient.parts[at].0 = rest[at] as u32;
                rest[at] += patient.parts[at].1 as usize;
            }
            patients.push(patient);
        }
        patients.sort_unstable_by_key(|patient| patient.first);
        Patients { lists, patients }
    }

    /// A claim of each patient, in their order.
    #[must_use]
    pub fn claims(&self) -> Vec<ClaimId> {
        self.patients.iter().map(|patient| patient.first).collect()
    }

    /// Everything that is owed.
    pub(super) fn all(&self) -> impl Iterator<Item = &Owed> {
        self.lists.iter().flatten().map(|(_, owed)| owed)
    }
}

/// What rows are made of.
pub(super) trait Owing: Send + Sync {
    /// What is owed in each row.
    fn totals(&self) -> impl Iterator<Item = Money>;

    /// What the claims of a row owe, by age.
    fn sums(&self, question: &Question, row: usize) -> Sums;

    /// The claim that a row is, where it is one.
    fn claim(&self, row: usize) -> Option<ClaimId>;
}

impl Owing for Vec<Owed> {
    fn totals(&self) -> impl Iterator<Item = Money> {
        self.iter().map(|owed| owed.balance)
    }

    fn sums(&self, question: &Question, row: usize) -> Sums {
        Sums::of(question, [&self[row]])
    }

    fn claim(&self, row: usize) -> Option<ClaimId> {
        Some(self[row].claim)
    }
}

impl Owing for Patients {
    fn totals(&self) -> impl Iterator<Item = Money> {
        self.patients.iter().map(|patient| patient.total)
    }

    fn sums(&self, question: &Question, row: usize) -> Sums {
        let parts = self.lists.iter().zip(self.patients[row].parts);
        let own = parts.flat_map(|(list, (first, count))| &list[first as usize..][..count as usize]);
        Sums::of(question, own.map(|(_, owed)| owed))
    }

    fn claim(&self, _: usize) -> Option<ClaimId> {
        None
    }
}

/// The claims of an aging, or its patients: largest total first, then by name, then as they stand in the ledger.
pub(super) struct Rows<T> {
    question: Question,
    owing: T,
    names: Names,
    /// The places of the items.
    order: Vec<u32>,
}

impl<T: Owing> Rows<T> {
    /// Puts items in order, which stand as in the ledger; the name of each stands in its place.
    pub(super) fn new(question: Question, owing: T, names: Names) -> Rows<T> {
        let mut places: Vec<(Reverse<Money>, u32)> = owing.totals().map(Reverse).zip(0..).collect();
        places.sort_unstable();
        // Where the names stand in order already, as control numbers mostly do, places say as much.
        if !names.are_in_order() {
            for tied in places.chunk_by_mut(|(one, _), (other, _)| one == other) {
                tied.sort_unstable_by(|(_, one), (_, other)| {
                    let name = |place: &u32| names.get(*place as usize);
                    name(one).cmp(name(other)).then(one.cmp(other))
                });
            }
        }
        let order = places.into_iter().map(|(_, place)| place).collect();
        Rows { question, owing, names, order }
    }
}

impl<T: Owing> Supply for Rows<T> {
    fn count(&self) -> usize {
        self.order.len()
    }

    fn fill(&self, place: usize, cells: &mut [Cell]) {
        let at = self.order[place] as usize;
        let [name, others @ ..] = cells else { return };
        name.set_text(&[self.names.get(at)]);
        let figures = match (self.owing.claim(at), others) {
            (Some(claim), [id, figures @ ..]) => {
                // A text takes everything.
                let _ = write!(id.text(), "{claim}");
                figures
            }
            (_, figures) => figures,
        };
        self.owing.sums(&self.question, at).fill(&self.question, figures);
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
    fn claims_of_two_lists_are_those_of_one_patient() {
        let owed = |patient: u64, claim: u64, cents: i64| {
            let owed = Owed { claim: ClaimId(claim), balance: Money::from_cents(cents), basis_date: None };
            (NameKey(patient), owed)
        };
        let one = vec![owed(1, 2, 100), owed(1, 4, 50), owed(7, 1, 10)];
        let patients = Patients::of([one, vec![owed(1, 9, 5), owed(3, 8, -20)]]);
        assert_eq!(patients.claims(), [1, 2, 8].map(ClaimId));
        assert_eq!(patients.totals().map(Money::cents).collect::<Vec<_>>(), [10, 155, -20]);
        assert_eq!(patients.all().count(), 5);
        assert_eq!(Patients::of(Default::default()).claims(), []);
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
