//! The allowance: what of today's receivables will not come, by what became of those of a while ago.
//!
//! A claim that stood in the books on the look-back day was taken off by contract, given up, paid, or still stands. The
//! shares of all claims of one payer and one age are applied to what that payer owes at that age today. Where a payer has
//! too few claims of an age, those of its class speak for it, else those of the whole book. The same is done as of the
//! look-back day, whose outcome is known by now: that tests the method.

use std::collections::BTreeMap;

use rust_decimal::{Decimal, RoundingStrategy};

use super::Buckets;
use super::column::Column;
use super::table::{Cell, Table};
use crate::domain::{Date, Money, Percent};

/// So many claims must have been seen for their shares to speak.
pub const ENOUGH: u64 = 30;

/// Whose claim it is, and how old it was.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The payer's name.
    pub payer: String,
    /// The payer's identifier.
    pub payer_id: Option<String>,
    /// The payer's financial class.
    pub class: String,
    /// The bucket of its age.
    pub bucket: usize,
}

/// What became of a balance. Never more than stood there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// What stood.
    pub balance: Money,
    /// Taken off by contract or rule.
    pub contractual: Money,
    /// Given up.
    pub conceded: Money,
}

impl Outcome {
    /// Of what came after it, as far as it can have come out of this balance.
    #[must_use]
    pub fn of(balance: Money, contractual: Money, conceded: Money) -> Outcome {
        let within = |amount: Money, most: Money| amount.max(Money::ZERO).min(most);
        let contractual = within(contractual, balance);
        Outcome { balance, contractual, conceded: within(conceded, balance - contractual) }
    }

    /// What did not come.
    #[must_use]
    pub fn lost(&self) -> Money {
        self.contractual + self.conceded
    }
}

/// Outcomes of claims, added up.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    claims: u64,
    outcome: Outcome,
}

impl Sum {
    fn add(&mut self, outcome: Outcome) {
        self.claims += 1;
        self.outcome.balance += outcome.balance;
        self.outcome.contractual += outcome.contractual;
        self.outcome.conceded += outcome.conceded;
    }
}

/// What was seen of claims of earlier days: the rates.
#[derive(Debug, Default)]
pub struct Seen {
    by_payer: BTreeMap<(String, usize), Sum>,
    by_class: BTreeMap<(String, usize), Sum>,
    by_age: BTreeMap<usize, Sum>,
}

impl Seen {
    /// Adds what became of a claim.
    pub fn add(&mut self, place: &Place, outcome: Outcome) {
        self.by_payer.entry((place.payer.clone(), place.bucket)).or_default().add(outcome);
        self.by_class.entry((place.class.clone(), place.bucket)).or_default().add(outcome);
        self.by_age.entry(place.bucket).or_default().add(outcome);
    }

    /// The claims that speak for a place, and whose they are.
    fn rate(&self, place: &Place) -> (Sum, &'static str) {
        let enough = |sum: &&Sum| sum.claims >= ENOUGH;
        let payer = self.by_payer.get(&(place.payer.clone(), place.bucket)).filter(enough);
        let class = self.by_class.get(&(place.class.clone(), place.bucket)).filter(enough);
        let book = self.by_age.get(&place.bucket).filter(|sum| sum.claims > 0);
        match (payer, class, book) {
            (Some(sum), ..) => (*sum, "payer"),
            (_, Some(sum), _) => (*sum, "class"),
            (.., Some(sum)) => (*sum, "book"),
            _ => (Sum::default(), "nothing"),
        }
    }

    /// What of a balance will not come.
    fn estimate(&self, place: &Place, balance: Money) -> Outcome {
        let (seen, _) = self.rate(place);
        let share = |part: Money| share(balance, part, seen.outcome.balance);
        Outcome {
            balance,
            contractual: share(seen.outcome.contractual),
            conceded: share(seen.outcome.conceded),
        }
    }
}

/// `amount * part / whole`, to the cent, half away from zero; nothing of nothing.
fn share(amount: Money, part: Money, whole: Money) -> Money {
    let product = Decimal::from(amount.cents()).checked_mul(Decimal::from(part.cents()));
    let share = product.and_then(|product| product.checked_div(Decimal::from(whole.cents())));
    let cents = share.map(|share| share.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero));
    cents.and_then(|cents| i64::try_from(cents).ok()).map_or(Money::ZERO, Money::from_cents)
}

