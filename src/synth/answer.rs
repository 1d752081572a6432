//! The answers of the payers to one claim, with their money, line by line.
//!
//! A pure function of the claim. The day of an answer's round is in `schedule`; its segments are in `remit_file`.

use super::Plan;
use super::cast::{COMMERCIAL, HMO, MEDICAID, MEDICARE, PAYERS, REFUSALS, Refusal, SECOND_LOOK, SUPPLEMENT};
use super::claim::{Claim, Correction, Sequel, Story};
use super::random::{Random, Stream};
use crate::domain::Money;

/// What a payer decided about one line. The parts add up to the line's charge.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Ruling {
    pub(super) paid: Money,
    /// CO-45, or CO-24 where the claim is capitated.
    pub(super) contractual: Money,
    /// CO-253.
    pub(super) reduction: Money,
    /// The patient's share, PR with `share_code`.
    pub(super) share: Money,
    pub(super) share_code: u8,
    /// Refused, for the answer's reason.
    pub(super) refused: Money,
    /// OA-23: what the payer before paid or took off.
    pub(super) before: Money,
    /// OA-18: answered already.
    pub(super) duplicate: Money,
}

/// One claim payment of an 835.
pub(super) struct Answer {
    pub(super) round: u8,
    pub(super) payer: usize,
    /// CLP02.
    pub(super) status: &'static str,
    /// Tells the claim control numbers of one claim apart.
    pub(super) issue: u8,
    /// Position of the first line answered; the others follow.
    pub(super) first_line: usize,
    /// One for each line answered. In a reversal, what is undone, with the signs of the first time.
    pub(super) rulings: Vec<Ruling>,
    pub(super) refusal: Option<&'static Refusal>,
    pub(super) interest: Money,
    pub(super) discount: Money,
    /// What a reversal took off but the payer will only collect later.
    pub(super) postponed: Money,
}

impl Answer {
    fn new(round: u8, payer: usize, status: &'static str, issue: u8, rulings: Vec<Ruling>) -> Answer {
        Answer {
            round,
            payer,
            status,
            issue,
            first_line: 0,
            rulings,
            refusal: None,
            interest: Money::ZERO,
            discount: Money::ZERO,
            postponed: Money::ZERO,
        }
    }

    pub(super) fn is_reversal(&self) -> bool {
        self.status == "22"
    }

    /// CLP04.
    pub(super) fn paid(&self) -> Money {
        let paid: Money = self.rulings.iter().map(|ruling| ruling.paid).sum();
        if self.is_reversal() { -paid } else { paid }
    }

    /// CLP07.
    pub(super) fn payer_control_number(&self, claim: &Claim) -> String {
        format!("{}{:09}{:02}", PAYERS[self.payer].prefix, claim.number + 1, self.issue)
    }
}

/// All answers to a claim, in the order in which they are given.
pub(super) fn answers(plan: &Plan, claim: &Claim) -> Vec<Answer> {
    let mut random = Random::new(plan.seed, Stream::Answers, claim.number);
    let payer = claim.patient.payer;
    // Medicare sends a claim on by itself when the patient has the supplement.
    let status = if claim.patient.supplement { "19" } else { "1" };
    let granted = rule(&mut random, claim, 0);
    let mut given = Vec::new();
    match claim.story {
        Story::Unanswered => return given,
        Story::Capitated => {
            let rulings = claim.lines.iter().map(|l| Ruling { contractual: l.charge, ..Ruling::default() });
            given.push(Answer::new(0, payer, "1", 0, rulings.collect()));
        }
        Story::Paid | Story::PaidThenDuplicate => {
            let mut answer = Answer::new(0, payer, status, 0, granted);
            let paid = answer.paid();
            if random.per_mille(8) && paid.is_positive() {
                answer.interest = Money::from_cents(random.between(21, 940));
            } else if payer == COMMERCIAL && random.per_mille(30) {
                answer.discount = Money::from_cents(paid.cents() / 50);
            }
            given.push(answer);
            if claim.story == Story::PaidThenDuplicate {
                let rulings = claim.lines.iter().map(|l| Ruling { duplicate: l.charge, ..Ruling::default() });
                given.push(Answer::new(1, payer, "1", 1, rulings.collect()));
            }
        }
        Story::Corrected { correction, postponed } => {
            correct(&mut given, &mut random, claim, granted, (correction, postponed));
        }
        Story::Refused { reason, sequel } => {
            let refused =
                || refuse(claim, reason, sequel == Sequel::Stands && claim.number.is_multiple_of(2));
            let answer = |round, rulings| Answer {
                refusal: Some(&REFUSALS[reason]),
                ..Answer::new(round, payer, "1", round, rulings)
            };
            given.push(answer(0, refused()));
            match sequel {
                Sequel::Stands => {}
                Sequel::Paid => given.push(Answer::new(1, payer, status, 1, granted)),
                Sequel::Again => given.push(answer(1, refused())),
                Sequel::AgainThenPaid => {
                    given.push(answer(1, refused()));
                    given.push(Answer::new(2, payer, status, 2, granted));
                }
                Sequel::PaidInPart => given.push(answer(1, refuse_last(claim, granted))),
            }
        }
        Story::LineRefused { reason, paid_later } => {
            let last = claim.lines.len() - 1;
            let again = granted[last];
            let refusal = Some(&REFUSALS[reason]);
            let rulings = refuse_last(claim, granted);
            given.push(Answer { refusal, ..Answer::new(0, payer, "1", 0, rulings) });
            if paid_later {
                given.push(Answer { first_line: last, ..Answer::new(1, payer, "1", 1, vec![again]) });
            }
        }
    }
    if let Some(answer) = supplement(&mut random, claim, given.last()) {
        given.push(answer);
    }
    given
}

