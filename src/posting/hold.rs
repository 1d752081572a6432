//! Why something waits for a person instead of posting by itself. `docs/rules/posting-rules.md` section 10.

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
    Structure "structure" 1 "the file is damaged or cut off" "ask the sender for the whole file, and `import FILE` again";
    TransactionOutOfBalance "transaction-out-of-balance" 2 "the payment differs from its claims less its provider-level items" "a corrected remittance takes its place by itself; `remit post ID --accept transaction-out-of-balance` posts this one, as a part of the payment (--part) or with the difference on an account (--difference-to)";
    NotUsd "not-usd" 3 "the currency is not US dollars" "`remit set-aside ID --reason TEXT`, and post it by hand in dollars";
    TestFile "test-file" 3 "the file comes from a test system (ISA15 = T)" "if it is real, `import FILE --accept-test-files`";
    PayeeNotOurs "payee-not-ours" 4 "it pays another provider" "add its NPI to the practice (`practice set --npi`) and import it again; a whole remittance posts by `remit post ID --accept payee-not-ours`; release what is another's";
    Debit "debit" 23 "the payer takes money (BPR03 = D)" "check the bank account, then `remit post ID --accept debit`";
    PossibleReissue "possible-reissue" 21 "the same payment came before with other content" "`remit show ID` compares both; `remit replace OLD ID` keeps this one, `remit post ID --also` both, `remit set-aside ID` the other";
    ClaimOutOfBalance "claim-out-of-balance" 5 "charge less adjustments is not the payment" "ask the payer for a corrected remittance, or split it by hand: `unapplied post ITEM CLAIM --reason TEXT`";
    NoMatch "no-match" 6 "no claim has this number" "import its 837, and it posts by itself; or find the claim: `unapplied match ITEM CLAIM`; of another system, `unapplied release ITEM --foreign --why TEXT`";
    AmbiguousMatch "ambiguous-match" 6 "more than one claim could be meant" "choose the claim: `unapplied match ITEM CLAIM`";
    TakenOff "taken-off" 6 "a person took it off its claim" "put it where it belongs: `unapplied match ITEM CLAIM`, or `unapplied release ITEM --why TEXT`";
    ChargeDiffers "charge-differs" 7 "the payer answers another charge than the claim's" "check whether a replaced or split claim is meant; if this one is, say what it answers: `unapplied post ITEM CLAIM --reason TEXT`";
    PatientDiffers "patient-differs" 7 "name and member number are another patient's" "check whose claim it is: `unapplied show ITEM`, then `unapplied match ITEM CLAIM --against-evidence --reason TEXT`";
    DateDiffers "date-differs" 7 "the payer answers services of other days than the claim's" "import the 837 of those days, and it posts by itself; or, if it is this visit, `unapplied match ITEM CLAIM --against-evidence --reason TEXT`";
    UnknownStatus "unknown-status" 8 "the claim status (CLP02) is not one of the standard" "ask the payer what it means, then split it by hand: `unapplied post ITEM CLAIM --reason TEXT`";
    UnknownCode "unknown-code" 9 "an adjustment has a group or reason that is not in the code list" "say once what it is with `code set GROUP-REASON --as TREATMENT --reason TEXT`, and it posts by itself; under a group that is none, `unapplied post ITEM CLAIM --reason TEXT`";
    BadData "bad-data" 9 "an amount or code cannot be read" "ask the payer for a corrected remittance, or split it by hand: `unapplied post ITEM CLAIM --reason TEXT`";
    Contradiction "contradiction" 10 "group and reason contradict each other" "ask the payer who owes the amount, then split it by hand: `unapplied post ITEM CLAIM --reason TEXT`";
    WholeChargeWrittenOff "whole-charge-written-off" 11 "the contract takes the whole charge and nothing is paid" "check the contract; it may be a denial: `unapplied post ITEM CLAIM --denied REASON=AMOUNT --reason TEXT`, or --contractual";
    NoOriginal "no-original" 12 "it reverses a payment that is not on the claim exactly so" "find what it takes back; if it is the answer on the claim all the same, `unapplied post ITEM CLAIM --accept TEXT`; of another system, `unapplied release ITEM --foreign --why TEXT`";
    PositiveReversal "positive-reversal" 12 "a reversal whose amounts are not negative" "ask the payer for a corrected remittance, or split it by hand: `unapplied post ITEM CLAIM --reason TEXT`";
    SecondAdjudication "second-adjudication" 13 "the same payer answered before and did not reverse it" "a correction whose reversal is still to come posts with it; paid twice: `unapplied release ITEM --why TEXT`; paid on top: `unapplied post ITEM CLAIM --reason TEXT`";
    DuplicateResult "duplicate-result" 22 "the same result came before in another payment" "check for a double payment, and send it back: `unapplied release ITEM --why TEXT`";
    PriorPayerDiffers "prior-payer-differs" 14 "this payer counts less prior payment than was posted" "compare with the earlier payer's remittance; both paid as the first: `unapplied release ITEM --why TEXT`; else split it by hand: `unapplied post ITEM CLAIM --reason TEXT`";
    BelowZero "below-zero" 14 "posting it would take more off the claim than is left" "compare with the earlier payer's remittance, then split it by hand: `unapplied post ITEM CLAIM --reason TEXT`";
    PriorPayerOnPrimary "prior-payer-on-primary" 15 "the first payer speaks of an earlier payer" "check the order of the payers, then split it by hand: `unapplied post ITEM CLAIM --reason TEXT`";
    NegativeDenial "negative-denial" 16 "a denial or patient share below zero outside a reversal" "ask the payer what it takes back, then split it by hand: `unapplied post ITEM CLAIM --reason TEXT`";
    TooManyAnswers "too-many-answers" 13 "the claim has more answers than any real claim" "check whether its number is used for many claims: `unapplied match ITEM CLAIM` puts it on another";
    BeforeOpening "before-opening" 13 "it is dated before the claim's balance was brought in, which may count it already" "compare with the opening balance; if it is counted there, `unapplied release ITEM --why TEXT`; if not, `unapplied post ITEM CLAIM --reason TEXT`";
    AdminReason "admin-reason" 25 "a reason that only informs carries an amount" "ask the payer what the amount is, and say it once with `code set GROUP-REASON --as TREATMENT --reason TEXT`; it then posts by itself";
    ClaimClosed "claim-closed" 18 "the claim was voided: it has no charge" "undo the void (claim show names its entry): `claim undo CLAIM ENTRY --reason TEXT`; or `unapplied release ITEM --why TEXT`";
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_one_hold() {
        for hold in Hold::ALL {
            assert_eq!(Hold::from_word(hold.word()), Some(*hold), "{hold}");
        }
        assert_eq!(Hold::from_word("line-out-of-balance"), Some(Hold::ClaimOutOfBalance));
        assert_eq!(Hold::from_word("no-such"), None);
        assert_eq!(format!("[{:>11}]", Hold::NoMatch), "[   no-match]");
    }

    /// Section 10a: what `--accept` takes, and what matching cannot mend.
    #[test]
    fn what_a_person_may_accept_and_what_no_claim_mends() {
        let words = |wanted: fn(Hold) -> bool| -> Vec<&str> {
            Hold::ALL.iter().filter(|hold| wanted(**hold)).map(|hold| hold.word()).collect()
        };
        assert_eq!(
            words(Hold::may_be_accepted),
            ["transaction-out-of-balance", "payee-not-ours", "debit", "possible-reissue"]
        );
        assert_eq!(words(Hold::is_of_the_payment), ["payee-not-ours", "claim-out-of-balance", "bad-data"]);
    }
}
