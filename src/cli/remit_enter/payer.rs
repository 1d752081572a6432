//! Whose check it is: the payer that a person means, and whether it is one of the claims'.

use super::Args;
use crate::books::matching::{payer_of, payers_of};
use crate::books::payers::{self, FoundBy, titled};
use crate::cli::{Context, Failure};
use crate::domain::PayerId;
use crate::domain::book::{ClaimRecord, PayerRecord};
use crate::posting::matching::Verdict;
use crate::store::{Read, StoreError};

/// So many payers are named at most.
const MOST_NAMED: usize = 5;

/// The payer as the payment names it.
pub(super) struct Named {
    /// Its number, unless it is new.
    pub id: PayerId,
    /// The name that leads to it.
    pub name: String,
    /// The identifier that leads to it, where no name does.
    pub ident: String,
}

/// The payer that is meant, where every claim has it or somebody said that it is meant all the same.
///
/// # Errors
/// A [`Failure`] that names the payers of the claims, and those that look alike.
pub(super) fn named(
    tables: &impl Read,
    args: &Args,
    claims: &[&ClaimRecord],
    context: &Context,
) -> Result<Named, Failure> {
    let refuse = |error| context.refuse(error);
    let said = args.payer.trim();
    let called = payers::called(tables, said).map_err(refuse)?;
    let Some(payer) = of_claims(tables, called, claims, context)? else {
        if args.new_payer {
            return Ok(Named { id: PayerId::NONE, name: said.to_owned(), ident: String::new() });
        }
        return Err(unknown(tables, said, claims).map_err(refuse)?);
    };
    let mut strangers = Vec::new();
    for claim in claims {
        if payer_of(tables, payer.id, claim).map_err(refuse)? == Verdict::Differs {
            strangers.push(*claim);
        }
    }
    if !strangers.is_empty() && !args.other_payer {
        let name = titled(&payer);
        let mut failure =
            Failure::refused(format!("{name} is not the payer of every claim; nothing was posted"));
        for line in whose(tables, &strangers).map_err(refuse)? {
            failure = failure.because(line);
        }
        return Err(failure.hint(
            "Name the payer that the claim has. If the check is this one's all the same, add `--other-payer`.",
        ));
    }
    let (name, ident) = match payers::found_by(tables, &payer).map_err(refuse)? {
        Some(FoundBy::Name(name)) => (name, String::new()),
        Some(FoundBy::Ident(ident)) => (payer.name.clone(), ident),
        None => (said.to_owned(), String::new()),
    };
    Ok(Named { id: payer.id, name, ident })
}

/// The payer that goes by what was said: of several the one that the claims have.
fn of_claims(
    tables: &impl Read,
    mut called: Vec<PayerRecord>,
    claims: &[&ClaimRecord],
    context: &Context,
) -> Result<Option<PayerRecord>, Failure> {
    if called.len() <= 1 {
        return Ok(called.pop());
    }
    let mut fits = Vec::new();
    for payer in &called {
        let verdicts = claims.iter().map(|claim| payer_of(tables, payer.id, claim));
        let verdicts: Vec<Verdict> =
            verdicts.collect::<Result<_, _>>().map_err(|error| context.refuse(error))?;
        if !verdicts.is_empty() && verdicts.iter().all(|verdict| *verdict == Verdict::Agrees) {
            fits.push(payer.clone());
        }
    }
    if let [one] = &fits[..] {
        return Ok(Some(one.clone()));
    }
    let all: Vec<String> = called.iter().map(titled).collect();
    Err(Failure::refused("several payers go by that name; nothing was posted")
        .because(format!("they are {}", all.join(", ")))
        .hint("Name the one that is meant by its identifier."))
}

fn unknown(tables: &impl Read, said: &str, claims: &[&ClaimRecord]) -> Result<Failure, StoreError> {
    let mut failure =
        Failure::refused(format!("no payer of the ledger goes by {said:?}; nothing was posted"));
    for line in whose(tables, claims)? {
        failure = failure.because(line);
    }
    let alike: Vec<String> = payers::alike(tables, said)?.iter().take(MOST_NAMED).map(titled).collect();
    if !alike.is_empty() {
        failure = failure.because(format!("it is like {}", alike.join(", ")));
    }
    Ok(failure.hint(
        "Name a payer by its name or identifier; `arrears payer list` has them all. If the ledger has not met this one, \
         add `--new-payer`.",
    ))
}

/// Whose claims these are, a line for each.
fn whose(tables: &impl Read, claims: &[&ClaimRecord]) -> Result<Vec<String>, StoreError> {
    let mut lines = Vec::new();
    for claim in claims {
        let mut theirs = Vec::new();
        for payer in payers_of(tables, claim)? {
            theirs.extend(tables.payer(payer)?.as_ref().map(titled));
        }
        let number = &claim.claim.control_number;
        lines.push(match theirs.is_empty() {
            true => format!("claim {number} names no payer"),
            false => format!("claim {number} is with {}", theirs.join(", ")),
        });
    }
    Ok(lines)
}
