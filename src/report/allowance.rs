//! The allowance: what of today's receivables will not come, by what became of those of a while ago.
//!
//! What stood in the books on the look-back day was taken off by contract, given up, paid, or still stands. The shares of what
//! ended, of one payer and one age, are applied to what that payer owes at that age today. Where a payer has too few balances
//! of an age, those of its class speak for it, else those of all insurance or of all patients. The same was done at the end of
//! the month before: what ended of its balances since tests that estimate.

use std::collections::BTreeMap;

use rust_decimal::{Decimal, RoundingStrategy};

use super::Buckets;
use super::column::Column;
use super::table::{Cell, Table};
use crate::domain::{Date, Money, Percent};

/// So many balances must have been seen to end for their shares to speak.
pub const ENOUGH: u64 = 30;

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
    /// Of which something ended.
    balances: u64,
    stood: Money,
    ended: Ended,
}

impl Sum {
    /// Of one balance.
    #[must_use]
    pub fn of(stood: Money, ended: Ended) -> Sum {
        Sum { balances: u64::from(ended.all().is_positive()), stood, ended }
    }

    /// Adds more.
    pub fn add(&mut self, more: Sum) {
        self.balances += more.balances;
        self.stood += more.stood;
        self.ended.add(more.ended);
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

    /// What will become of a balance; where nothing was seen, nothing of it is taken for lost.
    fn estimate(&self, place: &Place, balance: Money) -> Ended {
        let (seen, _) = self.rate(place);
        let share = |part: Money| share(balance, part, seen.ended.all());
        let (contractual, conceded) = (share(seen.ended.contractual), share(seen.ended.conceded));
        Ended { contractual, conceded, cash: balance - contractual - conceded }
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
    /// The last day of the month before that of `as_of`, whose estimate is tested.
    pub last: Date,
    /// The look-back day of that estimate.
    pub last_then: Date,
    /// How many months it looks back.
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
        let last = as_of.month().previous().last_day();
        Days { as_of, then: back(as_of), last, last_then: back(last), months }
    }
}

/// One row of the table.
#[derive(Clone, Copy, Debug, Default)]
struct Line {
    balances: u64,
    balance: Money,
    last: Money,
    ended: Ended,
}

/// The question, and what was read for it.
#[derive(Debug)]
pub struct Allowance {
    /// The days.
    pub days: Days,
    /// The ages.
    pub buckets: Buckets,
    /// What became, until the day, of balances of the look-back day.
    pub seen: Seen,
    /// What became, until the end of the month before, of balances of its look-back day.
    pub seen_last: Seen,
    lines: BTreeMap<Place, Line>,
}

impl Allowance {
    /// Of a day.
    #[must_use]
    pub fn new(days: Days, buckets: Buckets) -> Allowance {
        let (seen, seen_last) = (Seen::default(), Seen::default());
        Allowance { days, buckets, seen, seen_last, lines: BTreeMap::new() }
    }

    /// Balances that stand on the day.
    pub fn stands(&mut self, place: Place, balances: u64, balance: Money) {
        let line = self.lines.entry(place).or_default();
        line.balances += balances;
        line.balance += balance;
    }

    /// Balances that stood at the end of the month before, and what became of them since.
    pub fn stood(&mut self, place: Place, sum: Sum) {
        let line = self.lines.entry(place).or_default();
        line.last += sum.stood;
        line.ended.add(sum.ended);
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
            Column::money("expected_cash", "Cash"),
            Column::percent("contractual_share", "Contr. %"),
            Column::percent("concession_share", "Conc. %"),
            Column::percent("cash_share", "Cash %"),
            Column::percent("open_share", "Still open %").machine_only(),
            Column::count("n", "n"),
            Column::text("from", "Seen at"),
            Column::money("last_balance", "Balance last month").machine_only(),
            Column::money("last_allowance", "Allowance last month").machine_only(),
            Column::money("ended_since", "Ended since"),
            Column::money("cash_since", "Of it cash").machine_only(),
            Column::money("lost_estimated", "Lost, est."),
            Column::money("lost_since", "Lost"),
            Column::money("off_by", "Off by"),
        ];
        let mut table = Table::new("allowance", "Allowance", columns)
            .as_of(self.days.as_of)
            .basis("service")
            .parameter("look-back", self.days.months.to_string())
            .empty("Nobody owes anything, and nobody did.");
        for (place, line) in &self.lines {
            table.push(self.row(place, line));
        }
        table.sum_up();
        if let Some(totals) = &mut table.totals {
            // One balance speaks for many rows.
            totals[12] = Cell::Empty;
        }
        self.explain(&mut table);
        table
    }

