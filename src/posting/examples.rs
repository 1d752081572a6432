//! The worked examples of `docs/rules/posting-rules.md` section 12, told to the rules directly: every step's buckets, money
//! and denials. The same examples go through files and the real binary in `tests/it/examples.rs`.

use serde_json::Value;

use super::acts::Act;
use super::answer::Outcome;
use super::history::{Settled, Story, Version, tell};
use super::position::{Answer, Terms};
use crate::domain::claim::Frequency;
use crate::domain::entry::Posting;
use crate::domain::remit::{Adjustment, ClaimPayment, LinePayment};
use crate::domain::{
    Account, ClaimId, Code, Date, EntryId, GroupCode, Money, PatientControlNumber, PayerControlNumber,
    PayerId, PaymentId,
};

fn money(text: &str) -> Money {
    Money::parse(text.as_bytes()).expect(text)
}

fn part<'a>(elements: &[&'a str], at: usize) -> &'a str {
    elements.get(at).copied().unwrap_or("")
}

/// The claim payments of an example's short EDI: only CLP, CAS, SVC, MOA, LQ and NM1*TT, without an envelope.
fn payments(edi: &str) -> Vec<ClaimPayment> {
    let mut payments: Vec<ClaimPayment> = Vec::new();
    for (at, segment) in edi.split('~').enumerate() {
        let e: Vec<&str> = segment.split('*').collect();
        if e[0] == "CLP" {
            payments.push(ClaimPayment {
                control_number: PatientControlNumber::new(e[1]),
                status: e[2].into(),
                charge: money(e[3]),
                paid: money(e[4]),
                filing: part(&e, 6).into(),
                payer_number: PayerControlNumber::new(part(&e, 7)),
                segment: at as u64,
                ..ClaimPayment::default()
            });
            continue;
        }
        let Some(claim) = payments.last_mut() else { continue };
        match e[0] {
            "SVC" => claim.lines.push(LinePayment {
                procedure: e[1].split(':').nth(1).unwrap_or("").into(),
                original_procedure: part(&e, 6).split(':').nth(1).unwrap_or("").into(),
                charge: money(e[2]),
                paid: money(e[3]),
                ..LinePayment::default()
            }),
            "CAS" => {
                let group = GroupCode::parse(e[1]);
                let triples = e[2..].chunks(3).filter(|t| !t[0].is_empty());
                let read =
                    triples.map(|t| Adjustment { group, reason: Code::known(t[0]), amount: money(t[1]) });
                match claim.lines.last_mut() {
                    Some(line) => line.adjustments.extend(read),
                    None => claim.adjustments.extend(read),
                }
            }
            "MOA" => claim.remarks.extend(e[3..].iter().filter_map(|r| Code::parse(r))),
            "LQ" => claim.lines.last_mut().expect("a line").remarks.push(Code::known(e[2])),
            _ => {}
        }
    }
    payments
}

fn words(settled: &Settled) -> String {
    match &settled.outcome {
        Outcome::Posted(steps) => steps.iter().map(|s| s.rule).collect::<Vec<_>>().join(" + "),
        Outcome::Memo(word) => format!("memo {word}"),
        Outcome::Held(hold, _) => format!("hold {hold}"),
    }
}

fn buckets(story: &Story<'_>) -> Value {
    let all = story.position.holdings();
    let of = |account| all.bucket(account).to_string();
    serde_json::json!({
        "balance": all.total().to_string(), "patient": of(Account::Due), "patient_hold": of(Account::Hold),
        "denied": of(Account::Denied), "pending": of(Account::Pending), "next_payer": of(Account::Next),
        "insurance_open": of(Account::Open),
    })
}

fn exact(buckets: &Value) -> Value {
    let fields = buckets.as_object().expect("buckets").iter();
    fields
        .map(|(k, v)| (k.clone(), Value::from(money(v.as_str().expect("text")).to_string())))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

#[test]
fn every_example_ends_as_it_should() {
    let examples: Vec<Value> =
        serde_json::from_str(include_str!("../../tests/data/posting-examples.json")).expect("the examples");
    assert_eq!(examples.len(), 32);
    let payers = [PayerId(1), PayerId(2)];
    let mut wrong = Vec::new();
    for example in &examples {
        let id = example["id"].as_str().expect("id");
        let own = payments(
            example["steps"].as_array().expect("steps").iter().find_map(|s| s["edi"].as_str()).unwrap_or(""),
        );
        let number = own.first().map(|p| p.control_number.clone()).unwrap_or_default();
        let charge = money(example["charge"].as_str().expect("charge"));
        let known = &payers[..example["payers"].as_u64().expect("payers") as usize];
        let terms = Terms {
            payers: known,
            billed: PayerId(1),
            lines: &[],
            charges: &[charge],
            void_since: None,
            handlings: &[],
            named: &[],
        };
        let day = |n: usize| Date::from_number(730_000 + n as i32);
        let versions = [Version { on: day(0), frequency: Frequency::ORIGINAL, charge }];
        let (mut acts, mut heard): (Vec<Act>, Vec<(usize, ClaimPayment)>) = (Vec::new(), Vec::new());
        for (n, step) in example["steps"].as_array().expect("steps").iter().enumerate() {
            if let Some(edi) = step["edi"].as_str() {
                heard.extend(
                    payments(edi).into_iter().filter(|p| p.control_number == number).map(|p| (n + 1, p)),
                );
            } else {
                let paid = money("25");
                let postings = vec![
                    Posting::new(Account::CashPatient, PayerId::NONE, paid),
                    Posting::new(Account::Due, PayerId(1), -paid),
                ];
                let id = EntryId(acts.len() as u64 + 1);
                acts.push(Act { id, on: day(n + 1), undoes: None, item: None, postings });
            }
            let level = step["payer_level"].as_u64();
            let answers: Vec<Answer<'_>> = heard
                .iter()
                .enumerate()
                .map(|(i, (n, p))| Answer {
                    id: PaymentId(i as u64 + 1),
                    on: day(*n),
                    answered_on: day(*n),
                    payer: if p.status == "2" || p.status == "3" { PayerId(2) } else { PayerId(1) },
                    forwarded_to: PayerId::NONE,
                    trace: "",
                    payment: p,
                    by_hand: None,
                })
                .collect();
            let story = tell(terms, &versions, &acts, answers.into());
            let said: Vec<String> = story.outcomes.iter().map(|(_, settled)| words(settled)).collect();
            if buckets(&story) != exact(&step["buckets"]) {
                wrong.push(format!(
                    "{id} step {n} (level {level:?}): {said:?}\n  want {}\n  have {}",
                    exact(&step["buckets"]),
                    buckets(&story)
                ));
            }
            let case = &example["case"];
            if n + 1 == example["steps"].as_array().expect("steps").len() && case.is_object() {
                let cases = crate::denial::of_story(ClaimId(1), &story, &[]);
                let sum =
                    |f: fn(&crate::domain::case::DenialCase) -> Money| cases.iter().map(f).sum::<Money>();
                let have = (
                    cases.len(),
                    cases.iter().map(|c| c.events.len() as u64).sum::<u64>(),
                    sum(|c| c.denied()),
                    sum(|c| c.recovered()),
                    sum(|c| c.open()),
                );
                let amount = |key: &str| money(case[key].as_str().expect(key));
                let want = (
                    1,
                    case["events"].as_u64().expect("events"),
                    amount("denied"),
                    amount("recovered"),
                    amount("open"),
                );
                if have != want {
                    wrong.push(format!("{id} case: want {want:?} have {have:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
