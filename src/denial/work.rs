//! The work on a case: its events added up, and what a telling of the claim's story means for it.

use std::borrow::Cow;

use super::category;
use super::decided::{self, own_day};
use super::moves::{self, Stage};
use super::turns::Turn;
use crate::domain::case::{
    CaseAct, CaseEvent, CaseState, CaseWork, DenialCase, DenialEvent, OpenCase, Proposal,
};
use crate::domain::clock::{Appealed, CaseFacts, ClaimFacts, Denied};
use crate::domain::{Account, Date, Money};

/// The work after one more event that stands.
fn after(mut work: CaseWork, event: &CaseEvent) -> CaseWork {
    work.state = event.state;
    work.events += 1;
    // No payer said anything: what was agreed before holds.
    if Turn::of(event).is_some() {
        return work;
    }
    if event.act != CaseAct::ProposeWriteOff && work.state != CaseState::WriteOffProposed {
        work.proposal = None;
    }
    // A denial that came late and is older than what was done says nothing to that.
    if event.act == CaseAct::DeniedAgain && work.touched_on > Some(event.on) {
        return work;
    }
    if !event.act.is_by_person() {
        // Somebody must look at what the payer did: nothing that was agreed before still holds.
        work.next_action.clear();
        (work.next_on, work.snoozed_until, work.promised) = (None, None, None);
        return work;
    }
    if !decides(event.act) {
        work.level = event.level;
    }
    work.touched_on = work.touched_on.max(Some(event.on));
    if moves::stage(work.state) == Stage::Closed {
        work.next_action.clear();
        (work.next_on, work.snoozed_until, work.promised) = (None, None, None);
        return work;
    }
    match event.act {
        CaseAct::Assign => work.assignee.clone_from(&event.about.whom),
        CaseAct::Appeal => work.appealed_on = Some(event.on),
        CaseAct::Snooze => work.snoozed_until = event.about.next_on,
        CaseAct::ProposeWriteOff => {
            work.proposal = Some(Proposal {
                amount: event.about.amount.unwrap_or_default(),
                account: event.about.account.unwrap_or(Account::WriteoffDenial),
                by: event.user.clone(),
                on: event.on,
                text: event.about.text.clone(),
            });
        }
        _ => {}
    }
    if !matches!(event.act, CaseAct::Snooze | CaseAct::Assign | CaseAct::Note | CaseAct::Letter) {
        work.snoozed_until = None;
        work.promised = event.about.promised;
    }
    if !event.about.next_action.is_empty() {
        work.next_action.clone_from(&event.about.next_action);
    }
    if event.about.next_on.is_some() && event.act != CaseAct::Snooze {
        work.next_on = event.about.next_on;
    }
    work
}

/// The events of a case added up, as far as they were known on a day.
#[must_use]
pub fn of_events(events: &[CaseEvent], until: Option<Date>) -> CaseWork {
    let mut known = Cow::Borrowed(events);
    if let Some(day) = until {
        known.to_mut().retain(|event| event.on <= day);
    }
    let work = decided::standing(&known).into_iter().fold(CaseWork::default(), after);
    CaseWork { events: known.len() as u64, ..work }
}

/// Whether it says what a letter decided. Its level is that of the letter, not the one that is in force.
fn decides(act: CaseAct) -> bool {
    act.outcome().is_some() || act == CaseAct::Undecide
}

/// What a new telling of the claim means for a case: the acts of payers, and of persons on the claim's money, with their
/// dollars, in the order in which they count. `before` is the case as it was known, if it was; `set_back` says whether persons
/// let dollars of it wait for the payer again, or took them off.
#[must_use]
pub fn changes(before: Option<&DenialCase>, now: &DenialCase, set_back: bool) -> Vec<(CaseAct, Money)> {
    let zero = Money::ZERO;
    let was = |of: fn(&DenialCase) -> Money| before.map_or(zero, of);
    let (open, opened) = (now.open(), before.map_or_else(|| now.denied(), DenialCase::open));
    let (won, had_won) = (now.recovered(), was(DenialCase::recovered));
    let mut acts = Vec::new();
    // Its remittance was taken out of the books, or its claim became part of another: no payer said anything, and once it is
    // put back the work stands where it stood.
    if now.events.is_empty() || before.is_some_and(|case| case.events.is_empty()) {
        return acts;
    }
    let (moved, had_moved) = (moved(now), before.map_or([zero; 3], moved));
    let put_back: Money = moved.iter().zip(had_moved).map(|(now, had)| (had - *now).max(zero)).sum();
    let lost = had_won - won;
    if open.is_positive() && lost.is_positive() {
        acts.push((CaseAct::TakenBack, lost));
    }
    for event in new_denials(before, now) {
        acts.push((CaseAct::DeniedAgain, event.amount));
    }
    let acts_of_money = [CaseAct::GivenUp, CaseAct::ToPatient, CaseAct::ToNextPayer];
    for ((act, amount), had) in acts_of_money.into_iter().zip(moved).zip(had_moved) {
        if amount > had {
            acts.push((act, amount - had));
        }
    }
    if won > had_won {
        let act = if open.is_zero() { CaseAct::Paid } else { CaseAct::PaidInPart };
        acts.push((act, won - had_won));
    } else if acts.is_empty() && open > opened && (put_back.is_positive() || opened.is_zero()) {
        acts.push((CaseAct::Undone, open - opened));
    }
    let closes = |(act, _): &(CaseAct, Money)| !matches!(act, CaseAct::DeniedAgain | CaseAct::TakenBack);
    if open.is_zero() && !opened.is_zero() && !acts.last().is_some_and(closes) {
        acts.push((if set_back { CaseAct::SetBack } else { CaseAct::DenialReversed }, opened));
    }
    acts
}

