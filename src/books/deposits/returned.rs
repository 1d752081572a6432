//! Money that the bank took back: the deposit that brought it belongs to no remittance from that day on, and the remittance
//! waits for its money again.

use super::anew;
use super::standing::{Standing, movement};
use super::{Decision, Refusal, Settlement, settle};
use crate::bank::returned::{Returned, returns};
use crate::books::retell::Hand;
use crate::domain::Date;
use crate::store::{Read, ReadDeposits, StoreError, WriteTables};

/// The rule of what came and went again.
pub const RETURNED: &str = "returned";

/// What the bank took back, beyond doubt, of what is settled on a day.
///
/// # Errors
/// The ledger cannot be read.
pub fn found(tables: &impl Read, standing: &Standing, as_of: Date) -> Result<Vec<Returned>, StoreError> {
    let (mut open, mut settled) = (Vec::new(), Vec::new());
    for item in tables.deposits()? {
        let deposit = item?;
        if deposit.posted_on > as_of {
            continue;
        }
        match standing.of_deposit(deposit.id) {
            None if tables.settlements_of_deposit(deposit.id)?.iter().all(Settlement::is_undone) => {
                open.push(movement(&deposit));
            }
            Some(by) if by.deposits.len() == 1 && !by.remits.is_empty() => settled.push(movement(&deposit)),
            _ => {}
        }
    }
    Ok(returns(&open, &settled))
}

/// Settles what came with what took it back; what it belonged to counts no longer from the day of the return.
///
/// # Errors
/// See [`Refusal`].
pub fn take_back(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    returned: Returned,
    reason: &str,
) -> Result<Settlement, Refusal> {
    let went = tables.deposit(returned.went)?.ok_or(Refusal::NoDeposit(returned.went))?;
    let came = tables.deposit(returned.came)?.ok_or(Refusal::NoDeposit(returned.came))?;
    if went.amount != -came.amount || !went.amount.is_negative() {
        return Err(Refusal::NoReturn(went.id, came.id));
    }
    let of_came = tables.settlements_of_deposit(came.id)?;
    if let Some(by) = of_came.into_iter().find(|by| !by.is_undone()) {
        if by.deposits.len() > 1 {
            return Err(Refusal::Settled(came.id, "matched with others"));
        }
        let words = anew::took_back(went.id);
        super::count_no_longer(tables, hand, by, tables.open_day(went.posted_on), &words)?;
    }
    let decision = Decision {
        deposits: vec![came.id, went.id],
        rule: RETURNED,
        reason: if reason.is_empty() { "the bank took it back" } else { reason },
        ..Decision::default()
    };
    settle(tables, hand, &decision)
}
