//! Records that are read one in the place of the other, against the same read one by one.

use std::collections::BTreeMap;
use std::time::Duration;

use super::briefs::state;
use super::samples::{charge, fixed_dice, practice};
use crate::domain::book::{ClaimState, PaymentRecord};
use crate::domain::brief::PaymentBrief;
use crate::domain::entry::Entry;
use crate::domain::{ClaimId, EntryId, PaymentId};
use crate::store::{Book, Read, Snapshot, StoreError, Visit, WriteTables};

/// Claims whose entries lie between those of others, with texts and postings of every length.
fn journal(book: &Book) -> Vec<(ClaimId, EntryId)> {
    let mut last: BTreeMap<ClaimId, EntryId> = BTreeMap::new();
    let append = |tables: &mut WriteTables<'_>| {
        for number in 0..900u64 {
            let claim = ClaimId(1 + number * number % 40);
            let mut entry = charge(claim.0, number as i64 + 1);
            for _ in 0..number % 5 {
                entry.postings.extend(entry.postings.clone().into_iter().take(2));
            }
            entry.memo = "m".repeat(number as usize % 30).into();
            let id = tables.append_entry(&entry, last.get(&claim).copied())?;
            last.insert(claim, id);
        }
        Ok::<_, StoreError>(())
    };
    book.update(Duration::ZERO, append).expect("written");
    last.into_iter().collect()
}

#[test]
fn the_entries_of_many_claims_are_those_of_each() {
    let book = Book::in_memory(&practice()).expect("made");
    let claims = journal(&book);
    let read = book.read().expect("read");
    // The first of them is not asked for.
    let last = || claims.iter().enumerate().map(|(place, (_, last))| (place > 0).then_some(*last));
    let mut seen: Vec<Vec<(EntryId, Entry)>> = vec![Vec::new(); claims.len()];
    read.visit_chains(last(), |place, id, entry| seen[place].push((id, entry.clone()))).expect("visited");
    for (mut own, last) in seen.into_iter().zip(last()) {
        own.sort_by_key(|(id, _)| *id);
        assert_eq!(own, read.entries_until(last).expect("read"), "{last:?}");
    }
    let gone = read.visit_chains([Some(EntryId(5_000))], |_, _, _| {});
    assert!(gone.expect_err("no such entry").to_string().contains("journal"));
}

#[test]
fn states_are_read_in_place_of_one_another() {
    let book = Book::in_memory(&practice()).expect("made");
    let put = |tables: &mut WriteTables<'_>| {
        (1..200).try_for_each(|id| tables.put_claim_state(ClaimId(id), &state(&mut fixed_dice(id))))
    };
    book.update(Duration::ZERO, put).expect("written");
    let read = book.read().expect("read");
    let mut seen: Vec<(ClaimId, ClaimState)> = Vec::new();
    let visited = read.visit_states(ClaimId(0)..=ClaimId(u64::MAX), |claim, state| {
        seen.push((claim, state.clone()));
        Ok(())
    });
    visited.expect("visited");
    let all: Result<Vec<_>, _> = read.claim_states().expect("read").collect();
    assert_eq!(seen, all.expect("read"));
}

/// Every second payment follows on the one before it.
fn payment(id: u64) -> PaymentRecord {
    let before = (id % 2 == 0).then(|| PaymentId(id - 1));
    PaymentRecord {
        id: PaymentId(id),
        claim: Some(ClaimId(id.div_ceil(2))),
        previous_of_claim: before,
        ..fixed_dice(id).payment()
    }
}

fn with_payments() -> (Book, Snapshot) {
    let book = Book::in_memory(&practice()).expect("made");
    let put = |tables: &mut WriteTables<'_>| (1..=200).try_for_each(|id| tables.put_payment(&payment(id)));
    book.update(Duration::ZERO, put).expect("written");
    let read = book.read().expect("read");
    (book, read)
}

fn agree(brief: &PaymentBrief<'_>) {
    let whole = payment(brief.id.0);
    let wanted = PaymentBrief {
        id: whole.id,
        remit: whole.remit,
        status: whole.status,
        posted_on: whole.posted_on,
        payer: whole.payer,
        claim: whole.claim,
        previous_of_claim: whole.previous_of_claim,
        said: &whole.payment.status,
        charge: whole.payment.charge,
        paid: whole.payment.paid,
    };
    assert_eq!(*brief, wanted);
}

#[test]
fn payments_in_short_say_what_the_records_say() {
    let (_book, read) = with_payments();
    let mut seen = 0;
    let ids: Vec<PaymentId> = (3..=190).map(PaymentId).collect();
    let see = |brief: &PaymentBrief<'_>| {
        agree(brief);
        seen += 1;
    };
    read.visit_payments(&ids, see).expect("visited");
    assert_eq!(seen, ids.len());
    let mut latest = Vec::new();
    read.visit_latest_payments(7, |brief| latest.push(brief.id.0)).expect("visited");
    assert_eq!(latest, [194, 195, 196, 197, 198, 199, 200]);
    latest.clear();
    read.visit_latest_payments(700, |brief| latest.push(brief.id.0)).expect("visited");
    assert_eq!(latest.len(), 200);
    let mut all = Vec::new();
    read.visit_all_payments(|brief| {
        agree(brief);
        all.push(brief.id.0);
    })
    .expect("visited");
    assert_eq!(all, (1..=200).collect::<Vec<_>>());
}

#[test]
fn chains_of_answers_end_or_are_refused() {
    let (book, read) = with_payments();
    let last = || (1..=100).map(|claim| Some(PaymentId(2 * claim)));
    let mut seen = Vec::new();
    let see = |place: usize, brief: &PaymentBrief<'_>| {
        agree(brief);
        seen.push((place, brief.id.0));
    };
    read.visit_answers(last(), see).expect("visited");
    seen.sort_unstable();
    let wanted = (1..=200u64).map(|id| ((id as usize - 1) / 2, id));
    assert!(seen.into_iter().eq(wanted));
    let circle = PaymentRecord { previous_of_claim: Some(PaymentId(2)), ..payment(1) };
    book.update(Duration::ZERO, |tables| tables.put_payment(&circle)).expect("written");
    let turning = book.read().expect("read").visit_answers(last(), |_, _| {});
    assert!(turning.expect_err("a circle").to_string().contains("no end"));
}
