//! Which kind of transaction a set is: by ST01, then by the guide's number, then by its lines.
//!
//! The guide's number stands in ST03, which speaks of the set itself, and in GS08, which speaks of its group.

use std::fmt;

/// The kinds of content that files have.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Professional claims.
    Claims837P,
    /// Institutional claims.
    Claims837I,
    /// Remittance advice.
    Remit835,
    /// Claim acknowledgment.
    Ack277CA,
    /// Implementation acknowledgment.
    Ack999,
    /// Functional acknowledgment.
    Ack997,
    /// Interchange acknowledgment: stands in no transaction set.
    Ta1,
    /// A table of claims.
    ClaimsCsv,
    /// A table of payments.
    PaymentsCsv,
    /// A table of balances that an office starts with.
    OpeningCsv,
    /// A table of a bank's movements: read by `bank`, never beside the others.
    DepositsCsv,
    /// Anything else, named.
    Unsupported(String),
}

impl Kind {
    /// Whether this program reads it.
    #[must_use]
    pub fn is_supported(&self) -> bool {
        !matches!(self, Kind::Unsupported(_))
    }

    /// Whether it is one of the two 837s.
    #[must_use]
    pub fn is_claims(&self) -> bool {
        matches!(self, Kind::Claims837P | Kind::Claims837I)
    }

    /// Whether it says what became of claims before anybody adjudicated them.
    #[must_use]
    pub fn is_acknowledgment(&self) -> bool {
        matches!(self, Kind::Ack277CA | Kind::Ack999 | Kind::Ack997)
    }

    /// Whether it answers what was sent, in a set or outside of one.
    #[must_use]
    pub fn is_answer(&self) -> bool {
        self.is_acknowledgment() || *self == Kind::Ta1
    }

    /// Whether it brings payments, each of which is a remittance.
    #[must_use]
    pub fn is_remittance(&self) -> bool {
        matches!(self, Kind::Remit835 | Kind::PaymentsCsv)
    }

    /// Whether it is a table.
    #[must_use]
    pub fn is_table(&self) -> bool {
        matches!(self, Kind::ClaimsCsv | Kind::PaymentsCsv | Kind::OpeningCsv | Kind::DepositsCsv)
    }

    /// The table with a name, with or without `-csv`.
    #[must_use]
    pub fn table(name: &str) -> Option<Kind> {
        let tables = [Kind::ClaimsCsv, Kind::PaymentsCsv, Kind::OpeningCsv, Kind::DepositsCsv];
        let name = name.strip_suffix("-csv").unwrap_or(name);
        tables.into_iter().find(|kind| kind.to_string().strip_suffix("-csv") == Some(name))
    }

    /// GS01 as the standard wants it.
    pub(super) fn group_id(&self) -> Option<&'static str> {
        match self {
            Kind::Claims837P | Kind::Claims837I => Some("HC"),
            Kind::Remit835 => Some("HP"),
            Kind::Ack277CA => Some("HN"),
            Kind::Ack999 | Kind::Ack997 => Some("FA"),
            _ => None,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Kind::Claims837P => "837P",
            Kind::Claims837I => "837I",
            Kind::Remit835 => "835",
            Kind::Ack277CA => "277CA",
            Kind::Ack999 => "999",
            Kind::Ack997 => "997",
            Kind::Ta1 => "TA1",
            Kind::ClaimsCsv => "claims-csv",
            Kind::PaymentsCsv => "payments-csv",
            Kind::OpeningCsv => "opening-csv",
            Kind::DepositsCsv => "deposits-csv",
            Kind::Unsupported(text) => text,
        })
    }
}

/// What the headers say about a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Guess {
    /// Enough.
    Known(Kind),
    /// An 837 whose guide is not named: its lines tell.
    Some837,
    /// A 277 whose guide is not named: BHT06 tells.
    Some277,
}

/// What was seen inside a set that its headers do not name.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hints {
    /// A professional line, or a claim with a place of service.
    pub professional: bool,
    /// An institutional line, or a claim with a type of bill.
    pub institutional: bool,
    /// A dental line.
    pub dental: bool,
    /// BHT06 of a claim acknowledgment.
    pub acknowledges: bool,
}

