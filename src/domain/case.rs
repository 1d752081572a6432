//! Denial cases: what a payer refused of a claim, what became of the dollars, and what the office did about it.
//!
//! | record | kept under | who writes it |
//! |---|---|---|
//! | [`DenialCase`] | `CaseId` | derived from the claim's story whenever it is told (`denial::cases`) |
//! | [`CaseEvent`] | `CaseId`, place | appended, never changed: each act of a person, and each later move of the payer |
//! | [`CaseWork`] | `CaseId` | the events added up (`denial::work::after`); there is none while nothing happened |
//! | [`OpenCase`] | `CaseId` | derived: only what order and clocks ask, only of cases that are not closed |
//! | [`Lease`] | `CaseId` | who was handed the case, and until when |
//!
//! The words of states and acts, and which act leads where, stand in one table: `denial/data/moves.tsv`.

use super::clock::{CaseFacts, Recourse};
use super::entry::Reason;
use super::{Account, CaseId, ClaimId, Code, Date, EntryId, Money, PayerId, PaymentId};

/// A denial case: denied lines of one claim. A line belongs to one case, however often and for whatever reasons it is
/// denied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DenialCase {
    /// Its number in this ledger.
    pub id: CaseId,
    /// The claim.
    pub claim: ClaimId,
    /// Who refused, last.
    pub payer: PayerId,
    /// The latest reason given; of several the one with the most dollars.
    pub reason: Reason,
    /// Remark codes of the latest event.
    pub remarks: Vec<Code>,
    /// What was denied, line by line.
    pub lines: Vec<DeniedLine>,
    /// Every time the payer said no.
    pub events: Vec<DenialEvent>,
}

/// One service line within a case.
///
/// `denied` is at least `recovered + open`; the rest was taken off, given to the patient or the next payer
/// by the payer itself, written off or moved by the office.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeniedLine {
    /// Line number of the claim; 0 for the claim as a whole.
    pub line: u16,
    /// The most that was ever denied of it: counted once however often it was denied.
    pub denied: Money,
    /// Paid since, at most what was denied.
    pub recovered: Money,
    /// Written off by the office since.
    pub written_off: Money,
    /// Moved to the patient since, by the payer itself or by the office.
    pub to_patient: Money,
    /// Moved to the next payer since, by the payer itself or by the office.
    pub to_next: Money,
    /// Still denied: what stands of it in `ar:insurance:denied` and `ar:patient:hold`.
    pub open: Money,
    /// Written off or moved by the office beyond what is still denied: the payer has answered since, and the denied bucket
    /// is that much below zero.
    pub excess: Money,
    /// Why, the last time it was denied.
    pub reasons: Vec<LineReason>,
}

/// One reason for which a line was denied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineReason {
    /// Group and CARC.
    pub reason: Reason,
    /// How much.
    pub amount: Money,
    /// All remark codes that came with it.
    pub remarks: Vec<Code>,
}

/// One denial of a case's lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DenialEvent {
    /// The answer that denied; number 0 where no answer in these books did: brought in, or moved there by hand.
    pub payment: PaymentId,
    /// Its accounting date.
    pub on: Date,
    /// The payer's own day for it, never after the accounting date: clocks count from here.
    pub answered_on: Date,
    /// Whether a remark says that it only repeats an earlier answer (MA74).
    pub notice: bool,
    /// What its remarks leave open.
    pub recourse: Recourse,
    /// Why.
    pub reason: Reason,
    /// How much.
    pub amount: Money,
}

impl DenialCase {
    /// Dollars denied, counted once.
    #[must_use]
    pub fn denied(&self) -> Money {
        self.lines.iter().map(|l| l.denied).sum()
    }

    /// Dollars paid since.
    #[must_use]
    pub fn recovered(&self) -> Money {
        self.lines.iter().map(|l| l.recovered).sum()
    }

    /// Dollars written off since.
    #[must_use]
    pub fn written_off(&self) -> Money {
        self.lines.iter().map(|l| l.written_off).sum()
    }

    /// Dollars moved to the patient or the next payer since.
    #[must_use]
    pub fn moved(&self) -> Money {
        self.lines.iter().map(|l| l.to_patient + l.to_next).sum()
    }

