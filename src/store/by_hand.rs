//! Writing what the office keeps by hand: notes, settings, rules, payers, what was done to denials. Each row is kept before it
//! is changed, so that the act can be taken back; see `registers`.

use redb::ReadableTable;

use super::error::StoreError;
use super::registers;
use super::rows::Record;
use super::schema::WriteTables;
use super::write::put;
use crate::domain::book::{Handling, Note, PayerRecord, Practice};
use crate::domain::case::{CaseEvent, Lease};
use crate::domain::clock::{ClockKind, ClockRule};
use crate::domain::followup::FollowUp;
use crate::domain::merge::PayerMerge;
use crate::domain::{CaseId, ClaimId, PayerId};

type Result<T> = std::result::Result<T, StoreError>;

/// The place after the last of those that stand under a number.
fn next_place(table: &impl ReadableTable<(u64, u64), &'static [u8]>, id: u64) -> Result<u64> {
    let last = table.range((id, 0)..=(id, u64::MAX))?.next_back().transpose()?;
    Ok(last.map_or(0, |(key, _)| key.value().1 + 1))
}

#[expect(clippy::missing_errors_doc, reason = "each fails when the file cannot be read or written")]
impl WriteTables<'_> {
    /// Adds a note to a claim.
    pub fn add_note(&mut self, claim: ClaimId, note: &Note) -> Result<()> {
        let place = next_place(self.note_rows.get()?, claim.0)?;
        registers::Notes(self, (claim.0, place))?;
        note.encode(claim.0, &mut self.scratch)?;
        self.note_rows.get_mut()?.insert((claim.0, place), self.scratch.as_slice())?;
        Ok(())
    }

    /// Adds what was done about a claim that nobody answered.
    pub fn add_followup(&mut self, claim: ClaimId, done: &FollowUp) -> Result<()> {
        let place = next_place(self.followup_rows.get()?, claim.0)?;
        registers::FollowUps(self, (claim.0, place))?;
        done.encode(claim.0, &mut self.scratch)?;
        self.followup_rows.get_mut()?.insert((claim.0, place), self.scratch.as_slice())?;
        Ok(())
    }

    /// Adds a handling of a reason code; the latest that fits counts.
    pub fn add_handling(&mut self, handling: &Handling) -> Result<()> {
        let last = self.handling_rows.get()?.last()?.map(|(place, _)| place.value());
        let place = last.map_or(0, |last| last + 1);
        registers::Handlings(self, place)?;
        put!(self.handling_rows, place, handling)
    }

    /// Takes back the handlings that are wanted no more, and returns them.
    pub fn remove_handlings(&mut self, gone: impl Fn(&Handling) -> bool) -> Result<Vec<Handling>> {
        let (mut places, mut removed) = (Vec::new(), Vec::new());
        for row in self.handling_rows.get()?.range::<u64>(..)? {
            let (place, bytes) = row?;
            let handling = Handling::decode(place.value(), bytes.value())?;
            if gone(&handling) {
                places.push(place.value());
                removed.push(handling);
            }
        }
        for place in places {
            registers::Handlings(self, place)?;
            self.handling_rows.get_mut()?.remove(place)?;
        }
        Ok(removed)
    }

    /// Keeps how a payer became another.
    pub fn put_payer_merge(&mut self, merge: &PayerMerge) -> Result<()> {
        put!(self.merge_rows, merge.from.0, merge)
    }

    /// Forgets it: the payer is itself again.
    pub fn remove_payer_merge(&mut self, from: PayerId) -> Result<()> {
        self.merge_rows.get_mut()?.remove(from.0)?;
        Ok(())
    }

    /// Lets everything that found one payer find another, and gives the keys.
    pub fn repoint_payer_keys(&mut self, from: PayerId, to: PayerId) -> Result<Vec<String>> {
        let mut keys = Vec::new();
        for row in self.payer_keys.get()?.range::<&str>(..)? {
            let (key, payer) = row?;
            if payer.value() == from.0 {
                keys.push(key.value().to_owned());
            }
        }
        keys.iter().try_for_each(|key| self.put_payer_key(key, to))?;
        Ok(keys)
    }

    /// Keeps the official text of a code, in place of what was there.
    pub fn put_code_text(&mut self, code: &str, text: &str) -> Result<()> {
        registers::CodeTexts(self, code)?;
        self.code_text_rows.get_mut()?.insert(code, text.as_bytes())?;
        Ok(())
    }

    /// Writes a payer, in place of what was there.
    pub fn put_payer(&mut self, payer: &PayerRecord) -> Result<()> {
        registers::Payers(self, payer.id.0)?;
        put!(self.payer_rows, payer.id.0, payer)
    }

    /// Writes a rule of deadlines, in place of what was there.
    pub fn put_clock_rule(&mut self, rule: &ClockRule) -> Result<()> {
        registers::ClockRules(self, (rule.payer.0, rule.kind.number()))?;
        rule.encode(u64::from(rule.payer.0), &mut self.scratch)?;
        self.clock_rows.get_mut()?.insert((rule.payer.0, rule.kind.number()), self.scratch.as_slice())?;
        Ok(())
    }

    /// Removes a rule of deadlines. Says whether there was one.
    pub fn remove_clock_rule(&mut self, payer: PayerId, kind: ClockKind) -> Result<bool> {
        registers::ClockRules(self, (payer.0, kind.number()))?;
        Ok(self.clock_rows.get_mut()?.remove((payer.0, kind.number()))?.is_some())
    }

    /// Saves a template of letters, in place of what was there.
    pub fn put_template(&mut self, name: &str, text: &str) -> Result<()> {
        registers::Templates(self, name)?;
        self.template_rows.get_mut()?.insert(name, text.as_bytes())?;
        Ok(())
    }

    /// Removes a template of letters. Says whether there was one.
    pub fn remove_template(&mut self, name: &str) -> Result<bool> {
        registers::Templates(self, name)?;
        Ok(self.template_rows.get_mut()?.remove(name)?.is_some())
    }

    /// Saves the text of a column map, in place of what was there.
    pub fn put_map(&mut self, name: &str, text: &str) -> Result<()> {
        registers::Maps(self, name)?;
        self.map_rows.get_mut()?.insert(name, text.as_bytes())?;
        Ok(())
    }

    /// Makes a payer found under a key such as `id:60054`.
    pub fn put_payer_key(&mut self, key: &str, id: PayerId) -> Result<()> {
        self.keep_payer_key(key)?;
        let footing = &mut self.counters.footings.payers;
        if let Some(before) = self.payer_keys.get_mut()?.insert(key, id.0)? {
            footing.take(key.as_bytes(), u64::from(before.value()));
        }
        footing.add(key.as_bytes(), u64::from(id.0));
        Ok(())
    }

    /// Lets nothing be found under a key of payers any more.
    pub fn remove_payer_key(&mut self, key: &str) -> Result<()> {
        self.keep_payer_key(key)?;
        if let Some(before) = self.payer_keys.get_mut()?.remove(key)? {
            self.counters.footings.payers.take(key.as_bytes(), u64::from(before.value()));
        }
        Ok(())
    }

    /// Removes a payer that nothing names.
    pub fn remove_payer(&mut self, id: PayerId) -> Result<()> {
        registers::Payers(self, id.0)?;
        self.payer_rows.get_mut()?.remove(id.0)?;
        Ok(())
    }

    /// Hands a case to somebody, in place of whoever had it.
    pub fn put_lease(&mut self, lease: &Lease) -> Result<()> {
        registers::Leases(self, lease.case.0)?;
        put!(self.lease_rows, lease.case.0, lease)
    }

    /// Takes it back.
    pub fn remove_lease(&mut self, id: CaseId) -> Result<()> {
        registers::Leases(self, id.0)?;
        self.lease_rows.get_mut()?.remove(id.0)?;
        Ok(())
    }

    /// Adds to what happened to a case.
    pub fn add_case_event(&mut self, id: CaseId, event: &CaseEvent) -> Result<()> {
        let place = next_place(self.case_event_rows.get()?, id.0)?;
        registers::CaseEvents(self, (id.0, place))?;
        event.encode(id.0, &mut self.scratch)?;
        self.case_event_rows.get_mut()?.insert((id.0, place), self.scratch.as_slice())?;
        Ok(())
    }

    /// Says whose books these are.
    pub fn set_practice(&mut self, practice: &Practice) -> Result<()> {
        registers::Practice(self, "practice")?;
        practice.encode(0, &mut self.scratch)?;
        self.practice_rows.get_mut()?.insert("practice", self.scratch.as_slice())?;
        Ok(())
    }
}
