//! `arrears report day-sheet`: what each day brought, by source and user, and what the bank saw of it. Reads the entries of
//! its days only.

use std::collections::BTreeMap;

use super::span::Span;
use crate::domain::entry::{Entry, Source};
use crate::domain::movement::Line;
use crate::domain::{Account, Date, Money, Text};
use crate::report::{Cell, Column, Table};
use crate::store::{ReadDeposits, Snapshot, StoreError, Visit};

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

/// A day's money: what was posted as cash, and what came to the bank.
#[derive(Default)]
struct Banked {
    posted: Money,
    deposits: u64,
    deposited: Money,
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
        Column::money("deposited", "At the bank"),
        Column::money("deposited_less_posted", "Bank less cash"),
    ];
    let table =
        Table::new("day-sheet", "Day sheet", columns).basis("posted").empty("No entries on these days.");
    let mut table = span.name(table, as_of);
    let (from, to) = span.days(as_of);
    let mut sheets: BTreeMap<(Date, Source, Text), Sheet> = BTreeMap::new();
    tables.visit_entries_of_days(Some(from), to, |_, entry| {
        let key = (entry.posted_on, entry.source, entry.user.clone());
        sheets.entry(key).or_default().add(entry);
    })?;
    let mut banked = banked(tables, from, to)?;
    for ((day, ..), sheet) in &sheets {
        if let Some(banked) = &mut banked {
            banked.entry(*day).or_default().posted += sheet.insurance + sheet.patient;
        }
    }
    let mut rows: Vec<(Date, Vec<Cell>)> = Vec::new();
    for ((day, source, user), sheet) in sheets {
        rows.push((
            day,
            vec![
                day.into(),
                source.as_str().into(),
                user.as_str().into(),
                sheet.entries.into(),
                sheet.charges.into(),
                sheet.insurance.into(),
                sheet.patient.into(),
                sheet.adjustments.into(),
                sheet.write_offs.into(),
                sheet.refunds.into(),
                sheet.unapplied.into(),
                Cell::Empty,
                Cell::Empty,
            ],
        ));
    }
    for (day, of_bank) in banked.into_iter().flatten() {
        if of_bank.deposits > 0 || !of_bank.posted.is_zero() {
            let mut cells = vec![Cell::Empty; table.columns.len()];
            (cells[0], cells[1]) = (day.into(), "bank".into());
            (cells[11], cells[12]) = (of_bank.deposited.into(), (of_bank.deposited - of_bank.posted).into());
            rows.push((day, cells));
        }
    }
    // Stable: the bank comes last on its day.
    rows.sort_by_key(|(day, _)| *day);
    rows.into_iter().for_each(|(_, cells)| table.push(cells));
    table.sum_up();
    table.note("Payments are cash, whatever it was for; unapplied is how much more of it waits for a claim than before.");
    table.note("What a file brought stands under the user who imported it.");
    table.note("Bank: what came to it on the day, and that less the cash posted on the day; `report three-way` says what belongs together.");
    Ok(table)
}

/// What came to the bank on each day; nothing where no money was seen there until the last of them: then its files are
/// not imported.
fn banked(tables: &Snapshot, from: Date, to: Date) -> Result<Option<BTreeMap<Date, Banked>>, StoreError> {
    let (mut seen, mut days) = (false, BTreeMap::<Date, Banked>::new());
    for item in tables.deposits()? {
        let deposit = item?;
        seen |= deposit.posted_on <= to;
        if from <= deposit.posted_on && deposit.posted_on <= to {
            let day = days.entry(deposit.posted_on).or_default();
            day.deposits += 1;
            day.deposited += deposit.amount;
        }
    }
    Ok(seen.then_some(days))
}
