//! Looking up the claims that a payer's answer could be about. The choice is `posting::matching`'s.

use crate::domain::book::ClaimRecord;
use crate::domain::remit::ClaimPayment;
use crate::domain::{ClaimId, Few, Money, Text};
use crate::posting::matching::{Candidate, Match, find};
use crate::store::{Read, StoreError};

/// A number shorter than this that a payer cut off could begin too many others to be looked up by its beginning.
const SHORTEST_PREFIX: usize = 6;
/// More candidates than this prove nothing.
const MOST_CANDIDATES: usize = 50;

/// Finds the claim of a claim payment.
///
/// # Errors
/// Whatever the store says.
pub fn claim_of(tables: &impl Read, payment: &ClaimPayment) -> Result<Match, StoreError> {
    let (ids, whole) = ids_by_number(tables, payment)?;
    let by_number = load(tables, ids)?;
    choose(payment, &by_number.iter().collect::<Vec<_>>(), whole, || known_to_payer(tables, payment, []))
}

/// The claim among those that the payment's number may mean, and those that the payer's own numbers mean. The latter
/// are only asked for when they are needed. `whole` is false where the claims' numbers only begin with the payment's.
///
/// # Errors
/// Those of `known_to_payer`.
pub fn choose(
    payment: &ClaimPayment,
    by_number: &[&ClaimRecord],
    whole: bool,
    known_to_payer: impl FnOnce() -> Result<Vec<ClaimRecord>, StoreError>,
) -> Result<Match, StoreError> {
    if let Some(answer) = by_number_alone(payment, by_number, whole) {
        return Ok(answer);
    }
    let by_payer_number = known_to_payer()?;
    let by_payer_number: Vec<&ClaimRecord> = by_payer_number.iter().collect();
    let known: Vec<ClaimId> = by_payer_number.iter().map(|r| r.id).collect();
    let bears = |r: &ClaimRecord| whole && r.bears(&payment.control_number);
    Ok(find(
        payment,
        &as_candidates(by_number, &known, bears),
        &as_candidates(&by_payer_number, &known, |_| false),
    ))
}

/// The same where one claim bears the number: the payer's own numbers are not needed then. Nothing where none does, or
/// several do.
#[must_use]
pub fn by_number_alone(payment: &ClaimPayment, by_number: &[&ClaimRecord], whole: bool) -> Option<Match> {
    let bears = |r: &ClaimRecord| whole && r.bears(&payment.control_number);
    let one = by_number.iter().filter(|r| bears(r)).count() == 1;
    one.then(|| find(payment, &as_candidates(by_number, &[], bears), &[]))
}

fn as_candidates<'a>(
    records: &[&'a ClaimRecord],
    known: &[ClaimId],
    bears: impl Fn(&ClaimRecord) -> bool,
) -> Few<Candidate<'a>, 1> {
    let records = records.iter();
    records
        .map(|record| Candidate {
            id: record.id,
            claim: &record.claim,
            charges: charges_of(record),
            bears_number: bears(record),
            knows_payer_number: known.contains(&record.id),
        })
        .collect()
}

/// The charges of all submissions of a claim.
#[must_use]
pub fn charges_of(record: &ClaimRecord) -> Few<Money, 2> {
    record.versions.iter().map(|v| v.charge).collect()
}

/// The claims of CLP01; false where they only begin with it.
///
/// # Errors
/// Whatever the store says.
pub fn ids_by_number(tables: &impl Read, payment: &ClaimPayment) -> Result<(Vec<ClaimId>, bool), StoreError> {
    ids_by_form(tables, &payment.control_number.index_form(), payment)
}

/// The same where the index form of CLP01 is at hand.
///
/// # Errors
/// Whatever the store says.
pub fn ids_by_form(
    tables: &impl Read,
    form: &str,
    payment: &ClaimPayment,
) -> Result<(Vec<ClaimId>, bool), StoreError> {
    if !payment.control_number.is_given() {
        return Ok((Vec::new(), false));
    }
    let mut ids = tables.claims_by_number(form)?;
    let whole = !ids.is_empty();
    if !whole && form.len() >= SHORTEST_PREFIX {
        ids = tables.claims_by_number_prefix(form, MOST_CANDIDATES)?.into_iter().map(|(_, id)| id).collect();
    }
    ids.truncate(MOST_CANDIDATES);
    Ok((ids, whole))
}

