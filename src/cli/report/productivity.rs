//! `arrears report productivity`: who did what.

use std::collections::HashSet;

use super::span::Span;
use crate::books::denials;
use crate::denial::work::brought;
use crate::domain::case::CaseAct;
use crate::domain::entry::{Entry, Source};
use crate::domain::followup::FollowUpAct;
use crate::domain::{CaseId, Date, Money};
use crate::report::Table;
use crate::report::productivity::{self, Touch, Work};
use crate::store::{Read, Snapshot, StoreError, Visit};

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
            touches.push(Touch::new(done.user, Some(claim), work));
        }
    }
    for item in tables.all_notes()? {
        let (claim, note) = item?;
        if within(note.on) {
            touches.push(Touch::new(note.user, Some(claim), Work::Other));
        }
    }
    money(tables, (from, to), as_of, &mut touches)?;
    let mut about: Vec<(CaseId, Touch)> = Vec::new();
    denials::each_work(tables, to, |case, events, _| {
        for event in events.iter().filter(|event| event.act.is_by_person() && within(event.on)) {
            about.push((case, Touch::new(event.user.clone(), None, work(event.act))));
        }
        for (user, _, amount) in brought(events).into_iter().filter(|(_, on, _)| within(*on)) {
            let touch = Touch::new(user.to_owned(), None, Work::Money);
            touches.push(Touch { recovered: amount, ..touch });
        }
    })?;
    for (case, touch) in about {
        touches.push(Touch { claim: tables.case(case)?.map(|case| case.claim), ..touch });
    }
    Ok(productivity::table(from, to, touches))
}

/// The entries that were made by hand on claims and stand: no money came in with them, and nobody undid them.
fn money(
    tables: &Snapshot,
    (from, to): (Date, Date),
    as_of: Date,
    touches: &mut Vec<Touch>,
) -> Result<(), StoreError> {
    let (mut made, mut undone) = (Vec::new(), HashSet::new());
    tables.visit_entries_of_days(Some(from), to.max(as_of), |id, entry| {
        let by_hand = entry.claim.is_some() && matches!(entry.source, Source::Manual | Source::Transfer);
        let cash = || entry.postings.iter().any(|posting| posting.account.is_cash());
        match entry.reverses {
            Some(of) if by_hand => drop(undone.insert(of)),
            None if by_hand && entry.posted_on <= to && !cash() => made.push((id, entry.clone())),
            _ => {}
        }
    })?;
    for (_, entry) in made.into_iter().filter(|(id, _)| !undone.contains(id)) {
        let moved = moved(&entry);
        touches.push(Touch { moved, ..Touch::new(entry.user.into(), entry.claim, Work::Money) });
    }
    Ok(())
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
