//! `arrears remit`: remittances, posted and held.

use super::choose::{Choose, Speaks};
use super::{Context, Failure, Outcome, ledger, names, remit_enter};
use crate::books::decisions::{self, HandedOn};
use crate::books::held::Pair;
use crate::books::retell::Hand;
use crate::books::standing::{self, Standing};
use crate::books::{held, undo};
use crate::domain::book::{Issue, RemitRecord, RemitStatus};
use crate::domain::deed::{Deed, DeedVerb, Object};
use crate::domain::{Date, Money, RemitId};
use crate::posting::hold::Hold;
use crate::posting::reading::{Destination, Part};
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
    Repost(RepostArgs),
    Post(PostArgs),
    Enter(Box<remit_enter::Args>),
    /// Take one remittance out of the books and put another one in, as one act
    ///
    /// For a corrected copy that came under the number, day and amount of one that is in the books: the copy is held, and
    /// takes the other's place, and what persons decided of its claim payments goes on. Named the other way round it undoes
    /// itself. Two of payer, check number and claims must be the same, unless --against-evidence says otherwise.
    #[command(after_long_help = "\
Examples:
  arrears remit show 7
  arrears remit replace 3 7 --reason \"the payer sent a corrected copy\"")]
    Replace(ReplaceArgs),
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

#[derive(clap::Args, Debug)]
struct RepostArgs {
    #[command(flatten)]
    undo: UndoArgs,
    /// Both are real: it and the one in the books that it looks like
    #[arg(long)]
    also: bool,
}

/// Post a held remittance that shall be in the books as it is
///
/// Name what holds it. `remit reverse` takes it out again.
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears remit post 7 --also \\
      --reason \"two checks of one number, says the payer\"
  arrears remit post 7 --accept debit --reason \"the bank shows it\"
  arrears remit post 7 --accept transaction-out-of-balance --part \\
      --reason \"one file for each site\"
  arrears remit post 7 --accept transaction-out-of-balance \\
      --difference-to expense:plb_other --reason \"a cent\"")]
struct PostArgs {
    /// Its number
    id: u64,
    /// What holds it and shall not
    #[arg(long, value_name = "HOLD", value_parser = ACCEPTED)]
    accept: Vec<String>,
    /// Both are real: it and the one that it looks like
    #[arg(long)]
    also: bool,
    /// It is a part of its payment, and brings what its claims and items say
    #[arg(long, conflicts_with = "difference_to")]
    part: bool,
    /// Where the difference between the payment and its claims belongs
    #[arg(long, value_name = "ACCOUNT", value_parser = super::plb::ACCOUNTS)]
    difference_to: Option<String>,
    /// Why
    #[arg(long)]
    reason: String,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// What a person may accept of a whole remittance.
const ACCEPTED: [&str; 4] = ["transaction-out-of-balance", "payee-not-ours", "debit", "possible-reissue"];

#[derive(clap::Args, Debug)]
struct ReplaceArgs {
    /// The number of the one that goes
    old: u64,
    /// The number of the one that takes its place
    new: u64,
    /// It does so though payer, check number or claims are others
    #[arg(long)]
    against_evidence: bool,
    /// Why
    #[arg(long)]
    reason: String,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Looks, takes out or puts back.
pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    let refuse = |error| context.refuse(error);
    match &args.verb {
        Verb::Reverse(args) => return undo(args, Way::Out, context),
        Verb::Repost(args) => return undo(&args.undo, Way::Back { also: args.also }, context),
        Verb::SetAside(args) => return set_aside(args, context),
        Verb::Post(args) => return post(args, context),
        Verb::Replace(args) => return replace(args, context),
        Verb::Enter(args) => return remit_enter::enter(args, context),
        Verb::List { held, choose } => {
            let table = list(&context.read()?, *held, context.past()).map_err(refuse)?;
            context.printer.table(choose.apply(table, &Speaks { date: "posted_on", amount: "paid" })?)?;
        }
        Verb::Show { id } => {
            let tables = context.read()?;
            let remit = tables.remit(RemitId(*id)).map_err(refuse)?.ok_or_else(|| {
                Failure::refused(format!("there is no remittance {id}"))
                    .hint("`arrears remit list` shows the numbers.")
            })?;
            show(&tables, &remit, context)?;
        }
    }
    Ok(Outcome::Done)
}

/// Which way a remittance goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Out,
    Back { also: bool },
}

