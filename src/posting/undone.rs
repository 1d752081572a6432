//! Acts of persons that did not stand against a payer's later word, for a person to look at.
//! `domain/posting-rules.md` section 7b.

use super::entries::net;
use super::history::Story;
use crate::domain::entry::Posting;
use crate::domain::{Date, EntryId, Money, PaymentId};

/// How much of an act is undone by what came after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UndoneAct {
    /// The entry of the act.
    pub act: EntryId,
    /// The day on which it was last undone.
    pub on: Date,
    /// The adjudication after which it is so; nothing where none came.
    pub after: Option<PaymentId>,
    /// How much of it stands undone.
    pub amount: Money,
}

/// The acts of which something stands undone at the end of a claim's story, oldest first. What was done again is not.
#[must_use]
pub fn undone_acts(story: &Story<'_>) -> Vec<UndoneAct> {
    let mut acts: Vec<EntryId> = Vec::new();
    for correction in &story.corrections {
        if !acts.contains(&correction.act) {
            acts.push(correction.act);
        }
    }
    let undone = |act: EntryId| {
        let own = || story.corrections.iter().filter(|correction| correction.act == act);
        let postings: Vec<Posting> = own().flat_map(|correction| correction.postings.clone()).collect();
        let amount: Money = net(&postings).iter().map(|leg| leg.amount).filter(|m| m.is_positive()).sum();
        let last = own().rfind(|correction| correction.undone)?;
        (!amount.is_zero()).then_some(UndoneAct { act, on: last.on, after: last.after, amount })
    };
    acts.into_iter().filter_map(undone).collect()
}
