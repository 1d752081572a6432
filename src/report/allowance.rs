//! The allowance: what of today's receivables will not come, by what became of those of a while ago.
//!
//! What stood in the books on the look-back day was taken off by contract, given up, paid, or still stands: the look-back is
//! its run-out, and what nobody paid within it counts as not collected. The shares of what stood, of one payer and one age, are
//! applied to what that payer owes at that age today. Where a payer has too few balances of an age, those of its class speak for
//! it, else those of all insurance or of all patients. The same estimate, made on the look-back day by what was known then, is
//! tested against what came since: it can fail, and then nothing should be booked.

use std::collections::BTreeMap;

use rust_decimal::{Decimal, RoundingStrategy};

use super::Buckets;
use super::column::Column;
use super::table::{Cell, Table};
use crate::domain::{Date, Money, Percent};

/// So many balances must have been seen for their shares to speak.
pub const ENOUGH: u64 = 30;

/// So many percent of the balance may have nothing or too little that speaks for it, and by so many percent of what stood may
/// the test be off, where the estimate may be booked.
pub const MOST_OFF: i64 = 5;

/// The class of what patients owe. Insurance never speaks for it, nor it for insurance.
pub const PATIENT: &str = "patient";

/// Who owes a balance, and how old it was.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The payer's name, or that patients owe it.
    pub payer: String,
    /// The payer's identifier.
    pub payer_id: Option<String>,
    /// The payer's financial class.
    pub class: String,
    /// The bucket of its age.
    pub bucket: usize,
}

/// What became of a balance, as far as it ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    /// Taken off by contract or rule.
    pub contractual: Money,
    /// Given up: the implicit price concession.
    pub conceded: Money,
    /// Paid.
    pub cash: Money,
}

impl Ended {
    /// All that ended.
    #[must_use]
    pub fn all(&self) -> Money {
        self.lost() + self.cash
    }

    /// What did not come.
    #[must_use]
    pub fn lost(&self) -> Money {
        self.contractual + self.conceded
    }

    /// Adds more.
    pub fn add(&mut self, more: Ended) {
        self.contractual += more.contractual;
        self.conceded += more.conceded;
        self.cash += more.cash;
    }

    /// Takes at most `most` of it out: what was lost first.
    fn take(&mut self, mut most: Money) -> Ended {
        let mut part = |from: &mut Money| {
            let taken = (*from).max(Money::ZERO).min(most);
            *from -= taken;
            most -= taken;
            taken
        };
        Ended {
            contractual: part(&mut self.contractual),
            conceded: part(&mut self.conceded),
            cash: part(&mut self.cash),
        }
    }
}

/// What became of the parts of a claim's balance, each owed by somebody, out of what ended of the claim under each name: first
/// what ended under the same name, then, as money moves from one to another, what is left of the rest. Never more than stood.
#[must_use]
pub fn outcomes<W: PartialEq>(stood: &[(W, Money)], ended: &[(W, Ended)]) -> Vec<Ended> {
    let mut left: Vec<Ended> = ended.iter().map(|(_, ended)| *ended).collect();
    let mut found = vec![Ended::default(); stood.len()];
    for own in [true, false] {
        for ((who, balance), found) in stood.iter().zip(&mut found) {
            for ((under, _), left) in ended.iter().zip(&mut left) {
                if (under == who) == own {
                    found.add(left.take(*balance - found.all()));
                }
            }
        }
    }
    found
}

/// A balance by who owes it, without parts in credit: these lower the largest first. Nothing where nothing is owed.
#[must_use]
pub fn owed<W: Copy + Ord>(parts: &[(W, Money)]) -> Vec<(W, Money)> {
    if let [(_, amount)] = parts {
        return if amount.is_positive() { parts.to_vec() } else { Vec::new() };
    }
    let mut sums: BTreeMap<W, Money> = BTreeMap::new();
    for (who, amount) in parts {
        *sums.entry(*who).or_default() += *amount;
    }
    if !sums.values().copied().sum::<Money>().is_positive() {
        return Vec::new();
    }
    let mut credit: Money = sums.values().filter(|amount| amount.is_negative()).map(|amount| -*amount).sum();
    let mut owed: Vec<(W, Money)> = sums.into_iter().filter(|(_, amount)| amount.is_positive()).collect();
    owed.sort_by_key(|(who, amount)| (std::cmp::Reverse(*amount), *who));
    for (_, amount) in &mut owed {
        let lowered = credit.min(*amount);
        *amount -= lowered;
        credit -= lowered;
    }
    owed.retain(|(_, amount)| amount.is_positive());
    owed
}

