//! A copy of the ledger in another file, and a copy put in the ledger's place.
//!
//! A copy is written row by row from one moment of the ledger, while others go on writing: it is whole, every row of it
//! was read, and no page of it is empty. Whether what it says is true is for `books::check` to say.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use redb::{Key, ReadableTable, Table, Value};
use tempfile::{TempDir, TempPath};

use super::error::StoreError;
use super::open::{Book, folder_of, sync_folder};
use super::schema::Snapshot;

/// Writes every row of one table into another.
pub(super) fn rows<K: Key + 'static, V: Value + 'static>(
    from: &impl ReadableTable<K, V>,
    to: &mut Table<'_, K, V>,
) -> Result<(), StoreError> {
    for row in from.iter()? {
        let (key, value) = row?;
        to.insert(key.value(), value.value())?;
    }
    Ok(())
}

/// What the name of a ledger that a restored one replaced goes on with, beside the name of its place.
const BEFORE: &str = ".before-";

/// The name of a copy that is not whole yet, in a folder of its own: what a killed backup leaves is not taken for one, and
/// is nobody else's file.
const COPY: &str = "copy.redb";

impl Snapshot {
    /// Writes a copy of this moment of the ledger to a new file, readable for its owner alone. Before it gets its name,
    /// `prove` looks at it.
    ///
    /// # Errors
    /// There is a file of that name already, a row cannot be read, the disk refused, or `prove` did; then there is no copy.
    pub fn back_up<E: From<StoreError>>(
        &self,
        to: &Path,
        prove: impl FnOnce(&Snapshot) -> Result<(), E>,
    ) -> Result<(), E> {
        if std::fs::symlink_metadata(to).is_ok() {
            return Err(StoreError::Exists(to.to_owned()).into());
        }
        let room = room_beside(to)?;
        let part = self.copy_to(room.path())?;
        prove(&Book::open_read_only(&part, Duration::ZERO)?.read()?)?;
        let part = TempPath::try_from_path(&part).map_err(StoreError::io(&part))?;
        // Whatever came there meanwhile is somebody's.
        part.persist_noclobber(to).map_err(|failed| match failed.error.kind() {
            io::ErrorKind::AlreadyExists => StoreError::Exists(to.to_owned()),
            _ => StoreError::Io { path: to.to_owned(), source: failed.error },
        })?;
        Ok(sync_folder(folder_of(to))?)
    }

    fn copy_to(&self, room: &Path) -> Result<PathBuf, StoreError> {
        let part = room.join(COPY);
        let copy = Book::create_with(&part, |transaction| {
            self.copy_into(&transaction)?;
            Ok(transaction.commit()?)
        })?;
        copy.close()?;
        Ok(part)
    }
}

impl Book {
    /// Puts a copy of `from` in the place of the ledger at `to`. What was there is kept beside it, under the name that is
    /// given back. At every moment there is a ledger at `to`, the one or the other.
    ///
    /// # Errors
    /// `from` cannot be read, somebody has the ledger at `to` open as long as `wait`, or the disk refused; then the ledger
    /// is what it was.
    pub fn restore(
        from: &Path,
        to: &Path,
        aside: &str,
        wait: Duration,
    ) -> Result<Option<PathBuf>, StoreError> {
        // Behind a link stands the ledger that is meant.
        let to = &std::fs::canonicalize(to).unwrap_or_else(|_| to.to_owned());
        let room = room_beside(to)?;
        let part = Book::open_read_only(from, wait)?.read()?.copy_to(room.path())?;
        let kept = match to.exists() {
            true => {
                Book::is_free(to, wait)?;
                Some(keep(to, aside)?)
            }
            false => None,
        };
        if let Err(source) = std::fs::rename(&part, to) {
            if let Some(kept) = kept.as_ref().filter(|_| !to.exists()) {
                std::fs::rename(kept, to).map_err(StoreError::io(kept))?;
            }
            return Err(StoreError::Io { path: to.to_owned(), source });
        }
        sync_folder(folder_of(to))?;
        Ok(kept)
    }

    /// The ledgers that lie beside a place where there is none: what restores left, were they killed or not. The latest
    /// comes last.
    #[must_use]
    pub fn beside(path: &Path) -> Vec<PathBuf> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let inside = std::fs::read_dir(folder_of(path)).into_iter().flatten().filter_map(Result::ok);
        let mut found: Vec<PathBuf> = inside
            .filter(|entry| entry.file_name().to_string_lossy().starts_with(&format!("{name}{BEFORE}")))
            .map(|entry| entry.path())
            .collect();
        found.sort();
        found
    }
}

/// Gives a ledger that is about to be replaced a second name, and says which.
fn keep(ledger: &Path, aside: &str) -> Result<PathBuf, StoreError> {
    for number in 1.. {
        let ending =
            if number == 1 { format!("{BEFORE}{aside}") } else { format!("{BEFORE}{aside}-{number}") };
        let kept = beside(ledger, &ending);
        match std::fs::hard_link(ledger, &kept) {
            Ok(()) => return Ok(kept),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            // A file system without second names: for a moment there is no ledger, and `Book::beside` finds it.
            Err(_) if std::fs::symlink_metadata(&kept).is_err() => {
                std::fs::rename(ledger, &kept).map_err(StoreError::io(&kept))?;
                return Ok(kept);
            }
            Err(_) => {}
        }
    }
    Err(StoreError::Exists(ledger.to_owned()))
}

/// A folder of this program's own beside a file that is to come, for its owner alone. It goes when it is dropped.
fn room_beside(path: &Path) -> Result<TempDir, StoreError> {
    let folder = folder_of(path);
    if !folder.is_dir() {
        return Err(StoreError::NoFolder(folder.to_owned()));
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(".arrears-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder.tempdir_in(folder).map_err(StoreError::io(folder))
}

/// A name beside a file's own.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
