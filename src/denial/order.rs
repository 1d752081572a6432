//! In which order open cases are worked: expected dollars × urgency, said in words. Whole numbers only.

use std::cmp::{Ordering, Reverse};

use super::clock::{self, Clock, Rules};
use super::moves::{Stage, stage};
use super::odds::{ALL, Chance, Odds};
use crate::domain::case::{CaseState, OpenCase};
use crate::domain::{CaseId, Date, Money};

/// Days left until a deadline, and how much more a dollar counts then, in hundredths. Beyond the last it counts once.
const URGENCY: [(i32, i64); 5] = [(3, 300), (7, 250), (14, 200), (30, 150), (i32::MAX, 100)];
/// What a dollar counts after the deadline: it can hardly be won.
const TOO_LATE: i64 = 25;
/// A case that waits comes up all the same when a deadline is as near as this.
const NEAR: i32 = 7;

/// The place of a case among the others, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rank {
    /// Whether there is something to do now: nothing is awaited, and nobody put it off.
    pub due: bool,
    /// Expected dollars × urgency.
    pub priority: Money,
    /// Expected dollars.
    pub expected: Money,
    /// The nearest deadline.
    pub deadline: Option<Date>,
    /// The rule of the deadline; `no rule` where the payer has none that somebody confirmed.
    pub rule: String,
    /// The priority in words.
    pub why: String,
}

/// The place of a case among the others, without words: what a list of a hundred thousand is put in order by.
#[derive(Clone, Copy, Debug)]
pub struct Place<'r> {
    due: bool,
    priority: Money,
    expected: Money,
    chance: Chance,
    nearest: Option<Clock<'r>>,
    /// The day until which it waits.
    later: Option<Date>,
}

/// When a case comes: due before not due, then the most expected dollars; the older case of equals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Turn {
    waits: bool,
    priority: Reverse<Money>,
    /// The case.
    pub case: CaseId,
}

/// The rank of a case on a day.
#[must_use]
pub fn rank(case: &OpenCase, odds: &Odds, rules: &Rules, today: Date) -> Rank {
    place(case, odds, rules, today).in_words(case, today)
}

/// The place of a case on a day.
#[must_use]
pub fn place<'r>(case: &OpenCase, odds: &Odds, rules: &'r Rules, today: Date) -> Place<'r> {
    let chance = odds.chance(case.payer, case.reason.code, &case.category, attempt(case, today));
    let nearest = clock::nearest(&clock::of_case(case.payer, &case.facts, rules, today)).copied();
    let left = nearest.and_then(|clock| clock.deadline()).map(|deadline| deadline.due.days_since(today));
    let expected = i128::from(case.open.cents()) * i128::from(chance.share) / i128::from(ALL);
    let weighed = expected * i128::from(urgency(left)) / 100;
    let later = [case.snoozed_until, case.next_on].into_iter().flatten().max().filter(|day| *day > today);
    let near = left.is_some_and(|left| (0..=NEAR).contains(&left));
    Place {
        due: later.is_none() || near,
        priority: Money::from_cents(i64::try_from(weighed).unwrap_or(i64::MAX)),
        expected: Money::from_cents(i64::try_from(expected).unwrap_or(i64::MAX)),
        chance,
        nearest,
        later,
    }
}

impl Place<'_> {
    /// What orders cases, the smallest first.
    #[must_use]
    pub const fn turn(&self, case: CaseId) -> Turn {
        Turn { waits: !self.due, priority: Reverse(self.priority), case }
    }

    /// The same with its words.
    #[must_use]
    pub fn in_words(&self, case: &OpenCase, today: Date) -> Rank {
        let Place { due, priority, expected, chance, nearest, later } = *self;
        let deadline = nearest.and_then(|clock| clock.deadline()).map(|deadline| deadline.due);
        let left = deadline.map(|day| day.days_since(today));
        Rank {
            due,
            priority,
            expected,
            deadline,
            rule: nearest.map_or_else(|| "no rule".to_owned(), |clock| clock.words()),
            why: why(case, chance, nearest.map(|clock| clock.kind.to_string()), left, later, today),
        }
    }
}

