//! A claim's whole story, told in one order whatever order its files came in (invariant 7 of the ledger).
//!
//! Every date-dependent fact is in the events; the same events always give the same story. What one answer does
//! is in [`super::answer`].

use super::answer::{self, Outcome};
use super::hold::Hold;
use super::position::{Answer, Deed, Fate, Opening, Position, Standing, Terms};
use super::reversal::{is_opposite, is_reversal};
use crate::domain::claim::Frequency;
use crate::domain::entry::Posting;
use crate::domain::{Account, Date, Few, Money, PayerId, PaymentId};

/// More answers than this on one claim are held unread: no real claim has them, and a file that pretends so must not
/// cost more than its share of time.
pub const MOST_ANSWERS: usize = 200;

/// The rule name of the entry of a claim's first charge.
pub const CHARGE: &str = "charge";

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

/// What a person did to the claim, as the journal has it; or what was brought in when the books began.
#[derive(Clone, Debug)]
pub struct Act {
    /// The accounting date.
    pub on: Date,
    /// Its postings.
    pub postings: Vec<Posting>,
}

impl Act {
    /// Whether it brought in a balance from older books.
    #[must_use]
    pub fn is_opening(&self) -> bool {
        self.postings.iter().any(|p| p.account == Account::OpeningCharges)
    }

    /// What becomes of money that it takes out of a payer's bucket.
    fn fate(&self, from: &Posting) -> Fate {
        let other = |p: &&Posting| (p.account, p.payer) != (from.account, from.payer);
        let others = || self.postings.iter().filter(other).map(|p| p.account);
        match () {
            () if others().any(Account::is_writeoff) => Fate::WrittenOff,
            () if others().any(|account| account == Account::Due) => Fate::Patient,
            () if others().any(|account| account == Account::Next) => Fate::NextPayer,
            () => Fate::Other,
        }
    }
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
    mut answers: Few<Answer<'a>, 2>,
) -> Story<'a> {
    let mut teller = Teller {
        terms,
        story: Story { position: Position::default(), charges: Few::new(), outcomes: Few::new() },
        waiting: Few::new(),
    };
    answers.sort_by(|a, b| key(a).cmp(&key(b)));
    for unread in answers.drain(answers.len().min(MOST_ANSWERS)..) {
        teller.settle(
            unread.id,
            unread.on,
            Outcome::Held(Hold::TooManyAnswers, Hold::TooManyAnswers.about().to_owned()),
        );
    }
    // What older books had settled comes before everything that these books tell.
    for opening in acts.iter().filter(|act| act.is_opening()) {
        teller.bring(opening);
    }
    let by_persons = acts.iter().filter(|act| !act.is_opening());
    let (mut versions, mut acts) = (versions.iter().peekable(), by_persons.peekable());
    // The first submission opens the story even where a remittance is dated before it.
    if let Some(first) = versions.next() {
        teller.submit(first);
    }
    let mut answers = answers.into_iter().peekable();
    loop {
        let days = [answers.peek().map(|a| a.on), versions.peek().map(|v| v.on), acts.peek().map(|a| a.on)];
        let Some(today) = days.into_iter().flatten().min() else { break };
        while let Some(version) = versions.next_if(|v| v.on == today) {
            teller.submit(version);
        }
        while let Some(act) = acts.next_if(|a| a.on == today) {
            teller.act(act);
        }
        let mut arrived = Few::new();
        while let Some(answer) = answers.next_if(|a| a.on == today) {
            arrived.push(answer);
        }
        teller.hear(today, arrived);
    }
    teller.finish()
}

/// An order that depends on what the answers say and never on when they arrived.
fn key<'a>(a: &Answer<'a>) -> (Date, &'a str, Money, &'a str, &'a str, u64) {
    let p = a.payment;
    (a.on, p.status.as_str(), p.paid.abs(), p.payer_number.as_str(), a.trace, p.segment)
}

struct Teller<'a, 't> {
    terms: Terms<'t>,
    story: Story<'a>,
    waiting: Few<Answer<'a>, 2>,
}

