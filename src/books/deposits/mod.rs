//! Movements of the bank in the books: taken in once, settled by remittances or by a person's words, never edited.
//!
//! A movement is open, matched or explained; which of them, on which day, is told by `standing`. What must be settled
//! before a month is closed is counted by [`open_until`]. The proof that the tables agree is in `check`. Remittances bring
//! their cash with them, and this says whether the bank has seen it; only a difference between the two is posted here.

mod anew;
mod check;
pub mod difference;
pub mod returned;
mod standing;

use std::collections::HashMap;

pub use anew::Earlier;
pub use check::check;
use difference::Booking;
pub use standing::{OpenMoney, Standing, awaited, awaits_money, movements, open_until};

use super::retell::Hand;
use crate::bank::trace;
use crate::domain::book::{FileRecord, Origin};
use crate::domain::deposit::{BankLine, Deposit, Settlement};
use crate::domain::{Date, DepositId, FileId, Money, RemitId};
use crate::store::{Read, ReadDeposits, StoreError, WriteTables};

/// Why something cannot be done.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The ledger refuses.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no such movement.
    #[error("there is no deposit {0}")]
    NoDeposit(DepositId),
    /// There is no such remittance.
    #[error("there is no remittance {0}")]
    NoRemit(RemitId),
    /// The movement belongs to something already.
    #[error("deposit {0} is {1} already")]
    Settled(DepositId, &'static str),
    /// The remittance's money was found already.
    #[error("the money of remittance {0} was found already, in deposit {1}")]
    RemitSettled(RemitId, DepositId),
    /// The sums do not agree, and nobody said why.
    #[error("the remittances paid {paid}, the deposits are {came}: the difference is {}", *paid - *came)]
    Unequal {
        /// By the remittances.
        paid: Money,
        /// To the bank.
        came: Money,
    },
    /// Nothing to undo.
    #[error("deposit {0} belongs to nothing")]
    Open(DepositId),
    /// The one does not take back the other.
    #[error("deposit {0} does not take back deposit {1}: the amounts are not opposite")]
    NoReturn(DepositId, DepositId),
    /// A person must say why.
    #[error("a reason is needed")]
    NoReason,
}

/// What became of the movements of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// New ones.
    pub added: u64,
    /// Known from another file.
    pub duplicates: u64,
    /// What the new ones sum to.
    pub amount: Money,
}

/// What makes two movements the same: account, day, amount and the bank's number for it. Where the bank gives none, what
/// it wrote stands in.
fn key(line: &BankLine, on: Date) -> String {
    let reference = trace::comparable(&line.reference);
    let words = if reference.is_empty() {
        format!("{} {}", trace::comparable(&line.trace), trace::comparable(&line.text))
    } else {
        reference
    };
    // Keys of the store have no need to be longer.
    let words: String = words.chars().take(120).collect();
    format!("{}|{on}|{}|{words}", line.account, line.amount.cents())
}

/// The key of a movement that is in the books.
fn key_of(deposit: &Deposit) -> String {
    let line = BankLine {
        account: deposit.account.clone(),
        on: Some(deposit.on),
        amount: deposit.amount,
        kind: String::new(),
        reference: deposit.reference.clone(),
        trace: deposit.trace.clone(),
        text: deposit.text.clone(),
        line: 0,
    };
    key(&line, deposit.on)
}

/// Takes in the movements of a file. Where a file holds as many of one key as the books do, it brings nothing new: two
/// equal movements of one day are two only where one file says so.
///
/// # Errors
/// The ledger refuses.
pub fn record(
    tables: &mut WriteTables<'_>,
    file: &FileRecord,
    lines: &[BankLine],
) -> Result<Recorded, StoreError> {
    let mut done = Recorded::default();
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for line in lines {
        let Some(on) = line.on else { continue };
        let found = trace::find(&line.text.split('\n').collect::<Vec<_>>());
        let found =
            found.unwrap_or_else(|| trace::Trace { number: line.trace.clone(), payer: String::new() });
        let mut deposit = Deposit {
            id: DepositId(0),
            account: line.account.clone(),
            on,
            posted_on: tables.open_day(on),
            amount: line.amount,
            kind: line.kind.clone(),
            reference: line.reference.clone(),
            trace: found.number,
            payer_trace_id: found.payer,
            text: line.text.replace('\n', " "),
            origin: Origin { file: file.id, segment: line.line },
        };
        // Of what is kept, so that it can be proved later.
        let key = key_of(&deposit);
        let before = match known.get(&key) {
            Some(count) => *count,
            None => tables.deposits_by_key(&key)?.len(),
        };
        known.insert(key.clone(), before);
        let nth = seen.entry(key.clone()).or_default();
        *nth += 1;
        if *nth <= before {
            done.duplicates += 1;
            continue;
        }
        deposit.id = tables.next_deposit_id()?;
        tables.put_deposit(&deposit, &key)?;
        done.added += 1;
        done.amount += deposit.amount;
    }
    Ok(done)
}

