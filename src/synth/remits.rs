//! Groups the answers of a band of claims into remittances, with what stands outside the claims:
//! interest, discounts, capitation, takebacks. Their segments are in `remit_file`.

use std::collections::{BTreeMap, VecDeque};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::Plan;
use super::answer::{self, CAPITATION, answers};
use super::cast::PAYERS;
use super::claim::Claim;
use super::expected::Expected;
use super::remit_file::{self, Head, Plb};
use super::schedule::Schedule;
use super::stranger::Stranger;
use super::x12::{Envelope, Segments};
use crate::domain::{Date, Money};

/// Control numbers of the 835s begin above those of the 837s, so that no two files share one.
const CONTROL_BASE: u64 = 100_000_000;
/// So many old debts are taken from one payment at most.
const TAKEN_AT_ONCE: usize = 12;

/// Which claim payment of the band: enough to write it again, since the claim itself is not kept.
#[derive(Default)]
struct Event {
    round: u8,
    payer: usize,
    biller: usize,
    claim: u64,
    /// Position among the claim's answers; none for a stranger beside the claim.
    answer: Option<usize>,
    paid: Money,
    interest: Money,
    discount: Money,
    postponed: Money,
    capitated: bool,
}

/// Money that a payer will take from a later payment.
struct Debt {
    since: Date,
    code: &'static str,
    reference: String,
    amount: Money,
}

/// The remittances of a practice, written band after band.
pub(super) struct Remits<'a> {
    plan: &'a Plan,
    schedule: &'a Schedule,
    folder: &'a Path,
    transactions: u64,
    /// By payer and billing provider. Holds only what is not yet collected.
    debts: BTreeMap<(usize, usize), VecDeque<Debt>>,
}

