//! Productivity: who did what about denials and unanswered claims, and which dollars moved by it.

use std::collections::{BTreeMap, BTreeSet};

use super::column::Column;
use super::table::{Cell, Table};
use crate::domain::{ClaimId, Date, Money};

/// Something that somebody did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touch {
    /// Who.
    pub user: String,
    /// About which claim.
    pub claim: Option<ClaimId>,
    /// What kind of work.
    pub work: Work,
    /// Dollars that it moved.
    pub moved: Money,
    /// Dollars that payers paid because of it.
    pub recovered: Money,
}

impl Touch {
    /// Something done that moved no money.
    #[must_use]
    pub fn new(user: String, claim: Option<ClaimId>, work: Work) -> Touch {
        Touch { user, claim, work, moved: Money::ZERO, recovered: Money::ZERO }
    }
}

/// Kinds of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// A call to a payer.
    Call,
    /// An appeal that was sent.
    Appeal,
    /// A corrected claim or records that were sent.
    Sent,
    /// A letter or packet that was written.
    Letter,
    /// Anything else: notes, assignments, decisions, and what was put off.
    Other,
    /// Money that was moved or came in: no touch of its own.
    Money,
}

#[derive(Default)]
struct Sums {
    touches: u64,
    kinds: [u64; 5],
    claims: BTreeSet<ClaimId>,
    moved: Money,
    recovered: Money,
}

impl Sums {
    fn add(&mut self, touch: &Touch) {
        self.moved += touch.moved;
        self.recovered += touch.recovered;
        let kind = match touch.work {
            Work::Call => 0,
            Work::Letter => 1,
            Work::Appeal => 2,
            Work::Sent => 3,
            Work::Other => 4,
            Work::Money => return,
        };
        self.claims.extend(touch.claim);
        self.touches += 1;
        self.kinds[kind] += 1;
    }

    fn cells(&self) -> Vec<Cell> {
        let mut cells = vec![self.touches.into(), (self.claims.len() as u64).into()];
        cells.extend(self.kinds.map(Cell::Count));
        cells.extend([self.moved.into(), self.recovered.into()]);
        cells
    }
}

/// The table: most touches first.
#[must_use]
pub fn table(from: Date, to: Date, touches: impl IntoIterator<Item = Touch>) -> Table {
    let mut users: BTreeMap<String, Sums> = BTreeMap::new();
    let mut all = Sums::default();
    for touch in touches {
        all.add(&touch);
        users.entry(touch.user.clone()).or_default().add(&touch);
    }
    let columns = vec![
        Column::text("user", "User").flexible(),
        Column::count("touches", "Touches"),
        Column::count("claims", "Claims"),
        Column::count("calls", "Calls"),
        Column::count("letters", "Letters"),
        Column::count("appeals", "Appeals"),
        Column::count("sent", "Sent"),
        Column::count("other", "Other"),
        Column::money("moved", "Dollars moved"),
        Column::money("recovered", "Dollars recovered"),
    ];
    let mut table = Table::new("productivity", "Work on denials and unanswered claims", columns)
        .as_of(to)
        .basis("done")
        .parameter("from", from.to_string())
        .parameter("to", to.to_string())
        .empty("Nobody did anything in these days.");
    let mut users: Vec<_> = users.into_iter().collect();
    users.sort_by(|(a, one), (b, other)| other.touches.cmp(&one.touches).then_with(|| a.cmp(b)));
    for (user, sums) in &users {
        let name = if user.is_empty() { "(nobody named)" } else { user };
        table.push([vec![name.into()], sums.cells()].concat());
    }
    table.set_totals([vec![Cell::Empty], all.cells()].concat());
    table.note(
        "A touch is one act on a denial or an unanswered claim, or a note on a claim, on the day it was done; a claim counts \
         once for each user. Dollars moved: what was written off, billed to the patient or the next payer or moved otherwise by \
         hand, whatever its direction; money that came in is none, and what was undone counts for nobody. Dollars recovered: what \
         payers paid on denials after all, less what they took back, by who had last called, written, appealed or sent \
         something.",
    );
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn touches_are_counted_and_claims_once() {
        let touch = |user: &str, claim, work, cents| Touch {
            user: user.to_owned(),
            claim: Some(ClaimId(claim)),
            work,
            moved: Money::from_cents(cents),
            recovered: Money::from_cents(cents / 2),
        };
        let all = [
            touch("ann", 1, Work::Call, 0),
            touch("ann", 1, Work::Letter, 0),
            touch("bea", 1, Work::Other, 0),
            touch("ann", 2, Work::Money, 5_000),
        ];
        let day = Date::from_number(739_000);
        let table = table(day, day, all);
        let ann = &table.rows[0].cells;
        assert_eq!(
            ann[..3],
            [Cell::from("ann"), Cell::Count(2), Cell::Count(1)],
            "money alone touches no claim"
        );
        assert_eq!(ann[8..], [5_000, 2_500].map(|cents| Cell::Money(Money::from_cents(cents))));
        let totals = table.totals.expect("totals");
        assert_eq!(totals[1..3], [Cell::Count(3), Cell::Count(1)]);
    }
}
