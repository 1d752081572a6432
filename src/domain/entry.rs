//! The journal's words: entries and postings. `docs/ledger.md`, section "Journal entry".

use super::{
    Account, ClaimId, Code, Date, EntryId, GroupCode, Money, PayerId, PaymentId, PlbId, RemitId, Text,
};

/// What moves money. Immutable once written; the postings sum to zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The accounting date.
    pub posted_on: Date,
    /// The date it would have, did that not lie in a closed period; nothing where it has its own date.
    pub effective_on: Option<Date>,
    /// When it was learned: seconds since 1970 in UTC, given by the caller.
    pub recorded_at: i64,
    /// Where it comes from.
    pub source: Source,
    /// The claim it belongs to.
    pub claim: Option<ClaimId>,
    /// The remittance it belongs to.
    pub remit: Option<RemitId>,
    /// The claim payment it belongs to.
    pub payment: Option<PaymentId>,
    /// The provider-level item it belongs to.
    pub plb: Option<PlbId>,
    /// The entry that this one negates exactly.
    pub reverses: Option<EntryId>,
    /// The name of the rule that fired.
    pub rule: Text,
    /// Words of a person, or empty.
    pub memo: Text,
    /// Who did it.
    pub user: Text,
    /// Never empty; sums to zero.
    pub postings: Vec<Posting>,
}

/// Where an entry comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Source {
    /// A claim's charges.
    Charge = 1,
    /// A remittance.
    Remit = 2,
    /// A person.
    Manual = 3,
    /// Money moved between buckets by a person.
    Transfer = 4,
    /// The negation of an earlier entry.
    Reversal = 5,
    /// Balances brought in when the office started.
    Opening = 6,
}

impl Source {
    const ALL: [(Source, &'static str); 6] = [
        (Source::Charge, "charge"),
        (Source::Remit, "remit"),
        (Source::Manual, "manual"),
        (Source::Transfer, "transfer"),
        (Source::Reversal, "reversal"),
        (Source::Opening, "opening"),
    ];

    /// Its word in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(source, _)| *source == self).map_or("", |(_, word)| word)
    }

    /// The source stored under a number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Source> {
        Self::ALL.iter().find(|(source, _)| *source as u8 == number).map(|(source, _)| *source)
    }
}

/// One leg of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posting {
    /// Where.
    pub account: Account,
    /// How much: debits positive, credits negative.
    pub amount: Money,
    /// Of which payer, or [`PayerId::NONE`].
    pub payer: PayerId,
    /// Of which service line; 0 for the claim as a whole.
    pub line: u16,
    /// Why, where a CAS reason or a PLB code said so.
    pub reason: Option<Reason>,
}

impl Posting {
    /// A leg for the claim as a whole, without a reason.
    #[must_use]
    pub const fn new(account: Account, payer: PayerId, amount: Money) -> Posting {
        Posting { account, amount, payer, line: 0, reason: None }
    }

    /// The PLB code that tells clearing accounts apart, else [`Code::NONE`].
    #[must_use]
    pub fn clearing_code(&self) -> Code {
        match (self.account, self.reason) {
            (Account::Plb, Some(reason)) => reason.code,
            _ => Code::NONE,
        }
    }

    /// The same leg the other way round.
    #[must_use]
    pub fn negated(self) -> Posting {
        Posting { amount: -self.amount, ..self }
    }
}

/// A CAS reason (group and CARC), or a PLB code (no group).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reason {
    /// CAS01; `None` for a PLB code.
    pub group: Option<GroupCode>,
    /// CARC or PLB code.
    pub code: Code,
}

/// `CO-45`, or `WO` for a PLB code.
impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.group {
            Some(group) => f.pad(&format!("{group}-{}", self.code)),
            None => f.pad(&self.code.to_string()),
        }
    }
}

impl Entry {
    /// What the postings add up to. Anything but zero is a defect of this program.
    #[must_use]
    pub fn imbalance(&self) -> Money {
        self.postings.iter().map(|posting| posting.amount).sum()
    }

    /// What it posts to an account.
    #[must_use]
    pub fn sum_of(&self, account: Account) -> Money {
        self.postings.iter().filter(|posting| posting.account == account).map(|posting| posting.amount).sum()
    }

    /// The day it belongs to by its own nature: what decides a claim's story, whatever was closed when it came.
    #[must_use]
    pub fn own_date(&self) -> Date {
        self.effective_on.unwrap_or(self.posted_on)
    }

    /// The same entry where it negates one of a day: dated on that day at least, so that no day has the negation alone.
    /// Needed where a month is open again and the negated entry lies after it, for it came while the month was closed.
    #[must_use]
    pub fn not_before(self, day: Date) -> Entry {
        if self.posted_on >= day {
            return self;
        }
        Entry { effective_on: Some(self.own_date()), posted_on: day, ..self }
    }

    /// The same entry as the books can take it, where everything until `closed` is closed: an own date in a closed
    /// period is kept as `effective_on`, and the accounting date is the first open day.
    #[must_use]
    pub fn admitted(self, closed: Option<Date>) -> Entry {
        let own = self.own_date();
        match closed.filter(|closed| own <= *closed) {
            Some(closed) => Entry { posted_on: closed.plus_days(1), effective_on: Some(own), ..self },
            None => Entry { posted_on: own, effective_on: None, ..self },
        }
    }
}
