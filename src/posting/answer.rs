//! One payer's answer on one claim: what it posts, or why it is held. `docs/rules/posting-rules.md` sections 4 to 7a.
//!
//! An answer that takes back an earlier one is in [`super::reversal`]. The order in which several answers take their place is decided in [`super::history`].

use super::buckets::settle;
use super::by_hand;
use super::hold::Hold;
use super::lines::match_lines;
use super::opening;
use super::position::{Answer, Answered, AnsweredLine, Position, Standing, Terms, Waiting};
use super::reading::{Destination, Reading, read};
use super::reversal::{is_negative, is_reversal, reasons, reverse};
use super::treatment::{self, known};
use crate::domain::by_hand::Says;
use crate::domain::claim::payer_after;
use crate::domain::entry::{Posting, Reason};
use crate::domain::remit::ClaimPayment;
use crate::domain::{Account, Code, Few, Money, PayerId, PaymentId, Text};

/// What became of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is on the claim: one step, or two where it first undoes an earlier answer.
    Posted(Vec<Step>),
    /// It moves nothing, and no person needs to look. The word says why.
    Memo(&'static str),
    /// It waits for a person; its payment goes to `unapplied`.
    Held(Hold, String),
}

/// One journal entry that an answer asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The rule that fired.
    pub rule: &'static str,
    /// The answer that this step takes back: the exact negation of its posting, unless later answers took over single
    /// lines of it before.
    pub undoes: Option<PaymentId>,
    /// What it says of its cause, or empty.
    pub memo: Text,
    /// Sums to zero.
    pub postings: Vec<Posting>,
}

/// A held answer: its reason and what a person should know.
pub(super) type Held = (Hold, String);

pub(super) fn held(hold: Hold) -> Held {
    (hold, hold.about().to_owned())
}

/// Lets an answer take its place on a claim. On [`Outcome::Posted`] and [`Outcome::Memo`] the position has moved;
/// on [`Outcome::Held`] it has not.
pub fn take<'a>(position: &mut Position<'a>, terms: Terms<'_>, answer: Answer<'a>) -> Outcome {
    let outcome = match answer.by_hand.map(|by_hand| &by_hand.says) {
        Some(Says::Split(split)) => by_hand::adjudicate(position, terms, answer, split),
        Some(Says::TakesBack) => by_hand::accept(position, terms, answer),
        None => by_the_rules(position, terms, answer),
    };
    outcome.unwrap_or_else(|(hold, message)| Outcome::Held(hold, message))
}

/// What the payer's own words do.
fn by_the_rules<'a>(
    position: &mut Position<'a>,
    terms: Terms<'_>,
    answer: Answer<'a>,
) -> Result<Outcome, Held> {
    let payment = answer.payment;
    if let Some(wrong) = imbalance(payment) {
        return Err((Hold::ClaimOutOfBalance, wrong));
    }
    match payment.status.as_str() {
        "25" => memo(position, answer, "estimate"),
        "23" => memo(position, answer, "forwarded"),
        "22" => reverse(position, terms, answer),
        "1" | "2" | "3" | "4" | "19" | "20" | "21" if is_negative(payment) => {
            reverse(position, terms, answer)
        }
        "1" | "2" | "3" | "4" | "19" | "20" | "21" => adjudicate(position, terms, answer),
        status => Err((
            Hold::UnknownStatus,
            format!("claim status {status:?} is not one that a 5010 remittance may hold"),
        )),
    }
}

/// Condition 5: charge less adjustments must be the payment, for the claim and for each of its lines
/// (`docs/rules/x12-835.md` section 11). To the cent; nothing is tolerated.
#[must_use]
pub fn imbalance(payment: &ClaimPayment) -> Option<String> {
    let adjusted: Money = payment.all_adjustments().map(|(_, a)| a.amount).sum();
    if payment.charge - adjusted != payment.paid {
        return Some(format!(
            "charge {} less adjustments {adjusted} is {}, the payment says {}",
            payment.charge,
            payment.charge - adjusted,
            payment.paid
        ));
    }
    payment.lines.iter().enumerate().find_map(|(at, line)| {
        let adjusted: Money = line.adjustments.iter().map(|a| a.amount).sum();
        (line.charge - adjusted != line.paid).then(|| {
            let number = at + 1;
            format!(
                "service line {number}: charge {} less adjustments {adjusted} is not the payment {}",
                line.charge, line.paid
            )
        })
    })
}

