//! Which movements and which remittances belong together: only what nothing else could explain as well.
//!
//! The keys are those of CAQH CORE rule 370 (`docs/rules/x12-835.md` section 3): trace number, payer, amount and date. A rule
//! looks at all that is open at once, so the answer does not depend on any order. What is likely and not proved is
//! suggested to a person; see [`suggest`](super::suggest).

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{Date, DepositId, Money, PayerId, RemitId};

/// A movement of the bank that belongs to nothing yet. Texts are [comparable](super::trace::comparable).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    /// Its number.
    pub id: DepositId,
    /// The bank account.
    pub account: String,
    /// When the bank booked it.
    pub on: Date,
    /// What came; negative where money left.
    pub amount: Money,
    /// Its check or EFT number.
    pub trace: String,
    /// The payer's number in its addenda. Where there is one, the trace number is TRN02 beyond doubt.
    pub payer_trace: String,
    /// Everything else the bank wrote.
    pub text: String,
}

/// A remittance whose money was not seen yet. Texts are [comparable](super::trace::comparable).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Awaited {
    /// Its number.
    pub id: RemitId,
    /// The day of the payment: BPR16, else the day it was posted.
    pub on: Date,
    /// BPR02 with its sign.
    pub amount: Money,
    /// TRN02.
    pub trace: String,
    /// TRN03.
    pub payer_trace: String,
    /// The payer.
    pub payer: PayerId,
    /// The payer's name.
    pub payer_name: String,
    /// Paid by check: several may come in one deposit.
    pub check: bool,
}

/// How far apart the bank's day and the payment's day may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Where a trace number says that they belong together.
    pub traced: i32,
    /// Where only amount, day and payer do: advice and money should come within three business days of each other.
    pub untraced: i32,
}

impl Default for Window {
    fn default() -> Window {
        Window { traced: 30, untraced: 7 }
    }
}

/// Movements and remittances that belong together: their sums agree.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Match {
    /// At least one.
    pub deposits: Vec<DepositId>,
    /// At least one.
    pub remits: Vec<RemitId>,
    /// The rule that found it.
    pub rule: &'static str,
}

/// What is still open while the rules go by.
pub(super) struct Open<'a> {
    pub(super) deposits: Vec<&'a Movement>,
    pub(super) remits: Vec<&'a Awaited>,
    pub(super) window: Window,
}

/// Everything that is proved, in the order of the movements' numbers.
#[must_use]
pub fn matches(deposits: &[Movement], remits: &[Awaited], window: Window) -> Vec<Match> {
    let mut open = Open {
        deposits: deposits.iter().filter(|d| !d.amount.is_zero()).collect(),
        remits: remits.iter().filter(|r| !r.amount.is_zero()).collect(),
        window,
    };
    open.deposits.sort_by_key(|deposit| deposit.id);
    open.remits.sort_by_key(|remit| remit.id);
    let mut found = Vec::new();
    for rule in [one_trace, sums_of_a_trace, amount_and_payer, checks_of_a_day, pieces_of_a_day] {
        let proved = rule(&open);
        open.deposits.retain(|deposit| proved.iter().all(|m| !m.deposits.contains(&deposit.id)));
        open.remits.retain(|remit| proved.iter().all(|m| !m.remits.contains(&remit.id)));
        found.extend(proved);
    }
    found.sort();
    found
}

impl Open<'_> {
    pub(super) fn near(&self, deposit: &Movement, remit: &Awaited) -> bool {
        deposit.on.days_since(remit.on).abs() <= self.window.untraced
    }

    fn in_reach(&self, deposit: &Movement, remit: &Awaited) -> bool {
        deposit.on.days_since(remit.on).abs() <= self.window.traced
    }

    /// The open ones by trace number, where they have one.
    fn by_trace(&self) -> BTreeMap<&str, (Vec<&Movement>, Vec<&Awaited>)> {
        let mut by_trace: BTreeMap<&str, (Vec<&Movement>, Vec<&Awaited>)> = BTreeMap::new();
        for deposit in self.deposits.iter().filter(|d| !d.trace.is_empty()) {
            by_trace.entry(&deposit.trace).or_default().0.push(deposit);
        }
        for remit in self.remits.iter().filter(|r| !r.trace.is_empty()) {
            by_trace.entry(&remit.trace).or_default().1.push(remit);
        }
        by_trace.retain(|_, (deposits, remits)| !deposits.is_empty() && !remits.is_empty());
        by_trace
    }
}

