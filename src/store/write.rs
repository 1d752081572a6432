//! Changing the ledger: one write transaction, its tables, and the numbers it gives.
//!
//! Nothing here decides what is written; only that an entry which does not balance never is.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use redb::{ReadableTable, WriteTransaction};

use super::blocks::OpenBlocks;
use super::briefs::Briefs;
use super::deeds::{By, ReadDeeds};
use super::error::StoreError;
use super::indexes::Footings;
use super::numbers::NewNumbers;
use super::pages::Watch;
use super::pairing::ToPair;
use super::periods::{Run, closed_until};
use super::registers::{self, Kept};
use super::rows::{Record, day, entry, state};
use super::schema::{CLAIM_BY_PAYER_NUMBER, JOURNAL_DAYS, META, PERIODS, PRACTICE, VERSION, WriteTables};
use super::sums::Changes;
use crate::domain::ack::{AckOutcome, AckRecord, SentSet};
use crate::domain::book::{ClaimState, FileRecord, PaymentRecord, PlbRecord, Practice, RemitRecord};
use crate::domain::case::{CaseWork, DenialCase, OpenCase};
use crate::domain::deed::{Deed, Fact, Place};
use crate::domain::deposit::{Deposit, Settlement};
use crate::domain::entry::Entry;
use crate::domain::{
    AckId, CaseId, ClaimId, Code, Date, DepositId, EntryId, FileId, Money, PayerId, PaymentId, PlbId,
    RemitId, SentId, SettlementId,
};

type Result<T> = std::result::Result<T, StoreError>;

/// Defines the counters of `meta` and the methods that draw from them. Numbers begin with 1 and are never reused.
macro_rules! counters {
    ($($about:literal $field:ident $method:ident: $id:ident;)+) => {
        /// The next number of each kind, as long as the transaction lasts.
        #[derive(Default)]
        pub struct Counters {
            $($field: u64,)+
            /// The last day that is closed.
            pub(super) closed: Option<Date>,
            /// What the indexes add up to that nothing else proves.
            pub(super) footings: Footings,
        }

        impl Counters {
            /// The number that the next entry gets.
            pub(super) const fn entries(&self) -> u64 {
                self.entries
            }

            fn load(meta: &impl ReadableTable<&'static str, u64>) -> Result<Counters> {
                Ok(Counters {
                    $($field: meta.get(stringify!($method))?.map_or(1, |next| next.value()),)+
                    closed: None,
                    footings: Footings::default(),
                })
            }

            fn save(&self, transaction: &WriteTransaction) -> Result<()> {
                let mut meta = transaction.open_table(META)?;
                $(meta.insert(stringify!($method), self.$field)?;)+
                Ok(())
            }
        }

        #[expect(clippy::missing_errors_doc, reason = "numbers do not run out")]
        impl WriteTables<'_> {
            $(
                #[doc = $about]
                pub fn $method(&mut self) -> Result<$id> {
                    let next = self.counters.$field;
                    self.counters.$field += 1;
                    next.try_into().map($id).map_err(|_| StoreError::corrupt("meta", stringify!($method), "has run out"))
                }
            )+
        }
    };
}

counters! {
    "A number for a new claim." claims next_claim_id: ClaimId;
    "A number for a new remittance." remits next_remit_id: RemitId;
    "A number for a new claim payment." payments next_payment_id: PaymentId;
    "A number for a new file." files next_file_id: FileId;
    "A number for a new payer." payers next_payer_id: PayerId;
    "A number for a new provider-level item." plbs next_plb_id: PlbId;
    "A number for a new denial case." cases next_case_id: CaseId;
    "A number for a new acknowledgment." acks next_ack_id: AckId;
    "A number for a new sent set." sent next_sent_id: SentId;
    "A number for a new movement of the bank." deposits next_deposit_id: DepositId;
    "A number for a new settlement." settlements next_settlement_id: SettlementId;
    "A number for a new entry; [`WriteTables::append_entry`] draws it itself." entries next_entry_id: EntryId;
}

/// Whether this process has committed anything.
static COMMITTED: AtomicBool = AtomicBool::new(false);

/// Whether anything was committed since this program began: then what follows cannot say that nothing was done.
#[must_use]
pub fn has_committed() -> bool {
    COMMITTED.load(Ordering::Acquire)
}

