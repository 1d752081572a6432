//! Taking back what a person did, exactly: by the opposite act where there is one, by opposite entries, by the rows that stood
//! before. What would not be exact is refused, and says what must be taken back first.
//!
//! Each way works by what the act found and what it left, so taking back what was taken back does it again by the same rule.

mod acts;
mod away;
mod payers;
mod places;
mod remits;
mod rows;

use std::collections::BTreeMap;

use super::provider_level::{self, pair_anew};
use super::retell::Hand;
use super::{deposits, doubles, joins, manual, payer_merge, periods, provider_acts, undo};
use crate::domain::deed::{Deed, DeedRecord, DeedVerb, Object, Way};
use crate::domain::entry::Entry;
use crate::domain::{Account, ClaimId, Date, EntryId, Money, PayerId};
use crate::store::{Read, ReadDeeds, StoreError, WriteTables};

/// Why an act cannot be taken back.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// There is no such act.
    #[error("there is no act {0}")]
    NoAct(u64),
    /// An earlier version logged it, and did not keep what it changed.
    #[error("act {0} was logged by an earlier version, which did not keep what takes it back")]
    NotKept(u64),
    /// It is one of several records of one act.
    #[error("record {0} is a part of act {1}")]
    PartOf(u64, u64),
    /// Of its kind, none can be.
    #[error("act {0} ({1}) cannot be taken back: {2}")]
    Never(u64, DeedVerb, &'static str),
    /// It was.
    #[error("act {0} was taken back by act {1}")]
    Already(u64, u64),
    /// It is somebody else's, and nobody said why.
    #[error("act {0} is {1}'s: say why you take it back")]
    Others(u64, String),
    /// A later act rests on it.
    #[error("act {0} cannot be taken back before act {1} ({2}), which came later")]
    First(u64, u64, String),
    /// Something that is no act of a person came since.
    #[error("act {0} cannot be taken back exactly: {1}")]
    Since(u64, String),
    /// The rule of the opposite act refuses.
    #[error("act {0} cannot be taken back: {1}")]
    Opposite(u64, String),
    /// The ledger refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

macro_rules! of_opposites {
    ($($kind:path, $store:path;)+) => {
        $(impl From<$kind> for Opposed {
            fn from(refusal: $kind) -> Opposed {
                match refusal {
                    $store(error) => Opposed::Store(error),
                    other => Opposed::Words(other.to_string()),
                }
            }
        })+
    };
}

/// What an opposite act says that refuses, or the ledger.
enum Opposed {
    Words(String),
    Store(StoreError),
}

of_opposites! {
    undo::Refusal, undo::Refusal::Store;
    manual::Refusal, manual::Refusal::Store;
    joins::Refusal, joins::Refusal::Store;
    deposits::Refusal, deposits::Refusal::Store;
    payer_merge::Refusal, payer_merge::Refusal::Store;
    periods::Refusal, periods::Refusal::Store;
    provider_level::Refusal, provider_level::Refusal::Store;
}

impl From<provider_acts::Refusal> for Opposed {
    fn from(refusal: provider_acts::Refusal) -> Opposed {
        Opposed::Words(refusal.to_string())
    }
}

/// Lets what an opposite act refuses be said of the act that it would take back.
fn said<T, E: Into<Opposed>>(done: Result<T, E>, id: u64) -> Result<T, Refusal> {
    done.map_err(|refusal| match refusal.into() {
        Opposed::Words(words) => Refusal::Opposite(id, words),
        Opposed::Store(error) => Refusal::Store(error),
    })
}

/// The verb that an act is about: of one that took back another, that one's.
///
/// # Errors
/// Whatever the store says.
pub fn origin(tables: &impl ReadDeeds, record: &DeedRecord) -> Result<DeedVerb, StoreError> {
    let mut verb = record.verb();
    let mut undoes = record.undoes;
    while let Some(before) = undoes.map(|id| tables.deed(id)).transpose()?.flatten() {
        (verb, undoes) = (before.verb(), before.undoes);
    }
    Ok(verb)
}

/// Why an act cannot be taken back, as far as that is plain without trying; nothing where it may be.
///
/// # Errors
/// Whatever the store says.
pub fn why_not(tables: &impl ReadDeeds, record: &DeedRecord) -> Result<Option<Refusal>, StoreError> {
    let verb = origin(tables, record)?;
    Ok(match (record.continues, record.undone_by, verb.way()) {
        (Some(first), ..) => Some(Refusal::PartOf(record.id, first)),
        (_, Some(by), _) => Some(Refusal::Already(record.id, by)),
        (.., Way::Never(why)) => Some(Refusal::Never(record.id, verb, why)),
        _ => None,
    })
}

/// Takes an act back: exactly that, or nothing. Gives what is to be recorded of it.
///
/// # Errors
/// See [`Refusal`]; the transaction must then be given up.
pub fn take_back(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    today: Date,
    id: u64,
    reason: &str,
) -> Result<Deed, Refusal> {
    let Some(record) = tables.deed(id)? else {
        return Err(match (tables.act_of(id)?, tables.audit_record(id)?) {
            (Some(act), _) => Refusal::PartOf(id, act.id),
            (None, Some(_)) => Refusal::NotKept(id),
            (None, None) => Refusal::NoAct(id),
        });
    };
    if let Some(refusal) = why_not(&*tables, &record)? {
        return Err(refusal);
    }
    let by = tables.audit_record(id)?.map(|logged| logged.user).unwrap_or_default();
    if by != hand.user && reason.trim().is_empty() {
        return Err(Refusal::Others(id, by));
    }
    let verb = origin(&*tables, &record)?;
    let (last, _) = tables.last_of_all();
    let words =
        if reason.trim().is_empty() { format!("act {id} taken back") } else { reason.trim().to_owned() };
    let taking = Taking { record: &record, verb, hand, words: &words };
    taking.back(tables)?;
    // As after any act of a person; what follows by rule belongs to it.
    doubles::settle(tables, hand, today)?;
    pair_anew(tables)?;
    taking.is_exact(tables, last)?;
    let deed = Deed::new(DeedVerb::Undo, Object::Act(id)).says(format!("{}, {}", record.verb(), record.on()));
    Ok(Deed { undoes: Some(id), amount: record.amount, ..deed }.because(reason))
}

/// One act that is being taken back.
struct Taking<'a> {
    record: &'a DeedRecord,
    verb: DeedVerb,
    hand: &'a Hand<'a>,
    /// Why, for the journal.
    words: &'a str,
}

