//! Cutting a stream of bytes into segments with one buffer that is used again and again.
//!
//! Follows the separators from interchange to interchange. Knows no segment but the ISA.

use std::io::{self, Read};

use super::segment::{Segment, tag_of};
use super::separators::{ISA_REACH, Isa, Separators, Terminator, begins_isa};

/// Size of the buffer at first: it stays in the processor's own memory, and filling it anew costs a small file nothing.
const BUFFER: usize = 64 << 10;
/// What it grows to when a segment does not fit; a segment must be shorter.
const MOST: usize = 1 << 20;

/// Why no further segment can be cut.
#[derive(Debug)]
pub enum CutError {
    /// The source fails.
    Io(io::Error),
    /// An ISA that declares no separators.
    BadIsa {
        /// Its position.
        segment: u64,
        /// What is wrong.
        why: &'static str,
    },
    /// No terminator within the limit.
    TooLong {
        /// Its position.
        segment: u64,
        /// The limit in bytes.
        limit: usize,
    },
}

/// Cuts segments. Begins at the first ISA, blanks and a byte order mark skipped.
pub struct Cutter<R> {
    reader: R,
    buffer: Vec<u8>,
    /// What is not used yet: `buffer[at..end]`.
    at: usize,
    end: usize,
    at_end: bool,
    /// Bytes that came from the reader.
    read: u64,
    separators: Option<Separators>,
    limit: usize,
    ordinal: u64,
    /// The last segment.
    cut: Cut,
}

/// A segment in the buffer.
#[derive(Clone, Copy)]
struct Cut {
    start: usize,
    end: usize,
    separators: Separators,
    terminated: bool,
    broken: bool,
    isa: Option<bool>,
    tag: u32,
}

impl Cut {
    /// None yet.
    const NONE: Cut = Cut {
        start: 0,
        end: 0,
        separators: Separators {
            element: b'*',
            component: None,
            repetition: None,
            terminator: Terminator::Newline,
        },
        terminated: false,
        broken: false,
        isa: None,
        tag: 0,
    };
}

/// The end of a segment.
struct Found {
    /// Bytes before it.
    length: usize,
    /// Whether it is a terminator, not the end of the file.
    terminated: bool,
    /// Whether newlines stand before it.
    broken: bool,
}

impl<R: Read> Cutter<R> {
    /// A cutter over a reader; no segment may be longer than `limit`.
    pub fn new(reader: R, limit: usize) -> Cutter<R> {
        Cutter {
            reader,
            buffer: vec![0; BUFFER],
            at: 0,
            end: 0,
            at_end: false,
            read: 0,
            separators: None,
            limit: limit.min(MOST - 1),
            ordinal: 0,
            cut: Cut::NONE,
        }
    }

    /// What there is to see at the very start, up to `count` bytes. Only before the first segment.
    pub fn peek(&mut self, count: usize) -> Result<&[u8], CutError> {
        self.fill(count.min(MOST))?;
        Ok(&self.buffer[self.at..self.end.min(self.at + count)])
    }

    /// Steps over bytes that [`Cutter::peek`] has shown.
    pub fn skip(&mut self, count: usize) {
        self.at = (self.at + count).min(self.end);
    }

    /// How many bytes of the source have been used.
    pub fn position(&self) -> u64 {
        self.read - (self.end - self.at) as u64
    }

    /// The reader, for what is left to hash.
    pub fn into_reader(self) -> R {
        self.reader
    }

    /// Makes the last segment the next one again.
    pub fn unread(&mut self) {
        if self.cut.start < self.at {
            self.at = self.cut.start;
            self.ordinal -= 1;
        }
    }

