//! `arrears claim pay | adjust | write-off | transfer | refund | void | undo | note | move-payment`: what a person does to
//! a claim. Each shows what it would do with `--dry-run`.

use clap::Args;

use super::find;
use crate::books::bounds;
use crate::books::manual::{Act, Ground, Refusal, act, day_of};
use crate::books::refund_checks::{self, Check};
use crate::books::retell::Hand;
use crate::books::{provider_acts, undo};
use crate::cli::{Context, Failure, ask, names, parse, placing};
use crate::domain::book::Note;
use crate::domain::deed::{Deed, DeedVerb, Object};
use crate::domain::{Account, ClaimId, Date, EntryId, Money, PayerId, PaymentId};
use crate::render::money;
use crate::store::{Read, WriteTables};

/// What every act needs to know.
#[derive(Args, Debug)]
pub(super) struct Common {
    /// The ledger's number of the claim, or its control number
    claim: String,
    /// The accounting date [default: today]
    #[arg(long, value_parser = parse::date, value_name = "DATE")]
    on: Option<Date>,
    /// It is meant, however seldom: a day before the service or after today, a payment above the charge
    #[arg(long)]
    yes: bool,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Record a payment by the patient
///
/// Before any payer answered it is a credit of the patient, until the last payer has.
#[derive(Args, Debug)]
pub(super) struct PayArgs {
    #[command(flatten)]
    common: Common,
    /// How much, in dollars
    #[arg(value_parser = parse::money)]
    amount: Money,
    /// The receipt's number
    #[arg(long, default_value = "")]
    receipt: String,
    /// Other words
    #[arg(long, default_value = "")]
    reason: String,
}

/// Correct what was taken off a claim; below zero puts it back, as far as it was taken off
#[derive(Args, Debug)]
pub(super) struct AdjustArgs {
    #[command(flatten)]
    common: Common,
    /// How much, in dollars
    #[arg(value_parser = parse::money, allow_hyphen_values = true)]
    amount: Money,
    /// Which bucket it comes from
    #[arg(long, default_value = "open", value_parser = names::BUCKETS)]
    from: String,
    /// What kind of adjustment it is
    #[arg(long, default_value = "contractual", value_parser = ["contractual", "reduction", "contra", "other"])]
    kind: String,
    /// What the patient signed (a notice, an ABN): needed to put on the patient what the payer took off
    #[arg(long, value_name = "TEXT", default_value = "")]
    waiver: String,
    /// Why
    #[arg(long)]
    reason: String,
}

/// Give up an amount that stands on a claim
#[derive(Args, Debug)]
pub(super) struct WriteOffArgs {
    #[command(flatten)]
    common: Common,
    /// How much, in dollars
    #[arg(value_parser = parse::money)]
    amount: Money,
    /// Which bucket it comes from
    #[arg(long, default_value = "denied", value_parser = names::BUCKETS)]
    from: String,
    /// What kind of write-off it is
    #[arg(long, default_value = "denial", value_parser = ["denial", "timely_filing", "small_balance", "bad_debt", "charity", "other"])]
    kind: String,
    /// Why
    #[arg(long)]
    reason: String,
}

/// Move an amount from one bucket of a claim to another
#[derive(Args, Debug)]
pub(super) struct TransferArgs {
    #[command(flatten)]
    common: Common,
    /// How much, in dollars
    #[arg(value_parser = parse::money)]
    amount: Money,
    /// Which bucket it comes from
    #[arg(long, value_parser = names::BUCKETS)]
    from: String,
    /// Which bucket it goes to
    #[arg(long, value_parser = names::BUCKETS)]
    to: String,
    /// Who is to pay then: a payer's number of `payer list` [default: the payer first billed]
    #[arg(long, value_name = "PAYER")]
    payer: Option<u32>,
    /// What the patient signed (a notice, an ABN): needed where the payer does not leave the amount to the patient
    #[arg(long, value_name = "TEXT", default_value = "")]
    waiver: String,
    /// Why
    #[arg(long)]
    reason: String,
}

/// Give a credit back to whoever overpaid
#[derive(Args, Debug)]
pub(super) struct RefundArgs {
    #[command(flatten)]
    common: Common,
    /// How much, in dollars
    #[arg(value_parser = parse::money)]
    amount: Money,
    /// Who overpaid
    #[arg(long, value_parser = ["insurance", "patient"])]
    to: String,
    /// Why
    #[arg(long)]
    reason: String,
}

/// Record that a refund which was due has gone out
#[derive(Args, Debug)]
pub(super) struct SendRefundArgs {
    #[command(flatten)]
    common: Common,
    /// How much, in dollars
    #[arg(value_parser = parse::money)]
    amount: Money,
    /// Who gets it
    #[arg(long, value_parser = ["insurance", "patient"])]
    to: String,
    /// The number of the check or transfer
    #[arg(long, default_value = "")]
    check: String,
    /// Other words
    #[arg(long, default_value = "")]
    reason: String,
}

/// Take back a claim that should not have been billed
#[derive(Args, Debug)]
pub(super) struct VoidArgs {
    #[command(flatten)]
    common: Common,
    /// Why
    #[arg(long)]
    reason: String,
}

/// Undo an act of a person: a payment, a write-off, a transfer
#[derive(Args, Debug)]
pub(super) struct UndoArgs {
    #[command(flatten)]
    common: Common,
    /// The entry, as `claim show --trace` numbers it
    entry: u64,
    /// Why
    #[arg(long)]
    reason: String,
}

/// Write something down about a claim
#[derive(Args, Debug)]
pub(super) struct NoteArgs {
    #[command(flatten)]
    common: Common,
    /// The words
    text: String,
}

/// Take a claim payment from its claim and put it on another
///
/// By the same rules as `unapplied match`: what contradicts the claim is refused, unless you say that it belongs there all the
/// same. Both claims keep the reason.
#[derive(Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears claim move-payment MSF1017 99 --reason \"it was the other visit\" \\
      --dry-run
  arrears claim move-payment MSF1017 99 --against-evidence \\
      --reason \"the payer's clerk confirmed it\"")]
