//! What makes two remittances suspicious of being one payment. `domain/posting-rules.md` section 9.

use sha2::{Digest, Sha256};

use crate::domain::remit::RemitHeader;
use crate::domain::{Date, RemitId};
use crate::input::Kind;
use crate::store::{Read, StoreError, WriteTables};

/// The payment without its content: what makes a second one suspicious (`domain/posting-rules.md` section 9).
pub(super) fn payment_key(header: &RemitHeader) -> [u8; 32] {
    let paid_on = header.paid_on.map_or(0, Date::number);
    // A table has no company id: there the payer's name tells two checks with one number apart.
    let company = if header.payer_trace_id.is_empty() { &header.payer.name } else { &header.payer_trace_id };
    let parts = [company, &header.trace, &header.payee.ident];
    let text = parts.map(|p| p.trim().to_uppercase()).join("\u{1f}");
    Sha256::digest(format!("{text}\u{1f}{paid_on}\u{1f}{}", header.paid)).into()
}

/// The same for a remittance that is held: another copy of the payment that comes into the books settles it.
pub(super) fn held_key(payment_key: &[u8; 32]) -> [u8; 32] {
    Sha256::digest([b"held".as_slice(), payment_key].concat()).into()
}

/// What a check keyed by hand and the 835 about it have in common.
pub(super) fn check_key(header: &RemitHeader) -> [u8; 32] {
    let paid_on = header.paid_on.map_or(0, Date::number);
    let trace = header.trace.trim().to_uppercase();
    Sha256::digest(format!("check\u{1f}{trace}\u{1f}{paid_on}\u{1f}{}", header.paid)).into()
}

/// Whether a remittance was keyed by hand: it came in a table.
pub(super) fn is_keyed(tables: &WriteTables<'_>, id: RemitId) -> Result<bool, StoreError> {
    let file = tables.remit(id)?.map(|remit| tables.file(remit.origin.file)).transpose()?.flatten();
    Ok(file.is_some_and(|file| Kind::table(&file.kind).is_some()))
}