/// Balances of one day and what became of them, added up.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sum {
    balances: u64,
    stood: Money,
    ended: Ended,
}

impl Sum {
    /// Of one balance.
    #[must_use]
    pub fn of(stood: Money, ended: Ended) -> Sum {
        Sum { balances: 1, stood, ended }
    }

    /// Adds more.
    pub fn add(&mut self, more: Sum) {
        self.balances += more.balances;
        self.stood += more.stood;
        self.ended.add(more.ended);
    }

    /// What nothing came of.
    fn still(&self) -> Money {
        self.stood - self.ended.all()
    }
}

/// What will become of a balance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Estimate {
    contractual: Money,
    conceded: Money,
    /// Neither taken off nor given up, and not paid either.
    uncollected: Money,
    cash: Money,
}

impl Estimate {
    fn lost(&self) -> Money {
        self.contractual + self.conceded + self.uncollected
    }
}

/// What was seen of balances of an earlier day: the rates.
#[derive(Debug, Default)]
pub struct Seen {
    by_payer: BTreeMap<(String, usize), Sum>,
    by_class: BTreeMap<(String, usize), Sum>,
    by_age: BTreeMap<(bool, usize), Sum>,
}

impl Seen {
    /// Adds balances that stood, and what became of them.
    pub fn add(&mut self, place: &Place, sum: Sum) {
        self.by_payer.entry((place.payer.clone(), place.bucket)).or_default().add(sum);
        self.by_class.entry((place.class.clone(), place.bucket)).or_default().add(sum);
        self.by_age.entry((place.class == PATIENT, place.bucket)).or_default().add(sum);
    }

    /// The balances that speak for a place, and whose they are.
    fn rate(&self, place: &Place) -> (Sum, &'static str) {
        let enough = |sum: &&Sum| sum.balances >= ENOUGH;
        let payer = self.by_payer.get(&(place.payer.clone(), place.bucket)).filter(enough);
        let class = self.by_class.get(&(place.class.clone(), place.bucket)).filter(enough);
        let book = self.by_age.get(&(place.class == PATIENT, place.bucket)).filter(|sum| sum.balances > 0);
        match (payer, class, book) {
            (Some(sum), ..) => (*sum, "payer"),
            (_, Some(sum), _) => (*sum, "class"),
            (.., Some(sum)) => (*sum, "book"),
            _ => (Sum::default(), "nothing"),
        }
    }

    /// What will become of a balance; where nothing was seen, nobody knows.
    fn estimate(&self, place: &Place, balance: Money) -> Option<Estimate> {
        let (seen, _) = self.rate(place);
        let share = |part: Money| share(balance, part, seen.stood);
        let (contractual, conceded) = (share(seen.ended.contractual), share(seen.ended.conceded));
        let uncollected = share(seen.still());
        let cash = balance - contractual - conceded - uncollected;
        (seen.balances > 0).then_some(Estimate { contractual, conceded, uncollected, cash })
    }
}

/// `amount * part / whole`, to the cent, half away from zero; nothing of nothing.
fn share(amount: Money, part: Money, whole: Money) -> Money {
    let product = Decimal::from(amount.cents()).checked_mul(Decimal::from(part.cents()));
    let share = product.and_then(|product| product.checked_div(Decimal::from(whole.cents())));
    let cents = share.map(|share| share.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero));
    cents.and_then(|cents| i64::try_from(cents).ok()).map_or(Money::ZERO, Money::from_cents)
}

/// The days that an allowance speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    /// The day it is of.
    pub as_of: Date,
    /// The look-back day: so many months before.
    pub then: Date,
    /// The look-back day of the estimate that is tested: as many months before that.
    pub before: Date,
    /// How many months it looks back: the run-out of what is looked at.
    pub months: u32,
}

impl Days {
    /// Of a day. From a month's last day it looks back to a month's last day.
    #[must_use]
    pub fn of(as_of: Date, months: u32) -> Days {
        let back = |day: Date| {
            let then = day.minus_months(months);
            if day == day.month().last_day() { then.month().last_day() } else { then }
        };
        let then = back(as_of);
        Days { as_of, then, before: back(then), months }
    }
}

