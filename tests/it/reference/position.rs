//! Where the money of a claim stands: what the answers in force say, then what is a fact of the world, then the acts of persons
//! as far as the money that they moved is still there (sections 1, 6 and 7b of the rules).

use std::collections::BTreeMap;

use super::answers::{Judged, Part, Told};
use super::words::Means;
use super::{Act, Cents, Claim, Deed, Level, To};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bucket {
    Open,
    Denied,
    Pending,
    Next,
    Patient,
    Hold,
}

impl Bucket {
    pub const ALL: [Bucket; 6] =
        [Bucket::Open, Bucket::Denied, Bucket::Pending, Bucket::Next, Bucket::Patient, Bucket::Hold];
}

pub const BAD_DEBT: &str = "writeoff:bad_debt";
pub const BAD_DEBT_RECOVERED: &str = "writeoff:bad_debt_recovered";

/// Where everything stands.
#[derive(Clone, Debug, Default)]
pub struct Position {
    /// By bucket and by the payer it waits for; 0 where it is the patient's.
    pub holdings: BTreeMap<(Bucket, Level), Cents>,
    /// By the names of accounts: what was paid, taken off, given up.
    pub accounts: BTreeMap<&'static str, Cents>,
    /// Whether the rules say in which bucket everything is. Where more was taken than there is to divide, they do not.
    pub placed: bool,
    /// What the patient paid, less what went back.
    pub patient_paid: Cents,
    /// What payers and the patient paid.
    pub paid: Cents,
}

impl Position {
    pub fn bucket(&self, bucket: Bucket) -> Cents {
        self.holdings.iter().filter(|((at, _), _)| *at == bucket).map(|(_, amount)| amount).sum()
    }

    pub fn balance(&self) -> Cents {
        self.holdings.values().sum()
    }

    pub fn account(&self, name: &str) -> Cents {
        self.accounts.get(name).copied().unwrap_or(0)
    }

    fn add(&mut self, bucket: Bucket, of: Level, amount: Cents) {
        // What is the patient's is so whoever said it, to be checked or not, and what nobody decided waits, whoever answers
        // next.
        let of = match bucket {
            Bucket::Patient => 0,
            Bucket::Open | Bucket::Hold => 1,
            _ => of,
        };
        *self.holdings.entry((bucket, of)).or_default() += amount;
    }

    fn book(&mut self, account: &'static str, amount: Cents) {
        *self.accounts.entry(account).or_default() += amount;
    }
}

/// The last charge; nothing where the claim is void.
fn charge(claim: &Claim, acts: &[Act]) -> Cents {
    let is_void = acts.iter().any(|act| !act.is_undone && matches!(act.deed, Deed::Void(_)));
    claim.versions.last().filter(|_| !is_void).map_or(0, super::Version::charge)
}

/// Works it out.
pub fn position(claim: &Claim, told: &Told, acts: &[Act]) -> Position {
    let mut position = Position { placed: true, ..Position::default() };
    for part in told.answers.iter().flat_map(Judged::in_force) {
        position.book("cash:insurance", part.paid);
        position.paid += part.paid;
        for (means, amount) in &part.amounts {
            if let Means::TakenOff(account) = means {
                position.book(account, *amount);
            }
        }
    }
    answers(claim, told, charge(claim, acts), &mut position);
    let acts = || acts.iter().filter(|act| !act.is_undone);
    for act in acts() {
        if let Deed::PatientPays(amount) = act.deed {
            position.add(Bucket::Patient, 0, -amount);
            position.book("cash:patient", amount);
            position.paid += amount;
            position.patient_paid += amount;
        }
    }
    for act in acts() {
        match act.deed {
            Deed::Move { from, of, to, amount } => {
                again(&mut position, act.paid_before, (from, of), to, amount);
            }
            // It is due as long as the patient is owed something.
            Deed::RefundPatient(amount) => {
                let due = amount.min(-position.bucket(Bucket::Patient)).max(0);
                position.add(Bucket::Patient, 0, due);
                position.book("refund:patient", -due);
                position.patient_paid -= due;
            }
            Deed::PatientPays(_) | Deed::Void(_) => {}
        }
    }
    position.holdings.retain(|_, amount| *amount != 0);
    position.accounts.retain(|_, amount| *amount != 0);
    position
}

