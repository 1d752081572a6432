//! Choosing rows, order and columns of a list: the same options on every list, worked out on the typed table.

use std::cmp::Ordering;

use super::{Failure, parse};
use crate::codes;
use crate::domain::entry::Reason;
use crate::domain::{Code, Date, GroupCode, Money};
use crate::render::counted;
use crate::report::{Cell, Column, Kind, Known, RowKind, Table};

/// So many names are shown to somebody who typed one that there is not.
const MOST_NAMES: usize = 20;

/// Which rows, in which order, with which columns
#[derive(clap::Args, Clone, Debug, Default)]
#[command(next_help_heading = "Choosing")]
pub(super) struct Choose {
    /// Only rows whose payer has this in its name or identifier
    #[arg(long, value_name = "TEXT")]
    payer: Option<String>,
    /// Only rows whose provider has this in its name or NPI
    #[arg(long, value_name = "TEXT")]
    provider: Option<String>,
    /// Only rows of this status
    #[arg(long, value_name = "STATUS")]
    status: Option<String>,
    /// Only rows with this reason
    #[arg(long, value_name = "REASON")]
    reason: Option<String>,
    /// Only rows of this person
    #[arg(long, value_name = "NAME")]
    assignee: Option<String>,
    /// Only rows of this day or later
    #[arg(long, value_name = "DATE", value_parser = parse::date)]
    from: Option<Date>,
    /// Only rows of this day or earlier
    #[arg(long, value_name = "DATE", value_parser = parse::date)]
    to: Option<Date>,
    /// Only rows of at least this amount
    #[arg(long, value_name = "AMOUNT", value_parser = parse::money, allow_hyphen_values = true)]
    min: Option<Money>,
    /// Only rows of at most this amount
    #[arg(long, value_name = "AMOUNT", value_parser = parse::money, allow_hyphen_values = true)]
    max: Option<Money>,
    /// Only rows with this anywhere in their texts
    #[arg(long, value_name = "TEXT")]
    text: Option<String>,
    /// Order by this column; with a minus before it, the largest first
    #[arg(long, value_name = "COLUMN", allow_hyphen_values = true)]
    sort: Option<String>,
    /// At most so many rows
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Only these columns, in this order
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    columns: Vec<String>,
}

/// Whether a row is wanted.
type Test = Box<dyn Fn(&[Cell]) -> bool>;

/// Which columns of a list the options speak of.
pub(super) struct Speaks {
    /// Of the day.
    pub date: &'static str,
    /// Of the amount.
    pub amount: &'static str,
}

impl Choose {
    /// The status that is asked for.
    pub(super) fn status(&self) -> Option<&str> {
        self.status.as_deref()
    }

    /// Whether a provider is asked for.
    pub(super) fn asks_provider(&self) -> bool {
        self.provider.is_some()
    }

    /// Whether no option says which rows.
    pub(super) fn is_empty(&self) -> bool {
        let texts = [&self.payer, &self.provider, &self.status, &self.reason, &self.assignee, &self.text];
        let days = self.from.is_some() || self.to.is_some();
        let amounts = self.min.is_some() || self.max.is_some();
        texts.iter().all(|text| text.is_none()) && !days && !amounts && self.limit.is_none()
    }

    /// The options that say which rows, as they were typed.
    fn typed(&self) -> Vec<String> {
        let texts = [
            ("payer", &self.payer),
            ("provider", &self.provider),
            ("status", &self.status),
            ("reason", &self.reason),
            ("assignee", &self.assignee),
            ("text", &self.text),
        ];
        let texts = texts.into_iter().filter_map(|(name, text)| Some((name, text.clone()?)));
        let days = [("from", self.from), ("to", self.to)];
        let days = days.into_iter().filter_map(|(name, day)| Some((name, day?.to_string())));
        let amounts = [("min", self.min), ("max", self.max)];
        let amounts = amounts.into_iter().filter_map(|(name, amount)| Some((name, amount?.to_string())));
        texts.chain(days).chain(amounts).map(|(name, value)| option(name, &value)).collect()
    }

    /// Applies the options to a list. Totals are those of the rows that are left.
    ///
    /// # Errors
    /// [`Failure`] of usage that names a column or an option the list does not have.
    pub(super) fn apply(&self, table: Table, speaks: &Speaks) -> Result<Table, Failure> {
        self.apply_to_some(table, speaks, 0)
    }