impl<'a> Teller<'a, '_> {
    /// A submission: the first brings the charge, a replacement or a repeat brings the difference, a void brings nothing
    /// until the payer has reversed what it paid (`domain/x12-837.md` section 4).
    fn submit(&mut self, version: &Version) {
        if version.frequency == Frequency::VOID {
            return;
        }
        let rule = if self.story.charges.is_empty() { CHARGE } else { "charge-replaced" };
        self.charge(version.on, rule, version.charge - self.story.position.charge);
    }

    fn charge(&mut self, on: Date, rule: &'static str, change: Money) {
        if change.is_zero() {
            return;
        }
        let postings = charge(self.terms.billed, change);
        self.story.position.payers.apply(&postings);
        self.story.position.charge += change;
        self.story.charges.push((on, rule, postings));
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
        position.opening = Some(Opening {
            on: act.on,
            paid,
            adjusted,
            refused: untouched && !sum(Account::Denied).is_zero(),
            unanswered: untouched && !sum(Account::Open).is_zero(),
            denied: act.postings.iter().find(|p| p.account == Account::Denied).map(|p| (p.payer, p.amount)),
        });
    }

    fn act(&mut self, act: &Act) {
        let position = &mut self.story.position;
        position.persons.apply(&act.postings);
        for posting in &act.postings {
            match posting.account {
                account @ (Account::Denied | Account::Hold | Account::Open | Account::Next) => {
                    position.deeds.push(Deed {
                        on: act.on,
                        account,
                        payer: posting.payer,
                        line: posting.line,
                        amount: posting.amount,
                        into: act.fate(posting),
                        heard: 0,
                    })
                }
                Account::CashPatient | Account::RefundPatient => position.paid_patient += posting.amount,
                // A refund that goes out leaves what was refunded as it is: both legs cancel.
                Account::RefundInsurance | Account::CashInsurance => {
                    position.refunded_insurance += posting.amount
                }
                Account::Charges => position.charge -= posting.amount,
                account if account.is_writeoff() => position.written_off += posting.amount,
                account if account.is_adjustment() => position.adjusted_by_persons += posting.amount,
                _ => {}
            }
        }
    }

    /// Lets the day's answers, and those that wait from earlier days, take their place: whoever can, goes; as long as
    /// one went, the others try again. So a correction may stand before the reversal it needs, in the file or in time.
    fn hear(&mut self, today: Date, arrived: Few<Answer<'a>, 2>) {
        let reversed_today = |a: &Answer<'_>| {
            arrived.iter().any(|other| is_reversal(other.payment) && is_opposite(other.payment, a.payment))
        };
        let mut day = arrived.clone();
        // An original that is reversed on the same day goes before the correction that would otherwise take its place.
        day.sort_by_key(|a| !reversed_today(a));
        let mut queue = std::mem::take(&mut self.waiting);
        queue.append(&mut day);
        while let Some(at) = (0..queue.len()).find(|&at| self.try_to_take(today, queue[at])) {
            queue.remove(at);
        }
        self.waiting = queue;
        self.void_if_taken_back(today);
        let heard = self.story.position.answers.len();
        let of_today = self.story.position.deeds.iter_mut().rev().take_while(|deed| deed.on == today);
        of_today.for_each(|deed| deed.heard = heard);
    }

    fn try_to_take(&mut self, today: Date, answer: Answer<'a>) -> bool {
        match answer::take(&mut self.story.position, self.terms, answer) {
            Outcome::Held(..) => false,
            outcome => {
                self.settle(answer.id, today, outcome);
                true
            }
        }
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
        while let Some(answer) = (!held.is_empty()).then(|| held.remove(0)) {
            let twin = held.iter().position(|other| {
                is_reversal(other.payment) != is_reversal(answer.payment)
                    && is_opposite(other.payment, answer.payment)
            });
            let twins: Vec<Answer<'a>> = twin.map(|at| held.remove(at)).into_iter().chain([answer]).collect();
            for one in &twins {
                // Asking again costs nothing and moves nothing: it was held with this very position.
                let outcome = answer::take(&mut self.story.position.clone(), self.terms, *one);
                let settled = Settled { on: one.on, outcome, cancelled: twins.len() == 2 };
                self.story.outcomes.push((one.id, settled));
            }
        }
        self.story
    }
}
