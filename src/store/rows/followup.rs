//! The row of what was done about a claim that a payer has not answered.

use serde::{Deserialize, Serialize};

use super::{Bad, Record, date, day};
use crate::domain::followup::{FollowUp, FollowUpAct};

#[derive(Serialize, Deserialize)]
pub struct FollowUpRow<'a> {
    on: i32,
    recorded_at: i64,
    user: &'a str,
    act: u8,
    text: &'a str,
    representative: &'a str,
    reference: &'a str,
    promised_on: Option<i32>,
    next_on: Option<i32>,
}

impl Record for FollowUp {
    const TABLE: &'static str = "followups";
    type Row<'a> = FollowUpRow<'a>;

    fn to_row(&self) -> FollowUpRow<'_> {
        FollowUpRow {
            on: day(self.on),
            recorded_at: self.recorded_at,
            user: &self.user,
            act: self.act as u8,
            text: &self.text,
            representative: &self.representative,
            reference: &self.reference,
            promised_on: self.promised_on.map(day),
            next_on: self.next_on.map(day),
        }
    }

    fn from_row(_key: u64, row: FollowUpRow<'_>) -> Result<FollowUp, Bad> {
        Ok(FollowUp {
            on: date(row.on),
            recorded_at: row.recorded_at,
            user: row.user.to_owned(),
            act: FollowUpAct::from_number(row.act)
                .ok_or_else(|| Bad(format!("{} is nothing that is done about a claim", row.act)))?,
            text: row.text.to_owned(),
            representative: row.representative.to_owned(),
            reference: row.reference.to_owned(),
            promised_on: row.promised_on.map(date),
            next_on: row.next_on.map(date),
        })
    }
}
