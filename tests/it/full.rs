//! A full disk: a clean error, and only what was committed is in the books.
#![cfg(unix)]
#![allow(clippy::print_stdout, reason = "measured times are for whoever reads the test output")]

use std::process::Command;

use crate::killed::rows;
use crate::office::{Office, TODAY};
use crate::practice;

/// Imports with files that may grow to so many kilobytes and no further.
fn import_with_room(office: &Office, kilobytes: u64, paths: &[&str]) -> (Option<i32>, String) {
    let mut shell = Command::new("sh");
    // Blocks of 512 bytes. Without the trap the signal would end the program before it could say anything.
    let script = format!("trap '' XFSZ; ulimit -f {}; exec \"$@\"", kilobytes * 2);
    shell
        .args(["-c", &script, "sh", env!("CARGO_BIN_EXE_arrears"), "import", "--commit-after", "0"])
        .args(paths);
    shell.env("ARREARS_DB", office.ledger()).env("ARREARS_TODAY", TODAY).env("NO_COLOR", "1");
    let output = shell.output().expect("it runs");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn a_full_disk_is_said_and_leaves_whole_remittances() {
    let single = Office::new();
    let folder = practice::in_small_files(&single, 300, 13, 25);
    let (claims, remits) = (folder.join("837"), folder.join("835"));
    let paths = [claims.to_str().expect("a name"), remits.to_str().expect("a name")];
    assert!(matches!(import_with_room(&single, 1 << 30, &paths).0, Some(0 | 1)));
    let wanted = rows(&single, "remits");
    let office = Office::new();
    let empty = std::fs::metadata(office.ledger()).expect("a ledger").len() / 1024;
    let full = std::fs::metadata(single.ledger()).expect("a ledger").len() / 1024;
    let (mut posted, mut billed) = (0, 0);
    let mut partly = 0;
    // The file grows by leaps, and where they lie changes with what is kept: one of many sizes falls between two.
    for part in [5, 7, 9, 10, 11, 12, 13, 14, 15] {
        let room = empty + (full - empty) * part / 16;
        let (code, said) = import_with_room(&office, room, &paths);
        let (now, claims) = (rows(&office, "remits"), rows(&office, "claims"));
        let brought = now > posted || claims > billed;
        println!("room for {room} of {full} kB: exit {code:?}, {now} of {wanted} remittances; {said}");
        if !matches!(code, Some(0 | 1)) {
            // 4 says that nothing was done: it must be so. What was done is said too.
            assert_eq!(code, Some(if brought { 5 } else { 4 }), "{said}");
            assert!(said.contains("error: "), "{said}");
            assert_eq!(said.contains("is in the books, and stays"), brought, "{said}");
            assert!(!said.contains("panicked"), "{said}");
            partly += u32::from(now > 0 && now < wanted);
        }
        assert!(now >= posted, "committed remittances are gone");
        (posted, billed) = (now, claims);
        office.check();
    }
    assert!(partly > 0, "the disk was never full in the middle");
    office.import(&[&claims, &remits]);
    office.check();
    assert_eq!(office.books(), single.books());
    assert_eq!(rows(&office, "remits"), wanted);
}
