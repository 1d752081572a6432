//! Held remittances: kept whole beside the books, and brought into them when a person says so.
//! `docs/rules/posting-rules.md` sections 9, 10 and 10a.
//!
//! Their claim payments and provider-level items have rows like others, with a status that says that nothing of them was ever
//! in the books.

use std::collections::BTreeMap;

use super::attach::detach;
use super::decisions::{self, HandedOn};
use super::deposits;
use super::provider_level;
use super::related;
use super::retell::Hand;
use super::undo::{self, Refusal};
use crate::domain::book::{Issue, PaymentRecord, PaymentStatus, PlbRecord, RemitRecord, RemitStatus};
use crate::domain::merge::Merged;
use crate::domain::payment_keys::{Keys, bare_number, held_key, payment_key};
use crate::domain::remit::{ProviderAdjustment, RemitHeader};
use crate::domain::{Account, ClaimId, Code, Date, Money, PayerId, PlbId, RemitId, Text};
use crate::posting::hold::Hold;
use crate::posting::reading::{InDollars, Part};
use crate::store::{Read, StoreError, WriteTables};

/// What the item of a payment's difference from its claims refers to.
const DIFFERENCE: &str = "DIFFERENCE";

/// Whether a person may post a remittance that these reasons hold; else a better file must come.
#[must_use]
pub fn may_be_posted(holds: &[Issue]) -> bool {
    holds.iter().all(|issue| Hold::from_word(&issue.code).is_some_and(Hold::may_be_accepted))
}

/// What makes a remittance look like another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookAlike {
    /// Payer, trace number, day and amount are the same, what it says is not.
    OtherContent,
    /// The check number is the same, and payer or else day and amount; one of the two was keyed by hand.
    KeyedByHand,
}

/// The remittances in the books that one looks like, which has these keys.
///
/// # Errors
/// Whatever the store says.
pub fn look_alikes(
    tables: &impl Read,
    (header, payer): (&RemitHeader, PayerId),
    keys: &Keys,
    is_keyed: bool,
) -> Result<Vec<(RemitId, LookAlike)>, StoreError> {
    if bare_number(header).is_none() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    // Payers give one number after another to payments of nothing.
    if header.paid.is_positive() {
        let same = in_the_books(tables, &keys.payment)?;
        found.extend(same.into_iter().map(|remit| (remit.id, LookAlike::OtherContent)));
    }
    let of_number = in_the_books(tables, &keys.number)?;
    if of_number.is_empty() {
        return Ok(found);
    }
    let merged = Merged::of(&tables.payers()?);
    for other in of_number {
        let day = other.header.paid_on == header.paid_on;
        let whole = other.header.paid == header.paid && day && header.paid.is_positive();
        let amounts = header.paid.is_positive() == other.header.paid.is_positive();
        let of_payer =
            merged.now(other.payer) == merged.now(payer) && amounts && (day || header.paid.is_positive());
        let new = found.iter().all(|(known, _)| *known != other.id);
        if new && (whole || of_payer) && self::is_keyed(tables, &other)? != is_keyed {
            found.push((other.id, LookAlike::KeyedByHand));
        }
    }
    Ok(found)
}

/// Other remittances in the books that bear this one's check or EFT number, over another amount or of another day. Zero
/// payments are left out: payers give them one number after another.
///
/// # Errors
/// Whatever the store says.
pub fn of_same_number(
    tables: &impl Read,
    remit: &RemitRecord,
    keys: &Keys,
) -> Result<Vec<RemitRecord>, StoreError> {
    let mut found = Vec::new();
    if !remit.header.paid.is_positive() || remit.header.trace.trim().is_empty() {
        return Ok(found);
    }
    let same = |other: &RemitRecord| payment_key(&other.header) == keys.payment;
    for id in tables.remits_by_key(&keys.trace)?.into_iter().filter(|id| *id != remit.id) {
        found.extend(stands(tables, id)?);
    }
    found.retain(|other| other.header.paid.is_positive() && !same(other));
    Ok(found)
}

