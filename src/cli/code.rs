//! `arrears code`: what a reason code means, in our words and in the office's handling of it.

use std::path::PathBuf;

use super::choose::{Choose, Speaks};
use super::{Context, Failure, Outcome, ledger, names, parse};
use crate::books::handling::{self, Difference};
use crate::books::retell::Hand;
use crate::codes;
use crate::domain::book::Handling;
use crate::domain::deed::{Deed, DeedVerb, Object};
use crate::domain::{Code, Date, GroupCode, PayerId};
use crate::input::{CodeList, ReadList, code_list};
use crate::letters;
use crate::posting::treatment::Treatment;
use crate::render::{counted, money};
use crate::report::{Column, Table};
use crate::store::{Read, Snapshot, StoreError};

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
    /// A CSV or tab-separated file. Its first line may name the columns (code, description, start, stop, last modified; for
    /// CORE-360 scenario, CARC, RARC and CAGC); else they are a code and its text. Codes that this program does not know are kept, too.
    Load {
        /// The file
        file: PathBuf,
        /// Which list it is
        #[arg(long, value_parser = CodeList::ALL.map(|(word, _)| word), default_value = "CARC")]
        list: String,
        /// Say what would happen, and change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// List what the office has set for reasons, and the reasons that items wait for somebody to say
    List(Choose),
    Set(SetArgs),
    Unset(UnsetArgs),
}

/// Handle a reason in the office's own way, from a day on
///
/// With --dry-run, claims are told as they would have been, and the differences are listed.
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears code set CO-97 --as contractual --reason \"bundled by contract\" \\
      --dry-run
  arrears code set CO-318 --as denied --reason \"the payer's bulletin\"
  arrears code set PR-204 --as patient-check --payer 3 --from 2026-01-01 \\
      --reason \"plan covers it\"")]
struct SetArgs {
    /// Group and reason, such as CO-97
    code: String,
    /// What it does
    #[arg(long = "as", value_name = "TREATMENT", value_parser = Treatment::CHOICES.map(|(word, _)| word))]
    treatment: String,
    /// For this payer only: its number of `payer list`
    #[arg(long, value_name = "PAYER")]
    payer: Option<u32>,
    /// For remittances of this day or later [default: today; of a reason that waits to be taught, all]
    #[arg(long, value_name = "DATE", value_parser = parse::date)]
    from: Option<Date>,
    /// Why
    #[arg(long)]
    reason: String,
    /// Say what would have posted otherwise, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Take back what the office had set for a reason
///
/// Claims stand then as if it had never been set; what nobody else can read waits again.
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears code unset CO-318 --reason \"the payer meant something else\" --dry-run
  arrears code unset PR-204 --payer 3 --from 2026-01-01 \\
      --reason \"the plan changed\"")]
struct UnsetArgs {
    /// Group and reason, such as CO-97
    code: String,
    /// What was set for this payer only: its number of `payer list`
    #[arg(long, value_name = "PAYER")]
    payer: Option<u32>,
    /// Only what was set from this day on [default: all of it]
    #[arg(long, value_name = "DATE", value_parser = parse::date)]
    from: Option<Date>,
    /// Why
    #[arg(long)]
    reason: String,
    /// Say what would stand otherwise, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Explains, loads or sets.
pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    match &args.verb {
        Verb::Show { code } => context.printer.table(show(&context.read()?, code, context)?)?,
        Verb::Load { file, list, dry_run } => load(file, list, *dry_run, context)?,
        Verb::List(choose) => {
            let table = list(&context.read()?).map_err(|error| context.refuse(error))?;
            context.printer.table(choose.apply(table, &Speaks { date: "from", amount: "" })?)?;
        }
        Verb::Set(args) => set(args, context)?,
        Verb::Unset(args) => unset(args, context)?,
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
    }
    let official = |key: &str| Ok::<_, Failure>(tables.code_text(key).map_err(refuse)?.unwrap_or_default());
    say("CARC", "official text", &official(&format!("CARC {bare}"))?);
    say("CARC", "official dates", &official(&format!("CARC {bare} days"))?);
    say("CORE-360", "goes with", &official(&format!("CORE-360 {bare}"))?);
    let payers = names::Payers::read(tables).map_err(refuse)?;
    for h in tables.handlings().map_err(refuse)?.iter().filter(|h| Some(h.code) == code) {
        let (whom, since) = (whom(h, &payers), since(h));
        let value = format!("{} for {whom} {since} ({}, {})", h.treatment, h.reason, h.user);
        say("CARC", &format!("office: {}-{bare}", h.group), &value);
    }
    if let Some(rarc) = code.and_then(codes::rarc) {
        say("RARC", "meaning", rarc.summary);
        say("RARC", "alert only", if rarc.alert { "yes" } else { "no" });
        say("RARC", "points to", rarc.category);
    }
    say("RARC", "official text", &official(&format!("RARC {bare}"))?);
    say("RARC", "official dates", &official(&format!("RARC {bare} days"))?);
    if let Some(plb) = code.and_then(codes::plb) {
        say("PLB", "meaning", plb.summary);
        say("PLB", "account", plb.account.name());
    }
    say("CLP02", "meaning", codes::claim_status(&bare).unwrap_or(""));
    say("place of service", "meaning", codes::place_of_service(&bare).unwrap_or(""));
    Ok(table)
}

