//! Claims found by their visits, list by list. How a list lies in the ledger is in `rows::visits`.

use std::ops::Bound;

use redb::{ReadableTable, Table};

use super::error::StoreError;
use super::numbers;
use super::rows::numbers::{Borne, Key, write};
use super::rows::visits::{first, neighbourhood, place, read};
use crate::domain::ClaimId;
use crate::domain::join::VisitKey;

/// The table, for messages.
const TABLE: &str = "claim_by_visit";

type Lists<'t> = Table<'t, Key, &'static [u8]>;
type Result<T> = std::result::Result<T, StoreError>;

/// Makes claims found by their visits.
pub(super) fn add(
    table: &mut Lists<'_>,
    claims: impl IntoIterator<Item = (VisitKey, ClaimId)>,
) -> Result<()> {
    let placed = claims.into_iter().map(|(visit, claim)| (neighbourhood(visit), place(visit, claim)));
    numbers::put(table, TABLE, placed)
}

/// Makes a claim found by a visit no longer.
pub(super) fn remove(table: &mut Lists<'_>, visit: VisitKey, claim: ClaimId) -> Result<()> {
    let (day, gone) = (neighbourhood(visit), place(visit, claim));
    let found = match table.upper_bound(Bound::Included(&(day, gone.0)))?.peek_prev()? {
        Some((key, list)) if key.value().0 == day => Some((key.value(), entries(key.value(), list.value())?)),
        _ => None,
    };
    let Some((key, mut left)) = found else { return Ok(()) };
    left.retain(|borne| *borne != gone);
    if left.is_empty() {
        table.remove(key)?;
    } else {
        let mut bytes = Vec::new();
        write(&left, &mut bytes);
        table.insert(key, bytes.as_slice())?;
    }
    Ok(())
}

/// The claims of a visit, in order.
pub(super) fn of(table: &impl ReadableTable<Key, &'static [u8]>, visit: VisitKey) -> Result<Vec<ClaimId>> {
    let mut walk = Walk::new(table);
    walk.claims(visit)
}

/// Whether there are claims of visits, which stand in order.
pub(super) fn are_known(
    table: &impl ReadableTable<Key, &'static [u8]>,
    visits: &[VisitKey],
) -> Result<Vec<bool>> {
    let mut walk = Walk::new(table);
    visits.iter().map(|visit| Ok(!walk.claims(*visit)?.is_empty())).collect()
}

/// Every claim with its visit, by day and patient.
pub(super) fn all(
    table: &impl ReadableTable<Key, &'static [u8]>,
) -> Result<impl Iterator<Item = Result<(VisitKey, ClaimId)>>> {
    let lists = table.iter()?.map(|row| {
        let (key, list) = row?;
        Ok((key.value().0, entries(key.value(), list.value())?))
    });
    Ok(lists.flat_map(|list: Result<(u64, Vec<Borne>)>| {
        let (day, list, failed) = match list {
            Ok((day, list)) => (day, list, None),
            Err(error) => (0, Vec::new(), Some(Err(error))),
        };
        failed.into_iter().chain(list.into_iter().map(move |borne| Ok(read(day, borne))))
    }))
}

fn entries(key: Key, bytes: &[u8]) -> Result<Vec<Borne>> {
    Ok(numbers::read(TABLE, key, bytes)?.all().collect())
}

/// A way through the lists: visits of one file mostly lie in the list that was looked at last.
struct Walk<'t, T> {
    table: &'t T,
    /// Where the list at hand begins, and the next one of the table.
    at: Option<(Key, Option<Key>)>,
    /// The list at hand, as it lies in the ledger.
    list: Vec<u8>,
}

