//! From what was typed to what is read: files, folders, archives, standard input.
//!
//! Archives are recognised by their first bytes, never by their names, and nothing is ever written to a
//! place that a name in an archive chooses.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use zip::ZipArchive;

use super::error::InputError;
use super::source::{ReadSeek, Source, member_name};
use super::{Limits, doubles};

const GZIP: &[u8] = b"\x1f\x8b";
/// An ordinary archive, an empty one, and one in parts.
const ZIP: [&[u8]; 3] = [b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"];

/// Every source behind the paths, one at a time, in the order given; folders sorted by name.
///
/// Folders are entered to any depth; hidden files in them are left out. `-` is standard input.
pub fn expand<'a>(
    paths: &'a [PathBuf],
    limits: &'a Limits,
) -> impl Iterator<Item = Result<Source, InputError>> + Send + 'a {
    let waiting = paths.iter().rev().map(|path| (path.clone(), true)).collect();
    Expand { waiting, archive: None, entered: HashSet::new(), limits }
}

struct Expand<'a> {
    /// Paths still to visit, the next one last; whether each was typed rather than found in a folder.
    waiting: Vec<(PathBuf, bool)>,
    archive: Option<Archive>,
    /// Folders entered, by their real place: links can form circles.
    entered: HashSet<PathBuf>,
    limits: &'a Limits,
}

struct Archive {
    name: String,
    zip: ZipArchive<Box<dyn ReadSeek>>,
    next: usize,
    room: u64,
}

impl Iterator for Expand<'_> {
    type Item = Result<Source, InputError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(archive) = &mut self.archive {
                match archive.next_member(self.limits) {
                    Some(Err(error @ InputError::TooMuch { .. })) => {
                        self.archive = None;
                        return Some(Err(error));
                    }
                    Some(member) => return Some(member),
                    None => self.archive = None,
                }
                continue;
            }
            let (path, typed) = self.waiting.pop()?;
            match self.visit(&path, typed) {
                Ok(None) => {}
                Ok(Some(source)) => return Some(Ok(source)),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl Expand<'_> {
    fn visit(&mut self, path: &Path, typed: bool) -> Result<Option<Source>, InputError> {
        if typed && path.as_os_str() == "-" {
            let room = self.limits.unpacked_bytes;
            let (source, _) = Source::spool("-", &mut io::stdin().lock(), room, self.limits)?;
            return self.unpack(source);
        }
        let name = path.display().to_string();
        let failed = |error| InputError::unreadable(&name, error);
        let metadata = fs::metadata(path).map_err(failed)?;
        if metadata.is_dir() {
            return self.enter(path, &name).map(|()| None);
        }
        if metadata.is_file() {
            return self.unpack(Source::file(path, self.limits)?);
        }
        if !typed {
            // A pipe or a device in a folder would block, or never end.
            return Ok(None);
        }
        let mut file = File::open(path).map_err(failed)?;
        let (source, _) = Source::spool(&name, &mut file, self.limits.unpacked_bytes, self.limits)?;
        self.unpack(source)
    }

    fn enter(&mut self, path: &Path, name: &str) -> Result<(), InputError> {
        let failed = |error| InputError::unreadable(name, error);
        if !self.entered.insert(fs::canonicalize(path).map_err(failed)?) {
            return Ok(());
        }
        let mut inside = Vec::new();
        for entry in fs::read_dir(path).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            if !is_hidden(&entry.file_name().to_string_lossy()) {
                inside.push(entry.path());
            }
        }
        inside.sort_unstable_by(|a, b| b.cmp(a));
        self.waiting.extend(inside.into_iter().map(|path| (path, false)));
        Ok(())
    }

    /// The source itself, or what is packed in it.
    fn unpack(&mut self, source: Source) -> Result<Option<Source>, InputError> {
        let head = head_of(&source)?;
        let name = source.name().to_owned();
        if head.starts_with(GZIP) {
            let unpacked = {
                let mut reader = MultiGzDecoder::new(source.open()?);
                Source::spool(&name, &mut reader, self.limits.unpacked_bytes, self.limits)
            };
            let (inner, _) = unpacked.map_err(damaged)?;
            return if is_archive(&head_of(&inner)?) {
                Err(InputError::Nested { name })
            } else {
                Ok(Some(inner))
            };
        }
        if !is_zip(&head) {
            return Ok(Some(source));
        }
        let zip = doubles::open(source.into_seekable()?)
            .map_err(|error| InputError::Archive { name: name.clone(), why: error.to_string() })?;
        if zip.len() > self.limits.members {
            let limit = self.limits.members as u64;
            return Err(InputError::TooMuch { name, limit, unit: "members" });
        }
        self.archive = Some(Archive { name, zip, next: 0, room: self.limits.unpacked_bytes });
        Ok(None)
    }
}

