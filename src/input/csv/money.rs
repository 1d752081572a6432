//! Amounts as spreadsheets write them. The only place where thousands separators, dollar signs and brackets are read.
//!
//! Strict on purpose: a separator in the wrong place may be a decimal comma, and a guess would be a hundred times wrong.

use crate::domain::money::{Money, MoneyError};

/// What is accepted, for messages.
pub const EXPECTED: &str = "expected dollars such as 1234.50, 1,234.50, $1,234.50, -12.00 or (12.00)";

/// Reads an amount: digits, at most one decimal point, then at most two decimals. A `$` may stand before the digits, a
/// `-` before or after the `$`, or brackets around everything. Commas stand before every third digit, or nowhere.
///
/// # Errors
/// [`MoneyError`] says which rule the text breaks. Nothing is ever rounded.
pub fn parse(text: &str) -> Result<Money, MoneyError> {
    let text = text.trim();
    let (negative, inside) = match text.strip_prefix('(').map(|rest| rest.strip_suffix(')')) {
        Some(Some(inside)) => (true, inside.strip_prefix('$').unwrap_or(inside)),
        Some(None) => return Err(MoneyError::NotANumber),
        None => {
            let bare = text.strip_prefix('$').unwrap_or(text);
            match bare.strip_prefix('-') {
                Some(rest) if bare.len() == text.len() => (true, rest.strip_prefix('$').unwrap_or(rest)),
                Some(rest) => (true, rest),
                None => (false, bare),
            }
        }
    };
    let (whole, decimals) = match inside.split_once('.') {
        Some((whole, decimals)) if !decimals.is_empty() => (whole, decimals),
        Some(_) => return Err(MoneyError::NotANumber),
        None => (inside, ""),
    };
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or("");
    let grouped = whole.contains(',');
    if grouped && !(1..=3).contains(&first.len()) || !digits(first) || !digits(decimals) {
        return Err(MoneyError::NotANumber);
    }
    if groups.any(|group| group.len() != 3 || !digits(group)) {
        return Err(MoneyError::NotANumber);
    }
    let amount = Money::parse(inside.replace(',', "").as_bytes())?;
    Ok(if negative { -amount } else { amount })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_offices_write() {
        for (text, cents) in [
            ("1234.5", 123_450),
            ("1234", 123_400),
            ("$1,234.50", 123_450),
            ("1,234,567.89", 123_456_789),
            ("(12.00)", -1_200),
            ("($1,200)", -120_000),
            ("-12.00", -1_200),
            ("-$12", -1_200),
            ("$-12", -1_200),
            (".50", 50),
            ("-.5", -50),
            (" 0.00 ", 0),
            ("12.500", 1_250),
        ] {
            assert_eq!(parse(text), Ok(Money::from_cents(cents)), "{text}");
        }
    }

    #[test]
    fn refuses_what_could_be_misread() {
        for text in [
            "",
            "-",
            "$",
            "()",
            "(-12)",
            "(12",
            "12)",
            "1,23",
            "1,5",
            "12,34.00",
            "1234,567",
            ",123",
            "1.234,50",
            "1,234.5,0",
            "12.",
            "12.345",
            "12-",
            "--1",
            "$$1",
            "-$-1",
            "1e3",
            "1 234",
            "12 USD",
            "€5",
            "+5",
            "N/A",
            "1,,234",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
