//! Many records at once, on two threads: where every claim stands, the entries of some days. Each is read in
//! place of the one before; see [`Visit`]. What is worth keeping of it, the caller keeps.

use std::ops::RangeInclusive;

use crate::domain::book::ClaimState;
use crate::domain::entry::Entry;
use crate::domain::{ClaimId, Date, EntryId};
use crate::store::{ReadPeriods, Run, Snapshot, StoreError, Visit};

/// Fewer records are read before a second thread would have begun.
const WORTH_A_THREAD: u64 = 20_000;

/// Looks at where every claim stands, and hands out what the threads made of it, those of smaller numbers first.
///
/// # Errors
/// Whatever the store or the visitor says.
pub fn states<T: Send>(
    tables: &Snapshot,
    begin: impl Fn() -> T + Sync,
    visit: impl Fn(&mut T, ClaimId, &ClaimState) -> Result<(), StoreError> + Sync,
) -> Result<Vec<T>, StoreError> {
    of_claims(tables, |claims| {
        let mut made = begin();
        tables.visit_states(claims, |claim, state| visit(&mut made, claim, state))?;
        Ok(made)
    })
}

/// Looks at every entry of some days, by accounting day and then by number, and hands out what the threads made of them,
/// those of earlier days first.
///
/// # Errors
/// Whatever the store says.
pub fn entries<T: Send>(
    tables: &Snapshot,
    from: Option<Date>,
    to: Date,
    begin: impl Fn() -> T + Sync,
    visit: impl Fn(&mut T, EntryId, &Entry) + Sync,
) -> Result<Vec<T>, StoreError> {
    let part = |runs: &[Run]| -> Result<T, StoreError> {
        let mut made = begin();
        tables.visit_runs(runs, |id, entry| visit(&mut made, id, entry))?;
        Ok(made)
    };
    let runs = tables.runs(from, to)?;
    let all: u64 = runs.iter().map(|run| run.count).sum();
    if all < WORTH_A_THREAD {
        return Ok(vec![part(&runs)?]);
    }
    let (first, second) = halves(runs, all / 2);
    let (first, second) = both(|| part(&first), || part(&second))?;
    Ok(vec![first, second])
}

/// The runs of the first entries, so many, and those of the others.
fn halves(mut runs: Vec<Run>, mut first: u64) -> (Vec<Run>, Vec<Run>) {
    let at = runs.iter().position(|run| {
        let whole = run.count <= first;
        first -= if whole { run.count } else { 0 };
        !whole
    });
    let mut second = runs.split_off(at.unwrap_or(runs.len()));
    if let Some(cut) = second.first_mut().filter(|_| first > 0) {
        runs.push(Run { count: first, ..*cut });
        *cut = Run { first: EntryId(cut.first.0 + first), count: cut.count - first, ..*cut };
    }
    (runs, second)
}

/// Does something for the first half of all claims and for the second, at once where there are many.
///
/// # Errors
/// Those of `work`.
pub fn of_claims<T: Send>(
    tables: &Snapshot,
    work: impl Fn(RangeInclusive<ClaimId>) -> Result<T, StoreError> + Sync,
) -> Result<Vec<T>, StoreError> {
    let part = |first: u64, last: u64| work(ClaimId(first)..=ClaimId(last));
    let last = tables.last_claim()?.map_or(0, |id| id.0);
    if last < WORTH_A_THREAD {
        return Ok(vec![part(0, last)?]);
    }
    let (first, second) = both(|| part(0, last / 2), || part(last / 2 + 1, last))?;
    Ok(vec![first, second])
}

/// Does something for the first half of a list and for the second, at once where there are many.
///
/// # Errors
/// Those of `work`.
pub fn in_halves<I: Sync, T: Send>(
    items: &[I],
    work: impl Fn(&[I]) -> Result<T, StoreError> + Sync,
) -> Result<Vec<T>, StoreError> {
    if (items.len() as u64) < WORTH_A_THREAD {
        return Ok(vec![work(items)?]);
    }
    let (first, second) = items.split_at(items.len() / 2);
    let (first, second) = both(|| work(first), || work(second))?;
    Ok(vec![first, second])
}

/// Does two things at once.
///
/// # Errors
/// The first one's, else the second one's.
pub fn both<T, E: Send, U: Send>(
    one: impl FnOnce() -> Result<T, E>,
    other: impl FnOnce() -> Result<U, E> + Send,
) -> Result<(T, U), E> {
    std::thread::scope(|scope| {
        let other = scope.spawn(other);
        let one = one();
        let other = other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        Ok((one?, other?))
    })
}

/// Takes what is a claim's from the beginning of a list that stands in the order of the claims.
pub fn take<'a, K: Ord, T>(list: &mut &'a [(K, T)], claim: &K) -> &'a [(K, T)] {
    let before = list.iter().take_while(|(of, _)| of < claim).count();
    let own = list[before..].iter().take_while(|(of, _)| of == claim).count();
    let (own, others) = list[before..].split_at(own);
    *list = others;
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_cut_in_halves_where_the_middle_is() {
        let on = Date::from_number(739_000);
        let run = |first, count| Run { on, first: EntryId(first), count };
        let runs = || vec![run(1, 3), run(10, 4), run(20, 3)];
        assert_eq!(halves(runs(), 5), (vec![run(1, 3), run(10, 2)], vec![run(12, 2), run(20, 3)]));
        assert_eq!(halves(runs(), 3), (vec![run(1, 3)], vec![run(10, 4), run(20, 3)]));
        assert_eq!(halves(runs(), 10), (runs(), vec![]));
    }
}
