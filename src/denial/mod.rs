//! Denials: what was refused, how often, and what came of it. Pure; derived from a claim's story.

mod cases;

pub use cases::{category, of_story};
