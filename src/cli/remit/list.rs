//! `arrears remit list`: remittances as they stand, or stood at the end of a past day.

use crate::books::standing::{self, Standing};
use crate::cli::names;
use crate::domain::Date;
use crate::domain::book::{RemitRecord, RemitStatus};
use crate::report::{Column, Known, Table};
use crate::store::{Read, Snapshot, StoreError};

fn columns() -> Vec<Column> {
    vec![
        Column::id("remit_id", "Remit"),
        Column::text("payer", "Payer").flexible(),
        Column::text("trace", "Trace"),
        Column::text("method", "Method"),
        Column::money("paid", "Paid"),
        Column::date("posted_on", "Posted"),
        Column::count("claims", "Claims"),
        Column::count("matched", "Matched"),
        Column::count("unapplied", "Left over"),
        Column::money("plb", "PLB"),
        Column::text("status", "Status").one_of(STATUSES.map(RemitStatus::as_str)),
    ]
}

const STATUSES: [RemitStatus; 4] =
    [RemitStatus::Posted, RemitStatus::Held, RemitStatus::Reversed, RemitStatus::SetAside];

/// The remittances as they stand now, or stood at the end of a past day.
pub(super) fn list(tables: &Snapshot, held: bool, past: Option<Date>) -> Result<Table, StoreError> {
    let payers = names::Payers::read(tables)?;
    // Nothing of a held one waits or is on a claim.
    let standing = if held { None } else { Some(Standing::read(tables, past)?) };
    let remits = tables.remits()?.collect::<Result<Vec<_>, _>>()?;
    let known = remits.into_iter().filter_map(|remit| Some((standing::status(&remit, past)?, remit)));
    let mut remits: Vec<(RemitStatus, RemitRecord)> =
        known.filter(|(status, _)| !held || *status == RemitStatus::Held).collect();
    remits.sort_by_key(|(_, remit)| std::cmp::Reverse((remit.posted_on, remit.id)));
    let mut columns = columns();
    columns.iter_mut().filter(|c| c.key == "payer").for_each(|c| c.known = Known::Names(payers.all()));
    let words = if held { "No remittance is held." } else { "No remittances yet." };
    let mut table = Table::new("remits", "Remittances", columns)
        .empty(words)
        .counting("status", RemitStatus::Posted.as_str());
    table.as_of = past;
    for (status, remit) in &remits {
        table.push(vec![
            remit.id.0.into(),
            payers.name(remit.payer).into(),
            remit.header.trace.as_str().into(),
            remit.header.method.as_str().into(),
            remit.header.paid.into(),
            remit.posted_on.into(),
            remit.claims.into(),
            standing.as_ref().map_or(0, |standing| standing.matched(remit)).into(),
            standing.as_ref().map_or(0, |standing| standing.left_over(remit)).into(),
            remit.plb.into(),
            status.as_str().into(),
        ]);
    }
    table.sum_up();
    let posted = remits.iter().filter(|(status, _)| *status == RemitStatus::Posted).count();
    if posted > 0 && posted < remits.len() {
        table.note("The totals count what is in the books: remittances that are posted.");
    }
    Ok(table)
}
