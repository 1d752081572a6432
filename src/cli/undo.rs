//! `arrears undo`: what was done, newest first, and one of it taken back.

use std::collections::BTreeMap;

use super::choose::option;
use super::{Context, Failure, Outcome, ask, ledger, parse};
use crate::books::retell::Hand;
use crate::books::take_back::{self, Refusal};
use crate::domain::Date;
use crate::domain::case::same_person;
use crate::domain::date::{utc_day, utc_text};
use crate::domain::deed::DeedRecord;
use crate::render::money;
use crate::report::{Cell, Column, Table};
use crate::store::{ReadDeeds, ReadPeriods, Snapshot, StoreError};

/// List what you did, newest first, and take one of it back
///
/// Without a number, or with --list, it lists what you did and what of it can be taken back. With the number of an act, it takes
/// back exactly that: what was posted is negated on its own day, what was written down stands again as it stood before, a month
/// that was closed is open. Where something later rests on it, it says which act must be taken back first, and changes nothing.
///
/// What was taken back can be done again by taking that back too. What left the office (letters, packets, exports, backups) is
/// recorded only: it cannot be taken back.
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears undo                         what you did, newest first
  arrears undo 17 --dry-run            what taking act 17 back would do
  arrears undo 17
  arrears undo --all --from 2026-09-01 what everybody did
  arrears undo 23 --reason \"kim asked me to\"    somebody else's act

Exit code 4 says that it cannot be taken back, and why; nothing was changed.")]
pub struct Args {
    /// The act, as the list and `arrears audit log` number it
    #[arg(value_name = "ACT", conflicts_with = "list")]
    act: Option<u64>,
    /// List what was done
    #[arg(long)]
    list: bool,
    /// List what everybody did
    #[arg(long, conflicts_with_all = ["act", "by"])]
    all: bool,
    /// List what this user did
    #[arg(long, value_name = "USER", conflicts_with = "act")]
    by: Option<String>,
    /// Why; needed for what somebody else did
    #[arg(long, requires = "act", default_value = "")]
    reason: String,
    /// Do not ask
    #[arg(long, requires = "act")]
    yes: bool,
    /// Say what would happen, and change nothing
    #[arg(long, requires = "act")]
    dry_run: bool,
    /// List acts of this day and later ones
    #[arg(long, value_name = "DATE", value_parser = parse::date, conflicts_with = "act")]
    from: Option<Date>,
    /// List acts of this day and earlier ones
    #[arg(long, value_name = "DATE", value_parser = parse::date, conflicts_with = "act")]
    to: Option<Date>,
    /// List so many at most
    #[arg(long, value_name = "N", conflicts_with = "act")]
    limit: Option<usize>,
}

/// Lists, or takes back.
pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    match args.act {
        Some(act) => back(act, args, context)?,
        None => {
            let tables = context.read()?;
            let table = list(&tables, args, context).map_err(|error| context.refuse(error))?;
            context.printer.table(table)?;
        }
    }
    Ok(Outcome::Done)
}

fn back(id: u64, args: &Args, context: &Context) -> Result<(), Failure> {
    let hand = Hand { now: context.now, user: &context.user };
    let does = |dry_run| {
        ledger::change(context, dry_run, |tables| {
            let deed = take_back::take_back(tables, &hand, context.today, id, &args.reason)
                .map_err(|refusal| refused(refusal, context))?;
            let record = tables.deed(id).map_err(|error| context.refuse(error))?;
            Ok((record.as_ref().map_or_else(String::new, in_words), deed))
        })
    };
    if args.dry_run {
        let what = does(true)?;
        context.printer.say(&format!("Would take back {what}. Nothing was changed."));
        return Ok(());
    }
    // Whoever names an act means it; one on many things is worth a question, once it is known that it can be.
    let known = context.read()?.deed(id).map_err(|error| context.refuse(error))?;
    if !args.yes && known.is_some_and(|record| record.done.len() > 1) {
        ask::confirm(&format!("Take back {}?", does(true)?), false)?;
    }
    let what = does(false)?;
    context.printer.say(&format!("Took back {what}."));
    Ok(())
}

/// An act in words.
fn in_words(record: &DeedRecord) -> String {
    let amount = record.amount.map_or_else(String::new, |amount| format!(", {}", money(amount)));
    format!("act {}: {} on {}{amount}", record.id, record.verb(), record.on())
}

