//! One table in one sheet: headings in the first row, data beneath, totals last.
//!
//! All columns stand there, those for programs too: whoever opens a workbook may want to look things up by them.

use std::collections::BTreeMap;

use rust_xlsxwriter::{
    Color, ConditionalFormatCell, ConditionalFormatCellRule, Format, FormatAlign, FormatBorder, Formula,
    Worksheet, XlsxError, utility,
};

use super::{number, text};
use crate::render::human;
use crate::report::{Cell, Column, Kind, RowKind, Table};

/// Negative amounts in parentheses, as everywhere.
pub(super) const MONEY: &str = "#,##0.00;(#,##0.00)";
pub(super) const DATE: &str = "yyyy-mm-dd";
const COUNT: &str = "#,##0";
const ID: &str = "0";
const SHARE: &str = "0.0%";
const TENTHS: &str = "#,##0.0";
const TEXT: &str = "@";
const GENERAL: &str = "General";

/// How wide a column is at least and at most, in characters.
const NARROWEST: usize = 8;
const WIDEST: usize = 60;

/// What the button of a filter hides of a heading, and what a cell needs around its text.
const BUTTON: usize = 3;
const PADDING: usize = 2;

/// What a row is to the eye.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    Plain,
    Sum,
    Total,
}

/// A row that is being written.
#[derive(Clone, Copy)]
struct Line {
    /// Counted from 0.
    row: u32,
    weight: Weight,
    /// The rows that a sum adds up.
    over: (u32, u32),
}

