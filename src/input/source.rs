//! One thing to import: a file, or content kept aside because it can be read only once.
//!
//! Which sources there are (folders, archives) is decided in `expand`.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use super::Limits;
use super::error::InputError;
use super::problems::shown;

/// Something that can be read from its start as often as needed.
#[derive(Debug)]
pub struct Source {
    name: String,
    content: Content,
    limits: Limits,
}

#[derive(Debug)]
enum Content {
    /// A file, and what it looked like when it was found.
    File { path: PathBuf, seen: Stamp },
    /// Unpacked content that is small.
    Memory(Vec<u8>),
    /// Unpacked content in a temporary file without a name.
    Spooled(Mutex<File>),
}

/// Length and time of change: enough to notice that somebody wrote between check and import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    len: u64,
    modified: Option<SystemTime>,
}

impl Stamp {
    fn of(metadata: &fs::Metadata) -> Stamp {
        Stamp { len: metadata.len(), modified: metadata.modified().ok() }
    }
}

impl Source {
    /// A regular file.
    pub(super) fn file(path: &Path, limits: &Limits) -> Result<Source, InputError> {
        let name = path.display().to_string();
        let metadata = fs::metadata(path).map_err(|error| InputError::unreadable(&name, error))?;
        let content = Content::File { path: path.to_owned(), seen: Stamp::of(&metadata) };
        Ok(Source { name, content, limits: limits.clone() })
    }

    /// Content in memory.
    pub(super) fn memory(name: &str, content: &[u8]) -> Source {
        let content = Content::Memory(content.to_vec());
        Source { name: name.to_owned(), content, limits: Limits::default() }
    }

    /// Keeps aside what a reader yields. At most `room` bytes; returns how many there were.
    pub(super) fn spool(
        name: &str,
        mut reader: &mut dyn Read,
        room: u64,
        limits: &Limits,
    ) -> Result<(Source, u64), InputError> {
        let failed = |error| InputError::unreadable(name, error);
        let mut memory = Vec::new();
        let in_memory = room.min(limits.memory_bytes as u64);
        let mut total = (&mut reader).take(in_memory + 1).read_to_end(&mut memory).map_err(failed)? as u64;
        let content = if total <= in_memory {
            Content::Memory(memory)
        } else {
            let mut file = tempfile::tempfile().map_err(failed)?;
            file.write_all(&memory).map_err(failed)?;
            let room_left = room.saturating_sub(total).saturating_add(1);
            total += io::copy(&mut reader.take(room_left), &mut file).map_err(failed)?;
            Content::Spooled(Mutex::new(file))
        };
        if total > room {
            let (name, limit) = (name.to_owned(), limits.unpacked_bytes);
            return Err(InputError::TooMuch { name, limit, unit: "bytes" });
        }
        Ok((Source { name: name.to_owned(), content, limits: limits.clone() }, total))
    }

    /// Its name as given; a member of an archive as `a.zip/b.835`; standard input as `-`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether reading it takes long enough for others to notice.
    #[must_use]
    pub fn is_large(&self) -> bool {
        const LARGE: u64 = 4 << 20;
        match &self.content {
            Content::Memory(bytes) => bytes.len() as u64 > LARGE,
            Content::Spooled(_) => true,
            Content::File { seen, .. } => seen.len > LARGE,
        }
    }

    /// What may be read from it.
    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Reads it from the start.
    ///
    /// # Errors
    /// The file is gone, may not be read, or was changed since it was found.
    pub fn open(&self) -> Result<Box<dyn Read + '_>, InputError> {
        match &self.content {
            Content::Memory(bytes) => Ok(Box::new(bytes.as_slice())),
            Content::Spooled(file) => Ok(Box::new(Spool { file, at: 0 })),
            Content::File { path, .. } => {
                let file = File::open(path).map_err(|error| InputError::unreadable(&self.name, error))?;
                self.unchanged(&file)?;
                Ok(Box::new(file))
            }
        }
    }

    /// The same, for reading some parts again.
    pub(super) fn open_seekable(&self) -> Result<Box<dyn ReadSeek + '_>, InputError> {
        match &self.content {
            Content::Memory(bytes) => Ok(Box::new(io::Cursor::new(bytes.as_slice()))),
            Content::Spooled(file) => Ok(Box::new(Spool { file, at: 0 })),
            Content::File { path, .. } => {
                let file = File::open(path).map_err(|error| InputError::unreadable(&self.name, error))?;
                self.unchanged(&file)?;
                Ok(Box::new(file))
            }
        }
    }

    /// The same as a seekable stream, for the directory of an archive.
    pub(super) fn into_seekable(self) -> Result<Box<dyn ReadSeek>, InputError> {
        let failed = |error| InputError::unreadable(&self.name, error);
        match self.content {
            Content::Memory(bytes) => Ok(Box::new(io::Cursor::new(bytes))),
            Content::Spooled(file) => Ok(Box::new(file.into_inner().unwrap_or_else(PoisonError::into_inner))),
            Content::File { path, .. } => Ok(Box::new(io::BufReader::new(File::open(path).map_err(failed)?))),
        }
    }

    fn unchanged(&self, file: &File) -> Result<(), InputError> {
        let Content::File { seen, .. } = &self.content else { return Ok(()) };
        let now = file.metadata().map_err(|error| InputError::unreadable(&self.name, error))?;
        if Stamp::of(&now) != *seen {
            return Err(InputError::Changed { name: self.name.clone() });
        }
        Ok(())
    }
}

/// What an archive's directory needs.
pub(super) trait ReadSeek: Read + Seek + Send {}
impl<T: Read + Seek + Send> ReadSeek for T {}

/// A reader over a shared temporary file with a position of its own.
struct Spool<'a> {
    file: &'a Mutex<File>,
    at: u64,
}

impl Read for Spool<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(self.at))?;
        let count = file.read(buffer)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Spool<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = match to {
            SeekFrom::Current(by) => self.at.checked_add_signed(by).ok_or(io::ErrorKind::InvalidInput)?,
            other => self.file.lock().unwrap_or_else(PoisonError::into_inner).seek(other)?,
        };
        Ok(self.at)
    }
}

/// A member's name, fit for a terminal and for one line.
pub(super) fn member_name(archive: &str, member: &str) -> String {
    format!("{archive}/{}", shown(member.as_bytes()))
}
