//! Comparing claims of one visit: joining what the rules prove to be one receivable, parting what they prove no longer, and
//! listing what only looks like it. `docs/rules/posting-rules.md` section 3a.
//!
//! The verdict on a pair follows from what the ledger knows, whatever came first. So claims are compared anew whenever
//! something comes that it may depend on: a claim, an acknowledgment, a denial, the payer's number of a claim.

use std::collections::{BTreeMap, VecDeque};

use super::joins::{self, Because, Refusal};
use super::retell::Hand;
use crate::acks::{Heard, standing, submission_of};
use crate::domain::ack::{AckOutcome, AckRecord, AckScope};
use crate::domain::book::{ClaimRecord, PaymentRecord, PaymentStatus};
use crate::domain::claim::Frequency;
use crate::domain::join::{
    ApartGround, Join, JoinGround, Likeness, PossibleDouble, VisitKey, one_receivable, original_number,
};
use crate::domain::{ClaimId, Date};
use crate::posting::visits::{self, Fate, Relation};
use crate::store::{Read, ReadJoins, StoreError, WriteTables};

/// More claims than this of one patient and day, or under one number, are not compared.
const MOST: usize = 50;
/// So often one claim is compared within one command: whatever joins and parts for ever must end.
const MOST_TURNS: usize = 8;

/// What comparing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// A claim is part of another's receivable now.
    Joined {
        /// The claim that was billed later.
        later: ClaimId,
        /// The one that it is a version of.
        earlier: ClaimId,
        /// Why.
        ground: JoinGround,
    },
    /// What made them one is not so any more.
    Parted(ClaimId, ClaimId),
    /// They may be one: a person must say.
    Listed(PossibleDouble),
}

/// The verdict on a claim.
#[derive(Debug, Default)]
pub struct Verdict {
    /// The claim that it is a version of, and why.
    pub version_of: Option<(ClaimId, JoinGround)>,
    /// Receivables that it may be a double of.
    pub doubles: Vec<(ClaimId, Likeness)>,
}

/// A claim that may be a double of another receivable, with both.
#[derive(Clone, Debug)]
pub struct Double {
    /// Which two, and why.
    pub pair: PossibleDouble,
    /// The later claim, as it was billed under its own number.
    pub later: ClaimRecord,
    /// The receivable that was billed before it.
    pub earlier: ClaimRecord,
}

/// Every possible double that a person must join or confirm.
///
/// # Errors
/// Whatever the store says.
pub fn to_decide(tables: &impl ReadJoins) -> Result<Vec<Double>, StoreError> {
    let mut found = Vec::new();
    for pair in tables.possible_doubles()? {
        if let (Some(later), Some(earlier)) = (tables.claim_alone(pair.later)?, tables.claim(pair.earlier)?) {
            found.push(Double { pair, later, earlier });
        }
    }
    Ok(found)
}

/// Compares the claims that wait for it, and those of their visits, until nothing changes.
///
/// # Errors
/// Whatever the store says.
pub fn settle(tables: &mut WriteTables<'_>, hand: &Hand<'_>, today: Date) -> Result<Vec<Change>, StoreError> {
    let mut turns: BTreeMap<ClaimId, usize> = BTreeMap::new();
    let mut changes = Vec::new();
    loop {
        let mut queue: VecDeque<ClaimId> = VecDeque::new();
        for claim in tables.take_to_compare()? {
            for other in related(tables, claim)? {
                if !queue.contains(&other) {
                    queue.push_back(other);
                }
            }
        }
        if queue.is_empty() {
            return Ok(changes);
        }
        for claim in queue {
            let turn = turns.entry(claim).or_default();
            *turn += 1;
            if *turn <= MOST_TURNS {
                changes.extend(compare(tables, hand, claim, today)?);
            }
        }
    }
}

/// Payments of claims came or changed: claims are compared whose verdict may depend on them.
///
/// # Errors
/// Whatever the store says.
pub fn hear<'h>(
    tables: &mut WriteTables<'_>,
    heard: impl IntoIterator<Item = (&'h PaymentRecord, &'h ClaimRecord)>,
) -> Result<(), StoreError> {
    let no_originals = tables.names_no_original()?;
    for (payment, record) in heard {
        if !payment.payment.paid.is_positive() || visits::denies(&payment.payment) {
            compare_later(tables, record)?;
        }
        if !no_originals {
            numbered(tables, payment.payment.payer_number.as_str())?;
        }
    }
    Ok(())
}

