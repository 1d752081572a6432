//! Denial cases of a claim, told from its story: which denied line belongs to which case. What became of the dollars is
//! worked out in [`super::dollars`]. `docs/rules/posting-rules.md` sections 5 and 7a, `docs/rules/kpi.md` section 6.
//!
//! - A line belongs to one case, whoever denies it and for however many reasons; its dollars count once. With several
//!   reasons the one with the most dollars is the main one, the rest is kept with the line.
//! - Lines that one answer denies for the same main reason begin one case.
//! - What is denied of a claim as a whole is one slot beside the lines (line 0). Dollars that its lines or the whole hold
//!   already are the same dollars when they are denied again under the other name.
//! - What stands as denied and no answer denied (brought in, or put there by hand) is a case too; its event has no answer.

use super::course::Seen;
use super::dollars::{self, Share, Taken};
use super::recourse::recourse;
use crate::domain::case::{DenialCase, DenialEvent, DeniedLine, LineReason};
use crate::domain::clock::Recourse;
use crate::domain::entry::Reason;
use crate::domain::remit::ClaimPayment;
use crate::domain::{Account, CaseId, ClaimId, Code, Date, Money, PayerId, PaymentId};
use crate::posting::history::Story;
use crate::posting::position::{Answered, Position, Standing, Waiting};

/// The reason of a case that no answer opened.
const NO_REASON: Reason = Reason { group: None, code: Code::NONE };

/// The cases of a claim, in the order in which they began. `known` are its cases so far: a case keeps its number; new ones
/// have number zero until the store gives them one.
#[must_use]
pub fn of_story(claim: ClaimId, story: &Story<'_>, known: &[DenialCase]) -> Vec<DenialCase> {
    seen(claim, &story.position, known).into_iter().map(|seen| seen.case).collect()
}

/// The same of where a story stands, with what a case does not keep.
#[must_use]
pub fn seen(claim: ClaimId, position: &Position<'_>, known: &[DenialCase]) -> Vec<Seen> {
    let mut drafts = Drafts::default();
    let brought = position.opening.as_ref().and_then(|o| Some((o.on, o.denied?)));
    if let Some((on, (payer, amount))) = brought {
        drafts.unexplained(payer, on, amount);
    }
    for at in 0..position.answers.len() {
        drafts.hear(at, &position.answers);
    }
    dollars::settle(&mut drafts, position);
    let numbers = numbers(&drafts.cases, known);
    drafts.cases.into_iter().zip(numbers).map(|(draft, id)| draft.finish(claim, id)).collect()
}

/// The numbers that the cases have already; zero for new ones. What tells a case from the others of its claim is the answer
/// and the line that it began with, and its payer where no answer began it. Such a one keeps its number where its payer
/// turned out to be another; one that an answer began, where the claim has other lines now; one whose first denial came late
/// or was taken out, and whose others are there; and one that had turned out to be none, as when its claim became part of
/// another, where it is one again.
fn numbers(drafts: &[Draft], known: &[DenialCase]) -> Vec<CaseId> {
    type Same = fn(&Draft, &DenialCase) -> bool;
    fn began(events: &[DenialEvent]) -> Option<PaymentId> {
        events.first().map(|e| e.payment)
    }
    fn slot(d: &Draft, k: &DenialCase) -> bool {
        let line = d.slots.first().map_or(0, |s| s.line.line) == k.lines.first().map_or(0, |l| l.line);
        line && began(&d.events) == began(&k.events)
    }
    let own: Same = |d, k| slot(d, k) && (!d.is_unexplained() || k.payer == d.payer);
    let answered: Same = |d, k| !d.is_unexplained() && began(&d.events) == began(&k.events);
    let shared: Same = |d, k| {
        let denial =
            |of: &DenialEvent| !d.is_unexplained() && d.events.iter().any(|e| e.payment == of.payment);
        k.payer == d.payer && share_a_line(d, k) && k.events.iter().any(denial)
    };
    fn share_a_line(d: &Draft, k: &DenialCase) -> bool {
        k.lines.iter().any(|l| d.slots.iter().any(|s| s.line.line == l.line))
    }
    fn alike(d: &Draft, k: &DenialCase) -> bool {
        k.payer == d.payer && k.reason == d.reason
    }
    let again: Same = |d, k| k.events.is_empty() && share_a_line(d, k) && alike(d, k);
    let emptied: Same = |d, k| k.events.is_empty() && alike(d, k);
    // Whoever denies a line, and for whatever reasons.
    let of_line: Same = |d, k| k.events.is_empty() && share_a_line(d, k);
    // Earlier versions did not keep the lines of such a case.
    let of_payer: Same = |d, k| k.events.is_empty() && k.lines.is_empty() && k.payer == d.payer;
    let ways: [Same; 8] = [own, slot, answered, shared, again, emptied, of_line, of_payer];
    let mut numbers = vec![CaseId(0); drafts.len()];
    for same in ways {
        for (at, draft) in drafts.iter().enumerate() {
            if numbers[at] == CaseId(0) {
                let free = |k: &&DenialCase| !numbers.contains(&k.id) && same(draft, k);
                numbers[at] = known.iter().find(free).map_or(CaseId(0), |k| k.id);
            }
        }
    }
    numbers
}

