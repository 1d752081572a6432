//! Made-up practices from a seed: 837 and 835 files, and what the books must say about them.
//!
//! For tests, benches and anyone who wants to try the program on many claims. Nothing here reads a file or
//! posts anything. Every person, payer and provider is invented.
//!
//! Any number of claims can be written, because none is remembered: claim `i` and all that its payers answer
//! are computed from the seed and `i`, as often as they are needed. Answers are grouped by *band*, a run of
//! claims billed about the same time, and within it by *round* (first answers, second answers and so on), payer and
//! billing provider. Only takebacks that a payer has announced and not yet
//! collected are carried along; memory grows with `claim_payments_per_835`, not with the claims.

mod answer;
mod cast;
mod claim;
mod claim_file;
mod expected;
mod random;
mod remit_file;
mod remits;
mod schedule;
mod stranger;
#[cfg(test)]
mod tests;
mod x12;

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

pub use expected::{AgingRow, DenialRow, Expected, PlbRow};

use crate::domain::Date;

/// What practice to make up.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The same plan with the same seed gives the same bytes.
    pub seed: u64,
    /// How many claims.
    pub claims: u64,
    /// The most claims of one 837 file.
    pub claims_per_837: u64,
    /// The most claim payments of a remittance of first answers. Later answers are gathered as they come.
    pub claim_payments_per_835: u64,
    /// How many months the services span, up to the last day.
    pub months: u32,
    /// The day on which the books are looked at; nothing is dated later.
    pub last_day: Date,
    /// The most days of claims that one file gathers. A small practice that wants large files raises it.
    pub gather_days: u32,
    /// Whether the first answers of all payers come in one file of several transactions, so that one file can
    /// hold `claim_payments_per_835` claims whoever pays them. Otherwise each payer's come in files of their own.
    pub one_file_a_round: bool,
    /// Days without new services before the last day, so that even the newest claims can be answered.
    pub settle_days: u32,
}

impl Plan {
    /// A practice of eighteen months with files of a common size.
    #[must_use]
    pub fn new(claims: u64, last_day: Date) -> Plan {
        Plan {
            seed: 1,
            claims,
            claims_per_837: 1_000,
            claim_payments_per_835: 1_000,
            months: 18,
            last_day,
            gather_days: 14,
            one_file_a_round: false,
            settle_days: 0,
        }
    }
}

/// Writes `837/*.837`, `835/*.835` and `expected.json` into a folder and returns what the last one says.
///
/// Importing the files in the order of their names, the 837s first, gives exactly the expected totals.
///
/// # Errors
/// Whatever the file system says, or a file of such a name is there already. The folder may then hold a part of the files.
pub fn write_practice(plan: &Plan, folder: &Path) -> io::Result<Expected> {
    let (claim_files, remit_files) = (folder.join("837"), folder.join("835"));
    fs::create_dir_all(&claim_files)?;
    fs::create_dir_all(&remit_files)?;
    let schedule = schedule::Schedule::new(plan);
    let mut expected = Expected { files_837: plan.claims.div_ceil(schedule.per_file), ..Expected::default() };
    for file in 0..expected.files_837 {
        let path = claim_files.join(format!("{:07}.837", file + 1));
        let out = BufWriter::with_capacity(1 << 18, File::create_new(path)?);
        claim_file::write(plan, &schedule, file, out)?;
    }
    let mut remits = remits::Remits::new(plan, &schedule, &remit_files);
    for band in 0..plan.claims.div_ceil(schedule.per_band) {
        remits.write_band(band, &mut expected)?;
    }
    let text = serde_json::to_vec_pretty(&expected.to_json())?;
    File::create_new(folder.join("expected.json"))?.write_all(&text)?;
    Ok(expected)
}
