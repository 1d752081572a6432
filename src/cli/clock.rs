//! `arrears clock`: how long each payer gives, who says so, and who checked it.

mod holidays;
mod own_amounts;

use super::choose::{Choose, Speaks};
use super::{Context, Failure, Outcome, ask, ledger, parse};
use crate::books::clocks::{self, Refusal};
use crate::denial::clock::{amounts, suggest};
use crate::domain::book::PayerRecord;
use crate::domain::clock::{ClockKind, ClockRule, ClockStart, ClockUnit};
use crate::domain::deed::{Deed, DeedVerb, Fact, Object};
use crate::domain::{Code, PayerId};
use crate::render::counted;
use crate::report::{Cell, Column, Table};
use crate::store::{Read, Snapshot, StoreError};

/// Keep the deadlines of each payer: filing, corrected claims, appeals
///
/// A deadline is shown only where somebody confirmed the payer's rule. Suggestions by kind of payer come with the program;
/// they give no date until they are confirmed.
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears clock list --payer medicare
  arrears clock confirm 2 appeal-1 appeal-2
  arrears clock set 3 appeal-1 180 days --from denial --source \"contract 7.3\" \\
      --confirm
  arrears clock amounts
  arrears clock holidays list")]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand, Debug)]
enum Verb {
    /// List the rules of each payer: confirmed, not confirmed, suggested, or none
    List(Choose),
    Set(SetArgs),
    Confirm(ConfirmArgs),
    /// Remove a rule of a payer
    Remove {
        /// The payer's number
        payer: u32,
        /// Which deadline
        #[arg(value_parser = parse::word(&ClockKind::ALL, ClockKind::as_str))]
        kind: ClockKind,
        /// Say what would happen, and change nothing
        #[arg(long)]
        dry_run: bool,
    },
    Amounts(own_amounts::Args),
    Holidays(holidays::Args),
}

/// Write down a rule of a payer
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears clock set 3 filing 90 days --from service --source \"contract 4.1\" \\
      --confirm
  arrears clock set 2 appeal-1 120 days --from denial --receipt-days 5 \\
      --next-workday --except 29 --source \"42 CFR 405.942\"

