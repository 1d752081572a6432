//! `arrears claim show`: one claim with its lines, buckets, events, denials and postings.

use super::{cells, columns, heard};
use crate::books::denials::with_work;
use crate::books::queue::{Ranked, ranked};
use crate::books::{matching, retell};
use crate::cli::{Context, Failure, names};
use crate::codes;
use crate::denial::recourse::recourse;
use crate::denial::{category, steps};
use crate::domain::book::{ClaimRecord, ClaimState, Handling, Note, PaymentRecord};
use crate::domain::case::{CaseWork, DenialCase};
use crate::domain::entry::{Entry, Source};
use crate::domain::merge::Merged;
use crate::domain::remit::ClaimPayment;
use crate::domain::{Account, ClaimId, Code, Date, EntryId, Money};
use crate::posting::entries::is_correction;
use crate::posting::history::{Story, tell};
use crate::posting::lines::{UNKNOWN_LINES, match_lines};
use crate::render::{Format, Value, money};
use crate::report::{Cell, Column, Table};
use crate::store::{Read, ReadJoins, Snapshot, StoreError};

/// Everything about one claim.
struct Whole<'a> {
    record: &'a ClaimRecord,
    state: ClaimState,
    payers: names::Payers,
    payments: Vec<PaymentRecord>,
    entries: Vec<(EntryId, Entry)>,
    cases: Vec<(DenialCase, CaseWork, Ranked)>,
    notes: Vec<Note>,
    handlings: Vec<Handling>,
    merged: Merged,
    /// By entry: file name and segment.
    origins: Vec<(String, u64)>,
    /// The other claims that are one with it: their numbers, and what they are.
    others: Vec<(String, ClaimId)>,
}

/// What there is to say about one claim, masked if `--redact` was given.
pub(in crate::cli) struct Parts {
    head: Table,
    lines: Table,
    buckets: Table,
    events: Table,
    denials: Table,
    postings: Table,
    /// The buckets for programs.
    balances: Value,
    /// The numbers of other claims that are one with it.
    other_numbers: Vec<String>,
}

impl Parts {
    /// Reads it.
    ///
    /// # Errors
    /// Whatever the store says.
    pub(in crate::cli) fn read(
        tables: &Snapshot,
        record: &ClaimRecord,
        context: &Context,
    ) -> Result<Parts, StoreError> {
        let whole = read(tables, record, context.as_of)?;
        let redact = context.printer.redact;
        let charges = matching::charges_of(record);
        let (answers, _) = retell::heard(&whole.payments);
        let story = tell(
            retell::terms(record, &charges, &whole.handlings),
            &retell::versions(record),
            &retell::acts(&whole.entries, &whole.merged),
            answers,
        );
        let mut title = format!("Claim {} · {}", record.id, record.claim.control_number);
        for (number, _) in &whole.others {
            title.push_str(&format!(" · {number}"));
        }
        let mut head = Table::new("claim", title, columns());
        head.push(cells(record, &whole.state, &whole.payers, context.as_of));
        if redact {
            head.redact();
        }
        let answers = heard::events(tables, record, redact, context.as_of)?;
        Ok(Parts {
            head,
            lines: lines(&whole, &story),
            buckets: buckets(&whole.state, &story),
            events: events(&whole, answers),
            denials: denials(&whole, context),
            postings: postings(&whole),
            balances: balances(&whole.state),
            other_numbers: whole.others.into_iter().map(|(number, _)| number).collect(),
        })
    }

    /// The tables for people, with the postings where they are wanted.
    pub(in crate::cli) fn tables(self, trace: bool) -> Vec<Table> {
        let mut tables = vec![self.head, self.lines, self.buckets, self.events];
        if !self.denials.rows.is_empty() {
            tables.push(self.denials);
        }
        if trace {
            tables.push(self.postings);
        }
        tables
    }

    /// The contract's object.
    fn value(self) -> Value {
        let rows =
            |table: &Table| Value::list(table.rows.iter().map(|row| Value::row(&table.columns, &row.cells)));
        let claim = Value::row(&self.head.columns, &self.head.rows[0].cells).with("lines", rows(&self.lines));
        Value::object([
            ("claim", claim),
            ("other_numbers", Value::list(self.other_numbers.iter().map(Value::text))),
            ("balances", self.balances),
            ("events", rows(&self.events)),
            ("denials", rows(&self.denials)),
            ("postings", rows(&self.postings)),
        ])
    }
}

