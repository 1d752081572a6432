//! BAI2, the cash management balance reporting format of US banks (ASC X9.121 keeps its shape).
//!
//! ```text
//! 01 file header      02 group header    03 account      16 movement    88 goes on
//! 99 file trailer     98 group trailer   49 account trailer
//! ```
//!
//! Fields end at a comma, records at a slash or at the end of the line; the text of a movement may hold both. Amounts
//! are whole cents without a sign: the type code says whether money came (100 to 399) or went (400 to 699). Every
//! trailer adds up and counts what stands before it; a file whose trailers do not agree is held.

use std::io::{BufRead, BufReader, Read};

use super::{BankFile, tail, text};
use crate::domain::deposit::BankLine;
use crate::domain::{Date, Money, Problem, Severity};
use crate::input::error::InputError;
use crate::input::source::Source;

/// Longer lines are none of this format.
const LONGEST_LINE: u64 = 64 << 10;
/// Continuation lines of one record.
const MOST_PARTS: usize = 1_000;
/// Numbers of more digits are none of this format.
const MOST_DIGITS: usize = 15;

/// A record with its continuation lines.
struct Record {
    line: u64,
    code: String,
    /// What stands behind the code, line by line.
    parts: Vec<String>,
}

/// A wrong record: its line, and what is wrong.
type Wrong = (u64, String);

/// Sums and counts since the header of a level.
#[derive(Default)]
struct Level {
    /// Of amounts, or of the totals of the level below.
    total: i128,
    /// Physical records, trailers and continuations included.
    records: u64,
    /// How many of the level below.
    parts: u64,
}

/// Where the reading stands.
#[derive(Default)]
struct State {
    file: Option<Level>,
    group: Option<(Level, Date, bool)>,
    account: Option<(Level, String)>,
    ended: bool,
}

pub(super) fn read(source: &Source, file: &mut BankFile) -> Result<(), InputError> {
    let name = || source.name().to_owned();
    let wrong = |(line, why): Wrong| InputError::Table { name: name(), line, why };
    let mut state = State::default();
    let mut lines = Lines { reader: BufReader::new(source.open()?), line: 0, source };
    let mut next = lines.record(None)?;
    while let Some((record, following)) = next {
        if let Some(line) = state.take(&record, file).map_err(wrong)? {
            file.push(source, line)?;
        }
        next = lines.record(following)?;
    }
    if !state.ended {
        return Err(wrong((lines.line, "the file ends without its trailer (99); is it whole?".to_owned())));
    }
    Ok(())
}

/// Physical lines, gathered into records.
struct Lines<'s> {
    reader: BufReader<Box<dyn Read + 's>>,
    line: u64,
    source: &'s Source,
}

impl Lines<'_> {
    /// The record that begins with a line that was read already or with the next one, and the line after it.
    fn record(&mut self, begun: Option<Record>) -> Result<Option<(Record, Option<Record>)>, InputError> {
        let Some(mut record) = begun.map_or_else(|| self.physical(), |record| Ok(Some(record)))? else {
            return Ok(None);
        };
        loop {
            match self.physical()? {
                Some(mut next) if next.code == "88" => {
                    if record.parts.len() == MOST_PARTS {
                        let why = format!("the record goes on for more than {MOST_PARTS} lines");
                        return Err(self.wrong(next.line, why));
                    }
                    record.parts.append(&mut next.parts);
                }
                next => return Ok(Some((record, next))),
            }
        }
    }

    fn physical(&mut self) -> Result<Option<Record>, InputError> {
        loop {
            let mut bytes = Vec::new();
            let mut limited = (&mut self.reader).take(LONGEST_LINE);
            let count = limited.read_until(b'\n', &mut bytes);
            let count = count.map_err(|error| InputError::unreadable(self.source.name(), error))?;
            if count == 0 {
                return Ok(None);
            }
            self.line += 1;
            if count as u64 == LONGEST_LINE && !bytes.ends_with(b"\n") {
                return Err(self.wrong(self.line, format!("the line is longer than {LONGEST_LINE} bytes")));
            }
            let text = String::from_utf8_lossy(&bytes);
            let text = text.trim_start_matches('\u{feff}').trim();
            if text.is_empty() {
                continue;
            }
            let (code, rest) = text.split_once(',').unwrap_or((text.trim_end_matches('/'), ""));
            let record = Record { line: self.line, code: code.to_owned(), parts: vec![rest.to_owned()] };
            return Ok(Some(record));
        }
    }

    fn wrong(&self, line: u64, why: String) -> InputError {
        InputError::Table { name: self.source.name().to_owned(), line, why }
    }
}

