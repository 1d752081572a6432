//! Some thousand claim payments of one remittance, posted together: looked up, told, and written, each table in the
//! order of its keys.
//!
//! A row written in key order costs a third of one written at random (430 against 136 thousand rows a second), and a
//! claim that hears twice in one batch is read and written once.
//!
//! All of the machine works on a batch: claims are read and their stories told on as many threads as there are, and what
//! comes of it is written by two threads, each with tables of its own.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::dossier::{Dossier, Heard};
use super::doubles;
use super::matching;
use super::placing;
use super::retell::{Hand, Rulebook};
use super::told::{self, Told};
use crate::domain::book::{ClaimRecord, PaymentRecord, PaymentStatus, RemitRecord};
use crate::domain::{ClaimId, Few, PaymentId, Text};
use crate::posting::hold::Hold;
use crate::posting::matching::{Match, rests_on_number, rests_on_payer_number};
use crate::store::{Read, ReadWaiting, StoreError, Visit, WriteTables};

/// A claim payment that nobody has looked up yet.
pub struct Arrived {
    /// The payment, without a claim.
    pub payment: PaymentRecord,
    /// Why it cannot be looked up.
    pub broken: Option<(Hold, String)>,
}

/// So many claims are read by one thread at a time.
const BESIDE: usize = 64;

