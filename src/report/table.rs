//! The typed table: what every report and every list returns.
//!
//! Meaning without looks. A cell is an amount, a day, a count or a text; how it is printed is `render`'s business.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::column::{Column, Kind};
use crate::domain::{Date, Money, Percent, Tenths};

/// One value of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Cell {
    /// Nothing is known or nothing applies.
    #[default]
    Empty,
    /// Words, codes, numbers that nobody adds up.
    Text(String),
    /// How many, or the ledger's own number for something.
    Count(u64),
    /// An amount.
    Money(Money),
    /// A day.
    Date(Date),
    /// A share of a whole.
    Percent(Percent),
    /// A number with one decimal, such as days on average.
    Tenths(Tenths),
    /// Yes or no.
    Flag(bool),
}

impl Cell {
    /// Becomes a text.
    pub fn set_text(&mut self, parts: &[&str]) {
        let text = self.text();
        parts.iter().for_each(|part| text.push_str(part));
    }

    /// Becomes an empty text, to be written. The room of one that it was before is used again.
    pub fn text(&mut self) -> &mut String {
        if !matches!(self, Cell::Text(_)) {
            *self = Cell::Text(String::new());
        }
        let Cell::Text(text) = self else { unreachable!("it was made a text in the line before") };
        text.clear();
        text
    }
}

/// So many rows are made at once; of more, each when it is asked for.
const FEW: usize = 10_000;

/// Rows that are made when somebody asks for them: a million of them are a gigabyte of cells.
pub trait Supply: Send + Sync {
    /// How many there are.
    fn count(&self) -> usize;

    /// Makes a row of the cells of another: one for each column.
    fn fill(&self, place: usize, cells: &mut [Cell]);
}

/// Many rows, for a table.
#[derive(Clone)]
struct Supplied(Arc<dyn Supply>);

impl std::fmt::Debug for Supplied {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} rows", self.0.count())
    }
}

impl PartialEq for Supplied {
    fn eq(&self, other: &Supplied) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Supplied {}

/// What a row is to the rows around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    /// Data.
    Item,
    /// A sum over the items above it. For people only: JSON and CSV leave it out.
    Subtotal,
}

/// One row, with a cell for each column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Data or a sum.
    pub kind: RowKind,
    /// In the order of the columns.
    pub cells: Vec<Cell>,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name in JSON, such as `aging`.
    pub name: &'static str,
    /// Its heading.
    pub title: String,
    /// The day it speaks of.
    pub as_of: Option<Date>,
    /// Which date ages or assigns, such as `service`.
    pub basis: Option<String>,
    /// What was asked for: names and values, as on the command line.
    pub parameters: Vec<(&'static str, String)>,
    /// The columns, in order.
    pub columns: Vec<Column>,
    /// The rows, in order.
    pub rows: Vec<Row>,
    /// Rows behind them that are not made yet.
    supplied: Option<Supplied>,
    /// Whether the names of patients are masked in rows that are not made yet.
    masked: bool,
    /// A cell for each column. An empty first cell is headed "Total" where people read it.
    pub totals: Option<Vec<Cell>>,
    /// What a reader must know to trust the figures.
    pub notes: Vec<String>,
    /// What to say instead of a table without rows.
    pub empty: &'static str,
    /// Where rows of several standings are mixed, only those with this word in this column count in the totals.
    pub counted: Option<(&'static str, &'static str)>,
    /// What was asked for that leaves rows out, as on the command line: without rows, nothing matches it.
    pub narrowed: Vec<String>,
}

impl Table {
    /// A table without rows.
    #[must_use]
    pub fn new(name: &'static str, title: impl Into<String>, columns: Vec<Column>) -> Table {
        Table {
            name,
            title: title.into(),
            as_of: None,
            basis: None,
            parameters: Vec::new(),
            columns,
            rows: Vec::new(),
            supplied: None,
            masked: false,
            totals: None,
            notes: Vec::new(),
            empty: "Nothing to show.",
            counted: None,
            narrowed: Vec::new(),
        }
    }

    /// The same table, of a day.
    #[must_use]
    pub fn as_of(self, day: Date) -> Table {
        Table { as_of: Some(day), ..self }
    }

    /// The same table, on a date basis.
    #[must_use]
    pub fn basis(self, basis: impl Into<String>) -> Table {
        Table { basis: Some(basis.into()), ..self }
    }

