//! Banks' files as they are sent, damaged in every way.

use proptest::prelude::*;

use super::*;
use crate::domain::{Date, Severity};

/// Two accounts of one group; the second movement's text runs over lines and holds commas and slashes.
const SAMPLE: &str = "\
01,122099999,123456789,260305,0200,1,80,1,2/
02,123456789,122099999,1,260304,,USD,2/
03,000987654321,USD,010,1000000,,,100,250000,2,Z/
16,142,150000,Z,BANKREF1,,ACME HCCLAIMPMT/
88,TRN*1*EFT00001*1512345
88,678\\ A, B/C
16,475,2500,V,260305,,CHK/REF,1001/
16,115,100000,S,50000,30000,20000,LB7,778899,LOCKBOX
49,1502500,7/
03,555,,,,,/
49,0,2/
98,1502500,2,11/
99,1502500,1,13/
";

fn read(text: &[u8]) -> Result<BankFile, InputError> {
    bank_file(&Source::memory("bank.bai", text), None)
}

fn problems(file: &BankFile) -> Vec<(&'static str, u64)> {
    file.problems.iter().filter(|p| p.severity == Severity::Hold).map(|p| (p.code, p.segment)).collect()
}

#[test]
fn a_file_is_read_movement_by_movement() {
    let file = read(SAMPLE.as_bytes()).expect("a file");
    assert_eq!((file.kind, file.rows, problems(&file)), ("bai2", 3, Vec::new()));
    let seen: Vec<_> = file
        .lines
        .iter()
        .map(|l| (l.amount.cents(), l.kind.as_str(), l.reference.as_str(), l.trace.as_str(), l.line))
        .collect();
    assert_eq!(
        seen,
        [
            (150_000, "142", "BANKREF1", "", 4),
            (-2_500, "475", "CHK", "", 7),
            (100_000, "115", "LB7", "778899", 8),
        ]
    );
    assert_eq!(file.lines[0].text, "ACME HCCLAIMPMT\nTRN*1*EFT00001*1512345\n678\\ A, B/C");
    assert_eq!(file.lines[0].account, "4321", "no more of the number is kept");
    assert_eq!(file.lines[0].on, Date::parse_iso("2026-03-04"));
    assert_eq!(file.total(), Money::from_cents(247_500));
}

#[test]
fn trailers_that_do_not_agree_hold_the_file() {
    for (from, to, wanted) in [
        ("49,1502500,7/", "49,1502501,7/", vec![("bank-total", 9), ("bank-total", 12)]),
        ("49,1502500,7/", "49,1502500,6/", vec![("bank-count", 9)]),
        ("98,1502500,2,11/", "98,1502500,1,11/", vec![("bank-count", 12)]),
        ("99,1502500,1,13/", "99,,1,13/", vec![("bank-total", 13)]),
        ("142,150000", "142,150001", vec![("bank-total", 9)]),
    ] {
        let file = read(SAMPLE.replace(from, to).as_bytes()).expect("a file");
        assert_eq!(problems(&file), wanted, "{to}");
    }
}

#[test]
fn what_is_no_such_file_is_refused_with_its_line() {
    for (from, to, line, said) in [
        ("99,1502500,1,13/\n", "", 12, "without its trailer"),
        ("98,1502500,2,11/\n", "", 12, "where none can stand"),
        ("02,123456789", "07,123456789", 2, "no record of BAI2"),
        ("260304,,USD", "2603,,USD", 2, "which day"),
        ("260304,,USD", "260304,,CAD", 2, "US dollars"),
        ("142,150000", "142,1500.00", 4, "whole cents"),
        ("142,150000", "142,999999999999999", 4, "larger than any"),
        ("150000,Z,", "150000,Q,", 4, "kind of funds"),
    ] {
        match read(SAMPLE.replace(from, to).as_bytes()) {
            Err(InputError::Table { line: at, why, .. }) => {
                assert!(why.contains(said) && at == line, "{line}: {why} at {at}");
            }
            other => panic!("{said}: {other:?}"),
        }
    }
    let again = format!("{SAMPLE}01,1,2,260305,0200,1,80,1,2/\n");
    assert!(matches!(read(again.as_bytes()), Err(InputError::Table { line: 14, .. })));
    assert!(matches!(read(b" \n"), Err(InputError::Empty { .. })));
    assert!(matches!(read(b"ISA*00*"), Err(InputError::NotRecognised { .. })));
}

#[test]
fn groups_that_are_no_news_bring_nothing() {
    let file = read(SAMPLE.replace("122099999,1,260304", "122099999,2,260304").as_bytes()).expect("a file");
    assert_eq!((file.lines.len(), file.problems.len()), (0, 1));
}

#[test]
fn a_record_or_a_line_without_end_stops_the_reading() {
    let long = format!("{}88,{}\n", &SAMPLE[..SAMPLE.find("88,").expect("a place")], "x".repeat(70_000));
    assert!(matches!(read(long.as_bytes()), Err(InputError::Table { .. })));
    let many = format!("{}{}", &SAMPLE[..SAMPLE.find("88,").expect("a place")], "88,x\n".repeat(1_001));
    assert!(matches!(read(many.as_bytes()), Err(InputError::Table { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever bytes are changed, it is read or refused, and what it says never changes unnoticed.
    #[test]
    fn no_damage_upsets_it(
        changes in proptest::collection::vec((0usize..SAMPLE.len(), any::<u8>()), 1..6),
        cut in proptest::option::of(0usize..SAMPLE.len()),
    ) {
        let mut bytes = SAMPLE.as_bytes().to_vec();
        for (at, byte) in changes {
            bytes[at] = byte;
        }
        bytes.truncate(cut.unwrap_or(bytes.len()));
        if let Ok(file) = read(&bytes) {
            prop_assert!(file.lines.len() <= 4);
            if let (Some(_), true) = (cut, file.kind == "bai2") {
                prop_assert!(file.lines.is_empty() || !bytes.is_empty());
            }
        }
    }

    #[test]
    fn one_other_digit_is_noticed(movement in 0usize..3, nth in 0usize..4, more in 1u8..10) {
        let amount = ["150000,Z", "2500,V", "100000,S"][movement];
        let at = SAMPLE.find(amount).expect("an amount") + nth;
        let mut changed = SAMPLE.as_bytes().to_vec();
        changed[at] = b'0' + (changed[at] - b'0' + more) % 10;
        let file = read(&changed).expect("still a file");
        prop_assert!(problems(&file).iter().any(|(code, _)| *code == "bank-total"));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes);
        let _ = read(&[b"01,a,b,260305,0200,1,80,1,2/\n".as_slice(), &bytes].concat());
    }
}
