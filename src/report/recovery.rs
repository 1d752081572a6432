//! Recovery: how denials ended, and what came back. `docs/rules/kpi.md` section 6 (overturn rate).

use std::collections::BTreeMap;

use super::column::Column;
use super::table::{Cell, Table};
use super::words::words;
use crate::domain::case::CaseState;
use crate::domain::{Date, Money, Percent};

words! {
    /// What the rows are.
    By {
        /// Who refused.
        Payer = "payer",
        /// Group and reason code.
        Reason = "reason",
        /// Kind of cause.
        Category = "category",
        /// The highest level of appeal so far.
        Level = "level",
    }
}

/// How a denial stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The payer paid something, and nobody works the rest any more.
    Overturned,
    /// The payer gave way by letter, and its payment is awaited: won, with no dollars yet.
    Awaited,
    /// Nothing was paid, and it was given up: written off, or closed by hand as it was.
    Upheld,
    /// Nothing was paid or given up: the patient or the next payer was asked instead.
    Moved,
    /// The payer took the denial back, or named it otherwise, and paid nothing.
    Otherwise,
    /// Something is still to be won.
    Open,
}

impl End {
    /// Whether it was won or lost.
    #[must_use]
    pub const fn is_decided(self) -> bool {
        matches!(self, End::Overturned | End::Awaited | End::Upheld)
    }
}

/// What the work on a case says of its end that its dollars do not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Word {
    /// Nothing.
    #[default]
    None,
    /// A person closed it as it was.
    GivenUp,
    /// The payer gave way by letter, and has not paid yet.
    Won,
}

impl Word {
    /// What a state says.
    #[must_use]
    pub const fn of(state: CaseState) -> Word {
        match state {
            CaseState::Resolved => Word::GivenUp,
            CaseState::Overturned => Word::Won,
            _ => Word::None,
        }
    }
}

/// What became of the dollars of a case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dollars {
    /// What was refused, each service once.
    pub denied: Money,
    /// What was paid after all.
    pub recovered: Money,
    /// What was written off.
    pub written_off: Money,
    /// What the patient was asked for.
    pub to_patient: Money,
    /// What the next payer was asked for.
    pub to_next: Money,
    /// What still stands as denied.
    pub open: Money,
}

impl Dollars {
    /// How a case with these dollars stands.
    #[must_use]
    pub fn end(&self, word: Word) -> End {
        let there = Money::is_positive;
        match () {
            () if there(self.open) && word == Word::Won => End::Awaited,
            () if there(self.open) && word != Word::GivenUp => End::Open,
            () if there(self.recovered) => End::Overturned,
            () if there(self.written_off) || there(self.open) => End::Upheld,
            () if there(self.to_patient) || there(self.to_next) => End::Moved,
            () => End::Otherwise,
        }
    }

    fn add(&mut self, other: &Dollars) {
        self.denied += other.denied;
        self.recovered += other.recovered;
        self.written_off += other.written_off;
        self.to_patient += other.to_patient;
        self.to_next += other.to_next;
        self.open += other.open;
    }

    fn moved(&self) -> Money {
        self.to_patient + self.to_next
    }
}

/// One case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What the group is called.
    pub key: String,
    /// What tells groups of one name apart.
    pub key_id: Option<String>,
    /// What became of it.
    pub dollars: Dollars,
    /// What the work on it says.
    pub word: Word,
}

#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    cases: u64,
    overturned: u64,
    awaited: u64,
    upheld: u64,
    moved: u64,
    otherwise: u64,
    open_cases: u64,
    all: Dollars,
    /// Of those that are overturned or upheld.
    decided: Dollars,
    /// Closed by hand with dollars that stand as denied.
    given_up: u64,
    given_up_dollars: Money,
}

