//! Where a claim stands while its history is told: charges, buckets, answers so far.
//!
//! Only arithmetic; the rules that move a position are in [`super::answer`], [`super::acts`] and [`super::history`].

use super::billing::{Cover, Program};
use super::buckets::Parts;
use crate::domain::book::{Handling, Holding};
use crate::domain::by_hand::{ByHand, Says};
use crate::domain::claim::{ClaimPayer, ServiceLine};
use crate::domain::entry::{Posting, Reason};
use crate::domain::remit::ClaimPayment;
use crate::domain::{Account, Code, Date, Few, Money, PayerId, PaymentId};

/// What of the claim the rules need to know.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// The claim's payers in the order in which they pay.
    pub payers: &'a [PayerId],
    /// The payer it was first billed to: holds what is open, and what the patient owes.
    pub billed: PayerId,
    /// Its service lines.
    pub lines: &'a [ServiceLine],
    /// The charges of all its submissions; an answer may speak of any of them.
    pub charges: &'a [Money],
    /// When the office voided it (frequency 8), if it did.
    pub void_since: Option<Date>,
    /// The office's own handlings of reason codes.
    pub handlings: &'a [Handling],
    /// The payers as the claim names them, in the order of `payers`.
    pub named: &'a [ClaimPayer],
}

impl Terms<'_> {
    /// Under which programs an answer stands: that of CLP06, else that under which the claim names the payer of the level.
    #[must_use]
    pub fn cover(&self, level: usize, filing: &str) -> Cover {
        let of = |payer: &ClaimPayer| Program::of_filing(&payer.filing);
        let named = self.named.get(level.saturating_sub(1)).map(of).unwrap_or_default();
        let said = Program::of_filing(filing);
        Cover::new(if said == Program::Other { named } else { said }, self.named.iter().map(of))
    }
}

/// A payer's answer on its way to the claim.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// Its number.
    pub id: PaymentId,
    /// The accounting date of its remittance.
    pub on: Date,
    /// The payer's own day.
    pub answered_on: Date,
    /// The payer of its remittance.
    pub payer: PayerId,
    /// Where NM1*TT says it went next, or [`PayerId::NONE`].
    pub forwarded_to: PayerId,
    /// TRN02: with the segment, the last resort for an order that does not depend on arrival.
    pub trace: &'a str,
    /// What it says.
    pub payment: &'a ClaimPayment,
    /// What a person says of it, who posted it by hand.
    pub by_hand: Option<&'a ByHand>,
}

impl Answer<'_> {
    /// The charge that it answers: CLP03, or what a person split.
    #[must_use]
    pub fn charge(&self) -> Money {
        match self.by_hand.map(|by_hand| &by_hand.says) {
            Some(Says::Split(split)) => split.answers(self.payment.paid),
            _ => self.payment.charge,
        }
    }

    /// Whether a person split it.
    #[must_use]
    pub fn is_split_by_hand(&self) -> bool {
        self.by_hand.is_some_and(|by_hand| matches!(by_hand.says, Says::Split(_)))
    }
}

/// Money by bucket and payer. No zero amounts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holdings(Few<Holding, 4>);

impl Holdings {
    /// Adds an amount to a bucket.
    pub fn add(&mut self, account: Account, payer: PayerId, amount: Money) {
        match self.0.iter_mut().find(|h| h.account == account && h.payer == payer) {
            Some(holding) => holding.amount += amount,
            None => self.0.push(Holding { account, payer, amount }),
        }
        self.0.retain(|h| !h.amount.is_zero());
    }

    /// Adds every receivable posting.
    pub fn apply(&mut self, postings: &[Posting]) {
        for posting in postings.iter().filter(|p| p.account.bucket().is_some()) {
            self.add(posting.account, posting.payer, posting.amount);
        }
    }

    /// The single amounts.
    #[must_use]
    pub fn all(&self) -> &[Holding] {
        &self.0
    }

    /// Sum of all buckets.
    #[must_use]
    pub fn total(&self) -> Money {
        self.0.iter().map(|h| h.amount).sum()
    }

    /// Sum of one bucket.
    #[must_use]
    pub fn bucket(&self, account: Account) -> Money {
        self.0.iter().filter(|h| h.account == account).map(|h| h.amount).sum()
    }

