//! What each act does to the work on a case, and what a new telling of a claim means for it.

use super::*;
use crate::domain::case::{DeniedLine, Particulars};
use crate::domain::clock::Recourse;
use crate::domain::entry::Reason;
use crate::domain::{CaseId, ClaimId, Code, PayerId, PaymentId};

#[test]
fn who_asked_last_brought_it() {
    let day = Date::from_number(739_000);
    let event = |act, user: &str, cents| CaseEvent {
        about: Particulars { amount: Some(Money::from_cents(cents)), ..Particulars::default() },
        ..CaseEvent::new(act, CaseState::Open, day, 0, user)
    };
    let events = [
        event(CaseAct::PaidInPart, "importer", 100),
        event(CaseAct::Appeal, "ann", 0),
        event(CaseAct::Note, "bea", 0),
        event(CaseAct::Paid, "importer", 400),
        event(CaseAct::TakenBack, "importer", 400),
    ];
    let cents = |n| Money::from_cents(n);
    assert_eq!(
        brought(&events),
        [("", day, cents(100)), ("ann", day, cents(400)), ("ann", day, cents(-400))]
    );
    assert_eq!(brought(&events[1..2]), []);
    assert_eq!(brought(&events[4..]), [], "nobody saw it paid");
}

fn day(n: i32) -> Date {
    Date::from_number(739_000 + n)
}

fn cents(n: i64) -> Money {
    Money::from_cents(n)
}

/// One thing that happened on a day; what is said about it is set by whoever asks.
fn happened(act: CaseAct, state: CaseState, on: i32, about: Particulars) -> CaseEvent {
    CaseEvent { about, level: 1, ..CaseEvent::new(act, state, day(on), 0, "ann") }
}

/// A case on which somebody has agreed on something with the payer, and put it off.
fn agreed() -> CaseWork {
    let promise = Particulars {
        promised: Some(day(20)),
        next_action: "call again".to_owned(),
        next_on: Some(day(21)),
        ..Particulars::default()
    };
    let later = Particulars { next_on: Some(day(30)), ..Particulars::default() };
    let events = [
        happened(CaseAct::Call, CaseState::Open, 1, promise),
        happened(CaseAct::Snooze, CaseState::Open, 2, later),
    ];
    of_events(&events, None)
}

#[test]
fn what_was_agreed_and_put_off() {
    let work = agreed();
    assert_eq!(
        (work.promised, work.next_on, work.snoozed_until),
        (Some(day(20)), Some(day(21)), Some(day(30)))
    );
    assert_eq!((work.next_action.as_str(), work.events, work.level), ("call again", 2, 1));
    assert_eq!(work.touched_on, Some(day(2)));
}

/// What an act does to what was agreed (promise, next day, snooze) and to what is to be done.
#[test]
fn what_an_act_leaves_of_what_was_agreed() {
    let nothing = Particulars::default;
    for (act, state, promised, next_on, snoozed, action) in [
        (CaseAct::Note, CaseState::Open, true, true, true, true),
        (CaseAct::Letter, CaseState::Open, true, true, true, true),
        (CaseAct::Assign, CaseState::Open, true, true, true, true),
        (CaseAct::Call, CaseState::Open, false, true, false, true),
        (CaseAct::Appeal, CaseState::Appealed, false, true, false, true),
        (CaseAct::Resubmit, CaseState::Resubmitted, false, true, false, true),
        (CaseAct::SendRecords, CaseState::RecordsSent, false, true, false, true),
        // Closed, or answered by the payer: nothing of it holds.
        (CaseAct::Resolve, CaseState::Resolved, false, false, false, false),
        (CaseAct::BillPatient, CaseState::PatientBilled, false, false, false, false),
        (CaseAct::DeniedAgain, CaseState::Open, false, false, false, false),
        (CaseAct::PaidInPart, CaseState::PartlyRecovered, false, false, false, false),
        (CaseAct::Paid, CaseState::Recovered, false, false, false, false),
    ] {
        let work = after(agreed(), &happened(act, state, 9, nothing()));
        let left = (work.promised.is_some(), work.next_on.is_some(), work.snoozed_until.is_some());
        assert_eq!(left, (promised, next_on, snoozed), "{act}");
        assert_eq!(!work.next_action.is_empty(), action, "{act}");
        assert_eq!((work.state, work.events), (state, 3), "{act}");
        let touched = if act.is_by_person() { day(9) } else { day(2) };
        assert_eq!(work.touched_on, Some(touched), "{act}");
    }
}

