//! `arrears plb`: provider-level items, open until offset.

use super::choose::{Choose, Speaks};
use super::{Context, Failure, Outcome, ask, ledger, names, parse};
use crate::books::refund_checks::{self, Check};
use crate::books::retell::Hand;
use crate::books::{bounds, manual, provider_acts, provider_level, undo};
use crate::codes;
use crate::domain::book::PlbRecord;
use crate::domain::deed::{Deed, DeedVerb, Object};
use crate::domain::{Account, ClaimId, Date, Money, PlbId};
use crate::render::money;
use crate::report::{Column, Table};
use crate::store::{Read, Snapshot, StoreError, WriteTables};

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
    Unsettle(UnsettleArgs),
    Apply(ApplyArgs),
    Unapply(UnapplyArgs),
    Send(SendArgs),
    Unsend(UnsendArgs),
}

/// Record a refund check that went out for an item by which the payer is owed
///
/// What the payer announced (WO below zero) closes as far as the check goes; so does a check that it acknowledged (72) and
/// that was not recorded. The check is an item of your own. For a claim see `claim send-refund`, for money that is on no
/// claim `unapplied send`.
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears plb send 2 40 --check 1001 \\
      --reason \"asked for in the letter of 3 March\"
  arrears plb unsend 5 --reason \"the check came back\"")]
struct SendArgs {
    /// Its number
    item: u64,
    /// How much, in dollars
    #[arg(value_parser = parse::money)]
    amount: Money,
    /// The number of the check or transfer
    #[arg(long)]
    check: String,
    #[command(flatten)]
    ground: Ground,
}

/// Take back that a refund check went out
#[derive(clap::Args, Debug)]
struct UnsendArgs {
    /// The check's own number as an item
    item: u64,
    #[command(flatten)]
    ground: Ground,
}

/// When and why, for everything that is done about an item.
#[derive(clap::Args, Debug)]
struct Ground {
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

/// Put what a payer took without a reversal on the claim that it took it for
///
/// The claim's payments fall by the amount, which is owed again: by the payer, until `claim transfer` says by whom. The item
/// closes as far as it is on claims. `plb show` names the claims that its reference names. With an item of code 72 below
/// zero (a check of yours that the payer got) the claim's payments rise, where a reversal took the same money once more.
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears plb apply 3 A1001 30 --reason \"letter of 2 May: paid too much\" \\
      --dry-run
  arrears claim transfer A1001 30 --from open --to due \\
      --reason \"coverage had ended\"
  arrears plb unapply 3 A1001 --reason \"it was the other visit\"")]
struct ApplyArgs {
    /// Its number
    item: u64,
    /// The ledger's number of the claim, or its control number
    claim: String,
    /// How much, in dollars
    #[arg(value_parser = parse::money)]
    amount: Money,
    #[command(flatten)]
    ground: Ground,
}

/// Take from a claim what `plb apply` last put on it of an item
#[derive(clap::Args, Debug)]
struct UnapplyArgs {
    /// The item's number
    item: u64,
    /// The ledger's number of the claim, or its control number
    claim: String,
    #[command(flatten)]
    ground: Ground,
}

/// Open again what `plb settle` last settled of an item
#[derive(clap::Args, Debug)]
struct UnsettleArgs {
    /// Its number
    item: u64,
    /// The item that it was settled with, where several could be meant
    #[arg(long, value_name = "ITEM")]
    with: Option<u64>,
    #[command(flatten)]
    ground: Ground,
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
    #[command(flatten)]
    ground: Ground,
}

/// Looks.
pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    let refuse = |error| context.refuse(error);
    let mut table = match &args.verb {
        Verb::List { open, choose } => {
            let wanted = |plb: &PlbRecord| !open || !plb.open.is_zero();
            let table = table(&context.read()?, context.past(), context.as_of, wanted).map_err(refuse)?;
            choose.apply(table, &Speaks { date: "posted_on", amount: "amount" })?
        }
        Verb::Show { item } => show(&context.read()?, PlbId(*item), context)?,
        Verb::Settle(args) => return settle(args, context),
        Verb::Unsettle(args) => return unsettle(args, context),
        Verb::Apply(args) => return apply(args, context),
        Verb::Unapply(args) => return unapply(args, context),
        Verb::Send(args) => return send(args, context),
        Verb::Unsend(args) => return unsend(args, context),
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
    let mut table = table(tables, context.past(), context.as_of, related).map_err(refuse)?;
    table.title = format!("Item {id} and what may belong to it");
    let all: Vec<PlbRecord> = tables.plbs().map_err(refuse)?.collect::<Result<_, _>>().map_err(refuse)?;
    let of_payer: Vec<PlbRecord> = all.into_iter().filter(|other| other.payer == item.payer).collect();
    let named = provider_level::claims_named(tables, &of_payer).map_err(refuse)?;
    for claim in named.get(&id).into_iter().flatten() {
        table.note(names_claim(tables, &item, *claim).map_err(refuse)?);
    }
    Ok(table)
}

