//! Sums that a report would otherwise add up from a million claims: 20 ms instead of half a second.
//!
//! A cube is a table of sums by place (a payer and a service day, an account, a bucket) and accounting day. Under a day
//! stands what changed on it; under [`NOW`] the sum of all days. So today's report reads one row for each place, and one
//! of a past day takes back what came after it. Changes are gathered in memory and written once, with the entries they
//! come from; `books::check` adds everything up again from the journal.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;

use redb::{ReadableTable, WriteTransaction};

use super::error::StoreError;
use super::rows::{Bad, date, day, varint};
use super::schema::{SUMS, Tables};
use crate::domain::entry::Entry;
use crate::domain::movement::{Line, movements};
use crate::domain::{Account, Code, Date, PayerId, Spreading};

/// Which sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Cube {
    /// By payer and service day: owed, by how many claims, credit, of how many.
    Aging = 1,
    /// By bucket of a claim, and for whole claims: amount, in how many claims.
    Standing = 2,
    /// By account and PLB code: balance. Kept by the journal itself.
    Accounts = 3,
    /// By line of the roll-forward and payer: what it moved the receivables by. Kept by the journal itself.
    Movement = 4,
}

/// A place within a cube; what the number means is the cube's matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Such as a payer or an account.
    pub what: u64,
    /// Such as a service day.
    pub day: Option<Date>,
}

impl Place {
    /// Of [`Cube::Accounts`]: the account, and the PLB code that tells clearing accounts apart.
    #[must_use]
    pub fn account(self) -> Option<(Account, Code)> {
        let account = Account::from_number(u8::try_from(self.what >> 32).ok()?)?;
        Some((account, Code::from_number(self.what as u32)))
    }

    /// Of [`Cube::Movement`]: the line of the roll-forward, and the payer.
    #[must_use]
    pub fn line(self) -> Option<(Line, PayerId)> {
        let line = Line::from_number(u8::try_from(self.what >> 32).ok()?)?;
        Some((line, PayerId(self.what as u32)))
    }

    /// A place of two numbers, on no day.
    fn of(first: u8, second: u32) -> Place {
        Place { what: u64::from(first) << 32 | u64::from(second), day: None }
    }
}

/// What is added up.
pub type Amounts = [i64; 4];

/// Cube, day (or [`NOW`]), place.
pub(super) type Key = (u8, i32, u64, i32);

/// Stands before every day.
const NOW: i32 = i32::MIN;
/// Stands for no day within a place.
const NO_DAY: i32 = i32::MIN;

/// Changes to sums.
#[derive(Debug, Default)]
pub struct Changes(HashMap<Key, Amounts, Spreading>);

impl Changes {
    /// Adds amounts to a place, on an accounting day.
    pub fn add(&mut self, cube: Cube, on: Date, place: Place, amounts: Amounts) {
        let key = (cube as u8, day(on), place.what, place.day.map_or(NO_DAY, day));
        add(self.0.entry(key).or_default(), amounts);
    }

    /// Adds an entry to [`Cube::Accounts`] and [`Cube::Movement`].
    pub fn add_entry(&mut self, entry: &Entry) {
        for posting in &entry.postings {
            let place = Place::of(posting.account as u8, posting.clearing_code().number());
            self.add(Cube::Accounts, entry.posted_on, place, [posting.amount.cents(), 0, 0, 0]);
        }
        movements(&entry.postings, |payer, line, amount| {
            let place = Place::of(line as u8, payer.0);
            self.add(Cube::Movement, entry.posted_on, place, [amount.cents(), 0, 0, 0]);
        });
    }

    /// Takes over what others have gathered.
    pub fn absorb(&mut self, others: Changes) {
        for (key, amounts) in others.0 {
            add(self.0.entry(key).or_default(), amounts);
        }
    }

    /// How many places and days there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing was added.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// With the sums of all days, and without what came to nothing; in the order of the table.
    fn rows(&self) -> Vec<(Key, Amounts)> {
        let on = |((cube, day, what, of), amounts): (&Key, &Amounts)| {
            [*day, NOW].map(|day| ((*cube, day, *what, *of), *amounts))
        };
        let mut rows: Vec<(Key, Amounts)> = self.0.iter().flat_map(on).collect();
        rows.sort_unstable_by_key(|(key, _)| *key);
        rows.dedup_by(|(key, amounts), (kept, sum)| {
            let same = key == kept;
            if same {
                add(sum, *amounts);
            }
            same
        });
        rows.retain(|(_, amounts)| *amounts != Amounts::default());
        rows
    }

    /// Writes them; where a place comes to nothing, no row is left.
    pub(super) fn save(self, transaction: &WriteTransaction) -> Result<(), StoreError> {
        let mut table = transaction.open_table(SUMS)?;
        let mut bytes = Vec::new();
        let mut rows = self.rows().into_iter().peekable();
        while let Some((first, _)) = rows.peek() {
            // Most places and days are new, and many of them fall between two that are there: these go in together.
            let mut gap = table.lower_bound_mut(Bound::Included(first))?;
            let next = match gap.peek_next()? {
                Some((key, before)) => Some((key.value(), unpack(key.value(), before.value())?)),
                None => None,
            };
            while let Some((key, amounts)) = rows.next_if(|(key, _)| next.is_none_or(|(next, _)| *key < next))
            {
                pack(amounts, &mut bytes);
                gap.insert_before(key, bytes.as_slice())?;
            }
            gap.close()?;
            let Some((key, before)) = next else { continue };
            let Some((_, mut amounts)) = rows.next_if(|(other, _)| *other == key) else { continue };
            add(&mut amounts, before);
            if amounts == Amounts::default() {
                table.remove(key)?;
            } else {
                pack(amounts, &mut bytes);
                table.insert(key, bytes.as_slice())?;
            }
        }
        Ok(())
    }

