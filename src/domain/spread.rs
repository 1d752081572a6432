//! Hashing for tables that are asked by the million.

/// For tables whose keys are codes, the ledger's numbers, places of sums or names' keys: a hundred thousand claim payments
/// ask for sums two million times. Seeded anew in every process.
pub type Spreading = foldhash::fast::RandomState;

/// The same in every process and every table: for what is compared between tables.
pub type EvenSpreading = foldhash::fast::FixedState;
