//! What must not happen and does: a panic, in words that say what to do instead of a place in the code.

use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::{Mutex, PoisonError};

use super::failure::{Failure, Kind};
use super::ledger::damaged;
use crate::store;

/// Where the first one happened, and what it said; others follow from it.
static FIRST: Mutex<Option<(String, String)>> = Mutex::new(None);

/// Does some work, and turns a panic in it into a failure. The ledger's path is for the words.
pub(super) fn caught<T>(ledger: &str, work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    panic::set_hook(Box::new(note));
    panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let first = FIRST.lock().unwrap_or_else(PoisonError::into_inner).take();
        Err(told(ledger, first, store::has_committed()))
    })
}

fn note(info: &PanicHookInfo<'_>) {
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    let said = info.payload();
    let text = said.downcast_ref::<&str>().copied().or(said.downcast_ref::<String>().map(String::as_str));
    let message = text.unwrap_or_default().to_owned();
    FIRST.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert((place, message));
}

fn told(ledger: &str, first: Option<(String, String)>, has_committed: bool) -> Failure {
    let (place, message) = first.unwrap_or_default();
    let what = format!("{message} ({place})");
    let failure = match is_below(&place) {
        true => damaged(ledger).because(what),
        false => Failure::refused("this program met something that it was not made for").because(what).hint(
            "See with `arrears db check` whether the ledger is whole. If it is, this is a fault of the program: please report it.",
        ),
    };
    if has_committed { Failure { kind: Kind::Unsure, ..failure } } else { failure }
}

/// Whether a place in the code is where the file is read: there, only a file that is not what was written leads to a panic.
fn is_below(place: &str) -> bool {
    ["redb-", "bincode-"]
        .iter()
        .any(|package| place.contains(&format!("/{package}")) || place.contains(&format!("\\{package}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_below_says_that_the_ledger_is_damaged() {
        let first = |place: &str| Some((place.to_owned(), "range end index 9".to_owned()));
        let below = told("a.redb", first("/cargo/registry/redb-4.6.0/src/z.rs:1:2"), false);
        assert_eq!((below.code(), below.message.as_str()), (4, "the ledger a.redb is damaged"));
        let ours = told("a.redb", first("src/posting/answer.rs:1:2"), false);
        assert!(ours.code() == 4 && !ours.message.contains("damaged"), "{ours}");
        // What was committed before it happened is in the books.
        assert_eq!(told("a.redb", first("src/posting/answer.rs:1:2"), true).code(), 5);
        assert_eq!(told("a.redb", None, false).code(), 4);
    }
}
