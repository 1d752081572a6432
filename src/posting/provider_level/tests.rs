//! Provider-level items, row by row: which of them close each other, and what stays open.
//!
//! The rows are in `tests/data/provider-items.txt`. A row has items in the order of their days, each with the remittance that
//! it stands in (`office` for a check of the office), its code, its reference, its amount, the claims that the reference names
//! (`#4`) and its payer where it is the second one (`@2`). Set in under it: what stays open of each.

use super::*;
use crate::domain::remit::ProviderAdjustment;
use crate::domain::{Date, PlbId};
use crate::posting::expected::hold;

fn item(id: u64, code: &str, reference: &str, open: i64) -> PlbRecord {
    PlbRecord {
        id: PlbId(id),
        remit: RemitId(1),
        payer: PayerId(1),
        posted_on: Date::from_number(730_000),
        item: ProviderAdjustment {
            provider: Default::default(),
            fiscal_period_end: None,
            reason: code.into(),
            reference: reference.into(),
            amount: Money::from_cents(open),
            segment: 0,
        },
        code: Code::known(code),
        open: Money::from_cents(open),
        settlements: Vec::new(),
        withdrawn: false,
        review: String::new(),
    }
}

/// What is left open after pairing: items as (code, reference, open, claims named), each in a remittance of its own.
fn left(items: &[(&str, &str, i64, &[u64])]) -> Vec<i64> {
    let each = items.iter().zip(1..).map(|((code, reference, open, claims), id)| {
        let claims = claims.iter().copied().map(ClaimId).collect();
        Candidate::new(PlbRecord { remit: RemitId(id), ..item(id, code, reference, *open) }, claims)
    });
    let mut all: Vec<Candidate> = each.collect();
    offset_all(&mut all);
    all.iter().map(|c| c.item.open.cents()).collect()
}

#[test]
fn a_takeback_offsets_what_was_postponed_under_its_reference() {
    let open = [("WO", "ICN 12", -12_000, &[][..]), ("WO", "OTHER", -5_000, &[]), ("L6", "ICN12", -100, &[])];
    let with = |more| left(&[&open[..], &[more]].concat());
    assert_eq!(with(("FB", "ICN-12", 15_000, &[])), [0, -5_000, -100, 3_000]);
    assert_eq!(with(("WO", "ICN12", -100, &[])), [-12_000, -5_000, -100, -100]);
}

#[test]
fn without_a_reference_the_amounts_must_say_it() {
    let open = [("WO", "A", -3_000, &[][..]), ("WO", "B", -4_000, &[]), ("WO", "C", -9_000, &[])];
    let with = |more| left(&[&open[..], &[more]].concat());
    assert_eq!(with(("WO", "", 7_000, &[])), [0, 0, -9_000, 0]);
    assert_eq!(with(("WO", "X", 9_000, &[])), [-3_000, -4_000, -9_000, 9_000], "the references differ");
    let twice = [("WO", "A", -3_000, &[][..]), ("WO", "B", -3_000, &[]), ("WO", "", 3_000, &[])];
    assert_eq!(left(&twice), [-3_000, -3_000, 3_000], "two could be meant");
}

#[test]
fn one_claim_pairs_whatever_the_references_and_codes() {
    assert_eq!(left(&[("FB", "T9", -700, &[4]), ("WO", "N1", 700, &[4])]), [0, 0]);
    assert_eq!(left(&[("WO", "T9", -700, &[4]), ("WO", "T9", 700, &[5])]), [-700, 700], "two claims");
    assert_eq!(left(&[("WO", "", -700, &[4]), ("WO", "", 700, &[5])]), [-700, 700]);
    // What fits to the cent goes first, whatever came before it.
    assert_eq!(
        left(&[("WO", "A", -300, &[4]), ("WO", "B", -700, &[4]), ("CS", "C", 700, &[4])]),
        [-300, 0, 0]
    );
    assert_eq!(left(&[("WO", "", -300, &[4]), ("L6", "", 300, &[4])]), [-300, 300], "interest is no debt");
}

#[test]
fn one_reference_and_one_amount_need_no_claim() {
    let same = |each: &[(u64, &str, &str, i64)]| {
        let mut items: Vec<PlbRecord> = each
            .iter()
            .map(|(remit, code, reference, open)| PlbRecord {
                remit: RemitId(*remit),
                ..item(*remit, code, reference, *open)
            })
            .collect();
        offset_same(&mut items);
        items.iter().map(|item| item.open.cents()).collect::<Vec<_>>()
    };
    let two = [(1, "WO", "A-1", -700), (2, "FB", "A2", -700)];
    assert_eq!(same(&[two[0], two[1], (3, "CS", "a2", 700)]), [-700, 0, 0]);
    assert_eq!(same(&[two[0], two[0], (3, "WO", "A1", 700), (4, "WO", "A1", 600)]), [0, -700, 0, 600]);
    assert_eq!(same(&[two[0], (3, "L6", "A1", 700)]), [-700, 700], "interest is no debt");
    assert_eq!(same(&[(1, "WO", "", -700), (3, "WO", "-", 700)]), [-700, 700], "nothing is no reference");
    // Whoever takes an acknowledged check is not found by the reference alone.
    let checks = [two[0], (3, "72", "A1", -700), (3, "WO", "A1", 700)];
    assert_eq!(same(&checks), [-700, -700, 700]);
    assert_eq!(same(&[two[0], (0, "72", "A1", -700), (3, "WO", "A1", 700)]), [-700, -700, 700]);
}

