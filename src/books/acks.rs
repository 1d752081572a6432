//! Acknowledgments and the claims they speak of, brought together in whichever order they came.
//!
//! What an answer reaches follows from the answer, the sent sets and the claims alone. So it is worked out anew, and
//! what the ledger noted is corrected, whenever an answer or an 837 arrives: an answer that found nothing waits, in no
//! other way than by being there. Money is never touched.

use std::collections::{BTreeMap, BTreeSet};

use super::doubles;
use crate::acks::scope::{self, Found};
use crate::acks::{Heard, submission_of};
use crate::domain::ack::{AckRecord, AckScope, AckSource, SentSet, bare_number};
use crate::domain::book::ClaimRecord;
use crate::domain::{AckId, ClaimId, Date, PatientControlNumber};
use crate::store::{Read, ReadJoins, StoreError, WriteTables};

/// More claims than this under one number prove nothing.
const MOST_CANDIDATES: usize = 50;

/// What became of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Linked {
    /// It speaks of so many claims.
    Claims(usize),
    /// It speaks of nothing that the ledger knows yet.
    Nothing,
    /// Several claims or sets bear its number, and nothing tells them apart.
    Several,
}

/// Under which keys an answer is found again when an 837 arrives.
pub(super) fn keys(scope: &AckScope) -> Option<String> {
    Some(match scope {
        AckScope::Claim(number, _) => claim_key(number)?,
        AckScope::Batch(batch) | AckScope::Provider(batch, _) => key("batch", batch)?,
        AckScope::Set(group, set) => set_key(group, set)?,
        AckScope::Group(group) => key("group", group)?,
        AckScope::Interchange(control, _) => key("isa", control)?,
    })
}

fn claim_key(number: &PatientControlNumber) -> Option<String> {
    number.is_given().then(|| format!("claim:{}", number.index_form()))
}

fn key(kind: &str, number: &str) -> Option<String> {
    let bare = bare_number(number);
    (!bare.is_empty()).then(|| format!("{kind}:{bare}"))
}

fn set_key(group: &str, set: &str) -> Option<String> {
    Some(format!("{}:{}", key("set", group)?, bare_number(set)))
}

fn content_key(content: u64) -> String {
    format!("content:{content:016x}")
}

/// Under which keys acknowledgments find a set that was sent.
pub(super) fn sent_keys(sent: &SentSet) -> impl Iterator<Item = String> {
    let keys = [
        key("batch", &sent.batch),
        set_key(&sent.group, &sent.set),
        key("group", &sent.group),
        key("isa", &sent.interchange),
        Some(content_key(sent.content)),
    ];
    keys.into_iter().flatten()
}

/// Writes down what an acknowledgment said. Which claims hear it is the business of [`link_all`].
///
/// # Errors
/// Whatever the store says.
pub fn add(tables: &mut WriteTables<'_>, ack: &AckRecord) -> Result<(), StoreError> {
    tables.put_ack(ack)?;
    if let Some(key) = keys(&ack.scope) {
        tables.put_ack_key(&key, ack.id)?;
    }
    Ok(())
}

/// Remembers a set that was sent, and tells its claims what was said about them before. Returns the payers' numbers that
/// were told so: claim payments may look for a claim by them.
///
/// # Errors
/// Whatever the store says.
pub fn add_sent(tables: &mut WriteTables<'_>, mut sent: SentSet) -> Result<Vec<String>, StoreError> {
    sent.id = tables.next_sent_id()?;
    tables.put_sent(&sent)?;
    for key in sent_keys(&sent) {
        tables.put_sent_key(&key, sent.id)?;
    }
    if tables.has_no_acks()? {
        return Ok(Vec::new());
    }
    let mut touched = BTreeSet::new();
    for key in sent_keys(&sent) {
        touched.extend(tables.acks_by_key(&key)?);
    }
    for (id, _) in &sent.claims {
        let Some(record) = tables.claim(*id)? else { continue };
        if let Some(key) = claim_key(&record.claim.control_number) {
            touched.extend(tables.acks_by_key(&key)?);
        }
    }
    link_all(tables, touched.iter().copied())?;
    numbers_told(tables, touched)
}

