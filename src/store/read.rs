//! What may be asked of the ledger, the same way inside a write transaction and outside one.
//!
//! Lists that grow with the ledger are iterators which decode a row when it is asked for; lists that belong to one
//! claim, number or payer are vectors.

use std::collections::BTreeMap;
use std::ops::Bound;

use redb::{AccessGuard, Key, ReadableTable, ReadableTableMetadata};

use super::blocks;
use super::error::StoreError;
use super::info::Counts;
use super::joins;
use super::numbers;
use super::rows::block::MOST_ROWS;
use super::rows::{Record, state};
use super::schema::{Snapshot, Tables, WriteTables};
use super::sums::{self, Amounts, Cube, Place};
use crate::domain::ack::{AckOutcome, AckRecord, SentSet};
use crate::domain::book::{
    ClaimRecord, ClaimState, FileRecord, Handling, Note, PayerRecord, PaymentRecord, PlbRecord, Practice,
    RemitRecord,
};
use crate::domain::case::{CaseEvent, CaseWork, DenialCase, Lease, OpenCase};
use crate::domain::clock::{ClockRule, OfficeAmount, OfficeHoliday};
use crate::domain::entry::Entry;
use crate::domain::followup::FollowUp;
use crate::domain::merge::PayerMerge;
use crate::domain::{
    AckId, CaseId, ClaimId, Code, Date, EntryId, FileId, PayerId, PaymentId, PlbId, RemitId, SentId,
};

type Result<T> = std::result::Result<T, StoreError>;
type Bytes = &'static [u8];
/// Payer, reason and appeal level; decisions, and what they brought in ten-thousandths of what was denied.
pub type Decided = ((PayerId, Code, u8), (u64, u64));

/// The row under a number.
pub(super) fn fetch<T: Record>(table: &impl ReadableTable<u64, Bytes>, key: u64) -> Result<Option<T>> {
    table.get(key)?.map(|bytes| T::decode(key, bytes.value())).transpose()
}

/// Every row of a table in the order of its numbers, decoded one at a time.
pub(super) fn all<T: Record>(
    table: &impl ReadableTable<u64, Bytes>,
) -> Result<impl Iterator<Item = Result<T>>> {
    Ok(table.range::<u64>(..)?.map(|row| {
        let (key, bytes) = row?;
        T::decode(key.value(), bytes.value())
    }))
}

/// The numbers that an index holds under one key.
pub(super) fn numbers_under<'k, 't, K: Key + 'static, T>(
    index: &'t impl ReadableTable<(K, u64), ()>,
    key: K::SelfType<'k>,
    id: impl Fn(u64) -> T,
) -> Result<Vec<T>>
where
    K::SelfType<'k>: Clone,
    for<'a> K::SelfType<'a>: PartialEq<K::SelfType<'k>>,
    (K, u64): Key + for<'a> redb::Value<SelfType<'a> = (K::SelfType<'a>, u64)>,
{
    // Mostly there is one: a range would look for its end too.
    let mut found = Vec::new();
    let mut cursor = index.lower_bound(Bound::Included((key.clone(), 0)))?;
    while let Some((row, _)) = cursor.next()? {
        let (of, number) = row.value();
        if of != key {
            break;
        }
        found.push(id(number));
    }
    Ok(found)
}

fn decode_state(key: u64, bytes: &AccessGuard<'_, Bytes>) -> Result<ClaimState> {
    state::unpack(bytes.value()).map_err(|bad| StoreError::corrupt("claim_state", key, bad.0))
}

/// The questions. Implemented by [`Snapshot`] and by [`WriteTables`], which sees what it has written itself.
#[expect(
    clippy::missing_errors_doc,
    reason = "each fails when the file cannot be read or a row of it is damaged"
)]
pub trait Read: Tables {
    /// Whose books these are.
    fn practice(&self) -> Result<Practice> {
        match self.practice_rows()?.get("practice")? {
            Some(bytes) => Practice::decode(0, bytes.value()),
            None => Err(StoreError::corrupt("practice", "practice", "is missing")),
        }
    }

