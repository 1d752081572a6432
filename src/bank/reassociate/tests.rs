//! What is matched, what is not, and that no order changes it.

use proptest::prelude::*;

use super::*;
use crate::bank::suggest::suggestions;

fn day(of_march: u32) -> Date {
    Date::from_ymd(2026, 3, of_march).expect("a day")
}

fn deposit(id: u64, on: u32, cents: i64) -> Movement {
    Movement {
        id: DepositId(id),
        account: "1234".to_owned(),
        on: day(on),
        amount: Money::from_cents(cents),
        trace: String::new(),
        payer_trace: String::new(),
        text: String::new(),
    }
}

fn remit(id: u64, on: u32, cents: i64) -> Awaited {
    Awaited {
        id: RemitId(id),
        on: day(on),
        amount: Money::from_cents(cents),
        trace: format!("T{id}"),
        payer_trace: "1512345678".to_owned(),
        payer: PayerId(1),
        payer_name: "BLUEBELLHEALTHINSURANCE".to_owned(),
        check: false,
    }
}

fn traced(deposit: Movement, trace: &str, payer: &str) -> Movement {
    Movement { trace: trace.to_owned(), payer_trace: payer.to_owned(), ..deposit }
}

fn saying(deposit: Movement, text: &str) -> Movement {
    Movement { text: text.to_owned(), ..deposit }
}

fn check(remit: Awaited) -> Awaited {
    Awaited { check: true, ..remit }
}

fn with_trace(remit: Awaited, trace: &str) -> Awaited {
    Awaited { trace: trace.to_owned(), ..remit }
}

/// Rule, deposits and remittances of each match.
fn all(deposits: &[Movement], remits: &[Awaited]) -> Vec<(&'static str, Vec<u64>, Vec<u64>)> {
    let plain =
        |m: Match| (m.rule, m.deposits.iter().map(|d| d.0).collect(), m.remits.iter().map(|r| r.0).collect());
    matches(deposits, remits, Window::default()).into_iter().map(plain).collect()
}

#[test]
fn a_trace_number_and_its_amount_are_proof() {
    let found = all(
        &[traced(deposit(1, 5, 100), "T7", "1512345678"), traced(deposit(2, 5, -50), "T8", "")],
        &[remit(7, 3, 100), remit(8, 4, -50), remit(9, 3, 100)],
    );
    assert_eq!(found, [("trace", vec![1], vec![7]), ("trace", vec![2], vec![8])]);
}

#[test]
fn another_payer_another_amount_or_another_season_is_not() {
    let remits = [remit(7, 3, 100)];
    for deposit in [
        traced(deposit(1, 5, 100), "T7", "1999999999"),
        traced(deposit(1, 5, 101), "T7", "1512345678"),
        Movement {
            on: Date::from_ymd(2026, 5, 3).expect("a day"),
            ..traced(deposit(1, 5, 100), "T7", "1512345678")
        },
        traced(deposit(1, 5, 100), "", ""),
    ] {
        assert_eq!(all(std::slice::from_ref(&deposit), &remits), [], "{deposit:?}");
    }
    // Two that fit are no proof either, on whichever side.
    let twice = [traced(deposit(1, 5, 100), "T7", ""), traced(deposit(2, 5, 100), "T7", "")];
    assert_eq!(all(&twice, &remits), []);
    assert_eq!(all(&twice[..1], &[remit(7, 3, 100), with_trace(remit(8, 3, 100), "T7")]), []);
}

#[test]
fn sums_of_one_number_are_proof() {
    let one = traced(deposit(1, 5, 300), "T7", "1512345678");
    let parts = [remit(7, 3, 100), with_trace(remit(8, 3, 200), "T7")];
    assert_eq!(all(std::slice::from_ref(&one), &parts), [("trace-sum", vec![1], vec![7, 8])]);
    let pieces = [traced(deposit(1, 5, 40), "T7", ""), traced(deposit(2, 6, 60), "T7", "")];
    assert_eq!(all(&pieces, &[remit(7, 3, 100)]), [("trace-sum", vec![1, 2], vec![7])]);
    assert_eq!(all(&pieces, &[remit(7, 3, 101)]), []);
}

#[test]
fn an_amount_alone_needs_the_payers_name_and_no_rival() {
    let named = saying(deposit(1, 5, 100), "BLUEBELLHEALTHHCCLAIMPMT");
    assert_eq!(all(std::slice::from_ref(&named), &[remit(7, 3, 100)]), [("amount-payer", vec![1], vec![7])]);
    assert_eq!(all(&[saying(deposit(1, 5, 100), "SOMEBODY")], &[remit(7, 3, 100)]), []);
    assert_eq!(all(std::slice::from_ref(&named), &[remit(7, 3, 100), remit(8, 3, 100)]), []);
    assert_eq!(all(&[named.clone(), deposit(2, 6, 100)], &[remit(7, 3, 100)]), [], "the other may be it");
    assert_eq!(all(&[Movement { on: day(20), ..named.clone() }], &[remit(7, 3, 100)]), []);
    // The addenda name another remittance.
    assert_eq!(all(&[traced(named, "T9", "1512345678")], &[remit(7, 3, 100)]), []);
}

