//! Looking up the claims that a payer's answer could be about. The choice is `posting::matching`'s.

use crate::domain::book::{ClaimRecord, PaymentRecord};
use crate::domain::claim::Claim;
use crate::domain::remit::ClaimPayment;
use crate::domain::{ClaimId, Few, Money, PatientControlNumber, PayerId, PaymentId, Text};
use crate::posting::hold::Hold;
use crate::posting::matching::{
    Candidate, Comparison, Match, Number, Verdict, find, resting_on_payer_number, rests_on_payer_number,
};
use crate::store::{Read, StoreError};

/// A number shorter than this that a payer cut off could begin too many others to be looked up by its beginning.
pub const SHORTEST_CUT: usize = 6;
/// A number shorter than this to which a payer appended something could begin too many others.
pub const SHORTEST_STEM: usize = 3;
/// More claims under one altered number than these prove nothing.
const MOST_ALTERED: usize = 50;
/// More claims under one number than these prove nothing: an account number has many visits, but not so many.
const MOST_UNDER_ONE: usize = 2_000;

/// Finds the claim of a claim payment, as the ledger is now.
///
/// # Errors
/// Whatever the store says.
pub fn claim_of(tables: &impl Read, payment: &PaymentRecord) -> Result<Match, StoreError> {
    let same_form = load(tables, ids_by_number(tables, &payment.payment)?)?;
    let known = || known_to_payer(tables, payment, []);
    choose(tables, &payment.payment, &same_form.iter().collect::<Vec<_>>(), known)
}

/// The claim among those whose number has the form of the payment's, those that may be meant by it altered, and those that
/// the payer's own numbers mean. Each are only asked for when they are needed.
///
/// What the claims and the payment say for themselves decides first; what other remittances and acknowledgments say of the
/// payer's numbers only where that proves nothing.
///
/// # Errors
/// Whatever the store says.
pub fn choose(
    tables: &impl Read,
    payment: &ClaimPayment,
    same_form: &[&ClaimRecord],
    known_to_payer: impl FnOnce() -> Result<Vec<ClaimRecord>, StoreError>,
) -> Result<Match, StoreError> {
    let own = as_candidates(payment, same_form);
    let found = find(payment, &own);
    if matches!(found, Match::Proved(..)) {
        return Ok(found);
    }
    let several = matches!(found, Match::Waits(Hold::AmbiguousMatch, _));
    let records = if several { Vec::new() } else { altered(tables, payment, same_form)? };
    let altered = records.iter().map(|record| candidate(record, Number::Altered));
    let candidates: Few<Candidate<'_>, 4> = own.iter().copied().chain(altered).collect();
    let found = if candidates.len() == own.len() { found } else { find(payment, &candidates) };
    if matches!(found, Match::Proved(..)) {
        return Ok(found);
    }
    let known = known_to_payer()?;
    if known.is_empty() {
        return Ok(found);
    }
    let knows = |c: Candidate<'_>| known.iter().any(|record| record.id == c.record.id);
    let pointed = candidates.iter().map(|c| Candidate { knows_payer_number: knows(*c), ..*c });
    let others = known.iter().filter(|record| candidates.iter().all(|c| c.record.id != record.id));
    let others =
        others.map(|record| Candidate { knows_payer_number: true, ..candidate(record, Number::Payers) });
    // Whatever is proved now is so by what others said, a takeback under its exact number too: it proves nothing in turn.
    Ok(match find(payment, &pointed.chain(others).collect::<Few<Candidate<'_>, 4>>()) {
        Match::Proved(claim, step) => Match::Proved(claim, resting_on_payer_number(step)),
        waits @ Match::Waits(..) => waits,
    })
}

/// The same where one claim bears exactly the number and nothing contradicts: nearly always. Nothing else is needed then.
#[must_use]
pub fn by_number_alone(payment: &ClaimPayment, same_form: &[&ClaimRecord]) -> Option<Match> {
    let exact = same_form.iter().filter(|record| number_of(payment, record) == Number::Exact);
    let found =
        if exact.count() == 1 { find(payment, &as_candidates(payment, same_form)) } else { return None };
    matches!(found, Match::Proved(..)).then_some(found)
}

fn as_candidates<'a>(payment: &ClaimPayment, same_form: &[&'a ClaimRecord]) -> Few<Candidate<'a>, 2> {
    same_form.iter().map(|record| candidate(record, number_of(payment, record))).collect()
}

const fn candidate(record: &ClaimRecord, number: Number) -> Candidate<'_> {
    Candidate { record, number, knows_payer_number: false }
}

/// How the number of a claim fits that is found under the form of the payment's.
fn number_of(payment: &ClaimPayment, record: &ClaimRecord) -> Number {
    if record.bears(&payment.control_number) { Number::Exact } else { Number::Altered }
}

