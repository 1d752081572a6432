//! `arrears report day-sheet`: what each day brought, by source and user. Reads the entries of its days only.

use std::collections::BTreeMap;

use super::span::Span;
use crate::domain::entry::{Entry, Source};
use crate::domain::movement::Line;
use crate::domain::{Account, Date, Money};
use crate::report::{Column, Table};
use crate::store::{ReadPeriods, Snapshot, StoreError};

/// Charges, payments, adjustments and write-offs of each day, by source and user
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    span: Span,
}

/// A day's figures.
#[derive(Default)]
struct Sheet {
    entries: u64,
    charges: Money,
    insurance: Money,
    patient: Money,
    adjustments: Money,
    write_offs: Money,
    refunds: Money,
    unapplied: Money,
}

impl Sheet {
    fn add(&mut self, entry: &Entry) {
        self.entries += 1;
        for posting in &entry.postings {
            let amount = posting.amount;
            match (posting.account, Line::of(posting.account)) {
                (_, Line::Charges) => self.charges -= amount,
                (Account::CashInsurance, _) => self.insurance += amount,
                (Account::CashPatient, _) => self.patient += amount,
                (Account::Unapplied, _) => self.unapplied -= amount,
                (_, Line::Contractual | Line::OtherAdjustments) => self.adjustments += amount,
                (_, Line::DenialWriteOffs | Line::OtherWriteOffs) => self.write_offs += amount,
                (_, Line::Refunds) => self.refunds -= amount,
                _ => {}
            }
        }
    }
}

/// The day sheet.
pub fn table(tables: &Snapshot, args: &Args, as_of: Date) -> Result<Table, StoreError> {
    of(tables, &args.span, as_of)
}

/// The same, for a span.
pub fn of(tables: &Snapshot, span: &Span, as_of: Date) -> Result<Table, StoreError> {
    let columns = vec![
        Column::date("day", "Day"),
        Column::text("source", "Source"),
        Column::text("user", "User"),
        Column::count("entries", "Entries"),
        Column::money("charges", "Charges"),
        Column::money("insurance_payments", "From payers"),
        Column::money("patient_payments", "From patients"),
        Column::money("adjustments", "Adjustments"),
        Column::money("write_offs", "Write-offs"),
        Column::money("refunds", "Refunds"),
        Column::money("unapplied", "Unapplied"),
    ];
    let table =
        Table::new("day-sheet", "Day sheet", columns).basis("posted").empty("No entries on these days.");
    let mut table = span.name(table, as_of);
    let (from, to) = span.days(as_of);
    let mut sheets: BTreeMap<(Date, Source, String), Sheet> = BTreeMap::new();
    for item in tables.entries_of_days(Some(from), to)? {
        let (_, entry) = item?;
        let key = (entry.posted_on, entry.source, entry.user.clone());
        sheets.entry(key).or_default().add(&entry);
    }
    for ((day, source, user), sheet) in sheets {
        table.push(vec![
            day.into(),
            source.as_str().into(),
            user.into(),
            sheet.entries.into(),
            sheet.charges.into(),
            sheet.insurance.into(),
            sheet.patient.into(),
            sheet.adjustments.into(),
            sheet.write_offs.into(),
            sheet.refunds.into(),
            sheet.unapplied.into(),
        ]);
    }
    table.sum_up();
    table.note("Payments are cash, whatever it was for; unapplied is how much more of it waits for a claim than before.");
    table.note("What a file brought stands under the user who imported it.");
    Ok(table)
}
