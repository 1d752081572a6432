//! Claims of which later answers undid what persons had done, and who looked at them.

use redb::ReadableTable;

use super::error::StoreError;
use super::read::Read;
use super::registers;
use super::rows::Record;
use super::schema::WriteTables;
use crate::domain::ClaimId;
use crate::domain::review::ActReview;

type Result<T> = std::result::Result<T, StoreError>;

/// What may be asked of them.
#[expect(
    clippy::missing_errors_doc,
    reason = "each fails when the file cannot be read or a row of it is damaged"
)]
pub trait ReadReviews: Read {
    /// The claims of which the journal says that an answer undid an act of a person, if only for a time.
    fn undone(&self) -> Result<Vec<ClaimId>> {
        self.undone_rows()?.range::<u64>(..)?.map(|row| Ok(ClaimId(row?.0.value()))).collect()
    }

    /// Who looked at a claim's undone acts last.
    fn act_review(&self, claim: ClaimId) -> Result<Option<ActReview>> {
        let row = self.review_rows()?.get(claim.0)?;
        row.map(|bytes| ActReview::decode(claim.0, bytes.value())).transpose()
    }
}

impl<T: Read> ReadReviews for T {}

#[expect(clippy::missing_errors_doc, reason = "each fails when the file cannot be read or written")]
impl WriteTables<'_> {
    /// Notes that an answer undid an act of a person on a claim.
    pub fn put_undone(&mut self, claim: ClaimId) -> Result<()> {
        self.undone_rows.get_mut()?.insert(claim.0, ())?;
        Ok(())
    }

    /// Keeps who looked at a claim's undone acts, in place of who did before.
    pub fn put_act_review(&mut self, claim: ClaimId, review: &ActReview) -> Result<()> {
        registers::Reviews(self, claim.0)?;
        review.encode(claim.0, &mut self.scratch)?;
        self.review_rows.get_mut()?.insert(claim.0, self.scratch.as_slice())?;
        Ok(())
    }

    /// Nobody has looked after all.
    pub fn remove_act_review(&mut self, claim: ClaimId) -> Result<()> {
        registers::Reviews(self, claim.0)?;
        self.review_rows.get_mut()?.remove(claim.0)?;
        Ok(())
    }
}