/// Estimates and forwarded claims carry no money (`docs/rules/x12-835.md` section 4). One that does is held.
fn memo<'a>(position: &mut Position<'a>, answer: Answer<'a>, word: &'static str) -> Result<Outcome, Held> {
    if !answer.payment.paid.is_zero() {
        return Err((Hold::UnknownStatus, format!("status {} must not pay anything", answer.payment.status)));
    }
    position.answers.push(Answered::blank(answer, Standing::Memo));
    Ok(Outcome::Memo(word))
}

fn adjudicate<'a>(
    position: &mut Position<'a>,
    terms: Terms<'_>,
    answer: Answer<'a>,
) -> Result<Outcome, Held> {
    let payment = answer.payment;
    opening::is_after(position, &answer)?;
    let level = level_of(position, terms, &answer);
    let next = next_payer(terms, &answer, level);
    let numbers = line_numbers(terms, payment);
    let reading = understood(terms, &answer, level, &numbers)?;
    if level == 1 && !reading.prior_payers.is_zero() {
        return Err(held(Hold::PriorPayerOnPrimary));
    }
    if position.charge.is_zero() && terms.charges.iter().any(|charge| !charge.is_zero()) {
        return Err(held(Hold::ClaimClosed));
    }
    if let Some(outcome) = already_said(position, &answer, level, &reading)? {
        return Ok(outcome);
    }
    let writes_off_everything = reading.fee_schedule == payment.charge && payment.charge.is_positive();
    if writes_off_everything && payment.paid.is_zero() {
        return Err(held(Hold::WholeChargeWrittenOff));
    }
    // From here on the position is a draft: a hold must leave no trace.
    let mut draft = position.clone();
    let mut steps = make_room(&mut draft, terms, &answer, level, &numbers)?;
    let lines = place(&reading, terms, &answer, level, next);
    let left = draft.balance() - payment.paid - lines.iter().map(|l| l.taken_off).sum::<Money>();
    let left_by_this = left - waiting(&lines).map(|w| w.amount).sum::<Money>();
    if level > 1 {
        later_payer_fits(&draft, &reading, level, left, left_by_this)?;
    } else if left.is_negative() && draft.live().any(|a| a.level > 1) {
        // More than later payers counted as done before them, and more than they left.
        let message = format!("a later payer has answered already: posting it would leave {left}");
        return Err((Hold::PriorPayerDiffers, message));
    }
    let rule = if level == 1 { "first-payer" } else { "later-payer" };
    steps.extend(enter(&mut draft, terms, answer, level, lines, rule));
    *position = draft;
    Ok(Outcome::Posted(steps))
}

/// Brings an answer into force with what it did line by line. Nothing where that moves nothing.
pub(super) fn enter<'a>(
    draft: &mut Position<'a>,
    terms: Terms<'_>,
    answer: Answer<'a>,
    level: usize,
    lines: Vec<AnsweredLine>,
    rule: &'static str,
) -> Option<Step> {
    let before = draft.payers.clone();
    let payer = terms.payers.get(level - 1).copied().unwrap_or(answer.payer);
    let mut postings = vec![Posting::new(Account::CashInsurance, payer, answer.payment.paid)];
    postings.extend(lines.iter().flat_map(|l| l.adjustments.iter().copied()));
    let taken_off = lines.iter().map(|l| l.taken_off).sum();
    let (standing, until) = (Standing::Live, None);
    let here = draft.answers.len();
    let nothing = Vec::new();
    draft.answers.push(Answered {
        answer,
        level,
        payer,
        standing,
        until,
        taken_off,
        postings: nothing,
        lines,
    });
    settle(draft, terms);
    postings.extend(before.postings_to(&draft.payers));
    postings.retain(|p| !p.amount.is_zero());
    if postings.is_empty() {
        return None;
    }
    draft.answers[here].postings.clone_from(&postings);
    Some(Step { rule, undoes: None, memo: Text::default(), postings })
}

