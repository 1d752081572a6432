//! `arrears report denials`: every case that was made until a day, added up.
//!
//! Cases are read in short; only those of a claim with entries after the day are told again from what it had heard then.

use std::collections::HashMap;

use super::super::{names, parse};
use crate::books::{balances, briefs, scan};
use crate::codes;
use crate::denial::category;
use crate::domain::brief::{CaseBrief, ClaimNames, LineBrief, NameKey};
use crate::domain::entry::Reason;
use crate::domain::{ClaimId, Date, Month, PayerId, Spreading};
use crate::report::Table;
use crate::report::denials::{self, By, Claims, Group, Sums};
use crate::store::{Read, Snapshot, StoreError};

/// What payers refused, and what came of it
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears report denials
  arrears report denials --by payer --from 2024-01-01 --to 2024-03-31
  arrears report denials --by root-cause

A service's dollars count once, however often it was denied. A denial counts on the day it was first made.")]
pub struct Args {
    /// What the rows are
    #[arg(long, value_parser = parse::word(By::ALL, By::as_str), default_value = "reason")]
    by: By,
    /// First denied on this day or later
    #[arg(long, value_parser = parse::date, value_name = "DATE")]
    from: Option<Date>,
    /// First denied on this day or earlier
    #[arg(long, value_parser = parse::date, value_name = "DATE")]
    to: Option<Date>,
}

/// The denials as `demo` shows them.
pub fn by_reason(tables: &Snapshot, as_of: Date) -> Result<Table, StoreError> {
    table(tables, &Args { by: By::Reason, from: None, to: None }, as_of)
}

/// The denials that were asked for.
pub fn table(tables: &Snapshot, args: &Args, as_of: Date) -> Result<Table, StoreError> {
    let question = denials::Question { by: args.by, from: args.from, to: args.to, as_of };
    let mut fold = Fold::default();
    let closed = balances::closed_month(tables, as_of)?;
    let moved = briefs::moved_since(tables, as_of)?;
    let mut retold: Vec<ClaimId> = Vec::new();
    tables.visit_cases(|case| {
        if closed.is_none() && moved.binary_search(&case.claim).is_err() {
            fold.add(&question, case);
        } else if closed.is_some() || case.denied_on.is_none_or(|on| on <= as_of) {
            retold.push(case.claim);
        }
        Ok(())
    })?;
    retold.sort_unstable();
    retold.dedup();
    if !retold.is_empty() {
        fold.absorb(retell(tables, &question, closed, &retold)?);
    }
    fold.look_up(tables, args.by)?;
    let (groups, claims) = fold.named(tables)?;
    Ok(denials::table(&question, groups, claims))
}

/// The cases of claims that moved since, as they were: as they were kept when the month was closed, else told anew.
fn retell(
    tables: &Snapshot,
    question: &denials::Question,
    closed: Option<Month>,
    claims: &[ClaimId],
) -> Result<Fold, StoreError> {
    let part = |claims: &[ClaimId]| -> Result<Fold, StoreError> {
        let mut fold = Fold::default();
        for claim in claims {
            let state = tables.claim_state(*claim)?.unwrap_or_default();
            for case in balances::cases_as_of(tables, *claim, &state, question.as_of, closed)? {
                fold.add(question, &CaseBrief::of(&case, &LineBrief::of(&case)));
            }
        }
        Ok(fold)
    };
    let (first, second) = claims.split_at(claims.len() / 2);
    let (mut first, second) = scan::both(|| part(first), || part(second))?;
    first.absorb(second);
    Ok(first)
}

/// What makes a group.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Reason(Reason),
    Category(&'static str),
    Month(Month),
    Payer(PayerId),
    /// With a claim that names it.
    Provider(NameKey),
    Procedure(String),
}

/// What has been added up.
#[derive(Default)]
struct Fold {
    /// The place of each group.
    places: HashMap<Key, u32, Spreading>,
    /// A claim of the group, and what was denied in it.
    groups: Vec<(Key, ClaimId, Sums)>,
    claims: Claims,
    /// Cases whose group stands on the claim.
    of_claims: Vec<Case>,
}

/// Claim, whether the office can avoid the reason, and lines of a case.
type Case = (ClaimId, bool, Vec<LineBrief>);

impl Fold {
    fn add(&mut self, question: &denials::Question, case: &CaseBrief<'_>) {
        let Some(on) = case.denied_on.filter(|on| *on <= question.as_of) else { return };
        if question.from.is_some_and(|from| on < from) || question.to.is_some_and(|to| on > to) {
            return;
        }
        let preventable = codes::carc(case.reason.code).is_some_and(|carc| carc.preventable);
        let key = match question.by {
            By::Reason => Key::Reason(case.reason),
            By::Category | By::RootCause => Key::Category(category(case.reason, case.remarks)),
            By::Month => Key::Month(on.month()),
            By::Payer => Key::Payer(case.payer),
            By::Provider | By::Procedure => {
                self.of_claims.push((case.claim, preventable, case.lines.to_vec()));
                return;
            }
        };
        self.add_to(key, case.claim, 1, preventable, case.lines);
    }

