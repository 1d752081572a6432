//! `arrears unapplied`: money that came and is on no claim yet, with its reason and what to do.

use super::choose::{Choose, Speaks, is_known};
use super::{Context, Failure, Outcome, ask, by_hand, ledger, names, parse};
use crate::books::retell::Hand;
use crate::books::standing::waiting;
use crate::books::{bounds, matching, released, undo};
use crate::domain::book::{ClaimRecord, PaymentRecord, PaymentStatus};
use crate::domain::claim::ServiceLine;
use crate::domain::deed::{Deed, DeedVerb, Fact, Object};
use crate::domain::{Date, Money, PaymentId};
use crate::posting::hold::Hold;
use crate::posting::matching::Verdict;
use crate::render::{Format, Value, counted, money};
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
    Match(MatchArgs),
    Post(by_hand::Args),
    Unmatch(UnmatchArgs),
    Release(ReleaseArgs),
    /// Let released money wait again
    ///
    /// It goes to the claim that it has found by now. A check that went out for it is taken back first.
    Unrelease(super::refund_check::BackArgs),
    Send(super::refund_check::Args),
    Unsend(super::refund_check::BackArgs),
}

/// Post an item to the claim it belongs to, by the same rules as the import
///
/// Shows both sides first. What contradicts the claim is refused, unless you say that it belongs there all the same.
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears unapplied match 17 A1001
  arrears unapplied match 17 A1001 --against-evidence \\
      --reason \"the payer's clerk confirmed it by phone\"
  arrears unapplied unmatch 17 --reason \"the clerk was wrong\"")]
struct MatchArgs {
    /// Its number
    item: u64,
    /// The ledger's number of the claim, or its control number
    claim: String,
    /// It belongs there though patient, service date or charge differ
    #[arg(long, requires = "reason")]
    against_evidence: bool,
    /// A payment that stands there may go, and wait
    #[arg(long, requires = "reason")]
    displace: bool,
    /// Why; it is kept with the claim
    #[arg(long, default_value = "")]
    reason: String,
    /// The day of the note that keeps the reason [default: today]
    #[arg(long, value_parser = parse::date, value_name = "DATE")]
    on: Option<Date>,
    /// The day is meant, though the item came later or the day is still to come
    #[arg(long)]
    yes: bool,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Take an item off its claim again
///
/// What you matched goes back to where it waited. What the import matched waits until you match or release it.
#[derive(clap::Args, Debug)]
struct UnmatchArgs {
    /// Its number
    item: u64,
    /// Why; it is kept with the claim
    #[arg(long)]
    reason: String,
    /// The day of the note that keeps the reason [default: today]
    #[arg(long, value_parser = parse::date, value_name = "DATE")]
    on: Option<Date>,
    /// The day is meant, though the item came later or the day is still to come
    #[arg(long)]
    yes: bool,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Which items
#[derive(clap::Args, Debug, Default)]
struct Filter {
    /// Only items held for this reason, such as no-match
    #[arg(long, value_name = "REASON")]
    reason: Option<String>,
    /// Only items of payers with this in their name or identifier
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
  arrears unapplied release --reason no-match --payer hospital --foreign \\
      --why \"the hospital's claims\" --yes")]
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
            let table = list(&context.read()?, context.past()).map_err(refuse)?;
            context.printer.table(choose.apply(table, &Speaks { date: "service_date", amount: "paid" })?)?;
        }
        Verb::Match(args) => match_to_claim(args, context)?,
        Verb::Post(args) => by_hand::post(args, context)?,
        Verb::Unmatch(args) => unmatch(args, context)?,
        Verb::Release(args) => release(args, context)?,
        Verb::Unrelease(args) => super::refund_check::take_up(args, context)?,
        Verb::Send(args) => super::refund_check::send(args, context)?,
        Verb::Unsend(args) => super::refund_check::unsend(args, context)?,
        Verb::Show { item } => {
            let tables = context.read()?;
            let payment = self::item(&tables, *item, context)?;
            show(&tables, &payment, context)?;
        }
    }
    Ok(Outcome::Done)
}

fn reason(payment: &PaymentRecord) -> Option<Hold> {
    Hold::from_word(payment.rule.strip_prefix("hold:").unwrap_or(&payment.rule))
}

pub(super) fn refused(refusal: undo::Refusal, context: &Context) -> Failure {
    super::placing::refused(
        refusal,
        "`arrears unapplied show ITEM` says what agrees and what differs.",
        context,
    )
}

