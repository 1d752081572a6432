//! What decisions count, and how far little history is drawn toward what is usual.

use super::*;
use crate::domain::case::{CaseState, DeniedLine, Particulars};
use crate::domain::entry::Reason;
use crate::domain::{CaseId, ClaimId, Date};

/// An act, its amount in cents, and its level.
type Decision = (CaseAct, i64, u8);
/// A level, how many decisions, and what they brought.
type Counted = (u8, u64, u64);

fn cents(amount: i64) -> Money {
    Money::from_cents(amount)
}

/// What the acts on a case count: of 200.00 denied.
fn counted(events: &[Decision]) -> Vec<Counted> {
    let line = DeniedLine { denied: cents(20_000), ..DeniedLine::default() };
    of(vec![line], events)
}

/// The same, each on its day.
fn on_days(events: &[(CaseAct, i64, u8, i32)]) -> Vec<Counted> {
    let line = DeniedLine { denied: cents(20_000), ..DeniedLine::default() };
    let days: Vec<i32> = events.iter().map(|(.., on)| *on).collect();
    let events: Vec<Decision> =
        events.iter().map(|(act, amount, level, _)| (*act, *amount, *level)).collect();
    told(vec![line], &events, &days)
}

fn of(lines: Vec<DeniedLine>, events: &[Decision]) -> Vec<Counted> {
    told(lines, events, &vec![0; events.len()])
}

fn told(lines: Vec<DeniedLine>, events: &[Decision], days: &[i32]) -> Vec<Counted> {
    let (id, claim, payer) = (CaseId(1), ClaimId(1), PayerId(1));
    let reason = Reason { group: None, code: Code::NONE };
    let case = DenialCase { id, claim, payer, reason, remarks: Vec::new(), lines, events: Vec::new() };
    let event = |((act, amount, level), on): (&Decision, &i32)| CaseEvent {
        level: *level,
        about: Particulars { amount: (*amount != 0).then(|| cents(*amount)), ..Particulars::default() },
        ..CaseEvent::new(*act, CaseState::Open, Date::from_number(739_000 + on), 0, "office")
    };
    let events: Vec<CaseEvent> = events.iter().zip(days).map(event).collect();
    of_case(&case, &events).into_iter().map(|(level, t)| (level, t.decided, t.brought)).collect()
}

#[test]
fn what_decides_a_case_and_what_it_brought() {
    use CaseAct::*;
    let cases: &[(&[Decision], &[Counted])] = &[
        (&[], &[]),
        (&[(Appeal, 0, 1), (Note, 0, 1)], &[]),
        (&[(Paid, 20_000, 0)], &[(0, 1, 10_000)]),
        (&[(PaidInPart, 5_000, 0)], &[(0, 1, 2_500)]),
        (&[(Paid, 1, 0)], &[(0, 1, 0)]),
        (&[(Paid, 3, 0)], &[(0, 1, 1)]),
        // What was denied again, given up or approved to be is a no.
        (&[(DeniedAgain, 20_000, 1)], &[(1, 1, 0)]),
        (&[(WriteOff, 20_000, 1)], &[(1, 1, 0)]),
        (&[(Approve, 20_000, 1)], &[(1, 1, 0)]),
        (&[(GivenUp, 20_000, 1)], &[(1, 1, 0)]),
        // More than was denied, or less than nothing, counts as all or nothing.
        (&[(Paid, 30_000, 0)], &[(0, 1, 10_000)]),
        (&[(Paid, -5_000, 0)], &[(0, 1, 0)]),
        // What was taken back no longer counts, and never for less than nothing.
        (&[(Paid, 20_000, 0), (TakenBack, 5_000, 0)], &[(0, 1, 7_500)]),
        (&[(PaidInPart, 5_000, 0), (TakenBack, 20_000, 0)], &[(0, 1, 0)]),
        (&[(TakenBack, 5_000, 0)], &[]),
        // Level by level, in the order in which they came.
        (
            &[(DeniedAgain, 0, 1), (PaidInPart, 5_000, 0), (Paid, 10_000, 1), (PaidInPart, 5_000, 0)],
            &[(1, 2, 5_000), (0, 2, 5_000)],
        ),
    ];
    for (events, expected) in cases {
        assert_eq!(counted(events), *expected, "{events:?}");
    }
    // What a letter decided counts once, whatever follows of the same attempt: by days, not by the order of the log.
    assert_eq!(on_days(&[(Appeal, 0, 1, 2), (Upheld, 0, 1, 5), (DeniedAgain, 0, 1, 7)]), [(1, 1, 0)]);
    assert_eq!(on_days(&[(Appeal, 0, 1, 2), (DeniedAgain, 0, 1, 4), (Upheld, 0, 1, 5)]), [(1, 1, 0)]);
    assert_eq!(on_days(&[(Appeal, 0, 1, 2), (Overturned, 15_000, 1, 5)]), [(1, 1, 7_500)]);
    let paid =
        [(Appeal, 0, 1, 2), (Overturned, 15_000, 1, 5), (PaidInPart, 4_000, 1, 8), (Paid, 6_000, 1, 9)];
    assert_eq!(on_days(&paid), [(1, 1, 5_000)]);
    let late = [(Appeal, 0, 1, 2), (Paid, 10_000, 1, 4), (Overturned, 0, 1, 3)];
    assert_eq!(on_days(&late), [(1, 1, 5_000)]);
    let broken = [(Appeal, 0, 1, 2), (Overturned, 20_000, 1, 5), (DeniedAgain, 0, 1, 7), (WriteOff, 0, 1, 9)];
    assert_eq!(on_days(&broken), [(1, 1, 0)]);
    let again = [(Appeal, 0, 1, 2), (Upheld, 0, 1, 5), (Appeal, 0, 2, 6), (DeniedAgain, 0, 2, 9)];
    assert_eq!(on_days(&again), [(2, 1, 0), (1, 1, 0)]);
    let taken_back = [(Appeal, 0, 1, 2), (Upheld, 0, 1, 5), (Undecide, 0, 1, 6), (Paid, 20_000, 1, 7)];
    assert_eq!(on_days(&taken_back), [(1, 1, 10_000)]);
    assert_eq!(of(Vec::new(), &[(Paid, 100, 0)]), [(0, 1, 0)], "nothing is a share of nothing");
    let cent = || vec![DeniedLine { denied: cents(1), ..DeniedLine::default() }];
    assert_eq!(
        (of(cent(), &[(Paid, 1, 0)]), of(cent(), &[(Paid, -5, 0)])),
        (vec![(0, 1, 10_000)], vec![(0, 1, 0)])
    );
}

