//! Entries that belong to no claim: found where they stand, and negated.
//!
//! Waiting and released money, provider-level items, differences of the bank. Those of a claim are found, and taken back, when
//! it is told anew.

use std::collections::BTreeSet;

use super::retell::Hand;
use crate::domain::entry::{Entry, Source};
use crate::domain::{Date, EntryId};
use crate::posting::entries::RESEQUENCED;
use crate::store::{Read, StoreError, WriteTables};

/// The entries that are wanted and nobody took back. Reads the whole journal, once.
pub(super) fn standing_where(
    tables: &impl Read,
    wanted: impl Fn(&Entry) -> bool,
) -> Result<Vec<(EntryId, Entry)>, StoreError> {
    let (mut found, mut undone) = (Vec::new(), BTreeSet::new());
    for row in tables.journal()? {
        let (id, entry) = row?;
        match entry.reverses {
            Some(of) => {
                undone.insert(of);
            }
            None if wanted(&entry) => found.push((id, entry)),
            None => {}
        }
    }
    found.retain(|(id, _)| !undone.contains(id));
    Ok(found)
}

/// Negates an entry on a day, as a person takes back an act, and says which day it became.
pub(super) fn back(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    (id, entry): &(EntryId, Entry),
    on: Date,
    memo: &str,
) -> Result<Date, StoreError> {
    let own = entry.own_date();
    let back = Entry { posted_on: on.max(own), ..opposite(hand, *id, entry.clone(), "undone", memo) };
    let back = tables.admit(back);
    tables.append_entry(&back, None)?;
    Ok(back.posted_on)
}

/// Books an entry once more that somebody took back, on its own day.
pub(super) fn again(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    before: &Entry,
) -> Result<EntryId, StoreError> {
    tables.append_entry(&tables.admit(hand.anew(before.clone())), None)
}

/// Which of these entries somebody took back. Reads the whole journal, once, where there is one.
pub(super) fn taken_back(
    tables: &impl Read,
    ids: &BTreeSet<EntryId>,
) -> Result<BTreeSet<EntryId>, StoreError> {
    let mut found = BTreeSet::new();
    if ids.is_empty() {
        return Ok(found);
    }
    for row in tables.journal()? {
        found.extend(row?.1.reverses.filter(|of| ids.contains(of)));
    }
    Ok(found)
}

/// The exact negation of an entry, on the entry's own day: so the books of every past day are what they would have been
/// without it.
pub(super) fn negate(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    id: EntryId,
    memo: &str,
) -> Result<(), StoreError> {
    let Some((entry, _)) = tables.entry(id)? else { return Ok(()) };
    let on = entry.posted_on;
    let back = Entry { source: Source::Reversal, ..opposite(hand, id, entry, RESEQUENCED, memo) };
    tables.append_entry(&tables.admit(back).not_before(on), None).map(|_| ())
}

/// The same for the entries that are wanted and were not taken back by the program. Reads the whole journal, once.
pub(super) fn negate_where(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    memo: &str,
    wanted: impl Fn(&Entry) -> bool,
) -> Result<(), StoreError> {
    let (mut found, mut undone) = (Vec::new(), BTreeSet::new());
    for item in tables.journal()? {
        let (id, entry) = item?;
        // A claim may have taken back what was booked before it was found. What a person took back goes with what took it back.
        if entry.rule == RESEQUENCED {
            undone.extend(entry.reverses);
        } else if wanted(&entry) {
            found.push(id);
        }
    }
    for id in found.into_iter().filter(|id| !undone.contains(id)) {
        negate(tables, hand, id, memo)?;
    }
    Ok(())
}

/// The legs of an entry the other way round, on its own day.
fn opposite(hand: &Hand<'_>, id: EntryId, entry: Entry, rule: &str, memo: &str) -> Entry {
    let postings = entry.postings.iter().map(|posting| posting.negated()).collect();
    Entry { reverses: Some(id), rule: rule.into(), memo: memo.into(), postings, ..hand.anew(entry) }
}