    /// The same for a list that left rows out because of [`Choose::most`].
    ///
    /// # Errors
    /// As [`Choose::apply`].
    pub(super) fn apply_to_some(
        &self,
        mut table: Table,
        speaks: &Speaks,
        left_out: usize,
    ) -> Result<Table, Failure> {
        self.may_be_known(&table)?;
        let rows = std::mem::take(&mut table.rows);
        let mut chosen = self.begin(table, speaks, left_out)?;
        for row in rows.into_iter().filter(|row| row.kind == RowKind::Item) {
            if chosen.wants(&row.cells) {
                chosen.keep(row.cells);
            }
        }
        chosen.finish()
    }

    /// The numbers, in a column of the list, of the records that the options choose. Which columns are shown chooses nothing.
    ///
    /// # Errors
    /// As [`Choose::apply`].
    pub(super) fn ids(
        &self,
        table: Table,
        key: &str,
        speaks: &Speaks,
        left_out: usize,
    ) -> Result<Vec<u64>, Failure> {
        let at = place(&table, key).ok_or_else(|| no_column(&table, key))?;
        let all_columns = Choose { columns: Vec::new(), ..self.clone() };
        let chosen = all_columns.apply_to_some(table, speaks, left_out)?;
        let id = |cell: &Cell| if let Cell::Count(id) = cell { Some(*id) } else { None };
        Ok(chosen.rows.iter().filter_map(|row| id(&row.cells[at])).collect())
    }

    /// Begins to choose from rows that are offered one by one. The table has no rows, and totals where they are wanted.
    ///
    /// # Errors
    /// As [`Choose::apply`].
    pub(super) fn begin(
        &self,
        table: Table,
        speaks: &Speaks,
        left_out: usize,
    ) -> Result<Chosen<'_>, Failure> {
        let tests = self.tests(&table, speaks)?;
        let order = self.order(&table)?;
        let mut table = table;
        table.narrowed.extend(self.typed());
        Ok(Chosen { choose: self, table, tests, order, all: left_out })
    }

    /// Whether a row is wanted, as far as its payer, status, day and amount say: a list that knows them before it has read
    /// the rest need not read it.
    pub(super) fn may_want(
        &self,
        payer: impl FnOnce(&str) -> bool,
        status: &str,
        day: Option<Date>,
        amount: Money,
    ) -> bool {
        self.status.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(status))
            && self.from.is_none_or(|from| day.is_some_and(|day| day >= from))
            && self.to.is_none_or(|to| day.is_some_and(|day| day <= to))
            && self.min.is_none_or(|min| amount >= min)
            && self.max.is_none_or(|max| amount <= max)
            && self.payer.as_ref().is_none_or(|part| payer(&part.to_lowercase()))
    }

    /// The same for what only denials have.
    pub(super) fn may_want_denial(&self, reason: Reason, assignee: &str) -> bool {
        let is_of =
            |part: &String| !assignee.is_empty() && assignee.to_lowercase().contains(&part.to_lowercase());
        self.reason.as_ref().is_none_or(|wanted| is_reason(&reason.to_string(), wanted))
            && self.assignee.as_ref().is_none_or(is_of)
    }

    /// How many of the rows that may be wanted are shown, the first ones: nothing where the rest of a row must be known too,
    /// or its order.
    pub(super) fn most(&self) -> Option<usize> {
        let others = [&self.provider, &self.text, &self.sort];
        self.limit.filter(|_| others.iter().all(|other| other.is_none()))
    }

    fn tests(&self, table: &Table, speaks: &Speaks) -> Result<Vec<Test>, Failure> {
        let mut tests: Vec<Test> = Vec::new();
        for (key, option) in
            [("payer", &self.payer), ("provider", &self.provider), ("assignee", &self.assignee)]
        {
            let Some(part) = option else { continue };
            let places: Vec<usize> =
                [key.to_owned(), format!("{key}_id")].iter().filter_map(|k| place(table, k)).collect();
            if places.is_empty() {
                return Err(no_column(table, key));
            }
            let part = part.to_lowercase();
            tests.push(Box::new(move |cells| places.iter().any(|at| has(&cells[*at], &part))));
        }
        for (key, option) in [("status", &self.status), ("reason", &self.reason)] {
            let Some(wanted) = option.clone() else { continue };
            let at = place(table, key).ok_or_else(|| no_column(table, key))?;
            let reasons = table.columns[at].known == Known::Reasons;
            tests.push(Box::new(move |cells| match &cells[at] {
                Cell::Text(text) if reasons => is_reason(text, &wanted),
                Cell::Text(text) => text.eq_ignore_ascii_case(&wanted),
                _ => false,
            }));
        }
        if self.from.is_some() || self.to.is_some() {
            let at = place(table, speaks.date).ok_or_else(|| no_column(table, speaks.date))?;
            let (from, to) = (self.from, self.to);
            tests.push(Box::new(move |cells| match cells[at] {
                Cell::Date(day) => from.is_none_or(|from| day >= from) && to.is_none_or(|to| day <= to),
                _ => false,
            }));
        }
        if self.min.is_some() || self.max.is_some() {
            let at = place(table, speaks.amount).ok_or_else(|| no_column(table, speaks.amount))?;
            let (min, max) = (self.min, self.max);
            tests.push(Box::new(move |cells| match cells[at] {
                Cell::Money(amount) => {
                    min.is_none_or(|min| amount >= min) && max.is_none_or(|max| amount <= max)
                }
                _ => false,
            }));
        }
        if let Some(part) = self.text.as_ref().map(|text| text.to_lowercase()) {
            tests.push(Box::new(move |cells| cells.iter().any(|cell| has(cell, &part))));
        }
        Ok(tests)
    }

    /// A value that no row of such a list can ever have is a slip of the keyboard, not an empty list.
    ///
    /// # Errors
    /// [`Failure`] of usage that lists what there is.
    pub(super) fn may_be_known(&self, table: &Table) -> Result<(), Failure> {
        let asked = [
            ("payer", &self.payer),
            ("provider", &self.provider),
            ("status", &self.status),
            ("reason", &self.reason),
        ];
        for (key, value) in asked {
            if let (Some(value), Some(at)) = (value, place(table, key)) {
                let column = &table.columns[at];
                let borne = |row: &crate::report::Row| match (&row.cells[at], &column.known) {
                    (Cell::Text(text), Known::Words(_)) => text.eq_ignore_ascii_case(value),
                    (Cell::Text(text), Known::Reasons) => is_reason(text, value),
                    (cell, _) => has(cell, &value.to_lowercase()),
                };
                if !table.rows.iter().any(borne) {
                    is_known(column, value)?;
                }
            }
        }
        Ok(())
    }

    /// The column to order by, and whether the largest come first.
    fn order(&self, table: &Table) -> Result<Option<(usize, bool)>, Failure> {
        let Some(asked) = &self.sort else { return Ok(None) };
        let (key, largest_first) = asked.strip_prefix('-').map_or((asked.as_str(), false), |key| (key, true));
        let at = place(table, key).ok_or_else(|| no_column(table, key))?;
        Ok(Some((at, largest_first)))
    }

    fn pick(&self, table: &mut Table) -> Result<(), Failure> {
        if self.columns.is_empty() {
            return Ok(());
        }
        let places: Vec<usize> = self
            .columns
            .iter()
            .map(|key| place(table, key.trim()).ok_or_else(|| no_column(table, key.trim())))
            .collect::<Result<_, _>>()?;
        let chosen = |cells: &[Cell]| -> Vec<Cell> { places.iter().map(|at| cells[*at].clone()).collect() };
        for row in &mut table.rows {
            row.cells = chosen(&row.cells);
        }
        table.totals = table.totals.as_deref().map(chosen);
        table.columns = places.iter().map(|at| table.columns[*at].clone()).collect();
        for column in &mut table.columns {
            column.machine_only = false;
        }
        Ok(())
    }
}

