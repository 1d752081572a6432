//! Tables for a terminal, laid out by `tabled`. How they are made to fit stands in `fit`.
//!
//! Every row is looked at twice: for the widths, and to be laid out together with some hundred others. So a table of a
//! million rows takes the memory of those.

use std::convert::Infallible;
use std::io::{self, Write};

use tabled::builder::Builder;
use tabled::settings::formatting::AlignmentStrategy;
use tabled::settings::object::Columns;
use tabled::settings::{Alignment, Padding, Style as Lines, Width};

use super::fit::{Fitted, INDENT, Seen, fit, width, wrapped};
use super::{Style, human};
use crate::report::{Cell, Column, RowKind, Table};

const BOLD: &str = "\u{1b}[1m";
const PLAIN: &str = "\u{1b}[22m";
const RULE: &str = "─";
/// Between what stands above a row.
const GAP: usize = 2;
/// So many rows are laid out together.
const TOGETHER: usize = 512;

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
        let mut rows = Vec::new();
        self.table.each(|kind, cells| {
            let mut words = Vec::new();
            self.words(cells, &mut words);
            rows.push((words, kind == RowKind::Subtotal));
            if rows.len() < TOGETHER { Ok(()) } else { self.rows(&mut rows, out) }
        })?;
        self.rows(&mut rows, out)?;
        if let Some(totals) = &self.table.totals {
            writeln!(out, "{rule}")?;
            let mut words = Vec::new();
            self.totals(totals, &mut words);
            self.rows(&mut vec![(words, true)], out)?;
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
        self.lay([headings], Alignment::bottom())
            .lines()
            .try_for_each(|line| write_line(line, self.colour, out))
    }

    /// Writes rows, each with whether it is bold, and takes them away.
    fn rows(&self, rows: &mut Vec<(Vec<String>, bool)>, out: &mut dyn Write) -> io::Result<()> {
        let figures = rows.iter().map(|(words, _)| &words[self.fitted.lifted..]);
        let laid = self.lay(figures, Alignment::top());
        let mut lines = laid.lines();
        for (words, bold) in rows.drain(..) {
            let (above, figures) = words.split_at(self.fitted.lifted);
            let height = figures.iter().map(|word| word.lines().count()).max().unwrap_or(1).max(1);
            self.row(above, lines.by_ref().take(height), bold && self.colour, out)?;
        }
        Ok(())
    }

    /// Writes a row: what stands above it, and its figures. A label for which there is room at the left of its figures,
    /// such as "Total", stands there.
    fn row<'l>(
        &self,
        above: &[String],
        mut figures: impl Iterator<Item = &'l str>,
        bold: bool,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        if !above.is_empty() {
            let (label, first) = (self.label(above, false), figures.next().unwrap_or_default());
            let room = first.len() - first.trim_start_matches(' ').len();
            if label.is_ascii() && label.len() + 1 < room {
                write_line(&format!("{label}{}", &first[label.len()..]), bold, out)?;
            } else {
                write_line(&label, bold, out)?;
                write_line(first, bold, out)?;
            }
        }
        figures.try_for_each(|line| write_line(line, bold, out))
    }

    /// The figures of rows as lines of text, in columns that are as wide as was decided for the whole table.
    fn lay<'w>(&self, rows: impl IntoIterator<Item = &'w [String]>, vertical: Alignment) -> String {
        let shown = self.fitted.lifted..self.columns.len();
        let mut records = Builder::default();
        rows.into_iter().for_each(|row| records.push_record(row));
        let mut grid = records.build();
        grid.with(Lines::empty())
            .with(AlignmentStrategy::PerLine)
            .modify(Columns::new(..), vertical)
            .modify(Columns::new(..), Padding::new(0, self.fitted.gap, 0, 0))
            .modify(Columns::last(), Padding::zero());
        for (place, (_, column)) in self.columns[shown.clone()].iter().enumerate() {
            if column.kind.is_numeric() {
                grid.modify(Columns::one(place), Alignment::right());
            }
        }
        let mut widths: Vec<usize> =
            self.fitted.widths[shown].iter().map(|wide| wide + self.fitted.gap).collect();
        if let Some(last) = widths.last_mut() {
            *last -= self.fitted.gap;
        }
        if self.indent() > 0 {
            let gap = if widths.len() > 1 { self.fitted.gap } else { 0 };
            grid.modify(Columns::first(), Padding::new(self.indent(), gap, 0, 0));
            widths[0] += self.indent();
        }
        // What the columns of these rows alone would need is no matter.
        grid.with(Width::list(widths)).to_string()
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
