//! Aging: what is owed, by how long it has been owed.
//!
//! The caller chooses balance, date and group of each claim; here they are put into buckets and added up. A million are
//! added in some milliseconds where the caller keeps the [`Sums`] of a group under a number and names the group once.

use std::borrow::Cow;
use std::collections::HashMap;

use super::aging_rows::{Owed, Patients, Rows};
use super::buckets::Buckets;
use super::column::{Column, Kind};
use super::names::Names;
use super::table::{Cell, Table};
use super::words::words;
use crate::domain::{ClaimId, Date, Money};

words! {
    /// What the rows of an aging are.
    By {
        /// Who is to pay.
        Payer = "payer",
        /// Who rendered or billed the service.
        Provider = "provider",
        /// Who was treated.
        Patient = "patient",
        /// Insurance or patient.
        Responsibility = "responsibility",
        /// Each claim.
        Claim = "claim",
    }
}

words! {
    /// Whose share of the balance counts.
    Responsibility {
        /// Everybody's.
        All = "all",
        /// What payers owe.
        Insurance = "insurance",
        /// What patients owe.
        Patient = "patient",
    }
}

words! {
    /// Which date a balance ages from.
    Basis {
        /// The date of service.
        Service = "service",
        /// The day the claim was billed.
        Billed = "billed",
        /// The day the balance became this party's.
        Responsibility = "responsibility",
    }
}

/// What was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What the rows are.
    pub by: By,
    /// Whose share counts.
    pub responsibility: Responsibility,
    /// Which date ages.
    pub basis: Basis,
    /// Where the edges lie.
    pub buckets: Buckets,
    /// The day on which ages are taken.
    pub as_of: Date,
}

/// One claim's balance in one group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgingItem<'a> {
    /// Whose balance it is.
    pub claim: ClaimId,
    /// What the group is called.
    pub key: Cow<'a, str>,
    /// What tells groups of one name apart: the payer's identifier, the provider's NPI, the patient's number.
    pub key_id: Option<Cow<'a, str>>,
    /// The selected share of the balance.
    pub balance: Money,
    /// The selected date.
    pub basis_date: Option<Date>,
}

/// What the claims of one group owe, by age.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    claims: u64,
    buckets: [Money; Buckets::MOST],
    credit: Money,
    undated: u64,
}

impl Sums {
    /// What some claims owe.
    pub(super) fn of<'o>(question: &Question, owed: impl IntoIterator<Item = &'o Owed>) -> Sums {
        let mut sums = Sums::default();
        owed.into_iter().for_each(|owed| sums.add(question, owed.balance, owed.basis_date));
        sums
    }

    /// Adds one claim's balance. One of zero is not owed and not counted.
    pub fn add(&mut self, question: &Question, balance: Money, basis_date: Option<Date>) {
        if !balance.is_zero() {
            self.add_all(question, balance, basis_date, 1);
        }
    }

    /// Adds the balances of so many claims of one age, all of one sign.
    pub fn add_all(&mut self, question: &Question, balance: Money, basis_date: Option<Date>, claims: u64) {
        self.claims += claims;
        self.undated += if basis_date.is_none() { claims } else { 0 };
        if balance.is_negative() {
            self.credit += balance;
            return;
        }
        let age = basis_date.map_or(0, |date| question.as_of.days_since(date));
        // A date that lies ahead is as young as one can be.
        self.buckets[question.buckets.of_age(u32::try_from(age).unwrap_or(0))] += balance;
    }

    /// Adds another group's.
    pub fn absorb(&mut self, other: &Sums) {
        self.claims += other.claims;
        self.undated += other.undated;
        self.credit += other.credit;
        for (sum, amount) in self.buckets.iter_mut().zip(&other.buckets) {
            *sum += *amount;
        }
    }

    /// Fills in the cells behind the names: claims, buckets, credit, total.
    pub(super) fn fill(&self, question: &Question, cells: &mut [Cell]) {
        let buckets = self.buckets[..question.buckets.count()].iter().copied();
        let amounts = buckets.chain([self.credit, self.total()]).map(Cell::Money);
        cells
            .iter_mut()
            .zip([Cell::Count(self.claims)].into_iter().chain(amounts))
            .for_each(|(cell, figure)| *cell = figure);
    }

    fn total(&self) -> Money {
        self.buckets.iter().copied().sum::<Money>() + self.credit
    }
}

struct Group {
    label: String,
    id: Option<String>,
    sums: Sums,
    total: Money,
}

/// An aging that is being put together.
pub struct Aging {
    question: Question,
    groups: Vec<Group>,
}

