//! What a letter may say of denial cases, read from the ledger.

use std::collections::{BTreeMap, BTreeSet};

use crate::books::{acks, clocks};
use crate::cli::{Context, Failure, names};
use crate::codes;
use crate::denial::clock::{Rules, appeal};
use crate::denial::work;
use crate::domain::book::{ClaimRecord, PayerRecord, PaymentRecord};
use crate::domain::case::{CaseAct, CaseEvent, DenialCase, Outcome};
use crate::domain::clock::{Appealed, ClockKind};
use crate::domain::{CaseId, ClaimId, Code, Date, PayerId, Text};
use crate::letters::{Appeal, Claim, Denial, Facts, Line, Proof};
use crate::store::{Read, Snapshot, StoreError};

/// Which denials a letter is about
#[derive(clap::Args, Debug)]
pub(super) struct Which {
    /// Denials, by their number; without any: the open ones of --payer and --reason
    denials: Vec<u64>,
    /// Every open denial of this payer: its number of `payer list`
    #[arg(long, value_name = "PAYER", conflicts_with = "denials")]
    payer: Option<u32>,
    /// Of these only those with this reason, such as CO-50
    #[arg(long, value_name = "REASON", requires = "payer")]
    reason: Option<String>,
}

/// The facts of a letter, and what they come from.
pub(super) struct Told {
    /// What the template may say.
    pub facts: Facts,
    /// The cases it is about.
    pub cases: Vec<CaseId>,
    /// The claims, in the order of `facts.claims`, each with what it heard.
    pub claims: Vec<(ClaimId, Vec<PaymentRecord>)>,
    /// The levels of appeal at which its denials stand; the one that was asked for, if one was.
    pub levels: BTreeSet<u8>,
}

/// Reads what the letter is about.
///
/// # Errors
/// [`Failure`] for cases that are not there, or not of one payer.
pub(super) fn tell(
    which: &Which,
    level: Option<u8>,
    tables: &Snapshot,
    context: &Context,
) -> Result<Told, Failure> {
    let refuse = |error: StoreError| context.refuse(error);
    let cases = cases(which, tables, context)?;
    let payer = cases.first().map_or(PayerId::NONE, |case| case.payer);
    if cases.iter().any(|case| case.payer != payer) {
        return Err(Failure::refused("a letter goes to one payer, and these denials are of several")
            .hint("Write one letter for each payer."));
    }
    let record = tables.payer(payer).map_err(refuse)?.unwrap_or_else(|| PayerRecord::named(payer, "", ""));
    let practice = tables.practice().map_err(refuse)?;
    let mut facts = Facts {
        practice: practice.name,
        npis: practice.npis,
        tax_ids: practice.tax_ids,
        practice_address: practice.address,
        payer: names::Payers::read(tables).map_err(refuse)?.name(payer).to_owned(),
        payer_id: record.ident,
        payer_address: record.address,
        today: Some(context.as_of),
        user: context.user.clone(),
        level: level.unwrap_or(1),
        claims: Vec::new(),
    };
    let rules = clocks::rules(tables).map_err(refuse)?;
    let ids = cases.iter().map(|case| case.id).collect();
    let mut by_claim: BTreeMap<ClaimId, Vec<DenialCase>> = BTreeMap::new();
    for case in cases {
        by_claim.entry(case.claim).or_default().push(case);
    }
    let mut claims = Vec::new();
    for (id, cases) in by_claim {
        let Some(record) = tables.claim(id).map_err(refuse)? else { continue };
        let payments = tables.payments_of_claim(id).map_err(refuse)?;
        let told = claim(tables, &rules, &record, &payments, &cases, context.as_of).map_err(refuse)?;
        facts.claims.push(told);
        claims.push((id, payments));
    }
    if context.printer.redact {
        facts.redact();
    }
    let levels: BTreeSet<u8> = match level {
        Some(level) => [level].into(),
        None => facts.claims.iter().flat_map(|claim| &claim.denials).map(|denial| denial.level).collect(),
    };
    facts.level = levels.last().copied().unwrap_or(facts.level);
    Ok(Told { facts, cases: ids, claims, levels })
}

