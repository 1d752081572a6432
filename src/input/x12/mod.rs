//! X12: separators, segments, envelopes, the two transaction sets that carry money, and the
//! acknowledgments.
//!
//! Nothing here opens files or knows archives; see `source` and `expand`.

pub mod balance835;
pub mod checks837;
pub mod claim835;
pub mod claim837;
pub mod cutter;
pub mod element;
pub mod envelope;
pub mod hash;
pub mod level837;
pub mod segment;
pub mod separators;
pub mod set;
pub mod t277;
pub mod t835;
pub mod t837;
pub mod t999;
