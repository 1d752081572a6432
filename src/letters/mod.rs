//! Letters: templates filled from what the ledger knows about denied claims, as text or as a page to print. Pure.
//!
//! `facts` is what a template may say, `builtin` the templates that come with the program, `fill` the only file that
//! knows the template language, `excerpt` a payer's answer written out again, `packet` several files as one.

mod builtin;
mod excerpt;
mod facts;
mod fill;
mod grid;
mod packet;

pub use builtin::{Builtin, all, builtin};
pub use excerpt::remittance;
pub use facts::{Appeal, Claim, Denial, Facts, Line, Proof, sample};
pub use fill::{Bad, Form, check, fill};
pub use grid::{claim as claim_sheet, proof as proof_sheet};
pub use packet::{pack, sha256};