    /// The number of the ledger's shape.
    fn schema(&self) -> Result<u64> {
        let number = self.meta_rows()?.get("schema")?.map(|number| number.value());
        number.ok_or_else(|| StoreError::corrupt("meta", "schema", "is missing"))
    }

    /// The program and version that gave the ledger its shape.
    fn written_by(&self) -> Result<String> {
        let text = self.practice_rows()?.get("written_by")?;
        Ok(text.map(|bytes| String::from_utf8_lossy(bytes.value()).into_owned()).unwrap_or_default())
    }

    /// How many records there are of each kind.
    fn counts(&self) -> Result<Counts> {
        Counts::of(self)
    }

    /// A claim as it was billed: with all submissions of its receivable where it leads one, with none where another does.
    fn claim(&self, id: ClaimId) -> Result<Option<ClaimRecord>> {
        joins::alone(self, id)?.map(|record| joins::seen(self, record)).transpose()
    }

    /// Every claim in the same way, by number.
    fn claims(&self) -> Result<impl Iterator<Item = Result<ClaimRecord>>> {
        let all = blocks::all(self.claim_rows()?, self.open_blocks().map(|open| &open.claims))?;
        Ok(all.map(|row| row.and_then(|(_, claim)| joins::seen(self, claim))))
    }

    /// Where a claim stands.
    fn claim_state(&self, id: ClaimId) -> Result<Option<ClaimState>> {
        self.state_rows()?.get(id.0)?.map(|bytes| decode_state(id.0, &bytes)).transpose()
    }

    /// Where every claim stands, by number of the claim.
    fn claim_states(&self) -> Result<impl Iterator<Item = Result<(ClaimId, ClaimState)>>> {
        Ok(self.state_rows()?.range::<u64>(..)?.map(|row| {
            let (key, bytes) = row?;
            Ok((ClaimId(key.value()), decode_state(key.value(), &bytes)?))
        }))
    }

    /// The claims whose control number has this index form; for a part of a receivable, the one that leads it.
    fn claims_by_number(&self, index_form: &str) -> Result<Vec<ClaimId>> {
        joins::leads(self, numbers_under::<&str, _>(self.claim_numbers()?, index_form, ClaimId)?)
    }

    /// Whether any claim bears a number from one index form to another.
    fn is_claim_between(&self, first: &str, last: &str) -> Result<bool> {
        Ok(self.claim_numbers()?.range((first, 0)..=(last, u64::MAX))?.next().transpose()?.is_some())
    }

    /// The first `limit` claims whose control number begins with this, with its index form.
    fn claims_by_number_prefix(&self, prefix: &str, limit: usize) -> Result<Vec<(String, ClaimId)>> {
        let mut found = Vec::new();
        for row in self.claim_numbers()?.range((prefix, 0)..)? {
            let (key, ()) = row.map(|(key, _)| (key, ()))?;
            let (number, claim) = key.value();
            if found.len() == limit || !number.starts_with(prefix) {
                break;
            }
            found.push((number.to_owned(), ClaimId(claim)));
        }
        Ok(found)
    }

    /// Whether a claim is found under a number that a payer gave it; so is every claim under none.
    fn is_known_to_payer(&self, claim: ClaimId, number: &str) -> Result<bool> {
        numbers::is_borne(self, claim, number)
    }

    /// The claims that a payer knows under this number; for a part of a receivable, the one that leads it.
    fn claims_by_payer_number(&self, number: &str) -> Result<Vec<ClaimId>> {
        joins::leads(self, numbers::find(self, number)?)
    }

    /// A claim payment.
    fn payment(&self, id: PaymentId) -> Result<Option<PaymentRecord>> {
        blocks::get(self.payment_rows()?, self.open_blocks().map(|open| &open.payments), id.0)
    }

