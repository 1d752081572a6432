//! Calendar days and months. The only file of the core that names `chrono`.
//!
//! No time zones, no clock: a date is what a file or a person wrote.

use std::fmt;

use chrono::{Datelike, Days, Months, NaiveDate};

/// A calendar day, kept as a day number so that ages are subtractions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(i32);

impl Date {
    /// A day from year, month and day of the month, if there is such a day.
    #[must_use]
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Date> {
        NaiveDate::from_ymd_opt(year, month, day).map(|d| Date(d.num_days_from_ce()))
    }

    /// A day from the number that [`Date::number`] gave.
    #[must_use]
    pub const fn from_number(number: i32) -> Date {
        Date(number)
    }

    /// The day's number: days since the first day of year 1, which is day 1.
    #[must_use]
    pub const fn number(self) -> i32 {
        self.0
    }

    /// Reads `CCYYMMDD`: exactly eight digits naming a real day between 1850 and 2199.
    #[must_use]
    pub fn parse_ccyymmdd(text: &[u8]) -> Option<Date> {
        if text.len() != 8 || !text.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let number = |range: &[u8]| range.iter().fold(0, |n, &b| n * 10 + u32::from(b - b'0'));
        Self::in_living_memory(number(&text[..4]), number(&text[4..6]), number(&text[6..]))
    }

    /// Reads `YYMMDD` as the ISA and 4010 headers write it; years 70 to 99 are 19xx.
    #[must_use]
    pub fn parse_yymmdd(text: &[u8]) -> Option<Date> {
        if text.len() != 6 {
            return None;
        }
        let century: &[u8] = if text[0] >= b'7' { b"19" } else { b"20" };
        Self::parse_ccyymmdd(&[century, text].concat())
    }

    /// Reads `YYYY-MM-DD`, the form of the command line and of every report.
    #[must_use]
    pub fn parse_iso(text: &str) -> Option<Date> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return None;
        }
        Self::parse_ccyymmdd(&[&bytes[..4], &bytes[5..7], &bytes[8..]].concat())
    }

    fn in_living_memory(year: u32, month: u32, day: u32) -> Option<Date> {
        let year = i32::try_from(year).ok()?;
        if !(1850..2200).contains(&year) {
            return None;
        }
        if !(1..=12).contains(&month) || !(1..=28).contains(&day) {
            // The last days of a month, and what is no day.
            return Self::from_ymd(year, month, day);
        }
        // As `from_ymd` counts, in a quarter of the time: files are full of dates. A year that begins with March ends with
        // its leap day.
        let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
        let of_year = i32::try_from((153 * month + 2) / 5 + day).ok()?;
        Some(Date(365 * year + year / 4 - year / 100 + year / 400 + of_year - 306))
    }

    fn civil(self) -> NaiveDate {
        NaiveDate::from_num_days_from_ce_opt(self.0).unwrap_or_default()
    }

    /// The month this day lies in.
    #[must_use]
    pub fn month(self) -> Month {
        let day = self.civil();
        Month { year: day.year(), month: day.month() }
    }

    /// Days from `earlier` to this day; negative when this day is the earlier one.
    #[must_use]
    pub const fn days_since(self, earlier: Date) -> i32 {
        self.0 - earlier.0
    }

    /// The day `days` after this one.
    #[must_use]
    pub fn plus_days(self, days: u32) -> Date {
        self.civil().checked_add_days(Days::new(u64::from(days))).map_or(self, |d| Date(d.num_days_from_ce()))
    }

    /// The day `days` before this one.
    #[must_use]
    pub fn minus_days(self, days: u32) -> Date {
        self.civil().checked_sub_days(Days::new(u64::from(days))).map_or(self, |d| Date(d.num_days_from_ce()))
    }

    /// The same day of the month, `months` later, or that month's last day.
    #[must_use]
    pub fn plus_months(self, months: u32) -> Date {
        self.civil().checked_add_months(Months::new(months)).map_or(self, |d| Date(d.num_days_from_ce()))
    }

    /// Its year.
    #[must_use]
    pub fn year(self) -> i32 {
        self.civil().year()
    }

    /// Its day of the week: Monday is 0, Sunday is 6.
    #[must_use]
    pub fn weekday(self) -> u8 {
        // Day 1, the first day of year 1, was a Monday.
        u8::try_from((self.0 - 1).rem_euclid(7)).unwrap_or(0)
    }

    /// The same day of the month, `months` earlier, or that month's last day.
    #[must_use]
    pub fn minus_months(self, months: u32) -> Date {
        self.civil().checked_sub_months(Months::new(months)).map_or(self, |d| Date(d.num_days_from_ce()))
    }

    /// `CCYYMMDD`, as X12 writes it.
    #[must_use]
    pub fn ccyymmdd(self) -> String {
        self.civil().format("%Y%m%d").to_string()
    }
}

