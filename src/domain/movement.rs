//! How an entry moves the receivables, in the lines of a roll-forward. `docs/rules/kpi.md` section 1 says which account
//! belongs to which line.

use super::entry::Posting;
use super::{Account, Few, Money, PayerId};

macro_rules! lines {
    ($($number:literal $variant:ident $word:literal $about:literal;)+) => {
        /// Why receivables moved. The number is what the store keeps and never changes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Line {
            $(#[doc = $about] $variant = $number,)+
        }

        impl Line {
            /// Every line, in the order of a roll-forward; the receivables themselves first.
            pub const ALL: &'static [Line] = &[$(Line::$variant),+];

            /// Its word in reports.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Line::$variant => $word),+ }
            }

            /// What it is.
            #[must_use]
            pub const fn about(self) -> &'static str {
                match self { $(Line::$variant => $about),+ }
            }
        }
    };
}

lines! {
    0 Receivable "receivable" "What the receivables moved by.";
    1 Charges "charges" "Gross charges.";
    2 BroughtIn "brought_in" "Balances brought in from older books.";
    3 Payments "payments" "Money applied to claims.";
    4 Contractual "contractual" "Contractual, reduction and contra adjustments.";
    5 OtherAdjustments "other_adjustments" "Adjustments of no other kind.";
    6 DenialWriteOffs "denial_write_offs" "Denied and untimely balances given up.";
    7 OtherWriteOffs "other_write_offs" "Small balances, bad debt, charity and other write-offs.";
    8 Refunds "refunds" "Credits given back.";
    9 Transfers "transfers" "From one payer to another.";
}

impl Line {
    /// The line stored under a number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Line> {
        Self::ALL.iter().find(|line| **line as u8 == number).copied()
    }

    /// The line that explains receivables which moved against this account.
    #[must_use]
    pub const fn of(account: Account) -> Line {
        match account {
            Account::Open
            | Account::Denied
            | Account::Pending
            | Account::Next
            | Account::Due
            | Account::Hold => Line::Receivable,
            Account::Charges => Line::Charges,
            Account::OpeningCharges | Account::OpeningPayments | Account::OpeningAdjustments => {
                Line::BroughtIn
            }
            Account::Contractual | Account::Reduction | Account::Contra => Line::Contractual,
            Account::OtherAdjustment => Line::OtherAdjustments,
            Account::WriteoffDenial | Account::WriteoffTimelyFiling => Line::DenialWriteOffs,
            Account::WriteoffSmallBalance
            | Account::WriteoffBadDebt
            | Account::WriteoffCharity
            | Account::WriteoffOther
            | Account::BadDebtRecovered => Line::OtherWriteOffs,
            Account::RefundInsurance | Account::RefundPatient => Line::Refunds,
            Account::CashInsurance
            | Account::CashPatient
            | Account::Unapplied
            | Account::Plb
            | Account::Interest
            | Account::Capitation
            | Account::PromptPayDiscount
            | Account::PlbOther
            | Account::PaymentFees
            | Account::OtherReceipts => Line::Payments,
        }
    }
}

/// How an entry's postings moved the receivables: [`Line::Receivable`] by payer, and the lines that explain it, with the
/// sign of their effect on the receivables. An entry that touches no receivable moves none, whatever cash it moves.
///
/// A line belongs to the payer that its own posting names if that payer's receivables moved, else to the payer whose
/// receivables moved most. What is left between payers then is a transfer, and comes to nothing over all payers.
pub fn movements(postings: &[Posting], mut found: impl FnMut(PayerId, Line, Money)) {
    let mut moved: Few<(PayerId, Money, Money), 4> = Few::new();
    for posting in postings.iter().filter(|p| p.account.bucket().is_some()) {
        match moved.iter_mut().find(|m| m.0 == posting.payer) {
            Some(payer) => payer.1 += posting.amount,
            None => moved.push((posting.payer, posting.amount, Money::ZERO)),
        }
    }
    let Some(most) = moved.iter().max_by_key(|m| (m.1.abs(), std::cmp::Reverse(m.0))).map(|m| m.0) else {
        return;
    };
    for posting in postings {
        let line = Line::of(posting.account);
        if line == Line::Receivable {
            found(posting.payer, line, posting.amount);
            continue;
        }
        let payer = if moved.iter().any(|m| m.0 == posting.payer) { posting.payer } else { most };
        found(payer, line, -posting.amount);
        if let Some(explained) = moved.iter_mut().find(|m| m.0 == payer) {
            explained.2 -= posting.amount;
        }
    }
    for (payer, by, explained) in moved {
        if by != explained {
            found(payer, Line::Transfers, by - explained);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn of(postings: &[(Account, u32, i64)]) -> BTreeMap<(u32, &'static str), i64> {
        let postings: Vec<Posting> = postings
            .iter()
            .map(|(account, payer, cents)| Posting::new(*account, PayerId(*payer), Money::from_cents(*cents)))
            .collect();
        let mut sums = BTreeMap::new();
        movements(&postings, |payer, line, amount| {
            *sums.entry((payer.0, line.as_str())).or_insert(0) += amount.cents();
        });
        sums.retain(|_, cents| *cents != 0);
        sums
    }

    #[test]
    fn a_payment_with_a_second_payer_is_explained_for_both() {
        // Payer 9 answered as payer 1; payer 2 comes next.
        let found = of(&[
            (Account::CashInsurance, 9, 12_000),
            (Account::Open, 1, -12_000),
            (Account::Contractual, 1, 5_000),
            (Account::Open, 1, -5_000),
            (Account::Next, 2, 3_000),
            (Account::Open, 1, -3_000),
        ]);
        let expected = [
            ((1, "receivable"), -20_000),
            ((1, "payments"), -12_000),
            ((1, "contractual"), -5_000),
            ((1, "transfers"), -3_000),
            ((2, "receivable"), 3_000),
            ((2, "transfers"), 3_000),
        ];
        assert_eq!(found, expected.into_iter().collect());
    }

    #[test]
    fn what_touches_no_receivable_moves_none() {
        assert!(of(&[(Account::CashInsurance, 1, 7_500), (Account::Unapplied, 1, -7_500)]).is_empty());
        // Applied later: the receivable falls, and the money was there already.
        let found = of(&[(Account::Unapplied, 1, 7_500), (Account::Open, 1, -7_500)]);
        assert_eq!(found.get(&(1, "payments")), Some(&-7_500));
    }

    #[test]
    fn every_line_comes_back_from_its_number() {
        for line in Line::ALL {
            assert_eq!(Line::from_number(*line as u8), Some(*line));
        }
        for account in Account::ALL {
            assert_eq!(Line::of(*account) == Line::Receivable, account.bucket().is_some(), "{account}");
        }
    }
}
