//! The acts of persons, in types: what each verb is called in the audit log, to what it was done, and what is kept so that
//! it can be taken back.

use std::fmt;

use super::book::{FileRecord, PaymentRecord, PaymentStatus};
use super::by_hand::ByHand;
use super::case::CaseAct;
use super::period::hex;
use super::{
    CaseId, ClaimId, DepositId, EntryId, FileId, Money, Month, PayerId, PaymentId, PlbId, RemitId, Text,
};

/// How an act is taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// What the office wrote down stands again as it stood before.
    Rows,
    /// What a person posted to claims is negated, and what they noted goes.
    Entries,
    /// By the opposite act of its own.
    Opposite,
    /// It cannot be: why.
    Never(&'static str),
}

macro_rules! verbs {
    ($($number:literal $name:ident $word:literal $way:expr;)+) => {
        /// What a person did, by the command that does it. Its number is kept in ledgers.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u16)]
        #[allow(missing_docs, reason = "the words say it")]
        pub enum DeedVerb { $($name = $number,)+ }

        impl DeedVerb {
            /// All.
            pub const ALL: &'static [DeedVerb] = &[$(DeedVerb::$name),+];

            /// The words of the audit log: noun and verb of the command.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(DeedVerb::$name => $word,)+ }
            }

            /// How it is taken back.
            #[must_use]
            pub const fn way(self) -> Way {
                match self { $(DeedVerb::$name => $way,)+ }
            }
        }
    };
}

const WENT_OUT: Way = Way::Never("what left the office cannot be taken back; its record stays");
const BROUGHT: Way = Way::Never("`remit reverse` takes a remittance out, `claim void` a claim");
const COPIED: Way = Way::Never("it changed nothing in the books; the file can be deleted");
const OTHER_FILE: Way = Way::Never("the ledger that was there was kept beside it: `db restore` it");

