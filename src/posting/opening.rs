//! Answers on a claim that older books began: what its opening balance may count already is for a person.

use super::answer::{Held, Step, held};
use super::buckets::settle;
use super::hold::Hold;
use super::position::{Answer, Position, Terms};
use crate::domain::Text;

/// An answer dated before the balance was right is in the balance, as far as anybody here knows.
pub(super) fn is_after(position: &Position<'_>, answer: &Answer<'_>) -> Result<(), Held> {
    match &position.opening {
        Some(opening) if answer.on <= opening.on => Err(held(Hold::BeforeOpening)),
        _ => Ok(()),
    }
}

/// The first payer's first answer in these books on a claim from older ones: what stood as denied is open again; what
/// the payer had answered otherwise, nobody here can take back.
pub(super) fn first_answer(
    draft: &mut Position<'_>,
    terms: Terms<'_>,
    whole: bool,
) -> Result<Vec<Step>, Held> {
    let (by, before) = (draft.answers.len(), draft.payers.clone());
    let answered_later = draft.live().next().is_some();
    match draft.opening.as_mut().filter(|opening| opening.refused && whole && !answered_later) {
        Some(opening) => opening.superseded_by = Some(by),
        None => return Err(held(Hold::SecondAdjudication)),
    }
    settle(draft, terms);
    let postings = before.postings_to(&draft.payers);
    Ok(vec![Step { rule: "superseded-opening", undoes: None, memo: Text::default(), postings }])
}
