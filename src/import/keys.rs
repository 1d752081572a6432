//! What makes two remittances suspicious of being one payment. `domain/posting-rules.md` section 9.

pub(super) use crate::books::payment_keys::{check_key, held_key, payment_key};
use crate::domain::RemitId;
use crate::input::Kind;
use crate::store::{Read, StoreError, WriteTables};

/// Whether a remittance was keyed by hand: it came in a table.
pub(super) fn is_keyed(tables: &WriteTables<'_>, id: RemitId) -> Result<bool, StoreError> {
    let file = tables.remit(id)?.map(|remit| tables.file(remit.origin.file)).transpose()?.flatten();
    Ok(file.is_some_and(|file| Kind::table(&file.kind).is_some()))
}
