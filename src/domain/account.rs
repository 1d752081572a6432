//! The chart of accounts, in one table. `docs/ledger.md`, section "Accounts".

use std::fmt;

macro_rules! accounts {
    ($($number:literal $variant:ident $name:literal $kind:ident $about:literal;)+) => {
        /// Where money stands. The number is what the store keeps and never changes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Account {
            $(#[doc = $about] $variant = $number,)+
        }

        impl Account {
            /// Every account, in the order of the chart.
            pub const ALL: &'static [Account] = &[$(Account::$variant),+];

            /// Its name, such as `ar:insurance:open`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Account::$variant => $name),+ }
            }

            /// What kind of account it is.
            #[must_use]
            pub const fn kind(self) -> AccountKind {
                match self { $(Account::$variant => AccountKind::$kind),+ }
            }

            /// The account stored under a number.
            #[must_use]
            pub const fn from_number(number: u8) -> Option<Account> {
                match number { $($number => Some(Account::$variant),)+ _ => None }
            }
        }
    };
}

/// How an account behaves in a trial balance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccountKind {
    /// What is owed to the office, or held by it.
    Asset,
    /// Provider-level items, open until offset.
    Clearing,
    /// What the office owes.
    Liability,
    /// What it earned.
    Income,
    /// What was taken off its charges.
    ContraIncome,
    /// What it spent.
    Expense,
    /// What was there before these books began.
    Equity,
}

impl AccountKind {
    /// Its words in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            AccountKind::Asset => "asset",
            AccountKind::Clearing => "clearing",
            AccountKind::Liability => "liability",
            AccountKind::Income => "income",
            AccountKind::ContraIncome => "contra income",
            AccountKind::Expense => "expense",
            AccountKind::Equity => "equity",
        }
    }
}

accounts! {
    1 Open "ar:insurance:open" Asset "Waits for the current payer.";
    2 Denied "ar:insurance:denied" Asset "The payer refused; not written off.";
    3 Pending "ar:insurance:pending" Asset "The payer has not decided.";
    4 Next "ar:insurance:next" Asset "Waits for the next payer.";
    5 Due "ar:patient:due" Asset "The patient may be billed.";
    6 Hold "ar:patient:hold" Asset "The payer says patient, but a denial must be checked first.";
    10 CashInsurance "cash:insurance" Asset "Received from payers; reconciled to the bank.";
    11 CashPatient "cash:patient" Asset "Received from patients.";
    20 Plb "plb" Clearing "Provider-level items, one sub-account for each PLB code.";
    30 Unapplied "unapplied" Liability "Received and not tied to a claim yet.";
    40 Charges "revenue:charges" Income "Gross charges.";
    50 Contractual "adj:contractual" ContraIncome "Taken off by contract.";
    51 Reduction "adj:reduction" ContraIncome "Cut by the payer: sequestration, penalties.";
    52 Contra "adj:contra" ContraIncome "CARC 94: allowed above the charge.";
    53 OtherAdjustment "adj:other" ContraIncome "Adjustments of no other kind.";
    60 WriteoffDenial "writeoff:denial" ContraIncome "A denied balance given up.";
    61 WriteoffTimelyFiling "writeoff:timely_filing" ContraIncome "Filed too late.";
    62 WriteoffSmallBalance "writeoff:small_balance" ContraIncome "Not worth a statement.";
    63 WriteoffBadDebt "writeoff:bad_debt" ContraIncome "The patient will not pay.";
    64 WriteoffCharity "writeoff:charity" ContraIncome "Forgiven.";
    65 WriteoffOther "writeoff:other" ContraIncome "Given up for another reason.";
    66 BadDebtRecovered "writeoff:bad_debt_recovered" ContraIncome "Paid after all, once written off as bad debt.";
    70 Interest "income:interest" Income "Interest paid by payers.";
    71 Capitation "income:capitation" Income "Capitation paid by payers.";
    75 OtherReceipts "income:other_receipts" Income "Came to the bank beyond what remittances say.";
    72 PromptPayDiscount "expense:prompt_pay_discount" Expense "Discount for early payment.";
    73 PlbOther "expense:plb_other" Expense "Provider-level money of no other kind.";
    74 PaymentFees "expense:payment_fees" Expense "Kept back by a card processor, a lockbox or the bank.";
    80 RefundInsurance "refund:insurance" Liability "Refunds to payers, due or on the way.";
    81 RefundPatient "refund:patient" Liability "Refunds to patients, due or on the way.";
    90 OpeningCharges "opening:charges" Equity "Charges of claims that were billed before these books began.";
    91 OpeningPayments "opening:payments" Equity "What had been paid on them by then; the cash is in older books.";
    92 OpeningAdjustments "opening:adjustments" Equity "What had been taken off them by then.";
}

