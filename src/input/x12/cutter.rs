//! Cutting a stream of bytes into segments with one buffer that is used again and again.
//!
//! Follows the separators from interchange to interchange. Knows no segment but the ISA. A source that fits the buffer can
//! be gone through a second time without looking for its segments anew.

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

/// What one cutter leaves to the next: memory, and whatever it kept of its source.
#[derive(Default)]
pub struct Room {
    buffer: Vec<u8>,
    /// Where the segments of the buffer are.
    cuts: Vec<Cut>,
    /// Whether these are all segments of the source that the last cutter went through.
    whole: bool,
}

impl Room {
    /// Whether a source can be gone through again without reading it.
    pub fn is_whole(&self) -> bool {
        self.whole
    }
}

/// What a cutter does with the segments that it has found.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Memory {
    /// It lets them go.
    None,
    /// It keeps them, and the buffer grows until there are too many.
    Keeping,
    /// They were found before; the place of the next one.
    Again(usize),
}

/// Cuts segments. Begins at the first ISA, blanks and a byte order mark skipped.
pub struct Cutter<R> {
    reader: R,
    buffer: Vec<u8>,
    cuts: Vec<Cut>,
    memory: Memory,
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

/// A segment in the buffer, which is shorter than 4 GiB.
#[derive(Clone, Copy)]
struct Cut {
    start: u32,
    end: u32,
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
    pub fn new(reader: R, limit: usize, room: Room) -> Cutter<R> {
        let Room { mut buffer, mut cuts, .. } = room;
        buffer.resize(buffer.len().max(BUFFER), 0);
        cuts.clear();
        Cutter {
            reader,
            buffer,
            cuts,
            memory: Memory::None,
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

    /// From here on what is found is kept, as long as the source fits the buffer. Only before the first segment.
    pub fn keep(&mut self) {
        self.memory = Memory::Keeping;
    }

    /// A cutter that goes through a whole source again.
    pub fn again(reader: R, room: Room) -> Cutter<R> {
        let Room { buffer, cuts, .. } = room;
        let end = buffer.len();
        Cutter {
            reader,
            buffer,
            cuts,
            memory: Memory::Again(0),
            at: 0,
            end,
            at_end: true,
            read: end as u64,
            separators: None,
            limit: MOST - 1,
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

    /// The reader, for what is left to hash, and what the next cutter can use.
    pub fn into_parts(self) -> (R, Room) {
        let whole = self.at_end && self.at == self.end && self.memory == Memory::Keeping;
        (self.reader, Room { buffer: self.buffer, cuts: self.cuts, whole })
    }

    /// Makes the last segment the next one again.
    pub fn unread(&mut self) {
        let start = self.cut.start as usize;
        if start < self.at {
            self.at = start;
            self.ordinal -= 1;
            if let Memory::Again(next) = &mut self.memory {
                *next -= 1;
            }
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
        let bytes = &self.buffer[start as usize..end as usize];
        Segment { bytes, ordinal: self.ordinal, separators, terminated, broken, isa, tag }
    }

    /// Cuts the next segment; false at the end of the file.
    fn advance(&mut self) -> Result<bool, CutError> {
        if let Memory::Again(next) = &mut self.memory {
            let Some(cut) = self.cuts.get(*next) else { return Ok(false) };
            *next += 1;
            self.ordinal += 1;
            self.at = cut.end as usize;
            self.cut = *cut;
            return Ok(true);
        }
        let found = self.look()?;
        if found && self.memory == Memory::Keeping {
            self.cuts.push(self.cut);
        }
        Ok(found)
    }

    /// The same where it was not found before.
    fn look(&mut self) -> Result<bool, CutError> {
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
            self.cut.start = start as u32;
            if bytes.is_empty() {
                continue;
            }
            self.ordinal += 1;
            let (end, tag) = ((start + bytes.len()) as u32, tag_of(bytes, separators.element));
            self.cut = Cut { start: start as u32, end, separators, terminated, broken, isa: None, tag };
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
            start: start as u32,
            end: end as u32,
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
            if self.end == MOST && self.memory == Memory::Keeping {
                self.memory = Memory::None;
            }
            if self.at > 0 && self.memory == Memory::None {
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
