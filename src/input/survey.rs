//! The first reading of a source: its hash, whether its envelopes are whole, and what each set adds up to.
//!
//! Nothing may post before this has been seen. The walk through the envelopes is in `x12::envelope`.

use std::io::{self, Read};

use sha2::{Digest, Sha256};

use crate::domain::ack::InterchangeAck;
use crate::domain::{Date, Money, Problem};

use super::error::InputError;
use super::kind::Kind;
use super::sniff::{self, Content};
use super::source::Source;
use super::x12::cutter::{Cutter, Room};
use super::x12::envelope::Walk;

/// What the first reading found.
#[derive(Clone, Debug)]
pub struct Survey {
    /// SHA-256 of the bytes.
    pub sha256: [u8; 32],
    /// How many bytes there are.
    pub bytes: u64,
    /// The first supported kind in the file, else the first.
    pub kind: Option<Kind>,
    /// The transaction sets, in order.
    pub sets: Vec<SetSurvey>,
    /// What concerns the file as a whole. A hold means that nothing of it may post.
    pub problems: Vec<Problem>,
    /// Whether any interchange is marked as a test (ISA15).
    pub test: bool,
    /// TA1 segments: answers about whole interchanges, which stand in no set.
    pub interchange_acks: Vec<InterchangeAck>,
}

/// What was found about one transaction set.
#[derive(Clone, Debug)]
pub struct SetSurvey {
    /// What it is.
    pub kind: Kind,
    /// ST02.
    pub control: String,
    /// GS08.
    pub version: String,
    /// GS06.
    pub group: String,
    /// ISA13.
    pub interchange: String,
    /// ISA15 is T.
    pub test: bool,
    /// ISA09.
    pub interchange_date: Option<Date>,
    /// GS04.
    pub group_date: Option<Date>,
    /// Position of its ST.
    pub first_segment: u64,
    /// Segments from ST to SE.
    pub segments: u64,
    /// Hash of what it says, whatever its envelope, separators, newlines and control numbers.
    pub content_hash: [u8; 32],
    /// What is wrong with it. A hold means that it must not post.
    pub problems: Vec<Problem>,
    /// What it adds up to.
    pub totals: SetTotals,
}

/// What a set adds up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SetTotals {
    /// CLP or CLM segments; claims of a 277CA.
    pub claims: u64,
    /// Sum of CLP03 or CLM02.
    pub charge: Money,
    /// Sum of CLP04.
    pub claim_paid: Money,
    /// BPR02 with its sign, negated where BPR03 is D.
    pub paid: Money,
    /// Sum of the PLB amounts as sent.
    pub plb: Money,
    /// Whether `paid` is `claim_paid` less `plb`.
    pub balanced: bool,
}

/// Reads a source once and verifies it.
///
/// # Errors
/// The source cannot be used at all; see [`InputError`].
pub fn survey(source: &Source) -> Result<Survey, InputError> {
    survey_as(source, None)
}

/// The same for a source of which somebody says that it is a table: a header that nobody would recognise is no error.
///
/// # Errors
/// The source cannot be used at all; see [`InputError`].
pub fn survey_as(source: &Source, table: Option<&Kind>) -> Result<Survey, InputError> {
    survey_in(source, table, &mut Room::default())
}

/// The same in room that is used again, and that keeps a small source for
/// [`FileReader::open_in`](super::FileReader::open_in).
///
/// # Errors
/// The source cannot be used at all; see [`InputError`].
pub fn survey_in(source: &Source, table: Option<&Kind>, room: &mut Room) -> Result<Survey, InputError> {
    let name = source.name();
    let reader = Hashing { reader: source.open()?, sha: Sha256::new(), bytes: 0 };
    let mut cutter = Cutter::new(reader, source.limits().segment_bytes, std::mem::take(room));
    let content = match (sniff::sniff(name, &mut cutter), table) {
        (Ok(Content::Table(_)) | Err(InputError::NotRecognised { .. }), Some(table)) => {
            Content::Table(table.clone())
        }
        (content, _) => content?,
    };
    let mut walk = Walk::default();
    let mut kind = None;
    match content {
        Content::Table(table) => kind = Some(table),
        Content::X12 => {
            cutter.keep();
            while let Some(segment) = cutter.next().map_err(|error| InputError::cut(name, error))? {
                walk.step(&segment);
            }
        }
    }
    let mut reader;
    (reader, *room) = cutter.into_parts();
    io::copy(&mut reader, &mut io::sink()).map_err(|error| InputError::unreadable(name, error))?;
    let found = walk.finish();
    let first = found.sets.iter().find(|set| set.kind.is_supported()).or(found.sets.first());
    Ok(Survey {
        sha256: reader.sha.finalize().into(),
        bytes: reader.bytes,
        kind: kind
            .or_else(|| first.map(|set| set.kind.clone()))
            .or_else(|| found.acks.first().map(|_| Kind::Ta1)),
        sets: found.sets,
        problems: found.problems,
        test: found.test,
        interchange_acks: found.acks,
    })
}

/// Hashes and counts what passes.
struct Hashing<R> {
    reader: R,
    sha: Sha256,
    bytes: u64,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.sha.update(&buffer[..count]);
        self.bytes += count as u64;
        Ok(count)
    }
}
