//! A claim's whole story, told in one order whatever order its files came in (invariant 7 of the ledger).
//!
//! Every date-dependent fact is in the events; the same events always give the same story. What one answer does
//! is in [`super::answer`].

use super::acts::{Act, Acts, Correction, Kind};
use super::answer::{self, Outcome, Rank};
use super::buckets::settle;
use super::hold::Hold;
use super::position::{Answer, Answered, Holdings, Opening, Position, Standing, Terms};
use super::reversal::{STANDS_AGAIN, is_opposite, is_reversal, reasons};
use crate::domain::claim::Frequency;
use crate::domain::entry::Posting;
use crate::domain::{Account, Date, EntryId, Few, Money, PayerId, PaymentId};

/// More answers than this on one claim are held unread: no real claim has them, and a file that pretends so must not
/// cost more than its share of time.
pub const MOST_ANSWERS: usize = 200;

/// The rule name of the entry of a claim's first charge.
pub const CHARGE: &str = "charge";
/// The rule name of the entries of later submissions.
const REPLACED: &str = "charge-replaced";

/// What a payer is charged with.
#[must_use]
pub fn charge(billed: PayerId, amount: Money) -> Vec<Posting> {
    vec![Posting::new(Account::Open, billed, amount), Posting::new(Account::Charges, billed, -amount)]
}

/// One submission's effect on the charges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// BHT04.
    pub on: Date,
    /// CLM05-3.
    pub frequency: Frequency,
    /// CLM02.
    pub charge: Money,
}

/// A claim's story.
#[derive(Debug)]
pub struct Story<'a> {
    /// How it ends.
    pub position: Position<'a>,
    /// Entries for the charges: date, rule, postings.
    pub charges: Few<(Date, &'static str, Vec<Posting>), 1>,
    /// What became of the answers, in the order in which they took their place; held ones last.
    pub outcomes: Few<(PaymentId, Settled), 2>,
    /// What acts of persons had moved and later answers took from under them, or gave back.
    pub corrections: Vec<Correction>,
}

impl Story<'_> {
    /// What became of an answer.
    #[must_use]
    pub fn outcome(&self, id: PaymentId) -> Option<&Settled> {
        self.outcomes.iter().find(|(of, _)| *of == id).map(|(_, settled)| settled)
    }
}

/// What became of an answer, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The day: its own, or a later one where it waited for another answer.
    pub on: Date,
    /// What became of it.
    pub outcome: Outcome,
    /// Held twins that cancel each other: a payment and its reversal. Nobody needs to look.
    pub cancelled: bool,
}

/// Tells the story. `versions` and `acts` by date; `answers` in any order.
#[must_use]
pub fn tell<'a>(
    terms: Terms<'_>,
    versions: &[Version],
    acts: &[Act],
    answers: Few<Answer<'a>, 2>,
) -> Story<'a> {
    tell_by_day(terms, versions, acts, answers, |_| ()).0
}

/// A story day by day, of the days on which something happened.
#[derive(Debug)]
pub struct Days<T> {
    /// What was seen of the claim at the end of each, but for the last.
    pub before: Vec<(Date, T)>,
    /// The last one: the claim stands at its end where the story ends.
    pub last: Option<Date>,
}

impl<T> Days<T> {
    /// The day before is over.
    fn end(&mut self, see: impl FnOnce() -> T) {
        self.before.extend(self.last.take().map(|on| (on, see())));
    }
}

