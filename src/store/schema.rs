//! Every table of the ledger on one screen, and the handles to them.
//!
//! What a row holds stands in `rows`; what may be asked of the tables in `read` and `write`.

use std::sync::{Mutex, OnceLock, PoisonError};

use redb::{
    Key, ReadOnlyTable, ReadTransaction, ReadableTable, Table, TableDefinition, TableHandle, Value,
    WriteTransaction,
};

use super::blocks::OpenBlocks;
use super::copy;
use super::error::StoreError;
use super::info::TableInfo;
use super::numbers::NewNumbers;
use super::rows::numbers;
use super::sums;
use super::write::{Counters, Pending};

/// The shape that this program reads and writes. A change of any row needs a new number and a step in `migrate`.
pub const VERSION: u64 = 6;

/// A row as `codec` wrote it.
type Bytes = &'static [u8];
/// A SHA-256.
type Hash = &'static [u8; 32];

/// A table of a write transaction, opened when it is first asked for. A small remittance needs a dozen of the fifty:
/// opening and closing all of them was a seventh of the time of a thousand files.
pub struct Lazy<'w, K: Key + 'static, V: Value + 'static> {
    transaction: &'w WriteTransaction,
    definition: TableDefinition<'static, K, V>,
    table: OnceLock<Table<'w, K, V>>,
    /// Two threads may ask for it at once, and it can be opened once.
    opening: Mutex<()>,
}

impl<'w, K: Key + 'static, V: Value + 'static> Lazy<'w, K, V> {
    const fn new(transaction: &'w WriteTransaction, definition: TableDefinition<'static, K, V>) -> Self {
        Lazy { transaction, definition, table: OnceLock::new(), opening: Mutex::new(()) }
    }

    /// Hands the table to somebody else, and leaves another in its place.
    pub(super) const fn lend(&mut self) -> Self {
        let other = Lazy::new(self.transaction, self.definition);
        std::mem::replace(self, other)
    }

    /// The table, to read it.
    pub(super) fn get(&self) -> Result<&Table<'w, K, V>, StoreError> {
        if let Some(table) = self.table.get() {
            return Ok(table);
        }
        let _alone = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        match self.table.get() {
            Some(table) => Ok(table),
            None => {
                let table = self.transaction.open_table(self.definition)?;
                Ok(self.table.get_or_init(|| table))
            }
        }
    }

    /// The table, to change it.
    pub(super) fn get_mut(&mut self) -> Result<&mut Table<'w, K, V>, StoreError> {
        self.get()?;
        Ok(self.table.get_mut().expect("it was opened in the line before"))
    }
}

