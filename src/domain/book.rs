//! What the ledger remembers: the records that the store keeps and everybody else reasons about.
//!
//! Balances, cases and open items are derived from these by `posting` and `denial`; the journal is `entry`, denial cases
//! are `case`.

use super::by_hand::ByHand;
use super::claim::{Claim, Frequency};
use super::remit::{ClaimPayment, ProviderAdjustment, RemitHeader};
use super::{
    Account, CaseId, ClaimId, Code, Date, EntryId, Few, FileId, Money, PatientControlNumber, PayerId,
    PaymentId, PlbId, RemitId, Text,
};

/// A receivable with every submission that was made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimRecord {
    /// Its number in this ledger.
    pub id: ClaimId,
    /// The latest submission.
    pub claim: Box<Claim>,
    /// The payers of `claim.payers`, in the same order, as this ledger numbers them.
    pub payers: Few<PayerId, 4>,
    /// Every submission, by date billed.
    pub versions: Few<ClaimVersion, 1>,
}

impl ClaimRecord {
    /// Whether it bears this number, given that it is indexed under it: exactly, or as the number of an earlier submission.
    /// A replacement may have a number of its own, and the payer may answer under either.
    #[must_use]
    pub fn bears(&self, number: &PatientControlNumber) -> bool {
        let own = &self.claim.control_number;
        own == number || own.index_form() != number.index_form()
    }

    /// Whether every submission of it counts for another claim, which it is joined to. See [`super::join`].
    #[must_use]
    pub fn is_part_of_another(&self) -> bool {
        self.versions.is_empty()
    }

    /// Whether only voids of it are known: the claim itself is still to come.
    #[must_use]
    pub fn is_void_alone(&self) -> bool {
        self.versions.iter().all(|v| v.frequency == Frequency::VOID.0)
    }
}

/// One submission of a claim: an original, a replacement, a void or a repeat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimVersion {
    /// BHT04.
    pub billed_on: Date,
    /// CLM05-3.
    pub frequency: u8,
    /// CLM02.
    pub charge: Money,
    /// Its first service day.
    pub service_from: Option<Date>,
    /// Its last service day.
    pub service_to: Option<Date>,
    /// BHT03.
    pub batch: Text,
    /// Which payer it was sent to.
    pub billed_payer: PayerId,
    /// Where it stands: file and segment.
    pub origin: Origin,
    /// First eight bytes of a SHA-256 over what the submission says, without dates and numbers of the batch.
    pub fingerprint: u64,
}

impl ClaimVersion {
    /// The order of submissions: by day, and of one day by what they do and then by the number of their batch.
    #[must_use]
    pub fn order(&self) -> (Date, u8, usize, &str, u64) {
        let batch = self.batch.as_str();
        (self.billed_on, self.frequency, batch.len(), batch, self.fingerprint)
    }
}

/// A segment of an imported file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// The file.
    pub file: FileId,
    /// Position of the segment, counted from 1.
    pub segment: u64,
}

/// Where a claim stands: small, fixed in shape, rewritten by every posting to the claim.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimState {
    /// Gross charges of the latest submission.
    pub charge: Money,
    /// Paid by payers.
    pub paid_insurance: Money,
    /// Paid by the patient.
    pub paid_patient: Money,
    /// Contractual, reduction, contra and other adjustments.
    pub adjusted: Money,
    /// Written off by the office.
    pub written_off: Money,
    /// What stands in each bucket, by payer. No zero amounts; at most one for a bucket and payer.
    pub holdings: Few<Holding, 4>,
    /// The payer that the claim was first billed to.
    pub billed_payer: PayerId,
    /// First and last service day; the basis of aging.
    pub service_from: Option<Date>,
    /// When it was first billed.
    pub billed_on: Option<Date>,
    /// When the balance came to whoever owes it now.
    pub responsible_since: Option<Date>,
    /// Latest accounting date of any entry of the claim.
    pub last_posted_on: Option<Date>,
    /// The last journal entry of the claim; each entry names the one before.
    pub last_entry: Option<EntryId>,
    /// The last claim payment attached to the claim; each names the one before.
    pub last_payment: Option<PaymentId>,
    /// The journal has one entry of the claim, that of its charge, and all that the entry says is here: `charge` of
    /// `billed_payer`, of `billed_on`, posted on `last_posted_on`. So nobody needs to read it to tell the story anew.
    pub only_charged: bool,
    /// The claim's denial cases: the first, and how many.
    pub cases: Vec<CaseId>,
    /// What stood in the buckets at the end of each day with an entry. Written by whoever tells the claim's story, with
    /// the sums that it is part of.
    pub days: Vec<Standing>,
}

