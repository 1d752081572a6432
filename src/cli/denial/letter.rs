//! `arrears denial letter`: one letter about one or many denials of one payer.

use super::facts::{Told, Which, tell};
use crate::books::denials;
use crate::cli::{Context, Failure, ledger, template};
use crate::denial::moves;
use crate::domain::CaseId;
use crate::domain::case::{CaseAct, CaseEvent, Particulars};
use crate::domain::deed::{Deed, DeedVerb, Fact, Object};
use crate::letters::{Facts, Form, fill, sha256};
use crate::render::{Format, counted};
use crate::store::{Read, StoreError, WriteTables};

/// Write a letter about denials
///
/// The letter is filled from the claims, the payer's answers, the acknowledgments and the deadlines. Without -o it is printed;
/// with a name that ends in .html it is a page to print. What was written is logged with its SHA-256.
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears denial letter 12 --template medical-necessity -o letter.html
  arrears denial letter --payer 3 --reason CO-197 --template project \\
      -o project.html
  arrears template list")]
pub(super) struct LetterArgs {
    #[command(flatten)]
    which: Which,
    /// The template: see `template list`
    #[arg(long)]
    template: String,
    /// The level of appeal [default: the one that is with the payer, else the one after the last that was decided]
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=5))]
    level: Option<u8>,
    /// Write no file and log nothing; say what would be written
    #[arg(long)]
    dry_run: bool,
}

/// Writes the letter and logs it: both or neither.
pub(super) fn run(args: &LetterArgs, context: &Context) -> Result<(), Failure> {
    let form = form(context.printer.format)?;
    let tables = context.read()?;
    let told = tell(&args.which, args.level, &tables, context)?;
    let letter = filled(&args.template, &told, &tables, form, context)?;
    drop(tables);
    warn(&told, context);
    let hash = sha256(letter.as_bytes());
    if args.dry_run {
        context.printer.say(&format!(
            "Would write {} about {}: SHA-256 {hash}.",
            args.template,
            counted(told.cases.len(), "denial")
        ));
        return Ok(());
    }
    ledger::change(context, false, |tables| {
        let deed = log(tables, &told, DeedVerb::DenialLetter, (&args.template, &hash), context)
            .map_err(|error| context.refuse(error))?;
        context.printer.data(|out| out.write_all(letter.as_bytes()))?;
        Ok(((), deed))
    })?;
    context.printer.say(&format!("Logged with SHA-256 {hash}."));
    Ok(())
}

fn form(format: Format) -> Result<Form, Failure> {
    match format {
        Format::Table => Ok(Form::Text),
        Format::Html => Ok(Form::Html),
        _ => Err(Failure::usage("a letter is text or HTML")
            .hint("Use `-o letter.html` for a page to print, or `-o letter.txt`.")),
    }
}

/// The template filled with what was read.
pub(super) fn filled(
    template: &str,
    told: &Told,
    tables: &impl Read,
    form: Form,
    context: &Context,
) -> Result<String, Failure> {
    let own = tables.templates().map_err(|error| context.refuse(error))?;
    let at = |level: u8| {
        let facts = Facts { level, ..told.facts.clone() };
        fill(template, &own, &facts, form).map_err(|bad| template::refused(bad, &own))
    };
    let letter = at(told.facts.level)?;
    // A letter that says its level cannot say two of them.
    for level in told.levels.iter().copied().filter(|level| *level != told.facts.level) {
        if at(level)? != letter {
            let levels: Vec<String> = told.levels.iter().map(ToString::to_string).collect();
            return Err(Failure::usage(format!(
                "these denials stand at different levels of appeal: {}",
                levels.join(", ")
            ))
            .hint("Write one letter for each level, or say with `--level` which one this is."));
        }
    }
    Ok(letter)
}

/// Logs what was written, for each case. Not under which name: people name files after patients.
pub(super) fn log(
    tables: &mut WriteTables<'_>,
    told: &Told,
    verb: DeedVerb,
    (template, hash): (&str, &str),
    context: &Context,
) -> Result<Deed, StoreError> {
    let level = told.facts.level;
    let place = if context.printer.output.is_some() { "to a file" } else { "printed" };
    let details = format!("template {template}, level {level}, {place}, sha256 {hash}");
    for case in &told.cases {
        note(tables, *case, template, hash, context)?;
    }
    let fact = |case: &CaseId| Fact { verb, on: Object::Denial(*case), details: details.clone() };
    Ok(Deed::of(told.cases.iter().map(fact).collect()))
}

/// Notes on the case that a letter was written. Where somebody must first decide on a write-off the log alone has it.
fn note(
    tables: &mut WriteTables<'_>,
    id: CaseId,
    template: &str,
    hash: &str,
    context: &Context,
) -> Result<(), StoreError> {
    let (Some(case), work) = (tables.case(id)?, tables.case_work(id)?.unwrap_or_default()) else {
        return Ok(());
    };
    let Ok(state) = moves::after(work.state, CaseAct::Letter) else { return Ok(()) };
    let event = CaseEvent {
        level: work.level,
        about: Particulars {
            proof: format!("sha256 {hash}"),
            whom: template.to_owned(),
            ..Particulars::default()
        },
        ..CaseEvent::new(CaseAct::Letter, state, context.today, context.now, &context.user)
    };
    denials::note(tables, &case, &event).map(drop)
}

/// Says what a letter cannot change: nothing left in dispute, no rule, a day that has passed.
pub(super) fn warn(told: &Told, context: &Context) {
    let mut said: Vec<String> = Vec::new();
    for denial in told.facts.claims.iter().flat_map(|claim| &claim.denials) {
        let case = denial.case;
        if !denial.open.is_positive() {
            said.push(format!("nothing of denial {case} is open any more"));
        }
        match denial.due {
            Some(due) if due < context.as_of => {
                said.push(format!("the last day for denial {case} was {due} ({})", denial.rule));
            }
            Some(_) => {}
            None => said.push(denial.rule.clone()),
        }
    }
    said.sort();
    said.dedup();
    for words in said.iter().take(MOST_WARNINGS) {
        context.printer.warn(words);
    }
    if said.len() > MOST_WARNINGS {
        context.printer.warn(&format!("and {} more like these", said.len() - MOST_WARNINGS));
    }
}

/// More than this nobody reads.
const MOST_WARNINGS: usize = 8;
