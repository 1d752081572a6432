//! From shape 3 to shape 4: visits under a key of bytes, remittances under their check numbers alone, where check number, day
//! and amount together led to one, and a table that shape 3 had not.

use redb::{ReadableTable, TableDefinition, WriteTransaction};
use sha2::{Digest, Sha256};

use crate::domain::remit::RemitHeader;
use crate::store::error::StoreError;

const VISITS: TableDefinition<'static, (i32, u32, u64), ()> = TableDefinition::new("claim_by_visit");
const VISITS_NOW: TableDefinition<'static, &[u8; 16], ()> = TableDefinition::new("claim_by_visit");

const BOOKED_DIFFERENCES: TableDefinition<'static, u64, u64> = TableDefinition::new("booked_differences");

/// Writes the keys of visits anew, and makes the table.
pub fn visits_by_bytes(transaction: &WriteTransaction) -> Result<(), StoreError> {
    transaction.open_table(BOOKED_DIFFERENCES)?;
    let mut keys: Vec<[u8; 16]> = Vec::new();
    for row in transaction.open_table(VISITS)?.iter()? {
        let (day, patient, claim) = row?.0.value();
        let on = day.cast_unsigned() ^ (1 << 31);
        keys.push((u128::from(on) << 96 | u128::from(patient) << 64 | u128::from(claim)).to_be_bytes());
    }
    transaction.delete_table(VISITS)?;
    let mut visits = transaction.open_table(VISITS_NOW)?;
    keys.iter().try_for_each(|key| Ok(visits.insert(key, ()).map(|_| ())?))
}

/// What led to a remittance by check number, day and amount.
pub fn check_key(header: &RemitHeader) -> [u8; 32] {
    let paid_on = header.paid_on.map_or(0, crate::domain::Date::number);
    let trace = header.trace.trim().to_uppercase();
    Sha256::digest(format!("check\u{1f}{trace}\u{1f}{paid_on}\u{1f}{}", header.paid)).into()
}
