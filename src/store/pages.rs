//! The ledger's pages as they are read: each is compared with the checksum that was written beside its place.
//!
//! redb keeps a checksum for every page and looks at it only when a file is repaired, so a bit that a disk lost would be
//! printed as money. Here a page is proved when it comes from the disk: whatever names it (the header, the list of tables,
//! a branch of a table's tree) was read before it and says what it must be. It costs one hash of each page that is not in
//! memory. The layout is that of redb's format 3 (its design document); what is not understood is not judged.

use std::collections::HashMap;
use std::io;
use std::ops::Bound;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redb::{BackendError, StorageBackend};
use twox_hash::XxHash3_128;

use crate::domain::spread::Spreading;

/// What redb reads and writes of the header at once.
const HEADER: usize = 320;
/// Where the header's flags stand, and which they are.
const FLAGS: usize = 9;
const SECOND_IS_PRIMARY: u8 = 1;
const UNFLUSHED: u8 = 8;
/// The two commits that the header knows.
const SLOTS: [usize; 2] = [64, 192];
/// Within a commit: the roots of the office's tables and of redb's own.
const ROOTS: [(usize, usize); 2] = [(1, 8), (2, 40)];
/// Within a commit: its number.
const COMMIT: usize = 104;
/// The kinds of a page.
const LEAF: u8 = 1;
const BRANCH: u8 = 2;
/// The kind of a table without further trees in it.
const PLAIN: u8 = 3;
/// The sum of a page that is not committed.
const DEFERRED: u128 = 999;
/// From so many pages on what is known is forgotten: 100 MB of memory.
const MOST: usize = 4_000_000;
/// How often a page is looked for before it counts as damaged: others may write meanwhile.
const LOOKS: usize = 3;

/// What is said of a page that is not what was written.
#[derive(Debug, thiserror::Error)]
#[error("the page at byte {0} of the file is not what was written there")]
struct Damage(u64);

/// Whether a failure of the storage is a page that was found damaged.
pub(super) fn is_damage(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<Damage>())
}

/// What a page belongs to, which decides where it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    /// The list of tables: names, and where their trees begin.
    Tables,
    /// A table with keys and values of these lengths, where they have one.
    Table(Option<u32>, Option<u32>),
}

/// A page that something names.
#[derive(Clone, Copy, Debug)]
struct Named {
    offset: u64,
    length: usize,
    sum: u128,
    of: Of,
}

/// What the file's header says about places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Layout {
    page: u64,
    head: u64,
    region: u64,
}

/// What is known of pages that were named.
#[derive(Debug, Default)]
struct Known {
    layout: Option<Layout>,
    pages: HashMap<u64, (u128, Of), Spreading>,
}

/// Bytes that are not what redb writes.
struct Strange;

/// A storage whose pages are proved as they are read. Clones are the same storage.
#[derive(Debug)]
pub(super) struct Proved<B>(Arc<Storage<B>>);

impl<B> Clone for Proved<B> {
    fn clone(&self) -> Proved<B> {
        Proved(Arc::clone(&self.0))
    }
}

#[derive(Debug)]
struct Storage<B> {
    inner: B,
    known: Mutex<Known>,
    /// A writer's open may repair what a power cut left; what it meets is judged afterwards.
    opening: AtomicBool,
    /// A page that an open met and that was not what it must be.
    suspect: Mutex<Option<u64>>,
    watch: Arc<Watch>,
}

/// Whether a commit came so far that the file may hold it.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// Which commit the header names, as far as it was written.
    primary: AtomicBool,
    switched: AtomicBool,
}

impl Watch {
    /// Begins to look.
    pub(super) fn start(&self) {
        self.switched.store(false, Ordering::Release);
    }

    /// Whether the header was told, or was to be told, that another commit counts.
    pub(super) fn has_switched(&self) -> bool {
        self.switched.load(Ordering::Acquire)
    }

