//! One CAS reason, one effect: group × CARC × class. `docs/rules/posting-rules.md` section 4.
//!
//! What the amounts of a whole answer do together (bundling, secondary payers) is in [`super::answer`].

use super::billing::{self, Cover, Patient};
use super::hold::Hold;
use crate::codes::{self, Class, Ledger};
use crate::domain::book::Handling;
use crate::domain::entry::Reason;
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
    /// Denied with the patient liable, for another payer covers them: that one is billed, if one is known.
    DenyForCoverage,
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

/// What the answer says around an adjustment, as far as the treatment of a patient share depends on it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Surroundings<'a> {
    /// Remark codes of the line and the claim.
    pub remarks: &'a [Code],
    /// Under which programs it stands.
    pub cover: Cover,
    /// Whether another payer follows.
    pub next_payer: bool,
}

/// What an adjustment does, or why it is held. `docs/rules/posting-rules.md` section 4, and conditions 9 and 10 of section 10.
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
    let reason = Reason { group: Some(group), code: reason };
    Ok(match (carc.class(group), group) {
        // A patient's share under OA says neither who owes it nor that nobody does.
        (_, GroupCode::Oa) if carc.own_class() == Class::PatientShare => return Err(Hold::Contradiction),
        (Class::Contractual, GroupCode::Co) => Treatment::TakeOff(Account::Contractual),
        (Class::Contractual | Class::Reduction, GroupCode::Oa) => {
            Treatment::TakeOff(Account::OtherAdjustment)
        }
        (Class::Contractual | Class::Reduction, GroupCode::Pi) => Treatment::TakeOff(Account::Reduction),
        (Class::Reduction, GroupCode::Co) => Treatment::TakeOff(Account::Reduction),
        (Class::Denial, GroupCode::Pr) if billing::is_share_of_medicaid(reason, around.cover) => {
            patient_share(reason, around)
        }
        (Class::Denial, GroupCode::Pr) if is_about_coverage(reason, around.remarks) => {
            Treatment::DenyForCoverage
        }
        (Class::Denial, GroupCode::Pr) => Treatment::DenyToPatient,
        (Class::Denial, _) => Treatment::Deny,
        (Class::PatientShare | Class::Contractual | Class::Reduction, GroupCode::Pr) => {
            patient_share(reason, around)
        }
        (Class::PatientShare | Class::Contractual | Class::Reduction, _) => return Err(Hold::Contradiction),
        (Class::Coordination | Class::Information, _) => match carc.ledger {
            Ledger::NextPayer => Treatment::NextPayer,
            Ledger::Pend => Treatment::Pend,
            // An estimate moves nothing by design. What else only informs has no business with dollars.
            _ if carc.own_class() == Class::Information && reason.code != known::ESTIMATE => {
                return Err(Hold::AdminReason);
            }
            _ => Treatment::Nothing,
        },
    })
}

