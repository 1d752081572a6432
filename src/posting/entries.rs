//! What the journal must say so that it agrees with a claim's story. History is never edited: what no longer
//! holds is negated by a new entry, what is missing is added.

use std::collections::BTreeMap;

use super::acts::Correction;
use super::answer::Outcome;
use super::history::{Settled, Story};
use super::position::Answer;
use super::reversal::STANDS_AGAIN;
use crate::domain::entry::{Entry, Posting, Source};
use crate::domain::merge::Merged;
use crate::domain::{Account, Date, EntryId, Money, PayerId, PaymentId, PlbId, Text};

/// The rule name of entries that negate an entry only because the story is told in another order now.
pub const RESEQUENCED: &str = "resequenced";
/// The rule name of entries that undo what a person had moved, as far as an adjudication took it from under the act.
pub const ACT_UNDONE: &str = "act-undone";
/// The rule name of entries that do again what was undone so.
pub const ACT_AGAIN: &str = "act-again";
/// The rule name of entries for money that waits for a person.
pub const HELD: &str = "held";
/// The rule name of entries that take waiting money to its claim.
pub const APPLIED: &str = "applied";
/// The rule name of entries that let what a person did about one payer count for the payer that it is now.
pub const PAYER_MERGED: &str = "payer-merged";

/// An entry to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The accounting date.
    pub on: Date,
    /// Where it comes from.
    pub source: Source,
    /// The rule that fired.
    pub rule: Text,
    /// The claim payment it belongs to, unless it is the claim's own charge.
    pub payment: Option<PaymentId>,
    /// The answer whose posting it negates: its entry is named as reversed.
    pub undoes: Option<PaymentId>,
    /// The entry it negates.
    pub reverses: Option<EntryId>,
    /// The provider-level item of which it puts more or less on the claim.
    pub item: Option<PlbId>,
    /// What it says of its cause, or empty.
    pub memo: Text,
    /// Sums to zero.
    pub postings: Vec<Posting>,
}

/// The money of a claim payment that waits: cash came, and is owed to whomever it turns out to belong to.
#[must_use]
pub fn held_postings(payer: PayerId, paid: Money) -> Vec<Posting> {
    if paid.is_zero() {
        return Vec::new();
    }
    vec![Posting::new(Account::CashInsurance, payer, paid), Posting::new(Account::Unapplied, payer, -paid)]
}

