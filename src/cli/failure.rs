//! Why a command did not do what was asked: words, a reason, advice, an exit code.
//!
//! Errors of the other folders stay plain; advice on what to do next is added here, at the edge.

use std::error::Error;
use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;

use crate::render::{sanitise, terminal, wrapped_message};

/// What kind of failure it is. The kind decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The command line makes no sense.
    Usage,
    /// Somebody else holds the ledger.
    Busy,
    /// Nothing was done: the ledger or the request cannot be used.
    Refused,
    /// It may have been done: the disk failed at the last moment, or in the middle of much.
    Unsure,
    /// Whoever read the output has read enough. Not an error; nothing is said.
    PipeClosed,
}

/// A failure, ready to be printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What kind it is.
    pub kind: Kind,
    /// What is wrong and where. Lower case, no full stop.
    pub message: String,
    /// Why, outermost first.
    pub because: Vec<String>,
    /// What to do next, in sentences.
    pub hints: Vec<String>,
}

impl Failure {
    fn new(kind: Kind, message: impl Into<String>) -> Failure {
        Failure { kind, message: message.into(), because: Vec::new(), hints: Vec::new() }
    }

    /// The command line makes no sense.
    #[must_use]
    pub fn usage(message: impl Into<String>) -> Failure {
        Failure::new(Kind::Usage, message)
    }

    /// Somebody else holds the ledger.
    #[must_use]
    pub fn busy(message: impl Into<String>) -> Failure {
        Failure::new(Kind::Busy, message)
    }

    /// Nothing was done.
    #[must_use]
    pub fn refused(message: impl Into<String>) -> Failure {
        Failure::new(Kind::Refused, message)
    }

    /// It may have been done.
    #[must_use]
    pub fn unsure(message: impl Into<String>) -> Failure {
        Failure::new(Kind::Unsure, message)
    }

    /// The same failure with a reason.
    #[must_use]
    pub fn because(mut self, reason: impl Into<String>) -> Failure {
        self.because.push(reason.into());
        self
    }

    /// The same failure with an error and everything beneath it as reasons.
    #[must_use]
    pub fn caused_by(mut self, error: &dyn Error) -> Failure {
        let mut beneath = Some(error);
        while let Some(error) = beneath {
            let words = error.to_string();
            // Some errors repeat what lies beneath them.
            if !self.because.iter().any(|said| said.contains(&words)) {
                self.because.push(words);
            }
            beneath = error.source();
        }
        self
    }

    /// The same failure with advice.
    #[must_use]
    pub fn hint(mut self, advice: impl Into<String>) -> Failure {
        self.hints.push(advice.into());
        self
    }

    /// Output that could not be written; a closed pipe is no error.
    #[must_use]
    pub fn output(place: &str, error: &io::Error) -> Failure {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Failure::new(Kind::PipeClosed, "");
        }
        Failure::refused(format!("cannot write to {place}")).because(error.to_string())
    }

    /// The exit code of the contract.
    #[must_use]
    pub const fn code(&self) -> u8 {
        match self.kind {
            Kind::PipeClosed => 0,
            Kind::Usage => 2,
            Kind::Busy => 3,
            Kind::Refused => 4,
            Kind::Unsure => 5,
        }
    }

    /// Prints the failure to standard error. If even that fails, the exit code must do.
    #[must_use]
    pub fn report(&self, colour: bool) -> ExitCode {
        if self.kind != Kind::PipeClosed {
            let width = terminal::stderr_width();
            let text = if colour { self.coloured(width) } else { self.lines(width).concat() };
            let _ = io::stderr().lock().write_all(text.as_bytes());
        }
        ExitCode::from(self.code())
    }

    /// Its lines, as they fit on a terminal where one is known.
    fn lines(&self, width: Option<usize>) -> Vec<String> {
        let text = self.to_string();
        let lines = text.lines().flat_map(|line| wrapped_message(line, width));
        lines.map(|line| format!("{line}\n")).collect()
    }

    fn coloured(&self, width: Option<usize>) -> String {
        let paint = |line: String| match line.split_once(':') {
            Some(("error", rest)) => format!("\u{1b}[1;31merror:\u{1b}[0m{rest}"),
            Some(("hint", rest)) => format!("\u{1b}[1;36mhint:\u{1b}[0m{rest}"),
            _ => line,
        };
        self.lines(width).into_iter().map(paint).collect()
    }
}

/// One line each: the error, its reasons, advice.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "error: {}", sanitise(&self.message))?;
        for reason in &self.because {
            writeln!(f, "  because: {}", sanitise(reason))?;
        }
        for advice in &self.hints {
            writeln!(f, "hint: {}", sanitise(advice))?;
        }
        Ok(())
    }
}

impl Error for Failure {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_why_and_what_to_do() {
        let failure = Failure::busy("the ledger a\u{1b}b.redb is busy")
            .because("another arrears is writing to it")
            .hint("Try again, or wait longer with `--wait 60`.");
        assert_eq!(
            failure.to_string(),
            "error: the ledger a\u{fffd}b.redb is busy\n  because: another arrears is writing to it\n\
             hint: Try again, or wait longer with `--wait 60`.\n"
        );
        assert!(failure.coloured(None).starts_with("\u{1b}[1;31merror:\u{1b}[0m the ledger"));
    }

    #[test]
    fn kinds_have_the_contracts_codes() {
        let kinds = [Failure::usage(""), Failure::busy(""), Failure::refused(""), Failure::unsure("")];
        assert_eq!(kinds.map(|f| f.code()), [2, 3, 4, 5]);
        let closed = io::Error::from(io::ErrorKind::BrokenPipe);
        assert_eq!(Failure::output("standard output", &closed).code(), 0);
        let full = io::Error::from(io::ErrorKind::StorageFull);
        assert_eq!(Failure::output("standard output", &full).code(), 4);
    }

    #[test]
    fn reasons_are_not_repeated() {
        let error = io::Error::other("disk is gone");
        let failure = Failure::refused("x").caused_by(&error).caused_by(&error);
        assert_eq!(failure.because, ["disk is gone"]);
    }
}
