//! Denial cases in the ledger: what a telling of the claim's story does to them, and what people note about them. Keeps
//! the list of open cases and the history of decisions in line.

use super::dossier::Dossier;
use super::retell::{self, Hand};
use super::{balances, clocks, scan};
use crate::denial::course::{self, Days, Seen};
use crate::denial::turns::{self, Turn};
use crate::denial::{odds, work};
use crate::domain::book::ClaimState;
use crate::domain::case::{CaseAct, CaseEvent, CaseState, CaseWork, DenialCase, Particulars};
use crate::domain::clock::ClaimFacts;
use crate::domain::{CaseId, ClaimId, Date, Money, PayerId};
use crate::store::{Read, ReadPeriods, Snapshot, StoreError, Visit, WriteTables};

/// Names of rules begin with this where an act on a case moved the money.
pub const BY_CASE: &str = "denial-";

/// What the ledger said of a case before it was told anew.
pub struct Before<'a> {
    /// The case, if it was there.
    pub case: Option<&'a DenialCase>,
    /// What the clocks must know of its claim.
    pub claim: ClaimFacts,
    /// The day of what is new.
    pub on: Date,
    /// Whether an act on this case moved the money: the act itself is noted, not its echo.
    pub by_case: bool,
    /// The course of the case; nothing where it is none any more.
    pub days: &'a [(Date, Seen)],
    /// The remittance that went out of the books or came back, where it is told anew for that.
    pub turn: Option<Turn>,
}

/// Writes a case as its claim's story tells it now, notes what that means for the work, and keeps everything derived.
///
/// # Errors
/// Whatever the store says.
pub fn told(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    before: &Before<'_>,
    case: &DenialCase,
) -> Result<(), StoreError> {
    if before.case == Some(case) {
        claim_moved(tables, case.id, before.claim)?;
    } else {
        tables.put_case(case)?;
    }
    let set_back = before.days.last().is_some_and(|(_, seen)| seen.set_back);
    let mut changes = work::changes(before.case, case, set_back);
    if before.by_case {
        changes.retain(|(act, _)| {
            !matches!(act, CaseAct::GivenUp | CaseAct::ToPatient | CaseAct::ToNextPayer | CaseAct::Undone)
        });
    }
    if before.case.is_none() && changes.is_empty() && course::state(before.days, &[]) == CaseState::Open {
        // New and untouched: nothing to read, nothing to add up.
        return list(tables, case, &CaseWork::default(), &[], before.claim);
    }
    let mut events = tables.case_events(case.id)?;
    let had = before.case.map_or_else(Vec::new, |case| decisions(case, &events));
    let (noted, mut state) = (events.len(), tables.case_work(case.id)?.unwrap_or_default().state);
    // At what level it stood by what was known before.
    let event = |known: &[CaseEvent], act, state, on| {
        let level = work::level_on(known, on);
        CaseEvent { level, ..CaseEvent::new(act, state, on, hand.now, hand.user) }
    };
    let about = |amount: Option<Money>, turn: Option<Turn>| {
        let text = turn.map_or_else(String::new, Turn::words);
        Particulars { amount, text, ..Particulars::default() }
    };
    for news in turns::news(before.turn, (before.case, case), &events, changes) {
        state = work::led_to(state, news.act, case.open());
        let event = event(&events[..noted], news.act, state, news.on.unwrap_or(before.on));
        events.push(CaseEvent { about: about(news.amount, news.turn), ..event });
    }
    // An act on a case says itself where that stands then.
    if !before.days.is_empty() && !before.by_case {
        let told = course::state(before.days, &events);
        match events[noted..].last_mut() {
            Some(last) => last.state = told,
            None if told != state => {
                let event = event(&events, CaseAct::ToldAnew, told, before.on);
                events.push(CaseEvent { about: about(None, before.turn), ..event });
            }
            None => {}
        }
    }
    for event in &events[noted..] {
        tables.add_case_event(case.id, event)?;
    }
    let work = work::of_events(&events, None);
    if before.case == Some(case) && events.len() == noted {
        return Ok(());
    }
    if work != CaseWork::default() {
        tables.put_case_work(case.id, &work)?;
    }
    count(tables, had, -1)?;
    count(tables, decisions(case, &events), 1)?;
    list(tables, case, &work, &events, before.claim)
}