impl Account {
    /// What people call it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Account::Open => "Insurance: not answered yet",
            Account::Denied => "Insurance: denied",
            Account::Pending => "Insurance: still deciding",
            Account::Next => "Insurance: the next payer",
            Account::Due => "Patient",
            Account::Hold => "Patient: check coverage first",
            Account::CashInsurance => "payments of payers",
            Account::CashPatient => "payments of patients",
            Account::Plb => "provider-level items",
            Account::Unapplied => "unapplied money",
            Account::Charges => "charges",
            Account::Contractual => "contractual adjustments",
            Account::Reduction => "payers' cuts",
            Account::Contra => "amounts allowed above the charge",
            Account::OtherAdjustment => "other adjustments",
            Account::WriteoffDenial => "denials written off",
            Account::WriteoffTimelyFiling => "late filing written off",
            Account::WriteoffSmallBalance => "small balances written off",
            Account::WriteoffBadDebt => "bad debt",
            Account::BadDebtRecovered => "bad debt recovered",
            Account::WriteoffCharity => "charity",
            Account::WriteoffOther => "other write-offs",
            _ => self.name(),
        }
    }

    /// The six accounts of a claim's balance, in the order of [`Account::bucket`].
    pub const BUCKETS: [Account; 6] =
        [Account::Open, Account::Denied, Account::Pending, Account::Next, Account::Due, Account::Hold];

    /// Which of the six buckets of a claim this account is.
    #[must_use]
    pub fn bucket(self) -> Option<usize> {
        Self::BUCKETS.iter().position(|account| *account == self)
    }

    /// Whether the patient owes what stands here.
    #[must_use]
    pub const fn is_patient(self) -> bool {
        matches!(self, Account::Due | Account::Hold)
    }

    /// Whether this is one of the payer's reductions (not a write-off by the office).
    #[must_use]
    pub const fn is_adjustment(self) -> bool {
        matches!(self, Account::Contractual | Account::Reduction | Account::Contra | Account::OtherAdjustment)
    }

    /// Whether money that came in or went out stands here.
    #[must_use]
    pub const fn is_cash(self) -> bool {
        matches!(self, Account::CashInsurance | Account::CashPatient)
    }

    /// Whether refunds stand here, due or on the way.
    #[must_use]
    pub const fn is_refund(self) -> bool {
        matches!(self, Account::RefundInsurance | Account::RefundPatient)
    }

    /// Whether this is a write-off by the office.
    #[must_use]
    pub const fn is_writeoff(self) -> bool {
        matches!(self as u8, 60..=66)
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_are_unique_and_come_back() {
        for (i, account) in Account::ALL.iter().enumerate() {
            assert_eq!(Account::from_number(*account as u8), Some(*account));
            assert!(Account::ALL[i + 1..].iter().all(|other| other.name() != account.name()));
        }
        assert_eq!(Account::from_number(0), None);
    }

    #[test]
    fn buckets_are_the_receivable_accounts() {
        for account in Account::ALL {
            assert_eq!(account.bucket().is_some(), account.name().starts_with("ar:"), "{account}");
            assert_eq!(account.is_patient(), account.name().starts_with("ar:patient"), "{account}");
            assert_eq!(account.is_cash(), account.name().starts_with("cash:"), "{account}");
            assert_eq!(account.is_writeoff(), account.name().starts_with("writeoff:"), "{account}");
            assert_eq!(account.is_adjustment(), account.name().starts_with("adj:"), "{account}");
        }
    }
}
