//! Bytes in; domain records and problems out.
//!
//! Every source is read twice. [`survey`] hashes it and verifies its envelopes and totals, so that nothing
//! posts from a file that is not whole; [`FileReader`] then yields claims and payments one at a time, in
//! memory that does not grow with the file; spreadsheets are read the same way in [`csv`]. What the records do to the
//! books is not decided here.

pub mod bank;
mod code_list;
pub mod csv;
mod doubles;
mod error;
mod expand;
mod kind;
mod problems;
#[cfg(test)]
mod properties;
mod reader;
mod sniff;
mod source;
mod survey;
mod x12;

pub use code_list::{CodeList, ReadList, code_list};
pub use error::InputError;
pub use expand::expand;
pub use kind::Kind;
pub use reader::{FileReader, RemitItem};
pub use source::Source;
pub use survey::{SetSurvey, SetTotals, Survey, survey, survey_as, survey_in};
pub use x12::cutter::Room;
pub use x12::t837::SubmittedClaim;

/// How much is accepted from one file. The defaults are far above what real files need.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of one segment.
    pub segment_bytes: usize,
    /// Segments of one claim loop.
    pub claim_segments: usize,
    /// Unpacked bytes of one archive, and bytes of standard input.
    pub unpacked_bytes: u64,
    /// Members of one archive.
    pub members: usize,
    /// Bytes of an unpacked file that are kept in memory before a temporary file takes over.
    pub memory_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            segment_bytes: 256 << 10,
            claim_segments: 100_000,
            unpacked_bytes: 16 << 30,
            members: 100_000,
            memory_bytes: 1 << 20,
        }
    }
}
