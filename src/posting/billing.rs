//! Who may be billed for what a payer did not pay. `docs/rules/posting-rules.md` section 4a.
//!
//! One rule for all who ask: the automatic posting (through [`super::treatment`]), and every act of a person. The next
//! payer may always be billed, so nothing here speaks of it.

use crate::codes::{self, Class};
use crate::domain::entry::Reason;
use crate::domain::{Code, GroupCode};

/// Insurance under whose law patients are billed differently.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Program {
    /// No such law.
    #[default]
    Other,
    /// Medicaid.
    Medicaid,
    /// Workers' compensation.
    WorkersCompensation,
}

impl Program {
    /// The program of SBR09 or CLP06.
    #[must_use]
    pub fn of_filing(filing: &str) -> Program {
        match filing {
            "MC" => Program::Medicaid,
            "WC" => Program::WorkersCompensation,
            _ => Program::Other,
        }
    }

    /// The program of a payer's class, as the office may have set it.
    #[must_use]
    pub fn of_class(class: &str) -> Program {
        match class {
            "medicaid" => Program::Medicaid,
            "workers_comp" => Program::WorkersCompensation,
            _ => Program::Other,
        }
    }
}

/// Under which programs an amount stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cover {
    /// That of the payer who gave the reason.
    pub payer: Program,
    /// Medicaid is among the payers of the claim: its patient is nobody's to bill, whoever leaves something.
    pub medicaid: bool,
}

impl Cover {
    /// The programs of an amount that one payer of a claim left.
    #[must_use]
    pub fn new(payer: Program, of_claim: impl IntoIterator<Item = Program>) -> Cover {
        let of_claim = of_claim.into_iter().any(|program| program == Program::Medicaid);
        Cover { payer, medicaid: of_claim || payer == Program::Medicaid }
    }
}

/// What keeps the patient from being billed, whatever was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protection {
    /// A qualified Medicare beneficiary, or another patient of whom a remark says so.
    Remark,
    /// The office filed too late.
    TimelyFiling,
    /// The No Surprises Act, or a state's law of that kind.
    SurpriseBilling,
    /// Workers' compensation.
    WorkersCompensation,
    /// Medicaid.
    Medicaid,
    /// OA-209: only the next payer.
    NextPayerOnly,
}

impl Protection {
    /// Why, in words.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Protection::Remark => "a remark protects the patient (a QMB, or another who may not be billed)",
            Protection::TimelyFiling => "it was filed too late, and that is never the patient's to pay",
            Protection::SurpriseBilling => {
                "a law on surprise bills applies: only what stands under PR is the patient's"
            }
            Protection::WorkersCompensation => "it is workers' compensation",
            Protection::Medicaid => "Medicaid leaves the patient only PR-3, PR-142 and PR-178",
            Protection::NextPayerOnly => "OA-209 leaves it to the next payer alone",
        }
    }
}

impl std::fmt::Display for Protection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.about())
    }
}

/// Whether the patient may be billed. The strictest comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Patient {
    /// At once.
    May,
    /// After somebody has looked at it.
    AfterReview,
    /// Where the patient signed for it (a notice, an ABN).
    WithWaiver,
    /// Not at all.
    Never(Protection),
}

/// Whether the patient may be billed for an amount, by its reason and the remark codes with it.
#[must_use]
pub fn patient(reason: Reason, remarks: &[Code], cover: Cover) -> Patient {
    if let Some(protection) = protection(reason, remarks, cover) {
        return Patient::Never(protection);
    }
    match reason.group {
        Some(GroupCode::Pr) if is_denial(reason.code) && !is_share_of_medicaid(reason, cover) => {
            Patient::AfterReview
        }
        Some(GroupCode::Pr) => Patient::May,
        _ => Patient::WithWaiver,
    }
}

