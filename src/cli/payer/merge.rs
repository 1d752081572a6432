//! `arrears payer merge` and `payer unmerge`: two names that turned out to be one payer, and one that turned out to be two.

use crate::books::payer_merge::{self, Done, Refusal};
use crate::books::retell::Hand;
use crate::cli::{Context, Failure, ask, ledger};
use crate::domain::PayerId;
use crate::domain::deed::{Deed, DeedVerb, Object};
use crate::render::counted;

/// Two payers.
#[derive(clap::Args, Debug)]
pub(super) struct MergeArgs {
    /// The number of the payer that goes
    from: u32,
    /// The number of the payer that stays; where it was merged itself, the one that it is now
    into: u32,
    #[command(flatten)]
    how: How,
}

/// A payer that became another.
#[derive(clap::Args, Debug)]
pub(super) struct UnmergeArgs {
    /// The number of the payer that was merged into another
    payer: u32,
    /// Why, in your words
    #[arg(long)]
    reason: Option<String>,
    #[command(flatten)]
    how: How,
}

/// Whether to ask, and whether to do it.
#[derive(clap::Args, Debug)]
struct How {
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn merge(args: &MergeArgs, context: &Context) -> Result<(), Failure> {
    let (from, asked) = (PayerId(args.from), PayerId(args.into));
    let hand = Hand { now: context.now, user: &context.user };
    let does = |dry_run| {
        ledger::change(context, dry_run, |tables| {
            let done = payer_merge::merge(tables, &hand, from, asked)
                .map_err(|refusal| refused(refusal, context))?;
            let details = format!("into payer {}, {}", done.into, counted(done.claims, "claim"));
            Ok((done, Deed::new(DeedVerb::PayerMerge, Object::Payer(from)).says(details)))
        })
    };
    let done = does(true)?;
    let Done { into, claims, .. } = done;
    let claims = counted(claims, "claim");
    let went_on =
        if into == asked { String::new() } else { format!(" (payer {asked} was merged into it before)") };
    if args.how.dry_run {
        context
            .printer
            .say(&format!("Would merge payer {from} into {into}{went_on}: {claims}. Nothing was changed."));
        return Ok(());
    }
    ask::confirm(&format!("Merge payer {from} into {into}{went_on}, {claims}?"), args.how.yes)?;
    does(false)?;
    context.printer.say(&format!(
        "Merged payer {from} into {into}{went_on}: {claims}. `arrears payer unmerge {from}` undoes it."
    ));
    Ok(())
}

pub(super) fn unmerge(args: &UnmergeArgs, context: &Context) -> Result<(), Failure> {
    let from = PayerId(args.payer);
    let hand = Hand { now: context.now, user: &context.user };
    let does = |dry_run| {
        ledger::change(context, dry_run, |tables| {
            let done =
                payer_merge::unmerge(tables, &hand, from).map_err(|refusal| refused(refusal, context))?;
            let reason = args.reason.as_ref().map_or_else(String::new, |reason| format!(": {reason}"));
            let details = format!("out of payer {}, {}{reason}", done.into, counted(done.claims, "claim"));
            Ok((done, Deed::new(DeedVerb::PayerUnmerge, Object::Payer(from)).says(details)))
        })
    };
    let Done { into, claims, .. } = does(true)?;
    let claims = counted(claims, "claim");
    if args.how.dry_run {
        context
            .printer
            .say(&format!("Would take payer {from} out of {into} again: {claims}. Nothing was changed."));
        return Ok(());
    }
    ask::confirm(&format!("Take payer {from} out of {into} again, {claims}?"), args.how.yes)?;
    does(false)?;
    context.printer.say(&format!("Payer {from} is itself again, no longer {into}: {claims}."));
    Ok(())
}

fn refused(refusal: Refusal, context: &Context) -> Failure {
    let hint = match &refusal {
        Refusal::Store(_) => None,
        Refusal::ActedSince { claim, entry, .. } => {
            Some(format!("`arrears claim undo {claim} {entry} --reason ...` undoes it."))
        }
        Refusal::MergedOn(_, into, _) => Some(format!("`arrears payer unmerge {into}` undoes that.")),
        _ => Some("`arrears payer list` shows the payers, and which were merged into which.".to_owned()),
    };
    match (refusal, hint) {
        (Refusal::Store(error), _) => context.refuse(error),
        (other, hint) => {
            let failure = Failure::refused(other.to_string());
            match hint {
                Some(hint) => failure.hint(hint),
                None => failure,
            }
        }
    }
}