/// One row of the table.
#[derive(Clone, Copy, Debug, Default)]
struct Line {
    claims: u64,
    balance: Money,
    then: Money,
    came_to_nothing: Money,
}

/// The question, and what was read for it.
#[derive(Debug)]
pub struct Allowance {
    /// The day.
    pub as_of: Date,
    /// The look-back day.
    pub then: Date,
    /// How many months lie between.
    pub months: u32,
    /// The ages.
    pub buckets: Buckets,
    /// What became, until the day, of claims that stood on the look-back day.
    pub seen: Seen,
    /// What became, until the look-back day, of claims that stood as long before it.
    pub seen_then: Seen,
    lines: BTreeMap<Place, Line>,
}

impl Allowance {
    /// Of a day.
    #[must_use]
    pub fn new(as_of: Date, then: Date, months: u32, buckets: Buckets) -> Allowance {
        let (seen, seen_then) = (Seen::default(), Seen::default());
        Allowance { as_of, then, months, buckets, seen, seen_then, lines: BTreeMap::new() }
    }

    /// A claim that stands today.
    pub fn stands(&mut self, place: Place, balance: Money) {
        let line = self.lines.entry(place).or_default();
        line.claims += 1;
        line.balance += balance;
    }

    /// A claim that stood on the look-back day, and what became of it.
    pub fn stood(&mut self, place: Place, outcome: Outcome) {
        self.seen.add(&place, outcome);
        let line = self.lines.entry(place).or_default();
        line.then += outcome.balance;
        line.came_to_nothing += outcome.lost();
    }

    /// The table.
    #[must_use]
    pub fn finish(self) -> Table {
        let columns = vec![
            Column::text("payer", "Payer").flexible(),
            Column::text("payer_id", "Identifier").machine_only(),
            Column::text("age", "Age"),
            Column::count("claims", "Claims"),
            Column::money("balance", "Balance"),
            Column::money("contractual", "Contractual"),
            Column::money("concession", "Concession"),
            Column::money("net", "Less allowance"),
            Column::percent("contractual_share", "Contr. %"),
            Column::percent("concession_share", "Conc. %"),
            Column::count("n", "n"),
            Column::text("from", "Seen at"),
            Column::money("balance_then", "Balance then").machine_only(),
            Column::money("estimated_then", "Estimated then"),
            Column::money("lost_since", "Lost since"),
        ];
        let mut table = Table::new("allowance", "Allowance", columns)
            .as_of(self.as_of)
            .basis("service")
            .parameter("look-back", self.months.to_string())
            .empty("Nobody owes anything, and nobody did.");
        let names = self.buckets.names();
        for (place, line) in &self.lines {
            let (seen, from) = self.seen.rate(place);
            let estimate = self.seen.estimate(place, line.balance);
            let estimated_then = self.seen_then.estimate(place, line.then).lost();
            table.push(vec![
                place.payer.as_str().into(),
                place.payer_id.clone().into(),
                names.get(place.bucket).map(|(_, title)| title.as_str()).into(),
                line.claims.into(),
                line.balance.into(),
                estimate.contractual.into(),
                estimate.conceded.into(),
                (line.balance - estimate.lost()).into(),
                Percent::of(seen.outcome.contractual, seen.outcome.balance).into(),
                Percent::of(seen.outcome.conceded, seen.outcome.balance).into(),
                seen.claims.into(),
                from.into(),
                line.then.into(),
                estimated_then.into(),
                line.came_to_nothing.into(),
            ]);
        }
        table.sum_up();
        if let Some(totals) = &mut table.totals {
            // One claim speaks for many rows.
            totals[10] = Cell::Empty;
        }
        self.explain(&mut table);
        table
    }

