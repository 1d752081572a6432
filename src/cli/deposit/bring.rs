//! `deposit import`: banks' files into the books.

use std::path::PathBuf;

use crate::cli::ledger::change_if;
use crate::cli::{Context, Failure, Outcome, tables};
use crate::domain::deed::{Deed, DeedVerb, Fact};
use crate::import::{DepositOptions, DepositOutcome, FileStatus, import_deposits, read_deposits};
use crate::input::{InputError, Kind, Limits, Source, expand};
use crate::render::money;
use crate::report::{Column, Table};
use crate::store::Read;

/// So many problems of one file are said.
const MOST_SAID: usize = 5;

const EXAMPLES: &str = "\
Examples:
  arrears deposit import --dry-run bank-0304.bai
  arrears deposit import --explain checking-march.csv
  arrears deposit import --map mybank.map --save-map mybank checking-march.csv

A file that comes again is known by its content, a movement that comes in another file by the bank's number for it.
A BAI2 file whose trailers do not agree with its records is not taken.";

/// Import what the bank says: BAI2 files, or tables (CSV) of an account's movements
///
/// What came in is taken, and what a payer took back by name; what the office pays is none of these books.
#[derive(clap::Args, Debug)]
#[command(after_long_help = format!("{EXAMPLES}\n\n{}", tables::names_for_maps(&[Kind::DepositsCsv])))]
pub(super) struct ImportArgs {
    /// Files, folders, archives, or -
    #[arg(required = true, value_name = "FILE")]
    paths: Vec<PathBuf>,
    /// Which column is which: a file with lines of `our_name = Their Column`, or the name of a saved map
    #[arg(long, value_name = "FILE|NAME")]
    map: Option<String>,
    /// Save the map of `--map FILE` in the ledger under a name
    #[arg(long, value_name = "NAME", requires = "map")]
    save_map: Option<String>,
    /// Show how each column is read, and the first rows; import nothing
    #[arg(long)]
    explain: bool,
    /// The bank account, where the file does not say it
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// Also take money that left and names no remittance
    #[arg(long)]
    debits: bool,
    /// Take the rows that can be read where others cannot
    #[arg(long)]
    partial: bool,
    /// Take a BAI2 file whose trailers do not agree with its records
    #[arg(long)]
    accept_wrong_totals: bool,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(args: &ImportArgs, context: &Context) -> Result<Outcome, Failure> {
    let book = context.open()?;
    let dry = args.dry_run || args.explain;
    let map = tables::chosen_map(args.map.as_deref(), args.save_map.as_deref(), &book, context, dry)?;
    book.close().map_err(|error| context.refuse(error))?;
    let options = DepositOptions {
        map,
        account: args.account.as_ref().map(|name| name.trim().to_owned()),
        debits: args.debits,
        partial: args.partial,
        accept_wrong_totals: args.accept_wrong_totals,
        now: context.now,
    };
    let mut outcomes = Vec::new();
    if args.explain {
        for source in expand(&args.paths, &Limits::default()) {
            match source {
                Err(error) => outcomes.push(DepositOutcome::unusable(error.file(), &error)),
                Ok(source) => tables::show_deposits(&source, options.map.as_ref(), context)?,
            }
        }
    } else {
        outcomes = all(args, &options, context)?;
        context.printer.table(table(&outcomes, args.dry_run))?;
    }
    tell(&outcomes, args.dry_run, context);
    let problems = outcomes.iter().any(DepositOutcome::needs_work);
    Ok(if problems { Outcome::WithProblems } else { Outcome::Done })
}

/// Takes in all files, as one act: all of them, or none where the ledger refuses.
fn all(
    args: &ImportArgs,
    options: &DepositOptions,
    context: &Context,
) -> Result<Vec<DepositOutcome>, Failure> {
    // Read before the ledger is asked for, so that nobody is kept waiting.
    let read = |source: Result<Source, InputError>| {
        let source = source.map_err(|error| (error.file().to_owned(), error))?;
        let file = read_deposits(&source, options).map_err(|error| (source.name().to_owned(), error))?;
        Ok((source.name().to_owned(), file))
    };
    let files: Vec<Result<_, (String, InputError)>> =
        expand(&args.paths, &Limits::default()).map(read).collect();
    change_if(context, args.dry_run, |tables| {
        let refuse = |error| context.refuse(error);
        let mut outcomes = Vec::new();
        for file in files {
            outcomes.push(match file {
                Err((name, error)) => DepositOutcome::unusable(&name, &error),
                Ok((name, file)) => import_deposits(tables, &name, file, options).map_err(refuse)?,
            });
        }
        if args.dry_run {
            let came = outcomes.iter_mut().filter(|outcome| outcome.status == FileStatus::Imported);
            came.for_each(|outcome| outcome.status = FileStatus::DryRun);
        }
        let mut facts = Vec::new();
        for id in tables.brought() {
            let file = tables.file(id).map_err(refuse)?;
            facts.extend(file.map(|file| Fact::of_file(DeedVerb::DepositImport, &file)));
        }
        let amount = outcomes.iter().map(|outcome| outcome.recorded.amount).sum();
        Ok((outcomes, (!facts.is_empty()).then(|| Deed::of(facts).amount(amount))))
    })
}

fn table(outcomes: &[DepositOutcome], dry_run: bool) -> Table {
    let columns = vec![
        Column::text("file", "File").flexible(),
        Column::text("kind", "Kind"),
        Column::text("status", "Status"),
        Column::count("found", "Found"),
        Column::count("added", "New"),
        Column::count("duplicates", "Known"),
        Column::count("left_out", "Left out"),
        Column::money("amount", "New money"),
        Column::text("error", "Error").machine_only(),
    ];
    let title = if dry_run { "Deposits (dry run: nothing was changed)" } else { "Deposits" };
    let mut table = Table::new("deposit-import", title, columns).empty("No files.");
    for outcome in outcomes {
        table.push(vec![
            outcome.file.as_str().into(),
            outcome.kind.into(),
            outcome.status.as_str().into(),
            outcome.found.into(),
            outcome.recorded.added.into(),
            outcome.recorded.duplicates.into(),
            outcome.left_out.into(),
            outcome.recorded.amount.into(),
            outcome.error.clone().into(),
        ]);
    }
    table.sum_up();
    table
}

fn tell(outcomes: &[DepositOutcome], dry_run: bool, context: &Context) {
    let printer = &context.printer;
    for outcome in outcomes {
        if let Some(error) = &outcome.error {
            let named = error.starts_with(&outcome.file);
            let name = if named { String::new() } else { format!("{}: ", outcome.file) };
            printer.say(&format!("{name}{error}"));
        }
        for problem in outcome.problems.iter().take(MOST_SAID) {
            let text = if problem.text.is_empty() { String::new() } else { format!("{}: ", problem.text) };
            printer.say(&format!("{}: line {}: {text}{}", outcome.file, problem.segment, problem.message));
        }
        if outcome.problems.len() > MOST_SAID {
            printer.say(&format!("{}: and {} more", outcome.file, outcome.problems.len() - MOST_SAID));
        }
    }
    let added: u64 = outcomes.iter().map(|outcome| outcome.recorded.added).sum();
    if added > 0 && !dry_run {
        let amount = outcomes.iter().map(|outcome| outcome.recorded.amount).sum();
        printer
            .say(&format!("{added} new deposits, {}. `arrears deposit match` matches them.", money(amount)));
    }
}
