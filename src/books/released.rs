//! Waiting money that is released: sent back, or to another system whose money it is; and taken up again.

use std::collections::{BTreeMap, BTreeSet};

use super::of_no_claim::{back, standing_where};
use super::placing;
use super::provider_level::pair_anew;
use super::retell::{Hand, retell_all};
use super::taken_again;
use super::undo::{Refusal, seek};
use crate::domain::book::{PaymentRecord, PaymentStatus};
use crate::domain::deed::Place;
use crate::domain::entry::{Entry, Posting};
use crate::domain::{Account, Date, EntryId, Money, PaymentId};
use crate::posting::hold::Hold;
use crate::store::{Read, StoreError, WriteTables};

/// The rule of money that goes back to its payer; that of another system's goes on from it.
const RELEASED: &str = "released";
/// The rule of another system's money.
pub(super) const FOREIGN: &str = "released-foreign";

/// Whether a claim payment was released, by its rule.
pub(super) fn is_rule(rule: &str) -> bool {
    rule == RELEASED || rule == FOREIGN
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
    tables.keep_place(item)?;
    let mut payment = tables.payment(item)?.ok_or(Refusal::NoPayment(item))?;
    if payment.status != PaymentStatus::Unapplied {
        return Err(Refusal::NotWaiting(item, payment.status.as_str()));
    }
    payment.rule = if foreign { FOREIGN } else { RELEASED }.into();
    payment.message = memo.into();
    let paid = payment.payment.paid;
    let_go(tables, hand, payment, on)?;
    taken_again::follow_item(tables, hand, item)?;
    Ok(paid)
}

/// Books what a release does, and writes its claim payment down; what it says of why stands there.
pub(super) fn let_go(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    mut payment: PaymentRecord,
    on: Date,
) -> Result<(), StoreError> {
    let (item, paid) = (payment.id, payment.payment.paid);
    if !paid.is_zero() {
        let postings = vec![
            Posting::new(Account::Unapplied, payment.payer, paid),
            Posting::new(Account::RefundInsurance, payment.payer, -paid),
        ];
        let entry = hand.entry(on, payment.rule.as_str(), payment.message.as_str(), postings);
        tables.append_entry(&tables.admit(Entry { payment: Some(item), ..entry }), None)?;
    }
    tables.remove_unapplied(item)?;
    placing::rest(tables, &payment)?;
    payment.status = PaymentStatus::Released;
    tables.put_payment(&payment)
}

/// Releases what was released before its remittance went out of the books, and comes back with it: its cash is there
/// again, and goes.
///
/// # Errors
/// Whatever the store says.
pub(super) fn again(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    mut payment: PaymentRecord,
    on: Date,
) -> Result<(), StoreError> {
    placing::book_waiting(tables, hand, &mut payment)?;
    let item = payment.id;
    let_go(tables, hand, payment, on)?;
    taken_again::follow_item(tables, hand, item)
}

/// On which days claim payments were released last, whatever became of that. The journal is read where there is one.
///
/// # Errors
/// Whatever the store says.
pub(super) fn days(
    tables: &impl Read,
    items: &BTreeSet<PaymentId>,
) -> Result<BTreeMap<PaymentId, Date>, StoreError> {
    let mut days = BTreeMap::new();
    if items.is_empty() {
        return Ok(days);
    }
    for row in tables.journal()? {
        let (_, entry) = row?;
        let item = entry.payment.filter(|item| items.contains(item));
        if let Some(item) = item.filter(|_| entry.reverses.is_none() && is_rule(&entry.rule)) {
            days.insert(item, entry.own_date());
        }
    }
    Ok(days)
}

/// Lets released money wait again, or go to the claim that it has found by now.
///
/// # Errors
/// See [`Refusal`]; a check that went out for it must be taken back before.
pub fn take_up(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    item: PaymentId,
    on: Date,
    memo: &str,
) -> Result<Money, Refusal> {
    tables.keep_place(item)?;
    let mut payment = tables.payment(item)?.ok_or(Refusal::NoPayment(item))?;
    if payment.status != PaymentStatus::Released {
        return Err(Refusal::NotReleased(item, payment.status.as_str()));
    }
    let entries = entries_of(tables, |payment| payment == item)?;
    let sent: Money = entries.iter().map(|(_, entry)| went_out(entry)).sum();
    if !sent.is_zero() {
        return Err(Refusal::CheckSent(item, sent));
    }
    if let Some(released) = entries.iter().rfind(|(_, entry)| entry.rule.starts_with(RELEASED)) {
        back(tables, hand, released, on, memo)?;
    }
    taken_again::wait_again(tables, hand, &payment, memo)?;
    payment.status = PaymentStatus::Unapplied;
    payment.rule.clear();
    payment.message.clear();
    tables.put_unapplied(item)?;
    let (paid, mut claims) = (payment.payment.paid, BTreeSet::new());
    if payment.claim.is_some() {
        claims.extend(payment.claim);
        tables.put_payment(&payment)?;
    } else {
        seek(tables, hand, payment, &mut claims)?;
    }
    retell_all(tables, hand, claims)?;
    pair_anew(tables)?;
    Ok(paid)
}

/// Lets waiting or released money lie as it lay before: what was booked is turned round already.
///
/// # Errors
/// See [`Refusal`].
pub(super) fn lie(tables: &mut WriteTables<'_>, item: PaymentId, was: &Place) -> Result<(), Refusal> {
    tables.keep_place(item)?;
    let mut payment = tables.payment(item)?.ok_or(Refusal::NoPayment(item))?;
    if !matches!(payment.status, PaymentStatus::Unapplied | PaymentStatus::Released) {
        return Err(Refusal::NotWaiting(item, payment.status.as_str()));
    }
    placing::rest(tables, &payment)?;
    if was.status == PaymentStatus::Unapplied {
        tables.put_unapplied(item)?;
        let hold = was.rule.strip_prefix("hold:").and_then(Hold::from_word);
        if hold.is_some_and(placing::looks_for_a_claim) {
            placing::look_out(tables, &payment)?;
        }
    } else {
        tables.remove_unapplied(item)?;
    }
    payment.status = was.status;
    payment.rule.clone_from(&was.rule);
    payment.message.clone_from(&was.message);
    Ok(tables.put_payment(&payment)?)
}

/// The entries that persons wrote about claim payments that are on no claim, and nobody took back. Reads the whole journal,
/// once.
pub(super) fn entries_of(
    tables: &impl Read,
    wanted: impl Fn(PaymentId) -> bool,
) -> Result<Vec<(EntryId, Entry)>, StoreError> {
    standing_where(tables, |entry| entry.claim.is_none() && entry.payment.is_some_and(&wanted))
}

/// What checks took out of the refund account for released claim payments. The journal is read where there is one.
pub(super) fn sent(
    tables: &impl Read,
    items: &BTreeSet<PaymentId>,
) -> Result<BTreeMap<PaymentId, Money>, StoreError> {
    let mut sent = BTreeMap::new();
    if items.is_empty() {
        return Ok(sent);
    }
    for (_, entry) in entries_of(tables, |payment| items.contains(&payment))? {
        if let Some(payment) = entry.payment {
            *sent.entry(payment).or_default() += went_out(&entry);
        }
    }
    Ok(sent)
}

/// What a check took out of the refund account.
pub(super) fn went_out(entry: &Entry) -> Money {
    let has_cash = entry.postings.iter().any(|leg| leg.account == Account::CashInsurance);
    if has_cash { entry.sum_of(Account::RefundInsurance) } else { Money::ZERO }
}
