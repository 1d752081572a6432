//! `arrears unapplied`: money that came and is on no claim yet, with its reason and what to do.

use super::{Context, Failure, Outcome, names};
use crate::books::matching;
use crate::domain::PaymentId;
use crate::domain::book::PaymentRecord;
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
    List,
    /// Show one item and the claims it could belong to
    Show {
        /// Its number
        item: u64,
    },
}

/// Looks.
pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    let tables = context.read()?;
    let refuse = |error| context.refuse(error);
    match args.verb {
        Verb::List => context.printer.table(list(&tables).map_err(refuse)?)?,
        Verb::Show { item } => {
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
    for id in tables.unapplied()? {
        let Some(payment) = tables.payment(id?)? else { continue };
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
            hold.map_or_else(|| payment.rule.clone(), |hold| hold.word().to_owned()).into(),
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
        Column::text("agrees", "Agrees").wrapping(),
        Column::text("differs", "Differs").wrapping(),
    ];
    let title = if payment.claim.is_some() { "The claim it is on" } else { "Claims it could belong to" };
    let mut table = Table::new("candidates", title, columns).empty("No claim comes near it.");
    let records = match payment.claim {
        Some(id) => tables.claim(id).map_err(refuse)?.into_iter().collect(),
        None => matching::candidates(tables, p).map_err(refuse)?,
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
            (
                "reason",
                Value::text(
                    reason(payment).map_or_else(|| payment.rule.clone(), |hold| hold.word().to_owned()),
                ),
            ),
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