pub(super) fn run(
    tables: &Snapshot,
    record: &ClaimRecord,
    trace: bool,
    context: &Context,
) -> Result<(), Failure> {
    let parts = Parts::read(tables, record, context).map_err(|error| context.refuse(error))?;
    match context.printer.format {
        Format::Json => context.printer.value(&parts.value()),
        _ => context.printer.tables(parts.tables(trace)),
    }
}

fn read<'a>(tables: &Snapshot, record: &'a ClaimRecord, as_of: Date) -> Result<Whole<'a>, StoreError> {
    let state = tables.claim_state(record.id)?.unwrap_or_default();
    let payments = tables.payments_of_claim(record.id)?;
    let entries = retell::entries(tables, record.id, &payments)?;
    let mut cases = Vec::new();
    for id in &state.cases {
        if let Some((case, work)) = with_work(tables, *id)? {
            let place = ranked(tables, &case, &work, as_of)?;
            cases.push((case, work, place));
        }
    }
    let mut origins = Vec::new();
    for (_, entry) in &entries {
        let of_remit = entry.remit.map(|id| tables.remit(id)).transpose()?.flatten();
        let payment = entry.payment.and_then(|id| payments.iter().find(|p| p.id == id));
        let origin = match (of_remit, payment) {
            // A claim payment that an 835 took over from a keyed remittance stands elsewhere in that file.
            (Some(remit), Some(payment)) if payment.remit == remit.id => {
                Some((remit.origin.file, payment.payment.segment))
            }
            (Some(remit), _) => Some((remit.origin.file, remit.origin.segment)),
            (None, _) => record
                .versions
                .iter()
                .find(|v| v.billed_on == entry.own_date())
                .map(|v| (v.origin.file, v.origin.segment)),
        };
        let file = origin.map(|(file, _)| tables.file(file)).transpose()?.flatten();
        origins.push((file.map_or_else(String::new, |f| f.name), origin.map_or(0, |(_, segment)| segment)));
    }
    let (mut notes, mut others) = (tables.notes(record.id)?, Vec::new());
    // It is shown under the number of its last submission, whichever of them that was of.
    for part in tables.parts_of(record.id)?.into_iter().map(|join| join.part).chain([record.id]) {
        if part != record.id {
            notes.extend(tables.notes(part)?);
        }
        let alone = tables.claim_alone(part)?.map(|alone| alone.claim.control_number);
        others.extend(
            alone
                .filter(|number| *number != record.claim.control_number)
                .map(|n| (n.as_str().to_owned(), part)),
        );
    }
    notes.sort_by_key(|note| note.recorded_at);
    let (merged, handlings) = retell::payers_now(tables)?;
    Ok(Whole {
        record,
        state,
        payers: names::Payers::read(tables)?,
        payments,
        entries,
        cases,
        notes,
        handlings,
        merged,
        origins,
        others,
    })
}

fn balances(state: &ClaimState) -> Value {
    let bucket = |account| Value::from(state.bucket(account));
    Value::object([
        ("insurance", Value::from(state.insurance())),
        ("patient", Value::from(state.patient())),
        (
            "buckets",
            Value::object([
                ("open", bucket(Account::Open)),
                ("denied", bucket(Account::Denied)),
                ("pending", bucket(Account::Pending)),
                ("next", bucket(Account::Next)),
                ("due", bucket(Account::Due)),
                ("hold", bucket(Account::Hold)),
            ]),
        ),
    ])
}

fn buckets(state: &ClaimState, story: &Story<'_>) -> Table {
    let columns = vec![Column::text("bucket", "Who owes it"), Column::money("amount", "Amount")];
    let mut table = Table::new("buckets", "Where the balance stands", columns).empty("Nothing is owed.");
    for holding in &state.holdings {
        let answered = holding.account == Account::Open && story.position.is_answered();
        let answered = answered && holding.amount.is_positive();
        let name =
            if answered { "Insurance: answered, to be looked at" } else { names::bucket(holding.account) };
        table.push(vec![name.into(), holding.amount.into()]);
    }
    table.sum_up();
    table
}