/// The office's own handling, as far as the law leaves it a choice: whom a rule protects is not billed by a setting, and
/// what the payer forbids to bill waits for somebody who has the patient's signature.
#[must_use]
pub fn within_the_law(own: Treatment, reason: Reason, around: Surroundings<'_>) -> Treatment {
    let billed = own == Treatment::PatientShare && !around.next_payer;
    let allowed = billing::patient(reason, around.remarks, around.cover) < Patient::WithWaiver;
    if billed && !allowed { Treatment::PatientShareToCheck } else { own }
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

/// Whether a denial says that the patient was not covered here, or that another payer comes first (section 6). Any other
/// denial is this payer's own, and may be wrong: it is checked before anybody else is asked.
fn is_about_coverage(reason: Reason, remarks: &[Code]) -> bool {
    matches!(codes::category_of(reason, remarks), "eligibility" | "cob")
}

/// The next payer may always be billed; the patient as far as nothing protects them.
pub(super) fn patient_share(reason: Reason, around: Surroundings<'_>) -> Treatment {
    let protected = billing::protection(reason, around.remarks, around.cover).is_some();
    if protected && !around.next_payer { Treatment::PatientShareToCheck } else { Treatment::PatientShare }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::posting::billing::Program;

    fn of(pair: &str) -> Result<Treatment, Hold> {
        let (group, reason) = pair.split_once('-').expect("group-reason");
        treatment(GroupCode::parse(group), Code::known(reason), Surroundings::default())
    }

    #[test]
    fn the_table_of_section_4() {
        use Account::{Contra, Contractual, OtherAdjustment, Reduction};
        use Treatment::{
            Deny, DenyForCoverage, DenyToPatient, Duplicate, NextPayer, Nothing, PatientShare,
            PatientShareToCheck, Pend, PriorPayer, TakeOff,
        };
        for (pair, expected) in [
            ("CO-45", Ok(TakeOff(Contractual))),
            ("CO-24", Ok(TakeOff(Contractual))),
            ("CO-303", Ok(TakeOff(Contractual))),
            ("CO-253", Ok(TakeOff(Reduction))),
            ("CO-59", Ok(TakeOff(Reduction))),
            ("CO-16", Ok(Deny)),
            ("CO-150", Ok(Deny)),
            ("CO-186", Ok(Deny)),
            ("PR-186", Ok(PatientShare)),
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
            ("PR-27", Ok(DenyForCoverage)),
            ("PR-22", Ok(DenyForCoverage)),
            ("PR-50", Ok(DenyToPatient)),
            ("PR-16", Ok(DenyToPatient)),
            ("PR-178", Ok(DenyForCoverage)),
            ("PR-29", Ok(DenyToPatient)),
            ("PR-275", Ok(PatientShare)),
            ("PR-142", Ok(PatientShare)),
            // A penalty for filing late is never the patient's.
            ("PR-B4", Ok(PatientShareToCheck)),
            ("OA-23", Ok(PriorPayer)),
            ("OA-94", Ok(TakeOff(Contra))),
            ("CO-94", Ok(TakeOff(Contra))),
            ("OA-18", Ok(Duplicate)),
            ("CO-18", Ok(Duplicate)),
            ("PI-18", Ok(Duplicate)),
            ("PR-18", Ok(DenyToPatient)),
            ("OA-133", Ok(Pend)),
            ("OA-257", Ok(Pend)),
            ("OA-277", Ok(Pend)),
            ("OA-P11", Ok(Pend)),
            ("OA-101", Ok(Nothing)),
            ("OA-24", Ok(TakeOff(OtherAdjustment))),
            ("OA-303", Ok(TakeOff(OtherAdjustment))),
            ("OA-59", Ok(TakeOff(OtherAdjustment))),
            ("OA-253", Ok(TakeOff(OtherAdjustment))),
            ("CO-225", Err(Hold::AdminReason)),
            ("OA-192", Err(Hold::AdminReason)),
            ("PR-229", Err(Hold::AdminReason)),
            ("OA-271", Ok(Nothing)),
            ("OA-209", Ok(NextPayer)),
            ("OA-B11", Ok(NextPayer)),
            ("OA-50", Ok(Deny)),
            ("OA-100", Err(Hold::Contradiction)),
            ("OA-85", Err(Hold::Contradiction)),
            ("OA-142", Err(Hold::Contradiction)),
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
    }

    #[test]
    fn some_patient_shares_are_checked_first() {
        fn share(reason: &'static str, around: Surroundings<'_>) -> Result<Treatment, Hold> {
            treatment(Some(GroupCode::Pr), Code::known(reason), around)
        }
        let (to_check, billed) = (Ok(Treatment::PatientShareToCheck), Ok(Treatment::PatientShare));
        for remark in ["N192", "N781", "N782", "N783", "N842"] {
            let protected = [Code::known("N130"), Code::known(remark)];
            let around = Surroundings { remarks: &protected, ..Surroundings::default() };
            assert_eq!(share("2", around), to_check, "{remark}");
            assert_eq!(share("275", around), to_check, "{remark}");
            // The next payer may be billed all the same.
            assert_eq!(share("2", Surroundings { next_payer: true, ..around }), billed, "{remark}");
        }
        for (remark, forty_five) in [
            ("N829", billed),
            ("N830", to_check),
            ("N831", billed),
            ("N858", billed),
            ("N859", to_check),
            ("N865", to_check),
            ("N879", to_check),
            ("N880", billed),
        ] {
            let marks = [Code::known(remark)];
            let around = Surroundings { remarks: &marks, ..Surroundings::default() };
            assert_eq!(share("45", around), forty_five, "{remark}");
            assert_eq!(share("2", around), billed, "{remark}");
            assert_eq!(share("45", Surroundings { next_payer: true, ..around }), billed, "{remark}");
        }
        let medicaid = Surroundings { cover: Cover::new(Program::Medicaid, []), ..Surroundings::default() };
        for (reason, expected) in [
            ("1", to_check),
            ("2", to_check),
            ("3", billed),
            ("142", billed),
            ("178", billed),
            ("96", to_check),
        ] {
            assert_eq!(share(reason, medicaid), expected, "{reason}");
        }
        assert_eq!(share("2", Surroundings { next_payer: true, ..medicaid }), billed);
        let work =
            Surroundings { cover: Cover::new(Program::WorkersCompensation, []), ..Surroundings::default() };
        assert_eq!(share("3", work), to_check);
        assert_eq!(share("3", Surroundings { next_payer: true, ..work }), billed);
    }

    #[test]
    fn a_setting_does_not_bill_whom_the_law_protects() {
        let of = |pair: &str, remark: &str, next_payer: bool| {
            let (group, reason) = pair.split_once('-').expect("group-reason");
            let reason = Reason { group: GroupCode::parse(group), code: Code::known(reason) };
            let remarks = [Code::known(remark)];
            let around = Surroundings { remarks: &remarks, next_payer, cover: Cover::default() };
            within_the_law(Treatment::PatientShare, reason, around)
        };
        assert_eq!(of("PR-204", "N130", false), Treatment::PatientShare);
        assert_eq!(of("PR-27", "N130", false), Treatment::PatientShare, "the setting is the review");
        assert_eq!(of("PR-204", "N782", false), Treatment::PatientShareToCheck);
        assert_eq!(of("CO-204", "N130", false), Treatment::PatientShareToCheck);
        assert_eq!(of("CO-204", "N782", true), Treatment::PatientShare, "the next payer's");
        let reason = Reason { group: Some(GroupCode::Co), code: Code::known("204") };
        let kept = within_the_law(Treatment::Deny, reason, Surroundings::default());
        assert_eq!(kept, Treatment::Deny);
    }

    #[test]
    fn the_latest_setting_that_fits_counts() {
        let day = |n: u32| Date::from_ymd(2026, 4, n).expect("a day");
        let set = |payer: u32, code: &'static str, from: u32, word: &str| Handling {
            payer: PayerId(payer),
            group: GroupCode::Co,
            code: Code::known(code),
            treatment: word.to_owned(),
            from: day(from),
            reason: String::new(),
            user: String::new(),
        };
        let all = [
            set(0, "97", 10, "contractual"),
            set(0, "97", 20, "denied"),
            set(7, "97", 15, "reduction"),
            set(0, "16", 1, "pending"),
        ];
        let asked = |payer: u32, on: u32, group, code: &'static str| {
            office(&all, PayerId(payer), day(on), group, Code::known(code))
        };
        let co = Some(GroupCode::Co);
        assert_eq!(asked(1, 9, co, "97"), None, "the day before");
        assert_eq!(asked(1, 10, co, "97"), Some(Treatment::TakeOff(Account::Contractual)), "the first day");
        assert_eq!(asked(1, 19, co, "97"), Some(Treatment::TakeOff(Account::Contractual)));
        assert_eq!(asked(1, 20, co, "97"), Some(Treatment::Deny), "the latest of two");
        assert_eq!(
            asked(7, 14, co, "97"),
            Some(Treatment::TakeOff(Account::Contractual)),
            "not the payer's yet"
        );
        assert_eq!(asked(7, 25, co, "97"), Some(Treatment::TakeOff(Account::Reduction)), "payer before all");
        assert_eq!(asked(1, 25, Some(GroupCode::Pr), "97"), None, "another group");
        assert_eq!(asked(1, 25, None, "97"), None);
        assert_eq!(asked(1, 25, co, "16"), Some(Treatment::Pend), "another reason");
    }
}
