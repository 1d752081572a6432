//! How money and remittances stand to each other on a day.

use std::collections::HashMap;

use crate::bank::reassociate::{Awaited, Movement};
use crate::bank::trace::comparable;
use crate::domain::book::RemitRecord;
use crate::domain::deposit::{Deposit, Settlement};
use crate::domain::{Date, DepositId, Money, RemitId};
use crate::store::{Read, ReadDeposits, StoreError};

/// What a settlement makes of a movement.
pub(super) fn word(settlement: &Settlement) -> &'static str {
    if settlement.remits.is_empty() { "explained" } else { "matched" }
}

/// Every settlement that counts on a day, found by movement and by remittance.
#[derive(Debug, Default)]
pub struct Standing {
    settlements: Vec<Settlement>,
    deposits: HashMap<DepositId, usize>,
    remits: HashMap<RemitId, usize>,
}

impl Standing {
    /// Reads them.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn read(tables: &impl Read, as_of: Date) -> Result<Standing, StoreError> {
        let mut standing = Standing::default();
        for item in tables.settlements()? {
            let settlement = item?;
            if !settlement.stands(as_of) {
                continue;
            }
            let place = standing.settlements.len();
            standing.deposits.extend(settlement.deposits.iter().map(|id| (*id, place)));
            standing.remits.extend(settlement.remits.iter().map(|id| (*id, place)));
            standing.settlements.push(settlement);
        }
        Ok(standing)
    }

    /// All of them, by number.
    #[must_use]
    pub fn all(&self) -> &[Settlement] {
        &self.settlements
    }

    /// What a movement belongs to.
    #[must_use]
    pub fn of_deposit(&self, id: DepositId) -> Option<&Settlement> {
        self.deposits.get(&id).map(|place| &self.settlements[*place])
    }

    /// What settles a remittance.
    #[must_use]
    pub fn of_remit(&self, id: RemitId) -> Option<&Settlement> {
        self.remits.get(&id).map(|place| &self.settlements[*place])
    }

    /// `open`, `matched` or `explained`.
    #[must_use]
    pub fn status(&self, id: DepositId) -> &'static str {
        self.of_deposit(id).map_or("open", word)
    }
}

/// Whether money must come for a remittance: it is in the books on the day, and says that money moved. A notice over zero needs
/// none (`docs/rules/x12-835.md` section 3); one over an amount does, also where its payment method is `NON`: the books have
/// that amount as cash, by card or by a vendor, and cash that nobody sees is not the same.
#[must_use]
pub fn awaits_money(remit: &RemitRecord, as_of: Date) -> bool {
    remit.stands(as_of) && !remit.header.paid.is_zero()
}

/// What is open at the bank on a day, as the rules look at it.
///
/// # Errors
/// The ledger cannot be read.
pub fn movements(tables: &impl Read, standing: &Standing, as_of: Date) -> Result<Vec<Movement>, StoreError> {
    let mut open = Vec::new();
    for item in tables.deposits()? {
        let deposit = item?;
        if deposit.posted_on <= as_of && standing.of_deposit(deposit.id).is_none() {
            open.push(movement(&deposit));
        }
    }
    Ok(open)
}

pub(super) fn movement(deposit: &Deposit) -> Movement {
    Movement {
        id: deposit.id,
        account: deposit.account.clone(),
        on: deposit.on,
        amount: deposit.amount,
        trace: comparable(&deposit.trace),
        payer_trace: comparable(&deposit.payer_trace_id),
        text: comparable(&format!("{} {} {}", deposit.text, deposit.reference, deposit.trace)),
    }
}

/// The remittances whose money was not seen on a day, as the rules look at them.
///
/// # Errors
/// The ledger cannot be read.
pub fn awaited(tables: &impl Read, standing: &Standing, as_of: Date) -> Result<Vec<Awaited>, StoreError> {
    let mut open = Vec::new();
    for item in tables.remits()? {
        let remit = item?;
        if !awaits_money(&remit, as_of) || standing.of_remit(remit.id).is_some() {
            continue;
        }
        let header = &remit.header;
        open.push(Awaited {
            id: remit.id,
            on: header.paid_on.unwrap_or(remit.posted_on),
            amount: header.paid,
            trace: comparable(&header.trace),
            payer_trace: comparable(&header.payer_trace_id),
            payer: remit.payer,
            payer_name: comparable(&header.payer.name),
            check: matches!(header.method.as_str(), "CHK" | "chk"),
        });
    }
    Ok(open)
}

/// How much is open on either side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenMoney {
    /// Movements of the bank that belong to nothing.
    pub deposits: u64,
    /// What they sum to.
    pub deposited: Money,
    /// Remittances whose money was not seen.
    pub remits: u64,
    /// What they paid.
    pub remitted: Money,
}

/// What is open at the end of a day: what a month should not be closed over.
///
/// # Errors
/// The ledger cannot be read.
pub fn open_until(tables: &impl Read, last_day: Date) -> Result<OpenMoney, StoreError> {
    let standing = Standing::read(tables, last_day)?;
    let mut open = OpenMoney::default();
    for movement in movements(tables, &standing, last_day)? {
        open.deposits += 1;
        open.deposited += movement.amount;
    }
    for remit in awaited(tables, &standing, last_day)? {
        open.remits += 1;
        open.remitted += remit.amount;
    }
    Ok(open)
}
