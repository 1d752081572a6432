//! Importing an 835 transaction set: one payment, posted whole or held whole. `docs/rules/posting-rules.md` sections 2, 9, 10.

use std::collections::{BTreeSet, VecDeque};

use super::outcome::SetStatus;
use super::said::{copy_set_aside, decided_before, keyed_before, of_and_over, released_before, same_number};
use super::{ImportError, SetContext, SetOutcome, Watcher};
use super::{left_over, likeness, other_payers};
use crate::books::batch::{self, Arrived};
use crate::books::doubles;
use crate::books::held::{self, LookAlike};
use crate::books::keyed::{self, Keyed};
use crate::books::taken_again;
use crate::books::undo;
use crate::codes;
use crate::domain::book::{
    Issue, Origin, PaymentRecord, PaymentStatus, PlbRecord, Practice, RemitRecord, RemitStatus,
};
use crate::domain::deed::{DeedVerb, Fact, Object};
use crate::domain::entry::{Entry, Posting, Source};
use crate::domain::payment_keys::{Keys, held_key};
use crate::domain::remit::{ClaimPayment, PartyName, ProviderAdjustment, RemitHeader};
use crate::domain::{Code, Date, Money, PayerId, PaymentId, PlbId, RemitId, Severity, Text};
use crate::input::{InputError, RemitItem, SetSurvey};
use crate::posting::answer::imbalance;
use crate::posting::hold::Hold;
use crate::posting::provider_level;
use crate::store::{Read, StoreError, WriteTables};

/// So many claim payments are looked up and posted together: with fewer, threads wait for each other more often; with more,
/// a large file needs more memory and no less time.
const TOGETHER: usize = 1_024;

/// At most so many issues of one remittance are kept with it.
const MOST_ISSUES: usize = 200;

/// Where the items of a remittance come from: an X12 set or the rows of a table.
pub(super) type NextItem<'i> = dyn FnMut() -> Result<Option<RemitItem>, InputError> + 'i;

