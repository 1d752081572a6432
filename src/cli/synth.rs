//! `arrears synth`: writes a made-up practice with known totals. For trying the program out on many claims; hidden
//! from the help of billers.

use std::path::PathBuf;

use super::{Context, Failure, Outcome, parse};
use crate::domain::Date;
use crate::synth::{Plan, write_practice};

/// Write a made-up practice: 837 and 835 files, and what the books must say
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The folder to write to
    folder: PathBuf,
    /// How many claims
    #[arg(long, default_value_t = 10_000)]
    claims: u64,
    /// The same seed gives the same files
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The most claims of one 837 file
    #[arg(long, default_value_t = 1_000)]
    claims_per_837: u64,
    /// The most claim payments of one 835 file
    #[arg(long, default_value_t = 1_000)]
    payments_per_835: u64,
    /// How many months the services span
    #[arg(long, default_value_t = 18)]
    months: u32,
    /// The last day of anything
    #[arg(long, value_parser = parse::date, default_value = "2026-09-30")]
    last_day: Date,
    /// All first answers in one large file
    #[arg(long)]
    one_large_835: bool,
}

/// Writes.
pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    let plan = Plan {
        seed: args.seed,
        claims_per_837: args.claims_per_837,
        claim_payments_per_835: args.payments_per_835,
        months: args.months,
        ..Plan::new(args.claims, args.last_day)
    };
    let plan = if args.one_large_835 {
        Plan { one_file_a_round: true, gather_days: 999, settle_days: 200, ..plan }
    } else {
        plan
    };
    let place = args.folder.display();
    let is_there = |name: &&str| std::fs::symlink_metadata(args.folder.join(name)).is_ok();
    if let Some(name) = ["837", "835", "expected.json"].into_iter().find(is_there) {
        return Err(Failure::refused(format!("there is {name} in {place} already"))
            .hint("A practice never replaces files: choose another folder."));
    }
    std::fs::create_dir_all(&args.folder).and_then(|()| write_practice(&plan, &args.folder)).map_err(
        |error| Failure::refused(format!("cannot write a practice to {place}")).because(error.to_string()),
    )?;
    context.printer.say(&format!("Wrote 837/, 835/ and expected.json to {place}."));
    Ok(Outcome::Done)
}
