//! Tables of blocks: claims and their names, claim payments and the journal.
//!
//! Rows come in the order of their numbers, so each table has one block open in memory: neighbours join it until it is
//! full, and it is written when a row of another block is put, or with the commit. Reading in the same transaction looks
//! there first.

use std::ops::Bound;

use redb::{AccessGuard, ReadableTable, StorageError, Table, WriteTransaction};

use super::error::StoreError;
use super::rows::Bad;
use super::rows::block::{Block, Packed, Packer, View};
use super::rows::names;
use super::schema::{CLAIM_NAMES, CLAIMS, JOURNAL, PAYMENTS};
use crate::domain::EntryId;
use crate::domain::book::{ClaimRecord, PaymentRecord};
use crate::domain::entry::Entry;

type Bytes = &'static [u8];
type Result<T> = std::result::Result<T, StoreError>;

/// The open blocks of a write transaction.
pub struct OpenBlocks {
    pub(super) claims: Open,
    pub(super) names: Open,
    pub(super) payments: Open,
    pub(super) journal: Open,
}

impl Default for OpenBlocks {
    fn default() -> OpenBlocks {
        let open = |name| Open { name, ..Open::default() };
        OpenBlocks {
            claims: open(ClaimRecord::TABLE),
            names: open(names::TABLE),
            payments: open(PaymentRecord::TABLE),
            journal: open(<(Entry, Option<EntryId>)>::TABLE),
        }
    }
}

impl OpenBlocks {
    /// Writes what has changed.
    pub(super) fn save(&mut self, transaction: &WriteTransaction) -> Result<()> {
        self.claims.save(&mut transaction.open_table(CLAIMS)?)?;
        self.names.save(&mut transaction.open_table(CLAIM_NAMES)?)?;
        self.payments.save(&mut transaction.open_table(PAYMENTS)?)?;
        self.journal.save(&mut transaction.open_table(JOURNAL)?)
    }
}

/// The block of a table that rows are being put into.
#[derive(Default)]
pub struct Open {
    /// Of the table.
    name: &'static str,
    block: Option<Block>,
    /// The first number of the block behind it, if there is one.
    next: Option<u64>,
    changed: bool,
    scratch: Vec<u8>,
}