    /// Dollars still denied.
    #[must_use]
    pub fn open(&self) -> Money {
        self.lines.iter().map(|l| l.open).sum()
    }

    /// Of these: what stands as denied.
    #[must_use]
    pub fn standing(&self) -> Money {
        self.lines.iter().map(|l| l.open).sum()
    }

    /// When it was first denied.
    #[must_use]
    pub fn denied_on(&self) -> Option<Date> {
        self.events.iter().map(|e| e.on).min()
    }

    /// When it was last denied.
    #[must_use]
    pub fn last_denied_on(&self) -> Option<Date> {
        self.events.iter().map(|e| e.on).max()
    }
}

macro_rules! numbered {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $number:literal $word:literal,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum $name { $($(#[$doc])* $variant = $number,)+ }

        impl $name {
            /// Every one, in order.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// Its word.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word,)+ }
            }

            /// The one stored under a number.
            #[must_use]
            pub fn from_number(number: u8) -> Option<$name> {
                Self::ALL.iter().copied().find(|one| *one as u8 == number)
            }

            /// The one with a word.
            #[must_use]
            pub fn from_word(word: &str) -> Option<$name> {
                Self::ALL.iter().copied().find(|one| one.as_str() == word)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

numbered! {
    /// Where a case stands. What each means for the work stands in `denial/data/moves.tsv`.
    CaseState {
        /// Denied; nobody did anything that waits for an answer.
        Open = 1 "open",
        /// An appeal is with the payer.
        Appealed = 2 "appealed",
        /// A corrected claim is with the payer.
        Resubmitted = 3 "resubmitted",
        /// Records are with the payer.
        RecordsSent = 4 "records-sent",
        /// A write-off waits for a second person.
        WriteOffProposed = 5 "write-off-proposed",
        /// The payer paid a part; the rest is still denied.
        PartlyRecovered = 6 "partly-recovered",
        /// It was closed, and is open again: taken back, denied again, or a person said so.
        Reopened = 7 "reopened",
        /// The payer paid.
        Recovered = 8 "recovered",
        /// The payer took the denial back, or gave the amount another name.
        Reversed = 9 "reversed",
        /// The patient was asked to pay.
        PatientBilled = 10 "patient-billed",
        /// The next payer was asked to pay.
        NextPayerBilled = 11 "next-payer-billed",
        /// Given up.
        WrittenOff = 12 "written-off",
        /// A person closed it as it was.
        Resolved = 13 "resolved",
        /// The payer gave way by letter, and has not paid yet.
        Overturned = 14 "overturned",
        /// A reconsideration is with the payer.
        ReconsiderationSent = 15 "reconsideration-sent",
    }
}

numbered! {
    /// What happened to a case. Those below 50 a person does, those from 50 on come from remittances and the claim's money.
    CaseAct {
        /// It was given to somebody.
        Assign = 1 "assign",
        /// Words.
        Note = 2 "note",
        /// The payer was called.
        Call = 3 "call",
        /// An appeal was sent.
        Appeal = 4 "appeal",
        /// A corrected or a new claim was sent.
        Resubmit = 5 "resubmit",
        /// Records were sent.
        SendRecords = 6 "send-records",
        /// Its dollars went to the patient.
        BillPatient = 7 "bill-patient",
        /// Its dollars went to the next payer.
        BillNextPayer = 8 "bill-next-payer",
        /// A write-off was proposed that a second person must approve.
        ProposeWriteOff = 9 "propose-write-off",
        /// It was written off.
        WriteOff = 10 "write-off",
        /// A second person approved the write-off; it was posted.
        Approve = 11 "approve",
        /// Somebody rejected the proposal.
        Reject = 12 "reject",
        /// It was closed as it was.
        Resolve = 13 "resolve",
        /// It was opened again.
        Reopen = 14 "reopen",
        /// It was put off.
        Snooze = 15 "snooze",
        /// A letter was written.
        Letter = 16 "letter",
        /// By letter the payer left the denial as it was.
        Upheld = 17 "upheld",
        /// By letter the payer gave way: it will pay.
        Overturned = 18 "overturned",
        /// By letter the payer gave way in part.
        OverturnedInPart = 19 "overturned-in-part",
        /// By letter the payer refused to look at the appeal.
        Dismissed = 20 "dismissed",
        /// What was written down of such a letter was taken back.
        Undecide = 21 "undecide",
        /// A reconsideration was asked for: beside the levels of appeal, and no clock of theirs waits for it.
        Reconsider = 22 "reconsider",
        /// The payer denied it again.
        DeniedAgain = 50 "denied-again",
        /// The payer paid; nothing is left.
        Paid = 51 "paid",
        /// The payer paid; something is still denied.
        PaidInPart = 52 "paid-in-part",
        /// The payer no longer denies it, and paid nothing.
        DenialReversed = 53 "denial-reversed",
        /// The payer took back what it had paid.
        TakenBack = 54 "taken-back",
        /// The dollars were written off on the claim.
        GivenUp = 55 "given-up",
        /// The dollars were moved to the patient on the claim.
        ToPatient = 56 "to-patient",
        /// The dollars were moved to the next payer.
        ToNextPayer = 57 "to-next-payer",
        /// Dollars stand as denied again without a new denial: a write-off or a transfer was undone.
        Undone = 58 "undone",
        /// A person let the dollars wait for the payer again, or took them off the claim.
        SetBack = 59 "set-back",
        /// What came late tells the case in another way: it stands where it would, had all come in time.
        ToldAnew = 60 "told-anew",
    }
}

impl CaseAct {
    /// Whether a person does it to the case.
    #[must_use]
    pub const fn is_by_person(self) -> bool {
        (self as u8) < 50
    }

    /// What it says that a letter decided.
    #[must_use]
    pub fn outcome(self) -> Option<Outcome> {
        Outcome::ALL.iter().copied().find(|outcome| outcome.act() == self)
    }

    /// Whether it asks the payer for another answer.
    #[must_use]
    pub const fn asks_again(self) -> bool {
        matches!(self, CaseAct::Appeal | CaseAct::Reconsider | CaseAct::Resubmit | CaseAct::SendRecords)
    }

    /// The verb by which a person does it: decisions share one.
    #[must_use]
    pub fn verb(self) -> &'static str {
        if self.outcome().is_some() { "decide" } else { self.as_str() }
    }
}

numbered! {
    /// How a letter decided an appeal.
    Outcome {
        /// The denial stays as it was.
        Upheld = 1 "upheld",
        /// The payer will pay.
        Overturned = 2 "overturned",
        /// The payer will pay a part.
        Partly = 3 "partly",
        /// The payer refused to look at it.
        Dismissed = 4 "dismissed",
    }
}

impl std::str::FromStr for Outcome {
    type Err = String;
    fn from_str(text: &str) -> Result<Outcome, String> {
        let words = || Outcome::ALL.iter().map(|one| one.as_str()).collect::<Vec<_>>().join(", ");
        Outcome::from_word(text).ok_or_else(|| format!("`{text}` is none of {}", words()))
    }
}

impl Outcome {
    /// The act of writing it down.
    #[must_use]
    pub const fn act(self) -> CaseAct {
        match self {
            Outcome::Upheld => CaseAct::Upheld,
            Outcome::Overturned => CaseAct::Overturned,
            Outcome::Partly => CaseAct::OverturnedInPart,
            Outcome::Dismissed => CaseAct::Dismissed,
        }
    }

    /// Whether the payer gave way, wholly or in part.
    #[must_use]
    pub const fn is_won(self) -> bool {
        matches!(self, Outcome::Overturned | Outcome::Partly)
    }
}

/// What is said about an act on a case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Particulars {
    /// How it was sent: `portal`, `fax`, `mail`...
    pub method: String,
    /// What proves it: a confirmation number, a tracking number, the hash of a letter.
    pub proof: String,
    /// The payer's reference for a call.
    pub reference: String,
    /// Who spoke for the payer.
    pub representative: String,
    /// What the payer promised by when.
    pub promised: Option<Date>,
    /// To whom the case was given; the template of a letter.
    pub whom: String,
    /// The dollars that moved, were proposed, or are spoken of.
    pub amount: Option<Money>,
    /// Under which account they are written off.
    pub account: Option<Account>,
    /// What is to be done next.
    pub next_action: String,
    /// And when.
    pub next_on: Option<Date>,
    /// Words.
    pub text: String,
}

/// One thing that happened to a case after its first denial. Immutable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseEvent {
    /// The day: for acts of persons as they said, for the payer the day of its remittance.
    pub on: Date,
    /// When it was learned: UTC seconds.
    pub recorded_at: i64,
    /// Who; for moves of the payer whoever imported the file.
    pub user: String,
    /// What.
    pub act: CaseAct,
    /// Where the case stands after it.
    pub state: CaseState,
    /// The appeal level in force: 0 before any appeal. Of a decision by letter the level that it decides, 0 for a
    /// reconsideration; of taking one back the same.
    pub level: u8,
    /// The entry that moved the dollars.
    pub entry: Option<EntryId>,
    /// What was said about it.
    pub about: Particulars,
}

impl CaseEvent {
    /// An act without particulars.
    #[must_use]
    pub fn new(act: CaseAct, state: CaseState, on: Date, recorded_at: i64, user: &str) -> CaseEvent {
        CaseEvent {
            on,
            recorded_at,
            user: user.to_owned(),
            act,
            state,
            level: 0,
            entry: None,
            about: Particulars::default(),
        }
    }
}

/// Where the work on a case stands: its events added up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseWork {
    /// Where it stands.
    pub state: CaseState,
    /// Whose it is; empty while it is nobody's.
    pub assignee: String,
    /// What is to be done next; empty for the category's first step.
    pub next_action: String,
    /// And when.
    pub next_on: Option<Date>,
    /// Not before this day, somebody said.
    pub snoozed_until: Option<Date>,
    /// The appeal level: 0 before any appeal.
    pub level: u8,
    /// When the appeal of that level was sent.
    pub appealed_on: Option<Date>,
    /// What the payer promised by when, and has not done yet.
    pub promised: Option<Date>,
    /// The write-off that waits for a second person.
    pub proposal: Option<Proposal>,
    /// When a person last did something.
    pub touched_on: Option<Date>,
    /// How many events it has.
    pub events: u64,
}

impl Default for CaseWork {
    fn default() -> CaseWork {
        CaseWork {
            state: CaseState::Open,
            assignee: String::new(),
            next_action: String::new(),
            next_on: None,
            snoozed_until: None,
            level: 0,
            appealed_on: None,
            promised: None,
            proposal: None,
            touched_on: None,
            events: 0,
        }
    }
}

/// A write-off that waits for a second person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// How much.
    pub amount: Money,
    /// Under which account.
    pub account: Account,
    /// Who proposed it.
    pub by: String,
    /// When.
    pub on: Date,
    /// Why.
    pub text: String,
}

