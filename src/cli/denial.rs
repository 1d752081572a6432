//! `arrears denial`: the work on what payers refused, in the order in which it pays.

pub(super) mod act;
mod decide;
mod facts;
mod letter;
pub(super) mod list;
mod next;
mod packet;
pub(super) mod show;

use super::choose::Speaks;
use super::{Context, Failure, Outcome};

/// Work on denials: look, take the next, say what was done
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears denial list --payer aetna --min 100
  arrears denial next --user maria
  arrears denial appeal 17 --method portal --proof AB-1234 --user maria
  arrears denial decide 17 --level 1 --on 2026-09-14 --outcome upheld
  arrears denial call 17 --reference 55-9 --rep Kim --promised 2026-10-15
  arrears denial propose-write-off --reason CO-29 --yes
  arrears denial approve 17 --user boss
  arrears denial show 17")]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand, Debug)]
enum Verb {
    List(list::ListArgs),
    Next(next::NextArgs),
    Show(show::ShowArgs),
    Assign(act::AssignArgs),
    Note(act::NoteArgs),
    Call(act::CallArgs),
    Appeal(act::AppealArgs),
    Reconsider(act::ReconsiderArgs),
    Decide(decide::DecideArgs),
    Undecide(decide::UndecideArgs),
    Resubmit(act::SentArgs),
    /// Say that records were sent
    SendRecords(act::RecordsArgs),
    BillPatient(act::BillPatientArgs),
    BillNextPayer(act::BillNextArgs),
    ProposeWriteOff(act::WriteOffArgs),
    Approve(act::ApproveArgs),
    Reject(act::RejectArgs),
    Resolve(act::ResolveArgs),
    Reopen(act::ReopenArgs),
    Snooze(act::SnoozeArgs),
    Letter(letter::LetterArgs),
    Packet(packet::PacketArgs),
}

/// Looks or acts.
pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    match &args.verb {
        Verb::List(args) => list::run(args, context)?,
        Verb::Next(args) => next::run(args, context)?,
        Verb::Show(args) => show::run(args, context)?,
        Verb::Assign(args) => args.run(context)?,
        Verb::Note(args) => args.run(context)?,
        Verb::Call(args) => args.run(context)?,
        Verb::Appeal(args) => args.run(context)?,
        Verb::Reconsider(args) => args.run(context)?,
        Verb::Decide(args) => args.run(context)?,
        Verb::Undecide(args) => args.run(context)?,
        Verb::Resubmit(args) => args.run(context)?,
        Verb::SendRecords(args) => args.run(context)?,
        Verb::BillPatient(args) => args.run(context)?,
        Verb::BillNextPayer(args) => args.run(context)?,
        Verb::ProposeWriteOff(args) => args.run(context)?,
        Verb::Approve(args) => args.run(context)?,
        Verb::Reject(args) => args.run(context)?,
        Verb::Resolve(args) => args.run(context)?,
        Verb::Reopen(args) => args.run(context)?,
        Verb::Snooze(args) => args.run(context)?,
        Verb::Letter(args) => letter::run(args, context)?,
        Verb::Packet(args) => packet::run(args, context)?,
    }
    Ok(Outcome::Done)
}

/// What the options of choosing speak of in the list of denials.
const SPEAKS: Speaks = Speaks { date: "denied_on", amount: "open_amount" };
