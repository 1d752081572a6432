//! Writing X12: segments, envelopes with right counts, amounts. Knows nothing of claims.

use std::fmt;
use std::io::{self, Write};

use crate::domain::Money;

/// Segments written to a file, and how many belong to the transaction.
pub(super) struct Segments<W: Write> {
    out: W,
    count: u64,
}

/// Who sends what to whom.
pub(super) struct Envelope<'a> {
    pub(super) sender: &'a str,
    pub(super) receiver: &'a str,
    /// `CCYYMMDD`.
    pub(super) day: &'a str,
    /// ISA13; it is also GS06.
    pub(super) control: u64,
    /// GS01 and GS08.
    pub(super) kind: (&'a str, &'a str),
}

impl<W: Write> Segments<W> {
    pub(super) fn new(out: W) -> Segments<W> {
        Segments { out, count: 0 }
    }

    /// Writes one segment and its terminator. A newline follows, as most clearinghouses send it.
    pub(super) fn segment(&mut self, text: fmt::Arguments<'_>) -> io::Result<()> {
        self.out.write_fmt(text)?;
        self.out.write_all(b"~\n")?;
        self.count += 1;
        Ok(())
    }

    pub(super) fn open_file(&mut self, envelope: &Envelope<'_>) -> io::Result<()> {
        let Envelope { sender, receiver, day, control, kind: (group, guide) } = envelope;
        let short = day.get(2..).unwrap_or("");
        self.segment(format_args!(
            "ISA*00*          *00*          *ZZ*{sender:<15}*ZZ*{receiver:<15}*{short}*0600*^*00501*{control:09}*0*P*:"
        ))?;
        self.segment(format_args!("GS*{group}*{sender}*{receiver}*{day}*0600*{control}*X*{guide}"))
    }

    pub(super) fn close_file(&mut self, transactions: u64, control: u64) -> io::Result<()> {
        self.segment(format_args!("GE*{transactions}*{control}"))?;
        self.segment(format_args!("IEA*1*{control:09}"))?;
        self.out.flush()
    }

    /// ST; `guide` is ST03, which an 835 does not have.
    pub(super) fn open_transaction(&mut self, kind: &str, control: u64, guide: &str) -> io::Result<()> {
        self.count = 0;
        let star = if guide.is_empty() { "" } else { "*" };
        self.segment(format_args!("ST*{kind}*{control:09}{star}{guide}"))
    }

    pub(super) fn close_transaction(&mut self, control: u64) -> io::Result<()> {
        let count = self.count + 1;
        self.segment(format_args!("SE*{count}*{control:09}"))
    }
}

/// Writes a segment to `Segments` as `format!` would.
macro_rules! seg {
    ($to:expr, $($text:tt)+) => { $to.segment(format_args!($($text)+))? };
}
pub(super) use seg;

/// An amount as X12 wants it: no decimals that say nothing. `120`, `120.5`, `-0.05`.
#[derive(Clone, Copy)]
pub(super) struct Amount(pub(super) Money);

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_negative() {
            f.write_str("-")?;
        }
        let cents = self.0.cents().unsigned_abs();
        match cents % 100 {
            0 => write!(f, "{}", cents / 100),
            part if part % 10 == 0 => write!(f, "{}.{}", cents / 100, part / 10),
            part => write!(f, "{}.{part:02}", cents / 100),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_short() {
        for (cents, text) in
            [(0, "0"), (12_000, "120"), (12_050, "120.5"), (-5, "-0.05"), (-12_345, "-123.45")]
        {
            assert_eq!(Amount(Money::from_cents(cents)).to_string(), text);
        }
    }

    #[test]
    fn the_first_segment_has_106_characters() {
        let mut bytes = Vec::new();
        let envelope = Envelope {
            sender: "A",
            receiver: "B",
            day: "20260930",
            control: 7,
            kind: ("HP", "005010X221A1"),
        };
        Segments::new(&mut bytes).open_file(&envelope).expect("a vector takes everything");
        assert_eq!(bytes.get(105), Some(&b'~'));
        assert!(bytes[106..].starts_with(b"\nGS*HP*A*B*20260930*0600*7*X*005010X221A1~"));
    }
}