    /// The single amounts, in the order of the buckets.
    #[must_use]
    pub fn sorted(&self) -> Few<Holding, 4> {
        let mut sorted = self.0.clone();
        sorted.sort_by_key(|h| (h.account, h.payer));
        sorted
    }

    /// Only what stands in one bucket.
    pub fn of(&self, account: Account) -> impl Iterator<Item = &Holding> {
        self.0.iter().filter(move |h| h.account == account)
    }

    /// The receivable postings that lead from here to `target`.
    #[must_use]
    pub fn postings_to(&self, target: &Holdings) -> Vec<Posting> {
        let mut change = target.clone();
        for holding in &self.0 {
            change.add(holding.account, holding.payer, -holding.amount);
        }
        change.sorted().into_iter().map(|h| Posting::new(h.account, h.payer, h.amount)).collect()
    }
}

/// An answer that took its place on the claim.
#[derive(Clone, Debug)]
pub struct Answered<'a> {
    /// The answer.
    pub answer: Answer<'a>,
    /// Which payer in the order of payment gave it: 1 for the first.
    pub level: usize,
    /// Who gave it: the claim's payer of that level, else the remittance's.
    pub payer: PayerId,
    /// Whether it still stands.
    pub standing: Standing,
    /// The place in the story of the answer that took it back or took its place.
    pub until: Option<usize>,
    /// What it took off the claim besides the payment.
    pub taken_off: Money,
    /// What it posted; a reversal is the exact negation.
    pub postings: Vec<Posting>,
    /// What it did line by line; one entry for the claim as a whole where it has no lines.
    pub lines: Vec<AnsweredLine>,
}

/// Whether an answer still stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is in force.
    Live,
    /// The payer took it back.
    Reversed,
    /// A later answer took its place.
    Superseded,
    /// It never moved anything.
    Memo,
}

/// What an answer did to one service line.
#[derive(Clone, Debug)]
pub struct AnsweredLine {
    /// Number of the claim's line; 0 for the claim as a whole.
    pub line: u16,
    /// SVC02, or CLP03.
    pub charge: Money,
    /// SVC03, or CLP04.
    pub paid: Money,
    /// Taken off by adjustments.
    pub taken_off: Money,
    /// The place in the story of the later answer that took the place of this line alone.
    pub superseded_by: Option<usize>,
    /// Amounts that wait in a bucket, with their reasons.
    pub waiting: Vec<Waiting>,
    /// Postings of this line's adjustments.
    pub adjustments: Vec<Posting>,
}

/// An amount of a line that was moved to a bucket.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The bucket.
    pub account: Account,
    /// Its payer.
    pub payer: PayerId,
    /// How much.
    pub amount: Money,
    /// Why.
    pub reason: Reason,
    /// Whether it counts as a denial.
    pub denial: bool,
    /// Remark codes that came with it.
    pub remarks: Vec<Code>,
    /// How much of it stands still.
    pub stands: Money,
    /// The bucket and the payer where that stands: a later payer's answer may have moved it on.
    pub stands_in: (Account, PayerId),
}

impl AnsweredLine {
    /// Whether a later answer on this line alone took its place.
    #[must_use]
    pub const fn is_superseded(&self) -> bool {
        self.superseded_by.is_some()
    }

    /// Denied or undecided with nothing paid: what a later answer may supersede (`docs/rules/posting-rules.md` section 7a).
    #[must_use]
    pub fn is_unpaid_refusal(&self) -> bool {
        let refused = self.waiting.iter().any(|w| w.denial || w.account == Account::Pending);
        self.paid.is_zero() && refused && !self.is_superseded()
    }

    /// What takes an unpaid line's result back to the open bucket that it came from.
    #[must_use]
    pub fn way_back(&self, open: PayerId) -> Vec<Posting> {
        let waiting = self.waiting.iter().map(|w| Posting::new(w.account, w.payer, -w.amount));
        let mut back: Vec<Posting> = waiting.chain(self.adjustments.iter().map(|p| p.negated())).collect();
        let total: Money = back.iter().map(|p| p.amount).sum();
        back.push(Posting::new(Account::Open, open, -total));
        back
    }
}

