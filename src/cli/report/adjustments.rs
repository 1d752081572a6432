//! `arrears report adjustments`: what was taken off, by reason, payer or account.

use super::super::names::Payers;
use super::super::parse;
use super::span::Span;
use super::whose::payer;
use crate::codes;
use crate::domain::Date;
use crate::domain::entry::{Entry, Posting, Source};
use crate::report::Table;
use crate::report::adjustments::{self, Adjustment, By};
use crate::store::{ReadPeriods, Snapshot, StoreError};

/// What payers and the office took off charges
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears report adjustments --period 2024-03
  arrears report adjustments --by payer --from 2024-01-01 --to 2024-03-31

Write-offs are not among them: `arrears report write-offs`.")]
pub struct Args {
    /// What the rows are
    #[arg(long, value_parser = parse::word(By::ALL, By::as_str), default_value = "reason")]
    by: By,
    #[command(flatten)]
    span: Span,
}

/// The adjustments that were asked for.
pub fn table(tables: &Snapshot, args: &Args, as_of: Date) -> Result<Table, StoreError> {
    of(tables, args.by, &args.span, as_of)
}

/// The adjustments of a span.
pub fn of(tables: &Snapshot, by: By, span: &Span, as_of: Date) -> Result<Table, StoreError> {
    let payers = Payers::read(tables)?;
    let (from, to) = span.days(as_of);
    let mut items = Vec::new();
    for item in tables.entries_of_days(Some(from), to)? {
        let (_, entry) = item?;
        for posting in entry.postings.iter().filter(|posting| posting.account.is_adjustment()) {
            let (key, companion) = key(by, &entry, posting, &payers);
            items.push(Adjustment {
                key,
                companion,
                claim: entry.claim,
                account: posting.account,
                amount: posting.amount,
                reversal: entry.reverses.is_some() || entry.source == Source::Reversal,
            });
        }
    }
    Ok(span.name(adjustments::table(by, items), as_of))
}

fn key(by: By, entry: &Entry, posting: &Posting, payers: &Payers) -> (String, Option<String>) {
    match by {
        By::Account => (posting.account.to_string(), None),
        By::Payer => match payer(entry, posting) {
            Some(payer) => (payers.name(payer).to_owned(), payers.ident(payer).map(str::to_owned)),
            None => ("(no payer named)".to_owned(), None),
        },
        By::Reason => match posting.reason {
            Some(reason) => {
                let summary = codes::carc(reason.code).map(|carc| carc.summary.to_owned());
                (reason.to_string(), summary)
            }
            None => ("(by hand)".to_owned(), None),
        },
    }
}