/// What stood on a claim at the end of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// An accounting day with an entry of the claim.
    pub on: Date,
    /// What stood in each bucket, by payer.
    pub holdings: Few<Holding, 4>,
}

/// What a claim aged from and who was billed, until a day that was closed when a later submission said otherwise: reports
/// of that day and earlier ones go on saying what they said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Footing {
    /// The last day of which this is true.
    pub until: Date,
    /// First service day.
    pub service_from: Option<Date>,
    /// When it was first billed.
    pub billed_on: Option<Date>,
    /// The payer that it was first billed to.
    pub billed_payer: PayerId,
}

/// Money of a claim in one bucket, waiting for one payer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holding {
    /// One of [`Account::BUCKETS`].
    pub account: Account,
    /// Who is meant to pay, or was asked last.
    pub payer: PayerId,
    /// How much; negative is a credit.
    pub amount: Money,
}

impl ClaimState {
    /// The same without what stands and stood on it.
    #[must_use]
    pub fn outline(&self) -> ClaimState {
        ClaimState { holdings: Few::new(), days: Vec::new(), cases: self.cases.clone(), ..*self }
    }

    /// What stood in the buckets at the end of a day.
    #[must_use]
    pub fn holdings_as_of(&self, day: Date) -> &[Holding] {
        self.days.iter().rev().find(|standing| standing.on <= day).map_or(&[], |standing| &standing.holdings)
    }

    /// What it ages from and who was billed, as reports of a day say it. `earlier` by their days.
    #[must_use]
    pub fn footing(&self, day: Date, earlier: &[Footing]) -> Footing {
        earlier.iter().find(|footing| day <= footing.until).copied().unwrap_or(Footing {
            until: Date::from_number(i32::MAX),
            service_from: self.service_from,
            billed_on: self.billed_on,
            billed_payer: self.billed_payer,
        })
    }

    /// Notes an entry that was added to the claim. What follows from it is known once its story is told anew.
    pub fn entered(&mut self, id: EntryId, posted_on: Date) {
        self.last_entry = Some(id);
        self.last_posted_on = self.last_posted_on.max(Some(posted_on));
        self.only_charged = false;
    }

    /// The claim's balance: the sum of its buckets.
    #[must_use]
    pub fn balance(&self) -> Money {
        self.holdings.iter().map(|h| h.amount).sum()
    }

    /// What stands in one bucket.
    #[must_use]
    pub fn bucket(&self, account: Account) -> Money {
        self.holdings.iter().filter(|h| h.account == account).map(|h| h.amount).sum()
    }

    /// What payers still owe.
    #[must_use]
    pub fn insurance(&self) -> Money {
        self.holdings.iter().filter(|h| !h.account.is_patient()).map(|h| h.amount).sum()
    }

    /// What the patient owes.
    #[must_use]
    pub fn patient(&self) -> Money {
        self.holdings.iter().filter(|h| h.account.is_patient()).map(|h| h.amount).sum()
    }
}

