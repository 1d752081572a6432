//! `arrears template`: the texts of letters, those that come with the program and the office's own.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::{Context, Failure, Outcome, ledger};
use crate::domain::deed::{Deed, DeedVerb, Object};
use crate::letters::{self, Bad};
use crate::report::{Column, Table};
use crate::store::Read;

/// Longer templates are no letters.
const MOST_BYTES: u64 = 256 * 1024;
/// More of them than this are not kept.
const MOST_TEMPLATES: usize = 500;

/// Keep the texts of letters
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
A template is text with {{ names }} and {% steps %}, as `template show` prints them. Parts such as \"letterhead\" and
\"address\" stand in every letter; an office's own template of that name takes their place.

Examples:
  arrears template list
  arrears template show letterhead > letterhead.txt
  arrears template add letterhead letterhead.txt
  arrears template add our-appeal appeal.html")]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand, Debug)]
enum Verb {
    /// List the templates
    List,
    /// Print a template as it was written
    Show {
        /// Its name
        name: String,
    },
    /// Add a template of the office's own, in place of one of that name
    ///
    /// It is tried on made-up facts first: a name that does not exist is refused with its line.
    Add {
        /// Its name: small letters, digits and hyphens
        name: String,
        /// The file
        file: PathBuf,
        /// Try it, and change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Remove a template of the office's own
    Remove {
        /// Its name
        name: String,
        /// Say what would happen, and change nothing
        #[arg(long)]
        dry_run: bool,
    },
}

/// Looks or changes.
pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    let own = || context.read()?.templates().map_err(|error| context.refuse(error));
    match &args.verb {
        Verb::List => context.printer.table(list(&own()?))?,
        Verb::Show { name } => {
            let own = own()?;
            let builtin = letters::builtin(name).map(|builtin| builtin.source);
            let source = own.get(name).map(String::as_str).or(builtin);
            let source = source.ok_or_else(|| unknown(name, &own))?;
            context.printer.data(|out| out.write_all(source.as_bytes()))?;
        }
        Verb::Add { name, file, dry_run } => add(name, file, *dry_run, context)?,
        Verb::Remove { name, dry_run } => remove(name, *dry_run, context)?,
    }
    Ok(Outcome::Done)
}

/// The words for a template that cannot be used.
pub(super) fn refused(bad: Bad, own: &BTreeMap<String, String>) -> Failure {
    if bad.line.is_none() && !own.contains_key(&bad.name) && letters::builtin(&bad.name).is_none() {
        return unknown(&bad.name, own);
    }
    Failure::refused(bad.to_string())
        .hint("`arrears template show appeal-1` shows a template with the names that there are.")
}

fn unknown(name: &str, own: &BTreeMap<String, String>) -> Failure {
    let builtin = letters::all().iter().filter(|builtin| !builtin.part).map(|builtin| builtin.name);
    let mut names: Vec<&str> = builtin.chain(own.keys().map(String::as_str)).collect();
    names.sort_unstable();
    names.dedup();
    Failure::refused(format!("there is no template {name:?}"))
        .hint(format!("There are {}.", names.join(", ")))
}

fn list(own: &BTreeMap<String, String>) -> Table {
    let columns = vec![
        Column::text("name", "Name"),
        Column::text("kind", "Kind"),
        Column::text("whose", "Whose"),
        Column::text("about", "What for").wrapping(),
    ];
    let mut table = Table::new("templates", "Templates of letters", columns);
    for builtin in letters::all() {
        let whose = if own.contains_key(builtin.name) { "own" } else { "built in" };
        let kind = if builtin.part { "part" } else { "letter" };
        table.push(vec![builtin.name.into(), kind.into(), whose.into(), builtin.about.into()]);
    }
    for name in own.keys().filter(|name| letters::builtin(name).is_none()) {
        table.push(vec![name.as_str().into(), "letter".into(), "own".into(), crate::report::Cell::Empty]);
    }
    table
}

fn add(name: &str, file: &std::path::Path, dry_run: bool, context: &Context) -> Result<(), Failure> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.is_empty() || name.len() > 40 || !name.chars().all(fits) {
        return Err(Failure::usage(format!("{name:?} is no name of a template"))
            .hint("A name has 1 to 40 small letters, digits and hyphens."));
    }
    let unreadable = |error: std::io::Error| {
        Failure::refused(format!("{} cannot be read", file.display())).caused_by(&error)
    };
    if std::fs::metadata(file).map_err(unreadable)?.len() > MOST_BYTES {
        return Err(Failure::refused(format!("{} is too long for a letter", file.display())));
    }
    let text = std::fs::read_to_string(file).map_err(unreadable)?;
    ledger::change(context, dry_run, |tables| {
        let refuse = |error| context.refuse(error);
        let mut own = tables.templates().map_err(refuse)?;
        own.insert(name.to_owned(), text.clone());
        if own.len() > MOST_TEMPLATES {
            return Err(Failure::refused("there are too many templates"));
        }
        letters::check(name, &own).map_err(|bad| refused(bad, &own))?;
        tables.put_template(name, &text).map_err(refuse)?;
        let sha256 = letters::sha256(text.as_bytes());
        let deed = Deed::new(DeedVerb::TemplateAdd, Object::Named(name.to_owned()));
        Ok(((), deed.says(format!("sha256 {sha256}"))))
    })?;
    let did = if dry_run { "Would add" } else { "Added" };
    context.printer.say(&format!("{did} the template {name}; it was tried on made-up facts."));
    Ok(())
}

fn remove(name: &str, dry_run: bool, context: &Context) -> Result<(), Failure> {
    let refuse = |error| context.refuse(error);
    let was = ledger::change_if(context, dry_run, |tables| {
        let was = tables.remove_template(name).map_err(refuse)?;
        Ok((was, was.then(|| Deed::new(DeedVerb::TemplateRemove, Object::Named(name.to_owned())))))
    })?;
    if !was {
        return Err(Failure::refused(format!("the office has no template {name:?} of its own"))
            .hint("`arrears template list` shows whose each is."));
    }
    let did = if dry_run { "Would remove" } else { "Removed" };
    context.printer.say(&format!("{did} the template {name}."));
    Ok(())
}