/// What an answer says, as a payer of that level.
fn understood(terms: Terms<'_>, answer: &Answer<'_>, level: usize, numbers: &[u16]) -> Result<Reading, Held> {
    let payer = terms.payers.get(level - 1).copied().unwrap_or(answer.payer);
    let office = |group, reason| treatment::office(terms.handlings, payer, answer.on, group, reason);
    let (cover, next) = (terms.cover(level, &answer.payment.filing), next_payer(terms, answer, level));
    read(answer.payment, numbers, next.is_some(), cover, office)
}

/// What an answer is among those of its payer and day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// It pays nothing and denies or leaves undecided: another one takes its place.
    Refuses,
    /// It settles something, be it that the patient owes it, or takes something back.
    Settles,
    /// It only says that the claim came before.
    Notice,
}

/// See [`Rank`].
pub(super) fn rank(terms: Terms<'_>, answer: &Answer<'_>, level: usize) -> Rank {
    let payment = answer.payment;
    if !payment.paid.is_zero() || is_reversal(payment) {
        return Rank::Settles;
    }
    if let Some(Says::Split(split)) = answer.by_hand.map(|by_hand| &by_hand.says) {
        return if split.denied.is_empty() { Rank::Settles } else { Rank::Refuses };
    }
    let Ok(reading) = understood(terms, answer, level, &line_numbers(terms, payment)) else {
        return Rank::Settles;
    };
    let moves = || reading.lines.iter().flat_map(|line| &line.moves);
    let refused = |to| {
        matches!(
            to,
            Destination::Denied
                | Destination::Pending
                | Destination::DeniedToPatient
                | Destination::DeniedForCoverage
        )
    };
    match () {
        () if reading.duplicates == payment.charge && !payment.charge.is_zero() => Rank::Notice,
        () if moves().any(|m| refused(m.to)) => Rank::Refuses,
        () => Rank::Settles,
    }
}

/// The answers of later payers that would be held if they came now: what they count as done before them, and what they
/// leave, was right when they came, and is not since an earlier payer's answer stands again.
pub(super) fn outdated(position: &Position<'_>) -> Few<PaymentId, 2> {
    let left = position.balance();
    let no_longer = |a: &&Answered<'_>| {
        let waits: Money =
            a.lines.iter().filter(|l| !l.is_superseded()).flat_map(|l| &l.waiting).map(|w| w.amount).sum();
        a.level > 1
            && ((!a.answer.is_split_by_hand() && counted(a.answer.payment) < done_before(position, a.level))
                || left.min(left - waits).is_negative())
    };
    position.live().filter(no_longer).map(|a| a.answer.id).collect()
}

/// What an answer counts as done by earlier payers.
fn counted(payment: &ClaimPayment) -> Money {
    payment.all_adjustments().filter(|(_, a)| a.reason == known::PRIOR_PAYER).map(|(_, a)| a.amount).sum()
}

/// What payers before a level paid and took off, here and before these books began.
fn done_before(position: &Position<'_>, level: usize) -> Money {
    let earlier = position.live().filter(|a| a.level < level);
    let here: Money = earlier.map(|a| a.answer.payment.paid + a.taken_off - a.superseded_adjustments()).sum();
    here + position.opening.as_ref().map_or(Money::ZERO, |opening| opening.paid + opening.adjusted)
}

/// The claim's line of each SVC loop. Where the loops do not add up to the claim, they prove nothing about single
/// lines: the claim still posts, as a whole (`docs/rules/x12-835.md` section 11).
pub(super) fn line_numbers(terms: Terms<'_>, payment: &ClaimPayment) -> Few<u16, 8> {
    let charges: Money = payment.lines.iter().map(|l| l.charge).sum();
    if charges == payment.charge {
        match_lines(terms.lines, &payment.lines)
    } else {
        Few::from_elem(0, payment.lines.len())
    }
}

