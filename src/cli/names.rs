//! Names that lists and reports show: payers by number, patients, providers. Read once for a command.

use std::collections::{BTreeSet, HashMap};

use super::choose::Choose;
use crate::books::payers::titled;
use crate::domain::book::PayerRecord;
use crate::domain::brief::NameKey;
use crate::domain::claim::{Person, Provider};
use crate::domain::merge::Merged;
use crate::domain::{Account, ClaimId, PayerId};
use crate::report::{Known, Table};
use crate::store::{Read, Snapshot, StoreError};

/// The payers of a ledger. One that became another goes by that one's name.
pub(super) struct Payers(HashMap<PayerId, PayerRecord>, Merged);

impl Payers {
    pub(super) fn read(tables: &impl Read) -> Result<Payers, StoreError> {
        let payers = tables.payers()?;
        let merged = Merged::of(&payers);
        Ok(Payers(payers.into_iter().map(|payer| (payer.id, payer)).collect(), merged))
    }

    /// Every payer by name, with its identifier, for those who choose by them.
    pub(super) fn all(&self) -> Vec<String> {
        let own = self.0.values().filter(|payer| payer.merged_into.is_none());
        let mut all: Vec<String> = own.map(titled).collect();
        all.sort_unstable();
        all
    }

    fn get(&self, id: PayerId) -> Option<&PayerRecord> {
        self.0.get(&self.1.now(id))
    }

    pub(super) fn name(&self, id: PayerId) -> &str {
        self.get(id).map_or("(no payer named)", |payer| match payer.name.as_str() {
            "" => payer.ident.as_str(),
            name => name,
        })
    }

    /// Whether name or identifier has this in it; it is in lower case.
    pub(super) fn have(&self, id: PayerId, part: &str) -> bool {
        let has = |text: &str| text.to_lowercase().contains(part);
        has(self.name(id)) || self.ident(id).is_some_and(has)
    }

    pub(super) fn ident(&self, id: PayerId) -> Option<&str> {
        self.get(id).map(|payer| payer.ident.as_str()).filter(|ident| !ident.is_empty())
    }
}

/// `Last, First`.
pub(super) fn patient(person: &Person) -> String {
    full(&person.last, &person.first)
}

/// `Last, First`, where a part is there.
pub(super) fn full(last: &str, first: &str) -> String {
    parts(last, first).concat()
}

/// What a full name is put together from.
pub(super) fn parts<'n>(last: &'n str, first: &'n str) -> [&'n str; 3] {
    [last, if last.is_empty() || first.is_empty() { "" } else { ", " }, first]
}

/// A provider's name, or its NPI.
pub(super) fn provider_name(provider: &Provider) -> &str {
    if provider.name.is_empty() { &provider.npi } else { &provider.name }
}

/// A list that knows which providers there are, where one is asked for: a mistyped one is no empty list.
pub(super) fn know_providers(
    mut table: Table,
    choose: &Choose,
    tables: &Snapshot,
) -> Result<Table, StoreError> {
    if choose.asks_provider() {
        let mut first: HashMap<NameKey, ClaimId> = HashMap::new();
        tables.visit_providers(ClaimId(0)..=ClaimId(u64::MAX), |claim, key| {
            first.entry(key).or_insert(claim);
        })?;
        let mut all = BTreeSet::new();
        for claim in first.into_values() {
            if let Some(record) = tables.claim(claim)? {
                let provider = record.claim.provider();
                all.insert(format!("{} ({})", provider_name(provider), provider.npi));
            }
        }
        let own = table.columns.iter_mut().filter(|column| column.key == "provider");
        own.for_each(|column| column.known = Known::Names(all.iter().cloned().collect()));
    }
    Ok(table)
}

/// The words of the six buckets of a claim, in the order of [`Account::BUCKETS`].
pub(super) const BUCKETS: [&str; 6] = ["open", "denied", "pending", "next", "due", "hold"];

/// The bucket of one of those words.
pub(super) fn bucket_of(word: &str) -> Option<Account> {
    let named = BUCKETS.into_iter().zip(Account::BUCKETS);
    named.into_iter().find(|(known, _)| *known == word).map(|(_, account)| account)
}

/// Who owes what stands in one of the six buckets of a claim, and why.
pub(super) const fn bucket(account: Account) -> &'static str {
    account.words()
}