/// The payer's numbers by which a payment may name its claim.
pub fn payer_numbers(payment: &ClaimPayment) -> impl Iterator<Item = &str> {
    std::iter::once(payment.payer_number.as_str())
        .chain(payment.other_numbers.iter().map(Text::as_str))
        .map(str::trim)
        .filter(|number| !number.is_empty())
}

/// The claims known by the payer's numbers; `besides` are some that the index does not know yet.
///
/// # Errors
/// Whatever the store says.
pub fn known_to_payer(
    tables: &impl Read,
    payment: &ClaimPayment,
    besides: impl IntoIterator<Item = ClaimId>,
) -> Result<Vec<ClaimRecord>, StoreError> {
    let mut ids: Vec<ClaimId> = besides.into_iter().collect();
    for number in payer_numbers(payment) {
        ids.extend(tables.claims_by_payer_number(number)?);
    }
    ids.sort_unstable();
    ids.dedup();
    load(tables, ids)
}

fn load(tables: &impl Read, mut ids: Vec<ClaimId>) -> Result<Vec<ClaimRecord>, StoreError> {
    ids.truncate(MOST_CANDIDATES);
    let records = ids.into_iter().map(|id| tables.claim(id));
    let records = records.filter_map(Result::transpose);
    records.filter(|r| r.as_ref().map_or(true, may_be_meant)).collect()
}

/// Nothing posts on a claim of which only the void is known.
#[must_use]
pub fn may_be_meant(record: &ClaimRecord) -> bool {
    !record.is_void_alone()
}

/// Every claim that a claim payment could be about, the likeliest first: by number, by the payer's number. For a person
/// to choose from.
///
/// # Errors
/// Whatever the store says.
pub fn candidates(tables: &impl Read, payment: &ClaimPayment) -> Result<Vec<ClaimRecord>, StoreError> {
    let mut found = load(tables, ids_by_number(tables, payment)?.0)?;
    for known in known_to_payer(tables, payment, [])? {
        if found.iter().all(|f| f.id != known.id) {
            found.push(known);
        }
    }
    found.sort_by_key(|record| std::cmp::Reverse(score(payment, record)));
    Ok(found)
}

/// What of a claim payment agrees with a claim, and what does not. Facts that one side does not state are left out.
#[must_use]
pub fn compare(payment: &ClaimPayment, record: &ClaimRecord) -> Vec<(&'static str, bool)> {
    let claim = &record.claim;
    let alike = |a: &str, b: &str| a.trim().eq_ignore_ascii_case(b.trim());
    let mut facts = vec![
        ("number", payment.control_number == claim.control_number),
        ("charge", charges_of(record).contains(&payment.charge.abs())),
    ];
    if !payment.patient.last.is_empty() {
        facts.push(("patient", alike(&payment.patient.last, &claim.patient.last)));
    }
    if !payment.patient.member_id.is_empty() && !claim.subscriber.member_id.is_empty() {
        facts.push(("member", alike(&payment.patient.member_id, &claim.subscriber.member_id)));
    }
    if payment.service_from.is_some() {
        facts.push(("date", payment.service_from == claim.service_from));
    }
    if !payment.rendering_npi.is_empty() {
        let rendering = claim.rendering.as_ref().unwrap_or(&claim.billing);
        facts.push(("provider", [&rendering.npi, &claim.billing.npi].contains(&&payment.rendering_npi)));
    }
    facts
}

/// Claims that no number points to, but patient, dates, charge and provider do: at least three facts agree. Reads every
/// claim, so it is for one item that a person looks at (`domain/posting-rules.md` section 3, try 4: suggest only).
///
/// # Errors
/// Whatever the store says.
pub fn suggestions(tables: &impl Read, payment: &ClaimPayment) -> Result<Vec<ClaimRecord>, StoreError> {
    const ENOUGH: usize = 3;
    const MOST: usize = 10;
    let mut found: Vec<(usize, ClaimRecord)> = Vec::new();
    for record in tables.claims()? {
        let record = record?;
        let score = score(payment, &record);
        if score >= ENOUGH {
            found.push((score, record));
            if found.len() > 10 * MOST {
                found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
                found.truncate(MOST);
            }
        }
    }
    found.sort_by_key(|(score, record)| (std::cmp::Reverse(*score), record.id));
    Ok(found.into_iter().take(MOST).map(|(_, record)| record).collect())
}

/// How many facts agree.
#[must_use]
pub fn score(payment: &ClaimPayment, record: &ClaimRecord) -> usize {
    compare(payment, record).iter().filter(|(_, agrees)| *agrees).count()
}
