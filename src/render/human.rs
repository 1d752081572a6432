//! How people read a cell: thousands apart, negatives in parentheses, control characters gone.
//!
//! Shared by text, Markdown and HTML. Programs get other forms; see `csv` and `json`.

use super::terminal::sanitise;
use crate::domain::Money;
use crate::report::{Cell, Column, Kind, Table};

/// `1,234.50`; negative amounts as `(12.00)`.
#[must_use]
pub fn money(amount: Money) -> String {
    let cents = amount.cents().unsigned_abs();
    let text = format!("{}.{:02}", grouped(cents / 100), cents % 100);
    if amount.is_negative() { format!("({text})") } else { text }
}

/// `1,234,567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A cell in words.
pub(super) fn cell(kind: Kind, cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => sanitise(text).into_owned(),
        Cell::Count(number) if kind == Kind::Id => number.to_string(),
        Cell::Count(number) => grouped(*number),
        Cell::Money(amount) => money(*amount),
        Cell::Date(day) => day.to_string(),
        Cell::Percent(share) => format!("{share}%"),
        Cell::Tenths(number) => number.to_string(),
        Cell::Flag(true) => "yes".to_owned(),
        Cell::Flag(false) => "no".to_owned(),
    }
}

/// The columns people see, with their places.
pub(super) fn columns(table: &Table) -> Vec<(usize, &Column)> {
    table.columns.iter().enumerate().filter(|(_, column)| !column.machine_only).collect()
}

/// One row in words.
pub(super) fn row(columns: &[(usize, &Column)], cells: &[Cell]) -> Vec<String> {
    let word =
        |(place, column): &(usize, &Column)| cell(column.kind, cells.get(*place).unwrap_or(&Cell::Empty));
    columns.iter().map(word).collect()
}

/// The totals in words, headed "Total" where their first cell is free.
pub(super) fn totals(columns: &[(usize, &Column)], cells: &[Cell]) -> Vec<String> {
    let mut words = row(columns, cells);
    if let Some(first) = words.first_mut().filter(|word| word.is_empty()) {
        "Total".clone_into(first);
    }
    words
}

/// What the table speaks of: title, day, basis.
pub(super) fn heading(table: &Table) -> String {
    let mut text = sanitise(&table.title).into_owned();
    if let Some(day) = table.as_of {
        text.push_str(&format!(" · as of {day}"));
    }
    if let Some(basis) = &table.basis {
        text.push_str(&format!(" · basis: {}", sanitise(basis)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_as_accountants_write_them() {
        for (cents, text) in [
            (0, "0.00"),
            (5, "0.05"),
            (-1, "(0.01)"),
            (99_999, "999.99"),
            (100_000, "1,000.00"),
            (-123_456_789, "(1,234,567.89)"),
            (i64::MIN, "(92,233,720,368,547,758.08)"),
        ] {
            assert_eq!(money(Money::from_cents(cents)), text);
        }
    }

    #[test]
    fn the_ledgers_numbers_are_not_grouped() {
        assert_eq!(cell(Kind::Count, &Cell::Count(12_345)), "12,345");
        assert_eq!(cell(Kind::Id, &Cell::Count(12_345)), "12345");
    }
}