/// Whether the payers' numbers do not speak against each other.
pub(super) fn same_payer(deposit: &Movement, remit: &Awaited) -> bool {
    let (one, other) = (&deposit.payer_trace, &remit.payer_trace);
    one.is_empty() || other.is_empty() || one == other
}

/// Whether the bank's addenda name another remittance.
pub(super) fn contradicts(deposit: &Movement, remit: &Awaited) -> bool {
    let named = !deposit.payer_trace.is_empty() && !remit.trace.is_empty();
    (named && deposit.trace != remit.trace) || !same_payer(deposit, remit)
}

/// Whether what the bank wrote names the payer: by its number, or by its name as far as an ACH entry has room for it.
pub(super) fn names_payer(deposit: &Movement, remit: &Awaited) -> bool {
    /// Less of a name could be anybody's; an ACH entry shows sixteen characters with their blanks.
    const LEAST: usize = 8;
    const MOST: usize = 12;
    let number = &remit.payer_trace;
    if !number.is_empty() && (*number == deposit.payer_trace || deposit.text.contains(number.as_str())) {
        return true;
    }
    let name = remit.payer_name.get(..remit.payer_name.len().min(MOST)).unwrap_or_default();
    name.len() >= LEAST && deposit.text.contains(name)
}

fn found(deposits: &[&Movement], remits: &[&Awaited], rule: &'static str) -> Match {
    let mut deposits: Vec<DepositId> = deposits.iter().map(|deposit| deposit.id).collect();
    let mut remits: Vec<RemitId> = remits.iter().map(|remit| remit.id).collect();
    deposits.sort_unstable();
    remits.sort_unstable();
    Match { deposits, remits, rule }
}

/// One movement and one remittance with the same trace number and the same amount.
fn one_trace(open: &Open<'_>) -> Vec<Match> {
    let mut proved = Vec::new();
    for (deposits, remits) in open.by_trace().values() {
        let amounts: BTreeSet<Money> = deposits.iter().map(|deposit| deposit.amount).collect();
        for amount in amounts {
            let of_bank: Vec<&Movement> = deposits.iter().filter(|d| d.amount == amount).copied().collect();
            let of_payer: Vec<&Awaited> = remits.iter().filter(|r| r.amount == amount).copied().collect();
            if let ([deposit], [remit]) = (&of_bank[..], &of_payer[..])
                && same_payer(deposit, remit)
                && open.in_reach(deposit, remit)
            {
                proved.push(found(&of_bank, &of_payer, "trace"));
            }
        }
    }
    proved
}

/// All movements and all remittances with one trace number, where their sums agree: a payer that splits one payment over
/// several remittances, or a payment that came in pieces.
fn sums_of_a_trace(open: &Open<'_>) -> Vec<Match> {
    let mut proved = Vec::new();
    for (deposits, remits) in open.by_trace().values() {
        let paid: Money = remits.iter().map(|remit| remit.amount).sum();
        let came: Money = deposits.iter().map(|deposit| deposit.amount).sum();
        let fits = |deposit: &&Movement| {
            remits.iter().all(|remit| same_payer(deposit, remit) && open.in_reach(deposit, remit))
        };
        let more_than_one = deposits.len() + remits.len() > 2;
        if paid == came && more_than_one && deposits.iter().all(fits) {
            proved.push(found(deposits, remits, "trace-sum"));
        }
    }
    proved
}

/// The only movement and the only remittance of an amount at that time, where the bank's text names the payer.
fn amount_and_payer(open: &Open<'_>) -> Vec<Match> {
    let mut by_amount: BTreeMap<Money, (Vec<&Movement>, Vec<&Awaited>)> = BTreeMap::new();
    for deposit in &open.deposits {
        by_amount.entry(deposit.amount).or_default().0.push(deposit);
    }
    for remit in &open.remits {
        by_amount.entry(remit.amount).or_default().1.push(remit);
    }
    let mut proved = Vec::new();
    for (deposits, remits) in by_amount.values() {
        for deposit in deposits {
            let near: Vec<&Awaited> = remits.iter().filter(|r| open.near(deposit, r)).copied().collect();
            let [remit] = near[..] else { continue };
            let rivals = deposits.iter().filter(|other| open.near(other, remit)).count();
            if rivals == 1 && names_payer(deposit, remit) && !contradicts(deposit, remit) {
                proved.push(found(&[deposit], &near, "amount-payer"));
            }
        }
    }
    proved
}

