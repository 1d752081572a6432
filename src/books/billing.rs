//! Who may be billed for what stands on a claim: the rule of [`crate::posting::billing`], asked for a denial case and for
//! money in a bucket, so that every act of a person answers to it.

use super::{matching, retell};
use crate::denial::clock::suggest;
use crate::domain::book::{ClaimRecord, ClaimState, PaymentRecord, PaymentStatus};
use crate::domain::case::DenialCase;
use crate::domain::entry::{Entry, Reason, Source};
use crate::domain::{Account, Code, GroupCode, Money, PayerId};
use crate::posting::billing::{self, Cover, Patient, Program, Protection};
use crate::posting::entries::is_correction;
use crate::posting::lines::match_lines;
use crate::posting::reading::{Destination, read};
use crate::posting::treatment;
use crate::store::{Read, StoreError};

/// What a denied case says of its patient.
///
/// # Errors
/// Whatever the store says.
pub fn of_case(tables: &impl Read, case: &DenialCase) -> Result<Patient, StoreError> {
    let Some(record) = tables.claim(case.claim)? else { return Ok(Patient::WithWaiver) };
    let last = case.events.last().map(|event| event.payment).filter(|payment| payment.0 != 0);
    let said = last.map(|payment| tables.payment(payment)).transpose()?.flatten();
    let filing = said.as_ref().map_or("", |payment| &payment.payment.filing);
    let cover = cover(tables, &record, case.payer, filing)?;
    let open = case.lines.iter().filter(|line| !line.open.is_zero());
    let reasons = open.flat_map(|line| &line.reasons).map(|r| (r.reason, r.remarks.as_slice()));
    let main = std::iter::once((case.reason, case.remarks.as_slice()));
    Ok(strictest(reasons.chain(main), cover))
}

/// What the payers' answers say of the patient for money that stands in a bucket. Where a person put money there, all
/// that the answers refused or took off may be meant.
///
/// # Errors
/// Whatever the store says.
pub fn of_bucket(
    tables: &impl Read,
    record: &ClaimRecord,
    state: &ClaimState,
    bucket: Account,
) -> Result<Patient, StoreError> {
    let by_persons = moved_there(tables, record, bucket)?;
    let handlings = tables.handlings()?;
    let charges = matching::charges_of(record);
    let terms = retell::terms(record, &charges, &handlings);
    let mut found = Patient::May;
    let billed = cover(tables, record, state.billed_payer, "")?;
    if let Some(protection) = of_the_claim(billed) {
        found = found.max(Patient::Never(protection));
    }
    for payment in tables.payments_until(state.last_payment)? {
        if payment.status != PaymentStatus::Posted || !payment.payment.charge.is_positive() {
            continue;
        }
        let payer = payment.payer;
        let cover = cover(tables, record, payer, &payment.payment.filing)?;
        let office =
            |group, reason| treatment::office(terms.handlings, payer, payment.posted_on, group, reason);
        let numbers = match_lines(terms.lines, &payment.payment.lines);
        let Ok(reading) = read(&payment.payment, &numbers, false, cover, office) else { continue };
        for line in &reading.lines {
            let here = line.moves.iter().filter(|m| by_persons || stands_in(m.to, bucket)).map(|m| m.reason);
            let off = line.taken_off.iter().filter(|_| by_persons).map(|(_, reason, _)| *reason);
            let reasons = here.chain(off).map(|reason| (reason, line.remarks.as_slice()));
            found = found.max(strictest(reasons, cover));
            // An unanswered rest has no reason of its own; the remark protects its patient all the same.
            if bucket == Account::Open {
                found = found.max(protected_by_remark(&payment, cover));
            }
        }
    }
    Ok(found)
}

