//! Deadlines: what a payer's confirmed rule means for a claim or a denial. `docs/rules/deadlines.md` sections 1, 2 and 9.
//!
//! Never guessed: without a confirmed rule there is no date. Workdays and holidays are in `calendar`, suggestions in
//! `suggest`, amounts in controversy in `amounts`. Pure: the day is an argument.

pub mod amounts;
pub mod calendar;
pub mod suggest;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use self::amounts::Needed;
use self::calendar::Calendar;
use super::recourse::why_no_appeal;
use crate::domain::case::Outcome;
use crate::domain::clock::{
    Appealed, CaseFacts, ClaimFacts, ClockKind, ClockRule, ClockStart, ClockUnit, Denied, OfficeAmount,
    OfficeHoliday,
};
use crate::domain::{Date, PayerId};

/// The rules of a ledger, with what the office added to the dated tables.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    rules: BTreeMap<(PayerId, ClockKind), ClockRule>,
    days: Calendar,
    amounts: Vec<OfficeAmount>,
}

impl Rules {
    /// Rules to be asked by payer and kind.
    #[must_use]
    pub fn new(rules: impl IntoIterator<Item = ClockRule>) -> Rules {
        let rules = rules.into_iter().map(|rule| ((rule.payer, rule.kind), rule)).collect();
        Rules { rules, ..Rules::default() }
    }

    /// The same with the office's own amounts in controversy and holidays.
    #[must_use]
    pub fn with(self, amounts: Vec<OfficeAmount>, holidays: &[OfficeHoliday]) -> Rules {
        Rules { amounts, days: Calendar::with(holidays.iter().map(|holiday| holiday.on)), ..self }
    }

    /// The rule of a payer, confirmed or not.
    #[must_use]
    pub fn get(&self, payer: PayerId, kind: ClockKind) -> Option<&ClockRule> {
        self.rules.get(&(payer, kind))
    }

    /// Every rule, by payer and kind.
    pub fn iter(&self) -> impl Iterator<Item = &ClockRule> {
        self.rules.values()
    }

    /// What must be at stake for an appeal by a rule that is filed on a day.
    #[must_use]
    pub fn needed(&self, rule: &ClockRule, filed: Date) -> Needed {
        amounts::needed(&self.amounts, rule, filed)
    }
}

/// What is known about one deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock<'r> {
    /// Which deadline.
    pub kind: ClockKind,
    /// What is known.
    pub says: Says<'r>,
}

