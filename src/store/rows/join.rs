//! The rows of claims that are one receivable, and of those that a person keeps apart.

use serde::{Deserialize, Serialize};

use super::{Bad, Record, date, day};
use crate::domain::join::{Apart, ApartGround, Join, JoinGround};
use crate::domain::{CaseId, ClaimId, EntryId, PaymentId};

#[derive(Serialize, Deserialize)]
pub struct JoinRow<'a> {
    lead: u64,
    with: u64,
    ground: u8,
    on: i32,
    recorded_at: i64,
    user: &'a str,
    reason: &'a str,
    payments: Vec<u64>,
    cases: Vec<u64>,
    acts: Vec<(u64, u64)>,
}

impl Record for Join {
    const TABLE: &'static str = "claim_joins";
    type Row<'a> = JoinRow<'a>;

    fn to_row(&self) -> JoinRow<'_> {
        JoinRow {
            lead: self.lead.0,
            with: self.with.0,
            ground: self.ground as u8,
            on: day(self.on),
            recorded_at: self.recorded_at,
            user: &self.user,
            reason: &self.reason,
            payments: self.payments.iter().map(|id| id.0).collect(),
            cases: self.cases.iter().map(|id| id.0).collect(),
            acts: self.acts.iter().map(|(own, copy)| (own.0, copy.0)).collect(),
        }
    }

    fn from_row(key: u64, row: JoinRow<'_>) -> Result<Join, Bad> {
        Ok(Join {
            part: ClaimId(key),
            lead: ClaimId(row.lead),
            with: ClaimId(row.with),
            ground: JoinGround::from_number(row.ground)
                .ok_or_else(|| Bad(format!("{} is no reason to join claims", row.ground)))?,
            on: date(row.on),
            recorded_at: row.recorded_at,
            user: row.user.to_owned(),
            reason: row.reason.to_owned(),
            payments: row.payments.into_iter().map(PaymentId).collect(),
            cases: row.cases.into_iter().map(CaseId).collect(),
            acts: row.acts.into_iter().map(|(own, copy)| (EntryId(own), EntryId(copy))).collect(),
        })
    }
}

#[derive(Serialize, Deserialize)]
pub struct ApartRow<'a> {
    other: u64,
    ground: u8,
    on: i32,
    recorded_at: i64,
    user: &'a str,
    reason: &'a str,
}

impl Record for Apart {
    const TABLE: &'static str = "claims_apart";
    type Row<'a> = ApartRow<'a>;

    fn to_row(&self) -> ApartRow<'_> {
        ApartRow {
            other: self.other.0,
            ground: self.ground as u8,
            on: day(self.on),
            recorded_at: self.recorded_at,
            user: &self.user,
            reason: &self.reason,
        }
    }

    fn from_row(key: u64, row: ApartRow<'_>) -> Result<Apart, Bad> {
        Ok(Apart {
            one: ClaimId(key),
            other: ClaimId(row.other),
            ground: ApartGround::from_number(row.ground)
                .ok_or_else(|| Bad(format!("{} is no reason to keep claims apart", row.ground)))?,
            on: date(row.on),
            recorded_at: row.recorded_at,
            user: row.user.to_owned(),
            reason: row.reason.to_owned(),
        })
    }
}