/// A payer's answer about a claim, as the ledger keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentRecord {
    /// Its number in this ledger.
    pub id: PaymentId,
    /// The remittance it came with.
    pub remit: RemitId,
    /// The remittance's own date, which orders the answers on a claim: its accounting date, unless that date lay in a
    /// closed period.
    pub posted_on: Date,
    /// The payer's own day: that of the payment, else that on which the 835 was made; never after `posted_on`. Clocks
    /// count from here, wherever a person or a closed period moved the accounting date.
    pub answered_on: Date,
    /// The payer of the remittance.
    pub payer: PayerId,
    /// TRN02 of the remittance.
    pub trace: Text,
    /// The payer it was forwarded to, where NM1*TT names one.
    pub forwarded_to: PayerId,
    /// What the payer said.
    pub payment: Box<ClaimPayment>,
    /// The claim it was matched to.
    pub claim: Option<ClaimId>,
    /// How it was matched: the name of the step, or empty.
    pub matched_by: Text,
    /// The claim payment of the same claim that was attached before this one.
    pub previous_of_claim: Option<PaymentId>,
    /// The entry that booked its cash while it waited for a claim, if it did.
    pub held_entry: Option<EntryId>,
    /// What a person says of it in place of the payer, where one posted it by hand.
    pub by_hand: Option<Box<ByHand>>,
    /// What became of it.
    pub status: PaymentStatus,
    /// The rule or the reason behind the status, such as `posted` or `hold:no-match`, and words for a person.
    pub rule: Text,
    /// Words for a person, where there is more to say.
    pub message: Text,
}

/// What became of a claim payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum PaymentStatus {
    /// On the claim.
    Posted = 1,
    /// Posted, and later reversed by the payer.
    Reversed = 2,
    /// Posted, and later replaced by another answer without a reversal.
    Superseded = 3,
    /// Says something, moves nothing: forwarded, estimate, duplicate notice.
    Memo = 4,
    /// Waits for a person; its money is in `unapplied`.
    Unapplied = 5,
    /// Sent back, or another system's: no longer waits.
    Released = 6,
    /// Its remittance was taken out of the books by a person.
    Withdrawn = 7,
    /// Its remittance is held, or was set aside: it never was in the books.
    Held = 8,
}

impl PaymentStatus {
    const ALL: [(PaymentStatus, &'static str); 8] = [
        (PaymentStatus::Posted, "posted"),
        (PaymentStatus::Reversed, "reversed"),
        (PaymentStatus::Superseded, "superseded"),
        (PaymentStatus::Memo, "memo"),
        (PaymentStatus::Unapplied, "unapplied"),
        (PaymentStatus::Released, "released"),
        (PaymentStatus::Withdrawn, "withdrawn"),
        (PaymentStatus::Held, "held"),
    ];

    /// Whether the rules still reckon with it: a person has not taken it away.
    #[must_use]
    pub const fn is_heard(self) -> bool {
        !matches!(self, PaymentStatus::Released | PaymentStatus::Withdrawn | PaymentStatus::Held)
    }

    /// Its word in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(status, _)| *status == self).map_or("", |(_, word)| word)
    }

    /// The status stored under a number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<PaymentStatus> {
        Self::ALL.iter().find(|(status, _)| *status as u8 == number).map(|(status, _)| *status)
    }
}

/// A remittance, as the ledger keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemitRecord {
    /// Its number in this ledger.
    pub id: RemitId,
    /// What its header said.
    pub header: RemitHeader,
    /// The payer.
    pub payer: PayerId,
    /// The accounting date.
    pub posted_on: Date,
    /// The date it would have, did that not lie in a period that was closed when it came.
    pub effective_on: Option<Date>,
    /// The accounting date under which it was known and not in the books, if it ever was so.
    pub held_on: Option<Date>,
    /// From which accounting day on it need not come into the books any more, if it was held till then.
    pub set_aside_on: Option<Date>,
    /// When a person took it out of the books and put it back, in turn: the accounting days from which that counts.
    pub turns: Vec<Date>,
    /// The file, and the position of its ST segment.
    pub origin: Origin,
    /// Posted or held.
    pub status: RemitStatus,
    /// Claim payments.
    pub claims: u64,
    /// Of these: matched to a claim (posted, or a memo).
    pub matched: u64,
    /// Of these: waiting in `unapplied` when it was imported.
    pub unapplied: u64,
    /// Sum of CLP04.
    pub claim_paid: Money,
    /// Sum of the PLB amounts as sent.
    pub plb: Money,
    /// Its claim payments have the numbers from here on, `claims` of them.
    pub first_payment: PaymentId,
    /// What was wrong: code, segment, text, message.
    pub issues: Vec<Issue>,
}

