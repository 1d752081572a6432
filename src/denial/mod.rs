//! Denials: what was refused, how often, what came of it, and what to do next. Pure; derived from a claim's story and
//! from what people noted and confirmed. The records are in `domain::case`.
//!
//! - [`of_story`]: which denied lines are which case, and what became of each dollar.
//! - [`course`]: where a case stands, told day by day.
//! - [`clock`]: until when something can be done, by rules that somebody confirmed.
//! - [`decided`]: what letters decided about appeals and reconsiderations.
//! - [`moves`]: states, acts, and which act leads where; one table.
//! - [`odds`]: how often a denial is won, from the office's own history.
//! - [`order`]: which case is worked first, and why. [`steps`]: what is done next by default.
//! - [`turns`]: what is noted when a remittance goes out of the books and comes back.
//! - [`work`]: the events of a case added up, and what a remittance means for it.

mod cases;
pub mod clock;
pub mod course;
pub mod decided;
mod dollars;
pub mod moves;
pub mod odds;
pub mod order;
pub mod recourse;
pub mod steps;
pub mod turns;
pub mod work;

pub use crate::codes::category_of as category;
pub use cases::{of_story, seen};
