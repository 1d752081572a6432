//! What a claim heard before anybody adjudicated it, as events of `claim show` and as a filter of `claim list`.

use crate::acks::{submission_of, words};
use crate::books::{acks, rejections, scan};
use crate::cli::rejection::source;
use crate::domain::ack::{AckOutcome, AckRecord};
use crate::domain::book::ClaimRecord;
use crate::domain::{ClaimId, ClaimSet, Date};
use crate::report::Cell;
use crate::store::{Read, Snapshot, StoreError, Visit};

/// The claims of whose latest submission became what is asked for; none has more to be read of it than what it heard.
pub(super) fn only(
    tables: &Snapshot,
    claims: impl Iterator<Item = ClaimId>,
    wanted: &str,
    day: Date,
) -> Result<ClaimSet, StoreError> {
    let is_wanted = |latest: Option<AckOutcome>| match wanted {
        "rejected" => latest.is_some_and(AckOutcome::needs_work),
        "accepted" => latest == Some(AckOutcome::Accepted),
        "received" => latest == Some(AckOutcome::Received),
        _ => latest.is_none(),
    };
    let mut heard = ClaimSet::default();
    for event in tables.ack_events()? {
        heard.insert(event?.0);
    }
    let (heard, silent): (Vec<ClaimId>, Vec<ClaimId>) = claims.partition(|claim| heard.contains(*claim));
    let read = |claims: &[ClaimId]| -> Result<ClaimSet, StoreError> {
        let mut found = ClaimSet::default();
        for record in tables.claims_with(claims)? {
            if is_wanted(rejections::latest(tables, &record, day)?) {
                found.insert(record.id);
            }
        }
        Ok(found)
    };
    let mut found = ClaimSet::default();
    found.extend(silent.into_iter().filter(|_| is_wanted(None)));
    scan::in_halves(&heard, read)?.iter().for_each(|part| found.absorb(part));
    Ok(found)
}

/// Events in the columns of `claim show`: date, event, by, amount, about.
pub(super) fn events(
    tables: &impl Read,
    record: &ClaimRecord,
    redact: bool,
    day: Date,
) -> Result<Vec<(Date, Vec<Cell>)>, StoreError> {
    let mut said = acks::of_claim(tables, record.id, day)?;
    // Of one day: what was said of the earlier submission, and by whom stands nearer to it.
    said.sort_by_key(|ack| (ack.on, submission_of(ack, record), ack.source, ack.outcome, ack.id));
    Ok(said.iter().map(|ack| (ack.on, event(ack, record.id, redact))).collect())
}

fn event(ack: &AckRecord, claim: ClaimId, redact: bool) -> Vec<Cell> {
    let by = match ack.name.as_str() {
        "" => source(ack).to_owned(),
        name => format!("{}: {name}", source(ack)),
    };
    let mut about = format!("{}: {}", words::as_sent(ack), words::meaning(ack, claim));
    if !ack.payer_claim_number.is_empty() {
        about.push_str(&format!(" [{}]", ack.payer_claim_number));
    }
    // Free text and copied elements can name people.
    if !redact {
        let own = ack.errors.iter().filter(|e| e.of == Some(claim) && !e.value.is_empty());
        let copied: Vec<&str> = own.take(3).map(|e| e.value.as_str()).collect();
        if !copied.is_empty() {
            about.push_str(&format!("; sent was \"{}\"", copied.join("\", \"")));
        }
        if !ack.text.is_empty() {
            about.push_str(&format!("; \"{}\"", ack.text));
        }
    }
    vec![ack.on.into(), ack.outcome.as_str().into(), by.into(), ack.amount.into(), about.into()]
}
