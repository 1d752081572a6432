//! Clocks against tables of cases: limits, receipt, weekends, leap days, appeals of several levels.

use proptest::prelude::*;

use super::*;
use crate::domain::clock::{Appealed, Recourse};
use crate::domain::entry::Reason;
use crate::domain::{Code, GroupCode};

pub fn day(text: &str) -> Date {
    Date::parse_iso(text).expect(text)
}

/// 120 days from the denial, confirmed.
pub fn rule(kind: ClockKind) -> ClockRule {
    ClockRule {
        payer: PayerId(1),
        kind,
        limit: 120,
        unit: ClockUnit::Days,
        start: ClockStart::Denial,
        receipt_days: 0,
        buffer_days: 14,
        next_workday: false,
        except: Vec::new(),
        amounts: String::new(),
        source: "contract 4.2".to_owned(),
        set_by: "ann".to_owned(),
        set_on: Some(day("2026-01-05")),
        confirmed_by: "ann".to_owned(),
        confirmed_on: Some(day("2026-01-05")),
    }
}

fn reason(text: &str) -> Reason {
    let (group, code) = text.split_once('-').expect("a reason");
    Reason { group: GroupCode::parse(group), code: Code::known(code) }
}

fn denied(on: &str, why: &str) -> Denied {
    Denied { on: day(on), reason: reason(why), notice: false, recourse: Recourse::Usual }
}

fn sent(level: u8, on: &str, decided: &str) -> Appealed {
    Appealed { level, sent: day(on), decided: Date::parse_iso(decided), by_letter: None }
}

fn five_levels() -> Rules {
    let start = |level| if level == 1 { ClockStart::Denial } else { ClockStart::Decision };
    let level = |level| ClockRule { start: start(level), receipt_days: 5, ..rule(ClockKind::Appeal(level)) };
    Rules::new((1..=5).map(level))
}

fn case(denials: &[Denied], appeals: &[Appealed]) -> CaseFacts {
    CaseFacts { claim: ClaimFacts::default(), denials: denials.to_vec(), appeals: appeals.to_vec() }
}

#[test]
fn limits_end_where_the_calendar_says() {
    use ClockUnit::{BusinessDays, Days, MonthEnds, Months, YearEnds, Years};
    for (limit, unit, receipt, workday, start, due_on, work_by) in [
        // Day 1 is the day after.
        (120, Days, 0, false, "2026-01-01", "2026-05-01", "2026-04-17"),
        // Medicare: received five days later.
        (120, Days, 5, true, "2026-01-01", "2026-05-06", "2026-04-22"),
        // The day would be Saturday 2 May; the work is still due by the earlier day's buffer.
        (116, Days, 5, true, "2026-01-01", "2026-05-04", "2026-04-18"),
        (116, Days, 5, false, "2026-01-01", "2026-05-02", "2026-04-18"),
        // Christmas 2026 is a Friday: the next workday is Monday.
        (1, Years, 0, true, "2025-12-25", "2026-12-28", "2026-12-11"),
        // A calendar year, not 365 days: 2024 has a leap day.
        (1, Years, 0, false, "2023-03-01", "2024-03-01", "2024-02-16"),
        (1, Years, 0, false, "2024-02-29", "2025-02-28", "2025-02-14"),
        (365, Days, 0, false, "2023-03-01", "2024-02-29", "2024-02-15"),
        (1, Years, 0, false, "2021-07-31", "2022-07-31", "2022-07-17"),
        (6, Months, 0, false, "2025-08-31", "2026-02-28", "2026-02-14"),
        (1, Months, 0, false, "2024-01-31", "2024-02-29", "2024-02-15"),
        (6, MonthEnds, 0, false, "2026-01-10", "2026-07-31", "2026-07-17"),
        (1, YearEnds, 0, false, "2025-03-10", "2026-12-31", "2026-12-17"),
        // Thanksgiving and two weekends are no business days.
        (30, BusinessDays, 0, false, "2026-11-02", "2026-12-16", "2026-12-02"),
        // The work cannot be due before the start.
        (10, Days, 0, false, "2026-01-10", "2026-01-20", "2026-01-10"),
    ] {
        let rule = ClockRule {
            limit,
            unit,
            receipt_days: receipt,
            next_workday: workday,
            ..rule(ClockKind::Filing)
        };
        assert_eq!(
            due(&rule, day(start), &Calendar::default()),
            (day(due_on), day(work_by)),
            "{rule} from {start}"
        );
    }
}