verbs! {
    1  Init "init" Way::Never("a ledger that nobody wants is a file that can be deleted");
    2  Demo "demo" Way::Never("a ledger that nobody wants is a file that can be deleted");
    3  Import "import" BROUGHT;
    5  MapSave "import save-map" Way::Rows;
    6  Undo "undo" Way::Opposite;

    10 ClaimPay "claim pay" Way::Entries;
    11 ClaimAdjust "claim adjust" Way::Entries;
    12 ClaimWriteOff "claim write-off" Way::Entries;
    13 ClaimTransfer "claim transfer" Way::Entries;
    14 ClaimRefund "claim refund" Way::Entries;
    15 ClaimSendRefund "claim send-refund" Way::Entries;
    16 ClaimVoid "claim void" Way::Entries;
    17 ClaimUndo "claim undo" Way::Entries;
    18 ClaimNote "claim note" Way::Rows;
    19 ClaimMovePayment "claim move-payment" Way::Opposite;
    20 ClaimJoin "claim join" Way::Opposite;
    21 ClaimPart "claim part" Way::Opposite;
    22 ClaimDoubles "claim doubles" Way::Rows;
    23 ClaimReview "claim review" Way::Rows;

    30 RemitReverse "remit reverse" Way::Opposite;
    31 RemitRepost "remit repost" Way::Opposite;
    32 RemitPost "remit post" Way::Opposite;
    33 RemitReplace "remit replace" Way::Opposite;
    34 RemitSetAside "remit set-aside" Way::Opposite;
    35 RemitEnter "remit enter" BROUGHT;

    40 UnappliedMatch "unapplied match" Way::Opposite;
    41 UnappliedPost "unapplied post" Way::Opposite;
    42 UnappliedUnmatch "unapplied unmatch" Way::Opposite;
    43 UnappliedRelease "unapplied release" Way::Opposite;
    44 UnappliedUnrelease "unapplied unrelease" Way::Opposite;
    45 UnappliedSend "unapplied send" Way::Opposite;
    46 UnappliedUnsend "unapplied unsend" Way::Opposite;

    50 PlbSettle "plb settle" Way::Opposite;
    51 PlbUnsettle "plb unsettle" Way::Opposite;
    52 PlbApply "plb apply" Way::Opposite;
    53 PlbUnapply "plb unapply" Way::Opposite;
    54 PlbSend "plb send" Way::Opposite;
    55 PlbUnsend "plb unsend" Way::Opposite;

    60 DepositImport "deposit import" Way::Never("`deposit explain` says of a movement that it belongs to none");
    61 DepositMatch "deposit match" Way::Opposite;
    62 DepositUnmatch "deposit unmatch" Way::Opposite;
    63 DepositExplain "deposit explain" Way::Opposite;

    70 DenialNext "denial next" Way::Rows;
    71 DenialGiveBack "denial give-back" Way::Rows;
    72 DenialAssign "denial assign" Way::Entries;
    73 DenialNote "denial note" Way::Entries;
    74 DenialCall "denial call" Way::Entries;
    75 DenialAppeal "denial appeal" Way::Entries;
    76 DenialReconsider "denial reconsider" Way::Entries;
    77 DenialDecide "denial decide" Way::Entries;
    78 DenialUndecide "denial undecide" Way::Entries;
    79 DenialResubmit "denial resubmit" Way::Entries;
    80 DenialSendRecords "denial send-records" Way::Entries;
    81 DenialBillPatient "denial bill-patient" Way::Entries;
    82 DenialBillNextPayer "denial bill-next-payer" Way::Entries;
    83 DenialProposeWriteOff "denial propose-write-off" Way::Entries;
    84 DenialWriteOff "denial write-off" Way::Entries;
    85 DenialApprove "denial approve" Way::Entries;
    86 DenialReject "denial reject" Way::Entries;
    87 DenialResolve "denial resolve" Way::Entries;
    88 DenialReopen "denial reopen" Way::Entries;
    89 DenialSnooze "denial snooze" Way::Entries;
    90 DenialLetter "denial letter" WENT_OUT;
    91 DenialPacket "denial packet" WENT_OUT;

    100 FollowupNote "followup note" Way::Rows;
    101 FollowupSnooze "followup snooze" Way::Rows;
    102 FollowupCall "followup call" Way::Rows;

    110 TemplateAdd "template add" Way::Rows;
    111 TemplateRemove "template remove" Way::Rows;
    112 PayerAdd "payer add" Way::Opposite;
    113 PayerSet "payer set" Way::Rows;
    114 PayerMerge "payer merge" Way::Opposite;
    115 PayerUnmerge "payer unmerge" Way::Opposite;
    116 ClockSet "clock set" Way::Rows;
    117 ClockConfirm "clock confirm" Way::Rows;
    118 ClockRemove "clock remove" Way::Rows;
    119 ClockAmounts "clock amounts" Way::Rows;
    120 ClockHolidays "clock holidays" Way::Rows;
    121 PracticeSet "practice set" Way::Rows;
    122 CodeLoad "code load" Way::Rows;
    123 CodeSet "code set" Way::Opposite;
    124 CodeUnset "code unset" Way::Opposite;
    125 AccountMap "account map" Way::Rows;

    130 PeriodClose "period close" Way::Opposite;
    131 PeriodReopen "period reopen" Way::Never("close the month again: a new seal is over what was posted since");

    140 ExportGl "export gl" COPIED;
    141 ExportMonthEnd "export month-end" COPIED;
    142 DbBackup "db backup" COPIED;
    143 DbRestore "db restore" OTHER_FILE;
    144 DbCompact "db compact" Way::Never("it changed nothing in the books");
}

impl fmt::Display for DeedVerb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl DeedVerb {
    /// The one kept under a number.
    #[must_use]
    pub fn from_number(number: u16) -> Option<DeedVerb> {
        Self::ALL.iter().copied().find(|verb| *verb as u16 == number)
    }

    /// An act on a denial case. What the books say of a case by themselves is no act of a person; a note stands in.
    #[must_use]
    pub fn of_case(act: CaseAct) -> DeedVerb {
        let denial = |verb: &&DeedVerb| verb.as_str().strip_prefix("denial ") == Some(act.verb());
        Self::ALL.iter().find(denial).copied().unwrap_or(DeedVerb::DenialNote)
    }
}

