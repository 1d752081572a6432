//! Claim adjustment reason codes: class, category and what the ledger does. Source: `carc.tsv`.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::tsv::{cell, rows};
use crate::domain::typo::edits;
use crate::domain::{Code, GroupCode, Spreading};

/// What kind of adjustment a reason is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Taken off by contract.
    Contractual,
    /// A refusal.
    Denial,
    /// The patient's share.
    PatientShare,
    /// Bookkeeping between payers.
    Coordination,
    /// A cut by the payer.
    Reduction,
    /// Information.
    Information,
}

/// What the table says the ledger does, before the rules of `posting::treatment`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ledger {
    /// Write down.
    Adjust,
    /// Into the denied bucket.
    Deny,
    /// Nothing.
    Memo,
    /// Into the pending bucket.
    Pend,
    /// To the patient.
    Patient,
    /// To the next payer.
    NextPayer,
    /// The negative adjustment of CARC 94.
    Contra,
}

/// One reason code.
#[derive(Clone, Debug)]
pub struct Carc {
    /// Whether it is in force; retired codes still post, with a warning.
    pub active: bool,
    /// Our words for it.
    pub summary: &'static str,
    /// eligibility, authorization, coding...
    pub category: &'static str,
    /// correct_and_resubmit, appeal...
    pub default_action: &'static str,
    /// Whether better work before billing could have avoided it.
    pub preventable: bool,
    /// What the table says the ledger does.
    pub ledger: Ledger,
    /// Whether the code list demands a remark code with it.
    pub needs_rarc: bool,
    /// The groups it may come under; empty where there is no limit.
    pub allowed_groups: Vec<GroupCode>,
    class: Class,
    class_by_group: [Option<Class>; 4],
}

impl Carc {
    /// The class under a group: the column `class_if_<group>` where it is filled, else `class`.
    #[must_use]
    pub fn class(&self, group: GroupCode) -> Class {
        let at = match group {
            GroupCode::Co => 0,
            GroupCode::Pr => 1,
            GroupCode::Oa => 2,
            GroupCode::Pi => 3,
            GroupCode::Cr => return self.class,
        };
        self.class_by_group[at].unwrap_or(self.class)
    }

    /// The class whatever the group says: the column `class`.
    #[must_use]
    pub const fn own_class(&self) -> Class {
        self.class
    }
}

static TABLE: LazyLock<HashMap<Code, Carc, Spreading>> =
    LazyLock::new(|| rows(include_str!("data/carc.tsv")).filter_map(|row| read(&row)).collect());

/// Looks a reason up. `None` for codes that the list does not have.
#[must_use]
pub fn carc(code: Code) -> Option<&'static Carc> {
    TABLE.get(&code)
}

/// The reasons in force that somebody may have meant who typed another: with figures swapped first, then of the same length.
#[must_use]
pub fn near(typed: Code) -> Vec<(Code, &'static Carc)> {
    let typed = typed.to_string();
    let sorted = |text: &str| {
        let mut signs: Vec<char> = text.chars().collect();
        signs.sort_unstable();
        signs
    };
    let rank = |code: &str| (sorted(code) != sorted(&typed), code.len() != typed.len(), code.to_owned());
    let mut found: Vec<(Code, &Carc)> = TABLE
        .iter()
        .filter(|(code, carc)| carc.active && edits(&code.to_string(), &typed) == 1)
        .map(|(code, carc)| (*code, carc))
        .collect();
    found.sort_by_key(|(code, _)| rank(&code.to_string()));
    found
}

fn read(row: &[&'static str]) -> Option<(Code, Carc)> {
    let carc = Carc {
        active: cell(row, 1) == "Y",
        summary: cell(row, 2),
        class: class(cell(row, 3))?,
        category: cell(row, 4),
        default_action: cell(row, 6),
        preventable: cell(row, 7) == "Y",
        class_by_group: [
            class(cell(row, 8)),
            class(cell(row, 9)),
            class(cell(row, 10)),
            class(cell(row, 11)),
        ],
        ledger: ledger(cell(row, 12))?,
        allowed_groups: cell(row, 13)
            .split('|')
            .filter_map(|g| GroupCode::parse(g.trim_end_matches('*')))
            .collect(),
        needs_rarc: cell(row, 14) == "Y",
    };
    Some((Code::parse(cell(row, 0))?, carc))
}

fn class(word: &str) -> Option<Class> {
    Some(match word {
        "contractual" => Class::Contractual,
        "denial" => Class::Denial,
        "patient_resp" => Class::PatientShare,
        "cob_info" => Class::Coordination,
        "payment_reduction" => Class::Reduction,
        "admin_info" => Class::Information,
        _ => return None,
    })
}

fn ledger(word: &str) -> Option<Ledger> {
    Some(match word {
        "adjust" => Ledger::Adjust,
        "deny_hold" => Ledger::Deny,
        "memo" => Ledger::Memo,
        "pend" => Ledger::Pend,
        "patient" => Ledger::Patient,
        "next_payer" => Ledger::NextPayer,
        "contra" => Ledger::Contra,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::tsv::tests::hold_words;

    #[test]
    fn every_reason_code_has_words_of_its_own() {
        hold_words(include_str!("data/carc.tsv"), 2, 87);
    }

    #[test]
    fn every_row_of_the_table_is_read() {
        let table = include_str!("data/carc.tsv");
        let lines = table.lines().skip(1).filter(|l| !l.is_empty()).count();
        assert_eq!(rows(table).filter_map(|row| read(&row)).count(), lines);
        assert_eq!(lines, 407);
    }

    #[test]
    fn what_was_typed_wrongly_is_near_what_was_meant() {
        let near = |code: &str| -> Vec<String> {
            near(Code::known(code)).iter().map(|(code, _)| code.to_string()).collect()
        };
        assert_eq!(near("917").first().map(String::as_str), Some("197"));
        assert!(near("4").contains(&"45".to_owned()));
        assert!(near("ZZZZ").is_empty());
    }

    #[test]
    fn the_group_decides_the_class() {
        let of = |code: &str| carc(Code::known(code)).expect(code);
        assert_eq!(of("45").class(GroupCode::Co), Class::Contractual);
        assert_eq!(of("45").class(GroupCode::Pr), Class::PatientShare);
        assert_eq!(of("1").class(GroupCode::Pr), Class::PatientShare);
        assert_eq!(of("1").class(GroupCode::Co), Class::Contractual);
        assert_eq!(of("197").class(GroupCode::Co), Class::Denial);
        assert!(carc(Code::known("ZZZ")).is_none());
        assert!(!of("15").active);
        assert_eq!(of("18").allowed_groups, [GroupCode::Oa, GroupCode::Co]);
    }
}
