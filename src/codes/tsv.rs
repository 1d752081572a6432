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
