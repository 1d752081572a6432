//! Reading ahead of the ledger: one thread surveys and reads the sources while another takes in what was read before.
//!
//! Parsing takes about as long as posting, and neither needs anything of the other. What waits in between is bounded in
//! messages and each message in bytes of its source, so that memory does not grow with the files. Only records travel:
//! whether a set is wanted at all is decided on the side of the ledger, which says so by skipping it.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, Scope};
use std::vec;

use super::Watcher;
use super::claims::Submission;
use crate::domain::ack::AckItem;
use crate::input::{self, FileReader, InputError, Kind, RemitItem, Room, Source, Survey};

/// How many messages wait at most.
const WAITING: usize = 8;
/// After so many bytes of a source its records are sent on: some hundred claims.
const PORTION: u64 = 64 << 10;

/// What the reading thread says, in the order of the sources.
enum Message {
    /// A source is begun; whether reading it takes long.
    Begun(String, bool),
    /// It is what this says, and its sets follow: for each of them items, and its end.
    Surveyed(Arc<Source>, Box<Survey>),
    /// It cannot be used.
    Unusable(InputError),
    Items(Vec<Item>),
    /// A set ends, as its file does or by an error.
    SetEnd(Option<InputError>),
}

/// One record of a set.
enum Item {
    Remit(RemitItem),
    Claim(Submission),
    Ack(AckItem),
}

/// A source, and what the first reading found in it.
pub(super) type Surveyed = Result<(Arc<Source>, Survey), InputError>;

/// Nobody listens any more: the import ended early.
struct Gone;

/// The side of the ledger: sources, their sets and the records of these, in order.
pub(super) struct Feed<'f> {
    messages: Receiver<Message>,
    /// Sets are numbered through all sources. Those with a lower number than this need not be read.
    wanted: &'f AtomicU64,
    /// The set whose records come next.
    set: u64,
    /// The first set after this source.
    after: u64,
    /// Whether the end of `set` has yet to come.
    inside: bool,
    items: vec::IntoIter<Item>,
    source: String,
}

impl<'f> Feed<'f> {
    /// Starts to read in a thread, which ends with its sources or when the feed is dropped. `table` as in
    /// [`input::survey_in`].
    ///
    /// # Errors
    /// The system refuses a thread.
    pub(super) fn start<'s, I>(
        scope: &'s Scope<'s, 'f>,
        sources: I,
        table: Option<&'f Kind>,
        wanted: &'f AtomicU64,
    ) -> io::Result<Feed<'f>>
    where
        I: Iterator<Item = Result<Source, InputError>> + Send + 'f,
    {
        let (to, messages) = sync_channel(WAITING);
        // Being gone is no failure: the other side knows why it went.
        let read = move || Reading { to, wanted, set: 0, room: Room::default() }.all(sources, table).is_ok();
        thread::Builder::new().spawn_scoped(scope, read)?;
        Ok(Feed {
            messages,
            wanted,
            set: 0,
            after: 0,
            inside: false,
            items: Vec::new().into_iter(),
            source: String::new(),
        })
    }

    /// The next source with what the first reading found, once it has been read; `begun` hears of it before, and whether
    /// that takes long.
    pub(super) fn next_source<E>(
        &mut self,
        watcher: &mut dyn Watcher,
        mut begun: impl FnMut(bool) -> Result<(), E>,
    ) -> Result<Option<Surveyed>, E> {
        self.skip_to(self.after);
        loop {
            match self.messages.recv() {
                Err(_) => return Ok(None),
                Ok(Message::Begun(name, large)) => {
                    watcher.file(&name);
                    self.source = name;
                    begun(large)?;
                }
                Ok(Message::Unusable(error)) => return Ok(Some(Err(error))),
                Ok(Message::Surveyed(source, survey)) => {
                    self.after = self.set + survey.sets.len() as u64;
                    self.inside = self.set < self.after;
                    return Ok(Some(Ok((source, *survey))));
                }
                Ok(Message::Items(_) | Message::SetEnd(_)) => {}
            }
        }
    }

    /// Leaves the set whose records were given, whatever is left of it.
    pub(super) fn leave_set(&mut self) {
        self.skip_to((self.set + 1).min(self.after));
    }

    fn skip_to(&mut self, set: u64) {
        self.wanted.store(set, Ordering::Relaxed);
        self.items = Vec::new().into_iter();
        while self.set < set {
            if self.inside && !self.ends() {
                continue;
            }
            self.set += 1;
            self.inside = self.set < self.after;
        }
    }

    /// Whether the next message ends the set. When the reading thread has failed, no more will come.
    fn ends(&mut self) -> bool {
        matches!(self.messages.recv(), Ok(Message::SetEnd(_)) | Err(_))
    }

    fn next_item(&mut self) -> Result<Option<Item>, InputError> {
        loop {
            if let Some(item) = self.items.next() {
                return Ok(Some(item));
            }
            if !self.inside {
                return Ok(None);
            }
            match self.messages.recv() {
                Ok(Message::Items(items)) => self.items = items.into_iter(),
                Ok(Message::SetEnd(error)) => {
                    self.inside = false;
                    return error.map_or(Ok(None), Err);
                }
                // Never in a set that has not ended.
                Ok(_) | Err(_) => return Err(InputError::changed(&self.source)),
            }
        }
    }

    /// The next item of an 835. None at its end, and in sets of other kinds.
    pub(super) fn next_remit_item(&mut self) -> Result<Option<RemitItem>, InputError> {
        Ok(self.next_item()?.and_then(|item| if let Item::Remit(item) = item { Some(item) } else { None }))
    }

    /// The next claim of an 837. None at its end, and in sets of other kinds.
    pub(super) fn next_claim(&mut self) -> Result<Option<Submission>, InputError> {
        Ok(self.next_item()?.and_then(|item| if let Item::Claim(claim) = item { Some(claim) } else { None }))
    }

    /// The next item of an acknowledgment. None at its end, and in sets of other kinds.
    pub(super) fn next_ack(&mut self) -> Result<Option<AckItem>, InputError> {
        Ok(self.next_item()?.and_then(|item| if let Item::Ack(item) = item { Some(item) } else { None }))
    }
}

