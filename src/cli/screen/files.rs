//! The ledger behind the screen: reads the queue and one denial's page, keeps what is opened, records what was done. What
//! goes wrong is said on the screen; the ledger is open only while it is used.

use std::cell::Cell;
use std::collections::HashMap;

use super::Args;
use super::desk::{Desk, Queue, Row, View, Wish};
use crate::books::denial_acts::{Said, perform};
use crate::books::queue::{self, Ranked};
use crate::books::retell::Hand;
use crate::cli::claim::show::Parts;
use crate::cli::denial::act::refused;
use crate::cli::denial::show;
use crate::cli::{Context, Failure, ledger, names};
use crate::denial::steps;
use crate::domain::case::{OpenCase, same_person};
use crate::domain::deed::{Deed, DeedVerb, Object};
use crate::domain::{CaseId, ClaimId, Money};
use crate::render::{Format, Style, money, render_all};
use crate::store::{Read, StoreError};

/// Nobody works more in a sitting; the rest comes up when the queue is read again.
const MOST_ROWS: usize = 500;

/// Reads the queue: what the options and the search leave of it.
pub(super) fn read(args: &Args, search: &str, context: &Context) -> Result<Queue, Failure> {
    let tables = context.read()?;
    wanted(&tables, args, search, context).map_err(|error| context.refuse(error))
}

fn wanted(tables: &impl Read, args: &Args, search: &str, context: &Context) -> Result<Queue, StoreError> {
    let payers = names::Payers::read(tables)?;
    let leases = tables.leases()?.into_iter().filter(|lease| lease.until > context.now);
    let leases: HashMap<CaseId, String> = leases.map(|lease| (lease.case, lease.user)).collect();
    let (part, search) = (args.payer.as_ref().map(|part| part.to_lowercase()), search.to_lowercase());
    let (count, open) = (Cell::new(0), Cell::new(Money::ZERO));
    let wants = |case: &OpenCase| {
        let of_payer = part.as_ref().is_none_or(|part| payers.have(case.payer, part));
        let mine = !args.mine || case.assignee.is_empty() || same_person(&case.assignee, &context.user);
        let wanted = of_payer && mine && args.more.wants(case, context.as_of);
        if wanted {
            count.set(count.get() + 1);
            open.set(open.get() + case.open);
        }
        wanted
    };
    // A search needs the words of all of them.
    let most = if search.is_empty() { MOST_ROWS } else { usize::MAX };
    let (ranked, _) = queue::first(tables, most, context.as_of, wants)?;
    let mut found = Queue::default();
    for ranked in ranked {
        let row = row(tables, &ranked, &payers, &leases, context.printer.redact)?;
        let texts = [&row.control_number, &row.patient, &row.payer, &row.reason];
        if texts.iter().any(|text| text.to_lowercase().contains(&search)) {
            found.count += 1;
            found.open += row.open;
            if found.rows.len() < MOST_ROWS {
                found.rows.push(row);
            }
        }
    }
    if search.is_empty() {
        // Those beyond the shown ones were counted where they were chosen.
        (found.count, found.open) = (count.get(), open.get());
    }
    Ok(found)
}

fn row(
    tables: &impl Read,
    ranked: &Ranked,
    payers: &names::Payers,
    leases: &HashMap<CaseId, String>,
    redact: bool,
) -> Result<Row, StoreError> {
    let case = &ranked.case;
    let (record, work) = (tables.claim(case.claim)?, tables.case_work(case.case)?.unwrap_or_default());
    let patient = record.as_ref().map_or_else(String::new, |record| names::patient(&record.claim.patient));
    Ok(Row {
        case: case.case,
        claim: case.claim,
        state: case.state,
        control_number: record.map_or_else(String::new, |record| record.claim.control_number.to_string()),
        patient: if redact { "***".to_owned() } else { patient },
        payer: payers.name(case.payer).to_owned(),
        reason: case.reason.to_string(),
        open: case.open,
        next: steps::next(&work.next_action, &case.category, case.facts.recourse()).to_owned(),
        next_on: case.next_on,
        deadline: ranked.rank.deadline,
        whose: leases.get(&case.case).unwrap_or(&case.assignee).clone(),
        why: ranked.rank.why.clone(),
    })
}