/// The fields of a record, one after the other.
struct Fields<'r> {
    parts: &'r [String],
    part: usize,
    at: usize,
    over: bool,
}

impl<'r> Fields<'r> {
    fn of(record: &'r Record) -> Fields<'r> {
        Fields { parts: &record.parts, part: 0, at: 0, over: false }
    }

    /// The next field of this line.
    fn here(&mut self) -> Option<&'r str> {
        let rest = self.parts.get(self.part)?.get(self.at..).filter(|_| !self.over)?;
        let end = rest.find([',', '/']).unwrap_or(rest.len());
        self.over = rest.as_bytes().get(end) != Some(&b',');
        self.at += end + 1;
        Some(rest[..end].trim())
    }

    /// The next field, on the next line where this one is over.
    fn next(&mut self) -> Option<&'r str> {
        if self.over {
            (self.part, self.at, self.over) = (self.part + 1, 0, false);
        }
        self.here()
    }

    /// Everything else, line by line.
    fn rest(&mut self) -> String {
        let here = self.parts.get(self.part).and_then(|part| part.get(self.at..)).filter(|_| !self.over);
        let after = self.parts.get(self.part + 1..).unwrap_or_default().iter().map(String::as_str);
        let lines = here.into_iter().chain(after);
        lines.map(|line| line.trim().trim_end_matches('/')).collect::<Vec<_>>().join("\n")
    }

    /// The kind of funds, with the amounts and days that some kinds bring.
    fn funds(&mut self) -> Result<(), String> {
        let more = match self.next().unwrap_or_default() {
            "S" | "s" => 3,
            "V" | "v" => 2,
            "D" | "d" => {
                let days = self.next().unwrap_or_default();
                let days: usize = days.parse().map_err(|_| format!("{days:?} is no number of days"))?;
                2 * days.min(MOST_PARTS)
            }
            "" | "Z" | "z" | "0" | "1" | "2" => 0,
            _ => return Err("the kind of funds is none of 0, 1, 2, D, S, V and Z".to_owned()),
        };
        for _ in 0..more {
            self.next();
        }
        Ok(())
    }
}

/// Whole cents, with a sign where one stands; nothing where nothing stands.
fn cents(field: &str) -> Result<Option<i64>, String> {
    let (sign, digits) = match field.as_bytes().first() {
        Some(b'-') => (-1, &field[1..]),
        Some(b'+') => (1, &field[1..]),
        _ => (1, field),
    };
    if field.is_empty() {
        return Ok(None);
    }
    let whole =
        !digits.is_empty() && digits.len() <= MOST_DIGITS && digits.bytes().all(|b| b.is_ascii_digit());
    match digits.parse::<i64>() {
        Ok(number) if whole => Ok(Some(sign * number)),
        _ => Err("an amount is not whole cents; expected digits only".to_owned()),
    }
}

fn day(field: &str) -> Option<Date> {
    Date::parse_yymmdd(field.as_bytes()).or_else(|| Date::parse_ccyymmdd(field.as_bytes()))
}

/// What a type code does to the balance: 1 where money came, -1 where it went, nothing where it only tells.
fn direction(code: &str) -> Option<i64> {
    match code.parse::<u16>().ok().filter(|_| code.len() == 3)? {
        100..=399 | 920..=959 => Some(1),
        400..=699 | 960..=999 => Some(-1),
        _ => None,
    }
}

