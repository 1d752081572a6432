//! Asking before many things change at once. Nothing is asked where nobody could answer.

use std::io::{self, BufRead, IsTerminal, Write};

use super::Failure;

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
