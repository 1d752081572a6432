//! Where claim payments lie: looked at anew when a claim comes, when a payer's number becomes known, and when a person lets
//! one go. So the books do not depend on the order in which files came.
//!
//! A payment whose claim bears exactly its number is overthrown only by another claim with that number. Every other one,
//! waiting or not, is kept under all the numbers by which it may find a claim.

use std::collections::BTreeSet;

use super::attach::{attach, detach};
use super::dossier::Heard;
use super::matching::{self, SHORTEST_CUT, SHORTEST_STEM, in_payer_number, own_numbers, payer_numbers};
use super::retell::{Hand, retell_all};
use crate::domain::book::{ClaimRecord, PaymentRecord, PaymentStatus};
use crate::domain::entry::{Entry, Source};
use crate::domain::{ClaimId, PaymentId, Text};
use crate::posting::entries::{HELD, held_postings};
use crate::posting::hold::Hold;
use crate::posting::matching::{Comparison, Match, rests_on_number, rests_on_payer_number};
use crate::store::{Read, ReadWaiting, StoreError, WriteTables};

/// How steps of a person begin.
const BY_PERSON: &str = "person";

/// Whether what holds a payment may be settled by another claim: it was looked up, and nothing was proved.
#[must_use]
pub const fn looks_for_a_claim(hold: Hold) -> bool {
    matches!(
        hold,
        Hold::NoMatch | Hold::AmbiguousMatch | Hold::PatientDiffers | Hold::DateDiffers | Hold::ChargeDiffers
    )
}

/// Whether a person put a payment where it is.
pub(super) fn is_by_person(payment: &PaymentRecord) -> bool {
    payment.matched_by.starts_with(BY_PERSON) || payment.by_hand.is_some()
}

/// Whether the rules may put a payment elsewhere: they put it where it is, and what it says can be read.
fn may_move(payment: &PaymentRecord) -> bool {
    let hold = payment.rule.strip_prefix("hold:").and_then(Hold::from_word);
    payment.status.is_heard()
        && match payment.claim {
            Some(_) => !is_by_person(payment),
            None => hold.is_some_and(looks_for_a_claim),
        }
}

/// The numbers under which a payment is found by a claim that comes later.
pub(super) fn keys(payment: &PaymentRecord) -> Vec<String> {
    let said = &payment.payment;
    let own = said.control_number.is_given().then(|| said.control_number.index_form().to_string());
    let in_clp07 = in_payer_number(said).map(|form| clp07_key(&form));
    own.into_iter().chain(in_clp07).chain(payer_numbers(said).map(payer_key)).collect()
}

/// Whether a key is one of the payer's numbers, or stands for one in its place.
pub(super) fn is_payers(key: &str) -> bool {
    key.starts_with(['\u{1e}', '\u{1f}'])
}

/// No control number has such characters in it.
fn clp07_key(form: &str) -> String {
    format!("\u{1e}{form}")
}

fn payer_key(number: &str) -> String {
    format!("\u{1f}{number}")
}

/// Keeps a payment where the claims that come will find it.
///
/// # Errors
/// Whatever the store says.
pub fn look_out(tables: &mut WriteTables<'_>, payment: &PaymentRecord) -> Result<(), StoreError> {
    keys(payment).iter().try_for_each(|key| tables.put_waiting(key, payment.id))
}

/// Lets it look no longer.
///
/// # Errors
/// Whatever the store says.
pub fn rest(tables: &mut WriteTables<'_>, payment: &PaymentRecord) -> Result<(), StoreError> {
    keys(payment).iter().try_for_each(|key| tables.remove_waiting(key, payment.id))
}

/// The payments that look for a claim with this index form: borne, cut off, with something appended, or in CLP07.
///
/// # Errors
/// Whatever the store says.
pub fn looking_for(tables: &impl Read, form: &str) -> Result<Vec<PaymentId>, StoreError> {
    if tables.nobody_waits()? {
        return Ok(Vec::new());
    }
    let mut found = tables.waiting_for(form, SHORTEST_CUT)?;
    if form.len() >= SHORTEST_STEM {
        found.extend(tables.waiting_beyond(form)?);
    }
    found.extend(tables.waiting_by_number(&clp07_key(form))?);
    Ok(found)
}

