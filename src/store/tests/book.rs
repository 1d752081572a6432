//! A book's life: made, opened, refused, written, asked.

use std::time::Duration;

use super::samples::{Dice, charge, fixed_dice, practice};
use crate::domain::book::*;
use crate::domain::entry::Entry;
use crate::domain::*;
use crate::store::schema::{META, PRACTICE, VERSION};
use crate::store::{Book, Read, ReadWaiting, StoreError};

const NO_WAIT: Duration = Duration::ZERO;

#[test]
fn a_new_book_is_private_and_knows_its_owner() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("deep/er/clinic.arrears");
    assert!(matches!(Book::create(&path, &practice(), false), Err(StoreError::NoFolder(_))));
    Book::create(&path, &practice(), true).expect("made").close().expect("closed");
    assert!(matches!(Book::create(&path, &practice(), true), Err(StoreError::Exists(_))));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode =
            |path: &std::path::Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(path.parent().expect("folder")), 0o700);
    }
    for book in [Book::open(&path, NO_WAIT), Book::open_read_only(&path, NO_WAIT)] {
        let book = book.expect("opens");
        assert_eq!(book.read().and_then(|s| s.practice()).expect("read"), practice());
        let info = book.info().expect("info");
        assert_eq!((info.schema, info.practice), (VERSION, practice()));
        assert!(info.written_by.starts_with("arrears "), "{}", info.written_by);
        assert!(info.file_bytes > 0 && info.stored_bytes > 0);
        assert!(info.tables.iter().any(|table| table.name == "journal"));
    }
    let reader = Book::open_read_only(&path, NO_WAIT).expect("opens");
    assert!(matches!(reader.write(NO_WAIT), Err(StoreError::ReadOnly)));
}

#[test]
fn other_files_are_refused_by_what_they_are() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = |name: &str| dir.path().join(name);
    std::fs::write(path("empty"), "").expect("written");
    std::fs::write(path("text"), "ISA*00*this is no ledger at all").expect("written");
    let other = redb::Database::create(path("other")).expect("made");
    let meta = redb::TableDefinition::<&str, &str>::new("meta");
    let transaction = other.begin_write().expect("begun");
    transaction.open_table(meta).expect("table").insert("schema", "1").expect("put");
    transaction.commit().expect("committed");
    other.close().expect("closed");
    for open in [Book::open, Book::open_read_only] {
        assert!(matches!(open(&path("none"), NO_WAIT), Err(StoreError::Missing(_))));
        for name in ["empty", "text", "other"] {
            assert!(matches!(open(&path(name), NO_WAIT), Err(StoreError::NotALedger(_))), "{name}");
        }
        assert!(matches!(open(dir.path(), NO_WAIT), Err(StoreError::Io { .. })));
    }
    assert!(!path("none").exists());
}

fn set_schema(path: &std::path::Path, number: u64) {
    let raw = redb::Database::open(path).expect("opens");
    let transaction = raw.begin_write().expect("begun");
    transaction.open_table(META).expect("table").insert("schema", number).expect("put");
    let by = b"arrears 9.9".as_slice();
    transaction.open_table(PRACTICE).expect("table").insert("written_by", by).expect("put");
    transaction.commit().expect("committed");
    raw.close().expect("closed");
}

#[test]
fn a_later_shape_is_refused_by_name() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("book");
    Book::create(&path, &practice(), false).expect("made").close().expect("closed");
    set_schema(&path, 7);
    for open in [Book::open, Book::open_read_only] {
        let error = open(&path, NO_WAIT).err().expect("refused");
        let wanted = format!(
            "the ledger has shape 7, written by arrears 9.9; this program knows shapes up to {VERSION}: use that version or a later one"
        );
        assert_eq!(error.to_string(), wanted);
    }
}

#[test]
fn an_earlier_shape_is_copied_and_brought_up_by_a_writer_only() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("book");
    let book = Book::create(&path, &practice(), false).expect("made");
    let unneeded: crate::store::migrate::Step = |_| unreachable!("it has this shape");
    let mut steps = vec![unneeded; crate::store::migrate::STEPS.len()];
    steps.push(|transaction| {
        transaction.open_table(META)?.insert("went through", 1)?;
        Ok(())
    });
    let transaction = || book.raw_transaction().expect("begun");
    crate::store::migrate::upgrade(transaction(), Some(&path), &steps).expect("upgraded");
    // A later shape for this program now. Its copy is still of the present one.
    let later = VERSION + 1;
    assert!(matches!(book.read(), Err(StoreError::Newer { found, .. }) if found == later));
    assert!(matches!(book.write(NO_WAIT), Err(StoreError::Newer { found, .. }) if found == later));
    let copy = dir.path().join(format!("book.shape-{VERSION}.bak"));
    let copy = Book::open(&copy, NO_WAIT).expect("the copy opens");
    assert_eq!(copy.read().and_then(|s| s.practice()).expect("read"), practice());
    book.close().expect("closed");
    set_schema(&path, 0);
    assert!(matches!(
        Book::open_read_only(&path, NO_WAIT),
        Err(StoreError::NeedsUpgrade { found: 0, known: VERSION })
    ));
    assert!(matches!(Book::open(&path, NO_WAIT), Err(StoreError::Corrupt { .. })));
}

