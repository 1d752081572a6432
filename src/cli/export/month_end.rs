//! `export month-end`: the books of a month in one folder: a workbook, the journal whole and for the general ledger, pages
//! to print, and the hashes of all. Which tables belong to a month stands here; how a folder is written, in `folder`.

use super::super::report::{self, span::Span};
use super::super::{Context, Failure, Outcome, Printer, ledger, parse};
use super::folder::{self, Piece};
use crate::domain::Month;
use crate::domain::date::utc_text;
use crate::domain::deed::{Deed, DeedVerb, Object};
use crate::domain::period::{PeriodRecord, hex};
use crate::render::xlsx::{self, About, Sheet};
use crate::render::{Format, Style, Value, counted, pages, render};
use crate::report::{Cell, Column, Table};
use crate::store::{Read, ReadPeriods, Snapshot, StoreError};

/// Longer tables are not printed: who wants them has the workbook.
const MOST_PRINTED: usize = 5_000;

/// A longer journal is in its own file only: a workbook of millions of rows is opened by nobody.
const MOST_IN_SHEET: usize = 200_000;

/// The name of the sheet with the lines for the general ledger.
const LEDGER: &str = "General ledger";

/// The name of the journal's sheet.
const JOURNAL: &str = "Journal";

/// Write the books of a month into a folder: workbook, journal, general ledger, pages to print, hashes
///
/// Everything is as of the month's last day. A closed month gives the same files whenever it is asked for; one that is not
/// closed says so on every first page.
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears export month-end 2024-03 -o march
  arrears export month-end 2024-04 -o latest --replace
  cd march && sha256sum -c SHA256SUMS

The folder is written whole or not at all, and only its owner may read it. It names patients; --redact masks them.
Written again, it replaces its own files. What somebody else put into the folder, or changed in it, is never lost
without `--replace`; with it, other files stay, and changed ones and those of another month are replaced.")]
pub(super) struct Args {
    /// The month
    #[arg(value_parser = parse::month, value_name = "YYYY-MM")]
    month: Month,
}

pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    let Some(folder) = &context.printer.output else {
        return Err(Failure::usage("a month's books need a folder").hint("Say which with `-o FOLDER`."));
    };
    if args.month.first_day() > context.today {
        return Err(Failure::usage(format!("{} has not begun", args.month)));
    }
    folder::may_take(folder, args.month, context.printer.guard.replace)?;
    let snapshot = context.read()?;
    let refuse = |error: StoreError| context.refuse(error);
    let period = snapshot.period(args.month).map_err(refuse)?.filter(|period| period.closed);
    let about = about(&snapshot, args.month, period.as_ref()).map_err(refuse)?;
    let mut books = books(&snapshot, args.month, period.as_ref()).map_err(refuse)?;
    if context.printer.redact {
        books.iter_mut().for_each(|(_, table)| table.redact());
    }
    let journal = csv(&books, JOURNAL)?;
    for (_, table) in
        books.iter_mut().filter(|(name, table)| *name == JOURNAL && table.rows.len() > MOST_IN_SHEET)
    {
        *table = shortened(table, "Too long for a sheet; its own file has it.");
    }
    if let Some((name, _)) = books.iter().find(|(_, table)| !xlsx::fits(table)) {
        return Err(Failure::refused(format!("{name} has more rows than a sheet of Excel holds")));
    }
    let pieces = pieces(&books, journal, &about, args.month, period.as_ref())?;
    folder::write(folder, &pieces)?;
    ledger::record(context, &Deed::new(DeedVerb::ExportMonthEnd, Object::Month(args.month)));
    if period.is_none() {
        context.printer.warn(&format!(
            "{} is NOT CLOSED: these figures may still change. `arrears period close {}` closes it.",
            args.month, args.month
        ));
    }
    context.printer.say(&format!("Wrote {}.", folder.display()));
    let printer = Printer { output: None, format: terminal(context), ..context.printer.clone() };
    printer.table(list(&pieces, args.month))?;
    Ok(Outcome::Done)
}

/// A workbook is written; what is said about it is text.
fn terminal(context: &Context) -> Format {
    if context.printer.format == Format::Xlsx { Format::Table } else { context.printer.format }
}

fn list(pieces: &[Piece], month: Month) -> Table {
    let columns = vec![
        Column::text("file", "File"),
        Column::count("bytes", "Bytes"),
        Column::text("sha256", "SHA-256"),
    ];
    let mut table = Table::new("month-end", format!("Books of {month}"), columns);
    for piece in pieces {
        table.push(vec![
            piece.name.as_str().into(),
            (piece.bytes.len() as u64).into(),
            piece.sha256().into(),
        ]);
    }
    table
}

/// What must be known of the whole.
fn about(tables: &Snapshot, month: Month, period: Option<&PeriodRecord>) -> Result<About, StoreError> {
    let line = |name: &str, value: String| (name.to_owned(), value);
    let mut lines = vec![line("Period", month.to_string())];
    match period {
        Some(period) => {
            lines.push(line("Status", "closed".to_owned()));
            lines.push(line("Seal", hex(&period.seal)));
        }
        None => lines.push(line("Status", "NOT CLOSED: these figures may still change".to_owned())),
    }
    Ok(About { practice: Some(tables.practice()?.name), as_of: Some(month.last_day()), lines })
}