pub(super) fn item(tables: &Snapshot, item: u64, context: &Context) -> Result<PaymentRecord, Failure> {
    let payment = tables.payment(PaymentId(item)).map_err(|error| context.refuse(error))?;
    payment.ok_or_else(|| {
        Failure::refused(format!("there is no item {item}"))
            .hint("`arrears unapplied list` shows the numbers.")
    })
}

fn match_to_claim(args: &MatchArgs, context: &Context) -> Result<(), Failure> {
    let hand = Hand { now: context.now, user: &context.user };
    let (number, on) = (PaymentId(args.item), args.on.unwrap_or(context.today));
    {
        let tables = context.read()?;
        let payment = item(&tables, args.item, context)?;
        let claim = super::claim::find(&tables, &args.claim, context)?;
        said_when(args.on, &payment, args.yes, context)?;
        context.printer.table(sides(&tables, &payment, &claim).map_err(|error| context.refuse(error))?)?;
    }
    let word = undo::Word {
        against_evidence: args.against_evidence,
        displace: args.displace,
        reason: args.reason.trim(),
    };
    let (claim, rule, lines) = ledger::change(context, args.dry_run, |tables| {
        let id = super::claim::find(tables, &args.claim, context)?.id;
        let placed = undo::match_item(tables, &hand, number, id, on, word)
            .map_err(|refusal| refused(refusal, context))?;
        let lines = super::placing::said(tables, &placed, id, args.dry_run, context)?;
        let paid = placed.payment.payment.paid;
        let deed = Deed::new(DeedVerb::UnappliedMatch, Object::Item(number)).amount(paid);
        Ok(((id, placed.payment.rule, lines), deed.says(format!("{paid} to claim {id}"))))
    })?;
    let done = if args.dry_run { "Would post" } else { "Posted" };
    context.printer.say(&format!("{done} item {number} to claim {claim} ({rule})."));
    lines.iter().for_each(|line| context.printer.say(line));
    Ok(())
}

fn unmatch(args: &UnmatchArgs, context: &Context) -> Result<(), Failure> {
    let hand = Hand { now: context.now, user: &context.user };
    let (number, on) = (PaymentId(args.item), args.on.unwrap_or(context.today));
    if args.on.is_some() {
        said_when(args.on, &item(&context.read()?, args.item, context)?, args.yes, context)?;
    }
    let (claim, payment, balance) = ledger::change(context, args.dry_run, |tables| {
        let (claim, payment) = undo::unmatch_item(tables, &hand, number, on, args.reason.trim())
            .map_err(|refusal| refused(refusal, context))?;
        let state = tables.claim_state(claim).map_err(|error| context.refuse(error))?;
        let paid = payment.payment.paid;
        let deed = Deed::new(DeedVerb::UnappliedUnmatch, Object::Item(number)).amount(paid);
        let balance = money(state.unwrap_or_default().balance());
        Ok(((claim, payment, balance), deed.says(format!("{paid} off claim {claim}"))))
    })?;
    let (took, is) = if args.dry_run { ("Would take", "would be") } else { ("Took", "is") };
    context.printer.say(&format!("{took} item {number} off claim {claim}, whose balance {is} {balance}."));
    let word = reason(&payment).map_or(payment.rule.as_str(), |hold| hold.word());
    context.printer.say(&format!("It waits: {word} ({}).", payment.message));
    Ok(())
}

/// Asks for a yes where a day is named on which the item had not come, or that is still to come.
pub(super) fn said_when(
    on: Option<Date>,
    payment: &PaymentRecord,
    yes: bool,
    context: &Context,
) -> Result<(), Failure> {
    ask::sure(on.and_then(|on| bounds::since_money(on, Some(payment.posted_on), context.today)), yes)
}