/// Remittances of this one's payer and check or EFT number that a person took out of the books, and about how many claim
/// payments of each persons had decided something.
///
/// # Errors
/// Whatever the store says.
pub fn decided_before(
    tables: &impl Read,
    remit: &RemitRecord,
    keys: &Keys,
) -> Result<Vec<(RemitRecord, usize)>, StoreError> {
    let mut found = Vec::new();
    if bare_number(&remit.header).is_none() {
        return Ok(found);
    }
    for id in tables.remits_by_key(&keys.number)? {
        let out = tables.remit(id)?.filter(|other| other.status == RemitStatus::Reversed && id != remit.id);
        let Some(other) = out else { continue };
        let count = decisions::count(tables, &other)?;
        if count > 0 {
            found.push((other, count));
        }
    }
    if !found.is_empty() {
        let merged = Merged::of(&tables.payers()?);
        found.retain(|(other, _)| merged.now(other.payer) == merged.now(remit.payer));
    }
    Ok(found)
}

/// Whether a remittance was keyed by hand: it came in a table.
pub(super) fn is_keyed(tables: &impl Read, remit: &RemitRecord) -> Result<bool, StoreError> {
    Ok(tables.file(remit.origin.file)?.is_some_and(|file| file.is_table()))
}

/// The remittances under a payment key that stand in the books.
fn in_the_books(tables: &impl Read, key: &[u8; 32]) -> Result<Vec<RemitRecord>, StoreError> {
    let mut found = Vec::new();
    for id in tables.remits_by_key(key)? {
        found.extend(stands(tables, id)?);
    }
    Ok(found)
}

/// A remittance, if it stands in the books.
fn stands(tables: &impl Read, id: RemitId) -> Result<Option<RemitRecord>, StoreError> {
    Ok(tables.remit(id)?.filter(|remit| remit.status == RemitStatus::Posted))
}

/// Keeps a claim payment of a held remittance; `broken` says what is wrong with it itself.
///
/// # Errors
/// Whatever the store says.
pub fn keep_payment(
    tables: &mut WriteTables<'_>,
    mut payment: PaymentRecord,
    broken: Option<(Hold, String)>,
) -> Result<(), StoreError> {
    payment.status = PaymentStatus::Held;
    if let Some((hold, message)) = broken {
        payment.rule = format!("hold:{hold}").into();
        payment.message = message.into();
    }
    tables.put_payment(&payment)
}

/// Copies of a payment that were held need not come into the books any more: one has.
///
/// # Errors
/// Whatever the store says.
pub fn set_copies_aside(
    tables: &mut WriteTables<'_>,
    posted: &RemitRecord,
    payment_key: &[u8; 32],
) -> Result<Vec<RemitId>, StoreError> {
    let mut aside = Vec::new();
    if !posted.header.paid.is_positive() {
        return Ok(aside);
    }
    for id in tables.remits_by_key(&held_key(payment_key))? {
        if let Some(held) = tables.remit(id)?.filter(|remit| remit.status == RemitStatus::Held) {
            undo::set_aside(tables, held, posted.posted_on)?;
            aside.push(id);
        }
    }
    Ok(aside)
}

/// What a person says who lets a held remittance into the books.
#[derive(Clone, Copy, Debug, Default)]
pub struct Word<'a> {
    /// What holds it, and shall not.
    pub accept: &'a [Hold],
    /// It is a part of its payment: it brings what its claims and items say.
    pub part: bool,
    /// Where the difference of the payment from its claims belongs.
    pub difference_to: Option<Account>,
    /// Why.
    pub reason: &'a str,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// The remittance as it is now.
    pub remit: RemitRecord,
    /// What the payment was above what its claims and items say, and the item that holds that.
    pub difference: Option<(Money, PlbId)>,
    /// Held copies that need not come in any more.
    pub aside: Vec<RemitId>,
}

