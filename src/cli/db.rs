//! `arrears db`: what the ledger file holds, the proof that it is true, and copies of it.

use std::path::{Path, PathBuf};

use super::output::is_same;
use super::written::mark_of;
use super::{Context, Failure, Outcome, ask, ledger};
use crate::books::check::{Check, check};
use crate::books::plausible::{self, Doubt};
use crate::domain::deed::{Deed, DeedVerb, Object};
use crate::domain::period::hex;
use crate::render::{Format, Value};
use crate::report::{Cell, Column, Table};
use crate::store::{Book, StoreError};

/// Look at the ledger file, copy it, put a copy in its place
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand, Debug)]
enum Verb {
    /// What the ledger holds, and how much of it
    Info,
    /// Prove that the books are true
    ///
    /// Replays the journal, tells every claim's story anew, and compares everything that is derived with both.
    /// Exit code 1 says that something does not agree. What adds up and still cannot be right (plausibility) is a warning.
    Check,
    Backup(BackupArgs),
    Restore(RestoreArgs),
    /// Give unused space of the file back to the disk
    Compact,
}

/// Write a copy of the ledger to a new file, while others go on working
///
/// The copy is a ledger of its own, as the books stood at one moment, and is proved like `db check` does; exit code 1
/// says that its books are not true. It holds patients' data: keep it as safe as the ledger.
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears db backup monday.redb
  arrears --db monday.redb status     a copy can be looked at like any ledger")]
struct BackupArgs {
    /// The new file
    #[arg(value_name = "FILE")]
    to: PathBuf,
}

/// Put a backup in the ledger's place
///
/// The backup must be a ledger whose books are true. The ledger that was there is kept beside the new one.
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears db restore monday.redb --yes")]
struct RestoreArgs {
    /// The backup
    #[arg(value_name = "FILE")]
    from: PathBuf,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Do not ask before a ledger is replaced
    #[arg(long, short)]
    yes: bool,
}

/// Looks.
pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    match &args.verb {
        Verb::Info => info(context),
        Verb::Check => {
            let tables = context.read()?;
            let checks = check(&tables).map_err(|error| context.refuse(error))?;
            let (doubts, looked) = plausible::doubts(&tables).map_err(|error| context.refuse(error))?;
            report(&checks, &doubts, looked, context)
        }
        Verb::Backup(args) => backup(&args.to, context),
        Verb::Restore(args) => restore(args, context),
        Verb::Compact => compact(context),
    }
}

/// Copies, and proves the copy. One whose books are not true is kept, for it is all that there is, and said.
fn backup(to: &Path, context: &Context) -> Result<Outcome, Failure> {
    let place = to.display();
    let mut wrong = None;
    let done = context.read()?.back_up(to, |copy| {
        wrong = first_problem(&check(copy)?);
        Ok(())
    });
    done.map_err(|error| match error {
        StoreError::Exists(_) => Failure::refused(format!("there is a file at {place} already"))
            .hint("A backup never replaces a file: give another name."),
        StoreError::NoFolder(folder) => {
            Failure::refused(format!("there is no folder {}", folder.display())).hint("Make it first.")
        }
        StoreError::Io { path, source } => Failure::refused(format!("cannot write the backup {place}"))
            .because(format!("{}: {source}", path.display())),
        error => context.refuse(error),
    })?;
    ledger::record(context, &Deed::new(DeedVerb::DbBackup, Object::Ledger).says(hash_of(to)));
    match wrong {
        None => {
            context.printer.say(&format!(
                "Copied the ledger to {place}, {} bytes, and proved that its books are true. Only you can read it.",
                size(to)
            ));
            Ok(Outcome::Done)
        }
        Some(wrong) => {
            context.printer.say(&format!("Copied the ledger to {place}, {} bytes.", size(to)));
            context.printer.warn(&format!(
                "its books are not true: {wrong}. Keep earlier backups; `arrears db check` says more."
            ));
            Ok(Outcome::WithProblems)
        }
    }
}

fn first_problem(checks: &[Check]) -> Option<String> {
    let wrong = checks.iter().find(|check| !check.problems.is_empty())?;
    Some(format!("{}: {}", wrong.name, wrong.problems.join("; ")))
}

fn restore(args: &RestoreArgs, context: &Context) -> Result<Outcome, Failure> {
    let (from, to) = (&args.from, context.ledger()?);
    let unusable = |error: StoreError| {
        Failure::refused(format!("the backup {} cannot be used", from.display()))
            .caused_by(&error)
            .hint("The ledger is as it was.")
    };
    if is_same(from, to) {
        return Err(Failure::usage("the backup and the ledger are the same file")
            .hint("Say where the ledger is with `--db PATH` or ARREARS_DB."));
    }
    let copy = Book::open_read_only(from, context.wait).and_then(|book| book.read()).map_err(unusable)?;
    if let Some(wrong) = first_problem(&check(&copy).map_err(unusable)?) {
        return Err(Failure::refused(format!("the books of {} are not true", from.display()))
            .because(wrong)
            .hint("The ledger is as it was. Take an earlier backup."));
    }
    if args.dry_run {
        let what = if to.exists() { "take the place of" } else { "become" };
        context.printer.say(&format!(
            "The backup is whole and its books are true. It would {what} the ledger {}; nothing was changed.",
            to.display()
        ));
        return Ok(Outcome::Done);
    }
    if to.exists() {
        ask::confirm(&format!("Replace the ledger {} by {}?", to.display(), from.display()), args.yes)?;
    }
    let aside = format!("{}-{}", context.today, context.now);
    let kept = Book::restore(from, to, &aside, context.wait).map_err(|error| context.refuse(error))?;
    // In the ledger that stands there now.
    ledger::record(context, &Deed::new(DeedVerb::DbRestore, Object::Ledger).says(hash_of(from)));
    context.printer.say(&format!("The ledger {} is what {} says.", to.display(), from.display()));
    if let Some(kept) = kept {
        context.printer.say(&format!("The ledger that was there is now {}.", kept.display()));
    }
    Ok(Outcome::Done)
}

