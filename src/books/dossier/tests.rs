//! A claim of which only the charge was booked is told without reading the journal: whatever becomes known of it then,
//! the story is the one that the journal tells.

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::books::attach::{attach, detach};
use crate::books::check::check;
use crate::books::manual::{self, Act, Ground};
use crate::books::retell::Hand;
use crate::denial::work;
use crate::domain::book::{ClaimVersion, Origin};
use crate::domain::case::{CaseAct, CaseEvent, CaseState};
use crate::domain::claim::Brought;
use crate::domain::entry::Source;
use crate::domain::period::PeriodRecord;
use crate::domain::remit::{Adjustment, ClaimPayment};
use crate::domain::{Account, ClaimId, Code, Few, GroupCode, Money, Month, PayerControlNumber, RemitId};
use crate::posting::entries::{HELD, held_postings};
use crate::store::tests::samples::{Dice, fixed_dice, practice};
use crate::store::{Book, WriteTables};

const CLAIM: ClaimId = ClaimId(1);
const HAND: Hand<'_> = Hand { now: 1_774_000_000, user: "kim" };

/// 1 January 2026 and so many days.
fn day(number: u32) -> Date {
    Date::parse_iso("2026-01-01").expect("a day").plus_days(number)
}

fn cents(amount: i64) -> Money {
    Money::from_cents(amount)
}

/// Something new about the claim.
#[derive(Clone, Debug)]
enum News {
    /// CLM05-3 and cents.
    Submission(u32, u8, i64),
    /// By payer 1 or 2: CLP02, cents paid and refused, and whether the cash waited for the claim.
    Answer(u32, u32, &'static str, [i64; 2], bool),
    /// The last answer is taken to another claim, and back.
    MovedAndBack,
    PatientPays(u32, i64),
    /// So many months are closed.
    Closed(u8),
    /// The first payer is another's other name.
    Merged,
}

struct Ledger {
    book: Book,
    /// The claim was told without reading the journal.
    unread: bool,
}

impl Ledger {
    fn new() -> Ledger {
        Ledger { book: Book::in_memory(&practice()).expect("made"), unread: false }
    }

