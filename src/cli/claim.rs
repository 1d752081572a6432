//! `arrears claim`: claims, one claim with all that belongs to it, and what a person does to one.

mod act;
mod heard;
pub(super) mod show;

use std::collections::HashMap;

use super::choose::{Choose, Speaks};
use super::{Context, Failure, Outcome, names};
use crate::books::{balances, briefs};
use crate::domain::book::{ClaimRecord, ClaimState, Holding};
use crate::domain::brief::ClaimBrief;
use crate::domain::{Account, ClaimId, Date, Money, PatientControlNumber, PayerId};
use crate::report::{Cell, Column, Table};
use crate::store::{Read, Snapshot, StoreError};

/// Look at claims, and act on one
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand, Debug)]
enum Verb {
    List(ListArgs),
    Show(ShowArgs),
    Pay(act::PayArgs),
    Adjust(act::AdjustArgs),
    WriteOff(act::WriteOffArgs),
    Transfer(act::TransferArgs),
    Refund(act::RefundArgs),
    SendRefund(act::SendRefundArgs),
    Void(act::VoidArgs),
    Undo(act::UndoArgs),
    Note(act::NoteArgs),
    MovePayment(act::MovePaymentArgs),
}

/// List claims
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears claim list --status denied
  arrears claim list --ack none
  arrears claim list --payer aetna --open --limit 20")]
struct ListArgs {
    /// Only claims whose latest submission was sent back, accepted, received only, or not heard of at all
    #[arg(long, value_name = "ANSWER", value_parser = ["rejected", "accepted", "received", "none"])]
    ack: Option<String>,
    /// Only claims with a balance
    #[arg(long)]
    open: bool,
    #[command(flatten)]
    choose: Choose,
}

/// Show one claim: lines, buckets, what happened, denials
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears claim show 17
  arrears claim show MSF1017 --trace     every posting with its rule, file and segment")]
struct ShowArgs {
    /// The ledger's number of the claim, or its control number
    claim: String,
    /// Also every posting: entry, account, amount, rule, file, segment
    #[arg(long)]
    trace: bool,
}

/// Looks or acts.
pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    match &args.verb {
        Verb::List(args) => {
            let tables = context.read()?;
            let (table, left_out) =
                list(&tables, args, context.as_of).map_err(|error| context.refuse(error))?;
            let speaks = Speaks { date: "service_date", amount: "balance" };
            context.printer.table(args.choose.apply_to_some(table, &speaks, left_out)?)?;
        }
        Verb::Show(args) => {
            let tables = context.read()?;
            let record = find(&tables, &args.claim, context)?;
            show::run(&tables, &record, args.trace, context)?;
        }
        Verb::Pay(args) => act::pay(args, context)?,
        Verb::Adjust(args) => act::adjust(args, context)?,
        Verb::WriteOff(args) => act::write_off(args, context)?,
        Verb::Transfer(args) => act::transfer(args, context)?,
        Verb::Refund(args) => act::refund(args, context)?,
        Verb::SendRefund(args) => act::send_refund(args, context)?,
        Verb::Void(args) => act::void(args, context)?,
        Verb::Undo(args) => act::undo(args, context)?,
        Verb::Note(args) => act::note(args, context)?,
        Verb::MovePayment(args) => act::move_payment(args, context)?,
    }
    Ok(Outcome::Done)
}

/// The claim a person means: by control number first, then by the ledger's number. Several bear one control number: they
/// are listed, and nothing is done.
pub(super) fn find(tables: &impl Read, said: &str, context: &Context) -> Result<ClaimRecord, Failure> {
    let refuse = |error| context.refuse(error);
    let number = PatientControlNumber::new(said);
    let mut found = Vec::new();
    for id in tables.claims_by_number(&number.index_form()).map_err(refuse)? {
        found.extend(tables.claim(id).map_err(refuse)?.filter(|r| r.bears(&number)));
    }
    if found.len() > 1 {
        let ids = found.iter().map(|r| {
            let day = r.claim.service_from.map_or_else(|| "no date".to_owned(), |d| d.to_string());
            format!("claim {}: served {day}, charge {}", r.id, r.claim.charge)
        });
        let mut failure = Failure::refused(format!("{} claims have the control number {said}", found.len()));
        for line in ids {
            failure = failure.because(line);
        }
        return Err(failure.hint("Name the one you mean by its claim number."));
    }
    if let Some(one) = found.pop() {
        return Ok(one);
    }
    let by_id = said.parse().ok().map(|id| tables.claim(ClaimId(id))).transpose().map_err(refuse)?.flatten();
    by_id.ok_or_else(|| {
        Failure::refused(format!("there is no claim {said}")).hint("`arrears claim list` shows the claims.")
    })
}

