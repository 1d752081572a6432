//! Closing months: the totals and the seal that a closed month keeps, and the proof that nobody touched it since. What
//! should be settled first is in `findings`.

use std::collections::BTreeMap;

use super::balances;
use super::check::Check;
use super::findings::{Finding, findings};
use super::rollforward;
use crate::domain::case::DenialCase;
use crate::domain::deed::{DeedVerb, Fact, Object};
use crate::domain::period::{Accepted, PeriodAct, PeriodBalance, PeriodRecord, Sealing, entry_hash, hex};
use crate::domain::{Account, Code, Date, Money, Month};
use crate::store::{Checksum, Read, ReadPeriods, StoreError, Visit, WriteTables};

/// Why a month cannot be closed or reopened.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// It is closed already.
    #[error("{0} is closed already")]
    IsClosed(Month),
    /// Only a closed month is reopened.
    #[error("{0} is not closed")]
    NotClosed(Month),
    /// Months close in their order.
    #[error("{0} comes first: months are closed in their order")]
    OutOfOrder(Month),
    /// It is not over.
    #[error("{0} is not over")]
    NotOver(Month),
    /// Checks fail that nobody accepted.
    #[error("{0} has open items")]
    Failing(Month, Vec<Finding>),
    /// There is no such check, or it does not fail.
    #[error("no check {0:?} fails, so there is nothing to accept")]
    NothingToAccept(String),
    /// The ledger refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The month to close next: the one after the last closed; nothing where none was closed yet.
///
/// # Errors
/// Whatever the store says.
pub fn next(tables: &impl ReadPeriods) -> Result<Option<Month>, StoreError> {
    Ok(tables.closed_until()?.map(|until| until.month().next()))
}

/// Whether a month may be closed on a day, items to settle left aside.
///
/// # Errors
/// See [`Refusal`].
pub fn closable(tables: &impl ReadPeriods, month: Month, today: Date) -> Result<(), Refusal> {
    if tables.period(month)?.is_some_and(|period| period.closed) {
        return Err(Refusal::IsClosed(month));
    }
    match next(tables)? {
        Some(first) if month < first => return Err(Refusal::IsClosed(month)),
        Some(first) if month != first => return Err(Refusal::OutOfOrder(first)),
        _ => {}
    }
    if month.last_day() >= today { Err(Refusal::NotOver(month)) } else { Ok(()) }
}

/// Who closes or reopens, when, and why.
#[derive(Clone, Copy, Debug)]
pub struct By<'a> {
    /// UTC seconds.
    pub now: i64,
    /// The day.
    pub today: Date,
    /// The user.
    pub user: &'a str,
}

/// Closes a month: nothing is posted into it any more. It keeps its totals, and a seal over its journal and the seal of
/// the month before it. `accept` names failing checks with the reason why the month is closed over them.
///
/// # Errors
/// See [`Refusal`]; nothing was written then.
pub fn close(
    tables: &mut WriteTables<'_>,
    by: By<'_>,
    month: Month,
    accept: &[(String, String)],
) -> Result<PeriodRecord, Refusal> {
    closable(tables, month, by.today)?;
    let findings = findings(&*tables, month)?;
    let accepted = accepted(month, findings, accept)?;
    let before = tables.closed_until()?;
    let (from, previous) = match before {
        Some(until) => (Some(until.plus_days(1)), tables.period(until.month())?.map(|p| p.seal)),
        None => (None, None),
    };
    let mut period = tables.period(month)?.unwrap_or_else(|| blank(month));
    period.closed = true;
    period.previous = previous.unwrap_or_default();
    period.accepted = accepted;
    let sealed = seal(&*tables, month, from, &period.previous)?;
    (period.seal, period.entries) = (sealed.seal, sealed.checksums.len() as u64);
    period.balances = accounts(&*tables, from, month.last_day())?;
    period.lines = rollforward::whole(&*tables, from, month.last_day())?.words();
    let reasons: Vec<String> = period
        .accepted
        .iter()
        .map(|a| format!("accepted {} (items: {}, {}): {}", a.check, a.items, a.amount, a.reason))
        .collect();
    period.acts.push(PeriodAct {
        closed: true,
        at: by.now,
        user: by.user.to_owned(),
        reason: reasons.join("; "),
    });
    keep_cases(tables, month)?;
    tables.put_checksums(month, &sealed.checksums)?;
    tables.put_period(&period)?;
    Ok(period)
}

