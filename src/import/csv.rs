//! Importing a table. Its claims and payments take the same way as those of X12 files: this only says which rows are
//! one transaction, and what must not be taken.

use super::group::Ahead;
use super::outcome::{FileOutcome, FileStatus, SetStatus};
use super::{ImportError, Session, SetContext, SetOutcome, Watcher, claims, unread};
use crate::domain::book::{Issue, RemitRecord};
use crate::domain::{Money, Problem, RemitId, Severity};
use crate::input::csv::{Group, Map, Remittance, TableReader, Tally, scan};
use crate::input::{Kind, RemitItem, SetSurvey, SetTotals, Source, Survey};
use sha2::{Digest, Sha256};

/// What the user said about tables.
#[derive(Clone, Debug, Default)]
pub struct TableOptions {
    /// What the tables are, whatever their headers look like.
    pub kind: Option<Kind>,
    /// Which of their columns is which.
    pub map: Option<Map>,
    /// Take the rows that can be read where others cannot.
    pub partial: bool,
    /// What opening balances must add up to.
    pub total: Option<Money>,
}

impl TableOptions {
    /// What the user says that tables are, by word or by map.
    #[must_use]
    pub fn said(&self) -> Option<&Kind> {
        self.kind.as_ref().or(self.map.as_ref().and_then(|map| map.kind.as_ref()))
    }
}

impl Session<'_> {
    /// Brings in a table that is not in the books yet.
    pub(super) fn table(
        &mut self,
        source: &Source,
        survey: &Survey,
        outcome: &mut FileOutcome,
        watcher: &mut dyn Watcher,
    ) -> Result<(), ImportError> {
        let options = self.options.tables.clone();
        let Some(kind) = survey.kind.clone() else { return Ok(()) };
        let tally = scan(source, kind, options.map.as_ref())?;
        outcome.issues.extend(tally.problems.iter().cloned().map(Issue::from));
        outcome.error = self.refusal(&tally);
        if outcome.error.is_none() && tally.layout.kind == Kind::PaymentsCsv {
            outcome.issues.extend(unread::lacking(&mut TableReader::open(source)?, &tally)?);
        }
        if outcome.error.is_none() {
            match tally.layout.kind {
                Kind::PaymentsCsv => self.payments(source, survey, &tally, &mut outcome.sets, watcher)?,
                _ => outcome.sets = vec![self.claims(source, survey, &tally, watcher)?],
            }
        }
        let all = outcome.sets.iter().all(SetOutcome::is_in_the_books) && !outcome.sets.is_empty();
        if all && tally.bad_rows == 0 {
            let remits: Vec<RemitId> = outcome.sets.iter().filter_map(|set| set.remit).collect();
            self.remember(source, survey, remits)?;
        }
        outcome.finish(false, self.options.dry_run);
        if outcome.status != FileStatus::Rejected {
            outcome.issues.extend(unread::issue(&tally));
        }
        if tally.bad_rows > 0 && outcome.status == FileStatus::Imported {
            outcome.status = FileStatus::Partial;
        }
        Ok(())
    }

    /// Why nothing of a table may be taken.
    fn refusal(&self, tally: &Tally) -> Option<String> {
        let tables = &self.options.tables;
        let (bad, rows) = (tally.bad_rows, tally.rows);
        if rows == 0 {
            return Some("the table has a header and no rows".to_owned());
        }
        if bad > 0 && tally.unknown_owner {
            return Some(format!(
                "{bad} of {rows} rows cannot be read, and one of them does not say which claim or check it belongs to; \
                 nothing of the file was taken"
            ));
        }
        if bad > 0 && !tables.partial {
            return Some(format!(
                "{bad} of {rows} rows cannot be read; nothing of the file was taken. Correct them, or take the others \
                 with --partial"
            ));
        }
        if tally.layout.kind != Kind::OpeningCsv {
            return None;
        }
        if self.options.posting_date.is_none() {
            return Some(
                "opening balances need the day on which they are right; give it with --posting-date"
                    .to_owned(),
            );
        }
        let total = tables.total.filter(|total| *total != tally.balance)?;
        Some(format!(
            "the balances add up to {}, which is not the total of {total}: the difference is {}; nothing was taken",
            tally.balance,
            tally.balance - total
        ))
    }

    fn payments(
        &mut self,
        source: &Source,
        survey: &Survey,
        tally: &Tally,
        sets: &mut Vec<SetOutcome>,
        watcher: &mut dyn Watcher,
    ) -> Result<(), ImportError> {
        let mut reader = TableReader::open(source)?;
        for group in &tally.groups {
            let remittance = reader.remittance(tally, group)?;
            let set = remit_survey(group, &remittance);
            let mut blocking = self.blocking(survey, &set);
            if group.spoiled {
                blocking.push(spoiled("remittance", group));
                sets.push(SetOutcome::held(&set, blocking));
                continue;
            }
            let header = RemitItem::Header(Box::new(remittance.header));
            let answers = remittance.claims.into_iter().map(|claim| RemitItem::Claim(Box::new(claim)));
            let plb = remittance.items.into_iter().map(RemitItem::Plb);
            let items =
                Ahead { items: std::iter::once(header).chain(answers).chain(plb).collect(), error: None };
            self.group.done.sets = sets.len();
            let mut outcome = self.remit(source, survey, &set, blocking, items, watcher)?;
            unread::blame(&mut outcome.waiting, tally);
            sets.push(outcome);
        }
        Ok(())
    }

    /// All claims of a table are one transaction, as those of one 837 set are.
    fn claims(
        &mut self,
        source: &Source,
        survey: &Survey,
        tally: &Tally,
        watcher: &mut dyn Watcher,
    ) -> Result<SetOutcome, ImportError> {
        let set = claims_survey(survey, tally);
        let (good, bad): (Vec<&Group>, Vec<&Group>) = tally.groups.iter().partition(|group| !group.spoiled);
        let options = self.options;
        let mut reader = TableReader::open(source)?;
        let mut good = good.into_iter();
        let mut outcome = self.group.alone(|tables| {
            let context = SetContext::new(source, survey, &set, options, Vec::new());
            let mut next = || good.next().map(|group| reader.claim(tally, group).map(Into::into)).transpose();
            claims::import(tables, context, &mut next, watcher)
        })?;
        outcome.needs_work |= tally.bad_rows > 0;
        outcome.issues.extend(bad.into_iter().map(|group| spoiled("claim", group)));
        // The same rows in another file: nothing of it is new.
        let nothing_new = outcome.added + outcome.replaced == 0 && !outcome.needs_work;
        if outcome.status == SetStatus::Posted && nothing_new {
            outcome.status = SetStatus::Duplicate;
        }
        outcome.balance = (tally.layout.kind == Kind::OpeningCsv).then_some(tally.balance);
        Ok(outcome)
    }
}

