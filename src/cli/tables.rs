//! What `import` needs for tables: which column is which, from a file or from the ledger, and a look before anything is
//! done.

use std::path::{Path, PathBuf};

use super::ledger::committed;
use super::{Context, Failure, parse};
use crate::domain::Money;
use crate::domain::deed::{Deed, DeedVerb, Object};
use crate::import::TableOptions;
use crate::input::csv::{Field, Holds, Layout, Map, explain};
use crate::input::{InputError, Kind, Limits, Source, expand, survey_as};
use crate::render::wrapped_message;
use crate::report::{Cell, Column, Table};
use crate::store::{Book, Read};

/// How many rows `--explain` shows.
const ROWS_SHOWN: usize = 3;
const MASK: &str = "***";
/// So wide is a line of help that stands as it was written.
const HELP_WIDTH: usize = 80;

/// Options for tables.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Tables (CSV)")]
pub struct TableArgs {
    /// What the tables are: claims-csv, payments-csv or opening-csv (also without -csv)
    #[arg(long = "as", value_name = "KIND", value_parser = kind)]
    kind: Option<Kind>,
    /// Which column is which: a file with lines of `our_name = Their Column`, or the name of a saved map
    #[arg(long, value_name = "FILE|NAME")]
    map: Option<String>,
    /// Save the map of `--map FILE` in the ledger under a name
    #[arg(long, value_name = "NAME", requires = "map")]
    save_map: Option<String>,
    /// Take the rows that can be read where others cannot
    #[arg(long)]
    partial: bool,
    /// Refuse opening balances that do not add up to this
    #[arg(long, value_name = "AMOUNT", value_parser = parse::money, allow_hyphen_values = true)]
    total: Option<Money>,
    /// Show how each column is read, and the first rows; import nothing
    #[arg(long)]
    pub(super) explain: bool,
}

/// For the help of commands that take a map: which names it may have for the columns of tables of these kinds.
pub(super) fn names_for_maps(kinds: &[Kind]) -> String {
    let mut lines = vec!["Names for --map, a line for each column such as `paid = Amt Pd`:".to_owned()];
    for kind in kinds {
        let names = Field::ALL.iter().filter(|field| field.is_of(kind)).map(|field| match field.many() {
            0 | 1 => field.to_string(),
            many => format!("{field}_1 to _{many}"),
        });
        let line = format!("  {kind}: {}", names.collect::<Vec<_>>().join(", "));
        lines.extend(wrapped_message(&line, Some(HELP_WIDTH)));
    }
    if let [.., kind] = kinds {
        lines.push(format!("A line `kind = {kind}` says what the table is."));
    }
    lines.join("\n")
}

fn kind(text: &str) -> Result<Kind, String> {
    let expected =
        "expected claims-csv, payments-csv or opening-csv; what X12 files are, they say themselves";
    Kind::table(&text.to_ascii_lowercase())
        .filter(|kind| *kind != Kind::DepositsCsv)
        .ok_or_else(|| expected.to_owned())
}

/// Reads the options; looks up or saves the map.
pub(super) fn options(
    args: &TableArgs,
    book: &Book,
    context: &Context,
    dry: bool,
) -> Result<TableOptions, Failure> {
    let map = chosen_map(args.map.as_deref(), args.save_map.as_deref(), book, context, dry)?;
    if map.as_ref().is_some_and(|map| map.kind == Some(Kind::DepositsCsv)) {
        return Err(Failure::usage("the map is for a bank's movements")
            .hint("`arrears deposit import --map ...` takes them in."));
    }
    Ok(TableOptions { kind: args.kind.clone(), map, partial: args.partial, total: args.total })
}

/// The map that was said; it is saved where that was said too.
pub(super) fn chosen_map(
    said: Option<&str>,
    save_as: Option<&str>,
    book: &Book,
    context: &Context,
    dry: bool,
) -> Result<Option<Map>, Failure> {
    let map = said.map(|said| map(said, book, context)).transpose()?;
    if let (Some(name), Some(map)) = (save_as, &map) {
        let name = name.trim();
        if name.is_empty() || name.len() > 60 {
            return Err(Failure::usage("the name of a map has 1 to 60 characters"));
        }
        if !dry {
            let refuse = |error| context.refuse(error);
            let mut writer = book.write(context.wait).map_err(refuse)?;
            let mut tables = writer.tables();
            tables.keep_rows();
            tables.put_map(name, map.text()).map_err(refuse)?;
            drop(tables);
            committed(context, writer, &Deed::new(DeedVerb::MapSave, Object::Named(name.to_owned())))?;
            context.printer.say(&format!("Saved the map {name:?}; use it with `--map {name}`."));
        }
    }
    Ok(map)
}