impl Archive {
    fn next_member(&mut self, limits: &Limits) -> Option<Result<Source, InputError>> {
        while self.next < self.zip.len() {
            let index = self.next;
            self.next += 1;
            let opened = self.zip.by_index(index).and_then(|m| Ok((m.name()?.into_owned(), m)));
            let (inner, mut member) = match opened {
                Ok(member) => member,
                Err(error) => {
                    let name = member_name(&self.name, &format!("member {}", index + 1));
                    return Some(Err(InputError::Archive { name, why: error.to_string() }));
                }
            };
            if member.is_dir() || inner.split(['/', '\\']).any(|part| is_hidden(part) || part == "__MACOSX") {
                continue;
            }
            let name = member_name(&self.name, &inner);
            let spooled = Source::spool(&name, &mut member, self.room, limits).map_err(damaged);
            return Some(spooled.and_then(|(source, used)| {
                self.room -= used.min(self.room);
                if is_archive(&head_of(&source)?) { Err(InputError::Nested { name }) } else { Ok(source) }
            }));
        }
        None
    }
}

/// What a decoder cannot read is damage in the archive, not a failure of the disk.
fn damaged(error: InputError) -> InputError {
    match error {
        InputError::Unreadable { name, error }
            if matches!(
                error.kind(),
                io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof
            ) =>
        {
            InputError::Archive { name, why: error.to_string() }
        }
        other => other,
    }
}

fn is_hidden(name: &str) -> bool {
    name.starts_with('.') && name != "." && name != ".."
}

fn is_zip(head: &[u8]) -> bool {
    ZIP.iter().any(|magic| head.starts_with(magic))
}

fn is_archive(head: &[u8]) -> bool {
    head.starts_with(GZIP) || is_zip(head)
}