    /// The next segment; nothing at the end of the file.
    #[inline(always)]
    pub fn next(&mut self) -> Result<Option<Segment<'_>>, CutError> {
        // Put together where it is used, so that it need not go through memory.
        Ok(if self.advance()? { Some(self.segment()) } else { None })
    }

    #[inline(always)]
    fn segment(&self) -> Segment<'_> {
        let Cut { start, end, separators, terminated, broken, isa, tag } = self.cut;
        let bytes = &self.buffer[start..end];
        Segment { bytes, ordinal: self.ordinal, separators, terminated, broken, isa, tag }
    }

    /// Cuts the next segment; false at the end of the file.
    fn advance(&mut self) -> Result<bool, CutError> {
        loop {
            if !self.skip_blanks()? {
                return Ok(false);
            }
            if self.end - self.at < 4 {
                self.fill(4)?;
            }
            let head = &self.buffer[self.at..self.end];
            // Even where the fourth byte was the terminator so far: the new interchange may separate with it.
            if head[0] == b'I' && begins_isa(head) {
                return self.isa().map(|()| true);
            }
            let Some(separators) = self.separators else {
                return Err(CutError::BadIsa { segment: 1, why: "is not where the file begins" });
            };
            let Found { length, terminated, broken } = self.find(separators.terminator)?;
            let start = self.at;
            self.at = (start + length + usize::from(terminated)).min(self.end);
            let bytes = self.buffer[start..start + length].trim_ascii_end();
            self.cut.start = start;
            if bytes.is_empty() {
                continue;
            }
            self.ordinal += 1;
            let (end, tag) = (start + bytes.len(), tag_of(bytes, separators.element));
            self.cut = Cut { start, end, separators, terminated, broken, isa: None, tag };
            return Ok(true);
        }
    }

    fn isa(&mut self) -> Result<(), CutError> {
        self.fill(ISA_REACH)?;
        let reach = self.end.min(self.at + ISA_REACH);
        let isa = Isa::read(&self.buffer[self.at..reach])
            .map_err(|why| CutError::BadIsa { segment: self.ordinal + 1, why })?;
        self.separators = Some(isa.separators);
        self.ordinal += 1;
        let (start, end) = (self.at, self.at + isa.len);
        self.at += isa.consumed;
        let tag = tag_of(&self.buffer[start..end], isa.separators.element);
        self.cut = Cut {
            start,
            end,
            separators: isa.separators,
            terminated: true,
            broken: false,
            isa: Some(isa.fixed),
            tag,
        };
        Ok(())
    }

    /// Steps to the next byte that is not blank; false at the end of the file.
    fn skip_blanks(&mut self) -> Result<bool, CutError> {
        loop {
            let rest = &self.buffer[self.at..self.end];
            if let Some(blanks) = rest.iter().position(|b| !b.is_ascii_whitespace()) {
                self.at += blanks;
                return Ok(true);
            }
            self.at = self.end;
            if self.fill(1)? == 0 {
                return Ok(false);
            }
        }
    }

    /// Where the segment that begins at `at` ends.
    fn find(&mut self, terminator: Terminator) -> Result<Found, CutError> {
        let (mut searched, mut broken) = (0, false);
        loop {
            let rest = &self.buffer[self.at + searched..self.end];
            let found = match terminator {
                // One look for both: most segments have their terminator before any newline.
                Terminator::Byte(byte) if !broken => memchr::memchr3(byte, b'\r', b'\n', rest),
                Terminator::Byte(byte) => memchr::memchr(byte, rest),
                Terminator::Newline => memchr::memchr2(b'\r', b'\n', rest),
            };
            let length = found.map_or(self.end - self.at, |at| searched + at);
            if length > self.limit {
                return Err(CutError::TooLong { segment: self.ordinal + 1, limit: self.limit });
            }
            if found.is_some() {
                let ends = terminator == Terminator::Newline
                    || terminator == Terminator::Byte(self.buffer[self.at + length]);
                if ends {
                    return Ok(Found { length, terminated: true, broken });
                }
                broken = true;
                searched = length;
                continue;
            }
            searched = length;
            if self.fill(searched + 1)? <= searched {
                return Ok(Found { length: searched, terminated: false, broken });
            }
        }
    }

    /// Reads until `wanted` bytes are at hand, or the file ends. Returns how many are.
    fn fill(&mut self, wanted: usize) -> Result<usize, CutError> {
        while self.end - self.at < wanted && !self.at_end {
            if self.at > 0 {
                self.buffer.copy_within(self.at..self.end, 0);
                self.end -= self.at;
                self.at = 0;
                self.cut.start = 0;
            }
            if self.end == self.buffer.len() {
                self.buffer.resize((4 * self.end).min(MOST), 0);
            }
            match self.reader.read(&mut self.buffer[self.end..]) {
                Ok(0) => self.at_end = true,
                Ok(count) => {
                    self.end += count;
                    self.read += count as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(CutError::Io(error)),
            }
        }
        Ok(self.end - self.at)
    }
}
