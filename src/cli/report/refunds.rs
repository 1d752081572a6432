//! `arrears report refunds`: what is owed to payers and patients, what went out, what the payer took or acknowledged.

use super::super::names::Payers;
use super::span::Span;
use super::whose::{control_number, payer};
use crate::books::balances;
use crate::books::provider_level::{self, OFFICE};
use crate::books::taken_again;
use crate::domain::book::PlbRecord;
use crate::domain::entry::{Entry, Posting};
use crate::domain::movement::Line;
use crate::domain::{Account, ClaimId, Code, Date, EntryId, Money, PayerControlNumber, PlbId};
use crate::posting::entries::is_correction;
use crate::posting::hold::Hold;
use crate::posting::provider_level::{ACKNOWLEDGED, TAKEN};
use crate::report::Table;
use crate::report::refunds::{self, Acknowledgment, Elsewhere, Movement, Refund, Stage};
use crate::store::{Cube, Read, ReadPeriods, Snapshot, StoreError, Visit};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Refunds to payers and patients: due, on the way, cleared
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears report refunds
  arrears report refunds --period 2024-03

`arrears claim refund` makes one due, `arrears claim send-refund`, `arrears plb send` and `arrears unapplied send` record
that a check went out. A payer acknowledges it by a provider-level item with code 72, or takes the money back itself
(`arrears plb settle --account refund:insurance`). What payers paid twice or announced is in the list before it is due, with
the 60 days in which an overpayment that is known goes back.")]
pub struct Args {
    #[command(flatten)]
    span: Span,
}

/// The refunds that were asked for.
pub fn table(tables: &Snapshot, args: &Args, as_of: Date) -> Result<Table, StoreError> {
    of(tables, &args.span, as_of)
}

/// The refunds of a span.
pub fn of(tables: &Snapshot, span: &Span, as_of: Date) -> Result<Table, StoreError> {
    let payers = Payers::read(tables)?;
    let (from, to) = span.days(as_of);
    let mut moved: Vec<(EntryId, Entry)> = Vec::new();
    for day in days(tables, from, to)? {
        tables.visit_entries_of_days(Some(day), day, |id, entry| {
            if entry.postings.iter().any(|posting| posting.account.is_refund()) {
                moved.push((id, entry.clone()));
            }
        })?;
    }
    let mut movements = Vec::new();
    let mut numbers: HashMap<EntryId, Option<String>> = HashMap::new();
    for (id, entry) in moved {
        for posting in entry.postings.iter().filter(|posting| posting.account.is_refund()) {
            movements.push(movement(tables, id, &entry, posting)?);
        }
        numbers.insert(id, number(tables, &entry)?);
    }
    let found = refunds::refunds(movements, &acknowledgments(tables, to)?);
    let names = |refund: &Refund| {
        let number = numbers.get(&refund.movement.entry).cloned().flatten();
        let payer = Some(payers.name(refund.movement.payer).to_owned());
        (number, payer.filter(|_| refund.movement.payer.0 != 0))
    };
    let mut table = refunds::table(&found, &elsewhere(tables, &payers, to)?, (from, to), names);
    table.blank_total("days_open");
    Ok(span.name(table, as_of))
}

/// The days on which something may have moved on the refund accounts: those of the span, and the earlier ones on which the
/// accounts or the receivables say so.
fn days(tables: &Snapshot, from: Date, to: Date) -> Result<BTreeSet<Date>, StoreError> {
    let before = from.minus_days(1);
    let mut days: BTreeSet<Date> = BTreeSet::new();
    let moved = balances::moved_on_accounts(tables, None, before)?;
    days.extend(moved.filter(|(_, (account, _), _)| account.is_refund()).map(|(on, ..)| on));
    for (on, place, _) in tables.sums_between(Cube::Movement, None, before)? {
        days.extend(place.line().filter(|(line, _)| *line == Line::Refunds).map(|_| on));
    }
    days.extend(tables.runs(Some(from), to)?.into_iter().map(|run| run.on));
    Ok(days)
}

fn movement(
    tables: &Snapshot,
    id: EntryId,
    entry: &Entry,
    posting: &Posting,
) -> Result<Movement, StoreError> {
    let claims = match (entry.claim, entry.plb) {
        (Some(claim), _) => vec![claim],
        (None, Some(plb)) => match tables.plb(plb)? {
            Some(plb) => bearing(tables, &plb.item.reference)?,
            None => Vec::new(),
        },
        (None, None) => Vec::new(),
    };
    Ok(Movement {
        entry: id,
        on: entry.posted_on,
        claims,
        to_patient: posting.account == Account::RefundPatient,
        payer: payer(entry, posting).unwrap_or_default(),
        amount: -posting.amount,
        sent: entry.postings.iter().any(|posting| posting.account.is_cash()),
        // A takeback of released money is of that.
        payment: taken_again::item_of(&entry.rule).or(entry.payment),
        undoes: entry.reverses,
        corrects: is_correction(entry) || takes_back_a_correction(tables, entry)?,
        reason: entry.memo.to_string(),
        user: entry.user.to_string(),
    })
}

/// Whether an entry negates what later answers had made of an act.
fn takes_back_a_correction(tables: &Snapshot, entry: &Entry) -> Result<bool, StoreError> {
    let negated = entry.reverses.map(|id| tables.entry(id)).transpose()?.flatten();
    Ok(negated.is_some_and(|(negated, _)| is_correction(&negated)))
}