/// What an item's reference says of a claim, and what may be done with that.
fn names_claim(tables: &Snapshot, item: &PlbRecord, claim: ClaimId) -> Result<String, StoreError> {
    let Some(record) = tables.claim(claim)? else { return Ok(format!("It names claim {claim}.")) };
    let (number, state) = (&record.claim.control_number, tables.claim_state(claim)?.unwrap_or_default());
    let paid = money(state.paid_insurance);
    let part = item.open.min(state.paid_insurance);
    Ok(if part.is_positive() {
        format!(
            "It names claim {number}, on which payers paid {paid}. If it took this money back without a reversal, `arrears plb apply {} {number} {} --reason WHY` puts it there.",
            item.id, part,
        )
    } else {
        format!("It names claim {number}, on which payers paid {paid}.")
    })
}

fn settle(args: &SettleArgs, context: &Context) -> Result<Outcome, Failure> {
    let id = PlbId(args.item);
    let account = account(args.account.as_deref().unwrap_or("expense:plb_other"));
    // Before the item came it cannot be settled at all.
    let settled = does(&args.ground, context, |tables, hand, on| {
        let reason = &args.ground.reason;
        let done = match (args.with, account) {
            (Some(other), _) => provider_level::settle_pair(tables, hand, id, PlbId(other), on, reason),
            (None, Some(account)) => provider_level::settle(tables, hand, id, account, on, reason),
            (None, None) => return Err(Failure::usage("there is no such account")),
        };
        let settled = done.map_err(|refusal| refused(refusal.into(), context))?;
        let with = match (args.with, account) {
            (Some(other), _) => format!("with item {other}"),
            (None, account) => format!("as {}", account.map_or("", Account::name)),
        };
        let deed = Deed::new(DeedVerb::PlbSettle, Object::Plb(id)).amount(settled);
        Ok((settled, deed.says(format!("{settled} {with}"))))
    })?;
    let amount = money(settled);
    context.printer.say(&if args.ground.dry_run {
        format!("Would settle {amount} of item {id}. Nothing was changed.")
    } else {
        format!("Settled {amount} of item {id}.")
    });
    Ok(Outcome::Done)
}

/// Does something about an item in one transaction, on the day that was named or today.
fn does<T>(
    ground: &Ground,
    context: &Context,
    work: impl FnOnce(&mut WriteTables<'_>, &Hand<'_>, Date) -> Result<(T, Deed), Failure>,
) -> Result<T, Failure> {
    let hand = Hand { now: context.now, user: &context.user };
    ask::sure(ground.on.and_then(|on| bounds::day(on, None, context.today)), ground.yes)?;
    let on = ground.on.unwrap_or(context.today);
    ledger::change(context, ground.dry_run, |tables| work(tables, &hand, on))
}

fn apply(args: &ApplyArgs, context: &Context) -> Result<Outcome, Failure> {
    let id = PlbId(args.item);
    let (number, state) = does(&args.ground, context, |tables, hand, on| {
        let claim = super::claim::find(tables, &args.claim, context)?;
        provider_acts::apply(tables, hand, (id, claim.id), args.amount, on, &args.ground.reason)
            .map_err(|refusal| refused(refusal, context))?;
        let state = tables.claim_state(claim.id).map_err(|error| context.refuse(error))?.unwrap_or_default();
        let deed = Deed::new(DeedVerb::PlbApply, Object::Plb(id)).amount(args.amount);
        let deed = deed.says(format!("{} on claim {}", args.amount, claim.id));
        Ok(((claim.claim.control_number.clone(), state), deed))
    })?;
    let (would, end) = if args.ground.dry_run { ("Would put", " Nothing was changed.") } else { ("Put", "") };
    context.printer.say(&format!(
        "{would} {} of item {id} on claim {number}: payers paid {} on it, and its balance is {}.{end}",
        money(args.amount),
        money(state.paid_insurance),
        money(state.balance()),
    ));
    Ok(Outcome::Done)
}

fn unapply(args: &UnapplyArgs, context: &Context) -> Result<Outcome, Failure> {
    let id = PlbId(args.item);
    let (number, amount) = does(&args.ground, context, |tables, hand, on| {
        let claim = super::claim::find(tables, &args.claim, context)?;
        let amount = provider_acts::unapply(tables, hand, (id, claim.id), on, &args.ground.reason)
            .map_err(|refusal| refused(refusal, context))?;
        let deed = Deed::new(DeedVerb::PlbUnapply, Object::Plb(id)).amount(amount);
        let deed = deed.says(format!("{amount} off claim {}", claim.id));
        Ok(((claim.claim.control_number.clone(), amount), deed))
    })?;
    let (would, end) =
        if args.ground.dry_run { ("Would take", " Nothing was changed.") } else { ("Took", "") };
    context.printer.say(&format!("{would} {} of item {id} from claim {number}.{end}", money(amount)));
    Ok(Outcome::Done)
}