#[test]
fn no_confirmed_rule_no_date() {
    let denials = [denied("2026-03-01", "CO-16")];
    let empty = Rules::default();
    let none = appeal(PayerId(1), &case(&denials, &[]), &empty, day("2026-04-01"));
    assert_eq!((none.deadline(), none.words().as_str()), (None, "appeal-1: no rule"));
    let unread = ClockRule { confirmed_on: None, ..rule(ClockKind::Appeal(1)) };
    let rules = Rules::new([unread]);
    let clock = appeal(PayerId(1), &case(&denials, &[]), &rules, day("2026-04-01"));
    assert_eq!(clock.deadline(), None);
    assert_eq!(clock.words(), "appeal-1: no rule confirmed; perhaps 120 days from the denial (contract 4.2)");
    let other = case(&denials, &[]);
    assert_eq!(appeal(PayerId(2), &other, &five_levels(), day("2026-04-01")).says, Says::NoRule);
}

#[test]
fn the_last_denial_starts_the_clock() {
    let rules = five_levels();
    let denials =
        [denied("2026-03-01", "CO-16"), denied("2026-05-01", "CO-16"), denied("2026-09-01", "CO-16")];
    let due = |as_of: &str| {
        let clock = appeal(PayerId(1), &case(&denials, &[]), &rules, day(as_of));
        clock.deadline().map(|d| (d.start.to_string(), d.due.to_string()))
    };
    assert_eq!(due("2026-02-01"), None, "not denied yet");
    assert_eq!(due("2026-04-01"), Some(("2026-03-01".to_owned(), "2026-07-04".to_owned())));
    assert_eq!(due("2026-06-01"), Some(("2026-05-01".to_owned(), "2026-09-03".to_owned())));
}

#[test]
fn some_denials_start_no_appeal() {
    let rules = Rules::new([rule(ClockKind::Appeal(1))]);
    let appeals = |denials: Vec<Denied>| {
        let facts = CaseFacts { denials, ..CaseFacts::default() };
        appeal(PayerId(1), &facts, &rules, day("2026-06-01"))
    };
    let usual = denied("2026-04-01", "CO-16");
    for recourse in [Recourse::NewClaim, Recourse::Nothing] {
        let barred = Denied { recourse, ..denied("2026-04-10", "CO-16") };
        let clock = appeals(vec![usual, barred]);
        assert_eq!((clock.deadline(), clock.kind), (None, ClockKind::Appeal(1)), "{recourse:?}");
        assert!(clock.words().contains("no appeal"), "{}", clock.words());
        // The latest word counts.
        let later = appeals(vec![barred, denied("2026-05-01", "CO-16")]);
        assert!(later.deadline().is_some(), "{recourse:?}");
    }
    assert!(appeals(vec![usual]).deadline().is_some());
}

#[test]
fn notices_start_none_and_untimely_claims_are_not_appealed() {
    let untimely = Code::known("29");
    let rules = Rules::new([ClockRule { except: vec![untimely], ..rule(ClockKind::Appeal(1)) }]);
    let on = day("2026-06-01");
    let says = |denials: &[Denied]| match appeal(PayerId(1), &case(denials, &[]), &rules, on).says {
        Says::Runs(deadline) => deadline.start.to_string(),
        Says::Excepted(_) => "excepted".to_owned(),
        other => format!("{other:?}"),
    };
    assert_eq!(says(&[denied("2026-03-01", "OA-18")]), "NotDenied");
    assert_eq!(says(&[denied("2026-03-01", "CO-18")]), "2026-03-01");
    let replaced = Denied { notice: true, ..denied("2026-04-01", "CO-16") };
    assert_eq!(says(&[denied("2026-03-01", "CO-16"), replaced]), "2026-03-01");
    assert_eq!(says(&[denied("2026-03-01", "CO-29")]), "excepted");
}

