//! The ledger file: the only room that knows redb and bincode.
//!
//! Keeps records and finds them again; what they mean is decided elsewhere. A [`Book`] is an open ledger; reading goes
//! through a [`Snapshot`], writing through a [`Writer`] and its [`WriteTables`], and both answer the questions of
//! [`Read`]. Inside: `schema` names the tables, `rows` how records lie in them, `codec` how rows become bytes.

mod blocks;
mod briefs;
mod by_hand;
mod claims;
mod clocks;
mod codec;
mod copy;
mod deeds;
mod deposits;
mod error;
mod indexes;
mod info;
mod joins;
mod migrate;
mod numbers;
mod open;
mod pages;
mod pairing;
mod patience;
mod payments;
mod periods;
mod read;
pub(crate) mod registers;
mod reviews;
mod rows;
mod schema;
mod sums;
mod visit_lists;
mod visits;
mod waiting;
mod write;

#[cfg(test)]
pub(crate) mod tests;

pub use claims::ClaimTables;
pub use deeds::{By, ReadDeeds};
pub use deposits::ReadDeposits;
pub use error::StoreError;
pub use info::{BookInfo, Counts, TableInfo};
pub use joins::ReadJoins;
pub use open::Book;
pub use pairing::ToPair;
pub use payments::PaymentTables;
pub use periods::{Checksum, ReadPeriods, Run};
pub use read::Read;
pub use reviews::ReadReviews;
pub use schema::{Snapshot, WriteTables};
pub use sums::{Amounts, Changes, Cube, Place};
pub use visits::Visit;
pub use waiting::ReadWaiting;
pub use write::{Writer, has_committed};
