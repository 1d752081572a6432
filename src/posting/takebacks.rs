//! Takebacks: money that a payer had paid on a claim and took back, and what it paid of it after all.
//! `docs/rules/posting-rules.md` sections 7 and 7c.
//!
//! What a payer reverses and pays again on one day is no takeback: only what is less on that day is.

use super::history::Story;
use super::position::{Answered, Standing};
use crate::domain::entry::Reason;
use crate::domain::{Date, Money, PayerId, PaymentId};

/// Money taken back from one claim on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Takeback {
    /// The accounting date.
    pub on: Date,
    /// The payer of the remittance.
    pub payer: PayerId,
    /// The answer that took it back.
    pub by: PaymentId,
    /// How much less the payer had paid after it.
    pub amount: Money,
    /// When it had been paid.
    pub paid_on: Date,
    /// Why, in the order of the dollars: what the payer refuses or takes off instead.
    pub reasons: Vec<Reason>,
    /// What the payer paid on later days, as far as it was taken back here.
    pub recovered: Money,
}

/// The takebacks of a claim by reversals, oldest first.
#[must_use]
pub fn takebacks(story: &Story<'_>) -> Vec<Takeback> {
    let answers = &story.position.answers;
    let mut found: Vec<Takeback> = Vec::new();
    for original in answers.iter().filter(|a| a.standing == Standing::Reversed) {
        let paid = original.answer.payment.paid;
        let Some(by) = original.until.and_then(|at| answers.get(at)).filter(|_| paid.is_positive()) else {
            continue;
        };
        // Of another kind is an answer whose reversal only made room for one that stands.
        if !by.answer.payment.paid.is_negative() {
            continue;
        }
        let (on, payer) = (by.answer.on, by.answer.payer);
        match found.iter_mut().find(|one| (one.on, one.payer) == (on, payer)) {
            Some(one) => {
                one.amount += paid;
                one.paid_on = one.paid_on.max(original.answer.on);
            }
            None => found.push(Takeback {
                on,
                payer,
                by: by.answer.id,
                amount: paid,
                paid_on: original.answer.on,
                reasons: Vec::new(),
                recovered: Money::ZERO,
            }),
        }
    }
    found.sort_by_key(|one| (one.on, one.by));
    for at in 0..found.len() {
        let (on, payer) = (found[at].on, found[at].payer);
        let next = found[at + 1..].iter().find(|other| other.payer == payer).map(|other| other.on);
        let own = || answers.iter().filter(move |a| a.answer.payer == payer);
        let paid = |day: &dyn Fn(Date) -> bool| -> Money {
            let of_days = own().filter(|a| a.standing != Standing::Memo && day(a.answer.on));
            of_days.map(|a| a.answer.payment.paid.max(Money::ZERO)).sum()
        };
        let one = &mut found[at];
        one.amount -= paid(&|day| day == on);
        one.recovered =
            paid(&|day| day > on && next.is_none_or(|next| day < next)).min(one.amount).max(Money::ZERO);
        // What it said on that day, whatever took its place later.
        one.reasons = reasons(own().filter(|a| a.standing != Standing::Memo && a.answer.on == on));
    }
    found.retain(|one| one.amount.is_positive());
    found
}

/// What answers refuse, else what they take off; the most dollars first.
fn reasons<'a>(answers: impl Iterator<Item = &'a Answered<'a>>) -> Vec<Reason> {
    let (mut refused, mut taken_off) = (Vec::new(), Vec::new());
    for line in answers.flat_map(|answered| &answered.lines) {
        refused.extend(line.waiting.iter().filter(|w| w.denial).map(|w| (w.amount, w.reason)));
        let adjusted = line.adjustments.iter().filter(|leg| leg.account.is_adjustment());
        taken_off.extend(adjusted.filter_map(|leg| Some((leg.amount, leg.reason?))));
    }
    let mut found = if refused.is_empty() { taken_off } else { refused };
    found.sort_by_key(|(amount, _)| std::cmp::Reverse(*amount));
    let mut reasons: Vec<Reason> = Vec::new();
    for (_, reason) in found {
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    reasons
}
