//! Makes a table fit a terminal: which columns are narrowed, which headings are broken, what is cut.
//!
//! Only flexible columns are cut: half a claim number or half an amount would be worse than a long line. Where
//! even that would leave names that nobody can read, they move to a line of their own above their figures; and where
//! the figures themselves are too many for a line, they stand on several, as their headings do.

use std::borrow::Cow;
use std::ops::Range;

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

/// From the roomiest to the tightest.
const LAYOUTS: [Layout; 8] = [
    // A tight table in whole words is read more easily than a roomy one in halves.
    Layout { gap: 2, tall_headings: false, lifted: false, least: usize::MAX },
    Layout { gap: 2, tall_headings: true, lifted: false, least: usize::MAX },
    Layout { gap: 1, tall_headings: true, lifted: false, least: usize::MAX },
    Layout { gap: 2, tall_headings: false, lifted: false, least: 16 },
    Layout { gap: 2, tall_headings: true, lifted: false, least: 12 },
    Layout { gap: 1, tall_headings: true, lifted: false, least: 12 },
    Layout { gap: 2, tall_headings: true, lifted: true, least: 12 },
    Layout { gap: 1, tall_headings: true, lifted: true, least: 12 },
];
/// Where the figures of a row stand on several lines.
const FOLDED: Layout = Layout { gap: 2, tall_headings: true, lifted: true, least: 12 };
/// Where nothing fits, it is used all the same: nothing is dropped.
const TIGHTEST: Layout = Layout { gap: 1, tall_headings: true, lifted: true, least: 6 };

/// How far the figures stand in where their names stand above them.
pub(super) const INDENT: usize = 2;

/// So much wider than what stands in it a column may be, to stand below that of another line.
const MOST_APART: usize = 12;

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
    /// The columns of each line of a row, below those that stand above it.
    pub(super) folds: Vec<Range<usize>>,
    /// How wide all of it may be.
    limit: Option<usize>,
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
        self.align();
    }

    /// Lets the columns of all lines of a row stand below each other, where there is room for it.
    fn align(&mut self) {
        let most = self.folds.iter().map(Range::len).max().unwrap_or(0);
        let nth = |place: usize| self.folds.iter().filter_map(move |fold| fold.clone().nth(place));
        let shared: Vec<usize> =
            (0..most).map(|place| nth(place).map(|at| self.widths[at]).max().unwrap_or(0)).collect();
        let all = INDENT + shared.iter().sum::<usize>() + self.gap * most.saturating_sub(1);
        let torn = |(place, wide): (usize, &usize)| nth(place).any(|at| self.widths[at] + MOST_APART < *wide);
        let fits = self.limit.is_none_or(|limit| all <= limit);
        if self.folds.len() > 1 && fits && !shared.iter().enumerate().any(torn) {
            for (place, wide) in shared.iter().enumerate() {
                nth(place).collect::<Vec<_>>().into_iter().for_each(|at| self.widths[at] = *wide);
            }
        }
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
        let folds = std::iter::once(0..columns.len()).collect();
        return Fitted { headings, gap: LAYOUTS[0].gap, folds, ..Fitted::default() };
    };
    let one_line = |layout: Layout| std::iter::once(lifted(columns, layout)..columns.len()).collect();
    let fits = |layout: &Layout| {
        let (widths, fits) = attempt(columns, cells, *layout, limit);
        fits.then(|| (*layout, widths, one_line(*layout)))
    };
    let (layout, widths, folds) = LAYOUTS
        .iter()
        .find_map(fits)
        .or_else(|| folded(columns, cells, limit).map(|found| (found.layout, found.widths, found.folds)))
        .unwrap_or_else(|| (TIGHTEST, attempt(columns, cells, TIGHTEST, limit).0, one_line(TIGHTEST)));
    let mut headings = headings(columns, cells, layout.tall_headings);
    for (shown, (_, column)) in columns.iter().enumerate().filter(|(_, (_, column))| column.flexible) {
        debug_assert!(column.kind == Kind::Text, "{}: only texts may be cut", column.key);
        let lines = headings[shown].lines().map(|line| cut(line, widths[shown])).collect::<Vec<_>>();
        headings[shown] = lines.join("\n");
    }
    let is_cut = widths.iter().zip(cells).any(|(wide, cell)| wide < cell);
    let lifted = lifted(columns, layout);
    let limit = Some(limit);
    Fitted { headings, limits: widths, widths: Vec::new(), gap: layout.gap, lifted, folds, limit, is_cut }
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
    let layout = Layout { lifted: above > 0, ..layout };
    let fits_above = shrink_above(&columns[..above], &mut widths[..above], layout, limit);
    let room = if above == 0 { limit } else { limit.saturating_sub(INDENT) };
    let fits = shrink(&columns[above..], &mut widths[above..], layout, room);
    (widths, fits && fits_above)
}

