//! `arrears payer`: who pays.

mod merge;

use merge::{MergeArgs, UnmergeArgs};

use super::choose::{Choose, Speaks};
use super::{Context, Failure, Outcome, clock, ledger, parse};
use crate::books::payers::{self, Refusal, Said};
use crate::codes;
use crate::domain::book::PayerRecord;
use crate::domain::date::utc_day;
use crate::domain::deed::{Deed, DeedVerb, Object};
use crate::domain::merge::Merged;
use crate::domain::{Date, Money, PayerId};
use crate::report::{Column, Table};
use crate::store::{Cube, Read, Snapshot, StoreError};

/// Look at payers
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand, Debug)]
enum Verb {
    /// List payers with what they owe
    ///
    /// Payers appear by themselves from claims and remittances.
    List(Choose),
    /// Show one payer
    Show {
        /// Its number
        payer: u32,
    },
    /// Add a payer that no file has named yet
    Add(SaidArgs),
    /// Change what is known about a payer
    Set {
        /// Its number
        payer: u32,
        #[command(flatten)]
        said: SaidArgs,
    },
    /// Let one payer be another: two names turned out to be one payer
    ///
    /// Every claim of the first is told anew as the second's. History is not edited: entries are negated and made again.
    /// `payer unmerge` undoes it.
    Merge(MergeArgs),
    /// Let a payer be itself again that was merged into another
    ///
    /// Claims and remittances go back that name it, those that came since too. Refused where somebody has moved money of the
    /// other payer on such a claim since: undo that first.
    Unmerge(UnmergeArgs),
}

/// What a person says about a payer.
#[derive(clap::Args, Debug)]
struct SaidArgs {
    /// Its name
    #[arg(long)]
    name: Option<String>,
    /// The identifier that 837s give it
    #[arg(long, value_name = "ID")]
    ident: Option<String>,
    /// Its filing indicator (SBR09)
    #[arg(long, value_name = "CODE")]
    filing: Option<String>,
    /// Its financial class, such as medicare or commercial
    #[arg(long)]
    class: Option<String>,
    /// Days that it usually takes to pay
    #[arg(long, value_name = "DAYS")]
    expected_days: Option<u16>,
    /// Another name it goes by; give it again for each
    #[arg(long, value_name = "NAME")]
    alias: Vec<String>,
    /// A line of the address that appeals go to, in place of those known; give it again for each. Letters bear it; "" forgets it
    #[arg(long, value_name = "LINE")]
    address: Vec<String>,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

impl SaidArgs {
    fn said(&self) -> Said {
        Said {
            name: self.name.clone(),
            ident: self.ident.clone(),
            filing: self.filing.clone(),
            class: self.class.clone(),
            expected_days: self.expected_days,
            aliases: self.alias.clone(),
            address: (!self.address.is_empty()).then(|| parse::lines(&self.address)),
        }
    }

    /// What was said, for the audit log.
    fn details(&self) -> String {
        let days = self.expected_days.map(|days| days.to_string());
        let said = [
            ("name", &self.name),
            ("identifier", &self.ident),
            ("filing", &self.filing),
            ("class", &self.class),
            ("expected days", &days),
        ];
        let said = said.into_iter().filter_map(|(what, value)| Some(format!("{what} {}", value.as_ref()?)));
        let aliases = self.alias.iter().map(|alias| format!("also {alias}"));
        let address = (!self.address.is_empty()).then(|| format!("address {}", self.address.join(", ")));
        said.chain(aliases).chain(address).collect::<Vec<_>>().join("; ")
    }
}

/// Looks or changes.
pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    let refuse = |error| context.refuse(error);
    let printer = &context.printer;
    match &args.verb {
        Verb::List(choose) => {
            let table = list(&context.read()?).map_err(refuse)?;
            printer.table(choose.apply(table, &Speaks { date: "", amount: "balance" })?)?;
        }
        Verb::Show { payer } => printer.table(show(&context.read()?, PayerId(*payer), context)?)?,
        Verb::Add(said) => {
            let id = ledger::change(context, said.dry_run, |tables| {
                let id = payers::add(tables, &said.said()).map_err(|refusal| refused(refusal, context))?;
                Ok((id, deed(DeedVerb::PayerAdd, id, said)))
            })?;
            printer.say(&if said.dry_run {
                "Would add a payer. Nothing was changed.".to_owned()
            } else {
                format!("Added payer {id}.")
            });
        }
        Verb::Set { payer, said } => {
            let id = PayerId(*payer);
            ledger::change(context, said.dry_run, |tables| {
                payers::set(tables, id, &said.said()).map_err(|refusal| refused(refusal, context))?;
                Ok(((), deed(DeedVerb::PayerSet, id, said)))
            })?;
            printer.say(&if said.dry_run {
                format!("Would change payer {payer}. Nothing was changed.")
            } else {
                format!("Changed payer {payer}.")
            });
        }
        Verb::Merge(args) => merge::merge(args, context)?,
        Verb::Unmerge(args) => merge::unmerge(args, context)?,
    }
    Ok(Outcome::Done)
}

