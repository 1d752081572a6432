//! `arrears report`: reads what a report needs, and lets `report` answer.

use super::{Context, Failure, Outcome, names, parse};
use crate::books::{balances, sums};
use crate::codes;
use crate::denial::category;
use crate::domain::book::{ClaimState, DenialCase, Holding};
use crate::domain::{Account, ClaimId, Code, Date, Money, PayerId};
use crate::report::aging::{self, Aging, AgingItem, Basis, Responsibility};
use crate::report::denials::{self, DenialItem};
use crate::report::{Buckets, trial_balance};
use crate::store::{Cube, Place, Read, Snapshot, StoreError};

/// Print a report
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    report: Report,
}

#[derive(clap::Subcommand, Debug)]
enum Report {
    Aging(AgingArgs),
    Denials(DenialArgs),
    TrialBalance(TrialBalanceArgs),
    Plb(PlbArgs),
}

/// What is owed, by how long it has been owed
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears report aging
  arrears report aging --by claim --responsibility patient
  arrears report aging --as-of 2024-03-31 -o march.csv

A claim in credit is in no bucket: it stands under `credit`.")]
struct AgingArgs {
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

/// What payers refused, and what came of it
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears report denials
  arrears report denials --by payer --from 2024-01-01 --to 2024-03-31

A service's dollars count once, however often it was denied. A denial counts on the day it was first made.")]
struct DenialArgs {
    /// What the rows are
    #[arg(long, value_parser = parse::word(denials::By::ALL, denials::By::as_str), default_value = "reason")]
    by: denials::By,
    /// First denied on this day or later
    #[arg(long, value_parser = parse::date, value_name = "DATE")]
    from: Option<Date>,
    /// First denied on this day or earlier
    #[arg(long, value_parser = parse::date, value_name = "DATE")]
    to: Option<Date>,
}

/// Every account with its debits, credits and balance
#[derive(clap::Args, Debug)]
struct TrialBalanceArgs {}

/// Open provider-level items by payer and age
///
/// A positive amount is what the payer has said it will take and has not taken yet; under credit stands what it took
/// without saying why.
#[derive(clap::Args, Debug)]
struct PlbArgs {}

/// Prints a report.
pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    let tables = context.read()?;
    let table = match &args.report {
        Report::Aging(args) => aging(&tables, args, context.as_of),
        Report::Denials(args) => denials(&tables, args, context.as_of),
        Report::TrialBalance(_) => trial_balance(&tables, context.as_of),
        Report::Plb(_) => open_items(&tables, context.as_of),
    };
    context.printer.table(table.map_err(|error| context.refuse(error))?)?;
    Ok(Outcome::Done)
}

/// The aging as `demo` and `status` show it.
pub(super) fn aging_by_payer(tables: &Snapshot, as_of: Date) -> Result<crate::report::Table, StoreError> {
    let args = AgingArgs {
        by: aging::By::Payer,
        responsibility: Responsibility::All,
        basis: Basis::Service,
        buckets: Buckets::default(),
    };
    aging(tables, &args, as_of)
}

/// The denials as `demo` shows them.
pub(super) fn denials_by_reason(tables: &Snapshot, as_of: Date) -> Result<crate::report::Table, StoreError> {
    denials(tables, &DenialArgs { by: denials::By::Reason, from: None, to: None }, as_of)
}

