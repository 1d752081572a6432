//! Provider-level items in the books: what is open of each, and what a person settles.

use super::retell::Hand;
use crate::domain::book::PlbRecord;
use crate::domain::entry::{Entry, Posting, Reason, Source};
use crate::domain::{Account, Date, Money, PayerId, PlbId};
use crate::posting::provider_level::{offset, stays_open};
use crate::store::{Read, StoreError, WriteTables};

/// Works out anew what is open of every item of a payer, in the order in which they came. Needed when an item goes away
/// or was settled: what it had offset is open again.
///
/// # Errors
/// Whatever the store says.
pub fn reoffset(tables: &mut WriteTables<'_>, payer: PayerId) -> Result<(), StoreError> {
    let mut items: Vec<PlbRecord> = Vec::new();
    for item in tables.plbs()? {
        let item = item?;
        if item.payer == payer && stays_open(item.code) {
            items.push(item);
        }
    }
    let before = items.clone();
    for at in 0..items.len() {
        let (earlier, rest) = items.split_at_mut(at);
        let item = &mut rest[0];
        item.open = if item.withdrawn { Money::ZERO } else { item.item.amount - item.settled };
        let (offsets, left) = offset(item, earlier);
        item.open = left;
        for (id, taken) in offsets {
            if let Some(other) = earlier.iter_mut().find(|other| other.id == id) {
                other.open -= taken;
            }
        }
    }
    for (item, was) in items.iter().zip(&before) {
        if item != was {
            tables.put_plb(item)?;
        }
    }
    Ok(())
}

/// Why an item cannot be settled.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// There is no such item.
    #[error("there is no provider-level item {0}")]
    NoItem(PlbId),
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
    let clearing = |amount| clearing(&item, amount);
    let postings = vec![clearing(-open), Posting::new(account, item.payer, open)];
    write(tables, hand, &item, on, memo, postings)?;
    item.settled += open;
    tables.put_plb(&item)?;
    reoffset(tables, item.payer)?;
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
    let size = a.open.abs().min(b.open.abs());
    let part = if a.open.is_negative() { -size } else { size };
    // Two codes are two accounts: the part moves from one to the other. Under one code nothing moves.
    if a.code != b.code {
        write(tables, hand, &a, on, memo, vec![clearing(&a, -part), clearing(&b, part)])?;
    }
    a.settled += part;
    b.settled -= part;
    tables.put_plb(&a)?;
    tables.put_plb(&b)?;
    reoffset(tables, a.payer)?;
    Ok(size)
}

fn clearing(item: &PlbRecord, amount: Money) -> Posting {
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
    let entry = Entry {
        posted_on: on,
        effective_on: None,
        recorded_at: hand.now,
        source: Source::Manual,
        claim: None,
        remit: None,
        payment: None,
        plb: Some(item.id),
        reverses: None,
        rule: "plb-settled".to_owned(),
        memo: memo.to_owned(),
        user: hand.user.to_owned(),
        postings,
    };
    tables.append_entry(&tables.admit(entry), None).map(|_| ())
}
