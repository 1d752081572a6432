//! What persons did: records of the audit log, and beside them what is needed to take an act back.

use redb::ReadableTable;

use super::error::StoreError;
use super::periods::ReadPeriods;
use super::rows::Record;
use super::schema::WriteTables;
use crate::domain::EntryId;
use crate::domain::audit::AuditRecord;
use crate::domain::deed::{Deed, DeedRecord, Fact};

type Result<T> = std::result::Result<T, StoreError>;

/// Who does something, and when.
#[derive(Clone, Copy, Debug)]
pub struct By<'a> {
    /// UTC seconds.
    pub now: i64,
    /// The user.
    pub user: &'a str,
}

/// What may be asked of acts.
#[expect(
    clippy::missing_errors_doc,
    reason = "each fails when the file cannot be read or a row of it is damaged"
)]
pub trait ReadDeeds: ReadPeriods {
    /// An act, by the number of its first record in the audit log.
    fn deed(&self, id: u64) -> Result<Option<DeedRecord>> {
        let row = self.deed_rows()?.get(id)?;
        row.map(|bytes| DeedRecord::decode(id, bytes.value())).transpose()
    }

    /// Every act, the newest first.
    fn deeds(&self) -> Result<impl Iterator<Item = Result<DeedRecord>>> {
        Ok(self.deed_rows()?.range::<u64>(..)?.rev().map(|row| {
            let (key, bytes) = row?;
            DeedRecord::decode(key.value(), bytes.value())
        }))
    }

    /// The act that a record of the audit log belongs to.
    fn act_of(&self, record: u64) -> Result<Option<DeedRecord>> {
        let row = self.deed_rows()?.range(..=record)?.next_back().transpose()?;
        let act = row.map(|(key, bytes)| DeedRecord::decode(key.value(), bytes.value())).transpose()?;
        Ok(act.filter(|act| record < act.id + act.done.len() as u64))
    }

    /// One record of the audit log.
    fn audit_record(&self, id: u64) -> Result<Option<AuditRecord>> {
        let row = self.audit_rows()?.get(id)?;
        row.map(|bytes| AuditRecord::decode(id, bytes.value())).transpose()
    }
}

impl<T: ReadPeriods> ReadDeeds for T {}

#[expect(clippy::missing_errors_doc, reason = "each fails when the file cannot be read or written")]
impl WriteTables<'_> {
    /// Writes down what a person does in this transaction: records in the audit log, and what takes it back. Gives the number
    /// by which the act is named.
    pub fn record_deed(&mut self, by: By<'_>, deed: &Deed) -> Result<u64> {
        let id = self.audit_length()? + 1;
        let mut facts = deed.facts.clone();
        facts.append(&mut self.pending.also);
        for fact in &facts {
            self.log(by.now, by.user, fact.verb.as_str(), &fact.on.to_string(), &fact.details)?;
        }
        let first = self.pending.first_entry;
        let record = DeedRecord {
            id,
            done: facts.into_iter().map(|fact| (fact.verb, fact.on)).collect(),
            amount: deed.amount,
            reason: deed.reason.clone(),
            first_entry: EntryId(first),
            entries: self.counters.entries().saturating_sub(first),
            rows: self.take_kept()?,
            places: self.take_places()?,
            undoes: deed.undoes,
            undone_by: None,
            continues: deed.continues,
        };
        self.put_deed(&record)?;
        if let Some(mut undone) = deed.undoes.map(|undone| self.deed(undone)).transpose()?.flatten() {
            undone.undone_by = Some(id);
            self.put_deed(&undone)?;
        }
        // What follows in this transaction is another act's.
        self.pending.first_entry = self.counters.entries();
        Ok(id)
    }

    /// Names something that the rules do along with the act, such as a remittance that takes the place of another.
    pub fn also(&mut self, fact: Fact) {
        self.pending.also.push(fact);
    }

    /// Writes an act, in place of what was there.
    pub fn put_deed(&mut self, deed: &DeedRecord) -> Result<()> {
        deed.encode(deed.id, &mut self.scratch)?;
        self.deed_rows.get_mut()?.insert(deed.id, self.scratch.as_slice())?;
        Ok(())
    }
}
