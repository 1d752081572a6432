//! One CAS reason, one effect: group × CARC × class. `domain/posting-rules.md` section 4.
//!
//! What the amounts of a whole answer do together (bundling, secondary payers) is in [`super::answer`].

use super::hold::Hold;
use crate::codes::{self, Class, Ledger};
use crate::domain::book::Handling;
use crate::domain::{Account, Code, Date, GroupCode, PayerId};

/// What one adjustment does to the money of its claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treatment {
    /// Comes off the claim, into one of the adjustment accounts.
    TakeOff(Account),
    /// Denied: a work item.
    Deny,
    /// Undecided.
    Pend,
    /// The patient's share: to the patient, or to the next payer first.
    PatientShare,
    /// The patient's share as the payer sees it, but the patient must not be billed without a check.
    PatientShareToCheck,
    /// Denied with the patient liable: checked before anybody is billed.
    DenyToPatient,
    /// To the next payer, never to the patient.
    NextPayer,
    /// What earlier payers did (CARC 23): compared, never posted.
    PriorPayer,
    /// A duplicate notice (CARC 18): a memo where the claim has an answer, else a denial.
    Duplicate,
    /// Moves nothing.
    Nothing,
}

impl Treatment {
    /// The treatments that an office may choose for a reason code, with their words.
    pub const CHOICES: [(&'static str, Treatment); 8] = [
        ("contractual", Treatment::TakeOff(Account::Contractual)),
        ("reduction", Treatment::TakeOff(Account::Reduction)),
        ("denied", Treatment::Deny),
        ("pending", Treatment::Pend),
        ("patient", Treatment::PatientShare),
        ("patient-check", Treatment::PatientShareToCheck),
        ("next-payer", Treatment::NextPayer),
        ("nothing", Treatment::Nothing),
    ];

    /// The treatment with a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Treatment> {
        Self::CHOICES.iter().find(|(name, _)| *name == word).map(|(_, treatment)| *treatment)
    }
}

/// The office's own handling of a reason, where it set one: the latest that fits payer, group, code and day; one for the
/// payer before one for every payer.
#[must_use]
pub fn office(
    handlings: &[Handling],
    payer: PayerId,
    on: Date,
    group: Option<GroupCode>,
    reason: Code,
) -> Option<Treatment> {
    let fits = |h: &&Handling| Some(h.group) == group && h.code == reason && h.from <= on;
    let of = |whom: PayerId| handlings.iter().rev().filter(fits).find(|h| h.payer == whom);
    of(payer).or_else(|| of(PayerId::NONE)).and_then(|h| Treatment::from_word(&h.treatment))
}

/// The codes that the rules name.
pub mod known {
    use crate::domain::Code;
    /// Deductible.
    pub const DEDUCTIBLE: Code = Code::known("1");
    /// Coinsurance.
    pub const COINSURANCE: Code = Code::known("2");
    /// Copay.
    pub const COPAY: Code = Code::known("3");
    /// Blood deductible.
    pub const BLOOD: Code = Code::known("66");
    /// Exact duplicate.
    pub const DUPLICATE: Code = Code::known("18");
    /// Earlier payers.
    pub const PRIOR_PAYER: Code = Code::known("23");
    /// Capitation.
    pub const CAPITATION: Code = Code::known("24");
    /// Above the fee schedule.
    pub const FEE_SCHEDULE: Code = Code::known("45");
    /// Processed in excess of charges.
    pub const CONTRA: Code = Code::known("94");
    /// Included in another service.
    pub const BUNDLED: Code = Code::known("97");
    /// Paid to the patient.
    pub const PAID_TO_PATIENT: Code = Code::known("100");
    /// Predetermination estimate.
    pub const ESTIMATE: Code = Code::known("101");
    /// Sequestration.
    pub const SEQUESTRATION: Code = Code::known("253");
    /// Late supplemental payment.
    pub const SUPPLEMENT: Code = Code::known("B13");
}

/// Remark codes that forbid billing the patient (qualified Medicare beneficiaries and the like).
const NEVER_PATIENT: [Code; 5] =
    [Code::known("N192"), Code::known("N781"), Code::known("N782"), Code::known("N783"), Code::known("N842")];

