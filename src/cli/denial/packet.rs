//! `arrears denial packet`: a letter with the claims, the payer's answers and the proof of filing, in one archive.

use super::facts::{Told, Which, tell};
use super::letter::{filled, log, warn};
use crate::cli::{Context, Failure, ledger};
use crate::domain::deed::DeedVerb;
use crate::letters::{Form, claim_sheet, pack, proof_sheet, remittance, sha256};
use crate::render::counted;
use crate::store::{Read, Snapshot};

/// Bundle a letter with claims, remittance excerpts and proof of filing
///
/// The same contents give the same bytes. Of each remittance only what is about these claims is written out.
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears denial packet 12 --template timely-filing -o packet.zip
  unzip -l packet.zip")]
pub(super) struct PacketArgs {
    #[command(flatten)]
    which: Which,
    /// The template of the letter: see `template list`
    #[arg(long, default_value = "appeal-1")]
    template: String,
    /// The level of appeal [default: the one that is with the payer, else the one after the last that was decided]
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=5))]
    level: Option<u8>,
    /// Write no file and log nothing; list what it would hold
    #[arg(long)]
    dry_run: bool,
}

/// Writes the archive and logs it: both or neither.
pub(super) fn run(args: &PacketArgs, context: &Context) -> Result<(), Failure> {
    let file = context.printer.output.as_deref();
    let is_zip = file.and_then(|path| path.extension()).is_some_and(|end| end.eq_ignore_ascii_case("zip"));
    if !is_zip && !args.dry_run {
        return Err(Failure::usage("a packet is a .zip file").hint("Say which with `-o packet.zip`."));
    }
    let tables = context.read()?;
    let told = tell(&args.which, args.level, &tables, context)?;
    let letter = filled(&args.template, &told, &tables, Form::Html, context)?;
    let files = files(letter, &told, &tables, context)?;
    drop(tables);
    warn(&told, context);
    let archive =
        pack(&files).map_err(|error| Failure::refused("the packet cannot be packed").caused_by(&error))?;
    let hash = sha256(&archive);
    if args.dry_run {
        for (name, content) in &files {
            context.printer.say(&format!("{name}: {} bytes", content.len()));
        }
        context
            .printer
            .say(&format!("Would pack this about {}: SHA-256 {hash}.", counted(told.cases.len(), "denial")));
        return Ok(());
    }
    ledger::change(context, false, |tables| {
        let deed = log(tables, &told, DeedVerb::DenialPacket, (&args.template, &hash), context)
            .map_err(|error| context.refuse(error))?;
        context.printer.data(|out| out.write_all(&archive))?;
        Ok(((), deed))
    })?;
    context.printer.say(&format!("Packed {}; logged with SHA-256 {hash}.", counted(files.len(), "file")));
    Ok(())
}

/// The files of a packet: the letter, then claim by claim, then what it holds with the SHA-256 of each.
fn files(
    letter: String,
    told: &Told,
    tables: &Snapshot,
    context: &Context,
) -> Result<Vec<(String, String)>, Failure> {
    let refuse = |error| context.refuse(error);
    let mut files = vec![("letter.html".to_owned(), letter)];
    for (claim, (id, payments)) in told.facts.claims.iter().zip(&told.claims) {
        files.push((format!("claim-{id}.txt"), claim_sheet(claim)));
        let record = tables.claim(*id).map_err(refuse)?;
        let inpatient = record.is_some_and(|record| record.claim.is_inpatient());
        let heard = payments.iter().filter(|p| p.status.is_heard() && p.posted_on <= context.as_of);
        for (at, payment) in heard.enumerate() {
            let remit = tables.remit(payment.remit).map_err(refuse)?;
            let text = remittance(payment, remit.as_ref(), !context.printer.redact, inpatient);
            files.push((format!("claim-{id}-remittance-{}.txt", at + 1), text));
        }
        files.push((format!("claim-{id}-proof-of-filing.txt"), proof_sheet(claim)));
    }
    let contents: String =
        files.iter().map(|(name, content)| format!("{}  {name}\n", sha256(content.as_bytes()))).collect();
    files.push(("contents.sha256".to_owned(), contents));
    Ok(files)
}
