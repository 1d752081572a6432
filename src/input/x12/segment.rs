//! One segment: its id and its elements, borrowed from the buffer it was cut in.
//!
//! How it is cut is in `cutter`; what an element means is in `element` and above.

use super::separators::Separators;

/// A segment id of up to three characters as a number; 0 for any other text.
pub const fn tag(id: &[u8]) -> u32 {
    match id {
        [a, b] => ((*a as u32) << 16) | ((*b as u32) << 8),
        [a, b, c] => ((*a as u32) << 16) | ((*b as u32) << 8) | *c as u32,
        _ => 0,
    }
}

/// Names for the ids, so that a `match` reads as the standard does.
macro_rules! tags {
    ($($name:ident)+) => {
        $(pub const $name: u32 = tag(stringify!($name).as_bytes());)+
    };
}

/// The ids that this program looks at.
pub mod tags {
    use super::tag;
    tags! {
        IEA GS GE ST SE TA1
        BPR TRN CUR REF DTM N1 N2 N3 N4 PER RDM LX TS3 TS2 CLP CAS NM1 MIA MOA AMT QTY SVC LQ PLB NTE
        BHT HL PRV SBR PAT DMG CLM DTP CL1 PWK CN1 DSB UR K3 CR1 CR2 CR3 CR4 CR5 CR6 CR7 CR8 CRC HI HCP
        SV1 SV2 SV3 SV4 SV5 SV6 SV7 TOO LIN CTP MEA OI PS1 SVD FRM HSD IMM LE LS
        STC AK1 AK2 AK3 AK4 AK5 AK9 IK3 IK4 IK5 CTX
    }
}

/// Segments that carry money or open a claim: losing one is never harmless.
pub fn is_money(tag: u32) -> bool {
    use tags::*;
    matches!(tag, GS | GE | ST | SE | IEA | BPR | TRN | CLP | CAS | SVC | PLB | CLM | SV1 | SV2 | SBR)
}

/// Whether an 835 or 837 can hold a segment.
pub fn is_known(tag: u32) -> bool {
    use tags::*;
    matches!(
        tag,
        CAS | SVC | DTM | REF | AMT | NM1 | CLP | LX | LQ | MOA | MIA | QTY | PLB | BPR | TRN | CUR | N1 | N2
    ) || matches!(
        tag,
        N3 | N4
            | PER
            | RDM
            | TS3
            | TS2
            | NTE
            | BHT
            | HL
            | PRV
            | SBR
            | PAT
            | DMG
            | CLM
            | DTP
            | CL1
            | PWK
            | CN1
            | DSB
            | UR
            | K3
            | CR1
            | CR2
            | CR3
            | CR4
            | CR5
            | CR6
            | CR7
            | CR8
            | CRC
            | HI
            | HCP
            | SV1
            | SV2
            | SV3
            | SV4
            | SV5
            | SV6
            | SV7
            | TOO
            | LIN
            | CTP
            | MEA
            | OI
            | PS1
            | SVD
            | FRM
            | HSD
            | IMM
            | LE
            | LS
    )
}

/// A segment, without its terminator and without blanks around it.
#[derive(Clone, Copy, Debug)]
pub struct Segment<'a> {
    /// Its text.
    pub bytes: &'a [u8],
    /// Its position in the file, counted from 1 at the first ISA.
    pub ordinal: u64,
    /// The separators in force.
    pub separators: Separators,
    /// Whether a terminator followed. Only the last segment of a file can lack one.
    pub terminated: bool,
    /// Whether a line may end inside it, which the newlines around segments do not.
    pub broken: bool,
    /// An ISA that opens an interchange; whether it has its fixed width.
    pub isa: Option<bool>,
    /// Its id as a number.
    pub tag: u32,
}

/// The elements of a segment, found in one pass.
///
/// Nearly every segment is shorter than 64 bytes: a bit for each of its separators says where all elements are. A list of
/// places would take longer to write down than the elements to read.
pub struct Fields<'a> {
    bytes: &'a [u8],
    separator: u8,
    /// The places of the separators among the first 64 bytes.
    separators: u64,
    /// How many there are, the id included.
    pub count: usize,
}

impl<'a> Fields<'a> {
    /// Element `n`, counted from 1, without blanks around it; empty when absent.
    pub fn get(&self, n: usize) -> &'a [u8] {
        if n >= self.count {
            return &[];
        }
        let element = if self.bytes.len() <= 64 {
            let place = |left: u64| (left.trailing_zeros() as usize).min(self.bytes.len());
            let before = (1..n).fold(self.separators, |left, _| without_lowest(left));
            if n == 0 {
                &self.bytes[..place(before)]
            } else {
                &self.bytes[place(before) + 1..place(without_lowest(before))]
            }
        } else {
            self.bytes.split(|byte| *byte == self.separator).nth(n).unwrap_or_default()
        };
        element.trim_ascii()
    }
}

