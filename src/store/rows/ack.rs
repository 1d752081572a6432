//! The rows of acknowledgments and of the sets that were sent.

use serde::{Deserialize, Serialize};

use super::{Bad, Record, borrowed, cents, date, day, money, owned};
use crate::domain::ack::{AckOutcome, AckRecord, AckScope, AckSource, SentSet, StatusCode, SyntaxError};
use crate::domain::book::Origin;
use crate::domain::{AckId, ClaimId, FileId, PatientControlNumber, SentId};

#[derive(Serialize, Deserialize)]
pub struct AckRow<'a> {
    first: u64,
    file: u64,
    segment: u64,
    kind: &'a str,
    source: u8,
    name: &'a str,
    on: i32,
    #[serde(borrow)]
    scope: ScopeRow<'a>,
    outcome: u8,
    conflict: bool,
    result: &'a str,
    /// Category, status, entity, line.
    codes: Vec<(&'a str, &'a str, &'a str, &'a str)>,
    error_codes: Vec<&'a str>,
    errors: Vec<ErrorRow<'a>>,
    amount: Option<i64>,
    service: Option<i32>,
    payer_claim_number: &'a str,
    clearinghouse_number: &'a str,
    text: &'a str,
    sent_in: u64,
    claims: Vec<u64>,
}

/// Kind of scope (1 claim, 2 batch, 3 provider, 4 set, 5 group, 6 interchange), its one or two numbers, its day.
type ScopeRow<'a> = (u8, &'a str, &'a str, Option<i32>);

#[derive(Serialize, Deserialize)]
struct ErrorRow<'a> {
    segment_id: &'a str,
    position: u64,
    loop_id: &'a str,
    code: &'a str,
    element: &'a str,
    element_code: &'a str,
    value: &'a str,
    claim: &'a str,
    of: Option<u64>,
}

fn scope_row(scope: &AckScope) -> ScopeRow<'_> {
    match scope {
        AckScope::Claim(number, batch) => (1, number.as_str(), batch, None),
        AckScope::Batch(batch) => (2, batch, "", None),
        AckScope::Provider(batch, ident) => (3, batch, ident, None),
        AckScope::Set(group, set) => (4, group, set, None),
        AckScope::Group(group) => (5, group, "", None),
        AckScope::Interchange(control, on) => (6, control, "", on.map(day)),
    }
}

fn scope((kind, one, two, on): ScopeRow<'_>) -> Result<AckScope, Bad> {
    let (first, second) = (one.to_owned(), two.to_owned());
    Ok(match kind {
        1 => AckScope::Claim(PatientControlNumber::new(one), second),
        2 => AckScope::Batch(first),
        3 => AckScope::Provider(first, second),
        4 => AckScope::Set(first, second),
        5 => AckScope::Group(first),
        6 => AckScope::Interchange(first, on.map(date)),
        other => return Err(Bad(format!("{other} is nothing that an acknowledgment can be about"))),
    })
}

fn error_row(error: &SyntaxError) -> ErrorRow<'_> {
    ErrorRow {
        segment_id: &error.segment_id,
        position: error.position,
        loop_id: &error.loop_id,
        code: &error.code,
        element: &error.element,
        element_code: &error.element_code,
        value: &error.value,
        claim: &error.claim,
        of: error.of.map(|claim| claim.0),
    }
}

fn error(row: ErrorRow<'_>) -> SyntaxError {
    SyntaxError {
        segment_id: row.segment_id.to_owned(),
        position: row.position,
        loop_id: row.loop_id.to_owned(),
        code: row.code.to_owned(),
        element: row.element.to_owned(),
        element_code: row.element_code.to_owned(),
        value: row.value.to_owned(),
        claim: row.claim.to_owned(),
        of: row.of.map(ClaimId),
    }
}

impl Record for AckRecord {
    const TABLE: &'static str = "acks";
    type Row<'a> = AckRow<'a>;

