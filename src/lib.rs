//! Accounts receivable and denials for US medical billing.
//!
//! Data goes one way: files → `input` → `domain` → `reconcile` → `store` → `report` → `render`; `cli` wires them.

pub mod codes;
pub mod denial;
pub mod domain;
pub mod posting;