    fn header(&self, header: &[u8], written: bool) {
        let primary = header.get(FLAGS).is_some_and(|flags| flags & SECOND_IS_PRIMARY != 0);
        let before = self.primary.swap(primary, Ordering::AcqRel);
        if written && before != primary {
            self.switched.store(true, Ordering::Release);
        }
    }
}

impl<B: StorageBackend> Proved<B> {
    /// Proves what is read from a storage from now on.
    pub(super) fn new(inner: B) -> Proved<B> {
        Proved(Arc::new(Storage {
            inner,
            known: Mutex::default(),
            opening: AtomicBool::new(false),
            suspect: Mutex::default(),
            watch: Arc::default(),
        }))
    }

    /// The same for one that redb may have to repair first; see [`Proved::opened`].
    pub(super) fn opening(inner: B) -> Proved<B> {
        let proved = Proved::new(inner);
        proved.0.opening.store(true, Ordering::Release);
        proved
    }

    /// Judges what was met while it was opened.
    ///
    /// # Errors
    /// A page is damaged.
    pub(super) fn opened(&self) -> io::Result<()> {
        self.0.opening.store(false, Ordering::Release);
        let suspect = *self.0.suspect.lock().unwrap_or_else(PoisonError::into_inner);
        suspect.map_or(Ok(()), |offset| self.0.confirm(offset))
    }

    /// What tells how far a commit came.
    pub(super) fn watch(&self) -> Arc<Watch> {
        Arc::clone(&self.0.watch)
    }
}

impl<B: StorageBackend> Storage<B> {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn judge(&self, offset: u64, page: &[u8]) -> io::Result<()> {
        let Some((layout, (sum, of))) = ({
            let known = self.known();
            known.layout.zip(known.pages.get(&offset).copied())
        }) else {
            return Ok(());
        };
        let named = Named { offset, length: page.len(), sum, of };
        if let Some(below) = named.below(page, layout) {
            let mut known = self.known();
            match below {
                Ok(below) => known.name(&below),
                // A later redb writes what is not known here.
                Err(Strange) => known.give_up(),
            }
            return Ok(());
        }
        if self.opening.load(Ordering::Acquire) {
            *self.suspect.lock().unwrap_or_else(PoisonError::into_inner) = Some(offset);
            return Ok(());
        }
        self.confirm(offset)
    }

    /// Looks for a page from the header on, lest one that another process wrote anew is taken for damaged.
    fn confirm(&self, offset: u64) -> io::Result<()> {
        for _ in 0..LOOKS {
            if !self.is_damaged(offset)? {
                self.known().pages.remove(&offset);
                return Ok(());
            }
        }
        Err(io::Error::new(io::ErrorKind::InvalidData, Damage(offset)))
    }

    /// Walks the whole file. What changes under its feet, or is not understood, is no damage.
    fn is_damaged(&self, offset: u64) -> io::Result<bool> {
        let mut header = [0; HEADER];
        self.inner.read(0, &mut header)?;
        let Some((layout, mut open)) = named_by_header(&header) else { return Ok(false) };
        let length = self.inner.len()?;
        let mut found = false;
        while let Some(named) = open.pop() {
            if named.offset + named.length as u64 > length {
                found = true;
                break;
            }
            let mut page = vec![0; named.length];
            self.inner.read(named.offset, &mut page)?;
            match named.below(&page, layout) {
                Some(Ok(below)) => open.extend(below),
                Some(Err(Strange)) => return Ok(false),
                None => {
                    found = true;
                    break;
                }
            }
            if named.offset == offset {
                break;
            }
        }
        let mut after = [0; HEADER];
        self.inner.read(0, &mut after)?;
        Ok(found && after == header)
    }
}

impl Known {
    fn name(&mut self, named: &[Named]) {
        if self.pages.len() + named.len() > MOST {
            self.pages.clear();
        }
        self.pages.extend(named.iter().map(|page| (page.offset, (page.sum, page.of))));
    }

    fn give_up(&mut self) {
        self.layout = None;
        self.pages = HashMap::default();
    }

