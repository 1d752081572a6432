//! `arrears unapplied send`: a refund check for money that is on no claim.

use super::{Context, Failure, ask, ledger, parse, plb};
use crate::books::bounds;
use crate::books::refund_checks::{Check, send_released};
use crate::books::retell::Hand;
use crate::domain::{Date, Money, PaymentId};
use crate::render::money;

/// Record a refund check that went out for an item; one that still waits is released with it
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Its number
    item: u64,
    /// How much, in dollars
    #[arg(value_parser = parse::money)]
    amount: Money,
    /// The number of the check or transfer
    #[arg(long)]
    check: String,
    /// Why
    #[arg(long)]
    reason: String,
    /// The accounting date [default: today]
    #[arg(long, value_parser = parse::date, value_name = "DATE")]
    on: Option<Date>,
    /// The day is meant, though it is still to come
    #[arg(long)]
    yes: bool,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Records it.
pub(super) fn send(args: &Args, context: &Context) -> Result<(), Failure> {
    ask::sure(args.on.and_then(|on| bounds::day(on, None, context.today)), args.yes)?;
    let hand = Hand { now: context.now, user: &context.user };
    let on = args.on.unwrap_or(context.today);
    let check = Check { amount: args.amount, number: &args.check, on, reason: &args.reason };
    ledger::change(context, args.dry_run, |tables| {
        send_released(tables, &hand, PaymentId(args.item), check)
            .map_err(|refusal| plb::refused(refusal, context))
    })?;
    let what = format!("check {} of {} for item {}", args.check, money(args.amount), args.item);
    context.printer.say(&match args.dry_run {
        true => format!("Would record {what}. Nothing was changed."),
        false => format!("Recorded {what}."),
    });
    Ok(())
}
