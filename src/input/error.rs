//! Why a file cannot be used at all. What is wrong with usable data is a [`Problem`](crate::domain::Problem).

use std::io;

use super::x12::cutter::CutError;

/// Why a file cannot be used at all. Every message begins with the name of the file.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// The operating system refuses.
    #[error("{name}: cannot be read: {error}")]
    Unreadable {
        /// The file.
        name: String,
        /// What the operating system says.
        error: io::Error,
    },
    /// Nothing but blanks.
    #[error("{name}: is empty")]
    Empty {
        /// The file.
        name: String,
    },
    /// Two bytes a character.
    #[error("{name}: is UTF-16 text; save it as plain (ASCII or UTF-8) text and import that")]
    Utf16 {
        /// The file.
        name: String,
    },
    /// X12 without its interchange header: neither separators nor control numbers are known.
    #[error("{name}: begins with {found} and has no ISA envelope; ask the sender for the whole interchange")]
    NoEnvelope {
        /// The file.
        name: String,
        /// The segment it begins with.
        found: &'static str,
    },
    /// Prose, a mail header or a report stands before the data.
    #[error(
        "{name}: has other text before its ISA segment (which begins at byte {offset}); \
         remove what stands before it and import again"
    )]
    TextBeforeIsa {
        /// The file.
        name: String,
        /// Where the ISA segment is.
        offset: u64,
    },
    /// Neither X12 nor a table.
    #[error("{name}: is neither X12 nor CSV")]
    NotRecognised {
        /// The file.
        name: String,
    },
    /// The separators cannot be learnt from an ISA segment.
    #[error("{name}: segment {segment}, ISA: {why}")]
    BadIsa {
        /// The file.
        name: String,
        /// Its position, counted from 1.
        segment: u64,
        /// What is wrong with it.
        why: &'static str,
    },
    /// No terminator where one must be.
    #[error(
        "{name}: segment {segment} is longer than {limit} bytes; is its terminator another than the ISA says?"
    )]
    SegmentTooLong {
        /// The file.
        name: String,
        /// Its position, counted from 1.
        segment: u64,
        /// The limit in bytes.
        limit: usize,
    },
    /// The archive is damaged, or of a kind that is not read.
    #[error("{name}: cannot be unpacked: {why}")]
    Archive {
        /// The archive, or its member.
        name: String,
        /// What is wrong.
        why: String,
    },
    /// An archive inside an archive.
    #[error("{name}: is an archive inside an archive; unpack the outer one and import its content")]
    Nested {
        /// The inner archive.
        name: String,
    },
    /// More data than [`Limits`](super::Limits) allow.
    #[error("{name}: holds more than {limit} {unit}")]
    TooMuch {
        /// The file or archive.
        name: String,
        /// The limit.
        limit: u64,
        /// What is counted.
        unit: &'static str,
    },
    /// A table whose header line, or whose shape, cannot be used.
    #[error("{name}: line {line}: {why}")]
    Table {
        /// The file.
        name: String,
        /// The line, counted from 1.
        line: u64,
        /// What is wrong, and what was expected.
        why: String,
    },
    /// Somebody wrote to the file between its check and its import.
    #[error("{name}: was changed while it was being read; import it again")]
    Changed {
        /// The file.
        name: String,
    },
}

impl InputError {
    /// A stable word for the reason.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "unreadable",
            Self::Empty { .. } => "empty-file",
            Self::Utf16 { .. } => "utf-16",
            Self::NoEnvelope { .. } => "no-envelope",
            Self::TextBeforeIsa { .. } => "text-before-isa",
            Self::NotRecognised { .. } => "not-recognised",
            Self::BadIsa { .. } => "bad-isa",
            Self::SegmentTooLong { .. } => "segment-too-long",
            Self::Archive { .. } => "bad-archive",
            Self::Nested { .. } => "nested-archive",
            Self::TooMuch { .. } => "too-large",
            Self::Table { .. } => "bad-table",
            Self::Changed { .. } => "changed",
        }
    }

    /// The file it is about.
    #[must_use]
    pub fn file(&self) -> &str {
        match self {
            Self::Unreadable { name, .. }
            | Self::Empty { name }
            | Self::Utf16 { name }
            | Self::NoEnvelope { name, .. }
            | Self::TextBeforeIsa { name, .. }
            | Self::NotRecognised { name }
            | Self::BadIsa { name, .. }
            | Self::SegmentTooLong { name, .. }
            | Self::Archive { name, .. }
            | Self::Nested { name }
            | Self::TooMuch { name, .. }
            | Self::Table { name, .. }
            | Self::Changed { name } => name,
        }
    }

    /// What was read the second time is not what was read the first time.
    #[must_use]
    pub fn changed(name: &str) -> Self {
        Self::Changed { name: name.to_owned() }
    }

    pub(super) fn unreadable(name: &str, error: io::Error) -> Self {
        Self::Unreadable { name: name.to_owned(), error }
    }

    pub(super) fn cut(name: &str, error: CutError) -> Self {
        let name = name.to_owned();
        match error {
            CutError::Io(error) => Self::Unreadable { name, error },
            CutError::BadIsa { segment, why } => Self::BadIsa { name, segment, why },
            CutError::TooLong { segment, limit } => Self::SegmentTooLong { name, segment, limit },
        }
    }
}
