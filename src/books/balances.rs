//! Balances on any day: the claim's state where nothing was posted since, its entries where something was.

use std::collections::{BTreeMap, HashMap};

use crate::denial;
use crate::domain::book::{ClaimState, Footing, Holding};
use crate::domain::case::DenialCase;
use crate::domain::entry::{Posting, Source};
use crate::domain::{Account, ClaimId, Code, Date, Few, Money, Month, PayerId};
use crate::posting::history::tell;
use crate::posting::position::Holdings;
use crate::store::{Cube, Read, ReadPeriods, StoreError};

use super::{retell, sums};

/// A claim's state as of a day: what was posted on that day or before. `None` where the claim was not there yet.
///
/// # Errors
/// Whatever the store says.
pub fn state_as_of(
    tables: &impl Read,
    id: ClaimId,
    now: ClaimState,
    day: Date,
) -> Result<Option<ClaimState>, StoreError> {
    if now.last_posted_on.is_none_or(|last| last <= day) {
        return Ok(Some(now));
    }
    let payments = tables.payments_of_claim(id)?;
    let mut entries = retell::entries(tables, id, &payments)?;
    entries.retain(|(_, e)| e.posted_on <= day);
    if entries.is_empty() {
        return Ok(None);
    }
    let (mut holdings, zero) = (Holdings::default(), Money::ZERO);
    let mut then = ClaimState {
        charge: zero,
        paid_insurance: zero,
        paid_patient: zero,
        adjusted: zero,
        written_off: zero,
        ..now
    };
    for (_, entry) in &entries {
        count(&mut then, &entry.postings);
        holdings.apply(&entry.postings);
    }
    then.holdings = holdings.sorted();
    then.days.retain(|standing| standing.on <= day);
    then.responsible_since = sums::responsible_since(&then.days);
    then.last_posted_on = entries.iter().map(|(_, e)| e.posted_on).max();
    Ok(Some(then))
}

/// Adds postings to what a claim was charged, paid and relieved of.
pub fn count(state: &mut ClaimState, postings: &[Posting]) {
    for posting in postings {
        match posting.account {
            Account::Charges | Account::OpeningCharges => state.charge -= posting.amount,
            Account::OpeningPayments => state.paid_insurance += posting.amount,
            Account::OpeningAdjustments => state.adjusted += posting.amount,
            // What waits in `unapplied` is not on the claim yet: both legs cancel until it is.
            Account::CashInsurance | Account::Unapplied | Account::RefundInsurance | Account::Plb => {
                state.paid_insurance += posting.amount;
            }
            Account::CashPatient | Account::RefundPatient => state.paid_patient += posting.amount,
            account if account.is_adjustment() => state.adjusted += posting.amount,
            account if account.is_writeoff() => state.written_off += posting.amount,
            _ => {}
        }
    }
}

/// A claim's denial cases as of a day: as they were kept where that day ended a closed month, else told from what was
/// posted by then. `closed` is that month; see [`closed_month`].
///
/// # Errors
/// Whatever the store says.
pub fn cases_as_of(
    tables: &impl ReadPeriods,
    id: ClaimId,
    state: &ClaimState,
    day: Date,
    closed: Option<Month>,
) -> Result<Vec<DenialCase>, StoreError> {
    let mut known = Vec::new();
    for case in &state.cases {
        known.extend(match closed {
            Some(month) => tables.closed_case(*case, month)?,
            None => tables.case(*case)?,
        });
    }
    if closed.is_some() || state.last_posted_on.is_none_or(|last| last <= day) || known.is_empty() {
        known.retain(|case| !case.events.is_empty());
        return Ok(known);
    }
    let Some(record) = tables.claim(id)? else { return Ok(Vec::new()) };
    let payments = tables.payments_of_claim(id)?;
    let mut entries = retell::entries(tables, id, &payments)?;
    entries.retain(|(_, e)| e.posted_on <= day && e.source != Source::Remit);
    let charges: Vec<Money> = record.versions.iter().map(|v| v.charge).collect();
    let mut by_then = Vec::with_capacity(payments.len());
    for payment in &payments {
        // What came late for a closed month was not known by then.
        let remit = tables.remit(payment.remit)?;
        by_then.push(remit.map_or(payment.posted_on, |remit| remit.posted_on) <= day);
    }
    let (mut answers, _) = retell::heard(&payments);
    answers.retain(|a| payments.iter().zip(&by_then).any(|(payment, known)| payment.id == a.id && *known));
    let mut versions = retell::versions(&record);
    versions.retain(|v| v.on <= day);
    let (merged, handlings) = retell::payers_now(tables)?;
    let story = tell(
        retell::terms(&record, &charges, &handlings),
        &versions,
        &retell::acts(&entries, &merged),
        answers,
    );
    Ok(denial::of_story(id, &story, &known))
}

