//! `arrears clock amounts`: what must be at stake before a level of appeal is open, by year; those of a year that came after
//! this program the office writes down.

use std::collections::BTreeMap;

use crate::cli::{Context, Failure, ledger, names, parse};
use crate::denial::clock::amounts;
use crate::domain::clock::{ClockKind, ClockRule, OfficeAmount, Written};
use crate::domain::deed::{Deed, DeedVerb, Object};
use crate::domain::{Money, PayerId};
use crate::report::{Cell, Column, Table};
use crate::store::{Read, Snapshot, StoreError};

/// Show what must be at stake before a level of appeal is open, by year, and which claims reach it together
///
/// What came with the program is never changed: an amount that the office writes down for the same year stands in its place, and
/// both are shown.
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears clock amounts
  arrears clock amounts set --year 2031 --level 3 --amount 250 \\
      --source \"Federal Register of 2030-12-04\" --reason \"a new year\"
  arrears clock amounts unset --year 2031 --level 3 --reason \"misread\"")]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(clap::Subcommand, Debug)]
enum Verb {
    /// Show the amounts: as without a verb
    List,
    Set(SetArgs),
    Unset(UnsetArgs),
}

/// Which amount
#[derive(clap::Args, Debug)]
struct Which {
    /// The year in which the appeal is filed
    #[arg(long, value_parser = clap::value_parser!(i32).range(2000..=2100))]
    year: i32,
    /// The level of appeal
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=5))]
    level: u8,
    /// The table
    #[arg(long, value_parser = amounts::tables(), default_value = "medicare")]
    table: String,
    /// Why it is written down, or taken away
    #[arg(long)]
    reason: String,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Write down the amount of a year
#[derive(clap::Args, Debug)]
struct SetArgs {
    #[command(flatten)]
    which: Which,
    /// How much must be at stake
    #[arg(long, value_parser = parse::money)]
    amount: Money,
    /// Who says so: the Federal Register, an agency's page
    #[arg(long)]
    source: String,
}

/// Take away an amount that the office wrote down
#[derive(clap::Args, Debug)]
struct UnsetArgs {
    #[command(flatten)]
    which: Which,
}

pub(super) fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    match &args.verb {
        None | Some(Verb::List) => {
            let refuse = |error| context.refuse(error);
            let tables = context.read()?;
            let of_years = table(&tables).map_err(refuse)?;
            let together = together(&tables, context.as_of).map_err(refuse)?;
            context.printer.tables(vec![of_years, together])
        }
        Some(Verb::Set(args)) => set(args, context),
        Some(Verb::Unset(args)) => unset(&args.which, context),
    }
}

impl Which {
    /// `medicare appeal-3 2031`.
    fn words(&self) -> String {
        format!("{} {} {}", self.table, ClockKind::Appeal(self.level), self.year)
    }

    fn reason(&self) -> Result<&str, Failure> {
        match self.reason.trim() {
            "" => Err(Failure::usage("the reason is empty").hint("Say why with `--reason`.")),
            reason => Ok(reason),
        }
    }
}

fn set(args: &SetArgs, context: &Context) -> Result<(), Failure> {
    let which = &args.which;
    let (reason, source) = (which.reason()?, args.source.trim());
    if source.is_empty() {
        return Err(Failure::usage("an amount without a source cannot be checked by anybody")
            .hint("Say who published it with `--source`."));
    }
    if !args.amount.is_positive() {
        return Err(Failure::usage("the amount must be above zero"));
    }
    let levels = amounts::levels(&which.table);
    if !levels.contains(&which.level) {
        let levels: Vec<String> = levels.iter().map(|level| ClockKind::Appeal(*level).to_string()).collect();
        return Err(Failure::refused(format!(
            "nothing need be at stake for {} by the table {}",
            ClockKind::Appeal(which.level),
            which.table
        ))
        .hint(format!("It has amounts for {}.", levels.join(", "))));
    }
    let amount = OfficeAmount {
        table: which.table.clone(),
        level: which.level,
        year: which.year,
        amount: args.amount,
        written: Written {
            source: source.to_owned(),
            reason: reason.to_owned(),
            by: context.user.clone(),
            on: context.today,
        },
    };
    let details = format!("{}; {source}; {reason}", args.amount);
    ledger::change(context, which.dry_run, |tables| {
        tables.put_clock_amount(&amount).map_err(|error| context.refuse(error))?;
        Ok(((), Deed::new(DeedVerb::ClockAmounts, Object::Named(which.words())).says(details)))
    })?;
    let did = if which.dry_run { "Would set" } else { "Set" };
    context.printer.say(&format!("{did} {} to {}.", which.words(), args.amount));
    if let Some(known) = amounts::built_in(&which.table, which.level, which.year) {
        let says = if known.amount == args.amount { "says the same" } else { "says otherwise" };
        context.printer.warn(&format!(
            "The table of the program {says}: {} ({}). The office's own stands.",
            known.amount, known.source
        ));
    }
    Ok(())
}

fn unset(which: &Which, context: &Context) -> Result<(), Failure> {
    let reason = which.reason()?;
    let was = ledger::change_if(context, which.dry_run, |tables| {
        let was = tables.remove_clock_amount(&which.table, which.level, which.year);
        let was = was.map_err(|error| context.refuse(error))?;
        let deed = Deed::new(DeedVerb::ClockAmounts, Object::Named(which.words()));
        Ok((was, was.then(|| deed.says(format!("taken away; {reason}")))))
    })?;
    if !was {
        return Err(Failure::refused(format!("the office has no amount of its own for {}", which.words()))
            .hint("`arrears clock amounts` shows all; what came with the program cannot be taken away."));
    }
    let did = if which.dry_run { "Would take away" } else { "Took away" };
    context.printer.say(&format!("{did} {}.", which.words()));
    Ok(())
}

