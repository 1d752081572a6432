//! The numbers that payers gave to claims: gathered while a remittance is written, and written list by list.
//!
//! How a list lies in the ledger is in `rows::numbers`.

use std::ops::Bound;

use redb::{ReadableTable, Table};

use super::error::StoreError;
use super::rows::numbers::{self, Borne, EMPTY, Key, List, in_short};
use super::schema::Tables;
use crate::domain::ClaimId;

/// The table, for messages.
const TABLE: &str = "claim_by_payer_number";
/// So many claims are gathered before they are written.
const MOST: usize = 16 << 10;

type Lists<'t> = Table<'t, Key, &'static [u8]>;
type Result<T> = std::result::Result<T, StoreError>;

/// Numbers that are not written yet, in short, each with a claim that bears it.
#[derive(Default)]
pub struct NewNumbers(Vec<(u64, ClaimId)>);

impl NewNumbers {
    /// Makes a claim found under a number, unless it is none.
    pub(super) fn add(&mut self, number: &str, claim: ClaimId) {
        if !number.is_empty() {
            self.0.push((in_short(number), claim));
        }
    }

    /// Writes them when they are many.
    pub(super) fn settle(&mut self, table: &mut Lists<'_>) -> Result<()> {
        if self.0.len() < MOST { Ok(()) } else { self.save(table) }
    }

    /// Writes them.
    pub(super) fn save(&mut self, table: &mut Lists<'_>) -> Result<()> {
        put(
            table,
            TABLE,
            self.0.drain(..).map(|(number, claim)| {
                let (neighbourhood, within) = numbers::place(claim);
                (neighbourhood, (number, within))
            }),
        )
    }
}

/// Puts numbers into the lists of their neighbourhoods.
pub(super) fn put(
    table: &mut Lists<'_>,
    name: &'static str,
    placed: impl Iterator<Item = (u64, Borne)>,
) -> Result<()> {
    let mut new: Vec<(u64, Borne)> = placed.collect();
    new.sort_unstable();
    new.dedup();
    for of_one in new.chunk_by(|(one, _), (other, _)| one == other) {
        let numbers: Vec<Borne> = of_one.iter().map(|(_, borne)| *borne).collect();
        join(table, name, of_one[0].0, &numbers)?;
    }
    Ok(())
}

/// Puts numbers, which stand in order, into the lists of a neighbourhood.
fn join(table: &mut Lists<'_>, name: &'static str, neighbourhood: u64, mut numbers: &[Borne]) -> Result<()> {
    let mut bytes = Vec::new();
    while let Some((number, _)) = numbers.first() {
        let mut cursor = table.upper_bound(Bound::Included(&(neighbourhood, *number)))?;
        let end = cursor.peek_next()?.map(|(next, _)| next.value()).filter(|next| next.0 == neighbourhood);
        let here = end.map_or(numbers.len(), |end| numbers.partition_point(|n| n.0 < end.1));
        let (here, others) = numbers.split_at(here);
        numbers = others;
        let (first, list) = match cursor.peek_prev()? {
            Some((key, list)) if key.value().0 == neighbourhood => {
                (key.value().1, read(name, key.value(), list.value())?.with(here))
            }
            // The first of its neighbourhood, or that was taken away.
            _ => (0, EMPTY.with(here)),
        };
        drop(cursor);
        for (place, part) in numbers::divide(&list).into_iter().enumerate() {
            numbers::write(part, &mut bytes);
            let begins = if place == 0 { first } else { part[0].0 };
            table.insert((neighbourhood, begins), bytes.as_slice())?;
        }
    }
    Ok(())
}

/// The claims that a payer knows under a number, in order.
pub(super) fn find(tables: &(impl Tables + ?Sized), number: &str) -> Result<Vec<ClaimId>> {
    let number = in_short(number);
    let last = tables.payer_numbers()?.last()?.map(|(key, _)| key.value().0);
    let mut found = new(tables, number);
    for neighbourhood in last.into_iter().flat_map(|last| 0..=last) {
        found.extend(written(tables, neighbourhood, number)?);
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Whether a claim is found under a number, unless that is none.
pub(super) fn is_borne(tables: &(impl Tables + ?Sized), claim: ClaimId, number: &str) -> Result<bool> {
    let short = in_short(number);
    let found = || written(tables, numbers::place(claim).0, short);
    Ok(number.is_empty() || new(tables, short).contains(&claim) || found()?.contains(&claim))
}

/// Those of them that are not written yet.
fn new(tables: &(impl Tables + ?Sized), number: u64) -> Vec<ClaimId> {
    let new = tables.new_numbers().into_iter().flat_map(|new| &new.0);
    new.filter(|(other, _)| *other == number).map(|(_, claim)| *claim).collect()
}

/// Those of a neighbourhood that are written.
fn written(tables: &(impl Tables + ?Sized), neighbourhood: u64, number: u64) -> Result<Vec<ClaimId>> {
    let mut cursor = tables.payer_numbers()?.upper_bound(Bound::Included(&(neighbourhood, number)))?;
    let list = cursor.peek_prev()?.filter(|(key, _)| key.value().0 == neighbourhood);
    let Some((key, list)) = list else { return Ok(Vec::new()) };
    let within = read(TABLE, key.value(), list.value())?.of(number);
    Ok(within.map(|within| numbers::claim(neighbourhood, within)).collect())
}

/// A list of a table.
pub(super) fn read<'l>(table: &'static str, key: Key, bytes: &'l [u8]) -> Result<List<'l>> {
    List::read(bytes).map_err(|bad| StoreError::corrupt(table, format!("{key:?}"), bad.0))
}