/// What the answer says around an adjustment, as far as the treatment of a patient share depends on it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Surroundings<'a> {
    /// Remark codes of the line and the claim.
    pub remarks: &'a [Code],
    /// CLP06.
    pub filing: &'a str,
    /// Whether another payer follows.
    pub next_payer: bool,
    /// Whether another payer came before.
    pub later_payer: bool,
}

/// What an adjustment does, or why it is held. `domain/posting-rules.md` section 4, and conditions 9 and 10 of section 10.
///
/// # Errors
/// The hold condition that group and reason meet.
pub fn treatment(
    group: Option<GroupCode>,
    reason: Code,
    around: Surroundings<'_>,
) -> Result<Treatment, Hold> {
    let (Some(group), Some(carc)) = (group, codes::carc(reason)) else {
        return Err(Hold::UnknownCode);
    };
    if group == GroupCode::Cr {
        return Err(Hold::UnknownCode);
    }
    if contradicts(group, reason) {
        return Err(Hold::Contradiction);
    }
    match reason {
        known::PRIOR_PAYER => return Ok(Treatment::PriorPayer),
        known::CONTRA => return Ok(Treatment::TakeOff(Account::Contra)),
        known::DUPLICATE if group != GroupCode::Pr => return Ok(Treatment::Duplicate),
        _ => {}
    }
    Ok(match (carc.class(group), group) {
        (Class::Contractual, GroupCode::Co) => Treatment::TakeOff(Account::Contractual),
        (Class::Contractual, GroupCode::Oa) => Treatment::TakeOff(Account::OtherAdjustment),
        (Class::Contractual, GroupCode::Pi) => Treatment::TakeOff(Account::Reduction),
        (Class::Reduction, GroupCode::Co | GroupCode::Oa | GroupCode::Pi) => {
            Treatment::TakeOff(Account::Reduction)
        }
        (Class::Denial, GroupCode::Pr) if patient_liable(carc.category) => patient_share(reason, around),
        (Class::Denial, GroupCode::Pr) => Treatment::DenyToPatient,
        (Class::Denial, _) => Treatment::Deny,
        (Class::PatientShare, GroupCode::Pr) => patient_share(reason, around),
        (Class::Contractual | Class::Reduction, _) => patient_share(reason, around),
        (Class::PatientShare, _) => return Err(Hold::Contradiction),
        (Class::Coordination | Class::Information, _) => match carc.ledger {
            Ledger::NextPayer => Treatment::NextPayer,
            Ledger::Pend => Treatment::Pend,
            _ => Treatment::Nothing,
        },
    })
}

/// Condition 10: pairs that say two things at once. Nobody could tell who owes the money.
fn contradicts(group: GroupCode, reason: Code) -> bool {
    use known::{
        BLOOD, COINSURANCE, COPAY, DEDUCTIBLE, FEE_SCHEDULE, PAID_TO_PATIENT, PRIOR_PAYER, SEQUESTRATION,
    };
    match group {
        GroupCode::Pr => matches!(reason, SEQUESTRATION | PRIOR_PAYER),
        GroupCode::Oa if matches!(reason, FEE_SCHEDULE | PAID_TO_PATIENT) => true,
        _ => matches!(reason, DEDUCTIBLE | COINSURANCE | COPAY | BLOOD),
    }
}

/// Denials that leave the patient liable by the plan itself; counted apart, not as denials.
fn patient_liable(category: &str) -> bool {
    matches!(category, "non_covered" | "benefit_max")
}

fn patient_share(reason: Code, around: Surroundings<'_>) -> Treatment {
    let forbidden = around.remarks.iter().any(|r| NEVER_PATIENT.contains(r));
    // What Medicaid leaves after another payer is never the patient's; its own copay on a claim that it alone pays is.
    let medicaid_after_others = around.filing == "MC" && around.later_payer;
    let protected = (medicaid_after_others || around.filing == "WC") && !around.next_payer;
    let surprise_bill =
        reason == known::FEE_SCHEDULE && around.remarks.iter().any(|r| is_surprise_billing(*r));
    if forbidden || protected || surprise_bill {
        Treatment::PatientShareToCheck
    } else {
        Treatment::PatientShare
    }
}