/// The payers' numbers that answers tell.
///
/// # Errors
/// Whatever the store says.
pub fn numbers_told(
    tables: &impl Read,
    ids: impl IntoIterator<Item = AckId>,
) -> Result<Vec<String>, StoreError> {
    let mut numbers = Vec::new();
    for id in ids {
        numbers.extend(tables.ack(id)?.map(|ack| ack.payer_claim_number).filter(|number| !number.is_empty()));
    }
    numbers.sort_unstable();
    numbers.dedup();
    Ok(numbers)
}

/// The set that was sent with this content before: a file sent again under other numbers.
///
/// # Errors
/// Whatever the store says.
pub fn sent_with(tables: &impl Read, content: u64) -> Result<Option<SentSet>, StoreError> {
    Ok(tables.sent_by_key(&content_key(content))?.pop())
}

/// Works out which claims some answers speak of, the narrow ones first, and lets those claims hear them.
///
/// # Errors
/// Whatever the store says.
pub fn link_all(
    tables: &mut WriteTables<'_>,
    ids: impl IntoIterator<Item = AckId>,
) -> Result<BTreeMap<AckId, Linked>, StoreError> {
    let mut acks: BTreeMap<AckId, u8> = BTreeMap::new();
    for id in ids {
        let Some(ack) = tables.ack(id)? else { continue };
        acks.insert(id, ack.scope.narrowness());
        // What is said of a claim is not said again of its batch: the batch must look again.
        if let AckScope::Claim(_, batch) = &ack.scope {
            for id in key("batch", batch).map_or(Ok(Vec::new()), |key| tables.acks_by_key(&key))? {
                acks.entry(id).or_insert(1);
            }
        }
    }
    let mut order: Vec<(AckId, u8)> = acks.into_iter().collect();
    order.sort_by_key(|(id, narrow)| (std::cmp::Reverse(*narrow), *id));
    let mut linked = BTreeMap::new();
    for (id, _) in order {
        if let Some(ack) = tables.ack(id)? {
            linked.insert(id, link(tables, ack)?);
        }
    }
    Ok(linked)
}

fn link(tables: &mut WriteTables<'_>, before: AckRecord) -> Result<Linked, StoreError> {
    let (mut after, linked) = reach(tables, before.clone())?;
    after.claims.sort_unstable();
    after.claims.dedup();
    for gone in before.claims.iter().filter(|claim| after.claims.binary_search(claim).is_err()) {
        tables.remove_ack_event(*gone, before.id)?;
        doubles::acknowledged(tables, *gone, &before)?;
    }
    for new in after.claims.iter().filter(|claim| !before.claims.contains(claim)) {
        tables.put_ack_event(*new, after.id, after.outcome)?;
        doubles::acknowledged(tables, *new, &after)?;
        if !after.payer_claim_number.is_empty() {
            tables.index_payer_number(&after.payer_claim_number, *new)?;
        }
    }
    if after != before {
        tables.put_ack(&after)?;
    }
    Ok(match after.claims.len() {
        0 => linked,
        count => Linked::Claims(count),
    })
}

/// An answer with the claims it speaks of, as the ledger is now.
///
/// # Errors
/// Whatever the store says.
pub fn reach(tables: &impl Read, mut ack: AckRecord) -> Result<(AckRecord, Linked), StoreError> {
    ack.claims.clear();
    ack.sent_in = crate::domain::FileId(0);
    ack.errors.iter_mut().for_each(|error| error.of = None);
    if let AckScope::Claim(number, batch) = &ack.scope {
        let found = claim_named(tables, &ack, number, batch)?;
        return Ok(match found {
            Found::One(claim) => (AckRecord { claims: vec![claim], ..ack }, Linked::Claims(1)),
            Found::Several => (ack, Linked::Several),
            Found::Nothing => (ack, Linked::Nothing),
        });
    }
    let Some(key) = keys(&ack.scope) else { return Ok((ack, Linked::Nothing)) };
    let mut sets = tables.sent_by_key(&key)?;
    if let AckScope::Interchange(_, day @ Some(_)) = &ack.scope
        && sets.iter().any(|sent| sent.interchange_date == *day)
    {
        sets.retain(|sent| sent.interchange_date == *day);
    }
    let sets = match scope::sets(sets, ack.on) {
        Found::One(sets) => sets,
        Found::Several => return Ok((ack, Linked::Several)),
        Found::Nothing => return Ok((ack, Linked::Nothing)),
    };
    ack.sent_in = sets.first().map(|sent| sent.file).unwrap_or_default();
    let mut claims: Vec<ClaimId> = Vec::new();
    for (id, _) in sets.iter().flat_map(|sent| &sent.claims) {
        claims.push(tables.lead_of(*id)?);
    }
    claims.sort_unstable();
    claims.dedup();
    if let AckScope::Provider(_, ident) = &ack.scope {
        claims = of_provider(tables, claims, ident)?;
    }
    for error in &mut ack.errors {
        let mut positions: Vec<(ClaimId, u64)> = sets.iter().flat_map(|sent| sent.claims.clone()).collect();
        for (id, _) in &mut positions {
            *id = tables.lead_of(*id)?;
        }
        let named = PatientControlNumber::new(&error.claim);
        let known = match claim_key(&named) {
            Some(_) => tables.claims_by_number(&named.index_form())?,
            None => Vec::new(),
        };
        error.of = known
            .into_iter()
            .find(|id| claims.binary_search(id).is_ok())
            .or_else(|| scope::of_error(error, &positions));
    }
    let known = claims.len();
    for told in told_more_narrowly(tables, &ack)? {
        if let Ok(at) = claims.binary_search(&told) {
            claims.remove(at);
        }
    }
    Ok((AckRecord { claims, ..ack }, Linked::Claims(known)))
}