/// Which place in the order of payment the answer speaks from: that of the claim's payer that it resolves to, or of the
/// payer that an earlier answer forwarded the claim to. The status decides only where that says nothing (section 7a), and
/// where a payer speaks a second time, on what it and others did before: as who pays a deductible from an account of the
/// patient's.
pub(super) fn level_of(position: &Position<'_>, terms: Terms<'_>, answer: &Answer<'_>) -> usize {
    let known = answer.payer != PayerId::NONE;
    let levels = || (1..=terms.payers.len()).filter(|level| known && terms.payers[level - 1] == answer.payer);
    let forwarded = position.live().filter(|a| known && a.answer.forwarded_to == answer.payer);
    let named = levels().next().or_else(|| forwarded.map(|a| a.level + 1).max());
    let by_status = match answer.payment.status.as_str() {
        "1" | "19" => Some(1),
        "2" | "20" => Some(2),
        "3" | "21" => Some(3),
        _ => None,
    };
    let speaks_of_others = answer.payment.all_adjustments().any(|(_, a)| a.reason == known::PRIOR_PAYER);
    // One insurer may stand on the claim twice, with two policies: then the status tells them apart.
    let twice = by_status.filter(|by_status| levels().any(|level| level == *by_status));
    match (twice.or(named), by_status) {
        (Some(1), Some(status)) if status > 1 && speaks_of_others => status,
        (Some(level), _) => level,
        (None, Some(status)) => status,
        (None, None) => position.live().map(|a| a.level).max().unwrap_or(1),
    }
}

/// Who may still owe after this payer: whom it forwarded to, or the next on the claim. A crossover whose target
/// has no name still goes to the next payer, not to the patient.
pub(super) fn next_payer(terms: Terms<'_>, answer: &Answer<'_>, level: usize) -> Option<PayerId> {
    let on_claim = payer_after(terms.payers, terms.named, level);
    if answer.forwarded_to != PayerId::NONE {
        return Some(answer.forwarded_to);
    }
    let crossed_over =
        matches!(answer.payment.status.as_str(), "19" | "20" | "21") || answer.payment.crossover.is_some();
    on_claim.or(crossed_over.then_some(PayerId::NONE))
}

/// Notices of a duplicate, and results that came before (`docs/rules/posting-rules.md` section 9).
fn already_said<'a>(
    position: &mut Position<'a>,
    answer: &Answer<'a>,
    level: usize,
    reading: &Reading,
) -> Result<Option<Outcome>, Held> {
    let payment = answer.payment;
    let answered_before = position.live().any(|a| a.level == level);
    let only_duplicate =
        reading.duplicates == payment.charge && payment.paid.is_zero() && payment.charge.is_positive();
    if only_duplicate && answered_before {
        position.answers.push(Answered::blank(*answer, Standing::Memo));
        return Ok(Some(Outcome::Memo("duplicate-notice")));
    }
    let same = |a: &&Answered<'_>| {
        let earlier = a.answer.payment;
        a.standing != Standing::Reversed
            && !payment.payer_number.is_empty()
            && earlier.payer_number == payment.payer_number
            && earlier.status == payment.status
            && earlier.charge == payment.charge
            && earlier.paid == payment.paid
            && reasons(earlier) == reasons(payment)
            && earlier.lines.len() == payment.lines.len()
    };
    if position.answers.iter().any(|a| same(&a)) {
        return Err(held(Hold::DuplicateResult));
    }
    Ok(None)
}

