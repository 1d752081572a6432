//! The row of a rule of deadlines.

use serde::{Deserialize, Serialize};

use super::{Bad, Record, code_numbers, codes, date, day};
use crate::domain::PayerId;
use crate::domain::clock::{ClockKind, ClockRule, ClockStart, ClockUnit};

#[derive(Serialize, Deserialize)]
pub struct ClockRow<'a> {
    payer: u32,
    kind: u8,
    limit: u16,
    unit: u8,
    start: u8,
    receipt_days: u16,
    buffer_days: u16,
    next_workday: bool,
    except: Vec<u32>,
    amounts: &'a str,
    source: &'a str,
    set_by: &'a str,
    set_on: Option<i32>,
    confirmed_by: &'a str,
    confirmed_on: Option<i32>,
}

impl Record for ClockRule {
    const TABLE: &'static str = "clock_rules";
    type Row<'a> = ClockRow<'a>;

    fn to_row(&self) -> ClockRow<'_> {
        ClockRow {
            payer: self.payer.0,
            kind: self.kind.number(),
            limit: self.limit,
            unit: self.unit as u8,
            start: self.start as u8,
            receipt_days: self.receipt_days,
            buffer_days: self.buffer_days,
            next_workday: self.next_workday,
            except: code_numbers(&self.except),
            amounts: &self.amounts,
            source: &self.source,
            set_by: &self.set_by,
            set_on: self.set_on.map(day),
            confirmed_by: &self.confirmed_by,
            confirmed_on: self.confirmed_on.map(day),
        }
    }

    fn from_row(_key: u64, row: ClockRow<'_>) -> Result<ClockRule, Bad> {
        let bad = |number: u8, what: &str| Bad(format!("{number} is no {what} of a deadline"));
        Ok(ClockRule {
            payer: PayerId(row.payer),
            kind: ClockKind::from_number(row.kind).ok_or_else(|| bad(row.kind, "kind"))?,
            limit: row.limit,
            unit: ClockUnit::from_number(row.unit).ok_or_else(|| bad(row.unit, "unit"))?,
            start: ClockStart::from_number(row.start).ok_or_else(|| bad(row.start, "start"))?,
            receipt_days: row.receipt_days,
            buffer_days: row.buffer_days,
            next_workday: row.next_workday,
            except: codes(row.except),
            amounts: row.amounts.to_owned(),
            source: row.source.to_owned(),
            set_by: row.set_by.to_owned(),
            set_on: row.set_on.map(date),
            confirmed_by: row.confirmed_by.to_owned(),
            confirmed_on: row.confirmed_on.map(date),
        })
    }
}
