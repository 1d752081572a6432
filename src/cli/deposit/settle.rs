//! `deposit match`, `unmatch` and `explain`: what deposits belong to.

use crate::bank::reassociate::{Window, matches};
use crate::bank::returned::Returned;
use crate::bank::suggest::{Suggestion, suggestions};
use crate::books::deposits::difference::{self, Booking};
use crate::books::deposits::{self, Decision, Earlier, Refusal, Standing, returned};
use crate::books::retell::Hand;
use crate::cli::ledger::{change, change_if};
use crate::cli::{Context, Failure, names};
use crate::domain::deed::{Deed, DeedVerb, Fact, Object};
use crate::domain::deposit::Settlement;
use crate::domain::{Account, DepositId, Money, RemitId};
use crate::render::money;
use crate::report::{Column, Table};
use crate::store::{Read, ReadDeposits, StoreError, WriteTables};

/// Match deposits with remittances: all that is proved, or one by hand
///
/// Without arguments, trace number, payer, amount and day decide, and only what nothing else could explain is matched; the
/// rest is suggested.
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears deposit match --dry-run
  arrears deposit match
  arrears deposit match 12 --remit 5 --remit 6
  arrears deposit match 12 13 --remit 7 --reason \"the bank kept its fee of 2.50\"

What is matched by hand must add up, unless a reason says why it does not. What is missing is
booked as a fee (expense:payment_fees), what is too much as other receipts (income:other_receipts),
unless --difference-to names another account, such as income:interest: so cash in the books is the
bank's. `deposit unmatch` takes it back.")]
pub(super) struct MatchArgs {
    /// The deposits
    #[arg(value_name = "DEPOSIT")]
    deposit: Vec<u64>,
    /// A remittance whose money it is; give it again for each
    #[arg(long, value_name = "ID", requires = "deposit")]
    remit: Vec<u64>,
    /// Why the sums differ
    #[arg(long, requires = "deposit")]
    reason: Option<String>,
    /// Where the difference belongs; `open`: the rest is still to come, and is matched with the same remittance
    #[arg(long, value_name = "ACCOUNT", value_parser = booking, requires = "reason")]
    difference_to: Option<Booking>,
    /// The deposit that these take back: the bank returned it
    #[arg(long, value_name = "DEPOSIT", requires = "deposit", conflicts_with_all = ["remit", "days"])]
    returns: Option<u64>,
    /// How many days may lie between a deposit and a remittance of one trace number
    #[arg(long, value_name = "DAYS", default_value_t = 30, conflicts_with = "remit")]
    days: u16,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(clap::Args, Debug)]