fn unsettle(args: &UnsettleArgs, context: &Context) -> Result<Outcome, Failure> {
    let id = PlbId(args.item);
    let amount = does(&args.ground, context, |tables, hand, on| {
        let amount = provider_acts::unsettle(tables, hand, id, args.with.map(PlbId), on, &args.ground.reason)
            .map_err(|refusal| refused(refusal, context))?;
        let deed = Deed::new(DeedVerb::PlbUnsettle, Object::Plb(id)).amount(amount);
        Ok((amount, deed.says(amount.to_string())))
    })?;
    let (would, end) =
        if args.ground.dry_run { ("Would open", " Nothing was changed.") } else { ("Opened", "") };
    context.printer.say(&format!("{would} {} of item {id} again.{end}", money(amount)));
    Ok(Outcome::Done)
}

fn send(args: &SendArgs, context: &Context) -> Result<Outcome, Failure> {
    let id = PlbId(args.item);
    let sent = does(&args.ground, context, |tables, hand, on| {
        let check = Check { amount: args.amount, number: &args.check, on, reason: &args.ground.reason };
        let sent = refund_checks::send_for_item(tables, hand, id, check)
            .map_err(|refusal| refused(refusal, context))?;
        let deed = Deed::new(DeedVerb::PlbSend, Object::Plb(id)).amount(args.amount);
        Ok((sent, deed.says(format!("{}, check {}, as item {sent}", args.amount, args.check))))
    })?;
    let (would, end) =
        if args.ground.dry_run { ("Would record", " Nothing was changed.") } else { ("Recorded", "") };
    let amount = money(args.amount);
    context
        .printer
        .say(&format!("{would} check {} of {amount} for item {id}, as item {sent}.{end}", args.check));
    Ok(Outcome::Done)
}

fn unsend(args: &UnsendArgs, context: &Context) -> Result<Outcome, Failure> {
    let id = PlbId(args.item);
    let amount = does(&args.ground, context, |tables, hand, on| {
        let amount = refund_checks::unsend(tables, hand, id, on, &args.ground.reason)
            .map_err(|refusal| refused(refusal, context))?;
        let deed = Deed::new(DeedVerb::PlbUnsend, Object::Plb(id)).amount(amount);
        Ok((amount, deed.says(amount.to_string())))
    })?;
    let (would, end) =
        if args.ground.dry_run { ("Would take back", " Nothing was changed.") } else { ("Took back", "") };
    context.printer.say(&format!("{would} that {} went out as item {id}.{end}", money(amount)));
    Ok(Outcome::Done)
}

pub(super) fn refused(refusal: provider_acts::Refusal, context: &Context) -> Failure {
    use provider_acts::Refusal;
    let words = refusal.to_string();
    let hint = match refusal {
        Refusal::Item(provider_level::Refusal::Store(error))
        | Refusal::Unapplied(undo::Refusal::Store(error))
        | Refusal::Claim(manual::Refusal::Store(error)) => {
            return context.refuse(error);
        }
        Refusal::StillToCome(_) => "It closes when the payer takes it, or when you send it a check.",
        Refusal::OtherPayer(..) => "`arrears plb show` says which claims its reference names.",
        Refusal::PaidLess { .. } => {
            "`arrears claim show` says what was paid. An item may stand on several claims."
        }
        Refusal::NotOnClaim(..) => "`arrears claim show` says what was put on it.",
        Refusal::NotOwed(_) => {
            "A check goes out for what the payer announced (WO below zero) or acknowledged (72)."
        }
        Refusal::NoCheck(_) => "`arrears plb list` shows your checks: they come with no remittance.",
        Refusal::StillSettled(_) => "Undo that first: `arrears plb unsettle`, `arrears plb unapply`.",
        Refusal::LessIsDue { .. } => "`arrears report refunds` shows what is due.",
        Refusal::NoCheckFor(_) => "`arrears report refunds` shows which checks are on the way.",
        Refusal::WhichPair(_) => "Name it with `--with ITEM`.",
        Refusal::NotSettled(_) => {
            "`arrears plb unapply` takes an item from a claim; what items settle among each other follows from what they say."
        }
        _ => "`arrears plb list --open` shows what is open.",
    };
    Failure::refused(words).hint(hint)
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
        Column::text("claims", "Claims").machine_only(),
    ];
    let mut table = Table::new("plb", "Provider-level items", columns).empty("No provider-level items.");
    let items = match past {
        Some(day) => provider_level::as_of(tables, day)?,
        None => tables.plbs()?.collect::<Result<_, _>>()?,
    };
    let named = provider_level::claims_named(tables, &items)?;
    for plb in items.into_iter().filter(wanted) {
        let mut numbers: Vec<String> = Vec::new();
        for claim in named.get(&plb.id).into_iter().flatten() {
            numbers.extend(tables.claim(*claim)?.map(|record| record.claim.control_number.to_string()));
        }
        let trace = tables.remit(plb.remit)?.map(|remit| remit.header.trace).unwrap_or_default();
        let review = if plb.open.is_zero() { "" } else { plb.review.as_str() };
        table.push(vec![
            plb.id.0.into(),
            Some(plb.remit.0).filter(|_| plb.remit != provider_level::OFFICE).into(),
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
            Some(numbers.join(", ")).filter(|numbers| !numbers.is_empty()).into(),
        ]);
    }
    table.sum_up();
    table.blank_total("age_days");
    Ok(table)
}
