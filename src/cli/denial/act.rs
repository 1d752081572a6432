//! The verbs of `arrears denial`: each says what was done about one denial, several, or all that a filter finds. All of
//! it happens or nothing.

use clap::Args;

use super::SPEAKS;
use super::list::{More, table, today_only};
use crate::books::bounds;
use crate::books::denial_acts::{Refusal, Said, perform};
use crate::books::manual;
use crate::books::retell::Hand;
use crate::cli::choose::Choose;
use crate::cli::claim::elsewhere;
use crate::cli::{Context, Failure, ask, ledger, parse};
use crate::domain::case::{CaseAct, Particulars};
use crate::domain::deed::Deed;
use crate::domain::{Account, CaseId, Date, Money};
use crate::render::{counted, money};
use crate::store::WriteTables;

/// Which denials, and what every act says
#[derive(Args, Debug)]
pub(super) struct Which {
    /// Only these, whatever the list shows: numbers of denials
    #[arg(value_name = "DENIAL")]
    denials: Vec<u64>,
    #[command(flatten)]
    more: More,
    #[command(flatten)]
    choose: Choose,
    #[command(flatten)]
    pub(super) common: Common,
}

#[derive(Args, Debug)]
pub(super) struct Common {
    /// The day on which it was done [default: today]
    #[arg(long, value_name = "DATE", value_parser = parse::date)]
    pub(super) on: Option<Date>,
    /// Words
    #[arg(long, value_name = "TEXT", default_value = "")]
    note: String,
    /// What is to be done next, in place of what is usual
    #[arg(long, value_name = "TEXT", default_value = "")]
    next: String,
    /// When it is to be done
    #[arg(long, value_name = "DATE", value_parser = parse::date)]
    next_on: Option<Date>,
    /// Do it although somebody else has it; whose it is does not change
    ///
    /// What `denial next` handed to somebody, and what is assigned to somebody, only that person works. Notes, assignments and
    /// decisions about proposed write-offs anybody may add.
    #[arg(long)]
    step_in: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Give denials to somebody
#[derive(Args, Debug)]
pub(super) struct AssignArgs {
    /// Whose they are from now on
    #[arg(long, value_name = "NAME")]
    who: String,
    #[command(flatten)]
    which: Which,
}

/// Write something down
#[derive(Args, Debug)]
pub(super) struct NoteArgs {
    #[command(flatten)]
    which: Which,
}

/// Say that the payer was called
#[derive(Args, Debug)]
pub(super) struct CallArgs {
    /// The payer's reference for the call
    #[arg(long, default_value = "")]
    reference: String,
    /// Who spoke for the payer
    #[arg(long, value_name = "NAME", default_value = "")]
    rep: String,
    /// By when the payer promised to act
    #[arg(long, value_name = "DATE", value_parser = parse::date)]
    promised: Option<Date>,
    #[command(flatten)]
    which: Which,
}

/// Say that an appeal was sent
#[derive(Args, Debug)]
pub(super) struct AppealArgs {
    /// The level of the appeal [default: the one after the last]
    #[arg(long, value_name = "LEVEL", value_parser = clap::value_parser!(u8).range(1..=9))]
    level: Option<u8>,
    /// Do it although a level before it was not sent
    #[arg(long)]
    skip: bool,
    #[command(flatten)]
    sent: Sent,
    #[command(flatten)]
    which: Which,
}

/// Say that a reconsideration was asked for
///
/// Many payers look again before any appeal. It is no level of appeal, and the clock of an appeal does not wait for it. What
/// Medicare calls reconsideration is its second level: `denial appeal --level 2`.
#[derive(Args, Debug)]
pub(super) struct ReconsiderArgs {
    #[command(flatten)]
    sent: Sent,
    #[command(flatten)]
    which: Which,
}

#[derive(Args, Debug)]
struct Sent {
    /// How it was sent: portal, fax, mail...
    #[arg(long, default_value = "")]
    method: String,
    /// What proves it: a confirmation or tracking number
    #[arg(long, default_value = "")]
    proof: String,
}

/// Say that a corrected or a new claim was sent
#[derive(Args, Debug)]
pub(super) struct SentArgs {
    #[command(flatten)]
    sent: Sent,
    #[command(flatten)]
    which: Which,
}

/// Say that records were sent
#[derive(Args, Debug)]
pub(super) struct RecordsArgs {
    #[command(flatten)]
    sent: Sent,
    #[command(flatten)]
    which: Which,
}

/// Ask the patient to pay: the denied money moves there
///
/// What a payer denies under CO, PI or OA it does not leave to the patient: billing them takes something they signed, named with
/// `--waiver`. Nothing that was signed lifts a QMB remark, late filing, workers' compensation, Medicaid or a law on surprise bills.
#[derive(Args, Debug)]
pub(super) struct BillPatientArgs {
    /// What the patient signed: a notice, an ABN
    #[arg(long, value_name = "TEXT", default_value = "")]
    waiver: String,
    /// How much of it [default: all that stands as denied]
    #[arg(long, value_name = "AMOUNT", value_parser = parse::money)]
    amount: Option<Money>,
    #[command(flatten)]
    which: Which,
}

/// Ask the next payer of the claim to pay: the denied money moves there
#[derive(Args, Debug)]
pub(super) struct BillNextArgs {
    /// How much of it [default: all that stands as denied]
    #[arg(long, value_name = "AMOUNT", value_parser = parse::money)]
    amount: Option<Money>,
    #[command(flatten)]
    which: Which,
}

/// Give denied money up; above the office's limit somebody else must approve
///
/// At or below the limit of `practice set --write-off-limit` it is posted at once.
#[derive(Args, Debug)]
pub(super) struct WriteOffArgs {
    /// How much of it [default: all that stands as denied]
    #[arg(long, value_name = "AMOUNT", value_parser = parse::money)]
    amount: Option<Money>,
    /// What kind of write-off it is [default: by the reason]
    #[arg(long, value_parser = ["denial", "timely_filing", "small_balance", "bad_debt", "charity", "other"])]
    kind: Option<String>,
    #[command(flatten)]
    which: Which,
}

/// Approve write-offs that somebody else proposed, and post them
#[derive(Args, Debug)]
pub(super) struct ApproveArgs {
    #[command(flatten)]
    which: Which,
}

/// Reject write-offs that were proposed
#[derive(Args, Debug)]
pub(super) struct RejectArgs {
    #[command(flatten)]
    which: Which,
}

/// Close denials as they are; what stands as denied stays there
#[derive(Args, Debug)]
pub(super) struct ResolveArgs {
    #[command(flatten)]
    which: Which,
}

/// Open denials again; money that acts on them moved comes back
#[derive(Args, Debug)]
pub(super) struct ReopenArgs {
    #[command(flatten)]
    which: Which,
}

/// Put denials off until a day
#[derive(Args, Debug)]
pub(super) struct SnoozeArgs {
    /// Until when
    #[arg(long, value_name = "DATE", value_parser = parse::date)]
    until: Date,
    #[command(flatten)]
    which: Which,
}

pub(super) fn said(which: &Which, act: CaseAct, context: &Context) -> Said {
    let common = &which.common;
    let mut said = Said::new(act, common.on.unwrap_or(context.today));
    said.step_in = common.step_in;
    said.skip = common.yes;
    said.dated = common.on.is_some();
    said.about.next_action.clone_from(&common.next);
    said.about.next_on = common.next_on;
    said.about.text.clone_from(&common.note);
    said
}

impl AssignArgs {
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let mut said = said(&self.which, CaseAct::Assign, context);
        said.about.whom.clone_from(&self.who);
        does(&self.which, &said, context)
    }
}

