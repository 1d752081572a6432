//! A claim's first adjudication and first payment: what first-pass figures count. `domain/kpi.md` sections 5 and 6.
//!
//! An answer counts on the accounting day on which it took its place on the claim. So a late answer with an earlier date of
//! its own changes no month that was closed before it came.

use std::collections::BTreeSet;

use super::balances;
use crate::domain::book::{ClaimState, PaymentRecord, PaymentStatus};
use crate::domain::entry::{Entry, Source};
use crate::domain::{Account, ClaimId, Date, EntryId, Money, Month, PaymentId};
use crate::posting::entries::RESEQUENCED;
use crate::store::{ReadPeriods, StoreError};

/// What the payers first did with a claim.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FirstPass {
    /// The first adjudication.
    pub answer: Option<FirstAnswer>,
    /// The first payment: the day, and how much.
    pub paid: Option<(Date, Money)>,
}

/// A first adjudication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstAnswer {
    /// The accounting day.
    pub on: Date,
    /// CLP03.
    pub charge: Money,
    /// What it denied.
    pub denied: Money,
    /// Whether it ended the claim: nothing denied, nothing pending, nothing taken back or replaced since.
    pub ended: bool,
}

/// What the payers first did with a claim, as the books were at the end of a day. `closed` is the closed month that it ended:
/// [`balances::closed_month`].
///
/// # Errors
/// Whatever the store says.
pub fn of_claim(
    tables: &impl ReadPeriods,
    claim: ClaimId,
    state: &ClaimState,
    until: Date,
    closed: Option<Month>,
) -> Result<FirstPass, StoreError> {
    let payments = tables.payments_until(state.last_payment)?;
    let mut entries = tables.entries_until(state.last_entry)?;
    entries.retain(|(_, entry)| entry.posted_on <= until);
    let mut answers: Vec<(Date, &PaymentRecord)> = Vec::new();
    for payment in payments.iter().filter(|payment| is_adjudication(payment)) {
        let on = match taken_on(&entries, payment.id) {
            Some(on) if stands(&entries, payment.id) => on,
            // A person had taken its remittance out of the books.
            Some(_) => continue,
            None if !stood(payment) => continue,
            // It never moved anything: a later answer stood there already when it came, or both had waited for the claim.
            None => {
                let Some(first) = entries.iter().map(|(_, entry)| entry.posted_on).min() else { continue };
                let own = tables.remit(payment.remit)?.map_or(payment.posted_on, |remit| remit.posted_on);
                own.max(first)
            }
        };
        if on <= until {
            answers.push((on, payment));
        }
    }
    let order = |(on, payment): &(Date, &PaymentRecord)| (*on, payment.posted_on, payment.id);
    answers.sort_by_key(order);
    let paid = answers.iter().find(|(_, payment)| payment.payment.paid.is_positive());
    let paid = paid.map(|(on, payment)| (*on, payment.payment.paid));
    let Some((on, first)) = answers.first() else { return Ok(FirstPass { answer: None, paid }) };
    let cases = balances::cases_as_of(tables, claim, state, until, closed)?;
    let events = cases.iter().flat_map(|case| &case.events);
    let denied: Money = events.filter(|event| event.payment == first.id).map(|event| event.amount).sum();
    let ended = denied.is_zero() && !undecided(&entries, first.id) && !taken_back(&entries, first.id);
    Ok(FirstPass { answer: Some(FirstAnswer { on: *on, charge: first.payment.charge, denied, ended }), paid })
}

/// Whether a claim payment is one of those that adjudicate.
fn is_adjudication(payment: &PaymentRecord) -> bool {
    let said = &payment.payment;
    let adjudicates = matches!(said.status.as_str(), "1" | "2" | "3" | "4" | "19" | "20" | "21");
    adjudicates && !said.charge.is_negative() && !said.paid.is_negative()
}

/// Whether it is on the claim, or was before another answer.
fn stood(payment: &PaymentRecord) -> bool {
    matches!(payment.status, PaymentStatus::Posted | PaymentStatus::Reversed | PaymentStatus::Superseded)
}

/// Whether something that an answer moved is in the books, whatever other answers did to it: only a person who takes its
/// remittance out leaves nothing.
fn stands(entries: &[(EntryId, Entry)], payment: PaymentId) -> bool {
    let negated = |id: EntryId| entries.iter().any(|(_, e)| e.rule == RESEQUENCED && e.reverses == Some(id));
    let mut moved = entries.iter().filter(|(_, e)| e.payment == Some(payment) && e.source == Source::Remit);
    moved.any(|(id, _)| !negated(*id))
}

/// The first accounting day on which an answer moved something on the claim.
fn taken_on(entries: &[(EntryId, Entry)], payment: PaymentId) -> Option<Date> {
    own(entries, payment).filter(|entry| entry.source == Source::Remit).map(|entry| entry.posted_on).min()
}

fn own(entries: &[(EntryId, Entry)], payment: PaymentId) -> impl Iterator<Item = &Entry> {
    entries.iter().map(|(_, entry)| entry).filter(move |entry| entry.payment == Some(payment))
}

/// Whether the payer had not decided something.
fn undecided(entries: &[(EntryId, Entry)], payment: PaymentId) -> bool {
    let pending = |entry: &Entry| {
        entry.postings.iter().any(|p| p.account == Account::Pending && p.amount.is_positive())
    };
    own(entries, payment).any(pending)
}

/// Whether a later answer negated it.
fn taken_back(entries: &[(EntryId, Entry)], payment: PaymentId) -> bool {
    let of_it = |id: EntryId| entries.iter().any(|(at, e)| *at == id && e.payment == Some(payment));
    let negates =
        |e: &Entry| e.rule != RESEQUENCED && e.payment != Some(payment) && e.reverses.is_some_and(of_it);
    entries.iter().any(|(_, entry)| negates(entry))
}

/// The claims for which an answer may have taken its place on some days.
///
/// # Errors
/// Whatever the store says.
pub fn answered_between(
    tables: &impl ReadPeriods,
    from: Date,
    to: Date,
) -> Result<BTreeSet<ClaimId>, StoreError> {
    let mut claims = BTreeSet::new();
    for item in tables.entries_of_days(Some(from), to)? {
        let (_, entry) = item?;
        claims.extend(entry.claim.filter(|_| entry.payment.is_some()));
    }
    for remit in tables.remits()? {
        let remit = remit?;
        if (from..=to).contains(&remit.posted_on) {
            for payment in super::undo::payments(tables, &remit)? {
                claims.extend(payment.claim.filter(|_| payment.status == PaymentStatus::Superseded));
            }
        }
    }
    Ok(claims)
}

/// What a claim's entries until a day come to: charges, contractual with reduction and contra, payments less refunds.
/// Nothing where the claim is older than these books.
#[must_use]
pub fn settled(entries: &[(EntryId, Entry)], until: Date) -> Option<[Money; 3]> {
    let mut sums = [Money::ZERO; 3];
    for posting in entries.iter().filter(|(_, e)| e.posted_on <= until).flat_map(|(_, e)| &e.postings) {
        match posting.account {
            Account::OpeningCharges => return None,
            Account::Charges => sums[0] -= posting.amount,
            Account::Contractual | Account::Reduction | Account::Contra => sums[1] += posting.amount,
            Account::CashInsurance
            | Account::CashPatient
            | Account::Unapplied
            | Account::RefundInsurance
            | Account::RefundPatient => sums[2] += posting.amount,
            _ => {}
        }
    }
    Some(sums)
}