#[test]
fn what_an_act_says_is_kept() {
    let about = || Particulars {
        promised: Some(day(40)),
        next_action: "look".to_owned(),
        next_on: Some(day(41)),
        whom: "bea".to_owned(),
        ..Particulars::default()
    };
    let of = |act| after(agreed(), &happened(act, CaseState::Open, 9, about()));
    assert_eq!(of(CaseAct::Call).promised, Some(day(40)));
    assert_eq!(of(CaseAct::Note).promised, Some(day(20)), "a note promises nothing");
    for (act, next_on) in [(CaseAct::Call, 41), (CaseAct::Note, 41), (CaseAct::Snooze, 21)] {
        assert_eq!((of(act).next_action.as_str(), of(act).next_on), ("look", Some(day(next_on))), "{act}");
    }
    assert_eq!(of(CaseAct::Snooze).snoozed_until, Some(day(41)));
    assert_eq!((of(CaseAct::Assign).assignee, of(CaseAct::Call).assignee), ("bea".to_owned(), String::new()));
    assert_eq!((of(CaseAct::Appeal).appealed_on, of(CaseAct::Call).appealed_on), (Some(day(9)), None));
    // What was done later stays the latest.
    let early = after(agreed(), &happened(CaseAct::Note, CaseState::Open, 0, about()));
    assert_eq!(early.touched_on, Some(day(2)));
}

#[test]
fn a_proposal_waits_as_long_as_the_case_waits_for_it() {
    let about = Particulars {
        amount: Some(cents(700)),
        account: Some(Account::WriteoffTimelyFiling),
        text: "too late".to_owned(),
        ..Particulars::default()
    };
    let proposed = happened(CaseAct::ProposeWriteOff, CaseState::WriteOffProposed, 3, about);
    let work = after(agreed(), &proposed);
    let proposal = work.proposal.clone().expect("a proposal");
    assert_eq!((proposal.amount, proposal.account), (cents(700), Account::WriteoffTimelyFiling));
    assert_eq!((proposal.by.as_str(), proposal.on, proposal.text.as_str()), ("ann", day(3), "too late"));
    let bare = happened(CaseAct::ProposeWriteOff, CaseState::WriteOffProposed, 3, Particulars::default());
    assert_eq!(after(agreed(), &bare).proposal.expect("a proposal").account, Account::WriteoffDenial);
    for (act, state, waits) in [
        (CaseAct::Note, CaseState::WriteOffProposed, true),
        (CaseAct::Assign, CaseState::WriteOffProposed, true),
        (CaseAct::Reject, CaseState::Open, false),
        (CaseAct::Approve, CaseState::WrittenOff, false),
        (CaseAct::DeniedAgain, CaseState::Open, false),
    ] {
        let next = after(work.clone(), &happened(act, state, 5, Particulars::default()));
        assert_eq!(next.proposal.is_some(), waits, "{act}");
    }
}

#[test]
fn a_case_as_it_was_known_on_a_day() {
    let events = [3, 5, 7].map(|on| happened(CaseAct::Note, CaseState::Open, on, Particulars::default()));
    for (until, known) in [(Some(2), 0), (Some(3), 1), (Some(4), 1), (Some(5), 2), (Some(7), 3), (None, 3)] {
        assert_eq!(of_events(&events, until.map(day)).events, known, "{until:?}");
    }
}

