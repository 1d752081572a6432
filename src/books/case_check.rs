//! Proof that denial cases are true: their dollars against the journal, the work against its events, and the lists that
//! are derived from both.

use std::collections::{BTreeMap, HashSet};

use super::check::Check;
use super::clocks;
use super::denials;
use crate::denial::course::{self, Days};
use crate::denial::odds;
use crate::denial::work::{facts, is_open, of_events, open_case};
use crate::domain::case::{CaseEvent, DenialCase};
use crate::domain::entry::{Entry, Source};
use crate::domain::{Account, CaseId, ClaimId, Code, EntryId, Money, PayerId};
use crate::posting::entries::{PAYER_MERGED, is_correction};
use crate::store::{Read, Snapshot, StoreError};

/// What the journal says about refused money of one claim.
#[derive(Clone, Copy, Debug, Default)]
struct Refused {
    /// In the denied bucket.
    denied: Money,
    /// In the hold bucket; not all of it was denied.
    hold: Money,
    /// Taken out of the hold bucket by persons.
    off_hold: Money,
    /// Written off from what was denied.
    given_up: Money,
    /// Written off from the hold bucket, and from where dollars wait that payers may have taken back.
    given_up_of_others: Money,
}

/// What the cases of a claim add up to, against the claim's entries.
pub(super) fn dollars(check: &mut Check, id: ClaimId, cases: &[DenialCase], entries: &[(EntryId, Entry)]) {
    let said = refused(entries);
    // Below zero stands what a person gave up of a denial that is no more: its remittance was taken back since.
    if cases.is_empty() && !said.denied.is_positive() {
        return;
    }
    let sum = |of: fn(&DenialCase) -> Money| cases.iter().map(of).sum::<Money>();
    let lines = || cases.iter().flat_map(|case| &case.lines);
    let standing = sum(DenialCase::standing) - lines().map(|l| l.excess).sum::<Money>();
    check.see(
        said.denied <= standing && standing <= said.denied + said.hold.max(Money::ZERO) + said.off_hold,
        || {
            format!(
                "claim {id}: its cases have {standing} open, {} stands as denied, {} on hold",
                said.denied, said.hold
            )
        },
    );
    let given_up = sum(DenialCase::written_off);
    let written_off = said.given_up..=said.given_up + said.given_up_of_others.max(Money::ZERO);
    check.see(cases.is_empty() || written_off.contains(&given_up), || {
        format!("claim {id}: its cases have {given_up} written off, its entries {}", said.given_up)
    });
    for line in lines() {
        let won = line.recovered + line.open;
        check.see(won <= line.denied && !line.open.is_negative() && !line.recovered.is_negative(), || {
            format!("claim {id} line {}: {} was denied, {won} is open or paid", line.line, line.denied)
        });
    }
}

/// Where the cases of a claim stand, against what payers said and persons did day by day; and what acts on them moved, against
/// the journal.
///
/// # Errors
/// Whatever the store says.
pub(super) fn states(
    tables: &Snapshot,
    check: &mut Check,
    cases: &[DenialCase],
    courses: &[Days],
) -> Result<(), StoreError> {
    for case in cases {
        let id = case.id;
        let own = |days: &&Days| days.first().is_some_and(|(_, seen)| seen.case.id == id);
        let days = courses.iter().find(own);
        // One that turned out to be none has no course.
        check.see(days.is_some() != case.events.is_empty(), || match days {
            Some(_) => format!("case {id} has no denial, and the claim's answers have"),
            None => format!("case {id} has denials that the claim's answers do not have"),
        });
        let events = tables.case_events(id)?;
        let kept = tables.case_work(id)?.unwrap_or_default().state;
        let told = days.map_or(kept, |days| course::state(days, &events));
        check.see(kept == told, || {
            format!("case {id} is {kept}; by what payers said and persons did it is {told}")
        });
        for event in &events {
            let Some(entry) = event.entry else { continue };
            let moved = tables.entry(entry)?.map(|(entry, _)| {
                let legs = entry.postings.iter().map(|posting| posting.amount);
                legs.filter(|amount| amount.is_positive()).sum::<Money>()
            });
            check.see(moved.is_some() && moved == event.about.amount, || {
                format!("case {id}: {} is not what entry {entry} moved", event.act)
            });
        }
    }
    Ok(())
}

