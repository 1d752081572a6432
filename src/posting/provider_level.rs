//! Provider-level items (PLB): their account, and which open items they offset. `docs/rules/posting-rules.md` section 7.

use std::collections::{HashMap, HashSet, VecDeque};

use super::reference::Reference;
use crate::codes::{self, AutoPost};
use crate::domain::book::PlbRecord;
use crate::domain::entry::{Posting, Reason};
use crate::domain::{Account, ClaimId, Code, Money, PayerId, RemitId};

/// Where the items of the office itself come from: refund checks that it sent.
pub const OFFICE: RemitId = RemitId(0);
/// The payer took back an overpayment, or says that it will.
pub const TAKEN: Code = Code::known("WO");
/// The payer says that a refund check of the office came.
pub const ACKNOWLEDGED: Code = Code::known("72");
/// Takebacks, balances carried forward and acknowledged checks are names for one debt.
const DEBTS: [Code; 4] = [TAKEN, Code::known("FB"), ACKNOWLEDGED, Code::known("CS")];

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

/// An item as pairing sees it.
#[derive(Clone, Debug)]
pub struct Candidate {
    item: PlbRecord,
    /// The claims that its reference names, as far as this ledger knows them.
    claims: Vec<ClaimId>,
    reference: Reference,
}

impl Candidate {
    /// An item, of which so much is open as nobody has settled, and the claims that it names.
    #[must_use]
    pub fn new(item: PlbRecord, claims: Vec<ClaimId>) -> Candidate {
        Candidate { reference: Reference::of(&item.item.reference), item, claims }
    }

    /// The item, with what is open of it.
    #[must_use]
    pub fn into_item(self) -> PlbRecord {
        self.item
    }
}

/// Offsets the items of one payer that need no claim to be paired: of one reference, one family, and opposite to the cent.
/// That is nearly all of them. What a check of the office or its acknowledgment (72) has to do with is left to [`offset_all`].
///
/// They stand in the order of their days, which no order of files changes.
pub fn offset_same(items: &mut [PlbRecord]) {
    let is_check = |item: &PlbRecord| item.remit == OFFICE || item.code == ACKNOWLEDGED;
    let with_checks: HashSet<RemitId> = items.iter().filter(|i| is_check(i)).map(|i| i.remit).collect();
    let references: Vec<Reference> = items.iter().map(|i| Reference::of(&i.item.reference)).collect();
    let each = || items.iter().zip(&references);
    let left: HashSet<&str> =
        each().filter(|(item, _)| with_checks.contains(&item.remit)).map(|(_, said)| said.run()).collect();
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    let mut earlier: HashMap<(&str, Code, Money), VecDeque<usize>> = HashMap::new();
    for (at, (item, said)) in each().enumerate() {
        if item.open.is_zero() || said.run().is_empty() || left.contains(said.run()) {
            continue;
        }
        let opposite = earlier.get_mut(&(said.run(), family(item.code), -item.open));
        match opposite.and_then(VecDeque::pop_front) {
            Some(other) => pairs.push((other, at)),
            None => earlier.entry((said.run(), family(item.code), item.open)).or_default().push_back(at),
        }
    }
    for at in pairs.into_iter().flat_map(|(one, other)| [one, other]) {
        items[at].open = Money::ZERO;
    }
}

/// Offsets the items of one payer among each other. They stand in the order of their days, which no order of files changes.
///
/// First a check of the office and the acknowledgment (72) that names it. Then a check that the payer acknowledges and the
/// takeback of the same remittance (WO): they say the same thing twice. Then what names one claim, then what bears one reference, each later item against those before it. Where a
/// reference says nothing, the amounts must say it: exactly one set of items adds up to the other.
pub fn offset_all(items: &mut [Candidate]) {
    pair(items, |earlier, later| {
        let ours = [earlier, later].iter().any(|one| one.item.remit == OFFICE);
        ours && earlier.item.code == later.item.code && earlier.reference.is_like(&later.reference)
    });
    pair(items, |earlier, later| {
        let acknowledged = acknowledges(&earlier.item, &later.item);
        acknowledged && !contradict(earlier, later) && earlier.item.open == -later.item.open
    });
    acknowledged_sums(items);
    pair(items, |earlier, later| name_one_claim(earlier, later) && earlier.item.open == -later.item.open);
    pair(items, name_one_claim);
    pair(items, |earlier, later| !contradict(earlier, later) && earlier.reference.is_like(&later.reference));
    for at in 0..items.len() {
        let (earlier, rest) = items.split_at(at);
        let later = &rest[0];
        let may =
            |other: &Candidate| opposite(other, later) && !contradict(other, later) && silent(other, later);
        let fitting = only_set(earlier, may, -later.item.open);
        for other in fitting.into_iter().flatten() {
            close(items, other, at);
        }
    }
}

