//! `arrears unapplied`: money that came and is on no claim yet, with its reason and what to do.

use super::choose::{Choose, Speaks};
use super::{Context, Failure, Outcome, ledger, names, parse};
use crate::books::retell::Hand;
use crate::books::{matching, undo};
use crate::domain::book::PaymentRecord;
use crate::domain::{Date, Money, PaymentId};
use crate::posting::hold::Hold;
use crate::render::{Format, Value, money};
use crate::report::{Column, Table};
use crate::store::{Read, Snapshot, StoreError};

/// Look at money that is on no claim yet
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand, Debug)]
enum Verb {
    /// List items, each with one reason and one suggested fix
    List(Choose),
    /// Show one item and the claims it could belong to
    Show {
        /// Its number
        item: u64,
    },
    /// Post an item to the claim it belongs to, by the same rules as the import
    Match {
        /// Its number
        item: u64,
        /// The ledger's number of the claim, or its control number
        claim: String,
        /// Say what would happen, and change nothing
        #[arg(long)]
        dry_run: bool,
    },
    Release(ReleaseArgs),
}

/// Which items
#[derive(clap::Args, Debug, Default)]
struct Filter {
    /// Only items held for this reason, such as no-match
    #[arg(long, value_name = "REASON")]
    reason: Option<String>,
    /// Only items of payers with this in their name
    #[arg(long, value_name = "TEXT")]
    payer: Option<String>,
    /// Only items of at least this amount
    #[arg(long, value_name = "AMOUNT", value_parser = parse::money)]
    min: Option<Money>,
    /// Only items of at most this amount
    #[arg(long, value_name = "AMOUNT", value_parser = parse::money)]
    max: Option<Money>,
    /// Only items whose number, patient or trace has this in it
    #[arg(long, value_name = "TEXT")]
    text: Option<String>,
}

/// Send money back, or to the system whose money it is
///
/// Names items, or chooses them by filter; everything or nothing.
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears unapplied release 17 --why \"sent back to the payer\"
  arrears unapplied release --reason no-match --payer hospital --foreign --why \"the hospital's claims\" --yes")]
struct ReleaseArgs {
    /// The items' numbers; none to choose by filter
    items: Vec<u64>,
    #[command(flatten)]
    filter: Filter,
    /// It is another system's money
    #[arg(long)]
    foreign: bool,
    /// Why
    #[arg(long)]
    why: String,
    /// The accounting date [default: today]
    #[arg(long, value_parser = parse::date, value_name = "DATE")]
    on: Option<Date>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Looks, posts or sends back.
pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    let refuse = |error| context.refuse(error);
    match &args.verb {
        Verb::List(choose) => {
            let table = list(&context.read()?).map_err(refuse)?;
            context.printer.table(choose.apply(table, &Speaks { date: "service_date", amount: "paid" })?)?;
        }
        Verb::Match { item, claim, dry_run } => post(PaymentId(*item), claim, *dry_run, context)?,
        Verb::Release(args) => release(args, context)?,
        Verb::Show { item } => {
            let tables = context.read()?;
            let item = *item;
            let payment = tables.payment(PaymentId(item)).map_err(refuse)?.ok_or_else(|| {
                Failure::refused(format!("there is no item {item}"))
                    .hint("`arrears unapplied list` shows the numbers.")
            })?;
            show(&tables, &payment, context)?;
        }
    }
    Ok(Outcome::Done)
}

fn reason(payment: &PaymentRecord) -> Option<Hold> {
    Hold::from_word(payment.rule.strip_prefix("hold:").unwrap_or(&payment.rule))
}

fn refused(refusal: undo::Refusal, context: &Context) -> Failure {
    match refusal {
        undo::Refusal::Store(error) => context.refuse(error),
        other => Failure::refused(other.to_string())
            .hint("`arrears unapplied show ITEM` says what agrees and what differs."),
    }
}

