//! Plausibility of claims: what adds up and still cannot be right, in the sentences that a biller would use.
//!
//! The proof of the books (`check`) compares them with the rules, and agrees with whatever the rules made. These findings ask
//! what no rule may lead to. They are warnings: the books foot all the same, and a person looks at the claim.
//!
//! What a claim's balance alone shows ([`of_balance`]) is cheap and is counted by `status`; the rest is looked for by
//! `db check` only.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::{briefs, credits, retell};
use crate::domain::book::{ClaimRecord, ClaimState, Holding, PaymentRecord, PaymentStatus};
use crate::domain::brief::{ClaimBrief, NameKey, StandingBrief};
use crate::domain::by_hand::Says;
use crate::domain::case::DenialCase;
use crate::domain::entry::{Entry, Source};
use crate::domain::{Account, ClaimId, Date, EntryId, GroupCode, Money, PayerId};
use crate::posting::hold::Hold;
use crate::store::{Read, Snapshot, StoreError};

/// What cannot be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Implausible {
    /// A bucket is below zero while another one is above.
    CreditBesideDebt,
    /// More stands as denied than was charged.
    DeniedAboveCharge,
    /// More was taken off than was charged.
    AdjustedAboveCharge,
    /// More is owed on a claim than was charged.
    BalanceAboveCharge,
    /// Money stands on a claim without a charge, or was paid on it.
    MoneyWithoutCharge,
    /// The patient is to pay more than any payer said, and no person moved it there.
    ShareAboveWord,
    /// Somebody is said to have overpaid who paid nothing.
    CreditOfNobody,
    /// Two claims ask for the same visit.
    VisitTwice,
    /// A payment waits for something that no command ends.
    NoWayOut,
}

impl Implausible {
    /// Its stable word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Implausible::CreditBesideDebt => "credit-beside-debt",
            Implausible::DeniedAboveCharge => "denied-above-charge",
            Implausible::AdjustedAboveCharge => "adjusted-above-charge",
            Implausible::BalanceAboveCharge => "balance-above-charge",
            Implausible::MoneyWithoutCharge => "money-without-charge",
            Implausible::ShareAboveWord => "share-above-word",
            Implausible::CreditOfNobody => "credit-of-nobody",
            Implausible::VisitTwice => "visit-twice",
            Implausible::NoWayOut => "no-way-out",
        }
    }
}

/// One finding about a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// The claim; nothing where a payment waits that has none.
    pub claim: Option<ClaimId>,
    /// The claim's control number, or that of the payment.
    pub number: String,
    /// What cannot be right.
    pub what: Implausible,
    /// The money in question.
    pub amount: Money,
    /// What a biller would say.
    pub sentence: String,
}

/// What a claim's balance alone shows.
#[must_use]
pub fn of_balance(state: &ClaimState) -> Vec<(Implausible, Money, String)> {
    let mut found = Vec::new();
    let mut say = |what, amount, sentence| found.push((what, amount, sentence));
    let bucket = |account: Account| state.bucket(account);
    if let Some([(credit, less), (debt, more)]) = credit_beside_debt(state) {
        let sentence = format!(
            "{less} stands under \"{}\" while {more} stands under \"{}\": somebody would be billed for money that was taken off already",
            credit.words(),
            debt.words()
        );
        say(Implausible::CreditBesideDebt, less, sentence);
    }
    let (charge, denied) = (state.charge, bucket(Account::Denied));
    if denied > charge {
        say(
            Implausible::DeniedAboveCharge,
            denied,
            format!("{denied} stands as denied, more than the charge of {charge}"),
        );
    }
    let off = state.adjusted + state.written_off;
    if off > charge.max(Money::ZERO) && !charge.is_zero() {
        say(
            Implausible::AdjustedAboveCharge,
            off,
            format!("{off} was adjusted and written off, more than the charge of {charge}"),
        );
    }
    let owed = state.balance();
    if owed > charge && charge.is_positive() && denied <= charge {
        say(
            Implausible::BalanceAboveCharge,
            owed,
            format!(
                "{owed} is owed, more than the charge of {charge}: more was taken or given back than was ever paid"
            ),
        );
    }
    let money = [state.paid_insurance + state.paid_patient, off, bucket_of_any(&state.holdings)];
    if let Some(amount) = money.into_iter().find(|amount| charge.is_zero() && !amount.is_zero()) {
        say(
            Implausible::MoneyWithoutCharge,
            amount,
            format!(
                "{amount} stands on a claim without a charge: take back what was posted, or undo the void if the visit was real"
            ),
        );
    }
    found
}