    /// Every claim payment, by number.
    fn payments(&self) -> Result<impl Iterator<Item = Result<PaymentRecord>>> {
        let all = blocks::all(self.payment_rows()?, self.open_blocks().map(|open| &open.payments))?;
        Ok(all.map(|row| row.map(|(_, payment)| payment)))
    }

    /// The claim payments attached to a claim, in the order in which they were attached.
    fn payments_of_claim(&self, id: ClaimId) -> Result<Vec<PaymentRecord>> {
        self.payments_until(self.claim_state(id)?.and_then(|state| state.last_payment))
    }

    /// The same, from the last of them: [`ClaimState::last_payment`].
    fn payments_until(&self, last: Option<PaymentId>) -> Result<Vec<PaymentRecord>> {
        if last.is_none() {
            return Ok(Vec::new());
        }
        let mut next = last;
        let most = (self.payment_rows()?.len()? + 1) * MOST_ROWS as u64;
        let mut chain: Vec<PaymentRecord> = Vec::new();
        while let Some(at) = next {
            let payment = self.payment(at)?;
            let payment =
                payment.ok_or_else(|| StoreError::corrupt("payments", at, "is named and missing"))?;
            if chain.len() as u64 == most {
                return Err(StoreError::corrupt("payments", at, "the chain of its claim has no end"));
            }
            next = payment.previous_of_claim;
            chain.push(payment);
        }
        chain.reverse();
        Ok(chain)
    }

    /// Claim payments whose money is in `unapplied`.
    fn unapplied(&self) -> Result<impl Iterator<Item = Result<PaymentId>>> {
        Ok(self.unapplied_rows()?.range::<u64>(..)?.map(|row| Ok(PaymentId(row?.0.value()))))
    }

    /// An entry, and the entry of the same claim before it.
    fn entry(&self, id: EntryId) -> Result<Option<(Entry, Option<EntryId>)>> {
        blocks::get(self.journal_rows()?, self.open_blocks().map(|open| &open.journal), id.0)
    }

    /// Every entry, oldest first.
    fn journal(&self) -> Result<impl Iterator<Item = Result<(EntryId, Entry)>>> {
        let all = blocks::all::<(Entry, Option<EntryId>)>(
            self.journal_rows()?,
            self.open_blocks().map(|open| &open.journal),
        )?;
        Ok(all.map(|row| row.map(|(id, (entry, _))| (EntryId(id), entry))))
    }

    /// The entries of a claim, oldest first.
    fn entries_of_claim(&self, id: ClaimId) -> Result<Vec<(EntryId, Entry)>> {
        self.entries_until(self.claim_state(id)?.and_then(|state| state.last_entry))
    }

    /// The same, from the last of them: [`ClaimState::last_entry`].
    fn entries_until(&self, last: Option<EntryId>) -> Result<Vec<(EntryId, Entry)>> {
        let mut next = last;
        let mut chain = Vec::new();
        while let Some(at) = next {
            let found = self.entry(at)?;
            let (entry, previous) =
                found.ok_or_else(|| StoreError::corrupt("journal", at, "is named and missing"))?;
            if previous.is_some_and(|previous| previous >= at) {
                return Err(StoreError::corrupt("journal", at, "names a later entry as the one before it"));
            }
            chain.push((at, entry));
            next = previous;
        }
        chain.reverse();
        Ok(chain)
    }

    /// The sums of a cube as of a day, without what the open write transaction has changed.
    fn sums(&self, cube: Cube, as_of: Date) -> Result<BTreeMap<Place, Amounts>> {
        sums::as_of(self, cube, as_of)
    }

    /// A remittance.
    fn remit(&self, id: RemitId) -> Result<Option<RemitRecord>> {
        fetch(self.remit_rows()?, id.0)
    }

    /// Every remittance, by number.
    fn remits(&self) -> Result<impl Iterator<Item = Result<RemitRecord>>> {
        all(self.remit_rows()?)
    }

    /// The remittances with this payment key.
    fn remits_by_key(&self, key: &[u8; 32]) -> Result<Vec<RemitId>> {
        numbers_under::<&[u8; 32], _>(self.remit_keys()?, key, RemitId)
    }