/// A claim payment whose claim is known: the claim, the step of the ladder that proved it, the payment.
type Matched = (ClaimId, &'static str, PaymentRecord);

/// Posts claim payments of a remittance, in the order of its file. Keeps count of those of it that wait in `unapplied`;
/// a later answer may let an earlier one post.
///
/// # Errors
/// Whatever the store says.
pub fn post(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    remit: &RemitRecord,
    unapplied: &mut BTreeSet<PaymentId>,
    arrived: Vec<Arrived>,
) -> Result<(), StoreError> {
    let mut claims = Claims::default();
    tables.settle_claims()?;
    let (matched, mut rows) = look_up(tables, hand, &mut claims, arrived)?;
    let learned = if tables.nobody_waits()? { Vec::new() } else { learned(&matched) };
    claims.load(tables, matched.iter().map(|(claim, ..)| *claim).collect())?;
    let rules = Rulebook::of(tables, hand)?;
    let groups: Vec<Vec<Matched>> = by_claim(matched);
    let look = &*tables;
    let told = groups.into_par_iter().filter_map(|group| tell(look, &rules, &claims, group).transpose());
    let mut told: Vec<Told<'_>> = told.collect::<Result<_, StoreError>>()?;
    rows.extend(told.iter_mut().flat_map(Told::take_heard));
    rows.sort_by_key(|heard| heard.payment.id);
    let of_claims = rows.iter().map(|Heard { payment, .. }| payment);
    doubles::hear(tables, of_claims.filter_map(|payment| Some((payment, claims.get(payment.claim?)?))))?;
    let ours = rows.iter().filter(|heard| heard.payment.remit == remit.id);
    for Heard { payment, .. } in ours {
        if payment.status == PaymentStatus::Unapplied {
            unapplied.insert(payment.id);
        } else {
            unapplied.remove(&payment.id);
        }
    }
    let (written, entered) = tables.apart(|mut payments, others| {
        let write = || {
            let found = rows.iter().filter_map(|Heard { payment, was }| match was {
                None => Some((payment.payment.payer_number.as_str(), payment.claim?)),
                Some(_) => None,
            });
            payments.index_payer_numbers(found)?;
            // Each goes as soon as it is written, on this thread: the next remittance need not wait for that.
            rows.into_iter().try_for_each(|heard| heard.put(&mut payments))
        };
        rayon::join(write, || told::enter(told, others, hand))
    });
    written.and(entered)?;
    let moved = placing::settle_numbers(tables, hand, learned.iter().map(Text::as_str))?;
    recount(tables, remit, unapplied, moved)
}

/// The payer's numbers that become known by claim payments which found their claims without such.
fn learned(matched: &[Matched]) -> Vec<Text> {
    let grounded = matched.iter().filter(|(_, step, _)| !rests_on_payer_number(step));
    let mut numbers: Vec<Text> = grounded.map(|(.., p)| p.payment.payer_number.as_str().into()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// Which payments of a remittance wait, after claims were told anew by others of its payments.
fn recount(
    tables: &WriteTables<'_>,
    remit: &RemitRecord,
    unapplied: &mut BTreeSet<PaymentId>,
    moved: BTreeSet<ClaimId>,
) -> Result<(), StoreError> {
    if moved.is_empty() {
        return Ok(());
    }
    let mut ours = std::mem::take(unapplied);
    for claim in moved {
        ours.extend(tables.payments_of_claim(claim)?.iter().filter(|p| p.remit == remit.id).map(|p| p.id));
    }
    for id in ours {
        if tables.payment(id)?.is_some_and(|payment| payment.status == PaymentStatus::Unapplied) {
            unapplied.insert(id);
        }
    }
    Ok(())
}

/// Tells the story of a claim that the ledger has, with what is new.
fn tell<'c>(
    tables: &WriteTables<'_>,
    rules: &Rulebook<'_>,
    claims: &'c Claims,
    group: Vec<Matched>,
) -> Result<Option<Told<'c>>, StoreError> {
    let Some(claim) = group.first().and_then(|(claim, ..)| claims.get(*claim)) else { return Ok(None) };
    let mut dossier = Dossier::open(tables, claim)?;
    for (_, step, payment) in group {
        dossier.hear(tables, payment, None, step)?;
    }
    Ok(Some(dossier.tell(rules)))
}

/// Finds the claims: those that were found, in the order of the claims, and those that wait for one.
fn look_up(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    claims: &mut Claims,
    arrived: Vec<Arrived>,
) -> Result<(Vec<Matched>, Vec<Heard>), StoreError> {
    let found = by_number(tables, &arrived)?;
    claims.load(tables, found.iter().flatten().copied().collect())?;
    // Nearly all are sure at once, and these ask nothing of each other.
    let candidates = |ids: &[ClaimId]| -> Few<&ClaimRecord, 2> {
        ids.iter().filter_map(|id| claims.get(*id)).filter(|r| matching::may_be_meant(r)).collect()
    };
    let sure = |(Arrived { payment, broken }, ids): (&Arrived, &Vec<ClaimId>)| match broken {
        Some((hold, message)) => Some(Match::Waits(*hold, message.clone())),
        None => matching::by_number_alone(&payment.payment, &candidates(ids)),
    };
    let answers: Vec<Option<Match>> = arrived.par_iter().zip(&found).map(sure).collect();
    let (mut matched, mut waiting) = (Vec::<Matched>::with_capacity(arrived.len()), Vec::new());
    for ((Arrived { payment, .. }, ids), answer) in arrived.into_iter().zip(&found).zip(answers) {
        let known_to_payer = || {
            // The index does not know the numbers of this batch yet.
            let said = |number: &str| matching::payer_numbers(&payment.payment).any(|n| n == number);
            let before = matched
                .iter()
                .filter(|(_, step, p)| !rests_on_payer_number(step) && said(p.payment.payer_number.as_str()));
            matching::known_to_payer(tables, &payment, before.map(|(claim, ..)| *claim))
        };
        let answer = match answer {
            Some(answer) => answer,
            None => matching::choose(&*tables, &payment.payment, &candidates(ids), known_to_payer)?,
        };
        match answer {
            Match::Proved(claim, step) => {
                if !rests_on_number(step) {
                    placing::look_out(tables, &payment)?;
                }
                matched.push((claim, step, payment));
            }
            Match::Waits(hold, message) => {
                let payment = placing::wait(tables, hand, payment, hold, message)?;
                waiting.push(Heard { payment, was: None });
            }
        }
    }
    // Stable: a claim that stands twice in a remittance (reversal, then correction) hears both in their order.
    matched.sort_by_key(|(claim, ..)| *claim);
    Ok((matched, waiting))
}

/// What each claim hears, in the order of the claims.
fn by_claim(matched: Vec<Matched>) -> Vec<Vec<Matched>> {
    let mut groups: Vec<Vec<Matched>> = Vec::with_capacity(matched.len());
    for one in matched {
        match groups.last_mut().filter(|group| group.first().is_some_and(|first| first.0 == one.0)) {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
    }
    groups
}

/// For each claim payment, the claims whose number has the form of its own. Asked in the order of the numbers.
fn by_number(tables: &WriteTables<'_>, arrived: &[Arrived]) -> Result<Vec<Vec<ClaimId>>, StoreError> {
    let unbroken = arrived.iter().enumerate().filter(|(_, a)| a.broken.is_none());
    let mut order: Vec<(Text, usize)> =
        unbroken.map(|(at, a)| (a.payment.payment.control_number.index_form(), at)).collect();
    order.sort_unstable();
    let ask = |(form, at): &(Text, usize)| {
        Ok((*at, matching::ids_by_form(tables, form, &arrived[*at].payment.payment)?))
    };
    let answers: Vec<(usize, Vec<ClaimId>)> = order.par_iter().map(ask).collect::<Result<_, StoreError>>()?;
    let mut found = vec![Vec::new(); arrived.len()];
    for (at, answer) in answers {
        found[at] = answer;
    }
    Ok(found)
}

/// The claims of a batch, in the order of their numbers.
#[derive(Default)]
struct Claims(Vec<ClaimRecord>);

impl Claims {
    fn get(&self, id: ClaimId) -> Option<&ClaimRecord> {
        self.0.binary_search_by_key(&id, |claim| claim.id).ok().map(|at| &self.0[at])
    }

    /// Reads claims, in the order of their numbers, that were not read yet.
    fn load(&mut self, tables: &WriteTables<'_>, mut ids: Vec<ClaimId>) -> Result<(), StoreError> {
        ids.retain(|id| self.get(*id).is_none());
        ids.sort_unstable();
        ids.dedup();
        if ids.is_empty() {
            return Ok(());
        }
        // Neighbours lie in one block, and are billed to one payer: in a large remittance there are several of them.
        let read = ids.par_chunks(BESIDE).map(|ids| tables.claims_with(ids));
        self.0.extend(read.collect::<Result<Vec<_>, StoreError>>()?.into_iter().flatten());
        self.0.sort_by_key(|claim| claim.id);
        Ok(())
    }
}