/// The charges of all submissions of a claim.
#[must_use]
pub fn charges_of(record: &ClaimRecord) -> Few<Money, 2> {
    record.versions.iter().map(|v| v.charge).collect()
}

/// The claims whose number has the form of CLP01.
///
/// # Errors
/// Whatever the store says.
pub fn ids_by_number(tables: &impl Read, payment: &ClaimPayment) -> Result<Vec<ClaimId>, StoreError> {
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
) -> Result<Vec<ClaimId>, StoreError> {
    if !payment.control_number.is_given() {
        return Ok(Vec::new());
    }
    let ids = tables.claims_by_number(form)?;
    Ok(if ids.len() > MOST_UNDER_ONE { Vec::new() } else { ids })
}

/// Claims whose number the payer may have altered: cut off, with something appended, or put into CLP07.
fn altered(
    tables: &impl Read,
    payment: &ClaimPayment,
    besides: &[&ClaimRecord],
) -> Result<Vec<ClaimRecord>, StoreError> {
    let mut ids = Vec::new();
    if payment.control_number.is_given() {
        let form = payment.control_number.index_form();
        if form.len() >= SHORTEST_CUT {
            let cut = tables.claims_by_number_prefix(&form, MOST_ALTERED + besides.len() + 1)?;
            if cut.len() <= MOST_ALTERED + besides.len() {
                ids.extend(cut.into_iter().map(|(_, id)| id));
            }
        }
        let longer = (SHORTEST_STEM..form.len()).rev().filter_map(|length| form.get(..length));
        for stem in longer {
            let found = tables.claims_by_number(stem)?;
            if found.len() <= MOST_ALTERED {
                ids.extend(found);
            }
        }
    }
    if let Some(form) = in_payer_number(payment) {
        let found = tables.claims_by_number(&form)?;
        if found.len() <= MOST_ALTERED {
            ids.extend(found);
        }
    }
    ids.sort_unstable();
    ids.dedup();
    ids.retain(|id| besides.iter().all(|record| record.id != *id));
    load(tables, ids)
}

/// The form of our number where the payer may have put it into CLP07.
#[must_use]
pub fn in_payer_number(payment: &ClaimPayment) -> Option<Text> {
    let number = PatientControlNumber::new(payment.payer_number.as_str());
    number.is_given().then(|| number.index_form())
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
    payment: &PaymentRecord,
    besides: impl IntoIterator<Item = ClaimId>,
) -> Result<Vec<ClaimRecord>, StoreError> {
    let mut ids: Vec<ClaimId> = besides.into_iter().collect();
    for number in payer_numbers(&payment.payment) {
        for id in tables.claims_by_payer_number(number)? {
            if !ids.contains(&id) && is_known(tables, id, number, payment.id)? {
                ids.push(id);
            }
        }
    }
    ids.sort_unstable();
    ids.dedup();
    load(tables, ids)
}

