//! Names that lists and reports show: payers by number, patients, providers. Read once for a command.

use std::collections::HashMap;

use crate::books::payers::titled;
use crate::domain::book::PayerRecord;
use crate::domain::claim::{Person, Provider};
use crate::domain::merge::Merged;
use crate::domain::{Account, PayerId};
use crate::store::{Read, StoreError};

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