/// Service lines with what live answers did to each, and what persons did to a line. The rest stands in a row of its own, so
/// that the table adds up to the claim.
fn lines(whole: &Whole<'_>, story: &Story<'_>) -> Table {
    let remarks = remarks_by_line(whole, story);
    let column = Column::text("remarks", "Remarks").wrapping();
    let columns = vec![
        Column::id("line", "Line"),
        Column::text("procedure", "Code"),
        Column::text("modifiers", "Modifiers"),
        Column::text("units", "Units"),
        Column::money("charge", "Charge"),
        Column::money("paid", "Paid"),
        Column::money("adjusted", "Adjusted"),
        Column::money("balance", "Balance"),
        if remarks.is_empty() { column.machine_only() } else { column },
    ];
    let mut table = Table::new("lines", "Service lines", columns).empty("No service lines.");
    let of_line = |number: u16| -> (Money, Money) {
        let live =
            story.position.live().flat_map(|a| &a.lines).filter(|l| l.line == number && !l.is_superseded());
        let by_payers = live.fold((Money::ZERO, Money::ZERO), |sum, l| (sum.0 + l.paid, sum.1 + l.taken_off));
        (by_payers.0, by_payers.1 + taken_off_by_persons(whole, number))
    };
    let said_of = |number: u16| -> String {
        let codes: Vec<String> =
            remarks.iter().filter(|(line, _)| *line == number).map(|(_, code)| code.to_string()).collect();
        codes.join(" ")
    };
    let state = &whole.state;
    let (mut charge, mut paid, mut adjusted) = (Money::ZERO, Money::ZERO, Money::ZERO);
    for line in &whole.record.claim.lines {
        let (line_paid, line_adjusted) = of_line(line.number);
        charge += line.charge;
        paid += line_paid;
        adjusted += line_adjusted;
        let code = if line.procedure.is_empty() { &line.revenue_code } else { &line.procedure };
        table.push(vec![
            u64::from(line.number).into(),
            code.as_str().into(),
            line.modifiers.join(":").into(),
            line.units.to_string().into(),
            line.charge.into(),
            line_paid.into(),
            line_adjusted.into(),
            (line.charge - line_paid - line_adjusted).into(),
            said_of(line.number).into(),
        ]);
    }
    let rest = (
        state.charge - charge,
        state.paid_insurance + state.paid_patient - paid,
        state.adjusted + state.written_off - adjusted,
    );
    let of_claim = said_of(0);
    if [rest.0, rest.1, rest.2].iter().any(|amount| !amount.is_zero()) || !of_claim.is_empty() {
        table.push(vec![
            Cell::Count(0),
            "(claim)".into(),
            "".into(),
            "".into(),
            rest.0.into(),
            rest.1.into(),
            rest.2.into(),
            (rest.0 - rest.1 - rest.2).into(),
            of_claim.into(),
        ]);
    }
    table.sum_up();
    table
}

/// What persons wrote off or adjusted of one line.
fn taken_off_by_persons(whole: &Whole<'_>, number: u16) -> Money {
    let by_person = |e: &Entry| matches!(e.source, Source::Manual | Source::Transfer) || is_correction(e);
    let takes_off =
        |e: &Entry| e.postings.iter().any(|p| p.account.is_writeoff() || p.account.is_adjustment());
    let entries = whole.entries.iter().filter(|(_, e)| by_person(e) && takes_off(e));
    let of_line = entries
        .flat_map(|(_, e)| &e.postings)
        .filter(|p| p.line == number && number != 0 && p.account.bucket().is_some());
    -of_line.map(|p| p.amount).sum::<Money>()
}

