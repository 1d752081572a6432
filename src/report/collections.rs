//! Cash by month of service and month of payment: how much of what was billed for a month has come in, and when.
//! `docs/rules/kpi.md` section 4.
//!
//! Every cent that moved on the cash accounts is in one row. Money counts for a claim on the day on which it was applied to
//! it; until then it stands under `unapplied`.

use std::collections::{BTreeMap, BTreeSet};

use super::column::{Column, Kind};
use super::table::{Cell, Table};
use super::words::words;
use crate::domain::{Money, Month, Percent};

words! {
    /// What cash was for.
    What {
        /// Applied to claims.
        Claims = "claims",
        /// Came in and waits for a claim, less what was applied.
        Unapplied = "unapplied",
        /// Provider-level items, and money of no claim.
        NoClaim = "no_claim",
    }
}

/// Where cash counts: what for, of which month of service, in which month of payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// What it was for.
    pub what: What,
    /// The month of the claim's earliest service day.
    pub service: Option<Month>,
    /// The month of the accounting date.
    pub payment: Month,
}

/// What came in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cash {
    /// From payers.
    pub insurance: Money,
    /// From patients.
    pub patient: Money,
    /// What moved on the refund accounts: below zero when a refund becomes due, above when it goes out.
    pub refunds: Money,
}

impl Cash {
    /// What moved on the cash accounts.
    #[must_use]
    pub fn amount(&self) -> Money {
        self.insurance + self.patient
    }

    /// What the claims were paid.
    fn net(&self) -> Money {
        self.amount() + self.refunds
    }

    /// Adds more.
    pub fn add(&mut self, more: Cash) {
        self.insurance += more.insurance;
        self.patient += more.patient;
        self.refunds += more.refunds;
    }

    fn is_nothing(&self) -> bool {
        *self == Cash::default()
    }
}

/// The claims of a month of service at the end of the last day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cohort {
    /// Their gross charges.
    pub charges: Money,
    /// What was paid on them so far by payers and patients, less refunds.
    pub collected: Money,
}

/// What was read.
#[derive(Clone, Debug, Default)]
pub struct Collections {
    /// Cash of the days asked for.
    pub cash: BTreeMap<Place, Cash>,
    /// The claims of each month of service that is among them.
    pub cohorts: BTreeMap<Month, Cohort>,
}

const TIES: &str = "The total is what moved on cash:insurance and cash:patient on these days. Money counts for a claim when it is \
                    applied to it; until then it stands under `unapplied`.";
const COLLECTED: &str = "Collected: all that was paid on the claims of a month of service until the end of the month of payment, less \
                         refunds, against their charges at the end of the last day.";

impl Collections {
    /// Adds cash.
    pub fn add(&mut self, place: Place, cash: Cash) {
        if !cash.is_nothing() {
            self.cash.entry(place).or_default().add(cash);
        }
    }

    /// One row for each month of service and month of payment.
    #[must_use]
    pub fn list(&self) -> Table {
        let columns = vec![
            Column::text("what", "What"),
            Column::text("service_month", "Service"),
            Column::text("payment_month", "Paid in"),
            Column::money("insurance", "From payers"),
            Column::money("patient", "From patients"),
            Column::money("amount", "Cash"),
            Column::money("refunds", "Refunds"),
            Column::money("charges", "Charges"),
            Column::money("collected", "Collected"),
            Column::percent("collected_share", "Of charges"),
        ];
        let mut table = blank("Collections by month of service and month of payment", columns);
        let mut all = Cash::default();
        for (place, cash) in self.cash.iter().filter(|(_, cash)| !cash.is_nothing()) {
            all.add(*cash);
            let cohort = self.cohort(place.service);
            let collected = cohort.map(|cohort| cohort.collected - self.after(*place));
            let share = cohort.zip(collected).and_then(|(c, collected)| Percent::of(collected, c.charges));
            table.push(vec![
                place.what.as_str().into(),
                place.service.map(|month| month.to_string()).into(),
                place.payment.to_string().into(),
                cash.insurance.into(),
                cash.patient.into(),
                cash.amount().into(),
                cash.refunds.into(),
                cohort.map(|cohort| cohort.charges).into(),
                collected.into(),
                share.into(),
            ]);
        }
        let mut totals = vec![Cell::Empty; table.columns.len()];
        totals[3..7]
            .clone_from_slice(&[all.insurance, all.patient, all.amount(), all.refunds].map(Cell::Money));
        table.set_totals(totals);
        notes(table)
    }