/// Lists a case anew that is the same as before, where something else about its claim starts its clocks: a submission
/// that names other days of service, or the answer of the payer before.
///
/// # Errors
/// Whatever the store says.
fn claim_moved(tables: &mut WriteTables<'_>, case: CaseId, claim: ClaimFacts) -> Result<(), StoreError> {
    if let Some(mut open) = tables.open_case(case)?.filter(|open| open.facts.claim != claim) {
        open.facts.claim = claim;
        tables.put_open_case(&open)?;
    }
    Ok(())
}

/// Notes what a person did to a case.
///
/// # Errors
/// Whatever the store says.
pub fn note(
    tables: &mut WriteTables<'_>,
    case: &DenialCase,
    event: &CaseEvent,
) -> Result<CaseWork, StoreError> {
    let mut events = tables.case_events(case.id)?;
    count(tables, decisions(case, &events), -1)?;
    events.push(event.clone());
    let state = match event.act {
        CaseAct::Note | CaseAct::Assign | CaseAct::Call | CaseAct::Snooze | CaseAct::Letter => {
            tables.case_work(case.id)?.unwrap_or_default().state
        }
        _ => course::state(&course_of(&*tables, case)?, &events),
    };
    let event = CaseEvent { state, ..event.clone() };
    tables.add_case_event(case.id, &event)?;
    if let Some(last) = events.last_mut() {
        last.state = state;
    }
    let work = work::of_events(&events, None);
    tables.put_case_work(case.id, &work)?;
    count(tables, decisions(case, &events), 1)?;
    list(tables, case, &work, &events, clocks::claim_facts_of(tables, case.claim, case.payer)?)?;
    Ok(work)
}

/// Takes what a case adds to the history of decisions out of it: what happened to it is about to be something else.
///
/// # Errors
/// Whatever the store says.
pub fn uncount(tables: &mut WriteTables<'_>, id: CaseId) -> Result<(), StoreError> {
    let Some(case) = tables.case(id)? else { return Ok(()) };
    let had = decisions(&case, &tables.case_events(id)?);
    count(tables, had, -1)
}

/// Counts it again, and writes what follows from what happened to it now: where the work stands, and whether it is open.
///
/// # Errors
/// Whatever the store says.
pub fn recount(tables: &mut WriteTables<'_>, id: CaseId) -> Result<(), StoreError> {
    let Some(case) = tables.case(id)? else { return Ok(()) };
    let events = tables.case_events(id)?;
    count(tables, decisions(&case, &events), 1)?;
    let work = work::of_events(&events, None);
    if work == CaseWork::default() {
        tables.remove_case_work(id)?;
    } else {
        tables.put_case_work(id, &work)?;
    }
    // Nothing is left of a case whose denials turned out to be none.
    let claim = clocks::claim_facts_of(tables, case.claim, case.payer)?;
    // Whoever was handed it keeps it.
    let lease = tables.lease(id)?;
    list(tables, &case, &work, &events, claim)?;
    match lease {
        Some(lease) if tables.open_case(id)?.is_some() => tables.put_lease(&lease),
        _ => Ok(()),
    }
}

/// The course of a case.
///
/// # Errors
/// Whatever the store says.
pub fn course_of(tables: &impl ReadPeriods, case: &DenialCase) -> Result<Days, StoreError> {
    let Some(record) = tables.claim(case.claim)? else { return Ok(Vec::new()) };
    let (merged, handlings) = retell::payers_now(tables)?;
    let mut courses = Dossier::open(tables, &record)?.courses(&handlings, &merged);
    let at = courses.iter().position(|days| days.first().is_some_and(|(_, seen)| seen.case.id == case.id));
    Ok(at.map(|at| courses.swap_remove(at)).unwrap_or_default())
}

/// Lists a case as open, or no longer.
fn list(
    tables: &mut WriteTables<'_>,
    case: &DenialCase,
    work: &CaseWork,
    events: &[CaseEvent],
    claim: ClaimFacts,
) -> Result<(), StoreError> {
    match work::open_case(case, work, work::facts(case, events, claim)) {
        Some(open) => tables.put_open_case(&open),
        None => {
            tables.remove_lease(case.id)?;
            tables.remove_open_case(case.id)
        }
    }
}

/// A tally and the place where it counts.
type Decision = (PayerId, crate::domain::Code, u8, odds::Tally);

fn decisions(case: &DenialCase, events: &[CaseEvent]) -> Vec<Decision> {
    let tallies = odds::of_case(case, events).into_iter();
    tallies.map(|(level, tally)| (case.payer, case.reason.code, level, tally)).collect()
}

