//! One claim with all that it ever heard, in memory while its story is told: each row is read once and written once.
//!
//! Writing a payment, reading it back to tell the story and writing it again was half of the time of an import.

use super::clocks;
use super::denials;
use super::retell::{self, Hand};
use super::sums;
use crate::denial;
use crate::domain::book::{ClaimRecord, ClaimState, Footing, PaymentRecord, PaymentStatus};
use crate::domain::case::DenialCase;
use crate::domain::entry::{Entry, Posting};
use crate::domain::{CaseId, Date, EntryId, Money, PayerId, PaymentId, Text};
use crate::posting::answer::Outcome;
use crate::posting::entries::{Draft, live, missing, net};
use crate::posting::history::{Story, tell};
use crate::posting::position::Standing;
use crate::store::{Read, ReadPeriods, StoreError, WriteTables};

/// A claim, where it stands, and what it heard.
pub struct Dossier<'r> {
    record: &'r ClaimRecord,
    state: ClaimState,
    /// The state as the ledger has it.
    before: ClaimState,
    payments: Vec<PaymentRecord>,
    /// For each payment: what the ledger says of it, and whether its row there differs.
    known: Vec<(Option<PaymentStatus>, bool)>,
    entries: Vec<(EntryId, Entry)>,
    cases: Vec<DenialCase>,
}

/// A claim payment of which the ledger does not have the present row.
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
        let state = ClaimState::default();
        let (payments, known) = (Vec::new(), Vec::new());
        Dossier {
            record,
            before: state.clone(),
            state,
            payments,
            known,
            entries: Vec::new(),
            cases: Vec::new(),
        }
    }

    /// Reads what the ledger has about a claim.
    ///
    /// # Errors
    /// Whatever the store says.
    pub fn open(tables: &impl Read, record: &'r ClaimRecord) -> Result<Dossier<'r>, StoreError> {
        let state = tables.claim_state(record.id)?.unwrap_or_default();
        let payments = tables.payments_until(state.last_payment)?;
        let entries = retell::entries_until(tables, state.last_entry, &payments)?;
        let mut cases = Vec::with_capacity(state.cases.len());
        for id in &state.cases {
            cases.extend(tables.case(*id)?);
        }
        let known = payments.iter().map(|payment| (Some(payment.status), false)).collect();
        Ok(Dossier { record, before: state.clone(), state, payments, known, entries, cases })
    }

    /// The claim.
    #[must_use]
    pub const fn record(&self) -> &'r ClaimRecord {
        self.record
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
        payment.previous_of_claim = self.state.last_payment.replace(payment.id);
        if let Some(id) = payment.held_entry {
            self.entries.extend(tables.entry(id)?.map(|(entry, _)| (id, entry)));
            self.entries.sort_by_key(|(id, _)| *id);
        }
        self.payments.push(payment);
        self.known.push((was, true));
        Ok(())
    }

    /// Tells the story, adds to the journal what it lacks, and brings payments, cases and state in line.
    ///
    /// # Errors
    /// Whatever the store says. An entry that does not sum to zero is refused there.
    pub fn tell(&mut self, tables: &mut WriteTables<'_>, hand: &Hand<'_>) -> Result<(), StoreError> {
        let charges: Vec<Money> = self.record.versions.iter().map(|v| v.charge).collect();
        let handlings = tables.handlings()?;
        let terms = retell::terms(self.record, &charges, &handlings);
        let versions = retell::versions(self.record);
        let (answers, set_aside) = retell::heard(&self.payments);
        let story = tell(terms, &versions, &retell::acts(&self.entries), answers.clone());
        let drafts = missing(&self.entries, &story, &answers, &set_aside);
        let acted = self.entries.last().map(|(_, entry)| entry.rule.clone());
        for draft in drafts {
            let reverses = draft.reverses.or_else(|| undone_entry(&self.entries, &draft));
            let negated = self.entries.iter().find(|(id, _)| Some(*id) == reverses).map(|(_, e)| e.posted_on);
            let entry = tables.admit(self.entry(hand, draft, reverses));
            let entry = match negated {
                Some(on) => entry.not_before(on),
                None => entry,
            };
            let id = tables.append_entry(&entry, self.state.last_entry)?;
            self.state.last_entry = Some(id);
            self.state.last_posted_on = self.state.last_posted_on.max(Some(entry.posted_on));
            self.entries.push((id, entry));
        }
        let by_case = acted.is_some_and(|rule| rule.starts_with(denials::BY_CASE));
        let told = Telling { hand, by_case, on: self.latest() };
        self.state.cases = put_cases(tables, (self.record, &self.payments), &story, &self.cases, &told)?;
        settle_state(&mut self.state, self.record, &story, &self.entries);
        let outcomes: Vec<_> = self.payments.iter().map(|payment| outcome(&story, payment)).collect();
        for ((payment, known), outcome) in self.payments.iter_mut().zip(&mut self.known).zip(outcomes) {
            let Some((status, rule, message)) = outcome else { continue };
            if (status, &rule, &message) != (payment.status, &payment.rule, &payment.message) {
                (payment.status, payment.rule, payment.message) = (status, rule, message);
                known.1 = true;
            }
        }
        Ok(())
    }

    /// Writes the state and hands out the claim payments, for the caller to write.
    ///
    /// # Errors
    /// Whatever the store says.
    pub fn close(self, tables: &mut WriteTables<'_>) -> Result<Vec<Heard>, StoreError> {
        tables.put_claim_state(self.record.id, &self.state)?;
        let before = tables.footings(self.record.id)?;
        let mut now = before.clone();
        if let Some(footing) = self.left_behind(tables.closed(), &before) {
            tables.put_footing(self.record.id, &footing)?;
            now.push(footing);
        }
        let (was, is) = (&self.before, &self.state);
        tables.add_to_sums(|changes| sums::restate(changes, (was, &before), (is, &now)));
        let rows = self.payments.into_iter().zip(self.known).filter(|(_, (_, changed))| *changed);
        Ok(rows.map(|(payment, (was, _))| Heard { payment, was }).collect())
    }

    /// What the claim aged from until the last closed day, where it ages from elsewhere now.
    fn left_behind(&self, closed: Option<Date>, earlier: &[Footing]) -> Option<Footing> {
        let (closed, was) = (closed?, &self.before);
        let footing = Footing { until: closed, ..was.footing(closed, earlier) };
        let moved = self.state.footing(closed, earlier);
        let same = (footing.service_from, footing.billed_on, footing.billed_payer)
            == (moved.service_from, moved.billed_on, moved.billed_payer);
        let counted = was.days.first().is_some_and(|day| day.on <= closed);
        (counted && !same).then_some(footing)
    }

    /// The day of the latest thing that is new: a claim payment, else an entry.
    fn latest(&self) -> Option<Date> {
        let news = self.payments.iter().zip(&self.known).filter(|(_, (_, changed))| *changed);
        news.map(|(payment, _)| payment.posted_on).max().or(self.state.last_posted_on)
    }

    fn entry(&self, hand: &Hand<'_>, draft: Draft, reverses: Option<EntryId>) -> Entry {
        let of = |id: PaymentId| self.payments.iter().find(|p| p.id == id);
        Entry {
            posted_on: draft.on,
            effective_on: None,
            recorded_at: hand.now,
            source: draft.source,
            claim: Some(self.record.id),
            remit: draft.payment.and_then(of).map(|p| p.remit),
            payment: draft.payment,
            plb: None,
            reverses,
            rule: draft.rule,
            memo: Text::default(),
            user: hand.user.into(),
            postings: draft.postings,
        }
    }
}

