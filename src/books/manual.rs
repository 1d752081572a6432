//! What persons do to a claim: payments, adjustments, write-offs, transfers, refunds, voids. Dated, reasoned, with the
//! user, through the journal.

use super::billing;
use super::bounds::{credit_of, credit_since, credits_of, stands_from};
use super::provider_acts;
use super::retell::{Hand, retell_by};
use crate::domain::book::{ClaimRecord, ClaimState};
use crate::domain::entry::{Entry, Posting, Source};
use crate::domain::merge::Merged;
use crate::domain::{Account, CaseId, ClaimId, Date, EntryId, Money, PayerId};
use crate::posting::billing::{Patient, Protection};
use crate::store::{Read, StoreError, WriteTables};

/// An act that cannot be done.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// There is no such claim.
    #[error("there is no claim {0}")]
    NoClaim(ClaimId),
    /// The amount is zero or below.
    #[error("the amount must be above zero, not {0}")]
    NotPositive(Money),
    /// The bucket holds less.
    #[error("\"{}\" of the claim holds {held}, which is less than {asked}", .account.words())]
    TooMuch {
        /// The bucket.
        account: Account,
        /// What stands there.
        held: Money,
        /// What was asked.
        asked: Money,
    },
    /// The office allows less.
    #[error("the office allows write-offs of {limit} at most, not {asked}")]
    AboveLimit {
        /// The limit.
        limit: Money,
        /// What was asked.
        asked: Money,
    },
    /// There is no credit of that size to give back.
    #[error("the claim's credit is {credit}, which is less than {asked}")]
    NoCredit {
        /// What could be given back.
        credit: Money,
        /// What was asked.
        asked: Money,
    },
    /// The credit is somebody else's.
    #[error("of the claim's credit {own} is {}, which is less than {asked}; {whose}", if *.patient { "the patient's" } else { "a payer's" })]
    NotTheirs {
        /// Whether it was to go to the patient.
        patient: bool,
        /// What could be given back to them.
        own: Money,
        /// What was asked.
        asked: Money,
        /// Who overpaid, in words.
        whose: String,
    },
    /// Less is due than would go out.
    #[error("refunds of {due} are due on the claim, which is less than {asked}")]
    NotDue {
        /// What is due.
        due: Money,
        /// What was asked.
        asked: Money,
    },
    /// A payer's answer is still in force.
    #[error("{0} stands on the claim that was paid, adjusted or written off; take that back first")]
    StillAnswered(Money),
    /// Payers and persons took off less.
    #[error("{taken} stands on the claim as {}, which is less than {asked}", .account.words())]
    NotTakenOff {
        /// The adjustment account.
        account: Account,
        /// What was taken off.
        taken: Money,
        /// What was asked.
        asked: Money,
    },
    /// The money came there later.
    #[error("\"{}\" of the claim holds {asked} from {from} on, not on {on}", .account.words())]
    NotYet {
        /// The bucket.
        account: Account,
        /// What was asked.
        asked: Money,
        /// The day that was named.
        on: Date,
        /// The first day on which it is there.
        from: Date,
    },
    /// The patient may be billed only where something was signed.
    #[error("the payer does not leave it to the patient: it takes a notice that the patient signed")]
    NeedsWaiver,
    /// The patient may not be billed at all.
    #[error("the patient may not be billed: {0}")]
    NeverThePatient(Protection),
    /// The entry is not a person's, belongs to another claim, or was undone before.
    #[error("entry {0} is nothing that could be undone here")]
    NotUndoable(EntryId),
    /// The ledger refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a person does.
