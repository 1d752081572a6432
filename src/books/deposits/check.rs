//! The proof of the bank's tables: what is derived agrees with what was written, and nothing is settled twice.

use std::collections::HashSet;

use super::key_of;
use crate::books::check::Check;
use crate::domain::{Account, Money};
use crate::store::{Read, ReadDeposits, Snapshot, StoreError};

/// Proves them.
///
/// # Errors
/// A record that cannot be read is an error, not a problem.
pub fn check(tables: &Snapshot) -> Result<Check, StoreError> {
    let mut check = Check::new("deposits");
    let mut count = 0;
    for item in tables.deposits()? {
        let deposit = item?;
        count += 1;
        let found = tables.deposits_by_key(&key_of(&deposit))?.contains(&deposit.id);
        check.see(found, || format!("deposit {} is not found by its key", deposit.id));
    }
    let keys = tables.deposit_keys_count()?;
    check.see(keys == count, || format!("{keys} keys lead to {count} deposits"));
    let (mut of_deposits, mut of_remits) = (HashSet::new(), HashSet::new());
    let mut links = (0, 0);
    for item in tables.settlements()? {
        let settlement = item?;
        let id = settlement.id;
        let (mut came, mut paid) = (Money::ZERO, Money::ZERO);
        for deposit in &settlement.deposits {
            links.0 += 1;
            came += tables.deposit(*deposit)?.map(|deposit| deposit.amount).unwrap_or_default();
            let found = tables.settlements_of_deposit(*deposit)?.contains(&settlement);
            check.see(found, || format!("settlement {id} is not found by deposit {deposit}"));
            let once = settlement.is_undone() || of_deposits.insert(*deposit);
            check.see(once, || format!("deposit {deposit} is settled twice"));
        }
        for remit in &settlement.remits {
            links.1 += 1;
            paid += tables.remit(*remit)?.map(|remit| remit.header.paid).unwrap_or_default();
            let found = tables.settlements_of_remit(*remit)?.contains(&settlement);
            check.see(found, || format!("settlement {id} is not found by remittance {remit}"));
            let once = settlement.is_undone() || of_remits.insert(*remit);
            check.see(once, || format!("remittance {remit} is settled twice"));
        }
        if let Some(entry) = tables.booked_difference(id)? {
            let cash =
                tables.entry(entry)?.map_or(Money::ZERO, |(entry, _)| entry.sum_of(Account::CashInsurance));
            check.see(cash == -settlement.difference, || {
                format!("settlement {id} differs by {}, its entry says {cash}", settlement.difference)
            });
        }
        let wanted = if settlement.remits.is_empty() { Money::ZERO } else { paid - came };
        check.see(wanted == settlement.difference, || {
            format!("settlement {id} says a difference of {}, it is {wanted}", settlement.difference)
        });
    }
    let counts = tables.settled_counts()?;
    check.see(counts == links, || format!("there are {counts:?} links, the settlements name {links:?}"));
    Ok(check)
}