/// One write transaction. Dropped without [`commit_deed`](Writer::commit_deed), it leaves no trace.
pub struct Writer {
    transaction: WriteTransaction,
    counters: Counters,
    pending: Pending,
    watch: Arc<Watch>,
}

/// From so many sums on they are written beside the rest: an import's. The act of a person needs no second thread.
const MANY: usize = 1_000;

/// What is gathered in memory and written when the transaction is committed.
#[derive(Default)]
pub struct Pending {
    sums: Changes,
    pub(super) blocks: OpenBlocks,
    pub(super) numbers: NewNumbers,
    /// The entries that were appended, in runs of one accounting day.
    runs: Vec<Run>,
    pub(super) briefs: Briefs,
    pub(super) to_pair: ToPair,
    /// What stood in the registers of the office before a person's act touched them; nothing where that is not asked.
    pub(super) kept: Option<Kept>,
    /// Where claim payments lay before a person moved them.
    pub(super) places: BTreeMap<PaymentId, Place>,
    /// What the rules did along with a person's act that the audit log must name too.
    pub(super) also: Vec<Fact>,
    /// The imported files of which something came.
    pub(super) files: BTreeSet<FileId>,
    /// The first entry that the act appends whose transaction this is.
    pub(super) first_entry: u64,
}

impl Pending {
    fn add_entry(&mut self, id: EntryId, entry: &Entry) {
        self.sums.add_entry(entry);
        match self.runs.last_mut() {
            Some(run) if run.on == entry.posted_on && run.first.0 + run.count == id.0 => run.count += 1,
            _ => self.runs.push(Run { on: entry.posted_on, first: id, count: 1 }),
        }
    }

    fn save(mut self, transaction: &WriteTransaction) -> Result<()> {
        let many = self.sums.len() >= MANY;
        let sums = || self.sums.save(transaction);
        let others = || {
            self.briefs.save(transaction)?;
            self.blocks.save(transaction)?;
            self.numbers.save(&mut transaction.open_table(CLAIM_BY_PAYER_NUMBER)?)?;
            self.runs.sort_unstable_by_key(|run| (run.on, run.first));
            let mut table = transaction.open_table(JOURNAL_DAYS)?;
            for run in self.runs {
                table.insert((day(run.on), run.first.0), run.count)?;
            }
            Ok(())
        };
        if many {
            let (sums, others) = rayon::join(sums, others);
            sums.and(others)
        } else {
            sums().and_then(|()| others())
        }
    }
}

impl Writer {
    /// Takes over a transaction of a ledger whose shape was found right.
    pub(super) fn new(mut transaction: WriteTransaction, watch: Arc<Watch>) -> Result<Writer> {
        // After a kill the next open takes milliseconds instead of reading the whole file, for one more sync.
        transaction.set_quick_repair(true);
        // Another process may have given numbers since: they are read anew for every transaction.
        let mut counters = Counters::load(&transaction.open_table(META)?)?;
        counters.closed = closed_until(&transaction.open_table(PERIODS)?)?;
        counters.footings = Footings::load(&transaction)?;
        let pending = Pending { first_entry: counters.entries, ..Pending::default() };
        Ok(Writer { transaction, counters, pending, watch })
    }

    /// Every table, for reading and writing.
    pub fn tables(&mut self) -> WriteTables<'_> {
        WriteTables::new(&self.transaction, &mut self.counters, &mut self.pending)
    }

    /// Records what a person did here, and makes it durable with everything that was written, at once and as a whole. Gives
    /// the number of the act. Nothing that a person does is committed otherwise.
    ///
    /// # Errors
    /// The disk refused; then nothing was written, but for [`StoreError::Unsure`].
    pub fn commit_deed(mut self, by: By<'_>, deed: &Deed) -> Result<u64> {
        let id = self.tables().record_deed(by, deed)?;
        self.make_durable()?;
        Ok(id)
    }

    /// The same of more of an act that is recorded, such as a large file of an import: `act` is its number.
    ///
    /// # Errors
    /// As [`Writer::commit_deed`]; and there is no such act.
    pub fn commit_part_of(mut self, act: u64) -> Result<()> {
        if self.tables().deed(act)?.is_none() {
            return Err(StoreError::corrupt("deeds", act, "is not there, and something goes on with it"));
        }
        self.make_durable()
    }

    /// The same of what no person did: a new ledger, a change of shape.
    pub(super) fn commit_unrecorded(self) -> Result<()> {
        self.make_durable()
    }

    /// The same in a test, which is no person.
    ///
    /// # Errors
    /// As [`Writer::commit_deed`].
    #[cfg(test)]
    pub fn commit(self) -> Result<()> {
        self.make_durable()
    }

    fn make_durable(self) -> Result<()> {
        self.counters.save(&self.transaction)?;
        self.counters.footings.save(&self.transaction)?;
        self.pending.save(&self.transaction)?;
        self.watch.start();
        let done = self.transaction.commit();
        if done.is_ok() || self.watch.has_switched() {
            COMMITTED.store(true, Ordering::Release);
        }
        done.map_err(|error| match self.watch.has_switched() {
            true => StoreError::Unsure(Box::new(error)),
            false => error.into(),
        })
    }
}

