//! Amounts in controversy by year: how much must be at stake before a level of appeal is open. The table is
//! `data/amounts.tsv`; a year that is not in it is said to be unknown, never taken from another.

use std::sync::LazyLock;

use crate::codes::tsv::{cell, rows};
use crate::domain::clock::{ClockKind, ClockRule, OfficeAmount};
use crate::domain::{Date, Money};

/// One amount of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amount {
    /// Which table: a rule names it.
    pub table: &'static str,
    /// The level of appeal.
    pub level: u8,
    /// The year in which the appeal is filed.
    pub year: i32,
    /// How much must be at stake.
    pub amount: Money,
    /// Who says so.
    pub source: &'static str,
}

static AMOUNTS: LazyLock<Vec<Amount>> =
    LazyLock::new(|| rows(include_str!("../data/amounts.tsv")).filter_map(|row| read(&row)).collect());

fn read(row: &[&'static str]) -> Option<Amount> {
    Some(Amount {
        table: cell(row, 0),
        level: cell(row, 1).parse().ok()?,
        year: cell(row, 2).parse().ok()?,
        amount: Money::parse(cell(row, 3).as_bytes()).ok()?,
        source: cell(row, 4),
    })
}

/// Every amount, by table, level and year.
#[must_use]
pub fn all() -> &'static [Amount] {
    &AMOUNTS
}

/// The names of the tables.
#[must_use]
pub fn tables() -> Vec<&'static str> {
    let mut tables: Vec<&str> = AMOUNTS.iter().map(|amount| amount.table).collect();
    tables.dedup();
    tables
}

/// What must be at stake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needed {
    /// Nothing.
    Nothing,
    /// So much.
    Amount(Money),
    /// An amount is set every year, and that of this year is not in the table.
    Unknown(i32),
}

/// What must be at stake for an appeal that is filed on a day: what the office wrote down, else what came with the program.
#[must_use]
pub fn needed(own: &[OfficeAmount], rule: &ClockRule, filed: Date) -> Needed {
    let ClockKind::Appeal(level) = rule.kind else { return Needed::Nothing };
    if rule.amounts.is_empty() {
        return Needed::Nothing;
    }
    let year = filed.year();
    let own = own.iter().find(|a| (a.table.as_str(), a.level, a.year) == (&rule.amounts, level, year));
    let amount = own.map(|own| own.amount).or(built_in(&rule.amounts, level, year).map(|known| known.amount));
    amount.map_or(Needed::Unknown(year), Needed::Amount)
}

/// What came with the program for a level and a year.
#[must_use]
pub fn built_in(table: &str, level: u8, year: i32) -> Option<&'static Amount> {
    AMOUNTS.iter().find(|amount| (amount.table, amount.level, amount.year) == (table, level, year))
}

/// The levels of appeal for which a table has amounts.
#[must_use]
pub fn levels(table: &str) -> Vec<u8> {
    let mut levels: Vec<u8> =
        AMOUNTS.iter().filter(|amount| amount.table == table).map(|amount| amount.level).collect();
    levels.dedup();
    levels
}

/// How the office says what must be at stake in a year.
#[must_use]
pub fn how_to_set(table: &str, level: u8, year: i32) -> String {
    let other = if table == "medicare" { String::new() } else { format!(" --table {table}") };
    format!(
        "`arrears clock amounts set --year {year} --level {level}{other} --amount A --source TEXT --reason TEXT`"
    )
}

/// Claims of one payer and one reason, looked at together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Together {
    /// How many there are.
    pub cases: u64,
    /// Of these: how many reach the amount alone.
    pub alone: u64,
    /// What is at stake in all of them.
    pub sum: Money,
}

/// Adds up what is at stake in claims that may be appealed together.
#[must_use]
pub fn together(needed: Money, open: impl IntoIterator<Item = Money>) -> Together {
    open.into_iter().fold(Together::default(), |all, open| Together {
        cases: all.cases + 1,
        alone: all.alone + u64::from(open >= needed),
        sum: all.sum + open,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::denial::clock::tests::rule;
    use crate::domain::clock::Written;

    #[test]
    fn the_year_of_filing_decides_and_a_missing_year_is_said() {
        let lines = include_str!("../data/amounts.tsv").lines().count() - 1;
        assert_eq!(all().len(), lines);
        let hearing = ClockRule { amounts: "medicare".to_owned(), ..rule(ClockKind::Appeal(3)) };
        let on = |text: &str| needed(&[], &hearing, Date::parse_iso(text).expect("a day"));
        assert_eq!(on("2025-12-31"), Needed::Amount(Money::from_cents(19000)));
        assert_eq!(on("2026-01-01"), Needed::Amount(Money::from_cents(20000)));
        assert_eq!(on("2027-01-01"), Needed::Unknown(2027));
        let review = ClockRule { kind: ClockKind::Appeal(4), ..hearing.clone() };
        assert_eq!(
            needed(&[], &review, Date::parse_iso("2026-01-01").expect("a day")),
            Needed::Unknown(2026)
        );
        let written = Written {
            source: "the register".to_owned(),
            reason: "a new year".to_owned(),
            by: "ann".to_owned(),
            on: Date::from_number(739_000),
        };
        let next = OfficeAmount {
            table: "medicare".to_owned(),
            level: 3,
            year: 2027,
            amount: Money::from_cents(12_345),
            written,
        };
        let on_own =
            |day: &str| needed(std::slice::from_ref(&next), &hearing, Date::parse_iso(day).expect("a day"));
        assert_eq!(on_own("2027-01-01"), Needed::Amount(Money::from_cents(12_345)));
        assert_eq!(on_own("2026-01-01"), Needed::Amount(Money::from_cents(20_000)));
        assert_eq!(on_own("2028-01-01"), Needed::Unknown(2028));
        let free = ClockRule { amounts: String::new(), ..hearing };
        assert_eq!(needed(&[], &free, Date::parse_iso("2027-01-01").expect("a day")), Needed::Nothing);
    }

    #[test]
    fn every_row_says_what_the_file_says() {
        for (line, of) in include_str!("../data/amounts.tsv").lines().skip(1).zip(all()) {
            let said = format!("{}\t{}\t{}\t{}\t{}", of.table, of.level, of.year, of.amount, of.source);
            assert_eq!(said, line);
        }
        assert_eq!(tables(), ["medicare"], "each once");
        let other = ClockRule { amounts: "other".to_owned(), ..rule(ClockKind::Appeal(3)) };
        let day = Date::parse_iso("2026-01-01").expect("a day");
        assert_eq!(needed(&[], &other, day), Needed::Unknown(2026));
        let filing = ClockRule { amounts: "medicare".to_owned(), ..rule(ClockKind::Filing) };
        assert_eq!(needed(&[], &filing, day), Needed::Nothing);
    }

    #[test]
    fn small_claims_reach_it_together() {
        let cents = |cents| Money::from_cents(cents);
        let all = together(cents(20000), [cents(9000), cents(6000), cents(21000)]);
        assert_eq!(all, Together { cases: 3, alone: 1, sum: cents(36000) });
    }
}
