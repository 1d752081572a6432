//! The trial balance: what stands on each account, and that it all comes to nothing.
//!
//! Each balance stands on its side, debit or credit, as accountants write it: turnovers would depend on the detours
//! that money took, such as a payment that came before its claim. Adding up the postings is the caller's.

use super::column::Column;
use super::table::{Cell, Table};
use crate::domain::{Date, Money, Month};

/// One account: its name and what stands on it; debits positive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountLine {
    /// Such as `ar:insurance:open` or `plb:WO`.
    pub account: String,
    /// Debits less credits before the month began.
    pub opening: Money,
    /// What moved on it in the month, until the day.
    pub month: Money,
    /// What moved on it in the calendar year, until the day.
    pub year: Money,
    /// Debits less credits on the day.
    pub balance: Money,
}

impl AccountLine {
    fn is_still(&self) -> bool {
        [self.opening, self.month, self.year].iter().all(|amount| amount.is_zero())
    }
}

/// The table of a day, in the order given. Accounts on which nothing stands are left out; of a month, those on which nothing
/// stood or moved.
#[must_use]
pub fn table(as_of: Date, period: Option<Month>, lines: impl IntoIterator<Item = AccountLine>) -> Table {
    let of_month = |column: Column| if period.is_some() { column } else { column.machine_only() };
    let of_day = |column: Column| if period.is_some() { column.machine_only() } else { column };
    let columns = vec![
        Column::text("account", "Account"),
        of_month(Column::money("opening", "Opening")),
        of_month(Column::money("month", "Month")),
        of_month(Column::money("year_to_date", "Year to date")),
        of_day(Column::money("debit", "Debit")),
        of_day(Column::money("credit", "Credit")),
        Column::money("balance", if period.is_some() { "Closing" } else { "Balance" }),
    ];
    let title = period.map_or_else(|| "Trial balance".to_owned(), |month| format!("Trial balance · {month}"));
    let mut table = Table::new("trial-balance", title, columns).as_of(as_of).empty("No entries yet.");
    for line in lines {
        if line.balance.is_zero() && (period.is_none() || line.is_still()) {
            continue;
        }
        let balance = line.balance;
        let (debit, credit) = (balance.max(Money::ZERO), (-balance).max(Money::ZERO));
        let amounts = [line.opening, line.month, line.year, debit, credit, balance];
        let account = Cell::Text(line.account);
        table.push([account].into_iter().chain(amounts.map(Cell::Money)).collect());
    }
    table.sum_up();
    if let Some(Cell::Money(balance)) = table.totals.as_deref().and_then(<[Cell]>::last)
        && !balance.is_zero()
    {
        table.note("Debits and credits differ: the ledger is damaged. Run `arrears db check`.");
    }
    match period {
        None => table,
        Some(month) => {
            table.note("Opening + month = closing; debits are positive, credits below zero. Year to date: what moved since January the 1st.");
            table.parameter("period", month.to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(account: &str, [opening, month, year]: [i64; 3]) -> AccountLine {
        let [opening, month, year] = [opening, month, year].map(Money::from_cents);
        AccountLine { account: account.to_owned(), opening, month, year, balance: opening + month }
    }

    fn money(cents: i64) -> Cell {
        Cell::Money(Money::from_cents(cents))
    }

    #[test]
    fn balances_stand_on_their_side_and_come_to_nothing() {
        let day = Date::parse_iso("2024-03-31").expect("a day");
        let lines = [
            line("ar:insurance:open", [6000, 0, 0]),
            line("unapplied", [0, 0, 0]),
            line("cash:insurance", [4000, 0, 0]),
        ];
        let table = table(day, None, lines.into_iter().chain([line("revenue:charges", [-10_000, 0, 0])]));
        assert_eq!(table.rows.len(), 3, "nothing stands on unapplied");
        assert_eq!(table.rows[0].cells[4..], [money(6000), money(0), money(6000)]);
        assert_eq!(table.rows[2].cells[4..], [money(0), money(10_000), money(-10_000)]);
        let totals = table.totals.expect("totals");
        assert_eq!(totals[4..], [money(10_000), money(10_000), money(0)]);
        assert!(table.notes.is_empty());
    }

    #[test]
    fn a_month_opens_moves_and_closes() {
        let day = Date::parse_iso("2024-03-31").expect("a day");
        let lines = [
            line("cash:insurance", [4000, 500, 1500]),
            // What came and went stands in the month all the same.
            line("unapplied", [-300, 300, 0]),
            line("plb:WO", [0, 0, 0]),
            line("revenue:charges", [-3700, -800, -1500]),
        ];
        let table = table(day, Some(day.month()), lines);
        let rows: Vec<&[Cell]> = table.rows.iter().map(|row| &row.cells[1..]).collect();
        assert_eq!(rows.len(), 3, "{rows:?}");
        assert_eq!(rows[0][..3], [money(4000), money(500), money(1500)]);
        assert_eq!(rows[0][5], money(4500));
        assert_eq!((&rows[1][0], &rows[1][5]), (&money(-300), &money(0)));
        assert_eq!(table.totals.expect("totals")[1..4], [money(0), money(0), money(0)]);
    }

    #[test]
    fn a_difference_is_said_aloud() {
        let day = Date::parse_iso("2024-03-31").expect("a day");
        assert_eq!(table(day, None, [line("cash:insurance", [1, 0, 0])]).notes.len(), 1);
    }
}
