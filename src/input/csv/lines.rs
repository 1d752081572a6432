//! Bytes into rows: separators, quotes, characters, line numbers. What the cells mean is not known here.

use crate::domain::Text;
use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::rc::Rc;

use csv::{ByteRecord, Position, Reader, ReaderBuilder};

use super::columns;
use crate::input::error::InputError;
use crate::input::source::{ReadSeek, Source};

/// More than this in one row means that a quote was opened and never closed.
const LONGEST_ROW: u64 = 1 << 20;

/// A reader of rows of any length, header included.
pub fn builder(delimiter: u8) -> ReaderBuilder {
    let mut builder = ReaderBuilder::new();
    builder.delimiter(delimiter).has_headers(false).flexible(true);
    builder
}

/// A cell as text: UTF-8 where it is that, else Latin-1, where every byte is a character.
#[must_use]
pub fn text(cell: &[u8]) -> Text {
    match std::str::from_utf8(cell) {
        Ok(text) => text.trim().into(),
        Err(_) => cell.iter().map(|byte| char::from(*byte)).collect::<String>().trim().into(),
    }
}

/// The cells of a header line.
#[must_use]
pub fn names(record: &ByteRecord) -> Vec<String> {
    record
        .iter()
        .map(|cell| text(cell).trim_start_matches('\u{feff}').trim_matches('\'').trim().to_owned())
        .collect()
}

/// Where a row begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The byte, blank lines before the row included.
    pub byte: u64,
    /// The line, counted from 1.
    pub line: u64,
}

/// Rows of a source, one at a time, from any place.
pub struct Rows<'s> {
    source: &'s Source,
    reader: Reader<Guarded<'s>>,
    read_of_row: Rc<Cell<u64>>,
    lines: LineCounter<'s>,
    /// What stands between cells.
    pub delimiter: u8,
}

impl<'s> Rows<'s> {
    /// Opens a source; its first line tells the separator.
    pub fn open(source: &'s Source) -> Result<Rows<'s>, InputError> {
        let failed = |error| InputError::unreadable(source.name(), error);
        let mut first = Vec::new();
        let head = BufReader::new(source.open()?).take(LONGEST_ROW);
        for line in head.split(b'\n') {
            first = line.map_err(failed)?;
            if !first.trim_ascii().is_empty() {
                break;
            }
        }
        let delimiter = columns::delimiter(&first);
        let read_of_row = Rc::new(Cell::new(0));
        let guarded = Guarded { inner: source.open_seekable()?, read_of_row: Rc::clone(&read_of_row) };
        let reader = builder(delimiter).from_reader(guarded);
        let lines =
            LineCounter { reader: BufReader::new(source.open()?), byte: 0, line: 1, after_return: false };
        Ok(Rows { source, reader, read_of_row, lines, delimiter })
    }

    /// The next row, and where it begins. Blank lines are not rows.
    pub fn next(&mut self, record: &mut ByteRecord) -> Result<Option<Place>, InputError> {
        if !self.read(record)? {
            return Ok(None);
        }
        let byte = record.position().map_or(0, Position::byte);
        let line = self.lines.of(byte).map_err(|error| InputError::unreadable(self.source.name(), error))?;
        Ok(Some(Place { byte, line }))
    }

    /// The row at a place that [`Rows::next`] gave.
    pub fn at(&mut self, place: Place, record: &mut ByteRecord) -> Result<(), InputError> {
        let mut position = Position::new();
        position.set_byte(place.byte);
        if self.reader.position().byte() != place.byte {
            self.reader.seek(position).map_err(|error| self.failed(error))?;
        }
        if self.read(record)? { Ok(()) } else { Err(InputError::changed(self.source.name())) }
    }

    /// Whether the text ends with a line break: where not, the last row may be cut off.
    pub fn ends_with_line_break(&self) -> Result<bool, InputError> {
        let failed = |error| InputError::unreadable(self.source.name(), error);
        let mut reader = self.source.open_seekable()?;
        let mut last = [0];
        reader.seek(SeekFrom::End(-1)).and_then(|_| reader.read_exact(&mut last)).map_err(failed)?;
        Ok(matches!(last[0], b'\n' | b'\r'))
    }

    fn read(&mut self, record: &mut ByteRecord) -> Result<bool, InputError> {
        self.read_of_row.set(0);
        self.reader.read_byte_record(record).map_err(|error| self.failed(error))
    }

    fn failed(&self, error: csv::Error) -> InputError {
        let name = self.source.name().to_owned();
        match error.into_kind() {
            csv::ErrorKind::Io(error) if error.kind() == io::ErrorKind::InvalidData => InputError::Table {
                name,
                line: self.lines.line,
                why: "after this line a row does not end; is there a quote that is never closed?".to_owned(),
            },
            csv::ErrorKind::Io(error) => InputError::Unreadable { name, error },
            _ => InputError::changed(&name),
        }
    }
}

/// Stops at a row without end before it fills the memory.
struct Guarded<'s> {
    inner: Box<dyn ReadSeek + 's>,
    read_of_row: Rc<Cell<u64>>,
}

impl Read for Guarded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.read_of_row.set(self.read_of_row.get() + count as u64);
        if self.read_of_row.get() > LONGEST_ROW {
            return Err(io::ErrorKind::InvalidData.into());
        }
        Ok(count)
    }
}

impl Seek for Guarded<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

/// Counts lines up to a byte. The `csv` crate counts them too, but a row after CR LF or a blank line gets the number
/// of the line before.
struct LineCounter<'s> {
    reader: BufReader<Box<dyn Read + 's>>,
    byte: u64,
    line: u64,
    after_return: bool,
}

impl LineCounter<'_> {
    /// The line of the row that begins at a byte or at the next byte that ends no line.
    fn of(&mut self, byte: u64) -> io::Result<u64> {
        loop {
            let chunk = self.reader.fill_buf()?;
            if chunk.is_empty() {
                return Ok(self.line);
            }
            let mut used = 0;
            let mut found = false;
            for b in chunk {
                if self.byte >= byte && !matches!(b, b'\r' | b'\n') {
                    found = true;
                    break;
                }
                let breaks = *b == b'\r' || (*b == b'\n' && !self.after_return);
                self.line += u64::from(breaks);
                self.after_return = *b == b'\r';
                self.byte += 1;
                used += 1;
            }
            self.reader.consume(used);
            if found {
                return Ok(self.line);
            }
        }
    }
}
