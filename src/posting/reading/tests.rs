//! What one answer says, row by row: what bundling cancels, what is taken off, what moves, what is counted apart.
//!
//! A row is an answer: the reasons of the claim as a whole, then after each `|` a service line: its code (`B>A` was billed
//! as B and changed into A), what was paid of it, its reasons. What is expected: per line that says anything its number, and
//! where each amount goes; sums of CARC 18, 23 and CO-45 where there are any.

use super::*;
use crate::domain::remit::LinePayment;
use crate::posting::expected::hold;

fn money(text: &str) -> Money {
    Money::parse(text.as_bytes()).expect(text)
}

fn adjustments<C: FromIterator<Adjustment>>(words: &[&str]) -> C {
    let read = |word: &&str| {
        let (reason, amount) = word.split_once(':').expect(word);
        let (group, code) = reason.split_once('-').expect(word);
        Adjustment { group: GroupCode::parse(group), reason: Code::known(code), amount: money(amount) }
    };
    words.iter().filter(|word| !word.starts_with("paid:")).map(read).collect()
}

fn answer(row: &str) -> ClaimPayment {
    let mut parts = row.split('|').map(|part| part.split_whitespace().collect::<Vec<_>>());
    let whole = adjustments(&parts.next().unwrap_or_default());
    let lines = parts.map(|words| {
        let (billed, procedure) = words[0].split_once('>').unwrap_or(("", words[0]));
        let paid = words.iter().find_map(|word| word.strip_prefix("paid:")).map_or(Money::ZERO, money);
        LinePayment {
            procedure: procedure.into(),
            original_procedure: billed.into(),
            paid,
            charge: money("100"),
            adjustments: adjustments(&words[1..]),
            ..LinePayment::default()
        }
    });
    let lines: Vec<LinePayment> = lines.collect();
    ClaimPayment { charge: money("300"), paid: money("70"), lines, adjustments: whole, ..Default::default() }
}

fn told(row: &str) -> String {
    let payment = answer(row);
    let numbers: Vec<u16> = (1..).take(payment.lines.len()).collect();
    let reading = match read(&payment, &numbers, true, Cover::default(), |_, _| None) {
        Ok(reading) => reading,
        Err((hold, why)) => return format!("{hold}, {why}"),
    };
    let mut words = Vec::new();
    for line in &reading.lines {
        let mut of = vec![format!("{} of {} {}", line.line, line.charge, line.paid)];
        of.extend(line.taken_off.iter().map(|(account, why, amount)| format!("{account:?} {why} {amount}")));
        of.extend(line.moves.iter().map(|m| format!("{:?} {} {}", m.to, m.reason, m.amount)));
        words.push(of.join(" "));
    }
    let sums = [("18", reading.duplicates), ("23", reading.prior_payers), ("45", reading.fee_schedule)];
    words.extend(sums.iter().filter(|(_, sum)| !sum.is_zero()).map(|(code, sum)| format!("{code}: {sum}")));
    words.join(", ")
}

#[test]
fn what_an_answer_says() {
    hold(include_str!("../../../tests/data/readings.txt"), told);
}