/// Does what the screen wants, and says on it how that went.
pub(super) fn fulfil(wish: Wish, desk: &mut Desk, args: &Args, context: &Context) {
    let done = match wish {
        Wish::Nothing | Wish::Quit => Ok(()),
        Wish::Refresh => renew(desk, args, context),
        Wish::Open(case, claim) => open(desk, args, (case, claim), context),
        Wish::GiveBack(case) => give_back(case, context).and_then(|()| renew(desk, args, context)),
        Wish::Record(case, said) => record(desk, args, case, &said, context),
    };
    if let Err(failure) = done {
        match &mut desk.form {
            Some(form) => form.wrong = Some(in_words(&failure)),
            None => desk.say(in_words(&failure), true),
        }
    }
}

fn in_words(failure: &Failure) -> String {
    let reasons = failure.because.iter().map(String::as_str);
    [failure.message.as_str()].into_iter().chain(reasons).collect::<Vec<_>>().join(": ")
}

fn renew(desk: &mut Desk, args: &Args, context: &Context) -> Result<(), Failure> {
    let queue = read(args, &desk.search, context)?;
    desk.renew(queue);
    Ok(())
}

/// Keeps a denial for this user, and shows it. One that somebody else has is shown all the same.
fn open(
    desk: &mut Desk,
    args: &Args,
    (case, claim): (CaseId, ClaimId),
    context: &Context,
) -> Result<(), Failure> {
    let until = context.now + i64::from(args.lease) * 60;
    let other = ledger::change_if(context, false, |tables| {
        let whom = (context.user.as_str(), context.now, until);
        let other = queue::hold(tables, whom, case).map_err(|error| context.refuse(error))?;
        let minutes = format!("for {} minutes", args.lease);
        let deed = Deed::new(DeedVerb::DenialNext, Object::Denial(case)).says(minutes);
        let deed = other.is_none().then_some(deed);
        Ok((other, deed))
    })?;
    match other {
        Some(other) => desk.say(format!("{} has denial {case} at the moment.", other.user), true),
        None => desk.held = Some(case),
    }
    desk.view = View::Page { lines: page(case, claim, desk.width, context)?, top: 0 };
    Ok(())
}

/// The denial and its claim as the commands show them.
fn page(case: CaseId, claim: ClaimId, width: usize, context: &Context) -> Result<Vec<String>, Failure> {
    let tables = context.read()?;
    let parts = show::tables(&tables, case, context)?;
    // The head of the screen says what the first says, its foot what the last says.
    let inside = 1..parts.len().saturating_sub(1);
    let mut parts: Vec<_> =
        parts.into_iter().enumerate().filter(|(at, _)| inside.contains(at)).map(|(_, t)| t).collect();
    if let Some(record) = tables.claim(claim).map_err(|error| context.refuse(error))? {
        let claim = Parts::read(&tables, &record, context).map_err(|error| context.refuse(error))?;
        parts.extend(claim.tables(false));
    }
    let mut text = Vec::new();
    let style = Style { width: Some(width), colour: false };
    render_all(&parts, Format::Table, style, &mut text)
        .map_err(|error| Failure::output("the screen", &error))?;
    Ok(String::from_utf8_lossy(&text).lines().map(str::to_owned).collect())
}

fn give_back(case: CaseId, context: &Context) -> Result<(), Failure> {
    ledger::change_if(context, false, |tables| {
        let was = queue::hand_back(tables, case, &context.user).map_err(|error| context.refuse(error))?;
        Ok(((), was.then(|| Deed::new(DeedVerb::DenialGiveBack, Object::Denial(case)))))
    })
}

/// Gives back what is kept when the screen closes.
pub(super) fn hand_back(desk: &Desk, context: &Context) -> Result<(), Failure> {
    desk.held.map_or(Ok(()), |case| give_back(case, context))
}

fn record(desk: &mut Desk, args: &Args, case: CaseId, said: &Said, context: &Context) -> Result<(), Failure> {
    let hand = Hand { now: context.now, user: &context.user };
    let done = ledger::change(context, false, |tables| {
        let done = perform(tables, &hand, case, said).map_err(|refusal| refused(refusal, context))?;
        let deed = Deed::of(vec![done.fact.clone()]).moved(done.moved);
        Ok((done, deed))
    })?;
    desk.form = None;
    desk.view = View::List;
    // Whoever acts gives the denial back by it.
    desk.held = None;
    desk.done += 1;
    let moved =
        if done.moved == Money::ZERO { String::new() } else { format!(", ${} moved", money(done.moved)) };
    let next = done.work.next_on.map_or_else(String::new, |day| format!("; next on {day}"));
    desk.say(format!("Denial {case}: {}{moved}; now {}{next}.", said.act, done.work.state), false);
    renew(desk, args, context)
}
