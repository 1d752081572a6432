//! Closed months, the checksums of their entries, the audit log, and the office's own account numbers.
//!
//! The only rule kept here: once a month is closed, no entry is appended to it. What makes a month fit to be closed is
//! decided in `books`.

use redb::{ReadableTable, ReadableTableMetadata};

use super::codec;
use super::error::StoreError;
use super::registers;
use super::rows::period::{footing, footing_row};
use super::rows::{Record, date, day, varint};
use super::schema::{Snapshot, WriteTables};
use super::sums::{self, Amounts, Cube, Place};
use crate::domain::audit::AuditRecord;
use crate::domain::book::Footing;
use crate::domain::case::DenialCase;
use crate::domain::entry::Entry;
use crate::domain::period::PeriodRecord;
use crate::domain::{CaseId, ClaimId, Date, EntryId, Month};
use crate::store::Read;

type Result<T> = std::result::Result<T, StoreError>;

/// So many checksums share a row.
const BLOCK: usize = 1024;

/// Entries with neighbouring numbers and one accounting day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// The accounting day.
    pub on: Date,
    /// The first of them.
    pub first: EntryId,
    /// How many.
    pub count: u64,
}

/// The first four bytes of an entry's hash, kept so that a month whose seal is broken can name the entry.
pub type Checksum = (EntryId, [u8; 4]);

/// The last day of the last closed month.
pub(super) fn closed_until(periods: &impl ReadableTable<u32, &'static [u8]>) -> Result<Option<Date>> {
    for row in periods.range::<u32>(..)?.rev() {
        let (key, bytes) = row?;
        let period = PeriodRecord::decode(u64::from(key.value()), bytes.value())?;
        if period.closed {
            return Ok(Some(period.month.last_day()));
        }
    }
    Ok(None)
}

/// Questions about periods, the entries of days, the audit log and accounts.
#[expect(
    clippy::missing_errors_doc,
    reason = "each fails when the file cannot be read or a row of it is damaged"
)]
pub trait ReadPeriods: Read {
    /// The last day that is closed; nothing while no month is.
    fn closed_until(&self) -> Result<Option<Date>> {
        closed_until(self.period_rows()?)
    }

    /// A month that was closed at least once.
    fn period(&self, month: Month) -> Result<Option<PeriodRecord>> {
        let row = self.period_rows()?.get(month.number())?;
        row.map(|bytes| PeriodRecord::decode(u64::from(month.number()), bytes.value())).transpose()
    }

    /// Every month that was closed at least once, oldest first.
    fn periods(&self) -> Result<Vec<PeriodRecord>> {
        let rows = self.period_rows()?.range::<u32>(..)?;
        rows.map(|row| {
            let (key, bytes) = row?;
            PeriodRecord::decode(u64::from(key.value()), bytes.value())
        })
        .collect()
    }

    /// The checksums of the entries of a closed month, in the order of the seal.
    fn checksums(&self, month: Month) -> Result<Vec<Checksum>> {
        let mut found = Vec::new();
        let range = (month.number(), 0)..=(month.number(), u32::MAX);
        for row in self.checksum_rows()?.range(range)? {
            let (key, bytes) = row?;
            let mut rest = varint::Rest(bytes.value());
            let mut read = || {
                while !rest.is_empty() {
                    let id = EntryId(rest.number()?);
                    found.push((id, [rest.byte()?, rest.byte()?, rest.byte()?, rest.byte()?]));
                }
                Ok(())
            };
            read().map_err(|bad: super::rows::Bad| {
                StoreError::corrupt("checksums", format!("{:?}", key.value()), bad.0)
            })?;
        }
        Ok(found)
    }

