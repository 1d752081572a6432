//! Makes a table fit a terminal: which columns are narrowed, which headings are broken, what is cut.
//!
//! Only flexible columns are cut: half a claim number or half an amount would be worse than a long line. Where
//! even that would leave names that nobody can read, they move to a line of their own above their figures.

use std::borrow::Cow;

use tabled::grid::util::string::{get_char_width, get_string_width};

use super::lay::Word;
use crate::report::{Column, Kind};

/// One way to lay a table out.
#[derive(Clone, Copy)]
struct Layout {
    /// Blanks between columns.
    gap: usize,
    /// Whether headings of several words may stand on several lines.
    tall_headings: bool,
    /// Whether the columns up to the first flexible one stand above their row.
    lifted: bool,
    /// What a flexible column keeps at least.
    least: usize,
}

/// From the roomiest to the tightest. The last one is used even where it does not fit: nothing is dropped.
const LAYOUTS: [Layout; 9] = [
    // A tight table in whole words is read more easily than a roomy one in halves.
    Layout { gap: 2, tall_headings: false, lifted: false, least: usize::MAX },
    Layout { gap: 2, tall_headings: true, lifted: false, least: usize::MAX },
    Layout { gap: 1, tall_headings: true, lifted: false, least: usize::MAX },
    Layout { gap: 2, tall_headings: false, lifted: false, least: 16 },
    Layout { gap: 2, tall_headings: true, lifted: false, least: 12 },
    Layout { gap: 1, tall_headings: true, lifted: false, least: 12 },
    Layout { gap: 2, tall_headings: true, lifted: true, least: 12 },
    Layout { gap: 1, tall_headings: true, lifted: true, least: 12 },
    Layout { gap: 1, tall_headings: true, lifted: true, least: 6 },
];

/// How far the figures stand in where their names stand above them.
pub(super) const INDENT: usize = 2;

/// How wide a text is on a terminal.
pub(super) fn width(text: &str) -> usize {
    // Control characters are gone.
    if text.is_ascii() { text.len() } else { get_string_width(text) }
}

/// How wide the cells of each column are.
pub(super) struct Seen {
    widths: Vec<usize>,
    /// Of those that are no negative amounts.
    bare: Vec<usize>,
    negative: Vec<bool>,
}

impl Seen {
    pub(super) fn new(columns: usize) -> Seen {
        Seen { widths: vec![0; columns], bare: vec![0; columns], negative: vec![false; columns] }
    }

    /// Looks at the words of a row.
    pub(super) fn see<'w>(&mut self, words: impl Iterator<Item = Word<'w>>, columns: &[(usize, &Column)]) {
        for (at, word) in words.enumerate() {
            self.widths[at] = self.widths[at].max(word.width);
            if columns[at].1.kind == Kind::Money && word.text.ends_with(')') {
                self.negative[at] = true;
            } else {
                self.bare[at] = self.bare[at].max(word.width);
            }
        }
    }

    /// Adds what was seen of other rows.
    pub(super) fn absorb(&mut self, other: &Seen) {
        for at in 0..self.widths.len() {
            self.widths[at] = self.widths[at].max(other.widths[at]);
            self.bare[at] = self.bare[at].max(other.bare[at]);
            self.negative[at] |= other.negative[at];
        }
    }

    /// Which columns have negative amounts.
    pub(super) fn negative(&self) -> Vec<bool> {
        self.negative.clone()
    }

    /// The widest of each column; `room` columns leave room for a closing parenthesis where there is none.
    pub(super) fn widths(&self) -> Vec<usize> {
        let widest = |(at, wide): (usize, &usize)| {
            if self.negative[at] && self.bare[at] > 0 { (*wide).max(self.bare[at] + 1) } else { *wide }
        };
        self.widths.iter().enumerate().map(widest).collect()
    }
}

/// What was decided.
#[derive(Default)]
pub(super) struct Fitted {
    /// The heading of each column, perhaps on several lines.
    pub(super) headings: Vec<String>,
    /// How wide each column may be.
    limits: Vec<usize>,
    /// How wide each column is.
    pub(super) widths: Vec<usize>,
    /// Blanks between columns.
    pub(super) gap: usize,
    /// How many columns stand above their row.
    pub(super) lifted: usize,
    /// Whether any column is narrower than what stands in it.
    pub(super) is_cut: bool,
}

impl Fitted {
    /// What stands for a word that is too wide for its column: a part of it, or all of it on several lines.
    pub(super) fn cut(&self, at: usize, column: &Column, word: &str) -> Option<String> {
        if !self.is_cut || !column.flexible || width(word) <= self.limits[at] {
            return None;
        }
        let limit = self.limits[at];
        let lines = match column.wraps && at >= self.lifted {
            true => wrapped(word, Some(limit)),
            false => vec![word.to_owned()],
        };
        Some(lines.iter().map(|line| cut(line, limit)).collect::<Vec<_>>().join("\n"))
    }

    /// Makes columns as wide as what stands in them, which has been cut: whole words seldom fill the room they were given.
    pub(super) fn tighten(&mut self, cells: &[usize]) {
        for heading in &mut self.headings[..self.lifted] {
            *heading = heading.replace('\n', " ");
        }
        let widest = |(heading, cell): (&String, &usize)| tallest(heading).max(*cell);
        self.widths = self.headings.iter().zip(cells).map(widest).collect();
    }
}