pub(super) struct MovePaymentArgs {
    #[command(flatten)]
    common: Common,
    /// The claim payment, as `remit show` numbers it
    payment: u64,
    /// It belongs there though patient, service date or charge differ
    #[arg(long)]
    against_evidence: bool,
    /// A payment that stands there may go, and wait
    #[arg(long)]
    displace: bool,
    /// Why
    #[arg(long)]
    reason: String,
}

pub(super) fn pay(args: &PayArgs, context: &Context) -> Result<(), Failure> {
    let receipt = if args.receipt.is_empty() { String::new() } else { format!("receipt {} ", args.receipt) };
    let memo = format!("{receipt}{}", args.reason);
    does(
        &args.common,
        context,
        Act::Pay(args.amount),
        ("", memo.trim()),
        &format!("{} from the patient", money(args.amount)),
    )
}

pub(super) fn adjust(args: &AdjustArgs, context: &Context) -> Result<(), Failure> {
    let (from, to) = (bucket(&args.from)?, named("adj:", &args.kind)?);
    let what = format!("an adjustment of {} to \"{}\"", money(args.amount), names::bucket(from));
    does(&args.common, context, Act::Adjust(args.amount, from, to), (&args.waiver, &args.reason), &what)
}

pub(super) fn write_off(args: &WriteOffArgs, context: &Context) -> Result<(), Failure> {
    let (from, to) = (bucket(&args.from)?, named("writeoff:", &args.kind)?);
    let what = format!("a write-off of {} from \"{}\"", money(args.amount), names::bucket(from));
    does(&args.common, context, Act::WriteOff(args.amount, from, to), ("", &args.reason), &what)
}

pub(super) fn transfer(args: &TransferArgs, context: &Context) -> Result<(), Failure> {
    let (from, to) = (bucket(&args.from)?, bucket(&args.to)?);
    let what =
        format!("{} moved from \"{}\" to \"{}\"", money(args.amount), names::bucket(from), names::bucket(to));
    let payer = args.payer.map_or(PayerId::NONE, PayerId);
    let act = Act::Transfer(args.amount, from, to, payer);
    does(&args.common, context, act, (&args.waiver, &args.reason), &what)
}

