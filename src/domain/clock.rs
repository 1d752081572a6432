//! Rules of deadlines, as an office keeps them for each payer: how long, from which day, who says so. And what of a
//! claim and its denials starts and stops a clock.
//!
//! What follows from a rule for a claim is worked out in `denial::clock`. Source: `docs/rules/deadlines.md` sections 1 and 9.

use std::fmt;
use std::str::FromStr;

use super::case::Outcome;
use super::entry::Reason;
use super::{Code, Date, GroupCode, Money, PayerId};

/// Which deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClockKind {
    /// The first claim to the payer that is billed first.
    Filing,
    /// The claim to a payer that is billed after another.
    Secondary,
    /// A corrected claim.
    Corrected,
    /// An appeal of a level from 1 on.
    Appeal(u8),
}

impl ClockKind {
    /// The highest level of appeal that any payer has.
    pub const LEVELS: u8 = 5;

    /// Every one of them.
    pub const ALL: [ClockKind; 8] = [
        ClockKind::Filing,
        ClockKind::Secondary,
        ClockKind::Corrected,
        ClockKind::Appeal(1),
        ClockKind::Appeal(2),
        ClockKind::Appeal(3),
        ClockKind::Appeal(4),
        ClockKind::Appeal(5),
    ];

    const APPEALS: [&'static str; 5] = ["appeal-1", "appeal-2", "appeal-3", "appeal-4", "appeal-5"];

    /// Its word on the command line and in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            ClockKind::Filing => "filing",
            ClockKind::Secondary => "secondary",
            ClockKind::Corrected => "corrected",
            ClockKind::Appeal(level) => {
                Self::APPEALS.get(usize::from(level.saturating_sub(1))).copied().unwrap_or("appeal")
            }
        }
    }

    /// The number under which it is kept.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            ClockKind::Filing => 1,
            ClockKind::Secondary => 2,
            ClockKind::Corrected => 3,
            ClockKind::Appeal(level) => 10 + level,
        }
    }

    /// The kind kept under a number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<ClockKind> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }
}

/// What a limit is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum ClockUnit {
    /// Calendar days.
    Days = 1,
    /// Days that are neither weekend nor federal holiday.
    BusinessDays = 2,
    /// The same day of a later month, or that month's last day.
    Months = 3,
    /// The same day of a later year; 29 February becomes 28 February.
    Years = 4,
    /// The last day of a later month.
    MonthEnds = 5,
    /// The last day of a later year.
    YearEnds = 6,
}

impl ClockUnit {
    /// Every one of them.
    pub const ALL: &'static [ClockUnit] = &[
        ClockUnit::Days,
        ClockUnit::BusinessDays,
        ClockUnit::Months,
        ClockUnit::Years,
        ClockUnit::MonthEnds,
        ClockUnit::YearEnds,
    ];

    /// Its word on the command line and in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            ClockUnit::Days => "days",
            ClockUnit::BusinessDays => "business-days",
            ClockUnit::Months => "months",
            ClockUnit::Years => "years",
            ClockUnit::MonthEnds => "month-ends",
            ClockUnit::YearEnds => "year-ends",
        }
    }

    /// The unit kept under a number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<ClockUnit> {
        Self::ALL.iter().copied().find(|unit| *unit as u8 == number)
    }
}

/// Which day starts a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum ClockStart {
    /// Professional: the earliest line's day. Institutional: the statement's through date.
    Service = 1,
    /// The last day of service, or the discharge.
    Through = 2,
    /// The remittance of the payer that was billed before.
    PriorRemittance = 3,
    /// The remittance that denied.
    Denial = 4,
    /// The decision on the appeal before.
    Decision = 5,
}