impl Sums {
    fn add(&mut self, item: &Item) {
        self.cases += 1;
        self.all.add(&item.dollars);
        let end = item.dollars.end(item.word);
        match end {
            End::Open => self.open_cases += 1,
            End::Overturned => self.overturned += 1,
            End::Awaited => (self.overturned, self.awaited) = (self.overturned + 1, self.awaited + 1),
            End::Upheld => self.upheld += 1,
            End::Moved => self.moved += 1,
            End::Otherwise => self.otherwise += 1,
        }
        if matches!(end, End::Overturned | End::Upheld) {
            self.decided.add(&item.dollars);
        }
        if item.word == Word::GivenUp && item.dollars.open.is_positive() {
            self.given_up += 1;
            self.given_up_dollars += item.dollars.open;
        }
    }

    fn decided(&self) -> u64 {
        self.overturned + self.upheld
    }

    fn cells(&self) -> Vec<Cell> {
        let count = |n: u64| Money::from_cents(i64::try_from(n).unwrap_or(i64::MAX));
        let (all, decided) = (&self.all, &self.decided);
        vec![
            self.cases.into(),
            self.overturned.into(),
            self.upheld.into(),
            self.moved.into(),
            self.otherwise.into(),
            self.open_cases.into(),
            self.decided().into(),
            self.awaited.into(),
            Percent::of(count(self.overturned), count(self.decided())).into(),
            all.denied.into(),
            all.recovered.into(),
            all.written_off.into(),
            all.moved().into(),
            all.to_patient.into(),
            all.to_next.into(),
            (decided.written_off + decided.open).into(),
            all.open.into(),
            Percent::of(decided.recovered, decided.denied).into(),
        ]
    }
}