/// What a person would be asked for who puts back onto the patient what payers took off.
///
/// # Errors
/// Whatever the store says.
pub fn of_taken_off(
    tables: &impl Read,
    record: &ClaimRecord,
    state: &ClaimState,
) -> Result<Patient, StoreError> {
    let mut found = Patient::May;
    for payment in tables.payments_until(state.last_payment)? {
        if payment.status != PaymentStatus::Posted || !payment.payment.charge.is_positive() {
            continue;
        }
        let cover = cover(tables, record, payment.payer, &payment.payment.filing)?;
        let own = &payment.payment;
        for (line, a) in own.all_adjustments().filter(|(_, a)| a.group != Some(GroupCode::Pr)) {
            let of_line = line.and_then(|line| own.lines.get(line)).map_or(&[][..], |line| &line.remarks);
            let remarks: Vec<Code> = of_line.iter().chain(&own.remarks).copied().collect();
            let reason = Reason { group: a.group, code: a.reason };
            found = found.max(billing::patient(reason, &remarks, cover));
        }
    }
    Ok(found)
}

fn strictest<'a>(reasons: impl Iterator<Item = (Reason, &'a [Code])>, cover: Cover) -> Patient {
    reasons.map(|(reason, remarks)| billing::patient(reason, remarks, cover)).max().unwrap_or(Patient::May)
}

/// What protects the patient of a claim whatever any answer says.
fn of_the_claim(cover: Cover) -> Option<Protection> {
    match cover {
        Cover { payer: Program::WorkersCompensation, .. } => Some(Protection::WorkersCompensation),
        Cover { medicaid: true, .. } => Some(Protection::Medicaid),
        _ => None,
    }
}

fn protected_by_remark(payment: &PaymentRecord, cover: Cover) -> Patient {
    const COINSURANCE: Code = Code::known("2");
    let of_lines = payment.payment.lines.iter().flat_map(|line| &line.remarks);
    let remarks: Vec<Code> = of_lines.chain(&payment.payment.remarks).copied().collect();
    let share = Reason { group: Some(GroupCode::Pr), code: COINSURANCE };
    match billing::protection(share, &remarks, cover) {
        Some(Protection::Remark) => Patient::Never(Protection::Remark),
        _ => Patient::May,
    }
}

/// Whether money that an answer sent somewhere stands in a bucket, as long as nobody moved it.
const fn stands_in(to: Destination, bucket: Account) -> bool {
    match to {
        Destination::Denied => matches!(bucket, Account::Denied),
        Destination::Pending => matches!(bucket, Account::Pending),
        Destination::NextPayer | Destination::Patient => matches!(bucket, Account::Next),
        Destination::PatientToCheck | Destination::DeniedToPatient => matches!(bucket, Account::Hold),
        Destination::DeniedForCoverage => matches!(bucket, Account::Hold | Account::Next),
    }
}

/// Whether persons have put more into a bucket than they took out of it.
fn moved_there(tables: &impl Read, record: &ClaimRecord, bucket: Account) -> Result<bool, StoreError> {
    let entries = tables.entries_of_claim(record.id)?;
    // What a payer took back is owed as before: it is no amount that an answer refused or took off.
    let of_persons = |e: &Entry| {
        matches!(e.source, Source::Manual | Source::Transfer) && e.plb.is_none() || is_correction(e)
    };
    let by_persons = entries.iter().filter(|(_, e)| of_persons(e));
    let there = by_persons.flat_map(|(_, e)| &e.postings).filter(|p| p.account == bucket);
    Ok(there.map(|p| p.amount).sum::<Money>().is_positive())
}

/// Under which programs an amount of a payer stands: by CLP06, by what the claim says of its payers, and by what the
/// office says of them.
fn cover(
    tables: &impl Read,
    record: &ClaimRecord,
    payer: PayerId,
    filing: &str,
) -> Result<Cover, StoreError> {
    let mut programs = Vec::with_capacity(record.payers.len());
    let mut own = Program::of_filing(filing);
    for (at, id) in record.payers.iter().enumerate() {
        let named = record.claim.payers.get(at).map_or(Program::Other, |p| Program::of_filing(&p.filing));
        let program = if named == Program::Other { of_payer(tables, *id)? } else { named };
        if *id == payer && own == Program::Other {
            own = program;
        }
        programs.push(program);
    }
    if own == Program::Other && !record.payers.contains(&payer) {
        own = of_payer(tables, payer)?;
    }
    Ok(Cover::new(own, programs))
}

fn of_payer(tables: &impl Read, payer: PayerId) -> Result<Program, StoreError> {
    let record = tables.payer(payer)?;
    Ok(record.map_or(Program::Other, |record| Program::of_class(&suggest::class(&record))))
}
