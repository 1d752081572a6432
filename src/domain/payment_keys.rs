//! By what a payment is known again when another remittance speaks of it. `docs/rules/posting-rules.md` section 9.

use sha2::{Digest, Sha256};

use super::remit::RemitHeader;
use super::{Date, Text};

/// The payment without its content: what makes a second one suspicious.
#[must_use]
pub fn payment_key(header: &RemitHeader) -> [u8; 32] {
    let paid_on = header.paid_on.map_or(0, Date::number);
    let parts = [company(header), &header.trace, &header.payee.ident];
    let text = parts.map(|p| p.trim().to_uppercase()).join("\u{1f}");
    Sha256::digest(format!("{text}\u{1f}{paid_on}\u{1f}{}", header.paid)).into()
}

/// Check or EFT number and payer alone: what a corrected copy over another amount, or of another day, has in common with the
/// first one.
#[must_use]
pub fn trace_key(header: &RemitHeader) -> [u8; 32] {
    let parts = [company(header), &header.trace].map(|part| part.trim().to_uppercase());
    Sha256::digest(format!("trace\u{1f}{}", parts.join("\u{1f}"))).into()
}

/// The payer's company id. A table has none: there the payer's name tells two checks with one number apart.
fn company(header: &RemitHeader) -> &Text {
    if header.payer_trace_id.is_empty() { &header.payer.name } else { &header.payer_trace_id }
}

/// Every key under which a remittance is found that is or was in the books.
#[derive(Clone, Copy, Debug)]
pub struct Keys {
    /// See [`payment_key`].
    pub payment: [u8; 32],
    /// See [`number_key`].
    pub number: [u8; 32],
    /// See [`trace_key`].
    pub trace: [u8; 32],
}

impl Keys {
    /// Those of a payment.
    #[must_use]
    pub fn of(header: &RemitHeader) -> Keys {
        Keys { payment: payment_key(header), number: number_key(header), trace: trace_key(header) }
    }

    /// One after another.
    #[must_use]
    pub const fn all(&self) -> [[u8; 32]; 3] {
        [self.payment, self.number, self.trace]
    }
}

/// The same for a remittance that is held: another copy of the payment that comes into the books settles it.
#[must_use]
pub fn held_key(payment_key: &[u8; 32]) -> [u8; 32] {
    Sha256::digest([b"held".as_slice(), payment_key].concat()).into()
}

/// What a check keyed by hand and the 835 about it have in common, however the payer's name is written and whatever else
/// was misread: the number alone.
#[must_use]
pub fn number_key(header: &RemitHeader) -> [u8; 32] {
    Sha256::digest(format!("number\u{1f}{}", bare_number(header).unwrap_or_default())).into()
}

/// Check or EFT number as people read it out: in capitals, without leading zeros; nothing where none was given.
#[must_use]
pub fn bare_number(header: &RemitHeader) -> Option<String> {
    let bare = header.trace.trim().trim_start_matches('0').to_uppercase();
    (!bare.is_empty()).then_some(bare)
}
