//! The row of a denial case.

use serde::{Deserialize, Serialize};

use super::{Bad, ReasonRow, Record, code_numbers, codes, date, day, reason, reason_row};
use crate::domain::book::{DenialCase, DenialEvent, DeniedLine};
use crate::domain::{CaseId, ClaimId, Money, PayerId, PaymentId};

#[derive(Serialize, Deserialize)]
pub struct CaseRow {
    claim: u64,
    payer: u32,
    reason: ReasonRow,
    remarks: Vec<u32>,
    /// Line, denied, recovered, written off, open.
    lines: Vec<(u16, i64, i64, i64, i64)>,
    /// Payment, day, reason, cents.
    events: Vec<(u64, i32, ReasonRow, i64)>,
}

impl Record for DenialCase {
    const TABLE: &'static str = "cases";
    type Row<'a> = CaseRow;

    fn to_row(&self) -> CaseRow {
        let line = |l: &DeniedLine| {
            (l.line, l.denied.cents(), l.recovered.cents(), l.written_off.cents(), l.open.cents())
        };
        let event = |e: &DenialEvent| (e.payment.0, day(e.on), reason_row(e.reason), e.amount.cents());
        CaseRow {
            claim: self.claim.0,
            payer: self.payer.0,
            reason: reason_row(self.reason),
            remarks: code_numbers(&self.remarks),
            lines: self.lines.iter().map(line).collect(),
            events: self.events.iter().map(event).collect(),
        }
    }

    fn from_row(key: u64, row: CaseRow) -> Result<DenialCase, Bad> {
        let line = |(line, denied, recovered, written_off, open)| DeniedLine {
            line,
            denied: Money::from_cents(denied),
            recovered: Money::from_cents(recovered),
            written_off: Money::from_cents(written_off),
            open: Money::from_cents(open),
        };
        let event = |(payment, on, why, cents)| {
            Ok(DenialEvent {
                payment: PaymentId(payment),
                on: date(on),
                reason: reason(why)?,
                amount: Money::from_cents(cents),
            })
        };
        Ok(DenialCase {
            id: CaseId(key),
            claim: ClaimId(row.claim),
            payer: PayerId(row.payer),
            reason: reason(row.reason)?,
            remarks: codes(row.remarks),
            lines: row.lines.into_iter().map(line).collect(),
            events: row.events.into_iter().map(event).collect::<Result<_, Bad>>()?,
        })
    }
}