    fn to_row(&self) -> AckRow<'_> {
        AckRow {
            first: self.first.0,
            file: self.origin.file.0,
            segment: self.origin.segment,
            kind: &self.kind,
            source: self.source as u8,
            name: &self.name,
            on: day(self.on),
            scope: scope_row(&self.scope),
            outcome: self.outcome as u8,
            conflict: self.conflict,
            result: &self.result,
            codes: self
                .codes
                .iter()
                .map(|c| (c.category.as_str(), c.status.as_str(), c.entity.as_str(), c.line.as_str()))
                .collect(),
            error_codes: borrowed(&self.error_codes),
            errors: self.errors.iter().map(error_row).collect(),
            amount: cents(self.amount),
            service: self.service.map(day),
            payer_claim_number: &self.payer_claim_number,
            clearinghouse_number: &self.clearinghouse_number,
            text: &self.text,
            sent_in: self.sent_in.0,
            claims: self.claims.iter().map(|claim| claim.0).collect(),
        }
    }

    fn from_row(key: u64, row: AckRow<'_>) -> Result<AckRecord, Bad> {
        let code = |(category, status, entity, line): (&str, &str, &str, &str)| StatusCode {
            category: category.to_owned(),
            status: status.to_owned(),
            entity: entity.to_owned(),
            line: line.to_owned(),
        };
        Ok(AckRecord {
            id: AckId(key),
            first: AckId(row.first),
            origin: Origin { file: FileId(row.file), segment: row.segment },
            kind: row.kind.to_owned(),
            source: AckSource::from_number(row.source)
                .ok_or_else(|| Bad(format!("{} is no source of an acknowledgment", row.source)))?,
            name: row.name.to_owned(),
            on: date(row.on),
            scope: scope(row.scope)?,
            outcome: AckOutcome::from_number(row.outcome)
                .ok_or_else(|| Bad(format!("{} is no outcome of an acknowledgment", row.outcome)))?,
            conflict: row.conflict,
            result: row.result.to_owned(),
            codes: row.codes.into_iter().map(code).collect(),
            error_codes: owned(row.error_codes),
            errors: row.errors.into_iter().map(error).collect(),
            amount: money(row.amount),
            service: row.service.map(date),
            payer_claim_number: row.payer_claim_number.to_owned(),
            clearinghouse_number: row.clearinghouse_number.to_owned(),
            text: row.text.to_owned(),
            sent_in: FileId(row.sent_in),
            claims: row.claims.into_iter().map(ClaimId).collect(),
        })
    }
}

#[derive(Serialize, Deserialize)]
pub struct SentRow<'a> {
    file: u64,
    group: &'a str,
    set: &'a str,
    interchange: &'a str,
    interchange_date: Option<i32>,
    batch: &'a str,
    on: i32,
    content: u64,
    /// Claim, position of its CLM in the set.
    claims: Vec<(u64, u64)>,
}

impl Record for SentSet {
    const TABLE: &'static str = "sent_sets";
    type Row<'a> = SentRow<'a>;

    fn to_row(&self) -> SentRow<'_> {
        SentRow {
            file: self.file.0,
            group: &self.group,
            set: &self.set,
            interchange: &self.interchange,
            interchange_date: self.interchange_date.map(day),
            batch: &self.batch,
            on: day(self.on),
            content: self.content,
            claims: self.claims.iter().map(|(claim, at)| (claim.0, *at)).collect(),
        }
    }

    fn from_row(key: u64, row: SentRow<'_>) -> Result<SentSet, Bad> {
        Ok(SentSet {
            id: SentId(key),
            file: FileId(row.file),
            group: row.group.to_owned(),
            set: row.set.to_owned(),
            interchange: row.interchange.to_owned(),
            interchange_date: row.interchange_date.map(date),
            batch: row.batch.to_owned(),
            on: date(row.on),
            content: row.content,
            claims: row.claims.into_iter().map(|(claim, at)| (ClaimId(claim), at)).collect(),
        })
    }
}
