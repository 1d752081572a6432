//! Refunds to payers and patients: what became due, what went out, what the payer took back by itself or acknowledged.
//!
//! The refund accounts say what is owed, not which payment was for which refund. That is worked out here: by claim, else by
//! the only refund of the payer with that amount; what cannot be assigned stands in a row of its own. So the open amounts
//! come to what stands on the accounts.

use std::collections::HashMap;

use super::column::Column;
use super::table::{Cell, Table};
use crate::domain::{ClaimId, Date, EntryId, Money, PayerId, PaymentId};

/// One leg on a refund account, in the order of the journal's days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    /// Its entry.
    pub entry: EntryId,
    /// The accounting date.
    pub on: Date,
    /// The claims it may be about: its own, or those that bear the reference of a provider-level item.
    pub claims: Vec<ClaimId>,
    /// Whether the patient gets it; else a payer.
    pub to_patient: bool,
    /// The payer.
    pub payer: PayerId,
    /// Above zero: owed. Below zero: no longer owed.
    pub amount: Money,
    /// Whether money went out; else, below zero, the payer took it back by a provider-level item.
    pub sent: bool,
    /// The claim payment that was released, if that is what it is about.
    pub payment: Option<PaymentId>,
    /// The entry that it negates.
    pub undoes: Option<EntryId>,
    /// Whether it says what a payer's later answer left of refunds that were due.
    pub corrects: bool,
    /// Why.
    pub reason: String,
    /// Who.
    pub user: String,
}

/// A payer says that a refund arrived: a provider-level item with code 72.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledgment {
    /// The accounting date.
    pub on: Date,
    /// The payer.
    pub payer: PayerId,
    /// How much, above zero.
    pub amount: Money,
    /// The claims that bear its reference.
    pub claims: Vec<ClaimId>,
}

/// A refund with what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// How it became due. For a row that could not be assigned: what took from the account.
    pub movement: Movement,
    /// Taken back by whoever decided it.
    pub undone: Money,
    /// Sent.
    pub sent: Money,
    /// Taken by the payer itself.
    pub taken_back: Money,
    /// The last day on which something happened to it.
    pub last: Date,
    /// When it was sent.
    pub sent_on: Option<Date>,
    /// When the payer acknowledged it.
    pub acknowledged_on: Option<Date>,
}

impl Refund {
    fn new(movement: Movement) -> Refund {
        let (zero, last) = (Money::ZERO, movement.on);
        let (sent_on, acknowledged_on) = (None, None);
        Refund { movement, undone: zero, sent: zero, taken_back: zero, last, sent_on, acknowledged_on }
    }

    /// What became due.
    #[must_use]
    pub fn due(&self) -> Money {
        self.movement.amount.max(Money::ZERO)
    }

    /// What is still owed; below zero where more was taken than was known to be due.
    #[must_use]
    pub fn open(&self) -> Money {
        self.due() - self.undone - self.sent - self.taken_back
    }

    /// How far it is.
    #[must_use]
    pub fn status(&self) -> &'static str {
        match self.open().cents() {
            ..0 => "unassigned",
            1.. => "due",
            0 if self.undone == self.due() => "undone",
            0 if self.movement.to_patient => "sent",
            0 if self.acknowledged_on.is_some() || self.sent.is_zero() => "cleared",
            0 => "on the way",
        }
    }

    fn take(&mut self, amount: Money, by: &Movement) {
        if by.sent {
            self.sent += amount;
            self.sent_on = self.sent_on.max(Some(by.on));
        } else {
            self.taken_back += amount;
        }
        self.last = self.last.max(by.on);
    }
}

/// The refunds that movements tell of, in the order in which they became due.
#[must_use]
pub fn refunds(movements: Vec<Movement>, acknowledgments: &[Acknowledgment]) -> Vec<Refund> {
    let mut found: Vec<Refund> = Vec::new();
    // What each entry did to which refund, so that it can be undone.
    let mut done: HashMap<EntryId, Vec<(usize, Money)>> = HashMap::new();
    for movement in movements {
        let undone = movement.undoes.and_then(|entry| done.remove(&entry));
        if let Some(parts) = undone {
            for (at, part) in parts {
                let refund = &mut found[at];
                refund.last = refund.last.max(movement.on);
                match part.is_positive() {
                    true => refund.undone += part,
                    false => refund.take(part, &movement),
                }
            }
            continue;
        }
        if movement.corrects {
            correct(&mut found, &movement);
            continue;
        }
        if movement.amount.is_positive() {
            done.entry(movement.entry).or_default().push((found.len(), movement.amount));
            found.push(Refund::new(movement));
            continue;
        }
        let mut left = -movement.amount;
        for at in meant(&found, &movement) {
            let part = left.min(found[at].open());
            if part.is_positive() {
                found[at].take(part, &movement);
                done.entry(movement.entry).or_default().push((at, -part));
                left -= part;
            }
        }
        if left.is_positive() {
            done.entry(movement.entry).or_default().push((found.len(), -left));
            let mut alone = Refund::new(Movement { amount: Money::ZERO, ..movement.clone() });
            alone.take(left, &movement);
            found.push(alone);
        }
    }
    for acknowledgment in acknowledgments {
        acknowledge(&mut found, acknowledgment);
    }
    found
}