macro_rules! tables {
    ($($name:ident $rows:ident: $key:ty => $value:ty = $word:literal;)+) => {
        $(pub const $name: TableDefinition<'static, $key, $value> = TableDefinition::new($word);)+

        /// One moment of the ledger: what was committed when it was taken, whatever is written since.
        pub struct Snapshot {
            $(pub(super) $rows: ReadOnlyTable<$key, $value>,)+
        }

        /// Every table of one write transaction. See [`Writer::tables`](super::Writer::tables).
        pub struct WriteTables<'w> {
            $(pub(super) $rows: Lazy<'w, $key, $value>,)+
            pub(super) counters: &'w mut Counters,
            pub(super) pending: &'w mut Pending,
            pub(super) scratch: Vec<u8>,
        }

        /// What reading needs, from either kind of transaction.
        pub trait Tables {
            $(fn $rows(&self) -> Result<&impl ReadableTable<$key, $value>, StoreError>;)+

            /// The blocks of rows that are not in their tables yet.
            fn open_blocks(&self) -> Option<&OpenBlocks>;

            /// The numbers of payers that are not in their table yet.
            fn new_numbers(&self) -> Option<&NewNumbers>;
        }

        impl Tables for Snapshot {
            $(fn $rows(&self) -> Result<&impl ReadableTable<$key, $value>, StoreError> { Ok(&self.$rows) })+

            fn open_blocks(&self) -> Option<&OpenBlocks> {
                None
            }

            fn new_numbers(&self) -> Option<&NewNumbers> {
                None
            }
        }

        impl Tables for WriteTables<'_> {
            $(fn $rows(&self) -> Result<&impl ReadableTable<$key, $value>, StoreError> { self.$rows.get() })+

            fn open_blocks(&self) -> Option<&OpenBlocks> {
                Some(&self.pending.blocks)
            }

            fn new_numbers(&self) -> Option<&NewNumbers> {
                Some(&self.pending.numbers)
            }
        }

        impl Snapshot {
            /// Opens every table as of one moment.
            pub(super) fn new(moment: &ReadTransaction) -> Result<Snapshot, StoreError> {
                Ok(Snapshot { $($rows: moment.open_table($name)?,)+ })
            }

            /// Rows and bytes of every table. Reads the whole file.
            pub(super) fn sizes(&self) -> Result<Vec<TableInfo>, StoreError> {
                Ok(vec![$(TableInfo::of($name.name(), &self.$rows)?,)+])
            }

            /// Writes every row into the tables of another file.
            pub(super) fn copy_into(&self, other: &WriteTransaction) -> Result<(), StoreError> {
                $(copy::rows(&self.$rows, &mut other.open_table($name)?)?;)+
                Ok(())
            }
        }

        impl<'w> WriteTables<'w> {
            /// Gives access to every table.
            pub(super) fn new(
                transaction: &'w WriteTransaction,
                counters: &'w mut Counters,
                pending: &'w mut Pending,
            ) -> WriteTables<'w> {
                WriteTables {
                    $($rows: Lazy::new(transaction, $name),)+
                    counters,
                    pending,
                    scratch: Vec::with_capacity(4096),
                }
            }

            /// Makes the tables that are not there.
            pub(super) fn make(&self) -> Result<(), StoreError> {
                $(self.$rows.get()?;)+
                Ok(())
            }
        }
    };
}

