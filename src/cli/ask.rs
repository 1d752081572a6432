//! Asking before many things change at once. Nothing is asked where nobody could answer.

use std::io::{self, BufRead, IsTerminal, Write};

use super::Failure;
use crate::books::bounds::Doubt;

/// Goes on when the user said so beforehand or says so now.
///
/// # Errors
/// [`Failure`] when the user says no, or cannot be asked.
pub(super) fn confirm(question: &str, beforehand: bool) -> Result<(), Failure> {
    if beforehand {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        return Err(Failure::refused(question.trim_end_matches('?').to_owned() + ": nobody was asked")
            .hint("Say `--yes` to go on without being asked."));
    }
    let _ = write!(io::stderr(), "{question} [y/N] ");
    let _ = io::stderr().flush();
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer);
    match (read, answer.trim()) {
        (Ok(_), "y" | "Y" | "yes") => Ok(()),
        _ => Err(Failure::refused("nothing was changed")),
    }
}

/// Goes on where nothing is doubtful, or the user said beforehand that it is meant.
///
/// # Errors
/// [`Failure`] that names the doubt.
pub(super) fn sure(doubt: Option<Doubt>, beforehand: bool) -> Result<(), Failure> {
    match doubt.filter(|_| !beforehand) {
        None => Ok(()),
        Some(doubt) => {
            Err(Failure::refused(doubt.to_string())
                .hint("Nothing was changed. Say `--yes` if that is meant."))
        }
    }
}