/// A list while its rows are offered: what will not be shown is not kept.
pub(super) struct Chosen<'c> {
    choose: &'c Choose,
    table: Table,
    tests: Vec<Test>,
    order: Option<(usize, bool)>,
    /// How many rows were wanted.
    all: usize,
}

impl Chosen<'_> {
    /// Offers a row.
    pub(super) fn offer(&mut self, cells: &[Cell]) {
        if self.wants(cells) {
            self.keep(cells.to_vec());
        }
    }

    /// Whether a row that is offered is to be kept; counts it if it fits.
    fn wants(&mut self, cells: &[Cell]) -> bool {
        if !self.tests.iter().all(|test| test(cells)) {
            return false;
        }
        self.all += 1;
        self.order.is_some() || self.table.rows.len() < self.limit()
    }

    fn limit(&self) -> usize {
        self.choose.limit.unwrap_or(usize::MAX)
    }

    fn keep(&mut self, cells: Vec<Cell>) {
        self.table.push(cells);
        let limit = self.limit();
        // Those of twice as many that come first are those of all that come first.
        if self.table.rows.len() / 2 > limit.max(500) {
            self.sort();
            self.table.rows.truncate(limit);
        }
    }

    fn sort(&mut self) {
        let Some((at, largest_first)) = self.order else { return };
        self.table.rows.sort_by(|a, b| {
            let order = compare(&a.cells[at], &b.cells[at]);
            if largest_first { order.reverse() } else { order }
        });
    }

    /// The list. Totals are those of the rows that are left.
    pub(super) fn finish(mut self) -> Result<Table, Failure> {
        self.sort();
        let Chosen { choose, mut table, all, .. } = self;
        if let Some(limit) = choose.limit.filter(|limit| *limit < all) {
            table.rows.truncate(limit);
            table
                .note(format!("{limit} of {}; the totals are those of the rows shown.", counted(all, "row")));
        }
        let summed = table.totals.take();
        if let Some(before) = summed {
            table.sum_up();
            let totals = table.totals.iter_mut().flatten();
            for (total, _) in totals.zip(&before).filter(|(_, was)| **was == Cell::Empty) {
                *total = Cell::Empty;
            }
        }
        choose.pick(&mut table)?;
        Ok(table)
    }
}

