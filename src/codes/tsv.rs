//! Reading our own tab-separated tables. They are compiled in, so a missing column is a defect that the tests find.

/// The rows below the heading, each as its cells.
pub(crate) fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().skip(1).filter(|line| !line.is_empty()).map(|line| line.split('\t').collect())
}

/// A cell, or nothing where the row is short.
pub(crate) fn cell(row: &[&'static str], at: usize) -> &'static str {
    row.get(at).copied().unwrap_or("")
}

/// The second column of the row whose first column is `code`.
pub(crate) fn summary_of(table: &'static str, code: &str) -> Option<&'static str> {
    rows(table).find(|row| cell(row, 0) == code).map(|row| cell(&row, 1))
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::HashMap;

    use super::*;

    /// Holds our words, in column `at` of a table, to what a table of the office can print: every code has some, none
    /// is longer than `longest` characters, each is a phrase without a full stop, and no two codes say the same.
    pub(crate) fn hold_words(table: &'static str, at: usize, longest: usize) {
        let mut whose: HashMap<String, &str> = HashMap::new();
        for row in rows(table) {
            let (code, words) = (cell(&row, 0), cell(&row, at));
            assert!(!words.is_empty(), "{code} has no words");
            assert_eq!(words, words.trim(), "{code}");
            assert!(words.chars().count() <= longest, "{code} is too long: {words}");
            assert!(!words.ends_with('.'), "{code} ends with a full stop: {words}");
            assert!(!words.chars().any(char::is_control), "{code} has a control character: {words:?}");
            if let Some(other) = whose.insert(words.to_lowercase(), code) {
                panic!("{other} and {code} say the same: {words}");
            }
        }
    }
}