fn refused(refusal: Refusal, context: &Context) -> Failure {
    let hint = match &refusal {
        Refusal::First(_, later, _) => format!("`arrears undo {later}` takes that back; then this can be."),
        Refusal::PartOf(_, first) => format!("`arrears undo {first}` takes back all of it."),
        Refusal::Already(_, by) => format!("`arrears undo {by}` does it again."),
        Refusal::Others(id, _) => format!("`arrears undo {id} --reason TEXT`"),
        Refusal::NoAct(_) | Refusal::NotKept(_) => {
            "`arrears undo --all` lists what was done, and what of it can be taken back.".to_owned()
        }
        Refusal::Since(..) | Refusal::Opposite(..) | Refusal::Never(..) => {
            "Nothing was changed. `arrears undo --help` says what can be taken back.".to_owned()
        }
        Refusal::Store(_) => String::new(),
    };
    match refusal {
        Refusal::Store(error) => context.refuse(error),
        other => Failure::refused(other.to_string()).hint(hint),
    }
}

fn list(tables: &Snapshot, args: &Args, context: &Context) -> Result<Table, StoreError> {
    let columns = vec![
        Column::id("act", "Act"),
        Column::text("at", "When (UTC)"),
        Column::date("day", "Day").machine_only(),
        Column::text("user", "User"),
        Column::text("what", "What"),
        Column::text("on", "On").flexible(),
        Column::money("amount", "Amount"),
        Column::flag("can_be_undone", "Undo"),
        Column::text("why", "Why not").wrapping(),
        Column::text("reason", "Reason").machine_only(),
    ];
    let whose = match (args.all, &args.by) {
        (true, _) => None,
        (false, Some(user)) => Some(user.as_str()),
        (false, None) => Some(context.user.as_str()),
    };
    let mut table = Table::new("undo", "What was done, newest first", columns)
        .empty("Nothing was done yet that is logged.")
        .narrowed(args.by.as_ref().map(|user| option("by", user)))
        .narrowed(args.from.map(|day| option("from", &day.to_string())))
        .narrowed(args.to.map(|day| option("to", &day.to_string())));
    let mut acts: BTreeMap<u64, DeedRecord> = BTreeMap::new();
    for act in tables.deeds()? {
        let act = act?;
        acts.insert(act.id, act);
    }
    let (mut rows, mut covered) = (Vec::new(), 0);
    for record in tables.audit()? {
        let record = record?;
        let act = acts.get(&record.id);
        match act {
            Some(act) => covered = act.id + act.done.len() as u64,
            // Records of one act are listed once.
            None if record.id < covered => continue,
            None => {}
        }
        let day = utc_day(record.at);
        let others = whose.is_some_and(|whose| !same_person(whose, &record.user));
        if others || args.from.is_some_and(|from| day < from) || args.to.is_some_and(|to| day > to) {
            continue;
        }
        let why = match act {
            Some(act) => take_back::why_not(tables, act)?,
            None => Some(Refusal::NotKept(record.id)),
        };
        let why = why.map(|refusal| short(&refusal));
        let can = why.is_none();
        rows.push(vec![
            record.id.into(),
            utc_text(record.at).into(),
            day.into(),
            record.user.as_str().into(),
            record.what.as_str().into(),
            act.map_or_else(|| record.subject.clone(), DeedRecord::on).into(),
            act.and_then(|act| act.amount).map_or(Cell::Empty, Cell::Money),
            can.into(),
            why.into(),
            act.map(|act| act.reason.as_str()).filter(|reason| !reason.is_empty()).into(),
        ]);
    }
    let (all, most) = (rows.len(), args.limit.unwrap_or(usize::MAX));
    rows.into_iter().rev().take(most).for_each(|row| table.push(row));
    if all > most {
        table.note(format!("{} more were left out; --limit says how many are listed.", all - most));
    }
    Ok(table)
}

/// Why an act cannot be taken back, where its number stands beside it.
fn short(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Never(_, _, why) => (*why).to_owned(),
        Refusal::Already(_, by) => format!("act {by} took it back"),
        Refusal::PartOf(_, first) => format!("goes with act {first}"),
        Refusal::NotKept(_) => "logged by an earlier version".to_owned(),
        other => other.to_string(),
    }
}
