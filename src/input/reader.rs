//! The second reading of a source: its records one at a time, in memory that does not grow with the file.
//!
//! It trusts nothing of the first reading: sets with wrong counts can be read too, if somebody decides so.

use std::io::{self, Read};

use crate::domain::ack::AckItem;
use crate::domain::remit::{ClaimPayment, ProviderAdjustment, RemitHeader};

use super::error::InputError;
use super::kind::{Guess, Kind};
use super::sniff::{self, Content};
use super::source::Source;
use super::x12::cutter::{Cutter, Room};
use super::x12::envelope::Heads;
use super::x12::segment::tags;
use super::x12::set::SetHead;
use super::x12::t277::Statuses;
use super::x12::t835::Remit;
use super::x12::t837::{Claims, SubmittedClaim};
use super::x12::t999::Answers;

/// One thing that an 835 says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RemitItem {
    /// The payment. Comes first.
    Header(Box<RemitHeader>),
    /// An answer about one claim.
    Claim(Box<ClaimPayment>),
    /// Money that is not one claim.
    Plb(ProviderAdjustment),
}

/// A source being read record by record.
pub struct FileReader<'s> {
    source: &'s Source,
    /// Absent for tables.
    cutter: Option<Cutter<Box<dyn Read + 's>>>,
    heads: Heads,
    inside: bool,
    set: Set,
}

/// The set that is being read.
enum Set {
    None,
    Remit(Box<Remit>),
    Claims(Box<Claims>),
    Statuses(Box<Statuses>),
    Answers(Box<Answers>),
}

impl FileReader<'_> {
    /// Opens a source. The first set is reached with [`FileReader::next_set`].
    ///
    /// # Errors
    /// The source cannot be used at all; see [`InputError`].
    pub fn open(source: &Source) -> Result<FileReader<'_>, InputError> {
        Self::open_in(source, Room::default())
    }

    /// The same in room that a survey of this very source was made in, and that may have kept it.
    ///
    /// # Errors
    /// The source cannot be used at all; see [`InputError`].
    pub fn open_in(source: &Source, room: Room) -> Result<FileReader<'_>, InputError> {
        let cutter = if room.is_whole() {
            Some(Cutter::again(Box::new(io::empty()) as Box<dyn Read>, room))
        } else {
            let mut cutter = Cutter::new(source.open()?, source.limits().segment_bytes, room);
            let content = sniff::sniff(source.name(), &mut cutter)?;
            matches!(content, Content::X12).then_some(cutter)
        };
        Ok(FileReader { source, cutter, heads: Heads::default(), inside: false, set: Set::None })
    }

    /// The room, for the next source.
    #[must_use]
    pub fn into_room(self) -> Room {
        self.cutter.map(|cutter| cutter.into_parts().1).unwrap_or_default()
    }

    /// Goes to the next set, in the order of [`Survey::sets`](super::Survey::sets). False when there is none.
    ///
    /// # Errors
    /// The source fails.
    pub fn next_set(&mut self) -> Result<bool, InputError> {
        self.set = Set::None;
        let Some(cutter) = &mut self.cutter else { return Ok(false) };
        let failed = |error| InputError::cut(self.source.name(), error);
        while let Some(segment) = cutter.next().map_err(failed)? {
            if segment.isa.is_some() {
                self.heads.isa(&segment);
                self.inside = true;
                continue;
            }
            match segment.tag {
                tags::GS if self.inside => self.heads.gs(&segment),
                tags::IEA => self.inside = false,
                tags::ST if self.inside => {
                    let head = SetHead::new(&segment, &self.heads);
                    self.set = match &head.guess {
                        Guess::Known(Kind::Remit835) => Set::Remit(Box::new(Remit::new(&head.control))),
                        Guess::Known(Kind::Claims837P | Kind::Claims837I) | Guess::Some837 => {
                            Set::Claims(Box::new(Claims::new(&head)))
                        }
                        Guess::Known(Kind::Ack277CA) | Guess::Some277 => {
                            Set::Statuses(Box::new(Statuses::new(head.date)))
                        }
                        Guess::Known(Kind::Ack999 | Kind::Ack997) => {
                            Set::Answers(Box::new(Answers::new(head.date)))
                        }
                        _ => Set::None,
                    };
                    return Ok(true);
                }
                _ => {}
            }
        }
        Ok(false)
    }

    /// How many bytes of the source have been used.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.cutter.as_ref().map_or(0, Cutter::position)
    }

    /// The next item of an 835. None at its end, and in sets of other kinds.
    ///
    /// # Errors
    /// The source fails.
    pub fn next_remit_item(&mut self) -> Result<Option<RemitItem>, InputError> {
        let (Some(cutter), Set::Remit(remit)) = (&mut self.cutter, &mut self.set) else { return Ok(None) };
        let item = remit.next(cutter, self.source.limits().claim_segments);
        item.map_err(|error| InputError::cut(self.source.name(), error))
    }

    /// The next claim of an 837. None at its end, and in sets of other kinds.
    ///
    /// # Errors
    /// The source fails.
    pub fn next_claim(&mut self) -> Result<Option<SubmittedClaim>, InputError> {
        let (Some(cutter), Set::Claims(claims)) = (&mut self.cutter, &mut self.set) else { return Ok(None) };
        let claim = claims.next(cutter, self.source.limits().claim_segments);
        claim.map_err(|error| InputError::cut(self.source.name(), error))
    }

    /// The next item of an acknowledgment: 277CA, 999 or 997. None at its end, and in sets of other kinds.
    ///
    /// # Errors
    /// The source fails.
    pub fn next_ack(&mut self) -> Result<Option<AckItem>, InputError> {
        let Some(cutter) = &mut self.cutter else { return Ok(None) };
        let item = match &mut self.set {
            Set::Statuses(statuses) => statuses.next(cutter),
            Set::Answers(answers) => answers.next(cutter),
            _ => return Ok(None),
        };
        item.map_err(|error| InputError::cut(self.source.name(), error))
    }
}
