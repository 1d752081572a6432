//! Claims in short, in blocks: gathered while claims are written, and written block by block.
//!
//! A row of its own for each claim would be as quick to change and thirty times as slow to read. Changes wait in memory
//! until there are some thousand or the transaction ends, so that a block is rewritten once for all claims of a batch
//! that are in it. Nothing reads a block within the transaction that changes it.

use std::ops::RangeInclusive;

use redb::{ReadableTable, Table, WriteTransaction};

use super::blocks;
use super::error::StoreError;
use super::rows::Bad;
use super::rows::brief::{Change, ClaimBlock};
use super::schema::{CLAIM_BLOCKS, Snapshot};
use crate::domain::ClaimId;
use crate::domain::book::ClaimRecord;
use crate::domain::brief::{ClaimBrief, NameKey, StandingBrief};

/// So many changes are gathered before they are written: two megabytes of memory.
const MOST: usize = 16 << 10;

type Blocks<'t> = Table<'t, u64, &'static [u8]>;

/// What changed and is not written yet.
#[derive(Default)]
pub struct Briefs(Vec<(ClaimId, Change)>);

impl Briefs {
    /// Says whose claim it is.
    pub(super) fn names(
        &mut self,
        id: ClaimId,
        provider: NameKey,
        patient: NameKey,
        blocks: &mut Blocks<'_>,
    ) -> Result<(), StoreError> {
        self.add(id, Change::Names(provider, patient), blocks)
    }

    /// Says where a claim stands.
    pub(super) fn standing(
        &mut self,
        id: ClaimId,
        standing: StandingBrief<'_>,
        blocks: &mut Blocks<'_>,
    ) -> Result<(), StoreError> {
        self.add(id, standing.into(), blocks)
    }

    fn add(&mut self, id: ClaimId, change: Change, blocks: &mut Blocks<'_>) -> Result<(), StoreError> {
        self.0.push((id, change));
        if self.0.len() < MOST { Ok(()) } else { write(&mut self.0, blocks) }
    }

    /// Writes what is left.
    pub(super) fn save(mut self, transaction: &WriteTransaction) -> Result<(), StoreError> {
        write(&mut self.0, &mut transaction.open_table(CLAIM_BLOCKS)?)
    }
}

/// In the order of the claims, and for one claim in the order in which it was changed.
fn write(changes: &mut Vec<(ClaimId, Change)>, blocks: &mut Blocks<'_>) -> Result<(), StoreError> {
    changes.sort_by_key(|(id, _)| *id);
    let mut changes = changes.drain(..).peekable();
    let mut bytes = Vec::new();
    while let Some((first, _)) = changes.peek() {
        let (number, _) = ClaimBlock::place(*first);
        let mut block = match blocks.get(number)? {
            Some(bytes) => unpack(number, bytes.value())?,
            None => ClaimBlock::new(number),
        };
        while let Some((id, change)) = changes.next_if(|(id, _)| ClaimBlock::place(*id).0 == number) {
            block.change(ClaimBlock::place(id).1, change);
        }
        block.pack(&mut bytes);
        blocks.insert(number, bytes.as_slice())?;
    }
    Ok(())
}

fn unpack(number: u64, bytes: &[u8]) -> Result<ClaimBlock, StoreError> {
    ClaimBlock::unpack(number, bytes).map_err(|bad| corrupt(number, bad))
}

fn corrupt(number: u64, bad: Bad) -> StoreError {
    StoreError::corrupt("claim_blocks", number, bad.0)
}

/// Claims in short, for reports.
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
        let numbers = ClaimBlock::place(*claims.start()).0..=ClaimBlock::place(*claims.end()).0;
        for row in self.claim_blocks.range(numbers)? {
            let (number, bytes) = row?;
            let number = number.value();
            for claim in unpack(number, bytes.value())?.claims() {
                let claim = claim.map_err(|bad| corrupt(number, bad))?;
                if claims.contains(&claim.id) {
                    visit(&claim)?;
                }
            }
        }
        Ok(())
    }

    /// The last claim there is.
    pub fn last_claim(&self) -> Result<Option<ClaimId>, StoreError> {
        let last = blocks::all::<ClaimRecord>(&self.claim_rows, None)?.next_back().transpose()?;
        Ok(last.map(|(id, _)| ClaimId(id)))
    }
}
