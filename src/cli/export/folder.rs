//! A folder of files that belong together: written beside its place and moved there whole.

use std::fs;
use std::io::Write;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::super::Failure;
use crate::domain::Month;

/// The file that says what a folder holds.
pub(super) const MANIFEST: &str = "manifest.json";

/// One file.
pub(super) struct Piece {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

impl Piece {
    pub(super) fn sha256(&self) -> String {
        Sha256::digest(&self.bytes).iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Whether a month's books may be written there: nothing is there, or an older copy of them. With `replace`, those of
/// another month may go. What is no such folder is never touched.
pub(super) fn may_take(folder: &Path, month: Month, replace: bool) -> Result<(), Failure> {
    let name = folder.display();
    if !folder.exists()
        || folder.is_dir() && fs::read_dir(folder).is_ok_and(|mut inside| inside.next().is_none())
    {
        return Ok(());
    }
    let manifest = fs::read_to_string(folder.join(MANIFEST)).unwrap_or_default();
    let of = |month: &str| {
        manifest.contains(&format!("\"month\": \"{month}\""))
            || manifest.contains(&format!("\"month\":\"{month}\""))
    };
    if of(&month.to_string()) || replace && manifest.contains("\"month\"") && manifest.contains("\"sha256\"")
    {
        return Ok(());
    }
    let failure = Failure::refused(format!("there is something else at {name} already"));
    Err(match manifest.is_empty() {
        true => failure.hint("Choose another folder; this one was not written by `export month-end`."),
        false => {
            failure.hint("It holds the books of another month: choose another folder, or say `--replace`.")
        }
    })
}

/// Writes the files into a new folder and puts it in its place.
pub(super) fn write(folder: &Path, pieces: &[Piece]) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::output(&folder.display().to_string(), &error);
    let beside = match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
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
    // What was there steps aside first, and goes when the new one stands.
    let aside = builder.tempdir_in(beside).map_err(failed)?;
    let old = aside.path().join("old");
    let had = folder.exists();
    if had {
        fs::rename(folder, &old).map_err(failed)?;
    }
    if let Err(error) = fs::rename(fresh.path(), folder) {
        if had {
            fs::rename(&old, folder).map_err(failed)?;
        }
        return Err(failed(error));
    }
    // It is no temporary one any more.
    let _ = fresh.keep();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(text: &str) -> Month {
        Month::parse(text).expect(text)
    }

    fn pieces(text: &str) -> Vec<Piece> {
        let manifest = format!("{{\"month\": \"{text}\", \"sha256\": 1}}");
        vec![
            Piece { name: "a".to_owned(), bytes: text.as_bytes().to_vec() },
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
