//! Closed months: nothing is appended to them, whatever else goes on. Days, checksums and the audit log.

use std::time::Duration;

use super::samples::{charge, fixed_dice, practice};
use crate::domain::audit::AuditRecord;
use crate::domain::entry::Entry;
use crate::domain::period::PeriodRecord;
use crate::domain::{Date, EntryId, Month};
use crate::store::rows::entry;
use crate::store::{Book, ReadPeriods, Run, StoreError, Visit, WriteTables};

const NO_WAIT: Duration = Duration::ZERO;

fn day(text: &str) -> Date {
    Date::parse_iso(text).expect(text)
}

/// A ledger in memory.
pub(crate) fn book() -> Book {
    Book::in_memory(&practice()).expect("made")
}

/// Writes in one transaction.
pub(crate) fn write<T>(book: &Book, work: impl FnOnce(&mut WriteTables<'_>) -> Result<T, StoreError>) -> T {
    book.update(NO_WAIT, work).expect("written")
}

/// A charge of a day.
pub(crate) fn of(on: &str) -> Entry {
    Entry { posted_on: day(on), effective_on: None, ..charge(1, 100) }
}

fn period(month: &str, closed: bool) -> PeriodRecord {
    PeriodRecord { month: Month::parse(month).expect(month), closed, ..fixed_dice(1).period() }
}

#[test]
fn a_closed_month_takes_no_entry_and_admits_it_on_the_first_open_day() {
    let book = book();
    write(&book, |tables| {
        tables.append_entry(&of("2026-03-31"), None)?;
        tables.put_period(&period("2026-03", true))?;
        // At once, in the transaction that closes it.
        let refused = tables.append_entry(&of("2026-03-31"), None).expect_err("closed");
        assert!(matches!(refused, StoreError::Closed { .. }), "{refused}");
        Ok(())
    });
    write(&book, |tables| {
        assert!(tables.append_entry(&of("1999-01-01"), None).is_err(), "everything before it is closed too");
        let late = tables.admit(of("2026-03-15"));
        assert_eq!((late.posted_on, late.effective_on), (day("2026-04-01"), Some(day("2026-03-15"))));
        tables.append_entry(&late, None)?;
        let own = tables.admit(of("2026-04-01"));
        assert_eq!((own.posted_on, own.effective_on), (day("2026-04-01"), None));
        // What was moved once goes home when its month is open again.
        tables.put_period(&period("2026-03", false))?;
        assert_eq!(tables.admit(late), of("2026-03-15"));
        assert_eq!(tables.closed_until()?, None);
        tables.append_entry(&of("2026-03-31"), None)
    });
}

#[test]
fn entries_are_found_by_their_day() {
    let book = book();
    for days in [&["2026-03-02", "2026-03-02", "2026-04-01"][..], &["2026-03-02", "2026-04-01"]] {
        write(&book, |tables| days.iter().try_for_each(|on| tables.append_entry(&of(on), None).map(|_| ())));
    }
    let read = book.read().expect("read");
    let run = |on: &str, first, count| Run { on: day(on), first: EntryId(first), count };
    let all = read.runs(None, day("2026-12-31")).expect("runs");
    assert_eq!(
        all,
        [run("2026-03-02", 1, 2), run("2026-03-02", 4, 1), run("2026-04-01", 3, 1), run("2026-04-01", 5, 1)]
    );
    let mut seen = Vec::new();
    let see = |id: EntryId, entry: &Entry| seen.push((id.0, entry.clone()));
    read.visit_entries_of_days(Some(day("2026-03-02")), day("2026-04-30"), see).expect("entries");
    assert_eq!(
        seen,
        [(1, "03-02"), (2, "03-02"), (4, "03-02"), (3, "04-01"), (5, "04-01")]
            .map(|(id, on)| (id, of(&format!("2026-{on}"))))
    );
}

#[test]
fn checksums_come_back_in_their_order() {
    let book = book();
    let month = Month::parse("2026-03").expect("a month");
    let many: Vec<_> = (1..3000u64).map(|id| (EntryId(id * 7), [id as u8, 0, 255, 1])).collect();
    write(&book, |tables| tables.put_checksums(month, &many));
    assert_eq!(book.read().and_then(|t| t.checksums(month)).expect("read"), many);
    write(&book, |tables| tables.put_checksums(month, &many[..2]));
    assert_eq!(book.read().and_then(|t| t.checksums(month)).expect("read"), many[..2]);
    assert!(book.read().and_then(|t| t.checksums(month.next())).expect("read").is_empty());
}

#[test]
fn the_audit_log_is_a_chain() {
    let book = book();
    for subject in ["2026-01", "2026-02", "2026-03"] {
        write(&book, |tables| tables.log(1_774_000_000, "kim", "period close", subject, ""));
    }
    let records: Vec<AuditRecord> =
        book.read().expect("read").audit().expect("log").collect::<Result<_, _>>().expect("records");
    let mut previous = [0; 32];
    for (at, record) in (1..).zip(&records) {
        assert_eq!((record.id, record.seal), (at, record.sealed_after(&previous)));
        previous = record.seal;
    }
    assert_eq!(records.len() as u64, book.read().and_then(|t| t.audit_length()).expect("length"));
}

/// Puts an entry in the place of another, as nobody can through this program.
pub(crate) fn tamper(book: &Book, id: u64, entry: &Entry) {
    write(book, |tables| {
        let open = &mut tables.pending.blocks.journal;
        open.put(tables.journal_rows.get_mut()?, id, |to| entry::pack(entry, None, to))
    });
}