/// No official list is near this size.
const LARGEST: u64 = 16 << 20;

fn load(file: &PathBuf, list: &str, dry_run: bool, context: &Context) -> Result<(), Failure> {
    let place = file.display().to_string();
    let unreadable = |why: String| Failure::refused(format!("{place} cannot be read")).because(why);
    let size = std::fs::metadata(file).map_err(|error| unreadable(error.to_string()))?.len();
    if size > LARGEST {
        return Err(unreadable(format!("it has {size} bytes; no code list has more than {LARGEST}")));
    }
    let bytes = std::fs::read(file).map_err(|error| unreadable(error.to_string()))?;
    let which =
        CodeList::ALL.iter().find(|(word, _)| *word == list).map_or(CodeList::Carc, |(_, list)| *list);
    let ReadList { rows, unread } = code_list(&bytes, which).map_err(unreadable)?;
    if rows.is_empty() {
        return Err(Failure::refused(format!("{place} has no {list} codes"))
            .hint("Give a file with a code and its text on each line."));
    }
    let code = |code: &str| Code::parse(code).unwrap_or(Code::NONE);
    let newer = rows.keys().filter(|known| match which {
        CodeList::Rarc => codes::rarc(code(known)).is_none(),
        _ => codes::carc(code(known)).is_none(),
    });
    let newer: Vec<&str> = newer.map(String::as_str).collect();
    let count = rows.len();
    ledger::change(context, dry_run, |tables| {
        let mut put = rows.iter().map(|(code, row)| {
            tables.put_code_text(&format!("{list} {code}"), &row.text)?;
            let words = ["since", "until", "changed"].iter().zip(row.days);
            let days: Vec<String> =
                words.filter_map(|(word, day)| Some(format!("{word} {}", day?))).collect();
            tables.put_code_text(&format!("{list} {code} days"), &days.join(", "))
        });
        let details = format!("{count} texts; sha256 {}", letters::sha256(&bytes));
        put.try_for_each(|done| done).map_err(|error| context.refuse(error))?;
        Ok(((), Deed::new(DeedVerb::CodeLoad, Object::Named(list.to_owned())).says(details)))
    })?;
    let codes = counted(count as u64, "code");
    context.printer.say(&if dry_run {
        format!("Would load the official texts of {codes} of {list}. Nothing was changed.")
    } else {
        format!("Loaded the official texts of {codes} of {list}.")
    });
    if !newer.is_empty() {
        let some = newer.iter().take(MOST_NAMED).copied().collect::<Vec<_>>().join(", ");
        let more = if newer.len() > MOST_NAMED { ", ..." } else { "" };
        context.printer.say(&format!(
            "{} newer than the list of this program: {some}{more}. `arrears code set` says how the office handles a reason.",
            match newer.len() {
                1 => "1 code is".to_owned(),
                many => format!("{many} codes are"),
            }
        ));
    }
    if let Some(first) = unread.first() {
        context.printer.warn(&format!(
            "left out what holds no code and text: {}, beginning with line {first}",
            counted(unread.len() as u64, "line")
        ));
    }
    Ok(())
}

/// So many codes are named at most.
const MOST_NAMED: usize = 12;

/// For whom a handling holds.
fn whom(handling: &Handling, payers: &names::Payers) -> String {
    match handling.payer {
        PayerId::NONE => "every payer".to_owned(),
        payer => format!("{} (payer {payer})", payers.name(payer)),
    }
}

/// From when on.
fn since(handling: &Handling) -> String {
    if handling.from == handling::always() { "always".to_owned() } else { format!("from {}", handling.from) }
}

fn list(tables: &Snapshot) -> Result<Table, StoreError> {
    let payers = names::Payers::read(tables)?;
    let columns = vec![
        Column::text("code", "Code"),
        Column::text("meaning", "Meaning").wrapping(),
        Column::text("treatment", "Treated as"),
        Column::text("payer", "Payer").flexible(),
        Column::date("from", "From"),
        Column::text("reason", "Why").wrapping(),
        Column::text("user", "By"),
        Column::count("waiting", "Items waiting"),
        Column::text("fix", "What to do").wrapping(),
    ];
    let mut table = Table::new("codes", "Reasons as the office handles them", columns)
        .empty("The office has set nothing of its own, and nothing waits for a reason to be taught.");
    let meaning = |code: Code| codes::carc(code).map_or("(newer than our list)", |carc| carc.summary);
    for ((group, code), items) in handling::untaught(tables)? {
        let fix = format!("arrears code set {group}-{code} --as TREATMENT --reason TEXT");
        table.push(vec![
            format!("{group}-{code}").into(),
            meaning(code).into(),
            "".into(),
            "".into(),
            None::<Date>.into(),
            "".into(),
            "".into(),
            items.into(),
            fix.into(),
        ]);
    }
    for h in tables.handlings()? {
        table.push(vec![
            format!("{}-{}", h.group, h.code).into(),
            meaning(h.code).into(),
            h.treatment.as_str().into(),
            whom(&h, &payers).into(),
            Some(h.from).filter(|from| *from != handling::always()).into(),
            h.reason.as_str().into(),
            h.user.as_str().into(),
            0_u64.into(),
            "".into(),
        ]);
    }
    Ok(table)
}