    /// The same table, with what it says when it has no rows.
    #[must_use]
    pub fn empty(self, words: &'static str) -> Table {
        Table { empty: words, ..self }
    }

    /// The same table, where only rows with a word in a column count in the totals, if any row has it.
    #[must_use]
    pub fn counting(self, column: &'static str, word: &'static str) -> Table {
        Table { counted: Some((column, word)), ..self }
    }

    /// The same table, from which something that was asked for leaves rows out.
    #[must_use]
    pub fn narrowed(mut self, option: Option<String>) -> Table {
        self.narrowed.extend(option);
        self
    }

    /// What to say where there are no rows: that all is well only if nothing was left out.
    #[must_use]
    pub fn nothing(&self) -> Cow<'static, str> {
        match self.narrowed.as_slice() {
            [] => self.empty.into(),
            options => format!("Nothing matches {}.", options.join(" ")).into(),
        }
    }

    /// The same table, with one more thing that was asked for.
    #[must_use]
    pub fn parameter(mut self, name: &'static str, value: impl Into<String>) -> Table {
        self.parameters.push((name, value.into()));
        self
    }

    /// Adds a note.
    pub fn note(&mut self, words: impl Into<String>) {
        self.notes.push(words.into());
    }

    /// Adds a row of data.
    pub fn push(&mut self, cells: Vec<Cell>) {
        self.debug_check(&cells);
        self.rows.push(Row { kind: RowKind::Item, cells });
    }

    /// Adds many rows of data, the last ones.
    pub fn supply(&mut self, rows: impl Supply + 'static) {
        self.supplied = Some(Supplied(Arc::new(rows)));
        if self.len() <= FEW {
            self.make();
        }
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len() + self.supplied.as_ref().map_or(0, |rows| rows.0.count())
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Looks at every row, in order.
    ///
    /// # Errors
    /// The first that `visit` gives.
    pub fn each<E>(&self, visit: impl FnMut(RowKind, &[Cell]) -> Result<(), E>) -> Result<(), E> {
        self.within(0..self.len(), visit)
    }

    /// Looks at the rows of these places, in order.
    ///
    /// # Errors
    /// The first that `visit` gives.
    pub fn within<E>(
        &self,
        places: Range<usize>,
        mut visit: impl FnMut(RowKind, &[Cell]) -> Result<(), E>,
    ) -> Result<(), E> {
        let made = self.rows.len();
        let here = places.start.min(made)..places.end.min(made);
        self.rows[here].iter().try_for_each(|row| visit(row.kind, &row.cells))?;
        let Some(Supplied(rows)) = &self.supplied else { return Ok(()) };
        let mut cells = vec![Cell::Empty; self.columns.len()];
        (places.start.max(made)..places.end).try_for_each(|place| {
            rows.fill(place - made, &mut cells);
            if self.masked {
                self.mask(&mut cells);
            }
            visit(RowKind::Item, &cells)
        })
    }

    /// The same table without its rows, and without totals.
    #[must_use]
    pub fn without_rows(&self) -> Table {
        Table {
            name: self.name,
            title: self.title.clone(),
            basis: self.basis.clone(),
            parameters: self.parameters.clone(),
            columns: self.columns.clone(),
            rows: Vec::new(),
            supplied: None,
            totals: None,
            notes: self.notes.clone(),
            narrowed: self.narrowed.clone(),
            ..*self
        }
    }

    /// The same table with all of its rows made.
    #[must_use]
    pub fn made(&self) -> Cow<'_, Table> {
        if self.supplied.is_none() {
            return Cow::Borrowed(self);
        }
        let mut table = self.clone();
        table.make();
        Cow::Owned(table)
    }

    fn make(&mut self) {
        let mut rows = Vec::with_capacity(self.len());
        let Ok(()) = self.each(|kind, cells| {
            self.debug_check(cells);
            rows.push(Row { kind, cells: cells.to_vec() });
            Ok::<(), std::convert::Infallible>(())
        });
        (self.rows, self.supplied) = (rows, None);
    }

    /// Adds a sum over the rows above.
    pub fn push_subtotal(&mut self, cells: Vec<Cell>) {
        self.debug_check(&cells);
        self.rows.push(Row { kind: RowKind::Subtotal, cells });
    }

    /// Sets the totals.
    pub fn set_totals(&mut self, cells: Vec<Cell>) {
        self.debug_check(&cells);
        self.totals = Some(cells);
    }

    /// Adds up the counts and amounts of the data rows as totals; other columns stay empty.
    pub fn sum_up(&mut self) {
        let place = |key: &str| self.columns.iter().position(|column| column.key == key);
        let counted = self.counted.and_then(|(key, word)| Some((place(key)?, word)));
        let has = |row: &Row, (place, word): (usize, &str)| matches!(&row.cells[place], Cell::Text(text) if text == word);
        let counted = counted.filter(|word| self.rows.iter().any(|row| has(row, *word)));
        let counts = |row: &&Row| row.kind == RowKind::Item && counted.is_none_or(|word| has(row, word));
        let items = || self.rows.iter().filter(counts);
        let total = |(place, column): (usize, &Column)| match column.kind {
            Kind::Count => {
                let count = |row: &Row| if let Cell::Count(n) = row.cells[place] { n } else { 0 };
                Cell::Count(items().map(count).sum())
            }
            Kind::Money => {
                let amount = |row: &Row| if let Cell::Money(m) = row.cells[place] { m } else { Money::ZERO };
                Cell::Money(items().map(amount).sum())
            }
            _ => Cell::Empty,
        };
        let totals = self.columns.iter().enumerate().map(total).collect();
        self.totals = Some(totals);
    }

    /// Takes a column out of the totals: its numbers do not add up to anything.
    pub fn blank_total(&mut self, key: &str) {
        let place = self.columns.iter().position(|column| column.key == key);
        if let (Some(place), Some(totals)) = (place, &mut self.totals) {
            totals[place] = Cell::Empty;
        }
    }

    /// Masks every column that names a patient.
    pub fn redact(&mut self) {
        let mut rows = std::mem::take(&mut self.rows);
        rows.iter_mut().for_each(|row| self.mask(&mut row.cells));
        (self.rows, self.masked) = (rows, true);
    }

    /// Initials would still point at a person, so nothing of the name is kept.
    fn mask(&self, cells: &mut [Cell]) {
        for (column, cell) in self.columns.iter().zip(cells) {
            if column.personal && matches!(cell, Cell::Text(_)) {
                cell.set_text(&["***"]);
            }
        }
    }

    /// A wrong row is a defect of a report: loud where it is written, harmless where it is used.
    fn debug_check(&self, cells: &[Cell]) {
        debug_assert_eq!(cells.len(), self.columns.len(), "{}: one cell for each column", self.name);
        for (column, cell) in self.columns.iter().zip(cells) {
            debug_assert!(column.kind.admits(cell), "{}.{}: {cell:?}", self.name, column.key);
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }
}

