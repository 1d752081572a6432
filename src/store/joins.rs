//! Claims that are one receivable, claims that may be, and the indexes by which both are found.
//!
//! What lies in `claims` is each claim alone, as it was billed under its own number. Which of them are one is kept beside
//! them, so that parting leaves every record as it was: whoever asks for a claim is shown the receivable.

use redb::{ReadableTable, ReadableTableMetadata};

use super::blocks;
use super::briefs::Named;
use super::error::StoreError;
use super::numbers;
use super::read::{Read, numbers_under};
use super::registers;
use super::rows::{Record, names};
use super::schema::{Tables, WriteTables};
use super::visit_lists;
use crate::domain::book::ClaimRecord;
use crate::domain::brief::ClaimNames;
use crate::domain::join::{Apart, Join, Likeness, PossibleDouble, VisitKey, one_receivable, original_number};
use crate::domain::{ClaimId, Few};

type Result<T> = std::result::Result<T, StoreError>;

/// A claim as it was billed under its own number.
pub(super) fn alone(tables: &(impl Tables + ?Sized), id: ClaimId) -> Result<Option<ClaimRecord>> {
    blocks::get(tables.claim_rows()?, tables.open_blocks().map(|open| &open.claims), id.0)
}

/// A claim as it is shown: its receivable where it leads one, nothing submitted where another does.
pub(super) fn seen(tables: &(impl Tables + ?Sized), mut record: ClaimRecord) -> Result<ClaimRecord> {
    let joins = tables.join_rows()?;
    if joins.is_empty()? {
        return Ok(record);
    }
    if tables.lead_rows()?.get(record.id.0)?.is_some() {
        record.versions = Few::new();
        return Ok(record);
    }
    let id = record.id;
    let mut parts = Vec::new();
    for row in joins.range((id.0, 0)..=(id.0, u64::MAX))? {
        let part = ClaimId(row?.0.value().1);
        parts.push(alone(tables, part)?.ok_or_else(|| missing(part))?);
    }
    if parts.is_empty() {
        return Ok(record);
    }
    parts.push(record);
    one_receivable(id, parts).ok_or_else(|| missing(id))
}

fn missing(claim: ClaimId) -> StoreError {
    StoreError::corrupt("claims", claim, "is part of a receivable and missing")
}

/// The claims that lead the receivables of these, each once.
pub(super) fn leads(tables: &(impl Tables + ?Sized), mut ids: Vec<ClaimId>) -> Result<Vec<ClaimId>> {
    let leads = tables.lead_rows()?;
    if ids.is_empty() || leads.is_empty()? {
        return Ok(ids);
    }
    for id in &mut ids {
        if let Some(lead) = leads.get(id.0)? {
            *id = ClaimId(lead.value());
        }
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// What may be asked of receivables of several claims.
#[expect(
    clippy::missing_errors_doc,
    reason = "each fails when the file cannot be read or a row of it is damaged"
)]
pub trait ReadJoins: Read {
    /// A claim as it was billed under its own number, whatever it is part of.
    fn claim_alone(&self, id: ClaimId) -> Result<Option<ClaimRecord>> {
        alone(self, id)
    }

    /// Every claim in that way, by number.
    fn claims_alone(&self) -> Result<impl Iterator<Item = Result<ClaimRecord>>> {
        let all = blocks::all(self.claim_rows()?, self.open_blocks().map(|open| &open.claims))?;
        Ok(all.map(|row| row.map(|(_, claim)| claim)))
    }

    /// The claims that were billed under a number with this index form, whatever they are part of.
    fn claims_alone_by_number(&self, index_form: &str) -> Result<Vec<ClaimId>> {
        numbers_under::<&str, _>(self.claim_numbers()?, index_form, ClaimId)
    }

    /// The claims that a payer was heard to know under a number, whatever they are part of.
    fn claims_alone_by_payer_number(&self, number: &str) -> Result<Vec<ClaimId>> {
        numbers::find(self, number)
    }

    /// The claim that leads the receivable of this one: mostly itself.
    fn lead_of(&self, id: ClaimId) -> Result<ClaimId> {
        Ok(self.lead_rows()?.get(id.0)?.map_or(id, |lead| ClaimId(lead.value())))
    }

    /// What a claim is part of, where another leads it.
    fn join_of(&self, part: ClaimId) -> Result<Option<Join>> {
        let lead = self.lead_of(part)?;
        let row = self.join_rows()?.get((lead.0, part.0))?;
        row.map(|bytes| Join::decode(part.0, bytes.value())).transpose()
    }

    /// The parts of a receivable, without the one that leads it.
    fn parts_of(&self, lead: ClaimId) -> Result<Vec<Join>> {
        let mut parts = Vec::new();
        for row in self.join_rows()?.range((lead.0, 0)..=(lead.0, u64::MAX))? {
            let (key, bytes) = row?;
            parts.push(Join::decode(key.value().1, bytes.value())?);
        }
        Ok(parts)
    }

