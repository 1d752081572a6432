//! ISA, GS, ST and their trailers: whether counts and control numbers agree and nothing is cut off.
//!
//! A wrong trailer is a problem of every set inside it. What stands between ST and SE is in `set`.

use crate::domain::ack::InterchangeAck;
use crate::domain::{Date, Problem, Severity};
use crate::input::problems::{Problems, general, problem};
use crate::input::survey::SetSurvey;

use super::element::{count, same_control, text};
use super::segment::{Segment, is_money, tags};
use super::separators::{Terminator, begins_isa};
use super::set::SetWork;
use super::t999;

/// More TA1 segments than this in one file are not kept.
const MOST_ACKS: usize = 1_000;

/// What the walk found.
pub struct Found {
    /// The sets, in order.
    pub sets: Vec<SetSurvey>,
    /// What concerns the whole file.
    pub problems: Vec<Problem>,
    /// Whether an interchange is marked as a test.
    pub test: bool,
    /// TA1 segments.
    pub acks: Vec<InterchangeAck>,
}

/// A walk through the segments of a file.
#[derive(Default)]
pub struct Walk {
    interchange: Option<Level>,
    group: Option<Level>,
    set: Option<SetWork>,
    sets: Vec<SetSurvey>,
    problems: Problems,
    /// ISA09, GS04, GS08, GS01 and ISA15 in force.
    heads: Heads,
    test: bool,
    trailing_text: bool,
    acks: Vec<InterchangeAck>,
}

/// An open interchange or group.
struct Level {
    /// ISA13 or GS06.
    control: Vec<u8>,
    /// Groups or sets in it.
    inside: u64,
    /// Index of the first set in it.
    first_set: usize,
    /// The segment that opened it, without its text.
    ordinal: u64,
}

/// What a set inherits from the segments around it.
#[derive(Clone, Default)]
pub struct Heads {
    /// ISA15 is T.
    pub test: bool,
    /// ISA09.
    pub interchange_date: Option<Date>,
    /// GS04.
    pub group_date: Option<Date>,
    /// GS01.
    pub group_id: Vec<u8>,
    /// GS08.
    pub version: Vec<u8>,
    /// ISA13.
    pub interchange: Vec<u8>,
    /// GS06.
    pub group: Vec<u8>,
}

impl Heads {
    /// Takes what an ISA says.
    pub fn isa(&mut self, segment: &Segment<'_>) {
        *self = Heads {
            test: segment.element(15) == b"T",
            interchange_date: Date::parse_yymmdd(segment.element(9)),
            interchange: segment.element(13).to_vec(),
            ..Heads::default()
        };
    }

    /// Takes what a GS says.
    pub fn gs(&mut self, segment: &Segment<'_>) {
        let date = segment.element(4);
        self.group_date = Date::parse_ccyymmdd(date).or_else(|| Date::parse_yymmdd(date));
        self.group_id = segment.element(1).to_vec();
        self.version = segment.element(8).to_vec();
        self.group = segment.element(6).to_vec();
    }
}

impl Walk {
    /// Takes the next segment.
    pub fn step(&mut self, segment: &Segment<'_>) {
        if segment.isa.is_some() {
            return self.isa(segment);
        }
        if self.interchange.is_none() {
            return self.after_interchange(segment);
        }
        if segment.broken && memchr::memchr2(b'\r', b'\n', segment.bytes).is_some() {
            let message = "a line ends inside the segment; ask for the file without line wrapping";
            let wrapped = problem("wrapped-line", Severity::Hold, segment, message.to_owned());
            match &mut self.set {
                Some(set) => set.problems.push(wrapped),
                None => self.problems.push(wrapped),
            }
        }
        match segment.tag {
            tags::ST => self.st(segment),
            tags::SE => self.se(segment),
            tags::GS => self.gs(segment),
            tags::GE => self.ge(segment),
            tags::IEA => self.iea(segment),
            _ => match &mut self.set {
                Some(set) => set.step(segment),
                None if segment.tag == tags::TA1 => {
                    if self.acks.len() < MOST_ACKS {
                        self.acks.push(t999::interchange(segment, &self.heads));
                    }
                }
                None => {
                    let message = "stands outside any transaction set (ST to SE)";
                    self.problems.hold("outside-envelope", segment, message);
                }
            },
        }
    }

    /// What was found, once there are no more segments.
    pub fn finish(mut self) -> Found {
        self.close_interchange("the file ends");
        Found { sets: self.sets, problems: self.problems.finish(), test: self.test, acks: self.acks }
    }

    fn isa(&mut self, segment: &Segment<'_>) {
        self.close_interchange("a new interchange begins");
        if segment.isa == Some(false) {
            let message = "does not have its fixed width; its separators were found by counting";
            self.problems.warn("isa-not-fixed-width", segment, message);
        }
        self.heads.isa(segment);
        self.test |= self.heads.test;
        self.interchange = Some(self.level(segment, 13));
    }

    fn gs(&mut self, segment: &Segment<'_>) {
        self.close_group("a new group begins");
        if let Some(interchange) = &mut self.interchange {
            interchange.inside += 1;
        }
        self.heads.gs(segment);
        self.group = Some(self.level(segment, 6));
    }

    fn st(&mut self, segment: &Segment<'_>) {
        self.close_set("a new transaction set begins");
        let mut set = SetWork::new(segment, &self.heads);
        match &mut self.group {
            Some(group) => group.inside += 1,
            None => set.problems.hold("control-group", segment, "there is no group (GS) around it"),
        }
        self.set = Some(set);
    }

