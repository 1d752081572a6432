//! `arrears report aging`: from the sums where they know the answer, else claim by claim.

use super::super::{names, parse};
use crate::books::{balances, sums};
use crate::domain::book::{ClaimState, Holding};
use crate::domain::{ClaimId, Date, Money, PayerId};
use crate::report::aging::{self, Aging, AgingItem, Basis, Responsibility};
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
    #[arg(long, value_parser = parse::word(aging::By::ALL, aging::By::as_str), default_value = "payer")]
    by: aging::By,
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

/// The aging as `demo` and `status` show it.
pub fn by_payer(tables: &Snapshot, as_of: Date) -> Result<Table, StoreError> {
    let args = Args {
        by: aging::By::Payer,
        responsibility: Responsibility::All,
        basis: Basis::Service,
        buckets: Buckets::default(),
    };
    table(tables, &args, as_of)
}

/// The aging that was asked for.
pub fn table(tables: &Snapshot, args: &Args, as_of: Date) -> Result<Table, StoreError> {
    let payers = names::Payers::read(tables)?;
    let selected = |h: &Holding| match args.responsibility {
        Responsibility::All => true,
        Responsibility::Insurance => !h.account.is_patient(),
        Responsibility::Patient => h.account.is_patient(),
    };
    let question = aging::Question {
        by: args.by,
        responsibility: args.responsibility,
        basis: args.basis,
        buckets: args.buckets.clone(),
        as_of,
    };
    let mut aging = Aging::new(question);
    if (args.by, args.responsibility, args.basis) == (aging::By::Payer, Responsibility::All, Basis::Service) {
        add_sums(tables, &payers, &mut aging, as_of)?;
        return Ok(aging.finish());
    }
    for item in tables.claim_states()? {
        let (claim, now) = item?;
        if now.holdings.is_empty() && now.last_posted_on.is_none_or(|last| last <= as_of) {
            continue;
        }
        // Whose turn it was is in the entries; what stood there is in the state.
        let state = match args.basis {
            Basis::Responsibility => balances::state_as_of(tables, claim, now, as_of)?,
            Basis::Service | Basis::Billed => {
                Some(ClaimState { holdings: now.holdings_as_of(as_of).to_vec(), ..now })
            }
        };
        let Some(state) = state else { continue };
        let basis_date = match args.basis {
            Basis::Service => state.service_from,
            Basis::Billed => state.billed_on,
            Basis::Responsibility => state.responsible_since,
        };
        let whole: Money = state.holdings.iter().filter(|h| selected(h)).map(|h| h.amount).sum();
        let mut add = |key: &str, key_id: Option<&str>, balance| {
            aging.add(&AgingItem {
                claim,
                key: key.into(),
                key_id: key_id.map(Into::into),
                balance,
                basis_date,
            });
        };
        match args.by {
            aging::By::Payer => {
                for (payer, amount) in balances::by_payer(&state.holdings, state.billed_payer, selected) {
                    add(payers.name(payer), payers.ident(payer), amount);
                }
            }
            aging::By::Responsibility => {
                let part = |patient: bool| -> Money {
                    let of =
                        state.holdings.iter().filter(|h| selected(h) && h.account.is_patient() == patient);
                    of.map(|h| h.amount).sum()
                };
                add("insurance", None, part(false));
                add("patient", None, part(true));
            }
            _ if whole.is_zero() => {}
            by => {
                let Some(record) = tables.claim(claim)? else { continue };
                match by {
                    aging::By::Provider => {
                        let provider = names::provider(&record.claim);
                        add(names::provider_name(provider), Some(&provider.npi), whole);
                    }
                    aging::By::Patient => {
                        let member = record.claim.subscriber.member_id.as_str();
                        add(&names::patient(&record.claim.patient), Some(member), whole);
                    }
                    _ => add(record.claim.control_number.as_str(), None, whole),
                }
            }
        }
    }
    Ok(aging.finish())
}

/// The usual aging, from the sums: claims owing and claims in credit, by payer and service day.
fn add_sums(
    tables: &Snapshot,
    payers: &names::Payers,
    aging: &mut Aging,
    as_of: Date,
) -> Result<(), StoreError> {
    for (place, [owed, owing, credit, in_credit]) in tables.sums(Cube::Aging, as_of)? {
        let payer = PayerId(u32::try_from(place.what).unwrap_or_default());
        for (cents, claims) in [(owed, owing), (credit, in_credit)] {
            let item = AgingItem {
                claim: ClaimId(0),
                key: payers.name(payer).into(),
                key_id: payers.ident(payer).map(Into::into),
                balance: Money::from_cents(cents),
                basis_date: place.day,
            };
            aging.add_sum(&item, claims.unsigned_abs());
        }
    }
    let any = Place { what: sums::ANY, day: None };
    let claims = tables.sums(Cube::Standing, as_of)?.get(&any).map_or(0, |amounts| amounts[1]);
    aging.set_claims(claims.unsigned_abs());
    Ok(())
}