pub(super) fn import(
    tables: &mut WriteTables<'_>,
    mut context: SetContext<'_>,
    next_item: &mut NextItem<'_>,
    watcher: &mut dyn Watcher,
) -> Result<SetOutcome, ImportError> {
    let set = context.set;
    let known = tables.set_by_hash(&set.content_hash)?.map(|id| tables.remit(id)).transpose()?.flatten();
    // What a person took out comes back by `remit repost`, not by importing it again.
    let waits = |known: &RemitRecord| matches!(known.status, RemitStatus::Held | RemitStatus::SetAside);
    if let Some(known) = known.as_ref().filter(|known| !waits(known)) {
        return Ok(SetOutcome::duplicate(set, Some(known)));
    }
    let Some(RemitItem::Header(header)) = next_item()? else {
        return Err(InputError::changed(context.source.name()).into());
    };
    let keys = Keys::of(&header);
    let id = match &known {
        Some(known) => known.id,
        None => tables.next_remit_id()?,
    };
    let payer = context.payers.of_remit(tables, &header)?;
    let holds = holds(tables, &context, (&header, payer), &keys, id)?;
    let own = posting_date(&context, &header);
    let posted_on = tables.open_day(own);
    let mut record = RemitRecord {
        id,
        payer,
        posted_on,
        effective_on: (posted_on != own).then_some(own),
        held_on: known.as_ref().and_then(|known| known.held_on),
        set_aside_on: None,
        turns: Vec::new(),
        header: *header,
        origin: Origin { file: context.file(tables)?.id, segment: set.first_segment },
        status: RemitStatus::Held,
        claims: set.totals.claims,
        matched: 0,
        unapplied: 0,
        claim_paid: set.totals.claim_paid,
        plb: set.totals.plb,
        first_payment: known.as_ref().map_or(PaymentId(0), |known| known.first_payment),
        issues: set.problems.iter().cloned().map(Issue::from).collect(),
    };
    tables.put_set_hash(&set.content_hash, record.id)?;
    let is_held = !holds.is_empty();
    let is_kept = held::may_be_posted(&holds);
    if is_held {
        record.issues.retain(|issue| {
            holds.iter().all(|hold| (&hold.code, hold.segment) != (&issue.code, issue.segment))
        });
        record.issues.extend(holds);
        // Since the first time.
        record.held_on = record.held_on.or(Some(posted_on));
        tables.put_remit_key(&held_key(&keys.payment), record.id)?;
    } else {
        record.status = RemitStatus::Posted;
        keys.all().iter().try_for_each(|key| tables.put_remit_key(key, record.id))?;
    }
    let mut numbers = Numbers::default();
    if record.first_payment != PaymentId(0) {
        // What was kept of it while it was held is written anew in its place.
        numbers.payments = (0..record.claims).map(|at| PaymentId(record.first_payment.0 + at)).collect();
        numbers.plbs = undo::items(tables, record.id)?.into_iter().map(|item| item.id).collect();
    }
    let mut posting = Poster {
        practice: tables.practice()?,
        tables,
        context: &mut context,
        record,
        numbers,
        arrived: Vec::new(),
        unapplied: BTreeSet::new(),
        takebacks: Vec::new(),
        seen: Sums::default(),
        reviews: Vec::new(),
    };
    if !is_held || is_kept {
        posting.items(next_item, watcher)?;
    }
    if is_held {
        let Poster { tables, record, context, .. } = posting;
        tables.put_remit(&record)?;
        if let Some(before) = keyed::before(tables, &record)? {
            return in_place_of(tables, context, before, record);
        }
        let mut outcome = SetOutcome::held(set, record.issues.clone());
        outcome.describe(&record);
        return Ok(outcome);
    }
    let Done { record, reviews, waiting } = posting.finish()?;
    let same_number: Vec<Issue> = held::of_same_number(tables, &record, &keys)?
        .iter()
        .map(|other| same_number(&context, &record, other))
        .collect();
    let decided: Vec<Issue> = held::decided_before(tables, &record, &keys)?
        .iter()
        .map(|(other, count)| decided_before(&context, &record, other, *count))
        .collect();
    let settled = held::set_copies_aside(tables, &record, &keys.payment)?;
    let mut outcome = SetOutcome::new(set, SetStatus::Posted);
    outcome.describe(&record);
    outcome.matched = record.matched;
    outcome.unapplied = record.unapplied;
    outcome.needs_work = !reviews.is_empty();
    outcome.waiting = waiting;
    outcome.issues = record.issues.clone();
    outcome.issues.extend(reviews);
    outcome.issues.extend(same_number);
    outcome.issues.extend(decided);
    if set.kind.is_table() {
        outcome.issues.extend(other_payers::issues(&*tables, &record, context.options.dry_run)?);
    }
    outcome.issues.extend(settled.into_iter().map(|id| copy_set_aside(&record, id)));
    for change in doubles::settle(tables, &context.hand(), context.options.today)? {
        outcome.issues.extend(likeness::issue(tables, change, context.options.dry_run)?);
    }
    Ok(outcome)
}

/// Lets the 835 of a payment take the place of what somebody keyed from paper: cash counts once.
fn in_place_of(
    tables: &mut WriteTables<'_>,
    context: &SetContext<'_>,
    before: Keyed,
    late: RemitRecord,
) -> Result<SetOutcome, ImportError> {
    let reason = "the 835 of it came, and says the same of each claim";
    let (hand, keyed) = (context.hand(), before.remit());
    let (record, aside) = keyed::take_place(tables, &hand, before, late, reason)?;
    let (verb, on) = (DeedVerb::RemitReplace, Object::RemitFor(record.id, keyed));
    tables.also(Fact { verb, on, details: reason.to_owned() });
    let mut outcome = SetOutcome::new(context.set, SetStatus::Posted);
    outcome.describe(&record);
    (outcome.matched, outcome.unapplied) = (record.matched, record.unapplied);
    outcome.issues.push(keyed_before(&record, keyed));
    outcome.issues.extend(aside.into_iter().map(|id| copy_set_aside(&record, id)));
    Ok(outcome)
}

fn posting_date(context: &SetContext<'_>, header: &RemitHeader) -> Date {
    let own = header.paid_on.or(header.produced_on);
    context.options.posting_date.or(own).unwrap_or_else(|| context.fallback_date())
}

/// The day of a remittance for a clock: the earlier of the payer's own day and the accounting day, which a person may
/// have moved.
fn answered_on(remit: &RemitRecord) -> Date {
    let own = remit.header.paid_on.or(remit.header.produced_on);
    own.map_or_else(|| remit.own_date(), |own| own.min(remit.own_date()))
}

