//! Making, opening and closing a ledger, and waiting for one's turn to write.
//!
//! Nobody else decides how processes share the file, how much memory it may take, or which shapes may be opened.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use redb::{
    Builder, ConcurrencyMode, Database, DatabaseError, ReadOnlyDatabase, ReadTransaction, ReadableDatabase,
    TableError, TransactionError, WriteTransaction,
};

use super::deeds::By;
use super::error::StoreError;
use super::migrate;
#[cfg(test)]
use super::pages::Proved;
use super::pages::Watch;
use super::patience;
use super::schema::{META, PRACTICE, Snapshot, VERSION};
use super::write::{self, Writer};
use crate::domain::book::Practice;
use crate::domain::deed::Deed;

type Result<T> = std::result::Result<T, StoreError>;

/// How processes share a ledger: any number of readers and writers, one writer at a time.
/// `ExclusiveWriter` is the way back, should the young multi-process mode show a fault.
const SHARING: ConcurrencyMode = ConcurrencyMode::MultiWriter;

/// Memory for pages. As fast as twice as much, measured on a million claims.
const CACHE: usize = 32 << 20;

/// How long a writer sleeps between two looks at whether it is its turn.
const POLL: Duration = Duration::from_millis(5);

/// A ledger file.
pub struct Book {
    database: Handle,
    path: Option<PathBuf>,
    /// Tells how far a commit came that failed.
    watch: Arc<Watch>,
}

enum Handle {
    Writing(Database),
    Reading(ReadOnlyDatabase),
}

impl Book {
    /// The same as [`Book::create_by`] in a test, where nobody does it.
    ///
    /// # Errors
    /// As [`Book::create_by`].
    #[cfg(test)]
    pub fn create(path: &Path, practice: &Practice, create_parent: bool) -> Result<Book> {
        Self::create_in(path, create_parent, |transaction| {
            write::found(transaction, practice)?.commit_unrecorded()
        })
    }