/// Where a claim stands.
#[derive(Clone, Debug, Default)]
pub struct Position<'a> {
    /// Charges of the submission in force.
    pub charge: Money,
    /// Buckets as charges and payers' answers made them.
    pub payers: Holdings,
    /// The same, line by line.
    pub parts: Parts,
    /// What persons did to the buckets: patient payments, write-offs.
    pub persons: Holdings,
    /// Paid by the patient.
    pub paid_patient: Money,
    /// Written off by the office.
    pub written_off: Money,
    /// Adjusted by persons, besides what payers took off.
    pub adjusted_by_persons: Money,
    /// Given back to payers by persons, or taken by them at provider level: zero or below, by payer.
    given_back: Few<(PayerId, Money), 1>,
    /// What reversals that a person accepted left of the money that they took back; below zero where they took more.
    pub kept: Money,
    /// Answers in the order in which they took their place.
    pub answers: Vec<Answered<'a>>,
    /// What was brought in when the office started with this ledger, if the claim is older.
    pub opening: Option<Opening>,
    /// What persons took out of the buckets of insurance, or put there.
    pub deeds: Vec<Deed>,
}

/// What a person took out of a bucket (below zero), or put there: what was refused, or waits for a payer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deed {
    /// The accounting date.
    pub on: Date,
    /// The bucket.
    pub account: Account,
    /// Its payer.
    pub payer: PayerId,
    /// The service line that the person named; 0 for none.
    pub line: u16,
    /// How much.
    pub amount: Money,
    /// What became of it; of what was put there, what it had been before.
    pub into: Fate,
}

/// What becomes of money that a person moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// Given up.
    WrittenOff,
    /// The patient is to pay.
    Patient,
    /// The next payer is to pay.
    NextPayer,
    /// Anything else: an adjustment, back to the open bucket.
    Other,
}

/// What became of a claim before these books began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// The day on which the balance was right.
    pub on: Date,
    /// Paid by then, by whomever.
    pub paid: Money,
    /// Taken off by then.
    pub adjusted: Money,
    /// Denied by then, with nothing paid or taken off: a later answer may take its place.
    pub refused: bool,
    /// Nobody had answered by then.
    pub unanswered: bool,
    /// What stood as denied, and who had denied it.
    pub denied: Option<(PayerId, Money)>,
    /// Where the balance stood.
    pub holdings: Holdings,
    /// The place in the story of the answer that took the place of what had been denied.
    pub superseded_by: Option<usize>,
}

impl<'a> Position<'a> {
    /// Everything that stands on the claim.
    #[must_use]
    pub fn holdings(&self) -> Holdings {
        let mut all = self.payers.clone();
        for holding in &self.persons.0 {
            all.add(holding.account, holding.payer, holding.amount);
        }
        all
    }

    /// The charge less what payers paid and took off, here and before these books began: what their answers and nobody
    /// else leave of the claim.
    #[must_use]
    pub fn balance(&self) -> Money {
        let before = self.opening.as_ref().map_or(Money::ZERO, |o| o.paid + o.adjusted);
        let here = self.live().map(|a| a.answer.payment.paid + a.taken_off - a.superseded_adjustments());
        self.charge - before - here.sum::<Money>() - self.kept
    }

    /// Forgets what persons did, so that it can be re-applied.
    pub(super) fn forget_persons(&mut self) {
        self.persons = Holdings::default();
        (self.paid_patient, self.written_off) = (Money::ZERO, Money::ZERO);
        self.adjusted_by_persons = Money::ZERO;
        self.given_back.clear();
        self.deeds.clear();
    }

