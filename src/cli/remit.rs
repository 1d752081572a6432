//! `arrears remit`: remittances, posted and held.

use super::choose::{Choose, Speaks};
use super::{Context, Failure, Outcome, ledger, names};
use crate::books::retell::Hand;
use crate::books::undo;
use crate::domain::RemitId;
use crate::domain::book::{RemitRecord, RemitStatus};
use crate::render::{Format, Value, counted, money};
use crate::report::{Column, Known, Table};
use crate::store::{Read, Snapshot, StoreError};

/// Look at remittances
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand, Debug)]
enum Verb {
    /// List remittances, the latest first
    List {
        /// Only those that are held
        #[arg(long)]
        held: bool,
        #[command(flatten)]
        choose: Box<Choose>,
    },
    /// Show one remittance with its claim payments and provider-level items
    Show {
        /// Its number
        id: u64,
    },
    /// Take a posted remittance out of the books
    ///
    /// Every entry of it is negated, and every claim that heard it is told anew without it, denial cases included.
    /// `remit repost` puts it back.
    Reverse(UndoArgs),
    /// Put a remittance back that was taken out
    Repost(UndoArgs),
    /// Say of a held remittance that it need not come into the books
    ///
    /// For what is not the office's, or came again in a better copy. Nothing of it is in the books. Imported again it is
    /// looked at anew.
    SetAside(UndoArgs),
}

#[derive(clap::Args, Debug)]
struct UndoArgs {
    /// Its number
    id: u64,
    /// Why
    #[arg(long)]
    reason: String,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Looks, takes out or puts back.
pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    match &args.verb {
        Verb::Reverse(args) => return undo(args, true, context),
        Verb::Repost(args) => return undo(args, false, context),
        Verb::SetAside(args) => return set_aside(args, context),
        _ => {}
    }
    let tables = context.read()?;
    let refuse = |error| context.refuse(error);
    match &args.verb {
        Verb::Reverse(_) | Verb::Repost(_) | Verb::SetAside(_) => {}
        Verb::List { held, choose } => {
            let table = list(&tables, *held).map_err(refuse)?;
            context.printer.table(choose.apply(table, &Speaks { date: "posted_on", amount: "paid" })?)?;
        }
        Verb::Show { id } => {
            let remit = tables.remit(RemitId(*id)).map_err(refuse)?.ok_or_else(|| {
                Failure::refused(format!("there is no remittance {id}"))
                    .hint("`arrears remit list` shows the numbers.")
            })?;
            show(&tables, &remit, context)?;
        }
    }
    Ok(Outcome::Done)
}

fn undo(args: &UndoArgs, out: bool, context: &Context) -> Result<Outcome, Failure> {
    let hand = Hand { now: context.now, user: &context.user };
    let id = RemitId(args.id);
    let remit = ledger::change(context, args.dry_run, |tables| {
        let done = if out {
            undo::reverse_remit(tables, &hand, id, &args.reason)
        } else {
            undo::repost_remit(tables, &hand, id, &args.reason)
        };
        done.map_err(|refusal| match refusal {
            undo::Refusal::Store(error) => context.refuse(error),
            other => {
                Failure::refused(other.to_string()).hint("`arrears remit list` shows what is in the books.")
            }
        })?;
        tables.remit(id).map_err(|error| context.refuse(error))
    })?;
    let paid = remit.as_ref().map_or_else(String::new, |r| money(r.header.paid));
    let claims = counted(remit.map_or(0, |r| r.claims), "claim payment");
    let (did, would) = if out { ("Took", "Would take") } else { ("Put", "Would put") };
    let (verb, end) = if args.dry_run { (would, " Nothing was changed.") } else { (did, "") };
    let where_to = if out { "out of the books" } else { "back into the books" };
    context.printer.say(&format!("{verb} remittance {id}, {paid} and {claims}, {where_to}.{end}"));
    Ok(Outcome::Done)
}

fn set_aside(args: &UndoArgs, context: &Context) -> Result<Outcome, Failure> {
    let refuse = |error| context.refuse(error);
    let id = RemitId(args.id);
    let paid = ledger::change(context, args.dry_run, |tables| {
        let remit = tables.remit(id).map_err(refuse)?;
        let remit = remit.ok_or_else(|| Failure::refused(undo::Refusal::NoRemit(id).to_string()))?;
        if remit.status != RemitStatus::Held {
            let why = undo::Refusal::WrongState(id, remit.status.as_str());
            return Err(Failure::refused(why.to_string())
                .hint("Only a held remittance is set aside; `arrears remit list --held` shows them."));
        }
        let paid = remit.header.paid;
        undo::set_aside(tables, remit, context.today).map_err(refuse)?;
        let subject = format!("remittance {id}");
        tables.log(context.now, &context.user, "remit set-aside", &subject, &args.reason).map_err(refuse)?;
        Ok(paid)
    })?;
    let (did, end) = if args.dry_run { ("Would set", " Nothing was changed.") } else { ("Set", "") };
    context.printer.say(&format!("{did} remittance {id} over {} aside.{end}", money(paid)));
    Ok(Outcome::Done)
}

