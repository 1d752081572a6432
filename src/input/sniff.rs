//! What the first bytes of a file say it is.
//!
//! Archives are recognised in `expand`, before this.

use std::io::Read;

use super::error::InputError;
use super::kind::Kind;
use super::x12::cutter::Cutter;
use super::x12::separators::{ISA_REACH, Isa, begins_isa, can_separate};

/// How far text before an ISA is looked for.
const REACH: usize = 256 << 10;

/// What a file is.
pub enum Content {
    /// X12; the cutter stands at its first ISA.
    X12,
    /// A table.
    Table(Kind),
}

/// Looks at the start of a file and steps over a byte order mark.
pub fn sniff<R: Read>(name: &str, cutter: &mut Cutter<R>) -> Result<Content, InputError> {
    let name = || name.to_owned();
    let head = cutter.peek(REACH).map_err(|error| InputError::cut(&name(), error))?;
    let mark = if head.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let text = &head[mark..];
    let blanks = text.iter().take_while(|b| b.is_ascii_whitespace()).count();
    let start = &text[blanks..];
    if matches!(head, [0xff, 0xfe, ..] | [0xfe, 0xff, ..])
        || matches!(start, [_, 0, _, 0, ..] | [0, _, 0, _, ..])
    {
        return Err(InputError::Utf16 { name: name() });
    }
    if start.is_empty() {
        return Err(InputError::Empty { name: name() });
    }
    if start.starts_with(b"ISA") && (start.len() == 3 || begins_isa(start)) {
        cutter.skip(mark + blanks);
        return Ok(Content::X12);
    }
    let begins =
        |id: &str| start.starts_with(id.as_bytes()) && start.get(2).is_some_and(|b| can_separate(*b));
    for (id, found) in [("GS", "GS"), ("ST", "ST")] {
        // `ST,` begins a table with a column of that name; a transaction set goes on with its number.
        let number = start.get(3..6).is_some_and(|n| n.iter().all(u8::is_ascii_digit));
        if begins(id) && (id == "GS" && start.get(2) != Some(&b',') || number) {
            return Err(InputError::NoEnvelope { name: name(), found });
        }
    }
    if let Some(at) = isa_in(text) {
        return Err(InputError::TextBeforeIsa { name: name(), offset: (mark + at) as u64 });
    }
    match table(start) {
        Some(kind) => Ok(Content::Table(kind)),
        None => Err(InputError::NotRecognised { name: name() }),
    }
}

/// Where an ISA segment begins that could be read.
fn isa_in(text: &[u8]) -> Option<usize> {
    memchr::memmem::find_iter(text, b"ISA").find(|&at| {
        let apart = at == 0 || !text[at - 1].is_ascii_alphanumeric();
        apart && Isa::read(&text[at..text.len().min(at + ISA_REACH)]).is_ok()
    })
}

/// Which table a header line announces.
fn table(start: &[u8]) -> Option<Kind> {
    let line = start.split(|b| matches!(b, b'\r' | b'\n')).next()?;
    let printable = start.iter().take(4096).all(|b| *b >= b' ' || b.is_ascii_whitespace());
    let separator = *[b',', b';', b'\t'].iter().max_by_key(|s| line.iter().filter(|b| b == s).count())?;
    let columns: Vec<String> = line
        .split(|b| *b == separator)
        .map(|word| String::from_utf8_lossy(word).trim_matches([' ', '"', '\'']).to_ascii_lowercase())
        .collect();
    // A header has at least two columns, all named, with names rather than numbers.
    let named = |word: &String| {
        (1..=60).contains(&word.len()) && word.chars().next().is_some_and(char::is_alphabetic)
    };
    if !printable || columns.len() < 2 || !columns.iter().all(named) {
        return None;
    }
    let payments = columns
        .iter()
        .any(|word| (word.contains("paid") || word.contains("payment")) && !word.contains("patient"));
    Some(if payments { Kind::PaymentsCsv } else { Kind::ClaimsCsv })
}
