//! `arrears denial show`: one denial with its lines, what the payer and people did, its clocks, and what may be done.

use super::list::{THEN, cells_then, columns};
use crate::books::clocks;
use crate::books::denials::with_work;
use crate::books::queue::ranked;
use crate::books::queue_then::{Then, queue_then};
use crate::cli::{Context, Failure, names};
use crate::codes;
use crate::denial::clock::{self, Rules};
use crate::denial::{decided, moves};
use crate::domain::case::{CaseAct, CaseEvent, DenialCase, OpenCase};
use crate::domain::{CaseId, Date};
use crate::render::{Format, Value};
use crate::report::{Cell, Column, Table};
use crate::store::{Read, Snapshot, StoreError};

/// Show everything about one denial
#[derive(clap::Args, Debug)]
pub(super) struct ShowArgs {
    /// Its number
    denial: u64,
}

pub(super) fn run(args: &ShowArgs, context: &Context) -> Result<(), Failure> {
    let tables = tables(&context.read()?, CaseId(args.denial), context)?;
    if context.printer.format != Format::Json {
        return context.printer.tables(tables);
    }
    let rows =
        |table: &Table| Value::list(table.rows.iter().map(|row| Value::row(&table.columns, &row.cells)));
    let Some((head, parts)) = tables.split_first() else { return Ok(()) };
    let mut value = Value::object([("denial", Value::row(&head.columns, &head.rows[0].cells))]);
    for part in parts {
        value = value.with(part.name, rows(part));
    }
    context.printer.value(&value)
}

/// What there is to say about one denial: its row of the list, then its parts. Masked if `--redact` was given.
///
/// # Errors
/// [`Failure`] where there is no such denial.
pub(in crate::cli) fn tables(
    tables: &Snapshot,
    id: CaseId,
    context: &Context,
) -> Result<Vec<Table>, Failure> {
    let refuse = |error| context.refuse(error);
    let past = context.as_of < context.today;
    let found = if past { then(tables, id, context.as_of) } else { now(tables, id, context.as_of) };
    let Some(then) = found.map_err(refuse)? else {
        return Err(Failure::refused(format!("there is no denial {id}"))
            .hint("`arrears denial list --all` shows the denials."));
    };
    let rules = clocks::rules(tables).map_err(refuse)?;
    let payers = names::Payers::read(tables).map_err(refuse)?;
    let mut head = Table::new("denial", format!("Denial {id}"), columns()).as_of(context.as_of);
    head.push(cells_then(tables, &then, &payers).map_err(refuse)?);
    if past {
        head.note(THEN);
    }
    if context.printer.redact {
        head.redact();
    }
    Ok(vec![
        head,
        lines(&then.case),
        money(&then.case),
        happened(tables, &then.case, &then.events).map_err(refuse)?,
        deadlines(&then.ranked.case, &rules, context.as_of),
        allowed(&then),
    ])
}

fn now(tables: &Snapshot, id: CaseId, today: Date) -> Result<Option<Then>, StoreError> {
    let Some((case, work)) = with_work(tables, id)? else { return Ok(None) };
    let (events, ranked) = (tables.case_events(id)?, ranked(tables, &case, &work, today)?);
    Ok(Some(Then { case, events, work, ranked }))
}

/// As it stood on a past day; nothing where it was not denied yet.
fn then(tables: &Snapshot, id: CaseId, day: Date) -> Result<Option<Then>, StoreError> {
    Ok(queue_then(tables, day)?.into_iter().find(|then| then.case.id == id))
}

fn lines(case: &DenialCase) -> Table {
    let columns = vec![
        Column::id("line", "Line"),
        Column::text("reasons", "Reasons").wrapping(),
        Column::text("remarks", "Remarks").wrapping(),
        Column::money("denied", "Denied"),
        Column::money("recovered", "Recovered"),
        Column::money("written_off", "Written off"),
        Column::money("moved", "Moved on"),
        Column::money("open", "Open"),
    ];
    let mut table = Table::new("lines", "Denied lines", columns);
    for line in &case.lines {
        let reasons: Vec<String> =
            line.reasons.iter().map(|r| format!("{} {}", r.reason, r.amount)).collect();
        let mut remarks: Vec<String> =
            line.reasons.iter().flat_map(|r| &r.remarks).map(ToString::to_string).collect();
        remarks.dedup();
        table.push(vec![
            u64::from(line.line).into(),
            reasons.join(", ").into(),
            remarks.join(" ").into(),
            line.denied.into(),
            line.recovered.into(),
            line.written_off.into(),
            (line.to_patient + line.to_next).into(),
            line.open.into(),
        ]);
    }
    table.sum_up();
    table
}

