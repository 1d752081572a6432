//! Importing: files in, books changed, a report of what happened out. Wires `input`, `books` and `store`.
//!
//! A transaction set is in the books whole or not at all; several small ones share a commit. With a dry run everything
//! happens, is reported, and is taken back.

mod acks;
mod claims;
mod csv;
mod deposits;
#[cfg(test)]
mod faults;
mod feed;
mod fingerprint;
mod group;
mod left_over;
mod likeness;
mod other_payers;
mod outcome;
mod remits;
mod said;
mod unread;

use std::io;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

pub use csv::TableOptions;
pub use deposits::{DepositOptions, DepositOutcome, import_deposits, read_deposits};
pub use outcome::{FileOutcome, FileStatus, ImportReport, SetOutcome, SetStatus, Totals};

use crate::books::payers::Payers;
use crate::books::retell::Hand;
use crate::domain::book::{FileRecord, Issue, RemitStatus};
use crate::domain::deed::DeedVerb;
use crate::domain::{Date, Problem, RemitId, Severity};
use crate::input::{InputError, Kind, RemitItem, SetSurvey, Source, Survey};
use crate::store::{Book, Read, StoreError, WriteTables};
use feed::{Feed, Surveyed};
use group::{Ahead, BATCH, Group, Progress};

/// What [`Options::commit_after`] is for people: far more than a commit takes, far less than others wait.
pub const COMMIT_AFTER: Duration = Duration::from_millis(300);

/// What the user asked for.
#[derive(Clone, Debug)]
pub struct Options {
    /// Take everything back at the end.
    pub dry_run: bool,
    /// Post files of test systems (ISA15 = T).
    pub accept_test_files: bool,
    /// Post sets whose control counts or numbers are wrong. Cut-off files stay refused.
    pub accept_wrong_counts: bool,
    /// The accounting date of everything, instead of the files' own.
    pub posting_date: Option<Date>,
    /// What the user said about tables.
    pub tables: TableOptions,
    /// How long to wait for another writer.
    pub wait: Duration,
    /// For how long sets share a commit; zero for one commit each.
    pub commit_after: Duration,
    /// UTC seconds.
    pub now: i64,
    /// Today, for sets that carry no date at all.
    pub today: Date,
    /// The user.
    pub user: String,
    /// The command that brings the files, as the audit log names it.
    pub verb: DeedVerb,
}

/// Why an import could not go on.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The ledger refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file could not be read to its end, or changed while it was read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The system refuses the thread that reads the files.
    #[error("the system refuses a thread to read the files with")]
    Thread(#[source] io::Error),
}

/// An import that could not go on: why, and what of it is in the books and stays there.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct Stopped {
    /// Why.
    #[source]
    pub error: ImportError,
    /// What is in the books for certain.
    pub kept: Box<ImportReport>,
}

impl<E: Into<ImportError>> From<E> for Stopped {
    fn from(error: E) -> Stopped {
        Stopped { error: error.into(), kept: Box::default() }
    }
}

/// Watches an import: a progress bar, or nothing.
pub trait Watcher {
    /// A file is begun.
    fn file(&mut self, name: &str);
    /// So many claims or claim payments are done.
    fn claims(&mut self, count: u64);
}

/// Imports sources in order. Files that cannot be used are reported and do not stop the others.
///
/// # Errors
/// Only what makes going on impossible: the ledger itself, or no thread to read with. It tells what was done before.
pub fn import(
    book: &Book,
    sources: impl Iterator<Item = Result<Source, InputError>> + Send,
    options: &Options,
    watcher: &mut dyn Watcher,
) -> Result<ImportReport, Stopped> {
    let wanted = AtomicU64::new(0);
    std::thread::scope(|scope| {
        let mut report = ImportReport::default();
        let mut session = Session {
            options,
            group: Group::new(book, options)?,
            feed: Feed::start(scope, sources, options.tables.said(), &wanted).map_err(ImportError::Thread)?,
            begun: None,
        };
        match session.all(&mut report, watcher) {
            Ok(()) => {
                report.act = session.group.act;
                Ok(report)
            }
            Err(error) => {
                let kept = session.group.kept;
                let mut files = report.files;
                files.extend(session.begun);
                Err(Stopped { error, kept: Box::new(ImportReport::until(files, kept.files, kept.sets)) })
            }
        }
    })
}