Without --confirm the rule waits for `arrears clock confirm` and gives no date.")]
struct SetArgs {
    /// The payer's number of `payer list`
    payer: u32,
    /// Which deadline
    #[arg(value_parser = parse::word(&ClockKind::ALL, ClockKind::as_str))]
    kind: ClockKind,
    /// How many
    #[arg(value_parser = clap::value_parser!(u16).range(1..=3650))]
    limit: u16,
    /// What is counted
    #[arg(value_parser = parse::word(ClockUnit::ALL, |unit| unit.as_str()))]
    unit: ClockUnit,
    /// From which day
    #[arg(long, value_name = "START", value_parser = parse::word(ClockStart::ALL, |start| start.as_str()))]
    from: ClockStart,
    /// Days after which a notice counts as received
    #[arg(long, value_name = "DAYS", default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=60))]
    receipt_days: u16,
    /// Days before the last day by which the work should be done
    #[arg(long, value_name = "DAYS", default_value_t = 14, value_parser = clap::value_parser!(u16).range(0..=365))]
    buffer: u16,
    /// A last day on a weekend or federal holiday moves to the next workday
    #[arg(long)]
    next_workday: bool,
    /// Reasons (CARC) that this deadline is of no use against
    #[arg(long, value_name = "CODES", value_delimiter = ',', value_parser = reason_code)]
    except: Vec<Code>,
    /// The table of amounts that must be at stake
    #[arg(long, value_name = "TABLE", value_parser = amounts::tables())]
    amounts: Option<String>,
    /// Who says so: a contract's section, a regulation, a page of a manual
    #[arg(long)]
    source: String,
    /// You compared it with its source
    #[arg(long)]
    confirm: bool,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Say that you compared rules with their sources: from now on they give dates
///
/// Without kinds: every rule and suggestion of the payer. With --class instead of a payer: of every payer of that class.
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears clock confirm 2
  arrears clock confirm 3 appeal-1 --source \"contract of 2026-01-01, 7.3\"
  arrears clock confirm --class medicare --yes")]
struct ConfirmArgs {
    /// The payer's number of `payer list`
    #[arg(required_unless_present = "class")]
    payer: Option<u32>,
    /// Which deadlines
    #[arg(value_parser = parse::word(&ClockKind::ALL, ClockKind::as_str))]
    kinds: Vec<ClockKind>,
    /// Every payer of this class, such as medicare
    #[arg(long, conflicts_with = "payer")]
    class: Option<String>,
    /// Where you found it, in place of the source given
    #[arg(long)]
    source: Option<String>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

fn reason_code(text: &str) -> Result<Code, String> {
    Code::parse(text).ok_or_else(|| "expected a reason code such as 29".to_owned())
}

/// Looks or changes.
pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    let refuse = |error| context.refuse(error);
    match &args.verb {
        Verb::List(choose) => {
            let table = list(&context.read()?).map_err(refuse)?;
            context.printer.table(choose.apply(table, &Speaks { date: "confirmed_on", amount: "" })?)?;
        }
        Verb::Set(args) => set(args, context)?,
        Verb::Confirm(args) => confirm(args, context)?,
        Verb::Remove { payer, kind, dry_run } => remove(PayerId(*payer), *kind, *dry_run, context)?,
        Verb::Amounts(args) => own_amounts::run(args, context)?,
        Verb::Holidays(args) => holidays::run(args, context)?,
    }
    Ok(Outcome::Done)
}

fn refused(refusal: Refusal, context: &Context) -> Failure {
    match refusal {
        Refusal::Store(error) => context.refuse(error),
        Refusal::Usual(..) => Failure::refused(refusal.to_string())
            .hint("Look it up, then say where it stands: `--source \"contract 7.3\"`. Other limits are set with `arrears clock set`."),
        Refusal::NoSource => Failure::usage(refusal.to_string()).hint("Say where it stands with `--source`."),
        Refusal::Nothing(..) => Failure::refused(refusal.to_string())
            .hint("Write one down with `arrears clock set`, or say what kind of payer it is with `arrears payer set N --class`."),
        other => Failure::refused(other.to_string()).hint("`arrears payer list` shows the payers."),
    }
}

fn set(args: &SetArgs, context: &Context) -> Result<(), Failure> {
    let confirmed = args.confirm.then_some((context.user.clone(), context.today));
    let (confirmed_by, confirmed_on) = confirmed.map_or((String::new(), None), |(by, on)| (by, Some(on)));
    let rule = ClockRule {
        payer: PayerId(args.payer),
        kind: args.kind,
        limit: args.limit,
        unit: args.unit,
        start: args.from,
        receipt_days: args.receipt_days,
        buffer_days: args.buffer,
        next_workday: args.next_workday,
        except: args.except.clone(),
        amounts: args.amounts.clone().unwrap_or_default(),
        source: args.source.trim().to_owned(),
        set_by: context.user.clone(),
        set_on: Some(context.today),
        confirmed_by,
        confirmed_on,
    };
    if !makes_sense(&rule) {
        return Err(Failure::usage(format!("{} cannot run from {}", rule.kind, rule.start))
            .hint("A claim is filed from service, through or prior-remittance; an appeal runs from denial or decision."));
    }
    ledger::change(context, args.dry_run, |tables| {
        clocks::set(tables, &rule).map_err(|refusal| refused(refusal, context))?;
        Ok(((), Deed::of(vec![fact(DeedVerb::ClockSet, &rule)])))
    })?;
    let did = if args.dry_run { "Would set" } else { "Set" };
    let waits = if args.confirm { "" } else { " It gives no date until it is confirmed." };
    context.printer.say(&format!("{did} {} of payer {}: {rule}.{waits}", rule.kind, rule.payer));
    Ok(())
}

/// Rules decide what people believe to be in time: who wrote and who confirmed one is kept for good.
fn fact(verb: DeedVerb, rule: &ClockRule) -> Fact {
    let details =
        format!("{}: {rule}, {} before; {}", rule.kind, counted(rule.buffer_days, "day"), rule.source);
    Fact { verb, on: Object::Payer(rule.payer), details }
}

/// A claim can be filed before anybody denied it; only an appeal follows a decision.
fn makes_sense(rule: &ClockRule) -> bool {
    match (rule.kind, rule.start) {
        (ClockKind::Filing | ClockKind::Secondary, start) => {
            !matches!(start, ClockStart::Denial | ClockStart::Decision)
        }
        (ClockKind::Corrected, start) => start != ClockStart::Decision,
        (ClockKind::Appeal(1), start) => start != ClockStart::Decision,
        (ClockKind::Appeal(_), _) => true,
    }
}

fn confirm(args: &ConfirmArgs, context: &Context) -> Result<(), Failure> {
    let change = |dry_run| {
        ledger::change_if(context, dry_run, |tables| {
            let payers = match (args.payer, &args.class) {
                (Some(payer), _) => vec![PayerId(payer)],
                (None, class) => {
                    let all = tables.payers().map_err(|error| context.refuse(error))?;
                    of_class(&all, class.as_deref().unwrap_or_default())?
                }
            };
            let mut confirmed = Vec::new();
            for payer in payers {
                let by = (context.user.as_str(), context.today);
                let done = clocks::confirm(tables, payer, &args.kinds, args.source.as_deref(), by);
                for rule in done.map_err(|refusal| refused(refusal, context))? {
                    confirmed.push(rule);
                }
            }
            let facts: Vec<Fact> = confirmed.iter().map(|rule| fact(DeedVerb::ClockConfirm, rule)).collect();
            Ok((confirmed, (!facts.is_empty()).then(|| Deed::of(facts))))
        })
    };
    let rules = change(true)?;
    for rule in &rules {
        context.printer.say(&format!("payer {} {}: {rule} ({})", rule.payer, rule.kind, rule.source));
    }
    let many = format!("{} {}", rules.len(), if rules.len() == 1 { "rule" } else { "rules" });
    if rules.is_empty() || args.dry_run {
        context.printer.say(&format!("Would confirm {many}. Nothing was changed."));
        return Ok(());
    }
    // One payer's rules were named by the user; a class may hold many.
    ask::confirm(&format!("Confirm {many}?"), args.yes || args.class.is_none())?;
    change(false)?;
    context.printer.say(&format!("Confirmed {many}."));
    Ok(())
}

fn of_class(payers: &[PayerRecord], class: &str) -> Result<Vec<PayerId>, Failure> {
    let wanted = class.trim().to_ascii_lowercase().replace([' ', '-'], "_");
    let of = |payer: &&PayerRecord| payer.merged_into.is_none() && suggest::class(payer) == wanted;
    let found: Vec<PayerId> = payers.iter().filter(of).map(|payer| payer.id).collect();
    if found.is_empty() {
        return Err(Failure::refused(format!("no payer is of the class {class:?}")).hint(format!(
            "There are suggestions for {}; `arrears payer set N --class` says what a payer is.",
            suggest::classes().join(", ")
        )));
    }
    Ok(found)
}

fn remove(payer: PayerId, kind: ClockKind, dry_run: bool, context: &Context) -> Result<(), Failure> {
    let was = ledger::change_if(context, dry_run, |tables| {
        let was = clocks::remove(tables, payer, kind).map_err(|refusal| refused(refusal, context))?;
        let deed = Deed::new(DeedVerb::ClockRemove, Object::Payer(payer)).says(kind.as_str());
        Ok((was, was.then_some(deed)))
    })?;
    if !was {
        return Err(Failure::refused(format!("payer {payer} has no rule for {kind}"))
            .hint("`arrears clock list` shows the rules; suggestions need not be removed."));
    }
    let did = if dry_run { "Would remove" } else { "Removed" };
    context.printer.say(&format!("{did} the rule for {kind} of payer {payer}."));
    Ok(())
}

/// What is known for one payer: kind, rule, status, what else to know.
pub(super) fn of_payer(
    own: &[ClockRule],
    payer: &PayerRecord,
) -> Vec<(ClockKind, ClockRule, &'static str, &'static str)> {
    let suggested = suggest::suggestions(payer);
    let known = |kind: ClockKind| {
        let suggestion = suggested.iter().find(|(rule, _)| rule.kind == kind);
        let note = suggestion.map_or("", |(_, note)| *note);
        match own.iter().find(|rule| rule.payer == payer.id && rule.kind == kind) {
            Some(rule) if rule.is_confirmed() => Some((kind, rule.clone(), "confirmed", note)),
            Some(rule) => Some((kind, rule.clone(), "not confirmed", note)),
            None => suggestion.map(|(rule, note)| (kind, rule.clone(), "suggested", *note)),
        }
    };
    ClockKind::ALL.into_iter().filter_map(known).collect()
}

fn list(tables: &Snapshot) -> Result<Table, StoreError> {
    let columns = vec![
        Column::id("payer_no", "No."),
        Column::text("payer", "Payer").flexible(),
        Column::text("payer_id", "Identifier").machine_only(),
        Column::text("class", "Class"),
        Column::text("kind", "Deadline"),
        Column::text("status", "Status"),
        Column::text("rule", "Rule").wrapping(),
        Column::count("limit", "Limit").machine_only(),
        Column::text("unit", "Unit").machine_only(),
        Column::text("start", "From").machine_only(),
        Column::count("receipt_days", "Receipt").machine_only(),
        Column::count("buffer_days", "Buffer").machine_only(),
        Column::flag("next_workday", "Next workday").machine_only(),
        Column::text("except", "Except").machine_only(),
        Column::text("amounts", "Amounts").machine_only(),
        Column::text("source", "Source").wrapping(),
        Column::text("note", "Note").machine_only(),
        Column::text("confirmed_by", "Confirmed by"),
        Column::date("confirmed_on", "On"),
    ];
    let title = "Deadlines of each payer";
    let mut table =
        Table::new("clocks", title, columns).empty("No payers yet: they appear with the first claims.");
    let own = tables.clock_rules()?;
    let mut waiting = 0;
    for payer in tables.payers()?.iter().filter(|payer| payer.merged_into.is_none()) {
        let known = of_payer(&own, payer);
        waiting += known.iter().filter(|(_, rule, ..)| !rule.is_confirmed()).count();
        if known.is_empty() {
            let mut row = payer_cells(payer);
            row.extend([Cell::Empty, "no rule".into()]);
            row.resize(table.columns.len(), Cell::Empty);
            table.push(row);
        }
        for (_, rule, status, note) in known {
            table.push(rule_row(payer, &rule, status, note));
        }
    }
    if waiting > 0 {
        table.note("What is suggested or not confirmed gives no date: compare it with its source, then `arrears clock confirm`.");
    }
    Ok(table)
}

fn payer_cells(payer: &PayerRecord) -> Vec<Cell> {
    let class = suggest::class(payer);
    let ident = (!payer.ident.is_empty()).then_some(payer.ident.as_str());
    let name = if payer.name.is_empty() { payer.ident.as_str() } else { payer.name.as_str() };
    let class = (!class.is_empty()).then_some(class);
    vec![u64::from(payer.id.0).into(), name.into(), ident.into(), class.into()]
}

fn rule_row(payer: &PayerRecord, rule: &ClockRule, status: &str, note: &str) -> Vec<Cell> {
    let except: Vec<String> = rule.except.iter().map(ToString::to_string).collect();
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let mut row = payer_cells(payer);
    row.extend([
        rule.kind.as_str().into(),
        status.into(),
        rule.to_string().into(),
        u64::from(rule.limit).into(),
        rule.unit.as_str().into(),
        rule.start.as_str().into(),
        u64::from(rule.receipt_days).into(),
        u64::from(rule.buffer_days).into(),
        Cell::Flag(rule.next_workday),
        given(&except.join(" ")).into(),
        given(&rule.amounts).into(),
        rule.source.as_str().into(),
        given(note).into(),
        given(&rule.confirmed_by).into(),
        rule.confirmed_on.into(),
    ]);
    row
}
