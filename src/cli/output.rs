//! Files that commands write: whole or not at all, for their owner only, and never over what is somebody else's.

use std::fs;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::written::{Marking, Written};

/// With these bytes every ledger begins.
const LEDGER: &[u8] = b"redb";

/// What output must not be written over, and what it may.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    /// The ledger that this command is about.
    pub ledger: Option<PathBuf>,
    /// Whether the user said that what is there may go.
    pub replace: bool,
    /// The files that this program wrote itself.
    pub(super) written: Written,
}

/// What stands where output is to go.
enum Found {
    /// Nothing.
    Nothing,
    /// A file that may go.
    File(PathBuf),
    /// A device or a named pipe: it is written to, and must not be replaced by a file.
    Device,
}

impl Guard {
    /// Whether output may go there. Asked before a command does its work, and again when it writes.
    ///
    /// # Errors
    /// A [`Failure`] that names what is there.
    pub fn may_write(&self, path: &Path) -> Result<(), Failure> {
        self.look(path).map(drop)
    }

    fn look(&self, path: &Path) -> Result<Found, Failure> {
        let name = path.display();
        let failed = |error: io::Error| Failure::output(&name.to_string(), &error);
        let seen = match fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return match fs::symlink_metadata(path) {
                    Ok(_) => Err(Failure::refused(format!("{name} is a link to nothing"))
                        .hint("Give another name to `--output`.")),
                    Err(_) => Ok(Found::Nothing),
                };
            }
            seen => seen.map_err(failed)?,
        };
        if seen.is_dir() {
            return Err(
                Failure::usage(format!("{name} is a folder")).hint("Give the name of a file to `--output`.")
            );
        }
        if !seen.is_file() {
            return match is_disk(&seen) {
                true => Err(Failure::refused(format!("{name} is a disk"))
                    .hint("Give the name of a file to `--output`.")),
                false => Ok(Found::Device),
            };
        }
        // Behind a link stands the file that is meant.
        let file = fs::canonicalize(path).map_err(failed)?;
        if self.ledger.as_deref().is_some_and(|ledger| is_same(&file, ledger)) {
            return Err(Failure::refused(format!("{name} is the ledger itself"))
                .hint("Give another name to `--output`; nothing was written."));
        }
        if is_ledger(&file).map_err(failed)? {
            return Err(Failure::refused(format!("{name} is a ledger"))
                .because("a ledger is never written over, whatever was said")
                .hint("Give another name to `--output`; nothing was written."));
        }
        if seen.len() == 0 || self.replace || self.written.is_ours(&file) {
            return Ok(Found::File(file));
        }
        Err(Failure::refused(format!("there is a file at {name} already"))
            .because("it is not what this program wrote there last")
            .hint("Give another name, or say `--replace` if that file may go."))
    }

    /// Writes a file by way of a temporary one beside it, so that nobody ever sees half of it. On Unix only its
    /// owner may read it: what this program writes is about patients.
    ///
    /// # Errors
    /// A [`Failure`] that names the file. A file that was there before is untouched then.
    pub fn write_file(
        &self,
        path: &Path,
        fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let failed = |error: io::Error| Failure::output(&path.display().to_string(), &error);
        let found = self.look(path)?;
        if let Found::Device = found {
            let mut out = BufWriter::new(fs::OpenOptions::new().write(true).open(path).map_err(failed)?);
            return fill(&mut out).and_then(|()| out.flush()).map_err(failed);
        }
        let target = match &found {
            Found::File(file) => file.as_path(),
            _ => path,
        };
        let folder = folder(target);
        if !folder.is_dir() {
            return Err(Failure::refused(format!("cannot write to {}", path.display()))
                .because(format!("there is no folder {}", folder.display()))
                .hint("Create the folder first, or give another name to `--output`."));
        }
        let temporary = tempfile::Builder::new().prefix(".arrears-").tempfile_in(folder).map_err(failed)?;
        let mut out = BufWriter::new(Marking::new(temporary));
        fill(&mut out).and_then(|()| out.flush()).map_err(failed)?;
        let (temporary, mark) = out.into_inner().map_err(|error| failed(error.into_error()))?.done();
        temporary.as_file().sync_all().map_err(failed)?;
        match found {
            Found::File(_) => temporary.persist(target),
            // Whatever came there meanwhile is somebody's.
            _ => temporary.persist_noclobber(target),
        }
        .map_err(|error| failed(error.error))?;
        self.written.remember(target, &mark);
        Ok(())
    }
}

/// Whether two paths lead to one file, by whatever names and links.
pub(super) fn is_same(one: &Path, other: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        if let (Ok(one), Ok(other)) = (fs::metadata(one), fs::metadata(other)) {
            return (one.dev(), one.ino()) == (other.dev(), other.ino());
        }
    }
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// Whether a file is a ledger, of whatever office.
pub(super) fn is_ledger(file: &Path) -> io::Result<bool> {
    let mut first = Vec::new();
    fs::File::open(file)?.take(LEDGER.len() as u64).read_to_end(&mut first)?;
    Ok(first == LEDGER)
}

