//! The hash of what a transaction set says, by which a remittance sent twice is known again.
//!
//! It is the same whatever the separators, newlines, envelopes and control numbers. The hash of a file's
//! bytes is in `survey`.

use sha2::{Digest, Sha256};

use crate::input::kind::{Guess, Kind};

use super::segment::{Segment, tags};
use super::separators::{Separators, Terminator};

/// The hash of what a set says: its elements, whatever separates them.
pub struct Content {
    sha: Sha256,
    /// The segment with which the content begins.
    from: u32,
    begun: bool,
    buffer: Vec<u8>,
    /// The separators of what is in the buffer.
    separators: Option<Separators>,
}

impl Content {
    /// The hash of a set of this kind.
    pub fn new(guess: &Guess) -> Content {
        let from = match guess {
            Guess::Known(Kind::Remit835) => tags::BPR,
            Guess::Known(Kind::Claims837P | Kind::Claims837I) | Guess::Some837 => tags::BHT,
            _ => 0,
        };
        Content { sha: Sha256::new(), from, begun: from == 0, buffer: Vec::new(), separators: None }
    }

    /// Takes the next segment.
    pub fn add(&mut self, segment: &Segment<'_>) {
        self.begun |= segment.tag == self.from;
        if !self.begun {
            return;
        }
        let separators = segment.separators;
        // Trailing empty elements may be left off: they are no content.
        let kept = segment.bytes.iter().rposition(|b| *b != separators.element).map_or(0, |last| last + 1);
        if self.separators != Some(separators) || self.buffer.len() >= 32 << 10 {
            self.flush();
            self.separators = Some(separators);
        }
        self.buffer.extend_from_slice(&segment.bytes[..kept]);
        self.buffer.push(end(separators));
    }

    fn flush(&mut self) {
        if let Some(separators) = self.separators {
            neutralise(&mut self.buffer, separators);
        }
        self.sha.update(&self.buffer);
        self.buffer.clear();
    }

    /// The hash.
    pub fn finish(mut self) -> [u8; 32] {
        self.flush();
        self.sha.finalize().into()
    }
}

/// A byte that no segment holds.
fn end(separators: Separators) -> u8 {
    match separators.terminator {
        Terminator::Byte(byte) => byte,
        Terminator::Newline => b'\n',
    }
}

/// Puts neutral bytes in the place of separators. All segments of a buffer at once, for then it is done many bytes at a
/// time.
fn neutralise(text: &mut [u8], separators: Separators) {
    let end = end(separators);
    let (element, component, repetition) =
        (separators.element, separators.component.unwrap_or(end), separators.repetition.unwrap_or(end));
    for byte in text {
        let mut neutral = *byte;
        neutral = if *byte == element { 0x1d } else { neutral };
        neutral = if *byte == component { 0x1f } else { neutral };
        neutral = if *byte == repetition { 0x1e } else { neutral };
        *byte = if *byte == end { 0x1c } else { neutral };
    }
}
