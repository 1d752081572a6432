//! The takeback register as a table: one row a takeback, or sums by payer or month.

use std::collections::BTreeMap;

use super::column::Column;
use super::table::Table;
use super::words::words;
use crate::domain::{Date, Money};

/// One takeback, in the words of the register.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// The accounting date.
    pub on: Option<Date>,
    /// The claim's number in the ledger.
    pub claim: u64,
    /// The claim's control number.
    pub control_number: String,
    /// The payer.
    pub payer: String,
    /// `reversal` or `provider-level`.
    pub how: &'static str,
    /// How much.
    pub amount: Money,
    /// When it had been paid.
    pub paid_on: Option<Date>,
    /// Why.
    pub reasons: String,
    /// The provider-level item by which it was announced before, or nothing.
    pub notice: Option<String>,
    /// The denial that came of it.
    pub denial: Option<u64>,
    /// The last day to dispute it.
    pub dispute_by: Option<Date>,
    /// The rule, or why there is no day.
    pub dispute_rule: String,
    /// What was paid of it on later days.
    pub recovered: Money,
}

impl Row {
    fn days(&self) -> Option<u64> {
        let (on, paid_on) = (self.on?, self.paid_on?);
        u64::try_from(on.days_since(paid_on)).ok()
    }
}

words! {
    /// What rows are put together by.
    By {
        /// The payer.
        Payer = "payer",
        /// The month in which the money was taken.
        Month = "month",
    }
}

/// Every takeback.
#[must_use]
pub fn table(rows: &[Row]) -> Table {
    let columns = vec![
        Column::date("taken_on", "Taken on"),
        Column::id("claim_id", "Claim").machine_only(),
        Column::text("control_number", "Control number"),
        Column::text("payer", "Payer").flexible(),
        Column::text("how", "How").machine_only(),
        Column::money("amount", "Taken"),
        Column::date("paid_on", "Paid on"),
        Column::count("days_since_payment", "Days"),
        Column::text("reasons", "Reasons").flexible(),
        Column::text("notice", "Notice"),
        Column::id("denial_id", "Denial"),
        Column::date("dispute_by", "Dispute by"),
        Column::text("dispute_rule", "Rule").machine_only(),
        Column::money("recovered", "Recovered"),
        Column::money("lost", "Lost"),
    ];
    let mut table = Table::new("takebacks", "Takebacks", columns)
        .basis("posted")
        .empty("No payer took money back on these days.");
    for row in rows {
        table.push(vec![
            row.on.into(),
            row.claim.into(),
            row.control_number.as_str().into(),
            row.payer.as_str().into(),
            row.how.into(),
            row.amount.into(),
            row.paid_on.into(),
            row.days().into(),
            row.reasons.as_str().into(),
            row.notice.as_deref().unwrap_or("none").into(),
            row.denial.into(),
            row.dispute_by.into(),
            row.dispute_rule.as_str().into(),
            row.recovered.into(),
            (row.amount - row.recovered).into(),
        ]);
    }
    table.sum_up();
    table.blank_total("days_since_payment");
    table.note(
        "Days: from the payment to the takeback. Notice: the item by which the payer had said so before. Dispute by: as a \
         denial of that day, by the payer's confirmed rule (`arrears clock list`); `arrears denial letter` writes for a denial.",
    );
    table
}

/// The sums by payer or month.
#[must_use]
pub fn sums(rows: &[Row], by: By) -> Table {
    let head = match by {
        By::Payer => Column::text("payer", "Payer").flexible(),
        By::Month => Column::text("month", "Month"),
    };
    let columns = vec![
        head,
        Column::count("takebacks", "Takebacks"),
        Column::money("amount", "Taken"),
        Column::money("without_notice", "Without notice"),
        Column::count("average_days", "Average days"),
        Column::money("recovered", "Recovered"),
        Column::money("lost", "Lost"),
    ];
    let mut table = Table::new("takebacks", "Takebacks", columns)
        .basis("posted")
        .empty("No payer took money back on these days.");
    let mut groups: BTreeMap<String, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        let group = match by {
            By::Payer => row.payer.clone(),
            By::Month => row.on.map(|on| on.month().to_string()).unwrap_or_default(),
        };
        groups.entry(group).or_default().push(row);
    }
    for (group, rows) in groups {
        let of = |amount: fn(&Row) -> Money| rows.iter().map(|row| amount(row)).sum::<Money>();
        let days: Vec<u64> = rows.iter().filter_map(|row| row.days()).collect();
        let count = days.len() as u64;
        let average = (days.iter().sum::<u64>() + count / 2).checked_div(count);
        let (taken, recovered) = (of(|row| row.amount), of(|row| row.recovered));
        table.push(vec![
            group.into(),
            (rows.len() as u64).into(),
            taken.into(),
            of(|row| if row.notice.is_none() { row.amount } else { Money::ZERO }).into(),
            average.into(),
            recovered.into(),
            (taken - recovered).into(),
        ]);
    }
    table.sum_up();
    table.blank_total("average_days");
    table
}