pub(super) fn refund(args: &RefundArgs, context: &Context) -> Result<(), Failure> {
    let to = named("refund:", &args.to)?;
    let what = format!("a refund of {} to {}", money(args.amount), args.to);
    does(&args.common, context, Act::Refund(args.amount, to), ("", &args.reason), &what)
}

pub(super) fn send_refund(args: &SendRefundArgs, context: &Context) -> Result<(), Failure> {
    let to = named("refund:", &args.to)?;
    let check = if args.check.is_empty() { String::new() } else { format!("check {} ", args.check) };
    let memo = format!("{check}{}", args.reason);
    let what = format!("a refund of {} that went out to {}", money(args.amount), args.to);
    if to == Account::RefundInsurance && !args.check.is_empty() && ahead(args, context)? {
        return Ok(());
    }
    does(&args.common, context, Act::SendRefund(args.amount, to), ("", memo.trim()), &what)
}

/// A check to a payer for which nothing is due on the claim: it is for released money of the claim's number, or goes out
/// before the payer's word. Whether it was one of these.
fn ahead(args: &SendRefundArgs, context: &Context) -> Result<bool, Failure> {
    let refuse = |error| context.refuse(error);
    let common = &args.common;
    {
        let tables = context.read()?;
        let claim = find(&tables, &common.claim, context)?;
        let entries = tables.entries_of_claim(claim.id).map_err(refuse)?;
        let legs = entries.iter().flat_map(|(_, entry)| &entry.postings);
        let due = -legs.filter(|p| p.account == Account::RefundInsurance).map(|p| p.amount).sum::<Money>();
        if due.is_positive() || !args.amount.is_positive() {
            return Ok(false);
        }
    }
    ask::sure(common.on.and_then(|on| bounds::day(on, None, context.today)), common.yes)?;
    let on = common.on.unwrap_or(context.today);
    let check = Check { amount: args.amount, number: &args.check, on, reason: &args.reason };
    let mut said = String::new();
    on_claim(common, context, |tables, hand, id| {
        let refused = |refusal| crate::cli::plb::refused(refusal, context);
        let deed = Deed::new(DeedVerb::ClaimSendRefund, Object::Claim(id)).amount(args.amount);
        let deed = deed.says(format!("{}, check {}", args.amount, args.check));
        let Some(record) = tables.claim(id).map_err(refuse)? else { return Ok(deed) };
        let amount = money(args.amount);
        said = match refund_checks::released_for(tables, &record, args.amount).map_err(refuse)? {
            Some(item) => {
                refund_checks::send_released(tables, hand, item, check).map_err(refused)?;
                format!("check {} of {amount} for item {item} of the released money", args.check)
            }
            None => {
                let sent =
                    refund_checks::send_for_claim(tables, hand, &record, check).map_err(|refusal| {
                        match refusal {
                            provider_acts::Refusal::PaidLess { .. } => Failure::refused(format!(
                                "refunds of 0.00 are due on the claim, which is less than {}; and {refusal}",
                                args.amount
                            )),
                            refusal => refused(refusal),
                        }
                    })?;
                format!(
                    "check {} of {amount} as provider-level item {sent}, for nothing is due on the claim yet: it closes when the payer acknowledges it or takes the payment back, or by `arrears plb apply {sent} {} {}`",
                    args.check, record.claim.control_number, args.amount
                )
            }
        };
        Ok(deed)
    })?;
    context.printer.say(&if common.dry_run {
        format!("Would record {said}. Nothing was changed.")
    } else {
        format!("Recorded {said}.")
    });
    Ok(true)
}

pub(super) fn void(args: &VoidArgs, context: &Context) -> Result<(), Failure> {
    does(&args.common, context, Act::Void, ("", &args.reason), "the void")
}

pub(super) fn undo(args: &UndoArgs, context: &Context) -> Result<(), Failure> {
    let what = format!("the negation of entry {}", args.entry);
    does(&args.common, context, Act::Undo(EntryId(args.entry)), ("", &args.reason), &what)
}