/// A case: denied, recovered, given up, to the patient, to the next payer, still open; and how often it was denied.
fn case(sums: [i64; 6], denials: usize) -> DenialCase {
    let [denied, recovered, written_off, to_patient, to_next, open] = sums.map(cents);
    let line =
        DeniedLine { denied, recovered, written_off, to_patient, to_next, open, ..DeniedLine::default() };
    let event = |n: usize| DenialEvent {
        payment: PaymentId(n as u64 + 1),
        on: day(10 * (n as i32 + 1)),
        answered_on: day(10 * (n as i32 + 1)),
        notice: false,
        recourse: Recourse::Usual,
        reason: Reason { group: None, code: Code::NONE },
        amount: cents(1_000 + n as i64),
    };
    DenialCase {
        id: CaseId(1),
        claim: ClaimId(1),
        payer: PayerId(1),
        reason: Reason { group: None, code: Code::NONE },
        remarks: Vec::new(),
        lines: vec![line],
        events: (0..denials).map(event).collect(),
    }
}

/// What a case was, what it is now, and what happened in between.
type Row = (&'static str, Option<DenialCase>, DenialCase, &'static [(CaseAct, i64)]);

#[test]
fn what_a_new_telling_means() {
    use CaseAct::{DenialReversed, DeniedAgain, GivenUp, Paid, PaidInPart, ToNextPayer, ToPatient, Undone};
    let denied = || Some(case([1_000, 0, 0, 0, 0, 1_000], 1));
    let rows: [Row; 25] = [
        ("new", None, case([1_000, 0, 0, 0, 0, 1_000], 1), &[]),
        ("new, denied twice", None, case([1_000, 0, 0, 0, 0, 1_000], 2), &[(DeniedAgain, 1_001)]),
        ("new, and paid", None, case([1_000, 800, 0, 0, 0, 0], 1), &[(Paid, 800)]),
        ("new, and taken back", None, case([1_000, 0, 0, 0, 0, 0], 1), &[(DenialReversed, 1_000)]),
        ("nothing", denied(), case([1_000, 0, 0, 0, 0, 1_000], 1), &[]),
        ("paid", denied(), case([1_000, 800, 0, 0, 0, 0], 1), &[(Paid, 800)]),
        ("paid in part", denied(), case([1_000, 800, 0, 0, 0, 200], 1), &[(PaidInPart, 800)]),
        ("denied again", denied(), case([1_000, 0, 0, 0, 0, 1_000], 2), &[(DeniedAgain, 1_001)]),
        (
            "denied twice again",
            denied(),
            case([1_000, 0, 0, 0, 0, 1_000], 3),
            &[(DeniedAgain, 1_001), (DeniedAgain, 1_002)],
        ),
        (
            "denied again, and paid in part",
            denied(),
            case([1_000, 300, 0, 0, 0, 700], 2),
            &[(DeniedAgain, 1_001), (PaidInPart, 300)],
        ),
        (
            "denied again, and all of it taken back",
            denied(),
            case([1_000, 0, 0, 0, 0, 0], 2),
            &[(DeniedAgain, 1_001), (DenialReversed, 1_000)],
        ),
        ("taken back", denied(), case([1_000, 0, 0, 0, 0, 0], 1), &[(DenialReversed, 1_000)]),
        ("given up", denied(), case([1_000, 0, 1_000, 0, 0, 0], 1), &[(GivenUp, 1_000)]),
        ("given up in part", denied(), case([1_000, 0, 400, 0, 0, 600], 1), &[(GivenUp, 400)]),
        ("to the patient", denied(), case([1_000, 0, 0, 1_000, 0, 0], 1), &[(ToPatient, 1_000)]),
        ("to the next payer", denied(), case([1_000, 0, 0, 0, 1_000, 0], 1), &[(ToNextPayer, 1_000)]),
        (
            "to everybody",
            denied(),
            case([1_000, 0, 100, 200, 300, 400], 1),
            &[(GivenUp, 100), (ToPatient, 200), (ToNextPayer, 300)],
        ),
        (
            "more given up",
            Some(case([1_000, 0, 100, 0, 0, 900], 1)),
            case([1_000, 0, 150, 0, 0, 850], 1),
            &[(GivenUp, 50)],
        ),
        (
            "given up, and paid after all",
            Some(case([1_000, 0, 1_000, 0, 0, 0], 1)),
            case([1_000, 1_000, 0, 0, 0, 0], 1),
            &[(Paid, 1_000)],
        ),
        (
            "what was given up is put back",
            Some(case([1_000, 0, 400, 0, 0, 600], 1)),
            case([1_000, 0, 0, 0, 0, 1_000], 1),
            &[(Undone, 400)],
        ),
        (
            "open again, from nothing",
            Some(case([1_000, 0, 0, 0, 0, 0], 1)),
            case([1_000, 0, 0, 0, 0, 1_000], 1),
            &[(Undone, 1_000)],
        ),
        (
            "a larger part of it is open",
            Some(case([1_000, 0, 0, 0, 0, 400], 1)),
            case([1_000, 0, 0, 0, 0, 500], 1),
            &[],
        ),
        (
            "what was paid is taken back",
            Some(case([1_000, 800, 0, 0, 0, 0], 1)),
            case([1_000, 0, 0, 0, 0, 800], 1),
            &[(CaseAct::TakenBack, 800)],
        ),
        (
            "what was paid is taken back, and nothing is denied",
            Some(case([1_000, 800, 0, 0, 0, 200], 1)),
            case([1_000, 0, 0, 0, 0, 0], 1),
            &[(DenialReversed, 200)],
        ),
        (
            "what was paid is taken back for a denial",
            Some(case([1_000, 800, 0, 0, 0, 0], 1)),
            case([1_000, 0, 0, 0, 0, 1_000], 2),
            &[(CaseAct::TakenBack, 800), (DeniedAgain, 1_001)],
        ),
    ];
    for (what, before, now, expected) in rows {
        let expected: Vec<(CaseAct, Money)> = expected.iter().map(|(act, n)| (*act, cents(*n))).collect();
        assert_eq!(changes(before.as_ref(), &now, false), expected, "{what}");
    }
    // The remittance that denied it is taken out of the books, and put back: no payer said anything.
    let gone = DenialCase { lines: Vec::new(), ..case([0; 6], 0) };
    assert_eq!(changes(denied().as_ref(), &gone, false), []);
    assert_eq!(changes(Some(&gone), &denied().expect("a case"), false), []);
    // Persons let it wait for the payer again: the payer took nothing back.
    let open = case([1_000, 0, 0, 0, 0, 1_000], 1);
    let waits = case([1_000, 0, 0, 0, 0, 0], 1);
    assert_eq!(changes(Some(&open), &waits, true), [(CaseAct::SetBack, cents(1_000))]);
    assert_eq!(changes(Some(&open), &open, true), []);
}

