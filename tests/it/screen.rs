//! The full-screen queue where there is no screen. What it does on one is tested beside it, in `src/cli/screen`.

use crate::office::Office;

#[test]
fn without_a_terminal_it_says_what_to_use_instead() {
    let office = Office::new();
    let done = office.run(&["work"]);
    let said = String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.code(), Some(4), "{said}");
    assert!(said.contains("needs a terminal") && said.contains("denial list"), "{said}");
}

#[test]
fn a_past_day_is_looked_at_elsewhere() {
    let office = Office::new();
    let done = office.run(&["work", "--as-of", "2020-01-01"]);
    assert_eq!(done.status.code(), Some(2), "{}", String::from_utf8_lossy(&done.stderr));
}
