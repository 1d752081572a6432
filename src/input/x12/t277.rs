//! The 277CA item by item: status of the batch, of each provider's part, of each claim. `docs/rules/x12-277ca-999.md`
//! sections 3 and 4.
//!
//! Levels are told by HL03; a claim begins with each TRN of a patient level. What the codes mean is not decided here.

use std::collections::VecDeque;
use std::io::Read;

use crate::domain::ack::{
    AckItem, AckSource, Action, BatchStatus, ClaimStatus, Statement, StatusCode, Voice, is_filler,
};
use crate::domain::{Date, Money, PatientControlNumber};
use crate::input::problems::shown;

use super::cutter::{CutError, Cutter};
use super::element::{Composite, count, text};
use super::segment::{Segment, tags};
use super::t835::ends_set;

/// More composites than this of one status add nothing.
const MOST_CODES: usize = 100;

/// A reader of one 277CA set.
pub struct Statuses {
    voice: Voice,
    /// TRN02 of the 2200B in force.
    batch: String,
    open: Open,
    /// Whether a line loop (2220D) is in force: where its composites begin.
    line: Option<usize>,
    ready: VecDeque<AckItem>,
}

/// The status that is being read.
enum Open {
    None,
    Batch(BatchStatus),
    /// A patient level whose TRN has not come.
    Patient,
    Claim(Box<ClaimStatus>),
}

impl Statuses {
    /// A set whose ST was just read. `on` is the date of its envelope.
    pub fn new(on: Option<Date>) -> Statuses {
        Statuses {
            voice: Voice { source: AckSource::Payer, name: String::new(), on },
            batch: String::new(),
            open: Open::None,
            line: None,
            ready: VecDeque::new(),
        }
    }

    /// The next item; nothing at the end of the set.
    pub fn next<R: Read>(&mut self, cutter: &mut Cutter<R>) -> Result<Option<AckItem>, CutError> {
        while self.ready.is_empty() {
            match cutter.next()? {
                Some(segment) if !ends_set(&segment) => self.take(&segment),
                Some(_) => {
                    cutter.unread();
                    self.close();
                    break;
                }
                None => {
                    self.close();
                    break;
                }
            }
        }
        Ok(self.ready.pop_front())
    }

    fn take(&mut self, segment: &Segment<'_>) {
        match segment.tag {
            tags::BHT => self.voice.on = date(segment.element(4)).or(self.voice.on),
            tags::HL => self.level(segment),
            tags::NM1 => self.name(segment),
            tags::TRN => self.trace(segment),
            tags::STC => self.status(segment),
            tags::SVC => self.line = Some(self.statement().map_or(0, |s| s.codes.len())),
            tags::REF => self.reference(segment),
            tags::DTP => self.date(segment),
            tags::QTY => {
                if let (Open::Batch(batch), b"AA" | b"QC") = (&mut self.open, segment.element(1)) {
                    batch.rejected = count(segment.element(2));
                }
            }
            _ => {}
        }
    }

    fn level(&mut self, segment: &Segment<'_>) {
        self.close();
        let batch = |provider, batch: &str, voice: &Voice| {
            Open::Batch(BatchStatus {
                voice: voice.clone(),
                batch: batch.to_owned(),
                provider,
                statement: Statement::default(),
                rejected: None,
                segment: segment.ordinal,
            })
        };
        self.open = match segment.element(3) {
            b"21" => {
                self.batch.clear();
                batch(None, "", &self.voice)
            }
            b"19" => batch(Some(String::new()), &self.batch, &self.voice),
            b"PT" | b"22" | b"23" => Open::Patient,
            _ => Open::None,
        };
    }

    fn name(&mut self, segment: &Segment<'_>) {
        let fields = segment.fields();
        match (&mut self.open, fields.get(1)) {
            (Open::None, kind @ (b"AY" | b"PR")) => {
                self.voice.source = if kind == b"AY" { AckSource::Clearinghouse } else { AckSource::Payer };
                self.voice.name = shown(fields.get(3));
            }
            (Open::Batch(BatchStatus { provider: Some(provider), .. }), b"85") => {
                *provider = text(fields.get(9)).into();
            }
            _ => {}
        }
    }

