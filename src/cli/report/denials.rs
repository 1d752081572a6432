//! `arrears report denials`: every case that was open on a day, added up.

use super::super::{names, parse};
use crate::books::balances;
use crate::codes;
use crate::denial::category;
use crate::domain::case::DenialCase;
use crate::domain::{ClaimId, Date, Money};
use crate::report::Table;
use crate::report::denials::{self, DenialItem};
use crate::store::{Read, Snapshot, StoreError};

/// What payers refused, and what came of it
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears report denials
  arrears report denials --by payer --from 2024-01-01 --to 2024-03-31
  arrears report denials --by root-cause

A service's dollars count once, however often it was denied. A denial counts on the day it was first made.")]
pub struct Args {
    /// What the rows are
    #[arg(long, value_parser = parse::word(denials::By::ALL, denials::By::as_str), default_value = "reason")]
    by: denials::By,
    /// First denied on this day or later
    #[arg(long, value_parser = parse::date, value_name = "DATE")]
    from: Option<Date>,
    /// First denied on this day or earlier
    #[arg(long, value_parser = parse::date, value_name = "DATE")]
    to: Option<Date>,
}

/// The denials as `demo` shows them.
pub fn by_reason(tables: &Snapshot, as_of: Date) -> Result<Table, StoreError> {
    table(tables, &Args { by: denials::By::Reason, from: None, to: None }, as_of)
}

/// The denials that were asked for.
pub fn table(tables: &Snapshot, args: &Args, as_of: Date) -> Result<Table, StoreError> {
    let payers = names::Payers::read(tables)?;
    let question = denials::Question { by: args.by, from: args.from, to: args.to, as_of };
    let mut items: Vec<DenialItem<'static>> = Vec::new();
    let closed = balances::closed_month(tables, as_of)?;
    for item in tables.claim_states()? {
        let (claim, state) = item?;
        if state.cases.is_empty() {
            continue;
        }
        for case in balances::cases_as_of(tables, claim, &state, as_of, closed)? {
            let Some(on) = case.denied_on().filter(|on| *on <= as_of) else { continue };
            if args.from.is_some_and(|from| on < from) || args.to.is_some_and(|to| on > to) {
                continue;
            }
            add_case(tables, &payers, args.by, claim, &case, on, &mut items)?;
        }
    }
    Ok(denials::table(&question, items))
}

fn add_case(
    tables: &Snapshot,
    payers: &names::Payers,
    by: denials::By,
    claim: ClaimId,
    case: &DenialCase,
    on: Date,
    items: &mut Vec<DenialItem<'static>>,
) -> Result<(), StoreError> {
    let preventable = codes::carc(case.reason.code).is_some_and(|carc| carc.preventable);
    let of = |denied: Money| if preventable { denied } else { Money::ZERO };
    let whole = |key: String, key_id: Option<String>, summary: Option<&'static str>| DenialItem {
        claim,
        key: key.into(),
        key_id: key_id.map(Into::into),
        summary: summary.map(Into::into),
        cases: 1,
        lines: case.lines.len() as u64,
        denied: case.denied(),
        preventable: of(case.denied()),
        recovered: case.recovered(),
        written_off: case.written_off(),
        open: case.open(),
    };
    match by {
        denials::By::Reason => {
            let summary = codes::carc(case.reason.code).map(|carc| carc.summary);
            items.push(whole(case.reason.to_string(), None, summary));
        }
        denials::By::Category => {
            items.push(whole(category(case.reason, &case.remarks).to_owned(), None, None))
        }
        denials::By::RootCause => {
            let cause = category(case.reason, &case.remarks);
            let who = codes::category(cause).map(|category| category.who);
            items.push(whole(cause.to_owned(), None, who));
        }
        denials::By::Month => items.push(whole(on.month().to_string(), None, None)),
        denials::By::Payer => {
            let ident = payers.ident(case.payer).map(str::to_owned);
            items.push(whole(payers.name(case.payer).to_owned(), ident, None));
        }
        denials::By::Provider => {
            let Some(record) = tables.claim(claim)? else { return Ok(()) };
            let provider = record.claim.provider();
            items.push(whole(names::provider_name(provider).to_owned(), Some(provider.npi.clone()), None));
        }
        denials::By::Procedure => {
            let Some(record) = tables.claim(claim)? else { return Ok(()) };
            for (at, line) in case.lines.iter().enumerate() {
                let service = record.claim.lines.iter().find(|l| l.number == line.line);
                let procedure = service.map_or("(whole claim)", |l| match l.procedure.as_str() {
                    "" => l.revenue_code.as_str(),
                    code => code,
                });
                items.push(DenialItem {
                    cases: u64::from(at == 0),
                    lines: 1,
                    denied: line.denied,
                    preventable: of(line.denied),
                    recovered: line.recovered,
                    written_off: line.written_off,
                    open: line.open,
                    ..whole(procedure.to_owned(), None, None)
                });
            }
        }
    }
    Ok(())
}
