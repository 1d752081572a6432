//! `arrears export`: what other programs take in.

mod folder;
mod month_end;

use std::collections::{BTreeMap, BTreeSet};

use super::account::Numbers;
use super::report::journal::{account_name, account_of};
use super::report::span::Span;
use super::{Context, Failure, Outcome, ledger};
use crate::books::balances;
use crate::domain::deed::{Deed, DeedVerb, Object};
use crate::domain::{Account, Date, Money};
use crate::render::Format;
use crate::report::{Cell, Column, Table};
use crate::store::{Snapshot, StoreError, Visit};

/// Write what other programs take in
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand, Debug)]
enum What {
    Gl(GlArgs),
    MonthEnd(month_end::Args),
}

/// Write the journal for the office's general ledger: balanced, without anything about patients
///
/// One line for each day and account, as CSV unless `--format` says otherwise; with `--detail` one for each leg of each entry.
/// Accounts bear the numbers of `arrears account map`; those without one are named.
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears export gl --period 2024-03 -o gl-2024-03.csv
  arrears export gl --period 2024-03 --detail")]
struct GlArgs {
    #[command(flatten)]
    span: Span,
    /// Every leg of every entry
    #[arg(long)]
    detail: bool,
}

/// Writes.
pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    let args = match &args.what {
        What::Gl(args) => args,
        What::MonthEnd(args) => return month_end::run(args, context),
    };
    context.printer.may_write()?;
    let tables = context.read()?;
    let (table, unmapped) =
        gl(&tables, &args.span, args.detail, context.as_of).map_err(|error| context.refuse(error))?;
    let mut printer = context.printer.clone();
    // What nobody chose a form for is meant for a program.
    if !printer.chosen {
        printer.format = Format::Csv;
    }
    let days = args.span.days(context.as_of);
    printer.table(table)?;
    drop(tables);
    let deed = Deed::new(DeedVerb::ExportGl, Object::Ledger);
    ledger::record(context, &deed.says(format!("{} to {}", days.0, days.1)));
    if unmapped.is_empty() {
        return Ok(Outcome::Done);
    }
    let names = unmapped.into_iter().collect::<Vec<_>>().join(", ");
    context
        .printer
        .say(&format!("Without a number in the general ledger: {names}. See `arrears account map`."));
    Ok(Outcome::WithProblems)
}

/// The lines for the general ledger, and the accounts among them that have no number there.
pub(super) fn gl(
    tables: &Snapshot,
    span: &Span,
    detail: bool,
    as_of: Date,
) -> Result<(Table, BTreeSet<String>), StoreError> {
    let mut columns = vec![Column::date("date", "Date")];
    if detail {
        columns.push(Column::id("entry", "Entry"));
    }
    columns.extend([
        Column::text("number", "Number"),
        Column::text("account", "Account"),
        Column::money("debit", "Debit"),
        Column::money("credit", "Credit"),
    ]);
    let table = Table::new("gl", "Journal for the general ledger", columns);
    let table = table.basis("posted").empty("No entries on these days.");
    let mut table = span.name(table, as_of);
    let numbers = Numbers::read(tables)?;
    let mut unmapped = BTreeSet::new();
    let mut put = |on: Date, entry: Option<u64>, account: String, amount: Money| {
        let number = numbers.of(&account);
        if number.is_none() {
            unmapped.insert(account.clone());
        }
        let mut cells = vec![on.into()];
        cells.extend(entry.map(Cell::Count));
        cells.extend([
            number.into(),
            account.into(),
            amount.max(Money::ZERO).into(),
            (-amount).max(Money::ZERO).into(),
        ]);
        table.push(cells);
    };
    let (from, to) = span.days(as_of);
    if detail {
        tables.visit_entries_of_days(Some(from), to, |id, entry| {
            for posting in &entry.postings {
                put(entry.posted_on, Some(id.0), account_of(posting), posting.amount);
            }
        })?;
    } else {
        let mut sums: BTreeMap<(Date, Account, String), Money> = BTreeMap::new();
        for (on, (account, code), amount) in balances::moved_on_accounts(tables, Some(from), to)? {
            *sums.entry((on, account, account_name(account, code))).or_default() += amount;
        }
        sums.into_iter().for_each(|((on, _, name), amount)| put(on, None, name, amount));
    }
    table.sum_up();
    Ok((table, unmapped))
}