/// Notes that a receivable must be compared with others of its visit, where there are any.
///
/// # Errors
/// Whatever the store says.
pub fn compare_later(tables: &mut WriteTables<'_>, record: &ClaimRecord) -> Result<(), StoreError> {
    let of_day = VisitKey::of(&record.claim).map(|key| tables.claims_of_visit(key)).transpose()?;
    let alone = of_day.is_none_or(|claims| claims.iter().all(|claim| *claim == record.id));
    if alone && tables.parts_of(record.id)?.is_empty() {
        return Ok(());
    }
    tables.compare_later(record.id)
}

/// An acknowledgment reached a claim, or does so no longer: the same.
///
/// # Errors
/// Whatever the store says.
pub fn acknowledged(tables: &mut WriteTables<'_>, claim: ClaimId, ack: &AckRecord) -> Result<(), StoreError> {
    // That a claim was accepted matters only beside a rejection.
    if ack.outcome.needs_work() || ack.outcome.decides() && tables.acks_of_claim(claim)?.len() > 1 {
        tables.compare_later(claim)?;
    }
    numbered(tables, &ack.payer_claim_number)
}

/// A payer's number became known: replacements and voids that name it may have found their claim.
fn numbered(tables: &mut WriteTables<'_>, number: &str) -> Result<(), StoreError> {
    if number.is_empty() || tables.names_no_original()? {
        return Ok(());
    }
    tables.claims_by_original(number)?.into_iter().try_for_each(|claim| tables.compare_later(claim))
}

