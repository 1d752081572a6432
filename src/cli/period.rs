//! `arrears period`: months are checked, closed, sealed, and rarely reopened.

use super::ledger::committed;
use super::{Context, Failure, Outcome, ask, parse};
use crate::books::findings::{Finding, findings};
use crate::books::periods::{self, By, Refusal};
use crate::domain::date::utc_text;
use crate::domain::deed::Deed;
use crate::domain::period::{PeriodRecord, hex};
use crate::domain::{Money, Month};
use crate::render::{counted, money};
use crate::report::{Cell, Column, Table};
use crate::store::{ReadPeriods, Snapshot, StoreError};

/// Close months, and look at what was closed
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand, Debug)]
enum Verb {
    /// List the months that were closed: by whom, when, over what, and their seals
    List,
    Check(CheckArgs),
    Close(CloseArgs),
    Reopen(ReopenArgs),
}

/// See what should be settled before a month is closed
///
/// Each check names how much is left and the command that settles it. The proof of the month's entries and sums is one of
/// them; the whole of the books and the seals of closed months are proved by `arrears db check`. Exit code 1 says that
/// something is left.
#[derive(clap::Args, Debug)]
struct CheckArgs {
    /// The month [default: the one after the last closed, else the month before this one]
    #[arg(value_parser = parse::month, value_name = "YYYY-MM")]
    month: Option<Month>,
}

/// Close a month: nothing is posted into it any more
///
/// What comes late is dated on the first open day and keeps its own date as `effective_on`. The month keeps its totals,
/// and a seal over its journal and the seal before it. Months are closed in their order; the first one takes everything
/// before it along.
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears period close 2024-03
  arrears period close 2024-03 --accept plb-items \\
      --reason 'takeback of 12.50 announced for April'")]