/// An option as it is typed.
pub(super) fn option(name: &str, value: &str) -> String {
    let plain =
        !value.is_empty() && value.chars().all(|sign| sign.is_ascii_alphanumeric() || "-.".contains(sign));
    if plain { format!("--{name} {value}") } else { format!("--{name} \"{value}\"") }
}

/// `CO-197`, or `197` of whichever group.
fn is_reason(reason: &str, wanted: &str) -> bool {
    let bare = reason.split_once('-').map(|(_, code)| code);
    reason.eq_ignore_ascii_case(wanted) || bare.is_some_and(|code| code.eq_ignore_ascii_case(wanted))
}

/// Whether a value that is asked for may stand in a column.
///
/// # Errors
/// [`Failure`] of usage that lists what there is.
pub(super) fn is_known(column: &Column, value: &str) -> Result<(), Failure> {
    let key = &column.key;
    let unknown = |hint: String| Err(Failure::usage(format!("there is no {key} {value:?} here")).hint(hint));
    match &column.known {
        Known::Words(words) if !words.iter().any(|word| word.eq_ignore_ascii_case(value)) => {
            unknown(format!("There are {}.", words.join(", ")))
        }
        Known::Names(names)
            if !names.iter().any(|name| name.to_lowercase().contains(&value.to_lowercase())) =>
        {
            match names.as_slice() {
                [] => Ok(()),
                few if few.len() <= MOST_NAMES => unknown(format!("There are {}.", few.join(", "))),
                many if key == "payer" => {
                    unknown(format!("`arrears payer list` shows the {} that there are.", many.len()))
                }
                many => {
                    let (few, more) = (many[..MOST_NAMES].join(", "), many.len() - MOST_NAMES);
                    unknown(format!("There are {few}, and {more} more."))
                }
            }
        }
        Known::Reasons => {
            let value = value.to_ascii_uppercase();
            let (group, code) = value.split_once('-').map_or((None, value.as_str()), |(g, c)| (Some(g), c));
            let known = Code::parse(code).is_some_and(|code| codes::carc(code).is_some())
                && group.is_none_or(|group| GroupCode::parse(group).is_some());
            if known {
                return Ok(());
            }
            unknown("A reason is a group and a code such as CO-197, or the code alone; `arrears code show CO-197` explains one.".to_owned())
        }
        _ => Ok(()),
    }
}

fn place(table: &Table, key: &str) -> Option<usize> {
    table.columns.iter().position(|column| column.key == key)
}

fn has(cell: &Cell, part: &str) -> bool {
    matches!(cell, Cell::Text(text) if text.to_lowercase().contains(part))
}

/// Empty cells last, whatever the order.
fn compare(a: &Cell, b: &Cell) -> Ordering {
    match (a, b) {
        (Cell::Text(a), Cell::Text(b)) => a.to_lowercase().cmp(&b.to_lowercase()),
        (Cell::Count(a), Cell::Count(b)) => a.cmp(b),
        (Cell::Money(a), Cell::Money(b)) => a.cmp(b),
        (Cell::Date(a), Cell::Date(b)) => a.cmp(b),
        (Cell::Percent(a), Cell::Percent(b)) => a.cmp(b),
        (Cell::Tenths(a), Cell::Tenths(b)) => a.cmp(b),
        (Cell::Flag(a), Cell::Flag(b)) => a.cmp(b),
        (Cell::Empty, Cell::Empty) => Ordering::Equal,
        (Cell::Empty, _) => Ordering::Greater,
        _ => Ordering::Less,
    }
}

