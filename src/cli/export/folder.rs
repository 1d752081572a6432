//! A folder of files that belong together: written beside its place and moved there whole.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::super::Failure;
use super::super::output::folder as beside;
use crate::domain::Month;

/// The file that says what a folder holds.
pub(super) const MANIFEST: &str = "manifest.json";

/// The file with the hashes of the others but the one above.
pub(super) const HASHES: &str = "SHA256SUMS";

/// One file.
#[cfg_attr(test, derive(Clone))]
pub(super) struct Piece {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

impl Piece {
    pub(super) fn sha256(&self) -> String {
        sha256(&self.bytes)
    }
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What lies in a folder that was written before.
#[derive(Default)]
struct Inside {
    /// Files that were written by this program, and are as they were.
    own: Vec<String>,
    /// Files that were, and that somebody changed.
    changed: Vec<String>,
    /// What somebody else put there.
    foreign: Vec<String>,
}

impl Inside {
    fn of(folder: &Path) -> std::io::Result<Inside> {
        let hashes = fs::read_to_string(folder.join(HASHES)).unwrap_or_default();
        let hashes: BTreeMap<&str, &str> = hashes
            .lines()
            .filter_map(|line| line.split_once("  "))
            .map(|(hash, name)| (name, hash))
            .collect();
        let mut inside = Inside::default();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_file = entry.file_type()?.is_file();
            let list = match hashes.get(name.as_str()) {
                Some(hash) if is_file && sha256(&fs::read(entry.path())?) == **hash => &mut inside.own,
                Some(_) if is_file => &mut inside.changed,
                None if is_file && (name == MANIFEST || name == HASHES) => &mut inside.own,
                _ => &mut inside.foreign,
            };
            list.push(name);
        }
        [&mut inside.changed, &mut inside.foreign].into_iter().for_each(|list| list.sort());
        Ok(inside)
    }
}

/// Whether a month's books may be written there: nothing is there, or an older copy of them that nobody worked in. With
/// `replace`, those of another month may go, and what somebody changed in them. What somebody else put into the folder
/// stays, and a folder that is something else is never touched.
pub(super) fn may_take(folder: &Path, month: Month, replace: bool) -> Result<(), Failure> {
    let name = folder.display();
    if fs::symlink_metadata(folder).is_err()
        || folder.is_dir() && fs::read_dir(folder).is_ok_and(|mut inside| inside.next().is_none())
    {
        return Ok(());
    }
    let manifest = fs::read_to_string(folder.join(MANIFEST)).unwrap_or_default();
    let of = |month: &str| {
        manifest.contains(&format!("\"month\": \"{month}\""))
            || manifest.contains(&format!("\"month\":\"{month}\""))
    };
    if !manifest.contains("\"month\"") || !manifest.contains("\"sha256\"") {
        return Err(Failure::refused(format!("there is something else at {name} already"))
            .hint("Choose another folder; this one was not written by `export month-end`."));
    }
    if replace {
        return Ok(());
    }
    if !of(&month.to_string()) {
        return Err(Failure::refused(format!("there is something else at {name} already"))
            .hint("It holds the books of another month: choose another folder, or say `--replace`."));
    }
    let inside = Inside::of(folder).map_err(|error| Failure::output(&name.to_string(), &error))?;
    if !inside.foreign.is_empty() {
        return Err(Failure::refused(format!("somebody put {} into {name}", list(&inside.foreign))).hint(
            "Move it elsewhere or choose another folder; with `--replace` it stays, and the books are written anew.",
        ));
    }
    if !inside.changed.is_empty() {
        return Err(Failure::refused(format!("somebody changed {} in {name}", list(&inside.changed)))
            .hint("Choose another folder, or say `--replace` if those changes may go."));
    }
    Ok(())
}

/// Some names, and how many more there are.
fn list(names: &[String]) -> String {
    const MOST: usize = 3;
    let first = names.iter().take(MOST).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(MOST) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

/// Writes the files into a new folder and puts it in its place. What was there and is not this program's moves along.
pub(super) fn write(folder: &Path, pieces: &[Piece]) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::output(&folder.display().to_string(), &error);
    // Behind a link stands the folder that is meant.
    let folder = &fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf());
    let beside = beside(folder);
    if !beside.is_dir() {
        return Err(Failure::refused(format!("cannot write to {}", folder.display()))
            .because(format!("there is no folder {}", beside.display()))
            .hint("Create the folder first, or give another name."));
    }
    // Its owner's alone, as all that this program writes.
    let mut builder = tempfile::Builder::new();
    builder.prefix(".arrears-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    let fresh = builder.tempdir_in(beside).map_err(failed)?;
    for piece in pieces {
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(fresh.path().join(&piece.name)).map_err(failed)?;
        file.write_all(&piece.bytes).and_then(|()| file.sync_all()).map_err(failed)?;
    }
    let before = folder.exists().then(|| Inside::of(folder)).transpose().map_err(failed)?;
    let taken = |name: &&String| pieces.iter().any(|piece| piece.name == **name);
    if let Some(name) = before.as_ref().and_then(|inside| inside.foreign.iter().find(taken)) {
        return Err(Failure::refused(format!("somebody put {name} into {}", folder.display()))
            .hint("Move it elsewhere first, or choose another folder."));
    }
    // What was there steps aside first, and goes when the new one stands.
    let old = match &before {
        None => None,
        Some(_) => {
            let aside = builder.tempdir_in(beside).map_err(failed)?.keep();
            let old = aside.join("old");
            fs::rename(folder, &old).map_err(failed)?;
            Some(old)
        }
    };
    if let Err(error) = fs::rename(fresh.path(), folder) {
        if let Some(old) = &old {
            fs::rename(old, folder).map_err(failed)?;
        }
        return Err(failed(error));
    }
    // It is no temporary one any more.
    let _ = fresh.keep();
    if let (Some(old), Some(before)) = (old, before) {
        clear(&old, folder, before).map_err(|error| {
            Failure::output(&folder.display().to_string(), &error).hint(format!(
                "The books are written; what was in the folder before is in {}.",
                old.display()
            ))
        })?;
    }
    Ok(())
}

/// Lets what is somebody else's move on into the new folder, and takes away what this program wrote. Nothing else is
/// ever removed: a file that came at the last moment stays where it is, and the folder with it.
fn clear(old: &Path, new: &Path, before: Inside) -> std::io::Result<()> {
    for name in &before.foreign {
        fs::rename(old.join(name), new.join(name))?;
    }
    for name in before.own.iter().chain(&before.changed) {
        fs::remove_file(old.join(name))?;
    }
    fs::remove_dir(old)?;
    let aside: Option<PathBuf> = old.parent().map(Path::to_path_buf);
    aside.map_or(Ok(()), fs::remove_dir)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(text: &str) -> Month {
        Month::parse(text).expect(text)
    }

    fn pieces(text: &str) -> Vec<Piece> {
        let manifest = format!("{{\"month\": \"{text}\", \"sha256\": 1}}");
        let books = Piece { name: "a".to_owned(), bytes: text.as_bytes().to_vec() };
        let hashes = format!("{}  a\n", books.sha256());
        vec![
            books,
            Piece { name: HASHES.to_owned(), bytes: hashes.into_bytes() },
            Piece { name: MANIFEST.to_owned(), bytes: manifest.into_bytes() },
        ]
    }

    #[test]
    fn a_folder_is_replaced_whole_and_only_by_its_like() {
        let room = tempfile::tempdir().expect("a folder");
        let folder = room.path().join("books");
        let (march, april) = (month("2026-03"), month("2026-04"));
        may_take(&folder, march, false).expect("nothing is there");
        write(&folder, &pieces("2026-03")).expect("written");
        may_take(&folder, march, false).expect("the same month");
        assert_eq!(may_take(&folder, april, false).expect_err("another month").code(), 4);
        may_take(&folder, april, true).expect("said so");
        write(&folder, &pieces("2026-04")).expect("written");
        assert_eq!(fs::read(folder.join("a")).expect("a file"), b"2026-04");
        assert_eq!(fs::read_dir(room.path()).expect("a folder").count(), 1, "no scraps");
        // Somebody's own folder is never taken.
        let own = room.path().join("own");
        fs::create_dir(&own).expect("a folder");
        may_take(&own, march, false).expect("empty");
        fs::write(own.join("letter.txt"), "dear").expect("written");
        assert_eq!(may_take(&own, march, true).expect_err("not ours").code(), 4);
    }

    #[test]
    fn what_somebody_put_there_or_changed_is_not_lost() {
        let room = tempfile::tempdir().expect("a folder");
        let folder = room.path().join("books");
        let (march, april) = (month("2026-03"), month("2026-04"));
        write(&folder, &pieces("2026-03")).expect("written");
        fs::write(folder.join("tie-out.pdf"), "signed").expect("written");
        fs::create_dir(folder.join("mail")).expect("a folder");
        let refused = may_take(&folder, march, false).expect_err("somebody's");
        assert!(refused.message.contains("mail, tie-out.pdf"), "{}", refused.message);
        may_take(&folder, april, true).expect("said so");
        write(&folder, &pieces("2026-04")).expect("written");
        assert_eq!(fs::read(folder.join("tie-out.pdf")).expect("kept"), b"signed");
        assert!(folder.join("mail").is_dir());
        assert_eq!(fs::read(folder.join("a")).expect("a file"), b"2026-04");
        fs::remove_file(folder.join("tie-out.pdf")).expect("removed");
        fs::remove_dir(folder.join("mail")).expect("removed");
        may_take(&folder, april, false).expect("its own alone");
        fs::write(folder.join("a"), "with remarks").expect("written");
        let refused = may_take(&folder, april, false).expect_err("changed");
        assert!(refused.message.contains("changed a in"), "{}", refused.message);
        assert_eq!(fs::read_dir(room.path()).expect("a folder").count(), 1, "no scraps");
        // A name that the books need is somebody's: nothing is written, nothing lost.
        fs::write(folder.join("b"), "mine").expect("written");
        let more = [pieces("2026-04"), vec![Piece { name: "b".to_owned(), bytes: Vec::new() }]].concat();
        write(&folder, &more).expect_err("taken");
        assert_eq!(fs::read(folder.join("b")).expect("a file"), b"mine");
    }

    #[cfg(unix)]
    #[test]
    fn what_is_written_is_its_owners() {
        use std::os::unix::fs::PermissionsExt;
        let room = tempfile::tempdir().expect("a folder");
        let folder = room.path().join("books");
        write(&folder, &pieces("2026-03")).expect("written");
        let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&folder.join("a"))), (0o700, 0o600));
    }
}
