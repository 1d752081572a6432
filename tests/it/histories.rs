//! Random histories of one claim: its submissions, what two payers answer, what the office does.
//!
//! Every answer adds up unless it is meant not to; whether it makes sense after the others is left to chance.

use std::fmt;

use arrears::domain::claim::{Frequency, ServiceLine};
use arrears::domain::entry::Posting;
use arrears::domain::remit::{Adjustment, ClaimPayment, LinePayment};
use arrears::domain::{
    Account, Code, Date, EntryId, GroupCode, Money, PatientControlNumber, PayerControlNumber, PayerId,
    PaymentId, Quantity,
};
use arrears::posting::acts::Act;
use arrears::posting::history::Version;
use arrears::posting::position::{Answer, Terms};
use proptest::prelude::*;

/// Day 0: the claim is billed.
const FIRST: i32 = 739_600;

/// The procedure codes of the claim's lines.
pub const PROCEDURES: [&str; 3] = ["99213", "87880", "36415"];

/// A claim payment with the remittance it came with.
#[derive(Clone)]
pub struct Heard {
    pub id: PaymentId,
    pub on: Date,
    pub payer: PayerId,
    pub trace: String,
    pub payment: ClaimPayment,
}

impl Heard {
    pub fn answer(&self) -> Answer<'_> {
        Answer {
            id: self.id,
            on: self.on,
            answered_on: self.on,
            payer: self.payer,
            forwarded_to: PayerId::NONE,
            trace: &self.trace,
            payment: &self.payment,
            by_hand: None,
        }
    }
}

/// One line: what a person needs to follow a failing history.
impl fmt::Debug for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let p = &self.payment;
        write!(f, "{} on {}: payer {} {} ", self.trace, self.on, self.payer, p.payer_number)?;
        write!(f, "CLP02 {} charge {} paid {}", p.status, p.charge, p.paid)?;
        let pair =
            |a: &Adjustment| format!(" {}-{} {}", a.group.map_or("?", GroupCode::as_str), a.reason, a.amount);
        write!(f, "{}", p.adjustments.iter().map(pair).collect::<String>())?;
        for line in &p.lines {
            let pairs = line.adjustments.iter().map(pair).collect::<String>();
            write!(f, " | {} {} paid {}{pairs}", line.procedure, line.charge, line.paid)?;
        }
        Ok(())
    }
}

/// A claim and everything that was ever said about it.
#[derive(Clone)]
pub struct History {
    pub payers: Vec<PayerId>,
    /// Charges of the lines, by submission.
    pub submitted: Vec<Vec<i64>>,
    pub versions: Vec<Version>,
    pub charges: Vec<Money>,
    pub lines: Vec<ServiceLine>,
    pub void_since: Option<Date>,
    pub acts: Vec<Act>,
    pub heard: Vec<Heard>,
}

impl fmt::Debug for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\npayers {:?}, void since {:?}", self.payers.len(), self.void_since)?;
        for version in &self.versions {
            writeln!(f, "{} billed {} ({})", version.on, version.charge, char::from(version.frequency.0))?;
        }
        for act in &self.acts {
            let legs =
                act.postings.iter().map(|p| format!(" {} {}", p.account, p.amount)).collect::<String>();
            writeln!(f, "{} office:{legs}", act.on)?;
        }
        self.heard.iter().take(30).try_for_each(|heard| writeln!(f, "{heard:?}"))
    }
}

impl History {
    pub fn terms(&self) -> Terms<'_> {
        Terms {
            payers: &self.payers,
            billed: self.payers[0],
            lines: &self.lines,
            charges: &self.charges,
            void_since: self.void_since,
            handlings: &[],
            named: &[],
        }
    }

    /// Gives the numbers that a ledger would give in this order of arrival.
    pub fn numbered(mut heard: Vec<Heard>) -> Vec<Heard> {
        for (number, one) in (1..).zip(&mut heard) {
            one.id = PaymentId(number);
        }
        heard
    }

    /// The most that was ever charged for a line, or for the claim.
    pub fn most_charged(&self, line: u16) -> Money {
        let of = |charges: &Vec<i64>| match line {
            0 => charges.iter().sum(),
            line => charges.get(usize::from(line) - 1).copied().unwrap_or(0),
        };
        Money::from_cents(self.submitted.iter().map(of).max().unwrap_or(0))
    }
}

