//! Provider-level items in the books: what is open of each, and what a person settles.

use std::collections::btree_map::Entry as Place;
use std::collections::{BTreeMap, HashMap};

use super::provider_names;
use super::retell::Hand;
use crate::domain::book::{PlbRecord, RemitRecord};
use crate::domain::entry::{Entry, Posting, Reason};
use crate::domain::{Account, ClaimId, Date, Money, PayerId, PlbId, RemitId};
pub use crate::posting::provider_level::OFFICE;
use crate::posting::provider_level::{Candidate, offset_all, offset_same, stays_open};
use crate::store::{Read, StoreError, WriteTables};

/// Works out anew what is open of the items of every payer for which something came that may say so: items, answers that tell
/// what a reference names, settlements, claims that became one. Whoever changes the books does this last.
///
/// # Errors
/// Whatever the store says.
pub fn pair_anew(tables: &mut WriteTables<'_>) -> Result<(), StoreError> {
    let to_pair = tables.take_to_pair();
    if to_pair.is_empty() {
        return Ok(());
    }
    let mut by_payer: BTreeMap<PayerId, Vec<PlbRecord>> = BTreeMap::new();
    for item in tables.plbs()? {
        let item = item?;
        if stays_open(item.code) {
            by_payer.entry(item.payer).or_default().push(item);
        }
    }
    for (payer, mut items) in by_payer {
        if !to_pair.concerns(payer, &items) {
            continue;
        }
        let before: BTreeMap<PlbId, Money> = items.iter().map(|item| (item.id, item.open)).collect();
        for item in &mut items {
            item.open = if item.withdrawn { Money::ZERO } else { item.item.amount - item.settled(|_| true) };
        }
        for item in offset(tables, payer, items)? {
            if before.get(&item.id) != Some(&item.open) {
                tables.put_plb(&item)?;
            }
        }
    }
    // What this wrote needs no pairing.
    tables.take_to_pair();
    Ok(())
}

/// Offsets the items of a payer among each other, in an order that does not depend on that of their files.
fn offset(
    tables: &impl Read,
    payer: PayerId,
    mut items: Vec<PlbRecord>,
) -> Result<Vec<PlbRecord>, StoreError> {
    let goes_both_ways = |items: &[PlbRecord]| {
        items.iter().any(|i| i.open.is_negative()) && items.iter().any(|i| i.open.is_positive())
    };
    if !goes_both_ways(&items) {
        return Ok(items);
    }
    let remits = remits_of(tables, &items)?;
    items.sort_by_cached_key(|item| {
        let remit = remits.get(&item.remit);
        let day = remit.map_or(item.posted_on, RemitRecord::own_date);
        let trace = remit.map(|remit| remit.header.trace.to_string()).unwrap_or_default();
        (day, trace, item.item.segment, item.item.reference.clone(), item.item.amount, item.id)
    });
    offset_same(&mut items);
    let (open, closed): (Vec<PlbRecord>, Vec<PlbRecord>) = items.into_iter().partition(|i| !i.open.is_zero());
    if !goes_both_ways(&open) {
        return Ok([open, closed].concat());
    }
    let named = provider_names::named(tables, payer, &open.iter().collect::<Vec<_>>(), &remits)?;
    let mut candidates: Vec<Candidate> =
        open.into_iter().zip(named).map(|(item, claims)| Candidate::new(item, claims)).collect();
    offset_all(&mut candidates);
    Ok(candidates.into_iter().map(Candidate::into_item).chain(closed).collect())
}

/// The remittances with which items came, each once.
fn remits_of(tables: &impl Read, items: &[PlbRecord]) -> Result<BTreeMap<RemitId, RemitRecord>, StoreError> {
    let mut remits = BTreeMap::new();
    for item in items {
        if let Place::Vacant(free) = remits.entry(item.remit)
            && let Some(remit) = tables.remit(item.remit)?
        {
            free.insert(remit);
        }
    }
    Ok(remits)
}

/// The items that were in the books at the end of a day or before, each with what was open of it then: what came, was
/// settled, taken out and put back until that day. By number.
///
/// # Errors
/// Whatever the store says.
pub fn as_of(tables: &impl Read, day: Date) -> Result<Vec<PlbRecord>, StoreError> {
    let mut by_payer: BTreeMap<PayerId, Vec<PlbRecord>> = BTreeMap::new();
    // Whether it was in the books until then, and whether it was at the day's end. A remittance that came for a closed month
    // and was put back once that was open again is in them before its own accounting date.
    let mut standing: HashMap<RemitId, (bool, bool)> = HashMap::new();
    for item in tables.plbs()? {
        let mut item = item?;
        let (was, stands) = match standing.get(&item.remit) {
            _ if item.remit == OFFICE => (item.posted_on <= day, true),
            Some(known) => *known,
            None => {
                let remit = tables.remit(item.remit)?;
                let was = remit.as_ref().is_some_and(|remit| remit.moves().any(|(on, _)| on <= day));
                let known = (was, remit.is_some_and(|remit| remit.stands(day)));
                standing.insert(item.remit, known);
                known
            }
        };
        if !was {
            continue;
        }
        item.settlements.retain(|(on, _)| *on <= day);
        // A check that was taken back is gone from that day on.
        let unsent = item.remit == OFFICE && item.withdrawn && item.settled(|_| true) == item.item.amount;
        item.withdrawn = !stands || unsent;
        item.open = if stands && stays_open(item.code) {
            item.item.amount - item.settled(|_| true)
        } else {
            Money::ZERO
        };
        by_payer.entry(item.payer).or_default().push(item);
    }
    let mut items: Vec<PlbRecord> = Vec::new();
    for (payer, of_payer) in by_payer {
        items.extend(offset(tables, payer, of_payer)?);
    }
    items.sort_by_key(|item| item.id);
    Ok(items)
}

