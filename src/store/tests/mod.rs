//! Tests of the store: rows, the book and its sharing, and what failing storage leaves behind.

mod acks;
mod blocks;
mod book;
mod briefs;
pub(crate) mod disk;
mod faults;
pub(crate) mod periods;
mod records;
mod rows;
pub(crate) mod samples;
mod sharing;
mod visits;