/// What the payer says and what the claim says, field by field.
pub(super) fn sides(
    tables: &Snapshot,
    payment: &PaymentRecord,
    record: &ClaimRecord,
) -> Result<Table, StoreError> {
    let columns = vec![
        Column::text("side", "Side"),
        Column::text("number", "Number"),
        Column::text("patient", "Patient").personal(),
        Column::text("date", "Service"),
        Column::text("charge", "Charge"),
        Column::text("lines", "Services").flexible(),
        Column::text("payer", "Payer").flexible(),
    ];
    let (said, claim) = (&payment.payment, &record.claim);
    let payers = names::Payers::read(tables)?;
    let person =
        |last: &str, first: &str, id: &str| format!("{} {id}", names::full(last, first)).trim().to_owned();
    let days = |from: Option<Date>, to: Option<Date>| match (from, to) {
        (Some(from), Some(to)) if from != to => format!("{from} to {to}"),
        (from, to) => from.or(to).map_or_else(String::new, |day| day.to_string()),
    };
    let codes = |codes: Vec<&str>| {
        let mut codes: Vec<&str> = codes.into_iter().filter(|code| !code.is_empty()).collect();
        codes.dedup();
        codes.join(" ")
    };
    let billed = |line: &ServiceLine| {
        if line.procedure.is_empty() { line.revenue_code.clone() } else { line.procedure.clone() }
    };
    let billed: Vec<_> = claim.lines.iter().map(billed).collect();
    let member = [&said.patient.member_id, &claim.patient.member_id, &claim.subscriber.member_id];
    let own_id = if member[1].is_empty() { member[2] } else { member[1] };
    let mut table = Table::new("sides", "Both sides", columns);
    table.push(vec![
        format!("item {}", payment.id).into(),
        said.control_number.as_str().into(),
        person(&said.patient.last, &said.patient.first, member[0]).into(),
        days(said.service_from, said.service_to).into(),
        money(said.charge).into(),
        codes(said.lines.iter().map(|line| line.procedure.as_str()).collect()).into(),
        payers.name(payment.payer).into(),
    ]);
    table.push(vec![
        format!("claim {}", record.id).into(),
        claim.control_number.as_str().into(),
        person(&claim.patient.last, &claim.patient.first, own_id).into(),
        days(claim.service_from, claim.service_to).into(),
        money(claim.charge).into(),
        codes(billed.iter().map(|code| code.as_str()).collect()).into(),
        record.payers.first().map_or("", |payer| payers.name(*payer)).into(),
    ]);
    let compared = matching::compare(tables, payment, record)?;
    let verdict = |field: &str| {
        let found =
            compared.iter().find(|(name, _)| *name == field || (field == "number" && name.contains(field)));
        match found {
            Some((name, Verdict::Agrees)) if *name == "number-altered" => "altered",
            Some((name, Verdict::Agrees)) if *name == "payer-number" => "the payer's",
            Some((_, Verdict::Agrees)) => "agrees",
            Some((_, Verdict::Differs)) => "differs",
            _ => "unknown",
        }
    };
    let fields = ["number", "patient", "date", "charge", "lines", "payer"];
    table.push(std::iter::once("").chain(fields.map(verdict)).map(Into::into).collect());
    Ok(table)
}

fn release(args: &ReleaseArgs, context: &Context) -> Result<(), Failure> {
    let refuse = |error| context.refuse(error);
    let hand = Hand { now: context.now, user: &context.user };
    let named: Vec<PaymentId> = args.items.iter().copied().map(PaymentId).collect();
    let chosen = if named.is_empty() {
        let tables = context.read()?;
        let payers = names::Payers::read(&tables).map_err(refuse)?;
        let columns = columns(&payers);
        for (key, value) in [("payer", &args.filter.payer), ("reason", &args.filter.reason)] {
            if let (Some(value), Some(column)) = (value, columns.iter().find(|column| column.key == key)) {
                is_known(column, value)?;
            }
        }
        wanted(&tables, &payers, &args.filter).map_err(refuse)?.into_iter().map(|p| p.id).collect()
    } else {
        named
    };
    if chosen.is_empty() {
        return Err(Failure::refused("no item fits").hint("`arrears unapplied list` takes the same filters."));
    }
    let on = args.on.unwrap_or(context.today);
    {
        let tables = context.read()?;
        for id in &chosen {
            let payment = tables.payment(*id).map_err(refuse)?;
            let came = payment.as_ref().map(|payment| payment.posted_on);
            ask::sure(args.on.and_then(|on| bounds::since_money(on, came, context.today)), args.yes)?;
        }
    }
    let try_out = |dry_run: bool| {
        ledger::change(context, dry_run, |tables| {
            let (mut sum, mut facts) = (Money::ZERO, Vec::with_capacity(chosen.len()));
            for item in &chosen {
                let paid = released::release(tables, &hand, *item, on, args.foreign, &args.why)
                    .map_err(|r| refused(r, context))?;
                let (verb, on) = (DeedVerb::UnappliedRelease, Object::Item(*item));
                facts.push(Fact { verb, on, details: paid.to_string() });
                sum += paid;
            }
            Ok((sum, Deed::of(facts).amount(sum)))
        })
    };
    let sum = money(try_out(true)?);
    let what = format!("{} with {sum}", counted(chosen.len(), "item"));
    if args.dry_run {
        context.printer.say(&format!("Would release {what}. Nothing was changed."));
        return Ok(());
    }
    ask::confirm(&format!("Release {what}?"), args.yes || args.items.len() == 1)?;
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
        let fits = filter.reason.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(word))
            && filter.payer.as_ref().is_none_or(|part| payers.have(payment.payer, &part.to_lowercase()))
            && filter.min.is_none_or(|min| p.paid >= min)
            && filter.max.is_none_or(|max| p.paid <= max)
            && has(&words, &filter.text);
        if fits {
            found.push(payment);
        }
    }
    Ok(found)
}