/// What payers are owed that is not on the refund accounts, at the end of a day; of unapplied money what waits today.
fn elsewhere(tables: &Snapshot, payers: &Payers, to: Date) -> Result<Vec<Elsewhere>, StoreError> {
    let mut found = Vec::new();
    let items = provider_level::as_of(tables, to)?;
    let named = provider_level::claims_named(tables, &items)?;
    let mut said = acknowledged(&items);
    for plb in items {
        let (open, amount) = (plb.open, plb.item.amount);
        let stage = match plb.code {
            _ if plb.withdrawn => continue,
            ACKNOWLEDGED if plb.remit == OFFICE && open.is_zero() => Stage::Cleared,
            ACKNOWLEDGED if plb.remit == OFFICE => Stage::OnTheWay,
            ACKNOWLEDGED if open.is_negative() => Stage::CheckNotRecorded,
            TAKEN if open.is_negative() && is_said(&mut said, &plb, &named) => Stage::CheckNotRecorded,
            TAKEN if open.is_negative() => Stage::Announced,
            _ => continue,
        };
        let mut numbers = Vec::new();
        for claim in named.get(&plb.id).into_iter().flatten() {
            numbers.extend(control_number(tables, Some(*claim))?);
        }
        found.push(Elsewhere {
            since: plb.posted_on,
            control_number: Some(numbers.join(", ")).filter(|numbers| !numbers.is_empty()),
            payer: Some(payers.name(plb.payer).to_owned()),
            amount: if stage == Stage::Cleared { amount.abs() } else { open.abs() },
            stage,
            about: format!("item {} of `plb list`, {}", plb.id, plb.item.reference),
        });
    }
    for id in tables.unapplied()? {
        let Some(payment) = tables.payment(id?)?.filter(|payment| payment.posted_on <= to) else { continue };
        let hold = payment.rule.strip_prefix("hold:").and_then(Hold::from_word);
        let twice = matches!(hold, Some(Hold::DuplicateResult | Hold::SecondAdjudication));
        if twice && payment.payment.paid.is_positive() {
            found.push(Elsewhere {
                since: payment.posted_on,
                control_number: Some(payment.payment.control_number.as_str().to_owned()),
                payer: Some(payers.name(payment.payer).to_owned()),
                amount: payment.payment.paid,
                stage: Stage::InUnapplied,
                about: format!("item {} of `unapplied list`", payment.id),
            });
        }
    }
    Ok(found)
}

/// Checks that payers say came, each with what the payer took in the same remittance because of it: the two say one thing
/// twice and close each other.
fn acknowledged(items: &[PlbRecord]) -> Vec<[PlbRecord; 2]> {
    let closed = |item: &&PlbRecord| item.open.is_zero() && !item.withdrawn;
    let checks = items.iter().filter(closed).filter(|item| item.code == ACKNOWLEDGED && item.remit != OFFICE);
    let taken = |check: &PlbRecord| {
        let of_check =
            |item: &&PlbRecord| item.remit == check.remit && item.item.amount == -check.item.amount;
        items.iter().filter(closed).filter(|item| item.code == TAKEN).find(of_check).cloned()
    };
    checks.filter_map(|check| Some([check.clone(), taken(check)?])).collect()
}

/// Whether the payer says that a check came for what it announced: then none was recorded, for else that would have closed it.
/// Each is said once.
fn is_said(
    said: &mut Vec<[PlbRecord; 2]>,
    announced: &PlbRecord,
    named: &BTreeMap<PlbId, Vec<ClaimId>>,
) -> bool {
    let of = |item: &PlbRecord| named.get(&item.id).map_or(&[][..], Vec::as_slice);
    let names = |item: &PlbRecord| {
        item.item.reference == announced.item.reference
            || of(item).iter().any(|claim| of(announced).contains(claim))
    };
    let at = said.iter().position(|both| {
        let [check, _] = both;
        check.payer == announced.payer
            && check.item.amount == announced.open
            && check.posted_on >= announced.posted_on
            && both.iter().any(names)
    });
    at.map(|at| said.remove(at)).is_some()
}

/// The control number of an entry's claim, or of the claim payment that was released.
fn number(tables: &Snapshot, entry: &Entry) -> Result<Option<String>, StoreError> {
    match (entry.claim, entry.payment) {
        (None, Some(payment)) => {
            Ok(tables.payment(payment)?.map(|p| p.payment.control_number.as_str().to_owned()))
        }
        (claim, _) => control_number(tables, claim),
    }
}

/// The claims that a payer knows under the reference of a provider-level item.
fn bearing(tables: &Snapshot, reference: &str) -> Result<Vec<ClaimId>, StoreError> {
    let number = PayerControlNumber::new(reference);
    if number.as_str().is_empty() {
        return Ok(Vec::new());
    }
    tables.claims_by_payer_number(number.as_str())
}

/// The provider-level items by which payers said that a refund arrived.
fn acknowledgments(tables: &Snapshot, to: Date) -> Result<Vec<Acknowledgment>, StoreError> {
    const ARRIVED: Code = Code::known("72");
    let mut found: BTreeMap<(Date, u64), Acknowledgment> = BTreeMap::new();
    for plb in provider_level::as_of(tables, to)? {
        let amount = plb.item.amount;
        if plb.code == ARRIVED && !plb.withdrawn && amount.is_negative() {
            let claims = bearing(tables, &plb.item.reference)?;
            let said =
                Acknowledgment { on: plb.posted_on, payer: plb.payer, amount: Money::ZERO - amount, claims };
            found.insert((plb.posted_on, plb.id.0), said);
        }
    }
    Ok(found.into_values().collect())
}