/// The payments that look for a claim by a number of the payer's.
fn looking_by(tables: &impl Read, number: &str) -> Result<Vec<PaymentId>, StoreError> {
    let number = number.trim();
    if number.is_empty() || tables.nobody_waits()? {
        return Ok(Vec::new());
    }
    tables.waiting_by_number(&payer_key(number))
}

/// The payments that a claim which has just come, or come again, may move: to it, or away from a claim with its number.
///
/// # Errors
/// Whatever the store says.
pub fn touched(
    tables: &impl Read,
    record: &ClaimRecord,
    form: &str,
) -> Result<BTreeSet<PaymentId>, StoreError> {
    let mut found: BTreeSet<PaymentId> = looking_for(tables, form)?.into_iter().collect();
    for number in numbers_of(tables, record)? {
        found.extend(looking_by(tables, &number)?);
    }
    for claim in tables.claims_by_number(form)? {
        for payment in tables.payments_of_claim(claim)? {
            let said = &payment.payment;
            let fits = || {
                let against = Comparison::of(said, record).contradiction();
                against.is_none_or(|hold| hold == Hold::ChargeDiffers)
            };
            if claim == record.id || (said.control_number.index_form() == form && fits()) {
                found.insert(payment.id);
            }
        }
    }
    Ok(found)
}

/// The payer's numbers by which a claim is known: its own, those of acknowledgments, those of its payments.
fn numbers_of(tables: &impl Read, record: &ClaimRecord) -> Result<BTreeSet<String>, StoreError> {
    let mut numbers: BTreeSet<String> = own_numbers(&record.claim).map(str::to_owned).collect();
    if tables.nobody_waits()? {
        return Ok(numbers);
    }
    for id in tables.acks_of_claim(record.id)? {
        numbers.extend(tables.ack(id)?.map(|ack| ack.payer_claim_number));
    }
    for payment in tables.payments_of_claim(record.id)? {
        let grounds = grounds(&payment).is_some();
        numbers.extend(grounds.then(|| payment.payment.payer_number.as_str().to_owned()));
    }
    Ok(numbers)
}

/// Where the rules want a payment to lie, if that is not where it lies; what it waits for counts too.
///
/// # Errors
/// Whatever the store says.
pub fn wanted(tables: &impl Read, id: PaymentId) -> Result<Option<(PaymentRecord, Match)>, StoreError> {
    let Some(payment) = tables.payment(id)?.filter(may_move) else { return Ok(None) };
    let found = matching::claim_of(tables, &payment)?;
    let same = match (&found, payment.claim) {
        (Match::Proved(claim, step), Some(at)) => *claim == at && payment.matched_by == *step,
        (Match::Waits(hold, message), None) => {
            payment.rule.strip_prefix("hold:") == Some(hold.word()) && payment.message == *message
        }
        _ => false,
    };
    Ok((!same).then_some((payment, found)))
}

/// Puts payments where they belong as the ledger is now, and those that follow from it; tells the claims anew that this
/// moves. Returns these claims.
///
/// # Errors
/// Whatever the store says.
pub fn settle(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    ids: impl IntoIterator<Item = PaymentId>,
) -> Result<BTreeSet<ClaimId>, StoreError> {
    let mut queue: BTreeSet<PaymentId> = ids.into_iter().collect();
    let mut moved = BTreeSet::new();
    while let Some(id) = queue.pop_first() {
        let Some((payment, found)) = wanted(tables, id)? else { continue };
        let before = grounds(&payment);
        moved.extend(payment.claim);
        let number = payment.payment.payer_number.clone();
        let now = match found {
            Match::Proved(claim, step) => {
                moved.insert(claim);
                put(tables, payment, claim, step)?;
                (!rests_on_payer_number(step)).then_some(claim)
            }
            Match::Waits(hold, message) => {
                let was = payment.status;
                let mut payment = payment;
                detach(tables, &mut payment)?;
                let payment = wait(tables, hand, payment, hold, message)?;
                Heard { payment, was: Some(was) }.put(&mut tables.payments_mut())?;
                None
            }
        };
        if before != now {
            queue.extend(looking_by(tables, number.as_str())?.into_iter().filter(|other| *other != id));
        }
    }
    retell_all(tables, hand, moved.iter().copied())?;
    Ok(moved)
}