/// What holds a remittance now, each once: another payment that it looked like may be gone.
///
/// # Errors
/// Whatever the store says.
pub fn holds(tables: &impl Read, remit: &RemitRecord) -> Result<Vec<Hold>, StoreError> {
    let mut holds: Vec<Hold> = Vec::new();
    for hold in remit.issues.iter().filter_map(|issue| Hold::from_word(&issue.code)) {
        let gone = hold == Hold::PossibleReissue && resembled(tables, remit)?.is_empty();
        // What is wrong with a claim payment is that one's matter.
        let whole = matches!(hold, Hold::Structure | Hold::TestFile | Hold::NotUsd) || hold.may_be_accepted();
        if whole && !gone && !holds.contains(&hold) {
            holds.push(hold);
        }
    }
    Ok(holds)
}

/// The remittances in the books that a held one looks like.
///
/// # Errors
/// Whatever the store says.
pub fn resembled(tables: &impl Read, remit: &RemitRecord) -> Result<Vec<(RemitId, LookAlike)>, StoreError> {
    let is_keyed = is_keyed(tables, remit)?;
    let keys = Keys::of(&remit.header);
    let mut found = look_alikes(tables, (&remit.header, remit.payer), &keys, is_keyed)?;
    found.retain(|(id, _)| *id != remit.id);
    Ok(found)
}

/// Brings a held remittance into the books.
///
/// # Errors
/// See [`Refusal`].
pub fn post(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    id: RemitId,
    word: Word<'_>,
    on: Date,
) -> Result<Posted, Refusal> {
    let mut remit = tables.remit(id)?.ok_or(Refusal::NoRemit(id))?;
    if !matches!(remit.status, RemitStatus::Held | RemitStatus::SetAside) {
        return Err(Refusal::WrongState(id, remit.status.as_str()));
    }
    let holds = holds(tables, &remit)?;
    if let Some(hold) = holds.iter().find(|hold| !hold.may_be_accepted()) {
        return Err(Refusal::NeedsFile(id, hold.about()));
    }
    let payments = undo::payments(tables, &remit)?;
    if payments.len() as u64 != remit.claims {
        return Err(Refusal::NotKept(id));
    }
    let open: Vec<Hold> = holds.iter().copied().filter(|hold| !word.accept.contains(hold)).collect();
    if !open.is_empty() {
        return Err(Refusal::StillHeld(id, open));
    }
    let said = remit.claim_paid - remit.plb;
    let difference = remit.header.paid - said;
    let key = payment_key(&remit.header);
    if word.part && !difference.is_zero() {
        tables.remove_remit_key(&held_key(&key), id)?;
        remit.issues.push(Issue {
            code: "part-of-payment".to_owned(),
            segment: remit.origin.segment,
            text: String::new(),
            message: format!("it is a part, over {said}, of a payment of {}", remit.header.paid),
        });
        remit.header.paid = said;
    } else if !difference.is_zero() && word.difference_to.is_none() {
        return Err(Refusal::Difference(id, difference));
    }
    comes_in(tables, &mut remit)?;
    let item = match word.difference_to.filter(|_| !word.part && !difference.is_zero()) {
        Some(_) => {
            remit.plb -= difference;
            Some(difference_item(tables, &remit, difference)?)
        }
        None => None,
    };
    undo::bring_in(tables, hand, &mut remit, word.reason, None)?;
    tables.put_remit(&remit)?;
    if let (Some(item), Some(account)) = (item, word.difference_to) {
        let settled =
            provider_level::settle(tables, hand, item, account, on.max(remit.posted_on), word.reason);
        settled.map_err(|refusal| match refusal {
            provider_level::Refusal::Store(error) => Refusal::Store(error),
            _ => Refusal::Difference(id, difference),
        })?;
    }
    // Who says that both are real says nothing of a third.
    let aside = match word.accept.contains(&Hold::PossibleReissue) {
        true => Vec::new(),
        false => set_copies_aside(tables, &remit, &key)?,
    };
    Ok(Posted { remit, difference: item.map(|item| (difference, item)), aside })
}