impl State {
    /// Takes in a record; a movement comes back.
    fn take(&mut self, record: &Record, file: &mut BankFile) -> Result<Option<BankLine>, Wrong> {
        let wrong = |why: String| (record.line, why);
        self.count(record);
        match record.code.as_str() {
            "01" if self.file.is_none() && !self.ended => self.file = Some(counted(record)),
            "02" if self.file.is_some() && self.group.is_none() => {
                self.open_group(record, file).map_err(wrong)?
            }
            "03" if self.group.is_some() && self.account.is_none() => {
                self.open_account(record).map_err(wrong)?
            }
            "16" if self.account.is_some() => return self.movement(record, file).map_err(wrong),
            "49" if self.account.is_some() => self.close_account(record, file).map_err(wrong)?,
            "98" if self.group.is_some() && self.account.is_none() => {
                self.close_group(record, file).map_err(wrong)?;
            }
            "99" if self.file.is_some() && self.group.is_none() => {
                self.close_file(record, file).map_err(wrong)?
            }
            "01" | "02" | "03" | "16" | "49" | "98" | "99" => {
                return Err(wrong(format!("the record {} stands where none can stand", record.code)));
            }
            "88" => return Err(wrong("the file begins with a continuation (88)".to_owned())),
            _ => {
                return Err(wrong(
                    "the line is no record of BAI2: 01, 02, 03, 16, 49, 88, 98, 99".to_owned(),
                ));
            }
        }
        Ok(None)
    }

    /// Each level counts the records inside it.
    fn count(&mut self, record: &Record) {
        let lines = record.parts.len() as u64;
        let levels = [
            self.file.as_mut(),
            self.group.as_mut().map(|(level, ..)| level),
            self.account.as_mut().map(|(level, _)| level),
        ];
        levels.into_iter().flatten().for_each(|level| level.records += lines);
    }

    fn open_group(&mut self, record: &Record, file: &mut BankFile) -> Result<(), String> {
        let mut fields = Fields::of(record);
        let (_, _, status) = (fields.next(), fields.next(), fields.next().unwrap_or_default());
        let as_of = fields.next().unwrap_or_default();
        let as_of = day(as_of).ok_or("the group does not say of which day it is (YYMMDD)")?;
        let (_, currency) = (fields.next(), fields.next().unwrap_or_default());
        dollars(currency)?;
        // 1 new, 3 a correction of what was sent; 2 takes back, 4 is a test.
        let counts = matches!(status, "" | "1" | "3");
        if !counts {
            let why = "the bank marks the group as taken back or as a test; its movements are left out";
            file.problems.push(problem("bank-group-status", Severity::Warning, record.line, why.to_owned()));
        }
        self.group = Some((counted(record), as_of, counts));
        Ok(())
    }

    fn open_account(&mut self, record: &Record) -> Result<(), String> {
        let mut fields = Fields::of(record);
        let account = fields.next().filter(|name| !name.is_empty()).ok_or("the account has no number")?;
        dollars(fields.next().unwrap_or_default())?;
        let mut level = counted(record);
        while let Some(_code) = fields.next() {
            level.total += i128::from(cents(fields.next().unwrap_or_default())?.unwrap_or(0));
            fields.next();
            fields.funds()?;
        }
        self.account = Some((level, tail(account)));
        Ok(())
    }

