//! `arrears claim join | part | doubles`: claims that are one visit, and claims that only look like it.

use clap::Args;

use super::find;
use crate::books::doubles;
use crate::books::joins::{self, Refusal};
use crate::books::retell::Hand;
use crate::cli::choose::{Choose, Speaks};
use crate::cli::{Context, Failure, ledger, names};
use crate::domain::book::{ClaimRecord, Note, PaymentStatus};
use crate::domain::deed::{Deed, DeedVerb, Object};
use crate::domain::{ClaimId, Date, PatientControlNumber, PaymentId};
use crate::render::money;
use crate::report::{Column, Table};
use crate::store::{Read, ReadJoins, Snapshot, StoreError, WriteTables};

/// Make two claims one receivable: one visit that was billed twice
///
/// Submissions, answers, denials and what persons did go on together; both numbers find the claim. `claim part` undoes it.
#[derive(Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears claim join 17 42 --reason \"sent again after the rejection\" --dry-run
  arrears claim join MSF1017 MSF1017B --reason \"one visit\"")]
pub(super) struct JoinArgs {
    /// The ledger's number of a claim, or its control number
    one: String,
    /// The other claim
    other: String,
    /// Why
    #[arg(long)]
    reason: String,
    /// They are one visit though patient or service days differ
    #[arg(long)]
    against_evidence: bool,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Make a joined claim stand for itself again, with all that was its own
///
/// No rule joins the two again; `claim join` does.
#[derive(Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears claim part MSF1017B --reason \"the patient came twice that day\"")]
pub(super) struct PartArgs {
    /// The control number, or the ledger's number, of the claim that is to stand for itself
    claim: String,
    /// Why
    #[arg(long)]
    reason: String,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// List claims that may be one visit billed twice
///
/// Join them with `claim join`, or keep both with --confirm: then they are not listed again.
#[derive(Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears claim doubles
  arrears claim doubles --confirm 17 42 --why \"two visits of one day\"")]
pub(super) struct DoublesArgs {
    /// Both are real: do not list them again
    #[arg(long, num_args = 2, value_names = ["CLAIM", "OTHER"])]
    confirm: Vec<String>,
    /// Why both are real
    #[arg(long, requires = "confirm", default_value = "")]
    why: String,
    /// Say what would happen, and change nothing
    #[arg(long, requires = "confirm")]
    dry_run: bool,
    #[command(flatten)]
    choose: Choose,
}

pub(super) fn join(args: &JoinArgs, context: &Context) -> Result<(), Failure> {
    let hand = Hand { now: context.now, user: &context.user };
    let (lead, balance, waiting) = ledger::change(context, args.dry_run, |tables| {
        let one = alone(tables, &args.one, context)?.id;
        let other = alone(tables, &args.other, context)?.id;
        let ground = (args.reason.as_str(), args.against_evidence);
        let lead = doubles::join_by_person(tables, &hand, (one, other), context.today, ground)
            .map_err(|refusal| refused(refusal, context))?;
        note(tables, lead, context, format!("claims {one} and {other} were made one: {}", args.reason))?;
        let state = tables.claim_state(lead).map_err(|error| context.refuse(error))?.unwrap_or_default();
        let payments = tables.payments_of_claim(lead).map_err(|error| context.refuse(error))?;
        let waiting: Vec<PaymentId> =
            payments.iter().filter(|p| p.status == PaymentStatus::Unapplied).map(|p| p.id).collect();
        let deed =
            Deed::new(DeedVerb::ClaimJoin, Object::Claims(one, other)).says(format!("claim {lead} leads"));
        Ok(((lead, state.balance(), waiting), deed))
    })?;
    let (would, after) = words(args.dry_run);
    context.printer.say(&format!(
        "{would} {} and {} one receivable, claim {lead}; its balance {after} {}.",
        args.one,
        args.other,
        money(balance)
    ));
    for id in waiting {
        let waits = if args.dry_run { "would wait" } else { "waits" };
        context
            .printer
            .say(&format!("Claim payment {id} {waits} then: `arrears unapplied show {id}` says why."));
    }
    Ok(())
}

pub(super) fn part(args: &PartArgs, context: &Context) -> Result<(), Failure> {
    let hand = Hand { now: context.now, user: &context.user };
    let (part, lead, balances) = ledger::change(context, args.dry_run, |tables| {
        let claim = alone(tables, &args.claim, context)?.id;
        let (part, lead) = joins::part(tables, &hand, claim, Some((context.today, &args.reason)))
            .map_err(|refusal| refused(refusal, context))?;
        note(tables, part, context, format!("parted from claim {lead}: {}", args.reason))?;
        note(tables, lead, context, format!("claim {part} was parted from it: {}", args.reason))?;
        let balance = |claim| -> Result<_, Failure> {
            let state = tables.claim_state(claim).map_err(|error| context.refuse(error))?;
            Ok(state.unwrap_or_default().balance())
        };
        let balances = (balance(part)?, balance(lead)?);
        Ok(((part, lead, balances), Deed::new(DeedVerb::ClaimPart, Object::Claims(part, lead))))
    })?;
    let (would, _) = words(args.dry_run);
    context.printer.say(&format!(
        "{would} claims {part} and {lead} two receivables, with balances of {} and {}.",
        money(balances.0),
        money(balances.1)
    ));
    Ok(())
}