    /// How these, taken as the whole, differ from what the ledger has.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn differences(&self, tables: &impl Tables) -> Result<Vec<String>, StoreError> {
        let mut wanted: BTreeMap<Key, Amounts> = self.rows().into_iter().collect();
        let mut problems = Vec::new();
        for row in tables.sum_rows()?.range::<Key>(..)? {
            let (key, bytes) = row?;
            let (key, found) = (key.value(), unpack(key.value(), bytes.value())?);
            let want = wanted.remove(&key).unwrap_or_default();
            if want != found {
                problems.push(format!("sum {key:?} is {found:?}, the journal says {want:?}"));
            }
        }
        problems.extend(wanted.keys().map(|key| format!("sum {key:?} is missing")));
        Ok(problems)
    }
}

/// The sums of a cube as of a day.
pub(super) fn as_of(
    tables: &(impl Tables + ?Sized),
    cube: Cube,
    as_of: Date,
) -> Result<BTreeMap<Place, Amounts>, StoreError> {
    let mut sums = BTreeMap::new();
    let cube = cube as u8;
    let all_of = |first: i32, last: i32| (cube, first, 0, i32::MIN)..=(cube, last, u64::MAX, i32::MAX);
    let after = day(as_of).saturating_add(1);
    for (range, sign) in [(all_of(NOW, NOW), 1), (all_of(after, i32::MAX), -1)] {
        for row in tables.sum_rows()?.range(range)? {
            let (key, bytes) = row?;
            let (_, _, what, of) = key.value();
            let amounts = unpack(key.value(), bytes.value())?.map(|amount| sign * amount);
            let place = Place { what, day: (of != NO_DAY).then(|| date(of)) };
            add(sums.entry(place).or_default(), amounts);
        }
    }
    sums.retain(|_, amounts| *amounts != Amounts::default());
    Ok(sums)
}

/// What changed in a cube, day by day.
pub(super) fn between(
    tables: &(impl Tables + ?Sized),
    cube: Cube,
    from: Option<Date>,
    to: Date,
) -> Result<Vec<(Date, Place, Amounts)>, StoreError> {
    let cube = cube as u8;
    // The first number after that of [`NOW`].
    let from = from.map_or(NOW + 1, day);
    let range = (cube, from, 0, i32::MIN)..=(cube, day(to), u64::MAX, i32::MAX);
    let rows = tables.sum_rows()?.range(range)?;
    rows.map(|row| {
        let (key, bytes) = row?;
        let (_, on, what, of) = key.value();
        let place = Place { what, day: (of != NO_DAY).then(|| date(of)) };
        Ok((date(on), place, unpack(key.value(), bytes.value())?))
    })
    .collect()
}

/// Whether a cube has anything after a day.
pub(super) fn is_any_after(tables: &impl Tables, cube: Cube, on: Date) -> Result<bool, StoreError> {
    let after = (cube as u8, day(on).saturating_add(1), 0, i32::MIN);
    let end = (cube as u8, i32::MAX, u64::MAX, i32::MAX);
    Ok(tables.sum_rows()?.range(after..=end)?.next().transpose()?.is_some())
}

fn add(to: &mut Amounts, amounts: Amounts) {
    to.iter_mut().zip(amounts).for_each(|(sum, amount)| *sum += amount);
}

/// Zeroes at the end are left out.
fn pack(amounts: Amounts, out: &mut Vec<u8>) {
    out.clear();
    let used = amounts.iter().rposition(|amount| *amount != 0).map_or(0, |last| last + 1);
    amounts[..used].iter().for_each(|amount| varint::put_signed(out, *amount));
}

fn unpack(key: Key, bytes: &[u8]) -> Result<Amounts, StoreError> {
    let mut rest = varint::Rest(bytes);
    let mut amounts = Amounts::default();
    let mut read = || -> Result<(), Bad> {
        for amount in &mut amounts {
            if rest.is_empty() {
                break;
            }
            *amount = rest.signed()?;
        }
        rest.finish()
    };
    read().map_err(|bad| StoreError::corrupt("sums", format!("{key:?}"), bad.0))?;
    Ok(amounts)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use redb::{Database, backends::InMemoryBackend};

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        /// Whatever was there before, between or behind what is new.
        #[test]
        fn what_is_saved_in_turn_adds_up(
            batches in proptest::collection::vec(
                proptest::collection::vec((0i32..4, 0u64..12, -2i64..=2), 0..40), 1..6
            ),
        ) {
            let database = Database::builder().create_with_backend(InMemoryBackend::new()).expect("made");
            let mut wanted: BTreeMap<Key, Amounts> = BTreeMap::new();
            for batch in batches {
                let mut changes = Changes::default();
                for (on, what, amount) in batch {
                    let on = Date::from_number(730_000 + on);
                    changes.add(Cube::Aging, on, Place { what, day: None }, [amount, 0, -amount, 0]);
                    for day in [day(on), NOW] {
                        add(wanted.entry((Cube::Aging as u8, day, what, NO_DAY)).or_default(), [amount, 0, -amount, 0]);
                    }
                }
                let transaction = database.begin_write().expect("begun");
                changes.save(&transaction).expect("saved");
                transaction.commit().expect("committed");
            }
            wanted.retain(|_, amounts| *amounts != Amounts::default());
            let transaction = database.begin_write().expect("begun");
            let table = transaction.open_table(SUMS).expect("a table");
            let rows = table.range::<Key>(..).expect("read").map(|row| row.expect("a row"));
            let found: BTreeMap<Key, Amounts> =
                rows.map(|(key, bytes)| (key.value(), unpack(key.value(), bytes.value()).expect("sums"))).collect();
            prop_assert_eq!(found, wanted);
        }
    }
}
