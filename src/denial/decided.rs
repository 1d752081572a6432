//! Decisions on appeals and reconsiderations: which letters stand, which appeal each decides, and what an attempt came to.
//!
//! - An attempt is decided once. What remittances and persons say of it after a letter is the same decision: it corrects
//!   what the attempt brought, and counts as no other.
//! - A letter that was taken back was never written down: nothing but the log of the case knows of it.
//! - No letter moves money.

use super::turns::{self, Turn};
use crate::domain::Date;
use crate::domain::case::{CaseAct, CaseEvent, DenialCase, DenialEvent, Outcome};
use crate::domain::clock::Appealed;

/// The events of a case without the decisions that were taken back, and without the taking back; without what was noted of
/// remittances that went out of the books and are back, and without what those said that are out.
pub fn standing(events: &[CaseEvent]) -> Vec<&CaseEvent> {
    let mut standing: Vec<&CaseEvent> = Vec::with_capacity(events.len());
    for event in events {
        if let Some(Turn::Back(remit)) = Turn::of(event) {
            standing.retain(|noted| Turn::of(noted) != Some(Turn::Out(remit)));
        }
        if event.act != CaseAct::Undecide {
            standing.push(event);
        } else if let Some(at) = last_decision(&standing, Some(event.level)) {
            standing.remove(at);
        }
    }
    turns::without_what_is_out(&mut standing);
    standing
}

/// The decision by letter that was written down last, of a level if one is named; its place among what stands.
pub fn last_decision(standing: &[&CaseEvent], level: Option<u8>) -> Option<usize> {
    let fits = |event: &&CaseEvent| event.act.outcome().is_some() && level.is_none_or(|l| l == event.level);
    standing.iter().rposition(fits)
}

/// Everything that was sent at a level, level 0 for reconsiderations, in the order of the log, and how each was decided: by
/// a letter of its level, else by the next denial after it.
pub fn sent(case: &DenialCase, events: &[CaseEvent], reconsiderations: bool) -> Vec<Appealed> {
    let kind = if reconsiderations { CaseAct::Reconsider } else { CaseAct::Appeal };
    let mut sent: Vec<Appealed> = Vec::new();
    for event in standing(events) {
        if event.act == kind {
            let level = if reconsiderations { 0 } else { event.level };
            sent.push(Appealed { level, sent: event.on, decided: None, by_letter: None });
        } else if event.act == CaseAct::DeniedAgain {
            let denial = case.events.iter().rfind(|denial| denial.on == event.on);
            let said = denial.map_or(event.on, own_day);
            // What came late and is older than what was sent says nothing to it.
            let waits = |a: &&mut Appealed| a.decided.is_none() && a.sent <= event.on;
            if let Some(last) = sent.last_mut().filter(waits) {
                last.decided = Some(said.max(last.sent));
            }
        } else if let Some(outcome) = event.act.outcome() {
            let its = |a: &&mut Appealed| a.level == event.level && a.sent <= event.on;
            if let Some(own) = sent.iter_mut().filter(its).max_by_key(|a| a.sent) {
                (own.decided, own.by_letter) = (Some(event.on), Some(outcome));
            }
        }
    }
    sent
}

/// The payer's own day of a denial; the earliest known where that differs from the accounting date.
pub fn own_day(denial: &DenialEvent) -> Date {
    denial.answered_on.min(denial.on)
}

/// Whether a denial only carries out what a letter had said: denied before for the same reason, the letter left it so, and
/// nothing was asked since.
pub fn carries_out(case: &DenialCase, denial: &DenialEvent, standing: &[&CaseEvent]) -> bool {
    let on = own_day(denial);
    let against = |event: &&&CaseEvent| {
        event.on <= on && event.act.outcome().is_some_and(|outcome| outcome != Outcome::Overturned)
    };
    let Some(letter) = standing.iter().filter(against).max_by_key(|event| event.on) else { return false };
    let asked = |event: &&&CaseEvent| asks_after(event, letter) && event.on <= on;
    let before = |other: &&DenialEvent| own_day(other) < letter.on && other.reason.code == denial.reason.code;
    case.events.iter().any(|other| before(&other)) && !standing.iter().any(|event| asked(&event))
}

/// Whether it is an attempt of the level that a letter speaks of, level 0 for reconsiderations.
fn is_decided_by(event: &CaseEvent, letter: &CaseEvent) -> bool {
    match event.act {
        CaseAct::Appeal => event.level == letter.level,
        CaseAct::Reconsider => letter.level == 0,
        _ => false,
    }
}

/// Whether something was asked again once a letter had come.
fn asks_after(event: &CaseEvent, letter: &CaseEvent) -> bool {
    let since = if is_decided_by(event, letter) { event.on > letter.on } else { event.on >= letter.on };
    event.act.asks_again() && since
}

/// An attempt that a letter decided.
pub struct Attempt<'e> {
    /// The letter.
    pub letter: &'e CaseEvent,
    /// How it decided.
    pub outcome: Outcome,
    sent: Date,
    /// When something was asked again.
    until: Option<Date>,
}

impl Attempt<'_> {
    /// Whether something happened after it was sent, and before anything was asked again.
    fn holds(&self, event: &CaseEvent) -> bool {
        match event.act.is_by_person() {
            true => self.sent <= event.on && self.until.is_none_or(|until| event.on < until),
            // What a remittance says on the day of an attempt was said before it.
            false => self.sent < event.on && self.until.is_none_or(|until| event.on <= until),
        }
    }
}

/// To which attempt something that happened belongs: of several the one that was sent last.
pub fn whose(attempts: &[Attempt<'_>], event: &CaseEvent) -> Option<usize> {
    let holding = attempts.iter().enumerate().filter(|(_, attempt)| attempt.holds(event));
    holding.max_by_key(|(_, attempt)| attempt.sent).map(|(at, _)| at)
}

/// The attempts of a case that letters decided, by the letters' places in the log.
pub fn by_letter<'e>(standing: &[&'e CaseEvent]) -> Vec<Attempt<'e>> {
    let attempt = |letter: &&'e CaseEvent| {
        let outcome = letter.act.outcome()?;
        let own = |event: &&&CaseEvent| is_decided_by(event, letter);
        let days = standing.iter().filter(own).map(|event| event.on).filter(|on| *on <= letter.on);
        let sent = days.max().unwrap_or(letter.on);
        let until = standing.iter().filter(|event| asks_after(event, letter)).map(|event| event.on).min();
        Some(Attempt { letter, outcome, sent, until })
    };
    standing.iter().filter_map(attempt).collect()
}
