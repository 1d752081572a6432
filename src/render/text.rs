//! Tables for a terminal, laid out by `tabled`. How they are made to fit stands in `fit`.

use std::io::{self, Write};

use tabled::builder::Builder;
use tabled::settings::formatting::AlignmentStrategy;
use tabled::settings::object::{Columns, Rows};
use tabled::settings::style::HorizontalLine;
use tabled::settings::themes::Theme;
use tabled::settings::{Alignment, Color, Padding, Style as Lines};

use super::fit::{fit, wrapped};
use super::{Style, human};
use crate::report::{Cell, Column, Kind, RowKind, Table};

const BOLD: &str = "\u{1b}[1m";
const PLAIN: &str = "\u{1b}[22m";
const RULE: char = '─';

pub(super) fn write(table: &Table, style: Style, out: &mut dyn Write) -> io::Result<()> {
    for line in wrapped(&human::heading(table), style.width) {
        if style.colour { writeln!(out, "{BOLD}{line}{PLAIN}")? } else { writeln!(out, "{line}")? }
    }
    writeln!(out)?;
    if table.rows.is_empty() {
        writeln!(out, "{}", table.empty)?;
    } else {
        for line in grid(table, style) {
            writeln!(out, "{}", line.trim_end())?;
        }
    }
    if !table.notes.is_empty() {
        writeln!(out)?;
    }
    for note in &table.notes {
        for line in wrapped(&format!("Note: {}", super::sanitise(note)), style.width) {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}

/// The lines of the table.
fn grid(table: &Table, style: Style) -> Vec<String> {
    let columns = human::columns(table);
    let mut body: Vec<Vec<String>> = table.rows.iter().map(|row| human::row(&columns, &row.cells)).collect();
    body.extend(table.totals.iter().map(|cells| human::totals(&columns, cells)));
    align_parentheses(table, &columns, &mut body);
    let mut fitted = fit(&columns, &mut body, style.width);

    let label = |words: Vec<String>| words.join("  ").replace('\n', " ").trim_end().to_owned();
    let heading_above = label(fitted.headings.drain(..fitted.lifted).collect());
    let labels: Vec<String> =
        body.iter_mut().map(|row| label(row.drain(..fitted.lifted).collect())).collect();

    let heading_lines = fitted.headings.iter().map(|heading| heading.lines().count()).max().unwrap_or(1);
    let mut records = Builder::with_capacity(body.len() + 1, columns.len() - fitted.lifted);
    records.push_record(fitted.headings);
    body.into_iter().for_each(|row| records.push_record(row));
    let mut grid = records.build();
    let mut lines = Theme::from_style(Lines::empty());
    lines.insert_horizontal_line(1, HorizontalLine::new(RULE));
    if table.totals.is_some() {
        lines.insert_horizontal_line(table.rows.len() + 1, HorizontalLine::new(RULE));
    }
    grid.with(lines)
        .with(AlignmentStrategy::PerLine)
        .modify(Columns::new(..), Padding::new(0, fitted.gap, 0, 0))
        .modify(Columns::last(), Padding::zero())
        .modify(Rows::first(), Alignment::bottom());
    for (shown, (_, column)) in columns[fitted.lifted..].iter().enumerate() {
        if column.kind.is_numeric() {
            grid.modify(Columns::one(shown), Alignment::right());
        }
    }
    if style.colour {
        embolden(table, &mut grid);
    }
    let lines = grid.to_string();
    if fitted.lifted == 0 {
        return lines.lines().map(str::to_owned).collect();
    }
    interleave(&lines, heading_lines, heading_above, labels)
}

fn embolden(table: &Table, grid: &mut tabled::Table) {
    grid.modify(Rows::first(), Color::BOLD);
    for (place, _) in table.rows.iter().enumerate().filter(|(_, row)| row.kind == RowKind::Subtotal) {
        grid.modify(Rows::one(place + 1), Color::BOLD);
    }
    if table.totals.is_some() {
        grid.modify(Rows::last(), Color::BOLD);
    }
}

/// Puts each label above the figures it belongs to, as bold as they are.
fn interleave(lines: &str, heading_lines: usize, heading: String, labels: Vec<String>) -> Vec<String> {
    let above = |label: String, line: &str| {
        if line.contains(BOLD) { format!("{BOLD}{label}{PLAIN}") } else { label }
    };
    let mut labels = labels.into_iter();
    let mut heading = Some(heading);
    let mut all = Vec::new();
    for (place, line) in lines.lines().enumerate() {
        if place < heading_lines {
            all.extend(heading.take().map(|heading| above(heading, line)));
        } else if !line.chars().all(|c| c == RULE) {
            all.extend(labels.next().map(|label| above(label, line)));
        }
        all.push(line.to_owned());
    }
    all
}

/// Where a column has negative amounts, the others leave room for the closing parenthesis, so that points align.
fn align_parentheses(table: &Table, columns: &[(usize, &Column)], body: &mut [Vec<String>]) {
    let negative = |cell: Option<&Cell>| matches!(cell, Some(Cell::Money(amount)) if amount.is_negative());
    for (shown, (place, column)) in columns.iter().enumerate() {
        let rows = table.rows.iter().map(|row| &row.cells).chain(&table.totals);
        if column.kind != Kind::Money || !rows.into_iter().any(|cells| negative(cells.get(*place))) {
            continue;
        }
        for row in body.iter_mut() {
            if !row[shown].is_empty() && !row[shown].ends_with(')') {
                row[shown].push(' ');
            }
        }
    }
}