/// One command's import.
struct Session<'b> {
    options: &'b Options,
    group: Group<'b>,
    feed: Feed<'b>,
    /// The file that is being taken in.
    begun: Option<FileOutcome>,
}

impl Session<'_> {
    /// Takes in file after file.
    fn all(&mut self, report: &mut ImportReport, watcher: &mut dyn Watcher) -> Result<(), ImportError> {
        while let Some(source) = self.next_source(watcher)? {
            report.add(match source {
                Err(error) => FileOutcome::unusable(error.file(), &error),
                Ok((source, survey)) => {
                    let mut outcome = FileOutcome::begin(source.name(), &survey);
                    match self.file(&source, survey, &mut outcome, watcher) {
                        Ok(()) => outcome,
                        Err(ImportError::Input(error)) => FileOutcome::unusable(source.name(), &error),
                        Err(error) => {
                            self.begun = Some(outcome);
                            return Err(error);
                        }
                    }
                }
            });
            self.group.done = Progress { files: report.files.len(), sets: 0 };
            self.group.settle()?;
        }
        self.group.commit()?;
        let mut files = std::mem::take(report).files;
        let counted = self.group.count_left_over(&mut files);
        files.into_iter().for_each(|file| report.add(file));
        Ok(counted?)
    }

    fn next_source(&mut self, watcher: &mut dyn Watcher) -> Result<Option<Surveyed>, StoreError> {
        let group = &mut self.group;
        // Nobody is kept waiting while a large file is read for the first time.
        self.feed.next_source(watcher, |large| if large { group.commit() } else { Ok(()) })
    }

    fn file(
        &mut self,
        source: &Source,
        mut survey: Survey,
        outcome: &mut FileOutcome,
        watcher: &mut dyn Watcher,
    ) -> Result<(), ImportError> {
        if let Some(said) =
            self.options.tables.said().filter(|_| survey.kind.as_ref().is_some_and(Kind::is_table))
        {
            survey.kind = Some(said.clone());
            outcome.kind = Some(said.to_string());
        }
        let known = self.known_file(&survey)?;
        let anew = match &known {
            Some(known) => self.is_read_anew(known)?,
            None => false,
        };
        if let Some(known) = known.filter(|_| !anew) {
            outcome.sets = self.repeat(&survey, &known)?;
            outcome.finish(true, self.options.dry_run);
            return Ok(());
        }
        if survey.kind.as_ref().is_some_and(Kind::is_table) {
            return self.table(source, &survey, outcome, watcher);
        }
        outcome.sets = self.interchange_acks(source, &survey)?;
        let mut remits = Vec::new();
        for set in &survey.sets {
            self.group.done.sets = outcome.sets.len();
            let done = self.set(source, &survey, set, watcher)?;
            self.feed.leave_set();
            remits.extend(done.remit);
            outcome.sets.push(done);
        }
        let complete = !outcome.sets.is_empty() && outcome.sets.iter().all(SetOutcome::is_in_the_books);
        if complete {
            self.remember(source, &survey, remits)?;
        }
        outcome.finish(false, self.options.dry_run);
        Ok(())
    }

    /// The file, if all of it is in the books already.
    fn known_file(&mut self, survey: &Survey) -> Result<Option<FileRecord>, StoreError> {
        Ok(self.group.file(&survey.sha256)?.filter(|file| file.complete))
    }

    /// A table of which everything was taken out is read anew where a map says otherwise what its columns are.
    fn is_read_anew(&mut self, known: &FileRecord) -> Result<bool, ImportError> {
        if self.options.tables.map.is_none() || !known.is_table() {
            return Ok(false);
        }
        let ids = known.remits.clone();
        self.group.share(0, |tables| {
            let mut out = !ids.is_empty();
            for id in ids {
                let status = tables.remit(id)?.map(|remit| remit.status);
                out &= matches!(status, Some(RemitStatus::Reversed | RemitStatus::SetAside));
            }
            Ok(out)
        })
    }

    fn repeat(&mut self, survey: &Survey, known: &FileRecord) -> Result<Vec<SetOutcome>, ImportError> {
        let known = known.remits.clone();
        if let Some(kind) = survey.kind.as_ref().filter(|kind| kind.is_table()) {
            return self.group.share(0, |tables| {
                let records = known.into_iter().filter_map(|id| tables.remit(id).transpose());
                Ok(records
                    .map(|record| Ok(csv::repeated(kind, &record?)))
                    .collect::<Result<_, StoreError>>()?)
            });
        }
        self.group.share(0, |tables| {
            let mut remits = known.into_iter();
            let mut sets = Vec::new();
            for set in &survey.sets {
                let remit = if set.kind == Kind::Remit835 { remits.next() } else { None };
                let record = remit.map(|id| tables.remit(id)).transpose()?.flatten();
                sets.push(SetOutcome::duplicate(set, record.as_ref()));
            }
            Ok(sets)
        })
    }

    fn set(
        &mut self,
        source: &Source,
        survey: &Survey,
        set: &SetSurvey,
        watcher: &mut dyn Watcher,
    ) -> Result<SetOutcome, ImportError> {
        let (blocking, options) = (self.blocking(survey, set), self.options);
        let feed = &mut self.feed;
        let small = set.totals.claims <= BATCH as u64;
        match &set.kind {
            Kind::Remit835 if small => {
                let items = Ahead::read(|| feed.next_remit_item());
                self.remit(source, survey, set, blocking, items, watcher)
            }
            Kind::Remit835 => self.group.alone(|tables| {
                let context = SetContext::new(source, survey, set, options, blocking);
                remits::import(tables, context, &mut || feed.next_remit_item(), watcher)
            }),
            Kind::Claims837P | Kind::Claims837I if blocking.is_empty() && small => {
                let claims = Ahead::read(|| feed.next_claim());
                let (count, whole) = (claims.items.len(), claims.error.is_none());
                let mut next = claims.replay();
                let work = |tables: &mut WriteTables<'_>| {
                    let context = SetContext::new(source, survey, set, options, blocking);
                    claims::import(tables, context, &mut next, watcher)
                };
                if whole { self.group.share(count, work) } else { self.group.alone(work) }
            }
            Kind::Claims837P | Kind::Claims837I if blocking.is_empty() => self.group.alone(|tables| {
                let context = SetContext::new(source, survey, set, options, blocking);
                claims::import(tables, context, &mut || feed.next_claim(), watcher)
            }),
            kind if kind.is_acknowledgment() && blocking.is_empty() => self.group.alone(|tables| {
                let context = SetContext::new(source, survey, set, options, blocking);
                acks::import(tables, context, &mut || feed.next_ack(), watcher)
            }),
            kind if kind.is_claims() || kind.is_acknowledgment() => Ok(SetOutcome::held(set, blocking)),
            other => {
                let mut issues = blocking;
                issues.push(unsupported(other, set));
                Ok(SetOutcome::held(set, issues))
            }
        }
    }

    /// A remittance that was read already. One that turns out not to be what was surveyed fails, and takes no other with it.
    fn remit(
        &mut self,
        source: &Source,
        survey: &Survey,
        set: &SetSurvey,
        blocking: Vec<Issue>,
        items: Ahead<RemitItem>,
        watcher: &mut dyn Watcher,
    ) -> Result<SetOutcome, ImportError> {
        let options = self.options;
        let (count, whole) =
            (items.items.len(), items.error.is_none() && remits::is_whole(set, &items.items));
        let mut next = items.replay();
        let work = |tables: &mut WriteTables<'_>| {
            let context = SetContext::new(source, survey, set, options, blocking);
            remits::import(tables, context, &mut next, watcher)
        };
        if whole { self.group.share(count, work) } else { self.group.alone(work) }
    }

    /// TA1 segments stand between the sets, so they are taken in by themselves, before the sets.
    fn interchange_acks(&mut self, source: &Source, survey: &Survey) -> Result<Vec<SetOutcome>, ImportError> {
        let accept_test_files = self.options.accept_test_files;
        let real = survey.interchange_acks.iter().filter(|ack| accept_test_files || !ack.test);
        let real: Vec<_> = real.cloned().collect();
        if real.is_empty() {
            return Ok(Vec::new());
        }
        let (options, set) = (self.options, acks::no_set(survey));
        self.group.share(0, |tables| {
            let context = SetContext::new(source, survey, &set, options, Vec::new());
            acks::interchanges(tables, &context, &real)
        })
    }

    /// Why a set must not post, as far as its envelope tells.
    fn blocking(&self, survey: &Survey, set: &SetSurvey) -> Vec<Issue> {
        let of_file = survey.problems.iter().filter(|p| p.severity == Severity::Hold);
        let all = set.problems.iter().filter(|p| p.severity == Severity::Hold).chain(of_file);
        let overridden = |p: &&Problem| self.options.accept_wrong_counts && p.code.starts_with("control-");
        let mut issues: Vec<Issue> = all.filter(|p| !overridden(p)).cloned().map(Issue::from).collect();
        if set.test && !self.options.accept_test_files {
            issues.push(Issue {
                code: "test-file".to_owned(),
                segment: 1,
                text: String::new(),
                message: "the file comes from a test system (ISA15 = T); import it with --accept-test-files if it is real".to_owned(),
            });
        }
        issues
    }

    /// Remembers a file whose every set is in the books, so that the same bytes are known at a glance.
    fn remember(
        &mut self,
        source: &Source,
        survey: &Survey,
        remits: Vec<RemitId>,
    ) -> Result<(), ImportError> {
        let now = self.options.now;
        self.group.join(0, |tables| {
            let id = match tables.file_by_hash(&survey.sha256)? {
                Some(file) => file.id,
                None => tables.next_file_id()?,
            };
            let kind = survey.kind.as_ref().map(ToString::to_string).unwrap_or_default();
            let file = FileRecord {
                id,
                sha256: survey.sha256,
                name: source.name().to_owned(),
                kind,
                imported_at: now,
                complete: true,
                remits,
            };
            Ok(tables.put_file(&file)?)
        })
    }
}