/// The denials of a case that were not known, but for the one that began it where it was not known at all.
pub fn new_denials<'c>(
    before: Option<&'c DenialCase>,
    now: &'c DenialCase,
) -> impl Iterator<Item = &'c DenialEvent> {
    let known = move |event: &DenialEvent| match before {
        Some(case) => case.events.iter().any(|known| known.payment == event.payment),
        None => false,
    };
    now.events.iter().skip(usize::from(before.is_none())).filter(move |event| !known(event))
}

/// The level of appeal that was in force before a day.
#[must_use]
pub fn level_on(events: &[CaseEvent], day: Date) -> u8 {
    let sets = |act: CaseAct| act.is_by_person() && !decides(act);
    let before = events.iter().filter(|event| sets(event.act) && event.on < day);
    before.map(|event| event.level).max().unwrap_or_default()
}

/// What was given up, and moved to the patient and to the next payer.
fn moved(case: &DenialCase) -> [Money; 3] {
    let to_patient: Money = case.lines.iter().map(|l| l.to_patient).sum();
    [case.written_off(), to_patient, case.moved() - to_patient]
}

/// Where an act of a payer, or one on the claim's money, leads. Money that goes in part leaves a case where it stands.
#[must_use]
pub fn led_to(state: CaseState, act: CaseAct, left: Money) -> CaseState {
    let closes = matches!(act, CaseAct::GivenUp | CaseAct::ToPatient | CaseAct::ToNextPayer);
    if closes && !left.is_zero() {
        return state;
    }
    moves::after(state, act).unwrap_or(state)
}

/// Every appeal that was sent, in the order of the log, and how the payer decided it, by its own day.
#[must_use]
pub fn appeals(case: &DenialCase, events: &[CaseEvent]) -> Vec<Appealed> {
    decided::sent(case, events, false)
}

/// What the clocks of a case must know, but for the claim.
#[must_use]
pub fn facts(case: &DenialCase, events: &[CaseEvent], claim: ClaimFacts) -> CaseFacts {
    let standing = decided::standing(events);
    let denied = |event: &DenialEvent| Denied {
        on: own_day(event),
        reason: event.reason,
        notice: event.notice || decided::carries_out(case, event, &standing),
        recourse: event.recourse,
    };
    CaseFacts { claim, denials: case.events.iter().map(denied).collect(), appeals: appeals(case, events) }
}

/// What payers paid after all, day by day, and who had last asked for it: called, written, appealed or sent something.
/// What they took back of it is below zero. Nobody is named where nobody had asked.
#[must_use]
pub fn brought(events: &[CaseEvent]) -> Vec<(&str, Date, Money)> {
    let mut asked = "";
    let mut won = Money::ZERO;
    let mut brought = Vec::new();
    for event in decided::standing(events) {
        let amount = event.about.amount.unwrap_or_default();
        match event.act {
            CaseAct::Call | CaseAct::Letter => asked = &event.user,
            act if act.asks_again() => asked = &event.user,
            CaseAct::Paid | CaseAct::PaidInPart => {
                won += amount;
                brought.push((asked, event.on, amount));
            }
            // What nobody saw paid was brought by nobody.
            CaseAct::TakenBack if won.is_positive() => {
                let back = amount.min(won);
                won -= back;
                brought.push((asked, event.on, -back));
            }
            _ => {}
        }
    }
    brought
}

/// What order and clocks ask of a case; nothing where it is closed.
#[must_use]
pub fn open_case(case: &DenialCase, work: &CaseWork, facts: CaseFacts) -> Option<OpenCase> {
    is_open(case, work).then(|| seen(case, work, facts))
}

/// Whether a case is listed as open.
#[must_use]
pub fn is_open(case: &DenialCase, work: &CaseWork) -> bool {
    moves::stage(work.state) != Stage::Closed && !case.events.is_empty()
}

/// The same whether or not it is closed.
#[must_use]
pub fn seen(case: &DenialCase, work: &CaseWork, facts: CaseFacts) -> OpenCase {
    OpenCase {
        case: case.id,
        claim: case.claim,
        payer: case.payer,
        reason: case.reason,
        category: category(case.reason, &case.remarks).to_owned(),
        open: case.open(),
        denied_on: case.denied_on().unwrap_or(Date::from_number(1)),
        facts,
        state: work.state,
        level: work.level,
        next_on: work.next_on,
        snoozed_until: work.snoozed_until,
        assignee: work.assignee.clone(),
    }
}

#[cfg(test)]
mod tests;
