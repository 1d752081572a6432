//! A remittance as an 835 states it: the payment, each payer's answer about a claim, provider-level items.
//!
//! What the answers do to the books is decided in `reconcile`.

use super::problem::Problem;
use super::{Code, Date, Few, GroupCode, Money, PatientControlNumber, PayerControlNumber, Quantity, Text};

/// The header of one 835 transaction set: one payment (`docs/rules/x12-835.md` sections 2 and 3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RemitHeader {
    /// ST02.
    pub control: Text,
    /// BPR01.
    pub handling: Text,
    /// BPR02 with its sign, negated where BPR03 is D: the cash that came.
    pub paid: Money,
    /// BPR03 is D: money leaves the provider.
    pub debit: bool,
    /// BPR04: ACH, CHK, NON...
    pub method: Text,
    /// BPR16.
    pub paid_on: Option<Date>,
    /// DTM*405.
    pub produced_on: Option<Date>,
    /// TRN02: check or EFT number. Opaque.
    pub trace: Text,
    /// TRN03: the payer's id, as a rule `1` and its tax id.
    pub payer_trace_id: Text,
    /// CUR02, empty when the segment is absent.
    pub currency: Text,
    /// N1*PR.
    pub payer: PartyName,
    /// N1*PE.
    pub payee: PartyName,
}

/// Payer or payee of a remittance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartyName {
    /// N102.
    pub name: Text,
    /// N103: XV, XX, FI.
    pub qualifier: Text,
    /// N104.
    pub ident: Text,
    /// REF 2U, EO, HI, NF (payer) or TJ, PQ, 0B, D3 (payee): qualifier and value.
    pub references: Vec<(Text, Text)>,
}

impl PartyName {
    /// The reference under a qualifier.
    #[must_use]
    pub fn reference(&self, qualifier: &str) -> Option<&str> {
        self.references.iter().find(|(q, _)| q == qualifier).map(|(_, value)| value.as_str())
    }
}

/// One CLP loop: a payer's answer about one claim (`docs/rules/x12-835.md` section 4).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimPayment {
    /// CLP01.
    pub control_number: PatientControlNumber,
    /// CLP02 as sent.
    pub status: Text,
    /// CLP03.
    pub charge: Money,
    /// CLP04.
    pub paid: Money,
    /// CLP05: information only; the patient's share is taken from the PR adjustments.
    pub patient_responsibility: Option<Money>,
    /// CLP06.
    pub filing: Text,
    /// CLP07.
    pub payer_number: PayerControlNumber,
    /// CLP08.
    pub facility: Text,
    /// CLP09.
    pub frequency: Text,
    /// NM1*QC.
    pub patient: RemitPerson,
    /// NM1*IL, when the insured is somebody else.
    pub insured: Option<RemitPerson>,
    /// NM1*74: corrected name or number.
    pub corrected: Option<RemitPerson>,
    /// NM1*TT: the payer it was forwarded to.
    pub crossover: Option<PartyName>,
    /// NM1*82, or the payee where absent: NPI of who rendered the service.
    pub rendering_npi: Text,
    /// N1*PE in force where the claim stands, when it is not the header's.
    pub payee: Option<PartyName>,
    /// REF*F8 and REF*D9: other numbers the claim is known by.
    pub other_numbers: Vec<Text>,
    /// CAS at claim level.
    pub adjustments: Vec<Adjustment>,
    /// Remark codes of MIA and MOA.
    pub remarks: Vec<Code>,
    /// DTM*232, else the earliest line date.
    pub service_from: Option<Date>,
    /// DTM*233, else the latest line date.
    pub service_to: Option<Date>,
    /// DTM*050: when the payer received the claim.
    pub received_on: Option<Date>,
    /// AMT*I: interest, information only.
    pub interest: Money,
    /// AMT*D8: prompt-pay discount, information only.
    pub discount: Money,
    /// SVC loops.
    pub lines: Vec<LinePayment>,
    /// Position of the CLP segment in its file.
    pub segment: u64,
    /// What was wrong with the data of this loop. One of [`Severity::Hold`](super::problem::Severity) holds the claim.
    pub problems: Vec<Problem>,
}

/// A person as an 835 names one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RemitPerson {
    /// NM103.
    pub last: Text,
    /// NM104.
    pub first: Text,
    /// NM109.
    pub member_id: Text,
    /// NM108 says that the number is not one of a member: a Social Security number (34) or a Medicaid number (MR).
    pub other_kind: bool,
}

/// One reason of a CAS segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Adjustment {
    /// CAS01; `None` when the group is not one of the five.
    pub group: Option<GroupCode>,
    /// CARC; [`Code::NONE`] when the text is no code.
    pub reason: Code,
    /// Positive lowers the payment.
    pub amount: Money,
}

/// One SVC loop.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinePayment {
    /// SVC01-1.
    pub qualifier: Text,
    /// SVC01-2: the adjudicated code.
    pub procedure: Text,
    /// SVC01-3 to -6.
    pub modifiers: Few<Text, 2>,
    /// SVC06-2: the submitted code, when it differs.
    pub original_procedure: Text,
    /// Modifiers of SVC06.
    pub original_modifiers: Few<Text, 2>,
    /// SVC04.
    pub revenue_code: Text,
    /// SVC02.
    pub charge: Money,
    /// SVC03.
    pub paid: Money,
    /// SVC05; one where absent.
    pub units: Option<Quantity>,
    /// DTM*472, or 150.
    pub from: Option<Date>,
    /// DTM*472, or 151.
    pub to: Option<Date>,
    /// CAS at line level.
    pub adjustments: Few<Adjustment, 3>,
    /// REF*6R.
    pub control_number: Text,
    /// LQ*HE, each once.
    pub remarks: Vec<Code>,
    /// AMT*B6.
    pub allowed: Option<Money>,
    /// Position of the SVC segment in its file.
    pub segment: u64,
}

/// One pair of a PLB segment: money that is not one claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderAdjustment {
    /// PLB01.
    pub provider: Text,
    /// PLB02.
    pub fiscal_period_end: Option<Date>,
    /// PLB03-1 as sent.
    pub reason: Text,
    /// PLB03-2. Free text; often empty.
    pub reference: Text,
    /// Positive lowers the payment.
    pub amount: Money,
    /// Position of the PLB segment in its file.
    pub segment: u64,
}

impl ClaimPayment {
    /// Every adjustment of the loop, claim level first, with the index of its line.
    pub fn all_adjustments(&self) -> impl Iterator<Item = (Option<usize>, &Adjustment)> {
        let claim = self.adjustments.iter().map(|a| (None, a));
        let lines = self.lines.iter().enumerate();
        claim.chain(lines.flat_map(|(i, line)| line.adjustments.iter().map(move |a| (Some(i), a))))
    }
}