#[test]
fn little_history_is_drawn_toward_what_is_usual() {
    let carc = |code| Code::known(code);
    let chance = |odds: &Odds, payer, code, category, level| {
        let chance = odds.chance(PayerId(payer), carc(code), category, level);
        (chance.share, chance.n)
    };
    // Nothing is known: what is usual of the category at that level.
    let none = Odds::default();
    for (category, level, share) in [
        ("authorization", 0, 4_500),
        ("authorization", 2, 3_000),
        ("authorization", 7, 3_000),
        ("eligibility", 1, 3_000),
        ("no-such", 0, 4_000),
    ] {
        assert_eq!((usual(category, level), chance(&none, 1, "197", category, level)), (share, (share, 0)));
    }
    // The book: 5 decisions of 20 000 and 20 that were usual, 4 500 each: (20 000 + 90 000) / 25 = 4 400. The category is the
    // same here: (20 000 + 44 000) / 15 = 4 266; the cell: (20 000 + 5 * 4 266) / 10 = 4 133.
    let odds = Odds::new([((PayerId(1), carc("197"), 0), (5, 20_000))]);
    assert_eq!(chance(&odds, 1, "197", "authorization", 0), (4_133, 5));
    // Another payer has no decisions of its own: the category's.
    assert_eq!(chance(&odds, 2, "197", "authorization", 0), (4_266, 0));
    // Another category has the book only, drawn toward its own usual share: (20 000 + 20 * 3 500) / 25.
    assert_eq!(chance(&odds, 1, "50", "eligibility", 0), (3_600, 0));
    // Another level has nothing.
    assert_eq!(chance(&odds, 1, "197", "authorization", 1), (4_500, 0));
    // Cells of one category add up: 10 decisions of 60 000. Book (60 000 + 90 000) / 30 = 5 000; category
    // (60 000 + 50 000) / 20 = 5 500; the cell (40 000 + 5 * 5 500) / 10 = 6 750.
    let both =
        Odds::new([((PayerId(1), carc("197"), 0), (5, 20_000)), ((PayerId(2), carc("197"), 0), (5, 40_000))]);
    assert_eq!(chance(&both, 2, "197", "authorization", 0), (6_750, 5));
    // A code that is in no list counts with the others.
    let unknown = Odds::new([((PayerId(1), carc("ZZ9"), 0), (10, 0))]);
    assert_eq!(chance(&unknown, 3, "ZZ8", "other", 0), (1_333, 0));
}
