//! Looking at many records one after another: each is read in place of the one before, where a list would make a million
//! anew. For reports; what the open write transaction added is not seen.

use std::ops::RangeInclusive;

use redb::{ReadableTable, ReadableTableMetadata};

use super::blocks;
use super::error::StoreError;
use super::joins;
use super::periods::{ReadPeriods, Run};
use super::rows::block::{MOST_ROWS, Packed};
use super::rows::{Record, entry, payment, state};
use super::schema::{Snapshot, WriteTables};
use crate::domain::book::{ClaimRecord, ClaimState, PaymentRecord};
use crate::domain::brief::PaymentBrief;
use crate::domain::case::DenialCase;
use crate::domain::entry::Entry;
use crate::domain::{CaseId, ClaimId, Date, EntryId, PaymentId};

type Result<T> = std::result::Result<T, StoreError>;

/// So many entries of a run are asked for at once, however many a damaged row says there are.
const AT_ONCE: usize = 8192;

/// Many records, one at a time.
#[expect(
    clippy::missing_errors_doc,
    reason = "each fails when the file cannot be read or a row of it is damaged"
)]
pub trait Visit: ReadPeriods {
    /// Looks at the entries of some days, by accounting day and then by number.
    fn visit_entries_of_days(
        &self,
        from: Option<Date>,
        to: Date,
        visit: impl FnMut(EntryId, &Entry),
    ) -> Result<()> {
        self.visit_runs(&self.runs(from, to)?, visit)
    }

    /// Looks at the entries of runs, one run after another.
    fn visit_runs(&self, runs: &[Run], mut visit: impl FnMut(EntryId, &Entry)) -> Result<()> {
        let mut ids = Vec::new();
        for run in runs {
            let (mut next, end) = (run.first.0, run.first.0.saturating_add(run.count));
            while next < end {
                ids.clear();
                ids.extend((next..end).take(AT_ONCE).map(EntryId));
                let mut seen = 0;
                self.visit_entries(&ids, |id, entry, _| {
                    seen += 1;
                    visit(id, entry);
                })?;
                if seen != ids.len() {
                    let all = "is listed, and not all of its run is there";
                    return Err(StoreError::corrupt("journal", run.first, all));
                }
                next += seen as u64;
            }
        }
        Ok(())
    }

    /// Looks at the entries of these numbers, which stand in order, each with the entry of the same claim before it.
    fn visit_entries(
        &self,
        ids: &[EntryId],
        mut visit: impl FnMut(EntryId, &Entry, Option<EntryId>),
    ) -> Result<()> {
        let keys: Vec<u64> = ids.iter().map(|id| id.0).collect();
        let mut entry = entry::blank();
        blocks::look(<(Entry, Option<EntryId>)>::TABLE, self.journal_rows()?, &keys, |block, keys| {
            block.each(keys.iter().copied(), |key, from| {
                let previous = entry::read(from, &mut entry)?;
                visit(EntryId(key), &entry, previous);
                Ok(())
            })
        })
    }

    /// Looks at all entries of some claims, given the last of each, with the place of the claim among them; in no order.
    fn visit_chains(
        &self,
        last: impl IntoIterator<Item = Option<EntryId>>,
        mut visit: impl FnMut(usize, EntryId, &Entry),
    ) -> Result<()> {
        follow(self.journal_rows()?, "journal", last, |links| {
            let ids: Vec<EntryId> = links.iter().map(|(id, _)| *id).collect();
            let (mut links, mut seen) = (links.iter(), Vec::with_capacity(ids.len()));
            self.visit_entries(&ids, |id, entry, previous| {
                if let Some((_, claim)) = links.find(|(link, _)| *link == id) {
                    visit(*claim, id, entry);
                    seen.push((*claim, previous));
                }
            })?;
            Ok(seen)
        })
    }

