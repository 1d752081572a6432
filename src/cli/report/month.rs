//! Which reports are the books of a month, and in which order an accountant reads them.

use super::span::Span;
use super::{
    adjustments, aging, allowance, collections, day_sheet, denials, deposits, kpi, open_items, plb, refunds,
    rollforward, three_way, tie_out, trial_balance, write_offs,
};
use crate::domain::Month;
use crate::report::adjustments::By as AdjustmentBy;
use crate::report::aging::{By, Responsibility};
use crate::report::rollforward::By as RollBy;
use crate::report::{Buckets, Table};
use crate::store::{Snapshot, StoreError};

/// The reports of a month as of its last day, each with a short name.
pub fn of_month(tables: &Snapshot, month: Month) -> Result<Vec<(&'static str, Table)>, StoreError> {
    let (day, span) = (month.last_day(), Span::month(month));
    let aging = |by, responsibility| aging::of(tables, by, responsibility, day);
    let differences = |period| three_way::Args { period, all: false };
    Ok(vec![
        ("Tie-out", tie_out::of(tables, month)?),
        ("Roll-forward", rollforward::of(tables, month, None)?),
        ("Roll-forward by payer", rollforward::of(tables, month, Some(RollBy::Payer))?),
        ("Roll-forward by class", rollforward::of(tables, month, Some(RollBy::FinancialClass))?),
        ("Trial balance", trial_balance::of(tables, Some(month), day)?),
        ("Aging by payer", aging(By::Payer, Responsibility::All)?),
        ("Aging, insurance", aging(By::Payer, Responsibility::Insurance)?),
        ("Aging, patient", aging(By::Patient, Responsibility::Patient)?),
        ("Aging, who owes", aging(By::Responsibility, Responsibility::All)?),
        ("Day sheet", day_sheet::of(tables, &span, day)?),
        ("Collections", collections::of(tables, &span, false, day)?),
        ("Credits", open_items::credits(tables, day)?),
        ("Unapplied", open_items::unapplied(tables, day)?),
        ("Write-offs", write_offs::of(tables, &span, day)?),
        ("Refunds", refunds::of(tables, &span, day)?),
        ("Adjustments", adjustments::of(tables, AdjustmentBy::Reason, &span, day)?),
        ("Denials by reason", denials::by_reason(tables, day)?),
        ("Key figures", kpi::of(tables, &span, day)?),
        ("Provider-level items", plb::open(tables, day)?),
        ("Provider-level movement", plb::movement(tables, month)?),
        ("Deposits", deposits::table(tables, day)?),
        ("Three-way", three_way::table(tables, &differences(None), day)?),
        ("Three-way of the month", three_way::table(tables, &differences(Some(month)), day)?),
        ("Allowance", allowance::of(tables, allowance::LOOK_BACK, Buckets::default(), day)?),
    ])
}
