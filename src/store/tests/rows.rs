//! Rows there and back, and the exact bytes of one of each kind.

use std::fmt::Debug;

use proptest::prelude::*;

use super::samples::{Dice, fixed_dice, practice};
use crate::domain::ack::{AckRecord, SentSet};
use crate::domain::book::*;
use crate::domain::case::*;
use crate::domain::clock::ClockRule;
use crate::domain::entry::{Entry, Posting, Reason, Source};
use crate::domain::followup::FollowUp;
use crate::domain::merge::PayerMerge;
use crate::domain::*;
use crate::store::error::StoreError;
use crate::store::rows::block::{Block, Packed, View};
use crate::store::rows::{Bad, Record, numbers, state};

fn bytes<T: Record>(record: &T) -> Vec<u8> {
    let mut out = Vec::new();
    record.encode(0, &mut out).expect("encodes");
    out
}

/// Comes back whole, and no bytes too few or too many are taken for it.
fn comes_back<T: Record + PartialEq + Debug>(key: u64, record: &T) {
    let mut stored = bytes(record);
    assert_eq!(&T::decode(key, &stored).expect("decodes"), record);
    let short = T::decode(key, &stored[..stored.len() - 1]);
    assert!(matches!(short, Err(StoreError::Corrupt { .. })), "{short:?}");
    stored.push(0);
    let long = T::decode(key, &stored).expect_err("a byte too many");
    assert!(long.to_string().contains("1 bytes too many"), "{long}");
}

/// A block with one row.
fn alone<T: Packed>(key: u64, record: &T) -> Vec<u8> {
    let (mut block, mut out) = (Block::default(), Vec::new());
    block.begin(key);
    block.put(key, |to| record.pack(to));
    block.write(&mut out);
    out
}

fn unpacked<T: Packed>(key: u64, block: &[u8]) -> Result<Option<T>, Bad> {
    View::read(key, block)?.get(key).transpose()
}

/// The same for a record that lies in a block.
fn comes_out<T: Packed + PartialEq + Debug>(key: u64, record: &T) {
    let mut stored = alone(key, record);
    assert_eq!(unpacked(key, &stored).expect("unpacks").as_ref(), Some(record));
    let short = unpacked::<T>(key, &stored[..stored.len() - 1]);
    assert!(short.is_err(), "{short:?}");
    stored.push(0);
    let long = unpacked::<T>(key, &stored).expect_err("a byte too many");
    assert_eq!(long, Bad("has 1 bytes too many".to_owned()));
}

fn state_bytes(record: &ClaimState) -> Vec<u8> {
    let mut out = Vec::new();
    state::pack(record, &mut out).expect("packs");
    out
}

fn every_record_comes_back(dice: &mut Dice) {
    let payment = dice.payment();
    comes_out(payment.id.0, &payment);
    let by_hand = Some(Box::new(dice.by_hand()));
    comes_out(payment.id.0, &PaymentRecord { by_hand, ..payment });
    let claim = dice.claim();
    comes_out(claim.id.0, &claim);
    let remit = dice.remit();
    comes_back(remit.id.0, &remit);
    let plb = dice.plb();
    comes_back(plb.id.0, &plb);
    let case = dice.case();
    comes_back(case.id.0, &case);
    let file = dice.file();
    comes_back(file.id.0, &file);
    let payer = dice.payer_record();
    comes_back(u64::from(payer.id.0), &payer);
    comes_back(0, &dice.practice());
    comes_back(1, &dice.case_event());
    comes_back(1, &dice.case_work());
    let open = dice.open_case();
    comes_back(open.case.0, &open);
    let lease = dice.lease();
    comes_back(lease.case.0, &lease);
    let ack: AckRecord = dice.ack();
    comes_back(ack.id.0, &ack);
    let sent: SentSet = dice.sent();
    comes_back(sent.id.0, &sent);
    let clock: ClockRule = dice.clock_rule();
    comes_back(u64::from(clock.payer.0), &clock);
    let merge: PayerMerge = dice.payer_merge();
    comes_back(u64::from(merge.from.0), &merge);
    let period = dice.period();
    comes_back(u64::from(period.month.number()), &period);
    let record = dice.audit();
    comes_back(record.id, &record);
    let followup: FollowUp = dice.followup();
    comes_back(0, &followup);
    let deposit = dice.deposit();
    comes_back(deposit.id.0, &deposit);
    let settlement = dice.settlement();
    comes_back(settlement.id.0, &settlement);
    let join = dice.join();
    comes_back(join.part.0, &join);
    let apart = dice.apart();
    comes_back(apart.one.0, &apart);
    comes_back(0, &dice.act_review());
    comes_out(dice.number(), &(dice.entry(), dice.maybe(|d| EntryId(d.number()))));
    let state = dice.state();
    let mut stored = state_bytes(&state);
    assert_eq!(state::unpack(&stored), Ok(state));
    stored.push(0);
    assert!(state::unpack(&stored).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn records_come_back(bytes in proptest::collection::vec(any::<u8>(), 0..3000)) {
        every_record_comes_back(&mut Dice(bytes));
    }

    #[test]
    fn noise_is_refused_and_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        let with_version = [&[1], bytes.as_slice()].concat();
        let _ = state::unpack(&with_version);
        let _ = unpacked::<PaymentRecord>(1, &with_version);
        let _ = unpacked::<ClaimRecord>(1, &with_version);
        let _ = unpacked::<(Entry, Option<EntryId>)>(1, &with_version);
        let _ = DenialCase::decode(1, &with_version);
        let _ = CaseEvent::decode(1, &with_version);
        let _ = CaseWork::decode(1, &with_version);
        let _ = OpenCase::decode(1, &with_version);
    }
}

