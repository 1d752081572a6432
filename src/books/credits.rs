//! Claims in credit: who overpaid, since when, and the clock that runs for Medicare and Medicaid.
//! `docs/rules/posting-rules.md` section 8.

use super::briefs;
use crate::codes;
use crate::domain::book::{ClaimState, Holding, PayerRecord};
use crate::domain::brief::ClaimBrief;
use crate::domain::{ClaimId, Date, Money, PayerId};
use crate::store::{Read, Snapshot, StoreError, Visit};

/// Medicare and Medicaid want an overpayment back within so many days of its being known.
pub const CLOCK_DAYS: u32 = 60;

/// A claim in credit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credit {
    /// The claim.
    pub claim: ClaimId,
    /// How much, above zero.
    pub amount: Money,
    /// Whether the patient overpaid; else a payer.
    pub patient: bool,
    /// In whose bucket the credit stands.
    pub payer: PayerId,
    /// The accounting day since which the claim has been in credit.
    pub since: Date,
    /// The last day to report and return it, where the clock runs.
    pub deadline: Option<Date>,
}

impl Credit {
    /// Days left on the clock on a day; below zero when it has run out.
    #[must_use]
    pub fn days_left(&self, day: Date) -> Option<i32> {
        self.deadline.map(|deadline| deadline.days_since(day))
    }
}

/// Every claim in credit at the end of a day, by number. The clock of a payer's overpayment begins with the day on which
/// the credit arose: the first on which the books could tell.
///
/// # Errors
/// Whatever the store says.
pub fn credits(tables: &Snapshot, day: Date) -> Result<Vec<Credit>, StoreError> {
    let look = |found: &mut Vec<ClaimId>, claim: &ClaimBrief<'_>| {
        found.extend(total(claim.standing.holdings).is_negative().then_some(claim.id));
    };
    let payers = tables.payers()?;
    let mut found = Vec::new();
    for claim in briefs::as_of(tables, day, Vec::new, look)?.concat() {
        let state = tables.claim_state(claim)?;
        found.extend(state.and_then(|state| credit(claim, &state, &payers, day)));
    }
    Ok(found)
}

/// How many credits were past their clocks at the end of a day, and what they came to: also where claims in short are not to
/// be had, because something is being written.
///
/// # Errors
/// Whatever the store says.
pub fn overdue(tables: &impl Visit, day: Date) -> Result<(u64, Money), StoreError> {
    let payers = tables.payers()?;
    let (mut overdue, mut amount) = (0, Money::ZERO);
    tables.visit_states(ClaimId(0)..=ClaimId(u64::MAX), |claim, state| {
        let is_overdue = |credit: &Credit| credit.days_left(day).is_some_and(|left| left < 0);
        if let Some(credit) = credit(claim, state, &payers, day).filter(is_overdue) {
            overdue += 1;
            amount += credit.amount;
        }
        Ok(())
    })?;
    Ok((overdue, amount))
}

fn total(holdings: &[Holding]) -> Money {
    holdings.iter().map(|h| h.amount).sum()
}

fn credit(claim: ClaimId, state: &ClaimState, payers: &[PayerRecord], day: Date) -> Option<Credit> {
    let at = state.days.iter().rposition(|standing| standing.on <= day)?;
    let amount = -total(&state.days[at].holdings);
    if !amount.is_positive() {
        return None;
    }
    let before = state.days[..at].iter().rposition(|s| !total(&s.holdings).is_negative());
    let since = state.days[before.map_or(0, |before| before + 1)].on;
    // The bucket that is most overpaid says who overpaid.
    let most = state.days[at].holdings.iter().min_by_key(|h| h.amount)?;
    let patient = most.account.is_patient();
    let clock = !patient && payers.iter().find(|p| p.id == most.payer).is_some_and(has_clock);
    let deadline = clock.then(|| since.plus_days(CLOCK_DAYS));
    Some(Credit { claim, amount, patient, payer: most.payer, since, deadline })
}

/// Whether a payer is Medicare or Medicaid. A Medicare Advantage plan is not: its contract says what becomes of an
/// overpayment.
#[must_use]
pub fn has_clock(payer: &PayerRecord) -> bool {
    let class = financial_class(payer);
    ["medicare", "medicaid"].iter().any(|word| class.eq_ignore_ascii_case(word))
}

/// A payer's financial class: the office's own, else the line of business that its filing indicator means.
#[must_use]
pub fn financial_class(payer: &PayerRecord) -> &str {
    match payer.class.as_str() {
        "" => codes::line_of_business(&payer.filing).unwrap_or("unknown"),
        class => class,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Account;
    use crate::domain::book::Standing;

    fn day(number: u32) -> Date {
        Date::from_ymd(2026, 3, number).expect("a day")
    }

    fn standing(on: u32, parts: &[(Account, i64)]) -> Standing {
        let holding = |(account, cents): &(Account, i64)| Holding {
            account: *account,
            payer: PayerId(1),
            amount: Money::from_cents(*cents),
        };
        Standing { on: day(on), holdings: parts.iter().map(holding).collect() }
    }

    fn payer(filing: &str, class: &str) -> PayerRecord {
        PayerRecord { class: class.to_owned(), ..PayerRecord::named(PayerId(1), "A PAYER", filing) }
    }

    #[test]
    fn a_credit_dates_from_the_day_it_arose_last() {
        let state = ClaimState {
            days: vec![
                standing(1, &[(Account::Open, -500)]),
                standing(2, &[(Account::Open, 100)]),
                standing(5, &[(Account::Open, -700), (Account::Due, 200)]),
                standing(9, &[(Account::Open, -900)]),
            ],
            ..ClaimState::default()
        };
        let of = |payer: PayerRecord, on| credit(ClaimId(1), &state, &[payer], day(on));
        assert_eq!(of(payer("MB", ""), 3), None);
        let found = of(payer("MB", ""), 20).expect("in credit");
        assert_eq!((found.amount, found.since, found.patient), (Money::from_cents(900), day(5), false));
        assert_eq!(found.days_left(day(20)), Some(45));
        assert_eq!(of(payer("CI", ""), 20).and_then(|c| c.deadline), None);
        assert_eq!(of(payer("16", ""), 20).and_then(|c| c.deadline), None);
        assert_eq!(of(payer("CI", "Medicaid"), 20).and_then(|c| c.deadline), Some(day(5).plus_days(60)));
    }

    #[test]
    fn what_the_patient_overpaid_has_no_clock() {
        let state = ClaimState {
            days: vec![standing(1, &[(Account::Due, -500), (Account::Open, 100)])],
            ..ClaimState::default()
        };
        let found = credit(ClaimId(1), &state, &[payer("MB", "")], day(2)).expect("in credit");
        assert_eq!((found.amount, found.patient, found.deadline), (Money::from_cents(400), true, None));
    }
}