/// The whole aging of a list of balances; those of one claim one after the other.
#[must_use]
pub fn table<'a>(question: Question, items: impl IntoIterator<Item = AgingItem<'a>>) -> Table {
    let mut groups: HashMap<(Cow<'a, str>, Option<Cow<'a, str>>), Sums> = HashMap::new();
    let (mut claims, mut last) = (0, None);
    for item in items.into_iter().filter(|item| !item.balance.is_zero()) {
        claims += u64::from(last.replace(item.claim) != Some(item.claim));
        // Two claims may bear one control number; the ledger's number tells them apart.
        let own_id = (question.by == By::Claim).then(|| Cow::Owned(item.claim.to_string()));
        let sums = groups.entry((item.key, own_id.or(item.key_id))).or_default();
        sums.add(&question, item.balance, item.basis_date);
    }
    let mut aging = Aging::new(question);
    for ((label, id), sums) in groups {
        aging.group(label.into_owned(), id.map(Cow::into_owned), sums);
    }
    aging.finish(claims)
}

impl Aging {
    /// An aging without claims.
    #[must_use]
    pub const fn new(question: Question) -> Aging {
        Aging { question, groups: Vec::new() }
    }

    /// Adds a group that was not added before. One without claims is left out.
    pub fn group(&mut self, label: String, id: Option<String>, sums: Sums) {
        if sums.claims > 0 {
            let total = sums.total();
            self.groups.push(Group { label, id, sums, total });
        }
    }

    /// The table: largest total first. `claims` are in any group; one may stand in two.
    #[must_use]
    pub fn finish(self, claims: u64) -> Table {
        let Aging { question, mut groups } = self;
        groups.sort_unstable_by(|a, b| {
            b.total.cmp(&a.total).then_with(|| a.label.cmp(&b.label)).then_with(|| a.id.cmp(&b.id))
        });
        let (mut table, mut all) = (head(&question), Sums::default());
        let has_id = id_key(question.by).is_some();
        for group in groups {
            all.absorb(&group.sums);
            let mut cells = vec![Cell::Empty; table.columns.len()];
            cells[0] = Cell::Text(group.label);
            if has_id {
                cells[1] = group.id.into();
            }
            group.sums.fill(&question, &mut cells[1 + usize::from(has_id)..]);
            table.push(cells);
        }
        total(&mut table, &question, all, claims);
        table
    }
}

/// The aging by claim: what each owes, in the order of the claims, and its control number in the same place.
#[must_use]
pub fn by_claim(question: Question, owed: Vec<Owed>, numbers: Names) -> Table {
    let all = Sums::of(&question, &owed);
    let mut table = head(&question);
    total(&mut table, &question, all, all.claims);
    table.supply(Rows::new(question, owed, numbers));
    table
}

/// The aging by patient: what each owes, and the name in the same place.
#[must_use]
pub fn by_patient(question: Question, patients: Patients, names: Names) -> Table {
    let all = Sums::of(&question, patients.all());
    let mut table = head(&question);
    total(&mut table, &question, all, all.claims);
    table.supply(Rows::new(question, patients, names));
    table
}

/// The table without its rows.
fn head(question: &Question) -> Table {
    Table::new("aging", title(question), columns(question, id_key(question.by)))
        .as_of(question.as_of)
        .basis(question.basis.as_str())
        .parameter("by", question.by.as_str())
        .parameter("responsibility", question.responsibility.as_str())
        .parameter("buckets", question.buckets.to_string())
        .empty("No open balances.")
}

fn id_key(by: By) -> Option<&'static str> {
    match by {
        By::Payer => Some("payer_id"),
        By::Provider => Some("provider_id"),
        By::Claim => Some("claim_id"),
        By::Patient | By::Responsibility => None,
    }
}

fn total(table: &mut Table, question: &Question, all: Sums, claims: u64) {
    let mut cells = vec![Cell::Empty; table.columns.len()];
    let figures = 1 + usize::from(id_key(question.by).is_some());
    Sums { claims, ..all }.fill(question, &mut cells[figures..]);
    table.set_totals(cells);
    match all.undated {
        0 => {}
        1 => table.note("1 balance has no date to age from and counts as new."),
        n => table.note(format!("{n} balances have no date to age from and count as new.")),
    }
}

fn title(question: &Question) -> String {
    let by = question.by.as_str();
    match question.responsibility {
        Responsibility::All => format!("Aging by {by}"),
        Responsibility::Insurance => format!("Insurance aging by {by}"),
        Responsibility::Patient => format!("Patient aging by {by}"),
    }
}

fn columns(question: &Question, id_key: Option<&'static str>) -> Vec<Column> {
    let label = match question.by {
        By::Payer => Column::text("payer", "Payer").flexible(),
        By::Provider => Column::text("provider", "Provider").flexible(),
        By::Patient => Column::text("patient", "Patient").flexible().personal(),
        By::Responsibility => Column::text("responsibility", "Responsibility"),
        By::Claim => Column::text("claim", "Claim"),
    };
    let id = id_key.map(|key| Column::text(key, "Identifier").machine_only());
    let buckets =
        question.buckets.names().into_iter().map(|(key, title)| Column::new(Kind::Money, key, title));
    let sums = [Column::money("credit", "Credit"), Column::money("total", "Total")];
    [label]
        .into_iter()
        .chain(id)
        .chain([Column::count("claims", "Claims")])
        .chain(buckets)
        .chain(sums)
        .collect()
}

#[cfg(test)]
#[path = "aging_tests.rs"]
mod tests;