/// To what something was done. Never a person's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Object {
    /// The ledger as a whole.
    Ledger,
    /// The practice.
    Practice,
    /// A claim.
    Claim(ClaimId),
    /// A claim and another one.
    Claims(ClaimId, ClaimId),
    /// A denial.
    Denial(CaseId),
    /// A claim payment.
    Item(PaymentId),
    /// A remittance.
    Remit(RemitId),
    /// A remittance in the place of another.
    RemitFor(RemitId, RemitId),
    /// A provider-level item.
    Plb(PlbId),
    /// A movement of the bank.
    Deposit(DepositId),
    /// A payer.
    Payer(PayerId),
    /// An imported file.
    File(FileId),
    /// A month.
    Month(Month),
    /// Something with a name of its own: an account, a template, a reason code, a list of codes.
    Named(String),
    /// An act, by its number in the audit log.
    Act(u64),
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Object::Ledger => f.write_str("ledger"),
            Object::Practice => f.write_str("practice"),
            Object::Claim(id) => write!(f, "claim {id}"),
            Object::Claims(one, other) => write!(f, "claims {one} and {other}"),
            Object::Denial(id) => write!(f, "denial {id}"),
            Object::Item(id) => write!(f, "item {id}"),
            Object::Remit(id) => write!(f, "remittance {id}"),
            Object::RemitFor(new, old) => write!(f, "remittance {new} for {old}"),
            Object::Plb(id) => write!(f, "provider-level item {id}"),
            Object::Deposit(id) => write!(f, "deposit {id}"),
            Object::Payer(id) => write!(f, "payer {id}"),
            Object::File(id) => write!(f, "file {id}"),
            Object::Month(month) => write!(f, "{month}"),
            Object::Named(name) => f.write_str(name),
            Object::Act(number) => write!(f, "act {number}"),
        }
    }
}

/// One record of the audit log as it is to be: what was done to what, and figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What was done.
    pub verb: DeedVerb,
    /// To what.
    pub on: Object,
    /// Figures, before and after. No patient's name, and nothing that people wrote about one.
    pub details: String,
}

impl Fact {
    /// That a file was brought in.
    #[must_use]
    pub fn of_file(verb: DeedVerb, file: &FileRecord) -> Fact {
        Fact {
            verb,
            on: Object::File(file.id),
            details: format!("{}, sha256 {}", file.kind, hex(&file.sha256)),
        }
    }
}

/// What a person did in one transaction. Nothing is committed for a person without one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// Its records in the audit log, the first of which names it. At least one.
    pub facts: Vec<Fact>,
    /// The dollars that it moved or speaks of.
    pub amount: Option<Money>,
    /// Why, in a person's words. Kept beside the audit log, not in it.
    pub reason: String,
    /// The act that it takes back.
    pub undoes: Option<u64>,
    /// The act that it goes on with: an import of many files takes several transactions.
    pub continues: Option<u64>,
}

impl Deed {
    /// An act on one thing.
    #[must_use]
    pub fn new(verb: DeedVerb, on: Object) -> Deed {
        Self::of(vec![Fact { verb, on, details: String::new() }])
    }

    /// An act of several records, which are all of one transaction.
    #[must_use]
    pub fn of(facts: Vec<Fact>) -> Deed {
        Deed { facts, amount: None, reason: String::new(), undoes: None, continues: None }
    }

    /// With dollars.
    #[must_use]
    pub fn amount(self, amount: Money) -> Deed {
        Deed { amount: Some(amount), ..self }
    }

    /// With the dollars that it moved, if it moved any.
    #[must_use]
    pub fn moved(self, amount: Money) -> Deed {
        Deed { amount: Some(amount).filter(|moved| !moved.is_zero()), ..self }
    }

    /// With why, in a person's words.
    #[must_use]
    pub fn because(self, reason: &str) -> Deed {
        Deed { reason: reason.trim().to_owned(), ..self }
    }

