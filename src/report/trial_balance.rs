//! The trial balance: what stands on each account, and that it all comes to nothing.
//!
//! Each balance stands on its side, debit or credit, as accountants write it: turnovers would depend on the detours
//! that money took, such as a payment that came before its claim. Adding up the postings is the caller's.

use super::column::Column;
use super::table::{Cell, Table};
use crate::domain::{Date, Money};

/// One account: its name and what stands on it; debits positive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountLine {
    /// Such as `ar:insurance:open` or `plb:WO`.
    pub account: String,
    /// Debits less credits.
    pub balance: Money,
}

/// The table, in the order given. Accounts on which nothing stands are left out.
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
    for AccountLine { account, balance } in lines {
        if balance.is_zero() {
            continue;
        }
        let (debit, credit) = (balance.max(Money::ZERO), (-balance).max(Money::ZERO));
        table.push(vec![account.into(), debit.into(), credit.into(), balance.into()]);
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

    fn line(account: &str, cents: i64) -> AccountLine {
        AccountLine { account: account.to_owned(), balance: Money::from_cents(cents) }
    }

    #[test]
    fn balances_stand_on_their_side_and_come_to_nothing() {
        let day = Date::parse_iso("2024-03-31").expect("a day");
        let lines = [line("ar:insurance:open", 6000), line("unapplied", 0), line("cash:insurance", 4000)];
        let table = table(day, lines.into_iter().chain([line("revenue:charges", -10_000)]));
        let money = |cents| Cell::Money(Money::from_cents(cents));
        assert_eq!(table.rows.len(), 3, "nothing stands on unapplied");
        assert_eq!(table.rows[0].cells[1..], [money(6000), money(0), money(6000)]);
        assert_eq!(table.rows[2].cells[1..], [money(0), money(10_000), money(-10_000)]);
        assert_eq!(table.totals, Some(vec![Cell::Empty, money(10_000), money(10_000), money(0)]));
        assert!(table.notes.is_empty());
    }

    #[test]
    fn a_difference_is_said_aloud() {
        let day = Date::parse_iso("2024-03-31").expect("a day");
        assert_eq!(table(day, [line("cash:insurance", 1)]).notes.len(), 1);
    }
}