    fn write<T>(&self, work: impl FnOnce(&mut WriteTables<'_>) -> Result<T, StoreError>) -> T {
        self.book.update(Duration::ZERO, work).expect("written")
    }

    fn state(&self) -> ClaimState {
        self.book.read().and_then(|read| read.claim_state(CLAIM)).expect("read").expect("there")
    }

    fn hear(&mut self, news: &News) {
        self.unread = self.write(|tables| heard(tables, news));
        self.prove();
    }

    /// Of the rest of a ledger, such as seals and remittances, there is nothing here.
    fn prove(&self) {
        let mut checks = check(&self.book.read().expect("read")).expect("checked");
        let names = ["claim-balances", "journal-tells-the-story", "claim-days", "sums"];
        checks.retain(|check| names.contains(&check.name));
        assert!(checks.len() == names.len() && checks.iter().all(|c| c.problems.is_empty()), "{checks:#?}");
        self.days_are_the_same_kept_or_told_once_more();
    }

    fn days_are_the_same_kept_or_told_once_more(&self) {
        let tables = self.book.read().expect("read");
        let record = tables.claim(CLAIM).expect("read").expect("there");
        let dossier = Dossier::open(&tables, &record).expect("read");
        let (merged, handlings) = retell::payers_now(&tables).expect("read");
        let acts = retell::acts(&dossier.entries, &merged);
        let days = |happened| {
            let (story, by_day) = dossier.story(&handlings, &acts, keep(happened));
            let cases = denial::seen(CLAIM, &story.position, &dossier.cases);
            dossier.days((&story, &by_day), &handlings, &acts, &cases)
        };
        assert_eq!(days(0), days(usize::MAX));
    }
}

fn version(on: u32, frequency: u8, charge: i64) -> ClaimVersion {
    ClaimVersion {
        billed_on: day(on),
        frequency,
        charge: cents(charge),
        service_from: None,
        service_to: None,
        batch: Text::default(),
        billed_payer: PayerId(1),
        origin: Origin::default(),
        fingerprint: 0,
    }
}

/// Puts a submission in its place.
fn submit(record: &mut ClaimRecord, version: ClaimVersion) {
    record.versions.push(version);
    record.versions.sort_by_key(|version| (version.billed_on, version.frequency));
}

/// Tells the claim by the journal and without it, enters it, and says whether it went without.
fn told(
    tables: &mut WriteTables<'_>,
    record: &ClaimRecord,
    payment: Option<(PaymentRecord, Option<PaymentStatus>)>,
) -> Result<bool, StoreError> {
    let rules = Rulebook::of(tables, &HAND)?;
    let (mut told, mut by_journal) = (Dossier::open(tables, record)?, Dossier::open(tables, record)?);
    by_journal.entries = retell::entries(tables, record.id, &by_journal.payments)?;
    let by_nobody = |(id, entry): &(EntryId, Entry)| {
        (*id, Entry { recorded_at: 0, user: Text::default(), memo: Text::default(), ..entry.clone() })
    };
    let entries = |dossier: &Dossier<'_>| -> Vec<_> { dossier.entries.iter().map(by_nobody).collect() };
    assert_eq!(entries(&told), entries(&by_journal));
    if let Some((payment, was)) = payment {
        told.hear(tables, payment.clone(), was, "step")?;
        by_journal.hear(tables, payment, was, "step")?;
    }
    let unread = told.before.only_charged;
    let told = told.tell(&rules);
    assert_eq!(told, by_journal.tell(&rules));
    told.enter_all(tables, &HAND)?;
    Ok(unread)
}

fn heard(tables: &mut WriteTables<'_>, news: &News) -> Result<bool, StoreError> {
    let mut record = tables.claim(CLAIM)?.expect("there");
    match *news {
        News::Submission(on, frequency, charge) => submit(&mut record, version(on, frequency, charge)),
        News::Answer(on, payer, status, money, waited) => {
            let mut payment = answer(tables, on, payer, status, money)?;
            let was = waited.then_some(PaymentStatus::Unapplied);
            if waited {
                wait(tables, &mut payment)?;
            }
            return told(tables, &record, Some((payment, was)));
        }
        News::MovedAndBack => {
            let Some(mut last) = tables.payments_of_claim(CLAIM)?.pop() else { return Ok(false) };
            detach(tables, &mut last)?;
            let unread = told(tables, &record, None)?;
            attach(tables, last, CLAIM, "person")?;
            return Ok(told(tables, &record, None)? && unread);
        }
        News::PatientPays(on, amount) => {
            let ground = Ground::new(day(on), "");
            manual::act(tables, &HAND, CLAIM, Act::Pay(cents(amount)), ground).expect("paid");
        }
        News::Closed(months) => close(tables, months)?,
        News::Merged => {
            record.payers[0] = PayerId(3);
            record.versions.iter_mut().for_each(|version| version.billed_payer = PayerId(3));
        }
    }
    tables.put_claim(&record)?;
    told(tables, &record, None)
}

fn answer(
    tables: &mut WriteTables<'_>,
    on: u32,
    payer: u32,
    status: &str,
    [paid, refused]: [i64; 2],
) -> Result<PaymentRecord, StoreError> {
    let adjustment =
        Adjustment { group: Some(GroupCode::Co), reason: Code::known("16"), amount: cents(refused) };
    let payment = ClaimPayment {
        status: status.into(),
        charge: cents(paid + refused),
        paid: cents(paid),
        adjustments: if refused == 0 { Vec::new() } else { vec![adjustment] },
        ..Dice(Vec::new()).payment().payment.as_ref().clone()
    };
    Ok(PaymentRecord {
        id: tables.next_payment_id()?,
        remit: RemitId(1),
        posted_on: day(on),
        answered_on: day(on),
        payer: PayerId(payer),
        payment: Box::new(payment),
        previous_of_claim: None,
        held_entry: None,
        claim: None,
        status: PaymentStatus::Unapplied,
        ..Dice(Vec::new()).payment()
    })
}

/// Closes the first months of the year.
fn close(tables: &mut WriteTables<'_>, months: u8) -> Result<(), StoreError> {
    match Month::parse(&format!("2026-{months:02}")) {
        Some(month) => tables.put_period(&PeriodRecord { month, closed: true, ..fixed_dice(1).period() }),
        None => Ok(()),
    }
}

/// The cash came before the claim was found.
fn wait(tables: &mut WriteTables<'_>, payment: &mut PaymentRecord) -> Result<(), StoreError> {
    let postings = held_postings(payment.payer, payment.payment.paid);
    if !postings.is_empty() {
        let entry = Entry {
            posted_on: payment.posted_on,
            source: Source::Remit,
            payment: Some(payment.id),
            rule: HELD.into(),
            postings,
            ..Dice(Vec::new()).entry()
        };
        payment.held_entry = Some(tables.append_entry(&tables.admit(entry), None)?);
    }
    tables.put_payment(payment)?;
    tables.payments_mut().put_unapplied(payment.id)
}

/// A ledger with one claim, of two payers, that came with these submissions when so many months were closed.
fn ledger(closed: u8, submissions: &[(u32, u8, i64)]) -> Ledger {
    let mut record = ClaimRecord {
        id: CLAIM,
        payers: Few::from_slice(&[PayerId(1), PayerId(2)]),
        versions: Few::new(),
        ..Dice(Vec::new()).claim()
    };
    for (on, frequency, charge) in submissions {
        submit(&mut record, version(*on, *frequency, *charge));
    }
    let ledger = Ledger::new();
    ledger.write(|tables| {
        tables.put_claim(&record)?;
        close(tables, closed)?;
        Dossier::new(&record).tell(&Rulebook::of(tables, &HAND)?).enter_all(tables, &HAND)
    });
    ledger.prove();
    ledger
}

fn some_news() -> impl Strategy<Value = News> {
    let status = prop::sample::select(vec!["1", "2", "3", "4", "19", "22", "25"]);
    let money =
        prop::sample::select(vec![[0, 0], [8_000, 2_000], [10_000, 0], [0, 10_000], [-8_000, -2_000]]);
    prop_oneof![
        2 => (0..150u32, prop::sample::select(b"178".to_vec()), prop::sample::select(vec![0, 5_000, 10_000]))
            .prop_map(|(on, frequency, charge)| News::Submission(on, frequency, charge)),
        5 => (0..150u32, 1..=2u32, status, money, any::<bool>())
            .prop_map(|(on, payer, status, money, waited)| News::Answer(on, payer, status, money, waited)),
        1 => Just(News::MovedAndBack),
        1 => (0..150u32, 1..9_000i64).prop_map(|(on, amount)| News::PatientPays(on, amount)),
        1 => (1..=4u8).prop_map(News::Closed),
        1 => Just(News::Merged),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_claim_is_told_as_its_journal_tells_it(
        closed in 0..=2u8,
        first in (0..90u32, prop::sample::select(b"1178".to_vec())),
        second in prop::option::of((0..90u32, prop::sample::select(b"178".to_vec()), prop::sample::select(vec![0, 7_000, 10_000]))),
        news in prop::collection::vec(some_news(), 0..6),
    ) {
        let submissions: Vec<_> = [(first.0, first.1, 10_000)].into_iter().chain(second).collect();
        let mut ledger = ledger(closed, &submissions);
        for news in &news {
            ledger.hear(news);
        }
    }
}

#[test]
fn a_claim_that_was_only_charged_is_told_without_its_journal() {
    let answer = News::Answer(40, 1, "1", [8_000, 2_000], false);
    // What the claim came with, and whether its charge is all and as its state says.
    for (closed, submissions, only) in [
        (0, vec![(5, b'1', 10_000)], true),
        (1, vec![(5, b'1', 10_000)], true),
        (0, vec![(5, b'1', 10_000), (9, b'7', 10_000), (12, b'8', 10_000)], true),
        (0, vec![(5, b'1', 10_000), (9, b'7', 12_000)], false),
        (0, vec![(5, b'1', 0)], false),
        (0, vec![(5, b'8', 10_000)], false),
        // The void says when it was first billed, the claim when it was charged.
        (0, vec![(5, b'8', 10_000), (9, b'1', 10_000)], false),
    ] {
        let mut ledger = ledger(closed, &submissions);
        assert_eq!(ledger.state().only_charged, only, "{closed} {submissions:?}");
        ledger.hear(&answer);
        assert_eq!((ledger.unread, ledger.state().only_charged), (only, false), "{closed} {submissions:?}");
    }
}

#[test]
fn what_comes_after_the_charge_ends_it() {
    for (news, still) in [
        (News::Submission(9, b'7', 10_000), true),
        (News::Submission(9, b'7', 12_000), false),
        (News::Submission(2, b'1', 10_000), false),
        (News::Submission(9, b'8', 10_000), true),
        (News::Answer(40, 1, "1", [8_000, 2_000], false), false),
        (News::Answer(40, 1, "1", [8_000, 2_000], true), false),
        // It moves nothing.
        (News::Answer(40, 1, "25", [0, 0], false), true),
        (News::Answer(40, 2, "2", [8_000, 2_000], false), false),
        (News::PatientPays(9, 500), false),
        (News::Closed(1), true),
        (News::Merged, false),
    ] {
        let mut ledger = ledger(0, &[(5, b'1', 10_000)]);
        ledger.hear(&news);
        assert_eq!(ledger.state().only_charged, still, "{news:?}");
        ledger.hear(&News::Answer(50, 1, "1", [10_000, 0], false));
    }
}

#[test]
fn a_balance_that_was_brought_in_is_no_charge() {
    let ledger = Ledger::new();
    let record = ClaimRecord {
        id: CLAIM,
        payers: Few::from_slice(&[PayerId(1)]),
        versions: Few::from([version(5, b'1', 10_000)]),
        ..Dice(Vec::new()).claim()
    };
    let brought = Brought {
        charge: cents(10_000),
        paid: Money::ZERO,
        adjusted: Money::ZERO,
        balance: cents(10_000),
        bucket: Account::Open,
    };
    ledger.write(|tables| {
        tables.put_claim(&record)?;
        crate::books::opening::bring(tables, &HAND, &record, &brought, day(9))?;
        told(tables, &record, None)
    });
    assert!(!ledger.state().only_charged);
    ledger.prove();
}

#[test]
fn the_proof_sees_a_state_that_says_wrongly_that_its_charge_is_all() {
    let charged = ledger(0, &[(5, b'1', 10_000)]);
    let mut answered = ledger(0, &[(5, b'1', 10_000)]);
    answered.hear(&News::Answer(40, 1, "1", [10_000, 0], false));
    for ledger in [charged, answered] {
        let state = ledger.state();
        let wrong = ClaimState { only_charged: !state.only_charged, ..state };
        ledger.write(|tables| tables.put_claim_state(CLAIM, &wrong));
        let checks = check(&ledger.book.read().expect("read")).expect("checked");
        let days = checks.iter().find(|check| check.name == "claim-days").expect("there");
        assert_eq!(
            days.problems,
            ["claim 1: whether its charge is its only entry is not what its entries say"]
        );
    }
}

#[test]
fn the_proof_sees_a_payers_number_that_does_not_lead_to_its_claim() {
    let mut ledger = ledger(0, &[(5, b'1', 10_000)]);
    ledger.hear(&News::Answer(40, 1, "1", [10_000, 0], false));
    let numbers = |ledger: &Ledger| {
        let checks = check(&ledger.book.read().expect("read")).expect("checked");
        checks.into_iter().find(|check| check.name == "indexes").expect("there").problems
    };
    ledger.write(|tables| {
        let claim = tables.claim(CLAIM)?.expect("there").claim;
        tables.index_claim_number(&claim.control_number.index_form(), CLAIM)?;
        let mut payment = tables.payments_of_claim(CLAIM)?.pop().expect("there");
        payment.payment.payer_number = PayerControlNumber::new("ICN9");
        tables.put_payment(&payment)
    });
    assert_eq!(numbers(&ledger), ["claim 1 is not found by its numbers"]);
    ledger.write(|tables| tables.index_payer_number("ICN9", CLAIM));
    assert!(numbers(&ledger).is_empty());
}

#[test]
fn the_proof_sees_a_case_that_stands_where_nobody_brought_it() {
    let denied = || {
        let mut ledger = ledger(0, &[(5, b'1', 10_000)]);
        ledger.hear(&News::Answer(40, 1, "1", [0, 10_000], false));
        ledger
    };
    let problems = |ledger: &Ledger| {
        let checks = check(&ledger.book.read().expect("read")).expect("checked");
        checks.into_iter().find(|check| check.name == "case-states").expect("there").problems
    };
    let note =
        |act, entry| CaseEvent { entry, ..CaseEvent::new(act, CaseState::Resolved, day(50), 0, "kim") };
    let stands = "case 1 is resolved; by what payers said and persons did it is open";
    let moved = "case 1: resolve is not what entry 99 moved";
    for (event, wanted) in [
        (note(CaseAct::Note, None), vec![stands]),
        (note(CaseAct::Resolve, None), vec![]),
        (note(CaseAct::Resolve, Some(EntryId(99))), vec![moved]),
    ] {
        let ledger = denied();
        assert!(problems(&ledger).is_empty());
        ledger.write(|tables| {
            tables.add_case_event(CaseId(1), &event)?;
            tables.put_case_work(CaseId(1), &work::of_events(std::slice::from_ref(&event), None))
        });
        let wanted: Vec<String> = wanted.into_iter().map(str::to_owned).collect();
        // An entry that is not there moved nothing, whatever the event says.
        assert_eq!(problems(&ledger), wanted, "{event:?}");
    }
    // A denial that is no more has no course, and one that has a course has denials.
    let ledger = denied();
    ledger.write(|tables| {
        let case = tables.case(CaseId(1))?.expect("there");
        tables.put_case(&DenialCase { events: Vec::new(), lines: Vec::new(), ..case })
    });
    assert_eq!(problems(&ledger), ["case 1 has no denial, and the claim's answers have"]);
}