/// The looks of cells, each made once: by number format and weight.
#[derive(Default)]
struct Looks(BTreeMap<(&'static str, Weight), Format>);

impl Looks {
    fn of(&mut self, kind: Kind, cell: &Cell, weight: Weight) -> &Format {
        let number = match (cell, kind) {
            (Cell::Money(_), _) | (Cell::Empty, Kind::Money) => MONEY,
            (Cell::Count(_), Kind::Id) => ID,
            (Cell::Count(_), _) => COUNT,
            (Cell::Percent(_), _) => SHARE,
            (Cell::Tenths(_), _) => TENTHS,
            (Cell::Date(_), _) => DATE,
            // What looks like a number in a column of codes stays what it is.
            (Cell::Text(_), _) => TEXT,
            _ => GENERAL,
        };
        self.0.entry((number, weight)).or_insert_with(|| {
            let look = Format::new().set_num_format(number);
            match weight {
                Weight::Plain => look,
                Weight::Sum => look.set_bold(),
                Weight::Total => look.set_bold().set_border_top(FormatBorder::Thin),
            }
        })
    }
}

pub(super) fn fill(sheet: &mut Worksheet, table: &Table, practice: Option<&str>) -> Result<(), XlsxError> {
    headings(sheet, table)?;
    let mut looks = Looks::default();
    let mut row = 1;
    let mut sum_from = 1;
    for line in &table.rows {
        let weight = if line.kind == RowKind::Subtotal { Weight::Sum } else { Weight::Plain };
        write_row(
            sheet,
            table,
            &line.cells,
            &mut looks,
            Line { row, weight, over: (sum_from, row.saturating_sub(1)) },
        )?;
        row += 1;
        if line.kind == RowKind::Subtotal {
            sum_from = row;
        }
    }
    let last = row - 1;
    if let Some(totals) = table.totals.as_ref().filter(|_| last > 0) {
        write_row(sheet, table, totals, &mut looks, Line { row, weight: Weight::Total, over: (1, last) })?;
    }
    let right = place(table.columns.len().saturating_sub(1));
    sheet.set_freeze_panes(1, 0)?;
    if !table.columns.is_empty() {
        sheet.autofilter(0, 0, last, right)?;
        sheet.set_repeat_rows(0, 0)?;
    }
    paint_negatives(sheet, table, row)?;
    for (at, column) in table.columns.iter().enumerate() {
        sheet.set_column_width(place(at), width(table, at, column))?;
    }
    paper(sheet, table, practice);
    Ok(())
}

/// The number of a column: no table has as many as Excel allows.
fn place(column: usize) -> u16 {
    u16::try_from(column).unwrap_or(u16::MAX)
}

fn headings(sheet: &mut Worksheet, table: &Table) -> Result<(), XlsxError> {
    for (at, column) in table.columns.iter().enumerate() {
        let look = Format::new().set_bold().set_border_bottom(FormatBorder::Medium).set_text_wrap();
        let side = if column.kind.is_numeric() { FormatAlign::Right } else { FormatAlign::Left };
        let look = look.set_align(side).set_align(FormatAlign::Top);
        sheet.write_string_with_format(0, place(at), text(&column.title), &look)?;
    }
    Ok(())
}

fn write_row(
    sheet: &mut Worksheet,
    table: &Table,
    cells: &[Cell],
    looks: &mut Looks,
    line: Line,
) -> Result<(), XlsxError> {
    for (at, (column, cell)) in table.columns.iter().zip(cells).enumerate() {
        let look = looks.of(column.kind, cell, line.weight);
        let (row, col) = (line.row, place(at));
        if line.weight != Weight::Plain
            && let Some(result) = sum_of(table, at, line)
            && result == *cell
        {
            let formula = Formula::new(formula(col, line.over)).set_result(plain(cell));
            sheet.write_formula_with_format(row, col, formula, look)?;
            continue;
        }
        let headed = at == 0 && line.weight == Weight::Total && *cell == Cell::Empty;
        match cell {
            Cell::Empty if headed => sheet.write_string_with_format(row, col, "Total", look)?,
            Cell::Empty if line.weight == Weight::Plain => continue,
            Cell::Empty => sheet.write_blank(row, col, look)?,
            Cell::Text(words) => sheet.write_string_with_format(row, col, text(words), look)?,
            Cell::Count(count) => match number::count(*count) {
                Some(number) => sheet.write_number_with_format(row, col, number, look)?,
                None => sheet.write_string_with_format(row, col, count.to_string(), look)?,
            },
            Cell::Money(amount) => sheet.write_number_with_format(row, col, number::money(*amount), look)?,
            Cell::Percent(share) => sheet.write_number_with_format(row, col, number::share(*share), look)?,
            Cell::Tenths(value) => sheet.write_number_with_format(row, col, number::tenths(*value), look)?,
            Cell::Date(day) => match number::serial(*day) {
                Some(serial) => sheet.write_number_with_format(row, col, serial, look)?,
                None => sheet.write_string_with_format(row, col, day.to_string(), look)?,
            },
            Cell::Flag(flag) => sheet.write_boolean_with_format(row, col, *flag, look)?,
        };
    }
    Ok(())
}

/// What the formula of a sum comes to: the amounts or counts above that are data.
fn sum_of(table: &Table, at: usize, line: Line) -> Option<Cell> {
    let (first, last) = line.over;
    let rows = table.rows.get(first as usize - 1..last as usize).filter(|rows| !rows.is_empty())?;
    let items = rows.iter().filter(|row| row.kind == RowKind::Item).map(|row| &row.cells[at]);
    match table.columns[at].kind {
        Kind::Money => Some(Cell::Money(
            items.map(|cell| if let Cell::Money(m) = cell { *m } else { Default::default() }).sum(),
        )),
        Kind::Count => {
            Some(Cell::Count(items.map(|cell| if let Cell::Count(n) = cell { *n } else { 0 }).sum()))
        }
        _ => None,
    }
}

/// Leaves out other such sums, and rows that a filter hides.
fn formula(col: u16, (first, last): (u32, u32)) -> String {
    let range = utility::row_col_to_cell(first, col);
    format!("SUBTOTAL(9,{range}:{})", utility::row_col_to_cell(last, col))
}

/// The value of a sum as a cell keeps it beside its formula.
fn plain(cell: &Cell) -> String {
    match cell {
        Cell::Money(amount) => amount.to_string(),
        Cell::Count(count) => count.to_string(),
        _ => String::new(),
    }
}

/// Amounts below zero are red too: parentheses are easily overlooked.
fn paint_negatives(sheet: &mut Worksheet, table: &Table, last: u32) -> Result<(), XlsxError> {
    let red = ConditionalFormatCell::new()
        .set_rule(ConditionalFormatCellRule::LessThan(0))
        .set_format(Format::new().set_font_color(Color::RGB(0x009C_0006)));
    for (at, column) in table.columns.iter().enumerate() {
        if matches!(column.kind, Kind::Money | Kind::Mixed) {
            sheet.add_conditional_format(1, place(at), last, place(at), &red)?;
        }
    }
    Ok(())
}

fn width(table: &Table, at: usize, column: &Column) -> u16 {
    let longest = |text: &str| text.split_whitespace().map(|word| word.chars().count()).max().unwrap_or(0);
    let cells = table.rows.iter().map(|row| &row.cells[at]).chain(table.totals.iter().map(|t| &t[at]));
    let widest = cells.map(|cell| human::cell(column.kind, cell).chars().count()).max().unwrap_or(0);
    // A heading may go on in the next line, between words.
    let heading = (longest(&column.title) + BUTTON).max(column.title.chars().count() / 2 + BUTTON);
    place((widest + PADDING).max(heading).clamp(NARROWEST, WIDEST))
}

/// For printing: the headings on each page, as wide as a page, what it is above and its number beneath.
fn paper(sheet: &mut Worksheet, table: &Table, practice: Option<&str>) {
    let safe = |text: &str| text.replace('&', "&&");
    let heading = safe(&human::heading(table));
    let practice = safe(&super::sanitise(practice.unwrap_or_default()));
    sheet.set_landscape().set_print_fit_to_pages(1, 0);
    // Longer ones Excel does not take.
    if heading.chars().count() + practice.chars().count() < 200 {
        sheet.set_header(format!("&L{practice}&R{heading}"));
    }
    sheet.set_footer("&R&P / &N");
}