/// The same, and what is seen of the claim day by day.
#[must_use]
pub fn tell_by_day<'a, T>(
    terms: Terms<'_>,
    versions: &[Version],
    acts: &[Act],
    mut answers: Few<Answer<'a>, 2>,
    see: impl Fn(&Position<'a>) -> T,
) -> (Story<'a>, Days<T>) {
    answers.sort_by_key(|answer| answer.on);
    // Mostly there is one of a day, and nothing else need be asked.
    for of_day in answers.chunk_by_mut(|one, other| one.on == other.on) {
        of_day.sort_by_cached_key(|answer| {
            // Of one day and number what they say decides; the place in a file only where they say the same.
            (key(terms, answer), reasons(answer.payment), answer.trace, answer.payment.segment)
        });
    }
    let mut barred: Few<(PaymentId, Bar), 2> = Few::new();
    loop {
        match attempt(terms, versions, acts, &answers, &barred, &see) {
            Ok(told) => return told,
            Err(Untrue(more)) => {
                barred.retain(|(id, _)| more.iter().all(|(other, _)| other != id));
                barred.extend(more);
            }
        }
    }
}

/// Until when an answer may not take its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bar {
    /// A claim that a person voided takes no money, however an answer is dated that came after all.
    ForGood,
    /// On this day it turned out that what a later payer had counted on was not so.
    Until(Date),
}

/// The story cannot have been so: these answers took a place that they could not have.
struct Untrue(Few<(PaymentId, Bar), 2>);

fn attempt<'a, T>(
    terms: Terms<'_>,
    versions: &[Version],
    acts: &[Act],
    answers: &[Answer<'a>],
    barred: &[(PaymentId, Bar)],
    see: impl Fn(&Position<'a>) -> T,
) -> Result<(Story<'a>, Days<T>), Untrue> {
    let bar = |id: PaymentId| barred.iter().find(|(barred, _)| *barred == id).map(|(_, bar)| *bar);
    let mut days = Days { before: Vec::new(), last: None };
    let mut teller = Teller {
        terms,
        story: Story {
            position: Position::default(),
            charges: Few::new(),
            outcomes: Few::new(),
            corrections: Vec::new(),
        },
        waiting: Few::new(),
        later: Few::new(),
        voids: Few::new(),
        acts: Acts::default(),
        lowered: None,
    };
    for (at, answer) in answers.iter().enumerate() {
        let hold = match bar(answer.id) {
            _ if at >= MOST_ANSWERS => Hold::TooManyAnswers,
            Some(Bar::ForGood) => Hold::ClaimClosed,
            Some(Bar::Until(day)) => {
                teller.later.push((day, *answer));
                continue;
            }
            None => continue,
        };
        teller.settle(answer.id, answer.on, Outcome::Held(hold, hold.about().to_owned()));
    }
    // What older books had settled comes before everything that these books tell.
    let is_opening = |act: &&Act| act.kind() == Kind::Opening;
    for opening in acts.iter().filter(is_opening) {
        days.end(|| see(&teller.story.position));
        days.last = Some(opening.on);
        teller.bring(opening);
    }
    days.end(|| see(&teller.story.position));
    let voids_that_stand = |act: &Act| acts.iter().all(|other| other.undoes != Some(act.id));
    let by_persons = acts.iter().filter(|act| !is_opening(act));
    let (mut versions, mut acts) = (versions.iter().peekable(), by_persons.peekable());
    // The first submission opens the story even where a remittance is dated before it.
    if let Some(first) = versions.next() {
        teller.submit(first);
    }
    let told = answers.iter().take(MOST_ANSWERS).filter(|a| bar(a.id).is_none());
    let mut answers = told.copied().peekable();
    loop {
        let next = [answers.peek().map(|a| a.on), versions.peek().map(|v| v.on), acts.peek().map(|a| a.on)];
        let Some(today) = next.into_iter().flatten().min() else { break };
        days.end(|| see(&teller.story.position));
        days.last = Some(today);
        while let Some(version) = versions.next_if(|v| v.on == today) {
            teller.submit(version);
        }
        while let Some(act) = acts.next_if(|a| a.on == today) {
            match act.kind() {
                Kind::Charge => teller.change_charge(act, voids_that_stand(act))?,
                _ => teller.acts.add(act),
            }
        }
        let mut arrived = Few::new();
        while let Some(answer) = answers.next_if(|a| a.on == today) {
            arrived.push(answer);
        }
        teller.hear(today, arrived)?;
    }
    Ok((teller.finish(), days))
}

/// An order of one day that depends on what the answers say and never on when they arrived: of one payer, what refuses
/// comes before what settles, else the payer's number decides (`docs/rules/posting-rules.md` section 7a).
fn key<'a>(terms: Terms<'_>, a: &Answer<'a>) -> (usize, Rank, &'a str, Money, Money, &'a str) {
    let p = a.payment;
    let level = answer::level_of(&Position::default(), terms, a);
    (level, answer::rank(terms, a, level), p.payer_number.as_str(), p.paid.abs(), p.charge, p.status.as_str())
}