fn columns() -> Vec<Column> {
    vec![
        Column::id("remit_id", "Remit"),
        Column::text("payer", "Payer").flexible(),
        Column::text("trace", "Trace"),
        Column::text("method", "Method"),
        Column::money("paid", "Paid"),
        Column::date("posted_on", "Posted"),
        Column::count("claims", "Claims"),
        Column::count("matched", "Matched"),
        Column::count("unapplied", "Left over"),
        Column::money("plb", "PLB"),
        Column::text("status", "Status").one_of(STATUSES.map(RemitStatus::as_str)),
    ]
}

const STATUSES: [RemitStatus; 4] =
    [RemitStatus::Posted, RemitStatus::Held, RemitStatus::Reversed, RemitStatus::SetAside];

fn list(tables: &Snapshot, held: bool) -> Result<Table, StoreError> {
    let payers = names::Payers::read(tables)?;
    let mut remits = tables.remits()?.collect::<Result<Vec<_>, _>>()?;
    remits.retain(|r| !held || r.status == RemitStatus::Held);
    remits.sort_by_key(|r| std::cmp::Reverse((r.posted_on, r.id)));
    let mut columns = columns();
    columns.iter_mut().filter(|c| c.key == "payer").for_each(|c| c.known = Known::Names(payers.all()));
    let words = if held { "No remittance is held." } else { "No remittances yet." };
    let mut table = Table::new("remits", "Remittances", columns).empty(words);
    for remit in &remits {
        table.push(vec![
            remit.id.0.into(),
            payers.name(remit.payer).into(),
            remit.header.trace.as_str().into(),
            remit.header.method.as_str().into(),
            remit.header.paid.into(),
            remit.posted_on.into(),
            remit.claims.into(),
            remit.matched.into(),
            remit.unapplied.into(),
            remit.plb.into(),
            remit.status.as_str().into(),
        ]);
    }
    table.sum_up();
    Ok(table)
}

fn show(tables: &Snapshot, remit: &RemitRecord, context: &Context) -> Result<(), Failure> {
    let refuse = |error| context.refuse(error);
    let payers = names::Payers::read(tables).map_err(refuse)?;
    let claims = claims(tables, remit).map_err(refuse)?;
    let items = items(tables, remit).map_err(refuse)?;
    let h = &remit.header;
    if context.printer.format == Format::Json {
        let issues = remit.issues.iter().map(|i| {
            Value::object([
                ("code", Value::text(&i.code)),
                ("segment", Value::from(i.segment)),
                ("text", Value::text(&i.text)),
                ("message", Value::text(&i.message)),
            ])
        });
        let rows =
            |table: &Table| Value::list(table.rows.iter().map(|row| Value::row(&table.columns, &row.cells)));
        let value = Value::object([
            ("remit_id", Value::from(remit.id.0)),
            ("payer", Value::text(payers.name(remit.payer))),
            ("trace", Value::text(&h.trace)),
            ("method", Value::text(&h.method)),
            ("paid", Value::from(h.paid)),
            ("posted_on", Value::from(remit.posted_on)),
            ("status", Value::text(remit.status.as_str())),
            ("claim_payments", rows(&claims)),
            ("plb", rows(&items)),
            ("issues", Value::list(issues)),
        ]);
        return context.printer.value(&value);
    }
    let mut claims = claims;
    claims.title = format!(
        "Remittance {} · {} paid {} by {} {} · {} on {}",
        remit.id,
        payers.name(remit.payer),
        money(h.paid),
        h.method,
        h.trace,
        remit.status.as_str(),
        remit.posted_on,
    );
    for issue in &remit.issues {
        claims.note(format!("Segment {}: {}.", issue.segment, issue.message));
    }
    let mut tables = vec![claims];
    if !items.rows.is_empty() {
        tables.push(items);
    }
    context.printer.tables(tables)
}

fn claims(tables: &Snapshot, remit: &RemitRecord) -> Result<Table, StoreError> {
    let columns = vec![
        Column::id("payment_id", "Item"),
        Column::text("control_number", "Control number"),
        Column::id("claim_id", "Claim"),
        Column::text("payer_number", "Payer's number").machine_only(),
        Column::text("answer", "CLP02"),
        Column::money("charge", "Charge"),
        Column::money("paid", "Paid"),
        Column::text("status", "Status"),
        Column::text("rule", "Rule").flexible(),
        Column::text("matched_by", "Matched by").flexible(),
    ];
    let mut table = Table::new("claim-payments", "Claim payments", columns).empty("No claim payments.");
    for at in 0..remit.claims {
        let id = crate::domain::PaymentId(remit.first_payment.0 + at);
        let Some(payment) = tables.payment(id)?.filter(|p| p.remit == remit.id) else { continue };
        let p = &payment.payment;
        table.push(vec![
            payment.id.0.into(),
            p.control_number.as_str().into(),
            payment.claim.map(|c| c.0).into(),
            p.payer_number.as_str().into(),
            p.status.as_str().into(),
            p.charge.into(),
            p.paid.into(),
            payment.status.as_str().into(),
            payment.rule.as_str().into(),
            payment.matched_by.as_str().into(),
        ]);
    }
    table.sum_up();
    Ok(table)
}

fn items(tables: &Snapshot, remit: &RemitRecord) -> Result<Table, StoreError> {
    let mut table = super::plb::table(tables, None, remit.posted_on, |plb| plb.remit == remit.id)?;
    table.title = "Provider-level items".to_owned();
    Ok(table)
}