/// One row of the table.
#[derive(Clone, Copy, Debug, Default)]
struct Line {
    balances: u64,
    balance: Money,
    /// What stood on the look-back day, and what became of it.
    stood: Sum,
}

/// The question, and what was read for it.
#[derive(Debug)]
pub struct Allowance {
    /// The days.
    pub days: Days,
    /// The ages.
    pub buckets: Buckets,
    seen: Seen,
    /// What became, until the look-back day, of balances of as many months before.
    pub seen_before: Seen,
    lines: BTreeMap<Place, Line>,
}

impl Allowance {
    /// Of a day.
    #[must_use]
    pub fn new(days: Days, buckets: Buckets) -> Allowance {
        let (seen, seen_before) = (Seen::default(), Seen::default());
        Allowance { days, buckets, seen, seen_before, lines: BTreeMap::new() }
    }

    /// Balances that stand on the day.
    pub fn stands(&mut self, place: Place, balances: u64, balance: Money) {
        let line = self.lines.entry(place).or_default();
        line.balances += balances;
        line.balance += balance;
    }

    /// Balances that stood on the look-back day, and what became of them since: the rates of today, and the test of those of
    /// then.
    pub fn stood(&mut self, place: Place, sum: Sum) {
        self.seen.add(&place, sum);
        self.lines.entry(place).or_default().stood.add(sum);
    }

    /// The table.
    #[must_use]
    pub fn finish(self) -> Table {
        let columns = vec![
            Column::text("payer", "Payer").flexible(),
            Column::text("payer_id", "Identifier").machine_only(),
            Column::text("age", "Age"),
            Column::count("balances", "Balances"),
            Column::money("balance", "Balance"),
            Column::money("contractual", "Contractual"),
            Column::money("concession", "Concession"),
            Column::money("uncollected", "Not collected"),
            Column::money("expected_cash", "Cash"),
            Column::percent("contractual_share", "Contr. %").machine_only(),
            Column::percent("concession_share", "Conc. %").machine_only(),
            Column::percent("open_share", "Still open %").machine_only(),
            Column::percent("cash_share", "Cash %"),
            Column::count("n", "n"),
            Column::text("from", "Seen at"),
            Column::money("last_balance", "Stood then"),
            Column::money("last_allowance", "Allowance then").machine_only(),
            Column::money("ended_since", "Ended since").machine_only(),
            Column::money("cash_estimated", "Cash, est."),
            Column::money("cash_since", "Cash since"),
            Column::money("lost_estimated", "Lost, est.").machine_only(),
            Column::money("lost_since", "Lost").machine_only(),
            Column::money("off_by", "Off by"),
        ];
        let verdict = self.verdict();
        let mut table = Table::new("allowance", "Allowance", columns)
            .as_of(self.days.as_of)
            .basis("service")
            .parameter("look-back", self.days.months.to_string())
            .parameter("bookable", if verdict.is_empty() { "yes" } else { "no" })
            .empty("Nobody owes anything, and nobody did.");
        for (place, line) in &self.lines {
            table.push(self.row(place, line));
        }
        table.sum_up();
        // One balance speaks for many rows.
        table.blank_total("n");
        self.explain(&mut table, &verdict);
        table
    }

    /// What the estimate of the look-back day was, where there was one.
    fn tested(&self, place: &Place, line: &Line) -> Option<Estimate> {
        self.seen_before.estimate(place, line.stood.stood).filter(|_| line.stood.balances > 0)
    }

