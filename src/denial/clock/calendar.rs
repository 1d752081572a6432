//! Workdays: not a weekend, not a federal holiday. The holidays and their rules are data, `data/holidays.tsv`.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::codes::tsv::{cell, rows};
use crate::domain::Date;

const SATURDAY: u8 = 5;
const SUNDAY: u8 = 6;
const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// A holiday of every year since some year.
struct Holiday {
    name: &'static str,
    since: i32,
    month: u32,
    falls: Falls,
}

enum Falls {
    /// On a day of the month; moved to Friday or Monday where that is a weekend.
    Day(u32),
    /// On the nth such weekday of the month.
    Nth(u8, u32),
    /// On the last such weekday of the month.
    Last(u8),
}

static HOLIDAYS: LazyLock<Vec<Holiday>> =
    LazyLock::new(|| rows(include_str!("../data/holidays.tsv")).filter_map(|row| read(&row)).collect());

fn read(row: &[&'static str]) -> Option<Holiday> {
    let (what, which) = cell(row, 3).split_once(' ')?;
    let weekday = || WEEKDAYS.iter().position(|name| *name == what).and_then(|at| u8::try_from(at).ok());
    let falls = match (what, which) {
        ("day", day) => Falls::Day(day.parse().ok()?),
        (_, "last") => Falls::Last(weekday()?),
        (_, nth) => Falls::Nth(weekday()?, nth.parse().ok()?),
    };
    Some(Holiday {
        name: cell(row, 0),
        since: cell(row, 1).parse().ok()?,
        month: cell(row, 2).parse().ok()?,
        falls,
    })
}

impl Holiday {
    /// The day on which it is kept in a year.
    fn kept(&self, year: i32) -> Option<Date> {
        if year < self.since {
            return None;
        }
        let first = Date::from_ymd(year, self.month, 1)?;
        Some(match self.falls {
            Falls::Day(day) => {
                let day = first.plus_days(day - 1);
                match day.weekday() {
                    SATURDAY => day.minus_days(1),
                    SUNDAY => day.plus_days(1),
                    _ => day,
                }
            }
            Falls::Nth(weekday, nth) => first.plus_days(until(first, weekday) + 7 * (nth - 1)),
            Falls::Last(weekday) => {
                let last = first.month().last_day();
                last.minus_days(until_back(last, weekday))
            }
        })
    }
}

/// Days from a day to the next such weekday.
fn until(day: Date, weekday: u8) -> u32 {
    u32::from((weekday + 7 - day.weekday()) % 7)
}

/// Days from a day back to the last such weekday.
fn until_back(day: Date, weekday: u8) -> u32 {
    u32::from((day.weekday() + 7 - weekday) % 7)
}

/// The days on which offices work: the federal holidays, and what the office wrote down beside them.
#[derive(Clone, Debug, Default)]
pub struct Calendar(BTreeSet<Date>);

impl Calendar {
    /// With holidays of the office's own.
    pub fn with(own: impl IntoIterator<Item = Date>) -> Calendar {
        Calendar(own.into_iter().collect())
    }

    /// Whether offices work on that day.
    pub fn is_workday(&self, day: Date) -> bool {
        day.weekday() < SATURDAY && federal(day).is_none() && !self.0.contains(&day)
    }

    /// The first workday that is not before a day.
    pub fn workday_from(&self, mut day: Date) -> Date {
        while !self.is_workday(day) {
            day = day.plus_days(1);
        }
        day
    }

    /// The day that many workdays after another.
    pub fn plus_workdays(&self, mut day: Date, workdays: u32) -> Date {
        for _ in 0..workdays {
            day = self.workday_from(day.plus_days(1));
        }
        day
    }
}

/// The federal holiday that is kept on a day.
pub fn federal(day: Date) -> Option<&'static str> {
    // A New Year's Day that is a Saturday is kept on the last day of the year before.
    let years = [day.year(), day.year() + 1];
    let kept = |holiday: &&Holiday| years.iter().any(|year| holiday.kept(*year) == Some(day));
    HOLIDAYS.iter().find(kept).map(|holiday| holiday.name)
}

