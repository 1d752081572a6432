//! The claims that provider-level items name by their references, as far as this ledger knows them.
//! `domain/posting-rules.md` section 7c.

use std::collections::{BTreeMap, BTreeSet};

use super::matching::payer_numbers;
use super::undo::payments;
use crate::domain::book::{PlbRecord, RemitRecord};
use crate::domain::{ClaimId, PatientControlNumber, PayerId, RemitId};
use crate::posting::reference::{Strength, bare, parts, strength, without_two_digits};
use crate::store::{Read, StoreError};

/// The shortest beginning or end of a run of letters and digits that may be a number.
const SHORTEST_PIECE: usize = 3;

/// The claims that each of some items of one payer names, in the order of the items. One claim named by any of them is
/// looked for in all references, for payers name one debt in several ways.
///
/// # Errors
/// Whatever the store says.
pub fn named(
    tables: &impl Read,
    payer: PayerId,
    items: &[&PlbRecord],
    remits: &BTreeMap<RemitId, RemitRecord>,
) -> Result<Vec<Vec<ClaimId>>, StoreError> {
    let mut found = BTreeSet::new();
    for item in items {
        look_up(tables, &item.item.reference, &mut found)?;
    }
    let mut known: Vec<(ClaimId, Vec<String>)> = Vec::new();
    for claim in found {
        known.extend(numbers(tables, payer, claim)?.map(|numbers| (claim, numbers)));
    }
    let mut all = Vec::with_capacity(items.len());
    for item in items {
        let mut claims = strongest(&item.item.reference, &known);
        if claims.is_empty() {
            claims = by_trace(tables, &item.item.reference, remits)?;
        }
        all.push(claims);
    }
    Ok(all)
}

/// The claims that a reference names most surely.
fn strongest(reference: &str, known: &[(ClaimId, Vec<String>)]) -> Vec<ClaimId> {
    let each = known.iter().map(|(claim, numbers)| (strength(reference, numbers), *claim));
    let each: Vec<(Strength, ClaimId)> = each.filter(|(strength, _)| strength.is_some()).collect();
    let most = each.iter().map(|(strength, _)| *strength).max();
    each.into_iter().filter(|(strength, _)| Some(*strength) == most).map(|(_, claim)| claim).collect()
}

/// Claims that may bear a number that stands in a reference.
fn look_up(tables: &impl Read, reference: &str, found: &mut BTreeSet<ClaimId>) -> Result<(), StoreError> {
    let before = found.len();
    let parts: Vec<&str> = parts(reference).collect();
    let run = parts.concat();
    for piece in parts.iter().copied().chain([run.as_str(), reference.trim()]) {
        bearing(tables, piece, found)?;
        if let Some(icn) = without_two_digits(piece) {
            bearing(tables, icn, found)?;
        }
    }
    if found.len() == before {
        // Run together: what it begins with, and what it ends with.
        for at in SHORTEST_PIECE..(run.len() + 1).saturating_sub(SHORTEST_PIECE) {
            bearing(tables, &run[..at], found)?;
            bearing(tables, &run[at..], found)?;
        }
    }
    Ok(())
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

/// The numbers of a claim that this payer answered, as references are read; nothing for a claim that it did not answer.
fn numbers(tables: &impl Read, payer: PayerId, claim: ClaimId) -> Result<Option<Vec<String>>, StoreError> {
    let answers = tables.payments_of_claim(claim)?;
    if !answers.iter().any(|answer| answer.payer == payer) {
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
