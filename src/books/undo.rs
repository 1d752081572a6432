//! Taking back, and putting where it belongs: a remittance out of the books and in again, a claim payment to another
//! claim, unapplied money to its claim or back to whoever sent it. Everything by opposite entries.

use std::collections::BTreeSet;

use super::attach::detach;
use super::by_hand;
use super::decisions::{self, Kept};
use super::dossier::Heard;
use super::matching;
use super::of_no_claim::negate_where;
use super::placing;
use super::provider_level::pair_anew;
use super::released;
use super::retell::{Hand, retell, retell_all, retell_turned};
use super::taken_again;
use crate::denial::turns::Turn;
use crate::domain::book::{
    ClaimRecord, Note, PaymentRecord, PaymentStatus, PlbRecord, RemitRecord, RemitStatus,
};
use crate::domain::deed::Place;
use crate::domain::entry::Entry;
use crate::domain::{ClaimId, Date, Money, PaymentId, PlbId, RemitId};
use crate::posting::answer::imbalance;
use crate::posting::hold::Hold;
use crate::posting::matching::{Match, contradictions, in_words, rests_on_number};
use crate::posting::provider_level;
use crate::store::{Read, StoreError, WriteTables};

/// Why something cannot be taken back or moved.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// There is no such remittance.
    #[error("there is no remittance {0}")]
    NoRemit(RemitId),
    /// Only what is in the books can be taken out, only what was taken out can be put back.
    #[error("remittance {0} is {1}")]
    WrongState(RemitId, &'static str),
    /// Another remittance of the same payment is in the books: cash would count twice.
    #[error("remittance {0} looks like remittance {1}, which is in the books")]
    Resembles(RemitId, RemitId),
    /// One is to take the other's place, and they have nothing to do with one another.
    #[error("remittances {0} and {1} are not one payment: {2}")]
    Unrelated(RemitId, RemitId, String),
    /// A person has settled one of its provider-level items; that would be left without its ground.
    #[error("provider-level item {1} of remittance {0} was settled by hand")]
    Settled(RemitId, PlbId),
    /// A better file must come, or the same one with another word at its import.
    #[error("remittance {0} cannot be posted as it is: {1}")]
    NeedsFile(RemitId, &'static str),
    /// It was held by a version of the program that did not keep what held remittances say.
    #[error("what remittance {0} says about its claims is not in the ledger")]
    NotKept(RemitId),
    /// Something still holds it.
    #[error("remittance {0} is held: {about}", about = about(.1))]
    StillHeld(RemitId, Vec<Hold>),
    /// Nobody said where a difference belongs.
    #[error("remittance {0} pays {1} more than its claims and provider-level items say")]
    Difference(RemitId, Money),
    /// There is no such claim payment.
    #[error("there is no claim payment {0}")]
    NoPayment(PaymentId),
    /// Only what was released is taken back.
    #[error("claim payment {0} was not released: it is {1}")]
    NotReleased(PaymentId, &'static str),
    /// A refund check went out for it.
    #[error("a refund check of {1} went out for claim payment {0}")]
    CheckSent(PaymentId, Money),
    /// Only waiting money can be matched or released.
    #[error("claim payment {0} does not wait: it is {1}")]
    NotWaiting(PaymentId, &'static str),
    /// There is no such claim.
    #[error("there is no claim {0}")]
    NoClaim(ClaimId),
    /// The payer's own arithmetic is wrong; no claim can make it right.
    #[error("claim payment {0} cannot be posted to any claim: {1}")]
    Broken(PaymentId, String),
    /// What the payer says contradicts the claim, and nobody said that it belongs there all the same.
    #[error("claim payment {0} contradicts claim {1}: {2}")]
    Contradicts(PaymentId, ClaimId, String),
    /// Another payment that stands there would have to go, and nobody said that it shall.
    #[error("on claim {1}, claim payment {0} would displace {2}, which would wait")]
    Displaces(PaymentId, ClaimId, String),
    /// It is where it is to be put.
    #[error("claim payment {0} is on claim {1} already")]
    ThereAlready(PaymentId, ClaimId),
    /// It is on no claim.
    #[error("claim payment {0} is on no claim: it is {1}")]
    NotOnClaim(PaymentId, &'static str),
    /// What a person split is not what the item says.
    #[error("claim payment {0} cannot be posted so: {1}")]
    Split(PaymentId, String),
    /// The rules hold it on that claim too.
    #[error("the rules hold claim payment {0} on claim {1}: {2}")]
    Held(PaymentId, ClaimId, String),
    /// The ledger refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn about(holds: &[Hold]) -> String {
    let about: Vec<String> = holds.iter().map(|hold| format!("{} ({hold})", hold.about())).collect();
    about.join("; ")
}

/// The claim payments of a remittance.
///
/// # Errors
/// Whatever the store says.
pub fn payments(tables: &impl Read, remit: &RemitRecord) -> Result<Vec<PaymentRecord>, StoreError> {
    let mut found = Vec::new();
    for at in 0..remit.claims {
        found.extend(tables.payment(PaymentId(remit.first_payment.0 + at))?.filter(|p| p.remit == remit.id));
    }
    Ok(found)
}

/// The provider-level item that keeps a remittance in the books, because a person settled it.
pub(super) fn settled(items: &[PlbRecord]) -> Option<PlbId> {
    items.iter().find(|item| !item.settled(|_| true).is_zero()).map(|item| item.id)
}

/// Takes a posted remittance out of the books: every entry of it is negated, and every claim that heard it is told anew
/// without it, denial cases included.
///
/// # Errors
/// See [`Refusal`].
pub fn reverse_remit(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    id: RemitId,
    memo: &str,
) -> Result<(), Refusal> {
    let mut remit = tables.remit(id)?.ok_or(Refusal::NoRemit(id))?;
    if remit.status != RemitStatus::Posted {
        return Err(Refusal::WrongState(id, remit.status.as_str()));
    }
    let items = items(tables, id)?;
    if let Some(item) = settled(&items) {
        return Err(Refusal::Settled(id, item));
    }
    let own_payments = payments(tables, &remit)?;
    let released = own_payments.iter().filter(|payment| payment.status == PaymentStatus::Released);
    let sent = released::sent(tables, &released.map(|payment| payment.id).collect())?;
    if let Some((payment, sent)) = sent.into_iter().find(|(_, sent)| !sent.is_zero()) {
        return Err(Refusal::CheckSent(payment, sent));
    }
    for payment in own_payments.iter().filter(|payment| payment.status == PaymentStatus::Released) {
        taken_again::wait_again(tables, hand, payment, memo)?;
    }
    let mut claims = BTreeSet::new();
    let mut own = BTreeSet::new();
    for mut payment in own_payments {
        own.insert(payment.id);
        payment.held_entry = None;
        tables.remove_unapplied(payment.id)?;
        placing::rest(tables, &payment)?;
        decisions::withdraw(&mut payment, memo);
        tables.put_payment(&payment)?;
        claims.extend(payment.claim);
    }
    retell_turned(tables, hand, claims, Some(Turn::Out(id)))?;
    // What it booked outside of claims: waiting and released money, provider-level items.
    let apart =
        |e: &Entry| e.claim.is_none() && (e.remit == Some(id) || e.payment.is_some_and(|p| own.contains(&p)));
    negate_where(tables, hand, memo, apart)?;
    for plb in items {
        tables.put_plb(&PlbRecord { withdrawn: true, open: Money::ZERO, ..plb })?;
    }
    pair_anew(tables)?;
    remit.status = RemitStatus::Reversed;
    remit.turns.push(tables.open_day(remit.own_date()).max(remit.last_moved()));
    remit.matched = 0;
    remit.unapplied = 0;
    Ok(tables.put_remit(&remit)?)
}

/// Sets a held remittance aside: it waits no longer, and nothing of it was or comes into the books. Imported again it is
/// looked at anew.
///
/// # Errors
/// Whatever the store says.
pub fn set_aside(tables: &mut WriteTables<'_>, mut held: RemitRecord, on: Date) -> Result<(), StoreError> {
    let on = tables.open_day(on);
    held.status = RemitStatus::SetAside;
    held.set_aside_on = Some(held.held_on.map_or(on, |since| since.max(on)));
    tables.put_remit(&held)
}

/// Puts a remittance back that a person took out. The books are then what they were.
///
/// # Errors
/// See [`Refusal`].
pub fn repost_remit(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    id: RemitId,
    memo: &str,
) -> Result<(), Refusal> {
    let mut remit = tables.remit(id)?.ok_or(Refusal::NoRemit(id))?;
    if remit.status != RemitStatus::Reversed {
        return Err(Refusal::WrongState(id, remit.status.as_str()));
    }
    // It went out on a later day where its month was closed, and may be open again: it is not in the books twice until then.
    let gone = remit.last_moved();
    bring_in(tables, hand, &mut remit, memo, Some(gone))?;
    remit.status = RemitStatus::Posted;
    remit.turns.push(tables.open_day(remit.own_date()).max(gone));
    Ok(tables.put_remit(&remit)?)
}

/// Books what a remittance says that is kept beside the books, not before the day on which it went out of them.
///
/// # Errors
/// Whatever the store says.
pub(super) fn bring_in(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    remit: &mut RemitRecord,
    memo: &str,
    gone: Option<Date>,
) -> Result<(), StoreError> {
    let id = remit.id;
    let (mut claims, mut placed) = (BTreeSet::new(), Vec::new());
    let all = payments(tables, remit)?;
    let own: Vec<PaymentId> = all.iter().map(|payment| payment.id).collect();
    let released = all.iter().filter(|payment| decisions::kept(payment) == Some(Kept::Released));
    let released = released::days(tables, &released.map(|payment| payment.id).collect())?;
    for mut payment in all {
        let kept = decisions::kept(&payment);
        // Until its claim is told anew it waits; that decides what becomes of it.
        payment.status = PaymentStatus::Unapplied;
        tables.put_unapplied(payment.id)?;
        if kept == Some(Kept::Released) {
            let came = gone.unwrap_or_else(|| remit.own_date());
            let on = released.get(&payment.id).map_or(came, |on| came.max(*on));
            released::again(tables, hand, payment, on)?;
            continue;
        }
        payment.rule.clear();
        payment.message.clear();
        if let Some(Kept::Waits(hold, message)) = kept {
            let payment = placing::wait(tables, hand, payment, hold, message.into())?;
            tables.put_payment(&payment)?;
        } else if payment.claim.is_none() {
            seek(tables, hand, payment, &mut claims)?;
        } else {
            claims.extend(payment.claim);
            placed.push(payment.id);
            if !rests_on_number(&payment.matched_by) {
                placing::look_out(tables, &payment)?;
            }
            tables.put_payment(&payment)?;
        }
    }
    retell_turned(tables, hand, claims, gone.map(|_| Turn::Back(id)))?;
    // Claims may have come since, to one of which it belongs rather.
    placing::settle(tables, hand, placed)?;
    for plb in items(tables, id)? {
        book_item(tables, hand, remit, plb, memo, gone)?;
    }
    pair_anew(tables)?;
    taken_again::follow(tables, hand, own)?;
    count(tables, remit)
}

/// Books a provider-level item that was kept beside the books with its remittance.
pub(super) fn book_item(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    remit: &RemitRecord,
    item: PlbRecord,
    memo: &str,
    gone: Option<Date>,
) -> Result<(), StoreError> {
    let postings = provider_level::postings(item.code, item.payer, item.item.amount);
    let entry = hand.entry(remit.own_date(), "provider-level", memo, postings);
    let entry = tables.admit(Entry { plb: Some(item.id), remit: Some(remit.id), ..entry });
    tables.append_entry(&gone.map_or(entry.clone(), |gone| entry.not_before(gone)), None)?;
    tables.put_plb(&PlbRecord { withdrawn: false, ..item })
}

/// Counts which claim payments of a remittance found a claim, and which wait.
pub(super) fn count(tables: &impl Read, remit: &mut RemitRecord) -> Result<(), StoreError> {
    let now = payments(tables, remit)?;
    remit.unapplied = now.iter().filter(|p| p.status == PaymentStatus::Unapplied).count() as u64;
    remit.matched = remit.claims - remit.unapplied;
    Ok(())
}

/// Looks for the claim of a payment anew; without one its money waits.
pub(super) fn seek(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    payment: PaymentRecord,
    claims: &mut BTreeSet<ClaimId>,
) -> Result<(), StoreError> {
    let found = match imbalance(&payment.payment) {
        Some(wrong) => Match::Waits(Hold::ClaimOutOfBalance, wrong),
        None => matching::claim_of(&*tables, &payment)?,
    };
    match found {
        Match::Proved(claim, step) => {
            claims.insert(claim);
            placing::put(tables, payment, claim, step)
        }
        Match::Waits(hold, message) => {
            let payment = placing::wait(tables, hand, payment, hold, message)?;
            tables.put_payment(&payment)
        }
    }
}

/// What a person says who puts a payment on a claim.
#[derive(Clone, Copy, Debug, Default)]
pub struct Word<'a> {
    /// That it belongs there though the payer says otherwise.
    pub against_evidence: bool,
    /// That a payment which stands there may go.
    pub displace: bool,
    /// Why; may be empty where nothing is said against it.
    pub reason: &'a str,
}

/// What came of a payment that was put on a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The claim it was on before.
    pub from: Option<ClaimId>,
    /// What the payer says that the claim contradicts, in words.
    pub against: Vec<String>,
    /// Payments that stood on the claim and wait now.
    pub displaced: Vec<PaymentId>,
    /// The payment as it is now.
    pub payment: PaymentRecord,
}

/// Posts waiting money to the claim a person names, by the same rules as the import.
///
/// # Errors
/// See [`Refusal`]; where the rules hold it on that claim too, or it would displace another, the transaction must be given
/// up.
pub fn match_item(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    item: PaymentId,
    claim: ClaimId,
    on: Date,
    word: Word<'_>,
) -> Result<Placed, Refusal> {
    tables.keep_place(item)?;
    let payment = tables.payment(item)?.ok_or(Refusal::NoPayment(item))?;
    if payment.status != PaymentStatus::Unapplied {
        return Err(Refusal::NotWaiting(item, payment.status.as_str()));
    }
    let placed = put_by_person(tables, hand, payment, claim, (on, word), BY_PERSON)?;
    if placed.payment.status == PaymentStatus::Unapplied {
        return Err(Refusal::Held(item, claim, placed.payment.message.into()));
    }
    Ok(placed)
}

/// Takes a claim payment from its claim and puts it on another; both claims are told anew. Unlike waiting money it may wait
/// there: it leaves a claim where it does not belong, and posts when what it waits for comes.
///
/// # Errors
/// See [`Refusal`]; the transaction must be given up then.
pub fn move_payment(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    item: PaymentId,
    claim: ClaimId,
    on: Date,
    word: Word<'_>,
) -> Result<Placed, Refusal> {
    tables.keep_place(item)?;
    let payment = tables.payment(item)?.ok_or(Refusal::NoPayment(item))?;
    if !payment.status.is_heard() {
        return Err(Refusal::NotWaiting(item, payment.status.as_str()));
    }
    if payment.claim == Some(claim) {
        return Err(Refusal::ThereAlready(item, claim));
    }
    put_by_person(tables, hand, payment, claim, (on, word), "person:moved")
}

/// Puts a claim payment on the claim that a person names: not against the evidence, and not in place of another, unless they
/// say so. The claim keeps why, and so does the one that it leaves.
pub(super) fn put_by_person(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    payment: PaymentRecord,
    claim: ClaimId,
    (on, word): (Date, Word<'_>),
    step: &str,
) -> Result<Placed, Refusal> {
    let (item, left) = (payment.id, payment.claim.filter(|from| *from != claim));
    let record = tables.claim(claim)?.ok_or(Refusal::NoClaim(claim))?;
    let against = against(&payment, &record);
    if !against.is_empty() && !word.against_evidence {
        return Err(Refusal::Contradicts(item, claim, against.join("; ")));
    }
    let placed = place(tables, hand, payment, record, against, step)?;
    if !placed.displaced.is_empty() && !word.displace {
        return Err(Refusal::Displaces(item, claim, names(&placed.displaced)));
    }
    let by_hand = placed.payment.by_hand.as_deref();
    let put = by_hand.map_or("put here".to_owned(), |said| {
        format!("posted here by hand ({})", by_hand::in_words(said, placed.payment.payment.paid))
    });
    let why = if word.reason.is_empty() { String::new() } else { format!(": {}", word.reason) };
    let differs = if placed.against.is_empty() {
        String::new()
    } else {
        format!(" against the evidence ({})", placed.against.join("; "))
    };
    note(tables, hand, claim, on, format!("claim payment {item} was {put}{differs}{why}"))?;
    if let Some(left) = left {
        note(tables, hand, left, on, format!("claim payment {item} was put on claim {claim}{why}"))?;
    }
    Ok(placed)
}

/// Takes a claim payment off its claim again: what a person matched goes back to what the rules make of it, what the rules
/// matched waits for a person.
///
/// # Errors
/// See [`Refusal`].
pub fn unmatch_item(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    item: PaymentId,
    on: Date,
    reason: &str,
) -> Result<(ClaimId, PaymentRecord), Refusal> {
    tables.keep_place(item)?;
    let payment = tables.payment(item)?.ok_or(Refusal::NoPayment(item))?;
    let Some(claim) = payment.claim.filter(|_| payment.status.is_heard()) else {
        return Err(Refusal::NotOnClaim(item, payment.status.as_str()));
    };
    let number = payment.payment.payer_number.clone();
    if payment.by_hand.is_some() {
        let payment = by_hand::take_back(tables, hand, payment, claim)?;
        let text = format!("what was posted by hand of claim payment {item} was taken back: {reason}");
        note(tables, hand, claim, on, text)?;
        placing::settle_numbers(tables, hand, [number.as_str()])?;
        return Ok((claim, payment));
    }
    let (was, by_person) = (payment.status, payment.matched_by.starts_with(BY_PERSON));
    let mut payment = payment;
    detach(tables, &mut payment)?;
    let (hold, message) = match matching::claim_of(&*tables, &payment)? {
        Match::Waits(hold, message) if by_person => (hold, message),
        _ => (Hold::TakenOff, format!("a person took it off claim {claim}: {reason}")),
    };
    let payment = placing::wait(tables, hand, payment, hold, message)?;
    Heard { payment: payment.clone(), was: Some(was) }.put(&mut tables.payments_mut())?;
    note(tables, hand, claim, on, format!("claim payment {item} was taken off: {reason}"))?;
    retell_all(tables, hand, [claim])?;
    placing::settle_numbers(tables, hand, [number.as_str()])?;
    Ok((claim, payment))
}

/// Puts a claim payment back where it was before a person moved it, for the reason that it had there.
///
/// # Errors
/// See [`Refusal`]; the transaction must be given up then.
pub(super) fn put_where_it_was(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    item: PaymentId,
    was: &Place,
) -> Result<(), Refusal> {
    tables.keep_place(item)?;
    let mut payment = tables.payment(item)?.ok_or(Refusal::NoPayment(item))?;
    payment.by_hand.clone_from(&was.by_hand);
    let (left, number) = (payment.claim, payment.payment.payer_number.clone());
    match was.claim {
        Some(claim) => {
            let record = tables.claim(claim)?.ok_or(Refusal::NoClaim(claim))?;
            place(tables, hand, payment, record, Vec::new(), &was.matched_by)?;
        }
        None => {
            let status = payment.status;
            detach(tables, &mut payment)?;
            payment.matched_by.clone_from(&was.matched_by);
            let hold = was.rule.strip_prefix("hold:").and_then(Hold::from_word).unwrap_or(Hold::TakenOff);
            let payment = placing::wait(tables, hand, payment, hold, was.message.to_string())?;
            Heard { payment, was: Some(status) }.put(&mut tables.payments_mut())?;
            retell_all(tables, hand, left)?;
            placing::settle_numbers(tables, hand, [number.as_str()])?;
        }
    }
    if let Some(now) = tables.payment(item)?.filter(|now| (now.status, now.claim) == (was.status, was.claim))
    {
        let (rule, message) = (was.rule.clone(), was.message.clone());
        tables.put_payment(&PaymentRecord { rule, message, ..now })?;
    }
    Ok(())
}

const BY_PERSON: &str = "person";

/// What the payer says that contradicts a claim, in words.
pub(super) fn against(payment: &PaymentRecord, record: &ClaimRecord) -> Vec<String> {
    // Which part of the charge it answers is what a person says who splits it.
    let split = payment.by_hand.is_some();
    let holds = contradictions(&payment.payment, record).into_iter();
    let holds = holds.filter(|hold| !split || *hold != Hold::ChargeDiffers);
    holds.map(|hold| in_words(hold, &payment.payment, &record.claim)).collect()
}

fn names(payments: &[PaymentId]) -> String {
    let numbers: Vec<String> = payments.iter().map(PaymentId::to_string).collect();
    format!("claim payment {}", numbers.join(" and "))
}

fn note(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    claim: ClaimId,
    on: Date,
    text: String,
) -> Result<(), StoreError> {
    tables.add_note(claim, &Note { on, recorded_at: hand.now, user: hand.user.to_owned(), text })
}

fn place(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    payment: PaymentRecord,
    record: ClaimRecord,
    against: Vec<String>,
    step: &str,
) -> Result<Placed, Refusal> {
    let (item, claim, from) = (payment.id, record.id, payment.claim);
    if let Some(wrong) = imbalance(&payment.payment).filter(|_| payment.by_hand.is_none()) {
        return Err(Refusal::Broken(item, wrong));
    }
    let stood = standing(tables, claim)?;
    let number = payment.payment.payer_number.clone();
    placing::put(tables, payment, claim, step)?;
    if let Some(old) = from.filter(|old| *old != claim).map(|old| tables.claim(old)).transpose()?.flatten() {
        retell(tables, hand, &old)?;
    }
    retell(tables, hand, &record)?;
    placing::settle_numbers(tables, hand, [number.as_str()])?;
    let stands = standing(tables, claim)?;
    let displaced = stood.into_iter().filter(|id| *id != item && !stands.contains(id)).collect();
    let payment = tables.payment(item)?.ok_or(Refusal::NoPayment(item))?;
    Ok(Placed { from, against, displaced, payment })
}

/// The payments of a claim that do not wait.
fn standing(tables: &impl Read, claim: ClaimId) -> Result<Vec<PaymentId>, StoreError> {
    let payments = tables.payments_of_claim(claim)?;
    Ok(payments.iter().filter(|p| p.status != PaymentStatus::Unapplied).map(|p| p.id).collect())
}

/// The provider-level items of a remittance.
///
/// # Errors
/// Whatever the store says.
pub fn items(tables: &impl Read, remit: RemitId) -> Result<Vec<PlbRecord>, StoreError> {
    let mut found = Vec::new();
    for item in tables.plbs()? {
        let item = item?;
        if item.remit == remit {
            found.push(item);
        }
    }
    Ok(found)
}