#[test]
fn a_decision_starts_the_next_level() {
    let rules = five_levels();
    let denials = [denied("2026-01-10", "CO-50")];
    let clock = |appeals: &[Appealed]| {
        let clock = appeal(PayerId(1), &case(&denials, appeals), &rules, day("2026-12-01"));
        (clock.kind.as_str(), clock.deadline().map(|d| d.start.to_string()), clock.words())
    };
    let (kind, start, words) = clock(&[sent(1, "2026-02-01", "")]);
    assert_eq!((kind, start), ("appeal-1", None));
    assert_eq!(words, "appeal-1 was sent and is not decided");
    let (kind, start, _) = clock(&[sent(1, "2026-02-01", "2026-04-01")]);
    assert_eq!((kind, start.as_deref()), ("appeal-2", Some("2026-04-01")));
    let two = [sent(1, "2026-02-01", "2026-04-01"), sent(2, "2026-05-01", "2026-07-01")];
    assert_eq!(clock(&two).0, "appeal-3");
    assert_eq!(clock(&[sent(5, "2026-02-01", "2026-04-01")]).2, "every level of appeal was decided");
    // A decision that is written down later than the day looked at is not known yet.
    assert_eq!(clock(&[sent(1, "2026-02-01", "2027-01-01")]).2, "appeal-1 was sent and is not decided");
}

#[test]
fn a_denial_after_an_appeal_is_its_decision_and_later_ones_begin_anew() {
    let rules = five_levels();
    let denials = [denied("2026-01-10", "CO-50"), denied("2026-03-10", "CO-50")];
    let appeals = [sent(1, "2026-02-01", "")];
    let clock = appeal(PayerId(1), &case(&denials, &appeals), &rules, day("2026-12-01"));
    assert_eq!(
        (clock.kind, clock.deadline().map(|d| d.start)),
        (ClockKind::Appeal(2), Some(day("2026-03-10")))
    );
    // Decided, then reversed and denied by a new answer: a new round.
    let appeals = [sent(1, "2026-02-01", "2026-02-20")];
    let clock = appeal(PayerId(1), &case(&denials, &appeals), &rules, day("2026-12-01"));
    assert_eq!(
        (clock.kind, clock.deadline().map(|d| d.start)),
        (ClockKind::Appeal(1), Some(day("2026-03-10")))
    );
}

