//! Making claims one receivable, and two again: submissions, answers, denial cases and what persons did go with the claim
//! that leads, and come back exactly. `docs/rules/posting-rules.md` section 3a.
//!
//! Nothing is edited. The record of each claim stays as it was billed; entries are negated on their own days and made again
//! on the other claim, as when an answer is moved.

use std::collections::BTreeSet;

use super::acks;
use super::matching;
use super::placing;
use super::retell::{Hand, retell};
use crate::domain::book::{ClaimState, PaymentRecord};
use crate::domain::entry::{Entry, Source};
use crate::domain::join::{Apart, ApartGround, Join, JoinGround};
use crate::domain::{ClaimId, Date, EntryId};
use crate::posting::matching::Match;
use crate::store::{Read, ReadJoins, StoreError, WriteTables};

/// The rule of an entry by which something that a person did leaves a claim, because it belongs to another now.
pub const MOVED: &str = "moved-with-claim";

/// Why claims cannot be made one, or two.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// There is no such claim.
    #[error("there is no claim {0}")]
    NoClaim(ClaimId),
    /// They are one already.
    #[error("claims {0} and {1} are one receivable already")]
    OneAlready(ClaimId, ClaimId),
    /// Patient or days contradict each other.
    #[error("claims {0} and {1} are not one visit: the patients or the service days are others")]
    NotOneVisit(ClaimId, ClaimId),
    /// Both came with a balance from older books.
    #[error(
        "claims {0} and {1} both came with a balance from older books; one of the two balances would be lost"
    )]
    TwoOpenings(ClaimId, ClaimId),
    /// It stands for itself alone.
    #[error("claim {0} is not joined to another")]
    Alone(ClaimId),
    /// It leads several: which of them is meant cannot be known.
    #[error("claim {0} leads {1} others; name the one to part from it")]
    LeadsSeveral(ClaimId, usize),
    /// The ledger refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why two claims are made one, and who says so.
#[derive(Clone, Copy, Debug)]
pub struct Because<'a> {
    /// The ground.
    pub ground: JoinGround,
    /// The day.
    pub on: Date,
    /// A person's words.
    pub reason: &'a str,
}

/// Makes the receivables of two claims one. Returns the claim that leads it.
///
/// # Errors
/// See [`Refusal`].
pub fn join(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    (one, other): (ClaimId, ClaimId),
    because: Because<'_>,
) -> Result<ClaimId, Refusal> {
    for claim in [one, other] {
        tables.claim_alone(claim)?.ok_or(Refusal::NoClaim(claim))?;
    }
    let (mine, theirs) = (tables.lead_of(one)?, tables.lead_of(other)?);
    if mine == theirs {
        return Err(Refusal::OneAlready(one, other));
    }
    let (lead, part) = if leads(tables, mine, theirs)? { (mine, theirs) } else { (theirs, mine) };
    let with = if lead == mine { one } else { other };
    let (mut receives, mut gives) = (state(tables, lead)?, state(tables, part)?);
    let payments = tables.payments_until(gives.last_payment)?;
    for payment in &payments {
        chain(tables, payment.clone(), lead, &mut receives)?;
    }
    gives.last_payment = None;
    let cases = std::mem::take(&mut gives.cases);
    receives.cases.extend(&cases);
    let acts = standing_acts(tables, part)?;
    let acts = carry(tables, hand, &acts, (part, &mut gives), (lead, &mut receives))?;
    tables.put_claim_state(part, &gives)?;
    tables.put_claim_state(lead, &receives)?;
    // Whoever was part of the one that gives way is part of the other now; what persons had done there has moved once more.
    for mut earlier in tables.parts_of(part)? {
        tables.remove_join(earlier.part)?;
        for (_, copy) in &mut earlier.acts {
            *copy = acts.iter().find(|(own, _)| own == copy).map_or(*copy, |(_, copy)| *copy);
        }
        tables.put_join(&Join { lead, ..earlier })?;
    }
    tables.put_join(&Join {
        part,
        lead,
        with,
        ground: because.ground,
        on: because.on,
        recorded_at: hand.now,
        user: hand.user.to_owned(),
        reason: because.reason.to_owned(),
        payments: payments.iter().map(|payment| payment.id).collect(),
        cases,
        acts,
    })?;
    tell_both(tables, hand, part, lead)?;
    Ok(lead)
}

