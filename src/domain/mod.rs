//! What the words of medical billing mean: money, dates, ids, codes, claims, remittances, ledger entries.
//!
//! Pure data and arithmetic. Nothing here reads a file, asks the clock or knows the store, X12 or the terminal.

pub mod account;
pub mod ack;
pub mod audit;
pub mod book;
pub mod brief;
pub mod by_hand;
pub mod card;
pub mod case;
pub mod claim;
pub mod claim_set;
pub mod clock;
pub mod code;
pub mod date;
pub mod deed;
pub mod deposit;
pub mod entry;
pub mod few;
pub mod followup;
pub mod heard;
pub mod id;
pub mod join;
pub mod merge;
pub mod money;
pub mod movement;
pub mod payment_keys;
pub mod period;
pub mod problem;
pub mod quantity;
pub mod remit;
pub mod review;
pub mod spread;
pub mod text;
pub mod typo;

pub use account::Account;
pub use claim_set::ClaimSet;
pub use code::{Code, FacilityKind, GroupCode};
pub use date::{Date, Month};
pub use few::Few;
pub use id::{
    AckId, CaseId, ClaimId, DepositId, EntryId, FileId, Npi, PatientControlNumber, PayerControlNumber,
    PayerId, PaymentId, PlbId, RemitId, SentId, SettlementId,
};
pub use money::Money;
pub use problem::{Problem, Severity};
pub use quantity::{Percent, Quantity, Tenths};
pub use spread::{EvenSpreading, Spreading};
pub use text::Text;
