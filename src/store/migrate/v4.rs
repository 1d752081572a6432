//! From shape 4 to shape 5: amounts in controversy and holidays that the office wrote down.

use redb::{TableDefinition, WriteTransaction};

use crate::store::error::StoreError;

const AMOUNTS: TableDefinition<'static, (&str, u8, i32), &[u8]> = TableDefinition::new("clock_amounts");
const HOLIDAYS: TableDefinition<'static, i32, &[u8]> = TableDefinition::new("clock_holidays");

/// Makes the tables, empty.
pub fn more_tables(transaction: &WriteTransaction) -> Result<(), StoreError> {
    transaction.open_table(AMOUNTS)?;
    transaction.open_table(HOLIDAYS)?;
    Ok(())
}
