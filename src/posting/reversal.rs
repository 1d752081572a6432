//! Answers that take an earlier answer back, by status or by sign. `docs/rules/posting-rules.md` section 7.

use super::answer::{Held, Outcome, Step, held};
use super::buckets::settle;
use super::hold::Hold;
use super::position::{Answer, Answered, Position, Standing, Terms};
use crate::domain::entry::Posting;
use crate::domain::remit::ClaimPayment;
use crate::domain::{Account, Code, Few, GroupCode, Money, Text};

/// The rule name of steps that bring a superseded answer back, once the one that took its place is reversed.
pub(super) const STANDS_AGAIN: &str = "stands-again";

/// A reversal by its sign, whatever its status says (`docs/rules/edge-cases.md` 3.7).
pub(super) fn is_negative(payment: &ClaimPayment) -> bool {
    payment.charge.is_negative() || payment.paid.is_negative()
}

/// Takes back the answer that this one is the exact opposite of. What had made room for that answer stands again; what a
/// later payer or the patient has got of it since stays where it is.
pub(super) fn reverse<'a>(
    position: &mut Position<'a>,
    terms: Terms<'_>,
    answer: Answer<'a>,
) -> Result<Outcome, Held> {
    let payment = answer.payment;
    if !is_negative(payment) && (payment.charge.is_positive() || payment.paid.is_positive()) {
        return Err(held(Hold::PositiveReversal));
    }
    let at = original_of(position, terms, &answer)?;
    Ok(take_back(position, terms, answer, at, Money::ZERO, String::new()))
}

/// Takes back the answer at a place of the story. `kept` is what its payment was more than this one takes back: it stays on
/// the claim. `memo` says why that was accepted.
pub(super) fn take_back<'a>(
    position: &mut Position<'a>,
    terms: Terms<'_>,
    answer: Answer<'a>,
    at: usize,
    kept: Money,
    memo: String,
) -> Outcome {
    let memo = Text::from(memo);
    let here = position.answers.len();
    let original = &mut position.answers[at];
    let undoes = original.answer.id;
    let was = std::mem::replace(&mut original.standing, Standing::Reversed);
    let successor = original.until;
    original.until = successor.or(Some(here));
    let postings = original.way_back();
    position.answers.push(Answered::blank(answer, Standing::Memo));
    if was == Standing::Superseded {
        hand_over(position, at, successor);
    }
    if was != Standing::Live {
        return Outcome::Memo("reversal-of-memo");
    }
    let payer = position.answers[at].payer;
    position.payers.apply(&postings);
    let mut steps = vec![Step { rule: "reversal", undoes: Some(undoes), memo: memo.clone(), postings }];
    for postings in stand_again(position, at) {
        position.payers.apply(&postings);
        steps.push(Step { rule: STANDS_AGAIN, undoes: None, memo: Text::default(), postings });
    }
    let before = position.payers.clone();
    position.kept += kept;
    settle(position, terms);
    let mut postings = before.postings_to(&position.payers);
    let rule = if kept.is_zero() {
        "settled"
    } else {
        postings.push(Posting::new(Account::CashInsurance, payer, kept));
        "accepted-difference"
    };
    steps.push(Step { rule, undoes: None, memo, postings });
    steps.retain(|step| !step.postings.is_empty());
    match steps.is_empty() {
        true => Outcome::Memo("reversal-of-memo"),
        false => Outcome::Posted(steps),
    }
}

/// What an answer that is superseded itself had taken the place of gave way to its successor, too.
fn hand_over(position: &mut Position<'_>, at: usize, successor: Option<usize>) {
    let given = |by: &mut Option<usize>| *by = if *by == Some(at) { successor } else { *by };
    if let Some(opening) = &mut position.opening {
        given(&mut opening.superseded_by);
    }
    for earlier in &mut position.answers {
        if earlier.standing == Standing::Superseded {
            given(&mut earlier.until);
        }
        earlier.lines.iter_mut().for_each(|line| given(&mut line.superseded_by));
    }
}

