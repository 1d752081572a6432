//! Payments keyed from paper, and the 835 of one that comes later. `docs/rules/posting-rules.md` section 10a.
//!
//! Where the 835 says the same of each claim it takes the place of what was keyed. Its claim payments get the numbers that the
//! keyed ones had, so that what persons did about them (matched, moved, released, sent back, worked as a denial, found in the
//! bank) stands.

use std::collections::{BTreeMap, BTreeSet};

use super::deposits;
use super::held::{self, LookAlike};
use super::of_no_claim::negate_where;
use super::placing;
use super::provider_level::pair_anew;
use super::retell::{Hand, retell_turned};
use super::undo;
use crate::denial::turns::Turn;
use crate::domain::book::{PaymentRecord, PaymentStatus, PlbRecord, RemitRecord, RemitStatus};
use crate::domain::merge::Merged;
use crate::domain::payment_keys::payment_key;
use crate::domain::{Money, RemitId, Text};
use crate::posting::hold::Hold;
use crate::posting::matching::{Comparison, rests_on_number};
use crate::posting::reading::InDollars;
use crate::store::{Read, StoreError, WriteTables};

/// A keyed remittance in the books and the 835 of it, which is held beside it.
#[derive(Debug)]
pub struct Keyed {
    remit: RemitRecord,
    /// The keyed claim payments, each with what the 835 says in its place.
    payments: Vec<(PaymentRecord, PaymentRecord)>,
    /// The keyed provider-level items, each with that of the 835.
    items: Vec<(PlbRecord, PlbRecord)>,
}

impl Keyed {
    /// The number of what was keyed.
    #[must_use]
    pub const fn remit(&self) -> RemitId {
        self.remit.id
    }
}

/// The remittance that somebody keyed from paper, where a held one is the 835 of it: of the same payer, day and amount, like
/// no other, and with the same dollars for each claim.
///
/// # Errors
/// Whatever the store says.
pub fn before(tables: &impl Read, late: &RemitRecord) -> Result<Option<Keyed>, StoreError> {
    let [(keyed, LookAlike::KeyedByHand)] = held::resembled(tables, late)?[..] else { return Ok(None) };
    let Some(remit) = tables.remit(keyed)? else { return Ok(None) };
    let merged = Merged::of(&tables.payers()?);
    let same_payment = merged.now(remit.payer) == merged.now(late.payer)
        && remit.header.paid == late.header.paid
        && remit.own_date() == late.own_date();
    let by_amount = |id| -> Result<Vec<PlbRecord>, StoreError> {
        let mut items = undo::items(tables, id)?;
        items.sort_by_key(|item| (item.code, item.item.amount, item.id));
        Ok(items)
    };
    let (items, others) = (by_amount(keyed)?, by_amount(late.id)?);
    let amounts =
        |items: &[PlbRecord]| items.iter().map(|item| (item.code, item.item.amount)).collect::<Vec<_>>();
    // What paper left out the 835 brings; what it lumped together is for a person to see.
    let same_items = items.is_empty() || amounts(&items) == amounts(&others);
    if !same_payment
        || !same_items
        || held::is_keyed(tables, late)?
        || held::holds(tables, late)? != [Hold::PossibleReissue]
    {
        return Ok(None);
    }
    let (Some(mine), Some(says)) = (in_dollars(tables, &remit)?, in_dollars(tables, late)?) else {
        return Ok(None);
    };
    // What was released off a claim has booked there already.
    let released =
        |payment: &PaymentRecord| payment.status == PaymentStatus::Released && payment.claim.is_some();
    let same = mine.len() == says.len() && mine.keys().zip(says.keys()).all(|(mine, says)| mine.0 == says.0);
    let payments = mine.into_values().zip(says.into_values()).collect::<Vec<_>>();
    if !same || payments.iter().any(|(mine, _)| released(mine)) || contradicts(tables, &payments)? {
        return Ok(None);
    }
    Ok(Some(Keyed { remit, payments, items: items.into_iter().zip(others).collect() }))
}

