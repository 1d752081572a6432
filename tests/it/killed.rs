//! An import that is killed at any moment leaves the books true, and running it again finishes it.

#![allow(clippy::print_stdout, reason = "measured times are for whoever reads the test output")]

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::office::Office;
use crate::practice;

/// Random numbers from a seed, so that a failure can be looked at again (as far as the machine keeps time).
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below a limit.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// Rows of a table of the ledger.
pub fn rows(office: &Office, table: &str) -> u64 {
    let info = office.json(&["db", "info"]);
    let rows = info["rows"].as_array().expect("rows");
    let row = rows.iter().find(|row| row["table"] == table).expect("the table");
    row["rows"].as_u64().expect("a number")
}

/// Imports with a commit for each set, as what is killed does, undisturbed.
fn import_set_by_set(office: &Office, paths: &[&Path]) -> Duration {
    let paths: Vec<&str> = paths.iter().map(|p| p.to_str().expect("a name")).collect();
    let begun = Instant::now();
    let output = office.run(&[&["import", "--quiet", "--commit-after", "0"], &paths[..]].concat());
    let took = begun.elapsed();
    assert!(matches!(output.status.code(), Some(0 | 1)), "{}", String::from_utf8_lossy(&output.stderr));
    took
}

/// Imports in a process of its own and kills it after a while. Says whether it was still at work.
fn import_and_kill(office: &Office, paths: &[&Path], after: Duration) -> bool {
    let paths: Vec<&str> = paths.iter().map(|p| p.to_str().expect("a name")).collect();
    let mut command = office.command(&[&["import", "--quiet", "--commit-after", "0"], &paths[..]].concat());
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("started");
    std::thread::sleep(after);
    let working = child.try_wait().expect("asked").is_none();
    child.kill().expect("killed");
    child.wait().expect("ended");
    working
}

/// One kill, and what it left.
struct Kill {
    after: Duration,
    working: bool,
    opened_in: Duration,
    remits: u64,
    claims: u64,
}

fn kill_and_look(office: &Office, paths: &[&Path], after: Duration) -> Kill {
    let working = import_and_kill(office, paths, after);
    let begun = Instant::now();
    office.done(&["payer", "list"]);
    let opened_in = begun.elapsed();
    office.check();
    let (remits, claims) = (rows(office, "remits"), rows(office, "claims"));
    println!(
        "killed after {after:?}{}: {claims} claims, {remits} remittances; the next command took {opened_in:?}",
        if working { "" } else { " (done already)" }
    );
    Kill { after, working, opened_in, remits, claims }
}

/// What is in the books after an import that nothing disturbed, how long it took, and how much it brought.
struct Undisturbed {
    folder: PathBuf,
    books: Value,
    took: Duration,
    remits: u64,
    claims: u64,
    /// Keeps the files.
    _office: Office,
}

fn undisturbed(claims: u64, seed: u64, claims_per_837: u64) -> Undisturbed {
    let office = Office::new();
    let folder = practice::in_small_files(&office, claims, seed, claims_per_837);
    let took = import_set_by_set(&office, &[&folder.join("837"), &folder.join("835")]);
    office.check();
    Undisturbed {
        folder,
        books: office.books(),
        took,
        remits: rows(&office, "remits"),
        claims: rows(&office, "claims"),
        _office: office,
    }
}

#[test]
fn an_import_killed_at_any_moment_can_be_run_again() {
    let wanted = undisturbed(120, 3, 40);
    let folders = ["837", "835"].map(|name| wanted.folder.join(name));
    let paths = folders.each_ref().map(PathBuf::as_path);
    let mut dice = Dice::new(1);
    let mut amidst = 0;
    for _ in 0..3 {
        let office = Office::new();
        let mut before = 0;
        for _ in 0..3 {
            let after = Duration::from_micros(dice.below(wanted.took.as_micros() as u64 * 2 / 3));
            let kill = kill_and_look(&office, &paths, after);
            assert!(kill.remits >= before, "a committed remittance is gone after {:?}", kill.after);
            before = kill.remits;
            amidst += u32::from(kill.working && kill.remits > 0 && kill.remits < wanted.remits);
        }
        office.import(&paths);
        office.check();
        assert_eq!(office.books(), wanted.books);
        assert_eq!((rows(&office, "claims"), rows(&office, "remits")), (wanted.claims, wanted.remits));
    }
    assert!(amidst > 0, "no import was killed in the middle of the remittances");
}

#[test]
fn an_837_killed_at_any_moment_is_there_whole_or_not_at_all() {
    let wanted = undisturbed(240, 5, 80);
    let files = wanted.folder.join("837");
    let count = std::fs::read_dir(&files).expect("a folder").count() as u64;
    assert_eq!(wanted.claims, 240);
    let mut dice = Dice::new(2);
    let (mut amidst, mut slowest) = (0, Duration::ZERO);
    let office = Office::new();
    let took = import_set_by_set(&office, &[&files]);
    for _ in 0..5 {
        let office = Office::new();
        let after = Duration::from_micros(dice.below(took.as_micros() as u64));
        let kill = kill_and_look(&office, &[&files], after);
        assert_eq!(kill.claims % (240 / count), 0, "a part of a file is in the books");
        amidst += u32::from(kill.working && kill.claims < 240);
        slowest = slowest.max(kill.opened_in);
        office.import(&[&files]);
        assert_eq!(rows(&office, "claims"), 240);
        office.check();
    }
    println!("{amidst} of 5 were killed at work; the slowest next command took {slowest:?}");
    assert!(amidst > 0, "no import was killed at work");
    office.import(&[&wanted.folder.join("835")]);
    assert_eq!(office.books(), wanted.books);
}