/// What is recorded of what was said about a payer.
fn deed(verb: DeedVerb, payer: PayerId, said: &SaidArgs) -> Deed {
    Deed::new(verb, Object::Payer(payer)).says(said.details())
}

fn refused(refusal: Refusal, context: &Context) -> Failure {
    match refusal {
        Refusal::Store(error) => context.refuse(error),
        other => Failure::refused(other.to_string()).hint("`arrears payer list` shows the payers."),
    }
}

/// One payer, a fact a row.
fn show(tables: &Snapshot, id: PayerId, context: &Context) -> Result<Table, Failure> {
    let refuse = |error| context.refuse(error);
    let payer = tables.payer(id).map_err(refuse)?.ok_or_else(|| refused(Refusal::NoPayer(id), context))?;
    let columns = vec![Column::text("fact", "Payer"), Column::text("value", "Value").wrapping()];
    let mut table = Table::new("payer", format!("Payer {id}"), columns);
    let class = if payer.class.is_empty() {
        codes::filing_indicator(&payer.filing).unwrap_or("")
    } else {
        &payer.class
    };
    let days = payer.expected_days.map_or_else(|| "not set".to_owned(), |days| days.to_string());
    let payers = tables.payers().map_err(refuse)?;
    let merged = Merged::of(&payers);
    let how = |gone: PayerId| {
        let kept = tables.payer_merge(gone).map_err(refuse)?;
        Ok(kept.map_or_else(String::new, |kept| format!(", {} by {}", utc_day(kept.at), kept.user)))
    };
    let called = |id: PayerId| payers.iter().find(|p| p.id == id).map_or_else(String::new, numbered);
    let went = payer.merged_into.map(|into| {
        let now = merged.now(id);
        let on = if now == into { String::new() } else { format!("; now {}", called(now)) };
        Ok(format!("{}{}{on}", called(into), how(id)?))
    });
    let went = went.transpose()?;
    let came = payers.iter().filter(|other| other.merged_into == Some(id));
    let came: Vec<String> = came
        .map(|other| Ok(format!("{}{}", numbered(other), how(other.id)?)))
        .collect::<Result<_, Failure>>()?;
    let facts = [
        ("name", payer.name.clone()),
        ("identifier", payer.ident.clone()),
        ("filing indicator", payer.filing.clone()),
        ("class", class.to_owned()),
        ("expected days to pay", days),
        ("other names", payer.aliases.join("; ")),
        ("address of appeals", payer.address.join(", ")),
        ("merged into", went.unwrap_or_default()),
        ("merged into it", came.join("; ")),
    ];
    for (fact, value) in facts {
        table.push(vec![fact.into(), value.into()]);
    }
    let known = clock::of_payer(&tables.clock_rules().map_err(refuse)?, &payer);
    if known.is_empty() {
        table.push(vec!["deadlines".into(), "no rule".into()]);
    }
    for (kind, rule, status, _) in known {
        let fact = format!("deadline, {kind}");
        table.push(vec![fact.into(), format!("{rule} ({status}; {})", rule.source).into()]);
    }
    Ok(table)
}

/// Number and name.
fn numbered(payer: &PayerRecord) -> String {
    format!("{} {}", payer.id, if payer.name.is_empty() { &payer.ident } else { &payer.name })
}

fn list(tables: &Snapshot) -> Result<Table, StoreError> {
    let columns = vec![
        Column::id("payer_no", "No."),
        Column::text("payer", "Name").flexible(),
        Column::text("payer_id", "Identifier"),
        Column::text("filing", "Filing"),
        Column::text("kind", "Kind").flexible(),
        Column::count("claims", "Open claims"),
        Column::money("balance", "Balance"),
        Column::text("merged", "Merged into it").flexible(),
    ];
    let payers = tables.payers()?;
    let merged = Merged::of(&payers);
    let mut owed_by =
        vec![(0u64, Money::ZERO); payers.iter().map(|p| p.id.0 as usize + 1).max().unwrap_or(0)];
    let latest = Date::from_number(i32::MAX);
    for (place, [owed, owing, credit, in_credit]) in tables.sums(Cube::Aging, latest)? {
        if let Some(sum) = usize::try_from(place.what).ok().and_then(|payer| owed_by.get_mut(payer)) {
            sum.0 += (owing + in_credit).unsigned_abs();
            sum.1 += Money::from_cents(owed + credit);
        }
    }
    let mut table =
        Table::new("payers", "Payers", columns).empty("No payers yet: they appear with the first claims.");
    for payer in payers.iter().filter(|payer| payer.merged_into.is_none()) {
        let came = payers.iter().filter(|other| merged.is_gone(other.id) && merged.now(other.id) == payer.id);
        let came: Vec<String> = came.map(numbered).collect();
        let (claims, balance) = owed_by.get(payer.id.0 as usize).copied().unwrap_or_default();
        table.push(vec![
            u64::from(payer.id.0).into(),
            payer.name.as_str().into(),
            payer.ident.as_str().into(),
            payer.filing.as_str().into(),
            codes::filing_indicator(&payer.filing).into(),
            claims.into(),
            balance.into(),
            came.join("; ").into(),
        ]);
    }
    table.sum_up();
    Ok(table)
}
