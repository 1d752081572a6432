//! Spreadsheets: claims, payments, opening balances and a bank's movements as comma-separated text. Knows no ledger.
//!
//! A table is read twice, as X12 is. [`scan`] reads every row, says which cannot be read, and notes where the rows of
//! each claim or remittance stand; [`TableReader`] then fetches one claim or remittance at a time, however its rows are
//! scattered. What the files may look like stands with each part: `fields`, `columns`, `money`, `dates`, `map`.

mod claims;
mod columns;
mod dates;
mod deposits;
mod fields;
mod keyed;
mod lines;
mod map;
mod money;
mod opening;
mod payments;
mod reader;
mod row;
mod scan;
#[cfg(test)]
mod tests;

pub use columns::{Layout, kind_of};
pub(super) use dates::parse as day;
pub use deposits::deposits;
pub(super) use fields::fold;
pub use fields::{Field, Holds};
pub use keyed::{Difference, KeyedClaim, KeyedItem, KeyedPayment, MOST_REASONS};
pub use map::Map;
pub use payments::Remittance;
pub use reader::TableReader;
pub use scan::{Group, Tally, explain, scan};

/// The names in the first line of a text, if it is a line of a table at all.
pub(super) fn header(text: &[u8]) -> Option<Vec<String>> {
    let line = text.split(|b| matches!(b, b'\r' | b'\n')).next()?;
    let mut reader = lines::builder(columns::delimiter(line)).from_reader(line);
    let mut record = csv::ByteRecord::new();
    reader.read_byte_record(&mut record).ok()?.then(|| lines::names(&record))
}