#[test]
fn full_and_empty_records_come_back() {
    every_record_comes_back(&mut Dice(vec![]));
    for seed in 0..50 {
        every_record_comes_back(&mut fixed_dice(seed));
    }
}

#[test]
fn bad_numbers_are_named() {
    let posted = PaymentRecord { status: PaymentStatus::Posted, ..Dice(vec![]).payment() };
    let memo = PaymentRecord { status: PaymentStatus::Memo, ..posted.clone() };
    let (mut stored, other) = (alone(7, &posted), alone(7, &memo));
    let status = stored.iter().zip(&other).position(|(one, other)| one != other).expect("they differ");
    stored[status] = 99;
    let bad = unpacked::<PaymentRecord>(7, &stored).expect_err("no such status");
    assert_eq!(bad, Bad("99 is no status of a payment".to_owned()));
    stored[0] = 2;
    let bad = unpacked::<PaymentRecord>(7, &stored).expect_err("a later form");
    assert_eq!(bad, Bad("has the form 2, and 1 was expected".to_owned()));
    assert!(unpacked::<PaymentRecord>(7, &[]).is_err());
    let mut remit = bytes(&Dice(vec![]).remit());
    remit[0] = 2;
    let error = RemitRecord::decode(7, &remit).expect_err("a later form");
    assert_eq!(
        error.to_string(),
        "the ledger is damaged: table remits, row 7: has the form 2, and 1 was expected"
    );
}

