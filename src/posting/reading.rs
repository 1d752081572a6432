//! What the adjustments of one answer say, line by line, once group and reason are understood.
//!
//! Reads; decides nothing about the claim. The effect of a single reason is in [`super::treatment`].

use std::collections::BTreeMap;

use super::billing::Cover;
use super::hold::Hold;
use super::treatment::{Surroundings, Treatment, known, treatment, within_the_law};
use crate::domain::entry::Reason;
use crate::domain::remit::{Adjustment, ClaimPayment};
use crate::domain::{Account, Code, Few, GroupCode, Money};

/// An answer, understood.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// One for each SVC loop; one with line 0 for amounts of the claim as a whole.
    pub lines: Vec<ReadLine>,
    /// Sum of CARC 23: what this payer counts as done by earlier payers.
    pub prior_payers: Money,
    /// Sum of CARC 18.
    pub duplicates: Money,
    /// Sum of CO-45.
    pub fee_schedule: Money,
}

/// One line of a reading.
#[derive(Clone, Debug, Default)]
pub struct ReadLine {
    /// Number of the claim's line; 0 for the claim as a whole.
    pub line: u16,
    /// SVC02 (CLP03 where there are no lines).
    pub charge: Money,
    /// SVC03 (CLP04 where there are no lines).
    pub paid: Money,
    /// Comes off the claim.
    pub taken_off: Few<(Account, Reason, Money), 2>,
    /// Changes its bucket.
    pub moves: Few<Move, 2>,
    /// Remark codes: the line's own, then those of the claim.
    pub remarks: Vec<Code>,
}

/// An amount that changes its bucket.
#[derive(Clone, Copy, Debug)]
pub struct Move {
    /// Where to.
    pub to: Destination,
    /// Why.
    pub reason: Reason,
    /// How much.
    pub amount: Money,
}

/// Where an amount goes, before it is known who the next payer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Destination {
    /// Refused.
    Denied,
    /// Undecided.
    Pending,
    /// Another payer's.
    NextPayer,
    /// The patient's, or the next payer's first.
    Patient,
    /// The patient's, after a check.
    PatientToCheck,
    /// Refused with the patient liable.
    DeniedToPatient,
    /// Refused because another payer covers the patient.
    DeniedForCoverage,
}

/// One of the amounts of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// CLP03.
    Charge,
    /// CLP04.
    Paid,
    /// What comes off the claim.
    TakenOff,
    /// What changes its bucket.
    Moved(Destination),
}

/// What an answer says of a claim in dollars, whatever reasons and lines say it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct InDollars {
    charge: Money,
    paid: Money,
    taken_off: Money,
    moved: BTreeMap<Destination, Money>,
}

impl InDollars {
    /// Reads an answer so; nothing where it cannot be read.
    #[must_use]
    pub fn of(payment: &ClaimPayment) -> Option<InDollars> {
        let lines: Vec<u16> = (1..).take(payment.lines.len()).collect();
        let reading = read(payment, &lines, false, Cover::default(), |_, _| None).ok()?;
        let mut said = InDollars { charge: payment.charge, paid: payment.paid, ..InDollars::default() };
        for line in reading.lines {
            said.taken_off += line.taken_off.iter().map(|(_, _, amount)| *amount).sum();
            for one in &line.moves {
                *said.moved.entry(one.to).or_default() += one.amount;
            }
        }
        said.moved.retain(|_, amount| !amount.is_zero());
        Some(said)
    }

    /// The amounts one by one.
    pub fn parts(&self) -> impl Iterator<Item = (Part, Money)> {
        let whole = [(Part::Charge, self.charge), (Part::Paid, self.paid), (Part::TakenOff, self.taken_off)];
        whole.into_iter().chain(self.moved.iter().map(|(to, amount)| (Part::Moved(*to), *amount)))
    }
}

/// Reads an answer. `numbers` are the claim lines of its SVC loops; `cover` says under which programs it stands; `office` says how the office handles a reason, where it
/// set that itself.
///
/// # Errors
/// The first condition of section 10 that one of its adjustments meets, with the reason in words.
pub fn read(
    payment: &ClaimPayment,
    numbers: &[u16],
    next_payer: bool,
    cover: Cover,
    office: impl Fn(Option<GroupCode>, Code) -> Option<Treatment>,
) -> Result<Reading, (Hold, String)> {
    let mut reading = Reading { lines: Vec::with_capacity(payment.lines.len().max(1)), ..Reading::default() };
    let mut bundled = bundled(payment).into_iter();
    let claim = ReadLine {
        charge: if payment.lines.is_empty() { payment.charge } else { Money::ZERO },
        paid: if payment.lines.is_empty() { payment.paid } else { Money::ZERO },
        remarks: payment.remarks.clone(),
        ..ReadLine::default()
    };
    let lines = payment.lines.iter().zip(numbers).map(|(line, number)| {
        let remarks = line.remarks.iter().chain(&payment.remarks).copied().collect();
        let read =
            ReadLine { line: *number, charge: line.charge, paid: line.paid, remarks, ..ReadLine::default() };
        (read, line.adjustments.as_slice())
    });
    for (mut line, adjustments) in std::iter::once((claim, payment.adjustments.as_slice())).chain(lines) {
        for adjustment in adjustments {
            let left = adjustment.amount - bundled.next().unwrap_or_default();
            if left.is_zero() {
                continue;
            }
            let adjustment = &Adjustment { amount: left, ..*adjustment };
            let around = Surroundings { remarks: &line.remarks, cover, next_payer };
            let reason = Reason { group: adjustment.group, code: adjustment.reason };
            let treated = office(reason.group, reason.code)
                .map_or_else(
                    || treatment(reason.group, reason.code, around),
                    |own| Ok(within_the_law(own, reason, around)),
                )
                .map_err(|hold| (hold, format!("{}: {}", name(*adjustment), hold.about())))?;
            add(&mut reading, &mut line, *adjustment, treated)?;
        }
        let says_something = line.line != 0
            || payment.lines.is_empty()
            || !line.taken_off.is_empty()
            || !line.moves.is_empty();
        if says_something {
            reading.lines.push(line);
        }
    }
    Ok(reading)
}