/// What moved, by account and payer, and of each claim by account.
type Moved = BTreeMap<(Option<ClaimId>, Account, PayerId), Money>;

/// On a claim, cash is the same whether it came with the remittance or had waited until it found the claim.
fn on_claim(account: Account) -> Account {
    if account == Account::Unapplied { Account::CashInsurance } else { account }
}

impl Taking<'_> {
    fn back(&self, tables: &mut WriteTables<'_>) -> Result<(), Refusal> {
        use DeedVerb::{
            ClaimJoin, ClaimMovePayment, ClaimPart, CodeSet, CodeUnset, DepositExplain, DepositMatch,
            DepositUnmatch, PayerAdd, PayerMerge, PayerUnmerge, PeriodClose, PlbApply, PlbSend, PlbSettle,
            PlbUnapply, PlbUnsend, PlbUnsettle, RemitPost, RemitReplace, RemitRepost, RemitReverse,
            RemitSetAside, UnappliedMatch, UnappliedPost, UnappliedRelease, UnappliedSend, UnappliedUnmatch,
            UnappliedUnrelease, UnappliedUnsend,
        };
        match self.verb {
            verb if verb.way() == Way::Rows => self.rows(tables),
            verb if verb.way() == Way::Entries => self.acts(tables),
            PlbApply | PlbUnapply => self.acts(tables),
            ClaimMovePayment | UnappliedMatch | UnappliedPost | UnappliedUnmatch => self.places(tables),
            UnappliedRelease | UnappliedUnrelease | UnappliedSend | UnappliedUnsend => self.released(tables),
            PlbSettle | PlbUnsettle | PlbSend | PlbUnsend => self.items(tables),
            DepositMatch | DepositUnmatch | DepositExplain => self.settlements(tables),
            ClaimJoin | ClaimPart => self.joined(tables),
            RemitReverse | RemitRepost | RemitPost | RemitReplace | RemitSetAside => self.remits(tables),
            PayerMerge | PayerUnmerge => self.merged(tables),
            PayerAdd => self.added(tables),
            CodeSet | CodeUnset => self.handled(tables),
            PeriodClose => self.closed(tables),
            verb => Err(Refusal::Since(self.record.id, format!("nothing takes back `{verb}` yet"))),
        }
    }

    /// The entries of the act.
    fn entries(&self, tables: &impl Read) -> Result<Vec<(EntryId, Entry)>, StoreError> {
        entries_of(tables, self.record)
    }

    /// Refuses unless what was posted now is to the cent the opposite of what the act posted, for every account and payer, and on
    /// every claim: answers that came since, or other acts, may let the rules post something else.
    fn is_exact(&self, tables: &WriteTables<'_>, last: EntryId) -> Result<(), Refusal> {
        let mut moved = Moved::new();
        let mut add = |entry: &Entry| {
            for leg in &entry.postings {
                *moved.entry((None, leg.account, leg.payer)).or_default() += leg.amount;
                if entry.claim.is_some() {
                    *moved.entry((entry.claim, on_claim(leg.account), leg.payer)).or_default() += leg.amount;
                }
            }
        };
        self.entries(tables)?.iter().for_each(|(_, entry)| add(entry));
        let (now, _) = tables.last_of_all();
        for id in (last.0 + 1..=now.0).map(EntryId) {
            if let Some((entry, _)) = tables.entry(id)? {
                add(&entry);
            }
        }
        moved.retain(|_, amount| !amount.is_zero());
        let Some(((claim, account, _), amount)) = moved.last_key_value() else { return Ok(()) };
        let of = claim.map_or_else(String::new, |claim| format!(" of claim {claim}"));
        let words = format!("{amount} more would stand in {account}{of} than before it, for what came since");
        let touches = |entry: &Entry| entry.claim.is_some() && entry.claim == *claim;
        Err(self.because_of_entry(tables, words, touches)?)
    }

    /// The refusal that names the latest act, of those that stand and are wanted, that came after this one; else the words.
    fn because_of(
        &self,
        tables: &impl ReadDeeds,
        words: String,
        wanted: impl Fn(&DeedRecord) -> bool,
    ) -> Result<Refusal, StoreError> {
        self.latest(tables, words, |later| Ok(wanted(later)))
    }

    /// The same of acts that posted such an entry.
    fn because_of_entry(
        &self,
        tables: &impl ReadDeeds,
        words: String,
        wanted: impl Fn(&Entry) -> bool,
    ) -> Result<Refusal, StoreError> {
        self.latest(tables, words, |later| {
            Ok(entries_of(tables, later)?.iter().any(|(_, entry)| wanted(entry)))
        })
    }

    fn latest(
        &self,
        tables: &impl ReadDeeds,
        words: String,
        wanted: impl Fn(&DeedRecord) -> Result<bool, StoreError>,
    ) -> Result<Refusal, StoreError> {
        for later in tables.deeds()? {
            let later = later?;
            if later.id <= self.record.id {
                break;
            }
            // What was taken back is out of the way, and so is what took it back.
            if later.undone_by.is_none() && !stands_for_nothing(tables, &later)? && wanted(&later)? {
                let what = format!("{} on {}", later.verb(), later.on());
                return Ok(Refusal::First(self.record.id, later.id, what));
            }
        }
        Ok(Refusal::Since(self.record.id, words))
    }
}

/// The entries that an act posted.
fn entries_of(tables: &impl Read, act: &DeedRecord) -> Result<Vec<(EntryId, Entry)>, StoreError> {
    let first = act.first_entry.0;
    let mut found = Vec::new();
    for id in (first..first + act.entries).map(EntryId) {
        found.extend(tables.entry(id)?.map(|(entry, _)| (id, entry)));
    }
    Ok(found)
}

/// Whether an act took back one that came after what it is asked about, so that nothing is left of the two.
fn stands_for_nothing(tables: &impl ReadDeeds, act: &DeedRecord) -> Result<bool, StoreError> {
    let Some(undone) = act.undoes.map(|id| tables.deed(id)).transpose()?.flatten() else { return Ok(false) };
    Ok(undone.undone_by == Some(act.id))
}
