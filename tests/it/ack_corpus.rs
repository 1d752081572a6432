//! Every acknowledgment of the samples against facts that another program computed about it.

use arrears::acks::{of_statement, of_syntax};
use arrears::domain::ack::{AckItem, AckOutcome, Action, StatusCode};
use arrears::input::{FileReader, Kind, survey};
use serde_json::Value;

use crate::corpus::{corpus, facts, source, text};

/// The items of one set.
fn items(reader: &mut FileReader<'_>) -> Vec<AckItem> {
    let mut items = Vec::new();
    while let Some(item) = reader.next_ack().expect("readable") {
        items.push(item);
    }
    items
}

fn list<'a>(fact: &'a Value, key: &str) -> &'a [Value] {
    fact[key].as_array().map_or(&[], Vec::as_slice)
}

fn codes(codes: &[StatusCode]) -> Vec<String> {
    let joined = |c: &StatusCode| {
        let parts = [&c.category, &c.status, &c.entity].map(String::as_str);
        parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(":")
    };
    codes.iter().map(joined).collect()
}

#[test]
fn every_sample_acknowledgment_reads_as_the_facts_say() {
    let Some(place) = corpus() else { return };
    let (mut statuses, mut answers) = (0, 0);
    for fact in facts(&place) {
        let file = text(&fact, "file");
        let source = source(&place.join(file));
        let Ok(found) = survey(&source) else { continue };
        let mut reader = FileReader::open(&source).expect("opens");
        for (set, wanted) in found.sets.iter().zip(list(&fact, "tx")) {
            assert!(reader.next_set().expect("readable"));
            let items = items(&mut reader);
            match set.kind {
                Kind::Ack277CA => {
                    statuses += 1;
                    status(file, wanted, &items, set.totals.claims);
                }
                Kind::Ack999 | Kind::Ack997 => {
                    answers += 1;
                    answer(file, wanted, &items);
                }
                _ => assert!(items.is_empty(), "{file}"),
            }
        }
    }
    assert!(statuses >= 5 && answers >= 8, "{statuses} and {answers} were read");
}

fn status(file: &str, wanted: &Value, items: &[AckItem], counted: u64) {
    let mut claims = Vec::new();
    let mut batches = Vec::new();
    for item in items {
        match item {
            AckItem::Claim(claim) => claims.push(claim),
            AckItem::Batch(batch) => batches.push(batch),
            other => panic!("{file}: {other:?}"),
        }
    }
    let of = |key: &str, level: &str| -> Vec<&Value> {
        list(wanted, key).iter().filter(|fact| text(fact, "level") == level).collect()
    };
    assert_eq!(claims.len() as u64, counted, "{file}");
    let numbers: Vec<&str> = claims.iter().map(|c| c.number.as_str()).collect();
    let known: Vec<&str> = of("trn", "PT").iter().map(|t| text(t, "trn02")).collect();
    assert_eq!(numbers, known, "{file}");
    let said: Vec<String> = claims.iter().flat_map(|c| codes(&c.statement.codes)).collect();
    let all = |level| -> Vec<&str> {
        of("stc", level).into_iter().flat_map(|s| list(s, "codes")).filter_map(Value::as_str).collect()
    };
    assert_eq!(said, all("PT"), "{file}");
    for (level, provider) in [("21", false), ("19", true)] {
        let said = batches.iter().filter(|b| b.provider.is_some() == provider);
        let said: Vec<String> = said.flat_map(|b| codes(&b.statement.codes)).collect();
        assert_eq!(said, all(level), "{file} level {level}");
    }
    for batch in batches.iter().filter(|b| b.provider.is_none()) {
        assert_eq!(batch.batch, text(of("trn", "21")[0], "trn02"), "{file}");
    }
    // Claims of these samples have one STC each, but for the masked one, whose STC all say the same.
    if of("stc", "PT").len() == claims.len() {
        for (claim, stc) in claims.iter().zip(of("stc", "PT")) {
            let action = match text(stc, "action") {
                "WQ" => Some(Action::Accept),
                "U" => Some(Action::Reject),
                _ => None,
            };
            assert_eq!(claim.statement.action, action, "{file}");
            let rejected = of_statement(&claim.statement).outcome == AckOutcome::Rejected;
            assert_eq!(rejected, action == Some(Action::Reject), "{file}");
        }
    }
}

fn answer(file: &str, wanted: &Value, items: &[AckItem]) {
    let mut sets = Vec::new();
    let mut groups = Vec::new();
    for item in items {
        match item {
            AckItem::Set(set) => sets.push(set),
            AckItem::Group(group) => groups.push(group),
            other => panic!("{file}: {other:?}"),
        }
    }
    assert_eq!(sets.len(), list(wanted, "ak2").len(), "{file}");
    let group = groups.first().expect("a group");
    assert_eq!(groups.len(), 1, "{file}");
    assert_eq!(group.result, text(&wanted["ak9"], "result"), "{file}");
    assert_eq!(group.accepted.map(|n| n.to_string()).unwrap_or_default(), text(&wanted["ak9"], "accepted"));
    assert_eq!(group.group, text(&wanted["ak1"], "gs06"), "{file}");
    for (set, fact) in sets.iter().zip(list(wanted, "ak2")) {
        assert_eq!(
            (set.set_id.as_str(), set.set.as_str(), set.result.as_str()),
            (text(fact, "st01"), text(fact, "st02"), text(fact, "result")),
            "{file}"
        );
        let known: Vec<&str> = list(fact, "codes").iter().filter_map(Value::as_str).collect();
        assert_eq!(set.codes, known, "{file}");
        assert_eq!(of_syntax(&set.result).outcome == AckOutcome::Rejected, text(fact, "result") == "R");
    }
    // Each IK3 and each IK4 is a note; an error is an IK3 with at most one IK4.
    let notes = list(wanted, "notes").iter().filter_map(Value::as_str);
    let (segments, elements): (Vec<&str>, Vec<&str>) =
        notes.partition(|note| note.starts_with("IK3") || note.starts_with("AK3"));
    let errors: Vec<_> = sets.iter().flat_map(|set| &set.errors).collect();
    assert_eq!(errors.iter().filter(|e| !e.element.is_empty()).count(), elements.len(), "{file}");
    assert!(errors.len() >= segments.len(), "{file}");
    assert!(errors.iter().all(|e| !e.value.chars().any(char::is_control)), "{file}");
}

#[test]
fn a_ta1_is_seen_wherever_it_stands() {
    let Some(place) = corpus() else { return };
    for (file, control) in
        [("999/officeally_ta1_then_999_rejected.edi", "101"), ("999/pyx12_997_to_835.edi", "000003447")]
    {
        let found = survey(&source(&place.join(file))).expect("readable");
        let acks = &found.interchange_acks;
        assert_eq!(acks.len(), 1, "{file}");
        assert_eq!((acks[0].control.as_str(), acks[0].result.as_str()), (control, "A"), "{file}");
        assert!(acks[0].sent_on.is_some(), "{file}");
    }
}