impl ClockStart {
    /// Every one of them.
    pub const ALL: &'static [ClockStart] = &[
        ClockStart::Service,
        ClockStart::Through,
        ClockStart::PriorRemittance,
        ClockStart::Denial,
        ClockStart::Decision,
    ];

    /// Its word on the command line and in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            ClockStart::Service => "service",
            ClockStart::Through => "through",
            ClockStart::PriorRemittance => "prior-remittance",
            ClockStart::Denial => "denial",
            ClockStart::Decision => "decision",
        }
    }

    /// The start kept under a number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<ClockStart> {
        Self::ALL.iter().copied().find(|start| *start as u8 == number)
    }
}

macro_rules! written {
    ($($name:ident from $all:expr;)+) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<$name, String> {
                let all = $all;
                all.iter().copied().find(|one| one.as_str() == text).ok_or_else(|| {
                    let words: Vec<&str> = all.iter().map(|one| one.as_str()).collect();
                    format!("`{text}` is none of {}", words.join(", "))
                })
            }
        }
    )+};
}

written! {
    ClockKind from ClockKind::ALL;
    ClockUnit from ClockUnit::ALL;
    ClockStart from ClockStart::ALL;
}

/// How long a payer gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClockRule {
    /// Whose rule.
    pub payer: PayerId,
    /// For which deadline.
    pub kind: ClockKind,
    /// How many units.
    pub limit: u16,
    /// What is counted.
    pub unit: ClockUnit,
    /// From which day.
    pub start: ClockStart,
    /// Calendar days after which a notice counts as received; the limit runs from there.
    pub receipt_days: u16,
    /// Days before the due day by which the work should be done.
    pub buffer_days: u16,
    /// Whether a last day on a weekend or federal holiday moves to the next workday.
    pub next_workday: bool,
    /// Reasons against which nothing can be done by this deadline: Medicare's untimely claims cannot be appealed.
    pub except: Vec<Code>,
    /// Which dated table of amounts in controversy applies, such as `medicare`; empty where none does.
    pub amounts: String,
    /// Who says so: a regulation, a contract's section, a manual's page.
    pub source: String,
    /// Who wrote the rule down; empty for a suggestion that came with the program.
    pub set_by: String,
    /// When.
    pub set_on: Option<Date>,
    /// Who compared it with its source; empty while nobody has. Only then does a clock run.
    pub confirmed_by: String,
    /// When.
    pub confirmed_on: Option<Date>,
}

impl ClockRule {
    /// Whether somebody compared it with its source.
    #[must_use]
    pub const fn is_confirmed(&self) -> bool {
        self.confirmed_on.is_some()
    }
}

/// `120 days from the denial, taken as received 5 days later`.
impl fmt::Display for ClockRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match (self.unit, self.limit) {
            (ClockUnit::BusinessDays, 1) => "business day",
            (ClockUnit::BusinessDays, _) => "business days",
            (ClockUnit::MonthEnds, _) => "month ends",
            (ClockUnit::YearEnds, 1) => "year end",
            (ClockUnit::YearEnds, _) => "year ends",
            (unit, 1) => unit.as_str().trim_end_matches('s'),
            (unit, _) => unit.as_str(),
        };
        let start = match self.start {
            ClockStart::Service => "the service",
            ClockStart::Through => "the last day of service",
            ClockStart::PriorRemittance => "the payer before's remittance",
            ClockStart::Denial => "the denial",
            ClockStart::Decision => "the decision before",
        };
        write!(f, "{} {unit} from {start}", self.limit)?;
        match self.receipt_days {
            0 => Ok(()),
            1 => f.write_str(", received 1 day later"),
            days => write!(f, ", received {days} days later"),
        }
    }
}

/// Who wrote a dated row of the office down, when, from where, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Who says so: the Federal Register, an agency's page.
    pub source: String,
    /// Why the office keeps it.
    pub reason: String,
    /// Who wrote it down.
    pub by: String,
    /// When.
    pub on: Date,
}

