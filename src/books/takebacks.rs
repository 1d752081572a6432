//! The takeback register: money that payers took back after they had paid it, each with what came before and after.
//! `docs/rules/posting-rules.md` sections 7 and 7c.

use std::collections::{BTreeMap, BTreeSet};

use super::provider_acts::{APPLIED, cleared};
use super::{clocks, provider_level, retell};
use crate::denial::clock::{Rules, appeal};
use crate::domain::book::{ClaimRecord, Handling, PaymentRecord};
use crate::domain::clock::{CaseFacts, Denied, Recourse};
use crate::domain::entry::{Entry, Reason};
use crate::domain::merge::Merged;
use crate::domain::{CaseId, ClaimId, Date, EntryId, Money, PayerId, PlbId};
use crate::posting::provider_level::TAKEN;
use crate::posting::takebacks::takebacks;
use crate::store::{Read, Snapshot, StoreError, Visit};

/// How money was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// By a reversal of the claim's answer.
    Reversed,
    /// By a provider-level item that a person put on the claim.
    AtProviderLevel,
}

/// One entry of the register.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The claim.
    pub claim: ClaimRecord,
    /// The accounting date.
    pub on: Date,
    /// The payer.
    pub payer: PayerId,
    /// How much.
    pub amount: Money,
    /// How.
    pub how: How,
    /// When it had been paid, as far as the ledger knows.
    pub paid_on: Option<Date>,
    /// What the payer says instead, the most dollars first.
    pub reasons: Vec<Reason>,
    /// The provider-level item by which the payer had announced it, and its day.
    pub announced: Option<(PlbId, Date)>,
    /// The denial that came of it.
    pub denial: Option<CaseId>,
    /// The last day to dispute it by a confirmed rule of the payer, or why there is none.
    pub dispute: (Option<Date>, String),
    /// What was paid of it on later days.
    pub recovered: Money,
}

/// The takebacks of some days, oldest first.
///
/// # Errors
/// Whatever the store says.
pub fn of_days(tables: &Snapshot, from: Date, to: Date, as_of: Date) -> Result<Vec<Taken>, StoreError> {
    let mut claims: BTreeSet<ClaimId> = BTreeSet::new();
    tables.visit_entries_of_days(Some(from), to, |_, entry| {
        if entry.rule.contains("reversal") || entry.rule == APPLIED {
            claims.extend(entry.claim);
        }
    })?;
    let announced = announcements(tables)?;
    let rules = clocks::rules(tables)?;
    let payers = retell::payers_now(tables)?;
    let mut found = Vec::new();
    for claim in claims {
        if let Some(record) = tables.claim(claim)? {
            found.extend(of_claim(tables, &record, &payers, &announced, (&rules, as_of))?);
        }
    }
    found.retain(|taken| (from..=to).contains(&taken.on));
    found.sort_by_key(|taken| (taken.on, taken.claim.id));
    Ok(found)
}

/// What payers said that they would take, by the claims that it names.
type Announced = BTreeMap<ClaimId, Vec<(PlbId, PayerId, Date)>>;

fn announcements(tables: &impl Read) -> Result<Announced, StoreError> {
    let mut items = Vec::new();
    for item in tables.plbs()? {
        let item = item?;
        if item.code == TAKEN && item.item.amount.is_negative() && !item.withdrawn {
            items.push(item);
        }
    }
    let named = provider_level::claims_named(tables, &items)?;
    let mut found = Announced::new();
    for item in items {
        for claim in named.get(&item.id).into_iter().flatten() {
            found.entry(*claim).or_default().push((item.id, item.payer, item.posted_on));
        }
    }
    Ok(found)
}

fn of_claim(
    tables: &impl Read,
    record: &ClaimRecord,
    (merged, handlings): &(Merged, Vec<Handling>),
    announced: &Announced,
    (rules, as_of): (&Rules, Date),
) -> Result<Vec<Taken>, StoreError> {
    let state = tables.claim_state(record.id)?.unwrap_or_default();
    let mut cases = Vec::new();
    for id in &state.cases {
        cases.extend(tables.case(*id)?.filter(|case| !case.events.is_empty()));
    }
    retell::asked(tables, record, (merged, handlings), |told| {
        let finish = |(on, payer): (Date, PayerId), amount: Money, how: How, reasons: Vec<Reason>| {
            let mut said: Vec<_> = announced.get(&record.id).into_iter().flatten().collect();
            said.retain(|(_, of, day)| merged.now(*of) == merged.now(payer) && *day < on);
            let denial = cases.iter().find(|case| {
                let since = |event: &crate::domain::case::DenialEvent| event.on >= on;
                merged.now(case.payer) == merged.now(payer) && case.events.iter().any(since)
            });
            Taken {
                claim: record.clone(),
                on,
                payer,
                amount,
                how,
                paid_on: None,
                dispute: dispute(
                    (record, told.payments),
                    payer,
                    on,
                    reasons.first().copied(),
                    (rules, as_of),
                ),
                reasons,
                announced: said.first().map(|(item, _, day)| (*item, *day)),
                denial: denial.map(|case| case.id),
                recovered: Money::ZERO,
            }
        };
        let mut found: Vec<Taken> = Vec::new();
        for one in takebacks(&told.story) {
            let taken = finish((one.on, one.payer), one.amount, How::Reversed, one.reasons);
            found.push(Taken { paid_on: Some(one.paid_on), recovered: one.recovered, ..taken });
        }
        for (on, payer, amount) in put_on_claim(told.entries) {
            let paid = told.payments.iter().filter(|p| p.payer == payer && p.payment.paid.is_positive());
            let paid_on = paid.map(|p| p.posted_on).filter(|day| *day <= on).max();
            found.push(Taken { paid_on, ..finish((on, payer), amount, How::AtProviderLevel, Vec::new()) });
        }
        Ok(found)
    })
}

/// What stands on a claim of provider-level items, by the day on which a person put it there.
fn put_on_claim(entries: &[(EntryId, Entry)]) -> Vec<(Date, PayerId, Money)> {
    let mut items: BTreeMap<PlbId, (Date, PayerId, Money)> = BTreeMap::new();
    for (_, entry) in entries {
        let Some(item) = entry.plb else { continue };
        let payer = entry.postings.iter().map(|leg| leg.payer).find(|payer| *payer != PayerId::NONE);
        let of = items.entry(item).or_insert((entry.own_date(), payer.unwrap_or_default(), Money::ZERO));
        of.2 -= cleared(entry);
    }
    items.into_values().filter(|(.., amount)| amount.is_positive()).collect()
}

/// A takeback is disputed as a denial of that day is.
fn dispute(
    (record, payments): (&ClaimRecord, &[PaymentRecord]),
    payer: PayerId,
    on: Date,
    reason: Option<Reason>,
    (rules, as_of): (&Rules, Date),
) -> (Option<Date>, String) {
    // At provider level its code is all that is said.
    let reason = reason.unwrap_or(Reason { group: None, code: TAKEN });
    let denied = Denied { on, reason, notice: false, recourse: Recourse::Usual };
    let claim = clocks::claim_facts(record, payments, payer);
    let facts = CaseFacts { claim, denials: vec![denied], appeals: Vec::new() };
    let clock = appeal(payer, &facts, rules, as_of);
    (clock.deadline().map(|deadline| deadline.due), clock.words())
}
