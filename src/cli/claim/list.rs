//! `arrears claim list`, and the row that a claim has there.
//!
//! Everything in the list is known in short; see `books::briefs`.

use std::collections::HashMap;

use super::heard;
use crate::books::{balances, briefs};
use crate::cli::choose::{Choose, Speaks, option};
use crate::cli::{Context, Failure, names};
use crate::domain::book::{ClaimRecord, ClaimState, Holding};
use crate::domain::brief::{ClaimBrief, ClaimNames, NameKey, StandingBrief};
use crate::domain::{Account, ClaimId, Date, Money, PayerId};
use crate::report::names::Names;
use crate::report::{Cell, Column, Table};
use crate::store::{Read, Snapshot, StoreError};

/// List claims
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears claim list --status denied
  arrears claim list --bucket denied --sort -in_bucket
  arrears claim list --ack none
  arrears claim list --payer aetna --open --limit 20")]
pub(super) struct Args {
    /// Only claims whose latest submission was sent back, accepted, received only, or not heard of at all
    #[arg(long, value_name = "ANSWER", value_parser = ["rejected", "accepted", "received", "none"])]
    ack: Option<String>,
    /// Only claims with a balance
    #[arg(long)]
    open: bool,
    /// Only claims of which something stands in this bucket, and how much: a claim may stand in several, and its status is the
    /// largest
    #[arg(long, value_parser = names::BUCKETS)]
    bucket: Option<String>,
    #[command(flatten)]
    choose: Choose,
}

/// The contract's columns of a claim.
pub(super) fn columns() -> Vec<Column> {
    vec![
        Column::id("claim_id", "Claim"),
        Column::text("control_number", "Control number"),
        Column::text("patient", "Patient").flexible().personal(),
        Column::text("payer", "Payer").flexible(),
        Column::text("responsibility", "Responsibility").machine_only(),
        Column::date("service_date", "Service"),
        Column::date("billed_on", "Billed").machine_only(),
        Column::money("charge", "Charge"),
        Column::money("paid", "Paid"),
        Column::money("adjusted", "Adjusted"),
        Column::money("patient_share", "Patient's").machine_only(),
        Column::money("balance", "Balance"),
        Column::text("status", "Status"),
        Column::count("age_days", "Days"),
        Column::text("payer_id", "Identifier").machine_only(),
        Column::text("provider", "Provider").machine_only(),
        Column::text("provider_id", "NPI").machine_only(),
    ]
}

/// The place of what stands in a bucket, where one is asked for: behind the contract's columns.
const IN_BUCKET: usize = 17;

/// What a row shows of a claim.
struct Shown<'a> {
    id: ClaimId,
    control_number: &'a str,
    /// The name in parts.
    patient: [&'a str; 3],
    /// The name and the NPI.
    provider: (&'a str, &'a str),
    short: Short,
}

/// What is known of a claim's standing without its names.
#[derive(Clone, Copy)]
struct Short {
    holder: PayerId,
    service_from: Option<Date>,
    billed_on: Option<Date>,
    charge: Money,
    paid: Money,
    adjusted: Money,
    insurance: Money,
    patient: Money,
    /// What stands in the bucket that is asked for.
    in_bucket: Money,
    status: &'static str,
}

impl Short {
    fn of(standing: StandingBrief<'_>, bucket: Option<Account>) -> Short {
        let held = |patient: bool| -> Money {
            standing.holdings.iter().filter(|h| h.account.is_patient() == patient).map(|h| h.amount).sum()
        };
        Short {
            holder: holder(standing.holdings, standing.billed_payer),
            service_from: standing.service_from,
            billed_on: standing.billed_on,
            charge: standing.charge,
            paid: standing.paid,
            adjusted: standing.adjusted,
            insurance: held(false),
            patient: held(true),
            in_bucket: standing.holdings.iter().filter(|h| Some(h.account) == bucket).map(|h| h.amount).sum(),
            status: status(standing.holdings),
        }
    }
}