/// What a payer does with one line. Numbers are thousandths.
#[derive(Clone, Debug)]
enum Verdict {
    /// Allowed, of it the patient's.
    Paid(i64, i64),
    /// A part refused, the rest paid.
    PartDenied(i64, usize),
    Denied(usize),
    DeniedTwice(i64, usize, usize),
    Pending,
    CoverageEnded,
    PatientShare,
    ContractTakesAll,
}

#[derive(Clone, Debug)]
enum Kind {
    First(Vec<Verdict>),
    /// With its prior payments as some earlier answer has them, or made up.
    Second(Vec<Verdict>, Option<usize>, i64),
    /// By status 22, or by sign alone; under the number of the original or another.
    Reversal {
        of: usize,
        by_sign: bool,
        other_number: bool,
    },
    Repeat {
        of: usize,
    },
    DuplicateNotice,
    Silent(&'static str),
    Wrong(Vec<Verdict>),
}

#[derive(Clone, Debug)]
struct Event {
    day: u32,
    /// The payer's number for the claim.
    number: u8,
    /// Which submission is answered.
    version: usize,
    /// Which lines, as bits; 0 is all of them.
    lines: u8,
    /// CAS at claim level, without SVC loops.
    whole: bool,
    kind: Kind,
}

const REFUSALS: [(GroupCode, &str); 9] = [
    (GroupCode::Co, "16"),
    (GroupCode::Co, "197"),
    (GroupCode::Co, "29"),
    (GroupCode::Pi, "16"),
    (GroupCode::Oa, "18"),
    (GroupCode::Co, "119"),
    (GroupCode::Co, "81"),
    (GroupCode::Pr, "119"),
    (GroupCode::Pr, "26"),
];

fn verdict() -> impl Strategy<Value = Verdict> {
    let refusal = || 0..REFUSALS.len();
    prop_oneof![
        4 => (0..=1000i64, prop_oneof![Just(0i64), 0..=1000i64]).prop_map(|(a, p)| Verdict::Paid(a, p)),
        2 => (1..1000i64, refusal()).prop_map(|(part, why)| Verdict::PartDenied(part, why)),
        5 => refusal().prop_map(Verdict::Denied),
        4 => (1..1000i64, refusal(), refusal()).prop_map(|(part, a, b)| Verdict::DeniedTwice(part, a, b)),
        1 => Just(Verdict::Pending),
        1 => Just(Verdict::CoverageEnded),
        1 => Just(Verdict::PatientShare),
        1 => Just(Verdict::ContractTakesAll),
    ]
}

fn kind() -> impl Strategy<Value = Kind> {
    let verdicts = || prop::collection::vec(verdict(), 3);
    let of = || 0..8usize;
    prop_oneof![
        6 => verdicts().prop_map(Kind::First),
        3 => (verdicts(), prop::option::weighted(0.8, of()), 0..=1000i64).prop_map(|(v, of, made_up)| Kind::Second(v, of, made_up)),
        4 => (of(), any::<bool>(), any::<bool>())
            .prop_map(|(of, by_sign, other_number)| Kind::Reversal { of, by_sign, other_number }),
        1 => of().prop_map(|of| Kind::Repeat { of }),
        1 => Just(Kind::DuplicateNotice),
        1 => prop_oneof![Just("23"), Just("25")].prop_map(Kind::Silent),
        1 => verdicts().prop_map(Kind::Wrong),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    let lines = prop_oneof![3 => Just(0u8), 2 => 1..8u8];
    (0..6u32, 0..3u8, 0..2usize, lines, prop::bool::weighted(0.15), kind()).prop_map(
        |(day, number, version, lines, whole, kind)| Event { day, number, version, lines, whole, kind },
    )
}

/// Day, kind and cents.
type Deed = (u32, u8, i64);

/// Charges, second payer, what the second submission adds (nothing: there is none), void, events, deeds.
pub fn history() -> impl Strategy<Value = History> {
    made(1..8, 0..3)
}

/// A history with exactly so many answers.
pub fn long_history(answers: usize) -> impl Strategy<Value = History> {
    made(answers..answers + 1, 0..1)
}

fn made(answers: std::ops::Range<usize>, deeds: std::ops::Range<usize>) -> impl Strategy<Value = History> {
    let charges = prop::collection::vec(prop_oneof![Just(10_000i64), 1..50_000i64], 1..4);
    let replaced = prop::option::weighted(0.25, (1..6u32, prop_oneof![Just(0i64), 1..5_000i64]));
    let void = prop::option::weighted(0.1, 1..6u32);
    let deed: (_, _, _) = (0..6u32, 0..9u8, 1..6_000i64);
    (
        charges,
        any::<bool>(),
        replaced,
        void,
        prop::collection::vec(event(), answers),
        prop::collection::vec(deed, deeds),
    )
        .prop_map(|(charges, second, replaced, void, events, deeds)| {
            build(&charges, second, replaced, void, &events, &deeds)
        })
}

fn day(n: u32) -> Date {
    Date::from_number(FIRST).plus_days(n)
}

fn build(
    charges: &[i64],
    second: bool,
    replaced: Option<(u32, i64)>,
    void: Option<u32>,
    events: &[Event],
    deeds: &[Deed],
) -> History {
    let mut submitted = vec![charges.to_vec()];
    let total = |charges: &[i64]| Money::from_cents(charges.iter().sum());
    let mut versions = vec![Version { on: day(0), frequency: Frequency::ORIGINAL, charge: total(charges) }];
    if let Some((on, more)) = replaced {
        let mut charges = charges.to_vec();
        charges[0] += more;
        versions.push(Version { on: day(on), frequency: Frequency::REPLACEMENT, charge: total(&charges) });
        submitted.push(charges);
    }
    let void_since = void.map(day).filter(|on| versions.iter().all(|v| v.on <= *on));
    if let Some(on) = void_since {
        let charge = versions.last().expect("the first").charge;
        versions.push(Version { on, frequency: Frequency::VOID, charge });
    }
    let payers = if second { vec![PayerId(1), PayerId(2)] } else { vec![PayerId(1)] };
    let mut acts: Vec<Act> = deeds.iter().map(deed).collect();
    acts.sort_by_key(|act| act.on);
    for (number, act) in (1..).zip(&mut acts) {
        act.id = EntryId(number);
    }
    let mut heard: Vec<Heard> = Vec::new();
    for event in events {
        let Some((payment, payer)) = say(event, &submitted, &heard) else { continue };
        let number = heard.len() + 1;
        heard.push(Heard {
            id: PaymentId(number as u64),
            on: day(event.day),
            payer,
            trace: format!("T{number}"),
            payment,
        });
    }
    let lines = submitted.last().expect("the first").iter().zip(PROCEDURES).zip(1..);
    History {
        payers,
        versions: versions.clone(),
        charges: versions.iter().map(|v| v.charge).collect(),
        lines: lines.map(|((charge, code), number)| line(number, code, *charge)).collect(),
        submitted,
        void_since,
        acts,
        heard,
    }
}

fn line(number: u16, procedure: &str, charge: i64) -> ServiceLine {
    ServiceLine {
        number,
        control_number: Default::default(),
        qualifier: "HC".into(),
        procedure: procedure.into(),
        modifiers: Default::default(),
        revenue_code: Default::default(),
        charge: Money::from_cents(charge),
        units: Quantity::ONE,
        place_of_service: Default::default(),
        pointers: Default::default(),
        from: None,
        to: None,
    }
}

fn deed((on, kind, cents): &Deed) -> Act {
    let amount = Money::from_cents(*cents);
    let (to, from) = match kind {
        0 | 1 => (Account::CashPatient, Account::Due),
        2 => (Account::WriteoffDenial, Account::Denied),
        3 => (Account::WriteoffSmallBalance, Account::Open),
        4 => (Account::Due, Account::Denied),
        5 => (Account::Denied, Account::Due),
        6 => (Account::WriteoffTimelyFiling, Account::Hold),
        7 => (Account::Denied, Account::Open),
        _ => (Account::Next, Account::Denied),
    };
    let line = if cents % 2 == 0 { 0 } else { (cents % 3) as u16 + 1 };
    let given = Posting { line, ..Posting::new(from, PayerId(1), -amount) };
    let postings = vec![Posting::new(to, PayerId(1), amount), given];
    Act { id: EntryId(0), on: day(*on), undoes: None, item: None, postings }
}

/// One event as a claim payment; nothing where it speaks of an answer that is not there.
fn say(event: &Event, submitted: &[Vec<i64>], heard: &[Heard]) -> Option<(ClaimPayment, PayerId)> {
    let charges = submitted.get(event.version).unwrap_or(&submitted[0]);
    let chosen = |at: usize| event.lines == 0 || event.lines & (1 << at) != 0;
    let mut lines: Vec<(usize, i64)> =
        charges.iter().copied().enumerate().filter(|(at, _)| chosen(*at)).collect();
    if lines.is_empty() {
        lines = charges.iter().copied().enumerate().collect();
    }
    let numbered = |status: &str| ClaimPayment {
        control_number: PatientControlNumber::new("C1"),
        status: status.into(),
        filing: "12".into(),
        payer_number: PayerControlNumber::new(&format!("ICN{}", event.number)),
        segment: 8,
        ..ClaimPayment::default()
    };
    let original = |of: usize| (!heard.is_empty()).then(|| &heard[of % heard.len()]);
    Some(match &event.kind {
        Kind::First(verdicts) | Kind::Wrong(verdicts) => {
            let judged = lines.iter().map(|(at, charge)| judge(*at, *charge, &verdicts[*at], 0)).collect();
            let mut payment = with_lines(numbered("1"), judged, event.whole);
            if matches!(event.kind, Kind::Wrong(_)) {
                payment.paid += Money::from_cents(1);
            }
            (payment, PayerId(1))
        }
        Kind::Second(verdicts, of, made_up) => {
            let earlier = of.and_then(original);
            let judged = lines
                .iter()
                .map(|(at, charge)| {
                    let prior = match earlier {
                        Some(earlier) => settled_on(&earlier.payment, *at).clamp(0, *charge),
                        None => charge * made_up / 1000,
                    };
                    judge(*at, *charge, &verdicts[*at], prior)
                })
                .collect();
            (with_lines(numbered("2"), judged, event.whole), PayerId(2))
        }
        Kind::Reversal { of, by_sign, other_number } => {
            let original = original(*of)?;
            let mut payment = negated(&original.payment);
            if !by_sign {
                payment.status = "22".into();
            }
            if *other_number {
                payment.payer_number = PayerControlNumber::new("ICN9");
            }
            (payment, original.payer)
        }
        Kind::Repeat { of } => {
            let original = original(*of)?;
            (original.payment.clone(), original.payer)
        }
        Kind::DuplicateNotice => {
            let charge: i64 = charges.iter().sum();
            let mut payment = numbered("1");
            payment.charge = Money::from_cents(charge);
            payment.adjustments = vec![adjustment(GroupCode::Oa, "18", charge)];
            (payment, PayerId(1))
        }
        Kind::Silent(status) => {
            let mut payment = numbered(status);
            payment.charge = Money::from_cents(charges.iter().sum());
            payment.adjustments = vec![adjustment(GroupCode::Oa, "101", charges.iter().sum())];
            (payment, PayerId(1))
        }
    })
}

fn adjustment(group: GroupCode, reason: &str, cents: i64) -> Adjustment {
    Adjustment { group: Some(group), reason: Code::known(reason), amount: Money::from_cents(cents) }
}

/// One line as the payer sees it: what earlier payers did, then the verdict on what they left.
fn judge(at: usize, charge: i64, verdict: &Verdict, prior: i64) -> LinePayment {
    let left = charge - prior;
    let (co, pr) = (GroupCode::Co, GroupCode::Pr);
    let mut adjustments = vec![adjustment(GroupCode::Oa, "23", prior)];
    let refused = |why: usize, cents| adjustment(REFUSALS[why].0, REFUSALS[why].1, cents);
    match verdict {
        Verdict::Paid(allowed, patient) => {
            let allowed = left * allowed / 1000;
            adjustments.push(adjustment(co, "45", left - allowed));
            adjustments.push(adjustment(pr, "2", allowed * patient / 1000));
        }
        Verdict::PartDenied(part, why) => {
            let denied = left * part / 1000;
            adjustments.push(refused(*why, denied));
            adjustments.push(adjustment(co, "45", (left - denied) / 2));
        }
        Verdict::Denied(why) => adjustments.push(refused(*why, left)),
        Verdict::DeniedTwice(part, a, b) => {
            adjustments.push(refused(*a, left * part / 1000));
            adjustments.push(refused(*b, left - left * part / 1000));
        }
        Verdict::Pending => adjustments.push(adjustment(GroupCode::Oa, "133", left)),
        Verdict::CoverageEnded => adjustments.push(adjustment(pr, "27", left)),
        Verdict::PatientShare => adjustments.push(adjustment(pr, "1", left)),
        Verdict::ContractTakesAll => adjustments.push(adjustment(co, "45", left)),
    }
    adjustments.retain(|a| !a.amount.is_zero());
    let taken: i64 = adjustments.iter().map(|a| a.amount.cents()).sum();
    LinePayment {
        qualifier: "HC".into(),
        procedure: PROCEDURES[at].into(),
        charge: Money::from_cents(charge),
        paid: Money::from_cents(charge - taken),
        adjustments: adjustments.into(),
        ..LinePayment::default()
    }
}

fn with_lines(mut payment: ClaimPayment, lines: Vec<LinePayment>, whole: bool) -> ClaimPayment {
    payment.charge = lines.iter().map(|l| l.charge).sum();
    payment.paid = lines.iter().map(|l| l.paid).sum();
    if whole {
        payment.adjustments = lines.into_iter().flat_map(|l| l.adjustments).collect();
    } else {
        payment.lines = lines;
    }
    payment
}

/// What an answer paid and took off on a line: what a consistent next payer counts as done.
fn settled_on(payment: &ClaimPayment, at: usize) -> i64 {
    let lines = payment.lines.iter().filter(|l| l.procedure == PROCEDURES[at]);
    let done = lines.map(|l| {
        let off =
            l.adjustments.iter().filter(|a| a.group == Some(GroupCode::Co) && a.reason == Code::known("45"));
        l.paid.cents() + off.map(|a| a.amount.cents()).sum::<i64>()
    });
    done.sum()
}

fn negated(payment: &ClaimPayment) -> ClaimPayment {
    let mut back = payment.clone();
    back.charge = -back.charge;
    back.paid = -back.paid;
    let lines = back.lines.iter_mut().map(|l| {
        l.charge = -l.charge;
        l.paid = -l.paid;
        l.adjustments.as_mut_slice()
    });
    for adjustments in lines.chain([back.adjustments.as_mut_slice()]) {
        for a in adjustments {
            a.amount = -a.amount;
        }
    }
    back
}