pub(super) fn doubles(args: &DoublesArgs, context: &Context) -> Result<(), Failure> {
    let [one, other] = args.confirm.as_slice() else {
        let tables = context.read()?;
        let table = table(&tables).map_err(|error| context.refuse(error))?;
        let speaks = Speaks { date: "service_date", amount: "charge" };
        return context.printer.table(args.choose.apply(table, &speaks)?);
    };
    let hand = Hand { now: context.now, user: &context.user };
    ledger::change(context, args.dry_run, |tables| {
        let (one, other) = (alone(tables, one, context)?.id, alone(tables, other, context)?.id);
        doubles::confirm(tables, &hand, (one, other), context.today, &args.why)
            .map_err(|refusal| refused(refusal, context))?;
        Ok(((), Deed::new(DeedVerb::ClaimDoubles, Object::Claims(one, other)).says("both are real")))
    })?;
    let done = if args.dry_run { "Would keep" } else { "Keeps" };
    context.printer.say(&format!("{done} {one} and {other} as two claims; they are not listed again."));
    Ok(())
}

fn words(dry_run: bool) -> (&'static str, &'static str) {
    if dry_run { ("Would make", "would be") } else { ("Made", "is") }
}

fn refused(refusal: Refusal, context: &Context) -> Failure {
    match refusal {
        Refusal::Store(error) => context.refuse(error),
        Refusal::NotOneVisit(..) => Failure::refused(refusal.to_string())
            .hint("If they are one visit all the same, add `--against-evidence`."),
        other => Failure::refused(other.to_string())
            .hint("`arrears claim show CLAIM` shows what a claim is made of."),
    }
}

fn note(
    tables: &mut WriteTables<'_>,
    claim: ClaimId,
    context: &Context,
    text: String,
) -> Result<(), Failure> {
    let note = Note { on: context.today, recorded_at: context.now, user: context.user.clone(), text };
    tables.add_note(claim, &note).map_err(|error| context.refuse(error))
}

/// The claim that a person means, as it was billed under its own number: one part of a receivable can be named.
fn alone(tables: &WriteTables<'_>, said: &str, context: &Context) -> Result<ClaimRecord, Failure> {
    let refuse = |error| context.refuse(error);
    let number = PatientControlNumber::new(said);
    let mut found = Vec::new();
    for id in tables.claims_alone_by_number(&number.index_form()).map_err(refuse)? {
        let own = tables.claim_alone(id).map_err(refuse)?;
        found.extend(own.filter(|record| record.claim.control_number == number));
    }
    if let [_] = found.as_slice() {
        return found.pop().ok_or_else(|| Failure::refused(format!("there is no claim {said}")));
    }
    let by_id = match said.parse() {
        Ok(id) if found.is_empty() => tables.claim_alone(ClaimId(id)).map_err(refuse)?,
        _ => None,
    };
    match by_id {
        Some(record) => Ok(record),
        None => find(tables, said, context),
    }
}

fn table(tables: &Snapshot) -> Result<Table, StoreError> {
    let columns = vec![
        Column::id("claim_id", "Claim"),
        Column::text("control_number", "Control number"),
        Column::text("patient", "Patient").flexible().personal(),
        Column::date("service_date", "Service"),
        Column::date("billed_on", "Billed"),
        Column::money("charge", "Charge"),
        Column::id("earlier_id", "Earlier"),
        Column::text("earlier_number", "Its number"),
        Column::date("earlier_billed_on", "Billed before").machine_only(),
        Column::money("earlier_charge", "Its charge"),
        Column::money("earlier_balance", "Its balance"),
        Column::text("likeness", "Why").machine_only(),
        Column::text("why", "Why").wrapping(),
    ];
    let mut table = Table::new("doubles", "Possible doubles", columns)
        .empty("No claims look like one visit billed twice.");
    for doubles::Double { pair, later, earlier } in doubles::to_decide(tables)? {
        let state = tables.claim_state(pair.earlier)?.unwrap_or_default();
        let billed = |record: &ClaimRecord| -> Option<Date> { record.versions.first().map(|v| v.billed_on) };
        let claim = &later.claim;
        table.push(vec![
            pair.later.0.into(),
            claim.control_number.as_str().into(),
            names::full(&claim.patient.last, &claim.patient.first).into(),
            claim.service_from.into(),
            billed(&later).into(),
            claim.charge.into(),
            pair.earlier.0.into(),
            earlier.claim.control_number.as_str().into(),
            billed(&earlier).into(),
            earlier.claim.charge.into(),
            state.balance().into(),
            pair.likeness.as_str().into(),
            pair.likeness.about().into(),
        ]);
    }
    table.sum_up();
    // One receivable may have several doubles.
    ["earlier_charge", "earlier_balance"].iter().for_each(|key| table.blank_total(key));
    Ok(table)
}
