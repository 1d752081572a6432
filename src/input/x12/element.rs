//! Typed elements: text, money, dates, counts, control numbers, composites.
//!
//! What is wrong with one becomes a problem of the loop it stands in; no element stops the reading.

use std::borrow::Cow;
use std::fmt::Display;

use crate::domain::{Date, Few, Money, Quantity, Text};
use crate::input::problems::{Problems, shown};

use super::segment::Segment;

/// Text as the program keeps it: blanks around it removed, bytes that are no UTF-8 replaced.
pub fn text(bytes: &[u8]) -> Text {
    shared_text(bytes).into()
}

/// The same, borrowed where nothing is replaced.
pub fn shared_text(bytes: &[u8]) -> Cow<'_, str> {
    let bytes = bytes.trim_ascii();
    // Looking for what is to be replaced costs several times as much as seeing that nothing is.
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// An amount that must be there. Zero and a hold when it is not, or is no number.
pub fn money(
    bytes: &[u8],
    name: impl Display,
    segment: &Segment<'_>,
    problems: &mut Problems,
) -> Option<Money> {
    match Money::parse(bytes) {
        Ok(amount) => Some(amount),
        Err(_) if bytes.is_empty() => {
            problems.hold("bad-amount", segment, format!("{name} is blank; an amount is needed"));
            None
        }
        Err(error) => {
            // Only what looks like an amount is repeated: anything else could be a name out of place.
            let like = bytes.iter().all(|b| b.is_ascii_digit() || b"+-.,$ eE_".contains(b));
            let found = if like { format!(" \"{}\"", shown(bytes)) } else { String::new() };
            problems.hold("bad-amount", segment, format!("{name}{found} is {error}"));
            None
        }
    }
}

/// An amount that balances nothing: absent and a warning when it is no number.
pub fn information(
    bytes: &[u8],
    name: &str,
    segment: &Segment<'_>,
    problems: &mut Problems,
) -> Option<Money> {
    let amount = Money::parse(bytes).ok();
    if amount.is_none() {
        problems.warn("bad-amount", segment, format!("{name} is not an amount; it is left out"));
    }
    amount
}

/// A date. Absent when blank; absent and a warning when there is no such day.
pub fn date(bytes: &[u8], name: &str, segment: &Segment<'_>, problems: &mut Problems) -> Option<Date> {
    if bytes.is_empty() {
        return None;
    }
    let date = Date::parse_ccyymmdd(bytes).or_else(|| Date::parse_yymmdd(bytes));
    if date.is_none() {
        problems.warn("bad-date", segment, format!("{name} is not a date (CCYYMMDD); it is left out"));
    }
    date
}

/// DTP02 and DTP03: one day or a range of days. A time of day after the date is left out.
pub fn period(segment: &Segment<'_>, problems: &mut Problems) -> Option<(Date, Date)> {
    let (form, value) = (segment.element(2), segment.element(3));
    match form {
        b"RD8" | b"RDT" | b"RD" => {
            let mut ends = value.splitn(2, |b| *b == b'-');
            let from = date(first(ends.next().unwrap_or_default(), 8), "DTP03", segment, problems)?;
            let to = date(first(ends.next().unwrap_or_default(), 8), "DTP03", segment, problems);
            Some((from, to.unwrap_or(from)))
        }
        b"DT" => date(first(value, 8), "DTP03", segment, problems).map(|day| (day, day)),
        b"TM" => None,
        _ => date(value, "DTP03", segment, problems).map(|day| (day, day)),
    }
}

fn first(bytes: &[u8], count: usize) -> &[u8] {
    &bytes[..bytes.len().min(count)]
}

/// Units. Absent when blank or no number, the latter with a warning.
pub fn quantity(
    bytes: &[u8],
    name: &str,
    segment: &Segment<'_>,
    problems: &mut Problems,
) -> Option<Quantity> {
    if bytes.is_empty() {
        return None;
    }
    let units = std::str::from_utf8(bytes).ok().and_then(Quantity::parse);
    if units.is_none() {
        problems.warn("bad-quantity", segment, format!("{name} is not a number; it is left out"));
    }
    units
}