/// An amount in controversy that the office wrote down: it stands beside those that came with the program, and for its year
/// in place of theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficeAmount {
    /// Which table: a rule names it.
    pub table: String,
    /// The level of appeal.
    pub level: u8,
    /// The year in which the appeal is filed.
    pub year: i32,
    /// How much must be at stake.
    pub amount: Money,
    /// Who says so.
    pub written: Written,
}

/// A day on which nobody works, that the office wrote down beside the federal holidays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficeHoliday {
    /// The day.
    pub on: Date,
    /// What it is called.
    pub name: String,
    /// Who says so.
    pub written: Written,
}

/// What clocks must know of a claim.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClaimFacts {
    /// An institutional claim.
    pub institutional: bool,
    /// The earliest day of service.
    pub from: Option<Date>,
    /// The latest day of service, or the end of the statement period.
    pub through: Option<Date>,
    /// When the payer that was billed before answered, by its remittance.
    pub prior_remittance: Option<Date>,
}

/// What a payer leaves open after it refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Recourse {
    /// An appeal, a corrected claim: what is usual.
    #[default]
    Usual = 0,
    /// No appeal: it was never processed, and only a new claim helps.
    NewClaim = 1,
    /// No appeal, and nothing that the payer would look at again.
    Nothing = 2,
}

impl Recourse {
    /// Whether an appeal can be sent.
    #[must_use]
    pub fn allows_appeal(self) -> bool {
        self == Recourse::Usual
    }

    /// The one stored under a number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Recourse> {
        [Recourse::Usual, Recourse::NewClaim, Recourse::Nothing].into_iter().find(|one| *one as u8 == number)
    }
}

/// One denial of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Denied {
    /// The remittance's own day; the earliest day known where that differs from the accounting date.
    pub on: Date,
    /// Why.
    pub reason: Reason,
    /// Whether a remark said that it only repeats an earlier answer (MA74).
    pub notice: bool,
    /// What it leaves open.
    pub recourse: Recourse,
}

impl Denied {
    /// A mere notice of a duplicate, or a payment that replaces a lost one, starts no clock.
    #[must_use]
    pub fn starts(&self) -> bool {
        let duplicate = self.reason.group == Some(GroupCode::Oa) && self.reason.code == Code::known("18");
        !duplicate && !self.notice
    }

    /// Whether these books have the answer that denied. Of what older books had denied the day is not known.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.reason.code != Code::NONE
    }
}

/// An appeal that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appealed {
    /// Its level, from 1.
    pub level: u8,
    /// When it was sent.
    pub sent: Date,
    /// When it was decided, where a decision came: by letter, or by denying again.
    pub decided: Option<Date>,
    /// How, where that came by letter; a remittance that denies again says no.
    pub by_letter: Option<Outcome>,
}

/// What clocks must know of a denial case, but for who refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseFacts {
    /// The claim.
    pub claim: ClaimFacts,
    /// Every denial, in any order.
    pub denials: Vec<Denied>,
    /// Every appeal, in any order.
    pub appeals: Vec<Appealed>,
}

impl CaseFacts {
    /// What the latest denial leaves open.
    #[must_use]
    pub fn recourse(&self) -> Recourse {
        let denials = self.denials.iter().filter(|denied| denied.starts());
        denials.max_by_key(|denied| denied.on).map_or(Recourse::Usual, |denied| denied.recourse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_numbers_lead_back() {
        for kind in ClockKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
            assert_eq!(ClockKind::from_number(kind.number()), Some(kind));
        }
        for unit in ClockUnit::ALL {
            assert_eq!(unit.as_str().parse(), Ok(*unit));
            assert_eq!(ClockUnit::from_number(*unit as u8), Some(*unit));
        }
        for start in ClockStart::ALL {
            assert_eq!(start.as_str().parse(), Ok(*start));
            assert_eq!(ClockStart::from_number(*start as u8), Some(*start));
        }
        assert!("appeal-6".parse::<ClockKind>().is_err_and(|why| why.contains("appeal-5")));
        assert_eq!(ClockKind::from_number(0), None);
    }
}
