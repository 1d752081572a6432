//! What must hold for every history of one claim, however the payers answer and in whatever order it becomes known.
//!
//! Histories are made up at random and told to the rules directly; `tests/it/stories.rs` brings some of them into a
//! real ledger, file by file.

use std::collections::BTreeMap;

use arrears::denial;
use arrears::domain::case::DenialCase;
use arrears::domain::entry::{Entry, Posting, Source};
use arrears::domain::merge::Merged;
use arrears::domain::{Account, ClaimId, Date, EntryId, Money, PaymentId};
use arrears::posting::answer::Outcome;
use arrears::posting::entries::{Draft, live, missing, negated_by, net};
use arrears::posting::history::{MOST_ANSWERS, Story, tell};
use arrears::posting::position::{Deed, Fate, Holdings, Standing};
use proptest::prelude::*;

use crate::histories::{Heard, History, PROCEDURES, history, long_history};

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// What must not depend on the order of arrival: buckets, what became of each answer, denial cases.
#[derive(Debug, PartialEq)]
struct Ending {
    money: [Money; 5],
    holdings: Vec<(Account, u32, Money)>,
    outcomes: BTreeMap<String, String>,
    cases: Vec<String>,
}

fn ending(heard: &[Heard], story: &Story<'_>) -> Ending {
    let trace = |id: PaymentId| heard.iter().find(|h| h.id == id).map_or("?", |h| h.trace.as_str());
    let position = &story.position;
    let words = |id: PaymentId| {
        let settled = story.outcome(id).expect("told");
        let what = match &settled.outcome {
            Outcome::Posted(steps) => steps
                .iter()
                .map(|s| format!("{} of {:?}: {:?}", s.rule, s.undoes.map(trace), net(&s.postings)))
                .collect::<Vec<_>>()
                .join("; "),
            Outcome::Memo(word) => format!("memo {word}"),
            Outcome::Held(hold, message) => format!("held {hold}: {message}"),
        };
        format!("{} {what} {}", settled.on, settled.cancelled)
    };
    Ending {
        money: [
            position.charge,
            position.paid_insurance(),
            position.paid_patient,
            position.adjusted(),
            position.written_off,
        ],
        holdings: position.holdings().sorted().iter().map(|h| (h.account, h.payer.0, h.amount)).collect(),
        outcomes: heard.iter().map(|h| (h.trace.clone(), words(h.id))).collect(),
        cases: denial::of_story(ClaimId(1), story, &[])
            .iter()
            .map(|case| {
                let events: Vec<_> = case.events.iter().map(|e| (trace(e.payment), e.on, e.amount)).collect();
                format!("{} {} {:?} {:?} {:?}", case.payer, case.reason, case.remarks, case.lines, events)
            })
            .collect(),
    }
}

fn told<'a>(history: &'a History, heard: &'a [Heard]) -> Story<'a> {
    tell(history.terms(), &history.versions, &history.acts, heard.iter().map(Heard::answer).collect())
}

fn sum(postings: &[Posting], account: Account) -> Money {
    postings.iter().filter(|p| p.account == account).map(|p| p.amount).sum()
}

/// Writes what the journal lacks, as the store does.
fn write(entries: &mut Vec<(EntryId, Entry)>, drafts: Vec<Draft>) {
    for draft in drafts {
        let undone = negated_by(entries, &draft);
        let id = EntryId(entries.len() as u64 + 1);
        let entry = Entry {
            posted_on: draft.on,
            effective_on: None,
            recorded_at: 0,
            source: draft.source,
            claim: Some(ClaimId(1)),
            remit: None,
            payment: draft.payment,
            plb: None,
            reverses: draft.reverses.or(undone),
            rule: draft.rule,
            memo: Default::default(),
            user: Default::default(),
            postings: draft.postings,
        };
        entries.push((id, entry));
    }
}

/// Sums by day, account and payer: what any report as of any day is made of.
fn by_day(entries: &[(EntryId, Entry)]) -> BTreeMap<(Date, Account, u32), Money> {
    let mut sums = BTreeMap::new();
    for (_, entry) in entries {
        for posting in &entry.postings {
            *sums.entry((entry.posted_on, posting.account, posting.payer.0)).or_insert(Money::ZERO) +=
                posting.amount;
        }
    }
    sums.retain(|_, amount| !amount.is_zero());
    sums
}

