//! Remittances that go out of the books and come back, on the log of a case.

use super::*;
use crate::denial::work::{brought, of_events};
use crate::domain::case::{CaseWork, DenialEvent, DeniedLine};
use crate::domain::clock::Recourse;
use crate::domain::entry::Reason;
use crate::domain::{CaseId, ClaimId, Code, PayerId, PaymentId};

const REASON: Reason = Reason { group: None, code: Code::NONE };

fn day(number: i32) -> Date {
    Date::from_number(number)
}

fn dollars(dollars: i64) -> Money {
    Money::from_cents(dollars * 100)
}

/// A case of one line over 200, denied by these payments on the days of their numbers, of which so much was paid.
fn case(denials: &[u64], recovered: i64) -> DenialCase {
    let denial = |payment: &u64| DenialEvent {
        payment: PaymentId(*payment),
        on: day(*payment as i32),
        answered_on: day(*payment as i32),
        notice: false,
        recourse: Recourse::Usual,
        reason: REASON,
        amount: dollars(200),
    };
    let (denied, recovered) = (dollars(200), dollars(recovered));
    DenialCase {
        id: CaseId(1),
        claim: ClaimId(1),
        payer: PayerId(1),
        reason: REASON,
        remarks: Vec::new(),
        lines: vec![DeniedLine {
            line: 1,
            denied,
            recovered,
            open: denied - recovered,
            ..Default::default()
        }],
        events: denials.iter().map(denial).collect(),
    }
}

fn event(act: CaseAct, state: CaseState, on: i32) -> CaseEvent {
    CaseEvent::new(act, state, day(on), 0, "ann")
}

fn paid(act: CaseAct, on: i32, amount: i64) -> CaseEvent {
    let mut event = event(act, CaseState::PartlyRecovered, on);
    event.about.amount = Some(dollars(amount));
    event
}

/// Notes what a telling means, as the books do.
fn note(
    events: &mut Vec<CaseEvent>,
    turn: Turn,
    was: &DenialCase,
    now: &DenialCase,
    changes: Vec<(CaseAct, Money)>,
) {
    let state = events.last().map_or(CaseState::Open, |event| event.state);
    for news in news(Some(turn), (Some(was), now), events, changes) {
        let mut event = event(news.act, state, news.on.map_or(99, Date::number));
        event.about.amount = news.amount;
        event.about.text = news.turn.map_or_else(String::new, Turn::words);
        events.push(event);
    }
}

fn acts(events: &[CaseEvent]) -> Vec<CaseAct> {
    events.iter().map(|event| event.act).collect()
}

#[test]
fn the_words_of_a_turn_are_read_again() {
    for turn in [Turn::Out(RemitId(1)), Turn::Back(RemitId(4711))] {
        let mut noted = event(CaseAct::ToldAnew, CaseState::Open, 1);
        noted.about.text = turn.words();
        assert_eq!(Turn::of(&noted), Some(turn));
        noted.act = CaseAct::Note;
        assert_eq!(Turn::of(&noted), None, "a person's words are a person's");
    }
    let mut noted = event(CaseAct::ToldAnew, CaseState::Open, 1);
    for words in
        ["", "remittance 1", "remittance x was taken out of the books", "remittance 1 is in the books"]
    {
        noted.about.text = words.to_owned();
        assert_eq!(Turn::of(&noted), None, "{words}");
    }
}

#[test]
fn a_denial_that_went_does_not_stand_and_what_was_agreed_does() {
    let (was, now) = (case(&[3, 5], 0), case(&[3], 0));
    let mut events = vec![event(CaseAct::DeniedAgain, CaseState::Open, 5)];
    let mut call = event(CaseAct::Call, CaseState::Open, 6);
    (call.about.next_action, call.about.next_on) = ("send the chart".to_owned(), Some(day(20)));
    events.push(call);
    let before = of_events(&events, None);
    note(&mut events, Turn::Out(RemitId(2)), &was, &now, Vec::new());
    assert_eq!(acts(&events)[2..], [CaseAct::ToldAnew]);
    assert!(standing(&events).iter().all(|event| event.act != CaseAct::DeniedAgain));
    note(&mut events, Turn::Back(RemitId(2)), &now, &was, vec![(CaseAct::DeniedAgain, dollars(200))]);
    assert_eq!(acts(&events)[3..], [CaseAct::ToldAnew], "it was denied once");
    assert_eq!(of_events(&events, None), CaseWork { events: 4, ..before });
    assert_eq!(standing(&events).len(), 3);
}

