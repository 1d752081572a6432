//! Accounts receivable and denials for US medical billing.
//!
//! # The map
//!
//! Data goes one way, and each stage is a folder:
//!
//! ```text
//! files → input → domain → posting → store → report → render
//!                    ▲        ▲         ▲
//!                  codes  acks, denial  books, import   cli wires them all
//! ```
//!
//! - [`domain`]: what the words mean. Pure; imports nothing of ours.
//! - [`codes`]: what CARC, RARC, PLB and status codes mean, as data.
//! - [`input`]: bytes in, domain records and problems out. Knows X12; knows no ledger.
//! - [`posting`]: what a payer's answer does to a claim. Pure: no file, no clock, no store.
//! - [`acks`]: what acknowledgments decide about a claim before anybody adjudicates it. Pure; compares with claims as payments are.
//! - [`bank`]: which money of the bank belongs to which remittance. Pure.
//! - [`denial`]: what was refused and what came of it. Pure.
//! - [`store`]: the ledger file. The only folder that knows redb and bincode.
//! - [`books`]: store and rules together: a claim told anew, manual acts, the proof that the books are true.
//! - [`import`]: files into books, and the account of what happened.
//! - [`letters`]: templates filled from facts, as text or a page to print. Pure.
//! - [`report`]: questions answered as typed tables. [`render`]: tables as text, Markdown, CSV, JSON, HTML.
//! - [`demo`]: a small sample practice, compiled in.
//! - [`synth`]: made-up practices with known answers, for tests and benches.
//! - [`cli`]: arguments, clock, terminal, exit codes. Knows everyone; known by no one.

pub mod acks;
pub mod bank;
pub mod books;
pub mod cli;
pub mod codes;
pub mod demo;
pub mod denial;
pub mod domain;
pub mod import;
pub mod input;
pub mod letters;
pub mod posting;
pub mod render;
pub mod report;
pub mod store;
pub mod synth;