/// The remark codes of live answers with the line that they stand on, paid or not; 0 for those of the claim.
fn remarks_by_line(whole: &Whole<'_>, story: &Story<'_>) -> Vec<(u16, Code)> {
    let mut found = Vec::new();
    for answered in story.position.live() {
        let payment = answered.answer.payment;
        let numbers = match_lines(&whole.record.claim.lines, &payment.lines);
        let known = |number: u16| if number < UNKNOWN_LINES { number } else { 0 };
        let of_lines =
            payment.lines.iter().zip(&numbers).map(|(line, number)| (known(*number), &line.remarks));
        for (number, codes) in of_lines.chain([(0, &payment.remarks)]) {
            for code in codes {
                if !found.contains(&(number, *code)) {
                    found.push((number, *code));
                }
            }
        }
    }
    found
}

/// The remark codes of an answer, each once, with our words for those that our list has.
fn remarks(payment: &ClaimPayment) -> String {
    let mut codes: Vec<Code> = Vec::new();
    for code in payment.lines.iter().flat_map(|line| &line.remarks).chain(&payment.remarks) {
        if !codes.contains(code) {
            codes.push(*code);
        }
    }
    let words = |code: &Code| match codes::rarc(*code).map_or("", |rarc| rarc.summary) {
        "" => code.to_string(),
        summary => format!("{code} ({summary})"),
    };
    codes.iter().map(words).collect::<Vec<_>>().join(", ")
}

/// What happened, by date: submissions, acknowledgments, answers, acts.
fn events(whole: &Whole<'_>, acknowledgments: Vec<(Date, Vec<Cell>)>) -> Table {
    let columns = vec![
        Column::date("on", "Date"),
        Column::text("event", "Event"),
        Column::text("by", "By").flexible(),
        Column::money("amount", "Amount"),
        Column::text("about", "About").wrapping(),
    ];
    let mut rows: Vec<(Date, Vec<Cell>)> = Vec::new();
    for version in &whole.record.versions {
        let event = match version.frequency {
            b'7' => "replaced",
            b'8' => "voided",
            _ => "billed",
        };
        let about = if version.batch.is_empty() { String::new() } else { format!("batch {}", version.batch) };
        rows.push((
            version.billed_on,
            vec![
                version.billed_on.into(),
                event.into(),
                whole.payers.name(version.billed_payer).into(),
                version.charge.into(),
                about.into(),
            ],
        ));
    }
    rows.extend(acknowledgments);
    for payment in &whole.payments {
        let p = &payment.payment;
        let said = codes::claim_status(&p.status).unwrap_or("unknown status");
        let reasons: Vec<String> = p
            .all_adjustments()
            .map(|(_, a)| format!("{}-{} {}", a.group.map_or("??", |g| g.as_str()), a.reason, a.amount))
            .collect();
        let mut about = said.to_owned();
        if !reasons.is_empty() {
            about.push_str(&format!("; {}", reasons.join(", ")));
        }
        let remarks = remarks(p);
        if !remarks.is_empty() {
            about.push_str(&format!("; remarks {remarks}"));
        }
        if !p.payer_number.is_empty() {
            about.push_str(&format!("; payer's number {}", p.payer_number));
        }
        rows.push((
            payment.posted_on,
            vec![
                payment.posted_on.into(),
                payment.status.as_str().into(),
                whole.payers.name(payment.payer).into(),
                p.paid.into(),
                about.into(),
            ],
        ));
    }
    for (_, entry) in whole.entries.iter().filter(|(_, e)| {
        let by_person = matches!(e.source, Source::Manual | Source::Transfer);
        e.payment.is_none() && (by_person || is_correction(e))
    }) {
        let amount: Money = entry.postings.iter().map(|p| p.amount).filter(|a| a.is_positive()).sum();
        let cells = vec![
            entry.posted_on.into(),
            entry.rule.as_str().into(),
            entry.user.as_str().into(),
            amount.into(),
            entry.memo.as_str().into(),
        ];
        rows.push((entry.posted_on, cells));
    }
    for note in &whole.notes {
        let cells = vec![
            note.on.into(),
            "note".into(),
            note.user.as_str().into(),
            Cell::Empty,
            note.text.as_str().into(),
        ];
        rows.push((note.on, cells));
    }
    rows.sort_by_key(|(on, _)| *on);
    let mut table = Table::new("events", "What happened", columns);
    for (_, cells) in rows {
        table.push(cells);
    }
    table
}