/// What persons did, as the journal has it before any answer came.
fn by_persons(history: &History) -> Vec<(EntryId, Entry)> {
    let mut entries = Vec::new();
    for act in &history.acts {
        let draft = Draft {
            on: act.on,
            source: Source::Manual,
            rule: "act".into(),
            payment: None,
            undoes: None,
            reverses: None,
            item: None,
            memo: Default::default(),
            postings: act.postings.clone(),
        };
        write(&mut entries, vec![draft]);
    }
    entries
}

/// No bucket is below zero while another holds the same money; what a patient paid too early or too much is a credit.
fn no_bucket_below_zero(story: &Story<'_>) -> Result<(), TestCaseError> {
    let (position, holdings) = (&story.position, story.position.holdings());
    for h in holdings.sorted() {
        let of_patient = h.account == Account::Due && -h.amount <= position.paid_patient;
        let credit = h.account == Account::Open && position.balance().is_negative();
        prop_assert!(
            !h.amount.is_negative() || of_patient || credit,
            "{} of payer {} is {}: {:?}",
            h.account,
            h.payer,
            h.amount,
            holdings
        );
    }
    let payers = position.payers.sorted();
    let below = payers.iter().any(|h| h.amount.is_negative());
    prop_assert!(!below || payers.len() == 1, "{payers:?}");
    Ok(())
}

/// The books after everything was heard in this order, one at a time.
fn kept(history: &History, order: &[Heard]) -> Result<Vec<(EntryId, Entry)>, TestCaseError> {
    let mut entries = by_persons(history);
    for upto in 0..=order.len() {
        let heard = &order[..upto];
        let story = told(history, heard);
        let answers: Vec<_> = heard.iter().map(Heard::answer).collect();
        let lacking = missing(&entries, &story, &answers, &[], &Merged::default());
        write(&mut entries, lacking);
        let left = missing(&entries, &story, &answers, &[], &Merged::default());
        prop_assert!(left.is_empty(), "after {upto} answers the journal still lacks {left:#?}");
        let mut holdings = Holdings::default();
        for (_, entry) in &entries {
            prop_assert_eq!(entry.imbalance(), Money::ZERO);
            holdings.apply(&entry.postings);
        }
        let stands = story.position.holdings().sorted();
        prop_assert_eq!(holdings.sorted(), stands, "after {} answers", upto);
        no_bucket_below_zero(&story)?;
        let cash: Money = entries.iter().map(|(_, e)| sum(&e.postings, Account::CashInsurance)).sum();
        let paid: Money = heard.iter().map(|h| h.payment.paid).sum();
        prop_assert_eq!(cash, paid, "cash after {} answers", upto);
    }
    reversals(&entries)?;
    Ok(entries)
}

/// A reversal negates exactly, and nothing is reversed twice while the first reversal stands.
fn reversals(entries: &[(EntryId, Entry)]) -> Result<(), TestCaseError> {
    let mut reversed = Vec::new();
    for (id, entry) in live(entries) {
        let Some(of) = entry.reverses else { continue };
        let other = &entries[of.0 as usize - 1].1;
        let back: Vec<_> = other.postings.iter().map(|p| p.negated()).collect();
        prop_assert_eq!(net(&entry.postings), net(&back), "entry {} reverses {}", id, of);
        prop_assert!(!reversed.contains(&of), "entry {of} is reversed twice");
        reversed.push(of);
    }
    Ok(())
}

fn check_case(history: &History, story: &Story<'_>, case: &DenialCase) -> Result<(), TestCaseError> {
    for line in &case.lines {
        prop_assert!(line.denied.is_positive(), "{case:#?}");
        for part in [line.open, line.recovered, line.written_off, line.to_patient, line.to_next] {
            prop_assert!(!part.is_negative(), "{case:#?}");
        }
        prop_assert!(line.recovered + line.open <= line.denied, "{case:#?}");
        let by_answers = case.events.iter().any(|e| e.payment != PaymentId(0));
        // Payers that contradict each other may refuse more of one line than was charged for it.
        let several_payers = story.position.answers.iter().any(|a| a.level > 1);
        prop_assert!(
            !by_answers || several_payers || line.denied <= history.most_charged(line.line),
            "{case:#?}\n{:#?}",
            ending(&history.heard, story)
        );
    }
    Ok(())
}

