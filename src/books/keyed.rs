//! Payments keyed from paper, and the 835 of one that comes later. `docs/rules` section 10a.
//!
//! Where the 835 says the same of each claim it takes the place of what was keyed: remittance and claim payments keep their
//! numbers and get the content of the 835, so that what persons did about them (matched, moved, released, sent back, worked
//! as a denial, found in the bank) stands. What was keyed is kept under the number of the 835, set aside.

use std::collections::{BTreeMap, BTreeSet};

use super::held::{self, LookAlike};
use super::placing;
use super::provider_level::pair_anew;
use super::retell::{Hand, retell};
use super::undo;
use crate::domain::book::{Issue, PaymentRecord, PaymentStatus, PlbRecord, RemitRecord, RemitStatus};
use crate::domain::merge::Merged;
use crate::domain::payment_keys::{held_key, keys, payment_key};
use crate::domain::{Date, PlbId, RemitId, Text};
use crate::posting::hold::Hold;
use crate::posting::reading::InDollars;
use crate::store::{Read, StoreError, WriteTables};

/// A keyed remittance in the books and the 835 of it, which is held beside it.
#[derive(Debug)]
pub struct Keyed {
    remit: RemitRecord,
    /// The keyed claim payments, each with what the 835 says in its place.
    payments: Vec<(PaymentRecord, PaymentRecord)>,
    /// The keyed provider-level items, each with that of the 835 in its place.
    items: Vec<(PlbRecord, PlbRecord)>,
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
    // What paper left out the 835 brings; what it lumped together, or somebody settled, is for a person to see.
    let same_items = items.is_empty() || amounts(&items) == amounts(&others);
    let is_settled = undo::settled(&items).is_some();
    if !same_payment
        || !same_items
        || is_settled
        || held::is_keyed(tables, late.id)?
        || held::holds(tables, late)? != [Hold::PossibleReissue]
    {
        return Ok(None);
    }
    let (Some(mine), Some(says)) = (in_dollars(tables, &remit)?, in_dollars(tables, late)?) else {
        return Ok(None);
    };
    let same = mine.len() == says.len() && mine.keys().zip(says.keys()).all(|(mine, says)| mine.0 == says.0);
    let items = items.into_iter().zip(others).collect();
    Ok(same.then(|| Keyed { remit, payments: mine.into_values().zip(says.into_values()).collect(), items }))
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

/// Lets the 835 take the place of what was keyed. Returns the remittance in the books.
///
/// # Errors
/// Whatever the store says.
pub fn take_place(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    Keyed { remit: keyed, payments, items }: Keyed,
    late: RemitRecord,
    on: Date,
) -> Result<RemitRecord, StoreError> {
    let (own, other) = (keyed.id, late.id);
    let (mut claims, mut numbers, mut all) = (BTreeSet::new(), Vec::new(), Vec::new());
    for (mine, says) in payments {
        let waits = placing::looks_out(tables, &mine)?;
        placing::rest(tables, &mine)?;
        tables.put_payment(&set_aside(&mine, &says))?;
        let now = PaymentRecord {
            answered_on: says.answered_on,
            payer: says.payer,
            trace: says.trace,
            forwarded_to: says.forwarded_to,
            payment: says.payment,
            ..mine
        };
        tables.put_payment(&now)?;
        if waits {
            placing::look_out(tables, &now)?;
        }
        let number = now.payment.payer_number.as_str().to_owned();
        if let Some(claim) = now.claim.filter(|_| !number.is_empty()) {
            tables.index_payer_number(&number, claim)?;
        }
        claims.extend(now.claim);
        numbers.push(number);
        all.push(now.id);
    }
    let mut posted = in_the_books(&keyed, &late);
    change_keys(tables, &keyed, &late)?;
    change_files(tables, &keyed, other)?;
    tables.swap_sets(own, other)?;
    tables.put_remit(&kept_beside(keyed, &late, on))?;
    tables.put_remit(&posted)?;
    for claim in claims {
        if let Some(record) = tables.claim(claim)? {
            retell(tables, hand, &record)?;
        }
    }
    // It says more of each claim than paper did: that may be another claim's.
    placing::settle(tables, hand, all)?;
    placing::settle_numbers(tables, hand, numbers.iter().map(String::as_str))?;
    let taken: Vec<PlbId> = items.iter().map(|(_, says)| says.id).collect();
    for (mine, says) in items {
        tables.put_plb(&PlbRecord { item: mine.item.clone(), ..says.clone() })?;
        tables.put_plb(&PlbRecord { item: says.item, review: says.review, ..mine })?;
    }
    for mut item in undo::items(tables, other)?.into_iter().filter(|item| !taken.contains(&item.id)) {
        (item.remit, item.posted_on) = (own, posted.posted_on);
        undo::book_item(tables, hand, &posted, item, "", None)?;
    }
    pair_anew(tables)?;
    undo::count(tables, &mut posted)?;
    tables.put_remit(&posted)?;
    held::set_copies_aside(tables, &posted, &payment_key(&posted.header))?;
    Ok(posted)
}

/// What was keyed of a claim, as it is kept: it bears on nothing.
fn set_aside(mine: &PaymentRecord, says: &PaymentRecord) -> PaymentRecord {
    PaymentRecord {
        id: says.id,
        remit: says.remit,
        claim: None,
        matched_by: Text::default(),
        previous_of_claim: None,
        held_entry: None,
        by_hand: None,
        status: PaymentStatus::Held,
        rule: Text::default(),
        message: Text::default(),
        ..mine.clone()
    }
}

fn in_the_books(keyed: &RemitRecord, late: &RemitRecord) -> RemitRecord {
    let resembles = |issue: &Issue| issue.code == Hold::PossibleReissue.word();
    RemitRecord {
        header: late.header.clone(),
        payer: late.payer,
        origin: late.origin,
        plb: late.plb,
        issues: late.issues.iter().filter(|issue| !resembles(issue)).cloned().collect(),
        ..keyed.clone()
    }
}

fn kept_beside(keyed: RemitRecord, late: &RemitRecord, on: Date) -> RemitRecord {
    let mut issues = keyed.issues;
    issues.push(Issue {
        code: Hold::PossibleReissue.word().to_owned(),
        segment: keyed.origin.segment,
        text: String::new(),
        message: format!("it was keyed from paper; its 835 took its place as remittance {}", keyed.id),
    });
    RemitRecord {
        id: late.id,
        held_on: None,
        set_aside_on: Some(on),
        turns: Vec::new(),
        status: RemitStatus::SetAside,
        matched: 0,
        unapplied: 0,
        first_payment: late.first_payment,
        issues,
        ..keyed
    }
}

/// Each is found by what it says now.
fn change_keys(
    tables: &mut WriteTables<'_>,
    keyed: &RemitRecord,
    late: &RemitRecord,
) -> Result<(), StoreError> {
    keys(&keyed.header).iter().try_for_each(|key| tables.remove_remit_key(key, keyed.id))?;
    keys(&late.header).iter().try_for_each(|key| tables.put_remit_key(key, keyed.id))?;
    tables.remove_remit_key(&held_key(&payment_key(&late.header)), late.id)?;
    tables.put_remit_key(&held_key(&payment_key(&keyed.header)), late.id)
}

/// The table it was keyed in brought what is set aside now. The file of the 835 is written when all of it is read.
fn change_files(tables: &mut WriteTables<'_>, keyed: &RemitRecord, aside: RemitId) -> Result<(), StoreError> {
    let Some(mut file) = tables.file(keyed.origin.file)? else { return Ok(()) };
    file.remits.iter_mut().filter(|id| **id == keyed.id).for_each(|id| *id = aside);
    tables.put_file(&file)
}
