//! Answers on one claim, row by row: what the payers say, and what the books then say of it.
//!
//! A row begins with the claim: the charges of its service lines, its payers, `MC` where the first of them is Medicaid. Then
//! its events, each on a day: an answer (`P1 E1` is the first payer's, with its number), or an act (`denied>due 60`, `pays 20`).
//! An answer's reasons stand before the first `|` for the claim as a whole, after each for the service line named with its
//! charge (line 9 is none of the claim's, `R2` is named by its number too); what they leave of the charge is paid. `-E1` is the exact opposite of E1.
//!
//! An act may name its line at the end; `undo 1` takes the first act back.
//!
//! - `st:2` its status, `to:3` the payer it was forwarded to, `ch:80` the charge it answers, `fc:MC` its filing indicator,
//!   `d:4` its service day, `no:X` its number, `@N782` a remark, `off:5` so much paid more than it adds up to
//!
//! What is expected: buckets and accounts (`@2` where a bucket is the second payer's), answers that moved nothing or are held,
//! with the reason, and denial cases: denied, recovered, given up, open.

use crate::domain::case::DenialCase;
use crate::domain::claim::{ClaimPayer, Frequency, ServiceLine};
use crate::domain::clock::Recourse;
use crate::domain::entry::Posting;
use crate::domain::remit::{Adjustment, ClaimPayment, LinePayment, PartyName};
use crate::domain::{
    Account, CaseId, ClaimId, Code, Date, EntryId, Few, GroupCode, Money, PayerControlNumber, PayerId,
    PaymentId, Quantity,
};
use crate::posting::acts::Act;
use crate::posting::answer::Outcome;
use crate::posting::entries::net;
use crate::posting::history::{Story, Version, tell};
use crate::posting::position::{Answer, Terms};

fn money(text: &str) -> Money {
    Money::parse(text.as_bytes()).expect(text)
}

fn day(text: &str) -> Date {
    Date::from_number(740_000 + text.parse::<i32>().expect(text))
}

