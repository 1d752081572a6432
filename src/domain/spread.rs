//! Hashing for tables that are asked by the million.

/// For tables whose keys are codes, the ledger's numbers, places of sums or names' keys: a fifth of the time of the standard
/// library's, and seeded anew in every process, so that no file can choose its keys.
pub type Spreading = foldhash::fast::RandomState;