/// The month that a day ended, if it is closed: what stood then is kept and not told anew.
///
/// # Errors
/// Whatever the store says.
pub fn closed_month(tables: &impl ReadPeriods, day: Date) -> Result<Option<Month>, StoreError> {
    let month = day.month();
    Ok((day == month.last_day() && tables.is_closed(month)?).then_some(month))
}

/// What claims aged from and who was billed on closed days, where later submissions say otherwise: of few claims.
///
/// # Errors
/// Whatever the store says.
pub fn footings(tables: &impl ReadPeriods) -> Result<HashMap<ClaimId, Vec<Footing>>, StoreError> {
    let mut footings: HashMap<ClaimId, Vec<Footing>> = HashMap::new();
    for item in tables.all_footings()? {
        let (claim, footing) = item?;
        footings.entry(claim).or_default().push(footing);
    }
    Ok(footings)
}

/// What stands on each account at the end of a day, by the PLB code of a clearing account; debits positive.
///
/// # Errors
/// Whatever the store says.
pub fn accounts(tables: &impl Read, day: Date) -> Result<BTreeMap<(Account, Code), Money>, StoreError> {
    let sums = tables.sums(Cube::Accounts, day)?.into_iter();
    Ok(sums.filter_map(|(place, [cents, ..])| Some((place.account()?, Money::from_cents(cents)))).collect())
}

/// What stands on some accounts together at the end of a day; debits positive.
///
/// # Errors
/// Whatever the store says.
pub fn on_accounts(
    tables: &impl Read,
    day: Date,
    wanted: impl Fn(Account) -> bool,
) -> Result<Money, StoreError> {
    let own = accounts(tables, day)?.into_iter().filter(|((account, _), _)| wanted(*account));
    Ok(own.map(|(_, amount)| amount).sum())
}

/// What moved on each account, day by day; debits positive.
///
/// # Errors
/// Whatever the store says.
pub fn moved_on_accounts(
    tables: &impl ReadPeriods,
    from: Option<Date>,
    to: Date,
) -> Result<impl Iterator<Item = (Date, (Account, Code), Money)>, StoreError> {
    let sums = tables.sums_between(Cube::Accounts, from, to)?.into_iter();
    Ok(sums.filter_map(|(on, place, [cents, ..])| Some((on, place.account()?, Money::from_cents(cents)))))
}

/// What a claim's balance is made of, one part for each payer that it waits for. A claim in credit is one part, whole;
/// so is one whose parts have different signs: a credit must not be hidden behind another payer's debt.
#[must_use]
pub fn by_payer(
    holdings: &[Holding],
    billed_payer: PayerId,
    selected: impl Fn(&Holding) -> bool,
) -> Few<(PayerId, Money), 4> {
    let mut parts: Few<(PayerId, Money), 4> = Few::new();
    for holding in holdings.iter().filter(|h| selected(h)) {
        match parts.iter_mut().find(|p| p.0 == holding.payer) {
            Some(part) => part.1 += holding.amount,
            None => parts.push((holding.payer, holding.amount)),
        }
    }
    let total: Money = parts.iter().map(|p| p.1).sum();
    if parts.iter().all(|p| !p.1.is_negative()) || parts.len() == 1 {
        return parts;
    }
    let largest = parts.iter().max_by_key(|p| p.1).map(|p| p.0);
    let payer = if total.is_negative() { billed_payer } else { largest.unwrap_or(billed_payer) };
    Few::from_iter([(payer, total)])
}
