//! Bringing the journal, the balances and the denial cases of one claim in line with its story.
//!
//! Reads everything the claim ever heard, lets `posting` tell the story, and writes what is missing. Nothing is edited.

use crate::denial;
use crate::domain::book::{ClaimRecord, ClaimState, DenialCase, Handling, PaymentRecord, PaymentStatus};
use crate::domain::claim::Frequency;
use crate::domain::entry::{Entry, Posting, Source};
use crate::domain::{ClaimId, Date, EntryId, Money, PayerId, PaymentId};
use crate::posting::answer::Outcome;
use crate::posting::entries::{Draft, live, missing, net};
use crate::posting::history::{Act, Story, Version, tell};
use crate::posting::position::{Answer, Standing, Terms};
use crate::store::{Read, StoreError, WriteTables};

/// Who writes, and when: the same for all entries of a command.
#[derive(Clone, Debug)]
pub struct Hand<'a> {
    /// UTC seconds.
    pub now: i64,
    /// The user.
    pub user: &'a str,
}

/// Tells a claim's story anew and writes what the books lack of it.
///
/// # Errors
/// Whatever the store says. An entry that does not sum to zero is refused there.
pub fn retell(tables: &mut WriteTables<'_>, hand: &Hand<'_>, record: &ClaimRecord) -> Result<(), StoreError> {
    let mut state = tables.claim_state(record.id)?.unwrap_or_default();
    let payments = tables.payments_of_claim(record.id)?;
    let mut existing = entries(tables, record.id, &payments)?;
    let charges: Vec<Money> = record.versions.iter().map(|v| v.charge).collect();
    let handlings = tables.handlings()?;
    let terms = terms(record, &charges, &handlings);
    let (answers, set_aside) = heard(&payments);
    let story = tell(terms, &versions(record), &acts(&existing), answers.clone());
    for draft in missing(&existing, &story, &answers, &set_aside) {
        let reverses = draft.reverses.or_else(|| undone_entry(&existing, &draft));
        let entry = entry(hand, record.id, &payments, draft, reverses);
        let id = tables.append_entry(&entry, state.last_entry)?;
        state.last_entry = Some(id);
        state.last_posted_on = state.last_posted_on.max(Some(entry.posted_on));
        existing.push((id, entry));
    }
    put_outcomes(tables, &story, &payments)?;
    state.cases = put_cases(tables, record.id, &story, &state)?;
    settle_state(&mut state, record, &story, &existing);
    tables.put_claim_state(record.id, &state)
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
    let mut entries = tables.entries_of_claim(claim)?;
    for id in payments.iter().filter_map(|p| p.held_entry) {
        entries.extend(tables.entry(id)?.map(|(entry, _)| (id, entry)));
    }
    entries.sort_by_key(|(id, _)| *id);
    Ok(entries)
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
    }
}

/// The submissions of a claim, as the rules see them.
#[must_use]
pub fn versions(record: &ClaimRecord) -> Vec<Version> {
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
        payer: record.payer,
        forwarded_to: record.forwarded_to,
        trace: &record.trace,
        payment: &record.payment,
    }
}

/// The answers that the rules reckon with, and the claim payments that a person released.
#[must_use]
pub fn heard(payments: &[PaymentRecord]) -> (Vec<Answer<'_>>, Vec<PaymentId>) {
    let answers = payments.iter().filter(|p| p.status.is_heard()).map(answer).collect();
    let released = payments.iter().filter(|p| p.status == PaymentStatus::Released).map(|p| p.id).collect();
    (answers, released)
}

/// What persons did, and what was brought in when the books began, by date.
#[must_use]
pub fn acts(existing: &[(EntryId, Entry)]) -> Vec<Act> {
    let by_persons = existing
        .iter()
        .filter(|(_, e)| matches!(e.source, Source::Manual | Source::Transfer | Source::Opening));
    let mut acts: Vec<Act> =
        by_persons.map(|(_, e)| Act { on: e.posted_on, postings: e.postings.clone() }).collect();
    acts.sort_by_key(|act| act.on);
    acts
}

fn entry(
    hand: &Hand<'_>,
    claim: ClaimId,
    payments: &[PaymentRecord],
    draft: Draft,
    reverses: Option<EntryId>,
) -> Entry {
    let payment = draft.payment.and_then(|id| payments.iter().find(|p| p.id == id));
    Entry {
        posted_on: draft.on,
        recorded_at: hand.now,
        source: draft.source,
        claim: Some(claim),
        remit: payment.map(|p| p.remit),
        payment: draft.payment,
        plb: None,
        reverses,
        rule: draft.rule,
        memo: String::new(),
        user: hand.user.to_owned(),
        postings: draft.postings,
    }
}

/// The entry that a draft undoes: the one of the undone answer that it negates exactly.
fn undone_entry(existing: &[(EntryId, Entry)], draft: &Draft) -> Option<EntryId> {
    let undone = draft.undoes?;
    let opposite: Vec<Posting> = draft.postings.iter().map(|p| p.negated()).collect();
    let negates = |e: &Entry| e.payment == Some(undone) && net(&e.postings) == net(&opposite);
    live(existing).into_iter().rev().find(|(_, e)| negates(e)).map(|(id, _)| *id)
}

