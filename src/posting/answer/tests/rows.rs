//! A row of the tables: a claim and its events, read and told as a story.

use crate::domain::book::PayerRecord;
use crate::domain::by_hand::{ByHand, Says, Split};
use crate::domain::claim::{ClaimPayer, Frequency, ServiceLine};
use crate::domain::entry::Posting;
use crate::domain::merge::Merged;
use crate::domain::remit::{Adjustment, ClaimPayment, LinePayment, PartyName};
use crate::domain::{
    Account, Code, Date, EntryId, Few, GroupCode, Money, PayerControlNumber, PayerId, PaymentId, Quantity,
};
use crate::posting::acts::Act;
use crate::posting::history::{Story, Version, tell};
use crate::posting::position::{Answer, Terms};

pub(super) fn money(text: &str) -> Money {
    Money::parse(text.as_bytes()).expect(text)
}

pub(super) fn day(text: &str) -> Date {
    Date::from_number(740_000 + text.parse::<i32>().expect(text))
}

/// A day in the words of a row.
pub(super) fn word_of(day: Date) -> i32 {
    day.days_since(Date::from_number(740_000))
}

pub(super) const WORDS: [(&str, Account); 18] = [
    ("open", Account::Open),
    ("denied", Account::Denied),
    ("pending", Account::Pending),
    ("next", Account::Next),
    ("due", Account::Due),
    ("hold", Account::Hold),
    ("cash", Account::CashInsurance),
    ("contractual", Account::Contractual),
    ("reduction", Account::Reduction),
    ("contra", Account::Contra),
    ("other", Account::OtherAdjustment),
    ("gave-up", Account::WriteoffDenial),
    ("small", Account::WriteoffSmallBalance),
    ("bad-debt", Account::WriteoffBadDebt),
    ("recovered", Account::BadDebtRecovered),
    ("refund", Account::RefundInsurance),
    ("refund-patient", Account::RefundPatient),
    ("cash-patient", Account::CashPatient),
];

pub(super) fn account(word: &str) -> Account {
    WORDS.iter().find(|(known, _)| *known == word).unwrap_or_else(|| panic!("{word}")).1
}

pub(super) fn line(number: u16, charge: &str) -> ServiceLine {
    ServiceLine {
        number,
        control_number: Default::default(),
        qualifier: "HC".into(),
        procedure: format!("9921{number}").as_str().into(),
        modifiers: Default::default(),
        revenue_code: Default::default(),
        charge: money(charge),
        units: Quantity::ONE,
        place_of_service: Default::default(),
        pointers: Default::default(),
        from: None,
        to: None,
    }
}

#[derive(Default)]
pub(super) struct Told {
    pub(super) acts: Vec<Act>,
    versions: Vec<Version>,
    said: Vec<Said>,
    void_since: Option<Date>,
    /// What persons released of the answers.
    pub(super) released: Vec<PaymentId>,
    /// What came before its claim was known.
    pub(super) waited: Vec<PaymentId>,
    /// Payers that became others.
    pub(super) merged: Merged,
}

/// An answer as the row has it.
struct Said {
    on: Date,
    payer: PayerId,
    forwarded_to: PayerId,
    payment: ClaimPayment,
    by_hand: Option<ByHand>,
    /// It was put on another claim, or released.
    gone: bool,
}

/// A row as it is told.
pub(super) struct Row<'a> {
    pub(super) told: &'a Told,
    /// The words after the payers.
    pub(super) tells: &'a [&'a str],
    /// The answers that the rules reckon with.
    pub(super) answers: &'a [Answer<'a>],
}