/// Remembers a bank's file, so that the same bytes are known at a glance.
///
/// # Errors
/// The ledger refuses.
pub fn remember(
    tables: &mut WriteTables<'_>,
    sha256: [u8; 32],
    name: &str,
    kind: &str,
    now: i64,
) -> Result<FileRecord, StoreError> {
    let file = FileRecord {
        id: tables.next_file_id()?,
        sha256,
        name: name.to_owned(),
        kind: kind.to_owned(),
        imported_at: now,
        complete: true,
        remits: Vec::new(),
    };
    tables.put_file(&file)?;
    Ok(file)
}

/// What movements belong to, as somebody decides it.
#[derive(Clone, Debug, Default)]
pub struct Decision<'a> {
    /// The movements.
    pub deposits: Vec<DepositId>,
    /// The remittances; none for what a person explains.
    pub remits: Vec<RemitId>,
    /// The rule that found it.
    pub rule: &'a str,
    /// Why. Needed where sums differ, and where there are no remittances.
    pub reason: &'a str,
    /// Where a difference goes.
    pub booking: Booking,
}

/// Settles movements. It counts from the last of their days and those of the remittances on. A match of which the rest was
/// still to come goes on in it.
///
/// # Errors
/// See [`Refusal`].
pub fn settle(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    decision: &Decision<'_>,
) -> Result<Settlement, Refusal> {
    let (mut came, mut paid) = (Money::ZERO, Money::ZERO);
    let mut on: Option<Date> = None;
    let mut later = |day: Date| on = Some(on.map_or(day, |on| on.max(day)));
    let (mut deposits, mut remits) = (decision.deposits.clone(), decision.remits.clone());
    in_order(&mut deposits);
    in_order(&mut remits);
    let goes_on = awaiting_rest(tables, &deposits, &remits)?;
    let joined = |by: &Settlement| goes_on.iter().any(|other| other.id == by.id);
    let first = deposits.iter().find(|id| goes_on.iter().all(|by| !by.deposits.contains(id)));
    let first = first.or(deposits.first()).copied().unwrap_or_default();
    for by in &goes_on {
        deposits.extend(&by.deposits);
        remits.extend(&by.remits);
    }
    in_order(&mut deposits);
    in_order(&mut remits);
    for id in &deposits {
        let deposit = tables.deposit(*id)?.ok_or(Refusal::NoDeposit(*id))?;
        deposit_is_free(tables, *id, joined)?;
        came += deposit.amount;
        later(deposit.posted_on);
    }
    for id in &remits {
        let remit = tables.remit(*id)?.ok_or(Refusal::NoRemit(*id))?;
        remit_is_free(tables, *id, joined)?;
        paid += remit.header.paid;
        later(remit.posted_on);
    }
    let explained = remits.is_empty();
    let difference = if explained { Money::ZERO } else { paid - came };
    if decision.reason.trim().is_empty() {
        if explained {
            return Err(Refusal::NoReason);
        }
        if !difference.is_zero() {
            return Err(Refusal::Unequal { paid, came });
        }
    }
    let settlement = Settlement {
        id: tables.next_settlement_id()?,
        deposits,
        remits,
        difference,
        rule: decision.rule.to_owned(),
        reason: decision.reason.trim().to_owned(),
        on: tables.open_day(on.unwrap_or(Date::from_number(0))),
        undone_on: None,
        user: hand.user.to_owned(),
        recorded_at: hand.now,
    };
    for by in goes_on {
        let day = settlement.on.max(by.on);
        count_no_longer(tables, hand, by, day, &anew::came_for_rest(first))?;
    }
    tables.put_settlement(&settlement)?;
    difference::book(tables, hand, &settlement, decision.booking)?;
    Ok(settlement)
}

fn in_order<T: Ord>(list: &mut Vec<T>) {
    list.sort_unstable();
    list.dedup();
}

/// Refuses a movement that belongs to something else than the settlements that are `joined`.
fn deposit_is_free(
    tables: &impl Read,
    id: DepositId,
    joined: impl Fn(&Settlement) -> bool,
) -> Result<(), Refusal> {
    let mut by = tables.settlements_of_deposit(id)?.into_iter().filter(|by| !by.is_undone());
    by.find(|by| !joined(by)).map_or(Ok(()), |by| Err(Refusal::Settled(id, standing::word(&by))))
}

/// The same of a remittance.
fn remit_is_free(
    tables: &impl Read,
    id: RemitId,
    joined: impl Fn(&Settlement) -> bool,
) -> Result<(), Refusal> {
    let mut by = tables.settlements_of_remit(id)?.into_iter().filter(|by| !by.is_undone());
    let by = by.find(|by| !joined(by));
    by.map_or(Ok(()), |by| Err(Refusal::RemitSettled(id, by.deposits.first().copied().unwrap_or_default())))
}

