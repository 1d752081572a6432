//! From shape 2 to shape 3: tables that shape 2 had not. Its rows stay as they are.

use redb::{TableDefinition, WriteTransaction};

use crate::store::error::StoreError;

const UNDONE_ACTS: TableDefinition<'static, u64, ()> = TableDefinition::new("undone_acts");
const ACT_REVIEWS: TableDefinition<'static, u64, &[u8]> = TableDefinition::new("act_reviews");

/// Makes them, empty.
pub fn more_tables(transaction: &WriteTransaction) -> Result<(), StoreError> {
    transaction.open_table(UNDONE_ACTS)?;
    transaction.open_table(ACT_REVIEWS)?;
    Ok(())
}
