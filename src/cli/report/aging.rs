//! `arrears report aging`: from the sums where they know the answer, else claim by claim.

use std::collections::{BTreeMap, HashMap};

use super::super::{names, parse};
use crate::books::{balances, briefs, scan, sums};
use crate::domain::book::{ClaimRecord, Holding};
use crate::domain::brief::{ClaimBrief, ClaimNames, NameKey};
use crate::domain::{ClaimId, Date, Money, PayerId, Spreading};
use crate::report::aging::{self, Aging, Basis, By, Responsibility, Sums};
use crate::report::aging_rows::{Owed, Patients};
use crate::report::names::Names;
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
    match args.by {
        By::Claim => return by_claim(tables, question),
        By::Patient => return by_patient(tables, question),
        _ => {}
    }
    let folds = briefs::as_of(tables, as_of, Fold::default, |fold, claim| fold.add(&question, claim))?;
    let mut whole = Fold::default();
    folds.into_iter().for_each(|fold| whole.absorb(fold));
    let mut aging = Aging::new(question);
    whole.name(tables, args.by, &mut aging)?;
    Ok(aging.finish(whole.claims))
}

/// What each claim owes: no sums are kept, one balance for each claim is all there is.
fn by_claim(tables: &Snapshot, question: aging::Question) -> Result<Table, StoreError> {
    let add = |all: &mut Vec<Owed>, claim: &ClaimBrief<'_>| all.extend(owed(&question, claim));
    let owed = briefs::as_of(tables, question.as_of, Vec::new, add)?.concat();
    let claims: Vec<ClaimId> = owed.iter().map(|owed| owed.claim).collect();
    let push = |numbers: &mut Names, claim: &ClaimNames<'_>| numbers.push(&[claim.control_number]);
    let numbers = briefs::names(tables, &claims, Names::default, push)?;
    Ok(aging::by_claim(question, owed, Names::all(numbers)))
}

/// What each patient owes; the name stands on any of the patient's claims. Half a million patients are found in order, not
/// in a table of hashes: memory is asked for what lies side by side.
fn by_patient(tables: &Snapshot, question: aging::Question) -> Result<Table, StoreError> {
    let add = |owed: &mut Vec<(NameKey, Owed)>, claim: &ClaimBrief<'_>| {
        owed.extend(self::owed(&question, claim).map(|owed| (claim.patient, owed)));
    };
    let mut folds = briefs::as_of(tables, question.as_of, Vec::new, add)?.into_iter();
    let mut lists = [folds.next().unwrap_or_default(), folds.next().unwrap_or_default()];
    let sort = |list: &mut Vec<(NameKey, Owed)>| {
        list.sort_unstable_by_key(|(patient, owed)| (*patient, owed.claim));
        Ok::<(), StoreError>(())
    };
    let [one, other] = &mut lists;
    scan::both(|| sort(one), || sort(other))?;
    let patients = Patients::of(lists);
    let push = |names: &mut Names, claim: &ClaimNames<'_>| {
        names.push(&names::parts(claim.last, claim.first));
    };
    let names = briefs::names(tables, &patients.claims(), Names::default, push)?;
    Ok(aging::by_patient(question, patients, Names::all(names)))
}

/// What a claim owes, if it does.
fn owed(question: &aging::Question, claim: &ClaimBrief<'_>) -> Option<Owed> {
    let holdings = claim.standing.holdings.iter();
    let balance: Money = holdings.filter(|h| counts(question, h)).map(|h| h.amount).sum();
    let basis_date = basis_date(question, claim);
    (!balance.is_zero()).then_some(Owed { claim: claim.id, balance, basis_date })
}

/// Whether this share of a balance is asked for.
fn counts(question: &aging::Question, holding: &Holding) -> bool {
    match question.responsibility {
        Responsibility::All => true,
        Responsibility::Insurance => !holding.account.is_patient(),
        Responsibility::Patient => holding.account.is_patient(),
    }
}

fn basis_date(question: &aging::Question, claim: &ClaimBrief<'_>) -> Option<Date> {
    match question.basis {
        Basis::Service => claim.standing.service_from,
        Basis::Billed => claim.standing.billed_on,
        Basis::Responsibility => claim.standing.responsible_since,
    }
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
    places: HashMap<u64, usize, Spreading>,
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
        let basis_date = basis_date(question, claim);
        let selected = |h: &Holding| counts(question, h);
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
            // These have more groups than are found one by one.
            By::Patient | By::Claim => {}
        }
        self.claims += u64::from(any);
    }

    fn absorb(&mut self, other: Fold) {
        self.claims += other.claims;
        if self.groups.is_empty() {
            (self.places, self.groups) = (other.places, other.groups);
            return;
        }
        for group in other.groups {
            self.group(group.0, group.1).absorb(&group.2);
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
                    (names::provider_name(provider).to_owned(), Some(provider.npi.to_string()))
                }
            };
            aging.group(label, id, sums);
        }
        Ok(())
    }
}
