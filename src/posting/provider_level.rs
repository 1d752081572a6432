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
/// the pair WO and FB, which payers confuse. Where a reference says nothing, the amounts must say it: exactly one set of
/// open items adds up to the new one. Returns the offsets and what is left open of the new item.
#[must_use]
pub fn offset(new: &PlbRecord, open: &[PlbRecord]) -> (Vec<(PlbId, Money)>, Money) {
    let mut left = new.open;
    let mut offsets = Vec::new();
    let opposite = |old: &&PlbRecord| {
        let signs = old.open.is_negative() != new.open.is_negative();
        old.payer == new.payer && same_family(new, old) && signs && !old.open.is_zero() && !new.open.is_zero()
    };
    for old in open.iter().filter(opposite).filter(|old| same_reference(new, old)) {
        let size = left.abs().min(old.open.abs());
        if size.is_zero() {
            continue;
        }
        let taken = if old.open.is_negative() { -size } else { size };
        offsets.push((old.id, taken));
        left += taken;
    }
    if offsets.is_empty() {
        let blank = |item: &PlbRecord| bare(&item.item.reference).is_empty();
        let candidates: Vec<&PlbRecord> =
            open.iter().filter(opposite).filter(|old| blank(new) || blank(old)).collect();
        if let Some(set) = only_set(&candidates, -new.open) {
            offsets = set.into_iter().map(|old| (old.id, old.open)).collect();
            left = Money::ZERO;
        }
    }
    (offsets, left)
}

/// Offsets items of one payer among each other, each against those before it. They stand in the order in which they came,
/// and of each is open what persons have not settled.
pub fn offset_all(items: &mut [PlbRecord]) {
    for at in 0..items.len() {
        let (earlier, rest) = items.split_at_mut(at);
        let item = &mut rest[0];
        let (offsets, left) = offset(item, earlier);
        item.open = left;
        for (id, taken) in offsets {
            if let Some(other) = earlier.iter_mut().find(|other| other.id == id) {
                other.open -= taken;
            }
        }
    }
}

/// The one set of at most three items that adds up to an amount; none where there is no such set, or more than one.
fn only_set<'a>(items: &[&'a PlbRecord], wanted: Money) -> Option<Vec<&'a PlbRecord>> {
    /// Sets of more items are coincidences sooner than facts.
    const MOST_ITEMS: usize = 40;
    if items.len() > MOST_ITEMS {
        return None;
    }
    let mut found: Vec<Vec<&PlbRecord>> = Vec::new();
    for (a, one) in items.iter().enumerate() {
        if one.open == wanted {
            found.push(vec![one]);
        }
        for (b, two) in items.iter().enumerate().skip(a + 1) {
            if one.open + two.open == wanted {
                found.push(vec![one, two]);
            }
            let three = items.iter().skip(b + 1).filter(|three| one.open + two.open + three.open == wanted);
            found.extend(three.map(|three| vec![*one, *two, *three]));
        }
    }
    let smallest = found.iter().map(Vec::len).min()?;
    found.retain(|set| set.len() == smallest);
    if found.len() == 1 { found.pop() } else { None }
}

fn same_family(new: &PlbRecord, old: &PlbRecord) -> bool {
    const TAKEBACKS: [Code; 2] = [Code::known("WO"), Code::known("FB")];
    new.code == old.code || (TAKEBACKS.contains(&new.code) && TAKEBACKS.contains(&old.code))
}

fn same_reference(new: &PlbRecord, old: &PlbRecord) -> bool {
    let reference = bare(&new.item.reference);
    !reference.is_empty() && reference == bare(&old.item.reference)
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
                provider: Default::default(),
                fiscal_period_end: None,
                reason: code.into(),
                reference: reference.into(),
                amount: Money::from_cents(open),
                segment: 0,
            },
            code: Code::known(code),
            open: Money::from_cents(open),
            settlements: Vec::new(),
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
    fn without_a_reference_the_amounts_must_say_it() {
        let open = [item(1, "WO", "A", -3_000), item(2, "WO", "B", -4_000), item(3, "WO", "C", -9_000)];
        let (offsets, left) = offset(&item(9, "WO", "", 7_000), &open);
        assert_eq!(offsets, [(PlbId(1), Money::from_cents(-3_000)), (PlbId(2), Money::from_cents(-4_000))]);
        assert!(left.is_zero());
        let twice = [item(1, "WO", "A", -3_000), item(2, "WO", "B", -3_000)];
        assert!(offset(&item(9, "WO", "", 3_000), &twice).0.is_empty(), "two could be meant");
        assert!(offset(&item(9, "WO", "X", 9_000), &open).0.is_empty(), "the references speak against it");
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