    /// The remittance that a transaction set with this content became; number 0 where it was an 837.
    fn set_by_hash(&self, hash: &[u8; 32]) -> Result<Option<RemitId>> {
        Ok(self.set_hashes()?.get(hash)?.map(|remit| RemitId(remit.value())))
    }

    /// An imported file.
    fn file(&self, id: FileId) -> Result<Option<FileRecord>> {
        fetch(self.file_rows()?, id.0)
    }

    /// Every imported file, by number.
    fn files(&self) -> Result<impl Iterator<Item = Result<FileRecord>>> {
        all(self.file_rows()?)
    }

    /// The imported file with this SHA-256.
    fn file_by_hash(&self, sha256: &[u8; 32]) -> Result<Option<FileRecord>> {
        let id = self.file_hashes()?.get(sha256)?.map(|id| id.value());
        match id {
            Some(id) => fetch(self.file_rows()?, id),
            None => Ok(None),
        }
    }

    /// A provider-level item.
    fn plb(&self, id: PlbId) -> Result<Option<PlbRecord>> {
        fetch(self.plb_rows()?, id.0)
    }

    /// Every provider-level item, by number.
    fn plbs(&self) -> Result<impl Iterator<Item = Result<PlbRecord>>> {
        all(self.plb_rows()?)
    }

    /// The provider-level items of a payer that are not offset yet, by number.
    fn open_plbs_of_payer(&self, payer: PayerId) -> Result<Vec<PlbRecord>> {
        let found = |id: PlbId| {
            self.plb(id)?.ok_or_else(|| StoreError::corrupt("plb", id, "is listed as open and missing"))
        };
        numbers_under::<u32, _>(self.plb_open_rows()?, payer.0, PlbId)?.into_iter().map(found).collect()
    }

    /// A denial case.
    fn case(&self, id: CaseId) -> Result<Option<DenialCase>> {
        fetch(self.case_rows()?, id.0)
    }

    /// Every denial case, by number.
    fn cases(&self) -> Result<impl Iterator<Item = Result<DenialCase>>> {
        all(self.case_rows()?)
    }

    /// What happened to a case after its first denial, oldest first.
    fn case_events(&self, id: CaseId) -> Result<Vec<CaseEvent>> {
        let rows = self.case_event_rows()?.range((id.0, 0)..=(id.0, u64::MAX))?;
        rows.map(|row| CaseEvent::decode(id.0, row?.1.value())).collect()
    }

    /// What happened to every case, case by case.
    fn all_case_events(&self) -> Result<impl Iterator<Item = Result<(CaseId, CaseEvent)>>> {
        Ok(self.case_event_rows()?.range::<(u64, u64)>(..)?.map(|row| {
            let (key, bytes) = row?;
            let case = key.value().0;
            Ok((CaseId(case), CaseEvent::decode(case, bytes.value())?))
        }))
    }

    /// Where the work on a case stands; nothing while nothing happened after its first denial.
    fn case_work(&self, id: CaseId) -> Result<Option<CaseWork>> {
        fetch(self.case_work_rows()?, id.0)
    }

    /// A case that is not closed, as order and clocks see it.
    fn open_case(&self, id: CaseId) -> Result<Option<OpenCase>> {
        fetch(self.open_case_rows()?, id.0)
    }

    /// Every case that is not closed, by number.
    fn open_cases(&self) -> Result<impl Iterator<Item = Result<OpenCase>>> {
        all(self.open_case_rows()?)
    }

    /// Who was handed a case.
    fn lease(&self, id: CaseId) -> Result<Option<Lease>> {
        fetch(self.lease_rows()?, id.0)
    }

    /// Everybody who was handed a case, whether or not the time has run out.
    fn leases(&self) -> Result<Vec<Lease>> {
        all(self.lease_rows()?)?.collect()
    }