fn money(case: &DenialCase) -> Table {
    let columns = vec![Column::text("what", "Dollars"), Column::money("amount", "Amount")];
    let mut table = Table::new("money", "What became of it", columns);
    for (what, amount) in [
        ("denied", case.denied()),
        ("recovered", case.recovered()),
        ("written_off", case.written_off()),
        ("moved", case.moved()),
        ("open", case.open()),
    ] {
        table.push(vec![what.into(), amount.into()]);
    }
    table
}

/// What the payer and people did, by date.
fn happened(tables: &Snapshot, case: &DenialCase, events: &[CaseEvent]) -> Result<Table, StoreError> {
    let columns = vec![
        Column::date("on", "Date"),
        Column::text("event", "Event"),
        Column::text("user", "By"),
        Column::text("status", "Status after"),
        Column::money("amount", "Amount"),
        Column::count("level", "Level"),
        Column::text("about", "About").wrapping(),
    ];
    let mut table = Table::new("events", "What happened", columns);
    let mut rows: Vec<(Date, Vec<Cell>)> = Vec::new();
    if let Some(first) = case.events.first() {
        let summary = codes::carc(first.reason.code).map_or("", |carc| carc.summary);
        let remit = tables.payment(first.payment)?.map(|payment| format!(" (remittance {})", payment.remit));
        let about = format!("{} {summary}{}", first.reason, remit.unwrap_or_default());
        rows.push((
            first.on,
            vec![
                first.on.into(),
                "denied".into(),
                Cell::Empty,
                "open".into(),
                first.amount.into(),
                Cell::Empty,
                about.trim().into(),
            ],
        ));
    }
    for event in events {
        let level = (event.level > 0).then_some(u64::from(event.level));
        rows.push((
            event.on,
            vec![
                event.on.into(),
                event.act.as_str().into(),
                event.user.as_str().into(),
                event.state.as_str().into(),
                event.about.amount.into(),
                level.into(),
                about(event).into(),
            ],
        ));
    }
    for (_, row) in rows {
        table.push(row);
    }
    Ok(table)
}

/// Everything a person said about an act, in one line.
fn about(event: &CaseEvent) -> String {
    let day = |date: Option<Date>| date.map_or_else(String::new, |date| date.to_string());
    let parts = [
        ("to ", event.about.whom.clone()),
        ("by ", event.about.method.clone()),
        (if event.act == CaseAct::BillPatient { "waiver: " } else { "proof " }, event.about.proof.clone()),
        ("reference ", event.about.reference.clone()),
        ("spoke with ", event.about.representative.clone()),
        ("promised by ", day(event.about.promised)),
        ("", event.about.account.map_or_else(String::new, |account| account.to_string())),
        ("entry ", event.entry.map_or_else(String::new, |entry| entry.to_string())),
        ("", event.about.text.clone()),
        ("then: ", event.about.next_action.clone()),
        ("on ", day(event.about.next_on)),
    ];
    let said = parts.iter().filter(|(_, text)| !text.is_empty()).map(|(head, text)| format!("{head}{text}"));
    said.collect::<Vec<_>>().join(", ")
}

fn deadlines(case: &OpenCase, rules: &Rules, as_of: Date) -> Table {
    let columns = vec![
        Column::text("clock", "Clock"),
        Column::date("deadline", "Deadline"),
        Column::date("work_by", "Work by"),
        Column::text("rule", "Rule").wrapping(),
    ];
    let mut table = Table::new("clocks", "Clocks", columns).as_of(as_of);
    for clock in clock::of_case(case.payer, &case.facts, rules, as_of) {
        let deadline = clock.deadline();
        table.push(vec![
            clock.kind.to_string().into(),
            deadline.map(|d| d.due).into(),
            deadline.map(|d| d.work_by).into(),
            clock.words().into(),
        ]);
    }
    table
}

fn allowed(then: &Then) -> Table {
    let state = then.work.state;
    let columns = vec![Column::text("move", "May be done now")];
    let mut table = Table::new("moves", format!("{state}: {}", moves::about(state)), columns);
    let standing = decided::standing(&then.events);
    let happened = |wanted: fn(CaseAct) -> bool| standing.iter().any(|event| wanted(event.act));
    let allowed = |verb: &&str| match *verb {
        "appeal" => then.ranked.case.facts.recourse().allows_appeal(),
        "decide" => happened(|act| matches!(act, CaseAct::Appeal | CaseAct::Reconsider)),
        "undecide" => happened(|act| act.outcome().is_some()),
        _ => true,
    };
    for verb in moves::allowed(state).into_iter().filter(allowed) {
        table.push(vec![verb.into()]);
    }
    table
}
