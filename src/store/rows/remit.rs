//! The rows of a remittance: its header, its totals, what was wrong with it; and of its provider-level items.

use serde::{Deserialize, Serialize};

use super::{Bad, Record, date, day};
use crate::domain::book::{Issue, Origin, PlbRecord, RemitRecord, RemitStatus};
use crate::domain::remit::{PartyName, ProviderAdjustment, RemitHeader};
use crate::domain::{Code, FileId, Money, PayerId, PaymentId, PlbId, RemitId};

#[derive(Serialize, Deserialize)]
pub struct PartyRow<'a> {
    name: &'a str,
    qualifier: &'a str,
    ident: &'a str,
    references: Vec<(&'a str, &'a str)>,
}

pub fn party_row(party: &PartyName) -> PartyRow<'_> {
    PartyRow {
        name: &party.name,
        qualifier: &party.qualifier,
        ident: &party.ident,
        references: party.references.iter().map(|(q, value)| (q.as_str(), value.as_str())).collect(),
    }
}

pub fn party(row: PartyRow<'_>) -> PartyName {
    PartyName {
        name: row.name.into(),
        qualifier: row.qualifier.into(),
        ident: row.ident.into(),
        references: row.references.into_iter().map(|(q, value)| (q.into(), value.into())).collect(),
    }
}

#[derive(Serialize, Deserialize)]
pub struct RemitRow<'a> {
    control: &'a str,
    handling: &'a str,
    paid: i64,
    debit: bool,
    method: &'a str,
    paid_on: Option<i32>,
    produced_on: Option<i32>,
    trace: &'a str,
    payer_trace_id: &'a str,
    currency: &'a str,
    payer_name: PartyRow<'a>,
    payee_name: PartyRow<'a>,
    payer: u32,
    posted_on: i32,
    effective_on: Option<i32>,
    held_on: Option<i32>,
    set_aside_on: Option<i32>,
    turns: Vec<i32>,
    file: u64,
    segment: u64,
    status: u8,
    claims: u64,
    matched: u64,
    unapplied: u64,
    claim_paid: i64,
    plb: i64,
    first_payment: u64,
    issues: Vec<IssueRow<'a>>,
}

#[derive(Serialize, Deserialize)]
struct IssueRow<'a> {
    code: &'a str,
    segment: u64,
    text: &'a str,
    message: &'a str,
}

fn issue_row(issue: &Issue) -> IssueRow<'_> {
    IssueRow { code: &issue.code, segment: issue.segment, text: &issue.text, message: &issue.message }
}

fn issue(row: IssueRow<'_>) -> Issue {
    Issue {
        code: row.code.to_owned(),
        segment: row.segment,
        text: row.text.to_owned(),
        message: row.message.to_owned(),
    }
}

impl Record for RemitRecord {
    const TABLE: &'static str = "remits";
    type Row<'a> = RemitRow<'a>;

    fn to_row(&self) -> RemitRow<'_> {
        let header = &self.header;
        RemitRow {
            control: &header.control,
            handling: &header.handling,
            paid: header.paid.cents(),
            debit: header.debit,
            method: &header.method,
            paid_on: header.paid_on.map(day),
            produced_on: header.produced_on.map(day),
            trace: &header.trace,
            payer_trace_id: &header.payer_trace_id,
            currency: &header.currency,
            payer_name: party_row(&header.payer),
            payee_name: party_row(&header.payee),
            payer: self.payer.0,
            posted_on: day(self.posted_on),
            effective_on: self.effective_on.map(day),
            held_on: self.held_on.map(day),
            set_aside_on: self.set_aside_on.map(day),
            turns: self.turns.iter().copied().map(day).collect(),
            file: self.origin.file.0,
            segment: self.origin.segment,
            status: self.status as u8,
            claims: self.claims,
            matched: self.matched,
            unapplied: self.unapplied,
            claim_paid: self.claim_paid.cents(),
            plb: self.plb.cents(),
            first_payment: self.first_payment.0,
            issues: self.issues.iter().map(issue_row).collect(),
        }
    }

    fn from_row(key: u64, row: RemitRow<'_>) -> Result<RemitRecord, Bad> {
        let header = RemitHeader {
            control: row.control.into(),
            handling: row.handling.into(),
            paid: Money::from_cents(row.paid),
            debit: row.debit,
            method: row.method.into(),
            paid_on: row.paid_on.map(date),
            produced_on: row.produced_on.map(date),
            trace: row.trace.into(),
            payer_trace_id: row.payer_trace_id.into(),
            currency: row.currency.into(),
            payer: party(row.payer_name),
            payee: party(row.payee_name),
        };
        Ok(RemitRecord {
            id: RemitId(key),
            header,
            payer: PayerId(row.payer),
            posted_on: date(row.posted_on),
            effective_on: row.effective_on.map(date),
            held_on: row.held_on.map(date),
            set_aside_on: row.set_aside_on.map(date),
            turns: row.turns.into_iter().map(date).collect(),
            origin: Origin { file: FileId(row.file), segment: row.segment },
            status: RemitStatus::from_number(row.status)
                .ok_or_else(|| Bad(format!("{} is no status of a remittance", row.status)))?,
            claims: row.claims,
            matched: row.matched,
            unapplied: row.unapplied,
            claim_paid: Money::from_cents(row.claim_paid),
            plb: Money::from_cents(row.plb),
            first_payment: PaymentId(row.first_payment),
            issues: row.issues.into_iter().map(issue).collect(),
        })
    }
}

#[derive(Serialize, Deserialize)]
pub struct PlbRow<'a> {
    remit: u64,
    payer: u32,
    posted_on: i32,
    provider: &'a str,
    fiscal_period_end: Option<i32>,
    reason: &'a str,
    reference: &'a str,
    amount: i64,
    segment: u64,
    code: u32,
    open: i64,
    /// Day, cents.
    settlements: Vec<(i32, i64)>,
    withdrawn: bool,
    review: &'a str,
}

impl Record for PlbRecord {
    const TABLE: &'static str = "plb";
    type Row<'a> = PlbRow<'a>;

    fn to_row(&self) -> PlbRow<'_> {
        let item = &self.item;
        PlbRow {
            remit: self.remit.0,
            payer: self.payer.0,
            posted_on: day(self.posted_on),
            provider: &item.provider,
            fiscal_period_end: item.fiscal_period_end.map(day),
            reason: &item.reason,
            reference: &item.reference,
            amount: item.amount.cents(),
            segment: item.segment,
            code: self.code.number(),
            open: self.open.cents(),
            settlements: self.settlements.iter().map(|(on, amount)| (day(*on), amount.cents())).collect(),
            withdrawn: self.withdrawn,
            review: &self.review,
        }
    }

    fn from_row(key: u64, row: PlbRow<'_>) -> Result<PlbRecord, Bad> {
        let item = ProviderAdjustment {
            provider: row.provider.into(),
            fiscal_period_end: row.fiscal_period_end.map(date),
            reason: row.reason.into(),
            reference: row.reference.into(),
            amount: Money::from_cents(row.amount),
            segment: row.segment,
        };
        Ok(PlbRecord {
            id: PlbId(key),
            remit: RemitId(row.remit),
            payer: PayerId(row.payer),
            posted_on: date(row.posted_on),
            item,
            code: Code::from_number(row.code),
            open: Money::from_cents(row.open),
            settlements: row
                .settlements
                .into_iter()
                .map(|(on, cents)| (date(on), Money::from_cents(cents)))
                .collect(),
            withdrawn: row.withdrawn,
            review: row.review.to_owned(),
        })
    }
}