/// The cells of those columns, in place of another claim's.
fn fill(shown: &Shown<'_>, payers: &names::Payers, as_of: Date, cells: &mut [Cell]) {
    let short = &shown.short;
    let age = short.service_from.map(|day| u64::try_from(as_of.days_since(day)).unwrap_or(0));
    let responsibility = match (short.insurance, short.patient) {
        (i, p) if i.is_zero() && p.is_zero() => None,
        (i, p) if p > i => Some("patient"),
        _ => Some("insurance"),
    };
    let texts = [
        (1, &[shown.control_number][..]),
        (2, &shown.patient),
        (3, &[payers.name(short.holder)]),
        (12, &[short.status]),
        (15, &[shown.provider.0]),
        (16, &[shown.provider.1]),
    ];
    texts.into_iter().for_each(|(at, parts)| cells[at].set_text(parts));
    for (at, text) in [(4, responsibility), (14, payers.ident(short.holder))] {
        match text {
            Some(text) => cells[at].set_text(&[text]),
            None => cells[at] = Cell::Empty,
        }
    }
    cells[0] = shown.id.0.into();
    (cells[5], cells[6]) = (short.service_from.into(), short.billed_on.into());
    let amounts = [short.charge, short.paid, short.adjusted, short.patient, short.insurance + short.patient];
    cells[7..12].iter_mut().zip(amounts).for_each(|(cell, amount)| *cell = amount.into());
    cells[13] = age.into();
    if let Some(cell) = cells.get_mut(IN_BUCKET) {
        *cell = short.in_bucket.into();
    }
}

/// The cells of a claim that was read whole.
pub(super) fn cells(
    record: &ClaimRecord,
    state: &ClaimState,
    payers: &names::Payers,
    as_of: Date,
) -> Vec<Cell> {
    let mut cells = vec![Cell::Empty; columns().len()];
    fill(&shown(record, state, None), payers, as_of, &mut cells);
    cells
}

fn shown<'a>(record: &'a ClaimRecord, state: &ClaimState, bucket: Option<Account>) -> Shown<'a> {
    let claim = &record.claim;
    let provider = claim.provider();
    Shown {
        id: record.id,
        control_number: claim.control_number.as_str(),
        patient: names::parts(&claim.patient.last, &claim.patient.first),
        provider: (names::provider_name(provider), &provider.npi),
        short: Short::of(StandingBrief::from(state), bucket),
    }
}

/// The payer that most of a balance waits for.
pub(super) fn holder(holdings: &[Holding], billed_payer: PayerId) -> PayerId {
    holdings.iter().max_by_key(|h| h.amount).map_or(billed_payer, |h| h.payer)
}

/// Those words.
const STATUSES: [&str; 8] =
    ["open", "denied", "pending", "next-payer", "patient", "patient-hold", "credit", "closed"];

/// One word for where a claim stands: its largest bucket, unless it is settled or in credit.
pub(super) fn status(holdings: &[Holding]) -> &'static str {
    if holdings.iter().map(|h| h.amount).sum::<Money>().is_negative() {
        return "credit";
    }
    let largest = holdings.iter().max_by_key(|h| h.amount).filter(|h| h.amount.is_positive());
    match largest.map(|h| h.account) {
        Some(Account::Denied) => "denied",
        Some(Account::Pending) => "pending",
        Some(Account::Next) => "next-payer",
        Some(Account::Due) => "patient",
        Some(Account::Hold) => "patient-hold",
        Some(_) => "open",
        None => "closed",
    }
}

