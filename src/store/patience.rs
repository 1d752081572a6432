//! A ledger's file as redb opens it for writing, but never waiting without end.
//!
//! redb looks at the file under the writer's lock when it opens it, and waits for that lock as long as another process
//! writes, which may be minutes. Here such an open fails, and whoever opens decides how often to try again.

use std::fs::OpenOptions;
use std::io;
use std::ops::Bound;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use redb::backends::FileBackend;
use redb::{BackendError, Builder, Database, DatabaseError, ReadOnlyDatabase, StorageBackend, StorageError};

use super::pages::{Proved, Watch};

/// The locks of a reader or of a commit last less than this; only a writer at work holds one longer.
const SHORT: Duration = Duration::from_millis(50);

/// Opens a file for writing; an empty one becomes a ledger without tables. See [`is_taken`] for the error when another
/// process is writing.
pub(super) fn open(builder: &Builder, path: &Path) -> Result<(Database, Arc<Watch>), DatabaseError> {
    let file = OpenOptions::new().read(true).write(true).open(path)?;
    let opening = Arc::new(AtomicBool::new(true));
    let storage = Proved::opening(Impatient { file: FileBackend::new(file)?, opening: Arc::clone(&opening) });
    let database = builder.create_with_backend(storage.clone())?;
    opening.store(false, Ordering::Release);
    storage.opened()?;
    Ok((database, storage.watch()))
}

/// Opens a file for reading.
pub(super) fn open_read_only(builder: &Builder, path: &Path) -> Result<ReadOnlyDatabase, DatabaseError> {
    let file = FileBackend::new(OpenOptions::new().read(true).open(path)?)?;
    builder.open_read_only_with_backend(Proved::new(file))
}

/// Whether a file could not be opened because somebody else has it just now.
pub(super) fn is_taken(error: &DatabaseError) -> bool {
    match error {
        DatabaseError::DatabaseAlreadyOpen => true,
        DatabaseError::Storage(StorageError::Io(error)) => error.kind() == io::ErrorKind::WouldBlock,
        _ => false,
    }
}

/// The file, with locks that give up as long as it is being opened.
#[derive(Debug)]
struct Impatient {
    file: FileBackend,
    opening: Arc<AtomicBool>,
}

impl Impatient {
    fn lock(
        &self,
        attempt: impl Fn() -> Result<bool, BackendError>,
        wait: impl Fn() -> Result<(), BackendError>,
    ) -> Result<(), BackendError> {
        if !self.opening.load(Ordering::Acquire) {
            return wait();
        }
        let begun = Instant::now();
        while !attempt()? {
            if begun.elapsed() >= SHORT {
                return Err(BackendError::Io(io::ErrorKind::WouldBlock.into()));
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }
}

impl StorageBackend for Impatient {
    fn len(&self) -> io::Result<u64> {
        self.file.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.file.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.file.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.file.write(offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.file.close()
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.file.try_lock_range(start, end)
    }

    fn try_lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.file.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.lock(|| self.file.try_lock_range(start, end), || self.file.lock_range(start, end))
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.lock(|| self.file.try_lock_shared_range(start, end), || self.file.lock_shared_range(start, end))
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.file.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.file.query_lock_range(start, end)
    }
}
