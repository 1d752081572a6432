//! Tables as offices send them: separators, quotes, characters, ragged rows, scattered rows.

use super::*;
use crate::domain::Money;
use crate::input::Kind;
use crate::input::source::Source;

const PAYMENTS: &str =
    "payer,check number,check date,claim,service date,procedure,charge,paid,contractual,coinsurance";

fn scanned(kind: Kind, text: impl AsRef<[u8]>) -> (Source, Tally) {
    let source = Source::memory("t.csv", text.as_ref());
    let tally = scan(&source, kind, None).expect("a table");
    (source, tally)
}

fn remittances(text: impl AsRef<[u8]>) -> Vec<Remittance> {
    let (source, tally) = scanned(Kind::PaymentsCsv, text);
    assert_eq!(tally.problems, []);
    let mut reader = TableReader::open(&source).expect("opens");
    tally.groups.iter().map(|group| reader.remittance(&tally, group).expect("read")).collect()
}

#[test]
fn scattered_rows_of_a_check_come_together() {
    let rows = [
        "ACME,11,3/1/2026,A1,2/1/2026,99213,100,60,30,10",
        "ACME,12,3/1/2026,A2,2/1/2026,99213,100,60,30,10",
        "ACME,11,3/1/2026,A1,2/1/2026,81002,20,20,,",
        "ACME,11,3/1/2026,A3,2/1/2026,99213,100,60,30,10",
    ];
    let found = remittances(format!("{PAYMENTS}\n{}\n", rows.join("\n")));
    assert_eq!(found.len(), 2);
    let first = &found[0];
    assert_eq!((first.header.control.as_str(), first.header.paid), ("2", Money::from_cents(14_000)));
    assert_eq!(first.claims.len(), 2);
    assert_eq!(first.claims[0].lines.len(), 2);
    assert_eq!(first.claims[0].charge, Money::from_cents(12_000));
    let sorted = remittances(format!("{PAYMENTS}\n{}\n{}\n{}\n{}\n", rows[3], rows[0], rows[2], rows[1]));
    assert_eq!(sorted[0].content_hash, first.content_hash);
}

#[test]
fn forms_of_one_table_say_the_same() {
    let plain = "payer,check number,check date,claim,patient,charge,paid\nACMÉ,11,2026-03-01,A1,\"Doe, Jane\",\"1,000.00\",1000\n";
    let wanted = remittances(plain)[0].content_hash;
    let forms: [Vec<u8>; 5] = [
        format!("\u{feff}{plain}").into_bytes(),
        plain.replace('\n', "\r\n").into_bytes(),
        plain
            .replace(", J", "\u{1} J")
            .replace("1,000.00", "1\u{2}000.00")
            .replace(',', ";")
            .replace(['\u{1}', '\u{2}'], ",")
            .into_bytes(),
        plain.chars().map(|c| u8::try_from(u32::from(c)).expect("Latin-1")).collect(),
        plain.trim_end().replace('\n', "\n\n  \n").into_bytes(),
    ];
    for form in forms {
        assert_eq!(remittances(&form)[0].content_hash, wanted, "{}", String::from_utf8_lossy(&form));
    }
}

#[test]
fn lines_are_counted_over_quotes_and_blank_lines() {
    for end in ["\n", "\r\n"] {
        let text =
            [PAYMENTS, "\"AC", "ME\",11,3/1/2026,A1,,,100,100,,", "", "ACME,11,3/1/2026,A1,,,1o0,100,,", ""]
                .join(end);
        let (_, tally) = scanned(Kind::PaymentsCsv, text);
        assert_eq!(tally.problems.len(), 1);
        assert_eq!(tally.problems[0].segment, 5, "{end:?}");
        assert_eq!(tally.problems[0].text, "charge");
    }
}

#[test]
fn ragged_rows_are_read_where_nothing_can_be_misread() {
    let bad = |row: &str| {
        let (_, tally) = scanned(Kind::PaymentsCsv, format!("{PAYMENTS}\n{row}"));
        tally.problems.first().map(|p| p.message.clone()).unwrap_or_default()
    };
    assert_eq!(bad("ACME,11,3/1/2026,A1,,,100,100\n"), "");
    assert_eq!(bad("ACME,11,3/1/2026,A1,,,100,100,,,,,\n"), "");
    assert!(bad("ACME,11,3/1/2026,A1,,,100,100").contains("ends inside"));
    assert!(bad("ACME,11,3/1/2026,A1,,,1,000.00,100,0,0\n").contains("not quoted"));
    assert!(
        scan(
            &Source::memory("t", format!("{PAYMENTS}\n\"{}", "x".repeat(3 << 20)).as_bytes()),
            Kind::PaymentsCsv,
            None
        )
        .is_err()
    );
}

