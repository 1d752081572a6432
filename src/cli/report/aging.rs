//! `arrears report aging`: from the sums where they know the answer, else claim by claim.

use std::collections::{BTreeMap, HashMap};

use super::super::{names, parse};
use crate::books::{balances, briefs, sums};
use crate::domain::book::{ClaimRecord, Holding};
use crate::domain::brief::ClaimBrief;
use crate::domain::{ClaimId, Date, Money, PayerId};
use crate::report::aging::{self, Aging, Basis, By, Responsibility, Sums};
use crate::report::{Buckets, Table};
use crate::store::{Cube, Place, Read, Snapshot, StoreError};

/// What is owed, by how long it has been owed
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears report aging
  arrears report aging --by claim --responsibility patient
  arrears report aging --as-of 2024-03-31 -o march.csv

A claim in credit is in no bucket: it stands under `credit`.")]
pub struct Args {
    /// What the rows are
    #[arg(long, value_parser = parse::word(By::ALL, By::as_str), default_value = "payer")]
    by: By,
    /// Whose share counts
    #[arg(long, value_parser = parse::word(Responsibility::ALL, Responsibility::as_str), default_value = "all")]
    responsibility: Responsibility,
    /// Which date a balance ages from
    #[arg(long, value_parser = parse::word(Basis::ALL, Basis::as_str), default_value = "service")]
    basis: Basis,
    /// The last day of each bucket but the last
    #[arg(long, default_value = "30,60,90,120", value_name = "DAYS")]
    buckets: Buckets,
}

/// The aging of a day by service date, in the usual buckets.
pub fn of(
    tables: &Snapshot,
    by: By,
    responsibility: Responsibility,
    as_of: Date,
) -> Result<Table, StoreError> {
    table(tables, &Args { by, responsibility, basis: Basis::Service, buckets: Buckets::default() }, as_of)
}

/// The aging as `demo` and `status` show it.
pub fn by_payer(tables: &Snapshot, as_of: Date) -> Result<Table, StoreError> {
    let args = Args {
        by: By::Payer,
        responsibility: Responsibility::All,
        basis: Basis::Service,
        buckets: Buckets::default(),
    };
    table(tables, &args, as_of)
}

/// The aging that was asked for.
pub fn table(tables: &Snapshot, args: &Args, as_of: Date) -> Result<Table, StoreError> {
    let question = aging::Question {
        by: args.by,
        responsibility: args.responsibility,
        basis: args.basis,
        buckets: args.buckets.clone(),
        as_of,
    };
    if (args.by, args.responsibility, args.basis) == (By::Payer, Responsibility::All, Basis::Service) {
        return from_sums(tables, question);
    }
    let folds = briefs::as_of(tables, as_of, Fold::default, |fold, claim| fold.add(&question, claim))?;
    let mut whole = Fold::default();
    folds.into_iter().for_each(|fold| whole.absorb(fold));
    let mut aging = Aging::new(question);
    whole.name(tables, args.by, &mut aging)?;
    Ok(aging.finish(whole.claims))
}

/// The usual aging: claims owing and claims in credit, by payer and service day.
fn from_sums(tables: &Snapshot, question: aging::Question) -> Result<Table, StoreError> {
    let mut fold = Fold::default();
    for (place, [owed, owing, credit, in_credit]) in tables.sums(Cube::Aging, question.as_of)? {
        let sums = fold.group(place.what, ClaimId(0));
        for (cents, claims) in [(owed, owing), (credit, in_credit)] {
            sums.add_all(&question, Money::from_cents(cents), place.day, claims.unsigned_abs());
        }
    }
    let any = Place { what: sums::ANY, day: None };
    let claims = tables.sums(Cube::Standing, question.as_of)?.get(&any).map_or(0, |amounts| amounts[1]);
    let mut aging = Aging::new(question);
    fold.name(tables, By::Payer, &mut aging)?;
    Ok(aging.finish(claims.unsigned_abs()))
}

/// What one thread has added up, by numbers that stand for names.
#[derive(Default)]
struct Fold {
    /// The place of each group.
    places: HashMap<u64, usize>,
    /// A claim of the group, and what the group owes.
    groups: Vec<(u64, ClaimId, Sums)>,
    /// How many claims are in any group.
    claims: u64,
}