/// Whether a claim has this number of the payer's by what it says itself, an acknowledgment says, or a claim payment says
/// that was tied to it without the help of such numbers. The index keeps what was so once.
fn is_known(
    tables: &impl Read,
    claim: ClaimId,
    number: &str,
    but_for: PaymentId,
) -> Result<bool, StoreError> {
    let says = |p: &PaymentRecord| {
        p.id != but_for && p.payment.payer_number.as_str() == number && !rests_on_payer_number(&p.matched_by)
    };
    if tables.payments_of_claim(claim)?.iter().any(says) {
        return Ok(true);
    }
    if tables.claim(claim)?.is_some_and(|record| own_numbers(&record.claim).any(|own| own == number)) {
        return Ok(true);
    }
    for id in tables.acks_of_claim(claim)? {
        if tables.ack(id)?.is_some_and(|ack| ack.payer_claim_number == number) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The payer's and the clearinghouse's numbers that a claim itself states: REF*F8 and REF*D9.
pub fn own_numbers(claim: &Claim) -> impl Iterator<Item = &str> {
    [claim.original_reference.as_str(), claim.clearinghouse_number.as_str()]
        .into_iter()
        .map(str::trim)
        .filter(|number| !number.is_empty())
}

fn load(tables: &impl Read, ids: Vec<ClaimId>) -> Result<Vec<ClaimRecord>, StoreError> {
    let records = ids.into_iter().map(|id| tables.claim(id));
    let records = records.filter_map(Result::transpose);
    records.filter(|r| r.as_ref().map_or(true, may_be_meant)).collect()
}

/// Nothing posts on a claim of which only the void is known.
#[must_use]
pub fn may_be_meant(record: &ClaimRecord) -> bool {
    !record.is_void_alone()
}

/// Every claim that a claim payment could be about, the likeliest first: by number, by the number altered, by the payer's
/// number. For a person to choose from.
///
/// # Errors
/// Whatever the store says.
pub fn candidates(tables: &impl Read, payment: &PaymentRecord) -> Result<Vec<ClaimRecord>, StoreError> {
    let mut found = load(tables, ids_by_number(tables, &payment.payment)?)?;
    let near = altered(tables, &payment.payment, &found.iter().collect::<Vec<_>>())?;
    found.extend(near);
    for known in known_to_payer(tables, payment, [])? {
        if found.iter().all(|f| f.id != known.id) {
            found.push(known);
        }
    }
    found.sort_by_key(|record| std::cmp::Reverse(score(&payment.payment, record)));
    Ok(found)
}

/// A claim payment and a claim for a person to see, field by field: each with its stable word.
///
/// # Errors
/// Whatever the store says.
pub fn compare(
    tables: &impl Read,
    payment: &PaymentRecord,
    record: &ClaimRecord,
) -> Result<Vec<(&'static str, Verdict)>, StoreError> {
    let said = &payment.payment;
    let mut fields = vec![number_field(tables, payment, record)?];
    fields.extend(Comparison::of(said, record).fields());
    let agrees = |agrees: bool| if agrees { Verdict::Agrees } else { Verdict::Differs };
    fields.push(("payer", payer_of(tables, payment.payer, record)?));
    let npis = [&record.claim.provider().npi, &record.claim.billing.npi];
    let given = !said.rendering_npi.is_empty() && npis.iter().any(|npi| !npi.is_empty());
    fields.push((
        "provider",
        if given { agrees(npis.contains(&&said.rendering_npi)) } else { Verdict::Unknown },
    ));
    Ok(fields)
}

/// Whether a payer is one of a claim's: another one proves nothing against a match, and is shown.
///
/// # Errors
/// Whatever the store says.
pub fn payer_of(tables: &impl Read, payer: PayerId, record: &ClaimRecord) -> Result<Verdict, StoreError> {
    let payers = payers_of(tables, record)?;
    let payer = one_payer(tables, payer)?;
    Ok(match payer == PayerId::NONE || payers.is_empty() {
        true => Verdict::Unknown,
        false if payers.contains(&payer) => Verdict::Agrees,
        false => Verdict::Differs,
    })
}

/// The payers of a claim: those that it names, and those that an answer says it went on to.
///
/// # Errors
/// Whatever the store says.
pub fn payers_of(tables: &impl Read, record: &ClaimRecord) -> Result<Vec<PayerId>, StoreError> {
    let went_on = tables.payments_of_claim(record.id)?.into_iter().map(|payment| payment.forwarded_to);
    let all: Vec<PayerId> = record.payers.iter().copied().chain(went_on).collect();
    let mut payers = Vec::new();
    for payer in all.into_iter().filter(|payer| *payer != PayerId::NONE) {
        let now = one_payer(tables, payer)?;
        if !payers.contains(&now) {
            payers.push(now);
        }
    }
    Ok(payers)
}

fn number_field(
    tables: &impl Read,
    payment: &PaymentRecord,
    record: &ClaimRecord,
) -> Result<(&'static str, Verdict), StoreError> {
    let said = &payment.payment;
    let (form, own) = (said.control_number.index_form(), record.claim.control_number.index_form());
    let given = said.control_number.is_given();
    if given && tables.claims_by_number(&form)?.contains(&record.id) && record.bears(&said.control_number) {
        return Ok(("number", Verdict::Agrees));
    }
    let near = given && (own.starts_with(form.as_str()) || form.starts_with(own.as_str()));
    if near || in_payer_number(said).is_some_and(|form| form == own) {
        return Ok(("number-altered", Verdict::Agrees));
    }
    for number in payer_numbers(said) {
        if is_known(tables, record.id, number, payment.id)? {
            return Ok(("payer-number", Verdict::Agrees));
        }
    }
    Ok(("number", if given { Verdict::Differs } else { Verdict::Unknown }))
}

/// The payer that a payer turned out to be.
fn one_payer(tables: &impl Read, payer: PayerId) -> Result<PayerId, StoreError> {
    Ok(tables.payer(payer)?.and_then(|record| record.merged_into).unwrap_or(payer))
}

/// Claims that no number points to, but patient, dates, charge and provider do: at least three facts agree. Reads every
/// claim, so it is for one item that a person looks at (`docs/rules/posting-rules.md` section 3, try 4: suggest only).
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
        let strangers = || Comparison::of(payment, &record).patient == Verdict::Differs;
        if score >= ENOUGH && !strangers() {
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

/// How many facts agree, of those that need nothing looked up.
fn score(payment: &ClaimPayment, record: &ClaimRecord) -> usize {
    let number = payment.control_number.is_given() && payment.control_number == record.claim.control_number;
    let provider = !payment.rendering_npi.is_empty()
        && [&record.claim.provider().npi, &record.claim.billing.npi].contains(&&payment.rendering_npi);
    Comparison::of(payment, record).agreeing() + usize::from(number) + usize::from(provider)
}
