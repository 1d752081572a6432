//! The one place where an exact number becomes a binary one: cells of Excel know no other.
//!
//! The decimal text of the amount is read as the binary number nearest to it. Up to fifteen digits Excel shows that
//! number as the same decimal text again, so every amount below ten trillion dollars arrives to the cent.

use crate::domain::{Date, Money, Percent, Tenths};

/// A cell's number.
#[allow(
    clippy::disallowed_types,
    reason = "the format has no other numbers; nothing is calculated with them"
)]
pub(super) type Number = f64;

/// The day before Excel's first, as [`Date::number`] counts: it believes that 1900 was a leap year, so that the days
/// from March 1900 on are one further than they were.
const BEFORE_FIRST: i32 = 693_594;
/// 1900-03-01.
const FIRST: i32 = 693_655;

/// The nearest binary number to a decimal text.
fn nearest(text: &str) -> Number {
    text.parse().unwrap_or_default()
}

/// An amount in dollars.
pub(super) fn money(amount: Money) -> Number {
    nearest(&amount.to_string())
}

/// A share of one: 12.5 % is 0.125.
pub(super) fn share(share: Percent) -> Number {
    let tenths = share.tenths();
    let sign = if tenths < 0 { "-" } else { "" };
    let size = tenths.unsigned_abs();
    nearest(&format!("{sign}{}.{:03}", size / 1000, size % 1000))
}

/// A number with one decimal.
pub(super) fn tenths(number: Tenths) -> Number {
    nearest(&number.to_string())
}

/// A count, where a cell can hold it exactly.
pub(super) fn count(count: u64) -> Option<Number> {
    /// Excel keeps fifteen digits.
    const MOST: u64 = 999_999_999_999_999;
    (count <= MOST).then(|| nearest(&count.to_string()))
}

/// A day as Excel counts days. Days before March 1900 it cannot hold, or counts wrongly.
pub(super) fn serial(day: Date) -> Option<i32> {
    (day.number() >= FIRST).then(|| day.number() - BEFORE_FIRST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_as_excel_counts_them() {
        let serial = |text: &str| serial(Date::parse_iso(text).expect(text));
        assert_eq!(serial("1900-03-01"), Some(61));
        assert_eq!(serial("1900-02-28"), None);
        assert_eq!(serial("2024-03-31"), Some(45_382));
        assert_eq!(serial("2026-01-01"), Some(46_023));
    }

    #[test]
    fn every_cent_comes_back() {
        let mut cents: i64 = 1;
        while cents < 1_000_000_000_000_000 {
            for amount in [cents, -cents, cents + 99].map(Money::from_cents) {
                assert_eq!(format!("{:.2}", money(amount)), amount.to_string());
            }
            cents = cents * 3 + 7;
        }
        let half = Percent::of(Money::from_cents(-1), Money::from_cents(8)).expect("a share");
        assert_eq!((half.to_string().as_str(), format!("{}", share(half)).as_str()), ("-12.5", "-0.125"));
        assert_eq!(count(u64::MAX), None);
    }
}
