//! `arrears report recovery`: how denials ended.

use super::super::{names, parse};
use crate::books::balances;
use crate::denial::category;
use crate::domain::entry::Reason;
use crate::domain::{Code, Date, Money, PayerId};
use crate::report::Table;
use crate::report::recovery::{self, By, End, Item};
use crate::store::{Read, Snapshot, StoreError};

/// What came of denials: overturned, upheld, open
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears report recovery
  arrears report recovery --by reason --from 2024-01-01 --to 2024-03-31
  arrears report recovery --by category")]
pub struct Args {
    /// What the rows are
    #[arg(long, value_parser = parse::word(By::ALL, By::as_str), default_value = "payer")]
    by: By,
    /// First denied on this day or later
    #[arg(long, value_parser = parse::date, value_name = "DATE")]
    from: Option<Date>,
    /// First denied on this day or earlier
    #[arg(long, value_parser = parse::date, value_name = "DATE")]
    to: Option<Date>,
}

/// The report.
pub fn table(tables: &Snapshot, args: &Args, as_of: Date) -> Result<Table, StoreError> {
    let payers = names::Payers::read(tables)?;
    let closed = balances::closed_month(tables, as_of)?;
    let mut items = Vec::new();
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
            let (key, key_id) = key(&payers, args.by, case.payer, case.reason, &case.remarks);
            items.push(Item {
                key,
                key_id,
                end: end(case.open(), case.recovered(), case.written_off()),
                denied: case.denied(),
                recovered: case.recovered(),
                open: case.open(),
            });
        }
    }
    let mut table = recovery::table(args.by, as_of, &items);
    for (name, day) in [("from", args.from), ("to", args.to)] {
        table.parameters.extend(day.map(|day| (name, day.to_string())));
    }
    Ok(table)
}

/// What the group of a case is called, and what tells groups of one name apart.
fn key(
    payers: &names::Payers,
    by: By,
    payer: PayerId,
    reason: Reason,
    remarks: &[Code],
) -> (String, Option<String>) {
    match by {
        By::Payer => (payers.name(payer).to_owned(), payers.ident(payer).map(str::to_owned)),
        By::Reason => (reason.to_string(), None),
        By::Category => (category(reason, remarks).to_owned(), None),
    }
}

fn end(open: Money, recovered: Money, written_off: Money) -> End {
    match (open.is_positive(), recovered.is_positive(), written_off.is_positive()) {
        (true, ..) => End::Open,
        (_, true, _) => End::Overturned,
        (_, _, true) => End::Upheld,
        _ => End::Otherwise,
    }
}