fn undo(args: &UndoArgs, way: Way, context: &Context) -> Result<Outcome, Failure> {
    let hand = Hand { now: context.now, user: &context.user };
    let id = RemitId(args.id);
    let (remit, decided, aside) = ledger::change(context, args.dry_run, |tables| {
        let is_held = |status| matches!(status, RemitStatus::Held | RemitStatus::SetAside);
        let status = tables.remit(id).map_err(|error| context.refuse(error))?.map(|remit| remit.status);
        let done = match (way, status) {
            (Way::Out, _) => undo::reverse_remit(tables, &hand, id, &args.reason).map(|()| Vec::new()),
            (Way::Back { also }, Some(status)) if is_held(status) => {
                let accept: &[Hold] = if also { &[Hold::PossibleReissue] } else { &[] };
                let word = held::Word { accept, reason: &args.reason, ..held::Word::default() };
                held::post(tables, &hand, id, word, context.today).map(|posted| posted.aside)
            }
            (Way::Back { also }, _) => {
                held::repost(tables, &hand, id, &args.reason, also).map(|()| Vec::new())
            }
        };
        let aside = done.map_err(|refusal| refused(refusal, context))?;
        let remit = tables.remit(id).map_err(|error| context.refuse(error))?;
        let decided = remit.as_ref().map_or(Ok(0), |remit| decisions::count(tables, remit));
        let decided = decided.map_err(|error| context.refuse(error))?;
        let verb = match (way, status) {
            (Way::Out, _) => DeedVerb::RemitReverse,
            (Way::Back { .. }, Some(status)) if is_held(status) => DeedVerb::RemitPost,
            (Way::Back { .. }, _) => DeedVerb::RemitRepost,
        };
        let deed = paid_by(Deed::new(verb, Object::Remit(id)), remit.as_ref());
        Ok(((remit, decided, aside), deed))
    })?;
    let waits = remit.as_ref().map_or(0, |remit| remit.unapplied);
    let paid = remit.as_ref().map_or_else(String::new, |r| money(r.header.paid));
    let claims = counted(remit.map_or(0, |r| r.claims), "claim payment");
    let out = way == Way::Out;
    let (did, would) = if out { ("Took", "Would take") } else { ("Put", "Would put") };
    let (verb, end) = if args.dry_run { (would, " Nothing was changed.") } else { (did, "") };
    let where_to = if out { "out of the books" } else { "back into the books" };
    context.printer.say(&format!("{verb} remittance {id}, {paid} and {claims}, {where_to}.{end}"));
    if decided > 0 {
        let holds = if out { "is kept for when it comes back" } else { "holds again" };
        let of = counted(decided as u64, "claim payment");
        context.printer.say(&format!("What persons decided about {of} {holds}."));
    }
    if !out && waits > 0 {
        let wait = if waits == 1 { "waits" } else { "wait" };
        let of = counted(waits, "claim payment");
        context.printer.say(&format!("{of} {wait}, see `arrears unapplied list`."));
    }
    say_aside(&aside, context);
    Ok(Outcome::Done)
}

/// With what a remittance pays.
fn paid_by(deed: Deed, remit: Option<&RemitRecord>) -> Deed {
    match remit {
        Some(remit) => {
            let details = format!("{}, {}", remit.header.paid, counted(remit.claims, "claim payment"));
            deed.amount(remit.header.paid).says(details)
        }
        None => deed,
    }
}

