//! What was open at the end of a day: claims in credit, money that waits for its claim.

use super::super::names::Payers;
use crate::books::credits;
use crate::books::standing::waiting;
use crate::domain::Date;
use crate::report::{Cell, Column, Kind, Table};
use crate::store::{Read, Snapshot, StoreError};

/// Claims in credit: who overpaid, since when, and the clock of Medicare and Medicaid
#[derive(clap::Args, Debug)]
pub struct CreditArgs {}

/// Money that waited for its claim at the end of a day
#[derive(clap::Args, Debug)]
pub struct UnappliedArgs {}

/// Claims in credit at the end of a day.
pub fn credits(tables: &Snapshot, as_of: Date) -> Result<Table, StoreError> {
    let columns = vec![
        Column::id("claim_id", "Claim"),
        Column::text("control_number", "Control number"),
        Column::text("overpaid_by", "Overpaid by"),
        Column::text("payer", "Payer").flexible(),
        Column::date("since", "Since"),
        Column::count("age_days", "Days"),
        Column::money("credit", "Credit"),
        Column::date("deadline", "Return by"),
        Column::new(Kind::Mixed, "days_left", "Days left"),
    ];
    let mut table = Table::new("credits", "Claims in credit", columns)
        .as_of(as_of)
        .basis("posted")
        .empty("No claim is in credit.");
    let payers = Payers::read(tables)?;
    let mut found = credits::credits(tables, as_of)?;
    found.sort_by_key(|credit| (credit.deadline.is_none(), credit.deadline, credit.since, credit.claim));
    for credit in found {
        let number = tables.claim(credit.claim)?.map(|record| record.claim.control_number.to_string());
        let left = credit.days_left(as_of).map(|left| Cell::Text(left.to_string()));
        table.push(vec![
            credit.claim.0.into(),
            number.into(),
            if credit.patient { "patient" } else { "payer" }.into(),
            payers.name(credit.payer).into(),
            credit.since.into(),
            u64::try_from(as_of.days_since(credit.since)).unwrap_or(0).into(),
            credit.amount.into(),
            credit.deadline.into(),
            left.unwrap_or_default(),
        ]);
    }
    table.sum_up();
    table.blank_total("age_days");
    table.note(format!(
        "Medicare and Medicaid want an overpayment back within {} days of its being known; here from the day on which it \
         arose in the books. A good-faith look for related overpayments may hold the clock up to 180 days.",
        credits::CLOCK_DAYS
    ));
    Ok(table)
}

/// What waited in `unapplied` at the end of a day: what waits now, with what left since, without what came since.
pub fn unapplied(tables: &Snapshot, as_of: Date) -> Result<Table, StoreError> {
    let columns = vec![
        Column::id("item_id", "Item"),
        Column::id("remit_id", "Remittance"),
        Column::text("trace", "Trace"),
        Column::text("payer", "Payer").flexible(),
        Column::text("control_number", "Control number"),
        Column::date("posted_on", "Since"),
        Column::count("age_days", "Days"),
        Column::money("amount", "Waiting"),
    ];
    let mut table = Table::new("unapplied", "Money that waits for its claim", columns)
        .as_of(as_of)
        .basis("posted")
        .empty("No money waited for a claim on that day.");
    let payers = Payers::read(tables)?;
    for (id, amount) in waiting(tables, Some(as_of))?.into_iter().filter(|(_, amount)| !amount.is_zero()) {
        let Some(payment) = tables.payment(id)? else { continue };
        let remit = tables.remit(payment.remit)?;
        let since = remit.map_or(payment.posted_on, |remit| remit.posted_on);
        table.push(vec![
            id.0.into(),
            payment.remit.0.into(),
            payment.trace.as_str().into(),
            payers.name(payment.payer).into(),
            payment.payment.control_number.as_str().into(),
            since.into(),
            u64::try_from(as_of.days_since(since)).unwrap_or(0).into(),
            amount.into(),
        ]);
    }
    table.sum_up();
    table.blank_total("age_days");
    table.note("`arrears unapplied list` shows what waits now, why, and what it might belong to.");
    Ok(table)
}
