//! A claim payment that a person posts by hand, because the rules cannot read it. `docs/rules/posting-rules.md` sections 7b and 10a.
//!
//! The split is the person's, the money is the item's own: never more than is left of the claim, and nobody is billed whom
//! the rules protect. Posted so it is an adjudication in force like another: a later one supersedes it, a reversal takes it
//! back.

use super::answer::{
    Held, Outcome, Step, enter, held, level_of, line_numbers, next_payer, place, supersede, supersede_lines,
};
use super::buckets::settle;
use super::hold::Hold;
use super::opening;
use super::position::{Answer, Answered, AnsweredLine, Holdings, Position, Standing, Terms};
use super::reading::{Destination, Move, ReadLine, Reading};
use super::reversal::{difference, is_opposite, is_reversal, same_day, take_back};
use super::treatment::{Surroundings, Treatment, known, patient_share};
use crate::domain::by_hand::Split;
use crate::domain::entry::{Posting, Reason};
use crate::domain::remit::ClaimPayment;
use crate::domain::{Account, Code, GroupCode, Money};

/// The rule name of an adjudication that a person split.
const BY_HAND: &str = "by-hand";

/// Lets an answer take its place as a person split it.
pub(super) fn adjudicate<'a>(
    position: &mut Position<'a>,
    terms: Terms<'_>,
    answer: Answer<'a>,
    split: &Split,
) -> Result<Outcome, Held> {
    if position.charge.is_zero() && terms.charges.iter().any(|charge| !charge.is_zero()) {
        return Err(held(Hold::ClaimClosed));
    }
    let (level, charge) = (level_of(position, terms, &answer), answer.charge());
    let next = next_payer(terms, &answer, level);
    let mut draft = position.clone();
    let mut steps = make_room(&mut draft, terms, &answer, level)?;
    let left = draft.balance();
    if charge > left {
        let message =
            format!("what a person split, {charge}, is more than the {left} that is left of the claim");
        return Err((Hold::BelowZero, message));
    }
    let around = Surroundings {
        remarks: &answer.payment.remarks,
        cover: terms.cover(level, &answer.payment.filing),
        next_payer: next.is_some(),
    };
    let reading = Reading { lines: vec![read(terms, &answer, split, around)], ..Reading::default() };
    let lines = place(&reading, terms, &answer, level, next);
    steps.extend(enter(&mut draft, terms, answer, level, lines, BY_HAND));
    *position = draft;
    Ok(Outcome::Posted(steps))
}

/// What the split says, in the form of a reading. The payer's own reasons are kept where one of them says the amount.
fn read(terms: Terms<'_>, answer: &Answer<'_>, split: &Split, around: Surroundings<'_>) -> ReadLine {
    let payment = answer.payment;
    let own = |group: GroupCode, amount: Money, else_code: Code| {
        let mut of_group = payment.all_adjustments().filter(|(_, a)| a.group == Some(group));
        let same = of_group.find(|(_, a)| a.amount == amount && a.reason != Code::NONE);
        Reason { group: Some(group), code: same.map_or(else_code, |(_, a)| a.reason) }
    };
    let contractual = own(GroupCode::Co, split.contractual, known::FEE_SCHEDULE);
    let patient = own(GroupCode::Pr, split.patient, known::COINSURANCE);
    let to_patient = match patient_share(patient, around) {
        Treatment::PatientShare => Destination::Patient,
        _ => Destination::PatientToCheck,
    };
    let denied = split.denied.iter().map(|a| Move {
        to: if a.group == Some(GroupCode::Pr) { Destination::DeniedToPatient } else { Destination::Denied },
        reason: Reason { group: a.group, code: a.reason },
        amount: a.amount,
    });
    let share = Move { to: to_patient, reason: patient, amount: split.patient };
    let moves = std::iter::once(share).chain(denied).filter(|m| !m.amount.is_zero()).collect();
    let taken_off = (Account::Contractual, contractual, split.contractual);
    ReadLine {
        // A person splits the claim, not its lines; where it has one, they are the same.
        line: if let [only] = terms.lines { only.number } else { 0 },
        charge: answer.charge(),
        paid: payment.paid,
        taken_off: std::iter::once(taken_off).filter(|(.., amount)| !amount.is_zero()).collect(),
        moves,
        remarks: payment.remarks.clone(),
    }
}