    /// Answers in force.
    pub fn live(&self) -> impl Iterator<Item = &Answered<'a>> {
        self.answers.iter().filter(|a| a.standing == Standing::Live)
    }

    /// Paid by payers, answers in force only, less what was given back; and what was paid before these books began.
    #[must_use]
    pub fn paid_insurance(&self) -> Money {
        let before = self.opening.as_ref().map_or(Money::ZERO, |o| o.paid);
        let here: Money = self.live().map(|a| a.answer.payment.paid).sum();
        here + self.kept + self.refunded_insurance() + before
    }

    /// Given back to payers by persons, or taken by them at provider level: zero or below.
    #[must_use]
    pub fn refunded_insurance(&self) -> Money {
        self.given_back.iter().map(|(_, amount)| *amount).sum()
    }

    /// One more amount of that.
    pub(super) fn give_back(&mut self, payer: PayerId, amount: Money) {
        match self.given_back.iter_mut().find(|(known, _)| *known == payer) {
            Some((_, sum)) => *sum += amount,
            None => self.given_back.push((payer, amount)),
        }
    }

    /// What a payer has paid on the claim and not got back: its answers in force, what was paid before these books began by
    /// whomever, what it took at provider level.
    #[must_use]
    pub fn paid_by(&self, payer: PayerId) -> Money {
        let before = self.opening.as_ref().map_or(Money::ZERO, |o| o.paid);
        let own = self.live().filter(|a| a.answer.payer == payer || a.payer == payer);
        let given_back = self.given_back.iter().filter(|(to, _)| *to == payer).map(|(_, amount)| *amount);
        own.map(|a| a.answer.payment.paid).chain(given_back).sum::<Money>() + before
    }

    /// Taken off by payers, answers in force only, and by persons; and what was taken off before these books began.
    #[must_use]
    pub fn adjusted(&self) -> Money {
        let taken_off: Money = self.live().map(|a| a.taken_off - a.superseded_adjustments()).sum();
        taken_off + self.adjusted_by_persons + self.opening.as_ref().map_or(Money::ZERO, |o| o.adjusted)
    }

    /// Whether the first payer has answered for the whole charge: what is open all the same is explained by nobody.
    #[must_use]
    pub fn is_answered(&self) -> bool {
        self.charge.is_positive() && self.answered_charge(1) >= self.charge
    }

    /// The charge that answers of a level speak of, lines taken over by later answers not counted twice.
    #[must_use]
    pub fn answered_charge(&self, level: usize) -> Money {
        let live = self.live().filter(|a| a.level == level);
        live.map(|a| a.answer.charge() - a.superseded_charge()).sum()
    }
}

impl<'a> Answered<'a> {
    /// One that moved nothing.
    pub(super) const fn blank(answer: Answer<'a>, standing: Standing) -> Answered<'a> {
        Answered {
            answer,
            level: 0,
            payer: answer.payer,
            standing,
            until: None,
            taken_off: Money::ZERO,
            postings: Vec::new(),
            lines: Vec::new(),
        }
    }
}

impl Answered<'_> {
    /// The payer in whose open bucket it found its amounts.
    #[must_use]
    pub fn open_of(&self) -> PayerId {
        self.postings.iter().find(|p| p.account == Account::Open).map_or(PayerId::NONE, |p| p.payer)
    }

    /// Whether later answers took over all of its lines.
    #[must_use]
    pub fn is_taken_over(&self) -> bool {
        !self.lines.is_empty() && self.lines.iter().all(AnsweredLine::is_superseded)
    }

    /// What takes back all that it still has on the claim: the exact negation of its postings, except where later
    /// answers took over single lines and have taken those back already.
    #[must_use]
    pub fn way_back(&self) -> Vec<Posting> {
        let open = self.open_of();
        let taken_over = self.lines.iter().filter(|l| l.is_superseded()).flat_map(|l| l.way_back(open));
        let mut back: Vec<Posting> = self.postings.iter().map(|p| p.negated()).collect();
        for posting in taken_over {
            let same = |p: &&mut Posting| {
                (p.account, p.payer, p.line, p.reason)
                    == (posting.account, posting.payer, posting.line, posting.reason)
            };
            match back.iter_mut().find(same) {
                Some(own) => own.amount -= posting.amount,
                None => back.push(posting.negated()),
            }
        }
        back.retain(|p| !p.amount.is_zero());
        back
    }

    fn superseded_charge(&self) -> Money {
        self.lines.iter().filter(|l| l.is_superseded()).map(|l| l.charge).sum()
    }

    /// What single superseded lines had taken off.
    #[must_use]
    pub fn superseded_adjustments(&self) -> Money {
        self.lines.iter().filter(|l| l.is_superseded()).map(|l| l.taken_off).sum()
    }
}