/// The entries that are still missing, in the order in which they must be written. `existing` are the claim's entries
/// so far, oldest first; `answers` the answers of the story; `set_aside` are claim payments that a person released: what
/// they booked stays, though no rule reckons with them. `merged` are the payers that became others.
#[must_use]
pub fn missing(
    existing: &[(EntryId, Entry)],
    story: &Story<'_>,
    answers: &[Answer<'_>],
    set_aside: &[PaymentId],
    merged: &Merged,
) -> Vec<Draft> {
    let live = live(existing);
    // What an entry takes back may be taken back itself by this very telling: then the entry has to be written anew.
    let mut retired: Vec<EntryId> = Vec::new();
    loop {
        let mut drafts = lacking(&live, story, answers, set_aside, merged, &retired);
        let now: Vec<EntryId> = drafts.iter().filter_map(|d| d.reverses).collect();
        if now.len() <= retired.len() {
            // First what goes, so that nothing new takes back what goes.
            drafts.sort_by_key(|d| d.reverses.is_none());
            return drafts;
        }
        retired = now;
    }
}

/// One pass of [`missing`], where the entries `retired` go.
fn lacking(
    live: &[&(EntryId, Entry)],
    story: &Story<'_>,
    answers: &[Answer<'_>],
    set_aside: &[PaymentId],
    merged: &Merged,
    retired: &[EntryId],
) -> Vec<Draft> {
    let mut drafts = charges(live, story);
    // A person moved an answer elsewhere, or took its remittance back: what it booked here is negated, latest first.
    let heard = |id: PaymentId| set_aside.contains(&id) || answers.iter().any(|a| a.id == id);
    drafts.extend(
        live.iter()
            .rev()
            .filter(|(_, e)| e.payment.is_some_and(|id| !heard(id)))
            .map(|entry| negation(entry)),
    );
    for (id, settled) in &story.outcomes {
        let Some(answer) = answers.iter().find(|a| a.id == *id) else { continue };
        let own: Vec<&(EntryId, Entry)> =
            live.iter().copied().filter(|(_, e)| e.payment == Some(*id)).collect();
        // An entry that undoes another stands only as long as the other does.
        let standing = |of| live.iter().find(|(id, _)| *id == of && !retired.contains(id)).map(|(_, e)| e);
        let undone: Vec<Option<&Entry>> = own.iter().filter_map(|(_, e)| e.reverses).map(standing).collect();
        drafts.extend(for_answer(&own, &undone, answer, settled));
    }
    drafts.extend(corrections(live, story));
    drafts.extend(of_payers_now(live, merged));
    drafts
}

/// Whether an entry says what later answers made of a person's act.
#[must_use]
pub fn is_correction(entry: &Entry) -> bool {
    entry.rule == ACT_UNDONE || entry.rule == ACT_AGAIN
}

/// What later answers made of persons' acts: the entries that still say so are kept, the others negated, the missing added.
fn corrections(live: &[&(EntryId, Entry)], story: &Story<'_>) -> Vec<Draft> {
    let own: Vec<&&(EntryId, Entry)> = live.iter().filter(|(_, e)| is_correction(e)).collect();
    let same = |(entry, correction): &(&&&(EntryId, Entry), &Correction)| {
        entry.1.own_date() == correction.on && are_same(&entry.1.postings, &correction.postings)
    };
    let kept = own.iter().zip(&story.corrections).take_while(same).count();
    let back = own[kept..].iter().rev().map(|entry| negation(entry));
    let added = story.corrections[kept..].iter().map(|correction| Draft {
        on: correction.on,
        source: Source::Reversal,
        rule: if correction.undone { ACT_UNDONE } else { ACT_AGAIN }.into(),
        payment: None,
        undoes: None,
        reverses: None,
        item: correction.item,
        memo: cause(correction),
        postings: correction.postings.clone(),
    });
    back.chain(added).collect()
}

/// Whether an entry says what a person did, or what was brought in when the books began.
#[must_use]
pub fn is_act(entry: &Entry) -> bool {
    matches!(entry.source, Source::Manual | Source::Transfer | Source::Opening)
}

/// Acts of persons stay as they were written. Where they name a payer that became another, entries of the same days move
/// what they moved from the one to the other, as long as it is the other.
fn of_payers_now(live: &[&(EntryId, Entry)], merged: &Merged) -> Vec<Draft> {
    let mut days: BTreeMap<Date, Vec<Posting>> = BTreeMap::new();
    for (_, entry) in live {
        if entry.rule == PAYER_MERGED {
            days.entry(entry.own_date()).or_default().extend(entry.postings.iter().map(|p| p.negated()));
        } else if is_act(entry) {
            for posting in entry.postings.iter().filter(|p| merged.is_gone(p.payer)) {
                let now = Posting { payer: merged.now(posting.payer), ..*posting };
                days.entry(entry.own_date()).or_default().extend([posting.negated(), now]);
            }
        }
    }
    let days = days.into_iter().map(|(on, postings)| (on, net(&postings)));
    days.filter(|(_, postings)| !postings.is_empty())
        .map(|(on, postings)| Draft {
            on,
            source: Source::Reversal,
            rule: PAYER_MERGED.into(),
            payment: None,
            undoes: None,
            reverses: None,
            item: None,
            memo: Text::default(),
            postings,
        })
        .collect()
}

/// Entries that no resequencing has taken back.
#[must_use]
pub fn live(existing: &[(EntryId, Entry)]) -> Vec<&(EntryId, Entry)> {
    let undone: Vec<EntryId> =
        existing.iter().filter(|(_, e)| e.rule == RESEQUENCED).filter_map(|(_, e)| e.reverses).collect();
    existing.iter().filter(|(id, e)| e.rule != RESEQUENCED && !undone.contains(id)).collect()
}

/// Names the act and the adjudication.
fn cause(correction: &Correction) -> Text {
    let after =
        correction.after.map_or_else(|| "what came later".to_owned(), |id| format!("claim payment {id}"));
    let act = correction.act;
    match correction.undone {
        true => format!("what entry {act} moved is undone as far as {after} covers it"),
        false => format!("what entry {act} moved stands again after {after}"),
    }
    .into()
}

/// The entry that a draft takes back: the latest that it negates exactly and that no other has taken back before, of the
/// answer that the draft undoes, or of the reversal after which that answer stands again.
#[must_use]
pub fn negated_by(existing: &[(EntryId, Entry)], draft: &Draft) -> Option<EntryId> {
    let undone = draft.undoes?;
    let opposite: Vec<Posting> = draft.postings.iter().map(|p| p.negated()).collect();
    let live = live(existing);
    let free = |id: EntryId| live.iter().all(|(_, e)| e.reverses != Some(id));
    let own = |e: &Entry| e.payment == Some(undone) || e.rule == STANDS_AGAIN;
    let found = live.iter().rev().find(|(id, e)| own(e) && free(*id) && are_same(&e.postings, &opposite));
    found.map(|(id, _)| *id)
}

fn charges(live: &[&(EntryId, Entry)], story: &Story<'_>) -> Vec<Draft> {
    let own: Vec<&&(EntryId, Entry)> = live.iter().filter(|(_, e)| e.source == Source::Charge).collect();
    let same = own.len() == story.charges.len()
        && own
            .iter()
            .zip(&story.charges)
            .all(|((_, e), (on, _, postings))| e.own_date() == *on && are_same(&e.postings, postings));
    if same {
        return Vec::new();
    }
    let kept = own
        .iter()
        .zip(&story.charges)
        .take_while(|((_, e), (on, _, p))| e.own_date() == *on && are_same(&e.postings, p))
        .count();
    let back = own[kept..].iter().map(|entry| negation(entry));
    let added = story.charges[kept..].iter().map(|(on, rule, postings)| Draft {
        on: *on,
        source: Source::Charge,
        rule: (*rule).into(),
        payment: None,
        undoes: None,
        reverses: None,
        item: None,
        memo: Text::default(),
        postings: postings.clone(),
    });
    back.chain(added).collect()
}

/// `undone` are the entries that the answer's own entries name as reversed; none where such an entry is gone.
fn for_answer(
    own: &[&(EntryId, Entry)],
    undone: &[Option<&Entry>],
    answer: &Answer<'_>,
    settled: &Settled,
) -> Vec<Draft> {
    let wanted = wanted(answer, settled);
    let is_undone = |e: &Entry| e.rule == STANDS_AGAIN || wanted.iter().any(|d| d.undoes == e.payment);
    let same_undone = undone.iter().all(|of| of.is_some_and(is_undone));
    let want = || by_day(wanted.iter().map(|d| (d.on, d.postings.as_slice())));
    if own.is_empty() {
        // Mostly so, and mostly there is one.
        let moves =
            if let [only] = &wanted[..] { !net(&only.postings).is_empty() } else { !want().is_empty() };
        return if moves { wanted } else { Vec::new() };
    }
    let have = by_day(own.iter().map(|(_, e)| (e.own_date(), e.postings.as_slice())));
    if have == want() && same_undone {
        return Vec::new();
    }
    // Waiting money is no claim's: its entry stands whatever the claim makes of the payment, which a person may put on
    // another claim. The claim's entries take it from there, or leave it.
    let (waits, of_claim): (Vec<_>, Vec<_>) = own.iter().copied().partition(|(_, e)| is_waiting(e));
    if let [(_, held)] = waits[..] {
        let rest = beside_waiting(wanted, &held.postings);
        return of_claim.into_iter().rev().map(negation).chain(rest).collect();
    }
    if let ([(_, held)], Outcome::Posted(_)) = (own, &settled.outcome)
        && held.rule == HELD
    {
        return beside_waiting(wanted, &held.postings);
    }
    own.iter().rev().map(|entry| negation(entry)).chain(wanted).collect()
}

/// Whether an entry booked a payment that had no claim.
fn is_waiting(entry: &Entry) -> bool {
    entry.claim.is_none() && entry.rule == HELD
}

/// What an answer asks for besides the entry that holds its money already.
fn beside_waiting(wanted: Vec<Draft>, held: &[Posting]) -> Vec<Draft> {
    match wanted.split_first() {
        // It waits, or waited for another answer: what is held is held already.
        Some((first, rest)) if first.rule == HELD => rest.to_vec(),
        _ => apply(wanted, held),
    }
}

/// The entries an answer asks for when none is there yet.
fn wanted(answer: &Answer<'_>, settled: &Settled) -> Vec<Draft> {
    let by_hand = answer.by_hand.map(|by_hand| &by_hand.reason);
    let why = |memo: &Text| match by_hand {
        None => memo.clone(),
        Some(reason) if memo.is_empty() => reason.clone(),
        Some(reason) => format!("{memo}: {reason}").into(),
    };
    let draft = |on, rule: &str, undoes, memo: &Text, postings| Draft {
        on,
        source: Source::Remit,
        rule: rule.into(),
        payment: Some(answer.id),
        undoes,
        reverses: None,
        item: None,
        memo: why(memo),
        postings,
    };
    let nothing = Text::default();
    match &settled.outcome {
        Outcome::Posted(steps) => {
            let steps =
                steps.iter().map(|s| draft(settled.on, s.rule, s.undoes, &s.memo, s.postings.clone()));
            if settled.on == answer.on {
                return steps.collect();
            }
            // It waited for another answer: the cash came on its own day, and left `unapplied` on the day it could post.
            let waiting = held_postings(answer.payer, answer.payment.paid);
            let first =
                (!waiting.is_empty()).then(|| draft(answer.on, HELD, None, &nothing, waiting.clone()));
            first.into_iter().chain(apply(steps.collect(), &waiting)).collect()
        }
        Outcome::Memo(_) => Vec::new(),
        Outcome::Held(..) => {
            let waiting = held_postings(answer.payer, answer.payment.paid);
            (!waiting.is_empty())
                .then(|| draft(answer.on, HELD, None, &nothing, waiting))
                .into_iter()
                .collect()
        }
    }
}

/// Takes waiting money to its claim: the cash stays where it is, `unapplied` is cleared instead.
fn apply(mut wanted: Vec<Draft>, waiting: &[Posting]) -> Vec<Draft> {
    if let Some(last) = wanted.last_mut().filter(|_| !waiting.is_empty()) {
        let mut postings = last.postings.clone();
        postings.extend(waiting.iter().map(|p| p.negated()));
        last.postings = net(&postings);
        last.rule = format!("{APPLIED}:{}", last.rule).into();
    }
    wanted.retain(|d| !d.postings.is_empty());
    wanted
}

fn negation((id, entry): &(EntryId, Entry)) -> Draft {
    Draft {
        on: entry.own_date(),
        source: Source::Reversal,
        rule: RESEQUENCED.into(),
        payment: entry.payment,
        undoes: None,
        reverses: Some(*id),
        item: entry.plb,
        memo: Text::default(),
        postings: entry.postings.iter().map(|p| p.negated()).collect(),
    }
}

/// Postings added up by day: the books must be the same on every day, not only in the end.
fn by_day<'a>(postings: impl Iterator<Item = (Date, &'a [Posting])>) -> BTreeMap<Date, Vec<Posting>> {
    let mut days: BTreeMap<Date, Vec<Posting>> = BTreeMap::new();
    for (on, postings) in postings {
        days.entry(on).or_default().extend_from_slice(postings);
    }
    for postings in days.values_mut() {
        *postings = net(postings);
    }
    days.retain(|_, postings| !postings.is_empty());
    days
}

/// Whether postings add up to the same. Mostly they are the same.
fn are_same(one: &[Posting], other: &[Posting]) -> bool {
    one == other || net(one) == net(other)
}

/// Postings added up by account, payer, line and reason; zero sums left out; in a fixed order.
#[must_use]
pub fn net(postings: &[Posting]) -> Vec<Posting> {
    let mut sums: Vec<Posting> = Vec::new();
    for posting in postings {
        let same = |p: &&mut Posting| {
            (p.account, p.payer, p.line, p.reason)
                == (posting.account, posting.payer, posting.line, posting.reason)
        };
        match sums.iter_mut().find(same) {
            Some(sum) => sum.amount += posting.amount,
            None => sums.push(*posting),
        }
    }
    sums.retain(|p| !p.amount.is_zero());
    sums.sort_by_key(|p| (p.account, p.payer, p.line, p.reason));
    sums
}
