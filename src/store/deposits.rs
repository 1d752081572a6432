//! Deposits: the movements of the bank, and what they were ever settled with.

use redb::{ReadableTable, ReadableTableMetadata};

use super::error::StoreError;
use super::read::{Read, all, fetch, numbers_under};
use super::schema::WriteTables;
use crate::domain::deposit::{Deposit, Settlement};
use crate::domain::{DepositId, EntryId, RemitId, SettlementId};

type Result<T> = std::result::Result<T, StoreError>;

/// What may be asked about deposits, inside a write transaction and outside one.
pub trait ReadDeposits: Read {
    /// A movement of the bank.
    fn deposit(&self, id: DepositId) -> Result<Option<Deposit>> {
        fetch(self.deposit_rows()?, id.0)
    }

    /// Every movement of the bank, by number.
    fn deposits(&self) -> Result<impl Iterator<Item = Result<Deposit>>> {
        all(self.deposit_rows()?)
    }

    /// The movements under a key, by number.
    fn deposits_by_key(&self, key: &str) -> Result<Vec<DepositId>> {
        numbers_under::<&str, _>(self.deposit_keys()?, key, DepositId)
    }

    /// How many movements are found under a key.
    fn deposit_keys_count(&self) -> Result<u64> {
        Ok(self.deposit_keys()?.len()?)
    }

    /// Everything that movements ever belonged to, by number.
    fn settlements(&self) -> Result<impl Iterator<Item = Result<Settlement>>> {
        all(self.settlement_rows()?)
    }

    /// A settlement.
    fn settlement(&self, id: SettlementId) -> Result<Option<Settlement>> {
        fetch(self.settlement_rows()?, id.0)
    }

    /// What a movement ever belonged to, undone ones too.
    fn settlements_of_deposit(&self, id: DepositId) -> Result<Vec<Settlement>> {
        let ids = numbers_under::<u64, _>(self.settled_deposit_rows()?, id.0, SettlementId)?;
        self.settlements_under(ids)
    }

    /// What a remittance was ever settled by, undone ones too.
    fn settlements_of_remit(&self, id: RemitId) -> Result<Vec<Settlement>> {
        let ids = numbers_under::<u64, _>(self.settled_remit_rows()?, id.0, SettlementId)?;
        self.settlements_under(ids)
    }

    /// The settlements with these numbers.
    fn settlements_under(&self, ids: Vec<SettlementId>) -> Result<Vec<Settlement>> {
        let found = |id: SettlementId| {
            self.settlement(id)?.ok_or_else(|| StoreError::corrupt("settlements", id, "is named and missing"))
        };
        ids.into_iter().map(found).collect()
    }

    /// The entry that booked the difference of a settlement.
    fn booked_difference(&self, id: SettlementId) -> Result<Option<EntryId>> {
        Ok(self.difference_rows()?.get(id.0)?.map(|entry| EntryId(entry.value())))
    }

    /// How many links there are from movements, and from remittances, to what they belong to.
    fn settled_counts(&self) -> Result<(u64, u64)> {
        Ok((self.settled_deposit_rows()?.len()?, self.settled_remit_rows()?.len()?))
    }
}

impl<T: Read> ReadDeposits for T {}

impl WriteTables<'_> {
    /// Notes which entry booked the difference of a settlement.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn put_booked_difference(&mut self, id: SettlementId, entry: EntryId) -> Result<()> {
        self.difference_rows.get_mut()?.insert(id.0, entry.0)?;
        Ok(())
    }
}
