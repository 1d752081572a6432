//! The audit log's words: who did what, when, to what; each record sealed together with the one before it.
//!
//! Every act of a person has one, or several that belong together; what takes it back stands in [`super::deed`].

use sha2::{Digest, Sha256};

/// One act. Immutable once written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRecord {
    /// Its place in the log: 1, 2, 3...
    pub id: u64,
    /// When: seconds since 1970 in UTC, given by the caller.
    pub at: i64,
    /// Who.
    pub user: String,
    /// What was done, as two words such as `period close`.
    pub what: String,
    /// To what, such as `2024-03` or `claim 17`. Never a person's name.
    pub subject: String,
    /// Words of a person, figures, before and after.
    pub details: String,
    /// SHA-256 over this record and the seal of the one before it.
    pub seal: [u8; 32],
}

impl AuditRecord {
    /// The seal that the record must bear where `previous` is the seal of the one before it; zeroes for the first.
    #[must_use]
    pub fn sealed_after(&self, previous: &[u8; 32]) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(previous);
        hash.update(self.id.to_be_bytes());
        hash.update(self.at.to_be_bytes());
        for text in [&self.user, &self.what, &self.subject, &self.details] {
            // With its length, so that no word can move from one field to the next.
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text.as_bytes());
        }
        hash.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_and_the_record_before_it_count() {
        let record = AuditRecord {
            id: 7,
            at: 1_711_886_400,
            user: "kim".to_owned(),
            what: "period close".to_owned(),
            subject: "2024-03".to_owned(),
            details: "plb: known".to_owned(),
            seal: [0; 32],
        };
        let seal = record.sealed_after(&[0; 32]);
        let others = [
            AuditRecord { id: 8, ..record.clone() },
            AuditRecord { at: 1_711_886_401, ..record.clone() },
            AuditRecord { user: "kimp".to_owned(), what: "eriod close".to_owned(), ..record.clone() },
            AuditRecord { subject: "2024-04".to_owned(), ..record.clone() },
            AuditRecord { details: String::new(), ..record.clone() },
        ];
        for other in others {
            assert_ne!(other.sealed_after(&[0; 32]), seal, "{other:?}");
        }
        assert_ne!(record.sealed_after(&[1; 32]), seal);
    }
}