/// What was refused before gives way where this answers all of it; what else an earlier answer of this payer left waiting
/// gives way as far as there is no room for both (see `buckets`).
fn make_room(
    draft: &mut Position<'_>,
    terms: Terms<'_>,
    answer: &Answer<'_>,
    level: usize,
) -> Result<Vec<Step>, Held> {
    let charge = answer.charge();
    let earlier: Vec<usize> = (0..draft.answers.len())
        .filter(|&i| draft.answers[i].standing == Standing::Live && draft.answers[i].level == level)
        .filter(|&i| draft.answers[i].answer.on <= answer.on)
        .collect();
    let whole = terms.charges.contains(&charge) || charge == draft.charge;
    if earlier.is_empty() {
        let refused = draft.opening.as_ref().is_some_and(|opening| opening.refused);
        let first = whole && level == 1 && refused && draft.live().next().is_none();
        return if first { opening::first_answer(draft, terms, whole) } else { Ok(Vec::new()) };
    }
    let refusal = |a: &Answered<'_>| {
        a.answer.payment.paid.is_zero() && a.lines.iter().any(AnsweredLine::is_unpaid_refusal)
    };
    if whole && earlier.iter().all(|&i| refusal(&draft.answers[i])) {
        return Ok(supersede(draft, &earlier));
    }
    let numbers = line_numbers(terms, answer.payment);
    if numbers.is_empty() || charge != answer.payment.charge {
        return Ok(Vec::new());
    }
    Ok(supersede_lines(draft, &earlier, &numbers, charge).into_iter().collect())
}

/// Takes back the adjudication that a reversal resembles, or what older books had settled: all of it, though the reversal is
/// not its exact opposite. The money is the reversal's own; what it takes more or less than was paid stays on the claim.
pub(super) fn accept<'a>(
    position: &mut Position<'a>,
    terms: Terms<'_>,
    answer: Answer<'a>,
) -> Result<Outcome, Held> {
    let payment = answer.payment;
    if !is_reversal(payment) || payment.charge.is_positive() || payment.paid.is_positive() {
        return Err((Hold::NoOriginal, "it takes nothing back".to_owned()));
    }
    match resembled(position, payment) {
        Some(at) => {
            let original = position.answers[at].answer.payment;
            let kept = original.paid + payment.paid;
            let memo = match is_opposite(original, payment) {
                true => String::new(),
                false => format!("accepted though it takes back {}", difference(original, payment)),
            };
            Ok(take_back(position, terms, answer, at, kept, memo))
        }
        None => of_opening(position, terms, answer),
    }
}

/// The adjudication in force that a reversal resembles most: by the payer's number, by its money, by its charge.
fn resembled(position: &Position<'_>, reversal: &ClaimPayment) -> Option<usize> {
    let likeness = |a: &Answered<'_>| {
        let said = a.answer.payment;
        let number = !reversal.payer_number.is_empty() && said.payer_number == reversal.payer_number;
        (number, said.paid == -reversal.paid, said.charge == -reversal.charge)
    };
    let all = position.answers.iter().enumerate();
    let in_force = all.filter(|(_, a)| {
        let near = likeness(a);
        a.standing == Standing::Live
            && !is_reversal(a.answer.payment)
            && (near.0 || (same_day(a.answer.payment, reversal) && (near.1 || near.2)))
    });
    in_force.max_by_key(|(at, a)| (likeness(a), *at)).map(|(at, _)| at)
}

/// What older books had settled is taken back, as far as the reversal says and never further.
fn of_opening<'a>(
    position: &mut Position<'a>,
    terms: Terms<'_>,
    answer: Answer<'a>,
) -> Result<Outcome, Held> {
    let payment = answer.payment;
    let nothing = || {
        let message = "nothing on the claim resembles what it takes back".to_owned();
        Err((Hold::NoOriginal, message))
    };
    let before = position.payers.clone();
    let Some(opening) = position.opening.as_mut() else { return nothing() };
    if opening.paid < -payment.paid || (payment.paid.is_zero() && opening.adjusted.is_zero()) {
        return nothing();
    }
    let shares = payment.all_adjustments().filter(|(_, a)| a.group == Some(GroupCode::Pr));
    let shares: Money = shares.map(|(_, a)| a.amount).sum();
    let taken_off = (payment.paid + shares - payment.charge).min(opening.adjusted).max(Money::ZERO);
    opening.paid += payment.paid;
    opening.adjusted -= taken_off;
    opening.holdings = Holdings::default();
    opening.unanswered = opening.paid.is_zero() && opening.adjusted.is_zero();
    let memo = format!(
        "takes back {} paid and {taken_off} taken off before these books began, which leaves {} paid and {} taken off of that",
        -payment.paid, opening.paid, opening.adjusted
    );
    position.answers.push(Answered::blank(answer, Standing::Memo));
    settle(position, terms);
    let reason = Reason { group: Some(GroupCode::Co), code: known::FEE_SCHEDULE };
    let off =
        Posting { reason: Some(reason), ..Posting::new(Account::Contractual, answer.payer, -taken_off) };
    let mut postings = vec![Posting::new(Account::CashInsurance, answer.payer, payment.paid), off];
    postings.extend(before.postings_to(&position.payers));
    postings.retain(|p| !p.amount.is_zero());
    Ok(Outcome::Posted(vec![Step { rule: "reversal-of-opening", undoes: None, memo: memo.into(), postings }]))
}