/// The claims that are wanted. A claim is read whole only where its standing on a past day, or what it heard, is asked for.
pub(super) fn list(tables: &Snapshot, args: &Args, context: &Context) -> Result<Table, Failure> {
    let refuse = |error| context.refuse(error);
    let (as_of, choose) = (context.as_of, &args.choose);
    let payers = names::Payers::read(tables).map_err(refuse)?;
    let (mut found, providers) = found(tables, args, &payers, as_of).map_err(refuse)?;
    if let Some(wanted) = &args.ack {
        let heard = heard::only(tables, found.iter().map(|(id, ..)| *id), wanted, as_of).map_err(refuse)?;
        found.retain(|(id, ..)| heard.contains(*id));
    }
    let most = choose.most().unwrap_or(found.len());
    let left_out = found.len().saturating_sub(most);
    let found = &found[..found.len() - left_out];

    let bucket = args.bucket.as_deref().and_then(names::bucket_of);
    let in_bucket = bucket.map(|_| Column::money("in_bucket", "In bucket"));
    let columns = columns().into_iter().chain(in_bucket).map(|column| match column.key.as_ref() {
        "status" => column.one_of(STATUSES),
        "payer" => column.named(payers.all()),
        _ => column,
    });
    let mut table = Table::new("claims", "Claims", columns.collect())
        .as_of(as_of)
        .empty("No claims.")
        .narrowed(args.ack.as_ref().map(|ack| option("ack", ack)))
        .narrowed(args.open.then(|| "--open".to_owned()))
        .narrowed(args.bucket.as_ref().map(|bucket| option("bucket", bucket)));
    table.sum_up();
    table.blank_total("age_days");
    let mut cells = vec![Cell::Empty; table.columns.len()];
    let speaks = Speaks { date: "service_date", amount: "balance" };
    let table = names::know_providers(table, choose, tables).map_err(refuse)?;
    choose.may_be_known(&table)?;
    let mut chosen = choose.begin(table, &speaks, left_out)?;
    if tables.is_posted_after(as_of).map_err(refuse)? {
        for (id, ..) in found {
            let Some((record, state)) = whole(tables, *id, as_of).map_err(refuse)? else { continue };
            fill(&shown(&record, &state, bucket), &payers, as_of, &mut cells);
            chosen.offer(&cells);
        }
        return chosen.finish();
    }
    let ids: Vec<ClaimId> = found.iter().map(|(id, ..)| *id).collect();
    let push = |(numbers, patients): &mut (Names, Names), claim: &ClaimNames<'_>| {
        numbers.push(&[claim.control_number]);
        patients.push(&names::parts(claim.last, claim.first));
    };
    let parts = briefs::names(tables, &ids, Default::default, push).map_err(refuse)?;
    let (numbers, patients): (Vec<Names>, Vec<Names>) = parts.into_iter().unzip();
    let (numbers, patients) = (Names::all(numbers), Names::all(patients));
    for (place, (id, provider, short)) in found.iter().enumerate() {
        let (name, npi) = providers.get(provider).map_or(("", ""), |(name, npi)| (name, npi));
        let shown = Shown {
            id: *id,
            control_number: numbers.get(place),
            patient: [patients.get(place), "", ""],
            provider: (name, npi),
            short: *short,
        };
        fill(&shown, &payers, as_of, &mut cells);
        chosen.offer(&cells);
    }
    chosen.finish()
}

/// Names and NPIs of providers.
type Providers = HashMap<NameKey, (String, String)>;
/// A claim that may be wanted.
type Found = (ClaimId, NameKey, Short);

/// The claims that may be wanted, and their providers.
fn found(
    tables: &Snapshot,
    args: &Args,
    payers: &names::Payers,
    as_of: Date,
) -> Result<(Vec<Found>, Providers), StoreError> {
    type Part = (HashMap<PayerId, bool>, HashMap<NameKey, ClaimId>, Vec<Found>);
    let bucket = args.bucket.as_deref().and_then(names::bucket_of);
    let look = |(payer_wanted, providers, found): &mut Part, claim: &ClaimBrief<'_>| {
        let short = Short::of(claim.standing, bucket);
        let balance = short.insurance + short.patient;
        // What another claim stands for is shown there; so it is on days that were closed before anybody knew.
        if short.billed_on.is_none() && balance.is_zero() {
            return;
        }
        let holder = short.holder;
        let mut payer = |part: &str| *payer_wanted.entry(holder).or_insert_with(|| payers.have(holder, part));
        let nothing = args.open && balance.is_zero() || bucket.is_some() && short.in_bucket.is_zero();
        if !nothing && args.choose.may_want(&mut payer, short.status, short.service_from, balance) {
            providers.entry(claim.provider).or_insert(claim.id);
            found.push((claim.id, claim.provider, short));
        }
    };
    let (mut all, mut named) = (Vec::new(), Providers::new());
    for (_, providers, found) in briefs::as_of(tables, as_of, Part::default, look)? {
        if all.is_empty() {
            all = found;
        } else {
            all.extend(found);
        }
        for (key, claim) in providers {
            if named.contains_key(&key) {
                continue;
            }
            if let Some(record) = tables.claim(claim)? {
                let provider = record.claim.provider();
                named.insert(key, (names::provider_name(provider).to_owned(), provider.npi.to_string()));
            }
        }
    }
    Ok((all, named))
}

/// A claim with its standing on a day.
fn whole(
    tables: &Snapshot,
    id: ClaimId,
    as_of: Date,
) -> Result<Option<(ClaimRecord, ClaimState)>, StoreError> {
    let (Some(record), Some(now)) = (tables.claim(id)?, tables.claim_state(id)?) else { return Ok(None) };
    Ok(balances::state_as_of(tables, id, now, as_of)?.map(|state| (record, state)))
}
