//! Bringing an earlier ledger to the present shape, step by step.
//!
//! A step copies the row shapes it reads into its own file, `migrate/vN.rs`, which is never touched again.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use redb::{ReadableTable, WriteTransaction};

mod v1;
mod v2;
mod v3;
mod v4;
mod v5;

use super::error::StoreError;
use super::joins;
use super::read::Read;
use super::schema::{META, VERSION, WriteTables};
use super::write::{Writer, stamp};
use crate::domain::book::RemitStatus;
use crate::domain::payment_keys::{number_key, trace_key};

/// Brings the tables from one shape to the next.
pub type Step = fn(&WriteTransaction) -> Result<(), StoreError>;

/// `STEPS[n]` brings shape `n + 1` to shape `n + 2`. What is derived comes after the last of them.
pub const STEPS: &[Step] =
    &[v1::more_tables, v2::more_tables, v3::more_tables, v4::more_tables, v5::more_tables];

/// Runs the steps that a ledger needs, all in one transaction: it has the old shape or the new one, never one between.
///
/// The copy is made while no other process can write, because this one has the only write transaction.
pub fn upgrade(transaction: WriteTransaction, path: Option<&Path>, steps: &[Step]) -> Result<(), StoreError> {
    let from = transaction.open_table(META)?.get("schema")?.map_or(0, |number| number.value());
    let done = usize::try_from(from).ok().and_then(|from| from.checked_sub(1));
    let Some(due) = done.and_then(|done| steps.get(done..)) else {
        return Err(StoreError::corrupt("meta", "schema", format!("{from} was never a shape of a ledger")));
    };
    if due.is_empty() {
        return Ok(()); // another process was faster
    }
    if let Some(path) = path {
        copy(path, &backup_path(path, from))?;
    }
    for step in due {
        step(&transaction)?;
    }
    stamp(&transaction, steps.len() as u64 + 1)?;
    if steps.len() as u64 + 1 != VERSION {
        return Ok(transaction.commit()?);
    }
    // In the present shape: so this step need not know how rows once were.
    let mut writer = Writer::new(transaction, Arc::default())?;
    let mut tables = writer.tables();
    if from < 2 {
        joins::derive(&mut tables)?;
    } else if from < 6 {
        // Since shape 4 they lie in lists; of shape 5 some may overlap.
        joins::derive_visits(&mut tables)?;
    }
    if from < 3 {
        find_undone_acts(&mut tables)?;
    }
    if from < 4 {
        find_remits(&mut tables)?;
    }
    drop(tables);
    writer.commit_unrecorded()
}

/// Makes remittances found by their check or EFT numbers alone, with and without the payer's own identifier.
fn find_remits(tables: &mut WriteTables<'_>) -> Result<(), StoreError> {
    let remits = tables.remits()?.collect::<Result<Vec<_>, _>>()?;
    for remit in &remits {
        tables.remove_remit_key(&v3::check_key(&remit.header), remit.id)?;
        if matches!(remit.status, RemitStatus::Posted | RemitStatus::Reversed) {
            tables.put_remit_key(&trace_key(&remit.header), remit.id)?;
            tables.put_remit_key(&number_key(&remit.header), remit.id)?;
        }
    }
    Ok(())
}

/// Makes claims found of whose acts of persons an answer undid some.
fn find_undone_acts(tables: &mut WriteTables<'_>) -> Result<(), StoreError> {
    let mut claims = BTreeSet::new();
    for item in tables.journal()? {
        let (_, entry) = item?;
        claims.extend(entry.claim.filter(|_| matches!(entry.rule.as_str(), "act-undone" | "act-again")));
    }
    claims.into_iter().try_for_each(|claim| tables.put_undone(claim))
}

/// Where the copy of an earlier ledger goes: beside it.
fn backup_path(path: &Path, schema: u64) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(format!(".shape-{schema}.bak"));
    PathBuf::from(name)
}

/// Copies under another name first, so that a copy that is there is whole. Permissions are copied too.
fn copy(from: &Path, to: &Path) -> Result<(), StoreError> {
    let mut part = OsString::from(to);
    part.push(".part");
    let part = PathBuf::from(part);
    std::fs::copy(from, &part).map_err(StoreError::io(&part))?;
    let synced = std::fs::OpenOptions::new().write(true).open(&part).and_then(|file| file.sync_all());
    synced.map_err(StoreError::io(&part))?;
    std::fs::rename(&part, to).map_err(StoreError::io(to))
}
