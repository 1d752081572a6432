//! What a transaction changed that provider-level items are paired by: items, and the answers that their references name.

use std::collections::{BTreeSet, HashSet};
use std::hash::BuildHasher;

use super::schema::WriteTables;
use crate::domain::book::{PaymentRecord, PlbRecord};
use crate::domain::{EvenSpreading, PayerId, RemitId, Spreading};

/// Longer numbers are told by their first characters.
const LONGEST: usize = 63;

/// The payers whose items must be paired anew, and by what others may turn out to be.
#[derive(Debug, Default)]
pub struct ToPair {
    all: bool,
    payers: BTreeSet<PayerId>,
    remits: HashSet<RemitId, Spreading>,
    /// Numbers in answers, in short, each with the payer that gave or repeated it.
    numbers: HashSet<(PayerId, u64), Spreading>,
    /// A bit for each length that they have.
    lengths: u64,
}

impl ToPair {
    /// An item came, or is not what it was.
    pub(super) fn item(&mut self, item: &PlbRecord) {
        self.payers.insert(item.payer);
    }

    /// An answer came, or was put on another claim.
    pub(super) fn answer(&mut self, answer: &PaymentRecord) {
        let said = &answer.payment;
        let own = [said.control_number.as_str(), said.payer_number.as_str()];
        let others = said.other_numbers.iter().map(AsRef::as_ref);
        self.numbers(answer.payer, answer.remit, own.into_iter().chain(others));
    }

    fn numbers<'n>(&mut self, payer: PayerId, remit: RemitId, numbers: impl IntoIterator<Item = &'n str>) {
        self.remits.insert(remit);
        for number in numbers {
            let mut place = [0; LONGEST];
            let mut length = 0;
            for (to, byte) in place.iter_mut().zip(bare(number)) {
                *to = byte;
                length += 1;
            }
            if length > 0 {
                self.numbers.insert((payer, in_short(&place[..length])));
                self.lengths |= 1 << length;
            }
        }
    }

    /// Takes in what was changed elsewhere in the transaction.
    pub(super) fn join(&mut self, other: ToPair) {
        self.all |= other.all;
        self.payers.extend(other.payers);
        self.remits.extend(other.remits);
        self.numbers.extend(other.numbers);
        self.lengths |= other.lengths;
    }

    /// Claims became one, or several: any reference may name another claim.
    pub(super) const fn everything(&mut self) {
        self.all = true;
    }

    /// Whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.all && self.payers.is_empty() && self.numbers.is_empty() && self.remits.is_empty()
    }

    /// Whether the items of a payer may pair otherwise than they did.
    #[must_use]
    pub fn concerns(&self, payer: PayerId, items: &[PlbRecord]) -> bool {
        self.all
            || self.payers.contains(&payer)
            || items.iter().any(|item| self.remits.contains(&item.remit) || self.names(payer, item))
    }

    /// Whether a number of the answers stands anywhere in the reference of an item.
    fn names(&self, payer: PayerId, item: &PlbRecord) -> bool {
        let run: Vec<u8> = bare(&item.item.reference).collect();
        (1..=run.len())
            .filter(|length| self.lengths & (1 << length) != 0)
            .any(|length| run.windows(length).any(|part| self.numbers.contains(&(payer, in_short(part)))))
    }
}

impl WriteTables<'_> {
    /// What was changed that provider-level items are paired by, since this was last asked.
    pub fn take_to_pair(&mut self) -> ToPair {
        std::mem::take(&mut self.pending.to_pair)
    }
}

/// Letters and digits only, upper case.
fn bare(text: &str) -> impl Iterator<Item = u8> {
    text.bytes().filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_uppercase())
}

/// Two numbers in one short form cost a pairing that changes nothing.
fn in_short(number: &[u8]) -> u64 {
    EvenSpreading::default().hash_one(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::remit::ProviderAdjustment;
    use crate::domain::{Code, Date, Money, PlbId};

    fn item(reference: &str) -> PlbRecord {
        let item = ProviderAdjustment {
            provider: Default::default(),
            fiscal_period_end: None,
            reason: "WO".into(),
            reference: reference.into(),
            amount: Money::ZERO,
            segment: 0,
        };
        PlbRecord {
            id: PlbId(1),
            remit: RemitId(7),
            payer: PayerId(1),
            posted_on: Date::from_number(730_000),
            item,
            code: Code::known("WO"),
            open: Money::ZERO,
            settlements: Vec::new(),
            withdrawn: false,
            review: String::new(),
        }
    }

    #[test]
    fn whoever_may_be_named_by_what_came_is_paired_anew() {
        let of = |payer, remit, own: &str, payers: &str| {
            let mut to_pair = ToPair::default();
            to_pair.numbers(PayerId(payer), RemitId(remit), [own, payers]);
            to_pair
        };
        let concerns = |to_pair: &ToPair, reference: &str| to_pair.concerns(PayerId(1), &[item(reference)]);
        let answer = of(1, 2, "ac-17", "0260 77");
        for named in ["AC17", "X9 ac17", "026077", "99026077", "AC17026077", "QAC-17Q"] {
            assert!(concerns(&answer, named), "{named}");
        }
        for other in ["AC18", "AC1", "", "02607"] {
            assert!(!concerns(&answer, other), "{other}");
        }
        assert!(!concerns(&of(2, 2, "ac-17", ""), "AC17"), "another payer's answer");
        assert!(concerns(&of(2, 7, "", ""), "T1"), "what the item's own remittance takes back");
        let long = "9".repeat(200);
        assert!(concerns(&of(1, 2, &long, ""), &long));
        let mut joined = ToPair::default();
        assert!(joined.is_empty());
        joined.join(answer);
        assert!(!joined.is_empty() && concerns(&joined, "AC17"));
        joined = ToPair::default();
        joined.everything();
        assert!(concerns(&joined, ""));
    }
}
