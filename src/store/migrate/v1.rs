//! From shape 1 to shape 2: tables that shape 1 had not. Its rows stay as they are.

use redb::{TableDefinition, WriteTransaction};

use crate::store::error::StoreError;

const PAYER_MERGES: TableDefinition<'static, u32, &[u8]> = TableDefinition::new("payer_merges");

/// Makes them, empty.
pub fn more_tables(transaction: &WriteTransaction) -> Result<(), StoreError> {
    transaction.open_table(PAYER_MERGES)?;
    Ok(())
}
