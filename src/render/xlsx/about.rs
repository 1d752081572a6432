//! The last sheet: which program wrote the workbook, for whom, and what each table was asked and means.

use rust_xlsxwriter::{Format, Worksheet, XlsxError};

use super::sheet::DATE;
use super::{About, Sheet, number, text};
use crate::domain::Date;
use crate::report::{Column, Table};

pub(super) const NAME: &str = "About";

/// Two columns, filled from the top.
struct Page<'a> {
    sheet: &'a mut Worksheet,
    row: u32,
}

impl Page<'_> {
    fn heading(&mut self, words: &str) -> Result<(), XlsxError> {
        self.row += u32::from(self.row > 0);
        self.sheet.write_string_with_format(self.row, 0, text(words), &Format::new().set_bold())?;
        self.row += 1;
        Ok(())
    }

    fn line(&mut self, name: &str, value: &str) -> Result<(), XlsxError> {
        let wrapped = Format::new().set_text_wrap();
        self.sheet.write_string(self.row, 0, text(name))?;
        self.sheet.write_string_with_format(self.row, 1, text(value), &wrapped)?;
        self.row += 1;
        Ok(())
    }

    fn day(&mut self, name: &str, day: Option<Date>) -> Result<(), XlsxError> {
        let Some(day) = day else { return Ok(()) };
        let Some(serial) = number::serial(day) else { return self.line(name, &day.to_string()) };
        let look = Format::new().set_num_format(DATE).set_align(rust_xlsxwriter::FormatAlign::Left);
        self.sheet.write_string(self.row, 0, name)?;
        self.sheet.write_number_with_format(self.row, 1, serial, &look)?;
        self.row += 1;
        Ok(())
    }
}

pub(super) fn fill(
    sheet: &mut Worksheet,
    sheets: &[Sheet<'_>],
    names: &[String],
    about: &About,
) -> Result<(), XlsxError> {
    sheet.set_name(NAME)?;
    sheet.set_column_width(0, 24)?;
    sheet.set_column_width(1, 90)?;
    sheet.set_landscape().set_print_fit_to_pages(1, 0);
    let mut page = Page { sheet, row: 0 };
    page.heading("Workbook")?;
    page.line("Written by", concat!("arrears ", env!("CARGO_PKG_VERSION")))?;
    page.line(
        "Practice",
        about.practice.as_deref().filter(|name| !name.is_empty()).unwrap_or("(not named)"),
    )?;
    page.day("As of", about.as_of)?;
    for (name, value) in &about.lines {
        page.line(name, value)?;
    }
    for (sheet, name) in sheets.iter().zip(names) {
        describe(&mut page, name, sheet.table)?;
    }
    Ok(())
}

fn describe(page: &mut Page<'_>, name: &str, table: &Table) -> Result<(), XlsxError> {
    page.heading(&format!("Sheet: {name}"))?;
    page.line("Report", table.name)?;
    page.line("Title", &table.title)?;
    page.day("As of", table.as_of)?;
    if let Some(basis) = &table.basis {
        page.line("Basis", basis)?;
    }
    for (name, value) in table.parameters.iter().filter(|(_, value)| !value.is_empty()) {
        page.line(&format!("Asked: {name}"), value)?;
    }
    page.line("Rows", &table.len().to_string())?;
    if table.is_empty() {
        page.line("Empty", &table.nothing())?;
    }
    for note in &table.notes {
        page.line("Note", note)?;
    }
    for column in &table.columns {
        page.line(&format!("Column: {}", column.title), &meaning(column))?;
    }
    Ok(())
}

/// Its name for programs, and what stands in it.
fn meaning(column: &Column) -> String {
    let masked = if column.personal { "; names a patient" } else { "" };
    format!("{} ({}{masked})", column.key, column.kind.as_str())
}
