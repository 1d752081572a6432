//! `arrears clock holidays`: the days on which no deadline ends and no business day is counted.

use crate::cli::{Context, Failure, ledger, parse};
use crate::denial::clock::calendar::{federal, federal_of};
use crate::domain::Date;
use crate::domain::clock::{OfficeHoliday, Written};
use crate::domain::deed::{Deed, DeedVerb, Object};
use crate::report::{Cell, Column, Table};
use crate::store::{Read, Snapshot, StoreError};

/// Keep the holidays that business days and ends of deadlines skip
///
/// The federal holidays come with the program and cannot be taken away. What the office adds with its source, such as a day of
/// mourning on which federal offices were closed, stands beside them.
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears clock holidays list --year 2026
  arrears clock holidays add 2026-07-06 --name \"day of mourning\" \\
      --source \"executive order\" --reason \"federal offices are closed\"
  arrears clock holidays remove 2026-07-06 --reason \"they were open\"")]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand, Debug)]
enum Verb {
    /// List the holidays of a year
    List {
        /// Which year [default: this one]
        #[arg(long, value_parser = clap::value_parser!(i32).range(1900..=2100))]
        year: Option<i32>,
    },
    /// Add a holiday
    Add {
        /// The day
        #[arg(value_parser = parse::date)]
        day: Date,
        /// What it is called
        #[arg(long)]
        name: String,
        /// Who says so: an order, a payer's calendar
        #[arg(long)]
        source: String,
        #[command(flatten)]
        why: Why,
    },
    /// Remove a holiday that the office added
    Remove {
        /// The day
        #[arg(value_parser = parse::date)]
        day: Date,
        #[command(flatten)]
        why: Why,
    },
}

#[derive(clap::Args, Debug)]
struct Why {
    /// Why
    #[arg(long)]
    reason: String,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    match &args.verb {
        Verb::List { year } => {
            let tables = context.read()?;
            let year = year.unwrap_or(context.as_of.year());
            context.printer.table(table(&tables, year).map_err(|error| context.refuse(error))?)
        }
        Verb::Add { day, name, source, why } => add(*day, (name.trim(), source.trim()), why, context),
        Verb::Remove { day, why } => remove(*day, why, context),
    }
}

fn add(day: Date, (name, source): (&str, &str), why: &Why, context: &Context) -> Result<(), Failure> {
    let reason = why.reason.trim();
    if [name, source, reason].contains(&"") {
        return Err(Failure::usage("a holiday without name, source and reason cannot be checked by anybody"));
    }
    if let Some(known) = federal(day) {
        return Err(Failure::refused(format!("{day} is a holiday already: {known}")));
    }
    let written = Written {
        source: source.to_owned(),
        reason: reason.to_owned(),
        by: context.user.clone(),
        on: context.today,
    };
    let holiday = OfficeHoliday { on: day, name: name.to_owned(), written };
    let details = format!("{name}; {source}; {reason}");
    ledger::change(context, why.dry_run, |tables| {
        tables.put_clock_holiday(&holiday).map_err(|error| context.refuse(error))?;
        Ok(((), Deed::new(DeedVerb::ClockHolidays, Object::Named(day.to_string())).says(details)))
    })?;
    let did = if why.dry_run { "Would add" } else { "Added" };
    context.printer.say(&format!("{did} {name} on {day}."));
    Ok(())
}

fn remove(day: Date, why: &Why, context: &Context) -> Result<(), Failure> {
    let reason = why.reason.trim();
    if reason.is_empty() {
        return Err(Failure::usage("the reason is empty").hint("Say why with `--reason`."));
    }
    let was = ledger::change_if(context, why.dry_run, |tables| {
        let was = tables.remove_clock_holiday(day).map_err(|error| context.refuse(error))?;
        let deed = Deed::new(DeedVerb::ClockHolidays, Object::Named(day.to_string()));
        Ok((was, was.then(|| deed.says(format!("taken away; {reason}")))))
    })?;
    if !was {
        return Err(Failure::refused(format!("the office added no holiday on {day}"))
            .hint("`arrears clock holidays list` shows them; the federal ones cannot be taken away."));
    }
    let did = if why.dry_run { "Would remove" } else { "Removed" };
    context.printer.say(&format!("{did} the holiday on {day}."));
    Ok(())
}

fn table(tables: &Snapshot, year: i32) -> Result<Table, StoreError> {
    let columns = vec![
        Column::date("on", "Day"),
        Column::text("name", "Holiday").flexible(),
        Column::text("origin", "From"),
        Column::text("source", "Source").flexible(),
        Column::text("reason", "Reason").machine_only(),
        Column::text("set_by", "Set by").machine_only(),
        Column::date("set_on", "Set on").machine_only(),
    ];
    let mut rows: Vec<(Date, Vec<Cell>)> = Vec::new();
    for (on, name) in federal_of(year) {
        let law = ["program".into(), "5 U.S.C. 6103".into(), Cell::Empty, Cell::Empty, Cell::Empty];
        rows.push((on, [vec![on.into(), name.into()], law.into()].concat()));
    }
    for own in tables.clock_holidays()?.into_iter().filter(|own| own.on.year() == year) {
        let written = own.written;
        let words = ["office".into(), written.source.into(), written.reason.into(), written.by.into()];
        let row = [vec![own.on.into(), own.name.into()], words.into(), vec![written.on.into()]].concat();
        rows.push((own.on, row));
    }
    rows.sort_by_key(|(on, _)| *on);
    let mut table = Table::new("holidays", format!("Holidays of {year}"), columns);
    rows.into_iter().for_each(|(_, row)| table.push(row));
    Ok(table)
}
