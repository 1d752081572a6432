//! From shape 5 to shape 6: what takes acts of persons back. Acts that were logged before have no such row, and cannot be.

use redb::{TableDefinition, WriteTransaction};

use crate::store::error::StoreError;

const DEEDS: TableDefinition<'static, u64, &[u8]> = TableDefinition::new("deeds");

/// Makes the table, empty.
pub fn more_tables(transaction: &WriteTransaction) -> Result<(), StoreError> {
    transaction.open_table(DEEDS)?;
    Ok(())
}
