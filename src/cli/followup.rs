//! `arrears followup`: claims that nobody answered, and what was done about them.

use std::collections::HashSet;

use super::choose::{Choose, Speaks};
use super::{Context, Failure, Outcome, ask, claim, ledger, names, parse};
use crate::books::followup::{self, Item, Why};
use crate::books::promises::Promise;
use crate::books::{bounds, clocks};
use crate::domain::deed::{Deed, DeedVerb, Fact, Object};
use crate::domain::followup::{FollowUp, FollowUpAct};
use crate::domain::{ClaimId, Date, Money};
use crate::render::{counted, money};
use crate::report::{Cell, Column, Known, Table};
use crate::store::{Read, Snapshot, StoreError};

/// A call without a promise is looked at again after so many days.
const CALL_AGAIN_DAYS: u32 = 14;

const SPEAKS: Speaks = Speaks { date: "since", amount: "open_amount" };

/// Follow up claims that nobody answered
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears followup list --payer acme
  arrears followup call 41 --representative Kim --reference 778-1 \\
      --promised 2024-04-15
  arrears followup snooze --status next-payer --until 2024-04-30 --yes")]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand, Debug)]
enum Verb {
    List(ListArgs),
    /// Write down words about claims
    Note(NoteArgs),
    /// Put claims off until a day
    Snooze(SnoozeArgs),
    /// Write down a call to a payer, and what it promised
    Call(CallArgs),
}

/// List claims that nobody answered
///
/// A claim is late when it waits longer than nine of ten answers of its payer took (with fewer than 20 answers: 30 days; or
/// as `payer set --expected-days` says). Also listed: promises whose day has passed, those about denials too, and rejections
/// not sent again. What was put off comes back on its day. Left are the days to file, for a promise about a denial those to
/// appeal or correct.
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Status:
  rejected        sent back by a clearinghouse or payer, and not sent again
  promise-passed  the payer promised an answer by a day that has passed
  no-answer       neither acknowledgment nor remittance
  no-remittance   acknowledged, and not paid or denied
  part-answered   an answer left a part open, or was taken back
  next-payer      waits for the payer after

Examples:
  arrears followup list
  arrears followup list --status no-answer --min 200 --sort -waited
  arrears followup list --all -o followup.csv")]
struct ListArgs {
    /// Also what was put off
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    choose: Choose,
}

/// Which claims
#[derive(clap::Args, Debug)]
struct Which {
    /// Claims, by the ledger's number or their control number; without any: those of the list that the options choose
    claims: Vec<String>,
    /// The day [default: today]
    #[arg(long, value_name = "DATE", value_parser = parse::date)]
    on: Option<Date>,
    /// Do not ask; days are meant, though they lie before the service, after today or more than a year ahead
    #[arg(long)]
    yes: bool,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    choose: Choose,
}

#[derive(clap::Args, Debug)]
struct NoteArgs {
    /// The words
    #[arg(long)]
    words: String,
    /// The day on which to look again
    #[arg(long, value_name = "DATE", value_parser = parse::date)]
    next: Option<Date>,
    #[command(flatten)]
    which: Which,
}

#[derive(clap::Args, Debug)]
struct SnoozeArgs {
    /// The day on which to look again
    #[arg(long, value_name = "DATE", value_parser = parse::date)]
    until: Date,
    /// Why
    #[arg(long, default_value = "")]
    words: String,
    #[command(flatten)]
    which: Which,
}

#[derive(clap::Args, Debug)]
struct CallArgs {
    /// Who spoke for the payer
    #[arg(long, value_name = "NAME", default_value = "")]
    representative: String,
    /// The payer's number of the call
    #[arg(long, value_name = "NUMBER", default_value = "")]
    reference: String,
    /// The day by which the payer said it would answer
    #[arg(long, value_name = "DATE", value_parser = parse::date)]
    promised: Option<Date>,
    /// What was said
    #[arg(long, default_value = "")]
    words: String,
    /// The day on which to look again [default: the day after the promise, else 14 days on]
    #[arg(long, value_name = "DATE", value_parser = parse::date)]
    next: Option<Date>,
    #[command(flatten)]
    which: Which,
}

/// Looks or writes down.
pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    match &args.verb {
        Verb::List(args) => {
            let refuse = |error: StoreError| context.refuse(error);
            let tables = context.read()?;
            let table = list(&tables, args.all, context.as_of).map_err(refuse)?;
            let table = names::know_providers(table, &args.choose, &tables).map_err(refuse)?;
            context.printer.table(args.choose.apply(table, &SPEAKS)?)?;
        }
        Verb::Note(args) => {
            let act = act(&args.which, FollowUpAct::Note, &args.words, context);
            record(&args.which, FollowUp { next_on: args.next, ..act }, context)?;
        }
        Verb::Snooze(args) => {
            let act = act(&args.which, FollowUpAct::Snooze, &args.words, context);
            record(&args.which, FollowUp { next_on: Some(args.until), ..act }, context)?;
        }
        Verb::Call(args) => {
            let act = act(&args.which, FollowUpAct::Call, &args.words, context);
            let later = args.promised.map_or(act.on.plus_days(CALL_AGAIN_DAYS), |day| day.plus_days(1));
            let done = FollowUp {
                representative: args.representative.trim().to_owned(),
                reference: args.reference.trim().to_owned(),
                promised_on: args.promised,
                next_on: Some(args.next.unwrap_or(later)),
                ..act
            };
            record(&args.which, done, context)?;
        }
    }
    Ok(Outcome::Done)
}

