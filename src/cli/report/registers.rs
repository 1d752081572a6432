//! Registers of some days: write-offs, refunds, adjustments, and the day sheet. Each reads the entries of its days only.

use std::collections::BTreeMap;

use super::super::names::Payers;
use super::span::Span;
use crate::domain::entry::{Entry, Posting, Source};
use crate::domain::movement::Line;
use crate::domain::{Account, Date, Money};
use crate::report::{Cell, Column, Table};
use crate::store::{ReadPeriods, Snapshot, StoreError};

/// What the office gave up: reason, user, account
#[derive(clap::Args, Debug)]
pub struct WriteOffArgs {
    #[command(flatten)]
    span: Span,
}

/// Credits given back, and money sent back, to payers and patients
#[derive(clap::Args, Debug)]
pub struct RefundArgs {
    #[command(flatten)]
    span: Span,
}

/// What payers and the office took off, by reason and payer
#[derive(clap::Args, Debug)]
pub struct AdjustmentArgs {
    #[command(flatten)]
    span: Span,
}

/// Charges, payments, adjustments and write-offs of each day, by source and user
#[derive(clap::Args, Debug)]
pub struct DaySheetArgs {
    #[command(flatten)]
    span: Span,
}

/// A register of single acts: one row for each entry with a leg on one of the accounts.
fn register(
    tables: &Snapshot,
    span: &Span,
    as_of: Date,
    (name, title, empty): (&'static str, &'static str, &'static str),
    sign: i64,
    wanted: impl Fn(Account) -> bool,
) -> Result<Table, StoreError> {
    let columns = vec![
        Column::date("posted_on", "Posted"),
        Column::id("entry", "Entry"),
        Column::id("claim_id", "Claim"),
        Column::text("payer", "Payer").flexible(),
        Column::text("account", "Account"),
        Column::money("amount", "Amount"),
        Column::text("rule", "Rule"),
        Column::text("reason", "Reason").wrapping().personal(),
        Column::text("user", "User"),
        Column::id("reverses", "Undoes"),
        Column::date("effective_on", "Own date").machine_only(),
    ];
    let mut table = span.name(Table::new(name, title, columns).basis("posted").empty(empty), as_of);
    let payers = Payers::read(tables)?;
    let (from, to) = span.days(as_of);
    for item in tables.entries_of_days(Some(from), to)? {
        let (id, entry) = item?;
        for posting in entry.postings.iter().filter(|p| wanted(p.account)) {
            table.push(vec![
                entry.posted_on.into(),
                Cell::Count(id.0),
                entry.claim.map(|claim| claim.0).into(),
                whose(&entry, posting, &payers).into(),
                posting.account.to_string().into(),
                (if sign < 0 { -posting.amount } else { posting.amount }).into(),
                entry.rule.as_str().into(),
                entry.memo.as_str().into(),
                entry.user.as_str().into(),
                entry.reverses.map(|entry| entry.0).into(),
                entry.effective_on.into(),
            ]);
        }
    }
    table.sum_up();
    Ok(table)
}

/// The payer of a leg; where it names none, that of the receivable on the other side.
fn whose(entry: &Entry, posting: &Posting, payers: &Payers) -> Option<String> {
    let named = |p: &&Posting| p.payer.0 != 0;
    let other = entry.postings.iter().filter(|p| p.account.bucket().is_some());
    let payer = std::iter::once(posting).chain(other).find(named)?.payer;
    Some(payers.name(payer).to_owned())
}

/// The write-off register.
pub fn write_offs(tables: &Snapshot, args: &WriteOffArgs, as_of: Date) -> Result<Table, StoreError> {
    write_offs_of(tables, &args.span, as_of)
}

/// The same, for a span.
pub fn write_offs_of(tables: &Snapshot, span: &Span, as_of: Date) -> Result<Table, StoreError> {
    let words = ("write-offs", "Write-offs", "Nothing was written off on these days.");
    let mut table = register(tables, span, as_of, words, 1, Account::is_writeoff)?;
    table.note("An amount below zero takes an earlier write-off back; the entry it undoes is named.");
    Ok(table)
}

/// The refund register.
pub fn refunds(tables: &Snapshot, args: &RefundArgs, as_of: Date) -> Result<Table, StoreError> {
    refunds_of(tables, &args.span, as_of)
}

/// The same, for a span.
pub fn refunds_of(tables: &Snapshot, span: &Span, as_of: Date) -> Result<Table, StoreError> {
    let words = ("refunds", "Refunds", "Nothing was given back on these days.");
    let refund = |account| matches!(account, Account::RefundInsurance | Account::RefundPatient);
    let mut table = register(tables, span, as_of, words, -1, refund)?;
    table.note("What the office owes or sent back: credits of claims, and waiting money that was released.");
    Ok(table)
}

/// Adjustments by reason and payer.
pub fn adjustments(tables: &Snapshot, args: &AdjustmentArgs, as_of: Date) -> Result<Table, StoreError> {
    adjustments_of(tables, &args.span, as_of)
}

/// The same, for a span.
pub fn adjustments_of(tables: &Snapshot, span: &Span, as_of: Date) -> Result<Table, StoreError> {
    let columns = vec![
        Column::text("account", "Account"),
        Column::text("group", "Group"),
        Column::text("carc", "Reason"),
        Column::text("payer", "Payer").flexible(),
        Column::count("entries", "Postings"),
        Column::money("amount", "Amount"),
    ];
    let table = Table::new("adjustments", "Adjustments by reason", columns);
    let table = table.basis("posted").empty("Nothing was taken off on these days.");
    let mut table = span.name(table, as_of);
    let payers = Payers::read(tables)?;
    let (from, to) = span.days(as_of);
    let mut sums: BTreeMap<(Account, String, String, String), (u64, Money)> = BTreeMap::new();
    for item in tables.entries_of_days(Some(from), to)? {
        let (_, entry) = item?;
        for posting in entry.postings.iter().filter(|p| p.account.is_adjustment()) {
            let group = posting.reason.and_then(|r| r.group).map(|g| g.to_string()).unwrap_or_default();
            let carc = posting.reason.map(|r| r.code.to_string()).unwrap_or_default();
            let payer = whose(&entry, posting, &payers).unwrap_or_default();
            let sum = sums.entry((posting.account, group, carc, payer)).or_default();
            sum.0 += 1;
            sum.1 += posting.amount;
        }
    }
    for ((account, group, carc, payer), (count, amount)) in sums {
        let cells = [account.to_string(), group, carc, payer].map(Cell::Text);
        table.push([cells.to_vec(), vec![count.into(), amount.into()]].concat());
    }
    table.sum_up();
    table.note(
        "What persons adjusted has no reason code. Write-offs are not among these: see `report write-offs`.",
    );
    Ok(table)
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
pub fn day_sheet(tables: &Snapshot, args: &DaySheetArgs, as_of: Date) -> Result<Table, StoreError> {
    day_sheet_of(tables, &args.span, as_of)
}

/// The same, for a span.
pub fn day_sheet_of(tables: &Snapshot, span: &Span, as_of: Date) -> Result<Table, StoreError> {
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
