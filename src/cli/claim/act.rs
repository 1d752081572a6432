//! `arrears claim pay | write-off`: what a person does to a claim.

use super::find;
use crate::books::manual::{self, Act, Refusal};
use crate::books::retell::Hand;
use crate::cli::{Context, Failure, names, parse};
use crate::domain::{Account, ClaimId, Date, EntryId, Money};
use crate::render::money;
use crate::store::{Read, WriteTables};

/// Record a payment by the patient
#[derive(clap::Args, Debug)]
pub(super) struct PayArgs {
    /// The ledger's number of the claim, or its control number
    claim: String,
    /// How much, in dollars
    #[arg(value_parser = parse::money)]
    amount: Money,
    /// The day of the payment [default: today]
    #[arg(long, value_parser = parse::date, value_name = "DATE")]
    on: Option<Date>,
    /// Receipt number or other words
    #[arg(long, default_value = "")]
    reason: String,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Give up an amount that stands on a claim
#[derive(clap::Args, Debug)]
pub(super) struct WriteOffArgs {
    /// The ledger's number of the claim, or its control number
    claim: String,
    /// How much, in dollars
    #[arg(value_parser = parse::money)]
    amount: Money,
    /// Which bucket it comes from
    #[arg(long, default_value = "denied", value_parser = ["open", "denied", "pending", "next", "due", "hold"])]
    from: String,
    /// What kind of write-off it is
    #[arg(long, default_value = "denial", value_parser = ["denial", "timely_filing", "small_balance", "bad_debt", "charity", "other"])]
    kind: String,
    /// The accounting date [default: today]
    #[arg(long, value_parser = parse::date, value_name = "DATE")]
    on: Option<Date>,
    /// Why
    #[arg(long)]
    reason: String,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn pay(args: &PayArgs, context: &Context) -> Result<(), Failure> {
    let act = Act {
        on: args.on.unwrap_or(context.today),
        amount: args.amount,
        memo: &args.reason,
        rule: "patient-payment",
    };
    let done =
        act_on(&args.claim, args.dry_run, context, |tables, hand, id| manual::pay(tables, hand, id, &act))?;
    say(done, args.dry_run, &format!("{} from the patient", money(args.amount)), context);
    Ok(())
}

pub(super) fn write_off(args: &WriteOffArgs, context: &Context) -> Result<(), Failure> {
    let named = |prefix: &str, word: &str| {
        let name = format!("{prefix}:{word}");
        Account::ALL.iter().copied().find(|a| {
            a.name() == name || a.name().ends_with(&format!(":{word}")) && a.name().starts_with(prefix)
        })
    };
    let (Some(bucket), Some(account)) = (named("ar", &args.from), named("writeoff", &args.kind)) else {
        return Err(Failure::usage("there is no such bucket or kind of write-off"));
    };
    let act = Act {
        on: args.on.unwrap_or(context.today),
        amount: args.amount,
        memo: &args.reason,
        rule: "write-off",
    };
    let done = act_on(&args.claim, args.dry_run, context, |tables, hand, id| {
        manual::write_off(tables, hand, id, bucket, account, &act)
    })?;
    say(
        done,
        args.dry_run,
        &format!("a write-off of {} from \"{}\"", money(args.amount), names::bucket(bucket)),
        context,
    );
    Ok(())
}

fn act_on(
    claim: &str,
    dry_run: bool,
    context: &Context,
    work: impl FnOnce(&mut WriteTables<'_>, &Hand<'_>, ClaimId) -> Result<EntryId, Refusal>,
) -> Result<(ClaimId, EntryId, Money), Failure> {
    let book = context.open()?;
    let hand = Hand { now: context.now, user: &context.user };
    let writer = book.write(context.wait).map_err(|error| context.refuse(error))?;
    let done = {
        let mut tables = writer.tables().map_err(|error| context.refuse(error))?;
        let id = find(&tables, claim, context)?.id;
        let entry = work(&mut tables, &hand, id).map_err(|refusal| match refusal {
            Refusal::Store(error) => context.refuse(error),
            other => Failure::refused(other.to_string()),
        })?;
        let state = tables.claim_state(id).map_err(|error| context.refuse(error))?.unwrap_or_default();
        (id, entry, state.balance())
    };
    if !dry_run {
        writer.commit().map_err(|error| context.refuse(error))?;
    }
    Ok(done)
}

fn say((claim, entry, balance): (ClaimId, EntryId, Money), dry_run: bool, what: &str, context: &Context) {
    let balance = money(balance);
    if dry_run {
        context.printer.say(&format!(
            "Would post {what} to claim {claim}; its balance would be {balance}. Nothing was changed."
        ));
    } else {
        context
            .printer
            .say(&format!("Posted {what} to claim {claim} as entry {entry}; its balance is {balance}."));
    }
}
