//! `arrears remit`: remittances, posted and held.

mod list;
mod show;

use super::choose::{Choose, Speaks};
use super::{Context, Failure, Outcome, ledger, remit_enter};
use crate::books::decisions::{self, HandedOn};
use crate::books::retell::Hand;
use crate::books::{held, undo};
use crate::domain::RemitId;
use crate::domain::book::{RemitRecord, RemitStatus};
use crate::domain::deed::{Deed, DeedVerb, Object};
use crate::posting::hold::Hold;
use crate::render::{counted, money};
use crate::store::Read;

/// Look at remittances
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand, Debug)]
enum Verb {
    /// List remittances, the latest first
    List {
        /// Only those that are held
        #[arg(long)]
        held: bool,
        #[command(flatten)]
        choose: Box<Choose>,
    },
    /// Show one remittance with its claim payments and provider-level items
    Show {
        /// Its number
        id: u64,
    },
    /// Take a posted remittance out of the books
    ///
    /// Every entry of it is negated, and every claim that heard it is told anew without it, denial cases included.
    /// `remit repost` puts it back.
    Reverse(UndoArgs),
    /// Put a remittance back that was taken out
    Repost(RepostArgs),
    Post(PostArgs),
    Enter(Box<remit_enter::Args>),
    /// Take one remittance out of the books and put another one in, as one act
    ///
    /// For a corrected copy that came under the number, day and amount of one that is in the books: the copy is held, and
    /// takes the other's place, and what persons decided of its claim payments goes on. Named the other way round it undoes
    /// itself. Two of payer, check number and claims must be the same, unless --against-evidence says otherwise.
    #[command(after_long_help = "\
Examples:
  arrears remit show 7
  arrears remit replace 3 7 --reason \"the payer sent a corrected copy\"")]
    Replace(ReplaceArgs),
    /// Say of a held remittance that it need not come into the books
    ///
    /// For what is not the office's, or came again in a better copy. Nothing of it is in the books. Imported again it is
    /// looked at anew.
    SetAside(UndoArgs),
}

#[derive(clap::Args, Debug)]
struct UndoArgs {
    /// Its number
    id: u64,
    /// Why
    #[arg(long)]
    reason: String,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(clap::Args, Debug)]
struct RepostArgs {
    #[command(flatten)]
    undo: UndoArgs,
    /// Both are real: it and the one in the books that it looks like
    #[arg(long)]
    also: bool,
}

/// Post a held remittance that shall be in the books as it is
///
/// Name what holds it. `remit reverse` takes it out again.
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears remit post 7 --also \\
      --reason \"two checks of one number, says the payer\"
  arrears remit post 7 --accept debit --reason \"the bank shows it\"
  arrears remit post 7 --accept transaction-out-of-balance --part \\
      --reason \"one file for each site\"
  arrears remit post 7 --accept transaction-out-of-balance \\
      --difference-to expense:plb_other --reason \"a cent\"")]
