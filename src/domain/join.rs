//! Claims that are one receivable: one visit billed under several numbers, why the ledger thinks so, and what a person
//! said of claims that only look like it. `docs/rules/posting-rules.md` section 3a.
//!
//! Each claim keeps its own record. Joined, one of them leads: it is shown as if every submission of all parts had been
//! made of it, and the others are shown without any.

use super::book::{ClaimRecord, ClaimVersion};
use super::claim::{Claim, Frequency, Person};
use super::{CaseId, ClaimId, Date, EntryId, Few, PaymentId};

/// Why claims are one receivable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum JoinGround {
    /// A replacement or void that names the payer's number of the other (REF*F8).
    Replaces = 1,
    /// The same bill under a new number, after the other was rejected or denied as unprocessable.
    SentAgain = 2,
    /// A person said so.
    Person = 3,
}

impl JoinGround {
    const ALL: [(JoinGround, &'static str); 3] = [
        (JoinGround::Replaces, "replaces"),
        (JoinGround::SentAgain, "sent-again"),
        (JoinGround::Person, "person"),
    ];

    /// Its word in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(ground, _)| *ground == self).map_or("", |(_, word)| word)
    }

    /// The ground stored under a number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<JoinGround> {
        Self::ALL.iter().find(|(ground, _)| *ground as u8 == number).map(|(ground, _)| *ground)
    }
}

/// That a claim is part of a receivable which another leads, and what it brought there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Join {
    /// The claim.
    pub part: ClaimId,
    /// The claim that stands for all of them.
    pub lead: ClaimId,
    /// The claim of the receivable that it belongs to.
    pub with: ClaimId,
    /// Why.
    pub ground: JoinGround,
    /// The day.
    pub on: Date,
    /// When it was done: UTC seconds.
    pub recorded_at: i64,
    /// Who did it.
    pub user: String,
    /// A person's words.
    pub reason: String,
    /// Claim payments that were on it.
    pub payments: Vec<PaymentId>,
    /// Denial cases that were its own.
    pub cases: Vec<CaseId>,
    /// What persons had done to it: the entry on the claim, and the one that says the same on the lead.
    pub acts: Vec<(EntryId, EntryId)>,
}

/// What a person said of two claims that might be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum ApartGround {
    /// They were joined, and are two.
    Parted = 1,
    /// They were listed as possible doubles, and both are real.
    BothReal = 2,
}

impl ApartGround {
    /// The ground stored under a number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<ApartGround> {
        [ApartGround::Parted, ApartGround::BothReal].into_iter().find(|ground| *ground as u8 == number)
    }
}

/// Two claims that are two: no rule joins or lists them again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Apart {
    /// The one with the smaller number.
    pub one: ClaimId,
    /// The other.
    pub other: ClaimId,
    /// What was said.
    pub ground: ApartGround,
    /// The day.
    pub on: Date,
    /// When it was said: UTC seconds.
    pub recorded_at: i64,
    /// Who.
    pub user: String,
    /// The words.
    pub reason: String,
}

/// Why a claim may be another's double.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Likeness {
    /// The same visit, bill and payer.
    Same = 1,
    /// The same visit; procedures, charge or payer changed after a rejection or denial.
    Changed = 2,
    /// A replacement or void whose original is not known by number, and this is the likely one.
    Amends = 3,
}

impl Likeness {
    const ALL: [(Likeness, &'static str); 3] =
        [(Likeness::Same, "same"), (Likeness::Changed, "changed"), (Likeness::Amends, "amends")];

    /// Its word in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(likeness, _)| *likeness == self).map_or("", |(_, word)| word)
    }

    /// What it means.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Likeness::Same => "the same visit, bill and payer",
            Likeness::Changed => "the same visit, changed after a rejection or denial",
            Likeness::Amends => "a replacement or void; this is its likely original",
        }
    }

    /// The likeness stored under a number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Likeness> {
        Self::ALL.iter().find(|(likeness, _)| *likeness as u8 == number).map(|(likeness, _)| *likeness)
    }
}

/// A claim that may be the double of one that was billed before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PossibleDouble {
    /// The later claim.
    pub later: ClaimId,
    /// The receivable that was billed before it.
    pub earlier: ClaimId,
    /// Why.
    pub likeness: Likeness,
}

/// The patient and first day of a visit, in short: what possible doubles have in common. Who agrees here is compared in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VisitKey {
    /// The first day of service.
    pub day: Date,
    /// Drawn from the patient's name. Kept on disk: another way to draw it would be another shape of the ledger.
    pub patient: u32,
}

impl VisitKey {
    /// That of a claim; nothing where it names no day or no patient.
    #[must_use]
    pub fn of(claim: &Claim) -> Option<VisitKey> {
        VisitKey::new(claim.service_from?, &claim.patient)
    }

    /// That of a patient's day; nothing where the patient has no name.
    #[must_use]
    pub fn new(day: Date, Person { last, first, .. }: &Person) -> Option<VisitKey> {
        letters(last).next()?;
        // FNV-1a; a mark between the names, which are letters only.
        let bytes = letters(last).chain([0xff]).chain(letters(first));
        let patient =
            bytes.fold(0x811c_9dc5_u32, |key, byte| (key ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        Some(VisitKey { day, patient })
    }
}

/// Letters in upper case; what is beyond ASCII as it is.
fn letters(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().filter(|byte| byte.is_ascii_alphabetic() || !byte.is_ascii()).map(|b| b.to_ascii_uppercase())
}

/// The REF*F8 by which a claim's latest submission names the claim that it replaces or voids.
#[must_use]
pub fn original_number(claim: &Claim) -> Option<&str> {
    let number = claim.original_reference.as_str();
    (claim.frequency.amends() && !number.is_empty()).then_some(number)
}

/// One receivable of several claims, led by `lead`: every submission, and of the latest of them the body.
#[must_use]
pub fn one_receivable(lead: ClaimId, parts: Vec<ClaimRecord>) -> Option<ClaimRecord> {
    let body = |record: &ClaimRecord| {
        let latest = record.versions.iter().rev().find(|v| v.frequency != Frequency::VOID.0).cloned();
        (latest.is_some(), latest.map(Ordered))
    };
    let mut versions: Few<ClaimVersion, 1> =
        parts.iter().flat_map(|part| part.versions.iter().cloned()).collect();
    versions.sort_by(|a, b| a.order().cmp(&b.order()));
    let latest = parts.into_iter().max_by(|a, b| body(a).cmp(&body(b)))?;
    Some(ClaimRecord { id: lead, versions, ..latest })
}

/// A submission in the order of submissions.
#[derive(PartialEq, Eq)]
struct Ordered(ClaimVersion);

impl Ord for Ordered {
    fn cmp(&self, other: &Ordered) -> std::cmp::Ordering {
        self.0.order().cmp(&other.0.order())
    }
}

impl PartialOrd for Ordered {
    fn partial_cmp(&self, other: &Ordered) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(last: &str, first: &str) -> Option<u32> {
        let patient = Person { last: last.into(), first: first.into(), ..Person::default() };
        VisitKey::new(Date::from_number(739_600), &patient).map(|key| key.patient)
    }

    #[test]
    fn a_name_is_the_same_however_it_is_written() {
        assert_eq!(key("O'Neil-Marsh", "Ann"), key("ONEIL MARSH", "ANN"));
        assert_ne!(key("MARSH", "ANN"), key("MARSHA", "NN"));
        assert_eq!(key("", "ANN"), None);
        // On disk in every ledger: this number may not change.
        assert_eq!(key("MARSH", "ANN"), Some(1_565_379_248));
    }
}
