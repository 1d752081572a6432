//! Posting a waiting claim payment by hand: a person says how its charge splits, or that it takes back what it resembles.

use super::attach::detach;
use super::dossier::Heard;
use super::placing;
use super::retell::{Hand, retell_all};
use super::undo::{Placed, Refusal, Word, put_by_person};
use crate::domain::book::{ClaimState, PaymentRecord, PaymentStatus};
use crate::domain::by_hand::{ByHand, Says, Split};
use crate::domain::{ClaimId, Date, Money, PaymentId, Text};
use crate::posting::hold::Hold;
use crate::store::{Read, StoreError, WriteTables};

/// How a payment was matched that a person posted by hand to a claim that it was not on.
const BY_HAND: &str = "person:by-hand";

/// What a person typed of a split, to be checked against the item.
#[derive(Clone, Debug)]
pub struct Typed {
    /// How the charge splits.
    pub split: Split,
    /// What is paid, where it was said: it must be what the item pays.
    pub paid: Option<Money>,
    /// The part of the claim's charge that it answers, where it was said.
    pub answers: Option<Money>,
}

/// Posts waiting money to the claim that a person names as they split it, or (without a split) as the reversal of the
/// answer that it resembles.
///
/// # Errors
/// See [`Refusal`]; the transaction must be given up then.
pub fn post(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    item: PaymentId,
    claim: ClaimId,
    typed: Option<Typed>,
    (on, word): (Date, Word<'_>),
) -> Result<Placed, Refusal> {
    tables.keep_place(item)?;
    let mut payment = tables.payment(item)?.ok_or(Refusal::NoPayment(item))?;
    if payment.status != PaymentStatus::Unapplied {
        return Err(Refusal::NotWaiting(item, payment.status.as_str()));
    }
    let state = tables.claim_state(claim)?.ok_or(Refusal::NoClaim(claim))?;
    let says = match typed {
        Some(typed) => {
            fits(&payment, &state, &typed).map_err(|why| Refusal::Split(item, why))?;
            Says::Split(typed.split)
        }
        None => Says::TakesBack,
    };
    payment.by_hand = Some(Box::new(ByHand {
        says,
        reason: word.reason.into(),
        user: hand.user.into(),
        before: (payment.rule.clone(), payment.message.clone()),
    }));
    let step = if payment.claim == Some(claim) { payment.matched_by.clone() } else { Text::from(BY_HAND) };
    let placed = put_by_person(tables, hand, payment, claim, (on, word), &step)?;
    if placed.payment.status == PaymentStatus::Unapplied {
        return Err(Refusal::Held(item, claim, placed.payment.message.into()));
    }
    Ok(placed)
}

/// Whether a split is the item's: its money and no other, and the charge that it answers.
fn fits(payment: &PaymentRecord, state: &ClaimState, typed: &Typed) -> Result<(), String> {
    let (said, split) = (&payment.payment, &typed.split);
    if said.paid.is_negative() {
        return Err(format!("it takes back {}: that is accepted as a whole, not split", -said.paid));
    }
    if let Some(paid) = typed.paid.filter(|paid| *paid != said.paid) {
        return Err(format!("it pays {}, and not {paid}", said.paid));
    }
    if split.patient.is_negative() || split.denied.iter().any(|a| !a.amount.is_positive()) {
        return Err("a patient's share or a denial is not below zero, and no denial is of nothing".to_owned());
    }
    let (sum, left) = (split.answers(said.paid), state.charge - state.paid_insurance - state.adjusted);
    let parts = format!("paid {} and what was split besides add up to {sum}", said.paid);
    match typed.answers {
        _ if !sum.is_positive() => Err(format!("{parts}; that answers nothing")),
        Some(answers) if answers == sum => Ok(()),
        Some(answers) => Err(format!("{parts}, and not to {answers}")),
        None if sum == said.charge || sum == left => Ok(()),
        None if said.charge == left => Err(format!("{parts}; the item's charge is {left}")),
        None => Err(format!(
            "{parts}; the item's charge is {}, and {left} is left of the claim: say with `--answers` which part of the claim it answers",
            said.charge
        )),
    }
}

/// What a person did so, in words.
#[must_use]
pub fn in_words(by_hand: &ByHand, paid: Money) -> String {
    let Says::Split(split) = &by_hand.says else { return "as a reversal of what it resembles".to_owned() };
    let mut parts = vec![format!("paid {paid}")];
    let amounts = [("contractual", split.contractual), ("patient", split.patient)];
    parts.extend(
        amounts.iter().filter(|(_, a)| !a.is_zero()).map(|(name, amount)| format!("{name} {amount}")),
    );
    parts.extend(split.denied.iter().map(|a| {
        format!("denied {}-{} {}", a.group.map_or("", crate::domain::GroupCode::as_str), a.reason, a.amount)
    }));
    parts.join(", ")
}

/// Takes back what a person posted by hand: the item waits again where it waited, for what it waited for.
pub(super) fn take_back(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    mut payment: PaymentRecord,
    claim: ClaimId,
) -> Result<PaymentRecord, StoreError> {
    let Some(by_hand) = payment.by_hand.take() else { return Ok(payment) };
    let (item, was) = (payment.id, payment.status);
    let mut told = vec![claim];
    if payment.matched_by != BY_HAND {
        tables.put_payment(&payment)?;
    } else {
        detach(tables, &mut payment)?;
        let (rule, message) = by_hand.before;
        let hold = rule.strip_prefix("hold:").and_then(Hold::from_word);
        match hold.filter(|hold| !placing::looks_for_a_claim(*hold)) {
            // It had a claim, or looked for one, which may have come.
            None => told.extend(placing::put_anew(tables, hand, payment, was)?),
            Some(hold) => {
                let payment = placing::wait(tables, hand, payment, hold, message.into())?;
                Heard { payment, was: Some(was) }.put(&mut tables.payments_mut())?;
            }
        }
    }
    retell_all(tables, hand, told)?;
    tables.payment(item)?.ok_or_else(|| StoreError::corrupt("payments", item, "it was there a moment ago"))
}