pub(super) fn read(events: &str, charge: Money) -> Told {
    let mut told = Told::default();
    told.versions.push(Version { on: day("0"), frequency: Frequency::ORIGINAL, charge });
    for event in events.split(';') {
        let words: Vec<&str> = event.split_whitespace().collect();
        let on = day(words[0]);
        let id = EntryId(told.acts.len() as u64 + 1);
        let of = |account: Account, amount: Money| {
            let payer = if account == Account::Next { PayerId(2) } else { PayerId(1) };
            Posting::new(account, payer, amount)
        };
        let postings = match words[1] {
            "F7" => {
                told.versions.push(Version {
                    on,
                    frequency: Frequency::REPLACEMENT,
                    charge: money(words[2]),
                });
                continue;
            }
            "F8" => {
                told.versions.push(Version { on, frequency: Frequency::VOID, charge });
                told.void_since = Some(on);
                continue;
            }
            "brought" => {
                // What older books had left of the claim, bucket by bucket; what is not there was paid.
                let mut postings = vec![Posting::new(Account::OpeningCharges, PayerId(1), -charge)];
                for word in &words[2..] {
                    let (name, amount) = word.split_once(':').expect("bucket:amount");
                    let account = match name {
                        "paid" => Account::OpeningPayments,
                        "adjusted" => Account::OpeningAdjustments,
                        bucket => account(bucket),
                    };
                    postings.push(of(account, money(amount)));
                }
                postings
            }
            "undo" => {
                let undone = &told.acts[words[2].parse::<usize>().expect("a number") - 1];
                let undoes = Some(undone.id);
                let postings = undone.postings.iter().map(|p| p.negated()).collect();
                told.acts.push(Act { id, on, undoes, item: None, postings });
                continue;
            }
            "void" => {
                vec![Posting::new(Account::Charges, PayerId(1), charge), of(account(words[2]), -charge)]
            }
            "pays" => vec![
                Posting::new(Account::CashPatient, PayerId::NONE, money(words[2])),
                of(Account::Due, -money(words[2])),
            ],
            "away" | "released" => {
                let named = |said: &Said| said.payment.payer_number.as_str() == words[2];
                let at = told.said.iter().rposition(named).expect("said before");
                told.said[at].gone = true;
                if words[1] == "released" {
                    told.released.push(PaymentId(at as u64 + 1));
                }
                continue;
            }
            "merged" => {
                let (from, into) = words[2].split_once('>').expect("from>into");
                let id = |text: &str| PayerId(text.parse().expect("a payer"));
                let merged_into = Some(id(into));
                let record = PayerRecord { merged_into, ..PayerRecord::named(id(from), "", "") };
                told.merged = Merged::of(&[record]);
                continue;
            }
            payer if payer.starts_with('P') => {
                let payer = PayerId(payer[1..].parse().expect("a payer"));
                let (payer_says, by_person) = match words.iter().position(|word| *word == "=") {
                    Some(at) => (&words[..at], Some(by_hand(&words[at + 1..]))),
                    None => (&words[..], None),
                };
                let (payment, forwarded_to) = answer(payer_says, &told.said, charge);
                let gone = false;
                told.said.push(Said { on, payer, forwarded_to, payment, by_hand: by_person, gone });
                if words.contains(&"waited") {
                    told.waited.push(PaymentId(told.said.len() as u64));
                }
                continue;
            }
            moved => {
                let (from, to) = moved.split_once('>').expect("from>to");
                let number = words.get(3).map_or(0, |line| line.parse().expect("a line"));
                let leg = |word: &str, amount| Posting { line: number, ..of(account(word), amount) };
                // Several amounts are of several buckets, on whichever side there are several.
                let amounts: Vec<Money> = words[2].split('+').map(money).collect();
                let all: Money = amounts.iter().copied().sum();
                let legs = |names: &str, sign: fn(Money) -> Money| -> Vec<Posting> {
                    let names: Vec<&str> = names.split('+').collect();
                    match names[..] {
                        [only] => vec![leg(only, sign(all))],
                        _ => names
                            .iter()
                            .zip(&amounts)
                            .map(|(name, amount)| leg(name, sign(*amount)))
                            .collect(),
                    }
                };
                [legs(to, |amount| amount), legs(from, |amount| -amount)].concat()
            }
        };
        told.acts.push(Act { id, on, undoes: None, item: None, postings });
    }
    told.acts.sort_by_key(|act| act.on);
    told.versions.sort_by_key(|version| version.on);
    told
}

/// What a person says of an answer: how its charge splits, or that it takes back what it resembles.
fn by_hand(words: &[&str]) -> ByHand {
    let mut split = Split::default();
    for word in words.iter().filter(|word| **word != "back") {
        let (what, amount) = word.split_once(':').expect(word);
        match what.split_once('-') {
            Some((group, code)) => split.denied.push(Adjustment {
                group: GroupCode::parse(group),
                reason: Code::known(code),
                amount: money(amount),
            }),
            None if what == "PR" => split.patient = money(amount),
            None => split.contractual = money(amount),
        }
    }
    let says = if words == ["back"] { Says::TakesBack } else { Says::Split(split) };
    let before = Default::default();
    ByHand { says, reason: "read on paper".into(), user: "office".into(), before }
}

