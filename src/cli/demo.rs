//! `arrears demo`: a sample practice from files inside the binary, its aging and its denials.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use super::import::{bring_in, usual};
use super::{Context, Failure, Outcome, report};
use crate::demo::{AS_OF, FILES, NPIS, PRACTICE};
use crate::domain::Date;
use crate::domain::book::Practice;
use crate::domain::deed::{Deed, DeedVerb, Object};
use crate::import::{ImportReport, Options};
use crate::render::{counted, money};
use crate::store::{Book, By, Read, StoreError};

/// Show what arrears does on a sample practice
///
/// Builds a ledger in a temporary folder from files inside the program, imports eighteen months of claims and
/// remittances, and prints the aging and the denials. Everything in it is fictitious.
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears demo
  arrears demo --keep demo.redb
  arrears --db demo.redb --as-of 2026-09-30 status")]
pub struct Args {
    /// Keep the sample ledger here, to look around in it
    #[arg(long, value_name = "PATH")]
    keep: Option<PathBuf>,
}

/// Builds and shows.
pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    let as_of = Date::parse_iso(AS_OF).ok_or_else(|| Failure::refused("the sample has no day"))?;
    let folder = tempfile::tempdir()
        .map_err(|error| Failure::refused("no temporary folder").because(error.to_string()))?;
    let unwritable = |error: std::io::Error| {
        Failure::refused("the sample files cannot be unpacked").because(error.to_string())
    };
    let inbox = folder.path().join("inbox");
    fs::create_dir(&inbox).map_err(unwritable)?;
    for (name, content) in FILES {
        fs::write(inbox.join(name), content).map_err(unwritable)?;
    }
    let path = args.keep.clone().unwrap_or_else(|| folder.path().join("demo.redb"));
    let context = context.clone().with_ledger(path.clone(), as_of);
    let refuse = |error: StoreError| context.refuse(error);
    let practice = Practice {
        name: PRACTICE.to_owned(),
        npis: NPIS.map(str::to_owned).to_vec(),
        tax_ids: Vec::new(),
        write_off_limit: None,
        address: Vec::new(),
    };
    let by = By { now: context.now, user: &context.user };
    let deed = Deed::new(DeedVerb::Demo, Object::Ledger);
    let book = Book::create_by(&path, &practice, false, (by, &deed)).map_err(refuse)?;
    let options = Options { wait: Duration::from_secs(10), ..usual(false, &context) };
    let imported = bring_in(&book, &[inbox], &options, &context)?;
    let tables = book.read().map_err(refuse)?;
    account(&imported, &tables, &context).map_err(refuse)?;
    let aging = report::aging_by_payer(&tables, as_of).map_err(refuse)?;
    let denials = report::denials_by_reason(&tables, as_of).map_err(refuse)?;
    context.printer.tables(vec![aging, denials])?;
    drop(tables);
    book.close().map_err(refuse)?;
    if let Some(kept) = &args.keep {
        context
            .printer
            .say(&format!("Kept the sample ledger: arrears --db {} --as-of {AS_OF} status", kept.display()));
    }
    Ok(Outcome::Done)
}

/// A short account of what was imported, matched and left over.
fn account(imported: &ImportReport, tables: &impl Read, context: &Context) -> Result<(), StoreError> {
    let t = &imported.totals;
    let say = |words: String| context.printer.say(&words);
    say(format!("A fictitious practice, eighteen months, looked at on {AS_OF}."));
    say(String::new());
    say(format!(
        "Imported   {}: {} and {}.",
        counted(t.files, "file"),
        counted(t.claims_added, "claim"),
        counted(t.remits_posted, "remittance")
    ));
    say(format!(
        "Cash       {} received; {} of it for the practice as a whole, not for a claim.",
        money(t.paid),
        money(-t.plb)
    ));
    say(format!(
        "Matched    {} of {} to their claims.",
        t.matched,
        counted(t.claim_payments, "claim payment")
    ));
    let counts = tables.counts()?;
    let mut waiting = crate::domain::Money::ZERO;
    for id in tables.unapplied()? {
        waiting += tables.payment(id?)?.map_or(crate::domain::Money::ZERO, |p| p.payment.paid);
    }
    say(format!(
        "Left over  {} with {}, waiting for a person; {} open at provider level.",
        counted(counts.unapplied, "claim payment"),
        money(waiting),
        counted(counts.open_plbs, "item")
    ));
    let mut unanswered = 0u64;
    for item in tables.claim_states()? {
        unanswered += u64::from(item?.1.last_payment.is_none());
    }
    say(format!("Unanswered {} that no payer has said anything about.", counted(unanswered, "claim")));
    say(String::new());
    Ok(())
}
