//! Provider-level items (PLB): their account, and which open items they offset. `domain/posting-rules.md` section 7.

use crate::codes::{self, AutoPost};
use crate::domain::book::PlbRecord;
use crate::domain::entry::{Posting, Reason};
use crate::domain::{Account, Code, Money, PayerId, PlbId};

/// The postings of an item. A positive amount lowers the payment, so it is cash that did not come.
#[must_use]
pub fn postings(code: Code, payer: PayerId, amount: Money) -> Vec<Posting> {
    let account = codes::plb(code).map_or(Account::Plb, |plb| plb.account);
    let reason = Some(Reason { group: None, code });
    vec![
        Posting { reason, ..Posting::new(Account::CashInsurance, payer, -amount) },
        Posting { reason, ..Posting::new(account, payer, amount) },
    ]
}

/// Whether an item stays open until something offsets it.
#[must_use]
pub fn stays_open(code: Code) -> bool {
    codes::plb(code).is_none_or(|plb| plb.account == Account::Plb)
}

/// Why a person should look at an item, or nothing.
#[must_use]
pub fn review(code: Code, reference: &str) -> &'static str {
    match codes::plb(code).map(|plb| plb.auto_post) {
        None => "the code is not in the list: find out what it is for",
        Some(AutoPost::Hold) => "somebody must decide what it is for",
        Some(AutoPost::IfMatched) if reference.is_empty() => "it names nothing that it belongs to",
        Some(_) => "",
    }
}

/// Which open items a new one offsets, oldest first: same payer, opposite sign, same reference, and the same code or
/// the pair WO and FB, which payers confuse. Returns the offsets and what is left open of the new item.
#[must_use]
pub fn offset(new: &PlbRecord, open: &[PlbRecord]) -> (Vec<(PlbId, Money)>, Money) {
    let mut left = new.open;
    let mut offsets = Vec::new();
    for old in open.iter().filter(|old| old.payer == new.payer && belongs_together(new, old)) {
        if left.is_zero() || left.is_negative() == old.open.is_negative() {
            continue;
        }
        let size = left.abs().min(old.open.abs());
        let taken = if old.open.is_negative() { -size } else { size };
        offsets.push((old.id, taken));
        left += taken;
    }
    (offsets, left)
}

fn belongs_together(new: &PlbRecord, old: &PlbRecord) -> bool {
    const TAKEBACKS: [Code; 2] = [Code::known("WO"), Code::known("FB")];
    let codes = new.code == old.code || (TAKEBACKS.contains(&new.code) && TAKEBACKS.contains(&old.code));
    codes && bare(&new.item.reference) == bare(&old.item.reference)
}

fn bare(reference: &str) -> String {
    reference.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::remit::ProviderAdjustment;
    use crate::domain::{Date, RemitId};

    fn item(id: u64, code: &str, reference: &str, open: i64) -> PlbRecord {
        PlbRecord {
            id: PlbId(id),
            remit: RemitId(1),
            payer: PayerId(1),
            posted_on: Date::from_number(730_000),
            item: ProviderAdjustment {
                provider: String::new(),
                fiscal_period_end: None,
                reason: code.to_owned(),
                reference: reference.to_owned(),
                amount: Money::from_cents(open),
                segment: 0,
            },
            code: Code::known(code),
            open: Money::from_cents(open),
            settled: Money::ZERO,
            withdrawn: false,
            review: String::new(),
        }
    }

    #[test]
    fn a_takeback_offsets_what_was_postponed_under_its_reference() {
        let open =
            [item(1, "WO", "ICN 12", -12_000), item(2, "WO", "OTHER", -5_000), item(3, "72", "ICN12", -100)];
        let (offsets, left) = offset(&item(9, "FB", "ICN-12", 15_000), &open);
        assert_eq!(offsets, [(PlbId(1), Money::from_cents(-12_000))]);
        assert_eq!(left, Money::from_cents(3_000));
        let (none, left) = offset(&item(9, "WO", "ICN12", -100), &open);
        assert!(none.is_empty());
        assert_eq!(left, Money::from_cents(-100));
    }

    #[test]
    fn items_sum_to_zero_and_interest_is_income() {
        let postings = postings(Code::known("L6"), PayerId(1), Money::from_cents(-125));
        assert_eq!(postings[0].amount, Money::from_cents(125));
        assert_eq!((postings[1].account, postings[1].amount), (Account::Interest, Money::from_cents(-125)));
        assert!(
            stays_open(Code::known("WO")) && !stays_open(Code::known("L6")) && stays_open(Code::known("XX"))
        );
    }
}