fn answer(words: &[&str], before: &[Said], charged: Money) -> (ClaimPayment, PayerId) {
    let reversed = words[2].strip_prefix('-').map(|number| {
        let known = before.iter().find(|said| said.payment.payer_number.as_str() == number);
        known.expect("said before").payment.clone()
    });
    let mut said = ClaimPayment {
        status: if words[1] == "P1" { "1" } else { "2" }.into(),
        charge: charged,
        filing: "12".into(),
        payer_number: PayerControlNumber::new(words[2]),
        ..ClaimPayment::default()
    };
    let (mut forwarded, mut off, mut stated) = (PayerId::NONE, Money::ZERO, None);
    if let Some(original) = &reversed {
        said = original.clone();
        said.status = "22".into();
        (said.charge, said.paid) = (-said.charge, -said.paid);
        said.adjustments.iter_mut().for_each(|a| a.amount = -a.amount);
        for line in &mut said.lines {
            (line.charge, line.paid) = (-line.charge, -line.paid);
            line.adjustments.iter_mut().for_each(|a| a.amount = -a.amount);
        }
        stated = Some(said.charge);
    }
    for word in &words[3..] {
        if ["|", "waited"].contains(word) {
            continue;
        }
        if let Some((number, charge)) = word.split_once('/') {
            let named = number.strip_prefix('R');
            let number = named.unwrap_or(number);
            said.lines.push(LinePayment {
                control_number: named.unwrap_or_default().into(),
                procedure: format!("9921{number}").as_str().into(),
                charge: money(charge),
                ..LinePayment::default()
            });
            continue;
        }
        if let Some(remark) = word.strip_prefix('@') {
            let remarks = said.lines.last_mut().map_or(&mut said.remarks, |line| &mut line.remarks);
            remarks.push(Code::parse(remark).expect("a remark"));
            continue;
        }
        let (key, value) = word.split_once(':').expect(word);
        match key {
            "st" => said.status = value.into(),
            "to" => forwarded = PayerId(value.parse().expect("a payer")),
            "tt" => said.crossover = Some(PartyName { name: value.into(), ..PartyName::default() }),
            "ch" => stated = Some(money(value)),
            "fc" => said.filing = value.into(),
            "d" => said.service_from = Some(day(value)),
            "no" => said.payer_number = PayerControlNumber::new(value),
            "off" => off = money(value),
            reason => {
                let (group, code) = reason.split_once('-').expect("group-reason");
                let group = GroupCode::parse(group);
                let adjustment = Adjustment { group, reason: Code::known(code), amount: money(value) };
                match said.lines.last_mut().filter(|_| reversed.is_none()) {
                    Some(line) => line.adjustments.push(adjustment),
                    None => said.adjustments.push(adjustment),
                }
            }
        }
    }
    for line in &mut said.lines {
        line.paid = line.charge - line.adjustments.iter().map(|a| a.amount).sum::<Money>();
    }
    let lines: Money = said.lines.iter().map(|line| line.charge).sum();
    said.charge = stated.unwrap_or(if said.lines.is_empty() { said.charge } else { lines });
    said.paid = said.charge - said.all_adjustments().map(|(_, a)| a.amount).sum::<Money>() + off;
    (said, forwarded)
}

/// Tells the story of a row; its answers come in the order of the row, or in the opposite one.
pub(super) fn told<R>(row: &str, backward: bool, ask: impl FnOnce(&Story<'_>, &Row<'_>) -> R) -> R {
    let (claim, events) = row.split_once(':').expect("claim: events");
    let claim: Vec<&str> = claim.split_whitespace().collect();
    let charges: Vec<&str> = claim[0].split('+').collect();
    let charge: Money = charges.iter().map(|text| money(text)).sum();
    let lines: Vec<ServiceLine> = match charges.len() {
        1 if !claim.contains(&"line") => Vec::new(),
        _ => charges.iter().zip(1..).map(|(charge, number)| line(number, charge)).collect(),
    };
    let told = read(events, charge);
    let payers = claim.iter().filter_map(|word| word.strip_prefix('P')?.parse().ok().map(PayerId));
    let payers: Vec<PayerId> = payers.map(|payer| told.merged.now(payer)).collect();
    let filing = |first: bool| match first && claim.contains(&"MC") {
        true => ClaimPayer { filing: "MC".into(), ..ClaimPayer::default() },
        false => ClaimPayer { filing: "12".into(), ..ClaimPayer::default() },
    };
    let named: Vec<ClaimPayer> = (0..payers.len()).map(|at| filing(at == 0)).collect();
    let all: Vec<Money> = told.versions.iter().map(|version| version.charge).collect();
    let terms = Terms {
        payers: &payers,
        billed: told.merged.now(PayerId(1)),
        lines: &lines,
        charges: &all,
        void_since: told.void_since,
        handlings: &[],
        named: &named,
    };
    let heard = told.said.iter().zip(1..).filter(|(said, _)| !said.gone);
    let mut answers: Few<Answer<'_>, 2> = heard
        .map(|(said, id)| Answer {
            id: PaymentId(id),
            on: said.on,
            answered_on: said.on,
            payer: told.merged.now(said.payer),
            forwarded_to: said.forwarded_to,
            trace: "",
            payment: &said.payment,
            by_hand: said.by_hand.as_ref(),
        })
        .collect();
    if backward {
        answers.reverse();
    }
    let now = |p: &Posting| Posting { payer: told.merged.now(p.payer), ..*p };
    let mut acts = told.acts.clone();
    acts.iter_mut().for_each(|act| act.postings = act.postings.iter().map(now).collect());
    let row = Row { told: &told, tells: &claim, answers: &answers };
    ask(&tell(terms, &told.versions, &acts, answers.clone()), &row)
}