/// The cases while they are told.
#[derive(Default)]
pub(super) struct Drafts {
    pub(super) cases: Vec<Draft>,
    /// What live answers still deny, slot by slot, in the order of the story.
    pub(super) shares: Vec<Share>,
    /// What persons took off them.
    pub(super) taken: Vec<Taken>,
    /// Slots of what no answer denied and persons say is denied.
    by_persons: Vec<At>,
}

/// A case while it is told.
pub(super) struct Draft {
    pub(super) payer: PayerId,
    reason: Reason,
    remarks: Vec<Code>,
    pub(super) slots: Vec<Slot>,
    events: Vec<DenialEvent>,
    /// Whether persons let dollars of it wait for the payer again, or took them off.
    pub(super) set_back: bool,
}

/// A denied line while it is told.
pub(super) struct Slot {
    pub(super) line: DeniedLine,
    /// By level of payer, 1 for the first: from which place in the story on its answers may win the line back.
    pub(super) since: Vec<(usize, usize)>,
}

/// Where a slot is: case and place within it.
pub(super) type At = (usize, usize);

/// What one answer denies of one line.
struct Refusal<'a> {
    line: u16,
    waiting: Vec<&'a Waiting>,
    /// Whether it is still in force.
    live: bool,
}

impl Refusal<'_> {
    fn total(&self) -> Money {
        self.waiting.iter().map(|w| w.amount).sum()
    }

    /// What the remarks leave open: of several amounts the most.
    fn recourse(&self) -> Recourse {
        self.waiting.iter().map(|w| recourse(&w.remarks)).min().unwrap_or_default()
    }

    /// The reason with the most dollars; the first of equals.
    fn main(&self) -> Reason {
        let reasons = self.reasons();
        let most = reasons.iter().map(|r| r.amount).max();
        reasons.iter().find(|r| Some(r.amount) == most).map_or(NO_REASON, |r| r.reason)
    }

    fn reasons(&self) -> Vec<LineReason> {
        let mut reasons: Vec<LineReason> = Vec::new();
        for w in &self.waiting {
            match reasons.iter_mut().find(|r| r.reason == w.reason) {
                Some(known) => known.amount += w.amount,
                None => reasons.push(LineReason {
                    reason: w.reason,
                    amount: w.amount,
                    remarks: w.remarks.clone(),
                }),
            }
        }
        reasons
    }
}

impl Drafts {
    pub(super) fn slot(&mut self, at: At) -> &mut Slot {
        &mut self.cases[at.0].slots[at.1]
    }

    /// Every slot, case by case.
    pub(super) fn places(&self) -> Vec<At> {
        let of = |(case, draft): (usize, &Draft)| (0..draft.slots.len()).map(move |slot| (case, slot));
        self.cases.iter().enumerate().flat_map(of).collect()
    }

    pub(super) fn find(&self, wanted: impl Fn(&Slot) -> bool) -> Option<At> {
        self.places().into_iter().find(|at| wanted(&self.cases[at.0].slots[at.1]))
    }

    /// The slot of the claim as a whole.
    fn whole(&self) -> Option<At> {
        self.find(|slot| slot.line.line == 0)
    }

    /// A case for what stands as denied and no answer denied. Its slot comes back.
    pub(super) fn unexplained(&mut self, payer: PayerId, on: Date, amount: Money) -> At {
        let event = DenialEvent {
            payment: PaymentId(0),
            on,
            answered_on: on,
            notice: false,
            recourse: Recourse::Usual,
            reason: NO_REASON,
            amount,
        };
        self.cases.push(Draft {
            payer,
            reason: NO_REASON,
            remarks: Vec::new(),
            slots: Vec::new(),
            events: vec![event],
            set_back: false,
        });
        let case = self.cases.len() - 1;
        let at = self.add_slot(case, 0, 1, 0);
        self.slot(at).line.denied = amount;
        at
    }