pub(super) fn note(args: &NoteArgs, context: &Context) -> Result<(), Failure> {
    let on = args.common.on.unwrap_or(context.today);
    ask::sure(args.common.on.and_then(|on| bounds::day(on, None, context.today)), args.common.yes)?;
    let (claim, _) = on_claim(&args.common, context, |tables, _, id| {
        let note = Note { on, recorded_at: context.now, user: context.user.clone(), text: args.text.clone() };
        tables.add_note(id, &note).map_err(|error| context.refuse(error))?;
        Ok(Deed::new(DeedVerb::ClaimNote, Object::Claim(id)))
    })?;
    context.printer.say(&format!("Noted on claim {claim}."));
    Ok(())
}

pub(super) fn move_payment(args: &MovePaymentArgs, context: &Context) -> Result<(), Failure> {
    let payment = PaymentId(args.payment);
    let on = args.common.on.unwrap_or(context.today);
    ask::sure(args.common.on.and_then(|on| bounds::day(on, None, context.today)), args.common.yes)?;
    let mut came = None;
    on_claim(&args.common, context, |tables, hand, id| {
        let word = undo::Word {
            against_evidence: args.against_evidence,
            displace: args.displace,
            reason: args.reason.trim(),
        };
        let placed = undo::move_payment(tables, hand, payment, id, on, word).map_err(|refusal| {
            placing::refused(refusal, "`arrears remit show` numbers the claim payments.", context)
        })?;
        came = Some(placing::said(tables, &placed, id, args.common.dry_run, context)?);
        let from = placed.from.map_or_else(String::new, |from| format!("from claim {from} "));
        let deed = Deed::new(DeedVerb::ClaimMovePayment, Object::Item(payment));
        Ok(deed.says(format!("{from}to claim {id}")).amount(placed.payment.payment.paid))
    })?;
    came.into_iter().flatten().for_each(|line| context.printer.say(&line));
    Ok(())
}

fn named(prefix: &str, word: &str) -> Result<Account, Failure> {
    let name = format!("{prefix}{word}");
    let found = Account::ALL.iter().copied().find(|account| account.name() == name);
    found.ok_or_else(|| Failure::usage(format!("there is no account {name}")))
}

fn bucket(word: &str) -> Result<Account, Failure> {
    named("ar:insurance:", word).or_else(|_| named("ar:patient:", word))
}

/// What is recorded of an act on a claim.
fn deed(claim: ClaimId, what: Act, entry: EntryId) -> Deed {
    let (verb, amount, from) = match what {
        Act::Pay(amount) => (DeedVerb::ClaimPay, Some(amount), None),
        Act::Adjust(amount, from, to) => (DeedVerb::ClaimAdjust, Some(amount), Some((from, to))),
        Act::WriteOff(amount, from, to) => (DeedVerb::ClaimWriteOff, Some(amount), Some((from, to))),
        Act::Transfer(amount, from, to, _) => (DeedVerb::ClaimTransfer, Some(amount), Some((from, to))),
        Act::Refund(amount, _) => (DeedVerb::ClaimRefund, Some(amount), None),
        Act::SendRefund(amount, _) => (DeedVerb::ClaimSendRefund, Some(amount), None),
        Act::Void => (DeedVerb::ClaimVoid, None, None),
        Act::Undo(_) => (DeedVerb::ClaimUndo, None, None),
    };
    let parts = [
        amount.map(|amount| amount.to_string()),
        from.map(|(from, to)| format!("from {from} to {to}")),
        if let Act::Undo(undone) = what { Some(format!("takes back entry {undone}")) } else { None },
        Some(format!("entry {entry}")),
    ];
    let details: Vec<String> = parts.into_iter().flatten().collect();
    let deed = Deed::new(verb, Object::Claim(claim)).says(details.join(", "));
    Deed { amount, ..deed }
}