/// Less of the refunds of a claim is due, the latest first, or what was due before is again.
fn correct(found: &mut [Refund], movement: &Movement) {
    let of_claim = |refund: &Refund| refund.movement.claims.iter().any(|c| movement.claims.contains(c));
    let same_side = |refund: &Refund| refund.movement.to_patient == movement.to_patient;
    let mut left = -movement.amount;
    for refund in found.iter_mut().rev().filter(|refund| of_claim(refund) && same_side(refund)) {
        let part = left.min(refund.open()).max(-refund.undone);
        if !part.is_zero() {
            refund.undone += part;
            refund.last = refund.last.max(movement.on);
            left -= part;
        }
    }
}

/// The refunds that money may have been for: those of its claim, else the only one of its payer with that amount.
fn meant(found: &[Refund], movement: &Movement) -> Vec<usize> {
    let same_side = |refund: &Refund| refund.movement.to_patient == movement.to_patient;
    let open = |at: &usize| same_side(&found[*at]) && found[*at].open().is_positive();
    let all: Vec<usize> = (0..found.len()).filter(open).collect();
    if movement.payment.is_some() {
        let released = |at: &usize| found[*at].movement.payment == movement.payment;
        return all.into_iter().filter(released).collect();
    }
    let of_claim = |at: &usize| found[*at].movement.claims.iter().any(|c| movement.claims.contains(c));
    let own: Vec<usize> = all.iter().copied().filter(of_claim).collect();
    if !own.is_empty() || movement.to_patient {
        return own;
    }
    let fits =
        |at: &usize| found[*at].movement.payer == movement.payer && found[*at].open() == -movement.amount;
    let fitting: Vec<usize> = all.into_iter().filter(fits).collect();
    if fitting.len() == 1 { fitting } else { Vec::new() }
}

fn acknowledge(found: &mut [Refund], said: &Acknowledgment) {
    let may = |refund: &&mut Refund| {
        !refund.movement.to_patient
            && refund.movement.payer == said.payer
            && refund.acknowledged_on.is_none()
            && refund.movement.on <= said.on
            && refund.due().is_positive()
    };
    let mut of_payer: Vec<&mut Refund> = found.iter_mut().filter(may).collect();
    let of_claim = |refund: &Refund| refund.movement.claims.iter().any(|c| said.claims.contains(c));
    if let Some(refund) = of_payer.iter_mut().find(|refund| of_claim(refund)) {
        refund.acknowledged_on = Some(said.on);
        refund.last = refund.last.max(said.on);
        return;
    }
    let mut fitting: Vec<&mut Refund> = of_payer.into_iter().filter(|r| r.due() == said.amount).collect();
    if let [refund] = fitting.as_mut_slice() {
        refund.acknowledged_on = Some(said.on);
        refund.last = refund.last.max(said.on);
    }
}

/// Money that a payer is owed and that is not on the refund accounts: announced or sent at provider level, or paid twice and
/// still in `unapplied`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// Since when.
    pub since: Date,
    /// The claim's number, as far as one is known.
    pub control_number: Option<String>,
    /// The payer's name.
    pub payer: Option<String>,
    /// How much.
    pub amount: Money,
    /// Where it is, or how far.
    pub stage: Stage,
    /// The item, in words.
    pub about: String,
}

/// How far money is that a payer is owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The payer paid twice; it waits in `unapplied`.
    InUnapplied,
    /// The payer said that it will take it.
    Announced,
    /// The payer says that a check came, which is not in the books.
    CheckNotRecorded,
    /// The office sent a check that the payer has not acknowledged.
    OnTheWay,
    /// It did, or took the payment back.
    Cleared,
}

