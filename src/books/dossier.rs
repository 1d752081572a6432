//! One claim with all that it ever heard, in memory while its story is told: each row is read once and written once.
//!
//! Here is what needs no more than reading, so that several threads can do it for several claims. What comes of it is
//! [`Told`], which alone changes the ledger.

use super::charged;
use super::clocks;
use super::matching;
use super::retell::{self, Rulebook};
use super::sums;
use super::told::{PROVISIONAL, Told, ToldCase};
use crate::denial;
use crate::denial::course::{Days, Seen};
use crate::domain::book::{ClaimRecord, ClaimState, Footing, Handling, PaymentRecord, PaymentStatus};
use crate::domain::case::{DenialCase, DeniedLine};
use crate::domain::entry::Entry;
use crate::domain::merge::Merged;
use crate::domain::{CaseId, Date, EntryId, PayerId, PaymentId, Text};
use crate::posting::acts::Act;
use crate::posting::answer::Outcome;
use crate::posting::entries::{Draft, RESEQUENCED, missing, negated_by};
use crate::posting::history::{self, Story, tell_by_day};
use crate::posting::position::{Position, Standing};
use crate::store::{Read, ReadPeriods, StoreError};

/// A claim, where it stands, and what it heard.
pub struct Dossier<'r> {
    record: &'r ClaimRecord,
    /// The state as the ledger has it.
    before: ClaimState,
    /// What it aged from on closed days, as the ledger has it.
    footings: Vec<Footing>,
    last_payment: Option<PaymentId>,
    payments: Vec<PaymentRecord>,
    /// For each payment: what the ledger says of it, and whether its row there differs.
    known: Vec<(Option<PaymentStatus>, bool)>,
    entries: Vec<(EntryId, Entry)>,
    cases: Vec<DenialCase>,
    /// The case on which an act moved the money that is new.
    by_case: Option<CaseId>,
}

/// A claim payment of which the ledger does not have the present row.
#[derive(Debug, PartialEq, Eq)]
pub struct Heard {
    /// The payment as it is now.
    pub payment: PaymentRecord,
    /// What the ledger says of it; nothing while the ledger does not have it.
    pub was: Option<PaymentStatus>,
}

impl<'r> Dossier<'r> {
    /// A claim that the ledger has heard nothing about.
    #[must_use]
    pub fn new(record: &'r ClaimRecord) -> Dossier<'r> {
        Dossier {
            record,
            before: ClaimState::default(),
            footings: Vec::new(),
            last_payment: None,
            payments: Vec::new(),
            known: Vec::new(),
            entries: Vec::new(),
            cases: Vec::new(),
            by_case: None,
        }
    }

    /// Reads what the ledger has about a claim.
    ///
    /// # Errors
    /// Whatever the store says.
    pub fn open(tables: &impl ReadPeriods, record: &'r ClaimRecord) -> Result<Dossier<'r>, StoreError> {
        let before = tables.claim_state(record.id)?.unwrap_or_default();
        let payments = tables.payments_until(before.last_payment)?;
        let entries = retell::entries_told(tables, record.id, &before, &payments)?;
        let mut cases = Vec::with_capacity(before.cases.len());
        for id in &before.cases {
            cases.extend(tables.case(*id)?);
        }
        let known = payments.iter().map(|payment| (Some(payment.status), false)).collect();
        let footings = tables.footings(record.id)?;
        let last_payment = before.last_payment;
        let by_case = None;
        Ok(Dossier { record, before, footings, last_payment, payments, known, entries, cases, by_case })
    }

    /// The claim.
    #[must_use]
    pub const fn record(&self) -> &'r ClaimRecord {
        self.record
    }

    /// Says on which case an act moved the money that is new: that case notes the act itself, not its echo.
    #[must_use]
    pub fn by_case(mut self, case: Option<CaseId>) -> Dossier<'r> {
        self.by_case = case;
        self
    }

    /// Ties a claim payment to the claim: it joins the claim's chain.
    ///
    /// # Errors
    /// Whatever the store says.
    pub fn hear(
        &mut self,
        tables: &impl Read,
        mut payment: PaymentRecord,
        was: Option<PaymentStatus>,
        step: &str,
    ) -> Result<(), StoreError> {
        payment.claim = Some(self.record.id);
        payment.matched_by = step.into();
        payment.previous_of_claim = self.last_payment.replace(payment.id);
        if let Some(id) = payment.held_entry {
            self.entries.extend(tables.entry(id)?.map(|(entry, _)| (id, entry)));
            self.entries.sort_by_key(|(id, _)| *id);
        }
        self.payments.push(payment);
        self.known.push((was, true));
        Ok(())
    }

