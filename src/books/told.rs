//! What the telling of a claim's story changes, on its way into the ledger: here new entries and cases get their numbers.

use super::denials;
use super::dossier::Heard;
use super::doubles;
use super::provider_acts;
use super::retell::Hand;
use super::sums;
use crate::denial::course::Days;
use crate::denial::turns::Turn;
use crate::domain::book::{ClaimRecord, ClaimState, Footing, PaymentStatus};
use crate::domain::case::DenialCase;
use crate::domain::clock::ClaimFacts;
use crate::domain::entry::Entry;
use crate::domain::{CaseId, ClaimId, Date, EntryId};
use crate::posting::entries::is_correction;
use crate::store::{PaymentTables, StoreError, WriteTables};

/// New entries of a story are numbered from here on until the ledger numbers them.
pub(super) const PROVISIONAL: u64 = 1 << 63;

/// A claim whose story was told.
#[derive(Debug, PartialEq, Eq)]
pub struct Told<'r> {
    pub(super) record: &'r ClaimRecord,
    /// The state as the ledger has it, and as it is now but for the numbers of new entries and cases.
    pub(super) before: ClaimState,
    pub(super) state: ClaimState,
    /// What it aged from on closed days, as the ledger has it, and what is to join that.
    pub(super) footings: Vec<Footing>,
    pub(super) left_behind: Option<Footing>,
    /// Entries that the journal lacks.
    pub(super) new: Vec<Entry>,
    /// Every case, whether it differs from what the ledger has or not.
    pub(super) cases: Vec<ToldCase>,
    /// The case on which an act moved the money.
    pub(super) by_case: Option<CaseId>,
    /// The remittance that went out of the books or came back, where that is why it is told.
    pub(super) turn: Option<Turn>,
    /// Claim payments whose rows differ.
    pub(super) heard: Vec<Heard>,
}

/// A denial case as the story tells it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ToldCase {
    /// Number 0 where the ledger does not know it.
    pub(super) case: DenialCase,
    /// As the ledger has it.
    pub(super) was: Option<DenialCase>,
    /// What deadlines ask of the claim.
    pub(super) claim: ClaimFacts,
    /// The day of what is new.
    pub(super) on: Date,
    /// How it went with the case, day by day; nothing where it is none any more.
    pub(super) days: Days,
}

impl Told<'_> {
    /// Hands out the claim payments that are to be written, for the caller to write.
    pub fn take_heard(&mut self) -> Vec<Heard> {
        std::mem::take(&mut self.heard)
    }

    /// Enters everything, claim payments too.
    ///
    /// # Errors
    /// Whatever the store says. An entry that does not sum to zero is refused there.
    pub fn enter_all(mut self, tables: &mut WriteTables<'_>, hand: &Hand<'_>) -> Result<(), StoreError> {
        let heard = self.take_heard();
        heard.iter().try_for_each(|heard| heard.put(&mut tables.payments_mut()))?;
        doubles::hear(tables, heard.iter().map(|heard| (&heard.payment, self.record)))?;
        doubles::compare_later(tables, self.record)?;
        let (claim, state) = self.enter(tables, hand)?;
        tables.put_claim_state(claim, &state)
    }

    /// Enters all but the claim payments and where the claim stands now, which is left to the caller.
    ///
    /// # Errors
    /// Whatever the store says. An entry that does not sum to zero is refused there.
    pub fn enter(
        self,
        tables: &mut WriteTables<'_>,
        hand: &Hand<'_>,
    ) -> Result<(ClaimId, ClaimState), StoreError> {
        let mut state = self.state;
        let mut numbers: Vec<EntryId> = Vec::with_capacity(self.new.len());
        if self.new.iter().any(is_correction) {
            tables.put_undone(self.record.id)?;
        }
        for mut entry in self.new {
            if let Some(at) = entry.reverses.and_then(|id| id.0.checked_sub(PROVISIONAL)) {
                entry.reverses = numbers.get(at as usize).copied();
            }
            if let Some(item) = entry.plb {
                provider_acts::stands_anew(tables, item, &entry)?;
            }
            let id = tables.append_entry(&entry, state.last_entry)?;
            state.last_entry = Some(id);
            numbers.push(id);
        }
        state.cases.clear();
        for mut told in self.cases {
            if told.case.id.0 == 0 {
                told.case.id = tables.next_case_id()?;
            }
            state.cases.push(told.case.id);
            let before = denials::Before {
                case: told.was.as_ref(),
                claim: told.claim,
                on: told.on,
                by_case: self.by_case == Some(told.case.id),
                days: &told.days,
                turn: self.turn,
            };
            denials::told(tables, hand, &before, &told.case)?;
        }
        let mut footings = self.footings.clone();
        if let Some(footing) = self.left_behind {
            tables.put_footing(self.record.id, &footing)?;
            footings.push(footing);
        }
        let (was, is) = ((&self.before, self.footings.as_slice()), (&state, footings.as_slice()));
        tables.add_to_sums(|changes| sums::restate(changes, was, is));
        Ok((self.record.id, state))
    }
}

/// Enters several, in the order of their claims, all but the claim payments.
///
/// # Errors
/// Whatever the store says. An entry that does not sum to zero is refused there.
pub fn enter(told: Vec<Told<'_>>, tables: &mut WriteTables<'_>, hand: &Hand<'_>) -> Result<(), StoreError> {
    let states = told.into_iter().map(|told| told.enter(tables, hand));
    let states: Vec<(ClaimId, ClaimState)> = states.collect::<Result<_, StoreError>>()?;
    tables.put_claim_states(&states)
}

impl Heard {
    /// Writes it, and keeps the list of unapplied items.
    ///
    /// # Errors
    /// Whatever the store says.
    pub fn put(&self, tables: &mut PaymentTables<'_, '_>) -> Result<(), StoreError> {
        let (id, waits) = (self.payment.id, self.payment.status == PaymentStatus::Unapplied);
        if waits {
            tables.put_unapplied(id)?;
        } else if self.was.is_some() {
            tables.remove_unapplied(id)?;
        }
        tables.put_payment(&self.payment)
    }
}