    /// Makes a new ledger, readable for its owner alone; that somebody did is the first act of its audit log.
    ///
    /// # Errors
    /// There is a file of that name, or no folder for it and `create_parent` is false, or it cannot be written.
    pub fn create_by(
        path: &Path,
        practice: &Practice,
        create_parent: bool,
        (by, deed): (By<'_>, &Deed),
    ) -> Result<Book> {
        Self::create_in(path, create_parent, |transaction| {
            write::found(transaction, practice)?.commit_deed(by, deed).map(drop)
        })
    }

    fn create_in(
        path: &Path,
        create_parent: bool,
        fill: impl FnOnce(WriteTransaction) -> Result<()>,
    ) -> Result<Book> {
        if create_parent {
            let folder = folder_of(path);
            private_folder().create(folder).map_err(StoreError::io(folder))?;
        }
        Self::create_with(path, fill)
    }

    /// Makes a new ledger file, lets somebody fill and commit it, and leaves nothing behind where that fails.
    pub(super) fn create_with(
        path: &Path,
        fill: impl FnOnce(WriteTransaction) -> Result<()>,
    ) -> Result<Book> {
        let folder = folder_of(path);
        if !folder.is_dir() {
            return Err(StoreError::NoFolder(folder.to_owned()));
        }
        // Made here and not by redb, so that nobody else may read it from its first moment on.
        private_file().open(path).map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists => StoreError::Exists(path.to_owned()),
            _ => StoreError::Io { path: path.to_owned(), source },
        })?;
        let made = patience::open(&builder(), path).map_err(StoreError::from).and_then(|opened| {
            fill(opened.0.begin_write()?)?;
            sync_folder(folder)?;
            Ok(opened)
        });
        if made.is_err() {
            // The file is ours and holds nothing. That it stays is no worse than why it failed.
            let _ = std::fs::remove_file(path);
        }
        let (database, watch) = made?;
        Ok(Book { database: Handle::Writing(database), path: Some(path.to_owned()), watch })
    }

    /// Whether nobody else has the file open: what replaces it must not be missed by somebody who writes to the old one.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when somebody has it open as long as `wait`. A file that cannot be opened for another reason
    /// is in nobody's use.
    pub(super) fn is_free(path: &Path, wait: Duration) -> Result<()> {
        let alone = || {
            let mut builder = builder();
            builder.set_concurrency_mode(ConcurrencyMode::ExclusiveWriter);
            patience::open(&builder, path)
        };
        match patiently(wait, alone, patience::is_taken) {
            Err(Refused::Busy(waited)) => Err(Refused::<DatabaseError>::Busy(waited).into()),
            Ok(_) | Err(Refused::Error(_)) => Ok(()),
        }
    }

    /// Gives the space that past changes left in the file back to the disk. Says whether there was any.
    ///
    /// # Errors
    /// [`StoreError::ReadOnly`]; the disk refused, or somebody reads or writes just now.
    pub fn compact(&mut self) -> Result<bool> {
        let Handle::Writing(database) = &mut self.database else { return Err(StoreError::ReadOnly) };
        Ok(database.compact()?)
    }

    /// Opens a ledger for reading and writing, and brings an earlier one to the present shape.
    ///
    /// # Errors
    /// There is none, it is no ledger, or it is a later version's; or it stays locked as long as `wait`.
    pub fn open(path: &Path, wait: Duration) -> Result<Book> {
        look_at(path)?;
        let (database, watch) = patiently(wait, || patience::open(&builder(), path), patience::is_taken)?;
        let book = Book { database: Handle::Writing(database), path: Some(path.to_owned()), watch };
        book.bring_up_to_date(wait)?;
        Ok(book)
    }

    /// Opens a ledger for reading. Neither waits for a writer nor holds one up.
    ///
    /// # Errors
    /// There is none, it is no ledger, or it has another shape than this program reads; or it stays locked as long as
    /// `wait`.
    pub fn open_read_only(path: &Path, wait: Duration) -> Result<Book> {
        look_at(path)?;
        let open = || patiently(wait, || patience::open_read_only(&builder(), path), patience::is_taken);
        let database = match open() {
            Err(Refused::Error(DatabaseError::RepairAborted)) => repaired(path, wait, open)?,
            opened => opened?,
        };
        let (path, watch) = (Some(path.to_owned()), Arc::default());
        let book = Book { database: Handle::Reading(database), path, watch };
        book.read()?;
        Ok(book)
    }

    /// A ledger that lives as long as this value.
    ///
    /// # Errors
    /// None that are known.
    pub fn in_memory(practice: &Practice) -> Result<Book> {
        let database = Builder::new().create_with_backend(redb::backends::InMemoryBackend::new())?;
        write::found(database.begin_write()?, practice)?.commit_unrecorded()?;
        Ok(Book { database: Handle::Writing(database), path: None, watch: Arc::default() })
    }

    /// Opens or makes a ledger in a storage of the caller's; not shared with anybody.
    #[cfg(test)]
    pub(super) fn on_storage(storage: impl redb::StorageBackend, practice: &Practice) -> Result<Book> {
        let storage = Proved::opening(storage);
        let database = Builder::new().create_with_backend(storage.clone())?;
        storage.opened().map_err(redb::StorageError::from)?;
        let book = Book { database: Handle::Writing(database), path: None, watch: storage.watch() };
        if matches!(book.bring_up_to_date(Duration::ZERO), Err(StoreError::NotALedger(_))) {
            write::found(book.begin(Duration::ZERO)?, practice)?.commit_unrecorded()?;
        }
        Ok(book)
    }

    /// A transaction as redb gives it, for tests that tamper with the tables.
    #[cfg(test)]
    pub(super) fn raw_transaction(&self) -> Result<WriteTransaction> {
        self.begin(Duration::ZERO)
    }

    /// Where it lies; nothing for one in memory.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// The ledger as it was last committed. It stays as it is while others write.
    ///
    /// # Errors
    /// The ledger cannot be read, or another process has given it another shape.
    pub fn read(&self) -> Result<Snapshot> {
        let moment = self.moment()?;
        match self.shape(&moment)? {
            VERSION => Snapshot::new(&moment),
            found => Err(StoreError::NeedsUpgrade { found, known: VERSION }),
        }
    }

    /// The right to write, which one at a time has.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when another has it as long as `wait`; [`StoreError::ReadOnly`].
    pub fn write(&self, wait: Duration) -> Result<Writer> {
        let transaction = self.begin(wait)?;
        // Looked at only now: nobody can change it before this transaction ends.
        match self.shape(&self.moment()?)? {
            VERSION => Writer::new(transaction, Arc::clone(&self.watch)),
            found => Err(StoreError::NeedsUpgrade { found, known: VERSION }),
        }
    }

    /// Does some writing in a test and commits it; when the work fails, nothing was written.
    ///
    /// # Errors
    /// Those of [`Book::write`], of the work, and of [`Writer::commit`].
    #[cfg(test)]
    pub fn update<T, E: From<StoreError>>(
        &self,
        wait: Duration,
        work: impl FnOnce(&mut super::WriteTables<'_>) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E> {
        let mut writer = self.write(wait)?;
        let done = work(&mut writer.tables())?;
        writer.commit()?;
        Ok(done)
    }

    /// Closes the file, and says whether that went well.
    ///
    /// # Errors
    /// The disk refused, or a [`Writer`] is still there.
    pub fn close(self) -> Result<()> {
        match self.database {
            Handle::Writing(database) => database.close()?,
            Handle::Reading(database) => database.close()?,
        }
        Ok(())
    }

    /// Begins a write transaction.
    ///
    /// redb's `begin_write` waits without end and says nothing meanwhile, so this looks again and again. It needs no
    /// lock file of our own that a killed program would leave behind, and no thread that could not be stopped. Who
    /// waits longest has no right to be next; an office has few writers, each of them short.
    fn begin(&self, wait: Duration) -> Result<WriteTransaction> {
        let Handle::Writing(database) = &self.database else { return Err(StoreError::ReadOnly) };
        let taken = |error: &TransactionError| matches!(error, TransactionError::WouldBlock);
        Ok(patiently(wait, || database.try_begin_write(), taken)?)
    }

    fn moment(&self) -> Result<ReadTransaction> {
        Ok(match &self.database {
            Handle::Writing(database) => database.begin_read()?,
            Handle::Reading(database) => database.begin_read()?,
        })
    }

    /// The number of the ledger's shape, when it is a ledger and this program may touch it.
    fn shape(&self, moment: &ReadTransaction) -> Result<u64> {
        let no_ledger = || StoreError::NotALedger(self.path.clone().unwrap_or_default());
        let meta = moment.open_table(META).map_err(|error| match error {
            TableError::Storage(error) => error.into(),
            _ => no_ledger(),
        })?;
        let found = meta.get("schema")?.ok_or_else(no_ledger)?.value();
        if found <= VERSION {
            return Ok(found);
        }
        let by = moment.open_table(PRACTICE).ok().and_then(|table| table.get("written_by").ok().flatten());
        let written_by = match by {
            Some(text) => String::from_utf8_lossy(text.value()).into_owned(),
            None => "a later version".to_owned(),
        };
        Err(StoreError::Newer { found, known: VERSION, written_by })
    }

    fn bring_up_to_date(&self, wait: Duration) -> Result<()> {
        match self.shape(&self.moment()?)? {
            VERSION => Ok(()),
            _ => migrate::upgrade(self.begin(wait)?, self.path(), migrate::STEPS),
        }
    }
}

pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Opens a file for reading that must be repaired, which a reader may not do: a writer was killed. One open for writing does
/// it. Where somebody writes just now there is nothing to repair: what was seen was a commit half done.
fn repaired(
    path: &Path,
    wait: Duration,
    open: impl Fn() -> std::result::Result<ReadOnlyDatabase, Refused<DatabaseError>>,
) -> Result<ReadOnlyDatabase> {
    match patiently(wait, || patience::open(&builder(), path), patience::is_taken) {
        Ok((database, _)) => {
            database.close()?;
            Ok(open()?)
        }
        Err(Refused::Busy(waited)) => Ok(open().map_err(|refused| match refused {
            Refused::Error(DatabaseError::RepairAborted) => Refused::Busy(waited),
            other => other,
        })?),
        Err(refused) => Err(refused.into()),
    }
}

fn builder() -> Builder {
    let mut builder = Builder::new();
    builder.set_concurrency_mode(SHARING).set_cache_size(CACHE);
    builder
}

/// Sees whether there is a file that may be a ledger. redb would take an empty one for a new database.
fn look_at(path: &Path) -> Result<()> {
    let mut first = [0; 4];
    let mut file = File::open(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => StoreError::Missing(path.to_owned()),
        _ => StoreError::Io { path: path.to_owned(), source },
    })?;
    match file.read_exact(&mut first) {
        Ok(()) if first == *b"redb" => Ok(()),
        Ok(()) => Err(StoreError::NotALedger(path.to_owned())),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            Err(StoreError::NotALedger(path.to_owned()))
        }
        Err(source) => Err(StoreError::Io { path: path.to_owned(), source }),
    }
}

/// Why something could not be had.
enum Refused<E> {
    Busy(Duration),
    Error(E),
}

impl<E: Into<StoreError>> From<Refused<E>> for StoreError {
    fn from(refused: Refused<E>) -> StoreError {
        match refused {
            Refused::Busy(waited) => StoreError::Busy { waited_ms: waited.as_millis() },
            Refused::Error(error) => error.into(),
        }
    }
}

/// Tries again for as long as somebody else has it, up to a limit.
fn patiently<T, E>(
    wait: Duration,
    mut attempt: impl FnMut() -> std::result::Result<T, E>,
    taken: impl Fn(&E) -> bool,
) -> std::result::Result<T, Refused<E>> {
    let begun = Instant::now();
    loop {
        match attempt() {
            Ok(got) => return Ok(got),
            Err(error) if !taken(&error) => return Err(Refused::Error(error)),
            Err(_) if begun.elapsed() >= wait => return Err(Refused::Busy(begun.elapsed())),
            Err(_) => std::thread::sleep(POLL.min(wait)),
        }
    }
}

fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn private_folder() -> DirBuilder {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

/// Makes the name of a new file as durable as its content. Other systems than Unix cannot be asked to.
pub(super) fn sync_folder(folder: &Path) -> Result<()> {
    if cfg!(unix) {
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(StoreError::io(folder))?;
    }
    Ok(())
}