    /// What stands there now is not what was named.
    fn forget(&mut self, offset: u64, length: usize) {
        let Some(layout) = self.layout else { return };
        let mut at = offset;
        while at < offset + length as u64 {
            self.pages.remove(&at);
            at += layout.page;
        }
    }
}

impl Named {
    /// What a page names in its turn; nothing when it is not what it must be.
    fn below(&self, page: &[u8], layout: Layout) -> Option<Result<Vec<Named>, Strange>> {
        let (end, below) = match page.first() {
            Some(&LEAF) => {
                let leaf = Leaf::new(page, self.of)?;
                (leaf.end()?, if self.of == Of::Tables { leaf.trees(layout) } else { Ok(Vec::new()) })
            }
            Some(&BRANCH) => {
                let branch = Branch::new(page, self.of)?;
                (branch.end()?, branch.children(layout))
            }
            _ => return None,
        };
        let is_it = self.sum == XxHash3_128::oneshot(page.get(..end)?);
        is_it.then_some(below)
    }
}

/// A page of keys and values.
struct Leaf<'p> {
    page: &'p [u8],
    pairs: usize,
    key: Option<u32>,
    value: Option<u32>,
}

impl Leaf<'_> {
    fn new(page: &[u8], of: Of) -> Option<Leaf<'_>> {
        let pairs = usize::from(u16_at(page, 2)?);
        let (key, value) = of.lengths();
        (pairs > 0).then_some(Leaf { page, pairs, key, value })
    }

    /// Where the keys begin: behind the ends of those keys and values whose lengths vary.
    fn keys(&self) -> usize {
        4 + 4 * self.pairs * (usize::from(self.key.is_none()) + usize::from(self.value.is_none()))
    }

    fn key_end(&self, at: usize) -> Option<usize> {
        match self.key {
            Some(length) => Some(self.keys() + length as usize * (at + 1)),
            None => Some(u32_at(self.page, 4 + 4 * at)? as usize),
        }
    }

    fn value_end(&self, at: usize) -> Option<usize> {
        match self.value {
            Some(length) => Some(self.key_end(self.pairs - 1)? + length as usize * (at + 1)),
            None => {
                let keys = if self.key.is_none() { 4 * self.pairs } else { 0 };
                Some(u32_at(self.page, 4 + keys + 4 * at)? as usize)
            }
        }
    }

    fn end(&self) -> Option<usize> {
        self.value_end(self.pairs - 1)
    }

    /// The trees of a list of tables.
    fn trees(&self, layout: Layout) -> Result<Vec<Named>, Strange> {
        let mut trees = Vec::new();
        for at in 0..self.pairs {
            let from = if at == 0 { self.key_end(self.pairs - 1) } else { self.value_end(at - 1) };
            let table = from.zip(self.value_end(at)).and_then(|(from, to)| self.page.get(from..to));
            trees.extend(tree(table.ok_or(Strange)?, layout)?);
        }
        Ok(trees)
    }
}

/// Where a table's tree begins, from its row in the list of tables; nothing for an empty one.
fn tree(table: &[u8], layout: Layout) -> Result<Option<Named>, Strange> {
    const ROOT: usize = 10;
    let length = |at: usize| match table.get(at) {
        Some(0) => Ok(None),
        Some(_) => u32_at(table, at + 1).map(Some).ok_or(Strange),
        None => Err(Strange),
    };
    if table.first() != Some(&PLAIN) {
        return Err(Strange);
    }
    let of = Of::Table(length(ROOT + 32)?, length(ROOT + 37)?);
    match table.get(ROOT - 1) {
        Some(0) => Ok(None),
        Some(_) => named(table, ROOT, ROOT + 8, of, layout).map(Some).ok_or(Strange),
        None => Err(Strange),
    }
}

/// A page that leads to others.
struct Branch<'p> {
    page: &'p [u8],
    keys: usize,
    of: Of,
}

