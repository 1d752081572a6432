//! The rows of deadlines: rules, and the office's own amounts in controversy and holidays.

use serde::{Deserialize, Serialize};

use super::{Bad, Record, code_numbers, codes, date, day};
use crate::domain::clock::{
    ClockKind, ClockRule, ClockStart, ClockUnit, OfficeAmount, OfficeHoliday, Written,
};
use crate::domain::{Money, PayerId};

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

#[derive(Serialize, Deserialize)]
pub struct WrittenRow<'a> {
    source: &'a str,
    reason: &'a str,
    by: &'a str,
    on: i32,
}

fn written_row(written: &Written) -> WrittenRow<'_> {
    let Written { source, reason, by, on } = written;
    WrittenRow { source, reason, by, on: day(*on) }
}

fn written(row: &WrittenRow<'_>) -> Written {
    Written {
        source: row.source.to_owned(),
        reason: row.reason.to_owned(),
        by: row.by.to_owned(),
        on: date(row.on),
    }
}

#[derive(Serialize, Deserialize)]
pub struct AmountRow<'a> {
    table: &'a str,
    level: u8,
    year: i32,
    amount: i64,
    #[serde(borrow)]
    written: WrittenRow<'a>,
}

impl Record for OfficeAmount {
    const TABLE: &'static str = "clock_amounts";
    type Row<'a> = AmountRow<'a>;

    fn to_row(&self) -> AmountRow<'_> {
        AmountRow {
            table: &self.table,
            level: self.level,
            year: self.year,
            amount: self.amount.cents(),
            written: written_row(&self.written),
        }
    }

    fn from_row(_key: u64, row: AmountRow<'_>) -> Result<OfficeAmount, Bad> {
        Ok(OfficeAmount {
            table: row.table.to_owned(),
            level: row.level,
            year: row.year,
            amount: Money::from_cents(row.amount),
            written: written(&row.written),
        })
    }
}

#[derive(Serialize, Deserialize)]
pub struct HolidayRow<'a> {
    on: i32,
    name: &'a str,
    #[serde(borrow)]
    written: WrittenRow<'a>,
}

impl Record for OfficeHoliday {
    const TABLE: &'static str = "clock_holidays";
    type Row<'a> = HolidayRow<'a>;

    fn to_row(&self) -> HolidayRow<'_> {
        HolidayRow { on: day(self.on), name: &self.name, written: written_row(&self.written) }
    }

    fn from_row(_key: u64, row: HolidayRow<'_>) -> Result<OfficeHoliday, Bad> {
        Ok(OfficeHoliday { on: date(row.on), name: row.name.to_owned(), written: written(&row.written) })
    }
}
