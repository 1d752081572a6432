//! The sample practice: fictitious files, compiled in. Their story is told in `files/README.md`.
//!
//! Only the bytes and who they belong to; `cli::demo` imports and shows them.

/// The day on which the sample is looked at.
pub const AS_OF: &str = "2026-09-30";
/// The name of the practice.
pub const PRACTICE: &str = "Maple Street Family Medicine";
/// Its NPIs: the practice itself and its infusion center.
pub const NPIS: [&str; 2] = ["1777000104", "1777000112"];

macro_rules! files {
    ($($name:literal,)+) => {
        /// Name and content of each file, in the order in which the office received them.
        pub const FILES: &[(&str, &[u8])] = &[$(($name, include_bytes!(concat!("files/", $name)))),+];
    };
}

files! {
    "2025-05-02-professional.837",
    "2025-05-22-harbor.835",
    "2025-05-27-bluebell.835",
    "2025-05-29-orchard.835",
    "2025-06-03-cedar.835",
    "2025-06-12-lighthouse.835",
    "2025-07-02-professional.837",
    "2025-07-08-bluebell.835",
    "2025-07-17-orchard.835",
    "2025-07-22-harbor.835",
    "2025-07-24-hub.835",
    "2025-08-05-cedar.835",
    "2025-08-12-lighthouse.835",
    "2025-09-16-bluebell.835",
    "2025-10-02-professional.837",
    "2025-10-21-orchard.835",
    "2025-10-23-harbor.835",
    "2025-10-28-bluebell.835",
    "2025-11-04-cedar.835",
    "2025-11-18-lighthouse.835",
    "2025-11-20-bluebell.835",
    "2025-12-09-cedar.835",
    "2026-01-05-professional.837",
    "2026-01-06-infusion.837",
    "2026-01-22-hub.835",
    "2026-01-27-harbor.835",
    "2026-02-03-cedar.835",
    "2026-02-05-bluebell.835",
    "2026-02-17-lighthouse.835",
    "2026-03-10-bluebell.835",
    "2026-04-02-professional.837",
    "2026-04-21-harbor.835",
    "2026-04-23-hub.835",
    "2026-05-05-cedar.835",
    "2026-05-19-lighthouse.835",
    "2026-06-02-professional.837",
    "2026-06-11-bluebell.835",
    "2026-06-23-hub.835",
    "2026-06-25-harbor.835",
    "2026-06-30-cedar.835",
    "2026-07-06-infusion.837",
    "2026-07-28-bluebell.835",
    "2026-07-30-harbor.835",
    "2026-08-04-professional.837",
    "2026-08-13-orchard.835",
    "2026-08-25-harbor.835",
    "2026-08-27-hub.835",
    "2026-09-03-cedar.835",
    "2026-09-08-professional.837",
    "2026-09-22-lighthouse.835",
    "2026-09-24-bluebell.835",
    "2026-09-28-harbor.835",
}

#[cfg(test)]
mod tests {
    use super::FILES;

    #[test]
    fn no_file_is_forgotten() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/demo/files");
        let names =
            std::fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("a file").file_name());
        let mut found: Vec<String> = names.filter_map(|name| name.into_string().ok()).collect();
        found.retain(|name| name.ends_with(".837") || name.ends_with(".835"));
        found.sort();
        let listed: Vec<&str> = FILES.iter().map(|(name, _)| *name).collect();
        assert_eq!(found, listed);
    }
}