impl Stage {
    const fn word(self) -> &'static str {
        match self {
            Stage::InUnapplied => "in unapplied",
            Stage::Announced => "announced",
            Stage::CheckNotRecorded => "check not recorded",
            Stage::OnTheWay => "on the way",
            Stage::Cleared => "cleared",
        }
    }

    const fn is_sent(self) -> bool {
        matches!(self, Stage::OnTheWay | Stage::Cleared)
    }
}

/// So many days a payer's overpayment may stay after it is known (`docs/rules/posting-rules.md` section 8).
const RETURN_DAYS: u32 = 60;

/// The register of some days: what became due, moved, or was still open or on the way at their end. `names` gives the
/// control number and the payer's name.
#[must_use]
pub fn table(
    refunds: &[Refund],
    elsewhere: &[Elsewhere],
    (from, to): (Date, Date),
    names: impl Fn(&Refund) -> (Option<String>, Option<String>),
) -> Table {
    let columns = vec![
        Column::date("posted_on", "Due since"),
        Column::id("entry", "Entry"),
        Column::id("claim_id", "Claim"),
        Column::text("control_number", "Control number"),
        Column::text("to", "To"),
        Column::text("payer", "Payer").flexible(),
        Column::money("amount", "Amount"),
        Column::money("undone", "Undone").machine_only(),
        Column::money("sent", "Sent"),
        Column::money("taken_back", "Taken back"),
        Column::money("open", "Open"),
        Column::text("status", "Status"),
        Column::date("sent_on", "Sent on").machine_only(),
        Column::date("acknowledged_on", "Acknowledged").machine_only(),
        Column::money("elsewhere", "Elsewhere"),
        Column::count("days_open", "Days"),
        Column::date("return_by", "Return by"),
        Column::text("reason", "Reason").wrapping().personal(),
        Column::text("user", "User"),
    ];
    let mut table = Table::new("refunds", "Refunds", columns)
        .basis("posted")
        .empty("No refund was due or went out on these days.");
    let shown =
        |refund: &&Refund| refund.last >= from || !refund.open().is_zero() || refund.status() == "on the way";
    for refund in refunds.iter().filter(shown) {
        let (control_number, payer) = names(refund);
        let claim = refund.movement.claims.first().filter(|_| refund.movement.claims.len() == 1);
        table.push(vec![
            refund.movement.on.into(),
            Cell::Count(refund.movement.entry.0),
            claim.map(|claim| claim.0).into(),
            control_number.into(),
            if refund.movement.to_patient { "patient" } else { "insurance" }.into(),
            payer.into(),
            refund.due().into(),
            refund.undone.into(),
            refund.sent.into(),
            refund.taken_back.into(),
            refund.open().into(),
            refund.status().into(),
            refund.sent_on.filter(|_| !refund.sent.is_zero()).into(),
            refund.acknowledged_on.into(),
            Money::ZERO.into(),
            days_open(refund.movement.on, refund.open().is_positive(), to),
            return_by(refund.movement.on, refund.open().is_positive() && !refund.movement.to_patient),
            refund.movement.reason.as_str().into(),
            refund.movement.user.as_str().into(),
        ]);
    }
    for item in elsewhere {
        let waits = item.stage != Stage::Cleared && item.stage != Stage::OnTheWay;
        if item.stage == Stage::Cleared && item.since < from {
            continue;
        }
        let sent = if item.stage.is_sent() { item.amount } else { Money::ZERO };
        table.push(vec![
            item.since.into(),
            Cell::Empty,
            Cell::Empty,
            item.control_number.clone().into(),
            "insurance".into(),
            item.payer.clone().into(),
            item.amount.into(),
            Money::ZERO.into(),
            sent.into(),
            Money::ZERO.into(),
            Money::ZERO.into(),
            item.stage.word().into(),
            item.stage.is_sent().then_some(item.since).into(),
            Cell::Empty,
            if waits { item.amount } else { Money::ZERO }.into(),
            days_open(item.since, item.stage != Stage::Cleared, to),
            return_by(item.since, waits && item.stage != Stage::CheckNotRecorded),
            item.about.as_str().into(),
            Cell::Empty,
        ]);
    }
    table.sum_up();
    if !elsewhere.is_empty() {
        table.note("Elsewhere: what a payer is owed and no refund account says: paid twice and still unapplied (`arrears unapplied send`), announced by the payer or acknowledged and not recorded (`arrears plb send`).");
    }
    table.note("Open is what the refund accounts owe at the end of the last day. Due: not sent yet. On the way: sent to a payer that has not acknowledged it. Cleared: the payer acknowledged it (PLB 72) or took the money back itself.");
    if refunds.iter().any(|refund| refund.status() == "unassigned") {
        table.note("Unassigned: more went out or was taken back than refunds were due; `arrears plb list` and `arrears claim show` tell what it was for.");
    }
    table
}

