//! Dates as spreadsheets write them: `YYYY-MM-DD`, `MM/DD/YYYY` and `M/D/YY`.
//!
//! Slashes mean month first, as in the United States. A year of two digits is 1970 to 1999 for 70 to 99 and 2000 to
//! 2069 for 00 to 69, as in the X12 headers; for birth dates that would be a guess, so they need all four digits.

use crate::domain::Date;

/// What is accepted, for messages.
pub const EXPECTED: &str = "expected a real day as YYYY-MM-DD, MM/DD/YYYY or M/D/YY (month first)";
/// The same for birth dates.
pub const EXPECTED_BIRTH: &str =
    "expected a real day as YYYY-MM-DD or MM/DD/YYYY, with all digits of the year";

/// Reads a date.
#[must_use]
pub fn parse(text: &str) -> Option<Date> {
    read(text, true)
}

/// Reads a birth date.
#[must_use]
pub fn parse_birth(text: &str) -> Option<Date> {
    read(text, false)
}

fn read(text: &str, short_years: bool) -> Option<Date> {
    let text = text.trim();
    if !text.contains('/') {
        return Date::parse_iso(text);
    }
    let parts: Vec<&str> = text.split('/').collect();
    let [month, day, year] = parts[..] else { return None };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !parts.iter().all(|part| digits(part)) || month.len() > 2 || day.len() > 2 {
        return None;
    }
    let year = match year.len() {
        4 => year.to_owned(),
        2 if short_years => format!("{}{year}", if year.as_bytes()[0] >= b'7' { "19" } else { "20" }),
        _ => return None,
    };
    Date::parse_ccyymmdd(format!("{year}{month:0>2}{day:0>2}").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_three_forms() {
        for (text, day) in [
            ("2026-03-05", "2026-03-05"),
            ("03/05/2026", "2026-03-05"),
            ("3/5/2026", "2026-03-05"),
            ("3/5/26", "2026-03-05"),
            ("12/31/99", "1999-12-31"),
            (" 2/29/2024 ", "2024-02-29"),
        ] {
            assert_eq!(parse(text).map(|d| d.to_string()).as_deref(), Some(day), "{text}");
        }
    }

    #[test]
    fn refuses_the_rest() {
        for text in [
            "",
            "31/12/2026",
            "2/29/2025",
            "3-5-2026",
            "20260305",
            "3/5",
            "3/5/202",
            "3/5/2026 0:00",
            "3/5/+26",
            "Mar 5 2026",
            "2026/03/05",
            "003/5/2026",
            "46086",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse_birth("3/5/45"), None);
        assert!(parse_birth("3/5/1945").is_some());
    }
}
