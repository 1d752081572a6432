//! Tables for a terminal. How they are made to fit stands in `fit`.
//!
//! Every row is looked at twice, for the widths and to be written, and none is kept: a table of a million rows takes the
//! memory of one.

use std::convert::Infallible;
use std::io::{self, Write};

use super::fit::{Fitted, INDENT, Seen, fit, width, wrapped};
use super::{Style, human};
use crate::report::{Cell, Column, RowKind, Table};

const BOLD: &str = "\u{1b}[1m";
const PLAIN: &str = "\u{1b}[22m";
const RULE: &str = "─";
/// Between what stands above a row.
const GAP: usize = 2;

pub(super) fn write(table: &Table, style: Style, out: &mut dyn Write) -> io::Result<()> {
    for line in wrapped(&human::heading(table), style.width) {
        write_line(&line, style.colour, out)?;
    }
    writeln!(out)?;
    if table.is_empty() {
        writeln!(out, "{}", table.empty)?;
    } else {
        Grid::of(table, style).write(out)?;
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

fn write_line(line: &str, bold: bool, out: &mut dyn Write) -> io::Result<()> {
    let line = line.trim_end();
    if bold { writeln!(out, "{BOLD}{line}{PLAIN}") } else { writeln!(out, "{line}") }
}

/// How the rows of a table are laid out.
struct Grid<'t> {
    table: &'t Table,
    columns: Vec<(usize, &'t Column)>,
    /// Columns where the others leave room for the closing parenthesis of negative amounts, so that points align.
    parentheses: Vec<bool>,
    fitted: Fitted,
    /// Whether what stands above its row does so in columns of its own.
    roomy: bool,
    colour: bool,
}

impl<'t> Grid<'t> {
    fn of(table: &'t Table, style: Style) -> Grid<'t> {
        let columns = human::columns(table);
        let parentheses = vec![false; columns.len()];
        let colour = style.colour;
        let mut grid = Grid { table, columns, parentheses, fitted: Fitted::default(), roomy: true, colour };
        let seen = grid.seen();
        grid.parentheses = seen.negative();
        grid.fitted = fit(&grid.columns, &seen.widths(), style.width);
        let seen = if grid.fitted.is_cut { grid.seen() } else { seen };
        grid.fitted.tighten(&seen.widths());
        let above = &grid.fitted.widths[..grid.fitted.lifted];
        let all = above.iter().sum::<usize>() + GAP * above.len().saturating_sub(1);
        grid.roomy = style.width.is_none_or(|limit| all <= limit);
        grid
    }

    /// How wide the cells are, as they are shown.
    fn seen(&self) -> Seen {
        let (mut seen, mut words) = (Seen::new(self.columns.len()), Vec::new());
        let Ok(()) = self.table.each(|_, cells| {
            self.words(cells, &mut words);
            seen.see(&words, &self.columns);
            Ok::<(), Infallible>(())
        });
        if let Some(totals) = &self.table.totals {
            self.totals(totals, &mut words);
            seen.see(&words, &self.columns);
        }
        seen
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let figures = &self.fitted.widths[self.fitted.lifted..];
        let gaps = self.fitted.gap * figures.len().saturating_sub(1);
        let rule = RULE.repeat(self.indent() + figures.iter().sum::<usize>() + gaps);
        self.heading(out)?;
        writeln!(out, "{rule}")?;
        let mut words = Vec::new();
        self.table.each(|kind, cells| {
            self.words(cells, &mut words);
            self.row(&words, kind == RowKind::Subtotal, out)
        })?;
        if let Some(totals) = &self.table.totals {
            writeln!(out, "{rule}")?;
            self.totals(totals, &mut words);
            self.row(&words, true, out)?;
        }
        Ok(())
    }

    /// How far the figures stand in.
    fn indent(&self) -> usize {
        if self.fitted.lifted > 0 { INDENT } else { 0 }
    }

    /// A row in words, in place of those of another.
    fn words(&self, cells: &[Cell], words: &mut Vec<String>) {
        words.resize_with(self.columns.len(), String::new);
        let parentheses = self.parentheses.iter();
        for ((word, (place, column)), parentheses) in words.iter_mut().zip(&self.columns).zip(parentheses) {
            word.clear();
            human::push(column.kind, cells.get(*place).unwrap_or(&Cell::Empty), word);
            if *parentheses && !word.is_empty() && !word.ends_with(')') {
                word.push(' ');
            }
        }
        self.fitted.cut(&self.columns, words);
    }

    fn totals(&self, cells: &[Cell], words: &mut Vec<String>) {
        self.words(cells, words);
        if let Some(first) = words.first_mut().filter(|word| word.is_empty()) {
            human::TOTAL.clone_into(first);
        }
    }

    fn heading(&self, out: &mut dyn Write) -> io::Result<()> {
        let (above, headings) = self.fitted.headings.split_at(self.fitted.lifted);
        if !above.is_empty() {
            write_line(&self.label(above, true), self.colour, out)?;
        }
        let height = |heading: &String| heading.lines().count();
        let tallest = headings.iter().map(height).max().unwrap_or(1).max(1);
        for line in 0..tallest {
            // They stand at the bottom.
            let part = |heading: &'_ String| (line + height(heading)).checked_sub(tallest);
            let parts = headings.iter().map(|heading| part(heading).and_then(|at| heading.lines().nth(at)));
            write_line(&self.line(parts.map(Option::unwrap_or_default)), self.colour, out)?;
        }
        Ok(())
    }

    /// Writes a row: what stands above it, and its figures. A label for which there is room at the left of its figures,
    /// such as "Total", stands there.
    fn row(&self, words: &[String], bold: bool, out: &mut dyn Write) -> io::Result<()> {
        let (above, figures) = words.split_at(self.fitted.lifted);
        let bold = bold && self.colour;
        let lines = figures.iter().map(|word| word.lines().count()).max().unwrap_or(1).max(1);
        let mut first = self.line(figures.iter().map(|word| word.lines().next().unwrap_or("")));
        if !above.is_empty() {
            let label = self.label(above, false);
            let room = first.len() - first.trim_start_matches(' ').len();
            if label.is_ascii() && label.len() + 1 < room {
                first.replace_range(..label.len(), &label);
            } else {
                write_line(&label, bold, out)?;
            }
        }
        write_line(&first, bold, out)?;
        for line in 1..lines {
            let parts = figures.iter().map(|word| word.lines().nth(line).unwrap_or(""));
            write_line(&self.line(parts), bold, out)?;
        }
        Ok(())
    }

    /// A line of figures.
    fn line<'w>(&self, parts: impl Iterator<Item = &'w str>) -> String {
        let mut line = String::with_capacity(160);
        push_blanks(&mut line, self.indent());
        let shown = self.columns.iter().zip(&self.fitted.widths).skip(self.fitted.lifted);
        for (place, (part, ((_, column), wide))) in parts.zip(shown).enumerate() {
            push_blanks(&mut line, if place == 0 { 0 } else { self.fitted.gap });
            push_aligned(&mut line, part, *wide, column.kind.is_numeric());
        }
        line
    }

    /// What stands above the figures of a row, in columns of its own where there is room.
    fn label(&self, words: &[String], heading: bool) -> String {
        let mut label = String::new();
        for (place, ((word, (_, column)), wide)) in
            words.iter().zip(&self.columns).zip(&self.fitted.widths).enumerate()
        {
            push_blanks(&mut label, if place == 0 { 0 } else { GAP });
            // The word "Total" stands at the left, whatever its column holds.
            let number = heading || !word.contains(char::is_alphabetic);
            let wide = if self.roomy { *wide } else { 0 };
            push_aligned(&mut label, word, wide, column.kind.is_numeric() && number);
        }
        label.truncate(label.trim_end().len());
        label
    }
}

fn push_aligned(line: &mut String, word: &str, wide: usize, right: bool) {
    let blanks = wide.saturating_sub(width(word));
    if right {
        push_blanks(line, blanks);
        line.push_str(word);
    } else {
        line.push_str(word);
        push_blanks(line, blanks);
    }
}

fn push_blanks(line: &mut String, count: usize) {
    line.extend(std::iter::repeat_n(' ', count));
}
