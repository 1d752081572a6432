//! `arrears rejection`: claims that were sent back before adjudication, to be corrected and sent again.

use super::choose::{Choose, Speaks};
use super::{Context, Failure, Outcome, names};
use crate::acks::words;
use crate::books::rejections::{self, Rejection};
use crate::codes;
use crate::domain::Date;
use crate::domain::ack::{AckOutcome, AckRecord};
use crate::report::{Cell, Column, Table};
use crate::store::{Snapshot, StoreError};

/// Look at claims that were sent back before adjudication
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand, Debug)]
enum Verb {
    List(ListArgs),
}

/// List claims to correct and send again
///
/// A rejected claim never entered adjudication: no remittance will come, and the filing clock runs on from the service
/// date. It leaves the list when a later submission is accepted, when a payer answers it after all, or when nothing is owed.
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears rejection list
  arrears rejection list --not-resent --payer aetna")]
struct ListArgs {
    /// Only claims that were not sent again yet
    #[arg(long)]
    not_resent: bool,
    #[command(flatten)]
    choose: Choose,
}

/// Looks.
pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    let tables = context.read()?;
    let Verb::List(args) = &args.verb;
    let table = list(&tables, args, context.as_of).map_err(|error| context.refuse(error))?;
    let table = names::know_providers(table, &args.choose, &tables).map_err(|error| context.refuse(error))?;
    let speaks = Speaks { date: "rejected_on", amount: "charge" };
    context.printer.table(args.choose.apply(table, &speaks)?)?;
    Ok(Outcome::Done)
}

/// Who says so: `payer`, `clearinghouse`, or the kind of acknowledgment.
pub(super) fn source(ack: &AckRecord) -> &str {
    use crate::domain::ack::AckSource::{Clearinghouse, Interchange, Payer, Syntax};
    match ack.source {
        Payer | Clearinghouse => ack.source.as_str(),
        Syntax | Interchange => &ack.kind,
    }
}

fn list(tables: &Snapshot, args: &ListArgs, as_of: Date) -> Result<Table, StoreError> {
    let payers = names::Payers::read(tables)?;
    let columns = vec![
        Column::id("claim_id", "Claim"),
        Column::text("control_number", "Control number"),
        Column::text("patient", "Patient").flexible().personal(),
        Column::text("payer", "Payer").flexible().named(payers.all()),
        Column::text("status", "Status")
            .one_of([AckOutcome::Rejected, AckOutcome::NotFound].map(AckOutcome::as_str)),
        Column::text("category", "Category"),
        Column::text("code", "Code"),
        Column::text("meaning", "Meaning").wrapping(),
        Column::text("area", "Area").machine_only(),
        Column::text("entity", "Whose").machine_only(),
        Column::text("source", "Source"),
        Column::text("source_name", "Name").machine_only(),
        Column::date("rejected_on", "Rejected"),
        Column::date("service_date", "Service"),
        Column::money("charge", "Charge"),
        Column::flag("resent", "Resent"),
        Column::count("age_days", "Days"),
        Column::text("payer_id", "Identifier").machine_only(),
        Column::text("provider", "Provider").machine_only(),
        Column::text("provider_id", "NPI").machine_only(),
    ];
    let mut table = Table::new("rejections", "Claims sent back", columns)
        .as_of(as_of)
        .empty("No claim waits to be corrected and sent again.")
        .narrowed(args.not_resent.then(|| "--not-resent".to_owned()));
    for rejection in rejections::open(tables, as_of)? {
        if !(args.not_resent && rejection.resent) {
            table.push(row(&rejection, &payers, as_of));
        }
    }
    table.sum_up();
    table.blank_total("age_days");
    table.note("Days count from the rejection; the filing clock runs from the service date.");
    Ok(table)
}

fn payer_of(rejection: &Rejection) -> crate::domain::PayerId {
    let sent = rejection.record.versions.get(rejection.submission);
    sent.map_or(rejection.state.billed_payer, |version| version.billed_payer)
}

fn row(rejection: &Rejection, payers: &names::Payers, as_of: Date) -> Vec<Cell> {
    let (claim, ack, payer) = (&rejection.record.claim, &rejection.ack, payer_of(rejection));
    let provider = claim.provider();
    let (category, code) = words::codes(ack);
    let entity = words::principal(ack).map(|code| code.entity.as_str()).filter(|entity| !entity.is_empty());
    let whose = entity.map(|entity| codes::entity(entity).unwrap_or(entity));
    let days = u64::try_from(as_of.days_since(ack.on)).unwrap_or(0);
    vec![
        rejection.record.id.0.into(),
        claim.control_number.as_str().into(),
        names::patient(&claim.patient).into(),
        payers.name(payer).into(),
        ack.outcome.as_str().into(),
        category.into(),
        code.as_str().into(),
        words::meaning(ack, rejection.record.id).into(),
        codes::status_code(&code).filter(|_| !ack.codes.is_empty()).map(|c| c.area).into(),
        whose.into(),
        source(ack).into(),
        ack.name.as_str().into(),
        ack.on.into(),
        claim.service_from.into(),
        rejection.state.charge.into(),
        Cell::Flag(rejection.resent),
        days.into(),
        payers.ident(payer).into(),
        names::provider_name(provider).into(),
        provider.npi.as_str().into(),
    ]
}
