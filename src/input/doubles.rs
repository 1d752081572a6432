//! Zip archives in which several members bear one name: all of them are read, each under a name of its own.
//!
//! A list of members by name keeps the last of them and loses the others' money. So the archive's directory is read here
//! too, and where a name comes again, a directory with other names stands in its place.

use std::collections::HashSet;
use std::io::{self, Read, Seek, SeekFrom};

use zip::ZipArchive;
use zip::result::ZipError;

use super::source::ReadSeek;

/// The end of an archive: what it begins with, how long it is without its comment, and how long a comment can be.
const END: &[u8] = b"PK\x05\x06";
const END_LENGTH: usize = 22;
const MOST_COMMENT: usize = 0xffff;
/// The entry of a member in the directory.
const ENTRY: &[u8] = b"PK\x01\x02";
const ENTRY_LENGTH: usize = 46;
/// In a number of 32 bits: it stands elsewhere.
const ELSEWHERE: u32 = u32::MAX;

/// Opens an archive with all its members.
pub(super) fn open(mut from: Box<dyn ReadSeek>) -> Result<ZipArchive<Box<dyn ReadSeek>>, ZipError> {
    let directory = Directory::read(&mut from)?;
    from.seek(SeekFrom::Start(0))?;
    match directory.filter(|directory| directory.repeats) {
        Some(Directory { start, bytes, .. }) => ZipArchive::new(Box::new(Spliced::new(from, start, bytes)?)),
        None => ZipArchive::new(from),
    }
}

/// What stands behind the members of an archive, with names that are all different.
struct Directory {
    start: u64,
    bytes: Vec<u8>,
    repeats: bool,
}

impl Directory {
    /// Nothing for what is no archive that this understands: others judge it.
    fn read(from: &mut dyn ReadSeek) -> Result<Option<Directory>, ZipError> {
        let length = from.seek(SeekFrom::End(0))?;
        let tail = length.min((END_LENGTH + MOST_COMMENT) as u64);
        from.seek(SeekFrom::Start(length - tail))?;
        let mut last = Vec::new();
        from.take(tail).read_to_end(&mut last)?;
        let ends = |at: &usize| {
            u16_at(&last, at + 20).is_some_and(|comment| at + END_LENGTH + comment == last.len())
        };
        let mut places =
            (0..last.len().saturating_sub(END_LENGTH - 1)).rev().filter(|at| last[*at..].starts_with(END));
        let Some(at) = places.find(ends) else { return Ok(None) };
        let end = &last[at..];
        let (Some(size), Some(place)) = (u32_at(end, 12), u32_at(end, 16)) else { return Ok(None) };
        let behind = length - tail + at as u64;
        if size == ELSEWHERE || place == ELSEWHERE || u16_at(end, 10) == Some(0xffff) {
            return Ok(None);
        }
        let Some(start) = behind.checked_sub(u64::from(size)) else { return Ok(None) };
        let mut entries = vec![0; size as usize];
        from.seek(SeekFrom::Start(start))?;
        from.read_exact(&mut entries)?;
        let Some((mut bytes, repeats)) = renamed(&entries) else { return Ok(None) };
        let Ok(size) = u32::try_from(bytes.len()) else { return Ok(None) };
        bytes.extend_from_slice(&end[..12]);
        bytes.extend_from_slice(&size.to_le_bytes());
        bytes.extend_from_slice(&end[16..]);
        Ok(Some(Directory { start, bytes, repeats }))
    }
}

/// The same entries, each under a name of its own, and whether any had to be renamed.
fn renamed(mut entries: &[u8]) -> Option<(Vec<u8>, bool)> {
    let (mut seen, mut bytes, mut repeats) = (HashSet::new(), Vec::with_capacity(entries.len()), false);
    while !entries.is_empty() {
        if !entries.starts_with(ENTRY) {
            return None;
        }
        let [name, extra, comment] = [28, 30, 32].map(|at| u16_at(entries, at));
        let (name, rest) = (name?, extra? + comment?);
        let whole = entries.get(..ENTRY_LENGTH + name + rest)?;
        let (head, rest) = whole.split_at(ENTRY_LENGTH);
        let (old, rest) = rest.split_at(name);
        let mut new = old.to_vec();
        let mut number = 2;
        while !seen.insert(new.clone()) {
            new = [old, format!(" ({number})").as_bytes()].concat();
            number += 1;
            repeats = true;
        }
        bytes.extend_from_slice(&head[..28]);
        bytes.extend_from_slice(&u16::try_from(new.len()).ok()?.to_le_bytes());
        bytes.extend_from_slice(&head[30..]);
        bytes.extend_from_slice(&new);
        bytes.extend_from_slice(rest);
        entries = &entries[whole.len()..];
    }
    Some((bytes, repeats))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<usize> {
    bytes.get(at..)?.first_chunk().copied().map(|bytes| usize::from(u16::from_le_bytes(bytes)))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_le_bytes)
}

/// The beginning of one file, and other bytes behind it.
struct Spliced {
    from: Box<dyn ReadSeek>,
    start: u64,
    behind: Vec<u8>,
    at: u64,
}

impl Spliced {
    fn new(mut from: Box<dyn ReadSeek>, start: u64, behind: Vec<u8>) -> io::Result<Spliced> {
        from.seek(SeekFrom::Start(0))?;
        Ok(Spliced { from, start, behind, at: 0 })
    }
}

impl Read for Spliced {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let length = match self.start.checked_sub(self.at).filter(|left| *left > 0) {
            Some(left) => (&mut self.from).take(left).read(out)?,
            None => {
                let behind = usize::try_from(self.at - self.start).ok().and_then(|at| self.behind.get(at..));
                behind.unwrap_or_default().read(out)?
            }
        };
        self.at += length as u64;
        Ok(length)
    }
}

impl Seek for Spliced {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let end = self.start + self.behind.len() as u64;
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => end.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        self.from.seek(SeekFrom::Start(self.at.min(self.start)))?;
        Ok(self.at)
    }
}