/// Gives a new ledger its tables, its shape and its owner.
pub(super) fn found(transaction: WriteTransaction, practice: &Practice) -> Result<Writer> {
    let mut writer = Writer::new(transaction, Arc::default())?;
    let mut tables = writer.tables();
    tables.make()?;
    tables.set_practice(practice)?;
    drop(tables);
    stamp(&writer.transaction, VERSION)?;
    Ok(writer)
}

/// Writes down a shape, and that this program gave it.
pub(super) fn stamp(transaction: &WriteTransaction, schema: u64) -> Result<()> {
    transaction.open_table(META)?.insert("schema", schema)?;
    let by = concat!("arrears ", env!("CARGO_PKG_VERSION"));
    transaction.open_table(PRACTICE)?.insert("written_by", by.as_bytes())?;
    Ok(())
}

fn pack_state(id: ClaimId, state: &ClaimState, out: &mut Vec<u8>) -> Result<()> {
    state::pack(state, out).map_err(|bad| StoreError::corrupt("claim_state", id, bad.0))
}

/// Encodes a record and puts it under a number.
macro_rules! put {
    ($self:ident.$rows:ident, $key:expr, $record:expr) => {{
        $record.encode(u64::from($key), &mut $self.scratch)?;
        $self.$rows.get_mut()?.insert($key, $self.scratch.as_slice())?;
        Ok(())
    }};
}
pub(super) use put;