    fn row(&self, place: &Place, line: &Line) -> Vec<Cell> {
        let (seen, from) = self.seen.rate(place);
        let estimate = self.seen.estimate(place, line.balance);
        let tested = self.tested(place, line);
        let of_stood = |part: Money| Percent::of(part, seen.stood);
        let names = self.buckets.names();
        let lost = line.stood.stood - line.stood.ended.cash;
        let of = |estimate: Option<Estimate>, part: fn(&Estimate) -> Money| {
            Cell::from(estimate.as_ref().map(part))
        };
        vec![
            place.payer.as_str().into(),
            place.payer_id.clone().into(),
            names.get(place.bucket).map(|(_, title)| title.as_str()).into(),
            line.balances.into(),
            line.balance.into(),
            of(estimate, |e| e.contractual),
            of(estimate, |e| e.conceded),
            of(estimate, |e| e.uncollected),
            of(estimate, |e| e.cash),
            of_stood(seen.ended.contractual).into(),
            of_stood(seen.ended.conceded).into(),
            of_stood(seen.still()).into(),
            of_stood(seen.ended.cash).into(),
            seen.balances.into(),
            from.into(),
            line.stood.stood.into(),
            of(tested, Estimate::lost),
            line.stood.ended.all().into(),
            of(tested, |e| e.cash),
            line.stood.ended.cash.into(),
            of(tested, Estimate::lost),
            lost.into(),
            tested.map(|tested| line.stood.ended.cash - tested.cash).into(),
        ]
    }

    /// Balances of today for which too little speaks: nothing, or fewer balances than are enough.
    fn unknown(&self) -> Money {
        let few = self.lines.iter().filter(|(place, _)| self.seen.rate(place).0.balances < ENOUGH);
        few.map(|(_, line)| line.balance).sum()
    }

    /// What was tested: the balances of the look-back day that had an estimate, and by how much all of it was off.
    fn test(&self) -> (Money, Money) {
        let tested =
            self.lines.iter().filter_map(|(place, line)| Some((line.stood, self.tested(place, line)?)));
        tested.fold((Money::ZERO, Money::ZERO), |(stood, off), (sum, estimate)| {
            (stood + sum.stood, off + sum.ended.cash - estimate.cash)
        })
    }

    /// Why it should not be booked; nothing where it may be.
    fn verdict(&self) -> Vec<String> {
        let most = |of: Money| share(of, Money::from_cents(MOST_OFF), Money::from_cents(100));
        let all: Money = self.lines.values().map(|line| line.balance).sum();
        let stood: Money = self.lines.values().map(|line| line.stood.stood).sum();
        let (unknown, (tested, off)) = (self.unknown(), self.test());
        let mut why = Vec::new();
        if unknown > most(all) {
            why.push(format!("fewer than {ENOUGH} balances speak for {unknown} of {all}"));
        }
        if tested.is_zero() {
            why.push(format!(
                "no estimate of {} can be tested: the books do not go back to {}",
                self.days.then, self.days.before
            ));
        } else if stood - tested > most(stood) {
            why.push(format!(
                "of {stood} that stood on {} only {tested} had an estimate to test",
                self.days.then
            ));
        }
        if off.abs() > most(tested) {
            why.push(format!("the estimate of {} was off by {off} in cash, of {tested}", self.days.then));
        }
        why
    }

    fn explain(&self, table: &mut Table, verdict: &[String]) {
        let days = &self.days;
        table.note(match verdict {
            [] => format!(
                "It may be booked: enough balances speak for all but {MOST_OFF}% of what is owed, and the test is off by no more \
                 than {MOST_OFF}%."
            ),
            why => format!("It should not be booked: {}.", why.join("; ")),
        });
        table.note(format!(
            "Shares: of what stood on {} and had {} months until {} to run out, what was taken off by contract, given up, and paid; \
             what still stands counts as not collected. They are applied to the balances of {}, rounded to the cent, half away from \
             zero; cash is the rest. Each part of a claim's balance counts for who owes it; claims in credit are left out.",
            days.then, days.months, days.as_of, days.as_of
        ));
        table.note(format!(
            "n: the balances whose shares these are: the payer's own of that age, else (fewer than {ENOUGH}) those of its class, \
             else those of all insurance or of all patients; a share of fewer than {ENOUGH} says little."
        ));
        let unseen = self.lines.iter().filter(|(place, _)| self.seen.rate(place).0.balances == 0);
        let unseen: Money = unseen.map(|(_, line)| line.balance).sum();
        if !unseen.is_zero() {
            table.note(format!(
                "Nothing of its kind stood on {} that could speak for {unseen} of the balance; no allowance is made for it here.",
                days.then
            ));
        }
        table.note(format!(
            "Test: the estimate that was to be made on {} (shares of {} until then), against the cash that came until {}.",
            days.then, days.before, days.as_of
        ));
    }
}

#[cfg(test)]
#[path = "allowance_tests.rs"]
mod tests;