/// Whether an 835 contradicts a claim on which the rules put what was keyed: paper said less.
fn contradicts(tables: &impl Read, payments: &[(PaymentRecord, PaymentRecord)]) -> Result<bool, StoreError> {
    for (mine, says) in payments.iter().filter(|(mine, _)| !placing::is_by_person(mine)) {
        let record = mine.claim.map(|claim| tables.claim(claim)).transpose()?.flatten();
        if record.is_some_and(|record| Comparison::of(&says.payment, &record).contradiction().is_some()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// By control number and dollars, and by number of the payment among equals.
type InOrder = BTreeMap<((Text, InDollars), u64), PaymentRecord>;

/// The claim payments of a remittance in an order that its file does not matter for; nothing where one cannot be read.
fn in_dollars(tables: &impl Read, remit: &RemitRecord) -> Result<Option<InOrder>, StoreError> {
    let mut all = InOrder::new();
    for payment in undo::payments(tables, remit)? {
        let Some(said) = InDollars::of(&payment.payment) else { return Ok(None) };
        let number = payment.payment.control_number.index_form();
        all.insert(((number, said), payment.id.0), payment);
    }
    Ok((all.len() as u64 == remit.claims).then_some(all))
}

/// Lets the 835 take the place of what was keyed. Returns it as it is in the books, and the held copies of it that are set
/// aside.
///
/// # Errors
/// Whatever the store says.
pub fn take_place(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    Keyed { remit: mut keyed, payments, items }: Keyed,
    mut late: RemitRecord,
    memo: &str,
) -> Result<(RemitRecord, Vec<RemitId>), StoreError> {
    take_out(tables, hand, &keyed, payments.iter().map(|(mine, _)| mine), memo)?;
    let (first, others) = (keyed.first_payment, late.first_payment);
    keyed.first_payment = others;
    keyed.turns.push(tables.open_day(keyed.own_date()).max(keyed.last_moved()));
    (keyed.status, keyed.matched, keyed.unapplied) = (RemitStatus::Reversed, 0, 0);
    tables.put_remit(&keyed)?;
    held::comes_in(tables, &mut late)?;
    late.first_payment = first;
    late.issues.retain(|issue| issue.code != Hold::PossibleReissue.word());
    tables.put_remit(&late)?;
    bring_in(tables, hand, keyed.id, payments, memo)?;
    for (mine, says) in items {
        // What persons did about the keyed one stands.
        let mine = tables.plb(mine.id)?.unwrap_or(mine);
        let gone =
            PlbRecord { item: mine.item.clone(), remit: keyed.id, posted_on: mine.posted_on, ..says.clone() };
        tables.put_plb(&gone)?;
        tables.put_plb(&PlbRecord {
            item: says.item,
            review: says.review,
            remit: late.id,
            posted_on: late.posted_on,
            ..mine
        })?;
    }
    for item in undo::items(tables, late.id)? {
        undo::book_item(tables, hand, &late, item, memo, None)?;
    }
    pair_anew(tables)?;
    undo::count(tables, &mut late)?;
    tables.put_remit(&late)?;
    deposits::pass_on(tables, hand, keyed.id, late.id)?;
    let aside = held::set_copies_aside(tables, &late, &payment_key(&late.header))?;
    Ok((late, aside))
}

/// Takes what was keyed out of the books, but not what persons did about it.
fn take_out<'p>(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    keyed: &RemitRecord,
    payments: impl Iterator<Item = &'p PaymentRecord>,
    memo: &str,
) -> Result<(), StoreError> {
    let mut claims = BTreeSet::new();
    for mine in payments {
        placing::rest(tables, mine)?;
        tables.remove_unapplied(mine.id)?;
        let status = match mine.status {
            PaymentStatus::Released => PaymentStatus::Released,
            _ => PaymentStatus::Withdrawn,
        };
        tables.put_payment(&PaymentRecord { status, held_entry: None, ..mine.clone() })?;
        claims.extend(mine.claim);
    }
    retell_turned(tables, hand, claims, Some(Turn::Out(keyed.id)))?;
    negate_where(tables, hand, memo, |e| e.claim.is_none() && e.remit == Some(keyed.id))?;
    for item in undo::items(tables, keyed.id)? {
        tables.put_plb(&PlbRecord { withdrawn: true, open: Money::ZERO, ..item })?;
    }
    Ok(())
}

/// Brings in what the 835 says, each claim payment under the number and in the place of the keyed one.
fn bring_in(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    keyed: RemitId,
    payments: Vec<(PaymentRecord, PaymentRecord)>,
    memo: &str,
) -> Result<(), StoreError> {
    let (mut claims, mut numbers, mut all) = (BTreeSet::new(), Vec::new(), Vec::new());
    for (mine, says) in payments {
        tables.put_payment(&gone(&mine, &says, memo))?;
        let mut now = PaymentRecord {
            id: mine.id,
            claim: mine.claim,
            matched_by: mine.matched_by,
            previous_of_claim: mine.previous_of_claim,
            by_hand: mine.by_hand,
            held_entry: None,
            status: PaymentStatus::Unapplied,
            rule: Text::default(),
            message: Text::default(),
            ..says
        };
        all.push(now.id);
        let number = now.payment.payer_number.as_str().to_owned();
        match (mine.status, now.claim) {
            (PaymentStatus::Released, _) => {
                (now.status, now.rule, now.message) = (mine.status, mine.rule, mine.message);
                placing::book_waiting(tables, hand, &mut now)?;
                tables.put_payment(&now)?;
            }
            (_, Some(claim)) => {
                tables.put_unapplied(now.id)?;
                tables.put_payment(&now)?;
                if !rests_on_number(&now.matched_by) {
                    placing::look_out(tables, &now)?;
                }
                if !number.is_empty() {
                    tables.index_payer_number(&number, claim)?;
                }
                claims.insert(claim);
            }
            (_, None) => {
                tables.put_unapplied(now.id)?;
                undo::seek(tables, hand, now, &mut claims)?;
            }
        }
        numbers.push(number);
    }
    retell_turned(tables, hand, claims, Some(Turn::Back(keyed)))?;
    // It says more of each claim than paper did: that may be another claim's.
    placing::settle(tables, hand, all)?;
    placing::settle_numbers(tables, hand, numbers.iter().map(String::as_str))?;
    Ok(())
}

/// What was keyed of a claim, as it is kept with its remittance.
fn gone(mine: &PaymentRecord, says: &PaymentRecord, memo: &str) -> PaymentRecord {
    PaymentRecord {
        id: says.id,
        claim: None,
        matched_by: Text::default(),
        previous_of_claim: None,
        held_entry: None,
        by_hand: None,
        status: PaymentStatus::Withdrawn,
        rule: "remit-reversed".into(),
        message: memo.into(),
        ..mine.clone()
    }
}