/// A void of a person.
struct Void {
    act: EntryId,
    wanted: Money,
    /// How much of the charge it took.
    taken: Money,
}

struct Teller<'a, 't> {
    terms: Terms<'t>,
    story: Story<'a>,
    waiting: Few<Answer<'a>, 2>,
    /// Answers that are heard on the first day after another one.
    later: Few<(Date, Answer<'a>), 2>,
    /// Voids of persons that nobody undid by now.
    voids: Few<Void, 1>,
    acts: Acts,
    /// What the latest submission charges, where that is less and waits for the payer.
    lowered: Option<Money>,
}

impl<'a> Teller<'a, '_> {
    /// A submission: the first brings the charge, a replacement or a repeat brings the difference, a void brings nothing
    /// until the payer has reversed what it paid (`docs/rules/x12-837.md` section 4).
    fn submit(&mut self, version: &Version) {
        if version.frequency == Frequency::VOID {
            return;
        }
        // It states the whole charge: who undoes a void of what was charged before gives nothing back.
        for void in &mut self.voids {
            (void.wanted, void.taken) = (Money::ZERO, Money::ZERO);
        }
        self.lowered = Some(version.charge).filter(|lower| *lower < self.story.position.charge);
        match self.lowered {
            Some(_) => self.lower_the_charge(version.on),
            None => {
                let rule = if self.story.charges.is_empty() { CHARGE } else { REPLACED };
                self.charge(version.on, rule, version.charge - self.story.position.charge);
            }
        }
    }

    /// A replacement that charges less than what the first payer paid on counts when the payer confirms it: when nothing of
    /// that is in force any more, but for its answer to the lower charge. Until then nobody owes a credit.
    fn lower_the_charge(&mut self, today: Date) {
        let position = &self.story.position;
        let pays = |a: &Answered<'_>| a.level == 1 && !(a.answer.payment.paid + a.taken_off).is_zero();
        let other = |lower: Money| position.live().any(|a| pays(a) && a.answer.payment.charge != lower);
        if let Some(lower) = self.lowered.filter(|lower| !other(*lower)) {
            self.lowered = None;
            self.charge(today, REPLACED, lower - self.story.position.charge);
        }
    }

    fn charge(&mut self, on: Date, rule: &'static str, change: Money) {
        if change.is_zero() {
            return;
        }
        let position = &mut self.story.position;
        let before = position.payers.clone();
        position.charge += change;
        settle(position, self.terms);
        let mut postings = before.postings_to(&position.payers);
        postings.push(Posting::new(Account::Charges, self.terms.billed, -change));
        self.story.charges.push((on, rule, postings));
    }

