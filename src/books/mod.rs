//! The store and the rules together: what must be read, decided and written so that the books stay true.
//!
//! Knows no files and no terminal. The rules themselves are in `posting`; the tables are in `store`.

pub mod acks;
pub mod attach;
pub mod audit;
pub mod balances;
pub mod batch;
pub mod briefs;
mod case_check;
mod charged;
pub mod check;
pub mod clocks;
pub mod credits;
pub mod denial_acts;
pub mod denials;
pub mod deposits;
pub mod dossier;
pub mod doubles;
pub mod findings;
pub mod first_pass;
pub mod followup;
pub mod handling;
mod index_check;
mod join_check;
pub mod joins;
pub mod manual;
pub mod matching;
pub mod newcomers;
pub mod opening;
mod payer_check;
pub mod payer_merge;
pub mod payers;
pub mod payment_keys;
pub mod periods;
pub mod placing;
pub mod plausible;
pub mod promises;
pub mod provider_level;
pub mod queue;
pub mod queue_then;
pub mod rejections;
pub mod retell;
pub mod rollforward;
pub mod scan;
pub mod sums;
pub mod told;
pub mod undo;