/// The claim's denials in the columns of the denial list. What the office has not entered is empty; a clock without a
/// rule says so.
fn denials(whole: &Whole<'_>, context: &Context) -> Table {
    let human = |column: Column| column.machine_only();
    let columns = vec![
        Column::id("denial_id", "Denial"),
        human(Column::id("claim_id", "Claim")),
        human(Column::text("control_number", "Control number")),
        human(Column::text("patient", "Patient").personal()),
        human(Column::text("payer", "Payer")),
        Column::text("reason", "Reason"),
        human(Column::text("category", "Category")),
        Column::money("denied", "Denied"),
        Column::money("open_amount", "Open"),
        Column::text("status", "Status"),
        human(Column::text("assignee", "Assignee")),
        Column::date("denied_on", "Since"),
        human(Column::text("next_action", "Next")),
        human(Column::date("next_action_on", "Next on")),
        human(Column::date("deadline", "Deadline")),
        human(Column::text("deadline_rule", "Deadline rule")),
        human(Column::money("priority", "Priority")),
        Column::text("why", "Why").wrapping(),
        Column::money("recovered", "Recovered"),
        Column::count("events", "Times"),
    ];
    let mut table = Table::new("denials", "Denials", columns).as_of(context.as_of);
    let claim = &whole.record.claim;
    for (case, work, place) in &whole.cases {
        let summary = codes::carc(case.reason.code).map(|carc| carc.summary);
        let next =
            steps::next(&work.next_action, category(case.reason, &case.remarks), recourse(&case.remarks));
        table.push(vec![
            case.id.0.into(),
            whole.record.id.0.into(),
            claim.control_number.as_str().into(),
            names::patient(&claim.patient).into(),
            whole.payers.name(case.payer).into(),
            case.reason.to_string().into(),
            category(case.reason, &case.remarks).into(),
            case.denied().into(),
            case.open().into(),
            work.state.as_str().into(),
            Some(work.assignee.as_str()).filter(|name| !name.is_empty()).into(),
            case.denied_on().into(),
            if place.closed { Cell::Empty } else { next.into() },
            work.next_on.into(),
            place.rank.deadline.into(),
            place.rank.rule.as_str().into(),
            if place.closed { Cell::Empty } else { place.rank.priority.into() },
            if place.closed { summary.into() } else { place.rank.why.as_str().into() },
            case.recovered().into(),
            (case.events.len() as u64).into(),
        ]);
    }
    if context.printer.redact {
        table.redact();
    }
    table
}

/// Every posting, with its rule and the segment it comes from.
fn postings(whole: &Whole<'_>) -> Table {
    let columns = vec![
        Column::id("entry", "Entry"),
        Column::date("posted_on", "Posted"),
        Column::text("account", "Account"),
        Column::money("amount", "Amount"),
        Column::text("reason", "Reason"),
        Column::id("line", "Line").machine_only(),
        Column::text("payer", "Payer").machine_only(),
        Column::text("source", "Source"),
        Column::text("rule", "Rule").flexible(),
        Column::text("file", "File").flexible(),
        Column::id("segment", "Segment"),
        Column::id("reverses", "Reverses").machine_only(),
        Column::text("user", "User").machine_only(),
    ];
    let mut table = Table::new("postings", "Postings", columns);
    for ((id, entry), (file, segment)) in whole.entries.iter().zip(&whole.origins) {
        for posting in &entry.postings {
            let payer = whole.payers.name(posting.payer);
            table.push(vec![
                id.0.into(),
                entry.posted_on.into(),
                posting.account.name().into(),
                posting.amount.into(),
                posting.reason.map(|r| r.to_string()).into(),
                (posting.line != 0).then_some(u64::from(posting.line)).into(),
                if posting.payer.0 == 0 { Cell::Empty } else { payer.into() },
                entry.source.as_str().into(),
                entry.rule.as_str().into(),
                file.as_str().into(),
                if *segment == 0 { Cell::Empty } else { (*segment).into() },
                entry.reverses.map(|e| e.0).into(),
                entry.user.as_str().into(),
            ]);
        }
    }
    let balance: Money = whole.entries.iter().flat_map(|(_, e)| &e.postings).map(|p| p.amount).sum();
    table.note(format!("All postings add up to {}.", money(balance)));
    table
}
