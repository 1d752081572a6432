//! The trial balance: what stands on each account, and that it all comes to nothing.
//!
//! Adding up the postings is the caller's; the order of the accounts is the chart's.

use super::column::Column;
use super::table::{Cell, Table};
use crate::domain::{Date, Money};

/// One account: its name, its debits and its credits, both without a sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountLine {
    /// Such as `ar:insurance:open` or `plb:WO`.
    pub account: String,
    /// What was put on the left.
    pub debit: Money,
    /// What was put on the right.
    pub credit: Money,
}

/// The table, in the order given.
#[must_use]
pub fn table(as_of: Date, lines: impl IntoIterator<Item = AccountLine>) -> Table {
    let columns = vec![
        Column::text("account", "Account"),
        Column::money("debit", "Debit"),
        Column::money("credit", "Credit"),
        Column::money("balance", "Balance"),
    ];
    let mut table =
        Table::new("trial-balance", "Trial balance", columns).as_of(as_of).empty("No entries yet.");
    for line in lines {
        let balance = line.debit - line.credit;
        table.push(vec![line.account.into(), line.debit.into(), line.credit.into(), balance.into()]);
    }
    table.sum_up();
    if let Some([_, _, _, Cell::Money(balance)]) = table.totals.as_deref()
        && !balance.is_zero()
    {
        table.note("Debits and credits differ: the ledger is damaged. Run `arrears db check`.");
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(account: &str, debit: i64, credit: i64) -> AccountLine {
        let (debit, credit) = (Money::from_cents(debit), Money::from_cents(credit));
        AccountLine { account: account.to_owned(), debit, credit }
    }

    #[test]
    fn balances_come_to_nothing() {
        let day = Date::parse_iso("2024-03-31").expect("a day");
        let lines = [line("ar:insurance:open", 10_000, 4000), line("cash:insurance", 4000, 0)];
        let table = table(day, lines.into_iter().chain([line("revenue:charges", 0, 10_000)]));
        assert_eq!(table.rows[0].cells[3], Money::from_cents(6000).into());
        assert_eq!(table.rows[2].cells[3], Money::from_cents(-10_000).into());
        let money = |cents| Cell::Money(Money::from_cents(cents));
        assert_eq!(table.totals, Some(vec![Cell::Empty, money(14_000), money(14_000), money(0)]));
        assert!(table.notes.is_empty());
    }

    #[test]
    fn a_difference_is_said_aloud() {
        let day = Date::parse_iso("2024-03-31").expect("a day");
        assert_eq!(table(day, [line("cash:insurance", 1, 0)]).notes.len(), 1);
    }
}
