//! Rows in words, and the grid of `tabled` that lays them out in columns. How wide those are is decided in `fit`.
//!
//! The words of many rows stand in one text, and the grid reads them where they lie: a text of its own for each word would
//! take longer than all else.

use std::ops::Range;

use tabled::grid::PeekableGrid;
use tabled::grid::colors::NoColors;
use tabled::grid::config::{AlignmentHorizontal, AlignmentVertical, Entity, Indent, Sides, SpannedConfig};
use tabled::grid::dimension::Dimension;
use tabled::grid::records::vec_records::{Cell, VecRecords};

use super::fit::width;

/// Rows in words, so many in each.
#[derive(Default)]
pub(super) struct Words {
    columns: usize,
    text: String,
    extents: Vec<Extent>,
}

/// How much room a word takes.
#[derive(Clone, Copy)]
struct Extent {
    /// Where it ends in the text of all words.
    end: usize,
    width: usize,
    lines: usize,
}

/// A word, perhaps on several lines.
#[derive(Clone, Copy)]
pub(super) struct Word<'w> {
    pub(super) text: &'w str,
    /// That of the widest line.
    pub(super) width: usize,
    lines: usize,
}

impl<'w> Word<'w> {
    pub(super) fn new(text: &'w str) -> Word<'w> {
        let is_plain = text.is_ascii() && !text.as_bytes().contains(&b'\n');
        match if is_plain { 1 } else { text.lines().count() } {
            lines @ 2.. => Word { text, width: text.lines().map(width).max().unwrap_or(0), lines },
            _ => Word { text, width: if is_plain { text.len() } else { width(text) }, lines: 1 },
        }
    }
}

impl Words {
    pub(super) fn new(columns: usize) -> Words {
        Words { columns, ..Words::default() }
    }

    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.extents.clear();
    }

    /// Adds the next word of a row. `fill` puts it behind the words before it.
    pub(super) fn push(&mut self, fill: impl FnOnce(&mut String)) {
        let start = self.text.len();
        fill(&mut self.text);
        let Word { width, lines, .. } = Word::new(&self.text[start..]);
        self.extents.push(Extent { end: self.text.len(), width, lines });
    }

    /// The rows, each with some of its columns.
    pub(super) fn rows(&self, columns: Range<usize>) -> impl Iterator<Item = impl Iterator<Item = Word<'_>>> {
        let rows = self.extents.len().checked_div(self.columns).unwrap_or(0);
        (0..rows).map(move |row| self.part(row, columns.clone()))
    }

    /// The rows, each with all of its columns.
    pub(super) fn all(&self) -> impl Iterator<Item = impl Iterator<Item = Word<'_>>> {
        self.rows(0..self.columns)
    }

    /// Some words of a row.
    pub(super) fn part(&self, row: usize, columns: Range<usize>) -> impl Iterator<Item = Word<'_>> {
        columns.map(move |column| {
            let at = row * self.columns + column;
            let start = at.checked_sub(1).map_or(0, |before| self.extents[before].end);
            let Extent { end, width, lines } = self.extents[at];
            Word { text: &self.text[start..end], width, lines }
        })
    }
}

/// A column: how wide it is, and whether what stands in it stands at the right.
#[derive(Clone, Copy)]
pub(super) struct Lane {
    pub(super) width: usize,
    pub(super) right: bool,
}

/// Where columns stand.
pub(super) struct Lanes {
    pub(super) lanes: Vec<Lane>,
    /// Blanks before the first.
    pub(super) indent: usize,
    /// Blanks behind each.
    pub(super) gap: usize,
}

/// Rows that were laid out.
#[derive(Default)]
pub(super) struct Laid {
    /// The lines, with blanks at their ends.
    pub(super) text: String,
    /// How many lines each row has.
    pub(super) heights: Vec<usize>,
}