impl NoteArgs {
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        if self.which.common.note.trim().is_empty() {
            return Err(Failure::usage("there is nothing to note").hint("Say it with `--note TEXT`."));
        }
        does(&self.which, &said(&self.which, CaseAct::Note, context), context)
    }
}

impl CallArgs {
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let mut said = said(&self.which, CaseAct::Call, context);
        said.about.reference.clone_from(&self.reference);
        said.about.representative.clone_from(&self.rep);
        said.about.promised = self.promised;
        does(&self.which, &said, context)
    }
}

impl Sent {
    fn said(&self, which: &Which, act: CaseAct, context: &Context) -> Said {
        let mut said = said(which, act, context);
        said.about.method.clone_from(&self.method);
        said.about.proof.clone_from(&self.proof);
        said
    }
}

impl AppealArgs {
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let mut said = self.sent.said(&self.which, CaseAct::Appeal, context);
        said.level = self.level;
        said.skip |= self.skip;
        does(&self.which, &said, context)
    }
}

impl ReconsiderArgs {
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        does(&self.which, &self.sent.said(&self.which, CaseAct::Reconsider, context), context)
    }
}

impl SentArgs {
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        does(&self.which, &self.sent.said(&self.which, CaseAct::Resubmit, context), context)
    }
}

impl RecordsArgs {
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        does(&self.which, &self.sent.said(&self.which, CaseAct::SendRecords, context), context)
    }
}

impl BillPatientArgs {
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let mut said = said(&self.which, CaseAct::BillPatient, context);
        said.waiver.clone_from(&self.waiver);
        said.about.amount = self.amount;
        does(&self.which, &said, context)
    }
}

impl BillNextArgs {
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let mut said = said(&self.which, CaseAct::BillNextPayer, context);
        said.about.amount = self.amount;
        does(&self.which, &said, context)
    }
}

