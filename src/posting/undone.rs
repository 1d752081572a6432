//! Acts of persons that did not stand against a payer's later word, for a person to look at.
//! `docs/rules/posting-rules.md` section 7b.

use super::acts::Correction;
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

/// The acts of which answers leave something undone at the end of a claim's story, oldest first. What was done again is not.
#[must_use]
pub fn undone_acts(story: &Story<'_>) -> Vec<UndoneAct> {
    let mut acts: Vec<EntryId> = Vec::new();
    for correction in &story.corrections {
        if !acts.contains(&correction.act) {
            acts.push(correction.act);
        }
    }
    let undone = |act: EntryId| {
        let own = || story.corrections.iter().filter(move |correction| correction.act == act);
        let moved = |of: &mut dyn Iterator<Item = &Correction>| -> Money {
            let postings: Vec<Posting> = of.flat_map(|correction| correction.postings.clone()).collect();
            net(&postings).iter().map(|leg| leg.amount).filter(|amount| amount.is_positive()).sum()
        };
        // Bad debt that the patient pays after all is what a person entered, and no payer's word.
        let by_answers = || own().filter(|correction| correction.after.is_some());
        let amount = moved(&mut own()).min(moved(&mut by_answers()));
        let last = by_answers().rfind(|correction| correction.undone)?;
        (!amount.is_zero()).then_some(UndoneAct { act, on: last.on, after: last.after, amount })
    };
    acts.into_iter().filter_map(undone).collect()
}
