//! Days from denials to appeals, which denials were appealed, when persons closed some by hand, and what the work on each says
//! of its end: what happened to the cases until a day.

use std::collections::{HashMap, HashSet};

use crate::books::denials;
use crate::denial::work::of_events;
use crate::domain::case::{CaseAct, CaseState, DenialCase};
use crate::domain::{CaseId, Date, Month};
use crate::report::kpi::DenialDays;
use crate::report::recovery::Word;
use crate::store::{Read, ReadPeriods, Snapshot, StoreError};

/// What happened to denials in a span, and which had been appealed by its end.
#[derive(Default)]
pub(super) struct Found {
    /// Days, added up.
    pub(super) days: DenialDays,
    /// Every denial that was appealed, whenever that was.
    pub(super) appealed: HashSet<CaseId>,
    /// Denials that persons had closed as they were, and when.
    pub(super) closed_by_hand: HashMap<CaseId, Date>,
    /// What the work on each said of its end by the last day, and by the day before the first.
    pub(super) words: [HashMap<CaseId, Word>; 2],
}

/// Reads it; `closed` is the closed month that the last day ended.
///
/// # Errors
/// Whatever the store says.
pub(super) fn read(
    tables: &Snapshot,
    (from, to): (Date, Date),
    closed: Option<Month>,
) -> Result<Found, StoreError> {
    let within = |day: &Date| (from..=to).contains(day);
    let mut found = Found::default();
    let mut happened: Vec<(CaseId, Vec<Date>)> = Vec::new();
    denials::each_work(tables, to, |case, events, work| {
        let before = of_events(events, Some(from.minus_days(1))).state;
        for (words, state) in found.words.iter_mut().zip([work.state, before]) {
            words.extend(Some((case, Word::of(state))).filter(|(_, word)| *word != Word::None));
        }
        let appeals: Vec<Date> = events.iter().filter(|e| e.act == CaseAct::Appeal).map(|e| e.on).collect();
        if !appeals.is_empty() {
            found.appealed.insert(case);
        }
        if work.state == CaseState::Resolved {
            let last = events.iter().rev().find(|event| event.act == CaseAct::Resolve);
            found.closed_by_hand.extend(last.map(|event| (case, event.on)));
        }
        let appeals: Vec<Date> = appeals.into_iter().filter(within).collect();
        if !appeals.is_empty() {
            happened.push((case, appeals));
        }
    })?;
    for (id, appeals) in happened {
        let case = match closed {
            Some(month) => tables.closed_case(id, month)?,
            None => tables.case(id)?,
        };
        let Some(case) = case.filter(|case| !case.events.is_empty()) else { continue };
        for on in appeals {
            found.days.appeals += 1;
            found.days.to_appeal += since_denial(&case, on);
        }
    }
    Ok(found)
}

/// Days from the latest denial that an appeal may speak of.
fn since_denial(case: &DenialCase, on: Date) -> i64 {
    let before = case.events.iter().map(|event| event.on).filter(|denied| *denied <= on).max();
    before.map_or(0, |denied| i64::from(on.days_since(denied)))
}
