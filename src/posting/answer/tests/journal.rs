//! What the journal is told of a claim, event by event, as it is heard.
//!
//! The rows are in `tests/data/answers/journal.txt`: events in the order in which they become known, each on its own day.
//! Besides those of the other tables: `away E1` (put on another claim), `released E1`, `merged 1>3` (a payer became another),
//! and `waited` on an answer that came before its claim. Under a row, one line for each entry that an event adds to the
//! journal: its number, its day, its rule, the answer it belongs to, the entry it takes back, its postings, its words.

use super::rows::{Row, WORDS, told, word_of};
use crate::domain::entry::{Entry, Posting, Source};
use crate::domain::{Account, ClaimId, Date, EntryId, Money, PaymentId, Text};
use crate::posting::entries::{Draft, HELD, RESEQUENCED, held_postings, live, missing, negated_by, net};
use crate::posting::history::Story;

type Journal = Vec<(EntryId, Entry)>;

/// Numbers of entries that the rules ask for begin after this; acts of persons have those below.
const OWN: u64 = 100;

fn entry(on: Date, source: Source, postings: Vec<Posting>) -> Entry {
    Entry {
        posted_on: on,
        effective_on: None,
        recorded_at: 0,
        source,
        claim: Some(ClaimId(1)),
        remit: None,
        payment: None,
        plb: None,
        reverses: None,
        rule: Text::default(),
        memo: Text::default(),
        user: Text::default(),
        postings,
    }
}

/// What persons did, and what waited for the claim, comes into the journal without the rules.
fn write_what_came(journal: &mut Journal, row: &Row<'_>) {
    for act in &row.told.acts {
        if journal.iter().all(|(id, _)| *id != act.id) {
            let brought = act.postings.iter().any(|p| p.account == Account::OpeningCharges);
            let source = if brought { Source::Opening } else { Source::Manual };
            let entry = entry(act.on, source, act.postings.clone());
            journal.push((act.id, Entry { reverses: act.undoes, ..entry }));
        }
    }
    for id in &row.told.waited {
        let Some(answer) = row.answers.iter().find(|a| a.id == *id) else { continue };
        let known = journal.iter().any(|(_, e)| e.payment == Some(*id));
        if !known {
            let postings = held_postings(answer.payer, answer.payment.paid);
            let (claim, payment, rule) = (None, Some(*id), HELD.into());
            let held = Entry { claim, payment, rule, ..entry(answer.on, Source::Remit, postings) };
            journal.push((next(journal), held));
        }
    }
}

fn next(journal: &Journal) -> EntryId {
    EntryId(journal.iter().map(|(id, _)| id.0).filter(|id| *id > OWN).max().unwrap_or(OWN) + 1)
}

fn asked(journal: &Journal, story: &Story<'_>, row: &Row<'_>) -> Vec<Draft> {
    missing(journal, story, row.answers, &row.told.released, &row.told.merged)
}

/// Writes what is missing, and says it.
fn write(journal: &mut Journal, story: &Story<'_>, row: &Row<'_>) -> Vec<String> {
    let mut words = Vec::new();
    for draft in asked(journal, story, row) {
        let id = next(journal);
        let reverses = draft.reverses.or_else(|| negated_by(journal, &draft));
        assert!(draft.postings.iter().map(|p| p.amount).sum::<Money>().is_zero(), "{draft:?}");
        words.push(line(id, &draft, reverses));
        let (rule, payment, memo) = (draft.rule, draft.payment, draft.memo);
        let entry = entry(draft.on, draft.source, draft.postings);
        journal.push((id, Entry { reverses, rule, payment, memo, ..entry }));
    }
    words
}

fn line(id: EntryId, draft: &Draft, reverses: Option<EntryId>) -> String {
    let name = |p: &Posting| {
        let known = WORDS.iter().find(|(_, account)| *account == p.account);
        let account =
            known.map_or_else(|| format!("{:?}", p.account).to_lowercase(), |(word, _)| (*word).to_owned());
        format!(
            "{account}{} {}",
            if p.payer.0 < 2 { String::new() } else { format!("@{}", p.payer.0) },
            p.amount
        )
    };
    let postings: Vec<String> = net(&draft.postings).iter().map(name).collect();
    let answer = draft.payment.map_or(String::new(), |id| format!(" answer {}", id.0));
    let back = reverses.map_or(String::new(), |id| format!(" takes back {}", id.0));
    let memo = if draft.memo.is_empty() { String::new() } else { format!(" ({})", draft.memo) };
    format!("{} on {} {}{answer}{back}: {}{memo}", id.0, word_of(draft.on), draft.rule, postings.join(" "))
}

/// The books by day: what they say does not depend on how the journal came to it.
fn by_day(journal: &Journal) -> Vec<(Date, Vec<Posting>)> {
    let days: std::collections::BTreeSet<Date> = journal.iter().map(|(_, e)| e.own_date()).collect();
    let of = |day: Date| {
        let all = journal.iter().filter(|(_, e)| e.own_date() == day).flat_map(|(_, e)| e.postings.clone());
        (day, net(&all.collect::<Vec<_>>()))
    };
    days.into_iter().map(of).filter(|(_, postings)| !postings.is_empty()).collect()
}

fn journal_of(row: &str) -> String {
    let (claim, events) = row.split_once(':').expect("claim: events");
    let events: Vec<&str> = events.split(';').collect();
    let (mut journal, mut lines) = (Journal::new(), Vec::new());
    for known in 1..=events.len() {
        let so_far = format!("{claim}:{}", events[..known].join(";"));
        told(&so_far, false, |story, row| {
            write_what_came(&mut journal, row);
            lines.extend(write(&mut journal, story, row));
            assert_eq!(asked(&journal, story, row), [], "{so_far}: nothing is missing then");
            if row.told.released.is_empty() {
                // Told at once by somebody who never heard it in another order.
                let mut at_once: Journal = live(&journal)
                    .into_iter()
                    .filter(|(id, e)| id.0 <= OWN || e.claim.is_none())
                    .cloned()
                    .collect();
                let heard = |id: Option<PaymentId>| row.answers.iter().any(|a| Some(a.id) == id);
                at_once.retain(|(_, e)| e.claim.is_some() || heard(e.payment));
                write(&mut at_once, story, row);
                assert_eq!(by_day(&journal), by_day(&at_once), "{so_far}: the books of each day");
            }
        });
    }
    let twice = journal.iter().filter_map(|(_, e)| e.reverses.filter(|_| e.rule == RESEQUENCED));
    let taken_back: std::collections::BTreeSet<EntryId> = twice.clone().collect();
    assert_eq!(twice.count(), taken_back.len(), "{row}: no entry is taken back twice");
    lines.join("\n")
}

/// Section 1: history is never edited, what no longer holds is negated, and the books are those of the story on every day.
#[test]
fn what_the_journal_is_told() {
    let table = include_str!("../../../../tests/data/answers/journal.txt");
    let mut lines = table.lines().filter(|line| !line.starts_with('#')).peekable();
    let mut wrong = Vec::new();
    while let Some(row) = lines.next() {
        let mut want = Vec::new();
        while let Some(line) = lines.next_if(|line| line.starts_with("    ")) {
            want.push(line.trim());
        }
        let have = journal_of(row);
        if want.join("\n") != have {
            wrong.push(format!("{row}\n{have}\n  want\n{}", want.join("\n")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
