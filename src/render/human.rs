//! How people read a cell: thousands apart, negatives in parentheses, control characters gone.
//!
//! Shared by text, Markdown and HTML. Programs get other forms; see `csv` and `json`.

use std::fmt::Write as _;

use super::terminal::sanitise;
use crate::domain::Money;
use crate::report::{Cell, Column, Kind, Table};

/// What the first cell of the totals says where it is free.
pub(super) const TOTAL: &str = "Total";

/// `1,234.50`; negative amounts as `(12.00)`.
#[must_use]
pub fn money(amount: Money) -> String {
    let mut text = String::new();
    push_money(amount, &mut text);
    text
}

/// `1 claim`, `2,400 claims`, `2 entries`.
#[must_use]
pub fn counted(number: impl TryInto<u64>, one: &str) -> String {
    let number: u64 = number.try_into().unwrap_or(u64::MAX);
    let mut text = String::new();
    push_grouped(number, &mut text);
    text.push(' ');
    match (number, one.strip_suffix('y')) {
        (1, _) => text.push_str(one),
        // A day is no entry.
        (_, Some(stem)) if !stem.ends_with(['a', 'e', 'o']) => text.push_str(&format!("{stem}ies")),
        _ => text.push_str(&format!("{one}s")),
    }
    text
}

fn push_money(amount: Money, text: &mut String) {
    // Most buckets of an aging hold nothing.
    if amount.is_zero() {
        return text.push_str("0.00");
    }
    let cents = amount.cents().unsigned_abs();
    text.push_str(if amount.is_negative() { "(" } else { "" });
    push_grouped(cents / 100, text);
    text.push('.');
    [cents / 10 % 10, cents % 10].into_iter().for_each(|digit| push_digit(digit, text));
    text.push_str(if amount.is_negative() { ")" } else { "" });
}

/// `1,234,567`.
fn push_grouped(mut number: u64, text: &mut String) {
    /// The largest number has twenty digits and six commas.
    const LONGEST: usize = 26;
    let mut signs = [b','; LONGEST];
    let mut first = LONGEST;
    loop {
        // Every fourth sign from the end is a comma.
        first -= if (LONGEST - first) % 4 == 3 { 2 } else { 1 };
        signs[first] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            return text.extend(signs[first..].iter().map(|sign| char::from(*sign)));
        }
    }
}

/// `1234567`.
fn push_plain(number: u64, text: &mut String) {
    // A text takes everything.
    let _ = write!(text, "{number}");
}

fn push_digit(digit: u64, text: &mut String) {
    text.push(char::from(b'0' + digit as u8));
}

/// Adds a cell in words.
pub(super) fn push(kind: Kind, cell: &Cell, text: &mut String) {
    match cell {
        Cell::Empty => {}
        Cell::Text(words) => text.push_str(&sanitise(words)),
        Cell::Count(number) if kind == Kind::Id => push_plain(*number, text),
        Cell::Count(number) => push_grouped(*number, text),
        Cell::Money(amount) => push_money(*amount, text),
        Cell::Date(day) => text.push_str(&day.to_string()),
        Cell::Percent(share) => text.push_str(&format!("{share}%")),
        Cell::Tenths(number) => text.push_str(&number.to_string()),
        Cell::Flag(true) => text.push_str("yes"),
        Cell::Flag(false) => text.push_str("no"),
    }
}

/// A cell in words.
pub(super) fn cell(kind: Kind, cell: &Cell) -> String {
    let mut text = String::new();
    push(kind, cell, &mut text);
    text
}

/// The columns people see, with their places.
pub(super) fn columns(table: &Table) -> Vec<(usize, &Column)> {
    table.columns.iter().enumerate().filter(|(_, column)| !column.machine_only).collect()
}

/// Looks at the words of a row, one after the other; `word` is room for each of them.
pub(super) fn each_word(
    columns: &[(usize, &Column)],
    cells: &[Cell],
    word: &mut String,
    mut visit: impl FnMut(&Column, &str),
) {
    for (place, column) in columns {
        word.clear();
        push(column.kind, cells.get(*place).unwrap_or(&Cell::Empty), word);
        visit(column, word);
    }
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
        TOTAL.clone_into(first);
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
    fn one_is_one_and_more_are_several() {
        for (number, word, said) in [
            (0u64, "claim", "0 claims"),
            (1, "claim", "1 claim"),
            (2, "claim payment", "2 claim payments"),
            (1, "entry", "1 entry"),
            (12_400, "entry", "12,400 entries"),
            (2, "day", "2 days"),
        ] {
            assert_eq!(counted(number, word), said);
        }
    }

    #[test]
    fn amounts_read_as_accountants_write_them() {
        for (cents, text) in [
            (0, "0.00"),
            (5, "0.05"),
            (-1, "(0.01)"),
            (99_999, "999.99"),
            (100_000, "1,000.00"),
            (1_234_567_800, "12,345,678.00"),
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