fn refused(entries: &[(EntryId, Entry)]) -> Refused {
    let mut said = Refused::default();
    let mut by_payers: BTreeMap<(Account, PayerId), Money> = BTreeMap::new();
    // What persons did about a payer that is another now is that one's: no dollars move.
    let moves = |e: &Entry| e.claim.is_some() && e.rule != PAYER_MERGED;
    for (_, entry) in entries.iter().filter(|(_, e)| moves(e)) {
        let gives_up = entry.postings.iter().any(|p| p.account.is_writeoff());
        // What later answers made of a person's act is the act's, and so is taking that back again.
        let corrects = |of: EntryId| entries.iter().any(|(id, e)| *id == of && is_correction(e));
        let by_person = matches!(entry.source, Source::Manual | Source::Transfer)
            || is_correction(entry)
            || entry.reverses.is_some_and(corrects);
        for p in &entry.postings {
            match p.account {
                Account::Denied | Account::Hold if !by_person => {
                    *by_payers.entry((p.account, p.payer)).or_default() += p.amount;
                }
                Account::Denied => {
                    said.denied += p.amount;
                    said.given_up -= if gives_up { p.amount } else { Money::ZERO };
                }
                Account::Hold => {
                    said.hold += p.amount;
                    said.off_hold += (-p.amount).max(Money::ZERO);
                    said.given_up_of_others -= if gives_up { p.amount } else { Money::ZERO };
                }
                Account::Open | Account::Next if by_person && gives_up => said.given_up_of_others -= p.amount,
                _ => {}
            }
        }
    }
    for ((account, _), amount) in by_payers {
        let sum = if account == Account::Denied { &mut said.denied } else { &mut said.hold };
        *sum += amount.max(Money::ZERO);
    }
    said
}

/// The work on every case, the list of open ones, leases and the history of decisions.
pub(super) fn work(tables: &Snapshot) -> Result<Vec<Check>, StoreError> {
    let (mut work, mut open) = (Check::new("case-work"), Check::new("open-cases"));
    let (mut leases, mut history) = (Check::new("case-leases"), Check::new("case-odds"));
    let (mut seen, mut listed) = (HashSet::new(), 0);
    let mut odds: BTreeMap<(PayerId, Code, u8), (u64, u64)> = BTreeMap::new();
    let mut events = Events::read(tables)?;
    for item in tables.cases()? {
        let case = item?;
        let id = case.id;
        seen.insert(id);
        let events = events.remove(id);
        let kept = tables.case_work(id)?.unwrap_or_default();
        work.see(of_events(&events, None) == kept, || {
            format!("case {id}: its events do not add up to its work")
        });
        work.see(!denials::disagree(&case, &kept), || {
            format!("case {id} is {} with {} open", kept.state, case.open())
        });
        let wanted = match is_open(&case, &kept) {
            true => {
                let claim = clocks::claim_facts_of(tables, case.claim, case.payer)?;
                open_case(&case, &kept, facts(&case, &events, claim))
            }
            false => None,
        };
        listed += u64::from(wanted.is_some());
        open.see(tables.open_case(id)? == wanted, || format!("case {id} is wrongly listed as open"));
        for (level, tally) in odds::of_case(&case, &events) {
            let sum = odds.entry((case.payer, case.reason.code, level)).or_default();
            sum.0 += tally.decided;
            sum.1 += tally.brought;
        }
    }
    for id in events.0.keys() {
        work.see(false, || format!("something is noted on case {id}, which is missing"));
    }
    let count = tables.open_cases()?.count() as u64;
    open.see(count == listed, || format!("{count} cases are listed as open, {listed} are"));
    for lease in tables.leases()? {
        let fine = tables.open_case(lease.case)?.is_some() && !lease.user.is_empty();
        leases.see(fine, || format!("case {} was handed out and is not open", lease.case));
    }
    let kept: BTreeMap<_, _> = tables.case_odds()?.into_iter().collect();
    history.checked = kept.len() as u64;
    history.see(kept == odds, || "what cases brought is not what their events say".to_owned());
    Ok(vec![work, open, leases, history])
}

/// The events of all cases; a case takes its own away.
struct Events(BTreeMap<CaseId, Vec<CaseEvent>>);

impl Events {
    fn read(tables: &Snapshot) -> Result<Events, StoreError> {
        let mut all: BTreeMap<CaseId, Vec<CaseEvent>> = BTreeMap::new();
        for item in tables.all_case_events()? {
            let (case, event) = item?;
            all.entry(case).or_default().push(event);
        }
        Ok(Events(all))
    }

    fn remove(&mut self, case: CaseId) -> Vec<CaseEvent> {
        self.0.remove(&case).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Date;
    use crate::domain::case::{CaseAct, CaseState, CaseWork};

    #[test]
    fn a_closed_case_has_no_dollars() {
        let mut case = DenialCase {
            id: CaseId(1),
            claim: ClaimId(1),
            payer: PayerId(1),
            reason: crate::domain::entry::Reason { group: None, code: Code::NONE },
            remarks: Vec::new(),
            lines: vec![crate::domain::case::DeniedLine { open: Money::from_cents(1), ..Default::default() }],
            events: Vec::new(),
        };
        let of = |state| {
            let event = CaseEvent::new(CaseAct::Paid, state, Date::from_number(1), 0, "");
            of_events(&[event], None)
        };
        assert!(denials::disagree(&case, &of(CaseState::Recovered)));
        assert!(!denials::disagree(&case, &of(CaseState::Resolved)), "a person may close it as it is");
        assert!(!denials::disagree(&case, &CaseWork::default()));
        case.lines.clear();
        assert!(!denials::disagree(&case, &of(CaseState::Recovered)));
    }
}
