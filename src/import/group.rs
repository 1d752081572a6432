//! Several small sets in one commit of the ledger, which is left to others between two groups.
//!
//! A commit is three syncs of the disk. With one for each of a thousand small remittances, the disk was most of what an
//! import waited for.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::outcome::FileOutcome;
use super::{ImportError, Options, left_over};
use crate::books::provider_level;
use crate::domain::FileId;
use crate::domain::book::FileRecord;
use crate::domain::deed::{Deed, Fact};
use crate::input::InputError;
use crate::store::{Book, By, Read, StoreError, WriteTables, Writer};

/// So many claims or claim payments of a set are held in memory at most.
pub(super) const BATCH: usize = 4_096;
/// So many share a commit at most. A commit writes each page once that its claims have changed, and these lie close
/// together: a quarter of this took a tenth more time.
const GROUP: usize = 4 * BATCH;
/// For so long the ledger is left to others between two groups: longer than they sleep between two looks.
const PAUSE: Duration = Duration::from_millis(6);

/// The transaction that sets share. In a dry run it stays open over all files, so that a remittance finds the claims of a
/// file before it, and is dropped at the end.
pub(super) struct Group<'b> {
    book: &'b Book,
    options: &'b Options,
    open: Option<Open>,
    /// For how long nobody else could write.
    held: Duration,
    /// How far the work is.
    pub(super) done: Progress,
    /// How far it was at the last commit: all before it is in the books.
    pub(super) kept: Progress,
    /// The act of the first transaction: the others go on with it.
    pub(super) act: Option<u64>,
    /// The files that are recorded.
    recorded: BTreeSet<FileId>,
}

/// So many files, and of the one after them so many sets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Progress {
    pub(super) files: usize,
    pub(super) sets: usize,
}

struct Open {
    writer: Writer,
    begun: Instant,
    claims: usize,
}