/// The contract's columns of a claim.
fn columns() -> Vec<Column> {
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

/// The cells of those columns.
fn cells(record: &ClaimRecord, state: &ClaimState, payers: &names::Payers, as_of: Date) -> Vec<Cell> {
    let holder = holder(&state.holdings, state.billed_payer);
    let provider = record.claim.provider();
    let age = state.service_from.map(|day| u64::try_from(as_of.days_since(day)).unwrap_or(0));
    let responsibility = match (state.insurance(), state.patient()) {
        (i, p) if i.is_zero() && p.is_zero() => None,
        (i, p) if p > i => Some("patient"),
        _ => Some("insurance"),
    };
    vec![
        record.id.0.into(),
        record.claim.control_number.as_str().into(),
        names::patient(&record.claim.patient).into(),
        payers.name(holder).into(),
        responsibility.into(),
        state.service_from.into(),
        state.billed_on.into(),
        state.charge.into(),
        (state.paid_insurance + state.paid_patient).into(),
        (state.adjusted + state.written_off).into(),
        state.patient().into(),
        state.balance().into(),
        status(&state.holdings).into(),
        age.into(),
        payers.ident(holder).into(),
        names::provider_name(provider).into(),
        provider.npi.as_str().into(),
    ]
}

/// The payer that most of a balance waits for.
fn holder(holdings: &[Holding], billed_payer: PayerId) -> PayerId {
    holdings.iter().max_by_key(|h| h.amount).map_or(billed_payer, |h| h.payer)
}

/// One word for where a claim stands: its largest bucket, unless it is settled or in credit.
fn status(holdings: &[Holding]) -> &'static str {
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

/// The claims that may be wanted, and how many more there are of them.
fn list(tables: &Snapshot, args: &ListArgs, as_of: Date) -> Result<(Table, usize), StoreError> {
    let payers = names::Payers::read(tables)?;
    let mut table = Table::new("claims", "Claims", columns()).as_of(as_of).empty("No claims.");
    let choose = |(payer_wanted, found): &mut (HashMap<PayerId, bool>, Vec<ClaimId>),
                  claim: &ClaimBrief<'_>| {
        let standing = &claim.standing;
        let balance: Money = standing.holdings.iter().map(|h| h.amount).sum();
        let holder = holder(standing.holdings, standing.billed_payer);
        let mut payer = |part: &str| *payer_wanted.entry(holder).or_insert_with(|| payers.have(holder, part));
        let status = status(standing.holdings);
        if !(args.open && balance.is_zero())
            && args.choose.may_want(&mut payer, status, standing.service_from, balance)
        {
            found.push(claim.id);
        }
    };
    let found = briefs::as_of(tables, as_of, Default::default, choose)?;
    let found: Vec<ClaimId> = found.into_iter().flat_map(|(_, found)| found).collect();
    let most = args.choose.most().filter(|_| args.ack.is_none()).unwrap_or(found.len());
    for id in found.iter().copied().take(most) {
        let (Some(record), Some(now)) = (tables.claim(id)?, tables.claim_state(id)?) else { continue };
        if let Some(wanted) = &args.ack
            && !heard::is(tables, &record, wanted, as_of)?
        {
            continue;
        }
        let Some(state) = balances::state_as_of(tables, id, now, as_of)? else { continue };
        table.push(cells(&record, &state, &payers, as_of));
    }
    table.sum_up();
    super::blank_total(&mut table, "age_days");
    Ok((table, found.len().saturating_sub(most)))
}
