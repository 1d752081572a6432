//! The course of a case: where it stands after everything that payers said and persons did about it, told day by day. Files
//! may come in any order; the same adjudications and acts lead to the same state.
//!
//! A day's dollars say what payers did, and persons on the claim's money; the acts of persons on the case itself stand
//! between them on their own days, after what payers said on the same day.

use super::decided::standing;
use super::moves::{self, Stage};
use super::work::{changes, led_to};
use crate::domain::case::{CaseAct, CaseEvent, CaseState, DenialCase};
use crate::domain::{Date, Money};

/// A case as it stood at the end of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The case.
    pub case: DenialCase,
    /// Whether persons let dollars of it wait for the payer again, or took them off.
    pub set_back: bool,
}

/// A case at the end of each day on which something happened to its claim, from its first denial on.
pub type Days = Vec<(Date, Seen)>;

/// One thing on the way.
enum Step<'a> {
    Day(&'a Seen),
    Act(&'a CaseEvent),
}

/// Where a case stands. Of its events only the acts of persons count, and what was known when they were done.
#[must_use]
pub fn state(days: &[(Date, Seen)], events: &[CaseEvent]) -> CaseState {
    let Some((began, _)) = days.first() else { return CaseState::Open };
    let mut steps: Vec<(Date, u8, Step<'_>)> =
        days.iter().map(|(on, seen)| (*on, 1, Step::Day(seen))).collect();
    let events = standing(events);
    for (at, act) in events.iter().enumerate().filter(|(_, event)| event.act.is_by_person()) {
        let (on, turn) = place(days, act, &events[at + 1..]);
        steps.push((on.max(*began), if on < *began { 2 } else { turn }, Step::Act(act)));
    }
    steps.sort_by_key(|(on, turn, _)| (*on, *turn));
    let mut state = CaseState::Open;
    let mut before: Option<&Seen> = None;
    let mut with_payer = 0;
    for (.., step) in steps {
        if let Step::Act(act) = &step {
            match act.act {
                CaseAct::Appeal => with_payer = act.level,
                // A higher level is with the payer: what was said of a lower one leaves it there.
                _ if act.act.outcome().is_some_and(|said| !said.is_won()) && act.level < with_payer => {
                    continue;
                }
                _ if act.act.outcome().is_some() => with_payer = 0,
                _ => {}
            }
        }
        state = match step {
            Step::Day(seen) => after_day(state, before.replace(seen), seen),
            Step::Act(act) => after_act(state, act.act, before.map_or(Money::ZERO, |seen| seen.case.open())),
        };
    }
    state
}

/// When an act counts: on its day, but before denials that nobody knew of when it was done, unless a known one came after
/// these.
fn place(days: &[(Date, Seen)], act: &CaseEvent, later: &[&CaseEvent]) -> (Date, u8) {
    // A letter is the payer's word, as a denial is: both count by their own days.
    if act.act.outcome().is_some() {
        return (act.on, 2);
    }
    let denials = days.last().map_or(&[][..], |(_, seen)| &seen.case.events);
    let mut known: Vec<Date> = denials.iter().map(|denial| denial.on).collect();
    known.sort_unstable();
    let mut unknown: Vec<Date> = Vec::new();
    for came in later.iter().filter(|event| event.act == CaseAct::DeniedAgain) {
        // Where the day of the remittance is that of another payment of it, the last denial is meant.
        let at = known.iter().rposition(|on| *on == came.on).or(known.len().checked_sub(1));
        unknown.extend(at.map(|at| known.remove(at)));
    }
    let last_known = known.into_iter().filter(|on| *on <= act.on).max();
    let after_known =
        unknown.into_iter().filter(|on| *on <= act.on && (Some(*on) > last_known || *on == act.on));
    after_known.min().map_or((act.on, 2), |denied| (denied, 0))
}

fn after_day(state: CaseState, before: Option<&Seen>, now: &Seen) -> CaseState {
    if before.is_some_and(|before| before == now) {
        return state;
    }
    let open = now.case.open();
    let acts = changes(before.map(|seen| &seen.case), &now.case, now.set_back);
    let led = acts.into_iter().fold(state, |state, (act, _)| led_to(state, act, open));
    let closed = |state| moves::stage(state) == Stage::Closed;
    match open.is_zero() {
        true if closed(led) => led,
        // What was done stands on the new denial, too.
        true if closed(state) => state,
        true => ended(now),
        false if closed(led) && led != CaseState::Resolved => CaseState::Reopened,
        false => led,
    }
}

/// What moves dollars is seen in them, at the end of its day. A case that a person opened again was closed, though the same
/// day closed it.
fn after_act(state: CaseState, act: CaseAct, open: Money) -> CaseState {
    let moves_dollars =
        matches!(act, CaseAct::BillPatient | CaseAct::BillNextPayer | CaseAct::WriteOff | CaseAct::Approve);
    match act {
        CaseAct::Reopen => CaseState::Reopened,
        _ if moves_dollars && open.is_positive() => match state {
            CaseState::WriteOffProposed => CaseState::Open,
            _ => state,
        },
        _ => moves::after(state, act).unwrap_or(state),
    }
}

/// How a case ended of which nothing is open.
fn ended(now: &Seen) -> CaseState {
    let to_patient = now.case.lines.iter().any(|line| line.to_patient.is_positive());
    match () {
        () if now.case.written_off().is_positive() => CaseState::WrittenOff,
        () if to_patient => CaseState::PatientBilled,
        () if now.case.moved().is_positive() => CaseState::NextPayerBilled,
        () if now.case.recovered().is_positive() => CaseState::Recovered,
        () if now.set_back => CaseState::Resolved,
        () => CaseState::Reversed,
    }
}

#[cfg(test)]
mod tests;
