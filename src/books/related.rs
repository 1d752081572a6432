//! What two remittances have in common: before one takes the place of the other. `docs/rules/posting-rules.md` section 9.

use std::collections::BTreeSet;

use super::held;
use super::undo::{Refusal, payments};
use crate::domain::book::RemitRecord;
use crate::domain::merge::Merged;
use crate::domain::payment_keys::bare_number;
use crate::domain::{ClaimId, PayerId, RemitId, Text};
use crate::store::{Read, StoreError};

/// Says that two remittances are not one payment in two copies, unless two of payer, check number and claims are the same,
/// or the one is known to look like the other.
///
/// # Errors
/// [`Refusal::Unrelated`] names what differs.
pub(super) fn must_be(tables: &impl Read, old: RemitId, new: RemitId) -> Result<(), Refusal> {
    let [one, other] = [old, new].map(|id| tables.remit(id)?.ok_or(Refusal::NoRemit(id)));
    let (one, other) = (one?, other?);
    if held::resembled(tables, &other)?.iter().any(|(like, _)| *like == old) {
        return Ok(());
    }
    let differs = differs(tables, &one, &other)?;
    if differs.len() < 2 { Ok(()) } else { Err(Refusal::Unrelated(old, new, differs.join("; "))) }
}

/// What differs of payer, check number and claims, in words.
fn differs(tables: &impl Read, one: &RemitRecord, other: &RemitRecord) -> Result<Vec<String>, StoreError> {
    let mut differs = Vec::new();
    let payers = tables.payers()?;
    let merged = Merged::of(&payers);
    let (a, b) = (merged.now(one.payer), merged.now(other.payer));
    if a != b {
        let name =
            |id: PayerId| payers.iter().find(|payer| payer.id == id).map_or("", |payer| payer.name.as_str());
        differs.push(format!("the payers are {} and {}", name(a), name(b)));
    }
    let (a, b) = (bare_number(&one.header), bare_number(&other.header));
    if a.is_none() || a != b {
        let name = |remit: &RemitRecord| match remit.header.trace.trim() {
            "" => "none".to_owned(),
            number => number.to_owned(),
        };
        differs.push(format!("the check numbers are {} and {}", name(one), name(other)));
    }
    if named(tables, one)?.is_disjoint(&named(tables, other)?) {
        differs.push("no claim is in both".to_owned());
    }
    Ok(differs)
}

/// By what a claim payment names its claim, or is on it.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Named {
    Number(Text),
    PayersNumber(Text),
    On(ClaimId),
}

fn named(tables: &impl Read, remit: &RemitRecord) -> Result<BTreeSet<Named>, StoreError> {
    let mut all = BTreeSet::new();
    for payment in payments(tables, remit)? {
        let said = &payment.payment;
        let number = said.control_number.is_given().then(|| said.control_number.index_form());
        all.extend(number.map(Named::Number));
        let payers = said.payer_number.as_str().trim();
        all.extend((!payers.is_empty()).then(|| Named::PayersNumber(payers.into())));
        all.extend(payment.claim.map(Named::On));
    }
    Ok(all)
}