/// Which clock a case has as of a day, and which level is appealed next: the day itself counts.
#[test]
fn what_was_sent_and_decided_counts_from_its_day_on() {
    let rules = five_levels();
    let once = [denied("2026-01-01", "CO-50")];
    let (first, again) = (once[0], denied("2026-02-10", "CO-50"));
    let decided = [sent(1, "2026-01-10", "2026-02-10")];
    let undecided = [sent(1, "2026-01-10", "")];
    let two = [decided[0], sent(2, "2026-03-01", "")];
    // Denials, appeals, as of which day; which clock, since when, and the level that is next.
    type Row<'a> = (&'a [Denied], &'a [Appealed], &'a str, &'a str, Option<&'a str>, u8);
    let cases: &[Row<'_>] = &[
        (&[], &[], "2026-06-01", "appeal-1", None, 1),
        (&once, &decided, "2025-12-31", "appeal-1", None, 1),
        (&once, &decided, "2026-01-01", "appeal-1", Some("2026-01-01"), 1),
        (&once, &decided, "2026-01-09", "appeal-1", Some("2026-01-01"), 1),
        (&once, &decided, "2026-01-10", "appeal-1", None, 2),
        (&once, &decided, "2026-02-09", "appeal-1", None, 2),
        (&once, &decided, "2026-02-10", "appeal-2", Some("2026-02-10"), 2),
        (&once, &two, "2026-02-28", "appeal-2", Some("2026-02-10"), 2),
        (&once, &two, "2026-03-01", "appeal-2", None, 3),
        (&once, &[sent(4, "2026-03-01", "2026-04-01")], "2026-06-01", "appeal-5", Some("2026-04-01"), 5),
        (&once, &[sent(5, "2026-03-01", "2026-04-01")], "2026-06-01", "appeal-5", None, 6),
        // A denial of the day on which an appeal is decided is that decision; one of a later day begins anew.
        (&[first, again], &decided, "2026-06-01", "appeal-2", Some("2026-02-10"), 2),
        (&[first, denied("2026-02-11", "CO-50")], &decided, "2026-06-01", "appeal-1", Some("2026-02-11"), 1),
        // Nobody decides on the day on which an appeal is sent.
        (&[first, denied("2026-01-10", "CO-50")], &undecided, "2026-06-01", "appeal-1", None, 2),
        (
            &[first, denied("2026-01-11", "CO-50")],
            &undecided,
            "2026-06-01",
            "appeal-2",
            Some("2026-01-11"),
            2,
        ),
    ];
    for (denials, appeals, as_of, kind, start, next) in cases {
        let facts = case(denials, appeals);
        let clock = appeal(PayerId(1), &facts, &rules, day(as_of));
        let starts = clock.deadline().map(|d| d.start.to_string());
        assert_eq!((clock.kind.as_str(), starts.as_deref()), (*kind, *start), "{as_of} {appeals:?}");
        assert_eq!(next_level(&facts, day(as_of)), *next, "{as_of} {appeals:?}");
    }
    let last = [sent(u8::MAX, "2026-03-01", "")];
    assert_eq!(next_level(&case(&once, &last), day("2026-06-01")), u8::MAX);
}

/// What older books had denied has no day: at the earliest the day of the service. The same of a claim that nobody denied.
#[test]
fn where_the_denial_has_no_day_the_service_is_the_earliest() {
    let rules = Rules::new([
        rule(ClockKind::Appeal(1)),
        rule(ClockKind::Corrected),
        ClockRule { start: ClockStart::Decision, ..rule(ClockKind::Filing) },
    ]);
    let claim = ClaimFacts { from: Some(day("2026-01-20")), ..ClaimFacts::default() };
    let brought =
        Denied { reason: Reason { group: None, code: Code::NONE }, ..denied("2026-03-01", "CO-16") };
    let start = |clock: &Clock<'_>| clock.deadline().map(|d| (d.start.to_string(), d.earliest));
    let of = |denied: Denied, as_of: &str| {
        let facts = CaseFacts { claim, ..case(&[denied], &[]) };
        of_case(PayerId(1), &facts, &rules, day(as_of)).map(|clock| start(&clock))
    };
    let both = |on: &str, earliest| [Some((on.to_owned(), earliest)), Some((on.to_owned(), earliest))];
    assert_eq!(of(brought, "2026-03-01"), both("2026-01-20", true));
    assert_eq!(of(denied("2026-03-01", "CO-16"), "2026-03-01"), both("2026-03-01", false));
    assert_eq!(of(denied("2026-03-01", "CO-16"), "2026-02-28"), [None, None]);
    assert_eq!(of(denied("2026-03-01", "OA-18"), "2026-03-01"), [None, None]);
    assert_eq!(start(&filing(PayerId(1), false, &claim, &rules)), Some(("2026-01-20".to_owned(), true)));
}