/// A line is in one case, and all cases together have not more denied than was ever charged, nor more recovered than
/// was paid. Of several payers that contradict each other, this holds for what stands.
fn counted_once(history: &History, story: &Story<'_>, cases: &[DenialCase]) -> Result<(), TestCaseError> {
    let by_answers = || cases.iter().filter(|case| case.events.iter().any(|e| e.payment != PaymentId(0)));
    let mut lines: Vec<u16> = by_answers().flat_map(|case| case.lines.iter().map(|l| l.line)).collect();
    lines.sort_unstable();
    let before = lines.len();
    lines.dedup();
    prop_assert_eq!(before, lines.len(), "a line is in two cases: {:#?}", cases);
    let denied: Money = by_answers().map(DenialCase::denied).sum();
    let charged: Money = (1..=PROCEDURES.len() as u16).map(|line| history.most_charged(line)).sum();
    // A payer that takes back an answer after another moved its money on leaves a credit in the bucket that the money went
    // from; what stands as denied exceeds the charge by as much, and the cases say what stands.
    let owed_back: Money =
        story.position.holdings().sorted().iter().map(|h| (-h.amount).max(Money::ZERO)).sum();
    // Payers that contradict each other may deny money of one line under another; what stands is bounded all the same.
    let several_payers = story.position.answers.iter().any(|a| a.level > 1);
    let stands: Money = by_answers().map(DenialCase::standing).sum();
    prop_assert!(
        stands <= charged + owed_back && (several_payers || denied <= charged + owed_back),
        "{denied} of {charged} denied, {stands} stands: {cases:#?}\n{:#?}",
        ending(&history.heard, story)
    );
    let recovered: Money = cases.iter().map(DenialCase::recovered).sum();
    let paid: Money = story.position.live().map(|a| a.answer.payment.paid.max(Money::ZERO)).sum();
    prop_assert!(recovered <= paid, "{recovered} of {paid} recovered: {cases:#?}");
    Ok(())
}

