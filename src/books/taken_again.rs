//! Takebacks of money that was released: another system's payment goes out and comes back under one item, and nobody has to
//! look for the claim of its reversal. `docs/rules/posting-rules.md` section 7c.

use std::collections::BTreeSet;

use super::placing;
use super::released;
use super::retell::Hand;
use super::undo::Refusal;
use crate::domain::book::{PaymentRecord, PaymentStatus};
use crate::domain::merge::Merged;
use crate::domain::{Money, PaymentId};
use crate::posting::hold::Hold;
use crate::posting::reversal::{is_opposite, is_reversal};
use crate::store::{Read, ReadWaiting, StoreError, Visit, WriteTables};

/// How the rule begins of a takeback that went with the released money that it takes back; its item follows.
const RULE: &str = "released-takeback:";

/// What a takeback took back that went with it, by the rule of its row or its entry.
#[must_use]
pub fn item_of(rule: &str) -> Option<PaymentId> {
    rule.strip_prefix(RULE)?.parse().ok().map(PaymentId)
}

/// A takeback, and the released claim payment that it went with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Followed {
    /// The takeback.
    pub takeback: PaymentId,
    /// What it takes back.
    pub item: PaymentId,
}

/// Of claim payments that wait, lets the takebacks go whose money was released before. One whose money went back by a check
/// waits: the payer has that twice.
///
/// # Errors
/// Whatever the store says.
pub fn follow(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    waiting: impl IntoIterator<Item = PaymentId>,
) -> Result<Vec<Followed>, StoreError> {
    let takebacks = takebacks(tables, waiting)?;
    if takebacks.is_empty() {
        return Ok(Vec::new());
    }
    let released = released(tables, takebacks.iter().map(|takeback| takeback.payment.paid))?;
    pair(tables, hand, takebacks, released)
}

/// The same of what waits to take this one back, which has just been released.
///
/// # Errors
/// Whatever the store says.
pub(super) fn follow_item(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    item: PaymentId,
) -> Result<(), StoreError> {
    let Some(item) = tables.payment(item)? else { return Ok(()) };
    let mut waiting = BTreeSet::new();
    for key in placing::keys(&item) {
        waiting.extend(tables.waiting_by_number(&key)?);
    }
    let takebacks = takebacks(tables, waiting)?;
    pair(tables, hand, takebacks, vec![item]).map(drop)
}

/// Lets the takeback wait again that went with a released claim payment, which is released no longer.
///
/// # Errors
/// See [`Refusal`].
pub(super) fn wait_again(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    item: &PaymentRecord,
    memo: &str,
) -> Result<(), Refusal> {
    let went = released(tables, [item.payment.paid])?;
    for takeback in went.iter().filter(|takeback| item_of(&takeback.rule) == Some(item.id)) {
        released::take_up(tables, hand, takeback.id, takeback.posted_on, memo)?;
    }
    Ok(())
}

/// Those that wait without a claim and take money back.
fn takebacks(
    tables: &impl Read,
    waiting: impl IntoIterator<Item = PaymentId>,
) -> Result<Vec<PaymentRecord>, StoreError> {
    let mut found = Vec::new();
    for id in waiting {
        let is_one = |payment: &PaymentRecord| {
            payment.status == PaymentStatus::Unapplied
                && payment.rule.strip_prefix("hold:").and_then(Hold::from_word) == Some(Hold::NoMatch)
                && payment.payment.paid.is_negative()
                && is_reversal(&payment.payment)
        };
        found.extend(tables.payment(id)?.filter(is_one));
    }
    Ok(found)
}

/// What was released of these amounts, whatever their signs, the latest last. Looks at every claim payment.
fn released(
    tables: &impl Visit,
    amounts: impl IntoIterator<Item = Money>,
) -> Result<Vec<PaymentRecord>, StoreError> {
    let amounts: BTreeSet<Money> = amounts.into_iter().map(Money::abs).collect();
    let mut ids = Vec::new();
    tables.visit_all_payments(|payment| {
        if payment.status == PaymentStatus::Released && amounts.contains(&payment.paid.abs()) {
            ids.push(payment.id);
        }
    })?;
    let records = ids.into_iter().map(|id| tables.payment(id));
    Ok(records.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

fn pair(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    takebacks: Vec<PaymentRecord>,
    released: Vec<PaymentRecord>,
) -> Result<Vec<Followed>, StoreError> {
    let merged = Merged::of(&tables.payers()?);
    let mut gone: BTreeSet<PaymentId> = released.iter().filter_map(|other| item_of(&other.rule)).collect();
    let mut followed = Vec::new();
    for mut takeback in takebacks {
        let is_its = |item: &&PaymentRecord| {
            released::is_rule(&item.rule)
                && merged.now(item.payer) == merged.now(takeback.payer)
                && same_claim(item, &takeback)
                && is_opposite(&item.payment, &takeback.payment)
                && !gone.contains(&item.id)
        };
        let Some(item) = released.iter().rfind(is_its).map(|item| item.id) else { continue };
        gone.insert(item);
        if released::sent(tables, &BTreeSet::from([item]))?.values().any(|sent| !sent.is_zero()) {
            continue;
        }
        tables.keep_place(takeback.id)?;
        takeback.rule = format!("{RULE}{item}").into();
        takeback.message = format!("it takes back item {item}, which was released").into();
        // Not before that went: until then both waited.
        let went = released::days(tables, &BTreeSet::from([item]))?.remove(&item);
        let (id, came) = (takeback.id, takeback.posted_on);
        let on = went.map_or(came, |went| went.max(came));
        released::let_go(tables, hand, takeback, on)?;
        followed.push(Followed { takeback: id, item });
    }
    Ok(followed)
}

/// Whether two speak of one claim: by the payer's number, else by the practice's.
fn same_claim(one: &PaymentRecord, other: &PaymentRecord) -> bool {
    let (one, other) = (&one.payment, &other.payment);
    let payers = one.payer_number.as_str().trim();
    (!payers.is_empty() && payers == other.payer_number.as_str().trim())
        || (one.control_number.is_given()
            && one.control_number.index_form() == other.control_number.index_form())
}
