//! Several people at one ledger: who writes waits for his turn and loses nothing, who reads never waits.

#![allow(clippy::print_stdout, reason = "measured times are for whoever reads the test output")]

use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use arrears::store::{Book, Read as _};

use crate::killed::{Dice, rows};
use crate::office::Office;
use crate::practice;

const LONG: Duration = Duration::from_secs(60);

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    files
}

fn start(office: &Office, wait: &str, paths: &[PathBuf]) -> Child {
    let paths: Vec<&str> = paths.iter().map(|p| p.to_str().expect("a name")).collect();
    let mut command = office.command(&[&["import", "--quiet", "--wait", wait], &paths[..]].concat());
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("started")
}

/// The exit code and what was said.
fn end(child: Child) -> (Option<i32>, String) {
    let output = child.wait_with_output().expect("ended");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

fn shuffled(mut files: Vec<PathBuf>, dice: &mut Dice) -> Vec<PathBuf> {
    for at in (1..files.len()).rev() {
        files.swap(at, dice.below(at as u64 + 1) as usize);
    }
    files
}

/// Reads as long as somebody writes. No waiting is allowed: a reader that finds the ledger busy would exit with 3.
fn read_all_the_time(office: &Office, writing: &AtomicBool) -> u32 {
    const QUESTIONS: [&[&str]; 5] = [
        &["report", "aging"],
        &["status"],
        &["claim", "list"],
        &["report", "trial-balance"],
        &["db", "check"],
    ];
    let mut read = 0;
    while writing.load(Ordering::Relaxed) {
        for question in QUESTIONS {
            let output = office.run(&[question, &["--wait", "0"]].concat());
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(0), "{question:?}: {said}");
            read += 1;
        }
    }
    read
}

#[test]
fn four_writers_and_two_readers() {
    let office = Office::new();
    let folder = practice::in_small_files(&office, 160, 9, 20);
    let all = [files(&folder.join("837")), files(&folder.join("835"))].concat();
    let single = Office::new();
    single.import(&[&folder.join("837"), &folder.join("835")]);
    let mut dice = Dice::new(4);
    // Each writer has a quarter of its own, and a third of everything that two others have too, in its own order.
    let parts: Vec<Vec<PathBuf>> = (0..4)
        .map(|writer| {
            let mine = |(at, _): &(usize, &PathBuf)| at % 4 == writer || at % 3 == 0;
            shuffled(all.iter().enumerate().filter(mine).map(|(_, f)| f.clone()).collect(), &mut dice)
        })
        .collect();
    let writing = AtomicBool::new(true);
    let read: u32 = std::thread::scope(|scope| {
        let readers: Vec<_> = (0..2).map(|_| scope.spawn(|| read_all_the_time(&office, &writing))).collect();
        let writers: Vec<Child> = parts.iter().map(|part| start(&office, "60", part)).collect();
        let ended: Vec<_> = writers.into_iter().map(end).collect();
        writing.store(false, Ordering::Relaxed);
        for (code, said) in ended {
            // 1: something is left unapplied, as long as its claim has not come.
            assert!(matches!(code, Some(0 | 1)), "{code:?}: {said}");
        }
        readers.into_iter().map(|reader| reader.join().expect("no reader failed")).sum()
    });
    println!("{} files, {read} questions answered meanwhile", all.len());
    assert!(read >= 10, "only {read} questions were asked");
    office.check();
    assert_eq!(office.books(), single.books());
    for table in ["claims", "remits", "payments", "files", "plb", "payers"] {
        assert_eq!(rows(&office, table), rows(&single, table), "{table}");
    }
}

#[test]
fn a_writer_that_waits_too_long_has_changed_nothing() {
    let office = Office::new();
    let folder = practice::in_small_files(&office, 20, 9, 20);
    let before = (office.books(), rows(&office, "files"));
    let book = Book::open(&office.ledger(), LONG).expect("opens");
    let writer = book.write(LONG).expect("my turn");
    let all = [files(&folder.join("837")), files(&folder.join("835"))].concat();
    let (code, said) = end(start(&office, "1", &all));
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("hint:"), "{said}");
    let dry = office.run(&["import", "--dry-run", "--wait", "0", all[0].to_str().expect("a name")]);
    assert_eq!(dry.status.code(), Some(3));
    // Readers do not care.
    assert_eq!((office.books(), rows(&office, "files")), before);
    drop(writer);
    assert!(matches!(end(start(&office, "1", &all)).0, Some(0 | 1)));
    assert_eq!(rows(&office, "claims"), 20);
    office.check();
}

#[test]
fn a_writer_starved_midway_is_finished_by_running_it_again() {
    let office = Office::new();
    let folder = practice::in_small_files(&office, 120, 9, 20);
    let all = [files(&folder.join("837")), files(&folder.join("835"))].concat();
    let single = Office::new();
    single.import(&[&folder.join("837"), &folder.join("835")]);
    let wanted = rows(&single, "remits");
    let book = Book::open(&office.ledger(), LONG).expect("opens");
    let remits = || book.read().and_then(|now| now.counts()).expect("read").remits;
    let paths: Vec<&str> = all.iter().map(|p| p.to_str().expect("a name")).collect();
    let set_by_set = ["import", "--quiet", "--wait", "0", "--commit-after", "0"];
    let mut command = office.command(&[&set_by_set, &paths[..]].concat());
    let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("started");
    while remits() == 0 {
        std::thread::sleep(Duration::from_millis(1));
    }
    let writer = book.write(LONG).expect("my turn");
    let (code, said) = end(child);
    let posted = remits();
    assert_eq!(code, Some(3), "{said}");
    assert!(posted > 0 && posted < wanted, "{posted} of {wanted}");
    office.check();
    drop(writer);
    assert!(matches!(end(start(&office, "60", &all)).0, Some(0 | 1)));
    office.check();
    assert_eq!(office.books(), single.books());
    assert_eq!(rows(&office, "remits"), wanted);
}