fn post(item: PaymentId, claim: &str, dry_run: bool, context: &Context) -> Result<(), Failure> {
    let hand = Hand { now: context.now, user: &context.user };
    let (claim, rule) = ledger::change(context, dry_run, |tables| {
        let id = super::claim::find(tables, claim, context)?.id;
        undo::match_item(tables, &hand, item, id).map_err(|refusal| refused(refusal, context))?;
        let payment = tables.payment(item).map_err(|error| context.refuse(error))?;
        Ok((id, payment.map(|p| p.rule).unwrap_or_default()))
    })?;
    let done = if dry_run { "Would post" } else { "Posted" };
    context.printer.say(&format!("{done} item {item} to claim {claim} ({rule})."));
    Ok(())
}

fn release(args: &ReleaseArgs, context: &Context) -> Result<(), Failure> {
    let refuse = |error| context.refuse(error);
    let hand = Hand { now: context.now, user: &context.user };
    let named: Vec<PaymentId> = args.items.iter().copied().map(PaymentId).collect();
    let chosen = if named.is_empty() {
        let tables = context.read()?;
        let payers = names::Payers::read(&tables).map_err(refuse)?;
        wanted(&tables, &payers, &args.filter).map_err(refuse)?.into_iter().map(|p| p.id).collect()
    } else {
        named
    };
    if chosen.is_empty() {
        return Err(Failure::refused("no item fits").hint("`arrears unapplied list` takes the same filters."));
    }
    let on = args.on.unwrap_or(context.today);
    let try_out = |dry_run: bool| {
        ledger::change(context, dry_run, |tables| {
            let mut sum = Money::ZERO;
            for item in &chosen {
                sum += undo::release(tables, &hand, *item, on, args.foreign, &args.why)
                    .map_err(|r| refused(r, context))?;
            }
            Ok(sum)
        })
    };
    let sum = money(try_out(true)?);
    let what = format!("{} items with {sum}", chosen.len());
    if args.dry_run {
        context.printer.say(&format!("Would release {what}. Nothing was changed."));
        return Ok(());
    }
    super::ask::confirm(&format!("Release {what}?"), args.yes || args.items.len() == 1)?;
    try_out(false)?;
    context.printer.say(&format!("Released {what}."));
    Ok(())
}

/// The waiting claim payments that fit a filter.
fn wanted(
    tables: &Snapshot,
    payers: &names::Payers,
    filter: &Filter,
) -> Result<Vec<PaymentRecord>, StoreError> {
    let has = |text: &str, part: &Option<String>| {
        part.as_ref().is_none_or(|part| text.to_lowercase().contains(&part.to_lowercase()))
    };
    let mut found = Vec::new();
    for id in tables.unapplied()? {
        let Some(payment) = tables.payment(id?)? else { continue };
        let hold = reason(&payment);
        let p = &payment.payment;
        let words = format!("{} {} {} {}", p.control_number, p.patient.last, p.patient.first, payment.trace);
        let word = hold.map_or(payment.rule.as_str(), |hold| hold.word());
        let fits = filter.reason.as_ref().is_none_or(|wanted| wanted == word)
            && has(payers.name(payment.payer), &filter.payer)
            && filter.min.is_none_or(|min| p.paid >= min)
            && filter.max.is_none_or(|max| p.paid <= max)
            && has(&words, &filter.text);
        if fits {
            found.push(payment);
        }
    }
    Ok(found)
}