#[derive(Clone, Copy, Debug)]
pub enum Act {
    /// The patient pays. Before any payer answered, or above the patient's share, it is a credit of the patient
    /// (`docs/rules/posting-rules.md` section 8).
    Pay(Money),
    /// The office corrects what a payer took off, from a bucket into an adjustment account. May be below zero.
    Adjust(Money, Account, Account),
    /// The office gives up what stands in a bucket, under one of the write-off accounts.
    WriteOff(Money, Account, Account),
    /// Money moves from one bucket to another; the payer is who is meant to pay then.
    Transfer(Money, Account, Account, PayerId),
    /// A credit goes back to whoever overpaid: the refund account says to whom.
    Refund(Money, Account),
    /// A refund that was due has gone out: the refund account says to whom.
    SendRefund(Money, Account),
    /// The claim should not have been billed: its charge goes.
    Void,
    /// An earlier act of a person was wrong.
    Undo(EntryId),
}

/// When, why and under which receipt.
#[derive(Clone, Copy, Debug)]
pub struct Ground<'a> {
    /// The accounting date.
    pub on: Date,
    /// Why, in a person's words, with the receipt number where there is one.
    pub memo: &'a str,
    /// What the patient signed, where that lets them be billed.
    pub waiver: &'a str,
}

impl<'a> Ground<'a> {
    /// Without anything signed.
    #[must_use]
    pub const fn new(on: Date, memo: &'a str) -> Ground<'a> {
        Ground { on, memo, waiver: "" }
    }

    /// What the journal keeps: what was signed stands with the reason.
    fn words(&self) -> String {
        match (self.waiver.trim(), self.memo) {
            ("", memo) => memo.to_owned(),
            (waiver, "") => format!("waiver: {waiver}"),
            (waiver, memo) => format!("{memo}; waiver: {waiver}"),
        }
    }
}

/// Does it.
///
/// # Errors
/// See [`Refusal`]; nothing was written then.
pub fn act(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    claim: ClaimId,
    act: Act,
    ground: Ground<'_>,
) -> Result<EntryId, Refusal> {
    let record = tables.claim(claim)?.ok_or(Refusal::NoClaim(claim))?;
    let state = tables.claim_state(claim)?.unwrap_or_default();
    may_be_billed(tables, &record, &state, act, ground)?;
    is_there(tables, &state, act, ground)?;
    let (rule, source, postings, reverses) = match act {
        Act::Undo(id) => {
            let postings = undone(tables, claim, id)?;
            ("undone", Source::Manual, postings, Some(id))
        }
        Act::Transfer(..) => ("transfer", Source::Transfer, postings(tables, &record, &state, act)?, None),
        _ => (rule(act), Source::Manual, postings(tables, &record, &state, act)?, None),
    };
    let named = Named { rule, source, reverses, case: None };
    book(tables, hand, (&record, state), named, postings, ground)
}

/// The day on which an act can stand where nobody named one: today, or the day from which the money is there.
///
/// # Errors
/// Whatever the store says.
pub fn day_of(tables: &impl Read, claim: ClaimId, act: Act, today: Date) -> Result<Date, StoreError> {
    let state = tables.claim_state(claim)?.unwrap_or_default();
    Ok(match act {
        Act::Undo(id) => tables.entry(id)?.map_or(today, |(entry, _)| today.max(entry.posted_on)),
        Act::Refund(amount, account) => {
            let since = credit_since(&state, account == Account::RefundPatient, amount);
            since.map_or(today, |since| since.max(today))
        }
        _ => taken_from(act).map_or(today, |(bucket, amount)| stands_from(&state, bucket, amount, today)),
    })
}

/// The bucket that an act takes money out of, and how much.
fn taken_from(act: Act) -> Option<(Account, Money)> {
    match act {
        Act::Adjust(amount, bucket, _)
        | Act::WriteOff(amount, bucket, _)
        | Act::Transfer(amount, bucket, ..) => Some((bucket, amount)).filter(|_| amount.is_positive()),
        _ => None,
    }
}

/// Nothing is taken out of a bucket before the day on which it came there.
fn is_there(
    tables: &WriteTables<'_>,
    state: &ClaimState,
    act: Act,
    ground: Ground<'_>,
) -> Result<(), Refusal> {
    let Some((account, asked)) = taken_from(act).filter(|(bucket, asked)| state.bucket(*bucket) >= *asked)
    else {
        return Ok(());
    };
    // Of a closed month it posts later.
    let on = tables.closed().map_or(ground.on, |closed| ground.on.max(closed.plus_days(1)));
    let from = stands_from(state, account, asked, on);
    if from > on { Err(Refusal::NotYet { account, asked, on: ground.on, from }) } else { Ok(()) }
}

/// `docs/rules/posting-rules.md` section 4a.
fn may_be_billed(
    tables: &WriteTables<'_>,
    record: &ClaimRecord,
    state: &ClaimState,
    act: Act,
    ground: Ground<'_>,
) -> Result<(), Refusal> {
    let patient = match act {
        Act::Transfer(_, from, Account::Due, _) => billing::of_bucket(tables, record, state, from)?,
        Act::Adjust(amount, Account::Due, _) if amount.is_negative() => {
            billing::of_taken_off(tables, record, state)?
        }
        _ => return Ok(()),
    };
    match patient {
        Patient::Never(protection) => Err(Refusal::NeverThePatient(protection)),
        Patient::WithWaiver if ground.waiver.trim().is_empty() => Err(Refusal::NeedsWaiver),
        Patient::May | Patient::AfterReview | Patient::WithWaiver => Ok(()),
    }
}

/// Negates what a person posted to a claim, as [`Act::Undo`] does; where a denial notes that itself, by its word.
///
/// # Errors
/// See [`Refusal`].
pub(super) fn negate(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    (claim, case): (ClaimId, Option<CaseId>),
    id: EntryId,
    ground: Ground<'_>,
) -> Result<EntryId, Refusal> {
    let record = tables.claim(claim)?.ok_or(Refusal::NoClaim(claim))?;
    let state = tables.claim_state(claim)?.unwrap_or_default();
    let postings = undone(tables, claim, id)?;
    let named = Named { rule: "undone", source: Source::Manual, reverses: Some(id), case };
    book(tables, hand, (&record, state), named, postings, ground)
}

/// Posts again, on its own day, what a person posted to a claim and somebody took back.
///
/// # Errors
/// See [`Refusal`].
pub(super) fn again(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    claim: ClaimId,
    case: Option<CaseId>,
    before: &Entry,
) -> Result<EntryId, Refusal> {
    let record = tables.claim(claim)?.ok_or(Refusal::NoClaim(claim))?;
    let state = tables.claim_state(claim)?.unwrap_or_default();
    let entry = tables.admit(hand.anew(before.clone()));
    if let Some(item) = entry.plb {
        provider_acts::stands_anew(tables, item, &entry)?;
    }
    write(tables, hand, (&record, state), &entry, case)
}

/// What an entry of a person is called.
struct Named<'a> {
    rule: &'a str,
    source: Source,
    reverses: Option<EntryId>,
    case: Option<CaseId>,
}