/// The tables of a month, each with the name of its sheet.
fn books(
    tables: &Snapshot,
    month: Month,
    period: Option<&PeriodRecord>,
) -> Result<Vec<(&'static str, Table)>, StoreError> {
    let mut books = vec![("Period", period_table(month, period))];
    books.extend(report::of_month(tables, month)?);
    books.push((JOURNAL, report::journal::of(tables, &Span::month(month), month.last_day())?));
    let (gl, _) = super::gl(tables, &Span::month(month), false, month.last_day())?;
    books.push((LEDGER, gl));
    Ok(books)
}

/// Whether the month is closed, by whom, over what, and the seal.
fn period_table(month: Month, period: Option<&PeriodRecord>) -> Table {
    let columns = vec![Column::text("what", "What"), Column::text("value", "Value").wrapping()];
    let mut table = Table::new("period", format!("The month {month}"), columns).as_of(month.last_day());
    let mut put = |what: &str, value: String| table.push(vec![Cell::from(what), value.into()]);
    put("Month", month.to_string());
    let Some(period) = period else {
        put("Status", "NOT CLOSED: these figures may still change".to_owned());
        return table;
    };
    put("Status", "closed".to_owned());
    put("Entries", period.entries.to_string());
    put("Seal", hex(&period.seal));
    if period.is_first() {
        put("Sealed", format!("everything up to {}: it was the first month to be closed", month.last_day()));
    } else {
        put("Seal of the month before", hex(&period.previous));
    }
    for act in &period.acts {
        let what = if act.closed { "Closed" } else { "Reopened" };
        let why = if act.reason.is_empty() { String::new() } else { format!(": {}", act.reason) };
        put(what, format!("{} by {}{why}", utc_text(act.at), act.user));
    }
    for accepted in &period.accepted {
        let items = format!("{}, {}: {}", counted(accepted.items, "item"), accepted.amount, accepted.reason);
        put("Closed over", format!("{}: {items}", accepted.check));
    }
    table
}

/// A table of them as CSV.
fn csv(books: &[(&'static str, Table)], name: &str) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    for (_, table) in books.iter().filter(|(other, _)| *other == name) {
        render(table, Format::Csv, Style::PLAIN, &mut bytes)
            .map_err(|error| Failure::output("the month's books", &error))?;
    }
    Ok(bytes)
}

fn pieces(
    books: &[(&'static str, Table)],
    journal: Vec<u8>,
    about: &About,
    month: Month,
    period: Option<&PeriodRecord>,
) -> Result<Vec<Piece>, Failure> {
    let failed = |error: std::io::Error| Failure::output("the month's books", &error);
    let mut workbook = Vec::new();
    let sheets: Vec<Sheet<'_>> = books.iter().map(|(name, table)| Sheet { name, table }).collect();
    xlsx::write(&sheets, about, &mut workbook).map_err(failed)?;
    let mut printed = Vec::new();
    let title = format!("Books of {month}");
    let short: Vec<(&str, Table)> = books.iter().map(|(name, table)| (*name, printable(table))).collect();
    pages(&title, about, &short, &mut printed).map_err(failed)?;
    let mut pieces = vec![
        Piece { name: format!("month-end-{month}.xlsx"), bytes: workbook },
        Piece { name: format!("gl-{month}.csv"), bytes: csv(books, LEDGER)? },
        Piece { name: format!("journal-{month}.csv"), bytes: journal },
        Piece { name: format!("month-end-{month}.html"), bytes: printed },
    ];
    let sums: String = pieces.iter().map(|p| format!("{}  {}\n", p.sha256(), p.name)).collect();
    let mut manifest = Vec::new();
    let names = books.iter().map(|(name, _)| Value::text(name));
    manifest_of(&pieces, about, month, period, Value::list(names)).write(&mut manifest).map_err(failed)?;
    pieces.push(Piece { name: folder::HASHES.to_owned(), bytes: sums.into_bytes() });
    pieces.push(Piece { name: folder::MANIFEST.to_owned(), bytes: manifest });
    Ok(pieces)
}

/// A table as it is printed: a long one says where its rows are.
fn printable(table: &Table) -> Table {
    if table.len() > MOST_PRINTED {
        shortened(table, "Too long to print; the workbook has it.")
    } else {
        table.clone()
    }
}

/// A table without its rows: where they are, and how many.
fn shortened(table: &Table, instead: &'static str) -> Table {
    let rows = table.len();
    let mut table = table.without_rows();
    table.empty = instead;
    table.note(format!("{}.", counted(rows, "row")));
    table
}

fn manifest_of(
    pieces: &[Piece],
    about: &About,
    month: Month,
    period: Option<&PeriodRecord>,
    sheets: Value,
) -> Value {
    let files = pieces.iter().map(|piece| {
        Value::object([
            ("file", Value::text(&piece.name)),
            ("bytes", Value::from(piece.bytes.len() as u64)),
            ("sha256", Value::text(piece.sha256())),
        ])
    });
    Value::object([
        ("month", Value::text(month)),
        ("as_of", Value::from(month.last_day())),
        ("practice", Value::from(about.practice.clone())),
        ("program", Value::text(concat!("arrears ", env!("CARGO_PKG_VERSION")))),
        ("closed", Value::from(period.is_some())),
        ("seal", Value::from(period.map(|period| hex(&period.seal)))),
        ("entries", Value::from(period.map(|period| period.entries))),
        ("files", Value::list(files)),
        ("sheets", sheets),
    ])
}
