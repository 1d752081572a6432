//! A row of the tables: a claim and its events, read and told as a story.

use crate::domain::claim::{ClaimPayer, Frequency, ServiceLine};
use crate::domain::entry::Posting;
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
    answers: Vec<(Date, PayerId, PayerId, ClaimPayment)>,
    void_since: Option<Date>,
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
                told.acts.push(Act { id, on, undoes, postings });
                continue;
            }
            "void" => {
                vec![Posting::new(Account::Charges, PayerId(1), charge), of(account(words[2]), -charge)]
            }
            "pays" => vec![
                Posting::new(Account::CashPatient, PayerId::NONE, money(words[2])),
                of(Account::Due, -money(words[2])),
            ],
            payer if payer.starts_with('P') => {
                let payer = PayerId(payer[1..].parse().expect("a payer"));
                let (payment, forwarded) = answer(&words, &told.answers, charge);
                told.answers.push((on, payer, forwarded, payment));
                continue;
            }
            moved => {
                let (from, to) = moved.split_once('>').expect("from>to");
                let number = words.get(3).map_or(0, |line| line.parse().expect("a line"));
                let leg = |word: &str, amount| Posting { line: number, ..of(account(word), amount) };
                vec![leg(to, money(words[2])), leg(from, -money(words[2]))]
            }
        };
        told.acts.push(Act { id, on, undoes: None, postings });
    }
    told.acts.sort_by_key(|act| act.on);
    told
}

pub(super) fn answer(
    words: &[&str],
    before: &[(Date, PayerId, PayerId, ClaimPayment)],
    charged: Money,
) -> (ClaimPayment, PayerId) {
    let reversed = words[2].strip_prefix('-').map(|number| {
        let known = before.iter().find(|(.., p)| p.payer_number.as_str() == number);
        known.expect("said before").3.clone()
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
        if *word == "|" {
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
pub(super) fn told<R>(row: &str, backward: bool, ask: impl FnOnce(&Story<'_>, &Told, &[&str]) -> R) -> R {
    let (claim, events) = row.split_once(':').expect("claim: events");
    let claim: Vec<&str> = claim.split_whitespace().collect();
    let charges: Vec<&str> = claim[0].split('+').collect();
    let charge: Money = charges.iter().map(|text| money(text)).sum();
    let lines: Vec<ServiceLine> = match charges.len() {
        1 => Vec::new(),
        _ => charges.iter().zip(1..).map(|(charge, number)| line(number, charge)).collect(),
    };
    let payers: Vec<PayerId> =
        claim.iter().filter_map(|word| word.strip_prefix('P')?.parse().ok().map(PayerId)).collect();
    let filing = |payer: &PayerId| match *payer == PayerId(1) && claim.contains(&"MC") {
        true => ClaimPayer { filing: "MC".into(), ..ClaimPayer::default() },
        false => ClaimPayer { filing: "12".into(), ..ClaimPayer::default() },
    };
    let named: Vec<ClaimPayer> = payers.iter().map(filing).collect();
    let told = read(events, charge);
    let all: Vec<Money> = told.versions.iter().map(|version| version.charge).collect();
    let terms = Terms {
        payers: &payers,
        billed: PayerId(1),
        lines: &lines,
        charges: &all,
        void_since: told.void_since,
        handlings: &[],
        named: &named,
    };
    let mut answers: Few<Answer<'_>, 2> = told
        .answers
        .iter()
        .zip(1..)
        .map(|((on, payer, forwarded_to, payment), id)| Answer {
            id: PaymentId(id),
            on: *on,
            answered_on: *on,
            payer: *payer,
            forwarded_to: *forwarded_to,
            trace: "",
            payment,
            by_hand: None,
        })
        .collect();
    if backward {
        answers.reverse();
    }
    ask(&tell(terms, &told.versions, &told.acts, answers), &told, &claim)
}
