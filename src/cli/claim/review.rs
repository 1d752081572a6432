//! `arrears claim review`: claims on which a payer's later word undid what a person had done, until somebody has looked.

use clap::Args;

use super::find;
use crate::books::retell::Hand;
use crate::books::undone::{self, Done, Finding, Refusal, Reviewable};
use crate::cli::choose::{Choose, Speaks};
use crate::cli::{Context, Failure, ledger, names};
use crate::domain::deed::{Deed, DeedVerb, Fact, Object};
use crate::domain::{ClaimId, Money};
use crate::render::money;
use crate::report::{Column, Table};
use crate::store::{Snapshot, StoreError};

/// List claims on which a payer's later answer undid what somebody had done
///
/// What was billed to the patient or the next payer, written off or adjusted, and then paid, reversed or corrected by the payer,
/// is undone as far as the payer's word covers it. Somebody should look: a statement or a claim may have gone out, or the
/// patient has paid. Say so with --done: then the claim is not listed again, until more of it is undone.
#[derive(Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears claim review
  arrears claim review --done MSF1017 --why \"told the patient not to pay\"
  arrears claim review --all             also those that somebody has looked at
  arrears claim review --again MSF1017   list it again")]
pub(super) struct ReviewArgs {
    /// Somebody has looked at these claims: do not list them again
    #[arg(long, num_args = 1.., value_name = "CLAIM", conflicts_with = "again")]
    done: Vec<String>,
    /// List these claims again
    #[arg(long, num_args = 1.., value_name = "CLAIM")]
    again: Vec<String>,
    /// What was done about it
    #[arg(long, default_value = "")]
    why: String,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Also those that somebody has looked at
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    choose: Choose,
}

pub(super) fn review(args: &ReviewArgs, context: &Context) -> Result<(), Failure> {
    let named: Vec<&String> = args.done.iter().chain(&args.again).collect();
    if named.is_empty() {
        let tables = context.read()?;
        let table = table(&tables, args.all).map_err(|error| context.refuse(error))?;
        let speaks = Speaks { date: "undone_on", amount: "amount" };
        return context.printer.table(args.choose.apply(table, &speaks)?);
    }
    let hand = Hand { now: context.now, user: &context.user };
    let words = args.why.trim();
    let said = ledger::change(context, args.dry_run, |tables| {
        let mut said: Vec<(ClaimId, Option<Money>)> = Vec::new();
        for name in named {
            let claim = find(tables, name, context)?.id;
            if args.done.is_empty() {
                undone::list_again(tables, &hand, claim, context.today, words)
                    .map_err(|refusal| refused(refusal, context))?;
                said.push((claim, None));
            } else {
                let amount = undone::review(tables, &hand, claim, context.today, words)
                    .map_err(|refusal| refused(refusal, context))?;
                said.push((claim, Some(amount)));
            }
        }
        let fact = |(claim, amount): &(ClaimId, Option<Money>)| Fact {
            verb: DeedVerb::ClaimReview,
            on: Object::Claim(*claim),
            details: amount.map_or_else(|| "to be looked at again".to_owned(), |a| format!("looked at {a}")),
        };
        let deed = Deed::of(said.iter().map(fact).collect());
        Ok((said, deed))
    })?;
    for (claim, amount) in said {
        context.printer.say(&match (amount, args.dry_run) {
            (Some(amount), false) => format!("Reviewed claim {claim}: {} that answers undid.", money(amount)),
            (Some(amount), true) => {
                format!("Would keep claim {claim} as reviewed: {} that answers undid.", money(amount))
            }
            (None, false) => format!("Claim {claim} is listed again."),
            (None, true) => format!("Claim {claim} would be listed again."),
        });
    }
    if args.dry_run {
        context.printer.say("Nothing was changed.");
    }
    Ok(())
}

fn refused(refusal: Refusal, context: &Context) -> Failure {
    match refusal {
        Refusal::Store(error) => context.refuse(error),
        other => Failure::refused(other.to_string())
            .hint("`arrears claim review --all` lists what was undone, and who has looked."),
    }
}

fn table(tables: &Snapshot, all: bool) -> Result<Table, StoreError> {
    let column = |key: &'static str, title: &'static str| Column::text(key, title);
    let payers = names::Payers::read(tables)?;
    let columns = vec![
        Column::id("claim_id", "Claim"),
        column("control_number", "Control number"),
        column("patient", "Patient").flexible().personal(),
        column("payer", "Payer").flexible().named(payers.all()),
        Column::id("entry", "Entry").machine_only(),
        Column::date("done_on", "Done on"),
        column("done_by", "By"),
        column("act", "Act"),
        Column::date("undone_on", "Undone on"),
        Column::id("payment_id", "Answer").machine_only(),
        column("trace", "Trace").machine_only(),
        Column::money("amount", "Undone"),
        Column::money("patient_paid", "Patient paid").machine_only(),
        column("about", "Look at").wrapping(),
        Column::date("reviewed_on", "Reviewed"),
        column("reviewed_by", "Reviewed by"),
        column("words", "Words").wrapping().machine_only(),
    ];
    let mut columns = columns;
    if !all {
        columns.iter_mut().filter(|c| c.key.starts_with("reviewed")).for_each(|c| c.machine_only = true);
    }
    let mut table = Table::new("review", "Acts that payers' later answers undid", columns).empty(
        "Nothing to review: no answer undid what somebody had done, or somebody has looked at all of it.",
    );
    for claim in undone::all(tables)? {
        let own = &claim.record.claim;
        let seen = claim.review.as_ref();
        for finding in claim.findings.iter().filter(|finding| all || !finding.is_reviewed) {
            let answer = finding.answer.as_ref();
            let seen = seen.filter(|_| finding.is_reviewed);
            table.push(vec![
                claim.record.id.0.into(),
                own.control_number.as_str().into(),
                names::patient(&own.patient).into(),
                answer.map(|answer| payers.name(answer.payer)).into(),
                finding.undone.act.0.into(),
                finding.act.posted_on.into(),
                finding.act.user.as_str().into(),
                finding.done.word().into(),
                finding.undone.on.into(),
                finding.undone.after.map(|id| id.0).into(),
                answer.map(|answer| answer.trace.as_str()).into(),
                finding.undone.amount.into(),
                claim.paid_patient.into(),
                about(&claim, finding).into(),
                seen.map(|review| review.on).into(),
                seen.map(|review| review.user.as_str()).into(),
                seen.map(|review| review.words.as_str()).into(),
            ]);
        }
    }
    table.sum_up();
    Ok(table)
}

/// What has happened outside of the books, as far as they know.
fn about(claim: &Reviewable, finding: &Finding) -> String {
    let mut about = match finding.done {
        Done::BilledPatient => "a statement may have gone to the patient".to_owned(),
        Done::BilledNextPayer => "a claim may have gone to the next payer".to_owned(),
        Done::WrittenOff => "what was given up came after all, or is owed again".to_owned(),
        Done::Adjusted => "what was taken off came after all, or is owed again".to_owned(),
        Done::Moved => "what was moved is not there any more".to_owned(),
        Done::RefundDue => "the refund is due no more: what was overpaid is owed now".to_owned(),
        Done::PutOnClaim => {
            "the payer's answers took the same money; the provider-level item is open by so much".to_owned()
        }
    };
    if claim.paid_patient.is_positive() {
        about.push_str(&format!("; the patient has paid {}", money(claim.paid_patient)));
    }
    if claim.refunded.is_positive() {
        about.push_str(&format!("; {} went back or is to go back", money(claim.refunded)));
    }
    about
}
