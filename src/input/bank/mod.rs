//! What banks send: BAI2 balance reporting, or a table of movements. Knows no ledger.
//!
//! A file is read whole: a month of a practice's bank account has hundreds of movements, and each is kept in a few
//! hundred bytes. How a BAI2 file is built stands in `bai2`, what a table may look like in `csv`.

mod bai2;
#[cfg(test)]
mod tests;

use std::io::Read;

use sha2::{Digest, Sha256};

use super::csv::{self, Map};
use super::error::InputError;
use super::source::Source;
use crate::domain::deposit::BankLine;
use crate::domain::{Money, Problem};

/// More movements than this are no bank account of a practice.
const MOST_LINES: usize = 2_000_000;
/// So much of a bank's text is kept.
const LONGEST_TEXT: usize = 2_000;

/// What a bank's file says.
#[derive(Debug)]
pub struct BankFile {
    /// `bai2` or `deposits-csv`.
    pub kind: &'static str,
    /// Its content, hashed.
    pub sha256: [u8; 32],
    /// The movements, in its order.
    pub lines: Vec<BankLine>,
    /// Records or rows that were looked at for movements.
    pub rows: u64,
    /// Rows that cannot be read.
    pub bad_rows: u64,
    /// What is wrong; those of [`Severity::Hold`](crate::domain::Severity::Hold) must not be passed over in silence.
    pub problems: Vec<Problem>,
}

impl BankFile {
    /// What came and went, added up.
    #[must_use]
    pub fn total(&self) -> Money {
        self.lines.iter().map(|line| line.amount).sum()
    }
}

/// Reads a bank's file; what it is, is seen from its first record.
///
/// # Errors
/// The file cannot be used at all: it cannot be read, is cut off, or is neither.
pub fn bank_file(source: &Source, map: Option<&Map>) -> Result<BankFile, InputError> {
    let (sha256, head) = digest(source)?;
    let start = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head).trim_ascii_start();
    let mut file =
        BankFile { kind: "bai2", sha256, lines: Vec::new(), rows: 0, bad_rows: 0, problems: Vec::new() };
    if start.is_empty() {
        return Err(InputError::Empty { name: source.name().to_owned() });
    }
    if start.starts_with(b"01,") {
        bai2::read(source, &mut file)?;
    } else if start.contains(&0) || start.starts_with(b"ISA") {
        return Err(InputError::NotRecognised { name: source.name().to_owned() });
    } else {
        file.kind = "deposits-csv";
        csv::deposits(source, map, &mut file)?;
    }
    Ok(file)
}

impl BankFile {
    /// Adds a movement, unless there are too many.
    pub(super) fn push(&mut self, source: &Source, line: BankLine) -> Result<(), InputError> {
        if self.lines.len() == MOST_LINES {
            let name = source.name().to_owned();
            return Err(InputError::TooMuch { name, limit: MOST_LINES as u64, unit: "movements" });
        }
        self.lines.push(line);
        Ok(())
    }
}

/// The last four characters of an account's number: enough to tell accounts apart, and no more is kept.
pub(super) fn tail(account: &str) -> String {
    let kept: Vec<char> = account.chars().filter(|c| c.is_alphanumeric()).collect();
    kept[kept.len().saturating_sub(4)..].iter().collect()
}

/// A bank's text without what could move a cursor, and not without end. Line breaks stay: a number may run over one.
pub(super) fn text(text: &str) -> String {
    let clean = |c: char| if c.is_control() && c != '\n' { ' ' } else { c };
    text.trim().chars().map(clean).take(LONGEST_TEXT).collect()
}

/// The hash of the whole, and its first bytes.
fn digest(source: &Source) -> Result<([u8; 32], Vec<u8>), InputError> {
    let failed = |error| InputError::unreadable(source.name(), error);
    let mut reader = source.open()?;
    let (mut sha, mut head) = (Sha256::new(), Vec::new());
    let mut buffer = vec![0; 64 << 10];
    loop {
        let count = reader.read(&mut buffer).map_err(failed)?;
        if count == 0 {
            return Ok((sha.finalize().into(), head));
        }
        let room = 4096usize.saturating_sub(head.len()).min(count);
        head.extend_from_slice(&buffer[..room]);
        sha.update(&buffer[..count]);
    }
}
