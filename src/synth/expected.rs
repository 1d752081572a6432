//! What the books must say about a generated practice, added up from the generator's own decisions.
//!
//! Uses no posting code, so that a test which compares the two proves something.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::answer::{Answer, Ruling};
use super::cast::{PAYERS, SUPPLEMENT};
use super::claim::Claim;
use super::remit_file::Plb;
use crate::domain::{Account, Date, Money};

/// One row of the aging report by service date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AgingRow {
    /// 0–30, 31–60, 61–90, 91–120 and 121 or more days.
    pub days: [Money; 5],
    /// Balances below zero.
    pub credit: Money,
    /// The five and the credit.
    pub total: Money,
    /// Claims with a balance that is not zero.
    pub claims: u64,
}

/// What was refused for one reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DenialRow {
    /// Dollars refused; what is refused twice counts once.
    pub denied: Money,
    /// Paid by the same payer, later, on what it had refused.
    pub recovered: Money,
    /// Still refused on the last day.
    pub open: Money,
    /// Claims refused at least once, in whole or in part.
    pub claims: u64,
}

/// The items of one provider-level code, with the signs of the 835: positive lowers a payment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlbRow {
    /// Sum of the positive amounts.
    pub taken: Money,
    /// Sum of the negative amounts.
    pub given: Money,
    /// Number of items.
    pub items: u64,
}

/// Totals of a generated practice as of its last day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// Claims billed.
    pub claims: u64,
    /// Their service lines.
    pub service_lines: u64,
    /// 837 files.
    pub files_837: u64,
    /// 835 files.
    pub files_835: u64,
    /// Transactions (ST) in the 835 files.
    pub remittances: u64,
    /// Claim payments (CLP) in them, the unmatched ones too.
    pub claim_payments: u64,
    /// Claim payments that belong to no claim.
    pub unmatched: u64,
    /// Σ of the charges.
    pub charges: Money,
    /// Paid on claims of the practice, reversals taken off.
    pub payments: Money,
    /// CO-45 and CO-24.
    pub contractual: Money,
    /// CO-253.
    pub reduction: Money,
    /// Total A/R.
    pub balance: Money,
    /// Σ BPR02.
    pub cash: Money,
    /// Σ CLP04 of the unmatched claim payments.
    pub unapplied: Money,
    /// The balance by bucket, in the order of [`Account::BUCKETS`].
    pub buckets: [Money; 6],
    /// By the payer that owes it: what waits for the next payer stands under that payer.
    pub aging_by_payer: BTreeMap<String, AgingRow>,
    /// By the payer that was billed, whatever waits for whom.
    pub aging_by_billed_payer: BTreeMap<String, AgingRow>,
    /// By group and reason, such as `CO-16`.
    pub denials: BTreeMap<String, DenialRow>,
    /// By code, such as `WO`.
    pub plb: BTreeMap<String, PlbRow>,
}

/// A refused line: the reason, the dollars of the first refusal, and what was paid on it later.
struct Refused {
    reason: String,
    denied: Money,
    recovered: Money,
}

impl Expected {
    /// A claim and the answers that were given by the last day.
    pub(super) fn add_claim(&mut self, claim: &Claim, given: &[Answer], last_day: Date) {
        let lines = claim.lines.len();
        let mut standing: Vec<Option<Ruling>> = vec![None; lines];
        let mut refused: Vec<Option<Refused>> = (0..lines).map(|_| None).collect();
        let mut second: Option<&[Ruling]> = None;
        let mut to_patient = false;
        for answer in given {
            if answer.payer == SUPPLEMENT {
                second = Some(&answer.rulings);
            } else if answer.is_reversal() {
                standing.fill(None);
            } else if answer.rulings.iter().all(|ruling| ruling.duplicate.is_zero()) {
                for (place, ruling) in answer.rulings.iter().enumerate() {
                    let at = answer.first_line + place;
                    standing[at] = Some(*ruling);
                    note_refusal(&mut refused[at], answer, ruling);
                }
                to_patient = answer.refusal.is_some_and(|refusal| refusal.group == "PR");
            }
        }

        let rulings = || standing.iter().flatten();
        let later = || second.into_iter().flatten();
        let paid = rulings().chain(later()).map(|ruling| ruling.paid).sum::<Money>();
        let contractual = rulings().map(|ruling| ruling.contractual).sum::<Money>();
        let reduction = rulings().map(|ruling| ruling.reduction).sum::<Money>();
        let refused_now: Money = rulings().map(|ruling| ruling.refused).sum();
        let share: Money = rulings().map(|ruling| ruling.share).sum();
        let left: Money = later().map(|ruling| ruling.share).sum();
        let unanswered: Money =
            standing.iter().zip(&claim.lines).filter(|(s, _)| s.is_none()).map(|(_, line)| line.charge).sum();
        let (next, due) = match second {
            Some(_) => (Money::ZERO, left),
            None if claim.patient.supplement => (share, Money::ZERO),
            None => (Money::ZERO, share),
        };
        let (denied, hold) = if to_patient { (Money::ZERO, refused_now) } else { (refused_now, Money::ZERO) };
        let balance = claim.charge() - paid - contractual - reduction;
        let buckets = [unanswered, denied, Money::ZERO, next, due, hold];
        assert_eq!(balance, buckets.iter().copied().sum(), "claim {} falls apart", claim.control_number());

        self.claims += 1;
        self.service_lines += lines as u64;
        self.charges += claim.charge();
        self.payments += paid;
        self.contractual += contractual;
        self.reduction += reduction;
        self.balance += balance;
        self.buckets.iter_mut().zip(buckets).for_each(|(sum, part)| *sum += part);
        let billed_payer = PAYERS[claim.patient.payer].id;
        let owing_payer = if next.is_zero() { billed_payer } else { PAYERS[SUPPLEMENT].id };
        let age = last_day.days_since(claim.served);
        row(&mut self.aging_by_billed_payer, billed_payer).add(age, balance);
        row(&mut self.aging_by_payer, owing_payer).add(age, balance);
        self.add_denials(&refused, refused_now);
    }