impl Open {
    /// Puts a row under its number, in place of what was there.
    pub(super) fn put(
        &mut self,
        table: &mut Table<'_, u64, Bytes>,
        key: u64,
        pack: impl FnOnce(&mut Packer<'_>),
    ) -> Result<()> {
        if self.holding(key).is_none() {
            self.turn_to(table, key)?;
        }
        if self.holding(key).is_none_or(|block| !block.takes(key)) {
            self.save(table)?;
            self.block.get_or_insert_default().begin(key);
        }
        self.changed = true;
        self.block.get_or_insert_default().put(key, pack);
        Ok(())
    }

    /// The block, when it is the one where a row of this number is if it is anywhere.
    fn holding(&self, key: u64) -> Option<&Block> {
        let behind = self.next.is_some_and(|next| next <= key);
        self.block.as_ref().filter(|block| block.first() <= key && !behind)
    }

    /// Opens the block that holds a number; none where all begin behind it.
    fn turn_to(&mut self, table: &mut Table<'_, u64, Bytes>, key: u64) -> Result<()> {
        self.save(table)?;
        let block = self.block.take();
        let mut cursor = table.upper_bound(Bound::Included(&key))?;
        self.next = cursor.peek_next()?.map(|(next, _)| next.value());
        if let Some((first, bytes)) = cursor.peek_prev()? {
            let mut block = block.unwrap_or_default();
            let damaged = |bad: Bad| StoreError::corrupt(self.name, first.value(), bad.0);
            block.read(first.value(), bytes.value()).map_err(damaged)?;
            self.block = Some(block);
        }
        Ok(())
    }

    /// Writes the block, if it has changed; it stays open.
    pub(super) fn save(&mut self, table: &mut Table<'_, u64, Bytes>) -> Result<()> {
        if let Some(block) = self.block.as_ref().filter(|_| self.changed) {
            block.write(&mut self.scratch);
            table.insert(block.first(), self.scratch.as_slice())?;
            self.changed = false;
        }
        Ok(())
    }
}

/// The record under a number.
pub(super) fn get<T: Packed>(
    table: &impl ReadableTable<u64, Bytes>,
    open: Option<&Open>,
    key: u64,
) -> Result<Option<T>> {
    let found = match open.and_then(|open| open.holding(key)) {
        Some(block) => block.get(key),
        None => match table.upper_bound(Bound::Included(&key))?.peek_prev()? {
            Some((first, bytes)) => View::read(first.value(), bytes.value())
                .map_or_else(|bad| Some(Err(bad)), |view| view.get(key)),
            None => None,
        },
    };
    found.transpose().map_err(|bad: Bad| StoreError::corrupt(T::TABLE, key, bad.0))
}

/// The rows of a block with their numbers.
type Rows<T> = Vec<(u64, std::result::Result<T, Bad>)>;
/// A block as a table gives it.
type Stored<'a> = std::result::Result<(AccessGuard<'a, u64>, AccessGuard<'a, Bytes>), StorageError>;

/// Every record with its number, in the order of the numbers; a block is unpacked when its first row is asked for.
pub(super) fn all<T: Packed>(
    table: &impl ReadableTable<u64, Bytes>,
    open: Option<&Open>,
) -> Result<impl DoubleEndedIterator<Item = Result<(u64, T)>>> {
    let open = open.and_then(|open| open.block.as_ref());
    // The open block stands in its own place, whether an earlier form of it was written or not.
    let held: Option<Result<Rows<T>>> = open.map(|block| Ok(block.all()));
    let before = match open {
        Some(open) => table.range(..open.first())?,
        None => table.range::<u64>(..)?,
    };
    let behind = |open: &Block| table.range((Bound::Excluded(open.first()), Bound::Unbounded));
    let after = open.map(behind).transpose()?.into_iter().flatten();
    let blocks = before.map(rows).chain(held).chain(after.map(rows));
    Ok(blocks.flat_map(|rows| match rows {
        Ok(rows) => {
            rows.into_iter().map(|(key, row)| Ok((key, row.map_err(|bad| damaged::<T>(key, bad))?))).collect()
        }
        Err(error) => vec![Err(error)],
    }))
}

/// Looks at the blocks that hold rows of these numbers, which stand in order, without what the open write transaction
/// holds; `look` is given a block and the numbers that are there if they are anywhere.
pub(super) fn look<'k>(
    name: &'static str,
    table: &impl ReadableTable<u64, Bytes>,
    mut keys: &'k [u64],
    mut look: impl FnMut(&View<'_>, &'k [u64]) -> std::result::Result<(), Bad>,
) -> Result<()> {
    while let Some(key) = keys.first() {
        let mut cursor = table.upper_bound(Bound::Included(key))?;
        let next = cursor.peek_next()?.map_or(u64::MAX, |(next, _)| next.value());
        let (here, others) = keys.split_at(keys.partition_point(|key| *key < next).max(1));
        keys = others;
        if let Some((first, bytes)) = cursor.peek_prev()? {
            let view = View::read(first.value(), bytes.value());
            view.and_then(|view| look(&view, here))
                .map_err(|bad| StoreError::corrupt(name, first.value(), bad.0))?;
        }
    }
    Ok(())
}

/// Looks at every block with its first number, without what the open write transaction holds.
pub(super) fn look_at_all(
    name: &'static str,
    table: &impl ReadableTable<u64, Bytes>,
    mut look: impl FnMut(u64, &View<'_>) -> std::result::Result<(), Bad>,
) -> Result<()> {
    for row in table.range::<u64>(..)? {
        let (first, bytes) = row?;
        let view = View::read(first.value(), bytes.value());
        view.and_then(|view| look(first.value(), &view))
            .map_err(|bad| StoreError::corrupt(name, first.value(), bad.0))?;
    }
    Ok(())
}

fn rows<T: Packed>(stored: Stored<'_>) -> Result<Rows<T>> {
    let (first, bytes) = stored?;
    let view = View::read(first.value(), bytes.value());
    view.map(|view| view.all()).map_err(|bad| damaged::<T>(first.value(), bad))
}

fn damaged<T: Packed>(key: u64, bad: Bad) -> StoreError {
    StoreError::corrupt(T::TABLE, key, bad.0)
}

/// How many records a table has that no transaction has open. Looks at every block.
pub(super) fn len(name: &'static str, table: &impl ReadableTable<u64, Bytes>) -> Result<u64> {
    let mut rows = 0;
    look_at_all(name, table, |_, block| {
        rows += block.len();
        Ok(())
    })?;
    Ok(rows)
}
