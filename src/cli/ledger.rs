//! Opening the ledger for a command, and the words for when it cannot be.

use super::{Context, Failure};
use crate::books::retell::Hand;
use crate::books::{doubles, provider_level};
use crate::domain::deed::{Deed, Way};
use crate::store::{Book, By, Read, Snapshot, StoreError, WriteTables, Writer};

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
/// nothing was written. What it says was done goes into the audit log: nothing is written without that.
///
/// # Errors
/// Those of the work, and what the ledger refuses.
pub(super) fn change<T>(
    context: &Context,
    dry_run: bool,
    work: impl FnOnce(&mut WriteTables<'_>) -> Result<(T, Deed), Failure>,
) -> Result<T, Failure> {
    change_if(context, dry_run, |tables| work(tables).map(|(done, deed)| (done, Some(deed))))
}

/// The same of what may find that there is nothing to do: then nothing is written.
///
/// # Errors
/// Those of the work, and what the ledger refuses.
pub(super) fn change_if<T>(
    context: &Context,
    dry_run: bool,
    work: impl FnOnce(&mut WriteTables<'_>) -> Result<(T, Option<Deed>), Failure>,
) -> Result<T, Failure> {
    let refuse = |error| context.refuse(error);
    let book = context.open()?;
    let mut writer = book.write(context.wait).map_err(refuse)?;
    writer.tables().keep_rows();
    let (done, deed) = work(&mut writer.tables())?;
    let Some(deed) = deed else { return Ok(done) };
    // What was done may prove that claims are one visit, or that they are not.
    let hand = Hand { now: context.now, user: &context.user };
    doubles::settle(&mut writer.tables(), &hand, context.today).map_err(refuse)?;
    // And what provider-level items name.
    provider_level::pair_anew(&mut writer.tables()).map_err(refuse)?;
    if !dry_run {
        committed(context, writer, &deed)?;
    }
    Ok(done)
}

/// Commits what a person did, and says to who asks for every detail how it is taken back.
///
/// # Errors
/// What the ledger refuses.
pub(super) fn committed(context: &Context, writer: Writer, deed: &Deed) -> Result<u64, Failure> {
    let by = By { now: context.now, user: &context.user };
    let act = writer.commit_deed(by, deed).map_err(|error| context.refuse(error))?;
    if deed.facts.first().is_some_and(|fact| !matches!(fact.verb.way(), Way::Never(_))) {
        context.printer.detail(&format!("Undo: arrears undo {act}"));
    }
    Ok(act)
}

/// Records in the audit log what changed nothing in the books: files that were written. Where the ledger can only be read,
/// that is said and the work stands.
pub(super) fn record(context: &Context, deed: &Deed) {
    let done = context.open().and_then(|book| {
        let writer = book.write(context.wait).map_err(|error| context.refuse(error))?;
        committed(context, writer, deed)
    });
    if let Err(failure) = done {
        context.printer.warn(&format!("it is not in the audit log: {}", failure.message));
    }
}
