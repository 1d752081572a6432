//! Writing claim payments, apart from everything else: their tables can be changed by one thread while another changes
//! the other tables of the same transaction.
//!
//! Rows of claim payments are a good part of what a remittance writes.

use super::blocks::Open;
use super::error::StoreError;
use super::numbers::NewNumbers;
use super::pairing::ToPair;
use super::rows::block::Packed;
use super::rows::numbers;
use super::schema::{Lazy, WriteTables};
use crate::domain::book::PaymentRecord;
use crate::domain::{ClaimId, PaymentId};

type Result<T> = std::result::Result<T, StoreError>;

/// The tables that only claim payments change.
pub struct PaymentTables<'t, 'w> {
    rows: &'t mut Lazy<'w, u64, &'static [u8]>,
    open: &'t mut Open,
    unapplied: &'t mut Lazy<'w, u64, ()>,
    payer_numbers: &'t mut Lazy<'w, numbers::Key, &'static [u8]>,
    new_numbers: &'t mut NewNumbers,
    to_pair: &'t mut ToPair,
}

#[expect(clippy::missing_errors_doc, reason = "each fails when the file cannot be read or written")]
impl PaymentTables<'_, '_> {
    /// Writes a claim payment, in place of what was there.
    pub fn put_payment(&mut self, payment: &PaymentRecord) -> Result<()> {
        self.to_pair.answer(payment);
        self.open.put(self.rows.get_mut()?, payment.id.0, |to| payment.pack(to))
    }

    /// Notes that the money of a claim payment is in `unapplied`.
    pub fn put_unapplied(&mut self, id: PaymentId) -> Result<()> {
        self.unapplied.get_mut()?.insert(id.0, ())?;
        Ok(())
    }

    /// Notes that it is there no longer.
    pub fn remove_unapplied(&mut self, id: PaymentId) -> Result<()> {
        self.unapplied.get_mut()?.remove(id.0)?;
        Ok(())
    }

    /// Makes claims found under the numbers that payers gave them.
    pub fn index_payer_numbers<'n>(
        &mut self,
        numbers: impl IntoIterator<Item = (&'n str, ClaimId)>,
    ) -> Result<()> {
        numbers.into_iter().for_each(|(number, claim)| self.new_numbers.add(number, claim));
        self.new_numbers.settle(self.payer_numbers.get_mut()?)
    }
}

impl<'w> WriteTables<'w> {
    /// The tables of claim payments.
    pub const fn payments_mut(&mut self) -> PaymentTables<'_, 'w> {
        PaymentTables {
            rows: &mut self.payment_rows,
            open: &mut self.pending.blocks.payments,
            unapplied: &mut self.unapplied_rows,
            payer_numbers: &mut self.payer_numbers,
            new_numbers: &mut self.pending.numbers,
            to_pair: &mut self.pending.to_pair,
        }
    }

    /// Takes the tables of claim payments apart from the others for as long as `work` lasts. Whoever asks the others for
    /// a claim payment meanwhile is refused, as a table is open once.
    pub fn apart<T>(&mut self, work: impl FnOnce(PaymentTables<'_, 'w>, &mut WriteTables<'w>) -> T) -> T {
        let mut rows = self.payment_rows.lend();
        let mut unapplied = self.unapplied_rows.lend();
        let mut payer_numbers = self.payer_numbers.lend();
        let mut open = std::mem::take(&mut self.pending.blocks.payments);
        let mut new_numbers = std::mem::take(&mut self.pending.numbers);
        let mut to_pair = std::mem::take(&mut self.pending.to_pair);
        let done = work(
            PaymentTables {
                rows: &mut rows,
                open: &mut open,
                unapplied: &mut unapplied,
                payer_numbers: &mut payer_numbers,
                new_numbers: &mut new_numbers,
                to_pair: &mut to_pair,
            },
            self,
        );
        (self.payment_rows, self.unapplied_rows, self.payer_numbers) = (rows, unapplied, payer_numbers);
        (self.pending.blocks.payments, self.pending.numbers) = (open, new_numbers);
        let beside = std::mem::replace(&mut self.pending.to_pair, to_pair);
        self.pending.to_pair.join(beside);
        done
    }
}
