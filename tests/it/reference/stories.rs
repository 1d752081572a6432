//! Random stories of one claim: what payers say about it in whatever order, and what persons do in between. Every number is
//! drawn first and made sense of only when it happens.

use std::fmt;

use proptest::prelude::*;

use super::{Answer, Cas, Cents, Claim, Day, Level, Service, Version};

/// The procedures of a claim's lines.
pub const PROCEDURES: [&str; 3] = ["99213", "87880", "36415"];

#[derive(Clone)]
pub struct Story {
    pub payers: Level,
    pub charges: Vec<Cents>,
    pub events: Vec<Event>,
}

/// One line an event: a failing story is read by a person.
impl fmt::Debug for Story {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} payers, charges {:?}", self.payers, self.charges)?;
        self.events.iter().try_for_each(|event| write!(f, "\n    {event:?}"))
    }
}

impl Story {
    pub fn claim(&self) -> Claim {
        let lines = PROCEDURES.iter().zip(&self.charges);
        let lines = lines.map(|(procedure, charge)| ((*procedure).to_owned(), *charge)).collect();
        Claim { payers: self.payers, versions: vec![Version { day: 0, lines }] }
    }
}

#[derive(Clone, Debug)]
pub enum Event {
    Says(Says),
    Does(Does),
    /// The office bills again before anybody answered: more for the first line. (When a replacement or a void takes effect
    /// on a claim with answers is no matter of these sections.)
    BillsAgain {
        day: Day,
        more: Cents,
    },
}

/// An answer of a payer.
#[derive(Clone, Debug)]
pub struct Says {
    pub day: Day,
    /// How many further events come before it arrives.
    pub delay: usize,
    /// The payer's number for the claim: few, so that they come again.
    pub number: u8,
    /// Which lines, as bits; 0 is all.
    pub lines: u8,
    /// Reasons of the claim as a whole, no lines.
    pub is_whole: bool,
    pub kind: Kind,
}

#[derive(Clone, Debug)]
pub enum Kind {
    First(Vec<Verdict>),
    /// Counts what the first payer did in the answer drawn, or made that up, in thousandths.
    Second(Vec<Verdict>, Option<usize>, Cents),
    TakesBack {
        of: usize,
        days_later: Day,
        by_sign: bool,
        other_number: bool,
    },
    Repeats {
        of: usize,
        days_later: Day,
    },
    /// OA-18 on everything.
    DuplicateNotice,
    /// A status that moves nothing.
    Silent(&'static str),
    /// One cent too many.
    Wrong(Vec<Verdict>),
}

/// What a payer does with one line, in thousandths of what is left to decide.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// How much is allowed, how much of it is the patient's.
    Paid(Cents, Cents),
    PartDenied(Cents, usize),
    Denied(usize),
    DeniedTwice(Cents, usize, usize),
    Pending,
    ContractTakesAll,
}

/// Refusals, by group and reason. Late filing (CO-29) is not among them: persons bill the patient here, and section 4a
/// keeps that from the patient.
const REFUSALS: [(&str, &str); 7] =
    [("CO", "16"), ("CO", "197"), ("CO", "50"), ("PI", "16"), ("OA", "109"), ("PR", "27"), ("PR", "50")];

/// An act of a person: of what is there, so many thousandths.
#[derive(Clone, Debug)]
pub enum Does {
    TakesPayment(Cents),
    GivesUp { bucket: usize, share: Cents, account: usize },
    Moves { way: usize, share: Cents },
    Refunds(Cents),
    Undoes(usize),
    Voids(Day),
}

fn verdict() -> impl Strategy<Value = Verdict> {
    let refusal = || 0..REFUSALS.len();
    let share = || prop_oneof![Just(0), Just(1000), 1..1000 as Cents];
    prop_oneof![
        4 => (share(), share()).prop_map(|(allowed, patient)| Verdict::Paid(allowed, patient)),
        2 => (1..1000 as Cents, refusal()).prop_map(|(part, why)| Verdict::PartDenied(part, why)),
        5 => refusal().prop_map(Verdict::Denied),
        1 => (1..1000 as Cents, refusal(), refusal()).prop_map(|(p, a, b)| Verdict::DeniedTwice(p, a, b)),
        1 => Just(Verdict::Pending),
        1 => Just(Verdict::ContractTakesAll),
    ]
}

