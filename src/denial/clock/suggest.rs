//! Suggested rules by class of payer: where to begin, never a fact. The table is `data/clocks.tsv`, from
//! `docs/rules/deadlines.md` sections 2 to 7; a contract beats everything commercial.

use std::sync::LazyLock;

use crate::codes;
use crate::codes::tsv::{cell, rows};
use crate::domain::book::PayerRecord;
use crate::domain::clock::{ClockKind, ClockRule};
use crate::domain::{Code, PayerId};

/// A suggestion.
#[derive(Clone, Debug)]
pub struct Suggestion {
    class: &'static str,
    /// Only payers with this in their names, in letters and digits.
    name: &'static str,
    rule: ClockRule,
    /// What else to know before it is confirmed.
    pub note: &'static str,
}

static SUGGESTIONS: LazyLock<Vec<Suggestion>> =
    LazyLock::new(|| rows(include_str!("../data/clocks.tsv")).filter_map(|row| read(&row)).collect());

fn read(row: &[&'static str]) -> Option<Suggestion> {
    let rule = ClockRule {
        payer: PayerId::NONE,
        kind: cell(row, 2).parse().ok()?,
        limit: cell(row, 3).parse().ok()?,
        unit: cell(row, 4).parse().ok()?,
        start: cell(row, 5).parse().ok()?,
        receipt_days: cell(row, 6).parse().ok()?,
        buffer_days: cell(row, 7).parse().ok()?,
        next_workday: cell(row, 8) == "Y",
        except: cell(row, 9).split('|').filter_map(Code::parse).collect(),
        amounts: cell(row, 10).to_owned(),
        source: cell(row, 11).to_owned(),
        set_by: String::new(),
        set_on: None,
        confirmed_by: String::new(),
        confirmed_on: None,
    };
    Some(Suggestion { class: cell(row, 0), name: cell(row, 1), rule, note: cell(row, 12) })
}

/// The class of a payer: the office's own word, else the line of business of its filing indicator; empty where neither
/// is known.
#[must_use]
pub fn class(payer: &PayerRecord) -> String {
    let own = payer.class.trim();
    if own.is_empty() {
        return codes::line_of_business(&payer.filing).unwrap_or("").to_owned();
    }
    own.to_ascii_lowercase().replace([' ', '-'], "_")
}

/// The classes for which there are suggestions.
#[must_use]
pub fn classes() -> Vec<&'static str> {
    let mut classes: Vec<&str> = SUGGESTIONS.iter().map(|suggestion| suggestion.class).collect();
    classes.dedup();
    classes
}

/// What could be the rules of a payer, with what to know before one is confirmed. At most one for each kind.
#[must_use]
pub fn suggestions(payer: &PayerRecord) -> Vec<(ClockRule, &'static str)> {
    let class = class(payer);
    let name: String =
        payer.name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect();
    let of_kind = |kind: ClockKind| {
        // Those of a named payer stand before those of its class.
        let mut fitting = SUGGESTIONS.iter().filter(|s| s.class == class && s.rule.kind == kind);
        let found = fitting.find(|s| name.contains(s.name))?;
        Some((ClockRule { payer: payer.id, ..found.rule.clone() }, found.note))
    };
    ClockKind::ALL.into_iter().filter_map(of_kind).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::denial::clock::amounts;

    fn payer(name: &str, filing: &str, class: &str) -> PayerRecord {
        PayerRecord { class: class.to_owned(), ..PayerRecord::named(PayerId(7), name, filing) }
    }

    fn limits(payer: &PayerRecord) -> Vec<String> {
        suggestions(payer).iter().map(|(rule, _)| format!("{} {}", rule.kind, rule.limit)).collect()
    }

    #[test]
    fn every_row_is_read_and_none_is_confirmed() {
        let lines = include_str!("../data/clocks.tsv").lines().count() - 1;
        assert_eq!(SUGGESTIONS.len(), lines);
        for suggestion in SUGGESTIONS.iter() {
            let rule = &suggestion.rule;
            assert!(!rule.is_confirmed() && !rule.source.is_empty() && rule.limit > 0, "{suggestion:?}");
            assert!(rule.amounts.is_empty() || amounts::tables().contains(&rule.amounts.as_str()));
        }
    }

    #[test]
    fn every_row_says_what_the_file_says() {
        let mut classes_in_file = Vec::new();
        for (line, of) in include_str!("../data/clocks.tsv").lines().skip(1).zip(SUGGESTIONS.iter()) {
            let rule = &of.rule;
            let said = [
                of.class.to_owned(),
                of.name.to_owned(),
                rule.kind.to_string(),
                rule.limit.to_string(),
                rule.unit.to_string(),
                rule.start.to_string(),
                rule.receipt_days.to_string(),
                rule.buffer_days.to_string(),
                if rule.next_workday { "Y" } else { "N" }.to_owned(),
                rule.except.iter().map(Code::to_string).collect::<Vec<_>>().join("|"),
                rule.amounts.clone(),
                rule.source.clone(),
                of.note.to_owned(),
            ];
            assert_eq!(said.join("\t").trim_end(), line.trim_end());
            if classes_in_file.last() != Some(&of.class) {
                classes_in_file.push(of.class);
            }
        }
        assert_eq!(classes(), classes_in_file);
    }

    #[test]
    fn the_class_and_then_the_name_decide() {
        let medicare = payer("NOVITAS", "MB", "");
        assert_eq!(
            limits(&medicare),
            [
                "filing 1",
                "secondary 1",
                "corrected 1",
                "appeal-1 120",
                "appeal-2 180",
                "appeal-3 60",
                "appeal-4 60",
                "appeal-5 60"
            ]
        );
        assert_eq!(limits(&payer("Acme", "CI", ""))[0], "filing 90");
        let united = payer("United Healthcare Ins Co", "CI", "");
        assert_eq!(limits(&united), ["filing 90", "secondary 90", "corrected 180", "appeal-1 65"]);
        assert_eq!(limits(&payer("Acme", "CI", "Medicare Advantage")), ["filing 1", "appeal-1 65"]);
        assert_eq!(limits(&payer("Acme", "WC", "workers_comp_tx")), ["filing 95"]);
        assert!(suggestions(&payer("Acme", "", "")).is_empty());
        assert!(suggestions(&payer("State Fund", "WC", "")).is_empty(), "every state has its own");
    }
}
