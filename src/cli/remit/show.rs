//! `arrears remit show`: a remittance with its claims and provider-level items, a held one beside the one it looks like.

use crate::books::held::{self, Pair};
use crate::cli::{Context, Failure, names};
use crate::domain::Money;
use crate::domain::book::{Issue, RemitRecord, RemitStatus};
use crate::posting::hold::Hold;
use crate::posting::reading::{Destination, Part};
use crate::render::{Format, Value, money};
use crate::report::{Column, Table};
use crate::store::{Read, Snapshot, StoreError};

pub(super) fn show(tables: &Snapshot, remit: &RemitRecord, context: &Context) -> Result<(), Failure> {
    let refuse = |error| context.refuse(error);
    let payers = names::Payers::read(tables).map_err(refuse)?;
    let claims = claims(tables, remit).map_err(refuse)?;
    let items = items(tables, remit).map_err(refuse)?;
    let compared = compared(tables, remit).map_err(refuse)?;
    let h = &remit.header;
    if context.printer.format == Format::Json {
        let issues = remit.issues.iter().map(|i| {
            Value::object([
                ("code", Value::text(&i.code)),
                ("segment", Value::from(i.segment)),
                ("text", Value::text(&i.text)),
                ("message", Value::text(message(i, remit))),
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
            ("compared", Value::list(compared.iter().map(rows))),
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
        claims.note(format!("Segment {}: {}.", issue.segment, message(issue, remit)));
    }
    let mut shown = vec![claims];
    if !items.rows.is_empty() {
        shown.push(items);
    }
    shown.extend(compared);
    context.printer.tables(shown)
}

/// What was wrong. Of what held a remittance that is held no longer, what there was to do about it is left out.
fn message<'i>(issue: &'i Issue, remit: &RemitRecord) -> &'i str {
    let held_it = Hold::from_word(&issue.code).is_some_and(Hold::may_be_accepted);
    match issue.message.split_once("; ") {
        Some((what, _)) if held_it && remit.status != RemitStatus::Held => what,
        _ => &issue.message,
    }
}

/// A held remittance beside those in the books that it looks like, claim by claim.
fn compared(tables: &Snapshot, remit: &RemitRecord) -> Result<Vec<Table>, StoreError> {
    if remit.status != RemitStatus::Held {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for (id, _) in held::resembled(tables, remit)? {
        let Some(other) = tables.remit(id)? else { continue };
        let columns = vec![
            Column::text("control_number", "Control number"),
            Column::money("paid", "Held"),
            Column::money("paid_there", "In the books"),
            Column::money("difference", "Difference"),
            Column::text("differs", "And").flexible(),
        ];
        let mut table =
            Table::new("compared", format!("Beside remittance {id}, which is in the books"), columns);
        for pair in held::beside(tables, remit, &other)? {
            table.push(vec![
                pair.number.as_str().into(),
                pair.held.into(),
                pair.posted.into(),
                (pair.held.unwrap_or_default() - pair.posted.unwrap_or_default()).into(),
                differs(&pair).into(),
            ]);
        }
        table.sum_up();
        table.note(format!(
            "`arrears remit replace {id} {0}` keeps the held one, `arrears remit post {0} --also` both, `arrears remit set-aside {0}` the other.",
            remit.id
        ));
        found.push(table);
    }
    Ok(found)
}

/// In what else the held one differs from the one in the books.
fn differs(pair: &Pair) -> String {
    match (pair.held, pair.posted) {
        (Some(_), None) => "not in the books".to_owned(),
        (None, Some(_)) => "not in the held one".to_owned(),
        _ => {
            let one = |(part, held, posted): &(Part, Money, Money)| {
                format!("{} {}, there {}", words(*part), money(*held), money(*posted))
            };
            pair.differs.iter().map(one).chain(pair.against.iter().cloned()).collect::<Vec<_>>().join("; ")
        }
    }
}

const fn words(part: Part) -> &'static str {
    match part {
        Part::Charge => "charge",
        Part::Paid => "paid",
        Part::TakenOff => "taken off",
        Part::Moved(to) => match to {
            Destination::Denied => "denied",
            Destination::Pending => "undecided",
            Destination::NextPayer => "next payer",
            Destination::Patient => "patient",
            Destination::PatientToCheck => "patient, to be checked",
            Destination::DeniedToPatient => "denied, patient liable",
            Destination::DeniedForCoverage => "denied for other coverage",
        },
    }
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
    let mut table = crate::cli::plb::table(tables, None, remit.posted_on, |plb| plb.remit == remit.id)?;
    table.title = "Provider-level items".to_owned();
    Ok(table)
}