const WORDS: [(&str, Account); 18] = [
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

fn account(word: &str) -> Account {
    WORDS.iter().find(|(known, _)| *known == word).unwrap_or_else(|| panic!("{word}")).1
}

fn line(number: u16, charge: &str) -> ServiceLine {
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
struct Told {
    acts: Vec<Act>,
    versions: Vec<Version>,
    answers: Vec<(Date, PayerId, PayerId, ClaimPayment)>,
    void_since: Option<Date>,
}

fn read(events: &str, charge: Money) -> Told {
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

fn answer(
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

fn said(story: &Story<'_>, told: &Told, tells: &[&str]) -> Vec<String> {
    let mut journal: Vec<Posting> =
        story.charges.iter().flat_map(|(.., postings)| postings.clone()).collect();
    let mut words = Vec::new();
    for (_, settled) in &story.outcomes {
        match &settled.outcome {
            Outcome::Posted(steps) => {
                for step in steps {
                    assert!(step.postings.iter().map(|p| p.amount).sum::<Money>().is_zero(), "{}", step.rule);
                    assert!(step.postings.iter().all(|p| !p.amount.is_zero()), "{}", step.rule);
                    journal.extend(&step.postings);
                    if tells.contains(&"rules") {
                        words.push(format!(
                            "{}{}",
                            step.rule,
                            step.undoes.map_or(String::new(), |of| format!("-{}", of.0))
                        ));
                    }
                }
            }
            Outcome::Held(hold, _) if settled.cancelled => words.push(format!("cancelled {hold}")),
            Outcome::Held(hold, _) => words.push(format!("held {hold}")),
            Outcome::Memo(word) => words.push(format!("memo {word}")),
        }
    }
    journal.extend(told.acts.iter().flat_map(|a| &a.postings));
    journal.extend(story.corrections.iter().flat_map(|c| &c.postings));
    let journal = net(&journal);
    for (word, account) in WORDS {
        let mut sums: Vec<(PayerId, Money)> = Vec::new();
        for posting in journal.iter().filter(|p| p.account == account) {
            match sums.iter_mut().find(|(payer, _)| *payer == posting.payer) {
                Some(sum) => sum.1 += posting.amount,
                None => sums.push((posting.payer, posting.amount)),
            }
        }
        sums.retain(|(_, amount)| !amount.is_zero());
        for (payer, amount) in &sums {
            let whose = if *payer == PayerId(1) { String::new() } else { format!("@{}", payer.0) };
            words.push(format!("{word}{whose} {amount}"));
        }
        if account.bucket().is_some() {
            let total: Money = sums.iter().map(|(_, amount)| *amount).sum();
            assert_eq!(total, story.position.holdings().bucket(account), "{word}: journal and position");
        }
    }
    if tells.contains(&"lines") {
        for p in journal.iter().filter(|p| p.account.is_adjustment()) {
            words.push(format!("{} {} {}", p.line, p.reason.expect("a reason"), p.amount));
        }
    }
    if tells.contains(&"claim") {
        let of = &story.position;
        let sums =
            [of.paid_insurance(), of.paid_patient, of.adjusted(), of.written_off, of.refunded_insurance];
        words.push(sums.map(|sum| sum.to_string()).join(" "));
        words.push(format!("answered {}", of.is_answered()));
    }
    for case in crate::denial::of_story(ClaimId(1), story, &[]) {
        if !tells.contains(&"cases") {
            let sums = [case.denied(), case.recovered(), case.written_off(), case.open()];
            words.push(format!("case {}", sums.map(|sum| sum.to_string()).join(" ")));
            continue;
        }
        let lines = case.lines.iter().map(|l| {
            let reasons = l.reasons.iter().map(|r| format!("{} {}", r.reason, r.amount));
            let sums = [
                ("denied", l.denied),
                ("paid", l.recovered),
                ("given", l.written_off),
                ("patient", l.to_patient),
                ("next", l.to_next),
                ("open", l.open),
                ("excess", l.excess),
            ];
            let sums =
                sums.into_iter().filter(|(_, sum)| !sum.is_zero()).map(|(word, sum)| format!("{word} {sum}"));
            format!(
                "L{} {} ({})",
                l.line,
                sums.collect::<Vec<_>>().join(" "),
                reasons.collect::<Vec<_>>().join(" ")
            )
        });
        let events = case.events.iter().map(|e| format!("E{} {} {}", e.payment.0, e.reason, e.amount));
        words.push(format!(
            "@{} {} [{}] [{}]",
            case.payer.0,
            case.reason,
            lines.collect::<Vec<_>>().join("; "),
            events.collect::<Vec<_>>().join("; ")
        ));
    }
    words.sort_unstable();
    words
}

/// Tells the story of a row; its answers come in the order of the row, or in the opposite one.
fn told<R>(row: &str, backward: bool, ask: impl FnOnce(&Story<'_>, &Told, &[&str]) -> R) -> R {
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
        })
        .collect();
    if backward {
        answers.reverse();
    }
    ask(&tell(terms, &told.versions, &told.acts, answers), &told, &claim)
}

fn played(row: &str) -> Vec<String> {
    let forward = told(row, false, said);
    assert_eq!(forward, told(row, true, said), "{row}: the order in which files came");
    forward
}

fn cases(row: &str, known: &[DenialCase]) -> Vec<DenialCase> {
    told(row, false, |story, _, _| crate::denial::of_story(ClaimId(1), story, known))
}

fn wrong(rows: &[(&str, &str)]) {
    let wrong: Vec<String> = rows
        .iter()
        .filter_map(|(row, want)| {
            let mut sorted: Vec<&str> = want.split(", ").filter(|word| !word.is_empty()).collect();
            sorted.sort_unstable();
            let have = played(row);
            (sorted != have)
                .then(|| format!("{row}\n  want {}\n  have {}", sorted.join(", "), have.join(", ")))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

/// Section 7: which answer a reversal takes back, and what stands again; and claims from older books.
#[test]
fn what_takes_an_answer_back() {
    wrong(&[
        // Reversal by status and by sign.
        ("150 P1: 1 P1 E1 CO-45:50 PR-2:30; 5 P1 -E1", "open 150.00"),
        ("150 P1: 1 P1 E1 CO-45:50 PR-2:30; 5 P1 -E1 st:1", "open 150.00"),
        ("150 P1: 1 P1 E1 CO-45:50 PR-2:30; 5 P1 -E1 st:4", "open 150.00"),
        ("150 P1: 1 P1 E1 CO-197:150; 5 P1 -E1 st:2", "case 150.00 0.00 0.00 0.00, open 150.00"),
        ("150 P1: 5 P1 E1 st:22 CO-45:50 PR-2:30", "held positive-reversal, open 150.00"),
        ("150 P1: 5 P1 E1 st:22 CO-197:150", "held positive-reversal, open 150.00"),
        (
            "150 P1: 1 P1 E0 CO-197:150; 5 P1 E1 st:22 ch:0 CO-197:-50",
            "case 150.00 0.00 0.00 150.00, denied 150.00, held positive-reversal",
        ),
        (
            "150 P1: 1 P1 E0 CO-197:150; 5 P1 E1 st:22 ch:0 CO-197:0",
            "case 150.00 0.00 0.00 150.00, denied 150.00, held no-original",
        ),
        // By a number nobody bears: exact opposite.
        ("150 P1: 1 P1 E1 CO-45:50 PR-2:30; 5 P1 -E1 no:X9", "open 150.00"),
        ("150 P1: 1 P1 E1 no: CO-45:50 PR-2:30; 5 P1 - no:", "open 150.00"),
        ("150 P1: 1 P1 E1 d:0 CO-45:50 PR-2:30; 5 P1 -E1 no:X9 d:0", "open 150.00"),
        (
            "150 P1: 1 P1 E1 d:0 CO-45:50 PR-2:30; 5 P1 -E1 no:X9 d:1",
            "cash 70.00, contractual 50.00, due 30.00, held no-original",
        ),
        ("150 P1: 1 P1 E1 CO-45:50 PR-2:30; 5 P1 -E1 no:X9 d:1", "open 150.00"),
        (
            "150 P1: 1 P1 E1 d:0 CO-45:50 PR-2:30; 5 P1 -E1 d:1",
            "cash 70.00, contractual 50.00, due 30.00, held no-original",
        ),
        (
            "150 P1: 1 P1 E1 CO-45:50 PR-2:30; 5 P1 -E1 no:X9 CO-45:1",
            "cash 70.00, contractual 50.00, due 30.00, held no-original",
        ),
        (
            "150 P1: 1 P1 E1 CO-45:50 PR-2:30; 5 P1 -E1 CO-45:1",
            "cash 70.00, contractual 50.00, due 30.00, held no-original",
        ),
        (
            "150 P1: 1 P1 E1 CO-45:50 PR-2:30; 5 P1 -E1 CO-45:5 PR-2:-5",
            "cash 70.00, contractual 50.00, due 30.00, held no-original",
        ),
        (
            "150 P1: 1 P1 E1 CO-45:50 PR-2:30; 5 P1 -E1 CO-45:50 CO-253:-50",
            "cash 70.00, contractual 50.00, due 30.00, held no-original",
        ),
        (
            "150 P1: 1 P1 E1 CO-45:50 PR-2:30; 5 P1 -E1 CO-45:50 OA-45:-50",
            "cash 70.00, contractual 50.00, due 30.00, held no-original",
        ),
        (
            "150 P1: 1 P1 E1 CO-45:50 PR-2:30; 5 P1 -E1 ch:-151",
            "cash 70.00, contractual 50.00, due 30.00, held no-original",
        ),
        (
            "150 P1: 1 P1 E1 CO-45:50 PR-2:30; 5 P1 -E1 ch:-149 CO-45:1",
            "cash 70.00, contractual 50.00, due 30.00, held no-original",
        ),
        (
            "150 P1: 1 P1 E1 CO-45:50 PR-2:30; 5 P1 E9 st:22 ch:-150 PR-2:-30 CO-45:-20 CO-45:-30",
            "open 150.00",
        ),
        (
            "150 P1: 1 P1 E1 CO-45:20 PR-2:30 CO-45:30; 5 P1 E9 st:22 ch:-150 PR-2:-30 CO-45:-50 CO-253:1 CO-253:-1",
            "open 150.00",
        ),
        // Which of two.
        ("150 P1: 1 P1 E1 CO-45:50 PR-2:30; 3 P1 -E1; 5 P1 -E1", "held no-original, open 150.00"),
        ("150 P1: 1 P1 E1 CO-45:50; 3 P1 -E1; 4 P1 E1 CO-45:50; 5 P1 -E1", "open 150.00"),
        (
            "150 P1: 1 P1 E1 CO-197:150; 3 P1 E2 CO-197:150; 5 P1 -E1 no:X9",
            "case 150.00 0.00 0.00 150.00, denied 150.00",
        ),
        (
            "150 P1: 1 P1 E1 CO-197:150; 3 P1 E2 CO-45:50; 5 P1 -E1 no:X9",
            "case 150.00 100.00 0.00 0.00, cash 100.00, contractual 50.00, memo reversal-of-memo",
        ),
        (
            "150 P1: 1 P1 E1 OA-18:150; 3 P1 E2 OA-18:150; 5 P1 -E2",
            "case 150.00 0.00 0.00 150.00, denied 150.00, memo duplicate-notice, memo reversal-of-memo",
        ),
        (
            "150 P1: 1 P1 E1 CO-45:50; 3 P1 E2 OA-18:150; 5 P1 -E2",
            "cash 100.00, contractual 50.00, memo duplicate-notice, memo reversal-of-memo",
        ),
        (
            "150 P1 P2: 1 P1 E1 CO-45:50 PR-2:30; 3 P2 S1 OA-23:120 PR-2:10; 5 P2 -S1",
            "cash 70.00, contractual 50.00, next@2 30.00",
        ),
        (
            "150 P1: 1 P1 E1 CO-16:150; 3 P1 E1 CO-197:150; 5 P1 -E1",
            "case 150.00 0.00 0.00 150.00, denied 150.00, memo reversal-of-memo",
        ),
        (
            "60+90 P1: 1 P1 E1 | 1/60 CO-45:10 | 2/90 CO-16:90; 3 P1 E2 | 2/90 CO-45:20; 5 P1 -E2",
            "case 90.00 0.00 0.00 90.00, cash 50.00, contractual 10.00, denied 90.00",
        ),
        (
            "60+90 P1: 1 P1 E1 | 1/60 CO-45:10 | 2/90 CO-16:90; 3 P1 E2 | 2/90 CO-45:20; 5 P1 -E1",
            "case 90.00 70.00 0.00 0.00, cash 70.00, contractual 20.00, open 60.00",
        ),
        (
            "60+90 P1: 1 P1 E1 | 1/60 CO-16:60 | 2/90 CO-16:90; 3 P1 E2 | 2/90 CO-45:20; 5 P1 -E2; 6 P1 E3 | 1/60 CO-45:10",
            "case 150.00 50.00 0.00 90.00, cash 50.00, contractual 10.00, denied 90.00",
        ),
        (
            "60+90 P1: 1 P1 E1 | 1/60 CO-16:60 | 2/90 CO-16:90; 3 P1 E2 | 2/90 CO-45:20; 4 P1 E3 | 1/60 CO-45:10; 5 P1 -E2",
            "case 150.00 50.00 0.00 90.00, cash 50.00, contractual 10.00, denied 90.00",
        ),
        (
            "60+90 P1: 1 P1 E1 | 1/60 CO-16:60 | 2/90 CO-45:5 CO-16:85; 3 P1 E2 | 2/90 CO-45:20; 5 P1 -E2",
            "case 145.00 0.00 0.00 145.00, contractual 5.00, denied 145.00",
        ),
        // Chains of superseded.
        (
            "150 P1: 1 P1 E1 CO-197:150; 4 P1 E2 CO-16:150; 6 P1 E3 CO-45:50; 7 P1 -E1; 9 P1 -E3",
            "case 150.00 0.00 0.00 150.00, denied 150.00, memo reversal-of-memo",
        ),
        (
            "150 P1: 1 P1 E1 CO-197:150; 3 P1 E2 CO-16:150; 4 P1 E3 CO-50:150; 6 P1 E4 CO-45:50; 7 P1 -E2; 9 P1 -E3; 10 P1 -E4",
            "case 150.00 0.00 0.00 150.00, denied 150.00, memo reversal-of-memo, memo reversal-of-memo",
        ),
        (
            "150 P1: 1 P1 E1 CO-197:150; 3 P1 E2 CO-16:150; 4 P1 E3 CO-50:150; 7 P1 -E3; 8 P1 -E2",
            "case 150.00 0.00 0.00 150.00, denied 150.00",
        ),
        (
            "150 P1: 1 P1 E1 CO-197:150; 3 P1 E2 CO-16:150; 4 P1 E3 CO-50:150; 7 P1 -E2; 8 P1 -E3; 9 P1 -E1",
            "case 150.00 0.00 0.00 0.00, memo reversal-of-memo, open 150.00",
        ),
        // Brought in.
        (
            "150 P1: 1 brought denied:150; 4 P1 E1 CO-45:50",
            "case 150.00 100.00 0.00 0.00, cash 100.00, contractual 50.00",
        ),
        (
            "150 P1: 1 brought denied:150; 4 P1 E1 CO-45:50; 6 P1 -E1",
            "case 150.00 0.00 0.00 150.00, denied 150.00",
        ),
        ("150 P1: 1 brought open:150; 4 P1 E1 CO-45:50", "cash 100.00, contractual 50.00"),
        ("150 P1: 1 brought open:150; 4 P1 E1 CO-45:50; 6 P1 -E1", "open 150.00"),
        ("150 P1: 4 brought open:150; 4 P1 E1 CO-45:50", "held before-opening, open 150.00"),
        ("150 P1: 4 brought open:150; 5 P1 E1 CO-45:50", "cash 100.00, contractual 50.00"),
        (
            "150 P1: 1 brought due:30 paid:100 adjusted:20; 4 P1 E1 CO-45:50",
            "due 30.00, held second-adjudication",
        ),
        (
            "150 P1 P2: 1 brought next:30 paid:100 adjusted:20; 4 P2 S1 OA-23:120 PR-3:10",
            "cash@2 20.00, due 10.00",
        ),
        (
            "150 P1 P2: 1 brought next:30 paid:100 adjusted:20; 4 P2 S1 OA-23:119 PR-3:10",
            "held prior-payer-differs, next@2 30.00",
        ),
        (
            "150 P1 P2: 1 brought next:30 paid:100 adjusted:20; 4 P2 S1 OA-23:121 PR-3:10",
            "cash@2 19.00, due 10.00, open 1.00",
        ),
        (
            "150 P1 P2: 1 brought denied:150; 4 P2 S1 OA-23:110 PR-3:10; 6 P1 E1 CO-45:50 PR-2:60",
            "case 150.00 0.00 0.00 110.00, cash@2 30.00, denied 110.00, due 10.00, held second-adjudication",
        ),
        (
            "150 P1 P2: 1 brought denied:150; 4 P2 S1 OA-23:110 PR-3:10",
            "case 150.00 0.00 0.00 110.00, cash@2 30.00, denied 110.00, due 10.00",
        ),
        (
            "150 P1: 1 brought denied:50 paid:80 adjusted:20; 4 P1 E1 CO-45:50",
            "case 50.00 0.00 0.00 50.00, denied 50.00, held second-adjudication",
        ),
        (
            "150 P1: 1 brought denied:150; 4 P1 E1 ch:80 CO-45:50",
            "case 150.00 0.00 0.00 150.00, denied 150.00, held second-adjudication",
        ),
        (
            "60+90 P1: 1 brought denied:150; 4 P1 E1 | 1/60 CO-45:20",
            "case 150.00 0.00 0.00 150.00, denied 150.00, held second-adjudication",
        ),
        (
            "150 P1: 1 brought open:60 denied:90; 4 P1 E1 CO-45:20",
            "case 90.00 90.00 0.00 0.00, cash 130.00, contractual 20.00",
        ),
    ]);
}

/// Sections 4 to 7a: what an answer may say, from which payer it speaks, and what of an earlier one gives way.
#[test]
fn one_answer_and_the_next() {
    wrong(&[
        // Statuses.
        ("150 P1: 1 P1 E1 st:25 OA-101:150", "memo estimate, open 150.00"),
        ("150 P1: 1 P1 E1 st:25 OA-101:100", "held unknown-status, open 150.00"),
        ("150 P1: 1 P1 E1 st:23 OA-B11:150", "memo forwarded, open 150.00"),
        ("150 P1: 1 P1 E1 st:23 OA-B11:100", "held unknown-status, open 150.00"),
        ("150 P1: 1 P1 E1 st:5 CO-45:50", "held unknown-status, open 150.00"),
        ("150 P1: 1 P1 E1 st: CO-45:50", "held unknown-status, open 150.00"),
        ("150 P1: 1 P1 E1 st:3 CO-45:50", "cash 100.00, contractual 50.00"),
        ("150 P1: 1 P1 E1 st:4 CO-45:50", "cash 100.00, contractual 50.00"),
        ("150 P1: 1 P1 E1 st:20 CO-45:50 PR-2:10", "cash 90.00, contractual 50.00, next@0 10.00"),
        ("150 P1: 1 P1 E1 st:21 CO-45:50 PR-2:10", "cash 90.00, contractual 50.00, next@0 10.00"),
        ("150 P1: 1 P1 E1 st:19 CO-45:50 PR-2:10", "cash 90.00, contractual 50.00, next@0 10.00"),
        ("150 P1: 1 P1 E1 st:1 CO-45:50 PR-2:10", "cash 90.00, contractual 50.00, due 10.00"),
        ("150 P1: 1 P1 E1 tt:OTHER CO-45:50 PR-2:10", "cash 90.00, contractual 50.00, next@0 10.00"),
        ("150 P1 P2: 1 P1 E1 tt:OTHER CO-45:50 PR-2:10", "cash 90.00, contractual 50.00, next@2 10.00"),
        ("150 P1 P2: 1 P1 E1 to:3 CO-45:50 PR-2:10", "cash 90.00, contractual 50.00, next@3 10.00"),
        ("150 P1 P2: 1 P1 E1 st:19 CO-45:50 PR-2:10", "cash 90.00, contractual 50.00, next@2 10.00"),
        ("150 P1: 1 P1 E1 to:3 CO-45:50 PR-2:10", "cash 90.00, contractual 50.00, next@3 10.00"),
        ("150 P1: 1 P1 E1 off:1 CO-45:50", "held claim-out-of-balance, open 150.00"),
        ("150 P1: 1 P1 E1 off:-0.01 CO-45:50", "held claim-out-of-balance, open 150.00"),
        (
            "150 P1: 1 P1 E1 st:23 OA-B11:150; 2 P1 E2 CO-45:50",
            "cash 100.00, contractual 50.00, memo forwarded",
        ),
        (
            "150 P1: 1 P1 E1 st:25 OA-101:150; 2 P1 E2 CO-45:50",
            "cash 100.00, contractual 50.00, memo estimate",
        ),
        (
            "150 P1: 1 P1 E1 st:25 OA-101:150; 2 P1 E2 st:25 OA-101:150",
            "memo estimate, memo estimate, open 150.00",
        ),
        ("150 P1: 1 P1 E1 st:23 OA-B11:150; 2 P1 -E1", "memo forwarded, memo reversal-of-memo, open 150.00"),
        // Who speaks.
        (
            "150 P1 P2: 1 P1 E1 to:3 CO-45:50 PR-2:40; 4 P3 S1 OA-23:110 PR-2:10",
            "cash 60.00, cash@2 30.00, contractual 50.00, due 10.00",
        ),
        (
            "150 P1 P2: 1 P1 E1 to:3 CO-45:50 PR-2:40; 4 P3 S1 st:1 OA-23:110 PR-2:10",
            "cash 60.00, cash@2 30.00, contractual 50.00, due 10.00",
        ),
        (
            "150 P1 P2: 1 P1 E1 to:3 CO-45:50 PR-2:40; 4 P4 S1 st:1 OA-23:110 PR-2:10",
            "cash 60.00, contractual 50.00, held prior-payer-on-primary, next@3 40.00",
        ),
        (
            "150 P1 P2: 1 P1 E1 to:3 CO-45:50 PR-2:40; 4 P3 S1 st:3 OA-23:110 PR-2:10",
            "cash 60.00, cash@2 30.00, contractual 50.00, due 10.00",
        ),
        (
            "150 P1 P2: 1 P1 E1 CO-45:50 PR-2:40; 4 P2 S1 st:1 OA-23:110 PR-2:10",
            "cash 60.00, cash@2 30.00, contractual 50.00, due 10.00",
        ),
        (
            "150 P1 P2: 1 P1 E1 CO-45:50 PR-2:40; 4 P2 S1 st:4 OA-23:110 PR-2:10",
            "cash 60.00, cash@2 30.00, contractual 50.00, due 10.00",
        ),
        (
            "150 P1 P2: 1 P1 E1 CO-45:50 PR-2:40; 4 P4 S1 st:2 OA-23:110 PR-2:10",
            "cash 60.00, cash@2 30.00, contractual 50.00, due 10.00",
        ),
        (
            "150 P1 P2: 1 P1 E1 CO-45:50 PR-2:40; 4 P4 S1 st:20 OA-23:110 PR-2:10",
            "cash 60.00, cash@2 30.00, contractual 50.00, next@0 10.00",
        ),
        (
            "150 P1 P2: 1 P1 E1 CO-45:50 PR-2:40; 4 P4 S1 st:3 OA-23:110 PR-2:10",
            "cash 60.00, cash@4 30.00, contractual 50.00, due 10.00",
        ),
        (
            "150 P1 P2: 1 P1 E1 CO-45:50 PR-2:40; 4 P4 S1 st:4 CO-197:150",
            "cash 60.00, contractual 50.00, held second-adjudication, next@2 40.00",
        ),
        ("150 P1 P2: 1 P1 E1 st:2 CO-45:50 PR-2:40", "cash 60.00, contractual 50.00, next@2 40.00"),
        ("150 P1 P2: 1 P1 E1 st:3 CO-45:50 PR-2:40", "cash 60.00, contractual 50.00, next@2 40.00"),
        ("150 P1 P2: 1 P1 E1 st:2 OA-23:60 CO-45:50 PR-2:40", "contractual@2 50.00, due 40.00, open 60.00"),
        (
            "150 P1: 1 P1 E1 CO-45:50 PR-1:40; 4 P1 S1 st:2 OA-23:110 PR-1:10",
            "cash 90.00, contractual 50.00, due 10.00",
        ),
        (
            "150 P1: 1 P1 E1 CO-45:50 PR-1:40; 4 P1 S1 st:2 CO-45:50 PR-1:10",
            "cash 60.00, contractual 50.00, due 40.00, held second-adjudication",
        ),
        (
            "150 P1: 1 P1 E1 CO-45:50 PR-1:40; 4 P1 S1 st:1 OA-23:110 PR-1:10",
            "cash 60.00, contractual 50.00, due 40.00, held prior-payer-on-primary",
        ),
        (
            "150 P1: 1 P1 E1 CO-45:50 PR-1:40; 4 P1 S1 st:3 OA-23:110 PR-1:10",
            "cash 90.00, contractual 50.00, due 10.00",
        ),
        ("150 P1 P2: 1 P0 E1 st:1 CO-45:50 PR-1:40", "cash 60.00, contractual 50.00, next@2 40.00"),
        ("150 P1 P2: 1 P0 E1 st:2 OA-23:60 PR-1:40", "cash@2 50.00, due 40.00, open 60.00"),
        ("150 P1 P2: 1 P0 E1 st:4 CO-197:150", "case 150.00 0.00 0.00 150.00, denied 150.00"),
        (
            "150 P1 P2: 1 P1 E1 CO-45:50 PR-1:40; 2 P0 E2 st:4 CO-197:150",
            "cash 60.00, contractual 50.00, held second-adjudication, next@2 40.00",
        ),
        (
            "150 P1 P2: 1 P1 E1 CO-45:50 PR-1:40; 4 P2 S1 OA-23:110 PR-2:10; 5 P0 E2 st:4 CO-197:150",
            "cash 60.00, cash@2 30.00, contractual 50.00, due 10.00, held second-adjudication",
        ),
        (
            "150 P1 P2 P3: 1 P1 E1 CO-45:50 PR-1:40; 4 P2 S1 OA-23:110 PR-2:10; 5 P3 T1 st:3 OA-23:140",
            "cash 60.00, cash@2 30.00, cash@3 10.00, contractual 50.00",
        ),
        (
            "150 P1 P2 P3: 1 P1 E1 CO-45:50 PR-1:40; 4 P2 S1 OA-23:110 PR-2:10; 5 P3 T1 st:3 OA-23:140 PR-3:4",
            "cash 60.00, cash@2 30.00, cash@3 6.00, contractual 50.00, due 4.00",
        ),
        (
            "150 P1 P2 P3: 1 P1 E1 CO-45:50 PR-1:40; 4 P2 S1 OA-23:110 PR-2:10; 5 P3 T1 st:3 OA-23:139 PR-3:4",
            "cash 60.00, cash@2 30.00, contractual 50.00, held prior-payer-differs, next@3 10.00",
        ),
        (
            "150 P1 P2 P3: 1 P1 E1 CO-45:50 PR-1:40; 5 P3 T1 st:3 OA-23:110 PR-3:4; 6 P2 S1 OA-23:110 PR-2:10",
            "cash 60.00, cash@3 36.00, contractual 50.00, due 4.00, held below-zero",
        ),
        // Primary that speaks of an earlier payer; the whole charge written off; estimate.
        ("150 P1: 1 P1 E1 OA-23:50 CO-45:50", "held prior-payer-on-primary, open 150.00"),
        ("150 P1: 1 P1 E1 CO-45:150", "held whole-charge-written-off, open 150.00"),
        ("150 P1: 1 P1 E1 CO-45:149.99", "cash 0.01, contractual 149.99"),
        ("150 P1: 1 P1 E1 CO-24:150", "contractual 150.00"),
        ("150 P1: 1 P1 E1 OA-23:0 CO-45:50", "cash 100.00, contractual 50.00"),
        (
            "150 P1 P2: 1 P1 E1 CO-45:50 PR-2:40; 4 P2 S1 OA-23:110 CO-45:40",
            "cash 60.00, contractual 50.00, contractual@2 40.00",
        ),
        (
            "150 P1 P2: 1 P1 E1 CO-45:50 PR-2:40; 4 P2 S1 OA-23:110 CO-45:41 OA-94:-1",
            "cash 60.00, contra@2 -1.00, contractual 50.00, contractual@2 41.00",
        ),
        (
            "150 P1 P2: 1 P1 E1 CO-45:50 PR-2:40; 4 P2 S1 CO-45:110",
            "cash 60.00, contractual 50.00, held prior-payer-differs, next@2 40.00",
        ),
        (
            "150 P1 P2: 1 P1 E1 CO-45:50 PR-2:40; 4 P2 S1 OA-23:109.99 PR-2:10",
            "cash 60.00, contractual 50.00, held prior-payer-differs, next@2 40.00",
        ),
        (
            "150 P1 P2: 1 P1 E1 CO-45:50 PR-2:40; 4 P2 S1 OA-23:110.01 PR-2:10",
            "cash 60.00, cash@2 29.99, contractual 50.00, due 10.00, open 0.01",
        ),
        (
            "150 P1 P2: 1 P1 E1 CO-45:50 PR-2:40; 4 P2 S1 OA-23:110 PR-2:60 OA-94:-20",
            "cash 60.00, contra@2 -20.00, contractual 50.00, due 60.00",
        ),
        (
            "150 P1 P2: 1 P1 E1 CO-45:50 PR-2:40; 4 P2 S1 OA-23:110 CO-45:60 OA-94:-20",
            "cash 60.00, contra@2 -20.00, contractual 50.00, contractual@2 60.00",
        ),
        // Duplicates.
        ("150 P1: 1 P1 E1 OA-18:150", "case 150.00 0.00 0.00 150.00, denied 150.00"),
        (
            "150 P1: 1 P1 E1 CO-45:50; 2 P1 E2 OA-18:150",
            "cash 100.00, contractual 50.00, memo duplicate-notice",
        ),
        (
            "150 P1: 1 P1 E1 CO-45:50; 2 P1 E2 OA-18:149",
            "cash 100.00, contractual 50.00, held second-adjudication",
        ),
        (
            "150 P1: 1 P1 E1 CO-45:50; 2 P1 E2 OA-18:150 OA-94:-1",
            "cash 100.00, contractual 50.00, held second-adjudication",
        ),
        (
            "150 P1 P2: 1 P1 E1 CO-45:50 PR-2:10; 2 P2 S1 OA-18:150",
            "cash 90.00, contractual 50.00, held prior-payer-differs, next@2 10.00",
        ),
        (
            "150 P1 P2: 1 P1 E1 CO-45:50 PR-2:10; 2 P2 S1 OA-23:140; 3 P2 S2 OA-18:150",
            "cash 90.00, cash@2 10.00, contractual 50.00, memo duplicate-notice",
        ),
        (
            "150 P1: 1 P1 E1 CO-45:50; 2 P1 E1 CO-45:50",
            "cash 100.00, contractual 50.00, held duplicate-result",
        ),
        (
            "150 P1: 1 P1 E1 CO-197:150; 2 P1 E1 CO-197:150",
            "case 150.00 0.00 0.00 150.00, denied 150.00, memo duplicate-result",
        ),
        (
            "150 P1: 1 P1 E1 CO-197:150; 2 P1 E1 st:4 CO-197:150",
            "case 150.00 0.00 0.00 150.00, denied 150.00",
        ),
        ("150 P1: 1 P1 E1 CO-197:150; 2 P1 E1 CO-16:150", "case 150.00 0.00 0.00 150.00, denied 150.00"),
        (
            "150 P1: 1 P1 E1 no: CO-197:150; 2 P1 E1 no: CO-197:150",
            "case 150.00 0.00 0.00 150.00, denied 150.00",
        ),
        ("150 P1: 1 P1 E1 CO-197:150; 2 P1 E2 CO-197:150", "case 150.00 0.00 0.00 150.00, denied 150.00"),
        (
            "60+90 P1: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-197:90; 2 P1 E1 CO-197:150",
            "case 150.00 0.00 0.00 150.00, denied 150.00",
        ),
        (
            "60+90 P1: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-197:90; 2 P1 E1 | 1/60 CO-197:60",
            "case 150.00 0.00 0.00 150.00, denied 150.00",
        ),
        (
            "60+90 P1: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-45:90; 2 P1 E1 | 1/60 CO-197:60 | 2/90 CO-45:80",
            "case 60.00 0.00 0.00 60.00, cash 10.00, contractual 80.00, denied 60.00",
        ),
        (
            "150 P1: 1 P1 E1 CO-197:150; 3 P1 -E1; 4 P1 E1 CO-197:150",
            "case 150.00 0.00 0.00 150.00, denied 150.00",
        ),
        // Second answers.
        (
            "150 P1: 1 P1 E1 CO-45:50; 2 P1 E2 CO-45:40",
            "cash 100.00, contractual 50.00, held second-adjudication",
        ),
        (
            "150 P1: 1 P1 E1 CO-45:50 CO-197:100; 2 P1 E2 CO-45:40",
            "case 100.00 100.00 0.00 0.00, cash 110.00, contractual 40.00",
        ),
        (
            "150 P1: 1 P1 E1 CO-45:50 CO-197:90; 2 P1 E2 CO-45:40",
            "case 90.00 0.00 0.00 90.00, cash 10.00, contractual 50.00, denied 90.00, held second-adjudication",
        ),
        (
            "150 P1: 1 P1 E1 CO-45:50 PR-1:100; 2 P1 E2 CO-45:40",
            "contractual 50.00, due 100.00, held second-adjudication",
        ),
        ("150 P1: 1 P1 E1 CO-45:50 OA-133:100; 2 P1 E2 CO-45:40", "cash 110.00, contractual 40.00"),
        (
            "150 P1: 1 P1 E1 OA-133:150; 2 P1 E2 CO-197:150; 3 P1 E3 CO-45:50",
            "case 150.00 100.00 0.00 0.00, cash 100.00, contractual 50.00",
        ),
        (
            "150 P1: 1 P1 E1 PR-27:150; 2 P1 E2 CO-45:50 PR-2:5",
            "case 150.00 95.00 0.00 0.00, cash 95.00, contractual 50.00, due 5.00",
        ),
        (
            "150 P1: 1 P1 E1 CO-197:150; 2 P1 E2 CO-45:50 CO-B13:10",
            "case 150.00 0.00 0.00 150.00, denied 150.00, held second-adjudication",
        ),
        (
            "150 P1: 1 P1 E1 CO-45:50 CO-197:90; 2 P1 E2 ch:90 CO-B13:20 CO-45:10",
            "case 90.00 0.00 0.00 90.00, cash 10.00, contractual 50.00, denied 90.00, held second-adjudication",
        ),
        (
            "150 P1: 1 P1 E1 CO-45:50; 2 P1 E2 CO-B13:150",
            "cash 100.00, contractual 50.00, held second-adjudication",
        ),
        ("150 P1: 1 P1 E1 CO-B13:50", "case 50.00 0.00 0.00 50.00, cash 100.00, denied 50.00"),
        // Parts of a claim without lines.
        ("150 P1: 1 P1 E1 ch:80 CO-45:20", "held charge-differs, open 150.00"),
        ("150 P1: 1 P1 E1 ch:80 @MA15 CO-45:20", "cash 60.00, contractual 20.00, open 70.00"),
        ("150 P1: 1 P1 E1 ch:80 @MA15 CO-45:20; 2 P1 E2 ch:70 CO-45:10", "cash 120.00, contractual 30.00"),
        (
            "150 P1: 1 P1 E1 ch:80 @MA15 CO-45:20; 2 P1 E2 ch:70 @MA15 CO-45:10",
            "cash 120.00, contractual 30.00",
        ),
        (
            "150 P1: 1 P1 E1 ch:80 @MA15 CO-45:20; 2 P1 E2 ch:71 @MA15 CO-45:10",
            "cash 60.00, contractual 20.00, held second-adjudication, open 70.00",
        ),
        (
            "150 P1: 1 P1 E1 ch:80 @MA15 CO-45:20; 2 P1 E1 ch:70 @MA15 CO-45:10",
            "cash 60.00, contractual 20.00, held second-adjudication, open 70.00",
        ),
        (
            "150 P1: 1 P1 E1 ch:80 @MA15 CO-45:20; 2 P1 E2 CO-45:10",
            "cash 60.00, contractual 20.00, held second-adjudication, open 70.00",
        ),
        (
            "150 P1: 1 P1 E1 ch:150 @MA15 CO-45:20; 2 P1 E2 ch:70 @MA15 CO-45:10",
            "cash 130.00, contractual 20.00, held second-adjudication",
        ),
        (
            "150 P1: 1 P1 E1 ch:80 @MA15 CO-197:80; 2 P1 E2 ch:80 @MA15 CO-45:10",
            "case 80.00 0.00 0.00 80.00, denied 80.00, held second-adjudication, open 70.00",
        ),
        ("150 P1: 1 P1 E1 ch:160 @MA15 CO-45:20", "held charge-differs, open 150.00"),
        ("150 P1: 1 P1 E1 ch:160 CO-45:20", "held charge-differs, open 150.00"),
        // By lines.
        ("60+90 P1: 1 P1 E1 | 1/60 CO-45:20", "cash 40.00, contractual 20.00, open 90.00"),
        ("60+90 P1: 1 P1 E1 | 1/60 CO-45:20; 2 P1 E2 | 2/90 CO-45:10", "cash 120.00, contractual 30.00"),
        (
            "60+90 P1: 1 P1 E1 | 1/60 CO-45:20; 2 P1 E2 | 1/60 CO-45:10",
            "cash 40.00, contractual 20.00, held second-adjudication, open 90.00",
        ),
        (
            "60+90 P1: 1 P1 E1 | 1/60 CO-45:20; 2 P1 E2 | 1/60 CO-45:10 | 2/90 CO-45:10",
            "cash 40.00, contractual 20.00, held second-adjudication, open 90.00",
        ),
        ("60+90 P1: 1 P1 E1 | 1/50 CO-45:20", "held charge-differs, open 150.00"),
        ("60+90 P1: 1 P1 E1 | 9/60 CO-45:20", "held charge-differs, open 150.00"),
        ("60+90 P1: 1 P1 E1 | 1/60 CO-45:20 | 9/30 CO-45:10", "held charge-differs, open 150.00"),
        ("60+90 P1: 1 P1 E1 | 1/60 CO-45:20; 2 P1 E2 | 9/90 CO-45:10", "cash 120.00, contractual 30.00"),
        (
            "60+90 P1: 1 P1 E1 | 1/60 CO-45:20; 2 P1 E2 | 9/91 CO-45:10",
            "cash 40.00, contractual 20.00, held charge-differs, open 90.00",
        ),
        (
            "60+90 P1: 1 P1 E1 @MA15 | 1/50 CO-45:20; 2 P1 E2 @MA15 | 2/90 CO-45:10",
            "cash 110.00, contractual 30.00, open 10.00",
        ),
        (
            "60+90 P1: 1 P1 E1 | 1/60 CO-45:60 | 2/90 CO-197:90; 2 P1 E2 | 2/90 CO-45:20",
            "case 90.00 70.00 0.00 0.00, cash 70.00, contractual 80.00",
        ),
        (
            "60+90 P1: 1 P1 E1 | 1/60 CO-45:10 | 2/90 CO-197:90; 2 P1 E2 | 1/60 CO-45:20",
            "case 90.00 0.00 0.00 90.00, cash 50.00, contractual 10.00, denied 90.00, held second-adjudication",
        ),
        (
            "60+90 P1: 1 P1 E1 | 1/60 CO-45:10 | 2/90 CO-197:80; 2 P1 E2 | 2/90 CO-45:20",
            "case 80.00 0.00 0.00 80.00, cash 60.00, contractual 10.00, denied 80.00, held second-adjudication",
        ),
        (
            "60+90 P1: 1 P1 E1 | 1/60 CO-45:10 | 2/90 CO-197:90; 2 P1 E2 | 2/80 CO-45:20",
            "case 90.00 0.00 0.00 90.00, cash 50.00, contractual 10.00, denied 90.00, held charge-differs",
        ),
        (
            "60+90 P1: 1 P1 E1 | 1/60 CO-45:10 | 2/90 CO-197:90; 2 P1 E2 | 2/50 CO-45:20 | 2/40 CO-45:5",
            "case 90.00 65.00 0.00 0.00, cash 115.00, contractual 35.00",
        ),
        (
            "60+90 P1: 1 P1 E1 | 1/60 CO-45:10 | 2/90 OA-133:90; 2 P1 E2 | 2/90 CO-45:20",
            "cash 120.00, contractual 30.00",
        ),
        (
            "60+90 P1: 1 P1 E1 | 1/60 CO-45:10 | 2/90 CO-45:20 CO-197:70; 2 P1 E2 | 2/90 CO-45:20",
            "case 70.00 70.00 0.00 0.00, cash 120.00, contractual 30.00",
        ),
        (
            "60+90 P1: 1 P1 E1 | 1/60 CO-45:10 | 2/90 CO-197:90; 2 P1 E2 | 2/90 CO-50:90; 3 P1 E3 | 2/90 CO-45:30",
            "case 90.00 60.00 0.00 0.00, cash 110.00, contractual 40.00",
        ),
        (
            "60+90 P1: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-197:90; 2 P1 E2 | 2/90 CO-45:20; 3 P1 E3 | 1/60 CO-45:5",
            "case 150.00 125.00 0.00 0.00, cash 125.00, contractual 25.00",
        ),
        (
            "60+90 P1: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-197:90; 2 P1 E2 | 2/90 CO-45:20; 3 P1 E3 | 1/60 CO-45:5 | 2/90 CO-45:30",
            "case 150.00 70.00 0.00 60.00, cash 70.00, contractual 20.00, denied 60.00, held second-adjudication",
        ),
        (
            "60+90 P1: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-197:90; 2 P1 E2 | 2/90 CO-50:90; 3 P1 E3 | 1/60 CO-45:5 | 2/90 CO-45:30",
            "case 150.00 115.00 0.00 0.00, cash 115.00, contractual 35.00",
        ),
        ("60+90 P1: 1 P1 E1 CO-45:30 | 1/60 | 2/90", "cash 120.00, contractual 30.00"),
        ("60+90 P1: 1 P1 E1 CO-197:150 | 1/60 | 2/90", "case 150.00 0.00 0.00 150.00, denied 150.00"),
        ("60+90 P1: 1 P1 E1 ch:150 | 1/60 CO-45:20 | 2/80 CO-45:10", "cash 120.00, contractual 30.00"),
        (
            "60+90 P1: 1 P1 E1 ch:150 | 1/60 CO-45:20 | 2/80 CO-197:80",
            "case 80.00 0.00 0.00 80.00, cash 50.00, contractual 20.00, denied 80.00",
        ),
        (
            "60+90+30 P1: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-197:90 | 3/30 CO-45:5; 2 P1 E2 | 2/90 CO-45:20 | 1/60 CO-45:5",
            "case 150.00 125.00 0.00 0.00, cash 150.00, contractual 30.00",
        ),
        (
            "60+90+30 P1: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-197:90 | 3/30 CO-45:5; 2 P1 E2 | 2/90 CO-45:20 | 3/30 CO-45:5",
            "case 150.00 0.00 0.00 150.00, cash 25.00, contractual 5.00, denied 150.00, held second-adjudication",
        ),
        (
            "60+90 P1 P2: 1 P1 E1 | 1/60 CO-45:10 PR-2:10 | 2/90 CO-197:90; 2 P1 E2 | 2/90 CO-45:20 PR-2:7; 3 P2 S1 OA-23:133 PR-2:2",
            "case 90.00 63.00 0.00 0.00, cash 103.00, cash@2 15.00, contractual 30.00, due 2.00",
        ),
        (
            "60+90 P1 P2: 1 P1 E1 | 1/60 CO-45:10 PR-2:10 | 2/90 CO-45:3 CO-197:87; 2 P1 E2 | 2/90 CO-45:20 PR-2:7; 3 P2 S1 OA-23:133 PR-2:2",
            "case 87.00 63.00 0.00 0.00, cash 103.00, cash@2 15.00, contractual 30.00, due 2.00",
        ),
        (
            "60+90 P1 P2: 1 P1 E1 | 1/60 CO-45:10 PR-2:10 | 2/90 CO-45:3 CO-197:87; 2 P1 E2 | 2/90 CO-45:20 PR-2:7; 3 P2 S1 OA-23:132 PR-2:2",
            "case 87.00 63.00 0.00 0.00, cash 103.00, contractual 30.00, held prior-payer-differs, next@2 17.00",
        ),
    ]);
}

/// Sections 3a, 6 and 7a: replacements and voids, answers of one day, what a later payer leaves, who is not billed.
#[test]
fn submissions_days_and_payers() {
    wrong(&[
        // Submissions.
        ("150 P1: 1 F7 180; 4 P1 E1 CO-45:50", "cash 100.00, contractual 50.00, open 30.00"),
        ("150 P1: 1 P1 E1 CO-45:50; 4 F7 180", "cash 100.00, contractual 50.00, open 30.00"),
        ("150 P1: 1 P1 E1 CO-45:50; 4 F7 120", "cash 100.00, contractual 50.00"),
        ("150 P1: 1 P1 E1 CO-45:50; 4 F7 120; 6 P1 -E1", "open 120.00"),
        (
            "150 P1: 1 P1 E1 CO-45:50; 4 F7 120; 6 P1 -E1; 6 P1 E2 ch:120 CO-45:40",
            "cash 80.00, contractual 40.00",
        ),
        ("150 P1: 1 P1 E1 CO-45:50; 4 F7 120; 5 F7 150; 6 P1 -E1", "open 150.00"),
        ("150 P1: 1 F7 120; 4 P1 E1 ch:120 CO-45:50", "cash 70.00, contractual 50.00"),
        ("150 P1: 1 F7 180; 4 P1 E1 ch:150 CO-45:50", "cash 100.00, contractual 50.00, open 30.00"),
        ("150 P1: 1 P1 E1 CO-197:150; 4 F7 120", "case 150.00 0.00 0.00 120.00, denied 120.00"),
        (
            "150 P1: 1 P1 E1 CO-197:150; 4 F7 120; 6 P1 E2 ch:120 CO-45:20",
            "case 150.00 100.00 0.00 0.00, cash 100.00, contractual 20.00",
        ),
        (
            "150 P1: 1 P1 E1 CO-45:20 CO-197:130; 4 F7 120; 6 P1 E2 ch:120 CO-45:20",
            "case 130.00 100.00 0.00 0.00, cash 100.00, contractual 20.00",
        ),
        ("150 P1: 1 P1 E1 PR-1:150; 4 F7 120", "due 120.00"),
        ("150 P1: 1 P1 E1 OA-133:150; 4 F7 120", "pending 120.00"),
        ("150 P1 P2: 1 P1 E1 PR-1:150; 4 F7 120", "next@2 120.00"),
        ("150 P1: 1 P1 E1 PR-27:150; 4 F7 120", "case 150.00 0.00 0.00 120.00, hold 120.00"),
        (
            "150 P1: 1 P1 E1 PR-1:100 CO-197:50; 4 F7 120",
            "case 50.00 0.00 0.00 50.00, denied 50.00, due 70.00",
        ),
        (
            "150 P1: 1 P1 E1 OA-133:100 CO-197:50; 4 F7 120",
            "case 50.00 0.00 0.00 50.00, denied 50.00, pending 70.00",
        ),
        (
            "150 P1: 1 P1 E1 OA-133:50 PR-27:100; 4 F7 70",
            "case 100.00 0.00 0.00 20.00, hold 20.00, pending 50.00",
        ),
        (
            "150 P1: 1 P1 E1 OA-133:50 PR-1:50 CO-197:50; 4 F7 120",
            "case 50.00 0.00 0.00 50.00, denied 50.00, due 20.00, pending 50.00",
        ),
        (
            "150 P1: 1 P1 E1 OA-133:50 PR-1:50 CO-197:50; 4 F7 70",
            "case 50.00 0.00 0.00 50.00, denied 50.00, pending 20.00",
        ),
        ("150 P1: 1 P1 E1 OA-133:50 PR-1:50 CO-197:50; 4 F7 20", "case 50.00 0.00 0.00 20.00, denied 20.00"),
        ("150 P1 P2: 1 P2 S1 OA-23:110; 4 F7 120", "cash@2 40.00, open 80.00"),
        (
            "150 P1 P2: 1 P2 S1 OA-23:110; 4 P1 E1 CO-50:150; 5 F7 120",
            "case 150.00 0.00 0.00 80.00, cash@2 40.00, denied 80.00",
        ),
        // Void by the office (frequency 8).
        ("150 P1: 1 P1 E1 CO-45:50; 4 F8; 6 P1 -E1", ""),
        ("150 P1: 1 P1 E1 CO-45:50; 4 F8", "cash 100.00, contractual 50.00"),
        ("150 P1: 1 P1 E1 CO-45:50; 6 P1 -E1; 8 F8", ""),
        ("150 P1: 1 P1 E1 CO-45:50; 6 F8; 6 P1 -E1", ""),
        ("150 P1: 1 P1 E1 CO-45:50; 4 F8; 6 P1 -E1; 8 P1 E2 CO-45:40", "held claim-closed"),
        ("150 P1: 4 F8", "open 150.00"),
        ("150 P1: 4 F8; 6 P1 E1 CO-45:50", "cash 100.00, contractual 50.00"),
        ("150 P1: 1 P1 E1 CO-197:150; 4 F8; 6 P1 -E1", "case 150.00 0.00 0.00 0.00"),
        (
            "150 P1: 1 P1 E1 CO-197:150; 4 F8; 6 P1 E2 CO-45:40; 7 P1 -E2",
            "case 150.00 0.00 0.00 150.00, denied 150.00",
        ),
        (
            "150 P1 P2: 1 P1 E1 CO-45:50 PR-1:20; 3 P2 S1 OA-23:130; 4 F8; 6 P1 -E1",
            "cash@2 20.00, open 130.00",
        ),
        // A person's void.
        ("150 P1: 1 P1 E1 CO-45:50; 4 void open", "held claim-closed"),
        (
            "150 P1: 1 P1 E1 CO-197:150; 4 void denied; 5 undo 1",
            "case 150.00 0.00 0.00 150.00, denied 150.00",
        ),
        (
            "150 P1: 1 P1 E1 CO-197:150; 4 void denied; 5 undo 1; 6 P1 E2 CO-45:50",
            "case 150.00 100.00 0.00 0.00, cash 100.00, contractual 50.00",
        ),
        ("150 P1: 1 void open; 4 P1 E1 CO-45:50; 6 P1 -E1", "cancelled claim-closed, cancelled no-original"),
        ("150 P1: 4 void open; 1 P1 E1 CO-45:50; 6 P1 -E1", "held claim-closed, held no-original"),
        ("150 P1: 4 void open; 1 P1 E1 PR-1:150", ""),
        ("150 P1: 4 void open; 4 P1 E1 CO-45:50", "held claim-closed"),
        ("150 P1: 4 void open; 1 P1 E1 CO-45:50; 6 undo 1", "cash 100.00, contractual 50.00"),
        ("150 P1: 4 void open; 1 P1 E1 CO-45:50; 2 P1 -E1", ""),
        // One day.
        ("150 P1: 1 P1 E1 CO-45:50; 1 P1 -E1; 1 P1 E2 CO-45:40", "cash 110.00, contractual 40.00"),
        ("150 P1: 1 P1 E9 CO-45:50; 1 P1 -E9; 1 P1 E2 CO-45:40", "cash 110.00, contractual 40.00"),
        ("150 P1: 1 P1 E2 CO-45:50; 1 P1 -E2 no:E1; 1 P1 E3 CO-45:40", "cash 110.00, contractual 40.00"),
        ("150 P1: 1 P1 E2 CO-45:50; 3 P1 -E2; 2 P1 E3 CO-45:40", "cash 110.00, contractual 40.00"),
        ("150 P1: 1 P1 E2 CO-45:50; 3 P1 -E2; 4 P1 E3 CO-45:40", "cash 110.00, contractual 40.00"),
        (
            "150 P1: 1 P1 E2 CO-45:50; 3 P1 E3 CO-45:40; 4 P1 E4 CO-45:30; 5 P1 -E2",
            "cash 110.00, contractual 40.00, held second-adjudication",
        ),
        (
            "150 P1: 1 P1 E2 CO-45:50; 3 P1 E3 CO-45:40; 4 P1 E4 CO-45:30; 5 P1 -E3",
            "cancelled no-original, cancelled second-adjudication, cash 100.00, contractual 50.00, held second-adjudication",
        ),
        (
            "150 P1: 1 P1 E2 CO-45:50; 3 P1 E3 CO-45:40; 4 P1 -E3",
            "cancelled no-original, cancelled second-adjudication, cash 100.00, contractual 50.00",
        ),
        (
            "150 P1: 1 P1 E2 CO-45:50; 3 P1 E3 CO-45:40; 4 P1 -E3 no:X9",
            "cancelled no-original, cancelled second-adjudication, cash 100.00, contractual 50.00",
        ),
        ("150 P1: 3 P1 E3 CO-45:40; 4 P1 -E3 no:X9; 5 P1 E4 CO-45:40", "cash 110.00, contractual 40.00"),
        (
            "150 P1: 1 P1 E1 CO-197:150; 1 P1 E2 OA-133:150; 1 P1 E3 CO-45:30",
            "case 150.00 120.00 0.00 0.00, cash 120.00, contractual 30.00",
        ),
        (
            "150 P1: 1 P1 E3 CO-197:150; 1 P1 E2 CO-16:150; 1 P1 E1 CO-45:30",
            "case 150.00 120.00 0.00 0.00, cash 120.00, contractual 30.00",
        ),
        (
            "150 P1: 1 P1 E1 st:4 CO-197:150; 1 P1 E1 CO-197:150",
            "case 150.00 0.00 0.00 150.00, denied 150.00",
        ),
        (
            "150 P1: 1 P1 E1 CO-197:150; 1 P1 E1 CO-45:70 CO-197:80",
            "case 150.00 0.00 0.00 150.00, denied 150.00",
        ),
        (
            "150 P1: 1 P1 E1 CO-45:50 PR-2:20; 1 P1 E1 CO-45:40 PR-2:20",
            "cash 80.00, contractual 50.00, due 20.00, held second-adjudication",
        ),
        (
            "150 P1 P2: 1 P2 S1 OA-23:130; 1 P1 E1 CO-45:50 PR-2:20",
            "cash 80.00, cash@2 20.00, contractual 50.00",
        ),
        (
            "150 P1 P2: 1 P2 A1 OA-23:130; 1 P1 Z1 CO-45:50 PR-2:20",
            "cash 80.00, cash@2 20.00, contractual 50.00",
        ),
        (
            "150 P1 P2: 1 P2 S1 OA-23:130; 2 P1 E1 CO-45:50 PR-2:20",
            "cash 80.00, cash@2 20.00, contractual 50.00",
        ),
        (
            "150 P1 P2: 1 P2 S1 OA-23:130; 2 P1 E1 CO-45:50 PR-2:30",
            "cash 70.00, cash@2 20.00, contractual 50.00, open 10.00",
        ),
        (
            "150 P1 P2: 1 P2 S1 OA-23:130; 2 P1 E1 CO-45:50 PR-2:10",
            "cash@2 20.00, held prior-payer-differs, open 130.00",
        ),
        (
            "150 P1 P2: 1 P2 S1 OA-23:130; 2 P1 E1 CO-45:50 CO-197:20",
            "case 20.00 0.00 0.00 0.00, cash 80.00, cash@2 20.00, contractual 50.00",
        ),
        (
            "150 P1 P2: 1 P2 S1 OA-23:130; 2 P1 E1 CO-45:60 PR-2:20",
            "cash 70.00, cash@2 20.00, contractual 60.00",
        ),
        (
            "150 P1 P2: 1 P2 S1 OA-23:110 PR-1:20; 2 P1 E1 CO-45:50 PR-2:20",
            "cash 80.00, cash@2 20.00, contractual 50.00",
        ),
        (
            "150 P1 P2: 1 P2 S1 OA-23:110 PR-1:20; 2 P1 E1 CO-45:50 PR-2:20; 3 P2 S2 OA-23:110 PR-1:15",
            "cash 80.00, cash@2 20.00, contractual 50.00, held second-adjudication",
        ),
        (
            "150 P1 P2: 1 P2 S1 CO-197:150; 2 P1 E1 CO-45:50 PR-2:20",
            "case 150.00 0.00 0.00 20.00, cash 80.00, contractual 50.00, denied@2 20.00",
        ),
        (
            "150 P1 P2: 1 P2 S1 CO-197:150; 2 P1 E1 CO-45:50 PR-2:20; 3 P2 S2 OA-23:130 PR-2:5",
            "case 150.00 15.00 0.00 0.00, cash 80.00, cash@2 15.00, contractual 50.00, due 5.00",
        ),
        // What an earlier payer denied, and a later one leaves.
        (
            "150 P1 P2: 1 P1 E1 CO-45:50 CO-197:60 PR-2:10; 4 P2 S1 OA-23:80 PR-2:5; 5 P2 -S1",
            "case 60.00 0.00 0.00 60.00, cash 30.00, contractual 50.00, denied 60.00, next@2 10.00",
        ),
        (
            "150 P1 P2: 1 P1 E1 CO-45:50 CO-197:60 PR-2:10; 4 P2 S1 OA-23:140 PR-2:5",
            "case 60.00 0.00 0.00 60.00, cash 30.00, cash@2 5.00, contractual 50.00, denied 60.00, due 5.00",
        ),
        (
            "150 P1 P2: 1 P1 E1 CO-45:50 CO-197:60 PR-2:10; 4 P2 S1 OA-23:80 CO-50:65",
            "case 65.00 0.00 0.00 65.00, cash 30.00, cash@2 5.00, contractual 50.00, denied@2 65.00",
        ),
        (
            "150 P1 P2: 1 P1 E1 CO-45:50 CO-197:60 PR-2:10; 4 P2 S1 OA-23:100 CO-50:45",
            "case 65.00 0.00 0.00 65.00, cash 30.00, cash@2 5.00, contractual 50.00, denied 20.00, denied@2 45.00",
        ),
        (
            "150 P1 P2: 1 P1 E1 CO-45:50 PR-27:60 PR-2:10; 4 P2 S1 OA-23:140 PR-2:5",
            "case 60.00 0.00 0.00 60.00, cash 30.00, cash@2 5.00, contractual 50.00, due 5.00, hold 60.00",
        ),
        (
            "150 P1 P2: 1 P1 E1 CO-45:50 OA-133:60 PR-2:10; 4 P2 S1 OA-23:140 PR-2:5",
            "cash 30.00, cash@2 5.00, contractual 50.00, due 5.00, open 60.00",
        ),
        (
            "150 P1 P2 P3: 1 P1 E1 CO-45:50 CO-197:100; 4 P2 S1 OA-23:90 CO-50:60; 5 P3 T1 st:3 OA-23:130",
            "case 100.00 0.00 0.00 80.00, cash@3 20.00, contractual 50.00, denied 20.00, denied@2 60.00",
        ),
        (
            "150 P1 P2 P3: 1 P1 E1 CO-45:50 CO-197:100; 4 P2 S1 OA-23:90 CO-50:60; 5 P3 T1 st:3 OA-23:90",
            "case 100.00 0.00 0.00 40.00, cash@3 60.00, contractual 50.00, denied@2 40.00",
        ),
        (
            "150 P1 P2 P3: 1 P1 E1 CO-45:50 CO-197:100; 4 P2 S1 OA-23:90 CO-50:30; 5 P3 T1 st:3 OA-23:110",
            "case 100.00 0.00 0.00 30.00, cash@2 30.00, cash@3 40.00, contractual 50.00, denied@2 30.00",
        ),
        (
            "60+90 P1 P2: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-50:90; 4 P2 S1 OA-23:50",
            "case 60.00 0.00 0.00 0.00, case 90.00 0.00 0.00 50.00, cash@2 100.00, denied 50.00",
        ),
        (
            "60+90 P1 P2: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-50:90; 4 P2 S1 OA-23:70",
            "case 60.00 0.00 0.00 0.00, case 90.00 0.00 0.00 70.00, cash@2 80.00, denied 70.00",
        ),
        (
            "60+90 P1 P2: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-50:90; 3 P1 E2 | 2/90 CO-16:90; 4 P2 S1 OA-23:70",
            "case 60.00 0.00 0.00 0.00, case 90.00 0.00 0.00 70.00, cash@2 80.00, denied 70.00",
        ),
        ("150 P1 P2: 1 brought denied:150; 4 P2 S1 OA-23:150", "case 150.00 0.00 0.00 150.00, denied 150.00"),
        (
            "150 P1 P2: 1 brought denied:100 due:20 open:30; 4 P2 S1 OA-23:40 PR-2:10",
            "case 100.00 0.00 0.00 40.00, cash@2 100.00, denied 40.00, due 10.00",
        ),
        (
            "150 P1 P2: 1 brought denied:100 due:20 open:30",
            "case 100.00 0.00 0.00 100.00, denied 100.00, due 20.00, open 30.00",
        ),
        (
            "150 P1 P2: 1 brought denied:100 pending:20 hold:30; 4 F7 90",
            "case 100.00 0.00 0.00 90.00, denied 90.00",
        ),
        ("150 P1: 1 brought denied:150; 4 F7 180", "case 150.00 0.00 0.00 150.00, denied 150.00, open 30.00"),
        // Payments above the charge.
        ("150 P1: 1 P1 E1 CO-45:-50", "cash 200.00, contractual -50.00"),
        ("150 P1: 1 P1 E1 OA-94:-50", "cash 200.00, contra -50.00"),
        ("150 P1: 1 P1 E1 PR-2:-50", "held negative-denial, open 150.00"),
        ("150 P1: 1 P1 E1 CO-197:-50", "held negative-denial, open 150.00"),
        ("150 P1 P2: 1 P1 E1 OA-94:-50; 4 P2 S1 OA-23:150", "cash 200.00, contra -50.00"),
        (
            "150 P1 P2: 1 P1 E1 CO-45:-50; 4 P2 S1 OA-23:100",
            "cash 200.00, contractual -50.00, held prior-payer-differs",
        ),
        ("150 P1: 1 P1 E1 CO-45:-50 PR-2:20", "cash 180.00, contractual -50.00, due 20.00"),
        (
            "150 P1: 1 P1 E1 CO-45:-50 CO-197:20",
            "case 20.00 0.00 0.00 20.00, cash 180.00, contractual -50.00, denied 20.00",
        ),
        (
            "150 P1: 1 P1 E1 CO-45:50; 3 F7 100; 5 pays 10",
            "cash 100.00, cash-patient@0 10.00, contractual 50.00, due -10.00",
        ),
        (
            "150 P1 P2: 1 P2 S1 OA-23:20; 3 P1 E1 CO-45:50 PR-2:10",
            "cash@2 130.00, held prior-payer-differs, open 20.00",
        ),
        (
            "150 P1 P2: 1 P2 S1 OA-23:20 PR-3:20; 3 P1 E1 CO-45:50 PR-2:10",
            "cash@2 110.00, due 20.00, held prior-payer-differs, open 20.00",
        ),
        // Who is not billed.
        ("150 P1 MC: 1 P1 E1 CO-45:50 PR-2:30", "cash 70.00, contractual 50.00, hold 30.00"),
        ("150 P1 MC: 1 P1 E1 CO-45:50 PR-3:30", "cash 70.00, contractual 50.00, due 30.00"),
        ("150 P1 MC P2: 1 P1 E1 CO-45:50 PR-2:30", "cash 70.00, contractual 50.00, next@2 30.00"),
        ("150 P1: 1 P1 E1 fc:MC CO-45:50 PR-2:30", "cash 70.00, contractual 50.00, hold 30.00"),
        ("150 P1: 1 P1 E1 fc:WC CO-45:50 PR-3:30", "cash 70.00, contractual 50.00, hold 30.00"),
        (
            "150 P1 P2: 1 P1 E1 fc:WC CO-45:50 PR-3:30; 4 P2 S1 OA-23:120 PR-3:5",
            "cash 70.00, cash@2 25.00, contractual 50.00, due 5.00",
        ),
        ("150 P1: 1 P1 E1 @N782 CO-45:50 PR-3:30", "cash 70.00, contractual 50.00, hold 30.00"),
        ("60+90 P1: 1 P1 E1 | 1/60 PR-3:20 @N782 | 2/90 PR-3:30", "cash 100.00, due 30.00, hold 20.00"),
        ("60+90 P1: 1 P1 E1 @N782 | 1/60 PR-3:20 | 2/90 PR-3:30", "cash 100.00, hold 50.00"),
        (
            "150 P1 P2: 1 P1 E1 @N782 CO-45:50 PR-3:30; 4 P2 S1 OA-23:120 PR-3:10",
            "cash 70.00, cash@2 20.00, contractual 50.00, due 10.00",
        ),
        ("150 P1: 1 P1 E1 OA-209:150", "next@0 150.00"),
        ("150 P1 P2: 1 P1 E1 OA-209:50 CO-45:100", "contractual 100.00, next@2 50.00"),
        // Bundles.
        ("60+90 P1: 1 P1 E1 | 1/60 OA-94:-90 CO-45:40 | 2/90 CO-97:90", "cash 110.00, contractual 40.00"),
        (
            "60+90 P1: 1 P1 E1 | 1/60 OA-94:-80 CO-45:40 | 2/90 CO-97:90",
            "case 90.00 0.00 0.00 90.00, cash 100.00, contra -80.00, contractual 40.00, denied 90.00",
        ),
        ("60+90 P1: 1 P1 E1 | 1/60 OA-94:90 CO-45:40 | 2/90 CO-97:-90", "held negative-denial, open 150.00"),
        (
            "60+90 P1: 1 P1 E1 | 1/60 CO-45:40 | 2/90 CO-97:90",
            "case 90.00 0.00 0.00 90.00, cash 20.00, contractual 40.00, denied 90.00",
        ),
        (
            "60+90 P1: 1 P1 E1 OA-94:-90 CO-97:90 | 1/60 CO-45:40 | 2/90 CO-45:30",
            "cash 80.00, contractual 70.00",
        ),
    ]);
}

/// Section 5 and 7a, line by line: which case, how much of it was denied, and what became of that.
#[test]
fn denied_lines_and_their_dollars() {
    wrong(&[
        // Denial cases: which line, which case.
        (
            "60+90 P1 cases: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-197:90",
            "@1 CO-197 [L1 denied 60.00 open 60.00 (CO-197 60.00); L2 denied 90.00 open 90.00 (CO-197 90.00)] [E1 CO-197 150.00], denied 150.00",
        ),
        (
            "60+90 P1 cases: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-50:90",
            "@1 CO-197 [L1 denied 60.00 open 60.00 (CO-197 60.00)] [E1 CO-197 60.00], @1 CO-50 [L2 denied 90.00 open 90.00 (CO-50 90.00)] [E1 CO-50 90.00], denied 150.00",
        ),
        (
            "60+90 P1 cases: 1 P1 E1 | 1/60 CO-197:40 CO-50:20 | 2/90 CO-50:30 CO-197:30 CO-16:30",
            "@1 CO-197 [L1 denied 60.00 open 60.00 (CO-197 40.00 CO-50 20.00)] [E1 CO-197 60.00], @1 CO-50 [L2 denied 90.00 open 90.00 (CO-50 30.00 CO-197 30.00 CO-16 30.00)] [E1 CO-50 90.00], denied 150.00",
        ),
        (
            "60+90 P1 cases: 1 P1 E1 | 1/60 CO-197:20 CO-50:40 | 2/90 CO-45:90",
            "@1 CO-50 [L1 denied 60.00 open 60.00 (CO-197 20.00 CO-50 40.00)] [E1 CO-50 60.00], contractual 90.00, denied 60.00",
        ),
        (
            "60+90 P1 cases: 1 P1 E1 | 1/60 CO-197:20 CO-197:40 | 2/90 CO-45:90",
            "@1 CO-197 [L1 denied 60.00 open 60.00 (CO-197 60.00)] [E1 CO-197 60.00], contractual 90.00, denied 60.00",
        ),
        (
            "60+90 P1 cases: 1 P1 E1 CO-197:150 | 1/60 | 2/90",
            "@1 CO-197 [L0 denied 150.00 open 150.00 (CO-197 150.00)] [E1 CO-197 150.00], denied 150.00",
        ),
        (
            "60+90 P1 cases: 1 P1 E1 CO-197:50 | 1/60 CO-197:40 | 2/90 CO-45:10",
            "@1 CO-197 [L1 denied 40.00 open 40.00 (CO-197 40.00); L0 denied 50.00 open 50.00 (CO-197 50.00)] [E1 CO-197 90.00], cash 50.00, contractual 10.00, denied 90.00",
        ),
        (
            "60+90 P1 cases: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-45:10; 2 P1 E2 | 1/60 CO-50:60",
            "@1 CO-50 [L1 denied 60.00 open 60.00 (CO-50 60.00)] [E1 CO-197 60.00; E2 CO-50 60.00], cash 80.00, contractual 10.00, denied 60.00",
        ),
        (
            "60+90 P1 cases: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-45:10; 2 P1 E2 | 1/60 CO-50:20 CO-45:40",
            "@1 CO-50 [L1 denied 60.00 open 20.00 (CO-50 20.00)] [E1 CO-197 60.00; E2 CO-50 20.00], cash 80.00, contractual 50.00, denied 20.00",
        ),
        (
            "60+90 P1 cases: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-45:10; 2 P1 E2 | 1/60 CO-50:20 CO-45:10",
            "@1 CO-50 [L1 denied 60.00 paid 30.00 open 20.00 (CO-50 20.00)] [E1 CO-197 60.00; E2 CO-50 20.00], cash 110.00, contractual 20.00, denied 20.00",
        ),
        (
            "60+90 P1 cases: 1 P1 E1 | 1/60 CO-45:10 CO-197:20 | 2/90 CO-45:10; 2 P1 -E1; 3 P1 E2 | 1/60 CO-45:10 CO-50:50 | 2/90 CO-45:10",
            "@1 CO-50 [L1 denied 50.00 open 50.00 (CO-50 50.00)] [E1 CO-197 20.00; E3 CO-50 50.00], cash 80.00, contractual 20.00, denied 50.00",
        ),
        (
            "60+90 P1 cases: 1 P1 E1 CO-197:150; 2 P1 E2 | 1/60 CO-197:60 | 2/90 CO-197:90",
            "@1 CO-197 [L0 denied 150.00 open 150.00 (CO-197 90.00)] [E1 CO-197 150.00; E2 CO-197 150.00], denied 150.00",
        ),
        (
            "60+90 P1 cases: 1 P1 E1 CO-197:150; 2 P1 E2 | 1/60 CO-197:60 | 2/90 CO-45:90",
            "@1 CO-197 [L0 denied 150.00 open 60.00 (CO-197 60.00)] [E1 CO-197 150.00; E2 CO-197 60.00], contractual 90.00, denied 60.00",
        ),
        (
            "60+90 P1 cases: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-50:90; 2 P1 E2 CO-16:150",
            "@1 CO-16 [L1 denied 60.00 open 60.00 (CO-16 150.00)] [E1 CO-197 60.00; E2 CO-16 60.00], @1 CO-16 [L2 denied 90.00 open 90.00 (CO-16 150.00)] [E1 CO-50 90.00; E2 CO-16 90.00], denied 150.00",
        ),
        (
            "60+90 P1 cases: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-50:90; 2 P1 E2 CO-16:100",
            "@1 CO-16 [L1 denied 60.00 open 60.00 (CO-16 100.00)] [E1 CO-197 60.00; E2 CO-16 60.00], @1 CO-16 [L2 denied 90.00 paid 50.00 open 40.00 (CO-16 100.00)] [E1 CO-50 90.00; E2 CO-16 40.00], cash 50.00, denied 100.00",
        ),
        (
            "60+90 P1 cases: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-45:90; 2 P1 E2 CO-16:100",
            "@1 CO-16 [L1 denied 60.00 open 60.00 (CO-16 100.00); L0 denied 40.00 open 40.00 (CO-16 100.00)] [E1 CO-197 60.00; E2 CO-16 100.00], cash 50.00, denied 100.00",
        ),
        (
            "60+90 P1 cases: 1 P1 E1 CO-197:150; 2 P1 E2 | 1/60 CO-197:60 | 2/90 CO-45:10; 3 P1 -E2",
            "@1 CO-197 [L0 denied 150.00 open 150.00 (CO-197 60.00)] [E1 CO-197 150.00; E2 CO-197 60.00], denied 150.00",
        ),
        (
            "60+90 P1 cases: 1 P1 E1 | 1/60 CO-197:60; 2 P1 E2 | 2/90 CO-197:90",
            "@1 CO-197 [L1 denied 60.00 open 60.00 (CO-197 60.00)] [E1 CO-197 60.00], @1 CO-197 [L2 denied 90.00 open 90.00 (CO-197 90.00)] [E2 CO-197 90.00], denied 150.00",
        ),
        (
            "60+90 P1 cases: 1 P1 E1 | 1/60 CO-197:60; 2 P1 E2 | 2/90 CO-197:90; 3 P1 E3 CO-45:50",
            "@1 CO-197 [L1 denied 60.00 paid 60.00 (CO-197 60.00)] [E1 CO-197 60.00], @1 CO-197 [L2 denied 90.00 paid 40.00 (CO-197 90.00)] [E2 CO-197 90.00], cash 100.00, contractual 50.00",
        ),
        (
            "60+90 P1 cases: 1 P1 E1 @MA15 ch:60 CO-197:60; 2 P1 E2 @MA15 ch:90 CO-197:90",
            "@1 CO-197 [L0 denied 150.00 open 150.00 (CO-197 90.00)] [E1 CO-197 60.00; E2 CO-197 90.00], denied 150.00",
        ),
        (
            "60+90 P1 cases: 1 P1 E1 | 1/60 CO-197:60 | R1/90 CO-197:90",
            "@1 CO-197 [L41151 denied 60.00 open 60.00 (CO-197 60.00); L1 denied 90.00 open 90.00 (CO-197 90.00)] [E1 CO-197 150.00], denied 150.00",
        ),
        (
            "60+90 P1 cases: 1 P1 E1 | R1/60 CO-197:20 | 2/90 CO-50:90; 2 P1 E2 | R2/50 CO-45:5 | R2/40 CO-50:40",
            "@1 CO-197 [L1 denied 20.00 open 20.00 (CO-197 20.00)] [E1 CO-197 20.00], @1 CO-50 [L2 denied 90.00 paid 45.00 open 40.00 (CO-50 40.00)] [E1 CO-50 90.00; E2 CO-50 40.00], cash 85.00, contractual 5.00, denied 60.00",
        ),
        (
            "60+90 P1 cases: 1 P1 E1 | 1/60 CO-45:60 | 2/90 CO-197:90; 2 P1 E2 | R2/50 CO-45:5 | R2/40",
            "@1 CO-197 [L2 denied 90.00 paid 85.00 (CO-197 90.00)] [E1 CO-197 90.00], cash 85.00, contractual 65.00",
        ),
        (
            "60+90 P1 cases: 1 P1 E1 | 1/60 CO-45:10 | 2/90 CO-197:90; 2 P1 E2 | R2/50 CO-45:5 | R2/40",
            "@1 CO-197 [L2 denied 90.00 paid 85.00 (CO-197 90.00)] [E1 CO-197 90.00], cash 135.00, contractual 15.00",
        ),
        (
            "60+90 P1 cases: 1 P1 E1 | 1/60 PR-27:60 | 2/90 CO-197:90; 3 hold>due 60; 4 denied>gave-up 90",
            "@1 CO-197 [L2 denied 90.00 given 90.00 (CO-197 90.00)] [E1 CO-197 90.00], @1 PR-27 [L1 denied 60.00 patient 60.00 (PR-27 60.00)] [E1 PR-27 60.00], due 60.00, gave-up 90.00",
        ),
        (
            "60+90 P1 P2 cases: 1 P1 E1 | 1/60 PR-27:60 | 2/90 CO-197:90; 4 denied>next 90",
            "@1 CO-197 [L2 denied 90.00 next 90.00 (CO-197 90.00)] [E1 CO-197 90.00], @1 PR-27 [L1 denied 60.00 next 60.00 (PR-27 60.00)] [E1 PR-27 60.00], next@2 150.00",
        ),
        (
            "60+90 P1 P2 cases: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-45:30; 3 P2 S1 | 1/60 CO-50:60 | 2/90 OA-23:90",
            "@2 CO-50 [L1 denied 60.00 open 60.00 (CO-50 60.00)] [E1 CO-197 60.00; E2 CO-50 60.00], cash 60.00, contractual 30.00, denied@2 60.00",
        ),
        (
            "60+90 P1 P2 cases: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-45:30; 3 P2 S1 | 1/60 CO-50:60 | 2/90 OA-23:90; 4 P2 S2 | 1/60 CO-45:10",
            "@2 CO-50 [L1 denied 60.00 open 60.00 (CO-50 60.00)] [E1 CO-197 60.00; E2 CO-50 60.00], cash 60.00, contractual 30.00, denied@2 60.00, held prior-payer-differs",
        ),
        (
            "60+90 P1 P2 cases: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-45:30; 3 P2 S1 | 1/60 CO-50:60 | 2/90 OA-23:90; 4 P1 E2 | 1/60 CO-45:10",
            "@2 CO-50 [L1 denied 60.00 paid 50.00 (CO-50 60.00)] [E1 CO-197 60.00; E2 CO-50 60.00], cash 110.00, contractual 40.00",
        ),
        // What persons did, line by line.
        (
            "60+90 P1 cases: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-197:90; 3 denied>gave-up 70",
            "@1 CO-197 [L1 denied 60.00 given 60.00 (CO-197 60.00); L2 denied 90.00 given 10.00 open 80.00 (CO-197 90.00)] [E1 CO-197 150.00], denied 80.00, gave-up 70.00",
        ),
        (
            "60+90 P1 cases: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-197:90; 3 denied>gave-up 70 2",
            "@1 CO-197 [L1 denied 60.00 open 60.00 (CO-197 60.00); L2 denied 90.00 given 70.00 open 20.00 (CO-197 90.00)] [E1 CO-197 150.00], denied 80.00, gave-up 70.00",
        ),
        (
            "60+90 P1 cases: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-197:90; 3 denied>gave-up 70 2; 4 denied>due 30",
            "@1 CO-197 [L1 denied 60.00 patient 30.00 open 30.00 (CO-197 60.00); L2 denied 90.00 given 70.00 open 20.00 (CO-197 90.00)] [E1 CO-197 150.00], denied 50.00, due 30.00, gave-up 70.00",
        ),
        (
            "60+90 P1 cases: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-197:90; 3 denied>gave-up 150; 4 undo 1",
            "@1 CO-197 [L1 denied 60.00 open 60.00 (CO-197 60.00); L2 denied 90.00 open 90.00 (CO-197 90.00)] [E1 CO-197 150.00], denied 150.00",
        ),
        (
            "60+90 P1 cases: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-197:90; 3 denied>due 60 1; 4 denied>next 50 2; 5 denied>open 10 2",
            "@1 CO-197 [L1 denied 60.00 patient 60.00 (CO-197 60.00); L2 denied 90.00 next 50.00 open 30.00 (CO-197 90.00)] [E1 CO-197 150.00], denied 30.00, due 60.00, next@2 50.00, open 10.00",
        ),
        (
            "60+90 P1 cases: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-197:90; 3 denied>gave-up 100 2",
            "@1 CO-197 [L1 denied 60.00 open 60.00 (CO-197 60.00); L2 denied 90.00 given 90.00 (CO-197 90.00)] [E1 CO-197 150.00], denied 60.00, gave-up 90.00",
        ),
        (
            "60+90 P1 cases: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-197:90; 3 denied>gave-up 90 2; 5 P1 E2 | 2/90 CO-45:20",
            "@1 CO-197 [L1 denied 60.00 open 60.00 (CO-197 60.00); L2 denied 90.00 paid 70.00 (CO-197 90.00)] [E1 CO-197 150.00], cash 70.00, contractual 20.00, denied 60.00",
        ),
        (
            "60+90 P1 cases: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-197:90; 3 denied>gave-up 150; 5 P1 E2 | 2/90 CO-45:20",
            "@1 CO-197 [L1 denied 60.00 given 60.00 (CO-197 60.00); L2 denied 90.00 paid 70.00 (CO-197 90.00)] [E1 CO-197 150.00], cash 70.00, contractual 20.00, gave-up 60.00",
        ),
        (
            "60+90 P1 cases: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-197:90; 3 denied>gave-up 100; 5 P1 E2 | 1/60 CO-45:20",
            "@1 CO-197 [L1 denied 60.00 paid 40.00 (CO-197 60.00); L2 denied 90.00 given 90.00 (CO-197 90.00)] [E1 CO-197 150.00], cash 40.00, contractual 20.00, gave-up 90.00",
        ),
        (
            "60+90 P1 cases: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-50:90; 3 denied>gave-up 100; 5 P1 E2 CO-45:20",
            "@1 CO-197 [L1 denied 60.00 paid 60.00 (CO-197 60.00)] [E1 CO-197 60.00], @1 CO-50 [L2 denied 90.00 paid 70.00 (CO-50 90.00)] [E1 CO-50 90.00], cash 130.00, contractual 20.00",
        ),
        (
            "60+90 P1 cases: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-50:90; 5 P1 E2 CO-45:20 CO-16:40",
            "@1 CO-16 [L1 denied 60.00 paid 20.00 open 40.00 (CO-16 40.00)] [E1 CO-197 60.00; E2 CO-16 40.00], @1 CO-50 [L2 denied 90.00 paid 70.00 (CO-50 90.00)] [E1 CO-50 90.00], cash 90.00, contractual 20.00, denied 40.00",
        ),
        (
            "60+90 P1 cases: 1 P1 E1 CO-197:150; 5 P1 E2 | 1/60 CO-45:20 | 2/90 CO-45:10",
            "@1 CO-197 [L0 denied 150.00 paid 120.00 (CO-197 150.00)] [E1 CO-197 150.00], cash 120.00, contractual 30.00",
        ),
        (
            "60+90 P1 cases: 1 P1 E1 CO-197:150; 3 denied>gave-up 150; 5 P1 E2 | 1/60 CO-45:20 | 2/90 CO-45:10 CO-16:50",
            "@1 CO-16 [L0 denied 150.00 paid 70.00 given 50.00 (CO-16 50.00)] [E1 CO-197 150.00; E2 CO-16 50.00], cash 70.00, contractual 30.00, gave-up 50.00",
        ),
        (
            "150 P1 cases: 1 open>denied 40",
            "@1  [L0 denied 40.00 open 40.00 ()] [E0  40.00], denied 40.00, open 110.00",
        ),
        (
            "150 P1 cases: 1 open>denied 40; 3 denied>gave-up 40",
            "@1  [L0 denied 40.00 given 40.00 ()] [E0  40.00], gave-up 40.00, open 110.00",
        ),
        (
            "150 P1 cases: 1 open>denied 40; 3 P1 E1 CO-197:150",
            "@1 CO-197 [L0 denied 150.00 open 150.00 (CO-197 150.00)] [E1 CO-197 150.00], denied 150.00",
        ),
        ("150 P1 cases: 1 open>denied 40; 3 P1 E1 CO-45:50", "cash 100.00, contractual 50.00"),
        (
            "150 P1 cases: 1 P1 E1 CO-45:50 PR-1:40; 3 due>denied 40",
            "@1  [L0 denied 40.00 open 40.00 ()] [E0  40.00], cash 60.00, contractual 50.00, denied 40.00",
        ),
        (
            "150 P1 cases: 1 P1 E1 CO-45:50 PR-1:40; 3 due>denied 40; 4 denied>due 15",
            "@1  [L0 denied 40.00 patient 15.00 open 25.00 ()] [E0  40.00], cash 60.00, contractual 50.00, denied 25.00, due 15.00",
        ),
        (
            "150 P1 cases: 1 P1 E1 CO-197:150; 3 denied>open 150; 4 open>denied 60",
            "@1 CO-197 [L0 denied 150.00 open 60.00 (CO-197 150.00)] [E1 CO-197 150.00], denied 60.00, open 90.00",
        ),
        (
            "150 P1 cases: 1 P1 E1 CO-197:100 CO-45:50; 3 open>denied 10",
            "@1 CO-197 [L0 denied 100.00 open 100.00 (CO-197 100.00)] [E1 CO-197 100.00], contractual 50.00, denied 100.00",
        ),
        (
            "150 P1 cases: 1 P1 E1 CO-197:150; 3 denied>gave-up 200",
            "@1 CO-197 [L0 denied 150.00 given 150.00 (CO-197 150.00)] [E1 CO-197 150.00], gave-up 150.00",
        ),
        (
            "150 P1 cases: 1 P1 E1 PR-27:150; 3 hold>gave-up 200",
            "@1 PR-27 [L0 denied 150.00 given 150.00 (PR-27 150.00)] [E1 PR-27 150.00], gave-up 150.00",
        ),
        (
            "150 P1 cases: 1 P1 E1 PR-27:150; 3 hold>due 150; 5 P1 E2 PR-27:150",
            "@1 PR-27 [L0 denied 150.00 patient 150.00 (PR-27 150.00)] [E1 PR-27 150.00; E2 PR-27 150.00], due 150.00",
        ),
        (
            "150 P1 cases: 1 P1 E1 PR-27:100 CO-197:50; 3 denied>hold 50",
            "@1 PR-27 [L0 denied 150.00 open 100.00 (PR-27 100.00 CO-197 50.00)] [E1 PR-27 150.00], hold 150.00",
        ),
        (
            "150 P1 P2 cases: 1 P1 E1 PR-27:150",
            "@1 PR-27 [L0 denied 150.00 next 150.00 (PR-27 150.00)] [E1 PR-27 150.00], next@2 150.00",
        ),
        (
            "150 P1 P2 cases: 1 P1 E1 PR-27:150; 3 P2 S1 CO-45:50 OA-23:0 PR-1:20",
            "@1 PR-27 [L0 denied 150.00 (PR-27 150.00)] [E1 PR-27 150.00], cash@2 80.00, contractual@2 50.00, due 20.00",
        ),
        (
            "150 P1 P2 cases: 1 P1 E1 PR-27:150; 3 P2 S1 OA-23:100",
            "@1 PR-27 [L0 denied 150.00 open 100.00 (PR-27 150.00)] [E1 PR-27 150.00], cash@2 50.00, hold 100.00",
        ),
        (
            "150 P1 P2 cases: 1 P1 E1 PR-27:150; 3 P2 S1 CO-197:150; 4 P2 S2 CO-45:50",
            "@2 CO-197 [L0 denied 150.00 paid 100.00 (CO-197 150.00)] [E1 PR-27 150.00; E2 CO-197 150.00], cash@2 100.00, contractual@2 50.00",
        ),
        (
            "150 P1 P2 cases: 1 P1 E1 PR-27:100 CO-50:50; 3 P2 S1 OA-23:60",
            "@1 PR-27 [L0 denied 150.00 open 60.00 (PR-27 100.00 CO-50 50.00)] [E1 PR-27 150.00], cash@2 90.00, denied 50.00, hold 10.00",
        ),
        // Brought.
        (
            "150 P1 cases: 1 brought denied:150; 4 P1 E1 CO-197:150",
            "@1 CO-197 [L0 denied 150.00 open 150.00 (CO-197 150.00)] [E0  150.00; E1 CO-197 150.00], denied 150.00",
        ),
        (
            "150 P1 cases: 1 brought denied:150; 4 P1 E1 CO-45:50 CO-16:30",
            "@1 CO-16 [L0 denied 150.00 paid 70.00 open 30.00 (CO-16 30.00)] [E0  150.00; E1 CO-16 30.00], cash 70.00, contractual 50.00, denied 30.00",
        ),
        (
            "150 P1 cases: 1 brought denied:150; 4 denied>gave-up 70",
            "@1  [L0 denied 150.00 given 70.00 open 80.00 ()] [E0  150.00], denied 80.00, gave-up 70.00",
        ),
        (
            "150 P1 cases: 1 brought denied:150; 4 denied>due 70; 5 P1 E1 CO-45:30",
            "@1  [L0 denied 150.00 paid 120.00 ()] [E0  150.00], cash 120.00, contractual 30.00",
        ),
        (
            "150 P1 cases: 1 brought denied:150; 4 P1 E1 CO-45:50; 5 P1 -E1; 6 P1 E2 CO-197:150",
            "@1 CO-197 [L0 denied 150.00 open 150.00 (CO-197 150.00)] [E0  150.00; E3 CO-197 150.00], denied 150.00",
        ),
        (
            "60+90 P1 cases: 1 brought denied:150; 4 P1 E1 | 1/60 CO-45:50 | 2/90 CO-197:90",
            "@1 CO-197 [L0 denied 150.00 paid 10.00 open 90.00 (CO-197 90.00)] [E0  150.00; E1 CO-197 90.00], cash 10.00, contractual 50.00, denied 90.00",
        ),
        (
            "150 P1 P2 cases: 1 brought denied:150; 4 P2 S1 CO-50:150",
            "@2 CO-50 [L0 denied 150.00 open 150.00 (CO-50 150.00)] [E0  150.00; E1 CO-50 150.00], denied@2 150.00",
        ),
        // Reversed and again.
        (
            "150 P1 cases: 1 P1 E1 CO-197:150; 3 P1 -E1; 4 P1 E2 CO-50:150",
            "@1 CO-50 [L0 denied 150.00 open 150.00 (CO-50 150.00)] [E1 CO-197 150.00; E3 CO-50 150.00], denied 150.00",
        ),
        (
            "150 P1 cases: 1 P1 E1 CO-45:50; 3 P1 -E1; 4 P1 E2 CO-50:150",
            "@1 CO-50 [L0 denied 150.00 open 150.00 (CO-50 150.00)] [E3 CO-50 150.00], denied 150.00",
        ),
        (
            "150 P1 cases: 1 P1 E1 CO-197:150; 3 P1 E2 CO-45:50; 4 P1 -E2; 5 P1 E3 CO-45:30",
            "@1 CO-197 [L0 denied 150.00 paid 120.00 (CO-197 150.00)] [E1 CO-197 150.00], cash 120.00, contractual 30.00",
        ),
        (
            "150 P1 cases: 1 P1 E1 CO-197:100 CO-45:50; 3 P1 E2 CO-197:150; 4 P1 E3 CO-197:40 CO-45:20",
            "@1 CO-197 [L0 denied 150.00 paid 90.00 open 40.00 (CO-197 40.00)] [E1 CO-197 100.00; E2 CO-197 150.00; E3 CO-197 40.00], cash 90.00, contractual 20.00, denied 40.00",
        ),
        (
            "150 P1 cases: 1 P1 E1 @MA74 CO-197:150",
            "@1 CO-197 [L0 denied 150.00 open 150.00 (CO-197 150.00)] [E1 CO-197 150.00], denied 150.00",
        ),
        (
            "150 P1 cases: 1 P1 E1 @N211 CO-197:100 PR-27:50",
            "@1 CO-197 [L0 denied 150.00 open 150.00 (CO-197 100.00 PR-27 50.00)] [E1 CO-197 150.00], denied 100.00, hold 50.00",
        ),
    ]);
}

/// Section 7b: acts on single lines, sums of the claim, the steps in the journal.
#[test]
fn what_persons_did_and_what_the_claim_says() {
    wrong(&[
        // Cash, refunds, sums of the claim.
        (
            "150 P1 claim: 1 P1 E1 CO-45:50 PR-1:20; 3 pays 20",
            "80.00 20.00 50.00 0.00 0.00, answered true, cash 80.00, cash-patient@0 20.00, contractual 50.00",
        ),
        (
            "150 P1 claim: 1 P1 E1 CO-45:50 PR-1:20; 3 pays 30; 4 refund-patient>due 10; 5 cash-patient>refund-patient 10",
            "80.00 20.00 50.00 0.00 0.00, answered true, cash 80.00, cash-patient -10.00, cash-patient@0 30.00, contractual 50.00",
        ),
        (
            "150 P1 claim: 1 P1 E1 CO-45:-20; 4 refund>open 0.01; 5 cash>refund 0.01",
            "169.99 0.00 -20.00 0.00 -0.01, answered true, cash 169.99, contractual -20.00, open 0.01",
        ),
        (
            "150 P1 claim: 1 P1 E1 CO-45:50 PR-1:20; 3 due>small 20; 4 pays 20",
            "80.00 20.00 50.00 0.00 0.00, answered true, cash 80.00, cash-patient@0 20.00, contractual 50.00",
        ),
        (
            "150 P1 claim: 1 P1 E1 CO-45:50 PR-1:20; 3 due>bad-debt 20; 4 pays 5",
            "80.00 5.00 50.00 15.00 0.00, answered true, bad-debt 20.00, cash 80.00, cash-patient@0 5.00, contractual 50.00, recovered -5.00",
        ),
        (
            "150 P1 claim: 1 P1 E1 CO-45:50 PR-1:20; 2 pays 5; 3 due>bad-debt 15; 4 pays 5",
            "80.00 10.00 50.00 10.00 0.00, answered true, bad-debt 15.00, cash 80.00, cash-patient@0 10.00, contractual 50.00, recovered -5.00",
        ),
        (
            "150 P1 claim: 1 P1 E1 CO-45:50 PR-1:20; 3 due>bad-debt 20; 4 pays 5; 5 undo 1",
            "80.00 5.00 50.00 0.00 0.00, answered true, cash 80.00, cash-patient@0 5.00, contractual 50.00, due 15.00",
        ),
        (
            "150 P1 claim: 1 P1 E1 CO-45:50 PR-1:20; 3 due>bad-debt 20; 4 pays 50",
            "80.00 50.00 50.00 0.00 0.00, answered true, bad-debt 20.00, cash 80.00, cash-patient@0 50.00, contractual 50.00, due -30.00, recovered -20.00",
        ),
        (
            "150 P1 claim: 1 P1 E1 CO-45:50 CO-197:20; 3 denied>other 20",
            "80.00 0.00 70.00 0.00 0.00, answered true, case 20.00 0.00 0.00 0.00, cash 80.00, contractual 50.00, other 20.00",
        ),
        (
            "150 P1 claim: 1 P1 E1 CO-45:50 CO-197:20; 3 contractual>open 10",
            "80.00 0.00 40.00 0.00 0.00, answered true, case 20.00 0.00 0.00 20.00, cash 80.00, contractual 40.00, denied 20.00, open 10.00",
        ),
        (
            "150 P1 claim: 1 P1 E1 CO-45:50 CO-197:20; 3 contractual>open 60",
            "80.00 0.00 0.00 0.00 0.00, answered true, case 20.00 0.00 0.00 20.00, cash 80.00, denied 20.00, open 50.00",
        ),
        (
            "150 P1 claim: 1 P1 E1 CO-45:50; 3 contractual>open 20; 5 P1 -E1",
            "0.00 0.00 0.00 0.00 0.00, answered false, open 150.00",
        ),
        ("150 P1 claim: 3 contractual>open 20", "0.00 0.00 0.00 0.00 0.00, answered false, open 150.00"),
        (
            "150 P1 claim: 1 P1 E1 CO-45:50; 3 open>due 20",
            "100.00 0.00 50.00 0.00 0.00, answered true, cash 100.00, contractual 50.00",
        ),
        (
            "150 P1 claim: 1 open>due 20; 3 due>open 20",
            "0.00 0.00 0.00 0.00 0.00, answered false, open 150.00",
        ),
        (
            "150 P1 claim: 1 open>due 20; 2 due>gave-up 5; 3 P1 E1 CO-45:50 PR-1:20",
            "80.00 0.00 50.00 5.00 0.00, answered true, cash 80.00, contractual 50.00, due 15.00, gave-up 5.00",
        ),
        (
            "150 P1 claim: 1 brought open:50 paid:80 adjusted:20; 3 pays 5",
            "80.00 5.00 20.00 0.00 0.00, answered false, cash-patient@0 5.00, due -5.00, open 50.00",
        ),
        (
            "150 P1 claim: 1 brought due:50 paid:80 adjusted:20; 3 pays 5; 4 due>small 45",
            "80.00 5.00 20.00 45.00 0.00, answered false, cash-patient@0 5.00, small 45.00",
        ),
        (
            "150 P1 claim: 1 P1 E1 @MA15 ch:80 CO-45:20",
            "60.00 0.00 20.00 0.00 0.00, answered false, cash 60.00, contractual 20.00, open 70.00",
        ),
        (
            "150 P1 claim: 1 P1 E1 @MA15 ch:80 CO-45:20; 2 P1 E2 ch:70 @MA15 CO-45:10",
            "120.00 0.00 30.00 0.00 0.00, answered true, cash 120.00, contractual 30.00",
        ),
        (
            "60+90 P1 claim: 1 P1 E1 | 1/60 CO-45:10 | 2/90 CO-45:5 CO-197:85; 2 P1 E2 | 2/90 CO-45:30",
            "110.00 0.00 40.00 0.00 0.00, answered true, case 85.00 60.00 0.00 0.00, cash 110.00, contractual 40.00",
        ),
        (
            "60+90 P1 claim: 1 P1 E1 | 1/60 CO-45:10 | 2/90 CO-45:5 CO-197:85; 2 P1 E2 | 2/90 CO-45:30; 3 P1 -E2",
            "50.00 0.00 15.00 0.00 0.00, answered true, case 85.00 0.00 0.00 85.00, cash 50.00, contractual 15.00, denied 85.00",
        ),
        (
            "60+90 P1 rules lines: 1 P1 E1 CO-45:5 | 1/60 CO-45:10 CO-253:2 | 2/90 CO-45:20",
            "0 CO-45 5.00, 1 CO-253 2.00, 1 CO-45 10.00, 2 CO-45 20.00, cash 113.00, contractual 35.00, first-payer, reduction 2.00",
        ),
        (
            "60+90 P1 rules lines: 1 P1 E1 @MA15 | 1/60 CO-45:10 | 9/70 CO-45:20",
            "0 CO-45 20.00, 1 CO-45 10.00, cash 100.00, contractual 30.00, first-payer, open 20.00",
        ),
        (
            "60+90 P1 rules lines: 1 P1 E1 ch:150 | 1/60 CO-45:10 | 2/80 CO-45:20",
            "0 CO-45 30.00, cash 120.00, contractual 30.00, first-payer",
        ),
        (
            "150 P1 P2 rules: 1 P1 E1 CO-197:150; 2 P1 E2 CO-45:50 PR-1:20; 3 P2 S1 OA-23:130; 4 P1 -E2; 5 P2 -S1",
            "case 150.00 0.00 0.00 150.00, denied 150.00, first-payer, first-payer, later-payer, reversal-2, reversal-3, settled, settled, stands-again, superseded-1",
        ),
        (
            "60+90 P1 rules: 1 P1 E1 | 1/60 CO-45:60 | 2/90 CO-197:90; 2 P1 E2 | 2/90 CO-45:10; 3 P1 -E2",
            "case 90.00 0.00 0.00 90.00, contractual 60.00, denied 90.00, first-payer, first-payer, reversal-2, stands-again, superseded-lines",
        ),
        (
            "150 P1 rules: 1 P1 E1 OA-18:150; 2 P1 E2 OA-18:150; 3 P1 -E1",
            "case 150.00 0.00 0.00 0.00, first-payer, memo duplicate-notice, open 150.00, reversal-1",
        ),
        (
            "150 P1 rules: 1 brought denied:150; 2 P1 E1 CO-45:50",
            "case 150.00 100.00 0.00 0.00, cash 100.00, contractual 50.00, first-payer, superseded-opening",
        ),
        ("150 P1 P2 rules: 1 P2 S1 OA-23:150; 2 P2 -S1", "memo reversal-of-memo, open 150.00"),
        // Where a person's act goes on one line.
        (
            "60+90 P1: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-197:90; 3 denied>due 90 2; 5 P1 E2 | 2/90 CO-29:90",
            "case 150.00 0.00 0.00 150.00, denied 150.00",
        ),
        (
            "60+90 P1: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-197:90; 3 denied>due 90 2; 5 P1 E2 | 1/60 CO-29:60",
            "case 150.00 0.00 0.00 60.00, denied 60.00, due 90.00",
        ),
        (
            "60+90 P1: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-197:90; 3 denied>due 100; 5 P1 E2 | 1/60 CO-29:60",
            "case 150.00 0.00 0.00 60.00, denied 60.00, due 90.00",
        ),
        (
            "60+90 P1: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-197:90; 3 denied>due 100; 5 P1 E2 | 1/60 CO-45:60",
            "case 150.00 0.00 0.00 50.00, denied 50.00, due 100.00, held whole-charge-written-off",
        ),
        (
            "60+90 P1: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-197:90; 3 denied>due 90 2; 5 P1 E2 | 1/60 CO-45:60",
            "case 150.00 0.00 0.00 60.00, denied 60.00, due 90.00, held whole-charge-written-off",
        ),
        (
            "60+90 P1: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-197:90; 3 denied>due 90 2; 5 P1 E2 | 2/90 CO-45:60",
            "case 150.00 30.00 0.00 60.00, cash 30.00, contractual 60.00, denied 60.00",
        ),
        (
            "60+90 P1: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-197:90; 3 denied>due 90 2; 4 due>gave-up 30 2; 5 P1 E2 | 2/90 CO-45:60",
            "case 150.00 30.00 0.00 60.00, cash 30.00, contractual 60.00, denied 60.00",
        ),
        (
            "60+90 P1: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-197:90; 3 denied>due 90 2; 4 due>gave-up 30; 5 P1 E2 | 2/90 CO-45:60",
            "case 150.00 30.00 0.00 60.00, cash 30.00, contractual 60.00, denied 60.00",
        ),
        (
            "60+90 P1: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-197:90; 3 denied>gave-up 60; 4 denied>due 90",
            "case 150.00 0.00 60.00 0.00, due 90.00, gave-up 60.00",
        ),
        (
            "60+90 P1: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-197:90; 3 denied>gave-up 60 1; 4 denied>due 90 1",
            "case 150.00 0.00 60.00 90.00, denied 90.00, gave-up 60.00",
        ),
        ("150 P1 MC: 1 open>due 150; 3 P1 E1 CO-45:50 PR-2:30", "cash 70.00, contractual 50.00, hold 30.00"),
        (
            "150 P1 P2: 1 P1 E1 CO-45:50 PR-2:30; 3 next>due 30; 5 P2 S1 OA-23:120",
            "cash 70.00, cash@2 30.00, contractual 50.00",
        ),
        (
            "150 P1 P2: 1 P1 E1 CO-45:50 PR-2:30; 3 next>due 30; 5 P2 S1 OA-23:120 PR-2:10",
            "cash 70.00, cash@2 20.00, contractual 50.00, due 10.00",
        ),
        (
            "150 P1: 1 P1 E1 OA-133:150; 3 pending>due 50; 5 P1 E2 CO-45:50 PR-1:20",
            "cash 80.00, contractual 50.00, due 20.00",
        ),
        ("150 P1 P2: 1 P1 E1 OA-209:150; 3 next>due 150", "next@2 150.00"),
        (
            "150 P1: 3 denied>due 50; 5 P1 E1 CO-197:150",
            "case 150.00 0.00 0.00 100.00, denied 100.00, due 50.00",
        ),
        (
            "150 P1: 3 denied>gave-up 50; 3 denied>due 120; 5 P1 E1 CO-197:150",
            "case 150.00 0.00 50.00 0.00, due 100.00, gave-up 50.00",
        ),
    ]);
}

/// A replacement that charges less counts once the payer answers it, though an earlier answer had taken something off.
#[test]
fn a_lower_charge_counts_when_the_payer_answers_it() {
    wrong(&[
        (
            "150 P1: 1 P1 E1 CO-45:20 CO-197:130; 4 F7 120",
            "case 130.00 0.00 0.00 130.00, contractual 20.00, denied 130.00",
        ),
        (
            "60+90 P1: 1 P1 E1 CO-45:50; 4 F7 120; 6 P1 E2 ch:120 CO-45:40",
            "cash 100.00, contractual 50.00, held second-adjudication",
        ),
    ]);
}

/// A case keeps its number while its claim's story is told anew.
#[test]
fn a_case_keeps_its_number() {
    let numbered = |row: &str, ids: &[u64]| {
        let mut known = cases(row, &[]);
        assert!(known.len() == ids.len() && known.iter().all(|case| case.id == CaseId(0)), "{row}");
        known.iter_mut().zip(ids).for_each(|(case, id)| case.id = CaseId(*id));
        known
    };
    let ids = |row: &str, known: &[DenialCase]| -> Vec<u64> {
        cases(row, known).iter().map(|case| case.id.0).collect()
    };
    let both = "60+90 P1: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-50:90";
    let known = numbered(both, &[7, 9]);
    assert_eq!(ids(both, &known), [7, 9]);
    let turned: Vec<DenialCase> = known.iter().rev().cloned().collect();
    assert_eq!(ids(both, &turned), [7, 9], "in whatever order they are known");
    assert_eq!(ids("60+90 P1: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-50:90; 4 P1 E2 CO-16:150", &known), [7, 9]);
    // Another answer began it: a new case.
    assert_eq!(ids("60+90 P1: 1 P1 E1 CO-45:10; 1 P1 E2 | 1/60 CO-197:60", &known), [0]);
    let later = "60+90 P1: 1 P1 E1 | 1/60 CO-45:60 | 2/90 CO-50:90; 2 P1 -E1; 3 P1 E2 | 1/60 CO-197:60 | 2/90 CO-50:90";
    assert_eq!(ids(later, &known[1..]), [9, 0], "one more line, and it is new");
    // The claim has other lines now: the answer decides, and no number is given twice.
    assert_eq!(ids("150 P1: 1 P1 E1 CO-197:150", &known), [7]);
    let one = numbered("150 P1: 1 P1 E1 CO-197:150", &[4]);
    assert_eq!(ids(both, &one), [4, 0]);
    // What stands as denied and nobody denied: by its payer, else the only one.
    let put = numbered("150 P1: 1 open>denied 40", &[5]);
    assert_eq!(ids("150 P1: 2 open>denied 60", &put), [5]);
    let mut elsewhere = put.clone();
    elsewhere[0].payer = PayerId(3);
    assert_eq!(ids("150 P1: 1 open>denied 40", &elsewhere), [5]);
    assert_eq!(
        ids(
            "150 P1: 1 open>denied 40",
            &[elsewhere[0].clone(), DenialCase { id: CaseId(6), ..put[0].clone() }]
        ),
        [6]
    );
    assert_eq!(ids("150 P1: 1 P1 E1 CO-197:150", &put), [0], "an answer's case is another");
    // One that had turned out to be none is found by payer and reason.
    let emptied = |case: &DenialCase| DenialCase { lines: Vec::new(), events: Vec::new(), ..case.clone() };
    assert_eq!(ids(both, &[emptied(&known[1]), emptied(&known[0])]), [7, 9]);
    let of_another = DenialCase { payer: PayerId(3), ..emptied(&known[0]) };
    assert_eq!(ids(both, &[of_another]), [0, 0]);
}

#[test]
fn what_remarks_say_of_a_case() {
    let of = |row: &str| {
        let case = cases(row, &[]).remove(0);
        let remarks: Vec<String> = case.remarks.iter().map(Code::to_string).collect();
        let last = case.events[case.events.len() - 1].clone();
        (last.recourse, last.notice, remarks.join(" "))
    };
    let said = |recourse, notice, remarks: &str| (recourse, notice, remarks.to_owned());
    let (usual, new_claim) = (Recourse::Usual, Recourse::NewClaim);
    for (row, expected) in [
        ("150 P1: 1 P1 E1 CO-197:150", said(usual, false, "")),
        ("150 P1: 1 P1 E1 @MA74 CO-197:150", said(usual, true, "MA74")),
        ("60+90 P1: 1 P1 E1 | 1/60 CO-197:60 @N130 @MA74 | 2/90", said(usual, true, "N130 MA74")),
        ("150 P1: 1 P1 E1 @N211 CO-197:150", said(new_claim, false, "N211")),
        ("150 P1: 1 P1 E1 @MA44 CO-197:150", said(Recourse::Nothing, false, "MA44")),
        // What is open for one line is open for the case.
        ("60+90 P1: 1 P1 E1 | 1/60 CO-197:60 @N211 | 2/90 CO-197:90 @M76", said(usual, false, "N211 M76")),
        (
            "60+90 P1: 1 P1 E1 | 1/60 CO-197:60 @N211 | 2/90 CO-197:90 @N704",
            said(new_claim, false, "N211 N704"),
        ),
        // The latest answer's, each once.
        ("150 P1: 1 P1 E1 @N211 CO-197:150; 2 P1 E2 @M76 CO-197:150", said(usual, false, "M76")),
        ("60+90 P1: 1 P1 E1 @M76 | 1/60 CO-197:60 | 2/90 CO-197:90", said(usual, false, "M76")),
    ] {
        assert_eq!(of(row), expected, "{row}");
    }
}
