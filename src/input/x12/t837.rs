//! The 837 claim by claim: what was asked, of whom, for whom.
//!
//! Levels above the claim are in `level837`, the claim itself in `claim837`.

use std::io::Read;

use crate::domain::claim::{Brought, Claim};
use crate::domain::problem::Problem;
use crate::domain::{Date, FacilityKind, Text};
use crate::input::kind::{Guess, Kind};

use super::claim837::Builder;
use super::cutter::{CutError, Cutter};
use super::element::text;
use super::level837::Levels;
use super::segment::tags;
use super::set::SetHead;
use super::t835::ends_set;

/// A claim as submitted, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubmittedClaim {
    /// The claim.
    pub claim: Box<Claim>,
    /// BHT06 is RP: reported only; makes no receivable.
    pub encounter: bool,
    /// BHT06 is 31: a demand of one payer on another.
    pub subrogation: bool,
    /// What is left of it where it is an opening balance; an 837 brings none.
    pub brought: Option<Brought>,
    /// What is wrong with it. A hold means that it must not be taken into the books.
    pub problems: Vec<Problem>,
}

/// A reader of one 837 set.
pub struct Claims {
    pub(super) levels: Levels,
    pub(super) kind: Option<FacilityKind>,
    pub(super) head: Head,
}

/// What all claims of a set share.
#[derive(Default)]
pub struct Head {
    pub(super) batch: Text,
    pub(super) billed_on: Option<Date>,
    pub(super) group_date: Option<Date>,
    pub(super) encounter: bool,
    pub(super) subrogation: bool,
}

impl Claims {
    /// A set whose ST was just read.
    pub fn new(head: &SetHead) -> Claims {
        let kind = match head.guess {
            Guess::Known(Kind::Claims837P) => Some(FacilityKind::Professional),
            Guess::Known(Kind::Claims837I) => Some(FacilityKind::Institutional),
            _ => None,
        };
        Claims { levels: Levels::default(), kind, head: Head { group_date: head.date, ..Head::default() } }
    }

    /// The next claim; nothing at the end of the set.
    pub fn next<R: Read>(
        &mut self,
        cutter: &mut Cutter<R>,
        limit: usize,
    ) -> Result<Option<SubmittedClaim>, CutError> {
        while let Some(segment) = cutter.next()? {
            if ends_set(&segment) {
                cutter.unread();
                break;
            }
            match segment.tag {
                tags::BHT => {
                    let fields = segment.fields();
                    self.head.batch = text(fields.get(3));
                    self.head.billed_on = Date::parse_ccyymmdd(fields.get(4));
                    self.head.encounter = fields.get(6) == b"RP";
                    self.head.subrogation = fields.get(6) == b"31";
                }
                tags::CLM => {
                    let mut builder = Builder::new(&segment, self);
                    builder.read(cutter, limit)?;
                    return Ok(Some(builder.finish(&self.head)));
                }
                _ => self.levels.step(&segment),
            }
        }
        Ok(None)
    }
}