impl WriteOffArgs {
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let name = self.kind.as_ref().map(|kind| format!("writeoff:{kind}"));
        let mut said = said(&self.which, CaseAct::ProposeWriteOff, context);
        said.about.amount = self.amount;
        said.about.account =
            name.and_then(|name| Account::ALL.iter().copied().find(|account| account.name() == name));
        does(&self.which, &said, context)
    }
}

impl ApproveArgs {
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        does(&self.which, &said(&self.which, CaseAct::Approve, context), context)
    }
}

impl RejectArgs {
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        does(&self.which, &said(&self.which, CaseAct::Reject, context), context)
    }
}

impl ResolveArgs {
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        does(&self.which, &said(&self.which, CaseAct::Resolve, context), context)
    }
}

impl ReopenArgs {
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        does(&self.which, &said(&self.which, CaseAct::Reopen, context), context)
    }
}

impl SnoozeArgs {
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        if self.until <= context.today {
            return Err(Failure::usage(format!("{} is no later day than today", self.until))
                .hint("A denial is put off until a day to come."));
        }
        let mut said = said(&self.which, CaseAct::Snooze, context);
        said.about.next_on = Some(self.until);
        does(&self.which, &said, context)
    }
}

/// The numbers that were given, else what the filters find.
fn chosen(
    which: &Which,
    act: CaseAct,
    tables: &mut WriteTables<'_>,
    context: &Context,
) -> Result<Vec<CaseId>, Failure> {
    if !which.denials.is_empty() {
        let mut ids: Vec<CaseId> = which.denials.iter().copied().map(CaseId).collect();
        ids.sort_unstable();
        ids.dedup();
        return Ok(ids);
    }
    if which.choose.is_empty() && which.more.category.is_none() && !which.more.overdue && !which.more.all {
        return Err(Failure::usage("no denial was named")
            .hint("Give numbers of denials, or filters as for `arrears denial list`."));
    }
    let closed = which.more.all || act == CaseAct::Reopen;
    let asked = (&which.more, &which.choose);
    let (table, _, left_out) =
        table(tables, asked, closed, context).map_err(|error| context.refuse(error))?;
    let ids = which.choose.ids(table, "denial_id", &SPEAKS, left_out)?;
    Ok(ids.into_iter().map(CaseId).collect())
}

/// What was done to how many, and with how many dollars.
#[derive(Default)]
struct Tally {
    ids: Vec<CaseId>,
    open: Money,
    moved: Money,
    left: Money,
    states: Vec<&'static str>,
    /// Where money went that does not stand on the day that was meant.
    elsewhere: Vec<String>,
}

/// First on paper, then, when the user agrees, in truth.
pub(super) fn does(which: &Which, said: &Said, context: &Context) -> Result<(), Failure> {
    today_only(context)?;
    let Common { yes, dry_run, .. } = which.common;
    // One named denial is what the user means; for many the count is worth a question.
    let asks = which.denials.len() != 1;
    if asks || dry_run {
        let paper = all(which, said, true, context)?;
        if paper.ids.is_empty() {
            return Err(Failure::refused("no denial fits").hint("`arrears denial list` shows the denials."));
        }
        if dry_run {
            context.printer.say(&format!("Would {}. Nothing was changed.", words(said.act, &paper)));
            paper.elsewhere.iter().for_each(|said| context.printer.say(said));
            return Ok(());
        }
        // Numbers are as good as a yes; a filter may find more than was thought.
        let named = !which.denials.is_empty();
        let open = money(paper.open);
        let denials = counted(paper.ids.len(), "denial");
        ask::confirm(&format!("{} {denials} with ${open} open?", capital(said.act.as_str())), yes || named)?;
    }
    let done = all(which, said, false, context)?;
    context.printer.say(&format!("Done: {}.", words(said.act, &done)));
    done.elsewhere.iter().for_each(|said| context.printer.say(said));
    if said.act == CaseAct::Resolve && done.left.is_positive() {
        context.printer.warn(&format!(
            "${} stays as denied, and nobody is asked to work it; `denial reopen` puts it back.",
            money(done.left)
        ));
    }
    Ok(())
}

