//! What the bank says: money that came or went, and what it belongs to.
//!
//! A movement of the bank is settled by the remittances whose money it is, or by a person's words. How the two find
//! each other is decided in `bank`.

use super::book::Origin;
use super::{Date, DepositId, Money, RemitId, SettlementId};

/// One movement as a bank's file states it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BankLine {
    /// The bank account, as far as it is kept: the last four characters of its number.
    pub account: String,
    /// The day on which the bank booked it.
    pub on: Option<Date>,
    /// What came; negative where money left.
    pub amount: Money,
    /// What the bank calls it: a BAI2 type code, or the words of a column.
    pub kind: String,
    /// The bank's own number for it.
    pub reference: String,
    /// A check or EFT number that stands in a place of its own.
    pub trace: String,
    /// Whatever else the bank wrote, addenda included.
    pub text: String,
    /// Position in its file: a line, counted from 1.
    pub line: u64,
}

/// A movement of the bank in the books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deposit {
    /// Its number in this ledger.
    pub id: DepositId,
    /// The bank account: the last four characters of its number.
    pub account: String,
    /// The day on which the bank booked it.
    pub on: Date,
    /// The day from which it counts: the same, or the first open day where that month was closed already.
    pub posted_on: Date,
    /// What came; negative where money left.
    pub amount: Money,
    /// What the bank calls it.
    pub kind: String,
    /// The bank's own number for it.
    pub reference: String,
    /// TRN02 of its addenda, else a check or EFT number that stands in a place of its own.
    pub trace: String,
    /// TRN03 of its addenda.
    pub payer_trace_id: String,
    /// Whatever else the bank wrote.
    pub text: String,
    /// File and line.
    pub origin: Origin,
}

/// What movements of the bank belong to: remittances whose money they are, or a person's words.
///
/// Never changed but by being undone, so that any past day can be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// Its number in this ledger.
    pub id: SettlementId,
    /// The movements; at least one.
    pub deposits: Vec<DepositId>,
    /// The remittances; none where a person explained the movement.
    pub remits: Vec<RemitId>,
    /// What the remittances paid less what came; nothing where a person explained the movement.
    pub difference: Money,
    /// The rule that found it, `by-hand` or `explained`.
    pub rule: String,
    /// Why; empty where a rule found it.
    pub reason: String,
    /// The day from which it counts: the last of its days, or the first open one after it.
    pub on: Date,
    /// The day from which it counts no longer.
    pub undone_on: Option<Date>,
    /// Who did it.
    pub user: String,
    /// When, in seconds since 1970 in UTC.
    pub recorded_at: i64,
}

impl Settlement {
    /// The rule of what a person explained.
    pub const EXPLAINED: &'static str = "explained";
    /// The rule of what a person matched.
    pub const BY_HAND: &'static str = "by-hand";

    /// Whether it counts on a day.
    #[must_use]
    pub fn stands(&self, as_of: Date) -> bool {
        self.on <= as_of && self.undone_on.is_none_or(|day| day > as_of)
    }

    /// Whether it counts at all, whatever the day.
    #[must_use]
    pub const fn is_undone(&self) -> bool {
        self.undone_on.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_undone_stands_on_the_days_before() {
        let day = |text: &str| Date::parse_iso(text).expect(text);
        let mut settlement = Settlement {
            id: SettlementId(1),
            deposits: vec![DepositId(1)],
            remits: Vec::new(),
            difference: Money::ZERO,
            rule: Settlement::EXPLAINED.to_owned(),
            reason: String::new(),
            on: day("2026-03-05"),
            undone_on: None,
            user: String::new(),
            recorded_at: 0,
        };
        assert!(!settlement.stands(day("2026-03-04")));
        assert!(settlement.stands(day("2026-03-05")));
        settlement.undone_on = Some(day("2026-04-01"));
        assert!(settlement.stands(day("2026-03-31")));
        assert!(!settlement.stands(day("2026-04-01")));
        settlement.undone_on = Some(day("2026-03-05"));
        assert!(!settlement.stands(day("2026-03-05")), "as if it had never been");
    }
}