    fn row(&self, place: &Place, line: &Line) -> Vec<Cell> {
        let (seen, from) = self.seen.rate(place);
        let estimate = self.seen.estimate(place, line.balance);
        let tested = self.seen_last.estimate(place, line.ended.all()).lost();
        let of_ended = |part: Money| Percent::of(part, seen.ended.all());
        let names = self.buckets.names();
        vec![
            place.payer.as_str().into(),
            place.payer_id.clone().into(),
            names.get(place.bucket).map(|(_, title)| title.as_str()).into(),
            line.balances.into(),
            line.balance.into(),
            estimate.contractual.into(),
            estimate.conceded.into(),
            // Where nothing was seen, nobody knows what will come.
            (seen.balances > 0).then_some(estimate.cash).into(),
            of_ended(seen.ended.contractual).into(),
            of_ended(seen.ended.conceded).into(),
            of_ended(seen.ended.cash).into(),
            Percent::of(seen.stood - seen.ended.all(), seen.stood).into(),
            seen.balances.into(),
            from.into(),
            line.last.into(),
            self.seen_last.estimate(place, line.last).lost().into(),
            line.ended.all().into(),
            line.ended.cash.into(),
            tested.into(),
            line.ended.lost().into(),
            (line.ended.lost() - tested).into(),
        ]
    }

