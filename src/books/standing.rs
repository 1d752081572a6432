//! Where remittances and their claim payments stand: as they are now, or as they were at the end of a past day.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::book::{PaymentStatus, RemitRecord, RemitStatus};
use crate::domain::{Account, Date, Money, PaymentId};
use crate::store::{StoreError, Visit};

/// What waits in `unapplied` now, or waited at the end of a past day: what waits now, with what left since, without what
/// came since. A payment of nothing, which the journal does not know, counts as it waits now.
///
/// # Errors
/// Whatever the store says.
pub fn waiting(tables: &impl Visit, past: Option<Date>) -> Result<BTreeMap<PaymentId, Money>, StoreError> {
    let mut waiting: BTreeMap<PaymentId, Money> = BTreeMap::new();
    let mut of_nothing = BTreeSet::new();
    for id in tables.unapplied()? {
        let id = id?;
        let Some(payment) = tables.payment(id)? else { continue };
        let paid = payment.payment.paid;
        *waiting.entry(id).or_default() += paid;
        let was_there = |remit: &RemitRecord| past.is_none_or(|day| remit.posted_on <= day);
        if paid.is_zero() && tables.remit(payment.remit)?.as_ref().is_none_or(was_there) {
            of_nothing.insert(id);
        }
    }
    if let Some(day) = past {
        tables.visit_entries_of_days(Some(day.plus_days(1)), Date::from_number(i32::MAX), |_, entry| {
            let Some(id) = entry.payment else { return };
            for posting in entry.postings.iter().filter(|p| p.account == Account::Unapplied) {
                *waiting.entry(id).or_default() += posting.amount;
            }
        })?;
    }
    waiting.retain(|id, amount| !amount.is_zero() || of_nothing.contains(id));
    Ok(waiting)
}

/// Whether a remittance is in the books, or was at the end of a past day; nothing where it was not known yet.
#[must_use]
pub fn status(remit: &RemitRecord, past: Option<Date>) -> Option<RemitStatus> {
    let Some(day) = past else { return Some(remit.status) };
    let by_then = |on: Option<Date>| on.unwrap_or(remit.posted_on) <= day;
    let was_in = remit.moves().any(|(on, _)| on <= day);
    match remit.status {
        _ if remit.stands(day) => Some(RemitStatus::Posted),
        _ if was_in => Some(RemitStatus::Reversed),
        RemitStatus::SetAside if by_then(remit.set_aside_on) => Some(RemitStatus::SetAside),
        _ if remit.is_held(day) => Some(RemitStatus::Held),
        RemitStatus::Held if by_then(remit.held_on) => Some(RemitStatus::Held),
        _ => None,
    }
}

/// Where all remittances stand.
pub struct Standing {
    past: Option<Date>,
    waiting: BTreeMap<PaymentId, Money>,
    /// Sent back, or another system's.
    gone: BTreeSet<PaymentId>,
}

impl Standing {
    /// Reads where they stand now, or stood at the end of a past day.
    ///
    /// # Errors
    /// Whatever the store says.
    pub fn read(tables: &impl Visit, past: Option<Date>) -> Result<Standing, StoreError> {
        let waiting = waiting(tables, past)?;
        let mut gone = BTreeSet::new();
        tables.visit_all_payments(|payment| {
            if payment.status == PaymentStatus::Released && !waiting.contains_key(&payment.id) {
                gone.insert(payment.id);
            }
        })?;
        Ok(Standing { past, waiting, gone })
    }

    /// Whether a remittance is in the books; nothing where it was not known yet.
    #[must_use]
    pub fn status(&self, remit: &RemitRecord) -> Option<RemitStatus> {
        status(remit, self.past)
    }

    /// How many of its claim payments wait in `unapplied`.
    #[must_use]
    pub fn left_over(&self, remit: &RemitRecord) -> u64 {
        let count = self.waiting.range(range(remit)).count();
        if self.status(remit) == Some(RemitStatus::Posted) { count as u64 } else { 0 }
    }

    /// How many of them are on a claim.
    #[must_use]
    pub fn matched(&self, remit: &RemitRecord) -> u64 {
        let gone = self.gone.range(range(remit)).count() as u64;
        let in_books = self.status(remit) == Some(RemitStatus::Posted);
        if in_books { remit.claims.saturating_sub(self.left_over(remit) + gone) } else { 0 }
    }
}

fn range(remit: &RemitRecord) -> std::ops::Range<PaymentId> {
    remit.first_payment..PaymentId(remit.first_payment.0 + remit.claims)
}
