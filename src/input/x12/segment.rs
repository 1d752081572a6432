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

/// How many elements [`Fields`] keeps. CAS, the longest segment of interest, has 19.
pub const KEPT: usize = 24;

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
    /// An ISA that opens an interchange; whether it has its fixed width.
    pub isa: Option<bool>,
}

/// The elements of a segment, found in one pass.
pub struct Fields<'a> {
    items: [&'a [u8]; KEPT],
    /// How many there are, the id included, even those that are not kept.
    pub count: usize,
}

impl<'a> Fields<'a> {
    /// Element `n`, counted from 1, without blanks around it; empty when absent.
    pub fn get(&self, n: usize) -> &'a [u8] {
        self.items.get(n).map_or(&[], |item| item.trim_ascii())
    }
}

impl<'a> Segment<'a> {
    /// Its id: what stands before the first separator.
    pub fn id(&self) -> &'a [u8] {
        match memchr::memchr(self.separators.element, self.bytes) {
            Some(at) => &self.bytes[..at],
            None => self.bytes,
        }
    }

    /// Its id as a number.
    pub fn tag(&self) -> u32 {
        // Nearly every id has two or three characters: look there before searching.
        let separator = self.separators.element;
        match self.bytes {
            [a, b, s, ..] if *s == separator => tag(&[*a, *b]),
            [a, b, c, s, ..] if *s == separator => tag(&[*a, *b, *c]),
            _ => tag(self.id()),
        }
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
        let mut fields = Fields { items: [&[]; KEPT], count: 0 };
        let mut start = 0;
        for end in memchr::memchr_iter(self.separators.element, self.bytes).chain([self.bytes.len()]) {
            if let Some(item) = fields.items.get_mut(fields.count) {
                *item = &self.bytes[start..end];
            }
            fields.count += 1;
            start = end + 1;
        }
        fields
    }
}
