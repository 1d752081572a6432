//! What a group and a reason say about money: section 4 of the rules, for the reasons that tests use.

use super::Cas;

/// What is to be done with an amount.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Means {
    /// Taken off, under the account of that name.
    TakenOff(&'static str),
    Denied,
    Pending,
    /// The patient's share of the price: the next payer's, if there is one.
    PatientShare,
    /// The patient's, whoever else might pay.
    Patient,
    /// The payer says patient; a denial must be checked first.
    PatientCheck,
    /// There was no coverage: another payer's, if there is one, else to be checked.
    NoCoverage,
    /// The next payer's, never the patient's.
    Next,
    /// What earlier payers did: no money of this answer.
    Earlier,
    /// This claim is here twice, the payer says.
    Duplicate,
    Nothing,
    /// Nobody can say: the number of the hold.
    Hold(u8),
}

pub const CONTRACTUAL: &str = "adj:contractual";
pub const REDUCTION: &str = "adj:reduction";
pub const CONTRA: &str = "adj:contra";
pub const OTHER: &str = "adj:other";

/// The classes of `carc.tsv`.
enum Class {
    PatientShare,
    Contract,
    Cut,
    Denial,
    /// A denial of category non_covered or benefit_max.
    NotCovered,
    /// A denial of category eligibility.
    NoCoverage,
}

/// What one CAS triple means.
pub fn means(cas: &Cas) -> Means {
    let class = match (cas.group.as_str(), cas.reason.as_str()) {
        ("CR", _) => return Means::Hold(9),
        ("OA", "23") => return Means::Earlier,
        (_, "23") => return Means::Hold(10),
        ("OA", "94") => return Means::TakenOff(CONTRA),
        ("OA", "18") => return Means::Duplicate,
        ("OA", "133" | "257" | "277" | "P11") => return Means::Pending,
        ("OA", "101") => return Means::Nothing,
        ("OA", "209") => return Means::Next,
        ("PR", "253") | ("OA", "45") => return Means::Hold(10),
        (_, "81" | "225") => return Means::Hold(25),
        (_, "1" | "2" | "3" | "66") => Class::PatientShare,
        (_, "24" | "45" | "303") => Class::Contract,
        (_, "59" | "253") => Class::Cut,
        (_, "96" | "119") => Class::NotCovered,
        (_, "26" | "27") => Class::NoCoverage,
        (_, "16" | "18" | "22" | "29" | "50" | "97" | "109" | "197") => Class::Denial,
        _ => return Means::Hold(9),
    };
    match (cas.group.as_str(), class) {
        ("CO", Class::Contract) => Means::TakenOff(CONTRACTUAL),
        ("CO" | "PI", Class::Cut) | ("PI", Class::Contract) => Means::TakenOff(REDUCTION),
        ("OA", Class::Contract | Class::Cut) => Means::TakenOff(OTHER),
        ("CO" | "PI" | "OA", Class::Denial | Class::NotCovered | Class::NoCoverage) => Means::Denied,
        ("PR", Class::PatientShare) => Means::PatientShare,
        ("PR", Class::Contract | Class::Cut | Class::NotCovered) => Means::Patient,
        ("PR", Class::NoCoverage) => Means::NoCoverage,
        ("PR", Class::Denial) => Means::PatientCheck,
        (_, Class::PatientShare) => Means::Hold(10),
        _ => Means::Hold(9),
    }
}
