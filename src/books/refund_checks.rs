//! Refund checks of the office, recorded when they go out: against what a payer announced or acknowledged, against a claim
//! before the payer's word, against money that was released. `docs/rules/posting-rules.md` section 7c.
//!
//! A check for which the books owe nothing yet is a provider-level item of the office's own: it waits for the payer's
//! acknowledgment (72), or for a person who puts it on its claim.

use std::collections::BTreeMap;

use super::of_no_claim::back;
use super::provider_acts::{Refusal, entries_of, last_settled};
use super::provider_level::{self, OFFICE, not_before};
use super::released::{self, release, went_out};
use super::retell::Hand;
use super::undo;
use crate::domain::book::{ClaimRecord, PaymentStatus, PlbRecord};
use crate::domain::entry::{Entry, Posting};
use crate::domain::remit::ProviderAdjustment;
use crate::domain::{Account, Date, EntryId, Money, PayerId, PaymentId, PlbId};
use crate::posting::provider_level::{ACKNOWLEDGED, postings};
use crate::store::{Read, StoreError, WriteTables};

/// The rule name of the entry of a check that went out.
pub const SENT: &str = "refund-sent";

/// A check, and why it went out.
#[derive(Clone, Copy, Debug)]
pub struct Check<'a> {
    /// How much.
    pub amount: Money,
    /// Its number.
    pub number: &'a str,
    /// The accounting date.
    pub on: Date,
    /// A person's words.
    pub reason: &'a str,
}

impl Check<'_> {
    fn words(&self) -> String {
        format!("check {} {}", self.number, self.reason).trim().to_owned()
    }
}

/// Records a check for an item by which the payer is owed: announced, or acknowledged and not in the books.
///
/// # Errors
/// See [`Refusal`]; nothing was written then.
pub fn send_for_item(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    id: PlbId,
    check: Check<'_>,
) -> Result<PlbId, Refusal> {
    let item = tables.plb(id)?.ok_or(provider_level::Refusal::NoItem(id))?;
    let owed = -item.open;
    if !owed.is_positive() {
        return Err(Refusal::NotOwed(id));
    }
    if !check.amount.is_positive() || owed < check.amount {
        return Err(Refusal::LessIsOpen { item: id, open: owed, asked: check.amount });
    }
    not_before(tables, &item, tables.open_day(check.on))?;
    let sent = book(tables, hand, item.payer, item.item.reference.trim(), check)?;
    provider_level::settle_pair(tables, hand, id, sent, check.on, &check.words())?;
    Ok(sent)
}

/// Records a check for a claim on which the books owe the payer nothing yet: it asked for the money by letter.
///
/// # Errors
/// See [`Refusal`]; nothing was written then.
pub fn send_for_claim(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    record: &ClaimRecord,
    check: Check<'_>,
) -> Result<PlbId, Refusal> {
    let answers = tables.payments_of_claim(record.id)?;
    let paying = answers.iter().filter(|a| a.status == PaymentStatus::Posted && a.payment.paid.is_positive());
    let payer = paying.max_by_key(|answer| answer.posted_on).map_or(PayerId::NONE, |answer| answer.payer);
    let number = record.claim.control_number.as_str();
    let mut paid = tables.claim_state(record.id)?.unwrap_or_default().paid_insurance;
    for item in tables.plbs()? {
        let item = item?;
        if item.remit == OFFICE && item.item.reference.ends_with(&format!(" {number}")) {
            paid -= item.open;
        }
    }
    if !check.amount.is_positive() || payer == PayerId::NONE || paid < check.amount {
        return Err(Refusal::PaidLess { claim: record.id, paid, asked: check.amount });
    }
    let sent = book(tables, hand, payer, number, check)?;
    provider_level::pair_anew(tables)?;
    Ok(sent)
}

/// The item and the entry of a check.
fn book(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    payer: PayerId,
    names: &str,
    check: Check<'_>,
) -> Result<PlbId, StoreError> {
    let item = PlbRecord {
        id: tables.next_plb_id()?,
        remit: OFFICE,
        payer,
        posted_on: tables.open_day(check.on),
        item: ProviderAdjustment {
            provider: Default::default(),
            fiscal_period_end: None,
            reason: ACKNOWLEDGED.to_string().into(),
            reference: format!("{} {names}", check.number).trim().into(),
            amount: check.amount,
            segment: 0,
        },
        code: ACKNOWLEDGED,
        open: check.amount,
        settlements: Vec::new(),
        withdrawn: false,
        review: String::new(),
    };
    tables.put_plb(&item)?;
    let legs = postings(ACKNOWLEDGED, payer, check.amount);
    let entry = Entry { plb: Some(item.id), ..hand.entry(check.on, SENT, &check.words(), legs) };
    tables.append_entry(&tables.admit(entry), None)?;
    Ok(item.id)
}

