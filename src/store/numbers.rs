//! The numbers that payers gave to claims: gathered while a remittance is written, and written list by list.
//!
//! How a list lies in the ledger is in `rows::numbers`.

use redb::{ReadableTable, Table};

use super::error::StoreError;
use super::rows::numbers::{self, Borne, EMPTY, List, in_short};
use super::schema::Tables;
use crate::domain::ClaimId;

/// The table, for messages.
const TABLE: &str = "claim_by_payer_number";
/// So many claims are gathered before they are written.
const MOST: usize = 16 << 10;

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
    pub(super) fn settle(&mut self, table: &mut Table<'_, u64, &'static [u8]>) -> Result<()> {
        if self.0.len() < MOST { Ok(()) } else { self.save(table) }
    }

    /// Writes them.
    pub(super) fn save(&mut self, table: &mut Table<'_, u64, &'static [u8]>) -> Result<()> {
        let placed = self.0.drain(..).map(|(number, claim)| {
            let (neighbourhood, within) = numbers::place(claim);
            (neighbourhood, (number, within))
        });
        let mut new: Vec<(u64, Borne)> = placed.collect();
        new.sort_unstable();
        new.dedup();
        for of_one in new.chunk_by(|(one, _), (other, _)| one == other) {
            let neighbourhood = of_one[0].0;
            let others: Vec<Borne> = of_one.iter().map(|(_, borne)| *borne).collect();
            let bytes = match table.get(neighbourhood)? {
                Some(bytes) => read(neighbourhood, bytes.value())?.with(&others),
                None => EMPTY.with(&others),
            };
            table.insert(neighbourhood, bytes.as_slice())?;
        }
        Ok(())
    }
}

/// The claims that a payer knows under a number, in order.
pub(super) fn find(tables: &(impl Tables + ?Sized), number: &str) -> Result<Vec<ClaimId>> {
    let number = in_short(number);
    let new = tables.new_numbers().into_iter().flat_map(|new| &new.0);
    let mut found: Vec<ClaimId> = new.filter(|(other, _)| *other == number).map(|(_, id)| *id).collect();
    for row in tables.payer_numbers()?.range::<u64>(..)? {
        let (neighbourhood, bytes) = row?;
        let neighbourhood = neighbourhood.value();
        let within = read(neighbourhood, bytes.value())?.of(number);
        found.extend(within.map(|within| numbers::claim(neighbourhood, within)));
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

fn read(neighbourhood: u64, bytes: &[u8]) -> Result<List<'_>> {
    List::read(bytes).map_err(|bad| StoreError::corrupt(TABLE, neighbourhood, bad.0))
}
