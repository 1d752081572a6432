//! What the first bytes of a file say it is.
//!
//! Archives are recognised in `expand`, before this.

use std::io::Read;

use super::csv;
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
    let printable = start.iter().take(4096).all(|b| *b >= b' ' || b.is_ascii_whitespace());
    let names = csv::header(start)?;
    // A header has at least two columns with names rather than numbers; some exports leave the last ones without any.
    let named =
        |word: &String| word.len() <= 60 && word.chars().next().is_none_or(|c| c.is_alphabetic() || c == '#');
    if !printable || names.iter().filter(|name| !name.is_empty()).count() < 2 || !names.iter().all(named) {
        return None;
    }
    Some(csv::kind_of(&names))
}
