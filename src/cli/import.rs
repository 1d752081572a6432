//! `arrears import`: files into the books, and what became of each.

mod talk;

use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::failure::Kind as FailureKind;
use super::{Context, Failure, Outcome, ask, parse, tables};
use crate::books::bounds;
use crate::domain::book::Issue;
use crate::domain::deed::DeedVerb;
use crate::domain::{Date, Money};
use crate::import::{
    COMMIT_AFTER, FileOutcome, ImportError, ImportReport, Options, SetOutcome, SetStatus, Stopped,
    TableOptions, Totals, Watcher, import,
};
use crate::input::{InputError, Kind, Limits, Source, expand};
use crate::render::{Format, Value};
use crate::report::{Cell, Column, Table};
use crate::store::{Book, StoreError};

const EXAMPLES: &str = "\
Examples:
  arrears import --dry-run inbox/      what would happen, without doing it
  arrears import inbox/                all files of a folder
  arrears import era-0412.zip          all files of an archive
  arrears import - < night.835         standard input
  arrears import --explain eobs.csv    how the columns of a table are read
  arrears import --map acme.map --save-map acme eobs.csv
  arrears import --as opening --posting-date 2026-06-30 --total 4810.55 open.csv

A file, a remittance or a claim result that comes again is recognised and not posted twice.
Exit code 1 says that something was rejected, held or left unapplied; the output says what.";

/// Import claims, remittances and acknowledgments
///
/// Files, folders, .zip and .gz archives, or - for standard input. What a file is, is seen from its content.
#[derive(clap::Args, Debug)]
#[command(after_long_help = format!("{EXAMPLES}\n\n{}", tables::names_for_maps(&[
    Kind::ClaimsCsv, Kind::PaymentsCsv, Kind::OpeningCsv,
])))]
pub struct Args {
    /// Files, folders, archives, or -
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Post everything on this day instead of the files' own
    #[arg(long, value_name = "DATE", value_parser = parse::date)]
    posting_date: Option<Date>,
    /// It is meant, however seldom: a posting date that is still to come
    #[arg(long)]
    yes: bool,
    /// Also post files of test systems (ISA15 = T)
    #[arg(long)]
    accept_test_files: bool,
    /// Also post sets whose control counts or control numbers are wrong; files that are cut off stay refused
    #[arg(long)]
    accept_wrong_counts: bool,
    /// For how many milliseconds transactions share a commit; 0 for one commit each
    #[arg(long, value_name = "MS", hide = true)]
    commit_after: Option<u64>,
    #[command(flatten)]
    tables: tables::TableArgs,
}

/// Imports.
pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    ask::sure(args.posting_date.and_then(|on| bounds::day(on, None, context.today)), args.yes)?;
    let book = context.open()?;
    let tables = tables::options(&args.tables, &book, context, args.dry_run || args.tables.explain)?;
    if args.tables.explain {
        tables::show(&args.paths, &tables, context)?;
        return Ok(Outcome::Done);
    }
    let options = Options {
        accept_test_files: args.accept_test_files,
        accept_wrong_counts: args.accept_wrong_counts,
        posting_date: args.posting_date,
        tables,
        commit_after: args.commit_after.map_or(COMMIT_AFTER, Duration::from_millis),
        ..usual(args.dry_run, context)
    };
    let report = bring_in(&book, &args.paths, &options, context)?;
    end(book, &report, args.dry_run, context)
}

/// What an import does where nobody says otherwise.
pub(super) fn usual(dry_run: bool, context: &Context) -> Options {
    Options {
        dry_run,
        accept_test_files: false,
        accept_wrong_counts: false,
        posting_date: None,
        tables: TableOptions::default(),
        wait: context.wait,
        commit_after: COMMIT_AFTER,
        now: context.now,
        today: context.today,
        user: context.user.clone(),
        verb: DeedVerb::Import,
    }
}

/// Imports one table that was keyed.
pub(super) fn one(keyed: Source, dry_run: bool, context: &Context) -> Result<Outcome, Failure> {
    let book = context.open()?;
    let tables = TableOptions { kind: Some(Kind::PaymentsCsv), ..TableOptions::default() };
    let options = Options { tables, verb: DeedVerb::RemitEnter, ..usual(dry_run, context) };
    let report = bring_in_all(&book, std::iter::once(Ok(keyed)), &options, context)?;
    end(book, &report, dry_run, context)
}

