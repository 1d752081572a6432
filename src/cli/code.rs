//! `arrears code`: what a reason code means, in our words and in the office's handling of it.

use std::path::PathBuf;

use super::{Context, Failure, Outcome, ledger, names, parse};
use crate::books::handling::{self, Difference};
use crate::books::retell::Hand;
use crate::codes;
use crate::domain::book::Handling;
use crate::domain::{Code, Date, GroupCode, PayerId};
use crate::input::code_list;
use crate::letters;
use crate::posting::treatment::Treatment;
use crate::render::{counted, money};
use crate::report::{Column, Table};
use crate::store::{Read, Snapshot};

/// Explain a reason or remark code, or change how the office handles one
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand, Debug)]
enum Verb {
    /// Explain a code: CARC, RARC, PLB, claim status or place of service
    Show {
        /// Such as 45, CO-45, N115 or WO
        code: String,
    },
    /// Load the official texts of a code list that the office is licensed to use
    ///
    /// A CSV or tab-separated file with a code and a text on each line.
    Load {
        /// The file
        file: PathBuf,
        /// Which list it is
        #[arg(long, value_parser = ["CARC", "RARC"], default_value = "CARC")]
        list: String,
        /// Say what would happen, and change nothing
        #[arg(long)]
        dry_run: bool,
    },
    Set(SetArgs),
}

/// Handle a reason in the office's own way, from a day on
///
/// With --dry-run, claims are told as they would have been, and the differences are listed.
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears code set CO-97 --as contractual --reason \"bundled by contract\" --dry-run
  arrears code set PR-204 --as patient-check --payer 3 --from 2026-01-01 --reason \"plan covers it\"")]
struct SetArgs {
    /// Group and reason, such as CO-97
    code: String,
    /// What it does
    #[arg(long = "as", value_name = "TREATMENT", value_parser = Treatment::CHOICES.map(|(word, _)| word))]
    treatment: String,
    /// For this payer only: its number of `payer list`
    #[arg(long, value_name = "PAYER")]
    payer: Option<u32>,
    /// For remittances of this day or later [default: today]
    #[arg(long, value_name = "DATE", value_parser = parse::date)]
    from: Option<Date>,
    /// Why
    #[arg(long)]
    reason: String,
    /// Say what would have posted otherwise, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Explains, loads or sets.
pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    match &args.verb {
        Verb::Show { code } => context.printer.table(show(&context.read()?, code, context)?)?,
        Verb::Load { file, list, dry_run } => load(file, list, *dry_run, context)?,
        Verb::Set(args) => set(args, context)?,
    }
    Ok(Outcome::Done)
}

fn show(tables: &Snapshot, said: &str, context: &Context) -> Result<Table, Failure> {
    let refuse = |error| context.refuse(error);
    let bare = said.rsplit_once('-').map_or(said, |(_, code)| code).trim().to_uppercase();
    let columns =
        vec![Column::text("list", "List"), Column::text("fact", "Fact"), Column::text("value", "Value")];
    let mut table =
        Table::new("code", format!("Code {bare}"), columns).empty("No list of ours has this code.");
    let mut say = |list: &str, fact: &str, value: &str| {
        if !value.is_empty() {
            table.push(vec![list.into(), fact.into(), value.into()]);
        }
    };
    let code = Code::parse(&bare);
    if let Some(carc) = code.and_then(codes::carc) {
        let groups: Vec<&str> = carc.allowed_groups.iter().map(|g| g.as_str()).collect();
        say("CARC", "meaning", carc.summary);
        say("CARC", "in force", if carc.active { "yes" } else { "no, retired" });
        say("CARC", "category", carc.category);
        say("CARC", "first step", carc.default_action);
        say("CARC", "could be prevented", if carc.preventable { "yes" } else { "no" });
        say("CARC", "groups", &groups.join(", "));
        say("CARC", "needs a remark code", if carc.needs_rarc { "yes" } else { "no" });
        say(
            "CARC",
            "official text",
            &tables.code_text(&format!("CARC {bare}")).map_err(refuse)?.unwrap_or_default(),
        );
        for h in tables.handlings().map_err(refuse)?.iter().filter(|h| Some(h.code) == code) {
            let whom = if h.payer == PayerId::NONE {
                "every payer".to_owned()
            } else {
                format!("payer {}", h.payer)
            };
            let value = format!("{} for {whom} from {} ({}, {})", h.treatment, h.from, h.reason, h.user);
            say("CARC", &format!("office: {}-{bare}", h.group), &value);
        }
    }
    if let Some(rarc) = code.and_then(codes::rarc) {
        say("RARC", "meaning", if rarc.summary.is_empty() { "(not in our words yet)" } else { rarc.summary });
        say("RARC", "alert only", if rarc.alert { "yes" } else { "no" });
        say("RARC", "points to", rarc.category);
        say(
            "RARC",
            "official text",
            &tables.code_text(&format!("RARC {bare}")).map_err(refuse)?.unwrap_or_default(),
        );
    }
    if let Some(plb) = code.and_then(codes::plb) {
        say("PLB", "meaning", plb.summary);
        say("PLB", "account", plb.account.name());
    }
    say("CLP02", "meaning", codes::claim_status(&bare).unwrap_or(""));
    say("place of service", "meaning", codes::place_of_service(&bare).unwrap_or(""));
    Ok(table)
}