fn tallest(heading: &str) -> usize {
    heading.lines().map(width).max().unwrap_or(0)
}

/// Decides how columns whose cells are so wide fit. Only flexible ones are cut. What was decided must be
/// [tightened](Fitted::tighten).
pub(super) fn fit(columns: &[(usize, &Column)], cells: &[usize], limit: Option<usize>) -> Fitted {
    let Some(limit) = limit else {
        let headings = headings(columns, cells, false);
        return Fitted { headings, gap: LAYOUTS[0].gap, ..Fitted::default() };
    };
    let last = LAYOUTS.len() - 1;
    let (layout, widths) = LAYOUTS
        .iter()
        .enumerate()
        .find_map(|(place, layout)| {
            let (widths, fits) = attempt(columns, cells, *layout, limit);
            (fits || place == last).then_some((*layout, widths))
        })
        .unwrap_or((LAYOUTS[last], cells.to_vec()));
    let mut headings = headings(columns, cells, layout.tall_headings);
    for (shown, (_, column)) in columns.iter().enumerate().filter(|(_, (_, column))| column.flexible) {
        debug_assert!(column.kind == Kind::Text, "{}: only texts may be cut", column.key);
        let lines = headings[shown].lines().map(|line| cut(line, widths[shown])).collect::<Vec<_>>();
        headings[shown] = lines.join("\n");
    }
    let is_cut = widths.iter().zip(cells).any(|(wide, cell)| wide < cell);
    let lifted = lifted(columns, layout);
    Fitted { headings, limits: widths, widths: Vec::new(), gap: layout.gap, lifted, is_cut }
}

/// How many columns stand above their row: all up to the first flexible one, so that a code stays with its
/// meaning.
fn lifted(columns: &[(usize, &Column)], layout: Layout) -> usize {
    let first = columns.iter().position(|(_, column)| column.flexible);
    first.filter(|place| layout.lifted && place + 1 < columns.len()).map_or(0, |place| place + 1)
}

/// The widths under a layout, and whether the table fits then.
fn attempt(
    columns: &[(usize, &Column)],
    cells: &[usize],
    layout: Layout,
    limit: usize,
) -> (Vec<usize>, bool) {
    let headings = headings(columns, cells, layout.tall_headings);
    let mut widths: Vec<usize> =
        headings.iter().zip(cells).map(|(heading, cell)| tallest(heading).max(*cell)).collect();
    let above = lifted(columns, layout);
    let fits_above = shrink(&columns[..above], &mut widths[..above], layout, limit);
    let room = if above == 0 { limit } else { limit.saturating_sub(INDENT) };
    let fits = shrink(&columns[above..], &mut widths[above..], layout, room);
    (widths, fits && fits_above)
}

/// The headings; tall ones are broken where they are wider than what stands below them.
fn headings(columns: &[(usize, &Column)], cells: &[usize], tall: bool) -> Vec<String> {
    let words = |((_, column), cell): (&(usize, &Column), &usize)| {
        let broken = tall && width(&column.title) > *cell;
        if broken { column.title.replace(' ', "\n") } else { column.title.to_string() }
    };
    columns.iter().zip(cells).map(words).collect()
}

/// Narrows the widest flexible column step by step. Says whether the columns fit then.
fn shrink(columns: &[(usize, &Column)], widths: &mut [usize], layout: Layout, limit: usize) -> bool {
    let gaps = layout.gap * columns.len().saturating_sub(1);
    while widths.iter().sum::<usize>() + gaps > limit {
        let may = |shown: &usize| {
            let column = columns[*shown].1;
            column.flexible && widths[*shown] > least(column, layout)
        };
        let flexible = (0..columns.len()).filter(may);
        match flexible.max_by_key(|shown| widths[*shown]) {
            Some(shown) => widths[shown] -= 1,
            None => return false,
        }
    }
    true
}

/// What a flexible column keeps at least. A sentence on lines of a word or two cannot be read.
fn least(column: &Column, layout: Layout) -> usize {
    if column.wraps && !layout.lifted { layout.least.max(24) } else { layout.least }
}

/// The text, or as much of it as leaves room for an ellipsis.
fn cut(text: &str, limit: usize) -> Cow<'_, str> {
    if width(text) <= limit {
        return text.into();
    }
    let mut room = limit.saturating_sub(1);
    let fits = |c: &char| {
        let wide = get_char_width(*c);
        let fits = wide <= room;
        room = room.saturating_sub(wide);
        fits
    };
    let kept: String = text.chars().take_while(fits).collect();
    format!("{}…", kept.trim_end()).into()
}

/// Lines of whole words.
pub(super) fn wrapped(text: &str, limit: Option<usize>) -> Vec<String> {
    let Some(limit) = limit else { return vec![text.to_owned()] };
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(line) + 1 + width(word) <= limit => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_letters_count_twice() {
        assert_eq!(cut("張張張", 6), "張張張");
        assert_eq!(cut("張張張", 5), "張張…");
        assert_eq!(cut("張張張", 4), "張…");
        assert_eq!(cut("Blue Cross", 6), "Blue…");
    }

    #[test]
    fn words_are_not_broken() {
        assert_eq!(wrapped("one two three", Some(7)), ["one two", "three"]);
        assert_eq!(wrapped("one two three", None), ["one two three"]);
    }
}
