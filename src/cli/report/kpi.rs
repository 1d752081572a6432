//! `arrears report kpi`: counts what the key figures of a span are made of, from sums where there are any.

use std::collections::BTreeSet;

use super::span::Span;
use crate::acks::submission_of;
use crate::books::{balances, first_pass, rollforward, sums};
use crate::codes::{self, Class};
use crate::domain::ack::{AckOutcome, AckSource};
use crate::domain::book::ClaimState;
use crate::domain::case::DenialCase;
use crate::domain::entry::{Entry, Source};
use crate::domain::movement::Line;
use crate::domain::{Account, ClaimId, Date, GroupCode, Money, Month};
use crate::report::Table;
use crate::report::kpi::{self, Before, Books, CHARGE_DAYS, Cohort, Figures, Question, Submitted};
use crate::store::{Cube, Place, Read, ReadPeriods, Snapshot, StoreError};

/// Key figures with their formulas: days in A/R, collection, denials
///
/// Balances are those of the last day; rates are those of the days. Each figure names its numerator, denominator, n, the
/// date it goes by, and its formula. What the ledger cannot answer is left out.
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears report kpi
  arrears report kpi --period 2024-03
  arrears report kpi --from 2024-01-01 --to 2024-03-31 --format json

Without days: the 90 days until the as-of date.")]
pub struct Args {
    /// The month
    #[arg(long, value_parser = super::super::parse::month, value_name = "YYYY-MM", conflicts_with_all = ["from", "to"])]
    period: Option<Month>,
    /// From this accounting day on [default: 89 days before the last]
    #[arg(long, value_parser = super::super::parse::date, value_name = "DATE")]
    from: Option<Date>,
    /// Until this accounting day [default: the as-of date]
    #[arg(long, value_parser = super::super::parse::date, value_name = "DATE")]
    to: Option<Date>,
}

/// The key figures that were asked for.
pub fn table(tables: &Snapshot, args: &Args, as_of: Date) -> Result<Table, StoreError> {
    let span = match args.period {
        Some(month) => Span::month(month),
        None => {
            let to = args.to.unwrap_or(as_of);
            let from = args.from.unwrap_or_else(|| to.minus_days(CHARGE_DAYS - 1));
            Span { period: None, from: Some(from), to: Some(to) }
        }
    };
    of(tables, &span, as_of)
}

/// The key figures of a span.
pub fn of(tables: &Snapshot, span: &Span, as_of: Date) -> Result<Table, StoreError> {
    let (from, to) = span.days(as_of);
    let closed = [balances::closed_month(tables, to)?, balances::closed_month(tables, from.minus_days(1))?];
    let mut count = Count { tables, from, to, closed, figures: Figures::default() };
    count.balances()?;
    count.movements()?;
    count.entries()?;
    count.claims()?;
    count.first_passes()?;
    Ok(kpi::table(Question { from, to }, &count.figures))
}

struct Count<'t> {
    tables: &'t Snapshot,
    from: Date,
    to: Date,
    /// The closed months that the last day and the day before the first ended.
    closed: [Option<Month>; 2],
    figures: Figures,
}

fn magnitude(count: i64) -> u64 {
    count.unsigned_abs()
}

