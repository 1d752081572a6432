//! Importing an 837 transaction set: each claim becomes a receivable, or a version of one.
//! `domain/x12-837.md` section 4, `domain/edge-cases.md` section 6.

use sha2::{Digest, Sha256};

use super::outcome::SetStatus;
use super::{ImportError, SetContext, SetOutcome, Watcher};
use crate::books::{attach, matching, opening, retell};
use crate::domain::book::{ClaimRecord, ClaimVersion, Issue, Origin};
use crate::domain::claim::{Brought, Claim, Frequency};
use crate::domain::{ClaimId, FacilityKind, FileId, PayerId, PaymentId, Severity};
use crate::input::{InputError, SubmittedClaim};
use crate::posting::matching::Match;
use crate::store::{Read, StoreError, WriteTables};

/// At most so many issues of one set are kept; a file of ten thousand bad claims says the same thing ten thousand times.
const MOST_ISSUES: usize = 100;

pub(super) fn import(
    tables: &mut WriteTables<'_>,
    mut context: SetContext<'_>,
    next_claim: &mut dyn FnMut() -> Result<Option<SubmittedClaim>, InputError>,
    watcher: &mut dyn Watcher,
) -> Result<SetOutcome, ImportError> {
    let set = context.set;
    if tables.set_by_hash(&set.content_hash)?.is_some() {
        return Ok(SetOutcome::duplicate(set, None));
    }
    let file = context.file(tables)?;
    let mut outcome = SetOutcome::new(set, SetStatus::Posted);
    outcome.issues = set.problems.iter().cloned().map(Issue::from).collect();
    let mut taken = 0u64;
    while let Some(submitted) = next_claim()? {
        watcher.claims(1);
        if let Some(refusal) = refusal(&submitted) {
            outcome.needs_work = true;
            keep(&mut outcome.issues, refusal);
            continue;
        }
        for problem in submitted.problems {
            keep(&mut outcome.issues, Issue::from(problem));
        }
        match take(tables, &mut context, file.id, submitted.claim, submitted.brought)? {
            Taken::Added(heard) => {
                outcome.added += 1;
                outcome.matched += heard;
            }
            Taken::Version(heard) => {
                outcome.replaced += 1;
                outcome.matched += heard;
            }
            Taken::Known => {}
            Taken::Refused(issue) => {
                outcome.needs_work = true;
                keep(&mut outcome.issues, issue);
                continue;
            }
        }
        taken += 1;
    }
    outcome.posted_on = Some(context.options.posting_date.unwrap_or_else(|| context.fallback_date()));
    if taken == 0 {
        outcome.status = SetStatus::Held;
        return Ok(outcome);
    }
    tables.put_set_hash(&set.content_hash, crate::domain::RemitId(0))?;
    Ok(outcome)
}

fn keep(issues: &mut Vec<Issue>, issue: Issue) {
    if issues.len() < MOST_ISSUES {
        issues.push(issue);
    }
}

/// What must not become a receivable: encounters, and claims whose number or charge cannot be read.
fn refusal(submitted: &SubmittedClaim) -> Option<Issue> {
    if submitted.encounter {
        return Some(Issue {
            code: "encounter".to_owned(),
            segment: submitted.claim.segment,
            text: format!("CLM*{}", submitted.claim.control_number),
            message: "an encounter (BHT06 = RP) asks for no money and is not a receivable".to_owned(),
        });
    }
    let blocking = submitted.problems.iter().find(|p| p.severity == Severity::Hold)?;
    Some(Issue::from(blocking.clone()))
}

/// What became of a submission; of new claims and versions also how many waiting claim payments found it.
enum Taken {
    Added(u64),
    Version(u64),
    Known,
    Refused(Issue),
}

fn take(
    tables: &mut WriteTables<'_>,
    context: &mut SetContext<'_>,
    file: FileId,
    mut claim: Claim,
    brought: Option<Brought>,
) -> Result<Taken, ImportError> {
    // An opening balance has its own day of posting; the claim was billed when it was billed.
    if let Some(date) = context.options.posting_date.filter(|_| brought.is_none()) {
        claim.billed_on = date;
    }
    let mut payers = Vec::with_capacity(claim.payers.len());
    for payer in &claim.payers {
        payers.push(context.payers.of_claim(tables, payer)?);
    }
    let version = ClaimVersion {
        billed_on: claim.billed_on,
        frequency: claim.frequency.0,
        charge: claim.charge,
        batch: claim.batch.clone(),
        billed_payer: payers.get(claim.billed_payer).copied().unwrap_or(PayerId::NONE),
        origin: Origin { file, segment: claim.segment },
        fingerprint: fingerprint(&claim),
    };
    let Some(known) = existing(tables, &claim)? else {
        if claim.frequency == Frequency::VOID {
            return Ok(Taken::Refused(Issue {
                code: "void-of-unknown-claim".to_owned(),
                segment: claim.segment,
                text: format!("CLM*{}", claim.control_number),
                message: "it voids a claim that is not in the ledger; nothing to void".to_owned(),
            }));
        }
        let record = ClaimRecord { id: tables.next_claim_id()?, claim, payers, versions: vec![version] };
        return Ok(Taken::Added(add(tables, context, &record, brought)?));
    };
    if let Some(brought) = brought {
        let same = known.versions.iter().any(|v| v.fingerprint == version.fingerprint);
        return if same && opening::is_in(tables, &known, &brought)? {
            Ok(Taken::Known)
        } else {
            Ok(Taken::Refused(known_before(&claim, known.id)))
        };
    }
    if known.versions.iter().any(|v| v.fingerprint == version.fingerprint && v.billed_on == version.billed_on)
    {
        return Ok(Taken::Known);
    }
    let record = with_version(known, claim, payers, version);
    tables.put_claim(&record)?;
    retell::retell(tables, &context.hand(), &record)?;
    Ok(Taken::Version(hear_waiting(tables, context, &record)?))
}

