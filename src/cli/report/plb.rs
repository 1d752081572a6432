//! `arrears report plb`: an aging of the provider-level items that nothing has offset yet.

use super::super::names;
use crate::domain::{ClaimId, Date};
use crate::report::aging::{self, AgingItem, Basis, Responsibility};
use crate::report::{Buckets, Table};
use crate::store::{Read, Snapshot, StoreError};

/// Open provider-level items by payer and age
///
/// A positive amount is what the payer has said it will take and has not taken yet; under credit stands what it took
/// without saying why.
#[derive(clap::Args, Debug)]
pub struct Args {}

/// The open items of a day.
pub fn table(tables: &Snapshot, as_of: Date) -> Result<Table, StoreError> {
    let payers = names::Payers::read(tables)?;
    let question = aging::Question {
        by: aging::By::Payer,
        responsibility: Responsibility::Insurance,
        basis: Basis::Billed,
        buckets: Buckets::default(),
        as_of,
    };
    let mut items = Vec::new();
    for item in tables.plbs()? {
        let plb = item?;
        if plb.posted_on > as_of {
            continue;
        }
        items.push(AgingItem {
            // Each item stands for itself.
            claim: ClaimId(plb.id.0),
            key: payers.name(plb.payer).into(),
            key_id: payers.ident(plb.payer).map(Into::into),
            balance: -plb.open,
            basis_date: Some(plb.posted_on),
        });
    }
    let mut table = aging::table(question, items);
    table.name = "plb";
    table.title = "Open provider-level items by payer".to_owned();
    table.basis = Some("posted".to_owned());
    table.parameters.clear();
    table.empty = "No provider-level item is open.";
    for column in &mut table.columns {
        if column.key == "claims" {
            (column.key, column.title) = ("items".into(), "Items".into());
        } else if column.key == "credit" {
            column.title = "Taken".into();
        }
    }
    table.note("Positive: what the payer will still take. Taken: what it took without a counterpart.");
    Ok(table)
}