impl Count<'_> {
    fn within(&self, day: Date) -> bool {
        (self.from..=self.to).contains(&day)
    }

    /// What stands at the end of the last day.
    fn balances(&mut self) -> Result<(), StoreError> {
        let standing = self.tables.sums(Cube::Standing, self.to)?;
        let of = |what| standing.get(&Place { what, day: None }).copied().unwrap_or_default();
        let books = &mut self.figures.books;
        let ([owed, owing, ..], [credit, in_credit, ..]) = (of(sums::DEBIT), of(sums::CREDIT));
        (books.receivables, books.owing) = (Money::from_cents(owed), magnitude(owing));
        (books.credits, books.in_credit) = (Money::from_cents(-credit), magnitude(in_credit));
        for (place, [owed, ..]) in self.tables.sums(Cube::Aging, self.to)? {
            if place.day.is_some_and(|served| self.to.days_since(served) > 90) {
                books.over_90 += Money::from_cents(owed);
            }
        }
        Ok(())
    }

    /// What moved, from the journal's sums.
    fn movements(&mut self) -> Result<(), StoreError> {
        let moved = |from: Date, account: Account| -> Result<Money, StoreError> {
            let rows = self.tables.sums_between(Cube::Accounts, Some(from), self.to)?;
            let of = |what: u64| what >> 32 == account as u64;
            Ok(rows
                .iter()
                .filter(|(_, place, _)| of(place.what))
                .map(|(_, _, a)| Money::from_cents(a[0]))
                .sum())
        };
        let from = self.from;
        let whole = rollforward::whole(self.tables, Some(from), self.to)?;
        let contractual = [Account::Contractual, Account::Reduction, Account::Contra];
        let books = Books {
            recent_charges: -moved(self.to.minus_days(CHARGE_DAYS - 1), Account::Charges)?,
            charges: -moved(from, Account::Charges)?,
            // Both have the sign of their effect on the receivables.
            collected: -whole.line(Line::Payments) - whole.line(Line::Refunds),
            contractual: contractual.into_iter().map(|account| moved(from, account)).sum::<Result<_, _>>()?,
            charity: moved(from, Account::WriteoffCharity)?,
            bad_debt: moved(from, Account::WriteoffBadDebt)?,
            denial_write_offs: moved(from, Account::WriteoffDenial)?
                + moved(from, Account::WriteoffTimelyFiling)?,
            patient_payments: moved(from, Account::CashPatient)? + moved(from, Account::RefundPatient)?,
            ..self.figures.books
        };
        self.figures.books = books;
        Ok(())
    }

    /// What only the entries of the days say.
    fn entries(&mut self) -> Result<(), StoreError> {
        let (mut charged, mut moved, mut non_covered) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let books = &mut self.figures.books;
        for item in self.tables.entries_of_days(Some(self.from), self.to)? {
            let (_, entry) = item?;
            if entry.postings.iter().any(|p| p.account == Account::Charges) {
                charged.extend(entry.claim);
            }
            let (patient, refused) = to_patient(&entry);
            if !patient.is_zero() {
                books.to_patient += patient;
                moved.extend(entry.claim);
            }
            if !refused.is_zero() {
                books.patient_non_covered += refused;
                non_covered.extend(entry.claim);
            }
        }
        (books.charged, books.moved, books.non_covered) =
            (charged.len() as u64, moved.len() as u64, non_covered.len() as u64);
        Ok(())
    }

    /// What every claim says of itself.
    fn claims(&mut self) -> Result<(), StoreError> {
        let month = self.from.month();
        if self.from == month.first_day() && self.to == month.last_day() {
            self.figures.before = Some(Before::default());
        }
        let earlier = month.first_day().minus_months(3)..month.first_day();
        if !self.tables.has_no_acks()? {
            self.figures.submitted.acknowledged = Some((0, 0));
        }
        for item in self.tables.claim_states()? {
            let (claim, state) = item?;
            let footing = state.footing(self.to, &self.tables.footings(claim)?);
            let state =
                ClaimState { service_from: footing.service_from, billed_on: footing.billed_on, ..state };
            // A claim that was told late counts in the month that was open then: a closed one keeps its figures.
            if let (Some(billed), Some(booked)) = (state.billed_on, state.days.first().map(|day| day.on)) {
                if self.within(booked) {
                    self.submitted(claim, billed, &state)?;
                }
                if let Some(before) = self.figures.before.as_mut().filter(|_| earlier.contains(&booked)) {
                    before.claims += 1;
                    before.charges += state.charge;
                }
            }
            self.cohort(&state)?;
            self.cases(claim, &state)?;
        }
        Ok(())
    }

    fn submitted(&mut self, claim: ClaimId, billed: Date, state: &ClaimState) -> Result<(), StoreError> {
        let Submitted { claims, dated, lag_days, acknowledged } = &mut self.figures.submitted;
        *claims += 1;
        if let Some(served) = state.service_from {
            *dated += 1;
            *lag_days += i64::from(billed.days_since(served));
        }
        let Some((accepted, rejected)) = acknowledged else { return Ok(()) };
        let (first, sent_back) = first_heard(self.tables, claim, self.to)?;
        *accepted += u64::from(first == Some(AckOutcome::Accepted));
        *rejected += u64::from(sent_back);
        Ok(())
    }

    fn cohort(&mut self, state: &ClaimState) -> Result<(), StoreError> {
        let days = self.to.minus_days(2 * CHARGE_DAYS - 1)..=self.to.minus_days(CHARGE_DAYS);
        if !state.service_from.is_some_and(|served| days.contains(&served)) {
            return Ok(());
        }
        let entries = self.tables.entries_until(state.last_entry)?;
        if let Some([charges, contractual, collected]) = first_pass::settled(&entries, self.to)
            && !charges.is_zero()
        {
            let cohort: &mut Cohort = &mut self.figures.cohort;
            cohort.claims += 1;
            cohort.charges += charges;
            cohort.contractual += contractual;
            cohort.collected += collected;
        }
        Ok(())
    }

    fn cases(&mut self, claim: ClaimId, state: &ClaimState) -> Result<(), StoreError> {
        // Nothing was denied or resolved where nothing was posted since.
        if state.cases.is_empty() || state.last_posted_on.is_none_or(|last| last < self.from) {
            return Ok(());
        }
        let day_before = self.from.minus_days(1);
        let [closed, closed_before] = self.closed;
        let now = balances::cases_as_of(self.tables, claim, state, self.to, closed)?;
        let before = balances::cases_as_of(self.tables, claim, state, day_before, closed_before)?;
        for case in &now {
            let denied_now = case.denied_on().is_some_and(|on| self.within(on));
            let denials = &mut self.figures.denials;
            if denied_now {
                denials.cases += 1;
                let preventable = codes::carc(case.reason.code).is_some_and(|carc| carc.preventable);
                denials.preventable += u64::from(preventable);
            }
            let was = before.iter().find(|was| was.id == case.id);
            let was_resolved = was.is_some_and(is_resolved);
            if is_resolved(case) && !was_resolved {
                denials.resolved += 1;
                denials.resolved_denied += case.denied();
                denials.recovered += case.recovered();
                denials.overturned += u64::from(case.recovered().is_positive());
            }
        }
        Ok(())
    }

    fn first_passes(&mut self) -> Result<(), StoreError> {
        for claim in first_pass::answered_between(self.tables, self.from, self.to)? {
            let Some(state) = self.tables.claim_state(claim)? else { continue };
            let first = first_pass::of_claim(self.tables, claim, &state, self.to, self.closed[0])?;
            if let Some(answer) = first.answer.filter(|answer| self.within(answer.on)) {
                let pass = &mut self.figures.first_pass;
                pass.claims += 1;
                pass.charges += answer.charge;
                pass.denied_amount += answer.denied;
                pass.ended += u64::from(answer.ended);
                if !answer.denied.is_zero() {
                    pass.denied += 1;
                    pass.denied_charges += answer.charge;
                    pass.wholly_denied += u64::from(answer.denied == answer.charge);
                }
            }
            if let (Some((on, paid)), Some(billed)) = (first.paid, state.billed_on)
                && self.within(on)
            {
                let days = i64::from(on.days_since(billed));
                let payments = &mut self.figures.first_payments;
                payments.claims += 1;
                payments.days += days;
                payments.paid += paid;
                payments.cent_days += days * paid.cents();
            }
        }
        Ok(())
    }
}