/// Section 7a: an answer after a refusal takes its place; one after a payment is held, unless the payer split the claim.
fn make_room(
    draft: &mut Position<'_>,
    terms: Terms<'_>,
    answer: &Answer<'_>,
    level: usize,
    numbers: &[u16],
) -> Result<Vec<Step>, Held> {
    let payment = answer.payment;
    // Of one whose lines were all answered anew nothing stands.
    let stands = |a: &Answered<'_>| a.standing == Standing::Live && !a.is_taken_over();
    let earlier: Vec<usize> = (0..draft.answers.len())
        .filter(|&i| stands(&draft.answers[i]) && draft.answers[i].level == level)
        .collect();
    let whole = terms.charges.contains(&payment.charge) || payment.charge == draft.charge;
    let split = is_split(terms, payment, numbers);
    let charge = draft.charge;
    let charge_differs = || {
        let said = payment.charge;
        (Hold::ChargeDiffers, format!("the payer answers a charge of {said}, the claim's is {charge}"))
    };
    let supplement =
        payment.paid.is_positive() && payment.all_adjustments().any(|(_, a)| a.reason == known::SUPPLEMENT);
    if draft.opening.as_ref().is_some_and(|o| level == 1 && earlier.is_empty() && !o.unanswered) {
        return opening::first_answer(draft, terms, whole);
    }
    if earlier.is_empty() {
        return if whole || split { Ok(Vec::new()) } else { Err(charge_differs()) };
    }
    if supplement {
        return Err(held(Hold::SecondAdjudication));
    }
    let refusals = |a: &Answered<'_>| {
        a.answer.payment.paid.is_zero() && a.lines.iter().any(AnsweredLine::is_unpaid_refusal)
    };
    // What waited takes the place of nothing that the payer said since.
    let since = |i: &usize| draft.answers[*i].answer.on > answer.on;
    if whole && !earlier.iter().any(since) && earlier.iter().all(|&i| refusals(&draft.answers[i])) {
        return Ok(supersede(draft, &earlier));
    }
    if !whole && !numbers.is_empty() {
        let before: Vec<usize> = earlier.iter().copied().filter(|i| !since(i)).collect();
        if let Some(step) = supersede_lines(draft, &before, numbers, payment.charge) {
            return Ok(vec![step]);
        }
        let overlaps = earlier
            .iter()
            .flat_map(|&i| &draft.answers[i].lines)
            .any(|l| l.line != 0 && numbers.contains(&l.line));
        if !overlaps && draft.answered_charge(level) + payment.charge <= draft.charge {
            return Ok(Vec::new());
        }
    }
    let same_number =
        earlier.iter().any(|&i| draft.answers[i].answer.payment.payer_number == payment.payer_number);
    if !whole
        && numbers.is_empty()
        && !same_number
        && draft.answered_charge(level) + payment.charge <= draft.charge
    {
        return Ok(Vec::new());
    }
    // A part of a line that was not refused so is another charge than the claim's.
    let another = !whole && !split && !numbers.is_empty();
    Err(if another { charge_differs() } else { held(Hold::SecondAdjudication) })
}

/// The payer split the claim: it says so (MA15), or it answers lines of the claim, each with its whole charge.
fn is_split(terms: Terms<'_>, payment: &ClaimPayment, numbers: &[u16]) -> bool {
    const CLAIM_WAS_SPLIT: Code = Code::known("MA15");
    let says_so = payment.remarks.contains(&CLAIM_WAS_SPLIT);
    let answered = |number: u16| -> Money {
        let of = payment.lines.iter().zip(numbers).filter(|(_, n)| **n == number);
        of.map(|(line, _)| line.charge).sum()
    };
    let whole = |number: &u16| {
        terms.lines.iter().any(|line| line.number == *number && line.charge == answered(*number))
    };
    let within = terms.charges.iter().any(|charge| payment.charge < *charge);
    within && (says_so || (!numbers.is_empty() && numbers.iter().all(whole)))
}

/// Undoes earlier refusals, as far as they still stand.
pub(super) fn supersede(draft: &mut Position<'_>, earlier: &[usize]) -> Vec<Step> {
    let mut steps = Vec::new();
    let until = Some(draft.answers.len());
    for &at in earlier {
        let answered = &mut draft.answers[at];
        (answered.standing, answered.until) = (Standing::Superseded, until);
        let postings = answered.way_back();
        draft.payers.apply(&postings);
        let undoes = Some(answered.answer.id);
        steps.push(Step { rule: "superseded", undoes, memo: Text::default(), postings });
    }
    steps.retain(|step| !step.postings.is_empty());
    steps
}