/// The same for the payments that look for a claim by numbers of the payer's that became known, or are no longer.
///
/// # Errors
/// Whatever the store says.
pub fn settle_numbers<'n>(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    numbers: impl IntoIterator<Item = &'n str>,
) -> Result<BTreeSet<ClaimId>, StoreError> {
    if tables.nobody_waits()? {
        return Ok(BTreeSet::new());
    }
    let numbers = numbers.into_iter().map(str::trim).filter(|number| !number.is_empty());
    let mut keys: Vec<String> = numbers.map(payer_key).collect();
    keys.sort_unstable();
    let ids = tables.waiting_by_numbers(&keys)?;
    if ids.is_empty() { Ok(BTreeSet::new()) } else { settle(tables, hand, ids) }
}

/// The claim to which a payment gives the payer's number.
fn grounds(payment: &PaymentRecord) -> Option<ClaimId> {
    payment.claim.filter(|_| !rests_on_payer_number(&payment.matched_by))
}

/// Ties a payment to a claim by a step, whatever it was tied to before. The claims are to be told anew.
///
/// # Errors
/// Whatever the store says.
pub fn put(
    tables: &mut WriteTables<'_>,
    mut payment: PaymentRecord,
    claim: ClaimId,
    step: &str,
) -> Result<(), StoreError> {
    rest(tables, &payment)?;
    if !rests_on_number(step) {
        look_out(tables, &payment)?;
    }
    if payment.claim == Some(claim) {
        payment.matched_by = step.into();
        return tables.put_payment(&payment);
    }
    detach(tables, &mut payment)?;
    attach(tables, payment, claim, step)
}

/// Puts a payment that a person lets go where the rules want it. Returns the claim, which is to be told anew.
///
/// # Errors
/// Whatever the store says.
pub(super) fn put_anew(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    payment: PaymentRecord,
    was: PaymentStatus,
) -> Result<Option<ClaimId>, StoreError> {
    match matching::claim_of(&*tables, &payment)? {
        Match::Proved(claim, step) => {
            put(tables, payment, claim, step)?;
            Ok(Some(claim))
        }
        Match::Waits(hold, message) => {
            let payment = wait(tables, hand, payment, hold, message)?;
            Heard { payment, was: Some(was) }.put(&mut tables.payments_mut())?;
            Ok(None)
        }
    }
}

/// Lets a payment without a claim wait: its cash came, and `unapplied` owes it. The caller writes it down.
///
/// # Errors
/// Whatever the store says.
pub fn wait(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    mut payment: PaymentRecord,
    hold: Hold,
    message: String,
) -> Result<PaymentRecord, StoreError> {
    payment.status = PaymentStatus::Unapplied;
    payment.rule = format!("hold:{hold}").into();
    payment.message = message.into();
    if looks_for_a_claim(hold) {
        look_out(tables, &payment)?;
    } else {
        rest(tables, &payment)?;
    }
    book_waiting(tables, hand, &mut payment)?;
    Ok(payment)
}

/// Books the cash of a payment without a claim, unless that is done.
///
/// # Errors
/// Whatever the store says.
pub(super) fn book_waiting(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    payment: &mut PaymentRecord,
) -> Result<(), StoreError> {
    let postings = held_postings(payment.payer, payment.payment.paid);
    if payment.held_entry.is_none() && !postings.is_empty() {
        let entry = Entry {
            posted_on: payment.posted_on,
            effective_on: None,
            recorded_at: hand.now,
            source: Source::Remit,
            claim: None,
            remit: Some(payment.remit),
            payment: Some(payment.id),
            plb: None,
            reverses: None,
            rule: HELD.into(),
            memo: Text::default(),
            user: hand.user.into(),
            postings,
        };
        // A remittance that was taken out and comes back does so on the later day.
        let came = tables.remit(payment.remit)?.map_or(payment.posted_on, |remit| remit.last_moved());
        payment.held_entry = Some(tables.append_entry(&tables.admit(entry).not_before(came), None)?);
    }
    Ok(())
}
