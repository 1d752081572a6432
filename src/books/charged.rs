//! The entry of a claim of which the journal has nothing but its charge: the claim's state says all of it. Most claims
//! are such when their first answer comes, so that answers are posted without reading the journal.

use crate::domain::book::ClaimState;
use crate::domain::entry::{Entry, Source};
use crate::domain::{ClaimId, EntryId, Text};
use crate::posting::history::{CHARGE, charge};

/// The entry as the state tells it, where it is the only one. Who made it and when is left out: no story asks.
#[must_use]
pub fn entry(claim: ClaimId, state: &ClaimState) -> Option<(EntryId, Entry)> {
    let id = state.last_entry.filter(|_| state.only_charged)?;
    Some((id, as_told(claim, state)?))
}

/// Whether the entries of a claim are the one that its state tells, which is what [`ClaimState::only_charged`] says.
/// Those that booked payments before they found the claim are not of the claim.
#[must_use]
pub fn is_all(claim: ClaimId, state: &ClaimState, entries: &[(EntryId, Entry)]) -> bool {
    let mut own = entries.iter().map(|(_, entry)| entry).filter(|entry| entry.claim.is_some());
    let (Some(only), None) = (own.next(), own.next()) else { return false };
    let by_same_hand = |told: Entry| Entry { recorded_at: only.recorded_at, user: only.user.clone(), ..told };
    only.source == Source::Charge && as_told(claim, state).map(by_same_hand).as_ref() == Some(only)
}

fn as_told(claim: ClaimId, state: &ClaimState) -> Option<Entry> {
    let (posted_on, own) = (state.last_posted_on?, state.billed_on?);
    Some(Entry {
        posted_on,
        effective_on: (own != posted_on).then_some(own),
        recorded_at: 0,
        source: Source::Charge,
        claim: Some(claim),
        remit: None,
        payment: None,
        plb: None,
        reverses: None,
        rule: CHARGE.into(),
        memo: Text::default(),
        user: Text::default(),
        postings: charge(state.billed_payer, state.charge),
    })
}
