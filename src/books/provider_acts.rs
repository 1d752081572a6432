//! What a person does about provider-level items: an item put on the claim that it names, and taken from there; what was
//! settled, open again. `docs/rules/posting-rules.md` section 7c.

use super::manual::{self, Act, Ground};
use super::of_no_claim::{back, standing_where};
use super::provider_level::{self, not_before};
use super::retell::{self, Hand};
use super::undo;
use crate::domain::book::{ClaimRecord, ClaimState, PlbRecord};
use crate::domain::entry::{Entry, Posting, Source};
use crate::domain::{Account, ClaimId, Date, EntryId, Money, PayerId, PaymentId, PlbId};
use crate::posting::provider_level::ACKNOWLEDGED;
use crate::store::{Read, StoreError, WriteTables};

/// The rule name of the entry that puts an item on a claim.
pub const APPLIED: &str = "plb-applied";

/// Why an item cannot be put on a claim, or what was done about it not be undone.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// As with settling.
    #[error(transparent)]
    Item(#[from] provider_level::Refusal),
    /// As with other acts on a claim.
    #[error(transparent)]
    Claim(#[from] manual::Refusal),
    /// Less of the item is open.
    #[error("{open} of item {item} is open, which is less than {asked}")]
    LessIsOpen {
        /// The item.
        item: PlbId,
        /// What is open of it, without its sign.
        open: Money,
        /// What was asked.
        asked: Money,
    },
    /// What the payer announced it has not taken yet; on a claim it would count twice.
    #[error("item {0} is money that the payer is still to take: it goes on no claim")]
    StillToCome(PlbId),
    /// Its payer never answered the claim.
    #[error("the payer of item {0} has not answered claim {1}")]
    OtherPayer(PlbId, ClaimId),
    /// The payers paid less on the claim.
    #[error("payers paid {paid} on claim {claim}, which is less than {asked}")]
    PaidLess {
        /// The claim.
        claim: ClaimId,
        /// What they paid.
        paid: Money,
        /// What was asked.
        asked: Money,
    },
    /// Nothing of it stands on the claim.
    #[error("nothing of item {0} stands on claim {1}")]
    NotOnClaim(PlbId, ClaimId),
    /// Nobody settled it.
    #[error("item {0} was not settled by hand")]
    NotSettled(PlbId),
    /// The payer is owed nothing by it.
    #[error("item {0} is not money that the payer is owed")]
    NotOwed(PlbId),
    /// It is no check of the office.
    #[error("item {0} is no refund check of this office")]
    NoCheck(PlbId),
    /// No refund check went out for it.
    #[error("no refund check went out for item {0} of the unapplied money")]
    NoCheckFor(PaymentId),
    /// What was settled with it, or put on a claim of it, still stands.
    #[error("item {0} was settled with another or put on a claim")]
    StillSettled(PlbId),
    /// Less is due for released money.
    #[error("{due} is due for item {item} of the unapplied money, which is less than {asked}")]
    LessIsDue {
        /// The claim payment.
        item: PaymentId,
        /// What is due.
        due: Money,
        /// What was asked.
        asked: Money,
    },
    /// As with unapplied money.
    #[error(transparent)]
    Unapplied(#[from] undo::Refusal),
    /// It was settled with another item, and several fit.
    #[error("item {0} was settled with another item: with which one?")]
    WhichPair(PlbId),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Refusal {
        Refusal::Item(error.into())
    }
}

/// Puts a part of an item on a claim: what the payer took without a reversal lowers the claim's payments, and is owed again
/// by the payer until a person says by whom. A credit of the claim goes first.
///
/// # Errors
/// See [`Refusal`]; nothing was written then.
pub fn apply(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    (id, claim): (PlbId, ClaimId),
    amount: Money,
    on: Date,
    memo: &str,
) -> Result<EntryId, Refusal> {
    let mut item = tables.plb(id)?.ok_or(provider_level::Refusal::NoItem(id))?;
    let open = item.open.abs();
    if open.is_zero() {
        return Err(provider_level::Refusal::NotOpen(id).into());
    }
    if !amount.is_positive() {
        return Err(manual::Refusal::NotPositive(amount).into());
    }
    if open < amount {
        return Err(Refusal::LessIsOpen { item: id, open, asked: amount });
    }
    // A check that the payer acknowledges goes back onto a claim whose reversal took its money as well.
    if item.open.is_negative() && item.code != ACKNOWLEDGED {
        return Err(Refusal::StillToCome(id));
    }
    let record = tables.claim(claim)?.ok_or(manual::Refusal::NoClaim(claim))?;
    let answered = tables.payments_of_claim(claim)?.iter().any(|payment| payment.payer == item.payer);
    if !answered {
        return Err(Refusal::OtherPayer(id, claim));
    }
    let state = tables.claim_state(claim)?.unwrap_or_default();
    let paid = paid_by(tables, &record, item.payer)?.min(state.paid_insurance);
    if item.open.is_positive() && paid < amount {
        return Err(Refusal::PaidLess { claim, paid, asked: amount });
    }
    let day = tables.open_day(on);
    not_before(tables, &item, day)?;
    let billed = record.versions.first().map_or(PayerId::NONE, |version| version.billed_payer);
    let payer = if record.payers.contains(&item.payer) { item.payer } else { billed };
    let part = if item.open.is_negative() { -amount } else { amount };
    let mut postings = vec![provider_level::clearing(&item, -part)];
    postings.extend(on_claim(&state, payer, part));
    let entry = hand.entry(on, APPLIED, memo, postings);
    let entry = Entry { claim: Some(claim), plb: Some(item.id), ..entry };
    let entry = tables.admit(entry);
    let written = manual::write(tables, hand, (&record, state), &entry, None)?;
    item.settlements.push((entry.posted_on, part));
    tables.put_plb(&item)?;
    provider_level::pair_anew(tables)?;
    Ok(written)
}

/// What a payer has paid on a claim and not got back.
fn paid_by(tables: &impl Read, record: &ClaimRecord, payer: PayerId) -> Result<Money, StoreError> {
    let (merged, handlings) = retell::payers_now(tables)?;
    retell::asked(tables, record, (&merged, &handlings), |told| {
        Ok(told.story.position.paid_by(merged.now(payer)))
    })
}

/// Where on a claim an amount goes: what is taken back fills its credits first, and the rest waits for the payer; what comes
/// back is taken from what waits.
fn on_claim(state: &ClaimState, payer: PayerId, part: Money) -> Vec<Posting> {
    let mut left = part;
    let mut postings = Vec::new();
    if part.is_positive() {
        for credit in state.holdings.iter().filter(|h| h.amount.is_negative()) {
            let here = left.min(credit.amount.abs());
            if here.is_positive() {
                postings.push(Posting::new(credit.account, credit.payer, here));
                left -= here;
            }
        }
    } else {
        for owed in state.holdings.iter().filter(|h| h.account == Account::Open && h.amount.is_positive()) {
            let here = (-left).min(owed.amount);
            if here.is_positive() {
                postings.push(Posting::new(owed.account, owed.payer, -here));
                left += here;
            }
        }
    }
    if !left.is_zero() {
        postings.push(Posting::new(Account::Open, payer, left));
    }
    postings
}

/// Takes from a claim what was last put on it of an item; so much of the item is open again.
///
/// # Errors
/// See [`Refusal`].
pub fn unapply(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    (id, claim): (PlbId, ClaimId),
    on: Date,
    memo: &str,
) -> Result<Money, Refusal> {
    let before = stands(tables, id, claim)?;
    if before.is_zero() {
        return Err(Refusal::NotOnClaim(id, claim));
    }
    let entries = tables.entries_of_claim(claim)?;
    let undone: Vec<EntryId> = entries.iter().filter_map(|(_, entry)| entry.reverses).collect();
    let put = |(at, entry): &&(EntryId, Entry)| {
        entry.plb == Some(id) && entry.rule == APPLIED && entry.reverses.is_none() && !undone.contains(at)
    };
    for (at, _) in entries.iter().rev().filter(put) {
        manual::act(tables, hand, claim, Act::Undo(*at), Ground::new(on, memo))?;
        let left = stands(tables, id, claim)?;
        // Of the last one nothing may have been left.
        if left != before {
            provider_level::pair_anew(tables)?;
            return Ok((before - left).abs());
        }
    }
    Err(Refusal::NotOnClaim(id, claim))
}

/// What stands on a claim of an item that a person put there: the payer's later answers may have taken the same money.
fn stands(tables: &impl Read, id: PlbId, claim: ClaimId) -> Result<Money, StoreError> {
    let entries = tables.entries_of_claim(claim)?;
    Ok(entries.iter().filter(|(_, entry)| entry.plb == Some(id)).map(|(_, entry)| cleared(entry)).sum())
}

/// What an entry took out of the accounts of provider-level items, with the opposite sign of the item.
pub(super) fn cleared(entry: &Entry) -> Money {
    entry.sum_of(Account::Plb)
}

/// Notes that of what a person put on a claim of an item so much more or less stands there: a person took it back, or a later
/// answer took the same money.
pub(super) fn stands_anew(tables: &mut WriteTables<'_>, id: PlbId, entry: &Entry) -> Result<(), StoreError> {
    if let Some(mut item) = tables.plb(id)? {
        item.settlements.push((entry.posted_on, -cleared(entry)));
        tables.put_plb(&item)?;
    }
    Ok(())
}

/// Opens again what was last settled of an item, against an account or with another item.
///
/// # Errors
/// See [`Refusal`].
pub fn unsettle(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    id: PlbId,
    with: Option<PlbId>,
    on: Date,
    memo: &str,
) -> Result<Money, Refusal> {
    let item = tables.plb(id)?.ok_or(provider_level::Refusal::NoItem(id))?;
    let (settled_on, part) = last_settled(&item).ok_or(Refusal::NotSettled(id))?;
    let entries = entries_of(tables, id)?;
    if entries
        .iter()
        .any(|(_, entry)| entry.claim.is_some() && cleared(entry) == -part && entry.posted_on == settled_on)
    {
        return Err(Refusal::NotSettled(id));
    }
    let on = on.max(settled_on);
    let alone = entries
        .iter()
        .rev()
        .find(|(_, entry)| entry.claim.is_none() && entry.posted_on == settled_on && cleared(entry) == -part);
    let day = match (alone, with) {
        (Some(entry), None) => back(tables, hand, entry, on, memo)?,
        _ => {
            let other = partner(tables, &item, with, (settled_on, -part))?;
            let moved = [entries, entries_of(tables, other.id)?].concat();
            let moved = moved.iter().rev().find(|(_, entry)| {
                entry.posted_on == settled_on
                    && cleared(entry).is_zero()
                    && entry.postings.iter().any(|posting| posting.amount == part.abs())
            });
            let day = match moved {
                Some(entry) => back(tables, hand, entry, on, memo)?,
                None => tables.open_day(on),
            };
            again(tables, other, day, part)?;
            day
        }
    };
    again(tables, item, day, -part)?;
    provider_level::pair_anew(tables)?;
    Ok(part)
}

/// So much more, or less, of an item counts as settled from a day on.
fn again(
    tables: &mut WriteTables<'_>,
    mut item: PlbRecord,
    day: Date,
    part: Money,
) -> Result<(), StoreError> {
    item.settlements.push((day, part));
    tables.put_plb(&item)
}

/// The last settlement of an item that nobody undid.
pub(super) fn last_settled(item: &PlbRecord) -> Option<(Date, Money)> {
    let mut stands: Vec<(Date, Money)> = Vec::new();
    for (on, amount) in &item.settlements {
        match stands.iter().rposition(|(_, stood)| *stood == -*amount) {
            Some(at) => {
                stands.remove(at);
            }
            None => stands.push((*on, *amount)),
        }
    }
    stands.pop()
}

/// The item that was settled with another on a day.
fn partner(
    tables: &impl Read,
    item: &PlbRecord,
    with: Option<PlbId>,
    settled: (Date, Money),
) -> Result<PlbRecord, Refusal> {
    let mut found: Vec<PlbRecord> = Vec::new();
    for other in tables.plbs()? {
        let other = other?;
        let named = with.is_none_or(|id| id == other.id);
        if named && other.payer == item.payer && other.id != item.id && last_settled(&other) == Some(settled)
        {
            found.push(other);
        }
    }
    match (found.pop(), found.is_empty()) {
        (Some(other), true) => Ok(other),
        (None, _) => Err(Refusal::NotSettled(item.id)),
        (Some(_), false) => Err(Refusal::WhichPair(item.id)),
    }
}

/// The entries that persons wrote about an item and nobody undid. Reads the whole journal, once.
pub(super) fn entries_of(tables: &impl Read, id: PlbId) -> Result<Vec<(EntryId, Entry)>, StoreError> {
    let by_person = |entry: &Entry| entry.source == Source::Manual && entry.remit.is_none();
    standing_where(tables, |entry| entry.plb == Some(id) && by_person(entry))
}
