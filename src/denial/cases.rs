//! Denial cases of a claim, told from its story: dollars once, events as often as they happened.
//! `domain/posting-rules.md` sections 5 and 7a.

use crate::codes;
use crate::domain::book::{DenialCase, DenialEvent, DeniedLine};
use crate::domain::entry::Reason;
use crate::domain::{CaseId, ClaimId, Code, Money};
use crate::posting::answer::denials;
use crate::posting::history::Story;
use crate::posting::position::{Answered, Position, Standing, Waiting};

/// The cases of a claim, in the order in which they began. `known` are its cases so far: a case that began with the
/// same answer, reason and line keeps its number; new ones have number zero until the store gives them one.
#[must_use]
pub fn of_story(claim: ClaimId, story: &Story<'_>, known: &[DenialCase]) -> Vec<DenialCase> {
    let answers = &story.position.answers;
    let mut cases: Vec<Draft> = Vec::new();
    for (at, answered) in answers.iter().enumerate() {
        for (line, reason, amount, remarks) in denials(answered) {
            let case = case_for(&mut cases, answered, at, line, reason);
            case.deny(at, answered, line, reason, amount, remarks);
        }
    }
    let mut done: Vec<DenialCase> =
        cases.into_iter().map(|case| case.finish(claim, &story.position)).collect();
    for case in &mut done {
        let began = |other: &&DenialCase| first(other) == first(case);
        case.id = known.iter().find(began).map_or(CaseId(0), |k| k.id);
    }
    done
}

/// What tells a case from the others of its claim: the answer, reason and line that it began with. One answer may refuse
/// one line for two reasons.
fn first(case: &DenialCase) -> (Option<(crate::domain::PaymentId, Reason)>, Option<u16>) {
    (case.events.first().map(|e| (e.payment, e.reason)), case.lines.first().map(|l| l.line))
}

/// The category a reason is worked under. Where the reason only says that something is missing or not covered, the
/// remark code names it.
#[must_use]
pub fn category(reason: Reason, remarks: &[Code]) -> &'static str {
    const ASK_THE_REMARK: [Code; 3] = [Code::known("16"), Code::known("A1"), Code::known("96")];
    let own = codes::carc(reason.code).map_or("other", |carc| carc.category);
    let hint = remarks.iter().filter_map(|r| codes::rarc(*r)).find(|r| !r.alert && !r.category.is_empty());
    match hint {
        Some(rarc) if ASK_THE_REMARK.contains(&reason.code) && rarc.category != "none" => rarc.category,
        _ if own == "none" || own.is_empty() => "other",
        _ => own,
    }
}

struct Draft {
    case: DenialCase,
    /// For each line: the place in the story of the answer that first denied it.
    since: Vec<usize>,
    /// Which denials belong to it: answer, line, reason.
    members: Vec<(usize, u16, Reason)>,
    level: usize,
}

/// The case a denial belongs to: the one that holds this line already, best under the same reason; else the one that
/// the same answer opened for this reason; else a new one.
fn case_for<'c>(
    cases: &'c mut Vec<Draft>,
    answered: &Answered<'_>,
    at: usize,
    line: u16,
    reason: Reason,
) -> &'c mut Draft {
    let has_line = |d: &Draft| d.level == answered.level && d.case.lines.iter().any(|l| l.line == line);
    let new_to_it = |d: &Draft| !d.members.iter().any(|(by, of, _)| *by == at && *of == line);
    let place = cases
        .iter()
        .position(|d| has_line(d) && d.case.reason == reason)
        .or_else(|| cases.iter().position(|d| has_line(d) && new_to_it(d)))
        .or_else(|| {
            cases.iter().position(|d| d.case.reason == reason && d.members.iter().any(|(by, ..)| *by == at))
        });
    let place = place.unwrap_or_else(|| {
        let case = DenialCase {
            id: CaseId(0),
            claim: ClaimId(0),
            payer: answered.payer,
            reason,
            remarks: Vec::new(),
            lines: Vec::new(),
            events: Vec::new(),
        };
        cases.push(Draft { case, since: Vec::new(), members: Vec::new(), level: answered.level });
        cases.len() - 1
    });
    &mut cases[place]
}