    /// How cases ended: by payer, reason and appeal level, how many decisions, and what they brought in ten-thousandths.
    fn case_odds(&self) -> Result<Vec<Decided>> {
        let rows = self.odds_rows()?.range::<(u32, u32, u8)>(..)?;
        rows.map(|row| {
            let (key, value) = row?;
            let (payer, code, level) = key.value();
            Ok(((PayerId(payer), Code::from_number(code), level), value.value()))
        })
        .collect()
    }

    /// What persons wrote about a claim, oldest first.
    fn notes(&self, claim: ClaimId) -> Result<Vec<Note>> {
        let rows = self.note_rows()?.range((claim.0, 0)..=(claim.0, u64::MAX))?;
        rows.map(|row| {
            let (_, bytes) = row?;
            Note::decode(claim.0, bytes.value())
        })
        .collect()
    }

    /// What persons wrote about all claims, by claim, oldest first.
    fn all_notes(&self) -> Result<impl Iterator<Item = Result<(ClaimId, Note)>>> {
        let rows = self.note_rows()?.range::<(u64, u64)>(..)?;
        Ok(rows.map(|row| {
            let (key, bytes) = row?;
            let claim = ClaimId(key.value().0);
            Ok((claim, Note::decode(claim.0, bytes.value())?))
        }))
    }

    /// The office's own handlings of reason codes, in the order in which they were set.
    fn handlings(&self) -> Result<Vec<Handling>> {
        all(self.handling_rows()?)?.collect()
    }

    /// The official text of a code such as `CARC 45`, if the office loaded its list.
    fn code_text(&self, code: &str) -> Result<Option<String>> {
        Ok(self.code_text_rows()?.get(code)?.map(|text| String::from_utf8_lossy(text.value()).into_owned()))
    }

    /// A payer.
    fn payer(&self, id: PayerId) -> Result<Option<PayerRecord>> {
        self.payer_rows()?
            .get(id.0)?
            .map(|bytes| PayerRecord::decode(u64::from(id.0), bytes.value()))
            .transpose()
    }

    /// Every payer, by number.
    fn payers(&self) -> Result<Vec<PayerRecord>> {
        let decode = |row: std::result::Result<(AccessGuard<'_, u32>, AccessGuard<'_, Bytes>), _>| {
            let (key, bytes) = row.map_err(|error: redb::StorageError| StoreError::from(error))?;
            PayerRecord::decode(u64::from(key.value()), bytes.value())
        };
        self.payer_rows()?.range::<u32>(..)?.map(decode).collect()
    }

    /// How a payer became another; nothing where it did not, or where an earlier version let it.
    fn payer_merge(&self, from: PayerId) -> Result<Option<PayerMerge>> {
        let row = self.merge_rows()?.get(from.0)?;
        row.map(|bytes| PayerMerge::decode(u64::from(from.0), bytes.value())).transpose()
    }

    /// The office's rules of deadlines, by payer and kind.
    fn clock_rules(&self) -> Result<Vec<ClockRule>> {
        let rows = self.clock_rows()?.range::<(u32, u8)>(..)?;
        rows.map(|row| {
            let (key, bytes) = row?;
            ClockRule::decode(u64::from(key.value().0), bytes.value())
        })
        .collect()
    }

    /// The office's own amounts in controversy, by table, level and year.
    fn clock_amounts(&self) -> Result<Vec<OfficeAmount>> {
        let rows = self.clock_amount_rows()?.range::<(&str, u8, i32)>(..)?;
        rows.map(|row| OfficeAmount::decode(0, row?.1.value())).collect()
    }

    /// The office's own holidays, in their order.
    fn clock_holidays(&self) -> Result<Vec<OfficeHoliday>> {
        let rows = self.clock_holiday_rows()?.range::<i32>(..)?;
        rows.map(|row| OfficeHoliday::decode(0, row?.1.value())).collect()
    }

