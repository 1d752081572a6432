//! What is noted on a case when a person takes a remittance out of the books, and when it comes back. No payer said anything
//! then: once it is back, the case stands where it stood, with the work on it.
//!
//! What goes is noted like a payer's word, for the dollars are gone; it names the remittance. What comes back lifts that
//! again. Only what came to be known meanwhile is news.

use super::decided::standing;
use super::work::new_denials;
use crate::domain::case::{CaseAct, CaseEvent, CaseState, DenialCase};
use crate::domain::{Date, Money, RemitId};

/// Which way a remittance went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Out of the books.
    Out(RemitId),
    /// Back into them: it, or what says the same in its place.
    Back(RemitId),
}

const NAMED: &str = "remittance ";
const OUT: &str = " was taken out of the books";
const BACK: &str = " is in the books again";

impl Turn {
    /// The words of what is noted then.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Turn::Out(remit) => format!("{NAMED}{remit}{OUT}"),
            Turn::Back(remit) => format!("{NAMED}{remit}{BACK}"),
        }
    }

    /// The turn for which something was noted; nothing for what payers said and persons did.
    #[must_use]
    pub fn of(event: &CaseEvent) -> Option<Turn> {
        if event.act.is_by_person() {
            return None;
        }
        let rest = event.about.text.strip_prefix(NAMED)?;
        let number = |end: &str| rest.strip_suffix(end)?.parse().ok().map(RemitId);
        number(OUT).map(Turn::Out).or_else(|| number(BACK).map(Turn::Back))
    }
}

/// Drops what payers said by remittances that are out of the books from the events of a case that stand: the denials, and
/// what was paid and is noted as taken back, with that note.
pub(super) fn without_what_is_out(standing: &mut Vec<&CaseEvent>) {
    let out: Vec<&CaseEvent> =
        standing.iter().copied().filter(|event| matches!(Turn::of(event), Some(Turn::Out(_)))).collect();
    for went in out {
        let is_paid = |event: &CaseEvent| matches!(event.act, CaseAct::Paid | CaseAct::PaidInPart);
        let said = |event: &CaseEvent| match went.act {
            CaseAct::TakenBack => is_paid(event) && event.about.amount == went.about.amount,
            _ => says_denial(went) && event.act == CaseAct::DeniedAgain && event.on == went.on,
        };
        // What was said after it went is another's word.
        let before = standing.iter().take_while(|event| !std::ptr::eq(**event, went)).count();
        let at = standing[..before].iter().rposition(|event| Turn::of(event).is_none() && said(event));
        let Some(at) = at else { continue };
        standing.remove(at);
        if went.act == CaseAct::TakenBack {
            standing.retain(|event| !std::ptr::eq(*event, went));
        }
    }
}

/// Whether what is noted of a remittance that went out says that a denial went with it.
fn says_denial(event: &CaseEvent) -> bool {
    event.act == CaseAct::ToldAnew && event.about.amount.is_some()
}

/// What is to be noted on a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// What happened.
    pub act: CaseAct,
    /// The dollars.
    pub amount: Option<Money>,
    /// Its own day, where it has one.
    pub on: Option<Date>,
    /// For which turn of a remittance.
    pub turn: Option<Turn>,
}

/// What is to be noted on a case that is told anew, by what `changes` says of it: all of that, unless a remittance went out
/// or came back.
#[must_use]
pub fn news(
    turn: Option<Turn>,
    (was, now): (Option<&DenialCase>, &DenialCase),
    events: &[CaseEvent],
    changes: Vec<(CaseAct, Money)>,
) -> Vec<News> {
    let mut denials = new_denials(was, now);
    let takes_back = changes.iter().any(|(act, _)| *act == CaseAct::TakenBack);
    let plain = changes.into_iter().map(|(act, amount)| {
        let denial = if act == CaseAct::DeniedAgain { denials.next() } else { None };
        News { act, amount: Some(amount), on: denial.map(|denial| denial.on), turn: None }
    });
    match (turn, was) {
        (Some(turn @ Turn::Out(_)), Some(was)) => {
            let gone = gone(was, now, events).map(|(on, amount)| News {
                act: CaseAct::ToldAnew,
                amount: Some(amount),
                on: Some(on),
                turn: None,
            });
            // What was paid does not stand then, nor that it went: this says where the case stands.
            let stands = News { act: CaseAct::ToldAnew, amount: None, on: None, turn: None };
            let all = gone.chain(plain).chain(takes_back.then_some(stands));
            all.map(|news| News { turn: Some(turn), ..news }).collect()
        }
        (Some(turn @ Turn::Back(remit)), Some(_)) => back(turn, remit, now, events, plain.collect()),
        _ => plain.collect(),
    }
}