/// The matches of these movements or remittances of which a person said that the rest is still to come.
fn awaiting_rest(
    tables: &impl Read,
    deposits: &[DepositId],
    remits: &[RemitId],
) -> Result<Vec<Settlement>, StoreError> {
    let mut found: Vec<Settlement> = Vec::new();
    let of_deposits = deposits.iter().map(|id| tables.settlements_of_deposit(*id));
    let of_remits = remits.iter().map(|id| tables.settlements_of_remit(*id));
    for by in of_deposits.chain(of_remits).collect::<Result<Vec<_>, _>>()?.into_iter().flatten() {
        let is_new = found.iter().all(|known| known.id != by.id);
        let waits = !by.is_undone() && !by.remits.is_empty() && !by.difference.is_zero();
        if is_new && waits && tables.booked_difference(by.id)?.is_none() && !remits.is_empty() {
            found.push(by);
        }
    }
    Ok(found)
}

/// A settlement that a person undid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undone {
    /// The settlement.
    pub settlement: Settlement,
    /// The matches that it had ended.
    pub earlier: Vec<Earlier>,
}

/// Undoes what a movement belongs to, as if it had never been: a match that had ended for it counts again.
///
/// # Errors
/// See [`Refusal`].
pub fn undo(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    id: DepositId,
    reason: &str,
) -> Result<Undone, Refusal> {
    tables.deposit(id)?.ok_or(Refusal::NoDeposit(id))?;
    let all = tables.settlements_of_deposit(id)?;
    let settlement = all.into_iter().find(|by| !by.is_undone()).ok_or(Refusal::Open(id))?;
    if reason.trim().is_empty() {
        return Err(Refusal::NoReason);
    }
    // A closed month keeps what it said.
    let on = tables.open_day(settlement.on);
    let settlement = count_no_longer(tables, hand, settlement, on, reason.trim())?;
    let earlier = anew::give_back(tables, hand, &settlement)?;
    Ok(Undone { settlement, earlier })
}

/// Lets what a remittance was settled by settle another one, which took its place. A difference that was booked is booked
/// again where it is the same; else it is for a person to see.
///
/// # Errors
/// The ledger refuses.
pub(super) fn pass_on(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    from: RemitId,
    to: RemitId,
) -> Result<(), StoreError> {
    for by in tables.settlements_of_remit(from)?.into_iter().filter(|by| !by.is_undone()) {
        let account = difference::booked_to(tables, by.id)?;
        let (on, words) = (tables.open_day(by.on), format!("remittance {to} took the place of {from}"));
        count_no_longer(tables, hand, by.clone(), on, &words)?;
        let mut remits: Vec<RemitId> =
            by.remits.iter().map(|id| if *id == from { to } else { *id }).collect();
        remits.sort_unstable();
        remits.dedup();
        let (mut paid, mut came) = (Money::ZERO, Money::ZERO);
        for id in &remits {
            paid += tables.remit(*id)?.map(|remit| remit.header.paid).unwrap_or_default();
        }
        for id in &by.deposits {
            came += tables.deposit(*id)?.map(|deposit| deposit.amount).unwrap_or_default();
        }
        let account = account.filter(|_| paid - came == by.difference);
        let anew = Settlement { id: tables.next_settlement_id()?, remits, on, difference: paid - came, ..by };
        tables.put_settlement(&anew)?;
        difference::book(tables, hand, &anew, account.map_or(Booking::Open, Booking::To))?;
    }
    Ok(())
}

/// Lets a settlement be what it was: one that was made counts from no day on, one that was undone counts again.
///
/// # Errors
/// See [`Refusal`].
pub(super) fn put_back(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    was: Option<Settlement>,
    is: Settlement,
    reason: &str,
) -> Result<(), Refusal> {
    match was {
        Some(was) if !was.is_undone() => {
            was.deposits.iter().try_for_each(|id| deposit_is_free(tables, *id, |_| false))?;
            was.remits.iter().try_for_each(|id| remit_is_free(tables, *id, |_| false))?;
            tables.put_settlement(&was)?;
            Ok(difference::again(tables, hand, was.id)?)
        }
        _ if !is.is_undone() => {
            let on = tables.open_day(is.on);
            count_no_longer(tables, hand, is, on, reason)?;
            Ok(())
        }
        _ => Ok(()),
    }
}

/// A settlement counts no longer from a day on; what was booked of its difference is taken back.
fn count_no_longer(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    mut settlement: Settlement,
    on: Date,
    reason: &str,
) -> Result<Settlement, StoreError> {
    settlement.undone_on = Some(on);
    let before =
        if settlement.reason.is_empty() { String::new() } else { format!("{}; ", settlement.reason) };
    settlement.reason = format!("{before}undone by {}: {reason}", hand.user);
    tables.put_settlement(&settlement)?;
    difference::take_back(tables, hand, settlement.id, on, reason)?;
    Ok(settlement)
}

/// The file that a movement came in, for a person.
///
/// # Errors
/// The ledger cannot be read.
pub fn file_name(tables: &impl Read, id: FileId) -> Result<String, StoreError> {
    Ok(tables.file(id)?.map(|file| file.name).unwrap_or_default())
}