    /// What a claim aged from on closed days, where that is not what it ages from now; by their days.
    fn footings(&self, id: ClaimId) -> Result<Vec<Footing>> {
        // No month was ever closed: one look, where a range is a walk down the tree.
        if self.footing_rows()?.is_empty()? {
            return Ok(Vec::new());
        }
        let rows = self.footing_rows()?.range((id.0, i32::MIN)..=(id.0, i32::MAX))?;
        rows.map(|row| {
            let (key, bytes) = row?;
            codec::decode(bytes.value())
                .map(|row| footing(key.value().1, row))
                .map_err(|bad| StoreError::corrupt("footings", id, bad.0))
        })
        .collect()
    }

    /// The same, of all claims: by claim, and of each by their days.
    fn all_footings(&self) -> Result<impl Iterator<Item = Result<(ClaimId, Footing)>>> {
        Ok(self.footing_rows()?.range::<(u64, i32)>(..)?.map(|row| {
            let (key, bytes) = row?;
            let (id, until) = key.value();
            let row =
                codec::decode(bytes.value()).map_err(|bad| StoreError::corrupt("footings", id, bad.0))?;
            Ok((ClaimId(id), footing(until, row)))
        }))
    }

    /// A denial case as it stood when a month was closed; nothing where there was none yet.
    fn closed_case(&self, id: CaseId, month: Month) -> Result<Option<DenialCase>> {
        let range = (id.0, 0)..=(id.0, month.number());
        let last = self.closed_case_rows()?.range(range)?.next_back().transpose()?;
        last.map(|(_, bytes)| DenialCase::decode(id.0, bytes.value())).transpose()
    }

    /// Whether a month is closed.
    fn is_closed(&self, month: Month) -> Result<bool> {
        Ok(self.period(month)?.is_some_and(|period| period.closed))
    }

    /// The runs of entries of some days, by day and then by number; without what the open write transaction added.
    fn runs(&self, from: Option<Date>, to: Date) -> Result<Vec<Run>> {
        let range = (from.map_or(i32::MIN, day), 0)..=(day(to), u64::MAX);
        let rows = self.journal_days()?.range(range)?;
        rows.map(|row| {
            let (key, count) = row?;
            let (on, first) = key.value();
            Ok(Run { on: date(on), first: EntryId(first), count: count.value() })
        })
        .collect()
    }

    /// What changed in a cube on each day, without what the open write transaction added.
    fn sums_between(&self, cube: Cube, from: Option<Date>, to: Date) -> Result<Vec<(Date, Place, Amounts)>> {
        sums::between(self, cube, from, to)
    }

    /// Every record of the audit log, oldest first.
    fn audit(&self) -> Result<impl Iterator<Item = Result<AuditRecord>>> {
        Ok(self.audit_rows()?.range::<u64>(..)?.map(|row| {
            let (key, bytes) = row?;
            AuditRecord::decode(key.value(), bytes.value())
        }))
    }

    /// How many records the audit log was given, whether or not they are still there.
    fn audit_length(&self) -> Result<u64> {
        Ok(self.meta_rows()?.get("audit_records")?.map_or(0, |count| count.value()))
    }

    /// The general-ledger numbers of accounts, by the account's name.
    fn account_numbers(&self) -> Result<Vec<(String, String)>> {
        let rows = self.account_rows()?.range::<&str>(..)?;
        rows.map(|row| {
            let (name, number) = row?;
            Ok((name.value().to_owned(), String::from_utf8_lossy(number.value()).into_owned()))
        })
        .collect()
    }
}

impl ReadPeriods for Snapshot {}
impl ReadPeriods for WriteTables<'_> {}