/// What is recorded of a month that was closed: its seal, and what it was closed over.
#[must_use]
pub fn closed_fact(period: &PeriodRecord) -> Fact {
    let reasons = period.acts.last().map_or("", |act| act.reason.as_str());
    let seal = format!("seal {}", hex(&period.seal));
    let details = if reasons.is_empty() { seal } else { format!("{seal}; {reasons}") };
    Fact { verb: DeedVerb::PeriodClose, on: Object::Month(period.month), details }
}

/// Keeps the denial cases as they stand at the month's end: a payment that moves to another claim later, or a handling
/// that is changed, tells them anew, and must not change what the month said.
fn keep_cases(tables: &mut WriteTables<'_>, month: Month) -> Result<(), StoreError> {
    let mut differing = Vec::new();
    for item in tables.claim_states()? {
        let (claim, state) = item?;
        if state.cases.is_empty() {
            continue;
        }
        let now = balances::cases_as_of(&*tables, claim, &state, month.last_day(), None)?;
        for id in &state.cases {
            let before = tables.closed_case(*id, month)?;
            match (now.iter().find(|case| case.id == *id), before) {
                (Some(case), before) if before.as_ref() != Some(case) => differing.push(case.clone()),
                (None, Some(gone)) if !gone.events.is_empty() => {
                    differing.push(DenialCase { lines: Vec::new(), events: Vec::new(), ..gone });
                }
                _ => {}
            }
        }
    }
    differing.iter().try_for_each(|case| tables.put_closed_case(case, month))
}

/// The failing checks with their reasons; every failing one needs one.
fn accepted(
    month: Month,
    mut findings: Vec<Finding>,
    accept: &[(String, String)],
) -> Result<Vec<Accepted>, Refusal> {
    findings.retain(|finding| !finding.is_settled());
    if let Some((word, _)) = accept.iter().find(|(word, _)| findings.iter().all(|f| f.check != word)) {
        return Err(Refusal::NothingToAccept(word.clone()));
    }
    let (mut done, mut failing) = (Vec::new(), Vec::new());
    for finding in findings {
        match accept.iter().find(|(word, _)| word == finding.check) {
            Some((_, reason)) => done.push(Accepted {
                check: finding.check.to_owned(),
                items: finding.items,
                amount: finding.amount,
                reason: reason.clone(),
            }),
            None => failing.push(finding),
        }
    }
    if failing.is_empty() { Ok(done) } else { Err(Refusal::Failing(month, failing)) }
}

fn blank(month: Month) -> PeriodRecord {
    PeriodRecord {
        month,
        closed: false,
        acts: Vec::new(),
        accepted: Vec::new(),
        entries: 0,
        previous: [0; 32],
        seal: [0; 32],
        balances: Vec::new(),
        lines: Vec::new(),
    }
}

/// Reopens a month and every later one that is closed. What was posted since stays where it is.
///
/// # Errors
/// See [`Refusal`]; nothing was written then.
pub fn reopen(
    tables: &mut WriteTables<'_>,
    by: By<'_>,
    month: Month,
    reason: &str,
) -> Result<(Vec<Month>, Vec<Fact>), Refusal> {
    if !tables.period(month)?.is_some_and(|period| period.closed) {
        return Err(Refusal::NotClosed(month));
    }
    let (mut reopened, mut facts) = (Vec::new(), Vec::new());
    for mut period in tables.periods()?.into_iter().filter(|p| p.closed && p.month >= month).rev() {
        period.closed = false;
        period.acts.push(PeriodAct {
            closed: false,
            at: by.now,
            user: by.user.to_owned(),
            reason: reason.to_owned(),
        });
        tables.put_period(&period)?;
        tables.remove_closed_cases(period.month)?;
        let details = format!("{reason}; the seal was {}", hex(&period.seal));
        facts.push(Fact { verb: DeedVerb::PeriodReopen, on: Object::Month(period.month), details });
        reopened.push(period.month);
    }
    reopened.reverse();
    Ok((reopened, facts))
}

/// A month's seal and the checksums of its entries.
pub(super) struct Sealed {
    pub(super) seal: [u8; 32],
    checksums: Vec<Checksum>,
}

pub(super) fn seal(
    tables: &impl Visit,
    month: Month,
    from: Option<Date>,
    previous: &[u8; 32],
) -> Result<Sealed, StoreError> {
    let mut sealing = Sealing::new(month, previous);
    let mut checksums = Vec::new();
    tables.visit_entries_of_days(from, month.last_day(), |id, entry| {
        let hash = entry_hash(id, entry);
        sealing.add(&hash);
        checksums.push((id, [hash[0], hash[1], hash[2], hash[3]]));
    })?;
    Ok(Sealed { seal: sealing.seal(), checksums })
}