fn all<T>(rows: Result<impl Iterator<Item = Result<T, StoreError>>, StoreError>) -> Vec<T> {
    rows.and_then(Iterator::collect).expect("read")
}

/// What must be seen inside the write transaction as well as after it.
fn check(book: &impl Read) {
    let journal: Vec<_> = all(book.journal()).into_iter().map(|(_, entry)| entry).collect();
    assert_eq!(journal, [charge(1, 200), charge(1, 50)]);
    assert_eq!(all(book.unapplied()), [2, 3, 4].map(PaymentId));
    assert_eq!(all(book.claim_states()).into_iter().map(|(id, _)| id.0).collect::<Vec<_>>(), [1]);
    assert_eq!(book.claims_by_number("AB1").expect("read"), [ClaimId(1), ClaimId(2)]);
    assert_eq!(book.claims_by_payer_number("AC").expect("read"), [ClaimId(4)]);
    assert_eq!(book.waiting_by_number("AB1").expect("read"), [PaymentId(2)]);
    let prefixed = |limit| book.claims_by_number_prefix("AB", limit).expect("read");
    assert_eq!(prefixed(9).len(), 3);
    assert_eq!(prefixed(2), [("AB1".to_owned(), ClaimId(1)), ("AB1".to_owned(), ClaimId(2))]);
}

#[test]
fn everything_written_is_found_again() {
    let book = Book::in_memory(&practice()).expect("made");
    let mut dice = fixed_dice(7);
    let claim = ClaimRecord { id: ClaimId(1), ..dice.claim() };
    let (file, remit, case) = (dice.file(), dice.remit(), dice.case());
    let payer = PayerRecord { id: PayerId(3), ..dice.payer_record() };
    let open = PlbRecord { id: PlbId(1), payer: payer.id, open: Money::from_cents(-5), ..dice.plb() };
    let closed = PlbRecord { id: PlbId(2), open: Money::ZERO, ..open.clone() };
    // Attached late: the second in the chain has the smaller number.
    let first = PaymentRecord { id: PaymentId(9), previous_of_claim: None, ..dice.payment() };
    let second = PaymentRecord { id: PaymentId(4), previous_of_claim: Some(first.id), ..dice.payment() };
    let key = [7; 32];
    let mut state = ClaimState { last_payment: Some(second.id), ..dice.state() };
    let mut writer = book.write(NO_WAIT).expect("mine");
    {
        let mut tables = writer.tables();
        assert_eq!(tables.next_claim_id().expect("a number"), claim.id);
        tables.put_claim(&claim).expect("put");
        let before = tables.append_entry(&charge(1, 200), None).expect("put");
        state.last_entry = Some(tables.append_entry(&charge(1, 50), Some(before)).expect("put"));
        tables.put_claim_state(claim.id, &state).expect("put");
        for (number, id) in [("AB1", 1), ("AB1", 2), ("AB10", 3), ("AC", 4)] {
            tables.index_claim_number(number, ClaimId(id)).expect("put");
            tables.index_payer_number(number, ClaimId(id)).expect("put");
            tables.put_waiting(number, PaymentId(id)).expect("put");
            tables.put_unapplied(PaymentId(id)).expect("put");
        }
        tables.remove_waiting("AB1", PaymentId(1)).expect("removed");
        tables.remove_unapplied(PaymentId(1)).expect("removed");
        tables.put_payment(&first).expect("put");
        tables.put_payment(&second).expect("put");
        tables.put_remit(&remit).expect("put");
        tables.put_remit_key(&key, remit.id).expect("put");
        tables.put_set_hash(&key, RemitId(0)).expect("put");
        tables.put_file(&file).expect("put");
        tables.put_plb(&PlbRecord { open: Money::from_cents(1), ..closed.clone() }).expect("put");
        tables.put_plb(&closed).expect("put");
        tables.put_plb(&open).expect("put");
        tables.put_case(&case).expect("put");
        tables.put_payer(&payer).expect("put");
        tables.put_payer_key("id:60054", payer.id).expect("put");
        check(&tables);
    }
    writer.commit().expect("committed");
    let book = book.read().expect("read");
    check(&book);
    assert_eq!(book.claim(claim.id).expect("read"), Some(claim.clone()));
    assert_eq!(book.claims().expect("read").next().expect("one").expect("read"), claim);
    assert_eq!(book.claim_state(claim.id).expect("read"), Some(state));
    assert_eq!(
        book.entries_of_claim(claim.id).expect("read"),
        [(EntryId(1), charge(1, 200)), (EntryId(2), charge(1, 50))]
    );
    assert_eq!(book.entry(EntryId(2)).expect("read"), Some((charge(1, 50), Some(EntryId(1)))));
    assert_eq!(book.payments_of_claim(claim.id).expect("read"), [first, second]);
    assert_eq!(book.payments().expect("read").count(), 2);
    assert_eq!(book.remit(remit.id).expect("read").as_ref(), Some(&remit));
    assert_eq!(book.remits_by_key(&key).expect("read"), [remit.id]);
    assert_eq!(book.remits().expect("read").count(), 1);
    assert_eq!(book.set_by_hash(&key).expect("read"), Some(RemitId(0)));
    assert_eq!(book.file_by_hash(&file.sha256).expect("read"), Some(file.clone()));
    assert_eq!(book.file(file.id).expect("read"), Some(file));
    assert_eq!(book.open_plbs_of_payer(PayerId(3)).expect("read"), [open]);
    assert_eq!(book.plb(PlbId(2)).expect("read"), Some(closed));
    assert_eq!((book.plbs().expect("read").count(), book.cases().expect("read").count()), (2, 1));
    assert_eq!(book.case(case.id).expect("read"), Some(case));
    assert_eq!(book.payer(payer.id).expect("read").as_ref(), Some(&payer));
    assert_eq!(book.payers().expect("read"), [payer]);
    assert_eq!(book.payer_by_key("id:60054").expect("read"), Some(PayerId(3)));
    assert_eq!(book.payer_by_key("id:1").expect("read"), None);
    let counts = book.counts().expect("read");
    assert_eq!((counts.entries, counts.waiting, counts.open_plbs, counts.plbs), (2, 3, 1, 2));
}

