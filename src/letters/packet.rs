//! Several files as one archive, the same bytes for the same contents.

use std::io::{Cursor, Write};

use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Packs files, in the order given. No clock: every file bears the archive's first possible day.
///
/// # Errors
/// Whatever the archive refuses, such as one name twice.
pub fn pack(files: &[(String, String)]) -> std::io::Result<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o600);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        archive.start_file(name.as_str(), options).map_err(std::io::Error::other)?;
        archive.write_all(content.as_bytes())?;
    }
    Ok(archive.finish().map_err(std::io::Error::other)?.into_inner())
}

/// The SHA-256 of a letter or a packet, as it stands in the log and as `sha256sum` prints it.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_contents_are_the_same_bytes() {
        let files =
            [("letter.txt".to_owned(), "Dear".to_owned()), ("claim-1.txt".to_owned(), "x".repeat(999))];
        let bytes = pack(&files).expect("packed");
        assert_eq!(bytes, pack(&files).expect("packed again"));
        assert!(bytes.starts_with(b"PK") && bytes.len() < 900);
        let known = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(sha256(b""), known);
        assert!(pack(&[files[0].clone(), files[0].clone()]).is_err(), "one name twice");
    }
}