fn columns(payers: &names::Payers) -> Vec<Column> {
    vec![
        Column::id("item_id", "Item"),
        Column::id("remit_id", "Remit"),
        Column::text("trace", "Trace").machine_only(),
        Column::text("payer", "Payer").flexible().named(payers.all()),
        Column::text("control_number", "Control number"),
        Column::text("patient", "Patient").flexible().personal(),
        Column::date("service_date", "Service"),
        Column::money("charge", "Charge"),
        Column::money("paid", "Paid"),
        Column::text("reason", "Reason").one_of(Hold::ALL.iter().map(|hold| hold.word())),
        Column::count("candidates", "Candidates").machine_only(),
        Column::text("fix", "What to do").wrapping(),
        Column::text("message", "Message").machine_only(),
    ]
}

/// What waits now, or waited at the end of a past day.
fn list(tables: &Snapshot, past: Option<Date>) -> Result<Table, StoreError> {
    let payers = names::Payers::read(tables)?;
    let mut table = Table::new("unapplied", "Unapplied money", columns(&payers))
        .empty("Nothing is unapplied: every payment is on its claim.");
    table.as_of = past;
    for (id, paid) in waiting(tables, past)? {
        let Some(payment) = tables.payment(id)? else { continue };
        let waits = payment.status == PaymentStatus::Unapplied;
        let hold = reason(&payment);
        let why = if waits { hold.map_or(payment.rule.as_str(), |hold| hold.word()) } else { "" };
        let fix = if waits { hold.map(Hold::fix).map(str::to_owned) } else { Some(since(&payment)) };
        let p = &payment.payment;
        let candidates =
            if payment.claim.is_some() { 1 } else { matching::candidates(tables, &payment)?.len() as u64 };
        table.push(vec![
            payment.id.0.into(),
            payment.remit.0.into(),
            payment.trace.as_str().into(),
            payers.name(payment.payer).into(),
            p.control_number.as_str().into(),
            names::full(&p.patient.last, &p.patient.first).into(),
            p.service_from.into(),
            p.charge.into(),
            paid.into(),
            why.into(),
            candidates.into(),
            fix.into(),
            if waits { payment.message.as_str() } else { "" }.into(),
        ]);
    }
    table.sum_up();
    Ok(table)
}

/// What came of an item that waits no longer.
fn since(payment: &PaymentRecord) -> String {
    match (payment.status, payment.claim) {
        (PaymentStatus::Withdrawn, _) => {
            format!("nothing: remittance {} was taken out of the books since", payment.remit)
        }
        (PaymentStatus::Released, _) | (_, None) => "nothing: it was released since".to_owned(),
        (_, Some(claim)) => format!("nothing: it is on claim {claim} since"),
    }
}