fn claim_named(
    tables: &impl Read,
    ack: &AckRecord,
    number: &PatientControlNumber,
    batch: &str,
) -> Result<Found<ClaimId>, StoreError> {
    // Zeros stand for a number that the receiver does not know: they must never find a claim.
    if !number.is_given() {
        return Ok(Found::Nothing);
    }
    let mut ids = tables.claims_by_number(&number.index_form())?;
    ids.truncate(MOST_CANDIDATES);
    let mut records = Vec::new();
    for id in ids {
        records.extend(tables.claim(id)?);
    }
    Ok(scope::claim(number, batch, ack.service, ack.amount, &records))
}

fn of_provider(tables: &impl Read, claims: Vec<ClaimId>, ident: &str) -> Result<Vec<ClaimId>, StoreError> {
    let mut of = Vec::new();
    for id in claims {
        let Some(record) = tables.claim(id)? else { continue };
        let billing = &record.claim.billing;
        if !ident.is_empty() && (billing.npi == ident || billing.tax_id == ident) {
            of.push(id);
        }
    }
    Ok(of)
}

/// Claims of which the same acknowledgment says something narrower. A claim's own status counts, not its batch's; but
/// a group that is rejected takes its accepted sets with it.
fn told_more_narrowly(tables: &impl Read, ack: &AckRecord) -> Result<Vec<ClaimId>, StoreError> {
    let mut told = Vec::new();
    let mut next = ack.first;
    while let Some(other) = tables.ack(next)?.filter(|other| other.first == ack.first) {
        next = AckId(next.0 + 1);
        let narrower = other.scope.narrowness() > ack.scope.narrowness();
        let enough = match ack.source {
            AckSource::Payer | AckSource::Clearinghouse => other.outcome.decides() || !ack.outcome.decides(),
            AckSource::Syntax | AckSource::Interchange => other.outcome >= ack.outcome,
        };
        if narrower && enough {
            told.extend(other.claims);
        }
    }
    Ok(told)
}

/// Everything a claim heard until a day, in the order of days.
///
/// # Errors
/// Whatever the store says.
pub fn of_claim(tables: &impl Read, claim: ClaimId, until: Date) -> Result<Vec<AckRecord>, StoreError> {
    let mut found = Vec::new();
    for id in tables.acks_of_claim(claim)? {
        found.extend(tables.ack(id)?.filter(|ack| ack.on <= until));
    }
    found.sort_by_key(|ack| (ack.on, ack.source, ack.id));
    Ok(found)
}

/// What a claim heard, each answer with the submission it is about, and how many submissions there were until a day.
#[must_use]
pub fn heard<'a>(acks: &'a [AckRecord], record: &ClaimRecord, until: Date) -> (Vec<Heard<'a>>, usize) {
    let heard = acks.iter().map(|ack| Heard { ack, submission: submission_of(ack, record) }).collect();
    let sent = record.versions.iter().filter(|version| version.billed_on <= until).count();
    (heard, sent)
}