/// What protects the patient from an amount.
#[must_use]
pub fn protection(reason: Reason, remarks: &[Code], cover: Cover) -> Option<Protection> {
    const NEXT_PAYER_ONLY: Code = Code::known("209");
    if remarks.iter().any(|remark| NEVER_PATIENT.contains(remark)) {
        return Some(Protection::Remark);
    }
    if codes::category_of(reason, remarks) == "timely_filing" {
        return Some(Protection::TimelyFiling);
    }
    let share = reason.group == Some(GroupCode::Pr) && is_share(reason.code);
    if !share && remarks.iter().any(|remark| is_surprise_billing(*remark)) {
        return Some(Protection::SurpriseBilling);
    }
    if cover.payer == Program::WorkersCompensation {
        return Some(Protection::WorkersCompensation);
    }
    if cover.medicaid && !is_share_of_medicaid(reason, cover) {
        return Some(Protection::Medicaid);
    }
    (reason.code == NEXT_PAYER_ONLY).then_some(Protection::NextPayerOnly)
}

/// What Medicaid itself leaves to its patient: a copay, the monthly share of cost, a spend-down.
#[must_use]
pub fn is_share_of_medicaid(reason: Reason, cover: Cover) -> bool {
    const SHARES: [Code; 3] = [Code::known("3"), Code::known("142"), Code::known("178")];
    let own = cover.payer == Program::Medicaid && reason.group == Some(GroupCode::Pr);
    own && SHARES.contains(&reason.code)
}

/// Remark codes that forbid billing the patient (qualified Medicare beneficiaries and the like).
const NEVER_PATIENT: [Code; 5] =
    [Code::known("N192"), Code::known("N781"), Code::known("N782"), Code::known("N783"), Code::known("N842")];

/// Whether a law on surprise bills applies: N830, and N859 to N879.
#[must_use]
pub fn is_surprise_billing(remark: Code) -> bool {
    let text = remark.to_string();
    let number = text.strip_prefix('N').and_then(|digits| digits.parse::<u32>().ok());
    number.is_some_and(|n| n == 830 || (859..=879).contains(&n))
}

/// Whether a reason refuses even where it stands under PR: not a share of the plan, nor a service that the plan leaves
/// to the patient.
fn is_denial(reason: Code) -> bool {
    codes::carc(reason).is_some_and(|carc| carc.class(GroupCode::Pr) == Class::Denial)
}

