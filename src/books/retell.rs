//! Bringing the journal, the balances and the denial cases of one claim in line with its story.
//!
//! Reads everything the claim ever heard, lets `posting` tell the story, and writes what is missing. Nothing is edited.

use super::charged;
use super::dossier::Dossier;
use super::matching::charges_of;
use crate::denial::turns::Turn;
use crate::domain::book::{ClaimRecord, ClaimState, Handling, PaymentRecord, PaymentStatus};
use crate::domain::claim::Frequency;
use crate::domain::entry::{Entry, Posting, Source};
use crate::domain::merge::Merged;
use crate::domain::{CaseId, ClaimId, Date, EntryId, Few, Money, PayerId, PaymentId};
use crate::posting::acts::Act;
use crate::posting::entries::is_act;
use crate::posting::history::{Story, Version, tell};
use crate::posting::position::{Answer, Terms};
use crate::store::{Read, StoreError, WriteTables};

/// Who writes, and when: the same for all entries of a command.
#[derive(Clone, Debug)]
pub struct Hand<'a> {
    /// UTC seconds.
    pub now: i64,
    /// The user.
    pub user: &'a str,
}

impl Hand<'_> {
    /// An entry that a person makes, tied to nothing yet.
    #[must_use]
    pub fn entry(&self, on: Date, rule: &str, memo: &str, postings: Vec<Posting>) -> Entry {
        Entry {
            posted_on: on,
            effective_on: None,
            recorded_at: self.now,
            source: Source::Manual,
            claim: None,
            remit: None,
            payment: None,
            plb: None,
            reverses: None,
            rule: rule.into(),
            memo: memo.into(),
            user: self.user.into(),
            postings,
        }
    }

    /// The same entry as made by this hand, on the day that is its own.
    #[must_use]
    pub fn anew(&self, entry: Entry) -> Entry {
        Entry {
            posted_on: entry.own_date(),
            effective_on: None,
            recorded_at: self.now,
            user: self.user.into(),
            ..entry
        }
    }
}

/// What telling a story asks besides the claim: the same for all claims of a transaction.
pub struct Rulebook<'a> {
    /// Who writes the new entries, and when.
    pub hand: &'a Hand<'a>,
    /// The office's own handlings of reason codes.
    pub handlings: Vec<Handling>,
    /// Where payers went that became others.
    pub merged: Merged,
    /// The last day that is closed.
    pub closed: Option<Date>,
    /// The remittance that goes out of the books or comes back, where claims are told anew for that.
    pub turn: Option<Turn>,
}

impl<'a> Rulebook<'a> {
    /// Reads it.
    ///
    /// # Errors
    /// Whatever the store says.
    pub fn of(tables: &WriteTables<'_>, hand: &'a Hand<'a>) -> Result<Rulebook<'a>, StoreError> {
        let (merged, handlings) = payers_now(tables)?;
        Ok(Rulebook { hand, handlings, merged, closed: tables.closed(), turn: None })
    }
}

/// Where payers went that became others, and the office's own handlings of reason codes for the payers that there are now.
///
/// # Errors
/// Whatever the store says.
pub fn payers_now(tables: &impl Read) -> Result<(Merged, Vec<Handling>), StoreError> {
    let merged = Merged::of(&tables.payers()?);
    let mut handlings = tables.handlings()?;
    handlings.iter_mut().for_each(|handling| handling.payer = merged.now(handling.payer));
    Ok((merged, handlings))
}

/// Tells a claim's story anew and writes what the books lack of it.
///
/// # Errors
/// Whatever the store says. An entry that does not sum to zero is refused there.
pub fn retell(tables: &mut WriteTables<'_>, hand: &Hand<'_>, record: &ClaimRecord) -> Result<(), StoreError> {
    retell_by(tables, hand, record, None)
}

/// The same after an act on one of its denial cases, which notes that itself.
///
/// # Errors
/// Whatever the store says. An entry that does not sum to zero is refused there.
pub fn retell_by(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    record: &ClaimRecord,
    case: Option<CaseId>,
) -> Result<(), StoreError> {
    let rules = Rulebook::of(tables, hand)?;
    Dossier::open(tables, record)?.by_case(case).tell(&rules).enter_all(tables, hand)
}

/// The same for several claims.
///
/// # Errors
/// Whatever the store says. An entry that does not sum to zero is refused there.
pub fn retell_all(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    claims: impl IntoIterator<Item = ClaimId>,
) -> Result<(), StoreError> {
    retell_turned(tables, hand, claims, None)
}

/// The same where a remittance went out of the books or came back: no payer said anything then.
///
/// # Errors
/// Whatever the store says. An entry that does not sum to zero is refused there.
pub fn retell_turned(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    claims: impl IntoIterator<Item = ClaimId>,
    turn: Option<Turn>,
) -> Result<(), StoreError> {
    let rules = Rulebook { turn, ..Rulebook::of(tables, hand)? };
    for claim in claims {
        if let Some(record) = tables.claim(claim)? {
            Dossier::open(tables, &record)?.tell(&rules).enter_all(tables, hand)?;
        }
    }
    Ok(())
}

/// Every entry of the claim, and those that booked its payments before they found it.
///
/// # Errors
/// Whatever the store says.
pub fn entries(
    tables: &impl Read,
    claim: ClaimId,
    payments: &[PaymentRecord],
) -> Result<Vec<(EntryId, Entry)>, StoreError> {
    with_held(tables, tables.entries_of_claim(claim)?, payments)
}

/// The same, as far as a story asks: of a claim that was only charged, the journal is not read.
///
/// # Errors
/// Whatever the store says.
pub fn entries_told(
    tables: &impl Read,
    claim: ClaimId,
    state: &ClaimState,
    payments: &[PaymentRecord],
) -> Result<Vec<(EntryId, Entry)>, StoreError> {
    let entries = match charged::entry(claim, state) {
        Some(charge) => vec![charge],
        None => tables.entries_until(state.last_entry)?,
    };
    with_held(tables, entries, payments)
}

fn with_held(
    tables: &impl Read,
    mut entries: Vec<(EntryId, Entry)>,
    payments: &[PaymentRecord],
) -> Result<Vec<(EntryId, Entry)>, StoreError> {
    for id in payments.iter().filter_map(|p| p.held_entry) {
        entries.extend(tables.entry(id)?.map(|(entry, _)| (id, entry)));
    }
    entries.sort_by_key(|(id, _)| *id);
    Ok(entries)
}

/// A claim as its history is told anew, for a question about it.
pub struct Retold<'r> {
    /// How it ends.
    pub story: Story<'r>,
    /// Its claim payments.
    pub payments: &'r [PaymentRecord],
    /// Its entries, and those that booked its payments before they found it.
    pub entries: &'r [(EntryId, Entry)],
}