impl<'a> Segment<'a> {
    /// Its id: what stands before the first separator.
    pub fn id(&self) -> &'a [u8] {
        id_of(self.bytes, self.separators.element)
    }

    /// Element `n`, counted from 1, without blanks around it; empty when absent.
    pub fn element(&self, n: usize) -> &'a [u8] {
        let separator = self.separators.element;
        self.bytes.split(|byte| *byte == separator).nth(n).unwrap_or_default().trim_ascii()
    }

    /// Every element after the id, however many.
    pub fn fields_after_id(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let separator = self.separators.element;
        self.bytes.split(move |byte| *byte == separator).skip(1).map(<[u8]>::trim_ascii)
    }

    /// All its elements.
    pub fn fields(&self) -> Fields<'a> {
        let (bytes, separator) = (self.bytes, self.separators.element);
        let mut separators = 0;
        let count = if bytes.len() <= 64 {
            separators = places(bytes, separator);
            separators.count_ones() as usize
        } else {
            bytes.iter().filter(|byte| **byte == separator).count()
        };
        Fields { bytes, separator, separators, count: count + 1 }
    }
}

fn id_of(bytes: &[u8], separator: u8) -> &[u8] {
    memchr::memchr(separator, bytes).map_or(bytes, |at| &bytes[..at])
}

/// The id of a segment as a number.
pub fn tag_of(bytes: &[u8], separator: u8) -> u32 {
    // Nearly every id has two or three characters: look there before searching.
    match bytes {
        [a, b, s, ..] if *s == separator => tag(&[*a, *b]),
        [a, b, c, s, ..] if *s == separator => tag(&[*a, *b, *c]),
        _ => tag(id_of(bytes, separator)),
    }
}

fn without_lowest(bits: u64) -> u64 {
    bits & bits.wrapping_sub(1)
}

/// Where a byte stands among at most 64: a bit for each place, the first the lowest.
fn places(bytes: &[u8], wanted: u8) -> u64 {
    let (eights, rest) = bytes.as_chunks::<8>();
    let mut last = [!wanted; 8];
    last[..rest.len()].copy_from_slice(rest);
    // The lowest bits come last.
    let first = if rest.is_empty() { 0 } else { equal(last, wanted) };
    eights.iter().rev().fold(first, |places, eight| places << 8 | equal(*eight, wanted))
}

/// Which of eight bytes are equal to one: a bit each, the first the lowest.
fn equal(eight: [u8; 8], wanted: u8) -> u64 {
    const ONES: u64 = u64::MAX / 0xff;
    const LOW: u64 = 0x7f * ONES;
    let differences = u64::from_le_bytes(eight) ^ (u64::from(wanted) * ONES);
    // The high bit of each byte in which no bit differs, then all of them side by side.
    let same = !(((differences & LOW) + LOW) | differences | LOW);
    (same >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[cfg(test)]
mod tests {
    use super::super::separators::Terminator;
    use super::*;

    fn of(text: &str) -> Segment<'_> {
        let separators =
            Separators { element: b'*', component: None, repetition: None, terminator: Terminator::Newline };
        let (bytes, tag) = (text.as_bytes(), tag_of(text.as_bytes(), b'*'));
        Segment { bytes, ordinal: 1, separators, terminated: true, broken: false, isa: None, tag }
    }

    #[test]
    fn every_element_is_found_wherever_it_stands() {
        for text in
            ["N1", "N1*", "*", "**", "CAS*CO*45*57.22**29*106.28", "A*b * c*\u{7f}*\u{aa}\u{d5}*x", "REF"]
        {
            let (segment, wanted) = (of(text), text.split('*').collect::<Vec<_>>());
            let fields = segment.fields();
            assert_eq!(fields.count, wanted.len(), "{text}");
            for (n, element) in wanted.iter().enumerate() {
                assert_eq!(fields.get(n), element.trim_ascii().as_bytes(), "{text} {n}");
                assert_eq!(segment.element(n), element.trim_ascii().as_bytes(), "{text} {n}");
            }
            assert_eq!(fields.get(wanted.len()), b"");
        }
        for length in 55..75 {
            let long = format!("PLB{}*{}*", "*x".repeat(20), "y".repeat(length - 43));
            let fields = of(&long).fields();
            assert_eq!((fields.count, fields.get(20), fields.get(21).len()), (23, &b"x"[..], length - 43));
            assert_eq!((fields.get(22), fields.get(23)), (&b""[..], &b""[..]));
        }
    }

    #[test]
    fn ids_are_numbers() {
        for (text, wanted) in
            [("CLP*1", tags::CLP), ("N1*PR", tags::N1), ("SE", tags::SE), ("ABCD*1", 0), ("*A", 0)]
        {
            assert_eq!(of(text).tag, wanted, "{text}");
        }
    }
}