#[test]
fn a_lockbox_pays_in_the_checks_of_a_day() {
    let checks = [check(remit(7, 3, 100)), check(remit(8, 3, 250)), check(remit(9, 4, 50))];
    assert_eq!(all(&[deposit(1, 5, 350)], &checks), [("checks-of-a-day", vec![1], vec![7, 8])]);
    // Any two that add up are not proof.
    assert_eq!(all(&[deposit(1, 5, 150)], &checks), []);
    // One remittance of that amount would explain it as well; and so would a second deposit.
    assert_eq!(all(&[deposit(1, 5, 350)], &[&checks[..], &[remit(10, 4, 350)]].concat()), []);
    assert_eq!(all(&[deposit(1, 5, 350), deposit(2, 6, 350)], &checks), []);
    // Of one payer among several.
    let other = Awaited { payer: PayerId(2), ..check(remit(11, 3, 999)) };
    assert_eq!(
        all(&[deposit(1, 5, 350)], &[&checks[..], &[other]].concat()),
        [("checks-of-a-day", vec![1], vec![7, 8])]
    );
}

#[test]
fn pieces_of_a_day_add_up_to_one_remittance() {
    let piece = |id, cents| saying(deposit(id, 5, cents), "X1512345678");
    assert_eq!(
        all(&[piece(1, 30), piece(2, 70), deposit(3, 5, 5)], &[remit(7, 3, 100)]),
        [("pieces-of-a-day", vec![1, 2], vec![7])]
    );
    assert_eq!(all(&[piece(1, 30), piece(2, 60)], &[remit(7, 3, 100)]), []);
}

#[test]
fn what_is_not_proved_is_suggested() {
    let why = |deposits: &[Movement], remits: &[Awaited]| -> Vec<(Vec<u64>, i64, &'static str)> {
        let all = suggestions(deposits, remits, Window::default());
        all.into_iter()
            .map(|s| (s.remits.iter().map(|r| r.0).collect(), s.difference.cents(), s.why))
            .collect()
    };
    assert_eq!(
        why(&[traced(deposit(1, 5, 90), "T7", "")], &[remit(7, 3, 100)]),
        [(vec![7], 10, "same number, another amount")]
    );
    assert_eq!(
        why(&[deposit(1, 5, 100)], &[remit(7, 3, 100), remit(8, 20, 100)]),
        [(vec![7], 0, "same amount; nothing names the payer")]
    );
    let many = [remit(7, 3, 100), remit(8, 3, 250), remit(9, 4, 51)];
    assert_eq!(
        why(&[deposit(1, 5, 151)], &many),
        [(vec![7, 9], 0, "they add up to it, and no others nearby do")]
    );
    // Two ways to add up: neither is worth a look.
    assert_eq!(why(&[deposit(1, 5, 151)], &[&many[..], &[remit(10, 4, 51)]].concat()), []);
}

fn some_deposit() -> impl Strategy<Value = Movement> {
    (1u64..30, 1u32..28, 1i64..12, 0u64..12, any::<bool>(), any::<bool>()).prop_map(
        |(id, on, cents, trace, payer, named)| {
            let trace = if trace == 0 { String::new() } else { format!("T{trace}") };
            let payer = if payer { "1512345678" } else { "" };
            let text = if named { "BLUEBELLHEALTHHC" } else { "" };
            saying(traced(deposit(id, on, cents * 50), &trace, payer), text)
        },
    )
}

fn some_remit() -> impl Strategy<Value = Awaited> {
    (1u64..30, 1u32..28, 1i64..12, 1u64..12, any::<bool>(), 1u32..3).prop_map(
        |(id, on, cents, trace, check, payer)| Awaited {
            check,
            payer: PayerId(payer),
            ..with_trace(remit(id, on, cents * 50), &format!("T{trace}"))
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sums_agree_nothing_is_used_twice_and_no_order_matters(
        deposits in proptest::collection::btree_map(1u64..30, some_deposit(), 0..14),
        remits in proptest::collection::btree_map(1u64..30, some_remit(), 0..14),
        turn in 0usize..14,
    ) {
        let mut deposits: Vec<Movement> =
            deposits.into_iter().map(|(id, d)| Movement { id: DepositId(id), ..d }).collect();
        let mut remits: Vec<Awaited> =
            remits.into_iter().map(|(id, r)| Awaited { id: RemitId(id), ..r }).collect();
        let found = matches(&deposits, &remits, Window::default());
        let (mut used_deposits, mut used_remits) = (BTreeSet::new(), BTreeSet::new());
        for m in &found {
            let came: Money = deposits.iter().filter(|d| m.deposits.contains(&d.id)).map(|d| d.amount).sum();
            let paid: Money = remits.iter().filter(|r| m.remits.contains(&r.id)).map(|r| r.amount).sum();
            prop_assert_eq!(came, paid);
            prop_assert!(m.deposits.iter().all(|id| used_deposits.insert(*id)));
            prop_assert!(m.remits.iter().all(|id| used_remits.insert(*id)));
            // Never many with many, but under one number.
            prop_assert!(m.deposits.len() == 1 || m.remits.len() == 1 || m.rule == "trace-sum");
        }
        let (len_d, len_r) = (deposits.len(), remits.len());
        deposits.rotate_left(if len_d == 0 { 0 } else { turn % len_d });
        remits.rotate_right(if len_r == 0 { 0 } else { turn % len_r });
        deposits.reverse();
        prop_assert_eq!(matches(&deposits, &remits, Window::default()), found);
    }
}