    fn se(&mut self, segment: &Segment<'_>) {
        let Some(mut set) = self.set.take() else {
            return self.problems.hold(
                "outside-envelope",
                segment,
                "ends a transaction set that did not begin",
            );
        };
        set.segments += 1;
        let segments = set.segments;
        let begun = std::mem::take(&mut set.control);
        trailer(segment, segments, "segments", ("SE", "ST02"), &begun, &mut |p| set.problems.push(p));
        set.control = begun;
        self.sets.push(set.finish());
    }

    fn ge(&mut self, segment: &Segment<'_>) {
        self.close_set("the group ends");
        let Some(group) = self.group.take() else {
            return self.problems.hold("outside-envelope", segment, "ends a group that did not begin");
        };
        let mut found = Vec::new();
        trailer(segment, group.inside, "sets", ("GE", "GS06"), &group.control, &mut |p| found.push(p));
        found.into_iter().for_each(|p| self.spread(group.first_set, p));
    }

    fn iea(&mut self, segment: &Segment<'_>) {
        self.close_group("the interchange ends");
        let Some(interchange) = self.interchange.take() else { return };
        let mut found = Vec::new();
        let names = ("IEA", "ISA13");
        trailer(segment, interchange.inside, "groups", names, &interchange.control, &mut |p| found.push(p));
        if !segment.terminated && found.is_empty() {
            // All digits are there, or some may be missing: only the same text proves that none is.
            let whole = segment.element(2) == interchange.control;
            if !whole {
                found.push(truncated(segment.ordinal, "the file ends inside its last segment"));
            } else if segment.separators.terminator != Terminator::Newline {
                let message = "the last segment of the file has no terminator; the file may be cut off";
                found.push(problem("control-terminator", Severity::Hold, segment, message.to_owned()));
            }
        }
        found.into_iter().for_each(|p| self.spread(interchange.first_set, p));
        self.heads = Heads::default();
    }

    /// Text after an IEA. An interchange hidden in it, or segments that belong in one, must not be lost.
    fn after_interchange(&mut self, segment: &Segment<'_>) {
        let hidden = memchr::memmem::find_iter(segment.bytes, b"ISA").any(|at| {
            begins_isa(&segment.bytes[at..]) && (at == 0 || !segment.bytes[at - 1].is_ascii_alphanumeric())
        });
        if hidden || (segment.terminated && segment.bytes.ends_with(b"ISA")) || is_money(segment.tag) {
            let message = "stands after the end of the interchange (IEA) and was not read";
            return self.problems.hold("outside-envelope", segment, message);
        }
        if !segment.terminated && b"ISA".starts_with(segment.bytes) {
            return self
                .problems
                .push(truncated(segment.ordinal, "the file ends where another interchange begins"));
        }
        let text = segment.bytes.iter().any(u8::is_ascii_graphic);
        if text && !std::mem::replace(&mut self.trailing_text, true) {
            self.problems.warn(
                "trailing-text",
                segment,
                "other text follows the end of the interchange (IEA)",
            );
        }
    }

    fn level(&self, segment: &Segment<'_>, control: usize) -> Level {
        Level {
            control: segment.element(control).to_vec(),
            inside: 0,
            first_set: self.sets.len(),
            ordinal: segment.ordinal,
        }
    }

    fn close_set(&mut self, why: &str) {
        if let Some(mut set) = self.set.take() {
            set.problems.push(truncated(set.first_segment, &format!("{why} before its SE: it is cut off")));
            self.sets.push(set.finish());
        }
    }

    fn close_group(&mut self, why: &str) {
        self.close_set(why);
        if let Some(group) = self.group.take() {
            let problem = truncated(group.ordinal, &format!("{why} before the group's GE: it is cut off"));
            self.spread(group.first_set, problem);
        }
    }

    fn close_interchange(&mut self, why: &str) {
        self.close_group(why);
        if let Some(interchange) = self.interchange.take() {
            let message = format!("{why} before the interchange's IEA: it is cut off");
            self.spread(interchange.first_set, truncated(interchange.ordinal, &message));
        }
    }

    /// Gives a problem to every set from `first` on; to the file when there is none.
    fn spread(&mut self, first: usize, problem: Problem) {
        match self.sets.get_mut(first..) {
            Some(sets) if !sets.is_empty() => {
                sets.iter_mut().for_each(|set| set.problems.push(problem.clone()));
            }
            _ => self.problems.push(problem),
        }
    }
}

fn truncated(segment: u64, message: &str) -> Problem {
    Problem { segment, ..general("truncated", Severity::Hold, message) }
}

/// Compares a trailer with what was counted and with the header's control number.
fn trailer(
    segment: &Segment<'_>,
    counted: u64,
    what: &str,
    (trailer, header): (&str, &str),
    control: &[u8],
    found: &mut dyn FnMut(Problem),
) {
    let said = segment.element(1);
    if count(said) != Some(counted) {
        let said = count(said).map_or("no number".to_owned(), |n| n.to_string());
        let message = format!("{trailer}01 says {said} but there are {counted} {what}");
        found(problem("control-count", Severity::Hold, segment, message));
    }
    let number = segment.element(2);
    if !same_control(number, control) {
        let shown = |bytes: &[u8]| crate::input::problems::shown(text(bytes).as_bytes());
        let message = format!("{trailer}02 is \"{}\" but {header} is \"{}\"", shown(number), shown(control));
        found(problem("control-number", Severity::Hold, segment, message));
    }
}