#[test]
fn claims_give_the_start_of_their_filing_clock() {
    let with = |kind, start| Rules::new([ClockRule { start, ..rule(kind) }]);
    let (from, through) = (Some(day("2026-03-01")), Some(day("2026-03-05")));
    let span = ClaimFacts { from, through, ..ClaimFacts::default() };
    let start = |secondary, claim: &ClaimFacts, rules: &Rules| {
        let deadline = filing(PayerId(1), secondary, claim, rules).deadline();
        deadline.map(|d| (d.start.to_string(), d.earliest))
    };
    let service = with(ClockKind::Filing, ClockStart::Service);
    assert_eq!(start(false, &span, &service), Some(("2026-03-01".to_owned(), false)));
    let stay = ClaimFacts { institutional: true, ..span };
    assert_eq!(start(false, &stay, &service), Some(("2026-03-05".to_owned(), false)));
    // Nobody knows the through date: the earliest day that it can have been.
    let open = ClaimFacts { through: None, ..stay };
    assert_eq!(start(false, &open, &service), Some(("2026-03-01".to_owned(), true)));
    let second = with(ClockKind::Secondary, ClockStart::PriorRemittance);
    assert_eq!(start(true, &span, &second), Some(("2026-03-01".to_owned(), true)));
    let answered = ClaimFacts { prior_remittance: Some(day("2026-04-02")), ..span };
    assert_eq!(start(true, &answered, &second), Some(("2026-04-02".to_owned(), false)));
    let nothing = filing(PayerId(1), false, &ClaimFacts::default(), &service);
    assert!(matches!(nothing.says, Says::NoStart(_)));
}

#[test]
fn the_nearest_clock_is_the_one_that_ends_first() {
    let soon = ClockRule { limit: 30, ..rule(ClockKind::Corrected) };
    let rules = Rules::new([soon, rule(ClockKind::Appeal(1))]);
    let denials = [denied("2026-03-01", "CO-16")];
    let clocks = of_case(PayerId(1), &case(&denials, &[]), &rules, day("2026-04-01"));
    assert_eq!(nearest(&clocks).map(|c| c.kind), Some(ClockKind::Corrected));
    assert!(nearest(&[]).is_none());
    let words = clocks[0].words();
    let known = "appeal-1: 120 days from the denial (contract 4.2; confirmed by ann on 2026-01-05)";
    assert_eq!(words, known);
}

fn any_rule() -> impl Strategy<Value = ClockRule> {
    let unit = prop::sample::select(ClockUnit::ALL);
    (1u16..400, unit, 0u16..10, 0u16..30, any::<bool>()).prop_map(
        |(limit, unit, receipt_days, buffer_days, next_workday)| ClockRule {
            // A century of years is nobody's rule.
            limit: if matches!(unit, ClockUnit::Years | ClockUnit::YearEnds) { limit % 7 + 1 } else { limit },
            unit,
            receipt_days,
            buffer_days,
            next_workday,
            ..rule(ClockKind::Appeal(1))
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_later_start_never_ends_earlier(rule in any_rule(), start in 720_000..760_000i32, later in 0..40i32) {
        let (first, second) = (Date::from_number(start), Date::from_number(start + later));
        let (one, other) = (due(&rule, first, &Calendar::default()), due(&rule, second, &Calendar::default()));
        prop_assert!(one.0 <= other.0 && one.1 <= other.1, "{:?} {:?}", one, other);
    }

    #[test]
    fn a_longer_limit_never_ends_earlier(rule in any_rule(), start in 720_000..760_000i32) {
        let start = Date::from_number(start);
        let longer = ClockRule { limit: rule.limit + 1, ..rule.clone() };
        prop_assert!(due(&rule, start, &Calendar::default()).0 <= due(&longer, start, &Calendar::default()).0);
    }

    #[test]
    fn the_last_day_is_after_the_start_and_a_workday_where_the_rule_says_so(
        rule in any_rule(), start in 720_000..760_000i32,
    ) {
        let start = Date::from_number(start);
        let (last, work_by) = due(&rule, start, &Calendar::default());
        prop_assert!(start < last && start <= work_by && work_by <= last);
        prop_assert!(!rule.next_workday || Calendar::default().is_workday(last));
    }
}