/// The guide's number, `222` in `005010X222A1`; nothing where the version is masked or names none.
fn guide(version: &[u8]) -> Option<[u8; 3]> {
    let at = version.iter().position(|b| matches!(b, b'X' | b'x'))?;
    let digits: [u8; 3] = version.get(at + 1..at + 4)?.try_into().ok()?;
    (digits.iter().all(u8::is_ascii_digit) && &digits != b"999").then_some(digits)
}

impl Guess {
    /// What ST01, GS08 and ST03 say. Where the last two disagree, ST03 is nearer to the claims.
    pub fn new(st01: &[u8], gs08: &[u8], st03: &[u8]) -> Guess {
        let unsupported = |text: String| Guess::Known(Kind::Unsupported(text));
        match st01 {
            b"835" => Guess::Known(Kind::Remit835),
            b"999" => Guess::Known(Kind::Ack999),
            b"997" => Guess::Known(Kind::Ack997),
            b"837" => {
                [st03, gs08].into_iter().find_map(|v| Self::of_837(guide(v)?)).unwrap_or(Guess::Some837)
            }
            b"277" => match guide(st03).or_else(|| guide(gs08)) {
                Some([b'2', b'1', b'4'] | [b'1', b'6', b'7']) => Guess::Known(Kind::Ack277CA),
                Some(number) => unsupported(format!("277 X{}", String::from_utf8_lossy(&number))),
                None => Guess::Some277,
            },
            other if !other.is_empty() && other.len() <= 3 && other.iter().all(u8::is_ascii_alphanumeric) => {
                unsupported(String::from_utf8_lossy(other).into_owned())
            }
            _ => unsupported("unknown transaction set".to_owned()),
        }
    }

    fn of_837(guide: [u8; 3]) -> Option<Guess> {
        let unsupported = |text: &str| {
            let number = String::from_utf8_lossy(&guide).into_owned();
            Kind::Unsupported(format!("837 {text} (X{number})"))
        };
        Some(Guess::Known(match &guide {
            b"222" | b"098" => Kind::Claims837P,
            b"223" | b"096" => Kind::Claims837I,
            b"224" | b"097" => unsupported("dental"),
            b"291" | b"292" | b"293" => unsupported("predetermination"),
            b"298" | b"299" | b"300" => unsupported("post-adjudicated"),
            _ => return None,
        }))
    }

    /// The kind, by what the set holds where the headers do not tell.
    pub fn resolve(&self, hints: Hints) -> Kind {
        match self {
            Guess::Known(kind) => kind.clone(),
            Guess::Some277 if hints.acknowledges => Kind::Ack277CA,
            Guess::Some277 => Kind::Unsupported("277 of no known guide".to_owned()),
            Guess::Some837 if hints.dental => Kind::Unsupported("837 dental".to_owned()),
            Guess::Some837 if hints.institutional => Kind::Claims837I,
            Guess::Some837 if hints.professional => Kind::Claims837P,
            Guess::Some837 => Kind::Unsupported("837 of no known guide".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_guide_then_by_content() {
        let lines = |p, i| Hints { professional: p, institutional: i, ..Hints::default() };
        for (st01, gs08, st03, hints, kind) in [
            ("837", "005010X222A2", "", lines(false, false), "837P"),
            ("837", "004010X096A1", "", lines(true, false), "837I"),
            ("837", "004010X097", "", lines(false, false), "837 dental (X097)"),
            ("837", "005010X291", "", lines(true, false), "837 predetermination (X291)"),
            ("837", "999999X999X9", "", lines(false, true), "837I"),
            ("837", "005010X222", "005010X223", lines(false, false), "837I"),
            ("837", "00501", "005010X223A2", lines(false, false), "837I"),
            ("837", "5010", "", lines(true, false), "837P"),
            ("835", "anything", "", lines(false, false), "835"),
            ("277", "005010X214", "", lines(false, false), "277CA"),
            ("277", "005010X212", "", lines(false, false), "277 X212"),
            ("277", "", "005010X364", lines(false, false), "277 X364"),
            ("834", "004010X095A1", "", lines(false, false), "834"),
            ("SMITH", "", "", lines(false, false), "unknown transaction set"),
        ] {
            let guess = Guess::new(st01.as_bytes(), gs08.as_bytes(), st03.as_bytes());
            assert_eq!(guess.resolve(hints).to_string(), kind, "{st01} {gs08} {st03}");
        }
        let ack = Hints { acknowledges: true, ..Hints::default() };
        assert_eq!(Guess::new(b"277", b"5010", b"").resolve(ack), Kind::Ack277CA);
    }
}
