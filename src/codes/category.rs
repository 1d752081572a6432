//! Categories of denials: what went wrong, and who in the office could have prevented it. Source: `category.tsv`, after
//! `docs/rules/posting-rules.md` section 13.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::tsv::{cell, rows};
use crate::domain::Code;
use crate::domain::entry::Reason;

/// One category.
#[derive(Clone, Debug)]
pub struct Category {
    /// Who could have prevented it: `front desk`, `coding` or `billing`.
    pub who: &'static str,
    /// Our words for it.
    pub summary: &'static str,
}

/// Looks a category up.
#[must_use]
pub fn category(name: &str) -> Option<&'static Category> {
    static TABLE: LazyLock<HashMap<&str, Category>> = LazyLock::new(|| {
        let rows = rows(include_str!("data/category.tsv"));
        rows.map(|row| (cell(&row, 0), Category { who: cell(&row, 1), summary: cell(&row, 2) })).collect()
    });
    TABLE.get(name)
}

/// The name of every category, and of what belongs to none.
#[must_use]
pub fn categories() -> Vec<&'static str> {
    let rows = rows(include_str!("data/category.tsv"));
    let mut names: Vec<&str> = rows.map(|row| cell(&row, 0)).filter(|name| !name.is_empty()).collect();
    if !names.contains(&"other") {
        names.push("other");
    }
    names
}

/// The category a reason is worked under. Where the reason only says that something is missing or not covered, the
/// remark code names it.
#[must_use]
pub fn category_of(reason: Reason, remarks: &[Code]) -> &'static str {
    const ASK_THE_REMARK: [Code; 3] = [Code::known("16"), Code::known("A1"), Code::known("96")];
    let own = super::carc(reason.code).map_or("other", |carc| carc.category);
    let asked = if ASK_THE_REMARK.contains(&reason.code) { remarks } else { &[] };
    let hint = asked.iter().filter_map(|r| super::rarc(*r)).find(|r| !r.alert && !r.category.is_empty());
    match hint {
        Some(rarc) if rarc.category != "none" => rarc.category,
        _ if own == "none" || own.is_empty() => "other",
        _ => own,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_category_of_the_reason_codes_has_its_row() {
        let carcs = rows(include_str!("data/carc.tsv")).map(|row| cell(&row, 4));
        let rarcs = rows(include_str!("data/rarc.tsv")).map(|row| cell(&row, 4));
        for name in carcs.chain(rarcs).filter(|name| !["", "none"].contains(name)) {
            let found = category(name).unwrap_or_else(|| panic!("{name} is not in category.tsv"));
            assert!(["front desk", "coding", "billing"].contains(&found.who), "{name}: {}", found.who);
            assert!(!found.summary.is_empty());
        }
    }
}