/// What a clock says. Only [`Says::Runs`] has dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says<'r> {
    /// It runs by a confirmed rule.
    Runs(Deadline<'r>),
    /// The payer has no rule for it.
    NoRule,
    /// There is a rule, and nobody has compared it with its source.
    Unconfirmed(&'r ClockRule),
    /// The reason given cannot be disputed by it.
    Excepted(&'r ClockRule),
    /// The day that would start it is not known, nor anything earlier.
    NoStart(&'r ClockRule),
    /// An appeal of this level was sent, and nobody has decided it.
    Waits(u8),
    /// The appeal of this level was won by a letter of that day: its payment is awaited.
    Won(u8, Date),
    /// Every level was decided.
    Exhausted,
    /// Nothing was denied that could be disputed.
    NotDenied,
    /// A remark of the denial says that no appeal is taken.
    NoAppeal(&'static str),
}

/// A deadline with where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline<'r> {
    /// The day it counts from, before any presumption of receipt.
    pub start: Date,
    /// The true start is not known: this is the earliest that it can have been.
    pub earliest: bool,
    /// The last day, by the rule.
    pub due: Date,
    /// The day by which the work should be done.
    pub work_by: Date,
    /// The rule.
    pub rule: &'r ClockRule,
    /// What must be at stake for an appeal that is filed on the day that is asked about.
    pub needed: Needed,
}

impl<'r> Clock<'r> {
    /// The deadline, where the clock runs.
    #[must_use]
    pub const fn deadline(&self) -> Option<Deadline<'r>> {
        match self.says {
            Says::Runs(deadline) => Some(deadline),
            _ => None,
        }
    }

    /// The rule with its source and who confirmed it, or why there is no date; for `deadline_rule` and letters.
    #[must_use]
    pub fn words(&self) -> String {
        match self.says {
            Says::Runs(Deadline { rule, earliest, needed, .. }) => {
                let (by, unknown) = (&rule.confirmed_by, if earliest { ", start not known" } else { "" });
                let on = rule.confirmed_on.map_or_else(String::new, |on| format!(" on {on}"));
                let stake = match (needed, rule.kind) {
                    (Needed::Amount(amount), _) => format!("; at least {amount} must be at stake"),
                    (Needed::Unknown(year), ClockKind::Appeal(level)) => format!(
                        "; what must be at stake in {year} is not known: {}",
                        amounts::how_to_set(&rule.amounts, level, year)
                    ),
                    _ => String::new(),
                };
                format!("{}: {rule}{unknown} ({}; confirmed by {by}{on}){stake}", self.kind, rule.source)
            }
            Says::NoRule => format!("{}: no rule", self.kind),
            Says::Unconfirmed(rule) => {
                format!("{}: no rule confirmed; perhaps {rule} ({})", self.kind, rule.source)
            }
            Says::Excepted(rule) => format!("{}: not for this reason ({})", self.kind, rule.source),
            Says::NoStart(rule) => format!("{}: {rule}, which is not known", self.kind),
            Says::Waits(level) => format!("appeal-{level} was sent and is not decided"),
            Says::Won(level, on) => {
                format!("appeal-{level} was won by letter of {on}; the payment is awaited")
            }
            Says::Exhausted => "every level of appeal was decided".to_owned(),
            Says::NotDenied => "nothing was denied".to_owned(),
            Says::NoAppeal(why) => why.to_owned(),
        }
    }
}

/// Of several clocks the one that ends first.
#[must_use]
pub fn nearest<'c, 'r>(clocks: &'c [Clock<'r>]) -> Option<&'c Clock<'r>> {
    clocks.iter().filter(|c| c.deadline().is_some()).min_by_key(|c| c.deadline().map(|d| (d.due, c.kind)))
}

/// The last day and the day to work by, of a limit that runs from a start.
///
/// Day 1 is the day after the start. The buffer is taken from the day before any move to a workday.
#[must_use]
pub fn due(rule: &ClockRule, start: Date, days: &Calendar) -> (Date, Date) {
    let received = start.plus_days(u32::from(rule.receipt_days));
    let limit = u32::from(rule.limit);
    let end = match rule.unit {
        ClockUnit::Days => received.plus_days(limit),
        ClockUnit::BusinessDays => days.plus_workdays(received, limit),
        ClockUnit::Months => received.plus_months(limit),
        ClockUnit::Years => received.plus_months(limit * 12),
        ClockUnit::MonthEnds => received.month().first_day().plus_months(limit).month().last_day(),
        ClockUnit::YearEnds => {
            let year = received.year().saturating_add(i32::from(rule.limit));
            Date::from_ymd(year, 12, 31).unwrap_or(received)
        }
    };
    let last = if rule.next_workday { days.workday_from(end) } else { end };
    (last, end.minus_days(u32::from(rule.buffer_days)).max(start))
}

/// The clocks of a denial case as of a day: the next appeal, and a corrected claim.
#[must_use]
pub fn of_case<'r>(payer: PayerId, facts: &CaseFacts, rules: &'r Rules, as_of: Date) -> [Clock<'r>; 2] {
    [appeal(payer, facts, rules, as_of), corrected(payer, facts, rules, as_of)]
}

/// The clock of the next appeal: every new denial starts one, of level 1; a decision starts the next level's.
/// A denial that comes while an appeal is not decided counts as its decision.
#[must_use]
pub fn appeal<'r>(payer: PayerId, facts: &CaseFacts, rules: &'r Rules, as_of: Date) -> Clock<'r> {
    let denials = facts.denials.iter().filter(|denied| denied.starts() && denied.on <= as_of);
    let Some(denied) = denials.max_by_key(|denied| denied.on) else {
        return Clock { kind: ClockKind::Appeal(1), says: Says::NotDenied };
    };
    if let Some(why) = why_no_appeal(denied.recourse) {
        return Clock { kind: ClockKind::Appeal(1), says: Says::NoAppeal(why) };
    }
    let sent = facts.appeals.iter().filter(|appealed| appealed.sent <= as_of);
    // An appeal that a later denial did not answer belongs to an earlier round.
    let open = |appealed: &&Appealed| match appealed.decided.filter(|on| *on <= as_of) {
        Some(decided) => decided >= denied.on,
        None => true,
    };
    let Some(last) = sent.filter(open).max_by_key(|appealed| (appealed.level, appealed.sent)) else {
        return run((payer, facts), rules, ClockKind::Appeal(1), (denied, Some(denied.on)), as_of);
    };
    let answered = (denied.on > last.sent).then_some(denied.on);
    match last.decided.filter(|on| *on <= as_of).or(answered) {
        Some(on) if last.by_letter == Some(Outcome::Overturned) && last.decided == Some(on) => {
            Clock { kind: ClockKind::Appeal(last.level), says: Says::Won(last.level, on) }
        }
        None => Clock { kind: ClockKind::Appeal(last.level), says: Says::Waits(last.level) },
        Some(_) if last.level >= ClockKind::LEVELS => {
            Clock { kind: ClockKind::Appeal(last.level), says: Says::Exhausted }
        }
        Some(decided) => {
            let next = ClockKind::Appeal(last.level + 1);
            run((payer, facts), rules, next, (denied, Some(decided)), as_of)
        }
    }
}