    fn trace(&mut self, segment: &Segment<'_>) {
        let number = segment.element(2);
        match &mut self.open {
            Open::Batch(batch) if batch.provider.is_none() => {
                batch.batch = shown(number);
                batch.segment = segment.ordinal;
                self.batch.clone_from(&batch.batch);
            }
            Open::Patient | Open::Claim(_) => {
                self.close();
                self.open = Open::Claim(Box::new(ClaimStatus {
                    voice: self.voice.clone(),
                    number: PatientControlNumber::new(&shown(number)),
                    batch: self.batch.clone(),
                    statement: Statement::default(),
                    amount: None,
                    service: None,
                    payer_claim_number: String::new(),
                    clearinghouse_number: String::new(),
                    segment: segment.ordinal,
                }));
            }
            _ => {}
        }
    }

    fn statement(&mut self) -> Option<&mut Statement> {
        match &mut self.open {
            Open::Batch(batch) => Some(&mut batch.statement),
            Open::Claim(claim) => Some(&mut claim.statement),
            Open::None | Open::Patient => None,
        }
    }

    fn status(&mut self, segment: &Segment<'_>) {
        let fields = segment.fields();
        if let Open::Claim(claim) = &mut self.open {
            claim.amount = claim.amount.or_else(|| Money::parse(fields.get(4)).ok());
        }
        let Some(statement) = self.statement() else { return };
        for place in [1, 10, 11] {
            let composite = Composite::new(fields.get(place), segment);
            let part = |n| shown(&composite.get(n)[..composite.get(n).len().min(12)]);
            let code =
                StatusCode { category: part(1), status: part(2), entity: part(3), line: String::new() };
            if code != StatusCode::default() && statement.codes.len() < MOST_CODES {
                statement.codes.push(code);
            }
        }
        let action = match fields.get(3) {
            b"WQ" => Some(Action::Accept),
            b"U" => Some(Action::Reject),
            _ => None,
        };
        if statement.action != Some(Action::Reject) {
            statement.action = action.or(statement.action);
        }
        statement.on = statement.on.max(date(fields.get(2)));
        if statement.text.is_empty() {
            statement.text = shown(fields.get(12));
        }
    }

    fn reference(&mut self, segment: &Segment<'_>) {
        let Open::Claim(claim) = &mut self.open else { return };
        let value = shown(segment.element(2));
        match (segment.element(1), self.line) {
            (b"FJ", Some(from)) => {
                claim.statement.codes.iter_mut().skip(from).for_each(|code| code.line.clone_from(&value));
            }
            (b"1K", None) if !is_filler(&value) => claim.payer_claim_number = value,
            (b"D9", None) if !is_filler(&value) => claim.clearinghouse_number = value,
            _ => {}
        }
    }

    fn date(&mut self, segment: &Segment<'_>) {
        let value = segment.element(3);
        match (&mut self.open, segment.element(1)) {
            (Open::None, b"009") => self.voice.on = date(value).or(self.voice.on),
            (Open::Claim(claim), b"472") if claim.service.is_none() => {
                claim.service = date(&value[..value.len().min(8)]);
            }
            _ => {}
        }
    }

    /// What was read is whole. A level that says nothing of its own is no item.
    fn close(&mut self) {
        self.line = None;
        match std::mem::replace(&mut self.open, Open::None) {
            Open::Batch(batch) if !batch.statement.codes.is_empty() => {
                self.ready.push_back(AckItem::Batch(batch));
            }
            Open::Claim(claim) => self.ready.push_back(AckItem::Claim(claim)),
            _ => {}
        }
    }
}

/// A date that decides nothing alone: absent where it is none.
fn date(bytes: &[u8]) -> Option<Date> {
    Date::parse_ccyymmdd(bytes).or_else(|| Date::parse_yymmdd(bytes))
}