/// A file where there is one, else a name in the ledger.
fn map(said: &str, book: &Book, context: &Context) -> Result<Map, Failure> {
    let path = Path::new(said);
    let text = if path.is_file() {
        std::fs::read(path)
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .map_err(|error| Failure::refused(format!("the map {said} cannot be read")).caused_by(&error))?
    } else {
        let snapshot = book.read().map_err(|error| context.refuse(error))?;
        match snapshot.map(said).map_err(|error| context.refuse(error))? {
            Some(text) => text,
            None => {
                let names = snapshot.map_names().map_err(|error| context.refuse(error))?;
                let saved = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
                return Err(Failure::refused(format!("there is no file and no saved map {said:?}"))
                    .hint(format!("Saved maps: {saved}. `--map FILE --save-map NAME` saves one.")));
            }
        }
    };
    Map::parse(&text).map_err(|why| Failure::refused(format!("the map {said} cannot be used")).because(why))
}

/// Shows how each column of each table is read.
pub(super) fn show(paths: &[PathBuf], options: &TableOptions, context: &Context) -> Result<(), Failure> {
    let limits = Limits::default();
    for source in expand(paths, &limits) {
        let unusable = |error: InputError| Failure::refused(error.to_string());
        let source = source.map_err(unusable)?;
        let found = survey_as(&source, options.said()).map_err(unusable)?.kind;
        let Some(found) = found.filter(Kind::is_table) else {
            context.printer.say(&format!("{}: is X12; only tables have columns to explain.", source.name()));
            continue;
        };
        let kind = options.said().cloned().unwrap_or(found);
        let (layout, rows) = explain(&source, kind, options.map.as_ref(), ROWS_SHOWN).map_err(unusable)?;
        context.printer.table(columns(source.name(), &layout, &rows, context.printer.redact))?;
    }
    Ok(())
}

/// Shows how each column of a table of a bank's movements is read.
pub(super) fn show_deposits(source: &Source, map: Option<&Map>, context: &Context) -> Result<(), Failure> {
    let (layout, rows) = explain(source, Kind::DepositsCsv, map, ROWS_SHOWN)
        .map_err(|error| Failure::refused(error.to_string()))?;
    context.printer.table(columns(source.name(), &layout, &rows, context.printer.redact))
}

fn columns(name: &str, layout: &Layout, rows: &[Vec<String>], redact: bool) -> Table {
    let mut heads = vec![Column::text("column", "Column"), Column::text("read_as", "Read as")];
    for (key, title) in
        [("row_1", "Row 1"), ("row_2", "Row 2"), ("row_3", "Row 3")].into_iter().take(ROWS_SHOWN)
    {
        heads.push(Column::text(key, title).flexible());
    }
    let mut table = Table::new("columns", format!("{name}, read as {}", layout.kind), heads);
    for (at, (header, field)) in layout.headers.iter().zip(&layout.fields).enumerate() {
        // What is not read may hold anything, names too.
        let personal = field.is_none_or(|(field, _)| matches!(field.holds(), Holds::Person));
        let mut cells: Vec<Cell> = vec![header.as_str().into(), read_as(*field).into()];
        for row in 0..ROWS_SHOWN {
            let cell = rows.get(row).and_then(|cells| cells.get(at)).map_or("", String::as_str);
            cells.push(if redact && personal && !cell.is_empty() { MASK.into() } else { cell.into() });
        }
        table.push(cells);
    }
    for missing in layout.missing() {
        table.note(format!("No column is {missing}: the table cannot be imported without."));
    }
    table
}

fn read_as(field: Option<(Field, u8)>) -> String {
    match field {
        None => "(not read)".to_owned(),
        Some((field, 1)) => field.to_string(),
        Some((field, number)) => format!("{field}_{number}"),
    }
}
