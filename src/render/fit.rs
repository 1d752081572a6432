//! Makes a table fit a terminal: which columns are narrowed, which headings are broken, what is cut.
//!
//! Only flexible columns are cut: half a claim number or half an amount would be worse than a long line. Where
//! even that would leave names that nobody can read, they move to a line of their own above their figures.

use tabled::grid::util::string::{get_char_width, get_string_width};

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

/// What was decided.
pub(super) struct Fitted {
    /// The heading of each column, perhaps on several lines.
    pub(super) headings: Vec<String>,
    /// Blanks between columns.
    pub(super) gap: usize,
    /// How many columns stand above their row.
    pub(super) lifted: usize,
}

/// Cuts what may be cut until the table fits.
pub(super) fn fit(columns: &[(usize, &Column)], body: &mut [Vec<String>], width: Option<usize>) -> Fitted {
    let cells: Vec<usize> = (0..columns.len())
        .map(|shown| body.iter().map(|row| get_string_width(&row[shown])).max().unwrap_or(0))
        .collect();
    let Some(limit) = width else {
        return Fitted { headings: headings(columns, &cells, false), gap: LAYOUTS[0].gap, lifted: 0 };
    };
    let last = LAYOUTS.len() - 1;
    let (layout, widths) = LAYOUTS
        .iter()
        .enumerate()
        .find_map(|(place, layout)| {
            let (widths, fits) = attempt(columns, &cells, *layout, limit);
            (fits || place == last).then_some((*layout, widths))
        })
        .unwrap_or((LAYOUTS[last], cells.clone()));
    let mut headings = headings(columns, &cells, layout.tall_headings);
    for (shown, (_, column)) in columns.iter().enumerate().filter(|(_, (_, column))| column.flexible) {
        debug_assert!(column.kind == Kind::Text, "{}: only texts may be cut", column.key);
        let lines = headings[shown].lines().map(|line| cut(line, widths[shown])).collect::<Vec<_>>();
        headings[shown] = lines.join("\n");
        let wraps = column.wraps && shown >= lifted(columns, layout);
        for row in body.iter_mut() {
            row[shown] = if wraps {
                wrapped(&row[shown], Some(widths[shown]))
                    .iter()
                    .map(|line| cut(line, widths[shown]))
                    .collect::<Vec<_>>()
                    .join("\n")
            } else {
                cut(&row[shown], widths[shown])
            };
        }
    }
    Fitted { headings, gap: layout.gap, lifted: lifted(columns, layout) }
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
    let tallest = |heading: &String| heading.lines().map(get_string_width).max().unwrap_or(0);
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
        let broken = tall && get_string_width(&column.title) > *cell;
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
fn cut(text: &str, width: usize) -> String {
    if get_string_width(text) <= width {
        return text.to_owned();
    }
    let mut room = width.saturating_sub(1);
    let mut kept = String::new();
    for c in text.chars() {
        let wide = get_char_width(c);
        if wide > room {
            break;
        }
        room -= wide;
        kept.push(c);
    }
    format!("{}…", kept.trim_end())
}

/// Lines of whole words.
pub(super) fn wrapped(text: &str, width: Option<usize>) -> Vec<String> {
    let Some(limit) = width else { return vec![text.to_owned()] };
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if get_string_width(line) + 1 + get_string_width(word) <= limit => {
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