/// The largest amount that stands anywhere.
fn bucket_of_any(holdings: &[Holding]) -> Money {
    holdings.iter().map(|h| h.amount).max_by_key(|amount| amount.abs()).unwrap_or_default()
}

/// The bucket furthest below zero, unless the patient's own payments explain it, and the one furthest above.
fn credit_beside_debt(state: &ClaimState) -> Option<[(Account, Money); 2]> {
    let buckets = || Account::BUCKETS.map(|account| (account, state.bucket(account))).into_iter();
    let is_patients = |(account, amount): &(Account, Money)| {
        *account == Account::Due && -*amount <= state.paid_patient.max(Money::ZERO)
    };
    let below = buckets().filter(|b| b.1.is_negative() && !is_patients(b)).min_by_key(|b| b.1)?;
    let above = buckets().filter(|b| b.1.is_positive()).max_by_key(|b| b.1)?;
    Some([below, above])
}

/// What payers and persons said about a claim.
struct Words<'a> {
    state: &'a ClaimState,
    cases: &'a [DenialCase],
    payments: &'a [PaymentRecord],
    entries: &'a [(EntryId, Entry)],
}

/// What a claim shows beside what was said about it.
fn of_words(words: &Words<'_>) -> Vec<(Implausible, Money, String)> {
    let mut found = Vec::new();
    let standing: Money = words.cases.iter().map(DenialCase::standing).sum();
    let charge = words.state.charge;
    if standing > charge && words.state.bucket(Account::Denied) <= charge {
        let sentence =
            format!("its denials speak of {standing} still denied, more than the charge of {charge}");
        found.push((Implausible::DeniedAboveCharge, standing, sentence));
    }
    let (due, said) = (words.state.bucket(Account::Due), patient_share(words));
    if due > said {
        let sentence = format!(
            "the patient is to pay {due}, but payers left the patient {said} at most and nobody moved more there"
        );
        found.push((Implausible::ShareAboveWord, due - said, sentence));
    }
    found
}

/// The most that the patient can owe: the largest share that any one payer gave, or a person for it who split its answer, and
/// what persons and opening balances put there.
fn patient_share(words: &Words<'_>) -> Money {
    let mut by_payer: HashMap<PayerId, Money> = HashMap::new();
    for payment in words.payments.iter().filter(|p| p.status == PaymentStatus::Posted) {
        let own = payment.payment.adjustments.iter();
        let all = own.chain(payment.payment.lines.iter().flat_map(|line| &*line.adjustments));
        // A reversal gives nobody a share; what it takes back no longer counts by itself.
        let shares = all.filter(|a| a.group == Some(GroupCode::Pr)).map(|a| a.amount.max(Money::ZERO));
        let share = match payment.by_hand.as_ref().map(|by_hand| &by_hand.says) {
            Some(Says::Split(split)) => split.patient,
            _ => shares.sum(),
        };
        *by_payer.entry(payment.payer).or_default() += share;
    }
    let by_persons = words.entries.iter().filter(|(_, entry)| entry.payment.is_none());
    let moved = by_persons.flat_map(|(_, entry)| &entry.postings).filter(|p| p.account == Account::Due);
    let moved: Money = moved.map(|posting| posting.amount.max(Money::ZERO)).sum();
    by_payer.into_values().max().unwrap_or_default().max(Money::ZERO) + moved
}

/// Everything that cannot be right although it adds up, by claim; and how many claims were looked at.
///
/// # Errors
/// Whatever the store says.
pub fn doubts(tables: &Snapshot) -> Result<(Vec<Doubt>, u64), StoreError> {
    let (mut found, mut looked, mut visits) = (Vec::new(), 0, HashMap::new());
    // Where the office says itself what a reason code does, no group of the payer says whose the money is.
    let own_words = !tables.handlings()?.is_empty();
    for item in tables.claims()? {
        let record = item?;
        looked += 1;
        let Some(state) = tables.claim_state(record.id)? else { continue };
        let mut of_claim = of_balance(&state);
        let due = state.bucket(Account::Due).is_positive() && !own_words;
        if due || !state.cases.is_empty() {
            let payments = tables.payments_of_claim(record.id)?;
            let entries = retell::entries(tables, record.id, &payments)?;
            let mut cases = Vec::new();
            for case in &state.cases {
                cases.extend(tables.case(*case)?);
            }
            let words = Words { state: &state, cases: &cases, payments: &payments, entries: &entries };
            let said = of_words(&words);
            of_claim
                .extend(said.into_iter().filter(|(what, ..)| due || *what != Implausible::ShareAboveWord));
        }
        if let Some(first) = visit_twice(tables, &record, &state, &mut visits)? {
            let sentence = format!(
                "it asks for {} for the same patient, day and services as claim {first}: one visit may stand here twice",
                state.charge
            );
            of_claim.push((Implausible::VisitTwice, state.charge, sentence));
        }
        found.extend(of_claim.into_iter().map(|(what, amount, sentence)| Doubt {
            claim: Some(record.id),
            number: record.claim.control_number.as_str().to_owned(),
            what,
            amount,
            sentence,
        }));
    }
    credits_of_nobody(tables, &mut found)?;
    no_way_out(tables, &mut found)?;
    found.sort_by_key(|doubt| (doubt.claim, doubt.what));
    Ok((found, looked))
}