struct PostArgs {
    /// Its number
    id: u64,
    /// What holds it and shall not
    #[arg(long, value_name = "HOLD", value_parser = ACCEPTED)]
    accept: Vec<String>,
    /// Both are real: it and the one that it looks like
    #[arg(long)]
    also: bool,
    /// It is a part of its payment, and brings what its claims and items say
    #[arg(long, conflicts_with = "difference_to")]
    part: bool,
    /// Where the difference between the payment and its claims belongs
    #[arg(long, value_name = "ACCOUNT", value_parser = super::plb::ACCOUNTS)]
    difference_to: Option<String>,
    /// Why
    #[arg(long)]
    reason: String,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// What a person may accept of a whole remittance.
const ACCEPTED: [&str; 4] = ["transaction-out-of-balance", "payee-not-ours", "debit", "possible-reissue"];

#[derive(clap::Args, Debug)]
struct ReplaceArgs {
    /// The number of the one that goes
    old: u64,
    /// The number of the one that takes its place
    new: u64,
    /// It does so though payer, check number or claims are others
    #[arg(long)]
    against_evidence: bool,
    /// Why
    #[arg(long)]
    reason: String,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Looks, takes out or puts back.
pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    let refuse = |error| context.refuse(error);
    match &args.verb {
        Verb::Reverse(args) => return undo(args, Way::Out, context),
        Verb::Repost(args) => return undo(&args.undo, Way::Back { also: args.also }, context),
        Verb::SetAside(args) => return set_aside(args, context),
        Verb::Post(args) => return post(args, context),
        Verb::Replace(args) => return replace(args, context),
        Verb::Enter(args) => return remit_enter::enter(args, context),
        Verb::List { held, choose } => {
            let table = list::list(&context.read()?, *held, context.past()).map_err(refuse)?;
            context.printer.table(choose.apply(table, &Speaks { date: "posted_on", amount: "paid" })?)?;
        }
        Verb::Show { id } => {
            let tables = context.read()?;
            let remit = tables.remit(RemitId(*id)).map_err(refuse)?.ok_or_else(|| {
                Failure::refused(format!("there is no remittance {id}"))
                    .hint("`arrears remit list` shows the numbers.")
            })?;
            show::show(&tables, &remit, context)?;
        }
    }
    Ok(Outcome::Done)
}

/// Which way a remittance goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Out,
    Back { also: bool },
}

fn undo(args: &UndoArgs, way: Way, context: &Context) -> Result<Outcome, Failure> {
    let hand = Hand { now: context.now, user: &context.user };
    let id = RemitId(args.id);
    let (remit, decided, aside) = ledger::change(context, args.dry_run, |tables| {
        let is_held = |status| matches!(status, RemitStatus::Held | RemitStatus::SetAside);
        let status = tables.remit(id).map_err(|error| context.refuse(error))?.map(|remit| remit.status);
        let done = match (way, status) {
            (Way::Out, _) => undo::reverse_remit(tables, &hand, id, &args.reason).map(|()| Vec::new()),
            (Way::Back { also }, Some(status)) if is_held(status) => {
                let accept: &[Hold] = if also { &[Hold::PossibleReissue] } else { &[] };
                let word = held::Word { accept, reason: &args.reason, ..held::Word::default() };
                held::post(tables, &hand, id, word, context.today).map(|posted| posted.aside)
            }
            (Way::Back { also }, _) => {
                held::repost(tables, &hand, id, &args.reason, also).map(|()| Vec::new())
            }
        };
        let aside = done.map_err(|refusal| refused(refusal, context))?;
        let remit = tables.remit(id).map_err(|error| context.refuse(error))?;
        let decided = remit.as_ref().map_or(Ok(0), |remit| decisions::count(tables, remit));
        let decided = decided.map_err(|error| context.refuse(error))?;
        let verb = match (way, status) {
            (Way::Out, _) => DeedVerb::RemitReverse,
            (Way::Back { .. }, Some(status)) if is_held(status) => DeedVerb::RemitPost,
            (Way::Back { .. }, _) => DeedVerb::RemitRepost,
        };
        let deed = paid_by(Deed::new(verb, Object::Remit(id)), remit.as_ref());
        Ok(((remit, decided, aside), deed))
    })?;
    let waits = remit.as_ref().map_or(0, |remit| remit.unapplied);
    let paid = remit.as_ref().map_or_else(String::new, |r| money(r.header.paid));
    let claims = counted(remit.map_or(0, |r| r.claims), "claim payment");
    let out = way == Way::Out;
    let (did, would) = if out { ("Took", "Would take") } else { ("Put", "Would put") };
    let (verb, end) = if args.dry_run { (would, " Nothing was changed.") } else { (did, "") };
    let where_to = if out { "out of the books" } else { "back into the books" };
    context.printer.say(&format!("{verb} remittance {id}, {paid} and {claims}, {where_to}.{end}"));
    if decided > 0 {
        let holds = if out { "is kept for when it comes back" } else { "holds again" };
        let of = counted(decided as u64, "claim payment");
        context.printer.say(&format!("What persons decided about {of} {holds}."));
    }
    if !out && waits > 0 {
        let wait = if waits == 1 { "waits" } else { "wait" };
        let of = counted(waits, "claim payment");
        context.printer.say(&format!("{of} {wait}, see `arrears unapplied list`."));
    }
    say_aside(&aside, context);
    Ok(Outcome::Done)
}