/// What stands as denied is in a case, and cases have nothing open that does not stand; what was written off of it too.
fn what_stands(story: &Story<'_>, cases: &[DenialCase]) -> Result<(), TestCaseError> {
    let position = &story.position;
    let deeds =
        |account| -> Money { position.deeds.iter().filter(|d| d.account == account).map(|d| d.amount).sum() };
    let of = |account| -> Money {
        position.payers.of(account).map(|h| h.amount.max(Money::ZERO)).sum::<Money>() + deeds(account)
    };
    let (denied, hold) = (of(Account::Denied), of(Account::Hold));
    let excess: Money = cases.iter().flat_map(|case| &case.lines).map(|l| l.excess).sum();
    let standing = cases.iter().map(DenialCase::standing).sum::<Money>() - excess;
    let off_hold = (-deeds(Account::Hold)).max(Money::ZERO);
    if cases.is_empty() {
        prop_assert!(!denied.is_positive(), "{denied} stands as denied and is in no case");
    } else {
        prop_assert!(
            denied <= standing && standing <= denied + hold.max(Money::ZERO) + off_hold,
            "{denied} stands as denied, {hold} on hold, cases have {standing}: {cases:#?}"
        );
    }
    if position.deeds.is_empty() {
        prop_assert_eq!(excess, Money::ZERO);
        prop_assert!(cases.iter().all(|case| case.written_off().is_zero()));
    }
    let given_up = |accounts: &[Account]| -> Money {
        let of = |d: &&Deed| accounts.contains(&d.account) && d.into == Fate::WrittenOff;
        position.deeds.iter().filter(of).map(|d| -d.amount).sum()
    };
    let written_off: Money = cases.iter().map(DenialCase::written_off).sum();
    let of_denied = given_up(&[Account::Denied]);
    // Not all that is on hold was denied, nor all that waits was paid and taken back.
    let of_others = given_up(&[Account::Hold, Account::Open, Account::Next]).max(Money::ZERO);
    if !cases.is_empty() {
        prop_assert!(
            of_denied <= written_off && written_off <= of_denied + of_others,
            "{of_denied} {cases:#?}"
        );
    }
    // With one payer and nobody's deeds, what was refused and not taken back is what stands.
    if position.deeds.is_empty() && position.answers.iter().all(|a| a.level < 2) {
        prop_assert!(
            cases.iter().all(|case| case.events.iter().all(|e| e.payment != PaymentId(0))),
            "{cases:#?}"
        );
        prop_assert_eq!(denied + hold, standing, "{:#?}", cases);
        prop_assert!(!position.payers.bucket(Account::Pending).is_negative());
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(1_500))]

    #[test]
    fn money_is_conserved_and_denied_dollars_count_once(history in history()) {
        let story = told(&history, &history.heard);
        let position = &story.position;
        prop_assert_eq!(
            position.charge,
            position.paid_insurance() + position.paid_patient + position.adjusted() + position.written_off
                + position.holdings().total(),
            "{:#?}", ending(&history.heard, &story)
        );
        prop_assert_eq!(story.outcomes.len(), history.heard.len());
        for heard in &history.heard {
            let settled = story.outcome(heard.id).expect("told");
            let standing = position.answers.iter().find(|a| a.answer.id == heard.id).map(|a| a.standing);
            match &settled.outcome {
                Outcome::Posted(steps) => {
                    let cash: Money = steps.iter().map(|s| sum(&s.postings, Account::CashInsurance)).sum();
                    prop_assert_eq!(cash, heard.payment.paid);
                    for step in steps {
                        let total: Money = step.postings.iter().map(|p| p.amount).sum();
                        prop_assert_eq!(total, Money::ZERO, "{:#?}", step);
                    }
                }
                Outcome::Memo(_) => {
                    prop_assert_eq!(heard.payment.paid, Money::ZERO);
                    // A memo may be reversed in its turn; it moves nothing then either.
                    // A repetition takes no place at all.
                    prop_assert!(matches!(standing, None | Some(Standing::Memo | Standing::Reversed)));
                }
                Outcome::Held(..) => prop_assert_eq!(standing, None),
            }
        }
        no_bucket_below_zero(&story)?;
        for correction in &story.corrections {
            prop_assert_eq!(correction.postings.iter().map(|p| p.amount).sum::<Money>(), Money::ZERO);
        }
        for (_, _, postings) in &story.charges {
            prop_assert_eq!(postings.iter().map(|p| p.amount).sum::<Money>(), Money::ZERO);
        }
        let cases = denial::of_story(ClaimId(1), &story, &[]);
        for case in &cases {
            check_case(&history, &story, case)?;
        }
        counted_once(&history, &story, &cases)?;
        what_stands(&story, &cases)?;
    }

    #[test]
    fn the_order_of_arrival_never_matters((history, shuffled) in history().prop_flat_map(|h| {
        let heard = Just(h.heard.clone()).prop_shuffle();
        (Just(h), heard)
    })) {
        // The ledger numbers answers as they come.
        let shuffled = History::numbered(shuffled);
        let one = ending(&history.heard, &told(&history, &history.heard));
        let other = ending(&shuffled, &told(&history, &shuffled));
        prop_assert_eq!(one, other);
    }
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn what_is_kept_is_the_same_on_every_day((history, shuffled) in history().prop_flat_map(|h| {
        let heard = Just(h.heard.clone()).prop_shuffle();
        (Just(h), heard)
    })) {
        let one = kept(&history, &history.heard)?;
        let other = kept(&history, &History::numbered(shuffled))?;
        prop_assert_eq!(by_day(&one), by_day(&other));
    }
}

proptest! {
    #![proptest_config(config(6))]

    #[test]
    fn too_many_answers_end_too(history in long_history(MOST_ANSWERS + 20)) {
        let heard = history.heard.len();
        prop_assert!(heard > MOST_ANSWERS, "{heard}");
        let story = told(&history, &history.heard);
        prop_assert_eq!(story.outcomes.len(), heard);
        let unread = |s: &&arrears::posting::history::Settled| {
            matches!(&s.outcome, Outcome::Held(hold, _) if hold.word() == "too-many-answers")
        };
        prop_assert_eq!(story.outcomes.iter().map(|(_, settled)| settled).filter(unread).count(), heard - MOST_ANSWERS);
        prop_assert!(story.position.answers.len() <= MOST_ANSWERS);
    }
}
