//! `arrears audit`: who did what, and the proof that the log is whole.

use super::choose::{Choose, Speaks, option};
use super::{Context, Failure, Outcome};
use crate::books::audit;
use crate::domain::date::{utc_day, utc_text};
use crate::domain::period::hex;
use crate::report::{Cell, Column, Table};
use crate::store::{ReadPeriods, Snapshot, StoreError};

/// Look at the audit log
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand, Debug)]
enum Verb {
    Log(Box<LogArgs>),
    /// Prove that no record was changed, added or taken out
    ///
    /// Every record is sealed together with the one before it. Exit code 1 says that the chain is broken.
    Verify,
}

/// List what was done: every act of a person, one record each
///
/// Numbers and amounts, never patients. `arrears undo` lists the same by act, and takes one back.
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears audit log
  arrears audit log --what period --from 2024-01-01
  arrears audit log --by kim --subject 2024-03")]
struct LogArgs {
    /// Only acts with this in their name, such as `period` or `period close`
    #[arg(long, value_name = "TEXT")]
    what: Option<String>,
    /// Only acts on this
    #[arg(long, value_name = "TEXT")]
    subject: Option<String>,
    /// Only acts of this user
    #[arg(long, value_name = "USER")]
    by: Option<String>,
    #[command(flatten)]
    choose: Choose,
}

/// Looks.
pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    let tables = context.read()?;
    match &args.verb {
        Verb::Log(args) => {
            let table = log(&tables, args).map_err(|error| context.refuse(error))?;
            let speaks = Speaks { date: "on", amount: "amount" };
            context.printer.table(args.choose.apply(table, &speaks)?)?;
            Ok(Outcome::Done)
        }
        Verb::Verify => verify(&tables, context),
    }
}

fn log(tables: &Snapshot, args: &LogArgs) -> Result<Table, StoreError> {
    let columns = vec![
        Column::id("record", "Record"),
        Column::text("at", "When (UTC)"),
        Column::date("on", "Day").machine_only(),
        Column::text("user", "User"),
        Column::text("what", "What"),
        Column::text("subject", "On"),
        Column::text("details", "Details").wrapping(),
        Column::text("seal", "Seal").machine_only(),
    ];
    let asked = |name: &str, text: &Option<String>| text.as_ref().map(|text| option(name, text));
    let mut table = Table::new("audit-log", "Audit log", columns)
        .empty("Nothing was done that is logged here.")
        .narrowed(asked("what", &args.what))
        .narrowed(asked("subject", &args.subject))
        .narrowed(asked("by", &args.by));
    let has = |wanted: &Option<String>, text: &str| {
        wanted.as_ref().is_none_or(|wanted| text.to_lowercase().contains(&wanted.to_lowercase()))
    };
    for record in tables.audit()? {
        let record = record?;
        let wanted = has(&args.what, &record.what)
            && has(&args.subject, &record.subject)
            && args.by.as_ref().is_none_or(|user| record.user.eq_ignore_ascii_case(user));
        if wanted {
            table.push(vec![
                Cell::Count(record.id),
                utc_text(record.at).into(),
                utc_day(record.at).into(),
                record.user.as_str().into(),
                record.what.as_str().into(),
                record.subject.as_str().into(),
                record.details.as_str().into(),
                hex(&record.seal).into(),
            ]);
        }
    }
    Ok(table)
}

fn verify(tables: &Snapshot, context: &Context) -> Result<Outcome, Failure> {
    let check = audit::verify(tables).map_err(|error| context.refuse(error))?;
    let records = tables.audit_length().map_err(|error| context.refuse(error))?;
    let columns = vec![
        Column::flag("ok", "Whole"),
        Column::count("records", "Records"),
        Column::text("problems", "Problems").wrapping(),
    ];
    let whole = check.problems.is_empty();
    let mut table = Table::new("audit-verify", "Proof of the audit log", columns);
    table.push(vec![whole.into(), records.into(), check.problems.join("; ").into()]);
    table.note(if whole {
        "Every record is as it was written."
    } else {
        "Somebody or something changed the log. Keep this file, and compare it with a backup."
    });
    context.printer.table(table)?;
    Ok(if whole { Outcome::Done } else { Outcome::WithProblems })
}