/// An earlier claim that still asks for the same: the same patient, provider, days, procedures and charge. A claim that asks
/// for nothing (void, or its charge gone) is none.
fn visit_twice(
    tables: &Snapshot,
    record: &ClaimRecord,
    state: &ClaimState,
    visits: &mut HashMap<u64, ClaimId>,
) -> Result<Option<String>, StoreError> {
    if !state.charge.is_positive() || state.service_from.is_none() {
        return Ok(None);
    }
    let key = visit(record);
    let Some(first) = visits.get(&key).copied() else {
        visits.insert(key, record.id);
        return Ok(None);
    };
    let other = tables.claim(first)?;
    Ok(other.map(|other| other.claim.control_number.as_str().to_owned()))
}

/// Tells visits apart.
fn visit(record: &ClaimRecord) -> u64 {
    let claim = &record.claim;
    let mut hasher = DefaultHasher::new();
    NameKey::of_patient(&claim.patient, &claim.subscriber).hash(&mut hasher);
    NameKey::of_provider(claim.provider()).hash(&mut hasher);
    (claim.service_from, claim.service_to, claim.charge).hash(&mut hasher);
    for line in &claim.lines {
        (line.procedure.as_str(), line.charge).hash(&mut hasher);
        line.modifiers.iter().for_each(|modifier| modifier.hash(&mut hasher));
    }
    hasher.finish()
}

/// Credits of somebody who paid nothing.
fn credits_of_nobody(tables: &Snapshot, found: &mut Vec<Doubt>) -> Result<(), StoreError> {
    let payers = tables.payers()?;
    let now = |id: PayerId| {
        let merged = |id: PayerId| payers.iter().find(|p| p.id == id).and_then(|p| p.merged_into);
        std::iter::successors(Some(id), |id| merged(*id)).take(payers.len() + 1).last().unwrap_or(id)
    };
    for credit in credits::credits(tables, Date::from_number(i32::MAX))? {
        let Some(state) = tables.claim_state(credit.claim)? else { continue };
        let payments = tables.payments_of_claim(credit.claim)?;
        let entries = retell::entries(tables, credit.claim, &payments)?;
        let opened = entries.iter().any(|(_, entry)| entry.source == Source::Opening);
        let is_payers = |p: &PaymentRecord| {
            p.status == PaymentStatus::Posted
                && !p.payment.charge.is_negative()
                && now(p.payer) == now(credit.payer)
        };
        let gave =
            if credit.patient { state.paid_patient.is_positive() } else { payments.iter().any(is_payers) };
        if gave || opened {
            continue;
        }
        let who = match credit.patient {
            true => "the patient".to_owned(),
            false => format!("payer {}", credit.payer),
        };
        found.push(Doubt {
            claim: Some(credit.claim),
            number: number(tables, credit.claim)?,
            what: Implausible::CreditOfNobody,
            amount: credit.amount,
            sentence: format!("{} is said to be owed back to {who}, who paid nothing on it", credit.amount),
        });
    }
    Ok(())
}

/// Payments that wait for something that is no hold of the rules: nothing says what ends it.
fn no_way_out(tables: &Snapshot, found: &mut Vec<Doubt>) -> Result<(), StoreError> {
    for id in tables.unapplied()? {
        let Some(payment) = tables.payment(id?)? else { continue };
        let known = payment.rule.strip_prefix("hold:").and_then(Hold::from_word).is_some();
        if known || payment.status != PaymentStatus::Unapplied {
            continue;
        }
        found.push(Doubt {
            claim: payment.claim,
            number: payment.payment.control_number.as_str().to_owned(),
            what: Implausible::NoWayOut,
            amount: payment.payment.paid,
            sentence: format!(
                "item {} with {} waits for \"{}\", and no command ends that: match it or release it",
                payment.id, payment.payment.paid, payment.rule
            ),
        });
    }
    Ok(())
}

