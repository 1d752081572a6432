//! Units of service, percentages and averages: the numbers here that are not money.

use std::fmt;

use rust_decimal::{Decimal, RoundingStrategy};

use super::Money;

/// Units of service in thousandths: `1.9` units are 1900. Denied lines have 0, reversals may be negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity(i64);

impl Quantity {
    /// One unit: what an absent count means (`docs/rules/x12-835.md` section 7).
    pub const ONE: Quantity = Quantity(1000);

    /// A quantity from thousandths.
    #[must_use]
    pub const fn from_thousandths(thousandths: i64) -> Quantity {
        Quantity(thousandths)
    }

    /// The quantity in thousandths.
    #[must_use]
    pub const fn thousandths(self) -> i64 {
        self.0
    }

    /// Reads a plain decimal number. More than three decimals are rounded half away from zero.
    #[must_use]
    pub fn parse(text: &str) -> Option<Quantity> {
        let plain = |b: u8| b.is_ascii_digit() || matches!(b, b'.' | b'-');
        if text.is_empty() || text.len() > 15 || !text.bytes().all(plain) {
            return None;
        }
        if text.len() <= 6 && text.bytes().all(|b| b.is_ascii_digit()) {
            // Nearly every count is a small whole number.
            return text.parse().ok().map(|units: i64| Quantity(units * 1000));
        }
        let value = Decimal::from_str_exact(text).ok()?;
        let scaled = value.checked_mul(Decimal::ONE_THOUSAND)?;
        let whole = scaled.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
        i64::try_from(whole).ok().map(Quantity)
    }
}

/// Without decimals where there are none: `2`, `1.9`.
impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&Decimal::new(self.0, 3).normalize().to_string())
    }
}

/// A share of a whole, in tenths of a percent, rounded half away from zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(i64);

impl Percent {
    /// What part of `whole` the `part` is; nothing when the whole is zero.
    #[must_use]
    pub fn of(part: Money, whole: Money) -> Option<Percent> {
        let share = Decimal::from(part.cents()).checked_div(Decimal::from(whole.cents()))?;
        let tenths = share.checked_mul(Decimal::ONE_THOUSAND)?;
        let rounded = tenths.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
        i64::try_from(rounded).ok().map(Percent)
    }

    /// The same for counts.
    #[must_use]
    pub fn of_counts(part: u64, whole: u64) -> Option<Percent> {
        let cents = |count: u64| i64::try_from(count).ok().map(Money::from_cents);
        Percent::of(cents(part)?, cents(whole)?)
    }

    /// The share in tenths of a percent.
    #[must_use]
    pub const fn tenths(self) -> i64 {
        self.0
    }
}

/// A number with one decimal, such as days on average, rounded half away from zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tenths(i64);

impl Tenths {
    /// `amount` × `times` ÷ `by`; nothing when `by` is zero, or where the result is beyond any number kept here.
    #[must_use]
    pub fn of(amount: i64, times: i64, by: i64) -> Option<Tenths> {
        let tenths = Decimal::from(amount).checked_mul(Decimal::from(times))?.checked_mul(Decimal::TEN)?;
        let rounded = tenths
            .checked_div(Decimal::from(by))?
            .round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
        i64::try_from(rounded).ok().map(Tenths)
    }

    /// The number in tenths.
    #[must_use]
    pub const fn tenths(self) -> i64 {
        self.0
    }
}

/// One decimal: `42.0`.
impl fmt::Display for Tenths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&Decimal::new(self.0, 1).to_string())
    }
}

/// One decimal, no sign: `12.5`.
impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&Decimal::new(self.0, 1).to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_keep_their_decimals() {
        for (text, shown) in [
            ("1", "1"),
            ("0012", "12"),
            ("123456", "123456"),
            ("1234567", "1234567"),
            ("1.9", "1.9"),
            ("-2", "-2"),
            ("0", "0"),
            ("9.9996", "10"),
            (".5", "0.5"),
        ] {
            assert_eq!(Quantity::parse(text).expect(text).to_string(), shown);
        }
        for text in ["", "1e3", "1,5", "x", "-", "1_0"] {
            assert_eq!(Quantity::parse(text), None, "{text}");
        }
    }

    #[test]
    fn shares_round_half_away_from_zero() {
        let share = |a, b| Percent::of(Money::from_cents(a), Money::from_cents(b)).map(|p| p.to_string());
        assert_eq!(share(1, 3).as_deref(), Some("33.3"));
        assert_eq!(share(1, 2000).as_deref(), Some("0.1"));
        assert_eq!(share(5, 5).as_deref(), Some("100.0"));
        assert_eq!(share(5, 0), None);
        assert_eq!(Percent::of_counts(264, 2400).map(|p| p.to_string()).as_deref(), Some("11.0"));
        assert_eq!(Percent::of_counts(1, 0), None);
    }

    #[test]
    fn averages_round_half_away_from_zero() {
        let of = |a, times, by| Tenths::of(a, times, by).map(|t| t.to_string());
        assert_eq!(of(42_000_000, 90, 90_000_000).as_deref(), Some("42.0"));
        assert_eq!(of(1, 1, 20).as_deref(), Some("0.1"));
        assert_eq!(of(-1, 1, 20).as_deref(), Some("-0.1"));
        assert_eq!(of(1, 1, 0), None);
        assert_eq!(of(i64::MAX, i64::MAX, 1), None);
    }
}
