//! Payers that turned out to be one: where each went, and what a merge changed, so that it can be undone.

use std::collections::BTreeMap;

use super::book::{Origin, PayerRecord};
use super::clock::ClockRule;
use super::{EntryId, FileId, PayerId};

/// A payer that became another, and what that changed. What files said of payers is kept as they said it, so that
/// everything else follows from the names and identifiers that lead to the payer again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayerMerge {
    /// The payer that went.
    pub from: PayerId,
    /// The payer that it is now.
    pub into: PayerId,
    /// When: seconds since 1970 in UTC.
    pub at: i64,
    /// Who said so.
    pub user: String,
    /// The last entry that the journal had before.
    pub last_entry: EntryId,
    /// The last file that the ledger had before.
    pub last_file: FileId,
    /// The keys by which the payer was found, such as `id:60054`.
    pub keys: Vec<String>,
    /// The submissions that were billed to it: of earlier ones nobody keeps the payer's name.
    pub versions: Vec<Origin>,
    /// Its deadlines as they were.
    pub rules: Vec<ClockRule>,
    /// Whether the other payer took its name among its other names.
    pub gave_name: bool,
    /// Whether the other payer took its identifier, having none.
    pub gave_ident: bool,
    /// Whether the other payer took its address, having none.
    pub gave_address: bool,
}

/// Where payers went that became others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged(BTreeMap<PayerId, PayerId>);

impl Merged {
    /// As the payers' records have it. A payer that became one that itself became another is the last of them.
    #[must_use]
    pub fn of(payers: &[PayerRecord]) -> Merged {
        let direct: BTreeMap<PayerId, PayerId> =
            payers.iter().filter_map(|payer| Some((payer.id, payer.merged_into?))).collect();
        let last = |first: PayerId| {
            // Earlier versions let payers go round in a circle: no more steps than there are.
            let steps = std::iter::successors(Some(first), |payer| direct.get(payer).copied());
            steps.take(direct.len() + 1).last().unwrap_or(first)
        };
        Merged(direct.keys().map(|payer| (*payer, last(*payer))).collect())
    }

    /// The payer that this one is now.
    #[must_use]
    pub fn now(&self, payer: PayerId) -> PayerId {
        self.0.get(&payer).copied().unwrap_or(payer)
    }

    /// Whether a payer became another.
    #[must_use]
    pub fn is_gone(&self, payer: PayerId) -> bool {
        self.0.contains_key(&payer)
    }

    /// Whether no payer did.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payers(merged: &[(u32, u32)]) -> Merged {
        let record = |(from, into): &(u32, u32)| PayerRecord {
            merged_into: Some(PayerId(*into)),
            ..PayerRecord::named(PayerId(*from), "", "")
        };
        Merged::of(&merged.iter().map(record).collect::<Vec<_>>())
    }

    #[test]
    fn a_payer_goes_on_to_where_the_other_went() {
        let merged = payers(&[(1, 3), (3, 4), (7, 4)]);
        assert_eq!([1, 3, 7, 4, 9].map(|id| merged.now(PayerId(id)).0), [4, 4, 4, 4, 9]);
        assert!(merged.is_gone(PayerId(3)) && !merged.is_gone(PayerId(4)));
    }

    #[test]
    fn a_circle_of_an_earlier_version_ends() {
        let merged = payers(&[(1, 2), (2, 1)]);
        assert!([PayerId(1), PayerId(2)].contains(&merged.now(PayerId(1))));
    }
}
