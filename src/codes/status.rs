//! Claim status categories and codes of the 277CA, entities, and the error codes of 999, 997 and TA1.
//! Sources: `claim_status_category.tsv`, `claim_status_code.tsv`, `entity.tsv`, `syntax.tsv`.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::tsv::{cell, rows, summary_of};

/// What a category says became of a claim, before it is compared with the action beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saying {
    /// On its way: decides nothing.
    Neutral,
    /// Taken in for adjudication.
    Accepted,
    /// Sent back.
    Rejected,
    /// Not there.
    NotFound,
}

/// One claim status category.
#[derive(Clone, Debug)]
pub struct StatusCategory {
    /// Our words for it.
    pub summary: &'static str,
    /// What it says.
    pub saying: Saying,
    /// Whether a claim acknowledgment may carry it.
    pub in_acknowledgments: bool,
}

/// One claim status code.
#[derive(Clone, Debug)]
pub struct StatusCode {
    /// Our words for it.
    pub summary: &'static str,
    /// What it is about: `eligibility`, `missing_info`...
    pub area: &'static str,
    /// Whether an entity code must say whose.
    pub needs_entity: bool,
}

/// Looks a category up. `None` for those that the list does not have.
#[must_use]
pub fn status_category(code: &str) -> Option<&'static StatusCategory> {
    static TABLE: LazyLock<HashMap<&str, StatusCategory>> = LazyLock::new(|| {
        let rows = rows(include_str!("data/claim_status_category.tsv"));
        rows.map(|row| (cell(&row, 0), category(&row))).collect()
    });
    TABLE.get(code)
}

fn category(row: &[&'static str]) -> StatusCategory {
    let in_acknowledgments = cell(row, 4) == "Y";
    let saying = match cell(row, 3) {
        _ if !in_acknowledgments => Saying::Neutral,
        "accepted" => Saying::Accepted,
        "rejected" => Saying::Rejected,
        "not_found" => Saying::NotFound,
        _ => Saying::Neutral,
    };
    StatusCategory { summary: cell(row, 2), saying, in_acknowledgments }
}

/// Looks a status code up. `None` for those newer than the list; they are shown bare.
#[must_use]
pub fn status_code(code: &str) -> Option<&'static StatusCode> {
    static TABLE: LazyLock<HashMap<&str, StatusCode>> = LazyLock::new(|| {
        let rows = rows(include_str!("data/claim_status_code.tsv"));
        let read = |row: &[&'static str]| StatusCode {
            summary: cell(row, 1),
            area: cell(row, 2),
            needs_entity: cell(row, 3) == "Y",
        };
        rows.map(|row| (cell(&row, 0), read(&row))).collect()
    });
    TABLE.get(code)
}

/// Our word for an entity code.
#[must_use]
pub fn entity(code: &str) -> Option<&'static str> {
    summary_of(include_str!("data/entity.tsv"), code)
}

/// Which list an error code of an acknowledgment stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyntaxList {
    /// IK502 to IK506, AK502 to AK506.
    Set,
    /// AK905 to AK909.
    Group,
    /// IK304, AK304.
    Segment,
    /// IK403, AK403.
    Element,
    /// TA105.
    Interchange,
}

/// Our words for an error code of a 999, 997 or TA1.
#[must_use]
pub fn syntax_error(list: SyntaxList, code: &str) -> Option<&'static str> {
    let list = match list {
        SyntaxList::Set => "set",
        SyntaxList::Group => "group",
        SyntaxList::Segment => "segment",
        SyntaxList::Element => "element",
        SyntaxList::Interchange => "interchange",
    };
    let mut found = rows(include_str!("data/syntax.tsv"));
    found.find(|row| cell(row, 0) == list && cell(row, 1) == code).map(|row| cell(&row, 2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::tsv::tests::hold_words;

    #[test]
    fn every_status_has_words_of_its_own() {
        hold_words(include_str!("data/claim_status_category.tsv"), 2, 64);
        let codes = include_str!("data/claim_status_code.tsv");
        hold_words(codes, 1, 60);
        assert_eq!(rows(codes).count(), 688);
        for row in rows(codes).filter(|row| cell(row, 1).starts_with("Entity")) {
            assert_eq!(cell(&row, 3), "Y", "{} is about an entity", cell(&row, 0));
        }
    }

    #[test]
    fn every_category_says_what_it_decides() {
        for (code, saying) in [
            ("A0", Saying::Neutral),
            ("A1", Saying::Neutral),
            ("A2", Saying::Accepted),
            ("A3", Saying::Rejected),
            ("A4", Saying::NotFound),
            ("A5", Saying::Accepted),
            ("A6", Saying::Rejected),
            ("A7", Saying::Rejected),
            ("A8", Saying::Rejected),
            ("E1", Saying::Neutral),
            // What belongs to other kinds of 277 decides nothing.
            ("F2", Saying::Neutral),
            ("P1", Saying::Neutral),
            ("R4", Saying::Neutral),
            ("D0", Saying::Neutral),
        ] {
            assert_eq!(status_category(code).map(|c| c.saying), Some(saying), "{code}");
        }
        assert!(status_category("X9").is_none());
        assert!(!status_category("F1").expect("listed").in_acknowledgments);
    }

    #[test]
    fn codes_have_words() {
        assert_eq!(status_code("33").map(|c| c.area), Some("eligibility"));
        assert!(status_code("24").expect("listed").needs_entity);
        assert!(status_code("99999").is_none());
        assert_eq!(entity("85"), Some("billing provider"));
        assert_eq!(syntax_error(SyntaxList::Segment, "8"), Some("segment has elements in error"));
        assert_eq!(syntax_error(SyntaxList::Element, "8"), Some("date not valid"));
        assert_eq!(syntax_error(SyntaxList::Set, "Q"), None);
        for table in [include_str!("data/claim_status_code.tsv"), include_str!("data/entity.tsv")] {
            assert!(rows(table).all(|row| !cell(&row, 0).is_empty() && !cell(&row, 1).is_empty()));
        }
    }
}