fn add(
    reading: &mut Reading,
    line: &mut ReadLine,
    a: Adjustment,
    treated: Treatment,
) -> Result<(), (Hold, String)> {
    let reason = Reason { group: a.group, code: a.reason };
    // Only what is taken off may be below zero (a payment above the charge). What waits for somebody would become a
    // debt to nobody.
    let waits = !matches!(treated, Treatment::TakeOff(_) | Treatment::PriorPayer | Treatment::Nothing);
    if waits && a.amount.is_negative() {
        return Err((Hold::NegativeDenial, format!("{}: {}", name(a), Hold::NegativeDenial.about())));
    }
    if a.reason == known::FEE_SCHEDULE && a.group == Some(GroupCode::Co) {
        reading.fee_schedule += a.amount;
    }
    let to = match treated {
        Treatment::TakeOff(account) => {
            line.taken_off.push((account, reason, a.amount));
            return Ok(());
        }
        Treatment::PriorPayer => {
            reading.prior_payers += a.amount;
            return Ok(());
        }
        Treatment::Nothing => return Ok(()),
        Treatment::Duplicate => {
            reading.duplicates += a.amount;
            Destination::Denied
        }
        Treatment::Deny => Destination::Denied,
        Treatment::Pend => Destination::Pending,
        Treatment::NextPayer => Destination::NextPayer,
        Treatment::PatientShare => Destination::Patient,
        Treatment::PatientShareToCheck => Destination::PatientToCheck,
        Treatment::DenyToPatient => Destination::DeniedToPatient,
        Treatment::DenyForCoverage => Destination::DeniedForCoverage,
    };
    line.moves.push(Move { to, reason, amount: a.amount });
    Ok(())
}

fn name(a: Adjustment) -> String {
    format!("{}-{} {}", a.group.map_or("??", GroupCode::as_str), a.reason, a.amount)
}

/// What of the bundling codes (CARC 94 and 97) cancels, in the order of `ClaimPayment::all_adjustments`: several
/// services became one, the paying line carries CARC 94 below zero, the others CARC 97. That moves money between lines
/// and is no denial (`docs/rules/x12-835.md` section 7). Where the two sums agree, all of it cancels. Where they do not, only
/// lines that the payer changed into the code of a line with CARC 94 are bundled for certain; the rest keeps its meaning.
fn bundled(payment: &ClaimPayment) -> Vec<Money> {
    if payment.all_adjustments().all(|(_, a)| a.reason != known::CONTRA) {
        return Vec::new();
    }
    let all: Vec<(Option<usize>, &Adjustment)> = payment.all_adjustments().collect();
    let mut cancelled = vec![Money::ZERO; all.len()];
    let sum = |code| all.iter().filter(|(_, a)| a.reason == code).map(|(_, a)| a.amount).sum::<Money>();
    let moved = sum(known::CONTRA);
    if moved.is_negative() && moved == -sum(known::BUNDLED) {
        for (cancelled, (_, a)) in cancelled.iter_mut().zip(&all) {
            if matches!(a.reason, known::CONTRA | known::BUNDLED) {
                *cancelled = a.amount;
            }
        }
        return cancelled;
    }
    for (paying, (line, contra)) in all.iter().enumerate() {
        let Some(line) = line.filter(|_| contra.reason == known::CONTRA && contra.amount.is_negative())
        else {
            continue;
        };
        let code = &payment.lines[line].procedure;
        for (at, (other, a)) in all.iter().enumerate() {
            let changed = other.is_some_and(|other| {
                let other = &payment.lines[other];
                other.procedure == *code && !other.original_procedure.is_empty() && other.paid.is_zero()
            });
            if !changed || a.reason != known::BUNDLED || !a.amount.is_positive() {
                continue;
            }
            let part = (a.amount - cancelled[at]).min((contra.amount - cancelled[paying]).abs());
            cancelled[at] += part;
            cancelled[paying] -= part;
        }
    }
    cancelled
}

#[cfg(test)]
mod tests;