/// What an answer had taken the place of is in force again, whole answers and single lines; but not where later answers took
/// over single lines of it: those lines gave way to them, too.
fn stand_again(position: &mut Position<'_>, at: usize) -> Vec<Vec<Posting>> {
    let own = position.answers[at].lines.iter();
    let taken_over: Few<(u16, usize), 4> =
        own.filter_map(|line| Some((line.line, line.superseded_by?))).collect();
    let taker = |line: u16| taken_over.iter().find(|(taken, _)| *taken == line).map(|(_, by)| *by);
    let mut again = Vec::new();
    if let Some(opening) = position.opening.as_mut().filter(|o| o.superseded_by == Some(at)) {
        opening.superseded_by = None;
    }
    for answered in &mut position.answers {
        if answered.standing == Standing::Superseded && answered.until == Some(at) {
            for line in answered.lines.iter_mut().filter(|line| !line.is_superseded()) {
                line.superseded_by = taker(line.line);
            }
            again.push(answered.way_back().into_iter().map(Posting::negated).collect());
            (answered.standing, answered.until) = (Standing::Live, None);
        }
        let (open, lives) = (answered.open_of(), answered.standing == Standing::Live);
        for line in answered.lines.iter_mut().filter(|line| line.superseded_by == Some(at)) {
            line.superseded_by = taker(line.line);
            if lives && !line.is_superseded() {
                again.push(line.way_back(open).into_iter().map(Posting::negated).collect());
            }
        }
    }
    again
}

/// The answer that a reversal takes back: the one that bears its payer number, whatever came of that since; where none
/// does, the latest exact opposite, and not another payer's of the claim. It must be an exact opposite to the cent.
fn original_of(position: &Position<'_>, terms: Terms<'_>, answer: &Answer<'_>) -> Result<usize, Held> {
    let reversal = answer.payment;
    let stranger = !terms.payers.contains(&answer.payer);
    let own_payer = |a: &Answered<'_>| stranger || a.payer == answer.payer || a.answer.payer == answer.payer;
    let answers = || {
        let all = position.answers.iter().enumerate();
        all.filter(|(_, a)| a.standing != Standing::Reversed && !is_reversal(a.answer.payment))
    };
    let bears = |a: &Answered<'_>| {
        !reversal.payer_number.is_empty() && a.answer.payment.payer_number == reversal.payer_number
    };
    let opposite = |a: &Answered<'_>| is_opposite(a.answer.payment, reversal);
    let best = |own: bool| {
        let fit = answers().filter(|(_, a)| if own { bears(a) } else { own_payer(a) } && opposite(a));
        fit.max_by_key(|(at, a)| (a.standing == Standing::Live, *at)).map(|(at, _)| at)
    };
    if let Some(at) = best(true) {
        return Ok(at);
    }
    match answers().rfind(|(_, a)| bears(a)) {
        Some((_, near)) => {
            let what = difference(near.answer.payment, reversal);
            Err((
                Hold::NoOriginal,
                format!("it bears the number of an answer on the claim, but takes back {what}"),
            ))
        }
        None => best(false).ok_or_else(|| held(Hold::NoOriginal)),
    }
}

/// In what a reversal differs from an answer.
pub(super) fn difference(original: &ClaimPayment, reversal: &ClaimPayment) -> String {
    let mut what = Vec::new();
    if original.charge != -reversal.charge {
        what.push(format!("a charge of {} against {}", -reversal.charge, original.charge));
    }
    if original.paid != -reversal.paid {
        what.push(format!("a payment of {} against {}", -reversal.paid, original.paid));
    }
    if !same_day(original, reversal) {
        what.push("another service date".to_owned());
    }
    if what.is_empty() { "other reasons or amounts".to_owned() } else { what.join(" and ") }
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
    one.charge == -other.charge
        && one.paid == -other.paid
        && same_day(one, other)
        && reasons(one) == negated(reasons(other))
}

pub(super) fn same_day(one: &ClaimPayment, other: &ClaimPayment) -> bool {
    one.service_from.is_none() || other.service_from.is_none() || one.service_from == other.service_from
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
