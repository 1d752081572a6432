//! Tables of blocks against a plain map: whatever is put in which order, the same is found.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;

use super::samples::{fixed_dice, practice};
use crate::domain::book::{ClaimRecord, PaymentRecord};
use crate::domain::{ClaimId, PaymentId};
use crate::store::{Book, Read, StoreError, WriteTables};

fn payment(id: u64, seed: u64) -> PaymentRecord {
    PaymentRecord { id: PaymentId(id), ..fixed_dice(seed).payment() }
}

fn agree(tables: &impl Read, known: &BTreeMap<u64, PaymentRecord>) {
    let all: Vec<PaymentRecord> = tables.payments().expect("read").collect::<Result<_, _>>().expect("read");
    assert!(all.iter().eq(known.values()), "{} of {}", all.len(), known.len());
    for id in (0..700).step_by(5) {
        assert_eq!(tables.payment(PaymentId(id)).expect("read").as_ref(), known.get(&id), "{id}");
    }
}

fn put_all(
    tables: &mut WriteTables<'_>,
    known: &mut BTreeMap<u64, PaymentRecord>,
    puts: &[(u64, u64)],
) -> Result<(), StoreError> {
    for (id, seed) in puts {
        let payment = payment(*id, *seed);
        tables.put_payment(&payment)?;
        known.insert(*id, payment);
    }
    agree(tables, known);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_put_is_found(
        transactions in proptest::collection::vec(
            proptest::collection::vec((1u64..700, 0u64..50), 0..120), 1..4
        ),
    ) {
        let book = Book::in_memory(&practice()).expect("made");
        let mut known = BTreeMap::new();
        for puts in transactions {
            book.update(Duration::ZERO, |tables| put_all(tables, &mut known, &puts)).expect("written");
            agree(&book.read().expect("read"), &known);
        }
    }
}

#[test]
fn rows_in_order_fill_their_blocks() {
    let book = Book::in_memory(&practice()).expect("made");
    let claims = |seed| ClaimRecord { id: ClaimId(seed), ..fixed_dice(seed % 40).claim() };
    book.update(Duration::ZERO, |tables| (1..=1000).try_for_each(|id| tables.put_claim(&claims(id))))
        .expect("written");
    let snapshot = book.read().expect("read");
    let blocks: Vec<usize> = redb::ReadableTable::range::<u64>(&snapshot.claim_rows, ..)
        .expect("read")
        .map(|row| row.expect("read").1.value().len())
        .collect();
    assert!(blocks.iter().all(|length| *length <= 4_060), "{blocks:?}");
    let full = blocks.iter().filter(|length| **length > 3_200).count();
    assert!(full * 10 >= blocks.len() * 8, "{blocks:?}");
    let found: Vec<ClaimRecord> = snapshot.claims().expect("read").collect::<Result<_, _>>().expect("read");
    assert!(found.into_iter().eq((1..=1000).map(claims)));
}

#[test]
fn more_texts_than_a_block_shares_stand_in_their_rows() {
    let book = Book::in_memory(&practice()).expect("made");
    let mut long = payment(1, 3);
    long.payment.lines = (0..700)
        .map(|at| crate::domain::remit::LinePayment {
            control_number: format!("L{at}").into(),
            ..Default::default()
        })
        .collect();
    book.update(Duration::ZERO, |tables| {
        tables.put_payment(&long)?;
        // A long row still leaves its neighbours what they are.
        tables.put_payment(&payment(2, 4))?;
        tables.put_payment(&PaymentRecord { message: "changed".into(), ..long.clone() })
    })
    .expect("written");
    let snapshot = book.read().expect("read");
    let found = snapshot.payment(PaymentId(1)).expect("read").expect("there");
    assert_eq!((found.message.as_str(), &found.payment), ("changed", &long.payment));
    assert_eq!(snapshot.payment(PaymentId(2)).expect("read"), Some(payment(2, 4)));
}
