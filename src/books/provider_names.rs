//! The claims that provider-level items name by their references, as far as this ledger knows them.
//! `docs/rules/posting-rules.md` section 7c.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use super::matching::payer_numbers;
use super::undo::payments;
use crate::domain::book::{PlbRecord, RemitRecord};
use crate::domain::{ClaimId, PatientControlNumber, PayerId, RemitId};
use crate::posting::reference::{Strength, bare, may_be_numbers, run_together, strength};
use crate::store::{Read, StoreError};

/// The claims that each of some items of one payer names, in the order of the items.
///
/// # Errors
/// Whatever the store says.
pub fn named(
    tables: &impl Read,
    payer: PayerId,
    items: &[&PlbRecord],
    remits: &BTreeMap<RemitId, RemitRecord>,
) -> Result<Vec<Vec<ClaimId>>, StoreError> {
    let mut known: BTreeMap<&str, Vec<ClaimId>> = BTreeMap::new();
    for item in items {
        let reference = item.item.reference.as_str();
        if let Entry::Vacant(free) = known.entry(reference) {
            let mut claims = by_numbers(tables, payer, reference)?;
            if claims.is_empty() {
                claims = by_trace(tables, reference, remits)?;
            }
            free.insert(claims);
        }
    }
    let claims = |item: &&PlbRecord| known.get(item.item.reference.as_str()).cloned().unwrap_or_default();
    Ok(items.iter().map(claims).collect())
}

/// The claims whose numbers stand in a reference.
fn by_numbers(tables: &impl Read, payer: PayerId, reference: &str) -> Result<Vec<ClaimId>, StoreError> {
    for pieces in [may_be_numbers(reference), run_together(reference)] {
        let mut found = BTreeSet::new();
        for piece in &pieces {
            bearing(tables, piece, &mut found)?;
        }
        let mut known: Vec<(ClaimId, Vec<String>)> = Vec::new();
        for claim in found {
            known.extend(numbers(tables, payer, claim)?.map(|numbers| (claim, numbers)));
        }
        let claims = strongest(reference, &known);
        if !claims.is_empty() {
            return Ok(claims);
        }
    }
    Ok(Vec::new())
}

/// The claims that a reference names most surely.
fn strongest(reference: &str, known: &[(ClaimId, Vec<String>)]) -> Vec<ClaimId> {
    let each = known.iter().map(|(claim, numbers)| (strength(reference, numbers), *claim));
    let each: Vec<(Strength, ClaimId)> = each.filter(|(strength, _)| strength.is_some()).collect();
    let most = each.iter().map(|(strength, _)| *strength).max();
    each.into_iter().filter(|(strength, _)| Some(*strength) == most).map(|(_, claim)| claim).collect()
}

/// The claims that the office or the payer knows under a number.
fn bearing(tables: &impl Read, number: &str, found: &mut BTreeSet<ClaimId>) -> Result<(), StoreError> {
    let number = number.trim();
    let own = PatientControlNumber::new(number);
    if !own.is_given() {
        return Ok(());
    }
    found.extend(tables.claims_by_number(&own.index_form())?);
    found.extend(tables.claims_by_payer_number(number)?);
    Ok(())
}

/// The numbers by which a payer and the office know a claim, as references are read; nothing for a claim that this payer did
/// not answer.
fn numbers(tables: &impl Read, payer: PayerId, claim: ClaimId) -> Result<Option<Vec<String>>, StoreError> {
    let mut answers = tables.payments_of_claim(claim)?;
    answers.retain(|answer| answer.payer == payer);
    if answers.is_empty() {
        return Ok(None);
    }
    let Some(record) = tables.claim(claim)? else { return Ok(None) };
    let mut numbers = BTreeSet::from([bare(record.claim.control_number.as_str())]);
    for answer in &answers {
        let said = &answer.payment;
        numbers.insert(bare(said.control_number.as_str()));
        numbers.extend(payer_numbers(said).map(bare));
    }
    numbers.retain(|number| number.bytes().any(|b| b != b'0'));
    Ok(Some(numbers.into_iter().collect()))
}

/// The claims that were taken back by the remittances whose trace a reference bears.
fn by_trace(
    tables: &impl Read,
    reference: &str,
    remits: &BTreeMap<RemitId, RemitRecord>,
) -> Result<Vec<ClaimId>, StoreError> {
    let mut claims = BTreeSet::new();
    for remit in remits.values() {
        let trace = [bare(&remit.header.trace)];
        if trace[0].is_empty() || !strength(reference, &trace).is_some() {
            continue;
        }
        let taken = payments(tables, remit)?.into_iter().filter(|p| p.payment.paid.is_negative());
        claims.extend(taken.filter_map(|payment| payment.claim));
    }
    Ok(claims.into_iter().collect())
}
