//! The proof that nobody touched the audit log, where every record bears the seal that follows from the one before it, and
//! that each act stands in it.

use super::check::Check;
use crate::domain::EntryId;
use crate::store::{Read, ReadDeeds, ReadPeriods, StoreError};

/// Recomputes the seal of every record. A changed, added or removed record breaks the chain where it stands; one cut off
/// at the end is missed by its number.
///
/// # Errors
/// Whatever the store says.
pub fn verify(tables: &impl ReadPeriods) -> Result<Check, StoreError> {
    let mut check = Check::new("audit-log");
    let (mut previous, mut last) = ([0; 32], 0);
    for record in tables.audit()? {
        let record = record?;
        check.see(record.id == last + 1, || format!("record {} is missing", last + 1));
        check.see(record.seal == record.sealed_after(&previous), || {
            format!("record {} ({} {}) is not what was sealed", record.id, record.what, record.subject)
        });
        (previous, last) = (record.seal, record.id);
    }
    let written = tables.audit_length()?;
    check.see(written == last, || format!("{written} records were written, the last one here is {last}"));
    Ok(check)
}

/// Every act stands in the audit log as what it was, with entries that the journal has; and an act that was taken back is
/// named by the one that did it.
///
/// # Errors
/// Whatever the store says.
pub fn acts(tables: &(impl Read + ReadDeeds)) -> Result<Check, StoreError> {
    let mut check = Check::new("acts");
    for act in tables.deeds()? {
        let act = act?;
        let last = EntryId((act.first_entry.0 + act.entries).saturating_sub(1));
        let mut right = act.entries == 0 || tables.entry(last)?.is_some();
        for (at, (verb, on)) in (act.id..).zip(&act.done) {
            let record = tables.audit_record(at)?;
            right &=
                record.is_some_and(|record| record.what == verb.as_str() && record.subject == on.to_string());
        }
        if let Some(by) = act.undone_by {
            right &= tables.deed(by)?.is_some_and(|by| by.undoes == Some(act.id));
        }
        check.see(right, || format!("act {} ({}) is not what was recorded", act.id, act.verb()));
    }
    Ok(check)
}