/// Whole or not at all: without the row that cannot be read it would be something else.
fn spoiled(what: &str, group: &Group) -> Issue {
    Issue {
        code: "bad-row".to_owned(),
        segment: group.first_line(),
        text: String::new(),
        message: format!(
            "the {what} that begins here has a row that cannot be read, and is not taken without it"
        ),
    }
}

/// A remittance that was brought by a table, as a set that came again.
pub(super) fn repeated(kind: &Kind, record: &RemitRecord) -> SetOutcome {
    let totals = SetTotals {
        claims: record.claims,
        claim_paid: record.claim_paid,
        paid: record.header.paid,
        plb: record.plb,
        balanced: true,
        ..SetTotals::default()
    };
    let set = survey_of(kind.clone(), record.header.control.to_string(), record.origin.segment, totals);
    SetOutcome::duplicate(&set, Some(record))
}

fn remit_survey(group: &Group, remittance: &Remittance) -> SetSurvey {
    let line = group.first_line();
    let mut set = survey_of(Kind::PaymentsCsv, line.to_string(), line, remittance.totals);
    set.segments = group.rows();
    set.content_hash = remittance.content_hash;
    set.problems.extend(remittance.contradiction.clone().map(|message| Problem {
        code: "transaction-out-of-balance",
        severity: Severity::Hold,
        segment: line,
        text: String::new(),
        message: format!("{message}; correct the rows or the check amount"),
    }));
    set
}

fn claims_survey(survey: &Survey, tally: &Tally) -> SetSurvey {
    let line = tally.groups.first().map_or(0, Group::first_line);
    let totals = SetTotals {
        claims: tally.groups.len() as u64,
        charge: tally.charge,
        balanced: true,
        ..SetTotals::default()
    };
    let mut set = survey_of(tally.layout.kind.clone(), line.to_string(), line, totals);
    set.segments = tally.rows;
    // With the rows that cannot be read: without them it is another content.
    set.content_hash = Sha256::digest([b"table" as &[u8], &survey.sha256].concat()).into();
    set
}

fn survey_of(kind: Kind, control: String, line: u64, totals: SetTotals) -> SetSurvey {
    SetSurvey {
        kind,
        control,
        group: String::new(),
        interchange: String::new(),
        version: String::new(),
        test: false,
        interchange_date: None,
        group_date: None,
        first_segment: line,
        segments: 0,
        content_hash: [0; 32],
        problems: Vec::new(),
        totals,
    }
}
