//! Claims and denial cases in short, in blocks: gathered while they are written, and written block by block.
//!
//! A row of its own for each would be as quick to change and thirty times as slow to read. Changes wait in memory
//! until there are some thousand or the transaction ends, so that a block is rewritten once for all of a batch that
//! are in it. Nothing reads a block within the transaction that changes it.

use std::ops::RangeInclusive;

use redb::{ReadableTable, Table, WriteTransaction};

use super::blocks;
use super::error::StoreError;
use super::rows::Bad;
use super::rows::brief::{self, Block, Change, ClaimBlock, place};
use super::rows::case_brief::{CaseBlock, CaseNow};
use super::rows::names;
use super::schema::{CASE_BLOCKS, CLAIM_BLOCKS, Snapshot};
use super::sums::{self, Cube};
use crate::domain::book::ClaimRecord;
use crate::domain::brief::{CaseBrief, ClaimBrief, ClaimNames, LineBrief, NameKey, StandingBrief};
use crate::domain::case::DenialCase;
use crate::domain::{ClaimId, Date};

/// So many changes are gathered before they are written: some megabytes of memory.
const MOST: usize = 16 << 10;

type Blocks<'t> = Table<'t, u64, &'static [u8]>;

/// Whose claim one is.
pub struct Named(u64, Change);

impl Named {
    /// Of where it stands, nothing is said.
    pub(super) fn of(record: &ClaimRecord) -> Named {
        let brief = ClaimBrief::of(record);
        Named(brief.id.0, Change::Names(brief.provider, brief.patient))
    }
}

/// What changed and is not written yet.
#[derive(Default)]
pub struct Briefs {
    claims: Vec<(u64, Change)>,
    cases: Vec<(u64, CaseNow)>,
}

impl Briefs {
    /// Says whose claims they are.
    pub(super) fn name(&mut self, named: Vec<Named>, blocks: &mut Blocks<'_>) -> Result<(), StoreError> {
        self.claims.extend(named.into_iter().map(|Named(id, change)| (id, change)));
        write_many::<ClaimBlock>(&mut self.claims, blocks)
    }

    /// Says where a claim stands.
    pub(super) fn standing(
        &mut self,
        id: ClaimId,
        standing: StandingBrief<'_>,
        blocks: &mut Blocks<'_>,
    ) -> Result<(), StoreError> {
        self.claims.push((id.0, standing.into()));
        write_many::<ClaimBlock>(&mut self.claims, blocks)
    }

    /// Says what became of a denial.
    pub(super) fn case(&mut self, case: &DenialCase, blocks: &mut Blocks<'_>) -> Result<(), StoreError> {
        self.cases.push((case.id.0, CaseBrief::of(case, &LineBrief::of(case)).into()));
        write_many::<CaseBlock>(&mut self.cases, blocks)
    }

    /// Writes what is left.
    pub(super) fn save(mut self, transaction: &WriteTransaction) -> Result<(), StoreError> {
        write::<ClaimBlock>(&mut self.claims, &mut transaction.open_table(CLAIM_BLOCKS)?)?;
        write::<CaseBlock>(&mut self.cases, &mut transaction.open_table(CASE_BLOCKS)?)
    }
}

fn write_many<B: Block>(
    changes: &mut Vec<(u64, B::Change)>,
    blocks: &mut Blocks<'_>,
) -> Result<(), StoreError> {
    if changes.len() < MOST { Ok(()) } else { write::<B>(changes, blocks) }
}

/// In the order of the records, and for one record in the order in which it was changed.
fn write<B: Block>(changes: &mut Vec<(u64, B::Change)>, blocks: &mut Blocks<'_>) -> Result<(), StoreError> {
    changes.sort_by_cached_key(|(id, _)| *id);
    let mut changes = changes.drain(..).peekable();
    let mut bytes = Vec::new();
    while let Some((first, _)) = changes.peek() {
        let (number, _) = place(*first);
        let mut block: B = match blocks.get(number)? {
            Some(bytes) => unpack(number, bytes.value())?,
            None => B::new(number),
        };
        while let Some((id, change)) = changes.next_if(|(id, _)| place(*id).0 == number) {
            block.change(place(id).1, change);
        }
        block.pack(&mut bytes);
        blocks.insert(number, bytes.as_slice())?;
    }
    Ok(())
}

