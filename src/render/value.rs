//! A small JSON value whose members keep their order, for answers that are not tables: the summary of an
//! import, one claim with all that belongs to it, the result of a check.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::domain::money::write_number;
use crate::domain::{Date, Money, Month, Percent, Quantity, Tenths};
use crate::report::{Cell, Column};

/// Any JSON value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Value {
    /// Absent.
    #[default]
    Null,
    /// Yes or no.
    Bool(bool),
    /// A count or a number of the ledger. Amounts are texts.
    Number(i64),
    /// A text, an amount, a date.
    Text(String),
    /// Several.
    List(Vec<Value>),
    /// Members in the order in which they are written.
    Object(Vec<(Cow<'static, str>, Value)>),
}

impl Value {
    /// An object from its members.
    #[must_use]
    pub fn object<K: Into<Cow<'static, str>>>(members: impl IntoIterator<Item = (K, Value)>) -> Value {
        Value::Object(members.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }

    /// A list.
    #[must_use]
    pub fn list<V: Into<Value>>(values: impl IntoIterator<Item = V>) -> Value {
        Value::List(values.into_iter().map(Into::into).collect())
    }

    /// The text of anything that can be printed.
    #[must_use]
    pub fn text(of: impl std::fmt::Display) -> Value {
        Value::Text(of.to_string())
    }

    /// A row of a table as an object, as JSON reports show it.
    #[must_use]
    pub fn row(columns: &[Column], cells: &[Cell]) -> Value {
        Value::object(columns.iter().zip(cells).map(|(column, cell)| (column.key.clone(), cell.into())))
    }

    /// The same object with one more member; anything else stays as it is.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Value {
        if let Value::Object(members) = &mut self {
            members.push((Cow::Borrowed(name), value.into()));
        }
        self
    }

    /// Writes the value and ends the line. What holds no lists and no objects stands on one line.
    ///
    /// # Errors
    /// Whatever `out` answers.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        self.write_at(0, out)?;
        out.write_all(b"\n")
    }

    fn write_at(&self, depth: usize, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Value::Null => out.write_all(b"null"),
            Value::Bool(flag) => write!(out, "{flag}"),
            Value::Number(number) => write!(out, "{number}"),
            Value::Text(text) => write_text(text, out),
            Value::List(values) => {
                let tall = values.iter().any(Value::is_tall);
                members(b"[]", tall, depth, values, out, |value, out| value.write_at(depth + 1, out))
            }
            Value::Object(pairs) => {
                let tall = pairs.iter().any(|(_, value)| value.is_tall());
                members(b"{}", tall, depth, pairs, out, |(name, value), out| {
                    write_text(name, out)?;
                    out.write_all(b":")?;
                    value.write_at(depth + 1, out)
                })
            }
        }
    }

    /// Whether it has members that deserve lines of their own.
    fn is_tall(&self) -> bool {
        match self {
            Value::List(values) => !values.is_empty(),
            Value::Object(pairs) => !pairs.is_empty(),
            _ => false,
        }
    }
}