/// Lets a claim stand for itself again, with what was its own: the answers and cases that it brought or that bear its number,
/// and what persons had done to it. With `keep_apart` no rule joins the two again. Returns the claim that stands for itself,
/// and the one that it was part of.
///
/// # Errors
/// See [`Refusal`].
pub fn part(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    claim: ClaimId,
    keep_apart: Option<(Date, &str)>,
) -> Result<(ClaimId, ClaimId), Refusal> {
    let join = match tables.join_of(claim)? {
        Some(join) => join,
        None => {
            let mut parts = tables.parts_of(claim)?;
            match (parts.pop(), parts.len()) {
                (Some(only), 0) => only,
                (Some(_), others) => return Err(Refusal::LeadsSeveral(claim, others + 1)),
                (None, _) => return Err(Refusal::Alone(claim)),
            }
        }
    };
    let (part, lead) = (join.part, join.lead);
    let others: Vec<Join> = tables.parts_of(lead)?.into_iter().filter(|other| other.part != part).collect();
    tables.remove_join(part)?;
    let (mut stays, mut leaves) = (state(tables, lead)?, state(tables, part)?);
    let payments = tables.payments_until(stays.last_payment)?;
    let mut goes = Vec::with_capacity(payments.len());
    for payment in &payments {
        goes.push(if join.payments.contains(&payment.id) {
            true
        } else if others.iter().any(|other| other.payments.contains(&payment.id)) || by_person(payment) {
            false
        } else {
            // It came while they were one: now it finds the claim whose number it bears.
            matches!(matching::claim_of(&*tables, payment)?, Match::Proved(found, _) if found == part)
        });
    }
    (stays.last_payment, leaves.last_payment) = (None, None);
    let mut moved = Vec::new();
    for (payment, goes) in payments.into_iter().zip(goes) {
        if goes {
            moved.push(payment.id);
            chain(tables, payment, part, &mut leaves)?;
        } else {
            chain(tables, payment, lead, &mut stays)?;
        }
    }
    let mut cases = Vec::new();
    for id in std::mem::take(&mut stays.cases) {
        let began = tables.case(id)?.and_then(|case| case.events.first().map(|event| event.payment));
        if join.cases.contains(&id) || began.is_some_and(|payment| moved.contains(&payment)) {
            cases.push(id);
        } else {
            stays.cases.push(id);
        }
    }
    leaves.cases = cases;
    let undone: Vec<EntryId> =
        tables.entries_of_claim(lead)?.iter().filter_map(|(_, entry)| entry.reverses).collect();
    let mut copies = Vec::new();
    for (_, copy) in join.acts.iter().filter(|(_, copy)| !undone.contains(copy)) {
        copies.extend(tables.entry(*copy)?.map(|(entry, _)| (*copy, entry)));
    }
    carry(tables, hand, &copies, (lead, &mut stays), (part, &mut leaves))?;
    tables.put_claim_state(lead, &stays)?;
    tables.put_claim_state(part, &leaves)?;
    if let Some((on, reason)) = keep_apart {
        for other in others.iter().map(|other| other.part).chain([lead]) {
            tables.put_apart(&apart(hand, (part, other), ApartGround::Parted, on, reason))?;
        }
    }
    tell_both(tables, hand, part, lead)?;
    Ok((part, lead))
}

/// What a person says of two claims.
#[must_use]
pub fn apart(
    hand: &Hand<'_>,
    (one, other): (ClaimId, ClaimId),
    ground: ApartGround,
    on: Date,
    reason: &str,
) -> Apart {
    Apart {
        one: one.min(other),
        other: one.max(other),
        ground,
        on,
        recorded_at: hand.now,
        user: hand.user.to_owned(),
        reason: reason.to_owned(),
    }
}

/// Which of two receivables leads: one that leads others already, one that brought a balance, one with denial cases, whose
/// work goes on there; else the older number.
fn leads(tables: &WriteTables<'_>, one: ClaimId, other: ClaimId) -> Result<bool, Refusal> {
    let opened = |claim| -> Result<bool, StoreError> {
        Ok(tables.entries_of_claim(claim)?.iter().any(|(_, entry)| entry.source == Source::Opening))
    };
    let weight = |claim| -> Result<(bool, bool, bool), StoreError> {
        let cases = !state(tables, claim)?.cases.is_empty();
        Ok((opened(claim)?, cases, !tables.parts_of(claim)?.is_empty()))
    };
    let (mine, theirs) = (weight(one)?, weight(other)?);
    if mine.0 && theirs.0 {
        return Err(Refusal::TwoOpenings(one, other));
    }
    Ok((mine, std::cmp::Reverse(one)) > (theirs, std::cmp::Reverse(other)))
}

