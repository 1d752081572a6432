//! What codes mean for the books, in our own words: the tables of `codes/data/*.tsv`, compiled in as data.
//!
//! The form of a code is `domain::code`. What is *done* about a code is decided in `posting::treatment`.

mod carc;
mod category;
mod plb;
mod rarc;
mod status;
pub(crate) mod tsv;

pub use carc::{Carc, Class, Ledger, carc, near};
pub use category::{Category, categories, category, category_of};
pub use plb::{AutoPost, PlbCode, plb};
pub use rarc::{Rarc, rarc};
pub use status::{
    Saying, StatusCategory, StatusCode, SyntaxList, entity, status_category, status_code, syntax_error,
};

/// Short words for a place of service, bill status, filing indicator or any other two-column table.
#[must_use]
pub fn place_of_service(code: &str) -> Option<&'static str> {
    tsv::summary_of(include_str!("data/pos.tsv"), code)
}

/// Short words for CLP02.
#[must_use]
pub fn claim_status(code: &str) -> Option<&'static str> {
    tsv::summary_of(include_str!("data/claim_status.tsv"), code)
}

/// The line of business of SBR09 and CLP06, such as `medicare` or `commercial`.
#[must_use]
pub fn line_of_business(code: &str) -> Option<&'static str> {
    let mut found = tsv::rows(include_str!("data/claim_filing_indicator.tsv"));
    found.find(|row| tsv::cell(row, 0) == code).map(|row| tsv::cell(&row, 2))
}

/// Short words for SBR09 and CLP06.
#[must_use]
pub fn filing_indicator(code: &str) -> Option<&'static str> {
    tsv::summary_of(include_str!("data/claim_filing_indicator.tsv"), code)
}