/// Takes back that a check went out: it was never sent, or came back.
///
/// # Errors
/// See [`Refusal`]; what was settled with it must be undone before.
pub fn unsend(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    id: PlbId,
    on: Date,
    memo: &str,
) -> Result<Money, Refusal> {
    let mut item = tables.plb(id)?.ok_or(provider_level::Refusal::NoItem(id))?;
    if item.remit != OFFICE {
        return Err(Refusal::NoCheck(id));
    }
    if last_settled(&item).is_some() {
        return Err(Refusal::StillSettled(id));
    }
    let entries = entries_of(tables, id)?;
    let sent = entries.iter().find(|(_, entry)| entry.rule == SENT).ok_or(Refusal::NoCheck(id))?;
    let day = back(tables, hand, sent, on, memo)?;
    let amount = item.item.amount;
    item.settlements.push((day, amount));
    item.withdrawn = true;
    tables.put_plb(&item)?;
    provider_level::pair_anew(tables)?;
    Ok(amount)
}

/// Records a check for money that was released; what still waits is released with it.
///
/// # Errors
/// See [`Refusal`]; nothing was written then.
pub fn send_released(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    id: PaymentId,
    check: Check<'_>,
) -> Result<EntryId, Refusal> {
    let payment = tables.payment(id)?.ok_or(undo::Refusal::NoPayment(id))?;
    if payment.status == PaymentStatus::Unapplied {
        release(tables, hand, id, check.on, false, check.reason)?;
    }
    let due = released(tables)?.remove(&id).unwrap_or_default();
    if !check.amount.is_positive() || due < check.amount {
        return Err(Refusal::LessIsDue { item: id, due, asked: check.amount });
    }
    let legs = vec![
        Posting::new(Account::RefundInsurance, payment.payer, check.amount),
        Posting::new(Account::CashInsurance, payment.payer, -check.amount),
    ];
    let entry = Entry { payment: Some(id), ..hand.entry(check.on, SENT, &check.words(), legs) };
    Ok(tables.append_entry(&tables.admit(entry), None)?)
}

/// Takes back that a check went out for released money, the latest of it: it was never sent, or came back. The money is due
/// again.
///
/// # Errors
/// See [`Refusal`].
pub fn unsend_released(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    id: PaymentId,
    on: Date,
    memo: &str,
) -> Result<Money, Refusal> {
    let entries = released::entries_of(tables, |payment| payment == id)?;
    let sent = entries.iter().rfind(|(_, entry)| entry.rule == SENT).ok_or(Refusal::NoCheckFor(id))?;
    back(tables, hand, sent, on, memo)?;
    Ok(went_out(&sent.1))
}

/// The released payment of a claim's number for which so much is due, if there is exactly one.
///
/// # Errors
/// Whatever the store says.
pub fn released_for(
    tables: &impl Read,
    record: &ClaimRecord,
    amount: Money,
) -> Result<Option<PaymentId>, StoreError> {
    let mut found = Vec::new();
    for (id, due) in released(tables)? {
        let own = record.claim.control_number.index_form();
        let payment = tables.payment(id)?.filter(|p| p.payment.control_number.index_form() == own);
        if due == amount && payment.is_some() {
            found.push(id);
        }
    }
    Ok(if found.len() == 1 { found.pop() } else { None })
}

/// What is due for each claim payment that was released. Reads the whole journal, once.
fn released(tables: &impl Read) -> Result<BTreeMap<PaymentId, Money>, StoreError> {
    let mut due: BTreeMap<PaymentId, Money> = BTreeMap::new();
    for item in tables.journal()? {
        let (_, entry) = item?;
        let Some(payment) = entry.payment.filter(|_| entry.claim.is_none()) else { continue };
        *due.entry(payment).or_default() -= entry.sum_of(Account::RefundInsurance);
    }
    due.retain(|_, due| due.is_positive());
    Ok(due)
}