fn does(
    common: &Common,
    context: &Context,
    what: Act,
    (waiver, memo): (&str, &str),
    words: &str,
) -> Result<(), Failure> {
    let refuse = |error| context.refuse(error);
    let mut dated = None;
    let (claim, balance) = on_claim(common, context, |tables, hand, id| {
        doubted(tables, id, what, common, context)?;
        let on = match common.on {
            Some(on) => on,
            None => day_of(tables, id, what, context.today).map_err(refuse)?,
        };
        let entry = act(tables, hand, id, what, Ground { on, memo, waiver })
            .map_err(|refusal| refused(refusal, context))?;
        dated = tables.entry(entry).map_err(refuse)?.map(|(entry, _)| (on, entry.posted_on));
        Ok(deed(id, what, entry))
    })?;
    say(common.dry_run, words, claim, balance, context);
    if let Some(said) = dated.and_then(|(on, posted)| elsewhere(common.on, (on, posted), context.today)) {
        context.printer.say(&said);
    }
    Ok(())
}

/// Asks for a yes where a day or an amount is seldom meant.
fn doubted(
    tables: &impl Read,
    id: ClaimId,
    what: Act,
    common: &Common,
    context: &Context,
) -> Result<(), Failure> {
    let state = tables.claim_state(id).map_err(|error| context.refuse(error))?.unwrap_or_default();
    let day = common.on.and_then(|on| bounds::day_of_act(what, on, &state, context.today));
    ask::sure(day.or_else(|| bounds::amount(what, &state)), common.yes)
}

fn refused(refusal: Refusal, context: &Context) -> Failure {
    let words = refusal.to_string();
    match refusal {
        Refusal::Store(error) => context.refuse(error),
        Refusal::AboveLimit { .. } => Failure::refused(words)
            .hint("Ask somebody who may: the limit is the office's, set by `practice set`."),
        Refusal::NeedsWaiver => Failure::refused(words).hint(
            "Name it with `--waiver TEXT`. Without one, the next payer may be billed, or the amount written off.",
        ),
        Refusal::NeverThePatient(_) => Failure::refused(words)
            .hint("No waiver lifts that. The next payer may be billed, or the amount written off."),
        Refusal::TooMuch { .. } => Failure::refused(words).hint(
            "`arrears claim show` says where the balance stands; `--from` takes it from another place. No `--yes` takes more than is there: a payer's next answer would undo it.",
        ),
        Refusal::NotTheirs { patient, .. } => Failure::refused(words).hint(format!(
            "A credit goes back to whoever overpaid: `--to {}`.",
            if patient { "insurance" } else { "patient" }
        )),
        Refusal::NotYet { from, .. } => Failure::refused(words).hint(format!("Say `--on {from}` or later.")),
        _ => Failure::refused(words),
    }
}

/// Where an act went that does not stand on the day that was meant: its month is closed, or the money comes later.
pub(in crate::cli) fn elsewhere(
    named: Option<Date>,
    (on, posted): (Date, Date),
    today: Date,
) -> Option<String> {
    if posted == posted.month().first_day() && on.month() < posted.month() {
        return Some(format!(
            "{on} lies in a closed month, so the entry counts on {posted}, the first open day; `arrears report restate --period {}` shows it for {}.",
            on.month(),
            on.month()
        ));
    }
    if posted != on {
        return Some(format!("It stands on {posted}, the day of what it undoes."));
    }
    (named.is_none() && on > today)
        .then(|| format!("It stands on {on}, the day from which the money is there."))
}

/// Does something to the claim that was named, in one transaction; with a dry run the transaction is dropped.
fn on_claim(
    common: &Common,
    context: &Context,
    work: impl FnOnce(&mut WriteTables<'_>, &Hand<'_>, ClaimId) -> Result<Deed, Failure>,
) -> Result<(ClaimId, Money), Failure> {
    let hand = Hand { now: context.now, user: &context.user };
    crate::cli::ledger::change(context, common.dry_run, |tables| {
        let id = find(tables, &common.claim, context)?.id;
        let deed = work(tables, &hand, id)?;
        let state = tables.claim_state(id).map_err(|error| context.refuse(error))?.unwrap_or_default();
        Ok(((id, state.balance()), deed))
    })
}

fn say(dry_run: bool, what: &str, claim: ClaimId, balance: Money, context: &Context) {
    let balance = money(balance);
    if dry_run {
        context.printer.say(&format!(
            "Would post {what} on claim {claim}; its balance would be {balance}. Nothing was changed."
        ));
    } else {
        context.printer.say(&format!("Posted {what} on claim {claim}; its balance is {balance}."));
    }
}
