//! From shape 1 to shape 2: tables that shape 1 had not. Its rows stay as they are.

use redb::{TableDefinition, WriteTransaction};

use crate::store::error::StoreError;

const PAYER_MERGES: TableDefinition<'static, u32, &[u8]> = TableDefinition::new("payer_merges");
const CLAIM_BY_VISIT: TableDefinition<'static, (i32, u32, u64), ()> = TableDefinition::new("claim_by_visit");
const CLAIM_BY_ORIGINAL: TableDefinition<'static, (&str, u64), ()> =
    TableDefinition::new("claim_by_original");
const CLAIM_JOINS: TableDefinition<'static, (u64, u64), &[u8]> = TableDefinition::new("claim_joins");
const CLAIM_LEADS: TableDefinition<'static, u64, u64> = TableDefinition::new("claim_leads");
const CLAIMS_APART: TableDefinition<'static, (u64, u64), &[u8]> = TableDefinition::new("claims_apart");
const POSSIBLE_DOUBLES: TableDefinition<'static, (u64, u64), u8> = TableDefinition::new("possible_doubles");
const TO_COMPARE: TableDefinition<'static, u64, ()> = TableDefinition::new("to_compare");

/// Makes them, empty.
pub fn more_tables(transaction: &WriteTransaction) -> Result<(), StoreError> {
    transaction.open_table(PAYER_MERGES)?;
    transaction.open_table(CLAIM_BY_VISIT)?;
    transaction.open_table(CLAIM_BY_ORIGINAL)?;
    transaction.open_table(CLAIM_JOINS)?;
    transaction.open_table(CLAIM_LEADS)?;
    transaction.open_table(CLAIMS_APART)?;
    transaction.open_table(POSSIBLE_DOUBLES)?;
    transaction.open_table(TO_COMPARE)?;
    Ok(())
}