/// Every account with what moved on it and what stands on it at the end.
pub(super) fn accounts(
    tables: &impl ReadPeriods,
    from: Option<Date>,
    end: Date,
) -> Result<Vec<PeriodBalance>, StoreError> {
    let mut sums: BTreeMap<(Account, Code), PeriodBalance> = BTreeMap::new();
    let blank = |(account, code)| PeriodBalance { account, code, moved: Money::ZERO, stands: Money::ZERO };
    for (_, place, amount) in balances::moved_on_accounts(tables, from, end)? {
        sums.entry(place).or_insert_with(|| blank(place)).moved += amount;
    }
    for (place, amount) in balances::accounts(tables, end)? {
        sums.entry(place).or_insert_with(|| blank(place)).stands = amount;
    }
    Ok(sums.into_values().collect())
}

/// The proof that closed months are what was sealed: the journal of each, its totals, and the chain.
///
/// # Errors
/// Whatever the store says.
pub fn verify(tables: &impl Visit) -> Result<Check, StoreError> {
    let mut check = Check::new("sealed-months");
    let (mut from, mut previous) = (None, [0; 32]);
    for period in tables.periods()?.into_iter().filter(|period| period.closed) {
        let month = period.month;
        check
            .see(period.previous == previous, || format!("{month} was not sealed after the month before it"));
        let sealed = seal(tables, month, from, &period.previous)?;
        let mut problems = Vec::new();
        if sealed.seal != period.seal {
            problems = differences(month, &tables.checksums(month)?, &sealed.checksums);
            if problems.is_empty() {
                problems.push(format!("{month} is not what was sealed, though no entry of it differs"));
            }
        }
        check.checked += sealed.checksums.len() as u64;
        check.see(problems.is_empty(), || problems.join("; "));
        let same = period.balances == accounts(tables, from, month.last_day())?
            && period.lines == rollforward::whole(tables, from, month.last_day())?.words();
        check.see(same, || format!("{month}: the totals are not those it was closed with"));
        from = Some(month.last_day().plus_days(1));
        previous = period.seal;
    }
    Ok(check)
}

/// Which entries of a month are not what was sealed.
fn differences(month: Month, sealed: &[Checksum], found: &[Checksum]) -> Vec<String> {
    /// So many are named.
    const MOST: usize = 10;
    let was: BTreeMap<_, _> = sealed.iter().copied().collect();
    let is: BTreeMap<_, _> = found.iter().copied().collect();
    let changed = was.iter().filter_map(|(id, checksum)| match is.get(id) {
        Some(now) if now == checksum => None,
        Some(_) => Some(format!("{month}: entry {id} is not what was sealed")),
        None => Some(format!("{month}: entry {id} was sealed and is not there")),
    });
    let added = is.keys().filter(|id| !was.contains_key(id));
    let added = added.map(|id| format!("{month}: entry {id} was not there when the month was sealed"));
    changed.chain(added).take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::entry::Entry;
    use crate::store::tests::periods::{book, of, tamper, write};

    #[test]
    fn one_cent_changed_in_a_closed_month_is_found_and_named() {
        let book = book();
        write(&book, |tables| {
            for on in ["2026-03-02", "2026-03-09", "2026-04-01"] {
                tables.append_entry(&of(on), None)?;
            }
            Ok(())
        });
        let by = By { now: 1_774_000_000, today: Date::parse_iso("2026-06-01").expect("a day"), user: "kim" };
        for month in ["2026-03", "2026-04"] {
            let month = Month::parse(month).expect("a month");
            let mut writer = book.write(Duration::ZERO).expect("mine");
            close(&mut writer.tables(), by, month, &[]).expect("closed");
            writer.commit().expect("committed");
        }
        let problems = || verify(&book.read().expect("read")).expect("verified").problems;
        assert!(problems().is_empty(), "{:?}", problems());
        // Balanced, so that nothing but the seal can tell.
        let mut changed = of("2026-03-09");
        changed.postings[0].amount += Money::from_cents(1);
        changed.postings[1].amount += Money::from_cents(-1);
        tamper(&book, 2, &changed);
        assert_eq!(problems(), ["2026-03: entry 2 is not what was sealed"]);
        tamper(&book, 2, &of("2026-03-09"));
        assert!(problems().is_empty());
        let memo = Entry { memo: "another word".into(), ..of("2026-04-01") };
        tamper(&book, 3, &memo);
        assert_eq!(problems(), ["2026-04: entry 3 is not what was sealed"]);
    }
}
