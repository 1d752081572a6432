//! `arrears claim`: claims, one claim with all that belongs to it, and what a person does to one.

mod act;
mod heard;
mod join;
mod list;
mod review;
pub(super) mod show;

pub(super) use act::elsewhere;
use list::{cells, columns};

use super::{Context, Failure, Outcome};
use crate::domain::book::ClaimRecord;
use crate::domain::{ClaimId, PatientControlNumber};
use crate::store::{Read, ReadJoins};

/// Look at claims, and act on one
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand, Debug)]
enum Verb {
    List(list::Args),
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
    Join(join::JoinArgs),
    Part(join::PartArgs),
    Doubles(join::DoublesArgs),
    Review(review::ReviewArgs),
}

/// Show one claim: lines, buckets, what happened, denials
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears claim show 17
  arrears claim show MSF1017 --trace   also every posting: rule, file, segment")]
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
            context.printer.table(list::list(&tables, args, context)?)?;
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
        Verb::Join(args) => join::join(args, context)?,
        Verb::Part(args) => join::part(args, context)?,
        Verb::Doubles(args) => join::doubles(args, context)?,
        Verb::Review(args) => review::review(args, context)?,
    }
    Ok(Outcome::Done)
}

/// The claim a person means: by control number first, then by the ledger's number, which a # says that it is. Several bear
/// one control number: they are listed, and nothing is done.
pub(super) fn find(tables: &impl Read, said: &str, context: &Context) -> Result<ClaimRecord, Failure> {
    known(tables, said, context)?.ok_or_else(|| {
        Failure::refused(format!("there is no claim {said}")).hint("`arrears claim list` shows the claims.")
    })
}

/// The same where it need not be in the books.
pub(super) fn known(
    tables: &impl Read,
    said: &str,
    context: &Context,
) -> Result<Option<ClaimRecord>, Failure> {
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
        return Err(failure.hint("Name the one you mean by its claim number, such as `#17`."));
    }
    match (found.pop(), said.strip_prefix('#').unwrap_or(said).parse()) {
        // Where it is part of another claim, that one is meant.
        (None, Ok(id)) => tables.lead_of(ClaimId(id)).and_then(|lead| tables.claim(lead)).map_err(refuse),
        (one, _) => Ok(one),
    }
}