/// Closes the ledger, and says what became of everything.
fn end(book: Book, report: &ImportReport, dry_run: bool, context: &Context) -> Result<Outcome, Failure> {
    // All of it is durable: what closing could still say changes nothing.
    if let Err(error) = book.close() {
        context.printer.warn(&format!("everything is in the ledger, but it could not be closed: {error}"));
    }
    show(report, dry_run, context).map_err(|failure| match (dry_run, failure.kind) {
        (false, FailureKind::Refused) => Failure { kind: FailureKind::Unsure, ..failure }
            .hint("The import is done; only what became of it could not be written. Imported again, the files say so."),
        _ => failure,
    })?;
    Ok(if report.needs_work() { Outcome::WithProblems } else { Outcome::Done })
}

fn show(report: &ImportReport, dry_run: bool, context: &Context) -> Result<(), Failure> {
    match context.printer.format {
        Format::Json => context.printer.value(&as_json(report))?,
        _ => {
            context.printer.table(files(report, dry_run))?;
            talk::tell(report, dry_run, context);
        }
    }
    Ok(())
}

/// The words for an import that stopped, after an account of what is in the books.
fn stopped(stopped: &Stopped, more: &str, context: &Context) -> Failure {
    let kept = &stopped.kept;
    let (failure, store) = match &stopped.error {
        ImportError::Store(error) => (context.refuse_for(error), Some(error)),
        other => (Failure::refused("nothing can be imported").caused_by(other).hint(more), None),
    };
    let unsure = matches!(store, Some(StoreError::Unsure(_)));
    if kept.totals.imported == 0 && !unsure {
        return failure;
    }
    // Whoever cannot be told this is told the rest all the same.
    let _ = show(kept, false, context);
    let in_books = match kept.files.len() {
        0 => "nothing before that is in the books".to_owned(),
        1 => "what is listed above of one file is in the books, and stays".to_owned(),
        files => format!("what is listed above of {files} files is in the books, and stays"),
    };
    let kind = if failure.kind == FailureKind::Busy { FailureKind::Busy } else { FailureKind::Unsure };
    let mut failure = Failure { kind, ..failure };
    failure.message = format!("the import stopped before its end: {}", failure.message);
    failure.because(in_books).hint(
        "When the cause is gone, import the same files again: what is in the books is recognised, and the rest is brought in.",
    )
}

/// Imports paths into an open ledger, with a progress bar where somebody watches.
pub(super) fn bring_in(
    book: &Book,
    paths: &[PathBuf],
    options: &Options,
    context: &Context,
) -> Result<ImportReport, Failure> {
    bring_in_all(book, expand(paths, &Limits::default()), options, context)
}

fn bring_in_all(
    book: &Book,
    sources: impl Iterator<Item = Result<Source, InputError>> + Send,
    options: &Options,
    context: &Context,
) -> Result<ImportReport, Failure> {
    const MORE: &str = "Close other programs, or allow this one more threads and memory; then try again.";
    if !has_threads() {
        return Err(Failure::refused("nothing can be imported: the system refuses threads").hint(MORE));
    }
    let mut bar = Bar(context.printer.shows_progress().then(|| {
        let style = ProgressStyle::with_template("{spinner} {msg} {human_pos} claims ({per_sec}, {elapsed})");
        ProgressBar::new_spinner().with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
    }));
    let report = import(book, sources, options, &mut bar);
    if let Some(bar) = bar.0 {
        bar.finish_and_clear();
    }
    report.map_err(|why| stopped(&why, MORE, context))
}

/// Starts the threads that work on a batch, once in a process. This one works along with them, instead of waking them and
/// waiting. Whether the system gave them.
fn has_threads() -> bool {
    static GIVEN: OnceLock<bool> = OnceLock::new();
    *GIVEN.get_or_init(|| rayon::ThreadPoolBuilder::new().use_current_thread().build_global().is_ok())
}

struct Bar(Option<ProgressBar>);

impl Watcher for Bar {
    fn file(&mut self, name: &str) {
        if let Some(bar) = &self.0 {
            bar.set_message(crate::render::sanitise(name).into_owned());
        }
    }

    fn claims(&mut self, count: u64) {
        if let Some(bar) = &self.0 {
            bar.inc(count);
        }
    }
}

