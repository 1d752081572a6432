//! Files that commands write: whole or not at all, and for their owner only.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::failure::Failure;

/// Writes a file by way of a temporary one beside it, so that nobody ever sees half of it. On Unix only its
/// owner may read it: what this program writes is about patients.
///
/// # Errors
/// A [`Failure`] that names the file. A file that was there before is untouched then.
pub fn write_file(path: &Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    let failed = |error: io::Error| Failure::output(&path.display().to_string(), &error);
    match fs::metadata(path) {
        Ok(seen) if seen.is_dir() => {
            return Err(Failure::usage(format!("{} is a folder", path.display()))
                .hint("Give the name of a file to `--output`."));
        }
        // A device or a named pipe is written to; it must not be replaced by a file.
        Ok(seen) if !seen.is_file() => {
            let mut out = BufWriter::new(fs::OpenOptions::new().write(true).open(path).map_err(failed)?);
            return fill(&mut out).and_then(|()| out.flush()).map_err(failed);
        }
        _ => {}
    }
    // Behind a link stands the file that is meant.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let folder = folder(&target);
    if !folder.is_dir() {
        return Err(Failure::refused(format!("cannot write to {}", path.display()))
            .because(format!("there is no folder {}", folder.display()))
            .hint("Create the folder first, or give another name to `--output`."));
    }
    let temporary = tempfile::Builder::new().prefix(".arrears-").tempfile_in(folder).map_err(failed)?;
    let mut out = BufWriter::new(temporary);
    fill(&mut out).and_then(|()| out.flush()).map_err(failed)?;
    let temporary = out.into_inner().map_err(|error| failed(error.into_error()))?;
    temporary.as_file().sync_all().map_err(failed)?;
    temporary.persist(&target).map_err(|error| failed(error.error))?;
    Ok(())
}

fn folder(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_whole_and_its_owners() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("aging.csv");
        write_file(&path, |out| out.write_all(b"old")).expect("written");
        write_file(&path, |out| out.write_all(b"new")).expect("written again");
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
        write_file(&path, |out| out.write_all(b"old")).expect("written");
        let failure = write_file(&path, |out| {
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
        write_file(Path::new("/dev/null"), |out| out.write_all(b"gone")).expect("written");
        assert!(!fs::metadata("/dev/null").expect("a device").is_file());
        let folder = tempfile::tempdir().expect("a folder");
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, "old").expect("written");
        std::os::unix::fs::symlink(&file, &link).expect("linked");
        write_file(&link, |out| out.write_all(b"new")).expect("written");
        assert_eq!(fs::read(&file).expect("a file"), b"new");
        assert!(fs::symlink_metadata(&link).expect("a link").is_symlink());
    }

    #[test]
    fn a_folder_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(write_file(folder.path(), |_| Ok(())).expect_err("fails").code(), 2);
        let nowhere = folder.path().join("nowhere").join("aging.csv");
        assert_eq!(write_file(&nowhere, |_| Ok(())).expect_err("fails").because.len(), 1);
    }
}