fn number(tables: &impl Read, claim: ClaimId) -> Result<String, StoreError> {
    let record = tables.claim(claim)?;
    Ok(record.map(|record| record.claim.control_number.as_str().to_owned()).unwrap_or_default())
}

/// How many claims cannot be right as their balances stand, and the money in question. Reads claims in short; only of a
/// claim that looks so, more.
///
/// # Errors
/// Whatever the store says.
pub fn count(tables: &Snapshot) -> Result<(u64, Money), StoreError> {
    let look = |found: &mut Vec<ClaimId>, claim: &ClaimBrief<'_>| {
        found.extend(may_be(&claim.standing).then_some(claim.id));
    };
    let (mut claims, mut amount) = (0, Money::ZERO);
    for claim in briefs::as_of(tables, Date::from_number(i32::MAX), Vec::new, look)?.concat() {
        let Some(state) = tables.claim_state(claim)? else { continue };
        if let Some((_, money, _)) = of_balance(&state).first() {
            claims += 1;
            amount += money.abs();
        }
    }
    Ok((claims, amount))
}

/// Whether a claim in short leaves room for a doubt about its balance.
fn may_be(standing: &StandingBrief<'_>) -> bool {
    let holdings = standing.holdings;
    let both =
        holdings.iter().any(|h| h.amount.is_negative()) && holdings.iter().any(|h| h.amount.is_positive());
    let denied: Money = holdings.iter().filter(|h| h.account == Account::Denied).map(|h| h.amount).sum();
    let none = standing.charge.is_zero();
    both || denied > standing.charge
        || standing.adjusted > standing.charge
        || none && (!standing.paid.is_zero() || !standing.adjusted.is_zero() || !holdings.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(charge: i64, buckets: &[(Account, i64)]) -> ClaimState {
        let holding = |(account, cents): &(Account, i64)| Holding {
            account: *account,
            payer: PayerId(1),
            amount: Money::from_cents(*cents),
        };
        ClaimState {
            charge: Money::from_cents(charge),
            holdings: buckets.iter().map(holding).collect(),
            ..ClaimState::default()
        }
    }

    fn words(state: &ClaimState) -> Vec<&'static str> {
        let standing = StandingBrief::from(state);
        let found: Vec<&str> = of_balance(state).iter().map(|(what, ..)| what.word()).collect();
        assert!(found.is_empty() || may_be(&standing), "{found:?} is not looked for");
        found
    }

    #[test]
    fn a_sound_claim_says_nothing() {
        assert!(words(&state(20_000, &[(Account::Denied, 20_000)])).is_empty());
        assert!(words(&state(20_000, &[(Account::Open, 5_000), (Account::Due, 15_000)])).is_empty());
        assert!(words(&state(20_000, &[(Account::Open, -5_000)])).is_empty(), "a credit is no contradiction");
        assert!(words(&state(0, &[])).is_empty());
    }

    #[test]
    fn a_credit_beside_a_debt_is_two_truths_about_one_money() {
        let split = [(Account::Denied, -3_000), (Account::Due, 3_000)];
        assert_eq!(words(&state(20_000, &split)), ["credit-beside-debt"]);
        let said = &of_balance(&state(20_000, &split))[0].2;
        assert!(
            said.contains(r#"-30.00 stands under "Insurance: denied" while 30.00 stands under "Patient""#),
            "{said}"
        );
        // What the patient paid before any payer answered is the patient's credit, and no more than that.
        let mut paid = state(20_000, &[(Account::Open, 20_000), (Account::Due, -2_500)]);
        paid.paid_patient = Money::from_cents(2_500);
        assert!(words(&paid).is_empty());
        paid.paid_patient = Money::from_cents(2_499);
        assert_eq!(words(&paid), ["credit-beside-debt"]);
    }

    #[test]
    fn more_denied_or_taken_off_than_charged() {
        assert_eq!(words(&state(20_000, &[(Account::Denied, 20_001)])), ["denied-above-charge"]);
        let mut taken = state(20_000, &[(Account::Open, -1)]);
        taken.adjusted = Money::from_cents(15_000);
        taken.written_off = Money::from_cents(5_000);
        assert!(words(&taken).is_empty());
        taken.adjusted = Money::from_cents(15_001);
        assert_eq!(words(&taken), ["adjusted-above-charge"]);
    }

    #[test]
    fn money_on_a_claim_without_a_charge() {
        let mut void = state(0, &[(Account::Open, -10_000)]);
        void.paid_insurance = Money::from_cents(10_000);
        assert_eq!(words(&void), ["money-without-charge"]);
    }
}
