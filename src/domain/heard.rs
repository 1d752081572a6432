//! Acknowledgments as the ledger keeps them, and the sent sets that they speak of.
//!
//! As files state them: `ack`. What they decide: `acks`.

use super::ack::{AckSource, StatusCode, SyntaxError};
use super::book::Origin;
use super::{AckId, ClaimId, Date, FileId, Money, PatientControlNumber, SentId};

/// What an answer says became of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum AckOutcome {
    /// Heard of, not decided.
    Received = 1,
    /// Taken in for adjudication.
    Accepted = 2,
    /// The receiver does not have it.
    NotFound = 3,
    /// Sent back: no remittance will come of this submission.
    Rejected = 4,
}

impl AckOutcome {
    const ALL: [(AckOutcome, &'static str); 4] = [
        (AckOutcome::Received, "received"),
        (AckOutcome::Accepted, "accepted"),
        (AckOutcome::NotFound, "not_found"),
        (AckOutcome::Rejected, "rejected"),
    ];

    /// Its word in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(outcome, _)| *outcome == self).map_or("", |(_, word)| word)
    }

    /// The outcome stored under a number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<AckOutcome> {
        Self::ALL.iter().find(|(outcome, _)| *outcome as u8 == number).map(|(outcome, _)| *outcome)
    }

    /// Whether somebody must correct and send again.
    #[must_use]
    pub fn needs_work(self) -> bool {
        matches!(self, AckOutcome::Rejected | AckOutcome::NotFound)
    }

    /// Whether it decides anything.
    #[must_use]
    pub fn decides(self) -> bool {
        self != AckOutcome::Received
    }
}

/// What an answer is about, by the numbers it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AckScope {
    /// One claim: CLM01, and BHT03 of its batch.
    Claim(PatientControlNumber, String),
    /// A batch: BHT03.
    Batch(String),
    /// One provider's claims in a batch: BHT03, NPI or tax id.
    Provider(String, String),
    /// A transaction set: GS06, ST02.
    Set(String, String),
    /// A functional group: GS06.
    Group(String),
    /// An interchange: ISA13, ISA09.
    Interchange(String, Option<Date>),
}

impl AckScope {
    /// How narrow it is: what is said of a claim goes before what is said of its set, that before its batch.
    #[must_use]
    pub fn narrowness(&self) -> u8 {
        match self {
            AckScope::Claim(..) => 3,
            AckScope::Provider(..) | AckScope::Set(..) => 2,
            AckScope::Batch(_) | AckScope::Group(_) => 1,
            AckScope::Interchange(..) => 0,
        }
    }
}

/// An answer, as the ledger keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AckRecord {
    /// Its number in this ledger.
    pub id: AckId,
    /// The first answer of the same transaction set.
    pub first: AckId,
    /// Where it stands.
    pub origin: Origin,
    /// `277CA`, `999`, `997`, `TA1`.
    pub kind: String,
    /// Who says so.
    pub source: AckSource,
    /// Its name.
    pub name: String,
    /// When.
    pub on: Date,
    /// About what.
    pub scope: AckScope,
    /// What it decides.
    pub outcome: AckOutcome,
    /// The action beside the codes says the opposite of the codes.
    pub conflict: bool,
    /// IK501, AK901 or TA104; empty for a 277CA.
    pub result: String,
    /// Composites of a 277CA.
    pub codes: Vec<StatusCode>,
    /// Error codes of a set, group or interchange.
    pub error_codes: Vec<String>,
    /// Errors of a set.
    pub errors: Vec<SyntaxError>,
    /// STC04.
    pub amount: Option<Money>,
    /// DTP*472.
    pub service: Option<Date>,
    /// REF*1K.
    pub payer_claim_number: String,
    /// REF*D9.
    pub clearinghouse_number: String,
    /// STC12.
    pub text: String,
    /// The file of the submission it speaks of, where the numbers tell; 0 where not.
    pub sent_in: FileId,
    /// The claims it speaks of, as far as the ledger knows them.
    pub claims: Vec<ClaimId>,
}

impl AckRecord {
    /// Whether it speaks of a whole functional group.
    #[must_use]
    pub fn scope_is_group(&self) -> bool {
        matches!(self.scope, AckScope::Group(_))
    }
}

/// A transaction set that was sent: the numbers under which acknowledgments speak of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentSet {
    /// Its number in this ledger.
    pub id: SentId,
    /// The file that it was imported from.
    pub file: FileId,
    /// GS06.
    pub group: String,
    /// ST02.
    pub set: String,
    /// ISA13.
    pub interchange: String,
    /// ISA09.
    pub interchange_date: Option<Date>,
    /// BHT03.
    pub batch: String,
    /// GS04, else ISA09.
    pub on: Date,
    /// First eight bytes of the hash of its content.
    pub content: u64,
    /// Each claim taken from it, with the position of its CLM in the set, where ST is 1.
    pub claims: Vec<(ClaimId, u64)>,
}
