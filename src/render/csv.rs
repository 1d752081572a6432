//! CSV for spreadsheets and scripts: keys as headings, data rows only, plain numbers.

use std::borrow::Cow;
use std::io::{self, Write};
use std::ops::Range;

use super::portions;
use crate::domain::money::write_number;
use crate::report::{Cell, RowKind, Table};

pub(super) fn write(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    let mut heading = csv::Writer::from_writer(&mut *out);
    heading.write_record(table.columns.iter().map(|column| column.key.as_ref())).map_err(cause)?;
    heading.flush()?;
    drop(heading);
    portions::write(table.len(), out, |places, out| rows(table, places, out))
}

fn rows(table: &Table, places: Range<usize>, out: &mut Vec<u8>) -> io::Result<()> {
    let mut rows = csv::Writer::from_writer(out);
    let mut word = Vec::new();
    table.within(places, |kind, cells| {
        if kind == RowKind::Subtotal {
            return Ok(());
        }
        for cell in cells {
            word.clear();
            push(cell, &mut word);
            rows.write_field(&word).map_err(cause)?;
        }
        rows.write_record(None::<&[u8]>).map_err(cause)
    })?;
    rows.flush()
}

/// The error of the place of output itself, so that a closed pipe is still known as one.
fn cause(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// Adds a cell.
fn push(cell: &Cell, word: &mut Vec<u8>) {
    match cell {
        Cell::Empty => {}
        Cell::Text(text) => word.extend_from_slice(guarded(text).as_bytes()),
        Cell::Count(number) => write_number(*number, word),
        Cell::Money(amount) => amount.write_to(word),
        Cell::Date(day) => word.extend_from_slice(day.to_string().as_bytes()),
        Cell::Percent(share) => word.extend_from_slice(share.to_string().as_bytes()),
        Cell::Tenths(number) => word.extend_from_slice(number.to_string().as_bytes()),
        Cell::Flag(flag) => word.extend_from_slice(if *flag { b"true" } else { b"false" }),
    }
}

/// A text that a spreadsheet would run as a formula gets an apostrophe in front; control characters other than
/// tabs and line ends do not survive.
fn guarded(text: &str) -> Cow<'_, str> {
    let spoils = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r');
    let clean: Cow<'_, str> =
        if text.contains(spoils) { text.replace(spoils, "\u{fffd}").into() } else { text.into() };
    if clean.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{clean}").into() } else { clean }
}
