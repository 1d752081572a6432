//! `arrears denial next`: hands out one denial; nobody else gets it until the time runs out or it is done.

use super::list::{More, cells, columns, today_only};
use crate::books::queue::{hand_back, hand_out};
use crate::cli::{Context, Failure, ledger, names};
use crate::domain::CaseId;
use crate::domain::case::OpenCase;
use crate::domain::deed::{Deed, DeedVerb, Object};
use crate::report::Table;

/// Take the next denial to work on
///
/// It is yours until something was done about it or the time runs out; nobody is handed the same one meanwhile, and what
/// others do about it is refused unless they say `--step-in`.
#[derive(clap::Args, Debug)]
pub(super) struct NextArgs {
    /// Only denials whose payer has this in its name
    #[arg(long, value_name = "TEXT")]
    payer: Option<String>,
    #[command(flatten)]
    more: More,
    /// For how many minutes it is yours
    #[arg(long, value_name = "MINUTES", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=1440))]
    lease: u32,
    /// Give this one back instead
    #[arg(long, value_name = "DENIAL")]
    release: Option<u64>,
}

pub(super) fn run(args: &NextArgs, context: &Context) -> Result<(), Failure> {
    today_only(context)?;
    let refuse = |error| context.refuse(error);
    if let Some(id) = args.release {
        let was = ledger::change_if(context, false, |tables| {
            let was = hand_back(tables, CaseId(id), &context.user).map_err(refuse)?;
            Ok((was, was.then(|| Deed::new(DeedVerb::DenialGiveBack, Object::Denial(CaseId(id))))))
        })?;
        return match was {
            true => {
                context.printer.say(&format!("Gave denial {id} back."));
                Ok(())
            }
            false => Err(Failure::refused(format!("denial {id} is not with {}", context.user))
                .hint("Only whoever was handed a denial gives it back; `--user NAME` says who you are.")),
        };
    }
    let part = args.payer.as_ref().map(|text| text.to_lowercase());
    let row = ledger::change_if(context, false, |tables| {
        let payers = names::Payers::read(tables).map_err(refuse)?;
        let named = |id| {
            let ident = payers.ident(id).unwrap_or_default().to_lowercase();
            part.as_ref()
                .is_none_or(|part| payers.name(id).to_lowercase().contains(part) || ident.contains(part))
        };
        let until = context.now + i64::from(args.lease) * 60;
        let wanted = |case: &OpenCase| named(case.payer) && args.more.wants(case, context.as_of);
        let found =
            hand_out(tables, (&context.user, context.now, until), context.as_of, wanted).map_err(refuse)?;
        let deed = found.as_ref().map(|ranked| {
            let minutes = format!("for {} minutes", args.lease);
            Deed::new(DeedVerb::DenialNext, Object::Denial(ranked.case.case)).says(minutes)
        });
        let row = found.map(|ranked| cells(tables, &ranked, &payers)).transpose().map_err(refuse)?;
        Ok((row, deed))
    })?;
    let mut table = Table::new("denial-next", "The next denial", columns())
        .as_of(context.as_of)
        .empty("Nothing is due that nobody works on.");
    if let Some(row) = row {
        table.push(row);
        table.note(format!("Yours for {} minutes, {}.", args.lease, context.user));
    }
    context.printer.table(table)
}