/// A remittance that was held comes into the books, on its own day where that is open, and is found by its numbers from now
/// on.
pub(super) fn comes_in(tables: &mut WriteTables<'_>, remit: &mut RemitRecord) -> Result<(), StoreError> {
    let own = remit.own_date();
    remit.posted_on = tables.open_day(own);
    remit.effective_on = (remit.posted_on != own).then_some(own);
    remit.status = RemitStatus::Posted;
    Keys::of(&remit.header).all().iter().try_for_each(|key| tables.put_remit_key(key, remit.id))
}

/// Takes a remittance out of the books again that a person let in though it was held, and holds it as it was.
///
/// # Errors
/// See [`Refusal`].
pub(super) fn hold_again(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    was: &RemitRecord,
    memo: &str,
) -> Result<(), Refusal> {
    let id = was.id;
    undo::reverse_remit(tables, hand, id, memo)?;
    let now = tables.remit(id)?.ok_or(Refusal::NoRemit(id))?;
    for mut payment in undo::payments(tables, &now)? {
        detach(tables, &mut payment)?;
        payment.matched_by.clear();
        let hold = payment.rule.strip_prefix("hold:").and_then(Hold::from_word);
        if !hold.is_some_and(Hold::is_of_the_payment) {
            payment.rule.clear();
            payment.message.clear();
        }
        payment.status = PaymentStatus::Held;
        tables.put_payment(&payment)?;
    }
    // What its payment was above its claims became an item when it was let in.
    for item in undo::items(tables, id)?.iter().filter(|item| item.item.reference == DIFFERENCE) {
        tables.remove_plb(item)?;
    }
    Keys::of(&now.header).all().iter().try_for_each(|key| tables.remove_remit_key(key, id))?;
    tables.put_remit_key(&held_key(&payment_key(&was.header)), id)?;
    Ok(tables.put_remit(was)?)
}

/// Puts a remittance back that a person took out; unless they say that both are real, not beside one that it looks like.
///
/// # Errors
/// See [`Refusal`].
pub fn repost(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    id: RemitId,
    memo: &str,
    also: bool,
) -> Result<(), Refusal> {
    let remit = tables.remit(id)?.ok_or(Refusal::NoRemit(id))?;
    let alike = if also { None } else { resembled(tables, &remit)?.first().copied() };
    match alike {
        Some((other, _)) if remit.status == RemitStatus::Reversed => Err(Refusal::Resembles(id, other)),
        _ => undo::repost_remit(tables, hand, id, memo),
    }
}

/// Takes one remittance out of the books and puts another one in that is held or was taken out: a corrected copy. Not one
/// that has nothing to do with it, unless that is said. What persons decided of its claim payments goes on to those of the
/// other.
///
/// # Errors
/// See [`Refusal`].
pub fn replace(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    (old, new): (RemitId, RemitId),
    reason: &str,
    on: Date,
    against_evidence: bool,
) -> Result<Replaced, Refusal> {
    if !against_evidence {
        related::must_be(tables, old, new)?;
    }
    let status = |tables: &WriteTables<'_>, id| {
        Ok::<_, Refusal>(tables.remit(id)?.ok_or(Refusal::NoRemit(id))?.status)
    };
    let was_out =
        status(tables, old)? == RemitStatus::Reversed && status(tables, new)? == RemitStatus::Posted;
    if !was_out {
        undo::reverse_remit(tables, hand, old, reason)?;
    }
    let gone = tables.remit(old)?.ok_or(Refusal::NoRemit(old))?;
    let comes = tables.remit(new)?.ok_or(Refusal::NoRemit(new))?;
    let handed_on = decisions::hand_on(tables, hand, (&gone, &comes), reason)?;
    bring_in_place(tables, hand, (old, new), reason, on)?;
    decisions::release_again(tables, hand, &handed_on)?;
    deposits::pass_on(tables, hand, old, new)?;
    let mut remit = tables.remit(new)?.ok_or(Refusal::NoRemit(new))?;
    undo::count(tables, &mut remit)?;
    tables.put_remit(&remit)?;
    Ok(Replaced { remit, was_out, handed_on })
}

