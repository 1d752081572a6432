//! Several at one ledger: threads, and processes that this test starts from its own program.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::samples::{charge, practice};
use crate::domain::EntryId;
use crate::store::{Book, Read, StoreError};

const NO_WAIT: Duration = Duration::ZERO;
const LONG: Duration = Duration::from_secs(30);
const PATH: &str = "ARREARS_TEST_LEDGER";

fn entries(book: &Book) -> u64 {
    book.read().and_then(|snapshot| snapshot.counts()).expect("read").entries
}

fn post(book: &Book, wait: Duration) -> Result<EntryId, StoreError> {
    book.update(wait, |tables| tables.append_entry(&charge(1, 100), None))
}

#[test]
fn a_second_writer_waits_and_a_reader_does_not() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("book");
    let first = Book::create(&path, &practice(), false).expect("made");
    post(&first, NO_WAIT).expect("posted");
    let second = Book::open(&path, NO_WAIT).expect("opens");
    let reader = Book::open_read_only(&path, NO_WAIT).expect("opens");
    let before = reader.read().expect("read");
    let mut writer = first.write(NO_WAIT).expect("mine");
    writer.tables().append_entry(&charge(1, 5), None).expect("put");
    for other in [&first, &second] {
        let busy = post(other, Duration::from_millis(30)).expect_err("taken");
        assert!(matches!(busy, StoreError::Busy { waited_ms: 30.. }), "{busy}");
    }
    assert_eq!((entries(&first), entries(&second), entries(&reader)), (1, 1, 1));
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| post(&second, LONG));
        std::thread::sleep(Duration::from_millis(30));
        writer.commit().expect("committed");
        assert_eq!(waiting.join().expect("no panic").expect("posted"), EntryId(3));
    });
    assert_eq!((entries(&first), entries(&second), entries(&reader)), (3, 3, 3));
    assert_eq!(before.counts().expect("read").entries, 1);
}

/// redb itself would wait for the end of the other's transaction, however long that takes.
#[test]
fn opening_waits_for_a_writer_at_work_as_long_as_was_said() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("book");
    let first = Book::create(&path, &practice(), false).expect("made");
    post(&first, NO_WAIT).expect("posted");
    let writer = first.write(NO_WAIT).expect("mine");
    for wait in [NO_WAIT, Duration::from_millis(120)] {
        let busy = Book::open(&path, wait).map(|_| ()).expect_err("taken");
        assert!(matches!(busy, StoreError::Busy { .. }), "{busy}");
    }
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| Book::open(&path, LONG).and_then(|book| post(&book, LONG)));
        std::thread::sleep(Duration::from_millis(120));
        drop(writer);
        assert_eq!(waiting.join().expect("no panic").expect("posted"), EntryId(2));
    });
    assert_eq!(entries(&first), 2);
}

#[test]
fn many_writers_lose_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("book");
    Book::create(&path, &practice(), false).expect("made").close().expect("closed");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let book = Book::open(&path, LONG).expect("opens");
                for _ in 0..10 {
                    post(&book, LONG).expect("posted");
                }
            });
        }
    });
    assert_eq!(entries(&Book::open_read_only(&path, NO_WAIT).expect("opens")), 40);
}

/// What the other process does: posts an entry, says so, and commits when its input ends. Not a test of its own.
#[test]
#[ignore = "started by the tests below"]
fn other_process() {
    let Some(path) = std::env::var_os(PATH) else { return };
    let book = Book::open(Path::new(&path), LONG).expect("opens");
    let mut writer = book.write(LONG).expect("mine");
    writer.tables().append_entry(&charge(1, 7), None).expect("put");
    let mut out = std::io::stdout();
    out.write_all(b"\nholding\n").and_then(|()| out.flush()).expect("said");
    std::io::stdin().lines().count();
    writer.commit().expect("committed");
}

fn start_other(path: &Path) -> Child {
    let program = std::env::current_exe().expect("this program");
    let mut child = Command::new(program)
        .args(["--exact", "store::tests::sharing::other_process", "--ignored", "--nocapture"])
        .env(PATH, path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("started");
    let output = BufReader::new(child.stdout.take().expect("piped"));
    let mut lines = output.lines();
    assert!(lines.any(|line| line.is_ok_and(|line| line == "holding")));
    // Keep reading, so that the other's last words do not meet a closed pipe.
    std::thread::spawn(move || lines.count());
    child
}

#[test]
fn another_process_is_waited_for() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("book");
    let book = Book::create(&path, &practice(), false).expect("made");
    let mut other = start_other(&path);
    assert!(matches!(post(&book, Duration::from_millis(30)), Err(StoreError::Busy { .. })));
    assert_eq!(entries(&book), 0);
    drop(other.stdin.take());
    assert_eq!(post(&book, LONG).expect("posted"), EntryId(2));
    assert!(other.wait().expect("ended").success());
    assert_eq!(entries(&book), 2);
}

#[test]
fn a_killed_process_leaves_the_last_commit() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("book");
    let book = Book::create(&path, &practice(), false).expect("made");
    post(&book, NO_WAIT).expect("posted");
    book.close().expect("closed");
    let mut other = start_other(&path);
    other.kill().and_then(|()| other.wait()).expect("killed");
    let reader = Book::open_read_only(&path, NO_WAIT).expect("opens after one repair");
    assert_eq!(entries(&reader), 1);
    let book = Book::open(&path, NO_WAIT).expect("opens");
    assert_eq!(post(&book, NO_WAIT).expect("posted"), EntryId(2));
}
