//! Checks of whole generated practices, with a small checker that shares no code with the writer.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::{Expected, Plan, write_practice};
use crate::domain::{Date, Money};

fn plan(claims: u64, seed: u64) -> Plan {
    let last_day = Date::parse_iso("2026-09-30").expect("a day");
    Plan { seed, ..Plan::new(claims, last_day) }
}

fn practice(plan: &Plan) -> (tempfile::TempDir, Expected) {
    let folder = tempfile::tempdir().expect("a folder");
    let expected = write_practice(plan, folder.path()).expect("a writable folder");
    (folder, expected)
}

/// The files of a kind, in the order of their names.
fn files(folder: &Path, kind: &str) -> BTreeMap<String, String> {
    fs::read_dir(folder.join(kind))
        .expect("a folder")
        .map(|entry| {
            let entry = entry.expect("an entry");
            let text = fs::read_to_string(entry.path()).expect("text");
            (entry.file_name().to_string_lossy().into_owned(), text)
        })
        .collect()
}

fn segments(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.split('~').map(str::trim).filter(|s| !s.is_empty()).map(|s| s.split('*').collect())
}

fn money(segment: &[&str], place: usize) -> Money {
    let text = segment.get(place).copied().filter(|text| !text.is_empty()).unwrap_or("0");
    Money::parse(text.as_bytes()).expect(text)
}

fn adjusted(cas: &[&str]) -> Money {
    assert!(matches!(cas[1], "CO" | "PR" | "OA") && cas.len() <= 20, "{cas:?}");
    let amounts: Vec<Money> = (3..cas.len()).step_by(3).map(|place| money(cas, place)).collect();
    assert!(amounts.iter().all(|amount| !amount.is_zero()), "{cas:?}");
    amounts.into_iter().sum()
}

/// Checks one file's envelopes and an 835's three levels; adds what it finds to `seen`.
fn check_file(text: &str, seen: &mut Seen) {
    let all: Vec<Vec<&str>> = segments(text).collect();
    assert_eq!(text.as_bytes().get(105), Some(&b'~'));
    assert!(seen.interchanges.insert(all[0][13].to_owned()), "ISA13 twice");
    let last = &all[all.len() - 1];
    assert_eq!((last[0], last[1], last[2]), ("IEA", "1", all[0][13]));
    let ge = &all[all.len() - 2];
    assert_eq!((ge[0], ge[2]), ("GE", all[1][6]));
    let starts: Vec<usize> = (0..all.len()).filter(|&at| all[at][0] == "ST").collect();
    assert_eq!(ge[1], starts.len().to_string());
    for at in starts {
        let end = (at..all.len()).find(|&end| all[end][0] == "SE").expect("an SE");
        assert_eq!(all[end][1], (end - at + 1).to_string(), "SE01");
        assert_eq!(all[end][2], all[at][2]);
        assert!(seen.transactions.insert(all[at][2].to_owned()), "ST02 twice");
        if all[at][1] == "835" {
            check_remittance(&all[at..=end], seen)
        } else {
            check_claims(&all[at..=end], seen)
        }
    }
}

