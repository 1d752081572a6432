//! Taking back, and putting where it belongs: a remittance out of the books and in again, a claim payment to another
//! claim, unapplied money to its claim or back to whoever sent it. Everything by opposite entries.

use std::collections::BTreeSet;

use super::attach::{attach, detach};
use super::matching;
use super::provider_level::reoffset;
use super::retell::{Hand, retell};
use crate::domain::book::{PaymentRecord, PaymentStatus, PlbRecord, RemitRecord, RemitStatus};
use crate::domain::entry::{Entry, Posting, Source};
use crate::domain::{Account, ClaimId, Date, EntryId, Money, PaymentId, PlbId, RemitId};
use crate::posting::answer::imbalance;
use crate::posting::entries::{HELD, RESEQUENCED, held_postings};
use crate::posting::matching::Match;
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
    /// A person has settled one of its provider-level items; that would be left without its ground.
    #[error("provider-level item {1} of remittance {0} was settled by hand")]
    Settled(RemitId, PlbId),
    /// There is no such claim payment.
    #[error("there is no claim payment {0}")]
    NoPayment(PaymentId),
    /// Only waiting money can be matched or released.
    #[error("claim payment {0} does not wait: it is {1}")]
    NotWaiting(PaymentId, &'static str),
    /// There is no such claim.
    #[error("there is no claim {0}")]
    NoClaim(ClaimId),
    /// The payer's own arithmetic is wrong; no claim can make it right.
    #[error("claim payment {0} cannot be posted to any claim: {1}")]
    Broken(PaymentId, String),
    /// The rules hold it on that claim too.
    #[error("the rules hold claim payment {0} on claim {1}: {2}")]
    Held(PaymentId, ClaimId, String),
    /// The ledger refused.
    #[error(transparent)]
    Store(#[from] StoreError),
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
    if let Some(settled) = items.iter().find(|item| !item.settled(|_| true).is_zero()) {
        return Err(Refusal::Settled(id, settled.id));
    }
    let mut claims = BTreeSet::new();
    let mut own = BTreeSet::new();
    for mut payment in payments(tables, &remit)? {
        own.insert(payment.id);
        payment.held_entry = None;
        tables.remove_unapplied(payment.id)?;
        tables.remove_waiting(&payment.payment.control_number.index_form(), payment.id)?;
        payment.status = PaymentStatus::Withdrawn;
        payment.rule = "remit-reversed".into();
        payment.message = memo.into();
        tables.put_payment(&payment)?;
        claims.extend(payment.claim);
    }
    for claim in claims {
        if let Some(record) = tables.claim(claim)? {
            retell(tables, hand, &record)?;
        }
    }
    // What it booked outside of claims: waiting and released money, provider-level items.
    let apart =
        |e: &Entry| e.claim.is_none() && (e.remit == Some(id) || e.payment.is_some_and(|p| own.contains(&p)));
    negate_where(tables, hand, memo, apart)?;
    for plb in items {
        tables.put_plb(&PlbRecord { withdrawn: true, open: Money::ZERO, ..plb })?;
    }
    reoffset(tables, remit.payer)?;
    remit.status = RemitStatus::Reversed;
    let booked = remit.moves().last().map_or(remit.posted_on, |(on, _)| on);
    remit.turns.push(tables.open_day(remit.own_date()).max(booked));
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
    let own = remit.own_date();
    let mut claims = BTreeSet::new();
    for mut payment in payments(tables, &remit)? {
        // Until its claim is told anew it waits; that decides what becomes of it.
        payment.status = PaymentStatus::Unapplied;
        payment.rule.clear();
        payment.message.clear();
        tables.put_unapplied(payment.id)?;
        if payment.claim.is_none() {
            seek(tables, hand, payment, memo, &mut claims)?;
        } else {
            claims.extend(payment.claim);
            tables.put_payment(&payment)?;
        }
    }
    for claim in claims {
        if let Some(record) = tables.claim(claim)? {
            retell(tables, hand, &record)?;
        }
    }
    for plb in items(tables, id)? {
        let postings = provider_level::postings(plb.code, plb.payer, plb.item.amount);
        let entry = Entry {
            plb: Some(plb.id),
            remit: Some(id),
            ..blank(hand, own, "provider-level", memo, postings)
        };
        tables.append_entry(&tables.admit(entry), None)?;
        tables.put_plb(&PlbRecord { withdrawn: false, ..plb })?;
    }
    reoffset(tables, remit.payer)?;
    remit.status = RemitStatus::Posted;
    remit.turns.push(tables.open_day(own));
    let now = payments(tables, &remit)?;
    remit.unapplied = now.iter().filter(|p| p.status == PaymentStatus::Unapplied).count() as u64;
    remit.matched = remit.claims - remit.unapplied;
    Ok(tables.put_remit(&remit)?)
}

/// Looks for the claim of a payment anew; without one its money waits.
fn seek(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    mut payment: PaymentRecord,
    memo: &str,
    claims: &mut BTreeSet<ClaimId>,
) -> Result<(), StoreError> {
    let found = match imbalance(&payment.payment) {
        Some(wrong) => Match::Waits(crate::posting::hold::Hold::ClaimOutOfBalance, wrong),
        None => matching::claim_of(&*tables, &payment.payment)?,
    };
    match found {
        Match::Proved(claim, step) => {
            claims.insert(claim);
            attach(tables, payment, claim, step)
        }
        Match::Waits(hold, message) => {
            payment.rule = format!("hold:{hold}").into();
            payment.message = message.into();
            let postings = held_postings(payment.payer, payment.payment.paid);
            if !postings.is_empty() {
                let entry = Entry {
                    remit: Some(payment.remit),
                    payment: Some(payment.id),
                    source: Source::Remit,
                    ..blank(hand, payment.posted_on, HELD, memo, postings)
                };
                payment.held_entry = Some(tables.append_entry(&tables.admit(entry), None)?);
            }
            tables.put_waiting(&payment.payment.control_number.index_form(), payment.id)?;
            tables.put_payment(&payment)
        }
    }
}

/// Posts waiting money to the claim a person names, by the same rules as the import.
///
/// # Errors
/// See [`Refusal`]; where the rules hold it on that claim too, the transaction must be given up.
pub fn match_item(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    item: PaymentId,
    claim: ClaimId,
) -> Result<(), Refusal> {
    let payment = tables.payment(item)?.ok_or(Refusal::NoPayment(item))?;
    if payment.status != PaymentStatus::Unapplied {
        return Err(Refusal::NotWaiting(item, payment.status.as_str()));
    }
    place(tables, hand, payment, claim, "person")?;
    let now = tables.payment(item)?.ok_or(Refusal::NoPayment(item))?;
    if now.status == PaymentStatus::Unapplied {
        return Err(Refusal::Held(item, claim, now.message.into()));
    }
    Ok(())
}

/// Takes a claim payment from its claim and puts it on another; both claims are told anew.
///
/// # Errors
/// See [`Refusal`].
pub fn move_payment(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    item: PaymentId,
    claim: ClaimId,
) -> Result<(), Refusal> {
    let payment = tables.payment(item)?.ok_or(Refusal::NoPayment(item))?;
    if !payment.status.is_heard() {
        return Err(Refusal::NotWaiting(item, payment.status.as_str()));
    }
    place(tables, hand, payment, claim, "person:moved")
}

fn place(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    mut payment: PaymentRecord,
    claim: ClaimId,
    step: &str,
) -> Result<(), Refusal> {
    let record = tables.claim(claim)?.ok_or(Refusal::NoClaim(claim))?;
    if let Some(wrong) = imbalance(&payment.payment) {
        return Err(Refusal::Broken(payment.id, wrong));
    }
    let left = payment.claim.filter(|old| *old != claim);
    if payment.claim != Some(claim) {
        detach(tables, &mut payment)?;
        attach(tables, payment, claim, step)?;
    }
    if let Some(old) = left.map(|old| tables.claim(old)).transpose()?.flatten() {
        retell(tables, hand, &old)?;
    }
    Ok(retell(tables, hand, &record)?)
}

/// Sends waiting money back, or to another system whose money it is: what `unapplied` owed is now owed as a refund.
///
/// # Errors
/// See [`Refusal`].
pub fn release(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    item: PaymentId,
    on: Date,
    foreign: bool,
    memo: &str,
) -> Result<Money, Refusal> {
    let mut payment = tables.payment(item)?.ok_or(Refusal::NoPayment(item))?;
    if payment.status != PaymentStatus::Unapplied {
        return Err(Refusal::NotWaiting(item, payment.status.as_str()));
    }
    let paid = payment.payment.paid;
    let rule = if foreign { "released-foreign" } else { "released" };
    if !paid.is_zero() {
        let postings = vec![
            Posting::new(Account::Unapplied, payment.payer, paid),
            Posting::new(Account::RefundInsurance, payment.payer, -paid),
        ];
        let entry = Entry { payment: Some(item), ..blank(hand, on, rule, memo, postings) };
        tables.append_entry(&tables.admit(entry), None)?;
    }
    tables.remove_unapplied(item)?;
    tables.remove_waiting(&payment.payment.control_number.index_form(), item)?;
    payment.status = PaymentStatus::Released;
    payment.rule = rule.into();
    payment.message = memo.into();
    tables.put_payment(&payment)?;
    Ok(paid)
}

fn items(tables: &impl Read, remit: RemitId) -> Result<Vec<PlbRecord>, StoreError> {
    let mut found = Vec::new();
    for item in tables.plbs()? {
        let item = item?;
        if item.remit == remit {
            found.push(item);
        }
    }
    Ok(found)
}

fn blank(hand: &Hand<'_>, on: Date, rule: &str, memo: &str, postings: Vec<Posting>) -> Entry {
    Entry {
        posted_on: on,
        effective_on: None,
        recorded_at: hand.now,
        source: Source::Manual,
        claim: None,
        remit: None,
        payment: None,
        plb: None,
        reverses: None,
        rule: rule.into(),
        memo: memo.into(),
        user: hand.user.into(),
        postings,
    }
}

/// The exact negation of an entry that belongs to no claim's chain, on the entry's own day: so the books of every past
/// day are what they would have been without it.
pub(super) fn negate(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    id: EntryId,
    memo: &str,
) -> Result<(), StoreError> {
    let Some((entry, _)) = tables.entry(id)? else { return Ok(()) };
    let on = entry.posted_on;
    let back = Entry {
        posted_on: entry.own_date(),
        effective_on: None,
        recorded_at: hand.now,
        source: Source::Reversal,
        reverses: Some(id),
        rule: RESEQUENCED.into(),
        memo: memo.into(),
        user: hand.user.into(),
        postings: entry.postings.iter().map(|p| p.negated()).collect(),
        ..entry
    };
    tables.append_entry(&tables.admit(back).not_before(on), None).map(|_| ())
}

/// Negates the entries that are wanted and stand. Reads the whole journal, once.
fn negate_where(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    memo: &str,
    wanted: impl Fn(&Entry) -> bool,
) -> Result<(), StoreError> {
    let (mut found, mut undone) = (Vec::new(), BTreeSet::new());
    for item in tables.journal()? {
        let (id, entry) = item?;
        // A claim may have taken back what was booked before it was found.
        if entry.rule == RESEQUENCED {
            undone.extend(entry.reverses);
        } else if wanted(&entry) {
            found.push(id);
        }
    }
    for id in found.into_iter().filter(|id| !undone.contains(id)) {
        negate(tables, hand, id, memo)?;
    }
    Ok(())
}
