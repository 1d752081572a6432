//! By what a payment is known again when another remittance speaks of it. `domain/posting-rules.md` section 9.

use sha2::{Digest, Sha256};

use crate::domain::Date;
use crate::domain::remit::RemitHeader;

/// The payment without its content: what makes a second one suspicious.
#[must_use]
pub fn payment_key(header: &RemitHeader) -> [u8; 32] {
    let paid_on = header.paid_on.map_or(0, Date::number);
    // A table has no company id: there the payer's name tells two checks with one number apart.
    let company = if header.payer_trace_id.is_empty() { &header.payer.name } else { &header.payer_trace_id };
    let parts = [company, &header.trace, &header.payee.ident];
    let text = parts.map(|p| p.trim().to_uppercase()).join("\u{1f}");
    Sha256::digest(format!("{text}\u{1f}{paid_on}\u{1f}{}", header.paid)).into()
}

/// The same for a remittance that is held: another copy of the payment that comes into the books settles it.
#[must_use]
pub fn held_key(payment_key: &[u8; 32]) -> [u8; 32] {
    Sha256::digest([b"held".as_slice(), payment_key].concat()).into()
}

/// What a check keyed by hand and the 835 about it have in common.
#[must_use]
pub fn check_key(header: &RemitHeader) -> [u8; 32] {
    let paid_on = header.paid_on.map_or(0, Date::number);
    let trace = header.trace.trim().to_uppercase();
    Sha256::digest(format!("check\u{1f}{trace}\u{1f}{paid_on}\u{1f}{}", header.paid)).into()
}