    /// Looks at all claim payments attached to some claims, given the last of each, with the place of the claim among them;
    /// in no order.
    fn visit_answers(
        &self,
        last: impl IntoIterator<Item = Option<PaymentId>>,
        mut visit: impl FnMut(usize, &PaymentBrief<'_>),
    ) -> Result<()> {
        follow(self.payment_rows()?, "payments", last, |links| {
            let ids: Vec<PaymentId> = links.iter().map(|(id, _)| *id).collect();
            let (mut links, mut seen) = (links.iter(), Vec::with_capacity(ids.len()));
            self.visit_payments(&ids, |payment| {
                if let Some((_, claim)) = links.find(|(link, _)| *link == payment.id) {
                    visit(*claim, payment);
                    seen.push((*claim, payment.previous_of_claim));
                }
            })?;
            Ok(seen)
        })
    }

    /// Looks at claim payments in short, whose numbers stand in order.
    fn visit_payments(&self, ids: &[PaymentId], mut visit: impl FnMut(&PaymentBrief<'_>)) -> Result<()> {
        let keys: Vec<u64> = ids.iter().map(|id| id.0).collect();
        blocks::look(PaymentRecord::TABLE, self.payment_rows()?, &keys, |block, keys| {
            block.each(keys.iter().copied(), |key, from| {
                visit(&payment::read_brief(key, from)?);
                Ok(())
            })
        })
    }

    /// The same, of all claim payments.
    fn visit_all_payments(&self, mut visit: impl FnMut(&PaymentBrief<'_>)) -> Result<()> {
        blocks::look_at_all(PaymentRecord::TABLE, self.payment_rows()?, |first, block| {
            block.each(first.., |key, from| {
                visit(&payment::read_brief(key, from)?);
                Ok(())
            })
        })
    }

    /// The same, of the latest claim payments, so many.
    fn visit_latest_payments(&self, most: u64, visit: impl FnMut(&PaymentBrief<'_>)) -> Result<()> {
        let last = blocks::all::<PaymentRecord>(self.payment_rows()?, None)?.next_back().transpose()?;
        let last = last.map_or(0, |(last, _)| last);
        let ids: Vec<PaymentId> = (last.saturating_sub(most) + 1..=last).map(PaymentId).collect();
        self.visit_payments(&ids, visit)
    }

    /// The claims of these numbers, which stand in order, as [`Read::claim`](super::Read::claim) shows them.
    fn claims_with(&self, ids: &[ClaimId]) -> Result<Vec<ClaimRecord>> {
        let keys: Vec<u64> = ids.iter().map(|id| id.0).collect();
        let mut claims = Vec::with_capacity(ids.len());
        blocks::look(ClaimRecord::TABLE, self.claim_rows()?, &keys, |block, keys| {
            block.each(keys.iter().copied(), |key, from| {
                claims.push(ClaimRecord::unpack(key, from)?);
                Ok(())
            })
        })?;
        match claims.len() == ids.len() {
            true if self.join_rows()?.is_empty()? => Ok(claims),
            true => claims.into_iter().map(|claim| joins::seen(self, claim)).collect(),
            false => Err(StoreError::corrupt(ClaimRecord::TABLE, "all", "lacks a claim that is named")),
        }
    }

    /// Looks at denial cases, by number.
    fn visit_denials(&self, cases: RangeInclusive<CaseId>, mut visit: impl FnMut(&DenialCase)) -> Result<()> {
        for row in self.case_rows()?.range(cases.start().0..=cases.end().0)? {
            let (key, bytes) = row?;
            visit(&DenialCase::decode(key.value(), bytes.value())?);
        }
        Ok(())
    }

    /// Looks at where claims stand, by number.
    fn visit_states(
        &self,
        claims: RangeInclusive<ClaimId>,
        mut visit: impl FnMut(ClaimId, &ClaimState) -> Result<()>,
    ) -> Result<()> {
        let mut state = ClaimState::default();
        for row in self.state_rows()?.range(claims.start().0..=claims.end().0)? {
            let (key, bytes) = row?;
            let id = ClaimId(key.value());
            state::read(bytes.value(), &mut state)
                .map_err(|bad| StoreError::corrupt("claim_state", id, bad.0))?;
            visit(id, &state)?;
        }
        Ok(())
    }
}

impl Visit for Snapshot {}
impl Visit for WriteTables<'_> {}

/// Follows chains from their last links on: all of these, then all before them, and so on, each time in the order in which
/// they lie in the table. `look` is given links with the places of their chains, and answers with the link before each.
fn follow<K: Copy + Ord>(
    rows: &impl ReadableTableMetadata,
    table: &'static str,
    last: impl IntoIterator<Item = Option<K>>,
    mut look: impl FnMut(&[(K, usize)]) -> Result<Vec<(usize, Option<K>)>>,
) -> Result<()> {
    let mut left = (rows.len()? + 1) * MOST_ROWS as u64;
    let of_chain = |(chain, link): (usize, Option<K>)| Some((link?, chain));
    let mut links: Vec<(K, usize)> = last.into_iter().enumerate().filter_map(of_chain).collect();
    while !links.is_empty() {
        links.sort_unstable();
        let seen = look(&links)?;
        if seen.len() < links.len() {
            return Err(StoreError::corrupt(table, "all", "lacks what the chain of a claim names"));
        }
        left = left
            .checked_sub(seen.len() as u64)
            .ok_or_else(|| StoreError::corrupt(table, "all", "the chain of a claim has no end"))?;
        links = seen.into_iter().filter_map(of_chain).collect();
    }
    Ok(())
}