/// Table, level, year, and whether the office wrote it down.
type Place = (String, u8, i32, bool);

fn table(tables: &Snapshot) -> Result<Table, StoreError> {
    let columns = vec![
        Column::text("table", "Table"),
        Column::text("kind", "Level"),
        Column::id("year", "Filed in"),
        Column::money("amount", "At stake, at least"),
        Column::text("source", "Source").flexible(),
        Column::text("origin", "From"),
        Column::flag("stands", "Stands").machine_only(),
        Column::text("reason", "Reason").machine_only(),
        Column::text("set_by", "Set by").machine_only(),
        Column::date("set_on", "Set on").machine_only(),
    ];
    let mut table = Table::new("amounts", "Amounts in controversy", columns);
    let own = tables.clock_amounts()?;
    let mut rows: BTreeMap<Place, Vec<Cell>> = BTreeMap::new();
    for known in amounts::all() {
        let place = (known.table.to_owned(), known.level, known.year, false);
        let instead = own
            .iter()
            .find(|own| (own.table.as_str(), own.level, own.year) == (known.table, known.level, known.year));
        let mut row = cells(known.table, known.level, known.year, known.amount, known.source);
        row.extend(["program".into(), Cell::Flag(instead.is_none()), Cell::Empty, Cell::Empty, Cell::Empty]);
        rows.insert(place, row);
        if let Some(own) = instead.filter(|own| own.amount != known.amount) {
            table.note(format!(
                "{} {} of {}: the program has {}, the office {}, which stands.",
                own.table,
                ClockKind::Appeal(own.level),
                own.year,
                known.amount,
                own.amount
            ));
        }
    }
    for own in &own {
        let written = &own.written;
        let mut row = cells(&own.table, own.level, own.year, own.amount, &written.source);
        let (reason, by) = (written.reason.as_str().into(), written.by.as_str().into());
        row.extend(["office".into(), Cell::Flag(true), reason, by, written.on.into()]);
        rows.insert((own.table.clone(), own.level, own.year, true), row);
    }
    rows.into_values().for_each(|row| table.push(row));
    table.note("Amounts are set anew every year, for the year of filing. A year that is not listed is not known: `arrears clock amounts set`.");
    Ok(table)
}

fn cells(table: &str, level: u8, year: i32, amount: Money, source: &str) -> Vec<Cell> {
    vec![
        table.into(),
        ClockKind::Appeal(level).as_str().into(),
        u64::try_from(year).unwrap_or(0).into(),
        amount.into(),
        source.into(),
    ]
}

/// Open denials of one payer and one reason, added up toward the amount of each level.
fn together(tables: &Snapshot, as_of: crate::domain::Date) -> Result<Table, StoreError> {
    let columns = vec![
        Column::text("payer", "Payer").flexible(),
        Column::text("reason", "Reason"),
        Column::text("kind", "Level"),
        Column::money("needed", "Needed"),
        Column::count("cases", "Cases"),
        Column::count("alone", "Reach it alone"),
        Column::money("open_amount", "Open together"),
        Column::flag("reached", "Reached"),
    ];
    let mut table = Table::new("controversy", "Open denials toward these amounts", columns)
        .as_of(as_of)
        .empty("No payer with a confirmed rule needs an amount, or nothing of it is denied.");
    let rules = tables.clock_rules()?;
    let own = tables.clock_amounts()?;
    let needing: Vec<&ClockRule> =
        rules.iter().filter(|rule| rule.is_confirmed() && !rule.amounts.is_empty()).collect();
    let mut open: BTreeMap<(PayerId, String), Vec<Money>> = Default::default();
    for case in tables.cases()? {
        let case = case?;
        let counts =
            |rule: &&&ClockRule| rule.payer == case.payer && !rule.except.contains(&case.reason.code);
        if case.open().is_positive() && needing.iter().any(|rule| counts(&rule)) {
            open.entry((case.payer, case.reason.to_string())).or_default().push(case.open());
        }
    }
    let payers = names::Payers::read(tables)?;
    for ((payer, reason), amounts) in &open {
        for rule in needing.iter().filter(|rule| rule.payer == *payer) {
            let mut row: Vec<Cell> =
                vec![payers.name(*payer).into(), reason.as_str().into(), rule.kind.as_str().into()];
            match amounts::needed(&own, rule, as_of) {
                amounts::Needed::Amount(needed) => {
                    let all = amounts::together(needed, amounts.iter().copied());
                    row.extend([
                        needed.into(),
                        all.cases.into(),
                        all.alone.into(),
                        all.sum.into(),
                        Cell::Flag(all.sum >= needed),
                    ]);
                }
                amounts::Needed::Unknown(year) => {
                    let level = if let ClockKind::Appeal(level) = rule.kind { level } else { 1 };
                    table.note(format!(
                        "What must be at stake for {} in {year} is not known. Say it with {}.",
                        rule.kind,
                        amounts::how_to_set(&rule.amounts, level, year)
                    ));
                    row.extend([
                        Cell::Empty,
                        (amounts.len() as u64).into(),
                        Cell::Empty,
                        amounts.iter().copied().sum::<Money>().into(),
                        Cell::Empty,
                    ]);
                }
                amounts::Needed::Nothing => continue,
            }
            table.push(row);
        }
    }
    table.notes.dedup();
    Ok(table)
}
