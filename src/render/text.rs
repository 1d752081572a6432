//! Tables for a terminal, laid out by `tabled`. How they are made to fit stands in `fit`.

use std::io::{self, Write};

use tabled::builder::Builder;
use tabled::grid::util::string::get_string_width;
use tabled::settings::formatting::AlignmentStrategy;
use tabled::settings::object::{Columns, Rows};
use tabled::settings::style::HorizontalLine;
use tabled::settings::themes::Theme;
use tabled::settings::{Alignment, Color, Padding, Style as Lines};

use super::fit::{INDENT, fit, wrapped};
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

    let above: Vec<Vec<String>> = body.iter_mut().map(|row| row.drain(..fitted.lifted).collect()).collect();
    let headings_above = fitted.headings.drain(..fitted.lifted).collect();
    let (heading_above, labels) = labels(&columns[..fitted.lifted], headings_above, above, style.width);
    let heights: Vec<usize> = body
        .iter()
        .map(|row| row.iter().map(|cell| cell.lines().count()).max().unwrap_or(1).max(1))
        .collect();

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
    interleave(&lines, heading_lines, &heights, heading_above, labels)
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

/// What stands above the figures of each row, in columns of its own where there is room.
fn labels(
    columns: &[(usize, &Column)],
    headings: Vec<String>,
    rows: Vec<Vec<String>>,
    limit: Option<usize>,
) -> (String, Vec<String>) {
    const GAP: &str = "  ";
    let headings: Vec<String> = headings.iter().map(|heading| heading.replace('\n', " ")).collect();
    let wide = |shown: usize| {
        let words = rows.iter().chain([&headings]).map(|row| get_string_width(&row[shown]));
        words.max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns.len()).map(wide).collect();
    let all = widths.iter().sum::<usize>() + GAP.len() * widths.len().saturating_sub(1);
    let roomy = limit.is_none_or(|limit| all <= limit);
    let label = |words: &Vec<String>, heading: bool| {
        let padded = words.iter().zip(&widths).zip(columns).map(|((word, width), (_, column))| {
            let blanks = " ".repeat(if roomy { width - get_string_width(word) } else { 0 });
            // The word "Total" stands at the left, whatever its column holds.
            let number = heading || !word.contains(char::is_alphabetic);
            if column.kind.is_numeric() && number { blanks + word } else { word.clone() + &blanks }
        });
        padded.collect::<Vec<_>>().join(GAP).trim_end().to_owned()
    };
    (label(&headings, true), rows.iter().map(|row| label(row, false)).collect())
}

/// Puts each label above the figures it belongs to, as bold as they are. The figures stand in a little. A label for which
/// there is room at the left of its figures, such as "Total", stands there.
fn interleave(
    lines: &str,
    heading_lines: usize,
    heights: &[usize],
    heading: String,
    labels: Vec<String>,
) -> Vec<String> {
    let above = |label: String, line: &str| {
        if line.contains(BOLD) { format!("{BOLD}{label}{PLAIN}") } else { label }
    };
    let indent = " ".repeat(INDENT);
    let mut labels = labels.into_iter().zip(heights);
    let mut heading = Some(heading);
    let mut all = Vec::new();
    // How many lines the row at hand still has.
    let mut left = 0;
    for (place, line) in lines.lines().enumerate() {
        if place < heading_lines {
            all.extend(heading.take().map(|heading| above(heading, line)));
        } else if line.chars().all(|c| c == RULE) {
            all.push(format!("{line}{RULE}{RULE}"));
            continue;
        } else if left > 0 {
            left -= 1;
        } else if let Some((label, height)) = labels.next() {
            left = height - 1;
            let room = line.len() - line.trim_start_matches(' ').len() + INDENT;
            if label.is_ascii() && label.len() + 1 < room {
                all.push(format!("{label}{}", format!("{indent}{line}").split_at(label.len()).1));
                continue;
            }
            all.push(above(label, line));
        }
        all.push(format!("{indent}{line}"));
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
