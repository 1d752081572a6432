//! `arrears report recovery`: how denials ended.

use std::collections::HashMap;

use super::super::{names, parse};
use crate::books::denials;
use crate::denial::category;
use crate::domain::case::{DenialCase, DeniedLine};
use crate::domain::{CaseId, Date, Money};
use crate::report::Table;
use crate::report::recovery::{self, By, Dollars, Item, Word};
use crate::store::{Snapshot, StoreError};

/// What came of denials: overturned, upheld, open
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears report recovery
  arrears report recovery --by reason --from 2024-01-01 --to 2024-03-31
  arrears report recovery --by level")]
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
    let mut works: HashMap<CaseId, (Word, u8)> = HashMap::new();
    denials::each_work(tables, as_of, |case, _, work| {
        works.insert(case, (Word::of(work.state), work.level));
    })?;
    let items = denials::as_of(tables, as_of, |case, on| {
        if args.from.is_some_and(|from| on < from) || args.to.is_some_and(|to| on > to) {
            return None;
        }
        let (word, level) = works.get(&case.id).copied().unwrap_or_default();
        let (key, key_id) = key(&payers, args.by, case, level);
        Some(Item { key, key_id, dollars: dollars(case), word })
    })?;
    let mut table = recovery::table(args.by, as_of, &items);
    for (name, day) in [("from", args.from), ("to", args.to)] {
        table.parameters.extend(day.map(|day| (name, day.to_string())));
    }
    Ok(table)
}

/// What the group of a case is called, and what tells groups of one name apart.
fn key(payers: &names::Payers, by: By, case: &DenialCase, level: u8) -> (String, Option<String>) {
    match by {
        By::Payer => (payers.name(case.payer).to_owned(), payers.ident(case.payer).map(str::to_owned)),
        By::Reason => (case.reason.to_string(), None),
        By::Category => (category(case.reason, &case.remarks).to_owned(), None),
        By::Level if level == 0 => ("no appeal".to_owned(), Some("0".to_owned())),
        By::Level => (format!("appeal-{level}"), Some(level.to_string())),
    }
}

/// What became of the dollars of a case.
pub(super) fn dollars(case: &DenialCase) -> Dollars {
    let sum = |of: fn(&DeniedLine) -> Money| case.lines.iter().map(of).sum();
    Dollars {
        denied: case.denied(),
        recovered: case.recovered(),
        written_off: case.written_off(),
        to_patient: sum(|line| line.to_patient),
        to_next: sum(|line| line.to_next),
        open: case.open(),
    }
}