/// Which of two comes first: due before not due, then the most expected dollars; the older case of equals.
#[must_use]
pub fn before((a, one): (&OpenCase, &Rank), (b, other): (&OpenCase, &Rank)) -> Ordering {
    (other.due, other.priority, a.case).cmp(&(one.due, one.priority, b.case))
}

/// The level that the next decision will be about.
fn attempt(case: &OpenCase, today: Date) -> u8 {
    let decided =
        case.level > 0 && stage(case.state) == Stage::Work && case.state != CaseState::PartlyRecovered;
    if decided { clock::next_level(&case.facts, today) } else { case.level }
}

fn urgency(left: Option<i32>) -> i64 {
    match left {
        None => 100,
        Some(left) if left < 0 => TOO_LATE,
        Some(left) => URGENCY.iter().find(|(days, _)| left <= *days).map_or(100, |(_, weight)| *weight),
    }
}

fn why(
    case: &OpenCase,
    chance: Chance,
    clock: Option<String>,
    left: Option<i32>,
    later: Option<Date>,
    today: Date,
) -> String {
    let hundredths = (chance.share + 50) / 100;
    let mut words =
        format!("${} × {}.{:02} (n={})", dollars(case.open), hundredths / 100, hundredths % 100, chance.n);
    let days = |n: i32| if n.abs() == 1 { "1 day".to_owned() } else { format!("{} days", n.abs()) };
    if let (Some(clock), Some(left)) = (clock, left) {
        words.push_str(&match left {
            0 => format!(" · {clock} due today"),
            1.. => format!(" · {clock} due in {}", days(left)),
            _ => format!(" · {clock} was due {} ago", days(left)),
        });
    }
    match (later, case.next_on) {
        (Some(day), _) => words.push_str(&format!(" · waits until {day}")),
        (None, Some(day)) if day < today => {
            words.push_str(&format!(" · {} overdue", days(today.days_since(day))));
        }
        _ => {}
    }
    words
}

