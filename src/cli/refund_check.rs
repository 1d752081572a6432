//! `arrears unapplied send`: a refund check for money that is on no claim.

use super::{Context, Failure, ask, ledger, parse, placing, plb};
use crate::books::bounds;
use crate::books::refund_checks::{Check, send_released, unsend_released};
use crate::books::retell::Hand;
use crate::books::{released, undo};
use crate::domain::deed::{Deed, DeedVerb, Object};
use crate::domain::{Date, Money, PaymentId};
use crate::render::money;
use crate::store::WriteTables;

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

/// Take back that a refund check went out for an item: it was never sent, or came back
///
/// The money is due again.
#[derive(clap::Args, Debug)]
pub(super) struct BackArgs {
    /// Its number
    item: u64,
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

/// Takes it back.
pub(super) fn unsend(args: &BackArgs, context: &Context) -> Result<(), Failure> {
    let words = ("Took back a check of", "Would take back a check of");
    args.back(context, DeedVerb::UnappliedUnsend, words, |tables, hand, on| {
        unsend_released(tables, hand, PaymentId(args.item), on, &args.reason)
            .map_err(|refusal| plb::refused(refusal, context))
    })
}

/// Lets released money wait again.
pub(super) fn take_up(args: &BackArgs, context: &Context) -> Result<(), Failure> {
    let words = ("Took up again", "Would take up again");
    args.back(context, DeedVerb::UnappliedUnrelease, words, |tables, hand, on| {
        released::take_up(tables, hand, PaymentId(args.item), on, &args.reason).map_err(|refusal| {
            let hint = match refusal {
                undo::Refusal::CheckSent(..) => {
                    "If it was not sent, `arrears unapplied unsend` takes that back first."
                }
                _ => "`arrears unapplied list` shows what waits.",
            };
            placing::refused(refusal, hint, context)
        })
    })
}

impl BackArgs {
    fn back(
        &self,
        context: &Context,
        verb: DeedVerb,
        (did, would): (&str, &str),
        act: impl FnOnce(&mut WriteTables<'_>, &Hand<'_>, Date) -> Result<Money, Failure>,
    ) -> Result<(), Failure> {
        ask::sure(self.on.and_then(|on| bounds::day(on, None, context.today)), self.yes)?;
        let hand = Hand { now: context.now, user: &context.user };
        let on = self.on.unwrap_or(context.today);
        let amount = ledger::change(context, self.dry_run, |tables| {
            let amount = act(tables, &hand, on)?;
            let deed = Deed::new(verb, Object::Item(PaymentId(self.item))).amount(amount);
            Ok((amount, deed.says(amount.to_string())))
        })?;
        let (did, end) = if self.dry_run { (would, " Nothing was changed.") } else { (did, "") };
        context.printer.say(&format!("{did} {} of item {}.{end}", money(amount), self.item));
        Ok(())
    }
}

/// Records it.
pub(super) fn send(args: &Args, context: &Context) -> Result<(), Failure> {
    ask::sure(args.on.and_then(|on| bounds::day(on, None, context.today)), args.yes)?;
    let hand = Hand { now: context.now, user: &context.user };
    let on = args.on.unwrap_or(context.today);
    let check = Check { amount: args.amount, number: &args.check, on, reason: &args.reason };
    ledger::change(context, args.dry_run, |tables| {
        send_released(tables, &hand, PaymentId(args.item), check)
            .map_err(|refusal| plb::refused(refusal, context))?;
        let deed = Deed::new(DeedVerb::UnappliedSend, Object::Item(PaymentId(args.item))).amount(args.amount);
        Ok(((), deed.says(format!("{}, check {}", args.amount, args.check))))
    })?;
    let what = format!("check {} of {} for item {}", args.check, money(args.amount), args.item);
    context.printer.say(&match args.dry_run {
        true => format!("Would record {what}. Nothing was changed."),
        false => format!("Recorded {what}."),
    });
    Ok(())
}
