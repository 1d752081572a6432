//! Where a case stands, row by row: how it was seen at the end of each day, and what persons did about it.
//!
//! The rows are in `tests/data/courses.txt`, each with the state that is expected set in under it. Before the `|` the days:
//! what is open of 150 denied (`o`), won back (`w`), given up (`g`), the patient's (`p`), the next payer's (`x`), set back by
//! a person (`s`), the days of its denials (`d`); `/` begins its next line. After it what its log says, in the log's order.

use super::*;
use crate::domain::case::{DenialEvent, DeniedLine};
use crate::domain::clock::Recourse;
use crate::domain::entry::Reason;
use crate::domain::{CaseId, ClaimId, Code, PayerId, PaymentId};

const NO_REASON: Reason = Reason { group: None, code: Code::NONE };

fn day(text: &str) -> Date {
    Date::from_number(739_000 + text.parse::<i32>().expect(text))
}

fn denial(on: Date, payment: u64) -> DenialEvent {
    DenialEvent {
        payment: PaymentId(payment),
        on,
        answered_on: on,
        notice: false,
        recourse: Recourse::Usual,
        reason: NO_REASON,
        amount: Money::from_cents(15_000),
    }
}

fn seen(words: &[&str]) -> Seen {
    let line = |number| DeniedLine { line: number, ..DeniedLine::default() };
    let mut lines = vec![DeniedLine { denied: Money::from_cents(15_000), ..line(1) }];
    let (mut events, mut set_back) = (Vec::new(), false);
    for word in words {
        let (what, how) = word.split_at(1);
        let amount = Money::parse(how.as_bytes());
        let last = lines.last_mut().expect("a line");
        match what {
            "d" => events.push(denial(day(how), events.len() as u64 + 1)),
            "s" => set_back = true,
            "/" => lines.push(line(2)),
            _ => {
                let sum = match what {
                    "o" => &mut last.open,
                    "w" => &mut last.recovered,
                    "g" => &mut last.written_off,
                    "p" => &mut last.to_patient,
                    "x" => &mut last.to_next,
                    _ => panic!("{word}"),
                };
                *sum = amount.expect(word);
            }
        }
    }
    let case = DenialCase {
        id: CaseId(1),
        claim: ClaimId(1),
        payer: PayerId(1),
        reason: NO_REASON,
        remarks: Vec::new(),
        lines,
        events,
    };
    Seen { case, set_back }
}

fn parts(text: &str) -> Vec<Vec<&str>> {
    let parts = text.split(',').map(|part| part.split_whitespace().collect());
    parts.filter(|words: &Vec<_>| !words.is_empty()).collect()
}

fn told(row: &str) -> CaseState {
    let (days, log) = row.split_once('|').expect(row);
    let days: Days = parts(days).iter().map(|words| (day(words[0]), seen(&words[1..]))).collect();
    let event = |words: &Vec<&str>| {
        let act = CaseAct::from_word(words[1]).expect(words[1]);
        CaseEvent::new(act, CaseState::Open, day(words[0]), 0, "ann")
    };
    state(&days, &parts(log).iter().map(event).collect::<Vec<_>>())
}

#[test]
fn where_a_case_stands() {
    let table = include_str!("../../../tests/data/courses.txt");
    let mut lines = table.lines().filter(|line| !line.starts_with('#'));
    let mut wrong = Vec::new();
    while let Some(row) = lines.next() {
        let want = lines.next().map(str::trim).and_then(CaseState::from_word).expect(row);
        let have = told(row);
        if have != want {
            wrong.push(format!("{row}\n  want {want}, have {have}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