/// The denials that the log of a case knows, and the case has no more.
fn gone<'c>(
    was: &'c DenialCase,
    now: &'c DenialCase,
    events: &[CaseEvent],
) -> impl Iterator<Item = (Date, Money)> + 'c {
    let mut known: Vec<Date> = denied_again(&standing(events)).collect();
    let gone = was.events.iter().filter(|denial| now.events.iter().all(|e| e.payment != denial.payment));
    gone.filter_map(move |denial| {
        let at = known.iter().position(|on| *on == denial.on)?;
        known.remove(at);
        Some((denial.on, denial.amount))
    })
}

/// The days of the denials of a case that its log does not know. Of the one that began it no log speaks.
fn unknown(now: &DenialCase, known: impl Iterator<Item = Date>) -> Vec<Date> {
    let mut denials: Vec<Date> = now.events.iter().map(|denial| denial.on).collect();
    denials.sort_unstable();
    for on in known {
        let at = denials.iter().position(|denial| *denial == on);
        at.map(|at| denials.remove(at));
    }
    denials.split_off(1.min(denials.len()))
}

fn denied_again<'e>(standing: &'e [&CaseEvent]) -> impl Iterator<Item = Date> + 'e {
    standing.iter().filter(|event| event.act == CaseAct::DeniedAgain).map(|event| event.on)
}

/// What is to be noted when a remittance is back: that it is, where its going was noted, and what nobody knew before.
fn back(turn: Turn, remit: RemitId, now: &DenialCase, events: &[CaseEvent], changes: Vec<News>) -> Vec<News> {
    let is_lifted = |event: &CaseEvent| Turn::of(event) == Some(Turn::Out(remit));
    let lifted = standing(events).into_iter().filter(|event| is_lifted(event)).map(|event| event.on).min();
    let came_back = lifted.map(|on| {
        let mut event = CaseEvent::new(CaseAct::ToldAnew, CaseState::Open, on, 0, "");
        event.about.text = turn.words();
        event
    });
    let went = events.iter().rposition(is_lifted);
    let said = |event: &CaseEvent| !event.act.is_by_person() && Turn::of(event).is_none();
    let meanwhile = went.is_some_and(|at| events[at..].iter().any(said));
    let log: Vec<CaseEvent> = events.iter().cloned().chain(came_back).collect();
    let log = standing(&log);
    let unknown = unknown(now, denied_again(&log));
    let is_unknown = |news: &News| news.on.is_some_and(|on| unknown.contains(&on));
    let mut news: Vec<News> =
        changes.into_iter().filter(|news| news.act == CaseAct::DeniedAgain && is_unknown(news)).collect();
    let won: Money = log.iter().map(|event| won(event)).sum();
    let more = now.recovered() - won;
    // Where its going was not noted, others may be out without a note: only what the log does not know is news.
    let is_news = if went.is_some() { meanwhile && !more.is_zero() } else { more.is_positive() };
    if is_news && !now.events.is_empty() {
        let act = match more.is_positive() {
            true if now.open().is_zero() => CaseAct::Paid,
            true => CaseAct::PaidInPart,
            false => CaseAct::TakenBack,
        };
        news.push(News { act, amount: Some(more.abs()), on: None, turn: None });
    }
    news.extend(lifted.map(|on| News {
        act: CaseAct::ToldAnew,
        amount: None,
        on: Some(on),
        turn: Some(turn),
    }));
    news
}

/// What an event says that payers paid of a case, or took back.
fn won(event: &CaseEvent) -> Money {
    let amount = event.about.amount.unwrap_or_default();
    match event.act {
        CaseAct::Paid | CaseAct::PaidInPart => amount,
        CaseAct::TakenBack => -amount,
        _ => Money::ZERO,
    }
}

#[cfg(test)]
mod tests;
