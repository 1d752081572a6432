//! What the books say of a story, in the words of the tables.

use super::rows::{Row, WORDS, word_of};
use crate::domain::entry::Posting;
use crate::domain::{ClaimId, Money, PayerId};
use crate::posting::answer::Outcome;
use crate::posting::entries::net;
use crate::posting::history::Story;
use crate::posting::undone::undone_acts;

pub(super) fn said(story: &Story<'_>, row: &Row<'_>) -> Vec<String> {
    let (told, tells) = (row.told, row.tells);
    let mut journal: Vec<Posting> =
        story.charges.iter().flat_map(|(.., postings)| postings.clone()).collect();
    assert!(journal.iter().map(|p| p.amount).sum::<Money>().is_zero(), "charges sum to zero");
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
            [of.paid_insurance(), of.paid_patient, of.adjusted(), of.written_off, of.refunded_insurance()];
        words.push(sums.map(|sum| sum.to_string()).join(" "));
        words.push(format!("answered {}", of.is_answered()));
    }
    if tells.contains(&"undone") {
        for act in undone_acts(story) {
            let after = act.after.map_or(0, |answer| answer.0);
            words.push(format!(
                "undone {}: {} after answer {after} on {}",
                act.act.0,
                act.amount,
                word_of(act.on)
            ));
        }
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
