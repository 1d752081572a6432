//! What came to the bank less or more than remittances paid, booked: a fee that a card processor or a lockbox kept, interest
//! that no remittance names. So cash in the books is the bank's.

use crate::books::of_no_claim::{self, back};
use crate::books::retell::Hand;
use crate::domain::deposit::Settlement;
use crate::domain::entry::{Entry, Posting};
use crate::domain::{Account, Date, EntryId, Money, PayerId, SettlementId};
use crate::store::{Read, ReadDeposits, StoreError, WriteTables};

/// The rule name of the entry.
pub const BOOKED: &str = "bank-difference";

/// The accounts that a difference may go to.
pub const ACCOUNTS: [Account; 5] = [
    Account::PaymentFees,
    Account::PromptPayDiscount,
    Account::PlbOther,
    Account::Interest,
    Account::OtherReceipts,
];

/// Where a difference goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Booking {
    /// What is missing is a fee, what is too much came beyond the remittances.
    #[default]
    Usual,
    /// Where a person says.
    To(Account),
    /// Nowhere yet: the rest is still to come.
    Open,
}

impl Booking {
    /// The account for a difference: what remittances paid less what came.
    #[must_use]
    pub fn account(self, difference: Money) -> Option<Account> {
        match self {
            Booking::Usual if difference.is_positive() => Some(Account::PaymentFees),
            Booking::Usual => Some(Account::OtherReceipts),
            Booking::To(account) => Some(account),
            Booking::Open => None,
        }
    }
}

/// Books the difference of a settlement.
pub(super) fn book(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    settlement: &Settlement,
    booking: Booking,
) -> Result<(), StoreError> {
    let difference = settlement.difference;
    let Some(account) = booking.account(difference).filter(|_| !difference.is_zero()) else {
        return Ok(());
    };
    let first = settlement.remits.first().map(|id| tables.remit(*id)).transpose()?.flatten();
    let payer = first.map_or(PayerId::NONE, |remit| remit.payer);
    let legs = vec![
        Posting::new(Account::CashInsurance, payer, -difference),
        Posting::new(account, payer, difference),
    ];
    let entry = hand.entry(settlement.on, BOOKED, &settlement.reason, legs);
    let entry = tables.append_entry(&tables.admit(entry), None)?;
    tables.put_booked_difference(settlement.id, entry)
}

/// Takes back what was booked of a settlement, on the day from which that counts no longer.
pub(super) fn take_back(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    settlement: SettlementId,
    on: Date,
    memo: &str,
) -> Result<(), StoreError> {
    let booked = tables.booked_difference(settlement)?;
    if let Some((id, entry)) = entry(tables, booked)? {
        back(tables, hand, &(id, entry), on, memo)?;
    }
    Ok(())
}

/// Books once more what was booked of a difference and taken back.
pub(super) fn again(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    settlement: SettlementId,
) -> Result<(), StoreError> {
    let booked = tables.booked_difference(settlement)?;
    if let Some((_, entry)) = entry(tables, booked)? {
        let anew = of_no_claim::again(tables, hand, &entry)?;
        tables.put_booked_difference(settlement, anew)?;
    }
    Ok(())
}

fn entry(tables: &impl Read, id: Option<EntryId>) -> Result<Option<(EntryId, Entry)>, StoreError> {
    let Some(id) = id else { return Ok(None) };
    Ok(tables.entry(id)?.map(|(entry, _)| (id, entry)))
}

/// Where the difference of a settlement was booked.
pub(super) fn booked_to(tables: &impl Read, settlement: SettlementId) -> Result<Option<Account>, StoreError> {
    let booked = entry(tables, tables.booked_difference(settlement)?)?;
    let account = |(_, entry): (EntryId, Entry)| {
        entry.postings.iter().map(|leg| leg.account).find(|account| *account != Account::CashInsurance)
    };
    Ok(booked.and_then(account))
}

/// What cash was booked of the difference of a settlement: below zero where less came.
///
/// # Errors
/// The ledger cannot be read.
pub fn booked(tables: &impl ReadDeposits, settlement: &Settlement) -> Result<Option<Money>, StoreError> {
    Ok(tables.booked_difference(settlement.id)?.map(|_| -settlement.difference))
}

/// The cash that was booked of differences on some days, taken back ones with their own days.
///
/// # Errors
/// The ledger cannot be read.
pub fn cash(tables: &impl ReadDeposits, days: impl Fn(Date) -> bool) -> Result<Money, StoreError> {
    let mut cash = Money::ZERO;
    for item in tables.settlements()? {
        let settlement = item?;
        let Some(amount) = booked(tables, &settlement)? else { continue };
        cash += if days(settlement.on) { amount } else { Money::ZERO };
        cash -= if settlement.undone_on.is_some_and(&days) { amount } else { Money::ZERO };
    }
    Ok(cash)
}
