//! A claim payment posted by hand: what a person says of it in place of what the payer's adjustments say.
//!
//! The payer's own words stay as they came; what a person says stands beside them. What it does to the claim is decided in
//! `posting::by_hand`.

use super::Text;
use super::remit::Adjustment;
use super::{Few, Money};

/// What a person says of one claim payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByHand {
    /// What it is.
    pub says: Says,
    /// Why, in the person's words.
    pub reason: Text,
    /// Who.
    pub user: Text,
    /// The rule that held it before, such as `hold:no-match`, and its words: where it goes when this is taken back.
    pub before: (Text, Text),
}

/// What a person says that a claim payment is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says {
    /// An adjudication whose charge splits so.
    Split(Split),
    /// The reversal of the adjudication that it resembles, though it is not its exact opposite.
    TakesBack,
}

/// How the charge that an adjudication answers splits, besides what is paid: that is the payment's own and no other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Split {
    /// Taken off by contract. Below zero where the payer pays more than the charge.
    pub contractual: Money,
    /// The patient's share.
    pub patient: Money,
    /// Refused, by reason.
    pub denied: Few<Adjustment, 1>,
}

impl Split {
    /// The charge that it answers, with what is paid.
    #[must_use]
    pub fn answers(&self, paid: Money) -> Money {
        paid + self.contractual + self.patient + self.denied.iter().map(|a| a.amount).sum::<Money>()
    }
}
