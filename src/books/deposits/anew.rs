//! Matches that a later one ended, and that count again once that one is taken back: the bank took the money back after all
//! not, or what came for the rest belongs elsewhere.

use super::difference::{self, Booking};
use crate::books::retell::Hand;
use crate::domain::book::RemitStatus;
use crate::domain::deposit::Settlement;
use crate::domain::{DepositId, RemitId};
use crate::store::{Read, ReadDeposits, StoreError, WriteTables};

/// Why a match ended that another one took the place of.
pub(super) fn took_back(went: DepositId) -> String {
    format!("deposit {went} took it back")
}

/// The same where more money came for the rest of it.
pub(super) fn came_for_rest(came: DepositId) -> String {
    format!("deposit {came} came for the rest")
}

/// What became of a match that had ended for one that is taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Earlier {
    /// It counts again.
    Again(Settlement),
    /// A remittance of it is out of the books, or has its money from elsewhere by now.
    Gone(Settlement, RemitId),
}

/// Lets the matches count again that had ended for one that was just taken back, from the day on which they ended.
pub(super) fn give_back(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    undone: &Settlement,
) -> Result<Vec<Earlier>, StoreError> {
    let words: Vec<String> =
        undone.deposits.iter().flat_map(|id| [took_back(*id), came_for_rest(*id)]).collect();
    let mut earlier: Vec<Settlement> = Vec::new();
    for deposit in &undone.deposits {
        for by in tables.settlements_of_deposit(*deposit)? {
            let ended_for_it = by.is_undone() && by.id < undone.id;
            if ended_for_it && words.iter().any(|words| by.reason.ends_with(words.as_str())) {
                earlier.push(by);
            }
        }
    }
    earlier.sort_by_key(|by| by.id);
    earlier.dedup_by_key(|by| by.id);
    // Of those that ended for one deposit the last: what was matched before it was undone by hand.
    let mut found = Vec::new();
    while let Some(by) = earlier.pop() {
        earlier.retain(|other| other.deposits.iter().all(|id| !by.deposits.contains(id)));
        found.push(again(tables, hand, by)?);
    }
    found.reverse();
    Ok(found)
}

fn again(tables: &mut WriteTables<'_>, hand: &Hand<'_>, by: Settlement) -> Result<Earlier, StoreError> {
    for id in &by.remits {
        let stands = tables.remit(*id)?.is_some_and(|remit| remit.status == RemitStatus::Posted);
        let is_free = tables.settlements_of_remit(*id)?.iter().all(Settlement::is_undone);
        if !stands || !is_free {
            return Ok(Earlier::Gone(by.clone(), *id));
        }
    }
    let account = difference::booked_to(tables, by.id)?;
    let on = tables.open_day(by.undone_on.map_or(by.on, |day| day.max(by.on)));
    let own = by.reason.rfind("undone by ").map_or(by.reason.as_str(), |at| &by.reason[..at]);
    let reason = own.trim_end_matches([';', ' ']);
    let anew = Settlement {
        id: tables.next_settlement_id()?,
        reason: reason.to_owned(),
        on,
        undone_on: None,
        user: hand.user.to_owned(),
        recorded_at: hand.now,
        ..by
    };
    tables.put_settlement(&anew)?;
    difference::book(tables, hand, &anew, account.map_or(Booking::Open, Booking::To))?;
    Ok(Earlier::Again(anew))
}