fn cases(which: &Which, tables: &Snapshot, context: &Context) -> Result<Vec<DenialCase>, Failure> {
    let refuse = |error: StoreError| context.refuse(error);
    let mut cases: Vec<DenialCase> = Vec::new();
    for id in &which.denials {
        let case = tables.case(CaseId(*id)).map_err(refuse)?.filter(|case| !case.events.is_empty());
        let case = case.ok_or_else(|| Failure::refused(format!("there is no denial {id}")))?;
        if cases.iter().all(|known| known.id != case.id) {
            cases.push(case);
        }
    }
    if let Some(payer) = which.payer {
        for case in tables.cases().map_err(refuse)? {
            let case = case.map_err(refuse)?;
            let of_reason = which
                .reason
                .as_ref()
                .is_none_or(|reason| case.reason.to_string().eq_ignore_ascii_case(reason.trim()));
            if case.payer == PayerId(payer) && case.open().is_positive() && of_reason {
                cases.push(case);
            }
        }
    }
    if cases.is_empty() {
        return Err(Failure::refused("no denial is meant").hint(
            "Name denials by their number (`claim show` has it), or all open ones of a payer with `--payer N --reason CO-50`.",
        ));
    }
    Ok(cases)
}

fn claim(
    tables: &Snapshot,
    rules: &Rules,
    record: &ClaimRecord,
    payments: &[PaymentRecord],
    cases: &[DenialCase],
    as_of: Date,
) -> Result<Claim, StoreError> {
    let claim = &record.claim;
    let payer = cases.first().map_or(PayerId::NONE, |case| case.payer);
    let heard = payments.iter().filter(|payment| payment.status.is_heard());
    let last = heard.clone().rfind(|payment| payment.payer == payer);
    let place = record.payers.iter().position(|known| *known == payer);
    let member = place.and_then(|at| claim.payers.get(at)).map(|payer| payer.member_id.as_str());
    let member = member.filter(|id| !id.is_empty()).unwrap_or(&claim.subscriber.member_id);
    let provider = claim.provider();
    let mut denials = Vec::new();
    for case in cases {
        denials.push(denial(tables, rules, record, payments, case, as_of)?);
    }
    Ok(Claim {
        number: claim.control_number.to_string(),
        payer_number: last.map(|payment| payment.payment.payer_number.to_string()).unwrap_or_default(),
        patient: names::patient(&claim.patient),
        member_id: member.to_owned(),
        born: claim.patient.born.or(claim.subscriber.born),
        provider: names::provider_name(provider).to_owned(),
        npi: provider.npi.to_string(),
        from: claim.service_from,
        to: claim.service_to,
        billed_on: record.versions.iter().map(|version| version.billed_on).min(),
        charge: claim.charge,
        paid: heard.map(|payment| payment.payment.paid).sum(),
        authorization: claim.prior_authorization.to_string(),
        diagnoses: claim.diagnoses.iter().map(|diagnosis| diagnosis.code.to_string()).collect(),
        lines: lines(record, cases),
        denials,
        proofs: proofs(tables, record, payments, as_of)?,
    })
}

/// Every service of the claim, with what is denied of it.
fn lines(record: &ClaimRecord, cases: &[DenialCase]) -> Vec<Line> {
    let denied = |number: u16| {
        let lines = cases.iter().flat_map(|case| &case.lines);
        lines.filter(|line| line.line == number).map(|line| line.denied).sum()
    };
    let line = |line: &crate::domain::claim::ServiceLine| {
        let code = if line.procedure.is_empty() { &line.revenue_code } else { &line.procedure };
        let parts: Vec<&str> =
            [code.as_str()].into_iter().chain(line.modifiers.iter().map(Text::as_str)).collect();
        Line {
            number: line.number,
            procedure: parts.join(" "),
            on: line.from,
            units: line.units.to_string(),
            charge: line.charge,
            denied: denied(line.number),
        }
    };
    record.claim.lines.iter().map(line).collect()
}

