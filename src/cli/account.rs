//! `arrears account`: the chart of accounts, and the numbers that the office's general ledger gives them.

use std::collections::BTreeMap;

use super::{Context, Failure, Outcome, ledger};
use crate::codes;
use crate::domain::deed::{Deed, DeedVerb, Object};
use crate::domain::{Account, Code};
use crate::report::{Column, Table};
use crate::store::{ReadPeriods, Snapshot, StoreError};

/// Look at the chart of accounts, or map it to the general ledger
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand, Debug)]
enum Verb {
    /// List every account with its number in the general ledger
    List,
    Map(MapArgs),
}

/// Give an account its number in the office's general ledger
///
/// `plb` stands for the clearing accounts of all codes; `plb:WO` for one of them, where it has a number of its own.
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears account map cash:insurance 1010
  arrears account map plb:WO 2150
  arrears account map plb:WO --clear")]
struct MapArgs {
    /// The account, such as `cash:insurance`
    account: String,
    /// Its number there
    #[arg(required_unless_present = "clear", conflicts_with = "clear")]
    number: Option<String>,
    /// Take its number away
    #[arg(long)]
    clear: bool,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Looks or maps.
pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    match &args.verb {
        Verb::List => {
            let tables = context.read()?;
            context.printer.table(list(&tables).map_err(|error| context.refuse(error))?)?;
        }
        Verb::Map(args) => map(args, context)?,
    }
    Ok(Outcome::Done)
}

/// The general-ledger numbers of a ledger's accounts.
pub(super) struct Numbers(BTreeMap<String, String>);

impl Numbers {
    pub(super) fn read(tables: &impl ReadPeriods) -> Result<Numbers, StoreError> {
        Ok(Numbers(tables.account_numbers()?.into_iter().collect()))
    }

    /// The number of an account as reports name it; a clearing account of one code falls back to that of all codes.
    pub(super) fn of(&self, account: &str) -> Option<&str> {
        let all_codes = || account.starts_with("plb:").then(|| self.0.get("plb")).flatten();
        self.0.get(account).or_else(all_codes).map(String::as_str)
    }
}

fn list(tables: &Snapshot) -> Result<Table, StoreError> {
    let columns = vec![
        Column::text("account", "Account"),
        Column::text("number", "General ledger"),
        Column::text("kind", "Kind"),
    ];
    let numbers = Numbers::read(tables)?;
    let mut table = Table::new("accounts", "Chart of accounts", columns);
    let mut put = |name: &str, account: Account| {
        table.push(vec![name.into(), numbers.0.get(name).cloned().into(), account.kind().as_str().into()]);
    };
    for account in Account::ALL {
        put(account.name(), *account);
        let own = numbers.0.keys().filter(|name| *account == Account::Plb && name.starts_with("plb:"));
        own.for_each(|name| put(name, *account));
    }
    table.note(
        "`arrears account map ACCOUNT NUMBER` gives a number; `arrears export gl` names what has none.",
    );
    Ok(table)
}

fn map(args: &MapArgs, context: &Context) -> Result<(), Failure> {
    let account = args.account.trim();
    if !is_account(account) {
        return Err(Failure::usage(format!("{account} is no account"))
            .hint("`arrears account list` shows every account."));
    }
    let number = args.number.as_deref().unwrap_or("").trim();
    if number.is_empty() && !args.clear {
        return Err(Failure::usage("the number is empty").hint("Take a number away with `--clear`."));
    }
    ledger::change(context, args.dry_run, |tables| {
        tables.put_account_number(account, number).map_err(|error| context.refuse(error))?;
        let details = if args.clear { "no number".to_owned() } else { format!("number {number}") };
        Ok(((), Deed::new(DeedVerb::AccountMap, Object::Named(account.to_owned())).says(details)))
    })?;
    let told = if args.clear { format!("{account} has no number") } else { format!("{account} is {number}") };
    context.printer.say(&match args.dry_run {
        true => format!("{told}; nothing was changed, this was a dry run."),
        false => format!("{told} in the general ledger."),
    });
    Ok(())
}

fn is_account(name: &str) -> bool {
    let plb = name.strip_prefix("plb:").and_then(Code::parse).is_some_and(|code| codes::plb(code).is_some());
    plb || Account::ALL.iter().any(|account| account.name() == name)
}
