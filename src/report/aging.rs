//! Aging: what is owed, by how long it has been owed.
//!
//! The caller chooses balance, date and group of each claim; here they are put into buckets and added up.

use std::borrow::Cow;
use std::collections::HashMap;

use super::buckets::Buckets;
use super::column::{Column, Kind};
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

struct Group {
    label: String,
    id: Option<String>,
    claims: u64,
    buckets: Vec<Money>,
    credit: Money,
}

impl Group {
    fn new(label: String, id: Option<String>, buckets: usize) -> Group {
        Group { label, id, claims: 0, buckets: vec![Money::ZERO; buckets], credit: Money::ZERO }
    }

    fn total(&self) -> Money {
        self.buckets.iter().copied().sum::<Money>() + self.credit
    }

    fn add(&mut self, other: &Group) {
        self.claims += other.claims;
        self.credit += other.credit;
        for (sum, amount) in self.buckets.iter_mut().zip(&other.buckets) {
            *sum += *amount;
        }
    }

    fn cells(&self, label: Cell, with_id: bool) -> Vec<Cell> {
        let id = with_id.then(|| Cell::from(self.id.clone()));
        let buckets = self.buckets.iter().map(|amount| Cell::Money(*amount));
        let sums = [Cell::Money(self.credit), Cell::Money(self.total())];
        [label].into_iter().chain(id).chain([Cell::Count(self.claims)]).chain(buckets).chain(sums).collect()
    }
}

/// An aging that is being added up.
pub struct Aging {
    question: Question,
    /// Name of a group, then its identifier; the numbers are places in `groups`.
    places: HashMap<String, Vec<usize>>,
    groups: Vec<Group>,
    /// Claims in any group. One claim may stand in two; its parts come one after the other.
    claims: u64,
    last: Option<ClaimId>,
    undated: u64,
}

/// The whole aging of a list of balances.
#[must_use]
pub fn table<'a>(question: Question, items: impl IntoIterator<Item = AgingItem<'a>>) -> Table {
    let mut aging = Aging::new(question);
    items.into_iter().for_each(|item| aging.add(&item));
    aging.finish()
}

impl Aging {
    /// An aging without claims.
    #[must_use]
    pub fn new(question: Question) -> Aging {
        Aging { question, places: HashMap::new(), groups: Vec::new(), claims: 0, last: None, undated: 0 }
    }

    /// Adds one balance; those of one claim one after the other. A balance of zero is not owed and not counted.
    pub fn add(&mut self, item: &AgingItem<'_>) {
        if item.balance.is_zero() {
            return;
        }
        if self.last.replace(item.claim) != Some(item.claim) {
            self.claims += 1;
        }
        let age = item.basis_date.map_or(0, |date| self.question.as_of.days_since(date));
        // A date that lies ahead is as young as one can be.
        let bucket = self.question.buckets.of_age(u32::try_from(age).unwrap_or(0));
        self.undated += u64::from(item.basis_date.is_none());
        let group = self.group(item);
        group.claims += 1;
        if item.balance.is_negative() {
            group.credit += item.balance;
        } else {
            group.buckets[bucket] += item.balance;
        }
    }

    /// Adds balances of many claims in one group and of one age: those that owe, and those in credit. How many claims
    /// there are in all is said with [`Aging::set_claims`].
    pub fn add_sum(&mut self, item: &AgingItem<'_>, claims: u64) {
        if claims > 0 {
            self.add(item);
            self.group(item).claims += claims - 1;
            self.undated += if item.basis_date.is_none() { claims - 1 } else { 0 };
        }
    }

    /// How many claims there are, where sums were added: one claim may stand in two groups.
    pub fn set_claims(&mut self, claims: u64) {
        self.claims = claims;
    }

    fn group(&mut self, item: &AgingItem<'_>) -> &mut Group {
        // Two claims may bear one control number; the ledger's number tells them apart.
        let own_id = (self.question.by == By::Claim).then(|| Cow::Owned(item.claim.to_string()));
        let id = own_id.or_else(|| item.key_id.clone());
        let known = self.places.get(item.key.as_ref()).and_then(|places| {
            places.iter().copied().find(|place| self.groups[*place].id.as_deref() == id.as_deref())
        });
        let place = known.unwrap_or_else(|| {
            let place = self.groups.len();
            let (label, id) = (item.key.to_string(), id.map(Cow::into_owned));
            self.groups.push(Group::new(label.clone(), id, self.question.buckets.count()));
            self.places.entry(label).or_default().push(place);
            place
        });
        &mut self.groups[place]
    }

    /// The table: largest total first.
    #[must_use]
    pub fn finish(mut self) -> Table {
        let question = &self.question;
        let id_key = match question.by {
            By::Payer => Some("payer_id"),
            By::Provider => Some("provider_id"),
            By::Claim => Some("claim_id"),
            By::Patient | By::Responsibility => None,
        };
        let mut table = Table::new("aging", title(question), columns(question, id_key))
            .as_of(question.as_of)
            .basis(question.basis.as_str())
            .parameter("by", question.by.as_str())
            .parameter("responsibility", question.responsibility.as_str())
            .parameter("buckets", question.buckets.to_string())
            .empty("No open balances.");
        self.groups.sort_by(|a, b| {
            b.total().cmp(&a.total()).then_with(|| a.label.cmp(&b.label)).then_with(|| a.id.cmp(&b.id))
        });
        let mut all = Group::new(String::new(), None, question.buckets.count());
        for group in &self.groups {
            all.add(group);
            table.push(group.cells(Cell::from(group.label.as_str()), id_key.is_some()));
        }
        all.claims = self.claims;
        table.set_totals(all.cells(Cell::Empty, id_key.is_some()));
        match self.undated {
            0 => {}
            1 => table.note("1 balance has no date to age from and counts as new."),
            n => table.note(format!("{n} balances have no date to age from and count as new.")),
        }
        table
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