#[test]
fn money_that_goes_in_part_leaves_a_case_where_it_stands() {
    for (act, whole) in [
        (CaseAct::GivenUp, CaseState::WrittenOff),
        (CaseAct::ToPatient, CaseState::PatientBilled),
        (CaseAct::ToNextPayer, CaseState::NextPayerBilled),
    ] {
        assert_eq!(led_to(CaseState::Appealed, act, cents(1)), CaseState::Appealed, "{act}");
        assert_eq!(led_to(CaseState::Appealed, act, Money::ZERO), whole, "{act}");
    }
    assert_eq!(led_to(CaseState::Appealed, CaseAct::PaidInPart, cents(1)), CaseState::PartlyRecovered);
    assert_eq!(
        led_to(CaseState::Appealed, CaseAct::Approve, Money::ZERO),
        CaseState::Appealed,
        "no such move"
    );
}

#[test]
fn an_appeal_is_decided_by_the_payers_own_day() {
    let appeal = |on| happened(CaseAct::Appeal, CaseState::Appealed, on, Particulars::default());
    let denied = |on| happened(CaseAct::DeniedAgain, CaseState::Open, on, Particulars::default());
    let mut case = case([1_000, 0, 0, 0, 0, 1_000], 3);
    // Booked on day 20, said on day 17; and one that says a day after it was booked.
    case.events[1].answered_on = day(17);
    case.events[2].answered_on = day(33);
    let of = |events: &[CaseEvent]| -> Vec<(Date, Option<Date>)> {
        appeals(&case, events).iter().map(|a| (a.sent, a.decided)).collect()
    };
    assert_eq!(of(&[appeal(12)]), [(day(12), None)]);
    assert_eq!(of(&[appeal(12), denied(20)]), [(day(12), Some(day(17)))]);
    assert_eq!(of(&[appeal(18), denied(20)]), [(day(18), Some(day(18)))], "never before it was sent");
    assert_eq!(of(&[appeal(12), denied(25)]), [(day(12), Some(day(25)))], "no such denial is known");
    assert_eq!(of(&[appeal(12), denied(20), denied(30)]), [(day(12), Some(day(17)))], "decided once");
    assert_eq!(of(&[denied(20), appeal(25), denied(30)]), [(day(25), Some(day(30)))]);
    let facts = facts(&case, &[appeal(12)], ClaimFacts::default());
    let days: Vec<Date> = facts.denials.iter().map(|denied| denied.on).collect();
    assert_eq!(days, [day(10), day(17), day(30)], "the earlier of the two");
    assert_eq!(facts.appeals.len(), 1);
}

