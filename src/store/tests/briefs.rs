//! Claims in short against a plain map of what was put: whatever is changed, in whatever order, across blocks.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;

use super::samples::{Dice, practice};
use crate::domain::book::{ClaimRecord, ClaimState, Holding};
use crate::domain::brief::{CaseBrief, ClaimBrief, ClaimNames, LineBrief, NameKey};
use crate::domain::case::DenialCase;
use crate::domain::{CaseId, ClaimId, PatientControlNumber};
use crate::store::rows::brief::{Block as _, ClaimBlock};
use crate::store::rows::case_brief::CaseBlock;
use crate::store::{Book, Read as _, Snapshot};

/// A state whose amounts can be added up.
pub(super) fn state(dice: &mut Dice) -> ClaimState {
    let holding = |d: &mut Dice| Holding { account: d.account(), payer: d.payer(), amount: small(d) };
    let holdings = dice.list(4, holding).into();
    ClaimState {
        charge: small(dice),
        paid_insurance: small(dice),
        written_off: small(dice),
        holdings,
        ..dice.state()
    }
}

fn small(dice: &mut Dice) -> crate::domain::Money {
    crate::domain::Money::from_cents(i64::from(dice.number() as u16) - 9000)
}

/// A case whose amounts can be added up.
fn case(dice: &mut Dice) -> DenialCase {
    let mut case = dice.case();
    for line in &mut case.lines {
        for amount in [&mut line.denied, &mut line.recovered, &mut line.written_off, &mut line.to_patient] {
            *amount = small(dice);
        }
        for amount in [&mut line.to_next, &mut line.open, &mut line.excess] {
            *amount = small(dice);
        }
    }
    case
}

type Told = BTreeMap<ClaimId, (NameKey, NameKey, ClaimState)>;

fn told(tables: &Snapshot, first: u64, last: u64) -> Told {
    let mut found = BTreeMap::new();
    let seen = tables.visit_claims(ClaimId(first)..=ClaimId(last), |claim| {
        let state = tables.claim_state(claim.id)?.expect("a claim in short has a state");
        assert_eq!(claim.standing, (&state).into(), "claim {}", claim.id);
        found.insert(claim.id, (claim.provider, claim.patient, state));
        Ok(())
    });
    seen.expect("reads");
    let mut providers = Vec::new();
    let seen =
        tables.visit_providers(ClaimId(first)..=ClaimId(last), |id, provider| providers.push((id, provider)));
    seen.expect("reads");
    assert!(providers.into_iter().eq(found.iter().map(|(id, (provider, ..))| (*id, *provider))));
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_put_is_told_in_short(
        commits in prop::collection::vec(prop::collection::vec((0u64..300, any::<bool>(), prop::collection::vec(any::<u8>(), 0..120)), 0..40), 1..4)
    ) {
        let book = Book::in_memory(&practice()).expect("a ledger");
        let mut put: BTreeMap<ClaimId, (Option<ClaimRecord>, Option<ClaimState>)> = BTreeMap::new();
        for changes in commits {
            book.update(Duration::ZERO, |tables| {
                for (number, names, bytes) in changes {
                    let (id, mut dice) = (ClaimId(number), Dice(bytes));
                    if names {
                        let record = ClaimRecord { id, ..dice.claim() };
                        tables.put_claim(&record)?;
                        put.entry(id).or_default().0 = Some(record);
                    } else {
                        let state = state(&mut dice);
                        tables.put_claim_state(id, &state)?;
                        put.entry(id).or_default().1 = Some(state);
                    }
                }
                Ok::<_, crate::store::StoreError>(())
            })
            .expect("written");
        }
        let wanted: Told = put
            .iter()
            .filter_map(|(id, (record, state))| {
                let names = record.as_ref().map(ClaimBrief::of).unwrap_or_default();
                Some((*id, (names.provider, names.patient, state.clone()?)))
            })
            .collect();
        let tables = book.read().expect("reads");
        prop_assert_eq!(&told(&tables, 0, u64::MAX), &wanted);
        let every: Vec<ClaimId> = put.keys().copied().collect();
        let mut named = Vec::new();
        tables.visit_names(&every, |names| named.push((names.id, format!("{names:?}")))).expect("reads");
        let records = put.values().filter_map(|(record, _)| record.as_ref());
        let wanted_names: Vec<_> = records
            .map(|record| (record.id, format!("{:?}", ClaimNames::of(record, &ClaimNames::services(record)))))
            .collect();
        prop_assert_eq!(named, wanted_names);
        let some: Told = wanted.range(ClaimId(60)..=ClaimId(130)).map(|(id, told)| (*id, told.clone())).collect();
        prop_assert_eq!(told(&tables, 60, 130), some);
    }

    #[test]
    fn cases_are_told_in_short(
        changes in prop::collection::vec((0u64..200, prop::collection::vec(any::<u8>(), 0..200)), 0..40)
    ) {
        let book = Book::in_memory(&practice()).expect("a ledger");
        for half in changes.chunks(20) {
            book.update(Duration::ZERO, |tables| {
                half.iter().try_for_each(|(number, bytes)| {
                    tables.put_case(&DenialCase { id: CaseId(*number), ..case(&mut Dice(bytes.clone())) })
                })
            })
            .expect("written");
        }
        let (tables, mut seen) = (book.read().expect("reads"), Vec::new());
        let told = tables.visit_cases(|found| {
            let case = tables.case(found.id)?.expect("there");
            assert_eq!(*found, CaseBrief::of(&case, &LineBrief::of(&case)));
            seen.push(found.id);
            Ok(())
        });
        told.expect("reads");
        let every: Vec<CaseId> = tables.cases().expect("reads").map(|case| case.expect("reads").id).collect();
        prop_assert_eq!(seen, every);
    }

    #[test]
    fn any_control_number_comes_back(
        numbers in prop::collection::vec("[A-Z0-9 -]{0,12}[0-9]{0,20}", 1..30)
    ) {
        let book = Book::in_memory(&practice()).expect("a ledger");
        let record = |(id, number): (u64, &String)| {
            let mut record = ClaimRecord { id: ClaimId(id), ..Dice(Vec::new()).claim() };
            record.claim.control_number = PatientControlNumber::new(number);
            record
        };
        let records: Vec<ClaimRecord> = (0..).zip(&numbers).map(record).collect();
        book.update(Duration::ZERO, |tables| records.iter().try_for_each(|record| tables.put_claim(record)))
            .expect("written");
        let ids: Vec<ClaimId> = records.iter().map(|record| record.id).collect();
        let mut told = Vec::new();
        let tables = book.read().expect("reads");
        tables.visit_names(&ids, |names| told.push(names.control_number.to_owned())).expect("reads");
        let wanted: Vec<&str> = records.iter().map(|record| record.claim.control_number.as_str()).collect();
        prop_assert_eq!(told, wanted);
    }

    #[test]
    fn noise_is_no_block(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let with_version = [&[1], bytes.as_slice()].concat();
        let _ = ClaimBlock::unpack(1, &with_version).map(|block| block.claims().count());
        let _ = CaseBlock::unpack(1, &with_version).map(|block| block.cases().count());
    }
}
