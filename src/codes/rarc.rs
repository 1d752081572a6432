//! Remittance advice remark codes: whether one is a mere alert, and our words for each. Source: `rarc.tsv`.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::tsv::{cell, rows};
use crate::domain::{Code, Spreading};

/// One remark code.
#[derive(Clone, Debug)]
pub struct Rarc {
    /// Informational: never the cause of a denial.
    pub alert: bool,
    /// Our words for it.
    pub summary: &'static str,
    /// The category of denial it points to; empty where it points to none.
    pub category: &'static str,
}

/// Looks a remark code up.
#[must_use]
pub fn rarc(code: Code) -> Option<&'static Rarc> {
    static TABLE: LazyLock<HashMap<Code, Rarc, Spreading>> = LazyLock::new(|| {
        let rows = rows(include_str!("data/rarc.tsv"));
        rows.filter_map(|row| {
            let rarc = Rarc { alert: cell(&row, 2) == "Y", summary: cell(&row, 3), category: cell(&row, 4) };
            Some((Code::parse(cell(&row, 0))?, rarc))
        })
        .collect()
    });
    TABLE.get(&code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::tsv::tests::hold_words;

    #[test]
    fn every_remark_code_has_words_of_its_own() {
        let table = include_str!("data/rarc.tsv");
        hold_words(table, 3, 60);
        for row in rows(table) {
            let retired = cell(&row, 3).starts_with("(retired) ");
            assert_eq!(retired, cell(&row, 1) == "N", "{}: {}", cell(&row, 0), cell(&row, 3));
        }
        assert_eq!(rows(table).count(), 1216);
    }

    #[test]
    fn remark_codes_are_found() {
        assert!(rarc(Code::known("M4")).is_some_and(|r| r.alert));
        assert!(rarc(Code::known("M2")).is_some_and(|r| !r.alert && r.category == "bundling"));
        assert!(rarc(Code::known("ZZ9")).is_none());
    }
}
