//! Tables for a terminal, laid out by `tabled`. How they are made to fit stands in `fit`, how rows are laid out in `lay`.
//!
//! Every row is looked at twice: for the widths, and to be laid out together with some hundred others. So a table of a
//! million rows takes the memory of those.

use std::convert::Infallible;
use std::io::{self, Write};
use std::ops::Range;

use tabled::grid::config::AlignmentVertical;

use super::fit::{Fitted, INDENT, Seen, fit, wrapped};
use super::lay::{Laid, Lane, Lanes, Word, Words};
use super::{Style, human, portions};
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
        for line in wrapped(&table.nothing(), style.width) {
            writeln!(out, "{line}")?;
        }
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
    if bold {
        return writeln!(out, "{BOLD}{line}{PLAIN}");
    }
    out.write_all(line.as_bytes())?;
    out.write_all(b"\n")
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
        let look = |places: Range<usize>| {
            let (mut seen, mut words) = (Seen::new(self.columns.len()), Words::new(self.columns.len()));
            let Ok(()) = self.table.within(places, |_, cells| {
                words.clear();
                self.words(cells, false, &mut words);
                words.all().for_each(|row| seen.see(row, &self.columns));
                Ok::<(), Infallible>(())
            });
            seen
        };
        let mut seen = Seen::new(self.columns.len());
        portions::look(self.table.len(), look).iter().for_each(|part| seen.absorb(part));
        if let Some(totals) = &self.table.totals {
            self.totals(totals).all().for_each(|row| seen.see(row, &self.columns));
        }
        seen
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let lanes = self.lanes();
        let rule = RULE.repeat(lanes.iter().map(Lanes::width).max().unwrap_or(0));
        self.heading(&lanes, out)?;
        writeln!(out, "{rule}")?;
        portions::write(self.table.len(), out, |places, out| {
            let (mut words, mut bold) = (Words::new(self.columns.len()), Vec::new());
            self.table.within(places, |kind, cells| {
                self.words(cells, false, &mut words);
                bold.push(kind == RowKind::Subtotal);
                Ok::<(), io::Error>(())
            })?;
            self.rows(&words, &bold, &lanes, out)
        })?;
        if let Some(totals) = &self.table.totals {
            writeln!(out, "{rule}")?;
            self.rows(&self.totals(totals), &[true], &lanes, out)?;
        }
        Ok(())
    }

    /// The columns of the figures, for each line of a row.
    fn lanes(&self) -> Vec<Lanes> {
        let of_line = |(line, fold): (usize, &Range<usize>)| {
            let lanes = self.columns[fold.clone()].iter().zip(&self.fitted.widths[fold.clone()]);
            let right = |column: &Column| column.kind.is_numeric();
            Lanes {
                lanes: lanes.map(|((_, column), wide)| Lane { width: *wide, right: right(column) }).collect(),
                indent: if self.fitted.lifted > 0 || line > 0 { INDENT } else { 0 },
                gap: self.fitted.gap,
            }
        };
        self.fitted.folds.iter().enumerate().map(of_line).collect()
    }

    /// Adds a row in words; totals are headed "Total" where their first cell is free.
    fn words(&self, cells: &[Cell], is_total: bool, words: &mut Words) {
        for (at, (place, column)) in self.columns.iter().enumerate() {
            words.push(|text| {
                let start = text.len();
                human::push(column.kind, cells.get(*place).unwrap_or(&Cell::Empty), text);
                if self.parentheses[at] && text.len() > start && !text.ends_with(')') {
                    text.push(' ');
                }
                if let Some(cut) = self.fitted.cut(at, column, &text[start..]) {
                    text.truncate(start);
                    text.push_str(&cut);
                }
                if is_total && at == 0 && text.is_empty() {
                    text.push_str(human::TOTAL);
                }
            });
        }
    }

    fn totals(&self, cells: &[Cell]) -> Words {
        let mut words = Words::new(self.columns.len());
        self.words(cells, true, &mut words);
        words
    }

    fn heading(&self, lanes: &[Lanes], out: &mut dyn Write) -> io::Result<()> {
        let above = &self.fitted.headings[..self.fitted.lifted];
        if !above.is_empty() {
            write_line(&self.label(above.iter().map(|word| Word::new(word)), true), self.colour, out)?;
        }
        for (lanes, fold) in lanes.iter().zip(&self.fitted.folds) {
            let row = self.fitted.headings[fold.clone()].iter().map(|word| Word::new(word));
            let Laid { text, .. } = lanes.lay([row].into_iter(), AlignmentVertical::Bottom);
            text.lines().try_for_each(|line| write_line(line, self.colour, out))?;
        }
        Ok(())
    }

    /// Writes rows, each with whether it is bold.
    fn rows(&self, words: &Words, bold: &[bool], lanes: &[Lanes], out: &mut dyn Write) -> io::Result<()> {
        let folds = lanes.iter().zip(&self.fitted.folds);
        let laid: Vec<Laid> =
            folds.map(|(lanes, fold)| lanes.lay(words.rows(fold.clone()), AlignmentVertical::Top)).collect();
        let mut lines: Vec<_> = laid.iter().map(|laid| (laid.text.lines(), laid.heights.iter())).collect();
        for (row, bold) in bold.iter().enumerate() {
            let bold = *bold && self.colour;
            let mut label =
                (self.fitted.lifted > 0).then(|| self.label(words.part(row, 0..self.fitted.lifted), false));
            for (place, (lines, heights)) in lines.iter_mut().enumerate() {
                let height = heights.next().copied().unwrap_or(0);
                // A line of figures that a row does not have, such as one of totals, is left out.
                let figures = lines.by_ref().take(height);
                let figures = figures.filter(|line| place == 0 || !line.trim().is_empty());
                write_row(label.take().as_deref(), figures, bold, out)?;
            }
        }
        Ok(())
    }

    /// What stands above the figures of a row, in columns of its own where there is room.
    fn label<'w>(&self, words: impl Iterator<Item = Word<'w>>, heading: bool) -> String {
        let mut label = String::new();
        for (place, ((word, (_, column)), wide)) in
            words.zip(&self.columns).zip(&self.fitted.widths).enumerate()
        {
            push_blanks(&mut label, if place == 0 { 0 } else { GAP });
            // The word "Total" stands at the left, whatever its column holds.
            let number = heading || !word.text.contains(char::is_alphabetic);
            let wide = if self.roomy { *wide } else { 0 };
            push_aligned(&mut label, word, wide, column.kind.is_numeric() && number);
        }
        label.truncate(label.trim_end().len());
        label
    }
}

/// Writes a row: what stands above it, and its figures. A label for which there is room at the left of its figures, such as
/// "Total", stands there.
fn write_row<'l>(
    label: Option<&str>,
    mut figures: impl Iterator<Item = &'l str>,
    bold: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    if let Some(label) = label {
        let first = figures.next().unwrap_or_default();
        let room = first.len() - first.trim_start_matches(' ').len();
        if label.is_ascii() && label.len() + 1 < room {
            write_line(&format!("{label}{}", &first[label.len()..]), bold, out)?;
        } else {
            write_line(label, bold, out)?;
            write_line(first, bold, out)?;
        }
    }
    figures.try_for_each(|line| write_line(line, bold, out))
}

fn push_aligned(line: &mut String, word: Word<'_>, wide: usize, right: bool) {
    let blanks = wide.saturating_sub(word.width);
    if right {
        push_blanks(line, blanks);
        line.push_str(word.text);
    } else {
        line.push_str(word.text);
        push_blanks(line, blanks);
    }
}

fn push_blanks(line: &mut String, count: usize) {
    line.extend(std::iter::repeat_n(' ', count));
}
