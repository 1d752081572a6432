//! The queue of denial work as it stood on a past day: cases from what was posted by then, the work from what was done by
//! then, and the odds from how cases had ended by then. Read from the whole ledger; today's queue is in `queue`.

use std::collections::HashMap;

use super::queue::Ranked;
use super::{balances, clocks, denials};
use crate::denial::moves::{Stage, stage};
use crate::denial::odds::{self, Odds};
use crate::denial::{order, work};
use crate::domain::case::{CaseEvent, CaseWork, DenialCase};
use crate::domain::{CaseId, Date};
use crate::store::{ReadPeriods, StoreError};

/// A case as it stood on a day.
#[derive(Clone, Debug)]
pub struct Then {
    /// What was denied by then, and what had become of it.
    pub case: DenialCase,
    /// What was done by then.
    pub events: Vec<CaseEvent>,
    /// What that added up to.
    pub work: CaseWork,
    /// Its place.
    pub ranked: Ranked,
}

/// Every case of a day in the working order of that day; those that were closed last. The rules of deadlines are those that
/// are confirmed now.
///
/// # Errors
/// Whatever the store says.
pub fn queue_then(tables: &impl ReadPeriods, day: Date) -> Result<Vec<Then>, StoreError> {
    let mut works: HashMap<CaseId, (Vec<CaseEvent>, CaseWork)> = HashMap::new();
    denials::each_work(tables, day, |case, events, work| {
        works.insert(case, (events.to_vec(), work.clone()));
    })?;
    let cases = cases(tables, day)?;
    let decisions = cases.iter().flat_map(|case| {
        let events = works.get(&case.id).map_or(&[][..], |(events, _)| events);
        let tallies = odds::of_case(case, events).into_iter();
        tallies.map(|(level, tally)| ((case.payer, case.reason.code, level), (tally.decided, tally.brought)))
    });
    let (odds, rules) = (Odds::new(decisions), clocks::rules(tables)?);
    let mut queue = Vec::with_capacity(cases.len());
    for case in cases {
        let (events, work) = works.remove(&case.id).unwrap_or_default();
        let claim = clocks::claim_facts_of(tables, case.claim, case.payer)?;
        let seen = work::seen(&case, &work, work::facts(&case, &events, claim));
        let rank = order::rank(&seen, &odds, &rules, day);
        let ranked = Ranked { case: seen, rank, closed: stage(work.state) == Stage::Closed };
        queue.push(Then { case, events, work, ranked });
    }
    queue.sort_by(|a, b| {
        let (one, other) = (&a.ranked, &b.ranked);
        match (one.closed, other.closed) {
            (false, false) => order::before((&one.case, &one.rank), (&other.case, &other.rank)),
            (true, true) => a.case.id.cmp(&b.case.id),
            (closed, other) => closed.cmp(&other),
        }
    });
    Ok(queue)
}

fn cases(tables: &impl ReadPeriods, day: Date) -> Result<Vec<DenialCase>, StoreError> {
    let closed = balances::closed_month(tables, day)?;
    let mut cases = Vec::new();
    for item in tables.claim_states()? {
        let (claim, state) = item?;
        if !state.cases.is_empty() {
            let then = balances::cases_as_of(tables, claim, &state, day, closed)?;
            cases.extend(then.into_iter().filter(|case| case.denied_on().is_some_and(|on| on <= day)));
        }
    }
    Ok(cases)
}
