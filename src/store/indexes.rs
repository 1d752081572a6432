//! The tables that find records by what they bear, row by row, for their proof; and what two of them add up to.
//!
//! What records say is proved from the records. The content of a transaction set is kept nowhere but in its index, and a
//! payer is known by names that its record forgot: of these two the ledger keeps a footing, as bookkeepers do.

use redb::{ReadableTable, WriteTransaction};

use super::error::StoreError;
use super::rows::Record;
use super::schema::{META, PAYER_BY_KEY, SET_BY_HASH, Snapshot};
use crate::domain::ack::SentSet;
use crate::domain::{AckId, ClaimId, FileId, PayerId, PaymentId, PlbId, RemitId, SentId};

type Result<T> = std::result::Result<T, StoreError>;

/// The rows of an index, each with what it leads to.
type Rows<'a, K, I> = Box<dyn Iterator<Item = Result<(K, I)>> + 'a>;

/// What the rows of an index add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Footing(pub(super) u64);

impl Footing {
    /// A row comes.
    pub(super) fn add(&mut self, key: &[u8], number: u64) {
        self.0 = self.0.wrapping_add(weight(key, number));
    }

    /// A row goes.
    pub(super) fn take(&mut self, key: &[u8], number: u64) {
        self.0 = self.0.wrapping_sub(weight(key, number));
    }
}

/// FNV-1a over a row: kept in the ledger, so it stays the same in every version of this program.
fn weight(key: &[u8], number: u64) -> u64 {
    let bytes = key.iter().copied().chain(number.to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The footings that the ledger keeps, under the names of their tables in `meta`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Footings {
    pub(super) sets: Footing,
    pub(super) payers: Footing,
}

const SETS: &str = "footing_set_by_hash";
const PAYERS: &str = "footing_payer_by_key";

impl Footings {
    /// As they were kept; worked out where an earlier version wrote the ledger.
    pub(super) fn load(transaction: &WriteTransaction) -> Result<Footings> {
        let kept = Footings::kept(&transaction.open_table(META)?)?;
        kept.map_or_else(
            || Footings::of(&transaction.open_table(SET_BY_HASH)?, &transaction.open_table(PAYER_BY_KEY)?),
            Ok,
        )
    }

    pub(super) fn save(self, transaction: &WriteTransaction) -> Result<()> {
        let mut meta = transaction.open_table(META)?;
        meta.insert(SETS, self.sets.0)?;
        meta.insert(PAYERS, self.payers.0)?;
        Ok(())
    }

    fn kept(meta: &impl ReadableTable<&'static str, u64>) -> Result<Option<Footings>> {
        let one = |name| -> Result<Option<Footing>> { Ok(meta.get(name)?.map(|sum| Footing(sum.value()))) };
        Ok(one(SETS)?.zip(one(PAYERS)?).map(|(sets, payers)| Footings { sets, payers }))
    }

    fn of(
        sets: &impl ReadableTable<&'static [u8; 32], u64>,
        payers: &impl ReadableTable<&'static str, u32>,
    ) -> Result<Footings> {
        let mut found = Footings::default();
        for row in sets.iter()? {
            let (key, number) = row?;
            found.sets.add(key.value(), number.value());
        }
        for row in payers.iter()? {
            let (key, number) = row?;
            found.payers.add(key.value().as_bytes(), u64::from(number.value()));
        }
        Ok(found)
    }
}

#[expect(clippy::missing_errors_doc, reason = "each fails when the file cannot be read")]
impl Snapshot {
    /// Whether the content of sets, and the keys of payers, add up to what was kept of them; true where an earlier version
    /// wrote the ledger and kept nothing.
    pub fn footings_agree(&self) -> Result<(bool, bool)> {
        let found = Footings::of(&self.set_hashes, &self.payer_keys)?;
        let kept = Footings::kept(&self.meta_rows)?.unwrap_or(found);
        Ok((kept.sets == found.sets, kept.payers == found.payers))
    }

    /// Imported files by their bytes.
    pub fn file_index(&self) -> Result<Rows<'_, [u8; 32], FileId>> {
        let rows = self.file_hashes.iter()?;
        Ok(Box::new(
            rows.map(|row| row.map(|(key, id)| (*key.value(), FileId(id.value()))).map_err(Into::into)),
        ))
    }

    /// Transaction sets by their content; number 0 where it is no remittance.
    pub fn set_index(&self) -> Result<Rows<'_, [u8; 32], RemitId>> {
        let rows = self.set_hashes.iter()?;
        Ok(Box::new(
            rows.map(|row| row.map(|(key, id)| (*key.value(), RemitId(id.value()))).map_err(Into::into)),
        ))
    }

    /// Remittances by their payment.
    pub fn remit_index(&self) -> Result<Rows<'_, [u8; 32], RemitId>> {
        let rows = self.remit_keys.iter()?;
        Ok(Box::new(rows.map(|row| {
            let (row, ()) = row.map(|(row, _)| (row, ()))?;
            let (key, id) = row.value();
            Ok((*key, RemitId(id)))
        })))
    }

    /// Provider-level items that are open, by payer.
    pub fn open_plb_index(&self) -> Result<Rows<'_, PayerId, PlbId>> {
        let rows = self.plb_open_rows.iter()?;
        Ok(Box::new(rows.map(|row| {
            let (row, _) = row?;
            let (payer, id) = row.value();
            Ok((PayerId(payer), PlbId(id)))
        })))
    }

    /// Every set that was sent, by number.
    pub fn sent_sets(&self) -> Result<impl Iterator<Item = Result<SentSet>>> {
        Ok(self.sent_rows.iter()?.map(|row| {
            let (key, bytes) = row?;
            SentSet::decode(key.value(), bytes.value())
        }))
    }

    /// Payers by what they are known by.
    pub fn payer_index(&self) -> Result<Rows<'_, String, PayerId>> {
        let rows = self.payer_keys.iter()?;
        Ok(Box::new(rows.map(|row| {
            row.map(|(key, id)| (key.value().to_owned(), PayerId(id.value()))).map_err(Into::into)
        })))
    }
}

/// Indexes of texts, each of which may lead to several.
macro_rules! by_text {
    ($($about:literal $name:ident $rows:ident $id:ident;)+) => {
        #[expect(clippy::missing_errors_doc, reason = "each fails when the file cannot be read")]
        impl Snapshot {$(
            #[doc = $about]
            pub fn $name(&self) -> Result<Rows<'_, String, $id>> {
                Ok(Box::new(self.$rows.iter()?.map(|row| {
                    let (row, _) = row?;
                    let (key, id) = row.value();
                    Ok((key.to_owned(), $id(id)))
                })))
            }
        )+}
    };
}

by_text! {
    "Claim payments that wait, by number." waiting_index waiting_rows PaymentId;
    "Sent sets by the numbers that acknowledgments name." sent_index sent_keys SentId;
    "Acknowledgments by what they name." ack_index ack_keys AckId;
    "Claims by their control numbers." claim_index claim_numbers ClaimId;
}