/// A count in a trailer.
pub fn count(bytes: &[u8]) -> Option<u64> {
    let digits = !bytes.is_empty() && bytes.len() <= 18 && bytes.iter().all(u8::is_ascii_digit);
    digits.then(|| bytes.iter().fold(0, |n, b| n * 10 + u64::from(b - b'0')))
}

/// Whether two control numbers agree: leading zeros do not count, but a number must be there.
pub fn same_control(a: &[u8], b: &[u8]) -> bool {
    fn bare(number: &[u8]) -> &[u8] {
        let zeros = number.iter().take_while(|b| **b == b'0').count();
        &number[zeros..]
    }
    a.is_empty() == b.is_empty() && bare(a) == bare(b)
}

/// The characters that files use between components, whatever their ISA says.
const USUAL: &[u8] = b":><|^!\\";

/// A composite element cut into its components.
pub struct Composite<'a> {
    bytes: &'a [u8],
    separator: Option<u8>,
    /// Whether a separator other than the declared one had to be used.
    pub foreign: bool,
}

impl<'a> Composite<'a> {
    /// Cuts at the declared separator; where there is none of it and the element begins as `HC>` does, at that.
    pub fn new(bytes: &'a [u8], segment: &Segment<'_>) -> Composite<'a> {
        let declared = segment.separators.component;
        if declared.is_none_or(|separator| !bytes.contains(&separator)) {
            let qualified = |at: usize| {
                bytes.get(at).is_some_and(|b| USUAL.contains(b) && *b != segment.separators.element)
                    && bytes[..at].iter().all(u8::is_ascii_alphanumeric)
            };
            // Qualifiers have one to three characters.
            if let Some(at) = (1..=3).find(|at| qualified(*at)) {
                return Composite { bytes, separator: Some(bytes[at]), foreign: true };
            }
        }
        Composite { bytes, separator: declared, foreign: false }
    }

    /// Component `n`, counted from 1; empty when absent.
    pub fn get(&self, n: usize) -> &'a [u8] {
        self.parts().nth(n.wrapping_sub(1)).unwrap_or_default()
    }

    /// All components.
    pub fn parts(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let separator = self.separator;
        self.bytes.split(move |byte| Some(*byte) == separator).map(<[u8]>::trim_ascii)
    }

    /// Says so when the separator is not the declared one.
    pub fn check(&self, name: &str, segment: &Segment<'_>, problems: &mut Problems) {
        if let (true, Some(separator)) = (self.foreign, self.separator) {
            let declared =
                segment.separators.component.map_or("none".to_owned(), |c| format!("\"{}\"", char::from(c)));
            let message = format!(
                "{name} separates its components with \"{}\" where the ISA declares {declared}; it was cut there",
                char::from(separator)
            );
            problems.warn("wrong-component-separator", segment, message);
        }
    }
}

/// A medical code with its modifiers: SVC01, SVC06, SV101, SV202.
#[derive(Default)]
pub struct Procedure {
    /// What kind of code it is.
    pub qualifier: Text,
    /// The code.
    pub code: Text,
    /// Up to four.
    pub modifiers: Few<Text, 2>,
}

impl Procedure {
    /// Reads the composite.
    pub fn read(bytes: &[u8], name: &str, segment: &Segment<'_>, problems: &mut Problems) -> Procedure {
        if bytes.is_empty() {
            return Procedure::default();
        }
        let composite = Composite::new(bytes, segment);
        composite.check(name, segment, problems);
        let (first, second) = (composite.get(1), composite.get(2));
        // A bare code without its qualifier is longer than any qualifier.
        let (qualifier, code) =
            if second.is_empty() && first.len() > 3 { (&[][..], first) } else { (first, second) };
        let modifiers = composite.parts().skip(2).take(4).filter(|m| !m.is_empty()).map(text).collect();
        Procedure { qualifier: text(qualifier), code: text(code), modifiers }
    }
}
