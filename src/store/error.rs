//! What can go wrong with a ledger file, in words that say what and where.
//!
//! The words of redb and bincode end here: the rest of the program sees only [`StoreError`].

use std::error::Error;
use std::io;
use std::path::PathBuf;

use super::pages;
use crate::domain::{Date, Money};

/// Why the ledger could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no such file.
    #[error("there is no ledger at {}", .0.display())]
    Missing(PathBuf),
    /// A new ledger would have replaced a file.
    #[error("there is a file at {} already, and a ledger is never written over one", .0.display())]
    Exists(PathBuf),
    /// The folder of a new ledger is not there.
    #[error("there is no folder {} to make the ledger in", .0.display())]
    NoFolder(PathBuf),
    /// Another writer had it all the time.
    #[error("another program is writing to the ledger and did not finish within {waited_ms} ms")]
    Busy {
        /// How long this one waited.
        waited_ms: u128,
    },
    /// A later version of this program made its present shape.
    #[error(
        "the ledger has shape {found}, written by {written_by}; this program knows shapes up to {known}: use that version or a later one"
    )]
    Newer {
        /// The ledger's shape.
        found: u64,
        /// The latest shape this program knows.
        known: u64,
        /// The program and version that gave the ledger its shape.
        written_by: String,
    },
    /// An earlier version made it, and a reader changes nothing.
    #[error(
        "the ledger has the earlier shape {found} and is brought to shape {known} by the first command that writes to it"
    )]
    NeedsUpgrade {
        /// The ledger's shape.
        found: u64,
        /// The shape this program reads.
        known: u64,
    },
    /// The file is something else.
    #[error("{} is not a ledger", .0.display())]
    NotALedger(PathBuf),
    /// The ledger was opened for reading.
    #[error("the ledger was opened for reading only")]
    ReadOnly,
    /// A row that does not say anything sensible.
    #[error("the ledger is damaged: table {table}, row {key}: {why}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The row's key.
        key: String,
        /// What is wrong with it.
        why: String,
    },
    /// An entry that would put money into the books from nowhere. A defect of this program.
    #[error(
        "an entry of rule {rule:?} with {postings} postings is off by {imbalance}; nothing of it was written (a defect of this program)"
    )]
    Unbalanced {
        /// The rule that made it.
        rule: String,
        /// How many postings it has.
        postings: usize,
        /// What they add up to.
        imbalance: Money,
    },
    /// An entry for a month that is closed.
    #[error("an entry dated {posted_on} cannot be written: everything until {until} is closed")]
    Closed {
        /// The date it had.
        posted_on: Date,
        /// The last day that is closed.
        until: Date,
    },
    /// The disk failed when the last was written: what was to be done is in the ledger or not, and only a look at it when the
    /// disk is well again tells.
    #[error("the disk failed at the last moment")]
    Unsure(#[source] Box<dyn Error + Send + Sync>),
    /// Somebody reads or writes just now what must be alone.
    #[error("{0}")]
    InUse(String),
    /// What the file holds is not what was written to it.
    #[error("{0}")]
    Damaged(String),
    /// The database under the ledger.
    #[error("the ledger's file: {0}")]
    Storage(#[source] Box<dyn Error + Send + Sync>),
    /// The file system.
    #[error("{}: {source}", path.display())]
    Io {
        /// Which file or folder.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
}

/// Errors of redb are passed on as they are: their messages are good, their types are nobody's business. What says that the
/// file is damaged is told apart.
macro_rules! passed_on {
    ($($kind:ident)+) => {$(
        impl From<redb::$kind> for StoreError {
            fn from(error: redb::$kind) -> StoreError {
                match error {
                    redb::$kind::Storage(error) => error.into(),
                    other => StoreError::Storage(Box::new(other)),
                }
            }
        }
    )+};
}

passed_on! { TableError TransactionError CommitError DatabaseError CursorError }

impl From<redb::StorageError> for StoreError {
    fn from(error: redb::StorageError) -> StoreError {
        match error {
            redb::StorageError::Corrupted(what) => StoreError::Damaged(what),
            redb::StorageError::Io(error) if pages::is_damage(&error) => {
                StoreError::Damaged(error.to_string())
            }
            redb::StorageError::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                StoreError::Damaged("the file is cut off".to_owned())
            }
            other => StoreError::Storage(Box::new(other)),
        }
    }
}

impl From<redb::CompactionError> for StoreError {
    fn from(error: redb::CompactionError) -> StoreError {
        match error {
            redb::CompactionError::Storage(error) => error.into(),
            other => StoreError::InUse(other.to_string()),
        }
    }
}

impl StoreError {
    /// A failure of the file system at a path.
    pub(super) fn io(path: &std::path::Path) -> impl FnOnce(io::Error) -> StoreError {
        let path = path.to_owned();
        move |source| StoreError::Io { path, source }
    }

    /// A row that cannot be read.
    pub(crate) fn corrupt(
        table: &'static str,
        key: impl std::fmt::Display,
        why: impl Into<String>,
    ) -> StoreError {
        StoreError::Corrupt { table, key: key.to_string(), why: why.into() }
    }
}