fn kind() -> impl Strategy<Value = Kind> {
    let verdicts = || prop::collection::vec(verdict(), PROCEDURES.len());
    let (of, days) = (|| 0..8usize, || 0..4 as Day);
    prop_oneof![
        7 => verdicts().prop_map(Kind::First),
        4 => (verdicts(), prop::option::weighted(0.8, of()), 0..=1000 as Cents)
            .prop_map(|(verdicts, of, made_up)| Kind::Second(verdicts, of, made_up)),
        5 => (of(), days(), any::<bool>(), prop::bool::weighted(0.2)).prop_map(
            |(of, days_later, by_sign, other_number)| Kind::TakesBack { of, days_later, by_sign, other_number }
        ),
        1 => (of(), days()).prop_map(|(of, days_later)| Kind::Repeats { of, days_later }),
        1 => Just(Kind::DuplicateNotice),
        1 => prop_oneof![Just("23"), Just("25")].prop_map(Kind::Silent),
        1 => verdicts().prop_map(Kind::Wrong),
    ]
}

fn says() -> impl Strategy<Value = Says> {
    let lines = prop_oneof![3 => Just(0u8), 1 => 1..8u8];
    let delay = prop_oneof![3 => Just(0usize), 1 => 1..4usize];
    (1..12 as Day, delay, 0..4u8, lines, prop::bool::weighted(0.15), kind()).prop_map(
        |(day, delay, number, lines, is_whole, kind)| Says { day, delay, number, lines, is_whole, kind },
    )
}

fn does() -> impl Strategy<Value = Does> {
    let share = || prop_oneof![2 => Just(1000 as Cents), 3 => 1..1000 as Cents];
    prop_oneof![
        3 => (1..20_000 as Cents).prop_map(Does::TakesPayment),
        5 => (0..6usize, share(), 0..6usize).prop_map(|(bucket, share, account)| Does::GivesUp { bucket, share, account }),
        5 => (0..5usize, share()).prop_map(|(way, share)| Does::Moves { way, share }),
        1 => share().prop_map(Does::Refunds),
        2 => (0..6usize).prop_map(Does::Undoes),
        1 => (1..12 as Day).prop_map(Does::Voids),
    ]
}

/// Stories of so many events; of these, in so many of ten a person does something.
pub fn story(events: std::ops::Range<usize>, acts: u32) -> impl Strategy<Value = Story> {
    let charges = prop::collection::vec(prop_oneof![Just(10_000 as Cents), 100..50_000 as Cents], 1..4);
    let again = (1..12 as Day, 1..5_000 as Cents).prop_map(|(day, more)| Event::BillsAgain { day, more });
    let event = prop_oneof![
        2 * (10 - acts) => says().prop_map(Event::Says),
        2 * acts => does().prop_map(Event::Does),
        1 => again,
    ];
    (charges, 1..3 as Level, prop::collection::vec(event, events))
        .prop_map(|(charges, payers, events)| Story { payers, charges, events })
}

/// Stories in which one payer answers lines again and again, each on its own, after an answer to the whole claim; and takes
/// answers back from the middle.
pub fn line_by_line(events: std::ops::Range<usize>) -> impl Strategy<Value = Story> {
    let charges = prop::collection::vec(100..50_000 as Cents, 2..4);
    (charges, prop::collection::vec(says(), events)).prop_map(|(charges, says)| {
        let of = |at: usize, says: Says| {
            let lines = if at == 0 { 0 } else { 1 + says.lines % 2 };
            Event::Says(Says { lines, is_whole: false, ..says })
        };
        let events = says.into_iter().enumerate().map(|(at, says)| of(at, says)).collect();
        Story { payers: 1, charges, events }
    })
}

/// Days of different payers and of bills are never the same: of these the rules do not say which comes first.
pub fn first_payers(day: Day) -> Day {
    3 * day
}

fn second_payers(day: Day) -> Day {
    3 * day + 1
}

pub fn billed(day: Day) -> Day {
    3 * day + 2
}