/// The shares that the last payer with an answer gave away, then what earlier payers refused and nobody paid, then the rest.
fn answers(claim: &Claim, told: &Told, charge: Cents, position: &mut Position) {
    let balance = charge - told.taken(Level::MAX);
    let shares = |level: Level| {
        let mut shares: BTreeMap<Bucket, Cents> = BTreeMap::new();
        let own = told.answers.iter().filter(|judged| judged.answer.level == level);
        for (means, amount) in own.flat_map(Judged::in_force).flat_map(|part: &Part| &part.amounts) {
            let is_last = level >= claim.payers;
            let bucket = match means {
                Means::Denied | Means::Duplicate => Bucket::Denied,
                Means::Pending => Bucket::Pending,
                Means::PatientShare | Means::Patient if is_last => Bucket::Patient,
                Means::Patient => Bucket::Patient,
                Means::PatientShare | Means::Next => Bucket::Next,
                Means::NoCoverage if !is_last => Bucket::Next,
                Means::PatientCheck | Means::NoCoverage => Bucket::Hold,
                Means::TakenOff(_) | Means::Earlier | Means::Nothing | Means::Hold(_) => continue,
            };
            *shares.entry(bucket).or_default() += amount;
        }
        shares.retain(|_, amount| *amount != 0);
        shares
    };
    let answered = told.answers.iter().filter(|judged| judged.in_force().next().is_some());
    let last = answered.map(|judged| judged.answer.level).max().unwrap_or(1);
    let own = shares(last);
    let mut rest = balance - own.values().sum::<Cents>();
    if rest < 0 {
        // Less is there than the payer divides: one share is cut; of several the rules do not say which.
        position.placed = balance >= 0 && own.len() == 1;
        match own.keys().next().filter(|_| position.placed) {
            Some(bucket) => position.add(*bucket, owner(*bucket, last), balance),
            None => position.add(Bucket::Open, last, balance),
        }
        return;
    }
    for (bucket, amount) in own {
        position.add(bucket, owner(bucket, last), amount);
    }
    for level in (1..last).rev() {
        let refused = refused(told, level);
        let total: Cents = refused.iter().map(|(_, amount)| amount).sum();
        let has = |bucket: Bucket| refused.iter().any(|(at, _)| *at == bucket);
        if total > rest && has(Bucket::Denied) && has(Bucket::Hold) {
            position.placed = false;
        }
        for (bucket, amount) in refused {
            let stays = amount.min(rest);
            position.add(bucket, level, stays);
            rest -= stays;
        }
    }
    position.add(Bucket::Open, last, rest);
}

/// What a payer refused, and where it stands as far as nobody else paid it.
fn refused(told: &Told, level: Level) -> Vec<(Bucket, Cents)> {
    let own = told.answers.iter().filter(|judged| judged.answer.level == level);
    let amounts = own.flat_map(Judged::in_force).flat_map(|part| &part.amounts);
    amounts
        .filter_map(|(means, amount)| match means {
            Means::Denied => Some((Bucket::Denied, *amount)),
            Means::PatientCheck | Means::NoCoverage => Some((Bucket::Hold, *amount)),
            _ => None,
        })
        .collect()
}

/// Whom a bucket waits for, after the answer of a level.
fn owner(bucket: Bucket, level: Level) -> Level {
    if bucket == Bucket::Next { level + 1 } else { level }
}

/// Does an act once more, as far as the money is there. A bad debt that was paid after all stays one, and what was paid is
/// recovered.
fn again(position: &mut Position, paid_before: Cents, (from, of): (Bucket, Level), to: To, amount: Cents) {
    let there = position.holdings.get(&(from, of)).copied().unwrap_or(0).max(0);
    let moved = amount.min(there);
    position.add(from, of, -moved);
    match to {
        To::Bucket(bucket) => position.add(bucket, if bucket == Bucket::Next { 2 } else { of.max(1) }, moved),
        To::Account(BAD_DEBT) => {
            let recovered = (position.paid - paid_before).clamp(0, amount - moved);
            position.book(BAD_DEBT, moved + recovered);
            position.book(BAD_DEBT_RECOVERED, -recovered);
        }
        To::Account(account) => position.book(account, moved),
    }
}