#[test]
fn which_cases_are_open() {
    let work = |state| CaseWork { state, ..CaseWork::default() };
    let denied = case([1_000, 0, 0, 0, 0, 1_000], 1);
    for (state, open) in [
        (CaseState::Open, true),
        (CaseState::Appealed, true),
        (CaseState::PartlyRecovered, true),
        (CaseState::Recovered, false),
        (CaseState::WrittenOff, false),
    ] {
        assert_eq!(is_open(&denied, &work(state)), open, "{state}");
        assert_eq!(open_case(&denied, &work(state), CaseFacts::default()).is_some(), open, "{state}");
    }
    assert!(!is_open(&case([0; 6], 0), &work(CaseState::Open)), "it turned out to be none");
    assert_eq!(seen(&denied, &work(CaseState::Open), CaseFacts::default()).denied_on, day(10));
    assert_eq!(seen(&case([0; 6], 0), &work(CaseState::Open), CaseFacts::default()).denied_on.number(), 1);
}

#[test]
fn who_asked_by_whatever_way_brought_it() {
    let event = |act, user: &str, amount| CaseEvent {
        about: Particulars { amount: Some(cents(amount)), ..Particulars::default() },
        ..CaseEvent::new(act, CaseState::Open, day(1), 0, user)
    };
    for (act, asked) in [
        (CaseAct::Call, true),
        (CaseAct::Letter, true),
        (CaseAct::Appeal, true),
        (CaseAct::Resubmit, true),
        (CaseAct::SendRecords, true),
        (CaseAct::Note, false),
        (CaseAct::Assign, false),
    ] {
        let events = [event(act, "ann", 0), event(CaseAct::Paid, "importer", 500)];
        assert_eq!(brought(&events)[0].0, if asked { "ann" } else { "" }, "{act}");
    }
    // No more is taken back than was brought.
    let events = [
        event(CaseAct::Paid, "importer", 500),
        event(CaseAct::TakenBack, "importer", 300),
        event(CaseAct::TakenBack, "importer", 300),
        event(CaseAct::TakenBack, "importer", 300),
    ];
    let amounts: Vec<Money> = brought(&events).iter().map(|(.., amount)| *amount).collect();
    assert_eq!(amounts, [cents(500), cents(-300), cents(-200)]);
}