fn load(file: &PathBuf, list: &str, dry_run: bool, context: &Context) -> Result<(), Failure> {
    let place = file.display().to_string();
    let unreadable = |why: String| Failure::refused(format!("{place} cannot be read")).because(why);
    let bytes = std::fs::read(file).map_err(|error| unreadable(error.to_string()))?;
    let known = |code: &str| {
        let of_list = |c| if list == "CARC" { codes::carc(c).is_some() } else { codes::rarc(c).is_some() };
        Code::parse(code).is_some_and(of_list)
    };
    let mut texts = code_list(&bytes).map_err(unreadable)?;
    texts.retain(|(code, _)| known(code));
    if texts.is_empty() {
        return Err(Failure::refused(format!("{place} has no {list} codes"))
            .hint("Give a file with a code and its text on each line."));
    }
    let count = texts.len();
    ledger::change(context, dry_run, |tables| {
        let mut put = texts.iter().map(|(code, text)| tables.put_code_text(&format!("{list} {code}"), text));
        let details = format!("{count} texts; sha256 {}", letters::sha256(&bytes));
        put.try_for_each(|done| done)
            .and_then(|()| tables.log(context.now, &context.user, "code load", list, &details))
            .map_err(|error| context.refuse(error))
    })?;
    context.printer.say(&if dry_run {
        format!("Would load the official texts of {count} {list} codes. Nothing was changed.")
    } else {
        format!("Loaded the official texts of {count} {list} codes.")
    });
    Ok(())
}

fn set(args: &SetArgs, context: &Context) -> Result<(), Failure> {
    let wrong =
        || Failure::usage(format!("{} is not a group and a reason", args.code)).hint("Write it as CO-97.");
    let (group, reason) = args.code.split_once('-').ok_or_else(wrong)?;
    let handling = Handling {
        payer: args.payer.map_or(PayerId::NONE, PayerId),
        group: GroupCode::parse(&group.to_uppercase()).ok_or_else(wrong)?,
        // Also one that is newer than our list: what waits for it posts then.
        code: Code::parse(reason).ok_or_else(wrong)?,
        treatment: args.treatment.clone(),
        from: args.from.unwrap_or(context.today),
        reason: args.reason.clone(),
        user: context.user.clone(),
    };
    let hand = Hand { now: context.now, user: &context.user };
    let differences = ledger::change(context, args.dry_run, |tables| {
        let refuse = |error| context.refuse(error);
        let differences = handling::set(tables, &hand, &handling).map_err(refuse)?;
        let payer = args.payer.map_or_else(|| "every payer".to_owned(), |payer| format!("payer {payer}"));
        let details =
            format!("{} for {payer} from {}: {}", handling.treatment, handling.from, handling.reason);
        tables.log(context.now, &context.user, "code set", &args.code, &details).map_err(refuse)?;
        Ok(differences)
    })?;
    let count = counted(differences.len(), "claim");
    let stand = if differences.len() == 1 { "stands" } else { "stand" };
    context.printer.table(table(&differences))?;
    context.printer.say(&if args.dry_run {
        format!("{count} would stand otherwise. Nothing was changed.")
    } else {
        format!("Set; {count} {stand} otherwise now.")
    });
    Ok(())
}

fn table(differences: &[Difference]) -> Table {
    let columns = vec![
        Column::id("claim_id", "Claim"),
        Column::text("control_number", "Control number"),
        Column::text("before", "Before").flexible(),
        Column::text("after", "After").flexible(),
    ];
    let words = |holdings: &[crate::domain::book::Holding]| {
        let parts: Vec<String> =
            holdings.iter().map(|h| format!("{} {}", names::bucket(h.account), money(h.amount))).collect();
        if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") }
    };
    let mut table =
        Table::new("code-set", "Claims that stand otherwise", columns).empty("No claim stands otherwise.");
    for d in differences {
        table.push(vec![
            d.claim.0.into(),
            d.control_number.as_str().into(),
            words(&d.before).into(),
            words(&d.after).into(),
        ]);
    }
    table
}
