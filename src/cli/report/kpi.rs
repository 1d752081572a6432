//! `arrears report kpi`: adds up what the key figures are made of.

use std::collections::HashMap;

use super::span::Span;
use crate::books::rollforward;
use crate::domain::book::{ClaimState, PaymentStatus};
use crate::domain::case::DenialCase;
use crate::domain::movement::Line;
use crate::domain::{Account, ClaimId, Date, Money, PaymentId};
use crate::report::Table;
use crate::report::kpi::{Figures, table as figures_table};
use crate::store::{Cube, Place, Read, ReadPeriods, Snapshot, StoreError};

/// Key figures with numerator, denominator, count, basis and formula
///
/// Without days it speaks of the last 90 until the as-of date.
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears report kpi
  arrears report kpi --period 2024-03 --format json")]
pub struct Args {
    #[command(flatten)]
    span: Span,
}

/// The key figures.
pub fn table(tables: &Snapshot, args: &Args, as_of: Date) -> Result<Table, StoreError> {
    let span = args.span;
    let (from, to) = match (span.period, span.from, span.to) {
        (None, None, to) => {
            let to = to.unwrap_or(as_of);
            (Date::from_number(to.number() - 89), to)
        }
        _ => span.days(as_of),
    };
    let days = u64::try_from(to.days_since(from) + 1).unwrap_or(0);
    let mut figures = Figures { days, ..Figures::default() };
    standing(tables, to, &mut figures)?;
    moved(tables, from, to, &mut figures)?;
    let first = first_answers(tables)?;
    claims(tables, &first, (from, to), &mut figures)?;
    Ok(figures_table(from, to, &figures))
}

/// What stood at the end, from the sums.
fn standing(tables: &Snapshot, to: Date, figures: &mut Figures) -> Result<(), StoreError> {
    for (place, [owed, owing, credit, in_credit]) in tables.sums(Cube::Aging, to)? {
        let (owed, owing) = (Money::from_cents(owed), owing.unsigned_abs());
        figures.gross.0 += owed;
        figures.gross.1 += owing;
        figures.credit.0 -= Money::from_cents(credit);
        figures.credit.1 += in_credit.unsigned_abs();
        if place.day.is_some_and(|day| to.days_since(day) > 90) {
            figures.old.0 += owed;
            figures.old.1 += owing;
        }
    }
    Ok(())
}

/// What moved, from the sums.
fn moved(tables: &Snapshot, from: Date, to: Date, figures: &mut Figures) -> Result<(), StoreError> {
    let roll = rollforward::whole(tables, Some(from), to)?;
    figures.charges = roll.line(Line::Charges);
    figures.payments = -roll.line(Line::Payments);
    figures.refunds = roll.line(Line::Refunds);
    figures.contractual = -roll.line(Line::Contractual);
    figures.denial_write_offs = -roll.line(Line::DenialWriteOffs);
    let account = |account: Account| Place { what: u64::from(account as u8) << 32, day: None };
    for (_, place, [cents, ..]) in tables.sums_between(Cube::Accounts, Some(from), to)? {
        if place == account(Account::WriteoffBadDebt) {
            figures.bad_debt += Money::from_cents(cents);
        } else if place == account(Account::WriteoffCharity) {
            figures.charity += Money::from_cents(cents);
        }
    }
    Ok(())
}

/// The first answers to a claim: the first of all, and the first that paid.
#[derive(Default)]
struct First {
    answer: Option<(Date, PaymentId, Money, PaymentStatus)>,
    paid: Option<Date>,
}

/// First adjudications (CLP02 1 to 4, 19 to 21) of all claims. A later correction never changes which came first.
fn first_answers(tables: &Snapshot) -> Result<HashMap<ClaimId, First>, StoreError> {
    let mut claims: HashMap<ClaimId, First> = HashMap::new();
    for item in tables.payments()? {
        let record = item?;
        let Some(claim) = record.claim.filter(|_| record.status.is_heard()) else { continue };
        let adjudicates =
            matches!(record.payment.status.as_str(), "1" | "2" | "3" | "4" | "19" | "20" | "21");
        if !adjudicates || record.payment.charge.is_negative() || record.status == PaymentStatus::Unapplied {
            continue;
        }
        let first = claims.entry(claim).or_default();
        let this = (record.posted_on, record.id, record.payment.charge, record.status);
        if first.answer.is_none_or(|known| (this.0, this.1) < (known.0, known.1)) {
            first.answer = Some(this);
        }
        if record.payment.paid.is_positive() {
            first.paid = Some(first.paid.map_or(this.0, |known| known.min(this.0)));
        }
    }
    Ok(claims)
}

fn claims(
    tables: &Snapshot,
    first: &HashMap<ClaimId, First>,
    (from, to): (Date, Date),
    figures: &mut Figures,
) -> Result<(), StoreError> {
    let within = |day: Date| day >= from && day <= to;
    for item in tables.claim_states()? {
        let (claim, state) = item?;
        if let Some(billed) = state.billed_on.filter(|day| within(*day)) {
            add_days(&mut figures.billed, state.service_from, billed);
        }
        let cases = cases(tables, &state)?;
        for case in cases.iter().filter(|case| case.denied_on().is_some_and(within)) {
            resolve(case, figures);
        }
        let Some(first) = first.get(&claim) else { continue };
        if let Some(paid) = first.paid.filter(|day| within(*day)) {
            add_days(&mut figures.paid, state.billed_on, paid);
        }
        let Some((_, payment, charge, status)) = first.answer.filter(|(on, ..)| within(*on)) else {
            continue;
        };
        figures.first.0 += 1;
        figures.first.1 += charge;
        let denied: Money =
            cases.iter().flat_map(|c| &c.events).filter(|e| e.payment == payment).map(|e| e.amount).sum();
        if denied.is_positive() {
            figures.first_denied.0 += 1;
            figures.first_denied.1 += denied;
            figures.first_denied_whole += u64::from(denied >= charge);
        } else if status == PaymentStatus::Posted {
            figures.first_resolved += 1;
        }
    }
    Ok(())
}

fn cases(tables: &Snapshot, state: &ClaimState) -> Result<Vec<DenialCase>, StoreError> {
    let mut cases = Vec::new();
    for id in &state.cases {
        cases.extend(tables.case(*id)?);
    }
    Ok(cases)
}

fn resolve(case: &DenialCase, figures: &mut Figures) {
    if !case.open().is_zero() {
        return;
    }
    figures.resolved.0 += 1;
    figures.resolved.1 += case.denied();
    figures.overturned.0 += u64::from(case.recovered().is_positive());
    figures.overturned.1 += case.recovered();
}

fn add_days(sum: &mut (u64, u64), since: Option<Date>, on: Date) {
    if let Some(days) = since.and_then(|since| u64::try_from(on.days_since(since)).ok()) {
        sum.0 += 1;
        sum.1 += days;
    }
}