fn refused(refusal: undo::Refusal, context: &Context) -> Failure {
    let failure = Failure::refused(refusal.to_string());
    match refusal {
        undo::Refusal::Store(error) => context.refuse(error),
        undo::Refusal::NeedsFile(..) => failure.hint("`arrears remit show` says what is wrong with it."),
        undo::Refusal::NotKept(id) => failure.hint(format!("Import its file again, then `arrears remit post {id}`.")),
        undo::Refusal::StillHeld(id, holds) => {
            let word = |hold: &Hold| match hold {
                Hold::PossibleReissue => "--also".to_owned(),
                other => format!("--accept {other}"),
            };
            let words: Vec<String> = holds.iter().map(word).collect();
            let words = words.join(" ");
            failure.hint(format!(
                "If it shall be in the books all the same: `arrears remit post {id} {words} --reason TEXT`."
            ))
        }
        undo::Refusal::Resembles(id, other) => failure.hint(format!(
            "`arrears remit replace {other} {id}` puts it in the other's place; where both are real, `arrears remit repost {id} --also`."
        )),
        undo::Refusal::Unrelated(old, new, _) => failure.hint(format!(
            "`arrears remit show` shows each; where the one takes the other's place all the same: `arrears remit replace {old} {new} --against-evidence --reason TEXT`."
        )),
        undo::Refusal::CheckSent(item, _) => failure.hint(format!(
            "If it was not sent, `arrears unapplied unsend {item} --reason TEXT` takes that back first."
        )),
        undo::Refusal::Settled(_, item) => failure.hint(format!(
            "`arrears plb show {item}` says what was done about it; `arrears plb unsettle {item}`, `plb unapply` or `plb unsend` take that back first."
        )),
        undo::Refusal::Difference(..) => failure.hint(
            "Say where that belongs with `--difference-to ACCOUNT`, or that it is a part of the payment with `--part`.",
        ),
        _ => failure.hint("`arrears remit list` shows what is in the books."),
    }
}

fn post(args: &PostArgs, context: &Context) -> Result<Outcome, Failure> {
    let hand = Hand { now: context.now, user: &context.user };
    let also = args.also.then_some(Hold::PossibleReissue);
    let accept: Vec<Hold> = args.accept.iter().filter_map(|word| Hold::from_word(word)).chain(also).collect();
    let difference_to = args.difference_to.as_deref().and_then(super::plb::account);
    let word = held::Word { accept: &accept, part: args.part, difference_to, reason: &args.reason };
    let done = ledger::change(context, args.dry_run, |tables| {
        let done = held::post(tables, &hand, RemitId(args.id), word, context.today);
        let done = done.map_err(|refusal| refused(refusal, context))?;
        let deed =
            Deed::new(DeedVerb::RemitPost, Object::Remit(done.remit.id)).amount(done.remit.header.paid);
        Ok((done, deed.says(&args.reason)))
    })?;
    say_posted(&done.remit, args.dry_run, context);
    if let Some((difference, item)) = done.difference {
        let account = args.difference_to.as_deref().unwrap_or_default();
        let text = format!("Its payment is {} off its claims: item {item}, on {account}.", money(difference));
        context.printer.say(&text);
    }
    say_aside(&done.aside, context);
    Ok(Outcome::Done)
}

fn say_aside(copies: &[RemitId], context: &Context) {
    for id in copies {
        context.printer.say(&format!("Remittance {id}, a held copy of it, is set aside."));
    }
}

fn say_posted(remit: &RemitRecord, dry_run: bool, context: &Context) {
    let (did, end) = if dry_run { ("Would post", " Nothing was changed.") } else { ("Posted", "") };
    let waits = match remit.unapplied {
        0 => String::new(),
        count => format!("; {count} of them wait, see `arrears unapplied list`"),
    };
    context.printer.say(&format!(
        "{did} remittance {}, {} and {}{waits}.{end}",
        remit.id,
        money(remit.header.paid),
        counted(remit.claims, "claim payment"),
    ));
}