fn unpack<B: Block>(number: u64, bytes: &[u8]) -> Result<B, StoreError> {
    B::unpack(number, bytes).map_err(|bad| corrupt(B::TABLE, number, bad))
}

fn corrupt(table: &'static str, number: u64, bad: Bad) -> StoreError {
    StoreError::corrupt(table, number, bad.0)
}

/// Claims and denial cases in short, for reports.
#[expect(
    clippy::missing_errors_doc,
    reason = "each fails when the file cannot be read or a block of it is damaged"
)]
impl Snapshot {
    /// Looks at claims in short, by number.
    pub fn visit_claims(
        &self,
        claims: RangeInclusive<ClaimId>,
        mut visit: impl FnMut(&ClaimBrief<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let numbers = place(claims.start().0).0..=place(claims.end().0).0;
        for row in self.claim_blocks.range(numbers)? {
            let (number, bytes) = row?;
            let number = number.value();
            for claim in unpack::<ClaimBlock>(number, bytes.value())?.claims() {
                let claim = claim.map_err(|bad| corrupt(ClaimBlock::TABLE, number, bad))?;
                if claims.contains(&claim.id) {
                    visit(&claim)?;
                }
            }
        }
        Ok(())
    }

    /// Looks at claims and who rendered each, by number.
    pub fn visit_providers(
        &self,
        claims: RangeInclusive<ClaimId>,
        mut visit: impl FnMut(ClaimId, NameKey),
    ) -> Result<(), StoreError> {
        for row in self.claim_blocks.range(place(claims.start().0).0..=place(claims.end().0).0)? {
            let (number, bytes) = row?;
            let found = brief::providers(number.value(), bytes.value());
            let found = found.map_err(|bad| corrupt(ClaimBlock::TABLE, number.value(), bad))?;
            found.filter(|(id, _)| claims.contains(id)).for_each(|(id, provider)| visit(id, provider));
        }
        Ok(())
    }

    /// Looks at the names of these claims, which stand in order.
    pub fn visit_names(
        &self,
        claims: &[ClaimId],
        mut visit: impl FnMut(&ClaimNames<'_>),
    ) -> Result<(), StoreError> {
        let keys: Vec<u64> = claims.iter().map(|claim| claim.0).collect();
        blocks::look(names::TABLE, &self.name_rows, &keys, |block, keys| {
            let mut parts = names::Parts::default();
            block.each(keys.iter().copied(), |key, from| {
                visit(&names::unpack(key, from, &mut parts)?);
                Ok(())
            })
        })
    }

    /// Looks at every denial case in short, by number.
    pub fn visit_cases(
        &self,
        mut visit: impl FnMut(&CaseBrief<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        for row in self.case_blocks.range::<u64>(..)? {
            let (number, bytes) = row?;
            let number = number.value();
            for case in unpack::<CaseBlock>(number, bytes.value())?.cases() {
                visit(&case.map_err(|bad| corrupt(CaseBlock::TABLE, number, bad))?)?;
            }
        }
        Ok(())
    }

    /// Whether anything was posted after a day.
    pub fn is_posted_after(&self, day: Date) -> Result<bool, StoreError> {
        sums::is_any_after(self, Cube::Accounts, day)
    }

    /// The last claim there is.
    pub fn last_claim(&self) -> Result<Option<ClaimId>, StoreError> {
        let last = blocks::all::<ClaimRecord>(&self.claim_rows, None)?.next_back().transpose()?;
        Ok(last.map(|(id, _)| ClaimId(id)))
    }
}
