//! Looks: turns a table into text, Markdown, CSV, JSON, HTML or a workbook.
//!
//! The only folder that knows how an amount is written for people and that names `tabled`, `csv` or `rust_xlsxwriter`.
//! What a table says is decided in `report`; where the bytes go is decided in `cli`.

mod csv;
mod fit;
mod html;
mod human;
mod json;
mod lay;
mod markdown;
mod message;
mod portions;
pub mod terminal;
mod text;
pub mod value;
pub mod xlsx;

use std::io::{self, Write};

pub use html::pages;
pub use human::{counted, money};
pub use message::wrapped_message;
pub use terminal::{ColourChoice, sanitise};
pub use value::Value;

use crate::report::Table;

/// How a table is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For a terminal.
    #[default]
    Table,
    /// For spreadsheets: data rows only.
    Csv,
    /// For programs.
    Json,
    /// For mail and tickets.
    Md,
    /// For printing: one file, nothing fetched.
    Html,
    /// For accountants: a workbook with a sheet for each table.
    Xlsx,
}

/// What the place of output can show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Columns of the terminal; `None` when no one watches and nothing is cut.
    pub width: Option<usize>,
    /// Whether headings and totals may be bold.
    pub colour: bool,
}

impl Style {
    /// For files and pipes.
    pub const PLAIN: Style = Style { width: None, colour: false };
}

/// Writes a table.
///
/// # Errors
/// Whatever `out` answers; a table itself can always be written.
pub fn render(table: &Table, format: Format, style: Style, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Table => text::write(table, style, out),
        Format::Csv => csv::write(table, out),
        Format::Json => json::write(table, out),
        Format::Md => markdown::write(table, out),
        Format::Html => html::write(std::slice::from_ref(table), out),
        Format::Xlsx => workbook(std::slice::from_ref(table), &xlsx::About::default(), out),
    }
}

/// Writes several tables as one answer: with a blank line between them, one list in JSON, one page in HTML, one workbook.
///
/// # Errors
/// Whatever `out` answers.
pub fn render_all(tables: &[Table], format: Format, style: Style, out: &mut dyn Write) -> io::Result<()> {
    match (format, tables) {
        (_, [one]) => return render(one, format, style, out),
        (Format::Html, _) => return html::write(tables, out),
        (Format::Xlsx, _) => return workbook(tables, &xlsx::About::default(), out),
        (Format::Json, _) => out.write_all(b"[")?,
        _ => {}
    }
    for (place, table) in tables.iter().enumerate() {
        if place > 0 {
            out.write_all(if format == Format::Json { b"," } else { b"\n" })?;
        }
        render(table, format, style, out)?;
    }
    if format == Format::Json { out.write_all(b"]\n") } else { Ok(()) }
}

/// Writes tables as a workbook, each in a sheet that has its title.
///
/// # Errors
/// See [`xlsx::write`].
pub fn workbook(tables: &[Table], about: &xlsx::About, out: &mut dyn Write) -> io::Result<()> {
    let sheets: Vec<xlsx::Sheet<'_>> =
        tables.iter().map(|table| xlsx::Sheet { name: &table.title, table }).collect();
    xlsx::write(&sheets, about, out)
}

#[cfg(test)]
mod tests;
