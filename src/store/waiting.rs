//! Claim payments that look for a claim, by the numbers under which one may come.

use std::collections::BTreeSet;

use redb::{ReadableTable, ReadableTableMetadata};

use super::error::StoreError;
use super::read::{Read, numbers_under};
use super::schema::WriteTables;
use crate::domain::PaymentId;

type Result<T> = std::result::Result<T, StoreError>;

/// What may be asked of them.
#[expect(
    clippy::missing_errors_doc,
    reason = "each fails when the file cannot be read or a row of it is damaged"
)]
pub trait ReadWaiting: Read {
    /// Claim payments that wait for a claim whose number has this index form.
    fn waiting_by_number(&self, index_form: &str) -> Result<Vec<PaymentId>> {
        numbers_under::<&str, _>(self.waiting_rows()?, index_form, PaymentId)
    }

    /// The claim payments that wait under any of these, which stand in order, each once.
    fn waiting_by_numbers(&self, forms: &[String]) -> Result<BTreeSet<PaymentId>> {
        let (mut found, mut left) = (BTreeSet::new(), forms);
        let (Some(first), Some(last)) = (forms.first(), forms.last()) else { return Ok(found) };
        let waiting = self.waiting_rows()?.range((first.as_str(), 0)..=(last.as_str(), u64::MAX))?;
        for (seen, row) in waiting.enumerate() {
            // Where few wait, going through them takes less than asking for each number.
            if seen > forms.len() {
                for form in left {
                    found.extend(self.waiting_by_number(form)?);
                }
                return Ok(found);
            }
            let (row, _) = row?;
            let (form, id) = row.value();
            left = &left[left.partition_point(|wanted| wanted.as_str() < form)..];
            if left.first().is_some_and(|wanted| wanted == form) {
                found.insert(PaymentId(id));
            }
        }
        Ok(found)
    }

    /// Whether no claim payment looks for a claim.
    fn nobody_waits(&self) -> Result<bool> {
        Ok(self.waiting_rows()?.is_empty()?)
    }

    /// The claim payments that wait for a claim with this number, or with one of which theirs is the beginning, as long as
    /// that has `shortest` characters: payers cut numbers off.
    fn waiting_for(&self, index_form: &str, shortest: usize) -> Result<Vec<PaymentId>> {
        let mut found = Vec::new();
        let mut last = Some((index_form.to_owned(), u64::MAX));
        // What begins the number stands before it, and whatever lies between begins with that too, or is it.
        while let Some((bound, most)) = last.take() {
            let rows = self.waiting_rows()?;
            let Some(row) = rows.range(..=(bound.as_str(), most))?.next_back().transpose()? else { break };
            let (number, id) = row.0.value();
            let same = number.bytes().zip(index_form.bytes()).take_while(|(one, other)| one == other).count();
            if number.len() == same && (same >= shortest || same == index_form.len()) {
                found.push(PaymentId(id));
                last = match id.checked_sub(1) {
                    Some(before) => Some((number.to_owned(), before)),
                    None => index_form.get(..same.saturating_sub(1)).map(|cut| (cut.to_owned(), u64::MAX)),
                };
            } else if same >= shortest {
                last = index_form.get(..same).map(|cut| (cut.to_owned(), u64::MAX));
            }
        }
        Ok(found)
    }

    /// The claim payments that wait for a claim with a number that goes on after this one: payers append to numbers.
    fn waiting_beyond(&self, index_form: &str) -> Result<Vec<PaymentId>> {
        let mut found = Vec::new();
        for row in self.waiting_rows()?.range((index_form, u64::MAX)..)? {
            let (row, ()) = row.map(|(row, _)| (row, ()))?;
            let (number, id) = row.value();
            if !number.starts_with(index_form) {
                break;
            }
            if number.len() > index_form.len() {
                found.push(PaymentId(id));
            }
        }
        Ok(found)
    }
}

impl<T: Read> ReadWaiting for T {}

#[expect(clippy::missing_errors_doc, reason = "each fails when the file cannot be read or written")]
impl WriteTables<'_> {
    /// Lets a claim payment wait for a claim with this number.
    pub fn put_waiting(&mut self, index_form: &str, id: PaymentId) -> Result<()> {
        self.waiting_rows.get_mut()?.insert((index_form, id.0), ())?;
        Ok(())
    }

    /// Lets it wait no longer.
    pub fn remove_waiting(&mut self, index_form: &str, id: PaymentId) -> Result<()> {
        self.waiting_rows.get_mut()?.remove((index_form, id.0))?;
        Ok(())
    }
}