tables! {
    META            meta_rows:       &'static str => u64           = "meta";             // "schema", the next number of each kind, and the footings of indexes.rs
    PRACTICE        practice_rows:   &'static str => Bytes         = "practice";         // "practice" -> whose books these are; "written_by" -> plain text
    FILES           file_rows:       u64 => Bytes                  = "files";            // FileId -> an imported file
    FILE_BY_HASH    file_hashes:     Hash => u64                   = "file_by_hash";     // bytes of a file -> FileId
    SET_BY_HASH     set_hashes:      Hash => u64                   = "set_by_hash";      // content of a transaction set with its payment -> RemitId, 0 for an 837
    REMIT_BY_KEY    remit_keys:      (Hash, u64) => ()             = "remit_by_key";     // payment key, RemitId
    REMITS          remit_rows:      u64 => Bytes                  = "remits";           // RemitId -> header, totals, what was wrong
    PAYMENTS        payment_rows:    u64 => Bytes                  = "payments";         // block of PaymentId -> whole CLP loops with lines and adjustments; see rows/block.rs
    CLAIMS          claim_rows:      u64 => Bytes                  = "claims";           // block of ClaimId -> what was billed; written once a submission
    CLAIM_STATE     state_rows:      u64 => Bytes                  = "claim_state";      // ClaimId -> where it stands; small, rewritten by every posting
    CLAIM_BLOCKS    claim_blocks:    u64 => Bytes                  = "claim_blocks";     // ClaimId / 64 -> claims in short, column by column; derived from the two above
    CLAIM_NAMES     name_rows:       u64 => Bytes                  = "claim_names";      // block of ClaimId -> control number, patient, procedures; derived from `claims`
    CLAIM_BY_NUMBER claim_numbers:   (&'static str, u64) => ()     = "claim_by_number";  // index form of CLM01, ClaimId
    CLAIM_BY_PAYER_NUMBER payer_numbers: numbers::Key => Bytes      = "claim_by_payer_number"; // ClaimId / 65,536, first number -> payers' claim numbers in short, each with its claim; see rows/numbers.rs
    CLAIM_BY_VISIT  visit_rows:      numbers::Key => Bytes         = "claim_by_visit";   // first day of service, first of a list -> patients' names in short, each with its claim; see rows/visits.rs; derived from `claims`
    CLAIM_BY_ORIGINAL original_rows: (&'static str, u64) => ()     = "claim_by_original"; // REF*F8 of a replacement or void, ClaimId; derived from `claims`
    CLAIM_JOINS     join_rows:       (u64, u64) => Bytes           = "claim_joins";      // ClaimId that leads, ClaimId that is part of its receivable -> why, and what it brought
    CLAIM_LEADS     lead_rows:       u64 => u64                    = "claim_leads";      // ClaimId of a part -> ClaimId that leads; derived from the one above
    CLAIMS_APART    apart_rows:      (u64, u64) => Bytes           = "claims_apart";     // two ClaimIds, the smaller first -> who said that they are two
    POSSIBLE_DOUBLES double_rows:    (u64, u64) => u8              = "possible_doubles"; // ClaimId, ClaimId billed before it -> why it may be its double; derived
    TO_COMPARE      compare_rows:    u64 => ()                     = "to_compare";       // ClaimId that must be compared with others of its visit
    UNDONE_ACTS     undone_rows:     u64 => ()                     = "undone_acts";      // ClaimId of whose acts of persons an answer undid some, if only for a time; derived from `journal`
    ACT_REVIEWS     review_rows:     u64 => Bytes                  = "act_reviews";      // ClaimId -> who looked at what was undone, and when
    WAITING_BY_NUMBER waiting_rows:  (&'static str, u64) => ()     = "waiting_by_number"; // number by which a claim payment may find a claim (index form of CLP01, or others; see books/placing.rs), PaymentId
    UNAPPLIED       unapplied_rows:  u64 => ()                     = "unapplied";        // PaymentId whose money is in `unapplied`
    JOURNAL         journal_rows:    u64 => Bytes                  = "journal";          // block of EntryId -> entries, each with the entry of the same claim before it
    JOURNAL_DAYS    journal_days:    (i32, u64) => u64             = "journal_days";     // accounting day, EntryId -> how many entries from here on are of that day
    PERIODS         period_rows:     u32 => Bytes                  = "periods";          // month such as 202403 -> who closed it, its totals, its seal
    CHECKSUMS       checksum_rows:   (u32, u32) => Bytes           = "checksums";        // closed month, block -> EntryId and four bytes of the hash of each entry
    FOOTINGS        footing_rows:    (u64, i32) => Bytes           = "footings";         // ClaimId, closed day -> what it aged from and who was billed until then, where later submissions say otherwise
    CLOSED_CASES    closed_case_rows: (u64, u32) => Bytes          = "closed_cases";     // CaseId, closed month -> the case as it stood at the month's end, where it differs from the month before
    AUDIT           audit_rows:      u64 => Bytes                  = "audit";            // place -> who did what, sealed with the record before it
    DEEDS           deed_rows:       u64 => Bytes                  = "deeds";            // the same place -> what takes that act of a person back; acts that an earlier program wrote have none
    ACCOUNTS        account_rows:    &'static str => Bytes         = "account_numbers";  // account such as "plb:WO" -> its number in the office's general ledger
    PLB             plb_rows:        u64 => Bytes                  = "plb";              // PlbId -> a provider-level item
    PLB_OPEN        plb_open_rows:   (u32, u64) => ()              = "plb_open";         // PayerId, PlbId of items not offset yet
    NOTES           note_rows:       (u64, u64) => Bytes           = "notes";            // ClaimId, place -> what a person wrote
    HANDLINGS       handling_rows:   u64 => Bytes                  = "handlings";        // place -> the office's own handling of a reason code
    CODE_TEXTS      code_text_rows:  &'static str => Bytes         = "code_texts";       // "CARC 45", "RARC N115" -> the official text, from a list the office is licensed to use
    CASES           case_rows:       u64 => Bytes                  = "cases";            // CaseId -> a denial case
    CASE_BLOCKS     case_blocks:     u64 => Bytes                  = "case_blocks";      // CaseId / 64 -> denial cases in short, column by column; derived from the one above
    CASE_EVENTS     case_event_rows: (u64, u64) => Bytes           = "case_events";      // CaseId, place -> what happened to it after its first denial
    CASE_WORK       case_work_rows:  u64 => Bytes                  = "case_work";        // CaseId -> its events added up
    OPEN_CASES      open_case_rows:  u64 => Bytes                  = "open_cases";       // CaseId -> what order and clocks ask of a case that is not closed
    LEASES          lease_rows:      u64 => Bytes                  = "leases";           // CaseId -> who was handed it, and until when
    CASE_ODDS       odds_rows:       (u32, u32, u8) => (u64, u64)  = "case_odds";        // PayerId, CARC, appeal level -> decisions, and what they brought in ten-thousandths of what was denied
    SUMS            sum_rows:        sums::Key => Bytes            = "sums";             // cube, accounting day, place -> sums that reports read
    PAYERS          payer_rows:      u32 => Bytes                  = "payers";           // PayerId -> a payer
    PAYER_MERGES    merge_rows:      u32 => Bytes                  = "payer_merges";     // PayerId that became another -> who said so, and what is needed to undo it
    ACKS            ack_rows:        u64 => Bytes                  = "acks";             // AckId -> one thing an acknowledgment said
    ACK_BY_KEY      ack_keys:        (&'static str, u64) => ()     = "ack_by_key";       // "claim:MSF1", "batch:B7", "set:7:1", "group:7", "isa:7"; AckId
    ACK_EVENTS      ack_event_rows:  (u64, u64) => u8              = "ack_events";       // ClaimId, AckId -> what it decided; derived from the two above
    SENT_SETS       sent_rows:       u64 => Bytes                  = "sent_sets";        // SentId -> an 837 set that was sent, with its claims
    SENT_BY_KEY     sent_keys:       (&'static str, u64) => ()     = "sent_by_key";      // the keys of `ack_by_key` but the first, and "content:<hash>"; SentId
    MAPS            map_rows:        &'static str => Bytes         = "maps";             // name -> the text of a column map
    CLOCK_RULES     clock_rows:      (u32, u8) => Bytes            = "clock_rules";      // PayerId, kind of deadline -> how long the payer gives, and who confirmed it
    CLOCK_AMOUNTS   clock_amount_rows: (&'static str, u8, i32) => Bytes = "clock_amounts";   // table, level of appeal, year -> an amount in controversy that the office wrote down
    CLOCK_HOLIDAYS  clock_holiday_rows: i32 => Bytes               = "clock_holidays";   // day -> a holiday that the office wrote down
    FOLLOWUPS       followup_rows:   (u64, u64) => Bytes           = "followups";        // ClaimId, place -> what was done about a claim that nobody answered
    DEPOSITS        deposit_rows:    u64 => Bytes                  = "deposits";         // DepositId -> one movement of the bank
    DEPOSIT_BY_KEY  deposit_keys:    (&'static str, u64) => ()     = "deposit_by_key";   // "1234|2026-03-05|15000|REF1", DepositId; derived
    SETTLEMENTS     settlement_rows: u64 => Bytes                  = "settlements";      // SettlementId -> movements, and what they belong to
    SETTLED_DEPOSITS settled_deposit_rows: (u64, u64) => ()        = "settled_deposits"; // DepositId, SettlementId, undone ones too; derived
    SETTLED_REMITS  settled_remit_rows: (u64, u64) => ()           = "settled_remits";   // RemitId, SettlementId, undone ones too; derived
    BOOKED_DIFFERENCES difference_rows: u64 => u64                 = "booked_differences"; // SettlementId -> EntryId that booked what came less, or more
    TEMPLATES       template_rows:   &'static str => Bytes         = "templates";        // name -> the text of a template of letters
    PAYER_BY_KEY    payer_keys:      &'static str => u32           = "payer_by_key";     // "id:60054", "name:ACME HEALTH", "tin:1512345678" -> PayerId
}