struct CloseArgs {
    /// The month
    #[arg(value_parser = parse::month, value_name = "YYYY-MM")]
    month: Month,
    /// Close over this failing check; repeat it for others
    #[arg(long, value_name = "CHECK", requires = "reason")]
    accept: Vec<String>,
    /// Why; one for each accepted check in their order, or one for all
    #[arg(long, value_name = "TEXT", requires = "accept")]
    reason: Vec<String>,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Open a closed month again, and every later one with it
///
/// What was dated in a later month because this one was closed stays there.
#[derive(clap::Args, Debug)]
struct ReopenArgs {
    /// The month
    #[arg(value_parser = parse::month, value_name = "YYYY-MM")]
    month: Month,
    /// Why
    #[arg(long)]
    reason: String,
    /// Do not ask, where later months open with it
    #[arg(long)]
    yes: bool,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Looks, closes or opens.
pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    match &args.verb {
        Verb::List => {
            let tables = context.read()?;
            context.printer.table(list(&tables).map_err(|error| context.refuse(error))?)?;
            Ok(Outcome::Done)
        }
        Verb::Check(args) => check(args, context),
        Verb::Close(args) => close(args, context),
        Verb::Reopen(args) => reopen(args, context),
    }
}

/// Every month that was closed at least once.
pub(super) fn list(tables: &Snapshot) -> Result<Table, StoreError> {
    let columns = vec![
        Column::text("month", "Month"),
        Column::text("status", "Status"),
        Column::text("act", "Act"),
        Column::text("at", "When (UTC)"),
        Column::text("user", "User"),
        Column::text("reason", "Reason").wrapping(),
        Column::count("entries", "Entries"),
        Column::money("closing", "Receivables"),
        Column::text("seal", "Seal").flexible(),
    ];
    let mut table = Table::new("periods", "Closed months", columns).empty("No month has been closed yet.");
    for period in tables.periods()? {
        let closing = period.lines.iter().find(|(word, _)| word == "closing").map(|(_, amount)| *amount);
        let last = period.acts.len().saturating_sub(1);
        for (at, act) in period.acts.iter().enumerate() {
            // Figures and seal are those of the last closing.
            let sealed = period.closed && at == last;
            table.push(vec![
                period.month.to_string().into(),
                if period.closed { "closed" } else { "open" }.into(),
                if act.closed { "closed" } else { "reopened" }.into(),
                utc_text(act.at).into(),
                act.user.as_str().into(),
                act.reason.as_str().into(),
                sealed.then_some(period.entries).into(),
                closing.filter(|_| sealed).into(),
                sealed.then(|| hex(&period.seal)).into(),
            ]);
        }
    }
    Ok(table)
}

fn check(args: &CheckArgs, context: &Context) -> Result<Outcome, Failure> {
    let refuse = |error| context.refuse(error);
    let tables = context.read()?;
    let next = periods::next(&tables).map_err(refuse)?;
    let month = args.month.or(next).unwrap_or_else(|| context.today.month().previous());
    let findings = findings(&tables, month).map_err(refuse)?;
    let settled = findings.iter().all(Finding::is_settled);
    let mut table = found(month, &findings);
    table.note(match periods::closable(&tables, month, context.today) {
        Err(Refusal::Store(error)) => return Err(refuse(error)),
        Err(refusal) => format!("It cannot be closed now: {refusal}."),
        Ok(()) if settled => format!("`arrears period close {month}` closes it."),
        Ok(()) => "A failing check is settled, or accepted with `--accept CHECK --reason TEXT`.".to_owned(),
    });
    context.printer.table(table)?;
    Ok(if settled { Outcome::Done } else { Outcome::WithProblems })
}

/// What is left to settle, a check a row.
pub(super) fn found(month: Month, findings: &[Finding]) -> Table {
    let columns = vec![
        Column::text("check", "Check"),
        Column::flag("ok", "Settled"),
        Column::count("items", "Items"),
        Column::money("amount", "Amount"),
        Column::text("about", "What").wrapping(),
        Column::text("settle", "Command"),
    ];
    let mut table = Table::new("period-check", format!("Before {month} is closed"), columns)
        .parameter("period", month.to_string());
    for finding in findings {
        table.push(vec![
            finding.check.into(),
            finding.looked.then(|| finding.is_settled()).into(),
            finding.items.into(),
            finding.amount.into(),
            finding.about.into(),
            finding.settle.into(),
        ]);
    }
    table
}

fn close(args: &CloseArgs, context: &Context) -> Result<Outcome, Failure> {
    let accept = accepted(args)?;
    let by = By { now: context.now, today: context.today, user: &context.user };
    let refuse = |error| context.refuse(error);
    let book = context.open()?;
    let mut writer = book.write(context.wait).map_err(refuse)?;
    let done = {
        let mut tables = writer.tables();
        tables.keep_rows();
        periods::close(&mut tables, by, args.month, &accept)
    };
    let period = match done {
        Ok(period) => period,
        Err(Refusal::Failing(month, failing)) => return Err(failing_checks(month, &failing)),
        Err(refusal) => return Err(refused(refusal, context)),
    };
    if !args.dry_run {
        committed(context, writer, &Deed::of(vec![periods::closed_fact(&period)]))?;
    }
    context.printer.table(closed(&period))?;
    context.printer.say(&if args.dry_run {
        format!("Would close {}. Nothing was changed.", args.month)
    } else {
        format!("Closed {}: nothing is posted into it any more.", args.month)
    });
    Ok(Outcome::Done)
}

fn accepted(args: &CloseArgs) -> Result<Vec<(String, String)>, Failure> {
    let (checks, reasons) = (&args.accept, &args.reason);
    if reasons.len() != checks.len() && reasons.len() != 1 {
        return Err(Failure::usage(format!(
            "what is accepted are {}, with {}",
            counted(checks.len(), "check"),
            counted(reasons.len(), "reason")
        ))
        .hint("Give one --reason for all, or one after each --accept."));
    }
    if reasons.iter().any(|reason| reason.trim().is_empty()) {
        return Err(Failure::usage("a check is accepted with a reason, not without words"));
    }
    let reason = |at: usize| reasons.get(at).or(reasons.first()).cloned().unwrap_or_default();
    Ok(checks.iter().enumerate().map(|(at, check)| (check.clone(), reason(at))).collect())
}

fn failing_checks(month: Month, failing: &[Finding]) -> Failure {
    let mut failure = Failure::refused(format!("{month} has items to settle first"));
    for finding in failing {
        failure = failure.because(format!(
            "{}: {} ({}, {})",
            finding.check,
            finding.about,
            counted(finding.items, "item"),
            money(finding.amount)
        ));
    }
    for finding in failing {
        failure = failure.hint(format!("{}: `{}`", finding.check, finding.settle));
    }
    failure.hint("Settle them, or close over them with `--accept CHECK --reason TEXT`.")
}

fn refused(refusal: Refusal, context: &Context) -> Failure {
    match refusal {
        Refusal::Store(error) => context.refuse(error),
        Refusal::OutOfOrder(month) => Failure::refused(refusal.to_string())
            .hint(format!("Close that one first: `arrears period close {month}`."))
            .hint(format!(
                "If {0} was closed by mistake: `arrears period reopen {0} --reason TEXT`.",
                month.previous()
            )),
        other => Failure::refused(other.to_string()).hint("`arrears period list` shows what is closed."),
    }
}

/// The totals that a month was closed with.
fn closed(period: &PeriodRecord) -> Table {
    let columns = vec![Column::text("line", "Line"), Column::money("amount", "Amount")];
    // The first closing swallows everything before: its lines are not those of the month.
    let title = if period.is_first() {
        format!("All receivables up to {}", period.month.last_day())
    } else {
        format!("Receivables of {}", period.month)
    };
    let mut table = Table::new("period", title, columns)
        .parameter("period", period.month.to_string())
        .parameter("seal", hex(&period.seal));
    for (word, amount) in &period.lines {
        table.push(vec![word.as_str().into(), Cell::Money(*amount)]);
    }
    let all: Money = period.balances.iter().map(|balance| balance.stands).sum();
    table.note(format!("{}; the accounts come to {}.", counted(period.entries, "entry"), money(all)));
    table.note(format!("Seal {}", hex(&period.seal)));
    if period.is_first() {
        table.note(format!(
            "The first closing takes everything before it along; {0} alone: `arrears report rollforward --period {0}`.",
            period.month
        ));
    }
    table
}

fn reopen(args: &ReopenArgs, context: &Context) -> Result<Outcome, Failure> {
    let by = By { now: context.now, today: context.today, user: &context.user };
    let reopened = |dry_run| {
        super::ledger::change(context, dry_run, |tables| {
            let (months, facts) = periods::reopen(tables, by, args.month, &args.reason)
                .map_err(|refusal| refused(refusal, context))?;
            Ok((months, Deed::of(facts)))
        })
    };
    let months: Vec<String> = reopened(true)?.iter().map(Month::to_string).collect();
    let words = months.join(", ");
    if args.dry_run {
        context.printer.say(&format!("Would open {words}. Nothing was changed."));
        return Ok(Outcome::Done);
    }
    if months.len() > 1 {
        ask::confirm(&format!("Open {words}?"), args.yes)?;
    }
    reopened(false)?;
    context.printer.say(&format!("Open again: {words}."));
    Ok(Outcome::Done)
}