    /// One row for each month of service, one column for each month of payment.
    #[must_use]
    pub fn matrix(&self) -> Table {
        let months: BTreeSet<Month> = self.cash.keys().map(|place| place.payment).collect();
        let mut columns = vec![
            Column::text("what", "What"),
            Column::text("service_month", "Service"),
            Column::money("charges", "Charges"),
        ];
        columns.extend(months.iter().map(|month| {
            let key = format!("paid_{}", month.to_string().replace('-', "_"));
            Column::new(Kind::Money, key, month.to_string())
        }));
        columns.extend([
            Column::money("amount", "Cash"),
            Column::money("collected", "Collected"),
            Column::percent("collected_share", "Of charges"),
        ]);
        let mut table = blank("Collections by month of service", columns).parameter("matrix", "true");
        let rows: BTreeSet<(What, Option<Month>)> =
            self.cash.keys().map(|place| (place.what, place.service)).collect();
        for (what, service) in rows {
            let cohort = self.cohort(service);
            let paid: Vec<Money> = months
                .iter()
                .map(|month| Place { what, service, payment: *month })
                .map(|place| self.cash.get(&place).map_or(Money::ZERO, Cash::amount))
                .collect();
            let mut cells = vec![
                what.as_str().into(),
                service.map(|month| month.to_string()).into(),
                cohort.map(|cohort| cohort.charges).into(),
            ];
            cells.extend(paid.iter().map(|amount| Cell::Money(*amount)));
            cells.extend([
                paid.iter().copied().sum::<Money>().into(),
                cohort.map(|cohort| cohort.collected).into(),
                cohort.and_then(|cohort| Percent::of(cohort.collected, cohort.charges)).into(),
            ]);
            table.push(cells);
        }
        table.sum_up();
        notes(table)
    }

    fn cohort(&self, service: Option<Month>) -> Option<Cohort> {
        service.and_then(|month| self.cohorts.get(&month)).copied()
    }

    /// What came in for a month of service in later months of payment.
    fn after(&self, place: Place) -> Money {
        let later = |other: &Place| {
            (other.what, other.service) == (place.what, place.service) && other.payment > place.payment
        };
        self.cash.iter().filter(|(other, _)| later(other)).map(|(_, cash)| cash.net()).sum()
    }
}

fn blank(title: &'static str, columns: Vec<Column>) -> Table {
    Table::new("collections", title, columns).basis("posted").empty("No cash moved on these days.")
}

fn notes(mut table: Table) -> Table {
    table.note(TIES);
    table.note(COLLECTED);
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(number: u32) -> Month {
        Month::from_number(number).expect("a month")
    }

    fn money(cents: i64) -> Money {
        Money::from_cents(cents)
    }

    /// January's claims of 1000.00: 300.00 before the days asked for, 400.00 in February, 200.00 in March less 50.00
    /// that is to be given back.
    fn collections() -> Collections {
        let mut found = Collections::default();
        let place = |what, service, payment| Place { what, service, payment: month(payment) };
        let january = Some(month(202_601));
        let cash = |insurance, patient, refunds| Cash {
            insurance: money(insurance),
            patient: money(patient),
            refunds: money(refunds),
        };
        found.add(place(What::Claims, january, 202_603), cash(15_000, 5_000, -5_000));
        found.add(place(What::Claims, january, 202_602), cash(40_000, 0, 0));
        found.add(place(What::Unapplied, None, 202_602), cash(7_500, 0, 0));
        found.add(place(What::NoClaim, None, 202_603), cash(-125, 0, 0));
        found.add(place(What::NoClaim, None, 202_602), cash(0, 0, 0));
        found.cohorts.insert(month(202_601), Cohort { charges: money(100_000), collected: money(85_000) });
        found
    }

    #[test]
    fn each_month_says_what_had_come_in_by_its_end() {
        let table = collections().list();
        let shown = |row: usize, at: usize| match &table.rows[row].cells[at] {
            Cell::Money(amount) => amount.to_string(),
            Cell::Percent(share) => share.to_string(),
            Cell::Text(text) => text.clone(),
            _ => "-".to_owned(),
        };
        let row = |at| [0, 1, 2, 5, 7, 8, 9].map(|cell| shown(at, cell)).join(" ");
        assert_eq!(row(0), "claims 2026-01 2026-02 400.00 1000.00 700.00 70.0");
        assert_eq!(row(1), "claims 2026-01 2026-03 200.00 1000.00 850.00 85.0");
        assert_eq!(row(2), "unapplied - 2026-02 75.00 - - -");
        assert_eq!(row(3), "no_claim - 2026-03 -1.25 - - -");
        assert_eq!(table.rows.len(), 4, "nothing came to nothing");
        let totals = table.totals.expect("totals");
        assert_eq!(totals[5], money(67_375).into());
        assert_eq!(totals[6], money(-5_000).into());
    }

    #[test]
    fn the_matrix_says_the_same() {
        let table = collections().matrix();
        let keys: Vec<&str> = table.columns.iter().map(|column| column.key.as_ref()).collect();
        assert_eq!(keys[2..6], ["charges", "paid_2026_02", "paid_2026_03", "amount"]);
        assert_eq!(table.rows[0].cells[3..6], [40_000, 20_000, 60_000].map(|cents| money(cents).into()));
        assert_eq!(table.rows[0].cells[7], Percent::of_counts(85, 100).into());
        assert_eq!(table.totals.expect("totals")[5], money(67_375).into());
        assert!(Collections::default().matrix().rows.is_empty());
    }
}
