//! `arrears report write-offs`: the register of what the office gave up.

use super::super::names::Payers;
use super::span::Span;
use super::whose::{control_number, payer};
use crate::domain::case::CaseAct;
use crate::domain::entry::Entry;
use crate::domain::{Date, EntryId};
use crate::report::Table;
use crate::report::write_offs::{self, WriteOff};
use crate::store::{Read, Snapshot, StoreError, Visit};

/// What the office gave up: on which claim, why, by whom
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears report write-offs --period 2024-03
  arrears report write-offs --from 2024-01-01 --to 2024-03-31 -o write-offs.xlsx

A write-off that was undone stands on its day, and the undoing on its own, below zero.")]
pub struct Args {
    #[command(flatten)]
    span: Span,
}

/// The register that was asked for.
pub fn table(tables: &Snapshot, args: &Args, as_of: Date) -> Result<Table, StoreError> {
    of(tables, &args.span, as_of)
}

/// The register of a span.
pub fn of(tables: &Snapshot, span: &Span, as_of: Date) -> Result<Table, StoreError> {
    let payers = Payers::read(tables)?;
    let (from, to) = span.days(as_of);
    let mut written_off: Vec<(EntryId, Entry)> = Vec::new();
    tables.visit_entries_of_days(Some(from), to, |id, entry| {
        if entry.postings.iter().any(|posting| posting.account.is_writeoff()) {
            written_off.push((id, entry.clone()));
        }
    })?;
    let mut items = Vec::new();
    for (id, entry) in written_off {
        let proposed = approved(tables, id, &entry)?;
        for posting in entry.postings.iter().filter(|posting| posting.account.is_writeoff()) {
            items.push(WriteOff {
                account: posting.account,
                posted_on: entry.posted_on,
                effective_on: entry.effective_on,
                entry: id,
                claim: entry.claim,
                control_number: control_number(tables, entry.claim)?,
                payer: payer(&entry, posting).map(|payer| payers.name(payer).to_owned()),
                amount: posting.amount,
                reason: entry.memo.to_string(),
                user: proposed.clone().unwrap_or_else(|| entry.user.to_string()),
                approver: proposed.as_ref().map(|_| entry.user.to_string()),
                undoes: entry.reverses,
            });
        }
    }
    Ok(span.name(write_offs::table(items), as_of))
}

/// Who proposed a write-off that a second person approved by posting it.
fn approved(tables: &Snapshot, id: EntryId, entry: &Entry) -> Result<Option<String>, StoreError> {
    let Some(state) = entry.claim.map(|claim| tables.claim_state(claim)).transpose()?.flatten() else {
        return Ok(None);
    };
    for case in &state.cases {
        let events = tables.case_events(*case)?;
        let approval = events.iter().position(|e| e.act == CaseAct::Approve && e.entry == Some(id));
        if let Some(at) = approval {
            let proposal = events[..at].iter().rev().find(|e| e.act == CaseAct::ProposeWriteOff);
            return Ok(proposal.map(|e| e.user.clone()));
        }
    }
    Ok(None)
}