impl<'a> Remits<'a> {
    pub(super) fn new(plan: &'a Plan, schedule: &'a Schedule, folder: &'a Path) -> Remits<'a> {
        Remits { plan, schedule, folder, transactions: 0, debts: BTreeMap::new() }
    }

    /// Writes every remittance of one band of claims, the oldest round first.
    pub(super) fn write_band(&mut self, band: u64, expected: &mut Expected) -> io::Result<()> {
        let events = self.gather(band, expected);
        for round in events.chunk_by(|a, b| a.round == b.round) {
            let groups = round.chunk_by(|a, b| (a.payer, a.biller) == (b.payer, b.biller));
            let first = round.first().is_some_and(|event| event.round == 0);
            if first && !self.plan.one_file_a_round {
                // First answers are many: a payer's are one file each, of one transaction.
                let size = usize::try_from(self.plan.claim_payments_per_835).unwrap_or(usize::MAX).max(1);
                for payment in groups.flat_map(|group| group.chunks(size)) {
                    self.write_file(band, &[payment], expected)?;
                }
            } else {
                // Later ones are few: all payers of a round come in one file of several transactions.
                self.write_file(band, &groups.collect::<Vec<_>>(), expected)?;
            }
        }
        Ok(())
    }

    /// All claim payments of a band, by round, payer and billing provider; and what becomes of each claim.
    fn gather(&self, band: u64, expected: &mut Expected) -> Vec<Event> {
        let mut events = Vec::new();
        let first = band * self.schedule.per_band;
        for number in first..(first + self.schedule.per_band).min(self.plan.claims) {
            let claim = Claim::new(self.plan, self.schedule, number);
            // What would be paid after the last day has not happened yet.
            let mut given = answers(self.plan, &claim);
            let happened = |a: &answer::Answer| self.schedule.paid(band, a.round, a.payer).is_some();
            given.truncate(given.iter().take_while(|answer| happened(answer)).count());
            for (place, answer) in given.iter().enumerate() {
                events.push(Event {
                    round: answer.round,
                    payer: answer.payer,
                    biller: claim.biller,
                    claim: number,
                    answer: Some(place),
                    paid: answer.paid(),
                    interest: answer.interest,
                    discount: answer.discount,
                    postponed: answer.postponed,
                    capitated: answer::is_capitated(&claim),
                });
            }
            let payer = claim.patient.payer;
            if Stranger::stands_beside(self.plan, number) && self.schedule.paid(band, 0, payer).is_some() {
                let paid = Stranger::new(self.plan, self.schedule, number).paid;
                let (biller, claim) = (claim.biller, number);
                events.push(Event { payer, biller, claim, paid, ..Event::default() });
            }
            expected.add_claim(&claim, &given, self.plan.last_day);
        }
        // Stable: a reversal stays before its correction.
        events.sort_by_key(|event| (event.round, event.payer, event.biller));
        events
    }

    fn write_file(&mut self, band: u64, payments: &[&[Event]], expected: &mut Expected) -> io::Result<()> {
        expected.files_835 += 1;
        let number = expected.files_835;
        let day = |event: &Event| self.schedule.paid(band, event.round, event.payer);
        let Some(sent) = payments.iter().filter_map(|p| p.first().and_then(day)).max() else {
            return Ok(());
        };
        let path = self.folder.join(format!("{number:07}.835"));
        let mut to = Segments::new(BufWriter::with_capacity(1 << 18, File::create_new(path)?));
        let control = CONTROL_BASE + number;
        to.open_file(&Envelope {
            sender: remit_file::SENDER,
            receiver: remit_file::RECEIVER,
            day: self.schedule.text(sent),
            control,
            kind: ("HP", "005010X221A1"),
        })?;
        for payment in payments {
            if let Some(first) = payment.first()
                && let Some(day) = day(first)
            {
                self.write_transaction(&mut to, (first.payer, first.biller, day), payment, expected)?;
            }
        }
        to.close_file(payments.len() as u64, control)
    }

    fn write_transaction<W: Write>(
        &mut self,
        to: &mut Segments<W>,
        (payer, biller, day): (usize, usize, Date),
        events: &[Event],
        expected: &mut Expected,
    ) -> io::Result<()> {
        self.transactions += 1;
        let control = CONTROL_BASE + self.transactions;
        let trace = format!("{}{:010}", PAYERS[payer].prefix, self.transactions);
        let items = self.provider_level((payer, biller, day), &trace, events);
        let claims_paid: Money = events.iter().map(|event| event.paid).sum();
        let outside: Money = items.iter().map(|item| item.amount).sum();
        let head = Head { payer, biller, day, trace: &trace, paid: claims_paid - outside };

        to.open_transaction("835", control, "")?;
        remit_file::write_head(to, self.schedule, &head)?;
        for event in events {
            if let Some(place) = event.answer {
                let claim = Claim::new(self.plan, self.schedule, event.claim);
                let given = answers(self.plan, &claim);
                remit_file::write_answer(to, self.schedule, &claim, &given[place], day)?;
            } else {
                let stranger = Stranger::new(self.plan, self.schedule, event.claim);
                remit_file::write_stranger(to, self.schedule, payer, &stranger)?;
            }
        }
        remit_file::write_plb(to, self.schedule, &head, &items)?;
        to.close_transaction(control)?;

        expected.add_remittance(head.paid, &items);
        for event in events {
            expected.add_claim_payment(event.answer.is_none().then_some(event.paid));
        }
        Ok(())
    }

    /// What the payer pays or takes outside the claims. Never lets the payment fall below nothing.
    fn provider_level(
        &mut self,
        (payer, biller, day): (usize, usize, Date),
        trace: &str,
        events: &[Event],
    ) -> Vec<Plb> {
        let total = |part: fn(&Event) -> Money| events.iter().map(part).sum::<Money>();
        let capitated = events.iter().filter(|event| event.capitated).count();
        let capitation: Money = std::iter::repeat_n(CAPITATION, capitated).sum();
        let month = self.schedule.text(day).get(..6).unwrap_or("").to_owned();
        let mut items = Vec::new();
        let mut add = |code, reference: String, amount: Money| {
            if !amount.is_zero() {
                items.push(Plb { code, reference, amount });
            }
            amount
        };
        let mut left = total(|event| event.paid);
        left -= add("L6", String::new(), -total(|event| event.interest));
        left -= add("90", String::new(), total(|event| event.discount));
        left -= add("CT", month, -capitation);
        let debts = self.debts.entry((payer, biller)).or_default();
        // Old debts first: only what was known before this payment, and only what it can bear whole.
        for _ in 0..TAKEN_AT_ONCE {
            let due = |debt: &&Debt| debt.since < day && debt.amount <= left;
            let Some(debt) = debts.front().filter(due).is_some().then(|| debts.pop_front()).flatten() else {
                break;
            };
            left -= add(debt.code, debt.reference, debt.amount);
        }
        for event in events.iter().filter(|event| event.postponed.is_positive()) {
            let claim = Claim::new(self.plan, self.schedule, event.claim);
            let given = answers(self.plan, &claim);
            let Some(reversal) = event.answer.and_then(|place| given.get(place)) else { continue };
            let (reference, amount) = (reversal.payer_control_number(&claim), event.postponed);
            left -= add("WO", reference.clone(), -amount);
            debts.push_back(Debt { since: day, code: "WO", reference, amount });
        }
        if left.is_negative() {
            // More was taken back than paid: the rest is carried forward, and nothing is paid.
            let (reference, amount) = (trace.to_owned(), -left);
            add("FB", reference.clone(), -amount);
            debts.push_back(Debt { since: day, code: "FB", reference, amount });
        }
        items
    }
}