    /// Tells the story: what the journal lacks of it, and how payments, cases and state stand then.
    #[must_use]
    pub fn tell(mut self, rules: &Rulebook<'_>) -> Told<'r> {
        let record = self.record;
        let charges = matching::charges_of(record);
        let terms = retell::terms(record, &charges, &rules.handlings);
        let versions = retell::versions(record);
        let (answers, set_aside) = retell::heard(&self.payments);
        let acts = retell::acts(&self.entries, &rules.merged);
        let keep = keep(versions.len() + acts.len() + answers.len());
        let (story, by_day) = tell_by_day(terms, &versions, &acts, answers.clone(), keep);
        let drafts = missing(&self.entries, &story, &answers, &set_aside, &rules.merged);
        drop(answers);
        let known = self.entries.len();
        let mut last_posted_on = self.before.last_posted_on;
        for (id, draft) in (PROVISIONAL..).map(EntryId).zip(drafts) {
            let entry = self.entry(rules, draft);
            last_posted_on = last_posted_on.max(Some(entry.posted_on));
            self.entries.push((id, entry));
        }
        let news = self.payments.iter().zip(&self.known).filter(|(_, (_, changed))| *changed);
        let latest = news.map(|(payment, _)| payment.posted_on).max().or(last_posted_on);
        let cases = denial::seen(record.id, &story.position, &self.cases);
        let days = self.days((&story, &by_day), &rules.handlings, &acts, &cases);
        let cases = self.told_cases(cases, days, latest);
        let mut state = ClaimState {
            last_posted_on,
            last_entry: self.before.last_entry,
            last_payment: self.last_payment,
            ..ClaimState::default()
        };
        settle_state(&mut state, record, &story, &self.entries);
        let outcomes: Vec<_> = self.payments.iter().map(|payment| outcome(&story, payment)).collect();
        drop((story, by_day));
        for ((payment, known), outcome) in self.payments.iter_mut().zip(&mut self.known).zip(outcomes) {
            let Some((status, rule, message)) = outcome else { continue };
            if (status, &rule, &message) != (payment.status, &payment.rule, &payment.message) {
                (payment.status, payment.rule, payment.message) = (status, rule, message);
                known.1 = true;
            }
        }
        let left_behind = self.left_behind(rules.closed, &state);
        let rows = self.payments.into_iter().zip(self.known).filter(|(_, (_, changed))| *changed);
        Told {
            record,
            before: self.before,
            state,
            footings: self.footings,
            left_behind,
            new: self.entries.split_off(known).into_iter().map(|(_, entry)| entry).collect(),
            cases,
            by_case: self.by_case,
            turn: rules.turn,
            heard: rows.map(|(payment, (was, _))| Heard { payment, was }).collect(),
        }
    }

    /// What the claim aged from until the last closed day, where it ages from elsewhere now.
    fn left_behind(&self, closed: Option<Date>, now: &ClaimState) -> Option<Footing> {
        let (closed, was) = (closed?, &self.before);
        let footing = Footing { until: closed, ..was.footing(closed, &self.footings) };
        let moved = now.footing(closed, &self.footings);
        let same = (footing.service_from, footing.billed_on, footing.billed_payer)
            == (moved.service_from, moved.billed_on, moved.billed_payer);
        let counted = was.days.first().is_some_and(|day| day.on <= closed);
        (counted && !same).then_some(footing)
    }

    /// An entry as the books can take it, which stands behind the others.
    fn entry(&self, rules: &Rulebook<'_>, draft: Draft) -> Entry {
        let reverses = draft.reverses.or_else(|| negated_by(&self.entries, &draft));
        let negated = self.entries.iter().find(|(id, _)| Some(*id) == reverses);
        let of = |id: PaymentId| self.payments.iter().find(|p| p.id == id);
        // A payment that a person put on another claim is not among these; what it booked here is of its remittance still.
        let remit = draft.payment.and_then(of).map(|p| p.remit);
        let remit = remit.or_else(|| negated.and_then(|(_, entry)| entry.remit));
        let entry = Entry {
            posted_on: draft.on,
            effective_on: None,
            recorded_at: rules.hand.now,
            source: draft.source,
            claim: Some(self.record.id),
            remit,
            payment: draft.payment,
            plb: draft.item,
            reverses,
            rule: draft.rule,
            memo: draft.memo,
            user: rules.hand.user.into(),
            postings: draft.postings,
        };
        let entry = entry.admitted(rules.closed);
        let entry = match draft.reverses {
            None => {
                let gone = self.gone_on(&entry);
                entry.not_before(gone)
            }
            Some(_) => entry,
        };
        match negated {
            Some((_, negated)) => entry.not_before(negated.posted_on),
            None => entry,
        }
    }

    /// When what stood in the place of a new entry went out on a later day than its own, for its month was closed: open
    /// again, that month must not have both. The first of all days where nothing did.
    fn gone_on(&self, new: &Entry) -> Date {
        let of = |id: EntryId| self.entries.iter().find(|(other, _)| *other == id).map(|(_, e)| e);
        let same = |e: &Entry| e.payment == new.payment && (e.payment.is_some() || e.source == new.source);
        let late = self.entries.iter().map(|(_, e)| e);
        let late = late.filter(|e| e.rule == RESEQUENCED && e.effective_on.is_some());
        let days = late.filter(|e| e.reverses.and_then(of).is_some_and(same)).map(|e| e.posted_on);
        days.max().unwrap_or(Date::from_number(0))
    }

    /// How it went with every case that the story has, day by day, as far as it may have gone otherwise than straight. A case
    /// that the ledger does not know has no number; they stand in the order of the story, as in `last`, where they stand in
    /// the end.
    fn days<'p>(
        &self,
        (story, by_day): (&Story<'p>, &history::Days<Option<Position<'p>>>),
        handlings: &[Handling],
        acts: &[Act],
        last: &[Seen],
    ) -> Vec<Days> {
        let began = |seen: &Seen| seen.case.denied_on().unwrap_or(Date::from_number(0));
        let on = story.outcomes.first().map(|(_, settled)| settled.on);
        let straight = acts.is_empty() && story.outcomes.iter().all(|(_, settled)| Some(settled.on) == on);
        if straight || last.is_empty() {
            return last.iter().map(|seen| vec![(began(seen), seen.clone())]).collect();
        }
        // Until the ledger numbers them, new cases are told apart by numbers that no case has.
        let numbered: Vec<DenialCase> = (PROVISIONAL..)
            .zip(last)
            .map(|(id, seen)| DenialCase { id: CaseId(id), ..seen.case.clone() })
            .collect();
        let see = |position: &Position<'_>| denial::seen(self.record.id, position, &numbered);
        let kept = by_day.before.iter().map(|(on, position)| Some((*on, see(position.as_ref()?))));
        let kept: Option<Vec<(Date, Vec<Seen>)>> = kept.collect();
        let before = kept.unwrap_or_else(|| self.story(handlings, acts, see).1.before);
        let mut courses: Vec<Days> = vec![Days::new(); last.len()];
        for (on, seen) in before.into_iter().chain(by_day.last.map(|on| (on, see(&story.position)))) {
            for mut seen in seen {
                let Some(at) = numbered.iter().position(|case| case.id == seen.case.id) else { continue };
                seen.case.id = last[at].case.id;
                courses[at].push((on, seen));
            }
        }
        courses
    }

