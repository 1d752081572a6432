//! Opening the ledger for a command, and the words for when it cannot be.

use super::{Context, Failure};
use crate::books::retell::Hand;
use crate::books::{doubles, provider_level};
use crate::store::{Book, Read, Snapshot, StoreError, WriteTables};

impl Context {
    /// Opens the ledger to read it.
    ///
    /// # Errors
    /// [`Failure`] that names the ledger.
    pub fn read(&self) -> Result<Snapshot, Failure> {
        let path = self.ledger()?;
        let book = Book::open_read_only(path, self.wait).map_err(|error| self.refuse(error))?;
        let snapshot = book.read().map_err(|error| self.refuse(error))?;
        let practice = snapshot.practice().map_err(|error| self.refuse(error))?;
        // Opened twice, they are the same books.
        let _ = self.printer.practice.set(practice.name);
        Ok(snapshot)
    }

    /// Opens the ledger to change it.
    ///
    /// # Errors
    /// [`Failure`] that names the ledger.
    pub fn open(&self) -> Result<Book, Failure> {
        Book::open(self.ledger()?, self.wait).map_err(|error| self.refuse(error))
    }

    /// The words for what the ledger refused.
    #[must_use]
    pub fn refuse(&self, error: StoreError) -> Failure {
        self.refuse_for(&error)
    }

    /// The same of one that is needed further.
    pub(super) fn refuse_for(&self, error: &StoreError) -> Failure {
        let path = self.ledger().map_or_else(|_| String::new(), |path| path.display().to_string());
        match error {
            StoreError::Missing(place) => {
                let failure = Failure::refused(format!("there is no ledger at {path}"));
                match Book::beside(place).last() {
                    Some(kept) => failure
                        .because(format!("a restore left the ledger that was there at {}", kept.display()))
                        .hint(format!("`arrears --db {path} db restore {}` puts it back.", kept.display())),
                    None => failure
                        .hint("Make one with `arrears init`, or say where it is with `--db PATH` or ARREARS_DB."),
                }
            }
            StoreError::Busy { .. } => Failure::busy(format!("the ledger {path} is busy"))
                .because(error.to_string())
                .hint("Try again, or wait longer with `--wait SECONDS`."),
            StoreError::Exists(_) => Failure::refused(format!("there is a file at {path} already"))
                .hint("Choose another place with `--db PATH`; nothing was changed."),
            StoreError::Newer { .. } => {
                Failure::refused(format!("the ledger {path} was written by a later version"))
                    .because(error.to_string())
                    .hint("Use that version of arrears, or a newer one.")
            }
            StoreError::Closed { until, .. } => Failure::refused(error.to_string())
                .hint(format!("Use a date after {until}, or open the month with `arrears period reopen`.")),
            StoreError::NotALedger(_) => Failure::refused(format!("{path} is not a ledger"))
                .hint("Say where the ledger is with `--db PATH` or ARREARS_DB."),
            StoreError::Unsure(_) => Failure::unsure("this may have been done; look before you repeat it")
                .caused_by(error)
                .hint(format!("When the disk is well again, see what stands in the ledger {path}; `arrears db check` proves it.")),
            StoreError::Damaged(_) | StoreError::Corrupt { .. } => damaged(&path).caused_by(error),
            _ => Failure::refused(format!("the ledger {path} cannot be used")).caused_by(error),
        }
    }
}

/// The words for a ledger whose file is not what was written to it.
pub(super) fn damaged(path: &str) -> Failure {
    Failure::refused(format!("the ledger {path} is damaged"))
        .hint("Keep this file as it is, and work on with the last backup: `arrears db restore BACKUP` keeps it too.")
}

/// Changes the ledger in one transaction; with a dry run everything happens and is taken back. When the work fails,
/// nothing was written.
///
/// # Errors
/// Those of the work, and what the ledger refuses.
pub(super) fn change<T>(
    context: &Context,
    dry_run: bool,
    work: impl FnOnce(&mut WriteTables<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let refuse = |error| context.refuse(error);
    let book = context.open()?;
    let mut writer = book.write(context.wait).map_err(refuse)?;
    let done = work(&mut writer.tables())?;
    // What was done may prove that claims are one visit, or that they are not.
    let hand = Hand { now: context.now, user: &context.user };
    doubles::settle(&mut writer.tables(), &hand, context.today).map_err(refuse)?;
    // And what provider-level items name.
    provider_level::pair_anew(&mut writer.tables()).map_err(refuse)?;
    if !dry_run {
        writer.commit().map_err(refuse)?;
    }
    Ok(done)
}
