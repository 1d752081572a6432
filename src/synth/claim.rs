//! Claim number `i` of a generated practice: patient, payer, lines and what will become of it.
//!
//! A pure function of the plan and `i`. The payers' answers that follow from its story stand in `answer`.

use super::Plan;
use super::cast::{
    COLOURS, COMMERCIAL, DIAGNOSES, DOCTORS, FIRST_NAMES, HMO, HOSPITAL, INSTITUTION, MEDICARE, OFFICE,
    ONE_LINE, PAYERS, Procedure, TREES, WHOLE_CLAIM,
};
use super::random::{Random, Stream};
use super::schedule::{ENTRY_DELAY, Schedule};
use crate::domain::{Date, Money};

/// Whom a claim is for. The same patient comes several times.
pub(super) struct Patient {
    pub(super) last: String,
    pub(super) first: &'static str,
    pub(super) member: String,
    /// `CCYYMMDD`.
    pub(super) born: String,
    pub(super) sex: char,
    /// The first name of the insured, when that is a parent of the patient.
    pub(super) parent: Option<&'static str>,
    pub(super) payer: usize,
    /// Whether the supplement is billed after the payer.
    pub(super) supplement: bool,
}

impl Patient {
    pub(super) fn new(plan: &Plan, number: u64) -> Patient {
        let mut random = Random::new(plan.seed, Stream::Patient, number);
        let payer = random.weighted(&PAYERS.each_ref().map(|p| p.weight));
        let born_year =
            if payer == MEDICARE { random.between(1935, 1958) } else { random.between(1962, 2012) };
        let born = format!("{born_year}{:02}{:02}", random.between(1, 12), random.between(1, 28));
        Patient {
            last: format!("{}{}", random.pick(&COLOURS), random.pick(&TREES)),
            first: random.pick(&FIRST_NAMES),
            member: format!("{}{:09}", PAYERS[payer].prefix, number + 100_000_000),
            sex: if random.per_mille(520) { 'F' } else { 'M' },
            parent: (born_year > 2008).then(|| random.pick(&FIRST_NAMES)),
            born,
            payer,
            supplement: payer == MEDICARE && random.per_mille(400),
        }
    }
}

/// A service line.
pub(super) struct Line {
    pub(super) code: &'static str,
    /// Revenue code; empty on a professional claim.
    pub(super) revenue: &'static str,
    /// A modifier, or empty.
    pub(super) modifier: &'static str,
    pub(super) units: i64,
    pub(super) charge: Money,
    pub(super) day: Date,
}

/// What follows a refusal. Nothing here is sent back by a reversal: nothing had been paid.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sequel {
    /// It stays refused.
    Stands,
    /// Sent again and paid.
    Paid,
    /// Sent again and refused again.
    Again,
    /// Refused twice, then paid.
    AgainThenPaid,
    /// Sent again and paid but for the last line.
    PaidInPart,
}

/// How a payer's second look at a paid claim ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Correction {
    More,
    Less,
    Refused,
}

/// What becomes of a claim at its first payer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Story {
    Unanswered,
    Capitated,
    Paid,
    /// Paid, and a second answer says that the claim is a duplicate.
    PaidThenDuplicate,
    /// Paid, reversed and corrected. The money may be taken back later than the correction.
    Corrected {
        correction: Correction,
        postponed: bool,
    },
    Refused {
        reason: usize,
        sequel: Sequel,
    },
    /// Only the last line is refused; it may be answered again alone and paid.
    LineRefused {
        reason: usize,
        paid_later: bool,
    },
}

/// A claim as it will be billed.
pub(super) struct Claim {
    pub(super) number: u64,
    pub(super) patient: Patient,
    pub(super) biller: usize,
    pub(super) doctor: usize,
    pub(super) diagnosis: &'static str,
    pub(super) served: Date,
    pub(super) billed: Date,
    pub(super) lines: Vec<Line>,
    pub(super) story: Story,
}