    fn add_denials(&mut self, refused: &[Option<Refused>], open: Money) {
        let mut reasons = BTreeSet::new();
        for line in refused.iter().flatten() {
            let row = row(&mut self.denials, &line.reason);
            row.denied += line.denied;
            row.recovered += line.recovered;
            if reasons.insert(&line.reason) {
                row.claims += 1;
            }
        }
        // A claim is refused for one reason only, so all that is open is that reason's.
        if let Some(reason) = reasons.first() {
            row(&mut self.denials, reason).open += open;
        }
    }

    pub(super) fn add_remittance(&mut self, paid: Money, items: &[Plb]) {
        self.remittances += 1;
        self.cash += paid;
        for item in items {
            let row = row(&mut self.plb, item.code);
            row.items += 1;
            if item.amount.is_positive() {
                row.taken += item.amount;
            } else {
                row.given += item.amount;
            }
        }
    }

    /// A claim payment; `unmatched` is its money when it belongs to no claim.
    pub(super) fn add_claim_payment(&mut self, unmatched: Option<Money>) {
        self.claim_payments += 1;
        if let Some(paid) = unmatched {
            self.unmatched += 1;
            self.unapplied += paid;
        }
    }

    /// The content of `expected.json`. Amounts are texts with two decimals.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let text = |amount: Money| Value::String(amount.to_string());
        let aging = |rows: &BTreeMap<String, AgingRow>| {
            by_key(rows, |row| {
                let [a, b, c, d, e] = row.days.map(text);
                json!({ "0-30": a, "31-60": b, "61-90": c, "91-120": d, "121+": e,
                    "credit": text(row.credit), "total": text(row.total), "claims": row.claims })
            })
        };
        let buckets = Account::BUCKETS.iter().zip(self.buckets);
        json!({
            "claims": self.claims,
            "service_lines": self.service_lines,
            "files_837": self.files_837,
            "files_835": self.files_835,
            "remittances": self.remittances,
            "claim_payments": self.claim_payments,
            "unmatched": self.unmatched,
            "charges": text(self.charges),
            "payments": text(self.payments),
            "adjustments": {
                "adj:contractual": text(self.contractual),
                "adj:reduction": text(self.reduction),
            },
            "balance": text(self.balance),
            "cash": text(self.cash),
            "unapplied": text(self.unapplied),
            "buckets": buckets.map(|(a, m)| (a.name().to_owned(), text(m))).collect::<Value>(),
            "aging_by_payer": aging(&self.aging_by_payer),
            "aging_by_billed_payer": aging(&self.aging_by_billed_payer),
            "denials": by_key(&self.denials, |row| json!({
                "denied": text(row.denied), "recovered": text(row.recovered),
                "open": text(row.open), "claims": row.claims,
            })),
            "plb": by_key(&self.plb, |row| json!({
                "taken": text(row.taken), "given": text(row.given),
                "net": text(row.taken + row.given), "items": row.items,
            })),
        })
    }
}

/// Remembers the first refusal of a line, and what is paid on it once it is paid.
fn note_refusal(refused: &mut Option<Refused>, answer: &Answer, ruling: &Ruling) {
    match (refused, answer.refusal) {
        (none @ None, Some(why)) if ruling.refused.is_positive() => {
            let reason = format!("{}-{}", why.group, why.carc);
            *none = Some(Refused { reason, denied: ruling.refused, recovered: Money::ZERO });
        }
        (Some(first), _) if ruling.refused.is_zero() => first.recovered = ruling.paid,
        _ => {}
    }
}

/// The row of a key, made when there is none.
fn row<'a, T: Default>(rows: &'a mut BTreeMap<String, T>, key: &str) -> &'a mut T {
    rows.entry(key.to_owned()).or_default()
}

fn by_key<T>(rows: &BTreeMap<String, T>, shape: impl Fn(&T) -> Value) -> Value {
    rows.iter().map(|(key, row)| (key.clone(), shape(row))).collect()
}

impl AgingRow {
    fn add(&mut self, age: i32, balance: Money) {
        if balance.is_zero() {
            return;
        }
        self.claims += 1;
        self.total += balance;
        let place = match age {
            ..=30 => 0,
            31..=60 => 1,
            61..=90 => 2,
            91..=120 => 3,
            _ => 4,
        };
        if balance.is_negative() {
            self.credit += balance;
        } else {
            self.days[place] += balance;
        }
    }
}
