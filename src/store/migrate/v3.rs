//! From shape 3 to shape 4: visits in lists, remittances under their check numbers alone, where check number, day
//! and amount together led to one, and a table that shape 3 had not.

use redb::{TableDefinition, WriteTransaction};
use sha2::{Digest, Sha256};

use crate::domain::remit::RemitHeader;
use crate::store::error::StoreError;

const VISITS: TableDefinition<'static, (i32, u32, u64), ()> = TableDefinition::new("claim_by_visit");
const VISITS_NOW: TableDefinition<'static, (u64, u64), &[u8]> = TableDefinition::new("claim_by_visit");
const BOOKED_DIFFERENCES: TableDefinition<'static, u64, u64> = TableDefinition::new("booked_differences");

/// Makes the tables, empty; that of visits is derived anew.
pub fn more_tables(transaction: &WriteTransaction) -> Result<(), StoreError> {
    transaction.open_table(BOOKED_DIFFERENCES)?;
    transaction.delete_table(VISITS)?;
    transaction.open_table(VISITS_NOW)?;
    Ok(())
}

/// What led to a remittance by check number, day and amount.
pub fn check_key(header: &RemitHeader) -> [u8; 32] {
    let paid_on = header.paid_on.map_or(0, crate::domain::Date::number);
    let trace = header.trace.trim().to_uppercase();
    Sha256::digest(format!("check\u{1f}{trace}\u{1f}{paid_on}\u{1f}{}", header.paid)).into()
}
