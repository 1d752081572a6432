//! What each outcome asks before it is recorded. The outcomes and their keys are one table.

use crate::books::denial_acts::Said;
use crate::cli::parse;
use crate::denial::moves;
use crate::domain::case::{CaseAct, CaseState};
use crate::domain::{CaseId, Date, Money};

/// One key of the screen.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) key: char,
    pub(super) act: CaseAct,
    /// What the foot of the screen calls it.
    pub(super) short: &'static str,
    /// What the form and the help call it.
    pub(super) title: &'static str,
    asks: &'static [Ask],
}

impl Outcome {
    /// Whether a denial in this state may be dealt with so: the table of moves says.
    pub(super) fn allowed(&self, state: CaseState) -> bool {
        moves::after(state, self.act).is_ok()
    }
}

/// A question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ask {
    Level,
    Method,
    Proof,
    Reference,
    Representative,
    Promised,
    Amount,
    Waiver,
    Whom,
    Until,
    NextOn,
    Words,
    MustWords,
}

impl Ask {
    const fn label(self) -> &'static str {
        match self {
            Ask::Level => "Appeal level (empty: the next)",
            Ask::Method => "Sent by (portal, fax, mail...)",
            Ask::Proof => "Proof (confirmation, tracking)",
            Ask::Reference => "Call reference",
            Ask::Representative => "Spoke with",
            Ask::Promised => "Promised by (YYYY-MM-DD)",
            Ask::Amount => "Amount (empty: all)",
            Ask::Waiver => "Signed by the patient (notice, ABN)",
            Ask::Whom => "Give to",
            Ask::Until => "Put off until (YYYY-MM-DD)",
            Ask::NextOn => "Look again on (empty: as usual)",
            Ask::Words | Ask::MustWords => "Note",
        }
    }
}

macro_rules! outcomes {
    ($($key:literal $act:ident $short:literal $title:literal [$($ask:ident)*],)+) => {
        /// Everything that can be said of a denial, in the order of the foot of the screen.
        pub(super) const OUTCOMES: &[Outcome] = &[$(Outcome {
            key: $key, act: CaseAct::$act, short: $short, title: $title, asks: &[$(Ask::$ask),*],
        }),+];
    };
}

outcomes! {
    'a' Appeal "appeal" "An appeal was sent" [Level Method Proof Words NextOn],
    'c' Resubmit "corrected claim" "A corrected claim was sent" [Method Proof Words NextOn],
    't' Call "telephone" "The payer was called" [Reference Representative Promised Words],
    'r' SendRecords "records" "Records were sent" [Method Proof Words NextOn],
    's' BillNextPayer "next payer" "The next payer is billed" [Amount Words],
    'p' BillPatient "patient" "The patient is billed" [Amount Waiver Words],
    'w' ProposeWriteOff "write-off" "A write-off is proposed" [Amount Words],
    'y' Approve "approve" "The write-off is approved" [Words],
    'x' Reject "reject" "The write-off is rejected" [Words],
    'n' Note "note" "A note" [MustWords],
    'z' Snooze "snooze" "Put off" [Until Words],
    'g' Assign "give to" "Given to somebody" [Whom Words],
    'd' Resolve "done" "Closed as it is" [Words],
}

/// One question with what was answered so far.
#[derive(Debug)]
pub(super) struct Field {
    ask: Ask,
    pub(super) text: String,
}

impl Field {
    pub(super) const fn label(&self) -> &'static str {
        self.ask.label()
    }
}

/// What is being asked about one denial.
#[derive(Debug)]
pub(super) struct Form {
    pub(super) case: CaseId,
    pub(super) open: Money,
    pub(super) title: &'static str,
    act: CaseAct,
    pub(super) fields: Vec<Field>,
    /// The field that is written in.
    pub(super) at: usize,
    /// What cannot be taken as it stands.
    pub(super) wrong: Option<String>,
}

impl Form {
    pub(super) fn new(case: CaseId, open: Money, outcome: &Outcome) -> Form {
        let fields = outcome.asks.iter().map(|ask| Field { ask: *ask, text: String::new() }).collect();
        Form { case, open, title: outcome.title, act: outcome.act, fields, at: 0, wrong: None }
    }

    /// To the next field or the one before, round and round.
    pub(super) fn go(&mut self, on: bool) {
        let count = self.fields.len().max(1);
        self.at = (self.at + if on { 1 } else { count - 1 }) % count;
    }

    pub(super) fn write(&mut self, letter: char) {
        self.wrong = None;
        if let Some(field) = self.fields.get_mut(self.at).filter(|_| !letter.is_control()) {
            field.text.push(letter);
        }
    }

    pub(super) fn erase(&mut self) {
        if let Some(field) = self.fields.get_mut(self.at) {
            field.text.pop();
        }
    }

    /// What was said, on the day on which it is recorded; words for what is wrong with it.
    pub(super) fn said(&self, today: Date) -> Result<Said, String> {
        let mut said = Said::new(self.act, today);
        for field in &self.fields {
            let (text, about) = (field.text.trim(), &mut said.about);
            match field.ask {
                Ask::Until if text.is_empty() => return Err("Until when is missing.".to_owned()),
                Ask::Whom if text.is_empty() => return Err("To whom is missing.".to_owned()),
                Ask::MustWords if text.is_empty() => return Err("There is nothing to note.".to_owned()),
                _ if text.is_empty() => continue,
                Ask::Level => said.level = Some(level(text)?),
                Ask::Method => text.clone_into(&mut about.method),
                Ask::Proof => text.clone_into(&mut about.proof),
                Ask::Reference => text.clone_into(&mut about.reference),
                Ask::Representative => text.clone_into(&mut about.representative),
                Ask::Promised => about.promised = Some(date(text)?),
                Ask::Amount => about.amount = Some(money(text)?),
                Ask::Waiver => text.clone_into(&mut said.waiver),
                Ask::Whom => text.clone_into(&mut about.whom),
                Ask::Until | Ask::NextOn => about.next_on = Some(date(text)?),
                Ask::Words | Ask::MustWords => text.clone_into(&mut about.text),
            }
        }
        Ok(said)
    }
}

fn level(text: &str) -> Result<u8, String> {
    let level = text.parse().ok().filter(|level| (1..=9).contains(level));
    level.ok_or_else(|| format!("{text}: expected a level from 1 to 9"))
}

fn date(text: &str) -> Result<Date, String> {
    parse::date(text).map_err(|why| format!("{text}: {why}"))
}

fn money(text: &str) -> Result<Money, String> {
    parse::money(text).map_err(|why| format!("{text}: {why}"))
}