impl RemitRecord {
    /// Its date by its own nature, whatever was closed when it came.
    #[must_use]
    pub fn own_date(&self) -> Date {
        self.effective_on.unwrap_or(self.posted_on)
    }

    /// When it came into the books (true) and went out of them (false), in the order in which that was done. Nothing for
    /// one that was never in them.
    pub fn moves(&self) -> impl Iterator<Item = (Date, bool)> {
        let booked = matches!(self.status, RemitStatus::Posted | RemitStatus::Reversed);
        let booked = booked.then_some(self.posted_on);
        booked.into_iter().chain(self.turns.iter().copied()).enumerate().map(|(at, on)| (on, at % 2 == 0))
    }

    /// When it last came into the books or went out of them; its accounting date for one that was never in them.
    #[must_use]
    pub fn last_moved(&self) -> Date {
        self.moves().last().map_or(self.posted_on, |(on, _)| on)
    }

    /// What it moved on some days: its cash as it was booked, taken out and put back.
    #[must_use]
    pub fn cash(&self, days: impl Fn(Date) -> bool) -> Money {
        let moves = self.moves().filter(|(on, _)| days(*on));
        moves.map(|(_, into)| if into { self.header.paid } else { -self.header.paid }).sum()
    }

    /// Whether it was in the books at the end of a day.
    #[must_use]
    pub fn stands(&self, day: Date) -> bool {
        let until = self.moves().filter(|(on, _)| *on <= day);
        until.map(|(_, into)| if into { 1 } else { -1 }).sum::<i32>() > 0
    }

    /// Whether it was known at the end of a day, and had neither been in the books nor been set aside yet.
    #[must_use]
    pub fn is_held(&self, day: Date) -> bool {
        let later = |on: Date| on > day;
        self.held_on.is_some_and(|on| !later(on))
            && self.moves().all(|(on, _)| later(on))
            && self.set_aside_on.is_none_or(later)
    }
}

/// Whether a remittance is in the books.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum RemitStatus {
    /// In the books.
    Posted = 1,
    /// Known, and not in the books.
    Held = 2,
    /// Was in the books, and was taken out by a person.
    Reversed = 3,
    /// Was held, and need not come into the books: a person said so, or another copy of the same payment came in.
    SetAside = 4,
}

impl RemitStatus {
    /// Its word in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            RemitStatus::Posted => "posted",
            RemitStatus::Held => "held",
            RemitStatus::Reversed => "reversed",
            RemitStatus::SetAside => "set-aside",
        }
    }

    /// The status stored under a number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<RemitStatus> {
        [RemitStatus::Posted, RemitStatus::Held, RemitStatus::Reversed, RemitStatus::SetAside]
            .into_iter()
            .find(|s| *s as u8 == number)
    }
}

/// A problem as it is kept and shown: see [`super::Problem`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// Stable word.
    pub code: String,
    /// Position of the segment, 0 for the whole.
    pub segment: u64,
    /// The segment, without names and birth dates.
    pub text: String,
    /// Words for a person.
    pub message: String,
}

impl From<super::Problem> for Issue {
    fn from(problem: super::Problem) -> Issue {
        Issue {
            code: problem.code.to_owned(),
            segment: problem.segment,
            text: problem.text,
            message: problem.message,
        }
    }
}