/// Posts what an act on a denial case moves: it names the lines itself.
///
/// # Errors
/// See [`Refusal`].
pub fn post(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    (claim, case): (ClaimId, CaseId),
    (rule, source): (&str, Source),
    postings: Vec<Posting>,
    ground: Ground<'_>,
) -> Result<EntryId, Refusal> {
    let record = tables.claim(claim)?.ok_or(Refusal::NoClaim(claim))?;
    let state = tables.claim_state(claim)?.unwrap_or_default();
    let named = Named { rule, source, reverses: None, case: Some(case) };
    book(tables, hand, (&record, state), named, postings, ground)
}

fn book(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    (record, state): (&ClaimRecord, ClaimState),
    Named { rule, source, reverses, case }: Named<'_>,
    postings: Vec<Posting>,
    ground: Ground<'_>,
) -> Result<EntryId, Refusal> {
    let claim = record.id;
    // What undoes something does not stand before it.
    let negated = reverses.map(|id| tables.entry(id)).transpose()?.flatten();
    let entry = Entry {
        posted_on: negated.as_ref().map_or(ground.on, |(negated, _)| ground.on.max(negated.own_date())),
        effective_on: None,
        recorded_at: hand.now,
        source,
        claim: Some(claim),
        remit: None,
        payment: None,
        plb: negated.and_then(|(negated, _)| negated.plb),
        reverses,
        rule: rule.into(),
        memo: ground.words().into(),
        user: hand.user.into(),
        postings,
    };
    let entry = tables.admit(entry);
    if let Some(item) = entry.plb {
        provider_acts::stands_anew(tables, item, &entry)?;
    }
    write(tables, hand, (record, state), &entry, case)
}