/// The files as a table for people.
fn files(report: &ImportReport, dry_run: bool) -> Table {
    let columns = vec![
        Column::text("file", "File").flexible(),
        Column::text("kind", "Kind"),
        Column::text("status", "Status"),
        Column::count("claims", "Claims"),
        Column::count("remits", "Remits"),
        Column::count("matched", "Matched"),
        Column::count("unapplied", "Left over"),
        Column::money("paid", "Paid"),
    ];
    let folder = talk::common_folder(report);
    let mut title = if folder.is_empty() { "Import".to_owned() } else { format!("Import from {folder}") };
    if dry_run {
        title.push_str(" (dry run: nothing was changed)");
    }
    let mut table = Table::new("import", title, columns).empty("No files.");
    for file in &report.files {
        let remits = || file.sets.iter().filter(|set| set.kind.is_remittance());
        let posted = || remits().filter(|set| set.status == SetStatus::Posted);
        // What a file cannot bring is left empty.
        let of_remits = |count: u64| remits().next().map(|_| count);
        let of_claims = || file.sets.iter().filter(|set| set.kind.is_claims());
        let claims = of_claims().next().map(|_| of_claims().map(|set| set.added + set.replaced).sum::<u64>());
        let answers = || file.sets.iter().filter(|set| set.kind.is_answer());
        let heard = answers().next().map(|_| answers().map(|set| set.matched).sum::<u64>());
        let paid = remits().next().map(|_| posted().map(|set| set.paid).sum::<Money>());
        table.push(vec![
            Cell::from(&file.file[folder.len()..]),
            file.kind.clone().map(Cell::from).unwrap_or_default(),
            file.status.as_str().into(),
            claims.into(),
            of_remits(posted().count() as u64).into(),
            of_remits(posted().map(|set| set.matched).sum()).or(heard).into(),
            of_remits(posted().map(|set| set.unapplied).sum()).into(),
            paid.into(),
        ]);
    }
    table.sum_up();
    table
}

/// The contract's JSON.
fn as_json(report: &ImportReport) -> Value {
    Value::object([
        ("files", Value::list(report.files.iter().map(file_json))),
        ("totals", totals_json(&report.totals)),
    ])
}

fn file_json(file: &FileOutcome) -> Value {
    let hex = |bytes: &[u8; 32]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    let sum = |of: fn(&SetOutcome) -> u64| Value::from(file.sets.iter().map(of).sum::<u64>());
    Value::object([
        ("file", Value::text(&file.file)),
        ("sha256", Value::from(file.sha256.as_ref().map(hex))),
        ("kind", Value::from(file.kind.clone())),
        ("status", Value::text(file.status.as_str())),
        ("transactions", Value::list(file.sets.iter().map(set_json))),
        ("claims_added", sum(|s| s.added)),
        ("claims_replaced", sum(|s| s.replaced)),
        ("issues", issues_json(&file.issues)),
        ("error", Value::from(file.error.clone())),
    ])
}

fn set_json(set: &SetOutcome) -> Value {
    Value::object([
        ("remit_id", Value::from(set.remit.map(|id| id.0))),
        ("kind", Value::text(&set.kind)),
        ("control", Value::text(&set.control)),
        ("trace", Value::from(set.trace.clone())),
        ("payer", Value::from(set.payer.clone())),
        ("paid", Value::from(set.paid)),
        ("posted_on", Value::from(set.posted_on)),
        ("status", Value::text(set.status.as_str())),
        ("claims", Value::from(set.claims)),
        ("charge", Value::from(set.charge)),
        ("matched", Value::from(set.matched)),
        ("unapplied", Value::from(set.unapplied)),
        ("rejected", Value::from(set.rejected)),
        ("plb", Value::from(set.plb)),
        ("balanced", Value::from(set.balanced)),
        ("balance", Value::from(set.balance)),
        ("issues", issues_json(&set.issues)),
    ])
}

fn issues_json(issues: &[Issue]) -> Value {
    Value::list(issues.iter().map(|issue| {
        Value::object([
            ("code", Value::text(&issue.code)),
            ("segment", if issue.segment == 0 { Value::Null } else { Value::from(issue.segment) }),
            ("text", Value::text(&issue.text)),
            ("message", Value::text(&issue.message)),
        ])
    }))
}

fn totals_json(t: &Totals) -> Value {
    Value::object([
        ("files", Value::from(t.files)),
        ("imported", Value::from(t.imported)),
        ("duplicate", Value::from(t.duplicate)),
        ("rejected", Value::from(t.rejected)),
        ("claims_added", Value::from(t.claims_added)),
        ("claims_replaced", Value::from(t.claims_replaced)),
        ("remits_posted", Value::from(t.remits_posted)),
        ("remits_duplicate", Value::from(t.remits_duplicate)),
        ("remits_held", Value::from(t.remits_held)),
        ("claim_payments", Value::from(t.claim_payments)),
        ("matched", Value::from(t.matched)),
        ("unapplied", Value::from(t.unapplied)),
        ("paid", Value::from(t.paid)),
        ("plb", Value::from(t.plb)),
    ])
}
