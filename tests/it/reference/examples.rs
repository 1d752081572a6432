//! The 32 worked examples of the rules, told by the reference: what keeps it honest.

use serde_json::Value;

use super::answers::{Standing, tell};
use super::denials::denials;
use super::position::{Bucket, Position, position};
use super::words::{CONTRA, CONTRACTUAL, REDUCTION};
use super::{Act, Answer, Cents, Claim, Deed, Version, cents, read_clp};

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("text: {value}"))
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The answers of a step that speak of the example's claim.
fn answers(number: &str, step: &Value, day: u32) -> Vec<Answer> {
    let Some(edi) = step["edi"].as_str() else { return Vec::new() };
    let level = step["payer_level"].as_u64().expect("a level") as usize;
    let loops = edi.split("CLP*").skip(1);
    loops
        .filter(|rest| rest.split('*').next() == Some(number))
        .map(|rest| read_clp(&format!("CLP*{}", rest.split("PLB*").next().expect("a loop")), day, level))
        .collect()
}

/// The claim has the lines that its answers name, where these make up the charge.
fn claim(example: &Value, told: &[Answer]) -> Claim {
    let mut lines: Vec<(String, Cents)> = Vec::new();
    for service in told.iter().flat_map(|answer| &answer.services) {
        if service.charge > 0 && !lines.iter().any(|(procedure, _)| *procedure == service.procedure) {
            lines.push((service.procedure.clone(), service.charge));
        }
    }
    let charge = cents(text(&example["charge"]));
    if lines.iter().map(|(_, charge)| charge).sum::<Cents>() != charge {
        lines = vec![("99999".to_owned(), charge)];
    }
    let version = Version { day: 0, lines };
    Claim { payers: example["payers"].as_u64().expect("payers") as usize, versions: vec![version] }
}

fn check(position: &Position, step: &Value, what: &str) {
    let names = ["insurance_open", "denied", "pending", "next_payer", "patient", "patient_hold"];
    for (bucket, name) in Bucket::ALL.into_iter().zip(names) {
        assert_eq!(
            position.bucket(bucket),
            cents(text(&step["buckets"][name])),
            "{what}: {name}\n{position:#?}"
        );
    }
    assert_eq!(position.balance(), cents(text(&step["buckets"]["balance"])), "{what}: balance");
    assert!(position.placed, "{what}");
    if step["ledger_so_far"].is_null() {
        return;
    }
    let kinds = [
        ("payment", "cash:insurance"),
        ("contractual", CONTRACTUAL),
        ("reduction", REDUCTION),
        ("contra", CONTRA),
    ];
    for (kind, account) in kinds {
        let rows = items(&step["ledger_so_far"]).iter().filter(|row| row[0] == kind);
        let wanted: Cents = rows.map(|row| cents(text(&row[1]))).sum();
        assert_eq!(position.account(account), wanted, "{what}: {kind}");
    }
}

#[test]
fn the_reference_tells_every_worked_example() {
    let examples: Vec<Value> =
        serde_json::from_str(include_str!("../../data/posting-examples.json")).expect("the examples");
    assert_eq!(examples.len(), 32);
    for example in &examples {
        let id = text(&example["id"]);
        let steps = items(&example["steps"]);
        // E08 reuses the claim number of E07.
        let number = if id == "E08" { "E07" } else { id };
        let all: Vec<Answer> =
            steps.iter().zip(1..).flat_map(|(step, day)| answers(number, step, day)).collect();
        let claim = claim(example, &all);
        let (mut so_far, mut acts) = (Vec::new(), Vec::new());
        for (step, day) in steps.iter().zip(1..) {
            let what = format!("{id} step {day}");
            so_far.extend(answers(number, step, day));
            if step["edi"].is_null() {
                let deed = Deed::PatientPays(2_500);
                acts.push(Act { deed, is_undone: false, paid_before: 0 });
            }
            let told = tell(&claim, None, &so_far);
            assert_eq!(told.silent, None, "{what}");
            check(&position(&claim, &told, &acts), step, &what);
            let held = |judged: &&super::answers::Judged| {
                judged.answer.day == day && matches!(judged.standing, Standing::Held(_))
            };
            let wanted = items(&step["result"]).iter().filter(|r| text(r).starts_with("hold")).count();
            assert_eq!(told.answers.iter().filter(held).count(), wanted, "{what}: held\n{told:#?}");
        }
        let case = &example["case"];
        if !case.is_null() {
            let told = tell(&claim, None, &so_far);
            let found = denials(&told, &position(&claim, &told, &acts));
            assert_eq!(found.events, case["events"].as_u64().expect("events"), "{id}");
            for (name, ours) in
                [("denied", found.denied), ("recovered", found.recovered), ("open", found.open)]
            {
                assert_eq!(ours, cents(text(&case[name])), "{id}: {name}");
            }
        }
    }
}
