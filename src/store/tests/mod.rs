//! Tests of the store: rows, the book and its sharing, and what failing storage leaves behind.

mod book;
mod faults;
mod records;
mod rows;
mod samples;
mod sharing;
