//! The hash of what a transaction set says, by which a remittance sent twice is known again.
//!
//! It is the same whatever the separators, newlines, envelopes and control numbers. The hash of a file's
//! bytes is in `survey`.

use sha2::{Digest, Sha256};

use crate::input::kind::{Guess, Kind};

use super::segment::{Segment, tags};
use super::separators::Separators;

/// The hash of what a set says: its elements, whatever separates them.
pub struct Content {
    sha: Sha256,
    /// The segment with which the content begins.
    from: u32,
    begun: bool,
    buffer: Vec<u8>,
    /// The separators in force, and for each byte what stands for it in the hash.
    neutral: Option<(Separators, Box<[u8; 256]>)>,
}

impl Content {
    /// The hash of a set of this kind.
    pub fn new(guess: &Guess) -> Content {
        let from = match guess {
            Guess::Known(Kind::Remit835) => tags::BPR,
            Guess::Known(Kind::Claims837P | Kind::Claims837I) | Guess::Some837 => tags::BHT,
            _ => 0,
        };
        Content { sha: Sha256::new(), from, begun: from == 0, buffer: Vec::new(), neutral: None }
    }

    /// Takes the next segment.
    pub fn add(&mut self, segment: &Segment<'_>) {
        self.begun |= segment.tag() == self.from;
        if !self.begun {
            return;
        }
        let separators = segment.separators;
        // Trailing empty elements may be left off: they are no content.
        let kept = segment.bytes.iter().rposition(|b| *b != separators.element).map_or(0, |last| last + 1);
        let neutral = match &self.neutral {
            Some((of, table)) if *of == separators => table,
            _ => &self.neutral.insert((separators, neutral(separators))).1,
        };
        self.buffer.extend(segment.bytes[..kept].iter().map(|b| neutral[usize::from(*b)]));
        self.buffer.push(0x1c);
        if self.buffer.len() >= 32 << 10 {
            self.flush();
        }
    }

    fn flush(&mut self) {
        self.sha.update(&self.buffer);
        self.buffer.clear();
    }

    /// The hash.
    pub fn finish(mut self) -> [u8; 32] {
        self.flush();
        self.sha.finalize().into()
    }
}

/// Which byte stands for each in the hash: itself, unless it separates.
fn neutral(separators: Separators) -> Box<[u8; 256]> {
    let mut table: [u8; 256] = std::array::from_fn(|byte| byte as u8);
    let places =
        [(Some(separators.element), 0x1d), (separators.component, 0x1f), (separators.repetition, 0x1e)];
    for (separator, byte) in places {
        if let Some(separator) = separator {
            table[usize::from(separator)] = byte;
        }
    }
    Box::new(table)
}