fn aging(tables: &Snapshot, args: &AgingArgs, as_of: Date) -> Result<crate::report::Table, StoreError> {
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

fn denials(tables: &Snapshot, args: &DenialArgs, as_of: Date) -> Result<crate::report::Table, StoreError> {
    let payers = names::Payers::read(tables)?;
    let question = denials::Question { by: args.by, from: args.from, to: args.to, as_of };
    let mut items: Vec<DenialItem<'static>> = Vec::new();
    for item in tables.claim_states()? {
        let (claim, state) = item?;
        if state.cases.is_empty() {
            continue;
        }
        for case in balances::cases_as_of(tables, claim, &state, as_of)? {
            let Some(on) = case.denied_on().filter(|on| *on <= as_of) else { continue };
            if args.from.is_some_and(|from| on < from) || args.to.is_some_and(|to| on > to) {
                continue;
            }
            add_case(tables, &payers, args.by, claim, &case, on, &mut items)?;
        }
    }
    Ok(denials::table(&question, items))
}

fn add_case(
    tables: &Snapshot,
    payers: &names::Payers,
    by: denials::By,
    claim: ClaimId,
    case: &DenialCase,
    on: Date,
    items: &mut Vec<DenialItem<'static>>,
) -> Result<(), StoreError> {
    let whole = |key: String, key_id: Option<String>, summary: Option<&'static str>| DenialItem {
        claim,
        key: key.into(),
        key_id: key_id.map(Into::into),
        summary: summary.map(Into::into),
        cases: 1,
        lines: case.lines.len() as u64,
        denied: case.denied(),
        recovered: case.recovered(),
        written_off: case.written_off(),
        open: case.open(),
    };
    match by {
        denials::By::Reason => {
            let summary = codes::carc(case.reason.code).map(|carc| carc.summary);
            items.push(whole(case.reason.to_string(), None, summary));
        }
        denials::By::Category => {
            items.push(whole(category(case.reason, &case.remarks).to_owned(), None, None))
        }
        denials::By::Month => items.push(whole(on.month().to_string(), None, None)),
        denials::By::Payer => {
            let ident = payers.ident(case.payer).map(str::to_owned);
            items.push(whole(payers.name(case.payer).to_owned(), ident, None));
        }
        denials::By::Provider => {
            let Some(record) = tables.claim(claim)? else { return Ok(()) };
            let provider = names::provider(&record.claim);
            items.push(whole(names::provider_name(provider).to_owned(), Some(provider.npi.clone()), None));
        }
        denials::By::Procedure => {
            let Some(record) = tables.claim(claim)? else { return Ok(()) };
            for (at, line) in case.lines.iter().enumerate() {
                let service = record.claim.lines.iter().find(|l| l.number == line.line);
                let procedure = service.map_or("(whole claim)", |l| match l.procedure.as_str() {
                    "" => l.revenue_code.as_str(),
                    code => code,
                });
                items.push(DenialItem {
                    cases: u64::from(at == 0),
                    lines: 1,
                    denied: line.denied,
                    recovered: line.recovered,
                    written_off: line.written_off,
                    open: line.open,
                    ..whole(procedure.to_owned(), None, None)
                });
            }
        }
    }
    Ok(())
}

fn trial_balance(tables: &Snapshot, as_of: Date) -> Result<crate::report::Table, StoreError> {
    let sums = tables.sums(Cube::Accounts, as_of)?;
    let mut lines: Vec<_> = sums
        .into_iter()
        .filter_map(|(place, [cents, ..])| {
            let account = Account::from_number(u8::try_from(place.what >> 32).ok()?)?;
            let name = match Code::from_number(place.what as u32) {
                Code::NONE => account.to_string(),
                code => format!("{account}:{code}"),
            };
            Some((account, trial_balance::AccountLine { account: name, balance: Money::from_cents(cents) }))
        })
        .collect();
    // In the order of the chart.
    lines.sort_by(|(a, one), (b, other)| (a, &one.account).cmp(&(b, &other.account)));
    let lines = lines.into_iter().map(|(_, line)| line);
    Ok(trial_balance::table(as_of, lines))
}

fn open_items(tables: &Snapshot, as_of: Date) -> Result<crate::report::Table, StoreError> {
    let payers = names::Payers::read(tables)?;
    let question = aging::Question {
        by: aging::By::Payer,
        responsibility: Responsibility::Insurance,
        basis: Basis::Billed,
        buckets: Buckets::default(),
        as_of,
    };
    let mut aging = Aging::new(question);
    for item in tables.plbs()? {
        let plb = item?;
        aging.add(&AgingItem {
            // Each item stands for itself.
            claim: ClaimId(plb.id.0),
            key: payers.name(plb.payer).into(),
            key_id: payers.ident(plb.payer).map(Into::into),
            balance: -plb.open,
            basis_date: Some(plb.posted_on),
        });
    }
    let mut table = aging.finish();
    table.name = "plb";
    table.title = "Open provider-level items by payer".to_owned();
    table.basis = Some("posted".to_owned());
    table.parameters.clear();
    table.empty = "No provider-level item is open.";
    for column in &mut table.columns {
        if column.key == "claims" {
            (column.key, column.title) = ("items".into(), "Items".into());
        } else if column.key == "credit" {
            column.title = "Taken".into();
        }
    }
    table.note("Positive: what the payer will still take. Taken: what it took without a counterpart.");
    Ok(table)
}
