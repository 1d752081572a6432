//! Accounting periods: what a closed month said, who closed it, and the seal over its journal.

use sha2::{Digest, Sha256};

use super::entry::{Entry, Posting};
use super::{Account, Code, EntryId, Money, Month};

/// A month that was closed at least once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeriodRecord {
    /// The month. The first one ever closed takes everything before it along.
    pub month: Month,
    /// Whether it is closed now.
    pub closed: bool,
    /// When it was closed and reopened, oldest first.
    pub acts: Vec<PeriodAct>,
    /// Failing checks that the last closing accepted.
    pub accepted: Vec<Accepted>,
    /// How many entries it has.
    pub entries: u64,
    /// The seal of the month before it; zeroes for the first.
    pub previous: [u8; 32],
    /// The seal over its journal.
    pub seal: [u8; 32],
    /// Its accounts: what moved on them, what stands on them at its end.
    pub balances: Vec<PeriodBalance>,
    /// Its roll-forward: word of the line, amount.
    pub lines: Vec<(String, Money)>,
}

impl PeriodRecord {
    /// Whether it is the first month that was closed: it has everything before it, too.
    #[must_use]
    pub fn is_first(&self) -> bool {
        self.previous == [0; 32]
    }
}

/// A closing or a reopening.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeriodAct {
    /// Closed, or reopened.
    pub closed: bool,
    /// UTC seconds.
    pub at: i64,
    /// Who.
    pub user: String,
    /// Why; may be empty for a closing.
    pub reason: String,
}

/// A failing check that somebody closed a month over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The check's word.
    pub check: String,
    /// How many items it named.
    pub items: u64,
    /// Their money.
    pub amount: Money,
    /// Why that is right.
    pub reason: String,
}

/// An account in a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeriodBalance {
    /// The account.
    pub account: Account,
    /// The PLB code of a clearing account, else [`Code::NONE`].
    pub code: Code,
    /// Debits less credits of the month.
    pub moved: Money,
    /// What stands on it at the month's end.
    pub stands: Money,
}

/// SHA-256 over everything that an entry says. It does not depend on how the entry is stored.
#[must_use]
pub fn entry_hash(id: EntryId, entry: &Entry) -> [u8; 32] {
    let mut hash = Sha256::new();
    let number = |id: Option<u64>| id.map_or([0xff; 8], u64::to_be_bytes);
    hash.update(id.0.to_be_bytes());
    hash.update(entry.posted_on.number().to_be_bytes());
    hash.update(entry.effective_on.map_or(i32::MIN, super::Date::number).to_be_bytes());
    hash.update(entry.recorded_at.to_be_bytes());
    hash.update([entry.source as u8]);
    for part in [
        entry.claim.map(|id| id.0),
        entry.remit.map(|id| id.0),
        entry.payment.map(|id| id.0),
        entry.plb.map(|id| id.0),
        entry.reverses.map(|id| id.0),
    ] {
        hash.update(number(part));
    }
    for text in [&entry.rule, &entry.memo, &entry.user] {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    }
    for posting in &entry.postings {
        hash.update(posting_bytes(posting));
    }
    hash.finalize().into()
}

fn posting_bytes(posting: &Posting) -> [u8; 20] {
    let mut bytes = [0; 20];
    bytes[0] = posting.account as u8;
    bytes[1..9].copy_from_slice(&posting.amount.cents().to_be_bytes());
    bytes[9..13].copy_from_slice(&posting.payer.0.to_be_bytes());
    bytes[13..15].copy_from_slice(&posting.line.to_be_bytes());
    if let Some(reason) = posting.reason {
        bytes[15] = reason.group.map_or(0x80, |group| group as u8);
        bytes[16..20].copy_from_slice(&reason.code.number().to_be_bytes());
    }
    bytes
}

/// A month's seal in the making: the month, the seal before it, then each entry's hash by day and number.
#[derive(Clone)]
pub struct Sealing(Sha256);

impl Sealing {
    /// Begins with the month and the seal of the month before it.
    #[must_use]
    pub fn new(month: Month, previous: &[u8; 32]) -> Sealing {
        let mut hash = Sha256::new();
        hash.update(month.number().to_be_bytes());
        hash.update(previous);
        Sealing(hash)
    }

    /// Adds an entry.
    pub fn add(&mut self, entry: &[u8; 32]) {
        self.0.update(entry);
    }

    /// The seal.
    #[must_use]
    pub fn seal(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

/// A seal as people compare it: 64 hexadecimal digits.
#[must_use]
pub fn hex(seal: &[u8; 32]) -> String {
    use std::fmt::Write;
    seal.iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
