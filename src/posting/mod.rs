//! Posting rules: what a payer's answer does to a claim. Pure functions; no file, no clock, no store.
//!
//! Where a rule lives:
//! - one CAS reason → one effect: [`treatment`] (`docs/rules/posting-rules.md` section 4)
//! - who may be billed for what a payer did not pay: [`billing`] (section 4a)
//! - a bill under a new number → a version of a claim, its possible double, or neither: [`visits`] (section 3a)
//! - every reason to hold something for a person: [`hold`] (section 10)
//! - a CLP loop → the claim it answers: [`matching`] (section 3), and its service lines: [`lines`] (section 11)
//! - one answer on one claim, with secondary payers and second answers: [`answer`] (sections 6, 7a)
//! - what the answers in force leave in each bucket: [`buckets`] (sections 6, 7)
//! - what persons did, re-applied: [`acts`], and what of it did not stand: [`undone`] (section 7b)
//! - an answer that takes an earlier one back: [`reversal`] (section 7)
//! - an answer that a person split, or accepted as a reversal: `by_hand` (sections 7b, 10a)
//! - an answer on a claim that older books began: `opening`
//! - all answers on one claim, in any order of arrival: [`history`] (invariant 7 of the ledger)
//! - what the journal must say so that it agrees with the history: [`entries`]
//! - provider-level items: [`provider_level`] (section 7), what their references name: [`mod@reference`] (section 7c)

pub mod acts;
pub mod answer;
pub mod billing;
pub mod buckets;
mod by_hand;
pub mod entries;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod expected;
pub mod history;
pub mod hold;
pub mod lines;
pub mod matching;
mod opening;
pub mod position;
pub mod provider_level;
pub mod reading;
pub mod reference;
pub mod reversal;
pub mod takebacks;
pub mod treatment;
pub mod undone;
pub mod visits;
