//! `arrears denial list`: denials in working order, and what would expire before anybody gets to them.

use std::collections::HashSet;

use clap::builder::PossibleValuesParser;

use super::SPEAKS;
use crate::books::queue::{Ranked, first, queue};
use crate::books::queue_then::{Then, queue_then};
use crate::cli::choose::{Choose, option};
use crate::cli::{Context, Failure, names};
use crate::codes;
use crate::denial::steps;
use crate::domain::case::{CaseState, OpenCase};
use crate::domain::{Date, Money};
use crate::report::{Cell, Column, Known, Table};
use crate::store::{Read, ReadPeriods, StoreError};

/// List denials in working order: expected dollars times urgency
///
/// Closed denials are left out unless `--all` or `--status` asks for them. With `--as-of` a past day they stand as they did at
/// its end, in the order of that day.
#[derive(clap::Args, Debug)]
pub(super) struct ListArgs {
    #[command(flatten)]
    pub(super) more: More,
    #[command(flatten)]
    choose: Choose,
    /// Say what would expire before so many people get to it
    #[arg(long, value_name = "PEOPLE")]
    simulate: Option<u32>,
    /// How many denials one person works in a day
    #[arg(long, value_name = "N", default_value_t = 40, requires = "simulate")]
    touches_per_day: u32,
}

/// Filters that only denials have.
#[derive(clap::Args, Clone, Debug, Default)]
pub(in crate::cli) struct More {
    /// Only denials of this category, such as authorization
    #[arg(long, value_name = "CATEGORY", ignore_case = true, value_parser = PossibleValuesParser::new(codes::categories()))]
    pub(super) category: Option<String>,
    /// Only denials whose next action should have been done before today
    #[arg(long)]
    pub(super) overdue: bool,
    /// Closed ones too
    #[arg(long)]
    pub(super) all: bool,
}

impl More {
    pub(in crate::cli) fn wants(&self, case: &OpenCase, today: Date) -> bool {
        let category = self.category.as_ref().is_none_or(|word| word.eq_ignore_ascii_case(&case.category));
        category && (!self.overdue || case.next_on.is_some_and(|day| day < today))
    }
}

/// The contract's columns of a denial.
pub(super) fn columns() -> Vec<Column> {
    vec![
        Column::id("denial_id", "Denial"),
        Column::id("claim_id", "Claim").machine_only(),
        Column::text("control_number", "Control number"),
        Column::text("patient", "Patient").flexible().personal(),
        Column::text("payer", "Payer").flexible(),
        Column::text("reason", "Reason").of_reasons(),
        Column::text("category", "Category").machine_only(),
        Column::money("denied", "Denied").machine_only(),
        Column::money("open_amount", "Open"),
        Column::text("status", "Status").one_of(CaseState::ALL.iter().map(|state| state.as_str())),
        Column::text("assignee", "Assignee"),
        Column::date("denied_on", "Denied on").machine_only(),
        Column::text("next_action", "Next").wrapping(),
        Column::date("next_action_on", "Next on"),
        Column::date("deadline", "Deadline"),
        Column::text("deadline_rule", "Rule").machine_only(),
        Column::money("priority", "Priority"),
        Column::text("why", "Why").wrapping(),
    ]
}

/// The cells of those columns.
pub(super) fn cells(
    tables: &impl Read,
    ranked: &Ranked,
    payers: &names::Payers,
) -> Result<Vec<Cell>, StoreError> {
    let id = ranked.case.case;
    let (case, work) = (tables.case(id)?, tables.case_work(id)?.unwrap_or_default());
    row(tables, ranked, (case.map(|case| case.denied()), &work.next_action), payers)
}

/// The same of a case as it stood on a past day.
pub(super) fn cells_then(
    tables: &impl Read,
    then: &Then,
    payers: &names::Payers,
) -> Result<Vec<Cell>, StoreError> {
    row(tables, &then.ranked, (Some(then.case.denied()), &then.work.next_action), payers)
}

fn row(
    tables: &impl Read,
    ranked: &Ranked,
    (denied, next): (Option<Money>, &str),
    payers: &names::Payers,
) -> Result<Vec<Cell>, StoreError> {
    let open = &ranked.case;
    let record = tables.claim(open.claim)?;
    let next = steps::next(next, &open.category, open.facts.recourse());
    let number = record.as_ref().map(|r| r.claim.control_number.to_string());
    let patient = record.as_ref().map(|r| names::patient(&r.claim.patient));
    let assignee = Some(open.assignee.as_str()).filter(|name| !name.is_empty());
    Ok(vec![
        open.case.0.into(),
        open.claim.0.into(),
        number.into(),
        patient.into(),
        payers.name(open.payer).into(),
        open.reason.to_string().into(),
        open.category.as_str().into(),
        denied.into(),
        open.open.into(),
        open.state.as_str().into(),
        assignee.into(),
        open.denied_on.into(),
        if ranked.closed { Cell::Empty } else { next.into() },
        open.next_on.into(),
        ranked.rank.deadline.into(),
        ranked.rank.rule.as_str().into(),
        if ranked.closed { Cell::Empty } else { ranked.rank.priority.into() },
        if ranked.closed { Cell::Empty } else { ranked.rank.why.as_str().into() },
    ])
}

