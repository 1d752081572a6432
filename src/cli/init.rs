//! `arrears init`: makes a ledger. No other command but `demo` does.

use super::{Context, Failure, Outcome};
use crate::domain::Npi;
use crate::domain::book::Practice;
use crate::domain::deed::{Deed, DeedVerb, Object};
use crate::store::{Book, By};

/// Create the ledger
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears init --practice \"Maple Street Family Medicine\" --npi 1234567893 \\
      --tin 311234567
  arrears --db /srv/billing/practice.redb init

With an NPI or a tax id, remittances that pay somebody else are held.")]
pub struct Args {
    /// The name of the practice
    #[arg(long, value_name = "NAME")]
    practice: Option<String>,
    /// The practice's NPI; give it again for each further one
    #[arg(long, value_name = "NPI")]
    npi: Vec<String>,
    /// The practice's tax id; give it again for each further one
    #[arg(long, value_name = "TIN")]
    tin: Vec<String>,
    /// The most that may be written off at once
    #[arg(long, value_name = "AMOUNT", value_parser = super::parse::money)]
    write_off_limit: Option<crate::domain::Money>,
}

/// Makes the ledger.
pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    if let Some(wrong) = args.npi.iter().find(|npi| Npi::parse(npi).is_none()) {
        return Err(Failure::usage(format!("{wrong} is not an NPI"))
            .because("an NPI has ten digits, begins with 1 or 2, and its last digit checks the others")
            .hint("Look it up in the NPPES registry."));
    }
    let practice = Practice {
        name: args.practice.clone().unwrap_or_default(),
        npis: args.npi.clone(),
        tax_ids: args.tin.clone(),
        write_off_limit: args.write_off_limit,
        address: Vec::new(),
    };
    let path = context.ledger()?;
    let by = By { now: context.now, user: &context.user };
    let deed = Deed::new(DeedVerb::Init, Object::Ledger);
    let book = Book::create_by(path, &practice, context.ledger_is_default(), (by, &deed))
        .map_err(|error| context.refuse(error))?;
    book.close().map_err(|error| context.refuse(error))?;
    context.printer.say(&format!("Created the ledger {}. Only you can read it.", path.display()));
    context.printer.say("Next: `arrears import FOLDER` with your 837 and 835 files.");
    Ok(Outcome::Done)
}