impl Branch<'_> {
    fn new(page: &[u8], of: Of) -> Option<Branch<'_>> {
        let keys = usize::from(u16_at(page, 2)?);
        (keys > 0).then_some(Branch { page, keys, of })
    }

    /// Behind the sums and the places of those below.
    fn behind(&self) -> usize {
        8 + 24 * (self.keys + 1)
    }

    fn end(&self) -> Option<usize> {
        match self.of.lengths().0 {
            Some(length) => Some(self.behind() + length as usize * self.keys),
            None => Some(u32_at(self.page, self.behind() + 4 * (self.keys - 1))? as usize),
        }
    }

    fn children(&self, layout: Layout) -> Result<Vec<Named>, Strange> {
        let places = 8 + 16 * (self.keys + 1);
        let child = |at: usize| named(self.page, places + 8 * at, 8 + 16 * at, self.of, layout);
        (0..=self.keys).map(|at| child(at).ok_or(Strange)).collect()
    }
}

impl Of {
    const fn lengths(self) -> (Option<u32>, Option<u32>) {
        match self {
            Of::Tables => (None, None),
            Of::Table(key, value) => (key, value),
        }
    }
}

/// The page whose place and sum stand at these places.
fn named(bytes: &[u8], place: usize, sum: usize, of: Of, layout: Layout) -> Option<Named> {
    let (number, sum) = (u64_at(bytes, place)?, u128_at(bytes, sum)?);
    if sum == DEFERRED {
        return None;
    }
    let order = number >> 59;
    let index = number & (0xf_ffff_u64.checked_shr(u32::try_from(order).ok()?)?);
    let length = layout.page.checked_shl(u32::try_from(order).ok()?)?;
    let offset = layout.page + ((number >> 20) & 0xf_ffff) * layout.region + layout.head + index * length;
    Some(Named { offset, length: usize::try_from(length).ok()?, sum, of })
}

/// The file's layout, and the roots of the commit that readers are given.
fn named_by_header(header: &[u8]) -> Option<(Layout, Vec<Named>)> {
    let page = u64::from(u32_at(header, 12)?);
    let (head, most) = (u64::from(u32_at(header, 16)?), u64::from(u32_at(header, 20)?));
    let layout = Layout { page, head: head * page, region: (head + most) * page };
    let flags = header.get(FLAGS)?;
    let second = (flags & SECOND_IS_PRIMARY != 0) != (flags & UNFLUSHED != 0);
    let slot = header.get(SLOTS[usize::from(second)]..)?.get(..COMMIT)?;
    let roots = ROOTS.iter().filter(|(is_there, _)| slot[*is_there] != 0);
    let roots = roots.map(|(_, at)| named(slot, *at, at + 8, Of::Tables, layout)).collect::<Option<_>>()?;
    Some((layout, roots))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().copied().map(u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_le_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().copied().map(u64::from_le_bytes)
}

fn u128_at(bytes: &[u8], at: usize) -> Option<u128> {
    bytes.get(at..)?.first_chunk().copied().map(u128::from_le_bytes)
}

impl<B: StorageBackend> StorageBackend for Proved<B> {
    fn len(&self) -> io::Result<u64> {
        self.0.inner.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        if offset != 0 {
            self.0.inner.read(offset, out)?;
            return self.0.judge(offset, out);
        }
        // What it names must not be written anew between reading and noting it.
        let mut known = self.0.known();
        self.0.inner.read(offset, out)?;
        self.0.watch.header(out, false);
        if let Some((layout, roots)) = named_by_header(out) {
            known.layout = Some(layout);
            known.name(&roots);
        }
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.inner.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.inner.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        if offset == 0 {
            self.0.watch.header(data, true);
        } else {
            self.0.known().forget(offset, data.len());
        }
        self.0.inner.write(offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.0.inner.close()
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.inner.try_lock_range(start, end)
    }

    fn try_lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.inner.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.inner.lock_range(start, end)
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.inner.lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.inner.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.inner.query_lock_range(start, end)
    }
}
