//! What acknowledgments decide: 277CA, 999, 997, TA1. Pure: no file, no clock, no store, and no money.
//!
//! An acknowledgment never pays and never denies. `outcome` reads one answer, `scope` finds what it speaks of,
//! `standing` weighs all answers that a claim heard, `lag` says how long a payer takes, `words` says it to a person.

pub mod lag;
pub mod outcome;
pub mod scope;
pub mod standing;
pub mod words;

pub use outcome::{Decision, of_interchange, of_statement, of_syntax};
pub use standing::{Heard, Standing, standing, submission_of};