    fn explain(&self, table: &mut Table) {
        let days = &self.days;
        table.note(format!(
            "Shares: of what stood on {} and ended until {}, what was taken off by contract, given up, and paid. What still \
             stands speaks for neither. They are applied to the balances of {}, rounded to the cent, half away from zero; cash is \
             the rest. Each part of a claim's balance counts for who owes it; claims in credit are left out.",
            days.then, days.as_of, days.as_of
        ));
        table.note(format!(
            "n: the balances whose shares these are: the payer's own of that age, else (fewer than {ENOUGH}) those of its class, \
             else those of all insurance or of all patients."
        ));
        let unseen = self.lines.iter().filter(|(place, _)| self.seen.rate(place).0.balances == 0);
        let unseen: Money = unseen.map(|(_, line)| line.balance).sum();
        if !unseen.is_zero() {
            table.note(format!(
                "Nothing was seen to end that could speak for {unseen} of the balance; no allowance is made for it here."
            ));
        }
        table.note(format!(
            "Test: the estimate of {} (shares of {} until then) for what ended of its balances until {}, against what was lost of \
             that; the rest of it came as cash.",
            days.last, days.last_then, days.as_of
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cents(amount: i64) -> Money {
        Money::from_cents(amount)
    }

    fn ended(contractual: i64, conceded: i64, cash: i64) -> Ended {
        Ended { contractual: cents(contractual), conceded: cents(conceded), cash: cents(cash) }
    }

    fn place(payer: &str, class: &str, bucket: usize) -> Place {
        Place { payer: payer.to_owned(), payer_id: None, class: class.to_owned(), bucket }
    }

    fn day(text: &str) -> Date {
        Date::parse_iso(text).expect(text)
    }

    fn allowance() -> Allowance {
        Allowance::new(Days::of(day("2026-09-30"), 6), Buckets::default())
    }

    /// The row of a payer: contractual, concession, cash, n, whose.
    fn row(table: &Table, payer: &str) -> [Cell; 5] {
        let row = table.rows.iter().find(|row| row.cells[0] == Cell::from(payer)).expect("a row");
        [5, 6, 7, 12, 13].map(|at| row.cells[at].clone())
    }

    #[test]
    fn shares_of_what_ended_are_applied_to_today() {
        let mut allowance = allowance();
        for _ in 0..ENOUGH {
            // A tenth still stands, and says nothing.
            allowance.seen.add(&place("A", "commercial", 0), Sum::of(cents(330), ended(100, 50, 150)));
        }
        // A third and a sixth of 1.00: 33.33 and 16.67 cents.
        allowance.stands(place("A", "commercial", 0), 1, cents(100));
        // Too few of its own: the class speaks.
        allowance.seen.add(&place("B", "commercial", 0), Sum::of(cents(300), ended(300, 0, 0)));
        allowance.stands(place("B", "commercial", 0), 1, cents(3_100));
        // Neither its own nor its class's: the book.
        allowance.stands(place("C", "medicaid", 0), 1, cents(3_100));
        // What patients owe is not judged by what insurance paid.
        allowance.stands(place("patients", PATIENT, 0), 1, cents(40));
        // Of an age that was never seen to end.
        allowance.seen.add(&place("D", "medicaid", 3), Sum::of(cents(700), Ended::default()));
        allowance.stands(place("D", "medicaid", 3), 1, cents(500));
        let table = allowance.finish();
        let cells = |a, b, cash, n: u64, from: &str| {
            [cents(a).into(), cents(b).into(), cents(cash).into(), n.into(), from.into()]
        };
        assert_eq!(row(&table, "A"), cells(33, 17, 50, 30, "payer"));
        // (30 * 100 + 300) of (31 * 300).
        assert_eq!(row(&table, "B"), cells(1_100, 500, 1_500, 31, "class"));
        assert_eq!(row(&table, "C"), cells(1_100, 500, 1_500, 31, "book"));
        // Nobody knows what will come of these.
        let unknown = [cents(0).into(), cents(0).into(), Cell::Empty, 0u64.into(), "nothing".into()];
        assert_eq!(row(&table, "D"), unknown);
        assert_eq!(row(&table, "patients"), unknown);
        assert!(
            table.notes.iter().any(|note| note.contains("speak for 5.40 of the balance")),
            "{:?}",
            table.notes
        );
        assert_eq!(table.totals.expect("totals")[4], Cell::Money(cents(6_840)));
    }

    #[test]
    fn last_months_estimate_is_tested_by_what_ended_since() {
        let mut allowance = allowance();
        for _ in 0..ENOUGH {
            allowance.seen_last.add(&place("A", "x", 1), Sum::of(cents(100), ended(40, 0, 60)));
        }
        allowance.stood(place("A", "x", 1), Sum::of(cents(1_000), ended(250, 50, 200)));
        let table = allowance.finish();
        let cells = &table.rows[0].cells;
        // Of 500 that ended, 200 were to be lost, and 300 were.
        let wanted = [1_000, 400, 500, 200, 200, 300, 100].map(|amount| cents(amount).into());
        assert_eq!(cells[14..], wanted);
    }

    #[test]
    fn months_end_on_their_last_days() {
        let days = Days::of(day("2026-08-31"), 6);
        assert_eq!(
            (days.then, days.last, days.last_then),
            (day("2026-02-28"), day("2026-07-31"), day("2026-01-31"))
        );
        let days = Days::of(day("2026-09-30"), 1);
        assert_eq!(
            (days.then, days.last, days.last_then),
            (day("2026-08-31"), day("2026-08-31"), day("2026-07-31"))
        );
        let days = Days::of(day("2026-09-15"), 6);
        assert_eq!((days.then, days.last), (day("2026-03-15"), day("2026-08-31")));
    }

    #[test]
    fn what_ends_is_told_of_who_owed_it() {
        // The payer's 70 end under its own name; of the patient's 30, 10 do, and 20 moved on to the payer and were given up.
        let stood = [("payer", cents(70)), ("patient", cents(30))];
        let found = outcomes(&stood, &[("patient", ended(0, 0, 10)), ("payer", ended(50, 20, 20))]);
        assert_eq!(found, [ended(50, 20, 0), ended(0, 0, 30)]);
        assert_eq!(
            outcomes(&stood[..1], &[("payer", ended(80, 50, -5))]),
            [ended(70, 0, 0)],
            "no more than stood"
        );
        assert_eq!(outcomes(&stood[..1], &[("payer", ended(-5, 0, 0))]), [Ended::default()]);
    }

    #[test]
    fn a_part_in_credit_lowers_the_largest() {
        let parts = [(1, cents(50)), (2, cents(80)), (3, cents(-90)), (1, cents(10))];
        assert_eq!(owed(&parts), [(1, cents(50))]);
        assert_eq!(owed(&[(1, cents(50)), (2, cents(-50))]), []);
        assert_eq!(share(cents(5), cents(1), cents(2)), cents(3), "half away from zero");
        assert_eq!(share(cents(5), cents(1), cents(0)), Money::ZERO);
    }
}