    /// The courses of all cases as the ledger has them.
    #[must_use]
    pub fn courses(&self, handlings: &[Handling], merged: &Merged) -> Vec<Days> {
        let acts = retell::acts(&self.entries, merged);
        let keep = keep(self.record.versions.len() + acts.len() + self.payments.len());
        let (story, by_day) = self.story(handlings, &acts, keep);
        let cases = denial::seen(self.record.id, &story.position, &self.cases);
        self.days((&story, &by_day), handlings, &acts, &cases)
    }

    /// The story as the ledger has it, and what is seen of the claim day by day.
    fn story<'s, T>(
        &'s self,
        handlings: &[Handling],
        acts: &[Act],
        see: impl Fn(&Position<'s>) -> T,
    ) -> (Story<'s>, history::Days<T>) {
        let charges = matching::charges_of(self.record);
        let terms = retell::terms(self.record, &charges, handlings);
        let (answers, _) = retell::heard(&self.payments);
        tell_by_day(terms, &retell::versions(self.record), acts, answers, see)
    }

    /// The denial cases of the story, and those that it has no more. `latest` is the day of what is new.
    fn told_cases(&self, of_story: Vec<Seen>, days: Vec<Days>, latest: Option<Date>) -> Vec<ToldCase> {
        let told =
            |case: DenialCase, was: Option<&DenialCase>, last_denied_on: Option<Date>, days: Days| ToldCase {
                claim: clocks::claim_facts(self.record, &self.payments, case.payer),
                on: latest.or(last_denied_on).unwrap_or(Date::from_number(1)),
                was: was.cloned(),
                case,
                days,
            };
        // A case whose denial turned out to be no denial at all (the story changed) keeps its number, empty.
        let gone = self.cases.iter().filter(|old| of_story.iter().all(|seen| seen.case.id != old.id));
        let gone: Vec<ToldCase> = gone
            .map(|old| {
                // Of its lines it keeps which they were: denied again, they are the same case.
                let lines = old.lines.iter().map(|l| DeniedLine { line: l.line, ..DeniedLine::default() });
                let lines = lines.collect();
                let none = DenialCase { claim: self.record.id, lines, events: Vec::new(), ..old.clone() };
                told(none, Some(old), old.last_denied_on(), Vec::new())
            })
            .collect();
        let still = of_story.into_iter().zip(days).map(|(Seen { case, .. }, days)| {
            let last_denied_on = case.last_denied_on();
            let was = self.cases.iter().find(|known| known.id == case.id);
            told(case, was, last_denied_on, days)
        });
        still.chain(gone).collect()
    }
}

