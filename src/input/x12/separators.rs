//! Learning the separators from an ISA segment, also from one whose blanks were lost on the way.
//!
//! What the other elements of the ISA mean is in `envelope`.

/// How far an ISA segment can reach: the standard's 106 bytes, and room for overlong elements.
pub const ISA_REACH: usize = 512;

/// Where the separators of the elements stand when the ISA has its fixed width.
const FIXED: [usize; 16] = [3, 6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103];

/// What ends a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Terminator {
    /// One byte; newlines after it are padding.
    Byte(u8),
    /// The end of the line: LF, CR, or both.
    Newline,
}

/// The separators of one interchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Separators {
    /// Between elements.
    pub element: u8,
    /// Between the components of an element.
    pub component: Option<u8>,
    /// Between repetitions of an element. Absent when ISA11 is the letter of older versions.
    pub repetition: Option<u8>,
    /// After each segment.
    pub terminator: Terminator,
}

/// An ISA segment as found.
#[derive(Debug, PartialEq, Eq)]
pub struct Isa {
    /// What it declares.
    pub separators: Separators,
    /// Its length without the terminator.
    pub len: usize,
    /// Its length with the terminator.
    pub consumed: usize,
    /// Whether every element has its fixed width.
    pub fixed: bool,
}

/// Whether a byte can be a separator of elements.
pub fn can_separate(byte: u8) -> bool {
    !byte.is_ascii_alphanumeric() && !matches!(byte, b' ' | b'\r' | b'\n' | b'\0')
}

/// Whether the bytes begin with an ISA segment id, as opposed to text such as `ISAAC`.
pub fn begins_isa(bytes: &[u8]) -> bool {
    matches!(bytes, [b'I', b'S', b'A', separator, ..] if can_separate(*separator))
}

impl Isa {
    /// Reads the ISA segment at the start of `bytes`, which reach [`ISA_REACH`] bytes or to the end of the file.
    pub fn read(bytes: &[u8]) -> Result<Isa, &'static str> {
        if !begins_isa(bytes) {
            return Err("is not followed by a separator");
        }
        let element = bytes[3];
        let last = bytes
            .iter()
            .enumerate()
            .filter(|(_, byte)| **byte == element)
            .nth(15)
            .map(|(at, _)| at)
            .ok_or("ends before its 16th element")?;
        let head = &bytes[..last];
        if memchr::memchr2(b'\r', b'\n', head).is_some() {
            return Err("is broken over several lines; ask for the file without line wrapping");
        }
        let usage = head.iter().rev().take_while(|byte| **byte != element).count();
        if usage > 2 {
            return Err("does not have 16 elements");
        }
        let mut isa = Self::tail(bytes, element, last + 1)?;
        isa.fixed &= FIXED.iter().all(|at| bytes[..=last].get(*at) == Some(&element));
        isa.separators.repetition = match head.split(|byte| *byte == element).nth(11) {
            Some([byte]) if can_separate(*byte) => Some(*byte),
            _ => None,
        };
        Ok(isa)
    }

    /// ISA16 and the terminator. Either can be missing, or a blank can stand between them.
    fn tail(bytes: &[u8], element: u8, at: usize) -> Result<Isa, &'static str> {
        let isa = |component: Option<u8>, terminator, len: usize, consumed: usize, fixed| {
            let component = component.filter(|byte| can_separate(*byte));
            let ends = Terminator::Byte(element);
            if component == Some(element)
                || terminator == ends
                || component.is_some_and(|c| terminator == Terminator::Byte(c))
            {
                return Err("uses one character for two separators");
            }
            let separators = Separators { element, component, repetition: None, terminator };
            Ok(Isa { separators, len, consumed, fixed })
        };
        let end = "ends before its terminator";
        let first = *bytes.get(at).ok_or(end)?;
        if matches!(first, b'\r' | b'\n') {
            return isa(None, Terminator::Newline, at, at + 1, false);
        }
        match *bytes.get(at + 1).ok_or(end)? {
            // `*P*~GS`: ISA16 was left out and what stands in its place ends the segment.
            next if next.is_ascii_alphanumeric() => {
                if !can_separate(first) {
                    return Err("has no terminator");
                }
                isa(None, Terminator::Byte(first), at, at + 1, false)
            }
            b'\r' | b'\n' => {
                if next_line_ends_with(&bytes[at + 1..], first) {
                    return isa(None, Terminator::Byte(first), at, at + 1, false);
                }
                isa(Some(first), Terminator::Newline, at + 1, at + 2, true)
            }
            b' ' | b'\t' => {
                let blanks = bytes[at + 1..].iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
                let place = at + 1 + blanks;
                match *bytes.get(place).ok_or(end)? {
                    b'\r' | b'\n' => isa(Some(first), Terminator::Newline, at + 1, place + 1, false),
                    byte if can_separate(byte) => {
                        isa(Some(first), Terminator::Byte(byte), at + 1, place + 1, false)
                    }
                    _ => Err("has no terminator"),
                }
            }
            b'\0' => Err("has no terminator"),
            next => isa(Some(first), Terminator::Byte(next), at + 1, at + 2, true),
        }
    }
}

