//! `arrears report rollforward`: what the receivables were, what moved them, what they are.

use std::collections::BTreeMap;

use super::super::names::Payers;
use super::super::parse;
use super::span::Span;
use crate::books::credits::financial_class;
use crate::books::rollforward::{self, Roll};
use crate::domain::movement::Line;
use crate::domain::{Date, Month};
use crate::report::Table;
use crate::report::rollforward::{By, Figures, by_group, by_line};
use crate::store::{Read, Snapshot, StoreError};

/// Receivables from the beginning to the end of a month, and what moved them
///
/// Opening, charges, payments, adjustments, write-offs, refunds and transfers add up to closing; the difference says
/// what they do not explain, and is 0.00.
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears report rollforward --period 2024-03
  arrears report rollforward --period 2024-03 --by payer")]
pub struct Args {
    /// The month [default: that of the as-of date]
    #[arg(long, value_parser = parse::month, value_name = "YYYY-MM")]
    period: Option<Month>,
    /// One row for each; without it, one for each line
    #[arg(long, value_parser = parse::word(By::ALL, By::as_str))]
    by: Option<By>,
}

/// The roll-forward of a month.
pub fn table(tables: &Snapshot, args: &Args, as_of: Date) -> Result<Table, StoreError> {
    of(tables, args.period.unwrap_or_else(|| as_of.month()), args.by)
}

/// The same, for a month and a grouping.
pub fn of(tables: &Snapshot, month: Month, by: Option<By>) -> Result<Table, StoreError> {
    let (from, to) = Span::month(month).days(month.last_day());
    let whole = rollforward::whole(tables, Some(from), to)?;
    let Some(by) = by else { return Ok(by_line(month, &figures(&whole))) };
    let payers = Payers::read(tables)?;
    let records: BTreeMap<_, _> = tables.payers()?.into_iter().map(|payer| (payer.id, payer)).collect();
    let mut groups: BTreeMap<(String, Option<String>), Roll> = BTreeMap::new();
    for (payer, roll) in rollforward::by_payer(tables, Some(from), to)? {
        let key = match by {
            By::Payer => (payers.name(payer).to_owned(), payers.ident(payer).map(str::to_owned)),
            By::FinancialClass => (records.get(&payer).map_or("unknown", financial_class).to_owned(), None),
        };
        groups.entry(key).or_default().add(&roll);
    }
    let rows = groups.into_iter().map(|((name, id), roll)| (name, id, figures(&roll)));
    Ok(by_group(month, by, rows.collect(), &figures(&whole)))
}

fn figures(roll: &Roll) -> Figures {
    let lines = Line::ALL.iter().filter(|line| **line != Line::Receivable);
    Figures {
        opening: roll.opening,
        lines: lines.map(|line| (*line, roll.line(*line))).collect(),
        closing: roll.closing,
    }
}