fn add(
    tables: &mut WriteTables<'_>,
    context: &SetContext<'_>,
    record: &ClaimRecord,
    brought: Option<Brought>,
) -> Result<u64, ImportError> {
    tables.put_claim(record)?;
    tables.index_claim_number(&record.claim.control_number.index_form(), record.id)?;
    if let Some(brought) = brought {
        let on = context.options.posting_date.unwrap_or_else(|| context.fallback_date());
        opening::bring(tables, &context.hand(), record, &brought, on)?;
    }
    retell::retell(tables, &context.hand(), record)?;
    hear_waiting(tables, context, record)
}

fn known_before(claim: &Claim, known: ClaimId) -> Issue {
    Issue {
        code: "claim-known".to_owned(),
        segment: claim.segment,
        text: claim.control_number.to_string(),
        message: format!(
            "claim {known} has this number, patient and date already; its balance is not brought in again"
        ),
    }
}

/// Puts a submission in its place by date: the latest says what the claim is, the first who was billed.
fn with_version(
    mut record: ClaimRecord,
    claim: Claim,
    payers: Vec<PayerId>,
    version: ClaimVersion,
) -> ClaimRecord {
    let order = |v: &ClaimVersion| (v.billed_on, v.frequency, v.fingerprint);
    let latest = record.versions.last().is_none_or(|last| order(last) <= order(&version));
    // A void says nothing new about the claim.
    if latest && claim.frequency != Frequency::VOID {
        record.claim = claim;
        record.payers = payers;
    }
    record.versions.push(version);
    record.versions.sort_by_key(order);
    record
}

/// The claim that a submission is a version of. A replacement or void names it (REF*F8) or shares its number and patient;
/// a repeat shares number, patient and first service date. The same number for another visit is another claim: offices
/// that send the account number as CLM01 bill many visits under it.
fn existing(tables: &WriteTables<'_>, claim: &Claim) -> Result<Option<ClaimRecord>, StoreError> {
    let mut found = Vec::new();
    if claim.frequency.amends() && !claim.original_reference.is_empty() {
        for id in tables.claims_by_payer_number(claim.original_reference.as_str())? {
            found.extend(tables.claim(id)?.filter(|known| same_patient(&known.claim, claim)));
        }
    }
    if found.is_empty() {
        for id in tables.claims_by_number(&claim.control_number.index_form())? {
            let same = |known: &ClaimRecord| {
                known.claim.control_number == claim.control_number
                    && known.claim.kind == claim.kind
                    && same_patient(&known.claim, claim)
            };
            found.extend(tables.claim(id)?.filter(same));
        }
    }
    found.sort_by_key(|known| known.claim.service_from != claim.service_from);
    let first = found.into_iter().next();
    if claim.frequency.amends() {
        return Ok(first);
    }
    Ok(first.filter(|known| {
        let same_day = known.claim.service_from == claim.service_from;
        let interim = claim.kind == FacilityKind::Institutional && matches!(claim.frequency.0, b'2'..=b'4');
        let same_bill = !interim || known.claim.frequency == claim.frequency;
        let late =
            claim.frequency == Frequency::LATE_CHARGES || known.claim.frequency == Frequency::LATE_CHARGES;
        same_day && same_bill && (!late || known.claim.frequency == claim.frequency)
    }))
}

fn same_patient(one: &Claim, other: &Claim) -> bool {
    let fold = |text: &str| text.trim().to_uppercase();
    let name = fold(&one.patient.last) == fold(&other.patient.last)
        && fold(&one.patient.first) == fold(&other.patient.first);
    let member =
        !one.subscriber.member_id.is_empty() && one.subscriber.member_id == other.subscriber.member_id;
    let born =
        one.patient.born == other.patient.born || one.patient.born.is_none() || other.patient.born.is_none();
    born && (name || (member && fold(&one.patient.first) == fold(&other.patient.first)))
}

/// What a submission says, without the numbers and dates of its batch: two with the same fingerprint are the same claim
/// sent twice.
fn fingerprint(claim: &Claim) -> u64 {
    let mut bare = claim.clone();
    bare.segment = 0;
    bare.batch.clear();
    bare.billed_on = crate::domain::Date::from_number(0);
    let digest = Sha256::digest(format!("{bare:?}"));
    u64::from_be_bytes([
        digest[0], digest[1], digest[2], digest[3], digest[4], digest[5], digest[6], digest[7],
    ])
}

/// Tries a new claim against the payments that wait for one: the remittance may have come first.
fn hear_waiting(
    tables: &mut WriteTables<'_>,
    context: &SetContext<'_>,
    record: &ClaimRecord,
) -> Result<u64, ImportError> {
    let mut heard = 0;
    for id in tables.waiting_for(&record.claim.control_number.index_form())? {
        heard += u64::from(hear(tables, record.id, id)?);
    }
    if heard > 0 {
        retell::retell(tables, &context.hand(), record)?;
    }
    Ok(heard)
}

fn hear(tables: &mut WriteTables<'_>, claim: ClaimId, id: PaymentId) -> Result<bool, ImportError> {
    let Some(payment) = tables.payment(id)?.filter(|p| p.claim.is_none()) else { return Ok(false) };
    let Match::Proved(found, step) = matching::claim_of(&*tables, &payment.payment)? else {
        return Ok(false);
    };
    if found != claim {
        return Ok(false);
    }
    attach::attach(tables, payment, claim, step)?;
    Ok(true)
}