fn no_column(table: &Table, key: &str) -> Failure {
    let known = |kinds: &dyn Fn(Kind) -> bool| {
        let keys = table.columns.iter().filter(|column| kinds(column.kind)).map(|column| column.key.as_ref());
        keys.collect::<Vec<_>>().join(", ")
    };
    Failure::usage(format!("this list has no column {key:?}")).hint(format!("It has {}.", known(&|_| true)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Code, GroupCode};
    use crate::report::Column;

    fn table() -> Table {
        let columns = vec![
            Column::text("payer", "Payer"),
            Column::text("payer_id", "Identifier").machine_only(),
            Column::date("service_date", "Service"),
            Column::money("balance", "Balance"),
        ];
        let mut table = Table::new("claims", "Claims", columns);
        for (payer, id, day, cents) in [
            ("Acme", "A1", "2026-01-01", 500),
            ("Best", "B1", "2026-02-01", -100),
            ("acme two", "A2", "2026-03-01", 700),
        ] {
            let day = Date::parse_iso(day).expect("a day");
            table.push(vec![payer.into(), id.into(), day.into(), Money::from_cents(cents).into()]);
        }
        table.sum_up();
        table
    }

    const SPEAKS: Speaks = Speaks { date: "service_date", amount: "balance" };

    #[test]
    fn rows_are_chosen_and_added_up_again() {
        let choose =
            Choose { payer: Some("ACME".to_owned()), min: Some(Money::from_cents(600)), ..Choose::default() };
        let left = choose.apply(table(), &SPEAKS).expect("chosen");
        assert_eq!(left.rows.len(), 1);
        assert_eq!(left.totals.expect("totals")[3], Money::from_cents(700).into());
        let by_id = Choose { payer: Some("b1".to_owned()), ..Choose::default() };
        assert_eq!(by_id.apply(table(), &SPEAKS).expect("chosen").rows.len(), 1);
    }

    #[test]
    fn order_limit_and_columns() {
        let choose = Choose {
            sort: Some("-balance".to_owned()),
            limit: Some(2),
            columns: vec!["balance".to_owned(), "payer_id".to_owned()],
            ..Choose::default()
        };
        let left = choose.apply(table(), &SPEAKS).expect("chosen");
        assert_eq!(left.rows[0].cells, [Money::from_cents(700).into(), "A2".into()]);
        assert_eq!((left.rows.len(), left.columns.len(), left.notes.len()), (2, 2, 1));
        assert!(!left.columns[1].machine_only);
    }

    #[test]
    fn denials_are_known_by_reason_and_assignee() {
        let reason = Reason { group: Some(GroupCode::Co), code: Code::known("16") };
        let wants = |reason_word: Option<&str>, part: Option<&str>, assignee: &str| {
            let (asked, part) = (reason_word.map(str::to_owned), part.map(str::to_owned));
            Choose { reason: asked, assignee: part, ..Choose::default() }.may_want_denial(reason, assignee)
        };
        assert!(wants(None, None, "") && wants(Some("co-16"), None, "") && wants(None, Some("AN"), "Ann"));
        assert!(!wants(Some("CO-97"), None, "") && !wants(None, Some("bea"), "Ann"));
        assert!(!wants(None, Some(""), ""), "nobody is nobody's name");
    }

    #[test]
    fn a_column_that_is_not_there_is_named() {
        for wrong in [
            Choose { sort: Some("age".to_owned()), ..Choose::default() },
            Choose { columns: vec!["x".to_owned()], ..Choose::default() },
            Choose { status: Some("open".to_owned()), ..Choose::default() },
        ] {
            assert_eq!(wrong.apply(table(), &SPEAKS).expect_err("refused").code(), 2);
        }
    }

    #[test]
    fn the_first_of_many_offered_are_the_first_of_all() {
        let choose = Choose { sort: Some("-balance".into()), limit: Some(3), ..Choose::default() };
        let mut head = table();
        head.rows.clear();
        let mut chosen = choose.begin(head, &SPEAKS, 0).expect("chosen");
        for cents in 0..5_000 {
            let amount = Money::from_cents(cents * 7919 % 5_000);
            chosen.offer(&["A".into(), "1".into(), Cell::Empty, amount.into()]);
        }
        let left = chosen.finish().expect("chosen");
        let amounts: Vec<&Cell> = left.rows.iter().map(|row| &row.cells[3]).collect();
        assert_eq!(
            amounts,
            [4_999, 4_998, 4_997].map(|cents| Money::from_cents(cents).into()).iter().collect::<Vec<_>>()
        );
        assert!(left.notes[0].starts_with("3 of 5,000 rows"), "{:?}", left.notes);
    }
}