fn act(which: &Which, act: FollowUpAct, words: &str, context: &Context) -> FollowUp {
    FollowUp {
        on: which.on.unwrap_or(context.today),
        recorded_at: context.now,
        user: context.user.clone(),
        act,
        text: words.trim().to_owned(),
        representative: String::new(),
        reference: String::new(),
        promised_on: None,
        next_on: None,
    }
}

/// Writes one act down for every claim that is meant: all of them or none.
fn record(which: &Which, done: FollowUp, context: &Context) -> Result<(), Failure> {
    let days = [("--until or --next", done.next_on), ("--promised", done.promised_on)];
    if let Some((option, day)) = days.into_iter().find_map(|(o, d)| Some((o, d.filter(|d| *d < done.on)?))) {
        return Err(Failure::usage(format!("{option}: {day} is before {}", done.on)));
    }
    ask::sure(days.into_iter().find_map(|(_, day)| bounds::ahead(day?, context.today)), which.yes)?;
    let tables = context.read()?;
    let (claims, amount) = meant(which, &tables, context)?;
    for claim in claims.iter().filter(|_| which.on.is_some()) {
        let record = tables.claim(*claim).map_err(|error| context.refuse(error))?;
        let service = record.and_then(|record| record.claim.service_from);
        ask::sure(bounds::day(done.on, service, context.today), which.yes)?;
    }
    drop(tables);
    let what =
        format!("{} on {} with {} open", done.act.as_str(), counted(claims.len(), "claim"), money(amount));
    let next = done.next_on.map_or_else(String::new, |day| format!("; next on {day}"));
    if which.dry_run {
        context.printer.say(&format!("Would write down a {what}{next}. Nothing was changed."));
        return Ok(());
    }
    if which.claims.is_empty() {
        ask::confirm(&format!("Write down a {what}{next}?"), which.yes)?;
    }
    ledger::change(context, false, |tables| {
        followup::record(tables, &claims, &done).map_err(|error| context.refuse(error))?;
        let verb = match done.act {
            FollowUpAct::Note => DeedVerb::FollowupNote,
            FollowUpAct::Call => DeedVerb::FollowupCall,
            FollowUpAct::Snooze => DeedVerb::FollowupSnooze,
        };
        let details = done.next_on.map_or_else(String::new, |day| format!("next on {day}"));
        let fact = |claim: &ClaimId| Fact { verb, on: Object::Claim(*claim), details: details.clone() };
        Ok(((), Deed::of(claims.iter().map(fact).collect())))
    })?;
    context.printer.say(&format!("Wrote down a {what}{next}."));
    Ok(())
}

/// The claims that are meant, each once, and their balances.
fn meant(which: &Which, tables: &Snapshot, context: &Context) -> Result<(Vec<ClaimId>, Money), Failure> {
    let refuse = |error: StoreError| context.refuse(error);
    let mut claims = Vec::new();
    if which.claims.is_empty() {
        let listed = list(tables, false, context.as_of).map_err(refuse)?;
        let all = listed.rows.len();
        let chosen = which.choose.ids(listed, "claim_id", &SPEAKS, 0)?;
        if chosen.len() == all && all > 0 && !which.yes && !which.dry_run {
            return Err(Failure::usage("no claim was named")
                .hint("Name claims, or choose from the list with `--payer`, `--status` and so on; `--yes` means all of it."));
        }
        claims.extend(chosen.into_iter().map(ClaimId));
    }
    for said in &which.claims {
        claims.push(claim::find(tables, said, context)?.id);
    }
    let mut seen = HashSet::new();
    claims.retain(|claim| seen.insert(*claim));
    if claims.is_empty() {
        return Err(Failure::refused("no claim of the list is meant")
            .hint("`arrears followup list` shows what waits; a claim that is not listed can be named."));
    }
    let mut amount = Money::ZERO;
    for claim in &claims {
        amount += tables.claim_state(*claim).map_err(refuse)?.map_or(Money::ZERO, |state| state.balance());
    }
    Ok((claims, amount))
}