    fn add_to(&mut self, key: Key, claim: ClaimId, cases: u64, preventable: bool, lines: &[LineBrief]) {
        let place = self.place(key, claim);
        self.claims.add(claim, place);
        let (.., sums) = &mut self.groups[place as usize];
        sums.add_cases(cases);
        lines.iter().for_each(|line| sums.add_line(line, preventable));
    }

    /// The place of a group, which it gets now if it has none.
    fn place(&mut self, key: Key, claim: ClaimId) -> u32 {
        *self.places.entry(key).or_insert_with_key(|key| {
            self.groups.push((key.clone(), claim, Sums::default()));
            self.groups.len() as u32 - 1
        })
    }

    fn absorb(&mut self, other: Fold) {
        self.of_claims.extend(other.of_claims);
        let mut places = Vec::with_capacity(other.groups.len());
        for (key, claim, sums) in other.groups {
            let place = self.place(key, claim);
            self.groups[place as usize].2.absorb(&sums);
            places.push(place);
        }
        self.claims.absorb(other.claims, |group| places.get(group as usize).copied());
    }

    /// Finds the groups that stand on the claims, in the order of the claims.
    fn look_up(&mut self, tables: &Snapshot, by: By) -> Result<(), StoreError> {
        let mut cases = std::mem::take(&mut self.of_claims);
        cases.sort_by_key(|(claim, ..)| *claim);
        if by == By::Procedure {
            let mut claims: Vec<ClaimId> = cases.iter().map(|(claim, ..)| *claim).collect();
            claims.dedup();
            let add = |fold: &mut Fold, claim: &ClaimNames<'_>| {
                let first = cases.partition_point(|(id, ..)| *id < claim.id);
                let own = cases[first..].iter().take_while(|(id, ..)| *id == claim.id);
                own.for_each(|case| fold.add_procedures(claim, case));
            };
            let folds = briefs::names(tables, &claims, Fold::default, add)?;
            folds.into_iter().for_each(|fold| self.absorb(fold));
            return Ok(());
        }
        let (Some((first, ..)), Some((last, ..))) = (cases.first(), cases.last()) else { return Ok(()) };
        let claims = *first..=*last;
        let mut cases = cases.iter().peekable();
        tables.visit_providers(claims, |claim, provider| {
            while let Some((id, preventable, lines)) = cases.next_if(|(id, ..)| *id <= claim) {
                self.add_to(Key::Provider(provider), *id, 1, *preventable, lines);
            }
        })
    }

    fn add_procedures(&mut self, claim: &ClaimNames<'_>, (id, preventable, lines): &Case) {
        for (at, line) in lines.iter().enumerate() {
            let service = claim.services.iter().find(|(number, _)| *number == line.line);
            let procedure = service.map_or("(whole claim)", |(_, procedure)| procedure);
            let key = Key::Procedure(procedure.to_owned());
            self.add_to(key, *id, u64::from(at == 0), *preventable, std::slice::from_ref(line));
        }
    }

    /// The groups with their names. Two payers may have one name and one identifier.
    fn named(self, tables: &Snapshot) -> Result<(Vec<Group>, Claims), StoreError> {
        let payers = names::Payers::read(tables)?;
        let mut named: HashMap<(String, Option<String>), u32> = HashMap::new();
        let mut groups: Vec<Group> = Vec::new();
        let mut places: Vec<Option<u32>> = Vec::with_capacity(self.groups.len());
        for (key, claim, sums) in self.groups {
            let mut summary = None;
            let (label, id) = match key {
                Key::Reason(reason) => {
                    summary = codes::carc(reason.code).map(|carc| carc.summary.to_owned());
                    (reason.to_string(), None)
                }
                Key::Category(word) => {
                    // By category the summary is not shown.
                    summary = codes::category(word).map(|category| category.who.to_owned());
                    (word.to_owned(), None)
                }
                Key::Month(month) => (month.to_string(), None),
                Key::Payer(payer) => (payers.name(payer).to_owned(), payers.ident(payer).map(str::to_owned)),
                Key::Provider(_) => match tables.claim(claim)? {
                    Some(record) => {
                        let provider = record.claim.provider();
                        (names::provider_name(provider).to_owned(), Some(provider.npi.to_string()))
                    }
                    None => {
                        places.push(None);
                        continue;
                    }
                },
                Key::Procedure(code) => (code, None),
            };
            let place = *named.entry((label, id)).or_insert_with_key(|(label, id)| {
                groups.push(Group { label: label.clone(), id: id.clone(), summary, sums: Sums::default() });
                groups.len() as u32 - 1
            });
            groups[place as usize].sums.absorb(&sums);
            places.push(Some(place));
        }
        let mut claims = Claims::default();
        claims.absorb(self.claims, |group| places.get(group as usize).copied().flatten());
        Ok((groups, claims))
    }
}
