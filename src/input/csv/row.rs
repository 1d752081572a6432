//! One row of a table, cell by cell. A cell that cannot be read is named by its line and its column; its text is shown
//! only where it can be no name.

use csv::ByteRecord;

use super::columns::Layout;
use super::fields::{Field, Holds};
use super::{dates, lines, money};
use crate::domain::{Date, Few, Money, Npi, Problem, Quantity, Severity, Text};

/// A row.
#[derive(Clone, Copy, Debug)]
pub struct Row<'r> {
    /// What its columns mean.
    pub layout: &'r Layout,
    /// Its cells.
    pub record: &'r ByteRecord,
    /// Its line in the file, counted from 1.
    pub line: u64,
}

/// Why a row cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bad {
    /// The column's name, and its text where that can be no name.
    pub text: String,
    /// What was expected.
    pub message: String,
}

impl Bad {
    /// As a problem of the file.
    #[must_use]
    pub fn at(self, line: u64) -> Problem {
        Problem {
            code: "bad-row",
            severity: Severity::Hold,
            segment: line,
            text: self.text,
            message: self.message,
        }
    }
}

impl Row<'_> {
    /// A cell as text; empty where the column is not there.
    #[must_use]
    pub fn text(&self, field: Field) -> Text {
        self.nth(field, 1)
    }

    /// A cell of a field that has several columns.
    #[must_use]
    pub fn nth(&self, field: Field, number: u8) -> Text {
        let cell = self.layout.column(field, number).and_then(|at| self.record.get(at));
        cell.map(lines::text).unwrap_or_default()
    }

    /// All cells of a field that has several columns, cut at blanks and separators, in upper case.
    #[must_use]
    pub fn all(&self, field: Field) -> Vec<Text> {
        let apart = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '|' | '/');
        let cells = (1..=12).map(|number| self.nth(field, number));
        cells
            .flat_map(|cell| {
                cell.split(apart).map(|part| part.to_ascii_uppercase().into()).collect::<Vec<Text>>()
            })
            .filter(|part| !part.is_empty())
            .collect()
    }

    /// A cell that cannot be read.
    #[must_use]
    pub fn bad(&self, field: Field, number: u8, message: impl Into<String>) -> Bad {
        let name = self.layout.column(field, number).and_then(|at| self.layout.headers.get(at));
        let name = name.map_or(field.name(), String::as_str);
        let cell = self.nth(field, number);
        let shown = match field.holds() {
            Holds::Money | Holds::Date => cell.chars().all(|c| c.is_ascii_digit() || " $,.()-/+".contains(c)),
            Holds::Code => {
                cell.chars().all(|c| c.is_ascii_graphic()) && cell.contains(|c: char| c.is_ascii_digit())
            }
            Holds::Text | Holds::Person => false,
        };
        let text =
            if shown && (1..=20).contains(&cell.len()) { format!("{name} {cell}") } else { name.to_owned() };
        Bad { text, message: message.into() }
    }

    /// A cell that must not be blank.
    pub fn needed(&self, field: Field) -> Result<Text, Bad> {
        let text = self.text(field);
        if text.is_empty() { Err(self.bad(field, 1, format!("{field} must not be blank"))) } else { Ok(text) }
    }

    /// An amount, or nothing where the cell is blank.
    pub fn money(&self, field: Field, number: u8) -> Result<Option<Money>, Bad> {
        let text = self.nth(field, number);
        if text.is_empty() {
            return Ok(None);
        }
        let why = |why| self.bad(field, number, format!("{field} is {why}; {}", money::EXPECTED));
        money::parse(&text).map(Some).map_err(why)
    }

    /// An amount that must be there.
    pub fn amount(&self, field: Field) -> Result<Money, Bad> {
        let blank =
            || self.bad(field, 1, format!("{field} must not be blank; write 0.00 where it is nothing"));
        self.money(field, 1)?.ok_or_else(blank)
    }

    /// A day, or nothing where the cell is blank.
    pub fn date(&self, field: Field) -> Result<Option<Date>, Bad> {
        let text = self.text(field);
        if text.is_empty() {
            return Ok(None);
        }
        let (day, expected) = match field {
            Field::Born => (dates::parse_birth(&text), dates::EXPECTED_BIRTH),
            _ => (dates::parse(&text), dates::EXPECTED),
        };
        day.map(Some).ok_or_else(|| self.bad(field, 1, format!("{field} is no day; {expected}")))
    }

    /// First and last day of service.
    pub fn service(&self) -> Result<(Option<Date>, Option<Date>), Bad> {
        let (from, to) = (self.date(Field::ServiceFrom)?, self.date(Field::ServiceTo)?);
        if to.is_some_and(|to| from.is_none_or(|from| to < from)) {
            return Err(self.bad(Field::ServiceTo, 1, "the service ends before it begins"));
        }
        Ok((from, to.or(from)))
    }

    /// Last and first name, from two columns or from one as `Last, First`. Without the comma nobody can tell which is
    /// which: the whole is the last name then.
    #[must_use]
    pub fn person(&self) -> (Text, Text) {
        let (last, first) = (self.text(Field::PatientLast), self.text(Field::PatientFirst));
        if !last.is_empty() {
            return (last, first);
        }
        let whole = self.text(Field::Patient);
        match whole.split_once(',') {
            Some((last, first)) => (last.trim().into(), first.trim().into()),
            None => (whole, first),
        }
    }

    /// A code of letters and digits, in upper case; empty where the cell is blank.
    pub fn code(&self, field: Field, longest: usize) -> Result<Text, Bad> {
        let code = self.text(field).to_ascii_uppercase();
        if code.len() > longest || !code.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(self.bad(
                field,
                1,
                format!("{field} must be a code of up to {longest} letters and digits"),
            ));
        }
        Ok(code)
    }

    /// Modifiers of the procedure: two letters or digits each, at most four.
    pub fn modifiers(&self) -> Result<Few<Text, 2>, Bad> {
        let all = self.all(Field::Modifier);
        if all.len() > 4 || all.iter().any(|m| m.len() != 2 || !m.bytes().all(|b| b.is_ascii_alphanumeric()))
        {
            return Err(self.bad(Field::Modifier, 1, "expected up to four modifiers of two characters each"));
        }
        Ok(all.into())
    }

    /// Units of service; one where the cell is blank.
    pub fn units(&self) -> Result<Quantity, Bad> {
        let text = self.text(Field::Units);
        if text.is_empty() {
            return Ok(Quantity::ONE);
        }
        Quantity::parse(&text).ok_or_else(|| self.bad(Field::Units, 1, "expected a plain number of units"))
    }

    /// An NPI whose check digit is right; empty where the cell is blank.
    pub fn npi(&self, field: Field) -> Result<Text, Bad> {
        let text = self.text(field);
        if !text.is_empty() && Npi::parse(&text).is_none() {
            return Err(self.bad(field, 1, "expected an NPI of ten digits; its check digit is wrong"));
        }
        Ok(text)
    }
}