/// Whether the line after the newline at the start of `rest` ends with `byte`: then that is the terminator.
fn next_line_ends_with(rest: &[u8], byte: u8) -> bool {
    let rest = rest.trim_ascii_start();
    let line = rest.split(|b| matches!(b, b'\r' | b'\n')).next().unwrap_or_default();
    line.len() < rest.len() && line.trim_ascii_end().last() == Some(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIXED_ISA: &str = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *251120*1200*^*00501*000000501*0*P*";

    fn of(tail: &str) -> Result<Isa, &'static str> {
        Isa::read(format!("{FIXED_ISA}{tail}").as_bytes())
    }

    #[test]
    fn reads_the_fixed_places() {
        let isa = of(":~GS*HP").expect("valid");
        assert_eq!(isa.len, 105);
        assert_eq!(isa.consumed, 106);
        assert!(isa.fixed);
        assert_eq!(isa.separators.component, Some(b':'));
        assert_eq!(isa.separators.repetition, Some(b'^'));
        assert_eq!(isa.separators.terminator, Terminator::Byte(b'~'));
    }

    #[test]
    fn finds_the_terminator_where_the_tail_is_odd() {
        for (tail, component, terminator, fixed) in [
            (">\r\nGS*HP*A\r\n", Some(b'>'), Terminator::Newline, true),
            (">\nGS*HP*A\nST", Some(b'>'), Terminator::Newline, true),
            ("~GS*HP*A~ST", None, Terminator::Byte(b'~'), false),
            ("~\nGS*HP*A~\nST", None, Terminator::Byte(b'~'), false),
            (": ~GS*HP*A~", Some(b':'), Terminator::Byte(b'~'), false),
            ("\nGS*HP*A\n", None, Terminator::Newline, false),
            ("A~GS*HP*A~", None, Terminator::Byte(b'~'), true),
        ] {
            let isa = of(tail).expect(tail);
            assert_eq!(isa.separators.component, component, "{tail:?}");
            assert_eq!(isa.separators.terminator, terminator, "{tail:?}");
            assert_eq!(isa.fixed, fixed, "{tail:?}");
        }
    }

    #[test]
    fn counts_where_blanks_were_lost() {
        let isa = Isa::read(b"ISA*00* *00* *ZZ*1 *ZZ*2 *160308*2119*U*00501*5*0*P*:~\nGS*").expect("valid");
        assert!(!isa.fixed);
        assert_eq!(isa.separators.component, Some(b':'));
        assert_eq!(isa.separators.repetition, None);
    }

    #[test]
    fn refuses_what_cannot_be_told() {
        for (bytes, why) in [
            ("ISA*00*A", "ends before its 16th element"),
            ("ISA*00* *00* *ZZ*1 *ZZ*2 *160308*21\n19*U*00501*5*0*P*:~", "is broken over several lines"),
            ("ISA*00* *00* *ZZ*1 *ZZ*2 *160308*2119*U*00501*5*0*P~GS*HC*A*B", "does not have 16 elements"),
            ("ISA*1*2*3*4*5*6*7*8*9*0*1*2*3*4*5*", "ends before its terminator"),
            ("ISA*1*2*3*4*5*6*7*8*9*0*1*2*3*4*5*:*", "uses one character"),
        ] {
            let found = Isa::read(bytes.as_bytes()).expect_err(bytes);
            assert!(found.starts_with(why), "{bytes}: {found}");
        }
    }
}
