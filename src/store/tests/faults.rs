//! Storage that fails: whichever call is refused, the book is whole before or after, never between.

use std::time::Duration;

use super::disk::Disk;
use super::samples::{charge, fixed_dice};
use crate::domain::book::{ClaimState, PaymentRecord};
use crate::domain::{ClaimId, EntryId, PaymentId};
use crate::store::{Book, Read, StoreError};

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
    let (mut refused, mut kept, mut sure) = (0, 0, 0);
    for left in 0.. {
        let disk = new.restarted(false);
        let book = disk.book().expect("opens");
        disk.fail_after(Some(left));
        let posted = post(&book);
        // A disk that is gone tells nothing any more; one that comes back tells the whole truth.
        drop(book);
        for power_cut in [false, true] {
            let found = rounds(&disk.restarted(power_cut).book().expect("opens again"));
            assert!(found == 1 || found == 2, "{found}");
            assert!(posted.is_err() || found == 2, "call {left}: said to be written, and lost");
            kept += u32::from(posted.is_err() && found == 2);
            // Whoever is told that nothing was done does it again.
            let unsure = matches!(posted, Err(StoreError::Unsure(_)));
            assert!(posted.is_ok() || unsure || found == 1, "call {left}: said to be refused, and kept");
            sure += u32::from(posted.is_err() && !unsure);
        }
        if posted.is_ok() && disk.has_calls_left() {
            break;
        }
        refused += 1;
    }
    assert!(kept > 0 && sure > 20, "{kept} kept, {sure} surely not");
    assert!(refused > 10, "only {refused} calls were refused, {kept} books were kept all the same");
}

#[test]
fn a_refused_commit_gives_no_number_twice() {
    let disk = Disk::default();
    let book = disk.book().expect("made");
    post(&book).expect("posted");
    disk.fail_after(Some(3));
    assert!(post(&book).is_err());
    drop(book);
    let book = disk.restarted(true).book().expect("opens");
    let next =
        book.update(Duration::ZERO, |t| Ok::<_, StoreError>((t.next_entry_id()?, t.next_payment_id()?)));
    assert_eq!(next.expect("drawn"), (EntryId(41), PaymentId(41)));
}