/// The rule name of the entry that settles an item against an account, or with another.
pub const SETTLED: &str = "plb-settled";

/// The claims that each of some items names, of whatever payers they are.
///
/// # Errors
/// Whatever the store says.
pub fn claims_named(
    tables: &impl Read,
    items: &[PlbRecord],
) -> Result<BTreeMap<PlbId, Vec<ClaimId>>, StoreError> {
    let remits = remits_of(tables, items)?;
    let mut by_payer: BTreeMap<PayerId, Vec<&PlbRecord>> = BTreeMap::new();
    for item in items {
        by_payer.entry(item.payer).or_default().push(item);
    }
    let mut found = BTreeMap::new();
    for (payer, items) in by_payer {
        let named = provider_names::named(tables, payer, &items, &remits)?;
        found.extend(items.iter().map(|item| item.id).zip(named));
    }
    Ok(found)
}

/// Why an item cannot be settled.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// There is no such item.
    #[error("there is no provider-level item {0}")]
    NoItem(PlbId),
    /// It cannot be settled before it came, or came back.
    #[error("item {0} came on {1}; it cannot be settled before that")]
    TooEarly(PlbId, Date),
    /// Nothing of it is open.
    #[error("nothing of item {0} is open")]
    NotOpen(PlbId),
    /// The two do not offset each other.
    #[error("items {0} and {1} do not offset each other: they need one payer and opposite signs")]
    NoPair(PlbId, PlbId),
    /// The ledger refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Settles what is open of an item against an account: the office knows what it was for.
///
/// # Errors
/// See [`Refusal`].
pub fn settle(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    id: PlbId,
    account: Account,
    on: Date,
    memo: &str,
) -> Result<Money, Refusal> {
    let mut item = tables.plb(id)?.ok_or(Refusal::NoItem(id))?;
    let open = item.open;
    if open.is_zero() {
        return Err(Refusal::NotOpen(id));
    }
    not_before(tables, &item, tables.open_day(on))?;
    let clearing = |amount| clearing(&item, amount);
    let postings = vec![clearing(-open), Posting::new(account, item.payer, open)];
    write(tables, hand, &item, on, memo, postings)?;
    item.settlements.push((tables.open_day(on), open));
    tables.put_plb(&item)?;
    pair_anew(tables)?;
    Ok(open)
}

/// Settles two open items of a payer against each other, as far as the smaller goes: their references were garbage.
///
/// # Errors
/// See [`Refusal`].
pub fn settle_pair(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    one: PlbId,
    other: PlbId,
    on: Date,
    memo: &str,
) -> Result<Money, Refusal> {
    let mut a = tables.plb(one)?.ok_or(Refusal::NoItem(one))?;
    let mut b = tables.plb(other)?.ok_or(Refusal::NoItem(other))?;
    let opposite = a.open.is_negative() != b.open.is_negative() && !a.open.is_zero() && !b.open.is_zero();
    if a.payer != b.payer || !opposite {
        return Err(Refusal::NoPair(one, other));
    }
    not_before(tables, &a, tables.open_day(on))?;
    not_before(tables, &b, tables.open_day(on))?;
    let size = a.open.abs().min(b.open.abs());
    let part = if a.open.is_negative() { -size } else { size };
    // Two codes are two accounts: the part moves from one to the other. Under one code nothing moves.
    if a.code != b.code {
        write(tables, hand, &a, on, memo, vec![clearing(&a, -part), clearing(&b, part)])?;
    }
    let on = tables.open_day(on);
    a.settlements.push((on, part));
    b.settlements.push((on, -part));
    tables.put_plb(&a)?;
    tables.put_plb(&b)?;
    pair_anew(tables)?;
    Ok(size)
}

/// An item whose remittance was taken out and put back stands from then on.
pub(super) fn not_before(tables: &WriteTables<'_>, item: &PlbRecord, on: Date) -> Result<(), Refusal> {
    let came =
        tables.remit(item.remit)?.map_or(item.posted_on, |remit| remit.last_moved().max(item.posted_on));
    if on < came { Err(Refusal::TooEarly(item.id, came)) } else { Ok(()) }
}

pub(super) fn clearing(item: &PlbRecord, amount: Money) -> Posting {
    let reason = Some(Reason { group: None, code: item.code });
    Posting { reason, ..Posting::new(Account::Plb, item.payer, amount) }
}

fn write(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    item: &PlbRecord,
    on: Date,
    memo: &str,
    postings: Vec<Posting>,
) -> Result<(), StoreError> {
    let entry = Entry { plb: Some(item.id), ..hand.entry(on, SETTLED, memo, postings) };
    tables.append_entry(&tables.admit(entry), None).map(|_| ())
}