/// A provider-level item, open until others offset it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlbRecord {
    /// Its number in this ledger.
    pub id: PlbId,
    /// The remittance it came with.
    pub remit: RemitId,
    /// The payer.
    pub payer: PayerId,
    /// The accounting date.
    pub posted_on: Date,
    /// What was sent.
    pub item: ProviderAdjustment,
    /// PLB03-1 as a code.
    pub code: Code,
    /// What has not been offset yet, with the sign of PLB04. Zero for items that are income or expense at once.
    pub open: Money,
    /// What a person settled of it, with the sign of PLB04: the accounting day, and how much.
    pub settlements: Vec<(Date, Money)>,
    /// Whether its remittance was taken out of the books by a person.
    pub withdrawn: bool,
    /// Whether somebody should look at it, and why; empty when not.
    pub review: String,
}

impl PlbRecord {
    /// What a person settled of it on some days.
    #[must_use]
    pub fn settled(&self, days: impl Fn(Date) -> bool) -> Money {
        self.settlements.iter().filter(|(on, _)| days(*on)).map(|(_, amount)| *amount).sum()
    }
}

/// A payer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayerRecord {
    /// Its number in this ledger.
    pub id: PayerId,
    /// Its name.
    pub name: String,
    /// The identifier that 837s give it (NM109 of loop 2010BB); empty while only 835s named it.
    pub ident: String,
    /// SBR09 or CLP06 as last seen.
    pub filing: String,
    /// The office's own class for it, such as `medicare`; empty to go by the filing indicator.
    pub class: String,
    /// Days that it usually takes to pay, where the office said so.
    pub expected_days: Option<u16>,
    /// Other names that the office gave it.
    pub aliases: Vec<String>,
    /// The payer that it turned out to be.
    pub merged_into: Option<PayerId>,
    /// Where its appeals go, line by line.
    pub address: Vec<String>,
}

impl PayerRecord {
    /// A payer of which only its name is known.
    #[must_use]
    pub fn named(id: PayerId, name: &str, filing: &str) -> PayerRecord {
        PayerRecord {
            id,
            name: name.trim().to_owned(),
            ident: String::new(),
            filing: filing.to_owned(),
            class: String::new(),
            expected_days: None,
            aliases: Vec::new(),
            merged_into: None,
            address: Vec::new(),
        }
    }
}

/// An imported file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRecord {
    /// Its number in this ledger.
    pub id: FileId,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
    /// Its name as given.
    pub name: String,
    /// What it is: `835`, `837P`...
    pub kind: String,
    /// UTC seconds.
    pub imported_at: i64,
    /// Whether every transaction set of it is in the books.
    pub complete: bool,
    /// The remittances it brought.
    pub remits: Vec<RemitId>,
}

impl FileRecord {
    /// Whether it is a table: what it says was keyed by hand.
    #[must_use]
    pub fn is_table(&self) -> bool {
        self.kind.ends_with("-csv")
    }
}

/// Who the books belong to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Practice {
    /// Its name.
    pub name: String,
    /// Its NPIs, where given.
    pub npis: Vec<String>,
    /// Its tax ids, where given.
    pub tax_ids: Vec<String>,
    /// The most that one person may write off at once; nothing where there is no limit.
    pub write_off_limit: Option<Money>,
    /// Where letters come from, line by line.
    pub address: Vec<String>,
}

/// The office's own handling of a reason code, in force from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handling {
    /// For which payer; [`PayerId::NONE`] for every payer.
    pub payer: PayerId,
    /// Under which group.
    pub group: super::GroupCode,
    /// The reason.
    pub code: Code,
    /// What it does: a word of `posting::treatment`.
    pub treatment: String,
    /// For remittances of this day or later.
    pub from: Date,
    /// Why, in a person's words.
    pub reason: String,
    /// Who.
    pub user: String,
}

/// What a person wrote down about a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The day.
    pub on: Date,
    /// When it was written: UTC seconds.
    pub recorded_at: i64,
    /// Who.
    pub user: String,
    /// The words.
    pub text: String,
}