/// A claim and those whose verdict may depend on it.
fn related(tables: &WriteTables<'_>, claim: ClaimId) -> Result<Vec<ClaimId>, StoreError> {
    let Some(record) = tables.claim_alone(claim)? else { return Ok(Vec::new()) };
    let mut found = vec![claim];
    found.extend(of_visit(tables, &record)?.into_iter().map(|other| other.id));
    for join in tables.parts_of(tables.lead_of(claim)?)? {
        found.extend([join.part, join.with, join.lead]);
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Other claims of the patient's day, each as it was billed under its own number.
fn of_visit(tables: &impl Read, record: &ClaimRecord) -> Result<Vec<ClaimRecord>, StoreError> {
    let Some(key) = VisitKey::of(&record.claim) else { return Ok(Vec::new()) };
    let mut ids = tables.claims_of_visit(key)?;
    ids.retain(|id| *id != record.id);
    ids.truncate(MOST);
    ids.into_iter().filter_map(|id| tables.claim_alone(id).transpose()).collect()
}

/// Compares one claim with those that were billed before it, and does what follows.
///
/// # Errors
/// Whatever the store says.
pub fn compare(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    claim: ClaimId,
    today: Date,
) -> Result<Vec<Change>, StoreError> {
    let mut changes = Vec::new();
    let verdict = verdict(tables, claim)?;
    for join in unfounded(tables, claim, &verdict)? {
        match joins::part(tables, hand, join.part, None) {
            Ok((part, lead)) => changes.push(Change::Parted(part, lead)),
            Err(refusal) => return Err(broken(join.part, refusal)),
        }
    }
    if let Some((earlier, ground)) = verdict.version_of
        && tables.lead_of(earlier)? != tables.lead_of(claim)?
    {
        match joins::join(tables, hand, (claim, earlier), Because { ground, on: today, reason: "" }) {
            Ok(_) => changes.push(Change::Joined { later: claim, earlier, ground }),
            // Two balances of older books: only a person can say which of them is right.
            Err(Refusal::TwoOpenings(..)) => {}
            Err(refusal) => return Err(broken(claim, refusal)),
        }
    }
    changes.extend(list(tables, claim, &verdict)?);
    Ok(changes)
}

fn broken(claim: ClaimId, refusal: Refusal) -> StoreError {
    match refusal {
        Refusal::Store(error) => error,
        other => StoreError::corrupt("claim_joins", claim, other.to_string()),
    }
}

/// Lists a claim's possible doubles in place of those that were listed; gives the new ones.
fn list(tables: &mut WriteTables<'_>, claim: ClaimId, verdict: &Verdict) -> Result<Vec<Change>, StoreError> {
    let wanted = listed(tables, claim, verdict)?;
    let known = tables.possible_doubles_of(claim)?;
    for gone in known.iter().filter(|pair| !wanted.contains(pair)) {
        tables.remove_double(*gone)?;
    }
    let new = wanted.into_iter().filter(|pair| !known.contains(pair));
    new.map(|pair| tables.put_double(pair).map(|()| Change::Listed(pair))).collect()
}

/// The possible doubles of a claim as they must be listed.
///
/// # Errors
/// Whatever the store says.
pub fn listed(
    tables: &impl Read,
    claim: ClaimId,
    verdict: &Verdict,
) -> Result<Vec<PossibleDouble>, StoreError> {
    let own = tables.lead_of(claim)?;
    let mut pairs = Vec::new();
    for (earlier, likeness) in &verdict.doubles {
        let earlier = tables.lead_of(*earlier)?;
        if earlier != own {
            pairs.push(PossibleDouble { later: claim, earlier, likeness: *likeness });
        }
    }
    pairs.sort_unstable();
    pairs.dedup_by_key(|pair| pair.earlier);
    Ok(pairs)
}

/// Joins around a claim that a rule made and that no rule would make now.
fn unfounded(tables: &WriteTables<'_>, claim: ClaimId, own: &Verdict) -> Result<Vec<Join>, StoreError> {
    let lead = tables.lead_of(claim)?;
    let parts = tables.parts_of(lead)?;
    let mut unfounded = Vec::new();
    let touches = |join: &&Join| join.ground != JoinGround::Person && [join.part, join.with].contains(&claim);
    for join in parts.iter().filter(touches) {
        let other = if join.part == claim { join.with } else { join.part };
        let within = |verdict: &Verdict, wanted: &dyn Fn(ClaimId) -> bool| {
            verdict.version_of.is_some_and(|(earlier, _)| wanted(earlier))
        };
        let in_it = |id: ClaimId| id == lead || parts.iter().any(|part| part.part == id);
        let founded = if join.part == claim {
            within(own, &in_it) || within(&verdict(tables, other)?, &|id| id == claim)
        } else {
            within(&verdict(tables, other)?, &in_it) || within(own, &|id| id == join.part)
        };
        if !founded {
            unfounded.push(join.clone());
        }
    }
    Ok(unfounded)
}

/// What a claim is to those that were billed before it, as the ledger is now.
///
/// # Errors
/// Whatever the store says.
pub fn verdict(tables: &impl Read, claim: ClaimId) -> Result<Verdict, StoreError> {
    let Some(own) = tables.claim_alone(claim)? else { return Ok(Verdict::default()) };
    if visits::first_billed(&own).is_some_and(|first| Frequency(first.frequency).amends()) {
        return amending(tables, &own);
    }
    if !visits::begins(&own) {
        return Ok(Verdict::default());
    }
    let mut verdict = Verdict::default();
    for (lead, earlier) in before(tables, &own)? {
        let others = others(tables, lead, &own)?;
        let likest = earlier.iter().max_by_key(|record| std::cmp::Reverse(record.id));
        let (Some(likest), Some(others)) = (likest, others) else { continue };
        let fate = fate(tables, lead, &others, &own)?;
        let relations =
            earlier.iter().filter_map(|record| Some((record.id, visits::relation(record, &own, fate)?)));
        let best = relations.min_by_key(|(_, relation)| match relation {
            Relation::Version(_) => 0,
            Relation::Double(likeness) => *likeness as u8,
        });
        match best {
            Some((id, Relation::Version(ground))) if verdict.version_of.is_none() => {
                verdict.version_of = Some((id, ground));
            }
            Some((id, Relation::Version(_))) => verdict.doubles.push((id, Likeness::Same)),
            Some((_, Relation::Double(likeness))) => verdict.doubles.push((likest.id, likeness)),
            None => {}
        }
    }
    Ok(verdict)
}

/// A replacement or void: a version of the claim that it names by the payer's number, else perhaps of one of the same visit.
fn amending(tables: &impl Read, own: &ClaimRecord) -> Result<Verdict, StoreError> {
    let mut named: Vec<ClaimRecord> = Vec::new();
    if let Some(number) = original_number(&own.claim) {
        for id in tables.claims_alone_by_payer_number(number)?.into_iter().take(MOST) {
            let Some(record) = tables.claim_alone(id)?.filter(|record| record.id != own.id) else { continue };
            if visits::is_before(&record, own)
                && visits::may_amend(&record, own)
                && tables.apart(record.id, own.id)?.is_none()
            {
                named.push(record);
            }
        }
    }
    if named.iter().any(|record| record.claim.service_from == own.claim.service_from) {
        named.retain(|record| record.claim.service_from == own.claim.service_from);
    }
    let mut leads = Vec::new();
    for record in &named {
        leads.push(tables.lead_of(record.id)?);
    }
    leads.sort_unstable();
    leads.dedup();
    if let ([first, ..], [_]) = (named.as_slice(), leads.as_slice()) {
        return Ok(Verdict { version_of: Some((first.id, JoinGround::Replaces)), doubles: Vec::new() });
    }
    // Several that it could mean, or none: the likely one is shown.
    let mut likely: Vec<(ClaimId, ClaimRecord)> = Vec::new();
    for (lead, records) in before(tables, own)? {
        likely.extend(records.into_iter().map(|record| (lead, record)));
    }
    let score = |record: &ClaimRecord| {
        let charge =
            visits::first_billed(record).map(|v| v.charge) == visits::first_billed(own).map(|v| v.charge);
        (charge, std::cmp::Reverse(record.id))
    };
    let likely = likely.into_iter().max_by_key(|(_, record)| score(record));
    let doubles = likely.into_iter().map(|(_, record)| (record.id, Likeness::Amends)).collect();
    Ok(Verdict { version_of: None, doubles })
}

/// The claims of the same visit that were billed before one, by receivable, the oldest first. Those that a person keeps apart
/// from it are left out, with their receivables.
fn before(tables: &impl Read, own: &ClaimRecord) -> Result<Vec<(ClaimId, Vec<ClaimRecord>)>, StoreError> {
    let mut found: Vec<(ClaimId, Vec<ClaimRecord>)> = Vec::new();
    let mut earlier = of_visit(tables, own)?;
    earlier
        .retain(|record| visits::is_same_visit(&record.claim, &own.claim) && visits::is_before(record, own));
    earlier.sort_by(|a, b| match (visits::is_before(a, b), visits::is_before(b, a)) {
        (true, _) => std::cmp::Ordering::Less,
        (_, true) => std::cmp::Ordering::Greater,
        _ => a.id.cmp(&b.id),
    });
    // What was said of one part was said of the whole.
    let own_lead = tables.lead_of(own.id)?;
    let members = members(tables, own_lead)?;
    let mut kept_apart = Vec::new();
    for record in earlier {
        let lead = tables.lead_of(record.id)?;
        for member in members.iter().filter(|_| lead != own_lead) {
            if tables.apart(record.id, *member)?.is_some() {
                kept_apart.push(lead);
            }
        }
        match found.iter_mut().find(|(known, _)| *known == lead) {
            Some((_, records)) => records.push(record),
            None => found.push((lead, vec![record])),
        }
    }
    found.retain(|(lead, _)| !kept_apart.contains(lead));
    Ok(found)
}

/// The claims of a receivable, with the one that leads it.
fn members(tables: &impl Read, lead: ClaimId) -> Result<Vec<ClaimId>, StoreError> {
    Ok(tables.parts_of(lead)?.into_iter().map(|join| join.part).chain([lead]).collect())
}

/// A receivable as it would be without one of its claims.
fn others(
    tables: &impl Read,
    lead: ClaimId,
    without: &ClaimRecord,
) -> Result<Option<ClaimRecord>, StoreError> {
    let mut parts = Vec::new();
    for id in members(tables, lead)?.into_iter().filter(|id| *id != without.id) {
        parts.extend(tables.claim_alone(id)?);
    }
    Ok(one_receivable(lead, parts))
}

/// What had become of a receivable when a claim was billed that is none of its own.
fn fate(
    tables: &impl Read,
    lead: ClaimId,
    others: &ClaimRecord,
    own: &ClaimRecord,
) -> Result<Fate, StoreError> {
    let Some(first) = visits::first_billed(own) else { return Ok(Fate::Standing) };
    let day = first.billed_on;
    let number = own.claim.control_number.index_form();
    let shares_number = others.claim.control_number.index_form() == number;
    let mut answers = tables.payments_of_claim(lead)?;
    answers.retain(|payment| {
        let of_own = !shares_number && payment.payment.control_number.index_form() == number;
        payment.status.is_heard() && payment.answered_on <= day && !of_own
    });
    let paid = |payment: &PaymentRecord| {
        payment.payment.paid.is_positive() && payment.status != PaymentStatus::Reversed
    };
    if answers.iter().any(paid) {
        return Ok(if answers.iter().any(|p| visits::denies(&p.payment)) {
            Fate::Denied
        } else {
            Fate::Standing
        });
    }
    if answers.iter().any(|payment| visits::is_unprocessable(&payment.payment)) {
        return Ok(Fate::Refused);
    }
    if answers.iter().any(|payment| visits::denies(&payment.payment)) {
        return Ok(Fate::Denied);
    }
    let said = super::acks::of_claim(tables, lead, day)?;
    let of_others = |ack: &&AckRecord| !speaks_of(ack, own, shares_number);
    let heard: Vec<Heard<'_>> = said
        .iter()
        .filter(of_others)
        .map(|ack| Heard { ack, submission: submission_of(ack, others) })
        .collect();
    let sent = others.versions.iter().filter(|version| version.billed_on <= day).count();
    let rejected = standing(&heard, sent).rejected.filter(|ack| ack.outcome == AckOutcome::Rejected);
    // A payer that adjudicates a claim has it after all.
    let taken_in = |ack: &AckRecord| answers.iter().any(|payment| payment.answered_on >= ack.on);
    Ok(match rejected {
        Some(ack) if !taken_in(ack) => Fate::Refused,
        _ => Fate::Standing,
    })
}

/// Whether an acknowledgment speaks of a claim's own submissions.
fn speaks_of(ack: &AckRecord, own: &ClaimRecord, shares_number: bool) -> bool {
    if let AckScope::Claim(named, _) = &ack.scope
        && !shares_number
    {
        return named.index_form() == own.claim.control_number.index_form();
    }
    let place = submission_of(ack, own);
    own.versions.get(place).is_some_and(|version| version.origin.file == ack.sent_in && ack.sent_in.0 != 0)
}

/// Keeps two claims apart that were listed as possible doubles: both are real.
///
/// # Errors
/// [`Refusal`], where there are no such claims or they are one.
pub fn confirm(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    (one, other): (ClaimId, ClaimId),
    on: Date,
    reason: &str,
) -> Result<(), Refusal> {
    for claim in [one, other] {
        tables.claim_alone(claim)?.ok_or(Refusal::NoClaim(claim))?;
    }
    let (mine, theirs) = (tables.lead_of(one)?, tables.lead_of(other)?);
    if mine == theirs {
        return Err(Refusal::OneAlready(one, other));
    }
    let (mine, theirs) = (members(tables, mine)?, members(tables, theirs)?);
    for a in &mine {
        for b in &theirs {
            tables.put_apart(&joins::apart(hand, (*a, *b), ApartGround::BothReal, on, reason))?;
        }
        tables.compare_later(*a)?;
    }
    for b in theirs {
        tables.compare_later(b)?;
    }
    Ok(())
}

/// Makes the receivables of two claims one because a person says so, whatever was said before. Patients or days that
/// contradict each other refuse, unless the person insists.
///
/// # Errors
/// See [`Refusal`].
pub fn join_by_person(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    (one, other): (ClaimId, ClaimId),
    on: Date,
    (reason, insists): (&str, bool),
) -> Result<ClaimId, Refusal> {
    let alone = |claim| tables.claim_alone(claim)?.ok_or(Refusal::NoClaim(claim));
    if !insists && !visits::may_amend(&alone(one)?, &alone(other)?) {
        return Err(Refusal::NotOneVisit(one, other));
    }
    let lead = joins::join(tables, hand, (one, other), Because { ground: JoinGround::Person, on, reason })?;
    let members = members(tables, lead)?;
    for (at, a) in members.iter().enumerate() {
        for b in &members[at + 1..] {
            tables.remove_apart(*a, *b)?;
        }
    }
    Ok(lead)
}
