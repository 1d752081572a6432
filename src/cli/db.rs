//! `arrears db`: what the ledger file holds, and the proof that it is true.

use super::{Context, Failure, Outcome};
use crate::books::check::{Check, check};
use crate::render::{Format, Value};
use crate::report::{Cell, Column, Table};
use crate::store::Book;

/// Look at the ledger file
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
    /// Exit code 1 says that something does not agree.
    Check,
}

/// Looks.
pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    match args.verb {
        Verb::Info => info(context),
        Verb::Check => {
            let checks = check(&context.read()?).map_err(|error| context.refuse(error))?;
            report(&checks, context)
        }
    }
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

fn report(checks: &[Check], context: &Context) -> Result<Outcome, Failure> {
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
        context.printer.value(&Value::object([("ok", Value::from(ok)), ("checks", Value::list(list))]))?;
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
        table.note(if ok {
            "Everything agrees."
        } else {
            "Something does not agree. Keep this file, and do not import into it."
        });
        context.printer.table(table)?;
    }
    Ok(if ok { Outcome::Done } else { Outcome::WithProblems })
}
