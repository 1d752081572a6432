//! A table of a bank's movements: a day, what came or went, and what the bank wrote. One row is one movement.

use csv::ByteRecord;

use super::columns::Layout;
use super::fields::Field;
use super::lines::Rows;
use super::map::Map;
use super::row::{Bad, Row};
use super::scan::{layout, shape};
use crate::domain::deposit::BankLine;
use crate::domain::{Money, Text};
use crate::input::bank::{self, BankFile};
use crate::input::error::InputError;
use crate::input::kind::Kind;
use crate::input::source::Source;

/// So many unreadable rows are described; the others are counted.
const MOST_DESCRIBED: usize = 100;

/// Reads the rows into a bank's file.
///
/// # Errors
/// The table cannot be used at all: its header, or a row that does not end.
pub fn deposits(source: &Source, map: Option<&Map>, file: &mut BankFile) -> Result<(), InputError> {
    let mut rows = Rows::open(source)?;
    let mut record = ByteRecord::new();
    let layout = layout(source, &mut rows, &mut record, (Kind::DepositsCsv, map), Layout::new)?;
    let whole = rows.ends_with_line_break()?;
    let mut next = rows.next(&mut record)?.map(|place| (place, record.clone()));
    while let Some((place, current)) = next {
        next = rows.next(&mut record)?.map(|place| (place, record.clone()));
        if current.iter().all(|cell| cell.trim_ascii().is_empty()) {
            continue;
        }
        file.rows += 1;
        let row = Row { layout: &layout, record: &current, line: place.line };
        match shape(&row, next.is_none() && !whole).and_then(|()| read(&row)) {
            Ok(line) if line.amount.is_zero() => {}
            Ok(line) => file.push(source, line)?,
            Err(bad) => {
                file.bad_rows += 1;
                if file.problems.len() < MOST_DESCRIBED {
                    file.problems.push(bad.at(place.line));
                }
            }
        }
    }
    Ok(())
}

fn read(row: &Row<'_>) -> Result<BankLine, Bad> {
    let blank = || row.bad(Field::DepositDate, 1, "the day must not be blank");
    let on = row.date(Field::DepositDate)?.ok_or_else(blank)?;
    let words: Vec<Text> = (1..=Field::BankText.many()).map(|n| row.nth(Field::BankText, n)).collect();
    let words: Vec<&str> = words.iter().map(Text::as_str).filter(|text| !text.is_empty()).collect();
    Ok(BankLine {
        account: bank::tail(&row.text(Field::BankAccount)),
        on: Some(on),
        amount: amount(row)?,
        kind: bank::text(&row.text(Field::BankKind)),
        reference: bank::text(&row.text(Field::BankReference)),
        trace: bank::text(&row.text(Field::TraceNumber)),
        text: bank::text(&words.join("\n")),
        line: row.line,
    })
}

/// One column with a sign, or one for what came and one for what went.
fn amount(row: &Row<'_>) -> Result<Money, Bad> {
    let came = row.money(Field::Credit, 1)?.unwrap_or(Money::ZERO);
    let went = row.money(Field::Debit, 1)?.unwrap_or(Money::ZERO).abs();
    match row.money(Field::DepositAmount, 1)? {
        Some(amount) => Ok(amount),
        None if !came.is_zero() && !went.is_zero() => {
            Err(row.bad(Field::Credit, 1, "the row says that money came and that money went"))
        }
        None if row.text(Field::Credit).is_empty() && row.text(Field::Debit).is_empty() => {
            Err(row.bad(Field::DepositAmount, 1, "the row has no amount"))
        }
        None => Ok(came - went),
    }
}
