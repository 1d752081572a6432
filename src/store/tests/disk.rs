//! A disk in memory that fails when it is told to.

use std::io;
use std::sync::{Arc, Mutex};

use redb::StorageBackend;

use super::samples::practice;
use crate::store::{Book, StoreError};

/// A disk in memory, which outlives the book on it and can be told to fail.
#[derive(Clone, Debug, Default)]
pub(crate) struct Disk(Arc<Mutex<Platter>>);

#[derive(Clone, Debug, Default)]
struct Platter {
    bytes: Vec<u8>,
    /// What would be left if the power went now.
    synced: Vec<u8>,
    /// Writing calls until all are refused.
    left: Option<u32>,
}

impl Disk {
    fn platter(&self) -> std::sync::MutexGuard<'_, Platter> {
        self.0.lock().expect("no panic while it is held")
    }

    fn change(&self, change: impl FnOnce(&mut Platter)) -> io::Result<()> {
        let mut platter = self.platter();
        if let Some(left) = &mut platter.left {
            if *left == 0 {
                return Err(io::Error::other("the disk is gone"));
            }
            *left -= 1;
        }
        change(&mut platter);
        Ok(())
    }

    /// Refuses every writing call after so many more.
    pub(crate) fn fail_after(&self, calls: Option<u32>) {
        self.platter().left = calls;
    }

    /// Whether nothing was refused yet, and there was room for more.
    pub(crate) fn has_calls_left(&self) -> bool {
        self.platter().left.is_some_and(|left| left > 0)
    }

    /// The same disk after a restart: with everything written, or only with what was synced.
    pub(crate) fn restarted(&self, power_cut: bool) -> Disk {
        let platter = self.platter();
        let bytes = if power_cut { platter.synced.clone() } else { platter.bytes.clone() };
        Disk(Arc::new(Mutex::new(Platter { synced: bytes.clone(), bytes, left: None })))
    }

    /// The ledger on it, made where there is none.
    pub(crate) fn book(&self) -> Result<Book, StoreError> {
        Book::on_storage(self.clone(), &practice())
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.platter().bytes.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let from = offset as usize;
        out.copy_from_slice(&self.platter().bytes[from..from + out.len()]);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.change(|platter| platter.bytes.resize(len as usize, 0))
    }

    fn sync_data(&self) -> io::Result<()> {
        self.change(|platter| platter.synced.clone_from(&platter.bytes))
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let from = offset as usize;
        self.change(|platter| platter.bytes[from..from + data.len()].copy_from_slice(data))
    }
}