/// N830 and N859 to N879: the No Surprises Act applies.
fn is_surprise_billing(remark: Code) -> bool {
    let text = remark.to_string();
    let number = text.strip_prefix('N').and_then(|digits| digits.parse::<u32>().ok());
    number.is_some_and(|n| n == 830 || (859..=879).contains(&n))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pair: &str) -> Result<Treatment, Hold> {
        let (group, reason) = pair.split_once('-').expect("group-reason");
        treatment(GroupCode::parse(group), Code::known(reason), Surroundings::default())
    }

    #[test]
    fn the_table_of_section_4() {
        use Account::{Contra, Contractual, OtherAdjustment, Reduction};
        use Treatment::{
            Deny, DenyToPatient, Duplicate, NextPayer, Nothing, PatientShare, Pend, PriorPayer, TakeOff,
        };
        for (pair, expected) in [
            ("CO-45", Ok(TakeOff(Contractual))),
            ("CO-24", Ok(TakeOff(Contractual))),
            ("CO-303", Ok(TakeOff(Contractual))),
            ("CO-253", Ok(TakeOff(Reduction))),
            ("CO-16", Ok(Deny)),
            ("CO-197", Ok(Deny)),
            ("CO-3", Err(Hold::Contradiction)),
            ("OA-1", Err(Hold::Contradiction)),
            ("PI-66", Err(Hold::Contradiction)),
            ("PR-2", Ok(PatientShare)),
            ("PR-45", Ok(PatientShare)),
            ("PR-253", Err(Hold::Contradiction)),
            ("PR-23", Err(Hold::Contradiction)),
            ("PR-96", Ok(PatientShare)),
            ("PR-119", Ok(PatientShare)),
            ("PR-27", Ok(DenyToPatient)),
            ("OA-23", Ok(PriorPayer)),
            ("OA-94", Ok(TakeOff(Contra))),
            ("CO-94", Ok(TakeOff(Contra))),
            ("OA-18", Ok(Duplicate)),
            ("OA-133", Ok(Pend)),
            ("OA-257", Ok(Pend)),
            ("OA-277", Ok(Pend)),
            ("OA-P11", Ok(Pend)),
            ("OA-101", Ok(Nothing)),
            ("OA-209", Ok(NextPayer)),
            ("OA-B11", Ok(NextPayer)),
            ("OA-50", Ok(Deny)),
            ("OA-100", Err(Hold::Contradiction)),
            ("OA-45", Err(Hold::Contradiction)),
            ("PI-45", Ok(TakeOff(Reduction))),
            ("PI-253", Ok(TakeOff(Reduction))),
            ("PI-16", Ok(Deny)),
            ("CR-45", Err(Hold::UnknownCode)),
            ("CO-ZZZ", Err(Hold::UnknownCode)),
            ("XX-45", Err(Hold::UnknownCode)),
        ] {
            assert_eq!(of(pair), expected, "{pair}");
        }
        let _ = OtherAdjustment;
    }

    #[test]
    fn some_patient_shares_are_checked_first() {
        let share = |reason, around| treatment(Some(GroupCode::Pr), Code::known(reason), around);
        let qmb = [Code::known("N782")];
        let surprise = [Code::known("N865")];
        let plain = Surroundings::default();
        assert_eq!(share("2", Surroundings { remarks: &qmb, ..plain }), Ok(Treatment::PatientShareToCheck));
        let medicaid = Surroundings { filing: "MC", ..plain };
        assert_eq!(share("3", medicaid), Ok(Treatment::PatientShare));
        let second = Surroundings { later_payer: true, ..medicaid };
        assert_eq!(share("3", second), Ok(Treatment::PatientShareToCheck));
        assert_eq!(share("3", Surroundings { next_payer: true, ..second }), Ok(Treatment::PatientShare));
        assert_eq!(share("3", Surroundings { filing: "WC", ..plain }), Ok(Treatment::PatientShareToCheck));
        assert_eq!(
            share("45", Surroundings { remarks: &surprise, ..plain }),
            Ok(Treatment::PatientShareToCheck)
        );
        assert_eq!(share("2", Surroundings { remarks: &surprise, ..plain }), Ok(Treatment::PatientShare));
    }
}