fn rule(act: Act) -> &'static str {
    match act {
        Act::Pay(_) => "patient-payment",
        Act::Adjust(..) => "adjustment",
        Act::WriteOff(..) => "write-off",
        Act::Transfer(..) => "transfer",
        Act::Refund(..) => "refund",
        Act::SendRefund(..) => "refund-sent",
        Act::Void => "void",
        Act::Undo(_) => "undone",
    }
}

fn postings(
    tables: &WriteTables<'_>,
    record: &ClaimRecord,
    state: &ClaimState,
    act: Act,
) -> Result<Vec<Posting>, Refusal> {
    let billed = record.versions.first().map_or(PayerId::NONE, |v| v.billed_payer);
    let none = PayerId::NONE;
    match act {
        Act::Pay(amount) => {
            positive(amount)?;
            Ok(vec![
                Posting::new(Account::CashPatient, none, amount),
                Posting::new(Account::Due, billed, -amount),
            ])
        }
        Act::Adjust(amount, bucket, account) => {
            if amount.is_zero() {
                return Err(Refusal::NotPositive(amount));
            }
            if amount.is_negative() {
                let entries = tables.entries_of_claim(record.id)?;
                let legs = entries.iter().flat_map(|(_, entry)| &entry.postings);
                let taken = legs.filter(|p| p.account == account).map(|p| p.amount).sum::<Money>();
                if taken < -amount {
                    return Err(Refusal::NotTakenOff { account, taken, asked: -amount });
                }
                return Ok(vec![Posting::new(account, none, amount), Posting::new(bucket, billed, -amount)]);
            }
            taken(state, bucket, amount, Posting::new(account, none, amount))
        }
        Act::WriteOff(amount, bucket, account) => {
            positive(amount)?;
            if let Some(limit) = tables.practice()?.write_off_limit.filter(|limit| amount > *limit) {
                return Err(Refusal::AboveLimit { limit, asked: amount });
            }
            taken(state, bucket, amount, Posting::new(account, none, amount))
        }
        Act::Transfer(amount, from, to, payer) => {
            positive(amount)?;
            let payer = if payer == none { billed } else { Merged::of(&tables.payers()?).now(payer) };
            taken(state, from, amount, Posting::new(to, payer, amount))
        }
        Act::Refund(amount, account) => {
            positive(amount)?;
            let patient = account == Account::RefundPatient;
            let [own, others] = [patient, !patient].map(|patient| credit_of(&state.holdings, patient));
            match amount {
                _ if amount <= own => Ok(given_back(state, account, amount)),
                _ if amount > own + others => Err(Refusal::NoCredit { credit: own + others, asked: amount }),
                _ => {
                    let whose = overpaid_by(tables, state, !patient)?;
                    Err(Refusal::NotTheirs { patient, own, asked: amount, whose })
                }
            }
        }
        Act::SendRefund(amount, account) => {
            positive(amount)?;
            let entries = tables.entries_of_claim(record.id)?;
            let legs = entries.iter().flat_map(|(_, entry)| &entry.postings);
            let due = -legs.filter(|p| p.account == account).map(|p| p.amount).sum::<Money>();
            if due < amount {
                return Err(Refusal::NotDue { due, asked: amount });
            }
            let patient = account == Account::RefundPatient;
            let cash = if patient { Account::CashPatient } else { Account::CashInsurance };
            Ok(vec![Posting::new(account, none, amount), Posting::new(cash, none, -amount)])
        }
        Act::Void => {
            let in_force = state.paid_insurance + state.paid_patient + state.adjusted + state.written_off;
            if !in_force.is_zero() {
                return Err(Refusal::StillAnswered(in_force));
            }
            positive(state.charge)?;
            let mut postings: Vec<Posting> =
                state.holdings.iter().map(|h| Posting::new(h.account, h.payer, -h.amount)).collect();
            postings.push(Posting::new(Account::Charges, billed, state.charge));
            Ok(postings)
        }
        Act::Undo(id) => Err(Refusal::NotUndoable(id)),
    }
}