/// Keeps where a claim stood on which so many things happened. Where there are many, that would take memory by their square:
/// who asks for it tells the claim once more.
fn keep<'a>(happened: usize) -> impl Fn(&Position<'a>) -> Option<Position<'a>> {
    const FEW: usize = 12;
    move |position| (happened <= FEW).then(|| position.clone())
}

/// What became of a claim payment: status, rule, words. Nothing for one that a person has set aside.
fn outcome(story: &Story<'_>, payment: &PaymentRecord) -> Option<(PaymentStatus, Text, Text)> {
    if !payment.status.is_heard() {
        return None;
    }
    let settled = story.outcome(payment.id)?;
    Some(match &settled.outcome {
        Outcome::Posted(steps) => {
            let mut rule = Text::default();
            for step in steps {
                if !rule.is_empty() {
                    rule.push('+');
                }
                rule.push_str(step.rule);
            }
            (standing(story, payment.id), rule, Text::default())
        }
        Outcome::Memo(word) => (PaymentStatus::Memo, (*word).into(), Text::default()),
        Outcome::Held(hold, _) if settled.cancelled => {
            (PaymentStatus::Memo, "cancelled-pair".into(), hold.word().into())
        }
        Outcome::Held(hold, message) => {
            (PaymentStatus::Unapplied, format!("hold:{hold}").into(), message.as_str().into())
        }
    })
}

fn standing(story: &Story<'_>, id: PaymentId) -> PaymentStatus {
    match story.position.answers.iter().find(|a| a.answer.id == id).map(|a| a.standing) {
        Some(Standing::Reversed) => PaymentStatus::Reversed,
        Some(Standing::Superseded) => PaymentStatus::Superseded,
        _ => PaymentStatus::Posted,
    }
}

fn settle_state(
    state: &mut ClaimState,
    record: &ClaimRecord,
    story: &Story<'_>,
    existing: &[(EntryId, Entry)],
) {
    let position = &story.position;
    state.charge = position.charge;
    state.paid_insurance = position.paid_insurance();
    state.paid_patient = position.paid_patient;
    state.adjusted = position.adjusted();
    state.written_off = position.written_off;
    state.holdings = position.holdings().sorted();
    state.billed_payer = record.versions.first().map_or(PayerId::NONE, |v| v.billed_payer);
    state.service_from = record.claim.service_from;
    state.billed_on = record.versions.first().map(|v| v.billed_on);
    state.days = sums::days(existing);
    state.responsible_since = sums::responsible_since(&state.days);
    state.only_charged = charged::is_all(record.id, state, existing);
}

#[cfg(test)]
mod tests;
