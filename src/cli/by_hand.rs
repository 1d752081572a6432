//! `arrears unapplied post`: a claim payment that the rules hold, posted as a person says.

use super::unapplied::{item, refused, said_when, sides};
use super::{Context, Failure, claim, ledger, parse, placing};
use crate::books::retell::Hand;
use crate::books::{by_hand, undo};
use crate::domain::by_hand::Split;
use crate::domain::deed::{Deed, DeedVerb, Object};
use crate::domain::remit::Adjustment;
use crate::domain::{Date, Money, PaymentId};
use crate::store::Read;

/// Post an item by hand: say how its charge splits, or that it takes back what it resembles
///
/// For what the rules cannot read. The money is the item's own; what you split must add up to the item's charge, or to what is
/// left of the claim, never beyond. A takeback that is nearly the opposite of an answer is accepted as its reversal, and the
/// entry names the difference. `unapplied unmatch` takes it back.
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears unapplied post 17 A1001 --paid 80 --contractual 20 \\
      --reason \"the EOB on paper\"
  arrears unapplied post 17 A1001 --paid 55 --patient 5 --denied CO-197=40 \\
      --reason \"by phone, ref 4711\" --dry-run
  arrears unapplied post 18 A1001 \\
      --accept \"two cents of interest were taken with it\"
  arrears unapplied unmatch 17 --reason \"the wrong EOB\"")]
pub(super) struct Args {
    /// Its number
    item: u64,
    /// The ledger's number of the claim, or its control number
    claim: String,
    /// What the item pays [default: that]
    #[arg(long, value_name = "AMOUNT", value_parser = parse::money, allow_hyphen_values = true)]
    paid: Option<Money>,
    /// Taken off by contract
    #[arg(long, value_name = "AMOUNT", value_parser = parse::money, allow_hyphen_values = true)]
    contractual: Option<Money>,
    /// The patient's share
    #[arg(long, value_name = "AMOUNT", value_parser = parse::money)]
    patient: Option<Money>,
    /// Refused, as CO-197=40; once for each reason
    #[arg(long, value_name = "REASON=AMOUNT", value_parser = denied)]
    denied: Vec<Adjustment>,
    /// The part of the claim's charge that it answers [default: the item's charge, or what is left of the claim]
    #[arg(long, value_name = "AMOUNT", value_parser = parse::money)]
    answers: Option<Money>,
    /// Accept it as the reversal of what it resembles, and why
    #[arg(long, value_name = "REASON", conflicts_with_all = ["paid", "contractual", "patient", "denied", "answers", "reason"])]
    accept: Option<String>,
    /// Why; it is kept with the claim
    #[arg(long, required_unless_present = "accept")]
    reason: Option<String>,
    /// It belongs there though patient or service date differ
    #[arg(long)]
    against_evidence: bool,
    /// A payment that stands there may go, and wait
    #[arg(long)]
    displace: bool,
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

/// Reads `CO-197=40`.
fn denied(text: &str) -> Result<Adjustment, String> {
    let expected = || "expected a reason and an amount, such as CO-197=40".to_owned();
    let (reason, amount) = text.split_once(['=', ':']).ok_or_else(expected)?;
    let (group, reason) = parse::reason(reason.trim()).ok_or_else(expected)?;
    Ok(Adjustment { group: Some(group), reason, amount: parse::money(amount.trim())? })
}

/// Posts.
pub(super) fn post(args: &Args, context: &Context) -> Result<(), Failure> {
    let hand = Hand { now: context.now, user: &context.user };
    let (number, on) = (PaymentId(args.item), args.on.unwrap_or(context.today));
    let item = {
        let tables = context.read()?;
        let payment = item(&tables, args.item, context)?;
        let claim = claim::find(&tables, &args.claim, context)?;
        said_when(args.on, &payment, args.yes, context)?;
        context.printer.table(sides(&tables, &payment, &claim).map_err(|error| context.refuse(error))?)?;
        payment.payment
    };
    let said = args.accept.as_ref().or(args.reason.as_ref()).map_or("", |reason| reason.trim());
    let word = undo::Word { against_evidence: args.against_evidence, displace: args.displace, reason: said };
    let typed = || {
        let (contractual, patient) = (args.contractual.unwrap_or_default(), args.patient.unwrap_or_default());
        let split = Split { contractual, patient, denied: args.denied.iter().copied().collect() };
        by_hand::Typed { split, paid: args.paid, answers: args.answers }
    };
    let (claim, payment, lines) = ledger::change(context, args.dry_run, |tables| {
        let id = claim::find(tables, &args.claim, context)?.id;
        let typed = args.accept.is_none().then(typed);
        let placed = by_hand::post(tables, &hand, number, id, typed, (on, word))
            .map_err(|refusal| refused(refusal, context))?;
        let lines = placing::said(tables, &placed, id, args.dry_run, context)?;
        let how = placed.payment.by_hand.as_ref();
        let how = how.map_or(String::new(), |how| by_hand::in_words(how, placed.payment.payment.paid));
        let details = format!("to claim {id}, {how}: {said}");
        let deed =
            Deed::new(DeedVerb::UnappliedPost, Object::Item(number)).amount(placed.payment.payment.paid);
        let deed = deed.says(details);
        let mut lines = lines;
        let entries = tables.entries_of_claim(id).map_err(|error| context.refuse(error))?;
        let own = entries.iter().rev().find(|(_, e)| e.payment == Some(number) && !e.memo.is_empty());
        lines
            .extend(own.filter(|(_, e)| e.memo != said).map(|(_, e)| format!("Its entry says: {}.", e.memo)));
        Ok(((id, placed.payment, lines), deed))
    })?;
    let done = if args.dry_run { "Would post" } else { "Posted" };
    let how = payment.by_hand.as_ref().map_or(String::new(), |how| by_hand::in_words(how, item.paid));
    context.printer.say(&format!("{done} item {number} to claim {claim} by hand: {how}."));
    lines.iter().for_each(|line| context.printer.say(line));
    Ok(())
}