    /// Every part of every receivable, and the lead that the index names for it.
    fn joins(&self) -> Result<Vec<(ClaimId, Join)>> {
        let mut all = Vec::new();
        for row in self.join_rows()?.range::<(u64, u64)>(..)? {
            let (key, bytes) = row?;
            all.push((ClaimId(key.value().0), Join::decode(key.value().1, bytes.value())?));
        }
        Ok(all)
    }

    /// How many claims the index knows as parts of others.
    fn count_of_parts(&self) -> Result<u64> {
        Ok(self.lead_rows()?.len()?)
    }

    /// What a person said of two claims that are two.
    fn apart(&self, one: ClaimId, other: ClaimId) -> Result<Option<Apart>> {
        let key = (one.0.min(other.0), one.0.max(other.0));
        let row = self.apart_rows()?.get(key)?;
        row.map(|bytes| Apart::decode(key.0, bytes.value())).transpose()
    }

    /// The claims of one patient and day.
    fn claims_of_visit(&self, key: VisitKey) -> Result<Vec<ClaimId>> {
        visit_lists::of(self.visit_rows()?, key)
    }

    /// Whether there are claims of visits, which stand in order.
    fn are_known(&self, visits: &[VisitKey]) -> Result<Vec<bool>> {
        visit_lists::are_known(self.visit_rows()?, visits)
    }

    /// Every claim with the visit that it is found under, by visit.
    fn visits(&self) -> Result<impl Iterator<Item = Result<(VisitKey, ClaimId)>>> {
        visit_lists::all(self.visit_rows()?)
    }

    /// Whether no replacement or void names a claim by the payer's number.
    fn names_no_original(&self) -> Result<bool> {
        Ok(self.original_rows()?.is_empty()?)
    }

    /// The replacements and voids that name this number of a payer.
    fn claims_by_original(&self, number: &str) -> Result<Vec<ClaimId>> {
        numbers_under::<&str, _>(self.original_rows()?, number, ClaimId)
    }

    /// How many replacements and voids are found by the number that they name.
    fn count_of_originals(&self) -> Result<u64> {
        Ok(self.original_rows()?.len()?)
    }

    /// Every pair of possible doubles, by the later claim.
    fn possible_doubles(&self) -> Result<Vec<PossibleDouble>> {
        let rows = self.double_rows()?.range::<(u64, u64)>(..)?;
        rows.map(|row| row.map_err(Into::into).and_then(|(key, number)| double(key.value(), number.value())))
            .collect()
    }

    /// Those of one later claim.
    fn possible_doubles_of(&self, later: ClaimId) -> Result<Vec<PossibleDouble>> {
        let rows = self.double_rows()?.range((later.0, 0)..=(later.0, u64::MAX))?;
        rows.map(|row| row.map_err(Into::into).and_then(|(key, number)| double(key.value(), number.value())))
            .collect()
    }

    /// The claims that must be compared with others of their visit.
    fn to_compare(&self) -> Result<Vec<ClaimId>> {
        self.compare_rows()?.range::<u64>(..)?.map(|row| Ok(ClaimId(row?.0.value()))).collect()
    }
}

impl<T: Read> ReadJoins for T {}

fn double((later, earlier): (u64, u64), number: u8) -> Result<PossibleDouble> {
    let likeness = Likeness::from_number(number)
        .ok_or_else(|| StoreError::corrupt("possible_doubles", later, format!("{number} is no likeness")))?;
    Ok(PossibleDouble { later: ClaimId(later), earlier: ClaimId(earlier), likeness })
}