macro_rules! cells_from {
    ($($of:ty => $variant:ident),+) => {$(
        impl From<$of> for Cell {
            fn from(value: $of) -> Cell {
                Cell::$variant(value)
            }
        }
    )+};
}

cells_from! { String => Text, u64 => Count, Money => Money, Date => Date, Percent => Percent, Tenths => Tenths, bool => Flag }

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Cell {
        value.map_or(Cell::Empty, Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let columns =
            vec![Column::text("patient", "Patient").personal(), Column::money("balance", "Balance")];
        let mut table = Table::new("claims", "Claims", columns);
        table.push(vec!["Garcia, Maria".into(), Money::from_cents(1250).into()]);
        table.push(vec![Cell::Empty, Money::from_cents(-250).into()]);
        table
    }

    #[test]
    fn sums_leave_subtotals_out() {
        let mut table = table();
        table.push_subtotal(vec!["Both".into(), Money::from_cents(1000).into()]);
        table.sum_up();
        assert_eq!(table.totals, Some(vec![Cell::Empty, Cell::Money(Money::from_cents(1000))]));
    }

    #[test]
    fn redaction_masks_persons_only() {
        let mut table = table();
        table.redact();
        assert_eq!(table.rows[0].cells, vec![Cell::from("***"), Money::from_cents(1250).into()]);
        assert_eq!(table.rows[1].cells[0], Cell::Empty);
    }

    #[test]
    #[should_panic(expected = "one cell for each column")]
    fn a_short_row_is_a_defect() {
        table().push(vec![Cell::Empty]);
    }

    #[test]
    #[should_panic(expected = "claims.balance")]
    fn a_cell_of_another_kind_is_a_defect() {
        table().push(vec![Cell::Empty, 3u64.into()]);
    }
}
