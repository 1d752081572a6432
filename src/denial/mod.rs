//! Denials: what was refused, how often, what came of it, and until when something can be done. Pure; derived from a
//! claim's story and from rules that somebody confirmed.

mod cases;
pub mod clock;

pub use cases::{category, of_story};