    fn explain(&self, table: &mut Table) {
        table.note(format!(
            "Shares: of what stood on {}, what was taken off by contract or given up until {}; applied to today's balances, \
             rounded to the cent, half away from zero. What still stands counts as neither lost nor paid. Claims in credit are left out.",
            self.then, self.as_of
        ));
        table.note(format!(
            "n: the claims whose shares these are: the payer's own of that age, else (fewer than {ENOUGH}) those of its class, \
             else those of the whole book."
        ));
        table.note(format!(
            "Test: estimated then is the same estimate as it was on {}, from the {} months before; lost since is what was lost \
             of the same balances until {}.",
            self.then, self.months, self.as_of
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cents(amount: i64) -> Money {
        Money::from_cents(amount)
    }

    fn place(payer: &str, class: &str, bucket: usize) -> Place {
        Place { payer: payer.to_owned(), payer_id: None, class: class.to_owned(), bucket }
    }

    fn allowance() -> Allowance {
        let day = |text: &str| Date::parse_iso(text).expect(text);
        Allowance::new(day("2026-09-30"), day("2026-03-30"), 6, Buckets::default())
    }

    /// The row of a payer and a bucket: contractual, concession, n, whose.
    fn row(table: &Table, payer: &str) -> (Cell, Cell, Cell, Cell) {
        let row = table.rows.iter().find(|row| row.cells[0] == Cell::from(payer)).expect("a row");
        (row.cells[5].clone(), row.cells[6].clone(), row.cells[10].clone(), row.cells[11].clone())
    }

    #[test]
    fn shares_of_the_past_are_applied_to_today() {
        let mut allowance = allowance();
        for _ in 0..ENOUGH {
            allowance.stood(place("A", "commercial", 0), Outcome::of(cents(300), cents(100), cents(50)));
        }
        // A third and a sixth of 1.00: 33.33 and 16.67 cents.
        allowance.stands(place("A", "commercial", 0), cents(100));
        // Too few of its own: the class speaks.
        allowance.stood(place("B", "commercial", 0), Outcome::of(cents(300), cents(300), cents(0)));
        allowance.stands(place("B", "commercial", 0), cents(3_100));
        // Neither its own nor its class's: the book.
        allowance.stands(place("C", "medicaid", 0), cents(3_100));
        // Of an age that was never seen.
        allowance.stands(place("D", "medicaid", 3), cents(500));
        let table = allowance.finish();
        let amounts =
            |a, b, n: u64, from: &str| (Cell::Money(cents(a)), Cell::Money(cents(b)), n.into(), from.into());
        assert_eq!(row(&table, "A"), amounts(33, 17, 30, "payer"));
        // (30 * 100 + 300) of (31 * 300).
        assert_eq!(row(&table, "B"), amounts(1_100, 500, 31, "class"));
        assert_eq!(row(&table, "C"), amounts(1_100, 500, 31, "book"));
        assert_eq!(row(&table, "D"), amounts(0, 0, 0, "nothing"));
        let totals = table.totals.expect("totals");
        assert_eq!(totals[4], Cell::Money(cents(6_800)));
        assert_eq!(totals[14], Cell::Money(cents(30 * 150 + 300)), "what was lost since");
    }

    #[test]
    fn the_estimate_of_then_is_tested_by_what_came() {
        let mut allowance = allowance();
        for _ in 0..ENOUGH {
            allowance.seen_then.add(&place("A", "x", 1), Outcome::of(cents(100), cents(40), cents(0)));
        }
        allowance.stood(place("A", "x", 1), Outcome::of(cents(1_000), cents(350), cents(100)));
        let table = allowance.finish();
        let cells = &table.rows[0].cells;
        assert_eq!(cells[12..], [cents(1_000).into(), cents(400).into(), cents(450).into()]);
    }

    #[test]
    fn no_more_is_lost_than_stood() {
        let outcome = Outcome::of(cents(100), cents(80), cents(50));
        assert_eq!((outcome.contractual, outcome.conceded), (cents(80), cents(20)));
        assert_eq!(Outcome::of(cents(100), cents(-5), cents(0)).lost(), Money::ZERO);
        assert_eq!(share(cents(5), cents(1), cents(2)), cents(3), "half away from zero");
        assert_eq!(share(cents(5), cents(1), cents(0)), Money::ZERO);
    }
}