/// All open checks of one day, or of one payer on one day, that add up to one movement: a lockbox pays in its checks
/// together. A sum of chosen checks would prove nothing; among twenty checks there is one for every amount.
fn checks_of_a_day(open: &Open<'_>) -> Vec<Match> {
    let mut batches: BTreeMap<(Date, Option<PayerId>), Vec<&Awaited>> = BTreeMap::new();
    for remit in open.remits.iter().filter(|remit| remit.check && remit.amount.is_positive()) {
        batches.entry((remit.on, None)).or_default().push(remit);
        batches.entry((remit.on, Some(remit.payer))).or_default().push(remit);
    }
    let mut by_sum: BTreeMap<Money, BTreeSet<Vec<RemitId>>> = BTreeMap::new();
    let mut members: BTreeMap<Vec<RemitId>, Vec<&Awaited>> = BTreeMap::new();
    for batch in batches.into_values().filter(|batch| batch.len() > 1) {
        let ids: Vec<RemitId> = batch.iter().map(|remit| remit.id).collect();
        by_sum.entry(batch.iter().map(|remit| remit.amount).sum()).or_default().insert(ids.clone());
        members.insert(ids, batch);
    }
    let mut claims: Vec<(&Movement, &Vec<&Awaited>)> = Vec::new();
    for deposit in &open.deposits {
        let batches = by_sum.get(&deposit.amount).into_iter().flatten().filter_map(|ids| members.get(ids));
        let fits =
            |batch: &&Vec<&Awaited>| batch.iter().all(|r| open.near(deposit, r) && !contradicts(deposit, r));
        let fitting: Vec<&Vec<&Awaited>> = batches.filter(fits).collect();
        // One remittance of that amount would explain it as well.
        let single = open.remits.iter().any(|r| r.amount == deposit.amount && open.near(deposit, r));
        if let ([batch], false) = (&fitting[..], single) {
            claims.push((deposit, batch));
        }
    }
    undisputed(
        claims.into_iter().map(|(deposit, batch)| found(&[deposit], batch, "checks-of-a-day")).collect(),
    )
}

/// All open movements of one day that name one payer and add up to one remittance of it.
fn pieces_of_a_day(open: &Open<'_>) -> Vec<Match> {
    let mut days: BTreeMap<(&str, Date), Vec<&Movement>> = BTreeMap::new();
    for deposit in &open.deposits {
        days.entry((&deposit.account, deposit.on)).or_default().push(deposit);
    }
    days.retain(|_, deposits| deposits.len() > 1);
    let mut claims = Vec::new();
    for deposits in days.values() {
        let near = open.remits.iter().filter(|remit| open.near(deposits[0], remit));
        for remit in near {
            let named = |d: &&&Movement| names_payer(d, remit) && !contradicts(d, remit);
            let pieces: Vec<&Movement> = deposits.iter().filter(named).copied().collect();
            let came: Money = pieces.iter().map(|piece| piece.amount).sum();
            if pieces.len() > 1 && came == remit.amount {
                claims.push(found(&pieces, &[remit], "pieces-of-a-day"));
            }
        }
    }
    undisputed(claims)
}

/// Those that share nothing with another.
fn undisputed(claims: Vec<Match>) -> Vec<Match> {
    let mut wanted_deposits: BTreeMap<DepositId, usize> = BTreeMap::new();
    let mut wanted_remits: BTreeMap<RemitId, usize> = BTreeMap::new();
    for claim in &claims {
        claim.deposits.iter().for_each(|id| *wanted_deposits.entry(*id).or_default() += 1);
        claim.remits.iter().for_each(|id| *wanted_remits.entry(*id).or_default() += 1);
    }
    let alone = |claim: &Match| {
        claim.deposits.iter().all(|id| wanted_deposits[id] == 1)
            && claim.remits.iter().all(|id| wanted_remits[id] == 1)
    };
    claims.into_iter().filter(alone).collect()
}

#[cfg(test)]
mod tests;