    /// The office's own templates of letters, by name.
    fn templates(&self) -> Result<BTreeMap<String, String>> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let rows = self.template_rows()?.range::<&str>(..)?;
        rows.map(|row| {
            row.map(|(name, bytes)| (name.value().to_owned(), text(bytes.value()))).map_err(Into::into)
        })
        .collect()
    }

    /// What was done about claims that nobody answered: claim by claim, oldest first.
    fn followups(&self) -> Result<impl Iterator<Item = Result<(ClaimId, FollowUp)>>> {
        Ok(self.followup_rows()?.range::<(u64, u64)>(..)?.map(|row| {
            let (key, bytes) = row?;
            let claim = key.value().0;
            Ok((ClaimId(claim), FollowUp::decode(claim, bytes.value())?))
        }))
    }

    /// What was done about one claim, oldest first.
    fn followups_of_claim(&self, claim: ClaimId) -> Result<Vec<FollowUp>> {
        let rows = self.followup_rows()?.range((claim.0, 0)..=(claim.0, u64::MAX))?;
        rows.map(|row| FollowUp::decode(claim.0, row?.1.value())).collect()
    }

    /// The text of a column map that was saved.
    fn map(&self, name: &str) -> Result<Option<String>> {
        let text = self.map_rows()?.get(name)?;
        Ok(text.map(|bytes| String::from_utf8_lossy(bytes.value()).into_owned()))
    }

    /// The names of the column maps that were saved.
    fn map_names(&self) -> Result<Vec<String>> {
        self.map_rows()?.range::<&str>(..)?.map(|row| Ok(row?.0.value().to_owned())).collect()
    }

    /// The payer known under a key such as `id:60054`.
    fn payer_by_key(&self, key: &str) -> Result<Option<PayerId>> {
        Ok(self.payer_keys()?.get(key)?.map(|payer| PayerId(payer.value())))
    }

    /// One thing that an acknowledgment said.
    fn ack(&self, id: AckId) -> Result<Option<AckRecord>> {
        fetch(self.ack_rows()?, id.0)
    }

    /// Everything that acknowledgments said, by number.
    fn acks(&self) -> Result<impl Iterator<Item = Result<AckRecord>>> {
        all(self.ack_rows()?)
    }

    /// Whether nobody has acknowledged anything.
    fn has_no_acks(&self) -> Result<bool> {
        Ok(self.ack_rows()?.is_empty()?)
    }

    /// What acknowledgments said under a key such as `batch:B7`.
    fn acks_by_key(&self, key: &str) -> Result<Vec<AckId>> {
        numbers_under::<&str, _>(self.ack_keys()?, key, AckId)
    }

    /// What one claim heard.
    fn acks_of_claim(&self, id: ClaimId) -> Result<Vec<AckId>> {
        let range = self.ack_event_rows()?.range((id.0, 0)..=(id.0, u64::MAX))?;
        range.map(|row| Ok(AckId(row?.0.value().1))).collect()
    }

    /// What all claims heard, claim by claim.
    fn ack_events(&self) -> Result<impl Iterator<Item = Result<(ClaimId, AckId, AckOutcome)>>> {
        Ok(self.ack_event_rows()?.range::<(u64, u64)>(..)?.map(|row| {
            let (key, number) = row?;
            let ((claim, ack), number) = (key.value(), number.value());
            let outcome = AckOutcome::from_number(number)
                .ok_or_else(|| StoreError::corrupt("ack_events", claim, format!("{number} is no outcome")))?;
            Ok((ClaimId(claim), AckId(ack), outcome))
        }))
    }

    /// The sent sets under a key such as `set:7:1`.
    fn sent_by_key(&self, key: &str) -> Result<Vec<SentSet>> {
        let found = |id: SentId| {
            let sent = fetch(self.sent_rows()?, id.0)?;
            sent.ok_or_else(|| StoreError::corrupt("sent_sets", id, "is named and missing"))
        };
        numbers_under::<&str, _>(self.sent_keys()?, key, SentId)?.into_iter().map(found).collect()
    }
}

impl Read for Snapshot {}
impl Read for WriteTables<'_> {}
