//! A copy of the ledger in another file, and a copy put in the ledger's place.
//!
//! A copy is written row by row from one moment of the ledger, while others go on writing: it is whole, every row of it
//! was read, and no page of it is empty. Whether what it says is true is for `books::check` to say.

use std::path::{Path, PathBuf};
use std::time::Duration;

use redb::{Key, ReadableTable, Table, Value};

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

impl Snapshot {
    /// Writes a copy of this moment of the ledger to a new file, readable for its owner alone.
    ///
    /// # Errors
    /// There is a file of that name already, a row cannot be read, or the disk refused; then there is no copy.
    pub fn back_up(&self, to: &Path) -> Result<(), StoreError> {
        if to.exists() {
            return Err(StoreError::Exists(to.to_owned()));
        }
        // Under another name until it is whole: what a killed backup leaves behind is not taken for one.
        let part = beside(to, ".part");
        let _ = std::fs::remove_file(&part);
        let copy = Book::create_with(&part, |transaction| {
            self.copy_into(&transaction)?;
            Ok(transaction.commit()?)
        })?;
        copy.close()?;
        std::fs::rename(&part, to).map_err(StoreError::io(to))?;
        sync_folder(folder_of(to))
    }
}

impl Book {
    /// Puts a copy of `from` in the place of the ledger at `to`. What was there is kept beside it, under the name that is
    /// given back.
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
        let part = beside(to, ".restored");
        let _ = std::fs::remove_file(&part);
        Book::open_read_only(from, wait)?.read()?.back_up(&part)?;
        let kept = to.exists().then(|| beside(to, aside));
        let swap = || {
            if let Some(kept) = &kept {
                Book::is_free(to, wait)?;
                if kept.exists() {
                    return Err(StoreError::Exists(kept.clone()));
                }
                std::fs::rename(to, kept).map_err(StoreError::io(kept))?;
            }
            if let Err(source) = std::fs::rename(&part, to) {
                if let Some(kept) = &kept {
                    std::fs::rename(kept, to).map_err(StoreError::io(kept))?;
                }
                return Err(StoreError::Io { path: to.to_owned(), source });
            }
            sync_folder(folder_of(to))
        };
        swap().inspect_err(|_| drop(std::fs::remove_file(&part)))?;
        Ok(kept)
    }
}

/// A name beside a file's own.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