/// `YYYY-MM-DD`.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let day = self.civil();
        f.pad(&format!("{:04}-{:02}-{:02}", day.year(), day.month(), day.day()))
    }
}

/// The day number of the first day of 1970, from which seconds in UTC are counted.
const UNIX_EPOCH: i64 = 719_163;
const DAY_SECONDS: i64 = 86_400;

/// The day in UTC of a moment: seconds since 1970.
#[must_use]
pub fn utc_day(seconds: i64) -> Date {
    let day = seconds.div_euclid(DAY_SECONDS) + UNIX_EPOCH;
    Date(i32::try_from(day).unwrap_or(i32::MAX))
}

/// A moment in UTC as `YYYY-MM-DD HH:MM:SS`.
#[must_use]
pub fn utc_text(seconds: i64) -> String {
    let of_day = seconds.rem_euclid(DAY_SECONDS);
    format!("{} {:02}:{:02}:{:02}", utc_day(seconds), of_day / 3600, of_day / 60 % 60, of_day % 60)
}

/// A calendar month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: i32,
    month: u32,
}

impl Month {
    /// Reads `YYYY-MM`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Month> {
        let first = Date::parse_iso(&format!("{text}-01"))?;
        Some(first.month())
    }

    /// Its first day.
    #[must_use]
    pub fn first_day(self) -> Date {
        Date::from_ymd(self.year, self.month, 1).unwrap_or(Date(0))
    }

    /// Its number, such as 202403: what the store keeps.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.year.unsigned_abs() * 100 + self.month
    }

    /// The month with this number.
    #[must_use]
    pub fn from_number(number: u32) -> Option<Month> {
        let year = i32::try_from(number / 100).ok()?;
        Date::from_ymd(year, number % 100, 1).map(Date::month)
    }

    /// The month after it.
    #[must_use]
    pub fn next(self) -> Month {
        self.last_day().plus_days(1).month()
    }

    /// The month before it.
    #[must_use]
    pub fn previous(self) -> Month {
        self.first_day().minus_months(1).month()
    }

    /// Its last day.
    #[must_use]
    pub fn last_day(self) -> Date {
        let first = self.first_day().civil();
        let next = first.checked_add_months(Months::new(1)).unwrap_or(first);
        Date(next.num_days_from_ce() - 1)
    }
}

/// `YYYY-MM`.
impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:04}-{:02}", self.year, self.month))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_real_days_only() {
        let day = Date::parse_ccyymmdd(b"20240229").expect("a leap day");
        assert_eq!(day.to_string(), "2024-02-29");
        assert_eq!(Date::parse_iso("2024-02-29"), Some(day));
        assert_eq!(Date::parse_yymmdd(b"240229"), Some(day));
        for text in ["20230229", "20990080", "11111111", "2026031", "2024022a", "", "00000000", "202402290"] {
            assert_eq!(Date::parse_ccyymmdd(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn every_day_has_the_number_of_the_calendar() {
        let mut number = Date::from_ymd(1850, 1, 1).expect("a day").number();
        while number < Date::from_ymd(2200, 1, 1).expect("a day").number() {
            let text = Date::from_number(number).ccyymmdd();
            assert_eq!(Date::parse_ccyymmdd(text.as_bytes()), Some(Date(number)), "{text}");
            number += 1;
        }
    }

    #[test]
    fn counts_days_and_months() {
        let day = |text| Date::parse_iso(text).expect(text);
        assert_eq!(day("2024-03-31").days_since(day("2024-02-29")), 31);
        assert_eq!(day("2024-03-31").minus_months(1), day("2024-02-29"));
        assert_eq!(day("2024-01-31").plus_months(1), day("2024-02-29"));
        assert_eq!(day("2024-02-29").plus_months(12), day("2025-02-28"));
        assert_eq!(day("2024-03-01").minus_days(1), day("2024-02-29"));
        assert_eq!((day("2026-11-26").weekday(), day("2024-02-29").year()), (3, 2024));
        assert_eq!(day("2024-02-10").month().last_day(), day("2024-02-29"));
        assert_eq!(Month::parse("2024-12").map(|m| m.last_day()), Some(day("2024-12-31")));
        assert_eq!(day("2024-02-29").ccyymmdd(), "20240229");
        assert_eq!(utc_text(1_711_886_400), "2024-03-31 12:00:00");
        assert_eq!(utc_text(-1), "1969-12-31 23:59:59");
        let december = day("2024-12-05").month();
        assert_eq!(Month::from_number(december.number()), Some(december));
        assert_eq!(december.next().to_string(), "2025-01");
        assert_eq!(december.next().previous(), december);
        assert_eq!(Month::from_number(202_413), None);
    }
}
