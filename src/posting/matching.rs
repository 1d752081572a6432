//! Which claim a payer's answer is about: a ladder of steps, the first with exactly one answer wins.
//! `domain/posting-rules.md` section 3, `domain/edge-cases.md` 3.1 to 3.4.
//!
//! Pure: the candidates are looked up by whoever calls. A match is proved or it waits.

use super::hold::Hold;
use crate::domain::claim::Claim;
use crate::domain::remit::ClaimPayment;
use crate::domain::{ClaimId, Few, Money};

/// A claim that might be meant.
#[derive(Clone, Debug)]
pub struct Candidate<'a> {
    /// Its number.
    pub id: ClaimId,
    /// Its latest submission.
    pub claim: &'a Claim,
    /// The charges of all its submissions.
    pub charges: Few<Money, 2>,
    /// Whether one of its submissions bears exactly the number of CLP01.
    pub bears_number: bool,
    /// Whether an earlier remittance or acknowledgment gave it this payer's number (CLP07).
    pub knows_payer_number: bool,
}

/// The result of the ladder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Match {
    /// Proved, by the step named.
    Proved(ClaimId, &'static str),
    /// Not proved.
    Waits(Hold, String),
}

/// Climbs the ladder. `by_number` are claims whose number has the index form of CLP01, or begins with it;
/// `by_payer_number` are claims known under CLP07, REF*F8 or REF*D9.
#[must_use]
pub fn find(payment: &ClaimPayment, by_number: &[Candidate<'_>], by_payer_number: &[Candidate<'_>]) -> Match {
    if payment.control_number.is_given() {
        let exact: Few<&Candidate<'_>, 2> = by_number.iter().filter(|c| c.bears_number).collect();
        if !exact.is_empty() {
            return settle(payment, exact, "control-number");
        }
        // Payers cut, pad and upper-case numbers. Such a number proves nothing without the charge and the patient.
        let altered: Few<&Candidate<'_>, 2> =
            by_number.iter().filter(|c| charge_agrees(payment, c) && patient_agrees(payment, c)).collect();
        if let [one] = altered[..] {
            return Match::Proved(one.id, "control-number-altered");
        }
    }
    let known: Few<&Candidate<'_>, 2> =
        by_payer_number.iter().filter(|c| charge_agrees(payment, c) || patient_agrees(payment, c)).collect();
    match known[..] {
        [one] if !patient_differs(payment, one) => Match::Proved(one.id, "payer-number"),
        [] => Match::Waits(
            Hold::NoMatch,
            format!("no claim has the number {:?}", payment.control_number.as_str()),
        ),
        _ => ambiguous(payment, known.len()),
    }
}

type Agrees = fn(&ClaimPayment, &Candidate<'_>) -> bool;

/// One claim, or the one among several that the payer's number, the patient, the charge or the date points to.
fn settle(payment: &ClaimPayment, mut left: Few<&Candidate<'_>, 2>, step: &'static str) -> Match {
    let narrowed: [(&'static str, Agrees); 4] = [
        ("control-number-and-payer-number", |_, c| c.knows_payer_number),
        ("control-number-and-patient", patient_agrees),
        ("control-number-and-date", date_agrees),
        ("control-number-and-charge", charge_agrees),
    ];
    let mut step = step;
    for (name, agrees) in narrowed {
        if left.len() == 1 {
            break;
        }
        let fewer: Few<&Candidate<'_>, 2> = left.iter().copied().filter(|c| agrees(payment, c)).collect();
        if !fewer.is_empty() && fewer.len() < left.len() {
            left = fewer;
            step = name;
        }
    }
    match left[..] {
        [one] if patient_differs(payment, one) => Match::Waits(
            Hold::PatientDiffers,
            "the claim with this number is another patient's: name and member number do not agree".to_owned(),
        ),
        [one] => Match::Proved(one.id, step),
        _ => ambiguous(payment, left.len()),
    }
}

fn ambiguous(payment: &ClaimPayment, count: usize) -> Match {
    let number = payment.control_number.as_str();
    Match::Waits(Hold::AmbiguousMatch, format!("{count} claims could be meant by the number {number:?}"))
}

/// The payer answers a charge that the claim has or had; a reversal negates it.
fn charge_agrees(payment: &ClaimPayment, c: &Candidate<'_>) -> bool {
    c.charges.contains(&payment.charge.abs())
}

fn date_agrees(payment: &ClaimPayment, c: &Candidate<'_>) -> bool {
    payment.service_from.is_some() && payment.service_from == c.claim.service_from
}

/// Last name or member number is the same. Payers correct both (NM1*74); either form counts.
fn patient_agrees(payment: &ClaimPayment, c: &Candidate<'_>) -> bool {
    let people = [Some(&payment.patient), payment.insured.as_ref(), payment.corrected.as_ref()];
    let claim = [&c.claim.patient, &c.claim.subscriber];
    let payers = c.claim.payers.iter().map(|p| p.member_id.as_str());
    let ids: Few<&str, 6> = claim.iter().map(|p| p.member_id.as_str()).chain(payers).collect();
    people.into_iter().flatten().any(|said| {
        let id = alike(&said.member_id, &ids);
        let name = alike(&said.last, &claim.map(|p| p.last.as_str()));
        let first = said.first.is_empty() || alike(&said.first, &claim.map(|p| p.first.as_str()));
        id || (name && first)
    })
}

/// Condition 7: last name and member number are given, and both differ; where there is no member number to compare,
/// last and first name both differ. One of them alone may be a correction or a misspelling.
fn patient_differs(payment: &ClaimPayment, c: &Candidate<'_>) -> bool {
    let (said, claim) = (&payment.patient, c.claim);
    let known = [&claim.patient, &claim.subscriber];
    if said.last.is_empty() || claim.patient.last.is_empty() || patient_agrees(payment, c) {
        return false;
    }
    let other = |said: &str, known: [&str; 2]| {
        !said.is_empty() && known.iter().any(|k| !k.is_empty()) && !alike(said, &known)
    };
    let ids_given = !said.member_id.is_empty() && !claim.subscriber.member_id.is_empty();
    let other_first = other(&said.first, known.map(|p| p.first.as_str()));
    other(&said.last, known.map(|p| p.last.as_str())) && (ids_given || other_first)
}

fn alike(said: &str, known: &[&str]) -> bool {
    bare(said).next().is_some() && known.iter().any(|k| bare(k).eq(bare(said)))
}

/// Letters and digits, in upper case.
fn bare(text: &str) -> impl Iterator<Item = u8> {
    text.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_uppercase())
}