/// Why the whole remittance is held, if it is: conditions 1 to 4 of section 10, and payments that came before.
fn holds(
    tables: &WriteTables<'_>,
    context: &SetContext<'_>,
    (header, payer): (&RemitHeader, PayerId),
    keys: &Keys,
    id: RemitId,
) -> Result<Vec<Issue>, StoreError> {
    let set = context.set;
    let mut issues = context.blocking.clone();
    let number = context.number(id);
    let fix = |hold: Hold| hold.fix().replace("ID", &number);
    for issue in &mut issues {
        if let Some(hold) = Hold::from_word(&issue.code).filter(|hold| hold.may_be_accepted()) {
            issue.message = format!("{}; {}", issue.message, fix(hold));
        }
    }
    let hold = |hold: Hold, message: String| Issue {
        code: hold.word().to_owned(),
        segment: set.first_segment,
        text: String::new(),
        message: format!("{message}; {}", fix(hold)),
    };
    if !set.totals.balanced && issues.iter().all(|i| i.code != "transaction-out-of-balance") {
        issues.push(hold(Hold::TransactionOutOfBalance, Hold::TransactionOutOfBalance.about().to_owned()));
    }
    if !matches!(header.currency.as_str(), "" | "USD") {
        issues.push(hold(Hold::NotUsd, format!("the currency is {}, not US dollars", header.currency)));
    }
    if header.debit {
        issues.push(hold(Hold::Debit, Hold::Debit.about().to_owned()));
    }
    if !is_ours(&tables.practice()?, &header.payee) {
        issues.push(hold(
            Hold::PayeeNotOurs,
            format!("it pays {}, which is not this practice", header.payee.ident),
        ));
    }
    if issues.is_empty() {
        for (other, like) in held::look_alikes(tables, (header, payer), keys, set.kind.is_table())? {
            let what = match like {
                LookAlike::OtherContent => "the same trace number, date and amount, with other content",
                LookAlike::KeyedByHand => "the same check number; one of the two was keyed by hand",
            };
            let that = tables.remit(other)?.map_or_else(String::new, |other| of_and_over(&other));
            let mut issue = hold(Hold::PossibleReissue, format!("remittance {other}{that} has {what}"));
            issue.message = issue.message.replace("OLD", &other.to_string());
            issues.push(issue);
        }
    }
    Ok(issues)
}

/// Condition 4, where the office told who it is: NPI or tax id of the payee, in N104 or REF*TJ. A payee without a usable
/// identifier proves nothing either way.
fn is_ours(practice: &Practice, payee: &PartyName) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let ident = digits(&payee.ident);
    let (npi, tax_id) = match payee.qualifier.as_str() {
        "XX" => (ident, digits(payee.reference("TJ").unwrap_or(""))),
        "FI" => (String::new(), ident),
        _ => (String::new(), digits(payee.reference("TJ").unwrap_or(""))),
    };
    let known = |list: &[String], said: &str| list.iter().any(|own| digits(own) == said);
    let npi_says = (!npi.is_empty() && !practice.npis.is_empty()).then(|| known(&practice.npis, &npi));
    let tax_says =
        (!tax_id.is_empty() && !practice.tax_ids.is_empty()).then(|| known(&practice.tax_ids, &tax_id));
    npi_says == Some(true) || tax_says == Some(true) || (npi_says.is_none() && tax_says.is_none())
}

/// Sums of what was read the second time; they must be those of the survey.
#[derive(Default)]
struct Sums {
    claims: u64,
    claim_paid: Money,
    plb: Money,
}

impl Sums {
    fn see(&mut self, item: &RemitItem) {
        match item {
            RemitItem::Header(_) => {}
            RemitItem::Claim(payment) => {
                self.claims += 1;
                self.claim_paid += payment.paid;
            }
            RemitItem::Plb(item) => self.plb += item.amount,
        }
    }

    fn are_those_of(&self, set: &SetSurvey) -> bool {
        let survey = set.totals;
        (self.claims, self.claim_paid, self.plb) == (survey.claims, survey.claim_paid, survey.plb)
    }
}

/// Whether these are all items of a set, as it was surveyed: nothing can fail any more but the ledger.
pub(super) fn is_whole(set: &SetSurvey, items: &[RemitItem]) -> bool {
    let mut seen = Sums::default();
    items.iter().for_each(|item| seen.see(item));
    matches!(items, [RemitItem::Header(_), ..]) && seen.are_those_of(set)
}