fn list(tables: &Snapshot) -> Result<Table, StoreError> {
    let columns = vec![
        Column::id("item_id", "Item"),
        Column::id("remit_id", "Remit"),
        Column::text("trace", "Trace").machine_only(),
        Column::text("payer", "Payer").flexible(),
        Column::text("control_number", "Control number"),
        Column::text("patient", "Patient").flexible().personal(),
        Column::date("service_date", "Service"),
        Column::money("charge", "Charge"),
        Column::money("paid", "Paid"),
        Column::text("reason", "Reason"),
        Column::count("candidates", "Candidates").machine_only(),
        Column::text("fix", "What to do").wrapping(),
        Column::text("message", "Message").machine_only(),
    ];
    let payers = names::Payers::read(tables)?;
    let mut table = Table::new("unapplied", "Unapplied money", columns)
        .empty("Nothing is unapplied: every payment is on its claim.");
    for payment in wanted(tables, &payers, &Filter::default())? {
        let hold = reason(&payment);
        let p = &payment.payment;
        let candidates =
            if payment.claim.is_some() { 1 } else { matching::candidates(tables, p)?.len() as u64 };
        table.push(vec![
            payment.id.0.into(),
            payment.remit.0.into(),
            payment.trace.as_str().into(),
            payers.name(payment.payer).into(),
            p.control_number.as_str().into(),
            names::full(&p.patient.last, &p.patient.first).into(),
            p.service_from.into(),
            p.charge.into(),
            p.paid.into(),
            hold.map_or(payment.rule.as_str(), |hold| hold.word()).into(),
            candidates.into(),
            hold.map(Hold::fix).into(),
            payment.message.as_str().into(),
        ]);
    }
    table.sum_up();
    Ok(table)
}

fn show(tables: &Snapshot, payment: &PaymentRecord, context: &Context) -> Result<(), Failure> {
    let refuse = |error| context.refuse(error);
    let p = &payment.payment;
    let columns = vec![
        Column::id("claim_id", "Claim"),
        Column::text("control_number", "Control number"),
        Column::date("service_date", "Service"),
        Column::money("charge", "Charge"),
        Column::count("score", "Score"),
        Column::text("agrees", "Agrees").wrapping(),
        Column::text("differs", "Differs").wrapping(),
    ];
    let title = if payment.claim.is_some() { "The claim it is on" } else { "Claims it could belong to" };
    let mut table = Table::new("candidates", title, columns).empty("No claim comes near it.");
    let records = match payment.claim {
        Some(id) => tables.claim(id).map_err(refuse)?.into_iter().collect(),
        None => {
            let mut found = matching::candidates(tables, p).map_err(refuse)?;
            for suggested in matching::suggestions(tables, p).map_err(refuse)? {
                if found.iter().all(|known| known.id != suggested.id) {
                    found.push(suggested);
                }
            }
            found
        }
    };
    for record in &records {
        let compared = matching::compare(p, record);
        let words = |wanted: bool| {
            compared
                .iter()
                .filter(|(_, agrees)| *agrees == wanted)
                .map(|(what, _)| *what)
                .collect::<Vec<_>>()
                .join(", ")
        };
        table.push(vec![
            record.id.0.into(),
            record.claim.control_number.as_str().into(),
            record.claim.service_from.into(),
            record.claim.charge.into(),
            (compared.iter().filter(|(_, agrees)| *agrees).count() as u64).into(),
            (compared.iter().filter(|(_, agrees)| *agrees).count() as u64).into(),
            words(true).into(),
            words(false).into(),
        ]);
    }
    if context.printer.format == Format::Json {
        let rows = table.rows.iter().map(|row| Value::row(&table.columns, &row.cells));
        let value = Value::object([
            ("item_id", Value::from(payment.id.0)),
            ("remit_id", Value::from(payment.remit.0)),
            ("control_number", Value::text(&p.control_number)),
            ("paid", Value::from(p.paid)),
            ("charge", Value::from(p.charge)),
            ("status", Value::text(payment.status.as_str())),
            ("reason", Value::text(reason(payment).map_or(payment.rule.as_str(), |hold| hold.word()))),
            ("message", Value::text(&payment.message)),
            ("candidates", Value::list(rows)),
        ]);
        return context.printer.value(&value);
    }
    context.printer.say(&format!(
        "Item {} of remittance {}: claim number {}, charge {}, paid {}, {}.",
        payment.id,
        payment.remit,
        p.control_number.as_str(),
        money(p.charge),
        money(p.paid),
        payment.status.as_str()
    ));
    if let Some(hold) = reason(payment) {
        context.printer.say(&format!("Why: {} ({}).", hold.about(), payment.message));
        context.printer.say(&format!("What to do: {}.", hold.fix()));
    }
    context.printer.table(table)
}
