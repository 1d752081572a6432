//! Taking back what was done with claim payments: matched, taken off, moved, posted by hand; claims joined and parted.

use super::{Refusal, Taking, said};
use crate::books::joins::{self, Because};
use crate::books::undo;
use crate::domain::deed::KeptPlace;
use crate::store::registers;
use crate::store::{Read, ReadJoins, WriteTables};

impl Taking<'_> {
    /// Puts claim payments where they were.
    pub(super) fn places(&self, tables: &mut WriteTables<'_>) -> Result<(), Refusal> {
        let id = self.record.id;
        self.are_unchanged(tables)?;
        for kept in &self.record.places {
            self.lies_still(tables, kept)?;
            said(undo::put_where_it_was(tables, self.hand, kept.payment, &kept.before), id)?;
            let now = tables.payment(kept.payment)?;
            if now.is_none_or(|now| (now.status, now.claim) != (kept.before.status, kept.before.claim)) {
                let words = format!("claim payment {} would not lie where it lay", kept.payment);
                return Err(Refusal::Since(id, words));
            }
        }
        self.restore(tables)
    }

    /// Whether a claim payment still lies where the act put it.
    pub(super) fn lies_still(&self, tables: &WriteTables<'_>, kept: &KeptPlace) -> Result<(), Refusal> {
        let now = tables.payment(kept.payment)?;
        let (at, after) = (now.as_ref(), &kept.after);
        if at.is_some_and(|at| {
            (at.status, at.claim, &at.by_hand) == (after.status, after.claim, &after.by_hand)
        }) {
            return Ok(());
        }
        let words = format!("claim payment {} was moved since", kept.payment);
        Err(self.because_of(tables, words, |later| {
            later.places.iter().any(|place| place.payment == kept.payment)
        })?)
    }

    /// Parts claims that were joined, and joins those that were parted.
    pub(super) fn joined(&self, tables: &mut WriteTables<'_>) -> Result<(), Refusal> {
        let id = self.record.id;
        self.are_unchanged(tables)?;
        for both in registers::joins(&self.record.rows)? {
            let (was, is) = (both.0.as_ref(), both.1.as_ref());
            let Some(part) = was.or(is).map(|join| join.part) else { continue };
            let now = tables.join_of(part)?;
            if now.as_ref() != is {
                let words = "the claims were joined or parted since".to_owned();
                return Err(self.because_of(tables, words, |later| {
                    later.rows.iter().any(|row| registers::part_of(row) == Some(part))
                })?);
            }
            match both {
                (None, Some(join)) => {
                    said(joins::part(tables, self.hand, join.part, None), id)?;
                }
                (Some(join), None) => {
                    let because = Because { ground: join.ground, on: join.on, reason: &join.reason };
                    said(joins::join(tables, self.hand, (join.part, join.with), because), id)?;
                }
                _ => {
                    let words =
                        "other claims were part of the receivable; `claim part` and `claim join` say how";
                    return Err(Refusal::Since(id, words.to_owned()));
                }
            }
        }
        self.restore(tables)
    }
}