impl Claim {
    pub(super) fn new(plan: &Plan, schedule: &Schedule, number: u64) -> Claim {
        let mut random = Random::new(plan.seed, Stream::Claim, number);
        let file = number / schedule.per_file;
        let biller = biller(file);
        // Three claims a patient, so that a name or a member id alone never proves a match.
        let patient = Patient::new(plan, random.below(plan.claims / 3 + 1));
        let served = schedule.served(number, random.below(ENTRY_DELAY + 1));
        // Now and then the later lines were given the next day.
        let later = u32::from(random.per_mille(80));
        let pool: &[Procedure] = if biller == INSTITUTION { &HOSPITAL } else { &OFFICE };
        let count = 1 + random.weighted(&[22, 33, 25, 13, 7]);
        let mut lines: Vec<Line> = Vec::with_capacity(count);
        while lines.len() < count {
            let first = lines.is_empty();
            let (code, revenue, low, high, most) = random.pick(if first { &pool[..5] } else { &pool[5..] });
            if lines.iter().any(|line| line.code == code) {
                continue;
            }
            let units = random.between(1, most);
            let charge = Money::from_cents(random.between(low, high) / 5 * 5 * units);
            let modifier = if first && count > 2 && biller != INSTITUTION { "25" } else { "" };
            let day = served.plus_days(if first { 0 } else { later });
            lines.push(Line { code, revenue, modifier, units, charge, day });
        }
        let story = story(&mut random, &patient, count);
        Claim {
            number,
            biller,
            doctor: usize::try_from(random.below(DOCTORS.len() as u64)).unwrap_or(0),
            diagnosis: random.pick(&DIAGNOSES),
            served,
            billed: schedule.billed(file),
            lines,
            story,
            patient,
        }
    }

    /// CLM01: nine characters that a payer can return whole.
    pub(super) fn control_number(&self) -> String {
        format!("A{:08}", self.number + 1)
    }

    pub(super) fn charge(&self) -> Money {
        self.lines.iter().map(|line| line.charge).sum()
    }

    pub(super) fn is_institutional(&self) -> bool {
        self.biller == INSTITUTION
    }

    /// The last day of service.
    pub(super) fn through(&self) -> Date {
        self.lines.iter().map(|line| line.day).max().unwrap_or(self.served)
    }
}

/// Whose claims an 837 file holds: one billing provider each, every sixth file the institution's.
pub(super) fn biller(file: u64) -> usize {
    match file % 6 {
        2 => INSTITUTION,
        other => usize::try_from(other % 2).unwrap_or(0),
    }
}

fn story(random: &mut Random, patient: &Patient, lines: usize) -> Story {
    let chapter = random.weighted(&[35, 100, 30, 15, 4, 816]);
    match chapter {
        0 => Story::Unanswered,
        _ if patient.payer == HMO && random.per_mille(60) => Story::Capitated,
        1 => {
            let reason = random.weighted(&WHOLE_CLAIM);
            // Who pays after a loss of coverage is a person's question; keep it to one payer.
            let reason =
                if patient.supplement && super::cast::REFUSALS[reason].group == "PR" { 0 } else { reason };
            Story::Refused { reason, sequel: sequel(random, reason, lines, patient.supplement) }
        }
        // A supplement's answer builds on the whole first answer, so these keep to one payer.
        2 if lines > 1 && !patient.supplement => {
            let reason = random.weighted(&ONE_LINE);
            Story::LineRefused { reason, paid_later: random.per_mille(500) }
        }
        3 if !patient.supplement => {
            let correction = match random.weighted(&[40, 35, 25]) {
                0 => Correction::More,
                1 => Correction::Less,
                _ => Correction::Refused,
            };
            let postponed = correction != Correction::More && random.per_mille(500);
            Story::Corrected { correction, postponed }
        }
        4 if !patient.supplement && patient.payer == COMMERCIAL => Story::PaidThenDuplicate,
        _ => Story::Paid,
    }
}

fn sequel(random: &mut Random, reason: usize, lines: usize, supplement: bool) -> Sequel {
    if !super::cast::REFUSALS[reason].may_be_won {
        return Sequel::Stands;
    }
    match random.weighted(&[45, 30, 10, 10, 5]) {
        0 => Sequel::Stands,
        2 => Sequel::Again,
        3 => Sequel::AgainThenPaid,
        4 if lines > 1 && !supplement => Sequel::PaidInPart,
        _ => Sequel::Paid,
    }
}