/// What order and clocks ask about a case that is not closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenCase {
    /// The case.
    pub case: CaseId,
    /// Its claim.
    pub claim: ClaimId,
    /// Who refused, last.
    pub payer: PayerId,
    /// The latest reason.
    pub reason: Reason,
    /// The category it is worked under.
    pub category: String,
    /// Dollars still to be won.
    pub open: Money,
    /// When it was first denied.
    pub denied_on: Date,
    /// From which its clocks follow.
    pub facts: CaseFacts,
    /// Where it stands.
    pub state: CaseState,
    /// The appeal level: 0 before any appeal.
    pub level: u8,
    /// When something is to be done.
    pub next_on: Option<Date>,
    /// Not before this day, somebody said.
    pub snoozed_until: Option<Date>,
    /// Whose it is.
    pub assignee: String,
}

/// Whether two names are one person's: nobody is somebody else for having typed a capital.
#[must_use]
pub fn same_person(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// Who was handed a case, and until when nobody else gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The case.
    pub case: CaseId,
    /// Who.
    pub user: String,
    /// UTC seconds.
    pub until: i64,
}

impl Lease {
    /// Whether it is this person's.
    #[must_use]
    pub fn is_of(&self, user: &str) -> bool {
        same_person(&self.user, user)
    }
}