#[cfg(unix)]
fn is_disk(seen: &fs::Metadata) -> bool {
    std::os::unix::fs::FileTypeExt::is_block_device(&seen.file_type())
}

#[cfg(not(unix))]
const fn is_disk(_: &fs::Metadata) -> bool {
    false
}

pub(super) fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One that remembers what it wrote in a folder of its own.
    fn guard(room: &tempfile::TempDir) -> Guard {
        Guard { written: Written::at(Some(room.path().join("list"))), ..Guard::default() }
    }

    #[test]
    fn a_file_is_whole_and_its_owners() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("aging.csv");
        let room = tempfile::tempdir().expect("a folder");
        let guard = guard(&room);
        guard.write_file(&path, |out| out.write_all(b"old")).expect("written");
        guard.write_file(&path, |out| out.write_all(b"new")).expect("written again");
        assert_eq!(fs::read(&path).expect("a file"), b"new");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).expect("a file").permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn what_fails_leaves_the_old_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("aging.csv");
        let room = tempfile::tempdir().expect("a folder");
        let guard = guard(&room);
        guard.write_file(&path, |out| out.write_all(b"old")).expect("written");
        let failure = guard.write_file(&path, |out| {
            out.write_all(b"half")?;
            Err(io::Error::other("no more"))
        });
        assert_eq!(failure.expect_err("fails").code(), 4);
        assert_eq!(fs::read(&path).expect("a file"), b"old");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1, "no scraps");
    }

    #[cfg(unix)]
    #[test]
    fn a_device_stays_a_device_and_a_link_a_link() {
        let guard = Guard { replace: true, ..Guard::default() };
        guard.write_file(Path::new("/dev/null"), |out| out.write_all(b"gone")).expect("written");
        assert!(!fs::metadata("/dev/null").expect("a device").is_file());
        let folder = tempfile::tempdir().expect("a folder");
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, "old").expect("written");
        std::os::unix::fs::symlink(&file, &link).expect("linked");
        guard.write_file(&link, |out| out.write_all(b"new")).expect("written");
        assert_eq!(fs::read(&file).expect("a file"), b"new");
        assert!(fs::symlink_metadata(&link).expect("a link").is_symlink());
    }

    #[test]
    fn a_folder_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let guard = Guard::default();
        assert_eq!(guard.write_file(folder.path(), |_| Ok(())).expect_err("fails").code(), 2);
        let nowhere = folder.path().join("nowhere").join("aging.csv");
        assert_eq!(guard.write_file(&nowhere, |_| Ok(())).expect_err("fails").because.len(), 1);
    }

    #[test]
    fn what_is_somebodys_own_is_not_written_over() {
        let room = tempfile::tempdir().expect("a folder");
        let guard = guard(&room);
        let path = room.path().join("notes.docx");
        fs::write(&path, "mine").expect("written");
        let refused = guard.write_file(&path, |out| out.write_all(b"new")).expect_err("somebody's");
        assert_eq!((refused.code(), refused.hints.len()), (4, 1));
        assert_eq!(fs::read(&path).expect("a file"), b"mine");
        let replace = Guard { replace: true, ..guard.clone() };
        replace.write_file(&path, |out| out.write_all(b"new")).expect("said so");
        guard.write_file(&path, |out| out.write_all(b"newer")).expect("its own by now");
        fs::write(&path, "newer, and signed").expect("written");
        guard.write_file(&path, |_| Ok(())).expect_err("changed since");
        fs::write(&path, "").expect("written");
        guard.write_file(&path, |out| out.write_all(b"full")).expect("nothing is lost by it");
    }

    #[test]
    fn no_ledger_is_written_over_whatever_was_said() {
        let room = tempfile::tempdir().expect("a folder");
        let (ledger, other) = (room.path().join("office.redb"), room.path().join("other.txt"));
        fs::write(&ledger, "damaged from its first byte on").expect("written");
        fs::write(&other, "redb and more").expect("written");
        let guard = Guard { ledger: Some(ledger.clone()), replace: true, ..Guard::default() };
        let mut ways = vec![ledger.clone(), other, room.path().join(".").join("office.redb")];
        #[cfg(unix)]
        {
            let (soft, hard) = (room.path().join("soft"), room.path().join("hard"));
            std::os::unix::fs::symlink(&ledger, &soft).expect("linked");
            fs::hard_link(&ledger, &hard).expect("linked");
            ways.extend([soft, hard]);
        }
        for way in ways {
            let before = fs::read(&way).expect("a file");
            assert_eq!(guard.write_file(&way, |_| Ok(())).expect_err("a ledger").code(), 4, "{way:?}");
            assert_eq!(fs::read(&way).expect("a file"), before);
        }
    }
}
