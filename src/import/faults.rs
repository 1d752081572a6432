//! An import onto a disk that fails: whichever write is refused, whole transaction sets are in the books and the proof
//! holds; running it again brings the rest.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::group::Group;
use super::{ImportError, ImportReport, Options, Stopped, Watcher, import};
use crate::books::check::check;
use crate::domain::book::{FileRecord, Practice};
use crate::domain::{Account, Date, FileId, Money, PayerId, Text};
use crate::input::{InputError, Limits, expand};
use crate::store::tests::disk::Disk;
use crate::store::{Book, Read, StoreError, WriteTables};
use crate::synth::{Plan, write_practice};

struct Nobody;

impl Watcher for Nobody {
    fn file(&mut self, _: &str) {}
    fn claims(&mut self, _: u64) {}
}

fn options(commit_after: Duration) -> Options {
    let today = Date::from_number(739_900);
    Options {
        dry_run: false,
        accept_test_files: false,
        accept_wrong_counts: false,
        posting_date: None,
        tables: crate::import::TableOptions::default(),
        wait: Duration::ZERO,
        commit_after,
        now: 0,
        today,
        user: String::new(),
        verb: crate::domain::deed::DeedVerb::Import,
    }
}

/// What was brought in; where it stopped, why, and what it says that is in the books.
fn bring_in(
    book: &Book,
    folder: &Path,
    commit_after: Duration,
) -> Result<(), (StoreError, Box<ImportReport>)> {
    let options = options(commit_after);
    let paths: Vec<PathBuf> = ["837", "835"].map(|name| folder.join(name)).to_vec();
    match import(book, expand(&paths, &Limits::default()), &options, &mut Nobody) {
        Ok(_) => Ok(()),
        Err(Stopped { error: ImportError::Store(error), kept }) => Err((error, kept)),
        Err(other) => panic!("{other}"),
    }
}

/// Claims with what stands on them, remittances, and the sum of every account.
#[derive(Debug, PartialEq)]
struct Books {
    claims: Vec<(String, Money)>,
    remits: Vec<Text>,
    accounts: Vec<Money>,
}

fn books(book: &Book) -> Books {
    let tables = book.read().expect("reads");
    for found in check(&tables).expect("checked") {
        assert!(found.problems.is_empty(), "{found:?}");
    }
    let mut claims = Vec::new();
    for claim in tables.claims().expect("reads") {
        let claim = claim.expect("reads");
        let state = tables.claim_state(claim.id).expect("reads").expect("each claim has one");
        claims.push((claim.claim.control_number.to_string(), state.balance()));
    }
    claims.sort();
    let mut remits: Vec<Text> =
        tables.remits().expect("reads").map(|remit| remit.expect("reads").header.trace).collect();
    remits.sort();
    let mut accounts = vec![Money::ZERO; Account::ALL.len()];
    for entry in tables.journal().expect("reads") {
        for posting in entry.expect("reads").1.postings {
            let at = Account::ALL.iter().position(|account| *account == posting.account).expect("one of all");
            accounts[at] += posting.amount;
        }
    }
    Books { claims, remits, accounts }
}

#[test]
fn whichever_write_of_an_import_is_refused_whole_sets_are_in_the_books() {
    let (refused, amidst, unsure) = refuse_each_write(Duration::ZERO);
    assert!(unsure > 0, "no commit was in the books that had failed");
    assert!(refused > 20 && amidst > 5, "{refused} calls were refused, {amidst} of them amidst");
}

#[test]
fn whichever_write_of_a_shared_commit_is_refused_all_its_sets_are_in_the_books_or_none() {
    let (refused, amidst, _) = refuse_each_write(Duration::from_secs(3600));
    assert!(refused > 5 && amidst == 0, "{refused} calls were refused, {amidst} of them amidst");
}

