//! The office's own handling of a reason code, and what it changes in the books.

use std::collections::{BTreeMap, BTreeSet};

use super::retell::{Hand, payers_now, retell};
use crate::domain::book::{Handling, Holding, PaymentRecord, PaymentStatus};
use crate::domain::remit::Adjustment;
use crate::domain::{ClaimId, Code, Date, Few, GroupCode, PayerId};
use crate::posting::hold::Hold;
use crate::posting::treatment::{self, Surroundings, treatment};
use crate::store::{Read, StoreError, WriteTables};

/// A claim that stands otherwise under a handling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The claim.
    pub claim: ClaimId,
    /// Its control number.
    pub control_number: String,
    /// Its buckets before.
    pub before: Few<Holding, 4>,
    /// Its buckets after.
    pub after: Few<Holding, 4>,
}

/// The first day of a handling that holds for every remittance, whenever it came.
#[must_use]
pub fn always() -> Date {
    Date::from_ymd(1900, 1, 1).unwrap_or(Date::from_number(0))
}

/// Whether the rules know by themselves what a reason does. Where they do not, what the office says once is true of every
/// remittance, also of those that came before it said so.
#[must_use]
pub fn is_known(group: GroupCode, code: Code) -> bool {
    treatment(Some(group), code, Surroundings::default()).is_ok()
}

/// Whether nobody knows what a reason of a payer's does: the code list has no such group and reason, and the office has not
/// taught it.
///
/// # Errors
/// Whatever the store says.
pub fn is_unheard_of(
    tables: &impl Read,
    payer: PayerId,
    on: Date,
    (group, code): (GroupCode, Code),
) -> Result<bool, StoreError> {
    if treatment(Some(group), code, Surroundings::default()) != Err(Hold::UnknownCode) {
        return Ok(false);
    }
    let (merged, handlings) = payers_now(tables)?;
    Ok(treatment::office(&handlings, merged.now(payer), on, Some(group), code).is_none())
}

/// Sets a handling and tells every claim anew that heard the reason on its first day or later.
///
/// # Errors
/// Whatever the store says.
pub fn set(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    handling: &Handling,
) -> Result<Vec<Difference>, StoreError> {
    tables.add_handling(handling)?;
    tell_anew(tables, hand, handling.group, handling.code, handling.from)
}

/// Takes back what the office had set for a reason and a payer, or for every payer; of one day only, where one is named.
/// Claims stand then as if it had never been set. Returns what was taken back.
///
/// # Errors
/// Whatever the store says.
pub fn unset(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    (group, code): (GroupCode, Code),
    payer: PayerId,
    from: Option<Date>,
) -> Result<(Vec<Handling>, Vec<Difference>), StoreError> {
    let (merged, _) = payers_now(&*tables)?;
    let gone = tables.remove_handlings(|h| {
        (h.group, h.code) == (group, code)
            && merged.now(h.payer) == merged.now(payer)
            && from.is_none_or(|from| h.from == from)
    })?;
    let differences = match gone.iter().map(|h| h.from).min() {
        Some(first) => tell_anew(tables, hand, group, code, first)?,
        None => Vec::new(),
    };
    Ok((gone, differences))
}

/// Tells the claims anew that heard a reason from a day on. Returns those that stand otherwise.
pub(super) fn tell_anew(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    group: GroupCode,
    code: Code,
    from: Date,
) -> Result<Vec<Difference>, StoreError> {
    let mut claims = BTreeSet::new();
    for payment in tables.payments()? {
        let payment = payment?;
        let named = |a: &Adjustment| a.group == Some(group) && a.reason == code;
        if payment.posted_on >= from && payment.payment.all_adjustments().any(|(_, a)| named(a)) {
            claims.extend(payment.claim);
        }
    }
    let mut differences = Vec::new();
    for claim in claims {
        let Some(record) = tables.claim(claim)? else { continue };
        let before = tables.claim_state(claim)?.unwrap_or_default().holdings;
        retell(tables, hand, &record)?;
        let after = tables.claim_state(claim)?.unwrap_or_default().holdings;
        if before != after {
            let control_number = record.claim.control_number.to_string();
            differences.push(Difference { claim, control_number, before, after });
        }
    }
    Ok(differences)
}

/// The reasons that the rules do not know and nobody has taught yet, and how many items wait that have one.
///
/// # Errors
/// Whatever the store says.
pub fn untaught(tables: &impl Read) -> Result<BTreeMap<(GroupCode, Code), u64>, StoreError> {
    let (merged, handlings) = payers_now(tables)?;
    let mut found: BTreeMap<(GroupCode, Code), u64> = BTreeMap::new();
    for id in tables.unapplied()? {
        let waits = |p: &PaymentRecord| p.status == PaymentStatus::Unapplied;
        let Some(payment) = tables.payment(id?)?.filter(waits) else { continue };
        let payer = merged.now(payment.payer);
        let unknown = |a: &Adjustment| {
            let (group, code) = (a.group?, a.reason);
            let taught = treatment::office(&handlings, payer, payment.posted_on, Some(group), code).is_some();
            (!taught && code != Code::NONE && !is_known(group, code)).then_some((group, code))
        };
        let of_item: BTreeSet<_> =
            payment.payment.all_adjustments().filter_map(|(_, a)| unknown(a)).collect();
        of_item.into_iter().for_each(|reason| *found.entry(reason).or_default() += 1);
    }
    Ok(found)
}
