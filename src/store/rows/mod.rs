//! How records lie in the ledger: plain rows of numbers, texts and lists, and the way there and back.
//!
//! No enums, no decimals, nothing that serde leaves out or flattens: bincode would write what it cannot read back.
//! Rows borrow their texts from the record they are made of, or from the page they are read from. How a row becomes
//! bytes stands in `codec`; the table it goes to in `schema`.

pub mod ack;
pub mod block;
pub mod brief;
pub mod case;
pub mod case_brief;
pub mod claim;
pub mod clock;
pub mod columns;
pub mod deed;
pub mod deposit;
pub mod entry;
pub mod followup;
pub mod join;
pub mod merge;
pub mod misc;
pub mod names;
pub mod numbers;
pub mod payment;
pub mod period;
pub mod remit;
pub mod review;
pub mod state;
pub mod varint;
pub mod visits;

use serde::{Deserialize, Serialize};

use super::codec;
use super::error::StoreError;
use crate::domain::entry::Reason;
use crate::domain::{Code, Date, GroupCode, Money};

/// Why a row cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub struct Bad(pub String);

/// A record that is kept as one encoded row under a number.
pub trait Record: Sized {
    /// The table, for messages.
    const TABLE: &'static str;
    /// The row.
    type Row<'a>: Serialize + Deserialize<'a>
    where
        Self: 'a;

    /// The record as a row.
    fn to_row(&self) -> Self::Row<'_>;

    /// The record from its row.
    fn from_row(key: u64, row: Self::Row<'_>) -> Result<Self, Bad>;

    /// The record as bytes, in place of what is in `out`.
    fn encode(&self, key: u64, out: &mut Vec<u8>) -> Result<(), StoreError> {
        codec::encode(&self.to_row(), out).map_err(|bad| StoreError::corrupt(Self::TABLE, key, bad.0))
    }

    /// The record from bytes.
    fn decode(key: u64, bytes: &[u8]) -> Result<Self, StoreError> {
        codec::decode(bytes)
            .and_then(|row| Self::from_row(key, row))
            .map_err(|bad| StoreError::corrupt(Self::TABLE, key, bad.0))
    }
}

/// Days are kept from here on: three bytes instead of five for every day of this century.
/// The day number of 1 January 2000.
const EPOCH: i32 = 730_120;

/// A day as it is kept.
pub fn day(date: Date) -> i32 {
    date.number().wrapping_sub(EPOCH)
}

/// A day as it was kept.
pub fn date(day: i32) -> Date {
    Date::from_number(day.wrapping_add(EPOCH))
}

fn maybe_day(date: Option<Date>) -> Option<i32> {
    date.map(day)
}

fn maybe_date(day: Option<i32>) -> Option<Date> {
    day.map(date)
}

fn cents(amount: Option<Money>) -> Option<i64> {
    amount.map(Money::cents)
}

fn money(cents: Option<i64>) -> Option<Money> {
    cents.map(Money::from_cents)
}

fn borrowed(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}

fn owned(texts: Vec<&str>) -> Vec<String> {
    texts.into_iter().map(str::to_owned).collect()
}

fn code_numbers(codes: &[Code]) -> Vec<u32> {
    codes.iter().map(|code| code.number()).collect()
}

fn codes(numbers: Vec<u32>) -> Vec<Code> {
    numbers.into_iter().map(Code::from_number).collect()
}

/// A group as it is kept; 0 where there is none.
fn group_number(group: Option<GroupCode>) -> u8 {
    group.map_or(0, |group| group as u8)
}

fn group(number: u8) -> Result<Option<GroupCode>, Bad> {
    match number {
        0 => Ok(None),
        _ => {
            GroupCode::from_number(number).map(Some).ok_or_else(|| Bad(format!("{number} is no group code")))
        }
    }
}

/// Group and code of a reason.
type ReasonRow = (u8, u32);

fn reason_row(reason: Reason) -> ReasonRow {
    (group_number(reason.group), reason.code.number())
}

fn reason((number, code): ReasonRow) -> Result<Reason, Bad> {
    Ok(Reason { group: group(number)?, code: Code::from_number(code) })
}