    /// A person voids the claim, or undoes that. `stands` where nobody undid it. There is one charge: a void takes what is
    /// left of it, and what one that is undone gives back, another that stands takes.
    fn change_charge(&mut self, act: &Act, stands: bool) -> Result<(), Untrue> {
        let position = &mut self.story.position;
        let change: Money =
            act.postings.iter().filter(|p| p.account == Account::Charges).map(|p| -p.amount).sum();
        let in_force = position.live().filter(|a| !(a.answer.payment.paid + a.taken_off).is_zero());
        let late: Few<_, 2> = in_force.map(|a| (a.answer.id, Bar::ForGood)).collect();
        if change.is_negative() && stands && !late.is_empty() {
            return Err(Untrue(late));
        }
        let was = position.charge;
        match self.voids.iter().position(|void| Some(void.act) == act.undoes) {
            Some(at) => position.charge += self.voids.remove(at).taken,
            None if change.is_negative() => {
                self.voids.push(Void { act: act.id, wanted: -change, taken: Money::ZERO });
            }
            None => position.charge += change,
        }
        for void in &mut self.voids {
            let more = (void.wanted - void.taken).min(position.charge).max(Money::ZERO);
            void.taken += more;
            position.charge -= more;
        }
        let otherwise = position.charge - was - change;
        let mut before = position.payers.clone();
        before.apply(&act.postings);
        settle(position, self.terms);
        let mut postings = before.postings_to(&position.payers);
        if !otherwise.is_zero() {
            postings.push(Posting::new(Account::Charges, self.terms.billed, -otherwise));
        }
        if !postings.is_empty() {
            let (on, act, item) = (act.on, act.id, act.item);
            let correction = Correction { on, act, item, after: None, undone: false, postings };
            self.story.corrections.push(correction);
        }
        Ok(())
    }

    /// The charge counts as brought in, so that the submission posts none; the balance stands where it stood.
    fn bring(&mut self, act: &Act) {
        let sum =
            |account| act.postings.iter().filter(|p| p.account == account).map(|p| p.amount).sum::<Money>();
        let (paid, adjusted) = (sum(Account::OpeningPayments), sum(Account::OpeningAdjustments));
        let untouched = paid.is_zero() && adjusted.is_zero();
        let position = &mut self.story.position;
        position.charge -= sum(Account::OpeningCharges);
        position.payers.apply(&act.postings);
        let holdings: Holdings = position.payers.clone();
        position.opening = Some(Opening {
            on: act.on,
            paid,
            adjusted,
            refused: untouched && !sum(Account::Denied).is_zero(),
            unanswered: untouched && !sum(Account::Open).is_zero(),
            denied: act.postings.iter().find(|p| p.account == Account::Denied).map(|p| (p.payer, p.amount)),
            holdings,
            superseded_by: None,
        });
        settle(position, self.terms);
    }

