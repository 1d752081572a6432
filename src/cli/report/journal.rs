//! `arrears report journal`: the entries of some days, leg by leg; and what came late into a later month.

use std::collections::BTreeMap;

use super::super::names::Payers;
use super::super::parse;
use super::span::Span;
use crate::books::balances;
use crate::domain::entry::{Entry, Posting};
use crate::domain::{Account, Code, Date, EntryId, Money, Month};
use crate::report::{Cell, Column, Table};
use crate::store::{Snapshot, StoreError, Visit};

/// The journal of some days: every entry, leg by leg
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears report journal --period 2024-03 -o march.csv
  arrears report journal --from 2024-03-04 --to 2024-03-08")]
pub struct Args {
    #[command(flatten)]
    span: Span,
}

/// An account with the PLB code of a clearing account, as reports name it.
pub fn account_name(account: Account, code: Code) -> String {
    if code == Code::NONE { account.to_string() } else { format!("{account}:{code}") }
}

/// The account of a posting.
pub fn account_of(posting: &Posting) -> String {
    match posting.reason {
        Some(reason) if posting.account == Account::Plb => account_name(posting.account, reason.code),
        _ => posting.account.to_string(),
    }
}

/// The journal.
pub fn table(tables: &Snapshot, args: &Args, as_of: Date) -> Result<Table, StoreError> {
    of(tables, &args.span, as_of)
}

/// The same, for a span.
pub fn of(tables: &Snapshot, span: &Span, as_of: Date) -> Result<Table, StoreError> {
    let columns = vec![
        Column::date("posted_on", "Posted"),
        Column::id("entry", "Entry"),
        Column::text("source", "Source"),
        Column::text("rule", "Rule").flexible(),
        Column::id("claim_id", "Claim"),
        Column::id("remit_id", "Remittance"),
        Column::text("account", "Account"),
        Column::text("payer", "Payer").flexible(),
        Column::text("reason", "Reason"),
        Column::money("debit", "Debit"),
        Column::money("credit", "Credit"),
        Column::date("effective_on", "Own date"),
        Column::text("user", "User").machine_only(),
        Column::text("memo", "Memo").machine_only().personal(),
        Column::id("reverses", "Reverses").machine_only(),
    ];
    let table = Table::new("journal", "Journal", columns).basis("posted").empty("No entries on these days.");
    let mut table = span.name(table, as_of);
    let payers = Payers::read(tables)?;
    let (from, to) = span.days(as_of);
    tables.visit_entries_of_days(Some(from), to, |id, entry| {
        for posting in &entry.postings {
            table.push(leg(id, entry, posting, &payers));
        }
    })?;
    table.sum_up();
    table.note(
        "An entry has an own date where that lay in a closed month; it is posted on the first open day then.",
    );
    Ok(table)
}

fn leg(id: EntryId, entry: &Entry, posting: &Posting, payers: &Payers) -> Vec<Cell> {
    vec![
        entry.posted_on.into(),
        Cell::Count(id.0),
        entry.source.as_str().into(),
        entry.rule.as_str().into(),
        entry.claim.map(|claim| claim.0).into(),
        entry.remit.map(|remit| remit.0).into(),
        account_of(posting).into(),
        (posting.payer.0 != 0).then(|| payers.name(posting.payer).to_owned()).into(),
        posting.reason.map(|reason| reason.to_string()).into(),
        posting.amount.max(Money::ZERO).into(),
        (-posting.amount).max(Money::ZERO).into(),
        entry.effective_on.into(),
        entry.user.as_str().into(),
        entry.memo.as_str().into(),
        entry.reverses.map(|entry| entry.0).into(),
    ]
}

/// What came late for a closed month, and what its accounts would be with it
///
/// Lists each entry that was posted later because the month was closed, with its effect on each account, and ends with
/// the accounts as they stood and as they would stand.
#[derive(clap::Args, Debug)]
pub struct RestateArgs {
    /// The month
    #[arg(long, value_parser = parse::month, value_name = "YYYY-MM")]
    period: Month,
}

/// What came late.
pub fn restate(tables: &Snapshot, args: &RestateArgs) -> Result<Table, StoreError> {
    let month = args.period;
    let columns = vec![
        Column::id("entry", "Entry"),
        Column::date("effective_on", "Own date"),
        Column::date("posted_on", "Posted"),
        Column::text("source", "Source"),
        Column::text("rule", "Rule").flexible(),
        Column::id("claim_id", "Claim"),
        Column::text("account", "Account"),
        Column::money("amount", "Effect"),
        Column::money("stood", "Stood"),
        Column::money("restated", "Would stand"),
    ];
    let mut table = Table::new("restate", format!("Late items of {month}"), columns)
        .as_of(month.last_day())
        .basis("effective")
        .parameter("period", month.to_string())
        .empty("Nothing came late for this month.");
    let mut effects: BTreeMap<(Account, String), Money> = BTreeMap::new();
    let later = Some(month.next().first_day());
    tables.visit_entries_of_days(later, Date::from_number(i32::MAX), |id, entry| {
        let Some(own) = entry.effective_on.filter(|own| own.month() == month) else { return };
        for posting in &entry.postings {
            *effects.entry((posting.account, account_of(posting))).or_default() += posting.amount;
            table.push(vec![
                Cell::Count(id.0),
                own.into(),
                entry.posted_on.into(),
                entry.source.as_str().into(),
                entry.rule.as_str().into(),
                entry.claim.map(|claim| claim.0).into(),
                account_of(posting).into(),
                posting.amount.into(),
                Cell::Empty,
                Cell::Empty,
            ]);
        }
    })?;
    let mut stood: BTreeMap<String, Money> = BTreeMap::new();
    for ((account, code), amount) in balances::accounts(tables, month.last_day())? {
        *stood.entry(account_name(account, code)).or_default() += amount;
    }
    for ((_, name), effect) in effects.into_iter().filter(|(_, effect)| !effect.is_zero()) {
        let before = stood.get(&name).copied().unwrap_or_default();
        let mut cells = vec![Cell::Empty; 6];
        cells.extend([name.into(), effect.into(), before.into(), (before + effect).into()]);
        table.push(cells);
    }
    table.note("The last rows: each account as it stood at the month's end, and as it would stand with what came late.");
    table.note("An entry that resequencing took back later is listed with its negation; both count.");
    Ok(table)
}