#[test]
fn no_name_is_shown() {
    let text = format!(
        "{PAYMENTS},patient\nSECRET,11,SECRET,A1,,,100,100,,,SECRET\nACME,11,3/1/2026,A1,,,SECRET 1,1,,,\n,12,3/1/26,A,,SECRET!,1,1,,,X\n"
    );
    let (_, tally) = scanned(Kind::PaymentsCsv, text);
    assert_eq!(tally.bad_rows, 3);
    assert!(!format!("{:?}", tally.problems).contains("SECRET"), "{:?}", tally.problems);
}

#[test]
fn reasons_are_read_in_every_form() {
    let head =
        "payer,check,check date,claim,charge,paid,denied,denial code,adj group 1,adj code 1,adj amount 1";
    let text =
        format!("{head}\nA,1,3/1/26,C1,100,0,60,PR-27,CO,45,40\nA,1,3/1/26,C2,100,0,60,197,,CO45,40\n");
    let found = remittances(text);
    let reasons: Vec<String> = found[0]
        .claims
        .iter()
        .flat_map(|claim| {
            claim.all_adjustments().map(|(_, a)| format!("{}-{}", a.group.expect("a group"), a.reason))
        })
        .collect();
    assert_eq!(reasons, ["PR-27", "CO-45", "CO-197", "CO-45"]);
}

#[test]
fn check_amounts_must_be_the_sum_of_their_rows() {
    let head = "payer,check,check date,claim,charge,paid,check amount";
    let of = |rows: &str| remittances(format!("{head}\n{rows}\n")).remove(0);
    assert_eq!(of("A,1,3/1/26,C1,5,5,9\nA,1,3/1/26,C2,4,4,9").contradiction, None);
    assert!(of("A,1,3/1/26,C1,5,5,8").contradiction.expect("a difference").contains("add up to 5.00"));
    assert!(of("A,1,3/1/26,C1,5,5,9\nA,1,3/1/26,C2,4,4,").contradiction.is_none());
    assert!(of("A,1,3/1/26,C1,5,5,9\nA,1,3/1/26,C2,4,4,8").contradiction.is_some());
}

#[test]
fn rows_of_a_claim_are_its_lines_and_must_agree() {
    let head = "claim,patient,payer,dos,cpt,modifier,charge,dx";
    let text = format!(
        "{head}\nA1,\"Doe, Jane\",ACME,2/1/26,99213,25,100,J06.9\nA1,\"Doe, Jane\",ACME,2/2/26,81002,,20.50,J06.9;E11.9\n"
    );
    let (source, tally) = scanned(Kind::ClaimsCsv, text);
    let claim =
        TableReader::open(&source).expect("opens").claim(&tally, &tally.groups[0]).expect("read").claim;
    assert_eq!((claim.charge, claim.lines.len(), claim.lines[1].number), (Money::from_cents(12_050), 2, 2));
    assert_eq!(claim.billed_on.to_string(), "2026-02-02");
    let codes: Vec<&str> = claim.diagnoses.iter().map(|d| d.code.as_str()).collect();
    assert_eq!(codes, ["J069", "E119"]);
    let text = format!(
        "{head}\nA1,\"Doe, Jane\",ACME,2/1/26,99213,,100,\nA1,\"Roe, Jane\",ACME,2/1/26,81002,,20,\n"
    );
    let (_, tally) = scanned(Kind::ClaimsCsv, text);
    assert!(tally.groups[0].spoiled && tally.problems[0].message.contains("line 2"));
}

#[test]
fn opening_balances_must_add_up() {
    let head = "claim,patient,payer,dos,charge,paid,adjusted,balance,bucket";
    let text = format!(
        "{head}\nA,\"D, J\",P,2/1/26,100,60,30,10,patient\nB,\"D, J\",P,2/1/26,100,,,90,\nA,\"D, J\",P,2/1/26,100,60,30,10,patient\n"
    );
    let (_, tally) = scanned(Kind::OpeningCsv, text);
    assert_eq!((tally.bad_rows, tally.balance), (2, Money::ZERO));
}