impl Draft {
    fn deny(
        &mut self,
        at: usize,
        answered: &Answered<'_>,
        line: u16,
        reason: Reason,
        amount: Money,
        remarks: &[Code],
    ) {
        // A payer may give one reason twice on one line; it is one member, with the sum of both.
        if !self.members.contains(&(at, line, reason)) {
            self.members.push((at, line, reason));
        }
        let total = self.members_amount(answered, at, line);
        match self.case.lines.iter_mut().find(|l| l.line == line) {
            Some(known) => known.denied = known.denied.max(total),
            None => {
                let zero = Money::ZERO;
                self.case.lines.push(DeniedLine {
                    line,
                    denied: total,
                    recovered: zero,
                    written_off: zero,
                    open: zero,
                });
                self.since.push(at);
            }
        }
        self.case.reason = reason;
        self.case.remarks = remarks.to_vec();
        match self.case.events.iter_mut().find(|e| e.payment == answered.answer.id) {
            Some(event) => event.amount += amount,
            None => {
                let event =
                    DenialEvent { payment: answered.answer.id, on: answered.answer.on, reason, amount };
                self.case.events.push(event);
            }
        }
    }

    /// What this answer denied of the line, under the reasons of this case so far.
    fn members_amount(&self, answered: &Answered<'_>, at: usize, line: u16) -> Money {
        let ours = |reason| self.members.contains(&(at, line, reason));
        denials(answered)
            .filter(|(of, reason, ..)| *of == line && ours(*reason))
            .map(|(_, _, amount, _)| amount)
            .sum()
    }

    fn finish(mut self, claim: ClaimId, position: &Position<'_>) -> DenialCase {
        let answers = &position.answers;
        for (line, since) in self.case.lines.iter_mut().zip(&self.since) {
            let later = answers
                .iter()
                .skip(since + 1)
                .filter(|a| a.standing == Standing::Live && a.level == self.level);
            line.recovered =
                later.map(|a| paid_on(a, line.line)).sum::<Money>().max(Money::ZERO).min(line.denied);
            let still = self
                .members
                .iter()
                .filter(|(_, of, _)| *of == line.line)
                .map(|(at, of, reason)| still_denied(position, &answers[*at], *of, *reason));
            line.open = still.sum();
        }
        self.case.claim = claim;
        self.case
    }
}

/// What an answer paid on a line; on the whole claim where it has no lines, or where the denial had none.
fn paid_on(answered: &Answered<'_>, line: u16) -> Money {
    if line == 0 || answered.lines.iter().all(|l| l.line == 0) {
        return answered.answer.payment.paid;
    }
    answered.lines.iter().filter(|l| l.line == line && !l.superseded).map(|l| l.paid).sum()
}

fn still_denied(position: &Position<'_>, answered: &Answered<'_>, line: u16, reason: Reason) -> Money {
    if answered.standing != Standing::Live {
        return Money::ZERO;
    }
    // A later payer restates the whole claim: what it left of an earlier denial still stands in its bucket, the rest
    // it paid, took off or gave to the patient.
    let restated = position.live().any(|a| a.level > answered.level);
    let stands = |w: &&Waiting| {
        let held =
            position.payers.of(w.account).filter(|h| h.payer == w.payer).map(|h| h.amount).sum::<Money>();
        !restated || held >= w.amount
    };
    let lines = answered.lines.iter().filter(|l| l.line == line && !l.superseded);
    let denied = lines.flat_map(|l| &l.waiting).filter(|w| w.denial && w.reason == reason);
    denied.filter(stands).map(|w| w.amount).sum()
}