fn count(tables: &mut WriteTables<'_>, decisions: Vec<Decision>, sign: i64) -> Result<(), StoreError> {
    for (payer, code, level, tally) in decisions {
        let signed = |n: u64| sign * i64::try_from(n).unwrap_or(i64::MAX);
        tables.add_case_odds(payer, code, level, signed(tally.decided), signed(tally.brought))?;
    }
    Ok(())
}

/// What is asked of every case that was denied on a day or before, as it stood at the end of the day; in no order.
///
/// # Errors
/// Whatever the store says.
pub fn as_of<T: Send>(
    tables: &Snapshot,
    day: Date,
    ask: impl Fn(&DenialCase, Date) -> Option<T> + Sync,
) -> Result<Vec<T>, StoreError> {
    let ask = |case: &DenialCase| case.denied_on().filter(|on| *on <= day).and_then(|on| ask(case, on));
    let closed = balances::closed_month(tables, day)?;
    if closed.is_none() && !tables.is_posted_after(day)? {
        return asked_now(tables, ask);
    }
    let denied = |denied: &mut Vec<_>, claim: ClaimId, state: &ClaimState| {
        if !state.cases.is_empty() {
            denied.push((claim, state.outline()));
        }
        Ok(())
    };
    let denied = scan::states(tables, Vec::new, denied)?.concat();
    let read = |denied: &[(ClaimId, ClaimState)]| {
        let mut found = Vec::with_capacity(denied.len());
        for (claim, state) in denied {
            for case in balances::cases_as_of(tables, *claim, state, day, closed)? {
                found.extend(ask(&case));
            }
        }
        Ok(found)
    };
    Ok(scan::in_halves(&denied, read)?.into_iter().flatten().collect())
}

/// The same of every case as it is kept, in no order.
fn asked_now<T: Send>(
    tables: &Snapshot,
    ask: impl Fn(&DenialCase) -> Option<T> + Sync,
) -> Result<Vec<T>, StoreError> {
    let mut cases = Vec::new();
    tables.visit_cases(|case| {
        cases.push(case.id);
        Ok(())
    })?;
    let read = |cases: &[CaseId]| -> Result<Vec<T>, StoreError> {
        let (Some(first), Some(last)) = (cases.first(), cases.last()) else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        tables.visit_denials(*first..=*last, |case| found.extend(ask(case)))?;
        Ok(found)
    };
    Ok(scan::in_halves(&cases, read)?.into_iter().flatten().collect())
}

/// Looks at the work on every case to which anything happened until a day, with what happened.
///
/// # Errors
/// Whatever the store says.
pub fn each_work(
    tables: &impl Read,
    until: Date,
    mut look: impl FnMut(CaseId, &[CaseEvent], &CaseWork),
) -> Result<(), StoreError> {
    let mut of: Option<CaseId> = None;
    let mut events: Vec<CaseEvent> = Vec::new();
    let mut one = |of: Option<CaseId>, events: &mut Vec<CaseEvent>| {
        if let Some(case) = of.filter(|_| !events.is_empty()) {
            look(case, events, &work::of_events(events, None));
        }
        events.clear();
    };
    for item in tables.all_case_events()? {
        let (case, event) = item?;
        if of != Some(case) {
            one(of, &mut events);
            of = Some(case);
        }
        if event.on <= until {
            events.push(event);
        }
    }
    one(of, &mut events);
    Ok(())
}

/// A case with the work on it; nothing for a number that no case has, or whose denials turned out to be none.
///
/// # Errors
/// Whatever the store says.
pub fn with_work(tables: &impl Read, id: CaseId) -> Result<Option<(DenialCase, CaseWork)>, StoreError> {
    let Some(case) = tables.case(id)?.filter(|case| !case.events.is_empty()) else { return Ok(None) };
    let work = tables.case_work(id)?.unwrap_or_default();
    Ok(Some((case, work)))
}

/// What a case may not have: dollars in a closed state that says there are none, and the other way round.
#[must_use]
pub fn disagree(case: &DenialCase, work: &CaseWork) -> bool {
    use crate::denial::moves::{Stage, stage};
    let closed_by_money = stage(work.state) == Stage::Closed && work.state != CaseState::Resolved;
    closed_by_money && case.open() > Money::ZERO
}
