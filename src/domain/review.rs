//! What a person said who looked at a claim of which a payer's later word undid what persons had done.
//! `docs/rules/posting-rules.md` section 7b.

use super::{Date, EntryId, Money};

/// That somebody looked, and what stood undone then. What is undone later asks for another look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActReview {
    /// The day.
    pub on: Date,
    /// When it was said: UTC seconds.
    pub recorded_at: i64,
    /// Who.
    pub user: String,
    /// What was done about it.
    pub words: String,
    /// The entries of the acts, and how much of each stood undone.
    pub acts: Vec<(EntryId, Money)>,
}

impl ActReview {
    /// Whether it speaks of so much of an act.
    #[must_use]
    pub fn covers(&self, act: EntryId, undone: Money) -> bool {
        self.acts.iter().any(|(seen, amount)| *seen == act && *amount >= undone)
    }
}