/// Writes what became of each claim payment, where it changed, and keeps the list of unapplied items.
fn put_outcomes(
    tables: &mut WriteTables<'_>,
    story: &Story<'_>,
    payments: &[PaymentRecord],
) -> Result<(), StoreError> {
    for payment in payments.iter().filter(|p| p.status.is_heard()) {
        let Some(settled) = story.outcomes.get(&payment.id) else { continue };
        let (status, rule, message) = match &settled.outcome {
            Outcome::Posted(steps) => {
                let rule = steps.iter().map(|s| s.rule).collect::<Vec<_>>().join("+");
                (standing(story, payment.id), rule, String::new())
            }
            Outcome::Memo(word) => (PaymentStatus::Memo, (*word).to_owned(), String::new()),
            Outcome::Held(hold, _) if settled.cancelled => {
                (PaymentStatus::Memo, "cancelled-pair".to_owned(), hold.word().to_owned())
            }
            Outcome::Held(hold, message) => {
                (PaymentStatus::Unapplied, format!("hold:{hold}"), message.clone())
            }
        };
        if (status, rule.as_str(), message.as_str())
            == (payment.status, payment.rule.as_str(), payment.message.as_str())
        {
            continue;
        }
        if status == PaymentStatus::Unapplied {
            tables.put_unapplied(payment.id)?;
        } else {
            tables.remove_unapplied(payment.id)?;
        }
        tables.put_payment(&PaymentRecord { status, rule, message, ..payment.clone() })?;
    }
    Ok(())
}

fn standing(story: &Story<'_>, id: PaymentId) -> PaymentStatus {
    match story.position.answers.iter().find(|a| a.answer.id == id).map(|a| a.standing) {
        Some(Standing::Reversed) => PaymentStatus::Reversed,
        Some(Standing::Superseded) => PaymentStatus::Superseded,
        _ => PaymentStatus::Posted,
    }
}

fn put_cases(
    tables: &mut WriteTables<'_>,
    claim: ClaimId,
    story: &Story<'_>,
    state: &ClaimState,
) -> Result<Vec<crate::domain::CaseId>, StoreError> {
    let mut known: Vec<DenialCase> = Vec::new();
    for id in &state.cases {
        known.extend(tables.case(*id)?);
    }
    let mut ids = Vec::new();
    for mut case in denial::of_story(claim, story, &known) {
        if case.id.0 == 0 {
            case.id = tables.next_case_id()?;
        }
        if known.iter().all(|k| *k != case) {
            tables.put_case(&case)?;
        }
        ids.push(case.id);
    }
    // A case whose denial turned out to be no denial at all (the story changed) keeps its number, empty.
    let gone: Vec<DenialCase> = known.into_iter().filter(|k| !ids.contains(&k.id)).collect();
    for old in gone {
        ids.push(old.id);
        tables.put_case(&DenialCase { lines: Vec::new(), events: Vec::new(), ..old })?;
    }
    Ok(ids)
}

fn settle_state(
    state: &mut ClaimState,
    record: &ClaimRecord,
    story: &Story<'_>,
    existing: &[(EntryId, Entry)],
) {
    let position = &story.position;
    state.charge = position.charge;
    state.paid_insurance = position.paid_insurance();
    state.paid_patient = position.paid_patient;
    state.adjusted = position.adjusted();
    state.written_off = position.written_off;
    state.holdings = position.holdings().sorted();
    state.billed_payer = record.versions.first().map_or(PayerId::NONE, |v| v.billed_payer);
    state.service_from = record.claim.service_from;
    state.billed_on = record.versions.first().map(|v| v.billed_on);
    state.responsible_since = responsible_since(existing);
}

/// When the balance came to whoever owes most of it now: the last day on which that bucket went from nothing to something.
#[must_use]
pub fn responsible_since(existing: &[(EntryId, Entry)]) -> Option<Date> {
    let mut by_day: Vec<(Date, Posting)> = Vec::new();
    for (_, entry) in existing {
        by_day.extend(
            entry.postings.iter().filter(|p| p.account.bucket().is_some()).map(|p| (entry.posted_on, *p)),
        );
    }
    by_day.sort_by_key(|(on, _)| *on);
    let mut totals: Vec<((crate::domain::Account, PayerId), Money, Date)> = Vec::new();
    for (on, posting) in by_day {
        let key = (posting.account, posting.payer);
        match totals.iter_mut().find(|t| t.0 == key) {
            Some(total) => {
                if total.1.is_zero() {
                    total.2 = on;
                }
                total.1 += posting.amount;
            }
            None => totals.push((key, posting.amount, on)),
        }
    }
    totals.into_iter().filter(|t| !t.1.is_zero()).max_by_key(|t| t.1.abs()).map(|t| t.2)
}
