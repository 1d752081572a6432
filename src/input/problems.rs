//! Collecting problems: bounded in number, and with excerpts that hold no person's name or birth date.
//!
//! What counts as a problem is decided where the data is read.

use crate::domain::{Problem, Severity};

use super::x12::segment::{Segment, tags};

/// How many problems of one severity are kept for one claim, set or file.
const KEPT: usize = 50;
/// How much of a segment is shown.
const EXCERPT: usize = 120;

/// Problems of one claim, set or file.
#[derive(Clone, Debug, Default)]
pub struct Problems {
    list: Vec<Problem>,
    /// Those beyond [`KEPT`], by severity: warnings, holds.
    more: [u64; 2],
}

impl Problems {
    /// Something to say.
    pub fn warn(&mut self, code: &'static str, segment: &Segment<'_>, message: impl Into<String>) {
        self.push(problem(code, Severity::Warning, segment, message.into()));
    }

    /// Something that must stop a posting.
    pub fn hold(&mut self, code: &'static str, segment: &Segment<'_>, message: impl Into<String>) {
        self.push(problem(code, Severity::Hold, segment, message.into()));
    }

    /// Adds a problem, unless there are many of its severity already.
    pub fn push(&mut self, problem: Problem) {
        let hold = usize::from(problem.severity == Severity::Hold);
        if self.list.iter().filter(|p| p.severity == problem.severity).count() < KEPT {
            self.list.push(problem);
        } else {
            self.more[hold] += 1;
        }
    }

    /// The problems, and how many more there were.
    pub fn finish(mut self) -> Vec<Problem> {
        for (severity, more) in [(Severity::Warning, self.more[0]), (Severity::Hold, self.more[1])] {
            if more > 0 {
                let message = format!("{more} more problems of this kind");
                self.list.push(Problem { code: "more", severity, segment: 0, text: String::new(), message });
            }
        }
        self.list
    }
}

/// A problem with a segment.
pub fn problem(code: &'static str, severity: Severity, segment: &Segment<'_>, message: String) -> Problem {
    Problem { code, severity, segment: segment.ordinal, text: excerpt(segment), message }
}

/// A problem with a file as a whole.
pub fn general(code: &'static str, severity: Severity, message: impl Into<String>) -> Problem {
    Problem { code, severity, segment: 0, text: String::new(), message: message.into() }
}

/// Text from a file, fit for a terminal: no control characters, not too long.
pub fn shown(bytes: &[u8]) -> String {
    let line = bytes.split(|b| matches!(b, b'\r' | b'\n')).next().unwrap_or_default();
    // Four bytes a character at most: more than this cannot be shown.
    let reach = &line[..line.len().min(4 * EXCERPT)];
    String::from_utf8_lossy(reach)
        .chars()
        .map(|c| if c.is_control() || bidirectional(c) { '.' } else { c })
        .take(EXCERPT)
        .collect()
}

/// Characters that turn the direction of a line: they would make it read as something else.
fn bidirectional(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The segment as sent where it can hold no name; else its id, and its qualifier where that tells more.
fn excerpt(segment: &Segment<'_>) -> String {
    use tags::*;
    let id = shown(&segment.id()[..segment.id().len().min(3)]);
    let element = char::from(segment.separators.element);
    match segment.tag {
        GS | GE | IEA | ST | SE | TRN | DTM | DTP | CAS | CLP | SVC | PLB | CLM | SV1 | SV2 | LX | AMT
        | QTY | HI | HL | BHT | LQ | MIA | MOA => shown(segment.bytes),
        NM1 | N1 | REF | BPR => {
            let qualifier = segment.element(1);
            let plain = qualifier.len() <= 3 && qualifier.iter().all(u8::is_ascii_alphanumeric);
            let qualifier = if plain { shown(qualifier) } else { String::new() };
            format!("{id}{element}{qualifier}{element}...")
        }
        // An unknown id can be a piece of a name that a stray terminator cut off: three characters say enough.
        _ => format!("{id}{element}..."),
    }
}