/// The side of the files.
struct Reading<'f> {
    to: SyncSender<Message>,
    wanted: &'f AtomicU64,
    /// The number of the set that comes next.
    set: u64,
    /// What reading one source leaves to the next.
    room: Room,
}

impl Reading<'_> {
    fn all(
        mut self,
        sources: impl Iterator<Item = Result<Source, InputError>>,
        table: Option<&Kind>,
    ) -> Result<(), Gone> {
        for source in sources {
            match source {
                Ok(source) => self.source(source, table)?,
                Err(error) => self.send(Message::Unusable(error))?,
            }
        }
        Ok(())
    }

    fn send(&self, message: Message) -> Result<(), Gone> {
        self.to.send(message).map_err(|_| Gone)
    }

    fn is_wanted(&self) -> bool {
        self.wanted.load(Ordering::Relaxed) <= self.set
    }

    fn source(&mut self, source: Source, table: Option<&Kind>) -> Result<(), Gone> {
        self.send(Message::Begun(source.name().to_owned(), source.is_large()))?;
        let survey = match input::survey_in(&source, table, &mut self.room) {
            Ok(survey) => survey,
            Err(error) => return self.send(Message::Unusable(error)),
        };
        let kinds: Vec<Kind> = survey.sets.iter().map(|set| set.kind.clone()).collect();
        let source = Arc::new(source);
        self.send(Message::Surveyed(Arc::clone(&source), Box::new(survey)))?;
        self.sets(&source, &kinds)
    }

    /// Every set ends, whether it was wanted or not, so that the other side can count them.
    fn sets(&mut self, source: &Source, kinds: &[Kind]) -> Result<(), Gone> {
        let mut reader = None;
        // How many sets the reader has gone to.
        let mut reached = 0;
        for (place, kind) in kinds.iter().enumerate() {
            let mut error = None;
            if self.is_wanted() {
                let room = &mut self.room;
                let mut go = || -> Result<FileReader<'_>, InputError> {
                    let mut at = match reader.take() {
                        Some(reader) => reader,
                        None => FileReader::open_in(source, std::mem::take(room))?,
                    };
                    while reached <= place {
                        if !at.next_set()? {
                            return Err(InputError::changed(source.name()));
                        }
                        reached += 1;
                    }
                    Ok(at)
                };
                match go() {
                    Ok(mut at) => {
                        error = self.items(&mut at, kind)?;
                        reader = Some(at);
                    }
                    Err(failed) => error = Some(failed),
                }
            }
            self.set += 1;
            self.send(Message::SetEnd(error))?;
        }
        if let Some(reader) = reader {
            self.room = reader.into_room();
        }
        Ok(())
    }

    /// Sends the records of a set. What ended them, if not the set.
    fn items(&self, reader: &mut FileReader<'_>, kind: &Kind) -> Result<Option<InputError>, Gone> {
        let mut items = Vec::new();
        let mut begun = reader.position();
        while self.is_wanted() {
            match next(reader, kind) {
                Ok(Some(item)) => items.push(item),
                ended => {
                    self.send(Message::Items(items))?;
                    return Ok(ended.err());
                }
            }
            if reader.position() - begun >= PORTION {
                let next = Vec::with_capacity(items.len());
                self.send(Message::Items(std::mem::replace(&mut items, next)))?;
                begun = reader.position();
            }
        }
        Ok(None)
    }
}

