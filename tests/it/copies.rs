//! Backups, and a backup in the ledger's place: whole, private, true, and never over something that is there.

use std::fs;

use crate::office::Office;
use crate::practice;

/// What the books say.
fn books(office: &Office) -> [serde_json::Value; 3] {
    [&["report", "trial-balance"][..], &["report", "aging"], &["claim", "list"]].map(|args| office.json(args))
}

fn code(office: &Office, args: &[&str]) -> Option<i32> {
    office.run(args).status.code()
}

fn office_with_a_practice() -> Office {
    let office = Office::new();
    let (folder, _) = practice::practice(&office, 120, 7);
    let path = folder.to_str().expect("a name");
    assert!(matches!(code(&office, &["import", "-q", path]), Some(0 | 1)));
    office
}

#[test]
fn a_backup_is_a_ledger_of_its_own() {
    let office = office_with_a_practice();
    let before = books(&office);
    office.done(&["db", "backup", "monday.redb"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(office.path("monday.redb")).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "patients' data");
    }
    office.done(&["--db", "monday.redb", "db", "check"]);
    office.done(&["claim", "pay", "1", "5.00"]);
    assert_ne!(books(&office), before);
    office.done(&["db", "restore", "monday.redb", "--dry-run"]);
    assert_ne!(books(&office), before, "a dry run changes nothing");
    assert_eq!(code(&office, &["db", "restore", "monday.redb"]), Some(4), "nobody could be asked");
    office.done(&["db", "restore", "monday.redb", "--yes"]);
    assert_eq!(books(&office), before);
    office.done(&["db", "check"]);
    let kept = fs::read_dir(office.path("")).expect("a folder").filter_map(Result::ok);
    let kept = kept.filter(|file| file.file_name().to_string_lossy().starts_with("ledger.redb.before-"));
    assert_eq!(kept.count(), 1, "the ledger that was replaced is kept");
}

#[test]
fn a_backup_replaces_nothing_and_a_bad_one_is_refused() {
    let office = office_with_a_practice();
    let before = books(&office);
    fs::write(office.path("taken.redb"), "mine").expect("written");
    assert_eq!(code(&office, &["db", "backup", "taken.redb"]), Some(4));
    assert_eq!(fs::read(office.path("taken.redb")).expect("a file"), b"mine");
    assert_eq!(code(&office, &["db", "backup", "nowhere/monday.redb"]), Some(4));
    office.done(&["db", "backup", "monday.redb"]);
    let whole = fs::read(office.path("monday.redb")).expect("a file");
    fs::write(office.path("half.redb"), &whole[..whole.len() / 2]).expect("written");
    let mut damaged = whole;
    damaged[..64].fill(0);
    fs::write(office.path("damaged.redb"), damaged).expect("written");
    for bad in ["taken.redb", "half.redb", "damaged.redb", "missing.redb"] {
        assert_eq!(code(&office, &["db", "restore", bad, "--yes"]), Some(4), "{bad}");
        assert_eq!(books(&office), before, "{bad}");
    }
    assert_eq!(code(&office, &["db", "restore", "ledger.redb", "--yes"]), Some(2), "onto itself");
}

#[test]
fn a_lost_ledger_comes_back() {
    let office = office_with_a_practice();
    let before = books(&office);
    office.done(&["db", "backup", "monday.redb"]);
    fs::remove_file(office.ledger()).expect("removed");
    office.done(&["db", "restore", "monday.redb"]);
    assert_eq!(books(&office), before);
    // Nor does a ledger that cannot be opened any more stand in the way.
    fs::write(office.ledger(), "scraps").expect("written");
    office.done(&["db", "restore", "monday.redb", "--yes"]);
    assert_eq!(books(&office), before);
}

#[test]
fn compacting_keeps_every_row_and_takes_no_space() {
    let office = office_with_a_practice();
    let (before, size) = (books(&office), fs::metadata(office.ledger()).expect("a file").len());
    office.done(&["db", "compact"]);
    assert!(fs::metadata(office.ledger()).expect("a file").len() <= size);
    assert_eq!(books(&office), before);
    office.done(&["db", "check"]);
}