impl<'t, T: ReadableTable<Key, &'static [u8]>> Walk<'t, T> {
    const fn new(table: &'t T) -> Self {
        Walk { table, at: None, list: Vec::new() }
    }

    /// The claims of a visit: they may go on in the next list.
    fn claims(&mut self, visit: VisitKey) -> Result<Vec<ClaimId>> {
        let (day, begin) = (neighbourhood(visit), first(visit));
        let end = begin | u64::from(u32::MAX);
        let mut found = Vec::new();
        let mut from = (day, begin);
        loop {
            self.go_to(from)?;
            let Some((key, next)) = self.at else { return Ok(found) };
            if key.0 == day {
                let here = numbers::read(TABLE, key, &self.list)?.within(begin, end);
                found.extend(here.map(|borne| read(day, borne).1));
            }
            match next {
                Some(next) if next.0 == day && next.1 <= end => from = next,
                _ => return Ok(found),
            }
        }
    }

    /// Reads the last list that begins at a place or before it.
    fn go_to(&mut self, place: Key) -> Result<()> {
        let is_here = self.at.is_some_and(|(key, next)| key <= place && next.is_none_or(|next| place < next));
        if is_here {
            return Ok(());
        }
        let mut cursor = self.table.upper_bound(Bound::Included(&place))?;
        let next = cursor.peek_next()?.map(|(key, _)| key.value());
        self.list.clear();
        let begins = match cursor.peek_prev()? {
            Some((key, list)) if key.value().0 == place.0 => {
                self.list.extend_from_slice(list.value());
                key.value()
            }
            // Nothing of that day until here.
            _ => {
                write(&[], &mut self.list);
                (place.0, 0)
            }
        };
        self.at = Some((begins, next));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use redb::{Database, TableDefinition, backends::InMemoryBackend};

    use super::*;
    use crate::domain::Date;

    const LISTS: TableDefinition<'static, Key, &'static [u8]> = TableDefinition::new("lists");

    fn visit(day: u8, patient: u32) -> VisitKey {
        VisitKey { day: Date::from_number(730_000 + i32::from(day)), patient }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

        /// Some patients have more claims of a day than a list holds.
        #[test]
        fn lists_say_what_a_set_says(
            batches in proptest::collection::vec(
                proptest::collection::vec((0u8..4, prop_oneof![3 => 0u32..4, 1 => any::<u32>()], 1u64..900), 0..900), 1..4
            ),
            gone in proptest::collection::vec(any::<prop::sample::Index>(), 0..40),
            emptied in any::<bool>(),
        ) {
            let database = Database::builder().create_with_backend(InMemoryBackend::new()).expect("made");
            let transaction = database.begin_write().expect("begun");
            let mut table = transaction.open_table(LISTS).expect("a table");
            let mut wanted = BTreeSet::new();
            for batch in batches {
                let claims: Vec<_> =
                    batch.iter().map(|(day, patient, claim)| (visit(*day, *patient), ClaimId(*claim))).collect();
                add(&mut table, claims.iter().copied()).expect("added");
                wanted.extend(claims);
            }
            let known: Vec<(VisitKey, ClaimId)> = wanted.iter().copied().collect();
            for at in gone.iter().filter(|_| !known.is_empty()) {
                let (visit, claim) = known[at.index(known.len())];
                remove(&mut table, visit, claim).expect("removed");
                wanted.remove(&(visit, claim));
            }
            remove(&mut table, visit(9, 9), ClaimId(9)).expect("nothing to remove");
            // Claims come again once a first list is empty.
            let begin: Vec<_> = wanted.iter().filter(|_| emptied).take(200).copied().collect();
            for (visit, claim) in &begin {
                remove(&mut table, *visit, *claim).expect("removed");
                wanted.remove(&(*visit, *claim));
            }
            let again = known.iter().step_by(3).copied();
            add(&mut table, again.clone()).expect("added");
            wanted.extend(again);
            let found = all(&table).expect("read").collect::<Result<Vec<_>>>().expect("read");
            prop_assert!(found.iter().eq(wanted.iter()), "{} of {}", found.len(), wanted.len());
            let mut asked: Vec<VisitKey> = known.iter().map(|(visit, _)| *visit).collect();
            asked.extend([visit(0, 5), visit(3, u32::MAX), visit(8, 0)]);
            asked.sort_unstable();
            let claims = |asked: VisitKey| -> Vec<ClaimId> {
                wanted.iter().filter(|(visit, _)| *visit == asked).map(|(_, claim)| *claim).collect()
            };
            let are = are_known(&table, &asked).expect("read");
            for (asked, is_known) in asked.into_iter().zip(are) {
                let claims = claims(asked);
                prop_assert_eq!(is_known, !claims.is_empty());
                prop_assert_eq!(of(&table, asked).expect("read"), claims);
            }
        }
    }
}
