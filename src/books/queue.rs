//! The queue of denial work: every open case in order, and handing one out to one person at a time.

use std::collections::HashSet;

use super::clocks;
use crate::denial::clock::Rules;
use crate::denial::moves::{Stage, stage};
use crate::denial::odds::Odds;
use crate::denial::order::{self, Rank, Turn};
use crate::denial::work;
use crate::domain::case::{CaseState, CaseWork, DenialCase, Lease, OpenCase, same_person};
use crate::domain::{CaseId, Date};
use crate::store::{Read, StoreError, WriteTables};

/// An open case with its place in the order of work; or a closed one, which has none.
#[derive(Clone, Debug)]
pub struct Ranked {
    /// What is asked of the case.
    pub case: OpenCase,
    /// Its place.
    pub rank: Rank,
    /// Whether nothing is left to do.
    pub closed: bool,
}

/// Every case in working order; closed ones last, where they are wanted.
///
/// # Errors
/// Whatever the store says.
pub fn queue(tables: &impl Read, closed: bool, today: Date) -> Result<Vec<Ranked>, StoreError> {
    let (mut queue, _) = first(tables, usize::MAX, today, |_| true)?;
    if closed {
        let (rules, odds) = (clocks::rules(tables)?, Odds::new(tables.case_odds()?));
        for item in tables.cases()? {
            let case = item?;
            let work = tables.case_work(case.id)?.unwrap_or_default();
            if stage(work.state) == Stage::Closed && !case.events.is_empty() {
                queue.push(of_case(tables, &case, &work, &odds, &rules, today)?);
            }
        }
    }
    Ok(queue)
}

/// The first open cases that are wanted, in working order, and how many more are. Only of those that are handed out is the
/// place put into words.
///
/// # Errors
/// Whatever the store says.
pub fn first(
    tables: &impl Read,
    most: usize,
    today: Date,
    wanted: impl Fn(&OpenCase) -> bool,
) -> Result<(Vec<Ranked>, usize), StoreError> {
    let (rules, odds) = (clocks::rules(tables)?, Odds::new(tables.case_odds()?));
    // A turn is three numbers, and a case much more: of a hundred thousand only those that are handed out are kept.
    let mut turns: Vec<Turn> = Vec::new();
    for item in tables.open_cases()? {
        let case = item?;
        if wanted(&case) {
            turns.push(order::place(&case, &odds, &rules, today).turn(case.case));
        }
    }
    let more = turns.len().saturating_sub(most);
    if more > 0 {
        turns.select_nth_unstable(most);
        turns.truncate(most);
    }
    turns.sort_unstable();
    let mut ranked = Vec::with_capacity(turns.len());
    for Turn { case, .. } in turns {
        if let Some(case) = tables.open_case(case)? {
            let rank = order::rank(&case, &odds, &rules, today);
            ranked.push(Ranked { rank, case, closed: false });
        }
    }
    Ok((ranked, more))
}

/// One case with its place.
///
/// # Errors
/// Whatever the store says.
pub fn ranked(
    tables: &impl Read,
    case: &DenialCase,
    work: &CaseWork,
    today: Date,
) -> Result<Ranked, StoreError> {
    let (rules, odds) = (clocks::rules(tables)?, Odds::new(tables.case_odds()?));
    of_case(tables, case, work, &odds, &rules, today)
}

fn of_case(
    tables: &impl Read,
    case: &DenialCase,
    work: &CaseWork,
    odds: &Odds,
    rules: &Rules,
    today: Date,
) -> Result<Ranked, StoreError> {
    let claim = clocks::claim_facts_of(tables, case.claim, case.payer)?;
    let seen = work::seen(case, work, work::facts(case, &tables.case_events(case.id)?, claim));
    Ok(Ranked {
        rank: order::rank(&seen, odds, rules, today),
        closed: stage(work.state) == Stage::Closed,
        case: seen,
    })
}

/// Hands the first case out that is due, wanted, not given to somebody else, and with nobody. `whom` is the user, the
/// time, and until when; times that ran out are forgotten.
///
/// # Errors
/// Whatever the store says.
pub fn hand_out(
    tables: &mut WriteTables<'_>,
    (user, now, until): (&str, i64, i64),
    today: Date,
    wanted: impl Fn(&OpenCase) -> bool,
) -> Result<Option<Ranked>, StoreError> {
    let mut out = HashSet::new();
    for lease in tables.leases()? {
        if lease.until <= now {
            tables.remove_lease(lease.case)?;
        } else {
            out.insert(lease.case);
        }
    }
    let free = |case: &OpenCase| {
        let mine = case.assignee.is_empty() || same_person(&case.assignee, user);
        mine && case.state != CaseState::WriteOffProposed && !out.contains(&case.case) && wanted(case)
    };
    // What is due comes first: where the first is not, nothing is.
    let found = first(tables, 1, today, free)?.0.pop().filter(|ranked| ranked.rank.due);
    if let Some(ranked) = &found {
        tables.put_lease(&Lease { case: ranked.case.case, user: user.to_owned(), until })?;
    }
    Ok(found)
}

/// Hands one case out, unless somebody else has it: then says who, and until when. `whom` as for [`hand_out`].
///
/// # Errors
/// Whatever the store says.
pub fn hold(
    tables: &mut WriteTables<'_>,
    (user, now, until): (&str, i64, i64),
    case: CaseId,
) -> Result<Option<Lease>, StoreError> {
    let other = tables.lease(case)?.filter(|lease| lease.until > now && !lease.is_of(user));
    if other.is_none() {
        tables.put_lease(&Lease { case, user: user.to_owned(), until })?;
    }
    Ok(other)
}

/// Takes a case back from whoever has it, if that is this user.
///
/// # Errors
/// Whatever the store says.
pub fn hand_back(tables: &mut WriteTables<'_>, id: CaseId, user: &str) -> Result<bool, StoreError> {
    let mine = tables.lease(id)?.is_some_and(|lease| lease.is_of(user));
    if mine {
        tables.remove_lease(id)?;
    }
    Ok(mine)
}
