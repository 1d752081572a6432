//! Writing claims, apart from everything else: their tables can be changed by one thread while another changes the other
//! tables of the same transaction.
//!
//! What was billed, its names and its number are half of what an 837 writes; where the claim stands is the other half.

use std::ops::Bound;

use redb::ReadableTable;

use super::blocks::Open;
use super::briefs::Named;
use super::error::StoreError;
use super::rows::block::Packed;
use super::rows::{names, numbers};
use super::schema::{Lazy, WriteTables};
use super::visit_lists;
use crate::domain::ClaimId;
use crate::domain::book::ClaimRecord;
use crate::domain::brief::ClaimNames;
use crate::domain::join::VisitKey;

type Result<T> = std::result::Result<T, StoreError>;
type Bytes = &'static [u8];

/// The tables that only submissions change.
pub struct ClaimTables<'t, 'w> {
    rows: &'t mut Lazy<'w, u64, Bytes>,
    open: &'t mut Open,
    name_rows: &'t mut Lazy<'w, u64, Bytes>,
    open_names: &'t mut Open,
    numbers: &'t mut Lazy<'w, (&'static str, u64), ()>,
    visits: &'t mut Lazy<'w, numbers::Key, Bytes>,
    named: &'t mut Vec<Named>,
}

#[expect(clippy::missing_errors_doc, reason = "each fails when the file cannot be read or written")]
impl ClaimTables<'_, '_> {
    /// Writes a claim as it was billed under its own number, in place of what was there.
    pub fn put_claim(&mut self, claim: &ClaimRecord) -> Result<()> {
        self.named.push(Named::of(claim));
        let services = ClaimNames::services(claim);
        let names = ClaimNames::of(claim, &services);
        self.open_names.put(self.name_rows.get_mut()?, claim.id.0, |to| names::pack(&names, to))?;
        self.open.put(self.rows.get_mut()?, claim.id.0, |to| claim.pack(to))
    }

    /// Makes claims found under their control numbers, in the order of these.
    pub fn index_claim_numbers<'n>(
        &mut self,
        numbers: impl IntoIterator<Item = (&'n str, ClaimId)>,
    ) -> Result<()> {
        let mut keys: Vec<(&str, u64)> = numbers.into_iter().map(|(number, id)| (number, id.0)).collect();
        keys.sort_unstable();
        let index = self.numbers.get_mut()?;
        let (Some(first), Some(last)) = (keys.first().copied(), keys.last()) else { return Ok(()) };
        if index.range(first..=*last)?.next().is_some() {
            return keys.into_iter().try_for_each(|key| Ok(index.insert(key, ()).map(|_| ())?));
        }
        // Most offices count up: the numbers of a file fall between two that are there, and go in together.
        let mut gap = index.lower_bound_mut(Bound::Included(&first))?;
        for key in keys {
            gap.insert_before(key, ())?;
        }
        Ok(gap.close()?)
    }
}

#[expect(clippy::missing_errors_doc, reason = "each fails when the file cannot be read or written")]
impl ClaimTables<'_, '_> {
    /// Makes claims found by their visits.
    pub fn index_visits<'c>(&mut self, claims: impl IntoIterator<Item = &'c ClaimRecord>) -> Result<()> {
        let visit = |record: &ClaimRecord| Some((VisitKey::of(&record.claim)?, record.id));
        visit_lists::add(self.visits.get_mut()?, claims.into_iter().filter_map(visit))
    }
}

impl<'w> WriteTables<'w> {
    /// Takes the tables of claims apart from the others for as long as `work` lasts. Whoever asks the others for a claim
    /// meanwhile is refused, as a table is open once.
    ///
    /// # Errors
    /// Those of `work`, and when what was gathered of claims in short cannot be written.
    pub fn claims_apart<T>(
        &mut self,
        work: impl FnOnce(ClaimTables<'_, 'w>, &mut WriteTables<'w>) -> Result<T>,
    ) -> Result<T> {
        let (mut rows, mut name_rows) = (self.claim_rows.lend(), self.name_rows.lend());
        let (mut numbers, mut visits) = (self.claim_numbers.lend(), self.visit_rows.lend());
        let mut open = std::mem::take(&mut self.pending.blocks.claims);
        let mut open_names = std::mem::take(&mut self.pending.blocks.names);
        let mut named = Vec::new();
        let claims = ClaimTables {
            rows: &mut rows,
            open: &mut open,
            name_rows: &mut name_rows,
            open_names: &mut open_names,
            numbers: &mut numbers,
            visits: &mut visits,
            named: &mut named,
        };
        let done = work(claims, self);
        (self.claim_rows, self.name_rows, self.claim_numbers) = (rows, name_rows, numbers);
        self.visit_rows = visits;
        (self.pending.blocks.claims, self.pending.blocks.names) = (open, open_names);
        self.pending.briefs.name(named, self.claim_blocks.get_mut()?)?;
        done
    }

    /// Writes the claims that only memory has, so that [`Visit::claims_with`](super::Visit::claims_with) sees all.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub fn settle_claims(&mut self) -> Result<()> {
        self.pending.blocks.claims.save(self.claim_rows.get_mut()?)
    }

    /// Writes a claim as it was billed under its own number, in place of what was there: what
    /// [`ReadJoins::claim_alone`](super::ReadJoins::claim_alone) gives, not what is shown where it is one of several.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub fn put_claim(&mut self, claim: &ClaimRecord) -> Result<()> {
        self.claims_apart(|mut claims, _| claims.put_claim(claim))
    }

    /// Makes a claim found under its control number.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub fn index_claim_number(&mut self, index_form: &str, id: ClaimId) -> Result<()> {
        self.claims_apart(|mut claims, _| claims.index_claim_numbers([(index_form, id)]))
    }
}