#[expect(clippy::missing_errors_doc, reason = "each fails when the file cannot be read or written")]
impl WriteTables<'_> {
    /// Makes a claim part of a receivable, in place of what was said of it.
    pub fn put_join(&mut self, join: &Join) -> Result<()> {
        registers::Joins(self, (join.lead.0, join.part.0))?;
        self.remove_join(join.part)?;
        join.encode(join.part.0, &mut self.scratch)?;
        self.join_rows.get_mut()?.insert((join.lead.0, join.part.0), self.scratch.as_slice())?;
        self.lead_rows.get_mut()?.insert(join.part.0, join.lead.0)?;
        Ok(())
    }

    /// Lets a claim stand for itself again.
    pub fn remove_join(&mut self, part: ClaimId) -> Result<()> {
        self.pending.to_pair.everything();
        let lead = self.lead_rows.get_mut()?.remove(part.0)?.map(|lead| lead.value());
        if let Some(lead) = lead {
            registers::Joins(self, (lead, part.0))?;
            self.join_rows.get_mut()?.remove((lead, part.0))?;
        }
        Ok(())
    }

    /// Keeps two claims apart.
    pub fn put_apart(&mut self, apart: &Apart) -> Result<()> {
        registers::Apart(self, (apart.one.0, apart.other.0))?;
        apart.encode(apart.one.0, &mut self.scratch)?;
        self.apart_rows.get_mut()?.insert((apart.one.0, apart.other.0), self.scratch.as_slice())?;
        Ok(())
    }

    /// Keeps them apart no longer.
    pub fn remove_apart(&mut self, one: ClaimId, other: ClaimId) -> Result<()> {
        registers::Apart(self, (one.0.min(other.0), one.0.max(other.0)))?;
        self.apart_rows.get_mut()?.remove((one.0.min(other.0), one.0.max(other.0)))?;
        Ok(())
    }

    /// Lists two claims as possible doubles.
    pub fn put_double(&mut self, double: PossibleDouble) -> Result<()> {
        self.double_rows.get_mut()?.insert((double.later.0, double.earlier.0), double.likeness as u8)?;
        Ok(())
    }

    /// Lists them no longer.
    pub fn remove_double(&mut self, double: PossibleDouble) -> Result<()> {
        self.double_rows.get_mut()?.remove((double.later.0, double.earlier.0))?;
        Ok(())
    }

    /// Notes that a claim must be compared with others of its visit.
    pub fn compare_later(&mut self, claim: ClaimId) -> Result<()> {
        self.compare_rows.get_mut()?.insert(claim.0, ())?;
        Ok(())
    }

    /// Takes the claims that must be compared.
    pub fn take_to_compare(&mut self) -> Result<Vec<ClaimId>> {
        let claims = self.to_compare()?;
        let table = self.compare_rows.get_mut()?;
        for claim in &claims {
            table.remove(claim.0)?;
        }
        Ok(claims)
    }

    /// Makes a claim found by its visit and by the number of its original, in place of what an earlier submission said.
    pub fn index_visit(&mut self, was: Option<&ClaimRecord>, is: &ClaimRecord) -> Result<()> {
        let id = is.id.0;
        let (old, new) = (was.and_then(|was| VisitKey::of(&was.claim)), VisitKey::of(&is.claim));
        if old != new {
            let lists = self.visit_rows.get_mut()?;
            if let Some(old) = old {
                visit_lists::remove(lists, old, is.id)?;
            }
            visit_lists::add(lists, new.map(|visit| (visit, is.id)))?;
        }
        let (old, new) = (was.and_then(|was| original_number(&was.claim)), original_number(&is.claim));
        if old != new {
            let originals = self.original_rows.get_mut()?;
            if let Some(old) = old {
                originals.remove((old, id))?;
            }
            if let Some(new) = new {
                originals.insert((new, id), ())?;
            }
        }
        Ok(())
    }

    /// Lets reports call a claim as its receivable is called now.
    pub fn put_claim_names(&mut self, shown: &ClaimRecord) -> Result<()> {
        let services = ClaimNames::services(shown);
        let names = ClaimNames::of(shown, &services);
        let rows = self.name_rows.get_mut()?;
        self.pending.blocks.names.put(rows, shown.id.0, |to| names::pack(&names, to))?;
        self.pending.briefs.name(vec![Named::of(shown)], self.claim_blocks.get_mut()?)
    }
}

/// Derives anew how claims are found by their visits.
pub(super) fn derive_visits(tables: &mut WriteTables<'_>) -> Result<()> {
    let mut visits = Vec::new();
    for record in tables.claims_alone()? {
        let record = record?;
        visits.extend(VisitKey::of(&record.claim).map(|visit| (visit, record.id)));
    }
    tables.visit_rows.get_mut()?.retain(|_, _| false)?;
    visit_lists::add(tables.visit_rows.get_mut()?, visits)
}

/// Derives anew how claims are found by their visits, and which must be compared, in a ledger that knew nothing of it.
pub(super) fn derive(tables: &mut WriteTables<'_>) -> Result<()> {
    derive_visits(tables)?;
    let (mut originals, mut compare) = (Vec::new(), Vec::new());
    for record in tables.claims_alone()? {
        let record = record?;
        let (claim, id) = (&record.claim, record.id.0);
        originals.extend(original_number(claim).map(|number| (number.to_owned(), id)));
        if claim.frequency.amends() {
            compare.push(record.id);
        }
    }
    let mut before = None;
    for item in tables.visits()? {
        let (visit, claim) = item?;
        if before.replace(visit) == Some(visit) {
            compare.push(claim);
        }
    }
    let table = tables.original_rows.get_mut()?;
    originals.iter().try_for_each(|(number, id)| table.insert((number.as_str(), *id), ()).map(|_| ()))?;
    compare.into_iter().try_for_each(|claim| tables.compare_later(claim))
}
