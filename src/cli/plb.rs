//! `arrears plb`: provider-level items, open until offset.

use super::choose::{Choose, Speaks};
use super::{Context, Failure, Outcome, ask, ledger, names, parse};
use crate::books::retell::Hand;
use crate::books::{bounds, provider_level};
use crate::codes;
use crate::domain::book::PlbRecord;
use crate::domain::{Account, Date, PlbId};
use crate::render::money;
use crate::report::{Column, Table};
use crate::store::{Read, Snapshot, StoreError};

/// Look at provider-level items
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand, Debug)]
enum Verb {
    /// List items: takebacks, forwarding balances, interest, withholds
    List {
        /// Only those that nothing has offset yet
        #[arg(long)]
        open: bool,
        #[command(flatten)]
        choose: Choose,
    },
    /// Show one item with what belongs to it
    Show {
        /// Its number
        item: u64,
    },
    /// Settle what is open of an item: against another item, or against an account
    Settle(SettleArgs),
}

/// Where provider-level money may belong.
pub(super) const ACCOUNTS: [&str; 5] = [
    "income:interest",
    "income:capitation",
    "expense:prompt_pay_discount",
    "expense:plb_other",
    "refund:insurance",
];

/// The account of a name.
pub(super) fn account(name: &str) -> Option<Account> {
    Account::ALL.iter().copied().find(|account| account.name() == name)
}

/// What the office knows about an item.
#[derive(clap::Args, Debug)]
struct SettleArgs {
    /// Its number
    item: u64,
    /// The item it offsets
    #[arg(long, value_name = "ITEM", conflicts_with = "account")]
    with: Option<u64>,
    /// The account it belongs to
    #[arg(long, value_parser = ACCOUNTS)]
    account: Option<String>,
    /// The accounting date [default: today]
    #[arg(long, value_parser = parse::date, value_name = "DATE")]
    on: Option<Date>,
    /// Why
    #[arg(long)]
    reason: String,
    /// The day is meant, though it is still to come
    #[arg(long)]
    yes: bool,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Looks.
pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    let refuse = |error| context.refuse(error);
    let mut table = match &args.verb {
        Verb::List { open, choose } => {
            let wanted = |plb: &PlbRecord| !open || !plb.open.is_zero();
            let table = table(&context.read()?, past(context), context.as_of, wanted).map_err(refuse)?;
            choose.apply(table, &Speaks { date: "posted_on", amount: "amount" })?
        }
        Verb::Show { item } => show(&context.read()?, PlbId(*item), context)?,
        Verb::Settle(args) => return settle(args, context),
    };
    table.note("A positive amount lowered the payment. `open` is what no other item has offset yet.");
    context.printer.table(table)?;
    Ok(Outcome::Done)
}

/// The item and every other of the same payer that bears its reference or its amount.
fn show(tables: &Snapshot, id: PlbId, context: &Context) -> Result<Table, Failure> {
    let refuse = |error| context.refuse(error);
    let item = tables.plb(id).map_err(refuse)?.ok_or_else(|| {
        Failure::refused(format!("there is no provider-level item {id}"))
            .hint("`arrears plb list` shows the numbers.")
    })?;
    let related = |other: &PlbRecord| {
        let reference = !item.item.reference.trim().is_empty() && other.item.reference == item.item.reference;
        other.payer == item.payer
            && (other.id == item.id || reference || other.item.amount == -item.item.amount)
    };
    let mut table = table(tables, past(context), context.as_of, related).map_err(refuse)?;
    table.title = format!("Item {id} and what may belong to it");
    Ok(table)
}

fn settle(args: &SettleArgs, context: &Context) -> Result<Outcome, Failure> {
    let hand = Hand { now: context.now, user: &context.user };
    let (id, on) = (PlbId(args.item), args.on.unwrap_or(context.today));
    let account = args.account.as_deref().unwrap_or("expense:plb_other");
    let account = Account::ALL.iter().copied().find(|a| a.name() == account);
    // Before the item came it cannot be settled at all.
    ask::sure(args.on.and_then(|on| bounds::day(on, None, context.today)), args.yes)?;
    let settled = ledger::change(context, args.dry_run, |tables| {
        let done = match (args.with, account) {
            (Some(other), _) => {
                provider_level::settle_pair(tables, &hand, id, PlbId(other), on, &args.reason)
            }
            (None, Some(account)) => provider_level::settle(tables, &hand, id, account, on, &args.reason),
            (None, None) => return Err(Failure::usage("there is no such account")),
        };
        done.map_err(|refusal| match refusal {
            provider_level::Refusal::Store(error) => context.refuse(error),
            other => {
                Failure::refused(other.to_string()).hint("`arrears plb list --open` shows what is open.")
            }
        })
    })?;
    let amount = money(settled);
    context.printer.say(&if args.dry_run {
        format!("Would settle {amount} of item {id}. Nothing was changed.")
    } else {
        format!("Settled {amount} of item {id}.")
    });
    Ok(Outcome::Done)
}

/// The day that was asked for, where it is a past one.
fn past(context: &Context) -> Option<Date> {
    Some(context.as_of).filter(|day| *day < context.today)
}

/// The items that `wanted` chooses, as they are or as they were on a past day; ages are those of `as_of`.
pub(super) fn table(
    tables: &Snapshot,
    past: Option<Date>,
    as_of: Date,
    wanted: impl Fn(&PlbRecord) -> bool,
) -> Result<Table, StoreError> {
    let payers = names::Payers::read(tables)?;
    let columns = vec![
        Column::id("plb_id", "Item"),
        Column::id("remit_id", "Remit"),
        Column::text("trace", "Trace"),
        Column::text("payer", "Payer").flexible().named(payers.all()),
        Column::text("code", "Code"),
        Column::text("reference", "Reference").flexible(),
        Column::money("amount", "Amount"),
        Column::money("open", "Open"),
        Column::date("posted_on", "Posted"),
        Column::count("age_days", "Days"),
        Column::money("settled", "Settled").machine_only(),
        Column::text("about", "About").machine_only(),
        Column::text("review", "Review").wrapping(),
    ];
    let mut table = Table::new("plb", "Provider-level items", columns).empty("No provider-level items.");
    let items = match past {
        Some(day) => provider_level::as_of(tables, day)?,
        None => tables.plbs()?.collect::<Result<_, _>>()?,
    };
    for plb in items.into_iter().filter(wanted) {
        let trace = tables.remit(plb.remit)?.map(|remit| remit.header.trace).unwrap_or_default();
        let review = if plb.open.is_zero() { "" } else { plb.review.as_str() };
        table.push(vec![
            plb.id.0.into(),
            plb.remit.0.into(),
            trace.as_str().into(),
            payers.name(plb.payer).into(),
            plb.item.reason.as_str().into(),
            plb.item.reference.as_str().into(),
            plb.item.amount.into(),
            plb.open.into(),
            plb.posted_on.into(),
            u64::try_from(as_of.days_since(plb.posted_on)).unwrap_or(0).into(),
            plb.settled(|_| true).into(),
            codes::plb(plb.code).map(|code| code.summary).into(),
            review.into(),
        ]);
    }
    table.sum_up();
    super::blank_total(&mut table, "age_days");
    Ok(table)
}
