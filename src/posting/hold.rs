//! Why something waits for a person instead of posting by itself. `domain/posting-rules.md` section 10.

use std::fmt;

macro_rules! reasons {
    ($($variant:ident $word:literal $rule:literal $about:literal $fix:literal;)+) => {
        /// A reason to hold. Its word is stable; scripts rely on it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Hold { $(#[doc = $about] $variant,)+ }

        impl Hold {
            /// Every reason.
            pub const ALL: &'static [Hold] = &[$(Hold::$variant),+];

            /// Its stable word.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Hold::$variant => $word),+ }
            }

            /// The number of the condition in section 10 of the posting rules.
            #[must_use]
            pub const fn rule(self) -> u8 {
                match self { $(Hold::$variant => $rule),+ }
            }

            /// What it means.
            #[must_use]
            pub const fn about(self) -> &'static str {
                match self { $(Hold::$variant => $about),+ }
            }

            /// What a person can do about it.
            #[must_use]
            pub const fn fix(self) -> &'static str {
                match self { $(Hold::$variant => $fix),+ }
            }
        }
    };
}

reasons! {
    Structure "structure" 1 "the file is damaged or cut off" "ask the sender for the whole file";
    TransactionOutOfBalance "transaction-out-of-balance" 2 "the payment differs from its claims less its provider-level items" "a corrected remittance takes its place by itself; `remit post ID --accept transaction-out-of-balance` posts this one, as a part of the payment (--part) or with the difference on an account (--difference-to)";
    NotUsd "not-usd" 3 "the currency is not US dollars" "set it aside, and post it by hand in dollars";
    TestFile "test-file" 3 "the file comes from a test system (ISA15 = T)" "import it with --accept-test-files if it is real";
    PayeeNotOurs "payee-not-ours" 4 "it pays another provider" "add its NPI to the practice (`practice set --npi`) and import it again; a whole remittance posts by `remit post ID --accept payee-not-ours`; release what is another's";
    Debit "debit" 23 "the payer takes money (BPR03 = D)" "check the bank account, then `remit post ID --accept debit`";
    PossibleReissue "possible-reissue" 21 "the same payment came before with other content" "`remit show ID` compares both; `remit replace OLD ID` keeps this one, `remit post ID --also` both, `remit set-aside ID` the other";
    ClaimOutOfBalance "claim-out-of-balance" 5 "charge less adjustments is not the payment" "ask the payer for a corrected remittance";
    NoMatch "no-match" 6 "no claim has this number" "find the claim, or import its 837; it then posts by itself";
    AmbiguousMatch "ambiguous-match" 6 "more than one claim could be meant" "choose the claim";
    TakenOff "taken-off" 6 "a person took it off its claim" "match it to the claim it belongs to, or release it";
    ChargeDiffers "charge-differs" 7 "the payer answers another charge than the claim's" "check whether a replaced or split claim is meant";
    PatientDiffers "patient-differs" 7 "name and member number are another patient's" "check whose claim it is";
    DateDiffers "date-differs" 7 "the payer answers services of other days than the claim's" "import the 837 of those days, and it posts by itself; or check whose visit it is";
    UnknownStatus "unknown-status" 8 "the claim status (CLP02) is not one of the standard" "ask the payer what it means";
    UnknownCode "unknown-code" 9 "an adjustment has a group or reason that is not in the code list" "say once what it is with `arrears code set GROUP-REASON --as TREATMENT --reason TEXT`, and it posts by itself";
    BadData "bad-data" 9 "an amount or code cannot be read" "ask the payer for a corrected remittance";
    Contradiction "contradiction" 10 "group and reason contradict each other" "ask the payer who owes the amount";
    WholeChargeWrittenOff "whole-charge-written-off" 11 "the contract takes the whole charge and nothing is paid" "check the contract; it may be a denial";
    NoOriginal "no-original" 12 "it reverses a payment that is not on the claim exactly so" "find what it takes back";
    PositiveReversal "positive-reversal" 12 "a reversal whose amounts are not negative" "ask the payer for a corrected remittance";
    SecondAdjudication "second-adjudication" 13 "the same payer answered before and did not reverse it" "a double payment, or a correction whose reversal is still to come";
    DuplicateResult "duplicate-result" 22 "the same result came before in another payment" "check for a double payment";
    PriorPayerDiffers "prior-payer-differs" 14 "this payer counts less prior payment than was posted" "compare with the earlier payer's remittance";
    BelowZero "below-zero" 14 "posting it would take more off the claim than is left" "compare with the earlier payer's remittance";
    PriorPayerOnPrimary "prior-payer-on-primary" 15 "the first payer speaks of an earlier payer" "check the order of the payers";
    NegativeDenial "negative-denial" 16 "a denial or patient share below zero outside a reversal" "ask the payer what it takes back";
    TooManyAnswers "too-many-answers" 13 "the claim has more answers than any real claim" "check whether its number is used for many claims";
    BeforeOpening "before-opening" 13 "it is dated before the claim's balance was brought in, which may count it already" "compare with the opening balance; release it if it is counted there";
    AdminReason "admin-reason" 25 "a reason that only informs carries an amount" "ask the payer what the amount is, and say it once with `arrears code set GROUP-REASON --as TREATMENT --reason TEXT`; it then posts by itself";
    ClaimClosed "claim-closed" 18 "the claim was voided: it has no charge" "undo the void (claim show names its entry), or release the money";
}

impl fmt::Display for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl Hold {
    /// Whether a person may let a whole remittance into the books that this reason holds.
    #[must_use]
    pub const fn may_be_accepted(self) -> bool {
        matches!(
            self,
            Hold::TransactionOutOfBalance | Hold::PayeeNotOurs | Hold::Debit | Hold::PossibleReissue
        )
    }

    /// Whether the payment itself is wrong, so that no claim can make it right.
    #[must_use]
    pub const fn is_of_the_payment(self) -> bool {
        matches!(self, Hold::ClaimOutOfBalance | Hold::BadData | Hold::PayeeNotOurs)
    }

    /// The reason with a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Hold> {
        // One condition (5), two words: the reader says which equation is broken.
        if word == "line-out-of-balance" {
            return Some(Hold::ClaimOutOfBalance);
        }
        Self::ALL.iter().copied().find(|hold| hold.word() == word)
    }
}