/// An event as an answer; nothing where it speaks of what was never said.
pub fn compose(says: &Says, claim: &Claim, said: &[Answer]) -> Option<Answer> {
    let version = claim.versions.iter().last()?;
    let chosen = |at: usize| says.lines == 0 || says.is_whole || says.lines & (1 << at) != 0;
    let mut lines: Vec<(usize, Cents)> =
        version.lines.iter().map(|(_, charge)| *charge).enumerate().filter(|(at, _)| chosen(*at)).collect();
    if lines.is_empty() {
        lines = version.lines.iter().map(|(_, charge)| *charge).enumerate().collect();
    }
    let empty = |status: &str, level: Level, day| Answer {
        day,
        level,
        status: status.to_owned(),
        charge: 0,
        paid: 0,
        number: format!("{}{}", if level == 1 { "ICN" } else { "SEC" }, says.number),
        cas: Vec::new(),
        services: Vec::new(),
    };
    let original = |of: usize| (!said.is_empty()).then(|| &said[of % said.len()]);
    Some(match &says.kind {
        Kind::First(verdicts) | Kind::Wrong(verdicts) => {
            let judged = lines.iter().map(|(at, charge)| judge(*at, *charge, &verdicts[*at], 0)).collect();
            let mut answer = with(empty("1", 1, first_payers(says.day)), judged, says.is_whole);
            if matches!(says.kind, Kind::Wrong(_)) {
                answer.paid += 1;
            }
            answer
        }
        Kind::Second(verdicts, of, made_up) => {
            if claim.payers < 2 {
                return None;
            }
            let lines: Vec<(usize, Cents)> =
                version.lines.iter().map(|(_, charge)| *charge).enumerate().collect();
            let earlier = of.and_then(original).filter(|answer| answer.level == 1);
            let judged = lines.iter().map(|(at, charge)| {
                let prior = match earlier {
                    Some(earlier) => settled(earlier, PROCEDURES[*at]).clamp(0, *charge),
                    None => charge * made_up / 1000,
                };
                judge(*at, *charge, &verdicts[*at], prior)
            });
            with(empty("2", 2, second_payers(says.day)), judged.collect(), says.is_whole)
        }
        Kind::TakesBack { of, days_later, by_sign, other_number } => {
            let original = original(*of).filter(|answer| answer.charge > 0)?;
            let mut answer = negated(original);
            answer.day += 3 * days_later;
            if !by_sign {
                answer.status = "22".to_owned();
            }
            if *other_number {
                answer.number = "ICN9".to_owned();
            }
            answer
        }
        Kind::Repeats { of, days_later } => {
            let original = original(*of)?;
            Answer { day: original.day + 3 * days_later, ..original.clone() }
        }
        Kind::DuplicateNotice | Kind::Silent(_) => {
            let (status, reason) = match says.kind {
                Kind::Silent(status) => (status, "101"),
                _ => ("1", "18"),
            };
            let mut answer = empty(status, 1, first_payers(says.day));
            answer.charge = version.charge();
            answer.cas = vec![cas("OA", reason, answer.charge)];
            answer
        }
    })
}

fn cas(group: &str, reason: &str, amount: Cents) -> Cas {
    Cas { group: group.to_owned(), reason: reason.to_owned(), amount }
}

/// One line as a payer sees it: what earlier payers did, then the verdict on what they left.
fn judge(at: usize, charge: Cents, verdict: &Verdict, prior: Cents) -> Service {
    let left = charge - prior;
    let refused = |why: usize, amount| cas(REFUSALS[why].0, REFUSALS[why].1, amount);
    let mut given = vec![cas("OA", "23", prior)];
    match verdict {
        Verdict::Paid(allowed, patient) => {
            let allowed = left * allowed / 1000;
            given.push(cas("CO", "45", left - allowed));
            given.push(cas("PR", "2", allowed * patient / 1000));
        }
        Verdict::PartDenied(part, why) => {
            let denied = left * part / 1000;
            given.push(refused(*why, denied));
            given.push(cas("CO", "45", (left - denied) / 2));
        }
        Verdict::Denied(why) => given.push(refused(*why, left)),
        Verdict::DeniedTwice(part, a, b) => {
            given.push(refused(*a, left * part / 1000));
            given.push(refused(*b, left - left * part / 1000));
        }
        Verdict::Pending => given.push(cas("OA", "133", left)),
        Verdict::ContractTakesAll => given.push(cas("CO", "45", left)),
    }
    given.retain(|cas| cas.amount != 0);
    let taken: Cents = given.iter().map(|cas| cas.amount).sum();
    Service { procedure: PROCEDURES[at].to_owned(), charge, paid: charge - taken, cas: given }
}

fn with(mut answer: Answer, services: Vec<Service>, is_whole: bool) -> Answer {
    answer.charge = services.iter().map(|service| service.charge).sum();
    answer.paid = services.iter().map(|service| service.paid).sum();
    if is_whole {
        answer.cas = services.into_iter().flat_map(|service| service.cas).collect();
    } else {
        answer.services = services;
    }
    answer
}

/// What an answer paid and took off on a line: what a payer behind it counts as done.
fn settled(answer: &Answer, procedure: &str) -> Cents {
    let off = |service: &Service| -> Cents {
        service.cas.iter().filter(|c| c.group == "CO" && c.reason == "45").map(|c| c.amount).sum()
    };
    answer.services.iter().filter(|s| s.procedure == procedure).map(|s| s.paid + off(s)).sum()
}

fn negated(answer: &Answer) -> Answer {
    let mut back = answer.clone();
    (back.charge, back.paid) = (-back.charge, -back.paid);
    for service in &mut back.services {
        (service.charge, service.paid) = (-service.charge, -service.paid);
    }
    let lines = back.services.iter_mut().flat_map(|service| &mut service.cas);
    back.cas.iter_mut().chain(lines).for_each(|cas| cas.amount = -cas.amount);
    back
}
