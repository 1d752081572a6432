//! What the ledger says about itself: its shape, who gave it that shape, how many rows and bytes.

use redb::{Key, ReadableTable, ReadableTableMetadata, Value};

use super::blocks;
use super::error::StoreError;
use super::open::Book;
use super::read::Read;
use super::schema::Tables;
use crate::domain::book::Practice;

/// How many records there are of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Imported files.
    pub files: u64,
    /// Remittances.
    pub remits: u64,
    /// Claim payments.
    pub payments: u64,
    /// Claims.
    pub claims: u64,
    /// Journal entries.
    pub entries: u64,
    /// Claim payments whose money is in `unapplied`.
    pub unapplied: u64,
    /// Numbers by which claim payments may still find a claim.
    pub waiting: u64,
    /// Provider-level items.
    pub plbs: u64,
    /// Of these: not offset yet.
    pub open_plbs: u64,
    /// Denial cases.
    pub cases: u64,
    /// Payers.
    pub payers: u64,
}

impl Counts {
    /// The tables know their lengths; those of blocks are read through.
    pub(super) fn of(tables: &(impl Tables + ?Sized)) -> Result<Counts, StoreError> {
        Ok(Counts {
            files: tables.file_rows()?.len()?,
            remits: tables.remit_rows()?.len()?,
            payments: blocks::len("payments", tables.payment_rows()?)?,
            claims: blocks::len("claims", tables.claim_rows()?)?,
            entries: blocks::len("journal", tables.journal_rows()?)?,
            unapplied: tables.unapplied_rows()?.len()?,
            waiting: tables.waiting_rows()?.len()?,
            plbs: tables.plb_rows()?.len()?,
            open_plbs: tables.plb_open_rows()?.len()?,
            cases: tables.case_rows()?.len()?,
            payers: tables.payer_rows()?.len()?,
        })
    }
}

/// One table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableInfo {
    /// Its name.
    pub name: String,
    /// How many rows.
    pub rows: u64,
    /// Bytes of their keys and values.
    pub stored_bytes: u64,
}

impl TableInfo {
    pub(super) fn of<K: Key + 'static, V: Value + 'static>(
        name: &str,
        table: &impl ReadableTable<K, V>,
    ) -> Result<TableInfo, StoreError> {
        let stored_bytes = table.stats()?.stored_bytes();
        Ok(TableInfo { name: name.to_owned(), rows: table.len()?, stored_bytes })
    }
}

/// What a ledger says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookInfo {
    /// Whose books these are.
    pub practice: Practice,
    /// The number of its shape.
    pub schema: u64,
    /// The program and version that gave it its shape.
    pub written_by: String,
    /// Records of each kind.
    pub counts: Counts,
    /// Every table.
    pub tables: Vec<TableInfo>,
    /// Bytes of all keys and values.
    pub stored_bytes: u64,
    /// Length of the file; 0 for a ledger in memory.
    pub file_bytes: u64,
}

impl Book {
    /// What the ledger says about itself. Looks at every page of the file.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn info(&self) -> Result<BookInfo, StoreError> {
        let snapshot = self.read()?;
        let (mut tables, counts) = (snapshot.sizes()?, snapshot.counts()?);
        // These lie in blocks; what counts is what is in them.
        for (name, rows) in
            [("claims", counts.claims), ("payments", counts.payments), ("journal", counts.entries)]
        {
            tables.iter_mut().filter(|table| table.name == name).for_each(|table| table.rows = rows);
        }
        let file_bytes = match self.path() {
            Some(path) => std::fs::metadata(path).map_err(StoreError::io(path))?.len(),
            None => 0,
        };
        Ok(BookInfo {
            practice: snapshot.practice()?,
            schema: snapshot.schema()?,
            written_by: snapshot.written_by()?,
            counts,
            stored_bytes: tables.iter().map(|table| table.stored_bytes).sum(),
            tables,
            file_bytes,
        })
    }
}
