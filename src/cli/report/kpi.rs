//! `arrears report kpi`: counts what the key figures of a span are made of, from sums where there are any.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::{Range, RangeInclusive};

use super::span::Span;
use super::{denial_days, recovery};
use crate::acks::submission_of;
use crate::books::first_pass::{self, Settled};
use crate::books::{balances, rollforward, scan, sums};
use crate::codes::{self, Class};
use crate::domain::ack::{AckOutcome, AckSource};
use crate::domain::book::{ClaimState, Footing};
use crate::domain::case::DenialCase;
use crate::domain::date::utc_day;
use crate::domain::entry::{Entry, Source};
use crate::domain::movement::Line;
use crate::domain::remit::ClaimPayment;
use crate::domain::{
    Account, CaseId, ClaimId, ClaimSet, Date, EntryId, GroupCode, Money, Month, PaymentId, RemitId,
};
use crate::report::Table;
use crate::report::kpi::{self, Before, Books, CHARGE_DAYS, Cohort, Denials, Figures, Question, Submitted};
use crate::report::recovery::{End, Word};
use crate::store::{Cube, Place, Read, Snapshot, StoreError, Visit};

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
    let happened = denial_days::read(tables, (from, to), closed[0])?;
    let figures = Figures { denial_days: happened.days, ..Figures::default() };
    let mut count = Count { tables, from, to, closed, happened, written: HashMap::new(), figures };
    count.balances()?;
    count.movements()?;
    let answered = count.entries()?;
    let claims = count.claims(&answered)?;
    count.submissions(&claims.submitted)?;
    count.cohort(&claims.cohort)?;
    let given_up = count.cases(&claims.denied)?;
    count.first_passes(&claims.answered, &given_up)?;
    count.remitted()?;
    Ok(kpi::table(Question { from, to }, &count.figures))
}

struct Count<'t> {
    tables: &'t Snapshot,
    from: Date,
    to: Date,
    /// The closed months that the last day and the day before the first ended.
    closed: [Option<Month>; 2],
    /// What happened to the cases by those days.
    happened: denial_days::Found,
    /// When the remittances of the period were written into the books.
    written: HashMap<RemitId, i64>,
    figures: Figures,
}

/// Whose entries, answers and cases are to be read; by number.
#[derive(Default)]
struct Claims {
    /// First submitted in the period.
    submitted: Vec<ClaimId>,
    /// Of the older cohort: their last entries.
    cohort: Vec<EntryId>,
    /// With denials, and with entries since the first day.
    denied: Vec<(ClaimId, ClaimState)>,
    /// Perhaps first answered or paid in the period.
    answered: Vec<(ClaimId, ClaimState)>,
    /// First submitted in the three months before the month.
    before: Before,
    /// Of those in `submitted`.
    counted: Submitted,
}

/// Which days a claim counts by.
struct Days {
    /// The three months before.
    before: Range<Date>,
    within: RangeInclusive<Date>,
    cohort: RangeInclusive<Date>,
}

impl Claims {
    fn add(&mut self, days: &Days, claim: ClaimId, state: &ClaimState, footing: &Footing) {
        // A claim that was told late counts in the month that was open then: a closed one keeps its figures.
        if let (Some(billed), Some(booked)) = (footing.billed_on, state.days.first().map(|day| day.on)) {
            if days.within.contains(&booked) {
                self.submitted.push(claim);
                self.counted.claims += 1;
                if let Some(served) = footing.service_from {
                    self.counted.dated += 1;
                    self.counted.lag_days += i64::from(billed.days_since(served));
                }
            }
            if days.before.contains(&booked) {
                self.before.claims += 1;
                self.before.charges += state.charge;
            }
        }
        if footing.service_from.is_some_and(|served| days.cohort.contains(&served)) {
            self.cohort.extend(state.last_entry);
        }
        // Nothing was denied or resolved where nothing was posted since.
        if !state.cases.is_empty() && state.last_posted_on.is_some_and(|last| last >= *days.within.start()) {
            self.denied.push((claim, state.outline()));
        }
    }

    fn absorb(&mut self, more: Claims) {
        self.submitted.extend(more.submitted);
        self.cohort.extend(more.cohort);
        self.denied.extend(more.denied);
        self.answered.extend(more.answered);
        self.before.claims += more.before.claims;
        self.before.charges += more.before.charges;
        self.counted.claims += more.counted.claims;
        self.counted.dated += more.counted.dated;
        self.counted.lag_days += more.counted.lag_days;
    }
}

/// What the entries of the days say.
#[derive(Default)]
struct Moved {
    charged: ClaimSet,
    to_patient: Money,
    moved: ClaimSet,
    /// Entries of answers that moved something to the patient: the answer, the entry they take back, the claim, how much.
    shares: Vec<(PaymentId, Option<EntryId>, Option<ClaimId>, Money)>,
    answered: ClaimSet,
    /// When the first entry of a remittance was written: UTC seconds.
    written: HashMap<RemitId, i64>,
}

