//! Acknowledgments: what clearinghouses and payers say about claims before they are adjudicated.
//!
//! Here as files state it (277CA, 999, 997, TA1); in `heard` as the ledger keeps it. What it means for a claim is
//! decided in `acks`.

pub use super::heard::{AckOutcome, AckRecord, AckScope, SentSet};
use super::{ClaimId, Date, Money, PatientControlNumber};

/// One thing that an acknowledgment says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AckItem {
    /// 277CA, loop 2000B or 2000C: of a whole batch, or of one provider's claims in it.
    Batch(BatchStatus),
    /// 277CA, loop 2200D: of one claim.
    Claim(Box<ClaimStatus>),
    /// 999 or 997, AK2 to IK5 or AK5: of one transaction set.
    Set(SetAck),
    /// 999 or 997, AK1 to AK9: of a functional group.
    Group(GroupAck),
}

/// What every item of one acknowledgment shares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voice {
    /// Who speaks.
    pub source: AckSource,
    /// Its name, where it gives one.
    pub name: String,
    /// When it spoke: the date of processing or of the batch, else the envelope's.
    pub on: Option<Date>,
}

/// Who acknowledges. In the order of nearness to the payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum AckSource {
    /// TA1: the envelope of the interchange was looked at.
    Interchange = 1,
    /// 999 or 997: the syntax was looked at.
    Syntax = 2,
    /// 277CA of a clearinghouse (NM1*AY).
    Clearinghouse = 3,
    /// 277CA of a payer (NM1*PR).
    Payer = 4,
}

impl AckSource {
    const ALL: [(AckSource, &'static str); 4] = [
        (AckSource::Interchange, "interchange"),
        (AckSource::Syntax, "syntax"),
        (AckSource::Clearinghouse, "clearinghouse"),
        (AckSource::Payer, "payer"),
    ];

    /// Its word in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(source, _)| *source == self).map_or("", |(_, word)| word)
    }

    /// The source stored under a number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<AckSource> {
        Self::ALL.iter().find(|(source, _)| *source as u8 == number).map(|(source, _)| *source)
    }
}

/// One composite of an STC segment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatusCode {
    /// Component 1: A0 to A8.
    pub category: String,
    /// Component 2: external code list 508.
    pub status: String,
    /// Component 3: whose.
    pub entity: String,
    /// Of which service line (REF*FJ): empty for the claim as a whole.
    pub line: String,
}

/// STC03.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Action {
    /// WQ.
    Accept = 1,
    /// U.
    Reject = 2,
}

/// What the STC segments of one loop say together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statement {
    /// All composites of all of them.
    pub codes: Vec<StatusCode>,
    /// The action; a rejection where they differ.
    pub action: Option<Action>,
    /// The latest STC02.
    pub on: Option<Date>,
    /// STC12, fit for a terminal. Can hold names.
    pub text: String,
}

/// 2200B or 2200C: the status of a batch, or of one provider's part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchStatus {
    /// Who says so, and when.
    pub voice: Voice,
    /// TRN02 of 2200B: BHT03 of our 837.
    pub batch: String,
    /// NM109 of NM1*85, where the status is one provider's.
    pub provider: Option<String>,
    /// What it says.
    pub statement: Statement,
    /// QTY*AA or QTY*QC: how many claims it rejects.
    pub rejected: Option<u64>,
    /// Position of its TRN, or of its HL.
    pub segment: u64,
}

/// 2200D: the status of one claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimStatus {
    /// Who says so, and when.
    pub voice: Voice,
    /// TRN02: CLM01 of our claim.
    pub number: PatientControlNumber,
    /// TRN02 of the 2200B above it.
    pub batch: String,
    /// What it says; line-level composites included.
    pub statement: Statement,
    /// STC04 of the first.
    pub amount: Option<Money>,
    /// DTP*472: the first day.
    pub service: Option<Date>,
    /// REF*1K; empty where it is a filler.
    pub payer_claim_number: String,
    /// REF*D9.
    pub clearinghouse_number: String,
    /// Position of its TRN.
    pub segment: u64,
}

/// AK2 to IK5: what became of one transaction set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAck {
    /// Who says so, and when.
    pub voice: Voice,
    /// AK101: HC for claims.
    pub functional: String,
    /// AK102: GS06 of our group.
    pub group: String,
    /// AK201.
    pub set_id: String,
    /// AK202: ST02 of our set.
    pub set: String,
    /// IK501 or AK501.
    pub result: String,
    /// IK502 to IK506.
    pub codes: Vec<String>,
    /// IK3 and IK4.
    pub errors: Vec<SyntaxError>,
    /// Position of its AK2.
    pub segment: u64,
}

/// AK1 to AK9: what became of a functional group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupAck {
    /// Who says so, and when.
    pub voice: Voice,
    /// AK101.
    pub functional: String,
    /// AK102.
    pub group: String,
    /// AK901.
    pub result: String,
    /// AK905 to AK909.
    pub codes: Vec<String>,
    /// AK904: how many sets it accepted.
    pub accepted: Option<u64>,
    /// Position of its AK1.
    pub segment: u64,
}

/// TA1: what became of an interchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterchangeAck {
    /// TA101: ISA13 of our interchange.
    pub control: String,
    /// TA102: ISA09 of our interchange.
    pub sent_on: Option<Date>,
    /// TA104.
    pub result: String,
    /// TA105.
    pub note: String,
    /// ISA09 of the interchange that carries it.
    pub on: Option<Date>,
    /// ISA15 of that interchange is T.
    pub test: bool,
    /// Its position.
    pub segment: u64,
}

/// An error that a 999 or 997 points at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyntaxError {
    /// IK301.
    pub segment_id: String,
    /// IK302: position in the set, the ST is 1; 0 where none is given.
    pub position: u64,
    /// IK303.
    pub loop_id: String,
    /// IK304.
    pub code: String,
    /// IK401 as sent, such as `5:1`; empty where only the segment is named.
    pub element: String,
    /// IK403.
    pub element_code: String,
    /// IK404, fit for a terminal. Can hold names.
    pub value: String,
    /// `CLM01:` of a CTX.
    pub claim: String,
    /// The claim in which it stands, where the ledger can tell.
    pub of: Option<ClaimId>,
}

/// A control number without the zeros before it, in which form two of them are compared.
#[must_use]
pub fn bare_number(text: &str) -> String {
    text.trim().trim_start_matches('0').to_uppercase()
}

/// Whether a number was given, and not something that stands for none (`docs/rules/edge-cases.md` 7.5).
#[must_use]
pub fn is_filler(text: &str) -> bool {
    let text = text.trim();
    text.bytes().all(|b| b == b'0')
        || ["NONE", "NOT APPLICABLE", "N/A", "NA", "UNKNOWN"].iter().any(|f| text.eq_ignore_ascii_case(f))
}