fn check_remittance(all: &[Vec<&str>], seen: &mut Seen) {
    let paid = money(&all[1], 2);
    assert_eq!((all[1][0], all[1].len()), ("BPR", 17));
    assert!(!paid.is_negative() && (all[1][4] == "NON") == paid.is_zero());
    assert!(seen.traces.insert(all[2][2].to_owned()), "TRN02 twice");
    let (mut claims, mut outside, mut interest) = (Money::ZERO, Money::ZERO, Money::ZERO);
    let (mut claim_open, mut line_open) = (Money::ZERO, Money::ZERO);
    let (mut owed, mut charge_left) = ((Money::ZERO, Money::ZERO), Money::ZERO);
    for segment in all {
        if matches!(segment[0], "CLP" | "SVC" | "PLB" | "SE") {
            assert!(line_open.is_zero(), "line before {segment:?}");
        }
        if matches!(segment[0], "CLP" | "PLB" | "SE") {
            assert!(claim_open.is_zero() && charge_left.is_zero(), "claim before {segment:?}");
            assert_eq!(owed.0, owed.1, "CLP05 before {segment:?}");
        }
        match segment[0] {
            "CLP" => {
                seen.payments += 1;
                claims += money(segment, 4);
                claim_open = money(segment, 3) - money(segment, 4);
                charge_left = money(segment, 3);
                let reversal = segment[2] == "22";
                owed = (money(segment, 5), Money::ZERO);
                assert!(seen.answers.insert((segment[7].to_owned(), reversal)), "CLP07 twice");
                assert_eq!(reversal, segment[3].starts_with('-'));
                if !seen.claims.contains_key(segment[1]) {
                    seen.unmatched += money(segment, 4);
                }
            }
            "SVC" => {
                line_open = money(segment, 2) - money(segment, 3);
                charge_left -= money(segment, 2);
            }
            "CAS" => {
                line_open -= adjusted(segment);
                claim_open -= adjusted(segment);
                if segment[1] == "PR" && !money(segment, 3).is_negative() {
                    owed.1 += adjusted(segment);
                }
            }
            "AMT" if segment[1] == "I" => interest += money(segment, 2),
            "PLB" => {
                for place in (4..segment.len()).step_by(2) {
                    let amount = money(segment, place);
                    assert!(!amount.is_zero());
                    outside += amount;
                    if segment[place - 1] == "L6" {
                        interest += amount;
                    }
                }
            }
            _ => {}
        }
    }
    assert!(interest.is_zero(), "AMT*I against L6");
    assert_eq!(claims - outside, paid, "BPR02");
    seen.cash += paid;
    seen.posted += claims;
}

fn check_claims(all: &[Vec<&str>], seen: &mut Seen) {
    let mut lines = BTreeMap::new();
    let mut current = "";
    for segment in all {
        match segment[0] {
            "CLM" => {
                current = segment[1];
                assert!(current.len() <= 20 && current.bytes().all(|b| b.is_ascii_alphanumeric()));
                assert!(seen.claims.insert(current.to_owned(), money(segment, 2)).is_none(), "CLM01 twice");
            }
            "SV1" => *lines.entry(current).or_insert(Money::ZERO) += money(segment, 2),
            "SV2" => *lines.entry(current).or_insert(Money::ZERO) += money(segment, 3),
            "NM1" if matches!(segment[1], "85" | "82" | "71") => {
                let digits = segment[9].bytes().rev().enumerate().map(|(place, byte)| {
                    let digit = u32::from(byte - b'0') * if place % 2 == 1 { 2 } else { 1 };
                    digit / 10 + digit % 10
                });
                assert_eq!((digits.sum::<u32>() + 24) % 10, 0, "{segment:?}");
            }
            _ => {}
        }
    }
    for (number, sum) in lines {
        assert_eq!(seen.claims.get(number), Some(&sum), "CLM02 of {number}");
    }
}

/// What the checker gathers over all files of a practice.
#[derive(Default)]
struct Seen {
    interchanges: BTreeSet<String>,
    transactions: BTreeSet<String>,
    traces: BTreeSet<String>,
    claims: BTreeMap<String, Money>,
    answers: BTreeSet<(String, bool)>,
    payments: u64,
    cash: Money,
    posted: Money,
    unmatched: Money,
}