/// Offsets each item against those before it that fit, oldest first, as far as the smaller goes.
fn pair(items: &mut [Candidate], fit: impl Fn(&Candidate, &Candidate) -> bool) {
    for at in 0..items.len() {
        for other in 0..at {
            if opposite(&items[other], &items[at]) && fit(&items[other], &items[at]) {
                close(items, other, at);
            }
        }
    }
}

/// Checks that a remittance acknowledges in another number of items than it takes back.
fn acknowledged_sums(items: &mut [Candidate]) {
    for at in 0..items.len() {
        let said = &items[at];
        if said.item.open.is_zero() {
            continue;
        }
        let may = |other: &Candidate| {
            opposite(other, said) && acknowledges(&other.item, &said.item) && !contradict(other, said)
        };
        let fitting = only_set(items, may, -said.item.open);
        for other in fitting.into_iter().flatten() {
            close(items, other, at);
        }
    }
}

/// Takes from both what they have in common.
fn close(items: &mut [Candidate], one: usize, other: usize) {
    let size = items[one].item.open.abs().min(items[other].item.open.abs());
    for at in [one, other] {
        let open = &mut items[at].item.open;
        *open -= if open.is_negative() { -size } else { size };
    }
}

/// Whether two open items of one family go against each other.
fn opposite(one: &Candidate, other: &Candidate) -> bool {
    let (a, b) = (&one.item, &other.item);
    a.open.is_negative() != b.open.is_negative()
        && !a.open.is_zero()
        && !b.open.is_zero()
        && a.payer == b.payer
        && family(a.code) == family(b.code)
}

/// Whether one says that the office's check came, and the other takes in the same remittance what the check was for.
fn acknowledges(one: &PlbRecord, other: &PlbRecord) -> bool {
    let (said, taken) = if one.code == ACKNOWLEDGED { (one, other) } else { (other, one) };
    said.code == ACKNOWLEDGED
        && taken.code == TAKEN
        && one.remit == other.remit
        && said.open.is_negative()
        && taken.open.is_positive()
}

fn name_one_claim(one: &Candidate, other: &Candidate) -> bool {
    one.claims.iter().any(|claim| other.claims.contains(claim))
}

/// Whether each names a claim, and not the same.
fn contradict(one: &Candidate, other: &Candidate) -> bool {
    !one.claims.is_empty() && !other.claims.is_empty() && !name_one_claim(one, other)
}

/// Whether the reference of one of them says nothing.
fn silent(one: &Candidate, other: &Candidate) -> bool {
    one.reference.run().is_empty() || other.reference.run().is_empty()
}

/// The one set of at most three items that adds up to an amount, by their places; none where there is no such set, or more
/// than one.
fn only_set(items: &[Candidate], may: impl Fn(&Candidate) -> bool, wanted: Money) -> Option<Vec<usize>> {
    /// Sets of more items are coincidences sooner than facts.
    const MOST_ITEMS: usize = 40;
    let open: Vec<(usize, Money)> = items
        .iter()
        .enumerate()
        .filter(|(_, item)| may(item))
        .map(|(at, item)| (at, item.item.open))
        .collect();
    if open.len() > MOST_ITEMS {
        return None;
    }
    let mut found: Vec<Vec<usize>> = Vec::new();
    for (a, one) in open.iter().enumerate() {
        if one.1 == wanted {
            found.push(vec![one.0]);
        }
        for (b, two) in open.iter().enumerate().skip(a + 1) {
            if one.1 + two.1 == wanted {
                found.push(vec![one.0, two.0]);
            }
            let three = open.iter().skip(b + 1).filter(|three| one.1 + two.1 + three.1 == wanted);
            found.extend(three.map(|three| vec![one.0, two.0, three.0]));
        }
    }
    let smallest = found.iter().map(Vec::len).min()?;
    found.retain(|set| set.len() == smallest);
    if found.len() == 1 { found.pop() } else { None }
}

/// The code that stands for an item's: payers use one name of a debt where another is due.
fn family(code: Code) -> Code {
    if DEBTS.contains(&code) { TAKEN } else { code }
}

#[cfg(test)]
mod tests;