    /// Lets the day's answers, and those that wait from earlier days, take their place: whoever can, goes; as long as
    /// one went, the others try again. So a correction may stand before the reversal it needs, in the file or in time.
    fn hear(&mut self, today: Date, arrived: Few<Answer<'a>, 2>) -> Result<(), Untrue> {
        let reversed_today = |a: &Answer<'_>| {
            arrived.iter().any(|other| is_reversal(other.payment) && is_opposite(other.payment, a.payment))
        };
        let mut day = arrived.clone();
        // An original that is reversed on the same day goes before the correction that would otherwise take its place.
        day.sort_by_key(|a| !reversed_today(a));
        let mut queue = std::mem::take(&mut self.waiting);
        queue.extend(self.later.iter().filter(|(until, _)| *until < today).map(|(_, answer)| *answer));
        self.later.retain(|(until, _)| *until >= today);
        queue.append(&mut day);
        while let Some(at) = (0..queue.len()).find(|&at| self.try_to_take(today, queue[at])) {
            queue.remove(at);
        }
        self.waiting = queue;
        if self.stood_again(today) {
            let outdated = answer::outdated(&self.story.position);
            if !outdated.is_empty() {
                return Err(Untrue(outdated.into_iter().map(|id| (id, Bar::Until(today))).collect()));
            }
        }
        self.void_if_taken_back(today);
        if !self.acts.is_empty() {
            let of_today = self.story.outcomes.iter().rev().take_while(|(_, settled)| settled.on == today);
            let after = of_today.map(|(id, _)| *id).next();
            let corrections = self.acts.settle(&mut self.story.position, self.terms, today, after);
            self.story.corrections.extend(corrections);
        }
        Ok(())
    }

    /// Whether an answer that another had taken the place of came into force again on a day.
    fn stood_again(&self, today: Date) -> bool {
        let again = |settled: &Settled| match &settled.outcome {
            Outcome::Posted(steps) => steps.iter().any(|step| step.rule == STANDS_AGAIN),
            _ => false,
        };
        self.story.outcomes.iter().any(|(_, settled)| settled.on == today && again(settled))
    }

    fn try_to_take(&mut self, today: Date, answer: Answer<'a>) -> bool {
        let of_earlier = self.take_of_earlier_charge(today, answer);
        match of_earlier.unwrap_or_else(|| answer::take(&mut self.story.position, self.terms, answer)) {
            Outcome::Held(..) => false,
            outcome => {
                self.settle(answer.id, today, outcome);
                self.lower_the_charge(today);
                true
            }
        }
    }

    /// The first payer pays on an earlier submission's charge after one that charges less was sent: that one counts when the
    /// payer confirms it, as if the payer had answered before. Nothing where it does not pay so.
    fn take_of_earlier_charge(&mut self, today: Date, answer: Answer<'a>) -> Option<Outcome> {
        let position = &self.story.position;
        let (lower, charge) = (position.charge, answer.charge());
        let is_earlier = lower.is_positive() && charge > lower && self.terms.charges.contains(&charge);
        if !is_earlier || answer::level_of(position, self.terms, &answer) != 1 {
            return None;
        }
        let mut draft = position.clone();
        draft.charge = charge;
        settle(&mut draft, self.terms);
        let mut postings = position.payers.postings_to(&draft.payers);
        postings.push(Posting::new(Account::Charges, self.terms.billed, lower - charge));
        let outcome = answer::take(&mut draft, self.terms, answer);
        let pays = draft.answers.last().is_some_and(|a| !(a.answer.payment.paid + a.taken_off).is_zero());
        if !pays || !matches!(outcome, Outcome::Posted(_)) {
            return None;
        }
        self.story.position = draft;
        self.story.charges.push((today, REPLACED, postings));
        self.lowered = Some(lower);
        Some(outcome)
    }

    /// A voided claim loses its charge once nothing stands on it any more.
    fn void_if_taken_back(&mut self, today: Date) {
        let position = &self.story.position;
        let taken_back = position.answers.iter().any(|a| a.standing == Standing::Reversed)
            && position.live().next().is_none();
        if self.voided_by(today) && taken_back {
            let charge = position.charge;
            self.charge(today, "void-confirmed", -charge);
        }
    }

    fn voided_by(&self, today: Date) -> bool {
        self.terms.void_since.is_some_and(|since| since <= today)
    }

    fn settle(&mut self, id: PaymentId, on: Date, outcome: Outcome) {
        self.story.outcomes.push((id, Settled { on, outcome, cancelled: false }));
    }

    /// What still waits is held; a payment and its exact reversal that both wait cancel each other.
    fn finish(mut self) -> Story<'a> {
        let mut held = std::mem::take(&mut self.waiting);
        held.extend(std::mem::take(&mut self.later).into_iter().map(|(_, answer)| answer));
        while let Some(answer) = (!held.is_empty()).then(|| held.remove(0)) {
            let twin = held.iter().position(|other| {
                is_reversal(other.payment) != is_reversal(answer.payment)
                    && is_opposite(other.payment, answer.payment)
            });
            let twins: Vec<Answer<'a>> = twin.map(|at| held.remove(at)).into_iter().chain([answer]).collect();
            for one in &twins {
                // Asking again costs nothing and moves nothing: it was held with this very position.
                let outcome = match answer::take(&mut self.story.position.clone(), self.terms, *one) {
                    // The same again, without money: nobody needs to look.
                    Outcome::Held(Hold::DuplicateResult, _) if one.payment.paid.is_zero() => {
                        Outcome::Memo("duplicate-result")
                    }
                    outcome => outcome,
                };
                let settled = Settled { on: one.on, outcome, cancelled: twins.len() == 2 };
                self.story.outcomes.push((one.id, settled));
            }
        }
        self.story
    }
}