/// Without cents where there are none.
fn dollars(amount: Money) -> String {
    let text = amount.to_string();
    text.strip_suffix(".00").map_or(text.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clock::{
        Appealed, CaseFacts, ClockKind, ClockRule, ClockStart, ClockUnit, Denied, Recourse,
    };
    use crate::domain::entry::Reason;
    use crate::domain::{CaseId, ClaimId, Code, GroupCode, PayerId};

    fn day(n: i32) -> Date {
        Date::from_number(739_000 + n)
    }

    fn case(id: u64, cents: i64) -> OpenCase {
        OpenCase {
            case: CaseId(id),
            claim: ClaimId(1),
            payer: PayerId(1),
            reason: Reason { group: Some(GroupCode::Co), code: Code::known("197") },
            category: "authorization".into(),
            open: Money::from_cents(cents),
            denied_on: day(0),
            facts: CaseFacts::default(),
            state: CaseState::Open,
            level: 0,
            next_on: None,
            snoozed_until: None,
            assignee: String::new(),
        }
    }

    fn ranked(case: &OpenCase, odds: &Odds) -> Rank {
        rank(case, odds, &Rules::default(), day(10))
    }

    #[test]
    fn before_any_history_the_stated_share_counts() {
        let rank = ranked(&case(1, 42_000), &Odds::default());
        assert_eq!(rank.why, "$420 × 0.45 (n=0)");
        assert_eq!((rank.priority, rank.due), (Money::from_cents(18_900), true));
        assert_eq!((rank.deadline, rank.rule.as_str()), (None, "no rule"));
    }

    #[test]
    fn history_draws_the_share_and_is_counted() {
        let won = Odds::new([((PayerId(1), Code::known("197"), 0), (31, 31 * 9_000))]);
        // The book: (31 × 90 + 20 × 45) / 51 = 72; the category: (31 × 90 + 10 × 72) / 41 = 86; (31 × 90 + 5 × 86) / 36 = 89.
        assert_eq!(ranked(&case(1, 42_000), &won).why, "$420 × 0.89 (n=31)");
        let little = Odds::new([((PayerId(1), Code::known("197"), 0), (1, 10_000))]);
        let share = little.chance(PayerId(1), Code::known("197"), "authorization", 0);
        assert!(share.share < 6_500, "one decision is not the rule: {share:?}");
        let other = won.chance(PayerId(2), Code::known("197"), "authorization", 0);
        assert!(other.n == 0 && other.share > 7_500, "the category lends its history: {other:?}");
    }

    /// A case whose appeal ends so many days after today, which is day 10.
    fn due_in(left: i32) -> (OpenCase, Rules) {
        let case = case(1, 10_000);
        let denied = Denied { on: day(0), reason: case.reason, notice: false, recourse: Recourse::Usual };
        let rule = ClockRule {
            payer: PayerId(1),
            kind: ClockKind::Appeal(1),
            limit: u16::try_from(10 + left).expect("a limit"),
            unit: ClockUnit::Days,
            start: ClockStart::Denial,
            receipt_days: 0,
            buffer_days: 0,
            next_workday: false,
            except: Vec::new(),
            amounts: String::new(),
            source: "contract 4".to_owned(),
            set_by: "ann".to_owned(),
            set_on: Some(day(0)),
            confirmed_by: "ann".to_owned(),
            confirmed_on: Some(day(0)),
        };
        let facts = CaseFacts { denials: vec![denied], ..CaseFacts::default() };
        (OpenCase { facts, ..case }, Rules::new([rule]))
    }

    #[test]
    fn dollars_count_more_the_nearer_the_deadline() {
        for (left, hundredths, words) in [
            (-1, 25, "appeal-1 was due 1 day ago"),
            (0, 300, "appeal-1 due today"),
            (1, 300, "appeal-1 due in 1 day"),
            (3, 300, "appeal-1 due in 3 days"),
            (4, 250, "appeal-1 due in 4 days"),
            (7, 250, "appeal-1 due in 7 days"),
            (8, 200, "appeal-1 due in 8 days"),
            (14, 200, "appeal-1 due in 14 days"),
            (15, 150, "appeal-1 due in 15 days"),
            (30, 150, "appeal-1 due in 30 days"),
            (31, 100, "appeal-1 due in 31 days"),
        ] {
            let (case, rules) = due_in(left);
            let rank = rank(&case, &Odds::default(), &rules, day(10));
            assert_eq!(rank.deadline, Some(day(10 + left)), "{left}");
            assert_eq!(rank.expected, Money::from_cents(4_500), "{left}");
            assert_eq!(rank.priority, Money::from_cents(45 * hundredths), "{left}");
            assert!(rank.why.contains(words), "{left}: {}", rank.why);
            // What waits comes up all the same in the last week, and not when it is too late.
            let waits = OpenCase { next_on: Some(day(20)), ..case };
            let due = super::rank(&waits, &Odds::default(), &rules, day(10)).due;
            assert_eq!(due, (0..=7).contains(&left), "{left}");
        }
    }

    #[test]
    fn a_case_waits_until_the_day_and_not_on_it() {
        let due = |next_on: Option<i32>, snoozed: Option<i32>| {
            let case =
                OpenCase { next_on: next_on.map(day), snoozed_until: snoozed.map(day), ..case(1, 10_000) };
            ranked(&case, &Odds::default()).due
        };
        assert!(due(None, None));
        assert!(due(Some(9), None) && due(Some(10), None), "today is the day");
        assert!(!due(Some(11), None));
        assert!(due(None, Some(10)) && !due(None, Some(11)));
        assert!(!due(Some(9), Some(11)), "the later of the two");
        assert!(!due(Some(11), Some(9)));
    }

    #[test]
    fn what_waits_comes_after_what_is_due() {
        let odds = Odds::default();
        let waits = OpenCase { next_on: Some(day(30)), ..case(1, 900_000) };
        let late = OpenCase { next_on: Some(day(8)), ..case(2, 10_000) };
        let all = [waits, late, case(3, 10_000), case(4, 50_000)];
        let mut order: Vec<(&OpenCase, Rank)> = all.iter().map(|case| (case, ranked(case, &odds))).collect();
        order.sort_by(|(a, one), (b, other)| before((a, one), (b, other)));
        let keys = |case: &OpenCase| place(case, &odds, &Rules::default(), day(10)).turn(case.case);
        assert!(order.is_sorted_by_key(|(case, _)| keys(case)), "places say the same");
        let ids: Vec<u64> = order.iter().map(|(case, _)| case.case.0).collect();
        assert_eq!(ids, [4, 2, 3, 1]);
        assert!(order[1].1.why.ends_with("· 2 days overdue"), "{}", order[1].1.why);
        assert!(order[3].1.why.contains("· waits until"), "{}", order[3].1.why);
    }

    #[test]
    fn shares_are_rounded_and_days_are_named() {
        let said = |share: u64, next_on: Option<i32>| {
            let case = OpenCase { next_on: next_on.map(day), ..case(1, 10_050) };
            why(&case, Chance { share, n: 4 }, None, None, None, day(10))
        };
        assert_eq!(said(8_949, None), "$100.50 × 0.89 (n=4)");
        assert_eq!(said(8_950, None), "$100.50 × 0.90 (n=4)");
        assert_eq!(said(10_000, None), "$100.50 × 1.00 (n=4)");
        assert_eq!(said(0, Some(10)), "$100.50 × 0.00 (n=4)", "today is not late");
        assert_eq!(said(0, Some(9)), "$100.50 × 0.00 (n=4) · 1 day overdue");
        assert_eq!(said(0, Some(11)), "$100.50 × 0.00 (n=4)");
    }

    /// What was decided at one level is said of the case that stands before that level's decision.
    #[test]
    fn the_level_that_is_decided_next_counts() {
        let history = [0, 1, 2].map(|level| {
            let decisions = 10 * (u64::from(level) + 1);
            ((PayerId(1), Code::known("197"), level), (decisions, decisions * 5_000))
        });
        let odds = Odds::new(history);
        let appeal = |decided| Appealed { level: 1, sent: day(2), decided, by_letter: None };
        let denied = Denied {
            on: day(0),
            reason: Reason { group: Some(GroupCode::Co), code: Code::known("197") },
            notice: false,
            recourse: Recourse::Usual,
        };
        let n = |level: u8, state: CaseState, decided: Option<Date>| {
            let appeals = if level == 0 { Vec::new() } else { vec![appeal(decided)] };
            let facts = CaseFacts { denials: vec![denied], appeals, ..CaseFacts::default() };
            let case = OpenCase { level, state, facts, ..case(1, 10_000) };
            let why = ranked(&case, &odds).why;
            why.split("(n=").nth(1).and_then(|n| n.split(')').next()).map(str::to_owned)
        };
        for (what, level, state, decided, expected) in [
            ("never appealed", 0, CaseState::Open, None, "10"),
            ("appealed", 1, CaseState::Appealed, None, "20"),
            ("refused again", 1, CaseState::Open, Some(day(5)), "30"),
            ("refused again, and reopened", 1, CaseState::Reopened, Some(day(5)), "30"),
            ("won in part", 1, CaseState::PartlyRecovered, Some(day(5)), "20"),
        ] {
            assert_eq!(n(level, state, decided).as_deref(), Some(expected), "{what}");
        }
    }
}