fn columns() -> Vec<Column> {
    vec![
        Column::id("claim_id", "Claim"),
        Column::text("control_number", "Control number"),
        Column::text("patient", "Patient").flexible().personal(),
        Column::text("payer", "Payer").flexible(),
        Column::text("payer_id", "Identifier").machine_only(),
        Column::text("provider", "Provider").machine_only(),
        Column::text("provider_id", "NPI").machine_only(),
        Column::date("service_date", "Service"),
        Column::text("status", "Status").one_of(Why::ALL.map(Why::as_str)),
        Column::date("since", "Since"),
        Column::count("waited", "Days"),
        Column::count("usual", "Usual"),
        Column::text("usual_basis", "Usual by").machine_only(),
        Column::money("open_amount", "Open"),
        Column::text("left", "Left"),
        Column::date("deadline", "Deadline").machine_only(),
        Column::date("work_by", "Work by").machine_only(),
        Column::text("deadline_rule", "Rule").machine_only(),
        Column::id("denial_id", "Denial").machine_only(),
        Column::text("promise", "Said by").wrapping(),
        Column::date("promised_on", "Promised by").machine_only(),
        Column::text("representative", "Representative").machine_only(),
        Column::text("last_act", "Last"),
        Column::date("last_on", "On").machine_only(),
        Column::text("assignee", "By").machine_only(),
        Column::text("reference", "Reference").machine_only(),
        Column::text("note", "Words").machine_only(),
        Column::date("next_action_on", "Next on"),
    ]
}

fn list(tables: &Snapshot, all: bool, as_of: Date) -> Result<Table, StoreError> {
    let rules = clocks::rules(tables)?;
    let payers = names::Payers::read(tables)?;
    let mut columns = columns();
    columns.iter_mut().filter(|c| c.key == "payer").for_each(|c| c.known = Known::Names(payers.all()));
    let mut table = Table::new("followup", "Claims that nobody answered", columns)
        .as_of(as_of)
        .basis("submission")
        .empty("Every claim is answered, or within its payer's usual days.");
    let (mut put_off, mut bases) = (0, Vec::new());
    for item in followup::list(tables, &rules, as_of)? {
        if item.is_put_off(as_of) && !all {
            put_off += 1;
            continue;
        }
        let words = item.lag.words();
        let base = format!("{}: {} ({words})", payers.name(item.payer), counted(item.lag.days, "day"));
        if !bases.contains(&base) {
            bases.push(base);
        }
        table.push(row(&item, &payers, as_of));
    }
    if !bases.is_empty() && bases.len() <= MOST_BASES {
        bases.sort();
        table.note(format!("Usual days from billing to the first answer: {}.", bases.join("; ")));
    }
    if put_off > 0 {
        table.note(format!("{put_off} put off until a later day are not shown; `--all` shows them."));
    }
    table.sum_up();
    for key in ["waited", "usual"] {
        table.blank_total(key);
    }
    Ok(table)
}

/// More payers than this are not explained below the table; every row says its own basis in JSON and CSV.
const MOST_BASES: usize = 6;

fn row(item: &Item<'_>, payers: &names::Payers, as_of: Date) -> Vec<Cell> {
    let provider = &item.provider;
    let deadline = item.clock.deadline();
    let left = match deadline.map(|deadline| deadline.due.days_since(as_of)) {
        None => "no rule".to_owned(),
        Some(0) => "last day".to_owned(),
        Some(left @ 1..) => counted(left, "day"),
        Some(past) => format!("{} over", counted(-past, "day")),
    };
    let last = item.last.as_ref();
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let promise = item.promise.as_ref();
    // A word since then has no reference: that of the promise is the one to name.
    let said = last.filter(|done| !done.reference.is_empty()).or(promise.map(|promise| &promise.call));
    vec![
        item.claim.0.into(),
        item.control_number.as_str().into(),
        names::patient(&item.patient).into(),
        payers.name(item.payer).into(),
        payers.ident(item.payer).into(),
        names::provider_name(provider).into(),
        provider.npi.as_str().into(),
        item.service_from.into(),
        item.why.as_str().into(),
        item.since.into(),
        u64::try_from(as_of.days_since(item.since)).unwrap_or(0).into(),
        u64::from(item.lag.days).into(),
        item.lag.words().into(),
        item.waiting.into(),
        left.into(),
        deadline.map(|deadline| deadline.due).into(),
        deadline.map(|deadline| deadline.work_by).into(),
        item.clock.words().into(),
        promise.and_then(|promise| promise.denial).map(|denial| denial.0).into(),
        promise.map(promised).into(),
        promise.map(|promise| promise.by).into(),
        promise.and_then(|promise| given(&promise.call.representative)).into(),
        last.map(|done| format!("{} {}", done.act.as_str(), done.on)).into(),
        last.map(|done| done.on).into(),
        last.map(|done| done.user.clone()).into(),
        said.and_then(|done| given(&done.reference)).into(),
        last.and_then(|done| given(&done.text)).into(),
        item.next_on.into(),
    ]
}

/// `Kim, 55-9, denial 17`; the day where nothing else is known.
fn promised(promise: &Promise) -> String {
    let given = [promise.call.representative.clone(), promise.call.reference.clone()];
    let denial = promise.denial.map(|denial| format!("denial {denial}"));
    let parts: Vec<String> = given.into_iter().chain(denial).filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { format!("by {}", promise.by) } else { parts.join(", ") }
}
