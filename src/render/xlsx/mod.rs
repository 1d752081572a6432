//! Excel workbooks: a sheet for each table, and one that says what they are.
//!
//! Numbers are numbers, days are days, totals are formulas. The same tables always give the same bytes: no clock is
//! read. How a table lies in its sheet stands in `sheet`, the last sheet in `about`, the way of a number in `number`.

mod about;
mod number;
mod sheet;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{self, Write};

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

use super::terminal::sanitise;
use crate::domain::Date;
use crate::report::Table;

/// How many rows a sheet of Excel holds.
pub const MOST_ROWS: usize = 1_048_576;

/// How many characters the name of a sheet has at most.
const LONGEST_NAME: usize = 31;

/// What a workbook says of itself besides its tables.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// Whose books these are.
    pub practice: Option<String>,
    /// The day of the whole; stands in the file's properties instead of the time of writing.
    pub as_of: Option<Date>,
    /// What else a reader must know of the whole: names and values.
    pub lines: Vec<(String, String)>,
}

/// A table and the name of its sheet.
#[derive(Clone, Copy, Debug)]
pub struct Sheet<'a> {
    /// Any text; what Excel does not allow is left out.
    pub name: &'a str,
    /// What stands in it.
    pub table: &'a Table,
}

/// Whether the table fits a sheet, with its headings and its totals.
#[must_use]
pub fn fits(table: &Table) -> bool {
    table.len() + 2 <= MOST_ROWS
}

/// Writes a workbook.
///
/// # Errors
/// Whatever `out` answers, and [`io::ErrorKind::InvalidInput`] for a table that does not [fit](fits).
pub fn write(sheets: &[Sheet<'_>], about: &About, out: &mut dyn Write) -> io::Result<()> {
    let bytes = build(sheets, about).map_err(|error| match error {
        XlsxError::IoError(error) => error,
        other => io::Error::new(io::ErrorKind::InvalidInput, other.to_string()),
    })?;
    out.write_all(&bytes)
}

fn build(sheets: &[Sheet<'_>], about: &About) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    book.set_properties(&properties(sheets, about)?);
    let names = names(sheets.iter().map(|sheet| sheet.name));
    for (sheet, name) in sheets.iter().zip(&names) {
        let worksheet = book.add_worksheet();
        worksheet.set_name(name)?;
        sheet::fill(worksheet, &sheet.table.made(), about.practice.as_deref())?;
    }
    about::fill(book.add_worksheet(), sheets, &names, about)?;
    book.save_to_buffer()
}

fn properties(sheets: &[Sheet<'_>], about: &About) -> Result<DocProperties, XlsxError> {
    let title = sheets.first().map(|sheet| sanitise(&sheet.table.title)).unwrap_or_default();
    let day = about.as_of.or_else(|| sheets.first().and_then(|sheet| sheet.table.as_of));
    // Without a day of its own it still must not be the clock's.
    let day = day.filter(|day| number::serial(*day).is_some()).map_or("2000-01-01".into(), |d| d.to_string());
    Ok(DocProperties::new()
        .set_title(title)
        .set_author(sanitise(about.practice.as_deref().unwrap_or("arrears")))
        .set_creation_datetime(&ExcelDateTime::parse_from_str(&day)?))
}

/// Names that Excel takes, each once: it compares without regard to case, and forbids some signs.
fn names<'a>(wanted: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut taken = BTreeSet::from([about::NAME.to_lowercase(), "history".to_owned()]);
    let free = |text: &str| {
        let text: String = sanitise(text).replace(['[', ']', ':', '*', '?', '/', '\\'], " ");
        let words: Vec<&str> = text.split_whitespace().collect();
        words.join(" ").trim_matches('\'').to_owned()
    };
    let mut names = Vec::new();
    for text in wanted {
        let text = free(text);
        let text = if text.is_empty() { "Table".to_owned() } else { text };
        let mut number = 1;
        let name = loop {
            let end = if number == 1 { String::new() } else { format!(" ({number})") };
            let name = format!("{}{end}", cut(&text, LONGEST_NAME - end.len()));
            if taken.insert(name.to_lowercase()) {
                break name;
            }
            number += 1;
        };
        names.push(name);
    }
    names
}

/// The beginning of a text, in UTF-16 units as Excel counts them, and not ending in a sign that it forbids there.
fn cut(text: &str, most: usize) -> &str {
    let mut units = 0;
    let end = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > most
    });
    end.map_or(text, |(at, _)| text[..at].trim_end_matches([' ', '\'']))
}

/// A text as a cell takes it: without control characters, and no longer than Excel allows.
fn text(text: &str) -> Cow<'_, str> {
    /// One sign less than what a cell holds, for the sign that says that something is missing.
    const LONGEST: usize = 32_766;
    let clean = sanitise(text);
    if clean.encode_utf16().count() <= LONGEST {
        return clean;
    }
    format!("{}…", cut(&clean, LONGEST)).into()
}

#[cfg(test)]
mod tests;