fn compact(context: &Context) -> Result<Outcome, Failure> {
    let path = context.ledger()?;
    let before = size(path);
    let mut book = context.open()?;
    let busy = |error: StoreError| match error {
        StoreError::InUse(_) => Failure::busy(format!("the ledger {} is in use", path.display()))
            .caused_by(&error)
            .hint("Try again when nobody else works with it."),
        error => context.refuse(error),
    };
    // Each round moves what it can; the end is reached when nothing moved.
    while book.compact().map_err(busy)? {}
    book.close().map_err(|error| context.refuse(error))?;
    ledger::record(context, &Deed::new(DeedVerb::DbCompact, Object::Ledger));
    context.printer.say(&format!("The ledger had {before} bytes and has {} now.", size(path)));
    Ok(Outcome::Done)
}

/// What a backup was, so that it is known again; nothing where it cannot be read.
fn hash_of(path: &Path) -> String {
    mark_of(path).map_or_else(|_| String::new(), |hash| format!("sha256 {}", hex(&hash)))
}

/// Bytes of a file; 0 where it cannot be looked at.
fn size(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |file| file.len())
}

fn info(context: &Context) -> Result<Outcome, Failure> {
    let path = context.ledger()?;
    let book = Book::open_read_only(path, context.wait).map_err(|error| context.refuse(error))?;
    let info = book.info().map_err(|error| context.refuse(error))?;
    let columns = vec![
        Column::text("table", "Table"),
        Column::count("rows", "Rows"),
        Column::count("stored_bytes", "Bytes"),
    ];
    let mut table = Table::new("db-info", format!("Ledger {}", path.display()), columns);
    table = table
        .parameter("practice", info.practice.name.as_str())
        .parameter("schema", info.schema.to_string())
        .parameter("written_by", info.written_by.as_str())
        .parameter("file_bytes", info.file_bytes.to_string());
    for one in &info.tables {
        table.push(vec![Cell::from(one.name.as_str()), one.rows.into(), one.stored_bytes.into()]);
    }
    table.sum_up();
    if !info.practice.name.is_empty() {
        table.note(format!("The books of {}.", info.practice.name));
    }
    table.note(format!(
        "Written by {} (layout {}); the file has {} bytes.",
        info.written_by, info.schema, info.file_bytes
    ));
    context.printer.table(table)?;
    Ok(Outcome::Done)
}

/// At most so many of them are named in a table.
const MOST_DOUBTS: usize = 20;

fn sentence(doubt: &Doubt) -> String {
    let what = doubt.what.word();
    match doubt.claim {
        Some(_) => format!("claim {}: {} ({what})", doubt.number, doubt.sentence),
        None => format!("payment of {}: {} ({what})", doubt.number, doubt.sentence),
    }
}

fn report(checks: &[Check], doubts: &[Doubt], looked: u64, context: &Context) -> Result<Outcome, Failure> {
    let ok = checks.iter().all(|check| check.problems.is_empty());
    if context.printer.format == Format::Json {
        let list = checks.iter().map(|check| {
            Value::object([
                ("name", Value::text(check.name)),
                ("ok", Value::from(check.problems.is_empty())),
                ("checked", Value::from(check.checked)),
                ("problems", Value::list(check.problems.iter().map(Value::text))),
            ])
        });
        let doubt = |doubt: &Doubt| {
            Value::object([
                ("claim", doubt.claim.map_or(Value::Null, |claim| Value::from(claim.0))),
                ("control_number", Value::text(&doubt.number)),
                ("finding", Value::text(doubt.what.word())),
                ("amount", Value::from(doubt.amount)),
                ("text", Value::text(&doubt.sentence)),
            ])
        };
        context.printer.value(&Value::object([
            ("ok", Value::from(ok)),
            ("checks", Value::list(list)),
            ("plausibility", Value::list(doubts.iter().map(doubt))),
        ]))?;
    } else {
        let columns = vec![
            Column::text("name", "Check"),
            Column::flag("ok", "True"),
            Column::count("checked", "Looked at"),
            Column::text("problems", "Problems").wrapping(),
        ];
        let mut table = Table::new("db-check", "Proof of the books", columns);
        for check in checks {
            let problems = check.problems.join("; ");
            table.push(vec![
                check.name.into(),
                check.problems.is_empty().into(),
                check.checked.into(),
                problems.into(),
            ]);
        }
        let warnings: Vec<String> = doubts.iter().take(MOST_DOUBTS).map(sentence).collect();
        table.push(vec!["plausibility".into(), true.into(), looked.into(), warnings.join("; ").into()]);
        if !doubts.is_empty() {
            table.note(format!(
                "Plausibility: {} of what adds up cannot be right all the same. Look at each claim; the proof stands.",
                doubts.len()
            ));
        }
        table.note(if ok {
            "Everything agrees."
        } else {
            "Something does not agree. Keep this file, and do not import into it."
        });
        context.printer.table(table)?;
    }
    Ok(if ok { Outcome::Done } else { Outcome::WithProblems })
}