/// Tells a claim's history anew and asks something about it. Nothing is written.
///
/// # Errors
/// Whatever the store says, or `ask`.
pub fn asked<T>(
    tables: &impl Read,
    record: &ClaimRecord,
    (merged, handlings): (&Merged, &[Handling]),
    ask: impl FnOnce(Retold<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let payments = tables.payments_of_claim(record.id)?;
    let entries = entries(tables, record.id, &payments)?;
    let charges = charges_of(record);
    let (answers, _) = heard(&payments);
    let story = tell(terms(record, &charges, handlings), &versions(record), &acts(&entries, merged), answers);
    ask(Retold { story, payments: &payments, entries: &entries })
}

/// What the rules need to know of a claim.
#[must_use]
pub fn terms<'a>(record: &'a ClaimRecord, charges: &'a [Money], handlings: &'a [Handling]) -> Terms<'a> {
    let billed = record.versions.first().map_or(PayerId::NONE, |v| v.billed_payer);
    let last_is_void = record.versions.last().filter(|v| v.frequency == Frequency::VOID.0);
    Terms {
        payers: &record.payers,
        billed,
        lines: &record.claim.lines,
        charges,
        void_since: last_is_void.map(|v| v.billed_on),
        handlings,
        named: &record.claim.payers,
    }
}

/// The submissions of a claim, as the rules see them.
#[must_use]
pub fn versions(record: &ClaimRecord) -> Few<Version, 2> {
    let submissions = record.versions.iter();
    submissions
        .map(|v| Version { on: v.billed_on, frequency: Frequency(v.frequency), charge: v.charge })
        .collect()
}

/// A claim payment, as the rules see it.
#[must_use]
pub fn answer(record: &PaymentRecord) -> Answer<'_> {
    Answer {
        id: record.id,
        on: record.posted_on,
        answered_on: record.answered_on,
        payer: record.payer,
        forwarded_to: record.forwarded_to,
        trace: &record.trace,
        payment: &record.payment,
        by_hand: record.by_hand.as_deref(),
    }
}

/// The answers that the rules reckon with, and the claim payments that a person released.
#[must_use]
pub fn heard(payments: &[PaymentRecord]) -> (Few<Answer<'_>, 2>, Vec<PaymentId>) {
    let answers = payments.iter().filter(|p| p.status.is_heard()).map(answer).collect();
    let released = payments.iter().filter(|p| p.status == PaymentStatus::Released).map(|p| p.id).collect();
    (answers, released)
}

/// What persons did, and what was brought in when the books began, by date. A payer that became another is that one.
#[must_use]
pub fn acts(existing: &[(EntryId, Entry)], merged: &Merged) -> Vec<Act> {
    let by_persons = existing.iter().filter(|(_, e)| is_act(e));
    let now = |p: &Posting| Posting { payer: merged.now(p.payer), ..*p };
    let act = |(id, e): &(EntryId, Entry)| Act {
        id: *id,
        on: e.own_date(),
        undoes: e.reverses,
        item: e.plb,
        postings: e.postings.iter().map(now).collect(),
    };
    let mut acts: Vec<Act> = by_persons.map(act).collect();
    acts.sort_by_key(|act| act.on);
    acts
}