/// Group and reason as a person writes them.
fn pair(said: &str) -> Result<(GroupCode, Code), Failure> {
    let wrong = || Failure::usage(format!("{said} is not a group and a reason"));
    let (group, reason) = said.split_once('-').ok_or_else(|| wrong().hint("Write it as CO-97."))?;
    let group = GroupCode::parse(&group.trim().to_uppercase()).ok_or_else(|| {
        wrong().hint("Groups are CO, PR, OA, PI and CR. What waits under another is posted by hand: `arrears unapplied post ITEM CLAIM`.")
    })?;
    // Also one that is newer than our list: what waits for it posts then.
    let code =
        Code::parse(&reason.trim().to_uppercase()).ok_or_else(|| wrong().hint("Write it as CO-97."))?;
    Ok((group, code))
}

fn set(args: &SetArgs, context: &Context) -> Result<(), Failure> {
    let (group, code) = pair(&args.code)?;
    let usual = if handling::is_known(group, code) { context.today } else { handling::always() };
    let handling = Handling {
        payer: args.payer.map_or(PayerId::NONE, PayerId),
        group,
        code,
        treatment: args.treatment.clone(),
        from: args.from.unwrap_or(usual),
        reason: args.reason.clone(),
        user: context.user.clone(),
    };
    let hand = Hand { now: context.now, user: &context.user };
    let differences = ledger::change(context, args.dry_run, |tables| {
        let refuse = |error| context.refuse(error);
        is_a_payer(tables, handling.payer, context)?;
        let differences = handling::set(tables, &hand, &handling).map_err(refuse)?;
        let payer = args.payer.map_or_else(|| "every payer".to_owned(), |payer| format!("payer {payer}"));
        let (treatment, since) = (&handling.treatment, since(&handling));
        let details = format!("{treatment} for {payer} {since}: {}", handling.reason);
        Ok((
            differences,
            Deed::new(DeedVerb::CodeSet, Object::Named(format!("{group}-{code}"))).says(details),
        ))
    })?;
    said(&differences, "Set", args.dry_run, context)
}

fn unset(args: &UnsetArgs, context: &Context) -> Result<(), Failure> {
    let (group, code) = pair(&args.code)?;
    let payer = args.payer.map_or(PayerId::NONE, PayerId);
    let hand = Hand { now: context.now, user: &context.user };
    let differences = ledger::change(context, args.dry_run, |tables| {
        let refuse = |error| context.refuse(error);
        is_a_payer(tables, payer, context)?;
        let (gone, differences) =
            handling::unset(tables, &hand, (group, code), payer, args.from).map_err(refuse)?;
        if gone.is_empty() {
            return Err(Failure::refused(format!("the office has set nothing such for {group}-{code}"))
                .hint("`arrears code list` shows what is set, for which payer and from when."));
        }
        let payers = names::Payers::read(&*tables).map_err(refuse)?;
        let words = gone.iter().map(|h| format!("{} for {} {}", h.treatment, whom(h, &payers), since(h)));
        let details = format!("{}: {}", words.collect::<Vec<_>>().join("; "), args.reason);
        Ok((
            differences,
            Deed::new(DeedVerb::CodeUnset, Object::Named(format!("{group}-{code}"))).says(details),
        ))
    })?;
    said(&differences, "Taken back", args.dry_run, context)
}

/// A payer that nobody knows would let a handling fit nothing.
fn is_a_payer(tables: &impl Read, payer: PayerId, context: &Context) -> Result<(), Failure> {
    let known =
        payer == PayerId::NONE || tables.payer(payer).map_err(|error| context.refuse(error))?.is_some();
    if known {
        return Ok(());
    }
    Err(Failure::refused(format!("there is no payer {payer}"))
        .hint("`arrears payer list` shows the numbers."))
}

fn said(differences: &[Difference], done: &str, dry_run: bool, context: &Context) -> Result<(), Failure> {
    let count = counted(differences.len(), "claim");
    let stand = if differences.len() == 1 { "stands" } else { "stand" };
    context.printer.table(table(differences))?;
    context.printer.say(&if dry_run {
        format!("{count} would stand otherwise. Nothing was changed.")
    } else {
        format!("{done}; {count} {stand} otherwise now.")
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