fn head_of(source: &Source) -> Result<Vec<u8>, InputError> {
    let mut head = Vec::new();
    let read = source.open()?.take(4).read_to_end(&mut head);
    read.map_err(|error| InputError::unreadable(source.name(), error))?;
    Ok(head)
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use super::*;

    fn zip_of(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in members {
            writer.start_file(*name, zip::write::SimpleFileOptions::default()).expect("start");
            writer.write_all(content).expect("write");
        }
        writer.finish().expect("finish").into_inner()
    }

    fn gzip_of(content: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(content).expect("write");
        encoder.finish().expect("finish")
    }

    fn read(source: &Source) -> Vec<u8> {
        let mut bytes = Vec::new();
        source.open().expect("open").read_to_end(&mut bytes).expect("read");
        bytes
    }

    /// Name and content, or the code of the refusal.
    fn all(path: &Path, limits: &Limits) -> Vec<(String, String)> {
        let base = path.display().to_string();
        expand(&[path.to_owned()], limits)
            .map(|source| match source {
                Ok(source) => {
                    let text = String::from_utf8_lossy(&read(&source)).into_owned();
                    assert_eq!(read(&source), text.as_bytes(), "it can be read twice");
                    (source.name().replace(&base, ""), text)
                }
                Err(error) => ("!".to_owned(), error.code().to_owned()),
            })
            .collect()
    }

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    }

    #[test]
    fn folders_are_sorted_and_archives_recognised_by_content() {
        let folder = tempfile::tempdir().expect("folder");
        let put = |name: &str, content: &[u8]| fs::write(folder.path().join(name), content).expect("write");
        fs::create_dir(folder.path().join("c")).expect("folder");
        put("b.txt", &zip_of(&[("x/2.835", b"two"), (".hidden", b"no"), ("1.835", b"one")]));
        put("a.dat", &gzip_of(b"packed"));
        put("c/d", b"plain");
        put(".hidden", b"no");
        #[cfg(unix)]
        std::os::unix::fs::symlink(folder.path(), folder.path().join("c/loop")).expect("link");
        let found = all(folder.path(), &Limits::default());
        assert_eq!(
            found,
            pairs(&[
                ("/a.dat", "packed"),
                ("/b.txt/x/2.835", "two"),
                ("/b.txt/1.835", "one"),
                ("/c/d", "plain")
            ])
        );
    }

    #[test]
    fn large_content_goes_to_a_temporary_file() {
        let file = tempfile::NamedTempFile::new().expect("file");
        let content = vec![b'x'; 1000];
        fs::write(file.path(), gzip_of(&content)).expect("write");
        let limits = Limits { memory_bytes: 10, ..Limits::default() };
        assert_eq!(all(file.path(), &limits)[0].1.len(), 1000);
    }

    #[test]
    fn members_of_one_name_are_all_read() {
        let file = tempfile::NamedTempFile::new().expect("file");
        // As long as each other, so that the one name can take the other's place.
        let members: [(&str, &[u8]); 4] =
            [("era.835", b"ten"), ("b.835", b"twenty"), ("erb.835", b"thirty"), ("erc.835", b"")];
        let mut bytes = zip_of(&members);
        let mut at = 0;
        while let Some(place) = bytes[at..].windows(3).position(|w| w == b"erb" || w == b"erc") {
            at += place;
            bytes[at + 2] = b'a';
        }
        fs::write(file.path(), bytes).expect("write");
        let found = all(file.path(), &Limits::default());
        let names = ["/era.835", "/b.835", "/era.835 (2)", "/era.835 (3)"];
        let texts = ["ten", "twenty", "thirty", ""];
        assert_eq!(found, pairs(&names.into_iter().zip(texts).collect::<Vec<_>>()));
        let few = Limits { members: 3, ..Limits::default() };
        assert_eq!(all(file.path(), &few), pairs(&[("!", "too-large")]));
    }

    #[test]
    fn archives_are_bounded() {
        let file = tempfile::NamedTempFile::new().expect("file");
        let refused = |content: Vec<u8>, limits: &Limits| {
            fs::write(file.path(), content).expect("write");
            all(file.path(), limits).last().expect("one").1.clone()
        };
        let small = Limits { unpacked_bytes: 10, members: 2, ..Limits::default() };
        assert_eq!(refused(gzip_of(&[b'x'; 11]), &small), "too-large");
        assert_eq!(refused(zip_of(&[("a", &[b'x'; 6]), ("b", &[b'x'; 6])]), &small), "too-large");
        assert_eq!(refused(zip_of(&[("a", b""), ("b", b""), ("c", b"")]), &small), "too-large");
        let limits = Limits::default();
        assert_eq!(refused(zip_of(&[("a", &zip_of(&[("b", b"c")]))]), &limits), "nested-archive");
        assert_eq!(refused(gzip_of(&gzip_of(b"x")), &limits), "nested-archive");
        let mut cut = gzip_of(&[b'x'; 5000]);
        cut.truncate(cut.len() - 5);
        assert_eq!(refused(cut, &limits), "bad-archive");
        assert_eq!(refused(b"PK\x03\x04 nothing".to_vec(), &limits), "bad-archive");
    }

    #[test]
    fn a_file_that_changes_is_refused() {
        let file = tempfile::NamedTempFile::new().expect("file");
        fs::write(file.path(), b"one").expect("write");
        let source = Source::file(file.path(), &Limits::default()).expect("source");
        fs::write(file.path(), b"another").expect("write");
        assert_eq!(source.open().err().map(|e| e.code()), Some("changed"));
    }
}