/// How many writes were refused, after how many of them a part of the remittances was there, and after how many more was
/// there than was certain.
fn refuse_each_write(commit_after: Duration) -> (u32, u32, u32) {
    let folder = tempfile::tempdir().expect("a folder");
    let plan = Plan { seed: 2, gather_days: 999, ..Plan::new(8, Date::from_number(739_880)) };
    write_practice(&plan, folder.path()).expect("a practice");
    let new = Disk::default();
    drop(new.book().expect("made"));
    let undisturbed = new.restarted(false);
    let book = undisturbed.book().expect("opens");
    bring_in(&book, folder.path(), commit_after).expect("imported");
    let wanted = books(&book);
    assert!(wanted.claims.len() == 8 && wanted.remits.len() > 1, "{wanted:?}");
    let (mut refused, mut amidst, mut unsures) = (0u32, 0u32, 0u32);
    for left in 0.. {
        let disk = new.restarted(false);
        let book = disk.book().expect("opens");
        disk.fail_after(Some(left));
        let done = bring_in(&book, folder.path(), commit_after);
        let finished = done.is_ok() && disk.has_calls_left();
        if let Err((error, _)) = &done {
            assert!(matches!(error, StoreError::Storage(_) | StoreError::Unsure(_)), "{error}");
        }
        drop(book);
        let power_cut = left % 2 == 0;
        let disk = disk.restarted(power_cut);
        let book = disk.book().expect("opens again");
        let found = books(&book);
        assert!(done.is_err() || found == wanted, "call {left}: said to be done, and is not");
        if let Err((error, kept)) = &done {
            // What it says to be in the books is; more may be only where it says that it does not know.
            let (claims, remits) = (found.claims.len() as u64, found.remits.len() as u64);
            let said = (kept.totals.claims_added, kept.totals.remits_posted + kept.totals.remits_held);
            let unsure = matches!(error, StoreError::Unsure(_));
            assert!(
                said == (claims, remits) || unsure && said <= (claims, remits),
                "call {left}: says {said:?}, holds {:?}; {error:?}",
                (claims, remits)
            );
            unsures += u32::from(said != (claims, remits));
        }
        // Each set is whole or not there: an 837 brings all its claims, and remittances come in their order.
        assert!(found.claims.is_empty() || found.claims.len() == wanted.claims.len());
        amidst += u32::from(!found.claims.is_empty() && found.remits.len() < wanted.remits.len());
        bring_in(&book, folder.path(), commit_after).expect("imported");
        assert_eq!(books(&book), wanted, "call {left}");
        if finished {
            break;
        }
        refused += 1;
    }
    (refused, amidst, unsures)
}

fn a_file() -> FileRecord {
    let (name, kind) = (String::new(), String::new());
    FileRecord {
        id: FileId(0),
        sha256: [0; 32],
        name,
        kind,
        imported_at: 0,
        complete: true,
        remits: Vec::new(),
    }
}

#[test]
fn a_set_that_fails_halfway_takes_no_other_with_it() {
    let book = Book::in_memory(&Practice::default()).expect("made");
    let options = options(Duration::from_secs(3600));
    let mut group = Group::new(&book, &options).expect("begun");
    let note = |tables: &mut WriteTables<'_>, name: &str| {
        let sha256 = [name.len() as u8; 32];
        let file = FileRecord { id: tables.next_file_id()?, sha256, ..a_file() };
        tables.put_file(&file)?;
        tables.put_payer_key(name, PayerId(7))
    };
    group.share(1, |tables| Ok(note(tables, "before")?)).expect("shared");
    assert_eq!(book.read().expect("reads").payer_by_key("before").expect("reads"), None);
    let failed = group.alone(|tables| -> Result<(), _> {
        note(tables, "halfway")?;
        Err(InputError::changed("a.835").into())
    });
    assert!(matches!(failed, Err(ImportError::Input(_))));
    group.share(1, |tables| Ok(note(tables, "after")?)).expect("shared");
    group.commit().expect("committed");
    let tables = book.read().expect("reads");
    let known =
        ["before", "halfway", "after"].map(|name| tables.payer_by_key(name).expect("reads").is_some());
    assert_eq!(known, [true, false, true]);
}