fn days_open(since: Date, open: bool, to: Date) -> Cell {
    open.then(|| u64::try_from(to.days_since(since)).unwrap_or(0)).into()
}

fn return_by(since: Date, open: bool) -> Cell {
    open.then(|| since.plus_days(RETURN_DAYS)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(number: u32) -> Date {
        Date::from_ymd(2026, 3, number).expect("a day")
    }

    fn movement(entry: u64, on: u32, claims: &[u64], cents: i64) -> Movement {
        Movement {
            entry: EntryId(entry),
            on: day(on),
            claims: claims.iter().copied().map(ClaimId).collect(),
            to_patient: false,
            payer: PayerId(1),
            amount: Money::from_cents(cents),
            sent: false,
            payment: None,
            undoes: None,
            corrects: false,
            reason: String::new(),
            user: "ann".to_owned(),
        }
    }

    fn sent(movement: Movement) -> Movement {
        Movement { sent: true, ..movement }
    }

    fn told(movements: Vec<Movement>, acknowledgments: &[Acknowledgment]) -> Vec<String> {
        let sum: Money = movements.iter().map(|m| m.amount).sum();
        let found = refunds(movements, acknowledgments);
        assert_eq!(found.iter().map(Refund::open).sum::<Money>(), sum, "the open amounts are the account's");
        found.iter().map(|r| format!("{} {} {}", r.due(), r.open(), r.status())).collect()
    }

    #[test]
    fn a_refund_is_due_then_on_the_way_then_cleared() {
        let due = movement(1, 2, &[7], 12_000);
        let out = sent(movement(2, 5, &[7], -12_000));
        let heard = Acknowledgment {
            on: day(9),
            payer: PayerId(1),
            amount: Money::from_cents(12_000),
            claims: vec![ClaimId(7)],
        };
        assert_eq!(told(vec![due.clone()], &[]), ["120.00 120.00 due"]);
        assert_eq!(told(vec![due.clone(), out.clone()], &[]), ["120.00 0.00 on the way"]);
        assert_eq!(told(vec![due.clone(), out], std::slice::from_ref(&heard)), ["120.00 0.00 cleared"]);
        assert_eq!(told(vec![due], &[heard]), ["120.00 120.00 due"], "in the books it still is");
    }

    #[test]
    fn a_takeback_finds_its_refund_by_reference_or_by_amount() {
        let due = vec![movement(1, 2, &[7], 5_000), movement(2, 2, &[8], 5_000), movement(3, 2, &[9], 900)];
        let and = |more: Movement| [due.clone(), vec![more]].concat();
        let by_reference = told(and(movement(4, 5, &[8], -5_000)), &[]);
        assert_eq!(by_reference, ["50.00 50.00 due", "50.00 0.00 cleared", "9.00 9.00 due"]);
        let by_amount = told(and(movement(4, 5, &[], -900)), &[]);
        assert_eq!(by_amount[2], "9.00 0.00 cleared");
        let two_could_be_meant = told(and(movement(4, 5, &[], -5_000)), &[]);
        assert_eq!(two_could_be_meant[3], "0.00 -50.00 unassigned");
    }

    #[test]
    fn what_was_undone_is_owed_no_more_and_what_came_back_is_owed_again() {
        let undo = |m: Movement, of: u64| Movement { undoes: Some(EntryId(of)), ..m };
        let due = movement(1, 2, &[7], 500);
        assert_eq!(told(vec![due.clone(), undo(movement(2, 3, &[7], -500), 1)], &[]), ["5.00 0.00 undone"]);
        let out = sent(movement(2, 3, &[7], -500));
        let back = sent(undo(movement(3, 4, &[7], 500), 2));
        assert_eq!(told(vec![due, out, back], &[]), ["5.00 5.00 due"]);
    }

    #[test]
    fn settled_long_ago_is_not_shown() {
        let old = refunds(
            vec![movement(1, 2, &[7], 500), movement(2, 3, &[7], -500), movement(3, 4, &[8], 200)],
            &[],
        );
        let shown = |from| table(&old, &[], (day(from), day(28)), |_| (None, None));
        assert_eq!((shown(3).rows.len(), shown(20).rows.len()), (2, 1));
        assert_eq!(shown(20).totals.expect("totals")[10], Money::from_cents(200).into());
    }
}
