//! Claims that nobody has heard of, entered together: most of a file's.
//!
//! Nothing in the ledger bears on such a claim, so that all threads can tell the stories of some hundred of them, and two
//! can write what comes of it. Whatever needs a second look is entered by itself, by the caller.

use rayon::prelude::*;

use super::dossier::Dossier;
use super::matching;
use super::placing;
use super::retell::Rulebook;
use super::told::{self, Told};
use crate::domain::book::ClaimRecord;
use crate::domain::join::VisitKey;
use crate::domain::{ClaimId, Text};
use crate::store::{Read, ReadJoins, StoreError, WriteTables};

/// A new claim, and the index form of its control number.
pub struct Newcomer {
    /// The number, as it is indexed.
    pub number: Text,
    /// The claim.
    pub record: ClaimRecord,
}

/// Which of these numbers say nothing to the ledger: no claim bears them, and no claim payment waits for one that does.
/// Of numbers that stand here twice, only the first.
///
/// # Errors
/// Whatever the store says.
pub fn unknown(tables: &WriteTables<'_>, numbers: &[&Text]) -> Result<Vec<bool>, StoreError> {
    // Asked in the order of the index.
    let mut order: Vec<(&str, usize)> = numbers.iter().map(|number| number.as_str()).zip(0..).collect();
    order.sort_unstable();
    let (Some((first, _)), Some((last, _))) = (order.first(), order.last()) else { return Ok(Vec::new()) };
    // Most offices count up: then one look is enough.
    let beside = tables.is_claim_between(first, last)?;
    let is_unknown = |(place, (number, at)): (usize, &(&str, usize))| {
        let repeated = place > 0 && order[place - 1].0 == *number;
        let borne = beside && !tables.claims_by_number(number)?.is_empty();
        Ok((*at, !repeated && !borne && placing::looking_for(tables, number)?.is_empty()))
    };
    let answers: Vec<(usize, bool)> =
        order.par_iter().enumerate().map(is_unknown).collect::<Result<_, StoreError>>()?;
    let mut unknown = vec![false; numbers.len()];
    answers.into_iter().for_each(|(at, answer)| unknown[at] = answer);
    Ok(unknown)
}

/// Which of these claims are of a visit that the ledger knows, or that stands here before.
///
/// # Errors
/// Whatever the store says.
pub fn met(tables: &WriteTables<'_>, visits: &[Option<VisitKey>]) -> Result<Vec<bool>, StoreError> {
    // Asked in the order of the index.
    let mut order: Vec<(VisitKey, usize)> =
        visits.iter().copied().zip(0..).filter_map(|(k, at)| Some((k?, at))).collect();
    order.sort_unstable();
    let keys: Vec<VisitKey> = order.iter().map(|(key, _)| *key).collect();
    let known = tables.are_known(&keys)?;
    let mut met = vec![false; visits.len()];
    for (place, ((key, at), known)) in order.iter().zip(known).enumerate() {
        met[*at] = known || place > 0 && keys[place - 1] == *key;
    }
    Ok(met)
}

/// Enters claims whose numbers are unknown.
///
/// # Errors
/// Whatever the store says.
pub fn enter(
    tables: &mut WriteTables<'_>,
    rules: &Rulebook<'_>,
    newcomers: &[Newcomer],
) -> Result<(), StoreError> {
    let dossiers = newcomers.par_iter().map(|newcomer| Dossier::new(&newcomer.record));
    let told: Vec<Told<'_>> = dossiers.map(|dossier| dossier.tell(rules)).collect();
    tables.claims_apart(|mut claims, others| {
        let write = || {
            newcomers.iter().try_for_each(|newcomer| claims.put_claim(&newcomer.record))?;
            let numbers = newcomers.iter().map(|newcomer| (newcomer.number.as_str(), newcomer.record.id));
            claims.index_claim_numbers(numbers)?;
            claims.index_visits(newcomers.iter().map(|newcomer| &newcomer.record))
        };
        let (written, entered) = rayon::join(write, || told::enter(told, others, rules.hand));
        written.and(entered)
    })?;
    let known = newcomers.iter().flat_map(|newcomer| {
        let numbers = matching::own_numbers(&newcomer.record.claim);
        numbers.map(move |number| (number, newcomer.record.id))
    });
    let known: Vec<(&str, ClaimId)> = known.collect();
    for (number, claim) in &known {
        tables.index_payer_number(number, *claim)?;
    }
    placing::settle_numbers(tables, rules.hand, known.into_iter().map(|(number, _)| number))?;
    Ok(())
}
