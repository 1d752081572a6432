//! Remittance advice remark codes: whether one is a mere alert, and our words for the frequent ones. Source: `rarc.tsv`.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::tsv::{cell, rows};
use crate::domain::{Code, Spreading};

/// One remark code.
#[derive(Clone, Debug)]
pub struct Rarc {
    /// Informational: never the cause of a denial.
    pub alert: bool,
    /// Our words for it; empty for the rarer codes.
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

    #[test]
    fn remark_codes_are_found() {
        assert!(rarc(Code::known("M4")).is_some_and(|r| r.alert));
        assert!(rarc(Code::known("M2")).is_some_and(|r| !r.alert && r.category == "bundling"));
        assert!(rarc(Code::known("ZZ9")).is_none());
    }
}
