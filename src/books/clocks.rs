//! Clocks over the ledger: which rules there are, what a claim and its denials tell a clock, and how a person changes a
//! rule. What follows from both is worked out in `denial::clock`.

use crate::denial::clock::{Rules, suggest};
use crate::domain::book::{ClaimRecord, PaymentRecord};
use crate::domain::clock::{ClaimFacts, ClockKind, ClockRule};
use crate::domain::{ClaimId, Date, FacilityKind, PayerId};
use crate::store::{Read, StoreError, WriteTables};

/// The rules of the ledger, and what is suggested where the office has none. Only what somebody confirmed gives dates.
///
/// # Errors
/// Whatever the store says.
pub fn rules(tables: &impl Read) -> Result<Rules, StoreError> {
    let mut rules = Vec::new();
    for payer in tables.payers()? {
        rules.extend(suggest::suggestions(&payer).into_iter().map(|(rule, _)| rule));
    }
    // The office's own come later: they stand in place of what is suggested.
    rules.extend(tables.clock_rules()?);
    Ok(Rules::new(rules).with(tables.clock_amounts()?, &tables.clock_holidays()?))
}

/// What the filing clock of one payer must know of a claim. `payments` are what the claim heard; they are asked only for
/// a payer that is billed after another.
#[must_use]
pub fn claim_facts(record: &ClaimRecord, payments: &[PaymentRecord], payer: PayerId) -> ClaimFacts {
    let claim = &record.claim;
    let others = payments.iter().filter(|payment| payment.status.is_heard() && payment.payer != payer);
    // Nobody is billed before the first payer. Of several answers the earliest: the payer may count from any.
    let prior = is_secondary(record, payer).then(|| others.map(|payment| payment.answered_on).min());
    ClaimFacts {
        institutional: claim.kind == FacilityKind::Institutional,
        from: claim.service_from,
        through: claim.service_to,
        prior_remittance: prior.flatten(),
    }
}

/// The same, with what the ledger has.
///
/// # Errors
/// Whatever the store says.
pub fn claim_facts_of(tables: &impl Read, claim: ClaimId, payer: PayerId) -> Result<ClaimFacts, StoreError> {
    let Some(record) = tables.claim(claim)? else { return Ok(ClaimFacts::default()) };
    let payments = if is_secondary(&record, payer) { tables.payments_of_claim(claim)? } else { Vec::new() };
    Ok(claim_facts(&record, &payments, payer))
}

/// Whether a payer is billed after another.
#[must_use]
pub fn is_secondary(record: &ClaimRecord, payer: PayerId) -> bool {
    record.payers.first().is_some_and(|first| *first != payer) && record.payers.contains(&payer)
}

/// Why a rule cannot be changed.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// There is no such payer.
    #[error("there is no payer {0}")]
    NoPayer(PayerId),
    /// The payer was merged into another.
    #[error("payer {0} is payer {1} now")]
    Merged(PayerId, PayerId),
    /// Nothing is known that could be confirmed.
    #[error("payer {0} has no rule and no suggestion for {1}")]
    Nothing(PayerId, ClockKind),
    /// The suggestion itself says that its source must be looked up.
    #[error("{1} of payer {0} is only what is usual: its source must be named")]
    Usual(PayerId, ClockKind),
    /// A rule says nothing about where it stands.
    #[error("a rule without a source cannot be checked by anybody")]
    NoSource,
    /// The ledger refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Writes a rule down, in place of the payer's rule of that kind.
///
/// # Errors
/// See [`Refusal`].
pub fn set(tables: &mut WriteTables<'_>, rule: &ClockRule) -> Result<(), Refusal> {
    present(tables, rule.payer)?;
    if rule.source.trim().is_empty() {
        return Err(Refusal::NoSource);
    }
    Ok(tables.put_clock_rule(rule)?)
}

/// Confirms what is known for a payer: its own rules, and suggestions where it has none. Without kinds: all of them.
/// Gives what is confirmed now and was not before.
///
/// # Errors
/// See [`Refusal`].
pub fn confirm(
    tables: &mut WriteTables<'_>,
    payer: PayerId,
    kinds: &[ClockKind],
    source: Option<&str>,
    (user, today): (&str, Date),
) -> Result<Vec<ClockRule>, Refusal> {
    present(tables, payer)?;
    let known = rules(tables)?;
    let mut confirmed = Vec::new();
    for kind in if kinds.is_empty() { &ClockKind::ALL } else { kinds } {
        let Some(rule) = known.get(payer, *kind) else {
            if kinds.is_empty() {
                continue;
            }
            return Err(Refusal::Nothing(payer, *kind));
        };
        if rule.is_confirmed() {
            continue;
        }
        let mut rule = rule.clone();
        match source {
            Some(source) => source.trim().clone_into(&mut rule.source),
            // Nobody can confirm a contract that nobody has opened.
            None if rule.source.starts_with("check") => return Err(Refusal::Usual(payer, *kind)),
            None => {}
        }
        (rule.confirmed_by, rule.confirmed_on) = (user.to_owned(), Some(today));
        if rule.set_on.is_none() {
            (rule.set_by, rule.set_on) = (user.to_owned(), Some(today));
        }
        set(tables, &rule)?;
        confirmed.push(rule);
    }
    Ok(confirmed)
}

/// Takes a rule away. Says whether there was one.
///
/// # Errors
/// See [`Refusal`].
pub fn remove(tables: &mut WriteTables<'_>, payer: PayerId, kind: ClockKind) -> Result<bool, Refusal> {
    present(tables, payer)?;
    Ok(tables.remove_clock_rule(payer, kind)?)
}

/// The rules of a payer that became another go to that one, where it has none of its own.
///
/// # Errors
/// Whatever the store says.
pub fn merge(tables: &mut WriteTables<'_>, from: PayerId, into: PayerId) -> Result<(), StoreError> {
    let all = tables.clock_rules()?;
    for rule in all.iter().filter(|rule| rule.payer == from) {
        if !all.iter().any(|own| own.payer == into && own.kind == rule.kind) {
            // What was confirmed for one name may be wrong for the other: somebody must look again.
            let unread = (String::new(), None);
            let (confirmed_by, confirmed_on) = unread;
            tables.put_clock_rule(&ClockRule { payer: into, confirmed_by, confirmed_on, ..rule.clone() })?;
        }
        tables.remove_clock_rule(from, rule.kind)?;
    }
    Ok(())
}

/// The rules of a payer that is itself again, as they were; the other keeps what was changed since.
///
/// # Errors
/// Whatever the store says.
pub fn part(tables: &mut WriteTables<'_>, into: PayerId, rules: &[ClockRule]) -> Result<(), StoreError> {
    let present = tables.clock_rules()?;
    for rule in rules {
        let unread =
            ClockRule { payer: into, confirmed_by: String::new(), confirmed_on: None, ..rule.clone() };
        if present.contains(&unread) {
            tables.remove_clock_rule(into, rule.kind)?;
        }
        tables.put_clock_rule(rule)?;
    }
    Ok(())
}

fn present(tables: &impl Read, payer: PayerId) -> Result<(), Refusal> {
    let record = tables.payer(payer)?.ok_or(Refusal::NoPayer(payer))?;
    match record.merged_into {
        Some(into) => Err(Refusal::Merged(payer, into)),
        None => Ok(()),
    }
}
