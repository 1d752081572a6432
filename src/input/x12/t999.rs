//! The 999 and the 997 item by item: each transaction set answered, then its group. `docs/rules/x12-277ca-999.md` section 2.
//!
//! Also the TA1, which stands between the sets.

use std::collections::VecDeque;
use std::io::Read;

use crate::domain::Date;
use crate::domain::ack::{AckItem, AckSource, GroupAck, InterchangeAck, SetAck, SyntaxError, Voice};
use crate::input::problems::shown;

use super::cutter::{CutError, Cutter};
use super::element::{Composite, count};
use super::envelope::Heads;
use super::segment::{Segment, tags};
use super::t835::ends_set;

/// More errors than this of one set are not kept: the first say what to mend.
const MOST_ERRORS: usize = 200;

/// A reader of one 999 or 997 set.
pub struct Answers {
    voice: Voice,
    group: Option<GroupAck>,
    set: Option<SetAck>,
    ready: VecDeque<AckItem>,
}

impl Answers {
    /// A set whose ST was just read. `on` is the date of its envelope.
    pub fn new(on: Option<Date>) -> Answers {
        let voice = Voice { source: AckSource::Syntax, name: String::new(), on };
        Answers { voice, group: None, set: None, ready: VecDeque::new() }
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
        let fields = segment.fields();
        let codes = |places: std::ops::RangeInclusive<usize>| -> Vec<String> {
            places.map(|n| shown(fields.get(n))).filter(|code| !code.is_empty()).collect()
        };
        match segment.tag {
            tags::AK1 => {
                self.close();
                self.group = Some(GroupAck {
                    voice: self.voice.clone(),
                    functional: shown(fields.get(1)),
                    group: shown(fields.get(2)),
                    result: String::new(),
                    codes: Vec::new(),
                    accepted: None,
                    segment: segment.ordinal,
                });
            }
            tags::AK2 => {
                self.close();
                let group = self.group.as_ref();
                self.set = Some(SetAck {
                    voice: self.voice.clone(),
                    functional: group.map(|g| g.functional.clone()).unwrap_or_default(),
                    group: group.map(|g| g.group.clone()).unwrap_or_default(),
                    set_id: shown(fields.get(1)),
                    set: shown(fields.get(2)),
                    result: String::new(),
                    codes: Vec::new(),
                    errors: Vec::new(),
                    segment: segment.ordinal,
                });
            }
            tags::IK3 | tags::AK3 => self.error(SyntaxError {
                segment_id: shown(fields.get(1)),
                position: count(fields.get(2)).unwrap_or(0),
                loop_id: shown(fields.get(3)),
                code: shown(fields.get(4)),
                ..SyntaxError::default()
            }),
            tags::IK4 | tags::AK4 => self.element(segment),
            tags::CTX => {
                let composite = Composite::new(fields.get(1), segment);
                let last = self.set.as_mut().and_then(|set| set.errors.last_mut());
                if let (b"CLM01", Some(error)) = (composite.get(1), last) {
                    error.claim = shown(composite.get(2));
                }
            }
            tags::IK5 | tags::AK5 => {
                if let Some(set) = &mut self.set {
                    set.result = shown(fields.get(1));
                    set.codes = codes(2..=6);
                }
            }
            tags::AK9 => {
                self.close();
                if let Some(mut group) = self.group.take() {
                    group.result = shown(fields.get(1));
                    group.accepted = count(fields.get(4));
                    group.codes = codes(5..=9);
                    self.ready.push_back(AckItem::Group(group));
                }
            }
            _ => {}
        }
    }

    fn error(&mut self, error: SyntaxError) {
        if let Some(set) = self.set.as_mut().filter(|set| set.errors.len() < MOST_ERRORS) {
            set.errors.push(error);
        }
    }

    /// An element of the segment named last; each further one is an error of its own.
    fn element(&mut self, segment: &Segment<'_>) {
        let fields = segment.fields();
        let last = self.set.as_mut().and_then(|set| set.errors.last_mut());
        let Some(last) = last else { return };
        let mut error = last.clone();
        error.element = shown(fields.get(1));
        error.element_code = shown(fields.get(3));
        error.value = shown(fields.get(4));
        if last.element.is_empty() && last.element_code.is_empty() {
            *last = error;
        } else {
            self.error(error);
        }
    }

    fn close(&mut self) {
        if let Some(set) = self.set.take() {
            self.ready.push_back(AckItem::Set(set));
        }
    }
}

/// A TA1, in the interchange whose heads these are.
pub fn interchange(segment: &Segment<'_>, heads: &Heads) -> InterchangeAck {
    let fields = segment.fields();
    let sent_on = fields.get(2);
    InterchangeAck {
        control: shown(fields.get(1)),
        sent_on: Date::parse_yymmdd(sent_on).or_else(|| Date::parse_ccyymmdd(sent_on)),
        result: shown(fields.get(4)),
        note: shown(fields.get(5)),
        on: heads.interchange_date,
        test: heads.test,
        segment: segment.ordinal,
    }
}