#[test]
fn a_check_and_the_takeback_that_acknowledge_it_say_one_thing() {
    let one = |id, code: &str, reference: &str, open, remit| {
        let item = PlbRecord { remit: RemitId(remit), ..item(id, code, reference, open) };
        Candidate::new(item, Vec::new())
    };
    let mut items = [
        one(1, "WO", "E7", -4_000, 1),
        one(2, "72", "E7", -4_000, 2),
        one(3, "WO", "E7", 4_000, 2),
        one(4, "72", "K1", -5_000, 3),
        one(5, "WO", "E8", 2_000, 3),
        one(6, "WO", "E9", 3_000, 3),
    ];
    offset_all(&mut items);
    let open: Vec<i64> = items.iter().map(|c| c.item.open.cents()).collect();
    assert_eq!(open, [-4_000, 0, 0, 0, 0, 0], "the check for the first is not in the books yet");
}

#[test]
fn items_sum_to_zero_and_interest_is_income() {
    let postings = postings(Code::known("L6"), PayerId(1), Money::from_cents(-125));
    assert_eq!(postings[0].amount, Money::from_cents(125));
    assert_eq!((postings[1].account, postings[1].amount), (Account::Interest, Money::from_cents(-125)));
    assert!(stays_open(Code::known("WO")) && !stays_open(Code::known("L6")) && stays_open(Code::known("XX")));
}

/// What is left open of the items of a row.
fn left_of(row: &str) -> String {
    let item = |(text, id): (&str, u64)| {
        let words: Vec<&str> = text.split_whitespace().collect();
        let at = words.iter().position(|word| word.contains('.')).expect(row);
        let amount = Money::parse(words[at].as_bytes()).expect(row).cents();
        let named = words.iter().filter_map(|word| word.strip_prefix('#'));
        let second = words.contains(&"@2");
        let item = PlbRecord {
            remit: if words[0] == "office" { OFFICE } else { RemitId(words[0].parse().expect(row)) },
            payer: if second { PayerId(2) } else { PayerId(1) },
            ..item(id, words[1], &words[2..at].join(" "), amount)
        };
        Candidate::new(item, named.map(|id| ClaimId(id.parse().expect(row))).collect())
    };
    let mut items: Vec<Candidate> = row.split(';').zip(1..).map(item).collect();
    offset_all(&mut items);
    items.iter().map(|c| c.item.open.to_string()).collect::<Vec<_>>().join(" ")
}

/// Section 7c: by claim, then by reference, then by exact sum; and checks that the payer acknowledges.
#[test]
fn what_closes_what() {
    hold(include_str!("../../../tests/data/provider-items.txt"), left_of);
}

#[test]
fn among_very_many_items_sums_are_chance() {
    let many = |more: i64| {
        let open: Vec<(String, i64)> = (1..=more).map(|n| (format!("R{n}"), -100 * n - 1)).collect();
        let mut items: Vec<(&str, &str, i64, &[u64])> =
            open.iter().map(|(reference, amount)| ("WO", reference.as_str(), *amount, &[][..])).collect();
        items.push(("WO", "", 501, &[]));
        left(&items).last().copied()
    };
    assert_eq!((many(40), many(41)), (Some(0), Some(501)));
}

#[test]
fn where_items_are_booked_and_which_somebody_looks_at() {
    let of = |code: &str, reference: &str| {
        let code = Code::known(code);
        let booked = postings(code, PayerId(7), Money::from_cents(150));
        let legs = booked.iter().map(|p| format!("{:?} {} {}", p.account, p.amount, p.payer.0));
        assert!(booked.iter().all(|p| p.reason == Some(Reason { group: None, code })), "{code}");
        (legs.collect::<Vec<_>>().join(", "), stays_open(code), review(code, reference))
    };
    let legs = |account: &str| format!("CashInsurance -1.50 7, {account} 1.50 7");
    let nothing_named = "it names nothing that it belongs to";
    for (code, reference, account, open, look) in [
        ("L6", "", "Interest", false, ""),
        ("WO", "", "Plb", true, nothing_named),
        ("WO", "A1", "Plb", true, ""),
        ("FB", "", "Plb", true, nothing_named),
        ("CS", "A1", "Plb", true, "somebody must decide what it is for"),
        ("ZZ", "A1", "Plb", true, "the code is not in the list: find out what it is for"),
    ] {
        assert_eq!(of(code, reference), (legs(account), open, look), "{code} {reference}");
    }
}