fn all(which: &Which, said: &Said, dry_run: bool, context: &Context) -> Result<Tally, Failure> {
    let hand = Hand { now: context.now, user: &context.user };
    ledger::change_if(context, dry_run, |tables| {
        let (mut tally, mut facts) = (Tally::default(), Vec::new());
        for id in chosen(which, said.act, tables, context)? {
            use crate::store::Read;
            let before = tables.case(id).map_err(|error| context.refuse(error))?;
            if let Some(case) = &before {
                doubted(tables, case, (which, &said.about), context)?;
            }
            let done = perform(tables, &hand, id, said).map_err(|refusal| refused(refusal, context))?;
            if let Some(entry) = done.entry {
                let posted = tables.entry(entry).map_err(|error| context.refuse(error))?;
                let went = posted.and_then(|(entry, _)| {
                    elsewhere(which.common.on, (done.on, entry.posted_on), context.today)
                });
                tally.elsewhere.extend(went.filter(|said| !tally.elsewhere.contains(said)));
            }
            facts.push(done.fact);
            tally.ids.push(id);
            tally.open += before.map_or(Money::ZERO, |case| case.open());
            tally.moved += done.moved;
            tally.left += done.case.open();
            if !tally.states.contains(&done.work.state.as_str()) {
                tally.states.push(done.work.state.as_str());
            }
        }
        let deed = (!facts.is_empty()).then(|| Deed::of(facts).moved(tally.moved));
        Ok((tally, deed))
    })
}

/// Asks for a yes where a day is seldom meant.
fn doubted(
    tables: &impl crate::store::Read,
    case: &crate::domain::case::DenialCase,
    (which, about): (&Which, &Particulars),
    context: &Context,
) -> Result<(), Failure> {
    let ahead = [about.promised, about.next_on].into_iter().flatten();
    let far = ahead.map(|day| bounds::ahead(day, context.today)).find(Option::is_some);
    ask::sure(far.flatten(), which.common.yes)?;
    let record = tables.claim(case.claim).map_err(|error| context.refuse(error))?;
    let service = record.and_then(|record| record.claim.service_from);
    // A promise whose day has passed may be written down late, but none was made before the service.
    ask::sure(about.promised.and_then(|by| bounds::day(by, service, by)), which.common.yes)?;
    let Some(on) = which.common.on else { return Ok(()) };
    let today = case.last_denied_on().map_or(context.today, |on| on.max(context.today));
    ask::sure(bounds::day(on, service, today), which.common.yes)
}

/// The words for what cannot be done.
pub(in crate::cli) fn refused(refusal: Refusal, context: &Context) -> Failure {
    match refusal {
        Refusal::Store(error) | Refusal::Claim(manual::Refusal::Store(error)) => context.refuse(error),
        Refusal::NoCase(_) => {
            Failure::refused(refusal.to_string()).hint("`arrears denial list --all` shows the denials.")
        }
        Refusal::HandedOut(..) | Refusal::Assigned(..) => Failure::refused(refusal.to_string()).hint(
            "Nothing was changed on any denial. `--step-in` does it all the same, `denial assign` gives it to somebody else.",
        ),
        Refusal::NeedsWaiver(..) => Failure::refused(refusal.to_string()).hint(
            "Nothing was changed on any denial. Name what was signed with `--waiver TEXT`; without it, the next payer may be billed (`bill-next-payer`), or the denial worked or written off.",
        ),
        Refusal::NeverThePatient(..) => Failure::refused(refusal.to_string()).hint(
            "Nothing was changed on any denial. No waiver lifts that; the next payer may be billed (`bill-next-payer`), or the denial worked or written off.",
        ),
        Refusal::NotSent(..) => Failure::refused(refusal.to_string()).hint(
            "Nothing was changed on any denial. Write down first what was sent, with its day: `denial appeal DENIAL --level N --on DATE`, or `denial reconsider`.",
        ),
        Refusal::Decided(..) => Failure::refused(refusal.to_string())
            .hint("Nothing was changed on any denial. `denial undecide` takes that back."),
        Refusal::Skips(..) => Failure::refused(refusal.to_string())
            .hint("Nothing was changed on any denial. `--skip` does it all the same."),
        Refusal::BeforeLetter(_, on) => Failure::refused(refusal.to_string())
            .hint(format!("Nothing was changed on any denial. Say `--on {on}` or later, or leave it out.")),
        Refusal::NotYet(_, _, since) => Failure::refused(refusal.to_string())
            .hint(format!("Nothing was changed on any denial. Say `--on {since}` or later.")),
        Refusal::NoAppeal(..) => Failure::refused(refusal.to_string()).hint(
            "Nothing was changed on any denial. `denial resubmit` notes that a new claim was sent.",
        ),
        other => Failure::refused(other.to_string()).hint("Nothing was changed on any denial."),
    }
}

fn words(act: CaseAct, tally: &Tally) -> String {
    let denials = counted(tally.ids.len(), "denial");
    let moved =
        if tally.moved.is_zero() { String::new() } else { format!(", ${} moved", money(tally.moved)) };
    // What comes back by the act stands open only then.
    let open = if act == CaseAct::Reopen { tally.left } else { tally.open };
    format!("{act} on {denials} with ${} open{moved}; now {}", money(open), tally.states.join(", "))
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