impl Moved {
    fn add(&mut self, entry: &Entry) {
        if let Some(remit) = entry.remit.filter(|_| entry.reverses.is_none()) {
            let first = self.written.entry(remit).or_insert(entry.recorded_at);
            *first = entry.recorded_at.min(*first);
        }
        if entry.postings.iter().any(|p| p.account == Account::Charges) {
            self.charged.extend(entry.claim);
        }
        let patient = to_patient(entry);
        if !patient.is_zero() {
            self.to_patient += patient;
            self.moved.extend(entry.claim);
            self.shares.extend(entry.payment.map(|payment| (payment, entry.reverses, entry.claim, patient)));
        }
        if entry.payment.is_some() {
            self.answered.extend(entry.claim);
        }
    }

    fn absorb(&mut self, more: Moved) {
        self.charged.absorb(&more.charged);
        self.to_patient += more.to_patient;
        self.moved.absorb(&more.moved);
        self.shares.extend(more.shares);
        self.answered.absorb(&more.answered);
        for (remit, at) in more.written {
            let first = self.written.entry(remit).or_insert(at);
            *first = at.min(*first);
        }
    }
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
        let [unanswered, ..] = of(Account::Open as u64);
        books.unanswered = Money::from_cents(unanswered).max(Money::ZERO);
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
        let moved = |from: Date| -> Result<BTreeMap<Account, Money>, StoreError> {
            let mut moved: BTreeMap<Account, Money> = BTreeMap::new();
            for (_, (account, _), amount) in balances::moved_on_accounts(self.tables, Some(from), self.to)? {
                *moved.entry(account).or_default() += amount;
            }
            Ok(moved)
        };
        let of = |moved: &BTreeMap<Account, Money>, accounts: &[Account]| -> Money {
            accounts.iter().filter_map(|account| moved.get(account)).copied().sum()
        };
        let recent = moved(self.to.minus_days(CHARGE_DAYS - 1))?;
        let own = moved(self.from)?;
        let whole = rollforward::whole(self.tables, Some(self.from), self.to)?;
        let contractual = [Account::Contractual, Account::Reduction, Account::Contra];
        let books = Books {
            recent_charges: -of(&recent, &[Account::Charges]),
            recent_contractual: of(&recent, &contractual),
            recent_charity: of(&recent, &[Account::WriteoffCharity]),
            charges: -of(&own, &[Account::Charges]),
            // Both have the sign of their effect on the receivables.
            collected: -whole.line(Line::Payments) - whole.line(Line::Refunds),
            contractual: of(&own, &contractual),
            charity: of(&own, &[Account::WriteoffCharity]),
            bad_debt: of(&own, &[Account::WriteoffBadDebt, Account::BadDebtRecovered]),
            denial_write_offs: of(&own, &[Account::WriteoffDenial, Account::WriteoffTimelyFiling]),
            patient_payments: of(&own, &[Account::CashPatient, Account::RefundPatient]),
            ..self.figures.books
        };
        self.figures.books = books;
        Ok(())
    }

    /// What only the entries of the days say; among it which claims may have been answered.
    fn entries(&mut self) -> Result<ClaimSet, StoreError> {
        let (from, mut all) = (Some(self.from), Moved::default());
        let add = |moved: &mut Moved, _, entry: &Entry| moved.add(entry);
        for part in scan::entries(self.tables, from, self.to, Moved::default, add)? {
            all.absorb(part);
        }
        let (mut refused, mut of_claims) = (Money::ZERO, ClaimSet::default());
        for (payment, undone, claim, moved) in &all.shares {
            // What takes an answer back bears the number of the one that does so.
            let undone = undone.map(|id| self.tables.entry(id)).transpose()?.flatten();
            let payment = undone.and_then(|(entry, _)| entry.payment).unwrap_or(*payment);
            let part = self.tables.payment(payment)?.map_or(Money::ZERO, |p| left_by_plan(&p.payment));
            let part = part.abs().min(moved.abs());
            if part.is_positive() {
                refused += if moved.is_negative() { -part } else { part };
                of_claims.extend(*claim);
            }
        }
        let books = &mut self.figures.books;
        (books.to_patient, books.patient_non_covered) = (all.to_patient, refused);
        (books.charged, books.moved, books.non_covered) =
            (all.charged.len(), all.moved.len(), of_claims.len());
        self.written = all.written;
        Ok(all.answered)
    }

    /// What every claim says of itself.
    fn claims(&mut self, answered: &ClaimSet) -> Result<Claims, StoreError> {
        // Closing a case by hand, or a letter that decides it, posts nothing.
        let [words, before] = &self.happened.words;
        let newly: HashSet<CaseId> = words
            .iter()
            .filter(|(case, word)| before.get(case) != Some(word))
            .map(|(case, _)| *case)
            .collect();
        let footings = balances::footings(self.tables)?;
        let month = self.from.month();
        let days = Days {
            before: month.first_day().minus_months(3)..month.first_day(),
            within: self.from..=self.to,
            cohort: self.to.minus_days(2 * CHARGE_DAYS - 1)..=self.to.minus_days(CHARGE_DAYS),
        };
        let add = |claims: &mut Claims, claim: ClaimId, state: &ClaimState| {
            let footings = footings.get(&claim).map_or(&[][..], Vec::as_slice);
            claims.add(&days, claim, state, &state.footing(self.to, footings));
            if state.cases.iter().any(|case| newly.contains(case)) {
                claims.denied.push((claim, state.outline()));
            }
            if answered.contains(claim) {
                claims.answered.push((claim, state.outline()));
            }
            Ok(())
        };
        let mut all = Claims::default();
        for part in scan::states(self.tables, Claims::default, add)? {
            all.absorb(part);
        }
        all.denied.dedup_by_key(|(claim, _)| *claim);
        let is_month = self.from == month.first_day() && self.to == month.last_day();
        self.figures.before = is_month.then_some(all.before);
        self.figures.submitted = all.counted;
        Ok(all)
    }

    /// What acknowledgments said of submissions, where the office has any.
    fn submissions(&mut self, claims: &[ClaimId]) -> Result<(), StoreError> {
        if self.tables.has_no_acks()? {
            return Ok(());
        }
        let mut heard = ClaimSet::default();
        for event in self.tables.ack_events()? {
            heard.insert(event?.0);
        }
        let (mut accepted, mut rejected) = (0, 0);
        for claim in claims.iter().filter(|claim| heard.contains(**claim)) {
            let (first, sent_back) = first_heard(self.tables, *claim, self.to)?;
            accepted += u64::from(first == Some(AckOutcome::Accepted));
            rejected += u64::from(sent_back);
        }
        self.figures.submitted.acknowledged = Some((accepted, rejected));
        Ok(())
    }

    fn cohort(&mut self, last_entries: &[EntryId]) -> Result<(), StoreError> {
        let settle = |last: &[EntryId]| {
            let mut settled = vec![Settled::default(); last.len()];
            self.tables.visit_chains(last.iter().copied().map(Some), |claim, _, entry| {
                if entry.posted_on <= self.to {
                    settled[claim].add(entry);
                }
            })?;
            Ok(settled)
        };
        let settled = scan::in_halves(last_entries, settle)?.into_iter().flatten();
        let cohort: &mut Cohort = &mut self.figures.cohort;
        for settled in settled.filter(|settled| !settled.is_older && !settled.charges.is_zero()) {
            cohort.claims += 1;
            cohort.charges += settled.charges;
            cohort.contractual += settled.contractual;
            cohort.collected += settled.collected;
        }
        Ok(())
    }

    /// What became of denials. Returns the claims of which one was given up.
    fn cases(&mut self, claims: &[(ClaimId, ClaimState)]) -> Result<ClaimSet, StoreError> {
        let count = |claims: &[(ClaimId, ClaimState)]| {
            let (mut denials, mut given_up) = (Denials::default(), Vec::new());
            for (claim, state) in claims {
                given_up.extend(self.cases_of(&mut denials, *claim, state)?.then_some(*claim));
            }
            Ok((denials, given_up))
        };
        let (mut all, mut given_up) = (Denials::default(), ClaimSet::default());
        for (denials, claims) in scan::in_halves(claims, count)? {
            all.absorb(&denials);
            given_up.extend(claims);
        }
        self.figures.denials = all;
        Ok(given_up)
    }

    /// The same of one claim. Returns whether one of its denials was given up.
    fn cases_of(
        &self,
        denials: &mut Denials,
        claim: ClaimId,
        state: &ClaimState,
    ) -> Result<bool, StoreError> {
        let [closed, closed_before] = self.closed;
        let now = balances::cases_as_of(self.tables, claim, state, self.to, closed)?;
        let given_up = now.iter().any(|case| case.written_off().is_positive() && case.open().is_zero());
        for case in now.iter().filter(|case| case.denied_on().is_some_and(|on| self.within(on))) {
            denials.cases += 1;
            let preventable = codes::carc(case.reason.code).is_some_and(|carc| carc.preventable);
            denials.preventable += u64::from(preventable);
        }
        // Telling how it stood before is the dearest of all questions here.
        let [words, words_before] = &self.happened.words;
        if !now.iter().any(|case| end(case, words).is_decided()) {
            return Ok(given_up);
        }
        let day_before = self.from.minus_days(1);
        let before = balances::cases_as_of(self.tables, claim, state, day_before, closed_before)?;
        let posted = self.tables.claim_state(claim)?.unwrap_or_default();
        let last = posted.days.iter().map(|day| day.on).filter(|day| *day <= self.to).max();
        for case in &now {
            let was = before.iter().find(|was| was.id == case.id);
            let was = was.map_or(End::Open, |was| end(was, words_before));
            let is = end(case, words);
            // What a letter had decided is not decided again by its payment.
            if is.is_decided() && !was.is_decided() {
                let won = is != End::Upheld;
                denials.resolved += 1;
                denials.overturned += u64::from(won);
                let by_hand = self.happened.closed_by_hand.get(&case.id).copied();
                if let (Some(first), Some(end)) = (case.denied_on(), by_hand.or(last)) {
                    denials.days_to_end += i64::from(end.days_since(first)).max(0);
                }
                if self.happened.appealed.contains(&case.id) {
                    denials.appealed += 1;
                    denials.appeals_won += u64::from(won);
                }
            }
            let settled = |end: End| end.is_decided() && end != End::Awaited;
            if settled(is) && !settled(was) {
                denials.settled += 1;
                denials.settled_denied += case.denied();
                denials.recovered += case.recovered();
            }
        }
        Ok(given_up)
    }

    /// What first answers said; some claims had a denial that was given up since.
    fn first_passes(
        &mut self,
        claims: &[(ClaimId, ClaimState)],
        given_up: &ClaimSet,
    ) -> Result<(), StoreError> {
        let read = |claims: &[_]| first_pass::of_claims(self.tables, claims, self.to, self.closed[0]);
        let passes = scan::in_halves(claims, read)?.concat();
        for ((claim, state), first) in claims.iter().zip(passes) {
            if let Some(answer) = first.answer.filter(|answer| self.within(answer.on)) {
                let pass = &mut self.figures.first_pass;
                pass.claims += 1;
                pass.charges += answer.charge;
                pass.denied_amount += answer.denied;
                pass.ended += u64::from(answer.ended);
                pass.given_up += u64::from(given_up.contains(*claim));
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

    /// What the remittances of the last four weeks say as the first payer's, and how long those of the period took.
    fn remitted(&mut self) -> Result<(), StoreError> {
        let four_weeks = self.to.minus_days(27)..=self.to;
        let mut seen = HashSet::new();
        let remitted = &mut self.figures.remitted;
        for item in self.tables.remits()? {
            let remit = item?;
            if !remit.stands(self.to) {
                continue;
            }
            let written =
                self.written.get(&remit.id).filter(|_| (self.from..=self.to).contains(&remit.posted_on));
            if let (Some(at), Some(file)) = (written, self.tables.file(remit.origin.file)?) {
                let lag = utc_day(*at).days_since(utc_day(file.imported_at));
                remitted.posted += 1;
                remitted.lag_days += i64::from(lag.max(0));
            }
            if !four_weeks.contains(&remit.posted_on) {
                continue;
            }
            for at in 0..remit.claims {
                let Some(payment) = self.tables.payment(PaymentId(remit.first_payment.0 + at))? else {
                    continue;
                };
                let said = &payment.payment;
                let is_first = matches!(said.status.as_str(), "1" | "4" | "19");
                let same = (remit.payer, said.control_number.clone(), said.payer_number.clone(), said.paid);
                if is_first && seen.insert(same) {
                    remitted.primary += 1;
                    remitted.unpaid += u64::from(said.paid.is_zero());
                }
            }
        }
        Ok(())
    }
}

/// Whether a case was won or lost: the same question as `report recovery` asks.
fn end(case: &DenialCase, words: &HashMap<CaseId, Word>) -> End {
    match case.denied().is_positive() {
        true => recovery::dollars(case).end(words.get(&case.id).copied().unwrap_or_default()),
        false => End::Open,
    }
}

/// What an entry moved to the patient, payments and other acts on the patient's balance apart.
fn to_patient(entry: &Entry) -> Money {
    if matches!(entry.source, Source::Manual | Source::Opening) {
        return Money::ZERO;
    }
    entry.sum_of(Account::Due)
}

/// What an answer leaves to the patient because the plan does not cover it: PR with a code of denial that leaves the patient
/// liable by the plan itself.
fn left_by_plan(payment: &ClaimPayment) -> Money {
    let of_patient = payment.all_adjustments().map(|(_, a)| a).filter(|a| a.group == Some(GroupCode::Pr));
    let liable = |carc: &codes::Carc| {
        carc.own_class() == Class::Denial && carc.class(GroupCode::Pr) == Class::PatientShare
    };
    of_patient.filter(|a| codes::carc(a.reason).is_some_and(liable)).map(|a| a.amount).sum()
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