fn replace(args: &ReplaceArgs, context: &Context) -> Result<Outcome, Failure> {
    let hand = Hand { now: context.now, user: &context.user };
    let (old, new) = (RemitId(args.old), RemitId(args.new));
    let done = ledger::change(context, args.dry_run, |tables| {
        let against = args.against_evidence;
        let done = held::replace(tables, &hand, (old, new), &args.reason, context.today, against);
        let done = done.map_err(|refusal| refused(refusal, context))?;
        let deed =
            Deed::new(DeedVerb::RemitReplace, Object::RemitFor(new, old)).amount(done.remit.header.paid);
        Ok((done, deed.says(&args.reason)))
    })?;
    let (did, end) = if args.dry_run { ("Would take", " Nothing was changed.") } else { ("Took", "") };
    if done.was_out {
        context.printer.say(&format!("Remittance {old} was out of the books, and {new} is in them.{end}"));
    } else {
        context.printer.say(&format!("{did} remittance {old} out of the books.{end}"));
        say_posted(&done.remit, args.dry_run, context);
    }
    for what in &done.handed_on {
        context.printer.say(&handed_on(what, new));
    }
    Ok(Outcome::Done)
}

/// What became of a decision about a claim payment of the remittance that went.
fn handed_on(what: &HandedOn, new: RemitId) -> String {
    let HandedOn { from, decided, .. } = what;
    match (what.to, &what.against) {
        (None, _) => format!("Claim payment {from} {decided}; none of remittance {new} takes its place."),
        (Some(to), None) => {
            format!("Claim payment {from} {decided}; that holds for {to}, which takes its place.")
        }
        (Some(to), Some(why)) => {
            format!("Claim payment {from} {decided}; {to} takes its place and waits, for {why}.")
        }
    }
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
        let deed = Deed::new(DeedVerb::RemitSetAside, Object::Remit(id)).amount(paid).says(&args.reason);
        Ok((paid, deed))
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

/// The remittances as they stand now, or stood at the end of a past day.
fn list(tables: &Snapshot, held: bool, past: Option<Date>) -> Result<Table, StoreError> {
    let payers = names::Payers::read(tables)?;
    // Nothing of a held one waits or is on a claim.
    let standing = if held { None } else { Some(Standing::read(tables, past)?) };
    let remits = tables.remits()?.collect::<Result<Vec<_>, _>>()?;
    let known = remits.into_iter().filter_map(|remit| Some((standing::status(&remit, past)?, remit)));
    let mut remits: Vec<(RemitStatus, RemitRecord)> =
        known.filter(|(status, _)| !held || *status == RemitStatus::Held).collect();
    remits.sort_by_key(|(_, remit)| std::cmp::Reverse((remit.posted_on, remit.id)));
    let mut columns = columns();
    columns.iter_mut().filter(|c| c.key == "payer").for_each(|c| c.known = Known::Names(payers.all()));
    let words = if held { "No remittance is held." } else { "No remittances yet." };
    let mut table = Table::new("remits", "Remittances", columns)
        .empty(words)
        .counting("status", RemitStatus::Posted.as_str());
    table.as_of = past;
    for (status, remit) in &remits {
        table.push(vec![
            remit.id.0.into(),
            payers.name(remit.payer).into(),
            remit.header.trace.as_str().into(),
            remit.header.method.as_str().into(),
            remit.header.paid.into(),
            remit.posted_on.into(),
            remit.claims.into(),
            standing.as_ref().map_or(0, |standing| standing.matched(remit)).into(),
            standing.as_ref().map_or(0, |standing| standing.left_over(remit)).into(),
            remit.plb.into(),
            status.as_str().into(),
        ]);
    }
    table.sum_up();
    let posted = remits.iter().filter(|(status, _)| *status == RemitStatus::Posted).count();
    if posted > 0 && posted < remits.len() {
        table.note("The totals count what is in the books: remittances that are posted.");
    }
    Ok(table)
}

fn show(tables: &Snapshot, remit: &RemitRecord, context: &Context) -> Result<(), Failure> {
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
    let mut table = super::plb::table(tables, None, remit.posted_on, |plb| plb.remit == remit.id)?;
    table.title = "Provider-level items".to_owned();
    Ok(table)
}