/// Whether a reason under PR is the plan's own share or refusal, and not what stands above the payer's price.
fn is_share(reason: Code) -> bool {
    let class = codes::carc(reason).map(codes::Carc::own_class);
    !matches!(class, None | Some(Class::Contractual | Class::Reduction))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(text: &str) -> Reason {
        let (group, code) = text.split_once('-').expect("group-reason");
        Reason { group: GroupCode::parse(group), code: Code::known(code) }
    }

    fn asked(text: &str, remarks: &str, cover: Cover) -> Patient {
        let remarks: Vec<Code> = remarks.split_whitespace().map(Code::known).collect();
        patient(reason(text), &remarks, cover)
    }

    fn plain() -> Cover {
        Cover::default()
    }

    #[test]
    fn the_group_says_what_it_takes() {
        for (pair, expected) in [
            ("PR-1", Patient::May),
            ("PR-2", Patient::May),
            ("PR-3", Patient::May),
            ("PR-45", Patient::May),
            ("PR-96", Patient::May),
            ("PR-119", Patient::May),
            ("PR-275", Patient::May),
            ("PR-27", Patient::AfterReview),
            ("PR-197", Patient::AfterReview),
            ("CO-197", Patient::WithWaiver),
            ("CO-45", Patient::WithWaiver),
            ("PI-50", Patient::WithWaiver),
            ("OA-50", Patient::WithWaiver),
            ("CO-29", Patient::Never(Protection::TimelyFiling)),
            ("PR-29", Patient::Never(Protection::TimelyFiling)),
            ("OA-209", Patient::Never(Protection::NextPayerOnly)),
        ] {
            assert_eq!(asked(pair, "", plain()), expected, "{pair}");
        }
    }

    #[test]
    fn remarks_protect_whatever_the_group_says() {
        for remark in ["N192", "N781", "N782", "N783", "N842"] {
            for pair in ["PR-2", "PR-275", "PR-27", "CO-197"] {
                let expected = Patient::Never(Protection::Remark);
                assert_eq!(asked(pair, &format!("N130 {remark}"), plain()), expected, "{pair} {remark}");
            }
        }
        for remark in ["N191", "N193", "N780", "N784", "N841", "N843"] {
            assert_eq!(asked("PR-2", remark, plain()), Patient::May, "{remark}");
        }
    }

    #[test]
    fn surprise_bills_leave_the_patient_what_the_plan_says() {
        let never = Patient::Never(Protection::SurpriseBilling);
        for number in (859..=879).chain([830]) {
            let remark = format!("N{number}");
            for pair in ["PR-45", "PR-131", "PR-59", "CO-197", "PI-45", "OA-50"] {
                assert_eq!(asked(pair, &remark, plain()), never, "{pair} {remark}");
            }
            assert_eq!(asked("PR-2", &remark, plain()), Patient::May, "{remark}");
            assert_eq!(asked("PR-27", &remark, plain()), Patient::AfterReview, "{remark}");
        }
        for remark in ["N829", "N831", "N858", "N880", "M859"] {
            assert_eq!(asked("PR-45", remark, plain()), Patient::May, "{remark}");
            assert_eq!(asked("CO-197", remark, plain()), Patient::WithWaiver, "{remark}");
        }
    }

    #[test]
    fn programs_protect_their_patients() {
        let never = Patient::Never(Protection::Medicaid);
        let own = Cover::new(Program::Medicaid, []);
        for pair in ["PR-3", "PR-142", "PR-178"] {
            assert_eq!(asked(pair, "", own), Patient::May, "{pair}");
        }
        for pair in ["PR-1", "PR-2", "PR-45", "PR-96", "PR-27", "PR-275", "CO-3", "CO-142", "CO-197", "PI-50"]
        {
            assert_eq!(asked(pair, "", own), never, "{pair}");
        }
        // Another payer of a Medicaid patient: not even these shares, which are Medicaid's own.
        let before = Cover::new(Program::Other, [Program::Other, Program::Medicaid]);
        for pair in ["PR-1", "PR-3", "PR-142", "PR-178", "CO-197"] {
            assert_eq!(asked(pair, "", before), never, "{pair}");
        }
        let work = Cover::new(Program::WorkersCompensation, []);
        for pair in ["PR-1", "PR-3", "PR-96", "CO-197", "PI-50"] {
            assert_eq!(asked(pair, "", work), Patient::Never(Protection::WorkersCompensation), "{pair}");
        }
        // Another payer may leave something to a patient whose injury was no injury of work.
        let after = Cover::new(Program::Other, [Program::WorkersCompensation]);
        assert_eq!(asked("PR-1", "", after), Patient::May);
        // What a remark says stands first: it is told as the reason.
        assert_eq!(asked("PR-2", "N782", own), Patient::Never(Protection::Remark));
    }

    #[test]
    fn the_strictest_comes_last() {
        let steps =
            [Patient::May, Patient::AfterReview, Patient::WithWaiver, Patient::Never(Protection::Remark)];
        assert!(steps.is_sorted());
    }

    #[test]
    fn filing_indicators_name_the_program() {
        for (filing, program) in [
            ("MC", Program::Medicaid),
            ("WC", Program::WorkersCompensation),
            ("MB", Program::Other),
            ("12", Program::Other),
            ("", Program::Other),
        ] {
            assert_eq!(Program::of_filing(filing), program, "{filing}");
        }
        for (class, program) in [
            ("medicaid", Program::Medicaid),
            ("workers_comp", Program::WorkersCompensation),
            ("medicare", Program::Other),
            ("", Program::Other),
        ] {
            assert_eq!(Program::of_class(class), program, "{class}");
        }
    }
}