/// What came of a remittance that took the place of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// The remittance as it is now.
    pub remit: RemitRecord,
    /// Whether the other one was out of the books before, and this one in them: nothing but decisions changed places.
    pub was_out: bool,
    /// What became of what persons had decided about the claim payments of the other one.
    pub handed_on: Vec<HandedOn>,
}

fn bring_in_place(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    (old, new): (RemitId, RemitId),
    reason: &str,
    on: Date,
) -> Result<(), Refusal> {
    let other = tables.remit(new)?.ok_or(Refusal::NoRemit(new))?;
    match other.status {
        // Both came in, and one of them should not have.
        RemitStatus::Posted if old != new => Ok(()),
        RemitStatus::Reversed if old != new => undo::repost_remit(tables, hand, new, reason),
        _ => {
            let word = Word { accept: &[Hold::PossibleReissue], reason, ..Word::default() };
            post(tables, hand, new, word, on).map(|_| ())
        }
    }
}

/// What two remittances say of one control number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pair {
    /// The control number.
    pub number: Text,
    /// What the held one pays, where it speaks of it.
    pub held: Option<Money>,
    /// What the one in the books pays.
    pub posted: Option<Money>,
    /// Where they differ: what the held one says, and what the one in the books does.
    pub differs: Vec<(Part, Money, Money)>,
    /// What the held one says that contradicts the claim on which the one in the books lies, in words.
    pub against: Vec<String>,
}

/// A held remittance beside another, by control number.
///
/// # Errors
/// Whatever the store says.
pub fn beside(tables: &impl Read, held: &RemitRecord, other: &RemitRecord) -> Result<Vec<Pair>, StoreError> {
    type Both = (Pair, BTreeMap<Part, [Money; 2]>, (Vec<PaymentRecord>, Vec<ClaimId>));
    let mut pairs: BTreeMap<Text, Both> = BTreeMap::new();
    for (remit, side) in [(held, 0), (other, 1)] {
        for payment in undo::payments(tables, remit)? {
            let said = &payment.payment;
            let (pair, parts, claims) = pairs.entry(said.control_number.index_form()).or_default();
            if side == 0 {
                claims.0.push(payment.clone());
            } else {
                claims.1.extend(payment.claim);
            }
            pair.number = said.control_number.as_str().into();
            let paid = if side == 0 { &mut pair.held } else { &mut pair.posted };
            *paid = Some(paid.unwrap_or_default() + said.paid);
            for (part, amount) in InDollars::of(said).unwrap_or_default().parts() {
                parts.entry(part).or_default()[side] += amount;
            }
        }
    }
    let differing = |(mut pair, parts, (held, claims)): Both| {
        if let ([held], [claim]) = (&held[..], &claims[..]) {
            let record = tables.claim(*claim)?;
            pair.against = record.map_or_else(Vec::new, |record| undo::against(held, &record));
        }
        let differs =
            parts.into_iter().filter(|(part, [held, posted])| *part != Part::Paid && held != posted);
        pair.differs = differs.map(|(part, [held, posted])| (part, held, posted)).collect();
        Ok(pair)
    };
    pairs.into_values().map(differing).collect()
}

/// What the payment is above its claims stands as an item of its own until it is settled.
fn difference_item(
    tables: &mut WriteTables<'_>,
    remit: &RemitRecord,
    difference: Money,
) -> Result<PlbId, StoreError> {
    let id = tables.next_plb_id()?;
    let item = ProviderAdjustment {
        provider: Text::default(),
        fiscal_period_end: None,
        reason: Text::default(),
        reference: DIFFERENCE.into(),
        amount: -difference,
        segment: remit.origin.segment,
    };
    tables.put_plb(&PlbRecord {
        id,
        remit: remit.id,
        payer: remit.payer,
        posted_on: remit.posted_on,
        item,
        code: Code::NONE,
        open: Money::ZERO,
        settlements: Vec::new(),
        withdrawn: true,
        review: "the payment differs from its claims by this".to_owned(),
    })?;
    Ok(id)
}