impl Lanes {
    /// How wide a line is.
    pub(super) fn width(&self) -> usize {
        let gaps = self.gap * self.lanes.len().saturating_sub(1);
        self.indent + self.lanes.iter().map(|lane| lane.width).sum::<usize>() + gaps
    }

    /// Lays rows out; words of fewer lines than others of their row stand at its top, or at its bottom.
    pub(super) fn lay<'w>(
        &self,
        rows: impl Iterator<Item = impl Iterator<Item = Word<'w>>>,
        vertical: AlignmentVertical,
    ) -> Laid {
        let rows: Vec<Vec<Word<'w>>> = rows.map(Iterator::collect).collect();
        let height = |row: &Vec<Word<'_>>| row.iter().map(|word| word.lines).max().unwrap_or(1);
        let heights: Vec<usize> = rows.iter().map(height).collect();
        let wide: usize = self.lanes.iter().map(|lane| lane.width + self.gap).sum();
        let mut text = String::with_capacity((self.indent + wide + 1) * heights.iter().sum::<usize>());
        let measures = Measures { lanes: self, heights: &heights };
        let grid = PeekableGrid::new(VecRecords::new(rows), self.config(vertical), measures, NoColors);
        // A text takes everything.
        let _ = grid.build(&mut text);
        Laid { text, heights }
    }

    fn config(&self, vertical: AlignmentVertical) -> SpannedConfig {
        let mut config = SpannedConfig::default();
        let blanks = |left, right| {
            Sides::new(Indent::spaced(left), Indent::spaced(right), Indent::default(), Indent::default())
        };
        config.set_line_alignment(Entity::Global, true);
        config.set_alignment_vertical(Entity::Global, vertical);
        config.set_padding(Entity::Global, blanks(0, self.gap));
        if self.indent > 0 {
            config.set_padding(Entity::Column(0), blanks(self.indent, self.gap));
        }
        for (place, _) in self.lanes.iter().enumerate().filter(|(_, lane)| lane.right) {
            config.set_alignment_horizontal(Entity::Column(place), AlignmentHorizontal::Right);
        }
        config
    }
}

/// The columns as the grid asks for them, which counts the blanks around them.
struct Measures<'l> {
    lanes: &'l Lanes,
    heights: &'l [usize],
}

impl Dimension for Measures<'_> {
    fn get_width(&self, column: usize) -> usize {
        let indent = if column == 0 { self.lanes.indent } else { 0 };
        indent + self.lanes.lanes[column].width + self.lanes.gap
    }

    fn get_height(&self, row: usize) -> usize {
        self.heights[row]
    }
}

impl Cell for Word<'_> {
    fn text(&self) -> &str {
        self.text
    }

    fn line(&self, line: usize) -> &str {
        if self.lines == 1 { self.text } else { self.text.lines().nth(line).unwrap_or_default() }
    }

    fn count_lines(&self) -> usize {
        self.lines
    }

    fn width(&self) -> usize {
        self.width
    }

    fn line_width(&self, line: usize) -> usize {
        if self.lines == 1 { self.width } else { width(self.line(line)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_in_their_columns() {
        let mut words = Words::new(3);
        for word in ["id", "Acme\nHealth", "12.50", "id", "張", ""] {
            words.push(|text| text.push_str(word));
        }
        let lane = |width, right| Lane { width, right };
        let lanes = Lanes { lanes: vec![lane(7, false), lane(6, true)], indent: 1, gap: 2 };
        let laid = lanes.lay(words.rows(1..3), AlignmentVertical::Top);
        let lines: Vec<&str> = laid.text.lines().map(str::trim_end).collect();
        assert_eq!(lines, [" Acme      12.50", " Health", " 張"]);
        assert_eq!(laid.heights, [2, 1]);
        let laid = lanes.lay(words.rows(1..3), AlignmentVertical::Bottom);
        assert_eq!(laid.text.lines().nth(1).map(str::trim_end), Some(" Health    12.50"));
    }
}