impl Heard {
    /// Writes it, and keeps the list of unapplied items.
    ///
    /// # Errors
    /// Whatever the store says.
    pub fn put(&self, tables: &mut WriteTables<'_>) -> Result<(), StoreError> {
        let (id, waits) = (self.payment.id, self.payment.status == PaymentStatus::Unapplied);
        if waits {
            tables.put_unapplied(id)?;
        } else if self.was.is_some() {
            tables.remove_unapplied(id)?;
        }
        tables.put_payment(&self.payment)
    }
}

/// The entry that a draft undoes: the one of the undone answer that it negates exactly.
fn undone_entry(existing: &[(EntryId, Entry)], draft: &Draft) -> Option<EntryId> {
    let undone = draft.undoes?;
    let opposite: Vec<Posting> = draft.postings.iter().map(|p| p.negated()).collect();
    let negates = |e: &Entry| e.payment == Some(undone) && net(&e.postings) == net(&opposite);
    live(existing).into_iter().rev().find(|(_, e)| negates(e)).map(|(id, _)| *id)
}

/// What became of a claim payment: status, rule, words. Nothing for one that a person has set aside.
fn outcome(story: &Story<'_>, payment: &PaymentRecord) -> Option<(PaymentStatus, Text, Text)> {
    if !payment.status.is_heard() {
        return None;
    }
    let settled = story.outcomes.get(&payment.id)?;
    Some(match &settled.outcome {
        Outcome::Posted(steps) => {
            let rule = steps.iter().map(|s| s.rule).collect::<Vec<_>>().join("+");
            (standing(story, payment.id), rule.into(), Text::default())
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

/// Who tells, and what for.
struct Telling<'a> {
    hand: &'a Hand<'a>,
    /// An act on a case moved money.
    by_case: bool,
    /// The day of what is new.
    on: Option<Date>,
}

fn put_cases(
    tables: &mut WriteTables<'_>,
    (record, payments): (&ClaimRecord, &[PaymentRecord]),
    story: &Story<'_>,
    known: &[DenialCase],
    telling: &Telling<'_>,
) -> Result<Vec<CaseId>, StoreError> {
    let mut ids = Vec::new();
    let facts = |case: &DenialCase| clocks::claim_facts(record, payments, case.payer);
    let before = |case: &DenialCase| denials::Before {
        case: known.iter().find(|k| k.id == case.id),
        claim: facts(case),
        on: telling.on.or(case.last_denied_on()).unwrap_or(Date::from_number(1)),
        by_case: telling.by_case,
    };
    for mut case in denial::of_story(record.id, story, known) {
        if case.id.0 == 0 {
            case.id = tables.next_case_id()?;
        }
        if known.iter().all(|k| *k != case) {
            denials::told(tables, telling.hand, &before(&case), &case)?;
        } else {
            denials::claim_moved(tables, case.id, facts(&case))?;
        }
        ids.push(case.id);
    }
    // A case whose denial turned out to be no denial at all (the story changed) keeps its number, empty.
    for old in known {
        if !ids.contains(&old.id) {
            ids.push(old.id);
            let none = DenialCase { lines: Vec::new(), events: Vec::new(), ..old.clone() };
            if none != *old {
                denials::told(tables, telling.hand, &before(old), &none)?;
            }
        }
    }
    Ok(ids)
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
}