/// Takes over single refused lines; the others keep their result.
pub(super) fn supersede_lines(
    draft: &mut Position<'_>,
    earlier: &[usize],
    numbers: &[u16],
    answered: Money,
) -> Option<Step> {
    let refused = |draft: &Position<'_>, number: u16| {
        earlier.iter().find_map(|&i| {
            let at = draft.answers[i].lines.iter().position(|l| l.line == number && l.is_unpaid_refusal())?;
            Some((i, at))
        })
    };
    let mut places = numbers.iter().map(|n| refused(draft, *n)).collect::<Option<Vec<_>>>()?;
    // One line may come back in several loops.
    places.sort_unstable();
    places.dedup();
    // Another charge than what was refused says something else of the line.
    let charge: Money = places.iter().map(|(answer, line)| draft.answers[*answer].lines[*line].charge).sum();
    if charge != answered {
        return None;
    }
    let by = draft.answers.len();
    let mut back = Vec::new();
    for (answer, line) in places {
        let open = draft.answers[answer].open_of();
        let line = &mut draft.answers[answer].lines[line];
        line.superseded_by = Some(by);
        back.extend(line.way_back(open));
    }
    draft.payers.apply(&back);
    Some(Step { rule: "superseded-lines", undoes: None, memo: Text::default(), postings: back })
}

/// Gives every amount of the reading its bucket and payer.
pub(super) fn place(
    reading: &Reading,
    terms: Terms<'_>,
    answer: &Answer<'_>,
    level: usize,
    next: Option<PayerId>,
) -> Vec<AnsweredLine> {
    let payer = terms.payers.get(level - 1).copied().unwrap_or(answer.payer);
    let patient = |check: bool| match next {
        Some(next) if !check => (Account::Next, next),
        _ if check => (Account::Hold, terms.billed),
        _ => (Account::Due, terms.billed),
    };
    let placed = reading.lines.iter().map(|line| {
        let waiting = line.moves.iter().map(|m| {
            let (account, payer) = match m.to {
                Destination::Denied => (Account::Denied, payer),
                Destination::Pending => (Account::Pending, payer),
                Destination::NextPayer => (Account::Next, next.unwrap_or(PayerId::NONE)),
                Destination::Patient => patient(false),
                Destination::PatientToCheck => patient(true),
                Destination::DeniedForCoverage => patient(next.is_none()),
                Destination::DeniedToPatient => patient(true),
            };
            let denial = matches!(
                m.to,
                Destination::Denied | Destination::DeniedToPatient | Destination::DeniedForCoverage
            );
            Waiting {
                account,
                payer,
                amount: m.amount,
                reason: m.reason,
                denial,
                remarks: line.remarks.clone(),
                stands: Money::ZERO,
                stands_in: (account, payer),
            }
        });
        let adjustments: Vec<Posting> = line
            .taken_off
            .iter()
            .map(|(account, reason, amount)| Posting {
                account: *account,
                amount: *amount,
                payer,
                line: if line.line < super::lines::UNKNOWN_LINES { line.line } else { 0 },
                reason: Some(*reason),
            })
            .collect();
        AnsweredLine {
            line: line.line,
            charge: line.charge,
            paid: line.paid,
            taken_off: adjustments.iter().map(|p| p.amount).sum(),
            superseded_by: None,
            waiting: waiting.collect(),
            adjustments,
        }
    });
    placed.collect()
}

fn waiting(lines: &[AnsweredLine]) -> impl Iterator<Item = &Waiting> {
    lines.iter().flat_map(|l| &l.waiting)
}

/// A later payer restates the whole claim: its shares replace the earlier ones, and what it counts as prior payment
/// must be what was posted (section 6).
fn later_payer_fits(
    draft: &Position<'_>,
    reading: &Reading,
    level: usize,
    left: Money,
    left_by_this: Money,
) -> Result<(), Held> {
    let prior = done_before(draft, level);
    if reading.prior_payers < prior {
        return Err((
            Hold::PriorPayerDiffers,
            format!(
                "earlier payers paid or took off {prior}, this payer counts {}: posting it would leave {left}",
                reading.prior_payers
            ),
        ));
    }
    if left.is_negative() || left_by_this.is_negative() {
        return Err((Hold::BelowZero, format!("posting it would leave {left_by_this} on the claim")));
    }
    Ok(())
}

/// Every denial of an answer: line, reason, amount, remarks.
pub fn denials<'a>(answered: &'a Answered<'_>) -> impl Iterator<Item = (u16, Reason, Money, &'a [Code])> {
    answered.lines.iter().flat_map(|line| {
        line.waiting
            .iter()
            .filter(|w| w.denial)
            .map(move |w| (line.line, w.reason, w.amount, w.remarks.as_slice()))
    })
}

#[cfg(test)]
mod tests;