pub(super) struct UnmatchArgs {
    /// The deposit
    deposit: u64,
    /// Why
    #[arg(long)]
    reason: String,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Say what a deposit is that belongs to no remittance: a day's cards, interest, somebody else's money
#[derive(clap::Args, Debug)]
pub(super) struct ExplainArgs {
    /// The deposits
    #[arg(required = true)]
    deposit: Vec<u64>,
    /// What it is
    #[arg(long)]
    reason: String,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Refusals in a user's words.
fn words(context: &Context, refusal: Refusal) -> Failure {
    let hint = match &refusal {
        Refusal::Store(_) => "",
        Refusal::NoDeposit(_) => "`arrears deposit list` shows the numbers.",
        Refusal::NoRemit(_) => "`arrears remit list` shows the numbers.",
        Refusal::Settled(..) | Refusal::RemitSettled(..) => {
            "`arrears deposit unmatch DEPOSIT --reason TEXT` undoes that."
        }
        Refusal::Unequal { .. } => {
            "Say which other remittance or deposit belongs to it, or why with `--reason`."
        }
        Refusal::Open(_) => "`arrears deposit list` shows what deposits belong to.",
        Refusal::NoReturn(..) => "`arrears deposit list` shows the amounts.",
        Refusal::NoReason => "Give it with `--reason TEXT`.",
    };
    match refusal {
        Refusal::Store(error) => context.refuse(error),
        other => Failure::refused(other.to_string()).hint(hint),
    }
}

/// Where a difference goes, as it is typed.
fn booking(text: &str) -> Result<Booking, String> {
    if text == "open" {
        return Ok(Booking::Open);
    }
    let found = difference::ACCOUNTS.into_iter().find(|account| account.name() == text);
    let names = difference::ACCOUNTS.map(Account::name).join(", ");
    found.map(Booking::To).ok_or_else(|| format!("say `open`, or one of {names}"))
}

pub(super) fn match_money(args: &MatchArgs, context: &Context) -> Result<(), Failure> {
    if let Some(came) = args.returns {
        return take_back(args, DepositId(came), context);
    }
    if args.deposit.is_empty() {
        return match_all(args, context);
    }
    if args.remit.is_empty() {
        return Err(Failure::usage("with what?").hint(
            "Say which remittance it is with `--remit ID`, or `arrears deposit explain` what belongs to none.",
        ));
    }
    let decision = Decision {
        deposits: args.deposit.iter().map(|id| DepositId(*id)).collect(),
        remits: args.remit.iter().map(|id| RemitId(*id)).collect(),
        rule: Settlement::BY_HAND,
        reason: args.reason.as_deref().unwrap_or_default(),
        booking: args.difference_to.unwrap_or_default(),
    };
    let done = settle(&decision, args.dry_run, context)?;
    let booked = decision.booking.account(done.difference);
    let difference = match (done.difference, booked) {
        (Money::ZERO, _) => String::new(),
        (difference, None) => format!(", with a difference of {}", money(difference)),
        (difference, Some(account)) => {
            format!(", with a difference of {} booked as {account}", money(difference))
        }
    };
    say(context, args.dry_run, "match", &format!("{} with {}{difference}", of(&done), remits(&done)));
    Ok(())
}

fn take_back(args: &MatchArgs, came: DepositId, context: &Context) -> Result<(), Failure> {
    let hand = Hand { now: context.now, user: &context.user };
    let [went] = args.deposit[..] else {
        return Err(Failure::usage("one deposit takes back one: name the one that went out")
            .hint("`arrears deposit match 12 --returns 5`"));
    };
    let gone = Returned { came, went: DepositId(went) };
    change(context, args.dry_run, |tables| {
        let done = returned::take_back(tables, &hand, gone, args.reason.as_deref().unwrap_or_default())
            .map_err(|refusal| words(context, refusal))?;
        Ok(((), deed(DeedVerb::DepositMatch, &[done])))
    })?;
    let what = format!("deposit {went} with deposit {came}, which it takes back");
    say(context, args.dry_run, "match", &what);
    Ok(())
}

pub(super) fn explain(args: &ExplainArgs, context: &Context) -> Result<(), Failure> {
    let decision = Decision {
        deposits: args.deposit.iter().map(|id| DepositId(*id)).collect(),
        remits: Vec::new(),
        rule: Settlement::EXPLAINED,
        reason: &args.reason,
        booking: Booking::Open,
    };
    let done = settle(&decision, args.dry_run, context)?;
    say(context, args.dry_run, "explain", &of(&done));
    Ok(())
}

pub(super) fn unmatch(args: &UnmatchArgs, context: &Context) -> Result<(), Failure> {
    let hand = Hand { now: context.now, user: &context.user };
    let done = change(context, args.dry_run, |tables| {
        let done = deposits::undo(tables, &hand, DepositId(args.deposit), &args.reason)
            .map_err(|refusal| words(context, refusal))?;
        let deed = deed(DeedVerb::DepositUnmatch, std::slice::from_ref(&done.settlement));
        Ok((done, deed))
    })?;
    say(context, args.dry_run, "open again", &of(&done.settlement));
    for earlier in &done.earlier {
        let words = match earlier {
            Earlier::Again(by) => format!("Deposit {} belongs to {} again.", list(&by.deposits), remits(by)),
            Earlier::Gone(by, remit) => format!(
                "Deposit {} belonged to {} and stays open: remittance {remit} is out of the books, or was paid otherwise.",
                list(&by.deposits),
                remits(by)
            ),
        };
        context.printer.say(&words);
    }
    Ok(())
}

fn settle(decision: &Decision<'_>, dry_run: bool, context: &Context) -> Result<Settlement, Failure> {
    let hand = Hand { now: context.now, user: &context.user };
    change(context, dry_run, |tables| {
        let done = deposits::settle(tables, &hand, decision).map_err(|refusal| words(context, refusal))?;
        let verb = if done.remits.is_empty() { DeedVerb::DepositExplain } else { DeedVerb::DepositMatch };
        let deed = deed(verb, std::slice::from_ref(&done));
        Ok((done, deed))
    })
}

fn say(context: &Context, dry_run: bool, verb: &str, what: &str) {
    let (would, end) = if dry_run { ("Would ", " Nothing was changed.") } else { ("Done: ", "") };
    context.printer.say(&format!("{would}{verb} {what}.{end}"));
}

/// What is recorded of movements and what they belong to: each settlement by the first of its movements.
fn deed(verb: DeedVerb, done: &[Settlement]) -> Deed {
    let fact = |by: &Settlement| {
        let others = if by.deposits.len() > 1 { format!("{}; ", of(by)) } else { String::new() };
        let to = if by.remits.is_empty() { String::new() } else { format!("{}, ", remits(by)) };
        let on = Object::Deposit(by.deposits.first().copied().unwrap_or_default());
        Fact { verb, on, details: format!("{others}{to}settlement {}", by.id) }
    };
    Deed::of(done.iter().map(fact).collect())
}

fn of(settlement: &Settlement) -> String {
    format!("deposit {}", list(&settlement.deposits))
}

fn remits(settlement: &Settlement) -> String {
    format!("remittance {}", list(&settlement.remits))
}

fn list<T: ToString>(ids: &[T]) -> String {
    ids.iter().map(T::to_string).collect::<Vec<_>>().join(", ")
}

/// What the rules find, and what they leave.
fn match_all(args: &MatchArgs, context: &Context) -> Result<(), Failure> {
    let window = Window { traced: i32::from(args.days), ..Window::default() };
    let hand = Hand { now: context.now, user: &context.user };
    let (table, open) = change_if(context, args.dry_run, |tables| {
        let done = rules(tables, &hand, window, context).map_err(|refusal| words(context, refusal))?;
        let table = matched(tables, &done, args.dry_run).map_err(|error| context.refuse(error))?;
        let deed = (!done.0.is_empty()).then(|| deed(DeedVerb::DepositMatch, &done.0));
        Ok(((table, done.1), deed))
    })?;
    context.printer.tables(vec![table, suggested(&open)])
}

type Found = (Vec<Settlement>, Vec<Suggestion>);

fn rules(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    window: Window,
    context: &Context,
) -> Result<Found, Refusal> {
    let standing = Standing::read(tables, context.as_of)?;
    let mut movements = deposits::movements(tables, &standing, context.as_of)?;
    let mut awaited = deposits::awaited(tables, &standing, context.as_of)?;
    // What is settled on a later day is not open either.
    movements.retain(|m| open(&tables.settlements_of_deposit(m.id)));
    awaited.retain(|a| open(&tables.settlements_of_remit(a.id)));
    let mut done = Vec::new();
    for found in matches(&movements, &awaited, window) {
        let (deposits, remits, rule) = (found.deposits, found.remits, found.rule);
        let decision = Decision { deposits, remits, rule, reason: "", booking: Booking::Open };
        done.push(deposits::settle(tables, hand, &decision)?);
    }
    // Of what is matched by now as well, some may have gone back.
    let standing = Standing::read(tables, context.as_of)?;
    for gone in returned::found(&*tables, &standing, context.as_of)? {
        done.push(returned::take_back(tables, hand, gone, "")?);
    }
    movements.retain(|m| done.iter().all(|by| !by.deposits.contains(&m.id)));
    awaited.retain(|a| done.iter().all(|by| !by.remits.contains(&a.id)));
    Ok((done, suggestions(&movements, &awaited, window)))
}

fn open(settlements: &Result<Vec<Settlement>, StoreError>) -> bool {
    settlements.as_ref().is_ok_and(|all| all.iter().all(Settlement::is_undone))
}

fn matched(tables: &impl Read, (done, _): &Found, dry_run: bool) -> Result<Table, StoreError> {
    let columns = vec![
        Column::text("deposits", "Deposits"),
        Column::text("remits", "Remits"),
        Column::text("payer", "Payer").flexible(),
        Column::text("trace", "Trace"),
        Column::money("amount", "Amount"),
        Column::text("rule", "Rule"),
    ];
    let title = if dry_run { "Matched (dry run: nothing was changed)" } else { "Matched" };
    let payers = names::Payers::read(tables)?;
    let mut table = Table::new("deposit-match", title, columns).empty("Nothing new is proved.");
    for settlement in done {
        let mut amount = Money::ZERO;
        for id in &settlement.deposits {
            amount += tables.deposit(*id)?.map(|deposit| deposit.amount).unwrap_or_default();
        }
        let first = settlement.remits.first().map(|id| tables.remit(*id)).transpose()?.flatten();
        table.push(vec![
            list(&settlement.deposits).into(),
            list(&settlement.remits).into(),
            first.as_ref().map(|remit| payers.name(remit.payer)).into(),
            first.as_ref().map(|remit| remit.header.trace.as_str()).into(),
            amount.into(),
            settlement.rule.as_str().into(),
        ]);
    }
    table.sum_up();
    Ok(table)
}

/// What a person should look at.
fn suggested(open: &[Suggestion]) -> Table {
    let columns = vec![
        Column::id("deposit_id", "Deposit"),
        Column::text("remits", "Remits"),
        Column::money("difference", "Difference"),
        Column::text("why", "Why").wrapping(),
    ];
    let mut table = Table::new("deposit-suggestions", "Perhaps", columns)
        .empty("Nothing else is likely; `arrears deposit list --open` shows what is open.");
    for suggestion in open {
        table.push(vec![
            suggestion.deposit.0.into(),
            list(&suggestion.remits).into(),
            suggestion.difference.into(),
            suggestion.why.into(),
        ]);
    }
    if !open.is_empty() {
        table.note("`arrears deposit match DEPOSIT --remit ID` matches by hand.");
    }
    table
}