fn day(number: u32) -> Date {
    Date::from_ymd(2026, 3, number).expect("a day")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn golden_state() -> ClaimState {
    ClaimState {
        charge: Money::from_cents(20_000),
        paid_insurance: Money::from_cents(12_000),
        adjusted: Money::from_cents(5_000),
        holdings: vec![Holding {
            account: Account::Due,
            payer: PayerId(1),
            amount: Money::from_cents(3_000),
        }]
        .into(),
        billed_payer: PayerId(1),
        service_from: Some(day(2)),
        billed_on: Some(day(4)),
        responsible_since: Some(day(20)),
        last_posted_on: Some(day(20)),
        last_entry: Some(EntryId(300)),
        last_payment: Some(PaymentId(299)),
        cases: vec![CaseId(5)],
        ..ClaimState::default()
    }
}

/// A claim that heard nothing yet.
fn charged_state() -> ClaimState {
    let holding = Holding { account: Account::Open, payer: PayerId(1), amount: Money::from_cents(20_000) };
    ClaimState {
        charge: Money::from_cents(20_000),
        holdings: vec![holding].into(),
        billed_payer: PayerId(1),
        service_from: Some(day(2)),
        billed_on: Some(day(4)),
        responsible_since: Some(day(4)),
        last_posted_on: Some(day(4)),
        last_entry: Some(EntryId(300)),
        only_charged: true,
        days: vec![Standing { on: day(4), holdings: vec![holding].into() }],
        ..ClaimState::default()
    }
}

#[test]
fn an_answer_is_written_over_the_charge_in_its_place() {
    let length = |state: &ClaimState| state_bytes(state).len();
    let charged = charged_state();
    let answered = ClaimState {
        paid_insurance: Money::from_cents(15_000),
        adjusted: Money::from_cents(5_000),
        holdings: Few::new(),
        last_posted_on: Some(day(28)),
        last_entry: Some(EntryId(2_000_000)),
        last_payment: Some(PaymentId(1_000_000)),
        only_charged: false,
        days: [charged.days.clone(), vec![Standing { on: day(28), holdings: Few::new() }]].concat(),
        ..charged_state()
    };
    assert_eq!(length(&answered), length(&charged));
    let many = ClaimState { cases: (1..=60).map(CaseId).collect(), ..answered };
    assert!(length(&many) > 60, "it grows where it must");
}

fn golden_entry() -> Entry {
    let cents = Money::from_cents;
    let reason = Reason { group: Some(GroupCode::Co), code: Code::known("45") };
    Entry {
        posted_on: day(20),
        effective_on: None,
        recorded_at: 1_774_000_000,
        source: Source::Remit,
        claim: Some(ClaimId(1)),
        remit: Some(RemitId(2)),
        payment: Some(PaymentId(299)),
        plb: None,
        reverses: None,
        rule: "posted".into(),
        memo: Default::default(),
        user: Default::default(),
        postings: vec![
            Posting::new(Account::Contractual, PayerId(1), cents(5_000)),
            Posting { reason: Some(reason), ..Posting::new(Account::Open, PayerId(1), cents(-5_000)) },
        ],
    }
}

/// The bytes below are in ledgers out there. A changed shape needs a new version byte (`codec::ROW` or the one of
/// `rows/state.rs` or `rows/block.rs`), a new `schema::VERSION` and a step in `migrate`; then, and only then, new bytes here.
#[test]
fn stored_bytes_do_not_change() {
    let mut dice = fixed_dice(2026);
    let golden = [
        ("state", state_bytes(&golden_state())),
        ("state of a charge", state_bytes(&charged_state())),
        ("entry", alone(300, &(golden_entry(), Some(EntryId(12))))),
        ("claim", alone(1, &dice.claim())),
        ("payment", alone(1, &dice.payment())),
        ("remit", bytes(&dice.remit())),
        ("plb", bytes(&dice.plb())),
        ("case", bytes(&fixed_dice(197).case())),
        ("case event", bytes(&fixed_dice(198).case_event())),
        ("case work", bytes(&fixed_dice(199).case_work())),
        ("open case", bytes(&fixed_dice(200).open_case())),
        ("lease", bytes(&fixed_dice(201).lease())),
        ("file", bytes(&dice.file())),
        ("payer", bytes(&dice.payer_record())),
        ("practice", bytes(&practice())),
        ("ack", bytes(&fixed_dice(999).ack())),
        ("sent", bytes(&fixed_dice(837).sent())),
        ("followup", bytes(&fixed_dice(277).followup())),
        ("clock", bytes(&fixed_dice(120).clock_rule())),
        ("payer merge", bytes(&fixed_dice(121).payer_merge())),
        ("period", bytes(&fixed_dice(31).period())),
        ("audit", bytes(&fixed_dice(60).audit())),
        ("deposit", bytes(&fixed_dice(822).deposit())),
        ("settlement", bytes(&fixed_dice(370).settlement())),
        ("join", bytes(&fixed_dice(88).join())),
        ("apart", bytes(&fixed_dice(64).apart())),
        ("act review", bytes(&fixed_dice(72).act_review())),
        ("payers' numbers", {
            let mut list = Vec::new();
            numbers::write(&[(0x0102_0304_0506_0708, 9), (u64::MAX, 10)], &mut list);
            list
        }),
    ];
    let expected = include_str!("golden.txt");
    let found: String = golden.iter().map(|(kind, bytes)| format!("{kind} {}\n", hex(bytes))).collect();
    assert_eq!(found, expected);
}