#[test]
fn files_are_valid_and_say_what_is_expected() {
    let giant = Plan {
        claim_payments_per_835: 9_000,
        gather_days: 999,
        settle_days: 200,
        one_file_a_round: true,
        ..plan(3_000, 5)
    };
    let tiny = Plan { claims_per_837: 40, claim_payments_per_835: 10, ..plan(2_500, 9) };
    for plan in [plan(20_000, 1), giant, tiny, plan(1, 3), plan(0, 3)] {
        let (folder, expected) = practice(&plan);
        let mut seen = Seen::default();
        for kind in ["837", "835"] {
            files(folder.path(), kind).values().for_each(|text| check_file(text, &mut seen));
        }
        let charges: Money = seen.claims.values().copied().sum();
        assert_eq!(seen.claims.len() as u64, expected.claims);
        assert_eq!(charges, expected.charges);
        assert_eq!(seen.payments, expected.claim_payments);
        assert_eq!(seen.traces.len() as u64, expected.remittances);
        assert_eq!(seen.cash, expected.cash);
        assert_eq!(seen.unmatched, expected.unapplied);
        assert_eq!(seen.posted - seen.unmatched, expected.payments);
        check_totals(&expected);
    }
}

/// What must hold between the totals of any practice.
fn check_totals(expected: &Expected) {
    let taken_off = expected.contractual + expected.reduction;
    assert_eq!(expected.charges, expected.payments + taken_off + expected.balance);
    assert_eq!(expected.balance, expected.buckets.iter().copied().sum());
    let plb: Money = expected.plb.values().map(|row| row.taken + row.given).sum();
    assert_eq!(expected.cash, expected.payments + expected.unapplied - plb);
    for rows in [&expected.aging_by_payer, &expected.aging_by_billed_payer] {
        assert_eq!(expected.balance, rows.values().map(|row| row.total).sum());
        for row in rows.values() {
            assert_eq!(row.total, row.days.iter().copied().sum::<Money>() + row.credit);
        }
    }
    let open: Money = expected.denials.values().map(|row| row.open).sum();
    assert_eq!(open, expected.buckets[1] + expected.buckets[5]);
}

#[test]
fn the_same_plan_gives_the_same_bytes() {
    let all = |seed| {
        let (folder, _) = practice(&plan(1_500, seed));
        let json = fs::read_to_string(folder.path().join("expected.json")).expect("a file");
        (files(folder.path(), "837"), files(folder.path(), "835"), json)
    };
    assert_eq!(all(7), all(7));
    assert_ne!(all(7), all(8));
}

#[test]
fn a_practice_of_some_size_has_everything() {
    let (folder, expected) = practice(&plan(20_000, 1));
    for (reason, row) in &expected.denials {
        assert!(row.denied.is_positive() && row.claims > 20, "{reason}");
        assert!(row.open.is_positive() && row.open <= row.denied, "{reason}");
    }
    assert_eq!(expected.denials.len(), 7);
    for code in ["WO", "FB", "L6", "90", "CT"] {
        assert!(expected.plb.contains_key(code), "{code}");
    }
    let takeback = expected.plb["WO"];
    assert!(takeback.given.is_negative() && takeback.taken.is_positive());
    assert!(expected.plb["FB"].taken.is_positive());
    for (place, bucket) in expected.buckets.iter().enumerate() {
        assert_eq!(bucket.is_positive(), place != 2, "bucket {place}");
    }
    let (lines, claims) = (expected.service_lines, expected.claims);
    assert!(lines * 10 > claims * 24 && lines * 10 < claims * 26, "{lines}");
    assert_eq!(expected.aging_by_payer.len(), 6);
    assert_eq!(expected.aging_by_billed_payer.len(), 5);
    let remits: String = files(folder.path(), "835").into_values().collect();
    for text in
        ["*22*-", "*19*", "NM1*TT*", "CAS*OA*23*", "AMT*I*", "**253*", "CAS*OA*18*", "CAS*CO*24*", "LQ*HE*"]
    {
        assert!(remits.contains(text), "{text}");
    }
    let claims: String = files(folder.path(), "837").into_values().collect();
    assert!(claims.contains("005010X223A2") && claims.contains("005010X222A1") && claims.contains("*23*0"));
}
