//! Movements of the bank, and what they belong to.

use serde::{Deserialize, Serialize};

use super::{Bad, Record, date, day};
use crate::domain::book::Origin;
use crate::domain::deposit::{Deposit, Settlement};
use crate::domain::{DepositId, FileId, Money, RemitId, SettlementId};

#[derive(Serialize, Deserialize)]
pub struct DepositRow<'a> {
    account: &'a str,
    on: i32,
    posted_on: i32,
    amount: i64,
    kind: &'a str,
    reference: &'a str,
    trace: &'a str,
    payer_trace_id: &'a str,
    text: &'a str,
    file: u64,
    line: u64,
}

impl Record for Deposit {
    const TABLE: &'static str = "deposits";
    type Row<'a> = DepositRow<'a>;

    fn to_row(&self) -> DepositRow<'_> {
        DepositRow {
            account: &self.account,
            on: day(self.on),
            posted_on: day(self.posted_on),
            amount: self.amount.cents(),
            kind: &self.kind,
            reference: &self.reference,
            trace: &self.trace,
            payer_trace_id: &self.payer_trace_id,
            text: &self.text,
            file: self.origin.file.0,
            line: self.origin.segment,
        }
    }

    fn from_row(key: u64, row: DepositRow<'_>) -> Result<Deposit, Bad> {
        Ok(Deposit {
            id: DepositId(key),
            account: row.account.to_owned(),
            on: date(row.on),
            posted_on: date(row.posted_on),
            amount: Money::from_cents(row.amount),
            kind: row.kind.to_owned(),
            reference: row.reference.to_owned(),
            trace: row.trace.to_owned(),
            payer_trace_id: row.payer_trace_id.to_owned(),
            text: row.text.to_owned(),
            origin: Origin { file: FileId(row.file), segment: row.line },
        })
    }
}

#[derive(Serialize, Deserialize)]
pub struct SettlementRow<'a> {
    deposits: Vec<u64>,
    remits: Vec<u64>,
    difference: i64,
    rule: &'a str,
    reason: &'a str,
    on: i32,
    undone_on: Option<i32>,
    user: &'a str,
    recorded_at: i64,
}

impl Record for Settlement {
    const TABLE: &'static str = "settlements";
    type Row<'a> = SettlementRow<'a>;

    fn to_row(&self) -> SettlementRow<'_> {
        SettlementRow {
            deposits: self.deposits.iter().map(|id| id.0).collect(),
            remits: self.remits.iter().map(|id| id.0).collect(),
            difference: self.difference.cents(),
            rule: &self.rule,
            reason: &self.reason,
            on: day(self.on),
            undone_on: self.undone_on.map(day),
            user: &self.user,
            recorded_at: self.recorded_at,
        }
    }

    fn from_row(key: u64, row: SettlementRow<'_>) -> Result<Settlement, Bad> {
        Ok(Settlement {
            id: SettlementId(key),
            deposits: row.deposits.into_iter().map(DepositId).collect(),
            remits: row.remits.into_iter().map(RemitId).collect(),
            difference: Money::from_cents(row.difference),
            rule: row.rule.to_owned(),
            reason: row.reason.to_owned(),
            on: date(row.on),
            undone_on: row.undone_on.map(date),
            user: row.user.to_owned(),
            recorded_at: row.recorded_at,
        })
    }
}