const INSURANCE: u64 = 0;
const PATIENT: u64 = 1;

impl Fold {
    fn group(&mut self, key: u64, claim: ClaimId) -> &mut Sums {
        let place = *self.places.entry(key).or_insert_with(|| {
            self.groups.push((key, claim, Sums::default()));
            self.groups.len() - 1
        });
        &mut self.groups[place].2
    }

    fn add(&mut self, question: &aging::Question, claim: &ClaimBrief<'_>) {
        let standing = &claim.standing;
        let basis_date = match question.basis {
            Basis::Service => standing.service_from,
            Basis::Billed => standing.billed_on,
            Basis::Responsibility => standing.responsible_since,
        };
        let selected = |h: &Holding| match question.responsibility {
            Responsibility::All => true,
            Responsibility::Insurance => !h.account.is_patient(),
            Responsibility::Patient => h.account.is_patient(),
        };
        let sum = |wanted: &dyn Fn(&Holding) -> bool| -> Money {
            standing.holdings.iter().filter(|h| selected(h) && wanted(h)).map(|h| h.amount).sum()
        };
        let mut any = false;
        let mut add = |key: u64, balance: Money| {
            if !balance.is_zero() {
                any = true;
                self.group(key, claim.id).add(question, balance, basis_date);
            }
        };
        match question.by {
            By::Payer => balances::by_payer(standing.holdings, standing.billed_payer, selected)
                .into_iter()
                .for_each(|(payer, amount)| add(u64::from(payer.0), amount)),
            By::Responsibility => {
                add(INSURANCE, sum(&|h| !h.account.is_patient()));
                add(PATIENT, sum(&|h| h.account.is_patient()));
            }
            By::Provider => add(claim.provider.0, sum(&|_| true)),
            By::Patient => add(claim.patient.0, sum(&|_| true)),
            By::Claim => {
                let balance = sum(&|_| true);
                if !balance.is_zero() {
                    // Each is a group of its own: nothing is looked up.
                    let mut sums = Sums::default();
                    sums.add(question, balance, basis_date);
                    self.groups.push((claim.id.0, claim.id, sums));
                    self.claims += 1;
                }
                return;
            }
        }
        self.claims += u64::from(any);
    }

    fn absorb(&mut self, other: Fold) {
        self.claims += other.claims;
        if self.groups.is_empty() {
            (self.places, self.groups) = (other.places, other.groups);
            return;
        }
        let single = other.places.is_empty();
        for group in other.groups {
            if single {
                self.groups.push(group);
            } else {
                self.group(group.0, group.1).absorb(&group.2);
            }
        }
    }

    /// Gives the groups their names.
    fn name(&mut self, tables: &Snapshot, by: By, aging: &mut Aging) -> Result<(), StoreError> {
        let groups = std::mem::take(&mut self.groups);
        if by == By::Payer {
            // Two payers may have one name and one identifier.
            let payers = names::Payers::read(tables)?;
            let mut named: BTreeMap<_, Sums> = BTreeMap::new();
            for (key, _, sums) in groups {
                let payer = PayerId(u32::try_from(key).unwrap_or_default());
                let name = (payers.name(payer).to_owned(), payers.ident(payer).map(str::to_owned));
                named.entry(name).or_default().absorb(&sums);
            }
            named.into_iter().for_each(|((name, ident), sums)| aging.group(name, ident, sums));
            return Ok(());
        }
        for (key, claim, sums) in groups {
            let (label, id) = match by {
                By::Responsibility if key == PATIENT => ("patient".to_owned(), None),
                By::Responsibility => ("insurance".to_owned(), None),
                _ => {
                    let Some(ClaimRecord { claim: billed, .. }) = tables.claim(claim)? else { continue };
                    let provider = billed.provider();
                    match by {
                        By::Provider => {
                            (names::provider_name(provider).to_owned(), Some(provider.npi.to_string()))
                        }
                        By::Patient => (names::patient(&billed.patient), None),
                        _ => (billed.control_number.as_str().to_owned(), Some(claim.to_string())),
                    }
                }
            };
            aging.group(label, id, sums);
        }
        Ok(())
    }
}
