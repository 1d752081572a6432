//! What payers and the office took off charges, by reason, payer or account. Write-offs are not among them.
//!
//! A reversal counts below zero on the day on which it was posted: nothing is taken out of an earlier month.

use std::collections::BTreeMap;

use super::column::Column;
use super::table::{Cell, Table};
use super::words::words;
use crate::domain::{Account, ClaimId, ClaimSet, Money, Percent};

words! {
    /// What the rows are.
    By {
        /// Group and reason code, such as `CO-45`.
        Reason = "reason",
        /// Who took it off.
        Payer = "payer",
        /// The adjustment account.
        Account = "account",
    }
}

/// What was taken off.
#[derive(Clone, Debug, Default)]
pub struct Sums {
    claims: ClaimSet,
    contractual: Money,
    reduction: Money,
    contra: Money,
    other: Money,
    reversed: Money,
}

impl Sums {
    /// Adds a leg on an adjustment account ([`Account::is_adjustment`]): how much was taken off, below zero where it was put
    /// back, and whether that negates an earlier entry.
    pub fn add(&mut self, claim: Option<ClaimId>, account: Account, amount: Money, reversal: bool) {
        self.claims.extend(claim);
        let sum = match account {
            Account::Contractual => &mut self.contractual,
            Account::Reduction => &mut self.reduction,
            Account::Contra => &mut self.contra,
            _ => &mut self.other,
        };
        *sum += amount;
        if reversal {
            self.reversed += amount;
        }
    }

    /// Adds more.
    pub fn absorb(&mut self, more: &Sums) {
        self.claims.absorb(&more.claims);
        self.contractual += more.contractual;
        self.reduction += more.reduction;
        self.contra += more.contra;
        self.other += more.other;
        self.reversed += more.reversed;
    }

    fn total(&self) -> Money {
        self.contractual + self.reduction + self.contra + self.other
    }

    fn figures(&self, all: Money) -> Vec<Cell> {
        vec![
            Cell::Count(self.claims.len()),
            self.contractual.into(),
            self.reduction.into(),
            self.contra.into(),
            self.other.into(),
            self.total().into(),
            self.reversed.into(),
            Percent::of(self.total(), all).into(),
        ]
    }
}

/// What a row is called, and what belongs to the name: the meaning of a reason, the identifier of a payer.
pub type Label = (String, Option<String>);

/// The table: most taken off first. Groups that are called the same are one row; payers by their identifiers too.
#[must_use]
pub fn table(by: By, groups: impl IntoIterator<Item = (Label, Sums)>) -> Table {
    let mut named: BTreeMap<Label, Sums> = BTreeMap::new();
    let mut all = Sums::default();
    for (label, sums) in groups {
        all.absorb(&sums);
        named.entry(label).or_default().absorb(&sums);
    }
    let mut groups: Vec<_> = named.into_iter().collect();
    groups.sort_by_key(|(_, sums)| std::cmp::Reverse(sums.total()));
    let mut table = Table::new("adjustments", format!("Adjustments by {by}"), columns(by))
        .basis("posted")
        .parameter("by", by.as_str())
        .empty("Nothing was taken off on these days.");
    let labels = if by == By::Account { 1 } else { 2 };
    for ((name, companion), sums) in groups {
        let label = [name.into(), companion.into()].into_iter().take(labels);
        table.push(label.chain(sums.figures(all.total())).collect());
    }
    let label = [Cell::Empty, Cell::Empty].into_iter().take(labels);
    table.set_totals(label.chain(all.figures(all.total())).collect());
    table.note("Reversals are included with their sign, on the day of the reversal; `reversed` says how much of the total they are.");
    table.note("Contractual: by contract. Reduction: cut by the payer. Contra: allowed above the charge (CARC 94), below zero. Other: of no other kind.");
    table.note(
        "What persons adjusted has no reason code. Write-offs are not among these: see `report write-offs`.",
    );
    table
}

fn columns(by: By) -> Vec<Column> {
    let mut columns = match by {
        By::Reason => {
            vec![Column::text("reason", "Reason"), Column::text("summary", "Meaning").wrapping()]
        }
        By::Payer => vec![
            Column::text("payer", "Payer").flexible(),
            Column::text("payer_id", "Identifier").machine_only(),
        ],
        By::Account => vec![Column::text("account", "Account")],
    };
    columns.extend([
        Column::count("claims", "Claims"),
        Column::money("contractual", "Contractual"),
        Column::money("reduction", "Reduction"),
        Column::money("contra", "Contra"),
        Column::money("other", "Other"),
        Column::money("total", "Total"),
        Column::money("reversed", "Reversed"),
        Column::percent("share", "Share"),
    ]);
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(claim: u64, key: &str, account: Account, cents: i64, reversal: bool) -> (Label, Sums) {
        let mut sums = Sums::default();
        sums.add(Some(ClaimId(claim)), account, Money::from_cents(cents), reversal);
        ((key.to_owned(), None), sums)
    }

    fn money(cents: i64) -> Cell {
        Cell::Money(Money::from_cents(cents))
    }

    #[test]
    fn reversals_count_below_zero_and_claims_once() {
        let table = table(
            By::Reason,
            [
                item(1, "CO-253", Account::Reduction, 100, false),
                item(1, "CO-45", Account::Contractual, 5000, false),
                item(1, "CO-45", Account::Contractual, -5000, true),
                item(1, "CO-45", Account::Contractual, 4500, false),
                item(2, "OA-94", Account::Contra, -600, false),
            ],
        );
        let keys: Vec<&Cell> = table.rows.iter().map(|row| &row.cells[0]).collect();
        assert_eq!(keys, [&"CO-45".into(), &"CO-253".into(), &Cell::from("OA-94")]);
        assert_eq!(
            table.rows[0].cells[2..8],
            [Cell::Count(1), money(4500), money(0), money(0), money(0), money(4500)]
        );
        assert_eq!(table.rows[0].cells[8], money(-5000));
        let totals = table.totals.expect("totals");
        assert_eq!(
            totals[2..8],
            [Cell::Count(2), money(4500), money(100), money(-600), money(0), money(4000)]
        );
        assert_eq!(totals[9], Percent::of_counts(1, 1).into());
    }

    #[test]
    fn nothing_taken_off_has_no_shares() {
        let table = table(By::Account, []);
        assert_eq!(table.totals.expect("totals").last(), Some(&Cell::Empty));
    }
}
