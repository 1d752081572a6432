//! The bank, the remittances and the books side by side: only where the three do not say the same.

use super::column::Column;
use super::table::Table;
use crate::domain::{Date, Money};

/// Something that one of the three says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// What it is, such as `money without a remittance`.
    pub what: &'static str,
    /// The numbers of its deposits.
    pub deposits: String,
    /// The numbers of its remittances.
    pub remits: String,
    /// The payer, where one is known.
    pub payer: String,
    /// The trace number, or what the bank wrote.
    pub trace: String,
    /// Its day.
    pub on: Option<Date>,
    /// What came to the bank.
    pub bank: Money,
    /// What the remittances paid.
    pub remitted: Money,
    /// What was posted of them, and of what came less or more.
    pub posted: Money,
}

impl Item {
    /// Whether the three say the same.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.bank == self.remitted && self.remitted == self.posted
    }
}

/// The table; with `all`, those that agree as well.
#[must_use]
pub fn table(as_of: Date, items: impl IntoIterator<Item = Item>, all: bool) -> Table {
    let columns = vec![
        Column::text("what", "What"),
        Column::text("deposits", "Deposits"),
        Column::text("remits", "Remits"),
        Column::text("payer", "Payer").flexible(),
        Column::text("trace", "Trace").flexible(),
        Column::date("on", "Day"),
        Column::money("bank", "Bank"),
        Column::money("remitted", "Remitted"),
        Column::money("posted", "Posted"),
        Column::money("bank_less_remitted", "Bank less remitted"),
        Column::money("remitted_less_posted", "Remitted less posted"),
        Column::count("age_days", "Days"),
    ];
    let mut table = Table::new("three-way", "Bank, remittances and books", columns)
        .as_of(as_of)
        .empty("The bank, the remittances and the books say the same.");
    let mut same = (0u64, Money::ZERO);
    for item in items {
        if item.agrees() {
            same = (same.0 + 1, same.1 + item.posted);
            if !all {
                continue;
            }
        }
        let age = item.on.and_then(|on| u64::try_from(as_of.days_since(on)).ok());
        table.push(vec![
            item.what.into(),
            item.deposits.into(),
            item.remits.into(),
            item.payer.into(),
            item.trace.into(),
            item.on.into(),
            item.bank.into(),
            item.remitted.into(),
            item.posted.into(),
            (item.bank - item.remitted).into(),
            (item.remitted - item.posted).into(),
            age.into(),
        ]);
    }
    table.sum_up();
    table.blank_total("age_days");
    let are = if same.0 == 1 { "payment is" } else { "payments are" };
    table
        .note(format!("{} {are} the same at the bank, in remittances and in the books: {}.", same.0, same.1));
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_agrees_is_counted_and_not_shown() {
        let cents = Money::from_cents;
        let item = |bank, remitted, posted| Item {
            what: "matched",
            on: Date::from_ymd(2026, 3, 1),
            bank: cents(bank),
            remitted: cents(remitted),
            posted: cents(posted),
            ..Item::default()
        };
        let day = Date::from_ymd(2026, 3, 31).expect("a day");
        let items = || [item(500, 500, 500), item(400, 500, 500), item(0, 300, 0)];
        let differing = table(day, items(), false);
        assert_eq!(differing.rows.len(), 2);
        let totals = differing.totals.expect("totals");
        assert_eq!(totals[9..11], [cents(-400).into(), cents(300).into()]);
        assert_eq!(
            differing.notes,
            ["1 payment is the same at the bank, in remittances and in the books: 5.00."]
        );
        assert_eq!(table(day, items(), true).rows.len(), 3);
    }
}