fn positive(amount: Money) -> Result<(), Refusal> {
    if amount.is_positive() { Ok(()) } else { Err(Refusal::NotPositive(amount)) }
}

/// Takes an amount out of a bucket, from the payers that it waits for in turn, to where `to` says.
fn taken(state: &ClaimState, bucket: Account, amount: Money, to: Posting) -> Result<Vec<Posting>, Refusal> {
    let held = state.bucket(bucket);
    if held < amount {
        return Err(Refusal::TooMuch { account: bucket, held, asked: amount });
    }
    let mut left = amount;
    let mut postings = vec![to];
    for holding in state.holdings.iter().filter(|h| h.account == bucket && h.amount.is_positive()) {
        let part = left.min(holding.amount);
        if part.is_positive() {
            postings.push(Posting::new(bucket, holding.payer, -part));
            left -= part;
        }
    }
    Ok(postings)
}

/// Who overpaid: the patient, or payers by name.
fn overpaid_by(tables: &impl Read, state: &ClaimState, patient: bool) -> Result<String, StoreError> {
    if patient {
        return Ok(format!("the patient overpaid {}", credit_of(&state.holdings, true)));
    }
    let mut words = Vec::new();
    for holding in credits_of(&state.holdings, false) {
        let name = tables.payer(holding.payer)?.map_or_else(|| "a payer".to_owned(), |payer| payer.name);
        words.push(format!("{name} overpaid {}", holding.amount.abs()));
    }
    Ok(words.join(", "))
}

/// Fills the negative buckets of whoever overpaid up again, owing the amount as a refund instead.
fn given_back(state: &ClaimState, account: Account, amount: Money) -> Vec<Posting> {
    let mut left = amount;
    let mut postings = vec![Posting::new(account, PayerId::NONE, -amount)];
    for holding in credits_of(&state.holdings, account == Account::RefundPatient) {
        let part = left.min(holding.amount.abs());
        if part.is_positive() {
            postings.push(Posting::new(holding.account, holding.payer, part));
            left -= part;
        }
    }
    postings
}

/// The exact negation of a person's entry on this claim that nobody undid before.
fn undone(tables: &WriteTables<'_>, claim: ClaimId, id: EntryId) -> Result<Vec<Posting>, Refusal> {
    let entries = tables.entries_of_claim(claim)?;
    let by_person = |e: &Entry| matches!(e.source, Source::Manual | Source::Transfer) && e.reverses.is_none();
    let before = entries.iter().any(|(_, e)| e.reverses == Some(id));
    let found = entries.iter().find(|(at, e)| *at == id && by_person(e)).filter(|_| !before);
    let (_, entry) = found.ok_or(Refusal::NotUndoable(id))?;
    Ok(entry.postings.iter().map(|p| p.negated()).collect())
}

pub(super) fn write(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    (record, mut state): (&ClaimRecord, ClaimState),
    entry: &Entry,
    case: Option<CaseId>,
) -> Result<EntryId, Refusal> {
    let id = tables.append_entry(entry, state.last_entry)?;
    state.entered(id, entry.posted_on);
    tables.put_claim_state(record.id, &state)?;
    retell_by(tables, hand, record, case)?;
    Ok(id)
}
