//! Taking back what a person posted to claims: the exact negation on the day of the act, so that the books of every day are
//! what they would have been without it.

use std::collections::BTreeMap;

use super::{Refusal, Taking, said};
use crate::books::manual::{self, Ground};
use crate::domain::entry::Entry;
use crate::domain::{Account, CaseId, EntryId, Money};
use crate::posting::entries::is_act;
use crate::store::registers;
use crate::store::{Read, WriteTables};

impl Taking<'_> {
    /// Negates what was posted, and posts again what was negated.
    pub(super) fn acts(&self, tables: &mut WriteTables<'_>) -> Result<(), Refusal> {
        let id = self.record.id;
        self.are_unchanged(tables)?;
        let mut of_case: BTreeMap<EntryId, CaseId> = BTreeMap::new();
        for (case, event) in registers::events(&self.record.rows)? {
            of_case.extend(event.entry.map(|entry| (entry, case)));
        }
        let is_own = |entry: &Entry| is_act(entry) && entry.claim.is_some();
        let entries: Vec<(EntryId, Entry)> =
            self.entries(tables)?.into_iter().filter(|(_, entry)| is_own(entry)).collect();
        for (at, entry) in entries.iter().rev() {
            let Some(claim) = entry.claim else { continue };
            // The denial notes itself what becomes of it; the echo is not noted once more.
            let case = of_case.get(at).or_else(|| of_case.get(&entry.reverses?)).copied();
            let again = entry.reverses.map(|before| tables.entry(before)).transpose()?.flatten();
            match again {
                Some((before, _)) => said(manual::again(tables, self.hand, claim, case, &before), id)?,
                None => {
                    let taken = tables.entries_of_claim(claim)?.iter().any(|(_, e)| e.reverses == Some(*at));
                    if taken {
                        let words = format!("entry {at} was taken back since");
                        return Err(
                            self.because_of_entry(tables, words, |entry| entry.reverses == Some(*at))?
                        );
                    }
                    let ground = Ground::new(entry.own_date(), self.words);
                    said(manual::negate(tables, self.hand, (claim, case), *at, ground), id)?
                }
            };
        }
        self.restore(tables)?;
        self.refunds_hold(tables, &entries)
    }

    /// A refund that went out is not left without the one that was due.
    fn refunds_hold(&self, tables: &WriteTables<'_>, entries: &[(EntryId, Entry)]) -> Result<(), Refusal> {
        for claim in entries.iter().filter_map(|(_, entry)| entry.claim) {
            let all = tables.entries_of_claim(claim)?;
            for account in [Account::RefundInsurance, Account::RefundPatient] {
                let due: Money = all.iter().map(|(_, entry)| entry.sum_of(account)).sum();
                if due.is_positive() {
                    let words = format!("a refund of {due} went out on claim {claim} that would not be due");
                    return Err(self.because_of_entry(tables, words, |entry| {
                        entry.claim == Some(claim) && entry.sum_of(account).is_positive()
                    })?);
                }
            }
        }
        Ok(())
    }
}