fn show(tables: &Snapshot, payment: &PaymentRecord, context: &Context) -> Result<(), Failure> {
    let refuse = |error| context.refuse(error);
    let p = &payment.payment;
    let columns = vec![
        Column::id("claim_id", "Claim"),
        Column::text("control_number", "Control number"),
        Column::text("patient", "Patient").flexible().personal(),
        Column::date("service_date", "Service"),
        Column::money("charge", "Charge"),
        Column::count("score", "Score"),
        Column::text("agrees", "Agrees").wrapping(),
        Column::text("differs", "Differs").wrapping(),
        Column::text("unknown", "Unknown").wrapping(),
    ];
    let title = if payment.claim.is_some() { "The claim it is on" } else { "Claims it could belong to" };
    let mut table = Table::new("candidates", title, columns).empty("No claim comes near it.");
    let records = match payment.claim {
        Some(id) => tables.claim(id).map_err(refuse)?.into_iter().collect(),
        None => {
            let mut found = matching::candidates(tables, payment).map_err(refuse)?;
            for suggested in matching::suggestions(tables, p).map_err(refuse)? {
                if found.iter().all(|known| known.id != suggested.id) {
                    found.push(suggested);
                }
            }
            found
        }
    };
    for record in &records {
        let compared = matching::compare(tables, payment, record).map_err(refuse)?;
        let of = |wanted: Verdict| compared.iter().filter(move |(_, verdict)| *verdict == wanted);
        let words = |wanted: Verdict| of(wanted).map(|(what, _)| *what).collect::<Vec<_>>().join(", ");
        table.push(vec![
            record.id.0.into(),
            record.claim.control_number.as_str().into(),
            names::full(&record.claim.patient.last, &record.claim.patient.first).into(),
            record.claim.service_from.into(),
            record.claim.charge.into(),
            (of(Verdict::Agrees).count() as u64).into(),
            words(Verdict::Agrees).into(),
            words(Verdict::Differs).into(),
            words(Verdict::Unknown).into(),
        ]);
    }
    if context.printer.redact {
        table.redact();
    }
    if context.printer.format == Format::Json {
        let rows = table.rows.iter().map(|row| Value::row(&table.columns, &row.cells));
        let value = Value::object([
            ("item_id", Value::from(payment.id.0)),
            ("remit_id", Value::from(payment.remit.0)),
            ("control_number", Value::text(&p.control_number)),
            ("paid", Value::from(p.paid)),
            ("charge", Value::from(p.charge)),
            ("service_date", p.service_from.map_or(Value::Null, Value::text)),
            ("matched_by", Value::text(&payment.matched_by)),
            ("status", Value::text(payment.status.as_str())),
            ("reason", Value::text(reason(payment).map_or(payment.rule.as_str(), |hold| hold.word()))),
            ("message", Value::text(&payment.message)),
            ("candidates", Value::list(rows)),
        ]);
        return context.printer.value(&value);
    }
    context.printer.say(&format!(
        "Item {} of remittance {}: claim number {}, services of {}, charge {}, paid {}, {}.",
        payment.id,
        payment.remit,
        p.control_number.as_str(),
        p.service_from.map_or("no day".to_owned(), |day| day.to_string()),
        money(p.charge),
        money(p.paid),
        payment.status.as_str()
    ));
    if let Some(hold) = reason(payment) {
        context.printer.say(&format!("Why: {}.", why(hold, &payment.message)));
        context.printer.say(&format!("What to do: {}.", hold.fix()));
    }
    // What is written to a file has the item too.
    let own = context.printer.output.is_some().then(|| own(payment));
    context.printer.tables(own.into_iter().chain([table]).collect())
}

/// The reason of a hold, and what is known of it besides.
fn why(hold: Hold, message: &str) -> String {
    match hold {
        Hold::TakenOff if !message.is_empty() => message.to_owned(),
        _ if message.is_empty() || message == hold.about() => hold.about().to_owned(),
        _ => format!("{} ({message})", hold.about()),
    }
}

/// The item itself.
fn own(payment: &PaymentRecord) -> Table {
    let columns = vec![
        Column::id("item_id", "Item"),
        Column::id("remit_id", "Remit"),
        Column::text("trace", "Trace"),
        Column::text("number", "Number"),
        Column::date("service_date", "Service"),
        Column::money("charge", "Charge"),
        Column::money("paid", "Paid"),
        Column::text("status", "Status"),
        Column::text("why", "Why").wrapping(),
        Column::text("fix", "What to do").wrapping(),
    ];
    let p = &payment.payment;
    let hold = reason(payment);
    let mut table = Table::new("item", format!("Item {}", payment.id), columns);
    table.push(vec![
        payment.id.0.into(),
        payment.remit.0.into(),
        payment.trace.as_str().into(),
        p.control_number.as_str().into(),
        p.service_from.into(),
        p.charge.into(),
        p.paid.into(),
        payment.status.as_str().into(),
        hold.map_or_else(|| payment.message.to_string(), |hold| why(hold, &payment.message)).into(),
        hold.map(Hold::fix).into(),
    ]);
    table
}