fn denial(
    tables: &Snapshot,
    rules: &Rules,
    record: &ClaimRecord,
    payments: &[PaymentRecord],
    case: &DenialCase,
    as_of: Date,
) -> Result<Denial, StoreError> {
    let claim = clocks::claim_facts(record, payments, case.payer);
    let mut events = tables.case_events(case.id)?;
    events.retain(|event| event.on <= as_of);
    let facts = work::facts(case, &events, claim);
    let clock = appeal(case.payer, &facts, rules, as_of);
    // One that is with the payer is the one that the letter is about.
    let level = if let ClockKind::Appeal(level) = clock.kind { level } else { 1 };
    let meaning = |code: &Code| {
        let words = codes::rarc(*code).map_or("", |rarc| rarc.summary);
        (code.to_string(), words.to_owned())
    };
    Ok(Denial {
        case: case.id.0,
        reason: case.reason.to_string(),
        meaning: codes::carc(case.reason.code).map_or("", |carc| carc.summary).to_owned(),
        remarks: remarks(case, payments).iter().map(meaning).collect(),
        denied: case.denied(),
        open: case.open(),
        on: facts.denials.iter().filter(|denied| denied.is_known()).map(|denied| denied.on).max(),
        due: clock.deadline().map(|deadline| deadline.due),
        rule: clock.words(),
        level,
        appeals: earlier(&events, &facts.appeals, level),
    })
}

/// The appeals before the one of a level. `appeals` are those of the events, in their order.
fn earlier(events: &[CaseEvent], appeals: &[Appealed], level: u8) -> Vec<Appeal> {
    let sent = events.iter().filter(|event| event.act == CaseAct::Appeal);
    let before =
        sent.zip(appeals).filter(|(_, appealed)| appealed.decided.is_some() || appealed.level < level);
    let appeal = |(event, appealed): (&CaseEvent, &Appealed)| Appeal {
        level: appealed.level,
        on: Some(appealed.sent),
        method: event.about.method.clone(),
        proof: event.about.proof.clone(),
        decided: appealed.decided,
        outcome: appealed.by_letter.map_or("", Outcome::as_str),
    };
    before.map(appeal).collect()
}

/// Every remark of the last answer that denied, each once: of the claim, then of its lines.
fn remarks(case: &DenialCase, payments: &[PaymentRecord]) -> Vec<Code> {
    let last = case.events.iter().max_by_key(|event| event.on);
    let answer = last.and_then(|event| payments.iter().find(|payment| payment.id == event.payment));
    let lines = answer.iter().flat_map(|answer| &answer.payment.lines).flat_map(|line| &line.remarks);
    let of_claim = answer.iter().flat_map(|answer| &answer.payment.remarks);
    let mut remarks: Vec<Code> = Vec::new();
    for remark in case.remarks.iter().chain(of_claim).chain(lines) {
        if !remarks.contains(remark) {
            remarks.push(*remark);
        }
    }
    remarks
}

/// What shows when the claim was sent and received: submissions, acknowledgments, and the payer's own day of receipt.
fn proofs(
    tables: &Snapshot,
    record: &ClaimRecord,
    payments: &[PaymentRecord],
    as_of: Date,
) -> Result<Vec<Proof>, StoreError> {
    let mut proofs = Vec::new();
    for version in record.versions.iter().filter(|version| version.billed_on <= as_of) {
        let who = format!("our 837, batch {}", version.batch);
        proofs.push(Proof { on: Some(version.billed_on), what: "sent".to_owned(), who });
    }
    for ack in acks::of_claim(tables, record.id, as_of)? {
        let number = [&ack.payer_claim_number, &ack.clearinghouse_number].into_iter().find(|n| !n.is_empty());
        let name = if ack.name.is_empty() { ack.source.as_str() } else { &ack.name };
        let who = number.map_or_else(|| name.to_owned(), |number| format!("{name}, number {number}"));
        let what = format!("{} {}", ack.kind, ack.outcome.as_str().replace('_', " "));
        proofs.push(Proof { on: Some(ack.on), what, who });
    }
    for payment in payments.iter().filter(|payment| payment.posted_on <= as_of) {
        if let Some(on) = payment.payment.received_on {
            let who = format!("the payer's 835, {}", payment.payment.payer_number);
            proofs.push(Proof { on: Some(on), what: "received, says the payer".to_owned(), who });
        }
    }
    proofs.sort_by_key(|proof| proof.on);
    Ok(proofs)
}
