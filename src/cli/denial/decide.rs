//! `arrears denial decide` and `undecide`: what the payer, or the reviewer of a level, said by letter.

use clap::Args;

use super::act::{Which, does, said};
use crate::cli::{Context, Failure, parse};
use crate::domain::Money;
use crate::domain::case::{CaseAct, Outcome};

/// Say what a letter decided about an appeal or a reconsideration
///
/// The letter's day (`--on`) starts the clock of the next level. No money moves by a letter: what was won waits for its payment,
/// and is due again when none has come. Payment or denial that carries the letter out counts as the same decision.
#[derive(Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears denial decide 17 --level 1 --on 2026-09-14 --outcome upheld \\
      --proof \"letter 88-1\"
  arrears denial decide 17 --level 2 --on 2026-11-02 --outcome overturned \\
      --amount 180
  arrears denial decide 18 --reconsideration --on 2026-09-14 \\
      --outcome upheld
  arrears denial undecide 17")]
pub(super) struct DecideArgs {
    /// The level of the appeal that was decided
    #[arg(long, value_name = "LEVEL", value_parser = clap::value_parser!(u8).range(1..=9), required_unless_present = "reconsideration")]
    level: Option<u8>,
    /// A reconsideration was decided, and no appeal
    #[arg(long, conflicts_with = "level")]
    reconsideration: bool,
    /// What the letter says
    #[arg(long, value_parser = parse::word(Outcome::ALL, Outcome::as_str))]
    outcome: Outcome,
    /// How much of what is denied it says will be paid [default: all that stands as denied]
    #[arg(long, value_name = "AMOUNT", value_parser = parse::money)]
    amount: Option<Money>,
    /// What the letter is known by: its number, its hash
    #[arg(long, default_value = "")]
    proof: String,
    /// Do it although a level before it is not decided
    #[arg(long)]
    skip: bool,
    #[command(flatten)]
    which: Which,
}

/// Take back what was written down of a letter, the last one of a denial
///
/// Everything stands again as if it had not been written down; the denial's history keeps both.
#[derive(Args, Debug)]
pub(super) struct UndecideArgs {
    /// The last one of this level [default: of any]
    #[arg(long, value_name = "LEVEL", value_parser = clap::value_parser!(u8).range(1..=9))]
    level: Option<u8>,
    #[command(flatten)]
    which: Which,
}

impl DecideArgs {
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        if self.which.common.on.is_none() {
            return Err(Failure::usage("the day of the letter is missing")
                .hint("Say it with `--on DATE`: the next clock starts on that day."));
        }
        match (self.outcome, self.amount) {
            (Outcome::Partly, None) => {
                return Err(Failure::usage("how much was won is missing")
                    .hint("Say with `--amount` how much of what is denied the letter says will be paid."));
            }
            (Outcome::Upheld | Outcome::Dismissed, Some(_)) => {
                return Err(Failure::usage(format!("nothing is paid of what is {}", self.outcome))
                    .hint("`--amount` goes with `--outcome overturned` or `partly`."));
            }
            _ => {}
        }
        let mut said = said(&self.which, self.outcome.act(), context);
        said.level = Some(self.level.unwrap_or_default());
        said.skip |= self.skip;
        said.about.amount = self.amount;
        said.about.proof.clone_from(&self.proof);
        does(&self.which, &said, context)?;
        if self.outcome == Outcome::Dismissed {
            context.printer.warn(
                "A dismissal is often disputed within fewer days than a decision: the letter says by when. `--next-on DATE` keeps that day.",
            );
        }
        Ok(())
    }
}

impl UndecideArgs {
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let mut said = said(&self.which, CaseAct::Undecide, context);
        said.level = self.level;
        does(&self.which, &said, context)
    }
}