/// The numbers that the rows of a held remittance have, in the order of its file.
#[derive(Default)]
struct Numbers {
    payments: VecDeque<PaymentId>,
    plbs: VecDeque<PlbId>,
}

/// A remittance that is in the books.
struct Done {
    record: RemitRecord,
    /// Provider-level items that a person must look at.
    reviews: Vec<Issue>,
    /// Why claim payments of it wait: the next file may settle that, so it is not kept with the remittance.
    waiting: Vec<Issue>,
}

/// A remittance on its way into the books, or to be kept beside them.
struct Poster<'p, 't, 'c> {
    /// Who the books belong to.
    practice: Practice,
    tables: &'p mut WriteTables<'t>,
    context: &'p mut SetContext<'c>,
    record: RemitRecord,
    /// Numbers to be used again.
    numbers: Numbers,
    /// Claim payments that are not in the books yet.
    arrived: Vec<Arrived>,
    /// Those in the books that wait.
    unapplied: BTreeSet<PaymentId>,
    /// Those that take money back.
    takebacks: Vec<PaymentId>,
    seen: Sums,
    /// Provider-level items that a person must look at; not kept with the remittance.
    reviews: Vec<Issue>,
}

impl Poster<'_, '_, '_> {
    fn items(&mut self, next_item: &mut NextItem<'_>, watcher: &mut dyn Watcher) -> Result<(), ImportError> {
        while let Some(item) = next_item()? {
            self.seen.see(&item);
            match item {
                RemitItem::Header(_) => {}
                RemitItem::Claim(payment) => {
                    watcher.claims(1);
                    self.claim(payment)?;
                    if self.arrived.len() >= TOGETHER {
                        self.post()?;
                    }
                }
                RemitItem::Plb(item) => self.provider_level(item)?,
            }
        }
        self.post()?;
        if !self.seen.are_those_of(self.context.set) {
            return Err(InputError::changed(self.context.source.name()).into());
        }
        Ok(())
    }

    fn claim(&mut self, mut payment: Box<ClaimPayment>) -> Result<(), ImportError> {
        let problems = std::mem::take(&mut payment.problems);
        let broken = problems.iter().find(|p| p.severity == Severity::Hold).map(|p| {
            let hold = Hold::from_word(p.code).unwrap_or(Hold::BadData);
            (hold, p.message.clone())
        });
        let broken = broken.or_else(|| imbalance(&payment).map(|wrong| (Hold::ClaimOutOfBalance, wrong)));
        // Joined files name another payee half-way: what follows is for that one (`docs/rules/edge-cases.md` 2.9).
        let stranger = payment.payee.as_ref().filter(|payee| !is_ours(&self.practice, payee));
        let stranger = stranger.map(|payee| {
            (Hold::PayeeNotOurs, format!("it pays {}, which is not this practice", payee.ident))
        });
        let broken = broken.or(stranger);
        for problem in problems {
            self.keep(Issue::from(problem));
        }
        let id = match self.numbers.payments.pop_front() {
            Some(id) => id,
            None => self.tables.next_payment_id()?,
        };
        if self.record.first_payment == PaymentId(0) {
            self.record.first_payment = id;
        }
        let forwarded_to = self.context.payers.of_crossover(self.tables, payment.crossover.as_ref())?;
        self.warn(&payment);
        let payment = PaymentRecord {
            id,
            remit: self.record.id,
            posted_on: self.record.own_date(),
            answered_on: answered_on(&self.record),
            payer: self.record.payer,
            trace: self.record.header.trace.clone(),
            forwarded_to,
            payment,
            claim: None,
            matched_by: Text::default(),
            previous_of_claim: None,
            held_entry: None,
            by_hand: None,
            status: PaymentStatus::Unapplied,
            rule: Text::default(),
            message: Text::default(),
        };
        if self.record.status == RemitStatus::Held {
            return Ok(held::keep_payment(self.tables, payment, broken)?);
        }
        if payment.payment.paid.is_negative() {
            self.takebacks.push(id);
        }
        self.arrived.push(Arrived { payment, broken });
        Ok(())
    }

    /// Brings into the books what has arrived.
    fn post(&mut self) -> Result<(), StoreError> {
        let arrived = std::mem::take(&mut self.arrived);
        batch::post(self.tables, &self.context.hand(), &self.record, &mut self.unapplied, arrived)
    }

    fn entry(&self, rule: &str, postings: Vec<Posting>, payment: Option<PaymentId>) -> Entry {
        let hand = self.context.hand();
        Entry {
            posted_on: self.record.own_date(),
            effective_on: None,
            recorded_at: hand.now,
            source: Source::Remit,
            claim: None,
            remit: Some(self.record.id),
            payment,
            plb: None,
            reverses: None,
            rule: rule.into(),
            memo: Text::default(),
            user: hand.user.into(),
            postings,
        }
    }

    fn provider_level(&mut self, item: ProviderAdjustment) -> Result<(), ImportError> {
        if item.amount.is_zero() {
            return Ok(());
        }
        let code = Code::parse(item.reason.trim()).unwrap_or(Code::NONE);
        let review = provider_level::review(code, item.reference.trim());
        let is_held = self.record.status == RemitStatus::Held;
        if !review.is_empty() && !is_held {
            // Condition 19. The money stands in the item's own account until somebody settles it.
            self.say(Issue {
                code: "plb-review".to_owned(),
                segment: item.segment,
                text: format!("PLB {} {}", item.reason, item.amount),
                message: format!("provider-level item {}: {review}", item.reason),
            });
        }
        let open = if provider_level::stays_open(code) && !is_held { item.amount } else { Money::ZERO };
        let id = match self.numbers.plbs.pop_front() {
            Some(id) => id,
            None => self.tables.next_plb_id()?,
        };
        let record = PlbRecord {
            id,
            remit: self.record.id,
            payer: self.record.payer,
            posted_on: self.record.posted_on,
            code,
            open,
            settlements: Vec::new(),
            withdrawn: is_held,
            review: review.to_owned(),
            item,
        };
        // What others leave open of it is worked out before the books are written.
        self.tables.put_plb(&record)?;
        if is_held {
            return Ok(());
        }
        let postings = provider_level::postings(code, record.payer, record.item.amount);
        let entry = Entry { plb: Some(record.id), ..self.entry("provider-level", postings, None) };
        let entry = self.tables.admit(entry);
        self.tables.append_entry(&entry, None)?;
        Ok(())
    }

    /// Conditions that are said and do not hold: a retired reason code, a missing remark code.
    fn warn(&mut self, payment: &ClaimPayment) {
        for (line, a) in payment.all_adjustments() {
            let Some(carc) = codes::carc(a.reason) else { continue };
            let segment = line.map_or(payment.segment, |at| payment.lines[at].segment);
            let mut say = |code: &str, message: String| {
                self.keep(Issue {
                    code: code.to_owned(),
                    segment,
                    text: format!("CAS {}", a.reason),
                    message,
                });
            };
            if !carc.active {
                say(
                    "retired-code",
                    format!("reason {} is no longer in force; it is posted by its class", a.reason),
                );
            }
            if let Some(group) =
                a.group.filter(|g| !carc.allowed_groups.is_empty() && !carc.allowed_groups.contains(g))
            {
                say(
                    "group-not-allowed",
                    format!("the code list does not allow reason {} under {group}", a.reason),
                );
            }
        }
    }

    fn keep(&mut self, issue: Issue) {
        if self.record.issues.len() < MOST_ISSUES {
            self.record.issues.push(issue);
        }
    }

    fn say(&mut self, issue: Issue) {
        if self.reviews.len() < MOST_ISSUES {
            self.reviews.push(issue);
        }
    }

    /// Counts what became of the claim payments, now that every claim has been told, and says why some wait.
    fn finish(mut self) -> Result<Done, ImportError> {
        self.takebacks.retain(|id| self.unapplied.contains(id));
        let takebacks = std::mem::take(&mut self.takebacks);
        for gone in taken_again::follow(self.tables, &self.context.hand(), takebacks)? {
            self.unapplied.remove(&gone.takeback);
            let segment = self.tables.payment(gone.takeback)?.map_or(0, |payment| payment.payment.segment);
            self.keep(released_before(segment, gone.item));
        }
        self.record.unapplied = self.unapplied.len() as u64;
        self.record.matched = self.record.claims.saturating_sub(self.record.unapplied);
        let mut waiting = Vec::new();
        for id in self.unapplied.iter().take(MOST_ISSUES) {
            let Some(payment) = self.tables.payment(*id)? else { continue };
            waiting.extend(left_over::why(&payment, &self.record.issues));
        }
        self.tables.put_remit(&self.record)?;
        Ok(Done { record: self.record, reviews: self.reviews, waiting })
    }
}
