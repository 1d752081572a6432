//! `arrears report takebacks`: money that payers took back after they had paid it.

use super::super::names::Payers;
use super::super::parse;
use super::span::Span;
use crate::books::takebacks::{How, of_days};
use crate::domain::Date;
use crate::report::Table;
use crate::report::takebacks::{By, Row, sums, table as register};
use crate::store::{Snapshot, StoreError};

/// Money that payers took back after they had paid it: when, why, with what notice, what came back
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears report takebacks --from 2026-01-01 --to 2026-06-30
  arrears report takebacks --period 2026-03 --by payer

A payment that is reversed and paid again on the same day is no takeback; only what is less is. Money
taken at provider level stands here once `plb apply` put it on its claim; before that it is in
`plb list`.")]
pub struct Args {
    #[command(flatten)]
    span: Span,
    /// Sums by payer or month
    #[arg(long, value_name = "WHAT", value_parser = parse::word(By::ALL, By::as_str))]
    by: Option<By>,
}

/// The register that was asked for.
pub fn table(tables: &Snapshot, args: &Args, as_of: Date) -> Result<Table, StoreError> {
    let payers = Payers::read(tables)?;
    let (from, to) = args.span.days(as_of);
    let rows: Vec<Row> = of_days(tables, from, to, as_of)?
        .into_iter()
        .map(|taken| Row {
            on: Some(taken.on),
            claim: taken.claim.id.0,
            control_number: taken.claim.claim.control_number.as_str().to_owned(),
            payer: payers.name(taken.payer).to_owned(),
            how: match taken.how {
                How::Reversed => "reversal",
                How::AtProviderLevel => "provider-level",
            },
            amount: taken.amount,
            paid_on: taken.paid_on,
            reasons: taken.reasons.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
            notice: taken.announced.map(|(item, on)| format!("item {item}, {on}")),
            denial: taken.denial.map(|id| id.0),
            dispute_by: taken.dispute.0,
            dispute_rule: taken.dispute.1,
            recovered: taken.recovered,
        })
        .collect();
    let table = args.by.map_or_else(|| register(&rows), |by| sums(&rows, by));
    Ok(args.span.name(table, as_of))
}