fn state(tables: &WriteTables<'_>, claim: ClaimId) -> Result<ClaimState, StoreError> {
    Ok(tables.claim_state(claim)?.unwrap_or_default())
}

fn by_person(payment: &PaymentRecord) -> bool {
    payment.matched_by.starts_with("person")
}

/// Puts a payment at the end of a claim's chain.
fn chain(
    tables: &mut WriteTables<'_>,
    mut payment: PaymentRecord,
    claim: ClaimId,
    state: &mut ClaimState,
) -> Result<(), StoreError> {
    payment.claim = Some(claim);
    payment.previous_of_claim = state.last_payment.replace(payment.id);
    tables.index_payer_number(payment.payment.payer_number.as_str(), claim)?;
    tables.put_payment(&payment)
}

/// What persons did to a claim and nobody undid.
fn standing_acts(tables: &WriteTables<'_>, claim: ClaimId) -> Result<Vec<(EntryId, Entry)>, StoreError> {
    let entries = tables.entries_of_claim(claim)?;
    let undone: Vec<EntryId> = entries.iter().filter_map(|(_, entry)| entry.reverses).collect();
    let by_person =
        |entry: &Entry| matches!(entry.source, Source::Manual | Source::Transfer | Source::Opening);
    Ok(entries
        .into_iter()
        .filter(|(id, entry)| by_person(entry) && entry.reverses.is_none() && !undone.contains(id))
        .collect())
}

/// Takes what persons did from one claim to another, on its own days: negated there, made again here. Both say who did it.
/// Gives for each entry the one that says the same on the other claim.
fn carry(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    acts: &[(EntryId, Entry)],
    (from, gives): (ClaimId, &mut ClaimState),
    (to, receives): (ClaimId, &mut ClaimState),
) -> Result<Vec<(EntryId, EntryId)>, StoreError> {
    let mut carried = Vec::with_capacity(acts.len());
    for (id, act) in acts {
        let back = Entry {
            recorded_at: hand.now,
            source: Source::Manual,
            claim: Some(from),
            reverses: Some(*id),
            rule: MOVED.into(),
            postings: act.postings.iter().map(|p| p.negated()).collect(),
            ..act.clone()
        };
        append(tables, back.not_before(act.posted_on), gives)?;
        let again = Entry { recorded_at: hand.now, claim: Some(to), reverses: None, ..act.clone() };
        carried.push((*id, append(tables, again, receives)?));
    }
    Ok(carried)
}

fn append(tables: &mut WriteTables<'_>, entry: Entry, state: &mut ClaimState) -> Result<EntryId, StoreError> {
    let entry = tables.admit(entry);
    let id = tables.append_entry(&entry, state.last_entry)?;
    state.entered(id, entry.posted_on);
    Ok(id)
}

/// Tells both claims anew, and lets those hear the acknowledgments that these speak of now.
fn tell_both(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    part: ClaimId,
    lead: ClaimId,
) -> Result<(), StoreError> {
    let mut said = tables.acks_of_claim(part)?;
    said.extend(tables.acks_of_claim(lead)?);
    // What the part books no more is taken back before the lead books it.
    for claim in [part, lead] {
        if let Some(record) = tables.claim(claim)? {
            tables.put_claim_names(&record)?;
            retell(tables, hand, &record)?;
        }
        tables.compare_later(claim)?;
    }
    acks::link_all(tables, said)?;
    // Payments that waited, or that only their number put where they are, may be better placed now.
    let mut payments = BTreeSet::new();
    for claim in [part, lead] {
        let (Some(own), Some(shown)) = (tables.claim_alone(claim)?, tables.claim(tables.lead_of(claim)?)?)
        else {
            continue;
        };
        payments.extend(placing::touched(&*tables, &shown, &own.claim.control_number.index_form())?);
    }
    placing::settle(tables, hand, payments)?;
    Ok(())
}