/// The level that is appealed next. One that was sent and is not decided or was won, or the last, is gone over by one more.
#[must_use]
pub fn next_level(facts: &CaseFacts, as_of: Date) -> u8 {
    let nobodys = Rules::default();
    let clock = appeal(PayerId::NONE, facts, &nobodys, as_of);
    match (clock.kind, clock.says) {
        (ClockKind::Appeal(level), Says::Waits(_) | Says::Exhausted | Says::Won(..)) => {
            level.saturating_add(1)
        }
        (ClockKind::Appeal(level), _) => level,
        _ => 1,
    }
}

/// The clock of a corrected claim.
#[must_use]
pub fn corrected<'r>(payer: PayerId, facts: &CaseFacts, rules: &'r Rules, as_of: Date) -> Clock<'r> {
    let denials = facts.denials.iter().filter(|denied| denied.starts() && denied.on <= as_of);
    match denials.max_by_key(|denied| denied.on) {
        None => Clock { kind: ClockKind::Corrected, says: Says::NotDenied },
        Some(denied) => run((payer, facts), rules, ClockKind::Corrected, (denied, None), as_of),
    }
}

/// The clock of a case whose start follows from a denial.
fn run<'r>(
    (payer, facts): (PayerId, &CaseFacts),
    rules: &'r Rules,
    kind: ClockKind,
    (denied, decided): (&Denied, Option<Date>),
    as_of: Date,
) -> Clock<'r> {
    let excepted = |rule: &&ClockRule| rule.is_confirmed() && rule.except.contains(&denied.reason.code);
    if let Some(rule) = rules.get(payer, kind).filter(excepted) {
        return Clock { kind, says: Says::Excepted(rule) };
    }
    by_rule((rules, as_of), payer, kind, |start| match start {
        ClockStart::Denial if denied.is_known() => Some((denied.on, false)),
        ClockStart::Decision => decided.map(|on| (on, false)),
        of_claim => start_of(&facts.claim, of_claim),
    })
}

/// The clock of a first claim to a payer, or of a claim to a payer that is billed after another.
#[must_use]
pub fn filing<'r>(payer: PayerId, secondary: bool, claim: &ClaimFacts, rules: &'r Rules) -> Clock<'r> {
    let kind = if secondary { ClockKind::Secondary } else { ClockKind::Filing };
    // Nothing need be at stake for a claim, whenever it is filed.
    by_rule((rules, Date::from_number(1)), payer, kind, |start| start_of(claim, start))
}

fn by_rule<'r>(
    (rules, as_of): (&'r Rules, Date),
    payer: PayerId,
    kind: ClockKind,
    start: impl Fn(ClockStart) -> Option<(Date, bool)>,
) -> Clock<'r> {
    let says = match rules.get(payer, kind) {
        None => Says::NoRule,
        Some(rule) if !rule.is_confirmed() => Says::Unconfirmed(rule),
        Some(rule) => match start(rule.start) {
            None => Says::NoStart(rule),
            Some((start, earliest)) => {
                let (due, work_by) = due(rule, start, &rules.days);
                Says::Runs(Deadline {
                    start,
                    earliest,
                    due,
                    work_by,
                    rule,
                    needed: rules.needed(rule, as_of),
                })
            }
        },
    };
    Clock { kind, says }
}

/// The day that a claim gives, and whether it is only the earliest possible one.
fn start_of(claim: &ClaimFacts, start: ClockStart) -> Option<(Date, bool)> {
    let earliest = claim.from.or(claim.through);
    let or_earliest = |known: Option<Date>| known.map(|on| (on, false)).or(earliest.map(|on| (on, true)));
    match start {
        ClockStart::Service if claim.institutional => or_earliest(claim.through),
        ClockStart::Service => or_earliest(claim.from),
        ClockStart::Through => or_earliest(claim.through),
        ClockStart::PriorRemittance => or_earliest(claim.prior_remittance),
        // A claim alone was neither denied nor decided; nothing earlier than its service is possible.
        ClockStart::Denial | ClockStart::Decision => earliest.map(|on| (on, true)),
    }
}
