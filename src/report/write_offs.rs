//! The write-off register: what the office gave up, why, and who decided it.
//!
//! Nothing is netted: a write-off that was undone stands with its reversal, each on its own day.

use super::column::Column;
use super::table::{Cell, Table};
use crate::domain::{Account, ClaimId, Date, EntryId, Money};

/// One write-off, or the undoing of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteOff {
    /// The account: [`Account::is_writeoff`].
    pub account: Account,
    /// The accounting date.
    pub posted_on: Date,
    /// Its own date, where that lay in a closed month.
    pub effective_on: Option<Date>,
    /// Its entry.
    pub entry: EntryId,
    /// The claim.
    pub claim: Option<ClaimId>,
    /// The claim's control number.
    pub control_number: Option<String>,
    /// In whose bucket it stood.
    pub payer: Option<String>,
    /// How much; below zero where an earlier one is undone.
    pub amount: Money,
    /// Why, in a person's words.
    pub reason: String,
    /// Who wrote it off.
    pub user: String,
    /// Who approved it, where a second person had to.
    pub approver: Option<String>,
    /// The entry it undoes.
    pub undoes: Option<EntryId>,
}

/// The register: by kind in the order of the chart, then by day. With several kinds each has a sum.
#[must_use]
pub fn table(mut items: Vec<WriteOff>) -> Table {
    let columns = vec![
        Column::text("kind", "Kind"),
        Column::date("posted_on", "Posted"),
        Column::id("entry", "Entry"),
        Column::id("claim_id", "Claim"),
        Column::text("control_number", "Control number"),
        Column::text("payer", "Payer").flexible(),
        Column::money("amount", "Amount"),
        Column::text("reason", "Reason").wrapping().personal(),
        Column::text("user", "User"),
        Column::text("approver", "Approver"),
        Column::id("undoes", "Undoes"),
        Column::date("effective_on", "Own date").machine_only(),
    ];
    let mut table = Table::new("write-offs", "Write-offs", columns)
        .basis("posted")
        .empty("Nothing was written off on these days.");
    items.sort_by_key(|item| (item.account, item.posted_on, item.entry));
    let several = items.iter().any(|item| item.account != items[0].account);
    for kind in items.chunk_by(|a, b| a.account == b.account) {
        for item in kind {
            table.push(row(item));
        }
        if let Some(first) = kind.first().filter(|_| several) {
            let mut sum = vec![Cell::Empty; table.columns.len()];
            sum[0] = format!("All of {}", word(first.account)).into();
            sum[6] = kind.iter().map(|item| item.amount).sum::<Money>().into();
            table.push_subtotal(sum);
        }
    }
    table.sum_up();
    table.note("An amount below zero undoes an earlier write-off, on the day on which it was undone; `undoes` names the entry.");
    table
}

/// The kind as `claim write-off --kind` takes it.
fn word(account: Account) -> &'static str {
    account.name().trim_start_matches("writeoff:")
}

fn row(item: &WriteOff) -> Vec<Cell> {
    vec![
        word(item.account).into(),
        item.posted_on.into(),
        Cell::Count(item.entry.0),
        item.claim.map(|claim| claim.0).into(),
        item.control_number.clone().into(),
        item.payer.clone().into(),
        item.amount.into(),
        item.reason.as_str().into(),
        item.user.as_str().into(),
        item.approver.clone().into(),
        item.undoes.map(|entry| entry.0).into(),
        item.effective_on.into(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::RowKind;

    fn item(entry: u64, account: Account, cents: i64) -> WriteOff {
        WriteOff {
            account,
            posted_on: Date::from_ymd(2026, 3, 9).expect("a day"),
            effective_on: None,
            entry: EntryId(entry),
            claim: Some(ClaimId(1)),
            control_number: Some("A1".to_owned()),
            payer: None,
            amount: Money::from_cents(cents),
            reason: "too late".to_owned(),
            user: "ann".to_owned(),
            approver: None,
            undoes: (cents < 0).then_some(EntryId(entry - 1)),
        }
    }

    #[test]
    fn kinds_are_summed_and_what_was_undone_comes_to_nothing() {
        let (denial, debt) = (Account::WriteoffDenial, Account::WriteoffBadDebt);
        let table = table(vec![item(9, debt, 700), item(3, denial, -500), item(2, denial, 500)]);
        let kinds: Vec<RowKind> = table.rows.iter().map(|row| row.kind).collect();
        use RowKind::{Item, Subtotal};
        assert_eq!(kinds, [Item, Item, Subtotal, Item, Subtotal]);
        assert_eq!(table.rows[1].cells[10], Cell::Count(2), "names what it undoes");
        assert_eq!(table.rows[2].cells[6], Money::ZERO.into());
        assert_eq!(table.rows[2].cells[0], "All of denial".into());
        assert_eq!(table.totals.expect("totals")[6], Money::from_cents(700).into());
    }

    #[test]
    fn one_kind_needs_no_sum_of_its_own() {
        let table = table(vec![item(2, Account::WriteoffOther, 500)]);
        assert_eq!(table.rows.len(), 1);
        assert_eq!(super::table(Vec::new()).rows.len(), 0);
    }
}