impl<'b> Group<'b> {
    pub(super) fn new(book: &'b Book, options: &'b Options) -> Result<Group<'b>, StoreError> {
        let mut group = Group {
            book,
            options,
            open: None,
            held: Duration::ZERO,
            done: Progress::default(),
            kept: Progress::default(),
            act: None,
            recorded: BTreeSet::new(),
        };
        if options.dry_run {
            group.begin()?;
        }
        Ok(group)
    }

    /// Runs `work`, which brings so many claims and asks for nothing that could fail but the ledger, in a transaction
    /// that it shares with others.
    pub(super) fn share<T>(
        &mut self,
        claims: usize,
        work: impl FnOnce(&mut WriteTables<'_>) -> Result<T, ImportError>,
    ) -> Result<T, ImportError> {
        if self.open.as_ref().is_some_and(|open| open.claims + claims > GROUP) {
            self.commit()?;
        }
        self.settle()?;
        self.join(claims, work).map_err(|error| match error {
            // What others brought into the transaction is gone with it, so the command must not go on.
            ImportError::Input(error) => StoreError::corrupt("sets", 0, error.to_string()).into(),
            error => error,
        })
    }

    /// Runs `work`, which may fail halfway, in a transaction that nothing else was written in.
    pub(super) fn alone<T>(
        &mut self,
        work: impl FnOnce(&mut WriteTables<'_>) -> Result<T, ImportError>,
    ) -> Result<T, ImportError> {
        self.commit()?;
        self.join(GROUP, work)
    }

    /// Runs `work` in the transaction of the set before it.
    pub(super) fn join<T>(
        &mut self,
        claims: usize,
        work: impl FnOnce(&mut WriteTables<'_>) -> Result<T, ImportError>,
    ) -> Result<T, ImportError> {
        let open = self.begin()?;
        open.claims += claims;
        let done = work(&mut open.writer.tables());
        if done.is_err() && !self.options.dry_run {
            self.open = None;
        }
        done
    }

    /// The file of these bytes, with what is not committed yet.
    pub(super) fn file(&mut self, sha256: &[u8; 32]) -> Result<Option<FileRecord>, StoreError> {
        match &mut self.open {
            Some(open) => open.writer.tables().file_by_hash(sha256),
            None => self.book.read()?.file_by_hash(sha256),
        }
    }

    /// Counts what is left over of what these files brought, in the ledger as it is by now; in a dry run as it would be.
    pub(super) fn count_left_over(&mut self, files: &mut [FileOutcome]) -> Result<(), StoreError> {
        match &mut self.open {
            Some(open) => left_over::count(&open.writer.tables(), files),
            None => left_over::count(&self.book.read()?, files),
        }
    }

    /// Commits when it is time to.
    pub(super) fn settle(&mut self) -> Result<(), StoreError> {
        let after = self.options.commit_after;
        let over = |open: &Open| open.claims >= GROUP || open.begun.elapsed() >= after;
        if self.open.as_ref().is_some_and(over) { self.commit() } else { Ok(()) }
    }

    /// Commits whatever is open; in a dry run nothing.
    pub(super) fn commit(&mut self) -> Result<(), StoreError> {
        if self.options.dry_run {
            return Ok(());
        }
        let Some(mut open) = self.open.take() else { return Ok(()) };
        // Claims and answers tell what provider-level items name.
        let mut tables = open.writer.tables();
        provider_level::pair_anew(&mut tables)?;
        let brought = tables.brought();
        let deed = self.deed(&tables, &brought)?;
        drop(tables);
        let by = By { now: self.options.now, user: &self.options.user };
        match (deed, self.act) {
            (Some(deed), _) => {
                let act = open.writer.commit_deed(by, &deed)?;
                self.act.get_or_insert(act);
            }
            // More of a file that is recorded: how often an import commits is no act of a person.
            (None, Some(act)) if !brought.is_empty() => open.writer.commit_part_of(act)?,
            // Everything was there before: there is nothing to keep.
            (None, _) => drop(open.writer),
        }
        self.recorded.extend(brought);
        self.kept = self.done;
        self.held += open.begun.elapsed();
        Ok(())
    }

    /// What a person did by what is about to be committed: files of which something came.
    fn deed(&self, tables: &WriteTables<'_>, brought: &[FileId]) -> Result<Option<Deed>, StoreError> {
        let mut facts = Vec::new();
        for id in brought.iter().copied().filter(|id| !self.recorded.contains(id)) {
            facts.extend(tables.file(id)?.map(|file| Fact::of_file(self.options.verb, &file)));
        }
        let deed = Deed { continues: self.act, ..Deed::of(facts) };
        Ok((!deed.facts.is_empty()).then_some(deed))
    }

    fn begin(&mut self) -> Result<&mut Open, StoreError> {
        let open = match self.open.take() {
            Some(open) => open,
            None => {
                if self.held > self.options.commit_after && !self.options.commit_after.is_zero() {
                    std::thread::sleep(PAUSE);
                    self.held = Duration::ZERO;
                }
                let writer = self.book.write(self.options.wait)?;
                Open { writer, begun: Instant::now(), claims: 0 }
            }
        };
        Ok(self.open.insert(open))
    }
}

/// The items of a set, read before it is posted, with the error that ended them.
pub(super) struct Ahead<T> {
    pub(super) items: Vec<T>,
    pub(super) error: Option<InputError>,
}

impl<T> Ahead<T> {
    pub(super) fn read(mut next: impl FnMut() -> Result<Option<T>, InputError>) -> Ahead<T> {
        let mut items = Vec::new();
        loop {
            match next() {
                Ok(Some(item)) => items.push(item),
                Ok(None) => return Ahead { items, error: None },
                Err(error) => return Ahead { items, error: Some(error) },
            }
        }
    }

    /// Gives them one by one, as the reader would have.
    pub(super) fn replay(self) -> impl FnMut() -> Result<Option<T>, InputError> {
        let (mut items, mut error) = (self.items.into_iter(), self.error);
        move || match items.next() {
            Some(item) => Ok(Some(item)),
            None => error.take().map_or(Ok(None), Err),
        }
    }
}