/// With what a remittance pays.
fn paid_by(deed: Deed, remit: Option<&RemitRecord>) -> Deed {
    match remit {
        Some(remit) => {
            let details = format!("{}, {}", remit.header.paid, counted(remit.claims, "claim payment"));
            deed.amount(remit.header.paid).says(details)
        }
        None => deed,
    }
}

fn refused(refusal: undo::Refusal, context: &Context) -> Failure {
    let failure = Failure::refused(refusal.to_string());
    match refusal {
        undo::Refusal::Store(error) => context.refuse(error),
        undo::Refusal::NeedsFile(..) => failure.hint("`arrears remit show` says what is wrong with it."),
        undo::Refusal::NotKept(id) => failure.hint(format!("Import its file again, then `arrears remit post {id}`.")),
        undo::Refusal::StillHeld(id, holds) => {
            let word = |hold: &Hold| match hold {
                Hold::PossibleReissue => "--also".to_owned(),
                other => format!("--accept {other}"),
            };
            let words: Vec<String> = holds.iter().map(word).collect();
            let words = words.join(" ");
            failure.hint(format!(
                "If it shall be in the books all the same: `arrears remit post {id} {words} --reason TEXT`."
            ))
        }
        undo::Refusal::Resembles(id, other) => failure.hint(format!(
            "`arrears remit replace {other} {id}` puts it in the other's place; where both are real, `arrears remit repost {id} --also`."
        )),
        undo::Refusal::Unrelated(old, new, _) => failure.hint(format!(
            "`arrears remit show` shows each; where the one takes the other's place all the same: `arrears remit replace {old} {new} --against-evidence --reason TEXT`."
        )),
        undo::Refusal::CheckSent(item, _) => failure.hint(format!(
            "If it was not sent, `arrears unapplied unsend {item} --reason TEXT` takes that back first."
        )),
        undo::Refusal::Settled(_, item) => failure.hint(format!(
            "`arrears plb show {item}` says what was done about it; `arrears plb unsettle {item}`, `plb unapply` or `plb unsend` take that back first."
        )),
        undo::Refusal::Difference(..) => failure.hint(
            "Say where that belongs with `--difference-to ACCOUNT`, or that it is a part of the payment with `--part`.",
        ),
        _ => failure.hint("`arrears remit list` shows what is in the books."),
    }
}

fn post(args: &PostArgs, context: &Context) -> Result<Outcome, Failure> {
    let hand = Hand { now: context.now, user: &context.user };
    let also = args.also.then_some(Hold::PossibleReissue);
    let accept: Vec<Hold> = args.accept.iter().filter_map(|word| Hold::from_word(word)).chain(also).collect();
    let difference_to = args.difference_to.as_deref().and_then(super::plb::account);
    let word = held::Word { accept: &accept, part: args.part, difference_to, reason: &args.reason };
    let done = ledger::change(context, args.dry_run, |tables| {
        let done = held::post(tables, &hand, RemitId(args.id), word, context.today);
        let done = done.map_err(|refusal| refused(refusal, context))?;
        let deed =
            Deed::new(DeedVerb::RemitPost, Object::Remit(done.remit.id)).amount(done.remit.header.paid);
        Ok((done, deed.says(&args.reason)))
    })?;
    say_posted(&done.remit, args.dry_run, context);
    if let Some((difference, item)) = done.difference {
        let account = args.difference_to.as_deref().unwrap_or_default();
        let text = format!("Its payment is {} off its claims: item {item}, on {account}.", money(difference));
        context.printer.say(&text);
    }
    say_aside(&done.aside, context);
    Ok(Outcome::Done)
}