/// The table: most denied first, levels of appeal in their order.
#[must_use]
pub fn table(by: By, as_of: Date, items: &[Item]) -> Table {
    let mut groups: BTreeMap<(String, Option<String>), Sums> = BTreeMap::new();
    let mut all = Sums::default();
    for item in items {
        groups.entry((item.key.clone(), item.key_id.clone())).or_default().add(item);
        all.add(item);
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    if by == By::Level {
        groups.sort_by(|((_, one), _), ((_, other), _)| one.cmp(other));
    } else {
        groups.sort_by_key(|(_, sums)| std::cmp::Reverse(sums.all.denied));
    }
    let title = match by {
        By::Payer => "Payer",
        By::Reason => "Reason",
        By::Category => "Category",
        By::Level => "Level",
    };
    let mut columns = vec![Column::text(by.as_str(), title).flexible()];
    if by == By::Payer {
        columns.push(Column::text("payer_id", "Identifier").machine_only());
    }
    columns.extend([
        Column::count("cases", "Cases"),
        Column::count("overturned", "Overturned"),
        Column::count("upheld", "Upheld"),
        Column::count("moved_cases", "Moved"),
        Column::count("otherwise", "Otherwise"),
        Column::count("open_cases", "Open"),
        Column::count("n", "n").machine_only(),
        Column::count("awaited", "Not paid yet").machine_only(),
        Column::percent("rate", "Won %"),
        Column::money("denied", "Denied"),
        Column::money("recovered", "Recovered"),
        Column::money("written_off", "Written off").machine_only(),
        Column::money("moved", "Moved on"),
        Column::money("to_patient", "To patient").machine_only(),
        Column::money("to_next", "To next payer").machine_only(),
        Column::money("lost", "Lost").machine_only(),
        Column::money("open", "Still denied"),
        Column::percent("dollar_rate", "Recovered %"),
    ]);
    let mut table = Table::new("recovery", format!("What came of denials, by {by}"), columns)
        .as_of(as_of)
        .basis("denied")
        .parameter("by", by.as_str())
        .empty("No denials.");
    let label = |key: Option<&(String, Option<String>)>| {
        let mut cells = vec![Cell::from(key.map(|(name, _)| name.clone()))];
        if by == By::Payer {
            cells.push(key.and_then(|(_, id)| id.clone()).into());
        }
        cells
    };
    for (key, sums) in &groups {
        table.push([label(Some(key)), sums.cells()].concat());
    }
    table.set_totals([label(None), all.cells()].concat());
    table.note(format!(
        "Overturned: the payer paid something, and nobody works the rest. Upheld: nothing was paid, and it was written off or \
         closed by hand. Moved: the patient or the next payer was asked instead. Otherwise: the payer named it otherwise. \
         Won % is the share of overturned among overturned and upheld (n={}); Recovered % is dollars recovered of dollars denied in those; lost is \
         what was written off of them, or stands as denied after they were closed by hand. A case counts on the day it was first denied.",
        all.decided()
    ));
    if all.awaited > 0 {
        let cases = if all.awaited == 1 { "1 was".to_owned() } else { format!("{} were", all.awaited) };
        table.note(format!(
            "Of the overturned {cases} won by letter and not paid yet: their dollars are in Recovered % once the payer paid."
        ));
    }
    if all.given_up > 0 {
        let cases =
            if all.given_up == 1 { "1 case was".to_owned() } else { format!("{} cases were", all.given_up) };
        table.note(format!(
            "{cases} closed by hand with {} that still stands as denied in the books.",
            all.given_up_dollars
        ));
    }
    if by == By::Level {
        table.note(
            "The level is the highest that was appealed so far; an appeal that is with the payer counts.",
        );
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(key: &str, denied: i64, recovered: i64, written_off: i64, open: i64) -> Item {
        let cents = Money::from_cents;
        let dollars = Dollars {
            denied: cents(denied),
            recovered: cents(recovered),
            written_off: cents(written_off),
            open: cents(open),
            ..Dollars::default()
        };
        Item { key: key.to_owned(), key_id: None, dollars, word: Word::None }
    }

    fn cell<'t>(table: &'t Table, row: usize, key: &str) -> &'t Cell {
        let at = table.columns.iter().position(|column| column.key == key).expect("a column");
        &table.rows[row].cells[at]
    }

    #[test]
    fn rates_are_of_what_was_decided() {
        let cents = Money::from_cents;
        let moved = Dollars { denied: cents(7_000), to_patient: cents(7_000), ..Dollars::default() };
        let items = [
            item("CO-16", 10_000, 8_000, 0, 0),
            item("CO-16", 10_000, 0, 10_000, 0),
            item("CO-16", 50_000, 1_000, 0, 49_000),
            item("CO-16", 7_000, 0, 0, 0),
            Item { dollars: moved, ..item("CO-16", 0, 0, 0, 0) },
            item("CO-50", 100, 0, 0, 100),
        ];
        let table = table(By::Reason, Date::from_number(739_000), &items);
        for (key, n) in [
            ("cases", 5),
            ("overturned", 1),
            ("upheld", 1),
            ("moved_cases", 1),
            ("otherwise", 1),
            ("open_cases", 1),
            ("n", 2),
        ] {
            assert_eq!(*cell(&table, 0, key), Cell::Count(n), "{key}");
        }
        let percent = |part, whole| Cell::from(Percent::of(cents(part), cents(whole)));
        assert_eq!(*cell(&table, 0, "rate"), percent(1, 2));
        assert_eq!(
            *cell(&table, 0, "lost"),
            Cell::Money(cents(10_000)),
            "what the contract took of the one that was won is not lost"
        );
        assert_eq!(*cell(&table, 0, "moved"), Cell::Money(cents(7_000)));
        assert_eq!(*cell(&table, 0, "dollar_rate"), percent(8_000, 20_000));
        assert_eq!(*cell(&table, 1, "rate"), Cell::Empty, "nothing is decided, there is no rate");
        assert!(table.notes[0].contains("n=2"));
    }

    #[test]
    fn what_a_person_closed_as_it_was_is_no_longer_open() {
        let closed = |item: Item| Item { word: Word::GivenUp, ..item };
        let items = [closed(item("CO-16", 500, 0, 0, 500)), closed(item("CO-16", 900, 400, 0, 500))];
        let ends: Vec<End> = items.iter().map(|item| item.dollars.end(item.word)).collect();
        assert_eq!(ends, [End::Upheld, End::Overturned]);
        let table = table(By::Reason, Date::from_number(739_000), &items);
        assert_eq!(
            *cell(&table, 0, "open"),
            Cell::Money(Money::from_cents(1_000)),
            "the books have it still"
        );
        assert!(table.notes[1].starts_with("2 cases were closed by hand with 10.00"), "{}", table.notes[1]);
    }
}