fn is_resolved(case: &DenialCase) -> bool {
    case.open().is_zero() && case.denied().is_positive()
}

/// What an entry moved to the patient, payments and other acts on the patient's balance apart; and how much of that was
/// refused by the payer under a code of denial.
fn to_patient(entry: &Entry) -> (Money, Money) {
    if matches!(entry.source, Source::Manual | Source::Opening) {
        return (Money::ZERO, Money::ZERO);
    }
    let due = || entry.postings.iter().filter(|p| p.account == Account::Due);
    let refused = due().filter(|p| {
        let reason = p.reason.filter(|reason| reason.group == Some(GroupCode::Pr));
        let carc = reason.and_then(|reason| codes::carc(reason.code));
        carc.is_some_and(|carc| carc.class(GroupCode::Pr) == Class::Denial)
    });
    (due().map(|p| p.amount).sum(), refused.map(|p| p.amount).sum())
}

/// The first decision of a 277CA about a claim's first submission, and whether anybody sent that submission back.
fn first_heard(
    tables: &Snapshot,
    claim: ClaimId,
    until: Date,
) -> Result<(Option<AckOutcome>, bool), StoreError> {
    let ids = tables.acks_of_claim(claim)?;
    if ids.is_empty() {
        return Ok((None, false));
    }
    let Some(record) = tables.claim(claim)? else { return Ok((None, false)) };
    let mut decided = Vec::new();
    let mut sent_back = false;
    for id in ids {
        let Some(ack) = tables.ack(id)?.filter(|ack| ack.on <= until) else { continue };
        if submission_of(&ack, &record) != 0 || !ack.outcome.decides() {
            continue;
        }
        sent_back |= ack.outcome == AckOutcome::Rejected;
        if matches!(ack.source, AckSource::Clearinghouse | AckSource::Payer) {
            decided.push((ack.on, ack.source, ack.id, ack.outcome));
        }
    }
    decided.sort_unstable_by_key(|(on, source, id, _)| (*on, *source, *id));
    Ok((decided.first().map(|(.., outcome)| *outcome), sent_back))
}
