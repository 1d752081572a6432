//! The proof that nobody touched the audit log: every record bears the seal that follows from the one before it.

use super::check::Check;
use crate::store::{ReadPeriods, StoreError};

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