    fn movement(&mut self, record: &Record, file: &mut BankFile) -> Result<Option<BankLine>, String> {
        let mut fields = Fields::of(record);
        let code = fields.next().unwrap_or_default();
        let amount = cents(fields.next().unwrap_or_default())?;
        fields.funds()?;
        let reference = fields.here().unwrap_or_default();
        let trace = fields.here().unwrap_or_default();
        let words = text(&fields.rest());
        file.rows += 1;
        let Some((level, account)) = &mut self.account else { return Ok(None) };
        level.total += i128::from(amount.unwrap_or(0));
        let Some((_, on, true)) = self.group else { return Ok(None) };
        let (Some(sign), Some(amount)) = (direction(code), amount.filter(|amount| *amount != 0)) else {
            return Ok(None);
        };
        if amount.abs() > Money::LARGEST.cents() {
            return Err("an amount is larger than any this program accepts".to_owned());
        }
        Ok(Some(BankLine {
            account: account.clone(),
            on: Some(on),
            amount: Money::from_cents(sign * amount),
            kind: code.to_owned(),
            reference: text(reference),
            trace: text(trace),
            text: words,
            line: record.line,
        }))
    }

    fn close_account(&mut self, record: &Record, file: &mut BankFile) -> Result<(), String> {
        let Some((level, account)) = self.account.take() else { return Ok(()) };
        let mut fields = Fields::of(record);
        let total = cents(fields.next().unwrap_or_default())?;
        let records = fields.next().unwrap_or_default();
        agree(
            file,
            record,
            &format!("account ...{account}"),
            (total, level.total),
            &[("records", records, level.records)],
        );
        if let Some((group, ..)) = &mut self.group {
            group.total += i128::from(total.unwrap_or(0));
            group.parts += 1;
        }
        Ok(())
    }

    fn close_group(&mut self, record: &Record, file: &mut BankFile) -> Result<(), String> {
        let Some((level, ..)) = self.group.take() else { return Ok(()) };
        let mut fields = Fields::of(record);
        let total = cents(fields.next().unwrap_or_default())?;
        let (accounts, records) = (fields.next().unwrap_or_default(), fields.next().unwrap_or_default());
        let counts = [("accounts", accounts, level.parts), ("records", records, level.records)];
        agree(file, record, "group", (total, level.total), &counts);
        if let Some(whole) = &mut self.file {
            whole.total += i128::from(total.unwrap_or(0));
            whole.parts += 1;
        }
        Ok(())
    }

    fn close_file(&mut self, record: &Record, file: &mut BankFile) -> Result<(), String> {
        let Some(level) = self.file.take() else { return Ok(()) };
        let mut fields = Fields::of(record);
        let total = cents(fields.next().unwrap_or_default())?;
        let (groups, records) = (fields.next().unwrap_or_default(), fields.next().unwrap_or_default());
        let counts = [("groups", groups, level.parts), ("records", records, level.records)];
        agree(file, record, "file", (total, level.total), &counts);
        self.ended = true;
        Ok(())
    }
}

fn counted(record: &Record) -> Level {
    Level { records: record.parts.len() as u64, ..Level::default() }
}

fn dollars(currency: &str) -> Result<(), String> {
    if currency.is_empty() || currency.eq_ignore_ascii_case("USD") {
        return Ok(());
    }
    Err("the amounts are not in US dollars".to_owned())
}

/// Compares a trailer with what stands before it.
fn agree(
    file: &mut BankFile,
    record: &Record,
    what: &str,
    (said, found): (Option<i64>, i128),
    counts: &[(&str, &str, u64)],
) {
    let mut hold = |code, why| file.problems.push(problem(code, Severity::Hold, record.line, why));
    if said.map(i128::from) != Some(found) {
        let said = said.map_or_else(|| "nothing".to_owned(), |said| said.to_string());
        hold("bank-total", format!("the {what} adds up to {found} cents, its trailer says {said}"));
    }
    for (of, said, found) in counts {
        if said.parse() != Ok(*found) {
            let said = if said.len() <= MOST_DIGITS { said } else { "a long text" };
            hold("bank-count", format!("the {what} has {found} {of}, its trailer says {said:?}"));
        }
    }
}

fn problem(code: &'static str, severity: Severity, line: u64, message: String) -> Problem {
    Problem { code, severity, segment: line, text: String::new(), message }
}