    /// With figures, said of the last thing that was named.
    #[must_use]
    pub fn says(mut self, details: impl Into<String>) -> Deed {
        if let Some(fact) = self.facts.last_mut() {
            fact.details = details.into();
        }
        self
    }

    /// On another thing as well.
    #[must_use]
    pub fn and(mut self, on: Object) -> Deed {
        if let Some(verb) = self.facts.first().map(|fact| fact.verb) {
            self.facts.push(Fact { verb, on, details: String::new() });
        }
        self
    }
}

/// A row of what the office wrote down, as an act found it and left it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptRow {
    /// The register; the store's own number for it.
    pub register: u8,
    /// The key, as the store has it.
    pub key: Vec<u8>,
    /// What stood there before.
    pub before: Option<Vec<u8>>,
    /// What stands there since.
    pub after: Option<Vec<u8>>,
}

/// Where a claim payment lies, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Whether it waits, stands on a claim, was released.
    pub status: PaymentStatus,
    /// Its claim.
    pub claim: Option<ClaimId>,
    /// How it was matched.
    pub matched_by: Text,
    /// What it waits for, or how it was posted.
    pub rule: Text,
    /// That in words.
    pub message: Text,
    /// How a person posted it.
    pub by_hand: Option<Box<ByHand>>,
}

impl Place {
    /// Of a claim payment.
    #[must_use]
    pub fn of(payment: &PaymentRecord) -> Place {
        Place {
            status: payment.status,
            claim: payment.claim,
            matched_by: payment.matched_by.clone(),
            rule: payment.rule.clone(),
            message: payment.message.clone(),
            by_hand: payment.by_hand.clone(),
        }
    }
}

/// A claim payment that a person put somewhere: where it was before, and where it has been since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptPlace {
    /// The claim payment.
    pub payment: PaymentId,
    /// Before.
    pub before: Place,
    /// Since.
    pub after: Place,
}

/// What is kept of an act beside its records in the audit log, so that it can be taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeedRecord {
    /// The number of its first record in the audit log; acts are named by it.
    pub id: u64,
    /// What was done to what, for each of its records.
    pub done: Vec<(DeedVerb, Object)>,
    /// The dollars.
    pub amount: Option<Money>,
    /// Why, in a person's words.
    pub reason: String,
    /// The first entry that its transaction appended.
    pub first_entry: EntryId,
    /// How many it appended.
    pub entries: u64,
    /// What the office had written down and it changed.
    pub rows: Vec<KeptRow>,
    /// The claim payments that it moved.
    pub places: Vec<KeptPlace>,
    /// The act that it takes back.
    pub undoes: Option<u64>,
    /// The act that took it back, if one did.
    pub undone_by: Option<u64>,
    /// The act that it goes on with.
    pub continues: Option<u64>,
}

impl DeedRecord {
    /// What was done. [`DeedVerb::Undo`] stands in for nothing: an act has at least one record.
    #[must_use]
    pub fn verb(&self) -> DeedVerb {
        self.done.first().map_or(DeedVerb::Undo, |(verb, _)| *verb)
    }

    /// To what, in words: the first thing, and how many more.
    #[must_use]
    pub fn on(&self) -> String {
        match self.done.as_slice() {
            [] => String::new(),
            [(_, only)] => only.to_string(),
            [(_, first), others @ ..] => format!("{first} and {} more", others.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verb_has_a_number_and_words_of_its_own() {
        for (at, verb) in DeedVerb::ALL.iter().enumerate() {
            assert_eq!(DeedVerb::from_number(*verb as u16), Some(*verb));
            assert!(DeedVerb::ALL[..at].iter().all(|other| other.as_str() != verb.as_str()), "{verb}");
        }
    }

    #[test]
    fn every_act_of_a_person_on_a_denial_is_a_verb() {
        for act in CaseAct::ALL.iter().filter(|act| (**act as u8) < 50) {
            assert_eq!(DeedVerb::of_case(*act).as_str(), format!("denial {}", act.verb()));
        }
    }
}
