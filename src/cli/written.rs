//! What this program wrote for this user: such a file may be written anew; any other is somebody's own.
//!
//! A report's file bears no mark of who wrote it, so a list beside the user's other settings says which files are this
//! program's, as hashes of their places and of what was in them: it names nobody, and a file that somebody changed since
//! is theirs. Where the list cannot be kept, every file counts as somebody's own.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// More files than this are not remembered; the oldest go first.
const MOST: usize = 2_000;

/// A file's content in short.
pub(super) type Mark = [u8; 32];

/// The list: a folder with a note for each place, so that commands which run at once do not lose each other's.
#[derive(Clone, Debug, Default)]
pub(super) struct Written(Option<PathBuf>);

impl Written {
    /// The list at a place; without one nothing is remembered.
    pub(super) const fn at(place: Option<PathBuf>) -> Written {
        Written(place)
    }

    /// Whether this program wrote what lies at a place, and nobody changed it since.
    pub(super) fn is_ours(&self, file: &Path) -> bool {
        let noted = self.0.as_ref().and_then(|list| fs::read_to_string(list.join(note(file))).ok());
        noted.is_some_and(|noted| mark_of(file).is_ok_and(|mark| hex(&mark) == noted.trim()))
    }

    /// Remembers what was written. A list that cannot be kept costs a question later, nothing else.
    pub(super) fn remember(&self, file: &Path, mark: &Mark) {
        if let Some(list) = &self.0 {
            let _ = keep(list, &note(file), &hex(mark)).and_then(|()| forget(list));
        }
    }
}

fn keep(list: &Path, name: &str, mark: &str) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(list)?;
    let mut fresh = tempfile::NamedTempFile::new_in(list)?;
    fresh.write_all(mark.as_bytes())?;
    fresh.persist(list.join(name))?;
    Ok(())
}

/// Takes the oldest notes away once there are too many.
fn forget(list: &Path) -> io::Result<()> {
    let mut notes: Vec<_> = fs::read_dir(list)?.collect::<io::Result<_>>()?;
    if notes.len() <= MOST {
        return Ok(());
    }
    notes.sort_by_cached_key(|note| note.metadata().and_then(|seen| seen.modified()).ok());
    notes[..MOST / 2].iter().try_for_each(|note| fs::remove_file(note.path()))
}

/// The name of the note about a place.
fn note(file: &Path) -> String {
    hex(&place(file))
}

/// Where a file is, whatever its name was typed as.
fn place(file: &Path) -> Mark {
    let real = fs::canonicalize(file).unwrap_or_else(|_| file.to_path_buf());
    Sha256::digest(real.as_os_str().as_encoded_bytes()).into()
}

/// The SHA-256 of a file.
pub(super) fn mark_of(file: &Path) -> io::Result<Mark> {
    let (mut file, mut sha, mut piece) = (fs::File::open(file)?, Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(sha.finalize().into()),
            length => sha.update(&piece[..length]),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Passes on what is written, and marks it.
pub(super) struct Marking<W> {
    to: W,
    sha: Sha256,
}

impl<W: Write> Marking<W> {
    pub(super) fn new(to: W) -> Marking<W> {
        Marking { to, sha: Sha256::new() }
    }

    /// The place it was written to, and the mark.
    pub(super) fn done(self) -> (W, Mark) {
        (self.to, self.sha.finalize().into())
    }
}

impl<W: Write> Write for Marking<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = self.to.write(bytes)?;
        self.sha.update(&bytes[..length]);
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_written_here_and_not_changed_is_ours() {
        let room = tempfile::tempdir().expect("a folder");
        let list = Written::at(Some(room.path().join("state/list")));
        let (one, other) = (room.path().join("one.csv"), room.path().join("other.csv"));
        for file in [&one, &other] {
            fs::write(file, "a,b\n").expect("written");
            assert!(!list.is_ours(file));
        }
        let mark = mark_of(&one).expect("read");
        list.remember(&one, &mark);
        assert!(list.is_ours(&one) && !list.is_ours(&other), "the same content elsewhere is not");
        fs::write(&one, "a,b\ntied out\n").expect("written");
        assert!(!list.is_ours(&one), "somebody worked in it");
        assert!(!Written::default().is_ours(&one), "without a list nothing is");
    }

    #[test]
    fn the_list_does_not_grow_without_end() {
        let room = tempfile::tempdir().expect("a folder");
        let list = Written::at(Some(room.path().to_owned()));
        for name in 0..=MOST {
            fs::write(room.path().join(name.to_string()), "").expect("written");
        }
        list.remember(Path::new("new.csv"), &[7; 32]);
        assert!(fs::read_dir(room.path()).expect("a folder").count() < MOST);
        assert!(room.path().join(note(Path::new("new.csv"))).exists(), "the newest stays");
    }
}