#[expect(clippy::missing_errors_doc, reason = "each fails when the file cannot be read or written")]
impl WriteTables<'_> {
    /// An entry as [`WriteTables::append_entry`] takes it: where its day is closed it is dated on the first open day, and
    /// keeps its own as `effective_on`.
    #[must_use]
    pub fn admit(&self, entry: Entry) -> Entry {
        entry.admitted(self.counters.closed)
    }

    /// The accounting date of something of this day.
    #[must_use]
    pub fn open_day(&self, own: Date) -> Date {
        match self.counters.closed.filter(|closed| own <= *closed) {
            Some(closed) => closed.plus_days(1),
            None => own,
        }
    }

    /// Writes a period, in place of what was there. From now on its month is closed or open as it says.
    pub fn put_period(&mut self, period: &PeriodRecord) -> Result<()> {
        registers::Periods(self, period.month.number())?;
        period.encode(u64::from(period.month.number()), &mut self.scratch)?;
        self.period_rows.get_mut()?.insert(period.month.number(), self.scratch.as_slice())?;
        self.counters.closed = closed_until(self.period_rows.get()?)?;
        Ok(())
    }

    /// Writes the checksums of a month's entries, in place of what was there.
    pub fn put_checksums(&mut self, month: Month, checksums: &[Checksum]) -> Result<()> {
        let month = month.number();
        self.checksum_rows.get_mut()?.retain_in((month, 0)..=(month, u32::MAX), |_, _| false)?;
        for (block, part) in (0u32..).zip(checksums.chunks(BLOCK)) {
            self.scratch.clear();
            for (id, checksum) in part {
                varint::put(&mut self.scratch, id.0);
                self.scratch.extend_from_slice(checksum);
            }
            self.checksum_rows.get_mut()?.insert((month, block), self.scratch.as_slice())?;
        }
        Ok(())
    }

    /// Keeps what a claim aged from until a closed day.
    pub fn put_footing(&mut self, id: ClaimId, footing: &Footing) -> Result<()> {
        codec::encode(&footing_row(footing), &mut self.scratch)
            .map_err(|bad| StoreError::corrupt("footings", id, bad.0))?;
        self.footing_rows.get_mut()?.insert((id.0, day(footing.until)), self.scratch.as_slice())?;
        Ok(())
    }

    /// The last day that is closed.
    #[must_use]
    pub fn closed(&self) -> Option<Date> {
        self.counters.closed
    }

    /// Keeps a denial case as it stands at the end of a month that is being closed.
    pub fn put_closed_case(&mut self, case: &DenialCase, month: Month) -> Result<()> {
        case.encode(case.id.0, &mut self.scratch)?;
        self.closed_case_rows.get_mut()?.insert((case.id.0, month.number()), self.scratch.as_slice())?;
        Ok(())
    }

    /// Forgets how denial cases stood at the end of a month: it is open again.
    pub fn remove_closed_cases(&mut self, month: Month) -> Result<()> {
        self.closed_case_rows.get_mut()?.retain(|(_, of), _| of != month.number())?;
        Ok(())
    }

    /// Adds a record to the audit log. `what` is two words such as `period close`; `subject` and `details` name no
    /// person.
    pub(super) fn log(
        &mut self,
        at: i64,
        user: &str,
        what: &str,
        subject: &str,
        details: &str,
    ) -> Result<()> {
        let last = self.audit_rows.get()?.last()?.map(|(key, bytes)| {
            let id = key.value();
            AuditRecord::decode(id, bytes.value())
        });
        let last = last.transpose()?;
        let mut record = AuditRecord {
            id: last.as_ref().map_or(1, |last| last.id + 1),
            at,
            user: user.to_owned(),
            what: what.to_owned(),
            subject: subject.to_owned(),
            details: details.to_owned(),
            seal: [0; 32],
        };
        record.seal = record.sealed_after(&last.map_or([0; 32], |last| last.seal));
        record.encode(record.id, &mut self.scratch)?;
        self.audit_rows.get_mut()?.insert(record.id, self.scratch.as_slice())?;
        self.meta_rows.get_mut()?.insert("audit_records", record.id)?;
        Ok(())
    }

    /// Gives an account its number in the office's general ledger; an empty number takes it away.
    pub fn put_account_number(&mut self, account: &str, number: &str) -> Result<()> {
        registers::Accounts(self, account)?;
        if number.is_empty() {
            self.account_rows.get_mut()?.remove(account)?;
        } else {
            self.account_rows.get_mut()?.insert(account, number.as_bytes())?;
        }
        Ok(())
    }
}
