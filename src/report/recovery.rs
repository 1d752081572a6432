//! Recovery: how denials ended, and what came back. `domain/kpi.md` section 6 (overturn rate).

use std::collections::BTreeMap;

use super::column::Column;
use super::table::{Cell, Table};
use super::words::words;
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
    }
}

/// How a denial stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The payer paid something, and nothing is denied any more.
    Overturned,
    /// Nothing was paid, and it was written off.
    Upheld,
    /// Nothing is denied any more, nothing was paid or written off: the payer named it otherwise, or it was moved.
    Otherwise,
    /// Something is still to be won.
    Open,
}

/// One case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What the group is called.
    pub key: String,
    /// What tells groups of one name apart.
    pub key_id: Option<String>,
    /// How it stands.
    pub end: End,
    /// What was refused, each service once.
    pub denied: Money,
    /// What was paid after all.
    pub recovered: Money,
    /// What is still to be won.
    pub open: Money,
}

#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    cases: u64,
    overturned: u64,
    upheld: u64,
    otherwise: u64,
    open_cases: u64,
    denied: Money,
    recovered: Money,
    resolved: Money,
    won: Money,
    open: Money,
}

impl Sums {
    fn add(&mut self, item: &Item) {
        self.cases += 1;
        self.denied += item.denied;
        self.recovered += item.recovered;
        self.open += item.open;
        match item.end {
            End::Open => self.open_cases += 1,
            End::Overturned => self.overturned += 1,
            End::Upheld => self.upheld += 1,
            End::Otherwise => self.otherwise += 1,
        }
        if matches!(item.end, End::Overturned | End::Upheld) {
            self.resolved += item.denied;
            self.won += item.recovered;
        }
    }

    fn cells(&self) -> Vec<Cell> {
        let decided = self.overturned + self.upheld;
        let count = |n: u64| Money::from_cents(i64::try_from(n).unwrap_or(i64::MAX));
        vec![
            self.cases.into(),
            self.overturned.into(),
            self.upheld.into(),
            self.otherwise.into(),
            self.open_cases.into(),
            Percent::of(count(self.overturned), count(decided)).into(),
            self.denied.into(),
            self.recovered.into(),
            (self.resolved - self.won).into(),
            self.open.into(),
            Percent::of(self.won, self.resolved).into(),
        ]
    }
}

/// The table: most denied first.
#[must_use]
pub fn table(by: By, as_of: Date, items: &[Item]) -> Table {
    let mut groups: BTreeMap<(String, Option<String>), Sums> = BTreeMap::new();
    let mut all = Sums::default();
    for item in items {
        groups.entry((item.key.clone(), item.key_id.clone())).or_default().add(item);
        all.add(item);
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, sums)| std::cmp::Reverse(sums.denied));
    let title = match by {
        By::Payer => "Payer",
        By::Reason => "Reason",
        By::Category => "Category",
    };
    let mut columns = vec![Column::text(by.as_str(), title).flexible()];
    if by == By::Payer {
        columns.push(Column::text("payer_id", "Identifier").machine_only());
    }
    columns.extend([
        Column::count("cases", "Cases"),
        Column::count("overturned", "Overturned"),
        Column::count("upheld", "Upheld"),
        Column::count("otherwise", "Otherwise"),
        Column::count("open_cases", "Open"),
        Column::percent("rate", "Overturned %"),
        Column::money("denied", "Denied"),
        Column::money("recovered", "Recovered"),
        Column::money("lost", "Lost"),
        Column::money("open", "Still open"),
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
        "Overturned: the payer paid something, and nothing is denied any more. Upheld: nothing was paid, and it was written off. \
         Otherwise: nothing is denied any more, and nothing was paid or written off; it was named otherwise or moved. \
         Overturned % is of overturned and upheld (n={}); Recovered % is dollars recovered of dollars denied in those. \
         A case counts on the day it was first denied.",
        all.overturned + all.upheld
    ));
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(key: &str, end: End, denied: i64, recovered: i64, open: i64) -> Item {
        let cents = Money::from_cents;
        let (denied, recovered, open) = (cents(denied), cents(recovered), cents(open));
        Item { key: key.to_owned(), key_id: None, end, denied, recovered, open }
    }

    #[test]
    fn rates_are_of_what_was_decided() {
        let items = [
            item("CO-16", End::Overturned, 10_000, 8_000, 0),
            item("CO-16", End::Upheld, 10_000, 0, 0),
            item("CO-16", End::Open, 50_000, 1_000, 49_000),
            item("CO-16", End::Otherwise, 7_000, 0, 0),
            item("CO-50", End::Open, 100, 0, 100),
        ];
        let table = table(By::Reason, Date::from_number(739_000), &items);
        let cells = &table.rows[0].cells;
        assert_eq!(cells[1..6], [4, 1, 1, 1, 1].map(Cell::Count));
        let percent =
            |part, whole| Cell::from(Percent::of(Money::from_cents(part), Money::from_cents(whole)));
        assert_eq!(cells[6], percent(1, 2));
        assert_eq!(cells[9], Cell::Money(Money::from_cents(12_000)), "lost: 200 decided, 80 won");
        assert_eq!(cells[11], percent(8_000, 20_000));
        assert_eq!(table.rows[1].cells[6], Cell::Empty, "nothing is decided, there is no rate");
        assert!(table.notes[0].contains("n=2"));
    }
}
