//! Banks' files into the books: each file whole or not at all, in one transaction.

use super::outcome::FileStatus;
use crate::books::deposits::{self, Recorded};
use crate::domain::deposit::BankLine;
use crate::domain::{Money, Problem, Severity};
use crate::input::bank::{BankFile, bank_file};
use crate::input::csv::Map;
use crate::input::{InputError, Source};
use crate::store::{Read, StoreError, WriteTables};

/// What the user said.
#[derive(Clone, Debug, Default)]
pub struct DepositOptions {
    /// Which column of a table is which.
    pub map: Option<Map>,
    /// The bank account, where the file does not say it.
    pub account: Option<String>,
    /// Also money that left without naming a remittance.
    pub debits: bool,
    /// Take the rows of a table that can be read where others cannot.
    pub partial: bool,
    /// Take a file whose trailers do not agree with what stands before them.
    pub accept_wrong_totals: bool,
    /// When this is done, in seconds since 1970 in UTC.
    pub now: i64,
}

/// What became of a bank's file.
#[derive(Clone, Debug)]
pub struct DepositOutcome {
    /// Its name.
    pub file: String,
    /// `bai2`, `deposits-csv`, or nothing where it cannot be read.
    pub kind: &'static str,
    /// What became of it.
    pub status: FileStatus,
    /// Movements it holds.
    pub found: u64,
    /// Of these: taken in, or known already.
    pub recorded: Recorded,
    /// Of these: money that left, and names no remittance.
    pub left_out: u64,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
    /// Why nothing of it was taken.
    pub error: Option<String>,
}

impl DepositOutcome {
    fn new(file: &str, kind: &'static str) -> DepositOutcome {
        DepositOutcome {
            file: file.to_owned(),
            kind,
            status: FileStatus::Imported,
            found: 0,
            recorded: Recorded::default(),
            left_out: 0,
            problems: Vec::new(),
            error: None,
        }
    }

    /// A file that cannot be used.
    #[must_use]
    pub fn unusable(file: &str, error: &InputError) -> DepositOutcome {
        DepositOutcome { error: Some(error.to_string()), status: FileStatus::Rejected, ..Self::new(file, "") }
    }

    /// Whether a person must look at it.
    #[must_use]
    pub fn needs_work(&self) -> bool {
        matches!(self.status, FileStatus::Rejected | FileStatus::Partial)
    }
}

/// Reads a bank's file. Nothing is written.
///
/// # Errors
/// The file cannot be used at all.
pub fn read_deposits(source: &Source, options: &DepositOptions) -> Result<BankFile, InputError> {
    let mut file = bank_file(source, options.map.as_ref())?;
    if let Some(account) = &options.account {
        for line in file.lines.iter_mut().filter(|line| line.account.is_empty()) {
            line.account.clone_from(account);
        }
    }
    Ok(file)
}

/// Takes a bank's file in.
///
/// # Errors
/// The ledger refuses.
pub fn import_deposits(
    tables: &mut WriteTables<'_>,
    name: &str,
    file: BankFile,
    options: &DepositOptions,
) -> Result<DepositOutcome, StoreError> {
    let mut outcome = DepositOutcome::new(name, file.kind);
    outcome.found = file.lines.len() as u64;
    if tables.file_by_hash(&file.sha256)?.is_some() {
        outcome.status = FileStatus::Duplicate;
        outcome.recorded.duplicates = outcome.found;
        return Ok(outcome);
    }
    if let Some(why) = refusal(&file, options) {
        outcome.status = FileStatus::Rejected;
        outcome.error = Some(why);
        outcome.problems = file.problems;
        return Ok(outcome);
    }
    let (kept, out): (Vec<BankLine>, Vec<BankLine>) =
        file.lines.into_iter().partition(|line| options.debits || is_ours(line));
    outcome.left_out = out.len() as u64;
    outcome.problems = file.problems;
    let record = deposits::remember(tables, file.sha256, name, file.kind, options.now)?;
    outcome.recorded = deposits::record(tables, &record, &kept)?;
    if file.bad_rows > 0 {
        outcome.status = FileStatus::Partial;
    } else if outcome.recorded.added == 0 && outcome.recorded.duplicates > 0 {
        outcome.status = FileStatus::Duplicate;
    }
    Ok(outcome)
}

/// Whether a movement can concern the receivables: money that came, or money that a payer took back by name. What the
/// office pays is none of these books.
fn is_ours(line: &BankLine) -> bool {
    let names_remittance = || crate::bank::trace::find(&line.text.split('\n').collect::<Vec<_>>()).is_some();
    line.amount > Money::ZERO || names_remittance()
}

/// Why nothing of a file may be taken.
fn refusal(file: &BankFile, options: &DepositOptions) -> Option<String> {
    let (bad, rows) = (file.bad_rows, file.rows);
    if bad > 0 && !options.partial {
        return Some(format!(
            "{bad} of {rows} rows cannot be read; nothing of the file was taken. Correct them, or take the others with \
             --partial"
        ));
    }
    let disagrees =
        file.problems.iter().find(|p| p.severity == Severity::Hold && p.code.starts_with("bank-"));
    let first = disagrees.filter(|_| !options.accept_wrong_totals)?;
    Some(format!(
        "line {}: {}; nothing of the file was taken. Ask the bank for the whole file, or take it as it is with \
         --accept-wrong-totals",
        first.segment, first.message
    ))
}
