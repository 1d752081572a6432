//! `arrears report productivity`: who did what.

use super::span::Span;
use crate::domain::case::CaseAct;
use crate::domain::entry::{Entry, Source};
use crate::domain::followup::FollowUpAct;
use crate::domain::{Date, Money};
use crate::report::Table;
use crate::report::productivity::{self, Touch, Work};
use crate::store::{Read, ReadPeriods, Snapshot, StoreError};

/// Touches and dollars moved, by user
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears report productivity --period 2024-03
  arrears report productivity --from 2024-03-01 --to 2024-03-15")]
pub struct Args {
    #[command(flatten)]
    span: Span,
}

/// The report.
pub fn table(tables: &Snapshot, args: &Args, as_of: Date) -> Result<Table, StoreError> {
    let (from, to) = args.span.days(as_of);
    let within = |on: Date| on >= from && on <= to;
    let mut touches = Vec::new();
    for item in tables.followups()? {
        let (claim, done) = item?;
        if within(done.on) {
            let work = if done.act == FollowUpAct::Call { Work::Call } else { Work::Other };
            touches.push(Touch { user: done.user, claim: Some(claim), work, moved: Money::ZERO });
        }
    }
    for item in tables.entries_of_days(Some(from), to)? {
        let (_, entry) = item?;
        if entry.claim.is_some() && matches!(entry.source, Source::Manual | Source::Transfer) {
            let moved = moved(&entry);
            touches.push(Touch { user: entry.user, claim: entry.claim, work: Work::Money, moved });
        }
    }
    for item in tables.all_case_events()? {
        let (case, event) = item?;
        if event.act.is_by_person() && within(event.on) {
            let claim = tables.case(case)?.map(|case| case.claim);
            touches.push(Touch { user: event.user, claim, work: work(event.act), moved: Money::ZERO });
        }
    }
    Ok(productivity::table(from, to, touches))
}

fn work(act: CaseAct) -> Work {
    match act {
        CaseAct::Call => Work::Call,
        CaseAct::Letter => Work::Letter,
        CaseAct::Appeal => Work::Appeal,
        CaseAct::Resubmit | CaseAct::SendRecords => Work::Sent,
        _ => Work::Other,
    }
}

/// What an entry moves: the sum of its positive legs.
fn moved(entry: &Entry) -> Money {
    entry.postings.iter().map(|posting| posting.amount).filter(|amount| amount.is_positive()).sum()
}