fn members<T>(
    brackets: &[u8; 2],
    tall: bool,
    depth: usize,
    items: &[T],
    out: &mut dyn Write,
    each: impl Fn(&T, &mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    out.write_all(&brackets[..1])?;
    for (place, item) in items.iter().enumerate() {
        out.write_all(if place == 0 { b"" } else { b"," })?;
        if tall {
            write!(out, "\n{:1$}", "", 2 * (depth + 1))?;
        }
        each(item, out)?;
    }
    out.write_all(&brackets[1..])
}

/// Writes one cell: amounts and shares as exact texts, counts as numbers, nothing as `null`.
pub(super) fn write_scalar(cell: &Cell, out: &mut Vec<u8>) -> io::Result<()> {
    match cell {
        Cell::Empty => out.extend_from_slice(b"null"),
        Cell::Text(text) => return write_text(text, out),
        Cell::Count(number) => write_number(*number, out),
        Cell::Money(amount) => {
            out.push(b'"');
            amount.write_to(out);
            out.push(b'"');
        }
        Cell::Date(day) => write!(out, "\"{day}\"")?,
        Cell::Percent(share) => write!(out, "\"{share}\"")?,
        Cell::Tenths(number) => write!(out, "\"{number}\"")?,
        Cell::Flag(flag) => write!(out, "{flag}")?,
    }
    Ok(())
}

/// Writes a JSON text. The control characters that JSON would let through are escaped as well, because a
/// terminal obeys them.
pub(super) fn write_text(text: &str, out: &mut dyn Write) -> io::Result<()> {
    let obeyed = |c: char| matches!(c, '\u{7f}'..='\u{9f}');
    if !text.contains(obeyed) {
        return serde_json::to_writer(out, text).map_err(io::Error::from);
    }
    let quoted = serde_json::to_string(text)?;
    for c in quoted.chars() {
        if obeyed(c) { write!(out, "\\u{:04x}", u32::from(c))? } else { write!(out, "{c}")? }
    }
    Ok(())
}

impl From<&Cell> for Value {
    fn from(cell: &Cell) -> Value {
        match cell {
            Cell::Empty => Value::Null,
            Cell::Text(text) => text.as_str().into(),
            Cell::Count(number) => (*number).into(),
            Cell::Money(amount) => (*amount).into(),
            Cell::Date(day) => (*day).into(),
            Cell::Percent(share) => (*share).into(),
            Cell::Tenths(number) => (*number).into(),
            Cell::Flag(flag) => (*flag).into(),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(text)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Value {
        Value::Bool(flag)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Null, Into::into)
    }
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(values: Vec<T>) -> Value {
        Value::list(values)
    }
}

macro_rules! numbers {
    ($($of:ty),+) => {$(
        impl From<$of> for Value {
            /// A count beyond the largest number is printed as the largest.
            fn from(number: $of) -> Value {
                Value::Number(i64::try_from(number).unwrap_or(i64::MAX))
            }
        }
    )+};
}

numbers! { u16, u32, u64, usize, i32 }

impl From<i64> for Value {
    fn from(number: i64) -> Value {
        Value::Number(number)
    }
}

macro_rules! texts {
    ($($of:ty),+) => {$(
        impl From<$of> for Value {
            fn from(value: $of) -> Value {
                Value::text(value)
            }
        }
    )+};
}

texts! { Money, Date, Month, Percent, Quantity, Tenths }

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: &Value) -> String {
        let mut out = Vec::new();
        value.write(&mut out).expect("memory");
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn members_keep_their_order() {
        let value = Value::object([
            ("z", Value::from(1u64)),
            ("a", Money::from_cents(-1250).into()),
            ("none", None::<Date>.into()),
            ("empty", Value::list::<Value>([])),
        ]);
        assert_eq!(written(&value), "{\"z\":1,\"a\":\"-12.50\",\"none\":null,\"empty\":[]}\n");
    }

    #[test]
    fn lists_of_objects_have_an_object_a_line() {
        let file = |name: &str| Value::object([("file", Value::from(name)), ("ok", true.into())]);
        let value = Value::object([("files", Value::list([file("a"), file("b")]))]);
        let lines =
            "{\n  \"files\":[\n    {\"file\":\"a\",\"ok\":true},\n    {\"file\":\"b\",\"ok\":true}]}\n";
        assert_eq!(written(&value), lines);
        let read: serde_json::Value = serde_json::from_str(lines).expect("JSON");
        assert_eq!(read["files"][1]["file"], "b");
    }

    #[test]
    fn nothing_a_terminal_obeys_is_written() {
        let text = "a\"\\\n\u{1b}[31m\u{7f}\u{9b}é";
        let json = written(&text.into());
        assert_eq!(json, "\"a\\\"\\\\\\n\\u001b[31m\\u007f\\u009bé\"\n");
        assert_eq!(serde_json::from_str::<String>(&json).expect("JSON"), text);
    }
}