/// The federal holidays that are kept in a year, with their names, by day.
pub fn federal_of(year: i32) -> Vec<(Date, &'static str)> {
    let days =
        Date::from_ymd(year, 1, 1).into_iter().flat_map(|first| (0..366).map(move |n| first.plus_days(n)));
    days.filter(|day| day.year() == year).filter_map(|day| Some((day, federal(day)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        Date::parse_iso(text).expect("a day")
    }

    fn is_workday(day: Date) -> bool {
        Calendar::default().is_workday(day)
    }

    #[test]
    fn what_the_office_wrote_down_stands_beside_the_federal_holidays() {
        // A Thursday, and the Friday after it.
        let own = Calendar::with([day("2025-01-09")]);
        assert!(is_workday(day("2025-01-09")) && !own.is_workday(day("2025-01-09")));
        assert_eq!(own.plus_workdays(day("2025-01-08"), 1), day("2025-01-10"));
        assert!(!own.is_workday(day("2025-01-01")), "the federal ones stay");
        let of_2027: Vec<String> = federal_of(2027).iter().map(|(on, name)| format!("{on} {name}")).collect();
        assert_eq!(of_2027.len(), 12, "New Year's Day of 2028 is kept in 2027: {of_2027:?}");
        assert_eq!(of_2027[11], "2027-12-31 New Year's Day");
    }

    #[test]
    fn every_holiday_is_read_and_kept() {
        let lines = include_str!("../data/holidays.tsv").lines().count() - 1;
        assert_eq!(HOLIDAYS.len(), lines);
        let mut kept: Vec<String> =
            HOLIDAYS.iter().filter_map(|h| h.kept(2026)).map(|d| d.to_string()).collect();
        kept.sort();
        let known = [
            "2026-01-01",
            "2026-01-19",
            "2026-02-16",
            "2026-05-25",
            "2026-06-19",
            "2026-07-03",
            "2026-09-07",
            "2026-10-12",
            "2026-11-11",
            "2026-11-26",
            "2026-12-25",
        ];
        assert_eq!(kept, known);
        assert!(is_workday(day("2020-06-19")), "not a holiday yet");
        // Saturday 1 January 2022 was kept on Friday.
        assert!(!is_workday(day("2021-12-31")));
    }

    #[test]
    fn holidays_on_weekends_are_kept_beside_them_and_begin_in_their_year() {
        // Of 2027 the fourth of July is a Sunday, Juneteenth and Christmas Saturdays.
        for holiday in ["2027-01-18", "2027-05-31", "2027-06-18", "2027-07-05", "2027-11-25", "2027-12-24"] {
            assert!(!is_workday(day(holiday)), "{holiday}");
        }
        for workday in ["2027-05-24", "2027-06-21", "2027-07-02", "2027-07-06", "2027-11-18", "2027-12-27"] {
            assert!(is_workday(day(workday)), "{workday}");
        }
        // The first ones: Juneteenth of 2021 was a Saturday, Martin Luther King's birthday came in 1986.
        assert!(!is_workday(day("2021-06-18")) && is_workday(day("2020-06-19")));
        assert!(!is_workday(day("1986-01-20")) && is_workday(day("1985-01-21")));
        // A Saturday is no workday, a Monday is.
        assert!(
            !is_workday(day("2026-08-01")) && !is_workday(day("2026-08-02")) && is_workday(day("2026-08-03"))
        );
    }

    #[test]
    fn workdays_skip_weekends_and_holidays() {
        for (from, days, to) in [
            ("2026-11-25", 1, "2026-11-27"),
            ("2026-11-25", 2, "2026-11-30"),
            ("2026-11-28", 1, "2026-11-30"),
            ("2026-07-02", 1, "2026-07-06"),
            ("2026-07-02", 0, "2026-07-02"),
        ] {
            assert_eq!(Calendar::default().plus_workdays(day(from), days), day(to), "{from} + {days}");
        }
        assert_eq!(Calendar::default().workday_from(day("2026-12-25")), day("2026-12-28"));
        assert_eq!(Calendar::default().workday_from(day("2026-12-24")), day("2026-12-24"));
    }
}