#[test]
fn an_entry_out_of_balance_never_reaches_the_disk() {
    let book = Book::in_memory(&practice()).expect("made");
    let mut wrong = charge(1, 200);
    wrong.postings.pop();
    let none = Entry { postings: vec![], ..charge(1, 1) };
    for entry in [wrong, none] {
        let refused = book.update(NO_WAIT, |tables| tables.append_entry(&entry, None));
        assert!(matches!(refused, Err(StoreError::Unbalanced { .. })), "{refused:?}");
    }
    assert_eq!(book.read().and_then(|s| s.counts()).expect("read").entries, 0);
    // The refusals drew no number either.
    let id = book.update(NO_WAIT, |tables| tables.append_entry(&charge(1, 1), None));
    assert_eq!(id.expect("put"), EntryId(1));
}

#[test]
fn numbers_go_on_where_they_stopped_and_an_abort_gives_them_back() {
    let book = Book::in_memory(&practice()).expect("made");
    let draw = || book.update(NO_WAIT, |t| t.next_payer_id()).expect("a number");
    assert_eq!((draw(), draw()), (PayerId(1), PayerId(2)));
    let mut writer = book.write(NO_WAIT).expect("mine");
    assert_eq!(writer.tables().next_payer_id().expect("a number"), PayerId(3));
    drop(writer);
    assert_eq!(draw(), PayerId(3));
}

#[test]
fn a_damaged_row_is_named_and_a_lost_one_too() {
    let book = Book::in_memory(&practice()).expect("made");
    book.update(NO_WAIT, |tables| {
        tables.claim_rows.get_mut()?.insert(5, [9, 9].as_slice()).map_err(StoreError::from)?;
        let state = ClaimState { last_entry: Some(EntryId(8)), ..Dice(vec![]).state() };
        tables.put_claim_state(ClaimId(6), &state)
    })
    .expect("written");
    let book = book.read().expect("read");
    let damaged = book.claim(ClaimId(5)).expect_err("damaged");
    assert!(damaged.to_string().starts_with("the ledger is damaged: table claims, row 5: "), "{damaged}");
    let lost = book.entries_of_claim(ClaimId(6)).expect_err("lost");
    assert_eq!(lost.to_string(), "the ledger is damaged: table journal, row 8: is named and missing");
}
