//! One visit, one receivable: whether a claim is another's version, its possible double, or neither.
//! `docs/rules/posting-rules.md` section 3a.
//!
//! Pure: who could be meant is looked up by whoever calls. What is not stated contradicts nothing.

use crate::codes::{Class, carc};
use crate::domain::book::{ClaimRecord, ClaimVersion};
use crate::domain::claim::{Claim, Frequency, Person, Provider};
use crate::domain::join::{JoinGround, Likeness};
use crate::domain::remit::ClaimPayment;
use crate::domain::{Code, Date, Text};

/// Remark codes by which a payer says that it did not take the claim in, and wants a new one.
const UNPROCESSABLE: [Code; 2] = [Code::known("MA130"), Code::known("N142")];

/// What had become of the earlier claim when the later one was billed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// Nothing that asks for a new claim: it waits, it is paid.
    Standing,
    /// A payer had denied it, wholly or in part.
    Denied,
    /// A 277CA or 999 had rejected it, or a payer had denied it as unprocessable: nobody ever took it in.
    Refused,
}

/// What a claim is to one that was billed before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// The same receivable.
    Version(JoinGround),
    /// Perhaps: a person must say.
    Double(Likeness),
}

/// What a bill under a new number is to an earlier one of another number. `later` begins a receivable (frequency 1).
#[must_use]
pub fn relation(earlier: &ClaimRecord, later: &ClaimRecord, fate: Fate) -> Option<Relation> {
    let first = first_billed(later)?;
    if !is_same_visit(&earlier.claim, &later.claim) || is_voided(earlier, first.billed_on) {
        return None;
    }
    match (is_same_bill(earlier, later, first), fate) {
        (true, Fate::Refused) => Some(Relation::Version(JoinGround::SentAgain)),
        (true, _) => Some(Relation::Double(Likeness::Same)),
        (false, Fate::Refused | Fate::Denied) => Some(Relation::Double(Likeness::Changed)),
        (false, Fate::Standing) => None,
    }
}

/// Whether a replacement or void may amend a claim, which it names by the payer's number: patient and dates do not
/// contradict.
#[must_use]
pub fn may_amend(original: &ClaimRecord, amending: &ClaimRecord) -> bool {
    let (one, other) = (&original.claim, &amending.claim);
    one.kind == other.kind && is_same_patient(one, other) && overlap(one, other)
}

/// Patient, provider and dates are the same.
#[must_use]
pub fn is_same_visit(one: &Claim, other: &Claim) -> bool {
    one.kind == other.kind
        && one.service_from == other.service_from
        && one.service_to == other.service_to
        && is_same_patient(one, other)
        && is_same_provider(one, other)
}

/// The submission that decides what a claim is to others: the first, whatever amended it later.
#[must_use]
pub fn first_billed(record: &ClaimRecord) -> Option<&ClaimVersion> {
    record.versions.first()
}

/// Whether a claim was billed before another.
#[must_use]
pub fn is_before(one: &ClaimRecord, other: &ClaimRecord) -> bool {
    match (first_billed(one), first_billed(other)) {
        (Some(a), Some(b)) => (a.order(), one.id) < (b.order(), other.id),
        _ => false,
    }
}

/// Whether a bill begins a receivable: neither an amendment, nor late charges, nor a part of a stay.
#[must_use]
pub fn begins(record: &ClaimRecord) -> bool {
    first_billed(record).is_some_and(|first| first.frequency == Frequency::ORIGINAL.0)
}

/// Whether a claim's own latest word by a day is that it should not exist.
fn is_voided(record: &ClaimRecord, day: Date) -> bool {
    let until = record.versions.iter().rev().find(|version| version.billed_on <= day);
    until.is_some_and(|version| version.frequency == Frequency::VOID.0)
}

/// Payer, charge and procedures are the same. A claim that was amended states the lines of its last submission only: then the
/// charges decide.
fn is_same_bill(earlier: &ClaimRecord, later: &ClaimRecord, first: &ClaimVersion) -> bool {
    let charged = earlier.versions.iter().any(|version| version.charge == first.charge);
    let asked = earlier.versions.iter().any(|version| version.billed_payer == first.billed_payer);
    let amended = earlier.versions.len() > 1 || later.versions.len() > 1;
    charged && asked && (amended || services(&earlier.claim) == services(&later.claim))
}

/// Procedure, revenue code and modifiers.
type Service<'a> = (&'a str, &'a str, Vec<&'a str>);

fn services(claim: &Claim) -> Vec<Service<'_>> {
    let mut services: Vec<Service<'_>> = claim
        .lines
        .iter()
        .map(|l| {
            (l.procedure.as_str(), l.revenue_code.as_str(), l.modifiers.iter().map(Text::as_str).collect())
        })
        .collect();
    services.sort();
    services
}

/// Whether two claims are of one patient: the name, or the first name and the member's number; and not another birthday.
#[must_use]
pub fn is_same_patient(one: &Claim, other: &Claim) -> bool {
    let first = same_name(&one.patient.first, &other.patient.first);
    let name = first && same_name(&one.patient.last, &other.patient.last);
    let member =
        !one.subscriber.member_id.is_empty() && one.subscriber.member_id == other.subscriber.member_id;
    let days = |person: &Person| person.born;
    let born = match (days(&one.patient), days(&other.patient)) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    };
    born && (name || (member && first))
}

/// Whether nothing says that two claims are of two providers.
fn is_same_provider(one: &Claim, other: &Claim) -> bool {
    let told_apart = |a: &Provider, b: &Provider| {
        if !a.npi.is_empty() && !b.npi.is_empty() {
            return a.npi != b.npi;
        }
        !a.name.is_empty() && !b.name.is_empty() && !same_name(&a.name, &b.name)
    };
    let billed = !told_apart(&one.billing, &other.billing);
    let rendered = match (&one.rendering, &other.rendering) {
        (Some(a), Some(b)) => !told_apart(a, b),
        _ => true,
    };
    billed && rendered
}

fn overlap(one: &Claim, other: &Claim) -> bool {
    let span = |claim: &Claim| {
        let from = claim.service_from?;
        Some((from, claim.service_to.unwrap_or(from)))
    };
    match (span(one), span(other)) {
        (Some((a, b)), Some((c, d))) => a <= d && c <= b,
        _ => true,
    }
}

/// Letters and digits alike, whatever their case and what stands between them.
fn same_name(one: &str, other: &str) -> bool {
    let bare = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
    };
    one == other || bare(one) == bare(other)
}

/// Whether a payer's answer says that it did not process the claim: nothing paid, and a remark that asks for a new one.
#[must_use]
pub fn is_unprocessable(payment: &ClaimPayment) -> bool {
    let of_lines = payment.lines.iter().flat_map(|line| &line.remarks);
    let mut remarks = payment.remarks.iter().chain(of_lines);
    payment.paid.is_zero() && payment.charge.is_positive() && remarks.any(|code| UNPROCESSABLE.contains(code))
}

/// Whether a payer's answer denies anything.
#[must_use]
pub fn denies(payment: &ClaimPayment) -> bool {
    payment.status == "4"
        || payment.all_adjustments().any(|(_, adjustment)| {
            let class = carc(adjustment.reason).zip(adjustment.group).map(|(carc, group)| carc.class(group));
            adjustment.amount.is_positive() && class == Some(Class::Denial)
        })
}

#[cfg(test)]
mod tests;
