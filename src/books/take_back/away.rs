//! Taking back what belongs to no claim: money that was released or sent, provider-level items, what the bank's movements
//! belong to.

use super::{Refusal, Taking, said};
use crate::books::deposits;
use crate::books::of_no_claim::{again, back, taken_back};
use crate::books::released;
use crate::domain::EntryId;
use crate::domain::book::{PaymentStatus, PlbRecord};
use crate::domain::entry::{Entry, Source};
use crate::store::registers;
use crate::store::{Read, ReadDeposits, WriteTables};

impl Taking<'_> {
    /// Turns round what a person booked outside of claims: negates it, or books again what it negated.
    pub(super) fn turn_round(&self, tables: &mut WriteTables<'_>) -> Result<(), Refusal> {
        let by_person = |entry: &Entry| entry.claim.is_none() && entry.source == Source::Manual;
        let own: Vec<(EntryId, Entry)> =
            self.entries(tables)?.into_iter().filter(|(_, entry)| by_person(entry)).collect();
        let gone = taken_back(tables, &own.iter().map(|(id, _)| *id).collect())?;
        for (id, entry) in own.iter().rev() {
            if gone.contains(id) {
                let words = format!("entry {id} was taken back since");
                return Err(self.because_of_entry(tables, words, |later| later.reverses == Some(*id))?);
            }
            let before = entry.reverses.map(|of| tables.entry(of)).transpose()?.flatten();
            match before {
                Some((before, _)) => {
                    again(tables, self.hand, &before)?;
                }
                None => {
                    back(tables, self.hand, &(*id, entry.clone()), entry.own_date(), self.words)?;
                }
            }
        }
        Ok(())
    }

    /// Waiting money that was released or taken up, and checks that went out for it.
    pub(super) fn released(&self, tables: &mut WriteTables<'_>) -> Result<(), Refusal> {
        let id = self.record.id;
        for kept in &self.record.places {
            self.lies_still(tables, kept)?;
        }
        self.turn_round(tables)?;
        let sent = released::sent(tables, &self.record.places.iter().map(|kept| kept.payment).collect())?;
        for kept in &self.record.places {
            let item = kept.payment;
            let sent = sent.get(&item).copied().unwrap_or_default();
            if !sent.is_zero() {
                let words = format!("a refund check of {sent} went out for item {item}");
                return Err(self.because_of_entry(tables, words, |entry| {
                    entry.payment == Some(item) && released::went_out(entry) == sent
                })?);
            }
            if matches!(kept.before.status, PaymentStatus::Unapplied | PaymentStatus::Released) {
                said(released::lie(tables, item, &kept.before), id)?;
            } else {
                return Err(Refusal::Since(id, format!("item {item} did not wait")));
            }
        }
        Ok(())
    }

    /// Provider-level items that were settled, opened again, or sent as checks.
    pub(super) fn items(&self, tables: &mut WriteTables<'_>) -> Result<(), Refusal> {
        let changed = registers::items(&self.record.rows)?;
        let settled = |item: &PlbRecord| (item.settlements.clone(), item.withdrawn);
        let changed = changed.into_iter().filter(|(was, is)| {
            let (was, is) = (was.as_ref().map(settled), is.as_ref().map(settled));
            was != is
        });
        let changed: Vec<_> = changed.collect();
        for (_, is) in &changed {
            let Some(is) = is else { continue };
            let now = tables.plb(is.id)?;
            if now.as_ref().map(settled) != Some(settled(is)) {
                let words = format!("provider-level item {} was settled or opened since", is.id);
                return Err(self.because_of(tables, words, |later| {
                    registers::items(&later.rows).unwrap_or_default().iter().any(|(was, now)| {
                        let differs = was.as_ref().map(settled) != now.as_ref().map(settled);
                        differs && now.as_ref().is_some_and(|item| item.id == is.id)
                    })
                })?);
            }
        }
        self.turn_round(tables)?;
        for (was, is) in changed {
            match (was, is) {
                (Some(was), Some(is)) => {
                    if let Some(now) = tables.plb(is.id)? {
                        let PlbRecord { settlements, withdrawn, .. } = was;
                        tables.put_plb(&PlbRecord { settlements, withdrawn, ..now })?;
                    }
                }
                // A check that was never sent.
                (None, Some(is)) => tables.remove_plb(&is)?,
                (Some(was), None) => tables.put_plb(&was)?,
                (None, None) => {}
            }
        }
        Ok(())
    }

    /// What movements of the bank belong to.
    pub(super) fn settlements(&self, tables: &mut WriteTables<'_>) -> Result<(), Refusal> {
        for (was, is) in registers::settlements(&self.record.rows)?.into_iter().rev() {
            let Some(is) = is else { continue };
            let now = tables.settlement(is.id)?;
            if now.as_ref() != Some(&is) {
                let words = format!("what deposit {} belongs to was changed since", list(&is.deposits));
                return Err(self.because_of(tables, words, |later| {
                    let later = registers::settlements(&later.rows).unwrap_or_default();
                    later.iter().any(|(_, now)| now.as_ref().is_some_and(|now| now.id == is.id))
                })?);
            }
            said(deposits::put_back(tables, self.hand, was, is, self.words), self.record.id)?;
        }
        Ok(())
    }
}

fn list<T: ToString>(ids: &[T]) -> String {
    ids.iter().map(T::to_string).collect::<Vec<_>>().join(", ")
}