/// One way to let the figures of a row stand on several lines.
struct Folding {
    layout: Layout,
    widths: Vec<usize>,
    /// The columns of each line.
    folds: Vec<Range<usize>>,
}

/// The figures of a row on as few lines as they fit on; with headings of one line, where they make no line more.
fn folded(columns: &[(usize, &Column)], cells: &[usize], limit: usize) -> Option<Folding> {
    let tall = fold(columns, cells, FOLDED, limit);
    let flat = fold(columns, cells, Layout { tall_headings: false, ..FOLDED }, limit);
    match (flat, tall) {
        (Some(flat), Some(tall)) if flat.folds.len() > tall.folds.len() => Some(tall),
        (flat, tall) => flat.or(tall),
    }
}

fn fold(columns: &[(usize, &Column)], cells: &[usize], layout: Layout, limit: usize) -> Option<Folding> {
    let headings = headings(columns, cells, layout.tall_headings);
    let mut widths: Vec<usize> =
        headings.iter().zip(cells).map(|(heading, cell)| tallest(heading).max(*cell)).collect();
    let mut above = lifted(columns, layout);
    let whole = widths.clone();
    if !shrink_above(&columns[..above], &mut widths[..above], layout, limit) {
        (above, widths) = (0, whole);
    }
    let kept = Layout { lifted: above > 0, ..layout };
    let room = limit.saturating_sub(INDENT);
    let mut fits = true;
    let folds = lines(columns, &widths, above, kept, room);
    for fold in &folds {
        fits &= shrink(&columns[fold.clone()], &mut widths[fold.clone()], kept, room);
    }
    fits.then_some(Folding { layout: kept, widths, folds })
}

/// The columns of each line: as many as there is room for, flexible ones at their least. Figures are shared out evenly.
fn lines(
    columns: &[(usize, &Column)],
    widths: &[usize],
    first: usize,
    layout: Layout,
    room: usize,
) -> Vec<Range<usize>> {
    let needs = |at: usize| {
        let column = columns[at].1;
        if column.flexible { widths[at].min(least(column, layout)) } else { widths[at] }
    };
    let mut folds: Vec<Range<usize>> = Vec::new();
    let mut used = 0;
    for at in first..columns.len() {
        match folds.last_mut() {
            Some(fold) if used + layout.gap + needs(at) <= room => {
                fold.end = at + 1;
                used += layout.gap + needs(at);
            }
            _ => {
                folds.push(at..at + 1);
                used = needs(at);
            }
        }
    }
    let each = (columns.len() - first).div_ceil(folds.len().max(1)).max(1);
    let even: Vec<Range<usize>> =
        (first..columns.len()).step_by(each).map(|begin| begin..(begin + each).min(columns.len())).collect();
    let gaps = |fold: &Range<usize>| layout.gap * fold.len().saturating_sub(1);
    let all_figures = columns[first..].iter().all(|(_, column)| !column.flexible);
    let fits = even.iter().all(|fold| fold.clone().map(needs).sum::<usize>() + gaps(fold) <= room);
    if all_figures && fits { even } else { folds }
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

/// The same for what stands above a row, where no sentence is cut: it would have no next line to go on in.
fn shrink_above(columns: &[(usize, &Column)], widths: &mut [usize], layout: Layout, limit: usize) -> bool {
    let before = widths.to_vec();
    let fits = shrink(columns, widths, layout, limit);
    let mut sentences =
        columns.iter().zip(widths.iter().zip(&before)).filter(|((_, column), _)| column.wraps);
    fits && sentences.all(|(_, (now, before))| now == before)
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
    filled(text.split_whitespace(), limit, ["", ""])
}

/// Words on lines of so many columns; the first line begins with the first mark, the others with the second.
pub(super) fn filled<'w>(
    words: impl IntoIterator<Item = &'w str>,
    limit: usize,
    [begin, hanging]: [&str; 2],
) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        match lines.last_mut() {
            Some(line) if width(line) + 1 + width(word) <= limit => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) => lines.push(format!("{hanging}{word}")),
            None => lines.push(format!("{begin}{word}")),
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