#[expect(clippy::missing_errors_doc, reason = "each fails when the file cannot be read or written")]
impl WriteTables<'_> {
    /// Writes where a claim stands, in place of what was there.
    pub fn put_claim_state(&mut self, id: ClaimId, state: &ClaimState) -> Result<()> {
        pack_state(id, state, &mut self.scratch)?;
        self.state_rows.get_mut()?.insert(id.0, self.scratch.as_slice())?;
        self.pending.briefs.standing(id, state.into(), self.claim_blocks.get_mut()?)
    }

    /// The same for several claims, in the order of their numbers. Those behind all that the ledger has are appended
    /// together (705 against 430 thousand rows a second), which also fills the pages.
    pub fn put_claim_states(&mut self, states: &[(ClaimId, ClaimState)]) -> Result<()> {
        let last = self.state_rows.get()?.last()?.map_or(0, |(id, _)| id.value());
        let (known, new) = states.split_at(states.partition_point(|(id, _)| id.0 <= last));
        known.iter().try_for_each(|(id, state)| self.put_claim_state(*id, state))?;
        if new.is_empty() {
            return Ok(());
        }
        let mut end = self.state_rows.get_mut()?.upper_bound_mut(Bound::<u64>::Unbounded)?;
        for (id, state) in new {
            pack_state(*id, state, &mut self.scratch)?;
            end.insert_before(id.0, self.scratch.as_slice())?;
        }
        end.close()?;
        let blocks = self.claim_blocks.get_mut()?;
        new.iter().try_for_each(|(id, state)| self.pending.briefs.standing(*id, state.into(), blocks))
    }

    /// Makes a claim found under the number that a payer gave it.
    pub fn index_payer_number(&mut self, number: &str, id: ClaimId) -> Result<()> {
        self.payments_mut().index_payer_numbers([(number, id)])
    }

    /// Adds an entry to the journal, and gives its number. The claim's state must then name it as its last.
    ///
    /// # Errors
    /// [`StoreError::Unbalanced`] for an entry without postings, or whose postings do not sum to zero;
    /// [`StoreError::Closed`] for one that is dated in a closed month: see [`WriteTables::admit`].
    pub fn append_entry(&mut self, new: &Entry, previous_of_claim: Option<EntryId>) -> Result<EntryId> {
        let imbalance = new.imbalance();
        if imbalance != Money::ZERO || new.postings.is_empty() {
            let postings = new.postings.len();
            return Err(StoreError::Unbalanced { rule: new.rule.to_string(), postings, imbalance });
        }
        if let Some(until) = self.counters.closed.filter(|until| new.posted_on <= *until) {
            return Err(StoreError::Closed { posted_on: new.posted_on, until });
        }
        let id = self.next_entry_id()?;
        let open = &mut self.pending.blocks.journal;
        open.put(self.journal_rows.get_mut()?, id.0, |to| entry::pack(new, previous_of_claim, to))?;
        self.pending.add_entry(id, new);
        Ok(id)
    }

    /// The last entry of the journal and the last file that there are; number 0 where there is none.
    #[must_use]
    pub const fn last_of_all(&self) -> (EntryId, FileId) {
        (EntryId(self.counters.entries - 1), FileId(self.counters.files - 1))
    }

    /// Adds to the sums that reports read; they are written when the transaction is committed.
    pub fn add_to_sums(&mut self, add: impl FnOnce(&mut Changes)) {
        add(&mut self.pending.sums);
    }

    /// Writes a claim payment, in place of what was there.
    pub fn put_payment(&mut self, payment: &PaymentRecord) -> Result<()> {
        self.payments_mut().put_payment(payment)
    }

    /// Notes that the money of a claim payment is in `unapplied`.
    pub fn put_unapplied(&mut self, id: PaymentId) -> Result<()> {
        self.payments_mut().put_unapplied(id)
    }

    /// Notes that it is there no longer.
    pub fn remove_unapplied(&mut self, id: PaymentId) -> Result<()> {
        self.payments_mut().remove_unapplied(id)
    }

    /// Writes a remittance, in place of what was there.
    pub fn put_remit(&mut self, remit: &RemitRecord) -> Result<()> {
        registers::Remits(self, remit.id.0)?;
        put!(self.remit_rows, remit.id.0, remit)
    }

    /// Makes a remittance found under its payment key.
    pub fn put_remit_key(&mut self, key: &[u8; 32], id: RemitId) -> Result<()> {
        self.remit_keys.get_mut()?.insert((key, id.0), ())?;
        Ok(())
    }

    /// Makes it found under that key no longer.
    pub fn remove_remit_key(&mut self, key: &[u8; 32], id: RemitId) -> Result<()> {
        self.remit_keys.get_mut()?.remove((key, id.0))?;
        Ok(())
    }

    /// Remembers a transaction set by its content; number 0 for an 837.
    pub fn put_set_hash(&mut self, hash: &[u8; 32], id: RemitId) -> Result<()> {
        let footing = &mut self.counters.footings.sets;
        if let Some(before) = self.set_hashes.get_mut()?.insert(hash, id.0)? {
            footing.take(hash, before.value());
        }
        footing.add(hash, id.0);
        Ok(())
    }

    /// Writes a file, in place of what was there, and makes it found under its SHA-256.
    pub fn put_file(&mut self, file: &FileRecord) -> Result<()> {
        self.brings(file.id);
        self.file_hashes.get_mut()?.insert(&file.sha256, file.id.0)?;
        put!(self.file_rows, file.id.0, file)
    }

    /// Notes that something of a file comes into the books in this transaction.
    pub fn brings(&mut self, file: FileId) {
        self.pending.files.insert(file);
    }

    /// The files of which something came.
    #[must_use]
    pub fn brought(&self) -> Vec<FileId> {
        self.pending.files.iter().copied().collect()
    }

    /// Writes a provider-level item, in place of what was there, and lists it as open as long as it is.
    pub fn put_plb(&mut self, plb: &PlbRecord) -> Result<()> {
        registers::Items(self, plb.id.0)?;
        self.pending.to_pair.item(plb);
        let key = (plb.payer.0, plb.id.0);
        if plb.open.is_zero() {
            self.plb_open_rows.get_mut()?.remove(key)?;
        } else {
            self.plb_open_rows.get_mut()?.insert(key, ())?;
        }
        put!(self.plb_rows, plb.id.0, plb)
    }

    /// Removes a provider-level item that nothing of the books speaks of.
    pub fn remove_plb(&mut self, plb: &PlbRecord) -> Result<()> {
        registers::Items(self, plb.id.0)?;
        self.plb_open_rows.get_mut()?.remove((plb.payer.0, plb.id.0))?;
        self.plb_rows.get_mut()?.remove(plb.id.0)?;
        Ok(())
    }

    /// Writes a denial case, in place of what was there.
    pub fn put_case(&mut self, case: &DenialCase) -> Result<()> {
        self.pending.briefs.case(case, self.case_blocks.get_mut()?)?;
        put!(self.case_rows, case.id.0, case)
    }

    /// Writes where the work on a case stands, in place of what was there.
    pub fn put_case_work(&mut self, id: CaseId, work: &CaseWork) -> Result<()> {
        put!(self.case_work_rows, id.0, work)
    }

    /// Nothing happened to a case after its first denial.
    pub fn remove_case_work(&mut self, id: CaseId) -> Result<()> {
        self.case_work_rows.get_mut()?.remove(id.0)?;
        Ok(())
    }

    /// Lists a case as not closed, in place of what was there.
    pub fn put_open_case(&mut self, case: &OpenCase) -> Result<()> {
        put!(self.open_case_rows, case.case.0, case)
    }

    /// Lists it no longer.
    pub fn remove_open_case(&mut self, id: CaseId) -> Result<()> {
        self.open_case_rows.get_mut()?.remove(id.0)?;
        Ok(())
    }

    /// Adds to how cases of a payer and reason ended at an appeal level: decisions, and what they brought in
    /// ten-thousandths. Below zero takes back.
    pub fn add_case_odds(
        &mut self,
        payer: PayerId,
        code: Code,
        level: u8,
        decided: i64,
        brought: i64,
    ) -> Result<()> {
        let key = (payer.0, code.number(), level);
        let (was, had) = self.odds_rows.get()?.get(key)?.map_or((0, 0), |value| value.value());
        let now = (was.saturating_add_signed(decided), had.saturating_add_signed(brought));
        if now.0 == 0 {
            self.odds_rows.get_mut()?.remove(key)?;
        } else {
            self.odds_rows.get_mut()?.insert(key, now)?;
        }
        Ok(())
    }

    /// Writes what an acknowledgment said, in place of what was there.
    pub fn put_ack(&mut self, ack: &AckRecord) -> Result<()> {
        put!(self.ack_rows, ack.id.0, ack)
    }

    /// Makes it found under a number that it names, such as `batch:B7`.
    pub fn put_ack_key(&mut self, key: &str, id: AckId) -> Result<()> {
        self.ack_keys.get_mut()?.insert((key, id.0), ())?;
        Ok(())
    }

    /// Lets a claim hear it.
    pub fn put_ack_event(&mut self, claim: ClaimId, id: AckId, outcome: AckOutcome) -> Result<()> {
        self.ack_event_rows.get_mut()?.insert((claim.0, id.0), outcome as u8)?;
        Ok(())
    }

    /// Lets a claim not have heard it: it speaks of another.
    pub fn remove_ack_event(&mut self, claim: ClaimId, id: AckId) -> Result<()> {
        self.ack_event_rows.get_mut()?.remove((claim.0, id.0))?;
        Ok(())
    }

    /// Writes a movement of the bank, and makes it found under its key.
    pub fn put_deposit(&mut self, deposit: &Deposit, key: &str) -> Result<()> {
        self.deposit_keys.get_mut()?.insert((key, deposit.id.0), ())?;
        put!(self.deposit_rows, deposit.id.0, deposit)
    }

    /// Writes what movements belong to, in place of what was there, and makes it found under each of them.
    pub fn put_settlement(&mut self, settlement: &Settlement) -> Result<()> {
        registers::Settlements(self, settlement.id.0)?;
        for deposit in &settlement.deposits {
            self.settled_deposit_rows.get_mut()?.insert((deposit.0, settlement.id.0), ())?;
        }
        for remit in &settlement.remits {
            self.settled_remit_rows.get_mut()?.insert((remit.0, settlement.id.0), ())?;
        }
        put!(self.settlement_rows, settlement.id.0, settlement)
    }

    /// Remembers a set that was sent.
    pub fn put_sent(&mut self, sent: &SentSet) -> Result<()> {
        put!(self.sent_rows, sent.id.0, sent)
    }

    /// Makes it found under a number that acknowledgments name.
    pub fn put_sent_key(&mut self, key: &str, id: SentId) -> Result<()> {
        self.sent_keys.get_mut()?.insert((key, id.0), ())?;
        Ok(())
    }
}