fn say_aside(copies: &[RemitId], context: &Context) {
    for id in copies {
        context.printer.say(&format!("Remittance {id}, a held copy of it, is set aside."));
    }
}

fn say_posted(remit: &RemitRecord, dry_run: bool, context: &Context) {
    let (did, end) = if dry_run { ("Would post", " Nothing was changed.") } else { ("Posted", "") };
    let waits = match remit.unapplied {
        0 => String::new(),
        count => format!("; {count} of them wait, see `arrears unapplied list`"),
    };
    context.printer.say(&format!(
        "{did} remittance {}, {} and {}{waits}.{end}",
        remit.id,
        money(remit.header.paid),
        counted(remit.claims, "claim payment"),
    ));
}

fn replace(args: &ReplaceArgs, context: &Context) -> Result<Outcome, Failure> {
    let hand = Hand { now: context.now, user: &context.user };
    let (old, new) = (RemitId(args.old), RemitId(args.new));
    let done = ledger::change(context, args.dry_run, |tables| {
        let against = args.against_evidence;
        let done = held::replace(tables, &hand, (old, new), &args.reason, context.today, against);
        let done = done.map_err(|refusal| refused(refusal, context))?;
        let deed =
            Deed::new(DeedVerb::RemitReplace, Object::RemitFor(new, old)).amount(done.remit.header.paid);
        Ok((done, deed.says(&args.reason)))
    })?;
    let (did, end) = if args.dry_run { ("Would take", " Nothing was changed.") } else { ("Took", "") };
    if done.was_out {
        context.printer.say(&format!("Remittance {old} was out of the books, and {new} is in them.{end}"));
    } else {
        context.printer.say(&format!("{did} remittance {old} out of the books.{end}"));
        say_posted(&done.remit, args.dry_run, context);
    }
    for what in &done.handed_on {
        context.printer.say(&handed_on(what, new));
    }
    Ok(Outcome::Done)
}

/// What became of a decision about a claim payment of the remittance that went.
fn handed_on(what: &HandedOn, new: RemitId) -> String {
    let HandedOn { from, decided, .. } = what;
    match (what.to, &what.against) {
        (None, _) => format!("Claim payment {from} {decided}; none of remittance {new} takes its place."),
        (Some(to), None) => {
            format!("Claim payment {from} {decided}; that holds for {to}, which takes its place.")
        }
        (Some(to), Some(why)) => {
            format!("Claim payment {from} {decided}; {to} takes its place and waits, for {why}.")
        }
    }
}

fn set_aside(args: &UndoArgs, context: &Context) -> Result<Outcome, Failure> {
    let refuse = |error| context.refuse(error);
    let id = RemitId(args.id);
    let paid = ledger::change(context, args.dry_run, |tables| {
        let remit = tables.remit(id).map_err(refuse)?;
        let remit = remit.ok_or_else(|| Failure::refused(undo::Refusal::NoRemit(id).to_string()))?;
        if remit.status != RemitStatus::Held {
            let why = undo::Refusal::WrongState(id, remit.status.as_str());
            return Err(Failure::refused(why.to_string())
                .hint("Only a held remittance is set aside; `arrears remit list --held` shows them."));
        }
        let paid = remit.header.paid;
        undo::set_aside(tables, remit, context.today).map_err(refuse)?;
        let deed = Deed::new(DeedVerb::RemitSetAside, Object::Remit(id)).amount(paid).says(&args.reason);
        Ok((paid, deed))
    })?;
    let (did, end) = if args.dry_run { ("Would set", " Nothing was changed.") } else { ("Set", "") };
    context.printer.say(&format!("{did} remittance {id} over {} aside.{end}", money(paid)));
    Ok(Outcome::Done)
}