fn next(reader: &mut FileReader<'_>, kind: &Kind) -> Result<Option<Item>, InputError> {
    Ok(match kind {
        Kind::Remit835 => reader.next_remit_item()?.map(Item::Remit),
        kind if kind.is_claims() => reader.next_claim()?.map(|claim| Item::Claim(claim.into())),
        kind if kind.is_acknowledgment() => reader.next_ack()?.map(Item::Ack),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::domain::Text;
    use crate::input::{Limits, expand};

    /// An 835 of sets with so many claims each.
    fn file(folder: &tempfile::TempDir, name: &str, sets: &[usize]) -> PathBuf {
        let mut text = "ISA*00*          *00*          *ZZ*PAYER          *ZZ*OFFICE         *260105*1200*^*00501*000000001*0*P*:~\
             GS*HP*PAYER*OFFICE*20260105*1200*1*X*005010X221A1~"
            .to_owned();
        for (set, claims) in sets.iter().enumerate() {
            text += &format!(
                "ST*835*{set:04}~BPR*I*{claims}*C*CHK************20260105~TRN*1*{set}*1990000011~LX*1~"
            );
            for claim in 0..*claims {
                text += &format!(
                    "CLP*{set}-{claim}*1*1*1**12*P{claim}~NM1*QC*1*OAK*RED~SVC*HC:99213*1*1~DTM*472*20260101~"
                );
            }
            text += &format!("SE*{}*{set:04}~", 5 + 4 * claims);
        }
        text += &format!("GE*{}*1~IEA*1*000000001~", sets.len());
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        path
    }

    fn with_feed<T>(paths: &[PathBuf], work: impl FnOnce(&mut Feed<'_>) -> T) -> T {
        let (wanted, limits) = (AtomicU64::new(0), Limits::default());
        thread::scope(|scope| {
            let mut feed = Feed::start(scope, expand(paths, &limits), None, &wanted).expect("a thread");
            work(&mut feed)
        })
    }

    struct Nobody;

    impl Watcher for Nobody {
        fn file(&mut self, _name: &str) {}
        fn claims(&mut self, _count: u64) {}
    }

    fn next_name(feed: &mut Feed<'_>) -> Option<String> {
        let next = feed.next_source(&mut Nobody, |_| Ok::<(), ()>(())).expect("never fails");
        next.map(|source| {
            let (source, survey) = source.expect("usable");
            assert!(survey.sets.iter().all(|set| set.problems.is_empty() && set.totals.balanced));
            source.name().rsplit('/').next().unwrap_or_default().to_owned()
        })
    }

    /// The control number of the set, which comes first, and how many items follow.
    fn rest(feed: &mut Feed<'_>) -> (Text, usize) {
        let Ok(Some(RemitItem::Header(header))) = feed.next_remit_item() else { panic!("no header") };
        (header.control, std::iter::from_fn(|| feed.next_remit_item().expect("reads")).count())
    }

    #[test]
    fn sets_come_in_order_whichever_are_left_out() {
        let folder = tempfile::tempdir().expect("a folder");
        // The second set is many times what may wait.
        let paths = [file(&folder, "a.835", &[3, 40_000, 5]), file(&folder, "b.835", &[0, 2])];
        with_feed(&paths, |feed| {
            assert_eq!(next_name(feed).as_deref(), Some("a.835"));
            assert_eq!(rest(feed), ("0000".into(), 3));
            feed.leave_set();
            assert!(matches!(feed.next_remit_item(), Ok(Some(RemitItem::Header(_)))));
            feed.leave_set();
            assert_eq!(rest(feed), ("0002".into(), 5));
            feed.leave_set();
            assert!(matches!(feed.next_remit_item(), Ok(None)));
            assert_eq!(next_name(feed).as_deref(), Some("b.835"));
            feed.leave_set();
            assert_eq!(rest(feed), ("0001".into(), 2));
            assert_eq!(next_name(feed), None);
        });
        with_feed(&paths, |feed| {
            assert_eq!(next_name(feed).as_deref(), Some("a.835"));
            assert_eq!(next_name(feed).as_deref(), Some("b.835"));
            assert_eq!(rest(feed), ("0000".into(), 0));
        });
    }

    #[test]
    fn reading_ends_when_nobody_listens() {
        let folder = tempfile::tempdir().expect("a folder");
        let paths = [file(&folder, "a.835", &[40_000])];
        // Would never return otherwise.
        with_feed(&paths, |feed| assert_eq!(next_name(feed).as_deref(), Some("a.835")));
    }

    #[test]
    fn what_cannot_be_read_is_said_in_its_place() {
        let folder = tempfile::tempdir().expect("a folder");
        let paths = [folder.path().join("gone.835"), file(&folder, "b.835", &[1])];
        with_feed(&paths, |feed| {
            let first = feed.next_source(&mut Nobody, |_| Ok::<(), ()>(())).expect("never fails");
            assert!(matches!(first, Some(Err(InputError::Unreadable { .. }))));
            assert_eq!(next_name(feed).as_deref(), Some("b.835"));
        });
    }
}
