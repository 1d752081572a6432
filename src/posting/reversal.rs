//! Answers that take an earlier answer back, by status or by sign. `domain/posting-rules.md` section 7.

use super::answer::{Held, Outcome, Step, blank, held};
use super::hold::Hold;
use super::position::{Answer, Answered, Position, Standing};
use crate::domain::remit::ClaimPayment;
use crate::domain::{Code, GroupCode, Money};

/// A reversal by its sign, whatever its status says (`domain/edge-cases.md` 3.7).
pub(super) fn is_negative(payment: &ClaimPayment) -> bool {
    payment.charge.is_negative() || payment.paid.is_negative()
}

/// Undoes the answer that this one is the exact opposite of.
pub(super) fn reverse<'a>(position: &mut Position<'a>, answer: Answer<'a>) -> Result<Outcome, Held> {
    let payment = answer.payment;
    if !is_negative(payment) && (payment.charge.is_positive() || payment.paid.is_positive()) {
        return Err(held(Hold::PositiveReversal));
    }
    // What the office wrote off would come back to life behind its back.
    if position.is_closed() {
        return Err(held(Hold::ClaimClosed));
    }
    let Some(at) = original_of(position, payment) else {
        return Err(held(Hold::NoOriginal));
    };
    let here = position.answers.len();
    let original = &mut position.answers[at];
    let undoes = original.answer.id;
    let was = std::mem::replace(&mut original.standing, Standing::Reversed);
    original.until.get_or_insert(here);
    let postings = original.way_back();
    position.answers.push(blank(answer, Standing::Memo));
    if was != Standing::Live || postings.is_empty() {
        return Ok(Outcome::Memo("reversal-of-memo"));
    }
    position.payers.apply(&postings);
    Ok(Outcome::Posted(vec![Step { rule: "reversal", undoes: Some(undoes), postings }]))
}

/// The live answer that `reversal` negates to the cent, by payer number first. Answers that a later one superseded
/// come last: their money is gone already, and reversing them moves nothing.
fn original_of(position: &Position<'_>, reversal: &ClaimPayment) -> Option<usize> {
    let opposite = |a: &Answered<'_>| {
        a.standing != Standing::Reversed
            && !is_reversal(a.answer.payment)
            && is_opposite(a.answer.payment, reversal)
    };
    let rank = |a: &Answered<'_>| {
        let same_number = a.answer.payment.payer_number == reversal.payer_number;
        (a.standing == Standing::Live, same_number)
    };
    let candidates = position.answers.iter().enumerate().filter(|(_, a)| opposite(a));
    candidates.max_by_key(|(at, a)| (rank(a), *at)).map(|(at, _)| at)
}

/// Whether an answer takes money back, by status or by sign.
#[must_use]
pub fn is_reversal(payment: &ClaimPayment) -> bool {
    payment.status == "22" || is_negative(payment)
}

/// Whether two answers are exact opposites: charge, payment, and every reason's amount. Payer numbers may differ
/// (New York Medicaid gives each its own); service dates may not.
#[must_use]
pub fn is_opposite(one: &ClaimPayment, other: &ClaimPayment) -> bool {
    let same_day =
        one.service_from.is_none() || other.service_from.is_none() || one.service_from == other.service_from;
    one.charge == -other.charge
        && one.paid == -other.paid
        && same_day
        && reasons(one) == negated(reasons(other))
}

/// Amounts by group and reason, zero sums left out.
pub(super) fn reasons(payment: &ClaimPayment) -> Vec<(Option<GroupCode>, Code, Money)> {
    let mut sums: Vec<(Option<GroupCode>, Code, Money)> = Vec::new();
    for (_, a) in payment.all_adjustments() {
        match sums.iter_mut().find(|s| s.0 == a.group && s.1 == a.reason) {
            Some(sum) => sum.2 += a.amount,
            None => sums.push((a.group, a.reason, a.amount)),
        }
    }
    sums.retain(|s| !s.2.is_zero());
    sums.sort_unstable();
    sums
}

fn negated(mut sums: Vec<(Option<GroupCode>, Code, Money)>) -> Vec<(Option<GroupCode>, Code, Money)> {
    for sum in &mut sums {
        sum.2 = -sum.2;
    }
    sums
}