/// What is said below a table of a past day.
pub(super) const THEN: &str =
    "As it stood at the end of that day; deadlines follow the rules that are confirmed now.";

/// The list before it is chosen from, without rows that will not be chosen: how many of those are behind the last.
pub(super) fn table(
    tables: &impl ReadPeriods,
    (more, choose): (&More, &Choose),
    closed: bool,
    context: &Context,
) -> Result<(Table, Vec<Ranked>, usize), StoreError> {
    let payers = names::Payers::read(tables)?;
    let mut columns = columns();
    columns.iter_mut().filter(|c| c.key == "payer").for_each(|c| c.known = Known::Names(payers.all()));
    let mut table = Table::new("denial-list", "Denials in working order", columns)
        .as_of(context.as_of)
        .empty("No denials wait for anybody.")
        .narrowed(more.category.as_ref().map(|category| option("category", category)))
        .narrowed(more.overdue.then(|| "--overdue".to_owned()));
    let (mut listed, mut left_out) = (Vec::new(), 0);
    if context.as_of < context.today {
        for then in queue_then(tables, context.as_of)? {
            if (closed || !then.ranked.closed) && more.wants(&then.ranked.case, context.as_of) {
                table.push(cells_then(tables, &then, &payers)?);
                listed.push(then.ranked);
            }
        }
        table.note(THEN);
    } else {
        let wanted = |case: &OpenCase| {
            let payer = |part: &str| payers.name(case.payer).to_lowercase().contains(part);
            more.wants(case, context.as_of)
                && choose.may_want(payer, case.state.as_str(), Some(case.denied_on), case.open)
                && choose.may_want_denial(case.reason, &case.assignee)
        };
        if closed {
            listed = queue(tables, closed, context.as_of)?;
            listed.retain(|ranked| wanted(&ranked.case));
        } else {
            let most = choose.most().unwrap_or(usize::MAX);
            (listed, left_out) = first(tables, most, context.as_of, wanted)?;
        }
        for ranked in &listed {
            table.push(cells(tables, ranked, &payers)?);
        }
    }
    table.sum_up();
    table.blank_total("priority");
    Ok((table, listed, left_out))
}

/// Work is done today: a past day can only be looked at.
pub(in crate::cli) fn today_only(context: &Context) -> Result<(), Failure> {
    if context.as_of >= context.today {
        return Ok(());
    }
    Err(Failure::usage(format!("{} is past: it can be looked at, not worked", context.as_of))
        .hint("Leave out `--as-of`. When something was done is said with `--on DATE`."))
}

pub(super) fn run(args: &ListArgs, context: &Context) -> Result<(), Failure> {
    let tables = context.read()?;
    let refuse = |error| context.refuse(error);
    let asked = args.choose.status().and_then(CaseState::from_word);
    let closed = args.more.all
        || asked
            .is_some_and(|state| crate::denial::moves::stage(state) == crate::denial::moves::Stage::Closed);
    let (table, queue, left_out) =
        table(&tables, (&args.more, &args.choose), closed, context).map_err(refuse)?;
    if let Some(people) = args.simulate {
        let ids: HashSet<u64> = args.choose.ids(table, "denial_id", &SPEAKS, left_out)?.into_iter().collect();
        let queue: Vec<&Ranked> = queue.iter().filter(|r| ids.contains(&r.case.case.0)).collect();
        return context.printer.table(simulated(&queue, people, args.touches_per_day, context.as_of));
    }
    context.printer.table(args.choose.apply_to_some(table, &SPEAKS, left_out)?)
}

/// Works the list down on paper: so many a day, in order, and what its deadline passes before its turn comes.
fn simulated(queue: &[&Ranked], people: u32, touches: u32, today: Date) -> Table {
    let columns = vec![
        Column::count("people", "People"),
        Column::count("touches_per_day", "Touches a day"),
        Column::count("denials", "Denials"),
        Column::count("days", "Days to reach all"),
        Column::count("expiring", "Expire before"),
        Column::money("expiring_amount", "Their dollars"),
        Column::money("expected_amount", "Expected of them"),
    ];
    let mut table =
        Table::new("denial-simulation", "What would expire before its turn", columns).as_of(today);
    let a_day = u64::from(people.max(1)) * u64::from(touches.max(1));
    let (mut count, mut lost, mut expected) = (0u64, Money::ZERO, Money::ZERO);
    for (turn, ranked) in (0u64..).zip(queue) {
        let reached = today.plus_days(u32::try_from(turn / a_day).unwrap_or(u32::MAX));
        if ranked.rank.deadline.is_some_and(|deadline| deadline >= today && deadline < reached) {
            count += 1;
            lost += ranked.case.open;
            expected += ranked.rank.expected;
        }
    }
    let days = (queue.len() as u64).div_ceil(a_day);
    table.push(vec![
        u64::from(people).into(),
        u64::from(touches).into(),
        (queue.len() as u64).into(),
        days.into(),
        count.into(),
        lost.into(),
        expected.into(),
    ]);
    table.note("A denial without a confirmed deadline rule cannot expire here; it may in truth.");
    table
}
