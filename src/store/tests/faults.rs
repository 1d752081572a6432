//! Storage that fails: whichever call is refused, the book is whole before or after, never between.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use redb::StorageBackend;

use super::samples::{charge, fixed_dice, practice};
use crate::domain::book::{ClaimState, PaymentRecord};
use crate::domain::{ClaimId, EntryId, PaymentId};
use crate::store::{Book, Read, StoreError};

/// A disk in memory, which outlives the book on it and can be told to fail.
#[derive(Clone, Debug, Default)]
struct Disk(Arc<Mutex<Platter>>);

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

    /// The same disk after a restart: with everything written, or only with what was synced.
    fn restarted(&self, power_cut: bool) -> Disk {
        let platter = self.platter();
        let bytes = if power_cut { platter.synced.clone() } else { platter.bytes.clone() };
        Disk(Arc::new(Mutex::new(Platter { synced: bytes.clone(), bytes, left: None })))
    }

    fn book(&self) -> Result<Book, StoreError> {
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

/// Posts something to claims 1 to 40, all in one transaction.
fn post(book: &Book) -> Result<(), StoreError> {
    book.update(Duration::ZERO, |tables| {
        for number in 1..=40 {
            let before = tables.claim_state(ClaimId(number))?.unwrap_or_default();
            let entry = tables.append_entry(&charge(number, 100), before.last_entry)?;
            let id = tables.next_payment_id()?;
            let previous_of_claim = before.last_payment;
            tables.put_payment(&PaymentRecord { id, previous_of_claim, ..fixed_dice(id.0).payment() })?;
            let (last_entry, last_payment) = (Some(entry), Some(id));
            let state = ClaimState { last_entry, last_payment, ..before };
            tables.put_claim_state(ClaimId(number), &state)?;
            tables.index_claim_number(&format!("C{number}"), ClaimId(number))?;
        }
        Ok(())
    })
}

/// How many rounds of [`post`] the book holds; panics when it holds a part of one.
fn rounds(book: &Book) -> u64 {
    let snapshot = book.read().expect("reads");
    let counts = snapshot.counts().expect("counted");
    assert_eq!((counts.entries % 40, counts.payments), (0, counts.entries));
    let rounds = counts.entries / 40;
    for number in 1..=40 {
        let id = ClaimId(number);
        assert_eq!(snapshot.entries_of_claim(id).expect("whole").len() as u64, rounds);
        assert_eq!(snapshot.payments_of_claim(id).expect("whole").len() as u64, rounds);
        assert_eq!(
            snapshot.claims_by_number(&format!("C{number}")).expect("whole").len() as u64,
            rounds.min(1)
        );
    }
    rounds
}

#[test]
fn whichever_write_is_refused_the_book_is_whole() {
    let new = Disk::default();
    post(&new.book().expect("made")).expect("posted");
    let (mut refused, mut kept) = (0, 0);
    for left in 0.. {
        let disk = new.restarted(false);
        let book = disk.book().expect("opens");
        disk.platter().left = Some(left);
        let posted = post(&book);
        // A disk that is gone tells nothing any more; one that comes back tells the whole truth.
        drop(book);
        for power_cut in [false, true] {
            let found = rounds(&disk.restarted(power_cut).book().expect("opens again"));
            assert!(found == 1 || found == 2, "{found}");
            assert!(posted.is_err() || found == 2, "call {left}: said to be written, and lost");
            kept += u32::from(posted.is_err() && found == 2);
        }
        if posted.is_ok() && disk.platter().left.is_some_and(|left| left > 0) {
            break;
        }
        refused += 1;
    }
    assert!(refused > 10, "only {refused} calls were refused, {kept} books were kept all the same");
}

#[test]
fn a_refused_commit_gives_no_number_twice() {
    let disk = Disk::default();
    let book = disk.book().expect("made");
    post(&book).expect("posted");
    disk.platter().left = Some(3);
    assert!(post(&book).is_err());
    drop(book);
    let book = disk.restarted(true).book().expect("opens");
    let next =
        book.update(Duration::ZERO, |t| Ok::<_, StoreError>((t.next_entry_id()?, t.next_payment_id()?)));
    assert_eq!(next.expect("drawn"), (EntryId(41), PaymentId(41)));
}