    /// The same for what persons put there: one case for each payer, however often they do.
    pub(super) fn put_there(&mut self, payer: PayerId, on: Date, amount: Money) -> At {
        if let Some(at) = self.by_persons.iter().copied().find(|at| self.cases[at.0].payer == payer) {
            self.slot(at).line.denied += amount;
            self.cases[at.0].events[0].amount += amount;
            return at;
        }
        let at = self.unexplained(payer, on, amount);
        self.by_persons.push(at);
        at
    }

    fn hear(&mut self, at: usize, answers: &[Answered<'_>]) {
        let answered = &answers[at];
        if answered.lines.iter().flat_map(|line| &line.waiting).all(|w| !w.denial) {
            return;
        }
        let live = answered.standing == Standing::Live;
        let mut refusals: Vec<Refusal<'_>> = Vec::new();
        for line in &answered.lines {
            let denied = line.waiting.iter().filter(|w| w.denial);
            let live = live && !line.is_superseded();
            match refusals.iter_mut().find(|r| r.line == line.line && r.live == live) {
                Some(known) => known.waiting.extend(denied),
                None => refusals.push(Refusal { line: line.line, waiting: denied.collect(), live }),
            }
        }
        refusals.retain(|r| r.total().is_positive());
        // Lines first: what is left for the claim as a whole depends on them.
        refusals.sort_by_key(|r| r.line == 0);
        let mut used: Vec<(At, Money)> = Vec::new();
        for refusal in &refusals {
            let parts = self.parts(at, answers, refusal, &used);
            self.deny(at, answered, refusal, &parts);
            used.extend(parts);
        }
    }

    /// Which slots the dollars of a refusal belong to.
    fn parts(
        &mut self,
        at: usize,
        answers: &[Answered<'_>],
        refusal: &Refusal<'_>,
        used: &[(At, Money)],
    ) -> Vec<(At, Money)> {
        let answered = &answers[at];
        let level = answered.level;
        let whole = self.whole();
        let mut left = refusal.total();
        let mut parts = Vec::new();
        let of_line = if refusal.line == 0 { None } else { self.find(|s| s.line.line == refusal.line) };
        let held: Vec<At> = match of_line {
            Some(own) if whole.is_none() => return vec![(own, left)],
            Some(own) => vec![own],
            None if refusal.line == 0 => {
                let is_line = |at: &At| self.cases[at.0].slots[at.1].line.line != 0;
                self.places().into_iter().filter(is_line).collect()
            }
            None => Vec::new(),
        };
        for own in held.iter().copied() {
            let mut spoken_for: Money = used.iter().filter(|(at, _)| *at == own).map(|(_, part)| *part).sum();
            if refusal.line == 0 && refusal.live {
                spoken_for += self.beside(answers, at, own);
            }
            let part = left.min((self.slot(own).line.denied - spoken_for).max(Money::ZERO));
            if part.is_positive() {
                parts.push((own, part));
                left -= part;
            }
        }
        if left.is_positive() {
            let line = if whole.is_some() { 0 } else { refusal.line };
            let beside = held.first().map(|at| at.0);
            let rest = whole.unwrap_or_else(|| {
                let case = beside.unwrap_or_else(|| self.case_of(answered, refusal.main()));
                self.add_slot(case, line, level, at + 1)
            });
            parts.push((rest, left));
        }
        parts
    }

    /// What other live answers of the same level deny of a slot: earlier ones under whatever name, later ones that name its
    /// line. Answers to parts of a split claim stand beside each other: none of their dollars are another's.
    fn beside(&self, answers: &[Answered<'_>], at: usize, own: At) -> Money {
        let level = answers[at].level;
        let earlier =
            |s: &&Share| s.at == own && s.by.is_some_and(|by| by < at && answers[by].level == level);
        let shares = self.shares.iter().filter(earlier);
        let line = self.cases[own.0].slots[own.1].line.line;
        let later = answers[at + 1..].iter().filter(|a| a.level == level && a.standing == Standing::Live);
        let of_line = later.flat_map(|a| &a.lines).filter(|l| l.line == line && !l.is_superseded());
        let named = of_line.flat_map(|l| &l.waiting).filter(|w| w.denial);
        shares.map(|s| s.amount).chain(named.map(|w| w.amount)).sum()
    }

    /// The case that this answer began for this reason; else a new one.
    fn case_of(&mut self, answered: &Answered<'_>, reason: Reason) -> usize {
        let began = |d: &Draft| {
            let first = d.events.first();
            first.is_some_and(|e| e.payment == answered.answer.id) && d.reason == reason
        };
        self.cases.iter().position(began).unwrap_or_else(|| {
            self.cases.push(Draft {
                payer: answered.payer,
                reason,
                remarks: Vec::new(),
                slots: Vec::new(),
                events: Vec::new(),
                set_back: false,
            });
            self.cases.len() - 1
        })
    }

    fn add_slot(&mut self, case: usize, line: u16, level: usize, since: usize) -> At {
        let line = DeniedLine { line, ..DeniedLine::default() };
        self.cases[case].slots.push(Slot { line, since: vec![(level, since)] });
        (case, self.cases[case].slots.len() - 1)
    }

    fn deny(&mut self, at: usize, answered: &Answered<'_>, refusal: &Refusal<'_>, parts: &[(At, Money)]) {
        let mut waiting = refusal.waiting.iter().map(|w| (w.stands_in.0, w.stands_in.1, w.amount));
        let mut next = waiting.next();
        for (place, part) in parts {
            self.cases[place.0].refuse(answered, refusal, *part);
            let slot = self.slot(*place);
            slot.line.denied = slot.line.denied.max(*part);
            slot.line.reasons = refusal.reasons();
            slot.since.push((answered.level, at + 1));
            // The same dollars, by the buckets in which they wait.
            let mut left = *part;
            while let Some((account, payer, amount)) = next.filter(|_| left.is_positive()) {
                let share = left.min(amount);
                if refusal.live {
                    self.shares.push(Share { at: *place, by: Some(at), account, payer, amount: share });
                }
                left -= share;
                next = if share == amount { waiting.next() } else { Some((account, payer, amount - share)) };
            }
        }
    }
}

impl Draft {
    /// Whether no answer opened it.
    pub(super) fn began_unexplained(&self) -> bool {
        self.events.first().is_some_and(|e| e.payment == PaymentId(0))
    }

    /// Whether no answer opened it, and none has joined it since.
    fn is_unexplained(&self) -> bool {
        self.events.iter().all(|e| e.payment == PaymentId(0))
    }

    /// One more denial, or another line of the same.
    fn refuse(&mut self, answered: &Answered<'_>, refusal: &Refusal<'_>, amount: Money) {
        let (payment, reason) = (answered.answer.id, refusal.main());
        match self.events.iter_mut().find(|e| e.payment == payment) {
            Some(event) => {
                event.amount += amount;
                // What is open for one line is open for the case.
                event.recourse = event.recourse.min(refusal.recourse());
            }
            None => {
                self.events.push(DenialEvent {
                    payment,
                    on: answered.answer.on,
                    answered_on: answered.answer.answered_on,
                    notice: is_notice(answered.answer.payment),
                    recourse: refusal.recourse(),
                    reason,
                    amount,
                });
                self.remarks.clear();
                self.payer = answered.payer;
                self.reason = reason;
            }
        }
        for remark in refusal.waiting.iter().flat_map(|w| &w.remarks) {
            if !self.remarks.contains(remark) {
                self.remarks.push(*remark);
            }
        }
    }

    fn finish(self, claim: ClaimId, id: CaseId) -> Seen {
        let case = DenialCase {
            id,
            claim,
            payer: self.payer,
            reason: self.reason,
            remarks: self.remarks,
            lines: self.slots.into_iter().map(|slot| slot.line).collect(),
            events: self.events,
        };
        Seen { case, set_back: self.set_back }
    }
}

/// Whether an answer says of itself that it replaces a lost payment: it repeats what was said before.
fn is_notice(payment: &ClaimPayment) -> bool {
    const REPLACES_A_LOST_PAYMENT: Code = Code::known("MA74");
    let of_lines = payment.lines.iter().flat_map(|line| &line.remarks);
    payment.remarks.iter().chain(of_lines).any(|remark| *remark == REPLACES_A_LOST_PAYMENT)
}

/// What an answer paid, by line of the claim; under 0 what it paid without saying for which.
pub(super) fn paid(answered: &Answered<'_>) -> impl Iterator<Item = (u16, Money)> {
    let lines = answered.lines.iter().filter(|l| !l.is_superseded() && !l.paid.is_zero());
    lines.map(|l| (l.line, l.paid))
}

/// What stands in a bucket for a payer: as payers left it, and with what persons did.
pub(super) fn held(position: &Position<'_>, account: Account, payer: PayerId) -> Money {
    position.payers.of(account).filter(|h| h.payer == payer).map(|h| h.amount).sum()
}