fn unsupported(kind: &Kind, set: &SetSurvey) -> Issue {
    Issue {
        code: "unsupported".to_owned(),
        segment: set.first_segment,
        text: format!("ST*{}", kind),
        message: format!(
            "this version does not import {kind} files; 835 remittances, 837P and 837I claims, 277CA, 999 and 997 it does"
        ),
    }
}

/// What the import of one set needs to know.
struct SetContext<'a> {
    survey: &'a Survey,
    set: &'a SetSurvey,
    source: &'a Source,
    options: &'a Options,
    blocking: Vec<Issue>,
    payers: Payers,
}

impl<'a> SetContext<'a> {
    fn new(
        source: &'a Source,
        survey: &'a Survey,
        set: &'a SetSurvey,
        options: &'a Options,
        blocking: Vec<Issue>,
    ) -> Self {
        Self { survey, set, source, options, blocking, payers: Payers::default() }
    }

    fn hand(&self) -> Hand<'a> {
        Hand { now: self.options.now, user: &self.options.user }
    }

    /// The file's record, made when its first set arrives; complete only once every set is in the books.
    fn file(&self, tables: &mut WriteTables<'_>) -> Result<FileRecord, StoreError> {
        if let Some(file) = tables.file_by_hash(&self.survey.sha256)? {
            tables.brings(file.id);
            return Ok(file);
        }
        let kind = self.survey.kind.as_ref().map(ToString::to_string).unwrap_or_default();
        let file = FileRecord {
            id: tables.next_file_id()?,
            sha256: self.survey.sha256,
            name: self.source.name().to_owned(),
            kind,
            imported_at: self.options.now,
            complete: false,
            remits: Vec::new(),
        };
        tables.put_file(&file)?;
        Ok(file)
    }

    /// The number of a remittance that this import brings, for advice; in a dry run there will be no such remittance.
    fn number(&self, id: RemitId) -> String {
        if self.options.dry_run { "NEW".to_owned() } else { id.to_string() }
    }

    /// The set's own date, for what carries none.
    fn fallback_date(&self) -> Date {
        self.set.group_date.or(self.set.interchange_date).unwrap_or(self.options.today)
    }
}
