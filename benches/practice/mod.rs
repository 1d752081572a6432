//! A made-up practice for the benches: its files, and its books in memory.
#![allow(dead_code)] // each bench uses a part of it

use std::path::{Path, PathBuf};
use std::time::Duration;

use arrears::domain::Date;
use arrears::domain::book::Practice;
use arrears::import::{Options, Watcher, import};
use arrears::input::{Limits, Source, expand};
use arrears::store::Book;
use arrears::synth::{Plan, write_practice};
use tempfile::TempDir;

/// The day on which the books are looked at.
pub fn last_day() -> Date {
    Date::parse_iso("2026-09-30").expect("a day")
}

/// Files of so many claims, as many as possible in each.
pub fn files(claims: u64) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let plan = Plan {
        claims_per_837: claims,
        claim_payments_per_835: claims,
        gather_days: 999,
        settle_days: 200,
        one_file_a_round: true,
        ..Plan::new(claims, last_day())
    };
    write_practice(&plan, folder.path()).expect("files");
    folder
}

/// The largest file of a folder.
pub fn largest(folder: &Path) -> PathBuf {
    let files = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    files.max_by_key(|path| std::fs::metadata(path).expect("a file").len()).expect("one file")
}

/// A file to read.
pub fn source(path: &Path) -> Source {
    let (paths, limits) = ([path.to_owned()], Limits::default());
    expand(&paths, &limits).next().expect("one source").expect("readable")
}

/// The books of a practice of so many claims, in memory.
pub fn books(claims: u64) -> Book {
    let folder = files(claims);
    let book = Book::in_memory(&Practice::default()).expect("a book");
    let options = Options {
        dry_run: false,
        accept_test_files: false,
        accept_wrong_counts: false,
        tables: arrears::import::TableOptions::default(),
        posting_date: None,
        wait: Duration::ZERO,
        commit_after: arrears::import::COMMIT_AFTER,
        now: 0,
        today: last_day(),
        user: "bench".to_owned(),
        verb: arrears::domain::deed::DeedVerb::Import,
    };
    let paths = [folder.path().join("837"), folder.path().join("835")];
    let report = import(&book, expand(&paths, &Limits::default()), &options, &mut Nobody).expect("imported");
    assert_eq!((report.totals.rejected, report.totals.claims_added), (0, claims));
    book
}

struct Nobody;

impl Watcher for Nobody {
    fn file(&mut self, _name: &str) {}
    fn claims(&mut self, _count: u64) {}
}
