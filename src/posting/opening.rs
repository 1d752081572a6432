//! Answers on a claim that older books began: what its opening balance may count already is for a person.

use super::answer::{Held, Step, held};
use super::hold::Hold;
use super::position::{Answer, Opening, Position, Terms};
use crate::domain::Account;

/// An answer dated before the balance was right is in the balance, as far as anybody here knows.
pub(super) fn is_after(position: &Position<'_>, answer: &Answer<'_>) -> Result<(), Held> {
    match position.opening {
        Some(opening) if answer.on <= opening.on => Err(held(Hold::BeforeOpening)),
        _ => Ok(()),
    }
}

/// The first payer's first answer in these books on a claim from older ones: what stood as denied is open again; what
/// the payer had answered otherwise, nobody here can take back.
pub(super) fn first_answer(
    draft: &mut Position<'_>,
    opening: Opening,
    terms: Terms<'_>,
    whole: bool,
) -> Result<Vec<Step>, Held> {
    let answered_later = draft.live().next().is_some();
    if opening.refused && whole && !answered_later {
        let before = draft.payers.clone();
        let denied: Vec<_> = before.of(Account::Denied).copied().collect();
        for h in denied {
            draft.payers.add(h.account, h.payer, -h.amount);
            draft.payers.add(Account::Open, terms.billed, h.amount);
        }
        let postings = before.postings_to(&draft.payers);
        return Ok(vec![Step { rule: "superseded-opening", undoes: None, postings }]);
    }
    Err(held(Hold::SecondAdjudication))
}