#[test]
fn what_was_paid_counts_once_however_often_its_remittance_turns() {
    let (was, now) = (case(&[3], 80), case(&[3], 0));
    let mut events = vec![event(CaseAct::Appeal, CaseState::Appealed, 4), paid(CaseAct::PaidInPart, 7, 80)];
    let sum = |events: &[CaseEvent]| brought(events).iter().map(|(.., amount)| *amount).sum::<Money>();
    for _ in 0..2 {
        note(&mut events, Turn::Out(RemitId(2)), &was, &now, vec![(CaseAct::TakenBack, dollars(80))]);
        assert_eq!(sum(&events), Money::ZERO);
        assert_eq!(acts(&events)[events.len() - 2..], [CaseAct::TakenBack, CaseAct::ToldAnew]);
        assert!(standing(&events).iter().all(|event| event.about.amount.is_none()), "neither stands");
        note(&mut events, Turn::Back(RemitId(2)), &now, &was, vec![(CaseAct::PaidInPart, dollars(80))]);
        assert_eq!(brought(&events), [("ann", day(7), dollars(80))]);
    }
}

/// A copy that says the same takes the place of the remittance that went: it pays once, and that is the copy's word.
#[test]
fn what_a_copy_pays_is_not_what_went() {
    let (was, now) = (case(&[3], 80), case(&[3], 0));
    let mut events = vec![paid(CaseAct::PaidInPart, 7, 80)];
    note(&mut events, Turn::Out(RemitId(2)), &was, &now, vec![(CaseAct::TakenBack, dollars(80))]);
    events.push(CaseEvent { state: CaseState::Recovered, ..paid(CaseAct::PaidInPart, 8, 80) });
    assert_eq!(brought(&events), [("", day(8), dollars(80))]);
    assert_eq!(of_events(&events, None).state, CaseState::Recovered);
}

/// What a payer said while the remittance was out is the payer's; of what is there then, the rest is news.
#[test]
fn what_payers_said_meanwhile_stands() {
    let (was, out) = (case(&[3], 80), case(&[3], 0));
    let mut events = vec![paid(CaseAct::PaidInPart, 7, 80)];
    note(&mut events, Turn::Out(RemitId(2)), &was, &out, vec![(CaseAct::TakenBack, dollars(80))]);
    events.push(paid(CaseAct::PaidInPart, 9, 150));
    let (meanwhile, now) = (case(&[3], 150), case(&[3], 200));
    note(&mut events, Turn::Back(RemitId(2)), &meanwhile, &now, vec![(CaseAct::Paid, dollars(50))]);
    let won: Money = standing(&events).into_iter().map(won).sum();
    assert_eq!(won, dollars(200), "80 and 150 of 200");
    // A denial that nobody knew of before is one more.
    let (was, now) = (case(&[3], 0), case(&[3, 8], 0));
    let mut events = Vec::new();
    note(&mut events, Turn::Back(RemitId(2)), &was, &now, vec![(CaseAct::DeniedAgain, dollars(200))]);
    assert_eq!(acts(&events), [CaseAct::DeniedAgain]);
    assert_eq!(Turn::of(&events[0]), None);
}

/// The denial that the office knew first is not the oldest: the log speaks of the other one.
#[test]
fn a_denial_of_which_the_log_does_not_speak_is_no_news_when_it_comes_back() {
    let (both, older) = (case(&[3, 5], 0), case(&[3], 0));
    let mut events = vec![event(CaseAct::DeniedAgain, CaseState::Open, 3)];
    note(&mut events, Turn::Out(RemitId(1)), &both, &older, Vec::new());
    note(&mut events, Turn::Back(RemitId(1)), &older, &both, vec![(CaseAct::DeniedAgain, dollars(200))]);
    assert_eq!(acts(&events), [CaseAct::DeniedAgain]);
}