/// What the contract allows, and who pays it. `worse` lowers the allowed amounts, as a correction may.
fn rule(random: &mut Random, claim: &Claim, worse: i64) -> Vec<Ruling> {
    let payer = claim.patient.payer;
    let kind = random.below(10);
    let rulings = claim.lines.iter().enumerate().map(|(place, line)| {
        let charge = line.charge.cents();
        let allowed = charge * (random.between(46, 82) - worse) / 100;
        let (share_code, share) = match (payer, kind) {
            (MEDICARE, 0) if !claim.patient.supplement && place == 0 => (1, allowed),
            (MEDICARE, _) => (2, allowed / 5),
            (MEDICAID, 0..3) if place == 0 => (3, allowed.min(300)),
            (MEDICAID, _) => (3, 0),
            (_, 0) => (1, allowed),
            (_, 1..4) => (2, allowed * 15 / 100),
            (_, 4) => (3, 0),
            (_, _) if place == 0 => (3, allowed.min(2_500)),
            (_, _) => (3, 0),
        };
        // Two per cent of what Medicare would pay, to the nearest cent.
        let reduction = if payer == MEDICARE { ((allowed - share) * 2 + 50) / 100 } else { 0 };
        Ruling {
            paid: Money::from_cents(allowed - share - reduction),
            contractual: Money::from_cents(charge - allowed),
            reduction: Money::from_cents(reduction),
            share: Money::from_cents(share),
            share_code,
            ..Ruling::default()
        }
    });
    rulings.collect()
}

/// Refuses every line. With `after_contract` the contract's part is taken off first, as some payers do.
fn refuse(claim: &Claim, reason: usize, after_contract: bool) -> Vec<Ruling> {
    let in_part = after_contract && REFUSALS[reason].group == "CO";
    let rulings = claim.lines.iter().map(|line| {
        let contractual = if in_part { line.charge.cents() * 35 / 100 } else { 0 };
        let contractual = Money::from_cents(contractual);
        Ruling { contractual, refused: line.charge - contractual, ..Ruling::default() }
    });
    rulings.collect()
}

/// Refuses the last line only.
fn refuse_last(claim: &Claim, mut granted: Vec<Ruling>) -> Vec<Ruling> {
    if let (Some(ruling), Some(line)) = (granted.last_mut(), claim.lines.last()) {
        *ruling = Ruling { refused: line.charge, ..Ruling::default() };
    }
    granted
}

/// Paid, then reversed and answered anew in the next round.
fn correct(
    given: &mut Vec<Answer>,
    random: &mut Random,
    claim: &Claim,
    granted: Vec<Ruling>,
    (correction, postponed): (Correction, bool),
) {
    let payer = claim.patient.payer;
    // Some Medicaid programs give the reversal a number of its own.
    let issue = if payer == MEDICAID { 1 } else { 0 };
    let mut reversal = Answer::new(1, payer, "22", issue, granted.clone());
    let second = match correction {
        Correction::Refused => {
            let rulings = refuse(claim, SECOND_LOOK, false);
            Answer { refusal: Some(&REFUSALS[SECOND_LOOK]), ..Answer::new(1, payer, "1", 2, rulings) }
        }
        Correction::More => Answer::new(1, payer, "1", 2, rule(random, claim, -12)),
        Correction::Less => Answer::new(1, payer, "1", 2, rule(random, claim, 12)),
    };
    // The allowed amount of a line is drawn anew, so what was meant as more can be less.
    let taken = -(reversal.paid() + second.paid());
    if postponed && taken.is_positive() {
        reversal.postponed = taken;
    }
    given.push(Answer::new(0, payer, "1", 0, granted));
    given.push(reversal);
    given.push(second);
}

/// The supplement's answer, a round after Medicare sent it the claim.
fn supplement(random: &mut Random, claim: &Claim, last: Option<&Answer>) -> Option<Answer> {
    let first = last.filter(|answer| answer.status == "19")?;
    let (answered, in_full, code) =
        (!random.per_mille(100), !random.per_mille(220), if random.per_mille(500) { 1 } else { 3 });
    let asked: Money = first.rulings.iter().map(|ruling| ruling.share).sum();
    if !answered || !asked.is_positive() {
        return None;
    }
    let rulings = first.rulings.iter().zip(&claim.lines).map(|(ruling, line)| {
        let left = if in_full { Money::ZERO } else { Money::from_cents(ruling.share.cents() * 2 / 5) };
        Ruling {
            paid: ruling.share - left,
            share: left,
            share_code: code,
            before: line.charge - ruling.share,
            ..Ruling::default()
        }
    });
    Some(Answer::new(first.round + 1, SUPPLEMENT, "2", 0, rulings.collect()))
}

/// What the HMO pays for each capitated claim in its remittance, beside the claims.
pub(super) const CAPITATION: Money = Money::from_cents(3_500);

/// Whether a claim payment is capitated.
pub(super) fn is_capitated(claim: &Claim) -> bool {
    claim.story == Story::Capitated && claim.patient.payer == HMO
}
