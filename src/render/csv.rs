//! CSV for spreadsheets and scripts: keys as headings, data rows only, plain numbers.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::report::{Cell, RowKind, Table};

pub(super) fn write(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    let mut rows = csv::Writer::from_writer(out);
    rows.write_record(table.columns.iter().map(|column| column.key.as_ref())).map_err(cause)?;
    for row in table.rows.iter().filter(|row| row.kind == RowKind::Item) {
        for cell in &row.cells {
            rows.write_field(word(cell).as_bytes()).map_err(cause)?;
        }
        rows.write_record(None::<&[u8]>).map_err(cause)?;
    }
    rows.flush()
}

/// The error of the place of output itself, so that a closed pipe is still known as one.
fn cause(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

fn word(cell: &Cell) -> Cow<'_, str> {
    match cell {
        Cell::Empty => Cow::Borrowed(""),
        Cell::Text(text) => guarded(text),
        Cell::Count(number) => Cow::Owned(number.to_string()),
        Cell::Money(amount) => Cow::Owned(amount.to_string()),
        Cell::Date(day) => Cow::Owned(day.to_string()),
        Cell::Percent(share) => Cow::Owned(share.to_string()),
        Cell::Tenths(number) => Cow::Owned(number.to_string()),
        Cell::Flag(flag) => Cow::Borrowed(if *flag { "true" } else { "false" }),
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
